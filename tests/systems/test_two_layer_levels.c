/* SPDX-License-Identifier: MIT
 *
 * Times at which eps_g falls to a level.
 */
#include <math.h>
#include <stdlib.h>

#include "two_layer_internal.h"
#include "overlap/systems/systems.h"
#include "two_layer_cases.h"

#define SGD(more) "    sgd: {engine: law, seeds: 3" more "}\n"

START_TEST(an_exponential_is_crossed_exactly)
{
    double row[2 * 40];
    for (size_t j = 0; j < 40; j++) {
        row[2 * j] = 0.5 * (double)(j * j);
        row[2 * j + 1] = 3.0 * exp(-0.01 * row[2 * j]);
    }
    for (double level = 2.9; level > 0.01; level *= 0.7)
        ck_agree(log(3.0 / level) / 0.01, ov_levels_crossing(row, 40, 2, level), 1e-13, 0.0);
    ck_assert(isnan(ov_levels_crossing(row, 40, 2, 1e-9)));
}
END_TEST

START_TEST(the_first_crossing_counts)
{
    const double row[] = {0, 1.0, 1, 0.1, 2, 1.0, 3, 0.0, 4, NAN};
    ck_assert_double_eq(0.0, ov_levels_crossing(row, 5, 2, 1.0));
    ck_agree(0.5, ov_levels_crossing(row, 5, 2, sqrt(0.1)), 1e-14, 0.0);
    ck_assert_double_eq(1.0, ov_levels_crossing(row, 5, 2, 0.1));
    ck_assert_double_eq(3.0, ov_levels_crossing(row, 5, 2, 0.05)); /* 0 has no logarithm */
    ck_assert(isnan(ov_levels_crossing(row, 3, 2, 0.05)));
    ck_assert(isnan(ov_levels_crossing(row + 8, 1, 2, 1.0)));
}
END_TEST

static double *run(const struct ov_experiment *e, const uint64_t *key, size_t n)
{
    const struct ov_system *system = &ov_system_two_layer;
    const struct ov_curve *c = &e->curve[0];
    double *rows = calloc(n * 3 * c->side[OV_SGD].n_col, sizeof *rows);
    ck_ok(system->run(rows, c, OV_SGD, key, n, NULL, NULL));
    return rows;
}

START_TEST(runs_are_what_they_are_without)
{
    const uint64_t key[3] = {11, 12, 13};
    struct ov_experiment *plain = load_more(RANDOM_START, SGD("")),
                         *more = load_more(RANDOM_START, SGD(", time_to: [0.25, 1e-9]"));
    size_t width = plain->curve[0].side[OV_SGD].n_col;
    size_t stride = more->curve[0].side[OV_SGD].n_col;
    ck_assert_uint_eq(stride, width + 2);
    double *a = run(plain, key, 3), *b = run(more, key, 3), *alone = run(more, key + 2, 1);
    for (size_t j = 0; j < 9; j++) {
        for (size_t i = 0; i < width; i++)
            ck_assert_double_eq(a[j * width + i], b[j * stride + i]);
        double expected = ov_levels_crossing(a + j / 3 * 3 * width, 3, width, 0.25);
        double found = b[j * stride + width];
        ck_assert(expected == found || (isnan(expected) && isnan(found)));
        ck_assert(isnan(b[j * stride + width + 1]));
    }
    for (size_t i = 0; i + 2 < stride; i++)
        ck_assert_double_eq(alone[i], b[6 * stride + i]);
    free(a);
    free(b);
    free(alone);
    ov_experiment_free(plain);
    ov_experiment_free(more);
}
END_TEST

START_TEST(columns_have_names_and_may_be_nan)
{
    struct ov_experiment *e = load_more(RANDOM_START, SGD(", time_to: 0.006"));
    const struct ov_curve *c = &e->curve[0];
    size_t last = c->side[OV_SGD].n_col - 1;
    ck_assert_str_eq(c->side[OV_SGD].column[last].name, "alpha_to_0.006");
    ck_assert(c->side[OV_SGD].column[last].may_be_nan);
    ck_assert(!c->side[OV_SGD].column[last - 1].may_be_nan);
    ck_assert_uint_eq(c->side[OV_THEORY].n_col, last);
    ov_experiment_free(e);
}
END_TEST

/* A column is named by six digits of its level, and no two columns may have one name. */
START_TEST(levels_differ_in_their_names)
{
    refuses_more(RANDOM_START, SGD(", time_to: [0.5, 0.1, 0.10000001]"),
                 "11:43: error: time_to has two levels that are 0.1 to six digits");
    char *t = edited(RANDOM_START, "theory: true", "theory: {time_to: [0.25, 0.25]}");
    refuses(t, "10:23: error: time_to has two levels that are 0.25 to six digits");
    free(t);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, an_exponential_is_crossed_exactly);
    OV_TEST(s, the_first_crossing_counts);
    OV_TEST(s, runs_are_what_they_are_without);
    OV_TEST(s, columns_have_names_and_may_be_nan);
    OV_TEST(s, levels_differ_in_their_names);
}

OV_TEST_MAIN("systems/two_layer_levels");
