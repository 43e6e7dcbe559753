/* SPDX-License-Identifier: MIT
 *
 * How long the theory of a two-layer network takes, beside what a research code does at first: a
 * plain Euler step of 0.01 with the four-index sums written out.
 *     bench_theory [ACTIVATION…]      (default: erf relu tanh gelu)
 * Starts are the overlaps of random weights in N = 784 dimensions, eta_w = sigma = 0.1. Errors are
 * relative errors of eps_g against rtol 1e-12 (rk8pd to alpha = 10^3, msbdf beyond). Euler runs as
 * far as a second takes it; its time is scaled to the whole run, its error is the one where it
 * stopped. "plainly" is rk8pd at the same tolerance from the beginning to the end; the errors of
 * units without closed forms are against it. Times are CPU time of the thread that computes.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "overlap/model/eps_g.h"
#include "overlap/num/vasin.h"
#include "overlap/theory/gauss.h"
#include "overlap/theory/online.h"
#include "plain_relu.h"
#include "bench/bench.h"
#include "bench/bench_start.h"

enum { MOST = 24 };

static const double dt = 0.01, euler_seconds = 1.0;

static void fail(const char *what)
{
    fprintf(stderr, "bench_theory: %s\n", what);
    exit(1);
}

/* ---- the plain reference: erf, first layer, v = v* = 1 (Saad & Solla 1995) ---- */

struct plain {
    size_t K, M, P;
    double eta, sigma, C[MOST][MOST]; /* teacher first */
};

static double I3(const struct plain *x, size_t i, size_t j, size_t k)
{
    double l3 = (1 + x->C[i][i]) * (1 + x->C[k][k]) - x->C[i][k] * x->C[i][k];
    return 2 / M_PI / sqrt(l3) * (x->C[j][k] * (1 + x->C[i][i]) - x->C[i][j] * x->C[i][k]) /
           (1 + x->C[i][i]);
}

static double J2(const struct plain *x, size_t i, size_t j)
{
    if (i == j)
        return 2 / M_PI / sqrt(1 + 2 * x->C[i][i]);
    return 2 / M_PI / sqrt((1 + x->C[i][i]) * (1 + x->C[j][j]) - x->C[i][j] * x->C[i][j]);
}

static double I4(const struct plain *x, size_t i, size_t j, size_t k, size_t l)
{
    double a = 1 + x->C[i][i], b = 1 + x->C[j][j], c = x->C[i][j];
    double ik = x->C[i][k], il = x->C[i][l], jk = x->C[j][k], jl = x->C[j][l];
    double l4 = a * b - c * c;
    double l0 = l4 * x->C[k][l] - jk * jl * a - ik * il * b + c * ik * jl + c * il * jk;
    double l1 = l4 * (1 + x->C[k][k]) - jk * jk * a - ik * ik * b + 2 * c * ik * jk;
    double l2 = l4 * (1 + x->C[l][l]) - jl * jl * a - il * il * b + 2 * c * il * jl;
    return 4 / (M_PI * M_PI) / sqrt(l4) * asin(l0 / sqrt(l1 * l2));
}

static void euler_step(struct plain *x)
{
    static double d[MOST][MOST];
    size_t M = x->M, P = x->P;
    for (size_t i = M; i < P; i++) {
        for (size_t n = 0; n < M; n++) {
            d[i][n] = 0;
            for (size_t c = 0; c < P; c++)
                d[i][n] += x->eta * (c < M ? 1 : -1) * I3(x, i, n, c);
        }
        for (size_t j = M; j <= i; j++) {
            double noise = x->sigma * x->sigma * J2(x, i, j);
            d[i][j] = 0;
            for (size_t c = 0; c < P; c++)
                d[i][j] += x->eta * (c < M ? 1 : -1) * (I3(x, i, j, c) + I3(x, j, i, c));
            for (size_t a = 0; a < P; a++)
                for (size_t b = 0; b < P; b++)
                    noise += ((a < M) == (b < M) ? 1 : -1) * I4(x, i, j, a, b);
            d[i][j] += x->eta * x->eta * noise;
        }
    }
    for (size_t i = M; i < P; i++)
        for (size_t j = 0; j <= i; j++)
            x->C[j][i] = x->C[i][j] += dt * d[i][j];
}

/* Returns the seconds an alpha takes; *alpha is how far it came, at most `last`, and *o is there.
 */
