/* SPDX-License-Identifier: MIT
 *
 * Memory: sums over processes by hand, and the estimate for two-layer against what a process takes.
 */
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_runs.h"
#include "overlap/run/jobs.h"
#include "overlap/systems/systems.h"
#include "overlap/run/memory.h"
#include "overlap/run/runner.h"

static struct ov_plan plan_of(struct bench *b)
{
    struct ov_plan plan = {0};
    bench_make(b);
    bench_set(b, 0, work, 1000000); /* a block a run */
    bench_set(b, 1, work, 1000000);
    bench_set(b, 0, gigabytes, 1.0);
    bench_set(b, 1, gigabytes, 2.0);
    ck_ok(ov_plan_add(&plan, &b->experiment, b->out, NULL, NULL));
    return plan;
}

/* 1 and 2: theory 0.1 and 0.2 GB, one process each; sgd 1 and 2 GB, four each. */
START_TEST(the_largest_come_first)
{
    static const double expected[] = {0.0, 2.0, 4.0, 6.0, 8.0, 9.0, 10.0, 11.0, 12.0, 12.2, 12.3};
    struct bench b;
    struct ov_plan plan = plan_of(&b);
    for (size_t n = 0; n < 11; n++) /* and the program itself, 11 MB each */
        ck_agree(1e9 * expected[n] + 11e6 * (double)n, ov_plan_memory(&plan, n), 1e-5, 0);
    ck_agree(ov_plan_memory(&plan, 10), ov_plan_memory(&plan, 1000), 0, 0);
    ck_assert_uint_eq(ov_plan_workers_within(&plan, 8, 9.5e9), 5);
    ck_assert_uint_eq(ov_plan_workers_within(&plan, 8, 1e12), 8);
    ck_assert_uint_eq(ov_plan_workers_within(&plan, 8, 1.0), 1);
    b.curve[1].side[OV_SGD].group = 3; /* 3 + 1: two processes of 2 GB */
    ck_agree(4e9 + 2 * 1e9, ov_plan_memory(&plan, 4), 0.02, 0);
    plan.batch[3].job[3].left_out = true; /* one */
    ck_agree(2e9 + 3 * 1e9, ov_plan_memory(&plan, 4), 0.02, 0);
    ov_plan_free(&plan);
    bench_remove(&b);
}
END_TEST

START_TEST(what_does_not_fit_is_refused)
{
    struct bench b;
    struct ov_error err = {0};
    struct ov_run_report report;
    struct ov_run_options options = {.workers = 1};
    struct ov_plan plan = plan_of(&b);
    ck_ok(ov_plan_check_memory(&plan, 2.1e9, &err));
    ck_assert_int_eq(ov_plan_check_memory(&plan, 1.5e9, &err), OV_EUSER);
    ck_assert_str_eq(
        err.text, "fake/experiment.yaml: error: a run of two, sgd, takes 2.0 GB of memory; there "
                  "are 1.5 GB");
    b.curve[0].side[OV_THEORY].memory = 1e14; /* 100 TB */
    ck_assert_int_eq(ov_plan_run(&plan, &options, &report, &err), OV_EUSER);
    ck_assert_ptr_nonnull(strstr(err.text, "a run of one, theory, takes 100 TB of memory"));
    ck_assert_uint_eq(report.n_done, 0);
    ov_plan_free(&plan);
    bench_remove(&b);
}
END_TEST

START_TEST(bytes_for_people)
{
    static const struct {
        double bytes;
        const char *text;
    } cases[] = {
        {5, "5 B"}, {1234, "1.2 kB"}, {56e6, "56 MB"}, {9.96e9, "10 GB"}, {1e20, "100000 PB"}};
    for (size_t i = 0; i < 5; i++) {
        struct ov_text t = {0};
        ov_text_add_bytes(&t, cases[i].bytes);
        ck_assert_str_eq(t.s, cases[i].text);
        ov_text_free(&t);
    }
    ck_assert(ov_machine_memory() > 1e8);
}
END_TEST

/* The most that a process which runs jobs of the first batch takes. */
static double taken(const struct ov_batch *batch, size_t n)
{
    struct rusage usage;
    int code;
    pid_t child = fork();
    if (child == 0) {
        closefrom(3);
        _exit(ov_jobs_run(batch, 0, n, NULL, NULL, NULL, NULL) == OV_OK ? 0 : 1);
    }
    ck_assert_int_gt(child, 0);
    ck_assert_int_eq(wait4(child, &code, 0, &usage), child);
    ck_assert_int_eq(code, 0);
    return 1024.0 * (double)usage.ru_maxrss;
}

