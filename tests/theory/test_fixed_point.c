/* SPDX-License-Identifier: MIT
 *
 * Fixed points against formulas to first order in eta, exact ones where there are, and the ends of
 * runs; stability against known rates.
 */
#include <math.h>
#include <string.h>

#include "overlap/model/eps_g.h"
#include "overlap/theory/fixed_point.h"
#include "test.h"
#include "theory/fixed.h"
#include "theory/networks.h"

/* ---- realisable ---- */

struct stationary {
    size_t M, L;
    double eta, ratio; /* eps_g* / (sigma^2 eta/(2 pi) (L + M/sqrt 3)), independent solver */
    enum ov_fixed_kind kind;
};

/* Goldt et al. 2019: each unit too many adds sigma^2 eta/(2 pi). Two of them are weakly unstable:
 * they may anti-align. */
START_TEST(erf_asymptote)
{
    static const struct stationary known[] = {
        {1, 0, 0.01, 1.0025, OV_FIXED_STABLE},   {1, 1, 0.01, 1.0053, OV_FIXED_STABLE},
        {1, 2, 0.01, 1.0084, OV_FIXED_UNSTABLE}, {2, 0, 0.01, 1.0043, OV_FIXED_STABLE},
        {2, 1, 0.01, 1.0072, OV_FIXED_STABLE},   {2, 2, 0.01, 1.0104, OV_FIXED_UNSTABLE},
        {1, 0, 0.1, 1.0252, OV_FIXED_STABLE},    {1, 1, 0.1, 1.0552, OV_FIXED_STABLE},
        {1, 2, 0.1, 1.0909, OV_FIXED_UNSTABLE},  {2, 0, 0.1, 1.0446, OV_FIXED_STABLE},
        {2, 1, 0.1, 1.0773, OV_FIXED_STABLE},    {2, 2, 0.1, 1.1143, OV_FIXED_UNSTABLE}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t M = known[i].M, L = known[i].L;
        struct ov_problem p = problem(M + L, M, OV_ACT_ERF, OV_ACT_ERF);
        p.eta_w = known[i].eta, p.sigma = 0.1;
        struct ov_overlaps o = informed(M + L, M, 1e-2);
        struct ov_fixed_point found = find(&p, &o);
        double formula = p.eta_w * 0.01 / (2.0 * M_PI) * ((double)L + (double)M / sqrt(3.0));
        ck_agree(known[i].ratio, found.eps_g / formula, 0.0, 5.1e-5);
        ck_assert_int_eq(found.kind, known[i].kind);
        ck_assert_uint_eq(found.n_null, 0);
        ck_assert_double_lt(found.residual, 1e-15);
        ck_agree(ov_eps_g(&o, p.g, p.g_star), found.eps_g, 0.0, 0.0);
        ov_overlaps_free(&o);
    }
    struct ov_problem p = problem(3, 1, OV_ACT_ERF, OV_ACT_ERF);
    p.eta_w = 0.01, p.sigma = 0.1;
    struct ov_overlaps o = informed(3, 1, 1e-2);
    ck_agree(6.4e-7, find(&p, &o).growth, 0.0, 0.1e-7);
    ov_overlaps_free(&o);
}
END_TEST

/* Exact: eta sigma^2 (L + M)/(4 - 2 eta (L + M)). Only sum_k w_k matters where v = 1: all else is
 * flat. */
START_TEST(linear_asymptote)
{
    for (size_t M = 1; M <= 2; M++) {
        for (size_t L = 0; L <= 2; L++) {
            for (double eta = 0.01; eta < 0.2; eta *= 10.0) {
                double width = (double)(L + M);
                struct ov_problem p = problem(M + L, M, OV_ACT_LINEAR, OV_ACT_LINEAR);
                p.eta_w = eta, p.sigma = 0.1;
                struct ov_overlaps o = informed(M + L, M, 1e-2);
                struct ov_fixed_point found = find(&p, &o);
                ck_agree(eta * 0.01 * width / (4.0 - 2.0 * eta * width), found.eps_g, 1e-9, 0.0);
                ck_assert_int_eq(found.kind, M + L > 1 ? OV_FIXED_MARGINAL : OV_FIXED_STABLE);
                /* f depends on sum_k R_km (M numbers) and sum_k Q_kl - sum_m R_lm (K) alone */
                ck_assert_uint_eq(found.n_null, ov_sym_size(M + L) + (M + L) * M - M - (M + L));
                ov_overlaps_free(&o);
            }
        }
    }
}
END_TEST

