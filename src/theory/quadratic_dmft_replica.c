/* SPDX-License-Identifier: MIT
 *
 * A replica's memory and its start.
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "overlap/num/normal.h"
#include "overlap/theory/free_convolution.h"
#include "quadratic_dmft_internal.h"

/* ---- teacher ---- */

/* Mean 1 and mean square Q0 of n eigenvalues of d, the rest being 0. */
static void adjust(double *z, size_t n, size_t d, double kappa_star)
{
    double mean = 0.0, var = 0.0, share = (double)n / (double)d, target;
    for (size_t i = 0; i < n; i++)
        mean += z[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        var += (z[i] - mean) * (z[i] - mean) / (double)n;
    target = (1.0 + 1.0 / kappa_star) / share - 1.0 / (share * share);
    for (size_t i = 0; i < n; i++)
        z[i] = 1.0 / share + (var > 0.0 ? sqrt(target / var) * (z[i] - mean) : 0.0);
}

/* Quantiles of Marchenko & Pastur's law: those of a noise of 1e-40. */
static enum ov_status draw_teacher(struct ov_dmft_replica *r, struct ov_error *err)
{
    double k = r->p->kappa_star, d = (double)r->d;
    size_t n = k < 1.0 ? (size_t)round(k * d) : r->d;
    struct ov_free_convolution f;
    enum ov_status status = ov_free_convolution_init(&f, k, 1e-40, err);
    for (size_t i = 0; i < n && status == OV_OK; i++) {
        double s;
        status = ov_free_convolution_quantile(&s, &f, ((double)i + 0.5) / d, err);
        r->z_star[i] = f.unit * s;
    }
    if (status == OV_OK)
        adjust(r->z_star, n, r->d, k);
    return status;
}

/* ---- memory ---- */

static enum ov_status no_memory(struct ov_error *err)
{
    return ov_fail(err, OV_ENOMEM, "out of memory");
}

/* *x gets room for n numbers; what was there stays. */
static bool enlarge(double **x, size_t n)
{
    double *larger = realloc(*x, n * sizeof *larger);
    if (larger)
        *x = larger;
    return larger != NULL;
}

enum ov_status ov_dmft_replica_grow(struct ov_dmft_replica *r, struct ov_error *err)
{
    size_t room = r->room < 128 ? 16 + r->room : OV_DMFT_DIRECTIONS;
    double **rows[] = {&r->beta, &r->F, &r->L, &r->more};
    bool good = true;
    if (r->J == OV_DMFT_DIRECTIONS)
        return ov_fail(err, OV_ENUMERIC, "at t = %g there are more than %d directions", r->t,
                       OV_DMFT_DIRECTIONS);
    for (size_t i = 0; i < r->n_sample && good; i++)
        good = enlarge(&r->sample[i].B, room * r->D) && enlarge(&r->sample[i].A, room * r->D);
    for (size_t i = 0; i < 4 && good; i++)
        good = enlarge(rows[i], room);
    double *U = good ? calloc(room * room, sizeof *U) : NULL;
    if (!U)
        return no_memory(err);
    for (size_t k = 0; k < r->J; k++)
        memcpy(U + k * room, r->U + k * r->room, r->J * sizeof *U);
    free(r->U);
    r->U = U;
    r->room = room;
    return OV_OK;
}

/* ---- a replica ---- */

static bool create_sample(struct ov_dmft_sample *s, const struct ov_dmft_replica *r, uint64_t key)
{
    size_t size = r->d * r->m;
    s->W = malloc(size * sizeof *s->W);
    s->next = malloc(size * sizeof *s->next);
    s->y = malloc(r->D * sizeof *s->y);
    bool good = s->W && s->next && s->y;
    for (size_t k = 0; k < OV_DMFT_STAGES; k++) {
        s->rate[k] = malloc(size * sizeof *s->rate[k]);
        good = good && s->rate[k];
    }
    if (!good)
        return false;
    ov_normal_fill(s->W, size, &(struct ov_philox){key, 0}, 0);
    cblas_dscal((int)size, sqrt(r->p->gamma / (double)r->m), s->W, 1);
    return true;
}

enum ov_status ov_dmft_replica_create(struct ov_dmft_replica *r, const struct ov_dmft *p, size_t d,
                                      size_t n_sample, uint64_t key, struct ov_error *err)
{
    *r = (struct ov_dmft_replica){.p = p,
                                  .d = d,
                                  .m = (size_t)round(p->kappa * (double)d),
                                  .D = d * (d + 1) / 2,
                                  .n_sample = n_sample,
                                  .key = key,
                                  .noise = sqrt(p->Delta),
                                  .keep = 5.0 * p->tolerance,
                                  .h = 1e-3};
    r->sample = calloc(n_sample, sizeof *r->sample);
    r->z_star = calloc(d, sizeof *r->z_star);
    r->M = malloc(d * d * sizeof *r->M);
    r->z = malloc(r->D * sizeof *r->z);
    if (!r->sample || !r->z_star || !r->M || !r->z)
        return no_memory(err);
    for (size_t i = 0; i < n_sample; i++)
        if (!create_sample(r->sample + i, r, key + i))
            return no_memory(err);
    return draw_teacher(r, err);
}

void ov_dmft_replica_free(struct ov_dmft_replica *r)
{
    for (size_t i = 0; r->sample && i < r->n_sample; i++) {
        struct ov_dmft_sample *s = r->sample + i;
        free(s->W);
        free(s->next);
        free(s->y);
        free(s->B);
        free(s->A);
        for (size_t k = 0; k < OV_DMFT_STAGES; k++)
            free(s->rate[k]);
    }
    free(r->sample);
    free(r->z_star);
    free(r->M);
    free(r->z);
    free(r->U);
    free(r->beta);
    free(r->F);
    free(r->L);
    free(r->more);
}
