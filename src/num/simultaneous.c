/* SPDX-License-Identifier: MIT
 *
 * The largest of many correlated Student t: its bound, over all columns at once.
 */
#include "overlap/num/simultaneous.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "overlap/num/normal.h"
#include "overlap/num/sym.h"

void ov_simultaneous_free(struct ov_simultaneous *s)
{
    if (!s)
        return;
    free(s->largest);
    *s = (struct ov_simultaneous){0};
}

/* Columns about their means, each of length one (or zero, where it has no spread). */
static void standardise(double *r, const double *data, size_t n, size_t J)
{
    for (size_t j = 0; j < J; j++) {
        double mean = 0.0, squares = 0.0;
        for (size_t i = 0; i < n; i++)
            mean += data[i * J + j] / (double)n;
        for (size_t i = 0; i < n; i++) {
            r[i * J + j] = data[i * J + j] - mean;
            squares += r[i * J + j] * r[i * J + j];
        }
        double scale = squares > 0.0 ? 1.0 / sqrt(squares) : 0.0;
        for (size_t i = 0; i < n; i++)
            r[i * J + j] *= scale;
    }
}

/* lambda R + (1 - lambda) I, packed. */
static void correlate(double *C, const double *r, size_t n, size_t J)
{
    double lambda = n < 3 ? 0.0 : 1.0 - 2.0 / (double)n;
    memset(C, 0, ov_sym_size(J) * sizeof *C);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < J; j++)
            for (size_t k = 0; k < j; k++)
                C[ov_sym_at(j, k)] += lambda * r[i * J + j] * r[i * J + k];
    for (size_t j = 0; j < J; j++)
        C[ov_sym_at(j, j)] = 1.0;
}

static int rising(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* max |L z| of every draw. */
static void draw(double *largest, size_t n, double *z, const double *L, size_t J, uint64_t key)
{
    const struct ov_philox g = {key, 0};
    for (size_t b = 0; b < n; b++) {
        ov_normal_fill(z, J, &g, (uint64_t)b * ov_normal_blocks(J));
        double most = 0.0;
        for (size_t j = 0; j < J; j++) {
            double x = 0.0;
            for (size_t k = 0; k <= j; k++)
                x += L[j * J + k] * z[k];
            most = fmax(most, fabs(x));
        }
        largest[b] = most;
    }
    qsort(largest, n, sizeof *largest, rising);
}

enum ov_status ov_simultaneous_create(struct ov_simultaneous *s, const double *data, size_t n,
                                      size_t J, uint64_t key, size_t draws)
{
    *s = (struct ov_simultaneous){.n_column = J};
    if (J < 2 || J > OV_SIMULTANEOUS_COLUMNS)
        return OV_OK;
    double *r = calloc(n * J, sizeof *r), *C = calloc(ov_sym_size(J), sizeof *C);
    double *L = calloc(J * J, sizeof *L), *z = calloc(J + 4, sizeof *z);
    enum ov_status status = OV_ENOMEM;
    s->largest = calloc(draws + 1, sizeof *s->largest);
    if (r && C && L && z && s->largest) {
        standardise(r, data, n, J);
        correlate(C, r, n, J);
        status = ov_sym_cholesky(L, C, J, 1e-10);
    }
    if (status == OV_OK) {
        draw(s->largest, draws, z, L, J, key);
        s->n_draw = draws;
    }
    free(r);
    free(C);
    free(L);
    free(z);
    if (status != OV_OK)
        ov_simultaneous_free(s);
    return status;
}

double ov_simultaneous_all(const struct ov_simultaneous *s, double p)
{
    if (!(p > 0.0 && p < 1.0))
        return p;
    double bound = fmin(1.0, (double)s->n_column * p), z = gsl_cdf_ugaussian_Qinv(0.5 * p);
    if (s->n_draw == 0)
        return bound;
    size_t below = 0, end = s->n_draw; /* draws that are <= z: bisect */
    while (below < end) {
        size_t middle = below + (end - below) / 2;
        if (s->largest[middle] <= z)
            below = middle + 1;
        else
            end = middle;
    }
    double counted = (double)(s->n_draw - below + 1) / (double)(s->n_draw + 1);
    return fmax(p, fmin(bound, counted));
}

double ov_simultaneous_one(const struct ov_simultaneous *s, double level)
{
    double low = level / (double)s->n_column, high = level; /* P_all(low) <= level <= P_all(high) */
    for (size_t i = 0; i < 100 && high - low > 1e-15 * level; i++) {
        double middle = 0.5 * (low + high);
        if (ov_simultaneous_all(s, middle) <= level)
            low = middle;
        else
            high = middle;
    }
    return low;
}
