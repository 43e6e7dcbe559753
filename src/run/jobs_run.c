/* SPDX-License-Identifier: MIT
 *
 * Running jobs, group by group, and storing them block by block.
 */
#include "overlap/run/jobs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/base/check.h"
#include "overlap/base/clock.h"
#include "overlap/store/arrays.h"
#include "rows_internal.h"

static enum ov_status check_finite(const double *rows, const struct ov_side_plan *side,
                                   struct ov_error *err)
{
    size_t i = ov_rows_first_bad(rows, side, false);
    if (i == ov_side_piece_rows(side) * side->n_col)
        return OV_OK;
    return ov_fail(err, OV_ENUMERIC, "%s is not a finite number at time %g",
                   side->column[i % side->n_col].name, rows[i / side->n_col * side->n_col]);
}

/* A whole run that diverges alone is a result, unless the curve does not want it to be one. */
static bool is_result(const struct ov_batch *b, size_t n, enum ov_status status)
{
    return status == OV_EDIVERGED && n == 1 && !b->curve->fails_if_diverged &&
           ov_side_pieces(ov_batch_side(b)) == 1;
}

/* Lines of runs that wait for their block. */
struct pending {
    struct ov_text lines;
    struct ov_text diverged; /* "seed time, …" */
};

/* diverged_at: NaN for a run that does not. */
static enum ov_status add_run(struct pending *p, double *rows, const struct ov_side_plan *side,
                              const struct ov_job *job, double diverged_at, struct ov_error *err)
{
    enum ov_status status = OV_OK;
    size_t n_row = ov_side_piece_rows(side);
    const double *time = side->time + job->piece * n_row;
    for (size_t j = 0; j < n_row; j++)
        OV_CHECK(rows[j * side->n_col] == time[j] || !isnan(diverged_at) ||
                 !isfinite(rows[j * side->n_col]));
    if (isnan(diverged_at))
        status = check_finite(rows, side, err);
    else
        ov_rows_cut_off(rows, side);
    if (status != OV_OK)
        return status;
    ov_lines_run(&p->lines, side, job->seed, rows);
    if (!isnan(diverged_at))
        ov_divergence_add(&p->diverged, job->seed, diverged_at);
    return OV_OK;
}

/* The system's work of n jobs. */
static enum ov_status compute(double *rows, double *arrays, const struct ov_batch *b,
                              struct ov_job *const *job, size_t n, const struct ov_tick *tick,
                              struct ov_error *err)
{
    const struct ov_system *system = b->experiment->system;
    uint64_t key[OV_GROUP_MAX] = {0};
    for (size_t i = 0; i < n; i++)
        if (ov_random_key(&key[i], b->curve, job[i]->seed) != OV_OK)
            return ov_fail(err, OV_ENOMEM, "out of memory");
    if (ov_side_pieces(ov_batch_side(b)) > 1)
        return system->run_piece(rows, b->curve, b->side, job[0]->piece, key[0], tick, err);
    if (arrays)
        return system->run_arrays(rows, arrays, b->curve, b->side, key[0], tick, err);
    return system->run(rows, b->curve, b->side, key, n, tick, err);
}

/* Room for what a run gives besides its rows: n numbers, NaN; NULL for none. */
static double *room_for_arrays(size_t n)
{
    double *x = n > 0 ? malloc(n * sizeof *x) : NULL;
    for (size_t i = 0; i < n && x; i++)
        x[i] = NAN;
    return x;
}

/* Computes n jobs and adds the rows of all or of none. */
static enum ov_status run_together(struct pending *p, const struct ov_batch *b,
                                   struct ov_job *const *job, size_t n, const struct ov_tick *tick,
                                   struct ov_error *err)
{
    struct ov_error own = {0};
    const struct ov_side_plan *side = ov_batch_side(b);
    size_t size = ov_side_piece_rows(side) * side->n_col, before = p->lines.len;
    size_t n_array = ov_side_arrays_size(side);
    double *rows = calloc(n * size + 1, sizeof *rows), diverged_at = NAN;
    double *arrays = room_for_arrays(n_array);
    bool there = rows && (arrays || n_array == 0);
    enum ov_status status = there ? OV_OK : ov_fail(&own, OV_ENOMEM, "out of memory");
    OV_CHECK(n_array == 0 || n == 1);
    for (size_t i = 0; i < n * size && status == OV_OK; i++)
        rows[i] = NAN;
    if (status == OV_OK)
        status = compute(rows, arrays, b, job, n, tick, &own);
    if (is_result(b, n, status)) {
        diverged_at = own.diverged_at;
        status = OV_OK;
    } else if (status != OV_OK) {
        ov_fail(err, status, "%s", own.text);
    }
    for (size_t i = 0; i < n && status == OV_OK; i++)
        status = add_run(p, rows + i * size, side, job[i], diverged_at, err);
    const struct ov_runs_of of = ov_batch_runs(b);
    if (status == OV_OK)
        status = ov_arrays_write(&of, job[0]->seed, arrays, err);
    free(arrays);
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

/* Names the job in the error. */
static void add_place(struct work *w, const struct ov_job *job)
{
    struct ov_text name = {0};
    size_t i = (size_t)(job - w->b->job);
    ov_batch_say_jobs(&name, w->b, i, i + 1);
    if (name.len > 0 && !name.failed)
        ov_error_context(w->err, "%s", name.s + strspn(name.s, " ,"));
    ov_text_free(&name);
}

static void fail_job(struct work *w, const struct ov_job *job, enum ov_status status,
                     const char *why)
{
    if (w->status == OV_OK) {
        w->status = ov_fail(w->err, status, "%s", why);
        add_place(w, job);
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
        status = ov_part_open(&part, w->b->out, w->b->inputs_key, seed, n, job[0]->piece, w->parts,
                              tick);
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
