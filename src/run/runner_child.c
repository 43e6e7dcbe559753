/* SPDX-License-Identifier: MIT
 *
 * A child process: computes its jobs, and tells its parent what went wrong.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runner_internal.h"

static void tell(void *ctx, uint64_t done, uint64_t total)
{
    (void)total;
    *(volatile uint64_t *)ctx = done;
}

static void note(void *ctx, const char *line)
{
    dprintf(*(const int *)ctx, "%c%.1000s%c", NOTE_BEGINS, line, NOTE_ENDS);
}

void ov_runner_child(const struct worker *w, const struct ov_run_options *options,
                     volatile uint64_t *work, int fd)
{
    struct ov_error err = {0};
    struct ov_tick tick = {.tell = tell, .ctx = (void *)work};
    struct ov_part_options parts = {
        .seconds = options->checkpoint_seconds, .note = note, .ctx = &fd};
    enum ov_status status = ov_jobs_run(
        w->batch, w->job, w->n_job, options->checkpoint_seconds < 0.0 ? NULL : &parts, &tick, &err);
    if (status != OV_OK) {
        const char *text = err.text[0] ? err.text : ov_status_name(status);
        ssize_t ignored = write(fd, text, strlen(text)); /* at most PIPE_BUF: whole or not at all */
        (void)ignored;
    }
    _exit((int)status);
}

/* True for runs of the plan without a result, now or later: their checkpoints are of use. */
static bool is_wanted(void *ctx, const char *key)
{
    const struct ov_plan *plan = ctx;
    for (size_t i = 0; i < plan->n_batch; i++)
        for (size_t j = 0; j < plan->batch[i].n_job; j++)
            if (!plan->batch[i].job[j].valid && strcmp(plan->batch[i].job[j].key, key) == 0)
                return true;
    return false;
}

void ov_runner_sweep(struct ov_plan *plan)
{
    for (size_t i = 0; i < plan->n_batch; i++) {
        struct ov_text jobs = {0};
        if (i > 0 && strcmp(plan->batch[i].out, plan->batch[i - 1].out) == 0)
            continue;
        ov_text_addf(&jobs, "%s/jobs", plan->batch[i].out);
        ov_dir_sweep(plan->batch[i].out, 60.0);
        if (!jobs.failed)
            ov_dir_sweep(jobs.s, 60.0);
        ov_parts_sweep(plan->batch[i].out, 7.0 * 86400.0, is_wanted, plan);
        ov_text_free(&jobs);
    }
}
