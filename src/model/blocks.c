/* SPDX-License-Identifier: MIT
 *
 * Blocks of directions: what a block weighs, how it drifts, how much of the noise is its own.
 */
#include "overlap/model/blocks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/num/dot.h"

/* How far from a whole number a block's size may be rounded. */
#define WHOLE 1e-6

enum ov_status ov_blocks_create(struct ov_blocks **out, size_t L)
{
    struct ov_blocks *b = *out = calloc(1, sizeof *b);
    if (!b)
        return OV_ENOMEM;
    b->L = L;
    b->block = calloc(5 * L, sizeof *b->block);
    if (!b->block) {
        ov_blocks_free(b);
        *out = NULL;
        return OV_ENOMEM;
    }
    b->share = b->block;
    b->variance = b->share + L;
    b->weight = b->variance + L;
    b->drift = b->weight + L;
    b->noise = b->drift + L;
    return OV_OK;
}

void ov_blocks_free(struct ov_blocks *b)
{
    if (!b)
        return;
    free(b->block);
    free(b->T);
    free(b->R);
    free(b->Q);
    free(b->direction);
    free(b->member);
    free(b->basis);
    free(b);
}

void ov_blocks_set(struct ov_blocks *b, size_t l, double rho, double f, double rate)
{
    b->share[l] = f;
    b->variance[l] = rho;
    b->weight[l] = rho;
    b->drift[l] = rate * rho;
    b->noise[l] = f * rate * rate * rho;
}

void ov_blocks_set_invisible(struct ov_blocks *b, size_t l)
{
    ov_blocks_set(b, l, 0.0, 0.0, 1.0);
    b->weight[l] = 1.0;
}

size_t ov_blocks_directions(const struct ov_blocks *b, size_t l)
{
    return (size_t)(b->share[l] * (double)b->N + 0.5);
}

/* The block of direction i by `member`: that of its only entry 1, all others being 0; else L. */
static size_t member_of(const struct ov_blocks *b, size_t i)
{
    size_t own = b->L;
    double sum = 0.0;
    for (size_t l = 0; l < b->L; l++) {
        double e = b->member[l * b->N + i];
        own = e == 1.0 ? l : own;
        sum += fabs(e);
    }
    return sum == 1.0 ? own : b->L;
}

enum ov_status ov_blocks_check_apart(const struct ov_blocks *b, struct ov_error *err)
{
    size_t sum = 0;
    if (b->N == 0)
        return ov_fail(err, OV_EDOM, "the blocks have no directions: N is needed");
    for (size_t i = 0; b->member && i < b->N; i++)
        if (member_of(b, i) == b->L)
            return ov_fail(err, OV_EDOM, "blocks share direction %zu", i);
    for (size_t l = 0; l < b->L; l++) {
        double size = b->share[l] * (double)b->N;
        size_t n = ov_blocks_directions(b, l);
        if (!(fabs(size - (double)n) <= WHOLE))
            return ov_fail(err, OV_EDOM,
                           "block %zu has %.10g of N = %zu directions, which is no whole number", l,
                           size, b->N);
        sum += n;
    }
    if (sum != b->N)
        return ov_fail(err, OV_EDOM, "the blocks have %zu directions, not N = %zu", sum, b->N);
    return OV_OK;
}

enum ov_status ov_blocks_of_directions(size_t *block, const struct ov_blocks *b,
                                       struct ov_error *err)
{
    enum ov_status status = ov_blocks_check_apart(b, err);
    size_t l = 0, end = status == OV_OK ? ov_blocks_directions(b, 0) : 0;
    for (size_t i = 0; status == OV_OK && i < b->N; i++) {
        while (i >= end)
            end += ov_blocks_directions(b, ++l);
        block[i] = b->member ? member_of(b, i) : l;
    }
    return status;
}

void ov_blocks_to_directions(double *to, const struct ov_blocks *b, const double *from, size_t rows)
{
    size_t N = b->N;
    if (!b->basis) {
        memcpy(to, from, rows * N * sizeof *to);
        return;
    }
    for (size_t a = 0; a < rows; a++)
        for (size_t i = 0; i < N; i++)
            to[a * N + i] = ov_dot(b->basis + i * N, from + a * N, N);
}

void ov_blocks_from_directions(double *to, const struct ov_blocks *b, const double *from,
                               size_t rows)
{
    size_t N = b->N;
    if (!b->basis) {
        memcpy(to, from, rows * N * sizeof *to);
        return;
    }
    memset(to, 0, rows * N * sizeof *to);
    for (size_t a = 0; a < rows; a++)
        for (size_t i = 0; i < N; i++)
            for (size_t j = 0; j < N; j++)
                to[a * N + j] += from[a * N + i] * b->basis[i * N + j];
}

double ov_blocks_mean(const struct ov_blocks *b)
{
    double sum = 0.0;
    for (size_t l = 0; l < b->L; l++)
        sum += b->share[l] * b->variance[l];
    return sum;
}

double ov_blocks_mean_square(const struct ov_blocks *b)
{
    double sum = 0.0;
    for (size_t l = 0; l < b->L; l++)
        sum += b->share[l] * b->variance[l] * b->variance[l];
    return sum;
}

void ov_blocks_total(double *total, const struct ov_blocks *b, const double *part, size_t n)
{
    memset(total, 0, n * sizeof *total);
    for (size_t l = 0; l < b->L; l++)
        for (size_t i = 0; i < n; i++)
            total[i] += b->weight[l] * part[l * n + i];
}
