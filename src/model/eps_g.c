/* SPDX-License-Identifier: MIT */
#include "overlap/model/eps_g.h"

#include <math.h>

#include "overlap/num/fmath.h"

#define TWO_OVER_PI 0x1.45f306dc9c883p-1
#define SQRT_TWO_OVER_PI 0x1.9884533d43651p-1

/* Rounding may leave [-1, 1]; NaN passes through. */
static double clip(double r)
{
    r = r > 1.0 ? 1.0 : r;
    return r < -1.0 ? -1.0 : r;
}

double ov_I2(enum ov_act a, enum ov_act b, double aa, double ab, double bb)
{
    if (isnan(aa) || isnan(ab) || isnan(bb))
        return NAN;
    if (a == OV_ACT_LINEAR && b == OV_ACT_LINEAR)
        return ab;
    if (a == OV_ACT_ERF && b == OV_ACT_ERF)
        return TWO_OVER_PI * ov_asin(clip(ab / (sqrt(1.0 + aa) * sqrt(1.0 + bb))));
    double of_erf = a == OV_ACT_ERF ? aa : bb;
    return SQRT_TWO_OVER_PI * ab / sqrt(1.0 + of_erf);
}

double ov_eps_g(const struct ov_overlaps *o, enum ov_act g, enum ov_act g_star)
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
