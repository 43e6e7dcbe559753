/* SPDX-License-Identifier: MIT
 *
 * A student of fixed width as N -> infinity, where the theory is exact: against SGD on features
 * that are independent of the teacher.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_randist.h>

#include "overlap/num/stats.h"
#include "overlap/theory/random_features.h"
#include "test.h"

static double v_star[2] = {1.0, 0.5};

static struct ov_rf_problem problem(const char *name, size_t K, double eta)
{
    const struct ov_activation *g = ov_activation_find(name);
    return (struct ov_rf_problem){
        .K = K, .M = 1, .g = g, .g_star = g, .v_star = v_star, .eta = eta};
}

START_TEST(fixed_widths_have_their_known_values)
{
    const struct {
        size_t K;
        double eta, E;
    } known[] = {{1, 1.0, 0.412698}, {4, 2.0, 0.518519}, {8, 3.0, 0.703704}, {8, 5.0, 3.666667}};
    for (size_t i = 0; i < 4; i++) {
        struct ov_rf_problem p = problem("erf", known[i].K, known[i].eta);
        struct ov_rf_facts f;
        double t[2] = {0.0, 1e4}, eps_g[2];
        ck_ok(ov_rf_fixed_width_curve(eps_g, &f, &p, t, 2, NULL));
        ck_agree(known[i].E, 2.0 * f.stationary, 0, 1e-6);
        ck_agree(f.stationary, eps_g[1], 1e-10, 0);
        ck_agree(1.0 / 6.0, eps_g[0], 1e-15, 0);
        ck_agree(1.0 / 6.0, f.floor, 1e-15, 0);
        ck_agree(6.0 / (1.0 + 0.8 / (double)known[i].K), f.eta_max, 1e-13, 0);
    }
}
END_TEST

/* On both sides of eta_max, for features of every kind of tail. */
START_TEST(fixed_widths_diverge_above_eta_max)
{
    const char *names[] = {"erf", "linear", "he2", "tanh"};
    for (size_t i = 0; i < 4; i++)
        for (size_t K = 1; K < 40; K *= 6) {
            struct ov_rf_problem p = problem(names[i], K, 1.0);
            struct ov_rf_facts f;
            p.sigma = 0.4;
            ck_ok(ov_rf_fixed_width_curve(NULL, &f, &p, NULL, 0, NULL));
            double eta_max = f.eta_max;
            p.eta = eta_max;
            ck_ok(ov_rf_fixed_width_curve(NULL, &f, &p, NULL, 0, NULL));
            ck_agree(0.0, f.growth, 0, 1e-10);
            p.eta = 1.1 * eta_max;
            double t[2] = {1e3, 1.001e3}, eps_g[2];
            ck_ok(ov_rf_fixed_width_curve(eps_g, &f, &p, t, 2, NULL));
            ck_assert(f.growth > 0.0 && isinf(f.stationary) && eps_g[1] >= eps_g[0]);
            p.eta = 0.9 * eta_max;
            ck_ok(ov_rf_fixed_width_curve(NULL, &f, &p, NULL, 0, NULL));
            ck_assert(f.growth < 0.0 && f.kappa < 1.0 && f.kappa > 0.0);
            t[0] = 50.0 / -f.growth;
            ck_ok(ov_rf_fixed_width_curve(eps_g, NULL, &p, t, 1, NULL));
            ck_agree(f.stationary, eps_g[0], 1e-9, 0);
        }
    double t = 1e9, eps_g;
    struct ov_rf_problem p = problem("erf", 2, 20.0);
    ck_assert_int_eq(ov_rf_fixed_width_curve(&eps_g, NULL, &p, &t, 1, NULL), OV_EDIVERGED);
    ck_assert(isnan(eps_g));
}
END_TEST

