/* SPDX-License-Identifier: MIT
 *
 * overlap run and plan: what is to do, why, and doing it.
 */
#include "cli.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "overlap/base/alloc.h"
#include "overlap/run/estimate.h"
#include "overlap/run/memory.h"
#include "overlap/base/clock.h"
#include "overlap/run/progress.h"
#include "overlap/run/runner.h"
#include "overlap/store/blocks.h"
#include "overlap/store/results.h"

/* Leaves out what --side and --seed don't ask for; how many jobs are left. */
static size_t restrict_plan(struct ov_plan *plan, const struct ov_options *o)
{
    size_t kept = 0;
    for (size_t i = 0; i < plan->n_batch; i++) {
        struct ov_batch *b = &plan->batch[i];
        bool side = !o->side || strcmp(o->side, ov_side_name(b->side)) == 0;
        for (size_t j = 0; j < b->n_job; j++) {
            uint64_t seed = b->job[j].seed;
            bool asked = o->any_seed || (seed >= o->seed && seed <= o->last_seed);
            b->job[j].left_out = !side || !asked;
            kept += !b->job[j].left_out;
        }
    }
    return kept;
}

static enum ov_status make_plan(struct ov_plan *plan, const struct ov_experiments *all,
                                const struct ov_options *o, struct ov_error *err)
{
    plan->some_seeds = o->some_seeds;
    plan->first = o->first;
    plan->last = o->last;
    enum ov_status status = ov_plan_load(plan, all, o, err);
    if (status == OV_OK && restrict_plan(plan, o) == 0)
        status = ov_fail(err, OV_EUSER, "no run has this side and seed");
    return status;
}

static void summarise(const struct ov_run_report *r, double seconds)
{
    struct ov_text took = {0};
    ov_text_add_duration(&took, seconds);
    fprintf(stderr, "%zu runs computed in %s, %zu valid before, %zu %s; %zu tables written\n",
            r->n_done, took.failed ? "?" : took.s, r->n_reused, r->n_failed,
            r->stopped ? "stopped" : "failed", r->n_table);
    ov_text_free(&took);
}

/* The real path of an experiment's directory, from here where it is below, so that a copy of the
 * whole tree stays good; allocated. */
static char *origin_of(const struct ov_experiment *e)
{
    char *real = realpath(e->dir, NULL), *here = realpath(".", NULL);
    size_t n = here ? strlen(here) : 0;
    if (real && here && strncmp(real, here, n) == 0 && real[n] == '/')
        memmove(real, real + n + 1, strlen(real + n));
    free(here);
    return real;
}

/* True if `of` is another directory of this name with an experiment in it. */
static bool is_another(const char *of, const char *origin, const struct ov_experiment *e)
{
    const char *slash = strrchr(of, '/');
    char *file = ov_xprintf("%s/experiment.yaml", of);
    bool another = strcmp(of, origin) != 0 && strcmp(slash ? slash + 1 : of, e->name) == 0 &&
                   ov_file_exists(file);
    free(file);
    return another;
}

/* Results go by the name of the directory: RESULTS/.origin says of which. Those of another one that
 * is still there are not touched. */
static enum ov_status take_results(const char *results, const struct ov_experiment *e,
                                   struct ov_error *err)
{
    struct ov_text of = {0};
    char *origin = origin_of(e);
    char *path = ov_xprintf("%s/.origin", results);
    enum ov_status status;
    if (!origin)
        status = ov_fail(err, OV_EUSER, "%s: %s", e->dir, strerror(errno));
    else if (ov_file_exists(path) && ov_file_read(&of, path, 0, NULL) == OV_OK &&
             is_another(of.s, origin, e))
        status = ov_fail(err, OV_EUSER,
                         "%s holds the results of %s, which has the same name as %s: name another "
                         "directory with --out",
                         results, of.s, e->dir);
    else
        status = ov_file_update(path, origin, strlen(origin), err);
    ov_text_free(&of);
    free(path);
    free(origin);
    return status;
}

/* Makes the output directories those of these experiments as they are now. */
static enum ov_status take_directories(const struct ov_experiments *all, const struct ov_options *o,
                                       struct ov_error *err)
{
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < all->n && status == OV_OK; i++) {
        char *out = ov_is_above(o, all->e[i]) ? NULL : ov_out_of(o, all->e[i]);
        if (out && !o->out)
            status = take_results(out, all->e[i], err);
        if (out && !o->out && (o->n_set > 0 || (o->stream > 1 && all->n == 1)) && !o->quiet &&
            status == OV_OK)
            fprintf(stderr, "results are in %s\n", out);
        if (out && status == OV_OK)
            ov_tables_sweep(out, all->e[i]);
        free(out);
    }
    return status;
}

