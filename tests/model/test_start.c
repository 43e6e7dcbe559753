/* SPDX-License-Identifier: MIT
 *
 * Starts embed the overlaps that they are given, seed by seed.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "model/starts.h"
#include "overlap/num/stats.h"

/* T, Q, R of rank <= `rank`, jointly PSD; v random. */
static void give_overlaps(struct ov_problem *p, size_t rank, gsl_rng *r)
{
    struct ov_overlaps o;
    double *w = zeros((p->K + p->M) * rank);
    ck_ok(ov_overlaps_create(&o, p->K, p->M));
    for (size_t i = 0; i < (p->K + p->M) * rank; i++)
        w[i] = gsl_ran_ugaussian(r);
    ov_overlaps_measure(&o, w, w + p->K * rank, rank);
    p->start = OV_START_OVERLAPS;
    p->teacher = OV_TEACHER_GIVEN;
    p->T = zeros(ov_sym_size(p->M));
    p->Q = zeros(ov_sym_size(p->K));
    p->R = zeros(p->K * p->M);
    p->v = zeros(p->K);
    memcpy(p->T, o.T, ov_sym_size(p->M) * sizeof *w);
    memcpy(p->Q, o.Q, ov_sym_size(p->K) * sizeof *w);
    memcpy(p->R, o.R, p->K * p->M * sizeof *w);
    for (size_t k = 0; k < p->K; k++)
        p->v[k] = gsl_ran_ugaussian(r);
    free(w);
    ov_overlaps_free(&o);
}

