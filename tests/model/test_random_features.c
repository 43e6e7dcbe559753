/* SPDX-License-Identifier: MIT
 *
 * The random-feature problem: what is refused, the powers of activations against quadrature, and
 * the risk of an instance against averages over fresh inputs.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_randist.h>

#include "overlap/model/random_features.h"
#include "overlap/num/dot.h"
#include "overlap/num/stats.h"
#include "overlap/num/sym.h"
#include "test.h"

static double ones[4] = {1.0, 1.0, 1.0, 1.0};

static struct ov_rf_problem problem(const char *name, size_t N, size_t K, size_t M)
{
    const struct ov_activation *g = ov_activation_find(name);
    return (struct ov_rf_problem){
        .N = N, .K = K, .M = M, .g = g, .g_star = g, .v_star = ones, .eta = 1.0};
}

static void refused(struct ov_rf_problem p, const char *key, const char *words)
{
    struct ov_error e = {0};
    const char *at = "none";
    ck_assert_int_eq(ov_rf_problem_check(&p, &at, &e), OV_EUSER);
    ck_assert_str_eq(at, key);
    ck_assert_msg(strstr(e.text, words) != NULL, "'%s' lacks '%s'", e.text, words);
    ck_assert_int_eq(ov_rf_problem_check(&p, NULL, NULL), OV_EUSER);
}

START_TEST(mistakes_are_named)
{
    struct ov_rf_problem good = problem("erf", 20, 10, 2), p;
    double bad_T[3] = {1.0, 2.0, 1.0}, zero_T[3] = {0.0, 0.0, 1.0}, nan_T[3] = {1.0, NAN, 1.0};
    double bad_v[2] = {1.0, INFINITY};
    ck_ok(ov_rf_problem_check(&good, NULL, NULL));
#define REFUSED(change, key, words)                                                                \
    do {                                                                                           \
        p = good;                                                                                  \
        change;                                                                                    \
        refused(p, key, words);                                                                    \
    } while (0)
    REFUSED(p.M = 0, "M", "at least 1");
    REFUSED(p.N = 2, "N", "at least M + 1 = 3");
    REFUSED(p.beta = 2.0, "beta", "is not K/N");
    REFUSED(p.K = 0, "beta", "beta must be > 0");
    REFUSED((p.K = 0, p.beta = -1.0), "beta", "not -1");
    REFUSED((p.N = 0, p.beta = NAN), "beta", "not nan");
    REFUSED((p.N = 0, p.beta = INFINITY), "beta", "not inf");
    REFUSED(p.g = NULL, "activation", "missing");
    REFUSED(p.g_star = NULL, "teacher_activation", "missing");
    REFUSED(p.eta = 0.0, "eta", "> 0");
    REFUSED(p.eta = NAN, "eta", "not nan");
    REFUSED(p.sigma = -0.1, "sigma", ">= 0");
    REFUSED(p.init_std = INFINITY, "init_std", "not inf");
    REFUSED(p.v_star = NULL, "v_star", "missing");
    REFUSED(p.v_star = bad_v, "v_star", "not finite");
    REFUSED(p.teacher = OV_TEACHER_GIVEN, "teacher.T", "missing");
    REFUSED((p.teacher = OV_TEACHER_GIVEN, p.T = bad_T), "teacher.T", "eigenvalue -1");
    REFUSED((p.teacher = OV_TEACHER_GIVEN, p.T = zero_T), "teacher.T", "T_0_0 = 0");
    REFUSED((p.teacher = OV_TEACHER_GIVEN, p.T = nan_T), "teacher.T", "not finite");
#undef REFUSED
    p = good;
    p.flow = true;
    p.eta = 0.0;
    p.beta = 0.5;
    ck_ok(ov_rf_problem_check(&p, NULL, NULL));
    ck_assert(ov_rf_beta(&p) == 0.5);
    p = problem("erf", 0, 0, 1);
    p.beta = 3.0;
    ck_ok(ov_rf_problem_check(&p, NULL, NULL));
    ck_assert(ov_rf_beta(&p) == 3.0);
    struct ov_rf_instance x;
    ck_assert_int_eq(ov_rf_instance_create(&x, &p, 1, NULL), OV_EUSER);
    ov_rf_instance_free(&x);
    p = problem("erf", 20, 200000, 1);
    ck_assert_int_eq(ov_rf_instance_create(&x, &p, 1, NULL), OV_EUSER);
    ov_rf_instance_free(NULL);
    ov_rf_problem_free(NULL);
}
END_TEST

START_TEST(steps_are_whole_but_for_rounding)
{
    double part;
    for (size_t K = 1; K < 3000; K += 7)
        for (double n = 0.0; n < 100.0; n += 1.0) {
            ck_assert(ov_rf_steps_at(&part, n / (double)K, K) == n);
            ck_assert(part == 0.0);
        }
    ck_assert(ov_rf_steps_at(&part, 2.35, 10) == 23.0);
    ck_agree(0.5, part, 1e-12, 0);
}
END_TEST

/* ---- powers ---- */

