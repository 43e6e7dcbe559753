/* SPDX-License-Identifier: MIT
 *
 * The columns that theory adds on request: each is what the module behind it says, in its units.
 */
#include <math.h>

#include "overlap/model/start.h"
#include "overlap/systems/systems.h"
#include "overlap/theory/fixed_point.h"
#include "overlap/theory/fluctuations.h"
#include "overlap/theory/online.h"
#include "two_layer_internal.h"
#include "two_layer_cases.h"

static const struct ov_system *const sys = &ov_system_two_layer;

/* A plateau and its exit: two units that differ by little. */
#define PLATEAU                                                                                    \
    HEAD                                                                                           \
        "    N: 400\n    K: 2\n    M: 2\n    eta_w: 0.5\n    sigma: 0.1\n"                         \
        "    alpha: [0, 5, 500]\n"                                                                 \
        "    init: {kind: overlaps, Q: [[0.4, 0.2], [0.2, 0.4]], R: [[0.3, 0.28], [0.28, 0.3]]}\n"

struct table {
    struct ov_experiment *e;
    const struct ov_two_layer *s;
    double *rows;
    size_t n_row, n_col;
};

static struct table run_from(const char *head, const char *more)
{
    struct table t = {.e = load_more(head, more)};
    t.s = t.e->curve[0].state;
    t.n_row = t.e->curve[0].side[OV_THEORY].n_row;
    t.n_col = t.e->curve[0].side[OV_THEORY].n_col;
    t.rows = calloc(t.n_row * t.n_col, sizeof *t.rows);
    ck_ok(sys->run(t.rows, &t.e->curve[0], OV_THEORY, &(uint64_t){1}, 1, NULL, NULL));
    return t;
}

static struct table run(const char *more)
{
    return run_from(PLATEAU, more);
}

static void free_table(struct table *t)
{
    free(t->rows);
    ov_experiment_free(t->e);
}

static double cell(const struct table *t, size_t row, const char *name)
{
    for (size_t i = 0; i < t->n_col; i++)
        if (strcmp(t->e->curve[0].side[OV_THEORY].column[i].name, name) == 0)
            return t->rows[row * t->n_col + i];
    ck_abort_msg("no column %s", name);
}

static struct ov_overlaps start_of(const struct table *t)
{
    struct ov_overlaps o = {0};
    ck_ok(ov_overlaps_create(&o, 2, 2));
    ck_ok(ov_start_overlaps(&o, &t->s->problem, 1, NULL));
    return o;
}

START_TEST(the_path_is_what_it_is_without)
{
    struct table plain = run("    theory: true\n");
    struct table more = run("    theory: {fluctuations: true, fixed_point: true, escape: true, "
                            "time_to: [0.01, 0.001]}\n");
    ck_assert_uint_eq(plain.n_col, ov_row_width(2, 2));
    ck_assert_uint_eq(more.n_col, plain.n_col + 2 + 2 * ov_overlaps_moving(2, 2) + 3 + 2 + 2);
    for (size_t j = 0; j < plain.n_row; j++)
        for (size_t i = 0; i < plain.n_col; i++)
            ck_assert_double_eq(plain.rows[j * plain.n_col + i], more.rows[j * more.n_col + i]);
    free_table(&plain);
    free_table(&more);
}
END_TEST

START_TEST(fluctuations_are_at_N)
{
    struct table t = run("    theory: {fluctuations: true}\n");
    struct ov_overlaps start = start_of(&t);
    size_t width = ov_fluctuations_width(2, 2);
    double *rows = calloc(3 * width, sizeof *rows);
    ck_ok(ov_fluctuations_solve(rows, NULL, &t.s->problem, &start, t.s->alpha, 3, NULL, NULL, NULL,
                                NULL));
    ck_assert_double_eq(cell(&t, 0, "sd_eps_g"), 0.0);
    ck_agree(rows[width + 1] / 20.0, cell(&t, 1, "sd_eps_g"), 1e-12, 0.0);
    ck_agree(rows[width + 2] / 400.0, cell(&t, 1, "bias_eps_g"), 1e-12, 0.0);
    ck_agree(rows[width + 3] / 20.0, cell(&t, 1, "sd_Q_0_0"), 1e-12, 0.0);
    ck_agree(rows[width + 6] / 20.0, cell(&t, 1, "sd_R_0_0"), 1e-12, 0.0);
    size_t bias = width + 3 + ov_overlaps_moving(2, 2);
    ck_agree(rows[bias] / 400.0, cell(&t, 1, "bias_Q_0_0"), 1e-12, 0.0);
    ck_agree(rows[bias + 6] / 400.0, cell(&t, 1, "bias_R_1_1"), 1e-12, 0.0);
    free(rows);
    ov_overlaps_free(&start);
    free_table(&t);
}
END_TEST

