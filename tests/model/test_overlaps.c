/* SPDX-License-Identifier: MIT
 *
 * Names, covariances and checks of overlaps; bounds of divergence.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "overlap/model/overlaps.h"
#include "test.h"

/* Overlaps of random weights in N dimensions: valid ones. */
static struct ov_overlaps random_overlaps(size_t K, size_t M, size_t N, gsl_rng *r)
{
    struct ov_overlaps o;
    double *w = calloc((K + M) * N, sizeof *w);
    ck_ok(ov_overlaps_create(&o, K, M));
    ck_assert_ptr_nonnull(w);
    for (size_t i = 0; i < (K + M) * N; i++)
        w[i] = gsl_ran_ugaussian(r);
    ov_overlaps_measure(&o, w, w + K * N, N);
    for (size_t k = 0; k < K; k++)
        o.v[k] = gsl_ran_ugaussian(r);
    free(w);
    return o;
}

START_TEST(the_block_holds_everything_in_order)
{
    struct ov_overlaps o;
    ck_ok(ov_overlaps_create(&o, 3, 2));
    ck_assert_ptr_eq(o.Q, o.block);
    ck_assert_ptr_eq(o.R, o.block + 6);
    ck_assert_ptr_eq(o.v, o.block + 12);
    ck_assert_uint_eq(ov_overlaps_moving(3, 2), 15);
    ck_assert_ptr_eq(o.T, o.block + 15);
    ck_assert_ptr_eq(o.v_star, o.block + 18);
    ck_assert_uint_eq(ov_overlaps_size(3, 2), 20);
    for (size_t i = 0; i < 20; i++)
        ck_assert(o.block[i] == 0.0);
    ov_overlaps_free(&o);
    ov_overlaps_free(&o);
    ov_overlaps_free(NULL);
    ck_assert_ptr_null(o.block);
}
END_TEST

START_TEST(columns_are_named_in_the_order_of_the_block)
{
    static const char *expected[] = {"Q_0_0", "Q_1_0", "Q_1_1", "Q_2_0", "Q_2_1",
                                     "Q_2_2", "R_0_0", "R_0_1", "R_1_0", "R_1_1",
                                     "R_2_0", "R_2_1", "v_0",   "v_1",   "v_2"};
    for (size_t i = 0; i < 15; i++) {
        char name[32];
        ov_overlaps_column(name, i, 3, 2);
        ck_assert_str_eq(name, expected[i]);
    }
}
END_TEST

START_TEST(measure_is_the_definition)
{
    enum { K = 3, M = 2, N = 37 };
    gsl_rng *r = ov_test_rng(51);
    double w[K][N], w_star[M][N];
    struct ov_overlaps o;
    ck_ok(ov_overlaps_create(&o, K, M));
    o.v[1] = o.v_star[1] = 5.0;
    for (int i = 0; i < N; i++) {
        for (int k = 0; k < K; k++)
            w[k][i] = gsl_ran_ugaussian(r);
        for (int m = 0; m < M; m++)
            w_star[m][i] = gsl_ran_ugaussian(r);
    }
    ov_overlaps_measure(&o, w[0], w_star[0], N);
    for (size_t a = 0; a < K + M; a++)
        for (size_t b = 0; b <= a; b++) {
            const double *x = a < K ? w[a] : w_star[a - K], *y = b < K ? w[b] : w_star[b - K];
            long double sum = 0;
            for (int i = 0; i < N; i++)
                sum += (long double)x[i] * y[i];
            double measured = a < K   ? o.Q[ov_sym_at(a, b)]
                              : b < K ? o.R[b * M + a - K]
                                      : o.T[ov_sym_at(a - K, b - K)];
            ck_agree((double)(sum / N), measured, 1e-14, 1e-15);
        }
    ck_assert(o.v[1] == 5.0 && o.v_star[1] == 5.0);
    ov_overlaps_free(&o);
    gsl_rng_free(r);
}
END_TEST

START_TEST(covariance_puts_the_teacher_first)
{
    gsl_rng *r = ov_test_rng(52);
    struct ov_overlaps o = random_overlaps(3, 2, 20, r);
    double C[15];
    ov_overlaps_covariance(C, &o);
    for (size_t m = 0; m < 2; m++)
        for (size_t n = 0; n < 2; n++)
            ck_agree(o.T[ov_sym_at(m, n)], C[ov_sym_at(m, n)], 0, 0);
    for (size_t k = 0; k < 3; k++) {
        for (size_t m = 0; m < 2; m++)
            ck_agree(o.R[k * 2 + m], C[ov_sym_at(m, 2 + k)], 0, 0);
        for (size_t l = 0; l < 3; l++)
            ck_agree(o.Q[ov_sym_at(k, l)], C[ov_sym_at(2 + k, 2 + l)], 0, 0);
    }
    ov_overlaps_free(&o);
    gsl_rng_free(r);
}
END_TEST

START_TEST(measured_overlaps_pass_the_check)
{
    gsl_rng *r = ov_test_rng(53);
    for (size_t K = 1; K <= 6; K++)
        for (size_t N = 1; N <= 30; N++) { /* N < K + M: singular, still positive semi-definite */
            struct ov_overlaps o = random_overlaps(K, 3, N, r);
            ck_ok(ov_overlaps_check(&o, NULL));
            ov_overlaps_free(&o);
        }
    gsl_rng_free(r);
}
END_TEST

