/* SPDX-License-Identifier: MIT
 *
 * The contraction of smooth units: the outer integral over the fields of two students by the
 * trapezoidal rule; given these, all other fields share one covariance S and have means that are
 * linear in the two. With D_cn the smoothed derivatives of g_c at the mean of x_c
 * (gauss_table_internal.h),
 *     < (sum_c s_c g_c)^2 | lambda_k, lambda_l > = sum_n sum_cd s_c s_d S_cd^n/n! D_cn D_dn
 * (paper.md eq:mehler). Students k and l themselves are fields with S = 0. G needs one outer field
 * only: with Stein's lemma,
 *     G_kb = C_kb sum_c s_c < g''_k g_c > + sum_c C_bc s_c < g'_k g'_c >.
 * No formula divides by a variance: nothing is special where units are zero, equal or opposite.
 * Two fields that are equal get equal terms, so that differences cancel to rounding whatever the
 * number of nodes and terms.
 * Cost: K^2/2 pairs of some 300 (odd or even units) or 600 nodes times P tables and P^2/2 sums of
 * some 20 terms.
 */
#include "gauss_smooth_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gauss_internal.h"
#include "overlap/num/simd.h"

enum { SIDE_MAX = 160, BLOCK = OV_TERMS_STEP };

/* ---- memory ---- */

/* 1: odd, 2: even, 0: neither. */
static int parity(const struct ov_activation *g)
{
    bool odd = true, even = true;
    for (int i = 0; i < 64; i++) {
        double x = 0.17 * i, plus = g->g(x), minus = g->g(-x);
        odd = odd && plus == -minus && g->dg(x) == g->dg(-x);
        even = even && plus == minus && g->dg(x) == -g->dg(-x);
    }
    return odd ? 1 : even ? 2 : 0;
}

/* Like x^2 or faster. */
static bool grows(const struct ov_activation *g)
{
    return fabs(g->g(20.0)) > 3.0 * fabs(g->g(10.0)) || fabs(g->g(-20.0)) > 3.0 * fabs(g->g(-10.0));
}

enum ov_status ov_gauss_smooth_create(struct ov_gauss_smooth **out, const struct ov_gauss *w)
{
    size_t P = w->P, pairs = ov_sym_size(P);
    struct ov_gauss_smooth *e = *out = calloc(1, sizeof *e);
    if (!e)
        return OV_ENOMEM;
    e->P = P;
    int odd_or_even = parity(w->student);
    e->grows = grows(w->student) || grows(w->teacher);
    e->even = odd_or_even != 0 && odd_or_even == parity(w->teacher);
    e->of = calloc(P, sizeof *e->of);
    e->given = calloc(P, sizeof *e->given);
    e->along = calloc(P, sizeof *e->along);
    e->terms = calloc(P + pairs, sizeof *e->terms);
    size_t scratch = 3 * P + (P + 1) * pairs;
    e->block = calloc(pairs * OV_TERMS_MAX + P * OV_SMOOTH_WIDTH + P + scratch, sizeof *e->block);
    bool good = e->of && e->given && e->along && e->terms && e->block;
    good = good && ov_smoothing_create(&e->table[0], w->teacher) == OV_OK;
    if (w->student->g != w->teacher->g)
        good = good && ov_smoothing_create(&e->table[1], w->student) == OV_OK;
    if (!good) {
        ov_gauss_smooth_free(e);
        *out = NULL;
        return OV_ENOMEM;
    }
    e->pair_terms = e->terms + P;
    e->factor = e->block;
    e->D = e->factor + pairs * OV_TERMS_MAX;
    e->slope = e->D + P * OV_SMOOTH_WIDTH;
    e->scratch = e->slope + P;
    for (size_t c = 0; c < P; c++)
        e->of[c] = c < w->M || !e->table[1] ? e->table[0] : e->table[1];
    return OV_OK;
}

