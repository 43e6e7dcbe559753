/* SPDX-License-Identifier: MIT
 *
 * What a runner shows of the jobs under way: on its own terminal or log, and to other processes.
 */
#include <stdlib.h>
#include <string.h>

#include "overlap/base/clock.h"
#include "overlap/run/underway.h"
#include "runner_internal.h"

static const double is_long = 1.0;  /* seconds that a job takes before it is spoken of */
static const double interval = 2.0; /* between two files */

static void add_line(struct ov_text *t, const struct runner *r, size_t slot, double now)
{
    const struct worker *w = &r->worker[slot];
    const struct shared s = r->shared[slot];
    const struct ov_batch *b = &r->plan->batch[w->task.batch];
    bool begun = s.to > s.from;
    char *name = ov_runner_name(b, begun ? s.from : w->task.from, begun ? s.to : w->task.to);
    ov_underway_add(t, b, name, s.done, s.total, now - w->started);
    free(name);
}

static bool is_long_job(const struct worker *w, double now)
{
    return w->busy && w->task.kind == COMPUTE && now - w->started >= is_long;
}

/* Of the jobs that do not know their work, and so are in no percentage, the one that has run for the
 * longest time. */
static size_t longest_unknown(const struct runner *r, double now)
{
    size_t found = r->n_worker;
    for (size_t i = 0; i < r->n_worker; i++) {
        const struct worker *w = &r->worker[i];
        if (is_long_job(w, now) && work_of(&r->plan->batch[w->task.batch]) == 0 &&
            (found == r->n_worker || w->started < r->worker[found].started))
            found = i;
    }
    return found;
}

/* One file for each directory of results that has long jobs; none where it has not. */
static void tell_others(struct runner *r, double now)
{
    r->told = now;
    for (size_t i = 0; i < r->plan->n_batch; i++) {
        const char *out = r->plan->batch[i].out;
        struct ov_text lines = {0};
        if (i > 0 && strcmp(out, r->plan->batch[i - 1].out) == 0)
            continue;
        for (size_t slot = 0; slot < r->n_worker; slot++)
            if (is_long_job(&r->worker[slot], now) &&
                strcmp(r->plan->batch[r->worker[slot].task.batch].out, out) == 0) {
                add_line(&lines, r, slot, now);
                ov_text_addf(&lines, "\n");
            }
        if (lines.len > 0 || r->trouble[i].told)
            ov_underway_write(out, lines.failed ? NULL : lines.s);
        r->trouble[i].told = lines.len > 0;
        ov_text_free(&lines);
    }
}

void ov_runner_show(struct runner *r)
{
    double now = ov_clock();
    uint64_t work = 0;
    struct ov_text line = {0};
    for (size_t i = 0; i < r->n_worker; i++)
        work += r->worker[i].busy ? r->shared[i].work : 0;
    size_t slot = longest_unknown(r, now);
    if (slot < r->n_worker)
        add_line(&line, r, slot, now);
    ov_progress_show(&r->progress, r->n_busy, work, line.failed ? NULL : line.s);
    ov_text_free(&line);
    if (now - r->told >= interval || (r->told == 0.0 && now - r->started >= is_long))
        tell_others(r, now);
}

void ov_runner_show_end(struct runner *r)
{
    for (size_t i = 0; i < r->plan->n_batch; i++)
        if (r->trouble[i].told)
            ov_underway_write(r->plan->batch[i].out, NULL);
}
