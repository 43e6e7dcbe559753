/* SPDX-License-Identifier: MIT
 *
 * Means, tails and jackknife against closed values and simulation.
 */
#include <math.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_statistics_double.h>

#include "overlap/num/stats.h"
#include "test.h"

START_TEST(mean_sd_and_se)
{
    const double x[] = {1, 2, 3, 4};
    struct ov_mean m = ov_mean_of(x, 4);
    ck_assert_uint_eq(m.n, 4);
    ck_agree(2.5, m.mean, 1e-15, 0);
    ck_agree(sqrt(5.0 / 3.0), m.sd, 1e-15, 0);
    ck_agree(sqrt(5.0 / 12.0), m.se, 1e-15, 0);
}
END_TEST

START_TEST(a_large_offset_costs_no_digits)
{
    gsl_rng *r = ov_test_rng(21);
    double x[1000], shifted[1000];
    for (int i = 0; i < 1000; i++) {
        x[i] = ldexp(floor(gsl_ran_ugaussian(r) * 1024), -10);
        shifted[i] = x[i] + 1e9;
    }
    ck_agree(gsl_stats_sd(x, 1, 1000), ov_mean_of(x, 1000).sd, 1e-13, 0);
    ck_agree(ov_mean_of(x, 1000).sd, ov_mean_of(shifted, 1000).sd, 1e-12, 0);
    gsl_rng_free(r);
}
END_TEST

START_TEST(too_few_and_non_finite_data_are_seen)
{
    const double x[] = {3.0, NAN, INFINITY};
    ck_assert(isnan(ov_mean_of(x, 0).mean));
    ck_agree(3.0, ov_mean_of(x, 1).mean, 0, 0);
    ck_assert(isnan(ov_mean_of(x, 1).sd) && isnan(ov_mean_of(x, 1).se));
    ck_assert(isnan(ov_mean_of(x, 2).mean) && isnan(ov_mean_of(x, 2).sd));
    const double y[] = {3.0, INFINITY};
    ck_assert(!isfinite(ov_mean_of(y, 2).mean) && !isfinite(ov_mean_of(y, 2).sd));
    const double same[] = {0.1, 0.1, 0.1};
    ck_assert_double_le(ov_mean_of(same, 3).sd, 1e-16);
}
END_TEST

START_TEST(student_quantiles_from_tables)
{
    ck_agree(12.7062047364, ov_student_halfwidth(2, 0.95), 1e-10, 0);
    ck_agree(2.26215716280, ov_student_halfwidth(10, 0.95), 1e-10, 0);
    ck_agree(1.83311293265, ov_student_halfwidth(10, 0.90), 1e-10, 0);
    ck_agree(1.95996398454, ov_student_halfwidth(100000000, 0.95), 1e-7, 0);
    ck_assert(isnan(ov_student_halfwidth(1, 0.95)));
    ck_assert(isnan(ov_student_halfwidth(10, 1.0)));
    ck_assert(isnan(ov_student_halfwidth(10, 0.0)));
    ck_assert(isnan(ov_student_halfwidth(10, NAN)));
}
END_TEST

/* The interval holds the true mean as often as its level says. */
START_TEST(intervals_cover_at_their_level)
{
    enum { TRIALS = 20000, SEEDS = 5 };
    gsl_rng *r = ov_test_rng(22);
    double t = ov_student_halfwidth(SEEDS, 0.9);
    int held = 0;
    for (int i = 0; i < TRIALS; i++) {
        double x[SEEDS];
        for (int j = 0; j < SEEDS; j++)
            x[j] = 7.0 + 3.0 * gsl_ran_ugaussian(r);
        struct ov_mean m = ov_mean_of(x, SEEDS);
        held += fabs(m.mean - 7.0) <= t * m.se;
    }
    ck_agree(0.9, (double)held / TRIALS, 0, 4 * sqrt(0.09 / TRIALS));
    gsl_rng_free(r);
}
END_TEST

