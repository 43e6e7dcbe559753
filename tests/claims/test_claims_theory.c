/* SPDX-License-Identifier: MIT
 *
 * Claims against a theory that has a standard error of its own: every kind's numbers by hand, what
 * is refused, and how often verdicts are wrong.
 */
#include "overlap/base/text.h"
#include "overlap/claims/compare.h"
#include "random_claims.h"

/* Curve K2: theory 2/(1 + alpha) with an error of a tenth of it; sgd as in fake_claims.h. */
static double erring(const void *ctx, double seed, size_t j, size_t column)
{
    if (seed == 0.0 && column == 4)
        return 0.1 * number(ctx, seed, j, 2);
    return number(ctx, seed, j, column);
}

static void open_erring(struct fake *f, const char *yaml, double shift, double spread, size_t n)
{
    fake_open(f, yaml);
    for (size_t c = 0; c < FAKE_CURVES; c++) {
        struct data d = {f->state[c].K, shift, spread};
        fake_set(f, c, errs, true);
        fake_set(f, c, n_sgd, n);
        fake_write(f, c, OV_THEORY, erring, &d);
        fake_write(f, c, OV_SGD, erring, &d);
    }
}

/* The only measure of the only claim. */
static struct ov_measure measured(const char *yaml, double shift, double spread, size_t n)
{
    struct fake f;
    open_erring(&f, yaml, shift, spread, n);
    struct ov_claims claims = read_claims(&f);
    struct ov_measure m = evaluate(&claims, &f, 0)->measure[0];
    ov_claims_free(&claims);
    fake_close(&f);
    return m;
}

static void erring_check(const char *yaml, double shift, double spread, size_t n,
                         enum ov_verdict verdict, const char *why)
{
    struct fake f;
    open_erring(&f, yaml, shift, spread, n);
    expect_verdict(&f, verdict, why);
    fake_close(&f);
}

#define MEAN(statistic, more)                                                                      \
    CLAIM("kind: mean, curves: K2, statistic: " statistic ", at: 1, " more)

/* At alpha = 1 theory is 1 with an error of 0.1; six seeds of spread 0.3 have 0.3/sqrt 5. */
START_TEST(both_errors_add_up_in_squares)
{
    struct ov_measure m = measured(MEAN("deviation", "margin: {abs: 1}"), 0.25, 0.3, 6);
    double v = 0.09 / 5.0, w = 0.01;
    ck_agree(0.25, m.value, 1e-14, 0);
    ck_agree(0.1, m.theory_se, 1e-13, 0);
    ck_agree(sqrt(v + w), m.se, 1e-13, 0);
    double half = hypot(2.015048373333024 * sqrt(v), 1.894578605090007 * sqrt(w)); /* t of 5, 7 */
    ck_agree(0.25 - half, m.low, 1e-9, 0);
    ck_agree(0.25 + half, m.high, 1e-9, 0);
    ck_assert_int_eq(m.verdict, OV_PASS);
    /* 1.25/(1 -+ 0.1) - 1 - 0.25: the larger step, downwards */
    m = measured(MEAN("relative", "margin: {abs: 0.9}"), 0.25, 0.3, 6);
    ck_agree(1.25 / 0.9 - 1.25, m.theory_se, 1e-12, 0);
}
END_TEST

/* A shift of all of theory's rows moves no spread; it moves a root mean square, and a number that
 * does not read theory not at all. */
START_TEST(what_theory_does_not_move_keeps_its_error)
{
    struct ov_measure m = measured(MEAN("sd", "expect: 0.3, margin: {rel: 0.5}"), 0.4, 0.3, 40);
    ck_agree(0.0, m.theory_se, 0, 1e-14);
    m = measured(MEAN("value", "expect: 1, margin: {abs: 0.5}"), 0.0, 0.3, 40);
    ck_assert(m.theory_se == 0.0);
    m = measured(MEAN("rms", "expect: 0.5, margin: {rel: 0.5}"), 0.4, 0.3, 40);
    double above = sqrt(0.3 * 0.3 + 0.5 * 0.5);
    ck_agree(0.5 * (above / 0.5 > 0.5 / sqrt(0.18) ? log(above / 0.5) : log(0.5 / sqrt(0.18))),
             m.theory_se, 1e-12, 0);
    m = measured(CLAIM("kind: mean, curves: K2, statistic: value, quantity: Q_0_0, at: 1, "
                       "expect: 2, margin: {abs: 0.5}"),
                 0.0, 0.1, 10);
    ck_assert(m.theory_se == 0.0); /* no column Q_0_0_se */
}
END_TEST

