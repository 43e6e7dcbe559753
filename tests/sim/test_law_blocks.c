/* SPDX-License-Identifier: MIT
 *
 * Engine `law` in blocks of directions is engine `weights` in law, where blocks are so small that
 * every term counts; one block is the engine without any, bit by bit; and a large N goes the way
 * of the equations of motion, by numbers of another program.
 */
#include "blocks_case.h"
#include "two_samples.h"

static double *from_weights(const struct ov_problem *p, double alpha)
{
    size_t width = ov_problem_row_width(p);
    double *rows = zeros(RUNS * width);
    for (size_t i = 0; i < RUNS; i++)
        ck_ok(ov_weights_run(rows + i * width, p, 1000000 + i, &alpha, 1, NULL, NULL));
    return rows;
}

static double *from_law(const struct ov_problem *p, double alpha)
{
    uint64_t *key = keys(0, RUNS);
    double *rows = law_rows(p, key, RUNS, &alpha, 1);
    free(key);
    return rows;
}

static void check_law(struct ov_problem *p, double alpha)
{
    double *a = from_weights(p, alpha), *b = from_law(p, alpha);
    ck_assert(agree(compare(a, b, ov_problem_row_width(p))));
    free(a);
    free(b);
    ov_problem_free(p);
}

/* K + M = 4: fewer directions, two more, many more. */
static const size_t small[] = {2, 6, 16};
static const double rho[] = {4.0, 1.2, 0.4};

START_TEST(erf_both_layers_with_decay)
{
    struct ov_problem p = problem(24, 2, 2, "erf", "erf");
    p.decay_w = p.decay_v = 0.2;
    give_blocks(&p, 3, small, rho, NULL);
    check_law(&p, 3.0);
}
END_TEST

START_TEST(relu_learns_erf_from_random_teachers)
{
    struct ov_problem p = problem(24, 3, 1, "relu", "erf");
    p.teacher = OV_TEACHER_RANDOM;
    p.eta_w = p.eta_v = 0.15;
    give_blocks(&p, 3, small, rho, NULL);
    check_law(&p, 4.0);
}
END_TEST

START_TEST(linear_without_noise)
{
    struct ov_problem p = problem(24, 1, 2, "linear", "linear");
    p.eta_v = p.sigma = 0.0;
    p.eta_w = 0.2;
    give_blocks(&p, 3, small, rho, NULL);
    check_law(&p, 3.0);
}
END_TEST

/* Blocks of as many directions as vectors, and of one fewer and one more. */
START_TEST(around_as_many_directions_as_vectors)
{
    static const size_t n[] = {4, 5, 3};
    struct ov_problem p = problem(12, 2, 2, "erf", "relu");
    give_blocks(&p, 3, n, rho, NULL);
    check_law(&p, 4.0);
}
END_TEST

/* A preconditioner, and directions that inputs do not have. */
START_TEST(rates_and_no_variance)
{
    static const size_t n[] = {2, 6, 16};
    static const double own_rho[] = {3.0, 1.0, 0.0}, rate[] = {0.3, 2.0, 1.0};
    struct ov_problem p = problem(24, 2, 2, "erf", "erf");
    p.decay_w = 0.3;
    give_blocks(&p, 3, n, own_rho, rate);
    check_law(&p, 3.0);
}
END_TEST

START_TEST(from_overlaps_in_blocks)
{
    static const double T[] = {0.2, 0.0, 0.1, 0.3, 0.1, 0.4, 0.5, -0.1, 0.6};
    static const double R[] = {0.05, 0.02, 0.03, 0.04, 0.03,  -0.02,
                               0.01, 0.06, 0.02, 0.05, -0.03, 0.1};
    /* of the first, two directions are all there is: Q = R T^-1 R' */
    static const double Q[] = {0.0165, 0.0155, 0.0205, 0.1, 0.03, 0.15, 0.3, -0.05, 0.2};
    struct ov_problem p = problem(24, 2, 2, "erf", "erf");
    give_blocks(&p, 3, small, rho, NULL);
    give_start(&p, T, R, Q);
    check_law(&p, 3.0);
}
END_TEST

/* Totals of blocks of the same variance are those of one block. */
START_TEST(equal_blocks_merge)
{
    struct ov_problem one = problem(20, 2, 2, "erf", "erf"), two = problem(20, 2, 2, "erf", "erf");
    give_blocks(&one, 2, (size_t[]){12, 8}, (double[]){0.5, 1.75}, NULL);
    give_blocks(&two, 4, (size_t[]){5, 7, 2, 6}, (double[]){0.5, 0.5, 1.75, 1.75}, NULL);
    one.blocks->in_rows = two.blocks->in_rows = false;
    uint64_t *key = keys(300000, RUNS);
    double alpha = 3.0, *a = law_rows(&one, key, RUNS, &alpha, 1), *b = from_law(&two, alpha);
    ck_assert(agree(compare(a, b, ov_problem_row_width(&one))));
    free(a);
    free(b);
    free(key);
    ov_problem_free(&one);
    ov_problem_free(&two);
}
END_TEST

