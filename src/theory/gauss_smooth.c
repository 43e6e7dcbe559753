/* SPDX-License-Identifier: MIT
 *
 * The contraction of smooth units: the outer integral over the fields of two students by a rule
 * made for them (gauss_smooth_nodes.c); given these, all other fields share one covariance S and
 * have means that are linear in the two. With D_cn the smoothed derivatives of g_c at the mean of
 * x_c (gauss_table_internal.h),
 *     < (sum_c s_c g_c)^2 | lambda_k, lambda_l > = sum_n sum_cd s_c s_d S_cd^n/n! D_cn D_dn
 * (paper.md eq:mehler). Students k and l themselves are fields with S = 0. G needs one outer field
 * only: with Stein's lemma,
 *     G_kb = C_kb sum_c s_c < g''_k g_c > + sum_c C_bc s_c < g'_k g'_c >.
 * No formula divides by a variance: nothing is special where units are zero, equal or opposite.
 * Two fields that are equal get equal terms, so that differences cancel to rounding whatever the
 * number of nodes and terms. At a node and the one opposite the terms n >= 2 are the same where the
 * units have mirrors.
 * Cost: K^2/2 pairs of some 250 nodes (500 without mirrors) times P units and P^2/2 sums of some 20
 * terms.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gauss_internal.h"
#include "gauss_smooth_internal.h"
#include "overlap/num/simd.h"

enum { BLOCK = OV_TERMS_STEP };

/* ---- memory ---- */

/* Like x^2 or faster. */
static bool grows(const struct ov_activation *g)
{
    return fabs(g->g(20.0)) > 3.0 * fabs(g->g(10.0)) || fabs(g->g(-20.0)) > 3.0 * fabs(g->g(-10.0));
}

static bool create_units(struct ov_gauss_smooth *e, const struct ov_gauss *w)
{
    const struct ov_activation *const g[2] = {w->teacher, w->student};
    bool mirrors = true;
    for (int i = 0; i < 2; i++) {
        struct ov_smooth_unit *unit = &e->unit[i];
        unit->gelu = ov_is_gelu(g[i]);
        mirrors = ov_smooth_mirror_of(&unit->mirror, g[i]) && mirrors;
        e->grows = e->grows || grows(g[i]);
        if (i > 0 && g[0]->g == g[1]->g)
            unit->table = e->unit[0].table;
        else if (ov_smoothing_create(&unit->table, g[i]) != OV_OK)
            return false;
    }
    e->mirrored = mirrors && e->unit[0].mirror.sign == e->unit[1].mirror.sign;
    return true;
}

enum ov_status ov_gauss_smooth_create(struct ov_gauss_smooth **out, const struct ov_gauss *w)
{
    size_t P = w->P, pairs = ov_sym_size(P);
    struct ov_gauss_smooth *e = *out = calloc(1, sizeof *e);
    if (!e)
        return OV_ENOMEM;
    e->M = w->M;
    e->P = P;
    e->given = calloc(P, sizeof *e->given);
    e->along = calloc(P, sizeof *e->along);
    e->field = calloc(P, sizeof *e->field);
    e->terms = calloc(P + pairs, sizeof *e->terms);
    e->error = calloc(3 * P, sizeof *e->error);
    size_t scratch = P + (P + 1) * pairs;
    e->block =
        calloc(pairs * (1 + OV_TERMS_MAX) + P + scratch + P * OV_TERMS_SIZES, sizeof *e->block);
    bool good = e->given && e->along && e->field && e->terms && e->error && e->block;
    good = good && ov_smooth_rules_create(&e->rules, w->student, w->teacher) == OV_OK;
    if (!good || !create_units(e, w)) {
        ov_gauss_smooth_free(e);
        *out = NULL;
        return OV_ENOMEM;
    }
    e->pair_terms = e->terms + P;
    e->first = e->block;
    e->factor = e->first + pairs;
    e->slope = e->factor + pairs * OV_TERMS_MAX;
    e->scratch = e->slope + P;
    e->size = e->scratch + scratch;
    return OV_OK;
}

