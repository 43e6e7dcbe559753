/* SPDX-License-Identifier: MIT
 *
 * The derivatives of the contraction in reverse, from each number back to C and s.
 * B is the derivative of a number by a covariance with both (a,b) and (b,a) counted, so symmetric.
 * 1. d asin(r) = dr/sqrt(1 - r^2) and r_ab = C_ab q_a q_b give B of s' I2(C'') s. The edge r = 1
 *    is not met: for a positive semi-definite C, r^2 <= C_aa C_bb/((1 + C_aa)(1 + C_bb)) < 1, also
 *    where fields depend on each other. Only large variances come near it (1 - r is about 1/C), or
 *    a C that is not a covariance, as a trial point of a solver may be: 1 - r^2 is kept >= epsilon.
 * 2. Back through a tilt C' = C - c c'/d with c = C_i, d = 1 + C_ii:
 *        B = B' - u e_i' - e_i u' + (c.u/d) e_i e_i',   u = B' c/d,
 *    and the weight's sqrt(2/pi/d) adds -1/(2d) times the number at (i,i).
 * 3. G_kb is t.C1_b: its B' has a row, a column and the diagonal only, so that each takes O(P).
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "gauss_erf_internal.h"
#include "gauss_internal.h"
#include "overlap/num/simd.h"

/* ---- Nz ---- */

/* h = 1/sqrt(1 - r^2) and hr = r h. */
OV_CLONES static void derive_asin(double *restrict h, double *restrict hr, const double *restrict r,
                                  size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double rest = (1.0 - r[i]) * (1.0 + r[i]);
        rest = rest > DBL_EPSILON ? rest : DBL_EPSILON;
        h[i] = 1.0 / sqrt(rest);
    }
    for (size_t i = 0; i < n; i++)
        hr[i] = h[i] * r[i];
}

/* Step 1 at the correlations r (packed) and scales q. W counts pairs twice. */
static void form_to_B(struct ov_gauss_erf *e, const double *r)
{
    size_t P = e->P, S = e->S;
    double *h = e->h, *hr = e->h + e->D;
    derive_asin(h, hr, r, e->D);
    for (size_t a = 0; a < P; a++)
        e->slope[a] = 0.0;
    for (size_t a = 0; a < P; a++) {
        bool erf_a = ov_gauss_erf_field(e, a);
        for (size_t b = 0; b <= a; b++) {
            size_t at = ov_gauss_erf_at(e, a, b);
            bool both = erf_a && ov_gauss_erf_field(e, b);
            double W = a == b ? e->W[at] : 0.5 * e->W[at];
            double edge = W * (both ? hr[at] : r[at]);
            e->B[a * S + b] = e->B[b * S + a] = W * (both ? h[at] : 1.0) * e->q[a] * e->q[b];
            e->slope[a] += edge;
            e->slope[b] += a == b ? 0.0 : edge;
        }
    }
    for (size_t a = 0; a < P; a++)
        if (ov_gauss_erf_field(e, a))
            e->B[a * S + a] -= e->q[a] * e->q[a] * e->slope[a];
}

/* Step 2, of the number `value`, which includes the weight. c: row i of the covariance. */
OV_CLONES static void back_through_tilt(double *restrict B, double *restrict u,
                                        const double *restrict c, size_t P, size_t S, size_t i,
                                        double value)
{
    double inverse = 1.0 / (1.0 + c[i]), along = 0.0;
    for (size_t a = 0; a < S; a++)
        u[a] = 0.0;
    for (size_t b = 0; b < P; b++) /* B is symmetric: by rows */
        for (size_t a = 0; a < S; a++)
            u[a] += inverse * c[b] * B[b * S + a];
    for (size_t a = 0; a < P; a++)
        along += c[a] * u[a];
    for (size_t a = 0; a < P; a++) {
        B[a * S + i] -= u[a];
        B[i * S + a] -= u[a];
    }
    B[i * S + i] += inverse * (along - 0.5 * value);
}

/* weight B, packed: entries off the diagonal count twice. */
static void pack(double *d, const struct ov_gauss_erf *e, double weight)
{
    for (size_t a = 0; a < e->P; a++) {
        double *row = d + ov_sym_at(a, 0);
        for (size_t b = 0; b < a; b++)
            row[b] = 2.0 * weight * e->B[a * e->S + b];
        row[a] = weight * e->B[a * e->S + a];
    }
}

/* d (s' I2 s)/ds_a = 2 sum_b I2_ab s_b from the values that W multiplies. */
static void derive_by_s(double *ds, const struct ov_gauss_erf *e, const double *values,
                        const double *s, double weight)
{
    memset(ds, 0, e->P * sizeof *ds);
    for (size_t a = 0; a < e->P; a++)
        for (size_t b = 0; b <= a; b++) {
            double I2 = 2.0 * weight * values[ov_gauss_erf_at(e, a, b)] *
                        ov_gauss_erf_factor(ov_gauss_erf_field(e, a), ov_gauss_erf_field(e, b));
            ds[a] += I2 * s[b];
            ds[b] += a == b ? 0.0 : I2 * s[a];
        }
}

