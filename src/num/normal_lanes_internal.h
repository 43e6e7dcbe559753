/* SPDX-License-Identifier: MIT
 *
 * ov_normal_fill on vectors of LANES 64-bit words, for src/num/normal.c, which includes this once
 * for each level: LANES, TARGET, BITS, MULTIPLY (the full product of the lower halves), BLOCKS_OF,
 * TRANSFORM and FILL are its to define.
 */

#define INLINE TARGET static inline __attribute__((always_inline))

typedef uint64_t BITS __attribute__((vector_size(8 * LANES)));

/* Blocks block … block + blocks - 1 of Philox4x32-10, blocks a constant of the caller: word i of
 * the b-th in word[i][b]. Each word has a 64-bit place; what a round leaves in the upper half is
 * ignored by the products of the next one. Two vectors go through the rounds together, for the
 * latency of the products. */
INLINE void BLOCKS_OF(uint64_t word[4][BATCH], const size_t blocks, const struct ov_philox *g,
                      uint64_t block)
{
    const BITS zero = {0};
    BITS place, c0[2], c1[2], c2[2], c3[2];
    for (size_t l = 0; l < LANES; l++)
        place[l] = l;
    for (size_t b = 0; b < blocks; b += 2 * LANES) {
        BITS k0 = zero + (g->key & 0xffffffff), k1 = zero + (g->key >> 32);
        for (size_t j = 0; j < 2; j++) {
            c0[j] = place + (block + b + j * LANES);
            c1[j] = c0[j] >> 32;
            c2[j] = zero + g->stream;
            c3[j] = zero;
        }
        for (int round = 0; round < 10; round++) {
            for (size_t j = 0; j < 2; j++) {
                BITS a = MULTIPLY(c0[j], zero + 0xd2511f53);
                BITS c = MULTIPLY(c2[j], zero + 0xcd9e8d57);
                c0[j] = (c >> 32) ^ c1[j] ^ k0;
                c2[j] = (a >> 32) ^ c3[j] ^ k1;
                c1[j] = c;
                c3[j] = a;
            }
            k0 += 0x9e3779b9; /* the upper half does not matter here either */
            k1 += 0xbb67ae85;
        }
        memcpy(word[0] + b, c0, sizeof c0);
        memcpy(word[1] + b, c1, sizeof c1);
        memcpy(word[2] + b, c2, sizeof c2);
        memcpy(word[3] + b, c3, sizeof c3);
    }
}

/* Box & Muller on these blocks; a loop for each stage, so that each becomes SIMD code. */
INLINE void TRANSFORM(double *z, uint64_t word[4][BATCH], const size_t blocks)
{
    double radius[2][BATCH], s[2][BATCH], c[2][BATCH];
    for (size_t pair = 0; pair < 2; pair++) {
        for (size_t b = 0; b < blocks; b++)
            radius[pair][b] = -2.0 * ov_log_normal_inline(uniform(word[2 * pair][b]));
        for (size_t b = 0; b < blocks; b++)
            radius[pair][b] = sqrt(radius[pair][b]);
        for (size_t b = 0; b < blocks; b++)
            ov_sincos_2pi_inline(&s[pair][b], &c[pair][b], uniform(word[2 * pair + 1][b]));
    }
    for (size_t b = 0; b < blocks; b++)
        for (size_t pair = 0; pair < 2; pair++) {
            z[4 * b + 2 * pair] = radius[pair][b] * c[pair][b];
            z[4 * b + 2 * pair + 1] = radius[pair][b] * s[pair][b];
        }
}

TARGET static void FILL(double *z, size_t n, const struct ov_philox *g, uint64_t block)
{
    uint64_t word[4][BATCH];
    for (; n >= 4 * BATCH; n -= 4 * BATCH, z += 4 * BATCH, block += BATCH) {
        BLOCKS_OF(word, BATCH, g, block);
        TRANSFORM(z, word, BATCH);
    }
    while (n > 0) {
        double last[4 * SMALL];
        size_t tiny = 2 * LANES < SMALL ? SMALL / 2 : SMALL; /* what two vectors fill */
        size_t blocks = n > 4 * tiny ? SMALL : tiny, now = n < 4 * blocks ? n : 4 * blocks;
        if (blocks == SMALL) {
            BLOCKS_OF(word, SMALL, g, block);
            TRANSFORM(last, word, SMALL);
        } else {
            BLOCKS_OF(word, SMALL / 2, g, block);
            TRANSFORM(last, word, SMALL / 2);
        }
        memcpy(z, last, now * sizeof *z);
        n -= now, z += now, block += blocks;
    }
}

#undef INLINE
#undef LANES
#undef TARGET
#undef BITS
#undef MULTIPLY
#undef BLOCKS_OF
#undef TRANSFORM
#undef FILL
