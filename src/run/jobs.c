/* SPDX-License-Identifier: MIT
 *
 * Plans, jobs and the tables that are put together from them.
 */
#include "overlap/run/jobs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/run/sidecar.h"
#include "overlap/store/table.h"
#include "overlap/base/check.h"

/* ---- what has to be done ---- */

char *ov_job_path(const struct ov_batch *b, const struct ov_job *job)
{
    struct ov_text path = {0};
    char key[OV_KEY_SIZE];
    if (!job->key[0])
        ov_run_key(key, b->inputs, job->seed);
    ov_text_addf(&path, "%s/jobs/%s.csv", b->out, job->key[0] ? job->key : key);
    if (path.failed)
        ov_text_free(&path);
    return path.s;
}

static bool has_key(const struct ov_table *t, const char *key)
{
    char *found = ov_table_comment(t, "key");
    bool same = found && strcmp(found, key) == 0;
    free(found);
    return same;
}

/* A diverged run is no result where the curve does not want it to be one. */
static bool is_wanted(const struct ov_batch *b, const struct ov_table *t)
{
    char *diverged = b->curve->fails_if_diverged ? ov_table_comment(t, "diverged_at") : NULL;
    bool wanted = !diverged;
    free(diverged);
    return wanted;
}

static enum ov_status read_job(struct ov_table *t, const struct ov_batch *b,
                               const struct ov_job *job, struct ov_error *err)
{
    const struct ov_side_plan *side = ov_batch_side(b);
    char *path = ov_job_path(b, job);
    if (!path)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    enum ov_status status = ov_table_read(t, path, err);
    if (status == OV_OK && (!has_key(t, job->key) || !is_wanted(b, t) || t->n_row != side->n_row ||
                            t->n_col != side->n_col)) {
        status = ov_fail(err, OV_EUSER, "%s: error: not the result that its name says", path);
        ov_table_free(t);
    }
    free(path);
    return status;
}

/* A whole table under its key stands for all of its runs; else each run is looked up. */
static enum ov_status look_up(struct ov_batch *b)
{
    struct ov_table t;
    char *path = ov_table_path(b->out, b->curve, b->side);
    if (!path)
        return OV_ENOMEM;
    if (ov_table_read_head(&t, path, NULL) == OV_OK) {
        b->table_valid = has_key(&t, b->key) && is_wanted(b, &t);
        ov_table_free(&t);
    }
    free(path);
    for (size_t i = 0; i < b->n_job; i++) {
        b->job[i].valid = b->table_valid;
        if (b->table_valid)
            continue;
        ov_run_key(b->job[i].key, b->inputs, b->job[i].seed);
        if (read_job(&t, b, &b->job[i], NULL) != OV_OK)
            continue;
        b->job[i].valid = true;
        ov_table_free(&t);
    }
    return OV_OK;
}

static void batch_free(struct ov_batch *b)
{
    free(b->out);
    free(b->inputs);
    free(b->job);
}

static enum ov_status batch_make(struct ov_batch *b, const struct ov_experiment *e,
                                 const struct ov_curve *c, enum ov_side side, const char *out)
{
    uint64_t first = c->side[side].first;
    size_t n = c->side[side].n_run;
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
    ov_curve_key(b->key, b->inputs, first, n);
    for (size_t i = 0; i < n; i++)
        b->job[i].seed = first + i;
    return look_up(b);
}

