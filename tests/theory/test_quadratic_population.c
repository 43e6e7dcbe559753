/* SPDX-License-Identifier: MIT
 *
 * The population flow of quadratic networks: exact steps against Runge-Kutta, the limit d ->
 * infinity against instances and power laws.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cblas.h>
#include <gsl/gsl_randist.h>

#include "overlap/theory/quadratic_population.h"
#include "test.h"

/* A (d,d) symmetric and W (d,m), Gaussian, of variance 1/d and gamma/m. */
static void draw(double *A, double *W, int d, int m, double gamma, gsl_rng *r)
{
    for (int i = 0; i < d; i++)
        for (int j = 0; j <= i; j++)
            A[i * d + j] = A[j * d + i] = gsl_ran_gaussian(r, sqrt((i == j ? 2.0 : 1.0) / d));
    for (int i = 0; i < d * m; i++)
        W[i] = gsl_ran_gaussian(r, sqrt(gamma / m));
}

/* ---- steps ---- */

enum { SMALL = 8, SMALL_M = 5, SMALL_W = SMALL * SMALL_M };

/* dW/dt = 2 (A - W W') W */
static void slope(double *k, const double *W, const double *A)
{
    double Z[SMALL * SMALL];
    memcpy(Z, A, sizeof Z);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, SMALL, SMALL, SMALL_M, -1.0, W, SMALL_M, W,
                SMALL_M, 1.0, Z, SMALL);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, SMALL, SMALL_M, SMALL, 2.0, Z, SMALL, W,
                SMALL_M, 0.0, k, SMALL_M);
}

static void runge_kutta(double *W, const double *A, double t, int steps)
{
    static const double at[4] = {0.0, 0.5, 0.5, 1.0}, weight[4] = {1.0, 2.0, 2.0, 1.0};
    double h = t / steps;
    for (int n = 0; n < steps; n++) {
        double k[SMALL_W] = {0.0}, X[SMALL_W], sum[SMALL_W] = {0.0};
        for (int s = 0; s < 4; s++) {
            for (int i = 0; i < SMALL_W; i++)
                X[i] = W[i] + h * at[s] * k[i];
            slope(k, X, A);
            for (int i = 0; i < SMALL_W; i++)
                sum[i] += weight[s] * k[i];
        }
        for (int i = 0; i < SMALL_W; i++)
            W[i] += h / 6.0 * sum[i];
    }
}

/* W W', which the composed steps keep; W itself comes out turned. */
static void gram(double *Z, const double *W)
{
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, SMALL, SMALL, SMALL_M, 1.0, W, SMALL_M, W,
                SMALL_M, 0.0, Z, SMALL);
}

START_TEST(steps_are_the_flow)
{
    gsl_rng *r = ov_test_rng(421);
    for (int turn = 0; turn < 20; turn++) {
        double A[SMALL * SMALL], W[SMALL_W], X[SMALL_W], Z[SMALL * SMALL], Y[SMALL * SMALL],
            t = 0.1 + 0.1 * turn;
        draw(A, W, SMALL, SMALL_M, 1.0, r);
        memcpy(X, W, sizeof X);
        ck_ok(ov_population_steps(W, A, SMALL, SMALL_M, t, NULL));
        runge_kutta(X, A, t, 3000);
        gram(Z, W);
        gram(Y, X);
        for (int i = 0; i < SMALL * SMALL; i++)
            ck_agree(Y[i], Z[i], 0.0, 1e-9);
    }
    gsl_rng_free(r);
}
END_TEST

/* Two halves are the whole, also at times at which the closed form is singular; the end is a
 * stationary point. */
START_TEST(steps_compose)
{
    gsl_rng *r = ov_test_rng(422);
    double A[SMALL * SMALL], W[SMALL_W], X[SMALL_W], Z[SMALL * SMALL], Y[SMALL * SMALL], k[SMALL_W];
    draw(A, W, SMALL, SMALL_M, 1.0, r);
    memcpy(X, W, sizeof X);
    ck_ok(ov_population_steps(W, A, SMALL, SMALL_M, 60.0, NULL));
    ck_ok(ov_population_steps(X, A, SMALL, SMALL_M, 23.0, NULL));
    ck_ok(ov_population_steps(X, A, SMALL, SMALL_M, 37.0, NULL));
    gram(Z, W);
    gram(Y, X);
    for (int i = 0; i < SMALL * SMALL; i++)
        ck_agree(Y[i], Z[i], 0.0, 1e-12);
    ck_ok(ov_population_steps(W, A, SMALL, SMALL_M, 1000.0, NULL));
    slope(k, W, A);
    for (int i = 0; i < SMALL_W; i++)
        ck_agree(0.0, k[i], 0.0, 1e-10);
    gsl_rng_free(r);
}
END_TEST