void ov_gauss_smooth_set_tol(struct ov_gauss *w, double tol)
{
    struct ov_gauss_smooth *e = w->smooth;
    e->tol = fmin(fmax(tol, 1e-12), 1e-3);
    /* beyond it lies tol of the probability; of what polynomials make of it, somewhat farther out */
    e->tail = sqrt(-2.0 * log(0.1 * e->tol)) + (e->grows ? 1.2 : 0.0);
    ov_smooth_rules_set_tol(e->rules, e->tol, e->tail);
}

void ov_gauss_smooth_free(struct ov_gauss_smooth *e)
{
    if (!e)
        return;
    for (size_t c = 0; e->along && c < e->P; c++)
        ov_smoothed_free(&e->along[c]);
    if (e->unit[1].table != e->unit[0].table)
        ov_smoothing_free(e->unit[1].table);
    ov_smoothing_free(e->unit[0].table);
    ov_smooth_rules_free(e->rules);
    free(e->given);
    free(e->along);
    free(e->field);
    free(e->terms);
    free(e->error);
    free(e->block);
    free(e->z);
    free(e);
}

/* ---- sums over nodes ---- */

/* sum_(n >= 2) sum_cd of the terms, which a node and the one opposite share. */
static OV_CLONES void higher_terms(double *restrict total, const struct ov_gauss_smooth *e)
{
    memset(total, 0, OV_LANES * sizeof *total);
    for (size_t c = 0; c < e->P; c++) {
        const double *factors = e->factor + ov_sym_at(c, 0) * OV_TERMS_MAX;
        const size_t *terms = e->pair_terms + ov_sym_at(c, 0);
        for (size_t b = 0; b < e->terms[c]; b += BLOCK) {
            double(*x)[OV_LANES] = e->field[c].D + b;
            double sum[BLOCK][OV_LANES] = {{0.0}};
            for (size_t d = 0; d < c; d++) {
                const double *factor = factors + d * OV_TERMS_MAX + b;
                double(*other)[OV_LANES] = e->field[d].D + b;
                if (b >= terms[d])
                    continue;
                for (size_t n = 0; n < BLOCK; n++)
                    for (size_t i = 0; i < OV_LANES; i++)
                        sum[n][i] += factor[n] * other[n][i];
            }
            const double *own = factors + c * OV_TERMS_MAX + b;
            bool more = b < terms[c];
            for (size_t n = 0; n < BLOCK; n++) {
                double factor = more ? own[n] : 0.0;
                for (size_t i = 0; i < OV_LANES; i++)
                    total[i] += (2.0 * sum[n][i] + factor * x[n][i]) * x[n][i];
            }
        }
    }
}

/* The terms n = 0 and 1, and the noise. */
static void first_terms(struct ov_smooth_both *square, const struct ov_gauss_smooth *e,
                        const double *s, double sigma)
{
    struct ov_smooth_both mean = {{{0.0}}}, slope, sum;
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < OV_LANES; i++)
            square->x[side][i] = sigma * sigma;
    for (size_t c = 0; c < e->P; c++) {
        const double *first = e->first + ov_sym_at(c, 0);
        memset(&sum, 0, sizeof sum);
        for (size_t d = 0; d < c; d++)
            ov_smooth_add(&sum, e, d, 1, 2.0 * first[d]);
        ov_smooth_add(&sum, e, c, 1, first[c]);
        ov_smooth_add(&mean, e, c, 0, s[c]);
        ov_smooth_derivative(&slope, e, c, 1);
        ov_smooth_add_product(square, &sum, &slope);
    }
    ov_smooth_add_product(square, &mean, &mean);
}

/* Nz of students in fields i and j, prepared. */
static double noise_of(struct ov_gauss_smooth *e, const double *s, double sigma, size_t i, size_t j)
{
    struct ov_smooth_both k, l, square;
    double total = 0.0, higher[OV_LANES];
    for (size_t block = 0; block < e->blocks; block++) {
        for (size_t c = 0; c < e->P; c++)
            ov_smooth_at(e, block, c, e->terms[c]);
        higher_terms(higher, e);
        first_terms(&square, e, s, sigma);
        ov_smooth_derivative(&k, e, i, 1);
        ov_smooth_derivative(&l, e, j, 1);
        for (size_t side = 0; side < 2; side++)
            for (size_t a = 0; a < OV_LANES; a++)
                square.x[side][a] = l.x[side][a] * (square.x[side][a] + higher[a]);
        total += ov_smooth_mean(e, block, &k, &square);
    }
    return total;
}

