/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "overlap/run/audit.h"

enum { USUAL_PICK = 10 };

/* Today as a number, 20261122: the same choice all day, and another one tomorrow. */
static uint64_t seed_of_today(void)
{
    struct tm day;
    time_t now = time(NULL);
    if (!gmtime_r(&now, &day))
        return 1;
    return (uint64_t)(day.tm_year + 1900) * 10000 + (uint64_t)(day.tm_mon + 1) * 100 +
           (uint64_t)day.tm_mday;
}

static int remove_entry(const char *path, const struct stat *s, int type, struct FTW *where)
{
    (void)s, (void)type, (void)where;
    return remove(path);
}

static enum ov_status make_scratch(char path[4096], struct ov_error *err)
{
    const char *base = getenv("TMPDIR");
    int n = snprintf(path, 4096, "%s/overlap-audit-XXXXXX", base && *base ? base : "/tmp");
    if (n >= 4096 || !mkdtemp(path))
        return ov_fail(err, OV_EIO, "%s: %s", path, strerror(n >= 4096 ? ENAMETOOLONG : errno));
    return OV_OK;
}

static void print_item(const struct ov_audit_item *item)
{
    static const char *const words[] = {"ok", "differs", "failed"};
    const struct ov_batch *b = item->batch;
    printf("%-8s %s %s %s", words[item->state], b->experiment->name, b->curve->id,
           ov_side_name(b->side));
    if (item->job->seed > 0)
        printf(" seed %llu", (unsigned long long)item->job->seed);
    printf("%s%s\n", item->why[0] ? ": " : "", item->why);
}

static enum ov_status rerun(struct ov_audit *audit, const struct ov_options *o,
                            struct ov_error *err)
{
    char scratch[4096];
    enum ov_status status = make_scratch(scratch, err);
    if (status != OV_OK)
        return status;
    const struct ov_run_options options = {.log = isatty(STDERR_FILENO) == 1 ? stderr : NULL,
                                           .live = true,
                                           .checkpoint_seconds = -1.0,
                                           /* from the beginning to the end */ .command =
                                               o->command};
    status = ov_audit_run(audit, scratch, &options, err);
    nftw(scratch, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    return status;
}

static int conclude(const struct ov_audit *audit, const struct ov_error *err)
{
    for (size_t i = 0; i < audit->n; i++)
        print_item(&audit->item[i]);
    printf("%zu ok, %zu differ, %zu failed\n", audit->n_same, audit->n_differs, audit->n_failed);
    if (audit->n_failed > 0) {
        ov_report(err);
        return EXIT_JOB;
    }
    return audit->n_differs > 0 ? EXIT_CLAIM : EXIT_GOOD;
}

int ov_command_audit(const struct ov_options *o)
{
    struct ov_error err = {0};
    struct ov_experiments all;
    struct ov_plan plan = {0};
    struct ov_audit audit = {0};
    uint64_t seed = o->any_seed ? seed_of_today() : o->seed;
    enum ov_status status = ov_experiments_load(&all, o, &err);
    if (status == OV_OK)
        status = ov_plan_load(&plan, &all, o, &err);
    if (status == OV_OK)
        status = ov_audit_choose(&audit, &plan, o->n_pick ? o->n_pick : USUAL_PICK, seed, &err);
    if (status == OV_OK) {
        printf("%zu of %zu stored jobs, chosen by --seed %llu\n", audit.n, audit.n_stored,
               (unsigned long long)seed);
        fflush(stdout);
        status = rerun(&audit, o, &err);
    }
    int code = status == OV_OK ? conclude(&audit, &err) : ov_report(&err);
    ov_audit_free(&audit);
    ov_plan_free(&plan);
    ov_experiments_free(&all);
    return code;
}
