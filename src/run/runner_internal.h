/* SPDX-License-Identifier: MIT
 *
 * What runner.c, which deals out jobs, and runner_child.c, which does them, share.
 */
#ifndef OVERLAP_RUN_RUNNER_INTERNAL_H
#define OVERLAP_RUN_RUNNER_INTERNAL_H

#include <signal.h>
#include <sys/types.h>

#include "overlap/run/runner.h"

struct worker {
    pid_t pid; /* 0: idle */
    int fd;    /* read end of the child's pipe */
    struct ov_batch *batch;
    struct ov_job *job[OV_GROUP_MAX]; /* (n_job) made together */
    size_t n_job;
    double started;
    uint64_t resumed_at; /* work that an earlier process had done */
    bool token;          /* runs on a token of make's job server */
    char message[sizeof((struct ov_error *)0)->text];
    size_t length;
};

/* A note for the log comes through the pipe between these two, which no message begins with. */
#define NOTE_BEGINS '\001'
#define NOTE_ENDS '\002'

/* SIGTERM has come. Children inherit it with its handler: there is no moment without. */
extern volatile sig_atomic_t ov_runner_stopped;

/* The whole life of a child: does the worker's jobs, says what went wrong, and leaves. */
void ov_runner_child(const struct worker *w, const struct ov_run_options *options,
                     volatile uint64_t *work, int fd) __attribute__((noreturn));

/* Removes what killed runs left: a write takes moments, so a half-written file of a minute ago is
 * nobody's; a checkpoint may be of a run that is not in this plan and asked for tomorrow, but
 * hardly in a week. */
void ov_runner_sweep(struct ov_plan *plan);

#endif