void ov_gauss_smooth_set_tol(struct ov_gauss *w, double tol)
{
    struct ov_gauss_smooth *e = w->smooth;
    e->tol = fmin(fmax(tol, 1e-12), 1e-3);
    for (int p = 0; p < 2; p++)
        e->step[p] = fmin(ov_smoothing_step(w->student, 2 - p, e->tol),
                          ov_smoothing_step(w->teacher, 1, e->tol));
}

void ov_gauss_smooth_free(struct ov_gauss_smooth *e)
{
    if (!e)
        return;
    for (size_t c = 0; e->along && c < e->P; c++)
        ov_smoothed_free(&e->along[c]);
    ov_smoothing_free(e->table[0]);
    ov_smoothing_free(e->table[1]);
    free(e->of);
    free(e->given);
    free(e->along);
    free(e->terms);
    free(e->block);
    free(e->z);
    free(e);
}

/* ---- the outer nodes ---- */

/* Half the nodes along a direction, and their distance, for functions of `sd` times it. */
static size_t nodes_along(double *h, double sd, double tail, double step)
{
    if (!(sd > 0.0))
        return 0;
    *h = fmin(step / sd, 0.5);
    double half = ceil(tail / *h);
    if (half <= SIDE_MAX)
        return (size_t)half;
    *h = tail / SIDE_MAX;
    return SIDE_MAX;
}

/* Beyond it lies tol of the probability; of what polynomials make of it, somewhat farther out. */
static double tail_of(const struct ov_gauss_smooth *e)
{
    return sqrt(-2.0 * log(0.1 * e->tol)) + (e->grows ? 1.2 : 0.0);
}

/* Nodes inside of the circle beyond which tol of the probability lies; half of them where the
 * other half gives the same. */
static bool fill_nodes(struct ov_gauss_smooth *e, double step)
{
    double tail = tail_of(e);
    double most_z = 0.0, most_u = 0.0, h_z = 1.0, h_u = 1.0;
    for (size_t c = 0; c < e->P; c++) {
        most_z = fmax(most_z, fabs(e->given[c].on_z));
        most_u = fmax(most_u, fabs(e->given[c].on_u));
    }
    ptrdiff_t half_z = (ptrdiff_t)nodes_along(&h_z, most_z, tail, step);
    ptrdiff_t half_u = (ptrdiff_t)nodes_along(&h_u, most_u, tail, step);
    size_t n = (size_t)(2 * half_z + 1) * (size_t)(2 * half_u + 1);
    if (n > e->room) {
        free(e->z);
        e->z = malloc(3 * n * sizeof *e->z);
        e->room = e->z ? n : 0;
    }
    if (!e->z)
        return false;
    e->u = e->z + e->room;
    e->weight = e->u + e->room;
    e->n = 0;
    double unit =
        (half_z > 0 ? h_z / sqrt(2.0 * M_PI) : 1.0) * (half_u > 0 ? h_u / sqrt(2.0 * M_PI) : 1.0);
    for (ptrdiff_t a = e->even ? 0 : -half_z; a <= half_z; a++)
        for (ptrdiff_t b = e->even && a == 0 ? 0 : -half_u; b <= half_u; b++) {
            double z = (double)a * h_z, u = (double)b * h_u, r2 = z * z + u * u;
            if (r2 > tail * tail)
                continue;
            bool twice = e->even && (a != 0 || b != 0);
            e->z[e->n] = z;
            e->u[e->n] = u;
            e->weight[e->n++] = (twice ? 2.0 : 1.0) * unit * exp(-0.5 * r2);
        }
    return true;
}

/* ---- the fields given the outer ones ---- */

static double clip(double x, double bound)
{
    return fmin(fmax(x, -bound), bound);
}

static double root(double x)
{
    return x > 0.0 ? sqrt(x) : 0.0;
}

/* Where rounding decides on_z or on_u (a length or a remainder that vanishes) any value does: the
 * covariances that it belongs to vanish, and all others are kept by what is subtracted. */
