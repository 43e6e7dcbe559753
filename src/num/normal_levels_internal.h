/* SPDX-License-Identifier: MIT
 *
 * ov_normal_fill at a given level of SIMD, which the CPU must have; for tests and benchmarks.
 */
#ifndef OVERLAP_NUM_NORMAL_LEVELS_INTERNAL_H
#define OVERLAP_NUM_NORMAL_LEVELS_INTERNAL_H

#include "overlap/num/normal.h"
#include "overlap/num/simd.h"

void ov_normal_fill_at(enum ov_simd level, double *z, size_t n, const struct ov_philox *g,
                       uint64_t block);

#endif
