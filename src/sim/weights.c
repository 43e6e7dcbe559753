/* SPDX-License-Identifier: MIT
 *
 * Runs of engine weights: steps, times of measurement, divergence.
 */
#include "overlap/sim/weights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/model/eps_g.h"
#include "overlap/model/start.h"
#include "weights_internal.h"
#include "overlap/base/check.h"

/* Beyond this |Delta| a step asks whether the weights have diverged: where the bound of
 * ov_overlaps_diverged is passed, the error of an unbounded student is of this order. */
#define ERROR_TO_LOOK_AT 1e6

static const struct ov_inputs fresh = {0};

/* A run, how its steps are made, and what has been measured. */
struct run {
    struct ov_weights_state s;
    ov_weights_step *step;
    uint64_t key, total; /* total: steps of the whole run */
    double *rows;        /* (n_row of n_alpha, width) */
    size_t n_row, width;
    bool stopped;                       /* eps_g has fallen to the level at which the run ends */
    const struct ov_weights_rows *what; /* NULL: overlaps and errors */
    const struct ov_tick *tick;
};

static void run_free(struct run *r)
{
    free(r->s.block);
    free(r->s.mu);
    free(r->s.order);
    free(r->s.set);
    free(r->s.root_rate);
    free(r->s.u);
    ov_weights_manifold_free(r->s.manifold);
    ov_weights_ahead_free(r->s.ahead);
    ov_weights_batch_free(r->s.together);
    ov_overlaps_free(&r->s.before);
    ov_overlaps_free(&r->s.now);
    ov_overlaps_free(&r->s.before_parts);
    ov_overlaps_free(&r->s.now_parts);
}

static void lay_out(struct ov_weights_state *s)
{
    size_t N = s->p->N, K = s->p->K, M = s->p->M, units = ov_weights_eights(K);
    s->w = ov_weights_aligned(s->block);
    s->w_star = s->w + K * N;
    s->x = s->w_star + M * ov_weights_teacher_N(s);
    s->v = s->x + N;
    s->lambda = s->v + K;
    s->g = s->lambda + units;
    s->dg = s->g + units;
    s->v_step = s->dg + units;
    s->push = s->v_step + K;
    if (s->in->spectrum || (s->p->blocks && !s->in->train))
        s->root_c = s->push + K * s->batch;
    for (size_t i = 0; i < N && s->in->spectrum; i++)
        s->root_c[i] = sqrt(s->in->spectrum[i]);
}

/* Numbers of a training set that is kept: 32 MB. A larger one is drawn again in each epoch. */
enum { SET_MOST = 1 << 22 };

/* The memory of a run that looks at the inputs of `steps` steps. */
static enum ov_status state_allocate(struct ov_weights_state *s, uint64_t steps)
{
    size_t N = s->p->N, K = s->p->K, M = s->p->M, D = ov_weights_teacher_N(s);
    size_t larger = N > D ? N : D;
    /* 7 to align, 3 (K + 7) of the units, K of v and of what it moves by; calloc minds overflow */
    s->block = calloc(larger + s->batch + 33, (K + M + 2) * sizeof *s->block);
    s->mu = calloc(s->batch, sizeof *s->mu);
    bool again = s->in->samples > 0 && steps > s->in->samples / s->batch;
    if (again)
        s->order = calloc((size_t)s->in->samples, sizeof *s->order);
    bool kept = again && !s->in->train && !s->in->manifold && s->in->samples <= SET_MOST / (N + 1);
    if (kept)
        s->set = malloc((size_t)s->in->samples * (N + 1) * sizeof *s->set);
    for (uint64_t mu = 0; s->set && mu < s->in->samples; mu++)
        s->set[mu * (N + 1) + N] = NAN;
    bool heavy = s->p->momentum > 0.0;
    if (heavy)
        s->u = calloc(N + 1, K * sizeof *s->u);
    bool there = s->block && s->mu && (s->order || !again) && (s->u || !heavy) && (s->set || !kept);
    if (!there || ov_overlaps_create(&s->before, K, M) != OV_OK ||
        ov_overlaps_create(&s->now, K, M) != OV_OK)
        return OV_ENOMEM;
    lay_out(s);
    return OV_OK;
}

