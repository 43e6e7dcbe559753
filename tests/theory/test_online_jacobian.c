/* SPDX-License-Identifier: MIT
 *
 * The Jacobian of the equations of motion against differences of the right-hand side.
 */
#include <math.h>

#include "overlap/theory/jacobian.h"
#include "overlap/theory/gauss.h"
#include "overlap/theory/online.h"
#include "test.h"
#include "theory/networks.h"

enum { MOST = 64 };

static int rhs(double *dy, const double *y, void *ctx)
{
    ov_online_rhs(dy, ctx, y);
    return 0;
}

/* The largest deviation from differences, where y_j counts in units of max(|y_j|, scale), over the
 * largest entry. */
static double deviation(const struct ov_problem *p, const struct ov_overlaps *o, double scale)
{
    static double J[MOST * MOST], F[MOST * MOST], scratch[3 * MOST], dy[MOST];
    size_t n = ov_overlaps_moving(p->K, p->M), m = p->eta_v == 0.0 ? n - p->K : n;
    struct ov_online *online;
    ck_ok(ov_online_create(&online, p, o));
    ck_assert_int_eq(ov_jacobian(F, rhs, online, o->block, n, scale, scratch), 0);
    ov_online_rhs(dy, online, o->block);
    ck_assert_int_eq(ov_online_jacobian(J, online, o->block), 0);
    ov_online_free(online);
    double worst = 0.0, largest = 0.0;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++) {
            double unit = fmax(fabs(o->block[j]), scale);
            worst = fmax(worst, unit * fabs(J[i * m + j] - F[i * n + j]));
            largest = fmax(largest, unit * fabs(F[i * n + j]));
            ck_assert(isfinite(J[i * m + j]));
        }
    return worst / largest;
}

enum { PAIRS = 14 };
static const enum ov_act pairs[PAIRS][2] = {
    {OV_ACT_LINEAR, OV_ACT_LINEAR},     {OV_ACT_ERF, OV_ACT_LINEAR},
    {OV_ACT_LINEAR, OV_ACT_ERF},        {OV_ACT_ERF, OV_ACT_ERF},
    {OV_ACT_RELU, OV_ACT_RELU},         {OV_ACT_QUADRATIC, OV_ACT_QUADRATIC},
    {OV_ACT_HE2, OV_ACT_QUADRATIC},     {OV_ACT_QUADRATIC, OV_ACT_HE2},
    {OV_ACT_HE2, OV_ACT_HE2},           {OV_ACT_LEAKY_RELU, OV_ACT_LEAKY_RELU},
    {OV_ACT_LEAKY_RELU, OV_ACT_RELU},   {OV_ACT_RELU, OV_ACT_LEAKY_RELU},
    {OV_ACT_LEAKY_RELU, OV_ACT_LINEAR}, {OV_ACT_RELU, OV_ACT_LINEAR}};

static bool has_kink(enum ov_act act)
{
    return act == OV_ACT_RELU || act == OV_ACT_LEAKY_RELU;
}

/* which < 2 PAIRS: the second layer fixed, or not. */
static struct ov_problem noisy(size_t K, size_t M, int which)
{
    const enum ov_act *act = pairs[which % PAIRS];
    struct ov_problem p = problem(K, M, act[0], act[1]);
    p.eta_w = 0.7, p.sigma = 0.4, p.decay_w = 0.05, p.decay_v = 0.03;
    p.eta_v = which >= PAIRS ? 0.5 : 0.0;
    return p;
}

/* Differences of ReLU averages need distances that are large against a step. */
static struct ov_overlaps random_apart(size_t K, size_t M, gsl_rng *r)
{
    for (;;) {
        struct ov_overlaps o = random_overlaps(K, M, r);
        double C[45], most = 0.0;
        ov_overlaps_covariance(C, &o);
        for (size_t a = 0; a < K + M; a++)
            for (size_t b = 0; b < a; b++) {
                double aa = C[ov_sym_at(a, a)], bb = C[ov_sym_at(b, b)];
                most = fmax(most, fabs(C[ov_sym_at(a, b)]) / sqrt(aa * bb));
            }
        if (most < 0.98)
            return o;
        ov_overlaps_free(&o);
    }
}

