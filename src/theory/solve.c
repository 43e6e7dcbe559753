/* SPDX-License-Identifier: MIT
 *
 * 1. One accepted step after another by gsl_odeiv2_evolve_apply, each checked. GSL takes a NaN for
 *    a step without error, so every right-hand side is checked before GSL sees it.
 * 2. BDF formulas damp what grows by more than a factor of order one in a step, and near a saddle
 *    point that is far below tolerance, where the error estimate does not see it: the way out
 *    would be late or never found. So msbdf's step is also limited by the largest real part of
 *    the Jacobian's eigenvalues (limit_step), from a Krylov space.
 * 3. msbdf keeps a history of steps, which stopping at every listed time would spoil: it runs to
 *    the last time, and those in between get the Hermite interpolant of the last three points (y
 *    and dy/dalpha; degree 5, the method's highest order). rk8pd stops at every listed time.
 */
#include "overlap/theory/solve.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>

#include "solve_internal.h"
#include "overlap/theory/jacobian.h"

enum { PLAIN_VIEWS = 5, DEFAULT_MAX_RHS = 100000000, RHS_PER_TICK = 100 };

/* msbdf's tolerance per step. Measured on plateaus of two-layer networks, K=M=2 with an asymmetry
 * of 1e-4 in the start: errors of eps_g are 1.6e-6, 2.9e-7, 2.5e-7 at factors 1, 0.1, 0.03. */
static const double msbdf_tightening = 0.03;

/* A step of growth h = x misjudges a growing deviation by about x^6/6 (order 5), x^5 per e-fold:
 * x = 2 rtol^(1/5) makes that some rtol. */
static const double growth_per_step = 2.0;

static const double negligible = 0.1;        /* part of a step's tolerance */
static const double least_rtol = 1e-14;      /* GSL's step control stalls on rounding below this */
static const double least_deviation = 100.0; /* from a saddle point, in atol, that is followed */
static const double growth_check = 4.0;      /* a step grown so much: look at the growth again */
static const double pole_growth = 1e8;       /* of a state that is stuck: a pole, it diverges */

struct ov_solve_options ov_solve_defaults(void)
{
    return (struct ov_solve_options){.method = OV_MSBDF, .rtol = 1e-8, .atol = 1e-12};
}

static bool all_finite(const double *x, size_t n)
{
    double probe = 0.0; /* becomes NaN if an x is not finite */
    for (size_t i = 0; i < n; i++)
        probe += 0.0 * x[i];
    return probe == 0.0;
}

static double max_abs(const double *x, size_t n)
{
    double max = 0.0;
    for (size_t i = 0; i < n; i++)
        max = fmax(max, fabs(x[i]));
    return max;
}

/* ---- right-hand side and Jacobian, as GSL calls them ---- */

/* One right-hand side, counted and checked. */
static int call_rhs(double *dy, const double *y, void *ctx)
{
    struct ov_solver *s = ctx;
    size_t n = s->ode->n;
    if (s->work.n_rhs >= s->max_rhs) {
        s->exhausted = true;
        return GSL_EBADFUNC; /* the one code that makes GSL stop at once */
    }
    if (!all_finite(y, n))
        return GSL_FAILURE;
    s->work.n_rhs++;
    if (s->work.n_rhs % RHS_PER_TICK == 0)
        ov_tick_tell(s->tick, s->work.n_rhs, 0);
    if (s->ode->rhs(dy, y, s->ode->ctx) != 0 || !all_finite(dy, n))
        return GSL_FAILURE;
    return GSL_SUCCESS;
}

/* dy at y from the last evaluation and the Jacobian, if that is as good as exact: GSL's Newton
 * iteration ends with a correction far below tolerance and one more evaluation, a third of all.
 * The Jacobian may be some steps old: dy errs by its change times a tenth of the tolerance. */
static bool extrapolate(double *dy, struct ov_solver *s, const double *y)
{
    size_t n = s->ode->n;
    if (!s->seen || !s->has_J)
        return false;
    for (size_t i = 0; i < n; i++) {
        s->trial[i] = y[i] - s->seen_y[i];
        if (!(fabs(s->trial[i]) <= negligible * (s->atol + s->rtol * fabs(y[i]))))
            return false;
    }
    ov_jacobian_times(dy, s->J, s->trial, n);
    for (size_t i = 0; i < n; i++)
        dy[i] += s->seen_dy[i];
    return true;
}

