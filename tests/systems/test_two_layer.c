/* SPDX-License-Identifier: MIT
 *
 * Curves of two-layer: the text of keys, seeds, formulas, both sides.
 */
#include "two_layer_cases.h"

static const struct ov_system *const sys = &ov_system_two_layer;

static char *described(const struct ov_experiment *e, enum ov_side side)
{
    struct ov_text t = {0};
    ov_text_addf(&t, "%s", e->curve[0].side[side].parameters.s);
    ck_assert(!t.failed);
    return t.s;
}

START_TEST(a_whole_curve_is_described)
{
    struct ov_experiment *e = load_more(
        FIXED_START,
        "    N: 30\n    sigma: 0.1\n    eta_v: 1e-1\n    weight_decay: 0.02\n    weight_decay_v: "
        ".03\n"
        "    teacher: {T: [[1.5]]}\n    v_star: [2]\n    activation: linear\n"
        "    teacher_activation: erf\n    sgd: {seeds: 4}\n    method: rk8pd\n    atol: 1e-10\n");
    char *theory = described(e, OV_THEORY), *sgd = described(e, OV_SGD), *problem = problem_of(e);
    static const char body[] = "K: 2\nM: 1\nactivation: linear\nteacher_activation: erf\n"
                               "teacher: given\nT: 1.5\nv_star: 2\neta_w: 0.2\neta_v: 0.1\n"
                               "sigma: 0.1\nweight_decay: 0.02\nweight_decay_v: 0.03\n"
                               "init: overlaps\nQ: 1 0.5 2\nR: 0.1 0.2\nv: 1 1\n";
    char expected[1000];
    snprintf(expected, sizeof expected, "system: two-layer\nN: 30\n%s", body);
    ck_assert_str_eq(problem, expected);
    snprintf(expected, sizeof expected,
             "system: two-layer\nN: 30\n%salpha: 0 0.5 1\nengine: weights\n", body);
    ck_assert_str_eq(sgd, expected);
    snprintf(expected, sizeof expected,
             "system: two-layer\n%salpha: 0 0.5 1\nmethod: rk8pd\nrtol: 1e-08\natol: "
             "1e-10\naverages: closed form\n",
             body);
    ck_assert_str_eq(theory, expected);
    free(theory);
    free(sgd);
    free(problem);
    ov_experiment_free(e);
}
END_TEST

/* The text of the keys depends on what is said, not on how. */
START_TEST(descriptions_are_canonical)
{
    struct ov_experiment *a = load_more(RANDOM_START, "    v_star: [1, 1]\n    sgd: {seeds: 3}\n");
    struct ov_experiment *b = load(
        "{system: two-layer, title: other, defaults: {eta_w: 2e-1, N: 50, init: {std: 1.0, kind: "
        "random}},\n curves: [{sgd: {seeds: 7, engine: weights}, theory: true, alpha: [0.0, 5e-1, "
        "1],\n M: 2, K: 2.0, id: zz, rtol: 0.00000001}]}\n");
    for (int side = OV_THEORY; side <= OV_SGD; side++) {
        char *x = described(a, (enum ov_side)side), *y = described(b, (enum ov_side)side);
        ck_assert_str_eq(x, y);
        free(x);
        free(y);
    }
    ov_experiment_free(a);
    ov_experiment_free(b);
}
END_TEST

