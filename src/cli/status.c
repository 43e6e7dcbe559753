/* SPDX-License-Identifier: MIT
 *
 * overlap status: which results, comparisons and figures are there.
 */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/base/alloc.h"
#include "overlap/base/text.h"
#include "overlap/run/jobs.h"
#include "overlap/run/underway.h"

static bool there(const char *dir, const char *name)
{
    char *path = ov_xprintf("%s/%s", dir, name);
    bool yes = ov_file_exists(path);
    free(path);
    return yes;
}

/* What processes are computing at this moment. */
static void print_underway(const char *out)
{
    struct ov_text lines = {0};
    ov_underway_read(&lines, out);
    for (char *line = lines.failed ? NULL : lines.s; line && *line;) {
        size_t n = strcspn(line, "\n");
        printf("  running %.*s\n", (int)n, line);
        line += n + (line[n] == '\n');
    }
    ov_text_free(&lines);
}

static enum ov_status print_experiment(const struct ov_experiment *e, int width,
                                       const struct ov_options *o, struct ov_error *err)
{
    struct ov_plan plan = {0};
    struct ov_text figure = {0};
    char *out = ov_out_of(o, e);
    enum ov_status status = ov_plan_add(&plan, e, out, NULL, err);
    if (status == OV_OK) {
        size_t runs = 0, valid = 0, tables = 0;
        for (size_t i = 0; i < plan.n_batch; i++) {
            runs += plan.batch[i].n_job;
            valid += ov_batch_valid(&plan.batch[i]);
            tables += plan.batch[i].table_valid;
        }
        ov_text_addf(&figure, "%s.svg", e->name);
        printf("%-*s  %-6s %6zu of %-6zu %6zu of %-6zu %-10s %s\n", width, e->name,
               ov_tier_names[e->tier], valid, runs, tables, plan.n_batch,
               there(out, "agreement.csv") ? "yes" : "no",
               !figure.failed && there("figures", figure.s) ? "yes" : "no");
        print_underway(out);
    }
    ov_text_free(&figure);
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
