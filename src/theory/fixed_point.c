/* SPDX-License-Identifier: MIT
 *
 * Newton's method on the equations of motion, and the kind of what it finds.
 */
#include "overlap/theory/fixed_point.h"

#include <math.h>
#include <string.h>

#include "fixed_point_newton_internal.h"
#include "overlap/model/eps_g.h"
#include "overlap/theory/jacobian.h"

enum { ITERATIONS = 200, ITERATIONS_OF_FLOW = 1000 };

static const double longest_step = 0.3, shortest_step = 1e-13, rounding_step = 1e-9;
static const double least_pull = 1e-9;  /* relative to |J| */
static const double at_rest = 1e-12;    /* |f| relative to |J| |y| */
static const double zero_growth = 1e-7; /* relative to |J| */

const char *ov_fixed_kind_name(enum ov_fixed_kind kind)
{
    static const char *const names[] = {[OV_FIXED_NOT_FOUND] = "not found",
                                        [OV_FIXED_STABLE] = "stable",
                                        [OV_FIXED_MARGINAL] = "marginal",
                                        [OV_FIXED_UNSTABLE] = "unstable"};
    return names[kind];
}

static double max_abs(const double *x, size_t n)
{
    double max = 0.0;
    for (size_t i = 0; i < n; i++)
        max = fmax(max, fabs(x[i]));
    return max;
}

/* One step of Newton's method from w->y; returns its length, which is cut to longest_step. */
static double take_step(struct ov_newton *w)
{
    double length = max_abs(w->step, w->n);
    double part = length > longest_step ? longest_step / length : 1.0;
    for (size_t i = 0; i < w->n; i++)
        w->y[i] += part * w->step[i];
    return part * length;
}

/* Where Newton's steps lead astray (slow directions beside the edge of the cone of covariances):
 * implicit Euler's, which follow the flow, twice as long as the last where |f| has not grown by half, and
 * Newton's in the end. */
static void let_go(struct ov_newton *w, double before, double rest)
{
    double bound = ov_jacobian_bound(w->J, w->n), f = max_abs(w->f, w->n);
    if (w->pull > 0.0)
        w->pull = f < 1.5 * before ? 0.5 * w->pull : fmin(2.0 * w->pull, bound);
    if (w->pull < least_pull * bound || f <= rest)
        w->pull = 0.0;
}

/* Newton's method from w->y, or with pull > 0 along the flow at first. On OV_OK w->y is at rest and
 * w->J its Jacobian. */
static enum ov_status iterate(struct ov_fixed_point *found, struct ov_newton *w,
                              struct ov_error *err)
{
    double before = INFINITY;
    size_t most = w->pull > 0.0 ? ITERATIONS_OF_FLOW : ITERATIONS;
    for (size_t i = 0; i < most; i++) {
        if (ov_overlaps_diverged(ov_newton_fields(w)->block, w->p->K, w->p->M))
            return ov_fail(err, OV_EDIVERGED, "Newton's method leaves every bound after %zu steps",
                           i);
        enum ov_status status = ov_newton_solve(w);
        if (status != OV_OK)
            return ov_fail(err, status, "Newton's method: %s", ov_status_name(status));
        double size = fmax(1.0, max_abs(w->y, w->n));
        double rest = at_rest * ov_jacobian_bound(w->J, w->n) * size;
        let_go(w, found->residual, rest);
        found->residual = max_abs(w->f, w->n);
        found->last_step = take_step(w);
        found->n_null = w->n_null;
        found->n_iteration = i + 1;
        bool still =
            w->pull == 0.0 &&
            (found->last_step <= shortest_step * size ||
             (found->last_step <= rounding_step * size && found->last_step >= 0.5 * before));
        if (still && found->residual <= rest)
            return OV_OK;
        before = found->last_step;
    }
    return ov_fail(err, OV_ENUMERIC,
                   "no fixed point found in %zu steps: |f| = %.3g, last step %.3g", most,
                   found->residual, found->last_step);
}

static enum ov_fixed_kind kind_of(double growth, double bound)
{
    if (isnan(growth))
        return OV_FIXED_NOT_FOUND;
    if (fabs(growth) <= zero_growth * bound)
        return OV_FIXED_MARGINAL;
    return growth < 0.0 ? OV_FIXED_STABLE : OV_FIXED_UNSTABLE;
}

/* What there is at w->y: a covariance, its error and stability. */
static enum ov_status judge(struct ov_fixed_point *found, struct ov_newton *w, struct ov_error *err)
{
    const struct ov_overlaps *fields = ov_newton_fields(w);
    enum ov_status status = ov_overlaps_check_blocks(&w->o, w->p->blocks, err);
    if (status == OV_EDOM) {
        ov_error_context(err, "Newton's method found a state that no weights have");
        status = OV_ENUMERIC;
        if (err)
            err->status = status;
    }
    if (status != OV_OK)
        return status;
    if (!ov_newton_jacobian(w))
        return ov_fail(err, OV_ENOMEM, "out of memory");
    double bound = ov_jacobian_bound(w->J, w->n);
    found->growth = ov_jacobian_growth(w->J, w->n, w->scratch);
    found->growth_over_eta = found->growth / w->p->eta_w;
    found->kind = kind_of(found->growth, bound);
    if (found->kind == OV_FIXED_NOT_FOUND)
        return ov_fail(err, OV_ENUMERIC, "the spectrum at the fixed point can't be computed");
    found->eps_g = ov_eps_g(fields, w->p->g, w->p->g_star);
    return OV_OK;
}

enum ov_status ov_newton_find(struct ov_fixed_point *found, struct ov_newton *w,
                              struct ov_error *err)
{
    size_t before = w->n_rhs;
    *found = (struct ov_fixed_point){
        .eps_g = NAN, .growth = NAN, .growth_over_eta = NAN, .residual = NAN, .last_step = NAN};
    memcpy(w->from, w->y, w->n * sizeof *w->y);
    w->pull = 0.0;
    enum ov_status status = iterate(found, w, w->p->g->act == OV_ACT_RELU ? NULL : err);
    if (w->p->g->act == OV_ACT_RELU && status != OV_OK && status != OV_ENOMEM) {
        memcpy(w->y, w->from, w->n * sizeof *w->y);
        found->residual = 0.0; /* the first step is a short one */
        w->pull = ov_newton_jacobian(w) ? ov_jacobian_bound(w->J, w->n) : NAN;
        status = iterate(found, w, err);
    }
    if (status == OV_OK)
        status = judge(found, w, err);
    found->n_rhs = w->n_rhs - before;
    return status;
}

enum ov_status ov_fixed_point(struct ov_fixed_point *found, struct ov_overlaps *o,
                              const struct ov_problem *p, struct ov_error *err)
{
    struct ov_newton w;
    *found = (struct ov_fixed_point){.eps_g = NAN, .growth = NAN, .growth_over_eta = NAN};
    enum ov_status status = ov_newton_check(p, o, err);
    if (status != OV_OK)
        return status;
    if (ov_newton_create(&w, p, o) != OV_OK)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    status = ov_newton_find(found, &w, err);
    if (status == OV_OK)
        memcpy(o->block, w.o.block, w.moving * sizeof *o->block);
    ov_newton_free(&w);
    return status;
}
