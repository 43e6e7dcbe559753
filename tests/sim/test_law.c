/* SPDX-License-Identifier: MIT
 *
 * The interface of engine `law`: times, groups, divergence, progress. Its law is tested in
 * test_law_weights.c, its step in test_law_step.c.
 */
#include <math.h>
#include <string.h>

#include "law_case.h"
#include "overlap/model/eps_g.h"
#include "overlap/model/start.h"

START_TEST(the_first_row_is_the_start)
{
    for (int fixed = 0; fixed < 2; fixed++) {
        struct ov_problem p = problem(30, 3, 2, "erf", "erf");
        p.start = fixed ? OV_START_DENOISING : OV_START_RANDOM;
        const uint64_t key = 4;
        double alpha = 0.0, *row = law_rows(&p, &key, 1, &alpha, 1);
        struct ov_overlaps o;
        ck_ok(ov_overlaps_create(&o, 3, 2));
        ck_ok(ov_start_overlaps(&o, &p, key, NULL));
        ck_assert(row[0] == 0.0);
        ck_agree(ov_eps_g(&o, p.g, p.g_star), row[1], 1e-12, 0);
        for (size_t i = 0; i < ov_overlaps_moving(3, 2); i++)
            ck_agree(o.block[i], row[2 + i], 0, 1e-14);
        ov_overlaps_free(&o);
        free(row);
        ov_problem_free(&p);
    }
}
END_TEST

/* Alone, or with others before, beside and behind it: the same bits. Small degrees of freedom
 * make many lanes reject their chi^2. */
START_TEST(a_run_is_a_function_of_its_key)
{
    enum { RUNS = 19 };
    static const char *const names[] = {"erf", "relu", "linear", "tanh", "he2"};
    const double alpha[] = {0.0, 0.51, 4.0};
    size_t width = ov_row_width(3, 2);
    for (size_t variant = 0; variant < 10; variant++) {
        struct ov_problem p =
            problem(variant < 5 ? 9 : 24, 3, 2, names[variant % 5], names[(variant + 1) % 5]);
        p.eta_w = 0.02;
        p.eta_v = variant % 2 ? 0.02 : 0.0;
        p.decay_w = variant % 3 ? 0.3 : 0.0;
        p.sigma = variant % 4 ? 0.2 : 0.0;
        uint64_t *key = keys(100, RUNS);
        double *all = law_rows(&p, key, RUNS, alpha, 3);
        for (size_t n = 1; n <= 9; n += 4) {
            for (size_t i = 0; i + n <= RUNS; i++) {
                double *some = law_rows(&p, key + i, n, alpha, 3);
                ck_assert_mem_eq(some, all + i * 3 * width, n * 3 * width * sizeof *some);
                free(some);
            }
        }
        for (size_t i = 2; i < 8; i++) /* and keys matter */
            ck_assert(all[2 * width + i] != all[5 * width + i]);
        free(all);
        free(key);
        ov_problem_free(&p);
    }
}
END_TEST

START_TEST(other_listed_times_change_nothing)
{
    /* N = 24: whole steps, times between steps, several within one step, a time twice */
    const double many[] = {0.0, 0.01, 0.02, 0.04, 1.0 / 24, 0.5, 0.51, 0.51, 0.99, 1.0, 1.3, 9.0};
    enum { MANY = sizeof many / sizeof *many };
    struct ov_problem p = problem(24, 2, 2, "erf", "linear");
    size_t width = ov_row_width(2, 2);
    const uint64_t key[2] = {7, 8};
    double *all = law_rows(&p, key, 2, many, MANY);
    for (size_t i = 0; i < MANY; i++) {
        double *alone = law_rows(&p, key, 2, many + i, 1);
        ck_assert_mem_eq(alone, all + i * width, width * sizeof *alone);
        ck_assert_mem_eq(alone + width, all + (MANY + i) * width, width * sizeof *alone);
        ck_assert(alone[0] == many[i]);
        free(alone);
    }
    free(all);
    ov_problem_free(&p);
}
END_TEST

