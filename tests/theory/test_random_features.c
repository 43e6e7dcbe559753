/* SPDX-License-Identifier: MIT
 *
 * The proportional limit of the random-feature student: the closed form against the sum over modes
 * and a march through the Volterra equation, and both against what is known in limits.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_rng.h>

#include "overlap/theory/random_features.h"
#include "test.h"

static double halves[4] = {0.5, 0.5, 0.5, 0.5};

/* Four orthonormal teacher units of power one in all. */
static struct ov_rf_problem problem(const char *name, double beta, double eta)
{
    const struct ov_activation *g = ov_activation_find(name);
    return (struct ov_rf_problem){.M = 4,
                                  .beta = beta,
                                  .g = g,
                                  .g_star = g,
                                  .v_star = halves,
                                  .eta = eta,
                                  .flow = eta == 0.0};
}

static double curve_at(const struct ov_rf_problem *p, double t)
{
    double eps_g;
    ck_ok(ov_rf_limit_curve(&eps_g, p, &t, 1, NULL));
    return eps_g;
}

static struct ov_rf_facts facts(const struct ov_rf_problem *p)
{
    struct ov_rf_facts f;
    ck_ok(ov_rf_limit_facts(&f, p, NULL));
    return f;
}

/* ---- two ways to the same curve, and a third ---- */

static void compare_curves(const struct ov_rf_problem *p, size_t nodes)
{
    enum { N = 9 };
    double t[N] = {0.0, 1e-3, 0.03, 0.3, 1.0, 4.0, 20.0, 200.0, 3000.0}, a[N], b[N];
    ck_ok(ov_rf_limit_curve(a, p, t, N, NULL));
    ck_ok(ov_rf_limit_modes(b, p, nodes, t, N, NULL));
    for (size_t i = 0; i < N; i++)
        ck_assert_msg(ov_agree(b[i], a[i], 1e-12, 1e-12),
                      "%s beta %.17g eta %.17g t %g: %.17g, by modes %.17g", p->g->name, p->beta,
                      p->eta, t[i], a[i], b[i]);
}

START_TEST(curves_are_those_of_the_mode_sum)
{
    const double betas[] = {0.25, 1.0, 2.0, 20.0}, etas[] = {0.0, 0.5, 2.0, 5.0};
    for (size_t i = 0; i < 16; i++) {
        struct ov_rf_problem p = problem("erf", betas[i / 4], etas[i % 4]);
        p.sigma = i % 3 == 0 ? 0.0 : 0.3;
        p.init_std = i % 2 == 0 ? 0.0 : sqrt(0.5);
        compare_curves(&p, 400);
    }
}
END_TEST

START_TEST(curves_are_those_of_the_mode_sum_anywhere)
{
    gsl_rng *r = ov_test_rng(501);
    const char *names[] = {"erf", "relu", "tanh", "he2", "gelu"};
    double T[3] = {1.0, 0.3, 2.0}, v[2] = {1.0, -0.4};
    for (size_t i = 0; i < 10; i++) {
        struct ov_rf_problem p = problem(names[i % 5], exp(4.0 * gsl_rng_uniform(r) - 1.4), 1.0);
        p.eta = 2.0 * gsl_rng_uniform(r) / ov_rf_powers_of(&p).g2;
        p.g_star = ov_activation_find(names[gsl_rng_uniform_int(r, 5)]);
        p.sigma = gsl_rng_uniform(r);
        p.init_std = gsl_rng_uniform(r);
        p.teacher = OV_TEACHER_GIVEN;
        p.T = T;
        p.v_star = v;
        p.M = 2;
        compare_curves(&p, 400);
    }
    gsl_rng_free(r);
}
END_TEST

/* k(t) and G(t) as plain sums over the eigenvalues of the linear pencil, a = 1 + beta + 2 sqrt
 * beta cos th: the semicircle's density in th, times 1/a, by the midpoint rule. beta < 1. */
static void volterra_kernels(double *G, double *k, const struct ov_rf_problem *p, double t)
{
    struct ov_rf_powers P = ov_rf_powers_of(p);
    size_t n = 4000;
    double sum_G = P.tau_star2 + P.tau1_2, sum_k = 0.0;
    for (size_t j = 0; j < n; j++) {
        double th = ((double)j + 0.5) * M_PI / (double)n;
        double a = 1.0 + p->beta + 2.0 * sqrt(p->beta) * cos(th);
        double weight = 2.0 / (double)n * sin(th) * sin(th) / a;
        double lam = P.mu1_2 * a + P.mu_star2, left = exp(-2.0 * p->eta * lam * t);
        double caught = P.tau1_2 * p->beta * P.mu1_2 * a / lam;
        sum_G += weight * ((left - 1.0) * caught + p->init_std * p->init_std * lam * left);
        sum_k += weight * lam * lam * left;
    }
    *G = sum_G;
    *k = sum_k;
}

