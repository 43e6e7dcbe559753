/* SPDX-License-Identifier: MIT
 *
 * 1. One accepted step after another by gsl_odeiv2_evolve_apply, each checked.
 * 2. BDF formulas damp what grows by more than a factor of order one in a step, and near a saddle
 *    point that is far below tolerance, where the error estimate does not see it: the way out
 *    would be late or never found. So msbdf's step is also limited by the largest real part of
 *    the Jacobian's eigenvalues (limit_step), from a Krylov space.
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

enum { FIRST_STAND_IN = 32, MOST_DOUBLINGS = 20, MOST_QUOTIENTS = 500 };

/* A step of growth h = x misjudges a growing deviation by about x^6/6 (order 5), x^5 per e-fold:
 * x = 2 rtol^(1/5) makes that some rtol. */
static const double growth_per_step = 2.0;

static const double least_rtol = 1e-14;
static const double least_deviation = 100.0; /* from a saddle point, in atol, that is followed */
static const double growth_check = 4.0;      /* a step grown so much: look at the growth again */

bool ov_solver_diverged(const struct ov_solver *s)
{
    if (!ov_solver_finite(s->y, s->ode->n))
        return true;
    return s->ode->diverged && s->ode->diverged(s->y, s->ode->ctx) != 0;
}

/* ---- beginning ---- */

/* max_i |x_i - x0_i| / (atol + rtol |y_i|); x0 NULL: zero. */
static double size_in_errors(const struct ov_solver *s, const double *x, const double *x0)
{
    double max = 0.0;
    for (size_t i = 0; i < s->ode->n; i++)
        max = fmax(max, fabs(x[i] - (x0 ? x0[i] : 0.0)) /
                            fmax(s->atol + s->rtol * fabs(s->y[i]), DBL_MIN));
    return max;
}

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
    size_t scratch = n_krylov > n_quotient ? n_krylov : n_quotient;
    if (!s->matrices)
        s->matrices = calloc(n * n + scratch, sizeof *s->matrices);
    s->J = s->matrices;
    s->scratch = s->matrices ? s->matrices + n * n : NULL;
    return s->matrices != NULL;
}

/* Derivative, first step and GSL's driver; it takes one for msbdf to learn the tolerances. */
enum ov_status ov_solver_begin(struct ov_solver *s, enum ov_method method, struct ov_error *err)
{
    static const gsl_odeiv2_step_type *const *const steppers[] = {
        [OV_MSBDF] = &gsl_odeiv2_step_msbdf, [OV_RK8PD] = &gsl_odeiv2_step_rk8pd};
    double *dy = s->point_dy[HISTORY - 1];
    s->method = method;
    s->has_J = s->seen = false; /* a listed time may have been seen last */
    s->refused = s->tried = 0;
    if (method == OV_MSBDF && !has_matrices(s))
        return ov_fail(err, OV_ENOMEM, "out of memory");
    if (s->n_point == 0) {
        if (ov_solver_rhs_for_gsl(s->t, s->y, dy, s) != GSL_SUCCESS)
            return ov_solver_failure(s, err);
        ov_solver_remember(s, dy);
    }
    s->h = first_step(s, s->point_dy[0]);
    if (s->driver)
        gsl_odeiv2_driver_free(s->driver);
    s->driver =
        gsl_odeiv2_driver_alloc_y_new(&s->system, *steppers[method], s->h, s->atol, s->rtol);
    return s->driver ? OV_OK : ov_fail(err, OV_ENOMEM, "out of memory");
}

/* ---- going on ---- */

/* Keeps h growth below growth_per_step rtol^(1/5), see 2 above; not at a fixed point, where no
 * deviation worth following is left: a deviation d moves at speed growth d. */
static void limit_step(struct ov_solver *s)
{
    double most = growth_per_step * pow(fmax(s->opt->rtol, least_rtol), 0.2);
    double speed = ov_solver_max_abs(s->point_dy[0], s->ode->n);
    if (s->driver->e->count == 0)
        return;
    if (s->h > growth_check * s->growth_h && s->h * s->norm > most)
        (void)ov_solver_jacobian(s, s->y);
    if (s->h * s->growth > most && speed > s->growth * least_deviation * s->opt->atol)
        s->h = most / s->growth;
}

/* GSL's step; nonzero where it finds none: s is then as before. */
static int step(struct ov_solver *s, double stop)
{
    gsl_odeiv2_driver *d = s->driver;
    double before = s->t;
    s->refused = s->tried = 0;
    if (s->method == OV_MSBDF)
        limit_step(s);
    int status = gsl_odeiv2_evolve_apply(d->e, d->c, d->s, &s->system, &s->t, stop, &s->h, s->y);
    if (status == GSL_SUCCESS && s->t != before)
        return GSL_SUCCESS;
    s->t = before;
    memcpy(s->y, s->point_y[0], s->ode->n * sizeof *s->y);
    return GSL_FAILURE;
}

/* msbdf stands in for rk8pd only where a Jacobian is known or can be had by differences. */
static bool can_change(const struct ov_solver *s)
{
    bool known = s->ode->jacobian && s->ode->n <= MOST_FOR_MATRICES;
    return s->method == OV_MSBDF || s->opt->method == OV_MSBDF || known ||
           s->ode->n <= MOST_QUOTIENTS;
}

/* The stepper that is not in use, from here on. */
static enum ov_status change_stepper(struct ov_solver *s, struct ov_error *err)
{
    enum ov_method other = s->method == OV_MSBDF ? OV_RK8PD : OV_MSBDF;
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
            if (!s->has_J && s->ode->n <= MOST_FOR_MATRICES &&
                has_matrices(s)) /* what would grow decides whether it is at rest */
                (void)ov_solver_jacobian(s, s->y);
            status = ov_solver_failure(s, err);
            s->at_rest = status == OV_OK;
            return status;
        }
    }
    if (status != OV_OK)
        return status;
    s->work.n_step++;
    s->last_step = s->method;
    if (ov_solver_diverged(s))
        return ov_fail_diverged(err, ov_solver_time_name(s), s->t);
    ov_solver_remember(s, s->driver->e->dydt_out);
    return OV_OK;
}
