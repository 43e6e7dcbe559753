/* SPDX-License-Identifier: MIT */
#include "overlap/sim/weights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/model/eps_g.h"
#include "overlap/model/start.h"
#include "weights_room.h"

/* Beyond this |Delta| a step asks whether the weights have diverged: where the bound of
 * ov_overlaps_diverged is passed, the error of an unbounded student is of this order. */
#define ERROR_TO_LOOK_AT 1e6

/* A run and how its steps are made. */
struct run {
    struct ov_weights_state s;
    ov_weights_step *step;
};

static void run_free(struct run *r)
{
    free(r->s.block);
    ov_weights_ahead_free(r->s.ahead);
    ov_overlaps_free(&r->s.before);
    ov_overlaps_free(&r->s.now);
}

static void lay_out(struct ov_weights_state *s)
{
    size_t N = s->p->N, K = s->p->K, M = s->p->M, units = ov_weights_eights(K);
    s->w = ov_weights_aligned(s->block);
    s->w_star = s->w + K * N;
    s->x = s->w_star + M * N;
    s->v = s->x + N;
    s->lambda = s->v + K;
    s->g = s->lambda + units;
    s->dg = s->g + units;
}

/* The start of the run with this key. */
static enum ov_status state_create(struct ov_weights_state *s, const struct ov_problem *p,
                                   uint64_t key, struct ov_error *err)
{
    size_t N = p->N, K = p->K, M = p->M;
    *s = (struct ov_weights_state){.p = p};
    s->input = (struct ov_philox){key, OV_STREAM_INPUT};
    s->noise = (struct ov_philox){key, OV_STREAM_NOISE};
    /* 7 to align, K of v and 3 (K + 7) of the units; calloc minds overflow */
    s->block = calloc(N + 28, (K + M + 1) * sizeof *s->block);
    if (!s->block || ov_overlaps_create(&s->before, K, M) != OV_OK ||
        ov_overlaps_create(&s->now, K, M) != OV_OK)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    lay_out(s);
    memcpy(s->before.v_star, p->v_star, M * sizeof *p->v_star);
    memcpy(s->now.v_star, p->v_star, M * sizeof *p->v_star);
    return ov_start_weights(s->w, s->w_star, s->v, p, key, err);
}

static void measure(struct ov_weights_state *r, struct ov_overlaps *o)
{
    ov_overlaps_measure(o, r->w, r->w_star, r->p->N);
    memcpy(o->v, r->v, r->p->K * sizeof *o->v);
}

static enum ov_status diverged(const struct ov_weights_state *r, struct ov_error *err)
{
    return ov_fail(err, OV_EDIVERGED, "diverges at alpha = %.6g",
                   (double)r->step / (double)r->p->N);
}

/* One step of SGD. OV_OK or OV_EDIVERGED. */
static enum ov_status step(struct run *r, struct ov_error *err)
{
    double Delta = r->step(&r->s);
    if (fabs(Delta) < ERROR_TO_LOOK_AT) /* false for NaN */
        return OV_OK;
    measure(&r->s, &r->s.now);
    if (!isfinite(Delta) || ov_overlaps_diverged(r->s.now.block, r->s.p->K, r->s.p->M))
        return diverged(&r->s, err);
    return OV_OK;
}

/* Steps until `target` steps are done; tells the tick about once a millisecond. */
static enum ov_status advance(struct run *r, uint64_t target, uint64_t total,
                              const struct ov_tick *tick, struct ov_error *err)
{
    const struct ov_problem *p = r->s.p;
    uint64_t interval = 1 + 4000000 / ((uint64_t)(p->K + p->M + 8) * p->N);
    while (r->s.step < target) {
        enum ov_status status = step(r, err);
        if (status != OV_OK)
            return status;
        if (r->s.step % interval == 0)
            ov_tick_tell(tick, r->s.step, total);
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

/* The overlaps at `at`, y (moving numbers); between two steps they are interpolated. */
static enum ov_status measure_at(struct run *run, double *y, struct place at, uint64_t total,
                                 const struct ov_tick *tick, struct ov_error *err)
{
    struct ov_weights_state *r = &run->s;
    size_t n = ov_overlaps_moving(r->p->K, r->p->M);
    bool between = at.part > 0.0;
    bool passed = r->step > at.whole; /* an earlier time lay in the same step: before is there */
    enum ov_status status = advance(run, at.whole, total, tick, err);
    if (status == OV_OK && between && !passed) {
        measure(r, &r->before);
        status = advance(run, at.whole + 1, total, tick, err);
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
    const struct ov_problem *p = r->s.p;
    size_t width = ov_row_width(p->K, p->M), n = ov_overlaps_moving(p->K, p->M);
    uint64_t total = n_alpha > 0 ? (uint64_t)ceil(alpha[n_alpha - 1] * (double)p->N) : 0;
    for (size_t i = 0; i < n_alpha; i++) {
        double *row = rows + i * width;
        enum ov_status status = measure_at(r, row + 2, place_of(alpha[i], p->N), total, tick, err);
        if (status != OV_OK)
            return status;
        row[0] = alpha[i];
        memcpy(r->s.now.block, row + 2, n * sizeof *row);
        row[1] = ov_eps_g(&r->s.now, p->g, p->g_star);
    }
    ov_tick_tell(tick, r->s.step, total);
    return OV_OK;
}

/* `ahead` is the fast way's and passes to the run; NULL for the plain one. */
static enum ov_status run_with(ov_weights_step *way, struct ov_weights_ahead *ahead, double *rows,
                               const struct ov_problem *p, uint64_t key, const double *alpha,
                               size_t n_alpha, const struct ov_tick *tick, struct ov_error *err)
{
    struct run r = {.step = way};
    enum ov_status status = state_create(&r.s, p, key, err);
    r.s.ahead = ahead;
    if (status == OV_OK)
        status = run_rows(&r, rows, alpha, n_alpha, tick, err);
    run_free(&r);
    return status;
}

enum ov_status ov_weights_run_at(enum ov_simd level, double *rows, const struct ov_problem *p,
                                 uint64_t key, const double *alpha, size_t n_alpha,
                                 const struct ov_tick *tick, struct ov_error *err)
{
    enum ov_status status = check_times(alpha, n_alpha, p->N, err);
    if (status != OV_OK)
        return status;
    struct ov_weights_ahead *ahead = ov_weights_ahead_create(p, level);
    if (!ahead)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    return run_with(ov_weights_step_fast, ahead, rows, p, key, alpha, n_alpha, tick, err);
}

enum ov_status ov_weights_run(double *rows, const struct ov_problem *p, uint64_t key,
                              const double *alpha, size_t n_alpha, const struct ov_tick *tick,
                              struct ov_error *err)
{
    return ov_weights_run_at(ov_simd_best(), rows, p, key, alpha, n_alpha, tick, err);
}

enum ov_status ov_weights_run_plain(double *rows, const struct ov_problem *p, uint64_t key,
                                    const double *alpha, size_t n_alpha, const struct ov_tick *tick,
                                    struct ov_error *err)
{
    enum ov_status status = check_times(alpha, n_alpha, p->N, err);
    if (status != OV_OK)
        return status;
    return run_with(ov_weights_step_plain, NULL, rows, p, key, alpha, n_alpha, tick, err);
}
