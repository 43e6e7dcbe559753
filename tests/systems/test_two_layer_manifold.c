/* SPDX-License-Identifier: MIT
 *
 * `inputs.hidden_manifold`: both sides start from the same weights, the three theories of them, and
 * what is refused.
 */
#include <math.h>

#include "overlap/model/eps_g.h"
#include "overlap/model/start.h"
#include "overlap/num/sym.h"
#include "two_layer_internal.h"
#include "two_layer_table.h"

enum { N = 40, D = 25, KEY = 11 };
#define CURVE                                                                                      \
    HEAD "    N: 40\n    K: 2\n    M: 2\n    eta_w: 0.2\n    sigma: 0.1\n    teacher: random\n"    \
         "    init: {kind: random, std: 0.7}\n    alpha: [0, 1, 5]\n"                              \
         "    inputs: {hidden_manifold: {D: 25, tests: 20000}}\n"

/* Q, R and T of the fields from the weights of the run, by their definition. */
static void start_of(struct ov_overlaps *o, const struct ov_problem *p)
{
    static double F[N * D], w[2 * N], w_star[2 * D];
    struct ov_hidden_manifold h = {.D = D};
    struct ov_fold fold;
    ck_ok(ov_fold_of(&fold, h.f));
    ck_ok(ov_hidden_manifold_start(w, w_star, o->v, p, &h, KEY, NULL));
    ov_hidden_manifold_features(F, N, D, KEY);
    ck_ok(ov_hidden_manifold_overlaps(o, &fold, F, w, w_star, N, D));
    o->v_star[0] = o->v_star[1] = 1.0;
}

static void check_start(const struct table *t, const struct ov_overlaps *o, double eps_g,
                        double tol)
{
    static const char *const Q[] = {"Q_0_0", "Q_1_0", "Q_1_1"};
    static const char *const R[] = {"R_0_0", "R_0_1", "R_1_0", "R_1_1"};
    for (size_t i = 0; i < 3; i++)
        ck_agree(o->Q[i], cell(t, 0, Q[i]), 1e-11, 1e-12);
    for (size_t i = 0; i < 4; i++)
        ck_agree(o->R[i], cell(t, 0, R[i]), 1e-11, 1e-12);
    ck_agree(eps_g, cell(t, 0, "eps_g"), tol, 0.0);
}

START_TEST(both_sides_start_from_the_same_weights)
{
    struct table theory =
        run_table(CURVE, "    theory: true\n    sgd: {seeds: 1}\n", OV_THEORY, KEY);
    struct table sgd = run_table(CURVE, "    sgd: {seeds: 1}\n", OV_SGD, KEY);
    struct table white = run_table(CURVE, "    theory: {inputs: isotropic}\n", OV_THEORY, KEY);
    const struct ov_two_layer *s = theory.e->curve[0].state;
    struct ov_overlaps o;
    ck_ok(ov_overlaps_create(&o, 2, 2));
    start_of(&o, &s->problem);
    double eps_g = ov_eps_g(&o, s->problem.g, s->problem.g_star);
    check_start(&theory, &o, eps_g, 1e-11);
    check_start(&white, &o, eps_g, 1e-11);
    check_start(&sgd, &o, eps_g, 0.1); /* mean over test inputs of a small N */
    ck_assert_double_lt(cell(&sgd, 0, "eps_g_se"), 0.02 * eps_g);
    ov_overlaps_free(&o);
    free_table(&theory);
    free_table(&sgd);
    free_table(&white);
}
END_TEST

