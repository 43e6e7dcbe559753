/* SPDX-License-Identifier: MIT
 *
 * `eta_w: {start, decay}`: what is read, said and refused.
 */
#include <math.h>
#include <string.h>

#include "overlap/systems/systems.h"
#include "two_layer_cases.h"
#include "two_layer_internal.h"

/* Line 8 is eta_w. */
#define RATES HEAD "    K: 2\n    M: 1\n    alpha: [0, 0.5, 1]\n    eta_w: %s\n    N: 50\n"
#define POWER "{start: 0.5, decay: {kind: power, exponent: 0.75, time: 20, from: 3}}"
#define STEPS "{start: 0.5, decay: {kind: steps, at: [10, 100], factor: 0.1}}"

static struct ov_experiment *with(const char *eta_w, const char *more)
{
    char text[1000];
    snprintf(text, sizeof text, RATES "%s", eta_w, more);
    return load(text);
}

static void refused(const char *eta_w, const char *more, const char *report)
{
    char text[1000];
    snprintf(text, sizeof text, RATES "%s", eta_w, more);
    refuses(text, report);
}

START_TEST(kinds_are_read)
{
    struct ov_experiment *e = with(POWER, "    theory: true\n");
    const struct ov_two_layer *s = e->curve[0].state;
    const struct ov_schedule *schedule = &s->problem.schedule;
    ck_assert_int_eq(schedule->kind, OV_DECAY_POWER);
    ck_assert_double_eq(s->problem.eta_w, 0.5);
    ck_assert_double_eq(ov_schedule_scale(schedule, 3.0), 1.0);
    ck_agree(pow(2.0, -0.75), ov_schedule_scale(schedule, 23.0), 1e-14, 0.0);
    double x;
    ck_assert(ov_curve_variable(&x, &e->curve[0], "exponent") && x == 0.75);
    ck_assert(ov_curve_variable(&x, &e->curve[0], "time") && x == 20.0);
    ck_assert(ov_curve_variable(&x, &e->curve[0], "eta_w") && x == 0.5);
    ck_assert(ov_curve_variable(&x, &e->curve[0], "eta_w.start") && x == 0.5);
    ck_assert(ov_curve_variable(&x, &e->curve[0], "eta_w.decay.time") && x == 20.0);
    ck_assert(!ov_curve_variable(&x, &e->curve[0], "eta_w.stat"));
    ck_assert(!ov_curve_variable(&x, &e->curve[0], "eta_w.decay.kind"));
    ck_assert(!ov_curve_variable(&x, &e->curve[0], "factor"));
    ov_experiment_free(e);
    e = with(STEPS, "    theory: true\n");
    s = e->curve[0].state;
    ck_assert_double_eq(ov_schedule_scale(&s->problem.schedule, 50.0), 0.1);
    ck_assert(ov_curve_variable(&x, &e->curve[0], "factor") && x == 0.1);
    ck_assert(!ov_curve_variable(&x, &e->curve[0], "exponent"));
    ov_experiment_free(e);
    e = with("0.5", "    theory: true\n");
    ck_assert(!ov_curve_variable(&x, &e->curve[0], "exponent"));
    ck_assert_ptr_null(strstr(e->curve[0].problem.s, "\ndecay:"));
    ov_experiment_free(e);
}
END_TEST

/* Random numbers and results are those of the schedule. */
START_TEST(problems_differ)
{
    static const char *const rates[] = {
        "0.5",
        POWER,
        STEPS,
        "{start: 0.5, decay: {kind: power, exponent: 0.75, time: 20}}",
        "{start: 0.5, decay: {kind: power, exponent: 0.75, time: 21, from: 3}}",
        "{start: 0.5, decay: {kind: power, exponent: 0.7, time: 20, from: 3}}",
        "{start: 0.4, decay: {kind: power, exponent: 0.75, time: 20, from: 3}}",
        "{start: 0.5, decay: {kind: steps, at: [10, 101], factor: 0.1}}",
        "{start: 0.5, decay: {kind: steps, at: [10], factor: 0.1}}",
        "{start: 0.5, decay: {kind: steps, at: [10, 100], factor: 0.2}}"};
    enum { RATES_N = sizeof rates / sizeof *rates };
    char *said[RATES_N];
    for (size_t i = 0; i < RATES_N; i++) {
        struct ov_experiment *e = with(rates[i], "    theory: true\n");
        said[i] = problem_of(e);
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(said[i], said[j]);
        ov_experiment_free(e);
    }
    for (size_t i = 0; i < RATES_N; i++)
        free(said[i]);
}
END_TEST