/* SGD with independent features g(z_k) and a teacher g*(z): S = sum_k w_k^2 run by run. */
static double run_sgd(const struct ov_rf_problem *p, size_t steps, gsl_rng *r)
{
    double w[8], phi[8], S = 0.0;
    for (size_t k = 0; k < p->K; k++)
        w[k] = p->init_std / sqrt((double)p->K) * gsl_ran_gaussian_ziggurat(r, 1.0);
    for (size_t step = 0; step < steps; step++) {
        double e = p->sigma * gsl_ran_gaussian_ziggurat(r, 1.0);
        for (size_t m = 0; m < p->M; m++)
            e += p->v_star[m] * p->g_star->g(gsl_ran_gaussian_ziggurat(r, 1.0));
        for (size_t k = 0; k < p->K; k++) {
            phi[k] = p->g->g(gsl_ran_gaussian_ziggurat(r, 1.0));
            e -= w[k] * phi[k];
        }
        for (size_t k = 0; k < p->K; k++)
            w[k] += p->eta / (double)p->K * e * phi[k];
    }
    for (size_t k = 0; k < p->K; k++)
        S += w[k] * w[k];
    return S;
}

START_TEST(fixed_widths_are_exact_for_sgd)
{
    enum { RUNS = 20000 };
    static double eps_g[RUNS];
    gsl_rng *r = ov_test_rng(701);
    const struct {
        const char *student, *teacher;
        size_t K;
        double eta;
    } cases[] = {{"erf", "erf", 1, 1.5}, {"erf", "relu", 3, 2.5}, {"tanh", "erf", 2, 1.5}};
    for (size_t i = 0; i < 3; i++) {
        struct ov_rf_problem p = problem(cases[i].student, cases[i].K, cases[i].eta);
        p.g_star = ov_activation_find(cases[i].teacher);
        p.M = 2;
        p.sigma = 0.3;
        p.init_std = 0.8;
        size_t steps = 7 * p.K;
        double t = 7.0, expected, g2 = ov_rf_powers_of(&p).g2, tau2 = ov_rf_powers_of(&p).tau2;
        for (size_t run = 0; run < RUNS; run++)
            eps_g[run] = 0.5 * (tau2 + g2 * run_sgd(&p, steps, r));
        struct ov_mean m = ov_mean_of(eps_g, RUNS);
        ck_ok(ov_rf_fixed_width_curve(&expected, NULL, &p, &t, 1, NULL));
        ck_agree(expected, m.mean, 0, 4.0 * m.se);
        ck_assert(m.se < 0.005 * m.mean);
        p.eta *= 1.15;
        ck_ok(ov_rf_fixed_width_curve(&expected, NULL, &p, &t, 1, NULL));
        ck_assert(!ov_agree(expected, m.mean, 0, 4.0 * m.se));
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(mistakes_are_refused)
{
    struct ov_error e = {0};
    double t = 1.0, never = -1.0, eps_g;
    struct ov_rf_problem p = problem("relu", 4, 1.0);
    ck_assert_int_eq(ov_rf_fixed_width_curve(&eps_g, NULL, &p, &t, 1, &e), OV_EUSER);
    ck_assert_ptr_nonnull(strstr(e.text, "mean zero"));
    p = problem("erf", 0, 1.0);
    ck_assert_int_eq(ov_rf_fixed_width_curve(&eps_g, NULL, &p, &t, 1, &e), OV_EUSER);
    ck_assert_ptr_nonnull(strstr(e.text, "K must be at least 1"));
    p = problem("erf", 4, 1.0);
    p.flow = true;
    ck_assert_int_eq(ov_rf_fixed_width_curve(&eps_g, NULL, &p, &t, 1, &e), OV_EUSER);
    ck_assert_ptr_nonnull(strstr(e.text, "nothing"));
    p = problem("erf", 4, 0.0);
    ck_assert_int_eq(ov_rf_fixed_width_curve(&eps_g, NULL, &p, &t, 1, &e), OV_EUSER);
    p = problem("erf", 4, 1.0);
    ck_assert_int_eq(ov_rf_fixed_width_curve(&eps_g, NULL, &p, &never, 1, &e), OV_EDOM);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, fixed_widths_have_their_known_values);
    OV_TEST(s, fixed_widths_diverge_above_eta_max);
    OV_TEST(s, fixed_widths_are_exact_for_sgd);
    OV_TEST(s, mistakes_are_refused);
}

OV_TEST_MAIN("theory/random_features (extremes)");
