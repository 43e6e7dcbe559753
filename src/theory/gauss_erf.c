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
 * 3. The contraction does this once for each student unit k (G) and each pair of them (Nz). With
 *    q_a = 1/sqrt(1 + C_aa) for an erf field and 1 for a linear one, I2 is a constant times
 *    asin(r_ab) or r_ab, r_ab = C_ab q_a q_b: the r of all pairs of one k stand in one array, and
 *    the asin is taken of all of it at once. The r_aa, which are larger than most r_ab, come last:
 *    asin of numbers up to 1/2 is faster where they keep to themselves. Rows are padded to whole
 *    vectors; what a row of r writes beyond its end the next one, and at last the diagonal,
 *    overwrites.
 */
#include "gauss_erf_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/num/dot.h"
#include "overlap/num/simd.h"
#include "gauss_internal.h"
#include "overlap/num/vasin.h"

static const double two_over_pi = 2.0 / M_PI;
static const double sqrt_two_over_pi = 0.79788456080286535588;

/* ---- activations ---- */

static const bool is_erf[OV_ACT_COUNT] = {[OV_ACT_ERF] = true};

double ov_gauss_erf_factor(bool erf_a, bool erf_b)
{
    return erf_a && erf_b ? two_over_pi : erf_a || erf_b ? sqrt_two_over_pi : 1.0;
}

/* ---- memory ---- */

static size_t padded(size_t n)
{
    return (n + PAD - 1) / PAD * PAD;
}

enum ov_status ov_gauss_erf_create(struct ov_gauss_erf **out, size_t K, size_t M, enum ov_act g,
                                   enum ov_act g_star)
{
    size_t P = M + K, S = padded(P), D = ov_sym_size(P);
    struct ov_gauss_erf *e = *out = calloc(1, sizeof *e);
    if (!e)
        return OV_ENOMEM;
    *e = (struct ov_gauss_erf){
        .K = K, .M = M, .P = P, .S = S, .D = D, .g = is_erf[g], .g_star = is_erf[g_star]};
    double **views[] = {&e->C, &e->C1, &e->B,     &e->r,    &e->plain, &e->h,        &e->W,  &e->q,
                        &e->u, &e->t,  &e->slope, &e->pull, &e->mean,  &e->diagonal, &e->erf};
    size_t sizes[] = {P * S, P * S, P * S, K * D + PAD, D + PAD, 2 * D, D, S, S, S, S, S, S, S, S},
           size = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        size += sizes[i];
    if (!(e->block = calloc(size, sizeof *e->block))) {
        ov_gauss_erf_free(e);
        *out = NULL;
        return OV_ENOMEM;
    }
    double *next = e->block;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; next += sizes[i++])
        *views[i] = next;
    for (size_t a = 0; a < P; a++)
        e->erf[a] = ov_gauss_erf_field(e, a) ? 1.0 : 0.0;
    return OV_OK;
}

void ov_gauss_erf_free(struct ov_gauss_erf *e)
{
    if (!e)
        return;
    free(e->block);
    free(e);
}

bool ov_gauss_erf_field(const struct ov_gauss_erf *e, size_t a)
{
    return a < e->M ? e->g_star : e->g;
}

/* ---- one covariance ---- */

/* Rows of stride S from a packed covariance. */
static void unpack(double *full, const double *C, const struct ov_gauss_erf *e)
{
    for (size_t a = 0; a < e->P; a++)
        for (size_t b = 0; b <= a; b++)
            full[a * e->S + b] = full[b * e->S + a] = C[ov_sym_at(a, b)];
}

/* Multiplies the Gaussian by sqrt(2/pi) exp(-x_i^2/2). Row and column i are written as
 * C_ib/(1 + C_ii), which does not cancel when C_ii is large. Returns the weight w of step 1. */
OV_CLONES static double tilt(double *restrict tilted, const double *restrict C, size_t P, size_t S,
                             size_t i)
{
    const double *c = C + i * S;
    double inverse = 1.0 / (1.0 + c[i]);
    for (size_t a = 0; a < P; a++) {
        double pull = inverse * c[a];
        for (size_t b = 0; b < S; b++)
            tilted[a * S + b] = C[a * S + b] - pull * c[b];
        tilted[a * S + i] = pull;
    }
    for (size_t b = 0; b < P; b++)
        tilted[i * S + b] = inverse * c[b];
    return sqrt_two_over_pi * sqrt(inverse);
}

