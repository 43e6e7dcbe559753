/* SPDX-License-Identifier: MIT
 *
 * Runs that end at a level of eps_g: up to there the bits of runs that go on, in both engines, whatever
 * stands in the other lanes, and from any saved state.
 */
#include <math.h>
#include <string.h>

#include "law_case.h"
#include "overlap/base/text.h"

enum { TIMES = 24, RUNS = 11, STATES = 64 };

static void fill_times(double alpha[TIMES])
{
    for (size_t i = 0; i < TIMES; i++)
        alpha[i] = 10.0 * (double)i + 0.3 * (double)(i % 3); /* some between two steps */
}

static struct ov_problem slow_problem(void)
{
    struct ov_problem p = problem(30, 2, 2, "erf", "erf");
    p.eta_w = 0.1;
    p.eta_v = 0.05;
    p.sigma = 0.05;
    return p;
}

/* The row with which a run of n rows ends; n if it does not. */
static size_t end_of(const double *rows, size_t n, size_t width, double level)
{
    size_t j = 0;
    while (j < n && rows[j * width + 1] > level)
        j++;
    return j;
}

/* `stopped` is `whole` up to its end, and nothing behind. Returns the end. */
static size_t assert_prefix(const double *stopped, const double *whole, size_t width, double level)
{
    size_t end = end_of(whole, TIMES, width, level), n = end < TIMES ? end + 1 : TIMES;
    ck_assert_mem_eq(stopped, whole, n * width * sizeof *whole);
    for (size_t i = n * width; i < TIMES * width; i++)
        ck_assert(isnan(stopped[i]));
    return end;
}

/* A level that the runs reach at different times, and one or two do not. */
static double level_for(const double *rows, size_t width)
{
    double least = INFINITY, most = 0.0;
    for (size_t r = 0; r < RUNS; r++) {
        double lowest = INFINITY;
        for (size_t j = 0; j < TIMES; j++)
            lowest = fmin(lowest, rows[(r * TIMES + j) * width + 1]);
        least = fmin(least, lowest);
        most = fmax(most, lowest);
    }
    return least + 0.9 * (most - least);
}

START_TEST(law_ends_each_lane_for_itself)
{
    double alpha[TIMES];
    fill_times(alpha);
    struct ov_problem p = slow_problem();
    uint64_t *key = keys(5, RUNS);
    size_t width = ov_row_width(2, 2), ends[2] = {0}, kinds = 0, seen[TIMES + 1] = {0};
    double *whole = law_rows(&p, key, RUNS, alpha, TIMES);
    p.stop = level_for(whole, width);
    double *stopped = law_rows(&p, key, RUNS, alpha, TIMES);
    for (size_t r = 0; r < RUNS; r++) {
        size_t at = r * TIMES * width, end = assert_prefix(stopped + at, whole + at, width, p.stop);
        ends[end < TIMES]++;
        kinds += seen[end]++ == 0;
        double *alone = law_rows(&p, key + r, 1, alpha, TIMES);
        for (size_t i = 0; i < TIMES * width; i++)
            ck_assert(alone[i] == stopped[at + i] || (isnan(alone[i]) && isnan(stopped[at + i])));
        free(alone);
    }
    ck_assert_msg(ends[0] > 0 && ends[1] > 4 && kinds > 2, "%zu %zu %zu", ends[0], ends[1], kinds);
    free(key);
    free(whole);
    free(stopped);
    ov_problem_free(&p);
}
END_TEST

