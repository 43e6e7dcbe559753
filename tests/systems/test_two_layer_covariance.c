/* SPDX-License-Identifier: MIT
 *
 * Covariances: what is read, refused and said, and the numbers of check cases that a second code with
 * other formulas gave (paper.md eq:blocks).
 */
#include <math.h>
#include <string.h>

#include "overlap/model/eps_g.h"
#include "overlap/model/start.h"
#include "overlap/sim/dataset.h"
#include "sim/idx_files.h"
#include "two_layer_cases.h"
#include "two_layer_internal.h"

static const struct ov_system *const sys = &ov_system_two_layer;

#define CURVE RANDOM_START "    sgd: {seeds: 1}\n"

/* Theory of the first curve of an experiment, rows of n_col. */
static double *theory_of(const struct ov_experiment *e, uint64_t key)
{
    const struct ov_curve *c = &e->curve[0];
    const struct ov_side_plan *plan = &c->side[OV_THEORY];
    double *rows = calloc(plan->n_row, plan->n_col * sizeof *rows);
    struct ov_error err = {0};
    ck_assert_msg(sys->run(rows, c, OV_THEORY, &key, 1, NULL, &err) == OV_OK, "%s", err.text);
    return rows;
}

static size_t column(const struct ov_experiment *e, enum ov_side side, const char *name)
{
    const struct ov_side_plan *plan = &e->curve[0].side[side];
    for (size_t i = 0; i < plan->n_col; i++)
        if (strcmp(plan->column[i].name, name) == 0)
            return i;
    ck_abort_msg("no column %s", name);
    return 0;
}

/* ---- check cases ---- */

#define TIMES                                                                                      \
    "    alpha: [0, 0.5, 1, 2, 5, 10, 20, 50, 100]\n    rtol: 1e-10\n    theory: {blocks: true}\n"
#define CASE_A                                                                                     \
    HEAD                                                                                           \
        "    K: 2\n    M: 2\n    eta_w: 0.5\n    sigma: 0.1\n" TIMES                               \
        "    inputs: {covariance: [{share: 0.25, eigenvalue: 2.5}, {share: 0.75, eigenvalue: "     \
        "0.5}]}\n"                                                                                 \
        "    teacher: {blocks: [[[0.3, 0.05], [0.05, 0.2]], [[0.7, -0.1], [-0.1, 0.9]]]}\n"        \
        "    init: {kind: overlaps, blocks: [{Q: [[0.06, 0.01], [0.01, 0.08]], R: [[0.05, 0.02],"  \
        " [-0.01, 0.04]]}, {Q: [[0.2, 0.03], [0.03, 0.15]], R: [[0.03, -0.02], [0.01, 0.06]]}]}\n"
#define CASE_B                                                                                     \
    HEAD "    K: 2\n    M: 1\n    activation: relu\n    eta_w: 0.3\n    sigma: 0.1\n" TIMES        \
         "    inputs: {covariance: [16, 4]}\n    teacher: {blocks: [[[0.5]], [[0.5]]]}\n"          \
         "    init: {kind: overlaps, v: [0.5, 0.7], blocks: [{Q: [[0.2, 0.02], [0.02, 0.1]], R: "  \
         "[[0.1], [0.05]]}, {Q: [[0.1, 0.03], [0.03, 0.3]], R: [[0.05], [0.1]]}]}\n"
#define CASE_C                                                                                     \
    HEAD "    K: 2\n    M: 2\n    eta_w: 0.4\n    eta_v: 0.3\n    sigma: 0.1\n    weight_decay: "  \
         "0.02\n    weight_decay_v: 0.01\n    v_star: [1, 0.8]\n" TIMES                            \
         "    inputs: {covariance: [{share: 0.1, eigenvalue: 4}, {share: 0.3, eigenvalue: 1.2}, "  \
         "{share: 0.6, eigenvalue: 0.4}]}\n"                                                       \
         "    teacher: {blocks: [[[0.2, 0], [0, 0.1]], [[0.3, 0.1], [0.1, 0.4]], [[0.5, -0.1], "   \
         "[-0.1, 0.6]]]}\n"                                                                        \
         "    init: {kind: overlaps, v: [0.5, 0.3], blocks: [{Q: [[0.06, 0.01], [0.01, 0.08]], R:" \
         " [[0.05, 0.02], [0.03, 0.04]]}, {Q: [[0.1, 0.03], [0.03, 0.15]], R: [[0.03, -0.02], "    \
         "[0.01, 0.06]]}, {Q: [[0.3, -0.05], [-0.05, 0.2]], R: [[0.02, 0.05], [-0.03, 0.1]]}]}\n"
