/* SPDX-License-Identifier: MIT
 *
 * Random bits as a function of (key, stream, index): Philox4x32-10 (Salmon, Moraes, Dror & Shaw,
 * SC 2011) through Random123. Nothing is stateful, so no order of evaluation, number of threads or
 * grouping of runs can change a number.
 */
#ifndef OVERLAP_NUM_PHILOX_H
#define OVERLAP_NUM_PHILOX_H

#include <stdint.h>

/* One stream of blocks. `key` names the run, `stream` what the numbers are for. */
struct ov_philox {
    uint64_t key;
    uint32_t stream;
};

/* Block number `index` of the stream: four independent uniform words.
 * Counter words (index low, index high, stream, 0), key words (key low, key high). */
void ov_philox_block(uint32_t out[4], const struct ov_philox *g, uint64_t index);

/* The bare function with all of its counter and key, for the known-answer test. */
void ov_philox_raw(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2]);

#endif