/* Of the student in field i, prepared with j = i: all < g'_k g'_c > into e->slope; returns
 * < g''_k sum_c s_c g_c >. */
static double slopes_at(struct ov_gauss_smooth *e, const double *s, size_t i)
{
    struct ov_smooth_both slope, curvature, x;
    double on_k = 0.0;
    memset(e->slope, 0, e->P * sizeof *e->slope);
    for (size_t block = 0; block < e->blocks; block++) {
        struct ov_smooth_both mean = {{{0.0}}};
        for (size_t c = 0; c < e->P; c++) {
            ov_smooth_at(e, block, c, BLOCK);
            ov_smooth_add(&mean, e, c, 0, s[c]);
        }
        ov_smooth_derivative(&slope, e, i, 1);
        ov_smooth_derivative(&curvature, e, i, 2);
        on_k += ov_smooth_mean(e, block, &curvature, &mean);
        for (size_t c = 0; c < e->P; c++) {
            ov_smooth_derivative(&x, e, c, 1);
            e->slope[c] += ov_smooth_mean(e, block, &slope, &x);
        }
    }
    return on_k;
}

/* G_k of this student. */
static void row_of_G(double *G, struct ov_gauss_smooth *e, const double *C, const double *s,
                     size_t i)
{
    double on_k = slopes_at(e, s, i);
    for (size_t b = 0; b < e->P; b++) {
        G[b] = C[ov_sym_at(i, b)] * on_k;
        for (size_t c = 0; c < e->P; c++)
            G[b] += C[ov_sym_at(b, c)] * s[c] * e->slope[c];
    }
}

/* D_k of this student. */
static void row_of_D(double *D, struct ov_gauss_smooth *e, const double *s, size_t i)
{
    double on_k = slopes_at(e, s, i);
    for (size_t c = 0; c < e->P; c++)
        D[c] = s[c] * e->slope[c];
    D[i] += on_k;
}

/* G or D, and Nz, over the same nodes; NULL to skip them. */
static void averages(double *G, double *D, double *Nz, struct ov_gauss *w, const double *C,
                     const double *s, double sigma)
{
    struct ov_gauss_smooth *e = w->smooth;
    double *rows = G ? G : D;
    bool good = true;
    for (size_t k = 0; good && k < w->K; k++) {
        good = ov_smooth_prepare(e, C, s, w->M + k, w->M + k);
        if (good && G)
            row_of_G(G + k * w->P, e, C, s, w->M + k);
        if (good && D)
            row_of_D(D + k * w->P, e, s, w->M + k);
        if (good && Nz)
            Nz[ov_sym_at(k, k)] = noise_of(e, s, sigma, w->M + k, w->M + k);
        for (size_t l = 0; good && Nz && l < k; l++) {
            good = ov_smooth_prepare(e, C, s, w->M + k, w->M + l);
            if (good)
                Nz[ov_sym_at(k, l)] = noise_of(e, s, sigma, w->M + k, w->M + l);
        }
    }
    for (size_t i = 0; !good && rows && i < w->K * w->P; i++)
        rows[i] = NAN;
    for (size_t i = 0; !good && Nz && i < ov_sym_size(w->K); i++)
        Nz[i] = NAN;
}

void ov_gauss_contract_smooth(double *G, double *Nz, struct ov_gauss *w, const double *C,
                              const double *s, double sigma)
{
    averages(G, NULL, Nz, w, C, s, sigma);
}

void ov_gauss_slopes_smooth(double *D, double *Nz, struct ov_gauss *w, const double *C,
                            const double *s, double sigma)
{
    averages(NULL, D, Nz, w, C, s, sigma);
}
