/* SPDX-License-Identifier: MIT
 *
 * Kinds exact, round, margin, mean and order: each of their verdicts, and how often intervals
 * cover.
 */
#include <math.h>

#include <gsl/gsl_randist.h>

#include "random_claims.h"

START_TEST(margin_on_theory)
{
    check(CLAIM("kind: margin, curves: K4, at: 1, expect: 2, margin: {abs: 0}"), 9, 9, 2, OV_PASS,
          "");
    check(CLAIM("kind: margin, curves: K4, at: 1, expect: 2.2, margin: {rel: 0.1}"), 0, 0, 2,
          OV_PASS, "");
    check(CLAIM("kind: margin, curves: K4, at: 1, expect: 2.2, margin: {rel: 0.09}"), 0, 0, 2,
          OV_FAIL, "K4 @ 1: 2 is not within 2.2 ± 0.198");
    check(CLAIM("kind: margin, curves: K4, at: 1, expect: 2.2, margin: {rel: 0.09, abs: 0.003}"), 0,
          0, 2, OV_PASS, "");
    check(CLAIM("kind: margin, curves: wide, at: [1, 10], expect: K/2, margin: {abs: 0.01}"), 0, 0,
          2, OV_FAIL, "wide-K6 @ 10");
    check(CLAIM("kind: margin, curves: wide, at: 1, quantity: Q_0_0, expect: K, "
                "margin: {abs: 1e-12}"),
          0, 0, 2, OV_PASS, "");
}
END_TEST

START_TEST(round_to_printed_digits)
{
    /* 4/11 = 0.3636…, 4/101 = 0.0396…, 4/1001 = 0.003996 */
    check(CLAIM("kind: round, curves: K4, at: 10, expect: 0.364"), 0, 0, 2, OV_PASS, "");
    check(CLAIM("kind: round, curves: K4, at: 10, expect: \"0.3636\""), 0, 0, 2, OV_PASS, "");
    check(CLAIM("kind: round, curves: K4, at: 10, expect: 0.363"), 0, 0, 2, OV_FAIL,
          "0.3636363636 rounds to 0.364, not to 0.363");
    check(CLAIM("kind: round, curves: K4, at: 100, expect: 0.040"), 0, 0, 2, OV_PASS, "");
    check(CLAIM("kind: round, curves: K4, at: 100, expect: 0.0400"), 0, 0, 2, OV_FAIL,
          "rounds to 0.0396, not to 0.0400");
    check(CLAIM("kind: round, curves: K4, at: 1000, expect: 4.00e-3"), 0, 0, 2, OV_PASS, "");
    check(CLAIM("kind: round, curves: K4, at: 1000, expect: 3.99e-3"), 0, 0, 2, OV_FAIL, "");
}
END_TEST

START_TEST(exact_to_rounding)
{
    check(CLAIM("kind: exact, curves: K4, at: 10, expect: 4/11"), 9, 9, 2, OV_PASS, "");
    check(CLAIM("kind: exact, curves: K4, at: 10, expect: 0.363636363636"), 0, 0, 2, OV_FAIL,
          "K4 @ 10: 0.3636363636363636");
    check(CLAIM("kind: exact, curves: K4, at: 10, expect: 0.363636363636, rtol: 1e-11"), 0, 0, 2,
          OV_PASS, "");
    check(CLAIM("kind: exact, curves: K4, at: 10, expect: 4/11, ulps: 1"), 0, 0, 2, OV_PASS, "");
    check(CLAIM("kind: exact, curves: K4, at: 10, expect: 4/11*(1 + 1e-15), ulps: 2"), 0, 0, 2,
          OV_FAIL, "is not 0.36363636363636");
    /* each seed, not their mean, which is exact */
    check(CLAIM("kind: exact, curves: K4, side: sgd, at: 1, expect: 2"), 0, 0, 2, OV_PASS, "");
    check(CLAIM("kind: exact, curves: K4, side: sgd, at: 1, expect: 2"), 0, 0.25, 2, OV_FAIL,
          "2.25 is not 2");
    check(CLAIM("kind: exact, curves: K4, statistic: deviation, at: 1"), 0, 0, 2, OV_PASS, "");
    check(CLAIM("kind: exact, curves: K4, statistic: deviation, at: 1"), 1e-14, 0, 2, OV_FAIL, "");
}
END_TEST