#define FIXED                                                                                      \
    "    init: {kind: overlaps, Q: [[0.25, 0.02], [0.02, 0.2]], R: [[0.1, 0.05], [0.02, 0.08]]}\n"
#define POWER                                                                                      \
    HEAD "    N: 50\n    K: 2\n    M: 2\n    eta_w: 0.2\n    sigma: 0.05\n    theory: true\n"      \
         "    alpha: [0, 0.5, 1, 2, 5, 10, 20, 50, 200]\n    rtol: 1e-10\n" FIXED

static void gives(const char *text, const double eps_g[9], const char *name, double last)
{
    struct ov_experiment *e = load(text);
    double *rows = theory_of(e, 1);
    size_t n_col = e->curve[0].side[OV_THEORY].n_col, at = column(e, OV_THEORY, name);
    ck_assert_uint_eq(e->curve[0].side[OV_THEORY].first, 0);
    for (size_t j = 0; j < 9; j++)
        ck_agree(eps_g[j], rows[j * n_col + 1], 1e-9, 1e-11);
    ck_agree(last, rows[8 * n_col + at], 1e-8, 0);
    free(rows);
    ov_experiment_free(e);
}

START_TEST(check_cases)
{
    static const double A[] = {.398375139299, .236889477620, .163913906527,
                               .100573690046, .040300718143, .018893784258,
                               .014507092412, .009924262172, .004745477526};
    static const double B[] = {.174619693901, .164171996696, .153923587977,
                               .134288982803, .086207223573, .043433030659,
                               .017338930467, .002840217864, .000735041352};
    static const double C[] = {.280377705277, .252204669141, .228638435452,
                               .190847799112, .118183676392, .059483010709,
                               .025625994070, .016583208551, .015206049002};
    static const double D[] = {.359590560125, .182109187582, .140198502108,
                               .103655815078, .063368833306, .039807792844,
                               .023411013021, .011252443473, .002987923950};
    gives(CASE_A, A, "eps_g", .004745477526);
    gives(CASE_B, B, "Q_1_1_b1", .4671478637);
    gives(CASE_B, B, "R_1_0_b0", .4436310845);
    gives(CASE_C, C, "v_1", .7198947808);
    gives(CASE_C, C, "R_0_1_b2", .1482318369);
    gives(POWER "    inputs: {covariance: {power: 1.25}}\n    blocks: all\n", D, "eps_g",
          .002987923950);
}
END_TEST

/* The columns of blocks add up to those of the fields. */
START_TEST(columns_of_blocks)
{
    static const double weight[] = {4, 1.2, 0.4};
    struct ov_experiment *e = load(CASE_C);
    double *rows = theory_of(e, 1);
    size_t n_col = e->curve[0].side[OV_THEORY].n_col;
    ck_assert_uint_eq(n_col, 2 + 9 + 3 * 7);
    static const char *const names[] = {"Q_0_0", "Q_1_0", "Q_1_1", "R_0_0",
                                        "R_0_1", "R_1_0", "R_1_1"};
    for (size_t i = 0; i < 7; i++)
        for (size_t j = 0; j < 9; j++) {
            double sum = 0.0;
            for (int b = 0; b < 3; b++) {
                char name[32];
                snprintf(name, sizeof name, "%s_b%d", names[i], b);
                sum += weight[b] * rows[j * n_col + column(e, OV_THEORY, name)];
            }
            ck_agree(sum, rows[j * n_col + column(e, OV_THEORY, names[i])], 1e-12, 1e-14);
        }
    ck_assert_ptr_nonnull(strstr(e->curve[0].side[OV_THEORY].columns_doc.s, "of block B of its"));
    free(rows);
    ov_experiment_free(e);
}
END_TEST

/* ---- fewer blocks ---- */

