/* SPDX-License-Identifier: MIT
 *
 * Integrals of the density below s in closed form. With the J's below, primitives in y of s^j, and
 * the K's, of s^j y and y^2 s,
 *     int_s rho    = Im(s y - J1)/pi        int_s rho h    = Im(s y^2 - 2 K1)/(2 pi)
 *     int_s rho s  = Im(s^2 y - J2)/(2 pi)  int_s rho h s  = Im(s^2 y^2 - 2 K2)/(4 pi) …
 * by parts. Below the spectrum y < 0 and the logarithms are ln y = … - i pi, ln(e - y) real: the
 * constants that make each integral the whole are taken out here by hand, so that what is below a
 * noise bulk of size unit does not drown in the whole. Combinations of logarithm and powers that
 * cancel for small e/y or y/e are kept together (struct parts). Only imaginary parts are needed: of
 * a logarithm it is an angle.
 */
#include <float.h>
#include <math.h>

#include "free_convolution_internal.h"
#include "overlap/theory/free_convolution.h"

/* ln(1 - w) without its first terms: -sum over n >= from of w^(n - from)/n, |w| < 1/2. */
static double complex log_tail(double complex w, int from)
{
    double complex sum = 0.0, power = 1.0;
    for (int n = from; n < from + 60; n++) {
        double complex term = power / (double)n;
        sum -= term;
        if (cabs(term) < 0.1 * DBL_EPSILON * cabs(sum))
            break;
        power *= w;
    }
    return sum;
}

static double complex log_1m(double complex w)
{
    double re = creal(w), im = cimag(w);
    return 0.5 * log1p(-2.0 * re + re * re + im * im) + I * atan2(-im, 1.0 - re);
}

/* 1/z in plain arithmetic: C's quotient guards against overflow, which nothing is near here. */
static double complex inverse(double complex z)
{
    return conj(z) / (creal(z) * creal(z) + cimag(z) * cimag(z));
}

/* The primitives' ingredients. */
struct parts {
    double s, k, e;
    double complex y, u, y2; /* u = e - y */
    double complex per_y, per_u;
    double theta;           /* arg y + pi, in [0, pi] */
    double phi;             /* arg u, in [0, pi] */
    double complex over_y;  /* ln(1 - w)/e, w = e/y */
    double complex over_y2; /* (ln(1 - w) + w)/e^2 */
    double L_eu;            /* Im of ln u + e/u */
    double eL_y, e2L_ey;    /* Im of e ln u + y, e^2 ln u + e y + y^2/2 */
};

static void logs_in_w(struct parts *x)
{
    double complex w = x->e * x->per_y;
    if (creal(w) * creal(w) + cimag(w) * cimag(w) < 0.09) {
        double complex tail = log_tail(w, 2);
        x->over_y2 = tail * x->per_y * x->per_y;
        x->over_y = (-1.0 + w * tail) * x->per_y;
    } else {
        double complex ln = log_1m(w);
        x->over_y = ln / x->e;
        x->over_y2 = (ln + w) / (x->e * x->e);
    }
}

static void logs_in_v(struct parts *x)
{
    double e = x->e;
    if (creal(x->y) * creal(x->y) + cimag(x->y) * cimag(x->y) < 0.09 * e * e) {
        double complex v = x->y / e, tail = log_tail(v, 3);
        x->e2L_ey = cimag(x->y2 * v * tail);
        x->eL_y = cimag(x->y * v * (-0.5 + v * tail));
        x->L_eu = cimag(v * v * (e * x->per_u - 0.5 + v * tail));
    } else {
        x->eL_y = e * x->phi + cimag(x->y);
        x->e2L_ey = e * x->eL_y + 0.5 * cimag(x->y2);
        x->L_eu = x->phi + e * cimag(x->per_u);
    }
}

static struct parts parts_of(const struct ov_free_convolution *f, double s, double complex y)
{
    struct parts x = {.s = s, .k = f->kappa_star, .e = f->e, .y = y, .u = f->e - y, .y2 = y * y};
    /* arg y = -pi for y < 0, arg u = +pi for y > e: Im y = -0, as the limit from below has it */
    double im = fabs(cimag(y));
    x.theta = atan2(im, -creal(y));
    x.phi = atan2(im, creal(x.u));
    x.per_y = inverse(y);
    x.per_u = inverse(x.u);
    logs_in_w(&x);
    logs_in_v(&x);
    return x;
}

static double mass(double s, double complex y, double k, double theta, double phi)
{
    return (theta - k * phi - cimag((s - 0.5 * y) * y)) / M_PI;
}

static double first(const struct parts *x)
{
    double complex J2 = x->k * x->k * x->per_u - x->per_y + x->y2 * x->y / 3.0 -
                        2.0 * x->k * x->over_y + 2.0 * x->y;
    return (cimag(J2 - x->s * x->s * x->y) - 2.0 * x->k * x->eL_y) / (2.0 * M_PI);
}

