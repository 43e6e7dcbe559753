/* SPDX-License-Identifier: MIT
 *
 * Mistakes in the parameters of two-layer, at their places.
 */
#include <math.h>

#include "overlap/model/activation.h"
#include "overlap/systems/systems.h"
#include "two_layer_cases.h"

static const struct ov_system *const sys = &ov_system_two_layer;

static char *described(const struct ov_experiment *e, enum ov_side side)
{
    struct ov_text t = {0};
    ov_text_addf(&t, "%s", e->curve[0].side[side].parameters.s);
    ck_assert(!t.failed);
    return t.s;
}

/* The description holds exactly this line. */
static void says(const char *text, const char *more, const char *line)
{
    struct ov_experiment *e = load_more(text, more);
    char *t = problem_of(e), whole[200];
    snprintf(whole, sizeof whole, "\n%s\n", line);
    ck_assert_msg(strstr(t, whole), "no line '%s' in:\n%s", line, t);
    free(t);
    ov_experiment_free(e);
}

START_TEST(words_are_those_of_the_model)
{
    for (size_t i = 0; i < ov_activation_count; i++) {
        const char *name = ov_activations[i].name;
        char more[100], line[100];
        snprintf(more, sizeof more, "    activation: %s\n", name);
        snprintf(line, sizeof line, "activation: %s\nteacher_activation: %s", name, name);
        says(RANDOM_START, more, line);
    }
    refuses_more(RANDOM_START, "    teacher_activation: erg\n",
                 "11:25: error: teacher_activation must be one of linear, erf, ");
    for (const char *const *w = ov_schema_find(sys->keys, "sgd.engine")->words; *w; w++) {
        struct ov_text t = {0};
        ov_text_addf(&t, "    sgd: {engine: %s, seeds: 1}\n", *w);
        struct ov_experiment *e = load_more(RANDOM_START, t.s);
        ck_assert_ptr_nonnull(e->curve[0].side[OV_SGD].module[0]);
        ov_experiment_free(e);
        ov_text_free(&t);
    }
}
END_TEST

START_TEST(starts_have_their_defaults)
{
    says(RANDOM_START, "", "init: random\nstd: 1\nv: 1 1");
    says(RANDOM_START, "    init: {std: 0.5, v: [2, -3]}\n", "init: random\nstd: 0.5\nv: 2 -3");
    says(RANDOM_START, "    init: {std: 0.5}\n    eta_v: 1\n",
         "init: random\nstd: 0.5\nv_std: 0.5");
    says(RANDOM_START, "    init: {v: 2}\n    eta_v: 1\n", "init: random\nstd: 1\nv: 2 2");
    says(RANDOM_START, "    init: {kind: informed}\n",
         "init: informed\nstd: 0.03\nv: of the start");
    says(RANDOM_START, "    init: {kind: informed, std: 0, v: 3}\n",
         "init: informed\nstd: 0\nv: 3 3");
    says(RANDOM_START, "    init: {kind: denoising}\n", "init: denoising\nstd: 0\nv: of the start");
    says(FIXED_START, "", "init: overlaps\nQ: 1 0.5 2\nR: 0.1 0.2\nv: 1 1");
    says(RANDOM_START, "    weight_decay: 1\n", "weight_decay: 1\nweight_decay_v: 0");
    says(RANDOM_START, "    weight_decay: 1\n    eta_v: 1\n", "weight_decay: 1\nweight_decay_v: 1");
    says(RANDOM_START, "    teacher: random\n", "teacher: random\nv_star: 1 1");
    says(RANDOM_START, "", "activation: erf\nteacher_activation: erf");
    says(RANDOM_START, "    activation: linear\n",
         "activation: linear\nteacher_activation: linear");
}
END_TEST

START_TEST(sgd_may_have_its_own_N)
{
    says(RANDOM_START, "    sgd: {seeds: 2, N: 60}\n", "N: 60\nK: 2");
    refuses_more(RANDOM_START, "    sgd: {seeds: 2, N: 1}\n", "11:24: error: N");
}
END_TEST