/* erf and he2 under a name without closed forms: quadrature that knows g alone. */
START_TEST(hermite_powers_are_those_of_quadrature)
{
    enum { DEGREES = 120 };
    const char *names[] = {"linear", "erf", "quadratic", "he2"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct ov_activation plain = *ov_activation_find(names[i]);
        double c2[DEGREES], by_nodes[DEGREES];
        ck_ok(ov_rf_hermite(c2, DEGREES, &plain));
        plain.act = OV_ACT_GENERIC;
        plain.family = OV_FAMILY_NONE;
        ck_ok(ov_rf_hermite(by_nodes, DEGREES, &plain));
        for (size_t n = 0; n < DEGREES; n++)
            ck_agree(c2[n], by_nodes[n], 0, 4e-15);
    }
    double few[2], none[1] = {3.0};
    ck_ok(ov_rf_hermite(few, 2, ov_activation_find("quadratic")));
    ck_ok(ov_rf_hermite(none, 0, ov_activation_find("relu")));
    ck_assert(few[0] == 1.0 && few[1] == 0.0 && none[0] == 3.0);
    static double many[501];
    ck_assert_int_eq(ov_rf_hermite(many, 501, ov_activation_find("tanh")), OV_EDOM);
}
END_TEST

/* He3 and He4 are one degree each, of power n!; sin has exp(-1)/n! in odd degrees; a leaky ReLU is
 * taken on each side of its kink. */
START_TEST(hermite_powers_of_the_other_units)
{
    enum { DEGREES = 12 };
    double c2[DEGREES], factorial = 1.0;
    ck_ok(ov_rf_hermite(c2, DEGREES, ov_activation_find("he3")));
    for (size_t n = 0; n < DEGREES; n++)
        ck_agree(n == 3 ? 6.0 : 0.0, c2[n], 1e-13, n > 4 ? 0.0 : 1e-13);
    ck_ok(ov_rf_hermite(c2, DEGREES, ov_activation_find("he4")));
    for (size_t n = 0; n < DEGREES; n++)
        ck_agree(n == 4 ? 24.0 : 0.0, c2[n], 1e-13, n > 4 ? 0.0 : 1e-13);
    ck_ok(ov_rf_hermite(c2, DEGREES, ov_activation_find("sin")));
    for (size_t n = 0; n < DEGREES; factorial *= (double)++n)
        ck_agree(n % 2 ? exp(-1.0) / factorial : 0.0, c2[n], 1e-12, 1e-15);
    ck_ok(ov_rf_hermite(c2, DEGREES, ov_activation_find("leaky_relu")));
    double c[DEGREES] = {0.0};
    for (double z = 0.0005; z < 12.0; z += 0.001)
        for (int side = -1; side <= 1; side += 2) {
            double x = side * z, before = 0.0, now = 1.0;
            double weight = 0.001 * exp(-0.5 * x * x) / sqrt(2.0 * M_PI) * (x > 0.0 ? x : 0.01 * x);
            for (size_t n = 0; n < DEGREES; n++) {
                double next = (x * now - sqrt((double)n) * before) / sqrt((double)n + 1.0);
                c[n] += weight * now;
                before = now;
                now = next;
            }
        }
    for (size_t n = 0; n < DEGREES; n++)
        ck_agree(c[n] * c[n], c2[n], 0, 1e-6);
}
END_TEST

/* sum_n c_n^2 = <g^2> and, by (4^-j C(2j,j) ~ 1/sqrt(pi j)), what relu leaves beyond degree n. */
START_TEST(hermite_powers_are_complete)
{
    enum { DEGREES = 4000 };
    static double c2[DEGREES];
    const char *names[] = {"erf", "relu"};
    double g2[] = {1.0 / 3.0, 0.5};
    for (size_t i = 0; i < 2; i++) {
        double sum = 0.0;
        ck_ok(ov_rf_hermite(c2, DEGREES, ov_activation_find(names[i])));
        for (size_t n = DEGREES; n-- > 0;)
            sum += c2[n];
        if (i == 1)
            sum += 0.5 * pow(M_PI, -1.5) / 4.0 * 2.0 / 3.0 * pow(DEGREES / 2.0, -1.5);
        ck_agree(g2[i], sum, i == 0 ? 1e-14 : 1e-9, 0);
    }
    ck_agree(1.0 / (2.0 * M_PI), c2[0], 1e-15, 0);
    ck_agree(1.0 / (4.0 * M_PI), c2[2], 1e-15, 0);
    ck_agree(1.0 / (48.0 * M_PI), c2[4], 1e-15, 0);
    ck_ok(ov_rf_hermite(c2, 300, ov_activation_find("tanh")));
    double sum = 0.0;
    for (size_t n = 300; n-- > 0;)
        sum += c2[n];
    struct ov_rf_problem p = problem("tanh", 0, 0, 1);
    p.beta = 1.0;
    ck_agree(ov_rf_powers_of(&p).g2, sum, 1e-10, 0);
}
END_TEST