int ov_command_run(const struct ov_options *o)
{
    struct ov_error err = {0};
    struct ov_experiments all;
    struct ov_plan plan = {0};
    struct ov_run_report report = {0};
    double started = ov_clock();
    enum ov_status status = ov_experiments_load(&all, o, &err);
    if (status == OV_OK)
        status = take_directories(&all, o, &err);
    if (status == OV_OK)
        status = make_plan(&plan, &all, o, &err);
    if (status == OV_OK) {
        struct ov_run_options options = {.workers = o->workers,
                                         .log = o->quiet ? NULL : stderr,
                                         .live = isatty(STDERR_FILENO) == 1,
                                         .command = o->command,
                                         .checkpoint_seconds = o->checkpoint};
        status = ov_plan_run(&plan, &options, &report, &err);
        if (!o->quiet)
            summarise(&report, ov_clock() - started);
    }
    ov_plan_free(&plan);
    ov_experiments_free(&all);
    int code = status == OV_OK ? EXIT_GOOD : ov_report(&err);
    if (report.stopped) { /* as who sent the signal expects: a scheduler, make, a shell */
        fflush(NULL);
        signal(report.stopped, SIG_DFL);
        raise(report.stopped);
    }
    return code;
}

/* ---- plan: the same, without running ---- */

static void print_batch(const struct ov_batch *b)
{
    struct ov_text why = {0};
    struct ov_text memory = {0}, cpu = {0};
    ov_batch_why(&why, b);
    ov_batch_estimate(&cpu, b);
    if (ov_batch_todo(b) > 0 && ov_batch_memory(b) > 0.0)
        ov_text_add_bytes(&memory, ov_batch_memory(b));
    printf("%-24s %-16s %-7s %5zu of %-5zu %7s %12s  %s\n", b->experiment->name, b->curve->id,
           ov_side_name(b->side), ov_batch_todo(b), b->n_job, memory.len ? memory.s : "",
           cpu.len ? cpu.s : "", why.len ? why.s : "valid");
    ov_text_free(&cpu);
    ov_text_free(&why);
    ov_text_free(&memory);
}

/* What all takes together, and whether the memory is there. */
static enum ov_status print_sums(const struct ov_plan *plan, const struct ov_options *o,
                                 struct ov_error *err)
{
    struct ov_text line = {0};
    double there = ov_machine_memory();
    size_t workers = o->workers ? o->workers : ov_machine_cpus();
    size_t within = ov_plan_workers_within(plan, workers, there);
    if (ov_plan_todo(plan) == 0)
        return OV_OK;
    ov_text_addf(&line, "memory: up to ");
    ov_text_add_bytes(&line, ov_plan_memory(plan, workers));
    ov_text_addf(&line, " with %zu process%s at once; this machine has ", workers,
                 workers == 1 ? "" : "es");
    ov_text_add_bytes(&line, there);
    if (within < workers)
        ov_text_addf(&line, ": run will start no more than %zu", within);
    printf("%s\n", line.failed ? "memory: ?" : line.s);
    line.len = 0;
    ov_plan_estimate(&line, plan, workers < within ? workers : within);
    if (line.len > 0)
        printf("time: %s\n", line.s);
    ov_text_free(&line);
    return ov_plan_check_memory(plan, there, err);
}

int ov_command_plan(const struct ov_options *o)
{
    struct ov_error err = {0};
    struct ov_experiments all;
    struct ov_plan plan = {0};
    enum ov_status status = ov_experiments_load(&all, o, &err);
    if (status == OV_OK)
        status = make_plan(&plan, &all, o, &err);
    if (status == OV_OK && !o->todo)
        printf("%-24s %-16s %-7s %14s %7s %12s  %s\n", "experiment", "curve", "side", "runs to do",
               "memory", "CPU", "why");
    for (size_t i = 0; i < plan.n_batch && status == OV_OK && !o->todo; i++)
        print_batch(&plan.batch[i]);
    if (status == OV_OK && o->todo)
        ov_print_todo(&plan, o);
    if (status == OV_OK && !o->todo)
        status = print_sums(&plan, o, &err);
    ov_plan_free(&plan);
    ov_experiments_free(&all);
    return status == OV_OK ? EXIT_GOOD : ov_report(&err);
}
