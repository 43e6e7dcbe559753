/* SPDX-License-Identifier: MIT */
#include "overlap/sim/weights.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/model/eps_g.h"
#include "overlap/model/start.h"
#include "overlap/num/dot.h"
#include "overlap/num/normal.h"
#include "overlap/num/simd.h"

/* Beyond this |Delta| a step asks whether the weights have diverged: where the bound of
 * ov_overlaps_diverged is passed, the error of an unbounded student is of this order. */
#define ERROR_TO_LOOK_AT 1e6

struct run {
    const struct ov_problem *p;
    struct ov_philox input, noise;
    double *block;                  /* owned; everything below stands in it */
    double *w;                      /* (K,N) */
    double *w_star;                 /* (M,N) */
    double *x;                      /* (N) the input of this step */
    double *v;                      /* (K) */
    double *lambda;                 /* (K) */
    double *g;                      /* (K) g(lambda) */
    uint64_t step;                  /* how many steps have been made */
    struct ov_overlaps before, now; /* of two neighbouring steps, the second one this */
};

static void run_free(struct run *r)
{
    free(r->block);
    ov_overlaps_free(&r->before);
    ov_overlaps_free(&r->now);
}

static enum ov_status run_create(struct run *r, const struct ov_problem *p, uint64_t key,
                                 struct ov_error *err)
{
    size_t N = p->N, K = p->K, M = p->M;
    *r = (struct run){.p = p};
    r->input = (struct ov_philox){key, OV_STREAM_INPUT};
    r->noise = (struct ov_philox){key, OV_STREAM_NOISE};
    r->block = calloc(N + 3, (K + M + 1) * sizeof *r->block); /* calloc minds overflow */
    if (!r->block || ov_overlaps_create(&r->before, K, M) != OV_OK ||
        ov_overlaps_create(&r->now, K, M) != OV_OK)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    r->w = r->block;
    r->w_star = r->w + K * N;
    r->x = r->w_star + M * N;
    r->v = r->x + N;
    r->lambda = r->v + K;
    r->g = r->lambda + K;
    memcpy(r->before.v_star, p->v_star, M * sizeof *p->v_star);
    memcpy(r->now.v_star, p->v_star, M * sizeof *p->v_star);
    return ov_start_weights(r->w, r->w_star, r->v, p, key, err);
}

/* Delta = phi - y of the input x, leaving lambda and g(lambda) of the student. paper.md eq:sgd */
static inline double forward(struct run *r)
{
    const struct ov_problem *p = r->p;
    size_t N = p->N;
    double root_N = sqrt((double)N), phi = 0.0, y = 0.0;
    for (size_t k = 0; k < p->K; k++) {
        r->lambda[k] = ov_dot(r->w + k * N, r->x, N) / root_N;
        r->g[k] = p->g->g(r->lambda[k]);
        phi += r->v[k] * r->g[k];
    }
    for (size_t m = 0; m < p->M; m++)
        y += p->v_star[m] * p->g_star->g(ov_dot(r->w_star + m * N, r->x, N) / root_N);
    if (p->sigma > 0.0) {
        double zeta;
        ov_normal_fill(&zeta, 1, &r->noise, r->step);
        y += p->sigma * zeta;
    }
    return phi - y;
}

/* w and v, both from the values before the step. paper.md eq:sgd */
static inline void update(struct run *r, double Delta)
{
    const struct ov_problem *p = r->p;
    double N = (double)p->N, root_N = sqrt(N);
    double keep_w = 1.0 - p->decay_w / N, keep_v = 1.0 - p->decay_v / N;
    for (size_t k = 0; k < p->K; k++) {
        double *restrict w = r->w + k * p->N;
        const double *restrict x = r->x;
        double push = -(p->eta_w / root_N) * r->v[k] * p->g->dg(r->lambda[k]) * Delta;
        if (p->decay_w > 0.0)
            for (size_t i = 0; i < p->N; i++)
                w[i] = keep_w * w[i] + push * x[i];
        else
            for (size_t i = 0; i < p->N; i++)
                w[i] += push * x[i];
        if (p->eta_v > 0.0)
            r->v[k] = keep_v * r->v[k] - p->eta_v / N * r->g[k] * Delta;
    }
}

static void measure(struct run *r, struct ov_overlaps *o)
{
    ov_overlaps_measure(o, r->w, r->w_star, r->p->N);
    memcpy(o->v, r->v, r->p->K * sizeof *o->v);
}

static enum ov_status diverged(const struct run *r, struct ov_error *err)
{
    return ov_fail(err, OV_EDIVERGED, "diverges at alpha = %.6g",
                   (double)r->step / (double)r->p->N);
}