static void condition(struct ov_gauss_smooth *e, const double *C, size_t i, size_t j)
{
    double sd = root(C[ov_sym_at(i, i)]), bound = root(C[ov_sym_at(j, j)]);
    double along = sd > 0.0 ? clip(C[ov_sym_at(i, j)] / sd, bound) : 0.0;
    double across = i == j ? 0.0 : root(bound * bound - along * along);
    for (size_t c = 0; c < e->P; c++) {
        double left = fmax(C[ov_sym_at(c, c)], 0.0), z = 0.0, u = 0.0;
        if (sd > 0.0)
            z = clip(C[ov_sym_at(c, i)] / sd, sqrt(left));
        left = fmax(left - z * z, 0.0);
        if (across > 0.0)
            u = clip((C[ov_sym_at(c, j)] - z * along) / across, sqrt(left));
        e->given[c] = (struct ov_smooth_given){z, u, fmax(left - u * u, 0.0)};
    }
    e->given[i] = (struct ov_smooth_given){sd, 0.0, 0.0};
    if (i != j)
        e->given[j] = (struct ov_smooth_given){along, across, 0.0};
}

/* s_c s_d S_cd^n/n!. */
static void fill_factor(struct ov_gauss_smooth *e, const double *C, const double *s, size_t c,
                        size_t d, double tol)
{
    size_t at = ov_sym_at(c, d);
    const struct ov_smooth_given *x = &e->given[c], *y = &e->given[d];
    double S = x->v;
    if (c != d)
        S = C[at] - x->on_z * y->on_z - x->on_u * y->on_u;
    S = x->v > 0.0 && y->v > 0.0 ? clip(S, sqrt(x->v) * sqrt(y->v)) : 0.0;
    size_t n = e->pair_terms[at] = ov_smoothing_terms(S, ov_smoothing_sizes(e->of[c], x->v),
                                                      ov_smoothing_sizes(e->of[d], y->v), tol);
    double *factor = e->factor + at * OV_TERMS_MAX, power = s[c] * s[d];
    factor[0] = 0.0;
    for (size_t i = 1; i < n; i++)
        factor[i] = power *= S / (double)i;
    e->terms[c] = e->terms[c] > n ? e->terms[c] : n;
    e->terms[d] = e->terms[d] > n ? e->terms[d] : n;
}

