/* SPDX-License-Identifier: MIT
 *
 * Perfect students of every activation: stability and largest learning rate against the linearised
 * equations, whose averages are taken here by quadrature over one field.
 */
#include <math.h>

#include "overlap/model/eps_g.h"
#include "overlap/theory/fixed_point.h"
#include "test.h"
#include "theory/fixed.h"
#include "theory/networks.h"

static double eta_max(const struct ov_problem *p, const struct ov_overlaps *o)
{
    double eta;
    struct ov_error err = {0};
    enum ov_status status = ov_eta_max(&eta, p, o, &err);
    ck_assert_msg(status == OV_OK, "%s", err.text);
    return eta;
}

/* < g'^2 >, < x^2 g'^2 >, < g'^4 > over N(0,1) by the trapezoidal rule, which has a node where
 * relu's slope jumps. */
static void slopes(double mean[3], const struct ov_activation *g)
{
    const double h = 1.0 / 1024.0;
    double weight = 0.0;
    mean[0] = mean[1] = mean[2] = 0.0;
    for (int i = -14 * 1024; i <= 14 * 1024; i++) {
        double x = h * i, w = exp(-0.5 * x * x);
        double left = g->dg(x - 1e-12), right = g->dg(x + 1e-12);
        double square = 0.5 * (left * left + right * right);
        weight += w;
        mean[0] += w * square;
        mean[1] += w * x * x * square;
        mean[2] += w * 0.5 * (pow(left, 4.0) + pow(right, 4.0));
    }
    for (int i = 0; i < 3; i++)
        mean[i] /= weight;
}

/* One unit near its teacher, delta = R - 1 along it and a length epsilon outside of it:
 *     d delta   = -eta < x^2 g'^2 > delta + ...,
 *     d epsilon = -(2 eta < g'^2 > - eta^2 < g'^4 >) epsilon */
START_TEST(one_perfect_unit)
{
    double known[3];
    slopes(known, &ov_activations[OV_ACT_RELU]);
    for (int i = 0; i < 3; i++)
        ck_agree(0.5, known[i], 1e-6, 0.0);
    for (size_t i = 0; i < ov_activation_count; i++) {
        double mean[3];
        struct ov_problem p = problem(1, 1, OV_ACT_ERF, OV_ACT_ERF);
        struct ov_overlaps o = informed(1, 1, 0.0);
        p.g = p.g_star = &ov_activations[i];
        slopes(mean, p.g);
        double expected = 2.0 * mean[0] / mean[2];
        /* leaky ReLU alone has its Jacobian by differences */
        double error = p.g->act == OV_ACT_LEAKY_RELU ? 1e-3 : 2e-7;
        ck_agree(expected, eta_max(&p, &o), error, 0.0);
        for (int turn = 0; turn < 3; turn++) {
            p.eta_w = expected * (turn == 0 ? 0.1 : turn == 1 ? 0.97 : 1.03);
            double outside = -2.0 * mean[0] + p.eta_w * mean[2];
            struct ov_fixed_point found = find(&p, &o);
            ck_agree(fmax(-mean[1], outside), found.growth_over_eta, 0.0, 4.0 * error * mean[0]);
            ck_assert_int_eq(found.kind, turn < 2 ? OV_FIXED_STABLE : OV_FIXED_UNSTABLE);
            ck_agree(0.0, found.eps_g, 0.0, 1e-13);
        }
        ov_overlaps_free(&o);
    }
}
END_TEST

/* Two orthogonal units: values of the issue, from the linearised equations. Every unit finds its
 * teacher again after a small kick that leaves it a covariance, with its growth. */
START_TEST(two_perfect_units)
{
    static const struct {
        const char *name;
        double eta;
    } known[] = {{"gelu", 1.3771}, {"tanh", 1.6504}, {"erf", 2.3068}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct ov_problem p = problem(2, 2, OV_ACT_ERF, OV_ACT_ERF);
        struct ov_overlaps o = informed(2, 2, 0.0);
        p.g = p.g_star = ov_activation_find(known[i].name);
        ck_agree(known[i].eta, eta_max(&p, &o), 0.0, 5.1e-5);
        ov_overlaps_free(&o);
    }
    for (size_t i = 0; i < ov_activation_count; i++) {
        double mean[3];
        struct ov_problem p = problem(2, 2, OV_ACT_ERF, OV_ACT_ERF);
        struct ov_overlaps o = informed(2, 2, 0.0), kicked = informed(2, 2, 0.0);
        p.g = p.g_star = &ov_activations[i];
        slopes(mean, p.g);
        p.eta_w = 0.02 * mean[0] / mean[2];
        for (size_t j = 0; j < 4; j++)
            kicked.R[j] += 1e-6 * sin(3.0 + 2.0 * (double)j);
        for (size_t k = 0; k < 2; k++)
            for (size_t l = 0; l <= k; l++)
                kicked.Q[ov_sym_at(k, l)] = kicked.R[2 * k] * kicked.R[2 * l] +
                                            kicked.R[2 * k + 1] * kicked.R[2 * l + 1] +
                                            (k == l ? 1e-10 : 0.0);
        struct ov_fixed_point at = find(&p, &o), near = find(&p, &kicked);
        ck_agree(0.0, near.eps_g, 0.0, 1e-13);
        if (at.kind == OV_FIXED_STABLE)
            ck_agree(at.growth, near.growth, 1e-6, 0.0);
        ck_assert_int_eq(at.kind, near.kind);
        /* with a little noise: eta sigma^2/4 sum_k < g'(lambda_k)^2 > */
        p.sigma = 1e-3, p.eta_w *= 0.1;
        double first_order = p.eta_w * 1e-6 / 2.0 * mean[0];
        ck_agree(first_order, find(&p, &o).eps_g, 0.01, 0.0);
        ov_overlaps_free(&o);
        ov_overlaps_free(&kicked);
    }
}
END_TEST

/* K students of x^2 on one teacher unit, v = 1/K: only sum_k w_k counts, which moves K times more
 * slowly than one unit does: K/6. Runs from nearby learn below it and not above. */
START_TEST(shared_teacher)
{
    for (size_t K = 2; K <= 8; K *= 2) {
        struct ov_problem p = problem(K, 1, OV_ACT_QUADRATIC, OV_ACT_QUADRATIC);
        for (int side = -1; side <= 1; side++) {
            struct ov_overlaps o = blank(K, 1);
            double length = side == 0 ? 1.0 : 1.001, alpha = 40.0;
            for (size_t k = 0; k < K; k++) {
                o.v[k] = 1.0 / (double)K, o.R[k] = 1.0;
                for (size_t l = 0; l <= k; l++)
                    o.Q[ov_sym_at(k, l)] = length;
            }
            if (side == 0) {
                ck_agree((double)K / 6.0, eta_max(&p, &o), 1e-8, 0.0);
                ov_overlaps_free(&o);
                continue;
            }
            double before = ov_eps_g(&o, p.g, p.g_star);
            p.eta_w = (1.0 + 0.05 * side) * (double)K / 6.0;
            double after = eps_g_at(&p, &o, alpha);
            ck_assert(side < 0 ? after < 0.1 * before : after > 2.0 * before);
        }
    }
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, shared_teacher);
    OV_TEST(s, one_perfect_unit);
    OV_TEST(s, two_perfect_units);
}

OV_TEST_MAIN("theory/fixed_point_perfect");
