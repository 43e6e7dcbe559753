/* SPDX-License-Identifier: MIT
 *
 * Networks and starts that several tests of the dynamics use. All overlaps are the caller's to
 * free.
 */
#ifndef OVERLAP_TESTS_THEORY_NETWORKS_H
#define OVERLAP_TESTS_THEORY_NETWORKS_H

#include <math.h>
#include <string.h>

#include "overlap/theory/online.h"
#include "test.h"
#include "theory/random_fields.h"

/* The table is indexed by enum ov_act below OV_ACT_GENERIC only. */
static inline const struct ov_activation *activation(enum ov_act act)
{
    size_t i = 0;
    while (ov_activations[i].act != act)
        i++;
    return &ov_activations[i];
}

static inline struct ov_problem problem(size_t K, size_t M, enum ov_act g, enum ov_act g_star)
{
    return (struct ov_problem){
        .K = K, .M = M, .g = activation(g), .g_star = activation(g_star), .eta_w = 0.1};
}

/* Orthonormal teacher, all second layers 1, students zero. */
static inline struct ov_overlaps blank(size_t K, size_t M)
{
    struct ov_overlaps o;
    ck_ok(ov_overlaps_create(&o, K, M));
    for (size_t m = 0; m < M; m++) {
        o.T[ov_sym_at(m, m)] = 1.0;
        o.v_star[m] = 1.0;
    }
    for (size_t k = 0; k < K; k++)
        o.v[k] = 1.0;
    return o;
}

/* Student k < M is teacher k, the others have Q_kk = small. */
static inline struct ov_overlaps informed(size_t K, size_t M, double small)
{
    struct ov_overlaps o = blank(K, M);
    for (size_t k = 0; k < K; k++) {
        o.Q[ov_sym_at(k, k)] = k < M ? 1.0 : small;
        if (k < M)
            o.R[k * M + k] = 1.0;
    }
    return o;
}

/* All students alike but for R_kk larger by `asymmetry`. */
static inline struct ov_overlaps alike(size_t K, size_t M, double asymmetry)
{
    struct ov_overlaps o = blank(K, M);
    for (size_t k = 0; k < K; k++) {
        for (size_t m = 0; m < M; m++)
            o.R[k * M + m] = 0.1 + (k == m ? asymmetry : 0.0);
        for (size_t l = 0; l <= k; l++)
            o.Q[ov_sym_at(k, l)] = k == l ? 0.5 : 0.1;
    }
    return o;
}

/* Random T, R, Q, v, v*. */
static inline struct ov_overlaps random_overlaps(size_t K, size_t M, gsl_rng *r)
{
    struct ov_overlaps o = blank(K, M);
    double C[78];
    random_covariance(C, K + M, FIELDS_GENERIC, r);
    memcpy(o.T, C, ov_sym_size(M) * sizeof *C);
    for (size_t k = 0; k < K; k++) {
        for (size_t m = 0; m < M; m++)
            o.R[k * M + m] = C[ov_sym_at(M + k, m)];
        for (size_t l = 0; l <= k; l++)
            o.Q[ov_sym_at(k, l)] = C[ov_sym_at(M + k, M + l)];
        o.v[k] = gsl_ran_flat(r, -1.5, 1.5);
    }
    for (size_t m = 0; m < M; m++)
        o.v_star[m] = gsl_ran_flat(r, -1.5, 1.5);
    return o;
}

/* Rows at the listed times; freed by the caller. */
static inline double *solved(const struct ov_problem *p, const struct ov_overlaps *start,
                             const double *alpha, size_t n_alpha,
                             const struct ov_solve_options *opt)
{
    struct ov_solve_options defaults = ov_solve_defaults();
    struct ov_error err = {0};
    double *rows = calloc(n_alpha * ov_row_width(p->K, p->M), sizeof *rows);
    ck_assert_ptr_nonnull(rows);
    enum ov_status status =
        ov_online_solve(rows, p, start, alpha, n_alpha, opt ? opt : &defaults, NULL, NULL, &err);
    ck_assert_msg(status == OV_OK, "%s", err.text);
    return rows;
}

/* eps_g at one alpha; frees start. */
static inline double eps_g_at(const struct ov_problem *p, struct ov_overlaps *start, double alpha)
{
    double *rows = solved(p, start, &alpha, 1, NULL), eps_g = rows[1];
    free(rows);
    ov_overlaps_free(start);
    return eps_g;
}

/* The symmetric plateau as eta -> 0: R = 1/sqrt(M(2M-1)), Q = 1/(2M-1). */
static inline struct ov_overlaps plateau(size_t M)
{
    struct ov_overlaps o = blank(M, M);
    double width = (double)M;
    for (size_t i = 0; i < M * M; i++)
        o.R[i] = 1.0 / sqrt(width * (2.0 * width - 1.0));
    for (size_t i = 0; i < ov_sym_size(M); i++)
        o.Q[i] = 1.0 / (2.0 * width - 1.0);
    return o;
}

#endif
