/* SPDX-License-Identifier: MIT
 *
 * A root on a bracket, for functions that rise there.
 */
#ifndef OVERLAP_THEORY_FREE_CONVOLUTION_INTERNAL_H
#define OVERLAP_THEORY_FREE_CONVOLUTION_INTERNAL_H

/* The value at x, and its derivative. */
typedef double ov_monotone(double *slope, double x, const void *ctx);

/* Where f, which has one zero in [lo, hi] and goes through it upwards, is zero, to rounding:
 * Newton's method, and halving (of the logarithm where decades are to be crossed) where it leaves
 * the bracket or is slow. f is not asked at the ends. */
double ov_monotone_root(ov_monotone *f, const void *ctx, double lo, double hi);

#endif
