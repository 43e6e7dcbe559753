/* SPDX-License-Identifier: MIT
 *
 * `inputs.whiten`: principal components of images, each of variance 1, against moments and against
 * lengths in the metric of the covariance; what theory makes of them; what is refused.
 */
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_linalg.h>

#include "overlap/sim/dataset.h"
#include "sim/idx_files.h"
#include "two_layer_internal.h"
#include "two_layer_table.h"

enum { IMAGES = 240, TRAIN = 200, PIXELS = 50, RANK = PIXELS - 1 }; /* pixel 0 never changes */
#define CURVE HEAD "    K: 2\n    M: 2\n    eta_w: 0.2\n    alpha: [0, 1]\n"

static struct idx_dir d;

static void setup(void)
{
    d = idx_dir_make();
    write_idx(d.path, IMAGES, 5, 10, true);
}

static void teardown(void)
{
    idx_dir_remove(&d);
}

static struct ov_experiment *curve_of(const char *form, int n)
{
    char more[400];
    snprintf(more, sizeof more, "    inputs: {kind: idx, images: %s, held_out: %d, whiten: %d%s\n",
             d.path, IMAGES - TRAIN, n, form);
    return load_more(CURVE, more);
}

static struct ov_loaded loaded(const struct ov_experiment *e)
{
    struct ov_loaded l = {.mean = NULL};
    const struct ov_two_layer *s = e->curve[0].state;
    ck_ok(ov_loaded_read(&l, &s->data, NULL));
    return l;
}

/* Over the images that are trained on, mean 0 and covariance 1; the others go through the same map. */
START_TEST(components_are_white)
{
    enum { n = 7 };
    struct ov_experiment *e = curve_of("}\n    sgd: {seeds: 1}", n);
    struct ov_loaded l = loaded(e);
    double x[n], first[n], sum[n] = {0}, square[n * n] = {0};
    ck_assert_uint_eq(l.train_images.N, n);
    for (size_t mu = 0; mu < TRAIN; mu++) {
        ov_images_fill(x, &l.train_images, mu, 0, n);
        for (size_t i = 0; i < n * n; i++)
            square[i] += x[i / n] * x[i % n] / TRAIN;
        for (size_t i = 0; i < n; i++)
            sum[i] += x[i] / TRAIN;
    }
    for (size_t i = 0; i < n * n; i++)
        ck_agree(i / n == i % n ? 1.0 : 0.0, square[i], 1e-6, 1e-6);
    for (size_t i = 0; i < n; i++)
        ck_agree(0.0, sum[i], 0, 1e-6);
    ov_images_fill(first, &l.train_images, 3, 0, n); /* a piece is a piece */
    ov_images_fill(x, &l.train_images, 3, 4, n - 4);
    ck_assert_mem_eq(x, first + 4, (n - 4) * sizeof *x);
    ov_loaded_free(&l);
    ov_experiment_free(e);
}
END_TEST

/* All of them: |y|^2 = x' S^-1 x, by a Cholesky factor of the pixels that change. */
START_TEST(lengths_are_those_of_the_covariance)
{
    struct ov_experiment *e = curve_of("}\n    sgd: {seeds: 1}", RANK);
    struct ov_loaded l = loaded(e);
    struct ov_dataset set;
    double mean[PIXELS], scale, S[PIXELS * PIXELS], x[PIXELS], y[RANK];
    ck_ok(ov_dataset_read(&set, d.path, NULL));
    ck_ok(ov_dataset_scale(mean, &scale, &set, TRAIN, true, NULL));
    struct ov_images plain = {set.bytes, IMAGES, PIXELS, mean, scale, NULL};
    struct ov_images train = {set.bytes, TRAIN, PIXELS, mean, scale, NULL};
    ck_ok(ov_images_second_moments(S, &train));
    gsl_matrix *A = gsl_matrix_alloc(RANK, RANK);
    gsl_vector *b = gsl_vector_alloc(RANK);
    for (size_t i = 0; i < RANK; i++)
        for (size_t j = 0; j < RANK; j++)
            gsl_matrix_set(A, i, j, S[(i + 1) * PIXELS + j + 1]);
    ck_assert_int_eq(gsl_linalg_cholesky_decomp1(A), 0);
    for (size_t mu = 0; mu < IMAGES; mu += 23) {
        double length = 0.0, expected = 0.0;
        bool test = mu >= TRAIN;
        ov_images_fill(x, &plain, mu, 0, PIXELS);
        ov_images_fill(y, test ? &l.test_images : &l.train_images, test ? mu - TRAIN : mu, 0, RANK);
        for (size_t i = 0; i < RANK; i++)
            gsl_vector_set(b, i, x[i + 1]);
        gsl_linalg_cholesky_svx(A, b);
        for (size_t i = 0; i < RANK; i++) {
            expected += x[i + 1] * gsl_vector_get(b, i);
            length += y[i] * y[i];
        }
        ck_agree(expected, length, 1e-5, 0);
    }
    gsl_matrix_free(A);
    gsl_vector_free(b);
    ov_dataset_free(&set);
    ov_loaded_free(&l);
    ov_experiment_free(e);
}
END_TEST