START_TEST(descriptions_change_with_every_parameter)
{
    /* what changes: theory, sgd, and the problem that random numbers are made of */
    static const struct {
        const char *from, *to;
        bool theory, sgd, problem;
    } cases[] = {
        {"N: 50", "N: 51", true, true, true},
        {"K: 2", "K: 3", true, true, true},
        {"M: 2", "M: 3", true, true, true},
        {"eta_w: 0.2", "eta_w: 0.20000000000000004", true, true, true},
        {"eta_v: 0.1", "eta_v: 0.2", true, true, true},
        {"sigma: 0.1", "sigma: 0.2", true, true, true},
        {"weight_decay: 0.1", "weight_decay: 0.2", true, true, true},
        {"weight_decay_v: 0.1", "weight_decay_v: 0.2", true, true, true},
        {"activation: erf", "activation: linear", true, true, true},
        {"teacher_activation: linear", "teacher_activation: erf", true, true, true},
        {"teacher: orthonormal", "teacher: random", true, true, true},
        {"teacher: orthonormal", "teacher: {T: [[1, 0], [0, 1]]}", true, true, true},
        {"v_star: 1", "v_star: 2", true, true, true},
        {"kind: random", "kind: informed", true, true, true},
        {"std: 1", "std: 2", true, true, true},
        {"{kind: random, std: 1}", "{kind: random, std: 1, v: 1}", true, true, true},
        {"alpha: [0, 0.5, 1]", "alpha: [0, 1]", true, true, false},
        {"method: msbdf", "method: rk8pd", true, false, false},
        {"rtol: 1e-7", "rtol: 1e-6", true, false, false},
        {"atol: 1e-11", "atol: 1e-10", true, false, false},
        {"seeds: 1", "seeds: 2", false, false, false},
        {"atol: 1e-11", "atol: 1e-11\n    batch: 2", true, true, false},
        {"atol: 1e-11", "atol: 1e-11\n    batch: 1", false, false, false},
        {"atol: 1e-11", "atol: 1e-11\n    samples: 70", false, true, false},
        {"atol: 1e-11", "atol: 1e-11\n    inputs: {kind: gaussian}", false, false, false},
        {"atol: 1e-11", "atol: 1e-11\n    inputs: {covariance: [1, 2]}", true, true, false},
    };
    struct ov_text t = {0};
    ov_text_addf(
        &t,
        "%s    eta_v: 0.1\n    sigma: 0.1\n    weight_decay: 0.1\n    weight_decay_v: 0.1\n"
        "    activation: erf\n    teacher_activation: linear\n    teacher: orthonormal\n"
        "    v_star: 1\n    init: {kind: random, std: 1}\n    method: msbdf\n    rtol: 1e-7\n"
        "    atol: 1e-11\n    sgd: {engine: weights, seeds: 1}\n",
        RANDOM_START);
    struct ov_experiment *a = load(t.s);
    char *first[] = {described(a, OV_THEORY), described(a, OV_SGD), problem_of(a)};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = edited(t.s, cases[i].from, cases[i].to);
        struct ov_experiment *b = load(text);
        char *then[] = {described(b, OV_THEORY), described(b, OV_SGD), problem_of(b)};
        bool changes[] = {cases[i].theory, cases[i].sgd, cases[i].problem};
        for (int k = 0; k < 3; k++) {
            ck_assert_msg((strcmp(first[k], then[k]) != 0) == changes[k], "%s -> %s, text %d",
                          cases[i].from, cases[i].to, k);
            free(then[k]);
        }
        free(text);
        ov_experiment_free(b);
    }
    for (int k = 0; k < 3; k++)
        free(first[k]);
    ov_text_free(&t);
    ov_experiment_free(a);
}
END_TEST

static void has_runs(const char *text, const char *more, size_t theory, uint64_t from, size_t sgd)
{
    struct ov_experiment *e = load_more(text, more);
    const struct ov_side_plan *side = e->curve[0].side;
    ck_assert_uint_eq(side[OV_THEORY].n_run, theory);
    ck_assert_uint_eq(side[OV_SGD].n_run, sgd);
    if (theory > 0)
        ck_assert_uint_eq(side[OV_THEORY].first, from);
    if (sgd > 0)
        ck_assert_uint_eq(side[OV_SGD].first, 1);
    ov_experiment_free(e);
}

START_TEST(seeds_are_numbered)
{
    has_runs(RANDOM_START, "", 1, 1, 0);
    has_runs(RANDOM_START, "    sgd: {seeds: 5}\n", 5, 1, 5);
    has_runs(FIXED_START, "", 1, 0, 0);
    has_runs(FIXED_START, "    N: 10\n    sgd: {seeds: 5}\n", 1, 0, 5);
    has_runs(RANDOM_START, "    init: {kind: informed}\n    sgd: {seeds: 5}\n", 1, 0, 5);
    has_runs(RANDOM_START, "    init: {kind: informed}\n    teacher: random\n    sgd: {seeds: 5}\n",
             5, 1, 5);
    char *t = edited(RANDOM_START, "theory: true", "theory: {seeds: {quick: 2, ci: 3}}");
    has_runs(t, "", 3, 1, 0);
    refuses_more(
        t, "    sgd: {seeds: 5}\n",
        "10:21: error: 'theory.seeds' is read by nothing here: curve a takes the seeds of sgd");
    refuses_more(
        t, "    init: {kind: informed}\n",
        "10:21: error: 'theory.seeds' is read by nothing here: curve a starts the same way");
    free(t);
    t = edited(RANDOM_START, "theory: true", "sgd: {seeds: 2}");
    has_runs(t, "", 0, 1, 2);
    free(t);
}
END_TEST