START_TEST(weights_end_there_too)
{
    double alpha[TIMES];
    fill_times(alpha);
    struct ov_problem p = slow_problem();
    size_t width = ov_row_width(2, 2), ended = 0;
    for (uint64_t key = 1; key <= 6; key++) {
        p.stop = 0.0;
        double *whole = rows_of(&p, key, alpha, TIMES);
        p.stop = whole[5 * width + 1] * 1.0000001;
        double *stopped = rows_of(&p, key, alpha, TIMES);
        ended += assert_prefix(stopped, whole, width, p.stop) <= 5;
        p.stop = 1e-300;
        double *never = rows_of(&p, key, alpha, TIMES);
        ck_assert_mem_eq(never, whole, TIMES * width * sizeof *whole);
        free(whole);
        free(stopped);
        free(never);
    }
    ck_assert_uint_eq(ended, 6);
    ov_problem_free(&p);
}
END_TEST

/* At eps_g(0) it ends with the first row; the last step is not made. */
START_TEST(a_run_may_end_where_it_starts)
{
    double alpha[TIMES];
    fill_times(alpha);
    struct ov_problem p = slow_problem();
    uint64_t key = 3;
    size_t width = ov_row_width(2, 2);
    p.stop = 1e6;
    double *weights = rows_of(&p, key, alpha, TIMES), *law = law_rows(&p, &key, 1, alpha, TIMES);
    ck_assert(isfinite(weights[1]) && isnan(weights[width]) && isnan(weights[width + 1]));
    ck_assert(isfinite(law[1]) && isnan(law[width]) && isnan(law[width + 1]));
    free(weights);
    free(law);
    ov_problem_free(&p);
}
END_TEST

/* ---- states ---- */

struct shelf {
    size_t n, asked;
    struct ov_text state[STATES];
};

static bool due(void *ctx)
{
    struct shelf *s = ctx;
    return ++s->asked % 4 == 0 && s->n < STATES;
}

static void save(void *ctx, const void *bytes, size_t n)
{
    struct shelf *s = ctx;
    ov_text_add(&s->state[s->n++], bytes, n);
}

static void assert_law_resumes(struct ov_problem *p, const double *alpha)
{
    static struct shelf s;
    s = (struct shelf){0};
    size_t n = RUNS * TIMES * ov_measured_width(p);
    uint64_t *key = keys(5, RUNS);
    double *whole = zeros(n), *rows = zeros(n);
    p->stop = 0.0;
    ck_ok(ov_law_run(whole, p, key, RUNS, alpha, TIMES, NULL, NULL));
    p->stop = level_for(whole, ov_measured_width(p));
    struct ov_checkpoint saving = {.due = due, .save = save, .ctx = &s};
    struct ov_tick tick = {.checkpoint = &saving};
    ck_ok(ov_law_run(whole, p, key, RUNS, alpha, TIMES, &tick, NULL));
    ck_assert_uint_ge(s.n, 5);
    for (size_t i = 0; i < s.n; i++) {
        struct ov_checkpoint found = {.found = s.state[i].s, .n_found = s.state[i].len};
        struct ov_tick again = {.checkpoint = &found};
        ck_ok(ov_law_run(rows, p, key, RUNS, alpha, TIMES, &again, NULL));
        ck_assert_mem_eq(whole, rows, n * sizeof *rows);
        ov_text_free(&s.state[i]);
    }
    free(key);
    free(whole);
    free(rows);
}

/* A tick comes each 1 + 2e6/(8 (P + 4)^2) = 3907 steps: times are far apart. */
START_TEST(from_every_state_of_law_to_the_same_bits)
{
    double alpha[TIMES];
    fill_times(alpha);
    for (size_t i = 0; i < TIMES; i++)
        alpha[i] *= 16.0;
    struct ov_problem p = slow_problem();
    p.eta_w = p.eta_v = 0.01;
    assert_law_resumes(&p, alpha);
    p.sigma = 0.0;
    p.labels = (struct ov_labels){true, 0.1, 50};
    assert_law_resumes(&p, alpha);
    ov_problem_free(&p);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, law_ends_each_lane_for_itself);
    OV_TEST(s, weights_end_there_too);
    OV_TEST(s, a_run_may_end_where_it_starts);
    OV_TEST(s, from_every_state_of_law_to_the_same_bits);
}

OV_TEST_MAIN("sim/stop");
