/* SPDX-License-Identifier: MIT
 *
 * How long the theory of quadratic networks takes, beside two references that integrate the density
 * by adaptive quadrature. The plain one (bench/plain_quadratic.h) does what one does at first: the
 * density from the cubic's roots, edges from those of a quartic, Brent's method within Brent's for
 * (xi, q), each point from scratch, tolerances 1e-8; where xi is below 1e-3 it loses its digits by
 * cancellation. The other has our edges and our cubic, and Newton's method with differences from
 * the answer's neighbour: the fastest quadrature that we could write. Both do 8 of the 69 points;
 * their times are scaled. Differences are relative ones of mse. Times are CPU time, ours the
 * fastest of three.
 */
#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>

#include "overlap/theory/free_convolution.h"
#include "overlap/theory/quadratic.h"
#include "overlap/theory/quadratic_dmft.h"
#include "overlap/theory/quadratic_population.h"
#include "bench/bench.h"
#include "bench/plain_quadratic.h"

enum { POINTS = 69, FIRST = 5, STRIDE = 9, SLOW = 8 }; /* 5, 14 … 68 */
static const double kappa_star = 0.3;

/* ---- Newton's method on integrals by quadrature, kappa >= 1 ---- */

struct warm {
    double kappa_star, xi, q, Delta;
    int what; /* 0: rho (q^2 - x^2), 1: rho h (x - q) */
    struct ov_free_convolution f;
    gsl_integration_workspace *w;
};

static double integrand(double x, void *ctx)
{
    const struct warm *p = ctx;
    double complex g = ov_free_convolution_stieltjes(&p->f, x);
    double rho = -cimag(g) / M_PI;
    return p->what == 0 ? rho * (p->q * p->q - x * x) : rho * creal(g) * (x - p->q);
}

static double integral(struct warm *p, int what, double from, double to)
{
    double sum, error;
    gsl_function F = {integrand, p};
    p->what = what;
    if (!(to > from))
        return 0.0;
    gsl_integration_qags(&F, from, to, 1e-8, 1e-8, 1000, p->w, &sum, &error);
    return sum;
}

/* ln alpha and c */
static void warm_map(double out[2], double *mse, struct warm *p)
{
    struct ov_error err;
    must(ov_free_convolution_init(&p->f, p->kappa_star, p->xi, &err), &err);
    const struct ov_free_convolution *f = &p->f;
    double excess = 0.0, div = 0.0;
    for (size_t i = 0; i < f->n_bulks; i++) {
        double from = fmax(p->q, f->unit * f->edge[2 * i]), to = f->unit * f->edge[2 * i + 1];
        excess += integral(p, 0, from, to);
        div += integral(p, 1, from, to);
    }
    *mse = 1.0 + 1.0 / p->kappa_star + excess + 4.0 * p->xi * div;
    double alpha = (*mse + 0.5 * p->Delta) / (2.0 * p->xi);
    out[0] = log(alpha);
    out[1] = 1.0 - div / alpha;
}

static double warm_point(struct warm *p, double alpha, double lambda)
{
    double mse, h = 1e-4;
    for (int turn = 0; turn < 8; turn++) {
        double r[2], rx[2], rq[2], xi = p->xi, q = p->q, unused;
        warm_map(r, &mse, p);
        double r1 = r[0] - log(alpha), r2 = r[1] - lambda / q;
        if (fabs(r1) + fabs(r2) < 1e-7)
            break;
        p->xi = xi * (1.0 + h);
        warm_map(rx, &unused, p);
        p->xi = xi;
        p->q = q * (1.0 + h);
        warm_map(rq, &unused, p);
        double a = (rx[0] - r[0]) / h, b = (rq[0] - r[0]) / h, c = (rx[1] - r[1]) / h;
        double d = (rq[1] - r[1]) / h + lambda / q, det = a * d - b * c;
        p->xi = xi * exp(-(r1 * d - r2 * b) / det);
        p->q = q * exp(-(a * r2 - c * r1) / det);
    }
    return mse;
}

static double warm_curve(const struct ov_quadratic_point *x, const double *alpha, double lambda,
                         double Delta)
{
    struct warm s = {.kappa_star = kappa_star, .Delta = Delta};
    double worst = 0.0;
    s.w = gsl_integration_workspace_alloc(1000);
    for (int i = FIRST; i < POINTS; i += STRIDE) {
        s.xi = x[i - 1].xi;
        s.q = x[i - 1].q;
        worst = fmax(worst, fabs(warm_point(&s, alpha[i], lambda) / x[i].mse - 1.0));
    }
    gsl_integration_workspace_free(s.w);
    return worst;
}

static double plain_curve(const struct ov_quadratic_point *x, const double *alpha, double lambda,
                          double Delta)
{
    double worst = 0.0;
    for (int i = FIRST; i < POINTS; i += STRIDE) {
        double mse = plain_quadratic_mse(alpha[i], lambda, Delta, kappa_star);
        worst = fmax(worst, fabs(mse / x[i].mse - 1.0));
    }
    return worst;
}

/* ---- side by side ---- */

