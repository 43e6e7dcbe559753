/* SPDX-License-Identifier: MIT
 *
 * Runs that come in pieces: each piece is a job of its own, and the tables are those of whole runs.
 * The piece that goes wrong is that of seed 2 which ends at time 3.
 */
#include <dirent.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_runs.h"
#include "overlap/run/jobs.h"
#include "overlap/run/sidecar.h"
#include "overlap/store/results.h"

enum { SEEDS = 4, PIECES = 5, JOBS = SEEDS * PIECES, OTHERS = SEEDS + 2 };

/* Curve one in pieces, curve two whole. */
static void make(struct bench *b, int how)
{
    bench_make(b);
    bench_set(b, 0, pieces, PIECES);
    bench_set(b, 0, how, how);
}

/* Whole runs, to compare with. */
static void whole(struct ov_text *table)
{
    struct bench b;
    struct ov_run_report report;
    bench_make(&b);
    ck_ok(run(&b, 1, &report, NULL));
    contents(table, &b, "one.sgd.csv");
    bench_remove(&b);
}

static void check_table(const struct bench *b, const struct ov_text *expected)
{
    struct ov_text table = {0};
    contents(&table, b, "one.sgd.csv");
    ck_assert_str_eq(table.s, expected->s);
    ov_text_free(&table);
}

START_TEST(they_make_the_table_of_whole_runs)
{
    struct ov_text expected = {0};
    whole(&expected);
    for (unsigned workers = 1; workers <= 3; workers += 2)
        for (uint64_t work = 1; work < 1000000; work *= 1000) { /* blocks of all jobs, of one */
            struct bench b;
            struct ov_run_report report;
            make(&b, FINE);
            bench_set(&b, 0, work, work == 1 ? 1 : 150000);
            ck_ok(run(&b, workers, &report, NULL));
            ck_assert_uint_eq(report.n_done, JOBS + OTHERS);
            ck_assert_uint_eq(report.n_table, 4);
            check_table(&b, &expected);
            ck_ok(run(&b, workers, &report, NULL));
            ck_assert_uint_eq(report.n_done, 0);
            ck_assert_uint_eq(report.n_reused, JOBS + OTHERS);
            bench_remove(&b);
        }
    ov_text_free(&expected);
}
END_TEST

/* One piece fails, is named, and is all that is computed once the fault is gone. */
static void check_fault(int how, enum ov_status expected, const char *what)
{
    struct ov_text table = {0};
    struct bench b;
    struct ov_run_report report;
    struct ov_error err = {0};
    whole(&table);
    make(&b, how);
    ck_assert_int_eq(run(&b, 2, &report, &err), expected);
    ck_assert_msg(strstr(err.text, "fake one sgd seed 2, alpha = 3: ") == err.text, "%s", err.text);
    ck_assert_msg(strstr(err.text, what), "%s", err.text);
    ck_assert_ptr_null(strstr(err.text, "more"));
    ck_assert_uint_eq(report.n_done, JOBS + OTHERS - 1);
    ck_assert_uint_eq(report.n_failed, 1);
    ck_assert_uint_eq(report.n_table, 3);
    bench_set(&b, 0, how, FINE);
    ck_ok(run(&b, 2, &report, NULL));
    ck_assert_uint_eq(report.n_done, 1);
    check_table(&b, &table);
    ov_text_free(&table);
    bench_remove(&b);
}

START_TEST(one_that_fails_fails_alone)
{
    check_fault(PIECE_FAILS, OV_ENUMERIC, "no minimum");
    check_fault(ONE_CRASHES, OV_EIO, "killed by signal 9");
    check_fault(DIVERGES, OV_EDIVERGED, "diverges at alpha = 3");
}
END_TEST

