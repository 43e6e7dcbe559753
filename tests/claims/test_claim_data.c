/* SPDX-License-Identifier: MIT
 *
 * What claims read of tables: windows, nearest times, divergence, and data that are missing,
 * stale, broken or NaN.
 */
#include <math.h>

#include <gsl/gsl_randist.h>

#include "fake_claims.h"

static double bump(const void *ctx, double seed, size_t j, size_t column)
{
    static const double q[FAKE_TIMES] = {8.0, 4.0, 2.0, 2.1, 1.0};
    (void)ctx;
    (void)column;
    return q[j] + 0.125 * seed;
}

START_TEST(window_statistics)
{
    static const struct {
        const char *what;
        double value, at;
    } row[] = {
        {"statistic: min", 1.0, 1000.0},
        {"statistic: max", 8.0, 0.0},
        {"statistic: max, from: 1", 4.0, 1.0},
        {"statistic: min, to: 100", 2.0, 10.0},
        {"statistic: argmin", 1000.0, 1000.0},
        {"statistic: argmin, to: 100", 10.0, 10.0},
        {"statistic: argmax, from: 1", 1.0, 1.0},
        {"statistic: mean, from: 1, to: 100", 8.1 / 3.0, NAN},
        {"statistic: min, from: 100, to: 100", 2.1, 100.0},
        /* slopes over ln 100: 10: ln(2.1/4) = -0.64, 100: ln(1/2) = -0.69 */
        {"statistic: plateau", 2.0, 10.0},
        {"statistic: plateau, from: 10", 2.1, 100.0},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct fake f;
        char yaml[256];
        snprintf(yaml, sizeof yaml, CLAIM("kind: margin, curves: K2, %s, expect: 9, margin: {}"),
                 row[i].what);
        char *empty = strstr(yaml, "margin: {}");
        snprintf(empty, sizeof yaml - (size_t)(empty - yaml), "margin: {abs: 1}}\n");
        fake_open(&f, yaml);
        fake_write(&f, 0, OV_THEORY, bump, NULL);
        struct ov_claims claims = read_claims(&f);
        const struct ov_measure *m = evaluate(&claims, &f, 0)->measure;
        ck_agree(row[i].value, m->value, 1e-14, 0);
        ck_assert_msg(isnan(row[i].at) ? isnan(m->at) : m->at == row[i].at, "%s: at %g",
                      row[i].what, m->at);
        ov_claims_free(&claims);
        fake_close(&f);
    }
}
END_TEST

static double minus(const void *ctx, double seed, size_t j, size_t column)
{
    return -bump(ctx, seed, j, column);
}

START_TEST(a_plateau_needs_positive_numbers)
{
    struct fake f;
    fake_open(&f,
              CLAIM("kind: margin, curves: K2, statistic: plateau, expect: 2, margin: {abs: 9}"));
    fake_write(&f, 0, OV_THEORY, bump, NULL);
    expect_verdict(&f, OV_PASS, "");
    fake_write(&f, 0, OV_THEORY, minus, NULL);
    expect_verdict(&f, OV_FAIL, "plateau of eps_g is not a finite number");
    fake_close(&f);
}
END_TEST

/* ---- data that can't be used ---- */

static double nan_at_last(const void *ctx, double seed, size_t j, size_t column)
{
    return j + 1 == FAKE_TIMES ? NAN : number(ctx, seed, j, column);
}

static const char *const one_of_each[] = {
    CLAIM("kind: margin, curves: [K3, K2], at: last, expect: 0, margin: {abs: 1e9}"),
    CLAIM("kind: round, curves: [K3, K2], at: last, expect: 0"),
    CLAIM("kind: mean, curves: [K3, K2], at: last, expect: 0, margin: {abs: 1e9}"),
    CLAIM("kind: order, curves: [K3, K2], at: last, direction: decreasing"),
    CLAIM("kind: mean, curves: [K3, K2], statistic: max, expect: 0, margin: {abs: 1e9}"),
    CLAIM("kind: band, curves: [K3, K2], margin: {abs: 1e9}"),
    CLAIM("kind: scaling, curves: [K3, K2], against: K, at: last, expect: 0, margin: {abs: 1e9}"),
    CLAIM("kind: exact, curves: [K3, K2], at: last, expect: K/1001"),
};
enum { EACH = sizeof one_of_each / sizeof *one_of_each };

