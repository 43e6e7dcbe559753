/* SPDX-License-Identifier: MIT
 *
 * Random covariances of P fields, degenerate ones among them.
 */
#ifndef OVERLAP_TESTS_THEORY_RANDOM_FIELDS_H
#define OVERLAP_TESTS_THEORY_RANDOM_FIELDS_H

#include <math.h>
#include <stddef.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "overlap/num/sym.h"

enum fields { FIELDS_GENERIC, FIELDS_TWIN, FIELDS_ZERO, FIELDS_LOW_RANK, FIELDS_KINDS };

/* C packed (P,P), P <= 12: x = A z with variances about 0.2 … 2.
 * TWIN: the last field is the first; ZERO: the last has no variance; LOW_RANK: P - 1 directions. */
static inline void random_covariance(double *C, size_t P, enum fields kind, gsl_rng *r)
{
    double A[12][12];
    size_t rank = kind == FIELDS_LOW_RANK && P > 1 ? P - 1 : P;
    for (size_t a = 0; a < P; a++) {
        double norm = 0.0, variance = gsl_ran_flat(r, 0.2, 2.0);
        for (size_t d = 0; d < rank; d++) {
            A[a][d] = gsl_ran_gaussian(r, 1.0);
            norm += A[a][d] * A[a][d];
        }
        for (size_t d = 0; d < rank; d++)
            A[a][d] *= sqrt(variance / norm);
    }
    for (size_t d = 0; P > 1 && d < rank; d++) {
        if (kind == FIELDS_TWIN)
            A[P - 1][d] = A[0][d];
        if (kind == FIELDS_ZERO)
            A[P - 1][d] = 0.0;
    }
    for (size_t a = 0; a < P; a++) {
        for (size_t b = 0; b <= a; b++) {
            double sum = 0.0;
            for (size_t d = 0; d < rank; d++)
                sum += A[a][d] * A[b][d];
            C[ov_sym_at(a, b)] = sum;
        }
    }
}

#endif
