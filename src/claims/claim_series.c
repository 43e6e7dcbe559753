/* SPDX-License-Identifier: MIT
 *
 * The statistics, and those of a window: one number of a seed's path.
 */
#include "claim_internal.h"

#include <math.h>
#include <stdint.h>

static size_t extreme(const struct ov_series *s, double sign)
{
    size_t where = s->first;
    for (size_t j = s->first; j <= s->last; j++)
        if (sign * s->y[j] > sign * s->y[where])
            where = j;
    return where;
}

static double least(size_t *where, const struct ov_series *s)
{
    return s->y[*where = extreme(s, -1.0)];
}

static double largest(size_t *where, const struct ov_series *s)
{
    return s->y[*where = extreme(s, 1.0)];
}

static double time_of_least(size_t *where, const struct ov_series *s)
{
    return s->time[*where = extreme(s, -1.0)];
}

static double time_of_largest(size_t *where, const struct ov_series *s)
{
    return s->time[*where = extreme(s, 1.0)];
}

static double average(size_t *where, const struct ov_series *s)
{
    double sum = 0.0;
    *where = SIZE_MAX;
    for (size_t j = s->first; j <= s->last; j++)
        sum += s->y[j];
    return sum / (double)(s->last - s->first + 1);
}

/* The value where |d ln q/d ln time|, by central differences, is smallest. NaN where q <= 0. */
static double plateau(size_t *where, const struct ov_series *s)
{
    double flattest = HUGE_VAL;
    const double *q = s->y;
    *where = s->first + 1;
    for (size_t j = s->first + 1; j < s->last; j++) {
        double slope = fabs(log(q[j + 1] / q[j - 1]) / log(s->time[j + 1] / s->time[j - 1]));
        if (!(q[j - 1] > 0.0) || !(q[j] > 0.0) || !(q[j + 1] > 0.0))
            return NAN;
        if (slope < flattest) {
            flattest = slope;
            *where = j;
        }
    }
    return q[*where];
}

const char *const ov_claim_statistics[] = {
    "value",      "deviation",   "relative",      "min",
    "max",        "argmin",      "argmax",        "mean",
    "plateau",    "sd",          "rms",           "ratio_sd",
    "ratio_bias", "log_ratio",   "max_deviation", "argmax_deviation",
    "diverged",   "diverged_at", "spread",        "mean_relative",
    NULL};

const struct ov_statistic ov_statistics[] = {
    {.name = "value"},
    {.name = "deviation", .against_theory = true, .absolute = true},
    {.name = "relative", .against_theory = true, .relative = true},
    {.name = "min", .of_window = least},
    {.name = "max", .of_window = largest},
    {.name = "argmin", .of_window = time_of_least},
    {.name = "argmax", .of_window = time_of_largest},
    {.name = "mean", .of_window = average},
    {.name = "plateau", .of_window = plateau, .least = 3},
    {.name = "sd", .against_theory = true, .reduce = OV_REDUCE_SD},
    {.name = "rms", .against_theory = true, .reduce = OV_REDUCE_RMS},
    {.name = "ratio_sd", .against_theory = true, .standardised = true, .reduce = OV_REDUCE_SD},
    {.name = "ratio_bias", .against_theory = true, .in_biases = true},
    {.name = "log_ratio", .against_theory = true, .relative = true, .logarithm = true},
    {.name = "max_deviation", .of_window = largest, .against_theory = true},
    {.name = "argmax_deviation", .of_window = time_of_largest, .against_theory = true},
    {.name = "diverged", .of_run = true},
    {.name = "diverged_at", .of_run = true, .when = true},
    {.name = "spread", .reduce = OV_REDUCE_SD},
    {.name = "mean_relative", .of_window = average, .against_theory = true, .relative = true},
    {0}};