static double worst(const char *text, const char *more, uint64_t key, const double *all)
{
    struct ov_experiment *e = load_more(text, more);
    double *rows = theory_of(e, key), most = 0.0;
    size_t n_col = e->curve[0].side[OV_THEORY].n_col;
    for (size_t j = 0; j < 9; j++)
        most = fmax(most, fabs(rows[j * n_col + 1] / all[j * n_col + 1] - 1.0));
    free(rows);
    ov_experiment_free(e);
    return most;
}

/* A Gauss rule for a start that is the same for all seeds; a few blocks are not enough. */
START_TEST(averages_need_few_blocks)
{
    static const char *const spectra[] = {"{power: 1.25}", "{marchenko_pastur: 0.5}",
                                          "{lognormal: 0.7}"};
    char *text = edited(POWER, "N: 50", "N: 300");
    for (size_t i = 0; i < 3; i++) {
        char more[100];
        snprintf(more, sizeof more, "    inputs: {covariance: %s}\n    blocks: all\n", spectra[i]);
        struct ov_experiment *e = load_more(text, more);
        double *all = theory_of(e, 1);
        snprintf(more, sizeof more, "    inputs: {covariance: %s}\n", spectra[i]);
        ck_assert(worst(text, more, 1, all) < 2e-6);
        snprintf(more, sizeof more, "    inputs: {covariance: %s}\n    blocks: 2\n", spectra[i]);
        ck_assert(worst(text, more, 1, all) > 1e-3);
        free(all);
        ov_experiment_free(e);
    }
    free(text);
}
END_TEST

/* Signed ones for the weights of a seed, which averages do not describe. */
START_TEST(drawn_weights_need_more_blocks)
{
    static const char text[] = HEAD
        "    N: 200\n    K: 2\n    M: 2\n    eta_w: 0.2\n    theory: true\n    teacher: random\n"
        "    alpha: [0, 0.5, 1, 2, 5, 10, 20, 50, 200]\n    rtol: 1e-10\n";
    for (uint64_t key = 1; key < 4; key++) {
        struct ov_experiment *e =
            load_more(text, "    inputs: {covariance: {power: 1.2}}\n    blocks: all\n");
        double *all = theory_of(e, key);
        ck_assert(worst(text, "    inputs: {covariance: {power: 1.2}}\n", key, all) < 1e-4);
        ck_assert(worst(text, "    inputs: {covariance: {power: 1.2}}\n    blocks: 6\n", key, all) >
                  1e-3);
        ck_assert(worst(text, "    inputs: {covariance: {power: 1.2}}\n", key + 10, all) > 1e-2);
        free(all);
        ov_experiment_free(e);
    }
}
END_TEST

/* A density is what many directions tend to. */
START_TEST(densities_are_limits)
{
    char *limit = edited(POWER, "    N: 50\n", ""), *many = edited(POWER, "N: 50", "N: 100000");
    struct ov_experiment *e =
        load_more(many, "    inputs: {covariance: {marchenko_pastur: 0.4}}\n");
    double *rows = theory_of(e, 1);
    ck_assert(worst(limit, "    inputs: {covariance: {marchenko_pastur: 0.4}}\n", 1, rows) < 1e-5);
    ck_assert(worst(limit, "    inputs: {covariance: {marchenko_pastur: 0.3}}\n", 1, rows) > 1e-3);
    free(rows);
    ov_experiment_free(e);
    e = load_more(limit, "    inputs: {covariance: {lognormal: 0.5}}\n    blocks: 64\n");
    rows = theory_of(e, 1);
    ck_assert(worst(limit, "    inputs: {covariance: {lognormal: 0.5}}\n", 1, rows) < 1e-6);
    ck_assert(worst(many, "    inputs: {covariance: {lognormal: 0.5}}\n", 1, rows) < 1e-4);
    free(rows);
    ov_experiment_free(e);
    free(limit);
    free(many);
}
END_TEST

/* ---- both sides ---- */

/* Both start from the same overlaps of the fields, whatever the start. */
static void same_start(const char *text, double rtol)
{
    struct ov_experiment *e = load(text);
    const struct ov_curve *c = &e->curve[0];
    for (uint64_t key = 5; key < 7; key++) {
        double *theory = theory_of(e, key);
        double *sgd = calloc(c->side[OV_SGD].n_row, c->side[OV_SGD].n_col * sizeof *sgd);
        struct ov_error err = {0};
        ck_assert_msg(sys->run(sgd, c, OV_SGD, &key, 1, NULL, &err) == OV_OK, "%s", err.text);
        for (size_t k = 1; k < 11; k++)
            ck_agree(theory[k], sgd[k], rtol, rtol);
        free(theory);
        free(sgd);
    }
    ov_experiment_free(e);
}