/* The spread over seeds: 0.3 sqrt(n/(n - 1)), tested by its logarithm. */
START_TEST(spreads_have_three_verdicts)
{
    static const char sd[] =
        CLAIM("kind: mean, curves: K4, statistic: sd, at: 1, expect: 0.3, margin: {rel: 0.1}");
    static const char rms[] =
        CLAIM("kind: mean, curves: K4, statistic: rms, at: 1, expect: 0.5, margin: {rel: 0.1}");
    check(sd, 0.4, 0.3, 40, OV_PASS, "");
    check(sd, 0.4, 0.6, 40, OV_FAIL, "is not within 0.3 ± 0.03");
    check(sd, 0.4, 0.1, 40, OV_FAIL, "is not within 0.3 ± 0.03");
    check(
        CLAIM("kind: mean, curves: K4, statistic: spread, at: 1, expect: 0.3, margin: {rel: 0.1}"),
        0.4, 0.3, 40, OV_PASS, "");
    check(
        CLAIM("kind: mean, curves: K4, statistic: spread, at: 1, expect: 0.3, margin: {rel: 0.1}"),
        0.4, 0.6, 40, OV_FAIL, "is not within 0.3 ± 0.03");
    check(sd, 0.4, 0.3, 2, OV_INCONCLUSIVE, "2 seeds give no error");
    check(rms, 0.4, 0.3, 400, OV_PASS, "");
    check(rms, 0.4, 0.3, 10, OV_INCONCLUSIVE, "would decide");
    check(rms, 0.0, 0.3, 40, OV_FAIL, "");
    check(
        CLAIM("kind: margin, curves: K4, statistic: rms, at: 1, expect: 0.5, margin: {abs: 1e-9}"),
        0.4, 0.3, 10, OV_PASS, "");
    check(
        CLAIM("kind: mean, curves: K4, statistic: max_deviation, expect: 0.4, margin: {abs: 0.4}"),
        0.4, 0.1, 10, OV_PASS, "");
    check(
        CLAIM("kind: mean, curves: K4, statistic: max_deviation, expect: 0.4, margin: {abs: 0.4}"),
        -0.9, 0.1, 10, OV_FAIL, "");
    check(CLAIM("kind: margin, curves: K4, statistic: argmin, expect: 1000, margin: {abs: 0}"), 0,
          0, 2, OV_PASS, "");
}
END_TEST

/* K4: theory 4/(1 + alpha) at 1 and 10, 2 and 4/11: a shift of 0.2 is 0.1 and 0.55 of it. */
START_TEST(mean_of_what_is_relative)
{
    static const char claim[] = CLAIM("kind: mean, curves: K4, statistic: mean_relative, from: 1, "
                                      "to: 10, expect: 0.325, margin: {abs: 0.05}");
    static const char none[] = CLAIM("kind: mean, curves: K4, statistic: mean_relative, from: 1, "
                                     "to: 10, margin: {abs: 0.05}");
    check(claim, 0.2, 0.01, 10, OV_PASS, "");
    check(claim, -0.2, 0.01, 10, OV_FAIL, "is not within 0.325 ± 0.05");
    check(claim, 0.25, 0.01, 10, OV_FAIL, "0.40625");
    check(none, 0.01, 0.01, 10, OV_PASS, "");
    check(none, 0.2, 0.01, 10, OV_FAIL, "is not within 0 ± 0.05");
}
END_TEST

/* 2 + 0.2 ± 0.1 at 1: (ln 1.15 + ln 1.05)/2 = 0.0943. */
START_TEST(mean_of_logarithms)
{
#define LOG(expected)                                                                              \
    CLAIM("kind: mean, curves: K4, statistic: log_ratio, at: 1, " expected "margin: {abs: 0.05}")
    check(LOG("expect: 0.0943, "), 0.2, 0.01, 10, OV_PASS, "");
    check(LOG("expect: ln(1.1), "), 0.2, 0.1, 40, OV_PASS, "");
    check(LOG("expect: -0.0943, "), 0.2, 0.01, 10, OV_FAIL, "0.0952998");
    check(LOG(""), 0.01, 0.01, 10, OV_PASS, "");
    check(LOG(""), 0.2, 0.01, 10, OV_FAIL, "is not within 0 ± 0.05");
    check(LOG(""), -3.0, 0.01, 10, OV_FAIL, "log_ratio of eps_g is not a finite number");
}
END_TEST

