/* SPDX-License-Identifier: MIT
 *
 * The right-hand side of the equations of motion (paper.md eq:ode).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "online_blocks_internal.h"
#include "online_internal.h"
#include "overlap/model/eps_g.h"

/* How far from a covariance a state may be, relative to the largest student or teacher. */
static const double most_outside = 1e-3;

static double power_of_teacher(const struct ov_problem *p, const struct ov_overlaps *o)
{
    double sum = 0.0;
    for (size_t m = 0; m < p->M; m++)
        for (size_t n = 0; n < p->M; n++)
            sum += o->v_star[m] * o->v_star[n] *
                   ov_I2(p->g_star, p->g_star, o->T[ov_sym_at(m, m)], o->T[ov_sym_at(m, n)],
                         o->T[ov_sym_at(n, n)]);
    return 0.5 * fmax(sum, 0.0);
}

/* The overlaps of the fields at the start, T and v_star for good. */
static enum ov_status take(struct ov_online *o, const struct ov_overlaps *start)
{
    if (o->p->blocks) {
        ov_overlaps_total(&o->o, start, o->p->blocks);
        return ov_online_blocks_create(o, start);
    }
    memcpy(o->o.block, start->block, ov_overlaps_size(start->K, start->M) * sizeof *o->o.block);
    return OV_OK;
}

enum ov_status ov_online_check(const struct ov_problem *p, const struct ov_overlaps *start,
                               struct ov_error *err)
{
    size_t L = p->blocks ? p->blocks->L : 1;
    if (start->L != L)
        return ov_fail(err, OV_EDOM, "a start in %zu blocks for inputs in %zu", start->L, L);
    if ((p->spiked || p->in_steps) && (!p->blocks || p->blocks->N == 0))
        return ov_fail(err, OV_EDOM, "what is of order rho/N needs blocks of N directions");
    return OV_OK;
}

enum ov_status ov_online_create(struct ov_online **out, const struct ov_problem *p,
                                const struct ov_overlaps *start)
{
    size_t K = p->K, M = p->M, P = M + K;
    struct ov_online *o = *out = NULL;
    if (ov_online_check(p, start, NULL) != OV_OK)
        return OV_EDOM;
    *out = o = calloc(1, sizeof *o);
    if (!o)
        return OV_ENOMEM;
    o->p = p;
    o->scale = o->ratio = 1.0;
    o->block = calloc(ov_sym_size(P) + 2 * P + K * P + ov_sym_size(K), sizeof *o->block);
    o->rests = calloc(K, sizeof *o->rests);
    if (!o->block || !o->rests || ov_overlaps_create(&o->o, K, M) != OV_OK ||
        ov_gauss_create(&o->gauss, K, M, p->g, p->g_star) != OV_OK || take(o, start) != OV_OK ||
        ov_cone_create(&o->cone, K, M, o->o.T) != OV_OK) {
        ov_online_free(o);
        *out = NULL;
        return OV_ENOMEM;
    }
    if (p->averages_tol > 0.0)
        ov_gauss_set_tol(o->gauss, p->averages_tol);
    o->C = o->block;
    o->s = o->C + ov_sym_size(P);
    o->G = o->s + P;
    o->Nz = o->G + K * P;
    o->I2 = o->Nz + ov_sym_size(K);
    o->power = power_of_teacher(p, &o->o);
    return OV_OK;
}

void ov_online_free(struct ov_online *o)
{
    if (!o)
        return;
    ov_online_blocks_free(o);
    ov_gauss_free(o->gauss);
    ov_cone_free(o->cone);
    ov_overlaps_free(&o->o);
    free(o->derivatives);
    free(o->rests);
    free(o->block);
    free(o);
}

void ov_online_hold(struct ov_online *o, const struct ov_overlaps *start)
{
    ov_online_set(o, start->block);
    for (size_t k = 0; k < o->p->K; k++)
        o->rests[k] = o->o.Q[ov_sym_at(k, k)] == 0.0 && o->p->g->dg(0.0) == 0.0;
}

size_t ov_online_integrated(const struct ov_problem *p)
{
    size_t L = p->blocks ? p->blocks->L : 1;
    return ov_overlaps_moving_blocks(L, p->K, p->M) - (p->eta_v == 0.0 ? p->K : 0);
}

size_t ov_online_of_fields(const struct ov_problem *p)
{
    return ov_overlaps_moving(p->K, p->M) - (p->eta_v == 0.0 ? p->K : 0);
}

void ov_online_set(struct ov_online *o, const double *y)
{
    if (o->blocks)
        ov_online_blocks_fields(o, y);
    else
        memcpy(o->o.block, y, ov_online_integrated(o->p) * sizeof *y);
}

void ov_online_prepare(struct ov_online *o, const double *y)
{
    ov_online_set(o, y);
    ov_online_prepare_fields(o);
}

