/* SPDX-License-Identifier: MIT
 *
 * Plans and runs with a system made for the purpose: one parameter, rows that are a formula, and
 * ways to go wrong.
 */
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "overlap/base/text.h"
#include "overlap/run/jobs.h"
#include "overlap/run/runner.h"
#include "overlap/store/results.h"
#include "overlap/store/table.h"
#include "fake_runs.h"
#include "test.h"

START_TEST(runs_once_and_not_again)
{
    struct bench b;
    struct ov_run_report report;
    struct ov_text table = {0};
    bench_make(&b);
    ck_ok(run(&b, 2, &report, NULL));
    ck_assert_uint_eq(report.n_done, 10);
    ck_assert_uint_eq(report.n_table, 4);
    contents(&table, &b, "one.sgd.csv");
    ck_assert_ptr_nonnull(strstr(table.s, "\nseed,alpha,eps_g\n1,0,1"));
    ck_assert_ptr_nonnull(strstr(table.s, "# rate: 1\n"));
    ck_ok(run(&b, 2, &report, NULL));
    ck_assert_uint_eq(report.n_done, 0);
    ck_assert_uint_eq(report.n_reused, 10);
    ck_assert_uint_eq(report.n_table, 0);
    ov_text_free(&table);
    bench_remove(&b);
}
END_TEST

START_TEST(same_bytes_for_any_number_of_workers)
{
    static const char *const files[] = {"one.theory.csv", "one.sgd.csv", "two.theory.csv",
                                        "two.sgd.csv"};
    struct bench a, b;
    struct ov_run_report report;
    bench_make(&a);
    bench_make(&b);
    ck_ok(run(&a, 1, &report, NULL));
    ck_ok(run(&b, 7, &report, NULL));
    for (size_t i = 0; i < 4; i++)
        same_bytes(&a, &b, files[i]);
    bench_remove(&a);
    bench_remove(&b);
}
END_TEST

START_TEST(same_bytes_for_any_grouping)
{
    struct bench a, b;
    struct ov_run_report report;
    bench_make(&a);
    bench_make(&b);
    bench_set(&b, 0, seeds, 4);
    bench_set(&b, 0, group, 3); /* 3 + 1 */
    ck_ok(run(&a, 2, &report, NULL));
    ck_ok(run(&b, 2, &report, NULL));
    ck_assert_uint_eq(report.n_done, 10);
    same_bytes(&a, &b, "one.sgd.csv");
    bench_remove(&a);
    bench_remove(&b);
}
END_TEST

/* Of a group that fails, the runs that are good alone are kept, and the bad one is named. */
START_TEST(a_failed_group_keeps_its_good_runs)
{
    struct bench b;
    struct ov_run_report report;
    struct ov_error err = {0};
    bench_make(&b);
    bench_set(&b, 0, seeds, 40);
    bench_set(&b, 0, group, 40);
    bench_set(&b, 0, how, ONE_DIVERGES); /* those with an even key */
    b.curve[0].fails_if_diverged = true;
    ck_assert_int_eq(run(&b, 2, &report, &err), OV_EDIVERGED);
    ck_assert_uint_gt(report.n_failed, 5);
    ck_assert_uint_lt(report.n_failed, 35);
    ck_assert_uint_eq(report.n_done + report.n_failed, 1 + 40 + 5);
    ck_assert_msg(strstr(err.text, "one sgd seed ") != NULL, "'%s'", err.text);
    ck_assert_ptr_nonnull(strstr(err.text, "diverges at alpha = 2.5"));
    bench_remove(&b);
}
END_TEST

/* Rows up to the divergence, nan after it, who and when in the comments; never computed again, but
 * by a curve that does not take it for a result. */
START_TEST(a_divergence_is_a_result)
{
    struct bench b;
    struct ov_run_report report;
    struct ov_error err = {0};
    struct ov_text table = {0}, again = {0};
    bench_make(&b);
    bench_set(&b, 1, how, DIVERGES);
    ck_assert_msg(run(&b, 2, &report, &err) == OV_OK, "%s", err.text);
    ck_assert_uint_eq(report.n_done, 10);
    ck_assert_uint_eq(report.n_table, 4);
    contents(&table, &b, "two.sgd.csv");
    ck_assert_ptr_nonnull(strstr(table.s, "\n# diverged_at: 1 3, 2 3, 3 3, 4 3\n"));
    ck_assert_ptr_nonnull(strstr(table.s, "\n1,3,nan\n1,4,nan\n2,0,1"));
    contents(&again, &b, "one.sgd.csv");
    ck_assert_ptr_null(strstr(again.s, "diverged_at"));
    ov_text_free(&again);
    ck_ok(run(&b, 2, &report, &err));
    ck_assert_uint_eq(report.n_done, 0);
    b.curve[1].fails_if_diverged = true;
    ck_assert_int_eq(run(&b, 2, &report, &err), OV_EDIVERGED);
    ck_assert_uint_eq(report.n_failed, 4);
    ov_text_free(&table);
    bench_remove(&b);
}
END_TEST

