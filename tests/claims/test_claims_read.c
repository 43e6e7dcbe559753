/* SPDX-License-Identifier: MIT
 *
 * Claims as written in YAML: every mistake is named at its place.
 */
#include "fake_claims.h"

static void expect_refusal(const char *yaml, const char *what)
{
    struct fake f;
    struct ov_error err = {0};
    struct ov_claims claims = {0};
    fake_open(&f, yaml);
    fake_set(&f, 2, n_sgd, 0); /* K4 is theory alone, K3 sgd alone */
    fake_set(&f, 1, n_theory, 0);
    ck_assert_int_eq(ov_claims_read(&claims, &f.e, &err), OV_EUSER);
    ck_contains(err.text, "fake/experiment.yaml:");
    ck_contains(err.text, what);
    ov_claims_free(&claims);
    fake_close(&f);
}

START_TEST(mistakes_are_named_at_their_place)
{
    static const struct {
        const char *rest, *what;
    } row[] = {
        {"curves: K2, at: 1, expect: 1, margin: {abs: 1}", "kind is missing"},
        {"kind: mena, curves: K2, at: 1", "did you mean 'mean'?"},
        {"kind: [mean], curves: K2, at: 1", "kind has to be a word"},
        {"kind: mean, curve: K2, at: 1, expect: 1, margin: {abs: 1}", "curves"},
        {"kind: mean, curves: K22, at: 1, expect: 1, margin: {abs: 1}", "'K22' selects no curve"},
        {"kind: mean, curves: wied, at: 1, expect: 1, margin: {abs: 1}", "did you mean 'wide'?"},
        {"kind: mean, curves: [], at: 1, expect: 1, margin: {abs: 1}", "curves"},
        {"kind: mean, curves: [K2, K2], at: 1, expect: 1, margin: {abs: 1}", "selected twice"},
        {"kind: mean, curves: K4, at: 1, expect: 1, margin: {abs: 1}", "curve K4 has no sgd"},
        {"kind: margin, curves: K3, at: 1, expect: 1, margin: {abs: 1}", "K3 has no theory"},
        {"kind: mean, curves: K3, statistic: deviation, at: 1, margin: {abs: 1}",
         "no theory to compare with"},
        {"kind: mean, curves: K2, statistic: deviation, side: theory, at: 1, margin: {abs: 1}",
         "side can't be theory"},
        {"kind: mean, curves: K2, at: 1, quantity: eps, expect: 1, margin: {abs: 1}",
         "no column 'eps'; did you mean 'eps_g'? It has eps_g, "},
        {"kind: mean, curves: K2, at: 1, quantity: alpha, expect: 1, margin: {abs: 1}",
         "no column 'alpha'"},
        {"kind: mean, curves: K2, expect: 1, margin: {abs: 1}", "at is missing"},
        {"kind: mean, curves: K2, at: [], expect: 1, margin: {abs: 1}", "at"},
        {"kind: mean, curves: K2, at: -1, expect: 1, margin: {abs: 1}", "at"},
        {"kind: mean, curves: K2, at: 1, from: 1, expect: 1, margin: {abs: 1}", "instead of from"},
        {"kind: mean, curves: K2, statistic: max, at: 1, expect: 1, margin: {abs: 1}",
         "give from and to instead of at"},
        {"kind: mean, curves: K2, statistic: max, from: 2, to: 1, expect: 1, margin: {abs: 1}",
         "the window is empty"},
        {"kind: mean, curves: K2, at: 1, margin: {abs: 1}", "expect is missing"},
        {"kind: mean, curves: K2, at: 1, expect: K*, margin: {abs: 1}", "formula, column"},
        {"kind: mean, curves: K2, at: 1, expect: eta, margin: {abs: 1}", "eta"},
        {"kind: mean, curves: K2, at: 1, expect: 1/(K-2), margin: {abs: 1}", "formula"},
        {"kind: mean, curves: K2, at: 1, expect: 1", "margin"},
        {"kind: mean, curves: K2, at: 1, expect: 1, margin: {abs: -1}", "abs"},
        {"kind: mean, curves: K2, at: 1, expect: 1, margin: {}", "margin"},
        {"kind: mean, curves: K2, at: 1, expect: K-2, margin: {rel: 0.1}", "relative to 0"},
        {"kind: mean, curves: K2, at: 1, expect: 1, margin: {rel: 1}", "rel must be below 1"},
        {"kind: margin, curves: K2, at: 1, expect: K, margin: {rel: 5}", "rel must be below 1"},
        {"kind: mean, curves: K2, at: 1, expect: 1, margin: {abs: 0}", "a margin of 0 can never"},
        {"kind: mean, curves: K2, at: 1, expect: 1, margin: {rel: 0.0}", ":77: error: a margin of"},
        {"kind: scaling, curves: wide, against: K, at: 1, expect: 1, margin: {abs: 0, rel: 0}",
         "a margin of 0 can never"},
        {"kind: round, curves: K2, at: 1", "expect"},
        {"kind: round, curves: K2, at: 1, expect: 1/3", "printed number"},
        {"kind: order, curves: K2, at: 1, direction: increasing", "at least two curves"},
        {"kind: order, curves: [K2, wide], at: 1", "direction"},
        {"kind: order, curves: [K2, wide], at: 1, direction: up", "direction"},
        {"kind: exact, curves: K2, at: 1", "expect is missing"},
        {"kind: exact, curves: K2, at: 1, expect: 1, rtol: 0.1", "rtol"},
        {"kind: exact, curves: K2, at: 1, expect: 1, rtol: 1e-9, ulps: 3", "not both"},
        {"kind: mean, curves: K2, statistic: sd, at: 1, margin: {abs: 1}", "expect is missing"},
        {"kind: mean, curves: K2, statistic: ratio_sd, at: 1, expect: 1, margin: {abs: 1}",
         "no column 'sd_eps_g'"},
        {"kind: mean, curves: K2, statistic: ratio_bias, at: 1, expect: 1, margin: {abs: 1}",
         "no column 'bias_eps_g'"},
        {"kind: mean, curves: K2, statistic: max_deviation, at: 1, expect: 1, margin: {abs: 1}",
         "instead of at"},
        {"kind: band, curves: K2", "margin"},
        {"kind: band, curves: K2, margin: {}", "margin needs rel, abs or both"},
        {"kind: band, curves: K22, margin: {abs: 1}", "'K22' selects no curve"},
        {"kind: band, curves: [], margin: {abs: 1}", "curves"},
        {"kind: band, curves: K4, margin: {abs: 1}", "curve K4 has no sgd"},
        {"kind: band, curves: K3, margin: {abs: 1}", "no theory to compare with"},
        {"kind: band, curves: K2, at: 1, margin: {abs: 1}", "unknown key 'at'"},
        {"kind: band, curves: K2, from: 2, to: 1, margin: {abs: 1}", "the window is empty"},
        {"kind: band, curves: K2, statistic: min, margin: {abs: 1}", "statistic"},
        {"kind: band, curves: K2, statistic: relative, margin: {rel: 0.5}", "give abs"},
        {"kind: band, curves: K2, bias: 3, margin: {abs: 1}", "curve K2 has no N, p or d"},
        {"kind: band, curves: K2, bias: 3*, margin: {abs: 1}", "formula, column"},
        {"kind: band, curves: K2, width: theory, margin: {abs: 1}", "no column 'sd_eps_g'"},
        {"kind: scaling, curves: K2, against: K, at: 1, expect: 1, margin: {abs: 1}",
         "at least two curves"},
        {"kind: scaling, curves: wide, at: 1, expect: 1, margin: {abs: 1}", "against"},
        {"kind: scaling, curves: wide, against: L, at: 1, expect: 1, margin: {abs: 1}",
         "no parameter 'L'; it has K, eta_w"},
        {"kind: scaling, curves: wide, against: scaling.K, at: 1, expect: 1, margin: {abs: 1}",
         "no parameter 'scaling.K'; it has"},
        {"kind: scaling, curves: wide, against: eta_v, at: 1, expect: 1, margin: {abs: 1}",
         "did you mean 'eta_w'?"},
        {"kind: scaling, curves: wide, against: eta_w, at: 1, expect: 1, margin: {abs: 1}",
         "the same for all curves"},
        {"kind: scaling, curves: wide, against: K, at: 1, expect: K, margin: {abs: 1}",
         "a slope is one number"},
        {"kind: scaling, curves: wide, against: K, at: 1, margin: {abs: 1}", "expect is missing"},
        {"kind: scaling, curves: wide, against: K, at: 1, expect: 1, margin: {}", "margin needs"},
        {"kind: order, curves: [K3, K4], at: 1, direction: increasing", "K3 has no theory"},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        char yaml[256];
        snprintf(yaml, sizeof yaml, "- {id: c, says: so, %s}\n", row[i].rest);
        expect_refusal(yaml, row[i].what);
    }
}
END_TEST

