/* SPDX-License-Identifier: MIT
 *
 * 1. Fixed nodes z ~ N(0, I_P): fluctuations_nodes.c.
 * 2. Fields x = L z, C = L L'.
 * 3. At given fields F = u a + u^2 b with u = y - phi = D + sigma zeta, so that the label noise
 *    zeta needs moments of u only.
 */
#include "fluctuations_noise_internal.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/num/sym.h"

enum { REFINE_MAX = 3 };

static const double psd_tolerance = 1e-7; /* what the solver of y may miss by */

/* ---- setting up ---- */

void ov_noise_free(struct ov_noise *w)
{
    if (!w)
        return;
    ov_noise_blocks_free(w);
    free(w->z);
    free(w->weight);
    free(w->block);
    free(w);
}

size_t ov_noise_nodes(const struct ov_noise *w)
{
    return w->n_node;
}

static bool allocate(struct ov_noise *w)
{
    size_t P = w->P, K = w->p->K, n = w->n;
    w->block = calloc(ov_sym_size(P) + P * P + 2 * P + K + 5 * n + w->n_Q, sizeof *w->block);
    if (!w->block)
        return false;
    w->C = w->block;
    w->L = w->C + ov_sym_size(P);
    w->x = w->L + P * P;
    w->g = w->x + P;
    w->E = w->g + P;
    w->a = w->E + K;
    w->b = w->a + n;
    w->t = w->b + n;
    w->q = w->t + n;
    w->mean = w->q + n;
    w->linear = w->mean + n;
    return true;
}

enum ov_status ov_noise_create(struct ov_noise **out, const struct ov_problem *p, unsigned refine)
{
    size_t P = p->K + p->M;
    *out = NULL;
    if (!ov_noise_possible(p) || refine > REFINE_MAX)
        return OV_EDOM;
    struct ov_noise *w = calloc(1, sizeof *w);
    if (!w)
        return OV_ENOMEM;
    size_t L = p->blocks ? p->blocks->L : 1;
    w->p = p, w->P = P, w->n_Q = L * ov_sym_size(p->K);
    w->n = ov_overlaps_moving_blocks(L, p->K, p->M);
    enum ov_status status = OV_ENOMEM;
    if (allocate(w) && (!p->blocks || ov_noise_blocks_create(w) == OV_OK))
        status = ov_noise_make_nodes(w, refine);
    if (status != OV_OK) {
        ov_noise_free(w);
        return status;
    }
    *out = w;
    return OV_OK;
}

/* ---- one node ---- */

/* Fields, activations and E at node z; returns D = y - phi without label noise. */
static double activate(struct ov_noise *w, const double *z, const struct ov_overlaps *o)
{
    const struct ov_problem *p = w->p;
    size_t P = w->P, M = p->M;
    double D = 0.0;
    for (size_t a = 0; a < P; a++) {
        double sum = 0.0;
        for (size_t b = 0; b <= a; b++)
            sum += w->L[a * P + b] * z[b];
        w->x[a] = sum;
    }
    for (size_t m = 0; m < M; m++)
        D += o->v_star[m] * p->g_star->g(w->x[m]);
    for (size_t k = 0; k < p->K; k++) {
        w->g[k] = p->g->g(w->x[M + k]);
        w->E[k] = p->eta_w * o->v[k] * p->g->dg(w->x[M + k]);
        D -= o->v[k] * w->g[k];
    }
    return D;
}

/* F = u a + u^2 b. */
static void coefficients(struct ov_noise *w)
{
    size_t K = w->p->K, M = w->p->M;
    const double *E = w->E, *nu = w->x, *lambda = w->x + M;
    double *a = w->a;
    for (size_t k = 0, kl = 0; k < K; k++) {
        for (size_t l = 0; l <= k; l++, kl++) {
            *a++ = E[k] * lambda[l] + E[l] * lambda[k];
            w->b[kl] = E[k] * E[l];
        }
    }
    for (size_t k = 0; k < K; k++)
        for (size_t m = 0; m < M; m++)
            *a++ = E[k] * nu[m];
    for (size_t k = 0; k < K; k++)
        *a++ = w->p->eta_v * w->g[k];
}

