/* SPDX-License-Identifier: MIT
 *
 * SGD of finite N on its overlaps, exact in law for Gaussian inputs, written down plainly: rows of
 * L, C = L L', are the coordinates of the weights in a frame that the M + K fields need; a new
 * input has coordinates z ~ N(0, I) there and one more, sqrt(chi^2_{N-M-K}), in a direction of its
 * own. Reads the problem, not the theory.
 */
#ifndef OVERLAP_TESTS_THEORY_CHAIN_H
#define OVERLAP_TESTS_THEORY_CHAIN_H

#include <math.h>
#include <string.h>

#include <gsl/gsl_randist.h>

#include "overlap/model/overlaps.h"
#include "overlap/model/problem.h"
#include "overlap/num/sym.h"

enum { CHAIN_FIELDS = 8 };

struct chain {
    size_t K, M;
    double L[CHAIN_FIELDS][CHAIN_FIELDS + 1]; /* one column more for what is new */
    double v[CHAIN_FIELDS], v_star[CHAIN_FIELDS];
};

/* 0 if o is no covariance. */
static inline int chain_start(struct chain *c, const struct ov_overlaps *o)
{
    size_t P = o->K + o->M;
    double C[CHAIN_FIELDS * (CHAIN_FIELDS + 1) / 2], L[CHAIN_FIELDS * CHAIN_FIELDS];
    memset(c, 0, sizeof *c);
    c->K = o->K, c->M = o->M;
    ov_overlaps_covariance(C, o);
    if (ov_sym_cholesky(L, C, P, 1e-10) != OV_OK)
        return 0;
    for (size_t a = 0; a < P; a++)
        memcpy(c->L[a], L + a * P, P * sizeof *L);
    memcpy(c->v, o->v, o->K * sizeof *c->v);
    memcpy(c->v_star, o->v_star, o->M * sizeof *c->v_star);
    return 1;
}

/* Rotates the columns from M on so that student k ends at column M + k. */
static inline void chain_triangularise(struct chain *c)
{
    size_t P = c->K + c->M;
    for (size_t a = c->M; a < P; a++) {
        for (size_t j = P; j > a; j--) {
            double x = c->L[a][a], y = c->L[a][j], length = sqrt(x * x + y * y);
            for (size_t b = a; y != 0.0 && b < P; b++) {
                double old = c->L[b][a];
                c->L[b][a] = (x * old + y * c->L[b][j]) / length;
                c->L[b][j] = (x * c->L[b][j] - y * old) / length;
            }
        }
    }
}

static inline void chain_step(struct chain *c, const struct ov_problem *p, gsl_rng *r)
{
    size_t K = c->K, M = c->M, P = K + M;
    double N = (double)p->N, z[CHAIN_FIELDS + 1], x[CHAIN_FIELDS], Delta;
    for (size_t a = 0; a < P; a++) {
        z[a] = gsl_ran_gaussian_ziggurat(r, 1.0);
        x[a] = 0.0;
        for (size_t b = 0; b <= a; b++)
            x[a] += c->L[a][b] * z[b];
    }
    z[P] = sqrt(gsl_ran_chisq(r, N - (double)P));
    Delta = -p->sigma * gsl_ran_gaussian_ziggurat(r, 1.0);
    for (size_t m = 0; m < M; m++)
        Delta -= c->v_star[m] * p->g_star->g(x[m]);
    for (size_t k = 0; k < K; k++)
        Delta += c->v[k] * p->g->g(x[M + k]);
    for (size_t k = 0; k < K; k++) {
        double e = -p->eta_w * c->v[k] * p->g->dg(x[M + k]) * Delta / N;
        for (size_t a = 0; a <= P; a++)
            c->L[M + k][a] = (1.0 - p->decay_w / N) * c->L[M + k][a] + e * z[a];
        if (p->eta_v > 0.0)
            c->v[k] -= (p->eta_v * p->g->g(x[M + k]) * Delta + p->decay_v * c->v[k]) / N;
    }
    chain_triangularise(c);
}

/* The moving numbers. */
static inline void chain_overlaps(struct ov_overlaps *o, const struct chain *c)
{
    size_t K = c->K, M = c->M, P = K + M;
    for (size_t k = 0; k < K; k++) {
        for (size_t a = 0; a <= M + k; a++) {
            double sum = 0.0;
            for (size_t b = 0; b < P; b++)
                sum += c->L[M + k][b] * c->L[a][b];
            if (a < M)
                o->R[k * M + a] = sum;
            else
                o->Q[ov_sym_at(k, a - M)] = sum;
        }
        o->v[k] = c->v[k];
    }
}

#endif
