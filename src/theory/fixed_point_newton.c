/* SPDX-License-Identifier: MIT
 *
 * Steps of least length: the pseudo-inverse of the Jacobian.
 */
#include "fixed_point_newton_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lapacke.h>

#include "online_internal.h"

/* Of singular values, relative: J errs by some 1e-10 where it is taken by differences. */
static const double cut = 1e-9;

/* How much each unknown counts in the length of a step: what stands twice in C counts twice in its
 * square; of a block in which the fields see large variances, as much as they see. */
static void set_metric(double *metric, const struct ov_blocks *b, size_t L, size_t K, size_t M,
                       size_t n)
{
    size_t n_Q = ov_sym_size(K), KM = K * M, n_C = L * (n_Q + KM);
    for (size_t i = 0; i < n; i++)
        metric[i] = i < n_C ? M_SQRT2 : 1.0;
    for (size_t l = 0; l < L; l++) {
        double seen = b ? fmax(1.0, b->weight[l]) : 1.0;
        for (size_t k = 0; k < K; k++)
            metric[l * n_Q + ov_sym_at(k, k)] = 1.0;
        for (size_t i = 0; i < n_Q; i++)
            metric[l * n_Q + i] *= seen;
        for (size_t i = 0; i < KM; i++)
            metric[L * n_Q + l * KM + i] *= seen;
    }
}

enum ov_status ov_newton_check(const struct ov_problem *p, const struct ov_overlaps *o,
                               struct ov_error *err)
{
    enum ov_status status = ov_online_check(p, o, err);
    if (status == OV_OK)
        status = ov_overlaps_check_blocks(o, p->blocks, err);
    if (status != OV_OK)
        ov_error_context(err, "the start of Newton's method");
    return status;
}

enum ov_status ov_newton_create(struct ov_newton *w, const struct ov_problem *p,
                                const struct ov_overlaps *o)
{
    size_t n = ov_online_integrated(p), moving = n + (p->eta_v == 0.0 ? p->K : 0);
    *w = (struct ov_newton){.p = p, .n = n, .moving = moving};
    w->block = calloc(3 * moving + 7 * n + 2 * n * n, sizeof *w->block);
    if (!w->block || ov_overlaps_create_blocks(&w->o, o->L, p->K, p->M) != OV_OK ||
        ov_overlaps_create(&w->fields, p->K, p->M) != OV_OK ||
        ov_online_create(&w->online, p, o) != OV_OK) {
        ov_newton_free(w);
        return OV_ENOMEM;
    }
    memcpy(w->o.block, o->block, ov_overlaps_size_blocks(o->L, p->K, p->M) * sizeof *w->o.block);
    w->y = w->block;
    w->dy = w->y + moving;
    w->from = w->dy + moving;
    w->metric = w->from + moving;
    w->f = w->metric + n;
    w->step = w->f + n;
    w->J = w->step + n;
    w->A = w->J + n * n;
    w->singular = w->A + n * n;
    w->scratch = w->singular + n;
    memcpy(w->y, o->block, moving * sizeof *w->y);
    set_metric(w->metric, p->blocks, o->L, p->K, p->M, n);
    return OV_OK;
}

void ov_newton_free(struct ov_newton *w)
{
    if (!w)
        return;
    ov_online_free(w->online);
    ov_overlaps_free(&w->fields);
    ov_overlaps_free(&w->o);
    free(w->block);
    *w = (struct ov_newton){0};
}

const struct ov_overlaps *ov_newton_fields(struct ov_newton *w)
{
    memcpy(w->o.block, w->y, w->moving * sizeof *w->y);
    if (!w->p->blocks)
        return &w->o;
    ov_overlaps_total(&w->fields, &w->o, w->p->blocks);
    return &w->fields;
}

bool ov_newton_jacobian(struct ov_newton *w)
{
    return ov_online_jacobian(w->J, w->online, w->y) == 0;
}

enum ov_status ov_newton_solve(struct ov_newton *w)
{
    lapack_int n = (lapack_int)w->n, rank;
    ov_online_rhs_nearest(w->dy, w->online, w->y);
    w->n_rhs++;
    memcpy(w->f, w->dy, w->n * sizeof *w->f);
    if (!ov_newton_jacobian(w))
        return OV_ENOMEM;
    for (size_t i = 0; i < w->n * w->n; i++)
        if (!isfinite(w->J[i]))
            return OV_ENUMERIC;
    for (size_t i = 0; i < w->n; i++) {
        if (!isfinite(w->f[i]))
            return OV_ENUMERIC;
        w->step[i] = -w->f[i];
    }
    for (size_t i = 0; i < w->n; i++)
        for (size_t j = 0; j < w->n; j++)
            w->A[i * w->n + j] = (w->J[i * w->n + j] - (i == j ? w->pull : 0.0)) / w->metric[j];
    if (LAPACKE_dgelsd(LAPACK_ROW_MAJOR, n, n, 1, w->A, n, w->step, 1, w->singular, cut, &rank) !=
        0)
        return OV_ENUMERIC;
    for (size_t j = 0; j < w->n; j++)
        w->step[j] /= w->metric[j];
    w->n_null = w->n - (size_t)rank;
    return OV_OK;
}
