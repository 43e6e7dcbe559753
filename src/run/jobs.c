/* SPDX-License-Identifier: MIT
 *
 * The plan: which runs there are and which of them are stored.
 */
#include "overlap/run/jobs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/base/alloc.h"
#include "overlap/store/arrays.h"
#include "overlap/store/seen.h"
#include "overlap/store/table.h"

/* Diverged runs are no result where the curve does not want them to be. */
static bool is_wanted(const struct ov_batch *b, const char *text)
{
    char *diverged = b->curve->fails_if_diverged ? ov_comment_find(text, "diverged_at") : NULL;
    bool wanted = !diverged;
    free(diverged);
    return wanted;
}

/* True if the arrays of n runs from `first` on are there, as where the side has none. */
static bool has_arrays(const struct ov_runs_of *of, uint64_t first, size_t n)
{
    char *wrong = ov_arrays_wrong_of(of, first, n);
    free(wrong);
    return !wrong;
}

/* A whole table under its key, with the columns that are asked for, stands for all of its runs; else
 * each run is looked up. */
static void look(struct ov_batch *b, struct ov_seen *seen)
{
    const struct ov_runs_of of = ov_batch_runs(b);
    struct ov_stored stored = {0};
    struct ov_text t = {0};
    char *path = ov_table_path(b->out, b->curve, b->side), *key = NULL;
    if (ov_seen_head(&t, seen, path, NULL) == OV_OK)
        key = ov_comment_find(t.s, "key");
    b->table_valid = key && strcmp(key, b->key) == 0 && is_wanted(b, t.s) &&
                     ov_lines_first(t.s, ov_batch_side(b)) &&
                     has_arrays(&of, b->job[0].seed, b->n_seed);
    free(key);
    free(path);
    ov_text_free(&t);
    if (!b->table_valid)
        ov_stored_read(&stored, &of);
    for (size_t i = 0; i < b->n_job; i++)
        b->job[i].valid =
            b->table_valid || (ov_stored_find(&stored, b->job[i].seed, b->job[i].piece) &&
                               has_arrays(&of, b->job[i].seed, 1));
    ov_stored_free(&stored);
}

void ov_batch_look(struct ov_batch *b)
{
    look(b, NULL);
}

static void batch_make(struct ov_batch *b, const struct ov_experiment *e, const struct ov_curve *c,
                       enum ov_side side, const char *out, uint64_t first, size_t n)
{
    struct ov_text inputs = {0};
    size_t pieces = ov_side_pieces(&c->side[side]);
    ov_inputs(&inputs, c, side);
    if (inputs.failed)
        ov_out_of_memory(inputs.room);
    *b = (struct ov_batch){
        .experiment = e, .curve = c, .side = side, .n_job = n * pieces, .n_seed = n};
    b->out = ov_xstrdup(out);
    b->inputs = inputs.s ? inputs.s : ov_xstrdup("");
    b->job = ov_xcalloc(b->n_job, sizeof *b->job);
    ov_inputs_key(b->inputs_key, b->inputs);
    ov_curve_key(b->key, b->inputs, first, n);
    for (size_t i = 0; i < b->n_job; i++)
        b->job[i] = (struct ov_job){.seed = first + i / pieces, .piece = i % pieces};
}

static void add_batch(struct ov_plan *plan, const struct ov_experiment *e, const struct ov_curve *c,
                      enum ov_side side, const char *out, struct ov_seen *seen)
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
        return;
    plan->batch = ov_xrealloc(plan->batch, plan->n_batch + 1, sizeof *plan->batch);
    struct ov_batch *b = &plan->batch[plan->n_batch++];
    batch_make(b, e, c, side, out, first, n);
    look(b, seen);
}

struct ov_job *ov_job_twin(const struct ov_batch *b, size_t i, const struct ov_batch *other)
{
    uint64_t seed = b->job[i].seed, first = other->job[0].seed;
    size_t pieces = ov_side_pieces(ov_batch_side(b));
    bool there = b != other && seed >= first && seed - first < other->n_seed &&
                 pieces == ov_side_pieces(ov_batch_side(other)) &&
                 ov_batch_side(b)->n_array == 0 && /* arrays are each curve's own */
                 b->curve->fails_if_diverged == other->curve->fails_if_diverged &&
                 strcmp(b->inputs_key, other->inputs_key) == 0 && strcmp(b->out, other->out) == 0;
    return there ? &other->job[(seed - first) * pieces + b->job[i].piece] : NULL;
}

/* Curves that differ only in what they ask of theory have the same simulation: the batch of the
 * first of an experiment's curves, which are those from number `first` on, computes it for all. */
static void share_runs(struct ov_plan *plan, size_t first)
{
    for (size_t i = first; i < plan->n_batch; i++) {
        struct ov_batch *b = &plan->batch[i];
        for (size_t j = 0; j < b->n_job; j++)
            for (size_t k = first; k < i && ov_job_todo(&b->job[j]); k++) {
                const struct ov_job *twin = ov_job_twin(b, j, &plan->batch[k]);
                b->job[j].shared = twin && ov_job_todo(twin);
            }
    }
}

enum ov_status ov_plan_add(struct ov_plan *plan, const struct ov_experiment *e, const char *out,
                           const char *curve_id, struct ov_error *err)
{
    const struct ov_curve **found = ov_xcalloc(e->n_curve, sizeof *found);
    size_t n = curve_id ? ov_experiment_select(found, e, curve_id) : e->n_curve;
    size_t before = plan->n_batch;
    struct ov_seen seen;
    ov_seen_open(&seen, out);
    for (size_t i = 0; i < n; i++) {
        const struct ov_curve *c = curve_id ? found[i] : &e->curve[i];
        add_batch(plan, e, c, OV_THEORY, out, &seen);
        add_batch(plan, e, c, OV_SGD, out, &seen);
    }
    ov_seen_close(&seen);
    share_runs(plan, before);
    free(found);
    if (n == 0 && curve_id)
        return ov_fail(err, OV_EUSER, "%s: error: no curve or group '%s'", e->path, curve_id);
    return OV_OK;
}

void ov_plan_free(struct ov_plan *plan)
{
    if (!plan)
        return;
    for (size_t i = 0; i < plan->n_batch; i++) {
        free(plan->batch[i].out);
        free(plan->batch[i].inputs);
        free(plan->batch[i].job);
    }
    free(plan->batch);
    *plan = (struct ov_plan){0};
}

void ov_batch_say_jobs(struct ov_text *out, const struct ov_batch *b, size_t from, size_t to)
{
    if (from >= to)
        return;
    const struct ov_side_plan *side = ov_batch_side(b);
    const struct ov_job *first = &b->job[from], *last = &b->job[to - 1];
    size_t rows = ov_side_piece_rows(side), end = (last->piece + 1) * rows - 1;
    if (last->seed > first->seed)
        ov_text_addf(out, " seeds %" PRIu64 "-%" PRIu64, first->seed, last->seed);
    else if (first->seed > 0)
        ov_text_addf(out, " seed %" PRIu64, first->seed);
    if (ov_side_pieces(side) == 1 || last->seed > first->seed)
        return;
    ov_text_addf(out, ", %s = %.12g", side->column[0].name, side->time[first->piece * rows]);
    if (end > first->piece * rows)
        ov_text_addf(out, " to %.12g", side->time[end]);
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
    size_t group = ov_batch_group(b), own = ov_side_piece_rows(side) * side->n_col;
    uint64_t n = side->work > 0 ? steps / side->work : 1;
    uint64_t most = own > 0 ? cells / own : 1;
    n = n < most ? n : most;
    return n < group ? group : (size_t)n / group * group;
}
