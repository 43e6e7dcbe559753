/* SPDX-License-Identifier: MIT
 *
 * What claims set against what: computed, and no wording makes it more than it is.
 */
#include "fake_claims.h"

/* The class of the first claim of `yaml`. */
static enum ov_evidence evidence_of(const char *yaml)
{
    struct fake f;
    fake_open(&f, yaml);
    fake_set(&f, 4, predicts, true);
    struct ov_claims claims = read_claims(&f);
    enum ov_evidence e = claims.claim[0].evidence;
    ov_claims_free(&claims);
    fake_close(&f);
    return e;
}

static void expect_evidence(const char *rest, enum ov_evidence expected)
{
    char yaml[600];
    snprintf(yaml, sizeof yaml, "- {id: c, says: so, %s}\n", rest);
    enum ov_evidence e = evidence_of(yaml);
    ck_assert_msg(e == expected, "%s: %s, not %s", rest, ov_evidence_name(e),
                  ov_evidence_name(expected));
}

/* What it reads decides, where the number that it expects is a law. */
START_TEST(by_what_is_read)
{
    static const struct {
        const char *rest;
        enum ov_evidence e;
    } row[] = {
        {"kind: mean, curves: K2, at: 1, expect: K/3, margin: {abs: 1}", OV_SIM_FORMULA},
        {"kind: mean, curves: K2, at: 1, expect: 1, margin: {abs: 1}", OV_SIM_FORMULA},
        {"kind: mean, curves: K2, at: 1, side: theory, expect: 1, margin: {abs: 1}",
         OV_THEORY_FORMULA},
        {"kind: margin, curves: K2, at: 1, expect: 1, margin: {abs: 1}", OV_THEORY_FORMULA},
        {"kind: margin, curves: K2, side: sgd, at: 1, expect: 1, margin: {abs: 1}", OV_SIM_FORMULA},
        {"kind: mean, curves: K2, at: 1, statistic: relative, margin: {abs: 1}", OV_SIM_THEORY},
        {"kind: mean, curves: K2, at: 1, statistic: sd, expect: K, margin: {abs: 1}",
         OV_SIM_THEORY},
        {"kind: mean, curves: wide-K6, at: 1, statistic: ratio_sd, expect: 1, margin: {abs: 1}",
         OV_SIM_THEORY},
        {"kind: band, curves: K2, margin: {abs: 1}", OV_SIM_THEORY},
        {"kind: order, curves: [K2, K3], at: 1, direction: increasing", OV_SIM_SIM},
        {"kind: order, curves: [K2, K3], side: theory, at: 1, direction: increasing",
         OV_THEORY_THEORY},
        {"kind: order, curves: [K2, K3], statistic: deviation, at: 1, direction: increasing",
         OV_SIM_THEORY},
        {"kind: scaling, curves: wide, against: K, at: 1, expect: -1/2, margin: {abs: 1}",
         OV_SIM_FORMULA},
        {"kind: scaling, curves: wide, side: theory, against: K, at: 1, expect: 2, margin: {abs: "
         "1}",
         OV_THEORY_FORMULA},
        {"kind: round, curves: K2, at: 1, expect: 5", OV_THEORY_FORMULA},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        expect_evidence(row[i].rest, row[i].e);
}
END_TEST

/* Numbers that a program prints, however they are written, make a regression; laws do not. */
START_TEST(typed_numbers)
{
    static const char *const typed[] = {"0.0361",          "361e-4",         "36",
                                        "-0.29",           "'0.0361*1'",     "'0.0361*K^0'",
                                        "'361/10000'",     "'36/1000'",      "0.0077/K",
                                        "'K + 1.23'",      "sqrt(1.3)*K",    "'123*K'",
                                        "'634.4 + ln(9)'", "'pi/8/0.03434'", "12345678*K"};
    static const char *const laws[] = {"0",
                                       "-1",
                                       "1/3",
                                       "-4/3",
                                       "K",
                                       "2*K/pi",
                                       "sqrt(K)/24",
                                       "1000000*K",
                                       "0.2*K",
                                       "10",
                                       "'(K - 1)^15'",
                                       "(2*K)^(2/3)",
                                       "0.5 + 20*K",
                                       "0.3/(4*0.3 + 0.6*K)"};
    char rest[200];
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        snprintf(rest, sizeof rest, "kind: mean, curves: K2, at: 1, expect: %s, margin: {abs: 1}",
                 typed[i]);
        expect_evidence(rest, OV_REGRESSION);
    }
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
        snprintf(rest, sizeof rest, "kind: mean, curves: K2, at: 1, expect: %s, margin: {abs: 1}",
                 laws[i]);
        expect_evidence(rest, OV_SIM_FORMULA);
    }
    expect_evidence("kind: round, curves: K2, at: 1, expect: 0.51", OV_REGRESSION);
    expect_evidence("kind: mean, curves: K2, at: 1, statistic: relative, expect: -0.6, margin: "
                    "{abs: 0.3}",
                    OV_REGRESSION);
}
END_TEST

