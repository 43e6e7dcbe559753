/* SPDX-License-Identifier: MIT
 *
 * Runs a plan: processes that take one block of runs after the other, with progress.
 */
#ifndef OVERLAP_RUN_RUNNER_H
#define OVERLAP_RUN_RUNNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "overlap/base/status.h"
#include "overlap/run/jobs.h"

struct ov_run_options {
    unsigned workers; /* processes at once; 0: what make grants (run/jobserver.h), else all CPUs */
    FILE *log;        /* progress (run/progress.h); may be NULL */
    bool live;        /* log is a terminal */
    const char *command;       /* recorded in the sidecars */
    double checkpoint_seconds; /* between two states of a run on disk (store/checkpoint.h); 0: as
                                  often as the run offers one; below 0: never */
};

struct ov_run_report {
    size_t n_done, n_failed, n_reused; /* jobs */
    size_t n_table;                    /* tables written */
    int stopped;                       /* by this signal; 0: by none */
};

/* Runs what has no valid result, the longest forecasts first, then writes the table of every batch
 * whose runs are all there. A failed job does not stop the others: its message is a line of
 * err->text. Children die with this process; on SIGTERM they write their states first, and no more
 * are started (OV_EIO). No more processes run at once than this machine has memory for. Returns
 * OV_OK, or the status of the first failure; OV_EUSER, with nothing done, where one process alone
 * would not fit. */
OV_NODISCARD enum ov_status ov_plan_run(struct ov_plan *plan, const struct ov_run_options *options,
                                        struct ov_run_report *report, struct ov_error *err);

#endif
