/* SPDX-License-Identifier: MIT
 *
 * 1. A factor g'(x_k) of an erf unit is itself Gaussian, sqrt(2/pi) exp(-x_k^2/2): under it the
 *    fields stay jointly Gaussian, with less variance along x_k. For any F
 *        < g'(x_k) F(x) >_C = w < F(x) >_C',   w = sqrt(2/pi) / sqrt(1 + C_kk),
 *        C' = C - C_k C_k' / (1 + C_kk)                                     (paper.md eq:tilt)
 *    A second factor tilts C' once more, the same unit's included, so that I4 and J2 with
 *    repeated indices need no case of their own. A linear unit has g' = 1 and tilts nothing.
 * 2. What remains is I2 of the tilted covariance, or, by Stein's lemma,
 *        < x_b g_c(x_c) > = C_bc < g_c'(x_c) >                              (paper.md eq:stein)
 * 3. The contraction does this once for each student unit (G) and each pair of them (Nz) and sums
 *    I2 over the triangle a >= b, a row at a time.
 */
#include "overlap/theory/gauss.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/model/eps_g.h"
#include "overlap/num/sym.h"

static const double two_over_pi = 2.0 / M_PI;
static const double sqrt_two_over_pi = 0.79788456080286535588;

/* ---- the fields under the average ---- */

/* Row i of a packed symmetric (P,P) matrix, gathered. */
static void gather_row(double *row, const double *C, size_t P, size_t i)
{
    const double *lower = C + ov_sym_at(i, 0);
    for (size_t b = 0; b <= i; b++)
        row[b] = lower[b];
    for (size_t b = i + 1; b < P; b++)
        row[b] = C[ov_sym_at(b, i)];
}

/* Multiplies the Gaussian by sqrt(2/pi) exp(-x_i^2/2): tilted (P,P) packed from C, may be C.
 * row is scratch (P). Row i is written as C_ib/(1 + C_ii), which does not cancel when C_ii is
 * large. Returns the weight w of step 1. */
static double tilt(double *tilted, const double *C, size_t P, size_t i, double *row)
{
    gather_row(row, C, P, i);
    double r = 1.0 / (1.0 + row[i]);
    for (size_t a = 0, at = 0; a < P; a++, at += a) {
        double ra = r * row[a];
        for (size_t b = 0; b <= a; b++)
            tilted[at + b] = C[at + b] - ra * row[b];
    }
    for (size_t b = 0; b < P; b++)
        tilted[ov_sym_at(i, b)] = r * row[b];
    return sqrt_two_over_pi * sqrt(r);
}

/* < g'(x) >, x ~ N(0,c). */
static double mean_dg_linear(double c)
{
    (void)c;
    return 1.0;
}

static double mean_dg_erf(double c)
{
    return sqrt_two_over_pi / sqrt(1.0 + c);
}

/* What 1/sqrt(…) of each field's variance its I2 needs, once for all pairs. */
static double scale_linear(double c)
{
    (void)c;
    return 1.0;
}

static double scale_erf(double c)
{
    return 1.0 / sqrt(1.0 + c);
}

struct field {
    double (*mean_dg)(double c);
    double (*scale)(double c);
};

static const struct field fields[OV_ACT_COUNT] = {
    [OV_ACT_LINEAR] = {mean_dg_linear, scale_linear},
    [OV_ACT_ERF] = {mean_dg_erf, scale_erf},
};

/* ---- sum_b s_b I2(a,b) over n fields b of one activation ----
 *   c (n) the covariances of a with b; q (n), qa the scales of b and of a; s (n) the weights */

static double row_linear_linear(const double *c, const double *q, double qa, const double *s,
                                size_t n)
{
    (void)q, (void)qa;
    double sum = 0.0;
    for (size_t b = 0; b < n; b++)
        sum += s[b] * c[b];
    return sum;
}

static double row_mixed(const double *c, const double *q, double qa, const double *s, size_t n)
{
    double sum = 0.0;
    for (size_t b = 0; b < n; b++)
        sum += s[b] * c[b] * q[b];
    return sqrt_two_over_pi * qa * sum;
}