/* ---- the limit ---- */

enum { D = 200 };

/* Z*, of width kappa_star d; GOE: A as drawn. */
static void target(double *A, const struct ov_population *p, gsl_rng *r)
{
    int m = (int)(p->kappa_star * D);
    double *w = malloc((size_t)D * (size_t)m * sizeof *w);
    for (int i = 0; i < D * m; i++)
        w[i] = gsl_ran_gaussian(r, 1.0 / sqrt(m));
    if (p->law == OV_POPULATION_TEACHER)
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, D, D, m, 1.0, w, m, w, m, 0.0, A, D);
    free(w);
}

/* |W W' - A|^2/d and tr W W'/d */
static void measure(double *mse, double *trace, const double *W, const double *A, int m)
{
    double *Z = malloc(D * D * sizeof *Z);
    memcpy(Z, A, D * D * sizeof *Z);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, D, D, m, 1.0, W, m, W, m, -1.0, Z, D);
    *mse = cblas_ddot(D * D, Z, 1, Z, 1) / D;
    *trace = cblas_ddot(D * m, W, 1, W, 1) / D;
    free(Z);
}

/* One instance of d = 200: linear statistics fluctuate by O(1/d), some per cent. */
START_TEST(limit_against_instances)
{
    static const struct ov_population points[] = {{OV_POPULATION_TEACHER, 0.5, 0.3, 0.0, 1.0},
                                                  {OV_POPULATION_TEACHER, 0.2, 0.5, 0.1, 0.3},
                                                  {OV_POPULATION_TEACHER, 1.5, 2.0, 0.05, 1.0},
                                                  {OV_POPULATION_GOE, 0.25, 1.0, 0.0, 1.0},
                                                  {OV_POPULATION_GOE, 2.0, 1.0, 0.0, 1.0}};
    static const double t[] = {0.0, 0.1, 0.3, 1.0, 3.0};
    gsl_rng *r = ov_test_rng(423);
    double worst = 0.0;
    for (size_t n = 0; n < 5; n++) {
        const struct ov_population *p = points + n;
        int m = (int)(p->kappa * D);
        double *A = malloc(D * D * sizeof *A), *B = malloc(D * D * sizeof *B);
        double *W = malloc((size_t)D * (size_t)m * sizeof *W);
        struct ov_population_point x[5];
        draw(A, W, D, m, p->gamma, r);
        target(A, p, r);
        memcpy(B, A, D * D * sizeof *B);
        for (int i = 0; i < D; i++)
            B[i * D + i] -= p->lambda;
        ck_ok(ov_population_limit(x, p, t, 5, NULL));
        for (size_t i = 0; i < 5; i++) {
            double mse, trace;
            if (i > 0)
                ck_ok(ov_population_steps(W, B, D, (size_t)m, t[i] - t[i - 1], NULL));
            measure(&mse, &trace, W, A, m);
            /* against the start's size: what is left at long times is small */
            worst = fmax(worst, fabs(mse - x[i].mse) / (0.1 * x->mse + x[i].mse));
            worst = fmax(worst, fabs(trace - x[i].trace) / (0.1 + x[i].trace));
        }
        free(A);
        free(B);
        free(W);
    }
    printf("    d = %d: largest relative difference %.2g\n", D, worst);
    ck_assert_double_lt(worst, 0.05);
    gsl_rng_free(r);
}
END_TEST

