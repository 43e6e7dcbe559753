/* SPDX-License-Identifier: MIT
 *
 * One number of one seed's path in a window of times.
 */
#ifndef OVERLAP_CLAIMS_CLAIM_SERIES_INTERNAL_H
#define OVERLAP_CLAIMS_CLAIM_SERIES_INTERNAL_H

#include <stddef.h>

/* A path: times and numbers at them. */
struct ov_series {
    const double *alpha, *y; /* (last + 1) */
    size_t first, last;      /* the window, inclusive */
};

/* The number that the word stands for (min, max, argmin, argmax, mean, plateau; max_deviation and
 * argmax_deviation take y to be |deviation|); NaN where y is not finite somewhere, or a plateau has
 * y <= 0.
 *   out  where  the index it was found at; SIZE_MAX where there is no single one */
double ov_series_statistic(size_t *where, const char *name, const struct ov_series *s);

#endif
