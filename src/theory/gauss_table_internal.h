/* SPDX-License-Identifier: MIT
 *
 * Derivatives of an activation that a Gaussian has smoothed,
 *     D_n(m, v) = < g^(n)(m + sqrt(v) z) >, z ~ N(0,1),
 * which are all that averages over fields given others ask for: for fields of means m, m' and
 * covariance c given the others,
 *     < g(x) g'(x') > = sum_n c^n/n! D_n(m, v) D'_n(m', v')               (paper.md eq:mehler)
 * without any division by v, so that fields that are fixed, equal or opposite are no special case.
 * Private to src/theory.
 *
 * D solves the heat equation, dD_n/dv = D_(n+2)/2, so that Taylor's series in m and in v need
 * only what the table has. It holds D_n on a grid of m and v, each point computed when it is first
 * asked for, always in the same way:
 *   v > 0   by the trapezoidal rule from values of g; next v at a ratio of 1.1
 *   v = 0   by the polynomial through Chebyshev's points within a distance of one
 */
#ifndef OVERLAP_THEORY_GAUSS_TABLE_INTERNAL_H
#define OVERLAP_THEORY_GAUSS_TABLE_INTERNAL_H

#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/model/activation.h"

enum {
    OV_TERMS_MAX = 96,   /* terms of the expansion, in multiples of OV_TERMS_STEP */
    OV_TERMS_STEP = 4,   /* what a loop over them takes at once */
    OV_TERMS_BEYOND = 8, /* derivatives beyond these that are there too */
    OV_TERMS_SIZES = OV_TERMS_MAX / OV_TERMS_STEP + 1,
};

struct ov_smoothing;
OV_NODISCARD enum ov_status ov_smoothing_create(struct ov_smoothing **t,
                                                const struct ov_activation *g);
void ov_smoothing_free(struct ov_smoothing *t); /* NULL-safe */

/* D_n at one v along m. Zero-initialise; the block is kept and grows. */
struct ov_smoothed {
    ptrdiff_t first, last; /* grid points m = i ov_smoothing_step */
    size_t stride;         /* from one grid point's D_0 to the next's */
    double *D;
    size_t room;
};
void ov_smoothed_free(struct ov_smoothed *s);

/* For |m| <= reach and D_0 … D_(terms + OV_TERMS_BEYOND - 1), terms <= OV_TERMS_MAX; v >= 0. */
OV_NODISCARD enum ov_status ov_smoothed_fill(struct ov_smoothed *s, struct ov_smoothing *t,
                                             double v, double reach, size_t terms);

/* D (n): D_0 … D_(n-1) at m, n a multiple of OV_TERMS_STEP, at most terms + OV_TERMS_BEYOND. */
void ov_smoothed_at(double *D, const struct ov_smoothed *s, double m, size_t n);

/* Logarithms of bounds of |D_n|/sqrt(n!), n = 0, OV_TERMS_STEP, 2 OV_TERMS_STEP … OV_TERMS_MAX, at v;
 * continuous in v. */
void ov_smoothing_sizes(double size[OV_TERMS_SIZES], const struct ov_smoothing *t, double v);

/* Terms that matter of a pair of fields of covariance c given the others, in steps of OV_TERMS_STEP,
 * and which part of each is to be taken: all of those above tol, less and less of those below. So the
 * sum is smooth: where it is not, if only by tol, a solver of a smaller tolerance halves its steps. */
size_t ov_smoothing_terms(double part[OV_TERMS_MAX], double c, const double *size,
                          const double *other, double tol);

#endif
