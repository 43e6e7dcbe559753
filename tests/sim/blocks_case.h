/* SPDX-License-Identifier: MIT
 *
 * Problems whose inputs come in blocks of directions.
 */
#ifndef OVERLAP_TESTS_SIM_BLOCKS_CASE_H
#define OVERLAP_TESTS_SIM_BLOCKS_CASE_H

#include <string.h>

#include "law_case.h"

/* Blocks of n_l directions of variances rho_l at rates p_l (NULL: 1) for p, with each block's overlaps
 * in rows. */
static inline void give_blocks(struct ov_problem *p, size_t L, const size_t *n, const double *rho,
                               const double *rate)
{
    ck_ok(ov_blocks_create(&p->blocks, L));
    p->blocks->N = p->N;
    p->blocks->in_rows = true;
    for (size_t l = 0; l < L; l++)
        ov_blocks_set(p->blocks, l, rho[l], (double)n[l] / (double)p->N, rate ? rate[l] : 1.0);
}

static inline double *copied(const double *x, size_t n)
{
    double *y = zeros(n);
    memcpy(y, x, n * sizeof *y);
    return y;
}

/* The start in blocks: T (L, packed (M,M)), R (L,K,M), Q (L, packed (K,K)). */
static inline void give_start(struct ov_problem *p, const double *T, const double *R,
                              const double *Q)
{
    struct ov_blocks *b = p->blocks;
    b->start_is_given = true;
    b->T = copied(T, b->L * ov_sym_size(p->M));
    b->R = copied(R, b->L * p->K * p->M);
    b->Q = copied(Q, b->L * ov_sym_size(p->K));
}

#endif
