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

static size_t list_stored(struct ov_audit_item *item, const struct ov_plan *plan)
{
    size_t n = 0;
    for (size_t i = 0; i < plan->n_batch; i++)
        for (size_t j = 0; j < plan->batch[i].n_job; j++)
            if (plan->batch[i].job[j].valid)
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
    alone->job->valid = alone->job->left_out = false;
    return OV_OK;
}

/* ---- comparing ---- */

static void differ(struct ov_audit_item *item, const char *path, size_t row, const char *stored,
                   const char *rerun)
{
    size_t n = strcspn(stored, "\n"), m = strcspn(rerun, "\n");
    const size_t most = 90;
    item->state = OV_AUDIT_DIFFERS;
    snprintf(item->why, sizeof item->why, "%.200s, row %zu: stored '%.*s', rerun '%.*s'", path, row,
             (int)(n < most ? n : most), stored, (int)(m < most ? m : most), rerun);
}

/* Line by line: both are of the same seed and have as many lines. */
static void compare_lines(struct ov_audit_item *item, const char *path,
                          const struct ov_run_lines *stored, const struct ov_run_lines *rerun)
{
    const char *x = stored->s, *y = rerun->s, *end = stored->s + stored->n;
    for (size_t row = 1; x < end; row++) {
        size_t n = strcspn(x, "\n") + 1;
        if (n != strcspn(y, "\n") + 1 || memcmp(x, y, n) != 0) {
            differ(item, path, row, x, y);
            return;
        }
        x += n;
        y += n;
    }
}

static enum ov_status compare(struct ov_audit_item *item, const struct ov_batch *alone,
                              struct ov_error *err)
{
    const struct ov_runs_of of = ov_batch_runs(item->batch), of_rerun = ov_batch_runs(alone);
    struct ov_stored stored = {0}, rerun = {0};
    enum ov_status status = ov_stored_read(&stored, &of);
    if (status == OV_OK)
        status = ov_stored_read(&rerun, &of_rerun);
    if (status == OV_OK) {
        const struct ov_run_lines *x = ov_stored_find(&stored, item->job->seed);
        const struct ov_run_lines *y = ov_stored_find(&rerun, item->job->seed);
        if (x && y)
            compare_lines(item, stored.file[x->file].path, x, y);
        else
            differ(item, item->batch->out, 0, x ? x->s : "", y ? y->s : "");
    } else {
        ov_fail(err, status, "out of memory");
    }
    ov_stored_free(&stored);
    ov_stored_free(&rerun);
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
