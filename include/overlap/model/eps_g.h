/* SPDX-License-Identifier: MIT
 *
 * The generalisation error of given overlaps, exactly: what both sides measure with.
 *     eps_g = < (phi - phi*)^2 > / 2 = 1/2 sum_ab s_a s_b I2(a,b),  s = (v*, -v)
 * over x ~ N(0, I_N), without label noise (paper.md eq:eps_g).
 */
#ifndef OVERLAP_MODEL_EPS_G_H
#define OVERLAP_MODEL_EPS_G_H

#include "overlap/model/activation.h"
#include "overlap/model/overlaps.h"

/* I2 = < g_a(x) g_b(y) >, (x,y) ~ N(0, [aa ab; ab bb]), paper.md eq:I2.
 * Closed forms for every pair of linear, erf, relu, quadratic and he2. With a generic activation
 * by quadrature in one or two dimensions, of fixed nodes: relative to the activations' size the
 * error is below 1e-10 for variances up to 280 and grows beyond; cost in proportion to the
 * standard deviations above 1, some 40 us for two generic fields of variance 1.
 * aa, bb >= 0. Correlations are clipped to [-1, 1], which they leave only where ab breaks the
 * Cauchy-Schwarz bound. The same bits on every machine (num/fmath.h).
 * Symmetric under exchange of (a,aa) with (b,bb), to the quadrature's error for two generic ones.
 * NaN in, NaN out. */
double ov_I2(const struct ov_activation *a, const struct ov_activation *b, double aa, double ab,
             double bb);

/* Clean generalisation error of o, student activation g and teacher activation g_star. Never
 * negative: rounding near perfect learning is clipped at 0. NaN if an overlap is NaN. */
double ov_eps_g(const struct ov_overlaps *o, const struct ov_activation *g,
                const struct ov_activation *g_star);

#endif
