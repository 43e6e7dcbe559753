/* SPDX-License-Identifier: MIT
 *
 * A run's state as bytes: what later numbers depend on and can't be made anew. Teacher, inputs and
 * orders are functions of the key.
 */
#include <stdlib.h>
#include <string.h>

#include "weights_internal.h"

/* In front of the numbers; says whose they are. */
struct header {
    char magic[8];
    uint64_t N, K, M, batch, samples, width, key; /* of the run */
    uint64_t step, n_row, n_kept;                 /* of the state */
};

static struct header header_of(const struct ov_weights_state *r, uint64_t key, size_t n_row,
                               size_t width)
{
    const struct ov_problem *p = r->p;
    return (struct header){"weights2", p->N, p->K,    p->M,  r->batch, r->in->samples,
                           width,      key,  r->step, n_row, r->n_kept};
}

/* The arrays that are kept besides the rows, and their sizes. */
enum { ARRAYS = 7 };

struct array {
    double *number;
    size_t n;
};

static void arrays_of(struct array a[ARRAYS], const struct ov_weights_state *r)
{
    size_t N = r->p->N, K = r->p->K, M = r->p->M;
    a[0] = (struct array){r->w, K * N};
    a[1] = (struct array){r->v, K};
    a[2] = (struct array){r->before.block, ov_overlaps_moving(K, M)};
    a[3] = (struct array){(double *)r->before_error, OV_WEIGHTS_ERRORS};
    a[4] = (struct array){r->kept ? r->kept->numbers + M * N : NULL, r->n_kept * (K * N + K)};
    a[6] = (struct array){r->u, r->u ? K * N + K : 0};
    a[5] = (struct array){r->before_parts.block, 0};
    if (r->before_parts.block)
        a[5].n = ov_overlaps_moving_blocks(r->before_parts.L, K, M);
}

static size_t size_of(const struct ov_weights_state *r, uint64_t n_row, size_t width)
{
    struct array a[ARRAYS];
    size_t n = (size_t)n_row * width;
    arrays_of(a, r);
    for (size_t i = 0; i < ARRAYS; i++)
        n += a[i].n;
    return sizeof(struct header) + n * sizeof(double);
}

void ov_weights_save(const struct ov_weights_state *r, uint64_t key, const double *rows,
                     size_t n_row, size_t width, const struct ov_tick *tick)
{
    struct array a[ARRAYS];
    struct header h = header_of(r, key, n_row, width);
    size_t n = size_of(r, n_row, width), n_rows = n_row * width * sizeof *rows;
    char *bytes = malloc(n), *at = bytes;
    if (!bytes)
        return; /* no reason to stop */
    memcpy(at, &h, sizeof h);
    at += sizeof h;
    arrays_of(a, r);
    for (size_t i = 0; i < ARRAYS; at += a[i].n * sizeof(double), i++)
        if (a[i].n > 0)
            memcpy(at, a[i].number, a[i].n * sizeof(double));
    if (n_rows > 0)
        memcpy(at, rows, n_rows);
    ov_tick_save(tick, bytes, n);
    free(bytes);
}

size_t ov_weights_resume(struct ov_weights_state *r, uint64_t key, double *rows, size_t n_alpha,
                         size_t width, const struct ov_tick *tick)
{
    size_t n;
    const char *found = ov_tick_found(tick, &n);
    struct header h;
    if (!found || n < sizeof h)
        return 0;
    memcpy(&h, found, sizeof h);
    struct header own = header_of(r, key, (size_t)h.n_row, width);
    own.step = h.step;
    own.n_kept = h.n_kept;
    r->n_kept = h.n_kept <= (r->kept ? r->kept->n : 0) ? (size_t)h.n_kept : 0;
    if (memcmp(&own, &h, sizeof h) != 0 || h.n_row > n_alpha || r->n_kept != h.n_kept ||
        n != size_of(r, h.n_row, width)) {
        r->n_kept = 0;
        return 0;
    }
    const char *at = found + sizeof h;
    struct array a[ARRAYS];
    arrays_of(a, r);
    for (size_t i = 0; i < ARRAYS; at += a[i].n * sizeof(double), i++)
        if (a[i].n > 0)
            memcpy(a[i].number, at, a[i].n * sizeof(double));
    if (h.n_row > 0)
        memcpy(rows, at, (size_t)h.n_row * width * sizeof *rows);
    r->step = h.step;
    return (size_t)h.n_row;
}
