/* SPDX-License-Identifier: MIT
 *
 * Where a run starts, in blocks of directions (paper.md eq:blocks).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/num/normal.h"
#include "start_internal.h"

bool ov_start_is_embedded_in_blocks(const struct ov_problem *p)
{
    return p->blocks && (p->blocks->start_is_given || ov_start_is_embedded(p));
}

static void multiply(double *to, double factor, const double *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = factor * from[i];
}

/* The given overlaps, or each block's share of the fixed ones. */
static enum ov_status fixed_blocks(struct ov_overlaps *o, const struct ov_problem *p,
                                   struct ov_error *err)
{
    const struct ov_blocks *b = p->blocks;
    size_t nQ = ov_sym_size(p->K), nR = p->K * p->M, nT = ov_sym_size(p->M);
    if (b->start_is_given) {
        memcpy(o->Q, b->Q, b->L * nQ * sizeof *o->Q);
        memcpy(o->R, b->R, b->L * nR * sizeof *o->R);
        memcpy(o->T, b->T, b->L * nT * sizeof *o->T);
        return OV_OK;
    }
    struct ov_overlaps all;
    if (ov_overlaps_create(&all, p->K, p->M) != OV_OK)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    ov_start_fixed_overlaps(&all, p);
    for (size_t l = 0; l < b->L; l++) {
        multiply(o->Q + l * nQ, b->share[l], all.Q, nQ);
        multiply(o->R + l * nR, b->share[l], all.R, nR);
        multiply(o->T + l * nT, b->share[l], all.T, nT);
    }
    ov_overlaps_free(&all);
    return OV_OK;
}

/* ---- measured ---- */

static enum ov_status check_directions(const struct ov_problem *p, struct ov_error *err)
{
    const struct ov_blocks *b = p->blocks;
    if (b->N == 0)
        return ov_fail(err, OV_EDOM,
                       "this start needs weights, and the blocks have no directions: N is needed");
    if (b->N != p->N)
        return ov_fail(err, OV_EDOM, "the blocks have %zu directions, N = %zu", b->N, p->N);
    return OV_OK;
}

static enum ov_status measured_blocks(struct ov_overlaps *o, const struct ov_problem *p,
                                      uint64_t key, struct ov_error *err)
{
    size_t K = p->K, M = p->M, N = p->N;
    enum ov_status status = check_directions(p, err);
    if (status != OV_OK)
        return status;
    double *w = calloc(N, (K + M) * sizeof *w), *own = calloc(N, (K + M) * sizeof *own);
    if (!w || !own)
        status = ov_fail(err, OV_ENOMEM, "out of memory");
    else
        status = ov_start_weights(w, w + K * N, o->v, p, key, err);
    if (status == OV_OK) {
        ov_blocks_to_directions(own, p->blocks, w, K + M);
        status = ov_overlaps_measure_blocks(o, own, own + K * N, p->blocks, err);
    }
    free(w);
    free(own);
    return status;
}

enum ov_status ov_start_blocks(struct ov_overlaps *o, const struct ov_problem *p, uint64_t key,
                               struct ov_error *err)
{
    memcpy(o->v_star, p->v_star, p->M * sizeof *o->v_star);
    if (!ov_start_is_embedded_in_blocks(p))
        return measured_blocks(o, p, key, err);
    ov_start_second_layer(o->v, p, key);
    return fixed_blocks(o, p, err);
}

/* ---- embedded ---- */

/* What embedding needs: memory, and which directions are whose. */
struct embedding {
    const struct ov_problem *p;
    size_t P;
    size_t *which;         /* owned; (N) */
    double *C, *factor;    /* owned; packed (P,P), (P,P) */
    double *frame, *own;   /* owned; (P,N) each; own: weights by directions, students first */
    struct ov_overlaps at; /* owned; L blocks */
    uint64_t block;        /* of the frames' stream, the next one */
};

static void embedding_free(struct embedding *e)
{
    free(e->which);
    free(e->C);
    free(e->factor);
    free(e->frame);
    free(e->own);
    ov_overlaps_free(&e->at);
}

