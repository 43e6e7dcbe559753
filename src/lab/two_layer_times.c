/* SPDX-License-Identifier: MIT */
#include "two_layer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Steps are counted exactly in a double up to here. */
static const double most_steps = 9007199254740992.0;
enum { MOST_TIMES = 100000 };

static enum ov_status listed(double **alpha, size_t *n, const struct ov_value *v,
                             struct ov_error *err)
{
    if (v->cols > MOST_TIMES)
        return ov_value_fail(v, err, "alpha has %zu times, at most %d are possible", v->cols,
                             MOST_TIMES);
    for (size_t i = 1; i < v->cols; i++)
        if (!(v->array[i] > v->array[i - 1]))
            return ov_value_fail(v, err, "alpha must increase: %.15g stands after %.15g",
                                 v->array[i], v->array[i - 1]);
    *alpha = malloc(v->cols * sizeof **alpha);
    if (!*alpha)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    memcpy(*alpha, v->array, v->cols * sizeof **alpha);
    *n = v->cols;
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
static void spread(double *alpha, size_t points, double min, double max, bool logarithmic)
{
    alpha[0] = 0;
    for (size_t i = 1; i < points; i++) {
        double part = points > 2 ? (double)(i - 1) / (double)(points - 2) : 1;
        if (logarithmic)
            alpha[i] = rounded(min * pow(max / min, part));
        else
            alpha[i] = max * (double)i / (double)(points - 1);
    }
    if (logarithmic && points > 2)
        alpha[1] = min;
    alpha[points - 1] = max;
}

static size_t onto_steps(double *alpha, size_t n, double N)
{
    size_t kept = 1;
    for (size_t i = 1; i < n; i++) {
        double time = fmax(1, round(alpha[i] * N)) / N;
        if (time > alpha[kept - 1])
            alpha[kept++] = time;
    }
    return kept;
}

/* Equal times would come of a range too narrow for its points. */
static size_t without_repeats(double *alpha, size_t n)
{
    size_t kept = 1;
    for (size_t i = 1; i < n; i++)
        if (alpha[i] > alpha[kept - 1])
            alpha[kept++] = alpha[i];
    return kept;
}

static enum ov_status log_start(double *min, struct ov_value *v, double max, size_t N,
                                struct ov_error *err)
{
    struct ov_value *given = ov_value_get(v, "min");
    *min = N > 0 && 1.0 / (double)N < max ? 1.0 / (double)N : max * 1e-5;
    if (!given)
        return OV_OK;
    *min = given->number;
    if (!(*min > 0))
        return ov_value_fail(given, err, "min must be above 0: the spacing is log");
    if (!(*min < max))
        return ov_value_fail(given, err, "min must be below max, %.15g", max);
    return OV_OK;
}

enum ov_status ov_two_layer_times(double **alpha, size_t *n, struct ov_value *v, size_t N,
                                  bool steps, struct ov_error *err)
{
    if (v->type == OV_LIST)
        return listed(alpha, n, v, err);
    double max = ov_value_number(v, "max"), min = 0;
    size_t points = (size_t)ov_value_number(v, "points");
    bool logarithmic = strcmp(ov_value_string(v, "spacing"), "log") == 0;
    if (!(max > 0))
        return ov_value_fail(ov_value_get(v, "max"), err, "max must be above 0");
    if (steps && max * (double)N > most_steps)
        return ov_value_fail(ov_value_get(v, "max"), err, "more than 2^53 steps");
    if (!logarithmic)
        ov_value_unused(v, "min", "has a linear spacing of alpha");
    enum ov_status status = logarithmic ? log_start(&min, v, max, N, err) : OV_OK;
    if (status != OV_OK)
        return status;
    *alpha = malloc(points * sizeof **alpha);
    if (!*alpha)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    spread(*alpha, points, min, max, logarithmic);
    *n = steps ? onto_steps(*alpha, points, (double)N) : without_repeats(*alpha, points);
    return OV_OK;
}
