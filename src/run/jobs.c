/* SPDX-License-Identifier: MIT
 *
 * The plan: which runs there are and which of them are stored. Running them, block by block.
 */
#include "overlap/run/jobs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/base/check.h"
#include "overlap/base/clock.h"
#include "overlap/store/table.h"

/* ---- what has to be done ---- */

/* Diverged runs are no result where the curve does not want them to be. */
static bool is_wanted(const struct ov_batch *b, const char *text)
{
    char *diverged = b->curve->fails_if_diverged ? ov_comment_find(text, "diverged_at") : NULL;
    bool wanted = !diverged;
    free(diverged);
    return wanted;
}

/* A whole table under its key stands for all of its runs; else each run is looked up. */
enum ov_status ov_batch_look(struct ov_batch *b)
{
    const struct ov_runs_of of = ov_batch_runs(b);
    struct ov_stored stored = {0};
    struct ov_text t = {0};
    size_t n;
    char *path = ov_table_path(b->out, b->curve, b->side), *key = NULL;
    enum ov_status status = path ? OV_OK : OV_ENOMEM;
    if (status == OV_OK && ov_table_load(&t, &n, path, NULL) == OV_OK)
        key = ov_comment_find(t.s, "key");
    b->table_valid = key && strcmp(key, b->key) == 0 && is_wanted(b, t.s);
    free(key);
    free(path);
    ov_text_free(&t);
    if (status == OV_OK && !b->table_valid)
        status = ov_stored_read(&stored, &of);
    for (size_t i = 0; i < b->n_job; i++)
        b->job[i].valid = b->table_valid || ov_stored_find(&stored, b->job[i].seed);
    ov_stored_free(&stored);
    return status;
}

static void batch_free(struct ov_batch *b)
{
    free(b->out);
    free(b->inputs);
    free(b->job);
}

static enum ov_status batch_make(struct ov_batch *b, const struct ov_experiment *e,
                                 const struct ov_curve *c, enum ov_side side, const char *out,
                                 uint64_t first, size_t n)
{
    struct ov_text inputs = {0};
    ov_inputs(&inputs, c, side);
    *b = (struct ov_batch){.experiment = e, .curve = c, .side = side, .n_job = n};
    b->out = strdup(out);
    b->inputs = inputs.s;
    b->job = calloc(n + 1, sizeof *b->job);
    if (inputs.failed || !b->inputs || !b->out || !b->job) {
        batch_free(b);
        return OV_ENOMEM;
    }
    ov_inputs_key(b->inputs_key, b->inputs);
    ov_curve_key(b->key, b->inputs, first, n);
    for (size_t i = 0; i < n; i++)
        b->job[i].seed = first + i;
    enum ov_status status = ov_batch_look(b);
    if (status != OV_OK)
        batch_free(b);
    return status;
}

static enum ov_status add_batch(struct ov_plan *plan, const struct ov_experiment *e,
                                const struct ov_curve *c, enum ov_side side, const char *out)
{
    uint64_t first = c->side[side].first;
    size_t n = c->side[side].n_run;
    if (plan->some_seeds && n > 0) {
        uint64_t from = plan->first > first ? plan->first : first, last = first + n - 1;
        last = plan->last < last ? plan->last : last;
        n = from <= last ? (size_t)(last - from + 1) : 0;
        first = from;
    }
    if (n == 0)
        return OV_OK;
    struct ov_batch *grown = realloc(plan->batch, (plan->n_batch + 1) * sizeof *grown);
    if (!grown)
        return OV_ENOMEM;
    plan->batch = grown;
    enum ov_status status = batch_make(&grown[plan->n_batch], e, c, side, out, first, n);
    if (status == OV_OK)
        plan->n_batch++;
    return status;
}

enum ov_status ov_plan_add(struct ov_plan *plan, const struct ov_experiment *e, const char *out,
                           const char *curve_id, struct ov_error *err)
{
    const struct ov_curve **found = calloc(e->n_curve + 1, sizeof *found);
    if (!found)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    size_t n = curve_id ? ov_experiment_select(found, e, curve_id) : e->n_curve;
    enum ov_status status = OV_OK;
    if (n == 0)
        status = ov_fail(err, OV_EUSER, "%s: error: no curve or group '%s'", e->path, curve_id);
    for (size_t i = 0; i < n && status == OV_OK; i++) {
        const struct ov_curve *c = curve_id ? found[i] : &e->curve[i];
        status = add_batch(plan, e, c, OV_THEORY, out);
        if (status == OV_OK)
            status = add_batch(plan, e, c, OV_SGD, out);
        if (status != OV_OK)
            ov_fail(err, status, "%s: out of memory", e->path);
    }
    free(found);
    return status;
}

void ov_plan_free(struct ov_plan *plan)
{
    if (!plan)
        return;
    for (size_t i = 0; i < plan->n_batch; i++)
        batch_free(&plan->batch[i]);
    free(plan->batch);
    *plan = (struct ov_plan){0};
}