START_TEST(powers_have_their_known_values)
{
    static const struct {
        const char *name;
        double mu0, mu1_2, mu_star2, g2;
    } known[] = {{"linear", 0.0, 1.0, 0.0, 1.0},
                 {"erf", 0.0, M_1_PI, 0.01502344714954, 1.0 / 3.0},
                 {"relu", 0.39894228040143268, 0.25, 0.09084505690810, 0.5},
                 {"quadratic", 1.0, 0.0, 2.0, 3.0},
                 {"he2", 0.0, 0.0, 2.0, 2.0}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct ov_rf_problem p = problem(known[i].name, 20, 10, 3);
        struct ov_rf_powers P = ov_rf_powers_of(&p);
        ck_agree(known[i].mu0, P.mu0, 1e-15, 0);
        ck_agree(known[i].mu1_2, P.mu1_2, 1e-15, 0);
        ck_agree(known[i].mu_star2, P.mu_star2, 1e-12, 0);
        ck_agree(known[i].g2, P.g2, 1e-15, 0);
        /* three orthonormal units, v* = 1: means add, the rest adds in power */
        ck_agree(3.0 * P.mu0, P.tau0, 1e-15, 0);
        ck_agree(3.0 * P.mu1_2, P.tau1_2, 1e-14, 0);
        ck_agree(3.0 * P.mu_star2, P.tau_star2, 1e-12, 1e-15);
        ck_agree(3.0 * (P.g2 + 2.0 * P.mu0 * P.mu0), P.tau2, 1e-14, 0);
    }
}
END_TEST

/* One unit w* of any length is the sum of what it is along two others: T of rank one. */
START_TEST(powers_of_a_given_teacher)
{
    struct ov_rf_problem p = problem("erf", 20, 10, 2);
    double T[3] = {4.0, 2.0, 1.0}, v[2] = {0.7, -1.2};
    p.teacher = OV_TEACHER_GIVEN;
    p.T = T;
    p.v_star = v;
    struct ov_rf_powers P = ov_rf_powers_of(&p);
    /* tau = 0.7 erf(2z/sqrt 2) - 1.2 erf(z/sqrt 2) of one z: its moments by the trapezoidal rule */
    double tau2 = 0.0, tau_z = 0.0, h = 0.02;
    for (int i = -600; i <= 600; i++) {
        double z = h * i, weight = h / sqrt(2.0 * M_PI) * exp(-0.5 * z * z);
        double tau = 0.7 * erf(2.0 * z / M_SQRT2) - 1.2 * erf(z / M_SQRT2);
        tau2 += weight * tau * tau;
        tau_z += weight * tau * z;
    }
    ck_agree(tau2, P.tau2, 1e-12, 0);
    ck_agree(tau_z * tau_z, P.tau1_2, 1e-12, 0);
    ck_agree(tau2 - tau_z * tau_z, P.tau_star2, 1e-11, 0);
    ck_assert(P.tau0 == 0.0);
    p.g_star = ov_activation_find("he2");
    P = ov_rf_powers_of(&p);
    ck_agree(0.7 * 3.0, P.tau0, 1e-14, 0);
    ck_assert(P.tau1_2 == 0.0);
}
END_TEST

/* ---- instances ---- */

