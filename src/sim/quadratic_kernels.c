/* SPDX-License-Identifier: MIT
 *
 * Sums in a fixed order, on vectors of four numbers: whatever the CPU makes of them, each number
 * goes through the same operations. Four rows at a time, because a single chain of additions waits
 * for each of them.
 */
#include "quadratic_kernels_internal.h"

#include <string.h>

#include "overlap/num/dot.h"
#include "overlap/num/simd.h"

typedef double four __attribute__((vector_size(32), aligned(8), may_alias));

#define INSIDE static inline __attribute__((always_inline))

OV_CLONES void ov_qn_square(double *restrict z, const double *W, size_t d, size_t m)
{
    for (size_t i = 0; i < d; i++) {
        for (size_t j = 0; j < i; j++)
            *z++ = OV_SQRT2 * ov_dot(W + i * m, W + j * m, m);
        *z++ = ov_dot(W + i * m, W + i * m, m);
    }
}

void ov_qn_unpack(double *M, const double *g, size_t d, double scale)
{
    for (size_t i = 0; i < d; i++) {
        for (size_t j = 0; j < i; j++)
            M[i * d + j] = M[j * d + i] = scale * OV_SQRT_HALF * *g++;
        M[i * d + i] = scale * *g++;
    }
}

OV_CLONES void ov_qn_multiply(double *restrict G, const double *M, const double *W, size_t d,
                              size_t m, double lambda)
{
    for (size_t i = 0; i < d; i++) {
        double *restrict out = G + i * m;
        const double *row = M + i * d;
        size_t j = 0;
        for (size_t c = 0; c < m; c++)
            out[c] = 2.0 * lambda * W[i * m + c];
        for (; j + 4 <= d; j += 4) {
            const double *a = W + j * m, *b = a + m, *e = b + m, *f = e + m;
            for (size_t c = 0; c < m; c++)
                out[c] +=
                    (row[j] * a[c] + row[j + 1] * b[c]) + (row[j + 2] * e[c] + row[j + 3] * f[c]);
        }
        for (; j < d; j++)
            for (size_t c = 0; c < m; c++)
                out[c] += row[j] * W[j * m + c];
    }
}

OV_CLONES void ov_qn_samples(double *restrict g, double *restrict r, const double *Phi,
                             const double *y, const double *z, size_t n, size_t D)
{
    size_t k = 0;
    memset(g, 0, D * sizeof *g);
    for (; k + 4 <= n; k += 4, Phi += 4 * D) {
        for (size_t i = 0; i < 4; i++)
            r[k + i] = ov_dot(Phi + i * D, z, D) - y[k + i];
        for (size_t j = 0; j < D; j++)
            g[j] += (r[k] * Phi[j] + r[k + 1] * Phi[D + j]) +
                    (r[k + 2] * Phi[2 * D + j] + r[k + 3] * Phi[3 * D + j]);
    }
    for (; k < n; k++, Phi += D) {
        r[k] = ov_dot(Phi, z, D) - y[k];
        for (size_t j = 0; j < D; j++)
            g[j] += r[k] * Phi[j];
    }
}

/* ---- the Gram matrix ---- */

enum { BLOCK = 8 };

/* A tile: four columns of one panel times the eight of another. */
INSIDE void add_tile(double *restrict tile, const double *rows, const double *cols, size_t n)
{
    four low[4], high[4];
    for (size_t i = 0; i < 4; i++) {
        low[i] = *(const four *)(tile + 8 * i);
        high[i] = *(const four *)(tile + 8 * i + 4);
    }
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < 4; i++) {
            low[i] += rows[8 * k + i] * *(const four *)(cols + 8 * k);
            high[i] += rows[8 * k + i] * *(const four *)(cols + 8 * k + 4);
        }
    for (size_t i = 0; i < 4; i++) {
        *(four *)(tile + 8 * i) = low[i];
        *(four *)(tile + 8 * i + 4) = high[i];
    }
}

/* Tiles before row s of them. */
INSIDE size_t tiles_before(size_t s)
{
    return s % 2 ? (s / 2 + 1) * (s / 2 + 1) : s / 2 * (s / 2 + 1);
}

/* Columns by the block, whose panels a cache holds. */
OV_CLONES void ov_qn_gram_add(double *restrict H, const double *panels, size_t n, size_t size)
{
    const size_t panel = 8 * OV_QN_CHUNK;
    for (size_t from = 0; from < size / 8; from += BLOCK)
        for (size_t s = 2 * from; s < size / 4; s++) {
            const double *rows = panels + s / 2 * panel + 4 * (s % 2);
            size_t end = from + BLOCK < s / 2 + 1 ? from + BLOCK : s / 2 + 1;
            for (size_t c = from; c < end; c++)
                add_tile(H + 32 * (tiles_before(s) + c), rows, panels + c * panel, n);
        }
}

OV_CLONES void ov_qn_gram_product(double *restrict g, const double *H, const double *x, size_t size)
{
    memset(g, 0, size * sizeof *g);
    for (size_t s = 0; s < size / 4; s++) {
        const double *own = x + 4 * s;
        four low[4] = {{0.0}}, high[4] = {{0.0}};
        for (size_t c = 0; c <= s / 2; c++, H += 32) {
            const four left = *(const four *)(x + 8 * c), right = *(const four *)(x + 8 * c + 4);
            const four *h = (const four *)H;
            for (size_t i = 0; i < 4; i++) {
                low[i] += h[2 * i] * left;
                high[i] += h[2 * i + 1] * right;
            }
            if (c == s / 2) /* the diagonal's tile is whole */
                continue;
            *(four *)(g + 8 * c) +=
                (own[0] * h[0] + own[1] * h[2]) + (own[2] * h[4] + own[3] * h[6]);
            *(four *)(g + 8 * c + 4) +=
                (own[0] * h[1] + own[1] * h[3]) + (own[2] * h[5] + own[3] * h[7]);
        }
        for (size_t i = 0; i < 4; i++) {
            const four sum = low[i] + high[i];
            g[4 * s + i] += (sum[0] + sum[2]) + (sum[1] + sum[3]);
        }
    }
}
