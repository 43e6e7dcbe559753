/* SPDX-License-Identifier: MIT
 *
 * Smooth units without closed forms: GELU's smoothed derivatives against tables of numbers of GELU
 * itself, the rules of the outer fields against known averages, and all contracted averages against
 * the trapezoidal rule in three fields.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_randist.h>

#include "gauss_internal.h"
#include "gauss_smooth_internal.h"
#include "overlap/num/sym.h"
#include "test.h"
#include "theory/pairs.h"

/* ---- GELU ---- */

/* Largest difference of D_n/sqrt(n!) from the table, whose variance is off by a factor; it has few
 * derivatives where the variance is small. */
static double from_table(double v, double off)
{
    enum { MOST = 24 };
    const size_t N = v < 0.3 ? 8 : MOST;
    struct ov_smoothing *t;
    struct ov_smoothed along = {0};
    double D[MOST][OV_LANES], table[MOST], m[OV_LANES], worst = 0.0;
    ck_ok(ov_smoothing_create(&t, ov_activation_find("gelu")));
    ck_ok(ov_smoothed_fill(&along, t, off * v, 6.0, N));
    for (size_t i = 0; i < OV_LANES; i++)
        m[i] = -5.3 + 1.47 * (double)i;
    ov_gelu_smoothed(D, m, v, N);
    for (size_t i = 0; i < OV_LANES; i++) {
        double norm = 1.0;
        ov_smoothed_at(table, &along, m[i], N);
        for (size_t n = 0; n < N; n++) {
            worst = fmax(worst, fabs(D[n][i] - table[n]) / norm);
            norm *= sqrt((double)n + 1.0);
        }
    }
    ov_smoothed_free(&along);
    ov_smoothing_free(t);
    return worst;
}

START_TEST(gelu_agrees_with_its_table)
{
    const double v[] = {0.03, 0.2, 0.5, 1.0, 2.3, 7.0, 40.0};
    double worst = 0.0;
    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        worst = fmax(worst, from_table(v[i], 1.0));
        ck_assert_double_gt(from_table(v[i], 1.001), 1e-6);
    }
    printf("    largest deviation %.1e\n", worst);
    ck_assert_double_lt(worst, 1e-10);
}
END_TEST

/* At v = 0 the first two are GELU and its slope. */
START_TEST(gelu_without_variance_is_itself)
{
    const struct ov_activation *g = ov_activation_find("gelu");
    double D[4][OV_LANES], m[OV_LANES];
    for (size_t i = 0; i < OV_LANES; i++)
        m[i] = -7.0 + 2.0 * (double)i;
    ov_gelu_smoothed(D, m, 0.0, 4);
    for (size_t i = 0; i < OV_LANES; i++) {
        ck_agree(D[0][i], g->g(m[i]), 1e-14, 1e-16);
        ck_agree(D[1][i], g->dg(m[i]), 1e-14, 1e-16);
        double h = 1e-4, bend = (g->dg(m[i] + h) - g->dg(m[i] - h)) / (2.0 * h);
        ck_agree(D[2][i], bend, 1e-6, 1e-8);
    }
}
END_TEST

/* ---- rules ---- */

/* < 1 >, s^2 < z^2 >, < exp(-a z^2) > = 1/sqrt(1 + 2a) at the widest and the narrowest of its kind. */
static double error_of_rule(const struct ov_smooth_rule *rule, double s)
{
    double sum[5] = {0.0}, exact[5] = {1.0, s * s}, worst = 0.0;
    for (size_t t = 2; t < 5; t++)
        exact[t] = 1.0 / sqrt(1.0 + (double)(t - 2) * 1.2 * s * s);
    for (size_t i = 0; i < rule->n; i++) {
        double z = rule->z[i];
        sum[0] += rule->weight[i];
        sum[1] += rule->weight[i] * s * s * z * z;
        for (size_t t = 2; t < 5; t++)
            sum[t] += rule->weight[i] * exp(-0.5 * (double)(t - 2) * 1.2 * s * s * z * z);
    }
    for (size_t t = 0; t < 5; t++)
        worst = fmax(worst, fabs(sum[t] - exact[t]) / fmax(1.0, exact[t]));
    return worst;
}

