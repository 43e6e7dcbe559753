/* SPDX-License-Identifier: MIT
 *
 * The right-hand side of the equations of motion for inputs in blocks (paper.md eq:blocks). By Stein's
 * lemma the part x_b of a field b that comes from block l has < x_b F > = weight_l sum_c C^(l)_bc
 * < dF/dx_c >: one matrix D serves all blocks.
 */
#include "online_blocks_internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- memory ---- */

static enum ov_status create_cones(struct ov_online_blocks *x)
{
    x->cone = calloc(x->L, sizeof *x->cone);
    if (!x->cone)
        return OV_ENOMEM;
    for (size_t l = 0; l < x->L; l++)
        if (ov_cone_create(&x->cone[l], x->K, x->M, x->T + l * ov_sym_size(x->M)) != OV_OK)
            return OV_ENOMEM;
    return OV_OK;
}

static void set_sizes(struct ov_online_blocks *x, const struct ov_problem *p)
{
    bool v_moves = p->eta_v != 0.0;
    x->b = p->blocks;
    x->L = p->blocks->L, x->K = p->K, x->M = p->M, x->P = p->M + p->K;
    x->S = ov_sym_size(x->K), x->D = ov_sym_size(x->P), x->m = x->S + x->K * x->M;
    x->n_t = x->m + (v_moves ? x->K : 0);
    x->is_spiked = p->spiked && !p->gradient_flow;
    x->shrink = x->is_spiked ? p->decay_w / (double)p->blocks->N : 0.0;
    x->at_Nv = x->K * x->P;
    x->at_E = x->at_Nv + x->S;
    x->at_dv = x->at_E + (x->is_spiked ? x->S * x->D : 0);
    x->n_a = x->at_dv + (v_moves ? x->K : 0);
}

enum ov_status ov_online_blocks_create(struct ov_online *o, const struct ov_overlaps *start)
{
    struct ov_online_blocks *x = o->blocks = calloc(1, sizeof *x);
    if (!x)
        return OV_ENOMEM;
    set_sizes(x, o->p);
    size_t n_T = x->L * ov_sym_size(x->M), n_C = x->P * x->P, n_X = x->K * x->P;
    size_t slopes = x->is_spiked ? (n_X + x->S) * (x->D + x->P) + x->D + 3 * x->S : 0;
    size_t later = o->p->in_steps ? x->L * x->m + x->K : 0;
    x->block = calloc(n_T + n_C + n_X + x->n_a + slopes + 2 * later, sizeof *x->block);
    if (!x->block)
        return OV_ENOMEM;
    x->T = x->block;
    x->C = x->T + n_T;
    x->X = x->C + n_C;
    x->a = x->X + n_X;
    x->slopes = x->a + x->n_a;
    x->next = x->slopes + slopes;
    x->change = x->next + later;
    memcpy(x->T, start->T, n_T * sizeof *x->T);
    return x->b->is_signed ? OV_OK : create_cones(x);
}

void ov_online_blocks_free(struct ov_online *o)
{
    struct ov_online_blocks *x = o->blocks;
    if (!x)
        return;
    for (size_t l = 0; x->cone && l < x->L; l++)
        ov_cone_free(x->cone[l]);
    ov_online_blocks_jacobian_free(x->jacobian);
    free(x->cone);
    free(x->block);
    free(x);
    o->blocks = NULL;
}

/* ---- averages ---- */

/* The derivatives of Nz by the packed C, (S, D+P): in closed form, or by differences that stay in the
 * cone of covariances, along u u' with u = e_a and e_a + e_b (online_differences.c, step 1). */
static const double *slopes_of_Nz(struct ov_online *o)
{
    struct ov_online_blocks *x = o->blocks;
    double *dG = x->slopes, *dNz = dG + x->K * x->P * (x->D + x->P);
    if (ov_gauss_has_derivatives(o->p->g, o->p->g_star))
        ov_gauss_derivatives(dG, dNz, o->gauss, o->C, o->s, o->p->sigma);
    else
        ov_online_slopes_of_Nz(dNz, o, dNz + x->S * (x->D + x->P));
    return dNz;
}