/* Activations x layers x sizes; random T, R, Q, v, v*. */
START_TEST(agrees_with_differences)
{
    static const size_t sizes[4][2] = {{1, 1}, {2, 3}, {3, 2}, {5, 4}};
    gsl_rng *r = ov_test_rng(500);
    double worst = 0.0;
    for (size_t turn = 0; turn < 4 * 2 * PAIRS * 3; turn++) {
        size_t K = sizes[turn % 4][0], M = sizes[turn % 4][1];
        struct ov_problem p = noisy(K, M, (int)(turn / 4 % (2 * PAIRS)));
        struct ov_overlaps o = random_apart(K, M, r);
        double d = deviation(&p, &o, 1e-2);
        ck_assert_msg(d < 1e-8, "turn %zu, %s/%s: %g", turn, p.g->name, p.g_star->name, d);
        worst = fmax(worst, d);
        ov_overlaps_free(&o);
    }
    printf("    largest deviation %.1e\n", worst);
    gsl_rng_free(r);
}
END_TEST

/* Dependent fields: student = teacher, three copies, students of no size or of a large one. */
START_TEST(agrees_at_dependent_fields)
{
    for (int which = 0; which < 2 * PAIRS; which++) {
        if (has_kink(pairs[which % PAIRS][0]))
            continue; /* no two-sided differences there */
        struct ov_problem p = noisy(3, 2, which);
        struct ov_overlaps starts[5] = {informed(3, 2, 0.0), alike(3, 2, 0.0), blank(3, 2),
                                        informed(3, 2, 1e6), alike(3, 2, 0.0)};
        for (size_t i = 0; i < 6; i++) /* three copies of one student */
            starts[4].Q[i] = 4.0;
        for (size_t i = 0; i < 5; i++) {
            double d = deviation(&p, &starts[i], 1e-2);
            ck_assert_msg(d < 1e-8, "which %d start %zu: %g", which, i, d);
            ov_overlaps_free(&starts[i]);
        }
    }
}
END_TEST

/* Also beyond the edge of the covariances, as far as there is a right-hand side. */
START_TEST(finite_where_the_right_hand_side_is)
{
    double J[15 * 15], dy[15];
    size_t beyond = 0;
    for (int which = 0; which < 2 * PAIRS; which++) {
        struct ov_problem p = noisy(3, 2, which);
        size_t n = p.eta_v == 0.0 ? 12 : 15;
        for (double Q = 0.0; Q < 4.0; Q += 1.0 / 64.0) {
            struct ov_overlaps o = alike(3, 2, 0.0);
            struct ov_online *online;
            o.Q[1] = Q; /* a covariance up to 1/2 */
            ck_ok(ov_online_create(&online, &p, &o));
            ov_online_rhs(dy, online, o.block);
            ck_assert_int_eq(ov_online_jacobian(J, online, o.block), 0);
            for (size_t i = 0; i < n * n && isfinite(dy[0] + dy[1] + dy[2]); i++)
                ck_assert_msg(isfinite(J[i]), "which %d Q %g: J[%zu]", which, Q, i);
            beyond += Q > 0.5 && isfinite(dy[0] + dy[1] + dy[2]);
            ov_online_free(online);
            ov_overlaps_free(&o);
        }
    }
    ck_assert_uint_gt(beyond, 100);
}
END_TEST

/* Smooth units without closed forms: the averages are right to 1e-9, of which differences over a
 * step of 1e-6 leave 1e-5 at worst. Then a student that is its teacher, where differences would
 * leave the cone of covariances: finite, and the limit of what is found on the way there. */
START_TEST(of_smooth_units)
{
    gsl_rng *r = ov_test_rng(503);
    double worst = 0.0;
    for (size_t turn = 0; turn < 20; turn++) {
        struct ov_problem p = noisy(2, 2, turn % 2 ? 7 : 3);
        p.g = &ov_activations[OV_ACT_GENERIC + turn / 2 % 5];
        p.g_star = turn < 10 ? p.g : &ov_activations[turn % 5 == OV_ACT_RELU ? 5 : turn % 5];
        struct ov_overlaps o = random_overlaps(2, 2, r);
        ck_assert(ov_online_jacobian_is_closed(&p));
        double d = deviation(&p, &o, 1e-2);
        ck_assert_msg(d < 1e-5, "%s/%s: %g", p.g->name, p.g_star->name, d);
        worst = fmax(worst, d);
        ov_overlaps_free(&o);
    }
    printf("    largest deviation %.1e\n", worst);
    gsl_rng_free(r);
}
END_TEST

