/* SPDX-License-Identifier: MIT
 *
 * Noise-free ReLU students from a start of random weights to the perfect one, which is a corner of
 * the covariances: units aligned, duplicates, units of next to no length.
 */
#include <stdlib.h>

#include "theory/networks.h"

/* Overlaps of weights of standard deviation sd, in N = 1000 dimensions but for the teachers, which
 * are orthonormal. */
static struct ov_overlaps random_start(size_t K, size_t M, double sd, gsl_rng *r)
{
    enum { N = 1000 };
    struct ov_overlaps o = blank(K, M);
    double *w = calloc((K + M) * N, sizeof *w);
    ck_assert_ptr_nonnull(w);
    for (size_t i = 0; i < K * N; i++)
        w[i] = gsl_ran_gaussian_ziggurat(r, sd);
    for (size_t m = 0; m < M; m++)
        w[(K + m) * N + m] = sqrt((double)N);
    ov_overlaps_measure(&o, w, w + K * N, N);
    free(w);
    return o;
}

static struct ov_problem noise_free(size_t K, size_t M, bool both)
{
    struct ov_problem p = problem(K, M, OV_ACT_RELU, OV_ACT_RELU);
    p.eta_v = both ? 0.1 : 0.0;
    return p;
}

/* As many units as the teacher: all of eps_g is learnt. */
START_TEST(learns_to_the_last_digit)
{
    gsl_rng *r = ov_test_rng(721);
    for (int turn = 0; turn < 16; turn++) {
        struct ov_problem p = noise_free(2, 2, turn % 2);
        struct ov_overlaps start = random_start(2, 2, 1.0, r);
        double eps_g = eps_g_at(&p, &start, 1e4);
        ck_assert_msg(eps_g < 1e-12, "turn %d: eps_g %g", turn, eps_g);
    }
    gsl_rng_free(r);
}
END_TEST

/* More units than the teacher: they share its units' directions, and eps_g falls as a power. */
START_TEST(goes_on_with_more_units)
{
    static const size_t sizes[2][2] = {{3, 2}, {6, 3}};
    gsl_rng *r = ov_test_rng(722);
    for (int turn = 0; turn < 12; turn++) {
        size_t K = sizes[turn % 2][0], M = sizes[turn % 2][1];
        struct ov_problem p = noise_free(K, M, turn / 2 % 2);
        struct ov_overlaps start = random_start(K, M, 1.0, r);
        double alpha[2] = {100.0, 3000.0}, *rows = solved(&p, &start, alpha, 2, NULL);
        double before = rows[1], after = rows[ov_row_width(K, M) + 1];
        ck_assert_msg(after < 0.1 * before, "turn %d: eps_g %g, %g", turn, before, after);
        free(rows);
        ov_overlaps_free(&start);
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(small_starts)
{
    gsl_rng *r = ov_test_rng(723);
    for (int k = 3; k <= 9; k++) {
        struct ov_problem p = noise_free(1, 1, true);
        struct ov_overlaps start = random_start(1, 1, pow(10.0, -k), r);
        ck_assert_double_lt(eps_g_at(&p, &start, 300.0), 1e-4);
    }
    gsl_rng_free(r);
}
END_TEST

/* A perfect student stays, whatever units without length or weight it has besides. */
START_TEST(perfect_stays_perfect)
{
    for (int both = 0; both < 2; both++)
        for (size_t K = 2; K <= 5; K++) {
            struct ov_problem p = noise_free(K, 2, both);
            struct ov_overlaps start = informed(K, 2, 0.0);
            ck_agree(0.0, eps_g_at(&p, &start, 1e4), 0.0, 1e-14);
        }
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, learns_to_the_last_digit);
    OV_TEST(s, goes_on_with_more_units);
    OV_TEST(s, small_starts);
    OV_TEST(s, perfect_stays_perfect);
}

OV_TEST_MAIN("theory/online, ReLU students that learn");