static double second(const struct parts *x)
{
    double k = x->k, k2 = k * k, s = x->s;
    double complex y2 = x->y2, per_y = x->per_y, per_u = x->per_u;
    double complex J3 = 0.5 * k2 * k * per_u * per_u - 0.5 * per_y * per_y + 0.25 * y2 * y2 -
                        3.0 * k * x->over_y2 + 3.0 * k2 * (per_y * per_u - x->over_y2) + 1.5 * y2;
    double angles = 3.0 * x->theta + 3.0 * k2 * x->L_eu - 6.0 * k * x->phi - 3.0 * k * x->e2L_ey;
    return (cimag(J3 - s * s * s * x->y) + angles) / (3.0 * M_PI);
}

static double with_h(const struct parts *x)
{
    double complex K1 = x->y + x->y2 * x->y / 3.0;
    return (cimag(2.0 * K1 - x->s * x->y2) - 2.0 * x->k * x->eL_y) / (2.0 * M_PI);
}

static double with_hs(const struct parts *x)
{
    double k = x->k, s = x->s;
    double complex K2 = 0.25 * x->y2 * x->y2 + x->y2;
    double angles = x->theta + k * k * x->L_eu - 2.0 * k * x->phi - 2.0 * k * x->e2L_ey;
    return (cimag(K2 - 0.5 * s * s * x->y2) + angles) / (2.0 * M_PI);
}

static double cube(const struct parts *x)
{
    double complex K3 = 0.5 * x->y2 + 0.25 * x->y2 * x->y2;
    return cimag(x->s * x->y2 * x->y - 3.0 * K3) + 3.0 * x->k * x->e2L_ey;
}

double ov_free_convolution_mass_below(const struct ov_free_convolution *f, double s,
                                      double complex y)
{
    if (s <= f->edge[0])
        return 0.0;
    if (s >= f->edge[2 * f->n_bulks - 1])
        return 1.0;
    double im = fabs(cimag(y));
    return mass(s, y, f->kappa_star, atan2(im, -creal(y)), atan2(im, f->e - creal(y)));
}

struct ov_free_convolution_below ov_free_convolution_below(const struct ov_free_convolution *f,
                                                           double s, double complex y)
{
    if (s <= f->edge[0])
        return (struct ov_free_convolution_below){.mass = 0.0};
    if (s >= f->edge[2 * f->n_bulks - 1])
        return (struct ov_free_convolution_below){.mass = 1.0,
                                                  .s1 = 1.0 / f->unit,
                                                  .s2 = (1.0 + 1.0 / f->kappa_star) / f->xi + 1.0,
                                                  .hs = 0.5};
    return ov_free_convolution_below_in(f, s, y);
}

struct ov_free_convolution_below ov_free_convolution_below_in(const struct ov_free_convolution *f,
                                                              double s, double complex y)
{
    struct parts x = parts_of(f, s, y);
    return (struct ov_free_convolution_below){.mass = mass(s, y, x.k, x.theta, x.phi),
                                              .s1 = first(&x),
                                              .s2 = second(&x),
                                              .h = with_h(&x),
                                              .hs = with_hs(&x),
                                              .y3 = cube(&x)};
}

/* ---- quantiles ---- */

struct quantile {
    const struct ov_free_convolution *f;
    double below, mid, half;
};

/* In the angle of a bulk the mass is smooth: s = mid - half cos(angle). */
static double mass_at(double *slope, double angle, const void *ctx)
{
    const struct quantile *x = ctx;
    double s = x->mid - x->half * cos(angle);
    double complex y = ov_free_convolution_y(x->f, s);
    *slope = -cimag(y) / M_PI * x->half * sin(angle);
    return ov_free_convolution_mass_below(x->f, s, y) - x->below;
}

enum ov_status ov_free_convolution_quantile(double *s, const struct ov_free_convolution *f,
                                            double above, struct ov_error *err)
{
    if (!(above > 0.0 && above < 1.0))
        return ov_fail(err, OV_EDOM, "a quantile's mass %g must be in (0, 1)", above);
    size_t bulk = 0;
    if (f->n_bulks == 2 && above == f->kappa_star) {
        *s = f->edge[1];
        return OV_OK;
    }
    if (f->n_bulks == 2 && above < f->kappa_star)
        bulk = 1;
    double lo = f->edge[2 * bulk], hi = f->edge[2 * bulk + 1];
    if (!isfinite(hi))
        return ov_fail(err, OV_ENUMERIC, "the quantile of the mass %g is at infinity", above);
    struct quantile x = {f, 1.0 - above, 0.5 * (lo + hi), 0.5 * (hi - lo)};
    double angle = ov_monotone_root(mass_at, &x, 0.0, M_PI);
    *s = x.mid - x.half * cos(angle);
    return OV_OK;
}
