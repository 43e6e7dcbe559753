/* SPDX-License-Identifier: MIT
 *
 * Bounds of many t against their simulated maxima.
 */
#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>

#include "overlap/num/simultaneous.h"
#include "overlap/num/stats.h"
#include "test.h"

/* n runs of J neighbours, each correlated with the one before by rho. */
static void paths(double *x, gsl_rng *r, size_t n, size_t J, double rho)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < J; j++) {
            double fresh = gsl_ran_ugaussian(r);
            x[i * J + j] = j == 0 ? fresh : rho * x[i * J + j - 1] + sqrt(1.0 - rho * rho) * fresh;
        }
}

/* The smallest p of the J t-statistics about zero. */
static double smallest(const double *x, size_t n, size_t J)
{
    double least = 1.0, column[64];
    for (size_t j = 0; j < J; j++) {
        for (size_t i = 0; i < n; i++)
            column[i] = x[i * J + j];
        struct ov_mean m = ov_mean_of(column, n);
        double p = 2.0 * ov_student_tail(fabs(m.mean / m.se), (double)(n - 1));
        least = fmin(least, p);
    }
    return least;
}

/* False alarms at a nominal 10 %. */
static double alarms(gsl_rng *r, size_t n, size_t J, double rho, size_t sets)
{
    double *x = calloc(n * J, sizeof *x);
    size_t count = 0;
    for (size_t i = 0; i < sets; i++) {
        struct ov_simultaneous s;
        paths(x, r, n, J, rho);
        ck_ok(ov_simultaneous_create(&s, x, n, J, i, 1000));
        count += ov_simultaneous_all(&s, smallest(x, n, J)) <= 0.1;
        ov_simultaneous_free(&s);
    }
    free(x);
    return (double)count / (double)sets;
}

/* No more than nominal within four standard errors for all correlations, and not useless: a
 * Gaussian max over independent columns is exact. */
START_TEST(alarms_stay_nominal)
{
    static const size_t n[] = {5, 10, 50};
    static const double rho[] = {0.0, 0.8, 0.97};
    enum { SETS = 500, J = 20 };
    gsl_rng *r = ov_test_rng(20261201);
    double slack = 4.0 * sqrt(0.1 * 0.9 / SETS);
    for (size_t a = 0; a < 3; a++)
        for (size_t b = 0; b < 3; b++) {
            double rate = alarms(r, n[a], J, rho[b], SETS);
            printf("    n = %zu, rho = %g: %.3f of 0.1\n", n[a], rho[b], rate);
            ck_assert_msg(rate <= 0.1 + slack, "n = %zu, rho = %g: %.3f", n[a], rho[b], rate);
            if (b == 0)
                ck_assert_msg(rate >= 0.1 - slack, "n = %zu, rho = %g: %.3f", n[a], rho[b], rate);
        }
    gsl_rng_free(r);
}
END_TEST

/* One column, or copies of it, need no correction; independent ones Sidak's. */
START_TEST(limits)
{
    enum { N = 2000, J = 8 };
    gsl_rng *r = ov_test_rng(20261202);
    double *x = calloc((size_t)N * J, sizeof *x);
    struct ov_simultaneous s;
    paths(x, r, N, J, 1.0);
    ck_ok(ov_simultaneous_create(&s, x, N, 1, 7, 10000));
    ck_agree(0.03, ov_simultaneous_all(&s, 0.03), 1e-15, 0);
    ck_agree(0.03, ov_simultaneous_one(&s, 0.03), 1e-12, 0);
    ov_simultaneous_free(&s);
    ck_ok(ov_simultaneous_create(&s, x, N, J, 7, 10000));
    ck_agree(0.05, ov_simultaneous_all(&s, 0.05), 0, 5.0 * sqrt(0.05 / 1e4) + 5e-3);
    ov_simultaneous_free(&s);
    paths(x, r, N, J, 0.0);
    ck_ok(ov_simultaneous_create(&s, x, N, J, 7, 10000));
    double p = ov_simultaneous_one(&s, 0.1), sidak = 1.0 - pow(0.9, 1.0 / J);
    ck_agree(sidak, p, 0.1, 0);
    ck_agree(0.1, ov_simultaneous_all(&s, p), 1e-3, 0);
    /* far out, where no draw is: Bonferroni */
    ck_agree(J * 1e-12, ov_simultaneous_all(&s, 1e-12), 1e-12, 0);
    ck_agree(0.0, ov_simultaneous_all(&s, 0.0), 0, 0);
    ck_agree(1.0, ov_simultaneous_all(&s, 1.0), 0, 0);
    for (double q = 1e-9; q < 1.0; q *= 1.7) {
        double all = ov_simultaneous_all(&s, q);
        ck_assert(all >= q && all <= J * q * (1.0 + 1e-12) && all <= 1.0);
    }
    ov_simultaneous_free(&s);
    ov_simultaneous_free(&s);
    ov_simultaneous_free(NULL);
    free(x);
    gsl_rng_free(r);
}
END_TEST