static double mean_square_slope(enum ov_act act, double variance)
{
    return act == OV_ACT_ERF ? 2.0 / M_PI / sqrt(1.0 + 2.0 * variance) : 1.0;
}

/* eps* = eta sigma^2/4 sum_k v_k^2 < g'(lambda_k)^2 > + O(eta^2), any T and v. */
START_TEST(small_learning_rate)
{
    gsl_rng *r = ov_test_rng(400);
    for (size_t turn = 0; turn < 12; turn++) {
        enum ov_act act = turn % 3 == 2 ? OV_ACT_LINEAR : OV_ACT_ERF;
        size_t M = act == OV_ACT_LINEAR ? 1 : 1 + turn % 3;
        struct ov_problem p = problem(M, M, act, act);
        struct ov_overlaps o = random_overlaps(M, M, r);
        double off[2], slope = 0.0;
        for (size_t k = 0; k < M; k++) {
            o.v[k] = o.v_star[k] = copysign(0.5 + fabs(o.v_star[k]), o.v_star[k]);
            slope += o.v[k] * o.v[k] * mean_square_slope(act, o.T[ov_sym_at(k, k)]);
            for (size_t m = 0; m < M; m++) {
                o.R[k * M + m] = o.T[ov_sym_at(k, m)];
                o.Q[ov_sym_at(k, m)] = o.T[ov_sym_at(k, m)];
            }
        }
        p.sigma = 0.1;
        for (size_t i = 0; i < 2; i++) {
            p.eta_w = i == 0 ? 1e-3 : 5e-4;
            struct ov_fixed_point found = find(&p, &o);
            off[i] = found.eps_g / (0.25 * p.eta_w * 0.01 * slope) - 1.0;
        }
        printf("    %s M=%zu: off by %.2e, %.2e\n", p.g->name, M, off[0], off[1]);
        ck_agree(0.5, off[1] / off[0], 0.0, 0.01);
        ck_assert_double_lt(fabs(off[0]), 0.02);
        ov_overlaps_free(&o);
    }
    gsl_rng_free(r);
}
END_TEST

struct other {
    enum ov_act act;
    size_t K;
    double eta, ratio; /* eps_g* / (eta sigma^2) */
    size_t n_null;
};

/* relu: K/8 to first order, independent solver. Quadratic: K/(1 - (2 K + 4) eta); two students may
 * rotate into each other. */
START_TEST(other_activations)
{
    static const struct other known[] = {
        {OV_ACT_RELU, 1, 0.2, .139331, 0},      {OV_ACT_RELU, 1, 0.05, .128419, 0},
        {OV_ACT_RELU, 2, 0.2, .295330, 0},      {OV_ACT_RELU, 2, 0.05, .260185, 0},
        {OV_ACT_RELU, 2, 0.0125, .252578, 0},   {OV_ACT_QUADRATIC, 1, 0.04, 1.3158, 0},
        {OV_ACT_QUADRATIC, 1, 0.01, 1.0638, 0}, {OV_ACT_QUADRATIC, 1, 0.0025, 1.0152, 0},
        {OV_ACT_QUADRATIC, 2, 0.01, 2.1739, 1}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct ov_problem p = problem(known[i].K, known[i].K, known[i].act, known[i].act);
        p.eta_w = known[i].eta, p.sigma = 0.1;
        struct ov_overlaps o = informed(p.K, p.M, 0.0);
        struct ov_fixed_point found = find(&p, &o);
        ck_agree(known[i].ratio, found.eps_g / (p.eta_w * 0.01), 5e-5, 0.0);
        ck_assert_uint_eq(found.n_null, known[i].n_null);
        ck_assert_int_eq(found.kind, known[i].n_null > 0 ? OV_FIXED_MARGINAL : OV_FIXED_STABLE);
        ov_overlaps_free(&o);
    }
}
END_TEST

/* K ReLU students of one teacher, from those that know it: to leading order eta sigma^2 K/8, whatever
 * is to spare. On the way Newton's steps leave the cone of covariances. */
