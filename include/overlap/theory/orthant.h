/* SPDX-License-Identifier: MIT
 *
 * Gaussian averages over an orthant: what ReLU units and, as Heavisides of a noisy field, erf
 * units need. theta(x) = 1 for x > 0 and 0 for x <= 0.
 */
#ifndef OVERLAP_THEORY_ORTHANT_H
#define OVERLAP_THEORY_ORTHANT_H

#include <stddef.h>

enum { OV_ORTHANT_FIELDS = 6, OV_ORTHANT_HALF = 4, OV_ORTHANT_POWERS = 6 };

/* The probability that all n fields are positive, x ~ N(0,C) (paper.md eq:orthant).
 *   in   C  packed (n,n), PSD up to rounding, n <= 4
 * Closed for n <= 3; n = 4 by 24 nodes on a line. Fields that are positive multiples of each other
 * count once; with opposite ones, or one without variance, the answer is 0. Absolute error: 1e-13
 * while all |correlations| < 0.999, below 4e-9 always. NaN in, NaN out. */
double ov_orthant(const double *C, size_t n);

/* < prod_{i < n_half} theta(x_half[i]) prod_{j < n_power} x_power[j] >, a truncated moment
 * (paper.md eq:tallis; Tallis 1961).
 *   in   C      packed (P,P), P <= OV_ORTHANT_FIELDS
 *   in   half   (n_half) indices, repeated ones count once; at most OV_ORTHANT_HALF distinct
 *   in   power  (n_power <= OV_ORTHANT_POWERS) indices, repeated ones are powers */
double ov_orthant_moment(const double *C, size_t P, const size_t *half, size_t n_half,
                         const size_t *power, size_t n_power);

/* P4 of a correlation matrix that is well conditioned, without any check: the inner loop of the
 * ReLU contraction.
 *   in   r  (6) the correlations 10, 20, 21, 30, 31, 32 */
double ov_orthant4_regular(const double r[6]);

#endif