/* P(max_j |Z_j| > z) of J normals that share a part rho of their variance, by Simpson's rule over it. */
static double equicorrelated(double rho, size_t J, double z)
{
    enum { STEPS = 4000 };
    double sum = 0.0, h = 16.0 / STEPS, own = sqrt(1.0 - rho);
    for (int i = 0; i <= STEPS; i++) {
        double u = -8.0 + h * i, shared = sqrt(rho) * u;
        double inside =
            gsl_cdf_ugaussian_P((z - shared) / own) - gsl_cdf_ugaussian_P((-z - shared) / own);
        double weight = i == 0 || i == STEPS ? 1.0 : i % 2 ? 4.0 : 2.0;
        sum += weight * gsl_ran_ugaussian_pdf(u) * pow(inside, (double)J);
    }
    return 1.0 - sum * h / 3.0;
}

/* Copies of one column are exact at lambda = 1 alone: of n runs they count as correlated by
 * lambda = 1 - 2/n, and the band is wider than it need be. */
START_TEST(copies_of_few_runs)
{
    enum { J = 20 };
    static const size_t n[] = {4, 5, 10, 40};
    gsl_rng *r = ov_test_rng(20261204);
    double x[40 * J], p = 0.02, last = 1.0;
    paths(x, r, 40, J, 1.0);
    for (size_t i = 0; i < sizeof n / sizeof *n; i++) {
        struct ov_simultaneous s;
        double lambda = 1.0 - 2.0 / (double)n[i], z = -gsl_cdf_ugaussian_Pinv(p / 2.0);
        ck_ok(ov_simultaneous_create(&s, x, n[i], J, 7, 40000));
        double all = ov_simultaneous_all(&s, p), exact = equicorrelated(lambda, J, z);
        ck_agree(exact, all, 0, 5.0 * sqrt(exact / 4e4));
        ck_assert(all > 1.2 * p && all < last);
        last = all;
        ov_simultaneous_free(&s);
    }
    gsl_rng_free(r);
}
END_TEST

/* Same key, same draws; too many columns: Bonferroni; columns without spread are no trouble. */
START_TEST(draws_are_a_function_of_the_key)
{
    enum { N = 6, J = OV_SIMULTANEOUS_COLUMNS + 1 };
    gsl_rng *r = ov_test_rng(20261203);
    double *x = calloc((size_t)N * J, sizeof *x);
    paths(x, r, N, J, 0.9);
    struct ov_simultaneous a, b, c;
    ck_ok(ov_simultaneous_create(&a, x, N, 5, 1, 10000));
    ck_ok(ov_simultaneous_create(&b, x, N, 5, 1, 10000));
    ck_ok(ov_simultaneous_create(&c, x, N, 5, 2, 10000));
    size_t same = 0;
    for (size_t i = 0; i < a.n_draw; i++) {
        ck_assert(a.largest[i] == b.largest[i]);
        same += a.largest[i] == c.largest[i];
    }
    ck_assert_uint_lt(same, 10);
    ov_simultaneous_free(&a);
    ov_simultaneous_free(&b);
    ov_simultaneous_free(&c);
    ck_ok(ov_simultaneous_create(&a, x, N, J, 1, 10000));
    ck_agree(J * 1e-4, ov_simultaneous_all(&a, 1e-4), 1e-12, 0);
    ov_simultaneous_free(&a);
    for (size_t i = 0; i < N; i++)
        x[i * 5 + 2] = 1.0;
    ck_ok(ov_simultaneous_create(&a, x, N, 5, 1, 10000));
    ck_assert(isfinite(a.largest[0]) && isfinite(a.largest[a.n_draw - 1]));
    ov_simultaneous_free(&a);
    free(x);
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, alarms_stay_nominal);
    OV_TEST(s, limits);
    OV_TEST(s, copies_of_few_runs);
    OV_TEST(s, draws_are_a_function_of_the_key);
}

OV_TEST_MAIN("num/simultaneous");