/* The others of a group that diverges are what they are alone, bit by bit. */
START_TEST(a_divergence_costs_its_group_nothing)
{
    struct bench a, b;
    struct ov_run_report report;
    struct ov_text x = {0};
    bench_make(&a);
    bench_make(&b);
    for (int i = 0; i < 2; i++) {
        bench_set(i ? &b : &a, 0, seeds, 40);
        bench_set(i ? &b : &a, 0, how, ONE_DIVERGES);
    }
    bench_set(&b, 0, group, 40);
    ck_ok(run(&a, 2, &report, NULL));
    ck_ok(run(&b, 2, &report, NULL));
    same_bytes(&a, &b, "one.sgd.csv");
    contents(&x, &a, "one.sgd.csv");
    ck_assert_ptr_nonnull(strstr(x.s, "nan"));
    ov_text_free(&x);
    bench_remove(&a);
    bench_remove(&b);
}
END_TEST

/* One simulation for both curves, whichever seeds they ask for; a failure is that of both. */
START_TEST(the_same_runs_are_computed_once)
{
    struct bench b;
    struct ov_run_report report;
    struct ov_error err = {0};
    struct ov_text x = {0}, y = {0};
    bench_make(&b);
    bench_set(&b, 1, rate, 1.0);
    bench_set(&b, 1, seeds, 7);
    ck_ok(run(&b, 2, &report, NULL));
    ck_assert_uint_eq(report.n_done, 1 + 7); /* theory is the same, too */
    ck_assert_uint_eq(report.n_table, 4);
    contents(&x, &b, "one.sgd.csv");
    contents(&y, &b, "two.sgd.csv");
    ck_assert_ptr_nonnull(strstr(x.s, "\n4,4,"));
    ck_assert_ptr_nonnull(strstr(y.s, "\n7,4,"));
    ck_assert_int_eq(strncmp(strstr(x.s, "\n1,0,"), strstr(y.s, "\n1,0,"), 200), 0);
    bench_set(&b, 0, how, CRASHES);
    bench_set(&b, 0, rate, 3.0);
    bench_set(&b, 1, rate, 3.0);
    ck_assert_int_eq(run(&b, 2, &report, &err), OV_EIO);
    ck_assert_uint_eq(report.n_done, 1 + 3);
    ck_assert_uint_eq(report.n_failed, 4);
    ck_assert_ptr_nonnull(strstr(err.text, "fake one sgd seed"));
    ck_assert_ptr_nonnull(strstr(err.text, "fake two sgd seed"));
    bench_set(&b, 0, how, FINE);
    b.curve[1].fails_if_diverged = true; /* not the same conditions: each computes its own */
    bench_set(&b, 0, rate, 4.0);
    bench_set(&b, 1, rate, 4.0);
    ck_ok(run(&b, 2, &report, NULL));
    ck_assert_uint_eq(report.n_done, 2 + 4 + 7);
    ov_text_free(&x);
    ov_text_free(&y);
    bench_remove(&b);
}
END_TEST

START_TEST(only_what_changed_runs_again)
{
    struct bench b;
    struct ov_run_report report;
    bench_make(&b);
    ck_ok(run(&b, 2, &report, NULL));
    bench_set(&b, 1, rate, 3.0);
    ck_ok(run(&b, 2, &report, NULL));
    ck_assert_uint_eq(report.n_done, 5);
    ck_assert_uint_eq(report.n_reused, 5);
    bench_set(&b, 0, seeds, 6); /* two more seeds: two more runs */
    ck_ok(run(&b, 2, &report, NULL));
    ck_assert_uint_eq(report.n_done, 2);
    bench_set(&b, 1, rate, 2.0); /* back: its runs are still there, its tables not */
    ck_ok(run(&b, 2, &report, NULL));
    ck_assert_uint_eq(report.n_done, 0);
    ck_assert_uint_eq(report.n_table, 2);
    bench_remove(&b);
}
END_TEST

