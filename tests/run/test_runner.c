/* SPDX-License-Identifier: MIT
 *
 * Blocks of runs and the processes that make them: what is torn is made again, what is stored is
 * taken, short work shares a process, and a crash costs one run.
 */
#include <dirent.h>
#include <string.h>
#include <unistd.h>

#include "fake_runs.h"
#include "overlap/run/jobs.h"
#include "overlap/store/results.h"
#include "overlap/store/table.h"

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

/* How many processes did the work of two curves, one run at a time; no more than two are counted. */
static size_t processes(unsigned workers)
{
    struct bench b;
    struct ov_run_report report;
    double seen[2] = {0};
    size_t n = 0;
    bench_make(&b);
    for (int c = 0; c < 2; c++) {
        bench_set(&b, c, how, TELLS_PROCESS);
        bench_set(&b, c, work, 1000000);
        bench_set(&b, c, delay_us, 3000);
    }
    ck_ok(run(&b, workers, &report, NULL));
    ck_assert_uint_eq(report.n_done, 10);
    for (int c = 0; c < 2; c++) {
        struct ov_table t;
        char path[128];
        snprintf(path, sizeof path, "%s/%s.sgd.csv", b.out, c ? "two" : "one");
        ck_ok(ov_table_read(&t, path, NULL, NULL));
        for (size_t i = 0; i < t.n_row; i++) {
            double process = t.cell[2][i];
            if (process == seen[0] || process == seen[1])
                continue;
            ck_assert_uint_lt(n, 2);
            seen[n++] = process;
        }
        ov_table_free(&t);
    }
    bench_remove(&b);
    return n;
}

START_TEST(processes_are_shared)
{
    ck_assert_uint_le(processes(2), 2);
}
END_TEST

/* Under `make -j1`, which offers no job server, nobody asks for more than one. */
START_TEST(make_j1_is_one_process)
{
    setenv("MAKEFLAGS", " -j1", 1);
    ck_assert_uint_eq(processes(0), 1);
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
        ov_result_read(&r, b.out, &b.experiment, &b.curve[1], OV_SGD, NULL);
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

static void add_tests(Suite *s)
{
    OV_TEST(s, spoiled_results_are_made_again);
    OV_TEST(s, what_is_stored_is_taken);
    OV_TEST(s, blocks);
    OV_TEST(s, processes_are_shared);
    OV_TEST(s, make_j1_is_one_process);
    OV_TEST(s, a_crash_costs_one_run);
}

OV_TEST_MAIN("run/runner");
