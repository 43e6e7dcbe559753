/* SPDX-License-Identifier: MIT
 *
 * Arguments, memory, and the rows at the listed times. Stopping at every listed time would make
 * many short steps of a few long ones: msbdf runs to the last time, and those in between are
 * interpolated (solve_events.c). rk8pd as the method asked for stops at every listed time.
 */
#include "overlap/theory/solve.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "solve_internal.h"

enum { PLAIN_VIEWS = 7, DEFAULT_MAX_RHS = 1000000 };

static const double least_rtol = 1e-14; /* GSL's step control stalls on rounding below this */

struct ov_solve_options ov_solve_defaults(void)
{
    return (struct ov_solve_options){.method = OV_MSBDF, .rtol = 1e-8, .atol = 1e-12};
}

static enum ov_status check_arguments(const struct ov_ode *ode, const double *time, size_t n_time,
                                      const struct ov_solve_options *opt, struct ov_error *err)
{
    if (ode->n < 1)
        return ov_fail(err, OV_EDOM, "no equations to solve");
    double sum = opt->rtol + opt->atol;
    if (!(opt->rtol >= 0.0 && opt->atol >= 0.0 && sum > 0.0 && isfinite(sum)))
        return ov_fail(err, OV_EDOM, "the tolerances must be >= 0 and not both 0: rtol %g, atol %g",
                       opt->rtol, opt->atol);
    if (opt->rtol > 0.0 && opt->rtol < least_rtol)
        return ov_fail(err, OV_EDOM,
                       "the tolerance can't be met: rtol %g is below rounding, %g is the least",
                       opt->rtol, least_rtol);
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
    ov_bdf_free(s->bdf);
    if (s->between)
        gsl_odeiv2_step_free(s->between);
    free(s->before);
    free(s->matrices);
    free(s->block);
}

static enum ov_status solver_init(struct ov_solver *s, const double *y0, double last)
{
    size_t n = s->ode->n;
    s->block = calloc((PLAIN_VIEWS + 2 * HISTORY) * n, sizeof *s->block);
    if (!s->block)
        return OV_ENOMEM;
    double **views[PLAIN_VIEWS] = {&s->y,        &s->seen_y,   &s->seen_dy,  &s->trial,
                                   &s->trial_dy, &s->middle_y, &s->middle_dy};
    double *next = s->block;
    for (size_t i = 0; i < PLAIN_VIEWS; i++, next += n)
        *views[i] = next;
    for (size_t i = 0; i < HISTORY; i++, next += 2 * n) {
        s->point_y[i] = next;
        s->point_dy[i] = next + n;
    }
    memcpy(s->y, y0, n * sizeof *y0);
    s->start_size = ov_solver_max_abs(y0, n);
    s->last = last;
    s->middle = NAN;
    s->opening = s->opt->method == OV_MSBDF && !s->opt->stiff;
    s->max_rhs = s->opt->max_rhs ? s->opt->max_rhs : DEFAULT_MAX_RHS;
    s->system = (gsl_odeiv2_system){ov_solver_rhs_for_gsl, NULL, n, s};
    return OV_OK;
}

/* The path has come to its end before the last time: it stays where it is. */
static bool has_ended(const struct ov_solver *s)
{
    return s->at_rest || (s->ode->ended && s->ode->ended(s->y, s->ode->ctx) != 0);
}

/* The listed times up to s->t, from number `next` on, all where the path has ended; returns the
 * number of the next one. */
static size_t write_rows(double *path, struct ov_solver *s, const double *time, size_t n_time,
                         size_t next)
{
    size_t n = s->ode->n;
    bool ended = has_ended(s);
    for (; next < n_time && (ended || time[next] <= s->t); next++) {
        if (time[next] >= s->t)
            memcpy(path + next * n, s->y, n * sizeof *path);
        else
            ov_solver_dense(path + next * n, s, time[next]);
    }
    if (ended)
        s->work.ended = s->t;
    return next;
}

static enum ov_status integrate(struct ov_solver *s, double *path, const double *time,
                                size_t n_time, struct ov_error *err)
{
    bool stop_at_all = s->opt->method != OV_MSBDF;
    if (ov_solver_diverged(s))
        return ov_fail_diverged(err, ov_solver_time_name(s), ov_solver_now(s));
    size_t next = write_rows(path, s, time, n_time, 0);
    enum ov_status status = ov_solver_events_begin(s, err);
    if (status == OV_OK && next < n_time && !ov_solver_events_done(s))
        status = ov_solver_begin(s, s->opening ? OV_RK8PD : s->opt->method, err);
    while (status == OV_OK && next < n_time && !ov_solver_events_done(s)) {
        status = ov_solver_advance(s, time[stop_at_all ? next : n_time - 1], err);
        if (status == OV_OK && !s->at_rest)
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
        *report = (struct ov_solve_report){.first_stand_in = NAN, .ended = NAN};
    enum ov_status status = check_arguments(ode, time, n_time, opt, err);
    if (status != OV_OK || n_time == 0)
        return status;
    openblas_set_num_threads(1);
    struct ov_solve_options own = *opt;
    own.method = ov_ode_is_too_large(ode) ? OV_RK8PD : opt->method;
    struct ov_solver s = {.ode = ode, .opt = &own, .tick = tick, .events = events};
    s.work = (struct ov_solve_report){.first_stand_in = NAN, .ended = NAN};
    if (solver_init(&s, y0, time[n_time - 1]) == OV_OK)
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
