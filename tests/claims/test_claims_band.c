/* SPDX-License-Identifier: MIT
 *
 * Kind band: its verdicts, and rates of false alarms that are what they say, over many drawn
 * data sets.
 */
#include "random_claims.h"

#define BAND(rest) CLAIM("kind: band, curves: K2, " rest)

START_TEST(a_band_has_three_verdicts)
{
    check(BAND("margin: {abs: 0.5}"), 0.1, 0.1, 10, OV_PASS, "");
    check(BAND("margin: {abs: 0.5}"), 0.8, 0.1, 10, OV_FAIL, "simultaneous over 5 times");
    check(BAND("margin: {abs: 0.5}"), -0.8, 0.1, 10, OV_FAIL, "is not within 0 ± 0.5");
    check(BAND("margin: {abs: 0.5}"), 0.45, 0.3, 10, OV_INCONCLUSIVE, "would decide");
    check(BAND("margin: {abs: 0.5}"), 0.55, 0.3, 10, OV_INCONCLUSIVE, "would decide");
    check(BAND("margin: {abs: 0.5}"), 0.0, 0.1, 1, OV_INCONCLUSIVE, "one seed gives no error");
    check(BAND("margin: {abs: 0.5}"), 0.1, 0.0, 10, OV_PASS, "");
    check(BAND("margin: {abs: 0.5}"), 0.6, 0.0, 10, OV_FAIL, "");
    /* rounding at a common start is no deviation */
    check(BAND("margin: {abs: 0}"), 1e-14, 1e-15, 10, OV_PASS, "");
    check(BAND("margin: {abs: 0}"), 1e-8, 1e-9, 10, OV_FAIL, "");
}
END_TEST

/* Theory is 2/(1 + alpha): a margin relative to it is narrow where it is small. */
START_TEST(margins_windows_and_relative_bands)
{
    check(BAND("margin: {rel: 0.1}, to: 1"), 0.05, 0.01, 10, OV_PASS, "");
    check(BAND("margin: {rel: 0.1}"), 0.05, 0.01, 10, OV_FAIL, "K2 @ 1000: ");
    check(BAND("margin: {rel: 0.1, abs: 0.1}"), 0.05, 0.01, 10, OV_PASS, "");
    check(BAND("margin: {rel: 0.1}, from: 10, to: 10"), 0.05, 0.01, 10, OV_FAIL, "K2 @ 10: ");
    check(BAND("statistic: relative, margin: {abs: 0.1}, to: 1"), 0.05, 0.01, 10, OV_PASS, "");
    check(BAND("statistic: relative, margin: {abs: 0.1}"), 0.05, 0.01, 10, OV_FAIL, "K2 @ 1000: ");
}
END_TEST

/* |c|/N is added to the margin, and c may be a formula. */
START_TEST(a_bias_is_allowed_for)
{
    static const struct {
        const char *claim;
        enum ov_verdict verdict;
    } row[] = {
        {BAND("margin: {abs: 0}, bias: 10"), OV_FAIL},
        {BAND("margin: {abs: 0}, bias: 30"), OV_PASS},
        {BAND("margin: {abs: 0}, bias: -30"), OV_PASS},
        {BAND("margin: {abs: 0}, bias: 15*K"), OV_PASS},
        {BAND("margin: {abs: 0}, bias: 5*K"), OV_FAIL},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct fake f;
        fake_open(&f, row[i].claim);
        for (size_t c = 0; c < FAKE_CURVES; c++)
            fake_set(&f, c, N, 100.0);
        write_all(&f, 0.2, 0.01, 10);
        expect_verdict(&f, row[i].verdict, "");
        fake_close(&f);
    }
}
END_TEST

/* Of a curve without N: |c|/p, of one without p: |c|/d. */
START_TEST(a_bias_is_over_the_size_there_is)
{
    static const struct {
        const char *claim;
        double p, d; /* 0: none */
        enum ov_verdict verdict;
    } row[] = {
        {BAND("margin: {abs: 0}, bias: 10"), 100.0, 1.0, OV_FAIL},
        {BAND("margin: {abs: 0}, bias: 30"), 100.0, 1e9, OV_PASS},
        {BAND("margin: {abs: 0}, bias: 10"), 0.0, 100.0, OV_FAIL},
        {BAND("margin: {abs: 0}, bias: -30"), 0.0, 100.0, OV_PASS},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct fake f;
        fake_open(&f, row[i].claim);
        write_all(&f, 0.2, 0.01, 10);
        for (size_t c = 0; c < FAKE_CURVES; c++) {
            if (row[i].d > 0.0)
                ov_curve_define(&f.curve[c], "d", row[i].d);
            if (row[i].p > 0.0)
                ov_curve_define(&f.curve[c], "p", row[i].p);
        }
        expect_verdict(&f, row[i].verdict, "");
        fake_close(&f);
    }
}
END_TEST

