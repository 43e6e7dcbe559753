/* SPDX-License-Identifier: MIT
 *
 * How much memory a plan takes, and how many processes fit.
 */
#include "overlap/run/memory.h"

#include <sched.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

/* The program itself with its libraries. */
#define PROGRAM_BYTES 11e6

double ov_machine_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? (double)pages * (double)size : INFINITY;
}

double ov_batch_memory(const struct ov_batch *b)
{
    const struct ov_side_plan *side = ov_batch_side(b);
    size_t group = ov_batch_group(b), block = ov_batch_block(b);
    double together = (double)(group < b->n_job ? group : b->n_job);
    double stored = (double)(block < b->n_job ? block : b->n_job);
    double cells = (double)ov_side_piece_rows(side) * (double)side->n_col;
    /* as numbers, and the block's as text, twice while it is sealed */
    return PROGRAM_BYTES + side->memory + 8.0 * cells * together + 40.0 * cells * stored;
}

/* How many processes a batch's runs to do can occupy. */
static size_t processes(const struct ov_batch *b)
{
    size_t block = ov_batch_block(b), n = 0;
    for (size_t from = 0; from < b->n_job; from += block) {
        bool todo = false;
        for (size_t i = from; i < b->n_job && i < from + block; i++)
            todo = todo || ov_job_todo(&b->job[i]);
        n += todo;
    }
    return n;
}

/* The largest memory below `bound` that a batch with something to do has; how many processes have
 * it. */
static double next_below(const struct ov_plan *plan, double bound, size_t *n)
{
    double largest = -1.0;
    *n = 0;
    for (size_t i = 0; i < plan->n_batch; i++) {
        double bytes = ov_batch_memory(&plan->batch[i]);
        size_t own = processes(&plan->batch[i]);
        if (own == 0 || !(bytes < bound) || bytes < largest)
            continue;
        *n = own + (bytes == largest ? *n : 0);
        largest = bytes;
    }
    return largest;
}

double ov_plan_memory(const struct ov_plan *plan, size_t workers)
{
    size_t n;
    double sum = 0.0, bytes = INFINITY;
    while (workers > 0 && (bytes = next_below(plan, bytes, &n)) >= 0.0) {
        n = n < workers ? n : workers;
        sum += (double)n * bytes;
        workers -= n;
    }
    return sum;
}

size_t ov_plan_workers_within(const struct ov_plan *plan, size_t workers, double limit)
{
    while (workers > 1 && ov_plan_memory(plan, workers) > limit)
        workers--;
    return workers < 1 ? 1 : workers;
}

void ov_text_add_bytes(struct ov_text *t, double bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    size_t i = 0;
    for (; bytes >= 999.5 && i < 5; i++)
        bytes /= 1000.0;
    ov_text_addf(t, bytes < 9.95 && i > 0 ? "%.1f %s" : "%.0f %s", bytes, units[i]);
}

enum ov_status ov_plan_check_memory(const struct ov_plan *plan, double limit, struct ov_error *err)
{
    for (size_t i = 0; i < plan->n_batch; i++) {
        const struct ov_batch *b = &plan->batch[i];
        struct ov_text needed = {0}, there = {0};
        if (ov_batch_todo(b) == 0 || ov_batch_memory(b) <= limit)
            continue;
        ov_text_add_bytes(&needed, ov_batch_memory(b));
        ov_text_add_bytes(&there, limit);
        enum ov_status status =
            ov_fail(err, OV_EUSER, "%s: error: a run of %s, %s, takes %s of memory; there are %s",
                    b->experiment->path, b->curve->id, ov_side_name(b->side),
                    needed.s ? needed.s : "?", there.s ? there.s : "?");
        ov_text_free(&needed);
        ov_text_free(&there);
        return status;
    }
    return OV_OK;
}

size_t ov_machine_cpus(void)
{
    cpu_set_t set;
    long n = sched_getaffinity(0, sizeof set, &set) == 0 ? (long)CPU_COUNT(&set)
                                                         : sysconf(_SC_NPROCESSORS_ONLN);
    const char *task = getenv("SLURM_CPUS_PER_TASK"); /* of a task that is not bound to them */
    long granted = task ? strtol(task, NULL, 10) : 0;
    if (granted > 0 && granted < n)
        n = granted;
    return n < 1 ? 1 : (size_t)n;
}
