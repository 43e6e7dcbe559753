/* SPDX-License-Identifier: MIT
 *
 * Many means of the same runs, looked at together: how often does the largest of J correlated
 * t-statistics exceed what one of them may?
 *
 * The J columns of data (n, J), one row a run, have a correlation matrix R that is estimated from
 * the rows about their means. Draws of a Gaussian Z with correlation lambda R + (1 - lambda) I give
 * the distribution of max_j |Z_j|; a two-sided probability p of one statistic (Student's, n - 1
 * degrees) becomes that of the largest by way of the normal quantile with the same p,
 *     P_all(p) = P(max_j |Z_j| > z), P(|Z| > z) = p        paper.md eq:max_t.
 * So one column is exact at any n, and independent ones are. Columns that are the same are exact at
 * lambda = 1 alone; below, P_all exceeds p, on the safe side.
 * Resampling few runs is not: five runs have few different resamples, and their correlation matrix
 * has rank four, whatever J. The share lambda = 1 - 2/n of the estimate (0 below n = 3) pulls the
 * correlations towards none, the least favourable case (Sidak 1967).
 */
#ifndef OVERLAP_NUM_SIMULTANEOUS_H
#define OVERLAP_NUM_SIMULTANEOUS_H

#include <stddef.h>
#include <stdint.h>

#include "overlap/base/status.h"

/* The most columns whose correlation is used: beyond, Bonferroni's bound is taken. */
enum { OV_SIMULTANEOUS_COLUMNS = 256 };

struct ov_simultaneous {
    double *largest; /* (n_draw) max |Z|, rising; owned */
    size_t n_draw, n_column;
};

/*   in   data  (n, J) row-major, finite; columns without spread count as uncorrelated
 *   in   key, draws   of the random numbers: the same key, the same draws; 10000 are usual
 * Returns OV_OK; OV_EDOM where data is not finite; OV_ENOMEM. J >= 1, n >= 1. */
OV_NODISCARD enum ov_status ov_simultaneous_create(struct ov_simultaneous *s, const double *data,
                                                   size_t n, size_t J, uint64_t key, size_t draws);
void ov_simultaneous_free(struct ov_simultaneous *s); /* NULL-safe */

/* P_all(p): never below p nor above J p (Bonferroni), which also serves where there are too few
 * draws to tell. */
double ov_simultaneous_all(const struct ov_simultaneous *s, double p);

/* The p of one at which P_all(p) = level, 0 < level < 1. */
double ov_simultaneous_one(const struct ov_simultaneous *s, double level);

#endif