/* asin of x clipped to [-1,1]; NaN stays NaN. */
static double clipped_asin(double x)
{
    return asin(x > 1.0 ? 1.0 : x < -1.0 ? -1.0 : x);
}

static double row_erf_erf(const double *c, const double *q, double qa, const double *s, size_t n)
{
    double sum = 0.0;
    for (size_t b = 0; b < n; b++)
        sum += s[b] * clipped_asin(qa * c[b] * q[b]);
    return two_over_pi * sum;
}

typedef double row_sum(const double *c, const double *q, double qa, const double *s, size_t n);

static row_sum *const row_sums[OV_ACT_COUNT][OV_ACT_COUNT] = {
    [OV_ACT_LINEAR] = {[OV_ACT_LINEAR] = row_linear_linear, [OV_ACT_ERF] = row_mixed},
    [OV_ACT_ERF] = {[OV_ACT_LINEAR] = row_mixed, [OV_ACT_ERF] = row_erf_erf},
};

/* ---- single integrals ---- */

/* The distinct ones of the at most four fields in an average. */
struct gathered {
    size_t P, at[4]; /* where each of the four stands in C and act */
    double C[10];    /* packed (P,P) */
    enum ov_act act[4];
};

static struct gathered gather(const double *C, const enum ov_act *act, const size_t index[4])
{
    struct gathered f = {.P = 0};
    size_t source[4];
    for (size_t i = 0; i < 4; i++) {
        size_t at = 0;
        while (at < f.P && source[at] != index[i])
            at++;
        f.at[i] = at;
        if (at < f.P)
            continue;
        source[f.P++] = index[i];
        f.act[at] = act[index[i]];
        for (size_t j = 0; j <= at; j++)
            f.C[ov_sym_at(at, j)] = C[ov_sym_at(index[i], source[j])];
    }
    return f;
}

/* Covariance of the ith with the jth of the four. */
static double covariance(const struct gathered *f, size_t i, size_t j)
{
    return f->C[ov_sym_at(f->at[i], f->at[j])];
}

/* The factor g'(x_i): tilts f and returns the weight. */
static double derivative_factor(struct gathered *f, size_t i)
{
    double row[4];
    return f->act[f->at[i]] == OV_ACT_ERF ? tilt(f->C, f->C, f->P, f->at[i], row) : 1.0;
}

double ov_gauss_I3(const double *C, const enum ov_act *act, size_t k, size_t b, size_t c)
{
    struct gathered f = gather(C, act, (size_t[4]){k, b, c, c});
    double weight = derivative_factor(&f, 0);
    return weight * fields[act[c]].mean_dg(covariance(&f, 2, 2)) * covariance(&f, 1, 2);
}

double ov_gauss_I4(const double *C, const enum ov_act *act, size_t k, size_t l, size_t a, size_t b)
{
    struct gathered f = gather(C, act, (size_t[4]){k, l, a, b});
    double weight = derivative_factor(&f, 0);
    weight *= derivative_factor(&f, 1);
    return weight *
           ov_I2(act[a], act[b], covariance(&f, 2, 2), covariance(&f, 2, 3), covariance(&f, 3, 3));
}

double ov_gauss_J2(const double *C, const enum ov_act *act, size_t k, size_t l)
{
    struct gathered f = gather(C, act, (size_t[4]){k, l, l, l});
    double weight = derivative_factor(&f, 0);
    return weight * derivative_factor(&f, 1);
}

/* ---- contraction ---- */

struct ov_gauss {
    size_t K, M, P;
    enum ov_act g, g_star;
    double *block; /* owned; the views below */
    double *C1;    /* packed (P,P), one factor tilted */
    double *C2;    /* packed (P,P), two factors tilted */
    double *row;   /* (P) of a tilt */
    double *q;     /* (P) scales, or s_c <g_c'> */
};