START_TEST(the_key_decides_and_teachers_are_as_asked)
{
    double T[3] = {1.5, 0.3, 0.8}, v[2] = {1.0, -1.0};
    struct ov_rf_problem p = problem("erf", 30, 40, 2);
    p.teacher = OV_TEACHER_GIVEN;
    p.T = T;
    p.v_star = v;
    p.init_std = 0.5;
    p.sphere = true;
    struct ov_rf_instance a, b, c;
    ck_ok(ov_rf_instance_create(&a, &p, 7, NULL));
    ck_ok(ov_rf_instance_create(&b, &p, 7, NULL));
    ck_ok(ov_rf_instance_create(&c, &p, 8, NULL));
    ck_assert_mem_eq(a.J, b.J, 30 * 40 * sizeof(double));
    ck_assert_mem_eq(a.F, b.F, 40 * 40 * sizeof(double));
    ck_assert_mem_eq(a.b, b.b, 40 * sizeof(double));
    ck_assert_mem_eq(a.w0, b.w0, 40 * sizeof(double));
    ck_assert(a.J[5] != c.J[5] && a.w_star[5] != c.w_star[5] && a.w0[5] != c.w0[5]);
    double w0_2 = ov_dot(a.w0, a.w0, 40);
    ck_assert(w0_2 > 0.25 * 0.4 && w0_2 < 0.25 * 1.8);
    for (size_t k = 0; k < 40; k++)
        ck_agree(30.0, ov_dot(a.J + 30 * k, a.J + 30 * k, 30), 1e-14, 0);
    for (size_t m = 0; m < 2; m++)
        for (size_t n = 0; n <= m; n++)
            ck_agree(T[ov_sym_at(m, n)], ov_dot(a.w_star + 30 * m, a.w_star + 30 * n, 30) / 30.0, 0,
                     1e-13);
    ck_agree(ov_rf_powers_of(&p).tau2, a.tau2, 1e-12, 0);
    ov_rf_instance_free(&a);
    ov_rf_instance_free(&b);
    ov_rf_instance_free(&c);
    ov_rf_instance_free(&c);
    p.teacher = OV_TEACHER_RANDOM;
    p.T = NULL;
    ck_ok(ov_rf_instance_create(&a, &p, 7, NULL));
    double T_00 = ov_dot(a.w_star, a.w_star, 30) / 30.0;
    ck_assert(fabs(T_00 - 1.0) > 1e-6 && fabs(T_00 - 1.0) < 1.2);
    ov_rf_instance_free(&a);
}
END_TEST

/* (w.phi - tau)^2/2 on one fresh input. */
static double one_error(const struct ov_rf_problem *p, const struct ov_rf_instance *x,
                        const double *w, gsl_rng *r)
{
    double in[64], error = 0.0, root_N = sqrt((double)x->N);
    for (size_t i = 0; i < x->N; i++)
        in[i] = gsl_ran_gaussian_ziggurat(r, 1.0) / root_N;
    for (size_t k = 0; k < x->K; k++)
        error += w[k] * p->g->g(ov_dot(x->J + k * x->N, in, x->N));
    for (size_t m = 0; m < x->M; m++)
        error -= p->v_star[m] * p->g_star->g(ov_dot(x->w_star + m * x->N, in, x->N));
    return 0.5 * error * error;
}

START_TEST(the_risk_is_the_average_over_fresh_inputs)
{
    enum { INPUTS = 40000 };
    static double errors[INPUTS];
    gsl_rng *r = ov_test_rng(431);
    const char *pairs[][2] = {{"erf", "erf"}, {"relu", "relu"}, {"tanh", "erf"}, {"erf", "relu"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct ov_rf_problem p = problem(pairs[i][0], 12, 9, 2);
        p.g_star = ov_activation_find(pairs[i][1]);
        p.init_std = 1.0;
        p.sphere = i % 2 == 1;
        struct ov_rf_instance x;
        ck_ok(ov_rf_instance_create(&x, &p, gsl_rng_get(r), NULL));
        for (size_t n = 0; n < INPUTS; n++)
            errors[n] = one_error(&p, &x, x.w0, r);
        struct ov_mean m = ov_mean_of(errors, INPUTS);
        double eps_g = ov_rf_eps_g(&x, x.w0);
        ck_agree(m.mean, eps_g, 0, 4.5 * m.se);
        ck_assert(m.se < 0.02 * m.mean);
        /* and it notices: one weight off */
        x.w0[3] += 10.0;
        ck_assert(!ov_agree(m.mean, ov_rf_eps_g(&x, x.w0), 0, 4.5 * m.se));
        x.w0[3] = NAN;
        ck_assert(isnan(ov_rf_eps_g(&x, x.w0)));
        ov_rf_instance_free(&x);
    }
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, mistakes_are_named);
    OV_TEST(s, steps_are_whole_but_for_rounding);
    OV_TEST(s, hermite_powers_are_those_of_quadrature);
    OV_TEST(s, hermite_powers_of_the_other_units);
    OV_TEST(s, hermite_powers_are_complete);
    OV_TEST(s, powers_have_their_known_values);
    OV_TEST(s, powers_of_a_given_teacher);
    OV_TEST(s, the_key_decides_and_teachers_are_as_asked);
    OV_TEST(s, the_risk_is_the_average_over_fresh_inputs);
}

OV_TEST_MAIN("model/random_features");
