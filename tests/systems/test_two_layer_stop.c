/* SPDX-License-Identifier: MIT
 *
 * `stop`, `labels` and `sgd.weights` of system two-layer: columns, keys, what is refused, and that
 * the rows of both sides are those of runs that go on, up to the end.
 */
#include <math.h>
#include <string.h>

#include "two_layer_cases.h"
#include "two_layer_internal.h"

#define CURVE                                                                                      \
    HEAD "    N: 60\n    K: 2\n    M: 2\n    eta_w: 0.5\n    alpha: [0, 1, 2.01, 5, 20, 40]\n"
#define SGD "    sgd: {engine: law, seeds: 8, time_to: [0.2, 0.01]}\n"
enum { TIMES = 6 };

static double *rows_of(const struct ov_experiment *e, enum ov_side side, const uint64_t *key,
                       size_t n)
{
    const struct ov_curve *c = &e->curve[0];
    double *rows = calloc(n * TIMES * c->side[side].n_col, sizeof *rows);
    struct ov_error err = {0};
    ck_assert_msg(ov_system_two_layer.run(rows, c, side, key, n, NULL, &err) == OV_OK, "%s",
                  err.text);
    return rows;
}

/* The rows of one run with `stop`, its column last, against those without. Returns the last row. */
static size_t assert_ends(const double *stopped, const double *whole,
                          const struct ov_side_plan *plan, double level, const double *time)
{
    size_t n_col = plan->n_col, end = 0;
    while (end < TIMES && !(whole[end * (n_col - 1) + 1] <= level))
        end++;
    for (size_t j = 0; j < TIMES; j++) {
        const double *row = stopped + j * n_col, *ref = whole + j * (n_col - 1);
        ck_assert_double_eq(row[0], time[j]);
        for (size_t i = 1; i + 1 < n_col; i++)
            if (plan->column[i].role == OV_ROLE_VALUE && j > end)
                ck_assert(isnan(row[i]));
            else if (plan->column[i].role == OV_ROLE_VALUE && isfinite(ref[i]))
                ck_assert_double_eq(row[i], ref[i]);
        double at = row[n_col - 1];
        ck_assert(end < TIMES ? at == time[end] : isnan(at));
    }
    return end;
}

START_TEST(both_sides_end_at_the_level)
{
    static const double times[TIMES] = {0, 1, 2.01, 5, 20, 40};
    uint64_t key[8];
    size_t ends[2] = {0};
    struct ov_experiment *whole = load_more(CURVE, "    theory: {time_to: [0.2, 0.01]}\n" SGD);
    struct ov_experiment *stopped =
        load_more(CURVE, "    theory: {time_to: [0.2, 0.01]}\n    stop: {eps_g: 0.15}\n" SGD);
    for (size_t i = 0; i < 8; i++)
        key[i] = 50 + i;
    for (enum ov_side side = OV_THEORY; side <= OV_SGD; side++) {
        const struct ov_side_plan *plan = &stopped->curve[0].side[side];
        size_t n_col = plan->n_col, levels = n_col - 3;
        ck_assert_uint_eq(n_col, whole->curve[0].side[side].n_col + 1);
        ck_assert_str_eq("stopped_at", plan->column[n_col - 1].name);
        ck_assert(plan->column[1].may_be_nan && !plan->column[0].may_be_nan);
        ck_assert_ptr_nonnull(strstr(plan->columns_doc.s, "stopped_at: "));
        double *a = rows_of(whole, side, key, 8), *b = rows_of(stopped, side, key, 8);
        for (size_t r = 0; r < 8; r++) {
            const double *run = b + r * TIMES * n_col;
            size_t end = assert_ends(run, a + r * TIMES * (n_col - 1), plan, 0.15, times);
            ends[end < TIMES]++;
            for (size_t j = 0; j < TIMES; j++) { /* a level beyond the end is not reached */
                ck_assert(isnan(run[j * n_col + levels + 1]));
                ck_assert(end == TIMES || run[j * n_col + levels] <= times[end]);
            }
        }
        free(a);
        free(b);
    }
    ck_assert(ends[1] > 4); /* the test is about something */
    ov_experiment_free(whole);
    ov_experiment_free(stopped);
}
END_TEST

