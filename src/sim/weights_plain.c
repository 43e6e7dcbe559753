/* SPDX-License-Identifier: MIT
 *
 * SGD as paper.md eq:sgd writes it: what the fast ways are held against.
 */
#include <math.h>
#include <string.h>

#include "overlap/num/dot.h"
#include "weights_internal.h"

/* Delta = phi - y of the input x, leaving lambda and g(lambda) of the student. paper.md eq:sgd */
static double forward(struct ov_weights_state *r, uint64_t mu)
{
    const struct ov_problem *p = r->p;
    size_t N = p->N, D = ov_weights_teacher_N(r);
    const double *c = r->manifold ? ov_weights_hidden(r, mu) : r->x;
    double root_N = sqrt((double)N), root_D = sqrt((double)D), phi = 0.0, y = 0.0;
    for (size_t k = 0; k < p->K; k++) {
        r->lambda[k] = ov_dot(r->w + k * N, r->x, N) / root_N;
        r->g[k] = p->g->g(r->lambda[k]);
        phi += r->v[k] * r->g[k];
    }
    for (size_t m = 0; m < p->M; m++)
        y += p->v_star[m] * p->g_star->g(ov_dot(r->w_star + m * D, c, D) / root_D);
    if (p->sigma > 0.0)
        y += p->sigma * ov_weights_noise(r, mu);
    if (p->labels.sign)
        y = ov_weights_sign(r, y, mu);
    return phi - y;
}

/* What input b of the batch pushes w by, in units of x, and takes off v: a mean over the batch of
 * the changes of eq:sgd, paper.md eq:batch */
static void collect(struct ov_weights_state *r, size_t b, double Delta)
{
    const struct ov_problem *p = r->p;
    double N = (double)p->N, root_N = sqrt(N), B = (double)r->batch;
    double scale = ov_problem_scale(p, r->step), rate_w = scale * p->eta_w / root_N;
    for (size_t k = 0; k < p->K; k++) {
        r->push[b * p->K + k] = -rate_w * r->v[k] * p->g->dg(r->lambda[k]) * Delta / B;
        r->v_step[k] += scale * p->eta_v / N * r->g[k] * Delta / B;
    }
}

/* The velocity is pushed by the input x, which is number b of the batch; it slows down with the first, and with the
 * last w moves. paper.md eq:momentum */
static void move_heavy(struct ov_weights_state *r, size_t b)
{
    const struct ov_problem *p = r->p;
    double keep = 1.0 - p->decay_w / (double)p->N;
    for (size_t k = 0; k < p->K; k++) {
        double *restrict w = r->w + k * p->N, *restrict u = r->u + k * p->N;
        const double *restrict x = r->x;
        double push = r->push[b * p->K + k];
        for (size_t i = 0; i < p->N; i++)
            u[i] = (b == 0 ? p->momentum * u[i] : u[i]) + push * x[i];
        for (size_t i = 0; b + 1 == r->batch && i < p->N; i++)
            w[i] = keep * w[i] + u[i];
    }
}

/* w moves by the input x, which is number b of the batch; it decays with the first. */
static void move_w(struct ov_weights_state *r, size_t b)
{
    const struct ov_problem *p = r->p;
    double keep = 1.0 - p->decay_w / (double)p->N;
    for (size_t k = 0; k < p->K; k++) {
        double *restrict w = r->w + k * p->N;
        const double *restrict x = r->x;
        double push = r->push[b * p->K + k];
        if (p->decay_w > 0.0 && b == 0)
            for (size_t i = 0; i < p->N; i++)
                w[i] = keep * w[i] + push * x[i];
        else
            for (size_t i = 0; i < p->N; i++)
                w[i] += push * x[i];
    }
}

static void move_v(struct ov_weights_state *r)
{
    const struct ov_problem *p = r->p;
    double keep = 1.0 - p->decay_v / (double)p->N;
    if (p->eta_v > 0.0)
        for (size_t k = 0; k < p->K; k++)
            ov_weights_move_v(r, k, keep, r->v_step[k]);
}

/* First all changes, from the values before the step; then w and v move. */
double ov_weights_step_plain(struct ov_weights_state *r)
{
    size_t N = r->p->N, B = r->batch;
    double worst = 0.0;
    memset(r->v_step, 0, r->p->K * sizeof *r->v_step);
    for (size_t b = 0; b < B; b++) {
        r->mu[b] = ov_weights_sample(r, r->step * B + b);
        ov_weights_input(r->x, r, r->mu[b], 0, N);
        double Delta = forward(r, r->mu[b]);
        worst = ov_weights_worse(worst, Delta);
        collect(r, b, Delta);
    }
    for (size_t b = 0; b < B; b++) {
        if (B > 1)
            ov_weights_input(r->x, r, r->mu[b], 0, N);
        if (r->u)
            move_heavy(r, b);
        else
            move_w(r, b);
    }
    move_v(r);
    r->step++;
    return worst;
}