static double run_euler(double *alpha, struct ov_overlaps *o, const struct ov_problem *p,
                        double last)
{
    static struct plain x;
    size_t M = p->M, P = p->K + M, steps = 0;
    x = (struct plain){.K = p->K, .M = M, .P = P, .eta = p->eta_w, .sigma = p->sigma};
    double C[MOST * (MOST + 1) / 2], start = seconds();
    ov_overlaps_covariance(C, o);
    for (size_t a = 0; a < P; a++)
        for (size_t b = 0; b < P; b++)
            x.C[a][b] = C[ov_sym_at(a, b)];
    while ((double)steps * dt < last && (steps % 16 != 0 || seconds() - start < euler_seconds)) {
        euler_step(&x);
        steps++;
    }
    for (size_t k = 0; k < p->K; k++) {
        for (size_t m = 0; m < M; m++)
            o->R[k * M + m] = x.C[M + k][m];
        for (size_t l = 0; l <= k; l++)
            o->Q[ov_sym_at(k, l)] = x.C[M + k][M + l];
    }
    *alpha = (double)steps * dt;
    return (seconds() - start) / *alpha;
}

/* ---- ours ---- */

/* eps_g at alpha. */
static double solved(const struct ov_problem *p, const struct ov_overlaps *o, double alpha,
                     const struct ov_solve_options *opt, struct ov_solve_report *report)
{
    double *row = calloc(ov_row_width(p->K, p->M), sizeof *row);
    struct ov_error err = {0};
    if (!row)
        fail("out of memory");
    if (ov_online_solve(row, p, o, &alpha, 1, opt, report, NULL, &err) != OV_OK)
        fail(err.text);
    double eps_g = row[1];
    free(row);
    return eps_g;
}

/* Without closed forms, or of many ReLU: what takes minutes at rtol 1e-12. */
static bool is_slow(const struct ov_problem *p)
{
    return p->g->act >= OV_ACT_GENERIC || (p->g->act == OV_ACT_RELU && p->K > 8);
}

static double reference(const struct ov_problem *p, const struct ov_overlaps *o, double alpha)
{
    if (is_slow(p))
        return NAN;
    struct ov_solve_options opt = {
        .method = alpha <= 1000.0 ? OV_RK8PD : OV_MSBDF, .rtol = 1e-12, .atol = 1e-16};
    return solved(p, o, alpha, &opt, NULL);
}

/* Seconds a right-hand side, and a Jacobian. */
static void time_parts(double *rhs, double *jacobian, const struct ov_problem *p,
                       const struct ov_overlaps *o)
{
    size_t n = ov_overlaps_moving(p->K, p->M), calls = 0;
    struct ov_online *online;
    double *dy = calloc(n + n * n, sizeof *dy), *J = dy ? dy + n : NULL, start = seconds();
    if (!dy || ov_online_create(&online, p, o) != OV_OK)
        fail("out of memory");
    for (; calls % 16 != 0 || seconds() - start < 0.1; calls++)
        ov_online_rhs(dy, online, o->block);
    *rhs = (seconds() - start) / (double)calls;
    start = seconds();
    for (calls = 0; calls == 0 || seconds() - start < 0.1; calls++)
        ov_online_jacobian(J, online, o->block);
    *jacobian = (seconds() - start) / (double)calls;
    ov_online_free(online);
    free(dy);
}

/* Nanoseconds of an asin in an array that fits the first-level cache. */
static double asin_ns(void)
{
    enum { SIZE = 2048, TIMES = 20000 };
    static double x[SIZE], y[SIZE];
    for (size_t i = 0; i < SIZE; i++)
        x[i] = 2.0 * (double)i / SIZE - 1.0;
    double start = seconds();
    for (size_t i = 0; i < TIMES; i++)
        ov_asin_array(y, x, SIZE);
    return 1e9 * (seconds() - start) / ((double)SIZE * TIMES);
}

/* The noise of SGD of ReLU units against set after set: at the random start, and with the students
 * at a distance of 1e-6 from teachers. A run took a right-hand side for each of `rhs` and, by
 * differences, 2n for each Jacobian, nearly all of it in this noise. */