START_TEST(nan_fails_every_kind)
{
    for (size_t i = 0; i < EACH; i++) {
        struct fake f;
        struct data d = {3, 0, 0};
        fake_open(&f, one_of_each[i]);
        write_all(&f, 0, 1e-6, 2);
        expect_verdict(&f, OV_PASS, "");
        fake_set(&f, 0, n_sgd, 2);
        fake_write(&f, 0, OV_THEORY, nan_at_last, &d);
        fake_write(&f, 0, OV_SGD, nan_at_last, &d);
        expect_verdict(&f, OV_FAIL, "is not a finite number");
        fake_close(&f);
    }
}
END_TEST

START_TEST(missing_stale_and_broken_for_every_kind)
{
    for (size_t i = 0; i < EACH; i++) {
        struct fake f;
        fake_open(&f, one_of_each[i]);
        expect_verdict(&f, OV_CLAIM_MISSING, "no result (run `overlap run experiments/fake`)");
        write_all(&f, 0, 1e-6, 2);
        fake_set(&f, 0, eta_w, 0.1);
        expect_verdict(&f, OV_CLAIM_STALE, "other parameters or sources");
        fake_set(&f, 0, eta_w, 0.2);
        expect_verdict(&f, OV_PASS, "");
        fake_spoil(&f, 0, OV_THEORY, 160, '\0');
        fake_spoil(&f, 0, OV_SGD, 160, '\0');
        expect_verdict(&f, OV_CLAIM_STALE, "truncated");
        write_all(&f, 0, 1e-6, 2);
        fake_spoil(&f, 0, OV_THEORY, 160, '7');
        fake_spoil(&f, 0, OV_SGD, 160, '7');
        expect_verdict(&f, OV_CLAIM_STALE, "edited");
        fake_close(&f);
    }
}
END_TEST

/* FAIL > MISSING > STALE > INCONCLUSIVE > PASS, whatever the order of the curves. */
START_TEST(the_worst_measure_decides)
{
    struct fake f;
    fake_open(&f, CLAIM("kind: mean, curves: [K2, K3, K4, wide], at: 0, expect: K, margin: {abs: "
                        "0.5}"));
    write_all(&f, 0, 0.01, 4);
    expect_verdict(&f, OV_PASS, "");
    struct data vague = {3, 0, 1};
    fake_write(&f, 1, OV_SGD, number, &vague);
    expect_verdict(&f, OV_INCONCLUSIVE, "K3 @ 0");
    fake_set(&f, 2, eta_w, 0.7);
    expect_verdict(&f, OV_CLAIM_STALE, "K4 @ 0: sgd: stale");
    char path[128];
    snprintf(path, sizeof path, "%s/wide-K6.sgd.csv", f.out);
    ck_assert_int_eq(unlink(path), 0);
    expect_verdict(&f, OV_CLAIM_MISSING, "wide-K6 @ 0: sgd: no result");
    struct data wrong = {9, 0, 0.01};
    fake_write(&f, 3, OV_SGD, number, &wrong);
    expect_verdict(&f, OV_FAIL, "wide-K5 @ 0");
    fake_close(&f);
}
END_TEST

START_TEST(deviation_needs_both_sides)
{
    struct fake f;
    struct data d = {3, 0, 0.1};
    fake_open(&f, CLAIM("kind: mean, curves: K3, statistic: deviation, at: 1, margin: {abs: 1}"));
    fake_write(&f, 1, OV_SGD, number, &d);
    expect_verdict(&f, OV_CLAIM_MISSING, "theory: no result");
    fake_set(&f, 1, n_theory, 2); /* of seeds 1 and 2, where sgd has three */
    fake_write(&f, 1, OV_THEORY, number, &d);
    expect_verdict(&f, OV_FAIL, "theory has no number for seed 3");
    fake_set(&f, 1, n_theory, 3);
    fake_write(&f, 1, OV_THEORY, number, &d);
    expect_verdict(&f, OV_PASS, "");
    fake_close(&f);
}
END_TEST

/* ---- times ---- */

START_TEST(times_are_the_nearest_measured)
{
    struct fake f;
    fake_open(&f, CLAIM("kind: margin, curves: K4, at: 97, expect: 0, margin: {abs: 9}"));
    struct ov_claims claims = read_claims(&f);
    write_all(&f, 0, 0, 2);
    ck_assert(evaluate(&claims, &f, 0)->measure[0].at == 100.0);
    ov_claims_free(&claims);
    fake_close(&f);
}
END_TEST

