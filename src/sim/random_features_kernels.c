/* SPDX-License-Identifier: MIT
 *
 * Every field is one sum over i = 0 … N-1, a single rounding a term (fma), whatever the tile it is
 * part of: all levels and all sizes of blocks give the same bits. Where the CPU has no fma (x86
 * before 2013) libm computes it, exactly too but slowly.
 */
#include <math.h>

#include "overlap/num/fmath_inline.h"
#include "random_features_internal.h"
#if defined(OV_SIMD_LEVELS)
#include <immintrin.h>
#endif

#define SQRT_HALF 0x1.6a09e667f3bcdp-1
#define PANEL OV_RF_PANEL
#define UNROLL _Pragma("GCC unroll 16")

#define LANES 1
#define TARGET
#define AT(name) name##_by_ones
#define NUMBERS double
#define LOAD(p) (*(p))
#define STORE(p, x) (*(p) = (x))
#define SPREAD(x) (x)
#define FMA(a, b, c) fma((a), (b), (c))
#define ROWS 4
#define VECTORS 1
#include "random_features_lanes_internal.h"

#ifdef OV_SIMD_LEVELS
#define LANES 4
#define TARGET __attribute__((target("avx2,fma")))
#define AT(name) name##_by_fours
#define NUMBERS __m256d
#define LOAD(p) _mm256_loadu_pd(p)
#define STORE(p, x) _mm256_storeu_pd((p), (x))
#define SPREAD(x) _mm256_set1_pd(x)
#define FMA(a, b, c) _mm256_fmadd_pd((a), (b), (c))
#define ROWS 6
#define VECTORS 2
#include "random_features_lanes_internal.h"

#define LANES 8
#define TARGET __attribute__((target("avx512f,prefer-vector-width=512")))
#define AT(name) name##_by_eights
#define NUMBERS __m512d
#define LOAD(p) _mm512_loadu_pd(p)
#define STORE(p, x) _mm512_storeu_pd((p), (x))
#define SPREAD(x) _mm512_set1_pd(x)
#define FMA(a, b, c) _mm512_fmadd_pd((a), (b), (c))
#define ROWS 12
#define VECTORS 2
#include "random_features_lanes_internal.h"
#endif

const struct ov_rf_kernels ov_rf_kernels[OV_SIMD_COUNT] = {
    [OV_SIMD_BASELINE] = {fields_by_ones, erf_units_by_ones},
#ifdef OV_SIMD_LEVELS
    [OV_SIMD_AVX2] = {fields_by_fours, erf_units_by_fours},
    [OV_SIMD_AVX512] = {fields_by_eights, erf_units_by_eights},
#endif
};

enum ov_simd ov_rf_level(void)
{
    enum ov_simd best = ov_simd_best();
#ifdef OV_SIMD_LEVELS
    if (best == OV_SIMD_AVX2 && !__builtin_cpu_supports("fma"))
        return OV_SIMD_BASELINE;
#endif
    return best;
}