enum ov_status ov_gauss_create(struct ov_gauss **w, size_t K, size_t M, enum ov_act g,
                               enum ov_act g_star)
{
    size_t P = M + K, size = ov_sym_size(P);
    *w = calloc(1, sizeof **w);
    if (!*w)
        return OV_ENOMEM;
    **w = (struct ov_gauss){.K = K, .M = M, .P = P, .g = g, .g_star = g_star};
    (*w)->block = calloc(2 * size + 2 * P, sizeof *(*w)->block);
    if (!(*w)->block) {
        ov_gauss_free(*w);
        *w = NULL;
        return OV_ENOMEM;
    }
    (*w)->C1 = (*w)->block;
    (*w)->C2 = (*w)->C1 + size;
    (*w)->row = (*w)->C2 + size;
    (*w)->q = (*w)->row + P;
    return OV_OK;
}

void ov_gauss_free(struct ov_gauss *w)
{
    if (!w)
        return;
    free(w->block);
    free(w);
}

static enum ov_act activation_of(const struct ov_gauss *w, size_t a)
{
    return a < w->M ? w->g_star : w->g;
}

/* s' I2(C) s over all fields. */
static double quadratic_form(struct ov_gauss *w, const double *C, const double *s)
{
    double *q = w->q, sum = 0.0;
    for (size_t a = 0; a < w->P; a++) {
        enum ov_act act = activation_of(w, a);
        const double *c = C + ov_sym_at(a, 0);
        size_t teachers = a < w->M ? a : w->M;
        q[a] = fields[act].scale(c[a]);
        double below = row_sums[act][w->g_star](c, q, q[a], s, teachers);
        below += row_sums[act][w->g](c + teachers, q + teachers, q[a], s + teachers, a - teachers);
        sum += s[a] * (2.0 * below + row_sums[act][act](c + a, q + a, q[a], s + a, 1));
    }
    return sum;
}

/* G_b = weight sum_c s_c < x_b g_c(x_c) >_C for all P fields b, by Stein's lemma. */
static void stein_sum(double *G, struct ov_gauss *w, const double *C, const double *s,
                      double weight)
{
    double *t = w->q;
    for (size_t a = 0; a < w->P; a++) {
        const double *c = C + ov_sym_at(a, 0);
        t[a] = weight * s[a] * fields[activation_of(w, a)].mean_dg(c[a]);
        G[a] = t[a] * c[a];
        for (size_t b = 0; b < a; b++) {
            G[a] += t[b] * c[b];
            G[b] += t[a] * c[b];
        }
    }
}

/* g' = 1: all students see the same averages. */
static void contract_linear(double *G, double *Nz, struct ov_gauss *w, const double *C,
                            const double *s, double sigma)
{
    stein_sum(G, w, C, s, 1.0);
    for (size_t k = 1; k < w->K; k++)
        memcpy(G + k * w->P, G, w->P * sizeof *G);
    if (!Nz)
        return;
    double noise = quadratic_form(w, C, s) + sigma * sigma;
    for (size_t i = 0; i < ov_sym_size(w->K); i++)
        Nz[i] = noise;
}

static void contract_erf(double *G, double *Nz, struct ov_gauss *w, const double *C,
                         const double *s, double sigma)
{
    for (size_t k = 0; k < w->K; k++) {
        double weight_k = tilt(w->C1, C, w->P, w->M + k, w->row);
        stein_sum(G + k * w->P, w, w->C1, s, weight_k);
        for (size_t l = 0; Nz && l <= k; l++) {
            double weight_l = tilt(w->C2, w->C1, w->P, w->M + l, w->row);
            Nz[ov_sym_at(k, l)] =
                weight_k * weight_l * (quadratic_form(w, w->C2, s) + sigma * sigma);
        }
    }
}

typedef void contraction(double *G, double *Nz, struct ov_gauss *w, const double *C,
                         const double *s, double sigma);

/* By the student's activation: only the student's g' enters. */
static contraction *const contractions[OV_ACT_COUNT] = {
    [OV_ACT_LINEAR] = contract_linear,
    [OV_ACT_ERF] = contract_erf,
};

void ov_gauss_contract(double *G, double *Nz, struct ov_gauss *w, const double *C, const double *s,
                       double sigma)
{
    contractions[w->g](G, Nz, w, C, s, sigma);
}