static void jacobian_of_learnt(double *J, const struct ov_activation *g, double distance)
{
    struct ov_problem p = noisy(1, 1, 3);
    p.g = p.g_star = g;
    struct ov_overlaps o;
    struct ov_online *online;
    ck_ok(ov_overlaps_create(&o, 1, 1));
    o.T[0] = o.R[0] = o.v[0] = o.v_star[0] = 1.0;
    o.Q[0] = 1.0 + distance;
    ck_ok(ov_online_create(&online, &p, &o));
    ck_assert_int_eq(ov_online_jacobian(J, online, o.block), 0);
    ov_online_free(online);
    ov_overlaps_free(&o);
}

START_TEST(of_smooth_units_that_have_learnt)
{
    for (size_t i = OV_ACT_GENERIC; i < ov_activation_count; i++) {
        double J[9], near[9];
        if (has_kink(ov_activations[i].act) ||
            !ov_gauss_has_derivatives(&ov_activations[i], &ov_activations[i]))
            continue;
        jacobian_of_learnt(J, &ov_activations[i], 0.0);
        for (int k = 1; k <= 16; k++) {
            double t = pow(10.0, -k);
            jacobian_of_learnt(near, &ov_activations[i], t);
            for (int a = 0; a < 4; a++)
                ck_assert_msg(fabs(near[a] - J[a]) < 10.0 * t + 1e-8, "%s at %g: %g %g",
                              ov_activations[i].name, t, near[a], J[a]);
        }
    }
}
END_TEST

/* Other activations: differences of what is integrated. */
START_TEST(falls_back_to_differences)
{
    gsl_rng *r = ov_test_rng(502);
    for (int both = 0; both < 2; both++) {
        struct ov_problem p = problem(2, 2, OV_ACT_RELU, OV_ACT_ERF);
        p.eta_v = both ? 0.5 : 0.0;
        struct ov_overlaps o = random_overlaps(2, 2, r);
        ck_assert(!ov_online_jacobian_is_closed(&p));
        ck_assert_double_lt(deviation(&p, &o, 1e-2), 1e-7);
        ov_overlaps_free(&o);
    }
    gsl_rng_free(r);
}
END_TEST

/* The comparison sees a rate that is off by a millionth. */
START_TEST(a_wrong_jacobian_is_seen)
{
    gsl_rng *r = ov_test_rng(501);
    struct ov_problem p = noisy(3, 2, PAIRS + 3), q = p;
    struct ov_overlaps o = random_overlaps(3, 2, r);
    struct ov_online *online, *other;
    double J[225], F[225], worst = 0.0;
    q.eta_w *= 1.0 + 1e-6;
    ck_ok(ov_online_create(&online, &p, &o));
    ck_ok(ov_online_create(&other, &q, &o));
    ck_assert_int_eq(ov_online_jacobian(J, online, o.block), 0);
    ck_assert_int_eq(ov_online_jacobian(F, other, o.block), 0);
    for (size_t i = 0; i < 225; i++)
        worst = fmax(worst, fabs(J[i] - F[i]));
    ck_assert_double_gt(worst, 1e-8);
    ov_online_free(online);
    ov_online_free(other);
    ov_overlaps_free(&o);
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, agrees_with_differences);
    OV_TEST(s, agrees_at_dependent_fields);
    OV_TEST(s, finite_where_the_right_hand_side_is);
    OV_TEST(s, of_smooth_units);
    OV_TEST(s, of_smooth_units_that_have_learnt);
    OV_TEST(s, falls_back_to_differences);
    OV_TEST(s, a_wrong_jacobian_is_seen);
}

OV_TEST_MAIN("theory/online, Jacobian");
