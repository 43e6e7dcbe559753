/* SPDX-License-Identifier: MIT
 *
 * Times of measurement: lists, ranges, and whole steps.
 */
#include "times_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Beyond, the simulators do not count: times and their steps fill the digits of a double. */
static const double most_steps = 1e15;
enum { MOST_TIMES = 100000 };

static enum ov_status check_steps(const struct ov_value *v, double last, size_t unit,
                                  const char *times, struct ov_error *err)
{
    double steps = last * (double)unit;
    if (steps < most_steps)
        return OV_OK;
    return ov_value_fail(v, err, "%s ends after %.6g steps; fewer than 10^15 are possible", times,
                         steps);
}

/* A list, or one number. */
static enum ov_status listed(double **time, size_t *n, const struct ov_value *v,
                             struct ov_error *err)
{
    const double *at = v->type == OV_LIST ? v->array : &v->number;
    *n = v->type == OV_LIST ? v->cols : 1;
    if (*n > MOST_TIMES)
        return ov_value_fail(v, err, "%s has %zu times, at most %d are possible", v->key->name, *n,
                             MOST_TIMES);
    for (size_t i = 1; i < *n; i++)
        if (!(at[i] > at[i - 1]))
            return ov_value_fail(v, err, "%s must increase: %.15g stands after %.15g", v->key->name,
                                 at[i], at[i - 1]);
    *time = malloc(*n * sizeof **time);
    if (!*time)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    memcpy(*time, at, *n * sizeof **time);
    return OV_OK;
}

/* Twelve digits: what pow gives beyond them differs between machines, and keys are made of times.
 */
static double rounded(double x)
{
    char digits[40];
    snprintf(digits, sizeof digits, "%.12g", x);
    return strtod(digits, NULL);
}

/* 0, then points - 1 times from min to max, both exact. */
static void spread(double *time, size_t points, double min, double max, bool logarithmic)
{
    time[0] = 0;
    for (size_t i = 1; i < points; i++) {
        double part = points > 2 ? (double)(i - 1) / (double)(points - 2) : 1;
        if (logarithmic)
            time[i] = rounded(min * pow(max / min, part));
        else
            time[i] = max * (double)i / (double)(points - 1);
    }
    if (logarithmic && points > 2)
        time[1] = min;
    time[points - 1] = max;
}

static size_t onto_steps(double *time, size_t n, double unit)
{
    size_t kept = 1;
    for (size_t i = 1; i < n; i++) {
        double on_step = fmax(1, round(time[i] * unit)) / unit;
        if (on_step > time[kept - 1])
            time[kept++] = on_step;
    }
    return kept;
}

/* Equal times would come of a range too narrow for its points. */
static size_t without_repeats(double *time, size_t n)
{
    size_t kept = 1;
    for (size_t i = 1; i < n; i++)
        if (time[i] > time[kept - 1])
            time[kept++] = time[i];
    return kept;
}

static enum ov_status log_start(double *min, struct ov_value *v, double max, size_t unit,
                                struct ov_error *err)
{
    struct ov_value *given = ov_value_get(v, "min");
    *min = unit > 0 && 1.0 / (double)unit < max ? 1.0 / (double)unit : max * 1e-5;
    if (!given)
        return OV_OK;
    *min = given->number;
    if (!(*min > 0))
        return ov_value_fail(given, err, "min must be above 0: the spacing is log");
    if (!(*min < max))
        return ov_value_fail(given, err, "min must be below max, %.15g", max);
    return OV_OK;
}

enum ov_status ov_times_read(double **time, size_t *n, struct ov_value *v, size_t unit, bool steps,
                             struct ov_error *err)
{
    enum ov_status status = OV_OK;
    if (v->type != OV_MAP) {
        if (steps)
            status = check_steps(v, v->type == OV_LIST ? v->array[v->cols - 1] : v->number, unit,
                                 v->key->name, err);
        return status == OV_OK ? listed(time, n, v, err) : status;
    }
    double max = ov_value_number(v, "max"), min = 0;
    size_t points = (size_t)ov_value_number(v, "points");
    bool logarithmic = strcmp(ov_value_string(v, "spacing"), "log") == 0;
    if (!(max > 0))
        return ov_value_fail(ov_value_get(v, "max"), err, "max must be above 0");
    if (steps)
        status = check_steps(ov_value_get(v, "max"), max, unit, v->key->name, err);
    if (status != OV_OK)
        return status;
    if (!logarithmic)
        ov_value_unused(v, "min", "has a linear spacing of times");
    status = logarithmic ? log_start(&min, v, max, unit, err) : OV_OK;
    if (status != OV_OK)
        return status;
    *time = malloc(points * sizeof **time);
    if (!*time)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    spread(*time, points, min, max, logarithmic);
    *n = steps ? onto_steps(*time, points, (double)unit) : without_repeats(*time, points);
    return OV_OK;
}
