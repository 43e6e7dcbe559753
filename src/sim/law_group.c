/* SPDX-License-Identifier: MIT
 *
 * The state of a group: Cholesky factors of eight runs side by side.
 */
#include "law_group_internal.h"

#include <stdlib.h>
#include <string.h>

#include "overlap/model/start.h"
#include "overlap/num/normal.h"

/* Normals drawn at once for a lane: as many as keep the first cache from overflowing. */
enum { DRAWN_AT_ONCE = 512 };

void ov_law_group_free(struct law_group *s)
{
    free(s->normal);
    free(s->block);
    free(s->factor);
    for (size_t l = 0; l < LAW_LANES; l++) {
        ov_overlaps_free(&s->now[l]);
        ov_overlaps_free(&s->parts[l]);
    }
    s->normal = s->block = NULL;
    s->factor = NULL;
}

/* n zeros, the first at a place that vector loads like; NULL where there is no memory. */
static double *aligned_zeros(size_t n)
{
    size_t bytes = (n * sizeof(double) + 63) / 64 * 64;
    double *x = aligned_alloc(64, bytes);
    if (x)
        memset(x, 0, bytes);
    return x;
}

/* Cuts s->block into its views: the factors, v and v_star, which are the state, and the rest. */
static void set_views(struct law_group *s)
{
    size_t K = s->K, M = s->M;
    struct {
        double **view;
        size_t n;
    } views[] = {{&s->v, K},        {&s->v_star, M},     {&s->z, s->slots}, {&s->x, s->P},
                 {&s->part, s->P},  {&s->g, s->P},       {&s->dg, K},       {&s->e, K},
                 {&s->own_e, K},    {&s->length, K + 1}, {&s->versin_z, K}, {&s->sin_z, K},
                 {&s->versin_f, K}, {&s->sin_f, K}};
    double *next = s->block;
    for (size_t b = 0; b < s->L; b++)
        next = ov_law_factor_place(&s->factor[b], next, K, M);
    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        *views[i].view = next;
        next += views[i].n * LAW_LANES;
    }
    next = s->z;
    for (size_t b = 0; b < s->L; b++) {
        s->factor[b].z = next;
        next += ov_law_factor_normals(&s->factor[b]) * LAW_LANES;
    }
}

static enum ov_status allocate(struct law_group *s, struct ov_error *err)
{
    size_t K = s->K, M = s->M;
    size_t n = s->state + s->slots + 3 * s->P + 8 * K + 1;
    s->block = aligned_zeros(n * LAW_LANES);
    s->normal = aligned_zeros(LAW_LANES * s->ahead * s->slots);
    if (!s->block || !s->normal)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    set_views(s);
    for (size_t l = 0; l < s->n_run; l++)
        if (ov_overlaps_create(&s->now[l], K, M) != OV_OK ||
            (s->p->blocks && ov_overlaps_create_blocks(&s->parts[l], s->L, K, M) != OV_OK))
            return ov_fail(err, OV_ENOMEM, "out of memory");
    return OV_OK;
}

/* The factors, without their places yet, and how many numbers a step takes. */
static enum ov_status create_factors(struct law_group *s, struct ov_error *err)
{
    enum ov_status status = ov_law_factors_create(&s->factor, &s->L, s->p, err);
    if (status != OV_OK)
        return status;
    for (size_t b = 0; b < s->L; b++)
        s->zeta += ov_law_factor_normals(&s->factor[b]);
    s->state = ov_law_state_size(s->p);
    s->slots = 4 * (size_t)ov_normal_blocks(s->zeta + (s->p->sigma > 0.0 ? 1 : 0));
    s->ahead = 1 + DRAWN_AT_ONCE / s->slots;
    return OV_OK;
}

/* Block b of lane l's overlaps. */
static struct ov_overlaps part_of(const struct law_group *s, size_t l, size_t b)
{
    return s->p->blocks ? ov_overlaps_block(&s->parts[l], b) : s->now[l];
}

/* Lane l from the overlaps of its start. C and A are room for them. */
static enum ov_status set_lane(struct law_group *s, size_t l, double *C, double *A,
                               struct ov_error *err)
{
    struct ov_overlaps *o = &s->now[l];
    enum ov_status status = s->p->blocks ? ov_start_blocks(&s->parts[l], s->p, s->key[l], err)
                                         : ov_start_overlaps(o, s->p, s->key[l], err);
    if (status == OV_OK && s->p->blocks)
        ov_overlaps_total(o, &s->parts[l], s->p->blocks);
    for (size_t b = 0; status == OV_OK && b < s->L; b++) {
        struct ov_overlaps part = part_of(s, l, b);
        status = ov_law_factor_set(&s->factor[b], l, &part, C, A, err);
        if (status != OV_OK && s->p->blocks)
            ov_error_context(err, "block %zu", b);
    }
    for (size_t k = 0; status == OV_OK && k < s->K; k++)
        s->v[k * LAW_LANES + l] = o->v[k];
    for (size_t m = 0; status == OV_OK && m < s->M; m++)
        s->v_star[m * LAW_LANES + l] = o->v_star[m];
    return status;
}

enum ov_status ov_law_group_create(struct law_group *s, const struct ov_problem *p,
                                   const uint64_t *key, size_t n_run, struct ov_error *err)
{
    size_t P = p->K + p->M;
    *s = (struct law_group){.p = p, .K = p->K, .M = p->M, .P = P, .n_run = n_run};
    memcpy(s->key, key, n_run * sizeof *key);
    enum ov_status status = create_factors(s, err);
    if (status == OV_OK)
        status = allocate(s, err);
    if (status != OV_OK)
        return status;
    double *C = calloc(ov_sym_size(P), sizeof *C), *A = calloc(P * P, sizeof *A);
    if (!C || !A)
        status = ov_fail(err, OV_ENOMEM, "out of memory");
    for (size_t l = 0; status == OV_OK && l < n_run; l++)
        status = set_lane(s, l, C, A, err);
    free(C);
    free(A);
    return status;
}

void ov_law_group_measure(struct law_group *s, size_t l)
{
    struct ov_overlaps *o = &s->now[l];
    for (size_t k = 0; k < s->K; k++)
        o->v[k] = s->v[k * LAW_LANES + l];
    for (size_t b = 0; b < s->L; b++) {
        struct ov_overlaps part = part_of(s, l, b);
        ov_law_factor_measure(&part, &s->factor[b], l);
    }
    if (!s->p->blocks)
        return;
    memcpy(s->parts[l].v, o->v, s->K * sizeof *o->v);
    ov_overlaps_total(o, &s->parts[l], s->p->blocks);
}