/* What comes after the end is none of the run's business, not even that it diverges. */
START_TEST(a_path_that_would_diverge_ends_before)
{
    static const char unstable[] =
        HEAD "    K: 1\n    M: 1\n    activation: linear\n    eta_w: 2.5\n    alpha: [0, 1, 400]\n"
             "    theory: true\n    init: {kind: overlaps, Q: [[1]], R: [[0.9]]}\n";
    uint64_t key = 0;
    struct ov_experiment *whole = load_more(unstable, ""),
                         *stopped = load_more(unstable, "    stop: {eps_g: 0.2}\n");
    double rows[3 * 6];
    ck_assert_int_eq(OV_EDIVERGED, ov_system_two_layer.run(rows, &whole->curve[0], OV_THEORY, &key,
                                                           1, NULL, NULL));
    ck_assert_uint_eq(stopped->curve[0].side[OV_THEORY].n_col, 6);
    ck_ok(ov_system_two_layer.run(rows, &stopped->curve[0], OV_THEORY, &key, 1, NULL, NULL));
    ck_assert_double_eq(0.0, rows[5]); /* eps_g(0) = 0.1 */
    ck_assert(isnan(rows[6 + 1]) && rows[6] == 1.0 && rows[12] == 400.0);
    ov_experiment_free(whole);
    ov_experiment_free(stopped);
}
END_TEST

/* Starts and random numbers are those without; results are others. */
START_TEST(keys_know_it)
{
    struct ov_experiment *a = load_more(RANDOM_START, ""),
                         *b = load_more(RANDOM_START, "    stop: {eps_g: 1e-3}\n");
    ck_assert_str_eq(a->curve[0].problem.s, b->curve[0].problem.s);
    ck_assert_ptr_null(strstr(a->curve[0].side[OV_THEORY].parameters.s, "stop"));
    ck_assert_ptr_nonnull(
        strstr(b->curve[0].side[OV_THEORY].parameters.s, "\nstop.eps_g: 0.001\n"));
    ov_experiment_free(a);
    ov_experiment_free(b);
    refuses_more(RANDOM_START, "    stop: {}\n", "11:11: error: stop needs 'eps_g'");
    refuses_more(RANDOM_START, "    stop: {eps_g: 0}\n", "11:19: error: eps_g");
}
END_TEST

#define LABELS(map) CURVE "    labels: " map "\n    sgd: {engine: law, seeds: 2}\n"

START_TEST(labels_are_of_sgd_alone)
{
    double flip;
    struct ov_experiment *e = load(LABELS("{kind: sign, flip: 0.1}")), *plain = load(LABELS("{}"));
    const struct ov_side_plan *plan = &e->curve[0].side[OV_SGD];
    ck_assert_uint_eq(plan->n_col, plain->curve[0].side[OV_SGD].n_col + 3);
    ck_assert_str_eq("eps_c", plan->column[plan->n_col - 2].name);
    ck_assert_ptr_nonnull(strstr(e->curve[0].problem.s, "labels: sign\nflip: 0.1\n"));
    ck_assert_ptr_null(strstr(plain->curve[0].side[OV_SGD].parameters.s, "labels"));
    ck_assert(ov_curve_variable(&flip, &e->curve[0], "flip") && flip == 0.1);
    ck_assert(!ov_curve_variable(&flip, &plain->curve[0], "flip"));
    ov_experiment_free(e);
    ov_experiment_free(plain);
    refuses(LABELS("{kind: sign}") "    theory: true\n",
            "10:13: error: there is no theory of labels of kind sign");
    refuses(LABELS("{kind: sign}") "    sigma: 0.1\n",
            "12:12: error: sigma is the noise of real-valued labels");
    refuses(
        LABELS("{flip: 0.1}"),
        "10:20: error: 'labels.flip' is read by nothing here: curve a has labels of kind outputs");
    refuses(LABELS("{kind: sign, flip: 0.7}"), "10:32: error: flip must be");
    refuses(LABELS("{kind: signs}"),
            "10:20: error: kind must be one of outputs, sign, not 'signs'; did you mean 'sign'?");
}
END_TEST

