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

/* The smallest n <= limit at which a mean with this standard deviation, `slack` > 0 inside (or
 * outside) of a bound and `far` from the other one, is no accident: Student's tails beyond both are
 * p together. far = HUGE_VAL leaves its tail out. 0 if none or slack <= 0. */
size_t ov_seeds_needed(double sd, double slack, double far, double p, size_t limit);

/* P(T > t) of Student's t with `freedom` > 0 degrees of freedom; HUGE_VAL is the normal. */
double ov_student_tail(double t, double freedom);

/* The t with ov_student_tail(t, freedom) = p, 0 < p < 1. */
double ov_student_quantile(double p, double freedom);

/* How a sample is reduced to one number: its mean, its standard deviation about the mean, its root
 * mean square. */
enum ov_reduction { OV_REDUCE_MEAN, OV_REDUCE_SD, OV_REDUCE_RMS };

/* The reduction of x[0..n); NaN for no data (sd: for one). */
double ov_reduce(const double *x, size_t n, enum ov_reduction r);

/* The jackknife (Tukey 1958): with S the reduction of all, S_i that without x_i, and h(S) = ln |S|
 * where `log`, else S, the n pseudo-values n h(S) - (n - 1) h(S_i) are nearly independent, and
 * their mean and standard error are those of h(S). For a standard deviation the logarithm makes
 * this hold without Gaussian data (Miller 1968). Of a plain mean it is ov_mean_of.
 * Returns that mean, sd and se; NaNs below two (sd: three) numbers or where a logarithm has none.
 */
struct ov_mean ov_jackknife(const double *x, size_t n, enum ov_reduction r, int log);

#endif
