/* SPDX-License-Identifier: MIT
 *
 * Why there is no further step: the limit of right-hand sides, a pole, a tolerance that rounding
 * does not allow, or a right-hand side that is not there. And where none is needed.
 */
#include <float.h>
#include <math.h>

#include "solve_internal.h"

static const double pole_growth = 10.0; /* of a state that runs into a pole, at least */
static const double pole_units = 1e6;   /* of rounding of the time, see at_pole */
static const double beyond = 1e8;       /* growth of a state that is stuck: nothing comes back */
static const double least_seen = 100.0; /* what moves less is not seen, in atol */

/* Near a pole at t*, y is some power of t* - t, and |y|/|dy| is t* - t up to a factor: what is left
 * of t is a matter of its rounding. */
static bool at_pole(const struct ov_solver *s)
{
    size_t largest = 0;
    for (size_t i = 0; i < s->ode->n; i++)
        largest = fabs(s->y[i]) > fabs(s->y[largest]) ? i : largest;
    double y = s->y[largest], dy = s->point_dy[0][largest];
    if (fabs(y) > beyond * (1.0 + s->start_size))
        return true;
    return s->n_point > 1 && fabs(y) > pole_growth * s->start_size && y * dy > 0.0 &&
           fabs(y) < pole_units * DBL_EPSILON * s->t * fabs(dy);
}

/* Nothing would move by more than the tolerance until the last time, though it move along what grows
 * fastest: a deviation's speed then sums up to (e^(growth left) - 1)/growth times what it is now.
 * Where there is no Jacobian, as if nothing grew. */
static bool at_rest(const struct ov_solver *s)
{
    double left = s->last - s->t;
    if (s->growth > 0.0)
        left = expm1(s->growth * left) / s->growth;
    for (size_t i = 0; i < s->ode->n; i++) {
        double seen = least_seen * s->opt->atol + s->opt->rtol * fabs(s->y[i]);
        if (!(fabs(s->point_dy[0][i]) * left <= seen))
            return false;
    }
    return s->n_point > 0;
}

enum ov_status ov_solver_failure(const struct ov_solver *s, struct ov_error *err)
{
    if (s->exhausted)
        return ov_fail(err, OV_ENUMERIC,
                       "not there after %zu right-hand sides, at %s = %.6g of %.6g: the steps "
                       "are short there; a larger rtol (%g now) makes them longer, or a larger "
                       "atol (%g) where what they are short for is small",
                       s->work.n_rhs, ov_solver_time_name(s), ov_solver_now(s),
                       s->ode->from + s->last, s->opt->rtol, s->opt->atol);
    if (at_pole(s))
        return ov_fail_diverged(err, ov_solver_time_name(s), ov_solver_now(s));
    if (at_rest(s))
        return OV_OK;
    if (s->refused > 0)
        return ov_fail(err, OV_ENUMERIC,
                       "no step from %s = %.6g is small enough: the right-hand side is not "
                       "defined or not finite there",
                       ov_solver_time_name(s), ov_solver_now(s));
    return ov_fail(err, OV_ENUMERIC,
                   "no step from %s = %.6g meets the tolerance: rounding, or a right-hand side "
                   "that is not smooth there, errs by more than rtol = %g, atol = %g; larger ones "
                   "may do",
                   ov_solver_time_name(s), ov_solver_now(s), s->opt->rtol, s->opt->atol);
}
