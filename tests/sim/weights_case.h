/* SPDX-License-Identifier: MIT
 *
 * The problems that the tests of engine `weights` run.
 */
#ifndef OVERLAP_TESTS_SIM_WEIGHTS_CASE_H
#define OVERLAP_TESTS_SIM_WEIGHTS_CASE_H

#include "overlap/sim/weights.h"
#include "test.h"

static inline double *zeros(size_t n)
{
    double *x = calloc(n, sizeof *x);
    ck_assert_ptr_nonnull(x);
    return x;
}

/* Random start, orthonormal teacher, v* = 1, -1/2, 1/3, …, v = 1, 1.1, …, both layers, noise, no
 * decay. */
static inline struct ov_problem problem(size_t N, size_t K, size_t M, const char *g,
                                        const char *g_star)
{
    struct ov_problem p = {.N = N, .K = K, .M = M, .eta_w = 0.4, .eta_v = 0.3, .sigma = 0.2};
    p.g = ov_activation_find(g);
    p.g_star = ov_activation_find(g_star);
    p.std = 0.8;
    p.v = zeros(K);
    p.v_star = zeros(M);
    for (size_t k = 0; k < K; k++)
        p.v[k] = 1.0 + 0.1 * (double)k;
    for (size_t m = 0; m < M; m++)
        p.v_star[m] = (m % 2 ? -1.0 : 1.0) / (1.0 + (double)m);
    ck_ok(ov_problem_check(&p, NULL, NULL));
    return p;
}

static inline double *rows_of(const struct ov_problem *p, uint64_t key, const double *alpha,
                              size_t n)
{
    double *rows = zeros(n * ov_row_width(p->K, p->M));
    struct ov_error e = {0};
    ck_assert_msg(ov_weights_run(rows, p, key, alpha, n, NULL, &e) == OV_OK, "%s", e.text);
    return rows;
}

#endif