static bool all_finite(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

bool ov_smooth_prepare(struct ov_gauss *w, const double *C, const double *s, size_t i, size_t j)
{
    struct ov_gauss_smooth *e = w->smooth;
    double tail = tail_of(e);
    if (!all_finite(C, ov_sym_size(w->P)))
        return false;
    condition(e, C, i, j);
    memset(e->terms, 0, e->P * sizeof *e->terms);
    for (size_t c = 0; c < e->P; c++)
        for (size_t d = 0; d <= c; d++)
            fill_factor(e, C, s, c, d, 0.1 * e->tol);
    for (size_t c = 0; c < e->P; c++) {
        const struct ov_smooth_given *given = &e->given[c];
        double reach = tail * hypot(given->on_z, given->on_u);
        if (ov_smoothed_fill(&e->along[c], e->of[c], given->v, reach, e->terms[c]) != OV_OK)
            return false;
    }
    return fill_nodes(e, e->step[i != j]);
}

void ov_smooth_field(struct ov_gauss_smooth *e, size_t node, size_t c, size_t n)
{
    const struct ov_smooth_given *given = &e->given[c];
    double mean = given->on_z * e->z[node] + given->on_u * e->u[node];
    ov_smoothed_at(e->D + c * OV_SMOOTH_WIDTH, &e->along[c], mean, n);
}

/* ---- sums over nodes ---- */

/* < (sum_c s_c g_c)^2 | node >. */
static OV_CLONES double square(const struct ov_gauss_smooth *e, const double *s)
{
    double mean = 0.0, total[BLOCK] = {0.0};
    for (size_t c = 0; c < e->P; c++) {
        const double *D = e->D + c * OV_SMOOTH_WIDTH;
        const double *factors = e->factor + ov_sym_at(c, 0) * OV_TERMS_MAX;
        const size_t *terms = e->pair_terms + ov_sym_at(c, 0);
        mean += s[c] * D[0];
        for (size_t b = 0; b < e->terms[c]; b += BLOCK) {
            double sum[BLOCK] = {0.0};
            for (size_t d = 0; d < c; d++) {
                const double *factor = factors + d * OV_TERMS_MAX + b;
                const double *other = e->D + d * OV_SMOOTH_WIDTH + b;
                if (b < terms[d])
                    for (size_t i = 0; i < BLOCK; i++)
                        sum[i] += factor[i] * other[i];
            }
            const double *own = factors + c * OV_TERMS_MAX + b;
            bool more = b < terms[c];
            for (size_t i = 0; i < BLOCK; i++)
                total[i] += (2.0 * sum[i] + (more ? own[i] * D[b + i] : 0.0)) * D[b + i];
        }
    }
    return mean * mean + ((total[0] + total[2]) + (total[1] + total[3]));
}

/* Nz of students in fields i and j, prepared. */
static double noise_of(struct ov_gauss *w, const double *s, double sigma, size_t i, size_t j)
{
    struct ov_gauss_smooth *e = w->smooth;
    const double *D_i = e->D + i * OV_SMOOTH_WIDTH, *D_j = e->D + j * OV_SMOOTH_WIDTH;
    double total = 0.0;
    for (size_t node = 0; node < e->n; node++) {
        ov_smooth_field(e, node, i, BLOCK);
        if (j != i)
            ov_smooth_field(e, node, j, BLOCK);
        double weight = e->weight[node] * D_i[1] * D_j[1];
        if (fabs(weight) < 1e-9 * e->tol)
            continue;
        for (size_t c = 0; c < e->P; c++)
            if (c != i && c != j)
                ov_smooth_field(e, node, c, e->terms[c]);
        total += weight * (square(e, s) + sigma * sigma);
    }
    return total;
}

/* G_k of the student in field i, prepared with j = i. */
static void row_of_G(double *G, struct ov_gauss *w, const double *C, const double *s, size_t i)
{
    struct ov_gauss_smooth *e = w->smooth;
    const double *D_i = e->D + i * OV_SMOOTH_WIDTH;
    double on_k = 0.0;
    memset(e->slope, 0, e->P * sizeof *e->slope);
    for (size_t node = 0; node < e->n; node++) {
        double sum = 0.0;
        ov_smooth_field(e, node, i, BLOCK);
        for (size_t c = 0; c < e->P; c++) {
            const double *D = e->D + c * OV_SMOOTH_WIDTH;
            ov_smooth_field(e, node, c, BLOCK);
            sum += s[c] * D[0];
            e->slope[c] += e->weight[node] * D_i[1] * D[1];
        }
        on_k += e->weight[node] * D_i[2] * sum;
    }
    for (size_t b = 0; b < e->P; b++) {
        G[b] = C[ov_sym_at(i, b)] * on_k;
        for (size_t c = 0; c < e->P; c++)
            G[b] += C[ov_sym_at(b, c)] * s[c] * e->slope[c];
    }
}

void ov_gauss_contract_smooth(double *G, double *Nz, struct ov_gauss *w, const double *C,
                              const double *s, double sigma)
{
    bool good = true;
    for (size_t k = 0; good && k < w->K; k++) {
        good = ov_smooth_prepare(w, C, s, w->M + k, w->M + k);
        if (good)
            row_of_G(G + k * w->P, w, C, s, w->M + k);
        if (good && Nz)
            Nz[ov_sym_at(k, k)] = noise_of(w, s, sigma, w->M + k, w->M + k);
        for (size_t l = 0; good && Nz && l < k; l++) {
            good = ov_smooth_prepare(w, C, s, w->M + k, w->M + l);
            if (good)
                Nz[ov_sym_at(k, l)] = noise_of(w, s, sigma, w->M + k, w->M + l);
        }
    }
    for (size_t i = 0; !good && i < w->K * w->P; i++)
        G[i] = NAN;
    for (size_t i = 0; !good && Nz && i < ov_sym_size(w->K); i++)
        Nz[i] = NAN;
}
