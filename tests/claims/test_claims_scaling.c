/* SPDX-License-Identifier: MIT
 *
 * Kind scaling: exponents and slopes with their errors, and its verdicts.
 */
#include <gsl/gsl_randist.h>

#include "fake_claims.h"

/* eps_g of curve K is amplitude K^exponent by sgd plus noise; theory is zero. */
struct law {
    gsl_rng *r;
    double K, amplitude, exponent, noise; /* noise: sd of a run, relative to the law */
    bool spread;                          /* the law is that of the noise, about zero */
};

static double law_number(const void *ctx, double seed, size_t j, size_t column)
{
    const struct law *l = ctx;
    double law = l->amplitude * pow(l->K, l->exponent);
    (void)j;
    (void)column;
    if (seed == 0.0)
        return l->spread ? 0.0 : law;
    double z = l->noise > 0.0 ? gsl_ran_gaussian(l->r, l->noise) : 0.0;
    return l->spread ? law * z : law * (1.0 + z);
}

static void write_law(struct fake *f, struct law l, size_t n)
{
    for (size_t c = 0; c < FAKE_CURVES; c++) {
        l.K = f->state[c].K;
        fake_set(f, c, n_sgd, n);
        fake_write(f, c, OV_THEORY, law_number, &l);
        fake_write(f, c, OV_SGD, law_number, &l);
    }
}

#define ALL "curves: [K2, K3, K4, wide], against: K, at: 10"
#define SLOPE(rest) CLAIM("kind: scaling, " ALL ", " rest)

static void slope_is(const char *yaml, struct law l, size_t n, enum ov_verdict verdict,
                     const char *why)
{
    struct fake f;
    fake_open(&f, yaml);
    write_law(&f, l, n);
    expect_verdict(&f, verdict, why);
    fake_close(&f);
}

START_TEST(exponents_have_three_verdicts)
{
    gsl_rng *r = ov_test_rng(20261220);
    static const char value[] = SLOPE("expect: -0.5, margin: {abs: 0.1}");
    slope_is(value, (struct law){r, 0, 3, -0.5, 0.01, false}, 10, OV_PASS, "");
    slope_is(value, (struct law){r, 0, -3, -0.5, 0.01, false}, 10, OV_PASS, ""); /* its size */
    slope_is(value, (struct law){r, 0, 3, -1.0, 0.01, false}, 10, OV_FAIL,
             "K2..wide-K6 @ 10: the slope -");
    slope_is(value, (struct law){r, 0, 3, -0.5, 0.3, false}, 10, OV_INCONCLUSIVE, "would decide");
    slope_is(value, (struct law){r, 0, 3, -0.5, 0.3, false}, 1, OV_INCONCLUSIVE, "one seed");
    slope_is(value, (struct law){r, 0, 3, -0.5, 20.0, false}, 4, OV_INCONCLUSIVE,
             "standard errors away from zero");
    slope_is(value, (struct law){r, 0, 0, 0, 0, false}, 4, OV_FAIL, "no power law");
    static const char spread[] = SLOPE("statistic: rms, expect: -1/2, margin: {abs: 0.1}");
    slope_is(spread, (struct law){r, 0, 3, -0.5, 1, true}, 1500, OV_PASS, "");
    slope_is(spread, (struct law){r, 0, 3, -1.0, 1, true}, 1500, OV_FAIL, "the slope");
    slope_is(spread, (struct law){r, 0, 3, -0.5, 1, true}, 20, OV_INCONCLUSIVE, "would decide");
    static const char sd[] = SLOPE("statistic: sd, expect: -1/2, margin: {abs: 0.1}");
    slope_is(sd, (struct law){r, 0, 3, -0.5, 1, true}, 1500, OV_PASS, "");
    slope_is(sd, (struct law){r, 0, 3, -0.5, 1, true}, 2, OV_INCONCLUSIVE, "no error");
    gsl_rng_free(r);
}
END_TEST