/* One run of theory alone: its error decides, with seven degrees of freedom. */
START_TEST(a_margin_on_theory_has_three_verdicts)
{
    static const char claim[] =
        CLAIM("kind: margin, curves: K2, at: 1, expect: 1.2, margin: {abs: 0.4}");
    struct ov_measure m = measured(claim, 0, 0, 4);
    ck_agree(1.0 + 1.894578605090007 * 0.1, m.high, 1e-9, 0); /* t of 7 degrees, 95 % */
    ck_assert_uint_eq(m.n, 0);
    ck_assert(ov_measure_is_random(&m));
    erring_check(claim, 0, 0, 4, OV_PASS, "");
    erring_check(CLAIM("kind: margin, curves: K2, at: 1, expect: 1.2, margin: {abs: 0.25}"), 0, 0,
                 4, OV_INCONCLUSIVE, "theory's own standard error, 0.1, is too large");
    erring_check(CLAIM("kind: margin, curves: K2, at: 1, expect: 2, margin: {abs: 0.5}"), 0, 0, 4,
                 OV_FAIL, "is not within 2 ± 0.5");
}
END_TEST

/* No more seeds help where theory's error is too large; where it is not, so many as are said do. */
START_TEST(seeds_that_would_decide)
{
    static const char wide[] = MEAN("deviation", "margin: {abs: 0.4}");
    erring_check(MEAN("deviation", "margin: {abs: 0.1}"), 0.0, 0.3, 6, OV_INCONCLUSIVE,
                 "theory's own standard error, 0.1, is too large for any number of seeds");
    struct ov_measure m = measured(wide, 0.0, 1.0, 6);
    ck_assert_int_eq(m.verdict, OV_INCONCLUSIVE);
    ck_assert_uint_gt(m.needed, 18); /* without theory's error */
    ck_assert_uint_lt(m.needed, 100);
    m.needed += m.needed % 2;
    ck_assert_int_eq(measured(wide, 0.0, 1.0, m.needed + 2).verdict, OV_PASS);
}
END_TEST

/* Errors of theories that may have random numbers in common. */
START_TEST(curves_may_err_together)
{
    struct ov_measure m =
        measured(CLAIM("kind: order, curves: [K2, K4], side: theory, at: 1, direction: increasing"),
                 0, 0, 4);
    ck_agree(0.1 + 0.2, m.theory_se, 1e-13, 0);
    ck_agree(1.0 - 1.894578605090007 * 0.3, m.low, 1e-9, 0);
    ck_assert_int_eq(m.verdict, OV_PASS);
    erring_check(CLAIM("kind: order, curves: [K2, K3], side: theory, at: 1, direction: increasing, "
                       "margin: {abs: 0.1}"),
                 0, 0, 4, OV_INCONCLUSIVE, "theory's own standard error, 0.25, is too large");
    m = measured(CLAIM("kind: scaling, curves: [K2, K4], side: theory, at: 1, against: K, "
                       "fit: linear, expect: 0.5, margin: {abs: 0.4}"),
                 0, 0, 4);
    ck_agree(0.5, m.value, 1e-13, 0);
    ck_agree(0.5 * 0.1 + 0.5 * 0.2, m.theory_se, 1e-12, 0);
    ck_assert_int_eq(m.verdict, OV_PASS);
}
END_TEST

