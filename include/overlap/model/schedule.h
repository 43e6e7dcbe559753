/* SPDX-License-Identifier: MIT
 *
 * Learning rates that change while a student learns (paper.md eq:schedule): at alpha both are those
 * of the problem times s(alpha), s(0) = 1.
 *     power: s = (1 + max(alpha - from, 0)/time)^-exponent
 *     steps: s = factor^(how many of the times `at` are at or before alpha)
 * SGD's step mu, from 0, is made with the rates at alpha = mu/N. Weight decay has rates of its own.
 */
#ifndef OVERLAP_MODEL_SCHEDULE_H
#define OVERLAP_MODEL_SCHEDULE_H

#include <stddef.h>

enum ov_decay { OV_DECAY_NONE, OV_DECAY_POWER, OV_DECAY_STEPS };

struct ov_schedule {
    enum ov_decay kind;
    double exponent; /* power: >= 0 */
    double time;     /* power: > 0, in units of alpha */
    double from;     /* power: >= 0 */
    double factor;   /* steps: >= 0 */
    double *at;      /* steps: (n_at) increasing, > 0; the owner's of the schedule */
    size_t n_at;
};

/* s(alpha), alpha >= 0; exactly 1 without a schedule. The same bits on every machine. */
double ov_schedule_scale(const struct ov_schedule *s, double alpha);

/* ds/dalpha, between the times that ov_schedule_break gives. */
double ov_schedule_slope(const struct ov_schedule *s, double alpha);

/* The first time after alpha at which s jumps or has a kink; INFINITY if there is none. */
double ov_schedule_break(const struct ov_schedule *s, double alpha);

#endif
