/* SPDX-License-Identifier: MIT
 *
 * Engine `weights` on inputs that are not fresh white Gaussian ones, and in batches.
 */
#include <math.h>
#include <string.h>

#include "overlap/model/eps_g.h"
#include "overlap/model/start.h"
#include "overlap/num/normal.h"
#include "some_images.h"
#include "test.h"
#include "weights_case.h"
#include "weights_internal.h"

/* ---- the two ways ---- */

static void assert_same(const struct ov_problem *p, const struct ov_inputs *in)
{
    enum { TIMES = 7, WIDTH = 200 };
    static double plain[TIMES * WIDTH], fast[TIMES * WIDTH];
    double alpha[TIMES] = {0, 0.5, 3, 3.25, 3.75, 40, 130};
    for (size_t i = 0; i < TIMES; i++)
        alpha[i] /= (double)p->N;
    size_t bytes = TIMES * ov_weights_width(p, in) * sizeof *plain;
    ck_assert_uint_le(bytes, sizeof plain);
    ck_ok(ov_weights_run_plain(plain, p, in, 5, alpha, TIMES, NULL, NULL));
    for (enum ov_simd level = OV_SIMD_BASELINE; level <= ov_simd_best(); level++) {
        ck_ok(ov_weights_run_at(level, fast, p, in, 5, alpha, TIMES, NULL, NULL));
        ck_assert_msg(memcmp(plain, fast, bytes) == 0, "level %d, N = %zu, K = %zu, batch %zu",
                      (int)level, p->N, p->K, p->batch);
    }
}

START_TEST(both_ways_give_the_same_bits)
{
    static struct some_images images;
    double spectrum[PIXELS];
    make_images(&images);
    for (size_t i = 0; i < PIXELS; i++)
        spectrum[i] = 0.1 * (double)(i % 7);
    const struct ov_inputs inputs[] = {
        {0},
        {.samples = 3},
        {.samples = 37},
        {.samples = 1000},
        {.spectrum = spectrum},
        {.spectrum = spectrum, .samples = 60},
        {.train = &images.train, .test = &images.test, .samples = TRAIN},
        {.train = &images.train, .test = &images.test, .samples = 9},
    };
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
        for (size_t variant = 0; variant < 12; variant++) {
            static const char *const names[] = {"erf", "relu", "tanh"};
            struct ov_problem p = problem(PIXELS, 1 + variant % 5, 1 + variant % 3,
                                          names[variant % 3], names[variant / 2 % 3]);
            static const size_t batches[] = {0, 1, 2, 4, 5, 11};
            p.batch = batches[variant % 6];
            p.eta_w = 0.1;
            p.eta_v = variant & 1 ? 0.1 : 0.0;
            p.decay_w = p.decay_v = variant & 2 ? 0.3 : 0.0;
            p.sigma = variant & 4 ? 0.2 : 0.0;
            p.momentum = variant < 6 ? 0.0 : 0.8;
            assert_same(&p, &inputs[i]);
            ov_problem_free(&p);
        }
}
END_TEST

/* A change of 1e-13 in anything that the inputs are made of is seen. */
START_TEST(the_least_change_of_inputs_is_seen)
{
    static struct some_images images;
    double spectrum[PIXELS], alpha = 4.0, *a, *b;
    make_images(&images);
    for (size_t i = 0; i < PIXELS; i++)
        spectrum[i] = 0.5 + 0.1 * (double)(i % 7);
    struct ov_problem p = problem(PIXELS, 2, 2, "erf", "erf");
    const struct ov_inputs coloured = {.spectrum = spectrum};
    const struct ov_inputs from_images = {
        .train = &images.train, .test = &images.test, .samples = TRAIN};
    a = run(&p, &coloured, 1, &alpha, 1);
    spectrum[3] *= 1 + 1e-13;
    b = run(&p, &coloured, 1, &alpha, 1);
    ck_assert(memcmp(a, b, ov_row_width(2, 2) * sizeof *a) != 0);
    free(a);
    free(b);
    a = run(&p, &from_images, 1, &alpha, 1);
    images.bytes[7] ^= 1;
    b = run(&p, &from_images, 1, &alpha, 1);
    ck_assert(a[1] != b[1] && a[2] != b[2] &&
              a[ov_row_width(2, 2) + 1] != b[ov_row_width(2, 2) + 1]);
    free(a);
    free(b);
    ov_problem_free(&p);
}
END_TEST

/* ---- covariance ---- */

/* eps_g of a run on coloured inputs against a fresh test set for its very weights: the first row's,
 * and those after some steps of a student that decays only, w(1 - decay/N)^steps. */