/* Known before anything runs. */
START_TEST(times_that_are_not_measured_are_refused)
{
    static const struct {
        const char *claim, *says;
    } bad[] = {
        {CLAIM("kind: margin, curves: K4, at: 90, expect: 0, margin: {abs: 9}"),
         "not measured at alpha = 90; the nearest times are 100 and 10"},
        {CLAIM("kind: margin, curves: [K2, K4], at: [0, 5000], expect: 0, margin: {abs: 9}"),
         "curve K2 is not measured at alpha = 5000; the nearest times are 1000 and 100"},
        {CLAIM("kind: margin, curves: K4, statistic: min, from: 20, to: 30, expect: 0, margin: "
               "{abs: 9}"),
         "min needs at least 1 time in its window, alpha from 20 to 30; there are 0: the curve is "
         "measured from alpha = 0 to "},
        {CLAIM("kind: margin, curves: K4, statistic: plateau, to: 10, expect: 0, margin: {abs: 9}"),
         "plateau needs at least 3 times in its window, alpha to 10; there are "},
        {CLAIM("kind: band, curves: K4, from: 1001, margin: {abs: 9}"),
         "deviation needs at least 1 time in its window, alpha from 1001; there are 0: the curve is "
         "measured from alpha = 0 to 1000"},
        {CLAIM("kind: mean, curves: K4, statistic: diverged, at: 1, expect: 0, margin: {abs: 9}"),
         "diverged is of a whole run: it has no time"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct fake f;
        struct ov_error err = {0};
        struct ov_claims claims = {0};
        fake_open(&f, bad[i].claim);
        ck_assert_int_eq(ov_claims_read(&claims, &f.e, &err), OV_EUSER);
        ck_contains(err.text, "fake/experiment.yaml:1:");
        ck_contains(err.text, bad[i].says);
        ov_claims_free(&claims);
        fake_close(&f);
    }
}
END_TEST

/* ---- runs that diverge ---- */

/* Seeds above 1 of three diverge at 50. */
static double diverging(const void *ctx, double seed, size_t j, size_t column)
{
    return seed > 1.0 && fake_alpha[j] > 50.0 ? NAN : number(ctx, seed, j, column);
}

static void write_diverged(struct fake *f, enum ov_side side, const char *who)
{
    struct data d = {2, 0, 0.1};
    struct ov_table t;
    struct ov_text comments = {0};
    fake_table(&t, f, 0, side, diverging, &d);
    ov_text_addf(&comments, "%s# diverged_at: %s\n", t.comments, who);
    table_comment(&t, comments.s);
    fake_put(&t, f, 0, side);
    ov_table_free(&t);
}

static void expect_of(const char *claim, const char *who, enum ov_verdict verdict, const char *why)
{
    struct fake f;
    struct data d = {2, 0, 0.1};
    fake_open(&f, claim);
    fake_write(&f, 0, OV_THEORY, number, &d);
    write_diverged(&f, OV_SGD, who);
    expect_verdict(&f, verdict, why);
    fake_close(&f);
}

START_TEST(claims_see_divergence)
{
#define OF(more) CLAIM("kind: mean, curves: K2, " more)
    static const char who[] = "2 50, 3 60";
    expect_of(OF("at: 10, statistic: deviation, margin: {abs: 1}"), who, OV_PASS, "");
    expect_of(OF("at: 100, statistic: deviation, margin: {abs: 1}"), who, OV_FAIL,
              "not a finite number in seed 2: sgd diverges at alpha = 50");
    expect_of(CLAIM("kind: band, curves: K2, margin: {abs: 1}"), who, OV_FAIL,
              "not a finite number in seed 2");
    expect_of(OF("statistic: diverged_at, expect: 55, margin: {abs: 100}"), who, OV_PASS, "");
    expect_of(OF("statistic: diverged_at, expect: 50, margin: {abs: 0.01}"), who, OV_INCONCLUSIVE,
              "");
    expect_of(OF("statistic: diverged, expect: 0.6, margin: {abs: 2}"), who, OV_PASS, "");
    /* three runs that all diverge do not show that all do, but that not few of them do */
    expect_of(OF("statistic: diverged, expect: 1, margin: {abs: 0.1}"), "1 3, 2 3, 3 3",
              OV_INCONCLUSIVE, "");
    expect_of(OF("statistic: diverged, expect: 0, margin: {abs: 0.01}"), "1 3, 2 3, 3 3", OV_FAIL,
              "");
    /* a nan that nothing explains, and a comment that is none */
    expect_of(OF("at: 10, statistic: deviation, margin: {abs: 1}"), "9 50", OV_CLAIM_STALE,
              "its comment diverged_at is no list of seeds and times");
}
END_TEST

/* Of n runs each of which diverges with probability `p`, on the edge of what is claimed: how often
 * does the claim pass? Exactly, by the verdict of each possible count. */
static double wrongly_passed(size_t n, double p)
{
    double wrong = 0.0;
    for (size_t k = 0; k <= n; k++) {
        struct fake f;
        struct data d = {2, 0, 0.1};
        struct ov_table t;
        struct ov_text comments = {0};
        fake_open(&f, OF("statistic: diverged, expect: 1, margin: {abs: 0.2}"));
        fake_set(&f, 0, n_sgd, n);
        fake_table(&t, &f, 0, OV_SGD, number, &d);
        ov_text_addf(&comments, "%s", t.comments);
        for (size_t i = 1; i <= k; i++)
            ov_text_addf(&comments, "%s%zu 50%s", i == 1 ? "# diverged_at: " : ", ", i,
                         i == k ? "\n" : "");
        table_comment(&t, comments.s);
        fake_put(&t, &f, 0, OV_SGD);
        ov_table_free(&t);
        struct ov_claims claims = read_claims(&f);
        bool pass = evaluate(&claims, &f, 0)->verdict == OV_PASS;
        wrong += pass ? gsl_ran_binomial_pdf((unsigned)k, p, (unsigned)n) : 0.0;
        ov_claims_free(&claims);
        fake_close(&f);
    }
    return wrong;
}

START_TEST(a_share_passes_wrongly_as_seldom_as_is_said)
{
    ck_assert_double_lt(wrongly_passed(5, 0.8), 0.05);
    ck_assert_double_lt(wrongly_passed(20, 0.8), 0.05);
    ck_assert_double_gt(wrongly_passed(20, 0.8), 0.001);
    ck_assert_double_gt(wrongly_passed(40, 0.97), 0.9); /* and what is true passes */
}
END_TEST

START_TEST(without_divergence_there_is_no_time_of_it)
{
    struct fake f;
    struct data d = {2, 0, 0.1};
    fake_open(&f, OF("statistic: diverged_at, expect: 50, margin: {abs: 100}"));
    fake_write(&f, 0, OV_THEORY, number, &d);
    fake_write(&f, 0, OV_SGD, number, &d);
    expect_verdict(&f, OV_FAIL, "none of 3 runs diverged");
    fake_close(&f);
    fake_open(&f, OF("statistic: diverged, expect: 0, margin: {abs: 0.1}"));
    fake_write(&f, 0, OV_THEORY, number, &d);
    fake_write(&f, 0, OV_SGD, number, &d);
    expect_verdict(&f, OV_INCONCLUSIVE, ""); /* three runs do not show that none does */
    fake_close(&f);
    fake_open(&f, OF("statistic: diverged, expect: 0, margin: {abs: 0.8}"));
    fake_write(&f, 0, OV_THEORY, number, &d);
    fake_write(&f, 0, OV_SGD, number, &d);
    expect_verdict(&f, OV_PASS, "");
    fake_close(&f);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, window_statistics);
    OV_TEST(s, a_plateau_needs_positive_numbers);
    OV_TEST(s, nan_fails_every_kind);
    OV_TEST(s, missing_stale_and_broken_for_every_kind);
    OV_TEST(s, the_worst_measure_decides);
    OV_TEST(s, deviation_needs_both_sides);
    OV_TEST(s, times_are_the_nearest_measured);
    OV_TEST(s, times_that_are_not_measured_are_refused);
    OV_TEST(s, claims_see_divergence);
    OV_TEST(s, a_share_passes_wrongly_as_seldom_as_is_said);
    OV_TEST(s, without_divergence_there_is_no_time_of_it);
}

OV_TEST_MAIN("claims/claim_data");