/* Pieces of two rows, in one block with others. */
START_TEST(what_they_are_is_said)
{
    struct bench b;
    struct ov_plan plan = {0};
    struct ov_text name = {0};
    struct ov_error err = {0};
    make(&b, PIECE_FAILS);
    bench_set(&b, 0, pieces, 2);
    ck_ok(ov_plan_add(&plan, &b.experiment, b.out, "one", NULL));
    const struct ov_batch *batch = &plan.batch[1];
    ck_assert_uint_eq(batch->n_job, 2 * SEEDS);
    ck_assert_uint_eq(batch->n_seed, SEEDS);
    ck_assert_uint_eq(ov_batch_group(batch), 1);
    ck_assert_int_eq(ov_jobs_run(batch, 0, 2 * SEEDS, NULL, NULL, NULL, &err), OV_ENUMERIC);
    ck_assert_str_eq(err.text, "seed 2, alpha = 2 to 3: no minimum");
    ck_assert_uint_eq(ov_batch_valid(batch), 2 * SEEDS - 1);
    ck_assert_int_eq(ov_batch_assemble(&plan.batch[1], NULL, 0.0, &err), OV_EUSER);
    ck_assert_ptr_nonnull(strstr(err.text, "no stored run of one, sgd, seed 2, alpha = 2 to 3"));
    ov_batch_say_jobs(&name, batch, 2, 4);
    ck_assert_str_eq(name.s, " seed 2, alpha = 0 to 3");
    name.len = 0;
    ov_batch_say_jobs(&name, batch, 1, 7);
    ck_assert_str_eq(name.s, " seeds 1-4");
    ov_text_free(&name);
    ov_plan_free(&plan);
    bench_remove(&b);
}
END_TEST

START_TEST(tables_are_as_good_as_blocks)
{
    struct bench b;
    struct ov_run_report report;
    struct ov_plan plan = {0};
    bench_make(&b); /* whole runs, as an earlier version stored them */
    ck_ok(run(&b, 2, &report, NULL));
    bench_set(&b, 0, pieces, PIECES);
    bench_set(&b, 0, seeds, 6);
    ck_ok(ov_plan_add(&plan, &b.experiment, b.out, "one", NULL));
    ck_assert_uint_eq(ov_batch_todo(&plan.batch[1]), 2 * PIECES);
    for (size_t i = 0; i < plan.batch[1].n_job; i++)
        ck_assert(plan.batch[1].job[i].valid == (plan.batch[1].job[i].seed <= 4));
    ov_plan_free(&plan);
    ck_ok(run(&b, 2, &report, NULL));
    ck_assert_uint_eq(report.n_done, 2 * PIECES);
    bench_remove(&b);
}
END_TEST

START_TEST(curves_with_the_same_runs_share_them)
{
    struct bench b;
    struct ov_run_report report;
    struct ov_error err = {0};
    make(&b, PIECE_FAILS);
    bench_set(&b, 1, rate, 1.0);
    bench_set(&b, 1, pieces, PIECES);
    ck_assert_int_eq(run(&b, 2, &report, &err), OV_ENUMERIC);
    ck_assert_uint_eq(report.n_done, JOBS - 1 + 1); /* and one theory */
    ck_assert_ptr_nonnull(strstr(err.text, "fake two sgd seed 2, alpha = 3: no minimum"));
    bench_set(&b, 0, how, FINE);
    ck_ok(run(&b, 2, &report, &err));
    ck_assert_uint_eq(report.n_done, 1);
    ck_assert_uint_eq(report.n_table, 2);
    bench_remove(&b);
}
END_TEST

