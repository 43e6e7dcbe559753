/* SPDX-License-Identifier: MIT
 *
 * The derivatives of the quadratic contraction (gauss_quadratic.c, paper.md eq:quadratic), term by
 * term; everything is a polynomial of C and s. An entry of the packed C off the diagonal stands
 * for both.
 */
#include <string.h>

#include "gauss_internal.h"

struct view {
    const struct ov_gauss *w;
    const double *C, *s, *X; /* X = C D C, packed */
    double e, plain;         /* e^2 + 2 tr(C D C D) + sigma^2 */
    size_t D;
};

/* X = C D C. */
static void sandwich(double *X, const double *C, const double *s, size_t P)
{
    for (size_t i = 0; i < P; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = 0.0;
            for (size_t c = 0; c < P; c++)
                sum += C[ov_sym_at(i, c)] * s[c] * C[ov_sym_at(c, j)];
            X[ov_sym_at(i, j)] = sum;
        }
}

static double excess(const struct view *v, size_t c)
{
    return v->C[ov_sym_at(c, c)] - (v->w->act[c]->act == OV_ACT_HE2 ? 1.0 : 0.0);
}

/* row += weight dX_ab = weight sum_c s_c (C_cb dC_ac + C_ac dC_cb) + weight C_ac C_cb ds_c. */
static void add_X(double *row, const struct view *v, double weight, size_t a, size_t b)
{
    for (size_t c = 0; c < v->w->P; c++) {
        double ac = v->C[ov_sym_at(a, c)], cb = v->C[ov_sym_at(c, b)];
        row[ov_sym_at(a, c)] += weight * v->s[c] * cb;
        row[ov_sym_at(c, b)] += weight * v->s[c] * ac;
        row[v->D + c] += weight * ac * cb;
    }
}

/* row += weight de. */
static void add_e(double *row, const struct view *v, double weight)
{
    for (size_t c = 0; c < v->w->P; c++) {
        row[ov_sym_at(c, c)] += weight * v->s[c];
        row[v->D + c] += weight * excess(v, c);
    }
}

/* row += weight d tr(C D C D). */
static void add_trace(double *row, const struct view *v, double weight)
{
    for (size_t a = 0; a < v->w->P; a++) {
        row[v->D + a] += weight * 2.0 * v->X[ov_sym_at(a, a)];
        for (size_t b = 0; b < v->w->P; b++)
            row[ov_sym_at(a, b)] += weight * 2.0 * v->s[a] * v->s[b] * v->C[ov_sym_at(a, b)];
    }
}

/* row += weight dY_kl, Y = C D C D C. */
static void add_Y(double *row, const struct view *v, double weight, size_t k, size_t l)
{
    const double *C = v->C, *X = v->X, *s = v->s;
    for (size_t c = 0; c < v->w->P; c++) {
        double kc = C[ov_sym_at(k, c)], cl = C[ov_sym_at(c, l)];
        row[ov_sym_at(k, c)] += weight * s[c] * X[ov_sym_at(c, l)];
        row[ov_sym_at(c, l)] += weight * s[c] * X[ov_sym_at(k, c)];
        row[v->D + c] += weight * (kc * X[ov_sym_at(c, l)] + cl * X[ov_sym_at(k, c)]);
        for (size_t d = 0; d < v->w->P; d++)
            row[ov_sym_at(c, d)] += weight * s[c] * s[d] * kc * C[ov_sym_at(d, l)];
    }
}

/* G_kb = 2 (e C_kb + 2 X_kb). */
static void derive_G(double *row, const struct view *v, size_t k, size_t b)
{
    add_e(row, v, 2.0 * v->C[ov_sym_at(k, b)]);
    add_X(row, v, 4.0, k, b);
    row[ov_sym_at(k, b)] += 2.0 * v->e;
}

/* Nz_kl = 4 (C_kl plain + 4 e X_kl + 8 Y_kl). */
static void derive_Nz(double *row, const struct view *v, size_t k, size_t l)
{
    double kl = v->C[ov_sym_at(k, l)];
    row[ov_sym_at(k, l)] += 4.0 * v->plain;
    add_e(row, v, 8.0 * kl * v->e + 16.0 * v->X[ov_sym_at(k, l)]);
    add_trace(row, v, 8.0 * kl);
    add_X(row, v, 16.0 * v->e, k, l);
    add_Y(row, v, 32.0, k, l);
}

void ov_gauss_quadratic_derivatives(double *dG, double *dNz, struct ov_gauss *w, const double *C,
                                    const double *s, double sigma)
{
    size_t P = w->P, K = w->K, M = w->M, width = ov_sym_size(P) + P;
    struct view v = {.w = w, .C = C, .s = s, .X = w->C1, .D = ov_sym_size(P)};
    sandwich(w->C1, C, s, P);
    v.plain = sigma * sigma;
    for (size_t c = 0; c < P; c++) {
        v.e += s[c] * excess(&v, c);
        v.plain += 2.0 * s[c] * v.X[ov_sym_at(c, c)];
    }
    v.plain += v.e * v.e;
    if (dG)
        memset(dG, 0, K * P * width * sizeof *dG);
    memset(dNz, 0, ov_sym_size(K) * width * sizeof *dNz);
    for (size_t k = 0; dG && k < K; k++)
        for (size_t b = 0; b < P; b++)
            derive_G(dG + (k * P + b) * width, &v, M + k, b);
    for (size_t k = 0; k < K; k++)
        for (size_t l = 0; l <= k; l++)
            derive_Nz(dNz + ov_sym_at(k, l) * width, &v, M + k, M + l);
}
