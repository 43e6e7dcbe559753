/* SPDX-License-Identifier: MIT
 *
 * The fast way of engine `weights` against the plain one, bit by bit, at every level of SIMD that
 * this CPU has.
 */
#include <math.h>
#include <string.h>

#include "overlap/model/eps_g.h"
#include "overlap/num/dot.h"
#include "overlap/num/fmath.h"
#include "overlap/sim/weights.h"
#include "test.h"
#include "weights_case.h"
#include "weights_internal.h"

enum { TIMES = 9, WIDTH = 400 };

/* The first step, times within a step, and times before and after inputs are drawn ahead. */
static void times_of(double alpha[TIMES], size_t N, uint64_t steps)
{
    const double at[TIMES] = {0.0, 0.25, 1.0, 2.5, 3.0, 3.75, 4.0, 5.0, (double)steps};
    for (size_t i = 0; i < TIMES; i++)
        alpha[i] = at[i] / (double)N;
}

static void assert_same(const struct ov_problem *p, uint64_t key, uint64_t steps)
{
    static double plain[TIMES * WIDTH], fast[TIMES * WIDTH];
    double alpha[TIMES];
    size_t bytes = TIMES * ov_row_width(p->K, p->M) * sizeof *plain;
    ck_assert_uint_le(bytes, sizeof plain);
    times_of(alpha, p->N, steps);
    ck_ok(ov_weights_run_plain(plain, p, NULL, key, alpha, TIMES, NULL, NULL));
    for (enum ov_simd level = OV_SIMD_BASELINE; level <= ov_simd_best(); level++) {
        ck_ok(ov_weights_run_at(level, fast, p, NULL, key, alpha, TIMES, NULL, NULL));
        ck_assert_msg(memcmp(plain, fast, bytes) == 0, "level %d, N = %zu, K = %zu, M = %zu, %s/%s",
                      (int)level, p->N, p->K, p->M, p->g->name, p->g_star->name);
    }
    ck_ok(ov_weights_run(fast, p, key, alpha, TIMES, NULL, NULL));
    ck_assert_mem_eq(plain, fast, bytes);
}

START_TEST(every_activation_and_rule)
{
    for (size_t i = 0; i < ov_activation_count; i++)
        for (int rules = 0; rules < 8; rules++) {
            const char *g = ov_activations[i].name;
            const char *g_star = ov_activations[(i + (size_t)rules) % ov_activation_count].name;
            struct ov_problem p = problem(37 + (size_t)rules, 3, 2, g, g_star);
            bool steep = strncmp(g, "he", 2) == 0 || strncmp(g_star, "he", 2) == 0;
            p.eta_w = steep ? 1e-4 : 0.05;
            p.eta_v = rules & 1 ? 0.4 * p.eta_w : 0.0;
            p.sigma = rules & 2 ? 0.2 : 0.0;
            p.decay_w = rules & 4 ? 0.5 : 0.0;
            p.decay_v = rules & 4 ? 0.25 : 0.0;
            p.momentum = (i + (size_t)rules) % 3 == 0 ? 0.6 : 0.0;
            assert_same(&p, 5 + i, 100);
            ov_problem_free(&p);
        }
}
END_TEST

/* All remainders of the vectors, groups of rows and batches; more and less than the piece that
 * goes through the cache. */
START_TEST(every_shape)
{
    for (size_t i = 0; i < 40; i++) {
        size_t K = 1 + i % 20, M = 1 + i % 7;
        struct ov_problem p = problem(K + M + i % 16, K, M, "erf", "erf");
        p.eta_w = 0.1;
        p.decay_w = i & 1 ? 0.5 : 0.0;
        p.momentum = i & 2 ? 0.9 : 0.0;
        assert_same(&p, 100 + i, 70);
        ov_problem_free(&p);
    }
    static const size_t sizes[] = {784, 1000, 1023, 1024, 1025, 2048, 2059, 5001};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct ov_problem p = problem(sizes[i], 1 + i, 8 - i, "erf", "relu");
        p.eta_w = 0.1;
        p.momentum = i & 1 ? 0.9 : 0.0;
        assert_same(&p, 200 + i, 21);
        ov_problem_free(&p);
    }
}
END_TEST

/* A change of 1e-13 in any number that enters is seen: else the tests above are blind. */
START_TEST(the_least_change_is_seen)
{
    double plain[64], fast[64];
    struct ov_problem p = problem(30, 2, 2, "erf", "erf");
    p.decay_w = p.decay_v = 0.3;
    p.momentum = 0.5;
    double alpha = 5.0;
    double *number[] = {&p.eta_w,   &p.eta_v,    &p.sigma, &p.decay_w,
                        &p.decay_v, &p.momentum, p.v_star};
    ck_ok(ov_weights_run_plain(plain, &p, NULL, 3, &alpha, 1, NULL, NULL));
    for (size_t i = 0; i < sizeof number / sizeof *number; i++) {
        double kept = *number[i];
        *number[i] *= 1.0 + 1e-13;
        ck_ok(ov_weights_run(fast, &p, 3, &alpha, 1, NULL, NULL));
        *number[i] = kept;
        ck_assert(memcmp(plain, fast, ov_row_width(2, 2) * sizeof *plain) != 0);
    }
    ov_problem_free(&p);
}
END_TEST