/* The start of the run with this key. */
static enum ov_status state_create(struct run *r, const struct ov_problem *p,
                                   const struct ov_inputs *in, struct ov_error *err)
{
    struct ov_weights_state *s = &r->s;
    *s = (struct ov_weights_state){.p = p, .in = in, .batch = ov_problem_batch(p)};
    s->input = (struct ov_philox){r->key, OV_STREAM_INPUT};
    s->noise = (struct ov_philox){r->key, OV_STREAM_NOISE};
    s->shuffle = (struct ov_philox){r->key, OV_STREAM_ORDER};
    uint64_t ahead = 2 * OV_WEIGHTS_BATCH;
    if (state_allocate(s, r->total + ahead) != OV_OK)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    memcpy(s->before.v_star, p->v_star, p->M * sizeof *p->v_star);
    memcpy(s->now.v_star, p->v_star, p->M * sizeof *p->v_star);
    if (in->manifold) {
        s->manifold = ov_weights_manifold_create(p, in->manifold, r->key);
        return s->manifold
                   ? ov_hidden_manifold_start(s->w, s->w_star, s->v, p, in->manifold, r->key, err)
                   : ov_fail(err, OV_ENOMEM, "out of memory");
    }
    enum ov_status status = ov_start_weights(s->w, s->w_star, s->v, p, r->key, err);
    return status == OV_OK ? ov_weights_blocks_start(s, err) : status;
}

static enum ov_status diverged(const struct ov_weights_state *r, struct ov_error *err)
{
    return ov_fail_diverged(err, "alpha", (double)r->step / (double)r->p->N);
}

/* The overlaps and errors of the weights; the overlaps tell whether they have diverged. */
static enum ov_status measure(struct ov_overlaps *o, struct ov_overlaps *parts,
                              double error[OV_WEIGHTS_ERRORS], const struct ov_weights_state *r,
                              struct ov_error *err)
{
    enum ov_status status = ov_weights_measure(o, r);
    if (status == OV_OK && ov_overlaps_diverged(o->block, r->p->K, r->p->M))
        return diverged(r, err);
    if (status == OV_OK)
        status = ov_weights_errors(error, r);
    if (status != OV_OK)
        return ov_fail(err, status, "out of memory");
    return ov_weights_measure_blocks(parts, r, err);
}

/* One step of SGD. OV_OK, OV_EDIVERGED or OV_ENOMEM. */
static enum ov_status step(struct run *r, struct ov_error *err)
{
    double Delta = r->step(&r->s);
    if (fabs(Delta) < ERROR_TO_LOOK_AT) /* false for NaN */
        return OV_OK;
    enum ov_status status = ov_weights_measure(&r->s.now, &r->s);
    if (status != OV_OK)
        return ov_fail(err, status, "out of memory");
    if (!isfinite(Delta) || ov_overlaps_diverged(r->s.now.block, r->s.p->K, r->s.p->M))
        return diverged(&r->s, err);
    return OV_OK;
}