/* In units of the mean that theory predicts, which is 0.4 here. */
START_TEST(mean_in_units_of_the_predicted_one)
{
    static const struct {
        double shift;
        enum ov_verdict verdict;
    } row[] = {{0.4, OV_PASS}, {0.2, OV_FAIL}, {-0.4, OV_FAIL}, {0.6, OV_FAIL}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct random_paths p = {.r = ov_test_rng(20261127), .level = 1.0, .sd = 0.1};
        struct fake f;
        fake_open(&f, CLAIM("kind: mean, curves: K2, statistic: ratio_bias, at: 1, expect: 1, "
                            "margin: {abs: 0.2}"));
        fake_set(&f, 0, predicts, true);
        p.shift = row[i].shift;
        p.bias_predicted = 0.4;
        write_paths(&f, 0, &p, 100);
        expect_verdict(&f, row[i].verdict, "");
        fake_close(&f);
        gsl_rng_free(p.r);
    }
}
END_TEST

START_TEST(mean_has_three_verdicts)
{
    static const char claim[] =
        CLAIM("kind: mean, curves: K4, at: 1, expect: 2, margin: {abs: 0.5}");
    check(claim, 0.1, 0.1, 10, OV_PASS, "");
    check(claim, 0.8, 0.1, 10, OV_FAIL, "is not within 2 ± 0.5");
    check(claim, -0.8, 0.1, 10, OV_FAIL, "is not within 2 ± 0.5");
    check(claim, 0.45, 0.3, 10, OV_INCONCLUSIVE, "10 seeds are too few, about 111 would decide");
    check(claim, 0.55, 0.3, 10, OV_INCONCLUSIVE, "would decide");
    check(claim, 0.0, 0.0, 1, OV_INCONCLUSIVE, "one seed gives no error");
}
END_TEST

/* Seeds added until the interval is narrow enough: no earlier than promised, and then it passes. */
START_TEST(more_seeds_decide)
{
    struct fake f;
    fake_open(&f, CLAIM("kind: mean, curves: K4, at: 1, expect: 2, margin: {abs: 0.5}"));
    write_all(&f, 0.4, 0.3, 4);
    struct ov_claims claims = read_claims(&f);
    struct ov_claim *c = evaluate(&claims, &f, 0);
    ck_assert_int_eq(c->verdict, OV_INCONCLUSIVE);
    size_t needed = c->measure[0].needed;
    ck_assert_uint_gt(needed, 4);
    ck_assert_uint_lt(needed, 100);
    write_all(&f, 0.4, 0.3, needed + needed % 2);
    ck_assert_int_eq(evaluate(&claims, &f, 0)->verdict, OV_PASS);
    ck_assert_uint_eq(c->measure[0].n, needed + needed % 2);
    ck_assert_uint_eq(c->measure[0].needed, 0);
    ov_claims_free(&claims);
    fake_close(&f);
}
END_TEST

START_TEST(mean_interval_is_students)
{
    struct fake f;
    fake_open(&f, CLAIM("kind: mean, curves: K4, at: 1, expect: 2, margin: {abs: 1}"));
    write_all(&f, 0.25, 0.3, 6);
    struct ov_claims claims = read_claims(&f);
    const struct ov_measure *m = evaluate(&claims, &f, 0)->measure;
    double se = 0.3 / sqrt(5.0); /* sd 0.3 sqrt(6/5) */
    ck_agree(2.25, m->value, 1e-14, 0);
    ck_agree(se, m->se, 1e-13, 0);
    ck_agree(2.25 - 2.015048373333024 * se, m->low, 1e-12, 0); /* t of 5 degrees, 95 % */
    ck_agree(2.25 + 2.015048373333024 * se, m->high, 1e-12, 0);
    ck_agree(2.0, m->expect, 0, 0);
    ck_agree(1.0, m->margin, 0, 0);
    ck_agree(1.0, m->at, 0, 0);
    ov_claims_free(&claims);
    fake_close(&f);
}
END_TEST