START_TEST(fixed_point_is_where_the_path_ends)
{
    struct table t = run("    theory: {fixed_point: true}\n");
    ck_agree(cell(&t, 2, "eps_g"), cell(&t, 0, "fixed_eps_g"), 1e-3, 0.0);
    ck_assert_double_lt(cell(&t, 0, "fixed_growth"), 0.0);
    ck_assert_double_lt(cell(&t, 0, "fixed_residual"), 1e-12);
    ck_assert_double_eq(cell(&t, 0, "fixed_eps_g"), cell(&t, 2, "fixed_eps_g"));
    free_table(&t);
}
END_TEST

START_TEST(times_are_on_the_path)
{
    struct table t = run("    theory: {escape: true, time_to: [0.01, 1e-9]}\n");
    double escape = cell(&t, 0, "alpha_escape"), plateau = cell(&t, 0, "eps_plateau");
    double reached = cell(&t, 0, "alpha_to_0.01");
    ck_assert(isnan(cell(&t, 0, "alpha_to_1e-09"))); /* the noise's floor is above it */
    struct ov_overlaps start = start_of(&t);
    double rows[2][11];
    const double early[2] = {fmin(escape, reached), fmax(escape, reached)};
    ck_assert_uint_eq(ov_row_width(2, 2), 11);
    ck_ok(ov_online_solve(rows[0], &t.s->problem, &start, early, 2, &t.s->solve, NULL, NULL, NULL));
    ck_agree(plateau / 2.0, rows[escape > reached][1], 1e-5, 0.0);
    ck_agree(0.01, rows[reached > escape][1], 1e-5, 0.0);
    ov_overlaps_free(&start);
    free_table(&t);
}
END_TEST

START_TEST(the_largest_learning_rate)
{
    struct table t = run("    theory: {eta_max: true}\n");
    ck_agree(2.3068, cell(&t, 0, "eta_max"), 2e-5, 0.0); /* erf, K = M = 2; known to 5 digits */
    free_table(&t);
    t = run("    activation: linear\n    theory: {eta_max: true}\n");
    ck_agree(1.0, cell(&t, 0, "eta_max"), 1e-6, 0.0); /* 2/K */
    free_table(&t);
    t = run("    teacher_activation: linear\n    theory: {eta_max: true}\n");
    ck_assert(isnan(cell(&t, 0, "eta_max"))); /* no perfect student */
    free_table(&t);
    /* four students that share one teacher unit: with their v = 1/4, 4/6 */
    t = run_from(HEAD, "    activation: quadratic\n    K: 4\n    M: 1\n    N: 400\n"
                       "    eta_w: 0.1\n    alpha: [0, 1]\n    init: {kind: denoising}\n"
                       "    theory: {eta_max: true}\n");
    ck_agree(4.0 / 6.0, cell(&t, 0, "eta_max"), 1e-8, 0.0);
    free_table(&t);
}
END_TEST

START_TEST(what_is_missing_is_said)
{
    static const char without_N[] = HEAD "    K: 1\n    M: 1\n    eta_w: 0.2\n    alpha: [0, 1]\n"
                                         "    init: {kind: overlaps, Q: [[1]], R: [[0]]}\n";
    refuses_more(without_N, "    theory: {fluctuations: true}\n",
                 "10:13: error: fluctuations need 'N', the input dimension");
    refuses_more(without_N, "    theory: {escap: true}\n", "10:14: error: ");
}
END_TEST

START_TEST(what_is_missing_is_nan)
{
    struct table t = run("    theory: {escape: true, time_to: 1e-300}\n");
    ck_assert(isnan(cell(&t, 0, "alpha_to_1e-300")));
    ck_assert(t.e->curve[0].side[OV_THEORY].column[t.n_col - 1].may_be_nan);
    ck_assert(!t.e->curve[0].side[OV_THEORY].column[1].may_be_nan);
    free_table(&t);
}
END_TEST

START_TEST(keys_cover_what_is_asked_for)
{
    struct table plain = run("    theory: true\n");
    struct table more = run("    theory: {fluctuations: true, fixed_point: true}\n");
    const char *a = plain.e->curve[0].side[OV_THEORY].parameters.s;
    const char *b = more.e->curve[0].side[OV_THEORY].parameters.s;
    ck_assert_ptr_null(strstr(a, "fluctuations"));
    ck_assert_ptr_nonnull(strstr(a, "averages: closed form\n"));
    ck_assert_ptr_nonnull(strstr(b, "fluctuations: true\n"));
    ck_assert_ptr_nonnull(strstr(b, "N: 400\n"));
    size_t n = 0, m = 0;
    while (plain.e->curve[0].side[OV_THEORY].module[n])
        n++;
    while (more.e->curve[0].side[OV_THEORY].module[m])
        m++;
    ck_assert_uint_eq(m, n + 2);
    free_table(&plain);
    free_table(&more);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, the_path_is_what_it_is_without);
    OV_TEST(s, fluctuations_are_at_N);
    OV_TEST(s, fixed_point_is_where_the_path_ends);
    OV_TEST(s, times_are_on_the_path);
    OV_TEST(s, the_largest_learning_rate);
    OV_TEST(s, what_is_missing_is_said);
    OV_TEST(s, what_is_missing_is_nan);
    OV_TEST(s, keys_cover_what_is_asked_for);
}

OV_TEST_MAIN("systems/two_layer_extras");
