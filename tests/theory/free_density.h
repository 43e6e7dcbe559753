/* SPDX-License-Identifier: MIT
 *
 * The density of Marchenko-Pastur plus semicircle and integrals over it in another way than the
 * library's: Cardano's formula in long double, adaptive quadrature in the angle between given
 * edges.
 */
#ifndef OVERLAP_TESTS_THEORY_FREE_DENSITY_H
#define OVERLAP_TESTS_THEORY_FREE_DENSITY_H

#include <math.h>

#include <gsl/gsl_integration.h>

#include "overlap/theory/free_convolution.h"
#include "test.h"

/* Re y and rho(s) = -Im y/pi in scaled units; rho = 0 where all roots are real. The cubic of w =
 * 1/g, in units of x: kappa_star w^3 - (1 - kappa_star + kappa_star x) w^2 + (x + kappa_star xi) w
 * - xi = 0. */
static inline double free_density(double *re, double kappa_star, double e, double s)
{
    long double k = kappa_star, unit = e / k, x = s * unit;
    long double a = -(1.0L - k + k * x) / k, b = (x + k * unit * unit) / k, c = -unit * unit / k;
    long double p = b - a * a / 3.0L, q = 2.0L * a * a * a / 27.0L - a * b / 3.0L + c;
    long double disc = 0.25L * q * q + p * p * p / 27.0L;
    if (!(disc > 0.0L))
        return 0.0;
    long double u = cbrtl(-0.5L * q - copysignl(sqrtl(disc), q)), v = -p / (3.0L * u);
    long double complex w = -0.5L * (u + v) - a / 3.0L + 0.5L * sqrtl(3.0L) * fabsl(u - v) * I;
    for (int turn = 0; turn < 6; turn++) {
        long double complex to = w - (((w + a) * w + b) * w + c) / ((3.0L * w + 2.0L * a) * w + b);
        if (cimagl(to) > 0.0L && cabsl(to - w) < 0.5L * cabsl(w))
            w = to;
    }
    *re = (double)creall(unit / w);
    return (double)(-cimagl(unit / w) / M_PIl);
}

struct free_integral {
    double kappa_star, e, from, to;
    double (*times)(double s, double re, double rho, const void *ctx);
    const void *ctx;
};

static inline double free_integrand(double angle, void *ctx)
{
    const struct free_integral *x = ctx;
    double half = 0.5 * (x->to - x->from), re = 0.0;
    double s = x->from + half * (1.0 - cos(angle));
    double rho = free_density(&re, x->kappa_star, x->e, s);
    return rho * x->times(s, re, rho, x->ctx) * half * sin(angle);
}

/* int rho times(…) from lo to hi within the bulks of f. */
static inline double free_integral(const struct ov_free_convolution *f, double lo, double hi,
                                   double (*times)(double, double, double, const void *),
                                   const void *ctx)
{
    gsl_integration_workspace *w = gsl_integration_workspace_alloc(2000);
    double sum = 0.0;
    for (size_t i = 0; i < f->n_bulks; i++) {
        struct free_integral x = {
            f->kappa_star, f->e, fmax(lo, f->edge[2 * i]), fmin(hi, f->edge[2 * i + 1]),
            times,         ctx};
        gsl_function F = {free_integrand, &x};
        double part = 0.0, error;
        if (x.to > x.from)
            gsl_integration_qag(&F, 0.0, M_PI, 0.0, 1e-12, 2000, GSL_INTEG_GAUSS31, w, &part,
                                &error);
        sum += part;
    }
    gsl_integration_workspace_free(w);
    return sum;
}

#endif
