/* SPDX-License-Identifier: MIT
 *
 * `share`: what the student's units span of one teacher unit, against projections of drawn weights; when
 * it is half, against the closed formula of gradient flow; what is refused.
 */
#include <math.h>
#include <string.h>

#include "overlap/model/start.h"
#include "overlap/systems/systems.h"
#include "two_layer_internal.h"
#include "two_layer_table.h"

#define SQUARES HEAD "    M: 1\n    activation: quadratic\n    sigma: 0.1\n"
#define TIMES "    t: {max: 4, points: 41, spacing: linear}\n"

/* The length of w*'s projection on the span of p rows, by Gram and Schmidt. */
static double projected(double *w, size_t p, const double *w_star, size_t d)
{
    double sum = 0.0, length = 0.0;
    for (size_t k = 0; k < p; k++) {
        double *u = w + k * d, norm = 0.0, dot = 0.0;
        for (size_t l = 0; l < k; l++) {
            double along = 0.0;
            for (size_t i = 0; i < d; i++)
                along += u[i] * w[l * d + i];
            for (size_t i = 0; i < d; i++)
                u[i] -= along * w[l * d + i];
        }
        for (size_t i = 0; i < d; i++)
            norm += u[i] * u[i];
        for (size_t i = 0; i < d; i++) {
            u[i] /= sqrt(norm);
            dot += u[i] * w_star[i];
        }
        sum += dot * dot;
    }
    for (size_t i = 0; i < d; i++)
        length += w_star[i] * w_star[i];
    return sum / length;
}

START_TEST(is_a_projection)
{
    struct table t = run_table(SQUARES,
                               "    scaling: {gamma: 0.1, p: 3, d: 12}\n    t: [0, 1]\n"
                               "    sgd: {seeds: 1, share: true, engine: law}\n",
                               OV_SGD, 5);
    const struct ov_two_layer *s = t.e->curve[0].state;
    double w[36], w_star[12], v[3];
    ck_ok(ov_start_weights(w, w_star, v, &s->problem, 5, NULL));
    ck_agree(projected(w, 3, w_star, 12), cell(&t, 0, "share"), 1e-9, 0.0);
    free_table(&t);
}
END_TEST

/* The columns are where they belong when there are others. */
START_TEST(is_beside_what_else_is_asked_for)
{
    const char *form = "    scaling: {gamma: 0.1, p: 2, d: 50}\n" TIMES
                       "    theory: {share: true, fixed_point: true, time_to: [0.5, 0.1]}\n"
                       "    sgd: {seeds: 1, engine: law, time_to: [0.5, 0.1]%s}\n";
    char with[400], without[400];
    snprintf(with, sizeof with, form, ", share: true");
    snprintf(without, sizeof without, form, "");
    struct table a = run_table(SQUARES, with, OV_SGD, 3),
                 b = run_table(SQUARES, without, OV_SGD, 3);
    ck_assert_double_eq(cell(&a, 0, "alpha_to_0.1"), cell(&b, 0, "alpha_to_0.1"));
    ck_assert_double_eq(cell(&a, 40, "R_1_0"), cell(&b, 40, "R_1_0"));
    ck_assert_double_gt(cell(&a, 40, "share"), 0.99);
    free_table(&b);
    b = run_table(SQUARES, with, OV_THEORY, 3);
    ck_agree(cell(&a, 0, "share"), cell(&b, 0, "share"), 1e-12, 0.0);
    ck_assert_double_gt(cell(&b, 0, "fixed_eps_g"), 0.0);
    ck_assert_double_lt(cell(&b, 0, "alpha_to_0.5"), cell(&b, 0, "alpha_to_0.1"));
    ck_assert_double_gt(cell(&b, 0, "alpha_half"), 0.0);
    free_table(&a);
    free_table(&b);
}
END_TEST

/* Gradient flow takes ln(1/c0^2 - 1)/8 in t, and SGD does not. */
START_TEST(half_is_when_the_formula_says)
{
    for (int p = 1; p <= 4; p *= 2) {
        char more[300];
        snprintf(more, sizeof more,
                 "    scaling: {gamma: %g, p: %d, d: 400}\n" TIMES
                 "    theory: {share: true, noise: false}\n",
                 0.02 * p, p);
        struct table t = run_table(SQUARES, more, OV_THEORY, 17 + (uint64_t)p);
        double c2 = cell(&t, 0, "share"), half = log(1.0 / c2 - 1.0) / 8.0;
        ck_agree(half / 0.02, cell(&t, 0, "alpha_half"), 1e-6, 0.0);
        ck_agree(1.0, cell(&t, 0, "half_ratio"), 1e-6, 0.0);
        free_table(&t);
        strcpy(strstr(more, ", noise: false"), "}\n");
        t = run_table(SQUARES, more, OV_THEORY, 17 + (uint64_t)p);
        ck_agree(1.045, cell(&t, 0, "half_ratio"), 0.0, 0.015);
        free_table(&t);
    }
}
END_TEST

START_TEST(is_refused_where_there_is_none)
{
    refuses_more(RANDOM_START, "    sgd: {seeds: 1, share: true}\n",
                 "11:28: error: share is of one teacher unit");
    refuses_more(HEAD "    M: 1\n    t: [0, 1]\n    scaling: {gamma: 1, p: 2, d: 9}\n",
                 "    teacher: random\n    theory: {share: true}\n",
                 "9:21: error: share is of one teacher unit");
    refuses_more(HEAD "    M: 1\n    t: [0, 1]\n    scaling: {gamma: 1, p: 2, d: 9}\n",
                 "    samples: 30\n    sgd: {seeds: 1, share: true}\n",
                 "9:28: error: share is for fresh inputs");
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, is_a_projection);
    OV_TEST(s, is_beside_what_else_is_asked_for);
    OV_TEST(s, half_is_when_the_formula_says);
    OV_TEST(s, is_refused_where_there_is_none);
}

OV_TEST_MAIN("systems/two-layer, share");
