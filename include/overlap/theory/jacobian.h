/* SPDX-License-Identifier: MIT
 *
 * The Jacobian of a right-hand side, and how fast it makes small deviations grow.
 */
#ifndef OVERLAP_THEORY_JACOBIAN_H
#define OVERLAP_THEORY_JACOBIAN_H

#include <stddef.h>

/* J_ij = d dy_i / d y_j at y by central differences, with steps of cbrt(epsilon) times the larger
 * of |y_j| and least_scale (1 where both are 0): errors of some 1e-10 relative to dy/y.
 *   out  J        (n,n) row-major
 *   in   rhs, ctx the right-hand side; nonzero where y is outside its domain
 *   in   scratch  (3n)
 * Returns 0, or what rhs returned (J is then undefined). 2n right-hand sides. */
int ov_jacobian(double *J, int (*rhs)(double *dy, const double *y, void *ctx), void *ctx,
                const double *y, size_t n, double least_scale, double *scratch);

/* The largest real part of the eigenvalues of J: deviations grow like exp(growth alpha).
 *   in   J        (n,n), destroyed
 *   in   scratch  (2n)
 * NaN if an entry is not finite or LAPACK's dgeev fails. */
double ov_jacobian_growth(double *J, size_t n, double *scratch);

/* The same for large n from a Krylov space of 40 dimensions (Arnoldi), exact for n <= 40: the ends
 * of a spectrum come first, so that an isolated growth above the rest is found to a few percent
 * where it is above some 1/1000 of the largest eigenvalue; never far too large.
 *   in   scratch  (ov_jacobian_krylov_scratch(n)) */
double ov_jacobian_growth_krylov(const double *J, size_t n, double *scratch);
/* The same of a J that is only known by its products Jx (n).
 *   in   bound  no eigenvalue is larger; not finite: the growth is NaN */
double ov_jacobian_growth_times(void (*times)(double *Jx, const double *x, void *ctx), void *ctx,
                                double bound, size_t n, double *scratch);
size_t ov_jacobian_krylov_scratch(size_t n);

/* y = J x. */
void ov_jacobian_times(double *y, const double *J, const double *x, size_t n);

/* The largest row sum of |J| (n,n): no eigenvalue is larger. NaN if an entry is. */
double ov_jacobian_bound(const double *J, size_t n);

#endif
