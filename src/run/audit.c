/* SPDX-License-Identifier: MIT */
#include "overlap/run/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/base/sha256.h"

void ov_audit_free(struct ov_audit *audit)
{
    if (!audit)
        return;
    free(audit->item);
    *audit = (struct ov_audit){0};
}

/* ---- choosing ---- */

static bool is_stored(const struct ov_batch *b, const struct ov_job *job)
{
    if (b->table_valid || job->valid)
        return true;
    char *path = ov_job_path(b, job); /* there, but damaged: it has to be found */
    bool there = path && ov_file_exists(path);
    free(path);
    return there;
}

static size_t list_stored(struct ov_audit_item *item, const struct ov_plan *plan)
{
    size_t n = 0;
    for (size_t i = 0; i < plan->n_batch; i++)
        for (size_t j = 0; j < plan->batch[i].n_job; j++)
            if (is_stored(&plan->batch[i], &plan->batch[i].job[j]))
                item[n++] =
                    (struct ov_audit_item){.batch = &plan->batch[i], .job = &plan->batch[i].job[j]};
    return n;
}

/* The i-th random word of a seed: the front of a hash. */
static uint64_t random_word(uint64_t seed, size_t i)
{
    char text[64], hex[OV_KEY_SIZE];
    int n = snprintf(text, sizeof text, "audit %llu %zu", (unsigned long long)seed, i);
    ov_sha256(hex, text, (size_t)n);
    hex[16] = '\0';
    return strtoull(hex, NULL, 16);
}

/* Keeps n of the listed items, any n of them as likely as any other, in their order. */
static void choose(struct ov_audit *audit, size_t n, uint64_t seed)
{
    size_t kept = 0;
    for (size_t i = 0; i < audit->n_stored && kept < n; i++) {
        uint64_t left = audit->n_stored - i;
        if (random_word(seed, i) % left < n - kept) /* with probability (n - kept)/left */
            audit->item[kept++] = audit->item[i];
    }
    audit->n = kept;
}

enum ov_status ov_audit_choose(struct ov_audit *audit, const struct ov_plan *plan, size_t n,
                               uint64_t seed, struct ov_error *err)
{
    size_t all = 0;
    *audit = (struct ov_audit){0};
    for (size_t i = 0; i < plan->n_batch; i++)
        all += plan->batch[i].n_job;
    audit->item = calloc(all + 1, sizeof *audit->item);
    if (!audit->item)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    audit->n_stored = list_stored(audit->item, plan);
    if (audit->n_stored == 0) {
        ov_audit_free(audit);
        return ov_fail(err, OV_EUSER, "no result is stored here; 'overlap run' computes some");
    }
    choose(audit, n, seed);
    return OV_OK;
}

/* ---- running ---- */

/* A batch of this one job alone, with a directory of its own. */
static enum ov_status isolate(struct ov_batch *alone, const struct ov_audit_item *item,
                              const char *scratch, size_t i)
{
    struct ov_text out = {0};
    ov_text_addf(&out, "%s/%zu", scratch, i);
    *alone = *item->batch;
    alone->n_job = 1;
    alone->table_valid = true; /* none is wanted */
    alone->out = out.failed ? NULL : out.s;
    alone->inputs = strdup(item->batch->inputs);
    alone->job = calloc(1, sizeof *alone->job);
    if (out.failed)
        ov_text_free(&out);
    if (!alone->out || !alone->inputs || !alone->job)
        return OV_ENOMEM;
    *alone->job = *item->job;
    ov_run_key(alone->job->key, item->batch->inputs, item->job->seed);
    alone->job->valid = alone->job->left_out = false;
    return OV_OK;
}

/* ---- comparing ---- */

/* Lines of a text, one after the other; without their ends. */
struct lines {
    const char *at;
    size_t number;
};

static bool next_line(struct lines *l, const char **line, size_t *n)
{
    if (!*l->at)
        return false;
    *line = l->at;
    *n = strcspn(l->at, "\n");
    l->at += *n + (l->at[*n] == '\n');
    l->number++;
    return true;
}

static void differ(struct ov_audit_item *item, const char *path, size_t line, const char *stored,
                   size_t n_stored, const char *rerun, size_t n_rerun)
{
    const int most = 90;
    item->state = OV_AUDIT_DIFFERS;
    snprintf(item->why, sizeof item->why, "%.200s, line %zu: stored '%.*s', rerun '%.*s'", path,
             line, n_stored < (size_t)most ? (int)n_stored : most, stored,
             n_rerun < (size_t)most ? (int)n_rerun : most, rerun);
}

