/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "overlap/theory/jacobian.h"
#include "test.h"

static int smooth(double *dy, const double *y, void *ctx)
{
    (void)ctx;
    dy[0] = sin(y[0]) * y[1];
    dy[1] = exp(y[0]) - y[1] * y[1];
    return 0;
}

static int refuses_negative(double *dy, const double *y, void *ctx)
{
    (void)ctx;
    dy[0] = y[0];
    return y[0] < 0.0 ? 3 : 0;
}

START_TEST(differences)
{
    gsl_rng *r = ov_test_rng(1);
    for (size_t turn = 0; turn < 100; turn++) {
        double y[2] = {gsl_rng_uniform(r), gsl_rng_uniform(r)}, J[4], scratch[6];
        ck_assert_int_eq(ov_jacobian(J, smooth, NULL, y, 2, 0.1, scratch), 0);
        ck_agree(cos(y[0]) * y[1], J[0], 0.0, 1e-9);
        ck_agree(sin(y[0]), J[1], 0.0, 1e-9);
        ck_agree(exp(y[0]), J[2], 0.0, 1e-9);
        ck_agree(-2.0 * y[1], J[3], 0.0, 1e-9);
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(refusal_is_passed_on)
{
    double y[1] = {0.0}, J[1], scratch[3];
    ck_assert_int_eq(ov_jacobian(J, refuses_negative, NULL, y, 1, 0.0, scratch), 3);
    y[0] = 1.0;
    ck_assert_int_eq(ov_jacobian(J, refuses_negative, NULL, y, 1, 0.0, scratch), 0);
    ck_agree(1.0, J[0], 1e-10, 0.0);
}
END_TEST

START_TEST(growth)
{
    double scratch[6];
    double spiral[4] = {-0.2, 3.0, -3.0, -0.2};
    double saddle[9] = {-5.0, 1.0, 2.0, 0.0, 0.25, 7.0, 0.0, 0.0, -1.0};
    double broken[4] = {1.0, 0.0, INFINITY, 1.0};
    ck_agree(8.0, ov_jacobian_bound(saddle, 3), 0.0, 0.0);
    ck_agree(-0.2, ov_jacobian_growth(spiral, 2, scratch), 1e-14, 0.0);
    ck_agree(0.25, ov_jacobian_growth(saddle, 3, scratch), 1e-14, 0.0);
    ck_assert(isnan(ov_jacobian_growth(broken, 2, scratch)));
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, differences);
    OV_TEST(s, refusal_is_passed_on);
    OV_TEST(s, growth);
}

OV_TEST_MAIN("theory/jacobian");
