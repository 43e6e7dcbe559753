/* SPDX-License-Identifier: MIT
 *
 * Hermite interpolation of a path between the points that a solver went through.
 */
#ifndef OVERLAP_THEORY_HERMITE_H
#define OVERLAP_THEORY_HERMITE_H

#include <stddef.h>

/* The polynomial of degree 2m - 1 through m >= 1 points with given values and slopes,
 *     sum_i (1 - 2 (t - t_i) l_i'(t_i)) l_i(t)^2 y_i + (t - t_i) l_i(t)^2 dy_i,
 * l_i Lagrange's polynomials, for each of n components.
 *   out  y       (n) at t
 *   in   time    (m) distinct
 *   in   py, pdy (m) arrays of (n): values and slopes */
void ov_hermite(double *y, double t, const double *time, double *const *py, double *const *pdy,
                size_t m, size_t n);

#endif