size_t ov_batch_todo(const struct ov_batch *b)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n_job; i++)
        n += ov_job_todo(&b->job[i]);
    return n;
}

size_t ov_batch_valid(const struct ov_batch *b)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n_job; i++)
        n += b->job[i].valid;
    return n;
}

size_t ov_plan_todo(const struct ov_plan *plan)
{
    size_t n = 0;
    for (size_t i = 0; i < plan->n_batch; i++)
        n += ov_batch_todo(&plan->batch[i]);
    return n;
}

size_t ov_batch_group(const struct ov_batch *b)
{
    size_t group = ov_batch_side(b)->group;
    return group > OV_GROUP_MAX ? OV_GROUP_MAX : group < 1 ? 1 : group;
}

/* Steps and numbers in a block: tenths of a second, and megabytes. Work that is not known may be
 * long. */
size_t ov_batch_block(const struct ov_batch *b)
{
    const uint64_t steps = 200000, cells = 1000000;
    const struct ov_side_plan *side = ov_batch_side(b);
    size_t group = ov_batch_group(b), own = side->n_row * side->n_col;
    uint64_t n = side->work > 0 ? steps / side->work : 1;
    uint64_t most = own > 0 ? cells / own : 1;
    n = n < most ? n : most;
    return n < group ? group : (size_t)n / group * group;
}

/* ---- doing it ---- */

static bool may_be_nan(const struct ov_column *column, bool diverged)
{
    return column->may_be_nan || (diverged && column->role == OV_ROLE_WHOLE);
}

/* The first cell that is neither finite nor missing by right; n_row * n_col if there is none. */
static size_t first_bad(const double *rows, const struct ov_side_plan *side, bool diverged)
{
    size_t i = 0, n = side->n_row * side->n_col;
    while (i < n && (isfinite(rows[i]) ||
                     (isnan(rows[i]) && may_be_nan(&side->column[i % side->n_col], diverged))))
        i++;
    return i;
}

static enum ov_status check_finite(const double *rows, const struct ov_side_plan *side,
                                   struct ov_error *err)
{
    size_t i = first_bad(rows, side, false);
    if (i == side->n_row * side->n_col)
        return OV_OK;
    return ov_fail(err, OV_ENUMERIC, "%s is not a finite number at time %g",
                   side->column[i % side->n_col].name, rows[i / side->n_col * side->n_col]);
}

/* From the first row that a diverged run has not reached on, there is nothing but the time. */
static void cut_off(double *rows, const struct ov_side_plan *side)
{
    size_t n_col = side->n_col;
    for (size_t j = first_bad(rows, side, true) / n_col; j < side->n_row; j++) {
        rows[j * n_col] = side->time[j];
        for (size_t i = 1; i < n_col; i++)
            rows[j * n_col + i] = NAN;
    }
}

/* A run that diverges alone is a result, unless the curve does not want it to be one. */
static bool is_result(const struct ov_batch *b, size_t n, enum ov_status status)
{
    return status == OV_EDIVERGED && n == 1 && !b->curve->fails_if_diverged;
}

/* Lines of runs that wait for their block. */
struct pending {
    struct ov_text lines;
    struct ov_text diverged; /* "seed time, …" */
};

/* diverged_at: NaN for a run that does not. */
static enum ov_status add_run(struct pending *p, double *rows, const struct ov_side_plan *side,
                              uint64_t seed, double diverged_at, struct ov_error *err)
{
    enum ov_status status = OV_OK;
    for (size_t j = 0; j < side->n_row; j++)
        OV_CHECK(rows[j * side->n_col] == side->time[j] || !isnan(diverged_at) ||
                 !isfinite(rows[j * side->n_col]));
    if (isnan(diverged_at))
        status = check_finite(rows, side, err);
    else
        cut_off(rows, side);
    if (status != OV_OK)
        return status;
    ov_lines_run(&p->lines, side, seed, rows);
    if (!isnan(diverged_at))
        ov_divergence_add(&p->diverged, seed, diverged_at);
    return OV_OK;
}

/* Computes n jobs and adds the rows of all or of none. */
static enum ov_status run_together(struct pending *p, const struct ov_batch *b,
                                   struct ov_job *const *job, size_t n, const struct ov_tick *tick,
                                   struct ov_error *err)
{
    struct ov_error own = {0};
    size_t size = ov_batch_side(b)->n_row * ov_batch_side(b)->n_col, before = p->lines.len;
    uint64_t key[OV_GROUP_MAX] = {0};
    double *rows = calloc(n * size + 1, sizeof *rows), diverged_at = NAN;
    enum ov_status status = rows ? OV_OK : OV_ENOMEM;
    for (size_t i = 0; i < n && status == OV_OK; i++)
        status = ov_random_key(&key[i], b->curve, job[i]->seed);
    for (size_t i = 0; i < n * size && status == OV_OK; i++)
        rows[i] = NAN;
    if (status == OV_OK)
        status = b->experiment->system->run(rows, b->curve, b->side, key, n, tick, &own);
    else
        ov_fail(&own, status, "out of memory");
    if (is_result(b, n, status)) {
        diverged_at = own.diverged_at;
        status = OV_OK;
    } else if (status != OV_OK) {
        ov_fail(err, status, "%s", own.text);
    }
    for (size_t i = 0; i < n && status == OV_OK; i++)
        status = add_run(p, rows + i * size, ov_batch_side(b), job[i]->seed, diverged_at, err);
    free(rows);
    if (status != OV_OK)
        p->lines.len = before;
    return status;
}

