/* SPDX-License-Identifier: MIT
 *
 * `scaling`: the problem as Arnaboldi et al. write it. Its curves against an integration of the
 * equations in their form; the same curve in both forms; what is refused.
 */
#include <math.h>
#include <string.h>

#include "overlap/num/sym.h"
#include "overlap/systems/systems.h"
#include "systems/their_equations.h"
#include "two_layer_internal.h"
#include "two_layer_table.h"

/* ---- a table ---- */

static const double *row_of(const struct table *t, size_t row)
{
    return t->rows + row * t->plan->n_col;
}

/* The overlaps of a row, moving numbers from its column Q_0_0 on, into C; or against C. */
static void put(struct theirs *x, const struct table *t, size_t row, double tol)
{
    size_t p = x->p, k = x->k, P = x->P;
    const double *Q = row_of(t, row) + column(t, "Q_0_0"), *R = Q + ov_sym_size(p);
    for (size_t i = 0; i < k; i++)
        x->C[i * P + i] = 1.0;
    for (size_t j = 0; j < p; j++)
        for (size_t b = 0; b <= k + j; b++) {
            double now = b < k ? R[j * k + b] : Q[ov_sym_at(j, b - k)];
            double *theirs = &x->C[(k + j) * P + b];
            if (tol > 0.0)
                ck_agree(*theirs, now, 0.0, tol);
            else
                *theirs = x->C[b * P + k + j] = now;
        }
}

static void same_paths(const char *g, double gamma, size_t p, size_t k, double t, int steps)
{
    char more[400];
    snprintf(more, sizeof more,
             "    scaling: {gamma: %.17g, p: %zu, d: 100}\n    M: %zu\n    activation: %s\n"
             "    t: [0, %.17g]\n    theory: true\n    method: rk8pd\n    rtol: 1e-12\n"
             "    atol: 1e-14\n",
             gamma, p, k, g, t);
    struct table ours = run_table(HEAD, more, OV_THEORY, 7);
    struct theirs x = theirs_create(p, k, gamma / (double)p, g);
    put(&x, &ours, 0, 0.0);
    integrate(&x, t, steps);
    put(&x, &ours, 1, 1e-9);
    ck_assert_double_eq(row_of(&ours, 1)[0], t);
    ck_agree(t * (double)p / gamma, row_of(&ours, 1)[1], 1e-15, 0.0);
    free(x.C);
    free_table(&ours);
}

START_TEST(paths_are_theirs)
{
    same_paths("erf", 0.2, 4, 2, 1.0, 100);
    same_paths("quadratic", 0.2, 4, 2, 1.0, 1000);
    same_paths("erf", 1.0, 8, 4, 1.0, 60);
    same_paths("quadratic", 1.0, 8, 4, 1.0, 1000);
    same_paths("quadratic", 0.005, 200, 2, 0.1, 50);
}
END_TEST

/* ---- the same curve in both forms ---- */

#define OURS                                                                                       \
    "    K: 4\n    M: 2\n    N: 30\n    eta_w: 0.3\n    v_star: 0.5\n    init: {v: 0.25}\n"        \
    "    sigma: 0.2\n"
#define THEIRS "    scaling: {gamma: 0.3, p: 4, d: 30}\n    M: 2\n    sigma: 0.2\n"
#define TAIL                                                                                       \
    "    alpha: [0, 1, 2.5]\n    theory: {fixed_point: true, time_to: 0.2, fluctuations: true}\n"  \
    "    sgd: {engine: weights, seeds: 2, time_to: 0.2}\n"

/* Random numbers and all columns but t are the same; keys are not, as the tables differ. */
START_TEST(curves_are_the_same_in_both_forms)
{
    for (int side = OV_THEORY; side <= OV_SGD; side++) {
        struct table a = run_table(HEAD, OURS TAIL, side, 7),
                     b = run_table(HEAD, THEIRS TAIL, side, 7);
        ck_assert_str_eq(a.e->curve[0].problem.s, b.e->curve[0].problem.s);
        ck_assert_str_ne(a.plan->parameters.s, b.plan->parameters.s);
        ck_assert_uint_eq(a.plan->n_col + 1, b.plan->n_col);
        ck_assert_str_eq(b.plan->column[1].name, "t");
        for (size_t j = 0; j < 3; j++) {
            const double *x = row_of(&a, j), *y = row_of(&b, j);
            ck_assert_double_eq(x[0], y[0]);
            ck_assert_double_eq(x[0] * 0.3 / 4.0, y[1]);
            for (size_t i = 1; i < a.plan->n_col; i++)
                ck_assert((isnan(x[i]) && isnan(y[i + 1])) || x[i] == y[i + 1]);
        }
        free_table(&a);
        free_table(&b);
    }
}
END_TEST

