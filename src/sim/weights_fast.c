/* SPDX-License-Identifier: MIT
 *
 * The fast way to make the steps of weights_plain.c, with the same bits:
 *  1. inputs do not depend on the weights, so BATCH of them are drawn ahead, in a ring; and the
 *     teacher's weights are read once for the fields that all of them cause;
 *  2. the student's weights are read and written once a step: the pass that moves them by this
 *     step's input also takes their fields under the next one;
 *  3. both go through the inputs by pieces that stay in the first-level cache;
 *  4. erf and its slope are computed for eight units at once.
 * With momentum 2 is two passes over a piece, one that moves the velocity, and one that moves the weights by it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/num/normal.h"
#include "weights_internal.h"

enum { BATCH = OV_WEIGHTS_BATCH, RING = BATCH + 1, PIECE = 1024, NOISE = 32 };

struct ov_weights_ahead {
    const struct ov_weights_kernels *kernel;
    double *block;          /* owned; everything below stands in it */
    double *x[RING];        /* (N) the input of step s is x[s % RING] */
    double *student_sums;   /* (K,8) */
    double *teacher_sums;   /* (M,BATCH,8) */
    double *nu, *g_star;    /* (BATCH,M) rounded up to eights */
    double *push;           /* (K) */
    double y[RING];         /* the label of step s is y[s % RING] */
    uint64_t mu[BATCH];     /* which inputs the last BATCH drawn are */
    double zeta[4 * NOISE]; /* every fourth is the noise of a step */
    uint64_t zeta_from;     /* the first of those steps */
    bool has_zeta;
    uint64_t known; /* inputs and labels of the steps before this one are there; 0: none yet */
};

void ov_weights_ahead_free(struct ov_weights_ahead *a)
{
    if (a)
        free(a->block);
    free(a);
}

struct ov_weights_ahead *ov_weights_ahead_create(const struct ov_problem *p, enum ov_simd level)
{
    size_t N = p->N, K = p->K, M = p->M, row = ov_weights_eights(N);
    size_t labels = ov_weights_eights(BATCH * M);
    struct ov_weights_ahead *a = calloc(1, sizeof *a);
    if (!a)
        return NULL;
    a->kernel = &ov_weights_kernels[level];
    a->block = calloc(row + 9 * K + 8 * BATCH * M + 2 * labels + 8, RING * sizeof *a->block);
    if (!a->block) {
        ov_weights_ahead_free(a);
        return NULL;
    }
    double *next = ov_weights_aligned(a->block);
    for (size_t s = 0; s < RING; s++, next += row)
        a->x[s] = next;
    a->student_sums = next;
    a->teacher_sums = a->student_sums + 8 * K;
    a->nu = a->teacher_sums + 8 * BATCH * M;
    a->g_star = a->nu + labels;
    a->push = a->g_star + labels;
    return a;
}

void ov_weights_units(const struct ov_weights_kernels *kernel, const struct ov_activation *act,
                      double *g, double *dg, const double *field, size_t n)
{
    if (act->act == OV_ACT_ERF) {
        kernel->erf_units(g, dg, field, ov_weights_eights(n));
        return;
    }
    for (size_t i = 0; i < n; i++) {
        g[i] = act->g(field[i]);
        if (dg)
            dg[i] = act->dg(field[i]);
    }
}

/* The next BATCH inputs, and the sums of the teacher's fields. */
static void draw_inputs(struct ov_weights_state *r)
{
    struct ov_weights_ahead *a = r->ahead;
    size_t N = r->p->N, M = r->p->M;
    memset(a->teacher_sums, 0, 8 * BATCH * M * sizeof *a->teacher_sums);
    for (uint64_t b = 0; b < BATCH; b++)
        a->mu[b] = ov_weights_sample(r, a->known + b);
    for (size_t i = 0; i < N; i += PIECE) {
        const double *x[BATCH];
        size_t n = N - i < PIECE ? N - i : PIECE;
        for (uint64_t b = 0; b < BATCH; b++) {
            double *to = a->x[(a->known + b) % RING] + i;
            ov_weights_input(to, r, a->mu[b], i, n);
            x[b] = to;
        }
        a->kernel->teach(a->teacher_sums, r->w_star + i, M, N, x, n);
    }
}

/* The noise of step s, whose input is mu: of fresh inputs, NOISE are drawn together. */
static double noise(struct ov_weights_state *r, uint64_t s, uint64_t mu)
{
    struct ov_weights_ahead *a = r->ahead;
    if (r->in->samples > 0)
        return ov_weights_noise(r, mu);
    if (!a->has_zeta || s - a->zeta_from >= NOISE) {
        ov_normal_fill(a->zeta, 4 * NOISE, &r->noise, s);
        a->zeta_from = s;
        a->has_zeta = true;
    }
    return a->zeta[4 * (s - a->zeta_from)];
}

