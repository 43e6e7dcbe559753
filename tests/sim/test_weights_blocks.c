/* SPDX-License-Identifier: MIT
 *
 * Engine `weights` on inputs in blocks of directions.
 */
#include <math.h>

#include "blocks_case.h"
#include "overlap/model/start.h"
#include "some_images.h"

enum { N = 25 };
static const size_t n[] = {3, 7, 15};
static const double rho[] = {3.0, 1.5, 0.25};

static void spectrum_of(double c[N])
{
    for (size_t i = 0; i < N; i++)
        c[i] = i < 3 ? rho[0] : i < 10 ? rho[1] : rho[2];
}

/* ---- the same as a spectrum ---- */

static void check_same(struct ov_problem *p, const double *c)
{
    const double alpha[] = {0.0, 1.03, 4.0};
    const struct ov_inputs in = {.spectrum = c}, fresh = {0};
    struct ov_problem plain = *p;
    plain.blocks = NULL;
    size_t width = ov_row_width(2, 2);
    double *a = run(&plain, &in, 3, alpha, 3), *b = zeros(3 * width);
    p->blocks->in_rows = false;
    for (int way = 0; way < 2; way++) {
        ck_ok((way ? ov_weights_run_plain : ov_weights_run_inputs)(b, p, &fresh, 3, alpha, 3, NULL,
                                                                   NULL));
        ck_assert_mem_eq(a, b, 3 * width * sizeof *a);
    }
    free(a);
    free(b);
}

START_TEST(blocks_are_a_spectrum_bit_by_bit)
{
    double c[N];
    spectrum_of(c);
    for (size_t batch = 1; batch <= 5; batch += 4) {
        struct ov_problem p = problem(N, 2, 2, "erf", "erf");
        p.batch = batch;
        p.decay_w = 0.1;
        give_blocks(&p, 3, n, rho, NULL);
        check_same(&p, c);
        p.blocks->direction = copied(c, N);
        p.blocks->direction[4] = c[4] = 1.75; /* each direction's own, where they are there */
        check_same(&p, c);
        c[4] = rho[1];
        ov_problem_free(&p);
    }
}
END_TEST

/* ---- what rows have ---- */

START_TEST(rows_are_sums_over_blocks)
{
    const double alpha[] = {0.0, 7.25 / N, 2.0};
    struct ov_problem p = problem(N, 2, 2, "erf", "erf");
    give_blocks(&p, 3, n, rho, (double[]){0.5, 1.0, 2.0});
    const struct ov_inputs in = {.samples = 30};
    size_t width = ov_weights_width(&p, &in), own = ov_row_width(2, 2);
    ck_assert_uint_eq(width, own + 3 * 7 + 1);
    double *rows = run(&p, &in, 3, alpha, 3);
    struct ov_overlaps start;
    ck_ok(ov_overlaps_create_blocks(&start, 3, 2, 2));
    ck_ok(ov_start_blocks(&start, &p, 3, NULL));
    for (size_t row = 0; row < 3; row++)
        for (size_t i = 0; i < 7; i++) {
            double sum = 0.0;
            for (size_t l = 0; l < 3; l++)
                sum += rho[l] * rows[row * width + own + 7 * l + i];
            ck_agree(sum, rows[row * width + 2 + i], 0, 1e-13);
        }
    for (size_t l = 0; l < 3; l++)
        for (size_t i = 0; i < 7; i++)
            ck_agree(i < 3 ? start.Q[3 * l + i] : start.R[4 * l + i - 3], rows[own + 7 * l + i], 0,
                     1e-14);
    char name[32];
    ov_weights_column(name, &p, &in, own + 7 + 3);
    ck_assert_str_eq(name, "R_0_0_b1");
    ov_weights_column(name, &p, &in, width - 1);
    ck_assert_str_eq(name, "eps_t");
    ov_overlaps_free(&start);
    free(rows);
    ov_problem_free(&p);
}
END_TEST

/* ---- rates ---- */

/* One step from the same weights: w moves by p_i times what it moves by without rates, so that
 * dR of block l is p_l times as large. */
START_TEST(rates_multiply_the_gradient)
{
    static const double rate[] = {0.5, 1.0, 3.0};
    const double alpha[] = {0.0, 1.0 / N};
    struct ov_problem p = problem(N, 2, 2, "erf", "erf");
    size_t width = ov_row_width(2, 2) + 21, own = ov_row_width(2, 2);
    give_blocks(&p, 3, n, rho, NULL);
    double *plain = run(&p, &(struct ov_inputs){0}, 3, alpha, 2);
    ov_blocks_free(p.blocks);
    give_blocks(&p, 3, n, rho, rate);
    double *rows = run(&p, &(struct ov_inputs){0}, 3, alpha, 2);
    for (size_t l = 0; l < 3; l++)
        for (size_t i = own + 7 * l + 3; i < own + 7 * l + 7; i++) {
            double moved = plain[width + i] - plain[i];
            ck_assert(fabs(moved) > 1e-6);
            ck_agree(rate[l] * moved, rows[width + i] - rows[i], 1e-9, 1e-15);
        }
    free(plain);
    free(rows);
    ov_problem_free(&p);
}
END_TEST

