/* SPDX-License-Identifier: MIT
 *
 * 1. G: the outer integral over z = lambda_k/sd; given it, x_c = m + s z'. Stein's lemma in z and
 *    z' asks for no second derivative: < g'(lambda_k) x_b g_c >
 *        = C_bk/sd < g' z g_c > + (C_bc - C_bk C_ck/C_kk)/s < g' z' g_c >.
 * 2. Nz_kl: the outer integral over (lambda_k, lambda_l); given those, the square of
 *    sum_c s_c g_c is that of its mean, and sums over the remaining covariances by the bilinear
 *    expansion, whose terms h_cn h_dn are summed over the outer nodes first, so that the powers
 *    of the correlations come in once (paper.md eq:mehler).
 * Cost: nodes^2 K^2/2 P transforms of some 30 x 32 operations.
 */
#include "gauss_smooth_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gauss_nodes_internal.h"
#include "gauss_internal.h"
#include "overlap/num/simd.h"

struct ov_gauss_smooth {
    struct ov_mehler rule;
    size_t P;
    double *block;          /* owned; the views below */
    double *h;              /* (P, OV_MEHLER_TERMS) coefficients at one outer node */
    double *sum;            /* packed (P,P) of OV_MEHLER_TERMS: h_cn h_dn over the outer nodes */
    double *A, *B;          /* (P) the two averages of step 1 */
    struct ov_given *given; /* (P) owned */
};

enum ov_status ov_gauss_smooth_create(struct ov_gauss_smooth **out, size_t P)
{
    struct ov_gauss_smooth *e = *out = calloc(1, sizeof *e);
    if (!e)
        return OV_ENOMEM;
    size_t pairs = ov_sym_size(P) * OV_MEHLER_TERMS;
    e->P = P;
    e->block = calloc(P * OV_MEHLER_TERMS + pairs + 2 * P, sizeof *e->block);
    e->given = calloc(P, sizeof *e->given);
    if (!e->block || !e->given) {
        ov_gauss_smooth_free(e);
        *out = NULL;
        return OV_ENOMEM;
    }
    e->h = e->block;
    e->sum = e->h + P * OV_MEHLER_TERMS;
    e->A = e->sum + pairs;
    e->B = e->A + P;
    return OV_OK;
}

void ov_gauss_smooth_free(struct ov_gauss_smooth *e)
{
    if (!e)
        return;
    free(e->block);
    free(e->given);
    free(e);
}

/* ---- G ---- */

/* A and B of student k with all fields: < g' z g_c > and < g' z' g_c >. */
static void averages(struct ov_gauss *w, const double *C, size_t k, double sd)
{
    struct ov_gauss_smooth *e = w->smooth;
    const struct ov_line *line = &e->rule.line;
    size_t i = w->M + k;
    for (size_t c = 0; c < w->P; c++) {
        double slope = sd > 0.0 ? C[ov_sym_at(i, c)] / sd : 0.0;
        double left = C[ov_sym_at(c, c)] - slope * slope;
        double s = c != i && left > 0.0 ? sqrt(left) : 0.0;
        e->given[c] = (struct ov_given){.on_z = c == i ? sd : slope, .rest = s};
        e->A[c] = e->B[c] = 0.0;
        for (size_t n = 0; n < line->n; n++) {
            double z = line->z[n], outer = line->weight[n] * w->student->dg(sd * z);
            double h0 = 0.0, h1 = 0.0;
            for (size_t v = 0; s > 0.0 && v < line->n; v++) {
                double g = line->weight[v] * w->act[c]->g(e->given[c].on_z * z + s * line->z[v]);
                h0 += g;
                h1 += g * line->z[v];
            }
            if (s == 0.0)
                h0 = w->act[c]->g(e->given[c].on_z * z);
            e->A[c] += outer * z * h0;
            e->B[c] += outer * h1;
        }
    }
}

static void contract_G(double *G, struct ov_gauss *w, const double *C, const double *s)
{
    const struct ov_gauss_smooth *e = w->smooth;
    for (size_t k = 0; k < w->K; k++) {
        size_t i = w->M + k;
        double sd = sqrt(C[ov_sym_at(i, i)]);
        averages(w, C, k, sd);
        for (size_t b = 0; b < w->P; b++) {
            const struct ov_given *given = e->given;
            double on_z = given[b].on_z, most = given[b].rest, sum = 0.0;
            for (size_t c = 0; c < w->P; c++) {
                double on_rest = 0.0; /* |.| <= sd of x_b given lambda_k */
                if (given[c].rest > 0.0)
                    on_rest = (C[ov_sym_at(b, c)] - on_z * given[c].on_z) / given[c].rest;
                on_rest = fmin(fmax(on_rest, -most), most);
                sum += s[c] * (on_z * e->A[c] + on_rest * e->B[c]);
            }
            G[k * w->P + b] = sum;
        }
    }
}

/* ---- Nz ---- */

static OV_CLONES void add_products(double *sum, double weight, const double *h, const double *other)
{
    for (int n = 0; n < OV_MEHLER_TERMS; n++)
        sum[n] += weight * h[n] * other[n];
}

/* One outer node: the square of the mean and the terms of the expansion. Returns the mean's and
 * the variances' part. */