void ov_online_prepare_fields(struct ov_online *o)
{
    size_t K = o->o.K, M = o->o.M;
    bool as_it_is = o->as_it_is || ov_gauss_is_analytic(o->p->g, o->p->g_star);
    o->outside = as_it_is ? 0.0 : ov_cone_project(o->o.Q, o->o.R, o->cone);
    ov_overlaps_covariance(o->C, &o->o);
    for (size_t m = 0; m < M; m++)
        o->s[m] = o->o.v_star[m];
    for (size_t k = 0; k < K; k++)
        o->s[M + k] = -o->o.v[k];
}

/* paper.md eq:ode, the equation of R. The decay is that of the number integrated, so that what is
 * outside of the cone of covariances decays too. */
static void move_R(double *dR, const struct ov_online *o, const double *R)
{
    const struct ov_problem *p = o->p;
    size_t K = p->K, M = p->M, P = M + K;
    double eta = o->scale * p->eta_w;
    for (size_t k = 0; k < K; k++)
        for (size_t m = 0; m < M; m++)
            dR[k * M + m] = eta * o->o.v[k] * o->G[k * P + m] - p->decay_w * R[k * M + m];
}

/* paper.md eq:ode, the equation of Q; a batch averages the noise: eq:batch; in gradient flow Nz is 0. */
static void move_Q(double *dQ, const struct ov_online *o, const double *Q)
{
    const struct ov_problem *p = o->p;
    const double *v = o->o.v, *G = o->G;
    size_t M = p->M, P = M + p->K;
    double eta = o->scale * p->eta_w, noise = eta * eta / (double)ov_problem_batch(p);
    for (size_t k = 0; k < p->K; k++) {
        for (size_t l = 0; l <= k; l++) {
            size_t kl = ov_sym_at(k, l);
            dQ[kl] = eta * (v[k] * G[k * P + M + l] + v[l] * G[l * P + M + k]) -
                     2.0 * p->decay_w * Q[kl] + noise * v[k] * v[l] * o->Nz[kl];
        }
    }
}

/* Nothing of the students that rest. */
static void hold(double *dQ, double *dR, const struct ov_online *o)
{
    size_t M = o->p->M;
    for (size_t k = 0; k < o->p->K; k++) {
        for (size_t l = 0; l <= k; l++)
            dQ[ov_sym_at(k, l)] = o->rests[k] || o->rests[l] ? 0.0 : dQ[ov_sym_at(k, l)];
        for (size_t m = 0; m < M; m++)
            dR[k * M + m] = o->rests[k] ? 0.0 : dR[k * M + m];
    }
}

/* paper.md eq:ode, the equation of v: sum_c s_c I2(lambda_k, x_c). */
void ov_online_move_v(double *dv, struct ov_online *o)
{
    const struct ov_problem *p = o->p;
    size_t M = p->M, P = M + p->K;
    for (size_t k = 0; k < p->K; k++) {
        size_t a = M + k;
        double sum = 0.0;
        ov_gauss_I2(o->I2, o->gauss, o->C, o->s, a);
        for (size_t c = 0; c < P; c++)
            sum += o->s[c] * o->I2[c];
        dv[k] = o->scale * p->eta_v * sum - p->decay_v * o->o.v[k];
    }
}

/* The largest diagonal element of C. */
static double size_of(const struct ov_online *o)
{
    double size = 0.0;
    for (size_t i = 0; i < o->p->K + o->p->M; i++)
        size = fmax(size, o->C[ov_sym_at(i, i)]);
    return size;
}

int ov_online_is_outside(const struct ov_online *o)
{
    return !(o->outside <= most_outside * size_of(o));
}

int ov_online_derivatives(double *dy, const double *y, void *ctx)
{
    struct ov_online *o = ctx;
    if (o->blocks)
        return ov_online_blocks_derivatives(dy, y, o);
    size_t K = o->p->K, M = o->p->M;
    ov_online_prepare(o, y);
    double *Nz = o->p->gradient_flow ? NULL : o->Nz;
    ov_gauss_contract(o->G, Nz, o->gauss, o->C, o->s, o->p->sigma);
    move_Q(dy, o, y);
    move_R(dy + ov_sym_size(K), o, y + ov_sym_size(K));
    hold(dy, dy + ov_sym_size(K), o);
    if (o->p->eta_v != 0.0)
        ov_online_move_v(dy + ov_sym_size(K) + K * M, o);
    return ov_online_is_outside(o);
}

void ov_online_rhs_nearest(double *dy, struct ov_online *o, const double *y)
{
    size_t K = o->p->K, n = ov_online_integrated(o->p);
    if (o->p->eta_v == 0.0) {
        memcpy(o->o.v, y + n, K * sizeof *y);
        memset(dy + n, 0, K * sizeof *dy);
    }
    (void)ov_online_derivatives(dy, y, o);
}

void ov_online_rhs(double *dy, struct ov_online *o, const double *y)
{
    o->as_it_is = true;
    ov_online_rhs_nearest(dy, o, y);
    o->as_it_is = false;
}
