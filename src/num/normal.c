/* SPDX-License-Identifier: MIT
 *
 * Normal numbers from Philox, by polynomials: the same bits on every CPU.
 */
#include "overlap/num/normal.h"

#include <math.h>
#include <string.h>

#include "normal_levels_internal.h"
#ifdef __x86_64__
#include <immintrin.h>
#endif

/* The polynomials are long chains of dependent operations, longer than a CPU looks ahead: have the
 * compiler mix those of neighbouring vectors (10 % of the time; only the order changes). */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("schedule-insns")
#endif
#include "overlap/num/fmath_inline.h"

/* Blocks that go through the stages together, before the end of an array and at it (half of it where that is enough). */
enum { SMALL = 16, BATCH = 32 };

/* (word + 1/2) / 2^32, exactly; what stands above the 32 bits is not the word's. The bits set are
 * those of 2^20 + word / 2^32. */
static inline double uniform(uint64_t word)
{
    return ov_from_bits(0x4130000000000000 | (word & 0xffffffff)) - (0x1p20 - 0x1p-33);
}

#define LANES 2
#define TARGET
#define BITS bits_of_two
#ifdef __x86_64__
#define MULTIPLY(a, b) ((BITS)_mm_mul_epu32((__m128i)(a), (__m128i)(b)))
#else
#define MULTIPLY(a, b) (((a)&0xffffffff) * (b))
#endif
#define BLOCKS_OF blocks_by_twos
#define TRANSFORM transform_by_twos
#define FILL fill_by_twos
#include "normal_lanes_internal.h"

#ifdef OV_SIMD_LEVELS
#define LANES 4
#define TARGET __attribute__((target("avx2")))
#define BITS bits_of_four
#define MULTIPLY(a, b) ((BITS)_mm256_mul_epu32((__m256i)(a), (__m256i)(b)))
#define BLOCKS_OF blocks_by_fours
#define TRANSFORM transform_by_fours
#define FILL fill_by_fours
#include "normal_lanes_internal.h"

#define LANES 8
#define TARGET __attribute__((target("avx512f,prefer-vector-width=512")))
#define BITS bits_of_eight
#define MULTIPLY(a, b) ((BITS)_mm512_mul_epu32((__m512i)(a), (__m512i)(b)))
#define BLOCKS_OF blocks_by_eights
#define TRANSFORM transform_by_eights
#define FILL fill_by_eights
#include "normal_lanes_internal.h"
#endif

void ov_normal_fill_at(enum ov_simd level, double *z, size_t n, const struct ov_philox *g,
                       uint64_t block)
{
#ifdef OV_SIMD_LEVELS
    if (level == OV_SIMD_AVX512)
        fill_by_eights(z, n, g, block);
    else if (level == OV_SIMD_AVX2)
        fill_by_fours(z, n, g, block);
    else
#endif
        fill_by_twos(z, n, g, block);
    (void)level;
}

void ov_normal_fill(double *z, size_t n, const struct ov_philox *g, uint64_t block)
{
    ov_normal_fill_at(ov_simd_best(), z, n, g, block);
}
