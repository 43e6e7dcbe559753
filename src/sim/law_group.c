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
    for (size_t l = 0; l < LAW_LANES; l++)
        ov_overlaps_free(&s->now[l]);
    s->normal = s->block = NULL;
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

/* Cuts s->block into its views. */
static void set_views(struct law_group *s)
{
    size_t K = s->K, M = s->M;
    struct {
        double **view;
        size_t n;
    } views[] = {{&s->LT, ov_sym_size(M)},
                 {&s->LR, K * M},
                 {&s->LQ, ov_sym_size(K)},
                 {&s->v, K},
                 {&s->v_star, M},
                 {&s->z, s->slots},
                 {&s->x, s->P},
                 {&s->g, s->P},
                 {&s->dg, K},
                 {&s->e, K},
                 {&s->length, K + 1},
                 {&s->versin_z, K},
                 {&s->sin_z, K},
                 {&s->versin_f, K},
                 {&s->sin_f, K}};
    double *next = s->block;
    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        *views[i].view = next;
        next += views[i].n * LAW_LANES;
    }
}

static enum ov_status allocate(struct law_group *s, struct ov_error *err)
{
    size_t K = s->K, M = s->M;
    size_t n = ov_sym_size(s->P) + s->slots + 2 * s->P + 8 * K + M + 1;
    s->block = aligned_zeros(n * LAW_LANES);
    s->normal = aligned_zeros(LAW_LANES * s->ahead * s->slots);
    if (!s->block || !s->normal)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    set_views(s);
    for (size_t l = 0; l < s->n_run; l++)
        if (ov_overlaps_create(&s->now[l], K, M) != OV_OK)
            return ov_fail(err, OV_ENOMEM, "out of memory");
    return OV_OK;
}

/* Row a of L, coordinate b <= a, of lane 0. */
static double *factor_at(const struct law_group *s, size_t a, size_t b)
{
    size_t M = s->M;
    if (a < M)
        return s->LT + ov_sym_at(a, b) * LAW_LANES;
    if (b < M)
        return s->LR + ((a - M) * M + b) * LAW_LANES;
    return s->LQ + ov_sym_at(a - M, b - M) * LAW_LANES;
}

/* Lane l from its overlaps: C = L L'. C and L are room for it. */
static enum ov_status set_lane(struct law_group *s, size_t l, double *C, double *L,
                               struct ov_error *err)
{
    size_t P = s->P;
    struct ov_overlaps *o = &s->now[l];
    enum ov_status status = ov_start_overlaps(o, s->p, s->key[l], err);
    if (status != OV_OK)
        return status;
    ov_overlaps_covariance(C, o);
    status = ov_sym_cholesky(L, C, P, 1e-9);
    if (status != OV_OK)
        return ov_fail(err, status, "the initial overlaps have no Cholesky factor: %s",
                       ov_status_name(status));
    for (size_t a = 0; a < P; a++)
        for (size_t b = 0; b <= a; b++)
            factor_at(s, a, b)[l] = L[a * P + b];
    for (size_t k = 0; k < s->K; k++)
        s->v[k * LAW_LANES + l] = o->v[k];
    for (size_t m = 0; m < s->M; m++)
        s->v_star[m * LAW_LANES + l] = o->v_star[m];
    return OV_OK;
}

enum ov_status ov_law_group_create(struct law_group *s, const struct ov_problem *p,
                                   const uint64_t *key, size_t n_run, struct ov_error *err)
{
    size_t P = p->K + p->M;
    *s = (struct law_group){.p = p, .K = p->K, .M = p->M, .P = P, .n_run = n_run};
    if (p->N < P)
        return ov_fail(err, OV_EDOM, "N = %zu is less than K + M = %zu", p->N, P);
    memcpy(s->key, key, n_run * sizeof *key);
    s->chi = ov_law_chi_of(p->N - P);
    s->slots = 4 * (size_t)ov_normal_blocks(P + LAW_CHI_NORMALS + (p->sigma > 0.0 ? 1 : 0));
    s->ahead = 1 + DRAWN_AT_ONCE / s->slots;
    enum ov_status status = allocate(s, err);
    if (status != OV_OK)
        return status;
    double *C = calloc(ov_sym_size(P), sizeof *C), *L = calloc(P * P, sizeof *L);
    if (!C || !L)
        status = ov_fail(err, OV_ENOMEM, "out of memory");
    for (size_t l = 0; status == OV_OK && l < n_run; l++)
        status = set_lane(s, l, C, L, err);
    free(C);
    free(L);
    return status;
}

/* (L L')_ab of lane l, b <= a. */
static double covariance_of(const struct law_group *s, size_t l, size_t a, size_t b)
{
    double sum = 0.0;
    for (size_t j = 0; j <= b; j++)
        sum += factor_at(s, a, j)[l] * factor_at(s, b, j)[l];
    return sum;
}

void ov_law_group_measure(struct law_group *s, size_t l)
{
    struct ov_overlaps *o = &s->now[l];
    for (size_t k = 0; k < s->K; k++) {
        for (size_t m = 0; m < s->M; m++)
            o->R[k * s->M + m] = covariance_of(s, l, s->M + k, m);
        for (size_t j = 0; j <= k; j++)
            o->Q[ov_sym_at(k, j)] = covariance_of(s, l, s->M + k, s->M + j);
        o->v[k] = s->v[k * LAW_LANES + l];
    }
}
