/* SPDX-License-Identifier: MIT
 *
 * 1. Random weights learn smoothly at first, and rk8pd does that with long steps: it opens every
 *    path that is not known to be stiff. It is over when a step times the fastest rate is of order one:
 *    then stability and not accuracy holds its steps, and what grows from below tolerance would no
 *    longer be followed. Two short steps more are msbdf's history.
 * 2. BDF formulas damp what grows by more than a factor of order one in a step, and near a saddle
 *    point that is far below tolerance, where the error estimate does not see it: the way out
 *    would be late or never found. So msbdf's step is also limited by the largest real part of
 *    the Jacobian's eigenvalues (ov_solver_longest), from a Krylov space.
 * 3. Where one stepper finds no step, the other stands in for it from the last good state: for 32
 *    steps, and twice as many each time. Where neither finds one, it is a failure.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "solve_internal.h"
#include "overlap/theory/jacobian.h"

enum {
    FIRST_STAND_IN = 32,
    MOST_DOUBLINGS = 20,
    MOST_QUOTIENTS = 500,
    MOST_OPENING = 400,
    SHORT_STEPS = 2
};

/* A step of growth h = x misjudges a growing deviation by about x^6/6 (order 5), x^5 per e-fold:
 * x = 2 rtol^(1/5) makes that some rtol. */
static const double growth_per_step = 2.0;

static const double least_rtol = 1e-14;
static const double least_tightened = 2e-13; /* rounding makes errors seem larger below */
/* msbdf's tolerance per step. Measured on plateaus of two-layer networks, K=M=2 with an asymmetry
 * of 1e-4 in the start: errors of eps_g are 1.6e-6, 2.9e-7, 2.5e-7 at factors 1, 0.1, 0.03. */
static const double msbdf_tightening = 0.03;

static const double stiff = 1.2; /* rk8pd's step times the fastest rate */
static const double least_moved =
    1e-9; /* of |y|, for the change of the right-hand side to be seen */
static const double part_of_step = 0.125;    /* of rk8pd's, for msbdf to begin with */
static const double least_deviation = 100.0; /* from a saddle point, in atol, that is followed */
static const double most_outside = 0.1;      /* of where equations hold, in a step's tolerance */

bool ov_solver_diverged(const struct ov_solver *s)
{
    if (!ov_solver_finite(s->y, s->ode->n))
        return true;
    return s->ode->diverged && s->ode->diverged(s->y, s->ode->ctx) != 0;
}

/* max_i |x_i - x0_i| / (atol + rtol |y_i|); x0 NULL: zero. */
static double size_in_errors(const struct ov_solver *s, const double *x, const double *x0)
{
    double max = 0.0;
    for (size_t i = 0; i < s->ode->n; i++)
        max = fmax(max, fabs(x[i] - (x0 ? x0[i] : 0.0)) /
                            fmax(s->atol + s->rtol * fabs(s->y[i]), DBL_MIN));
    return max;
}

/* ---- beginning ---- */

/* A first step whose error is below tolerance for a method of order 1, h^2 |y''|/2, with y'' from
 * a trial step (after Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, II.4). */
static double first_step(struct ov_solver *s, const double *dy)
{
    double speed = size_in_errors(s, dy, NULL), h = 1e-3 * (s->last - s->t);
    double trial = speed > 0.0 ? fmin(h, 1.0 / speed) : h;
    for (size_t i = 0; i < s->ode->n; i++)
        s->trial[i] = s->y[i] + trial * dy[i];
    if (ov_solver_call(s->trial_dy, s->trial, s) != GSL_SUCCESS)
        return trial;
    double curvature = size_in_errors(s, s->trial_dy, dy) / trial;
    return curvature > 0.0 ? fmin(h, sqrt(0.1 / curvature)) : h;
}

/* J and its scratch, once msbdf wants them. */
static bool has_matrices(struct ov_solver *s)
{
    size_t n = s->ode->n, n_krylov = ov_jacobian_krylov_scratch(n), n_quotient = 3 * n;
    size_t n_J = s->ode->linear ? 0 : n * n;
    size_t scratch = n_krylov > n_quotient ? n_krylov : n_quotient;
    if (!s->matrices)
        s->matrices = calloc(n_J + scratch, sizeof *s->matrices);
    s->J = s->matrices;
    s->scratch = s->matrices ? s->matrices + n_J : NULL;
    return s->matrices != NULL;
}