START_TEST(formulas_know_the_curve)
{
    static const struct {
        const char *name;
        double x;
    } known[] = {{"K", 2},       {"M", 1},       {"L", 1},     {"eta", 0.2},
                 {"eta_w", 0.2}, {"eta_v", 0.1}, {"sigma", 3}, {"weight_decay", 4},
                 {"v_star", -2}};
    struct ov_experiment *e = load_more(
        FIXED_START, "    eta_v: 0.1\n    sigma: 3\n    weight_decay: 4\n    v_star: [-2]\n");
    double x;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        ck_assert_msg(ov_curve_variable(&x, &e->curve[0], known[i].name), "%s", known[i].name);
        ck_agree(known[i].x, x, 0, 0);
    }
    ck_assert(!ov_curve_variable(&x, &e->curve[0], "N"));
    ck_assert(!ov_curve_variable(&x, &e->curve[0], "std"));
    ck_assert(!ov_curve_variable(&x, &e->curve[0], "velocity"));
    ov_experiment_free(e);
    e = load_more(RANDOM_START, "    v_star: [1, 2]\n");
    ck_assert(!ov_curve_variable(&x, &e->curve[0], "v_star"));
    ck_assert(ov_curve_variable(&x, &e->curve[0], "N"));
    ck_agree(50, x, 0, 0);
    ck_assert(ov_curve_variable(&x, &e->curve[0], "std"));
    ck_agree(1, x, 0, 0);
    ov_experiment_free(e);
}
END_TEST

/* <rho^2> of variances scaled to a mean of 1: the list's own, of a power law the sums over directions,
 * of a lognormal density e^(s^2). */
START_TEST(formulas_know_the_spectrum)
{
    double sum = 0, squares = 0, x;
    for (int j = 1; j <= 50; j++) {
        sum += pow(j, -1.25);
        squares += pow(j, -2.5);
    }
    const struct {
        const char *more;
        double mean_square, tol;
    } known[] = {
        {"    inputs: {covariance: [{share: 0.25, eigenvalue: 5}, {share: 0.75, eigenvalue: 1}]}\n",
         (0.25 * 25 + 0.75) / 4, 1e-14},
        {"    N: 50\n    inputs: {covariance: {power: 1.25}}\n", 50 * squares / (sum * sum), 1e-13},
        {"    inputs: {covariance: {lognormal: 0.5}}\n", exp(0.25), 1e-10},
        {"    inputs: {covariance: {marchenko_pastur: 0.5}}\n", 1.5, 1e-10}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct ov_experiment *e = load_more(
            HEAD "    K: 2\n    M: 1\n    eta_w: 0.2\n    alpha: [0, 0.5]\n    theory: true\n"
                 "    init: {kind: overlaps, Q: [[1, 0], [0, 1]], R: [[0], [0]]}\n",
            known[i].more);
        ck_assert(ov_curve_variable(&x, &e->curve[0], "rho2"));
        ck_agree(known[i].mean_square, x, known[i].tol, 0);
        ov_experiment_free(e);
    }
}
END_TEST

/* <g'^n>: closed forms, and what the trapezoidal rule of another program gave. */
START_TEST(formulas_know_the_moments_of_slopes)
{
    static const struct {
        const char *activation;
        double moment[4];
    } known[] = {{"linear", {1, 1, 1, 1}},
                 {"relu", {0.5, 0.5, 0.5, 0.5}},
                 {"quadratic", {0, 4, 0, 48}},
                 {"erf",
                  {1 / sqrt(M_PI), 2 / (M_PI * sqrt(3)), pow(2 / M_PI, 1.5) / 2,
                   4 / (M_PI * M_PI * sqrt(5))}},
                 {"tanh", {0.605705509602, 0.464402902448, 0.389351949447, 0.341509207317}},
                 {"gelu", {0.5, 0.455850865649, 0.433776298474, 0.433955838856}},
                 {"softplus", {0.5, 0.293379035858, 0.190068553787, 0.131594313066}}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char more[60], name[16];
        snprintf(more, sizeof more, "    activation: %s\n", known[i].activation);
        struct ov_experiment *e = load_more(RANDOM_START, more);
        for (int n = 0; n < 4; n++) {
            double x;
            snprintf(name, sizeof name, "dg_%d", n + 1);
            ck_assert(ov_curve_variable(&x, &e->curve[0], name));
            ck_agree(known[i].moment[n], x, 2e-12, 1e-12);
        }
        ov_experiment_free(e);
    }
}
END_TEST

