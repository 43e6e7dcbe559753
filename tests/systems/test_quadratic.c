/* SPDX-License-Identifier: MIT
 *
 * Curves of quadratic networks: reading, keys, running.
 */
#include "overlap/theory/quadratic_population.h"
#include "quadratic_cases.h"

/* ---- reading ---- */

START_TEST(values_out_of_range_are_refused_at_their_place)
{
    refuses_edited(LONG, "kappa: 0.5", "kappa: 0", "5:12: error: kappa must be from 0.001 to");
    refuses_edited(LONG, "kappa: 0.5", "kappa: -1", "5:12: error: kappa must be from 0.001 to");
    refuses_edited(LONG, "kappa_star: 0.2", "kappa_star: 0", "6:17: error: kappa_star must be");
    refuses_edited(LONG, "lambda: 0.1", "lambda: -0.1", "7:13: error: lambda must be from 0 to");
    refuses_edited(LONG, "lambda: 0.1", "lambda: 1e-13",
                   "7:13: error: lambda must be 0 or at least 1e-12");
    refuses_more(LONG, "    Delta: -1\n", "11:12: error: Delta must be from 0 to");
    refuses_more(LONG, "    Delta: 1e-13\n", "11:12: error: Delta must be 0 or at least 1e-12");
    refuses_more(LONG, "    gamma: 0\n", "11:12: error: gamma must be");
    refuses_edited(LONG, "[0.1, 0.4]", "[0, 0.4]", "9:13: error: alpha");
    refuses_edited(LONG, "[0.1, 0.4]", "-1", "9:12: error: alpha");
    refuses_edited(LONG, "[0.1, 0.4]", "[0.4, 0.1]",
                   "9:12: error: alpha must increase: 0.1 stands after 0.4");
    refuses_edited(LONG, "[0.1, 0.4]", "{min: 1, max: 0.5}",
                   "9:18: error: min must be below max, 0.5");
    refuses_edited(LONG, "[0.1, 0.4]", "{min: 1, max: 1.0000000000001, points: 50}",
                   "9:12: error: the range is too narrow for 50 points");
}
END_TEST

START_TEST(what_theory_can_not_say_is_refused)
{
    refuses_edited(
        LONG, "theory: true", "theory: dmft",
        "10:13: error: theory dmft takes one alpha a curve: 'vary' makes a curve of each");
    refuses_edited(LONG, "theory: true", "theory: population",
                   "10:13: error: theory population is the flow on infinitely many samples");
    refuses_edited(LONG, "alpha: [0.1, 0.4]", "sensing: goe",
                   "4:5: error: a curve needs 'alpha', or 't', or both");
    refuses_more(FLOW, "    theory: true\n",
                 "12:13: error: theory long-time is the end of training");
    refuses_more(LONG, "    t: [1]\n",
                 "11:8: error: 't' is read by nothing here: curve a is trained to the end");
    refuses_more(MODEL, "    t: [1]\n    theory: true\n", "4:5: error: a curve needs 'alpha'");
    refuses_edited(MODEL "    t: [1]\n    theory: population\n", "lambda: 0.1", "lambda: 2000",
                   "7:13: error: theory population takes lambda up to 1000");
}
END_TEST

START_TEST(what_can_not_be_trained_is_refused)
{
    refuses_edited(FLOW, "    d: 10\n", "", "10:10: error: sgd needs 'd', the input dimension");
    refuses_edited(FLOW, "    t: [0, 1, 2]\n", "",
                   "10:10: error: sgd of method flow needs times, 't'");
    refuses_edited(FLOW, "alpha: 0.4", "alpha: [0.4, 1]",
                   "10:8: error: several times need one alpha, and several alphas one time");
    refuses_edited(
        FLOW, "kappa: 0.5", "kappa: 0.55",
        "5:12: error: kappa d = 5.5 is no whole number of units: 6 would be kappa = 0.6");
    refuses_edited(FLOW, "kappa_star: 0.2", "kappa_star: 0.01",
                   "6:17: error: kappa_star d = 0.1 is no whole number of units: 1 would be");
    refuses_edited(FLOW, "alpha: 0.4", "alpha: 0.001",
                   "9:12: error: alpha d^2 = 0.1: there must be a sample");
    refuses_edited(
        FLOW, "d: 10", "d: 1000",
        "9:12: error: 400000 samples of 500500 numbers would take more than 10 GB of memory");
    refuses_more(LONG, "    sgd: {seeds: 1, d: 2000}\n", "9:12: error: 1.6e+06 samples of");
    refuses_edited(LONG "    sgd: {seeds: 1}\n", "lambda: 0.1", "lambda: 0",
                   "7:13: error: at lambda = 0 the end depends on the way there");
    refuses_edited(MODEL "    t: [1]\n    sgd: {seeds: 1, method: flow}\n", "d: 10", "d: 50000",
                   "8:8: error: a run would take more than 10 GB of memory");
}
END_TEST

