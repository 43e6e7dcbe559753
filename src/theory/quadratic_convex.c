/* SPDX-License-Identifier: MIT
 *
 * The long-time limit without a limit on the width (kappa = infinity): a convex problem, one root.
 * Newton's method in (ln xi, ln q) with exact derivatives (d rho/d xi = -d(rho h)/dx) from a point
 * near by; from scratch: at fixed
 * t = q/sqrt(xi) alpha falls with xi, and along alpha = const lambda rises with t, so that t is
 * found by halving.
 */
#include <math.h>

#include "free_convolution_internal.h"
#include "quadratic_internal.h"

static const double ln_xi_most = 138.0; /* 1e60 */

struct search {
    const struct ov_quadratic *p;
    double alpha, t;
    double complex y; /* the transform at the last cut in a bulk; 0: not known */
    struct ov_quadratic_state x;
};

/* NAN in A if xi is out of range: the caller looks. */
static struct ov_quadratic_state state_at(const struct search *s, double ln_xi, double t)
{
    struct ov_free_convolution f;
    if (ov_free_convolution_init(&f, s->p->kappa_star, exp(ln_xi), NULL) != OV_OK)
        return (struct ov_quadratic_state){.A = NAN};
    return ov_quadratic_at(&f, t, t, s->p->Delta);
}

/* The same, followed from the last one where that works. */
static struct ov_quadratic_state state_near(struct search *s, double ln_xi, double t)
{
    struct ov_free_convolution f;
    struct ov_quadratic_state x;
    if (ov_quadratic_near(&x, &s->y, s->p->kappa_star, exp(ln_xi), t, s->p->Delta))
        return x;
    s->y = 0.0;
    if (ov_free_convolution_init(&f, s->p->kappa_star, exp(ln_xi), NULL) != OV_OK)
        return (struct ov_quadratic_state){.A = NAN};
    double complex y = ov_free_convolution_y(&f, t);
    s->y = cimag(y) < 0.0 ? y : 0.0;
    return ov_quadratic_at(&f, t, t, s->p->Delta);
}

/* ---- Newton's method ---- */

/* The step of the two residuals ln(A/(2 alpha)) and c - lambda/q. */
static void newton_step(double step[2], const struct search *s, double q)
{
    const struct ov_quadratic_state *x = &s->x;
    double r1 = log(x->A / (2.0 * s->alpha)), r2 = x->Ac / x->A - s->p->lambda / q;
    double share = 2.0 * x->div / x->A;
    double a11 = x->dA_lnxi / x->A, a12 = x->dA_lnq / x->A;
    double a21 = share * a11 - 2.0 * x->dI_lnxi / x->A;
    double a22 = share * a12 - 2.0 * x->dI_lnq / x->A + s->p->lambda / q;
    double det = a11 * a22 - a12 * a21;
    step[0] = -(r1 * a22 - r2 * a12) / det;
    step[1] = -(a11 * r2 - a21 * r1) / det;
}

/* From (ln_xi, ln_q); false if it does not converge. After a step of 1e-7 the state is at
 * rounding. */
static bool newton(struct search *s, double ln_xi, double ln_q)
{
    double size = INFINITY;
    for (int turn = 0; turn < 30; turn++) {
        double step[2], q = exp(ln_q);
        if (!(fabs(ln_xi) < ln_xi_most && fabs(ln_q) < ln_xi_most))
            return false;
        s->x = state_near(s, ln_xi, exp(ln_q - 0.5 * ln_xi));
        if (size < 1e-7)
            return fabs(log(s->x.A / (2.0 * s->alpha))) < 1e-11 &&
                   fabs(s->x.Ac / s->x.A - s->p->lambda / q) < 1e-11;
        newton_step(step, s, q);
        size = fmax(fabs(step[0]), fabs(step[1]));
        if (!(size < INFINITY))
            return false;
        double damp = size > 1.0 ? 1.0 / size : 1.0;
        ln_xi += damp * step[0];
        ln_q += damp * step[1];
    }
    return false;
}

/* ---- from scratch ---- */

static double alpha_of_xi(double *slope, double ln_xi, const void *ctx)
{
    const struct search *s = ctx;
    struct ov_quadratic_state x = state_at(s, ln_xi, s->t);
    *slope = -(x.dA_lnxi + 0.5 * x.dA_lnq) / x.A;
    return log(2.0 * s->alpha / x.A);
}

/* xi at s->t; false if there is none (then lambda <= 0 at this t). */
static bool inner(struct search *s)
{
    if (!(state_at(s, -ln_xi_most, s->t).A > 2.0 * s->alpha &&
          state_at(s, ln_xi_most, s->t).A < 2.0 * s->alpha))
        return false;
    s->x = state_at(s, ov_monotone_root(alpha_of_xi, s, -ln_xi_most, ln_xi_most), s->t);
    return true;
}

/* Without noise and with kappa_star > 1 all of the spectrum is kept while q is below its edge: 2
 * alpha = 1 + t^2 does not know xi, and c = t^2/(1 + t^2) gives q. */