START_TEST(divergence_comes_at_the_same_step)
{
    for (int variant = 0; variant < 3; variant++) {
        struct ov_problem p = problem(50, 2, 1, variant == 2 ? "erf" : "linear", "linear");
        p.eta_w = variant == 1 ? 1e200 : 40.0;
        p.eta_v = variant == 2 ? 100.0 : 0.0;
        struct ov_error plain = {0}, fast = {0};
        double alpha = 1e9, rows[32];
        ck_assert_int_eq(ov_weights_run_plain(rows, &p, NULL, 1, &alpha, 1, NULL, &plain),
                         OV_EDIVERGED);
        for (enum ov_simd level = OV_SIMD_BASELINE; level <= ov_simd_best(); level++) {
            ck_assert_int_eq(ov_weights_run_at(level, rows, &p, NULL, 1, &alpha, 1, NULL, &fast),
                             OV_EDIVERGED);
            ck_assert_str_eq(plain.text, fast.text);
        }
        ov_problem_free(&p);
    }
}
END_TEST

/* ---- the inner loops by themselves ---- */

enum { N = 77, ROWS = 19 };

static void fill(double *x, size_t n, gsl_rng *r)
{
    for (size_t i = 0; i < n; i++)
        x[i] = 2.0 * gsl_rng_uniform(r) - 1.0;
}

static double total(const double sum[8])
{
    return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

START_TEST(pieces_of_rows_add_up_to_the_scalar_product)
{
    gsl_rng *r = ov_test_rng(5);
    static double w[ROWS * N], x[OV_WEIGHTS_BATCH][N], sums[ROWS * OV_WEIGHTS_BATCH * 8];
    fill(w, ROWS * N, r);
    fill(x[0], OV_WEIGHTS_BATCH * N, r);
    for (enum ov_simd level = OV_SIMD_BASELINE; level <= ov_simd_best(); level++)
        for (size_t M = 1; M <= ROWS; M++) {
            size_t first = 8 * (M % 9);
            const double *at[OV_WEIGHTS_BATCH], *later[OV_WEIGHTS_BATCH];
            for (size_t b = 0; b < OV_WEIGHTS_BATCH; b++) {
                at[b] = x[b];
                later[b] = x[b] + first;
            }
            memset(sums, 0, sizeof sums);
            ov_weights_kernels[level].teach(sums, w, M, N, at, first);
            ov_weights_kernels[level].teach(sums, w + first, M, N, later, N - first);
            for (size_t m = 0; m < M; m++)
                for (size_t b = 0; b < OV_WEIGHTS_BATCH; b++)
                    ck_assert(total(sums + 8 * (m * OV_WEIGHTS_BATCH + b)) ==
                              ov_dot(w + m * N, x[b], N));
        }
    gsl_rng_free(r);
}
END_TEST

START_TEST(a_move_is_the_rule_and_leaves_the_next_fields)
{
    gsl_rng *r = ov_test_rng(6);
    static double w[ROWS * N], moved[ROWS * N], x[N], next[N], push[ROWS], sums[ROWS * 8];
    for (enum ov_simd level = OV_SIMD_BASELINE; level <= ov_simd_best(); level++)
        for (size_t K = 1; K <= ROWS; K++) {
            double keep = K % 3 ? 1.0 : 0.99;
            fill(w, ROWS * N, r);
            fill(x, N, r);
            fill(next, N, r);
            fill(push, ROWS, r);
            for (size_t i = 0; i < ROWS * N; i++)
                moved[i] = i < K * N ? keep * w[i] + push[i / N] * x[i % N] : w[i];
            memset(sums, 0, sizeof sums);
            ov_weights_kernels[level].move(sums, w, K, N, keep, push, x, next, N);
            ck_assert_mem_eq(w, moved, sizeof w);
            for (size_t k = 0; k < K; k++)
                ck_assert(total(sums + 8 * k) == ov_dot(moved + k * N, next, N));
        }
    gsl_rng_free(r);
}
END_TEST

START_TEST(erf_units_are_the_activation)
{
    const struct ov_activation *erf_act = &ov_activations[OV_ACT_ERF];
    enum { POINTS = 8 * 500 };
    static double x[POINTS], g[POINTS], dg[POINTS];
    gsl_rng *r = ov_test_rng(7);
    const double special[] = {0.0, -0.0, 1e-300, -1e300, INFINITY, -INFINITY, M_SQRT2, -M_SQRT2};
    for (size_t i = 0; i < POINTS; i++)
        x[i] = i < 8 ? special[i] : 10.0 * gsl_rng_uniform(r) - 5.0;
    for (enum ov_simd level = OV_SIMD_BASELINE; level <= ov_simd_best(); level++) {
        ov_weights_kernels[level].erf_units(g, dg, x, POINTS);
        for (size_t i = 0; i < POINTS; i++) {
            double expected = erf_act->g(x[i]), slope = erf_act->dg(x[i]);
            ck_assert_mem_eq(&expected, g + i, sizeof expected);
            ck_assert_mem_eq(&slope, dg + i, sizeof slope);
        }
        x[8 * 7 + 3] = NAN;
        ov_weights_kernels[level].erf_units(g, NULL, x, POINTS);
        ck_assert(isnan(g[8 * 7 + 3]) && !isnan(g[8 * 7 + 2]));
        x[8 * 7 + 3] = 0.5;
    }
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, every_activation_and_rule);
    OV_TEST(s, every_shape);
    OV_TEST(s, the_least_change_is_seen);
    OV_TEST(s, divergence_comes_at_the_same_step);
    OV_TEST(s, pieces_of_rows_add_up_to_the_scalar_product);
    OV_TEST(s, a_move_is_the_rule_and_leaves_the_next_fields);
    OV_TEST(s, erf_units_are_the_activation);
}

OV_TEST_MAIN("sim/weights_plain");
