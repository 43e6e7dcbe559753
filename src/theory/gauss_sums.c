/* SPDX-License-Identifier: MIT
 *
 * Contractions for all pairs that have no shorter way.
 * 1. Erf and linear students with any teacher: tilt the fields, then sum I2 (gauss_erf.c's steps
 *    with ov_I2 for the average of two values).
 * 2. Students and teachers that have closed forms, in any combination: the sums as they stand.
 */
#include <math.h>
#include <string.h>

#include "gauss_internal.h"
#include "overlap/model/eps_g.h"

/* s' I2(C) s. */
static double quadratic_form(const struct ov_gauss *w, const double *C, const double *s)
{
    double sum = 0.0;
    for (size_t a = 0; a < w->P; a++)
        for (size_t b = 0; b <= a; b++) {
            size_t ab = ov_sym_at(a, b), aa = ov_sym_at(a, a), bb = ov_sym_at(b, b);
            double I2 = ov_I2(w->act[a], w->act[b], C[aa], C[ab], C[bb]);
            sum += (a == b ? 1.0 : 2.0) * s[a] * s[b] * I2;
        }
    return sum;
}

/* G_b = weight sum_c s_c C_bc < g_c' >, by Stein's lemma. */
static void stein_sum(double *G, const struct ov_gauss *w, const double *C, const double *s,
                      double weight)
{
    memset(G, 0, w->P * sizeof *G);
    for (size_t c = 0; c < w->P; c++) {
        double t = weight * s[c] * ov_gauss_mean_slope(w->act[c], C[ov_sym_at(c, c)]);
        for (size_t b = 0; b < w->P; b++)
            G[b] += t * C[ov_sym_at(b, c)];
    }
}

void ov_gauss_contract_linear(double *G, double *Nz, struct ov_gauss *w, const double *C,
                              const double *s, double sigma)
{
    if (G)
        stein_sum(G, w, C, s, 1.0);
    for (size_t k = 1; G && k < w->K; k++)
        memcpy(G + k * w->P, G, w->P * sizeof *G);
    double noise = Nz ? quadratic_form(w, C, s) + sigma * sigma : 0.0;
    for (size_t i = 0; Nz && i < ov_sym_size(w->K); i++)
        Nz[i] = noise;
}

void ov_gauss_contract_tilted(double *G, double *Nz, struct ov_gauss *w, const double *C,
                              const double *s, double sigma)
{
    for (size_t k = 0; k < w->K; k++) {
        double weight_k = ov_gauss_tilt(w->C1, C, w->P, w->M + k, w->row);
        if (G)
            stein_sum(G + k * w->P, w, w->C1, s, weight_k);
        for (size_t l = 0; Nz && l <= k; l++) {
            double weight_l = ov_gauss_tilt(w->C2, w->C1, w->P, w->M + l, w->row);
            Nz[ov_sym_at(k, l)] =
                weight_k * weight_l * (quadratic_form(w, w->C2, s) + sigma * sigma);
        }
    }
}

void ov_gauss_sum_G(double *G, const struct ov_gauss *w, const double *C, const double *s)
{
    for (size_t k = 0; k < w->K; k++)
        for (size_t b = 0; b < w->P; b++) {
            double sum = 0.0;
            for (size_t c = 0; c < w->P; c++)
                sum += s[c] * ov_gauss_I3(C, w->act, w->M + k, b, c);
            G[k * w->P + b] = sum;
        }
}

double ov_gauss_sum_Nz(const struct ov_gauss *w, const double *C, const double *s, double sigma,
                       size_t k, size_t l)
{
    double sum = sigma * sigma * ov_gauss_J2(C, w->act, w->M + k, w->M + l);
    for (size_t a = 0; a < w->P; a++)
        for (size_t b = 0; b <= a; b++)
            sum += (a == b ? 1.0 : 2.0) * s[a] * s[b] *
                   ov_gauss_I4(C, w->act, w->M + k, w->M + l, a, b);
    return sum;
}

void ov_gauss_contract_sums(double *G, double *Nz, struct ov_gauss *w, const double *C,
                            const double *s, double sigma)
{
    if (G)
        ov_gauss_sum_G(G, w, C, s);
    for (size_t k = 0; Nz && k < w->K; k++)
        for (size_t l = 0; l <= k; l++)
            Nz[ov_sym_at(k, l)] = ov_gauss_sum_Nz(w, C, s, sigma, k, l);
}