START_TEST(coloured_inputs_have_the_error_of_a_test_set)
{
    enum { N = 40, TESTS = 40000, STEPS = 30 };
    double spectrum[N], x[N], w[3 * N], w_star[2 * N], v[3];
    for (size_t i = 0; i < N; i++)
        spectrum[i] = i < N / 2 ? 1.9 : 0.1;
    struct ov_problem p = problem(N, 3, 2, "erf", "erf");
    p.eta_w = p.eta_v = 0;
    p.decay_w = 5;
    const struct ov_inputs in = {.spectrum = spectrum};
    const double alpha[] = {0, (double)STEPS / N};
    double *rows = run(&p, &in, 6, alpha, 2);
    ck_ok(ov_start_weights(w, w_star, v, &p, 6, NULL));
    for (size_t row = 0; row < 2; row++) {
        double mean = 0, square = 0, Q = 0, keep = row ? pow(1 - 5.0 / N, STEPS) : 1;
        for (uint64_t t = 0; t < TESTS; t++) {
            double out = 0, field[5] = {0};
            ov_normal_fill(x, N, &(struct ov_philox){77, 1}, t * N);
            for (size_t i = 0; i < N; i++)
                for (size_t a = 0; a < 5; a++)
                    field[a] += sqrt(spectrum[i] / N) * x[i] *
                                (a < 3 ? keep * w[a * N + i] : w_star[(a - 3) * N + i]);
            for (size_t a = 0; a < 5; a++)
                out += (a < 3 ? v[a] : -p.v_star[a - 3]) * erf(field[a] / sqrt(2));
            mean += out * out / 2 / TESTS;
            square += out * out * out * out / 4 / TESTS;
            Q += field[0] * field[0] / TESTS;
        }
        double se = sqrt((square - mean * mean) / TESTS), own = rows[row * ov_row_width(3, 2) + 1];
        ck_agree(own, mean, 0, 4 * se);
        ck_agree(rows[row * ov_row_width(3, 2) + 2], Q, 4 * sqrt(2.0 / TESTS), 0);
    }
    double *white = rows_of(&p, 6, alpha, 2); /* the same weights, other inputs: it matters */
    ck_assert_double_gt(fabs(white[2] / rows[2] - 1), 0.05);
    free(white);
    free(rows);
    ov_problem_free(&p);
}
END_TEST

START_TEST(a_flat_spectrum_is_none)
{
    enum { N = 20 };
    double spectrum[N], alpha = 3;
    for (size_t i = 0; i < N; i++)
        spectrum[i] = 1;
    struct ov_problem p = problem(N, 2, 2, "erf", "erf");
    const struct ov_inputs in = {.spectrum = spectrum};
    double *flat = run(&p, &in, 6, &alpha, 1), *white = rows_of(&p, 6, &alpha, 1);
    ck_assert_mem_eq(flat, white, ov_row_width(2, 2) * sizeof *flat);
    free(flat);
    free(white);
    ov_problem_free(&p);
}
END_TEST

/* ---- images ---- */

/* eps_g, its standard error and eps_t at the start, by hand. */
START_TEST(errors_on_images_are_means_over_them)
{
    static struct some_images images;
    make_images(&images);
    struct ov_problem p = problem(PIXELS, 1, 1, "erf", "erf");
    p.sigma = 0;
    const struct ov_inputs in = {.train = &images.train, .test = &images.test, .samples = 5};
    double alpha = 0, *row = run(&p, &in, 4, &alpha, 1), w[PIXELS], w_star[PIXELS], v[1];
    double test = 0, square = 0, train = 0, x[PIXELS];
    ck_ok(ov_start_weights(w, w_star, v, &p, 4, NULL));
    for (size_t mu = 0; mu < IMAGES; mu++) {
        double lambda = 0, nu = 0;
        ov_images_fill(x, &images.train, mu, 0, PIXELS); /* the test set stands behind it */
        for (size_t i = 0; i < PIXELS; i++) {
            lambda += w[i] * x[i] / sqrt(PIXELS);
            nu += w_star[i] * x[i] / sqrt(PIXELS);
        }
        double Delta = v[0] * erf(lambda / sqrt(2)) - p.v_star[0] * erf(nu / sqrt(2));
        if (mu < 5)
            train += Delta * Delta / 2 / 5;
        if (mu >= TRAIN)
            test += Delta * Delta / 2 / 10, square += Delta * Delta * Delta * Delta / 4 / 10;
    }
    ck_agree(test, row[1], 1e-12, 0);
    ck_agree(sqrt((square - test * test) / 9), row[ov_row_width(1, 1)], 1e-10, 0);
    ck_agree(train, row[ov_row_width(1, 1) + 1], 1e-12, 0);
    free(row);
    ov_problem_free(&p);
}
END_TEST

