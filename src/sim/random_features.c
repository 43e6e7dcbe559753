/* SPDX-License-Identifier: MIT
 *
 * A block of steps at a time: inputs, features and labels do not depend on the student, so those
 * of many steps are one product of matrices (random_features_ahead.c); what is left for each step
 * is a scalar product and an update with K numbers.
 */
#include "overlap/sim/random_features.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/num/dot.h"
#include "random_features_internal.h"

/* Errors this many times those of a student that learns nothing have no way back. */
#define HOPELESS 1e6

static const char state_name[8] = "rf-sgd1";

/* What a checkpoint begins with; w (K) and rows (n_t, OV_RF_WIDTH) follow. */
struct head {
    char name[8];
    uint64_t key, K, n_t;
    uint64_t step; /* how many steps have been made */
    uint64_t row;  /* the first row that is not yet there */
    double before; /* eps_g before the step that the row lies in */
};

struct run {
    const struct ov_rf_problem *p;
    struct ov_rf_instance instance;
    struct ov_rf_ahead ahead;
    struct head *state; /* owned, `size` bytes: all that later numbers depend on */
    size_t size;
    double *w, *rows;      /* in the state */
    uint64_t first, known; /* the ahead block has the steps from first to known - 1 */
    uint64_t last;         /* steps in all */
    double too_large;
    const struct ov_tick *tick;
    struct ov_error *err;
};

static void run_free(struct run *r)
{
    ov_rf_ahead_free(&r->ahead);
    ov_rf_instance_free(&r->instance);
    free(r->state);
}

static enum ov_status no_memory(struct ov_error *err)
{
    return ov_fail(err, OV_ENOMEM, "out of memory");
}

/* ---- the state ---- */

static void start(struct run *r, uint64_t key, const double *t, size_t n_t)
{
    size_t K = r->p->K;
    *r->state = (struct head){.key = key, .K = K, .n_t = n_t};
    memcpy(r->state->name, state_name, sizeof state_name);
    memcpy(r->w, r->instance.w0, K * sizeof *r->w);
    for (size_t i = 0; i < n_t; i++)
        r->rows[i * OV_RF_WIDTH + OV_RF_T] = t[i];
}

/* Takes over what an earlier process left of this very run. */
static void resume(struct run *r)
{
    size_t n;
    const char *found = ov_tick_found(r->tick, &n);
    struct head head;
    if (!found || n != r->size)
        return;
    memcpy(&head, found, sizeof head);
    bool same = memcmp(head.name, state_name, sizeof state_name) == 0 &&
                head.key == r->state->key && head.K == r->state->K && head.n_t == r->state->n_t &&
                head.row <= head.n_t && head.step <= r->last;
    const char *rows = found + ((const char *)r->rows - (const char *)r->state);
    for (size_t i = 0; same && i < head.n_t; i++) {
        double t;
        memcpy(&t, rows + (i * OV_RF_WIDTH + OV_RF_T) * sizeof t, sizeof t);
        same = t == r->rows[i * OV_RF_WIDTH + OV_RF_T];
    }
    if (same)
        memcpy(r->state, found, n);
}

static enum ov_status run_create(struct run *r, enum ov_simd level, uint64_t key, const double *t,
                                 size_t n_t)
{
    const struct ov_rf_problem *p = r->p;
    enum ov_status status = ov_rf_instance_create(&r->instance, p, key, r->err);
    if (status != OV_OK)
        return status;
    r->size = sizeof *r->state + (p->K + n_t * OV_RF_WIDTH) * sizeof *r->w;
    r->state = calloc(1, r->size);
    if (!r->state || ov_rf_ahead_create(&r->ahead, p, &r->instance, key, level) != OV_OK)
        return no_memory(r->err);
    r->w = (double *)(r->state + 1);
    r->rows = r->w + p->K;
    r->last = n_t > 0 ? (uint64_t)ceil(t[n_t - 1] * (double)p->K) : 0;
    r->too_large = HOPELESS * (sqrt(r->instance.tau2) + p->sigma + p->init_std + 1.0);
    start(r, key, t, n_t);
    resume(r);
    r->first = r->known = r->state->step;
    return OV_OK;
}

/* ---- steps ---- */

/* Steps with the features and labels given: w <- w + gamma (y - w.phi) phi, paper.md eq:rf_sgd.
 * Returns how many were made: fewer than n where an error is too large, NaN included. */
OV_CLONES static size_t learn(double *restrict w, const double *restrict phi, size_t stride,
                              const double *y, size_t n, size_t K, double gamma, double too_large)
{
    for (size_t s = 0; s < n; s++, phi += stride) {
        double error = y[s] - ov_dot(w, phi, K), push = gamma * error;
        if (!(fabs(error) < too_large))
            return s;
        for (size_t k = 0; k < K; k++)
            w[k] += push * phi[k];
    }
    return n;
}