START_TEST(mistakes_have_a_place)
{
    refused("{start: 0.5}", "    theory: true\n", "8:12: error: eta_w needs 'decay'");
    refused("{start: 0.5, decay: {kind: power, exponent: 1}}", "    theory: true\n",
            "8:32: error: decay of kind power needs 'time'");
    refused("{start: 0.5, decay: {kind: steps, at: [3, 4]}}", "    theory: true\n",
            "8:32: error: decay of kind steps needs 'factor'");
    refused("{start: 0.5, decay: {kind: steps, at: [4, 3], factor: 2}}", "    theory: true\n",
            "8:50: error: the times of steps must increase from above 0");
    refused("{start: 0.5, decay: {kind: power, exponent: -1, time: 1}}", "    theory: true\n",
            "8:56: error: exponent must be from 0 to 100");
    refused("{start: 0.5, decay: {kind: power, exponent: 1, time: 1, at: [3]}}",
            "    theory: true\n", "8:72: error: 'eta_w.decay.at' is read by nothing here");
    refused("{start: 0.5, decay: {kind: linear}}", "    theory: true\n",
            "8:39: error: kind must be");
}
END_TEST

/* What is of a constant rate. */
START_TEST(theory_of_constant_rates_is_refused)
{
    static const char *const names[] = {"fluctuations", "fixed_point", "eta_max"};
    for (size_t i = 0; i < 3; i++) {
        char more[100], report[100];
        snprintf(more, sizeof more, "    theory: {%s: true}\n", names[i]);
        snprintf(report, sizeof report, "10:%zu: error: theory knows %s of a constant eta_w only",
                 16 + strlen(names[i]), names[i]);
        refused(POWER, more, report);
    }
}
END_TEST

/* Said where there is any, below 1, of engine weights, and of what theory knows by its rates alone. */
START_TEST(momentum_has_its_limits)
{
    struct ov_experiment *e = with("0.5", "    momentum: 0.9\n    theory: true\n");
    double x;
    ck_assert(ov_curve_variable(&x, &e->curve[0], "momentum") && x == 0.9);
    ck_assert_ptr_nonnull(strstr(e->curve[0].problem.s, "\nmomentum: 0.9"));
    ov_experiment_free(e);
    e = with("0.5", "    momentum: 0\n    theory: true\n");
    ck_assert_ptr_null(strstr(e->curve[0].problem.s, "momentum"));
    ov_experiment_free(e);
    refused("0.5", "    momentum: 1\n    theory: true\n",
            "10:15: error: momentum must be a number from 0 to below 1, not 1");
    refused("0.5", "    momentum: -0.1\n    theory: true\n",
            "10:15: error: momentum must be from 0 to 1");
    refused("0.5", "    momentum: 0.9\n    sgd: {engine: law, seeds: 2}\n",
            "10:15: error: engine law has no velocity, which momentum needs: take engine weights");
    refused("0.5", "    momentum: 0.9\n    theory: {fluctuations: true}\n",
            "11:28: error: theory knows fluctuations without momentum only");
    refused("0.5",
            "    momentum: 0.9\n    theory: {spiked: true}\n    inputs: {covariance: [2, 1]}\n",
            "11:22: error: theory knows spiked without momentum only");
}
END_TEST

/* Theory has the path of both rates over 1 - m, and the decay as it is. */
START_TEST(theory_of_momentum_is_that_of_larger_rates)
{
    static const char *const more[] = {
        "    momentum: 0.75\n    eta_v: 0.1\n    weight_decay: 0.3\n    theory: true\n",
        "    eta_v: 0.4\n    weight_decay: 0.3\n    theory: true\n"};
    double rows[2][200] = {{0}};
    for (size_t i = 0; i < 2; i++) {
        char text[1000];
        snprintf(text, sizeof text, RATES "    init: {kind: informed}\n%s", i ? "0.8" : "0.2",
                 more[i]);
        struct ov_experiment *e = load(text);
        uint64_t key = 0;
        ck_ok(ov_system_two_layer.run(rows[i], &e->curve[0], OV_THEORY, &key, 1, NULL, NULL));
        ov_experiment_free(e);
    }
    for (size_t i = 0; i < 200; i++)
        ck_agree(rows[1][i], rows[0][i], 1e-12, 1e-14);
    ck_assert_double_gt(fabs(rows[0][1]), 1e-6);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, kinds_are_read);
    OV_TEST(s, problems_differ);
    OV_TEST(s, mistakes_have_a_place);
    OV_TEST(s, theory_of_constant_rates_is_refused);
    OV_TEST(s, momentum_has_its_limits);
    OV_TEST(s, theory_of_momentum_is_that_of_larger_rates);
}

OV_TEST_MAIN("systems/two-layer, schedules");
