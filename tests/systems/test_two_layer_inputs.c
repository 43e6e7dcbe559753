/* SPDX-License-Identifier: MIT
 *
 * inputs, samples and batch: reading, keys, runs.
 */
#include <math.h>

#include "sim/idx_files.h"
#include "two_layer_cases.h"

static const struct ov_load_options usual = {.systems = ov_systems, .tier = OV_CI};

static const struct ov_system *const sys = &ov_system_two_layer;

/* A curve with sgd whose parameters are a test's; what is appended begins at line 11. */
#define CURVE RANDOM_START "    sgd: {seeds: 1}\n"
#define WITHOUT_N                                                                                  \
    HEAD "    K: 2\n    M: 2\n    eta_w: 0.2\n    alpha: [0, 0.5, 1]\n    theory: true\n"          \
         "    sgd: {seeds: 1}\n"

static char *described(const struct ov_experiment *e, enum ov_side side)
{
    struct ov_text t = {0};
    ov_text_addf(&t, "%s", e->curve[0].side[side].parameters.s);
    ck_assert(!t.failed);
    return t.s;
}

/* The description of sgd holds these lines, and that of theory these or, without any, none of
 * `not_theory`. */
static void says(const char *text, const char *more, const char *lines, const char *in_theory,
                 const char *not_theory)
{
    struct ov_experiment *e = load_more(text, more);
    char *sgd = described(e, OV_SGD), *theory = described(e, OV_THEORY), whole[400];
    snprintf(whole, sizeof whole, "\n%s\nalpha: 0 0.5 1\nengine: weights\n", lines);
    ck_assert_msg(strstr(sgd, whole), "no '%s' in:\n%s", lines, sgd);
    ck_assert_ptr_null(strstr(theory, not_theory));
    ck_assert_msg(!in_theory || strstr(theory, in_theory), "no '%s' in:\n%s", in_theory, theory);
    free(sgd);
    free(theory);
    ov_experiment_free(e);
}

START_TEST(keys_are_described)
{
    says(CURVE, "    samples: 70\n", "samples: 70", NULL, "samples");
    says(CURVE, "    inputs: {covariance: {power: 0.5}}\n",
         "inputs: gaussian\ncovariance: power 0.5",
         "covariance: power 0.5\nblocks: 10 of drawn weights\n", "inputs");
    says(CURVE, "    inputs: {covariance: [1, 0.1]}\n    samples: 7\n",
         "inputs: gaussian\ncovariance: 1 0.1\nsamples: 7",
         "covariance: 1 0.1\nblocks: 2 of drawn weights\n", "samples");
    struct ov_experiment *e = load_more(CURVE, "    batch: 4\n");
    char *theory = described(e, OV_THEORY), *sgd = described(e, OV_SGD);
    ck_assert_ptr_nonnull(strstr(theory, "\nbatch: 4\n"));
    ck_assert_ptr_nonnull(strstr(sgd, "\nbatch: 4\n"));
    double x;
    ck_assert(ov_curve_variable(&x, &e->curve[0], "batch"));
    ck_agree(4, x, 0, 0);
    ck_assert(!ov_curve_variable(&x, &e->curve[0], "samples"));
    free(theory);
    free(sgd);
    ov_experiment_free(e);
    e = load_more(CURVE, "    samples: 70\n");
    ck_assert(ov_curve_variable(&x, &e->curve[0], "samples"));
    ck_agree(70, x, 0, 0);
    ov_experiment_free(e);
}
END_TEST

