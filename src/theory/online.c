/* SPDX-License-Identifier: MIT */
#include "overlap/theory/online.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/model/eps_g.h"
#include "overlap/theory/gauss.h"

struct ov_online {
    const struct ov_problem *p;
    struct ov_overlaps o; /* T, v_star for good; Q, R, v of the point evaluated */
    struct ov_gauss *gauss;
    double *block; /* owned; the views below */
    double *C;     /* packed (P,P) */
    double *s;     /* (P) */
    double *G;     /* (K,P) */
    double *Nz;    /* packed (K,K) */
};

enum ov_status ov_online_create(struct ov_online **out, const struct ov_problem *p,
                                const struct ov_overlaps *start)
{
    size_t K = p->K, M = p->M, P = M + K;
    struct ov_online *o = *out = calloc(1, sizeof *o);
    if (!o)
        return OV_ENOMEM;
    o->p = p;
    o->block = calloc(ov_sym_size(P) + P + K * P + ov_sym_size(K), sizeof *o->block);
    if (!o->block || ov_overlaps_create(&o->o, K, M) != OV_OK ||
        ov_gauss_create(&o->gauss, K, M, p->g->act, p->g_star->act) != OV_OK) {
        ov_online_free(o);
        *out = NULL;
        return OV_ENOMEM;
    }
    o->C = o->block;
    o->s = o->C + ov_sym_size(P);
    o->G = o->s + P;
    o->Nz = o->G + K * P;
    memcpy(o->o.block, start->block, ov_overlaps_size(K, M) * sizeof *o->o.block);
    return OV_OK;
}

void ov_online_free(struct ov_online *o)
{
    if (!o)
        return;
    ov_gauss_free(o->gauss);
    ov_overlaps_free(&o->o);
    free(o->block);
    free(o);
}

/* C and s = (v*, -v) at o->o. */
static void prepare(struct ov_online *o)
{
    size_t K = o->o.K, M = o->o.M;
    ov_overlaps_covariance(o->C, &o->o);
    for (size_t m = 0; m < M; m++)
        o->s[m] = o->o.v_star[m];
    for (size_t k = 0; k < K; k++)
        o->s[M + k] = -o->o.v[k];
}

/* paper.md eq:ode, the equation of R. */
static void move_R(double *dR, const struct ov_online *o)
{
    const struct ov_problem *p = o->p;
    size_t K = p->K, M = p->M, P = M + K;
    for (size_t k = 0; k < K; k++)
        for (size_t m = 0; m < M; m++)
            dR[k * M + m] = p->eta_w * o->o.v[k] * o->G[k * P + m] - p->decay_w * o->o.R[k * M + m];
}

/* paper.md eq:ode, the equation of Q. */
static void move_Q(double *dQ, const struct ov_online *o)
{
    const struct ov_problem *p = o->p;
    const double *v = o->o.v, *G = o->G;
    size_t M = p->M, P = M + p->K;
    for (size_t k = 0; k < p->K; k++) {
        for (size_t l = 0; l <= k; l++) {
            size_t kl = ov_sym_at(k, l);
            dQ[kl] = p->eta_w * (v[k] * G[k * P + M + l] + v[l] * G[l * P + M + k]) -
                     2.0 * p->decay_w * o->o.Q[kl] + p->eta_w * p->eta_w * v[k] * v[l] * o->Nz[kl];
        }
    }
}

/* paper.md eq:ode, the equation of v: sum_c s_c I2(lambda_k, x_c). */
static void move_v(double *dv, const struct ov_online *o)
{
    const struct ov_problem *p = o->p;
    size_t M = p->M, P = M + p->K;
    for (size_t k = 0; k < p->K; k++) {
        size_t a = M + k;
        double sum = 0.0;
        for (size_t c = 0; c < P; c++)
            sum += o->s[c] * ov_I2(p->g->act, c < M ? p->g_star->act : p->g->act,
                                   o->C[ov_sym_at(a, a)], o->C[ov_sym_at(a, c)],
                                   o->C[ov_sym_at(c, c)]);
        dv[k] = p->eta_v * sum - p->decay_v * o->o.v[k];
    }
}

/* The derivatives of the first n moving numbers, all or all but v. */
static void derivatives(double *dy, struct ov_online *o, const double *y, size_t n)
{
    size_t K = o->p->K, M = o->p->M;
    memcpy(o->o.block, y, n * sizeof *y);
    prepare(o);
    ov_gauss_contract(o->G, o->Nz, o->gauss, o->C, o->s, o->p->sigma);
    move_Q(dy, o);
    move_R(dy + ov_sym_size(K), o);
    if (n == ov_overlaps_moving(K, M))
        move_v(dy + ov_sym_size(K) + K * M, o);
}

void ov_online_rhs(double *dy, struct ov_online *o, const double *y)
{
    size_t K = o->p->K, n = ov_overlaps_moving(K, o->p->M);
    derivatives(dy, o, y, n);
    for (size_t k = 0; o->p->eta_v == 0.0 && k < K; k++)
        dy[n - K + k] = 0.0;
}

/* ---- one run ---- */

/* What is integrated: [Q | R | v], or [Q | R] where v is frozen. */
static size_t integrated(const struct ov_problem *p)
{
    return ov_overlaps_moving(p->K, p->M) - (p->eta_v == 0.0 ? p->K : 0);
}

static int rhs(double *dy, const double *y, void *ctx)
{
    struct ov_online *o = ctx;
    derivatives(dy, o, y, integrated(o->p));
    return 0;
}

static int diverged(const double *y, void *ctx)
{
    struct ov_online *o = ctx;
    memcpy(o->o.block, y, integrated(o->p) * sizeof *y);
    return ov_overlaps_diverged(o->o.block, o->p->K, o->p->M);
}

/* Row i from the integrated numbers y. */
static void write_row(double *row, struct ov_online *o, double alpha, const double *y)
{
    memcpy(o->o.block, y, integrated(o->p) * sizeof *y);
    row[0] = alpha;
    row[1] = ov_eps_g(&o->o, o->p->g->act, o->p->g_star->act);
    memcpy(row + 2, o->o.block, ov_overlaps_moving(o->p->K, o->p->M) * sizeof *row);
}

enum ov_status ov_online_solve(double *rows, const struct ov_problem *p,
                               const struct ov_overlaps *start, const double *alpha, size_t n_alpha,
                               const struct ov_solve_options *opt, struct ov_solve_report *report,
                               const struct ov_tick *tick, struct ov_error *err)
{
    size_t n = integrated(p), width = ov_row_width(p->K, p->M);
    for (size_t i = 0; i < n_alpha * width; i++)
        rows[i] = NAN;
    struct ov_online *o = NULL;
    double *path = calloc(n_alpha * n + 1, sizeof *path);
    if (!path || ov_online_create(&o, p, start) != OV_OK) {
        free(path);
        return ov_fail(err, OV_ENOMEM, "out of memory");
    }
    struct ov_ode ode = {.n = n, .rhs = rhs, .diverged = diverged, .ctx = o};
    enum ov_status status =
        ov_solve(path, &ode, start->block, alpha, n_alpha, opt, report, tick, err);
    for (size_t i = 0; i < n_alpha && !isnan(path[i * n]); i++)
        write_row(rows + i * width, o, alpha[i], path + i * n);
    ov_online_free(o);
    free(path);
    return status;
}
