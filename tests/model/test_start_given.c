/* SPDX-License-Identifier: MIT
 *
 * Starts from given weights, and teachers that are sparse.
 */
#include <math.h>

#include <gsl/gsl_randist.h>

#include "model/starts.h"

/* Given weights are there bit by bit, whatever the key, and the overlaps stated are theirs. */
START_TEST(weights_may_be_given)
{
    gsl_rng *r = ov_test_rng(11);
    struct ov_problem p = problem(30, 3, 2);
    p.teacher = OV_TEACHER_WEIGHTS;
    p.w_star = zeros(2 * 30);
    for (size_t i = 0; i < 60; i++)
        p.w_star[i] = gsl_ran_ugaussian(r);
    ck_assert(!ov_problem_start_is_fixed(&p));
    for (int student = 0; student < 2; student++) {
        double w[90], w_star[60], v[3];
        if (student) {
            p.start = OV_START_WEIGHTS;
            p.w = zeros(90);
            p.v = zeros(3);
            for (size_t i = 0; i < 90; i++)
                p.w[i] = gsl_ran_ugaussian(r);
            ck_assert(ov_problem_start_is_fixed(&p));
        }
        ck_ok(ov_problem_check(&p, NULL, NULL));
        for (uint64_t key = 1; key < 4; key++) {
            ck_ok(ov_start_weights(w, w_star, v, &p, key, NULL));
            ck_assert_mem_eq(w_star, p.w_star, sizeof w_star);
            ck_assert(!student || memcmp(w, p.w, sizeof w) == 0);
            ck_assert_double_lt(disagreement(&p, key), 1e-12);
        }
    }
    p.start = OV_START_INFORMED;
    ck_assert_double_lt(disagreement(&p, 5), 1e-12);
    ov_problem_free(&p);
    gsl_rng_free(r);
}
END_TEST

/* A share of zeros, the rest as wide as makes T_mm one. */
START_TEST(teachers_may_be_sparse)
{
    size_t N = 20000;
    struct ov_problem p = problem(N, 1, 2);
    p.teacher = OV_TEACHER_RANDOM;
    double *w_star = zeros(2 * N), *w = zeros(N), v;
    for (double sparse = 0.1; sparse < 0.96; sparse += 0.17) {
        double n_zero = 0.0, square = 0.0, fourth = 0.0, n = 2.0 * (double)N;
        p.sparse = sparse;
        ck_ok(ov_problem_check(&p, NULL, NULL));
        ck_ok(ov_start_weights(w, w_star, &v, &p, 9, NULL));
        for (size_t i = 0; i < 2 * N; i++) {
            double x2 = w_star[i] * w_star[i];
            n_zero += w_star[i] == 0.0;
            square += x2 / n;
            fourth += x2 * x2 / n;
        }
        ck_agree(sparse, n_zero / n, 0.0, 4.5 * sqrt(sparse * (1.0 - sparse) / n));
        ck_agree(1.0, square, 0.0, 4.5 * sqrt((3.0 / (1.0 - sparse) - 1.0) / n));
        ck_agree(3.0 / (1.0 - sparse), fourth, 0.15, 0.0);
        ck_assert_double_lt(disagreement(&p, 9), 1e-12);
    }
    p.sparse = 1.0;
    ck_assert_int_eq(ov_problem_check(&p, NULL, NULL), OV_EUSER);
    free(w_star);
    free(w);
    ov_problem_free(&p);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, weights_may_be_given);
    OV_TEST(s, teachers_may_be_sparse);
}

OV_TEST_MAIN("model/start, given");
