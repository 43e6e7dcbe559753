/* SPDX-License-Identifier: MIT
 *
 * Labels that are signs, in both engines: the ways to make a step agree bit by bit, a step by hand,
 * flips, test and training sets, and that the two engines have one law.
 */
#include <math.h>
#include <string.h>

#include "law_case.h"
#include "overlap/model/start.h"
#include "overlap/num/normal.h"

static struct ov_problem signs(size_t N, size_t K, size_t M, const char *g, const char *g_star)
{
    struct ov_problem p = problem(N, K, M, g, g_star);
    p.sigma = 0.0;
    p.labels = (struct ov_labels){true, 0.2, 50};
    ck_ok(ov_problem_check(&p, NULL, NULL));
    return p;
}

static double *rows_on(const struct ov_problem *p, const struct ov_inputs *in, const double *alpha,
                       size_t n, bool plain)
{
    double *rows = zeros(n * ov_weights_width(p, in));
    ck_ok((plain ? ov_weights_run_plain : ov_weights_run_inputs)(rows, p, in, 5, alpha, n, NULL,
                                                                 NULL));
    return rows;
}

static const double times[] = {0.0, 0.01, 1.0, 2.345, 4.0};
enum { TIMES = sizeof times / sizeof *times };

START_TEST(all_ways_make_the_same_steps)
{
    const struct ov_inputs inputs[] = {{0}, {.samples = 70}};
    for (size_t variant = 0; variant < 4; variant++) {
        struct ov_problem p = signs(53, 3, 2, "erf", "tanh");
        const struct ov_inputs *in = &inputs[variant % 2];
        p.batch = variant < 2 ? 1 : 6;
        double *fast = rows_on(&p, in, times, TIMES, false);
        double *plain = rows_on(&p, in, times, TIMES, true);
        size_t width = ov_weights_width(&p, in);
        ck_assert_mem_eq(fast, plain, TIMES * width * sizeof *fast);
        for (size_t i = 0; i < TIMES * width; i++)
            ck_assert(isfinite(fast[i]));
        free(fast);
        free(plain);
        ov_problem_free(&p);
    }
}
END_TEST

/* One step of one linear unit: w moves by (eta/sqrt N)(y - w.x/sqrt N) x, y = +-1. From how R and Q
 * move y follows, and it has the sign of nu unless the label is flipped. */
static double label_of_first_step(double flip, uint64_t key, double *nu)
{
    enum { N = 40 };
    struct ov_problem p = signs(N, 1, 1, "linear", "linear");
    double w[N], w_star[N], v, x[N], lambda = 0.0, R0 = 0.0;
    const double alpha[] = {1.0 / N};
    p.eta_v = 0.0;
    p.labels.flip = flip;
    double *rows = zeros(ov_weights_width(&p, NULL));
    ck_ok(ov_weights_run(rows, &p, key, alpha, 1, NULL, NULL));
    ck_ok(ov_start_weights(w, w_star, &v, &p, key, NULL));
    ov_normal_fill(x, N, &(struct ov_philox){key, OV_STREAM_INPUT}, 0);
    *nu = 0.0;
    for (size_t i = 0; i < N; i++) {
        lambda += w[i] * x[i] / sqrt(N);
        *nu += w_star[i] * x[i] / sqrt(N);
        R0 += w[i] * w_star[i] / N;
    }
    double y = (rows[3] - R0) * N / (p.eta_w * *nu) + lambda;
    ov_problem_free(&p);
    free(rows);
    return y;
}

START_TEST(a_step_by_hand)
{
    size_t flipped = 0;
    enum { RUNS = 300 };
    for (uint64_t key = 1; key <= RUNS; key++) {
        double nu, y = label_of_first_step(0.0, key, &nu);
        ck_agree(nu < 0.0 ? -1.0 : 1.0, y, 1e-8, 0.0);
        double noisy = label_of_first_step(0.25, key, &nu);
        ck_agree(1.0, fabs(noisy), 1e-8, 0.0);
        flipped += (noisy < 0.0) != (nu < 0.0);
    }
    ck_assert(fabs((double)flipped - 0.25 * RUNS) < 4.5 * sqrt(0.25 * 0.75 * RUNS));
}
END_TEST

/* What is learnt is the sign: of a linear and an erf teacher the same, to the last bit. */
START_TEST(teachers_of_one_sign_are_one_teacher)
{
    struct ov_problem a = signs(60, 2, 1, "erf", "linear"), b = signs(60, 2, 1, "erf", "erf");
    size_t width = ov_weights_width(&a, NULL);
    double *one = rows_on(&a, NULL, times, TIMES, false);
    double *other = rows_on(&b, NULL, times, TIMES, false);
    ck_assert_mem_eq(one, other, TIMES * width * sizeof *one);
    b.labels.flip = 0.19;
    free(other);
    other = rows_on(&b, NULL, times, TIMES, false);
    ck_assert(memcmp(one, other, TIMES * width * sizeof *one) != 0);
    free(one);
    free(other);
    ov_problem_free(&a);
    ov_problem_free(&b);
}
END_TEST

START_TEST(columns_stand_behind_the_overlaps)
{
    struct ov_problem p = signs(20, 1, 1, "erf", "erf");
    const struct ov_inputs set = {.samples = 30};
    const char *const names[] = {"alpha",    "eps_g", "Q_0_0",    "R_0_0", "v_0",
                                 "eps_g_se", "eps_c", "eps_c_se", "eps_t"};
    char name[32];
    ck_assert_uint_eq(ov_weights_width(&p, NULL), 8);
    ck_assert_uint_eq(ov_weights_width(&p, &set), 9);
    for (size_t i = 0; i < 9; i++) {
        ov_weights_column(name, &p, &set, i);
        ck_assert_str_eq(names[i], name);
    }
    ov_problem_free(&p);
}
END_TEST

