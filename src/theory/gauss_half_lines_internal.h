/* SPDX-License-Identifier: MIT
 *
 * Averages over two fields of a pair of which one has kinks and the other is generic, for D of
 * ov_gauss_slopes. Private to src/theory.
 */
#ifndef OVERLAP_THEORY_GAUSS_HALF_LINES_INTERNAL_H
#define OVERLAP_THEORY_GAUSS_HALF_LINES_INTERNAL_H

#include "overlap/base/status.h"
#include "overlap/model/activation.h"

struct ov_gauss_half_lines;

/* g: the generic one. */
OV_NODISCARD enum ov_status ov_gauss_half_lines_create(struct ov_gauss_half_lines **h,
                                                       const struct ov_activation *g);
void ov_gauss_half_lines_free(struct ov_gauss_half_lines *h); /* NULL-safe */

/* mean[0] = < f'(x) g'(y) >, mean[1] = < f(x) g''(y) >, f any activation with no kink but at 0; (x,y)
 * of variances xx, yy and covariance xy. NaN for what is not finite, and without memory. */
void ov_gauss_half_lines_mean(double mean[2], struct ov_gauss_half_lines *h,
                              const struct ov_activation *f, double xx, double xy, double yy);

#endif
