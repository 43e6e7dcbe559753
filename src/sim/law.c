/* SPDX-License-Identifier: MIT
 *
 * Runs of engine law: groups of eight, measured at the listed times.
 */
#include "overlap/sim/law.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "law_call_internal.h"
#include "overlap/model/eps_g.h"
#include "overlap/base/check.h"

#define MOST_STEPS 1e15

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

static enum ov_status check_times(const double *alpha, size_t n, size_t N, struct ov_error *err)
{
    for (size_t i = 0; i < n; i++) {
        double last = i > 0 ? alpha[i - 1] : 0.0;
        if (!(alpha[i] >= last && alpha[i] * (double)N < MOST_STEPS))
            return ov_fail(err, OV_EDOM,
                           "alpha[%zu] = %g: times must increase from 0, to less than %g steps", i,
                           alpha[i], MOST_STEPS);
    }
    return OV_OK;
}

/* Measures all runs; OV_EDIVERGED if one has left the bounds. */
static enum ov_status measure(struct law_call *c, struct law_group *s, struct ov_error *err)
{
    for (size_t l = 0; l < s->n_run; l++) {
        if (c->stopped[l])
            continue;
        ov_law_group_measure(s, l);
        OV_CHECK(!isfinite(s->now[l].block[0]) || ov_overlaps_check(&s->now[l], NULL) == OV_OK ||
                 ov_overlaps_diverged(s->now[l].block, s->K, s->M));
        if (!ov_overlaps_diverged(s->now[l].block, s->K, s->M))
            continue;
        ov_fail_diverged(err, "alpha", (double)s->step / (double)c->p->N);
        ov_error_context(err, "run %zu", c->first + l);
        return OV_EDIVERGED;
    }
    return OV_OK;
}

static void tell(struct law_call *c, const struct law_group *s)
{
    ov_tick_tell(&c->tick, c->told + s->step * s->n_run, c->steps * c->n_run);
    if (ov_tick_due(&c->tick))
        ov_law_call_save(c, s);
}

/* Steps until `target` are done; tells the tick about once a millisecond. */
static enum ov_status advance(struct law_call *c, struct law_group *s, uint64_t target,
                              struct ov_error *err)
{
    uint64_t interval = 1 + 2000000 / (uint64_t)(LAW_LANES * (s->P + 4) * (s->P + 4));
    while (s->step < target) {
        uint64_t n = interval - s->step % interval;
        bool alarm;
        ov_law_group_advance(s, n < target - s->step ? n : target - s->step, &alarm);
        enum ov_status status = alarm ? measure(c, s, err) : OV_OK;
        if (status != OV_OK)
            return status;
        if (s->step % interval == 0)
            tell(c, s);
    }
    return OV_OK;
}

/* The moving numbers of lane l as rows have them: those of the fields, then each block's. */
static void numbers(double *y, const struct law_call *c, const struct law_group *s, size_t l)
{
    size_t n = ov_overlaps_moving(s->K, s->M);
    memcpy(y, s->now[l].block, n * sizeof *y);
    if (c->moving > n)
        ov_overlaps_blocks_row(y + n, &s->parts[l]);
}

static void keep_as_before(struct law_call *c, const struct law_group *s)
{
    for (size_t l = 0; l < s->n_run; l++)
        numbers(c->before + l * c->moving, c, s, l);
}

/* eps_g and what labels that are signs add to a row. */
static enum ov_status write_errors(double *row, const struct law_call *c, const struct law_group *s,
                                   size_t l, struct ov_error *err)
{
    struct ov_sign_errors e;
    if (!c->p->labels.sign) {
        row[1] = ov_eps_g(&s->now[l], c->p->g, c->p->g_star);
        return OV_OK;
    }
    enum ov_status status = ov_sign_errors(&e, &s->now[l], c->p, s->key[l]);
    if (status == OV_OK)
        ov_sign_put(row + 1, row + ov_problem_row_width(c->p), &e);
    return status == OV_OK ? OV_OK : ov_fail(err, status, "the errors of signs can't be measured");
}

static double *row_of(const struct law_call *c, size_t l, size_t i)
{
    return c->rows + ((c->first + l) * c->n_alpha + i) * c->width;
}

/* A run ends where its eps_g has fallen to the level: the lane is empty from then on. */
static void end_lane(struct law_call *c, struct law_group *s, size_t l)
{
    c->stopped[l] = true;
    ov_law_group_empty(s, l);
}