/* The state of one piece is found by that piece: another would end as if it had been at its end. */
START_TEST(states_are_of_one_piece)
{
    struct bench b;
    struct ov_run_report report;
    struct ov_error err = {0};
    struct ov_text expected = {0};
    struct ov_plan plan = {0};
    struct ov_run_options options = {.workers = 1, .command = "test", .checkpoint_seconds = 1e9};
    whole(&expected);
    make(&b, STOPPED);
    for (int turn = 0; turn < 2; turn++) {
        ck_ok(ov_plan_add(&plan, &b.experiment, b.out, "one", NULL));
        enum ov_status status = ov_plan_run(&plan, &options, &report, &err);
        ck_assert_msg(status == (turn ? OV_OK : OV_EIO), "%s", err.text);
        if (turn == 0)
            ck_assert_ptr_nonnull(
                strstr(err.text, "seed 2, alpha = 3: stopped; its state is kept"));
        ov_plan_free(&plan);
    }
    check_table(&b, &expected);
    ov_text_free(&expected);
    bench_remove(&b);
}
END_TEST

static size_t n_blocks(const struct bench *b)
{
    struct ov_text jobs = {0};
    size_t n = 0;
    ov_text_addf(&jobs, "%s/jobs", b->out);
    DIR *d = opendir(jobs.s);
    for (const struct dirent *entry; d && (entry = readdir(d));) {
        const char *end = strrchr(entry->d_name, '.'); /* what is being written has another */
        n += end && strcmp(end, ".csv") == 0;
    }
    if (d)
        closedir(d);
    ov_text_free(&jobs);
    return n;
}

/* Killed at any moment, the command goes on from what was stored. */
START_TEST(a_kill_loses_nothing_that_was_stored)
{
    struct ov_text expected = {0};
    whole(&expected);
    for (size_t blocks = 1; blocks <= 9; blocks += 4) {
        struct bench b;
        struct ov_run_report report;
        make(&b, FINE);
        bench_set(&b, 0, delay_us, 10000);
        bench_set(&b, 0, work, 150000); /* a block each */
        pid_t child = fork();
        if (child == 0) {
            setpgid(0, 0);
            _exit(run(&b, 2, &report, NULL) != OV_OK);
        }
        pid_t ended = 0; /* on a busy machine it may be done before it is looked at */
        while (n_blocks(&b) < blocks && (ended = waitpid(child, NULL, WNOHANG)) == 0)
            usleep(1000);
        if (ended == 0) {
            kill(child, SIGKILL); /* its children go with it */
            ck_assert_int_eq(waitpid(child, NULL, 0), child);
        }
        ck_ok(run(&b, 2, &report, NULL));
        ck_assert_uint_eq(report.n_done + report.n_reused, JOBS + OTHERS);
        ck_assert_uint_ge(report.n_reused, blocks);
        check_table(&b, &expected);
        bench_remove(&b);
    }
    ov_text_free(&expected);
}
END_TEST

/* A sidecar tells how many pieces its runs had: an estimate of today's jobs allows for it. */
START_TEST(sidecars_count_them)
{
    struct bench b;
    struct ov_run_report report;
    struct ov_text inputs = {0};
    struct ov_cost cost;
    uint64_t work;
    make(&b, FINE);
    ck_ok(run(&b, 1, &report, NULL));
    ck_assert(ov_sidecar_cost(&inputs, &cost, &work, b.out, &b.curve[0], OV_SGD));
    ck_assert_uint_eq(cost.n_run, JOBS);
    ck_assert_uint_eq(cost.n_piece, PIECES);
    ck_assert(ov_sidecar_cost(&inputs, &cost, &work, b.out, &b.curve[1], OV_SGD));
    ck_assert_uint_eq(cost.n_piece, 1);
    ov_text_free(&inputs);
    bench_remove(&b);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, they_make_the_table_of_whole_runs);
    OV_TEST(s, one_that_fails_fails_alone);
    OV_TEST(s, what_they_are_is_said);
    OV_TEST(s, tables_are_as_good_as_blocks);
    OV_TEST(s, curves_with_the_same_runs_share_them);
    OV_TEST(s, states_are_of_one_piece);
    OV_TEST(s, a_kill_loses_nothing_that_was_stored);
    OV_TEST(s, sidecars_count_them);
}

OV_TEST_MAIN("run/pieces");
