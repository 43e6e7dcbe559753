/* SPDX-License-Identifier: MIT
 *
 * overlap status: which results, comparisons and figures are there, and which are of what is written
 * now.
 */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "overlap/base/alloc.h"
#include "overlap/base/text.h"
#include "overlap/claims/compare.h"
#include "overlap/run/jobs.h"
#include "overlap/run/underway.h"
#include "overlap/store/provenance.h"

static bool look(struct stat *s, char *path)
{
    bool there = path && stat(path, s) == 0;
    free(path);
    return there;
}

static bool is_later(const struct stat *s, const struct stat *than)
{
    return s->st_mtim.tv_sec != than->st_mtim.tv_sec ? s->st_mtim.tv_sec > than->st_mtim.tv_sec
                                                     : s->st_mtim.tv_nsec > than->st_mtim.tv_nsec;
}

/* "stale": of other parameters than are written now, or before its tables came. */
static const char *comparison(const struct ov_experiment *e, const char *out)
{
    struct stat s;
    if (!look(&s, ov_xprintf("%s/agreement.csv", out)))
        return "no";
    return ov_compare_is_of_tables(e, out) ? "yes" : "stale";
}

/* As src/tools/plot.sh has it: what lies below experiments/ has its figure in figures/. */
static bool find_figure(struct stat *s, const struct ov_experiment *e)
{
    struct stat here, known;
    bool below = look(&here, ov_xprintf("%s", e->dir)) &&
                 look(&known, ov_xprintf("experiments/%s", e->name)) &&
                 here.st_dev == known.st_dev && here.st_ino == known.st_ino;
    return look(s, ov_xprintf("%sfigures/%s.svg", below ? "" : "build/", e->name));
}

/* "stale": of tables that are not valid now, or before they, the comparison or its script came. Its
 * PDF is what plot.sh dates it by. Without any table, a figure that came with the files is there, and
 * no more is known; of results with --set, --stream or --out there is none: "-". */
static const char *figure(const struct ov_experiment *e, const struct ov_options *o,
                          const struct ov_plan *plan, const char *out)
{
    struct stat drawn, s;
    size_t tables = 0;
    bool good = true;
    if (o->stream > 1 || o->out || o->n_set > 0)
        return "-";
    if (!find_figure(&drawn, e))
        return "no";
    bool dated = look(&drawn, ov_xprintf("build/figures/%s.pdf", e->name));
    for (size_t i = 0; i < plan->n_batch; i++) {
        const struct ov_batch *b = &plan->batch[i];
        bool there = look(&s, ov_table_path(out, b->curve, b->side));
        tables += there;
        good = good && b->table_valid && dated && !(there && is_later(&s, &drawn));
    }
    good = good && !(look(&s, ov_xprintf("%s/agreement.csv", out)) && is_later(&s, &drawn)) &&
           !(look(&s, ov_xprintf("%s/plot.gp", e->dir)) && is_later(&s, &drawn));
    return good || tables == 0 ? "yes" : "stale";
}

static void print_lines(const struct ov_text *lines, const char *front, const char *end)
{
    for (const char *line = lines->failed ? NULL : lines->s; line && *line;) {
        size_t n = strcspn(line, "\n");
        printf("  %s %.*s%s\n", front, (int)n, line, end);
        line += n + (line[n] == '\n');
    }
}

/* What processes are computing at this moment, or were until a moment ago. */
static void print_underway(const char *out)
{
    struct ov_text lines = {0}, gone = {0};
    ov_underway_read(&lines, &gone, out);
    print_lines(&lines, "running", "");
    print_lines(&gone, "stopped", ": its process is gone; 'overlap run' takes it up");
    ov_text_free(&lines);
    ov_text_free(&gone);
}

static enum ov_status print_experiment(const struct ov_experiment *e, int width,
                                       const struct ov_options *o, struct ov_error *err)
{
    struct ov_plan plan = {0};
    char *out = ov_out_of(o, e);
    enum ov_status status = ov_plan_add(&plan, e, out, NULL, err);
    if (status == OV_OK) {
        size_t runs = 0, valid = 0, tables = 0;
        for (size_t i = 0; i < plan.n_batch; i++) {
            runs += plan.batch[i].n_job;
            valid += ov_batch_valid(&plan.batch[i]);
            tables += plan.batch[i].table_valid;
        }
        printf("%-*s  %-6s %6zu of %-6zu %6zu of %-6zu %-10s %s\n", width, e->name,
               ov_tier_names[e->tier], valid, runs, tables, plan.n_batch, comparison(e, out),
               figure(e, o, &plan, out));
        print_underway(out);
    }
    ov_plan_free(&plan);
    free(out);
    return status;
}

static int width_of_names(const struct ov_experiments *all)
{
    size_t width = strlen("experiment");
    for (size_t i = 0; i < all->n; i++)
        width = strlen(all->e[i]->name) > width ? strlen(all->e[i]->name) : width;
    return (int)width;
}

int ov_command_status(const struct ov_options *o)
{
    struct ov_error err = {0};
    struct ov_experiments all;
    enum ov_status status = ov_experiments_load(&all, o, &err);
    if (status == OV_OK)
        printf("%-*s  %-6s %16s %16s %-10s %s\n", width_of_names(&all), "experiment", "tier",
               "valid runs", "valid tables", "comparison", "figure");
    for (size_t i = 0; i < all.n && status == OV_OK; i++)
        status = print_experiment(all.e[i], width_of_names(&all), o, &err);
    ov_experiments_free(&all);
    return status == OV_OK ? EXIT_GOOD : ov_report(&err);
}
