/* SPDX-License-Identifier: MIT
 *
 * Quadratic networks chosen by chance.
 */
#ifndef OVERLAP_TESTS_THEORY_QUADRATIC_POINTS_H
#define OVERLAP_TESTS_THEORY_QUADRATIC_POINTS_H

#include <math.h>

#include <gsl/gsl_randist.h>

#include "overlap/theory/quadratic.h"

static inline double log_flat(gsl_rng *r, double lo, double hi)
{
    return exp(gsl_ran_flat(r, log(lo), log(hi)));
}

static inline struct ov_quadratic anyone(gsl_rng *r)
{
    struct ov_quadratic p = {.kappa =
                                 gsl_rng_uniform(r) < 0.5 ? INFINITY : gsl_ran_flat(r, 0.1, 1.0),
                             .kappa_star = log_flat(r, 0.05, 2.0),
                             .lambda = log_flat(r, 1e-7, 1.0),
                             .Delta = gsl_rng_uniform(r) < 0.5 ? 0.0 : log_flat(r, 1e-3, 3.0)};
    return p;
}

#endif
