/* SPDX-License-Identifier: MIT
 *
 * What L-BFGS remembers of its steps.
 */
#include <math.h>
#include <string.h>

#include "overlap/num/normal.h"
#include "quadratic_internal.h"
#include "sim/quadratic_case.h"
#include "test.h"

enum { SIZE = 20 };

/* The pairs of steps in a quadratic bowl of curvatures 1 … 3. */
struct bowl {
    struct ov_qn_pairs pairs;
    double block[2 * OV_QN_HISTORY][SIZE], step[SIZE], turn[SIZE];
    uint64_t drawn;
};

static void make(struct bowl *b)
{
    *b = (struct bowl){.pairs = {.size = SIZE}};
    for (size_t i = 0; i < OV_QN_HISTORY; i++) {
        b->pairs.step[i] = b->block[i];
        b->pairs.turn[i] = b->block[OV_QN_HISTORY + i];
    }
}

static void draw(double *x, struct bowl *b)
{
    ov_normal_fill(x, SIZE, &(struct ov_philox){5, 1}, b->drawn);
    b->drawn += ov_normal_blocks(SIZE);
}

static void add_steps(struct bowl *b, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        draw(b->step, b);
        for (size_t i = 0; i < SIZE; i++)
            b->turn[i] = (1.0 + 2.0 * (double)i / (SIZE - 1)) * b->step[i];
        ov_qn_pairs_add(&b->pairs, b->step, b->turn);
    }
}

/* The inverse Hessian takes the last turn to the last step. */
static void check_secant(const struct bowl *b)
{
    double way[SIZE];
    ov_qn_pairs_direct(way, &b->pairs, b->turn);
    for (size_t i = 0; i < SIZE; i++)
        ck_agree(-b->step[i], way[i], 1e-10, 1e-12);
}

START_TEST(the_last_step_is_known)
{
    struct bowl b;
    make(&b);
    for (size_t k = 1; k <= 3 * OV_QN_HISTORY; k++) {
        add_steps(&b, 1);
        ck_assert_uint_eq(b.pairs.kept, k);
        check_secant(&b);
    }
}
END_TEST

/* As many pairs as there are directions, conjugate to each other, are the whole Hessian. */
START_TEST(conjugate_steps_are_the_hessian)
{
    struct bowl b;
    double g[SIZE] = {0.0}, way[SIZE];
    make(&b);
    for (size_t k = 0; k < OV_QN_HISTORY; k++) {
        memset(b.step, 0, sizeof b.step);
        memset(b.turn, 0, sizeof b.turn);
        b.step[k] = 0.5 + (double)k;
        b.turn[k] = (2.0 + (double)k) * b.step[k];
        g[k] = 1.0 - 0.3 * (double)k;
        ov_qn_pairs_add(&b.pairs, b.step, b.turn);
    }
    ov_qn_pairs_direct(way, &b.pairs, g);
    for (size_t k = 0; k < OV_QN_HISTORY; k++)
        ck_agree(-g[k] / (2.0 + (double)k), way[k], 1e-12, 0.0);
}
END_TEST

/* The oldest pair stays where a new one is no good. */
START_TEST(a_refused_pair_changes_nothing)
{
    static const size_t before[] = {1, OV_QN_HISTORY - 1, OV_QN_HISTORY, OV_QN_HISTORY + 5};
    for (size_t s = 0; s < 8; s++) {
        struct bowl b;
        double g[SIZE], bad[SIZE], was[SIZE], is[SIZE], curved[SIZE];
        make(&b);
        add_steps(&b, before[s / 2]);
        draw(g, &b);
        draw(bad, &b);
        ov_qn_pairs_direct(was, &b.pairs, g);
        for (size_t i = 0; i < SIZE; i++) /* downwards, or not a number */
            curved[i] = s % 2 ? NAN : -bad[i];
        ov_qn_pairs_add(&b.pairs, bad, curved);
        ov_qn_pairs_direct(is, &b.pairs, g);
        ck_assert_uint_eq(b.pairs.kept, before[s / 2]);
        ck_assert_int_eq(memcmp(was, is, sizeof was), 0);
        check_secant(&b);
        add_steps(&b, 1);
        check_secant(&b);
    }
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, the_last_step_is_known);
    OV_TEST(s, conjugate_steps_are_the_hessian);
    OV_TEST(s, a_refused_pair_changes_nothing);
}

OV_TEST_MAIN("sim/quadratic_lbfgs");
