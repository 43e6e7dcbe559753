/* SPDX-License-Identifier: MIT
 *
 * The path inside of steps, and the events of theory/solve.h.
 * 1. A step of msbdf's is interpolated by Hermite's polynomial through the last three points,
 *    values and slopes (degree 5, the method's highest order). A step of rk8pd's is much longer: its
 *    middle, by a step half as long, is a fourth point (degree 7). Where rk8pd is the method asked
 *    for, every point is a shorter step's.
 * 2. After each step every value is taken at equal parts of it; between two of these whose signs
 *    differ, Brent's method finds the crossing on the dense output.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_roots.h>

#include "solve_internal.h"
#include "overlap/theory/hermite.h"

enum { PARTS = 4, PARTS_OF_LONG = 16, MOST_ITERATIONS = 200 };

/* ---- inside the last step ---- */

void ov_solver_remember(struct ov_solver *s, const double *dy)
{
    size_t size = s->ode->n * sizeof *dy;
    double *oldest_y = s->point_y[HISTORY - 1], *oldest_dy = s->point_dy[HISTORY - 1];
    for (size_t i = HISTORY - 1; i > 0; i--) {
        s->time[i] = s->time[i - 1];
        s->point_y[i] = s->point_y[i - 1];
        s->point_dy[i] = s->point_dy[i - 1];
    }
    s->time[0] = s->t;
    s->point_y[0] = memcpy(oldest_y, s->y, size);
    s->point_dy[0] = memcpy(oldest_dy, dy, size);
    s->n_point += s->n_point < HISTORY ? 1 : 0;
}

/* How many points to interpolate through: not the third where its distance to the second is out
 * of proportion to the last step. */
static size_t points_in_use(const struct ov_solver *s)
{
    if (s->n_point < HISTORY)
        return s->n_point;
    double ratio = (s->time[1] - s->time[2]) / (s->time[0] - s->time[1]);
    return ratio > 0.1 && ratio < 10.0 ? HISTORY : HISTORY - 1;
}

/* y and its derivative dy at t inside the last step, by a shorter one. */
static int shorter_step(double *y, double *dy, struct ov_solver *s, double t)
{
    if (!s->between)
        s->between = gsl_odeiv2_step_alloc(gsl_odeiv2_step_rk8pd, s->ode->n);
    if (!s->between)
        return GSL_ENOMEM;
    memcpy(y, s->point_y[1], s->ode->n * sizeof *y);
    return gsl_odeiv2_step_apply(s->between, s->time[1], t - s->time[1], y, s->trial_dy,
                                 s->point_dy[1], dy, &s->system);
}

/* The middle of the last step, once. */
static bool has_middle(struct ov_solver *s)
{
    double t = 0.5 * (s->time[0] + s->time[1]);
    if (s->middle == t)
        return true;
    s->middle = NAN;
    if (shorter_step(s->middle_y, s->middle_dy, s, t) != GSL_SUCCESS)
        return false;
    s->middle = t;
    return true;
}

int ov_solver_dense(double *y, struct ov_solver *s, double t)
{
    bool rk8pd = s->last_step == OV_RK8PD;
    size_t n = s->ode->n, m = points_in_use(s);
    if (s->opt->method == OV_RK8PD && rk8pd)
        return shorter_step(y, NULL, s, t);
    if (rk8pd && has_middle(s)) {
        double time[4] = {s->time[0], s->time[1], s->middle, s->time[2]};
        double *py[4] = {s->point_y[0], s->point_y[1], s->middle_y, s->point_y[2]};
        double *pdy[4] = {s->point_dy[0], s->point_dy[1], s->middle_dy, s->point_dy[2]};
        ov_hermite(y, t, time, py, pdy, m + 1, n);
        return GSL_SUCCESS;
    }
    ov_hermite(y, t, s->time, s->point_y, s->point_dy, m, n);
    return GSL_SUCCESS;
}

/* ---- crossings ---- */

/* One event on the last step, for GSL's root finder. */
struct search {
    struct ov_solver *s;
    const struct ov_event *event;
};

