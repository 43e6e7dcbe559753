/* SPDX-License-Identifier: MIT
 *
 * Inputs on a hidden manifold: what they are made of, and the covariances of their fields.
 */
#include "overlap/model/hidden_manifold.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_integration.h>

#include "overlap/model/start.h"
#include "overlap/num/dot.h"
#include "overlap/num/fmath.h"
#include "overlap/num/normal.h"

#define SQRT_TWO_PI 0x1.40d931ff62706p+1

/* Gauss & Legendre on pieces of both half-lines, out to where the density is 1e-31. */
enum { PIECES = 8, NODES = 32 };
#define PIECE 1.5

enum ov_status ov_fold_of(struct ov_fold *fold, const struct ov_activation *f)
{
    gsl_integration_glfixed_table *t = gsl_integration_glfixed_table_alloc(NODES);
    double mean = 0.0, slope = 0.0, square = 0.0;
    *fold = (struct ov_fold){0};
    if (!t)
        return OV_ENOMEM;
    for (size_t i = 0; i < PIECES * NODES; i++) {
        double from = PIECE * (double)(i / NODES), u, weight;
        gsl_integration_glfixed_point(from, from + PIECE, i % NODES, &u, &weight, t);
        weight *= ov_exp(-0.5 * u * u) / SQRT_TWO_PI;
        double right = ov_fold_at(fold, f, u), left = ov_fold_at(fold, f, -u);
        mean += weight * (right + left);
        slope += weight * u * (right - left);
        square += weight * (right * right + left * left);
    }
    gsl_integration_glfixed_table_free(t);
    *fold = (struct ov_fold){mean, slope, square - mean * mean};
    return OV_OK;
}

void ov_hidden_manifold_features(double *F, size_t N, size_t D, uint64_t key)
{
    ov_normal_fill(F, N * D, &(struct ov_philox){key, OV_STREAM_FEATURES}, 0);
}

static enum ov_status check(const struct ov_problem *p, const struct ov_hidden_manifold *h,
                            struct ov_error *err)
{
    if (h->D < p->M)
        return ov_fail(err, OV_EDOM, "D = %zu is less than M = %zu", h->D, p->M);
    if (p->start != OV_START_RANDOM || p->teacher == OV_TEACHER_WEIGHTS)
        return ov_fail(err, OV_EDOM,
                       "on a hidden manifold students start at random, and no weights are given");
    if (p->blocks)
        return ov_fail(err, OV_EDOM, "inputs on a hidden manifold have blocks of their own");
    return OV_OK;
}

enum ov_status ov_hidden_manifold_start(double *w, double *w_star, double *v,
                                        const struct ov_problem *p,
                                        const struct ov_hidden_manifold *h, uint64_t key,
                                        struct ov_error *err)
{
    enum ov_status status = check(p, h, err);
    struct ov_problem hidden = *p;
    hidden.N = h->D;
    size_t more = (p->K + p->M) * (p->N > h->D ? p->N : h->D);
    double *unused = calloc(more, sizeof *unused);
    if (status == OV_OK && !unused)
        status = ov_fail(err, OV_ENOMEM, "out of memory");
    if (status == OV_OK)
        status = ov_start_weights(unused, w_star, v, &hidden, key, err);
    if (status == OV_OK)
        status = ov_start_weights(w, unused, v, p, key, err);
    free(unused);
    return status;
}

/* out (rows,D) = w F, w (rows,N). */
static void through(double *out, const double *w, size_t rows, const double *F, size_t N, size_t D)
{
    memset(out, 0, rows * D * sizeof *out);
    for (size_t a = 0; a < rows; a++)
        for (size_t i = 0; i < N; i++)
            for (size_t j = 0; j < D; j++)
                out[a * D + j] += w[a * N + i] * F[i * D + j];
}

enum ov_status ov_hidden_manifold_overlaps(struct ov_overlaps *o, const struct ov_fold *fold,
                                           const double *F, const double *w, const double *w_star,
                                           size_t N, size_t D)
{
    size_t K = o->K, M = o->M;
    double n = (double)N, d = (double)D, b = fold->slope, own = fold->variance - b * b;
    double *S = calloc(K, D * sizeof *S);
    if (!S)
        return OV_ENOMEM;
    through(S, w, K, F, N, D);
    for (size_t k = 0; k < K; k++) {
        for (size_t l = 0; l <= k; l++)
            o->Q[ov_sym_at(k, l)] = own * ov_dot(w + k * N, w + l * N, N) / n +
                                    b * b * ov_dot(S + k * D, S + l * D, D) / (n * d);
        for (size_t m = 0; m < M; m++)
            o->R[k * M + m] = b * ov_dot(S + k * D, w_star + m * D, D) / (d * sqrt(n));
    }
    for (size_t m = 0; m < M; m++)
        for (size_t l = 0; l <= m; l++)
            o->T[ov_sym_at(m, l)] = ov_dot(w_star + m * D, w_star + l * D, D) / d;
    free(S);
    return OV_OK;
}