START_TEST(sides_start_alike)
{
#define BOTH                                                                                       \
    HEAD "    N: 40\n    K: 2\n    M: 2\n    eta_w: 0.2\n    theory: true\n    alpha: [0, 0.1]\n"
#define SHARES                                                                                     \
    "    inputs: {covariance: [{share: 0.25, eigenvalue: 3}, {share: 0.75, eigenvalue: 1}]}\n"
    static const char *const engines[] = {"    sgd: {seeds: 2}\n",
                                          "    sgd: {engine: law, seeds: 2}\n"};
    for (size_t i = 0; i < 2; i++) {
        char text[900];
        snprintf(text, sizeof text, BOTH "%s" SHARES, engines[i]); /* drawn */
        same_start(text, 1e-11);
        snprintf(text, sizeof text, BOTH "%s" SHARES FIXED, engines[i]); /* by shares */
        same_start(text, 1e-11);
        snprintf(text, sizeof text,
                 BOTH "%s    inputs: {covariance: {power: 0.7}}\n    blocks: all\n", engines[i]);
        same_start(text, 1e-11);
        char *given = edited(CASE_A, "K: 2", "N: 40\n    K: 2");
        snprintf(text, sizeof text, "%s%s", given, engines[i]);
        same_start(text, 1e-11);
        free(given);
        snprintf(text, sizeof text,
                 BOTH "%s    inputs: {covariance: [3, 1], precondition: [0.25, 4]}\n", engines[i]);
        same_start(text, 1e-11);
        snprintf(
            text, sizeof text,
            BOTH
            "%s    inputs: {covariance: {lognormal: 1}, precondition: whiten}\n    blocks: all\n",
            engines[i]);
        same_start(text, 1e-11);
    }
    /* blocks of one direction hold no start that is given: it is drawn, and theory is of the draw */
    same_start(
        BOTH "    sgd: {seeds: 2}\n    inputs: {covariance: {power: 0.7}}\n    blocks: all\n" FIXED,
        1e-11);
    same_start(BOTH "    sgd: {seeds: 2}\n    inputs: {covariance: {power: 0.7}}\n" FIXED, 1e-4);
}
END_TEST

/* With rates 1/c_i white inputs are what weights w sqrt c see. */
START_TEST(whitening_is_white)
{
    struct ov_experiment *e =
        load_more(POWER, "    inputs: {covariance: [3, 1], precondition: whiten}\n");
    struct ov_experiment *white = load_more(POWER, "");
    double *a = theory_of(e, 1), *b = theory_of(white, 1);
    for (size_t i = 0; i < 9 * 11; i++)
        ck_agree(b[i], a[i], 1e-7, 1e-9);
    free(a);
    free(b);
    ov_experiment_free(e);
    ov_experiment_free(white);
}
END_TEST

START_TEST(images_lend_their_covariance)
{
    struct idx_dir d = idx_dir_make();
    char more[300];
    write_idx(d.path, 200, 5, 10, true);
    snprintf(more, sizeof more, "    inputs: {covariance: {images: %s, first: 150}}\n", d.path);
    struct ov_experiment *e = load_more(CURVE, more);
    double *rows = theory_of(e, 3);
    const struct ov_side_plan *side = e->curve[0].side;
    ck_assert_ptr_nonnull(
        strstr(side[OV_SGD].parameters.s, "inputs: gaussian\ncovariance: images "));
    ck_assert_ptr_nonnull(strstr(side[OV_THEORY].parameters.s, " first 150\nblocks: 44 of drawn"));
    ck_assert_ptr_null(strstr(side[OV_THEORY].parameters.s, d.path));
    free(rows);
    ov_experiment_free(e);
    char *other = edited(CURVE, "N: 50", "N: 51");
    refuses_more(other, more, "5:8: error: N is 51, but the images of ");
    free(other);
    snprintf(more, sizeof more, "    inputs: {covariance: {images: %s, first: 201}}\n", d.path);
    refuses_more(CURVE, more, "12:74: error: first is 201, but ");
    refuses_more(CURVE, "    inputs: {covariance: {images: /nowhere/x}}\n",
                 "12:35: error: /nowhere/x: No such file or directory");
    snprintf(more, sizeof more, "    inputs: {covariance: {images: %s}, precondition: whiten}\n",
             d.path);
    refuses_more(CURVE, more, "12:82: error: precondition is for variances above 0");
    idx_dir_remove(&d);
}
END_TEST

