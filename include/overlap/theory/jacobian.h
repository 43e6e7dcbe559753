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

/* The largest row sum of |J| (n,n): no eigenvalue is larger. */
double ov_jacobian_bound(const double *J, size_t n);

#endif