/* The wrong law: N degrees of freedom in place of n - K - M; one block's steps 10 % too long; its
 * variance in place of the root of it. */
START_TEST(a_wrong_law_is_seen)
{
    static const size_t n[] = {2, 10};
    struct ov_problem p = problem(12, 2, 2, "erf", "erf");
    p.eta_v = 0.0;
    p.eta_w = 1.0;
    give_blocks(&p, 2, n, (double[]){0.9, 1.5}, NULL);
    size_t width = ov_problem_row_width(&p);
    double *weights = from_weights(&p, 4.0);
    for (int wrong = 0; wrong < 4; wrong++) {
        double *rows = zeros(RUNS * width);
        for (size_t i = 0; i < RUNS; i += LAW_LANES) {
            struct law_group s;
            uint64_t *key = keys(i, LAW_LANES);
            ck_ok(ov_law_group_create(&s, &p, key, LAW_LANES, NULL));
            struct law_factor *f = &s.factor[1];
            if (wrong == 1)
                f->chi = ov_law_chi_of(12);
            if (wrong == 2)
                f->push *= 1.1;
            if (wrong == 3)
                f->root_weight *= f->root_weight;
            advance_all(&s, 48);
            for (size_t l = 0; l < LAW_LANES; l++) {
                double *row = rows + (i + l) * width;
                ov_law_group_measure(&s, l);
                memcpy(row + 2, s.now[l].block, ov_overlaps_moving(2, 2) * sizeof *row);
                ov_overlaps_blocks_row(row + 2 + ov_overlaps_moving(2, 2), &s.parts[l]);
                row[1] = weights[(i + l) * width + 1];
            }
            ov_law_group_free(&s);
            free(key);
        }
        ck_assert_msg(agree(compare(weights, rows, width)) == (wrong == 0), "wrong = %d", wrong);
        free(rows);
    }
    free(weights);
    ov_problem_free(&p);
}
END_TEST

/* What inputs do not show of a linear teacher is label noise. */
START_TEST(invisible_teachers_are_label_noise)
{
    static const double T[] = {1.0, 0.0, 0.0, 0.3}, R[] = {0.2, 0.1, 0.0, 0.0};
    struct ov_problem noisy = problem(16, 2, 1, "erf", "linear");
    struct ov_problem p = problem(16, 2, 1, "erf", "linear");
    noisy.sigma = sqrt(0.3);
    p.sigma = 0.0;
    give_blocks(&noisy, 1, (size_t[]){16}, (double[]){1.0}, NULL);
    give_blocks(&p, 2, (size_t[]){16, 0}, (double[]){1.0, 0.0}, NULL);
    ov_blocks_set_invisible(p.blocks, 1);
    static const double Q[] = {0.5, 0.1, 0.6, 0.0, 0.0, 0.0};
    give_start(&noisy, T, R, Q);
    give_start(&p, (double[]){1.0, 0.3}, R, Q);
    size_t width = ov_problem_row_width(&noisy), wide = ov_problem_row_width(&p);
    double *a = from_law(&noisy, 3.0), *all = from_law(&p, 3.0), *b = zeros(RUNS * width);
    for (size_t i = 0; i < RUNS; i++) {
        memcpy(b + i * width, all + i * wide, width * sizeof *b);
        b[i * width + 1] -= 0.15; /* the error that nothing can learn */
        for (size_t j = width; j < wide; j++)
            ck_assert(all[i * wide + j] == 0.0); /* students never get there */
    }
    /* runs of the same key would be the same numbers */
    double *other = zeros(RUNS * width);
    uint64_t *key = keys(500000, RUNS);
    double alpha = 3.0, *fresh = law_rows(&noisy, key, RUNS, &alpha, 1);
    memcpy(other, fresh, RUNS * width * sizeof *other);
    ck_assert(agree(compare(other, b, width)));
    ck_assert(agree(compare(other, a, width)));
    free(a);
    free(b);
    free(all);
    free(other);
    free(fresh);
    free(key);
    ov_problem_free(&noisy);
    ov_problem_free(&p);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, erf_both_layers_with_decay);
    OV_TEST(s, relu_learns_erf_from_random_teachers);
    OV_TEST(s, linear_without_noise);
    OV_TEST(s, around_as_many_directions_as_vectors);
    OV_TEST(s, rates_and_no_variance);
    OV_TEST(s, from_overlaps_in_blocks);
    OV_TEST(s, equal_blocks_merge);
    OV_TEST(s, a_wrong_law_is_seen);
    OV_TEST(s, invisible_teachers_are_label_noise);
}

OV_TEST_MAIN("sim/law_blocks");