/* eps_g of weights W on Gaussian inputs with the second moments S of images, C = W S W'/N. */
static double eps_g_on(const struct ov_problem *p, const double *S, uint64_t key)
{
    size_t N = p->N, K = p->K, M = p->M;
    double *w = calloc(N, (K + M) * sizeof *w), *Sw = calloc(N, (K + M) * sizeof *Sw);
    struct ov_overlaps o;
    struct ov_error err = {0};
    ck_assert(w && Sw);
    ck_ok(ov_overlaps_create(&o, K, M));
    ck_ok(ov_start_weights(w, w + K * N, o.v, p, key, &err));
    memcpy(o.v_star, p->v_star, M * sizeof *o.v_star);
    for (size_t a = 0; a < K + M; a++)
        for (size_t i = 0; i < N; i++)
            for (size_t j = 0; j < N; j++)
                Sw[a * N + i] += S[i * N + j] * w[a * N + j];
    for (size_t a = 0; a < K + M; a++)
        for (size_t b = 0; b < K + M; b++) {
            double C = 0.0;
            for (size_t i = 0; i < N; i++)
                C += w[a * N + i] * Sw[b * N + i] / (double)N;
            if (a < K && b <= a)
                o.Q[ov_sym_at(a, b)] = C;
            else if (a < K && b >= K)
                o.R[a * M + b - K] = C;
            else if (a >= K && b >= K)
                o.T[ov_sym_at(a - K, b - K)] = C;
        }
    double eps_g = ov_eps_g(&o, p->g, p->g_star);
    ov_overlaps_free(&o);
    free(w);
    free(Sw);
    return eps_g;
}

/* Theory of images that sgd trains on: the covariance of the first `samples`, scaled as they are. */
START_TEST(images_of_sgd_have_their_covariance)
{
    struct idx_dir d = idx_dir_make();
    char more[300];
    struct ov_error err = {0};
    struct ov_dataset images;
    double mean[50], scale, S[50 * 50];
    write_idx(d.path, 200, 5, 10, true);
    ck_ok(ov_dataset_read(&images, d.path, &err));
    ck_ok(ov_dataset_scale(mean, &scale, &images, 180, true, &err));
    ck_ok(
        ov_images_second_moments(S, &(struct ov_images){images.bytes, 120, 50, mean, scale, NULL}));
    snprintf(more, sizeof more,
             "    inputs: {kind: idx, images: %s, held_out: 20}\n    samples: 120\n", d.path);
    struct ov_experiment *e = load_more(CURVE, more);
    const struct ov_two_layer *s = e->curve[0].state;
    for (uint64_t key = 1; key < 4; key++) {
        double *rows = theory_of(e, key);
        ck_agree(eps_g_on(&s->problem, S, key), rows[1], 1e-7, 0);
        free(rows);
    }
    ck_assert_ptr_nonnull(strstr(e->curve[0].side[OV_THEORY].parameters.s, " first 120 of 180\n"));
    ov_experiment_free(e);
    char *isotropic = edited(CURVE, "theory: true", "theory: {inputs: isotropic}");
    e = load_more(isotropic, more);
    ck_assert_ptr_null(strstr(e->curve[0].side[OV_THEORY].parameters.s, "images"));
    ov_experiment_free(e);
    free(isotropic);
    ov_dataset_free(&images);
    idx_dir_remove(&d);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, check_cases);
    OV_TEST(s, columns_of_blocks);
    OV_TEST(s, averages_need_few_blocks);
    OV_TEST(s, drawn_weights_need_more_blocks);
    OV_TEST(s, densities_are_limits);
    OV_TEST(s, sides_start_alike);
    OV_TEST(s, whitening_is_white);
    OV_TEST(s, images_lend_their_covariance);
    OV_TEST(s, images_of_sgd_have_their_covariance);
}

OV_TEST_MAIN("systems/two-layer, covariances");