static double on_the_way(double t, void *params)
{
    const struct search *search = params;
    struct ov_solver *s = search->s;
    if (t == s->time[0])
        return search->event->value(s->point_y[0], search->event->ctx);
    if (t == s->time[1])
        return search->event->value(s->point_y[1], search->event->ctx);
    if (ov_solver_dense(s->trial, s, t) != 0)
        return NAN;
    return search->event->value(s->trial, search->event->ctx);
}

/* The crossing between low and high, where the signs differ; NaN if a value on the way is. */
static double locate(struct search *search, double low, double high)
{
    gsl_function f = {on_the_way, search};
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    double root = NAN;
    int status = solver ? gsl_root_fsolver_set(solver, &f, low, high) : GSL_ENOMEM;
    for (size_t i = 0; status == GSL_SUCCESS && i < MOST_ITERATIONS; i++) {
        status = gsl_root_fsolver_iterate(solver);
        root = gsl_root_fsolver_root(solver);
        if (gsl_root_test_interval(gsl_root_fsolver_x_lower(solver),
                                   gsl_root_fsolver_x_upper(solver), 0.0, 1e-15) == GSL_SUCCESS)
            break;
    }
    if (solver)
        gsl_root_fsolver_free(solver);
    return status == GSL_SUCCESS ? root : NAN;
}

static void keep(const struct ov_events *events, size_t i, double t)
{
    if (events->count[i] < events->most)
        events->time[i * events->most + events->count[i]] = t;
    events->count[i]++;
}

static enum ov_status not_a_number(double t, struct ov_error *err)
{
    return ov_fail(err, OV_ENUMERIC, "the value of an event is not a number at alpha = %.6g", t);
}

/* A value of 0 counts as being on the other side already, so that it crosses once: before[i] is
 * then a tiny number of the sign it will have. */
static bool crosses(double *before, double now, int direction)
{
    double side = *before;
    if (side > 0.0 ? now > 0.0 : now < 0.0)
        return false;
    *before = now != 0.0 ? now : -copysign(1.0, side);
    return direction == 0 || (direction > 0) == (side < 0.0);
}

enum ov_status ov_solver_events_begin(struct ov_solver *s, struct ov_error *err)
{
    const struct ov_events *events = s->events;
    if (!events)
        return OV_OK;
    if (!(s->before = calloc(events->n + 1, sizeof *s->before)))
        return ov_fail(err, OV_ENOMEM, "out of memory");
    for (size_t i = 0; i < events->n; i++) {
        double value = events->event[i].value(s->y, events->event[i].ctx);
        if (isnan(value))
            return not_a_number(0.0, err);
        if (value == 0.0)
            keep(events, i, 0.0);
        s->before[i] = value;
    }
    return OV_OK;
}

enum ov_status ov_solver_events_step(struct ov_solver *s, struct ov_error *err)
{
    const struct ov_events *events = s->events;
    bool is_long = s->last_step == OV_RK8PD && s->opt->method == OV_MSBDF;
    size_t parts = is_long ? PARTS_OF_LONG : PARTS;
    for (size_t i = 0; events && i < events->n; i++) {
        struct search search = {s, &events->event[i]};
        double from = s->time[1], length = s->time[0] - s->time[1];
        for (size_t part = 1; part <= parts; part++) {
            double to =
                part == parts ? s->time[0] : s->time[1] + length * (double)part / (double)parts;
            double value = on_the_way(to, &search), when = to;
            if (isnan(value))
                return not_a_number(to, err);
            if (s->before[i] == 0.0) {
                s->before[i] = value; /* 0 so far: no side to come from */
            } else if (crosses(&s->before[i], value, events->event[i].direction)) {
                if (value != 0.0 && to > from)
                    when = locate(&search, from, to);
                if (isnan(when))
                    return not_a_number(to, err);
                keep(events, i, when);
            }
            from = to;
        }
    }
    return OV_OK;
}

bool ov_solver_events_done(const struct ov_solver *s)
{
    if (!s->events || !s->events->stop)
        return false;
    for (size_t i = 0; i < s->events->n; i++)
        if (s->events->count[i] < s->events->most)
            return false;
    return true;
}
