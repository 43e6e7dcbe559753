/* SPDX-License-Identifier: MIT
 *
 * Difference quotients and the growth exponent against closed matrices.
 */
#include <math.h>
#include <string.h>

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

enum { LARGE = 150 };

/* J (1 - 2 u u'/u.u), then its transpose: twice, and J has been turned. */
static void reflect_and_transpose(double *J, const double *u)
{
    static double old[LARGE * LARGE];
    memcpy(old, J, sizeof old);
    for (size_t i = 0; i < LARGE; i++) {
        double along = 0.0, norm = 0.0;
        for (size_t j = 0; j < LARGE; j++) {
            along += old[i * LARGE + j] * u[j];
            norm += u[j] * u[j];
        }
        for (size_t j = 0; j < LARGE; j++)
            J[j * LARGE + i] = old[i * LARGE + j] - 2.0 * along / norm * u[j];
    }
}

/* A spectrum from -1 to 0 and one eigenvalue above it, twice, or a complex pair: it is found. */
START_TEST(growth_from_a_krylov_space)
{
    static double J[LARGE * LARGE], u[LARGE];
    double *scratch = calloc(ov_jacobian_krylov_scratch(LARGE), sizeof *scratch);
    gsl_rng *r = ov_test_rng(2);
    static const double tops[5] = {1.0, 0.1, 0.01, 0.003, 0.0};
    for (size_t turn = 0; turn < 10; turn++) {
        double top = tops[turn / 2];
        memset(J, 0, sizeof J);
        for (size_t i = 0; i < LARGE; i++) {
            J[i * LARGE + i] = i < 2 ? top : -gsl_rng_uniform(r);
            u[i] = gsl_rng_uniform(r) - 0.5;
        }
        if (turn % 2 != 0)
            J[1] = -0.2, J[LARGE] = 0.2;
        reflect_and_transpose(J, u);
        reflect_and_transpose(J, u);
        double found = ov_jacobian_growth_krylov(J, LARGE, scratch);
        printf("    top %g: %.6g\n", top, found);
        ck_agree(top, found, 0.02, 1e-3);
    }
    J[7] = NAN;
    ck_assert(isnan(ov_jacobian_growth_krylov(J, LARGE, scratch)));
    gsl_rng_free(r);
    free(scratch);
}
END_TEST

/* Small ones are exact: the space is everything. */
START_TEST(growth_of_small_ones)
{
    double scratch[64];
    double spiral[4] = {-0.2, 3.0, -3.0, -0.2};
    double saddle[9] = {-5.0, 1.0, 2.0, 0.0, 0.25, 7.0, 0.0, 0.0, -1.0};
    double nothing[4] = {0.0};
    ck_assert_uint_le(ov_jacobian_krylov_scratch(3), 64);
    ck_agree(-0.2, ov_jacobian_growth_krylov(spiral, 2, scratch), 1e-12, 0.0);
    ck_agree(0.25, ov_jacobian_growth_krylov(saddle, 3, scratch), 1e-12, 0.0);
    ck_agree(0.0, ov_jacobian_growth_krylov(nothing, 2, scratch), 0.0, 0.0);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, differences);
    OV_TEST(s, refusal_is_passed_on);
    OV_TEST(s, growth);
    OV_TEST(s, growth_from_a_krylov_space);
    OV_TEST(s, growth_of_small_ones);
}

OV_TEST_MAIN("theory/jacobian");