START_TEST(mistakes_are_at_their_value)
{
    refuses_more(RANDOM_START, "    v_star: [1, 1, 1]\n",
                 "11:13: error: v_star has 3 entries, the teacher has M = 2 units");
    refuses_more(RANDOM_START, "    init: {v: [1, 1, 1]}\n",
                 "11:15: error: v has 3 entries, the student has K = 2 units");
    refuses_more(RANDOM_START, "    teacher: {T: [[1]]}\n",
                 "11:18: error: T is 1 x 1, it has to be 2 x 2 (M x M)");
    refuses_more(
        RANDOM_START, "    teacher: {T: [[1, 0.5], [0, 1]]}\n",
        "11:18: error: T is not symmetric: 0 in row 1, column 0, but 0.5 in row 0, column 1");
    refuses_more(RANDOM_START, "    teacher: {T: [[1, 2], [2, 1]]}\n", "11:18: error: ");
    refuses_more(RANDOM_START, "    teacher: {}\n",
                 "11:14: error: teacher takes one of T, sparse, weights, power and blocks");
    refuses_more(RANDOM_START, "    init: {kind: overlaps, Q: [[1, 0], [0, 1]]}\n",
                 "11:11: error: init of kind overlaps needs 'R'");
    refuses_edited(FIXED_START, "0.5], [0.5, 2]]", "0.5]]",
                   "10:31: error: Q is 1 x 2, it has to be 2 x 2 (K x K)");
    refuses_edited(FIXED_START, "[[0.1], [0.2]]", "[[0.1, 0.2]]",
                   "10:56: error: R is 1 x 2, it has to be 2 x 1 (K x M)");
    refuses_edited(FIXED_START, "[[0.1], [0.2]]", "[[3], [0.2]]",
                   "10:56: error: the joint matrix of T, R, Q is not positive semi-definite");
    refuses_edited(
        FIXED_START, "[0.5, 2]", "[0.5, .nan]",
        "10:48: error: Q must be a matrix (rows of numbers, of equal length), not '.nan'");
    refuses_edited(RANDOM_START, "    N: 50\n", "", "4:5: error: N is needed");
    refuses_edited(RANDOM_START, "N: 50", "N: 1", "5:8: error: N = 1 must be at least M = 2");
    refuses_edited(RANDOM_START "    sgd: {engine: law, seeds: 2}\n", "N: 50", "N: 3",
                   "11:10: error: engine law needs N >= K + M = 4");
    refuses_more(FIXED_START, "    sgd: {seeds: 1}\n", "11:10: error: sgd needs 'N'");
    refuses_more(FIXED_START, "    N: 50\n    teacher: random\n",
                 "10:18: error: given overlaps need a given or orthonormal teacher");
    refuses_more(
        RANDOM_START, "    weight_decay_v: 1\n",
        "11:21: error: 'weight_decay_v' is read by nothing here: curve a has a frozen second "
        "layer (eta_v is 0)");
    refuses_more(RANDOM_START, "    init: {kind: random, R: [[1]]}\n",
                 "11:29: error: 'init.R' is read by nothing here: curve a starts at random");
    refuses_edited(
        FIXED_START, "overlaps,", "overlaps, std: 1,",
        "10:33: error: 'init.std' is read by nothing here: curve a starts from given overlaps");
    refuses_edited(RANDOM_START, "N: 50", "N: 1000000000", "5:8: error: the weights would be more");
    refuses_edited(FIXED_START, "[0, 0.5, 1]", "[0, 0.5, 0.5]",
                   "8:12: error: alpha must increase: 0.5 stands after 0.5");
    refuses_edited(FIXED_START, "[0, 0.5, 1]", "[-1, 0.5]", "8:13: error: alpha must be from 0");
    refuses_edited(FIXED_START, "[0, 0.5, 1]", "{max: 0}", "8:18: error: max must be above 0");
    refuses_edited(RANDOM_START "    sgd: {engine: law, seeds: 1, N: 1000000}\n", "[0, 0.5, 1]",
                   "[0, 1.0e+12]", "9:12: error: alpha ends after 1e+18 steps; fewer than 10^15");
    refuses_edited(RANDOM_START "    sgd: {engine: law, seeds: 1, N: 2000}\n", "[0, 0.5, 1]",
                   "{max: 5.0e+11}", "9:18: error: alpha ends after 1e+15 steps; fewer than 10^15");
    refuses_edited(FIXED_START, "[0, 0.5, 1]", "{max: 1, min: 0}",
                   "8:26: error: min must be above 0: the spacing is log");
    refuses_edited(FIXED_START, "[0, 0.5, 1]", "{max: 1, min: 1}",
                   "8:26: error: min must be below max, 1");
    refuses_edited(FIXED_START, "[0, 0.5, 1]", "{max: 1, points: 1}",
                   "8:29: error: points must be from 2 to 100000, not '1'");
    refuses_edited(
        FIXED_START, "[0, 0.5, 1]", "{max: 1, min: 0.5, spacing: linear}",
        "8:26: error: 'alpha.min' is read by nothing here: curve a has a linear spacing");
}
END_TEST

