/* SPDX-License-Identifier: MIT
 *
 * What a child of the runner does, and what is swept before children start.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "overlap/base/clock.h"
#include "overlap/run/underway.h"
#include "runner_internal.h"

struct child {
    struct shared *shared;
    int out;
    size_t done, of_group; /* jobs of the task in groups before, and in the present one */
    uint64_t work_of_job;
    double began; /* the task: seconds of this process's CPU time */
};

static double cpu_clock(void)
{
    struct timespec t = {0};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void write_whole(int fd, const void *bytes, size_t n)
{
    for (const char *at = bytes; n > 0;) {
        ssize_t written = write(fd, at, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) /* without a parent there is nothing to do */
            _exit(OV_EIO);
        at += written;
        n -= (size_t)written;
    }
}

static void reply(const struct child *c, enum reply_kind kind, size_t from, size_t to,
                  enum ov_status status, const char *text)
{
    struct reply r = {kind,        from, to, status, kind == ENDED ? cpu_clock() - c->began : 0.0,
                      strlen(text)};
    if (r.n > REPLY_TEXT)
        r.n = REPLY_TEXT;
    write_whole(c->out, &r, sizeof r);
    write_whole(c->out, text, r.n);
}

static void tell(void *ctx, uint64_t done, uint64_t total)
{
    const struct child *c = ctx;
    c->shared->done = done;
    c->shared->total = total;
    if (c->work_of_job > 0) /* else the total does not count it */
        c->shared->work = c->done * c->work_of_job + done;
}

static void note(void *ctx, const char *line)
{
    const struct child *c = ctx;
    reply(c, NOTE, c->shared->from, c->shared->to, OV_OK, line);
}

/* All are to stop: the parent hears by the exit code whether there is a state to go on from. */
static void leave(void *ctx, bool saved)
{
    (void)ctx;
    _exit(saved ? STOPPED_KEPT : STOPPED_BARE);
}

static void begins(void *ctx, size_t from, size_t to, size_t n)
{
    struct child *c = ctx;
    c->done += c->of_group;
    c->of_group = n;
    c->shared->done = c->shared->total = 0;
    c->shared->from = from;
    c->shared->to = to;
}

static void failed(void *ctx, size_t job, enum ov_status status, const char *why)
{
    reply(ctx, FAILED, job, job + 1, status, why[0] ? why : ov_status_name(status));
}

static void compute(struct child *c, const struct ov_batch *b, const struct task *task,
                    const struct ov_run_options *options)
{
    struct ov_tick tick = {.tell = tell, .ctx = c};
    struct ov_part_options parts = {.seconds = options->checkpoint_seconds,
                                    .note = note,
                                    .ctx = c,
                                    .stop = &ov_runner_stopped,
                                    .leave = leave};
    struct ov_jobs_hooks hooks = {.begins = begins, .failed = failed, .ctx = c};
    c->done = c->of_group = 0;
    c->work_of_job = ov_batch_side(b)->work;
    enum ov_status told =
        ov_jobs_run(b, task->from, task->to, options->checkpoint_seconds < 0.0 ? NULL : &parts,
                    &hooks, &tick, NULL);
    (void)told; /* by the hook */
}

static void assemble(struct child *c, struct ov_batch *b, const char *command, double seconds)
{
    struct ov_error err = {0};
    enum ov_status status = ov_batch_assemble(b, command, seconds, &err);
    if (status != OV_OK) {
        failed(c, 0, status, err.text);
    } else if (b->n_diverged > 0) { /* a result, and told */
        char line[128];
        snprintf(line, sizeof line, "%zu of %zu runs diverge, the first at %s = %.6g",
                 b->n_diverged, b->n_job, ov_curve_time(b->curve), b->first_diverged);
        c->shared->from = c->shared->to = 0;
        note(c, line);
    }
}

void ov_runner_child(struct ov_plan *plan, const struct ov_run_options *options, double started,
                     struct shared *shared, int in, int out)
{
    struct child c = {.shared = shared, .out = out};
    struct task task;
    if (options->checkpoint_seconds < 0.0) { /* nothing is kept: nothing to wait for */
        signal(SIGTERM, SIG_DFL);
        signal(SIGINT, SIG_DFL);
    }
    while (!ov_runner_stopped && read(in, &task, sizeof task) == (ssize_t)sizeof task) {
        struct ov_batch *b = &plan->batch[task.batch];
        c.began = cpu_clock();
        b->cost = task.cost;
        if (task.kind == COMPUTE)
            compute(&c, b, &task, options);
        else
            assemble(&c, b, options->command, ov_clock() - started);
        reply(&c, ENDED, task.from, task.to, OV_OK, "");
    }
    _exit(0);
}

/* ---- sweeping ---- */

struct place {
    const struct ov_plan *plan;
    const char *out;
};

static enum ov_run_state state_of_run(void *ctx, const char *inputs_key, uint64_t seed,
                                      size_t piece)
{
    const struct place *at = ctx;
    for (size_t i = 0; i < at->plan->n_batch; i++) {
        const struct ov_batch *b = &at->plan->batch[i];
        size_t pieces = ov_side_pieces(ov_batch_side(b));
        if (strcmp(b->out, at->out) != 0 || strcmp(b->inputs_key, inputs_key) != 0 ||
            seed < b->job[0].seed || seed - b->job[0].seed >= b->n_seed || piece >= pieces)
            continue;
        const struct ov_job *job = &b->job[(seed - b->job[0].seed) * pieces + piece];
        return job->valid ? OV_RUN_STORED : OV_RUN_WANTED;
    }
    return OV_RUN_UNPLANNED;
}

static bool is_wanted(void *ctx, const char *front)
{
    const struct ov_plan *plan = ctx;
    for (size_t i = 0; i < plan->n_batch; i++)
        if (strncmp(plan->batch[i].inputs_key, front, OV_BLOCK_KEY) == 0)
            return true;
    return false;
}

/* True if another curve of the experiment has the same runs: two that differ only in what they ask
 * of theory have one simulation. */
static bool has_same_runs(const struct ov_batch *b, const struct ov_curve *other)
{
    struct ov_text inputs = {0};
    char key[OV_KEY_SIZE];
    if (other == b->curve || other->side[b->side].n_run == 0)
        return false;
    ov_inputs(&inputs, other, b->side);
    ov_inputs_key(key, inputs.s ? inputs.s : "");
    ov_text_free(&inputs);
    return strcmp(key, b->inputs_key) == 0;
}

/* True if a batch has its table and so has each that shares its runs, whether or not it is in this
 * plan. */
static bool is_done_with(const struct ov_plan *plan, const struct ov_batch *b)
{
    bool done = b->table_valid;
    for (size_t i = 0; i < b->experiment->n_curve && done; i++) {
        const struct ov_curve *c = &b->experiment->curve[i];
        if (!has_same_runs(b, c))
            continue;
        done = false;
        for (size_t k = 0; k < plan->n_batch; k++) {
            const struct ov_batch *other = &plan->batch[k];
            done = done || (other->curve == c && other->side == b->side && other->table_valid &&
                            strcmp(other->out, b->out) == 0);
        }
    }
    return done;
}

void ov_runner_sweep_blocks(const struct ov_plan *plan)
{
    for (size_t i = 0; i < plan->n_batch; i++) {
        const struct ov_batch *b = &plan->batch[i];
        struct ov_stored stored;
        const struct ov_runs_of of = ov_batch_runs(b);
        if (!b->table_valid || !ov_blocks_any(&of) || !is_done_with(plan, b))
            continue;
        ov_stored_read(&stored, &of);
        ov_stored_remove(&stored, b->job[0].seed, b->n_seed);
        ov_stored_free(&stored);
    }
}

void ov_runner_sweep(struct ov_plan *plan)
{
    const double minute = 60.0, week = 7.0 * 86400.0;
    ov_runner_sweep_blocks(
        plan); /* a kill may have come between a table and the end of its blocks */
    for (size_t i = 0; i < plan->n_batch; i++) {
        struct ov_text jobs = {0};
        if (i > 0 && strcmp(plan->batch[i].out, plan->batch[i - 1].out) == 0)
            continue;
        ov_text_addf(&jobs, "%s/jobs", plan->batch[i].out);
        ov_dir_sweep(plan->batch[i].out, minute);
        ov_underway_sweep(plan->batch[i].out);
        if (!jobs.failed)
            ov_dir_sweep(jobs.s, minute);
        ov_parts_sweep(plan->batch[i].out, week, state_of_run,
                       &(struct place){plan, plan->batch[i].out});
        ov_blocks_sweep(plan->batch[i].out, week, is_wanted, plan);
        ov_text_free(&jobs);
    }
}