typedef double reference(const struct ov_quadratic_point *x, const double *alpha, double lambda,
                         double Delta);

static void beside(reference *f, const char *name, const struct ov_quadratic_point *x,
                   const double *alpha, double lambda, double Delta, double ours)
{
    double start = seconds(), worst = f(x, alpha, lambda, Delta);
    double time = (seconds() - start) * POINTS / SLOW;
    printf("%s: %.0f ms, %.0f times as long, mse differs by %.1g", name, 1e3 * time, time / ours,
           worst);
}

static void curve(double lambda, double Delta, double kappa)
{
    const struct ov_quadratic p = {kappa, kappa_star, lambda, Delta};
    struct ov_quadratic_point x[POINTS];
    struct ov_error err;
    double alpha[POINTS], best = INFINITY;
    for (int i = 0; i < POINTS; i++)
        alpha[i] = 0.02 + 0.01 * i;
    for (int turn = 0; turn < 3; turn++) {
        double start = seconds();
        must(ov_quadratic_curve(x, &p, alpha, POINTS, &err), &err);
        best = fmin(best, seconds() - start);
    }
    printf("  curve of %d points, kappa %g, lambda %g, Delta %g: %.3f ms", POINTS, kappa, lambda,
           Delta, 1e3 * best);
    if (kappa >= 1.0) {
        beside(warm_curve, "\n    quadrature, Newton's method from the neighbour", x, alpha, lambda,
               Delta, best);
        beside(plain_curve, "\n    quadrature from scratch", x, alpha, lambda, Delta, best);
    }
    printf("\n");
}

static void evaluations(void)
{
    enum { N = 200000 };
    struct ov_free_convolution f;
    struct ov_error err;
    double sum = 0.0, start = seconds();
    for (int i = 0; i < N; i++) {
        must(ov_free_convolution_init(&f, 0.3, 0.1 + 1e-6 * i, &err), &err);
        sum += f.edge[0];
    }
    printf("  edges %.2f us", 1e6 * (seconds() - start) / N);
    start = seconds();
    for (int i = 0; i < N; i++) {
        double s = -1.0 + 1e-5 * i;
        sum += ov_free_convolution_below(&f, s, ov_free_convolution_y(&f, s)).s2;
    }
    printf(", y and six integrals %.2f us", 1e6 * (seconds() - start) / N);
    start = seconds();
    for (int i = 1; i < N / 10; i++) {
        double s;
        must(ov_free_convolution_quantile(&s, &f, (double)i / (N / 10), &err), &err);
        sum += s;
    }
    printf(", a quantile %.2f us%s\n", 1e6 * (seconds() - start) / (N / 10), sum == 0.0 ? " " : "");
}

static void count(void *ctx, uint64_t done, uint64_t total)
{
    (void)total;
    *(uint64_t *)ctx = done;
}

static void population(void)
{
    const struct ov_population p = {OV_POPULATION_TEACHER, 0.5, 0.3, 0.0, 1.0};
    struct ov_population_point x[20];
    struct ov_error err;
    double t[20], start;
    for (int i = 0; i < 20; i++)
        t[i] = 0.1 * pow(1.8, i);
    start = seconds();
    must(ov_population_limit(x, &p, t, 20, &err), &err);
    printf("  population flow, d -> infinity: %.0f us a time\n", 1e6 * (seconds() - start) / 20);
}

/* A path by dynamical mean-field theory, and what its equations as they are written would take:
 * T^2 d^2 m + T^3 d^2/6 multiplications a sample for T evaluations, at as many a second as a
 * product of matrices in cache reaches, about 5e9. */
static void dmft(void)
{
    const struct ov_dmft p = {0.5, 0.3, 0.05, 0.5, 1.0, 0.3, 40, 16, 4, 3e-3};
    struct ov_dmft_point x[2];
    struct ov_error err;
    uint64_t told = 0;
    struct ov_tick tick = {.tell = count, .ctx = &told};
    const double t[] = {1.2, 4.8};
    double start = seconds();
    must(ov_dmft_flow(x, &p, t, 2, &tick, &err), &err);
    double time = seconds() - start, T = (double)told / 8.0, d2 = 1600.0;
    printf(
        "  path to t = 4.8 by mean-field theory, 4 times 16 samples of d = 40 and 64 of 20: %.2f s, %.0f "
        "evaluations each; with tangents some %.0f s\n",
        time, T, 64.0 * (T * T * d2 * 20.0 + T * T * T * d2 / 6.0) / 5e9);
    printf("    mse %.3f (standard error %.3f), %.3f (%.3f)\n", x[0].mse, x[0].mse_se, x[1].mse,
           x[1].mse_se);
}

int main(void)
{
    gsl_set_error_handler_off();
    printf("quadratic networks, kappa_star = 0.3\n");
    evaluations();
    curve(0.05, 0.0, INFINITY);
    curve(0.01, 0.5, INFINITY);
    curve(1e-4, 0.5, INFINITY);
    curve(0.01, 0.5, 0.4);
    population();
    dmft();
    return 0;
}
