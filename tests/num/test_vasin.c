/* SPDX-License-Identifier: MIT
 *
 * The vector asin against libm, at every level of SIMD.
 */
#include <float.h>
#include <math.h>

#include "overlap/num/vasin.h"
#include "test.h"

enum { POINTS = 200000 };

/* Largest error in units in the last place against long double. */
static double worst(const double *x, const double *y, size_t n)
{
    double most = 0.0;
    for (size_t i = 0; i < n; i++) {
        long double exact = asinl((long double)x[i]);
        int e;
        frexpl(exact, &e);
        double error = (double)(fabsl((long double)y[i] - exact) / ldexpl(1.0L, e - 53));
        if (!(error <= most))
            most = error;
    }
    return most;
}

START_TEST(is_accurate)
{
    static double x[POINTS], y[POINTS];
    gsl_rng *r = ov_test_rng(8);
    static const double range[4][2] = {{-1.0, 1.0}, {0.45, 0.55}, {0.999, 1.0}, {1e-3, 1e-2}};
    for (size_t k = 0; k < 5; k++) {
        for (size_t i = 0; i < POINTS; i++) {
            double u = gsl_rng_uniform(r);
            x[i] = k < 4 ? range[k][0] + (range[k][1] - range[k][0]) * u : exp(-650.0 * u);
        }
        ov_asin_array(y, x, POINTS);
        double most = worst(x, y, POINTS);
        printf("    range %zu: %.3f ulp\n", k, most);
        ck_assert_double_le(most, 4.0);
        y[0] = nextafter(y[0], 9.0) * (1.0 + 4.0 * DBL_EPSILON); /* and it is seen */
        ck_assert_double_gt(worst(x, y, 1), 3.0);
    }
    gsl_rng_free(r);
}
END_TEST

/* Every length and place gives the same bits; odd exactly; in place; nothing beyond is touched. */
START_TEST(any_length)
{
    double x[20], y[20], one[1];
    for (size_t n = 0; n <= 16; n++) {
        for (size_t i = 0; i < 20; i++) {
            x[i] = (double)i / 19.0;
            y[i] = 7.0;
        }
        ov_asin_array(y, x, n);
        for (size_t i = 0; i < 20; i++) {
            double minus = -x[i];
            ov_asin_array(one, &x[i], 1);
            ck_assert(i < n ? y[i] == one[0] : y[i] == 7.0);
            ov_asin_array(&minus, &minus, 1);
            ck_assert(minus == -one[0]);
        }
    }
}
END_TEST

START_TEST(has_its_limits)
{
    double x[8] = {0.0, -0.0, 1.0, -1.0, 1.0 + DBL_EPSILON, -INFINITY, NAN, 5e-324}, y[8];
    const double expected[6] = {0.0, 0.0, M_PI_2, -M_PI_2, M_PI_2, -M_PI_2};
    ov_asin_array(y, x, 8);
    for (size_t i = 0; i < 6; i++)
        ck_agree(expected[i], y[i], 0.0, 0.0);
    ck_assert(signbit(y[1]));
    ck_assert(isnan(y[6]));
    ck_agree(5e-324, y[7], 0.0, 0.0);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, is_accurate);
    OV_TEST(s, any_length);
    OV_TEST(s, has_its_limits);
}

OV_TEST_MAIN("num/vasin");
