/* SPDX-License-Identifier: MIT
 *
 * What a person sees while jobs run: done, rate, time left, on a terminal all the time and in a log
 * every 30 seconds; what failed, at once.
 */
#ifndef OVERLAP_RUN_PROGRESS_H
#define OVERLAP_RUN_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "overlap/base/text.h"

struct ov_progress {
    FILE *log; /* may be NULL: silent */
    bool live;
    size_t n_job, n_done, n_failed;
    uint64_t work_total, work_done; /* in steps, over jobs that know theirs */
    double work_began;              /* when the first steps were done; now, while there are none */
    double last_shown;              /* seconds of the monotonic clock */
};

void ov_progress_start(struct ov_progress *p, FILE *log, bool live, size_t n_job,
                       uint64_t work_total);
/* Redraws the live line, at most four times a second, or adds a line to the log, every 30 seconds.
 *   in   work_running  steps done by unfinished jobs
 *   in   unknown       about a job under way that is in no percentage (run/underway.h), or NULL */
void ov_progress_show(struct ov_progress *p, size_t running, uint64_t work_running,
                      const char *unknown);
/* n jobs that were made together ended: counts them and writes a line where they failed.
 *   in   failure  NULL, or what went wrong; seconds: that they took; work: steps that they did */
void ov_progress_job(struct ov_progress *p, const char *name, size_t n, double seconds,
                     uint64_t work, const char *failure);
/* A line about jobs under way. */
void ov_progress_note(struct ov_progress *p, const char *name, const char *text);
void ov_progress_end(struct ov_progress *p);

#endif