static double at_node(struct ov_gauss *w, const struct ov_plane *plane, size_t node,
                      const double *s, size_t i, size_t j, double weight)
{
    struct ov_gauss_smooth *e = w->smooth;
    const struct ov_line *line = &e->rule.line;
    double z = plane->z[node], u = plane->u[node], mean = 0.0, variance = 0.0;
    for (size_t c = 0; c < w->P; c++) {
        const struct ov_given *given = &e->given[c];
        double m = given->on_z * z + given->on_u * u, value[OV_LINE_MAX], square = 0.0;
        double *h = e->h + c * OV_MEHLER_TERMS;
        if (c == i || c == j || given->rest == 0.0) {
            memset(h, 0, OV_MEHLER_TERMS * sizeof *h);
            mean += s[c] * w->act[c]->g(m);
            continue;
        }
        for (size_t v = 0; v < line->n; v++) {
            value[v] = w->act[c]->g(m + given->rest * line->z[v]);
            square += line->weight[v] * value[v] * value[v];
        }
        ov_mehler_coefficients(h, &e->rule, value);
        mean += s[c] * h[0];
        variance += s[c] * s[c] * (square - h[0] * h[0]);
    }
    for (size_t c = 0; c < w->P; c++)
        for (size_t d = 0; d < c; d++)
            if (e->given[c].rest > 0.0 && e->given[d].rest > 0.0)
                add_products(e->sum + ov_sym_at(c, d) * OV_MEHLER_TERMS, 2.0 * weight * s[c] * s[d],
                             e->h + c * OV_MEHLER_TERMS, e->h + d * OV_MEHLER_TERMS);
    return mean * mean + variance;
}

/* sum_{c > d} sum_{n >= 1} r^n of what at_node has summed. */
static double expansion(const struct ov_gauss *w, const double *C)
{
    const struct ov_gauss_smooth *e = w->smooth;
    double total = 0.0;
    for (size_t c = 0; c < w->P; c++)
        for (size_t d = 0; d < c; d++) {
            const struct ov_given *x = &e->given[c], *y = &e->given[d];
            if (x->rest == 0.0 || y->rest == 0.0)
                continue;
            double left = C[ov_sym_at(c, d)] - x->on_z * y->on_z - x->on_u * y->on_u;
            double r = fmin(fmax(left / (x->rest * y->rest), -1.0), 1.0), sum = 0.0;
            const double *term = e->sum + ov_sym_at(c, d) * OV_MEHLER_TERMS;
            for (int n = OV_MEHLER_TERMS - 1; n >= 1; n--)
                sum = (sum + term[n]) * r;
            total += sum;
        }
    return total;
}

/* Nz of students in fields i and j. */
static double noise_of(struct ov_gauss *w, const double *C, const double *s, double sigma, size_t i,
                       size_t j)
{
    struct ov_gauss_smooth *e = w->smooth;
    struct ov_plane plane;
    bool one = i == j;
    ov_plane_init(&plane, C[ov_sym_at(i, i)], one ? 0.0 : C[ov_sym_at(i, j)],
                  one ? 0.0 : C[ov_sym_at(j, j)]);
    for (size_t c = 0; c < w->P; c++)
        e->given[c] = ov_plane_given(&plane, C[ov_sym_at(c, c)], C[ov_sym_at(c, i)],
                                     one ? 0.0 : C[ov_sym_at(c, j)]);
    e->given[i] = (struct ov_given){.on_z = plane.sd_x};
    if (!one)
        e->given[j] = (struct ov_given){.on_z = plane.slope, .on_u = plane.rest};
    if (!ov_plane_fill(&plane, false, false, e->given, w->P))
        return NAN;
    double most = 0.0;
    for (size_t c = 0; c < w->P; c++)
        most = c == i || c == j ? most : fmax(most, e->given[c].rest);
    ov_mehler_init(&e->rule, most);
    memset(e->sum, 0, ov_sym_size(w->P) * OV_MEHLER_TERMS * sizeof *e->sum);
    double total = 0.0;
    for (size_t node = 0; node < plane.n; node++) {
        double z = plane.z[node], u = plane.u[node], slope = w->student->dg(plane.sd_x * z);
        slope *= one ? slope : w->student->dg(plane.slope * z + plane.rest * u);
        double weight = plane.weight[node] * slope;
        if (weight != 0.0)
            total += weight * (at_node(w, &plane, node, s, i, j, weight) + sigma * sigma);
    }
    free(plane.z);
    return total + expansion(w, C);
}

void ov_gauss_contract_smooth(double *G, double *Nz, struct ov_gauss *w, const double *C,
                              const double *s, double sigma)
{
    double most = 0.0;
    bool finite = true;
    for (size_t a = 0; a < w->P; a++)
        most = fmax(most, C[ov_sym_at(a, a)]);
    for (size_t i = 0; i < ov_sym_size(w->P); i++)
        finite = finite && isfinite(C[i]);
    for (size_t i = 0; !finite && i < w->K * w->P; i++)
        G[i] = NAN;
    for (size_t i = 0; !finite && Nz && i < ov_sym_size(w->K); i++)
        Nz[i] = NAN;
    if (!finite)
        return;
    ov_mehler_init(&w->smooth->rule, most > 0.0 ? sqrt(most) : 1.0);
    contract_G(G, w, C, s);
    for (size_t k = 0; Nz && k < w->K; k++)
        for (size_t l = 0; l <= k; l++)
            Nz[ov_sym_at(k, l)] = noise_of(w, C, s, sigma, w->M + k, w->M + l);
}