START_TEST(given_overlaps_are_embedded)
{
    gsl_rng *r = ov_test_rng(71);
    for (int i = 0; i < 200; i++) {
        size_t K = 1 + gsl_rng_uniform_int(r, 5), M = 1 + gsl_rng_uniform_int(r, 4);
        size_t rank = 1 + gsl_rng_uniform_int(r, K + M); /* singular ones as well */
        struct ov_problem p = problem(K + M + gsl_rng_uniform_int(r, 40), K, M);
        give_overlaps(&p, rank, r);
        ck_assert_double_le(disagreement(&p, (uint64_t)i), 1.0);
        ov_problem_free(&p);
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(what_start_overlaps_states_the_weights_have)
{
    for (int teacher = OV_TEACHER_ORTHONORMAL; teacher <= OV_TEACHER_RANDOM; teacher++)
        for (int start = OV_START_RANDOM; start <= OV_START_DENOISING; start++)
            for (size_t K = 1; K <= 5; K++)
                for (size_t M = 1; M <= 3; M++) {
                    struct ov_problem p = problem(K + M + 20, K, M);
                    p.teacher = (enum ov_teacher)teacher;
                    p.start = (enum ov_start)start;
                    if (start != OV_START_OVERLAPS)
                        ck_assert_double_le(disagreement(&p, K + 10 * M), 1.0);
                    ov_problem_free(&p);
                }
}
END_TEST

static struct ov_overlaps overlaps_of(const struct ov_problem *p, uint64_t key)
{
    struct ov_overlaps o;
    ck_ok(ov_overlaps_create(&o, p->K, p->M));
    ck_ok(ov_start_overlaps(&o, p, key, NULL));
    return o;
}

/* K = 3 students, T = [[1, .3], [.3, 2]]. */
static struct ov_problem correlated_teachers(enum ov_start start)
{
    struct ov_problem p = problem(30, 3, 2);
    p.start = start;
    p.teacher = OV_TEACHER_GIVEN;
    p.T = zeros(3);
    p.T[0] = 1.0;
    p.T[1] = 0.3;
    p.T[2] = 2.0;
    return p;
}

static void assert_numbers(const double *x, const double *expected, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ck_agree(expected[i], x[i], 1e-15, 0);
}

START_TEST(informed_students_are_teachers)
{
    const double Q[] = {1.0, 0.3, 2.0, 0.0, 0.0, 0.49}, R[] = {1.0, 0.3, 0.3, 2.0, 0.0, 0.0};
    const double v[] = {1.0, 2.0, 1.0};
    struct ov_problem p = correlated_teachers(OV_START_INFORMED);
    p.N = 0; /* the limit will do */
    struct ov_overlaps o = overlaps_of(&p, 1);
    assert_numbers(o.Q, Q, 6);
    assert_numbers(o.R, R, 6);
    assert_numbers(o.v, v, 3);
    assert_numbers(o.T, p.T, 3);
    assert_numbers(o.v_star, p.v_star, 2);
    ov_overlaps_free(&o);
    ov_problem_free(&p);
}
END_TEST

START_TEST(denoising_students_share_the_teachers)
{
    const double Q[] = {1.49, 0.3, 2.49, 1.0, 0.3, 1.49}, R[] = {1.0, 0.3, 0.3, 2.0, 1.0, 0.3};
    const double v[] = {0.5, 2.0, 0.5};
    struct ov_problem p = correlated_teachers(OV_START_DENOISING);
    struct ov_overlaps o = overlaps_of(&p, 1);
    assert_numbers(o.Q, Q, 6);
    assert_numbers(o.R, R, 6);
    assert_numbers(o.v, v, 3);
    ov_overlaps_free(&o);
    ov_problem_free(&p);
    for (size_t K = 1; K < 12; K++) { /* the students of a teacher add up to it */
        double sum[4] = {0};
        p = problem(0, K, 4);
        p.start = OV_START_DENOISING;
        o = overlaps_of(&p, 1);
        for (size_t k = 0; k < K; k++)
            sum[k % 4] += o.v[k];
        for (size_t m = 0; m < 4; m++)
            ck_agree(m < K ? p.v_star[m] : 0.0, sum[m], 1e-15, 0);
        ov_overlaps_free(&o);
        ov_problem_free(&p);
    }
}
END_TEST

/* With a random teacher the same holds about the teachers drawn. */
/* The overlaps with the teacher and the lengths as given; what is left of two units has a cosine of
 * variance 1/(N - M): the mean square over 1225 pairs to five standard deviations, sqrt(2/1225). */
START_TEST(particles_have_random_directions)
{
    enum { K = 50, M = 3, N = 30 };
    struct ov_problem p = problem(N, K, M);
    gsl_rng *r = ov_test_rng(17);
    p.start = OV_START_PARTICLES;
    p.R = zeros(K * M);
    p.own = zeros(K);
    p.v = zeros(K);
    for (size_t i = 0; i < K * M; i++)
        p.R[i] = gsl_ran_gaussian(r, 0.7);
    for (size_t k = 0; k < K; k++)
        p.own[k] = gsl_ran_flat(r, 0.1, 1.5);
    p.own[7] = 0.0;
    struct ov_overlaps o;
    ck_ok(ov_overlaps_create(&o, K, M));
    ck_ok(ov_problem_check(&p, NULL, NULL));
    ck_ok(ov_start_overlaps(&o, &p, 5, NULL));
    double square = 0.0, n = 0.0;
    for (size_t k = 0; k < K; k++)
        for (size_t l = 0; l <= k; l++) {
            double left = o.Q[ov_sym_at(k, l)];
            for (size_t m = 0; m < M; m++)
                left -= p.R[k * M + m] * p.R[l * M + m];
            if (l == k)
                ck_agree(p.own[k], left, 1e-12, 1e-12);
            else if (p.own[k] * p.own[l] > 0.0) {
                square += left * left / (p.own[k] * p.own[l]);
                n += 1.0;
            }
        }
    for (size_t i = 0; i < K * M; i++)
        ck_agree(p.R[i], o.R[i], 1e-12, 1e-12);
    ck_agree(1.0 / (N - M), square / n, 5.0 * sqrt(2.0 / n), 0.0);
    ov_overlaps_free(&o);
    ov_problem_free(&p);
    gsl_rng_free(r);
}
END_TEST

START_TEST(starts_on_a_random_teacher_follow_it)
{
    for (int start = OV_START_INFORMED; start <= OV_START_DENOISING; start++) {
        struct ov_problem p = problem(40, 3, 2);
        p.start = (enum ov_start)start;
        p.teacher = OV_TEACHER_RANDOM;
        struct ov_overlaps o = overlaps_of(&p, 5);
        for (size_t k = 0; k < 3; k++)
            for (size_t m = 0; m < 2; m++) {
                double expected =
                    k == 2 && start == OV_START_INFORMED ? 0.0 : o.T[ov_sym_at(k % 2, m)];
                ck_agree(expected, o.R[k * 2 + m], 0, 1e-13);
            }
        double own = start == OV_START_INFORMED ? 0.0 : 0.49;
        ck_agree(o.T[0] + own, o.Q[0], 1e-13, 0);
        ck_agree(o.T[1], o.Q[1], 0, 1e-13);
        ck_agree(0.49 + (own > 0.0 ? o.T[0] : 0.0), o.Q[5], 1e-13, 0);
        ck_assert(fabs(o.T[0] - 1.0) > 1e-6);
        ov_overlaps_free(&o);
        ov_problem_free(&p);
    }
}
END_TEST

START_TEST(an_orthonormal_teacher_is_one_beside_random_students)
{
    struct ov_problem p = problem(50, 3, 3);
    struct ov_overlaps o = overlaps_of(&p, 9);
    for (size_t m = 0; m < 3; m++)
        for (size_t n = 0; n <= m; n++)
            ck_agree(m == n, o.T[ov_sym_at(m, n)], 0, 1e-14);
    ov_overlaps_free(&o);
    ov_problem_free(&p);
}
END_TEST

/* Q_00 = std^2 chi^2_N/N: mean std^2, sd std^2 sqrt(2/N); Q_10 and R: mean 0, sd std^2/sqrt N and
 * std/sqrt N. All within 4 standard errors; the sd of a sample's sd is about sd/sqrt(2 n). */
START_TEST(random_starts_fluctuate_as_one_over_root_N)
{
    enum { RUNS = 1000 };
    static double Q00[RUNS], Q10[RUNS], R01[RUNS], v0[RUNS];
    for (size_t N = 20; N <= 320; N *= 4) {
        struct ov_problem p = problem(N, 2, 2);
        for (uint64_t i = 0; i < RUNS; i++) {
            struct ov_overlaps o = overlaps_of(&p, i);
            Q00[i] = o.Q[0];
            Q10[i] = o.Q[1];
            R01[i] = o.R[1];
            v0[i] = o.v[0];
            ov_overlaps_free(&o);
        }
        double n = (double)N, sd[] = {0.49 * sqrt(2 / n), 0.49 / sqrt(n), 0.7 / sqrt(n), 0.5};
        double *x[] = {Q00, Q10, R01, v0};
        for (int i = 0; i < 4; i++) {
            struct ov_mean m = ov_mean_of(x[i], RUNS);
            ck_agree(i == 0 ? 0.49 : 0.0, m.mean, 0, 4 * m.se);
            ck_agree(sd[i], m.sd, 4.5 / sqrt(2.0 * RUNS), 0);
        }
        ov_problem_free(&p);
    }
}
END_TEST

START_TEST(the_key_decides_and_v_may_be_given)
{
    struct ov_problem p = problem(20, 2, 2);
    struct ov_overlaps a = overlaps_of(&p, 1), b = overlaps_of(&p, 1), c = overlaps_of(&p, 2);
    ck_assert_mem_eq(a.block, b.block, ov_overlaps_size(2, 2) * sizeof(double));
    for (size_t i = 0; i < ov_overlaps_moving(2, 2); i++)
        ck_assert(a.block[i] != c.block[i]);
    p.v = zeros(2);
    p.v[0] = 3.0;
    struct ov_overlaps d = overlaps_of(&p, 1);
    ck_assert(d.v[0] == 3.0 && d.v[1] == 0.0);
    ck_assert_mem_eq(a.block, d.block, (ov_sym_size(2) + 4) * sizeof(double));
    ov_overlaps_free(&a);
    ov_overlaps_free(&b);
    ov_overlaps_free(&c);
    ov_overlaps_free(&d);
    ov_problem_free(&p);
}
END_TEST

START_TEST(what_cannot_be_embedded_is_refused)
{
    gsl_rng *r = ov_test_rng(72);
    double w[8], w_star[8], v[2];
    struct ov_error e = {0};
    struct ov_problem p = problem(4, 2, 2);
    give_overlaps(&p, 4, r);
    p.N = 3;
    ck_assert_int_eq(ov_start_weights(w, w_star, v, &p, 1, &e), OV_EDOM);
    p.N = 4;
    ck_ok(ov_start_weights(w, w_star, v, &p, 1, &e));
    p.R[0] = 2.0 * sqrt(p.Q[0] * p.T[0]);
    ck_assert_int_eq(ov_start_weights(w, w_star, v, &p, 1, &e), OV_EDOM);
    ck_assert_ptr_nonnull(strstr(e.text, "no Cholesky factor"));
    p.teacher = OV_TEACHER_RANDOM;
    ck_assert_int_eq(ov_start_weights(w, w_star, v, &p, 1, &e), OV_EDOM);
    ov_problem_free(&p);
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, given_overlaps_are_embedded);
    OV_TEST(s, what_start_overlaps_states_the_weights_have);
    OV_TEST(s, informed_students_are_teachers);
    OV_TEST(s, denoising_students_share_the_teachers);
    OV_TEST(s, particles_have_random_directions);
    OV_TEST(s, starts_on_a_random_teacher_follow_it);
    OV_TEST(s, an_orthonormal_teacher_is_one_beside_random_students);
    OV_TEST(s, random_starts_fluctuate_as_one_over_root_N);
    OV_TEST(s, the_key_decides_and_v_may_be_given);
    OV_TEST(s, what_cannot_be_embedded_is_refused);
}

OV_TEST_MAIN("model/start");
