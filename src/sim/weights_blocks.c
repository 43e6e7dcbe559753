/* SPDX-License-Identifier: MIT
 *
 * Engine weights on inputs in blocks of directions (paper.md eq:blocks): weights stand in the
 * coordinates of the directions, where inputs are independent. A block's rate p needs no step of
 * its own: w/sqrt p with inputs sqrt p x is SGD whose gradient is multiplied by p.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "weights_internal.h"

/* Variance and rate of direction i, which is block l's. */
static double variance_of(const struct ov_blocks *b, size_t i, size_t l)
{
    return b->direction ? b->direction[i] : b->variance[l];
}

static double rate_of(const struct ov_blocks *b, size_t l)
{
    return b->variance[l] > 0.0 ? b->drift[l] / b->variance[l] : 1.0;
}

/* root_c, and root_rate where a rate is not 1: from blocks that share no directions. */
static enum ov_status colour(struct ov_weights_state *r, struct ov_error *err)
{
    const struct ov_blocks *b = r->p->blocks;
    size_t N = b->N, *which = calloc(N, sizeof *which);
    enum ov_status status =
        which ? ov_blocks_of_directions(which, b, err) : ov_fail(err, OV_ENOMEM, "out of memory");
    bool has_rates = false;
    for (size_t i = 0; status == OV_OK && i < N; i++) {
        double rate = rate_of(b, which[i]);
        if (!(rate > 0.0))
            status = ov_fail(err, OV_EDOM,
                             "block %zu has the learning rate %g times eta_w: it must be > 0",
                             which[i], rate);
        has_rates = has_rates || rate != 1.0;
    }
    if (status == OV_OK && has_rates && !(r->root_rate = calloc(N, sizeof *r->root_rate)))
        status = ov_fail(err, OV_ENOMEM, "out of memory");
    for (size_t i = 0; status == OV_OK && i < N; i++) {
        r->root_c[i] = sqrt(variance_of(b, i, which[i]));
        if (r->root_rate)
            r->root_rate[i] = sqrt(rate_of(b, which[i]));
    }
    free(which);
    return status;
}

/* Directions alone, of blocks that share some (a polynomial in the variance each). */
static enum ov_status colour_directions(struct ov_weights_state *r, struct ov_error *err)
{
    const struct ov_blocks *b = r->p->blocks;
    for (size_t l = 0; l < b->L; l++)
        if (rate_of(b, l) != 1.0)
            return ov_fail(err, OV_EDOM, "blocks with rates of their own share directions");
    for (size_t i = 0; i < b->N; i++)
        r->root_c[i] = sqrt(b->direction[i]);
    return OV_OK;
}

static enum ov_status rotate(struct ov_weights_state *r, struct ov_error *err)
{
    size_t rows = r->p->K + r->p->M, n = rows * r->p->N;
    double *own = calloc(n, sizeof *own);
    if (!own)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    ov_blocks_to_directions(own, r->p->blocks, r->w, rows); /* w_star stands behind w */
    memcpy(r->w, own, n * sizeof *own);
    free(own);
    return OV_OK;
}

/* In units in which all rates are 1. */
static void rescale(struct ov_weights_state *r)
{
    size_t N = r->p->N, rows = r->p->K + r->p->M;
    for (size_t i = 0; i < N; i++) {
        r->root_c[i] *= r->root_rate[i];
        for (size_t a = 0; a < rows; a++)
            r->w[a * N + i] /= r->root_rate[i];
    }
}

enum ov_status ov_weights_blocks_start(struct ov_weights_state *r, struct ov_error *err)
{
    const struct ov_problem *p = r->p;
    const struct ov_blocks *b = p->blocks;
    enum ov_status status = OV_OK;
    if (!b)
        return OV_OK;
    if (b->N != p->N)
        return ov_fail(err, OV_EDOM, "the blocks have %zu directions, N = %zu", b->N, p->N);
    if (b->in_rows && (ov_overlaps_create_blocks(&r->before_parts, b->L, p->K, p->M) != OV_OK ||
                       ov_overlaps_create_blocks(&r->now_parts, b->L, p->K, p->M) != OV_OK))
        return ov_fail(err, OV_ENOMEM, "out of memory");
    if (r->in->train)
        return OV_OK;
    if (!r->in->spectrum)
        status = b->member && b->direction ? colour_directions(r, err) : colour(r, err);
    if (status == OV_OK && b->basis)
        status = rotate(r, err);
    if (status == OV_OK && r->root_rate)
        rescale(r);
    return status;
}

enum ov_status ov_weights_measure_blocks(struct ov_overlaps *o, const struct ov_weights_state *r,
                                         struct ov_error *err)
{
    const struct ov_problem *p = r->p;
    size_t N = p->N, rows = p->K + p->M;
    if (!o->block)
        return OV_OK;
    if (!r->in->train && !r->root_rate)
        return ov_overlaps_measure_blocks(o, r->w, r->w_star, p->blocks, err);
    double *own = calloc(rows * N, sizeof *own);
    if (!own)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    if (r->in->train)
        ov_blocks_to_directions(own, p->blocks, r->w, rows);
    for (size_t i = 0; r->root_rate && i < rows * N; i++)
        own[i] = r->root_rate[i % N] * r->w[i];
    enum ov_status status = ov_overlaps_measure_blocks(o, own, own + p->K * N, p->blocks, err);
    free(own);
    return status;
}