START_TEST(a_failed_job_is_named_and_stops_no_other)
{
    static const struct {
        int how;
        enum ov_status status;
        const char *words;
    } cases[] = {{DIVERGES, OV_EDIVERGED, "fake two sgd seed 1: diverges at alpha = 3"},
                 {NAN_ROW, OV_ENUMERIC, "eps_g is not a finite number at time 2"},
                 {CRASHES, OV_EIO, "killed by signal 9"}};
    for (size_t i = 0; i < 3; i++) {
        struct bench b;
        struct ov_run_report report;
        struct ov_error err = {0};
        char path[128];
        bench_make(&b);
        bench_set(&b, 1, how, cases[i].how);
        b.curve[1].fails_if_diverged = true;
        ck_assert_int_eq(run(&b, 2, &report, &err), cases[i].status);
        ck_assert_msg(strstr(err.text, cases[i].words) != NULL, "'%s'", err.text);
        ck_assert_uint_eq(report.n_failed, 4);
        ck_assert_uint_eq(report.n_done, 6);
        snprintf(path, sizeof path, "%s/two.sgd.csv", b.out);
        ck_assert(!ov_file_exists(path));
        bench_set(&b, 1, how, FINE); /* mended: only the failed ones run */
        ck_ok(run(&b, 2, &report, &err));
        ck_assert_uint_eq(report.n_done, 4);
        bench_remove(&b);
    }
}
END_TEST

/* Kills a run at random moments, again and again; what comes out in the end is what an undisturbed
 * run gives. */
START_TEST(kills_change_nothing)
{
    struct bench calm, killed;
    struct ov_run_report report;
    gsl_rng *r = ov_test_rng(7);
    bench_make(&calm);
    bench_make(&killed);
    ck_ok(run(&calm, 1, &report, NULL));
    bench_set(&killed, 0, delay_us, 3000);
    bench_set(&killed, 1, delay_us, 3000);
    for (int i = 0; i < 20; i++) {
        pid_t child = fork();
        if (child == 0) {
            closefrom(3); /* what is killed shares no file with the runner of the tests */
            run(&killed, 2, &report, NULL);
            _exit(0);
        }
        /* Not before the child has gone its way: an assertion writes to Check's file, and one
         * killed in the middle of that leaves half a message there. */
        ck_assert_int_gt(child, 0); /* kill(-1, …) would be everybody's end */
        usleep((useconds_t)(gsl_rng_uniform(r) * 15000));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    ck_ok(run(&killed, 2, &report, NULL));
    same_bytes(&calm, &killed, "two.sgd.csv");
    gsl_rng_free(r);
    bench_remove(&calm);
    bench_remove(&killed);
}
END_TEST

/* Runs curve `one` of a bench one after the other and gives what was logged, allocated. */
static char *logged(struct bench *b, struct ov_run_report *report)
{
    struct ov_plan plan = {0};
    char *log = NULL;
    size_t size;
    FILE *f = open_memstream(&log, &size);
    struct ov_run_options options = {.workers = 1, .log = f};
    ck_ok(ov_plan_add(&plan, &b->experiment, b->out, "one", NULL));
    ck_ok(ov_plan_run(&plan, &options, report, NULL));
    fclose(f);
    ov_plan_free(&plan);
    return log;
}

START_TEST(the_log_has_a_line_a_failure)
{
    struct bench b;
    struct ov_run_report report;
    bench_make(&b);
    char *log = logged(&b, &report);
    ck_assert_uint_eq(report.n_done, 5);
    ck_assert_ptr_null(strstr(log, "seed"));
    free(log);
    bench_remove(&b);
}
END_TEST

/* With one worker, failures are told in the order of the runs. */
START_TEST(the_longest_runs_come_first)
{
    static const uint64_t work[2][2] = {{5, 50}, {50, 5}}; /* of curves one and two */
    for (size_t i = 0; i < 2; i++) {
        struct bench b;
        struct ov_run_report report;
        struct ov_error err = {0};
        bench_make(&b);
        b.curve[0].fails_if_diverged = b.curve[1].fails_if_diverged = true;
        for (int c = 0; c < 2; c++) {
            bench_set(&b, c, how, DIVERGES);
            bench_set(&b, c, work, work[i][c]);
        }
        ck_assert_int_eq(run(&b, 1, &report, &err), OV_EDIVERGED);
        const char *one = strstr(err.text, "fake one"), *two = strstr(err.text, "fake two");
        ck_assert_ptr_nonnull(one);
        ck_assert_ptr_nonnull(two);
        ck_assert_int_eq(one<two, work[i][0]> work[i][1]);
        bench_remove(&b);
    }
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, runs_once_and_not_again);
    OV_TEST(s, same_bytes_for_any_number_of_workers);
    OV_TEST(s, same_bytes_for_any_grouping);
    OV_TEST(s, a_failed_group_keeps_its_good_runs);
    OV_TEST(s, a_divergence_is_a_result);
    OV_TEST(s, a_divergence_costs_its_group_nothing);
    OV_TEST(s, the_same_runs_are_computed_once);
    OV_TEST(s, only_what_changed_runs_again);
    OV_TEST(s, a_failed_job_is_named_and_stops_no_other);
    OV_TEST(s, kills_change_nothing);
    OV_TEST(s, the_longest_runs_come_first);
    OV_TEST(s, the_log_has_a_line_a_failure);
}

OV_TEST_MAIN("run/jobs");
