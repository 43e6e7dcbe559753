/* SPDX-License-Identifier: MIT */
#include "claim_series_internal.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static size_t extreme(const struct ov_series *s, double sign)
{
    size_t where = s->first;
    for (size_t j = s->first; j <= s->last; j++)
        if (sign * s->y[j] > sign * s->y[where])
            where = j;
    return where;
}

static double average(const struct ov_series *s)
{
    double sum = 0.0;
    for (size_t j = s->first; j <= s->last; j++)
        sum += s->y[j];
    return sum / (double)(s->last - s->first + 1);
}

/* The value where |d ln q/d ln alpha|, by central differences, is smallest. NaN where q <= 0. */
static double plateau(size_t *where, const struct ov_series *s)
{
    double flattest = HUGE_VAL;
    const double *q = s->y;
    *where = s->first + 1;
    for (size_t j = s->first + 1; j < s->last; j++) {
        double slope = fabs(log(q[j + 1] / q[j - 1]) / log(s->alpha[j + 1] / s->alpha[j - 1]));
        if (!(q[j - 1] > 0.0) || !(q[j] > 0.0) || !(q[j + 1] > 0.0))
            return NAN;
        if (slope < flattest) {
            flattest = slope;
            *where = j;
        }
    }
    return q[*where];
}

double ov_series_statistic(size_t *where, const char *name, const struct ov_series *s)
{
    bool least = strcmp(name, "min") == 0 || strcmp(name, "argmin") == 0;
    *where = SIZE_MAX;
    for (size_t j = s->first; j <= s->last; j++)
        if (!isfinite(s->y[j]))
            return NAN;
    if (strcmp(name, "mean") == 0)
        return average(s);
    if (strcmp(name, "plateau") == 0)
        return plateau(where, s);
    *where = extreme(s, least ? -1.0 : 1.0);
    return strncmp(name, "arg", 3) == 0 ? s->alpha[*where] : s->y[*where];
}
