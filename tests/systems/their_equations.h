/* SPDX-License-Identifier: MIT
 *
 * The equations of motion as Arnaboldi et al. write them (paper.md eq:scaled), integrated by a plain
 * Runge-Kutta method: time t, prefactors 1/p, 1/k and gamma/p, sums over single averages for
 * sigmoidal units, over pairings in matrices for quadratic ones.
 */
#ifndef OVERLAP_TESTS_SYSTEMS_THEIR_EQUATIONS_H
#define OVERLAP_TESTS_SYSTEMS_THEIR_EQUATIONS_H

#include <stdlib.h>
#include <string.h>

#include "overlap/model/activation.h"
#include "overlap/num/sym.h"
#include "overlap/theory/gauss.h"
#include "test.h"

/* Overlaps as they are there: M (p,k) of student and teacher, Q (p,p); the teacher's are 1. Fields are
 * numbered teacher first. */
struct theirs {
    size_t p, k, P;
    double noise; /* gamma/p */
    const struct ov_activation *g;
    double *C, *dC, *trial, *sum, *X, *Y; /* (P,P) each */
};

static inline struct theirs theirs_create(size_t p, size_t k, double noise, const char *g)
{
    size_t P = k + p;
    struct theirs x = {.p = p, .k = k, .P = P, .noise = noise, .g = ov_activation_find(g)};
    x.C = calloc(6 * P * P, sizeof *x.C);
    ck_assert_ptr_nonnull(x.C);
    x.dC = x.C + P * P;
    x.trial = x.dC + P * P;
    x.sum = x.trial + P * P;
    x.X = x.sum + P * P;
    x.Y = x.X + P * P;
    return x;
}

/* What a field adds to the displacement f* - f. */
static inline double share(const struct theirs *x, size_t c)
{
    return c < x->k ? 1.0 / (double)x->k : -1.0 / (double)x->p;
}

/* < sigma'(lambda_j) x_b E >, E = f* - f, and < sigma'_j sigma'_l E^2 >: sums over single averages. */
static inline double drift_of_sums(const struct theirs *x, const double *packed,
                                   const struct ov_activation *const *act, size_t j, size_t b)
{
    double sum = 0.0;
    for (size_t c = 0; c < x->P; c++)
        sum += share(x, c) * ov_gauss_I3(packed, act, j, b, c);
    return sum;
}

static inline double noise_of_sums(const struct theirs *x, const double *packed,
                                   const struct ov_activation *const *act, size_t j, size_t l)
{
    double sum = 0.0;
    for (size_t a = 0; a < x->P; a++)
        for (size_t b = 0; b < x->P; b++)
            sum += share(x, a) * share(x, b) * ov_gauss_I4(packed, act, j, l, a, b);
    return sum;
}

static inline void slopes_of_sums(double *dC, const struct theirs *x, const double *C)
{
    size_t k = x->k, P = x->P;
    double packed[78];
    const struct ov_activation *act[12];
    for (size_t i = 0; i < P; i++) {
        act[i] = x->g;
        for (size_t j = 0; j <= i; j++)
            packed[ov_sym_at(i, j)] = C[i * P + j];
    }
    for (size_t j = k; j < P; j++)
        for (size_t b = 0; b <= j; b++) {
            double d = drift_of_sums(x, packed, act, j, b);
            if (b >= k)
                d += drift_of_sums(x, packed, act, b, j) +
                     x->noise * noise_of_sums(x, packed, act, j, b);
            dC[j * P + b] = dC[b * P + j] = d;
        }
}

/* x^2: E = sum_c s_c x_c^2 pairs with the two slopes 2 x_j, 2 x_l in matrices; X = C S C. */
static inline void sandwich(double *X, const struct theirs *x, const double *C, const double *A)
{
    size_t P = x->P;
    memset(X, 0, P * P * sizeof *X);
    for (size_t i = 0; i < P; i++)
        for (size_t c = 0; c < P; c++) {
            double weight = C[i * P + c] * share(x, c);
            for (size_t j = 0; j < P; j++)
                X[i * P + j] += weight * A[c * P + j];
        }
}

static inline void slopes_of_squares(double *dC, const struct theirs *x, const double *C)
{
    size_t k = x->k, P = x->P;
    double mean = 0.0, square = 0.0; /* of E */
    sandwich(x->X, x, C, C);
    sandwich(x->Y, x, C, x->X);
    for (size_t c = 0; c < P; c++)
        mean += share(x, c) * C[c * P + c];
    for (size_t a = 0; a < P; a++)
        for (size_t b = 0; b < P; b++)
            square += 2.0 * share(x, a) * share(x, b) * C[a * P + b] * C[a * P + b];
    square += mean * mean;
    for (size_t j = k; j < P; j++)
        for (size_t b = 0; b < P; b++) {
            double c = C[j * P + b], X = x->X[j * P + b], Y = x->Y[j * P + b];
            double d = 2.0 * c * mean + 4.0 * X; /* < 2 x_j x_b E > */
            if (b >= k)
                d = 2.0 * d + x->noise * 4.0 * (c * square + 4.0 * mean * X + 8.0 * Y);
            dC[j * P + b] = dC[b * P + j] = d;
        }
}

/* Runge and Kutta's fourth order to t in n steps. */
static inline void integrate(struct theirs *x, double t, int n)
{
    static const double at[4] = {0.0, 0.5, 0.5, 1.0}, weight[4] = {1.0, 2.0, 2.0, 1.0};
    size_t size = x->P * x->P;
    double h = t / n;
    for (int i = 0; i < n; i++) {
        memcpy(x->sum, x->C, size * sizeof *x->C);
        for (int stage = 0; stage < 4; stage++) {
            for (size_t m = 0; m < size; m++)
                x->trial[m] = x->C[m] + (stage ? at[stage] * h * x->dC[m] : 0.0);
            (x->g->act == OV_ACT_QUADRATIC ? slopes_of_squares : slopes_of_sums)(x->dC, x,
                                                                                 x->trial);
            for (size_t m = 0; m < size; m++)
                x->sum[m] += weight[stage] * h / 6.0 * x->dC[m];
        }
        memcpy(x->C, x->sum, size * sizeof *x->C);
    }
}

#endif