/* E = G + eta^2 int k (E + sigma^2) by the trapezoidal rule of step t/n. */
static double march(const struct ov_rf_problem *p, double t, size_t n)
{
    double *E = calloc(3 * (n + 1), sizeof *E), *G = E + n + 1, *k = G + n + 1;
    double h = t / (double)n, sigma2 = p->sigma * p->sigma, eta2 = p->eta * p->eta;
    for (size_t i = 0; i <= n; i++) {
        volterra_kernels(&G[i], &k[i], p, h * (double)i);
        double known = 0.0;
        for (size_t j = 0; j < i; j++)
            known += (j == 0 ? 0.5 : 1.0) * k[i - j] * (E[j] + sigma2);
        double own = i == 0 ? 0.0 : 0.5 * eta2 * h * k[0];
        E[i] = (G[i] + eta2 * h * known + own * sigma2) / (1.0 - own);
    }
    double end = E[n];
    free(E);
    return end;
}

START_TEST(curves_solve_the_volterra_equation)
{
    const double betas[] = {0.3, 0.6, 0.8}, etas[] = {0.7, 2.0, 4.0};
    for (size_t i = 0; i < 3; i++) {
        struct ov_rf_problem p = problem("erf", betas[i], etas[i]);
        p.sigma = 0.2;
        p.init_std = i == 1 ? 0.8 : 0.0;
        /* Richardson: the march errs by O(h^2) */
        double coarse = march(&p, 3.0, 300), fine = march(&p, 3.0, 600);
        ck_agree((4.0 * fine - coarse) / 3.0, 2.0 * curve_at(&p, 3.0), 2e-7, 0);
        ck_assert(!ov_agree(coarse, 2.0 * curve_at(&p, 3.0), 2e-7, 0));
    }
}
END_TEST

/* ---- where it begins and ends ---- */

START_TEST(the_floor_has_its_known_values)
{
    /* ensembles in the limit at eta = 2, where E = 3/2 R, and the limit beta -> 0, infinity */
    const double known[][2] = {{0.5, 0.28045}, {1.0, 0.11561}, {2.0, 0.04320}};
    for (size_t i = 0; i < 3; i++) {
        struct ov_rf_problem p = problem("erf", known[i][0], 2.0);
        struct ov_rf_facts f = facts(&p);
        ck_agree(known[i][1], 2.0 * f.stationary, 0, 6e-6);
        ck_agree(3.0 * f.floor, 2.0 * f.stationary, 1e-14, 0);
        ck_agree(6.0, f.eta_max, 1e-15, 0);
        ck_agree(1.0 / 3.0, f.kappa, 1e-15, 0);
    }
    struct ov_rf_problem one = problem("erf", 1.0, 1.0);
    struct ov_rf_powers P = ov_rf_powers_of(&one);
    double d = M_PI / 3.0 - 1.0;
    ck_agree(d, P.mu_star2 / P.mu1_2, 1e-13, 0);
    ck_agree(P.tau_star2 + P.tau1_2 * (sqrt(d * d + 4.0 * d) - d) / 2.0, 2.0 * facts(&one).floor,
             1e-14, 0);
    struct ov_rf_problem narrow = problem("erf", 1e-9, 1.0), broad = problem("erf", 1e9, 1.0);
    ck_agree(1.0 / 3.0, 2.0 * facts(&narrow).floor, 1e-8, 0);
    ck_agree(P.tau_star2, 2.0 * facts(&broad).floor, 1e-8, 0);
    /* what is left of the linear part is d/beta: without cancellation */
    broad.g_star = ov_activation_find("linear");
    ck_agree(d / 1e9, 2.0 * facts(&broad).floor, 2e-9, 0);
    /* a linear student learns what it has dimensions for */
    for (double beta = 0.25; beta < 2.1; beta += 0.25) {
        struct ov_rf_problem linear = problem("linear", beta, 1.0);
        ck_agree(beta < 1.0 ? 1.0 - beta : 0.0, 2.0 * facts(&linear).floor, 0, 1e-15);
    }
}
END_TEST

