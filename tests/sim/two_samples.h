/* SPDX-License-Identifier: MIT
 *
 * Two samples of RUNS runs, column by column: means, standard deviations, distributions.
 */
#ifndef OVERLAP_TESTS_SIM_TWO_SAMPLES_H
#define OVERLAP_TESTS_SIM_TWO_SAMPLES_H

#include <math.h>

#include <gsl/gsl_sort.h>

#include "test.h"

enum { RUNS = 6000 };

/* Worst disagreement of two samples, in standard errors; Kolmogorov's distance in its own unit. */
struct difference {
    double mean, sd, kolmogorov;
};

/* Column j of rows (RUNS, width) into x. */
static inline void column(double *x, const double *rows, size_t width, size_t j)
{
    for (size_t i = 0; i < RUNS; i++)
        x[i] = rows[i * width + j];
}

struct moments {
    double mean, var, mean_error2, var_error2;
};

static inline struct moments moments_of(const double *x)
{
    struct moments m = {0};
    double fourth = 0.0, n = RUNS;
    for (size_t i = 0; i < RUNS; i++)
        m.mean += x[i] / n;
    for (size_t i = 0; i < RUNS; i++) {
        double square = (x[i] - m.mean) * (x[i] - m.mean);
        m.var += square / n;
        fourth += square * square / n;
    }
    m.mean_error2 = m.var / n;
    m.var_error2 = (fourth - m.var * m.var) / n;
    return m;
}

/* sqrt(n/2) sup |F - G| of two samples, which this sorts. */
static inline double kolmogorov(double *x, double *y)
{
    size_t j = 0;
    double largest = 0.0;
    gsl_sort(x, 1, RUNS);
    gsl_sort(y, 1, RUNS);
    for (size_t i = 0; i < RUNS; i++) {
        while (j < RUNS && y[j] <= x[i])
            j++;
        largest = fmax(largest, fabs((double)i + 0.5 - (double)j));
    }
    return largest / RUNS * sqrt(RUNS / 2.0);
}

/* A column that does not move, as v does where it is frozen. */
static inline int same_constant(const double *x, const double *y)
{
    for (size_t i = 0; i < RUNS; i++)
        if (x[i] != x[0] || y[i] != x[0])
            return 0;
    return 1;
}

static inline struct difference compare(const double *a, const double *b, size_t width)
{
    static double x[RUNS], y[RUNS];
    struct difference d = {0};
    for (size_t j = 1; j < width; j++) {
        column(x, a, width, j);
        column(y, b, width, j);
        struct moments m = moments_of(x), n = moments_of(y);
        if (same_constant(x, y))
            continue;
        d.mean = fmax(d.mean, fabs(m.mean - n.mean) / sqrt(m.mean_error2 + n.mean_error2));
        d.sd = fmax(d.sd, fabs(m.var - n.var) / sqrt(m.var_error2 + n.var_error2));
        d.kolmogorov = fmax(d.kolmogorov, kolmogorov(x, y));
    }
    printf("    worst of %zu columns: mean %.2f, sd %.2f, Kolmogorov %.2f\n", width - 1, d.mean,
           d.sd, d.kolmogorov);
    return d;
}

/* 4.5 standard errors: 7e-6 a comparison. Kolmogorov: 2.4 has probability 2e-5. */
static inline int agree(struct difference d)
{
    return d.mean < 4.5 && d.sd < 4.5 && d.kolmogorov < 2.4;
}

#endif
