/* SPDX-License-Identifier: MIT
 *
 * The product of inputs and a panel on vectors of LANES doubles, for
 * src/sim/random_features_kernels.c, which includes this once for each level. LANES, TARGET,
 * AT(name), NUMBERS (the vector), LOAD, STORE, SPREAD (one number in every lane), FMA, ROWS and
 * VECTORS (the tile whose sums the registers hold) are its to define. UNROLL stands before loops
 * so short that the compiler is to write them out.
 */

#define TILE AT(tile)
#define STRIP AT(strip)
#define INLINE TARGET static inline __attribute__((always_inline))

/* `rows` inputs, a constant of the caller, and VECTORS * LANES units. */
INLINE void TILE(const size_t rows, double *out, size_t stride, const double *x, size_t N,
                 const double *panel)
{
    NUMBERS sum[ROWS][VECTORS];
    UNROLL for (size_t r = 0; r < rows; r++)
    {
        UNROLL for (size_t v = 0; v < VECTORS; v++) sum[r][v] = SPREAD(0.0);
    }
    for (size_t i = 0; i < N; i++, panel += PANEL) {
        NUMBERS w[VECTORS];
        UNROLL for (size_t v = 0; v < VECTORS; v++) w[v] = LOAD(panel + v * LANES);
        UNROLL for (size_t r = 0; r < rows; r++)
        {
            NUMBERS input = SPREAD(x[r * N + i]);
            UNROLL for (size_t v = 0; v < VECTORS; v++) sum[r][v] = FMA(input, w[v], sum[r][v]);
        }
    }
    UNROLL for (size_t r = 0; r < rows; r++)
    {
        UNROLL for (size_t v = 0; v < VECTORS; v++) STORE(out + r * stride + v * LANES, sum[r][v]);
    }
}

INLINE void STRIP(const size_t rows, double *out, size_t stride, const double *x, size_t N,
                  const double *panel)
{
    for (size_t j = 0; j < PANEL; j += VECTORS * LANES)
        TILE(rows, out + j, stride, x, N, panel + j);
}

TARGET static void AT(fields)(double *out, size_t stride, const double *x, size_t rows, size_t N,
                              const double *panel)
{
    size_t r = 0;
    for (; r + ROWS <= rows; r += ROWS)
        STRIP(ROWS, out + r * stride, stride, x + r * N, N, panel);
    for (; r + 4 <= rows; r += 4)
        STRIP(4, out + r * stride, stride, x + r * N, N, panel);
    for (; r < rows; r++)
        STRIP(1, out + r * stride, stride, x + r * N, N, panel);
}

/* Long chains of dependent operations: have the compiler mix those of neighbouring vectors. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC push_options
#pragma GCC optimize("schedule-insns")
#endif
TARGET static void AT(erf_units)(double *x, double scale, size_t n)
{
    for (size_t i = 0; i < n; i += PANEL)
        for (size_t j = i; j < i + PANEL; j++)
            x[j] = ov_erf_inline((x[j] * scale) * SQRT_HALF);
}
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC pop_options
#endif

#undef TILE
#undef STRIP
#undef INLINE
#undef LANES
#undef TARGET
#undef AT
#undef NUMBERS
#undef LOAD
#undef STORE
#undef SPREAD
#undef FMA
#undef ROWS
#undef VECTORS