START_TEST(deviation_and_relative)
{
    static const char deviation[] =
        CLAIM("kind: mean, curves: K4, statistic: deviation, at: 1, margin: {rel: 0.1}");
    check(deviation, 0.1, 0.05, 10, OV_PASS, ""); /* theory is 2 there: 0.2 is allowed */
    check(deviation, 0.3, 0.05, 10, OV_FAIL, "is not within 0 ± 0.2");
    check(deviation, 0.19, 0.05, 10, OV_INCONCLUSIVE, "");
    /* one that is expected to be there has a margin relative to itself */
    check(CLAIM("kind: mean, curves: K4, statistic: deviation, at: 1, expect: 0.3, "
                "margin: {rel: 0.1}"),
          0.3, 0.01, 10, OV_PASS, "");
    check(CLAIM("kind: mean, curves: K4, statistic: deviation, at: 1, expect: 0.3, "
                "margin: {rel: 0.1}"),
          0.35, 0.01, 10, OV_FAIL, "is not within 0.3 ± 0.03");
    static const char relative[] =
        CLAIM("kind: mean, curves: K4, statistic: relative, at: 1, margin: {abs: 0.1}");
    check(relative, 0.1, 0.05, 10, OV_PASS, "");
    check(relative, 0.3, 0.05, 10, OV_FAIL, "is not within 0 ± 0.1");
    check(CLAIM("kind: margin, curves: K4, statistic: relative, at: 1, expect: 0.5, margin: {abs: "
                "1e-12}"),
          1, 0, 3, OV_PASS, "");
}
END_TEST

START_TEST(order_of_theory_is_strict)
{
    static const char up[] =
        CLAIM("kind: order, curves: [K2, K3, wide], side: theory, at: 1, direction: increasing");
    check(up, 0, 0, 2, OV_PASS, "");
    check(CLAIM("kind: order, curves: [K2, K3, wide], side: theory, at: 1, direction: decreasing"),
          0, 0, 2, OV_FAIL, "K3>wide-K5 @ 1: the difference -1 in [-1, -1] is not above 0");
    /* steps: 1/2, 1, 1/2 */
    check(CLAIM("kind: order, curves: [K2, K3, wide], side: theory, at: 1, direction: increasing, "
                "margin: {abs: 0.49}"),
          0, 0, 2, OV_PASS, "");
    check(CLAIM("kind: order, curves: [K2, K3, wide], side: theory, at: 1, direction: increasing, "
                "margin: {abs: 0.5}"),
          0, 0, 2, OV_FAIL, "");
    check(CLAIM("kind: order, curves: [K2, K3], side: theory, at: 1, direction: increasing, "
                "margin: {rel: 0.49}"),
          0, 0, 2, OV_PASS, "");
    check(CLAIM("kind: order, curves: [K2, K3], side: theory, at: 1, direction: increasing, "
                "margin: {rel: 0.5}"),
          0, 0, 2, OV_FAIL, "K2<K3 @ 1");
}
END_TEST

START_TEST(order_of_sgd_has_three_verdicts)
{
    static const char up[] =
        CLAIM("kind: order, curves: [K2, K3, K4], at: 1, direction: increasing");
    static const char down[] =
        CLAIM("kind: order, curves: [K2, K3, K4], at: 1, direction: decreasing");
    check(up, 0, 0.1, 10, OV_PASS, "");
    check(down, 0, 0.1, 10, OV_FAIL, "K2>K3 @ 1: the difference -0.5");
    check(up, 0, 1.0, 4, OV_INCONCLUSIVE, "4 seeds are too few, about 31 would decide");
    check(up, 0, 1.0, 32, OV_PASS, "");
    check(down, 0, 1.0, 4, OV_INCONCLUSIVE, "");
    check(up, 0, 0.1, 1, OV_INCONCLUSIVE, "one seed gives no error");
}
END_TEST

