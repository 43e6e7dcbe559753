/* SPDX-License-Identifier: MIT
 *
 * Overlaps that are not quite those of any weights, put right. With C = [T R'; R Q] this asks that
 * T and, R being in the range of T, S = Q - R T^+ R' be positive semi-definite: what is negative in
 * T and in S is set to zero, and what of R is outside of the range of T is dropped.
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/model/overlaps.h"

static const double rank_of_T = 1e-12; /* eigenvalues relative to the largest */

struct workspace {
    double *block;           /* owned; the views below */
    double *value, *vector;  /* (n), (n,n), n the larger of K and M */
    double *inverse, *range; /* (M,M) */
    double *X;               /* (M,K) T^+ R' */
    double *S;               /* packed (K,K) */
    double *R;               /* (M) a row of R */
};

static bool create(struct workspace *w, size_t K, size_t M)
{
    size_t n = K > M ? K : M;
    w->block = calloc(n + n * n + 2 * M * M + M * K + ov_sym_size(K) + M, sizeof *w->block);
    if (!w->block)
        return false;
    w->value = w->block;
    w->vector = w->value + n;
    w->inverse = w->vector + n * n;
    w->range = w->inverse + M * M;
    w->X = w->range + M * M;
    w->S = w->X + M * K;
    w->R = w->S + ov_sym_size(K);
    return true;
}

/* Adds to A what lacks B, packed (n,n) both, to have no negative eigenvalue. */
static enum ov_status lift(double *A, double *moved, struct workspace *w, const double *B, size_t n)
{
    enum ov_status status = ov_sym_eigen(w->value, w->vector, B, n);
    for (size_t j = 0; status == OV_OK && j < n; j++)
        for (size_t k = 0; k <= j; k++) {
            double more = 0.0;
            for (size_t i = 0; i < n; i++)
                more += fmax(-w->value[i], 0.0) * w->vector[i * n + j] * w->vector[i * n + k];
            A[ov_sym_at(j, k)] += more;
            *moved = fmax(*moved, fabs(more));
        }
    return status;
}

/* Drops what of R is outside of the range of T. */
static void restrict_R(struct ov_overlaps *o, double *moved, struct workspace *w)
{
    size_t M = o->M;
    for (size_t k = 0; k < o->K; k++) {
        double *R = memcpy(w->R, o->R + k * M, M * sizeof *w->R);
        for (size_t m = 0; m < M; m++) {
            double sum = 0.0;
            for (size_t n = 0; n < M; n++)
                sum += w->range[m * M + n] * R[n];
            *moved = fmax(*moved, fabs(sum - R[m]));
            o->R[k * M + m] = sum;
        }
    }
}

static void take_S(struct workspace *w, const struct ov_overlaps *o)
{
    size_t K = o->K, M = o->M;
    for (size_t k = 0; k < K; k++)
        for (size_t m = 0; m < M; m++) {
            double sum = 0.0;
            for (size_t n = 0; n < M; n++)
                sum += w->inverse[m * M + n] * o->R[k * M + n];
            w->X[m * K + k] = sum;
        }
    for (size_t k = 0; k < K; k++)
        for (size_t l = 0; l <= k; l++) {
            double sum = 0.0;
            for (size_t m = 0; m < M; m++)
                sum += o->R[k * M + m] * w->X[m * K + l];
            w->S[ov_sym_at(k, l)] = o->Q[ov_sym_at(k, l)] - sum;
        }
}

enum ov_status ov_overlaps_project(struct ov_overlaps *o, double *moved)
{
    struct workspace w;
    size_t rank;
    *moved = 0.0;
    if (!create(&w, o->K, o->M))
        return OV_ENOMEM;
    enum ov_status status = lift(o->T, moved, &w, o->T, o->M);
    if (status == OV_OK)
        status = ov_sym_pseudo_inverse(w.inverse, w.range, &rank, o->T, o->M, rank_of_T);
    if (status == OV_OK) {
        if (rank < o->M)
            restrict_R(o, moved, &w);
        take_S(&w, o);
        status = lift(o->Q, moved, &w, w.S, o->K);
    }
    free(w.block);
    return status;
}
