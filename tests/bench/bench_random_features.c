/* SPDX-License-Identifier: MIT
 *
 * How long the theory of the random-feature student takes, beside what one does at first: the
 * modes' equations (paper.md eq:rf_continuous) on 400 nodes of the Marchenko-Pastur law by an
 * adaptive Runge-Kutta method of GSL.
 * A curve has 100 times from 0.01 to 300; errors are relative ones of eps_g against the sum over
 * modes. Times are CPU time, the fastest of three.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>

#include "overlap/theory/random_features.h"
#include "bench/bench.h"

enum { NODES = 400, TIMES = 100 };

static double v_star = 1.0;

static struct ov_rf_problem problem(const char *name, double beta, double eta)
{
    const struct ov_activation *g = ov_activation_find(name);
    return (struct ov_rf_problem){
        .M = 1, .beta = beta, .g = g, .g_star = g, .v_star = &v_star, .eta = eta, .sigma = 0.1};
}

/* ---- the plain reference ---- */

struct modes {
    double eta, sigma2, R, weight[NODES + 1], lam[NODES + 1], D[NODES + 1]; /* D times K */
};

static double error_of(const struct modes *m, const double *D)
{
    double E = m->R;
    for (size_t i = 0; i <= NODES; i++)
        E += m->weight[i] * m->lam[i] * D[i];
    return E;
}

static int rhs(double t, const double *D, double *dD, void *ctx)
{
    const struct modes *m = ctx;
    double noise = m->eta * m->eta * (error_of(m, D) + m->sigma2);
    (void)t;
    for (size_t i = 0; i <= NODES; i++)
        dD[i] = m->lam[i] * (noise - 2.0 * m->eta * D[i]);
    return GSL_SUCCESS;
}

static void modes_init(struct modes *m, const struct ov_rf_problem *p)
{
    struct ov_rf_powers P = ov_rf_powers_of(p);
    double beta = p->beta, all = 0.0;
    *m = (struct modes){.eta = p->eta, .sigma2 = p->sigma * p->sigma};
    m->R = P.tau_star2 + P.tau1_2;
    for (size_t j = 0; j <= NODES; j++) {
        double th = M_PI * (double)(j + 1) / (NODES + 1);
        double a = j < NODES ? 1.0 + beta + 2.0 * sqrt(beta) * cos(th) : 0.0;
        m->weight[j] = j < NODES ? 2.0 / (NODES + 1) * pow(sin(th), 2) / a : fmax(0.0, 1.0 - all);
        all += m->weight[j];
        m->lam[j] = P.mu1_2 * a + P.mu_star2;
        double caught = P.tau1_2 * beta * P.mu1_2 * a / m->lam[j];
        m->R -= m->weight[j] * caught;
        m->D[j] = caught / m->lam[j];
    }
}

static void by_runge_kutta(double *eps_g, const struct ov_rf_problem *p, const double *t)
{
    static struct modes m;
    modes_init(&m, p);
    gsl_odeiv2_system system = {rhs, NULL, NODES + 1, &m};
    gsl_odeiv2_driver *d =
        gsl_odeiv2_driver_alloc_y_new(&system, gsl_odeiv2_step_rk8pd, 1e-3, 1e-9, 1e-8);
    double now = 0.0;
    for (size_t i = 0; d && i < TIMES; i++) {
        if (gsl_odeiv2_driver_apply(d, &now, t[i], m.D) != GSL_SUCCESS)
            break;
        eps_g[i] = 0.5 * error_of(&m, m.D);
    }
    gsl_odeiv2_driver_free(d);
}

/* ---- side by side ---- */

static double largest_error(const double *x, const double *exact)
{
    double most = 0.0;
    for (size_t i = 0; i < TIMES; i++)
        most = fmax(most, fabs(x[i] / exact[i] - 1.0));
    return most;
}

