/* SPDX-License-Identifier: MIT
 *
 * OV_CLONES before a function definition makes the compiler emit it twice, for AVX2 and for the
 * baseline, chosen at run time. AVX2 without fma computes the same IEEE operations in the same
 * order, so both give the same bits as long as the source fixes the order of every sum.
 */
#ifndef OVERLAP_NUM_SIMD_H
#define OVERLAP_NUM_SIMD_H

#if !defined(OV_NO_CLONES) && defined(__x86_64__) && defined(__gnu_linux__) &&                     \
    defined(__GNUC__) && !defined(__clang__)
#define OV_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define OV_CLONES
#endif

#endif