static void bench_relu(const struct ov_problem *p, struct ov_overlaps *o, double run,
                       const struct ov_solve_report *report)
{
    static double C[MOST * (MOST + 1) / 2], G[MOST * MOST], Nz[MOST * MOST], s[MOST];
    size_t K = p->K, M = p->M, n = ov_overlaps_moving(K, M) - K;
    double ours[2] = {INFINITY, INFINITY}, plain[2] = {INFINITY, INFINITY};
    struct ov_gauss *w;
    if (ov_gauss_create(&w, K, M, p->g, p->g_star) != OV_OK)
        fail("out of memory");
    for (size_t a = 0; a < M + K; a++)
        s[a] = a < M ? 1.0 : -1.0;
    for (int near = 0; near < 2; near++) {
        for (size_t k = 0; near && k < K; k++) {
            for (size_t m = 0; m < M; m++)
                o->R[k * M + m] = o->T[ov_sym_at(k % M, m)];
            for (size_t l = 0; l <= k; l++)
                o->Q[ov_sym_at(k, l)] = o->T[ov_sym_at(k % M, l % M)] + (k == l ? 1e-12 : 0.0);
        }
        ov_overlaps_covariance(C, o);
        for (int turn = 0; turn < 5; turn++) {
            double start = seconds();
            for (int i = 0; i < 5; i++)
                ov_gauss_contract(G, Nz, w, C, s, 0.0);
            ours[near] = fmin(ours[near], (seconds() - start) / 5.0);
            start = seconds();
            plain_relu(Nz, K, M, C, s);
            plain[near] = fmin(plain[near], seconds() - start);
        }
    }
    double before = plain[0] * (double)(report->n_rhs + 2 * n * report->n_jacobian);
    printf(
        "relu  %2zu,%zu  averages %.2f us, plain %.2f (ratio %.1f); at a perfect student %.2f and "
        "%.2f (%.1f);\n           the run plainly, Jacobians by differences: %.2f s (%.1f)\n",
        K, M, 1e6 * ours[0], 1e6 * plain[0], plain[0] / ours[0], 1e6 * ours[1], 1e6 * plain[1],
        plain[1] / ours[1], before, before / run);
    ov_gauss_free(w);
}

/* The same run by rk8pd; its eps_g. */
static double run_plainly(const struct ov_problem *p, const struct ov_overlaps *o, double alpha,
                          double ours)
{
    struct ov_solve_options opt = ov_solve_defaults();
    struct ov_solve_report report;
    opt.method = OV_RK8PD;
    double start = seconds(), eps_g = solved(p, o, alpha, &opt, &report);
    double plain = seconds() - start;
    printf(" %9.4f %6zu %6.1f", plain, report.n_rhs, plain / ours);
    return eps_g;
}

/* One run, the fastest of three. */
static void bench_run(const struct ov_problem *p, double alpha)
{
    struct ov_overlaps o = random_start(p->K, p->M);
    struct ov_solve_options opt = ov_solve_defaults();
    struct ov_solve_report report;
    double best = INFINITY, eps_g = NAN, exact = reference(p, &o, alpha);
    for (int turn = 0; turn < (is_slow(p) ? 1 : 3); turn++) {
        double start = seconds();
        eps_g = solved(p, &o, alpha, &opt, &report);
        best = fmin(best, seconds() - start);
    }
    printf("%-5s %2zu,%zu  %-7.0e %9.4f %6zu %5zu", p->g->name, p->K, p->M, alpha, best,
           report.n_rhs, report.n_jacobian);
    if (alpha <= 1000.0 && (p->g->act != OV_ACT_RELU || p->K <= 8)) {
        double plainly = run_plainly(p, &o, alpha, best);
        exact = isnan(exact) ? plainly : exact;
    } else {
        printf(" %9s %6s %6s", "", "", "");
    }
    printf(" %8.1e", fabs(eps_g / exact - 1.0));
    if (p->g->act == OV_ACT_ERF) {
        struct ov_overlaps there = random_start(p->K, p->M);
        double reached, euler = alpha * run_euler(&reached, &there, p, alpha);
        double error = fabs(ov_eps_g(&there, p->g, p->g_star) / reference(p, &o, reached) - 1.0);
        printf(" %11.2f %8.1e at %-8.4g %8.0f", euler, error, reached, euler / best);
        ov_overlaps_free(&there);
    }
    printf("\n");
    if (p->g->act == OV_ACT_RELU)
        bench_relu(p, &o, best, &report);
    fflush(stdout);
    ov_overlaps_free(&o);
}