/* Undecided with few seeds, and decided with as many as were said to be needed. */
START_TEST(more_seeds_decide)
{
    struct fake f;
    fake_open(&f, BAND("margin: {abs: 0.5}"));
    write_all(&f, 0.3, 0.4, 4);
    struct ov_claims claims = read_claims(&f);
    struct ov_claim *c = evaluate(&claims, &f, 0);
    ck_assert_int_eq(c->verdict, OV_INCONCLUSIVE);
    size_t needed = c->measure[0].needed;
    ck_assert_uint_gt(needed, 4);
    ck_assert_uint_lt(needed, 200);
    write_all(&f, 0.3, 0.4, needed + needed % 2);
    ck_assert_int_eq(evaluate(&claims, &f, 0)->verdict, OV_PASS);
    write_all(&f, 0.7, 0.4, 4);
    ck_assert_int_eq(evaluate(&claims, &f, 0)->verdict, OV_INCONCLUSIVE);
    needed = c->measure[0].needed;
    write_all(&f, 0.7, 0.4, needed + needed % 2);
    ck_assert_int_eq(evaluate(&claims, &f, 0)->verdict, OV_FAIL);
    ov_claims_free(&claims);
    fake_close(&f);
}
END_TEST

/* ---- the width that theory predicts ---- */

static enum ov_verdict predicted_verdict(struct random_paths p, size_t n)
{
    struct fake f;
    fake_open(&f, BAND("width: theory, margin: {abs: 0.1}"));
    fake_set(&f, 0, predicts, true);
    write_paths(&f, 0, &p, n);
    struct ov_claims claims = read_claims(&f);
    enum ov_verdict verdict = evaluate(&claims, &f, 0)->verdict;
    ov_claims_free(&claims);
    fake_close(&f);
    return verdict;
}

START_TEST(theory_gives_the_width_and_the_shift)
{
    struct random_paths p = {ov_test_rng(20261210), 1.0, 0.3, 0.1, 0.9, 0.1, 0.3, 0.0};
    ck_assert_int_eq(predicted_verdict(p, 100), OV_PASS); /* the shift is the predicted one */
    p.shift = 0.6;
    ck_assert_int_eq(predicted_verdict(p, 100), OV_FAIL);
    p.shift = 0.3;
    p.sd_predicted = 10.0; /* what theory says of the spread decides, not the seeds */
    ck_assert_int_eq(predicted_verdict(p, 100), OV_INCONCLUSIVE);
    p.sd_predicted = 0.005; /* so that one run is enough */
    p.sd = 0.005;
    ck_assert_int_eq(predicted_verdict(p, 1), OV_PASS);
    p.bias_predicted = NAN;
    ck_assert_int_eq(predicted_verdict(p, 100), OV_FAIL);
    gsl_rng_free(p.r);
}
END_TEST

/* ---- how often ---- */

static void expect_rates(struct random_paths p, const char *yaml, size_t n, size_t sets,
                         double fail, double pass)
{
    struct fake f;
    size_t count[OV_SKIPPED + 1];
    fake_open(&f, yaml);
    fake_set(&f, 0, predicts, true);
    struct ov_claims claims = read_claims(&f);
    count_verdicts(count, &f, &claims, &p, n, sets);
    printf("    n = %zu, shift %g: %zu FAIL, %zu PASS of %zu\n", n, p.shift, count[OV_FAIL],
           count[OV_PASS], sets);
    ck_rate_at_most(fail, count[OV_FAIL], sets);
    ck_rate_at_most(pass, count[OV_PASS], sets);
    if (fail >= 1.0)
        ck_assert_uint_eq(count[OV_FAIL], sets);
    ov_claims_free(&claims);
    fake_close(&f);
}

/* A correct theory fails at most 5 % of the time, even without a margin; one that is wrong by its
 * margin passes at most 5 %; one that is wrong by three margins fails. */
START_TEST(rates_are_nominal)
{
    struct random_paths p = {ov_test_rng(20261211), 1.0, 0.0, 1.0, 0.9, 1.0, 0.0, 0.0};
    expect_rates(p, BAND("margin: {abs: 0}"), 6, 200, 0.05, 0.0);
    expect_rates(p, BAND("margin: {abs: 0}, width: theory"), 6, 200, 0.05, 0.0);
    p.shift = 1.0;
    expect_rates(p, BAND("margin: {abs: 1}"), 20, 200, 0.05, 0.05);
    p.shift = 3.0;
    p.sd = 0.2;
    expect_rates(p, BAND("margin: {abs: 1}"), 6, 30, 1.0, 0.0);
    gsl_rng_free(p.r);
}
END_TEST

/* The same of a mean. */
START_TEST(rates_of_a_mean_are_nominal)
{
    static const char mean[] =
        CLAIM("kind: mean, curves: K2, statistic: deviation, at: [1, 10], margin: {abs: 1}");
    static const char none[] =
        CLAIM("kind: mean, curves: K2, statistic: deviation, at: [1, 10], margin: {abs: 1e-300}");
    struct random_paths p = {ov_test_rng(20261212), 1.0, 0.0, 1.0, 0.9, 1.0, 0.0, 0.0};
    expect_rates(p, none, 6, 200, 0.05, 0.0);
    p.shift = 1.0;
    expect_rates(p, mean, 20, 200, 0.05, 0.05);
    p.shift = 3.0;
    p.sd = 0.2;
    expect_rates(p, mean, 6, 30, 1.0, 0.0);
    gsl_rng_free(p.r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, a_band_has_three_verdicts);
    OV_TEST(s, margins_windows_and_relative_bands);
    OV_TEST(s, a_bias_is_allowed_for);
    OV_TEST(s, a_bias_is_over_the_size_there_is);
    OV_TEST(s, more_seeds_decide);
    OV_TEST(s, theory_gives_the_width_and_the_shift);
    OV_TEST(s, rates_are_nominal);
    OV_TEST(s, rates_of_a_mean_are_nominal);
}

OV_TEST_MAIN("claims/claims, band");
