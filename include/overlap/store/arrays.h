/* SPDX-License-Identifier: MIT
 *
 * The arrays that a run gives besides its rows, files of numpy.save:
 *     OUT/CURVE.SIDE/SEED/NAME.npy
 * and beside them OUT/CURVE.SIDE/SEED/sha256, which says of which inputs they are and, in the form
 * that `sha256sum -c` reads, what they hold; it ends in the same seal as a table. It is written last
 * and removed first, so that what it lists is one run's. A run without it, or of which a file is
 * missing or holds anything else, has no valid result. An array that was not reached has no file and
 * is not listed.
 */
#ifndef OVERLAP_STORE_ARRAYS_H
#define OVERLAP_STORE_ARRAYS_H

#include <stdbool.h>
#include <stdint.h>

#include "overlap/base/status.h"
#include "overlap/store/blocks.h"

/* Writes the arrays of the run with this seed, ov_side_arrays_size numbers one behind the other.
 * OV_OK, also where the side has none; OV_EIO; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_arrays_write(const struct ov_runs_of *of, uint64_t seed,
                                            const double *numbers, struct ov_error *err);

/* What is wrong with the arrays of the run with this seed, in one line, allocated: "PATH: is missing
 * or has changed"; NULL if nothing is, as where the side has none. */
char *ov_arrays_wrong(const struct ov_runs_of *of, uint64_t seed);
/* The same of n runs from `first` on. */
char *ov_arrays_wrong_of(const struct ov_runs_of *of, uint64_t first, size_t n);

#endif