static void look_ahead(struct run *r)
{
    uint64_t left = r->last - r->state->step;
    size_t n = left < OV_RF_BLOCK ? (size_t)left : OV_RF_BLOCK;
    ov_rf_ahead_fill(&r->ahead, r->state->step, n);
    r->first = r->state->step;
    r->known = r->first + n;
    ov_tick_tell(r->tick, r->state->step, r->last);
    if (ov_tick_due(r->tick))
        ov_tick_save(r->tick, r->state, r->size);
}

/* Steps until `target` steps are done. OV_OK or OV_EDIVERGED. */
static enum ov_status advance(struct run *r, uint64_t target)
{
    const struct ov_rf_layer *student = &r->ahead.student;
    size_t K = r->p->K;
    double gamma = r->p->eta / (double)K;
    while (r->state->step < target) {
        if (r->state->step == r->known)
            look_ahead(r);
        size_t at = (size_t)(r->state->step - r->first);
        uint64_t end = target < r->known ? target : r->known;
        size_t n = (size_t)(end - r->state->step);
        size_t done = learn(r->w, student->out + at * student->padded, student->padded,
                            r->ahead.y + at, n, K, gamma, r->too_large);
        r->state->step += done;
        if (done < n)
            return ov_fail_diverged(r->err, "t", (double)r->state->step / (double)K);
    }
    return OV_OK;
}

/* ---- measuring ---- */

/* Where t stands: after step `whole`, `part` of the way to the next one. */
struct place {
    uint64_t whole;
    double part;
};

static struct place place_of(double t, size_t K)
{
    double steps = t * (double)K, nearest = round(steps);
    if (fabs(steps - nearest) < 1e-9 * fmax(1.0, steps))
        return (struct place){(uint64_t)nearest, 0.0};
    double whole = floor(steps);
    return (struct place){(uint64_t)whole, steps - whole};
}

static enum ov_status measure_at(struct run *r, double *eps_g, struct place at)
{
    bool between = at.part > 0.0;
    bool passed = r->state->step > at.whole; /* an earlier time lay in the same step */
    enum ov_status status = advance(r, at.whole);
    if (status == OV_OK && between && !passed) {
        r->state->before = ov_rf_eps_g(&r->instance, r->w);
        status = advance(r, at.whole + 1);
    }
    if (status != OV_OK)
        return status;
    double now = ov_rf_eps_g(&r->instance, r->w);
    *eps_g = between ? (1.0 - at.part) * r->state->before + at.part * now : now;
    return OV_OK;
}

static enum ov_status run_rows(struct run *r)
{
    double beta = (double)r->p->K / (double)r->p->N;
    for (; r->state->row < r->state->n_t; r->state->row++) {
        double *row = r->rows + r->state->row * OV_RF_WIDTH;
        enum ov_status status = measure_at(r, row + OV_RF_EPS_G, place_of(row[OV_RF_T], r->p->K));
        if (status != OV_OK)
            return status;
        row[OV_RF_ALPHA] = beta * row[OV_RF_T];
    }
    ov_tick_tell(r->tick, r->state->step, r->last);
    return OV_OK;
}

static enum ov_status check(const struct ov_rf_problem *p, const double *t, size_t n_t,
                            struct ov_error *err)
{
    if (p->flow)
        return ov_fail(err, OV_EUSER,
                       "gradient flow is the limit of small eta: it has no steps to simulate");
    for (size_t i = 0; i < n_t; i++) {
        double last = i > 0 ? t[i - 1] : 0.0;
        if (!(t[i] >= last && t[i] * (double)p->K < 1e15))
            return ov_fail(err, OV_EDOM, "t[%zu] = %g: times must increase from 0", i, t[i]);
    }
    return OV_OK;
}

enum ov_status ov_rf_sgd_run_at(enum ov_simd level, double *rows, const struct ov_rf_problem *p,
                                uint64_t key, const double *t, size_t n_t,
                                const struct ov_tick *tick, struct ov_error *err)
{
    struct run r = {.p = p, .tick = tick, .err = err};
    enum ov_status status = check(p, t, n_t, err);
    if (status == OV_OK)
        status = run_create(&r, level, key, t, n_t);
    if (status == OV_OK)
        status = run_rows(&r);
    for (size_t i = 0; i < n_t * OV_RF_WIDTH; i++)
        rows[i] = r.rows && i < r.state->row * OV_RF_WIDTH ? r.rows[i] : NAN;
    run_free(&r);
    return status;
}

enum ov_status ov_rf_sgd_run(double *rows, const struct ov_rf_problem *p, uint64_t key,
                             const double *t, size_t n_t, const struct ov_tick *tick,
                             struct ov_error *err)
{
    return ov_rf_sgd_run_at(ov_rf_level(), rows, p, key, t, n_t, tick, err);
}
