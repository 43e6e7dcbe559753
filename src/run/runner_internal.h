/* SPDX-License-Identifier: MIT
 *
 * What runner.c, which deals out work, and runner_child.c, which does it, share: two pipes a child,
 * one for tasks and one for replies, and a few numbers in common memory.
 */
#ifndef OVERLAP_RUN_RUNNER_INTERNAL_H
#define OVERLAP_RUN_RUNNER_INTERNAL_H

#include <signal.h>
#include <stdint.h>
#include <sys/types.h>

#include "overlap/run/jobserver.h"
#include "overlap/run/progress.h"
#include "overlap/run/runner.h"

enum task_kind {
    COMPUTE, /* the jobs from … to - 1 of a batch that are to do */
    ASSEMBLE /* the batch's table */
};

struct task {
    enum task_kind kind;
    size_t batch, from, to;
    struct ov_cost cost; /* ASSEMBLE: of the batch's runs, for its sidecar */
};

enum reply_kind {
    NOTE,   /* text for the log, about the jobs from … to - 1 */
    FAILED, /* job `from` of the task's batch has no result, or its table can't be written: text */
    ENDED   /* of the task: all else is stored */
};

struct reply {
    enum reply_kind kind;
    size_t from, to;
    enum ov_status status;
    double cpu; /* ENDED: seconds of CPU that the task took */
    size_t n;   /* bytes of text that follow, at most REPLY_TEXT */
};
enum { REPLY_TEXT = 1024 };

/* SIGTERM or SIGINT has come: its number. Children inherit it with its handler: there is no moment without. One that
 * leaves for it says by its exit code whether it has kept its state. */
extern volatile sig_atomic_t ov_runner_stopped;
enum { STOPPED_KEPT = 100, STOPPED_BARE };

/* Written by a child, read by the parent at any moment. */
struct shared {
    volatile uint64_t work;        /* steps done of the task */
    volatile uint64_t done, total; /* as the jobs computed now tell it */
    volatile size_t from, to;      /* jobs being computed together: who is to blame for a crash */
};

struct worker {
    pid_t pid;          /* 0: no process */
    int tasks, replies; /* our ends of its pipes */
    bool busy, token;   /* has a task; on a token of make's job server */
    struct task task;
    double started;      /* the task */
    uint64_t resumed_at; /* work that an earlier process had done */
    size_t length;       /* of what has been read of a reply */
    struct {
        struct reply head;
        char text[REPLY_TEXT + 1];
    } reply;
};

struct queued {
    struct task task;
    uint64_t work;
};

/* What went wrong with a batch. */
struct trouble {
    size_t n, order; /* of its first among those of all batches */
    char first[REPLY_TEXT + 256];
    bool told; /* others have been told what is computed in the batch's directory */
};

struct runner {
    struct ov_plan *plan;
    const struct ov_run_options *options;
    struct ov_run_report *report;
    struct ov_error *err;
    enum ov_status status;
    struct ov_jobserver server;
    struct worker *worker; /* (n_worker) */
    size_t n_worker, n_busy;
    struct shared *shared;   /* (n_worker) common with the children */
    struct trouble *trouble; /* (n_batch) */
    size_t n_trouble;        /* batches with any */
    struct queued *queue;    /* (n_queue) blocks, the next one at `next` */
    size_t n_queue, next;
    struct task
        *urgent; /* (n_urgent) tables, and what a crash left: before the queue, last first */
    size_t n_urgent, urgent_room;
    struct ov_progress progress;
    double started, told; /* when others were told what is computed */
};

static inline uint64_t work_of(const struct ov_batch *b)
{
    return ov_batch_side(b)->work;
}

/* The name of jobs from … to - 1 of a batch, by their seeds; of the whole batch where there are
 * none. Allocated. */
char *ov_runner_name(const struct ov_batch *b, size_t from, size_t to);
/* How many of these jobs are to do. */
size_t ov_runner_todo(const struct ov_batch *b, size_t from, size_t to);

/* A trouble of the whole command: a line of its error. */
void ov_runner_add_failure(struct runner *r, enum ov_status status, const char *line);
/* A job of the task, or the table of its batch, can't be had. */
void ov_runner_fail(struct runner *r, const struct task *task, size_t job, enum ov_status status,
                    const char *why);
/* Jobs from … to - 1 have been stored, as far as they are valid: so are they for other curves with
 * the same runs; tables that lack nothing else are next. */
void ov_runner_stored(struct runner *r, size_t batch, size_t from, size_t to);
/* Says what went wrong, a line a batch in the order in which it did, and keeps it for those who look
 * for the tables later. */
void ov_runner_tell(struct runner *r);

/* Shows what the workers are at: the progress, and OUT/jobs/PID.running (run/underway.h). */
void ov_runner_show(struct runner *r);
void ov_runner_show_end(struct runner *r); /* they are at nothing any more */

/* Cuts all that is to do into blocks, the longest first. */
void ov_runner_fill_queue(struct runner *r);
/* Jobs, or a table if nothing else lacks, to be dealt out before all others. */
void ov_runner_add_jobs(struct runner *r, size_t batch, size_t from, size_t to);
void ov_runner_add_table(struct runner *r, size_t batch);
size_t ov_runner_waiting(const struct runner *r);    /* tasks that no one has */
uint64_t ov_runner_work(const struct ov_plan *plan); /* steps that are to do, where known */

/* The whole life of a child: does the tasks that it reads from `in` until there are none. */
void ov_runner_child(struct ov_plan *plan, const struct ov_run_options *options, double started,
                     struct shared *shared, int in, int out) __attribute__((noreturn));

/* Removes what killed runs left: a write takes moments, so a half-written file of a minute ago is
 * nobody's; a checkpoint or a block may be of a run that is not in this plan and asked for
 * tomorrow, but hardly in a week. Blocks of runs that have a table go at once. */
void ov_runner_sweep(struct ov_plan *plan);
/* Removes the blocks of runs that are in all tables which want them. */
void ov_runner_sweep_blocks(const struct ov_plan *plan);

#endif