/* The trapezoidal rule would need sqrt(-2 ln tol)/h of some 33 nodes at s = 1. */
START_TEST(rules_keep_their_tolerance)
{
    const struct ov_activation *g = ov_activation_find("gelu");
    const double tols[] = {1e-6, 1e-9, 1e-11};
    for (size_t t = 0; t < 3; t++) {
        struct ov_smooth_rules *rules;
        ck_ok(ov_smooth_rules_create(&rules, g, g));
        ov_smooth_rules_set_tol(rules, tols[t], sqrt(-2.0 * log(0.1 * tols[t])));
        for (double s = 0.01; s < 4.0; s *= 1.37) {
            const struct ov_smooth_rule *rule = ov_smooth_rule_for(rules, s);
            ck_assert_ptr_nonnull(rule);
            ck_assert_msg(error_of_rule(rule, s) < 3.0 * tols[t], "s = %g tol %g: %g", s, tols[t],
                          error_of_rule(rule, s));
            for (size_t i = 0; i < rule->n; i++)
                ck_assert_double_eq(rule->z[i], -rule->z[rule->n - 1 - i]);
        }
        ck_assert_uint_lt(ov_smooth_rule_for(rules, 1.0)->n, tols[t] < 1e-8 ? 36 : 22);
        ck_assert_uint_eq(ov_smooth_rule_for(rules, 0.0)->n, 1);
        ov_smooth_rules_free(rules);
    }
}
END_TEST

/* A rule made for fields a third as long is seen. */
START_TEST(check_of_rules_bites)
{
    const struct ov_activation *g = ov_activation_find("gelu");
    struct ov_smooth_rules *rules;
    ck_ok(ov_smooth_rules_create(&rules, g, g));
    ov_smooth_rules_set_tol(rules, 1e-9, 6.8);
    ck_assert_double_gt(error_of_rule(ov_smooth_rule_for(rules, 0.5), 1.5), 1e-6);
    ov_smooth_rules_free(rules);
}
END_TEST

/* ---- terms ---- */

/* Terms come and go by degrees as the covariance moves: the largest change of a part in 1e-7 of it. */
START_TEST(terms_fade)
{
    struct ov_smoothing *t;
    double worst = 0.0;
    size_t least = OV_TERMS_MAX, most = 0;
    ck_ok(ov_smoothing_create(&t, ov_activation_find("silu")));
    for (double v = 0.013; v < 3.0; v *= 1.7)
        for (double c = 1e-4 * v; c <= v; c *= 1.0301) {
            double size[2][OV_TERMS_SIZES], part[2][OV_TERMS_MAX] = {{0.0}};
            ov_smoothing_sizes(size[0], t, v);
            ov_smoothing_sizes(size[1], t, v * (1.0 + 1e-7));
            size_t n = ov_smoothing_terms(part[0], c, size[0], size[0], 1e-9);
            size_t m = ov_smoothing_terms(part[1], c * (1.0 + 1e-7), size[1], size[1], 1e-9);
            for (size_t i = 0; i < OV_TERMS_MAX; i++)
                worst = fmax(worst, fabs((i < n ? part[0][i] : 0.0) - (i < m ? part[1][i] : 0.0)));
            least = n < least ? n : least;
            most = n > most ? n : most;
        }
    ov_smoothing_free(t);
    printf("    from %zu to %zu terms; largest change %.1e\n", least, most, worst);
    ck_assert_double_lt(worst, 1e-4);
    ck_assert_uint_gt(most, least + 8);
}
END_TEST

/* ---- averages ---- */

static void add_point(double *sum, const struct network *n, const double *x, double weight)
{
    double e = 0.0;
    size_t at = 0;
    for (size_t a = 0; a < 3; a++)
        e += n->s[a] * n->act[a]->g(x[a]);
    for (size_t k = 0; k < 2; k++)
        for (size_t b = 0; b < 3; b++)
            sum[at++] += weight * n->g->dg(x[1 + k]) * x[b] * e;
    for (size_t k = 0; k < 2; k++)
        for (size_t l = 0; l <= k; l++)
            sum[at++] +=
                weight * n->g->dg(x[1 + k]) * n->g->dg(x[1 + l]) * (e * e + n->sigma * n->sigma);
}

/* G and Nz of two students and a teacher; all fields at each node, no averages over some of them. */
static void by_trapezoid(double *sum, const struct network *n, double step)
{
    double L[9], x[3];
    const ptrdiff_t half = (ptrdiff_t)(7.6 / step);
    ck_ok(ov_sym_cholesky(L, n->C, 3, 1e-10));
    memset(sum, 0, 9 * sizeof *sum);
    for (ptrdiff_t a = -half; a <= half; a++)
        for (ptrdiff_t b = -half; b <= half; b++)
            for (ptrdiff_t c = -half; c <= half; c++) {
                double z[3] = {(double)a * step, (double)b * step, (double)c * step};
                double r2 = z[0] * z[0] + z[1] * z[1] + z[2] * z[2];
                if (r2 > 7.6 * 7.6)
                    continue;
                for (size_t i = 0; i < 3; i++)
                    x[i] = L[3 * i] * z[0] + L[3 * i + 1] * z[1] + L[3 * i + 2] * z[2];
                add_point(sum, n, x, pow(step / sqrt(2.0 * M_PI), 3.0) * exp(-0.5 * r2));
            }
}