/* GSL asks for the derivative at an accepted point twice: the last one is kept. */
static int gsl_rhs(double t, const double y[], double dy[], void *params)
{
    (void)t;
    struct ov_solver *s = params;
    size_t size = s->ode->n * sizeof *y;
    if (s->seen && memcmp(y, s->seen_y, size) == 0) {
        memcpy(dy, s->seen_dy, size);
        return GSL_SUCCESS;
    }
    if (extrapolate(dy, s, y))
        return GSL_SUCCESS;
    int status = call_rhs(dy, y, s);
    if (status == GSL_SUCCESS) {
        memcpy(s->seen_y, y, size);
        memcpy(s->seen_dy, dy, size);
        s->seen = true;
    }
    return status;
}

static int jacobian(struct ov_solver *s, double *J, const double *y)
{
    size_t n = s->ode->n;
    s->work.n_jacobian++;
    if (!s->ode->jacobian) /* an entry below atol/rtol is as uncertain as one of that size */
        return ov_jacobian(J, call_rhs, s, y, n, s->rtol > 0.0 ? s->atol / s->rtol : 0.0,
                           s->scratch);
    s->work.n_rhs += s->ode->jacobian_rhs;
    bool good = s->ode->jacobian(J, y, s->ode->ctx) == 0 && all_finite(J, n * n);
    return good ? GSL_SUCCESS : GSL_FAILURE;
}

/* Takes the growth rate from s->J. It is rounded up to a power of 2^(1/4), or
 * down to 0: LAPACK's rounding errors, which vary with the number of threads, must not reach the
 * path. NaN (no eigenvalues found) becomes 0: no limit but the error estimate. */
static void note_growth(struct ov_solver *s)
{
    size_t n = s->ode->n;
    s->norm = ov_jacobian_bound(s->J, n);
    double growth = ov_jacobian_growth_krylov(s->J, n, s->scratch);
    s->growth = growth > 1e-6 * s->norm ? exp2(ceil(4.0 * log2(growth)) / 4.0) : 0.0;
    s->growth_h = s->h;
}

static int gsl_jacobian(double t, const double y[], double *J, double dfdt[], void *params)
{
    (void)t;
    struct ov_solver *s = params;
    size_t n = s->ode->n;
    memset(dfdt, 0, n * sizeof *dfdt);
    int status = jacobian(s, J, y);
    if (status == GSL_SUCCESS) {
        memcpy(s->J, J, n * n * sizeof *J);
        s->has_J = true;
        note_growth(s);
    }
    return status;
}

/* ---- steps ---- */

static bool has_diverged(const struct ov_solver *s)
{
    if (!all_finite(s->y, s->ode->n))
        return true;
    return s->ode->diverged && s->ode->diverged(s->y, s->ode->ctx) != 0;
}

/* Why there is no further step from s->t, where y was the last accepted state. */
static enum ov_status failure(const struct ov_solver *s, const double *y, struct ov_error *err)
{
    if (s->exhausted)
        return ov_fail(err, OV_ENUMERIC, "not there after %zu right-hand sides, at alpha = %.6g",
                       s->work.n_rhs, s->t);
    if (max_abs(y, s->ode->n) > pole_growth * (1.0 + s->start_size))
        return ov_fail_diverged(err, "alpha", s->t);
    return ov_fail(err, OV_ENUMERIC,
                   "no step from alpha = %.6g is small enough: the right-hand side is not defined, "
                   "not finite or not smooth there",
                   s->t);
}

/* Keeps h growth below growth_per_step rtol^(1/5), see 2 above; not at a fixed point, where no
 * deviation worth following is left: a deviation d moves at speed growth d. */
static void limit_step(struct ov_solver *s)
{
    double most = growth_per_step * pow(fmax(s->opt->rtol, least_rtol), 0.2);
    double speed = max_abs(s->driver->e->dydt_out, s->ode->n);
    if (s->work.n_step == 0)
        return;
    if (s->h > growth_check * s->growth_h && s->h * s->norm > most) {
        s->has_J = jacobian(s, s->J, s->y) == GSL_SUCCESS;
        if (s->has_J)
            note_growth(s);
    }
    if (s->h * s->growth > most && speed > s->growth * least_deviation * s->opt->atol)
        s->h = most / s->growth;
}