/* ---- what results are a function of ---- */

START_TEST(keys_have_what_matters_and_no_more)
{
    check_said(LONG, OV_THEORY, "kappa: 0.5\n", true);
    check_said(LONG, OV_THEORY, "alpha: 0.1 0.4\n", true);
    check_said(LONG, OV_THEORY, "theory: long-time\n", true);
    check_said(LONG, OV_THEORY, "d: ", false);
    check_said(LONG, OV_THEORY, "gamma", false);
    check_said(FLOW, OV_SGD, "d: 10\n", true);
    check_said(FLOW, OV_SGD, "gamma: 0.01\n", true);
    check_said(FLOW, OV_SGD, "sensing: goe\n", true);
    check_said(FLOW, OV_SGD, "method: flow\n", true);
    check_said(FLOW, OV_SGD, "t: 0 1 2\n", true);
    check_said(MODEL "    t: [1]\n    theory: population\n", OV_THEORY, "gamma: 0.01\n", true);
}
END_TEST

/* ---- running ---- */

START_TEST(theory_gives_points_and_thresholds)
{
    struct ov_experiment *e = load(LONG);
    double *rows = run_side(e, OV_THEORY, 0), alpha[] = {0.1, 0.4};
    struct ov_quadratic p = {0.5, 0.2, 0.1, 0.0};
    struct ov_quadratic_point point[2];
    struct ov_quadratic_thresholds th;
    struct ov_error err = {0};
    ck_ok(ov_quadratic_curve(point, &p, alpha, 2, &err));
    ck_ok(ov_quadratic_thresholds(&th, &p, &err));
    check_columns(e, OV_THEORY,
                  "alpha,mse,loss_train,err_in,rank,xi,q,n_roots,mse_bayes,alpha_inter,"
                  "alpha_pr_plus,alpha_pr,kappa_sat");
    for (size_t i = 0; i < 2; i++) {
        const double *row = rows + 13 * i;
        double bayes, xi;
        ck_ok(ov_quadratic_bayes(&bayes, &xi, &p, alpha[i], &err));
        const double expected[] = {alpha[i],        point[i].mse,  point[i].loss_train,
                                   point[i].err_in, point[i].rank, point[i].xi,
                                   point[i].q,      1.0,           bayes,
                                   th.inter,        th.pr_plus,    th.pr,
                                   th.kappa_sat};
        for (size_t c = 0; c < 13; c++)
            ck_agree(expected[c], row[c], 1e-12, 0.0);
    }
    free(rows);
    ov_experiment_free(e);
}
END_TEST

START_TEST(noise_has_no_exact_recovery)
{
    struct ov_experiment *e = load_more(LONG, "    Delta: 0.5\n");
    double *rows = run_side(e, OV_THEORY, 0);
    ck_assert(isnan(rows[10]));
    ck_assert(isfinite(rows[9]));
    free(rows);
    ov_experiment_free(e);
}
END_TEST

START_TEST(each_alpha_is_trained_on_its_own)
{
    struct ov_experiment *both = load_more(LONG, "    sgd: {seeds: 1}\n"), *one;
    char *text = edited(LONG "    sgd: {seeds: 1}\n", "[0.1, 0.4]", "0.4");
    double *rows = run_side(both, OV_SGD, 17), *row, x[OV_QN_WIDTH];
    struct ov_quadratic_network p = {10, 5, 2, 40, OV_SENSING_GOE, 0.1, 0.0, 0.01};
    struct ov_error err = {0};
    one = load(text);
    row = run_side(one, OV_SGD, 17);
    ck_assert_uint_eq(ov_side_pieces(&both->curve[0].side[OV_SGD]), 2);
    ck_assert_uint_eq(ov_side_pieces(&one->curve[0].side[OV_SGD]), 1);
    check_columns(both, OV_SGD, "alpha,mse,loss_train,err_in,rank");
    ck_ok(ov_quadratic_minimise(x, &p, 17, NULL, &err));
    for (size_t c = 0; c < 5; c++) {
        ck_agree(row[c], rows[5 + c], 0.0, 0.0);
        if (c > 0)
            ck_agree(x[c - 1], row[c], 0.0, 0.0);
    }
    free(text);
    free(rows);
    free(row);
    ov_experiment_free(both);
    ov_experiment_free(one);
}
END_TEST