START_TEST(runs_of_signs_are_those_of_the_engines)
{
    struct ov_experiment *e = load(LABELS("{kind: sign, flip: 0.1, test: 100}"));
    const struct ov_two_layer *s = e->curve[0].state;
    const uint64_t key[2] = {7, 8};
    size_t n = 2 * TIMES * e->curve[0].side[OV_SGD].n_col;
    double *rows = rows_of(e, OV_SGD, key, 2), *direct = calloc(n, sizeof *direct);
    for (size_t engine = 0; engine < 2; engine++) {
        const struct ov_engine *way = &ov_engines[engine];
        ck_ok(way->run(direct, &s->problem, key, 2, s->alpha, TIMES, NULL, NULL));
        ck_assert((memcmp(direct, rows, n * sizeof *rows) == 0) == (strcmp(way->name, "law") == 0));
    }
    free(rows);
    free(direct);
    ov_experiment_free(e);
}
END_TEST

#define WEIGHTS(times) CURVE "    sgd: {engine: weights, seeds: 2, weights: " times "}\n"

START_TEST(weights_are_arrays_of_the_side)
{
    struct ov_experiment *e = load(WEIGHTS("[0, 5]"));
    const struct ov_curve *c = &e->curve[0];
    const struct ov_side_plan *plan = &c->side[OV_SGD];
    static const struct ov_array expected[] = {
        {"teacher", 2, 60}, {"w-0", 2, 60}, {"v-0", 2, 0}, {"w-5", 2, 60}, {"v-5", 2, 0}};
    ck_assert_uint_eq(plan->n_array, 5);
    ck_assert_uint_eq(ov_side_arrays_size(plan), 3 * 120 + 4);
    for (size_t i = 0; i < 5; i++) {
        ck_assert_str_eq(expected[i].name, plan->array[i].name);
        ck_assert_uint_eq(expected[i].rows, plan->array[i].rows);
        ck_assert_uint_eq(expected[i].cols, plan->array[i].cols);
    }
    ck_assert_ptr_nonnull(strstr(plan->parameters.s, "\nweights: 0 5\n"));
    uint64_t key = 9;
    double arrays[364], *rows = rows_of(e, OV_SGD, &key, 1), *with = calloc(TIMES * plan->n_col, 8);
    ck_ok(ov_system_two_layer.run_arrays(with, arrays, c, OV_SGD, key, NULL, NULL));
    ck_assert_mem_eq(rows, with, TIMES * plan->n_col * sizeof *rows);
    double Q = 0.0;
    for (size_t i = 0; i < 60; i++)
        Q += arrays[242 + i] * arrays[242 + i] / 60.0;
    ck_agree(rows[3 * plan->n_col + 2], Q, 1e-13, 0.0);
    free(rows);
    free(with);
    ov_experiment_free(e);
}
END_TEST

START_TEST(other_times_are_refused)
{
    refuses(WEIGHTS("[0, 4]"), "10:47: error: 4 is no time of measurement");
    refuses(WEIGHTS("2.01"), "10:47: error: alpha = 2.01 is no whole step, 120.6 of them");
    refuses(WEIGHTS("[5, 1]"), "10:47: error: weights must increase: 1 stands after 5");
    refuses(CURVE "    sgd: {engine: law, seeds: 2, weights: 0}\n",
            "10:43: error: engine law has no weights to store");
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, both_sides_end_at_the_level);
    OV_TEST(s, a_path_that_would_diverge_ends_before);
    OV_TEST(s, keys_know_it);
    OV_TEST(s, labels_are_of_sgd_alone);
    OV_TEST(s, runs_of_signs_are_those_of_the_engines);
    OV_TEST(s, weights_are_arrays_of_the_side);
    OV_TEST(s, other_times_are_refused);
}

OV_TEST_MAIN("systems/two_layer_stop");