/* One call of ov_jobs_run. */
struct work {
    const struct ov_batch *b;
    size_t from, to;
    const struct ov_part_options *parts;
    const struct ov_jobs_hooks *hooks;
    const struct ov_tick *tick;
    struct ov_error *err;
    enum ov_status status; /* the first failure */
    struct pending pending;
    double stored; /* when the last block was written */
};

static void fail_job(struct work *w, const struct ov_job *job, enum ov_status status,
                     const char *why)
{
    if (w->status == OV_OK) {
        w->status = ov_fail(w->err, status, "%s", why);
        if (job->seed > 0)
            ov_error_context(w->err, "seed %llu", (unsigned long long)job->seed);
    }
    if (w->hooks && w->hooks->failed)
        w->hooks->failed(w->hooks->ctx, (size_t)(job - w->b->job), status, why);
}

/* Writes what is pending as a block. */
static bool store_pending(struct work *w)
{
    struct ov_error own = {0};
    const struct ov_runs_of of = ov_batch_runs(w->b);
    struct pending *p = &w->pending;
    enum ov_status status =
        p->lines.len > 0 ? ov_block_write(&of, &p->lines, &p->diverged, &own) : OV_OK;
    for (size_t i = w->from; i < w->to; i++) {
        struct ov_job *job = &w->b->job[i];
        if (!job->pending)
            continue;
        job->pending = false;
        job->valid = status == OV_OK;
        if (!job->valid)
            fail_job(w, job, status, own.text);
    }
    ov_text_free(&p->lines);
    ov_text_free(&p->diverged);
    w->stored = ov_clock();
    return status == OV_OK;
}

/* Runs that take seconds are stored at once, cheaper ones wait for others of their block. */
static bool store_if_due(struct work *w, bool has_state)
{
    const size_t most_bytes = (size_t)64 << 20;
    bool due = has_state || ov_clock() - w->stored >= 2.0 || w->pending.lines.len >= most_bytes;
    return due ? store_pending(w) : true;
}

/* Computes jobs together, with a checkpoint if one is asked for. It stays where the runs failed. */
static enum ov_status run_kept(struct work *w, struct ov_job *const *job, size_t n,
                               const struct ov_tick *tick, struct ov_error *err)
{
    struct ov_part part;
    uint64_t seed[OV_GROUP_MAX];
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < n; i++)
        seed[i] = job[i]->seed;
    if (w->parts)
        status = ov_part_open(&part, w->b->out, w->b->inputs_key, seed, n, w->parts, tick);
    if (status != OV_OK)
        return ov_fail(err, status, "out of memory");
    status = run_together(&w->pending, w->b, job, n, w->parts ? &part.tick : tick, err);
    for (size_t i = 0; i < n && status == OV_OK; i++)
        job[i]->pending = true;
    bool has_state = w->parts && part.path && ov_file_exists(part.path);
    bool done = status == OV_OK && store_if_due(w, has_state);
    if (w->parts)
        ov_part_close(&part, done);
    return status;
}

static void run_group(struct work *w, struct ov_job *const *job, size_t n)
{
    struct ov_error own = {0};
    enum ov_status status = run_kept(w, job, n, w->tick, &own);
    if (status != OV_OK && n == 1)
        fail_job(w, job[0], status, own.text);
    for (size_t i = 0; i < n && status != OV_OK && n > 1; i++) {
        struct ov_error alone = {0};
        enum ov_status of_one = run_kept(w, job + i, 1, NULL, &alone);
        if (of_one != OV_OK)
            fail_job(w, job[i], of_one, alone.text);
    }
}

enum ov_status ov_jobs_run(const struct ov_batch *b, size_t from, size_t to,
                           const struct ov_part_options *parts, const struct ov_jobs_hooks *hooks,
                           const struct ov_tick *tick, struct ov_error *err)
{
    size_t group = ov_batch_group(b);
    struct work w = {.b = b,
                     .from = from,
                     .to = to,
                     .parts = parts,
                     .hooks = hooks,
                     .tick = tick,
                     .err = err,
                     .stored = ov_clock()};
    for (size_t i = from; i < to;) {
        struct ov_job *job[OV_GROUP_MAX];
        size_t n = 0, begin = i, end = (i / group + 1) * group;
        for (; i < to && i < end; i++)
            if (ov_job_todo(&b->job[i]))
                job[n++] = &b->job[i];
        if (n > 0 && hooks && hooks->begins)
            hooks->begins(hooks->ctx, begin, i, n);
        if (n > 0)
            run_group(&w, job, n);
    }
    store_pending(&w);
    return w.status;
}
