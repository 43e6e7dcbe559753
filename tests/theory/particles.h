/* SPDX-License-Identifier: MIT
 *
 * Random particles, and the directions that they have in common outside of the subspace.
 */
#ifndef OVERLAP_TESTS_THEORY_PARTICLES_H
#define OVERLAP_TESTS_THEORY_PARTICLES_H

#include <string.h>

#include <gsl/gsl_randist.h>

#include "overlap/num/sym.h"
#include "overlap/theory/mean_field.h"
#include "test.h"

enum { D = 40, K = 3, P = 25 };

static inline double *random_state(const struct ov_mean_field_problem *o, gsl_rng *r)
{
    double *y = calloc(ov_mean_field_size(o), sizeof *y);
    for (size_t i = 0; i < o->p * o->k; i++)
        y[i] = gsl_ran_gaussian(r, 0.6);
    for (size_t j = 0; j < o->p; j++)
        y[o->p * o->k + j] = gsl_ran_flat(r, 0.1, 1.5);
    return y;
}

static inline struct ov_mean_field *create(const struct ov_mean_field_problem *o)
{
    struct ov_mean_field *f;
    ck_ok(ov_mean_field_create(&f, o, NULL));
    return f;
}

/* U (D,K): the teacher's subspace and random columns outside of it; A = U'U - 1. */
static inline void draw_frame(double *U, double *A, gsl_rng *r)
{
    memset(U, 0, D * K * sizeof *U);
    for (size_t i = 0; i < D; i++)
        for (size_t s = 0; s < K; s++)
            U[i * K + s] = i < K ? (i == s ? 1.0 : 0.0) : gsl_ran_gaussian(r, 0.1);
    for (size_t s = 0; s < K; s++)
        for (size_t n = 0; n <= s; n++) {
            double *a = A + ov_sym_at(s, n);
            *a = 0.0;
            for (size_t i = K; i < D; i++)
                *a += U[i * K + s] * U[i * K + n];
        }
}

#endif
