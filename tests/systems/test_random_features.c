/* SPDX-License-Identifier: MIT
 *
 * Curves of random features: reading, keys, running, divergence.
 */
#include <math.h>

#include "experiment/load.h"
#include "overlap/systems/systems.h"
#include "overlap/num/stats.h"

static const struct ov_system *const sys = &ov_system_random_features;

#define HEAD "title: t\nsystem: random-features\ncurves:\n  - id: a\n"
/* beta alone; line 7 is `theory`, parameters of a test follow from line 8 on. */
#define LIMIT HEAD "    beta: 0.5\n    eta: 2\n    theory: true\n    t: [0, 0.5, 4]\n"
/* An instance; parameters of a test follow from line 10 on. */
#define DRAWN HEAD "    N: 40\n    K: 30\n    eta: 2\n    theory: instance\n    t: [0, 0.5, 4]\n"

static struct ov_experiment *load_more(const char *text, const char *more)
{
    struct ov_text t = {0};
    ov_text_addf(&t, "%s%s", text, more);
    struct ov_experiment *e = load(t.s);
    ov_text_free(&t);
    return e;
}

static void refuses_more(const char *text, const char *more, const char *report)
{
    struct ov_text t = {0};
    ov_text_addf(&t, "%s%s", text, more);
    refuses(t.s, report);
    ov_text_free(&t);
}

static double *run_side(const struct ov_experiment *e, enum ov_side side, uint64_t key,
                        enum ov_status expected, struct ov_error *err)
{
    const struct ov_curve *c = &e->curve[0];
    size_t n = c->side[side].n_row * c->side[side].n_col;
    double *rows = calloc(n, sizeof *rows);
    ck_assert_ptr_nonnull(rows);
    for (size_t i = 0; i < n; i++)
        rows[i] = NAN; /* as its caller leaves them */
    enum ov_status status = sys->run(rows, c, side, &key, 1, NULL, err);
    ck_assert_msg(status == expected, "%s: %s", ov_status_name(status), err->text);
    return rows;
}

/* ---- reading ---- */

START_TEST(mistakes_are_at_their_value)
{
    refuses_edited(LIMIT, "beta: 0.5", "beta: 0", "5:11: error: beta = K/N must be above 0");
    refuses_edited(LIMIT, "beta: 0.5", "beta: -1", "5:11: error: beta must be from 0 to");
    refuses_edited(LIMIT, "beta: 0.5", "K: 0", "5:8: error: K must be at least 1");
    refuses_edited(LIMIT, "beta: 0.5", "K: 2.5", "5:8: error: K must be a whole number");
    refuses_edited(DRAWN, "K: 30", "K: {exp: 0.1, power: 1}",
                   "6:8: error: K as a function of N is either {exp: c}, which is e^(c N), or");
    refuses_edited(DRAWN, "K: 30", "K: {}", "6:8: error: K as a function of N is either");
    refuses_edited(DRAWN, "K: 30", "K: {exp: 20}",
                   "6:14: error: K = 10^347.436: not more than 10^300 is possible");
    refuses_edited(DRAWN, "K: 30", "K: {power: -1}", "6:16: error: power must be from 0 to 300");
    refuses_edited(LIMIT, "beta: 0.5", "K: {exp: 0.1}",
                   "5:14: error: K as a function of N needs 'N', the input dimension");
    refuses_edited(LIMIT, "beta: 0.5", "sigma: 0",
                   "4:5: error: a random-feature student needs 'beta' or 'K'");
    refuses_more(LIMIT, "    K: 5\n", "5:11: error: beta = K/N stands beside K: give one of them");
    refuses_more(LIMIT, "    N: 41\n",
                 "5:11: error: beta N = 20.5 is no whole number of features: K = 21");
    refuses_edited(LIMIT, "beta: 0.5", "K: 5",
                   "7:13: error: theory limit needs 'beta', or 'N' beside K");
    refuses_edited(LIMIT, "theory: true", "theory: instance",
                   "7:13: error: theory instance needs 'N', the input dimension");
    refuses_edited(LIMIT, "theory: true", "theory: degrees",
                   "7:13: error: theory degrees needs 'N', the input dimension");
    refuses_edited(LIMIT, "theory: true", "theory: fixed-width",
                   "7:13: error: theory fixed-width needs 'K', or 'N' beside beta");
    refuses_edited(LIMIT, "theory: true", "theory: instence",
                   "7:13: error: theory must be true or false or one of limit, instance, ");
    refuses_edited(LIMIT, "eta: 2", "eta: fast",
                   "6:10: error: eta must be a number or one of flow");
    refuses_edited(LIMIT, "eta: 2", "eta: 0", "6:10: error: eta ");
    refuses_edited(LIMIT, "eta: 2", "eta_w: 2", "6:5: error: unknown key 'eta_w'");
    refuses_edited(LIMIT, "[0, 0.5, 4]", "[0, 4, 0.5]",
                   "8:8: error: t must increase: 0.5 stands after 4");
    refuses_more(LIMIT, "    sgd: {seeds: 1}\n", "9:10: error: sgd needs 'N'");
    refuses_edited(DRAWN "    sgd: {seeds: 1}\n", "eta: 2", "eta: flow",
                   "10:10: error: eta: flow is the limit of small learning rates");
    refuses_more(DRAWN, "    v_star: [1, 1]\n",
                 "10:13: error: v_star has 2 entries, the teacher has M = 1 units");
    refuses_more(DRAWN, "    teacher: {T: [[1, 2], [2, 1]]}\n",
                 "10:18: error: T is 2 x 2, it has to be 1 x 1 (M x M)");
    refuses_more(DRAWN, "    M: 50\n", "5:8: error: ");
    refuses_more(DRAWN, "    activation: erg\n", "10:17: error: activation must be one of linear");
    refuses_edited(DRAWN, "K: 30", "K: 100000",
                   "6:8: error: the features' weights and covariances");
    refuses_edited(DRAWN, "theory: instance", "theory: {kind: limit, seeds: 3}",
                   "8:34: error: 'theory.seeds' is read by nothing here");
    refuses_edited(DRAWN, "theory: instance", "theory: {kind: limit, width_to: 0.1}",
                   "8:37: error: 'theory.width_to' is read by nothing here");
    refuses_edited(DRAWN, "theory: instance", "theory: {kind: degrees, width_to: [0.1, 0.1]}",
                   "8:39: error: width_to has two levels that are 0.1 to six digits");
    refuses_edited(DRAWN "    activation: relu\n", "theory: instance", "theory: fixed-width",
                   "8:13: error: theory fixed-width: ");
}
END_TEST

