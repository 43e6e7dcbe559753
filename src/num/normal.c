/* SPDX-License-Identifier: MIT */
#include "overlap/num/normal.h"

#include <string.h>

#include "overlap/num/fmath_inline.h"
#include "overlap/num/simd.h"
#include "philox_inline.h"

enum { BLOCKS = 32, PAIRS = 2 * BLOCKS, NORMALS = 4 * BLOCKS };

/* (word + 1/2) / 2^32, exactly. */
static inline double uniform(uint32_t word)
{
    double shifted = ov_from_bits(0x4330000000000000 | (uint64_t)word); /* 2^52 + word */
    return ((shifted - 0x1p52) + 0.5) * 0x1p-32;
}

/* Box & Muller on n <= PAIRS pairs; a loop for each stage, so that each becomes SIMD code. */
static inline void transform(double *z, const uint32_t *word, size_t n)
{
    double radius[PAIRS], s[PAIRS], c[PAIRS];
    for (size_t i = 0; i < n; i++)
        radius[i] = -2.0 * ov_log_normal_inline(uniform(word[2 * i]));
    for (size_t i = 0; i < n; i++)
        radius[i] = sqrt(radius[i]);
    for (size_t i = 0; i < n; i++)
        ov_sincos_2pi_inline(&s[i], &c[i], uniform(word[2 * i + 1]));
    for (size_t i = 0; i < n; i++) {
        z[2 * i] = radius[i] * c[i];
        z[2 * i + 1] = radius[i] * s[i];
    }
}

OV_CLONES void ov_normal_fill(double *z, size_t n, const struct ov_philox *g, uint64_t block)
{
    uint32_t word[NORMALS];
    double batch[NORMALS];
    while (n > 0) {
        size_t now = n < NORMALS ? n : NORMALS;
        size_t blocks = (now + 3) / 4;
        for (size_t b = 0; b < blocks; b++)
            ov_philox_block_inline(word + 4 * b, g, block + b);
        if (now == NORMALS) {
            transform(z, word, PAIRS);
        } else {
            transform(batch, word, 2 * blocks);
            memcpy(z, batch, now * sizeof *z);
        }
        z += now;
        n -= now;
        block += blocks;
    }
}
