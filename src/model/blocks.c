/* SPDX-License-Identifier: MIT
 *
 * Blocks of directions: what a block weighs, how it drifts, how much of the noise is its own.
 */
#include "overlap/model/blocks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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
