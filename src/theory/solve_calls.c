/* SPDX-License-Identifier: MIT
 *
 * Right-hand side and Jacobian as the steppers call them. GSL takes a NaN for a step without error,
 * so every right-hand side is checked before GSL sees it; and it halves a step that failed until it
 * is nothing, from alpha = 0 a thousand times, so it is stopped before.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "solve_internal.h"
#include "overlap/theory/jacobian.h"

enum { RHS_PER_TICK = 100, MOST_REFUSED = 64, MOST_JACOBIANS = 64 };

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

/* GSL asks for the derivative at the first point once more: the last one is kept. */
int ov_solver_rhs_for_gsl(double t, const double y[], double dy[], void *params)
{
    (void)t;
    struct ov_solver *s = params;
    size_t size = s->ode->n * sizeof *y;
    if (s->seen && memcmp(y, s->seen_y, size) == 0) {
        memcpy(dy, s->seen_dy, size);
        return GSL_SUCCESS;
    }
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
    const struct ov_ode_linear *linear = s->ode->linear;
    s->work.n_jacobian++;
    if (++s->tried > MOST_JACOBIANS)
        return GSL_EBADFUNC;
    if (linear) {
        count(s, s->ode->jacobian_rhs);
        bool is_good = linear->jacobian(y, s->ode->ctx) == 0;
        s->norm = is_good ? linear->bound(s->ode->ctx) : NAN;
        return isfinite(s->norm) ? GSL_SUCCESS : refused(s);
    }
    if (!s->ode->jacobian) /* an entry below atol/rtol is as uncertain as one of that size */
        return ov_jacobian(J, ov_solver_call, s, y, n, s->rtol > 0.0 ? s->atol / s->rtol : 0.0,
                           s->scratch);
    count(s, s->ode->jacobian_rhs);
    bool good = s->ode->jacobian(J, y, s->ode->ctx) == 0 && ov_solver_finite(J, n * n);
    return good ? GSL_SUCCESS : refused(s);
}

static void times(double *Jx, const double *x, void *ctx)
{
    const struct ov_solver *s = ctx;
    if (s->ode->linear)
        s->ode->linear->times(Jx, x, s->ode->ctx);
    else
        ov_jacobian_times(Jx, s->J, x, s->ode->n);
}

int ov_solver_jacobian(struct ov_solver *s, const double *y)
{
    s->has_J = evaluate(s, s->J, y) == GSL_SUCCESS;
    s->has_growth = false;
    if (!s->has_J)
        return GSL_FAILURE;
    if (!s->ode->linear)
        s->norm = ov_jacobian_bound(s->J, s->ode->n);
    return GSL_SUCCESS;
}

/* It is rounded up to a power of 2^(1/4), or down to 0, so that it does not depend on LAPACK's
 * rounding errors (those of the factors of a step do reach the path's last digits: of one kind of
 * CPU they are the same, as there is one thread). NaN (no eigenvalues found) becomes 0: no limit
 * but the error estimate. */
double ov_solver_growth(struct ov_solver *s)
{
    if (!s->has_growth) {
        double growth = ov_jacobian_growth_times(times, s, s->norm, s->ode->n, s->scratch);
        s->growth = growth > 1e-6 * s->norm ? exp2(ceil(4.0 * log2(growth)) / 4.0) : 0.0;
        s->has_growth = true;
    }
    return s->growth;
}
