/* SPDX-License-Identifier: MIT
 *
 * Starts in blocks of directions: what is given is embedded, what is drawn is measured.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "model/starts.h"

/* Blocks of these sizes. */
static void give_blocks(struct ov_problem *p, size_t L, const size_t *n)
{
    ck_ok(ov_blocks_create(&p->blocks, L));
    p->blocks->N = p->N;
    for (size_t l = 0; l < L; l++)
        ov_blocks_set(p->blocks, l, 1.0 + (double)l, (double)n[l] / (double)p->N, 1.0);
}

/* Overlaps of random weights of rank up to n_l in each block. */
static void give_start(struct ov_problem *p, const size_t *n, gsl_rng *r)
{
    struct ov_blocks *b = p->blocks;
    size_t K = p->K, M = p->M;
    b->start_is_given = true;
    b->T = zeros(b->L * ov_sym_size(M));
    b->R = zeros(b->L * K * M);
    b->Q = zeros(b->L * ov_sym_size(K));
    for (size_t l = 0; l < b->L; l++) {
        size_t rank = 1 + gsl_rng_uniform_int(r, n[l]);
        double *w = zeros((K + M) * rank);
        struct ov_overlaps o;
        ck_ok(ov_overlaps_create(&o, K, M));
        for (size_t i = 0; i < (K + M) * rank; i++)
            w[i] = gsl_ran_ugaussian(r);
        ov_overlaps_measure(&o, w, w + K * rank, rank);
        memcpy(b->T + l * ov_sym_size(M), o.T, ov_sym_size(M) * sizeof *w);
        memcpy(b->R + l * K * M, o.R, K * M * sizeof *w);
        memcpy(b->Q + l * ov_sym_size(K), o.Q, ov_sym_size(K) * sizeof *w);
        ov_overlaps_free(&o);
        free(w);
    }
}

/* A random rotation as basis. */
static void give_basis(struct ov_problem *p, gsl_rng *r)
{
    size_t N = p->N;
    double *e = p->blocks->basis = zeros(N * N);
    for (size_t i = 0; i < N * N; i++)
        e[i] = gsl_ran_ugaussian(r);
    for (size_t i = 0; i < N; i++) {
        double length = 0.0;
        for (int pass = 0; pass < 2; pass++)
            for (size_t j = 0; j < i; j++) {
                double dot = 0.0;
                for (size_t x = 0; x < N; x++)
                    dot += e[i * N + x] * e[j * N + x];
                for (size_t x = 0; x < N; x++)
                    e[i * N + x] -= dot * e[j * N + x];
            }
        for (size_t x = 0; x < N; x++)
            length += e[i * N + x] * e[i * N + x];
        for (size_t x = 0; x < N; x++)
            e[i * N + x] /= sqrt(length);
    }
}

/* Every direction into a block by chance: the sizes stay. */
static void give_members(struct ov_problem *p, gsl_rng *r)
{
    struct ov_blocks *b = p->blocks;
    size_t *which = calloc(p->N, sizeof *which);
    ck_ok(ov_blocks_of_directions(which, b, NULL));
    gsl_ran_shuffle(r, which, p->N, sizeof *which);
    b->member = zeros(b->L * p->N);
    for (size_t i = 0; i < p->N; i++)
        b->member[which[i] * p->N + i] = 1.0;
    free(which);
}

/* sum_i e_li (B w_a)_i (B w_b)_i/N, as it reads. */
static double overlap(const struct ov_blocks *b, size_t l, const double *w, const double *u)
{
    size_t N = b->N, first = 0;
    double sum = 0.0;
    for (size_t j = 0; j < l; j++)
        first += (size_t)lround(b->share[j] * (double)N);
    for (size_t i = 0; i < N; i++) {
        double x = w[i], y = u[i];
        bool in = i >= first && i < first + (size_t)lround(b->share[l] * (double)N);
        double e = b->member ? b->member[l * N + i] : in ? 1.0 : 0.0;
        for (size_t j = 0; b->basis && j < N; j++) {
            x = (j ? x : 0.0) + b->basis[i * N + j] * w[j];
            y = (j ? y : 0.0) + b->basis[i * N + j] * u[j];
        }
        sum += e * x * y / (double)N;
    }
    return sum;
}

/* ov_start_blocks states what the weights of ov_start_weights have, to `tolerance`. */
static void check_start(const struct ov_problem *p, uint64_t key, double tolerance)
{
    size_t K = p->K, M = p->M, N = p->N;
    double *w = zeros(K * N), *w_star = zeros(M * N), *v = zeros(K);
    struct ov_overlaps o;
    ck_ok(ov_overlaps_create_blocks(&o, p->blocks->L, K, M));
    ck_ok(ov_start_blocks(&o, p, key, NULL));
    ck_ok(ov_start_weights(w, w_star, v, p, key, NULL));
    for (size_t l = 0; l < p->blocks->L; l++) {
        struct ov_overlaps own = ov_overlaps_block(&o, l);
        for (size_t k = 0; k < K; k++)
            for (size_t j = 0; j <= k; j++)
                ck_agree(overlap(p->blocks, l, w + k * N, w + j * N), own.Q[ov_sym_at(k, j)], 0,
                         tolerance);
        for (size_t k = 0; k < K; k++)
            for (size_t m = 0; m < M; m++)
                ck_agree(overlap(p->blocks, l, w + k * N, w_star + m * N), own.R[k * M + m], 0,
                         tolerance);
        for (size_t m = 0; m < M; m++)
            for (size_t n = 0; n <= m; n++)
                ck_agree(overlap(p->blocks, l, w_star + m * N, w_star + n * N),
                         own.T[ov_sym_at(m, n)], 0, tolerance);
    }
    ck_assert_mem_eq(v, o.v, K * sizeof *v);
    ck_assert_mem_eq(p->v_star, o.v_star, M * sizeof *v);
    ov_overlaps_free(&o);
    free(w);
    free(w_star);
    free(v);
}