/* An estimate is at least nine tenths of what is taken, and three times that at most: inputs that
 * a short run never draws and the checkpoint that it never writes are counted. */
START_TEST(systems_take_what_they_say)
{
    static const char *const curves[] = {
        "{N: 400000, K: 8, M: 4, sgd: {engine: weights, seeds: 1}, alpha: [0, 1.0e-4]}",
        "{N: 400000, K: 8, M: 4, sgd: {engine: weights, seeds: 1, weights: [0, 1.0e-4]}, alpha: [0, 1.0e-4]}",
        "{N: 201, K: 200, M: 1, sgd: {engine: weights, seeds: 1}, batch: 40000, alpha: [0, 0.005]}",
        "{N: 400000, K: 8, M: 4, sgd: {engine: law, seeds: 8}, alpha: [0, 1.0e-4]}",
        "{N: 1000, K: 30, M: 20, theory: true, alpha: [0, 100]}", /* until there are matrices */
        "{N: 1000, K: 10, M: 10, theory: {fluctuations: true}, alpha: [0, 1.0e-4]}",
        /* inputs in blocks: a block a direction, drawn weights, few blocks of many directions */
        "{N: 3000, K: 2, M: 2, inputs: {covariance: {power: 1}}, blocks: all, theory: true, alpha: [0, 300]}",
        "{N: 100000, K: 8, M: 4, inputs: {covariance: {power: 1}}, theory: true, alpha: [0, 1.0e-4]}",
        "{N: 400000, K: 8, M: 4, inputs: {covariance: [2, 1]}, sgd: {engine: weights, seeds: 1}, alpha: [0, 1.0e-4]}",
        "{N: 100000, K: 8, M: 4, inputs: {covariance: {power: 1}}, sgd: {engine: weights, seeds: 1}, alpha: [0, 1.0e-4]}",
        "{N: 5000, K: 4, M: 2, inputs: {covariance: {power: 1}}, sgd: {engine: law, seeds: 8}, alpha: [0, 0.002]}",
        /* samples; their Gram matrix, for a minimum and for a flow */
        "{kappa: 1, kappa_star: 0.25, lambda: 2, d: 60, alpha: 0.45, sgd: {seeds: 1}}",
        "{kappa: 1, kappa_star: 0.25, lambda: 2, d: 60, alpha: 2, sgd: {seeds: 1}}",
        "{kappa: 1, kappa_star: 0.25, lambda: 2, d: 60, alpha: 1, t: [1], sgd: {method: flow, seeds: 1}}"};
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
        char dir[] = "/tmp/overlap-memory-XXXXXX", command[700];
        struct ov_experiment *e;
        struct ov_plan plan = {0};
        struct ov_error err = {0};
        ck_assert_ptr_nonnull(mkdtemp(dir));
        snprintf(command, sizeof command,
                 "printf 'title: t\\nsystem: %s\\ntier: quick\\ncurves:\\n  - {id: c, %s%s\\n' > "
                 "%s/experiment.yaml",
                 curves[i][1] == 'N' ? "two-layer" : "quadratic",
                 curves[i][1] == 'N' ? "eta_w: 0.01, " : "", curves[i] + 1, dir);
        ck_assert_int_eq(system(command), 0);
        struct ov_load_options options = {.systems = ov_systems, .tier = OV_CI};
        ck_assert_msg(ov_experiment_load(&e, dir, &options, &err) == OV_OK, "%s", err.text);
        ck_ok(ov_plan_add(&plan, e, dir, NULL, NULL));
        double said = ov_batch_memory(&plan.batch[0]);
        double is = taken(&plan.batch[0], plan.batch[0].n_job);
        printf("    %.0f MB estimated, %.0f MB taken\n", said * 1e-6, is * 1e-6);
#if !defined(__SANITIZE_ADDRESS__) /* which takes far more */
        ck_assert_msg(said > 0.9 * is && said < 3.0 * is, "%g and %g bytes", said, is);
#endif
        ov_plan_free(&plan);
        ov_experiment_free(e);
        snprintf(command, sizeof command, "rm -rf %s", dir);
        ck_assert_int_eq(system(command), 0);
    }
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, the_largest_come_first);
    OV_TEST(s, what_does_not_fit_is_refused);
    OV_TEST(s, bytes_for_people);
    OV_TEST(s, systems_take_what_they_say);
}

OV_TEST_MAIN("run/memory");
