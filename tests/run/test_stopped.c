/* SPDX-License-Identifier: MIT
 *
 * SIGTERM, which a machine sends before it is taken away: states are kept, and nothing else starts.
 */
#include <string.h>

#include "overlap/base/text.h"
#include "overlap/run/jobs.h"
#include "overlap/run/runner.h"
#include "fake_runs.h"
#include "test.h"

static enum ov_status run_with(struct bench *b, double seconds, struct ov_run_report *report,
                               struct ov_error *err)
{
    struct ov_plan plan = {0};
    struct ov_run_options options = {
        .workers = 1, .command = "test", .checkpoint_seconds = seconds};
    enum ov_status status = ov_plan_add(&plan, &b->experiment, b->out, NULL, err);
    if (status == OV_OK)
        status = ov_plan_run(&plan, &options, report, err);
    ov_plan_free(&plan);
    return status;
}

/* The runs of the first curve, made together, send SIGTERM to who runs them; the clock would never
 * ask for a state. */
static void run_stopped(struct bench *b, int how, double seconds, const char *what)
{
    struct ov_run_report report;
    struct ov_error err = {0};
    bench_set(b, 0, how, how);
    bench_set(b, 0, group, 4);
    ck_assert_int_eq(run_with(b, seconds, &report, &err), OV_EIO);
    ck_assert_msg(strstr(err.text, what), "%s", err.text);
    const char *by = how == INTERRUPTED ? "stopped by SIGINT" : "stopped by SIGTERM";
    ck_assert_ptr_nonnull(strstr(err.text, by));
    ck_assert_uint_eq(report.n_done, 2);   /* theory, before */
    ck_assert_uint_eq(report.n_failed, 4); /* of ten: no more were started */
}

START_TEST(sigterm_keeps_the_state)
{
    struct bench calm, b;
    struct ov_run_report report;
    struct ov_text expected = {0}, table = {0};
    bench_make(&calm);
    ck_ok(run_with(&calm, 0.0, &report, NULL));
    contents(&expected, &calm, "one.sgd.csv");
    bench_make(&b);
    run_stopped(&b, STOPPED, 1e9, "stopped; its state is kept");
    struct ov_error err = {0};
    enum ov_status status = run_with(&b, 1e9, &report, &err);
    ck_assert_msg(status == OV_OK, "%s", err.text); /* without its state it is stopped again */
    ck_assert_uint_eq(report.n_done, 8);
    contents(&table, &b, "one.sgd.csv");
    ck_assert_str_eq(table.s, expected.s);
    ov_text_free(&expected);
    ov_text_free(&table);
    bench_remove(&calm);
    bench_remove(&b);
}
END_TEST

START_TEST(sigterm_ends_what_has_no_state)
{
    struct bench b;
    bench_make(&b);
    run_stopped(&b, STOPPED_BARE, 1e9, "stopped; it has no state to keep");
    bench_remove(&b);
    bench_make(&b);
    run_stopped(&b, STOPPED, -1.0, "killed by signal 15"); /* none is asked for */
    bench_remove(&b);
}
END_TEST

START_TEST(an_interrupt_keeps_the_state_too)
{
    struct bench b;
    bench_make(&b);
    run_stopped(&b, INTERRUPTED, 1e9, "stopped; its state is kept");
    bench_remove(&b);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, sigterm_keeps_the_state);
    OV_TEST(s, sigterm_ends_what_has_no_state);
    OV_TEST(s, an_interrupt_keeps_the_state_too);
}

OV_TEST_MAIN("run/stopped");