/* The row of (k,l) of erf students; r of all l <= k are asin already. */
static void derive_pair(double *d, struct ov_gauss_erf *e, const double *s, double sigma,
                        double weight, size_t k, size_t l)
{
    size_t K = e->M + k, L = e->M + l;
    double value = ov_gauss_erf_form(e, l) + sigma * sigma;
    weight *= ov_gauss_erf_slope(true, e->C1[L * (e->S + 1)]);
    derive_by_s(d + e->D, e, e->r + l * e->D, s, weight);
    ov_gauss_erf_correlations(e, e->plain, l);
    form_to_B(e, e->plain);
    back_through_tilt(e->B, e->u, e->C1 + L * e->S, e->P, e->S, L, value);
    back_through_tilt(e->B, e->u, e->C + K * e->S, e->P, e->S, K, value);
    pack(d, e, weight);
}

static void derive_linear(double *d, struct ov_gauss_erf *e, const double *s)
{
    ov_gauss_erf_plain(e, e->plain);
    derive_by_s(d + e->D, e, e->r, s, 1.0);
    form_to_B(e, e->plain);
    pack(d, e, 1.0);
}

/* ---- G ---- */

/* Step 3: the row of G_kb = value; mean = dt/ds, slope_c = dt_c/dC1_cc. */
static void derive_G(double *d, const struct ov_gauss_erf *e, size_t k, size_t b, double value)
{
    size_t P = e->P, i = e->M + k;
    const double *c = e->C + i * e->S, *row = e->C1 + b * e->S;
    double inverse = e->g ? 1.0 / (1.0 + c[i]) : 0.0, along = 0.0, tc = 0.0;
    memset(d, 0, (e->D + P) * sizeof *d);
    for (size_t x = 0; x < P; x++) {
        d[ov_sym_at(b, x)] += e->t[x];
        d[ov_sym_at(x, x)] += e->slope[x] * row[x];
        d[e->D + x] = e->mean[x] * row[x];
        tc += e->t[x] * c[x];
    }
    if (!e->g)
        return;
    for (size_t x = 0; x < P; x++) {
        double Bc = 0.5 * (e->t[x] * c[b] + (x == b ? tc : 0.0)) + e->slope[x] * row[x] * c[x];
        d[ov_sym_at(x, i)] -= 2.0 * inverse * Bc;
        along += inverse * Bc * c[x];
    }
    d[ov_sym_at(i, i)] += inverse * (along - 0.5 * value);
}

/* All rows of one k. */
static void derive_G_of(double *dG, struct ov_gauss_erf *e, const double *s, double weight,
                        size_t k)
{
    size_t width = e->D + e->P;
    for (size_t c = 0; c < e->P; c++) {
        double variance = e->C1[c * (e->S + 1)];
        bool erf = ov_gauss_erf_field(e, c);
        e->mean[c] = weight * ov_gauss_erf_slope(erf, variance);
        e->t[c] = s[c] * e->mean[c];
        e->slope[c] = erf ? -0.5 * e->t[c] / (1.0 + variance) : 0.0;
    }
    for (size_t b = 0; b < e->P; b++) {
        double value = 0.0;
        for (size_t c = 0; c < e->P; c++)
            value += e->t[c] * e->C1[b * e->S + c];
        derive_G(dG + b * width, e, k, b, value);
    }
}

void ov_gauss_erf_derivatives(double *dG, double *dNz, struct ov_gauss_erf *e, const double *C,
                              const double *s, double sigma)
{
    size_t width = e->D + e->P, K = e->g ? e->K : 1;
    ov_gauss_erf_load(e, C, s);
    for (size_t k = 0; k < K; k++) {
        double weight = ov_gauss_erf_tilt(e, k);
        if (dG)
            derive_G_of(dG + k * e->P * width, e, s, weight, k);
        ov_gauss_erf_pairs(e, k);
        for (size_t l = 0; l <= k && e->g; l++)
            derive_pair(dNz + ov_sym_at(k, l) * width, e, s, sigma, weight, k, l);
    }
    if (e->g)
        return;
    derive_linear(dNz, e, s);
    for (size_t k = 1; dG && k < e->K; k++)
        memcpy(dG + k * e->P * width, dG, e->P * width * sizeof *dG);
    for (size_t i = 1; i < ov_sym_size(e->K); i++)
        memcpy(dNz + i * width, dNz, width * sizeof *dNz);
}
