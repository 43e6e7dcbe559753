/* SPDX-License-Identifier: MIT
 *
 * What the files of theory/solve.h share.
 */
#ifndef OVERLAP_THEORY_SOLVE_INTERNAL_H
#define OVERLAP_THEORY_SOLVE_INTERNAL_H

#include <stdbool.h>

#include <gsl/gsl_odeiv2.h>

#include "overlap/theory/solve.h"

enum { HISTORY = 3 };

struct ov_solver {
    const struct ov_ode *ode;
    const struct ov_solve_options *opt;
    const struct ov_tick *tick;
    struct ov_solve_report work;
    size_t max_rhs;
    double rtol, atol; /* of a step */
    bool exhausted;    /* max_rhs */
    bool has_J;        /* J holds a Jacobian */
    bool seen;         /* seen_y, seen_dy hold an evaluation */
    gsl_odeiv2_system system;
    gsl_odeiv2_driver *driver;
    gsl_odeiv2_step
        *between; /* rk8pd: steps to points inside the last one; NULL before the first */
    double t, h;
    double start_size;              /* max |y(0)| */
    double growth;                  /* largest real part of the eigenvalues of J, or 0 */
    double norm;                    /* a bound on all of them, max row sum of |J| */
    double growth_h;                /* the step when these were found */
    const struct ov_events *events; /* NULL: none */
    double *before;                 /* owned; (n_event) values at the last point, never 0 */
    size_t n_point;                 /* points of the history in use, newest first */
    double time[HISTORY];
    double *block; /* owned; the views below, (n) each but J (n,n), scratch */
    double *y, *seen_y, *seen_dy, *trial, *trial_dy;
    double *point_y[HISTORY], *point_dy[HISTORY];
    double *J, *scratch;
};

/* s->t, s->y and the derivative dy (n) there become the newest point. */
void ov_solver_remember(struct ov_solver *s, const double *dy);

/* y (n) at t inside the last step. Nonzero where the right-hand side failed on the way. */
int ov_solver_dense(double *y, struct ov_solver *s, double t);

/* The values of all events at the start, and their crossings in the last step. */
OV_NODISCARD enum ov_status ov_solver_events_begin(struct ov_solver *s, struct ov_error *err);
OV_NODISCARD enum ov_status ov_solver_events_step(struct ov_solver *s, struct ov_error *err);
/* Nothing is left to find, and that is to end it. */
bool ov_solver_events_done(const struct ov_solver *s);

#endif
