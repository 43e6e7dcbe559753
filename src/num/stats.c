/* SPDX-License-Identifier: MIT
 *
 * Means with their errors, Student's t, jackknife, and how many seeds would decide.
 */
#include "overlap/num/stats.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

struct ov_mean ov_mean_of(const double *x, size_t n)
{
    struct ov_mean m = {n, NAN, NAN, NAN};
    if (n == 0)
        return m;
    double sum = 0.0, squares = 0.0, left = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    m.mean = sum / (double)n;
    for (size_t i = 0; i < n; i++) {
        double d = x[i] - m.mean;
        squares += d * d;
        left += d; /* zero but for the rounding of the mean; see Chan, Golub & LeVeque 1983 */
    }
    if (n < 2)
        return m;
    double variance = (squares - left * left / (double)n) / (double)(n - 1);
    m.sd = sqrt(variance < 0.0 ? 0.0 : variance);
    m.se = m.sd / sqrt((double)n);
    return m;
}

double ov_student_halfwidth(size_t n, double level)
{
    if (n < 2 || !(level > 0.0 && level < 1.0))
        return NAN;
    return gsl_cdf_tdist_Pinv(0.5 + 0.5 * level, (double)(n - 1));
}

static double tail_of(double distance, double sd, size_t n)
{
    if (isinf(distance) || sd == 0.0)
        return 0.0;
    return ov_student_tail(distance / sd * sqrt((double)n), (double)n - 1.0);
}

static int decides(size_t n, double sd, double slack, double far, double p)
{
    return tail_of(slack, sd, n) + tail_of(far, sd, n) <= p;
}

size_t ov_seeds_needed(double sd, double slack, double far, double p, size_t limit)
{
    if (!(slack > 0.0) || limit < 2 || !decides(limit, sd, slack, far, p))
        return 0;
    size_t too_few = 1, enough = limit; /* tails fall with n: bisect */
    while (enough - too_few > 1) {
        size_t middle = too_few + (enough - too_few) / 2;
        if (decides(middle, sd, slack, far, p))
            enough = middle;
        else
            too_few = middle;
    }
    return enough;
}

double ov_student_tail(double t, double freedom)
{
    if (isnan(t) || !(freedom > 0.0))
        return NAN;
    return isinf(freedom) ? gsl_cdf_ugaussian_Q(t) : gsl_cdf_tdist_Q(t, freedom);
}

double ov_student_quantile(double p, double freedom)
{
    if (!(p > 0.0 && p < 1.0) || !(freedom > 0.0))
        return NAN;
    return isinf(freedom) ? gsl_cdf_ugaussian_Qinv(p) : gsl_cdf_tdist_Qinv(p, freedom);
}

static double root(double squares, double n)
{
    return sqrt((squares < 0.0 ? 0.0 : squares) / n);
}

double ov_reduce(const double *x, size_t n, enum ov_reduction r)
{
    struct ov_mean m = ov_mean_of(x, n);
    if (r == OV_REDUCE_MEAN || n == 0)
        return m.mean;
    if (r == OV_REDUCE_SD)
        return m.sd;
    double squares = 0.0;
    for (size_t i = 0; i < n; i++)
        squares += x[i] * x[i];
    return root(squares, (double)n);
}

/* The reduction without one number that lies d from the mean of all n, where `squares` are summed
 * about the mean (sd) or zero (rms). */
static double without(enum ov_reduction r, const struct ov_mean *all, double squares, double x)
{
    double n = (double)all->n, d = x - all->mean;
    if (r == OV_REDUCE_MEAN)
        return all->mean - d / (n - 1.0);
    if (r == OV_REDUCE_RMS)
        return root(squares - x * x, n - 1.0);
    return root(squares - d * d * n / (n - 1.0), n - 2.0);
}

struct ov_mean ov_jackknife(const double *x, size_t n, enum ov_reduction r, int log_scale)
{
    struct ov_mean all = ov_mean_of(x, n), m = {n, NAN, NAN, NAN};
    if (r == OV_REDUCE_MEAN && !log_scale)
        return all;
    if (n < (r == OV_REDUCE_SD ? 3 : 2))
        return m;
    double whole = ov_reduce(x, n, r), about = r == OV_REDUCE_SD ? all.mean : 0.0;
    double squares = 0.0, sum = 0.0, spread = 0.0, origin = log_scale ? log(fabs(whole)) : whole;
    for (size_t i = 0; i < n; i++)
        squares += (x[i] - about) * (x[i] - about);
    for (size_t i = 0; i < n; i++) {
        double s = without(r, &all, squares, x[i]);
        double pseudo = ((double)n - 1.0) * (origin - (log_scale ? log(fabs(s)) : s));
        sum += pseudo; /* relative to origin */
        spread += pseudo * pseudo;
    }
    double mean = sum / (double)n;
    m.mean = origin + mean;
    m.sd = root(spread - (double)n * mean * mean, (double)(n - 1));
    m.se = m.sd / sqrt((double)n);
    return m;
}