static void bench_parts(const struct ov_problem *p)
{
    struct ov_overlaps o = random_start(p->K, p->M);
    double rhs, jacobian, P = (double)(p->K + p->M), K = (double)p->K;
    time_parts(&rhs, &jacobian, p, &o);
    printf("%-5s %2zu,%zu  right-hand side %9.2f us, Jacobian %9.2f us (%.1f of them)", p->g->name,
           p->K, p->M, 1e6 * rhs, 1e6 * jacobian, jacobian / rhs);
    double count = K * (K + 1.0) * P * (P + 1.0) / 4.0, ns = asin_ns();
    if (p->g->act == OV_ACT_ERF)
        printf(", %.0f asin at %.2f ns are %.0f%% of it", count, ns, 1e-7 * count * ns / rhs);
    printf("\n");
    ov_overlaps_free(&o);
}

/* Mean derivatives in the place of G, and the derivatives of both: best of five. */
static void bench_slopes(const struct ov_problem *p)
{
    static double C[MOST * (MOST + 1) / 2], s[MOST], Nz[MOST * MOST], D[MOST * MOST];
    size_t K = p->K, M = p->M, P = K + M, width = ov_sym_size(P) + P;
    struct ov_overlaps o = random_start(K, M);
    struct ov_gauss *w;
    double *d = calloc((K * P + ov_sym_size(K)) * width, sizeof *d), *dNz = d + K * P * width;
    double best[4] = {INFINITY, INFINITY, INFINITY, INFINITY};
    if (!d || ov_gauss_create(&w, K, M, p->g, p->g_star) != OV_OK)
        fail("out of memory");
    for (size_t a = 0; a < P; a++)
        s[a] = a < M ? 1.0 : -1.0;
    ov_overlaps_covariance(C, &o);
    int times = is_slow(p) ? 2 : 200;
    for (int turn = 0; turn < 20; turn++) {
        double start = seconds();
        for (int i = 0; i < times; i++) {
            switch (turn % 4) {
            case 0:
                ov_gauss_contract(D, Nz, w, C, s, p->sigma);
                break;
            case 1:
                ov_gauss_slopes(D, Nz, w, C, s, p->sigma);
                break;
            case 2:
                ov_gauss_derivatives(d, dNz, w, C, s, p->sigma);
                break;
            default:
                ov_gauss_slopes_derivatives(d, dNz, w, C, s, p->sigma);
            }
        }
        best[turn % 4] = fmin(best[turn % 4], 1e6 * (seconds() - start) / times);
    }
    printf(
        "%-5s %2zu,%zu  G and Nz %.2f us, D and Nz %.2f (ratio %.2f); their derivatives %.2f and "
        "%.2f (%.2f)\n",
        p->g->name, K, M, best[0], best[1], best[1] / best[0], best[2], best[3], best[3] / best[2]);
    ov_gauss_free(w);
    free(d);
    ov_overlaps_free(&o);
}

static void bench(const struct ov_activation *g)
{
    /* ReLU: sets of four fields, of the fourth order in K; once to 10^3. Smooth units: seconds. */
    bool relu = g->act == OV_ACT_RELU, smooth = g->act >= OV_ACT_GENERIC;
    const size_t sizes[3][2] = {{2, 2}, {smooth ? 4 : 8, 4}, {relu ? 16 : 20, 4}};
    for (size_t i = 0; i < (smooth ? 2 : 3); i++) {
        struct ov_problem p = {.N = N,
                               .K = sizes[i][0],
                               .M = sizes[i][1],
                               .g = g,
                               .g_star = g,
                               .eta_w = 0.1,
                               .sigma = 0.1};
        bench_parts(&p);
        if (p.K <= 8) /* larger ones of ReLU: seconds */
            bench_slopes(&p);
        bench_run(&p, 1e3);
        if (!relu && !smooth)
            bench_run(&p, 1e5);
    }
}

int main(int argc, char **argv)
{
    static const char *const usual[] = {"erf", "relu", "tanh", "gelu"};
    gsl_set_error_handler_off();
    printf(
        "           alpha     seconds    rhs  Jac.   plainly    rhs  ratio    error     Euler s    "
        "error             ratio\n");
    for (int i = 0; i < (argc > 1 ? argc - 1 : 4); i++) {
        const char *name = argc > 1 ? argv[i + 1] : usual[i];
        const struct ov_activation *g = ov_activation_find(name);
        if (g)
            bench(g);
        else
            printf("%-5s is not here\n", name);
    }
    return 0;
}