START_TEST(the_check_names_what_is_not_finite)
{
    static const char *names[] = {"Q_0_0", "Q_1_0", "Q_1_1", "R_0_0",   "R_1_0",
                                  "v_0",   "v_1",   "T_0_0", "v_star_0"};
    gsl_rng *r = ov_test_rng(54);
    struct ov_overlaps o = random_overlaps(2, 1, 20, r);
    for (size_t i = 0; i < 9; i++) {
        struct ov_error e = {0};
        double kept = o.block[i];
        o.block[i] = i % 2 ? NAN : -INFINITY;
        ck_assert_int_eq(ov_overlaps_check(&o, &e), OV_EDOM);
        ck_assert(strncmp(e.text, names[i], strlen(names[i])) == 0);
        ck_assert_ptr_nonnull(strstr(e.text, " is not finite"));
        o.block[i] = kept;
    }
    ck_ok(ov_overlaps_check(&o, NULL));
    ov_overlaps_free(&o);
    gsl_rng_free(r);
}
END_TEST

START_TEST(the_check_refuses_what_is_not_psd)
{
    struct ov_overlaps o;
    struct ov_error e = {0};
    ck_ok(ov_overlaps_create(&o, 1, 1));
    o.Q[0] = o.T[0] = 1.0;
    o.R[0] = 1.0;
    ck_ok(ov_overlaps_check(&o, &e));
    o.R[0] = 1.25;
    ck_assert_int_eq(ov_overlaps_check(&o, &e), OV_EDOM);
    ck_assert_str_eq(e.text, "the joint matrix of T, R, Q is not positive semi-definite: smallest "
                             "eigenvalue -0.25");
    o.R[0] = 1.0 + 5e-10;
    ck_ok(ov_overlaps_check(&o, &e));
    o.R[0] = 1.0 + 2e-9;
    ck_assert_int_eq(ov_overlaps_check(&o, &e), OV_EDOM);
    o.R[0] = 0.0;
    o.Q[0] = -1.0;
    ck_assert_int_eq(ov_overlaps_check(&o, &e), OV_EDOM);
    ov_overlaps_free(&o);
}
END_TEST

START_TEST(divergence)
{
    struct ov_overlaps o;
    ck_ok(ov_overlaps_create(&o, 2, 1));
    ck_assert(!ov_overlaps_diverged(o.block, 2, 1));
    o.Q[2] = 1e12;
    o.v[1] = -1e6;
    ck_assert(!ov_overlaps_diverged(o.block, 2, 1));
    o.Q[2] = 1.001e12;
    ck_assert(ov_overlaps_diverged(o.block, 2, 1));
    o.Q[2] = 1.0;
    o.v[1] = -1.001e6;
    ck_assert(ov_overlaps_diverged(o.block, 2, 1));
    o.v[1] = 0.0;
    for (size_t i = 0; i < ov_overlaps_moving(2, 1); i++) {
        o.block[i] = NAN;
        ck_assert(ov_overlaps_diverged(o.block, 2, 1));
        o.block[i] = 0.0;
    }
    ov_overlaps_free(&o);
}
END_TEST

/* Measured overlaps, singular ones included, each entry then wrong in its seventh digit. */
START_TEST(projected_overlaps_are_those_of_weights)
{
    gsl_rng *r = ov_test_rng(55);
    for (size_t K = 1; K <= 5; K++)
        for (size_t N = 3; N <= 12; N++) {
            struct ov_overlaps o = random_overlaps(K, 2, N, r);
            size_t n = ov_overlaps_moving(K, 2);
            double moved = NAN, kept[64], most = 0.0;
            memcpy(kept, o.block, n * sizeof *kept);
            ck_ok(ov_overlaps_project(&o, &moved));
            ck_assert_double_lt(moved, 1e-12);
            for (size_t i = 0; i < ov_sym_size(K); i++)
                o.Q[i] += gsl_ran_flat(r, -1e-6, 1e-6);
            memcpy(kept, o.block, n * sizeof *kept);
            ck_ok(ov_overlaps_project(&o, &moved));
            for (size_t i = 0; i < n; i++)
                most = fmax(most, fabs(o.block[i] - kept[i]));
            ck_ok(ov_overlaps_check(&o, NULL));
            ck_assert_double_lt(moved, 1e-6 * (double)K);
            ck_assert_double_le(most, (double)K * moved);
            ov_overlaps_free(&o);
        }
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, projected_overlaps_are_those_of_weights);
    OV_TEST(s, the_block_holds_everything_in_order);
    OV_TEST(s, columns_are_named_in_the_order_of_the_block);
    OV_TEST(s, measure_is_the_definition);
    OV_TEST(s, covariance_puts_the_teacher_first);
    OV_TEST(s, measured_overlaps_pass_the_check);
    OV_TEST(s, the_check_names_what_is_not_finite);
    OV_TEST(s, the_check_refuses_what_is_not_psd);
    OV_TEST(s, divergence);
}

OV_TEST_MAIN("model/overlaps");
