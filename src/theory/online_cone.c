/* SPDX-License-Identifier: MIT
 *
 * The nearest covariance. C = [T R'; R Q] is one where S = Q - W W' is positive semi-definite,
 * W = R L'^-1 with T = L L': what the students have in and outside of the teachers' span. A solver
 * knows Q and R to its tolerance, and where S is smaller than that its numbers are none of a
 * network. S is then replaced by the nearest positive semi-definite matrix: its negative
 * eigenvalues by 0 (Higham 1988). That is continuous in Q and R, and moves nothing inside.
 */
#include "online_cone_internal.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lapacke.h>

#include "overlap/num/sym.h"

/* A diagonal element of T's factor below this part of the unit's length is 0: teachers that depend
 * on each other. Rounding leaves some 1e-8. */
static const double least_diagonal = 1e-7;

struct ov_cone {
    size_t K, M;
    double *L;       /* owned, as all of these; packed (M,M) Cholesky factor of T */
    double *W;       /* (K,M) */
    double *S;       /* packed (K,K) */
    double *factor;  /* packed (K,K) */
    double *vectors; /* (K,K) */
    double *values;  /* (K) */
    double *work;    /* (3K) */
};

static void factorise(struct ov_cone *c, const double *T)
{
    for (size_t m = 0; m < c->M; m++)
        for (size_t n = 0; n <= m; n++) {
            double left = T[ov_sym_at(m, n)], pivot = c->L[ov_sym_at(n, n)];
            for (size_t j = 0; j < n; j++)
                left -= c->L[ov_sym_at(m, j)] * c->L[ov_sym_at(n, j)];
            if (m == n)
                left = left > 0.0 ? sqrt(left) : 0.0;
            bool none = m == n && !(left > least_diagonal * sqrt(fabs(T[ov_sym_at(m, m)])));
            c->L[ov_sym_at(m, n)] = m == n ? (none ? 0.0 : left) : pivot > 0.0 ? left / pivot : 0.0;
        }
}

enum ov_status ov_cone_create(struct ov_cone **out, size_t K, size_t M, const double *T)
{
    size_t packed = ov_sym_size(K), size = ov_sym_size(M) + K * M + 2 * packed + K * K + 4 * K;
    struct ov_cone *c = *out = calloc(1, sizeof *c);
    if (!c)
        return OV_ENOMEM;
    *c = (struct ov_cone){.K = K, .M = M, .L = calloc(size, sizeof *c->L)};
    if (!c->L) {
        free(c);
        *out = NULL;
        return OV_ENOMEM;
    }
    c->W = c->L + ov_sym_size(M);
    c->S = c->W + K * M;
    c->factor = c->S + packed;
    c->vectors = c->factor + packed;
    c->values = c->vectors + K * K;
    c->work = c->values + K;
    factorise(c, T);
    return OV_OK;
}

void ov_cone_free(struct ov_cone *c)
{
    if (!c)
        return;
    free(c->L);
    free(c);
}

/* W and S. */
static void split(struct ov_cone *c, const double *Q, const double *R)
{
    size_t K = c->K, M = c->M;
    for (size_t k = 0; k < K; k++) {
        double *w = c->W + k * M;
        for (size_t m = 0; m < M; m++) {
            double left = R[k * M + m], pivot = c->L[ov_sym_at(m, m)];
            for (size_t j = 0; j < m; j++)
                left -= w[j] * c->L[ov_sym_at(m, j)];
            w[m] = pivot > 0.0 ? left / pivot : 0.0;
        }
        for (size_t l = 0; l <= k; l++) {
            double in = 0.0;
            for (size_t m = 0; m < M; m++)
                in += w[m] * c->W[l * M + m];
            c->S[ov_sym_at(k, l)] = Q[ov_sym_at(k, l)] - in;
        }
    }
}

/* Whether S is positive semi-definite but for rounding: has a Cholesky factor when as much is added
 * to its diagonal. A row of zeros is none to speak of. */
static bool is_inside(struct ov_cone *c, const double *Q)
{
    double units = 4.0 * DBL_EPSILON * (double)(c->K + c->M);
    for (size_t k = 0; k < c->K; k++) {
        for (size_t l = 0; l <= k; l++) {
            double left = c->S[ov_sym_at(k, l)], pivot = c->factor[ov_sym_at(l, l)];
            for (size_t j = 0; j < l; j++)
                left -= c->factor[ov_sym_at(k, j)] * c->factor[ov_sym_at(l, j)];
            if (l < k) {
                c->factor[ov_sym_at(k, l)] = pivot > 0.0 ? left / pivot : 0.0;
                if (pivot == 0.0 && left != 0.0)
                    return false;
                continue;
            }
            left += units * fabs(Q[ov_sym_at(k, k)]);
            if (!(left >= 0.0))
                return false;
            c->factor[ov_sym_at(k, k)] = sqrt(left);
        }
    }
    return true;
}

/* S without its negative eigenvalues, of which the least is `least`. LAPACK reads the packed lower
 * triangle by rows as the upper one by columns. */
static bool clip(struct ov_cone *c, double *least)
{
    size_t K = c->K;
    for (size_t i = 0; i < ov_sym_size(K); i++)
        if (!isfinite(c->S[i]))
            return false;
    memcpy(c->factor, c->S, ov_sym_size(K) * sizeof *c->S);
    if (LAPACKE_dspev_work(LAPACK_COL_MAJOR, 'V', 'U', (lapack_int)K, c->factor, c->values,
                           c->vectors, (lapack_int)K, c->work) != 0)
        return false;
    *least = c->values[0];
    memset(c->S, 0, ov_sym_size(K) * sizeof *c->S);
    for (size_t i = 0; i < K; i++) {
        const double *u = c->vectors + i * K;
        for (size_t k = 0; c->values[i] > 0.0 && k < K; k++)
            for (size_t l = 0; l <= k; l++)
                c->S[ov_sym_at(k, l)] += c->values[i] * u[k] * u[l];
    }
    return true;
}

double ov_cone_project(double *Q, double *R, struct ov_cone *c)
{
    size_t K = c->K, M = c->M;
    double least = 0.0;
    split(c, Q, R);
    if (is_inside(c, Q))
        return 0.0;
    if (!clip(c, &least))
        return NAN;
    for (size_t k = 0; k < K; k++) {
        for (size_t l = 0; l <= k; l++) {
            double in = 0.0;
            for (size_t m = 0; m < M; m++)
                in += c->W[k * M + m] * c->W[l * M + m];
            Q[ov_sym_at(k, l)] = in + c->S[ov_sym_at(k, l)];
        }
        for (size_t m = 0; m < M; m++) {
            double in = 0.0;
            for (size_t j = 0; j <= m; j++)
                in += c->W[k * M + j] * c->L[ov_sym_at(m, j)];
            R[k * M + m] = c->L[ov_sym_at(m, m)] > 0.0 ? R[k * M + m] : in;
        }
    }
    return fmax(-least, 0.0);
}
