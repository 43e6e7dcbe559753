/* SPDX-License-Identifier: MIT
 *
 * What runner.c, which deals out work, and runner_child.c, which does it, share: two pipes a child,
 * one for tasks and one for replies, and a few numbers in common memory.
 */
#ifndef OVERLAP_RUN_RUNNER_INTERNAL_H
#define OVERLAP_RUN_RUNNER_INTERNAL_H

#include <stdint.h>

#include "overlap/run/runner.h"

enum task_kind {
    COMPUTE, /* the jobs from … to - 1 of a batch that are to do */
    ASSEMBLE /* the batch's table */
};

struct task {
    enum task_kind kind;
    size_t batch, from, to;
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
    size_t n; /* bytes of text that follow, at most REPLY_TEXT */
};
enum { REPLY_TEXT = 1024 };

/* Written by a child, read by the parent at any moment. */
struct shared {
    volatile uint64_t work;   /* steps done of the task */
    volatile size_t from, to; /* jobs being computed together: who is to blame for a crash */
};

/* The whole life of a child: does the tasks that it reads from `in` until there are none. */
void ov_runner_child(struct ov_plan *plan, const struct ov_run_options *options, double started,
                     struct shared *shared, int in, int out) __attribute__((noreturn));

/* Removes what killed runs left: a write takes moments, so a half-written file of a minute ago is
 * nobody's; a checkpoint or a block may be of a run that is not in this plan and asked for
 * tomorrow, but hardly in a week. Blocks of runs that have a table go at once. */
void ov_runner_sweep(struct ov_plan *plan);

#endif