/* The column of what is wrong in a formula, plain, in quotes and behind escapes. */
START_TEST(formulas_are_marked_where_they_are_wrong)
{
    static const struct {
        const char *formula;
        size_t into; /* bytes from the start of the value, quote included */
        const char *what;
    } row[] = {
        {"K*sigmo", 2, "unknown name 'sigmo'"},
        {"\"K*sigmo\"", 3, "unknown name 'sigmo'"},
        {"'K*sigmo'", 3, "unknown name 'sigmo'"},
        {"\"K + 2 K\"", 7, "an operator is missing"},
        {"\"\\x4b + 2 K\"", 10, "an operator is missing"},
        {"\"2\\t* foo\"", 6, "unknown name 'foo'"},
        {"foo", 0, "unknown name 'foo'"},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        char yaml[256], place[64];
        static const char head[] = "- {id: c, says: so, kind: mean, curves: K2, at: 1, expect: ";
        snprintf(yaml, sizeof yaml, "%s%s, margin: {abs: 1}}\n", head, row[i].formula);
        snprintf(place, sizeof place,
                 "fake/experiment.yaml:1:%zu: error: ", sizeof head + row[i].into);
        expect_refusal(yaml, place);
        expect_refusal(yaml, row[i].what);
    }
}
END_TEST