double ov_gauss_erf_tilt(struct ov_gauss_erf *e, size_t k)
{
    double weight = 1.0;
    if (e->g)
        weight = tilt(e->C1, e->C, e->P, e->S, e->M + k);
    else
        memcpy(e->C1, e->C, e->P * e->S * sizeof *e->C1);
    for (size_t a = 0; a < e->P; a++)
        e->diagonal[a] = e->C1[a * (e->S + 1)];
    return weight;
}

void ov_gauss_erf_load(struct ov_gauss_erf *e, const double *C, const double *s)
{
    unpack(e->C, C, e);
    for (size_t a = 0; a < e->P; a++)
        for (size_t b = 0; b <= a; b++)
            e->W[ov_gauss_erf_at(e, a, b)] =
                (a == b ? 1.0 : 2.0) * s[a] * s[b] *
                ov_gauss_erf_factor(ov_gauss_erf_field(e, a), ov_gauss_erf_field(e, b));
}

/* < g_c'(x_c) > by the variance. */
double ov_gauss_erf_slope(bool erf, double variance)
{
    return erf ? sqrt_two_over_pi / sqrt(1.0 + variance) : 1.0;
}

/* ---- r of step 3 at C1 tilted by field i, packed, for erf students ---- */

/* q and c_a q_a (S each), then r. A linear teacher's scale is 1. */
OV_CLONES static void correlate(double *restrict r, double *restrict q, double *restrict pull,
                                const double *restrict C1, const double *restrict diagonal,
                                const double *restrict erf, size_t P, size_t S, size_t i)
{
    const double *c = C1 + i * S;
    double inverse = 1.0 / (1.0 + c[i]), *row = r;
    for (size_t a = 0; a < S; a++)
        pull[a] = diagonal[a] - inverse * c[a] * c[a];
    pull[i] = inverse * c[i];
    for (size_t a = 0; a < S; a++)
        q[a] = 1.0 / sqrt(1.0 + erf[a] * pull[a]);
    for (size_t a = 0; a < S; a++)
        pull[a] = c[a] * q[a];
    for (size_t a = 1; a < P; a++, row += a - 1) {
        double q_a = q[a], pull_a = inverse * pull[a];
        for (size_t b = 0; b <= ((a - 1) | (PAD - 1)); b++)
            row[b] = q_a * q[b] * C1[a * S + b] - pull_a * pull[b];
    }
    double q_i = inverse * q[i];
    for (size_t b = 0; b < i; b++)
        r[i * (i - 1) / 2 + b] = q_i * pull[b];
    for (size_t a = i + 1; a < P; a++)
        r[a * (a - 1) / 2 + i] = q_i * pull[a];
    for (size_t a = 0; a < P; a++) /* row is its place now */
        row[a] = q[a] * q[a] * diagonal[a] - inverse * pull[a] * pull[a];
    row[i] = q_i * pull[i];
}

void ov_gauss_erf_correlations(struct ov_gauss_erf *e, double *r, size_t l)
{
    correlate(r, e->q, e->pull, e->C1, e->diagonal, e->erf, e->P, e->S, e->M + l);
}

void ov_gauss_erf_plain(struct ov_gauss_erf *e, double *r)
{
    for (size_t a = 0; a < e->P; a++)
        e->q[a] = ov_gauss_erf_field(e, a) ? 1.0 / sqrt(1.0 + e->C[a * e->S + a]) : 1.0;
    for (size_t a = 0; a < e->P; a++)
        for (size_t b = 0; b <= a; b++)
            r[ov_gauss_erf_at(e, a, b)] = e->C[a * e->S + b] * e->q[a] * e->q[b];
}

