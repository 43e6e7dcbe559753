/* SPDX-License-Identifier: MIT
 *
 * Gradient flow by Dormand & Prince's pair of orders 5 and 4, its step chosen by the difference of
 * the two, relative to |W|.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/num/dot.h"
#include "overlap/num/fmath.h"
#include "overlap/num/simd.h"
#include "quadratic_internal.h"

enum { STAGES = OV_QN_STAGES };

static const double tolerance = 1e-6; /* of a step, |error| / |W| */

static const double stage[STAGES][STAGES - 1] = {
    {0},
    {1.0 / 5},
    {3.0 / 40, 9.0 / 40},
    {44.0 / 45, -56.0 / 15, 32.0 / 9},
    {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
    {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
    {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84},
};
/* order 5 minus order 4 */
static const double difference[STAGES] = {
    71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40,
};

OV_CLONES static void add(double *restrict x, double c, const double *restrict y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] += c * y[i];
}

static void rate_at(struct ov_qn_flow *f, double *rate, const double *W, size_t n)
{
    (void)ov_qn_value(f->q, rate, W);
    for (size_t i = 0; i < n; i++)
        rate[i] = -rate[i];
}

enum ov_status ov_qn_flow_create(struct ov_qn_flow *f, struct ov_qn *q, struct ov_error *err)
{
    size_t n = q->p->d * q->p->m;
    *f = (struct ov_qn_flow){.q = q};
    f->block = malloc((STAGES + 1) * n * sizeof *f->block);
    if (!f->block)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    for (size_t s = 0; s < STAGES; s++)
        f->rate[s] = f->block + s * n;
    f->next = f->block + STAGES * n;
    rate_at(f, f->rate[0], q->W, n);
    f->h = 1e-3;
    return OV_OK;
}

void ov_qn_flow_free(struct ov_qn_flow *f)
{
    free(f->block);
    f->block = NULL;
}

/* next = W after h; returns the error over its tolerance. */
static double attempt(struct ov_qn_flow *f, double h)
{
    size_t n = f->q->p->d * f->q->p->m;
    for (size_t s = 1; s < STAGES; s++) {
        memcpy(f->next, f->q->W, n * sizeof *f->next);
        for (size_t i = 0; i < s; i++)
            if (stage[s][i] != 0.0)
                add(f->next, h * stage[s][i], f->rate[i], n);
        rate_at(f, f->rate[s], f->next, n);
    }
    double error2 = 0.0;
    for (size_t j = 0; j < n; j++) {
        double e = 0.0;
        for (size_t s = 0; s < STAGES; s++)
            e += difference[s] * f->rate[s][j];
        error2 += e * e;
    }
    return h * sqrt(error2 / ov_dot(f->next, f->next, n)) / tolerance;
}

/* What the next step is longer by: 0.9 error^(-1/5), from 1/5 to 5. */
static double stretch(double error)
{
    if (!(error < 1e6))
        return 0.2;
    return error > 1e-6 ? fmin(5.0, fmax(0.2, 0.9 * ov_exp(-0.2 * ov_log(error)))) : 5.0;
}

enum ov_status ov_qn_flow_to(struct ov_qn_flow *f, double t, const struct ov_tick *tick,
                             struct ov_error *err)
{
    size_t n = f->q->p->d * f->q->p->m;
    while (f->t < t) {
        bool last = f->t + f->h >= t;
        double h = last ? t - f->t : f->h, error = attempt(f, h);
        if (error <= 1.0) {
            double *first = f->rate[0];
            f->rate[0] = f->rate[STAGES - 1];
            f->rate[STAGES - 1] = first;
            memcpy(f->q->W, f->next, n * sizeof *f->next);
            f->t = last ? t : f->t + h;
        }
        /* a step cut short to end at t says nothing against the one that was meant */
        f->h = error <= 1.0 && last ? fmax(f->h, h * stretch(error)) : h * stretch(error);
        if (!(f->h > 1e-12 * (1.0 + f->t)))
            return ov_fail(err, OV_ENUMERIC, "at t = %g steps become too small", f->t);
        ov_tick_tell(tick, f->q->n_evaluated, 0);
    }
    return OV_OK;
}