static void says(const char *text, enum ov_side side, const char *line)
{
    struct ov_experiment *e = load(text);
    struct ov_text t = {0};
    char whole[200];
    snprintf(whole, sizeof whole, "\n%s\n", line);
    ov_text_addf(&t, "%s", e->curve[0].side[side].parameters.s);
    ck_assert_msg(!t.failed && strstr(t.s, whole), "no line '%s' in:\n%s", line, t.s);
    ov_text_free(&t);
    ov_experiment_free(e);
}

START_TEST(sizes_and_defaults)
{
    says(LIMIT, OV_THEORY, "beta: 0.5");
    says(LIMIT "    M: 4\n", OV_THEORY, "v_star: 0.5 0.5 0.5 0.5");
    says(LIMIT "    N: 40\n    sgd: {seeds: 2}\n", OV_SGD, "N: 40\nK: 20");
    says(LIMIT "    sgd: {seeds: 2, N: 60}\n", OV_SGD, "N: 60\nK: 30");
    says(LIMIT "    sgd: {seeds: 2, N: 60}\n", OV_THEORY, "beta: 0.5");
    says(DRAWN "    sgd: {seeds: 2}\n", OV_THEORY, "N: 40\nK: 30");
    says(DRAWN "    features: sphere\n", OV_THEORY, "features: sphere");
    says(DRAWN, OV_THEORY, "theory: instance\ntime: steps");
    says(DRAWN, OV_THEORY, "t: 0 0.5 4");
}
END_TEST

