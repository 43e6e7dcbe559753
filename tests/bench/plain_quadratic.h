/* SPDX-License-Identifier: MIT
 *
 * One point of the long-time limit of wide quadratic networks (paper.md eq:quad_map, kappa >= 1) as
 * one does it at first: no closed forms but of cubic roots, no start from a neighbour. Integrals of
 * the density by GSL's adaptive rule, xi by Brent's method at each q/sqrt(xi), that by Brent's.
 */
#ifndef OVERLAP_TESTS_BENCH_PLAIN_QUADRATIC_H
#define OVERLAP_TESTS_BENCH_PLAIN_QUADRATIC_H

#include <complex.h>
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_integration.h>
#include <gsl/gsl_poly.h>
#include <gsl/gsl_roots.h>

struct plain_quadratic {
    double k, alpha, lambda, Delta; /* k: the teacher's width */
    double t, xi, q, mse, c;        /* of the last point of the map; t = q/sqrt(xi) */
    int what;
    gsl_integration_workspace *w;
};

static const double plain_tolerance = 1e-8;

/* g(x + i0) from xi g^3 - (x + k xi) g^2 + (1 - k + k x) g - k = 0. */
static inline double complex plain_stieltjes(const struct plain_quadratic *p, double x)
{
    gsl_complex z[3];
    double complex g = 0.0;
    gsl_poly_complex_solve_cubic(-(x + p->k * p->xi) / p->xi, (1.0 - p->k + p->k * x) / p->xi,
                                 -p->k / p->xi, z, z + 1, z + 2);
    for (int i = 0; i < 3; i++)
        if (GSL_IMAG(z[i]) < cimag(g))
            g = GSL_REAL(z[i]) + I * GSL_IMAG(z[i]);
    return g;
}

static inline double plain_integrand(double x, void *ctx)
{
    const struct plain_quadratic *p = ctx;
    double complex g = plain_stieltjes(p, x);
    double rho = -cimag(g) / M_PI;
    return p->what == 0 ? rho * (p->q * p->q - x * x) : rho * creal(g) * (x - p->q);
}

static inline int plain_by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Where x'(g) = 0: the real roots of a quartic. Returns how many. */
static inline int plain_edges(double edge[4], const struct plain_quadratic *p)
{
    double k = p->k, xi = p->xi, g[8];
    double a[] = {-k * k, 2.0 * k, k - 1.0 + xi * k * k, -2.0 * xi * k, xi};
    gsl_poly_complex_workspace *w = gsl_poly_complex_workspace_alloc(5);
    int n = 0;
    gsl_poly_complex_solve(a, 5, w, g);
    gsl_poly_complex_workspace_free(w);
    for (int i = 0; i < 4; i++)
        if (fabs(g[2 * i + 1]) < 1e-9 * fabs(g[2 * i]))
            edge[n++] = 1.0 / g[2 * i] + k / (k - g[2 * i]) + xi * g[2 * i];
    qsort(edge, (size_t)n, sizeof *edge, plain_by_size);
    return n;
}

static inline double plain_integral(struct plain_quadratic *p, int what, const double *edge, int n)
{
    double all = 0.0, sum, error;
    gsl_function F = {plain_integrand, p};
    p->what = what;
    for (int i = 0; i + 1 < n; i += 2) {
        double from = fmax(p->q, edge[i]);
        if (!(edge[i + 1] > from))
            continue;
        gsl_integration_qags(&F, from, edge[i + 1], plain_tolerance, plain_tolerance, 1000, p->w,
                             &sum, &error);
        all += sum;
    }
    return all;
}

/* ln(alpha) at (xi, t), over what it is to be. */
static inline double plain_inner(double ln_xi, void *ctx)
{
    struct plain_quadratic *p = ctx;
    double edge[4];
    p->xi = exp(ln_xi);
    p->q = p->t * sqrt(p->xi);
    int n = plain_edges(edge, p);
    double div = plain_integral(p, 1, edge, n);
    p->mse = 1.0 + 1.0 / p->k + plain_integral(p, 0, edge, n) + 4.0 * p->xi * div;
    p->c = 1.0 - div / p->alpha;
    return log((p->mse + 0.5 * p->Delta) / (2.0 * p->xi * p->alpha));
}

static inline double plain_root(double (*f)(double, void *), void *ctx, double lo, double hi)
{
    gsl_function F = {f, ctx};
    gsl_root_fsolver *s = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    gsl_root_fsolver_set(s, &F, lo, hi);
    for (int turn = 0; turn < 100; turn++) {
        gsl_root_fsolver_iterate(s);
        if (gsl_root_test_interval(gsl_root_fsolver_x_lower(s), gsl_root_fsolver_x_upper(s),
                                   plain_tolerance, 0.0) == 0)
            break;
    }
    double x = gsl_root_fsolver_root(s);
    gsl_root_fsolver_free(s);
    return x;
}

/* ln(c q/lambda) at t, at the xi that alpha gives, which is searched for from 1 in steps of e,
 * between 5e-5 and 1000; where there is none, or c < 0, far below. */
static inline double plain_outer(double ln_t, void *ctx)
{
    struct plain_quadratic *p = ctx;
    double lo = 0.0;
    p->t = exp(ln_t);
    if (plain_inner(lo, p) > 0.0)
        while (lo < 7.0 && plain_inner(lo + 1.0, p) > 0.0)
            lo += 1.0;
    else
        do
            lo -= 1.0;
        while (lo > -10.0 && !(plain_inner(lo, p) > 0.0));
    if (lo <= -10.0 || lo >= 7.0)
        return -50.0;
    plain_inner(plain_root(plain_inner, p, lo, lo + 1.0), p);
    return p->c > 0.0 ? fmax(-50.0, log(p->c * p->q / p->lambda)) : -50.0;
}

static inline double plain_quadratic_mse(double alpha, double lambda, double Delta,
                                         double kappa_star)
{
    struct plain_quadratic p = {.k = kappa_star, .alpha = alpha, .lambda = lambda, .Delta = Delta};
    p.w = gsl_integration_workspace_alloc(1000);
    plain_outer(plain_root(plain_outer, &p, log(1e-3), log(1e2)), &p);
    gsl_integration_workspace_free(p.w);
    return p.mse;
}

#endif
