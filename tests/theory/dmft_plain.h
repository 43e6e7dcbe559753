/* SPDX-License-Identifier: MIT
 *
 * The dynamical mean-field theory of quadratic networks as it is written down: kernels in full,
 * the response by a tangent for each time at which a field is switched on, the memory's kernel by
 * solving for the causal inverse, noise by Cholesky's factor of its covariance. Plain loops, Euler
 * steps, small sizes.
 */
#ifndef OVERLAP_TESTS_THEORY_DMFT_PLAIN_H
#define OVERLAP_TESTS_THEORY_DMFT_PLAIN_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_randist.h>

enum { PD = 6, PM = 3, PT = 5, PW = PD * PM, PZ = PD * PD };

struct plain_sample {
    double W[PT + 1][PW], y[PT + 1][PZ]; /* y = Z - Z* */
    double M[PT][PZ], G[PT][PZ];
    double v[PT][PZ];                              /* probes */
    double dW[PT][PT + 1][PW], dZ[PT][PT + 1][PZ]; /* of the field v[s] at s: [s][t] */
};

struct plain {
    double alpha, lambda, Delta, h;
    double z_star[PD];
    size_t n;
    struct plain_sample *s;
    double C[PT][PT], R[PT][PT], Gam[PT][PT], C_R[PT][PT], chol[PT][PT];
};

/* (d,d) symmetric, variance `var` off the diagonal, twice that on it */
static void plain_goe(double *G, double var, gsl_rng *r)
{
    for (int i = 0; i < PD; i++)
        for (int j = 0; j <= i; j++)
            G[i * PD + j] = G[j * PD + i] = gsl_ran_gaussian(r, sqrt(i == j ? 2.0 * var : var));
}

/* out += scale A W */
static void plain_act(double *out, double scale, const double *A, const double *W)
{
    for (int i = 0; i < PD; i++)
        for (int j = 0; j < PD; j++)
            for (int c = 0; c < PM; c++)
                out[i * PM + c] += scale * A[i * PD + j] * W[j * PM + c];
}

/* out += A B' + B A' of A, B (d,m), halved */
static void plain_outer(double *out, const double *A, const double *B)
{
    for (int i = 0; i < PD; i++)
        for (int j = 0; j < PD; j++)
            for (int c = 0; c < PM; c++)
                out[i * PD + j] +=
                    0.5 * (A[i * PM + c] * B[j * PM + c] + B[i * PM + c] * A[j * PM + c]);
}

static double plain_dot(const double *a, const double *b)
{
    double sum = 0.0;
    for (int i = 0; i < PZ; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Row t of all kernels, from the samples' paths up to t. */
static void plain_kernels(struct plain *p, int t)
{
    for (int s = 0; s <= t; s++) {
        p->C[t][s] = p->R[t][s] = 0.0;
        for (size_t i = 0; i < p->n; i++) {
            const struct plain_sample *x = p->s + i;
            p->C[t][s] += plain_dot(x->y[t], x->y[s]) / (PD * (double)p->n);
            if (s < t)
                p->R[t][s] -= plain_dot(x->v[s], x->dZ[s][t]) / (PD * PD * (double)p->n);
        }
        p->C[s][t] = p->C[t][s];
    }
    for (int s = 0; s <= t; s++) { /* (1 + 2 R/alpha) Gam = 1 */
        p->Gam[t][s] = s == t;
        for (int u = s; u < t; u++)
            p->Gam[t][s] -= 2.0 / p->alpha * p->R[t][u] * p->Gam[u][s];
    }
    for (int s = 0; s <= t; s++) {
        p->C_R[t][s] = 0.0;
        for (int u = 0; u <= t; u++)
            for (int w = 0; w <= s; w++)
                p->C_R[t][s] += p->Gam[t][u] * (2.0 * p->C[u][w] + p->Delta) * p->Gam[s][w];
    }
    for (int s = 0; s <= t; s++) {
        double left = p->C_R[t][s];
        for (int u = 0; u < s; u++)
            left -= p->chol[t][u] * p->chol[s][u];
        p->chol[t][s] = s == t ? sqrt(left) : left / p->chol[s][s];
    }
}

static void plain_step(struct plain *p, struct plain_sample *x, int t)
{
    memset(x->M[t], 0, sizeof x->M[t]);
    for (int s = 0; s <= t; s++)
        for (int i = 0; i < PZ; i++)
            x->M[t][i] +=
                2.0 * p->Gam[t][s] * x->y[s][i] + p->chol[t][s] * x->G[s][i] / sqrt(p->alpha);
    for (int i = 0; i < PD; i++)
        x->M[t][i * PD + i] += 2.0 * p->lambda;
    memcpy(x->W[t + 1], x->W[t], sizeof x->W[t]);
    plain_act(x->W[t + 1], -p->h, x->M[t], x->W[t]);
    for (int s = 0; s <= t; s++) {
        double dM[PZ];
        for (int i = 0; i < PZ; i++) {
            dM[i] = s == t ? x->v[s][i] : 0.0;
            for (int u = s + 1; u <= t; u++)
                dM[i] += 2.0 * p->Gam[t][u] * x->dZ[s][u][i];
        }
        if (s == t)
            memset(x->dW[s][t], 0, sizeof x->dW[s][t]);
        memcpy(x->dW[s][t + 1], x->dW[s][t], sizeof x->dW[s][t]);
        plain_act(x->dW[s][t + 1], -p->h, dM, x->W[t]);
        plain_act(x->dW[s][t + 1], -p->h, x->M[t], x->dW[s][t]);
    }
}

static void plain_look(const struct plain *p, struct plain_sample *x, int t)
{
    memset(x->y[t], 0, sizeof x->y[t]);
    plain_outer(x->y[t], x->W[t], x->W[t]);
    for (int i = 0; i < PD; i++)
        x->y[t][i * PD + i] -= p->z_star[i];
    for (int s = 0; s < t; s++) {
        memset(x->dZ[s][t], 0, sizeof x->dZ[s][t]);
        plain_outer(x->dZ[s][t], x->dW[s][t], x->W[t]);
        for (int i = 0; i < PZ; i++)
            x->dZ[s][t][i] *= 2.0;
    }
}

/* All kernels of PT evaluations; p->s (n) is allocated by the caller. */
static void plain_run(struct plain *p, double gamma, gsl_rng *r)
{
    for (size_t i = 0; i < p->n; i++) {
        for (int j = 0; j < PW; j++)
            p->s[i].W[0][j] = gsl_ran_gaussian(r, sqrt(gamma / PM));
        for (int t = 0; t < PT; t++) {
            plain_goe(p->s[i].G[t], 1.0 / PD, r);
            plain_goe(p->s[i].v[t], 0.5, r); /* variance 1 in an orthonormal basis */
        }
        plain_look(p, p->s + i, 0);
    }
    for (int t = 0; t < PT; t++) {
        plain_kernels(p, t);
        for (size_t i = 0; i < p->n; i++) {
            plain_step(p, p->s + i, t);
            plain_look(p, p->s + i, t + 1);
        }
    }
}

#endif
