/* SPDX-License-Identifier: MIT
 *
 * Problems whose starts are tested, and whether what is stated of a start is so.
 */
#ifndef OVERLAP_TESTS_MODEL_STARTS_H
#define OVERLAP_TESTS_MODEL_STARTS_H

#include <string.h>

#include "overlap/model/problem.h"
#include "overlap/model/start.h"
#include "test.h"

static inline double *zeros(size_t n)
{
    double *x = calloc(n, sizeof *x);
    ck_assert_ptr_nonnull(x);
    return x;
}

/* Orthonormal teacher, random start; v* = 1, 2, …; v left to the kind of start. */
static inline struct ov_problem problem(size_t N, size_t K, size_t M)
{
    struct ov_problem p = {.N = N, .K = K, .M = M, .eta_w = 0.2, .std = 0.7, .v_std = 0.5};
    p.g = p.g_star = ov_activation_find("erf");
    p.v_star = zeros(M);
    for (size_t m = 0; m < M; m++)
        p.v_star[m] = 1.0 + (double)m;
    return p;
}

/* The weights' own overlaps against those that ov_start_overlaps states. */
static inline double disagreement(const struct ov_problem *p, uint64_t key)
{
    double *w = zeros(p->K * p->N), *w_star = zeros(p->M * p->N);
    struct ov_overlaps stated, measured;
    ck_ok(ov_problem_check(p, NULL, NULL));
    ck_ok(ov_overlaps_create(&stated, p->K, p->M));
    ck_ok(ov_overlaps_create(&measured, p->K, p->M));
    ck_ok(ov_start_overlaps(&stated, p, key, NULL));
    ck_ok(ov_start_weights(w, w_star, measured.v, p, key, NULL));
    ck_ok(ov_overlaps_check(&stated, NULL));
    ov_overlaps_measure(&measured, w, w_star, p->N);
    memcpy(measured.v_star, p->v_star, p->M * sizeof *w);
    double worst =
        ov_disagreement(stated.block, measured.block, ov_overlaps_size(p->K, p->M), 0, 1e-12);
    free(w);
    free(w_star);
    ov_overlaps_free(&stated);
    ov_overlaps_free(&measured);
    return worst;
}

#endif
