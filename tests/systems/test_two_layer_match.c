/* SPDX-License-Identifier: MIT
 *
 * `match`: pairs against the best of all permutations where it is beyond doubt, and against a plain
 * search where not; what is left over against drawn weights and drawn inputs; what is refused.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_randist.h>

#include "overlap/model/start.h"
#include "overlap/systems/systems.h"
#include "two_layer_internal.h"
#include "two_layer_table.h"

/* Signs and order are not given: rows 2, 0 of R are learnt with signs, row 1 is idle. */
START_TEST(pairs_are_found_in_any_order_and_sign)
{
    struct table t =
        run_table(HEAD,
                  "    N: 100\n    K: 3\n    M: 2\n    eta_w: 0.1\n    alpha: 0\n"
                  "    init: {kind: overlaps, R: [[0.1, -0.9], [0.02, 0.05], [0.95, 0.3]], "
                  "Q: [[1, 0, -0.1], [0, 0.25, 0], [-0.1, 0, 1.2]]}\n"
                  "    theory: {match: true}\n",
                  OV_THEORY, 1);
    ck_agree(0.9, cell(&t, 0, "R_match"), 1e-14, 0.0);
    ck_agree(0.3, cell(&t, 0, "R_rest"), 1e-14, 0.0);
    ck_agree(0.25, cell(&t, 0, "Q_spare"), 1e-14, 0.0);
    ck_agree(asin(0.25 / 1.25) / M_PI, cell(&t, 0, "spare"), 1e-12, 0.0); /* I2(Q,Q)/2 */
    free_table(&t);
}
END_TEST

/* Four units, two teacher units: the pair is the largest entry, then the largest of what is not in its
 * row and column; the rest does on inputs what the column says. */
START_TEST(is_what_drawn_weights_say)
{
    enum { N = 12, K = 4, M = 2, DRAWN = 200000 };
    struct table t = run_table(HEAD,
                               "    N: 12\n    K: 4\n    M: 2\n    eta_w: 0.1\n    alpha: 0\n"
                               "    activation: tanh\n    init: {v: [1, -2, 0.5, 3]}\n"
                               "    sgd: {seeds: 1, match: true}\n",
                               OV_SGD, 5);
    const struct ov_two_layer *s = t.e->curve[0].state;
    double w[K * N], w_star[M * N], v[K], R[K][M], first = 0.0, second = 0.0;
    size_t a = 0, b = 0, other = 0;
    ck_ok(ov_start_weights(w, w_star, v, &s->problem, 5, NULL));
    for (size_t k = 0; k < K; k++)
        for (size_t m = 0; m < M; m++) {
            R[k][m] = 0.0;
            for (size_t i = 0; i < N; i++)
                R[k][m] += w[k * N + i] * w_star[m * N + i] / N;
            if (fabs(R[k][m]) > first) {
                first = fabs(R[k][m]);
                a = k;
                b = m;
            }
        }
    for (size_t k = 0; k < K; k++)
        if (k != a && fabs(R[k][1 - b]) > second) {
            second = fabs(R[k][1 - b]);
            other = k;
        }
    ck_agree(fmin(first, second), cell(&t, 0, "R_match"), 1e-10, 0.0);
    gsl_rng *r = ov_test_rng(20261127);
    double sum = 0.0, square = 0.0;
    for (size_t n = 0; n < DRAWN; n++) {
        double x[N], y = 0.0;
        for (size_t i = 0; i < N; i++)
            x[i] = gsl_ran_ugaussian(r);
        for (size_t k = 0; k < K; k++) {
            double lambda = 0.0;
            for (size_t i = 0; i < N; i++)
                lambda += w[k * N + i] * x[i] / sqrt(N);
            y += k == a || k == other ? 0.0 : v[k] * tanh(lambda);
        }
        sum += 0.5 * y * y / DRAWN;
        square += 0.25 * y * y * y * y / DRAWN;
    }
    ck_agree(sum, cell(&t, 0, "spare"), 0.0, 4.5 * sqrt((square - sum * sum) / DRAWN));
    gsl_rng_free(r);
    free_table(&t);
}
END_TEST

