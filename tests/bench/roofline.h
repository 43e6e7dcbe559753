/* SPDX-License-Identifier: MIT
 *
 * How much arithmetic the machine can do: multiplications and additions, which are separate,
 * because fma would change the bits.
 */
#ifndef OVERLAP_TESTS_BENCH_ROOFLINE_H
#define OVERLAP_TESTS_BENCH_ROOFLINE_H

#include <math.h>
#include <stddef.h>

#include "overlap/num/simd.h"
#include "bench/bench.h"

typedef double eight_numbers __attribute__((vector_size(64)));

/* `chains` products and as many sums of eights, all independent, `count` times. */
static inline __attribute__((always_inline)) double arithmetic(const size_t chains, size_t count)
{
    eight_numbers product[6], sum[6], total = {0.0};
    for (size_t j = 0; j < chains; j++)
        sum[j] = product[j] = (double)(j + 1) - (eight_numbers){0.0};
    for (size_t i = 0; i < count; i++) {
#pragma GCC unroll 6
        for (size_t j = 0; j < chains; j++) {
            product[j] *= 1.0 - 1e-9;
            sum[j] += 1e-9;
        }
    }
    for (size_t j = 0; j < chains; j++)
        total += product[j] + sum[j];
    return total[0] + total[7];
}

/* As many chains as the registers hold. */
#ifdef OV_SIMD_LEVELS
__attribute__((target("avx512f"))) static inline double arithmetic_avx512(size_t count)
{
    return arithmetic(6, count);
}
__attribute__((target("avx2"))) static inline double arithmetic_avx2(size_t count)
{
    return arithmetic(3, count);
}
#endif
static inline double arithmetic_baseline(size_t count)
{
    return arithmetic(1, count);
}

/* Multiplications and additions a nanosecond, the most of a few turns. */
static inline double peak(int turns)
{
    enum { COUNT = 10000000 };
    double best = INFINITY, chains = 1.0;
    volatile double kept = 0.0;
    for (int turn = 0; turn < turns; turn++) {
        double start = seconds();
#ifdef OV_SIMD_LEVELS
        if (ov_simd_best() == OV_SIMD_AVX512) {
            chains = 6.0;
            kept += arithmetic_avx512(COUNT);
        } else if (ov_simd_best() == OV_SIMD_AVX2) {
            chains = 3.0;
            kept += arithmetic_avx2(COUNT);
        } else
#endif
            kept += arithmetic_baseline(COUNT);
        best = fmin(best, seconds() - start);
    }
    (void)kept; /* volatile: the sums must be made, nobody wants them */
    return 1e-9 * 2.0 * 8.0 * chains * COUNT / best;
}

#endif
