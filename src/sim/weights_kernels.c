/* SPDX-License-Identifier: MIT
 *
 * Loops over the weights, compiled for each level of SIMD.
 */
#include <math.h>
#include <string.h>

#include "overlap/num/fmath_inline.h"
#include "weights_internal.h"

#define SQRT_HALF 0x1.6a09e667f3bcdp-1
#define SQRT_TWO_OVER_PI 0x1.9884533d43651p-1

#define UNROLL _Pragma("GCC unroll 8")

#define LANES 2
#define TARGET
#define STUDENTS 2
#define TEACHERS 1
#define INPUTS 2
#define AT(name) name##_by_twos
#include "weights_lanes_internal.h"

#ifdef OV_SIMD_LEVELS
#define LANES 4
#define TARGET __attribute__((target("avx2")))
#define STUDENTS 4
#define TEACHERS 1
#define INPUTS 4
#define AT(name) name##_by_fours
#include "weights_lanes_internal.h"

#define LANES 8
#define TARGET __attribute__((target("avx512f,prefer-vector-width=512")))
#define STUDENTS 8
#define TEACHERS 2
#define INPUTS 4
#define AT(name) name##_by_eights
#include "weights_lanes_internal.h"
#endif

const struct ov_weights_kernels ov_weights_kernels[OV_SIMD_COUNT] = {
    [OV_SIMD_BASELINE] = {teach_by_twos, move_by_twos, erf_units_by_twos},
#ifdef OV_SIMD_LEVELS
    [OV_SIMD_AVX2] = {teach_by_fours, move_by_fours, erf_units_by_fours},
    [OV_SIMD_AVX512] = {teach_by_eights, move_by_eights, erf_units_by_eights},
#endif
};