START_TEST(long_times_are_stationary)
{
    gsl_rng *r = ov_test_rng(502);
    const char *names[] = {"erf", "relu", "linear", "tanh", "quadratic"};
    for (size_t i = 0; i < 40; i++) {
        struct ov_rf_problem p = problem(names[i % 5], exp(4.0 * gsl_rng_uniform(r) - 2.0), 1.0);
        p.eta = 1.9 * gsl_rng_uniform(r) / ov_rf_powers_of(&p).g2;
        p.sigma = gsl_rng_uniform(r);
        p.init_std = gsl_rng_uniform(r);
        struct ov_rf_facts f = facts(&p);
        ck_assert(f.growth < 0.0 && f.kappa < 1.0 && f.stationary > f.floor);
        double late = 40.0 / -f.growth;
        ck_agree(f.stationary, curve_at(&p, late), 1e-10, 1e-12);
        ck_agree(0.5 * (ov_rf_powers_of(&p).tau2 + p.init_std * p.init_std / (2.0 / f.eta_max) *
                                                       4.0 / (f.eta_max * f.eta_max)),
                 curve_at(&p, 0.0), 1e-12, 0);
        p.flow = true;
        struct ov_rf_facts flow = facts(&p);
        ck_agree(f.floor, flow.stationary, 1e-15, 0);
        ck_agree(f.floor, curve_at(&p, 40.0 / -flow.growth), 1e-10, 1e-12);
    }
    gsl_rng_free(r);
}
END_TEST

/* The exponent of the slowest mode, from the curve's own slope: of E - E_inf, or of E where it
 * grows. Cases with an isolated mode: at the band's edge powers of t come on top. */
