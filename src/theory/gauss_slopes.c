/* SPDX-License-Identifier: MIT
 *
 * The mean derivatives of what the dynamics average (paper.md eq:D): with e = sum_a s_a g_a(x_a)
 *     D_kc = < d/dx_c [ g'(lambda_k) e ] > = s_c J_kc + delta_ck H_k,
 *     J_kc = < g'(lambda_k) g'_c >,    H_k = < g''(lambda_k) e >
 * (c = k is the column of student k). Nz is the contraction's. Here
 *     erf students    J by one tilt (gauss_erf.c). In H, g'' = -x g', and Stein's lemma under the
 *                     tilt gives H_k = -sum_c C_kc D_kc.
 *     linear students J_kc = < g'_c > for all k, H = 0.
 *     kinks           g'' = jump delta(x): H_k = jump/sqrt(2 pi C_kk) sum_a s_a < g_a | x_k = 0 >,
 *                     under the variances C_aa - C_ka^2/C_kk.
 *     x^2 and He2     g'' = 2: H = 2 < e >.
 * all with any teacher; J, where it has no shorter way, by single integrals (gauss.c). A generic
 * one of a pair, with kinks in the other: gauss_half_lines. All others with their contractions.
 */
#include <math.h>
#include <string.h>

#include "gauss_half_lines_internal.h"
#include "gauss_internal.h"

static const double sqrt_two_over_pi = 0.79788456080286535588;

/* ---- erf and linear students, any teacher ---- */

static inline double mean_slope(const struct ov_activation *g, double v)
{
    return g->act == OV_ACT_ERF ? sqrt_two_over_pi / sqrt(1.0 + v) : ov_gauss_mean_slope(g, v);
}

void ov_gauss_slopes_linear(double *D, struct ov_gauss *w, const double *C, const double *s)
{
    for (size_t c = 0; c < w->P; c++)
        D[c] = s[c] * mean_slope(w->act[c], C[ov_sym_at(c, c)]);
    for (size_t k = 1; k < w->K; k++)
        memcpy(D + k * w->P, D, w->P * sizeof *D);
}

/* With q = 1 + C_kk the tilted variances are C_cc - C_kc^2/q, C_kk/q. H_k is solved for D_kk:
 *     D_kk = s_k J_kk - sum_c C_kc D_kc = (s_k J_kk - sum_(c != k) C_kc D_kc)/q. */
void ov_gauss_slopes_of_erf(double *D, const struct ov_activation *const *act, size_t P,
                            const double *C, const double *s, size_t k)
{
    double q = 1.0 + C[ov_sym_at(k, k)], weight = sqrt_two_over_pi / sqrt(q), pull = 0.0;
    for (size_t c = 0; c < P; c++) {
        double kc = C[ov_sym_at(k, c)], v = c == k ? kc / q : C[ov_sym_at(c, c)] - kc * kc / q;
        D[c] = weight * s[c] * mean_slope(act[c], v);
        pull += c == k ? 0.0 : kc * D[c];
    }
    D[k] = (D[k] - pull) / q;
}

void ov_gauss_slopes_tilted(double *D, struct ov_gauss *w, const double *C, const double *s)
{
    for (size_t k = 0; k < w->K; k++)
        ov_gauss_slopes_of_erf(D + k * w->P, w->act, w->P, C, s, w->M + k);
}

/* ---- students with a kink, squares: any teacher ---- */

double ov_gauss_mean_value(const struct ov_activation *g, double c)
{
    switch (g->act) {
    case OV_ACT_LINEAR:
    case OV_ACT_ERF:
        return c * 0.0; /* NaN of NaN */
    case OV_ACT_RELU:
        return sqrt(c / (2.0 * M_PI));
    case OV_ACT_LEAKY_RELU:
        return (1.0 - OV_LEAK) * sqrt(c / (2.0 * M_PI));
    case OV_ACT_QUADRATIC:
        return c;
    case OV_ACT_HE2:
        return c - 1.0;
    default: {
        const struct ov_gauss_factor value = {OV_GAUSS_VALUE, 0, g};
        return ov_gauss_average(&c, 1, &value, 1);
    }
    }
}

/* < sum_a s_a g_a | x_k = 0 >. */
static double mean_at_kink(const struct ov_gauss *w, const double *C, const double *s, size_t k)
{
    double sum = 0.0, kk = C[ov_sym_at(k, k)];
    for (size_t a = 0; a < w->P; a++) {
        double ka = C[ov_sym_at(k, a)], v = fmax(C[ov_sym_at(a, a)] - ka * ka / kk, 0.0);
        sum += a == k ? 0.0 : s[a] * ov_gauss_mean_value(w->act[a], v);
    }
    return sum;
}

/* < g'_k g'_c > and < g''_k g_c >. The latter of generic students only. */
static void pair(double mean[2], const struct ov_gauss *w, const double *C, size_t k, size_t c)
{
    double kk = C[ov_sym_at(k, k)], kc = C[ov_sym_at(k, c)], cc = C[ov_sym_at(c, c)];
    if (w->half_lines && w->g == OV_ACT_GENERIC)
        ov_gauss_half_lines_mean(mean, w->half_lines, w->act[c], cc, kc, kk);
    else if (w->half_lines && c < w->M)
        ov_gauss_half_lines_mean(mean, w->half_lines, w->student, kk, kc, cc);
    else
        mean[0] = ov_gauss_J2(C, w->act, k, c);
}

/* H_k of students that are not generic. */
static double curvature(const struct ov_gauss *w, const double *C, const double *s, size_t k)
{
    double kk = C[ov_sym_at(k, k)], sum = 0.0;
    if (w->g == OV_ACT_RELU || w->g == OV_ACT_LEAKY_RELU) {
        double jump = w->g == OV_ACT_RELU ? 1.0 : 1.0 - OV_LEAK;
        return kk > 0.0 ? jump / sqrt(2.0 * M_PI * kk) * mean_at_kink(w, C, s, k) : 0.0 * kk;
    }
    for (size_t a = 0; a < w->P; a++)
        sum += s[a] * ov_gauss_mean_value(w->act[a], C[ov_sym_at(a, a)]);
    return 2.0 * sum;
}

void ov_gauss_slopes_sums(double *D, struct ov_gauss *w, const double *C, const double *s)
{
    for (size_t k = w->M; k < w->P; k++) {
        double *row = D + (k - w->M) * w->P, on_k = 0.0, mean[2] = {0.0};
        for (size_t c = 0; c < w->P; c++) {
            pair(mean, w, C, k, c);
            row[c] = s[c] * mean[0];
            on_k += s[c] * mean[1];
        }
        row[k] += w->g == OV_ACT_GENERIC ? on_k : curvature(w, C, s, k);
    }
}