static void set_tolerance(struct ov_solver *s)
{
    double part = s->opt->method == OV_MSBDF && !s->opening ? msbdf_tightening : 1.0;
    double rtol = s->opt->rtol, least = fmin(rtol, least_tightened);
    s->rtol = rtol > 0.0 ? fmax(part * rtol, least) : 0.0;
    s->atol = part * s->opt->atol;
}

static bool begin_rk8pd(struct ov_solver *s)
{
    if (s->driver)
        gsl_odeiv2_driver_free(s->driver);
    s->driver =
        gsl_odeiv2_driver_alloc_y_new(&s->system, gsl_odeiv2_step_rk8pd, s->h, s->atol, s->rtol);
    return s->driver != NULL;
}

static bool begin_bdf(struct ov_solver *s)
{
    if (!s->bdf)
        s->bdf = ov_bdf_create(s->ode->n, !s->ode->linear);
    if (s->bdf)
        ov_bdf_begin(s->bdf, s->y, s->point_dy[0], s->h);
    return s->bdf != NULL;
}

/* Derivative, first step and the stepper's own. */
enum ov_status ov_solver_begin(struct ov_solver *s, enum ov_method method, struct ov_error *err)
{
    double *dy = s->point_dy[HISTORY - 1];
    s->method = method;
    s->has_J = s->seen = false; /* a listed time may have been seen last */
    s->refused = s->tried = 0;
    set_tolerance(s);
    if (method == OV_MSBDF && !has_matrices(s))
        return ov_fail(err, OV_ENOMEM, "out of memory");
    if (s->n_point == 0) {
        if (ov_solver_rhs_for_gsl(s->t, s->y, dy, s) != GSL_SUCCESS)
            return ov_solver_failure(s, err);
        ov_solver_remember(s, dy);
    }
    s->h = first_step(s, s->point_dy[0]);
    bool begun = method == OV_MSBDF ? begin_bdf(s) : begin_rk8pd(s);
    return begun ? OV_OK : ov_fail(err, OV_ENOMEM, "out of memory");
}

/* ---- from rk8pd to msbdf ---- */

/* How fast the equations move what rk8pd's error is made of: where stability limits its steps, what
 * is fastest. INFINITY if unknown. One right-hand side. */
static double fastest(struct ov_solver *s)
{
    size_t n = s->ode->n;
    const double *error = s->driver->e->yerr, *dy = s->driver->e->dydt_out;
    double size = ov_solver_max_abs(error, n);
    if (size == 0.0)
        return INFINITY;
    double scale = fmax(1.0, least_moved * ov_solver_max_abs(s->y, n) / size);
    for (size_t i = 0; i < n; i++)
        s->trial[i] = s->y[i] + scale * error[i];
    if (ov_solver_call(s->trial_dy, s->trial, s) != GSL_SUCCESS)
        return INFINITY;
    double change = 0.0, moved = 0.0;
    for (size_t i = 0; i < n; i++) {
        double weight = 1.0 / (s->atol + s->rtol * fabs(s->y[i]) + DBL_MIN);
        change += pow(weight * (s->trial_dy[i] - dy[i]), 2);
        moved += pow(weight * (s->trial[i] - s->y[i]), 2);
    }
    return sqrt(change / moved);
}

/* After an accepted step of the opening: is it over? Also where right-hand sides are refused. */
static void look_for_stiffness(struct ov_solver *s)
{
    if (s->t >= s->last)
        return;
    if (s->refused == 0 && s->work.n_step < MOST_OPENING && s->h * fastest(s) < stiff)
        return;
    s->opening = false;
    s->short_steps = SHORT_STEPS;
    s->short_h = part_of_step * (s->time[0] - s->time[1]);
}

/* msbdf after the short steps, if they were. */
static enum ov_status go_over(struct ov_solver *s, struct ov_error *err)
{
    double h = s->short_h;
    enum ov_status status = ov_solver_begin(s, OV_MSBDF, err);
    if (status == OV_OK && fabs(s->time[0] - s->time[1] - h) < 1e-9 * h &&
        fabs(s->time[1] - s->time[2] - h) < 1e-9 * h)
        ov_bdf_begin_warm(s->bdf, s->point_y, s->point_dy, h);
    return status;
}

/* ---- going on ---- */

/* Keeps h growth below growth_per_step rtol^(1/5), see 2 above; not at a fixed point, where no
 * deviation worth following is left: a deviation d moves at speed growth d. */