/* e^(0.1 40) = 54.6, 40^1.5 = 252.98; the same numbers as where K is given by itself. */
START_TEST(widths_that_are_functions_of_N)
{
    static const struct {
        const char *as, *line;
    } width[] = {{"K: {exp: 0.1}", "K: 55"},
                 {"K: {power: 1.5}", "K: 253"},
                 {"K: {power: 0}", "K: 1"},
                 {"K: {power: 12}", "K: 1.6777216e+19"}};
    char *degrees = edited(DRAWN, "instance", "degrees");
    for (size_t i = 0; i < sizeof width / sizeof *width; i++) {
        char *text = edited(degrees, "K: 30", width[i].as);
        char *plain = edited(degrees, "K: 30", width[i].line);
        struct ov_experiment *e = load(text), *same = load(plain);
        double K;
        ck_assert_str_eq(e->curve[0].side[OV_THEORY].parameters.s,
                         same->curve[0].side[OV_THEORY].parameters.s);
        ck_assert(ov_curve_variable(&K, &e->curve[0], "K"));
        ck_agree(strtod(width[i].line + 3, NULL), K, 1e-15, 0.0);
        ov_experiment_free(e);
        ov_experiment_free(same);
        free(text);
        free(plain);
    }
    free(degrees);
}
END_TEST

/* Whatever changes the numbers of a side changes its description, and nothing else does. */
START_TEST(descriptions_hold_what_matters)
{
    static const struct {
        const char *from, *to;
        bool theory, sgd;
    } change[] = {
        {"beta: 0.5", "beta: 1", true, true},
        {"eta: 2", "eta: 1", true, true},
        {"sigma: 0.1", "sigma: 0", true, true},
        {"N: 40", "N: 80", false, true},
        {"M: 2", "M: 3", true, true},
        {"[0, 0.5, 4]", "[0, 4]", true, true},
        {"init_std: 0.1", "init_std: 0", true, true},
        {"features: sphere", "features: gaussian", false, true},
        {"activation: erf", "activation: relu", true, true},
        {"teacher: random", "teacher: orthonormal", true, true},
        {"v_star: 2", "v_star: 3", true, true},
        {"seeds: 1", "seeds: 2", false, false},
    };
    const char *text = LIMIT "    N: 40\n    M: 2\n    sigma: 0.1\n    init_std: 0.1\n"
                             "    features: sphere\n    activation: erf\n    teacher: random\n"
                             "    v_star: 2\n    sgd: {seeds: 1}\n";
    struct ov_experiment *e = load(text);
    for (size_t i = 0; i < sizeof change / sizeof *change; i++) {
        char *other_text = edited(text, change[i].from, change[i].to);
        struct ov_experiment *other = load(other_text);
        for (int side = OV_THEORY; side <= OV_SGD; side++) {
            bool differ = strcmp(e->curve[0].side[side].parameters.s,
                                 other->curve[0].side[side].parameters.s) != 0;
            ck_assert_msg(differ == (side == OV_SGD ? change[i].sgd : change[i].theory), "%s, %s",
                          change[i].to, ov_side_name((enum ov_side)side));
        }
        ov_experiment_free(other);
        free(other_text);
    }
    ov_experiment_free(e);
}
END_TEST

START_TEST(formulas_know_the_parameters)
{
    struct ov_experiment *e = load(LIMIT "    N: 40\n    sigma: 0.25\n");
    static const struct {
        const char *name;
        double x;
    } known[] = {{"N", 40.0},
                 {"K", 20.0},
                 {"beta", 0.5},
                 {"eta", 2.0},
                 {"sigma", 0.25},
                 {"M", 1.0},
                 {"v_star", 1.0},
                 {"g2", 1.0 / 3.0},
                 {"mu1_2", 1.0 / M_PI},
                 {"init_std", 0.0},
                 {"tau2", 1.0 / 3.0},
                 {"mu_star2", 1.0 / 3.0 - 1.0 / M_PI},
                 {"tau_star2", 1.0 / 3.0 - 1.0 / M_PI}};
    double x;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        ck_assert_msg(ov_curve_variable(&x, &e->curve[0], known[i].name), "%s", known[i].name);
        ck_agree(known[i].x, x, 1e-12, 0.0);
    }
    ck_assert(!ov_curve_variable(&x, &e->curve[0], "eta_w"));
    ck_assert_uint_eq(e->curve[0].n_variable, sizeof known / sizeof *known);
    ov_experiment_free(e);
}
END_TEST

/* ---- running ---- */

enum { T, ALPHA, EPS_G, FLOOR, STATIONARY, GROWTH, ETA_MAX, N_THEORY };

