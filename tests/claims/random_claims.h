/* SPDX-License-Identifier: MIT
 *
 * Random paths in the tables of the fake system: neighbouring times are correlated, as those of a
 * run are.
 */
#ifndef OVERLAP_TESTS_CLAIMS_RANDOM_CLAIMS_H
#define OVERLAP_TESTS_CLAIMS_RANDOM_CLAIMS_H

#include <gsl/gsl_randist.h>

#include "fake_claims.h"

/* Theory is level; sgd is level + shift + a path of standard deviation sd whose neighbours are
 * correlated by rho. */
struct random_paths {
    gsl_rng *r;
    double level, shift, sd, rho;
    double sd_predicted, bias_predicted;
    double last; /* the path so far */
};

static inline double random_path(const void *ctx, double seed, size_t j, size_t column)
{
    /* fake_write takes a const context, but a path has to remember where it is */
    struct random_paths *p = (struct random_paths *)(uintptr_t)ctx;
    if (column == 4)
        return p->sd_predicted;
    if (column == 5)
        return p->bias_predicted;
    if (seed == 0.0)
        return p->level;
    if (column == 3)
        return p->level + p->shift;
    double fresh = gsl_ran_ugaussian(p->r);
    p->last = j == 0 ? fresh : p->rho * p->last + sqrt(1.0 - p->rho * p->rho) * fresh;
    return p->level + p->shift + p->sd * p->last;
}

static inline void write_paths(struct fake *f, size_t c, struct random_paths *p, size_t n)
{
    fake_set(f, c, n_sgd, n);
    fake_write(f, c, OV_THEORY, random_path, p);
    fake_write(f, c, OV_SGD, random_path, p);
}

/* How often the claims' only one gets each verdict on fresh data. */
static inline void count_verdicts(size_t count[OV_SKIPPED + 1], struct fake *f,
                                  struct ov_claims *claims, struct random_paths *p, size_t n,
                                  size_t sets)
{
    memset(count, 0, (OV_SKIPPED + 1) * sizeof *count);
    write_paths(f, 0, p, n);
    for (size_t i = 0; i < sets; i++) {
        fake_write(f, 0, OV_SGD, random_path, p);
        count[evaluate(claims, f, 0)->verdict]++;
    }
}

/* Fails where `count` of `sets` is above what a rate has once in 30000 tries (four sigma). */
#define ck_rate_at_most(rate, count, sets)                                                         \
    ck_assert_msg((double)(count) <= (rate) * (double)(sets) +                                     \
                                         4.0 * sqrt((rate) * (1.0 - (rate)) * (double)(sets)),     \
                  "%zu of %zu, at a rate of %g", (size_t)(count), (size_t)(sets), (rate))

#endif