START_TEST(a_denoising_start_has_the_same_v)
{
    struct table t =
        run_table(HEAD, THEIRS "    init: {kind: denoising}\n    t: [0, 1]\n    theory: true\n",
                  OV_THEORY, 7);
    ck_assert_double_eq(row_of(&t, 0)[column(&t, "v_3")], 0.25);
    ck_assert_double_lt(row_of(&t, 0)[column(&t, "eps_g")], 1e-15);
    free_table(&t);
}
END_TEST

/* ---- reading ---- */

static double variable(const struct ov_experiment *e, const char *name)
{
    double x = NAN;
    (void)ov_curve_variable(&x, &e->curve[0], name);
    return x;
}

START_TEST(powers_of_d)
{
    struct ov_experiment *e = load_more(
        HEAD, "    M: 2\n    t: [0, 1]\n    theory: true\n"
              "    scaling: {delta: 0.5, kappa: 0.25, gamma_0: 3, p_0: 4, d_0: 10, d: 1000}\n");
    ck_agree(0.3, variable(e, "gamma"), 1e-12, 0.0);
    ck_assert_double_eq(variable(e, "p"), 13.0); /* 12.65 */
    ck_assert_double_eq(variable(e, "K"), 13.0);
    ck_assert_double_eq(variable(e, "N"), 1000.0);
    ck_agree(0.3, variable(e, "eta_w"), 1e-12, 0.0);
    ck_assert_double_eq(variable(e, "v_star"), 0.5);
    ck_assert_double_eq(variable(e, "delta"), 0.5);
    ck_assert(isnan(variable(e, "t")));
    ov_experiment_free(e);
    e = load_more(
        HEAD, "    M: 2\n    t: [0, 1]\n    theory: true\n    scaling: {gamma: 1, p: 2, d: 9}\n");
    ck_assert(isnan(variable(e, "gamma_0")) && isnan(variable(e, "kappa")));
    ov_experiment_free(e);
}
END_TEST

START_TEST(widths_and_rates_can_be_varied)
{
    struct ov_experiment *e =
        load("title: t\nsystem: two-layer\ndefaults: {M: 2, "
             "t: [0, 1], theory: true}\ncurves:\n  - {id: a, vary: {scaling.p: [2, 4], "
             "scaling.gamma: [0.5, 1], scaling.d: [20, 40]}}\n");
    ck_assert_uint_eq(e->n_curve, 8);
    double x = 0.0;
    ck_assert(ov_curve_variable(&x, &e->curve[7], "p") && x == 4.0);
    ck_assert(ov_curve_variable(&x, &e->curve[7], "gamma") && x == 1.0);
    ck_assert(ov_curve_variable(&x, &e->curve[6], "d") && x == 20.0);
    ck_assert_str_eq(e->curve[7].id, "a-scaling.p4-scaling.gamma1-scaling.d40");
    /* by the paths that vary has */
    ck_assert(ov_curve_variable(&x, &e->curve[7], "scaling.p") && x == 4.0);
    ck_assert(ov_curve_variable(&x, &e->curve[0], "scaling.gamma") && x == 0.5);
    ck_assert(ov_curve_variable(&x, &e->curve[6], "scaling.d") && x == 20.0);
    ck_assert(!ov_curve_variable(&x, &e->curve[0], "init.gamma"));
    ck_assert(!ov_curve_variable(&x, &e->curve[0], "scaling.kappa")); /* not given */
    ck_assert(!ov_curve_variable(&x, &e->curve[0], "init.kind"));     /* no number */
    ov_experiment_free(e);
}
END_TEST

#define REST "    M: 2\n    t: [0, 1]\n    theory: true\n"
static void refuses_here(const char *more, const char *report)
{
    refuses_more(HEAD REST, more, report);
}

START_TEST(both_forms_are_refused)
{
    refuses_here("    scaling: {gamma: 1, p: 4, d: 50}\n    eta_w: 1\n",
                 "9:12: error: eta_w is gamma of scaling: give one of the two");
    refuses_here("    scaling: {gamma: 1, p: 4, d: 50}\n    K: 4\n",
                 "9:8: error: K is p of scaling: give one of the two");
    refuses_here("    N: 50\n    scaling: {gamma: 1, p: 4, d: 50}\n",
                 "8:8: error: N is d of scaling: give one of the two");
    refuses_here("    scaling: {gamma: 1, p: 4, d: 50}\n    v_star: [1, 1]\n",
                 "9:13: error: v_star is 1/M of scaling: give one of the two");
    refuses_here("    scaling: {gamma: 1, p: 4, d: 50}\n    init: {v: 1}\n",
                 "9:15: error: init.v is 1/p of scaling: give one of the two");
    refuses_here("    scaling: {gamma: 1, p: 4, d: 50}\n    sgd: {seeds: 1, N: 9}\n",
                 "9:24: error: sgd.N is d of scaling: give one of the two");
}
END_TEST