/* Adds weight < F F' > to B's lower triangle, weight < F > to the mean, and the part of c that
 * comes from |z|^2. */
static void accumulate(double *B, double *c, struct ov_noise *w, double weight, double D,
                       const double *z)
{
    double noise = w->p->sigma * w->p->sigma, D2 = D * D, excess = -(double)w->P;
    double u2 = D2 + noise, u3 = D * (D2 + 3.0 * noise);
    double u4 = D2 * D2 + 6.0 * D2 * noise + 3.0 * noise * noise;
    const double *a = w->a, *b = w->b;
    double *t = w->t, *q = w->q;
    size_t n = w->n, n_Q = w->n_Q;
    if (w->blocks)
        ov_noise_blocks_add(w, weight * u2);
    for (size_t i = 0; i < w->P; i++)
        excess += z[i] * z[i];
    for (size_t i = 0; i < n; i++) {
        t[i] = weight * (u2 * a[i] + u3 * b[i]);
        q[i] = weight * (u3 * a[i] + u4 * b[i]);
        w->mean[i] += weight * (D * a[i] + u2 * b[i]);
    }
    for (size_t i = 0; i < n_Q; i++) {
        if (!w->blocks)
            c[i] += weight * excess * u2 * b[i];
        for (size_t j = 0; j <= i; j++)
            B[i * n + j] += a[i] * t[j] + b[i] * q[j];
    }
    for (size_t i = n_Q; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            B[i * n + j] += a[i] * t[j];
}

/* ---- B and c ---- */

/* Adds decay_w^2 Q_kl - decay_w < e_k lambda_l + e_l lambda_k >, which is
 * - decay_w (< F_Q > - < e_k e_l >); w->linear: < u a > over Q. */
static void add_decay(double *c, const struct ov_noise *w, const struct ov_overlaps *o)
{
    double decay = w->p->decay_w;
    for (size_t i = 0; i < w->n_Q; i++)
        c[i] += decay * decay * o->Q[i] - decay * w->linear[i];
}

/* B <- < F F' > - < F > < F >', both triangles; nothing for a frozen v. */
static void finish(double *B, const struct ov_noise *w)
{
    size_t n = w->n, moving = w->p->eta_v == 0.0 ? n - w->p->K : n;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double covariance = B[i * n + j] - w->mean[i] * w->mean[j];
            B[i * n + j] = B[j * n + i] = i < moving ? covariance : 0.0;
        }
    }
}

enum ov_status ov_noise_at(double *B, double *c, struct ov_noise *w, const struct ov_overlaps *o)
{
    size_t n = w->n, P = w->P;
    const struct ov_overlaps *fields = w->blocks ? ov_noise_blocks_fields(w, o) : o;
    if (!fields)
        return OV_EDOM;
    ov_overlaps_covariance(w->C, fields);
    if (ov_sym_cholesky(w->L, w->C, P, psd_tolerance) != OV_OK)
        return OV_EDOM;
    memset(B, 0, n * n * sizeof *B);
    memset(c, 0, n * sizeof *c);
    memset(w->mean, 0, n * sizeof *w->mean);
    memset(w->b, 0, n * sizeof *w->b);
    memset(w->linear, 0, w->n_Q * sizeof *w->linear);
    for (size_t i = 0; i < w->n_node; i++) {
        double D = activate(w, w->z + i * P, fields);
        if (w->blocks)
            ov_noise_blocks_coefficients(w);
        else
            coefficients(w);
        accumulate(B, c, w, w->weight[i], D, w->z + i * P);
        for (size_t j = 0; w->p->decay_w > 0.0 && j < w->n_Q; j++)
            w->linear[j] += w->weight[i] * D * w->a[j];
    }
    add_decay(c, w, o);
    if (w->blocks)
        ov_noise_blocks_finish(B, c, w, o);
    finish(B, w);
    return OV_OK;
}
