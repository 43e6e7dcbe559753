/* SPDX-License-Identifier: MIT
 *
 * Overlaps as one block of numbers: names, covariance, checks, measurement from weights.
 */
#include "overlap/model/overlaps.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/num/dot.h"

enum ov_status ov_overlaps_create_blocks(struct ov_overlaps *o, size_t L, size_t K, size_t M)
{
    *o = (struct ov_overlaps){.L = L, .K = K, .M = M};
    o->block = calloc(ov_overlaps_size_blocks(L, K, M), sizeof *o->block);
    if (!o->block)
        return OV_ENOMEM;
    o->Q = o->block;
    o->R = o->Q + L * ov_sym_size(K);
    o->v = o->R + L * K * M;
    o->T = o->v + K;
    o->v_star = o->T + L * ov_sym_size(M);
    return OV_OK;
}

enum ov_status ov_overlaps_create(struct ov_overlaps *o, size_t K, size_t M)
{
    return ov_overlaps_create_blocks(o, 1, K, M);
}

void ov_overlaps_total(struct ov_overlaps *o, const struct ov_overlaps *parts,
                       const struct ov_blocks *b)
{
    size_t K = o->K, M = o->M;
    ov_blocks_total(o->Q, b, parts->Q, ov_sym_size(K));
    ov_blocks_total(o->R, b, parts->R, K * M);
    ov_blocks_total(o->T, b, parts->T, ov_sym_size(M));
    memcpy(o->v, parts->v, K * sizeof *o->v);
    memcpy(o->v_star, parts->v_star, M * sizeof *o->v_star);
}

void ov_overlaps_of_block(struct ov_overlaps *o, const struct ov_overlaps *parts, size_t l)
{
    size_t K = o->K, M = o->M, n_Q = ov_sym_size(K), n_T = ov_sym_size(M);
    memcpy(o->Q, parts->Q + l * n_Q, n_Q * sizeof *o->Q);
    memcpy(o->R, parts->R + l * K * M, K * M * sizeof *o->R);
    memcpy(o->T, parts->T + l * n_T, n_T * sizeof *o->T);
    memcpy(o->v, parts->v, K * sizeof *o->v);
    memcpy(o->v_star, parts->v_star, M * sizeof *o->v_star);
}

void ov_overlaps_free(struct ov_overlaps *o)
{
    if (!o)
        return;
    free(o->block);
    *o = (struct ov_overlaps){0};
}

void ov_overlaps_covariance(double *C, const struct ov_overlaps *o)
{
    size_t K = o->K, M = o->M;
    for (size_t m = 0; m < M; m++)
        for (size_t n = 0; n <= m; n++)
            C[ov_sym_at(m, n)] = o->T[ov_sym_at(m, n)];
    for (size_t k = 0; k < K; k++) {
        for (size_t m = 0; m < M; m++)
            C[ov_sym_at(M + k, m)] = o->R[k * M + m];
        for (size_t l = 0; l <= k; l++)
            C[ov_sym_at(M + k, M + l)] = o->Q[ov_sym_at(k, l)];
    }
}

void ov_overlaps_measure(struct ov_overlaps *o, const double *w, const double *w_star, size_t N)
{
    size_t K = o->K, M = o->M;
    double n = (double)N;
    for (size_t k = 0; k < K; k++) {
        for (size_t l = 0; l <= k; l++)
            o->Q[ov_sym_at(k, l)] = ov_dot(w + k * N, w + l * N, N) / n;
        for (size_t m = 0; m < M; m++)
            o->R[k * M + m] = ov_dot(w + k * N, w_star + m * N, N) / n;
    }
    for (size_t m = 0; m < M; m++)
        for (size_t l = 0; l <= m; l++)
            o->T[ov_sym_at(m, l)] = ov_dot(w_star + m * N, w_star + l * N, N) / n;
}

/* Row i and column j of entry `at` of a packed matrix. */
static void unpack(size_t *i, size_t *j, size_t at)
{
    *i = 0;
    while (at > *i) {
        at -= *i + 1;
        (*i)++;
    }
    *j = at;
}

static void name_pair(char name[32], const char *matrix, size_t i, size_t j)
{
    snprintf(name, 32, "%s_%u_%u", matrix, (unsigned)i, (unsigned)j);
}

