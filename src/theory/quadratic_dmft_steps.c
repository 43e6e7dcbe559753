/* SPDX-License-Identifier: MIT
 *
 * Steps of a replica: Bogacki & Shampine's pair of orders 3 and 2, the step chosen by the
 * difference of the two, relative to |W|. The bracket at a stage is that of a process that is
 * stepped in this way: no kernel is interpolated. Stages of a step that is given up leave their
 * directions behind, which later ones may use or not.
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include <cblas.h>

#include "quadratic_dmft_internal.h"

enum { STAGES = OV_DMFT_STAGES };

static const double stage_at[STAGES][STAGES - 1] = {
    {0}, {1.0 / 2}, {0, 3.0 / 4}, {2.0 / 9, 1.0 / 3, 4.0 / 9}};
/* order 3 minus order 2 */
static const double difference[STAGES] = {-5.0 / 72, 1.0 / 12, 1.0 / 9, -1.0 / 8};

static void place(struct ov_dmft_sample *s, size_t stage, double h, size_t size)
{
    memcpy(s->next, s->W, size * sizeof *s->next);
    for (size_t i = 0; i < stage; i++)
        cblas_daxpy((int)size, h * stage_at[stage][i], s->rate[i], 1, s->next, 1);
}

/* |difference|^2 and |W|^2 of a sample are added up. */
static void compare(double *error2, double *size2, const struct ov_dmft_sample *s, size_t size)
{
    for (size_t j = 0; j < size; j++) {
        double e = 0.0;
        for (size_t k = 0; k < STAGES; k++)
            e += difference[k] * s->rate[k][j];
        *error2 += e * e;
        *size2 += s->next[j] * s->next[j];
    }
}

/* next = W after h, with the error over its tolerance. */
static enum ov_status attempt(double *error, struct ov_dmft_replica *r, double h,
                              struct ov_error *err)
{
    size_t size = r->d * r->m;
    /* weights that have decayed to a millionth of the start are nothing */
    double error2 = 0.0, size2 = 1e-12 * r->p->gamma * (double)(r->d * r->n_sample);
    for (size_t k = 1; k < STAGES; k++) {
        for (size_t i = 0; i < r->n_sample; i++)
            place(r->sample + i, k, h, size);
        enum ov_status status = ov_dmft_evaluate(r, k, err);
        if (status != OV_OK)
            return status;
    }
    for (size_t i = 0; i < r->n_sample; i++)
        compare(&error2, &size2, r->sample + i, size);
    *error = h * sqrt(error2 / size2) / r->p->tolerance;
    return OV_OK;
}

static void accept(struct ov_dmft_replica *r, double t)
{
    for (size_t i = 0; i < r->n_sample; i++) {
        struct ov_dmft_sample *s = r->sample + i;
        double *first = s->rate[0], *now = s->W;
        s->rate[0] = s->rate[STAGES - 1];
        s->rate[STAGES - 1] = first;
        s->W = s->next;
        s->next = now;
    }
    r->t = t;
}

/* What the next step is longer by: 0.9 error^(-1/3), from 1/5 to 5. */
static double stretch(double error)
{
    if (!(error < 1e6))
        return 0.2;
    return error > 1e-6 ? fmin(5.0, fmax(0.2, 0.9 / cbrt(error))) : 5.0;
}

enum ov_status ov_dmft_flow_to(struct ov_dmft_replica *r, double t, const struct ov_tick *tick,
                               struct ov_error *err)
{
    enum ov_status status = r->n_evaluated == 0 ? ov_dmft_evaluate(r, 0, err) : OV_OK;
    while (r->t < t && status == OV_OK) {
        bool last = r->t + r->h >= t;
        double h = last ? t - r->t : r->h, error;
        status = attempt(&error, r, h, err);
        if (status != OV_OK)
            break;
        if (error <= 1.0)
            accept(r, last ? t : r->t + h);
        /* a step cut short to end at t says nothing against the one that was meant */
        r->h = error <= 1.0 && last ? fmax(r->h, h * stretch(error)) : h * stretch(error);
        if (!(r->h > 1e-12 * (1.0 + r->t)))
            status = ov_fail(err, OV_ENUMERIC, "at t = %g steps become too small", r->t);
        ov_tick_tell(tick, r->n_evaluated, 0);
    }
    return status;
}
