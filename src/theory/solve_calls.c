/* SPDX-License-Identifier: MIT
 *
 * Right-hand side and Jacobian as GSL calls them. GSL takes a NaN for a step without error, so
 * every right-hand side is checked before GSL sees it; and it halves a step that failed until it
 * is nothing, from alpha = 0 a thousand times, so it is stopped before.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "solve_internal.h"
#include "overlap/theory/jacobian.h"

enum { RHS_PER_TICK = 100, MOST_REFUSED = 64, MOST_JACOBIANS = 64 };

static const double negligible = 0.1; /* part of a step's tolerance */

bool ov_solver_finite(const double *x, size_t n)
{
    double probe = 0.0; /* becomes NaN if an x is not finite */
    for (size_t i = 0; i < n; i++)
        probe += 0.0 * x[i];
    return probe == 0.0;
}

double ov_solver_max_abs(const double *x, size_t n)
{
    double max = 0.0;
    for (size_t i = 0; i < n; i++)
        max = fmax(max, fabs(x[i]));
    return max;
}

/* GSL_FAILURE makes GSL try half the step, GSL_EBADFUNC makes it stop at once. */
static int refused(struct ov_solver *s)
{
    return ++s->refused < MOST_REFUSED ? GSL_FAILURE : GSL_EBADFUNC;
}

/* n right-hand sides more. */
static void count(struct ov_solver *s, size_t n)
{
    size_t before = s->work.n_rhs;
    s->work.n_rhs += n;
    if (before / RHS_PER_TICK != s->work.n_rhs / RHS_PER_TICK)
        ov_tick_tell(s->tick, s->work.n_rhs, s->max_rhs);
}

int ov_solver_call(double *dy, const double *y, void *ctx)
{
    struct ov_solver *s = ctx;
    size_t n = s->ode->n;
    if (s->work.n_rhs >= s->max_rhs) {
        s->exhausted = true;
        return GSL_EBADFUNC;
    }
    if (!ov_solver_finite(y, n))
        return refused(s);
    count(s, 1);
    if (s->ode->rhs(dy, y, s->ode->ctx) != 0 || !ov_solver_finite(dy, n))
        return refused(s);
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
int ov_solver_rhs_for_gsl(double t, const double y[], double dy[], void *params)
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
    int status = ov_solver_call(dy, y, s);
    if (status == GSL_SUCCESS) {
        memcpy(s->seen_y, y, size);
        memcpy(s->seen_dy, dy, size);
        s->seen = true;
    }
    return status;
}

static int evaluate(struct ov_solver *s, double *J, const double *y)
{
    size_t n = s->ode->n;
    s->work.n_jacobian++;
    if (++s->tried > MOST_JACOBIANS)
        return GSL_EBADFUNC;
    if (!s->ode->jacobian) /* an entry below atol/rtol is as uncertain as one of that size */
        return ov_jacobian(J, ov_solver_call, s, y, n, s->rtol > 0.0 ? s->atol / s->rtol : 0.0,
                           s->scratch);
    count(s, s->ode->jacobian_rhs);
    bool good = s->ode->jacobian(J, y, s->ode->ctx) == 0 && ov_solver_finite(J, n * n);
    return good ? GSL_SUCCESS : refused(s);
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

int ov_solver_jacobian(struct ov_solver *s, const double *y)
{
    int status = evaluate(s, s->J, y);
    s->has_J = status == GSL_SUCCESS;
    if (s->has_J)
        note_growth(s);
    return status;
}

int ov_solver_jacobian_for_gsl(double t, const double y[], double *J, double dfdt[], void *params)
{
    (void)t;
    struct ov_solver *s = params;
    size_t n = s->ode->n;
    memset(dfdt, 0, n * sizeof *dfdt);
    int status = ov_solver_jacobian(s, y);
    if (status == GSL_SUCCESS)
        memcpy(J, s->J, n * n * sizeof *J);
    return status;
}
