/* SPDX-License-Identifier: MIT
 *
 * Hermite coefficients against closed forms.
 */
#include <math.h>

#include <gsl/gsl_poly.h>

#include "overlap/theory/hermite.h"
#include "test.h"

/* Polynomials of degree 2m - 1 come back exactly, of degree 2m they don't. */
START_TEST(degree_of_exactness)
{
    gsl_rng *r = ov_test_rng(1);
    for (size_t m = 1; m <= 4; m++) {
        for (size_t degree = 2 * m - 1; degree <= 2 * m; degree++) {
            double c[9], at[4][2], slope[4][2], time[4], y[2], exact[2];
            double *py[4], *pdy[4];
            for (size_t i = 0; i <= degree; i++)
                c[i] = 1.0 + gsl_rng_uniform(r);
            for (size_t i = 0; i < m; i++) {
                time[i] = (double)i + 0.3 * gsl_rng_uniform(r);
                gsl_poly_eval_derivs(c, degree + 1, time[i], exact, 2);
                at[i][0] = exact[0], slope[i][0] = exact[1];
                at[i][1] = 5.0, slope[i][1] = 0.0;
                py[i] = at[i], pdy[i] = slope[i];
            }
            double t = 0.4 + gsl_rng_uniform(r);
            ov_hermite(y, t, time, py, pdy, m, 2);
            ck_assert(ov_agree(gsl_poly_eval(c, (int)degree + 1, t), y[0], 1e-11, 0.0) ==
                      (degree < 2 * m));
            ck_agree(5.0, y[1], 0.0, 0.0);
        }
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(at_the_points)
{
    double a[1] = {1.0}, b[1] = {-2.0}, da[1] = {0.7}, db[1] = {0.1}, y[1];
    double *py[2] = {a, b}, *pdy[2] = {da, db}, time[2] = {3.0, 1.0};
    ov_hermite(y, 3.0, time, py, pdy, 2, 1);
    ck_agree(1.0, y[0], 0.0, 0.0);
    ov_hermite(y, 1.0, time, py, pdy, 2, 1);
    ck_agree(-2.0, y[0], 0.0, 0.0);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, degree_of_exactness);
    OV_TEST(s, at_the_points);
}

OV_TEST_MAIN("theory/hermite");