/* Against Welch's interval, worked out by hand for variances 1 and 9 of 4 and 4 seeds. */
START_TEST(order_uses_welch)
{
    struct fake f;
    struct data a = {4, 0, sqrt(3.0) / 2.0}, b = {1, 0, 3.0 * sqrt(3.0) / 2.0};
    fake_open(&f, CLAIM("kind: order, curves: [K2, K3], at: first, direction: decreasing"));
    fake_set(&f, 0, n_sgd, 4);
    fake_set(&f, 1, n_sgd, 4);
    fake_write(&f, 0, OV_SGD, number, &a);
    fake_write(&f, 1, OV_SGD, number, &b);
    struct ov_claims claims = read_claims(&f);
    const struct ov_measure *m = evaluate(&claims, &f, 0)->measure;
    ck_assert_str_eq(m->curve, "K2>K3");
    ck_agree(3.0, m->value, 1e-14, 0);
    ck_agree(sqrt(2.5), m->se, 1e-13, 0);
    /* (0.25 + 2.25)^2 / (0.25^2/3 + 2.25^2/3) = 3.66 degrees of freedom, rounded down to 3 */
    ck_agree(3.0 - 2.353363434801823 * sqrt(2.5), m->low, 1e-12, 0);
    ck_assert_int_eq(m->verdict, OV_INCONCLUSIVE);
    ck_assert(isnan(m->expect));
    ov_claims_free(&claims);
    fake_close(&f);
}
END_TEST

/* ---- statistics of the verdicts ---- */

struct normal {
    gsl_rng *r;
    double mean, sd;
};

static double normal_number(const void *ctx, double seed, size_t j, size_t column)
{
    const struct normal *n = ctx;
    (void)seed;
    (void)j;
    (void)column;
    return n->mean + gsl_ran_gaussian(n->r, n->sd);
}

/* The 90 % interval covers the truth in about 90 % of all data sets, and a claim that is false by
 * exactly its margin passes in at most 5 %. */
START_TEST(intervals_cover_as_they_say)
{
    enum { SETS = 1200, SEEDS = 6 };
    struct normal n = {ov_test_rng(20261122), 5.0, 0.1};
    struct fake f;
    size_t covered = 0, passed = 0;
    fake_open(&f, CLAIM("kind: mean, curves: K2, at: last, expect: 4.8, margin: {abs: 0.2}"));
    fake_set(&f, 0, n_sgd, SEEDS);
    struct ov_claims claims = read_claims(&f);
    for (size_t i = 0; i < SETS; i++) {
        fake_write(&f, 0, OV_SGD, normal_number, &n);
        const struct ov_claim *c = evaluate(&claims, &f, 0);
        covered += c->measure[0].low <= n.mean && n.mean <= c->measure[0].high;
        passed += c->verdict == OV_PASS;
    }
    printf("    covered %.4f (0.9), passed %.4f (0.05)\n", (double)covered / SETS,
           (double)passed / SETS);
    double sd = sqrt(SETS * 0.9 * 0.1), sd_passed = sqrt(SETS * 0.05 * 0.95);
    ck_agree(0.9 * SETS, (double)covered, 0, 4.0 * sd);
    ck_agree(0.05 * SETS, (double)passed, 0, 4.0 * sd_passed);
    gsl_rng_free(n.r);
    ov_claims_free(&claims);
    fake_close(&f);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, margin_on_theory);
    OV_TEST(s, round_to_printed_digits);
    OV_TEST(s, exact_to_rounding);
    OV_TEST(s, spreads_have_three_verdicts);
    OV_TEST(s, mean_of_what_is_relative);
    OV_TEST(s, mean_of_logarithms);
    OV_TEST(s, mean_in_units_of_the_predicted_one);
    OV_TEST(s, mean_has_three_verdicts);
    OV_TEST(s, more_seeds_decide);
    OV_TEST(s, mean_interval_is_students);
    OV_TEST(s, deviation_and_relative);
    OV_TEST(s, order_of_theory_is_strict);
    OV_TEST(s, order_of_sgd_has_three_verdicts);
    OV_TEST(s, order_uses_welch);
    OV_TEST(s, intervals_cover_as_they_say);
}

OV_TEST_MAIN("claims/claims");