START_TEST(rates_are_those_of_the_curve)
{
    const struct {
        const char *name;
        double beta, eta;
    } cases[] = {{"erf", 2.0, 2.0},  {"erf", 3.0, 5.0}, {"erf", 0.5, 5.5},  {"relu", 3.0, 1.5},
                 {"erf", 1.0, 7.0},  {"erf", 8.0, 9.0}, {"relu", 0.5, 4.5}, {"linear", 0.5, 2.5},
                 {"erf", 0.2, 20.0}, {"he2", 1.0, 1.2}, {"tanh", 1.0, 8.0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ov_rf_problem p = problem(cases[i].name, cases[i].beta, cases[i].eta);
        struct ov_rf_facts f = facts(&p);
        ck_assert((f.growth > 0.0) == (p.eta > f.eta_max));
        double end = f.growth < 0.0 ? f.stationary : 0.0;
        double t1 = (f.growth > 0.0 ? 30.0 : 14.0) / fabs(f.growth), t2 = 1.2 * t1;
        double ratio = (curve_at(&p, t2) - end) / (curve_at(&p, t1) - end);
        double slope = log(ratio) / (t2 - t1); /* the same side of the end: ratio > 0 */
        ck_agree(f.growth, slope, 2e-3, 0);
    }
    struct ov_rf_problem p = problem("erf", 1.0, 7.0);
    ck_agree(0.9989, facts(&p).growth, 5e-5, 0);
    /* flow: the edge of the spectrum */
    p = problem("erf", 0.25, 0.0);
    ck_agree(-2.0 * (1.0 / 3.0 - M_1_PI + 0.25 * M_1_PI), facts(&p).growth, 1e-12, 0);
    p.beta = 4.0;
    ck_agree(-2.0 / 3.0, facts(&p).growth, 1e-12, 0);
    p.init_std = 1.0; /* moves also what has no linear part */
    ck_agree(-2.0 * (1.0 / 3.0 - M_1_PI), facts(&p).growth, 1e-12, 0);
    p = problem("linear", 4.0, 0.0);
    ck_agree(-2.0, facts(&p).growth, 1e-12, 0);
}
END_TEST

START_TEST(small_rates_are_gradient_flow_and_wide_students_one_mode)
{
    for (size_t i = 0; i < 2; i++) {
        struct ov_rf_problem p = problem(i == 0 ? "erf" : "relu", 1.5, 1e-7), flow = p;
        flow.flow = true;
        ck_agree(curve_at(&flow, 2.0), curve_at(&p, 2.0 / p.eta), 1e-6, 0);
        p = problem(i == 0 ? "erf" : "relu", 1e6, 1.7);
        p.sigma = 0.3;
        p.init_std = 0.6;
        for (size_t j = 0; j < 2; j++) {
            p.flow = j == 1;
            double alpha[3] = {0.3, 1.0, 3.0}, wide[3];
            ck_ok(ov_rf_wide_curve(wide, &p, alpha, 3, NULL));
            for (size_t n = 0; n < 3; n++)
                ck_agree(curve_at(&p, alpha[n] / p.beta), wide[n], 2e-3, 0);
        }
    }
    /* exactly at k1 = 1 the error rises linearly */
    struct ov_rf_problem p = problem("erf", 1.0, 2.0 * M_PI);
    double alpha[3] = {0.0, 1.0, 2.0}, wide[3];
    ck_ok(ov_rf_wide_curve(wide, &p, alpha, 3, NULL));
    ck_agree(wide[1] - wide[0], wide[2] - wide[1], 1e-9, 0);
}
END_TEST

/* ---- what can't be ---- */

START_TEST(divergence_is_said)
{
    struct ov_error e = {0};
    struct ov_rf_problem p = problem("erf", 1.0, 9.0);
    double t[4] = {0.0, 10.0, 1e4, 2.0}, eps_g[4];
    ck_assert_int_eq(ov_rf_limit_curve(eps_g, &p, t, 4, &e), OV_EDIVERGED);
    ck_assert_ptr_nonnull(strstr(e.text, "t = 10000"));
    ck_assert(eps_g[1] > 1.0 && isnan(eps_g[2]) && isnan(eps_g[3]));
    ck_agree(1.0 / 6.0, eps_g[0], 1e-15, 0);
    ck_assert(isinf(facts(&p).stationary) && facts(&p).growth > 1.0);
    /* relu: at eta <g>^2 = 2 already the steps diverge */
    p = problem("relu", 1.0, 4.0 * M_PI);
    ck_assert_int_eq(ov_rf_limit_curve(eps_g, &p, t, 4, &e), OV_EDIVERGED);
    ck_assert_ptr_nonnull(strstr(e.text, "within a few steps"));
    ck_assert_int_eq(ov_rf_limit_modes(eps_g, &p, 100, t, 4, &e), OV_EDIVERGED);
    ck_assert_int_eq(ov_rf_wide_curve(eps_g, &p, t, 4, &e), OV_EDIVERGED);
    ck_assert(isinf(facts(&p).growth) && isinf(facts(&p).stationary));
    p.eta = 3.9;
    ck_ok(ov_rf_limit_curve(eps_g, &p, t, 4, &e));
}
END_TEST

START_TEST(mistakes_are_refused)
{
    struct ov_rf_facts f;
    struct ov_error e = {0};
    double t = 1.0, late[2] = {1.0, -1.0}, eps_g[2];
    struct ov_rf_problem p = problem("erf", 0.0, 1.0);
    ck_assert_int_eq(ov_rf_limit_curve(eps_g, &p, &t, 1, &e), OV_EUSER);
    ck_assert_ptr_nonnull(strstr(e.text, "beta must be > 0"));
    ck_ok(ov_rf_wide_curve(eps_g, &p, &t, 1, NULL));
    p.beta = -1.0;
    ck_assert_int_eq(ov_rf_limit_facts(&f, &p, &e), OV_EUSER);
    p.beta = NAN;
    ck_assert_int_eq(ov_rf_limit_modes(eps_g, &p, 400, &t, 1, NULL), OV_EUSER);
    p.beta = 1.0;
    p.g = NULL;
    ck_assert_int_eq(ov_rf_limit_curve(eps_g, &p, &t, 1, &e), OV_EUSER);
    ck_assert_ptr_nonnull(strstr(e.text, "activation"));
    ck_assert_int_eq(ov_rf_wide_curve(eps_g, &p, &t, 1, NULL), OV_EUSER);
    p = problem("erf", 1.0, INFINITY);
    ck_assert_int_eq(ov_rf_limit_curve(eps_g, &p, &t, 1, &e), OV_EUSER);
    p = problem("erf", 1.0, 1.0);
    p.sigma = 1e200;
    ck_assert_int_eq(ov_rf_limit_curve(eps_g, &p, &t, 1, &e), OV_EUSER);
    ck_assert_ptr_nonnull(strstr(e.text, "too large"));
    p.sigma = 0.0;
    ck_assert_int_eq(ov_rf_limit_curve(eps_g, &p, late, 2, &e), OV_EDOM);
    late[1] = NAN;
    ck_assert_int_eq(ov_rf_limit_modes(eps_g, &p, 400, late, 2, &e), OV_EDOM);
    ck_assert_int_eq(ov_rf_wide_curve(eps_g, &p, late, 2, &e), OV_EDOM);
    ck_assert_int_eq(ov_rf_limit_modes(eps_g, &p, 1, &t, 1, &e), OV_EDOM);
    ck_ok(ov_rf_limit_curve(NULL, &p, NULL, 0, NULL));
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, curves_are_those_of_the_mode_sum);
    OV_TEST(s, curves_are_those_of_the_mode_sum_anywhere);
    OV_TEST(s, curves_solve_the_volterra_equation);
    OV_TEST(s, the_floor_has_its_known_values);
    OV_TEST(s, long_times_are_stationary);
    OV_TEST(s, rates_are_those_of_the_curve);
    OV_TEST(s, small_rates_are_gradient_flow_and_wide_students_one_mode);
    OV_TEST(s, divergence_is_said);
    OV_TEST(s, mistakes_are_refused);
}

OV_TEST_MAIN("theory/random_features");
