/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "fake_runs.h"
#include "overlap/base/text.h"
#include "overlap/run/audit.h"
#include "overlap/store/table.h"

/* The bench, run in groups of three; then its plan and an audit of it. */
struct audited {
    struct bench b;
    struct ov_plan plan;
    struct ov_audit audit;
    struct ov_error err;
};

static void run_all(struct bench *b)
{
    struct ov_plan plan = {0};
    struct ov_run_report report;
    struct ov_run_options options = {.workers = 2, .command = "test", .checkpoint_seconds = -1.0};
    ck_ok(ov_plan_add(&plan, &b->experiment, b->out, NULL, NULL));
    ck_ok(ov_plan_run(&plan, &options, &report, NULL));
    ov_plan_free(&plan);
}

static void open_audited(struct audited *a)
{
    *a = (struct audited){0};
    bench_make(&a->b);
    bench_set(&a->b, 0, group, 3);
    bench_set(&a->b, 1, group, 3);
    run_all(&a->b);
}

static void audit(struct audited *a, size_t n, uint64_t seed)
{
    char scratch[] = "/tmp/overlap-audit-XXXXXX", command[128];
    struct ov_run_options options = {.workers = 2, .command = "test", .checkpoint_seconds = -1.0};
    ov_audit_free(&a->audit);
    ov_plan_free(&a->plan);
    a->err = (struct ov_error){0};
    ck_ok(ov_plan_add(&a->plan, &a->b.experiment, a->b.out, NULL, NULL));
    ck_ok(ov_audit_choose(&a->audit, &a->plan, n, seed, NULL));
    ck_assert_ptr_nonnull(mkdtemp(scratch));
    ck_ok(ov_audit_run(&a->audit, scratch, &options, &a->err));
    snprintf(command, sizeof command, "rm -rf %s", scratch);
    ck_assert_int_eq(system(command), 0);
    ck_assert_uint_eq(a->audit.n, a->audit.n_same + a->audit.n_differs + a->audit.n_failed);
}

static void close_audited(struct audited *a)
{
    ov_audit_free(&a->audit);
    ov_plan_free(&a->plan);
    bench_remove(&a->b);
}

/* Replaces the first `from` in a file by `to`, and repairs the hash in its last line. */
static void edit(const char *path, const char *from, const char *to)
{
    struct ov_text t = {0};
    ck_ok(ov_file_read(&t, path, 0, NULL));
    char *at = strstr(t.s, from);
    ck_assert_msg(at, "'%s' is not in %s", from, t.s);
    memcpy(at, to, strlen(to));
    t.len = (size_t)(strstr(t.s, "# sha256: ") - t.s);
    t.s[t.len] = '\0';
    ov_table_seal(&t);
    ck_ok(ov_file_write(path, t.s, t.len, NULL));
    ov_text_free(&t);
}

/* Runs made three together are the same alone. */
START_TEST(what_is_true_is_the_same)
{
    struct audited a;
    open_audited(&a);
    audit(&a, 1000, 1);
    ck_assert_uint_eq(a.audit.n_stored, 10);
    ck_assert_uint_eq(a.audit.n_same, 10);
    close_audited(&a);
}
END_TEST

/* A run that has no table yet, in a block that to all but a rerun is sound. */
START_TEST(an_edited_block_is_found)
{
    struct audited a;
    struct ov_text text = {0};
    open_audited(&a);
    ck_ok(ov_plan_add(&a.plan, &a.b.experiment, a.b.out, NULL, NULL));
    struct ov_runs_of of = ov_batch_runs(&a.plan.batch[1]);
    struct ov_stored stored;
    ck_ok(ov_stored_read(&stored, &of));
    const struct ov_run_lines *third = ov_stored_find(&stored, 3);
    ov_text_add(&text, third->s, third->n);
    memcpy(strstr(text.s, "\n3,3,0.") + 5, "9", 1);
    ck_ok(ov_block_write(&of, &text, &(struct ov_text){0}, NULL));
    ck_assert_int_eq(unlink(stored.file[third->file].path), 0); /* the table */
    ov_stored_free(&stored);
    audit(&a, 1000, 1);
    ck_assert_uint_eq(a.audit.n_stored, 10 - 3);
    ck_assert_uint_eq(a.audit.n_differs, 1);
    ck_assert_int_eq(a.audit.item[1].state, OV_AUDIT_DIFFERS);
    ck_assert_ptr_nonnull(strstr(a.audit.item[1].why, ".csv, row 4: stored '3,3,9."));
    ck_assert_ptr_nonnull(strstr(a.audit.item[1].why, "rerun '3,3,0."));
    ov_text_free(&text);
    close_audited(&a);
}
END_TEST