START_TEST(seeds_needed_is_the_smallest_that_decides)
{
    gsl_rng *r = ov_test_rng(23);
    for (int i = 0; i < 300; i++) {
        double sd = gsl_rng_uniform(r), slack = 0.02 + gsl_rng_uniform(r);
        size_t n = ov_seeds_needed(sd, slack, HUGE_VAL, 0.05, 1000000);
        ck_assert_uint_ge(n, 2);
        ck_assert(ov_student_halfwidth(n, 0.9) * sd / sqrt((double)n) <= slack);
        if (n > 2)
            ck_assert(ov_student_halfwidth(n - 1, 0.9) * sd / sqrt((double)n - 1) > slack);
        /* from outside of a range of no width both tails count */
        size_t both = ov_seeds_needed(sd, slack, slack, 0.05, 1000000);
        ck_assert(ov_student_halfwidth(both, 0.95) * sd / sqrt((double)both) <= slack);
        if (both > 2)
            ck_assert(ov_student_halfwidth(both - 1, 0.95) * sd / sqrt((double)both - 1) > slack);
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(seeds_needed_says_when_none_will_do)
{
    ck_assert_uint_eq(ov_seeds_needed(1.0, 0.0, HUGE_VAL, 0.05, 1000), 0);
    ck_assert_uint_eq(ov_seeds_needed(1.0, -1.0, HUGE_VAL, 0.05, 1000), 0);
    ck_assert_uint_eq(ov_seeds_needed(1.0, 1e-6, HUGE_VAL, 0.05, 1000), 0);
    ck_assert_uint_eq(ov_seeds_needed(NAN, 1.0, HUGE_VAL, 0.05, 1000), 0);
    ck_assert_uint_eq(ov_seeds_needed(1.0, NAN, HUGE_VAL, 0.05, 1000), 0);
    ck_assert_uint_eq(ov_seeds_needed(0.0, 1.0, HUGE_VAL, 0.05, 1), 0);
    ck_assert_uint_eq(ov_seeds_needed(0.0, 1.0, HUGE_VAL, 0.05, 1000), 2);
}
END_TEST

START_TEST(tails_and_quantiles_of_t)
{
    ck_agree(0.05, ov_student_tail(2.015048373333024, 5.0), 1e-12, 0);
    ck_agree(2.015048373333024, ov_student_quantile(0.05, 5.0), 1e-12, 0);
    ck_agree(0.025, ov_student_tail(1.959963984540054, HUGE_VAL), 1e-12, 0);
    ck_agree(1.959963984540054, ov_student_quantile(0.025, HUGE_VAL), 1e-12, 0);
    ck_agree(0.5, ov_student_tail(0.0, 3.7), 1e-15, 0);
    ck_assert(isnan(ov_student_tail(NAN, 3.0)) && isnan(ov_student_tail(1.0, 0.0)));
    ck_assert(isnan(ov_student_quantile(0.0, 3.0)) && isnan(ov_student_quantile(0.1, 0.0)));
}
END_TEST

/* Pseudo-values as they are defined, one reduction for each number that is left out. */
static void plain_jackknife(double *mean, double *se, const double *x, size_t n,
                            enum ov_reduction r, int log_scale)
{
    double pseudo[32], left[32], whole = ov_reduce(x, n, r);
    for (size_t i = 0; i < n; i++) {
        size_t m = 0;
        for (size_t k = 0; k < n; k++)
            if (k != i)
                left[m++] = x[k];
        double s = ov_reduce(left, m, r);
        double all = log_scale ? log(fabs(whole)) : whole, part = log_scale ? log(fabs(s)) : s;
        pseudo[i] = (double)n * all - (double)(n - 1) * part;
    }
    struct ov_mean m = ov_mean_of(pseudo, n);
    *mean = m.mean;
    *se = m.se;
}

START_TEST(jackknife_is_its_definition)
{
    gsl_rng *r = ov_test_rng(24);
    for (size_t n = 3; n < 32; n += 4)
        for (int kind = 0; kind < 6; kind++) {
            double x[32], mean, se;
            enum ov_reduction reduction = (enum ov_reduction)(kind / 2);
            for (size_t i = 0; i < n; i++)
                x[i] = 3.0 + gsl_ran_ugaussian(r);
            plain_jackknife(&mean, &se, x, n, reduction, kind % 2);
            struct ov_mean m = ov_jackknife(x, n, reduction, kind % 2);
            ck_agree(mean, m.mean, 1e-10, 1e-10);
            ck_agree(se, m.se, 1e-9, 0);
        }
    gsl_rng_free(r);
    const double x[] = {3.0, 4.0};
    ck_agree(sqrt(12.5), ov_reduce(x, 2, OV_REDUCE_RMS), 1e-15, 0);
    ck_agree(sqrt(0.5), ov_reduce(x, 2, OV_REDUCE_SD), 1e-15, 0);
    ck_assert(isnan(ov_reduce(x, 1, OV_REDUCE_SD)) && isnan(ov_reduce(x, 0, OV_REDUCE_RMS)));
    ck_assert(isnan(ov_jackknife(x, 2, OV_REDUCE_SD, 1).se));
    ck_assert(isnan(ov_jackknife(x, 1, OV_REDUCE_RMS, 1).se));
}
END_TEST

/* How often the 90 % interval of the logarithm holds ln s. */
static double coverage(gsl_rng *r, size_t n, enum ov_reduction reduction, size_t sets)
{
    double x[64], truth = reduction == OV_REDUCE_MEAN ? log(5.0) : 0.0;
    size_t covered = 0;
    for (size_t i = 0; i < sets; i++) {
        for (size_t k = 0; k < n; k++)
            x[k] = (reduction == OV_REDUCE_MEAN ? 5.0 : 0.0) + gsl_ran_ugaussian(r);
        struct ov_mean m = ov_jackknife(x, n, reduction, 1);
        covered += fabs(m.mean - truth) <= ov_student_halfwidth(n, 0.9) * m.se;
    }
    return (double)covered / (double)sets;
}

/* For five seeds and for many; the jackknife of a spread is not exact, but not far from it. */
START_TEST(jackknife_covers)
{
    enum { SETS = 4000 };
    gsl_rng *r = ov_test_rng(25);
    for (size_t n = 5; n <= 50; n *= 3) {
        double sd = coverage(r, n, OV_REDUCE_SD, SETS), rms = coverage(r, n, OV_REDUCE_RMS, SETS);
        double mean = coverage(r, n, OV_REDUCE_MEAN, SETS);
        printf("    n = %zu: sd %.3f, rms %.3f, mean %.3f (0.9)\n", n, sd, rms, mean);
        ck_assert(sd > 0.86 && sd < 0.93 && rms > 0.86 && rms < 0.93);
        ck_agree(0.9, mean, 0, 0.02);
    }
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, mean_sd_and_se);
    OV_TEST(s, a_large_offset_costs_no_digits);
    OV_TEST(s, too_few_and_non_finite_data_are_seen);
    OV_TEST(s, student_quantiles_from_tables);
    OV_TEST(s, intervals_cover_at_their_level);
    OV_TEST(s, seeds_needed_is_the_smallest_that_decides);
    OV_TEST(s, seeds_needed_says_when_none_will_do);
    OV_TEST(s, tails_and_quantiles_of_t);
    OV_TEST(s, jackknife_is_its_definition);
    OV_TEST(s, jackknife_covers);
}

OV_TEST_MAIN("num/stats");