/* Theory of the end: a permutation for K = M, nothing left of what is over. */
START_TEST(a_student_that_has_learnt_is_a_permutation)
{
    for (int K = 2; K <= 3; K++) {
        char more[300];
        snprintf(more, sizeof more,
                 "    N: 200\n    K: %d\n    M: 2\n    eta_w: 0.5\n    alpha: [0, 2000]\n"
                 "    init: {std: 0.5}\n    theory: {match: true, seeds: 1, time_to: 0.1}\n",
                 K);
        struct table t = run_table(HEAD, more, OV_THEORY, 8);
        ck_assert_double_lt(cell(&t, 0, "R_match"), 0.5);
        ck_agree(1.0, cell(&t, 1, "R_match"), 0.0, 1e-4);
        ck_agree(0.0, cell(&t, 1, "R_rest"), 0.0, 1e-4);
        ck_agree(0.0, cell(&t, 1, "spare"), 0.0, 1e-8);
        ck_agree(0.0, cell(&t, 1, "Q_spare"), 0.0, 1e-4);
        ck_assert_double_gt(cell(&t, 1, "alpha_to_0.1"), 0.0);
        free_table(&t);
    }
}
END_TEST

/* The columns are where they belong when there are others; fewer student units than teacher units. */
START_TEST(is_beside_what_else_is_asked_for)
{
    const char *form = "    N: 50\n    K: 2\n    M: 1\n    eta_w: 0.2\n    alpha: [0, 1, 5]\n"
                       "    theory: {share: true%s, fixed_point: true}\n"
                       "    sgd: {seeds: 1, engine: law, share: true, time_to: 0.1%s}\n";
    for (enum ov_side side = OV_THEORY; side <= OV_SGD; side++) {
        char with[400], without[400];
        snprintf(with, sizeof with, form, ", match: true", ", match: true");
        snprintf(without, sizeof without, form, "", "");
        struct table a = run_table(HEAD, with, side, 3), b = run_table(HEAD, without, side, 3);
        ck_assert_uint_eq(a.plan->n_col, b.plan->n_col + OV_MATCH_COLUMNS);
        for (size_t i = 0; i < b.plan->n_col; i++) {
            double x = b.rows[2 * b.plan->n_col + i], y = cell(&a, 2, b.plan->column[i].name);
            ck_assert_msg(x == y || (isnan(x) && isnan(y)), "%s", b.plan->column[i].name);
        }
        ck_agree(fmax(fabs(cell(&a, 2, "R_0_0")), fabs(cell(&a, 2, "R_1_0"))),
                 cell(&a, 2, "R_match"), 1e-14, 0.0);
        free_table(&a);
        free_table(&b);
    }
    struct table t = run_table(HEAD,
                               "    N: 50\n    K: 1\n    M: 2\n    eta_w: 0.2\n    alpha: [0, 1]\n"
                               "    sgd: {seeds: 1, engine: law, match: true}\n",
                               OV_SGD, 3);
    ck_assert_double_eq(cell(&t, 1, "spare"), 0.0);
    ck_assert_double_eq(cell(&t, 1, "Q_spare"), 0.0);
    ck_assert_double_gt(cell(&t, 1, "R_match"), cell(&t, 1, "R_rest"));
    free_table(&t);
}
END_TEST

START_TEST(is_refused_where_R_is_something_else)
{
    refuses_more(RANDOM_START,
                 "    inputs: {covariance: {power: 1}}\n    sgd: {seeds: 1, match: true}\n",
                 "12:28: error: match is for Gaussian inputs with covariance 1");
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, pairs_are_found_in_any_order_and_sign);
    OV_TEST(s, is_what_drawn_weights_say);
    OV_TEST(s, a_student_that_has_learnt_is_a_permutation);
    OV_TEST(s, is_beside_what_else_is_asked_for);
    OV_TEST(s, is_refused_where_R_is_something_else);
}

OV_TEST_MAIN("systems/two-layer, match");