static void bench_limit(double beta, double eta)
{
    struct ov_rf_problem p = problem("erf", beta, eta);
    struct ov_error err = {0};
    double t[TIMES], fast[TIMES], modes[TIMES], plain[TIMES], best[3] = {1e9, 1e9, 1e9};
    for (size_t i = 0; i < TIMES; i++)
        t[i] = 0.01 * pow(3e4, (double)i / (TIMES - 1));
    for (int turn = 0; turn < 3; turn++) {
        double start = seconds();
        must(ov_rf_limit_curve(fast, &p, t, TIMES, &err), &err);
        best[0] = fmin(best[0], seconds() - start);
        start = seconds();
        must(ov_rf_limit_modes(modes, &p, NODES, t, TIMES, &err), &err);
        best[1] = fmin(best[1], seconds() - start);
        start = seconds();
        by_runge_kutta(plain, &p, t);
        best[2] = fmin(best[2], seconds() - start);
    }
    printf("%5g %4g   %8.3f %8.1e   %8.1f   %8.1f %8.1e   %7.0f\n", beta, eta, 1e3 * best[0],
           largest_error(fast, modes), 1e3 * best[1], 1e3 * best[2], largest_error(plain, modes),
           best[2] / best[0]);
}

static void bench_degrees(const char *name, size_t N, size_t degrees)
{
    struct ov_rf_problem p = problem(name, 1.0, 1.0);
    struct ov_rf_degrees *d;
    struct ov_rf_facts f;
    struct ov_error err = {0};
    double t[TIMES], eps_g[TIMES], most = 20.0 * log((double)N), start = seconds();
    p.N = N;
    must(ov_rf_degrees_create(&d, &p, degrees, &err), &err);
    double spectrum = seconds() - start;
    start = seconds();
    for (size_t i = 0; i < TIMES; i++)
        must(ov_rf_degrees_facts(&f, d, most * (double)i / TIMES, &err), &err);
    double staircase = seconds() - start;
    for (size_t i = 0; i < TIMES; i++)
        t[i] = 0.01 * pow(3e4, (double)i / (TIMES - 1));
    start = seconds();
    must(ov_rf_degrees_curve(eps_g, d, 2.0 * log((double)N), t, TIMES, &err), &err);
    printf("%-4s N = %zu, %zu degrees: spectrum %.1f ms, 100 widths of the staircase %.1f ms, a "
           "curve of 100 times %.1f ms\n",
           name, N, degrees, 1e3 * spectrum, 1e3 * staircase, 1e3 * (seconds() - start));
    ov_rf_degrees_free(d);
}

static void bench_instance(size_t N, size_t K)
{
    struct ov_rf_problem p = problem("erf", 0.0, 1.0);
    struct ov_rf_instance x;
    struct ov_error err = {0};
    double t[TIMES], eps_g[TIMES], start = seconds();
    p.N = N;
    p.K = K;
    for (size_t i = 0; i < TIMES; i++)
        t[i] = (double)i;
    must(ov_rf_instance_create(&x, &p, 1, &err), &err);
    double drawn = seconds() - start;
    start = seconds();
    must(ov_rf_instance_curve(eps_g, NULL, &p, &x, OV_RF_STEPS, t, TIMES, &err), &err);
    printf("erf  N = %zu, K = %zu: drawn in %.0f ms, a curve of 100 times %.0f ms\n", N, K,
           1e3 * drawn, 1e3 * (seconds() - start));
    ov_rf_instance_free(&x);
}

int main(void)
{
    gsl_set_error_handler_off();
    printf("               Talbot             modes      Runge-Kutta\n"
           " beta  eta         ms    error         ms         ms    error     ratio\n");
    bench_limit(0.25, 0.5);
    bench_limit(1.0, 2.0);
    bench_limit(2.0, 5.0);
    bench_limit(20.0, 1.0);
    bench_degrees("erf", 200, 60);
    bench_degrees("relu", 200, 400);
    bench_instance(200, 200);
    bench_instance(400, 800);
    return 0;
}
