/* SPDX-License-Identifier: MIT
 *
 * What a plan says of the time that it will take: what runs took that were timed, by the step or by
 * the run, and nothing where nothing tells.
 */
#include <math.h>
#include <string.h>

#include "fake_runs.h"
#include "overlap/run/estimate.h"
#include "overlap/run/sidecar.h"

/* The estimates of one curve's sides and the words for the whole plan. */
static void estimate(double seconds[2], struct ov_text *line, struct bench *b, const char *curve)
{
    struct ov_plan plan = {0};
    ck_ok(ov_plan_add(&plan, &b->experiment, b->out, curve, NULL));
    ck_assert_uint_eq(plan.n_batch, 2);
    for (size_t i = 0; i < 2; i++)
        seconds[i] = ov_batch_seconds(&plan.batch[i]);
    line->len = 0;
    ov_plan_estimate(line, &plan, 2);
    ov_plan_free(&plan);
}

/* CPU time of one run, as the sidecar has it. */
static double recorded(struct bench *b, enum ov_side side, size_t runs, uint64_t work)
{
    struct ov_text inputs = {0};
    struct ov_cost cost;
    uint64_t w;
    ck_assert(ov_sidecar_cost(&inputs, &cost, &w, b->out, &b->curve[0], side));
    ck_assert_uint_eq(cost.n_run, runs);
    ck_assert_uint_eq(w, work);
    ov_text_free(&inputs);
    return cost.seconds / (double)cost.n_run;
}

START_TEST(what_was_timed_tells)
{
    struct bench b;
    struct ov_text line = {0};
    struct ov_run_report report;
    double seconds[2];
    bench_make(&b);
    estimate(seconds, &line, &b, "one");
    ck_assert(isnan(seconds[OV_THEORY]) && isnan(seconds[OV_SGD]));
    ck_assert_str_eq(line.s, "20 steps of simulations that were not timed yet; theory of 1 curve, "
                             "unknown until it has run once");
    ck_ok(run(&b, 2, &report, NULL));
    double theory = recorded(&b, OV_THEORY, 1, 0), sgd = recorded(&b, OV_SGD, 4, 5);
    ck_assert(theory >= 0.0 && sgd > 0.0 && sgd < 10.0);

    estimate(seconds, &line, &b, "one"); /* nothing to do */
    ck_assert(seconds[OV_THEORY] == 0.0 && seconds[OV_SGD] == 0.0 && line.len == 0);
    bench_set(&b, 0, seeds, 9); /* of which four are stored */
    estimate(seconds, &line, &b, "one");
    ck_agree(5.0 * sgd, seconds[OV_SGD], 1e-12, 0);
    ck_assert_ptr_nonnull(strstr(line.s, " of CPU time, which 2 processes share"));
    bench_set(&b, 0, work, 50);  /* longer runs */
    bench_set(&b, 0, rate, 3.0); /* other parameters: of theory, nobody knows */
    estimate(seconds, &line, &b, "one");
    ck_agree(9.0 * 10.0 * sgd, seconds[OV_SGD], 1e-12, 0);
    ck_assert(isnan(seconds[OV_THEORY]));
    ck_assert_ptr_nonnull(strstr(line.s, "; theory of 1 curve, unknown until it has run once"));
    b.curve[0].side[OV_SGD].module[0] = "sim/law"; /* another simulator */
    estimate(seconds, &line, &b, "one");
    ck_assert(isnan(seconds[OV_SGD]));
    ov_text_free(&line);
    bench_remove(&b);
}
END_TEST

/* A table that is only put together has no times of its own, and keeps what is known. */
START_TEST(a_record_outlives_its_table)
{
    struct bench b;
    struct ov_run_report report;
    bench_make(&b);
    ck_ok(run(&b, 2, &report, NULL));
    double sgd = recorded(&b, OV_SGD, 4, 5);
    bench_set(&b, 0, seeds, 2);
    ck_ok(run(&b, 2, &report, NULL));
    ck_assert_uint_eq(report.n_done, 0);
    ck_agree(sgd, recorded(&b, OV_SGD, 4, 5), 0, 0);
    bench_remove(&b);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, what_was_timed_tells);
    OV_TEST(s, a_record_outlives_its_table);
}

OV_TEST_MAIN("run/estimate");