void ov_overlaps_column(char name[32], size_t i, size_t K, size_t M)
{
    size_t row, column, in_R = i - ov_sym_size(K);
    if (i < ov_sym_size(K)) {
        unpack(&row, &column, i);
        name_pair(name, "Q", row, column);
    } else if (in_R < K * M) {
        name_pair(name, "R", in_R / M, in_R % M);
    } else {
        snprintf(name, 32, "v_%zu", in_R - K * M);
    }
}

/* Name of entry i of the whole block, T and v_star included. */
static void block_name(char name[32], size_t i, size_t K, size_t M)
{
    size_t row, column, moving = ov_overlaps_moving(K, M);
    if (i < moving) {
        ov_overlaps_column(name, i, K, M);
    } else if (i - moving < ov_sym_size(M)) {
        unpack(&row, &column, i - moving);
        name_pair(name, "T", row, column);
    } else {
        snprintf(name, 32, "v_star_%zu", i - moving - ov_sym_size(M));
    }
}

/* What rounding and a solver's tolerance may make negative, relative to the largest length. */
static const double exact = 1e-9;

/* The largest length of a unit. */
static double size_of(const struct ov_overlaps *o)
{
    double size = 0.0;
    for (size_t k = 0; k < o->K; k++)
        size = fmax(size, fabs(o->Q[ov_sym_at(k, k)]));
    for (size_t m = 0; m < o->M; m++)
        size = fmax(size, fabs(o->T[ov_sym_at(m, m)]));
    return size;
}

/* C has no eigenvalue below -least. */
static enum ov_status check_joint(const struct ov_overlaps *o, double least, struct ov_error *err)
{
    size_t P = o->K + o->M;
    double *C = calloc(ov_sym_size(P), sizeof *C);
    if (!C)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    ov_overlaps_covariance(C, o);
    double min = 0.0;
    enum ov_status status = ov_sym_min_eigenvalue(&min, C, P);
    free(C);
    if (status != OV_OK)
        return ov_fail(err, status, "the eigenvalues of the joint matrix of T, R, Q: %s",
                       ov_status_name(status));
    if (min < -least)
        return ov_fail(err, OV_EDOM,
                       "the joint matrix of T, R, Q is not positive semi-definite: smallest "
                       "eigenvalue %.6g",
                       min);
    return OV_OK;
}

static enum ov_status check(const struct ov_overlaps *o, double least, struct ov_error *err)
{
    for (size_t i = 0; i < ov_overlaps_size(o->K, o->M); i++) {
        char name[32];
        if (isfinite(o->block[i]))
            continue;
        block_name(name, i, o->K, o->M);
        return ov_fail(err, OV_EDOM, "%s is not finite", name);
    }
    return check_joint(o, least, err);
}

enum ov_status ov_overlaps_check(const struct ov_overlaps *o, struct ov_error *err)
{
    return check(o, exact * size_of(o), err);
}

enum ov_status ov_overlaps_check_blocks(const struct ov_overlaps *o, const struct ov_blocks *b,
                                        struct ov_error *err)
{
    struct ov_overlaps one;
    if (!b)
        return ov_overlaps_check(o, err);
    if (o->L != b->L)
        return ov_fail(err, OV_EDOM, "overlaps in %zu blocks for inputs in %zu", o->L, b->L);
    if (ov_overlaps_create(&one, o->K, o->M) != OV_OK)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    ov_overlaps_total(&one, o, b);
    double size = size_of(&one);
    enum ov_status status = ov_overlaps_check(&one, err);
    for (size_t l = 0; !b->is_signed && status == OV_OK && l < b->L; l++) {
        ov_overlaps_of_block(&one, o, l);
        double seen = size / fmax(b->weight[l], 1e-300); /* by the fields */
        status = check(&one, exact * fmax(size_of(&one), seen), err);
        if (status != OV_OK)
            ov_error_context(err, "block %zu", l);
    }
    ov_overlaps_free(&one);
    return status;
}

int ov_overlaps_diverged(const double *y, size_t K, size_t M)
{
    const double *v = y + ov_sym_size(K) + K * M;
    for (size_t i = 0; i < ov_overlaps_moving(K, M); i++)
        if (!isfinite(y[i]))
            return 1;
    for (size_t k = 0; k < K; k++)
        if (y[ov_sym_at(k, k)] > 1e12 || v[k] * v[k] > 1e12)
            return 1;
    return 0;
}
