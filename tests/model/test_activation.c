/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <gsl/gsl_rng.h>

#include "overlap/model/activation.h"
#include "test.h"

START_TEST(the_table_is_indexed_by_the_enum_and_found_by_name)
{
    for (int a = 0; a < OV_ACT_COUNT; a++) {
        ck_assert_int_eq(ov_activations[a].act, a);
        ck_assert_ptr_eq(ov_activation_find(ov_activations[a].name), &ov_activations[a]);
    }
    ck_assert_ptr_null(ov_activation_find("er"));
    ck_assert_ptr_null(ov_activation_find("erff"));
    ck_assert_ptr_null(ov_activation_find(""));
    ck_assert_ptr_null(ov_activation_find(NULL));
}
END_TEST

START_TEST(values)
{
    const struct ov_activation *linear = ov_activation_find("linear");
    const struct ov_activation *sigmoid = ov_activation_find("erf");
    for (double x = -9.0; x <= 9.0; x += 0.01) {
        ck_agree(x, linear->g(x), 0, 0);
        ck_agree(1.0, linear->dg(x), 0, 0);
        ck_agree(erf(x / M_SQRT2), sigmoid->g(x), 1e-15, 0);
        ck_agree(sqrt(2.0 / M_PI) * exp(-x * x / 2.0), sigmoid->dg(x), 2e-14, 0);
    }
}
END_TEST

/* Central differences with Richardson's step, error O(h^4). */
START_TEST(dg_is_the_derivative_of_g)
{
    gsl_rng *r = ov_test_rng(41);
    const double h = 1e-3;
    for (int a = 0; a < OV_ACT_COUNT; a++)
        for (int i = 0; i < 1000; i++) {
            const struct ov_activation *f = &ov_activations[a];
            double x = 8.0 * gsl_rng_uniform(r) - 4.0;
            double wide = (f->g(x + 2 * h) - f->g(x - 2 * h)) / (4 * h);
            double narrow = (f->g(x + h) - f->g(x - h)) / (2 * h);
            ck_agree((4 * narrow - wide) / 3, f->dg(x), 0, 1e-11);
        }
    gsl_rng_free(r);
}
END_TEST

START_TEST(nan_stays_nan)
{
    for (int a = 0; a < OV_ACT_COUNT; a++)
        ck_assert(isnan(ov_activations[a].g(NAN)));
    ck_assert(isnan(ov_activation_find("erf")->dg(NAN)));
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, the_table_is_indexed_by_the_enum_and_found_by_name);
    OV_TEST(s, values);
    OV_TEST(s, dg_is_the_derivative_of_g);
    OV_TEST(s, nan_stays_nan);
}

OV_TEST_MAIN("model/activation");
