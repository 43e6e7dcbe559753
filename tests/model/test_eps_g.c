/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "overlap/model/eps_g.h"
#include "overlap/num/stats.h"
#include "test.h"

/* The activations themselves, not the library's. */
static double activate(enum ov_act act, double x)
{
    return act == OV_ACT_LINEAR ? x : erf(x / sqrt(2.0));
}

/* I2 by the trapezoidal rule in two dimensions, which is exact to rounding for smooth integrands
 * under a Gaussian weight: x = sqrt(aa) z, y = (ab/sqrt aa) z + rest u. */
static double by_quadrature(enum ov_act a, enum ov_act b, double aa, double ab, double bb)
{
    const double h = 0.1;
    double slope = aa > 0.0 ? ab / sqrt(aa) : 0.0, rest = sqrt(fmax(bb - slope * slope, 0.0));
    double sum = 0.0;
    for (int i = -90; i <= 90; i++)
        for (int j = -90; j <= 90; j++) {
            double z = i * h, u = j * h;
            sum += exp(-0.5 * (z * z + u * u)) * activate(a, sqrt(aa) * z) *
                   activate(b, slope * z + rest * u);
        }
    return sum * h * h / (2.0 * M_PI);
}

START_TEST(I2_against_quadrature)
{
    gsl_rng *r = ov_test_rng(61);
    for (int i = 0; i < 60; i++) {
        double aa = 2.0 * gsl_rng_uniform(r), bb = 2.0 * gsl_rng_uniform(r);
        double ab = sqrt(aa * bb) * (2.0 * gsl_rng_uniform(r) - 1.0);
        for (int a = 0; a < OV_ACT_COUNT; a++)
            for (int b = 0; b < OV_ACT_COUNT; b++)
                ck_agree(by_quadrature((enum ov_act)a, (enum ov_act)b, aa, ab, bb),
                         ov_I2((enum ov_act)a, (enum ov_act)b, aa, ab, bb), 1e-12, 1e-13);
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(I2_is_symmetric_and_odd_in_the_covariance)
{
    gsl_rng *r = ov_test_rng(62);
    for (int i = 0; i < 1000; i++) {
        double aa = 3.0 * gsl_rng_uniform(r), bb = 3.0 * gsl_rng_uniform(r);
        double ab = sqrt(aa * bb) * (2.0 * gsl_rng_uniform(r) - 1.0);
        for (int a = 0; a < OV_ACT_COUNT; a++)
            for (int b = 0; b < OV_ACT_COUNT; b++) {
                double x = ov_I2((enum ov_act)a, (enum ov_act)b, aa, ab, bb);
                ck_agree(x, ov_I2((enum ov_act)b, (enum ov_act)a, bb, ab, aa), 1e-15, 0);
                ck_agree(-x, ov_I2((enum ov_act)a, (enum ov_act)b, aa, -ab, bb), 0, 0);
            }
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(I2_at_the_edges)
{
    ck_agree(1.0, ov_I2(OV_ACT_ERF, OV_ACT_ERF, 1e300, 1e300, 1e300), 1e-15, 0);
    ck_agree(1.0, ov_I2(OV_ACT_ERF, OV_ACT_ERF, 1.0, 5.0, 1.0), 1e-15, 0); /* clipped */
    ck_agree(-1.0, ov_I2(OV_ACT_ERF, OV_ACT_ERF, 1.0, -5.0, 1.0), 1e-15, 0);
    ck_agree(0.0, ov_I2(OV_ACT_ERF, OV_ACT_ERF, 0.0, 0.0, 0.0), 0, 0);
    ck_agree(1.0 / 3.0, ov_I2(OV_ACT_ERF, OV_ACT_ERF, 1.0, 1.0, 1.0), 1e-15, 0);
    for (int a = 0; a < OV_ACT_COUNT; a++)
        for (int b = 0; b < OV_ACT_COUNT; b++) {
            ck_assert(isnan(ov_I2((enum ov_act)a, (enum ov_act)b, NAN, 0.1, 1.0)));
            ck_assert(isnan(ov_I2((enum ov_act)a, (enum ov_act)b, 1.0, NAN, 1.0)));
            ck_assert(isnan(ov_I2((enum ov_act)a, (enum ov_act)b, 1.0, 0.1, NAN)));
        }
}
END_TEST

enum { K = 3, M = 2, N = 12, INPUTS = 100000 };

struct networks {
    double w[K][N], w_star[M][N];
    struct ov_overlaps o;
};

static struct networks random_networks(gsl_rng *r)
{
    struct networks n;
    ck_ok(ov_overlaps_create(&n.o, K, M));
    for (int i = 0; i < N; i++) {
        for (int k = 0; k < K; k++)
            n.w[k][i] = 0.8 * gsl_ran_ugaussian(r);
        for (int m = 0; m < M; m++)
            n.w_star[m][i] = 1.2 * gsl_ran_ugaussian(r);
    }
    for (int k = 0; k < K; k++)
        n.o.v[k] = gsl_ran_ugaussian(r);
    for (int m = 0; m < M; m++)
        n.o.v_star[m] = gsl_ran_ugaussian(r);
    ov_overlaps_measure(&n.o, n.w[0], n.w_star[0], N);
    return n;
}

/* (phi - phi*)^2/2 of one fresh input. */
static double one_error(const struct networks *n, enum ov_act g, enum ov_act g_star, gsl_rng *r)
{
    double x[N], error = 0.0;
    for (int i = 0; i < N; i++)
        x[i] = gsl_ran_gaussian_ziggurat(r, 1.0);
    for (int u = 0; u < K + M; u++) {
        const double *w = u < K ? n->w[u] : n->w_star[u - K];
        double field = 0.0;
        for (int i = 0; i < N; i++)
            field += w[i] * x[i] / sqrt(N);
        error +=
            u < K ? n->o.v[u] * activate(g, field) : -n->o.v_star[u - K] * activate(g_star, field);
    }
    return 0.5 * error * error;
}

/* Both activations, all four pairs: the exact error against the average over fresh inputs. */
START_TEST(eps_g_is_the_average_over_fresh_inputs)
{
    gsl_rng *r = ov_test_rng(63);
    static double error[INPUTS];
    for (int pair = 0; pair < 8; pair++) {
        enum ov_act g = pair & 1 ? OV_ACT_ERF : OV_ACT_LINEAR;
        enum ov_act g_star = pair & 2 ? OV_ACT_ERF : OV_ACT_LINEAR;
        struct networks n = random_networks(r);
        for (int i = 0; i < INPUTS; i++)
            error[i] = one_error(&n, g, g_star, r);
        struct ov_mean mean = ov_mean_of(error, INPUTS);
        double exact = ov_eps_g(&n.o, g, g_star);
        printf("    %s student, %s teacher: %.5f(%.5f), exact %.5f\n", ov_activations[g].name,
               ov_activations[g_star].name, mean.mean, mean.se, exact);
        ck_agree(exact, mean.mean, 0, 4 * mean.se);
        ck_assert_double_lt(mean.se, 0.01 * exact);             /* or this would say little: */
        ck_assert(fabs(1.1 * exact - mean.mean) > 4 * mean.se); /* 10 % too much is seen */
        ov_overlaps_free(&n.o);
    }
    gsl_rng_free(r);
}
END_TEST

/* A copy of the teacher makes no error; rounding never makes it negative. */
START_TEST(perfect_learning_gives_zero)
{
    gsl_rng *r = ov_test_rng(64);
    for (int i = 0; i < 500; i++) {
        struct ov_overlaps o;
        double w[M * N];
        ck_ok(ov_overlaps_create(&o, M, M));
        for (int j = 0; j < M * N; j++)
            w[j] = gsl_ran_ugaussian(r);
        ov_overlaps_measure(&o, w, w, N);
        for (int m = 0; m < M; m++)
            o.v[m] = o.v_star[m] = gsl_ran_ugaussian(r);
        for (int a = 0; a < OV_ACT_COUNT; a++) {
            double eps_g = ov_eps_g(&o, (enum ov_act)a, (enum ov_act)a);
            ck_assert(eps_g >= 0.0 && eps_g < 1e-14);
        }
        o.R[0] = NAN;
        ck_assert(isnan(ov_eps_g(&o, OV_ACT_ERF, OV_ACT_ERF)));
        ck_assert(isnan(ov_eps_g(&o, OV_ACT_LINEAR, OV_ACT_LINEAR)));
        ov_overlaps_free(&o);
    }
    gsl_rng_free(r);
}
END_TEST

/* Untrained student v = 0: only the teacher's own power is left, 1/2 sum v*^2/3 for erf, T = I. */
START_TEST(the_error_of_nothing_is_half_the_teachers_power)
{
    struct ov_overlaps o;
    ck_ok(ov_overlaps_create(&o, 2, 2));
    o.T[0] = o.T[2] = 1.0;
    o.v_star[0] = 2.0;
    o.v_star[1] = 1.0;
    ck_agree(0.5 * 5.0 / 3.0, ov_eps_g(&o, OV_ACT_LINEAR, OV_ACT_ERF), 1e-15, 0);
    ck_agree(0.5 * 5.0, ov_eps_g(&o, OV_ACT_ERF, OV_ACT_LINEAR), 1e-15, 0);
    ov_overlaps_free(&o);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, I2_against_quadrature);
    OV_TEST(s, I2_is_symmetric_and_odd_in_the_covariance);
    OV_TEST(s, I2_at_the_edges);
    OV_TEST(s, eps_g_is_the_average_over_fresh_inputs);
    OV_TEST(s, perfect_learning_gives_zero);
    OV_TEST(s, the_error_of_nothing_is_half_the_teachers_power);
}

OV_TEST_MAIN("model/eps_g");
