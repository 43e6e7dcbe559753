/* SPDX-License-Identifier: MIT
 *
 * What a run is at, as other processes see it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fake_runs.h"
#include "overlap/run/underway.h"

static void line_is(enum ov_side side, uint64_t done, uint64_t total, const char *expected)
{
    struct bench b;
    struct ov_text t = {0};
    bench_make(&b);
    const struct ov_batch batch = {.curve = &b.curve[0], .side = side};
    ov_underway_add(&t, &batch, "fake one", done, total, 42.0);
    ck_assert_str_eq(t.s, expected);
    ov_text_free(&t);
    bench_remove(&b);
}

START_TEST(a_line_says_how_far)
{
    line_is(OV_THEORY, 0, 0, "fake one: 42 s");
    line_is(OV_THEORY, 900, 1000000, "fake one: 42 s, 900 of at most 1M right-hand sides");
    line_is(OV_THEORY, 12300, 250000, "fake one: 42 s, 12.3k of at most 250k right-hand sides");
    line_is(OV_SGD, 2, 5, "fake one: 42 s, 40 %");
}
END_TEST

START_TEST(lines_of_the_living_only)
{
    struct bench b;
    struct ov_text t = {0};
    char path[128];
    bench_make(&b);
    ov_underway_read(&t, NULL, b.out); /* no directory yet */
    ck_assert_uint_eq(t.len, 0);
    ov_underway_write(b.out, "one\ntwo\n");
    ov_underway_read(&t, NULL, b.out);
    ck_assert_str_eq(t.s, "one\ntwo\n");
    ov_text_free(&t);
    snprintf(path, sizeof path, "%s/jobs/%ld.running", b.out, (long)getpid());
    struct timespec old[2] = {{time(NULL) - 40, 0}, {time(NULL) - 40, 0}};
    ck_assert_int_eq(utimensat(AT_FDCWD, path, old, 0), 0);
    ov_underway_read(&t, NULL, b.out);
    ck_assert_uint_eq(t.len, 0);
    ov_underway_sweep(b.out);
    ck_assert(!ov_file_exists(path));
    ov_underway_write(b.out, "one\n");
    ov_underway_sweep(b.out);
    ck_assert(ov_file_exists(path));
    ov_underway_write(b.out, NULL);
    ck_assert(!ov_file_exists(path));
    bench_remove(&b);
}
END_TEST

/* A process that was killed a moment ago is not running; one of another machine may be. */
START_TEST(the_dead_are_told_apart)
{
    struct bench b;
    struct ov_text alive = {0}, gone = {0};
    char path[128];
    bench_make(&b);
    pid_t child = fork();
    if (child == 0) {
        ov_underway_write(b.out, "one: 12 s\n");
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    ov_underway_write(b.out, "two: 3 s\n");
    ov_underway_read(&alive, &gone, b.out);
    ck_assert_str_eq(alive.s, "two: 3 s\n");
    ck_assert_str_eq(gone.s, "one: 12 s\n");
    snprintf(path, sizeof path, "%s/jobs/%ld.running", b.out, (long)child);
    ck_ok(ov_file_put(path, "# elsewhere pid:[1]\none: 12 s\n", 30, NULL));
    alive.len = gone.len = 0;
    ov_underway_read(&alive, &gone, b.out);
    ck_assert_uint_eq(gone.len, 0);
    ck_assert_ptr_nonnull(strstr(alive.s, "one: 12 s\n"));
    ov_underway_sweep(b.out);
    ck_assert(ov_file_exists(path));
    ov_text_free(&alive);
    ov_text_free(&gone);
    ov_underway_write(b.out, NULL);
    bench_remove(&b);
}
END_TEST

static const char *watched; /* the directory of results */

/* Theory that ends when others are told of it, or, in vain, after a minute; eps_g says which. */
static enum ov_status wait_to_be_told(double *rows, const struct ov_curve *c, enum ov_side side,
                                      const uint64_t *key, size_t n, const struct ov_tick *tick,
                                      struct ov_error *err)
{
    enum ov_status status = fake_run(rows, c, side, key, n, NULL, err);
    for (int i = 0; side == OV_THEORY && i < 6000; i++) {
        struct ov_text t = {0};
        ov_tick_tell(tick, 12300, 1000000);
        ov_underway_read(&t, NULL, watched);
        bool told = t.len > 0 && strstr(t.s, " s, 12.3k of at most 1M right-hand sides\n");
        ov_text_free(&t);
        rows[1] = told ? 1.0 : 0.0;
        if (told)
            break;
        usleep(10000);
    }
    return status;
}

START_TEST(long_theory_is_told_while_it_runs)
{
    static const struct ov_system patient = {.name = "patient", .run = wait_to_be_told};
    struct bench b;
    struct ov_text t = {0};
    struct ov_run_report report;
    struct ov_error err = {0};
    bench_make(&b);
    b.experiment.system = &patient;
    watched = b.out;
    ck_ok(run(&b, 2, &report, &err));
    contents(&t, &b, "one.theory.csv");
    ck_assert_ptr_nonnull(strstr(t.s, "\n0,0,1\n"));
    t.len = 0;
    ov_underway_read(&t, NULL, b.out);
    ck_assert_uint_eq(t.len, 0); /* it is over */
    ov_text_free(&t);
    bench_remove(&b);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, a_line_says_how_far);
    OV_TEST(s, lines_of_the_living_only);
    OV_TEST(s, the_dead_are_told_apart);
    OV_TEST(s, long_theory_is_told_while_it_runs);
}

OV_TEST_MAIN("run/underway");