/* Times from the description, for `alpha: ALPHA`. */
static size_t times_of(double t[200], const char *text, const char *alpha, const char *more)
{
    char *edit = edited(text, "[0, 0.5, 1]", alpha);
    struct ov_experiment *e = load_more(edit, more);
    char *said = described(e, OV_THEORY), *at = strstr(said, "\nalpha:");
    size_t n = 0;
    at += strlen("\nalpha:");
    while (*at == ' ')
        t[n++] = strtod(at, &at);
    ck_assert_uint_eq(n, e->curve[0].side[OV_THEORY].n_row);
    free(said);
    free(edit);
    ov_experiment_free(e);
    return n;
}

START_TEST(times_are_spread)
{
    double t[200];
    ck_assert_uint_eq(times_of(t, FIXED_START, "[0.25, 1]", ""), 2);
    ck_agree(0.25, t[0], 0, 0);
    ck_assert_uint_eq(times_of(t, FIXED_START, "{max: 100, min: 0.01, points: 6}", ""), 6);
    static const double decades[] = {0, 0.01, 0.1, 1, 10, 100};
    for (size_t i = 0; i < 6; i++)
        ck_agree(decades[i], t[i], 0, 0);
    ck_assert_uint_eq(times_of(t, FIXED_START, "{max: 7}", ""), 60);
    ck_agree(7e-5, t[1], 1e-15, 0);
    ck_agree(7, t[59], 0, 0);
    for (size_t i = 2; i < 59; i++)
        ck_agree(t[i] / t[i - 1], t[i + 1] / t[i], 1e-11, 0);
    ck_assert_uint_eq(times_of(t, FIXED_START, "{max: 7}", "    N: 1000\n"), 60);
    ck_agree(1e-3, t[1], 0, 0);
    ck_assert_uint_eq(times_of(t, FIXED_START, "{max: 1, points: 5, spacing: linear}", ""), 5);
    for (size_t i = 0; i < 5; i++)
        ck_agree((double)i / 4, t[i], 1e-15, 0);
    ck_assert_uint_eq(times_of(t, FIXED_START, "{max: 3, points: 2}", ""), 2);
    ck_agree(3, t[1], 0, 0);
}
END_TEST