static enum ov_status advance(struct ov_solver *s, double stop, struct ov_error *err)
{
    gsl_odeiv2_driver *d = s->driver;
    double before = s->t;
    if (s->opt->method == OV_MSBDF)
        limit_step(s);
    int status = gsl_odeiv2_evolve_apply(d->e, d->c, d->s, &s->system, &s->t, stop, &s->h, s->y);
    if (status != GSL_SUCCESS || s->t == before) {
        s->t = before;
        return failure(s, d->e->y0, err);
    }
    s->work.n_step++;
    if (has_diverged(s))
        return ov_fail_diverged(err, "alpha", s->t);
    ov_solver_remember(s, d->e->dydt_out);
    return OV_OK;
}

/* ---- setting up ---- */

static enum ov_status check_arguments(const struct ov_ode *ode, const double *time, size_t n_time,
                                      const struct ov_solve_options *opt, struct ov_error *err)
{
    if (ode->n < 1)
        return ov_fail(err, OV_EDOM, "no equations to solve");
    double sum = opt->rtol + opt->atol;
    if (!(opt->rtol >= 0.0 && opt->atol >= 0.0 && sum > 0.0 && isfinite(sum)))
        return ov_fail(err, OV_EDOM, "the tolerances must be >= 0 and not both 0: rtol %g, atol %g",
                       opt->rtol, opt->atol);
    for (size_t i = 0; i < n_time; i++) {
        if (!(time[i] >= 0.0 && isfinite(time[i])))
            return ov_fail(err, OV_EDOM, "a time must be finite and >= 0: %g", time[i]);
        if (i > 0 && !(time[i] > time[i - 1]))
            return ov_fail(err, OV_EDOM, "times must increase: %.17g comes after %.17g", time[i],
                           time[i - 1]);
    }
    return OV_OK;
}

static void solver_free(struct ov_solver *s)
{
    if (s->driver)
        gsl_odeiv2_driver_free(s->driver);
    if (s->between)
        gsl_odeiv2_step_free(s->between);
    free(s->before);
    free(s->block);
}