START_TEST(mistakes_are_at_their_value)
{
#define LAW "    sgd: {engine: law, seeds: 1}\n"
    refuses_more(RANDOM_START LAW, "    samples: 70\n",
                 "12:14: error: samples needs engine weights: engine law is for fresh Gaussian");
    refuses_more(RANDOM_START LAW, "    batch: 2\n", "12:12: error: batch needs engine weights");
    struct ov_experiment *e =
        load_more(RANDOM_START LAW, "    batch: 1\n    inputs: {kind: gaussian}\n");
    ov_experiment_free(e);
    refuses_more(CURVE, "    batch: 0\n", "12:12: error: batch must be from 1 to 1000000");
    refuses_more(CURVE, "    samples: 0\n", "12:14: error: samples must be from 1 to");
    refuses_more(CURVE, "    samples: {quick: 7}\n",
                 "12:14: error: samples must be a whole number");
    refuses_more(RANDOM_START, "    samples: 7\n",
                 "11:14: error: 'samples' is read by nothing here: curve a has no sgd");
    refuses_more(CURVE, "    inputs: {covariance: [1, 2, 3]}\n",
                 "12:26: error: covariance has 3 numbers, which does not divide N = 50");
    refuses_more(CURVE, "    inputs: {covariance: []}\n",
                 "12:26: error: covariance is an empty list");
    refuses_more(CURVE, "    inputs: {covariance: [1, -2]}\n",
                 "12:30: error: covariance must be from 0");
    refuses_more(CURVE, "    inputs: {covariance: [0, 0]}\n",
                 "12:26: error: covariance is 0 throughout");
    refuses_more(CURVE, "    inputs: {covariance: [0, 1.0e-320]}\n",
                 "12:26: error: covariance has a mean too small to scale it to 1");
    refuses_edited(CURVE "    inputs: {covariance: {power: 1}}\n", "N: 50", "N: 1000000000",
                   "5:8: error: a covariance by name has at most 10^7 directions");
    refuses_edited(CURVE "    inputs: {covariance: [1, 2]}\n", "N: 50", "N: 1000000000",
                   "5:8: error: the weights would be more than 10^9 numbers");
    refuses_more(CURVE, "    inputs: {covariance: {power: -1}}\n",
                 "12:34: error: power must be from 0 to 100");
    refuses_more(
        CURVE, "    inputs: {covariance: {}}\n",
        "12:26: error: covariance takes one of power, lognormal, marchenko_pastur and images");
    refuses_more(CURVE, "    inputs: {kind: mnist}\n",
                 "12:20: error: kind must be one of gaussian, idx, not 'mnist'");
    refuses_more(CURVE, "    inputs: {images: x}\n",
                 "12:22: error: 'inputs.images' is read by nothing here: curve a has Gaussian");
    refuses_more(CURVE, "    inputs: {kind: idx}\n",
                 "12:13: error: inputs of kind idx need 'images', a file");
    refuses_more(CURVE, "    inputs: {kind: idx, images: /nowhere/x}\n",
                 "12:33: error: /nowhere/x: No such file or directory");
    char *t = edited(CURVE, "theory: true", "theory: {fluctuations: true}");
    refuses_more(t, "    batch: 2\n", "10:13: error: fluctuations are known for a batch of 1 only");
    free(t);
}
END_TEST

/* ---- images ---- */

static void refuses_images(const char *text, const char *path, const char *more, const char *at,
                           const char *report)
{
    char inputs[800], whole[400];
    snprintf(inputs, sizeof inputs, "    inputs: {kind: idx, images: %s%s}\n", path, more);
    snprintf(whole, sizeof whole, "%s: error: %s", at, report);
    refuses_more(text, inputs, whole);
}

START_TEST(images_bring_their_dimension)
{
    struct idx_dir d = idx_dir_make();
    char more[300], report[300];
    write_idx(d.path, 40, 5, 10, true);
    snprintf(more, sizeof more, "    inputs: {kind: idx, images: %s, held_out: 6}\n", d.path);
    static const char *const bases[] = {CURVE, WITHOUT_N};
    for (size_t i = 0; i < 2; i++) {
        struct ov_experiment *e = load_more(bases[i], more);
        char *sgd = described(e, OV_SGD), *problem = problem_of(e);
        ck_assert_ptr_nonnull(strstr(problem, "\nN: 50\n"));
        ck_assert_ptr_nonnull(strstr(sgd, "\ninputs: idx\nimages: "));
        ck_assert_ptr_nonnull(strstr(
            sgd,
            "\nheld_out: 6\nstandardise: true\nsamples: 34\nalpha: 0 0.5 1\nengine: weights\n"));
        ck_assert_ptr_null(strstr(sgd, d.path));
        ck_assert_ptr_nonnull(strstr(e->curve[0].side[OV_SGD].columns_doc.s, "test images"));
        ck_assert_ptr_nonnull(
            strstr(e->curve[0].side[OV_THEORY].columns_doc.s, "fresh Gaussian inputs"));
        free(sgd);
        free(problem);
        ov_experiment_free(e);
    }
    char *t = edited(CURVE, "N: 50", "N: 51");
    snprintf(report, sizeof report, "N is 51, but the images of %s have 50 pixels", d.path);
    refuses_images(t, d.path, "", "5:8", report);
    free(t);
    t = edited(CURVE, "seeds: 1", "seeds: 1, N: 49");
    snprintf(report, sizeof report, "N is 49, but the images of %s have 50 pixels", d.path);
    refuses_images(t, d.path, "", "11:24", report);
    free(t);
    idx_dir_remove(&d);
}
END_TEST

