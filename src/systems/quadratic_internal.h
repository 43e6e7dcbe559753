/* SPDX-License-Identifier: MIT
 *
 * One curve of system quadratic: what experiment.yaml says of it, resolved.
 */
#ifndef OVERLAP_SYSTEMS_QUADRATIC_INTERNAL_H
#define OVERLAP_SYSTEMS_QUADRATIC_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/experiment/experiment.h"
#include "overlap/sim/quadratic.h"

enum ov_qs_theory { OV_QS_LONG_TIME, OV_QS_POPULATION };
enum ov_qs_method { OV_QS_LBFGS, OV_QS_FLOW };

struct ov_qs_curve {
    double kappa, kappa_star, lambda, Delta, gamma;
    size_t d;         /* 0: not known */
    unsigned sensing; /* enum ov_sensing */
    double *alpha;    /* (n_alpha), as given or of the range; NULL: infinitely many samples */
    size_t n_alpha;
    double *t; /* (n_t) increasing; NULL: the end */
    size_t n_t;
    bool theory_asked;
    unsigned kind;   /* enum ov_qs_theory */
    unsigned method; /* enum ov_qs_method */
    size_t theory_runs, sgd_runs;
};

/* Rows are times at one alpha (or on infinitely many samples), else alphas. */
static inline bool ov_qs_in_time(const struct ov_qs_curve *s)
{
    return s->t && s->n_alpha < 2;
}

static inline size_t ov_qs_rows(const struct ov_qs_curve *s)
{
    return ov_qs_in_time(s) ? s->n_t : s->n_alpha;
}

extern const struct ov_key ov_qs_keys[];

/* Reads and checks a curve's parameters. s, zero before, is safe to release whatever comes back:
 * OV_OK, OV_EUSER at the place of the value at fault, OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_qs_read(struct ov_qs_curve *s, struct ov_value *params,
                                       struct ov_error *err);
void ov_qs_release(void *state); /* what a struct ov_qs_curve owns */

/* Bytes that a run of sgd, or a piece of one, allocates: the most over alpha. */
double ov_qs_memory(const struct ov_qs_curve *s);

/* The network that is trained on alpha d^2 samples (to the nearest; alpha not read without). */
struct ov_quadratic_network ov_qs_network(const struct ov_qs_curve *s, double alpha);

#endif