START_TEST(generated_times_with_sgd_are_whole_steps)
{
    double t[200];
    size_t n = times_of(t, RANDOM_START, "{max: 10, points: 60}", "    sgd: {seeds: 1}\n");
    ck_assert(n > 20 && n < 60); /* the first ones fall together */
    ck_agree(0, t[0], 0, 0);
    ck_agree(0.02, t[1], 0, 0);
    ck_agree(10, t[n - 1], 0, 0);
    for (size_t i = 1; i < n; i++) {
        ck_agree(round(t[i] * 50) / 50, t[i], 0, 0);
        ck_assert(t[i] > t[i - 1]);
    }
    n = times_of(t, RANDOM_START, "{max: 1, min: 0.001, points: 3}", "    sgd: {seeds: 1}\n");
    ck_assert_uint_eq(n, 3);
    ck_agree(0.02, t[1], 0, 0); /* at least one step */
    n = times_of(t, RANDOM_START, "[0.001, 0.3333]", "    sgd: {seeds: 1}\n");
    ck_agree(0.001, t[0], 0, 0); /* listed: kept as they are */
    ck_agree(0.3333, t[1], 0, 0);
}
END_TEST

/* theory: {averages: {tol: …}} belongs to theory and is said where it is given; results follow it. */
static char *theory_of(const char *averages, const char *activation, double *eps_g)
{
    struct ov_text t = {0};
    ov_text_addf(&t,
                 HEAD "    K: 2\n    M: 1\n    eta_w: 0.2\n    alpha: [0, 5]\n"
                      "    init: {kind: overlaps, Q: [[1, 0.5], [0.5, 2]], R: [[0.1], [0.2]]}\n"
                      "    activation: %s\n    theory: {%s}\n",
                 activation, averages);
    struct ov_experiment *e = load(t.s);
    double *rows = calloc(2 * e->curve[0].side[OV_THEORY].n_col, sizeof *rows);
    struct ov_error err = {0};
    ck_ok(sys->run(rows, &e->curve[0], OV_THEORY, (const uint64_t[1]){0}, 1, NULL, &err));
    *eps_g = rows[e->curve[0].side[OV_THEORY].n_col + 1];
    char *text = described(e, OV_THEORY);
    free(rows);
    ov_experiment_free(e);
    ov_text_free(&t);
    return text;
}

START_TEST(averages_have_a_tolerance)
{
    double exact, usual, rough, sums;
    char *texts[4] = {theory_of("averages: {tol: 1e-12}", "gelu", &exact),
                      theory_of("averages: {tol: 1e-3}", "gelu", &rough),
                      theory_of("", "gelu", &usual),
                      theory_of("averages: {tol: 1e-7}", "tanh", &sums)};
    ck_assert_ptr_nonnull(strstr(texts[0], "\naverages_tol: 1e-12\n"));
    ck_assert_ptr_nonnull(strstr(texts[0], "error of the order of averages_tol"));
    ck_assert_ptr_nonnull(strstr(texts[1], "\naverages_tol: 0.001\n"));
    ck_assert_ptr_null(strstr(texts[2], "averages_tol"));
    ck_assert_ptr_nonnull(strstr(texts[3], "averages: sums of erf units"));
    ck_agree(usual, exact, 1e-7, 0.0);
    ck_agree(rough, exact, 0.1, 0.0);
    ck_assert_double_gt(fabs(rough - exact), 1e-7);
    for (size_t i = 0; i < 4; i++)
        free(texts[i]);
    refuses(HEAD "    K: 2\n    M: 1\n    eta_w: 0.2\n    alpha: [0, 5]\n    activation: silu\n"
                 "    theory:\n      averages: {tol: 0.01}\n",
            "11:23: error: tol must be from 1e-12 to 0.001, not '0.01'");
    refuses(
        HEAD "    K: 2\n    M: 1\n    eta_w: 0.2\n    alpha: [0, 5]\n    N: 9\n"
             "    theory:\n      averages: {tol: 1e-6}\n",
        "11:23: error: 'theory.averages.tol' is read by nothing here: curve a has averages that "
        "take no tolerance");
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, averages_have_a_tolerance);
    OV_TEST(s, words_are_those_of_the_model);
    OV_TEST(s, starts_have_their_defaults);
    OV_TEST(s, sgd_may_have_its_own_N);
    OV_TEST(s, mistakes_are_at_their_value);
    OV_TEST(s, times_are_spread);
    OV_TEST(s, generated_times_with_sgd_are_whole_steps);
}

OV_TEST_MAIN("systems/two_layer_read");
