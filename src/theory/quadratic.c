/* SPDX-License-Identifier: MIT
 *
 * Quadratic networks: the explicit map from (xi, q) to everything else. With M = mse/xi all is of
 * order 1 in scaled units however small xi is: with integrals below the cut, which the noise bulk
 * holds,
 *     2 alpha   = int_below rho s^2 - 1 + t^2 N + 4 I + Delta/(2 xi)
 *     2 alpha c = int_below rho (s^2 - 2 s Re y + 2 t Re y) + t^2 N + Delta/(2 xi)
 */
#include "overlap/theory/quadratic.h"

#include <math.h>

#include "free_convolution_internal.h"
#include "quadratic_internal.h"

static struct ov_quadratic_state state_of(const struct ov_free_convolution *f, double t, double cut,
                                          double Delta, struct ov_free_convolution_below B)
{
    struct ov_quadratic_state x = {.xi = f->xi, .t = t, .cut = cut, .N = 1.0 - B.mass, .h = B.h};
    x.s1 = B.s1;
    x.div = (0.5 - B.hs) + t * B.h;
    x.noise = Delta > 0.0 ? 0.5 * Delta / f->xi : 0.0;
    x.Ac = B.s2 - 2.0 * B.hs + t * (2.0 * B.h + t * x.N) + x.noise;
    x.A = x.Ac + 2.0 * x.div;
    x.dI_lnxi = B.y3 / (3.0 * M_PI);
    x.dI_lnq = t * B.h;
    x.dA_lnxi = 4.0 * (x.div + x.dI_lnxi) - (1.0 - 2.0 * B.hs) - x.A;
    x.dA_lnq = t * (2.0 * t * x.N + 4.0 * B.h);
    return x;
}

struct ov_quadratic_state ov_quadratic_at(const struct ov_free_convolution *f, double t, double cut,
                                          double Delta)
{
    double complex y = ov_free_convolution_y(f, cut);
    return state_of(f, t, cut, Delta, ov_free_convolution_below(f, cut, y));
}

bool ov_quadratic_near(struct ov_quadratic_state *x, double complex *y, double kappa_star,
                       double xi, double t, double Delta)
{
    struct ov_free_convolution f = {.kappa_star = kappa_star, .xi = xi, .unit = sqrt(xi)};
    f.e = kappa_star * f.unit;
    if (*y == 0.0 || !(xi >= 1e-60 && xi <= 1e60) || !ov_free_convolution_follow(y, &f, t))
        return false;
    *x = state_of(&f, t, t, Delta, ov_free_convolution_below_in(&f, t, *y));
    return true;
}

enum ov_status ov_quadratic_omega(double *omega, const struct ov_free_convolution *f, double kappa,
                                  struct ov_error *err)
{
    *omega = -INFINITY;
    return kappa < 1.0 ? ov_free_convolution_quantile(omega, f, kappa, err) : OV_OK;
}

void ov_quadratic_fill(struct ov_quadratic_point *point, const struct ov_quadratic_state *x,
                       double Delta, double alpha, double lambda, bool width_limited)
{
    double unit = sqrt(x->xi), c = x->Ac / x->A, rest = 2.0 * x->div / x->A;
    double mse = x->xi * (x->A - x->noise);
    *point = (struct ov_quadratic_point){.alpha = alpha,
                                         .lambda = lambda >= 0.0 ? lambda : unit * x->t * c,
                                         .xi = x->xi,
                                         .q = unit * x->t,
                                         .t = x->t,
                                         .cut = x->cut,
                                         .c = c,
                                         .mse = mse,
                                         .rank = x->N,
                                         .width_limited = width_limited};
    point->loss_train = c * c * (0.5 * mse + 0.25 * Delta);
    point->err_in = 0.5 * c * c * mse + 0.25 * rest * rest * Delta;
    point->trace = 1.0 - unit * (x->s1 + x->t * x->N);
    point->loss_reg = point->loss_train + point->lambda * point->trace;
}

