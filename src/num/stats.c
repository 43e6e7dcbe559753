/* SPDX-License-Identifier: MIT */
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

static int decides(size_t n, double sd, double slack, double level)
{
    return ov_student_halfwidth(n, level) * sd / sqrt((double)n) <= slack;
}

size_t ov_seeds_needed(double sd, double slack, double level, size_t limit)
{
    if (!(slack > 0.0) || limit < 2 || !decides(limit, sd, slack, level))
        return 0;
    size_t too_few = 1, enough = limit; /* t sd / sqrt n falls with n: bisect */
    while (enough - too_few > 1) {
        size_t middle = too_few + (enough - too_few) / 2;
        if (decides(middle, sd, slack, level))
            enough = middle;
        else
            too_few = middle;
    }
    return enough;
}