/* Steps until `target` steps are done; tells the tick about once a millisecond. */
static enum ov_status advance(struct run *r, uint64_t target, struct ov_error *err)
{
    const struct ov_problem *p = r->s.p;
    uint64_t interval = 1 + 4000000 / ((uint64_t)(p->K + p->M + 8) * p->N * r->s.batch);
    while (r->s.step < target) {
        enum ov_status status = step(r, err);
        if (status != OV_OK)
            return status;
        if (r->s.step % interval != 0)
            continue;
        ov_tick_tell(r->tick, r->s.step, r->total);
        if (ov_tick_due(r->tick))
            ov_weights_save(&r->s, r->key, r->rows, r->n_row, r->width, r->tick);
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

/* x (n) becomes what lies `part` of the way from `before` to `now`. */
static void between(double *x, const double *before, const double *now, double part, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = part > 0.0 ? (1.0 - part) * before[i] + part * now[i] : now[i];
}

/* The overlaps at `at`, y (moving numbers), and the errors; between two steps they are
 * interpolated. */
static enum ov_status measure_at(double *y, double error[OV_WEIGHTS_ERRORS], struct run *run,
                                 struct place at, struct ov_error *err)
{
    struct ov_weights_state *r = &run->s;
    bool passed = r->step > at.whole; /* an earlier time lay in the same step: before is there */
    enum ov_status status = advance(run, at.whole, err);
    if (status == OV_OK && at.part > 0.0 && !passed) {
        status = measure(&r->before, &r->before_parts, r->before_error, r, err);
        if (status == OV_OK)
            status = advance(run, at.whole + 1, err);
    }
    if (status == OV_OK)
        status = measure(&r->now, &r->now_parts, r->now_error, r, err);
    if (status != OV_OK)
        return status;
    between(y, r->before.block, r->now.block, at.part, ov_overlaps_moving(r->p->K, r->p->M));
    if (r->now_parts.block)
        between(r->now_parts.block, r->before_parts.block, r->now_parts.block, at.part,
                ov_overlaps_moving_blocks(r->now_parts.L, r->p->K, r->p->M));
    between(error, r->before_error, r->now_error, at.part, OV_WEIGHTS_ERRORS);
    return OV_OK;
}

/* eps_g and the columns of labels that are signs, at `extra`. */
static enum ov_status put_sign_errors(double *row, double *extra,
                                      const double error[OV_WEIGHTS_ERRORS], struct run *r,
                                      struct ov_error *err)
{
    struct ov_sign_errors e = {error[OV_WEIGHTS_TEST], error[OV_WEIGHTS_TEST_SE],
                               error[OV_WEIGHTS_TEST_C], error[OV_WEIGHTS_TEST_C_SE]};
    enum ov_status status = r->s.in->test ? OV_OK : ov_sign_errors(&e, &r->s.now, r->s.p, r->key);
    ov_sign_put(row + 1, extra, &e);
    return status == OV_OK ? OV_OK : ov_fail(err, status, "the errors of signs can't be measured");
}

static enum ov_status fill_row(double *row, struct run *r, double alpha, struct ov_error *err)
{
    const struct ov_problem *p = r->s.p;
    double error[OV_WEIGHTS_ERRORS], *extra = row + ov_problem_row_width(p);
    struct ov_overlaps *now = &r->s.now;
    enum ov_status status = measure_at(now->block, error, r, place_of(alpha, p->N), err);
    if (status != OV_OK)
        return status;
    bool has_test = ov_weights_tests(r->s.in) > 0;
    double eps_g = 0.0;
    if (has_test)
        eps_g = error[OV_WEIGHTS_TEST];
    else if (!p->labels.sign)
        eps_g = ov_eps_g(now, p->g, p->g_star);
    if (r->what) {
        r->what->fill(row, now, alpha, eps_g, r->what->ctx);
        return OV_OK;
    }
    OV_CHECK(ov_overlaps_check(now, NULL) == OV_OK); /* K^3 operations */
    row[0] = alpha;
    row[1] = eps_g;
    memcpy(row + 2, now->block, ov_overlaps_moving(p->K, p->M) * sizeof *row);
    if (r->s.now_parts.block)
        ov_overlaps_blocks_row(row + ov_row_width(p->K, p->M), &r->s.now_parts);
    if (p->labels.sign)
        status = put_sign_errors(row, extra, error, r, err);
    else if (has_test)
        *extra = error[OV_WEIGHTS_TEST_SE];
    if (r->s.in->samples > 0)
        row[r->width - 1] = error[OV_WEIGHTS_TRAINING];
    r->stopped = ov_problem_stops(p, row[1]);
    return status;
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

static enum ov_status check_inputs(const struct ov_inputs *in, size_t N, struct ov_error *err)
{
    const struct ov_images *train = in->train, *test = in->test;
    if (!train != !test || (train && (train->N != N || test->N != N || test->n < 1)))
        return ov_fail(err, OV_EDOM, "images are not of N = %zu pixels, or there are none", N);
    if (train && (in->samples < 1 || in->samples > train->n || in->spectrum))
        return ov_fail(err, OV_EDOM, "a training set of %llu of %zu images",
                       (unsigned long long)in->samples, train->n);
    if (in->manifold && (train || in->spectrum || in->tests < 1))
        return ov_fail(err, OV_EDOM, "a hidden manifold with images, a spectrum or no test set");
    if (in->samples > UINT32_MAX)
        return ov_fail(err, OV_EDOM, "a training set of 2^32 inputs or more");
    return OV_OK;
}

static enum ov_status run_rows(struct run *r, const double *alpha, size_t n_alpha,
                               struct ov_error *err)
{
    r->n_row = ov_weights_resume(&r->s, r->key, r->rows, n_alpha, r->width, r->tick);
    for (; r->n_row < n_alpha && !r->stopped; r->n_row++) {
        enum ov_status status = fill_row(r->rows + r->n_row * r->width, r, alpha[r->n_row], err);
        if (status != OV_OK)
            return status;
        ov_weights_keep(&r->s, r->n_row);
    }
    ov_tick_tell(r->tick, r->s.step, r->total);
    return OV_OK;
}

/* The way to make steps at a level of SIMD. */
static enum ov_status take_fast_way(struct run *r, enum ov_simd level, struct ov_error *err)
{
    struct ov_weights_state *s = &r->s;
    bool one = s->batch == 1;
    s->kernel = &ov_weights_kernels[level];
    if (s->manifold) /* whose inputs take more time than steps do */
        return OV_OK;
    r->step = one ? ov_weights_step_fast : ov_weights_step_batch;
    if (one)
        s->ahead = ov_weights_ahead_create(s->p, level);
    else
        s->together = ov_weights_batch_create(s->p, level);
    return s->ahead || s->together ? OV_OK : ov_fail(err, OV_ENOMEM, "out of memory");
}

/* level: OV_SIMD_COUNT for the plain way; what: NULL for all overlaps; kept may be NULL. */
static enum ov_status run_with(enum ov_simd level, double *rows, const struct ov_weights_kept *kept,
                               const struct ov_problem *p, const struct ov_inputs *in, uint64_t key,
                               const double *alpha, size_t n_alpha,
                               const struct ov_weights_rows *what, const struct ov_tick *tick,
                               struct ov_error *err)
{
    in = in ? in : &fresh;
    struct run r = {
        .step = ov_weights_step_plain, .key = key, .rows = rows, .what = what, .tick = tick};
    enum ov_status status = check_times(alpha, n_alpha, p->N, err);
    if (status == OV_OK)
        status = check_inputs(in, p->N, err);
    if (status != OV_OK)
        return status;
    r.total = n_alpha > 0 ? (uint64_t)ceil(alpha[n_alpha - 1] * (double)p->N) : 0;
    r.width = what ? what->width : ov_weights_width(p, in);
    for (size_t i = 0; i < n_alpha * r.width; i++)
        rows[i] = NAN;
    status = state_create(&r, p, in, err);
    r.s.kept = kept;
    if (status == OV_OK)
        ov_weights_keep_teacher(&r.s);
    if (status == OV_OK && level != OV_SIMD_COUNT)
        status = take_fast_way(&r, level, err);
    if (status == OV_OK)
        status = run_rows(&r, alpha, n_alpha, err);
    run_free(&r);
    return status;
}

enum ov_status ov_weights_run_at(enum ov_simd level, double *rows, const struct ov_problem *p,
                                 const struct ov_inputs *in, uint64_t key, const double *alpha,
                                 size_t n_alpha, const struct ov_tick *tick, struct ov_error *err)
{
    return run_with(level, rows, NULL, p, in, key, alpha, n_alpha, NULL, tick, err);
}

enum ov_status ov_weights_run_inputs(double *rows, const struct ov_problem *p,
                                     const struct ov_inputs *in, uint64_t key, const double *alpha,
                                     size_t n_alpha, const struct ov_tick *tick,
                                     struct ov_error *err)
{
    return run_with(ov_simd_best(), rows, NULL, p, in, key, alpha, n_alpha, NULL, tick, err);
}

enum ov_status ov_weights_run_kept(double *rows, const struct ov_weights_kept *kept,
                                   const struct ov_problem *p, const struct ov_inputs *in,
                                   uint64_t key, const double *alpha, size_t n_alpha,
                                   const struct ov_tick *tick, struct ov_error *err)
{
    return run_with(ov_simd_best(), rows, kept, p, in, key, alpha, n_alpha, NULL, tick, err);
}

enum ov_status ov_weights_run(double *rows, const struct ov_problem *p, uint64_t key,
                              const double *alpha, size_t n_alpha, const struct ov_tick *tick,
                              struct ov_error *err)
{
    return run_with(ov_simd_best(), rows, NULL, p, NULL, key, alpha, n_alpha, NULL, tick, err);
}

enum ov_status ov_weights_run_rows(double *rows, const struct ov_problem *p, uint64_t key,
                                   const double *alpha, size_t n_alpha,
                                   const struct ov_weights_rows *what, const struct ov_tick *tick,
                                   struct ov_error *err)
{
    return run_with(ov_simd_best(), rows, NULL, p, NULL, key, alpha, n_alpha, what, tick, err);
}

enum ov_status ov_weights_run_plain(double *rows, const struct ov_problem *p,
                                    const struct ov_inputs *in, uint64_t key, const double *alpha,
                                    size_t n_alpha, const struct ov_tick *tick,
                                    struct ov_error *err)
{
    return run_with(OV_SIMD_COUNT, rows, NULL, p, in, key, alpha, n_alpha, NULL, tick, err);
}
