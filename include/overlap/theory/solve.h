/* SPDX-License-Identifier: MIT
 *
 * Any autonomous right-hand side dy/dalpha = f(y) to listed times, with error control: msbdf,
 * backward differentiation formulas with a Jacobian, for what is long and stiff; rk8pd of GSL's
 * odeiv2 for what is not, and as independent oracle.
 */
#ifndef OVERLAP_THEORY_SOLVE_H
#define OVERLAP_THEORY_SOLVE_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/base/tick.h"

/* Of more than 2000 equations msbdf's are left to rk8pd, unless J has a structure. */
enum ov_method { OV_MSBDF, OV_RK8PD };

/* A Jacobian of a structure that makes it cheaper than its (n,n) numbers. It is kept where ctx, that of
 * struct ov_ode, has it: one at a time, and one factorisation. Returns nonzero as ov_ode's. */
struct ov_ode_linear {
    int (*jacobian)(const double *y, void *ctx);           /* J at y */
    double (*bound)(void *ctx);                            /* the largest row sum of |J| */
    void (*times)(double *Jx, const double *x, void *ctx); /* J x */
    int (*factorise)(double factor, void *ctx);            /* 1 - factor J */
    int (*solve)(double *x, void *ctx);                    /* x <- (1 - factor J)^-1 x */
};

/* A system of n >= 1 equations. */
struct ov_ode {
    size_t n;
    /* dy (n) at y (n). Nonzero: y is outside the domain (the solver then tries a smaller step). */
    int (*rhs)(double *dy, const double *y, void *ctx);
    /* J (n,n) row-major, J_ij = d dy_i / d y_j; NULL: central differences of rhs. Nonzero as rhs.
     * Only msbdf asks for it. */
    int (*jacobian)(double *J, const double *y, void *ctx);
    const struct ov_ode_linear *linear; /* in place of `jacobian`; NULL: matrices */
    size_t jacobian_rhs; /* right-hand sides that one `jacobian` takes, for the counts; 0: none */
    /* Nonzero if y is beyond what counts as converging ("diverges"); NULL: only non-finite is. */
    int (*diverged)(const double *y, void *ctx);
    /* Puts y, which is off by what a step errs, back where the equations are meant to hold; nonzero
     * if that moved it. NULL: they hold everywhere. Asked after each step: what is outside by more
     * than a tenth of a step's tolerance does not stay there, and can't grow. */
    int (*nearest)(double *y, void *ctx);
    /* Nonzero if the path ends at y: all later times have this y. NULL: it never does. */
    int (*ended)(const double *y, void *ctx);
    const char *time_name; /* of time, in messages; NULL: alpha */
    double from;           /* what time 0 is, in messages */
    void *ctx;
};

/* msbdf leaves the beginning to rk8pd, until its steps times the fastest rate are of order one;
 * with `stiff` it goes from the start.
 *
 * Where a method finds no step the other stands in for it from the last good state, for 32 steps,
 * twice as many each time; only where both find none it is a failure. Neither is one where what
 * moves would not move by rtol |y_i| + 100 atol until the last time, though it move along what grows
 * fastest: the path ends there.
 *
 * A step errs by less than atol + rtol |y_i| in each component; backward differentiation keeps to
 * 0.03 of that (down to rtol 2e-13), and its steps short against the growth of deviations: at the
 * saddle point that makes a plateau, what decides the escape is far below any tolerance on y.
 * Deviations down to 100 atol are followed. With the defaults eps_g is right to about 1e-6,
 * plateaus included. A state on an unstable fixed point to within 100 atol stays there. */
struct ov_solve_options {
    enum ov_method method;
    double rtol, atol; /* >= 0, not both 0 */
    size_t max_rhs;    /* give up after so many right-hand sides; 0: a million */
    bool stiff;        /* known to be: msbdf has no rk8pd go first */
};

/* method msbdf, rtol 1e-8, atol 1e-12. */
struct ov_solve_options ov_solve_defaults(void);

struct ov_solve_report {
    size_t n_rhs;          /* right-hand sides, those of Jacobians by differences included */
    size_t n_jacobian;     /* Jacobians */
    size_t n_step;         /* accepted steps */
    size_t n_stand_in;     /* how often the other method stood in */
    double first_stand_in; /* the time of the first; NaN if never */
    double ended;          /* the time from which on y stays as it is; NaN if it does not */
};

/* Integrates from y(0) to each listed time. The path does not depend on the times listed before
 * the last one.
 *   out  path    (n_time, n) row-major
 *   in   y0      (n) at time 0
 *   in   time    (n_time) strictly increasing, >= 0
 *   out  report  may be NULL
 *   in   tick    told the right-hand sides done, of max_rhs; may be NULL
 * Returns OV_OK; OV_EDIVERGED "diverges at alpha = …", also where no step is small enough and y has
 * grown by 1e8 or grows by a factor in a time that is rounding of alpha (a pole); OV_ENUMERIC (no
 * step is small enough for the right-hand side to be defined, or to meet the tolerance; max_rhs);
 * OV_EDOM (times or tolerances out of range, n = 0); OV_ENOMEM.
 * On error the rows before the failure are written, the rest are NaN.
 * Sets OpenBLAS to one thread for the process: the order of its sums, and with it the last bits of
 * the path, would depend on their number, and at these sizes the others only wait. */
OV_NODISCARD enum ov_status ov_solve(double *path, const struct ov_ode *ode, const double *y0,
                                     const double *time, size_t n_time,
                                     const struct ov_solve_options *opt,
                                     struct ov_solve_report *report, const struct ov_tick *tick,
                                     struct ov_error *err);

/* ---- events ---- */

/* Where a number that y determines goes through zero. */
struct ov_event {
    double (*value)(const double *y, void *ctx); /* continuous; a NaN ends the run */
    int direction;                               /* +1 upwards, -1 downwards, 0 either */
    void *ctx;
};

struct ov_events {
    const struct ov_event *event;
    size_t n;
    size_t most;   /* crossings of each event that are kept, the first ones */
    double *time;  /* out (n,most): when, increasing; NaN where there are fewer */
    size_t *count; /* out (n): all crossings found */
    bool stop;     /* end as soon as each event has been found `most` times: later rows are NaN */
};

/* ov_solve that also finds the crossings of events up to the last listed time. On the path
 * between two steps (msbdf: the interpolant of the listed times; rk8pd: a shorter step) each is
 * located to rounding by Brent's method, so that it errs by the path's error over the value's
 * speed. It does not depend on the times listed before the last one, and with msbdf looking for
 * events does not change the path.
 * Reaching zero is crossing it. A value that is 0 at time 0 crosses there, whatever the direction.
 * What goes through zero and back within a quarter of a step, a sixteenth where rk8pd goes for
 * msbdf, is missed; so is what only touches. OV_ENUMERIC where a value is NaN; else as ov_solve.
 * Right-hand sides of rk8pd's shorter steps count. */
OV_NODISCARD enum ov_status
ov_solve_events(double *path, const struct ov_ode *ode, const double *y0, const double *time,
                size_t n_time, const struct ov_solve_options *opt, const struct ov_events *events,
                struct ov_solve_report *report, const struct ov_tick *tick, struct ov_error *err);

#endif