/* Short times: the start, and its slope by a difference. Both ends of t. */
START_TEST(start_and_end)
{
    struct ov_population p = {OV_POPULATION_TEACHER, 0.4, 0.3, 0.05, 0.7};
    const double t[] = {0.0, 1e-7, 1e6};
    struct ov_population_point x[3];
    ck_ok(ov_population_limit(x, &p, t, 3, NULL));
    ck_agree(1.0 + 1.0 / 0.3 + 0.49 * (1.0 + 2.5) - 1.4, x[0].mse, 1e-10, 0.0);
    ck_agree(0.7, x[0].trace, 1e-12, 0.0);
    /* d tr Z/dt = 4 tr (A Z - Z^2)/d, A and Z independent */
    double slope = 4.0 * (0.95 * 0.7 - 0.49 * 3.5);
    ck_agree(slope, (x[1].trace - x[0].trace) / 1e-7, 1e-5, 0.0);
    ck_agree(0.3 * 0.05 * 0.05, x[2].mse, 1e-5, 0.0); /* wide enough: lambda on each of the modes */
    ck_agree(1.0 - 0.3 * 0.05, x[2].trace, 1e-5, 0.0);
}
END_TEST

/* With u = 2 t (Oja's time), rho the semicircle: (pi^2/12 - zeta(3)/2) rho(0) u^-3 if kappa > 1/2,
 * ln 2 w^2 rho(w) u^-1 with w the lowest eigenvalue kept if kappa < 1/2. A teacher of rank
 * kappa_star d leaves t^-2 in its null space. */
START_TEST(power_laws)
{
    struct ov_population p = {OV_POPULATION_GOE, 2.0, 1.0, 0.0, 1.0};
    const double t[] = {5e4, 5e5};
    const double zeta3 = 1.2020569031595942854,
                 w = 0.8079455065990344; /* 1/4 of the semicircle is above w */
    struct ov_population_point x[2];
    for (int j = 0; j < 2; j++) {
        p.kappa = j == 0 ? 2.0 : 0.7;
        ck_ok(ov_population_limit(x, &p, t, 2, NULL));
        for (int i = 0; i < 2; i++)
            ck_agree((M_PI * M_PI / 12.0 - 0.5 * zeta3) / M_PI,
                     x[i].distance * pow(2.0 * t[i], 3.0), 50.0 / t[i], 0.0);
    }
    p.kappa = 0.25;
    ck_ok(ov_population_limit(x, &p, t, 2, NULL));
    for (int i = 0; i < 2; i++)
        ck_agree(M_LN2 * w * w * sqrt(4.0 - w * w) / (2.0 * M_PI), x[i].distance * 2.0 * t[i],
                 50.0 / t[i], 0.0);
    p = (struct ov_population){OV_POPULATION_TEACHER, 0.5, 0.3, 0.0, 1.0};
    ck_ok(ov_population_limit(x, &p, t, 2, NULL));
    ck_agree(100.0, x[0].mse / x[1].mse, 1e-3, 0.0);
}
END_TEST

START_TEST(out_of_range)
{
    struct ov_population p = {OV_POPULATION_TEACHER, 0.5, 0.3, 0.0, 1.0}, bad = p;
    struct ov_population_point x;
    struct ov_error err;
    double t = -1.0, W = 1.0, A = 1.0;
    ck_assert_int_eq(ov_population_limit(&x, &p, &t, 1, &err), OV_EDOM);
    t = NAN;
    ck_assert_int_eq(ov_population_limit(&x, &p, &t, 1, &err), OV_EDOM);
    t = 1.0;
    bad.kappa = 0.0;
    ck_assert_int_eq(ov_population_limit(&x, &bad, &t, 1, &err), OV_EDOM);
    bad = p;
    bad.gamma = 0.0;
    ck_assert_int_eq(ov_population_limit(&x, &bad, &t, 1, &err), OV_EDOM);
    ck_assert_int_eq(ov_population_steps(&W, &A, 0, 1, 1.0, &err), OV_EDOM);
    ck_assert_int_eq(ov_population_steps(&W, &A, 1, 1, -1.0, &err), OV_EDOM);
    W = NAN;
    ck_assert_int_eq(ov_population_steps(&W, &A, 1, 1, 1.0, &err), OV_ENUMERIC);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, steps_are_the_flow);
    OV_TEST(s, steps_compose);
    OV_TEST(s, limit_against_instances);
    OV_TEST(s, start_and_end);
    OV_TEST(s, power_laws);
    OV_TEST(s, out_of_range);
}

OV_TEST_MAIN("theory/quadratic_population");