START_TEST(theory_has_a_slope_without_error)
{
    struct fake f;
    fake_open(&f, SLOPE("side: theory, expect: 2, margin: {abs: 1e-12}"));
    write_law(&f, (struct law){NULL, 0, 3, 2, 0, false}, 2);
    struct ov_claims claims = read_claims(&f);
    const struct ov_claim *c = evaluate(&claims, &f, 0);
    ck_assert_int_eq(c->verdict, OV_PASS);
    ck_assert(isnan(c->p_pass) && c->measure[0].se == 0.0 && c->measure[0].n == 0);
    ov_claims_free(&claims);
    fake_close(&f);
    slope_is(SLOPE("side: theory, expect: 2.1, margin: {abs: 0.09}"),
             (struct law){NULL, 0, 3, 2, 0, false}, 2, OV_FAIL, "the slope 2");
    /* a line: 3 K */
    slope_is(SLOPE("side: theory, fit: linear, expect: 3, margin: {rel: 1e-12}"),
             (struct law){NULL, 0, 3, 1, 0, false}, 2, OV_PASS, "");
    slope_is(SLOPE("side: theory, fit: linear, expect: 3.1, margin: {rel: 0.03}"),
             (struct law){NULL, 0, 3, 1, 0, false}, 2, OV_FAIL, "the slope 3");
}
END_TEST

/* With K = 2 … 6 and eps_g = 3 K^2: the slopes by hand, sum (x - mean x) y/sum (x - mean x)^2. */
START_TEST(either_may_be_a_logarithm)
{
    static const double K[] = {2, 3, 4, 5, 6};
    double slope[2] = {0, 0}, square[2] = {0, 0}, mean[2] = {0, 0};
    for (int c = 0; c < FAKE_CURVES; c++) {
        mean[0] += log(K[c]) / FAKE_CURVES;
        mean[1] += K[c] / FAKE_CURVES;
    }
    for (int c = 0; c < FAKE_CURVES; c++) {
        double x[2] = {log(K[c]) - mean[0], K[c] - mean[1]};
        slope[0] += x[0] * 3 * K[c] * K[c]; /* log */
        slope[1] += x[1] * log(3 * K[c] * K[c]);
        square[0] += x[0] * x[0];
        square[1] += x[1] * x[1];
    }
    static const char *const fit[] = {"log", "exponential"};
    for (int i = 0; i < 2; i++) {
        char yaml[512];
        snprintf(yaml, sizeof yaml,
                 SLOPE("side: theory, fit: %s, expect: %.15g, margin: {rel: 1e-12}"), fit[i],
                 slope[i] / square[i]);
        slope_is(yaml, (struct law){NULL, 0, 3, 2, 0, false}, 2, OV_PASS, "");
        snprintf(yaml, sizeof yaml,
                 SLOPE("side: theory, fit: %s, expect: %.15g, margin: {rel: 0.01}"), fit[i],
                 1.02 * slope[i] / square[i]);
        slope_is(yaml, (struct law){NULL, 0, 3, 2, 0, false}, 2, OV_FAIL, "the slope");
    }
}
END_TEST

/* Undecided, and decided by as many seeds as were said to be needed (plus a few: they are fresh).
 */
/* One run a curve: no error, but the slope is that of the logarithms all the same. */
START_TEST(one_seed_has_a_slope)
{
    struct fake f;
    fake_open(&f, SLOPE("expect: -0.5, margin: {abs: 0.1}"));
    write_law(&f, (struct law){NULL, 0, 3, -0.5, 0, false}, 1);
    struct ov_claims claims = read_claims(&f);
    const struct ov_claim *c = evaluate(&claims, &f, 0);
    ck_assert_int_eq(c->verdict, OV_INCONCLUSIVE);
    ck_agree(-0.5, c->measure[0].value, 1e-12, 0);
    ck_contains(c->why, "the slope is undecided: one seed");
    ov_claims_free(&claims);
    fake_close(&f);
}
END_TEST

START_TEST(more_seeds_decide)
{
    struct fake f;
    struct law l = {ov_test_rng(20261221), 0, 3, -0.5, 0.3, false};
    fake_open(&f, SLOPE("expect: -0.5, margin: {abs: 0.15}"));
    write_law(&f, l, 10);
    struct ov_claims claims = read_claims(&f);
    struct ov_claim *c = evaluate(&claims, &f, 0);
    ck_assert_int_eq(c->verdict, OV_INCONCLUSIVE);
    size_t needed = c->measure[0].needed;
    ck_assert_uint_gt(needed, 10);
    ck_assert_uint_lt(needed, 5000);
    write_law(&f, l, 4 * needed);
    ck_assert_int_eq(evaluate(&claims, &f, 0)->verdict, OV_PASS);
    gsl_rng_free(l.r);
    ov_claims_free(&claims);
    fake_close(&f);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, exponents_have_three_verdicts);
    OV_TEST(s, theory_has_a_slope_without_error);
    OV_TEST(s, either_may_be_a_logarithm);
    OV_TEST(s, one_seed_has_a_slope);
    OV_TEST(s, more_seeds_decide);
}

OV_TEST_MAIN("claims/claims, scaling");