static enum ov_status embedding_create(struct embedding *e, const struct ov_problem *p,
                                       struct ov_error *err)
{
    size_t P = p->K + p->M, N = p->N;
    *e = (struct embedding){.p = p, .P = P};
    e->which = calloc(N, sizeof *e->which);
    e->C = calloc(ov_sym_size(P), sizeof *e->C);
    e->factor = calloc(P * P, sizeof *e->factor);
    e->frame = calloc(N, P * sizeof *e->frame);
    e->own = calloc(N, P * sizeof *e->own);
    if (!e->which || !e->C || !e->factor || !e->frame || !e->own ||
        ov_overlaps_create_blocks(&e->at, p->blocks->L, p->K, p->M) != OV_OK)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    return OV_OK;
}

/* The factor of block l's overlaps, which must be nothing beyond column n. */
static enum ov_status factorise(struct embedding *e, size_t l, size_t n, struct ov_error *err)
{
    size_t P = e->P;
    double all = 0.0, beyond = 0.0;
    struct ov_overlaps own = ov_overlaps_block(&e->at, l);
    ov_overlaps_covariance(e->C, &own);
    enum ov_status status = ov_sym_cholesky(e->factor, e->C, P, 1e-9);
    if (status != OV_OK)
        return ov_fail(err, status, "the initial overlaps of block %zu have no Cholesky factor: %s",
                       l, ov_status_name(status));
    for (size_t a = 0; a < P; a++) {
        double rest = 0.0;
        for (size_t j = n; j < P; j++)
            rest += e->factor[a * P + j] * e->factor[a * P + j];
        all = fmax(all, e->C[ov_sym_at(a, a)]);
        beyond = fmax(beyond, rest);
    }
    if (beyond > 1e-9 * all)
        return ov_fail(err, OV_EDOM,
                       "the initial overlaps of block %zu need more directions than the %zu it has",
                       l, n);
    return OV_OK;
}

/* Block l's part of all rows: its factor times a random frame of its n directions. */
static enum ov_status embed_block(struct embedding *e, size_t l, uint64_t key, struct ov_error *err)
{
    size_t P = e->P, N = e->p->N, M = e->p->M, K = e->p->K, n = 0;
    for (size_t i = 0; i < N; i++)
        n += e->which[i] == l;
    enum ov_status status = factorise(e, l, n, err);
    if (status != OV_OK)
        return status;
    size_t rank = n < P ? n : P;
    ov_normal_fill(e->frame, rank * n, &(struct ov_philox){key, OV_STREAM_FRAME}, e->block);
    e->block += ov_normal_blocks(rank * n);
    ov_start_orthonormalise(e->frame, 0, rank, n);
    double unit = n > 0 ? sqrt((double)N / (double)n) : 0.0;
    for (size_t a = 0; a < P; a++) {
        double *row = e->own + (a < M ? K + a : a - M) * N;
        for (size_t j = 0; j < rank; j++)
            for (size_t i = 0, at = 0; i < N; i++)
                if (e->which[i] == l)
                    row[i] += unit * e->factor[a * P + j] * e->frame[j * n + at++];
    }
    return OV_OK;
}

enum ov_status ov_start_embed_blocks(double *w, double *w_star, const struct ov_problem *p,
                                     uint64_t key, struct ov_error *err)
{
    const struct ov_blocks *b = p->blocks;
    struct embedding e;
    enum ov_status status = check_directions(p, err);
    if (status != OV_OK)
        return status;
    status = embedding_create(&e, p, err);
    if (status == OV_OK && (status = ov_blocks_of_directions(e.which, b, err)) != OV_OK)
        ov_error_context(err, "weights of given overlaps");
    if (status == OV_OK)
        status = fixed_blocks(&e.at, p, err);
    for (size_t l = 0; status == OV_OK && l < b->L; l++)
        status = embed_block(&e, l, key, err);
    if (status == OV_OK) {
        ov_blocks_from_directions(w, b, e.own, p->K);
        ov_blocks_from_directions(w_star, b, e.own + p->K * p->N, p->M);
    }
    embedding_free(&e);
    return status;
}