START_TEST(columns_have_names)
{
    static struct some_images images;
    char name[32];
    struct ov_problem p = problem(PIXELS, 1, 1, "erf", "erf");
    make_images(&images);
    const struct ov_inputs all = {.train = &images.train, .test = &images.test, .samples = 5};
    const struct ov_inputs set = {.samples = 5};
    size_t n = ov_row_width(1, 1);
    ck_assert_uint_eq(ov_weights_width(&p, NULL), n);
    ck_assert_uint_eq(ov_weights_width(&p, &set), n + 1);
    ck_assert_uint_eq(ov_weights_width(&p, &all), n + 2);
    ov_weights_column(name, &p, &all, n);
    ck_assert_str_eq(name, "eps_g_se");
    ov_weights_column(name, &p, &all, n + 1);
    ck_assert_str_eq(name, "eps_t");
    ov_weights_column(name, &p, &set, n);
    ck_assert_str_eq(name, "eps_t");
    ov_weights_column(name, &p, &set, 2);
    ck_assert_str_eq(name, "Q_0_0");
    ov_problem_free(&p);
}
END_TEST

START_TEST(wrong_inputs_are_refused)
{
    static struct some_images images;
    double rows[32], spectrum[PIXELS] = {1}, alpha = 1;
    make_images(&images);
    struct ov_images none = {.N = PIXELS}, wide = {.N = PIXELS + 1, .n = 3};
    const struct ov_inputs bad[] = {
        {.train = &images.train, .samples = 5},
        {.test = &images.test},
        {.train = &images.train, .test = &images.test},
        {.train = &images.train, .test = &images.test, .samples = TRAIN + 1},
        {.train = &images.train, .test = &none, .samples = 5},
        {.train = &wide, .test = &images.test, .samples = 3},
        {.train = &images.train, .test = &images.test, .samples = 5, .spectrum = spectrum},
        {.samples = (uint64_t)1 << 32},
    };
    struct ov_problem p = problem(PIXELS, 1, 1, "erf", "erf");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_int_eq(ov_weights_run_inputs(rows, &p, &bad[i], 1, &alpha, 1, NULL, NULL),
                         OV_EDOM);
    ov_problem_free(&p);
}
END_TEST

START_TEST(divergence_of_a_batch_is_found)
{
    struct ov_problem p = problem(30, 2, 1, "linear", "linear");
    p.eta_w = 50;
    p.batch = 6;
    double rows[32], alpha = 1e9;
    struct ov_error plain = {0}, fast = {0};
    ck_assert_int_eq(ov_weights_run_plain(rows, &p, NULL, 1, &alpha, 1, NULL, &plain),
                     OV_EDIVERGED);
    ck_assert_int_eq(ov_weights_run(rows, &p, 1, &alpha, 1, NULL, &fast), OV_EDIVERGED);
    ck_assert_str_eq(plain.text, fast.text);
    ov_problem_free(&p);
}
END_TEST

/* 2^53 - 8 steps of 2^11 inputs, with those ahead, are 2^64: the order of a second epoch is there
 * all the same. */
START_TEST(more_inputs_than_can_be_counted)
{
    struct ov_problem p = problem(4, 2, 1, "linear", "linear");
    struct ov_inputs in = {.samples = 3};
    p.eta_w = 1e4;
    p.batch = 2048;
    double rows[32], alpha = 0x1p51 - 2.0;
    struct ov_error err = {0};
    ck_assert_int_eq(ov_weights_run_inputs(rows, &p, &in, 1, &alpha, 1, NULL, &err), OV_EDIVERGED);
    ov_problem_free(&p);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, both_ways_give_the_same_bits);
    OV_TEST(s, the_least_change_of_inputs_is_seen);
    OV_TEST(s, coloured_inputs_have_the_error_of_a_test_set);
    OV_TEST(s, a_flat_spectrum_is_none);
    OV_TEST(s, errors_on_images_are_means_over_them);
    OV_TEST(s, columns_have_names);
    OV_TEST(s, wrong_inputs_are_refused);
    OV_TEST(s, divergence_of_a_batch_is_found);
    OV_TEST(s, more_inputs_than_can_be_counted);
}

OV_TEST_MAIN("sim/weights_inputs");