/* On images both errors are means over the test set; here by hand, at the start. */
START_TEST(images_have_test_sets)
{
    enum { PIXELS = 16, IMAGES = 40 };
    unsigned char bytes[IMAGES * PIXELS];
    double mean[PIXELS] = {0}, w[PIXELS], w_star[PIXELS], v, wrong = 0.0, error = 0.0;
    const double start[] = {0.0};
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 2654435761u >> 7);
    for (size_t i = 0; i < PIXELS; i++)
        mean[i] = 127.5;
    struct ov_images images = {bytes, IMAGES, PIXELS, mean, 1.0 / 64, NULL};
    struct ov_inputs in = {.train = &images, .test = &images, .samples = IMAGES};
    struct ov_problem p = signs(PIXELS, 1, 1, "erf", "erf");
    p.labels.flip = 0.0;
    double *rows = rows_on(&p, &in, start, 1, false);
    ck_ok(ov_start_weights(w, w_star, &v, &p, 5, NULL));
    for (size_t mu = 0; mu < IMAGES; mu++) {
        double x[PIXELS], lambda = 0.0, nu = 0.0;
        ov_images_fill(x, &images, mu, 0, PIXELS);
        for (size_t i = 0; i < PIXELS; i++) {
            lambda += w[i] * x[i] / sqrt(PIXELS);
            nu += w_star[i] * x[i] / sqrt(PIXELS);
        }
        double y = nu < 0.0 ? -1.0 : 1.0, phi = v * erf(lambda / sqrt(2.0));
        wrong += (phi < 0.0) != (nu < 0.0);
        error += 0.5 * (phi - y) * (phi - y);
    }
    double share = wrong / IMAGES;
    ck_assert(share > 0.05 && share < 0.95);
    ck_agree(error / IMAGES, rows[1], 1e-12, 0.0);
    ck_agree(share, rows[6], 1e-14, 0.0);
    ck_agree(sqrt(share * (1.0 - share) / (IMAGES - 1)), rows[7], 1e-12, 0.0);
    ck_agree(rows[1], rows[8], 1e-12, 0.0); /* the training set is the test set */
    free(rows);
    ov_problem_free(&p);
}
END_TEST

/* Mean and standard error of column i of the last rows of n runs. */
static void mean_of(double *mean, double *se, const double *rows, size_t n, size_t width, size_t i)
{
    double sum = 0.0, square = 0.0;
    for (size_t r = 0; r < n; r++) {
        double x = rows[r * width + i];
        sum += x;
        square += x * x;
    }
    *mean = sum / (double)n;
    *se = sqrt((square / (double)n - *mean * *mean) / (double)(n - 1));
}

/* N so small that an approximation of order 1/N would show; all columns of the last row. */
START_TEST(both_engines_have_one_law)
{
    enum { RUNS = 3000 };
    const double alpha[] = {3.0};
    struct ov_problem p = signs(12, 2, 2, "erf", "linear");
    size_t width = ov_measured_width(&p);
    uint64_t *key = keys(1, RUNS), *others = keys(100001, RUNS);
    double *weights = zeros(RUNS * width), *law = zeros(RUNS * width);
    for (size_t r = 0; r < RUNS; r++)
        ck_ok(ov_weights_run(weights + r * width, &p, key[r], alpha, 1, NULL, NULL));
    ck_ok(ov_law_run(law, &p, others, RUNS, alpha, 1, NULL, NULL));
    for (size_t i = 1; i < width - 1; i++) {
        double a, b, se_a, se_b;
        mean_of(&a, &se_a, weights, RUNS, width, i);
        mean_of(&b, &se_b, law, RUNS, width, i);
        ck_assert_msg(fabs(a - b) < 4.5 * hypot(se_a, se_b) + 1e-15, "column %zu: %g %g", i, a, b);
    }
    double a, b, se_a, se_b; /* and flips are seen: the check above can fail */
    p.labels.flip = 0.0;
    ck_ok(ov_law_run(law, &p, others, RUNS, alpha, 1, NULL, NULL));
    mean_of(&a, &se_a, weights, RUNS, width, 1);
    mean_of(&b, &se_b, law, RUNS, width, 1);
    ck_assert(fabs(a - b) > 8.0 * hypot(se_a, se_b));
    free(key);
    free(others);
    free(weights);
    free(law);
    ov_problem_free(&p);
}
END_TEST

START_TEST(noise_and_signs_are_refused_together)
{
    struct ov_problem p = signs(20, 1, 1, "erf", "erf");
    const char *key = "";
    p.sigma = 0.1;
    ck_assert_int_eq(OV_EUSER, ov_problem_check(&p, &key, NULL));
    ck_assert_str_eq("sigma", key);
    p.sigma = 0.0;
    p.labels.flip = 0.6;
    ck_assert_int_eq(OV_EUSER, ov_problem_check(&p, &key, NULL));
    ck_assert_str_eq("labels.flip", key);
    p.labels.sign = false;
    ck_ok(ov_problem_check(&p, &key, NULL));
    ov_problem_free(&p);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, all_ways_make_the_same_steps);
    OV_TEST(s, a_step_by_hand);
    OV_TEST(s, teachers_of_one_sign_are_one_teacher);
    OV_TEST(s, columns_stand_behind_the_overlaps);
    OV_TEST(s, images_have_test_sets);
    OV_TEST(s, both_engines_have_one_law);
    OV_TEST(s, noise_and_signs_are_refused_together);
}

OV_TEST_MAIN("sim/weights_signs");