/* Whole files. */
static void compare_files(struct ov_audit_item *item, const char *path,
                          const struct ov_text *stored, const struct ov_text *rerun)
{
    if (stored->len == rerun->len && memcmp(stored->s, rerun->s, rerun->len) == 0)
        return;
    struct lines a = {stored->s, 0}, b = {rerun->s, 0};
    for (;;) {
        const char *x = "", *y = "";
        size_t n = 0, m = 0;
        bool more = next_line(&a, &x, &n);
        more = next_line(&b, &y, &m) || more;
        if (more && n == m && memcmp(x, y, n) == 0)
            continue;
        differ(item, path, a.number > b.number ? a.number : b.number, x, n, y, m);
        return;
    }
}

/* The next line of numbers or column names. */
static bool next_row(struct lines *l, const char **line, size_t *n)
{
    while (next_line(l, line, n))
        if (**line != '#')
            return true;
    return false;
}

/* The rows of the table that begin with this seed (and its column names with "seed"), against the
 * rows of the run. */
static void compare_rows(struct ov_audit_item *item, const char *path, const struct ov_text *table,
                         const struct ov_text *rerun)
{
    char seed[32];
    struct lines a = {table->s, 0}, b = {rerun->s, 0};
    const char *x, *y;
    size_t n, m, row = 0;
    snprintf(seed, sizeof seed, "%.17g,", (double)item->job->seed);
    while (item->state == OV_AUDIT_SAME && next_row(&a, &x, &n)) {
        const char *front = row == 0 ? "seed," : seed;
        size_t skip = strlen(front);
        if (n < skip || memcmp(x, front, skip) != 0)
            continue;
        row++;
        if (!next_row(&b, &y, &m)) {
            y = "";
            m = 0;
        }
        if (n - skip != m || memcmp(x + skip, y, m) != 0)
            differ(item, path, a.number, x + skip, n - skip, y, m);
    }
    if (item->state == OV_AUDIT_SAME && next_row(&b, &y, &m))
        differ(item, path, a.number, "", 0, y, m);
}

/* Reads what is stored, if anything is, and compares. */
static enum ov_status compare_stored(struct ov_audit_item *item, char *path, bool table,
                                     const struct ov_text *rerun, struct ov_error *err)
{
    struct ov_text stored = {0};
    enum ov_status status = path ? OV_OK : ov_fail(err, OV_ENOMEM, "out of memory");
    if (status == OV_OK && ov_file_exists(path)) {
        status = ov_file_read(&stored, path, 0, err);
        if (status == OV_OK && table)
            compare_rows(item, path, &stored, rerun);
        else if (status == OV_OK)
            compare_files(item, path, &stored, rerun);
    }
    ov_text_free(&stored);
    free(path);
    return status;
}

static enum ov_status compare(struct ov_audit_item *item, const struct ov_batch *alone,
                              struct ov_error *err)
{
    struct ov_text rerun = {0};
    const struct ov_batch *b = item->batch;
    char *path = ov_job_path(alone, alone->job);
    enum ov_status status =
        path ? ov_file_read(&rerun, path, 0, err) : ov_fail(err, OV_ENOMEM, "out of memory");
    free(path);
    if (status == OV_OK)
        status = compare_stored(item, ov_job_path(b, item->job), false, &rerun, err);
    if (status == OV_OK && item->state == OV_AUDIT_SAME && b->table_valid)
        status = compare_stored(item, ov_table_path(b->out, b->curve, b->side), true, &rerun, err);
    ov_text_free(&rerun);
    return status;
}

static enum ov_status judge(struct ov_audit *audit, const struct ov_plan *alone,
                            struct ov_error *err)
{
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < audit->n && status == OV_OK; i++) {
        struct ov_audit_item *item = &audit->item[i];
        if (!alone->batch[i].job->valid)
            item->state = OV_AUDIT_FAILED;
        else
            status = compare(item, &alone->batch[i], err);
        audit->n_same += item->state == OV_AUDIT_SAME;
        audit->n_differs += item->state == OV_AUDIT_DIFFERS;
        audit->n_failed += item->state == OV_AUDIT_FAILED;
    }
    return status;
}

enum ov_status ov_audit_run(struct ov_audit *audit, const char *scratch,
                            const struct ov_run_options *options, struct ov_error *err)
{
    struct ov_plan alone = {0};
    struct ov_run_report report;
    enum ov_status status = OV_OK;
    alone.batch = calloc(audit->n + 1, sizeof *alone.batch);
    if (!alone.batch)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    while (alone.n_batch < audit->n && status == OV_OK) {
        size_t i = alone.n_batch++; /* counted even where it is partial: it is freed */
        status = isolate(&alone.batch[i], &audit->item[i], scratch, i);
    }
    if (status != OV_OK) {
        ov_fail(err, status, "out of memory");
    } else {
        status = ov_plan_run(&alone, options, &report, err);
        struct ov_error own = {0};
        enum ov_status judged = judge(audit, &alone, &own); /* of a failed job too */
        if (judged != OV_OK && err)
            *err = own;
        status = judged != OV_OK ? judged : report.n_failed > 0 ? OV_OK : status;
    }
    ov_plan_free(&alone);
    return status;
}