START_TEST(digits_are_refused)
{
    static const char *const kinds[] = {
        CLAIM("kind: round, curves: K2, at: 1, expect: 1.0"),
        CLAIM("kind: exact, curves: K2, at: 1, expect: 1"),
        CLAIM("kind: exact, curves: K2, statistic: deviation, at: 1")};
    for (size_t i = 0; i < 3; i++) {
        struct fake f;
        struct ov_claims claims = {0};
        struct ov_error err = {0};
        open_erring(&f, kinds[i], 0, 0, 4);
        ck_assert_int_eq(ov_claims_read(&claims, &f.e, &err), OV_EUSER);
        ck_contains(err.text, "curve K2: theory has a standard error of eps_g (column eps_g_se)");
        ov_claims_free(&claims);
        fake_close(&f);
    }
    erring_check(CLAIM("kind: round, curves: K2, quantity: eps_g_se, at: 1, expect: 0.10"), 0, 0, 4,
                 OV_PASS, "");
    erring_check(CLAIM("kind: exact, curves: K2, side: sgd, at: 1, expect: 1"), 0, 0, 4, OV_PASS,
                 "");
}
END_TEST

START_TEST(reports_show_it)
{
    struct fake f;
    struct ov_text t = {0}, json = {0};
    open_erring(&f, MEAN("deviation", "margin: {abs: 1}"), 0.25, 0.3, 6);
    struct ov_claims claims = read_claims(&f);
    evaluate(&claims, &f, 0);
    ov_claims_print(&t, &claims, false);
    ck_contains(t.s, "0.25 ± 0.17 (theory 0.1)");
    char path[128];
    snprintf(path, sizeof path, "%s/verdicts.json", f.out);
    ck_ok(ov_claims_write_json(&claims, NULL, path, NULL));
    ck_ok(ov_file_read(&json, path, 0, NULL));
    ck_contains(json.s, "\"theory_se\": 0.1");
    ov_text_free(&t);
    ov_text_free(&json);
    ov_claims_free(&claims);
    fake_close(&f);
}
END_TEST

/* ---- compare ---- */

static double theory_errs(const void *ctx, double seed, size_t j, size_t column)
{
    return column == 4 ? 0.5 : number(ctx, seed, j, column);
}

/* z of a deviation of 1 beside the error of four seeds' mean and 0.5 of theory. */
START_TEST(theory_s_own_error_counts)
{
    struct fake f;
    struct ov_agreement found;
    struct data d = {1.0, 1.0, 0.6};
    fake_open(&f, NULL);
    for (size_t c = 1; c < FAKE_CURVES; c++)
        fake_set(&f, c, n_sgd, 0);
    fake_set(&f, 0, errs, true);
    fake_set(&f, 0, n_sgd, 4);
    fake_write(&f, 0, OV_THEORY, theory_errs, &d);
    fake_write(&f, 0, OV_SGD, number, &d);
    ck_ok(ov_compare(&found, &f.e, f.out, NULL));
    struct ov_text t = {0};
    char path[128];
    snprintf(path, sizeof path, "%s/agreement.csv", f.out);
    ck_ok(ov_file_read(&t, path, 0, NULL));
    ck_contains(t.s, "K2,eps_g,0,4,");
    double deviation, se, sd, z, max_abs, theory_se;
    const char *row = strstr(t.s, "K2,eps_g,10,4,");
    ck_assert_ptr_nonnull(row);
    ck_assert_int_eq(sscanf(row, "K2,eps_g,10,4,%*f,%*f,%lf,%lf,%lf,%lf,%lf,%lf", &deviation, &se,
                            &sd, &z, &max_abs, &theory_se),
                     6);
    ck_agree(0.5, theory_se, 0, 0);
    ck_agree(1.0, deviation, 1e-13, 0);
    ck_agree(1.0 / hypot(se, 0.5), z, 1e-13, 0);
    ck_agree(z, found.worst_z, 1e-13, 0);
    ck_assert_uint_eq(found.least_seeds, 4);
    ck_contains(t.s, "K2,Q_0_0,0,4,");
    ov_text_free(&t);
    fake_set(&f, 0, n_sgd, 40); /* theory's seven degrees of freedom are fewer */
    fake_write(&f, 0, OV_SGD, number, &d);
    ck_ok(ov_compare(&found, &f.e, f.out, NULL));
    ck_assert_uint_eq(found.least_seeds, 8);
    fake_close(&f);
}
END_TEST