/* T and v* of a teacher that is given, in the order of their names. */
START_TEST(formulas_know_a_given_teacher)
{
    static const char *const name[] = {"T_0_0", "T_1_0", "T_1_1", "v_star_0", "v_star_1"};
    static const double known[] = {1.3, 0.2, 0.8, 1, 0.7};
    struct ov_experiment *e = load_more(
        RANDOM_START, "    teacher: {T: [[1.3, 0.2], [0.2, 0.8]]}\n    v_star: [1, 0.7]\n");
    double x;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        ck_assert_msg(ov_curve_variable(&x, &e->curve[0], name[i]), "%s", name[i]);
        ck_agree(known[i], x, 0, 0);
    }
    ov_experiment_free(e);
    e = load_more(FIXED_START, "");
    ck_assert(!ov_curve_variable(&x, &e->curve[0], "T_0_0"));
    ck_assert(!ov_curve_variable(&x, &e->curve[0], "v_star_1"));
    ov_experiment_free(e);
}
END_TEST

/* Both sides run, start from the same overlaps, and hand out the columns that they name. */
START_TEST(both_sides_run)
{
    struct ov_experiment *e = load_more(RANDOM_START, "    sgd: {seeds: 1}\n");
    const struct ov_curve *c = &e->curve[0];
    size_t n_row = c->side[OV_SGD].n_row, n_col = c->side[OV_SGD].n_col;
    double *theory = calloc(n_row * n_col, sizeof *theory),
           *sgd = calloc(n_row * n_col, sizeof *sgd);
    struct ov_error err = {0};
    const uint64_t key = 12345;
    ck_assert_uint_eq(n_row, 3);
    ck_assert_uint_eq(n_col, 2 + 3 + 4 + 2);
    ck_ok(sys->run(theory, c, OV_THEORY, &key, 1, NULL, &err));
    ck_ok(sys->run(sgd, c, OV_SGD, &key, 1, NULL, &err));
    for (size_t k = 0; k < n_col; k++)
        ck_agree(theory[k], sgd[k], 1e-12, 1e-13);
    ck_agree(1, theory[2 * n_col], 0, 0);
    ck_agree(1, sgd[2 * n_col], 0, 0);
    ck_assert(theory[2 * n_col + 1] > 0 && sgd[2 * n_col + 1] > 0);
    ck_assert_str_eq(c->side[OV_SGD].column[0].name, "alpha");
    ck_assert_str_eq(c->side[OV_THEORY].column[5].name, "R_0_0");
    ck_assert_uint_eq(c->side[OV_SGD].work, 50);
    ck_assert_uint_eq(c->side[OV_THEORY].work, 0);
    ck_assert_str_eq(c->side[OV_THEORY].module[0], "theory/online");
    ck_assert_str_eq(c->side[OV_SGD].module[0], "sim/weights");
    ck_assert_ptr_nonnull(strstr(c->side[OV_SGD].columns_doc.s, "eps_g"));
    free(theory);
    free(sgd);
    ov_experiment_free(e);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, a_whole_curve_is_described);
    OV_TEST(s, descriptions_are_canonical);
    OV_TEST(s, descriptions_change_with_every_parameter);
    OV_TEST(s, seeds_are_numbered);
    OV_TEST(s, formulas_know_the_curve);
    OV_TEST(s, formulas_know_the_spectrum);
    OV_TEST(s, formulas_know_the_moments_of_slopes);
    OV_TEST(s, formulas_know_a_given_teacher);
    OV_TEST(s, both_sides_run);
}

OV_TEST_MAIN("systems/two_layer");
