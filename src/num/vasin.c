/* SPDX-License-Identifier: MIT
 *
 * The same reduction and polynomial as ov_asin_inline (num/fmath_inline.h): x + x z P(z), z = x^2
 * up to |x| = 1/2; above, pi/2 - 2 asin(sqrt z), z = (1 - |x|)/2, which whole vectors below skip.
 * Two things make it fast: the choice is made by masks, on vectors of the compiler's (a plain loop
 * with it stays scalar), and P is evaluated as E(z^2) + z O(z^2), two chains of half the length.
 * Vectors of eight where the CPU has them and of four do the same operations: the same bits.
 */
#include "overlap/num/vasin.h"

#include <math.h>
#include <string.h>

#include "overlap/num/simd.h"

#if !defined(OV_NO_CLONES) && defined(__x86_64__) && defined(__gnu_linux__) &&                     \
    defined(__GNUC__) && !defined(__clang__)
#define WITH_AVX512
#include <immintrin.h>
#endif

#define LANES 4
#define NUMBERS four
#define BITS four_bits
#define ASIN_OF asin_of_four
#define SERIES series_of_four
#define TARGET
#define ALL_LOW(a) (a[0] <= 0.5 && a[1] <= 0.5 && a[2] <= 0.5 && a[3] <= 0.5)
#include "vasin_lanes_internal.h"
#undef LANES
#undef NUMBERS
#undef BITS
#undef ASIN_OF
#undef SERIES
#undef TARGET
#undef ALL_LOW

#ifdef WITH_AVX512
#define LANES 8
#define NUMBERS eight
#define BITS eight_bits
#define ASIN_OF asin_of_eight
#define SERIES series_of_eight
#define TARGET __attribute__((target("avx512f")))
#define ALL_LOW(a) (_mm512_cmp_pd_mask((__m512d)(a), _mm512_set1_pd(0.5), _CMP_LE_OQ) == 0xff)
#include "vasin_lanes_internal.h"

/* As many as there are whole eights; returns how many. */
TARGET static size_t by_eights(double *y, const double *x, size_t n)
{
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        asin_of_eight(y + i, x + i);
    return i;
}
#endif

OV_CLONES static void by_fours(double *y, const double *x, size_t n)
{
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        asin_of_four(y + i, x + i);
    if (i < n) {
        double rest[4] = {0.0};
        memcpy(rest, x + i, (n - i) * sizeof *x);
        asin_of_four(rest, rest);
        memcpy(y + i, rest, (n - i) * sizeof *y);
    }
}

void ov_asin_array(double *y, const double *x, size_t n)
{
    size_t done = 0;
#ifdef WITH_AVX512
    if (__builtin_cpu_supports("avx512f"))
        done = by_eights(y, x, n);
#endif
    by_fours(y + done, x + done, n - done);
}