static enum ov_status solver_init(struct ov_solver *s, const double *y0)
{
    size_t n = s->ode->n;
    bool msbdf = s->opt->method == OV_MSBDF;
    size_t for_J = msbdf ? n * n + ov_jacobian_krylov_scratch(n) : 0; /* more than 3n */
    s->block = calloc((PLAIN_VIEWS + 2 * HISTORY + 3) * n + for_J, sizeof *s->block);
    if (!s->block)
        return OV_ENOMEM;
    double **views[PLAIN_VIEWS] = {&s->y, &s->seen_y, &s->seen_dy, &s->trial, &s->trial_dy};
    double *next = s->block;
    for (size_t i = 0; i < PLAIN_VIEWS; i++, next += n)
        *views[i] = next;
    for (size_t i = 0; i < HISTORY; i++, next += 2 * n) {
        s->point_y[i] = next;
        s->point_dy[i] = next + n;
    }
    s->J = next;
    s->scratch = msbdf ? next + n * n : next;
    memcpy(s->y, y0, n * sizeof *y0);
    s->start_size = max_abs(y0, n);
    double tightening = msbdf ? msbdf_tightening : 1.0;
    s->rtol = s->opt->rtol > 0.0 ? fmax(tightening * s->opt->rtol, least_rtol) : 0.0;
    s->atol = tightening * s->opt->atol;
    s->max_rhs = s->opt->max_rhs ? s->opt->max_rhs : DEFAULT_MAX_RHS;
    s->system = (gsl_odeiv2_system){gsl_rhs, gsl_jacobian, n, s};
    return OV_OK;
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

/* A first step whose error is below tolerance for a method of order 1, h^2 |y''|/2, with y'' from
 * a trial step (after Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, II.4). */
static double first_step(struct ov_solver *s, const double *dy, double last)
{
    double speed = size_in_errors(s, dy, NULL), h = 1e-3 * last;
    double trial = speed > 0.0 ? fmin(h, 1.0 / speed) : h;
    for (size_t i = 0; i < s->ode->n; i++)
        s->trial[i] = s->y[i] + trial * dy[i];
    if (call_rhs(s->trial_dy, s->trial, s) != GSL_SUCCESS)
        return trial;
    double curvature = size_in_errors(s, s->trial_dy, dy) / trial;
    return curvature > 0.0 ? fmin(h, sqrt(0.1 / curvature)) : h;
}

/* Derivative, first step and GSL's driver; it takes one for msbdf to learn the tolerances. */
static enum ov_status begin(struct ov_solver *s, double last, struct ov_error *err)
{
    static const gsl_odeiv2_step_type *const *const steppers[] = {
        [OV_MSBDF] = &gsl_odeiv2_step_msbdf, [OV_RK8PD] = &gsl_odeiv2_step_rk8pd};
    double *dy = s->point_dy[HISTORY - 1];
    if (gsl_rhs(0.0, s->y, dy, s) != GSL_SUCCESS)
        return failure(s, s->y, err);
    s->h = first_step(s, dy, last);
    ov_solver_remember(s, dy);
    s->driver = gsl_odeiv2_driver_alloc_y_new(&s->system, *steppers[s->opt->method], s->h, s->atol,
                                              s->rtol);
    return s->driver ? OV_OK : ov_fail(err, OV_ENOMEM, "out of memory");
}

/* The listed times up to s->t, from number `next` on; returns the number of the next one. */
static size_t write_rows(double *path, struct ov_solver *s, const double *time, size_t n_time,
                         size_t next)
{
    size_t n = s->ode->n;
    for (; next < n_time && time[next] <= s->t; next++) {
        if (time[next] == s->t)
            memcpy(path + next * n, s->y, n * sizeof *path);
        else
            ov_solver_dense(path + next * n, s, time[next]);
    }
    return next;
}

static enum ov_status integrate(struct ov_solver *s, double *path, const double *time,
                                size_t n_time, struct ov_error *err)
{
    bool stop_at_all = s->opt->method != OV_MSBDF;
    if (has_diverged(s))
        return ov_fail_diverged(err, "alpha", s->t);
    size_t next = write_rows(path, s, time, n_time, 0);
    enum ov_status status = ov_solver_events_begin(s, err);
    if (status == OV_OK && next < n_time && !ov_solver_events_done(s))
        status = begin(s, time[n_time - 1], err);
    while (status == OV_OK && next < n_time && !ov_solver_events_done(s)) {
        status = advance(s, time[stop_at_all ? next : n_time - 1], err);
        if (status == OV_OK)
            status = ov_solver_events_step(s, err);
        if (status == OV_OK)
            next = write_rows(path, s, time, n_time, next);
    }
    return status;
}

enum ov_status ov_solve_events(double *path, const struct ov_ode *ode, const double *y0,
                               const double *time, size_t n_time,
                               const struct ov_solve_options *opt, const struct ov_events *events,
                               struct ov_solve_report *report, const struct ov_tick *tick,
                               struct ov_error *err)
{
    for (size_t i = 0; i < n_time * ode->n; i++)
        path[i] = NAN;
    for (size_t i = 0; events && i < events->n * events->most; i++)
        events->time[i] = NAN;
    for (size_t i = 0; events && i < events->n; i++)
        events->count[i] = 0;
    if (report)
        *report = (struct ov_solve_report){0};
    enum ov_status status = check_arguments(ode, time, n_time, opt, err);
    if (status != OV_OK || n_time == 0)
        return status;
    openblas_set_num_threads(1);
    struct ov_solver s = {.ode = ode, .opt = opt, .tick = tick, .events = events};
    if (solver_init(&s, y0) == OV_OK)
        status = integrate(&s, path, time, n_time, err);
    else
        status = ov_fail(err, OV_ENOMEM, "out of memory");
    if (report)
        *report = s.work;
    solver_free(&s);
    return status;
}

enum ov_status ov_solve(double *path, const struct ov_ode *ode, const double *y0,
                        const double *time, size_t n_time, const struct ov_solve_options *opt,
                        struct ov_solve_report *report, const struct ov_tick *tick,
                        struct ov_error *err)
{
    return ov_solve_events(path, ode, y0, time, n_time, opt, NULL, report, tick, err);
}