/* paper.md eq:spiked: E_kj,ab = eta^2 v_k v_j (2/(N batch)) dNz_kj/dC_ab; with a batch of B inputs
 * also the square of the mean step, (1 - 1/B)/N B_ka B_jb. */
static void spiked(double *a, struct ov_online *o)
{
    struct ov_online_blocks *x = o->blocks;
    const double *B = a, *v = o->o.v, *dNz = slopes_of_Nz(o);
    double batch = (double)ov_problem_batch(o->p), N = (double)x->b->N;
    double eta = o->scale * o->p->eta_w, noise = 2.0 * eta * eta / (batch * N);
    double square = (1.0 - 1.0 / batch) / N;
    double *E = a + x->at_E;
    for (size_t k = 0; k < x->K; k++) {
        for (size_t j = 0; j <= k; j++) {
            const double *slope = dNz + ov_sym_at(k, j) * (x->D + x->P);
            bool still = o->rests[k] || o->rests[j];
            const double *Bk = B + k * x->P, *Bj = B + j * x->P;
            for (size_t c = 0; c < x->P; c++)
                for (size_t d = 0; d <= c; d++) {
                    double both = c == d ? Bk[c] * Bj[c] : Bk[c] * Bj[d] + Bk[d] * Bj[c];
                    double here = noise * v[k] * v[j] * slope[ov_sym_at(c, d)] + square * both;
                    *E++ = still ? 0.0 : here;
                }
        }
    }
}

/* At C and s of o. Students that rest move nothing. */
static void averages(double *a, struct ov_online *o)
{
    const struct ov_online_blocks *x = o->blocks;
    const struct ov_problem *p = o->p;
    const double *v = o->o.v;
    double eta = o->scale * p->eta_w, noise = eta * eta / (double)ov_problem_batch(p);
    ov_gauss_slopes(o->G, p->gradient_flow ? NULL : o->Nz, o->gauss, o->C, o->s, p->sigma);
    for (size_t k = 0; k < x->K; k++) {
        for (size_t c = 0; c < x->P; c++)
            a[k * x->P + c] = o->rests[k] ? 0.0 : eta * v[k] * o->G[k * x->P + c];
        for (size_t j = 0; j <= k; j++) {
            size_t kj = ov_sym_at(k, j);
            bool still = o->rests[k] || o->rests[j];
            a[x->at_Nv + kj] = still ? 0.0 : noise * v[k] * v[j] * o->Nz[kj];
        }
    }
    if (x->is_spiked)
        spiked(a, o);
    if (p->eta_v != 0.0)
        ov_online_move_v(a + x->at_dv, o);
}

void ov_online_blocks_averages(double *a, const double *t, struct ov_online *o)
{
    memcpy(o->o.block, t, o->blocks->n_t * sizeof *t);
    ov_online_prepare_fields(o);
    averages(a, o);
}

/* ---- the blocks ---- */

/* [T R'; R Q] of a block as a full matrix. */
static void unpack(double *C, const struct ov_online_blocks *x, const double *Q, const double *R,
                   const double *T)
{
    size_t K = x->K, M = x->M, P = x->P;
    for (size_t m = 0; m < M; m++)
        for (size_t n = 0; n <= m; n++)
            C[m * P + n] = C[n * P + m] = T ? T[ov_sym_at(m, n)] : 0.0;
    for (size_t k = 0; k < K; k++) {
        for (size_t m = 0; m < M; m++)
            C[(M + k) * P + m] = C[m * P + M + k] = R[k * M + m];
        for (size_t j = 0; j <= k; j++)
            C[(M + k) * P + M + j] = C[(M + j) * P + M + k] = *Q++;
    }
}

/* X = B C. */
static void multiply(double *restrict X, const double *restrict B, const double *restrict C,
                     size_t K, size_t P)
{
    memset(X, 0, K * P * sizeof *X);
    for (size_t k = 0; k < K; k++)
        for (size_t c = 0; c < P; c++)
            for (size_t b = 0; b < P; b++)
                X[k * P + b] += B[k * P + c] * C[c * P + b];
}

/* dQ += drift^2 E : C. */
static void add_spiked(double *dQ, const struct ov_online_blocks *x, const double *E, double drift)
{
    for (size_t kj = 0; kj < x->S; kj++) {
        double sum = 0.0;
        for (size_t c = 0; c < x->P; c++)
            for (size_t d = 0; d <= c; d++)
                sum += *E++ * x->C[c * x->P + d];
        dQ[kj] += drift * drift * sum;
    }
}

