/* SPDX-License-Identifier: MIT
 *
 * What the runner has to do and in which order, and what went wrong.
 */
#include <stdlib.h>
#include <string.h>

#include "overlap/base/alloc.h"
#include "overlap/store/results.h"
#include "runner_internal.h"

char *ov_runner_name(const struct ov_batch *b, size_t from, size_t to)
{
    struct ov_text jobs = {0};
    ov_batch_say_jobs(&jobs, b, from, to);
    char *name = ov_xprintf("%s %s %s%s", b->experiment->name, b->curve->id, ov_side_name(b->side),
                            jobs.len > 0 ? jobs.s : "");
    ov_text_free(&jobs);
    return name;
}

size_t ov_runner_todo(const struct ov_batch *b, size_t from, size_t to)
{
    size_t n = 0;
    for (size_t i = from; i < to; i++)
        n += ov_job_todo(&b->job[i]);
    return n;
}

/* ---- failures ---- */

/* A trouble of the whole command. */
void ov_runner_add_failure(struct runner *r, enum ov_status status, const char *line)
{
    if (r->status == OV_OK)
        r->status = status;
    if (!r->err)
        return;
    size_t used = r->err->status == OV_OK ? 0 : strlen(r->err->text);
    snprintf(r->err->text + used, sizeof r->err->text - used, "%s%s", used ? "\n" : "", line);
    r->err->status = r->status;
}

/* What there is to tell of a batch, of which a job, or its table, can't be had. */
static void add_trouble(struct runner *r, size_t batch, const char *name, const char *what,
                        const char *why)
{
    struct trouble *trouble = &r->trouble[batch];
    if (trouble->n++ == 0) {
        snprintf(trouble->first, sizeof trouble->first, "%s%s: %s", name, what, why);
        trouble->order = r->n_trouble++;
    }
}

/* What became of a job, valid or failed, is what became of the same run of other curves. */
static void tell_twins(struct runner *r, size_t batch, size_t job, const char *why)
{
    for (size_t i = 0; i < r->plan->n_batch; i++) {
        struct ov_batch *other = &r->plan->batch[i];
        struct ov_job *twin = ov_job_twin(&r->plan->batch[batch], job, other);
        if (!twin || !twin->shared)
            continue;
        size_t at = (size_t)(twin - other->job);
        char *name = ov_runner_name(other, at, at + 1);
        twin->shared = false;
        twin->valid = !why;
        twin->failed = why;
        if (why)
            add_trouble(r, i, name, "", why);
        free(name);
        ov_runner_add_table(r, i);
    }
}

void ov_runner_stored(struct runner *r, size_t batch, size_t from, size_t to)
{
    const struct ov_batch *b = &r->plan->batch[batch];
    for (size_t i = from; i < to; i++)
        if (b->job[i].valid)
            tell_twins(r, batch, i, NULL);
    ov_runner_add_table(r, batch);
}

/* A job of the task, or the table of its batch, can't be had. */
void ov_runner_fail(struct runner *r, const struct task *task, size_t job, enum ov_status status,
                    const char *why)
{
    struct ov_batch *b = &r->plan->batch[task->batch];
    bool is_table = task->kind == ASSEMBLE;
    char *name = ov_runner_name(b, job, is_table ? job : job + 1);
    add_trouble(r, task->batch, name, is_table ? ", table" : "", why);
    if (r->status == OV_OK)
        r->status = status;
    if (!is_table) {
        b->job[job].failed = true;
        tell_twins(r, task->batch, job, why);
        r->report->n_failed++;
        if (!ov_runner_stopped) /* which is no failure of the run's own, and told at the end */
            ov_progress_job(&r->progress, name, 1, 0.0, work_of(b), why);
    }
    free(name);
}

/* Says what went wrong, a line a batch in the order in which it did, and keeps it for those who
 * look for the tables later. */
void ov_runner_tell(struct runner *r)
{
    for (size_t k = 0; k < r->n_trouble; k++) {
        size_t i = 0;
        while (r->trouble[i].n == 0 || r->trouble[i].order != k)
            i++;
        struct trouble *t = &r->trouble[i];
        const struct ov_batch *b = &r->plan->batch[i];
        char *text =
            t->n > 1 ? ov_xprintf("%s (and %zu more)", t->first, t->n - 1) : ov_xstrdup(t->first);
        ov_runner_add_failure(r, r->status, text);
        ov_failure_write(b->out, b->curve, b->side, b->key, text);
        free(text);
    }
}

/* ---- what is to do ---- */

static void add_urgent(struct runner *r, struct task task)
{
    if (r->n_urgent == r->urgent_room) {
        r->urgent_room = r->urgent_room ? 2 * r->urgent_room : 16;
        r->urgent = ov_xrealloc(r->urgent, r->urgent_room, sizeof *r->urgent);
    }
    r->urgent[r->n_urgent++] = task;
}

void ov_runner_add_jobs(struct runner *r, size_t batch, size_t from, size_t to)
{
    if (ov_runner_todo(&r->plan->batch[batch], from, to) > 0)
        add_urgent(r, (struct task){.kind = COMPUTE, .batch = batch, .from = from, .to = to});
}

void ov_runner_add_table(struct runner *r, size_t batch)
{
    const struct ov_batch *b = &r->plan->batch[batch];
    if (!b->table_valid && ov_batch_valid(b) == b->n_job)
        add_urgent(r, (struct task){ASSEMBLE, batch, 0, 0, b->cost});
}

static int longest_first(const void *a, const void *b)
{
    const struct queued *x = a, *y = b;
    if (x->work != y->work)
        return x->work > y->work ? -1 : 1;
    if (x->task.batch != y->task.batch)
        return x->task.batch < y->task.batch ? -1 : 1;
    return (x->task.from > y->task.from) - (x->task.from < y->task.from);
}

/* Cuts all that is to do into blocks. */
void ov_runner_fill_queue(struct runner *r)
{
    size_t most = 0;
    for (size_t i = 0; i < r->plan->n_batch; i++)
        most += r->plan->batch[i].n_job;
    r->queue = ov_xcalloc(most, sizeof *r->queue);
    for (size_t i = 0; i < r->plan->n_batch; i++) {
        const struct ov_batch *b = &r->plan->batch[i];
        size_t block = ov_batch_block(b);
        for (size_t from = 0; from < b->n_job; from += block) {
            size_t to = from + block < b->n_job ? from + block : b->n_job;
            size_t n = ov_runner_todo(b, from, to);
            uint64_t work = work_of(b) > 0 ? n * work_of(b) : UINT64_MAX;
            const struct task task = {.kind = COMPUTE, .batch = i, .from = from, .to = to};
            if (n > 0)
                r->queue[r->n_queue++] = (struct queued){task, work};
        }
        ov_runner_add_table(r, i); /* of which nothing lacks but the table */
    }
    if (r->n_queue > 0)
        qsort(r->queue, r->n_queue, sizeof *r->queue, longest_first);
}

size_t ov_runner_waiting(const struct runner *r)
{
    return r->n_urgent + (r->n_queue - r->next);
}

uint64_t ov_runner_work(const struct ov_plan *plan)
{
    uint64_t work = 0;
    for (size_t i = 0; i < plan->n_batch; i++)
        work += ov_batch_todo(&plan->batch[i]) * work_of(&plan->batch[i]);
    return work;
}
