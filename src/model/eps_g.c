/* SPDX-License-Identifier: MIT
 *
 * The generalisation error of given overlaps, in closed form where there is one.
 */
#include "overlap/model/eps_g.h"

#include <math.h>

#include "eps_g_internal.h"
#include "overlap/num/fmath.h"

#define TWO_OVER_PI 0x1.45f306dc9c883p-1
#define ONE_OVER_TWO_PI 0x1.45f306dc9c883p-3
#define HALF_PI 0x1.921fb54442d18p+0
#define SQRT_TWO_OVER_PI 0x1.9884533d43651p-1

/* Rounding may leave [-1, 1]; NaN passes through. */
static double clip(double r)
{
    r = r > 1.0 ? 1.0 : r;
    return r < -1.0 ? -1.0 : r;
}

/* ---- I2 of each pair with a closed form: x of the first kind, y of the second ---- */

static double linear_linear(double aa, double ab, double bb)
{
    (void)aa, (void)bb;
    return ab;
}

static double linear_erf(double aa, double ab, double bb)
{
    (void)aa;
    return SQRT_TWO_OVER_PI * ab / sqrt(1.0 + bb);
}

static double erf_erf(double aa, double ab, double bb)
{
    return TWO_OVER_PI * ov_asin(clip(ab / (sqrt(1.0 + aa) * sqrt(1.0 + bb))));
}

/* max(0,x) = (x + |x|)/2: with an odd partner only x/2 counts, with an even one only |x|/2. */
static double linear_relu(double aa, double ab, double bb)
{
    (void)aa, (void)bb;
    return 0.5 * ab;
}

static double relu_erf(double aa, double ab, double bb)
{
    return 0.5 * linear_erf(aa, ab, bb);
}

/* paper.md eq:relu_I2; 0 also for a length that rounding has made negative. */
static double relu_relu(double aa, double ab, double bb)
{
    if (!(aa > 0.0 && bb > 0.0))
        return 0.0;
    double p = sqrt(aa) * sqrt(bb);
    double r = clip(ab / p);
    return ONE_OVER_TWO_PI * p * (sqrt((1.0 - r) * (1.0 + r)) + r * (HALF_PI + ov_asin(r)));
}

/* An even partner of an odd one. */
static double zero(double aa, double ab, double bb)
{
    (void)aa, (void)ab, (void)bb;
    return 0.0;
}

/* < max(0,x) (y^2 - beta) >; ab^2/sqrt(aa) -> 0 with aa, for ab^2 <= aa bb. */
static double relu_square_minus(double aa, double ab, double bb, double beta)
{
    double sd = sqrt(aa);
    return 0.5 * SQRT_TWO_OVER_PI * (sd * (bb - beta) + (sd > 0.0 ? ab / sd * ab : 0.0));
}

static double relu_quadratic(double aa, double ab, double bb)
{
    return relu_square_minus(aa, ab, bb, 0.0);
}

static double relu_he2(double aa, double ab, double bb)
{
    return relu_square_minus(aa, ab, bb, 1.0);
}

/* Isserlis' theorem, as below. */
static double quadratic_quadratic(double aa, double ab, double bb)
{
    return aa * bb + 2.0 * ab * ab;
}

static double quadratic_he2(double aa, double ab, double bb)
{
    return aa * (bb - 1.0) + 2.0 * ab * ab;
}

static double he2_he2(double aa, double ab, double bb)
{
    return (aa - 1.0) * (bb - 1.0) + 2.0 * ab * ab;
}

typedef double closed_form(double aa, double ab, double bb);

/* The lower triangle stands for the upper one with x and y exchanged. */
static closed_form *const closed_forms[OV_ACT_GENERIC][OV_ACT_GENERIC] = {
    [OV_ACT_LINEAR] = {[OV_ACT_LINEAR] = linear_linear,
                       [OV_ACT_ERF] = linear_erf,
                       [OV_ACT_RELU] = linear_relu,
                       [OV_ACT_QUADRATIC] = zero,
                       [OV_ACT_HE2] = zero},
    [OV_ACT_ERF] = {[OV_ACT_ERF] = erf_erf, [OV_ACT_QUADRATIC] = zero, [OV_ACT_HE2] = zero},
    [OV_ACT_RELU] = {[OV_ACT_ERF] = relu_erf,
                     [OV_ACT_RELU] = relu_relu,
                     [OV_ACT_QUADRATIC] = relu_quadratic,
                     [OV_ACT_HE2] = relu_he2},
    [OV_ACT_QUADRATIC] = {[OV_ACT_QUADRATIC] = quadratic_quadratic, [OV_ACT_HE2] = quadratic_he2},
    [OV_ACT_HE2] = {[OV_ACT_HE2] = he2_he2},
};

/* Of a leaky ReLU and any other unit: OV_LEAK x + (1 - OV_LEAK) max(0, x). */
static double leaky_I2(const struct ov_activation *b, double aa, double ab, double bb)
{
    return OV_LEAK * ov_I2(&ov_activations[OV_ACT_LINEAR], b, aa, ab, bb) +
           (1.0 - OV_LEAK) * ov_I2(&ov_activations[OV_ACT_RELU], b, aa, ab, bb);
}

double ov_I2(const struct ov_activation *a, const struct ov_activation *b, double aa, double ab,
             double bb)
{
    if (isnan(aa) || isnan(ab) || isnan(bb))
        return NAN;
    if (a->act == OV_ACT_LEAKY_RELU)
        return leaky_I2(b, aa, ab, bb);
    if (b->act == OV_ACT_LEAKY_RELU)
        return leaky_I2(a, bb, ab, aa);
    if (a->act == OV_ACT_GENERIC)
        return ov_I2_generic(a, b, aa, ab, bb);
    if (b->act == OV_ACT_GENERIC)
        return ov_I2_generic(b, a, bb, ab, aa);
    closed_form *f = closed_forms[a->act][b->act];
    return f ? f(aa, ab, bb) : closed_forms[b->act][a->act](bb, ab, aa);
}

double ov_eps_g(const struct ov_overlaps *o, const struct ov_activation *g,
                const struct ov_activation *g_star)
{
    size_t K = o->K, M = o->M;
    const double *Q = o->Q, *R = o->R, *T = o->T;
    double student = 0.0, cross = 0.0, teacher = 0.0;
    for (size_t k = 0; k < K; k++) {
        double Q_kk = Q[ov_sym_at(k, k)];
        for (size_t l = 0; l < K; l++)
            student +=
                o->v[k] * o->v[l] * ov_I2(g, g, Q_kk, Q[ov_sym_at(k, l)], Q[ov_sym_at(l, l)]);
        for (size_t m = 0; m < M; m++)
            cross +=
                o->v[k] * o->v_star[m] * ov_I2(g, g_star, Q_kk, R[k * M + m], T[ov_sym_at(m, m)]);
    }
    for (size_t m = 0; m < M; m++)
        for (size_t n = 0; n < M; n++)
            teacher +=
                o->v_star[m] * o->v_star[n] *
                ov_I2(g_star, g_star, T[ov_sym_at(m, m)], T[ov_sym_at(m, n)], T[ov_sym_at(n, n)]);
    double eps_g = 0.5 * ((student - cross) + (teacher - cross));
    return eps_g < 0.0 ? 0.0 : eps_g;
}