/* What is invisible adds to the error, and nothing else at the start; white inputs learn another way. */
START_TEST(theories_differ_in_what_they_leave_out)
{
    struct table all = run_table(CURVE, "    theory: true\n", OV_THEORY, KEY);
    struct table visible = run_table(CURVE, "    theory: {inputs: visible}\n", OV_THEORY, KEY);
    struct table white = run_table(CURVE, "    theory: {inputs: isotropic}\n", OV_THEORY, KEY);
    for (size_t row = 0; row < 3; row++)
        ck_assert_double_gt(cell(&all, row, "eps_g"), 1.02 * cell(&visible, row, "eps_g"));
    ck_agree(cell(&all, 0, "R_0_0"), cell(&visible, 0, "R_0_0"), 1e-12, 0.0);
    ck_assert(fabs(cell(&white, 2, "R_0_0") / cell(&all, 2, "R_0_0") - 1.0) > 0.1);
    free_table(&all);
    free_table(&visible);
    free_table(&white);
}
END_TEST

/* Each says in its key what it is of. */
START_TEST(keys_say_the_manifold)
{
    static const char *const more[] = {"    theory: true\n", "    theory: {inputs: visible}\n",
                                       "    theory: {inputs: isotropic}\n"};
    static const char *const says[] = {"hidden_manifold: D 25 f sign\n",
                                       "hidden_manifold: D 25 f sign visible\n",
                                       "hidden_manifold: D 25 f sign isotropic\n"};
    for (size_t i = 0; i < 3; i++) {
        struct ov_experiment *e = load_more(CURVE, more[i]);
        ck_assert(strstr(e->curve[0].side[OV_THEORY].parameters.s, says[i]));
        double x;
        ck_assert(ov_curve_variable(&x, &e->curve[0], "D"));
        ck_agree(25.0, x, 0, 0);
        ov_experiment_free(e);
    }
}
END_TEST

#define LINES HEAD "    N: 40\n    K: 2\n    M: 2\n    eta_w: 0.2\n    alpha: [0, 1]\n"
#define AT "    inputs: {hidden_manifold: {D: 25}}\n"

START_TEST(what_does_not_go_with_it_is_refused)
{
    static const struct {
        const char *more, *says;
    } rows[] = {
        {"    inputs: {hidden_manifold: {D: 1}}\n    theory: true\n",
         "10:35: error: D is 1: the teacher's M = 2 units need as many at least"},
        {"    inputs: {hidden_manifold: {D: 9, f: sing}}\n    theory: true\n",
         "10:41: error: f must be sign or an activation, not 'sing'"},
        {"    inputs: {hidden_manifold: {D: 9}, covariance: {power: 1}}\n    theory: true\n",
         "10:51: error: 'inputs.covariance' is read by nothing here: curve a has inputs on a hidden manifold"},
        {AT "    blocks: 5\n    theory: true\n",
         "11:13: error: a hidden manifold has a block for each of its directions: blocks: all"},
        {AT "    sgd: {engine: law, seeds: 1}\n",
         "10:31: error: hidden_manifold needs engine weights"},
        {AT "    sgd: {seeds: 1, weights: 1}\n",
         "11:30: error: weights of runs on a hidden manifold are not stored"},
        {AT "    init: {kind: informed}\n    theory: true\n",
         "11:18: error: on a hidden manifold students start at random"},
        {AT "    theory: {fixed_point: true}\n",
         "11:27: error: fixed_point is not for hidden manifolds"},
        {AT "    theory: {fluctuations: true}\n",
         "11:28: error: fluctuations are not for hidden manifolds"},
        {AT "    theory: {eta_max: true}\n", "11:23: error: eta_max is of the perfect student"},
        {AT "    labels: {kind: sign}\n    sgd: {seeds: 1}\n",
         "11:13: error: labels of kind sign are not for hidden manifolds"},
        {"    theory: {inputs: visible}\n",
         "10:22: error: visible is for inputs on a hidden manifold"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        refuses_more(LINES, rows[i].more, rows[i].says);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, both_sides_start_from_the_same_weights);
    OV_TEST(s, theories_differ_in_what_they_leave_out);
    OV_TEST(s, keys_say_the_manifold);
    OV_TEST(s, what_does_not_go_with_it_is_refused);
}

OV_TEST_MAIN("systems/two-layer, hidden manifold");