static bool in_range(double x, bool or_zero, double lo, double hi)
{
    return (or_zero && x == 0.0) || (x >= lo && x <= hi);
}

enum ov_status ov_quadratic_check(const struct ov_quadratic *p, struct ov_error *err)
{
    if (!(p->kappa >= 1e-3))
        return ov_fail(err, OV_EDOM, "kappa = %g must be at least 1e-3", p->kappa);
    if (!in_range(p->kappa_star, false, 1e-3, 1e3))
        return ov_fail(err, OV_EDOM, "kappa_star = %g must be in [1e-3, 1e3]", p->kappa_star);
    if (!in_range(p->lambda, true, 1e-12, 1e6))
        return ov_fail(err, OV_EDOM, "lambda = %g must be 0 or in [1e-12, 1e6]", p->lambda);
    if (!in_range(p->Delta, true, 1e-12, 1e6))
        return ov_fail(err, OV_EDOM, "Delta = %g must be 0 or in [1e-12, 1e6]", p->Delta);
    return OV_OK;
}

enum ov_status ov_quadratic_check_alpha(double alpha, struct ov_error *err)
{
    if (!in_range(alpha, false, 1e-4, 1e6))
        return ov_fail(err, OV_EDOM, "alpha = %g must be in [1e-4, 1e6]", alpha);
    return OV_OK;
}

enum ov_status ov_quadratic_map(struct ov_quadratic_point *point, const struct ov_quadratic *p,
                                double xi, double q, struct ov_error *err)
{
    struct ov_quadratic any = *p;
    struct ov_free_convolution f;
    double omega;
    any.lambda = 0.0;
    enum ov_status status = ov_quadratic_check(&any, err);
    if (status != OV_OK)
        return status;
    if (!in_range(xi, false, 1e-60, 1e60) || !in_range(q, true, 0.0, 1e60))
        return ov_fail(err, OV_EDOM, "xi = %g and q = %g must be in [1e-60, 1e60]", xi, q);
    status = ov_free_convolution_init(&f, p->kappa_star, xi, err);
    if (status == OV_OK)
        status = ov_quadratic_omega(&omega, &f, p->kappa, err);
    if (status != OV_OK)
        return status;
    double t = q / f.unit;
    struct ov_quadratic_state x = ov_quadratic_at(&f, t, fmax(t, omega), p->Delta);
    ov_quadratic_fill(point, &x, p->Delta, 0.5 * x.A, -1.0, omega > t);
    point->lambda = point->q * point->c;
    point->loss_reg = point->loss_train + point->lambda * point->trace;
    return OV_OK;
}

double ov_quadratic_zero(double (*f)(double x, void *ctx), void *ctx, double lo, double hi,
                         double f_lo, double f_hi)
{
    int same = 0;
    double last = NAN, wide = INFINITY; /* of three turns before */
    for (int turn = 0; turn < 200 && fabs(hi - lo) > 4e-16 * fmax(fabs(lo), fabs(hi)); turn++) {
        double mid = lo - f_lo * (hi - lo) / (f_hi - f_lo);
        if (turn % 3 == 2) {
            mid = fabs(hi - lo) > 0.5 * wide ? 0.5 * (lo + hi) : mid;
            wide = fabs(hi - lo);
        }
        if (fabs(mid - last) <= 2e-16 * fabs(mid))
            return mid;
        last = mid;
        if (!(mid > fmin(lo, hi) && mid < fmax(lo, hi)))
            mid = 0.5 * (lo + hi);
        double value = f(mid, ctx);
        if (value == 0.0 || isnan(value))
            return isnan(value) ? NAN : mid;
        if ((value < 0.0) == (f_lo < 0.0)) {
            lo = mid;
            f_lo = value;
            f_hi *= same > 0 ? 0.5 : 1.0;
            same = 1;
        } else {
            hi = mid;
            f_hi = value;
            f_lo *= same < 0 ? 0.5 : 1.0;
            same = -1;
        }
    }
    return 0.5 * (lo + hi);
}