START_TEST(between_steps_the_overlaps_are_interpolated)
{
    enum { N = 25 };
    struct ov_problem p = problem(N, 2, 1, "erf", "erf");
    size_t width = ov_row_width(2, 1);
    const double alpha[] = {7.0 / N, 7.25 / N, 7.8 / N, 8.0 / N};
    const uint64_t key = 6;
    double *rows = law_rows(&p, &key, 1, alpha, 4);
    for (size_t i = 2; i < width; i++) {
        double from = rows[i], to = rows[3 * width + i];
        ck_assert(from != to);
        ck_agree(0.75 * from + 0.25 * to, rows[width + i], 0, 1e-13);
        ck_agree(0.2 * from + 0.8 * to, rows[2 * width + i], 0, 1e-13);
    }
    for (size_t row = 0; row < 4; row++) { /* eps_g belongs to the overlaps of its own row */
        struct ov_overlaps o;
        ck_ok(ov_overlaps_create(&o, 2, 1));
        memcpy(o.block, rows + row * width + 2, (width - 2) * sizeof *rows);
        o.T[0] = 1.0;
        o.v_star[0] = p.v_star[0];
        ck_agree(ov_eps_g(&o, p.g, p.g_star), rows[row * width + 1], 1e-12, 1e-14);
        ov_overlaps_free(&o);
    }
    free(rows);
    ov_problem_free(&p);
}
END_TEST

START_TEST(a_frozen_second_layer_stays)
{
    struct ov_problem p = problem(20, 3, 2, "erf", "erf");
    p.eta_v = 0.0;
    p.decay_v = p.decay_w = 0.5;
    const uint64_t key = 1;
    double alpha = 3.0, *row = law_rows(&p, &key, 1, &alpha, 1);
    for (size_t k = 0; k < 3; k++)
        ck_assert(row[2 + ov_sym_size(3) + 6 + k] == p.v[k]);
    free(row);
    ov_problem_free(&p);
}
END_TEST

/* Learning rates above the limit: linear 2/K; both layers of erf for a huge eta_v. All runs of
 * the first group stop, those of the second never begin: rows not reached are NaN. */
START_TEST(divergence_is_found_and_placed)
{
    const double alpha[] = {0.0, 1e9};
    for (int variant = 0; variant < 4; variant++) {
        struct ov_problem p = problem(50, 2, 1, variant == 2 ? "erf" : "linear", "linear");
        p.eta_w = variant == 1 ? 1e200 : variant == 3 ? 1e308 : 40.0;
        p.eta_v = variant == 2 ? 100.0 : 0.0;
        struct ov_error e = {0};
        size_t width = ov_row_width(2, 1), run = 99;
        double at = -1.0, *rows = zeros(9 * 2 * width);
        uint64_t *key = keys(1, 9);
        ck_assert_int_eq(ov_law_run(rows, &p, key, 9, alpha, 2, NULL, &e), OV_EDIVERGED);
        ck_assert_int_eq(sscanf(e.text, "run %zu: diverges at alpha = %lf", &run, &at), 2);
        ck_assert(run < 8 && at > 0.0 && at < 20.0);
        ck_agree(at, e.diverged_at, 1e-5, 0.0);
        for (size_t i = 0; i < 18; i++)
            ck_assert(i < 16 && i % 2 == 0 ? rows[i * width] == 0.0 : isnan(rows[i * width]) != 0);
        free(key);
        free(rows);
        ov_problem_free(&p);
    }
}
END_TEST

/* Only some keys diverge: who is named diverges alone at the same alpha, the others of its group
 * later or not at all. */
