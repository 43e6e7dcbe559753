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
 * aa, bb >= 0. The asin's argument is clipped to [-1, 1], which it leaves only where ab breaks
 * the Cauchy-Schwarz bound. The same bits on every machine (num/fmath.h).
 * Symmetric under exchange of (a,aa) with (b,bb). NaN in, NaN out. */
double ov_I2(enum ov_act a, enum ov_act b, double aa, double ab, double bb);

/* Clean generalisation error of o, student activation g and teacher activation g_star. Never
 * negative: rounding near perfect learning is clipped at 0. NaN if an overlap is NaN. */
double ov_eps_g(const struct ov_overlaps *o, enum ov_act g, enum ov_act g_star);

#endif
