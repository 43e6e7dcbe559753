/* SPDX-License-Identifier: MIT
 *
 * The sums that quadratic networks are made of, each in a fixed order. Symmetric matrices are
 * vectors as in quadratic_internal.h.
 */
#ifndef OVERLAP_SIM_QUADRATIC_KERNELS_INTERNAL_H
#define OVERLAP_SIM_QUADRATIC_KERNELS_INTERNAL_H

#include <stddef.h>

#define OV_SQRT2 0x1.6a09e667f3bcdp+0
#define OV_SQRT_HALF 0x1.6a09e667f3bcdp-1

/* z = W W', W (d,m). */
void ov_qn_square(double *restrict z, const double *W, size_t d, size_t m);
/* M (d,d) = scale times the matrix of g. */
void ov_qn_unpack(double *M, const double *g, size_t d, double scale);
/* G = M W + 2 lambda W. */
void ov_qn_multiply(double *restrict G, const double *M, const double *W, size_t d, size_t m,
                    double lambda);
/* r = Phi z - y and g = Phi' r, Phi (n,D), which is read once. */
void ov_qn_samples(double *restrict g, double *restrict r, const double *Phi, const double *y,
                   const double *z, size_t n, size_t D);

/* ---- the Gram matrix H = Phi' Phi (D,D) ---- */

/* Of its lower triangle tiles of four rows by eight columns, row of tiles after row of tiles, those
 * on the diagonal whole; D is rounded up to `size`, a multiple of 8. Vectors have `size` numbers,
 * zeros beyond D. */
enum { OV_QN_TILE_ROWS = 4, OV_QN_TILE_COLS = 8, OV_QN_CHUNK = 64 };
static inline size_t ov_qn_gram_size(size_t D)
{
    return (D + 7) / 8 * 8;
}
/* Numbers in H. */
static inline size_t ov_qn_gram_numbers(size_t D)
{
    size_t b = ov_qn_gram_size(D) / 8;
    return 32 * b * (b + 1);
}
/* H += rows' rows of n <= OV_QN_CHUNK samples. These stand in panels of eight columns: element j of
 * sample k at (j/8 * OV_QN_CHUNK + k) * 8 + j % 8. */
void ov_qn_gram_add(double *restrict H, const double *panels, size_t n, size_t size);
/* g = H x, H read once. */
void ov_qn_gram_product(double *restrict g, const double *H, const double *x, size_t size);

#endif