double ov_solver_longest(struct ov_solver *s, double h)
{
    double most = growth_per_step * pow(fmax(s->opt->rtol, least_rtol), 0.2);
    if (h * s->norm <= most)
        return h;
    double growth = ov_solver_growth(s), speed = ov_solver_max_abs(s->point_dy[0], s->ode->n);
    if (h * growth > most && speed > growth * least_deviation * s->opt->atol)
        return most / growth;
    return h;
}

static int step_rk8pd(struct ov_solver *s, double stop)
{
    gsl_odeiv2_driver *d = s->driver;
    if (s->short_steps > 0)
        s->h = s->short_h;
    return gsl_odeiv2_evolve_apply(d->e, d->c, d->s, &s->system, &s->t, stop, &s->h, s->y);
}

/* Nonzero where none is found: s is then as before. */
static int step(struct ov_solver *s, double stop)
{
    double before = s->t;
    s->refused = s->tried = 0;
    int status = s->method == OV_MSBDF ? ov_bdf_step(s->bdf, s, stop) : step_rk8pd(s, stop);
    if (status == GSL_SUCCESS && s->t != before)
        return GSL_SUCCESS;
    s->t = before;
    memcpy(s->y, s->point_y[0], s->ode->n * sizeof *s->y);
    return GSL_FAILURE;
}

/* msbdf stands in for rk8pd only where a Jacobian is known or can be had by differences. */
static bool can_change(const struct ov_solver *s)
{
    bool known = (s->ode->jacobian || s->ode->linear) && !ov_ode_is_too_large(s->ode);
    return s->method == OV_MSBDF || s->opt->method == OV_MSBDF || known ||
           s->ode->n <= MOST_QUOTIENTS;
}

/* The stepper that is not in use, from here on. */
static enum ov_status change_stepper(struct ov_solver *s, struct ov_error *err)
{
    enum ov_method other = s->method == OV_MSBDF ? OV_RK8PD : OV_MSBDF;
    s->opening = false;
    s->short_steps = 0;
    if (other == s->opt->method) {
        s->stand_in = 0;
    } else {
        size_t doublings =
            s->work.n_stand_in < MOST_DOUBLINGS ? s->work.n_stand_in : MOST_DOUBLINGS;
        s->stand_in = (size_t)FIRST_STAND_IN << doublings;
        s->work.first_stand_in = s->work.n_stand_in > 0 ? s->work.first_stand_in : s->t;
        s->work.n_stand_in++;
    }
    return ov_solver_begin(s, other, err);
}

/* Back to where the equations are meant to hold, from beyond; a stepper that is told so as well goes
 * on from there with the derivatives it has. */
static void confine(struct ov_solver *s)
{
    size_t size = s->ode->n * sizeof *s->y;
    if (!s->ode->nearest)
        return;
    memcpy(s->trial, s->y, size);
    if (s->ode->nearest(s->trial, s->ode->ctx) == 0 ||
        !(size_in_errors(s, s->trial, s->y) > most_outside))
        return;
    memcpy(s->y, s->trial, size);
    if (s->method == OV_MSBDF)
        ov_bdf_move(s->bdf, s->y);
}

enum ov_status ov_solver_advance(struct ov_solver *s, double stop, struct ov_error *err)
{
    enum ov_status status = OV_OK;
    if (s->stand_in > 0 && --s->stand_in == 0)
        status = change_stepper(s, err);
    if (status == OV_OK && step(s, stop) != GSL_SUCCESS) {
        size_t refused = s->refused;
        if (s->exhausted || !can_change(s))
            return ov_solver_failure(s, err);
        status = change_stepper(s, err);
        if (status == OV_OK && step(s, stop) != GSL_SUCCESS) {
            s->refused += refused;
            s->tried = 0;
            if (!s->has_J && !ov_ode_is_too_large(s->ode) &&
                has_matrices(s)) /* what would grow decides whether it is at rest */
                (void)ov_solver_jacobian(s, s->y);
            if (s->has_J)
                (void)ov_solver_growth(s);
            status = ov_solver_failure(s, err);
            s->at_rest = status == OV_OK;
            return status;
        }
    }
    if (status != OV_OK)
        return status;
    s->work.n_step++;
    s->last_step = s->method;
    confine(s);
    if (ov_solver_diverged(s))
        return ov_fail_diverged(err, ov_solver_time_name(s), ov_solver_now(s));
    ov_solver_remember(s, s->method == OV_MSBDF ? s->trial_dy : s->driver->e->dydt_out);
    if (s->opening)
        look_for_stiffness(s);
    else if (s->short_steps > 0 && --s->short_steps == 0)
        status = go_over(s, err);
    return status;
}
