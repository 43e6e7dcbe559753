/* SPDX-License-Identifier: MIT
 *
 * Weights from files, sparse teachers, and second layers by a word: what is read, said and refused, and
 * that theory and both engines start from them.
 */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/npy_files.h"
#include "overlap/systems/systems.h"
#include "two_layer_cases.h"
#include "two_layer_internal.h"

static const double w_star[] = {1, 0, 0, 0, 0, 0, 0, 2, 0, 0};
static const double w[] = {0.5, 0, 0, 1, 0, 0.1, 0, 0, 0, 0, 0, 0, 3, 0, 1};
static char dir[64], teacher[100], student[100];

static void setup(void)
{
    strcpy(dir, "/tmp/overlap-weights-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(teacher, sizeof teacher, "%s/w_star.npy", dir);
    snprintf(student, sizeof student, "%s/w.npy", dir);
    write_matrix(teacher, 2, 5, w_star);
    write_matrix(student, 3, 5, w);
}

static void teardown(void)
{
    unlink(teacher);
    unlink(student);
    rmdir(dir);
}

#define FRONT HEAD "    K: 3\n    M: 2\n    eta_w: 0.2\n    alpha: [0, 2]\n"

static struct ov_experiment *given(const char *more)
{
    char text[1000];
    snprintf(text, sizeof text,
             FRONT "    teacher: {weights: %s}\n    init: {kind: weights, weights: %s}\n%s",
             teacher, student, more);
    return load(text);
}

/* Overlaps by hand: N = 5. */
START_TEST(both_sides_start_there)
{
    struct ov_experiment *e = given("    theory: true\n    sgd: {seeds: 1}\n");
    struct ov_curve *c = &e->curve[0];
    const struct ov_two_layer *s = c->state;
    ck_assert_uint_eq(s->problem.N, 5);
    for (enum ov_side side = OV_THEORY; side <= OV_SGD; side++) {
        double rows[2 * 20];
        uint64_t key = 3;
        ck_assert_uint_eq(c->side[side].n_col, 2 + 6 + 6 + 3);
        ck_ok(ov_system_two_layer.run(rows, c, side, &key, 1, NULL, NULL));
        const double Q[] = {1.25, 0.05, 0.01, 0.0, 0.0, 10.0}, R[] = {0.5, 0, 0.1, 0, 0, 6};
        for (size_t i = 0; i < 6; i++) {
            ck_agree(Q[i] / 5.0, rows[2 + i], 0.0, 1e-12);
            ck_agree(R[i] / 5.0, rows[8 + i], 0.0, 1e-12);
        }
        ck_assert_double_eq(rows[14], 1.0);
    }
    ov_experiment_free(e);
}
END_TEST

/* Another number in the file is another problem; the same ones under another name are not. */
START_TEST(what_is_in_the_file_counts)
{
    struct ov_experiment *e = given("    theory: true\n");
    char *before = problem_of(e), other_name[100];
    ck_assert(strstr(before, "\nteacher.weights: ") && strstr(before, "\ninit.weights: "));
    ov_experiment_free(e);
    double changed[15];
    memcpy(changed, w, sizeof changed);
    changed[7] = 1e-9;
    write_matrix(student, 3, 5, changed);
    e = given("    theory: true\n");
    char *after = problem_of(e);
    ck_assert_str_ne(before, after);
    free(after);
    ov_experiment_free(e);
    snprintf(other_name, sizeof other_name, "%s/x.npy", dir);
    unlink(student);
    strcpy(student, other_name);
    write_matrix(student, 3, 5, w);
    e = given("    theory: true\n");
    after = problem_of(e);
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
    ov_experiment_free(e);
}
END_TEST

static void refused(const char *more, const char *report)
{
    char text[1000], line[300];
    snprintf(text, sizeof text, FRONT "    theory: true\n%s", more);
    snprintf(line, sizeof line, "%s", report);
    refuses(text, line);
}

START_TEST(mistakes_have_a_place)
{
    char more[300], report[300];
    snprintf(more, sizeof more, "    teacher: {weights: %s}\n    N: 7\n", teacher);
    snprintf(report, sizeof report, "10:24: error: %s holds 2 x 5 numbers; units x N are 2 x 7",
             teacher);
    refused(more, report);
    snprintf(more, sizeof more, "    teacher: {weights: %s}\n", student);
    snprintf(report, sizeof report, "10:24: error: %s holds 3 x 5 numbers; units x N are 2 x 5",
             student);
    refused(more, report);
    snprintf(more, sizeof more, "    teacher: {weights: %s, sparse: 0.5}\n", teacher);
    refused(more, "10:14: error: teacher takes one of T, sparse, weights, power and blocks");
    snprintf(more, sizeof more, "    teacher: {weights: %s}\n    init: {kind: weights}\n", teacher);
    refused(more, "11:11: error: init of kind weights needs 'weights'");
    refused("    teacher: {}\n", "10:14: error: teacher takes one of");
    refused("    N: 20\n    teacher: {weights: nothing.npy}\n", "11:24: error:");
    refused("    N: 20\n    teacher: {sparse: 1}\n", "11:23: error: sparse must be from 0");
    snprintf(more, sizeof more,
             "    teacher: {weights: %s}\n    init: {kind: overlaps, Q: [[1,0,0],[0,1,0],[0,0,1]], "
             "R: [[0,0],[0,0],[0,0]]}\n",
             teacher);
    refused(more, "11:18: error: given overlaps need a teacher");
    refused("    N: 20\n    v_star: minus\n", "11:13: error: v_star must be");
}
END_TEST

START_TEST(second_layers_by_a_word)
{
    static const struct {
        const char *word;
        double v[3];
    } rows[] = {{"mixed", {1.0, -1.0, 1.0}},
                {"mean", {1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0}},
                {"root", {0.57735026918962573, 0.57735026918962573, 0.57735026918962573}}};
    for (size_t i = 0; i < 3; i++) {
        char text[400];
        snprintf(text, sizeof text,
                 FRONT "    N: 20\n    theory: true\n    init: {v: %s}\n    v_star: %s\n",
                 rows[i].word, rows[i].word);
        struct ov_experiment *e = load(text);
        const struct ov_two_layer *s = e->curve[0].state;
        for (size_t k = 0; k < 3; k++)
            ck_agree(rows[i].v[k], s->problem.v[k], 1e-15, 0.0);
        ck_agree(i == 0 ? -1.0 : i == 1 ? 0.5 : sqrt(0.5), s->problem.v_star[1], 1e-15, 0.0);
        ov_experiment_free(e);
    }
}
END_TEST

/* Runs on a sparse teacher move as theory says that those on its overlaps do. */
START_TEST(sparse_teachers)
{
    struct ov_experiment *e =
        load(FRONT "    N: 400\n    theory: true\n    teacher: {sparse: 0.9}\n"
                   "    sgd: {seeds: 4}\n");
    struct ov_curve *c = &e->curve[0];
    double theory[2 * 20], sgd[2 * 20], x;
    ck_assert(ov_curve_variable(&x, c, "sparse") && x == 0.9);
    for (uint64_t key = 1; key < 5; key++) {
        size_t width = c->side[OV_SGD].n_col;
        ck_ok(ov_system_two_layer.run(theory, c, OV_THEORY, &key, 1, NULL, NULL));
        ck_ok(ov_system_two_layer.run(sgd, c, OV_SGD, &key, 1, NULL, NULL));
        ck_agree(theory[1], sgd[1], 1e-12, 0.0);
        ck_agree(theory[width + 1], sgd[width + 1], 0.3, 0.0);
    }
    ov_experiment_free(e);
}
END_TEST

enum { DIRECTIONS = 60 };

/* A linear unit from no weights by its closed form: what is left in each direction decays by itself, and is fed by the
 * total, a Volterra equation; the total is taken linear between a great many times. */
static double volterra(double p, double b, double eta, double alpha, bool noise)
{
    enum { STEPS = 40000 };
    double rho[DIRECTIONS], D[DIRECTIONS], own[DIRECTIONS], fed[DIRECTIONS], sum = 0.0, field = 0.0;
    for (int j = 0; j < DIRECTIONS; j++)
        sum += pow(j + 1.0, -p);
    for (int j = 0; j < DIRECTIONS; j++) {
        rho[j] = DIRECTIONS * pow(j + 1.0, -p) / sum;
        field += rho[j] * pow(j + 1.0, -b);
    }
    for (int j = 0; j < DIRECTIONS; j++)
        D[j] = pow(j + 1.0, -b) / field;
    double total = 1.0, h = alpha / STEPS;
    for (int i = 0; i < STEPS; i++) {
        double left = 0.0, own_share = 0.0;
        for (int j = 0; j < DIRECTIONS; j++) {
            double rate = 2.0 * eta * rho[j], all = -expm1(-rate * h) / rate;
            double late = (h - all) / (rate * h), g = noise ? eta * eta * rho[j] / DIRECTIONS : 0.0;
            own[j] = D[j] * exp(-rate * h) + g * (all - late) * total;
            fed[j] = g * late;
            left += rho[j] * own[j];
            own_share += rho[j] * fed[j];
        }
        total = left / (1.0 - own_share);
        for (int j = 0; j < DIRECTIONS; j++)
            D[j] = own[j] + fed[j] * total;
    }
    return 0.5 * total;
}

#define POWER                                                                                         \
    HEAD                                                                                              \
        "    K: 1\n    M: %d\n    eta_w: 0.3\n    alpha: [0, 5]\n    N: 60\n    activation: linear\n" \
        "    init: {kind: random, std: 0}\n    rtol: 1e-10\n    blocks: all\n"                        \
        "    teacher: {power: %g}\n    inputs: {covariance: %s}\n    theory: %s\n"

static struct ov_experiment *of_power(double b, const char *theory)
{
    char text[1000];
    snprintf(text, sizeof text, POWER, 1, b, "{power: 1.5}", theory);
    return load(text);
}

/* At random powers, with the noise of SGD and without. */
START_TEST(teachers_of_a_power)
{
    gsl_rng *r = ov_test_rng(21);
    for (int i = 0; i < 6; i++) {
        double b = i == 0 ? 0.0 : 3.0 * gsl_rng_uniform(r), rows[2 * 5], x;
        struct ov_experiment *e = of_power(b, i % 2 ? "true" : "{noise: false}");
        const struct ov_two_layer *s = e->curve[0].state;
        uint64_t key = 1;
        b = s->teacher_power;
        ck_ok(ov_system_two_layer.run(rows, &e->curve[0], OV_THEORY, &key, 1, NULL, NULL));
        ck_agree(0.5, rows[1], 1e-12, 0.0);
        ck_agree(volterra(1.5, b, 0.3, 5.0, i % 2), rows[5 + 1], 1e-6, 0.0);
        ck_assert_double_gt(fabs(volterra(1.5, 1.05 * b + 0.01, 0.3, 5.0, i % 2) / rows[6] - 1.0),
                            1e-3);
        ck_assert(ov_curve_variable(&x, &e->curve[0], "power") == (b > 0.0) &&
                  (b == 0.0 || x == b));
        ov_experiment_free(e);
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(teachers_of_a_power_need_their_inputs)
{
    char text[1000];
    snprintf(text, sizeof text, POWER, 2, 1.0, "{power: 1.5}", "true");
    refuses(text, "14:22: error: a teacher of this power has one unit, not M = 2");
    snprintf(text, sizeof text, POWER, 1, 1.0, "[1, 2, 3, 4, 5, 6, 7]", "true");
    refuses(text, "15:26: error: covariance has 7 numbers, which does not divide N = 60");
    snprintf(text, sizeof text, POWER, 1, -1.0, "{power: 1.5}", "true");
    refuses(text, "14:22: error: power must be from 0 to 100");
    refused("    N: 20\n    teacher: {power: 1}\n",
            "11:22: error: a teacher of this power needs Gaussian inputs with a covariance");
    refused("    N: 20\n    teacher: {power: 1}\n    inputs: {hidden_manifold: {D: 5}}\n",
            "11:22: error: a teacher of this power needs Gaussian inputs with a covariance");
}
END_TEST

static void add_tests(Suite *s)
{
    TCase *c = tcase_create("files");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, both_sides_start_there);
    tcase_add_test(c, what_is_in_the_file_counts);
    tcase_add_test(c, mistakes_have_a_place);
    suite_add_tcase(s, c);
    OV_TEST(s, second_layers_by_a_word);
    OV_TEST(s, sparse_teachers);
    OV_TEST(s, teachers_of_a_power);
    OV_TEST(s, teachers_of_a_power_need_their_inputs);
}

OV_TEST_MAIN("systems/two-layer, weights");