START_TEST(given_overlaps_are_embedded)
{
    gsl_rng *r = ov_test_rng(72);
    for (int i = 0; i < 60; i++) {
        size_t n[3] = {1 + gsl_rng_uniform_int(r, 4), 1 + gsl_rng_uniform_int(r, 8),
                       4 + gsl_rng_uniform_int(r, 20)};
        struct ov_problem p = problem(n[0] + n[1] + n[2], 1 + (size_t)i % 3, 1 + (size_t)i % 2);
        give_blocks(&p, 3, n);
        give_start(&p, n, r);
        if (i % 3 > 0)
            give_basis(&p, r);
        if (i % 5 > 1)
            give_members(&p, r);
        check_start(&p, (uint64_t)i, 1e-12);
        ov_problem_free(&p);
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(fixed_starts_have_their_share_in_each_block)
{
    static const size_t n[] = {6, 10, 24};
    gsl_rng *r = ov_test_rng(73);
    for (int start = OV_START_INFORMED; start <= OV_START_DENOISING; start++) {
        struct ov_problem p = problem(40, 3, 2);
        struct ov_overlaps all, o;
        p.start = (enum ov_start)start;
        ck_ok(ov_overlaps_create(&all, 3, 2));
        ck_ok(ov_start_overlaps(&all, &p, 1, NULL));
        give_blocks(&p, 3, n);
        give_basis(&p, r);
        check_start(&p, 4, 1e-12);
        ck_ok(ov_overlaps_create_blocks(&o, 3, 3, 2));
        ck_ok(ov_start_blocks(&o, &p, 1, NULL));
        for (size_t l = 0; l < 3; l++)
            for (size_t i = 0; i < 6; i++) {
                ck_agree((double)n[l] / 40.0 * all.Q[i], o.Q[6 * l + i], 1e-15, 0);
                ck_agree((double)n[l] / 40.0 * all.R[i], o.R[6 * l + i], 1e-15, 0);
            }
        ov_overlaps_free(&all);
        ov_overlaps_free(&o);
        ov_problem_free(&p);
    }
    gsl_rng_free(r);
}
END_TEST

/* The weights are the same bits as without blocks. */
START_TEST(random_starts_are_measured)
{
    static const size_t n[] = {1, 9, 20};
    gsl_rng *r = ov_test_rng(74);
    for (int variant = 0; variant < 8; variant++) {
        struct ov_problem p = problem(30, 2, 2);
        double w[2][60], w_star[2][60], v[2];
        p.teacher = variant & 1 ? OV_TEACHER_RANDOM : OV_TEACHER_ORTHONORMAL;
        ck_ok(ov_start_weights(w[0], w_star[0], v, &p, 7, NULL));
        give_blocks(&p, 3, n);
        if (variant & 2)
            give_basis(&p, r);
        if (variant & 4) { /* polynomials: any numbers */
            p.blocks->member = zeros(90);
            p.blocks->is_signed = true;
            for (size_t i = 0; i < 90; i++)
                p.blocks->member[i] = gsl_ran_ugaussian(r);
        }
        ck_ok(ov_start_weights(w[1], w_star[1], v, &p, 7, NULL));
        ck_assert_mem_eq(w[0], w[1], sizeof w[0]);
        ck_assert_mem_eq(w_star[0], w_star[1], sizeof w[0]);
        check_start(&p, 7, 1e-13);
        ov_problem_free(&p);
    }
    gsl_rng_free(r);
}
END_TEST

static void check_error(struct ov_problem *p, const char *says)
{
    struct ov_error e = {0};
    double *w = zeros(p->K * p->N), *w_star = zeros(p->M * p->N), *v = zeros(p->K);
    ck_assert_int_eq(ov_start_weights(w, w_star, v, p, 1, &e), OV_EDOM);
    ck_assert_msg(strstr(e.text, says) != NULL, "%s", e.text);
    free(w);
    free(w_star);
    free(v);
    ov_problem_free(p);
}

static struct ov_problem informed(size_t n0, size_t n1)
{
    struct ov_problem p = problem(20, 2, 2);
    p.start = OV_START_DENOISING;
    give_blocks(&p, 2, (size_t[]){n0, n1});
    return p;
}

START_TEST(what_can_not_be_embedded)
{
    struct ov_problem p = informed(3, 17);
    check_error(&p, "overlaps of block 0 need more directions than the 3 it has");
    p = informed(10, 10);
    p.blocks->share[1] = 0.44;
    check_error(&p, "block 1 has 8.8 of N = 20 directions, which is no whole number");
    p = informed(10, 10);
    p.blocks->member = zeros(40);
    check_error(&p, "blocks share direction 0");
    p = informed(10, 10);
    p.blocks->N = 0;
    check_error(&p, "N is needed");
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, given_overlaps_are_embedded);
    OV_TEST(s, fixed_starts_have_their_share_in_each_block);
    OV_TEST(s, random_starts_are_measured);
    OV_TEST(s, what_can_not_be_embedded);
}

OV_TEST_MAIN("model/start_blocks");