/* ---- how often ---- */

/* Paths as random_path has them, and a theory whose error is one number for all times, with a
 * standard error that is known to seven degrees of freedom. */
struct erring_paths {
    struct random_paths p;
    double theory_sd, error, se; /* the last two: of the present data set */
};

static double erring_path(const void *ctx, double seed, size_t j, size_t column)
{
    const struct erring_paths *e = ctx;
    if (seed == 0.0)
        return column == 4 ? e->se : e->p.level + e->error;
    return random_path(&e->p, seed, j, column);
}

static void erring_rates(struct erring_paths e, const char *yaml, size_t n, double fail,
                         double pass)
{
    enum { SETS = 100 };
    struct fake f;
    size_t count[OV_SKIPPED + 1] = {0};
    fake_open(&f, yaml);
    fake_set(&f, 0, errs, true);
    fake_set(&f, 0, n_sgd, n);
    struct ov_claims claims = read_claims(&f);
    for (size_t i = 0; i < SETS; i++) {
        e.error = gsl_ran_gaussian(e.p.r, e.theory_sd);
        e.se = e.theory_sd * sqrt(gsl_ran_chisq(e.p.r, 7.0) / 7.0);
        fake_write(&f, 0, OV_THEORY, erring_path, &e);
        fake_write(&f, 0, OV_SGD, erring_path, &e);
        count[evaluate(&claims, &f, 0)->verdict]++;
    }
    printf("    n = %zu, shift %g, theory's error %g: %zu FAIL, %zu PASS of %d\n", n, e.p.shift,
           e.theory_sd, count[OV_FAIL], count[OV_PASS], SETS);
    ck_rate_at_most(fail, count[OV_FAIL], SETS);
    ck_rate_at_most(pass, count[OV_PASS], SETS);
    ov_claims_free(&claims);
    fake_close(&f);
}

/* A theory that is right but for its own error fails at most 5 % of the time; one that is wrong by
 * the margin passes at most 5 %: whichever of the two errors is larger, for means and for bands. */
START_TEST(rates_are_nominal_beside_theory_s_error)
{
    static const char none[] =
        CLAIM("kind: mean, curves: K2, statistic: deviation, at: [1, 10], margin: {abs: 1e-300}");
    static const char mean[] =
        CLAIM("kind: mean, curves: K2, statistic: deviation, at: [1, 10], margin: {abs: 4}");
    static const char band_none[] = CLAIM("kind: band, curves: K2, margin: {abs: 0}");
    static const char band[] = CLAIM("kind: band, curves: K2, margin: {abs: 4}");
    static const struct {
        size_t seeds;
        double theory_sd;
    } row[] = {{3, 0.2}, {3, 2.0}, {6, 0.5}, {20, 0.5}};
    struct erring_paths e = {.p = {.r = ov_test_rng(20261127), .level = 1, .sd = 1, .rho = 0.9}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        e.theory_sd = row[i].theory_sd;
        e.p.shift = 0.0;
        erring_rates(e, none, row[i].seeds, 0.05, 0.0);
        erring_rates(e, band_none, row[i].seeds, 0.05, 0.0);
        e.p.shift = 4.0;
        erring_rates(e, mean, row[i].seeds, 0.05, 0.05);
        erring_rates(e, band, row[i].seeds, 0.05, 0.05);
    }
    gsl_rng_free(e.p.r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, both_errors_add_up_in_squares);
    OV_TEST(s, what_theory_does_not_move_keeps_its_error);
    OV_TEST(s, a_margin_on_theory_has_three_verdicts);
    OV_TEST(s, seeds_that_would_decide);
    OV_TEST(s, curves_may_err_together);
    OV_TEST(s, digits_are_refused);
    OV_TEST(s, reports_show_it);
    OV_TEST(s, theory_s_own_error_counts);
    OV_TEST(s, rates_are_nominal_beside_theory_s_error);
}

OV_TEST_MAIN("claims/claims, theory with an error");