START_TEST(both_sides_start_from_the_same_instance)
{
    struct ov_experiment *e = load(DRAWN "    init_std: 1\n    sgd: {seeds: 3}\n");
    const struct ov_curve *c = &e->curve[0];
    struct ov_error err = {0};
    ck_assert_uint_eq(c->side[OV_THEORY].n_run, 3);
    ck_assert_uint_eq(c->side[OV_THEORY].first, 1);
    ck_assert_uint_eq(c->side[OV_THEORY].n_col, N_THEORY);
    ck_assert_int_eq(c->side[OV_SGD].column[1].role, OV_ROLE_TIME);
    ck_assert_int_eq(c->side[OV_SGD].column[2].role, OV_ROLE_VALUE);
    double *theory = run_side(e, OV_THEORY, 5, OV_OK, &err);
    double *sgd = run_side(e, OV_SGD, 5, OV_OK, &err);
    double *other = run_side(e, OV_SGD, 6, OV_OK, &err);
    ck_agree(theory[EPS_G], sgd[EPS_G], 1e-12, 0.0);
    ck_assert(sgd[EPS_G] != other[EPS_G]);
    ck_agree(0.75 * 4.0, theory[2 * N_THEORY + ALPHA], 1e-14, 0.0);
    free(theory);
    free(sgd);
    free(other);
    ov_experiment_free(e);
}
END_TEST

#define NOISY(eta)                                                                                 \
    HEAD "    N: 60\n    beta: 1\n    eta: " eta "\n    sigma: 1\n    theory: instance\n"          \
         "    t: [0.25, 2, 10]\n    sgd: {seeds: 1}\n"
enum { SEEDS = 300, ROWS = 3 };

/* Means over instances of what SGD does beyond theory are within their errors and corrections of
 * order 1/K. */
static bool agrees(double deviation[ROWS][SEEDS])
{
    bool all = true;
    for (size_t j = 0; j < ROWS; j++) {
        struct ov_mean m = ov_mean_of(deviation[j], SEEDS);
        printf("    SGD/theory - 1: %.4f +- %.4f\n", m.mean, m.se);
        all &= fabs(m.mean) < 3.5 * m.se + 1.0 / 60.0;
    }
    return all;
}

START_TEST(instance_theory_describes_sgd)
{
    struct ov_experiment *e = load(NOISY("2")), *wrong = load(NOISY("2.1"));
    static double deviation[ROWS][SEEDS], wrong_deviation[ROWS][SEEDS];
    struct ov_error err = {0};
    for (size_t i = 0; i < SEEDS; i++) {
        double *sgd = run_side(e, OV_SGD, 1000 + i, OV_OK, &err);
        double *theory = run_side(e, OV_THEORY, 1000 + i, OV_OK, &err);
        double *other = run_side(wrong, OV_THEORY, 1000 + i, OV_OK, &err);
        for (size_t j = 0; j < ROWS; j++) {
            deviation[j][i] = sgd[j * 3 + EPS_G] / theory[j * N_THEORY + EPS_G] - 1.0;
            wrong_deviation[j][i] = sgd[j * 3 + EPS_G] / other[j * N_THEORY + EPS_G] - 1.0;
        }
        free(sgd);
        free(theory);
        free(other);
    }
    ck_assert(agrees(deviation));
    ck_assert(!agrees(wrong_deviation));
    ov_experiment_free(e);
    ov_experiment_free(wrong);
}
END_TEST

START_TEST(theories_fill_their_columns)
{
    struct ov_error err = {0};
    struct ov_experiment *e = load(LIMIT);
    double *row = run_side(e, OV_THEORY, 0, OV_OK, &err);
    /* paper.md eq:rf_floor, eq:rf_stationary at kappa = eta/6 */
    double d = M_PI / 3.0 - 1.0, mu_star2 = 1.0 / 3.0 - 1.0 / M_PI, b = 1.0 - 0.5 - d;
    double Phi = 0.5 * (b + sqrt(b * b + 4.0 * d)), floor = 0.5 * (mu_star2 + Phi / M_PI);
    ck_agree(floor, row[FLOOR], 1e-11, 0.0);
    ck_agree(1.5 * floor, row[STATIONARY], 1e-10, 0.0);
    ck_agree(6.0, row[ETA_MAX], 1e-11, 0.0);
    ck_assert(row[GROWTH] < 0.0);
    ck_agree(0.5 * 4.0, row[2 * N_THEORY + ALPHA], 1e-14, 0.0);
    free(row);
    ov_experiment_free(e);
    /* time of flow is eta t: there is no alpha */
    char *flow = edited(LIMIT, "eta: 2", "eta: flow");
    e = load(flow);
    row = run_side(e, OV_THEORY, 0, OV_OK, &err);
    ck_assert(isnan(row[ALPHA]) && e->curve[0].side[OV_THEORY].column[ALPHA].may_be_nan);
    ck_agree(floor, row[STATIONARY], 1e-11, 0.0);
    free(row);
    free(flow);
    ov_experiment_free(e);
}
END_TEST

