/* SPDX-License-Identifier: MIT
 *
 * A root on a bracket, for functions that rise there, and the transform followed from a point near
 * by.
 */
#ifndef OVERLAP_THEORY_FREE_CONVOLUTION_INTERNAL_H
#define OVERLAP_THEORY_FREE_CONVOLUTION_INTERNAL_H

#include <stdbool.h>

#include "overlap/theory/free_convolution.h"

/* The value at x, and its derivative. */
typedef double ov_monotone(double *slope, double x, const void *ctx);

/* Where f, which has one zero in [lo, hi] and goes through it upwards, is zero, to rounding:
 * Newton's method, and halving (of the logarithm where decades are to be crossed) where it leaves
 * the bracket or is slow. f is not asked at the ends. */
double ov_monotone_root(ov_monotone *f, const void *ctx, double lo, double hi);

/* From a y near by to that at s, without the edges (of f kappa_star > 0, xi > 0, unit and e are
 * read): at most one root of the cubic has Im y < 0, and if Newton's method goes to it, s lies in a
 * bulk. False: it does not, or it is so near an edge that rounding might decide; *y is spoilt. */
bool ov_free_convolution_follow(double complex *y, const struct ov_free_convolution *f, double s);
/* ov_free_convolution_below for s in a bulk, without the edges. */
struct ov_free_convolution_below ov_free_convolution_below_in(const struct ov_free_convolution *f,
                                                              double s, double complex y);

#endif