/* A program's number is one, too, where it is taken apart: digits are counted over the formula. */
START_TEST(numbers_taken_apart)
{
    static const char *const apart[] = {"'0.0005 + 0.00002 + 0.000007 + 0*pi'",
                                        "'K*0.5*52*7/2*0.1*0.01'",
                                        "0.0005 + 0.00002",
                                        "'0.5*(0.2*K + 0.03*K + 0.007)'",
                                        "'K*24/640'",
                                        "'5/10^4 + 2/10^5 + 7/10^6'",
                                        "'pi*20*30*40'"};
    char rest[200];
    for (size_t i = 0; i < sizeof apart / sizeof *apart; i++) {
        snprintf(rest, sizeof rest, "kind: margin, curves: K2, at: 1, expect: %s, margin: {abs: 1}",
                 apart[i]);
        expect_evidence(rest, OV_REGRESSION);
    }
}
END_TEST

/* 1.5 may be one of the times of a grid; an exponent of 3/2 is a law. */
START_TEST(half_numbers)
{
    static const char *const halves[] = {"1.5", "-0.5", "0.50", "3/2", "-1/2", "9.5"};
    char rest[200];
    for (size_t i = 0; i < sizeof halves / sizeof *halves; i++) {
        snprintf(rest, sizeof rest, "kind: margin, curves: K2, at: 1, expect: %s, margin: {abs: 1}",
                 halves[i]);
        expect_evidence(rest, OV_REGRESSION);
        snprintf(rest, sizeof rest,
                 "kind: scaling, curves: wide, against: K, at: 1, expect: %s, margin: {abs: 1}",
                 halves[i]);
        expect_evidence(rest, OV_SIM_FORMULA);
    }
    expect_evidence(
        "kind: scaling, curves: wide, against: K, at: 1, expect: 1.07, margin: {abs: 1}",
        OV_REGRESSION);
    expect_evidence(
        "kind: scaling, curves: wide, against: K, at: 1, expect: 10.5, margin: {abs: 1}",
        OV_REGRESSION);
}
END_TEST

#define TYPED "kind: mean, curves: K2, at: 1, expect: 0.0361/K, margin: {abs: 1}, "
#define HELD "- {id: held, says: so, kind: margin, curves: K2, at: 1, "

START_TEST(where_a_typed_number_is_from)
{
    expect_evidence(TYPED "number_from: Somebody 1995", OV_QUOTED);
    expect_evidence("kind: margin, curves: K2, at: 1, expect: 0.000527, margin: {abs: 1}, "
                    "number_from: x",
                    OV_QUOTED); /* whatever the words are */
    expect_evidence(TYPED "number_from: this program", OV_REGRESSION);
    expect_evidence("kind: mean, curves: K2, at: 1, expect: K, margin: {abs: 1}, number_from: "
                    "this program",
                    OV_REGRESSION);
    expect_evidence(TYPED "numbers_of: held}\n" HELD "expect: 0.0361, margin: {abs: 1}",
                    OV_SIM_THEORY);
    expect_evidence(TYPED "numbers_of: [held]}\n" HELD "expect: K + 0.0361, margin: {abs: 1}",
                    OV_SIM_THEORY);
    expect_evidence("kind: margin, curves: K2, at: 1, expect: 0.0361/K, margin: {abs: 1}, "
                    "numbers_of: held}\n" HELD "expect: 0.0361, margin: {abs: 1}",
                    OV_THEORY_THEORY);
    expect_evidence("kind: mean, curves: K2, at: 1, expect: 30*K/0.0361, margin: {abs: 1}, "
                    "numbers_of: held}\n" HELD "expect: 0.0361, margin: {abs: 1}",
                    OV_SIM_THEORY); /* what remains is a law */
}
END_TEST

