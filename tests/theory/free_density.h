/* SPDX-License-Identifier: MIT
 *
 * The density of Marchenko-Pastur plus semicircle and integrals over it in another way than the library's: all
 * three roots of the cubic by GSL, adaptive quadrature in the angle between given edges.
 */
#ifndef OVERLAP_TESTS_THEORY_FREE_DENSITY_H
#define OVERLAP_TESTS_THEORY_FREE_DENSITY_H

#include <math.h>

#include <gsl/gsl_integration.h>
#include <gsl/gsl_poly.h>

#include "overlap/theory/free_convolution.h"
#include "test.h"

/* Re y and rho(s) = -Im y/pi in scaled units; rho = 0 where all roots are real. */
static inline double free_density(double *re, double kappa_star, double e, double s)
{
    gsl_complex z[3];
    double rho = 0.0;
    gsl_poly_complex_solve_cubic(-(s + e), 1.0 - kappa_star + s * e, -e, z, z + 1, z + 2);
    for (int i = 0; i < 3; i++)
        if (GSL_IMAG(z[i]) < 0.0) {
            rho = -GSL_IMAG(z[i]) / M_PI;
            *re = GSL_REAL(z[i]);
        }
    return rho;
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