/* Inputs and labels of the next BATCH steps. */
static void look_ahead(struct ov_weights_state *r)
{
    struct ov_weights_ahead *a = r->ahead;
    const struct ov_problem *p = r->p;
    size_t M = p->M;
    double root_N = sqrt((double)p->N);
    draw_inputs(r);
    for (size_t m = 0; m < M; m++)
        for (size_t b = 0; b < BATCH; b++)
            a->nu[b * M + m] = ov_weights_total(a->teacher_sums + 8 * (m * BATCH + b)) / root_N;
    ov_weights_units(a->kernel, p->g_star, a->g_star, NULL, a->nu, BATCH * M);
    for (size_t b = 0; b < BATCH; b++, a->known++) {
        double y = 0.0;
        for (size_t m = 0; m < M; m++)
            y += p->v_star[m] * a->g_star[b * M + m];
        if (p->sigma > 0.0)
            y += p->sigma * noise(r, a->known, a->mu[b]);
        if (p->labels.sign)
            y = ov_weights_sign(r, y, a->mu[b]);
        a->y[a->known % RING] = y;
    }
}

/* Moves the weights by push x and leaves lambda, their fields under `next`. */
static void move(struct ov_weights_state *r, double keep, const double *x, const double *next)
{
    struct ov_weights_ahead *a = r->ahead;
    size_t N = r->p->N, K = r->p->K;
    double root_N = sqrt((double)N);
    memset(a->student_sums, 0, 8 * K * sizeof *a->student_sums);
    for (size_t i = 0; i < N; i += PIECE)
        a->kernel->move(a->student_sums, r->w + i, K, N, keep, a->push, x + i, next + i,
                        N - i < PIECE ? N - i : PIECE);
    for (size_t k = 0; k < K; k++)
        r->lambda[k] = ov_weights_total(a->student_sums + 8 * k) / root_N;
}

/* The same with momentum: the velocity moves by push x, and w by the velocity. paper.md eq:momentum */
static void glide(struct ov_weights_state *r, double keep, const double *x, const double *next)
{
    struct ov_weights_ahead *a = r->ahead;
    size_t N = r->p->N, K = r->p->K;
    const double whole = 1.0;
    double root_N = sqrt((double)N);
    for (size_t i = 0; i < N; i += PIECE) {
        size_t n = N - i < PIECE ? N - i : PIECE;
        a->kernel->move(a->student_sums, r->u + i, K, N, r->p->momentum, a->push, x + i, x + i, n);
    }
    memset(a->student_sums, 0, 8 * K * sizeof *a->student_sums); /* those of u are not used */
    for (size_t k = 0; k < K; k++) {
        for (size_t i = 0; i < N; i += PIECE)
            a->kernel->move(a->student_sums + 8 * k, r->w + k * N + i, 1, N, keep, &whole,
                            r->u + k * N + i, next + i, N - i < PIECE ? N - i : PIECE);
        r->lambda[k] = ov_weights_total(a->student_sums + 8 * k) / root_N;
    }
}

/* paper.md eq:sgd, the expressions of weights_plain.c */
double ov_weights_step_fast(struct ov_weights_state *r)
{
    struct ov_weights_ahead *a = r->ahead;
    const struct ov_problem *p = r->p;
    double N = (double)p->N, root_N = sqrt(N), phi = 0.0;
    double keep_w = 1.0 - p->decay_w / N, keep_v = 1.0 - p->decay_v / N;
    double scale = ov_problem_scale(p, r->step);
    double rate_w = scale * p->eta_w / root_N, rate_v = scale * p->eta_v / N;
    if (a->known ==
        0) { /* the first step, or the first after a pause: nothing is moved, push is 0 */
        a->known = r->step;
        look_ahead(r);
        move(r, 1.0, a->x[r->step % RING], a->x[r->step % RING]);
    }
    if (a->known == r->step + 1)
        look_ahead(r);
    ov_weights_units(a->kernel, p->g, r->g, r->dg, r->lambda, p->K);
    for (size_t k = 0; k < p->K; k++)
        phi += r->v[k] * r->g[k];
    double Delta = phi - a->y[r->step % RING];
    for (size_t k = 0; k < p->K; k++) {
        a->push[k] = -rate_w * r->v[k] * r->dg[k] * Delta;
        if (p->eta_v > 0.0)
            ov_weights_move_v(r, k, keep_v, rate_v * r->g[k] * Delta);
    }
    const double *x = a->x[r->step % RING], *next = a->x[(r->step + 1) % RING];
    if (r->u)
        glide(r, keep_w, x, next);
    else
        move(r, keep_w, x, next);
    r->step++;
    return Delta;
}