/* One step of SGD. OV_OK or OV_EDIVERGED. */
OV_CLONES static enum ov_status step(struct run *r, struct ov_error *err)
{
    const struct ov_problem *p = r->p;
    ov_normal_fill(r->x, p->N, &r->input, r->step * ov_normal_blocks(p->N));
    double Delta = forward(r);
    update(r, Delta);
    r->step++;
    if (fabs(Delta) < ERROR_TO_LOOK_AT) /* false for NaN */
        return OV_OK;
    measure(r, &r->now);
    if (!isfinite(Delta) || ov_overlaps_diverged(r->now.block, p->K, p->M))
        return diverged(r, err);
    return OV_OK;
}

/* Steps until `target` steps are done; tells the tick about once a millisecond. */
static enum ov_status advance(struct run *r, uint64_t target, uint64_t total,
                              const struct ov_tick *tick, struct ov_error *err)
{
    size_t work = (r->p->K + r->p->M + 8) * r->p->N;
    uint64_t interval = 1 + 2000000 / (uint64_t)work;
    while (r->step < target) {
        enum ov_status status = step(r, err);
        if (status != OV_OK)
            return status;
        if (r->step % interval == 0)
            ov_tick_tell(tick, r->step, total);
    }
    return OV_OK;
}

/* Where alpha stands: after step `whole`, `part` of the way to the next one. */
struct place {
    uint64_t whole;
    double part;
};

static struct place place_of(double alpha, size_t N)
{
    double steps = alpha * (double)N, nearest = round(steps);
    if (fabs(steps - nearest) < 1e-9 * fmax(1.0, steps))
        return (struct place){(uint64_t)nearest, 0.0};
    double whole = floor(steps);
    return (struct place){(uint64_t)whole, steps - whole};
}

/* Leaves the overlaps of `at` in r->now's moving numbers, or in `mixed` where at.part > 0. */
static enum ov_status measure_at(struct run *r, double *y, struct place at, uint64_t total,
                                 const struct ov_tick *tick, struct ov_error *err)
{
    size_t n = ov_overlaps_moving(r->p->K, r->p->M);
    bool between = at.part > 0.0;
    bool passed = r->step > at.whole; /* an earlier time lay in the same step: before is there */
    enum ov_status status = advance(r, at.whole, total, tick, err);
    if (status == OV_OK && between && !passed) {
        measure(r, &r->before);
        status = advance(r, at.whole + 1, total, tick, err);
    }
    if (status != OV_OK)
        return status;
    measure(r, &r->now);
    if (ov_overlaps_diverged(r->now.block, r->p->K, r->p->M))
        return diverged(r, err);
    for (size_t i = 0; i < n; i++)
        y[i] = between ? (1.0 - at.part) * r->before.block[i] + at.part * r->now.block[i]
                       : r->now.block[i];
    return OV_OK;
}

static enum ov_status check_times(const double *alpha, size_t n, size_t N, struct ov_error *err)
{
    for (size_t i = 0; i < n; i++) {
        double last = i > 0 ? alpha[i - 1] : 0.0;
        if (!(alpha[i] >= last && alpha[i] * (double)N < 1e18))
            return ov_fail(err, OV_EDOM, "alpha[%zu] = %g: times must increase from 0", i,
                           alpha[i]);
    }
    return OV_OK;
}

static enum ov_status run_rows(struct run *r, double *rows, const double *alpha, size_t n_alpha,
                               const struct ov_tick *tick, struct ov_error *err)
{
    const struct ov_problem *p = r->p;
    size_t width = ov_row_width(p->K, p->M), n = ov_overlaps_moving(p->K, p->M);
    uint64_t total = n_alpha > 0 ? (uint64_t)ceil(alpha[n_alpha - 1] * (double)p->N) : 0;
    for (size_t i = 0; i < n_alpha; i++) {
        double *row = rows + i * width;
        enum ov_status status = measure_at(r, row + 2, place_of(alpha[i], p->N), total, tick, err);
        if (status != OV_OK)
            return status;
        row[0] = alpha[i];
        memcpy(r->now.block, row + 2, n * sizeof *row);
        row[1] = ov_eps_g(&r->now, p->g, p->g_star);
    }
    ov_tick_tell(tick, r->step, total);
    return OV_OK;
}

enum ov_status ov_weights_run(double *rows, const struct ov_problem *p, uint64_t key,
                              const double *alpha, size_t n_alpha, const struct ov_tick *tick,
                              struct ov_error *err)
{
    enum ov_status status = check_times(alpha, n_alpha, p->N, err);
    if (status != OV_OK)
        return status;
    struct run r;
    status = run_create(&r, p, key, err);
    if (status == OV_OK)
        status = run_rows(&r, rows, alpha, n_alpha, tick, err);
    run_free(&r);
    return status;
}
