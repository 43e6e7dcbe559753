/* SPDX-License-Identifier: MIT
 *
 * Ranges in `vary`, and lists that go on together.
 */
#include <math.h>

#include "experiment/load.h"

#define HEAD                                                                                       \
    "title: t\nsystem: two-layer\ncurves:\n"                                                       \
    "  - id: a\n    N: 100\n    K: 2\n    M: 2\n    alpha: [0, 1]\n    theory: true\n"             \
    "    vary: "

static struct ov_experiment *varied(const char *vary)
{
    struct ov_text t = {0};
    ov_text_addf(&t, HEAD "%s\n", vary);
    struct ov_experiment *e = load(t.s);
    ov_text_free(&t);
    return e;
}

static void has_ids(const char *vary, const char *const *ids)
{
    struct ov_experiment *e = varied(vary);
    size_t n = 0;
    for (; ids[n]; n++) {
        ck_assert_uint_lt(n, e->n_curve);
        ck_assert_str_eq(e->curve[n].id, ids[n]);
    }
    ck_assert_uint_eq(e->n_curve, n);
    ov_experiment_free(e);
}

static void refused(const char *vary, const char *report)
{
    struct ov_text t = {0};
    ov_text_addf(&t, HEAD "%s\n", vary);
    refuses(t.s, report);
    ov_text_free(&t);
}

START_TEST(ranges)
{
    has_ids("{eta_w: {from: 0.1, to: 0.5, points: 5}}",
            (const char *[]){"a-eta_w0.1", "a-eta_w0.2", "a-eta_w0.3", "a-eta_w0.4", "a-eta_w0.5",
                             NULL});
    has_ids("{eta_w: {from: 1e-3, to: 1, points: 4, spacing: log}}",
            (const char *[]){"a-eta_w0.001", "a-eta_w0.01", "a-eta_w0.1", "a-eta_w1", NULL});
    has_ids("{eta_w: {from: 1, to: 0.1, points: 3, spacing: log}}",
            (const char *[]){"a-eta_w1", "a-eta_w0.316228", "a-eta_w0.1", NULL});
    has_ids("{eta_w: {from: 0.2, to: 0.7, points: 2}}",
            (const char *[]){"a-eta_w0.2", "a-eta_w0.7", NULL});
    has_ids("{eta_w: [0.1], batch: {from: 10, to: 1000, points: 4, spacing: log}}",
            (const char *[]){"a-eta_w0.1-batch10", "a-eta_w0.1-batch46", "a-eta_w0.1-batch215",
                             "a-eta_w0.1-batch1000", NULL});
    has_ids("{eta_w: {from: 0.1, to: 0.2, points: 2}, sigma: {from: 0, to: 1, points: 3}}",
            (const char *[]){"a-eta_w0.1-sigma0", "a-eta_w0.1-sigma0.5", "a-eta_w0.1-sigma1",
                             "a-eta_w0.2-sigma0", "a-eta_w0.2-sigma0.5", "a-eta_w0.2-sigma1",
                             NULL});
}
END_TEST

/* The ends are what is written, to the last digit, and curves have the values that their ids show. */
START_TEST(ends_are_exact)
{
    struct ov_experiment *e =
        varied("{eta_w: {from: 0.123456789, to: 3.14159265358979, points: 30}}");
    ck_assert_uint_eq(e->n_curve, 30);
    double before = 0.0;
    for (size_t i = 0; i < 30; i++) {
        double x, shown = strtod(e->curve[i].id + strlen("a-eta_w"), NULL);
        ck_assert(ov_curve_variable(&x, &e->curve[i], "eta_w"));
        ck_assert_double_eq(x, shown);
        ck_assert_double_gt(x, before);
        ck_agree(0.123456789 + (3.14159265358979 - 0.123456789) * (double)i / 29.0, x, 1e-5, 0.0);
        before = x;
    }
    ck_assert_double_eq(before, 3.14159265358979);
    ov_experiment_free(e);
}
END_TEST

START_TEST(ranges_are_checked)
{
    refused("{eta_w: {from: 1, to: 2}}", "10:19: error: a range needs 'points'");
    refused("{eta_w: {from: 1, to: 2, points: 1}}", "10:44: error: points must be from 2");
    refused("{eta_w: {from: 0, to: 2, points: 3, spacing: log}}",
            "10:19: error: a range with spacing log needs ends of one sign");
    refused("{eta_w: {from: 1, to: 1, points: 3}}",
            "10:44: error: the range of 'eta_w' has fewer than 3 different numbers");
    refused("{eta_w: [1], batch: {from: 10, to: 12, points: 6}}",
            "10:58: error: the range of 'batch' has fewer than 6 different whole numbers");
    refused("{eta_w: {from: -1, to: 1, points: 3}}", "10:26: error: eta_w must be from 0");
    refused("{eta_w: {from: 1, too: 2, points: 3}}", "10:29: error: unknown key 'too' of a range");
    refused("{eta_w: [1], activation: {from: 1, to: 2, points: 3}}",
            "10:36: error: 'activation' takes no numbers");
    refused("{eta_w: {from: 0.1, to: 0.9, points: 10000}, batch: [1, 2]}",
            "10:11: error: 20000 curves with this one");
}
END_TEST

START_TEST(zipped)
{
    has_ids(
        "{zip: true, eta_w: [0.1, 0.2, 0.3], sigma: {from: 1, to: 0, points: 3}}",
        (const char *[]){"a-eta_w0.1-sigma1", "a-eta_w0.2-sigma0.5", "a-eta_w0.3-sigma0", NULL});
    has_ids("{eta_w: [0.1, 0.2], zip: false, sigma: [0, 1]}",
            (const char *[]){"a-eta_w0.1-sigma0", "a-eta_w0.1-sigma1", "a-eta_w0.2-sigma0",
                             "a-eta_w0.2-sigma1", NULL});
    refused("{zip: true, eta_w: [0.1, 0.2], sigma: [0, 1, 2]}",
            "10:49: error: zip needs lists of one length: 'sigma' has 3 values, 'eta_w' 2");
    refused("{zip: yes, eta_w: [0.1, 0.2]}", "10:17: error: zip must be true or false");
    refused("{zip: true}", "10:11: error: vary has nothing to vary");
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, ranges);
    OV_TEST(s, ends_are_exact);
    OV_TEST(s, ranges_are_checked);
    OV_TEST(s, zipped);
}

OV_TEST_MAIN("experiment/vary");
