/* SPDX-License-Identifier: MIT
 *
 * The quadrature that others are held against, on integrals that are known.
 */
#include <math.h>

#include "overlap/num/sym.h"
#include "overlap/theory/gauss_quad.h"
#include "test.h"
#include "theory/random_fields.h"

static double square_times_square(const double *x, void *ctx)
{
    (void)ctx;
    return x[0] * x[0] * x[1] * x[1];
}

static double exponential_of_sum(const double *x, void *ctx)
{
    const size_t *P = ctx;
    double sum = 0.0;
    for (size_t a = 0; a < *P; a++)
        sum += x[a];
    return exp(sum);
}

static double one(const double *x, void *ctx)
{
    (void)x, (void)ctx;
    return 1.0;
}

/* Degree 4 is exact with 3 nodes and not with 2. */
START_TEST(polynomials_are_exact)
{
    gsl_rng *r = ov_test_rng(1);
    for (size_t turn = 0; turn < 200; turn++) {
        double C[3], mean;
        random_covariance(C, 2, (enum fields)(turn % FIELDS_KINDS), r);
        double wick = C[0] * C[2] + 2.0 * C[1] * C[1];
        ck_ok(ov_gauss_quad(&mean, square_times_square, NULL, C, 2, 3));
        ck_agree(wick, mean, 1e-13, 1e-15);
        ck_ok(ov_gauss_quad(&mean, square_times_square, NULL, C, 2, 2));
        if (C[2] > 0.0 && turn % FIELDS_KINDS == FIELDS_TWIN)
            ck_assert(!ov_agree(wick, mean, 1e-3, 0.0));
    }
    gsl_rng_free(r);
}
END_TEST

/* < exp(sum x) > = exp(1/2 sum C), in up to six dimensions, degenerate or not. */
START_TEST(exponential)
{
    gsl_rng *r = ov_test_rng(2);
    for (size_t turn = 0; turn < 48; turn++) {
        size_t P = 1 + turn % 6, n = P < 5 ? 16 : 8;
        double C[21], mean, sum = 0.0;
        random_covariance(C, P, (enum fields)(turn % FIELDS_KINDS), r);
        for (size_t a = 0; a < ov_sym_size(P); a++)
            C[a] *= 0.1;
        for (size_t a = 0; a < P; a++)
            for (size_t b = 0; b < P; b++)
                sum += C[ov_sym_at(a, b)];
        ck_ok(ov_gauss_quad(&mean, exponential_of_sum, &P, C, P, n));
        ck_agree(exp(0.5 * sum), mean, n == 16 ? 1e-12 : 1e-6, 0.0);
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(weights_sum_to_one)
{
    double C[1] = {1.7}, mean;
    for (size_t n = 2; n <= 128; n++) {
        ck_ok(ov_gauss_quad(&mean, one, NULL, C, 1, n));
        ck_agree(1.0, mean, 1e-13, 0.0);
    }
}
END_TEST

/* Six copies of one field are one direction: 128 nodes, not 128^6. */
START_TEST(cost_is_the_rank)
{
    double C[21], mean;
    size_t P = 6;
    for (size_t a = 0; a < 21; a++)
        C[a] = 0.01;
    ck_ok(ov_gauss_quad(&mean, exponential_of_sum, &P, C, P, 128));
    ck_agree(exp(0.5 * 0.36), mean, 1e-13, 0.0);
    double zero[21] = {0.0};
    ck_ok(ov_gauss_quad(&mean, exponential_of_sum, &P, zero, P, 128));
    ck_agree(1.0, mean, 0.0, 0.0);
}
END_TEST

START_TEST(products)
{
    const struct ov_activation *act[2] = {&ov_activations[OV_ACT_ERF],
                                          &ov_activations[OV_ACT_LINEAR]};
    double C[3] = {1.0, 0.5, 1.0}, mean;
    ck_ok(ov_gauss_quad_I2(&mean, C, act, 0, 0, 64)); /* (2/pi) asin(1/2) */
    ck_agree(1.0 / 3.0, mean, 1e-9, 0.0);
    ck_ok(ov_gauss_quad_I2(&mean, C, act, 1, 1, 2));
    ck_agree(1.0, mean, 1e-14, 0.0);
    ck_ok(ov_gauss_quad_J2(&mean, C, act, 0, 0, 64)); /* (2/pi)/sqrt 3 */
    ck_agree(2.0 / M_PI / sqrt(3.0), mean, 1e-12, 0.0);
    ck_ok(ov_gauss_quad_J2(&mean, C, act, 0, 1, 64)); /* sqrt(2/pi)/sqrt 2 */
    ck_agree(1.0 / sqrt(M_PI), mean, 1e-12, 0.0);
    ck_ok(ov_gauss_quad_I3(&mean, C, act, 1, 0, 1, 4)); /* < x y > */
    ck_agree(0.5, mean, 1e-14, 0.0);
    ck_ok(ov_gauss_quad_I4(&mean, C, act, 1, 1, 1, 1, 4));
    ck_agree(1.0, mean, 1e-14, 0.0);
}
END_TEST

START_TEST(bad_arguments_are_refused)
{
    double C[28] = {1.0, 0.5, 1.0}, mean = 7.0;
    double negative[3] = {1.0, 2.0, 1.0}, broken[1] = {NAN};
    ck_assert_int_eq(ov_gauss_quad(&mean, one, NULL, C, 2, 1), OV_EDOM);
    ck_assert_int_eq(ov_gauss_quad(&mean, one, NULL, C, 2, 129), OV_EDOM);
    ck_assert_int_eq(ov_gauss_quad(&mean, one, NULL, C, 0, 8), OV_EDOM);
    ck_assert_int_eq(ov_gauss_quad(&mean, one, NULL, C, 7, 8), OV_EDOM);
    ck_assert_int_eq(ov_gauss_quad(&mean, one, NULL, negative, 2, 8), OV_EDOM);
    ck_assert_int_eq(ov_gauss_quad(&mean, one, NULL, broken, 1, 8), OV_EDOM);
    ck_agree(7.0, mean, 0.0, 0.0);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, polynomials_are_exact);
    OV_TEST(s, exponential);
    OV_TEST(s, weights_sum_to_one);
    OV_TEST(s, cost_is_the_rank);
    OV_TEST(s, products);
    OV_TEST(s, bad_arguments_are_refused);
}

OV_TEST_MAIN("theory/gauss_quad");