/* A closed column of theory, against whatever formula. */
START_TEST(identities)
{
    static const struct {
        const char *rest;
        enum ov_evidence e;
    } row[] = {
        {"kind: margin, curves: K2, at: 1, expect: K, margin: {abs: 1}", OV_IDENTITY},
        {"kind: order, curves: [K2, K3], side: theory, at: 1, direction: increasing", OV_IDENTITY},
        {"kind: round, curves: K2, at: 1, expect: 0.0361", OV_REGRESSION},
        {"kind: round, curves: K2, at: 1, expect: 0.0361, number_from: Somebody", OV_REGRESSION},
        {"kind: margin, curves: K2, quantity: Q_0_0, at: 1, expect: K, margin: {abs: 1}",
         OV_THEORY_FORMULA},
        {"kind: mean, curves: K2, at: 1, expect: K, margin: {abs: 1}", OV_SIM_FORMULA},
        {"kind: mean, curves: K2, at: 1, statistic: relative, margin: {abs: 1}", OV_SIM_THEORY},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct fake f;
        char yaml[300];
        snprintf(yaml, sizeof yaml, "- {id: c, says: so, %s}\n", row[i].rest);
        fake_open(&f, yaml);
        f.curve[0].side[OV_THEORY].column[1].closed = true;
        struct ov_claims claims = read_claims(&f);
        ck_assert_msg(claims.claim[0].evidence == row[i].e, "%s: %s", row[i].rest,
                      ov_evidence_name(claims.claim[0].evidence));
        ov_claims_free(&claims);
        fake_close(&f);
    }
}
END_TEST

/* Mistakes, at their place. */
START_TEST(origins_that_are_none)
{
    static const struct {
        const char *yaml, *what;
    } row[] = {
        {TYPED "numbers_of: hold}\n" HELD "expect: 0.0361, margin: {abs: 1}",
         "no claim 'hold' here; did you mean 'held'?"},
        {TYPED "numbers_of: held}\n" HELD "expect: 0.036, margin: {abs: 1}",
         "none of these claims expects 0.0361"},
        {"kind: mean, curves: K2, at: 1, expect: 24/640*K/0.0361, margin: {abs: 1}, numbers_of: "
         "held}\n" HELD "expect: 0.0361, margin: {abs: 1}",
         "none of these claims expects 24"},
        {TYPED "numbers_of: held}\n" HELD "side: sgd, expect: 0.0361, margin: {abs: 1}",
         "'held' holds theory to nothing: it reads runs"},
        {TYPED "numbers_of: c", "it is this one"},
        {TYPED "numbers_of: []", "an empty list"},
        {TYPED "number_from: ' '", "number_from says nothing"},
        {TYPED "number_from: x, numbers_of: c", "give one of them"},
        {"kind: mean, curves: K2, at: 1, expect: K, margin: {abs: 1}, number_from: x",
         "no typed number: number_from is not needed"},
        {"kind: mean, curves: K2, at: 1, expect: K, margin: {abs: 1}, numbers_of: c",
         "no typed number: numbers_of is not needed"},
        {"kind: order, curves: [K2, K3], at: 1, direction: increasing, number_from: x",
         "number_from"},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct fake f;
        struct ov_error err = {0};
        struct ov_claims claims = {0};
        char yaml[600];
        snprintf(yaml, sizeof yaml, "- {id: c, says: so, %s}\n", row[i].yaml);
        fake_open(&f, yaml);
        ck_assert_int_eq(ov_claims_read(&claims, &f.e, &err), OV_EUSER);
        ck_contains(err.text, "fake/experiment.yaml:1:");
        ck_contains(err.text, row[i].what);
        ov_claims_free(&claims);
        fake_close(&f);
    }
}
END_TEST

START_TEST(names)
{
    ck_assert_str_eq(ov_evidence_name(OV_SIM_THEORY), "simulation-theory");
    ck_assert_str_eq(ov_evidence_name(OV_IDENTITY), "identity");
    ck_assert_str_eq(ov_evidence_name(OV_QUOTED), "quoted");
    for (int e = 0; e < OV_N_EVIDENCE; e++)
        ck_assert(ov_evidence_counts((enum ov_evidence)e) ==
                  (e != OV_QUOTED && e != OV_REGRESSION && e != OV_IDENTITY));
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, by_what_is_read);
    OV_TEST(s, typed_numbers);
    OV_TEST(s, numbers_taken_apart);
    OV_TEST(s, half_numbers);
    OV_TEST(s, where_a_typed_number_is_from);
    OV_TEST(s, identities);
    OV_TEST(s, origins_that_are_none);
    OV_TEST(s, names);
}

OV_TEST_MAIN("claims/claims, evidence");