/* asin of those among the correlations of n pairs of units whose two fields are erf. */
static void take_asin(struct ov_gauss_erf *e, size_t n)
{
    if (e->g && e->g_star) {
        ov_asin_array(e->r, e->r, n * e->D);
        return;
    }
    size_t from = e->g ? e->M : 0, to = e->g ? e->P : e->M; /* the fields */
    for (size_t l = 0; (e->g || e->g_star) && l < n; l++)
        for (size_t a = from; a < to; a++) {
            double *row = e->r + l * e->D + ov_gauss_erf_at(e, a, from),
                   *own = e->r + l * e->D + ov_gauss_erf_at(e, a, a);
            if (a > from)
                ov_asin_array(row, row, a - from);
            ov_asin_array(own, own, 1);
        }
}

void ov_gauss_erf_pairs(struct ov_gauss_erf *e, size_t k)
{
    for (size_t l = 0; e->g && l <= k; l++)
        ov_gauss_erf_correlations(e, e->r + l * e->D, l);
    if (!e->g)
        ov_gauss_erf_plain(e, e->r);
    take_asin(e, e->g ? k + 1 : 1);
}

OV_CLONES static double dot(const double *a, const double *b, size_t n)
{
    return ov_dot(a, b, n);
}

double ov_gauss_erf_form(const struct ov_gauss_erf *e, size_t l)
{
    return dot(e->r + (e->g ? l * e->D : 0), e->W, e->D);
}

/* ---- for the single integrals ---- */

double ov_gauss_tilt(double *tilted, const double *C, size_t P, size_t i, double *row)
{
    for (size_t b = 0; b < P; b++)
        row[b] = C[ov_sym_at(i, b)];
    double inverse = 1.0 / (1.0 + row[i]);
    for (size_t a = 0; a < P; a++)
        for (size_t b = 0; b <= a; b++)
            tilted[ov_sym_at(a, b)] = C[ov_sym_at(a, b)] - inverse * row[a] * row[b];
    for (size_t b = 0; b < P; b++)
        tilted[ov_sym_at(i, b)] = inverse * row[b];
    return sqrt_two_over_pi * sqrt(inverse);
}

double ov_gauss_mean_dg(enum ov_act act, double c)
{
    return ov_gauss_erf_slope(is_erf[act], c);
}

/* ---- contraction ---- */

OV_CLONES static void times(double *restrict G, const double *restrict C1, const double *restrict t,
                            size_t P, size_t S)
{
    for (size_t b = 0; b < P; b++)
        G[b] = ov_dot(t, C1 + b * S, P);
}

/* G_b = sum_c t_c C1_bc, t_c = weight s_c < g_c' >, for all P fields b. */
static void stein_sum(double *G, struct ov_gauss_erf *e, const double *s, double weight)
{
    for (size_t c = 0; c < e->P; c++)
        e->t[c] = weight * s[c] * ov_gauss_erf_slope(ov_gauss_erf_field(e, c), e->C1[c * e->S + c]);
    times(G, e->C1, e->t, e->P, e->S);
}

/* Linear students all see the same averages. */
static void copy_to_all(double *G, double *Nz, const struct ov_gauss_erf *e)
{
    for (size_t k = 1; G && k < e->K; k++)
        memcpy(G + k * e->P, G, e->P * sizeof *G);
    for (size_t i = 1; Nz && i < ov_sym_size(e->K); i++)
        Nz[i] = Nz[0];
}

void ov_gauss_erf_contract(double *G, double *Nz, struct ov_gauss_erf *e, const double *C,
                           const double *s, double sigma)
{
    ov_gauss_erf_load(e, C, s);
    for (size_t k = 0; k < (e->g ? e->K : 1); k++) {
        double weight = ov_gauss_erf_tilt(e, k);
        if (G)
            stein_sum(G + k * e->P, e, s, weight);
        if (!Nz)
            continue;
        ov_gauss_erf_pairs(e, k);
        for (size_t l = 0; l <= k; l++)
            Nz[ov_sym_at(k, l)] =
                weight * (e->g ? ov_gauss_erf_slope(true, e->C1[(e->M + l) * (e->S + 1)]) : 1.0) *
                (ov_gauss_erf_form(e, l) + sigma * sigma);
    }
    if (!e->g)
        copy_to_all(G, Nz, e);
}