static enum ov_status add_batch(struct ov_plan *plan, const struct ov_experiment *e,
                                const struct ov_curve *c, enum ov_side side, const char *out)
{
    if (c->side[side].n_run == 0)
        return OV_OK;
    struct ov_batch *grown = realloc(plan->batch, (plan->n_batch + 1) * sizeof *grown);
    if (!grown)
        return OV_ENOMEM;
    plan->batch = grown;
    enum ov_status status = batch_make(&grown[plan->n_batch], e, c, side, out);
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

static enum ov_status name_columns(struct ov_table *t, size_t from, const struct ov_batch *b)
{
    enum ov_status status = OV_OK;
    for (size_t j = from; j < t->n_col && status == OV_OK; j++)
        status = ov_table_name(t, j, ov_batch_side(b)->column[j - from].name);
    return status;
}

/* diverged_at: NaN for a run that does not. */
static enum ov_status store_job(struct ov_table *t, const struct ov_batch *b,
                                const struct ov_job *job, double diverged_at, struct ov_error *err)
{
    struct ov_text comments = {0};
    ov_text_addf(&comments, "# overlap %s, one run\n# key: %s\n", OV_VERSION, job->key);
    if (!isnan(diverged_at))
        ov_text_addf(&comments, "# diverged_at: %.17g\n", diverged_at);
    char *path = ov_job_path(b, job);
    enum ov_status status = OV_ENOMEM;
    if (!comments.failed && path) {
        free(t->comments);
        t->comments = comments.s;
        comments.s = NULL;
        status = name_columns(t, 0, b);
    }
    if (status == OV_OK)
        status = ov_table_write(t, path, err);
    else
        ov_fail(err, status, "out of memory");
    free(path);
    ov_text_free(&comments);
    return status;
}

bool ov_job_stored(const struct ov_batch *b, const struct ov_job *job)
{
    struct ov_table t;
    bool stored = read_job(&t, b, job, NULL) == OV_OK;
    if (stored)
        ov_table_free(&t);
    return stored;
}

/* Stores one run's rows. */
static enum ov_status store_rows(const double *rows, const struct ov_batch *b,
                                 const struct ov_job *job, double diverged_at, struct ov_error *err)
{
    const struct ov_side_plan *side = ov_batch_side(b);
    struct ov_table t;
    if (ov_table_create(&t, side->n_row, side->n_col) != OV_OK)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    for (size_t j = 0; j < side->n_row; j++)
        OV_CHECK(rows[j * side->n_col] == side->time[j] || !isnan(diverged_at) ||
                 !isfinite(rows[j * side->n_col]));
    memcpy(t.cell, rows, side->n_row * side->n_col * sizeof *rows);
    enum ov_status status = OV_OK;
    if (isnan(diverged_at))
        status = check_finite(rows, side, err);
    else
        cut_off(t.cell, side);
    if (status == OV_OK)
        status = store_job(&t, b, job, diverged_at, err);
    ov_table_free(&t);
    return status;
}

/* A run that diverges alone is a result, unless the curve does not want it to be one. */
static bool is_result(const struct ov_batch *b, size_t n, enum ov_status status)
{
    return status == OV_EDIVERGED && n == 1 && !b->curve->fails_if_diverged;
}

static enum ov_status run_together(const struct ov_batch *b, struct ov_job *const *job, size_t n,
                                   const struct ov_tick *tick, struct ov_error *err)
{
    struct ov_error own = {0};
    size_t size = ov_batch_side(b)->n_row * ov_batch_side(b)->n_col;
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
        status = store_rows(rows + i * size, b, job[i], diverged_at, err);
    free(rows);
    return status;
}

/* The same with a checkpoint, if one is asked for. It stays where the runs failed. */
static enum ov_status run_kept(const struct ov_batch *b, struct ov_job *const *job, size_t n,
                               const struct ov_part_options *parts, const struct ov_tick *tick,
                               struct ov_error *err)
{
    struct ov_part part;
    const char *key[OV_GROUP_MAX];
    if (!parts)
        return run_together(b, job, n, tick, err);
    for (size_t i = 0; i < n; i++)
        key[i] = job[i]->key;
    enum ov_status status = ov_part_open(&part, b->out, key, n, parts, tick);
    if (status != OV_OK)
        return ov_fail(err, status, "out of memory");
    status = run_together(b, job, n, &part.tick, err);
    ov_part_close(&part, status == OV_OK);
    return status;
}

enum ov_status ov_jobs_run(const struct ov_batch *b, struct ov_job *const *job, size_t n,
                           const struct ov_part_options *parts, const struct ov_tick *tick,
                           struct ov_error *err)
{
    enum ov_status first = run_kept(b, job, n, parts, tick, err);
    if (first == OV_OK || n == 1)
        return first;
    first = OV_OK;
    for (size_t i = 0; i < n; i++) {
        struct ov_error own = {0};
        enum ov_status status =
            ov_job_stored(b, job[i]) ? OV_OK : run_kept(b, job + i, 1, parts, NULL, &own);
        if (status == OV_OK || first != OV_OK)
            continue;
        first = ov_fail(err, status, "%s", own.text);
        ov_error_context(err, "seed %llu", (unsigned long long)job[i]->seed);
    }
    return first;
}

/* ---- a curve's table ---- */

/* The comments that make a table readable by itself. No clock, host or path. */
static void describe_table(struct ov_text *out, const struct ov_batch *b,
                           const struct ov_text *diverged)
{
    const struct ov_experiment *e = b->experiment;
    ov_text_addf(out, "# overlap %s\n# experiment: %s\n# curve: %s\n# side: %s\n# key: %s\n",
                 OV_VERSION, e->name, b->curve->id, ov_side_name(b->side), b->key);
    ov_text_addf(out, "# seeds: %llu-%llu\n", (unsigned long long)b->job[0].seed,
                 (unsigned long long)b->job[b->n_job - 1].seed);
    struct ov_text parameters = {0};
    ov_text_addf(&parameters, "%s", ov_batch_side(b)->parameters.s);
    char *rest = parameters.s;
    for (char *line; rest && (line = strsep(&rest, "\n")) && *line;)
        ov_text_addf(out, "# %s\n", line);
    ov_text_addf(out, "# columns: seed - number of the run, 0 where nothing depends on it; %s\n",
                 ov_batch_side(b)->columns_doc.s);
    if (diverged->len > 0)
        ov_text_addf(out, "# diverged_at: %s\n", diverged->s);
    out->failed = out->failed || parameters.failed || diverged->failed;
    ov_text_free(&parameters);
}

/* "seed time, …" of those that diverged. */
static void note_divergence(struct ov_batch *b, struct ov_text *diverged,
                            const struct ov_table *run, uint64_t seed)
{
    char *at = ov_table_comment(run, "diverged_at");
    if (!at)
        return;
    double time = strtod(at, NULL);
    b->first_diverged = b->n_diverged == 0 ? time : fmin(time, b->first_diverged);
    b->n_diverged++;
    ov_text_addf(diverged, "%s%llu %s", diverged->len ? ", " : "", (unsigned long long)seed, at);
    free(at);
}

/* Notes in `diverged` who diverged. */
static enum ov_status fill_table(struct ov_table *t, struct ov_text *diverged, struct ov_batch *b,
                                 struct ov_error *err)
{
    double *cell = t->cell;
    b->n_diverged = 0;
    for (size_t i = 0; i < b->n_job; i++) {
        struct ov_table run;
        enum ov_status status = read_job(&run, b, &b->job[i], err);
        if (status != OV_OK)
            return status;
        for (size_t r = 0; r < run.n_row; r++, cell += t->n_col) {
            cell[0] = (double)b->job[i].seed;
            memcpy(cell + 1, run.cell + r * run.n_col, run.n_col * sizeof *cell);
        }
        note_divergence(b, diverged, &run, b->job[i].seed);
        ov_table_free(&run);
    }
    return OV_OK;
}

enum ov_status ov_batch_assemble(struct ov_batch *b, const char *command, double seconds,
                                 struct ov_error *err)
{
    const struct ov_side_plan *side = ov_batch_side(b);
    struct ov_text comments = {0}, diverged = {0};
    struct ov_table t;
    enum ov_status status = ov_table_create(&t, side->n_row * b->n_job, side->n_col + 1);
    char *path = ov_table_path(b->out, b->curve, b->side);
    if (status != OV_OK || !path) {
        free(path);
        return ov_fail(err, OV_ENOMEM, "out of memory");
    }
    status = fill_table(&t, &diverged, b, err);
    describe_table(&comments, b, &diverged);
    free(t.comments);
    t.comments = comments.s;
    if (comments.failed || ov_table_name(&t, 0, "seed") != OV_OK || name_columns(&t, 1, b) != OV_OK)
        status = ov_fail(err, OV_ENOMEM, "out of memory");
    if (status == OV_OK)
        status = ov_sidecar_write(b, command, seconds, err);
    if (status == OV_OK)
        status = ov_table_write(&t, path, err);
    b->table_valid = status == OV_OK;
    ov_text_free(&diverged);
    ov_table_free(&t);
    free(path);
    return status;
}