START_TEST(relu_units_to_spare)
{
    for (size_t K = 3; K <= 4; K++)
        for (int large = 0; large < 2; large++) {
            struct ov_problem p = problem(K, 1, OV_ACT_RELU, OV_ACT_RELU);
            p.eta_w = large ? 0.02 : 0.005, p.sigma = 0.1;
            struct ov_overlaps o = informed(K, 1, 1e-2);
            struct ov_fixed_point found = find(&p, &o);
            double formula = p.eta_w * 0.01 * (double)K / 8.0;
            printf("    relu K=%zu, eta %g: %.5f of the formula\n", K, p.eta_w,
                   found.eps_g / formula);
            ck_agree(formula, found.eps_g, large ? 0.05 : 0.02, 0.0);
            ov_overlaps_free(&o);
        }
}
END_TEST

/* ---- plateaus and students too small ---- */

START_TEST(symmetric_plateau)
{
    static const double eps_g[3][2] = {{.011656, .014677}, {.020444, .032818}, {.028678, .062788}};
    for (size_t M = 2; M <= 4; M++) {
        for (size_t i = 0; i < 2; i++) {
            struct ov_problem p = problem(M, M, OV_ACT_ERF, OV_ACT_ERF);
            p.eta_w = i == 0 ? 0.01 : 0.5;
            struct ov_overlaps o = plateau(M);
            struct ov_fixed_point found = find(&p, &o);
            ck_agree(eps_g[M - 2][i], found.eps_g, 0.0, 5.1e-7);
            ck_assert_int_eq(found.kind, OV_FIXED_UNSTABLE);
            for (size_t k = 1; k < ov_sym_size(M); k++)
                ck_agree(o.Q[0], o.Q[k], 1e-10, 0.0);
            ov_overlaps_free(&o);
        }
    }
    /* an e-fold of asymmetry costs 151.04 in alpha (runs of theory/online.h) */
    struct ov_problem p = problem(2, 2, OV_ACT_ERF, OV_ACT_ERF);
    struct ov_overlaps o = plateau(2);
    struct ov_fixed_point found = find(&p, &o);
    ck_agree(151.045, 1.0 / found.growth, 0.0, 5e-3);
    ck_agree(found.growth / 0.1, found.growth_over_eta, 1e-14, 0.0);
    ov_overlaps_free(&o);
}
END_TEST

/* A start without any symmetry; the first student has the teachers beyond K. */
static struct ov_overlaps lopsided(size_t K, size_t M)
{
    struct ov_overlaps o = blank(K, M);
    for (size_t k = 0; k < K; k++) {
        for (size_t m = 0; m < M; m++)
            o.R[k * M + m] = (k == m || (k == 0 && m >= K) ? 0.4 : 0.05) +
                             0.04 * sin((double)(3 * k + 7 * m + 1));
        for (size_t l = 0; l <= k; l++)
            o.Q[ov_sym_at(k, l)] = k == l ? 0.5 : 0.1;
    }
    return o;
}

struct too_small {
    size_t K, M;
    bool both;
    double eps_g[3]; /* eta = 0.5, 0.1, 0.01 */
};

/* A run to where Newton's method takes over. */
START_TEST(unrealisable)
{
    static const struct too_small known[] = {
        {1, 2, false, {.030606, .030251, .030180}}, {1, 3, false, {.08066, .07995, .07980}},
        {2, 3, false, {.018988, .016996, .016640}}, {2, 4, false, {.04089, .03718, .03651}},
        {3, 4, false, {.018365, .014580, .013982}}, {1, 2, true, {.015957, .012486, .011700}},
        {1, 3, true, {.03580, .02386, .02072}},     {2, 3, true, {.01687, .01268, .01172}},
        {2, 4, true, {.0354, .0240, .02075}},       {3, 4, true, {.01786, .01288, .01174}}};
    static const double eta[3] = {0.5, 0.1, 0.01};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        for (size_t e = 0; e < 3; e++) {
            const struct too_small *a = &known[i];
            struct ov_problem p = problem(a->K, a->M, OV_ACT_ERF, OV_ACT_ERF);
            p.eta_w = eta[e], p.eta_v = a->both ? eta[e] : 0.0;
            struct ov_overlaps o = lopsided(a->K, a->M);
            double alpha = 3000.0 / eta[e], *rows = solved(&p, &o, &alpha, 1, NULL);
            memcpy(o.block, rows + 2, ov_overlaps_moving(a->K, a->M) * sizeof *o.block);
            struct ov_fixed_point found = find(&p, &o);
            ck_assert_int_eq(found.kind, OV_FIXED_STABLE);
            ck_agree(rows[1], found.eps_g, 1e-5, 0.0);
            ck_agree(a->eps_g[e], found.eps_g, 1e-3, 0.0);
            free(rows);
            ov_overlaps_free(&o);
        }
    }
}
END_TEST

