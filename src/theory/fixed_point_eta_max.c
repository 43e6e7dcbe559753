/* SPDX-License-Identifier: MIT
 *
 * Stability of perfect solutions. f = eta f_1 + eta^2 f_2 (eta_v in proportion to eta_w), so the
 * Jacobians at two learning rates give those at all.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_roots.h>

#include "fixed_point_newton_internal.h"
#include "overlap/theory/jacobian.h"

static const double at_rest = 1e-12;    /* |f|/eta */
static const double zero_growth = 1e-7; /* relative to |J|: null directions stay at 0 */
static const double first_ratio = 1e-3; /* of eta |J_2| to |J_1| where the search begins */
static const double eta_first = 1e-3, eta_last = 1e6, eta_factor = 1.1;

struct family {
    size_t n;
    double *block;       /* owned; the views below */
    double *J_1, *J_2;   /* (n,n): J/eta = J_1 + eta J_2 */
    double *J, *scratch; /* (n,n), (2n) */
};

/* J/eta at eta, and whether the state is at rest. */
static bool jacobian_over_eta(double *J, struct ov_newton *w, struct ov_problem *p, double ratio,
                              double eta)
{
    p->eta_w = eta;
    p->eta_v = ratio * eta;
    bool still = ov_newton_solve(w) == OV_OK;
    for (size_t i = 0; i < w->n; i++)
        still = still && fabs(w->f[i]) <= at_rest * eta;
    for (size_t i = 0; i < w->n * w->n; i++)
        J[i] = w->J[i] / eta;
    return still;
}

/* The largest real part of J_1 + eta J_2, and what counts as zero for it. */
static double growth_at(double *zero, struct family *a, double eta)
{
    for (size_t i = 0; i < a->n * a->n; i++)
        a->J[i] = a->J_1[i] + eta * a->J_2[i];
    *zero = zero_growth * ov_jacobian_bound(a->J, a->n);
    return ov_jacobian_growth(a->J, a->n, a->scratch);
}

/* Growth beyond that. */
static double growth(double eta, void *ctx)
{
    double zero, value = growth_at(&zero, ctx, eta);
    return value - zero;
}

static double root_between(struct family *a, double low, double high)
{
    gsl_function F = {growth, a};
    gsl_root_fsolver *s = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    double eta = NAN;
    if (s && gsl_root_fsolver_set(s, &F, low, high) == GSL_SUCCESS) {
        int status = GSL_CONTINUE;
        for (int i = 0; i < 200 && status == GSL_CONTINUE; i++) {
            if (gsl_root_fsolver_iterate(s) != GSL_SUCCESS)
                break;
            status = gsl_root_test_interval(gsl_root_fsolver_x_lower(s),
                                            gsl_root_fsolver_x_upper(s), 0.0, 1e-10);
        }
        eta = gsl_root_fsolver_root(s);
    }
    if (s)
        gsl_root_fsolver_free(s);
    return eta;
}

/* The zero of the growth itself near that of growth(), by its slope. */
static double without_offset(struct family *a, double eta)
{
    double zero, here = growth_at(&zero, a, eta), beyond = eta * (1.0 + 1e-5);
    double there = growth_at(&zero, a, beyond);
    double correction = here * (beyond - eta) / (there - here);
    return fabs(correction) < 1e-4 * eta ? eta - correction : eta;
}

/* Where eta^2 terms can't matter yet: a quartic unit is unstable from eta = 2e-4 on. */
static double small_eta(struct family *a)
{
    double ratio = ov_jacobian_bound(a->J_1, a->n) / ov_jacobian_bound(a->J_2, a->n);
    return fmin(eta_first, first_ratio * ratio);
}

/* The least eta above `low` with growth: up in small factors until there is some, then Brent's method. */
static double least_unstable(struct family *a, double low)
{
    while (low < eta_last) {
        double high = low * eta_factor;
        if (growth(high, a) > 0.0)
            return without_offset(a, root_between(a, low, high));
        low = high;
    }
    return INFINITY;
}

static enum ov_status find(double *eta_max, struct family *a, struct ov_newton *w,
                           struct ov_problem *p, struct ov_error *err)
{
    double ratio = p->eta_v / p->eta_w;
    bool still =
        jacobian_over_eta(a->J_1, w, p, ratio, 1.0) && jacobian_over_eta(a->J_2, w, p, ratio, 2.0);
    if (!still)
        return ov_fail(err, OV_EDOM, "the state is not at rest at all learning rates");
    for (size_t i = 0; i < w->n * w->n; i++) {
        a->J_2[i] -= a->J_1[i];
        a->J_1[i] -= a->J_2[i];
    }
    double small = small_eta(a);
    if (!(growth(small, a) <= 0.0))
        return ov_fail(err, OV_EDOM, "the state is unstable at any learning rate");
    *eta_max = least_unstable(a, small);
    return isnan(*eta_max) ? ov_fail(err, OV_ENOMEM, "out of memory") : OV_OK;
}

enum ov_status ov_eta_max(double *eta_max, const struct ov_problem *p, const struct ov_overlaps *o,
                          struct ov_error *err)
{
    struct ov_problem q = *p;
    struct ov_newton w;
    *eta_max = NAN;
    enum ov_status status = ov_newton_check(p, o, err);
    if (status != OV_OK)
        return status;
    if (!(p->eta_w > 0.0 && isfinite(p->eta_w)))
        return ov_fail(err, OV_EDOM, "eta_w must be positive: %g", p->eta_w);
    if (ov_newton_create(&w, &q, o) != OV_OK)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    struct family a = {.n = w.n, .block = calloc(3 * w.n + 2, w.n * sizeof(double))};
    if (a.block) {
        a.J_1 = a.block;
        a.J_2 = a.J_1 + w.n * w.n;
        a.J = a.J_2 + w.n * w.n;
        a.scratch = a.J + w.n * w.n;
        status = find(eta_max, &a, &w, &q, err);
    } else {
        status = ov_fail(err, OV_ENOMEM, "out of memory");
    }
    free(a.block);
    ov_newton_free(&w);
    return status;
}
