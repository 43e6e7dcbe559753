/* SPDX-License-Identifier: MIT
 *
 * The mean derivatives of what the dynamics average (paper.md eq:D): with e = sum_a s_a g_a(x_a)
 *     D_kc = < d/dx_c [ g'(lambda_k) e ] > = s_c J_kc + delta_ck H_k,
 *     J_kc = < g'(lambda_k) g'_c >,    H_k = < g''(lambda_k) e >
 * (c = k is the column of student k). Nz is the contraction's.
 *     erf student     J by one tilt (gauss_erf.c). In H g'' = -x_k g', and Stein's lemma under the
 *                     tilt gives H_k = -sum_c C_kc D_kc.
 *     linear student  J_kc = < g'_c > for all k, H = 0
 */
#include <math.h>
#include <string.h>

#include "gauss_internal.h"

static const double sqrt_two_over_pi = 0.79788456080286535588;

/* ---- erf and linear students, any teacher ---- */

/* < g'_c > of field c with variance v. */
static inline double mean_slope(const struct ov_gauss *w, size_t c, double v)
{
    if (w->act[c]->act == OV_ACT_ERF)
        return sqrt_two_over_pi / sqrt(1.0 + v);
    return ov_gauss_mean_slope(w->act[c], v);
}

static void slopes_of_linear(double *D, struct ov_gauss *w, const double *C, const double *s)
{
    for (size_t c = 0; c < w->P; c++)
        D[c] = s[c] * mean_slope(w, c, C[ov_sym_at(c, c)]);
    for (size_t k = 1; k < w->K; k++)
        memcpy(D + k * w->P, D, w->P * sizeof *D);
}

/* With q = 1 + C_kk the tilted variances are C_cc - C_kc^2/q, C_kk/q. H_k is solved for D_kk:
 *     D_kk = s_k J_kk - sum_c C_kc D_kc = (s_k J_kk - sum_(c != k) C_kc D_kc)/q. */
static void row_of_erf(double *D, const struct ov_gauss *w, const double *C, const double *s,
                       size_t k)
{
    double q = 1.0 + C[ov_sym_at(k, k)], weight = sqrt_two_over_pi / sqrt(q), pull = 0.0;
    for (size_t c = 0; c < w->P; c++) {
        double kc = C[ov_sym_at(k, c)], v = c == k ? kc / q : C[ov_sym_at(c, c)] - kc * kc / q;
        D[c] = weight * s[c] * mean_slope(w, c, v);
        pull += c == k ? 0.0 : kc * D[c];
    }
    D[k] = (D[k] - pull) / q;
}

static void slopes_of_erf(double *D, struct ov_gauss *w, const double *C, const double *s)
{
    for (size_t k = 0; k < w->K; k++)
        row_of_erf(D + k * w->P, w, C, s, w->M + k);
}

/* ---- all ---- */

typedef void slopes_of_pair(double *D, struct ov_gauss *w, const double *C, const double *s);

static slopes_of_pair *slopes_of(const struct ov_gauss *w)
{
    return w->g == OV_ACT_LINEAR ? slopes_of_linear : slopes_of_erf;
}

void ov_gauss_slopes(double *D, double *Nz, struct ov_gauss *w, const double *C, const double *s,
                     double sigma)
{
    if (w->g > OV_ACT_ERF) /* follows */
        memset(D, 0xff, w->K * w->P * sizeof *D);
    else
        slopes_of(w)(D, w, C, s);
    if (Nz)
        ov_gauss_contract(NULL, Nz, w, C, s, sigma);
}