/* ---- a basis ---- */

/* A permutation as basis: the same run as with weights that are permuted by hand. */
START_TEST(weights_go_into_the_directions)
{
    const double alpha[] = {0.0, 2.0};
    struct ov_problem p = problem(N, 2, 2, "erf", "erf"), by_hand = problem(N, 2, 2, "erf", "erf");
    give_blocks(&p, 3, n, rho, NULL);
    p.blocks->basis = zeros(N * N);
    double w[2 * N], w_star[2 * N], v[2];
    ck_ok(ov_start_weights(w, w_star, v, &p, 3, NULL));
    by_hand.w = zeros(2 * N);
    by_hand.w_star = zeros(2 * N);
    by_hand.start = OV_START_WEIGHTS;
    by_hand.teacher = OV_TEACHER_WEIGHTS;
    for (size_t i = 0; i < N; i++) {
        size_t at = 7 * i % N;
        p.blocks->basis[i * N + at] = 1.0;
        for (size_t a = 0; a < 2; a++) {
            by_hand.w[a * N + i] = w[a * N + at];
            by_hand.w_star[a * N + i] = w_star[a * N + at];
        }
    }
    give_blocks(&by_hand, 3, n, rho, NULL);
    double *a = run(&p, &(struct ov_inputs){0}, 3, alpha, 2);
    double *b = run(&by_hand, &(struct ov_inputs){0}, 3, alpha, 2);
    for (size_t i = 0; i < 2 * ov_problem_row_width(&p); i++)
        ck_agree(a[i], b[i], 1e-12, 1e-14);
    free(a);
    free(b);
    ov_problem_free(&p);
    ov_problem_free(&by_hand);
}
END_TEST

/* Images stay in their pixels; rows can have the blocks. */
START_TEST(images_know_nothing_of_blocks)
{
    static struct some_images s;
    const double alpha[] = {0.0, 0.5, 1.5};
    make_images(&s);
    const struct ov_inputs in = {.train = &s.train, .test = &s.test, .samples = TRAIN};
    struct ov_problem p = problem(PIXELS, 2, 2, "erf", "erf");
    size_t own = ov_weights_width(&p, &in), path = ov_row_width(2, 2);
    double *plain = run(&p, &in, 3, alpha, 3);
    give_blocks(&p, 3, n, rho, NULL);
    p.blocks->basis = zeros(PIXELS * PIXELS);
    for (size_t i = 0; i < PIXELS; i++)
        p.blocks->basis[i * PIXELS + 7 * i % PIXELS] = 1.0;
    double *rows = run(&p, &in, 3, alpha, 3);
    for (size_t row = 0; row < 3; row++) {
        double *x = plain + row * own, *y = rows + row * (own + 21);
        ck_assert_mem_eq(x, y, path * sizeof *x);
        ck_assert_mem_eq(x + path, y + path + 21, 2 * sizeof *x);
        for (size_t i = 0; i < 7; i++) /* Q and R are those of the weights: sums without weights */
            ck_agree(x[2 + i], y[path + i] + y[path + 7 + i] + y[path + 14 + i], 0, 1e-13);
    }
    free(plain);
    free(rows);
    ov_problem_free(&p);
}
END_TEST

/* ---- errors ---- */

static void check_error(struct ov_problem *p, const char *says)
{
    struct ov_error e = {0};
    double alpha = 0.0, *row = zeros(ov_problem_row_width(p));
    ck_assert_int_eq(ov_weights_run(row, p, 1, &alpha, 1, NULL, &e), OV_EDOM);
    ck_assert_msg(strstr(e.text, says) != NULL, "%s", e.text);
    free(row);
    ov_problem_free(p);
}

START_TEST(what_says_no_variance_is_refused)
{
    struct ov_problem p = problem(N, 2, 2, "erf", "erf");
    give_blocks(&p, 3, n, rho, (double[]){1.0, 0.0, 1.0});
    check_error(&p, "block 1 has the learning rate 0 times eta_w");
    p = problem(N, 2, 2, "erf", "erf");
    give_blocks(&p, 3, n, rho, NULL);
    p.blocks->share[2] = 0.5;
    check_error(&p, "no whole number");
    p = problem(N, 2, 2, "erf", "erf");
    give_blocks(&p, 3, n, rho, NULL);
    p.blocks->N = 20;
    check_error(&p, "the blocks have 20 directions, N = 25");
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, blocks_are_a_spectrum_bit_by_bit);
    OV_TEST(s, rows_are_sums_over_blocks);
    OV_TEST(s, rates_multiply_the_gradient);
    OV_TEST(s, weights_go_into_the_directions);
    OV_TEST(s, images_know_nothing_of_blocks);
    OV_TEST(s, what_says_no_variance_is_refused);
}

OV_TEST_MAIN("sim/weights_blocks");