/* The tier of tests is ci. */
START_TEST(a_tier_may_have_its_d)
{
    static const char *const maps[] = {"{quick: 5, ci: 20, full: 40}", "{quick: 20, full: 40}"};
    for (size_t i = 0; i < 2; i++) {
        char *text = edited(LONG "    sgd: {seeds: 1}\n", "d: 10", "d: 20");
        struct ov_experiment *plain = load(text);
        free(text);
        struct ov_text d = {0};
        ov_text_addf(&d, "d: %s", maps[i]);
        text = edited(LONG "    sgd: {seeds: 1}\n", "d: 10", d.s);
        struct ov_experiment *e = load(text);
        ck_assert_str_eq(e->curve[0].side[OV_SGD].parameters.s,
                         plain->curve[0].side[OV_SGD].parameters.s);
        ck_assert_str_eq(e->curve[0].problem.s, plain->curve[0].problem.s);
        ov_text_free(&d);
        free(text);
        ov_experiment_free(e);
        ov_experiment_free(plain);
    }
}
END_TEST

START_TEST(flow_has_times)
{
    struct ov_experiment *e = load(FLOW);
    double *rows = run_side(e, OV_SGD, 3), x[3 * OV_QN_WIDTH], t[] = {0.0, 1.0, 2.0};
    struct ov_quadratic_network p = {10, 5, 2, 40, OV_SENSING_GOE, 0.1, 0.0, 0.01};
    struct ov_error err = {0};
    check_columns(e, OV_SGD, "t,alpha,mse,loss_train,err_in,rank");
    ck_ok(ov_quadratic_flow(x, &p, 3, t, 3, NULL, &err));
    for (size_t i = 0; i < 3; i++) {
        ck_agree(t[i], rows[6 * i], 0.0, 0.0);
        ck_agree(0.4, rows[6 * i + 1], 0.0, 0.0);
        for (size_t c = 0; c < 4; c++)
            ck_agree(x[i * OV_QN_WIDTH + c], rows[6 * i + 2 + c], 0.0, 0.0);
    }
    ck_assert_double_ge(e->curve[0].side[OV_SGD].memory, 8.0 * 40.0 * 55.0);
    free(rows);
    ov_experiment_free(e);
}
END_TEST

START_TEST(infinitely_many_samples_have_a_distance_to_the_end)
{
    struct ov_experiment *e =
        load_more(MODEL, "    t: [0.5, 3]\n    theory: population\n    sgd: {method: flow, seeds: "
                         "1}\n");
    double *rows = run_side(e, OV_THEORY, 0), *run = run_side(e, OV_SGD, 5), t[] = {0.5, 3.0};
    struct ov_population p = {OV_POPULATION_TEACHER, 0.5, 0.2, 0.1, 0.01};
    struct ov_population_point point[2];
    double x[2 * OV_QN_WIDTH];
    struct ov_quadratic_network q = {10, 5, 2, 0, OV_SENSING_GOE, 0.1, 0.0, 0.01};
    struct ov_error err = {0};
    check_columns(e, OV_THEORY, "t,mse,trace,distance");
    check_columns(e, OV_SGD, "t,mse,trace,distance");
    ck_ok(ov_population_limit(point, &p, t, 2, &err));
    ck_ok(ov_quadratic_flow(x, &q, 5, t, 2, NULL, &err));
    for (size_t i = 0; i < 2; i++) {
        ck_agree(point[i].mse, rows[4 * i + 1], 1e-12, 0.0);
        ck_agree(point[i].trace, rows[4 * i + 2], 1e-12, 0.0);
        ck_agree(point[i].distance, rows[4 * i + 3], 1e-12, 0.0);
        ck_agree(x[i * OV_QN_WIDTH + OV_QN_MSE], run[4 * i + 1], 0.0, 0.0);
        ck_agree(x[i * OV_QN_WIDTH + OV_QN_TRACE], run[4 * i + 2], 0.0, 0.0);
        ck_agree(x[i * OV_QN_WIDTH + OV_QN_DISTANCE], run[4 * i + 3], 0.0, 0.0);
    }
    free(rows);
    free(run);
    ov_experiment_free(e);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, values_out_of_range_are_refused_at_their_place);
    OV_TEST(s, what_theory_can_not_say_is_refused);
    OV_TEST(s, what_can_not_be_trained_is_refused);
    OV_TEST(s, keys_have_what_matters_and_no_more);
    OV_TEST(s, theory_gives_points_and_thresholds);
    OV_TEST(s, noise_has_no_exact_recovery);
    OV_TEST(s, each_alpha_is_trained_on_its_own);
    OV_TEST(s, a_tier_may_have_its_d);
    OV_TEST(s, flow_has_times);
    OV_TEST(s, infinitely_many_samples_have_a_distance_to_the_end);
}

OV_TEST_MAIN("systems/quadratic");