/* The mark below the excerpt stands under it too. */
START_TEST(formulas_are_underlined)
{
    struct fake f;
    struct ov_error err = {0};
    struct ov_claims claims = {0};
    fake_open(&f, "- id: c\n  says: so\n  kind: mean\n  curves: K2\n  at: 1\n"
                  "  expect: \"2*K + foo\"\n  margin: {abs: 1}\n");
    ck_assert_int_eq(ov_claims_read(&claims, &f.e, &err), OV_EUSER);
    ck_contains(err.text, "fake/experiment.yaml:6:18: error: ");
    ck_contains(err.text, "\n  expect: \"2*K + foo\"\n                 ^");
    ov_claims_free(&claims);
    fake_close(&f);
}
END_TEST

#define GOOD(id) "- {id: " id ", says: so, kind: round, curves: K2, at: 1, expect: 1}\n"

/* A deterministic value may have to be met; of a band what is alike to rounding is. */
START_TEST(margins_of_nothing_that_can_pass)
{
    struct fake f;
    fake_open(&f,
              "- {id: a, says: so, kind: margin, curves: K2, at: 1, expect: 1, margin: {abs: 0}}\n"
              "- {id: b, says: so, kind: band, curves: K2, margin: {abs: 0}}\n");
    struct ov_claims claims = read_claims(&f);
    ck_assert_uint_eq(claims.n, 2);
    ov_claims_free(&claims);
    fake_close(&f);
}
END_TEST

START_TEST(lists_and_ids)
{
    expect_refusal("claims: here\n", "claims have to be a list");
    expect_refusal("- no map\n", "a claim is a mapping");
    expect_refusal(GOOD("a") GOOD("b") GOOD("a"), "experiment.yaml:3:");
    expect_refusal(GOOD("a") GOOD("b") GOOD("a"), "a second claim with id 'a'");
    expect_refusal(GOOD("'a b'"), "only letters, digits");
    expect_refusal("- {says: so, kind: round, curves: K2, at: 1, expect: 1}\n", "id");
    /* all mistakes of a file are reported together */
    expect_refusal(GOOD("'a b'") "- {id: d, kind: rund}\n", "only letters");
    expect_refusal(GOOD("'a b'") "- {id: d, kind: rund}\n", "did you mean 'round'?");
    struct fake f;
    fake_open(&f, GOOD("a") GOOD("b.2"));
    struct ov_claims claims = read_claims(&f);
    ck_assert_ptr_eq(ov_claims_find(&claims, "fake.a"), claims.claim);
    ck_assert_ptr_eq(ov_claims_find(&claims, "fake.b.2"), claims.claim + 1);
    ck_assert_ptr_null(ov_claims_find(&claims, "fake.b"));
    ck_assert_ptr_null(ov_claims_find(&claims, "fakea"));
    ck_assert_ptr_null(ov_claims_find(&claims, "other.a"));
    ov_claims_free(&claims);
    ov_claims_free(&claims);
    ov_claims_free(NULL);
    f.e.claims = NULL; /* an experiment without claims */
    ck_ok(ov_claims_read(&claims, &f.e, NULL));
    ck_assert_uint_eq(claims.n, 0);
    fake_close(&f);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, mistakes_are_named_at_their_place);
    OV_TEST(s, formulas_are_marked_where_they_are_wrong);
    OV_TEST(s, formulas_are_underlined);
    OV_TEST(s, margins_of_nothing_that_can_pass);
    OV_TEST(s, lists_and_ids);
}

OV_TEST_MAIN("claims/claims, reading");
