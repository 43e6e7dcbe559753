/* SPDX-License-Identifier: MIT
 *
 * Learning rates that fall: paper.md eq:schedule.
 */
#include "overlap/model/schedule.h"

#include <math.h>

#include "overlap/num/fmath.h"

static double after(const struct ov_schedule *s, double alpha)
{
    return alpha > s->from ? (alpha - s->from) / s->time : 0.0;
}

double ov_schedule_scale(const struct ov_schedule *s, double alpha)
{
    double scale = 1.0;
    if (s->kind == OV_DECAY_POWER)
        return ov_exp(-s->exponent * ov_log(1.0 + after(s, alpha)));
    for (size_t i = 0; s->kind == OV_DECAY_STEPS && i < s->n_at && s->at[i] <= alpha; i++)
        scale *= s->factor;
    return scale;
}

double ov_schedule_slope(const struct ov_schedule *s, double alpha)
{
    if (s->kind != OV_DECAY_POWER || alpha < s->from)
        return 0.0;
    return -s->exponent * ov_schedule_scale(s, alpha) / (s->time * (1.0 + after(s, alpha)));
}

double ov_schedule_break(const struct ov_schedule *s, double alpha)
{
    if (s->kind == OV_DECAY_POWER)
        return s->from > alpha ? s->from : INFINITY;
    for (size_t i = 0; s->kind == OV_DECAY_STEPS && i < s->n_at; i++)
        if (s->at[i] > alpha)
            return s->at[i];
    return INFINITY;
}
