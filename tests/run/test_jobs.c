/* SPDX-License-Identifier: MIT
 *
 * Plans and runs with a system made for the purpose: one parameter, rows that are a formula, and
 * ways to go wrong.
 */
#include <dirent.h>
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

static enum ov_status run(struct bench *b, unsigned workers, struct ov_run_report *report,
                          struct ov_error *err)
{
    struct ov_plan plan = {0};
    struct ov_run_options options = {.workers = workers, .command = "test"};
    enum ov_status status = ov_plan_add(&plan, &b->experiment, b->out, NULL, err);
    if (status == OV_OK)
        status = ov_plan_run(&plan, &options, report, err);
    ov_plan_free(&plan);
    return status;
}

static void contents(struct ov_text *t, const struct bench *b, const char *file)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", b->out, file);
    ck_ok(ov_file_read(t, path, 0, NULL));
}

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
    for (size_t i = 0; i < 4; i++) {
        struct ov_text x = {0}, y = {0};
        contents(&x, &a, files[i]);
        contents(&y, &b, files[i]);
        ck_assert_str_eq(x.s, y.s);
        ov_text_free(&x);
        ov_text_free(&y);
    }
    bench_remove(&a);
    bench_remove(&b);
}
END_TEST

START_TEST(same_bytes_for_any_grouping)
{
    struct bench a, b;
    struct ov_run_report report;
    struct ov_text x = {0}, y = {0};
    bench_make(&a);
    bench_make(&b);
    bench_set(&b, 0, seeds, 4);
    bench_set(&b, 0, group, 3); /* 3 + 1 */
    ck_ok(run(&a, 2, &report, NULL));
    ck_ok(run(&b, 2, &report, NULL));
    ck_assert_uint_eq(report.n_done, 10);
    contents(&x, &a, "one.sgd.csv");
    contents(&y, &b, "one.sgd.csv");
    ck_assert_str_eq(x.s, y.s);
    ov_text_free(&x);
    ov_text_free(&y);
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
    struct ov_text x = {0}, y = {0};
    bench_make(&a);
    bench_make(&b);
    for (int i = 0; i < 2; i++) {
        bench_set(i ? &b : &a, 0, seeds, 40);
        bench_set(i ? &b : &a, 0, how, ONE_DIVERGES);
    }
    bench_set(&b, 0, group, 40);
    ck_ok(run(&a, 2, &report, NULL));
    ck_ok(run(&b, 2, &report, NULL));
    contents(&x, &a, "one.sgd.csv");
    contents(&y, &b, "one.sgd.csv");
    ck_assert_str_eq(x.s, y.s);
    ck_assert_ptr_nonnull(strstr(x.s, "nan"));
    ov_text_free(&x);
    ov_text_free(&y);
    bench_remove(&a);
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

static void why_of(struct ov_text *why, struct bench *b, size_t batch)
{
    struct ov_plan plan = {0};
    ck_ok(ov_plan_add(&plan, &b->experiment, b->out, NULL, NULL));
    why->len = 0;
    ov_text_add(why, "", 0);
    ov_batch_why(why, &plan.batch[batch]);
    ov_plan_free(&plan);
}

static void spoil(const struct bench *b, const char *file, const char *shell)
{
    char command[256];
    snprintf(command, sizeof command, shell, b->out, file);
    ck_assert_int_eq(system(command), 0);
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
    ov_text_free(&why);
    bench_remove(&b);
}
END_TEST

/* Stores runs of a batch as a block, as a killed command leaves them. */
static void store(struct bench *b, size_t batch, size_t from, size_t to)
{
    struct ov_plan plan = {0};
    ck_ok(ov_plan_add(&plan, &b->experiment, b->out, NULL, NULL));
    ck_ok(ov_jobs_run(&plan.batch[batch], from, to, NULL, NULL, NULL, NULL));
    ov_plan_free(&plan);
}

static size_t n_files(const struct bench *b, const char *dir)
{
    struct ov_text path = {0};
    size_t n = 0;
    ov_text_addf(&path, "%s/%s", b->out, dir);
    DIR *d = opendir(path.s);
    for (const struct dirent *entry; d && (entry = readdir(d));)
        n += entry->d_name[0] != '.';
    if (d)
        closedir(d);
    ov_text_free(&path);
    return n;
}

START_TEST(spoiled_results_are_made_again)
{
    struct bench b;
    struct ov_run_report report;
    struct ov_text before = {0}, after = {0};
    bench_make(&b);
    ck_ok(run(&b, 2, &report, NULL));
    contents(&before, &b, "one.sgd.csv");
    /* cut, edited; empty, and zeros of the right length: what a loss of power leaves of a file that
     * was written without fsync; gone */
    static const char *const torn[] = {"truncate -s -10 $f", "sed -i s/^3,/4,/ $f", ": >$f",
                                       "n=$(stat -c %s $f); : >$f; truncate -s $n $f", "rm $f"};
    for (size_t i = 0; i < 2 * (sizeof torn / sizeof torn[0]); i++) {
        char command[256];
        bool table = i % 2 == 0;
        if (!table) {
            spoil(&b, "one.sgd.csv", "rm %s/%s");
            store(&b, 1, 0, 4);
        }
        snprintf(command, sizeof command, "for f in %s/%s; do %s; done", b.out,
                 table ? "one.sgd.csv" : "jobs/*.csv", torn[i / 2]);
        ck_assert_int_eq(system(command), 0);
        ck_ok(run(&b, 2, &report, NULL));
        ck_assert_uint_eq(report.n_done, 4);
        ck_assert_uint_eq(report.n_table, 1);
        contents(&after, &b, "one.sgd.csv");
        ck_assert_str_eq(before.s, after.s);
        ck_assert_uint_eq(n_files(&b, "jobs"), 0);
    }
    /* the seal is what gives them away */
    spoil(&b, "one.sgd.csv", "rm %s/%s");
    store(&b, 1, 0, 4);
    ck_ok(run(&b, 2, &report, NULL));
    ck_assert_uint_eq(report.n_done, 0);
    ck_assert_uint_eq(report.n_table, 1);
    contents(&after, &b, "one.sgd.csv");
    ck_assert_str_eq(before.s, after.s);
    ov_text_free(&before);
    ov_text_free(&after);
    bench_remove(&b);
}
END_TEST

/* Whatever is stored of a curve, in whatever blocks, only the rest is computed; what the runs say
 * of themselves (the process that made them) shows who made which. */
START_TEST(what_is_stored_is_taken)
{
    struct bench b;
    struct ov_run_report report;
    struct ov_text before = {0}, after = {0};
    bench_make(&b);
    bench_set(&b, 0, how, TELLS_PROCESS);
    store(&b, 1, 3, 4);
    store(&b, 1, 0, 2);
    ck_assert_uint_eq(n_files(&b, "jobs"), 2);
    ck_ok(run(&b, 1, &report, NULL));
    ck_assert_uint_eq(report.n_done, 10 - 3);
    ck_assert_uint_eq(n_files(&b, "jobs"), 0);
    contents(&before, &b, "one.sgd.csv");
    char *own = strstr(before.s, "\n1,"), *third = strstr(before.s, "\n3,");
    char *fourth = strstr(before.s, "\n4,"), *end = strstr(fourth, "# sha256");
    size_t n = strcspn(own + 3, "\n") + 1;
    ck_assert_int_eq(strncmp(own + 3, fourth + 3, n), 0);
    ck_assert_int_ne(strncmp(own + 3, third + 3, n), 0);
    *end = '\0';
    bench_set(&b, 0, seeds, 9); /* the table's runs stay, to the byte */
    ck_ok(run(&b, 1, &report, NULL));
    ck_assert_uint_eq(report.n_done, 5);
    contents(&after, &b, "one.sgd.csv");
    ck_assert_ptr_nonnull(strstr(after.s, own));
    ck_assert_ptr_nonnull(strstr(after.s, "\n9,4,"));
    bench_set(&b, 0, seeds, 2); /* fewer: the others are kept */
    ck_ok(run(&b, 1, &report, NULL));
    ck_assert_uint_eq(report.n_done, 0);
    ck_assert_uint_eq(n_files(&b, "jobs"), 1);
    bench_set(&b, 0, seeds, 9);
    ck_ok(run(&b, 1, &report, NULL));
    ck_assert_uint_eq(report.n_done, 0);
    ck_assert_uint_eq(n_files(&b, "jobs"), 0);
    contents(&before, &b, "one.sgd.csv");
    ck_assert_str_eq(before.s, after.s);
    ov_text_free(&before);
    ov_text_free(&after);
    bench_remove(&b);
}
END_TEST

/* A block holds many runs where they are short, and never splits a group. */
START_TEST(blocks)
{
    static const struct {
        uint64_t work;
        size_t group, block;
    } cases[] = {{1000, 1, 200},  {1000, 8, 200}, {1000, 7, 196}, {3000000, 1, 1},
                 {3000000, 8, 8}, {5, 1, 40000},  {5, 64, 40000}, {5, 500, 40000}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bench b;
        struct ov_plan plan = {0};
        bench_make(&b);
        bench_set(&b, 0, work, cases[i].work);
        bench_set(&b, 0, group, cases[i].group);
        ck_ok(ov_plan_add(&plan, &b.experiment, b.out, NULL, NULL));
        ck_assert_uint_eq(ov_batch_block(&plan.batch[1]), cases[i].block);
        ck_assert_uint_eq(ov_batch_block(&plan.batch[0]), 1); /* its work is not known */
        b.curve[0].side[OV_SGD].n_row = 2000000; /* too many numbers for more than one group */
        ck_assert_uint_eq(ov_batch_block(&plan.batch[1]), ov_batch_group(&plan.batch[1]));
        b.curve[0].side[OV_SGD].n_row = 5;
        ov_plan_free(&plan);
        bench_remove(&b);
    }
}
END_TEST

/* Two processes do the work of two curves, one run at a time. */
START_TEST(processes_are_shared)
{
    struct bench b;
    struct ov_run_report report;
    double seen[2] = {0};
    size_t n = 0;
    bench_make(&b);
    for (int c = 0; c < 2; c++) {
        bench_set(&b, c, how, TELLS_PROCESS);
        bench_set(&b, c, work, 1000000);
    }
    ck_ok(run(&b, 2, &report, NULL));
    ck_assert_uint_eq(report.n_done, 10);
    for (int c = 0; c < 2; c++) {
        struct ov_table t;
        char path[128];
        snprintf(path, sizeof path, "%s/%s.sgd.csv", b.out, c ? "two" : "one");
        ck_ok(ov_table_read(&t, path, NULL));
        for (size_t i = 0; i < t.n_row; i++) {
            double process = t.cell[3 * i + 2];
            if (process == seen[0] || process == seen[1])
                continue;
            ck_assert_uint_lt(n, 2);
            seen[n++] = process;
        }
        ov_table_free(&t);
    }
    bench_remove(&b);
}
END_TEST

/* One run of a block that takes its process with it takes no other run. */
START_TEST(a_crash_costs_one_run)
{
    for (size_t group = 1; group <= 16; group *= 4) {
        struct bench b;
        struct ov_run_report report;
        struct ov_error err = {0};
        struct ov_result r;
        bench_make(&b);
        bench_set(&b, 1, seeds, 40);
        bench_set(&b, 1, group, group);
        bench_set(&b, 1, how, ONE_CRASHES); /* seed 23 */
        ck_assert_int_eq(run(&b, 2, &report, &err), OV_EIO);
        ck_assert_str_eq(err.text, "fake two sgd seed 23: killed by signal 9 (Killed)");
        ck_assert_uint_eq(report.n_failed, 1);
        ck_assert_uint_eq(report.n_done, 4 + 2 + 39);
        ck_assert_uint_eq(report.n_table, 3);
        ck_ok(ov_result_read(&r, b.out, &b.experiment, &b.curve[1], OV_SGD));
        ck_assert_int_eq(r.state, OV_MISSING);
        ck_assert_ptr_nonnull(strstr(r.why, "fake two sgd seed 23: killed by signal 9 (Killed)"));
        ov_result_free(&r);
        bench_set(&b, 1, how, FINE); /* mended: only the failed one runs */
        ck_ok(run(&b, 2, &report, &err));
        ck_assert_uint_eq(report.n_done, 1);
        ck_assert_uint_eq(report.n_table, 1);
        ck_assert_uint_eq(n_files(&b, "jobs"), 0);
        ck_assert_uint_eq(n_files(&b, "."), 9); /* four tables, four sidecars, jobs */
        bench_remove(&b);
    }
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
    struct ov_text x = {0}, y = {0};
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
    contents(&x, &calm, "two.sgd.csv");
    contents(&y, &killed, "two.sgd.csv");
    ck_assert_str_eq(x.s, y.s);
    gsl_rng_free(r);
    ov_text_free(&x);
    ov_text_free(&y);
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
    ov_plan_run(&plan, &options, report, NULL);
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
    OV_TEST(s, only_what_changed_runs_again);
    OV_TEST(s, the_plan_says_why);
    OV_TEST(s, spoiled_results_are_made_again);
    OV_TEST(s, what_is_stored_is_taken);
    OV_TEST(s, blocks);
    OV_TEST(s, processes_are_shared);
    OV_TEST(s, a_crash_costs_one_run);
    OV_TEST(s, a_failed_job_is_named_and_stops_no_other);
    OV_TEST(s, kills_change_nothing);
    OV_TEST(s, the_longest_runs_come_first);
    OV_TEST(s, the_log_has_a_line_a_failure);
}

OV_TEST_MAIN("run/jobs");