START_TEST(bad_scalings_are_refused)
{
    refuses_here("    scaling: {gamma: 1, p: 0, d: 50}\n", "8:28: error: p must be from 1 to 1000");
    refuses_here("    scaling: {gamma: -1, p: 2, d: 50}\n", "8:22: error: gamma must be from 0");
    refuses_here("    scaling: {gamma: 0, p: 2, d: 50}\n",
                 "8:22: error: gamma = 0: t = alpha gamma/p needs gamma > 0");
    refuses_here("    scaling: {p: 2, d: 50}\n",
                 "8:14: error: scaling needs either 'gamma' or 'delta'");
    refuses_here("    scaling: {gamma: 1, delta: 1, p: 2, d: 50}\n",
                 "8:32: error: scaling has both 'gamma' and 'delta': give one of the two");
    refuses_here("    scaling: {gamma: 1, kappa: 1}\n", "8:32: error: a power of d needs 'd'");
    refuses_here("    scaling: {gamma: 1, kappa: -1, d: 50}\n",
                 "8:32: error: p = 0 units: it must be from 1 to 1000");
    refuses_here("    scaling: {gamma: 1, p: 2, d: 50, d_0: 2}\n",
                 "8:43: error: 'scaling.d_0' is read by nothing here");
    refuses_here("    scaling: {gamma: 1, p: 3, d: 50}\n    init: {kind: denoising}\n",
                 "8:28: error: a denoising start needs a p that M divides");
    refuses_here("    scaling: {gamma: 1, p: 3, d: 1}\n",
                 "8:34: error: N = 1 must be at least M = 2");
    refuses_here("    scaling: {gamma: 1, p: 3, d: 50}\n    alpha: [1]\n",
                 "6:8: error: t = alpha gamma/p: give t or alpha");
    refuses_here("    K: 2\n    eta_w: 1\n    N: 9\n",
                 "6:8: error: t is a time of scaling, which is not given");
}
END_TEST

START_TEST(what_is_missing_without_scaling_is_said)
{
    refuses_more(HEAD, "    M: 2\n    alpha: [1]\n    theory: true\n    eta_w: 1\n",
                 "4:5: error: a curve needs 'K'");
    refuses_more(HEAD, "    M: 2\n    alpha: [1]\n    theory: true\n    K: 1\n",
                 "4:5: error: a curve needs 'eta_w'");
    refuses_more(HEAD, "    M: 2\n    theory: true\n    K: 1\n    eta_w: 1\n    N: 9\n",
                 "4:5: error: a curve needs 'alpha'");
}
END_TEST

START_TEST(gradient_flow_has_no_fluctuations)
{
    struct ov_experiment *e =
        load_more(HEAD REST, "    scaling: {gamma: 1, p: 2, d: 50}\n    eta_v: 1\n");
    ck_assert(!((struct ov_two_layer *)e->curve[0].state)->problem.gradient_flow);
    ck_assert_ptr_null(strstr(e->curve[0].side[OV_THEORY].parameters.s, "noise"));
    ov_experiment_free(e);
    e = load_more(HEAD "    M: 2\n    t: [0, 1]\n",
                  "    scaling: {gamma: 1, p: 2, d: 50}\n    theory: {noise: false}\n");
    ck_assert(((struct ov_two_layer *)e->curve[0].state)->problem.gradient_flow);
    ck_assert_ptr_nonnull(strstr(e->curve[0].side[OV_THEORY].parameters.s, "noise: false\n"));
    ck_assert_ptr_null(strstr(e->curve[0].problem.s, "noise"));
    ov_experiment_free(e);
    refuses_more(HEAD "    M: 2\n    t: [0, 1]\n    scaling: {gamma: 1, p: 2, d: 50}\n",
                 "    theory: {noise: false, fluctuations: true}\n",
                 "8:42: error: gradient flow (noise: false) has no fluctuations");
    refuses_more(HEAD "    M: 2\n    t: [0, 1]\n    scaling: {gamma: 1, p: 2, d: 50}\n",
                 "    theory: {noise: false, eta_max: true}\n",
                 "8:37: error: gradient flow (noise: false) has no eta_max");
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, paths_are_theirs);
    OV_TEST(s, curves_are_the_same_in_both_forms);
    OV_TEST(s, a_denoising_start_has_the_same_v);
    OV_TEST(s, powers_of_d);
    OV_TEST(s, widths_and_rates_can_be_varied);
    OV_TEST(s, both_forms_are_refused);
    OV_TEST(s, bad_scalings_are_refused);
    OV_TEST(s, what_is_missing_without_scaling_is_said);
    OV_TEST(s, gradient_flow_has_no_fluctuations);
}

OV_TEST_MAIN("systems/two-layer, scaling");
