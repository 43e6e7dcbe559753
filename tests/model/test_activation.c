/* SPDX-License-Identifier: MIT
 *
 * The table of activations against their definitions and slopes.
 */
#include <math.h>

#include <gsl/gsl_rng.h>

#include "overlap/model/activation.h"
#include "test.h"

START_TEST(the_table_is_indexed_by_the_enum_and_found_by_name)
{
    for (size_t a = 0; a < ov_activation_count; a++) {
        if (a < OV_ACT_GENERIC)
            ck_assert_int_eq(ov_activations[a].act, (enum ov_act)a);
        else
            ck_assert_int_ge(ov_activations[a].act, OV_ACT_GENERIC);
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
    const struct ov_activation *soft = ov_activation_find("softplus");
    const struct ov_activation *gelu = ov_activation_find("gelu");
    for (double x = -9.0; x <= 9.0; x += 0.01) {
        ck_agree(fmax(x, 0.0), ov_activation_find("relu")->g(x), 0, 0);
        ck_agree(x * x, ov_activation_find("quadratic")->g(x), 0, 0);
        ck_agree(x * x - 1.0, ov_activation_find("he2")->g(x), 0, 0);
        ck_agree(tanh(x), ov_activation_find("tanh")->g(x), 1e-15, 0);
        ck_agree(1.0 / (1.0 + exp(-x)), ov_activation_find("sigmoid")->g(x), 1e-15, 0);
        ck_agree(log1p(exp(x)), soft->g(x), 1e-15, 0);
        ck_agree(0.5 * x * erfc(-x / M_SQRT2), gelu->g(x), 1e-15, 1e-15);
        ck_agree(x / (1.0 + exp(-x)), ov_activation_find("silu")->g(x), 1e-15, 0);
        ck_agree(fmax(0.01 * x, x), ov_activation_find("leaky_relu")->g(x), 1e-15, 0);
        ck_agree(pow(x, 3.0) - 3.0 * x, ov_activation_find("he3")->g(x), 1e-14, 1e-14);
        ck_agree(pow(x, 4.0) - 6.0 * x * x + 3.0, ov_activation_find("he4")->g(x), 1e-14, 1e-13);
        ck_agree(sin(x), ov_activation_find("sin")->g(x), 0, 2e-15);
        ck_agree(cos(x), ov_activation_find("sin")->dg(x), 0, 2e-15);
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
    for (size_t a = 0; a < ov_activation_count; a++)
        for (int i = 0; i < 1000; i++) {
            const struct ov_activation *f = &ov_activations[a];
            double x = 8.0 * gsl_rng_uniform(r) - 4.0;
            if ((f->act == OV_ACT_RELU || f->act == OV_ACT_LEAKY_RELU) && fabs(x) < 2 * h)
                continue;
            double wide = (f->g(x + 2 * h) - f->g(x - 2 * h)) / (4 * h);
            double narrow = (f->g(x + h) - f->g(x - h)) / (2 * h);
            double rounding = 1e-12 * fabs(f->g(x)); /* over h */
            ck_agree((4 * narrow - wide) / 3, f->dg(x), 0, 2e-11 + rounding);
        }
    ck_agree(OV_LEAK, ov_activation_find("leaky_relu")->dg(0.0), 0, 0);
    ck_agree(0.0, ov_activation_find("relu")->dg(0.0), 0, 0);
    gsl_rng_free(r);
}
END_TEST

START_TEST(nan_stays_nan)
{
    for (size_t a = 0; a < ov_activation_count; a++) {
        ck_assert(isnan(ov_activations[a].g(NAN)));
        if (ov_activations[a].act != OV_ACT_LINEAR)
            ck_assert(isnan(ov_activations[a].dg(NAN)));
    }
}
END_TEST

/* The polynomials have leading coefficient 1 and are orthogonal: < He_m He_n > = n! at variance 1,
 * by sums over a fine grid. */
START_TEST(hermite_units_are_orthogonal)
{
    static const char *const name[4] = {"linear", "he2", "he3", "he4"};
    static const double factorial[4] = {1.0, 2.0, 6.0, 24.0};
    for (size_t m = 0; m < 4; m++)
        for (size_t n = 0; n < 4; n++) {
            double sum = 0.0;
            for (double x = -14.0; x <= 14.0; x += 0.125)
                sum += 0.125 / sqrt(2.0 * M_PI) * exp(-0.5 * x * x) *
                       ov_activation_find(name[m])->g(x) * ov_activation_find(name[n])->g(x);
            ck_agree(m == n ? factorial[n] : 0.0, sum, 1e-12, 1e-12);
        }
}
END_TEST

/* Where |x|/2 pi is no longer exact, sin stays bounded, odd, and as accurate as is stated. */
START_TEST(sine_of_large_arguments)
{
    const struct ov_activation *f = ov_activation_find("sin");
    for (double x = 1e-9; x < 1e6; x *= 1.7) {
        ck_agree(sin(x), f->g(x), 1e-15, 2e-16 * (x > 1.0 ? 2.0 + x : 0.0));
        ck_agree(-f->g(x), f->g(-x), 0, 0);
        ck_agree(f->dg(x), f->dg(-x), 0, 0);
    }
}
END_TEST

/* Far out nothing overflows on the way to a finite value; x^4 is one up to 1e75. */
START_TEST(large_arguments)
{
    for (double x = 1.0; x < 1e75; x *= 7.0)
        for (size_t a = 0; a < ov_activation_count; a++) {
            const struct ov_activation *f = &ov_activations[a];
            ck_assert(isfinite(f->g(x)) && isfinite(f->g(-x)));
            ck_assert(isfinite(f->dg(x)) && isfinite(f->dg(-x)));
        }
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, the_table_is_indexed_by_the_enum_and_found_by_name);
    OV_TEST(s, values);
    OV_TEST(s, dg_is_the_derivative_of_g);
    OV_TEST(s, nan_stays_nan);
    OV_TEST(s, hermite_units_are_orthogonal);
    OV_TEST(s, sine_of_large_arguments);
    OV_TEST(s, large_arguments);
}

OV_TEST_MAIN("model/activation");
