/* SPDX-License-Identifier: MIT
 *
 * How long the theory of smooth units without closed forms takes, beside sums over single integrals
 * (ov_gauss_I3, ov_gauss_I4: one quadrature each), for which a run is scaled up from one right-hand
 * side.
 *     bench_smooth [ACTIVATION…]      (default: gelu silu softplus)
 * Starts are the overlaps of random weights in N = 784 dimensions, eta_w = sigma = 0.1, to alpha =
 * 1000. Errors are relative errors of eps_g against rtol 1e-10 and averages to 1e-12. Times are CPU
 * time of the thread that computes; of the smaller runs the best of two.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>

#include "overlap/theory/gauss.h"
#include "overlap/theory/online.h"
#include "bench/bench.h"
#include "bench/bench_start.h"

enum { MOST = 12 };

static void fail(const char *what)
{
    fprintf(stderr, "bench_smooth: %s\n", what);
    exit(1);
}

/* ---- the plain reference: paper.md eq:I3 and eq:I4 summed as they stand ---- */

/* Seconds of all G and Nz; *sum is a number to compare. */
static double plain(double *sum, const struct ov_problem *p, const double *C, const double *s)
{
    size_t M = p->M, P = p->K + M;
    const struct ov_activation *act[MOST];
    double start = seconds();
    for (size_t a = 0; a < P; a++)
        act[a] = a < M ? p->g_star : p->g;
    *sum = 0.0;
    for (size_t k = M; k < P; k++)
        for (size_t a = 0; a < P; a++)
            for (size_t b = 0; b < P; b++) {
                *sum += s[a] * ov_gauss_I3(C, act, k, b, a);
                for (size_t l = M; l <= k && b <= a; l++)
                    *sum += (a == b ? 1.0 : 2.0) * s[a] * s[b] * ov_gauss_I4(C, act, k, l, a, b);
            }
    return seconds() - start;
}

/* The same contracted. */
static double contracted(double *sum, const struct ov_problem *p, const double *C, const double *s)
{
    enum { TIMES = 5 };
    struct ov_gauss *w;
    double G[MOST * MOST], Nz[MOST * MOST];
    size_t K = p->K, P = K + p->M;
    if (ov_gauss_create(&w, K, p->M, p->g, p->g_star) != OV_OK)
        fail("out of memory");
    ov_gauss_contract(G, Nz, w, C, s, 0.0); /* makes tables and rules */
    double start = seconds();
    for (int i = 0; i < TIMES; i++)
        ov_gauss_contract(G, Nz, w, C, s, 0.0);
    double time = (seconds() - start) / TIMES;
    *sum = 0.0;
    for (size_t i = 0; i < K * P; i++)
        *sum += G[i];
    for (size_t i = 0; i < ov_sym_size(K); i++)
        *sum += Nz[i];
    ov_gauss_free(w);
    return time;
}

/* ---- runs ---- */

static double solved(const struct ov_problem *p, const struct ov_overlaps *o, double rtol,
                     struct ov_solve_report *report)
{
    double row[2 + MOST * MOST], alpha = 1000.0;
    struct ov_solve_options opt = ov_solve_defaults();
    struct ov_error err = {0};
    opt.rtol = rtol;
    opt.atol = 1e-4 * rtol;
    if (ov_online_solve(row, p, o, &alpha, 1, &opt, report, NULL, &err) != OV_OK)
        fail(err.text);
    return row[1];
}

static void bench(const struct ov_activation *g, size_t K, size_t M)
{
    struct ov_problem p = {.N = N, .K = K, .M = M, .g = g, .g_star = g, .eta_w = 0.1, .sigma = 0.1},
                      exact = p;
    struct ov_overlaps o = random_start(K, M);
    struct ov_solve_report report;
    double C[MOST * (MOST + 1) / 2], s[MOST], best = INFINITY, eps_g = NAN, sum, plain_sum;
    for (size_t a = 0; a < M + K; a++)
        s[a] = a < M ? 1.0 : -1.0;
    ov_overlaps_covariance(C, &o);
    for (int turn = 0; turn < (K * M <= 16 ? 2 : 1); turn++) {
        double start = seconds();
        eps_g = solved(&p, &o, 1e-8, &report);
        best = fmin(best, seconds() - start);
    }
    exact.averages_tol = 1e-12;
    double error = K * M <= 16 ? fabs(eps_g / solved(&exact, &o, 1e-10, NULL) - 1.0) : NAN;
    double ours = contracted(&sum, &p, C, s);
    printf("%-8s %zu,%zu %9.3f s %6zu %5zu %9.1e %12.1f us", g->name, K, M, best, report.n_rhs,
           report.n_jacobian, error, 1e6 * ours);
    if (K * M <= 4) {
        double theirs = plain(&plain_sum, &p, C, s);
        printf(" %12.1f us %8.0f %9.1e %10.1f s", 1e6 * theirs, theirs / ours,
               fabs(sum - plain_sum), theirs * (double)report.n_rhs);
    }
    printf("\n");
    fflush(stdout);
    ov_overlaps_free(&o);
}

int main(int argc, char **argv)
{
    static const char *const usual[] = {"gelu", "silu", "softplus"};
    static const size_t sizes[][2] = {{2, 2}, {4, 4}, {8, 4}};
    gsl_set_error_handler_off();
    printf("         K,M         run    rhs  Jac.     error        averages      as sums      "
           "ratio  deviation   the run so\n");
    for (int i = 0; i < (argc > 1 ? argc - 1 : 3); i++) {
        const struct ov_activation *g = ov_activation_find(argc > 1 ? argv[i + 1] : usual[i]);
        for (size_t j = 0; g && j < sizeof sizes / sizeof *sizes; j++)
            bench(g, sizes[j][0], sizes[j][1]);
    }
    return 0;
}
