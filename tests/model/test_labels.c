/* SPDX-License-Identifier: MIT
 *
 * Labels that are signs: their flips, and the errors of given overlaps against averages over inputs
 * that are made here, closed forms against means, and limits known by hand.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_randist.h>

#include "overlap/model/labels.h"
#include "overlap/model/problem.h"
#include "test.h"

/* A network of random weights in a few dimensions, and its overlaps. */
enum { N = 7, MOST = 3 };

struct net {
    double w[MOST * N], w_star[MOST * N], v[MOST], v_star[MOST];
    struct ov_problem p;
    struct ov_overlaps o;
};

static void make(struct net *n, gsl_rng *r, size_t K, size_t M, const char *g, const char *g_star)
{
    for (size_t i = 0; i < MOST * N; i++) {
        n->w[i] = gsl_ran_gaussian(r, 0.8) + 0.3;
        n->w_star[i] = gsl_ran_gaussian(r, 1.0) + 0.3;
    }
    n->p = (struct ov_problem){.N = N, .K = K, .M = M};
    n->p.labels = (struct ov_labels){true, 0.2, 40000};
    n->p.g = ov_activation_find(g);
    n->p.g_star = ov_activation_find(g_star);
    ck_ok(ov_overlaps_create(&n->o, K, M));
    ov_overlaps_measure(&n->o, n->w, n->w_star, N);
    for (size_t k = 0; k < K; k++)
        n->o.v[k] = gsl_ran_gaussian(r, 1.0);
    for (size_t m = 0; m < M; m++)
        n->o.v_star[m] = gsl_ran_gaussian(r, 1.0);
}

static double output(const double *w, const double *v, size_t units, const double *x,
                     const struct ov_activation *g)
{
    double phi = 0.0;
    for (size_t k = 0; k < units; k++) {
        double field = 0.0;
        for (size_t i = 0; i < N; i++)
            field += w[k * N + i] * x[i] / sqrt(N);
        phi += v[k] * g->g(field);
    }
    return phi;
}

/* Both errors and their standard errors, over inputs in N dimensions. */
static void by_hand(double mean[2], double se[2], const struct net *n, gsl_rng *r, size_t inputs)
{
    double sum[2] = {0}, square[2] = {0};
    for (size_t mu = 0; mu < inputs; mu++) {
        double x[N];
        for (size_t i = 0; i < N; i++)
            x[i] = gsl_ran_gaussian(r, 1.0);
        double phi = output(n->w, n->o.v, n->p.K, x, n->p.g);
        double phi_star = output(n->w_star, n->o.v_star, n->p.M, x, n->p.g_star);
        double y = phi_star < 0.0 ? -1.0 : 1.0, wrong = (phi < 0.0 ? -1.0 : 1.0) != y;
        double error[2] = {0.5 * (phi - y) * (phi - y), wrong};
        for (size_t i = 0; i < 2; i++) {
            sum[i] += error[i];
            square[i] += error[i] * error[i];
        }
    }
    for (size_t i = 0; i < 2; i++) {
        mean[i] = sum[i] / (double)inputs;
        se[i] = sqrt((square[i] / (double)inputs - mean[i] * mean[i]) / (double)inputs);
    }
}

/* Which of the two are formulas. */
static const struct {
    const char *g, *g_star;
    size_t K, M;
    bool closed_g, closed_c;
} cases[] = {
    {"linear", "linear", 1, 1, true, true},   {"linear", "linear", 3, 2, true, true},
    {"erf", "linear", 1, 2, true, true},      {"erf", "erf", 1, 1, true, true},
    {"erf", "tanh", 3, 1, true, false},       {"linear", "leaky_relu", 2, 1, true, true},
    {"tanh", "gelu", 1, 1, false, true},      {"silu", "erf", 1, 1, false, true},
    {"erf", "erf", 2, 2, false, false},       {"relu", "erf", 3, 2, false, false},
    {"linear", "relu", 1, 1, false, false},   {"sin", "he3", 1, 1, false, false},
    {"quadratic", "erf", 1, 1, false, false},
};

START_TEST(errors_are_those_of_inputs)
{
    gsl_rng *r = ov_test_rng(20261127);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct net n;
        struct ov_sign_errors e;
        double mean[2], se[2];
        make(&n, r, cases[i].K, cases[i].M, cases[i].g, cases[i].g_star);
        by_hand(mean, se, &n, r, 100000);
        ck_ok(ov_sign_errors(&e, &n.o, &n.p, 17));
        ck_assert_msg((e.eps_g_se == 0.0) == cases[i].closed_g, "case %zu", i);
        ck_assert_msg((e.eps_c_se == 0.0) == cases[i].closed_c, "case %zu", i);
        double z_g = (e.eps_g - mean[0]) / hypot(se[0], e.eps_g_se);
        double z_c = (e.eps_c - mean[1]) / hypot(se[1], e.eps_c_se);
        ck_assert_msg(fabs(z_g) < 4.5 && fabs(z_c) < 4.5, "case %zu: %g %g", i, z_g, z_c);
        ck_assert(e.eps_g > 0.0 && e.eps_c > 0.0 && e.eps_c < 1.0);
        ov_overlaps_free(&n.o);
    }
    gsl_rng_free(r);
}
END_TEST