static double difference_from(const double *sum, const struct network *n, double off)
{
    double worst = 0.0;
    for (size_t i = 0; i < 9; i++) {
        double x = off * (i < 6 ? n->G[i] : n->Nz[i - 6]);
        worst = fmax(worst, fabs(x - sum[i]) / (1.0 + fabs(sum[i])));
    }
    return worst;
}

/* Units with a mirror, of both kinds, and pairs without one. */
START_TEST(averages_agree_with_the_trapezoidal_rule)
{
    static const char *const pairs[][2] = {
        {"gelu", "gelu"}, {"silu", "silu"},   {"softplus", "gelu"},    {"sigmoid", "sigmoid"},
        {"gelu", "erf"},  {"silu", "linear"}, {"sigmoid", "softplus"}, {"softplus", "tanh"}};
    gsl_rng *r = ov_test_rng(381);
    double worst = 0.0;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct network n = {.K = 2, .M = 1, .sigma = 0.4};
        n.g = ov_activation_find(pairs[i][0]);
        n.g_star = ov_activation_find(pairs[i][1]);
        double sum[9];
        random_network(n.C, n.s, 2, 1, FIELDS_GENERIC, r);
        contract(&n);
        by_trapezoid(sum, &n, 0.24);
        double d = difference_from(sum, &n, 1.0);
        ck_assert_msg(d < 3e-8, "%s/%s: off by %g", pairs[i][0], pairs[i][1], d);
        ck_assert_double_gt(difference_from(sum, &n, 1.0 + 1e-6), 1e-7);
        worst = fmax(worst, d);
    }
    printf("    largest deviation %.1e\n", worst);
    gsl_rng_free(r);
}
END_TEST

/* Two students that are their teachers: no error, at every node, and so no average of it. */
START_TEST(nothing_is_left_of_perfect_students)
{
    static const char *const units[] = {"gelu", "silu", "softplus", "sigmoid"};
    for (size_t i = 0; i < 4; i++) {
        struct network n = {.K = 2, .M = 2};
        n.g = n.g_star = ov_activation_find(units[i]);
        double C[10] = {1.3, 0.4, 0.8, 1.3, 0.4, 1.3, 0.4, 0.8, 0.4, 0.8};
        memcpy(n.C, C, sizeof C);
        n.s[0] = n.s[1] = 1.0;
        n.s[2] = n.s[3] = -1.0;
        contract(&n);
        for (size_t j = 0; j < 8; j++)
            ck_agree(n.G[j], 0.0, 0.0, 1e-14);
        for (size_t j = 0; j < 3; j++)
            ck_agree(n.Nz[j], 0.0, 0.0, 1e-14);
    }
}
END_TEST

/* What is left out is what was asked for. */
START_TEST(tolerance_is_kept)
{
    gsl_rng *r = ov_test_rng(382);
    for (size_t turn = 0; turn < 8; turn++) {
        struct network n = {.K = 2, .M = 1};
        n.g = n.g_star = ov_activation_find(turn % 2 ? "gelu" : "silu");
        random_network(n.C, n.s, 2, 1, (enum fields)(turn / 2 % FIELDS_KINDS), r);
        double exact[9], last = 0.0;
        for (double tol = 1e-12; tol < 1e-3; tol *= 1e3) {
            struct ov_gauss *w;
            ck_ok(ov_gauss_create(&w, 2, 1, n.g, n.g_star));
            ov_gauss_set_tol(w, tol);
            ov_gauss_contract(n.G, n.Nz, w, n.C, n.s, 0.0);
            ov_gauss_free(w);
            if (tol < 1e-11) {
                memcpy(exact, n.G, 6 * sizeof *exact);
                memcpy(exact + 6, n.Nz, 3 * sizeof *exact);
            }
            last = difference_from(exact, &n, 1.0);
            ck_assert_msg(last < 20.0 * tol, "turn %zu, tol %g: %g", turn, tol, last);
        }
        ck_assert_double_gt(last, 1e-12); /* it is not without effect */
    }
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, gelu_agrees_with_its_table);
    OV_TEST(s, gelu_without_variance_is_itself);
    OV_TEST(s, rules_keep_their_tolerance);
    OV_TEST(s, check_of_rules_bites);
    OV_TEST(s, terms_fade);
    OV_TEST(s, averages_agree_with_the_trapezoidal_rule);
    OV_TEST(s, nothing_is_left_of_perfect_students);
    OV_TEST(s, tolerance_is_kept);
}

OV_TEST_MAIN("theory/gauss_smooth");
