/* SPDX-License-Identifier: MIT
 *
 * The few statistics that comparisons and claims need.
 */
#ifndef OVERLAP_NUM_STATS_H
#define OVERLAP_NUM_STATS_H

#include <stddef.h>

struct ov_mean {
    size_t n;
    double mean;
    double sd; /* sample standard deviation, n - 1; NaN for n < 2 */
    double se; /* sd / sqrt n;                       NaN for n < 2 */
};

/* Two-pass mean, sd and se of x[0..n). n = 0 gives NaNs. Non-finite data give non-finite results.
 */
struct ov_mean ov_mean_of(const double *x, size_t n);

/* Quantile of Student's t with n - 1 degrees of freedom, so that [mean - t se, mean + t se] has
 * two-sided level `level` (0.9 for a test of equivalence at 5 % a side). n >= 2, else NaN. */
double ov_student_halfwidth(size_t n, double level);

/* The smallest n <= limit at which a mean with this standard deviation, sitting `slack` > 0 inside
 * (or outside) a bound, has t(n, level) sd / sqrt n <= slack; 0 if none or slack <= 0. */
size_t ov_seeds_needed(double sd, double slack, double level, size_t limit);

#endif
