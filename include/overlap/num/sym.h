/* SPDX-License-Identifier: MIT
 *
 * Packed symmetric matrices: the lower triangle row by row,
 *     a_00, a_10, a_11, a_20, …      n(n+1)/2 numbers,
 * which is also the order of the columns Q_0_0, Q_1_0, Q_1_1, … in every table.
 */
#ifndef OVERLAP_NUM_SYM_H
#define OVERLAP_NUM_SYM_H

#include <stddef.h>

#include "overlap/base/status.h"

/* Numbers in a packed n x n matrix. */
static inline size_t ov_sym_size(size_t n)
{
    return n * (n + 1) / 2;
}

/* Where element (i,j) of a packed matrix stands; any order of i and j. */
static inline size_t ov_sym_at(size_t i, size_t j)
{
    return i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i;
}

/* Cholesky factor of a positive semi-definite matrix, A = L L', singular ones included (those have
 * zeros on L's diagonal, but L L' = A holds to rounding all the same). The same bits on every
 * machine.
 *   out  L   (n,n) row-major, lower triangular, zeros above the diagonal, diagonal >= 0
 *   in   A   packed (n,n)
 *   in   tol how far below zero rounding may have taken A, relative to its largest diagonal
 *            element; beyond, A is not PSD. 1e-10 is usual.
 * Returns OV_OK, OV_EDOM if A is not PSD or not finite (L is then undefined), or OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_sym_cholesky(double *L, const double *A, size_t n, double tol);

/* Smallest eigenvalue (LAPACK dsyev).
 * Returns OV_OK, OV_EDOM for a non-finite entry, OV_ENUMERIC, or OV_ENOMEM. n >= 1. */
OV_NODISCARD enum ov_status ov_sym_min_eigenvalue(double *min, const double *A, size_t n);

/* All eigenvalues with their eigenvectors, in no order, by Jacobi's rotations: for small n, the
 * same bits on every machine.
 *   out  value   (n)
 *   out  vector  (n,n), row i belongs to value i, of length 1
 * Returns OV_OK, OV_EDOM for a non-finite entry, or OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_sym_eigen(double *value, double *vector, const double *A, size_t n);

/* A^+ of a positive semi-definite matrix, and the projector A A^+ onto its range. Eigenvalues below
 * tol times the largest count as zero.
 *   out  inverse, range  (n,n)
 *   out  rank
 * Returns as ov_sym_eigen. */
OV_NODISCARD enum ov_status ov_sym_pseudo_inverse(double *inverse, double *range, size_t *rank,
                                                  const double *A, size_t n, double tol);

#endif
