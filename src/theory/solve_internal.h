/* SPDX-License-Identifier: MIT
 *
 * What the files of theory/solve.h share:
 *     solve.c         arguments, listed times
 *     solve_calls.c   right-hand side and Jacobian as steppers call them: counted, checked, kept
 *     solve_steps.c   one accepted step after another, by the one stepper or the other
 *     solve_bdf.c     msbdf's steps
 *     solve_failure.c why there is none
 *     solve_events.c  the path between two steps, and what is looked for on it
 */
#ifndef OVERLAP_THEORY_SOLVE_INTERNAL_H
#define OVERLAP_THEORY_SOLVE_INTERNAL_H

#include <stdbool.h>

#include <gsl/gsl_odeiv2.h>

#include "overlap/theory/solve.h"
#include "solve_bdf_internal.h"

/* Of more equations msbdf's matrices take longer than rk8pd's many right-hand sides, and soon more
 * memory than there is: they are left to rk8pd. */
enum { HISTORY = 3, MOST_FOR_MATRICES = 2000 };

static inline bool ov_ode_is_too_large(const struct ov_ode *ode)
{
    return !ode->linear && ode->n > MOST_FOR_MATRICES;
}

struct ov_solver {
    const struct ov_ode *ode;
    const struct ov_solve_options *opt;
    const struct ov_tick *tick;
    struct ov_solve_report work;
    size_t max_rhs;
    double rtol, atol;  /* of a step */
    bool exhausted;     /* max_rhs */
    bool at_rest;       /* no step found, none needed */
    bool has_J;         /* J holds a Jacobian */
    bool opening;       /* rk8pd goes first, until the equations are stiff */
    size_t short_steps; /* rk8pd's, from which msbdf is to start */
    double short_h;     /* their length */
    bool seen;          /* seen_y, seen_dy hold an evaluation */
    size_t refused; /* since the last accepted step: right-hand sides and Jacobians that failed */
    size_t tried;   /* the same: Jacobians */
    gsl_odeiv2_system system;
    enum ov_method method; /* the stepper in use */
    size_t stand_in;       /* steps that the other stepper is to take yet; 0: it is the own one */
    gsl_odeiv2_driver *driver; /* rk8pd's */
    struct ov_bdf *bdf;        /* NULL before it is used */
    gsl_odeiv2_step *between;  /* rk8pd's, inside the last step; NULL before it is used */
    double t, h;
    double last;                    /* the last listed time */
    double start_size;              /* max |y(0)| */
    double growth;                  /* largest real part of the eigenvalues of J, or 0 */
    double norm;                    /* a bound on all of them, max row sum of |J| */
    bool has_growth;                /* growth is that of J */
    const struct ov_events *events; /* NULL: none */
    double *before;                 /* owned; (n_event) values at the last point, never 0 */
    size_t n_point;                 /* points of the history in use, newest first */
    enum ov_method last_step;       /* by which stepper the newest was reached */
    double time[HISTORY];
    double middle; /* of rk8pd's last step, where middle_y and middle_dy are; NaN: not found */
    double *block; /* owned; the views below, (n) each */
    double *y, *seen_y, *seen_dy, *trial, *trial_dy, *middle_y, *middle_dy;
    double *point_y[HISTORY], *point_dy[HISTORY];
    double *matrices;    /* owned; J (n,n), unless ode->linear has it, and scratch; NULL before
                            msbdf is used */
    double *J, *scratch; /* in matrices */
};

/* What time is called in messages. */
/* The time for messages. */
static inline double ov_solver_now(const struct ov_solver *s)
{
    return s->ode->from + s->t;
}

static inline const char *ov_solver_time_name(const struct ov_solver *s)
{
    return s->ode->time_name ? s->ode->time_name : "alpha";
}

/* ---- calls ---- */

bool ov_solver_finite(const double *x, size_t n);
double ov_solver_max_abs(const double *x, size_t n);

/* One right-hand side, counted and checked; ctx a struct ov_solver. GSL_FAILURE: a shorter step may
 * do, GSL_EBADFUNC: none will. */
int ov_solver_call(double *dy, const double *y, void *ctx);

/* J at y and its norm. */
int ov_solver_jacobian(struct ov_solver *s, const double *y);

/* The growth rate of J, found when it is first asked for. */
double ov_solver_growth(struct ov_solver *s);

/* As gsl_odeiv2_system has it. */
int ov_solver_rhs_for_gsl(double t, const double y[], double dy[], void *params);

/* ---- steps ---- */

bool ov_solver_diverged(const struct ov_solver *s);

/* The stepper `method` from s->t, s->y on. Where there is none, why: not defined there, out of
 * memory. */
OV_NODISCARD enum ov_status ov_solver_begin(struct ov_solver *s, enum ov_method method,
                                            struct ov_error *err);

/* How long a step of msbdf's may be, if it is not to be longer than h, for what grows. */
double ov_solver_longest(struct ov_solver *s, double h);

/* One accepted step, not beyond `stop`. */
OV_NODISCARD enum ov_status ov_solver_advance(struct ov_solver *s, double stop,
                                              struct ov_error *err);

/* Why there is no further step from s->t, s->y; OV_OK if none is needed: it is at rest. */
enum ov_status ov_solver_failure(const struct ov_solver *s, struct ov_error *err);

/* ---- the path between steps, events ---- */

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