/* Theory is that of white inputs, N is the number of components, and keys say it. */
START_TEST(theory_is_of_white_inputs)
{
    struct ov_experiment *e = curve_of("}\n    theory: true\n    sgd: {seeds: 1}", 7);
    struct ov_experiment *white =
        load_more(CURVE, "    N: 7\n    theory: true\n    sgd: {seeds: 1}\n");
    double x;
    ck_assert_str_eq(e->curve[0].side[OV_THEORY].parameters.s,
                     white->curve[0].side[OV_THEORY].parameters.s);
    ck_assert_ptr_nonnull(strstr(e->curve[0].side[OV_SGD].parameters.s, "whiten: 7\n"));
    ck_assert(ov_curve_variable(&x, &e->curve[0], "N"));
    ck_agree(7.0, x, 0, 0);
    ov_experiment_free(e);
    ov_experiment_free(white);
}
END_TEST

/* Refused as it is read, or, for want of variance, when it runs. */
START_TEST(what_can_not_be_whitened_is_refused)
{
    static const struct {
        const char *more, *says;
    } rows[] = {
        {"whiten: 51}\n    sgd: {seeds: 1}\n",
         "200 images of 50 pixels have 50 components, not 51"},
        {"whiten: 5, standardise: false}\n    sgd: {seeds: 1}\n",
         "whitened components are of images whose mean was taken off"},
        {"whiten: 5}\n    N: 6\n    sgd: {seeds: 1}\n",
         "N is 6, but 5 whitened components are the inputs"},
        {"whiten: 5}\n    blocks: 4\n    theory: true\n", "curve a has whitened inputs"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ov_text t = {0};
        struct ov_experiment *e = NULL;
        struct ov_error err = {0};
        ov_text_addf(&t, "%s    inputs: {kind: idx, images: %s, held_out: 40, %s", CURVE, d.path,
                     rows[i].more);
        ck_assert_int_eq(load_with(&e, t.s, NULL, &err), OV_EUSER);
        ck_assert_msg(strstr(err.text, rows[i].says), "%s", err.text);
        ov_text_free(&t);
    }
    struct ov_experiment *e = curve_of("}\n    sgd: {seeds: 1}", PIXELS);
    const struct ov_two_layer *s = e->curve[0].state;
    struct ov_loaded l = {.mean = NULL};
    struct ov_error err = {0};
    ck_assert_int_eq(ov_loaded_read(&l, &s->data, &err), OV_EUSER);
    ck_assert_msg(strstr(err.text, "component 50 of its images has no variance to speak of"), "%s",
                  err.text);
    ov_loaded_free(&l);
    ov_experiment_free(e);
}
END_TEST

static void add_tests(Suite *suite)
{
    TCase *c = tcase_create("images");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, components_are_white);
    tcase_add_test(c, lengths_are_those_of_the_covariance);
    tcase_add_test(c, theory_is_of_white_inputs);
    tcase_add_test(c, what_can_not_be_whitened_is_refused);
    suite_add_tcase(suite, c);
}

OV_TEST_MAIN("systems/two-layer, whitened images");