START_TEST(the_one_that_diverges_is_named)
{
    struct ov_problem p = problem(50, 1, 1, "linear", "linear");
    p.eta_w = 2.1;
    p.eta_v = 0.0;
    p.sigma = 0.0;
    struct ov_error e = {0}, alone = {0};
    size_t run = 99;
    double at, own, alpha = 1e6, rows[8 * 8];
    uint64_t *key = keys(1, 8);
    ck_assert_int_eq(ov_law_run(rows, &p, key, 8, &alpha, 1, NULL, &e), OV_EDIVERGED);
    ck_assert_int_eq(sscanf(e.text, "run %zu: diverges at alpha = %lf", &run, &at), 2);
    for (size_t i = 0; i < 8; i++) {
        ck_assert_int_eq(ov_law_run(rows, &p, key + i, 1, &alpha, 1, NULL, &alone), OV_EDIVERGED);
        ck_assert_int_eq(sscanf(alone.text, "run 0: diverges at alpha = %lf", &own), 1);
        ck_assert(i == run ? own == at : own >= at);
    }
    free(key);
    ov_problem_free(&p);
}
END_TEST

START_TEST(bad_input_is_refused)
{
    const double bad[][2] = {{-0.1, 1.0}, {1.0, 0.5}, {NAN, 1.0}, {0.0, INFINITY}, {0.0, 1e300}};
    struct ov_problem p = problem(10, 1, 1, "erf", "erf");
    const uint64_t key = 1;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double rows[32];
        ck_assert_int_eq(ov_law_run(rows, &p, &key, 1, bad[i], 2, NULL, NULL), OV_EDOM);
    }
    ck_ok(ov_law_run(NULL, &p, &key, 1, NULL, 0, NULL, NULL));
    ck_ok(ov_law_run(NULL, &p, NULL, 0, bad[3], 1, NULL, NULL));
    p.N = 1;
    double rows[32];
    ck_assert_int_eq(ov_law_run(rows, &p, &key, 1, bad[3], 1, NULL, NULL), OV_EDOM);
    ov_problem_free(&p);
}
END_TEST

static void count(void *ctx, uint64_t done, uint64_t total)
{
    uint64_t *seen = ctx;
    ck_assert_uint_eq(total, 10 * 100000);
    ck_assert_uint_ge(done, seen[1]);
    seen[0]++;
    seen[1] = done;
}

START_TEST(the_tick_hears_of_progress_and_changes_nothing)
{
    struct ov_problem p = problem(100, 1, 1, "erf", "erf");
    uint64_t seen[2] = {0, 0}, *key = keys(1, 10);
    const struct ov_tick tick = {.tell = count, .ctx = seen};
    size_t n = 10 * ov_row_width(1, 1);
    double alpha = 1000.0, *rows = zeros(n), *quiet = law_rows(&p, key, 10, &alpha, 1);
    ck_ok(ov_law_run(rows, &p, key, 10, &alpha, 1, &tick, NULL));
    ck_assert_uint_ge(seen[0], 10);
    ck_assert_uint_eq(seen[1], 10 * 100000);
    ck_assert_mem_eq(quiet, rows, n * sizeof *rows);
    free(rows);
    free(quiet);
    free(key);
    ov_problem_free(&p);
}
END_TEST

/* The bits of a short run: a change of any makes stored results stale and must be noticed. */
START_TEST(known_answer)
{
    struct ov_problem p = problem(50, 2, 2, "erf", "erf");
    const uint64_t key = 12345;
    double alpha = 4.0, *row = law_rows(&p, &key, 1, &alpha, 1);
    ck_agree(0.051620686665336257, row[1], 0, 0);
    free(row);
    ov_problem_free(&p);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, the_first_row_is_the_start);
    OV_TEST(s, a_run_is_a_function_of_its_key);
    OV_TEST(s, other_listed_times_change_nothing);
    OV_TEST(s, between_steps_the_overlaps_are_interpolated);
    OV_TEST(s, a_frozen_second_layer_stays);
    OV_TEST(s, divergence_is_found_and_placed);
    OV_TEST(s, the_one_that_diverges_is_named);
    OV_TEST(s, bad_input_is_refused);
    OV_TEST(s, the_tick_hears_of_progress_and_changes_nothing);
    OV_TEST(s, known_answer);
}

OV_TEST_MAIN("sim/law");
