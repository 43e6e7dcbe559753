/* SPDX-License-Identifier: MIT
 *
 * Standard normal numbers from Philox by Box & Muller's transform:
 *     z = sqrt(-2 ln u1) (cos 2 pi u2, sin 2 pi u2),  u = (word + 1/2) / 2^32.
 * Block b of the stream gives the normals 4b … 4b+3 (words 0,1 -> the first pair, 2,3 -> the
 * second). |z| <= 6.76. Only + - * / and sqrt of IEEE doubles are used (num/fmath.h), never
 * libm's dispatched functions and no contraction to fma: the same bits on every machine.
 */
#ifndef OVERLAP_NUM_NORMAL_H
#define OVERLAP_NUM_NORMAL_H

#include <stddef.h>
#include <stdint.h>

#include "overlap/num/philox.h"

/* Normals number 4*block, 4*block + 1, … of the stream.
 *   out  z   (n); n need not be a multiple of 4, the rest of the last block is dropped */
void ov_normal_fill(double *z, size_t n, const struct ov_philox *g, uint64_t block);

/* Blocks that n normals use: ceil(n/4). */
static inline uint64_t ov_normal_blocks(size_t n)
{
    return ((uint64_t)n + 3) / 4;
}

#endif
