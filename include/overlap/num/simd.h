/* SPDX-License-Identifier: MIT
 *
 * SIMD at run time. Wider vectors without fma compute the same IEEE operations in the same order,
 * so every level gives the same bits as long as the source fixes the order of every sum.
 *
 * OV_CLONES before a function definition makes the compiler emit it twice, for AVX2 and for the
 * baseline, and choose at run time. Loops that the compiler vectorises badly are written once on
 * vectors of LANES doubles and included once for each level of enum ov_simd (src/num/normal.c).
 */
#ifndef OVERLAP_NUM_SIMD_H
#define OVERLAP_NUM_SIMD_H

#if !defined(OV_NO_CLONES) && defined(__x86_64__) && defined(__gnu_linux__) &&                     \
    defined(__GNUC__) && !defined(__clang__)
#define OV_CLONES __attribute__((target_clones("avx2", "default")))
#define OV_SIMD_LEVELS /* the levels above the baseline are compiled in */
#else
#define OV_CLONES
#endif

/* Vectors of 2, 4 and 8 doubles. */
enum ov_simd { OV_SIMD_BASELINE, OV_SIMD_AVX2, OV_SIMD_AVX512, OV_SIMD_COUNT };

/* The highest level that this CPU has; it has those below, too. */
static inline enum ov_simd ov_simd_best(void)
{
#ifdef OV_SIMD_LEVELS
    if (__builtin_cpu_supports("avx512f"))
        return OV_SIMD_AVX512;
    if (__builtin_cpu_supports("avx2"))
        return OV_SIMD_AVX2;
#endif
    return OV_SIMD_BASELINE;
}

#endif