START_TEST(what_images_do_not_allow)
{
    struct idx_dir d = idx_dir_make(), other = idx_dir_make();
    char more[300], report[300];
    write_idx(d.path, 40, 5, 10, false);
    write_idx(other.path, 8, 5, 9, false);
    snprintf(report, sizeof report, "held_out is 40, but %s has 40 images", d.path);
    refuses_images(CURVE, d.path, ", held_out: 40", "12:75", report);
    snprintf(more, sizeof more, ", test: %s", other.path);
    refuses_images(CURVE, d.path, more, "12:71", "its images have 45 pixels, those of");
    refuses_images(CURVE, d.path, ", covariance: [1]", "12:77",
                   "'inputs.covariance' is read by nothing here: curve a has images as inputs");
    write_idx(other.path, 8, 10, 5, false);
    snprintf(more, sizeof more, ", held_out: 3, test: %s", other.path);
    refuses_images(CURVE, d.path, more, "12:75",
                   "'inputs.held_out' is read by nothing here: curve a has a test file");
    snprintf(more, sizeof more, "    inputs: {kind: idx, images: %s}\n    samples: 35\n", d.path);
    snprintf(report, sizeof report, "13:14: error: samples is 35, but %s has 34 images", d.path);
    refuses_more(CURVE, more, report);
    snprintf(more, sizeof more, "    inputs: {kind: idx, images: %s}\n", d.path);
    refuses_more(RANDOM_START LAW, more, "12:33: error: images needs engine weights");
    write_idx(d.path, 5, 5, 10, false);
    refuses_images(CURVE, d.path, "", "12:33", d.path);
    write_bytes(d.path, "", 0, false);
    snprintf(report, sizeof report, "%s: is too short for an IDX file of images", d.path);
    refuses_images(CURVE, d.path, "", "12:33", report);
    idx_dir_remove(&d);
    idx_dir_remove(&other);
}
END_TEST

/* The key of a result is of the files' bytes, wherever they lie. */
START_TEST(keys_are_of_the_bytes)
{
    struct idx_dir d[2] = {idx_dir_make(), idx_dir_make()};
    char *said[3], more[300];
    for (int i = 0; i < 3; i++) {
        size_t n = i < 2 ? 40 : 41;
        write_idx(d[i % 2].path, n, 5, 10, false);
        snprintf(more, sizeof more,
                 "    inputs: {kind: idx, images: %s, held_out: 6}\n    samples: 30\n",
                 d[i % 2].path);
        struct ov_experiment *e = load_more(CURVE, more);
        said[i] = described(e, OV_SGD);
        ov_experiment_free(e);
    }
    ck_assert_str_eq(said[0], said[1]);
    ck_assert_str_ne(said[0], said[2]);
    for (int i = 0; i < 3; i++)
        free(said[i]);
    idx_dir_remove(&d[0]);
    idx_dir_remove(&d[1]);
}
END_TEST

/* Both sides of a curve with images run, from the same overlaps. */
static void runs_images(const char *text, const char *more)
{
    struct ov_experiment *e = load_more(text, more);
    const struct ov_curve *c = &e->curve[0];
    size_t n = c->side[OV_SGD].n_col, path = c->side[OV_THEORY].n_col;
    double theory[3 * 20], sgd[3 * 20];
    struct ov_error err = {0};
    const uint64_t key = 12345;
    ck_assert_uint_gt(n, path);
    ck_ok(sys->run(theory, c, OV_THEORY, &key, 1, NULL, &err));
    ck_assert_msg(sys->run(sgd, c, OV_SGD, &key, 1, NULL, &err) == OV_OK, "%s", err.text);
    for (size_t k = 2; k < path; k++)
        ck_agree(theory[k], sgd[k], 1e-11, 1e-12);
    ck_assert_str_eq(c->side[OV_SGD].column[n - 1].name, "eps_t");
    for (size_t i = 0; i < 3 * n; i++)
        ck_assert(isfinite(sgd[i]));
    ck_assert(!c->side[OV_SGD].column[n - 1].may_be_nan);
    ov_experiment_free(e);
}

START_TEST(both_sides_run)
{
    struct idx_dir d = idx_dir_make(), test = idx_dir_make();
    char more[300];
    write_idx(d.path, 40, 5, 10, true);
    write_idx(test.path, 9, 10, 5, false);
    snprintf(more, sizeof more, "    inputs: {kind: idx, images: %s}\n", d.path);
    runs_images(CURVE, more);
    snprintf(more, sizeof more,
             "    inputs: {kind: idx, images: %s, test: %s, standardise: false}\n    samples: 7\n"
             "    batch: 3\n",
             d.path, test.path);
    char *isotropic = edited(CURVE, "theory: true", "theory: {inputs: isotropic}");
    runs_images(isotropic, more);
    free(isotropic);
    refuses_more(CURVE, more, "12:116: error: theory takes images whose mean was taken off");
    runs_images(CURVE, "    inputs: {covariance: {power: 1}}\n    blocks: all\n    samples: 20\n");
    idx_dir_remove(&d);
    idx_dir_remove(&test);
}
END_TEST

/* Images are read once for several runs, which are those that each would be alone; long ones are not
 * grouped, since a killed group begins anew. */