START_TEST(an_edited_table_is_found)
{
    struct audited a;
    char path[128];
    open_audited(&a);
    snprintf(path, sizeof path, "%s/two.sgd.csv", a.b.out);
    edit(path, "\n3,2,0.", "\n3,2,9.");
    audit(&a, 1000, 1);
    ck_assert_uint_eq(a.audit.n_differs, 1);
    for (size_t i = 0; i < a.audit.n; i++)
        if (a.audit.item[i].state == OV_AUDIT_DIFFERS) {
            ck_assert_uint_eq(a.audit.item[i].job->seed, 3);
            ck_assert_str_eq(a.audit.item[i].batch->curve->id, "two");
            ck_assert_ptr_nonnull(strstr(a.audit.item[i].why, "two.sgd.csv, row 3"));
        }
    close_audited(&a);
}
END_TEST

/* Without it the rows of the table are no runs. */
START_TEST(a_missing_row_is_found)
{
    struct audited a;
    char path[128];
    open_audited(&a);
    snprintf(path, sizeof path, "%s/one.sgd.csv", a.b.out);
    edit(path, "\n2,4,", "\n9,4,");
    audit(&a, 1000, 1);
    ck_assert_uint_eq(a.audit.n_differs, 4);
    close_audited(&a);
}
END_TEST

START_TEST(a_failing_job_fails)
{
    struct audited a;
    open_audited(&a);
    bench_set(&a.b, 1, how, NAN_ROW);
    audit(&a, 1000, 1);
    ck_assert_uint_eq(a.audit.n_failed, 4);
    ck_assert_uint_eq(a.audit.n_same, 6);
    ck_assert_ptr_nonnull(
        strstr(a.err.text, "two sgd seed 1: eps_g is not a finite number at time 2"));
    close_audited(&a);
}
END_TEST

START_TEST(the_choice)
{
    struct audited a;
    size_t hits[10] = {0};
    open_audited(&a);
    ck_ok(ov_plan_add(&a.plan, &a.b.experiment, a.b.out, NULL, NULL));
    for (uint64_t seed = 0; seed < 3000; seed++) {
        struct ov_audit first, second;
        ck_ok(ov_audit_choose(&first, &a.plan, 3, seed, NULL));
        ck_ok(ov_audit_choose(&second, &a.plan, 3, seed, NULL));
        ck_assert_uint_eq(first.n, 3);
        for (size_t i = 0; i < 3; i++) {
            ck_assert_ptr_eq(first.item[i].job, second.item[i].job);
            ck_assert(i == 0 || first.item[i].job != first.item[i - 1].job);
            size_t k = 0, before = 0;
            while (!(first.item[i].job >= a.plan.batch[k].job &&
                     first.item[i].job < a.plan.batch[k].job + a.plan.batch[k].n_job))
                before += a.plan.batch[k++].n_job;
            hits[before + (size_t)(first.item[i].job - a.plan.batch[k].job)]++;
        }
        ov_audit_free(&first);
        ov_audit_free(&second);
    }
    for (size_t i = 0; i < 10; i++) /* 900 expected, 25 the standard deviation */
        ck_assert_msg(hits[i] > 775 && hits[i] < 1025, "job %zu: %zu of 3000", i, hits[i]);
    close_audited(&a);
}
END_TEST

START_TEST(nothing_stored)
{
    struct bench b;
    struct ov_plan plan = {0};
    struct ov_audit none;
    struct ov_error err = {0};
    bench_make(&b);
    ck_ok(ov_plan_add(&plan, &b.experiment, b.out, NULL, NULL));
    ck_assert_int_eq(ov_audit_choose(&none, &plan, 3, 1, &err), OV_EUSER);
    ck_assert_ptr_nonnull(strstr(err.text, "no result is stored"));
    ov_plan_free(&plan);
    bench_remove(&b);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, what_is_true_is_the_same);
    OV_TEST(s, an_edited_block_is_found);
    OV_TEST(s, an_edited_table_is_found);
    OV_TEST(s, a_missing_row_is_found);
    OV_TEST(s, a_failing_job_fails);
    OV_TEST(s, the_choice);
    OV_TEST(s, nothing_stored);
}
OV_TEST_MAIN("run/audit");
