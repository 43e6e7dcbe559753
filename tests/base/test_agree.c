/* SPDX-License-Identifier: MIT
 *
 * Equality at its edges: zero, NaN, infinities, both tolerances.
 */
#include <float.h>
#include <math.h>

#include <gsl/gsl_rng.h>

#include "test.h"

START_TEST(equal_means_equal_when_both_tolerances_are_zero)
{
    ck_assert(ov_agree(1.5, 1.5, 0, 0));
    ck_assert(ov_agree(0.0, -0.0, 0, 0));
    ck_assert(!ov_agree(1.0, nextafter(1.0, 2.0), 0, 0));
    ck_assert(!ov_agree(0.0, DBL_TRUE_MIN, 0, 0));
}
END_TEST

START_TEST(relative_and_absolute_tolerance_are_apart)
{
    ck_assert(ov_agree(100.0, 101.0, 0.01, 0));
    ck_assert(!ov_agree(100.0, 101.1, 0.01, 0));
    ck_assert(ov_agree(0.0, 1e-3, 0, 1e-3));
    ck_assert(!ov_agree(0.0, 1e-3, 0.5, 0)); /* relative to the reference, which is 0 */
    ck_assert(ov_agree(100.0, 101.5, 0.01, 0.5));
    ck_assert(!ov_agree(100.0, 101.6, 0.01, 0.5));
    ck_assert(!ov_agree(1.0, 3.0, 0.67, 0)); /* the reference counts, not the larger one */
    ck_assert(ov_agree(3.0, 1.0, 0.67, 0));
}
END_TEST

START_TEST(nan_agrees_with_nothing)
{
    const double others[] = {0.0, 1.0, -1.0, INFINITY, -INFINITY, NAN};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        ck_assert(!ov_agree(NAN, others[i], 1, 1));
        ck_assert(!ov_agree(others[i], NAN, 1, 1));
        ck_assert(!ov_agree(NAN, others[i], INFINITY, INFINITY));
    }
    ck_assert(!ov_agree(1.0, 2.0, NAN, 0));
}
END_TEST

START_TEST(infinities_agree_only_with_themselves)
{
    ck_assert(ov_agree(INFINITY, INFINITY, 0, 0));
    ck_assert(!ov_agree(INFINITY, -INFINITY, 1, 1));
    ck_assert(!ov_agree(INFINITY, DBL_MAX, 1, DBL_MAX));
    ck_assert(!ov_agree(DBL_MAX, INFINITY, 1, DBL_MAX));
    ck_assert(!ov_agree(DBL_MAX, -DBL_MAX, 0.5, 0));
}
END_TEST

START_TEST(disagreement_is_the_largest_ratio)
{
    const double ref[] = {1.0, 2.0, 0.0};
    double x[] = {1.01, 2.0, 0.005};
    ck_agree(1.0, ov_disagreement(ref, x, 1, 0.01, 0) / 1.0, 1e-12, 0);
    ck_agree(0.01 / 0.02, ov_disagreement(ref, x, 3, 0.01, 0.01), 1e-12, 0);
    ck_agree(0.0, ov_disagreement(ref, x, 0, 0, 0), 0, 0);
    x[1] = NAN;
    ck_agree(INFINITY, ov_disagreement(ref, x, 3, 1, 1), 0, 0);
    x[1] = 2.5;
    ck_agree(INFINITY, ov_disagreement(ref, x, 2, 0, 0), 0, 0);
}
END_TEST

/* The ratio says <= 1 exactly where the pair agrees, also at the edge of the tolerance. */
START_TEST(disagreement_and_agree_never_contradict)
{
    gsl_rng *r = ov_test_rng(1);
    for (int i = 0; i < 200000; i++) {
        double ref = gsl_rng_uniform(r) - 0.5, rtol = gsl_rng_uniform(r) * 0.1;
        double x = ref + rtol * fabs(ref) * (1.0 + (gsl_rng_uniform(r) - 0.5) * 1e-15);
        bool agrees = fabs(x - ref) <= rtol * fabs(ref);
        ck_assert(ov_agree(ref, x, rtol, 0) == agrees);
        ck_assert((ov_disagreement(&ref, &x, 1, rtol, 0) <= 1.0) == agrees);
    }
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, equal_means_equal_when_both_tolerances_are_zero);
    OV_TEST(s, relative_and_absolute_tolerance_are_apart);
    OV_TEST(s, nan_agrees_with_nothing);
    OV_TEST(s, infinities_agree_only_with_themselves);
    OV_TEST(s, disagreement_is_the_largest_ratio);
    OV_TEST(s, disagreement_and_agree_never_contradict);
}

OV_TEST_MAIN("base/agree");