START_TEST(short_runs_share_their_images)
{
    struct idx_dir d = idx_dir_make();
    char more[300];
    write_idx(d.path, 40, 5, 10, true);
    snprintf(more, sizeof more, "    inputs: {kind: idx, images: %s}\n", d.path);
    struct ov_experiment *e = load_more(CURVE, more);
    struct ov_curve *c = &e->curve[0];
    ck_assert_uint_eq(c->side[OV_SGD].group, 4);
    size_t size = c->side[OV_SGD].n_row * c->side[OV_SGD].n_col;
    double *rows = calloc(4 * size, sizeof *rows);
    const uint64_t key[3] = {7, 8, 9};
    ck_ok(sys->run(rows, c, OV_SGD, key, 3, NULL, NULL));
    for (size_t i = 0; i < 3; i++) {
        ck_ok(sys->run(rows + 3 * size, c, OV_SGD, &key[i], 1, NULL, NULL));
        ck_assert_int_eq(memcmp(rows + i * size, rows + 3 * size, size * sizeof *rows), 0);
    }
    ck_assert_int_ne(memcmp(rows, rows + size, size * sizeof *rows), 0);
    free(rows);
    ov_experiment_free(e);
    char *longer = edited(CURVE, "alpha: [0, 0.5, 1]", "alpha: [0, 0.5, 1, 100000]");
    e = load_more(longer, more);
    ck_assert_uint_eq(e->curve[0].side[OV_SGD].group, 1);
    ov_experiment_free(e);
    free(longer);
    idx_dir_remove(&d);
}
END_TEST

/* Other images in a file that was read for the key are no result under that key. */
static void notices_a_change(const struct idx_dir *changes, const char *more)
{
    struct ov_experiment *e = load_more(CURVE, more);
    double sgd[3 * 20];
    const uint64_t key = 12345;
    struct ov_error err = {0};
    ck_ok(sys->run(sgd, &e->curve[0], OV_SGD, &key, 1, NULL, &err));
    FILE *f = fopen(changes->path, "r+b");
    ck_assert_int_eq(fseek(f, 100, SEEK_SET), 0);
    int pixel = fgetc(f);
    ck_assert_int_eq(fseek(f, 100, SEEK_SET), 0);
    ck_assert_int_eq(fputc(pixel ^ 1, f), pixel ^ 1);
    ck_assert_int_eq(fclose(f), 0);
    ck_assert_int_eq(sys->run(sgd, &e->curve[0], OV_SGD, &key, 1, NULL, &err), OV_EUSER);
    ck_assert_ptr_nonnull(strstr(err.text, changes->path));
    ck_assert_ptr_nonnull(strstr(err.text, "has changed while it was in use"));
    ov_experiment_free(e);
}

START_TEST(a_file_that_changes_is_noticed)
{
    struct idx_dir d = idx_dir_make(), test = idx_dir_make();
    char more[300];
    write_idx(d.path, 40, 5, 10, false);
    write_idx(test.path, 9, 10, 5, false);
    snprintf(more, sizeof more, "    inputs: {kind: idx, images: %s}\n", d.path);
    notices_a_change(&d, more);
    snprintf(more, sizeof more, "    inputs: {kind: idx, images: %s, test: %s}\n", d.path,
             test.path);
    notices_a_change(&test, more);
    idx_dir_remove(&d);
    idx_dir_remove(&test);
}
END_TEST

/* A relative path is one from the experiment's directory. */
START_TEST(paths_start_at_the_experiment)
{
    struct idx_dir d = idx_dir_make();
    struct ov_experiment *e;
    struct ov_error err = {0};
    char yaml[80];
    static const char text[] = CURVE "    inputs: {kind: idx, images: images}\n";
    snprintf(yaml, sizeof yaml, "%s/experiment.yaml", d.dir);
    write_idx(d.path, 40, 5, 10, false);
    ck_ok(ov_file_write(yaml, text, sizeof text - 1, NULL));
    ck_assert_msg(ov_experiment_load(&e, d.dir, &usual, &err) == OV_OK, "%s", err.text);
    ov_experiment_free(e);
    unlink(yaml);
    idx_dir_remove(&d);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, keys_are_described);
    OV_TEST(s, mistakes_are_at_their_value);
    OV_TEST(s, images_bring_their_dimension);
    OV_TEST(s, what_images_do_not_allow);
    OV_TEST(s, keys_are_of_the_bytes);
    OV_TEST(s, both_sides_run);
    OV_TEST(s, short_runs_share_their_images);
    OV_TEST(s, a_file_that_changes_is_noticed);
    OV_TEST(s, paths_start_at_the_experiment);
}

OV_TEST_MAIN("systems/two_layer_inputs");
