/* SPDX-License-Identifier: MIT
 *
 * Thresholds in alpha. Those without noise are the map at xi = 0, where all that is left of the
 * spectrum is the noise bulk, a semicircle; others are a zero of c at q = 0.
 */
#include <math.h>

#include "free_convolution_internal.h"
#include "quadratic_internal.h"

struct limit {
    struct ov_free_convolution f;
    double omega;
};

/* At xi = 0 2 alpha c = t (t N + 2 h): the bracket vanishes where alpha(t) is lowest. */
static double least_alpha(double *slope, double t, const void *ctx)
{
    const struct limit *x = ctx;
    struct ov_quadratic_state s = ov_quadratic_at(&x->f, t, fmax(t, x->omega), 0.0);
    *slope = s.N;
    return t * s.N + 2.0 * s.h;
}

static enum ov_status limit_init(struct limit *x, double kappa, double kappa_star,
                                 struct ov_error *err)
{
    enum ov_status status = ov_free_convolution_init(&x->f, kappa_star, 0.0, err);
    return status == OV_OK ? ov_quadratic_omega(&x->omega, &x->f, kappa, err) : status;
}

/* The state at pr_plus, kappa_star < 1, kappa >= kappa_star. */
static enum ov_status recovery_state(struct ov_quadratic_state *s, double kappa, double kappa_star,
                                     struct ov_error *err)
{
    struct limit x;
    enum ov_status status = limit_init(&x, kappa, kappa_star, err);
    if (status != OV_OK)
        return status;
    double t = 0.0; /* where kappa = kappa_star, h = 0 */
    if (kappa > kappa_star)
        t = ov_monotone_root(least_alpha, &x, 0.0, x.f.edge[1]);
    *s = ov_quadratic_at(&x.f, t, fmax(t, x.omega), 0.0);
    return OV_OK;
}

enum ov_status ov_quadratic_recovery(double *alpha, double *t, double kappa, double kappa_star,
                                     struct ov_error *err)
{
    *alpha = kappa >= fmin(kappa_star, 1.0) ? 0.5 : INFINITY;
    *t = 0.0;
    if (kappa_star >= 1.0 || kappa < kappa_star)
        return OV_OK;
    struct ov_quadratic_state s;
    enum ov_status status = recovery_state(&s, kappa, kappa_star, err);
    if (status == OV_OK) {
        *alpha = 0.5 * s.A;
        *t = s.t;
    }
    return status;
}

/* ---- where c = 0 at q = 0 ---- */

struct ridgeless {
    const struct ov_quadratic *p;
    struct ov_quadratic_state s;
};

static double c_at(double ln_xi, void *ctx)
{
    struct ridgeless *x = ctx;
    struct ov_free_convolution f;
    double omega;
    if (ov_free_convolution_init(&f, x->p->kappa_star, exp(ln_xi), NULL) != OV_OK ||
        ov_quadratic_omega(&omega, &f, x->p->kappa, NULL) != OV_OK)
        return NAN;
    x->s = ov_quadratic_at(&f, 0.0, fmax(0.0, omega), x->p->Delta);
    return x->s.Ac;
}

/* c is positive at small xi, where the noise (of labels, or of a teacher too wide) is all there
 * is. */
static enum ov_status noisy(struct ov_quadratic_thresholds *th, const struct ov_quadratic *p,
                            struct ov_error *err)
{
    struct ridgeless x = {.p = p};
    double lo = -46.0, f_lo = c_at(lo, &x), step = 0.25;
    for (double hi = lo + step; hi < 100.0; hi += step) {
        double f_hi = c_at(hi, &x);
        if (f_lo > 0.0 && f_hi <= 0.0) {
            c_at(ov_quadratic_zero(c_at, &x, lo, hi, f_lo, f_hi), &x);
            th->inter = 0.5 * x.s.A;
            th->inter_xi = x.s.xi;
            th->inter_mse = x.s.xi * (x.s.A - x.s.noise);
            return OV_OK;
        }
        lo = hi;
        f_lo = f_hi;
    }
    return ov_fail(err, OV_ENUMERIC,
                   "no end of interpolation found for kappa = %g, kappa_star = %g, Delta = %g",
                   p->kappa, p->kappa_star, p->Delta);
}

/* Delta = 0, kappa >= min(kappa_star, 1): 2 alpha at xi = 0, q = 0. */
static enum ov_status noiseless(double *inter, double kappa, double kappa_star,
                                struct ov_error *err)
{
    struct limit x;
    *inter = 0.5;
    if (kappa_star >= 1.0)
        return OV_OK;
    enum ov_status status = limit_init(&x, kappa, kappa_star, err);
    if (status == OV_OK)
        *inter = 0.5 * ov_quadratic_at(&x.f, 0.0, fmax(0.0, x.omega), 0.0).A;
    return status;
}

static enum ov_status recovery(struct ov_quadratic_thresholds *th, const struct ov_quadratic *p,
                               struct ov_error *err)
{
    struct ov_quadratic_state s;
    double t, k = fmin(p->kappa, 1.0), inter = INFINITY;
    bool wide = k >= fmin(p->kappa_star, 1.0);
    enum ov_status status = OV_OK;
    if (wide)
        status = noiseless(&inter, p->kappa, p->kappa_star, err);
    if (status == OV_OK)
        status = ov_quadratic_recovery(&th->pr_plus, &t, p->kappa, p->kappa_star, err);
    th->pr = wide ? fmin(inter, k - 0.5 * k * k) : INFINITY;
    th->kappa_sat = 1.0;
    if (status == OV_OK && p->kappa_star < 1.0) {
        status = recovery_state(&s, INFINITY, p->kappa_star, err);
        th->kappa_sat = status == OV_OK ? s.N : NAN;
    }
    if (p->Delta > 0.0)
        th->pr = th->pr_plus = INFINITY;
    else
        th->inter = inter;
    return status;
}

enum ov_status ov_quadratic_thresholds(struct ov_quadratic_thresholds *th,
                                       const struct ov_quadratic *p, struct ov_error *err)
{
    struct ov_quadratic_thresholds new = {.inter = INFINITY};
    struct ov_quadratic any = *p;
    any.lambda = 0.0;
    enum ov_status status = ov_quadratic_check(&any, err);
    if (status == OV_OK)
        status = recovery(&new, p, err);
    if (status == OV_OK && isinf(new.inter))
        status = noisy(&new, &any, err);
    if (status == OV_OK)
        *th = new;
    return status;
}