static bool all_kept(struct search *s)
{
    double t2 = 2.0 * s->alpha - 1.0;
    if (s->p->Delta > 0.0 || s->p->kappa_star < 1.0 || s->p->lambda == 0.0 || !(t2 > 0.0))
        return false;
    double ln_q = log(s->p->lambda * (1.0 + t2) / t2);
    return newton(s, 2.0 * ln_q - log(t2), ln_q);
}

static bool from_scratch(struct search *s)
{
    if (all_kept(s))
        return true;
    double lo = -100.0, hi = 100.0; /* of ln t */
    bool there = false;
    for (int turn = 0; turn < 64; turn++) {
        double ln_t = 0.5 * (lo + hi), lambda = s->p->lambda;
        s->t = exp(ln_t);
        bool below = !inner(s) || sqrt(s->x.xi) * s->t * s->x.Ac <= lambda * s->x.A;
        *(below ? &lo : &hi) = ln_t;
        there = there || !below;
        if (hi - lo > 1.0 || turn % 3 || !there)
            continue;
        s->t = exp(hi); /* there is a xi at this end */
        if (inner(s) && newton(s, log(s->x.xi), hi + 0.5 * log(s->x.xi)))
            return true;
    }
    return false;
}

/* ---- lambda -> 0+ where the samples cannot be interpolated ---- */

/* q = 0, if c is not negative there. */
static bool ridgeless(struct ov_quadratic_point *point, struct search *s)
{
    s->t = 0.0;
    if (!inner(s) || s->x.Ac < 0.0)
        return false;
    ov_quadratic_fill(point, &s->x, s->p->Delta, s->alpha, 0.0, false);
    return true;
}

static double alpha_of_t(double *slope, double t, const void *ctx)
{
    const struct search *s = ctx;
    struct ov_free_convolution f;
    if (ov_free_convolution_init(&f, s->p->kappa_star, 0.0, NULL) != OV_OK)
        return NAN;
    struct ov_quadratic_state x = ov_quadratic_at(&f, t, t, 0.0);
    *slope = t > 0.0 ? x.dA_lnq / t : 0.0;
    return x.A - 2.0 * s->alpha;
}

/* Delta = 0, the teacher: xi = 0 and q = 0, at t beyond the one of pr_plus, whose alpha is lowest.
 * With kappa_star >= 1 there is no noise bulk: 2 alpha = 1 + t^2. */
static void recovered(struct ov_quadratic_point *point, const struct search *s, double t_least)
{
    double k = s->p->kappa_star, t_most = fmax(4.0, 2.0 + sqrt(4.0 * s->alpha / k));
    struct ov_quadratic_state x = {
        .t = sqrt(fmax(0.0, 2.0 * s->alpha - 1.0)), .N = 1.0, .div = 0.5};
    x.cut = x.t;
    x.A = 2.0 * s->alpha;
    x.Ac = x.A - 1.0;
    if (k < 1.0) {
        struct ov_free_convolution f;
        if (ov_free_convolution_init(&f, k, 0.0, NULL) != OV_OK)
            return; /* not for k in range */
        double t = ov_monotone_root(alpha_of_t, s, t_least, t_most);
        x = ov_quadratic_at(&f, t, t, 0.0);
    }
    ov_quadratic_fill(point, &x, 0.0, s->alpha, 0.0, false);
}

/* Fills and says true if q -> 0. */
static enum ov_status without_penalty(bool *done, struct ov_quadratic_point *point,
                                      struct search *s, struct ov_error *err)
{
    double pr_plus, t;
    if (s->p->Delta > 0.0) {
        *done = ridgeless(point, s);
        return OV_OK;
    }
    enum ov_status status = ov_quadratic_recovery(&pr_plus, &t, INFINITY, s->p->kappa_star, err);
    *done = status == OV_OK && s->alpha >= pr_plus;
    if (*done)
        recovered(point, s, t);
    return status;
}

enum ov_status ov_quadratic_convex(struct ov_quadratic_point *point, const struct ov_quadratic *p,
                                   double alpha, const struct ov_quadratic_point *guess,
                                   double complex *y, struct ov_error *err)
{
    struct search s = {.p = p, .alpha = alpha, .y = *y};
    bool done = false;
    enum ov_status status = OV_OK;
    if (p->lambda == 0.0)
        status = without_penalty(&done, point, &s, err);
    if (status == OV_OK && !done) {
        if (!(guess && guess->xi > 0.0 && guess->q > 0.0 &&
              newton(&s, log(guess->xi), log(guess->q))) &&
            !from_scratch(&s))
            status = OV_ENUMERIC;
        else
            ov_quadratic_fill(point, &s.x, p->Delta, alpha, p->lambda, false);
    }
    *y = s.y;
    if (status == OV_ENUMERIC)
        return ov_fail(err, status,
                       "no root found at alpha = %g, lambda = %g, Delta = %g, kappa_star = %g",
                       alpha, p->lambda, p->Delta, p->kappa_star);
    return status;
}