void ov_online_blocks_move(double *dQ, double *dR, struct ov_online_blocks *x, const double *a,
                           const double *Q, const double *R, const double *T, double drift,
                           double noise)
{
    size_t K = x->K, M = x->M, P = x->P;
    const double *X = x->X, *Nv = a + x->at_Nv;
    double of_Q = (1.0 - x->shrink) * drift;
    unpack(x->C, x, Q, R, T);
    multiply(x->X, a, x->C, K, P);
    for (size_t k = 0; k < K; k++) {
        for (size_t j = 0; j <= k; j++, Nv++)
            dQ[ov_sym_at(k, j)] = of_Q * (X[k * P + M + j] + X[j * P + M + k]) + noise * *Nv;
        for (size_t m = 0; m < M; m++)
            dR[k * M + m] = drift * X[k * P + m];
    }
    if (x->is_spiked)
        add_spiked(dQ, x, a + x->at_E, drift);
}

void ov_online_blocks_fields(struct ov_online *o, const double *y)
{
    const struct ov_online_blocks *x = o->blocks;
    size_t n_Q = x->L * x->S, n_R = x->L * x->K * x->M;
    ov_blocks_total(o->o.Q, x->b, y, x->S);
    ov_blocks_total(o->o.R, x->b, y + n_Q, x->K * x->M);
    memcpy(o->o.v, y + n_Q + n_R, (x->n_t - x->m) * sizeof *y);
}

/* f of paper.md eq:blocks, eq:spiked. */
static int flow(double *dy, const double *y, struct ov_online *o)
{
    struct ov_online_blocks *x = o->blocks;
    size_t S = x->S, KM = x->K * x->M, n_T = ov_sym_size(x->M);
    double *dR = dy + x->L * S, decay = o->p->decay_w;
    const double *R = y + x->L * S;
    ov_online_prepare(o, y);
    averages(x->a, o);
    for (size_t l = 0; l < x->L; l++) {
        const double *Q_l = y + l * S, *R_l = R + l * KM;
        ov_online_blocks_move(dy + l * S, dR + l * KM, x, x->a, Q_l, R_l, x->T + l * n_T,
                              x->b->drift[l], x->b->noise[l]);
        for (size_t i = 0; i < S; i++)
            dy[l * S + i] -= (2.0 - x->shrink) * decay * Q_l[i];
        for (size_t i = 0; i < KM; i++)
            dR[l * KM + i] -= decay * R_l[i];
    }
    memcpy(dR + x->L * KM, x->a + x->at_dv, (x->n_a - x->at_dv) * sizeof *dy);
    return ov_online_is_outside(o);
}

/* A map y -> y + f/N goes along a path of the speed f - 1/2 (df/dy f + df/dalpha)/N + O(1/N^2). */
int ov_online_blocks_derivatives(double *dy, const double *y, struct ov_online *o)
{
    struct ov_online_blocks *x = o->blocks;
    size_t n = ov_online_integrated(o->p);
    int far = flow(dy, y, o);
    if (!o->p->in_steps || far != 0)
        return far;
    for (size_t i = 0; i < n; i++)
        x->next[i] = y[i] + dy[i] / (double)x->b->N;
    double scale = o->scale;
    o->scale *= o->ratio;
    far = flow(x->change, x->next, o);
    o->scale = scale;
    for (size_t i = 0; i < n; i++)
        dy[i] -= 0.5 * (x->change[i] - dy[i]);
    return far;
}

int ov_online_blocks_nearest(double *y, struct ov_online *o)
{
    struct ov_online_blocks *x = o->blocks;
    double *R = y + x->L * x->S;
    int moved = 0;
    ov_online_blocks_fields(o, y);
    if (!x->cone || !(ov_cone_project(o->o.Q, o->o.R, o->cone) > 0.0))
        return 0;
    for (size_t l = 0; l < x->L; l++)
        if (ov_cone_project(y + l * x->S, R + l * x->K * x->M, x->cone[l]) > 0.0)
            moved = 1;
    return moved;
}