/* Row number i of all runs of the group. */
static enum ov_status write_rows(struct law_call *c, struct law_group *s, size_t i, double part,
                                 struct ov_error *err)
{
    enum ov_status status = OV_OK;
    for (size_t l = 0; l < s->n_run && status == OV_OK; l++) {
        if (c->stopped[l])
            continue;
        double *row = row_of(c, l, i), *y = row + 2;
        const double *before = c->before + l * c->moving;
        numbers(y, c, s, l);
        for (size_t j = 0; part > 0.0 && j < c->moving; j++)
            y[j] = (1.0 - part) * before[j] + part * y[j];
        memcpy(s->now[l].block, y, ov_overlaps_moving(s->K, s->M) * sizeof *y);
        row[0] = c->alpha[i];
        status = write_errors(row, c, s, l, err);
        if (ov_problem_stops(c->p, row[1]))
            end_lane(c, s, l);
    }
    return status;
}

static enum ov_status measure_at(struct law_call *c, struct law_group *s, size_t i,
                                 struct ov_error *err)
{
    struct place at = place_of(c->alpha[i], c->p->N);
    bool passed = s->step > at.whole; /* an earlier time lay in the same step: before is there */
    enum ov_status status = advance(c, s, at.whole, err);
    if (status == OV_OK && at.part > 0.0 && !passed) {
        status = measure(c, s, err);
        keep_as_before(c, s);
        if (status == OV_OK)
            status = advance(c, s, at.whole + 1, err);
    }
    if (status == OV_OK)
        status = measure(c, s, err);
    if (status == OV_OK)
        status = write_rows(c, s, i, at.part, err);
    return status;
}

static bool any_runs(const struct law_call *c, size_t n)
{
    bool any = false;
    for (size_t l = 0; l < n; l++)
        any = any || !c->stopped[l];
    return any;
}

/* Which of the group's runs had ended when its state was saved: their lanes are empty there. */
static void note_stopped(struct law_call *c, size_t n)
{
    for (size_t l = 0; l < n; l++)
        for (size_t i = 0; i < c->row; i++)
            c->stopped[l] = c->stopped[l] || ov_problem_stops(c->p, row_of(c, l, i)[1]);
}

/* The group of runs from c->first on: from its start, or from where it was found. */
static enum ov_status run_group(struct law_call *c, struct ov_error *err)
{
    struct law_group s;
    size_t left = c->n_run - c->first, n = left < LAW_LANES ? left : LAW_LANES;
    enum ov_status status = ov_law_group_create(&s, c->p, c->key + c->first, n, err);
    memset(c->stopped, 0, sizeof c->stopped);
    if (status == OV_OK && c->found) {
        ov_law_call_resume(c, &s);
        note_stopped(c, n);
        tell(c, &s);
    }
    for (; status == OV_OK && c->row < c->n_alpha && any_runs(c, n); c->row++)
        status = measure_at(c, &s, c->row, err);
    if (status == OV_OK)
        ov_tick_tell(&c->tick, c->told + c->steps * n, c->steps * c->n_run);
    c->told += c->steps * n;
    c->row = 0;
    ov_law_group_free(&s);
    return status;
}

static enum ov_status run_call(struct law_call *c, struct ov_error *err)
{
    size_t n = c->n_run * c->n_alpha * c->width;
    c->before = calloc(LAW_LANES * c->moving, sizeof *c->before);
    if (!c->before)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++)
        c->rows[i] = NAN;
    enum ov_status status = ov_law_call_find(c);
    if (status != OV_OK)
        ov_fail(err, status, "out of memory");
    for (; status == OV_OK && c->first < c->n_run; c->first += LAW_LANES)
        status = run_group(c, err);
    return status;
}

enum ov_status ov_law_run(double *rows, const struct ov_problem *p, const uint64_t *key,
                          size_t n_run, const double *alpha, size_t n_alpha,
                          const struct ov_tick *tick, struct ov_error *err)
{
    enum ov_status status = check_times(alpha, n_alpha, p->N, err);
    if (p->momentum > 0.0)
        return ov_fail(err, OV_EDOM, "engine law has no velocity, which momentum needs");
    if (status != OV_OK || n_alpha == 0)
        return status;
    struct law_call c = {.rows = rows, .p = p, .key = key, .alpha = alpha};
    c.n_run = n_run;
    c.n_alpha = n_alpha;
    if (tick)
        c.tick = *tick;
    c.width = ov_measured_width(p);
    c.moving = ov_problem_row_width(p) - 2;
    c.steps = (uint64_t)ceil(alpha[n_alpha - 1] * (double)p->N);
    status = run_call(&c, err);
    free(c.before);
    ov_text_free(&c.same);
    ov_text_free(&c.all);
    return status;
}