/* ---- the largest learning rate ---- */

static double eta_max(const struct ov_problem *p, const struct ov_overlaps *o)
{
    double eta;
    struct ov_error err = {0};
    enum ov_status status = ov_eta_max(&eta, p, o, &err);
    ck_assert_msg(status == OV_OK, "%s", err.text);
    return eta;
}

START_TEST(largest_learning_rate)
{
    static const double erf[4] = {4.0558, 2.3068, 1.6207, 1.2494};
    static const double fast[4] = {3.3, 2.1, 1.5, 1.1}, rate[4] = {.404, .093, .066, .048};
    for (size_t K = 1; K <= 4; K++) {
        struct ov_problem p = problem(K, K, OV_ACT_ERF, OV_ACT_ERF);
        struct ov_overlaps o = informed(K, K, 0.0);
        double eta = eta_max(&p, &o);
        ck_agree(erf[K - 1], eta, 0.0, 5.1e-5);
        p.eta_w = 0.999 * eta;
        ck_assert_int_eq(find(&p, &o).kind, OV_FIXED_STABLE);
        p.eta_w = 1.001 * eta;
        ck_assert_int_eq(find(&p, &o).kind, OV_FIXED_UNSTABLE);
        p.eta_w = fast[K - 1];
        ck_agree(-rate[K - 1], find(&p, &o).growth, 0.01, 0.0);
        p = problem(K, K, OV_ACT_LINEAR, OV_ACT_LINEAR);
        ck_agree(2.0 / (double)K, eta_max(&p, &o), 1e-8, 0.0);
        ov_overlaps_free(&o);
    }
    /* relu: 2; quadratic: 1/6, where the error above diverges */
    struct ov_overlaps o = informed(1, 1, 0.0);
    struct ov_problem p = problem(1, 1, OV_ACT_RELU, OV_ACT_RELU);
    ck_agree(2.0, eta_max(&p, &o), 1e-8, 0.0);
    p = problem(1, 1, OV_ACT_QUADRATIC, OV_ACT_QUADRATIC);
    ck_agree(1.0 / 6.0, eta_max(&p, &o), 1e-7, 0.0);
    ov_overlaps_free(&o);
}
END_TEST

START_TEST(largest_learning_rate_refused)
{
    double eta = 0.0;
    struct ov_error err = {0};
    struct ov_problem p = problem(2, 2, OV_ACT_ERF, OV_ACT_ERF);
    struct ov_overlaps o = informed(2, 2, 0.0), off = informed(2, 2, 0.0), bad = blank(2, 2);
    off.Q[0] = 1.5;
    bad.Q[0] = -1.0;
    ck_assert_int_eq(ov_eta_max(&eta, &p, &off, &err), OV_EDOM);
    ck_assert(isnan(eta));
    ck_assert_int_eq(ov_eta_max(&eta, &p, &bad, &err), OV_EDOM);
    p.sigma = 0.1;
    ck_assert_int_eq(ov_eta_max(&eta, &p, &o, NULL), OV_EDOM);
    p.sigma = 0.0, p.decay_w = 0.1;
    ck_assert_int_eq(ov_eta_max(&eta, &p, &o, NULL), OV_EDOM);
    p.decay_w = 0.0, p.eta_w = 0.0;
    ck_assert_int_eq(ov_eta_max(&eta, &p, &o, NULL), OV_EDOM);
    /* the other branch of the symmetry between teachers is as good */
    struct ov_overlaps swapped = informed(2, 2, 0.0);
    p.eta_w = 0.1;
    swapped.R[0] = swapped.R[3] = 0.0, swapped.R[1] = swapped.R[2] = 1.0;
    ck_agree(eta_max(&p, &o), eta_max(&p, &swapped), 1e-8, 0.0);
    ov_overlaps_free(&o);
    ov_overlaps_free(&off);
    ov_overlaps_free(&bad);
    ov_overlaps_free(&swapped);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, erf_asymptote);
    OV_TEST(s, linear_asymptote);
    OV_TEST(s, small_learning_rate);
    OV_TEST(s, other_activations);
    OV_TEST(s, relu_units_to_spare);
    OV_TEST(s, symmetric_plateau);
    OV_TEST(s, unrealisable);
    OV_TEST(s, largest_learning_rate);
    OV_TEST(s, largest_learning_rate_refused);
}

OV_TEST_MAIN("theory/fixed_point");