static struct ov_sign_errors single(double Q, double R, double T, double v, const char *g)
{
    struct ov_overlaps o = {0};
    struct ov_sign_errors e;
    struct ov_problem p = {.N = 5, .K = 1, .M = 1, .labels = {true, 0.0, 10}};
    p.g = p.g_star = ov_activation_find(g);
    ck_ok(ov_overlaps_create(&o, 1, 1));
    o.Q[0] = Q;
    o.R[0] = R;
    o.T[0] = T;
    o.v[0] = v;
    o.v_star[0] = 1.0;
    ck_ok(ov_sign_errors(&e, &o, &p, 1));
    ov_overlaps_free(&o);
    return e;
}

START_TEST(known_values)
{
    const double pi = acos(-1.0);
    ck_agree(1.0 / 3.0, single(1.0, 0.5, 1.0, 1.0, "erf").eps_c, 1e-14, 0.0);
    ck_agree(0.25, single(2.0, 2.0, 4.0, 1.0, "linear").eps_c, 1e-14, 0.0);
    ck_agree(0.75, single(2.0, 2.0, 4.0, -1.0, "linear").eps_c, 1e-14, 0.0);
    ck_agree(acos(0.3) / pi, single(4.0, 0.6, 1.0, 1.0, "tanh").eps_c, 1e-14, 0.0);
    ck_assert_double_eq(0.0, single(9.0, 3.0, 1.0, 1.0, "erf").eps_c);
    ck_assert_double_eq(1.0, single(9.0, -3.0, 1.0, 1.0, "erf").eps_c);
    ck_assert_double_eq(0.5, single(0.0, 0.0, 1.0, 1.0, "erf").eps_c); /* phi = 0 counts as 1 */
    double delta = 1e-9; /* arccos(1 - x) loses half of the digits */
    ck_agree(sqrt(2.0 * delta) / pi, single(1.0, 1.0 - delta, 1.0, 1.0, "erf").eps_c, 1e-6, 0.0);
    /* the best linear student, w = sqrt(2/pi) w*: (1 - 2/pi)/2 */
    double c = sqrt(2.0 / pi);
    ck_agree(0.5 - 1.0 / pi, single(c * c, c, 1.0, 1.0, "linear").eps_g, 1e-14, 0.0);
    /* an erf unit of infinite length in the teacher's direction is the sign */
    ck_agree(0.0, single(1e12, 1e6, 1.0, 1.0, "erf").eps_g, 0.0, 1e-5);
    ck_agree(2.0, single(1e12, -1e6, 1.0, 1.0, "erf").eps_g, 1e-5, 0.0);
}
END_TEST

START_TEST(flips_are_as_many_as_asked_for)
{
    const double flips[] = {0.0, 1e-3, 0.1, 0.5};
    enum { INPUTS = 200000 };
    for (size_t i = 0; i < 4; i++) {
        double n = 0.0, both = 0.0;
        for (uint64_t mu = 0; mu < INPUTS; mu++) {
            bool now = ov_label_flips(flips[i], 3, mu);
            n += now;
            both += now && ov_label_flips(flips[i], 4, mu);
            ck_assert(now == ov_label_flips(flips[i], 3, mu));
        }
        double p = flips[i], sd = sqrt(p * (1.0 - p) * INPUTS);
        ck_assert_msg(fabs(n - p * INPUTS) <= 4.5 * sd, "%g: %g", p, n);
        ck_assert_msg(fabs(both - p * p * INPUTS) <= 4.5 * sqrt(p * p * INPUTS), "%g", both);
    }
}
END_TEST

START_TEST(no_covariance_is_refused)
{
    struct ov_overlaps o = {0};
    struct ov_sign_errors e;
    struct ov_problem p = {.N = 5, .K = 2, .M = 2, .labels = {true, 0.0, 10}};
    p.g = p.g_star = ov_activation_find("erf");
    ck_ok(ov_overlaps_create(&o, 2, 2));
    o.Q[0] = o.Q[2] = o.T[0] = o.T[2] = 1.0;
    o.R[0] = 2.0;
    ck_assert_int_eq(OV_EDOM, ov_sign_errors(&e, &o, &p, 1));
    ov_overlaps_free(&o);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, errors_are_those_of_inputs);
    OV_TEST(s, known_values);
    OV_TEST(s, flips_are_as_many_as_asked_for);
    OV_TEST(s, no_covariance_is_refused);
}

OV_TEST_MAIN("model/labels");
