/* SPDX-License-Identifier: MIT
 *
 * What a plan says of why a curve has to run.
 */
#include <string.h>

#include "fake_runs.h"
#include "overlap/run/estimate.h"
#include "overlap/run/jobs.h"
#include "overlap/run/runner.h"
#include "overlap/run/sidecar.h"

static void why_of(struct ov_text *why, struct bench *b, size_t batch)
{
    struct ov_plan plan = {0};
    ck_ok(ov_plan_add(&plan, &b->experiment, b->out, NULL, NULL));
    why->len = 0;
    ov_text_add(why, "", 0);
    ov_batch_why(why, &plan.batch[batch]);
    ov_plan_free(&plan);
}

START_TEST(the_plan_says_why)
{
    struct bench b;
    struct ov_run_report report;
    struct ov_text why = {0};
    bench_make(&b);
    why_of(&why, &b, 0);
    ck_assert_str_eq(why.s, "no result yet");
    ck_ok(run(&b, 2, &report, NULL));
    why_of(&why, &b, 0);
    ck_assert_str_eq(why.s, "");
    bench_set(&b, 0, rate, 1.5);
    why_of(&why, &b, 0);
    ck_assert_str_eq(why.s, "rate: 1 -> 1.5");
    bench_set(&b, 0, rate, 1.0);
    bench_set(&b, 0, seeds, 9);
    why_of(&why, &b, 1);
    ck_assert_str_eq(why.s, "seeds: 4 -> 9");
    bench_set(&b, 0, seeds, 4);
    spoil(&b, "one.sgd.csv", "echo >> %s/%s");
    why_of(&why, &b, 1);
    ck_assert_ptr_nonnull(strstr(why.s, "truncated"));
    ck_ok(run(&b, 2, &report, NULL));
    spoil(&b, "one.sgd.csv", "sed -i 's/^# rate: 1/# rate: 2/' %s/%s");
    why_of(&why, &b, 1);
    ck_assert_ptr_nonnull(strstr(why.s, "edited"));
    /* an older source: the table's key and the recorded hash are others */
    ck_ok(run(&b, 2, &report, NULL));
    spoil(&b, "one.sgd.json", "sed -i 's/weights.c\": \"..../weights.c\": \"0000/' %s/%s");
    spoil(&b, "one.sgd.csv",
          "f=%s/%s; sed -i -e 's/^# key: ..../# key: 0000/' -e '$d' $f; "
          "echo \"# sha256: $(sha256sum < $f | cut -d' ' -f1)\" >> $f");
    why_of(&why, &b, 1);
    ck_assert_str_eq(why.s, "src/sim/weights.c changed");
    spoil(&b, "one.sgd.json", "sed -i 's/[.]\\([ch]\\)\": \"..../.\\1\": \"0000/' %s/%s");
    why_of(&why, &b, 1); /* three of many are named */
    size_t n_changed = 0;
    for (const char *at = why.s; (at = strstr(at, " changed")); at++)
        n_changed++;
    ck_assert_uint_eq(n_changed, 4);
    ck_assert_ptr_nonnull(strstr(why.s, " more sources changed"));
    ov_text_free(&why);
    bench_remove(&b);
}
END_TEST

/* Two of four runs are stored: how many, and what the others will take by what they took. */
START_TEST(some_runs_are_stored)
{
    struct bench b;
    struct ov_plan plan = {0};
    struct ov_run_report report;
    struct ov_text why = {0};
    bench_make(&b);
    ck_ok(ov_plan_add(&plan, &b.experiment, b.out, "one", NULL));
    for (size_t i = 2; i < 4; i++)
        plan.batch[OV_SGD].job[i].left_out = true;
    ck_ok(ov_plan_run(&plan, &(struct ov_run_options){.workers = 1}, &report, NULL));
    ck_assert_uint_eq(report.n_done, 3);
    ov_plan_free(&plan);
    why_of(&why, &b, OV_SGD);
    ck_assert_str_eq(why.s, "no table yet: 2 of 4 runs are stored");
    ck_ok(ov_plan_add(&plan, &b.experiment, b.out, "one", NULL));
    struct ov_cost cost = ov_cost_noted(&plan.batch[OV_SGD]);
    ck_assert_uint_eq(cost.n_run, 2);
    ck_assert(cost.seconds > 0.0);
    ck_agree(cost.seconds, ov_batch_seconds(&plan.batch[OV_SGD]), 1e-12, 0);
    ck_ok(run(&b, 1, &report, NULL));
    ck_assert_uint_eq(ov_cost_noted(&plan.batch[OV_SGD]).n_run, 0); /* the sidecar has it now */
    why_of(&why, &b, OV_SGD);
    ck_assert_str_eq(why.s, "");
    ov_plan_free(&plan);
    ov_text_free(&why);
    bench_remove(&b);
}
END_TEST

START_TEST(other_columns_are_no_result)
{
    struct bench b;
    struct ov_run_report report;
    struct ov_text why = {0};
    bench_make(&b);
    /* under the same key a column that the system calls by another name now */
    ck_ok(run(&b, 2, &report, NULL));
    spoil(&b, "one.sgd.csv",
          "f=%s/%s; sed -i -e 's/^seed,alpha,eps_g/seed,alpha,error/' -e '$d' $f; "
          "echo \"# sha256: $(sha256sum < $f | cut -d' ' -f1)\" >> $f");
    why_of(&why, &b, 1);
    ck_assert_str_eq(why.s, "its inputs or its columns changed");
    ck_ok(run(&b, 2, &report, NULL));
    ck_assert_uint_gt(report.n_done, 0);
    why_of(&why, &b, 1);
    ck_assert_str_eq(why.s, "");
    ov_text_free(&why);
    bench_remove(&b);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, the_plan_says_why);
    OV_TEST(s, some_runs_are_stored);
    OV_TEST(s, other_columns_are_no_result);
}

OV_TEST_MAIN("run/jobs_why");
