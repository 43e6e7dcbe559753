/* SPDX-License-Identifier: MIT
 *
 * Dot products: one order of summation at every level of SIMD.
 */
#include <math.h>

#include <gsl/gsl_rng.h>

#include "overlap/num/dot.h"
#include "test.h"

START_TEST(the_order_of_summation_is_the_documented_one)
{
    gsl_rng *r = ov_test_rng(31);
    for (size_t n = 0; n < 70; n++) {
        double a[70], b[70], sum[8] = {0};
        for (size_t i = 0; i < n; i++) {
            a[i] = gsl_rng_uniform(r) - 0.5;
            b[i] = ldexp(gsl_rng_uniform(r), (int)(i % 40));
            sum[i % 8] += a[i] * b[i];
        }
        double even = (sum[0] + sum[4]) + (sum[2] + sum[6]);
        double odd = (sum[1] + sum[5]) + (sum[3] + sum[7]);
        ck_assert(ov_dot(a, b, n) == even + odd);
    }
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, the_order_of_summation_is_the_documented_one);
}

OV_TEST_MAIN("num/dot");