START_TEST(degrees_and_widths)
{
    struct ov_error err = {0};
    struct ov_experiment *e = load_more(HEAD "    N: 20\n    K: 1500\n    eta: 1\n    t: [0, 1]\n",
                                        "    theory: {kind: degrees, width_to: [0.1, 0.01]}\n");
    const struct ov_curve *c = &e->curve[0];
    ck_assert_uint_eq(c->side[OV_THEORY].n_col, N_THEORY + 2);
    ck_assert_str_eq(c->side[OV_THEORY].column[N_THEORY].name, "log10_K_to_0.1");
    double *row = run_side(e, OV_THEORY, 0, OV_OK, &err);
    ck_agree(0.004598 / 2.0, row[FLOOR], 1e-3, 0.0);
    /* 0.0046/(1/3) lies between the levels */
    ck_assert(row[N_THEORY] < log10(1500.0) && log10(1500.0) < row[N_THEORY + 1]);
    free(row);
    ov_experiment_free(e);
    /* as wide as one likes */
    e = load_more(HEAD "    N: 200\n    K: 1e20\n",
                  "    eta: 1\n    t: [0, 1]\n    theory: degrees\n");
    row = run_side(e, OV_THEORY, 0, OV_OK, &err);
    ck_assert(row[FLOOR] > 1e-7 && row[FLOOR] < 1e-6);
    free(row);
    ov_experiment_free(e);
    e = load_more(HEAD "    K: 4\n    eta: 2\n    t: [0, 100]\n", "    theory: fixed-width\n");
    row = run_side(e, OV_THEORY, 0, OV_OK, &err);
    ck_agree(0.518519 / 2.0, row[STATIONARY], 2e-6, 0.0);
    ck_assert(isnan(row[ALPHA]));
    free(row);
    ov_experiment_free(e);
}
END_TEST

START_TEST(above_eta_max)
{
    struct ov_error err = {0};
    char *text = edited(LIMIT "    N: 40\n    sgd: {seeds: 1}\n", "eta: 2", "eta: 9");
    struct ov_experiment *e = load(text);
    double *row = run_side(e, OV_THEORY, 0, OV_OK, &err);
    ck_assert(isnan(row[STATIONARY]) && row[GROWTH] > 0.0);
    ck_assert(row[2 * N_THEORY + EPS_G] > row[EPS_G]);
    free(row);
    ov_experiment_free(e);
    char *far = edited(text, "4]", "1e5]");
    e = load(far);
    row = run_side(e, OV_SGD, 3, OV_EDIVERGED, &err);
    ck_assert_msg(strncmp(err.text, "diverges at t = ", 16) == 0, "%s", err.text);
    ck_assert(err.diverged_at > 0.5 && isfinite(row[3 + EPS_G]) && isnan(row[2 * 3 + EPS_G]));
    free(row);
    row = run_side(e, OV_THEORY, 0, OV_EDIVERGED, &err);
    ck_agree(1e5, err.diverged_at, 0.0, 0.0); /* at its first time beyond all numbers */
    ck_assert(isfinite(row[N_THEORY + EPS_G]) && isnan(row[2 * N_THEORY + EPS_G]));
    free(row);
    ck_assert_msg(strstr(err.text, "eta_max is 6, the error grows as exp("), "%s", err.text);
    free(text);
    free(far);
    ov_experiment_free(e);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, mistakes_are_at_their_value);
    OV_TEST(s, sizes_and_defaults);
    OV_TEST(s, widths_that_are_functions_of_N);
    OV_TEST(s, descriptions_hold_what_matters);
    OV_TEST(s, formulas_know_the_parameters);
    OV_TEST(s, both_sides_start_from_the_same_instance);
    OV_TEST(s, instance_theory_describes_sgd);
    OV_TEST(s, theories_fill_their_columns);
    OV_TEST(s, degrees_and_widths);
    OV_TEST(s, above_eta_max);
}

OV_TEST_MAIN("systems/random_features");
