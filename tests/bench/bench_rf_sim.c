/* SPDX-License-Identifier: MIT
 *
 * How long a step of the simulator of random features takes, beside what one writes first: the
 * same blocks by OpenBLAS's dgemm on one thread, GSL's ziggurat and libm's erf. The product of
 * inputs and frozen weights, 2 N K operations a step, is shown as its own speed, as a part of what
 * dgemm reaches on a large square matrix, and as its part of the step's time. Times are CPU time of
 * the thread, the fastest of a few turns.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "overlap/num/dot.h"
#include "overlap/num/normal.h"
#include "overlap/sim/random_features.h"
#include "bench/bench.h"

enum { TURNS = 4, BLOCK = 960 };

static double *numbers(size_t n)
{
    double *x = calloc(n, sizeof *x);
    if (!x) {
        fprintf(stderr, "bench_rf_sim: out of memory\n");
        exit(1);
    }
    ov_normal_fill(x, n, &(struct ov_philox){1, 2}, 0);
    return x;
}

/* By its Fortran name: GSL brings a plain cblas_dgemm of its own. */
void dgemm_(const char *transa, const char *transb, const int *m, const int *n, const int *k,
            const double *alpha, const double *a, const int *lda, const double *b, const int *ldb,
            const double *beta, double *c, const int *ldc);

/* c (rows, cols) = a (rows, n) b (cols, n)', all row-major. */
static void product(double *c, const double *a, const double *b, int rows, int cols, int n)
{
    const double one = 1.0, zero = 0.0;
    dgemm_("T", "N", &cols, &rows, &n, &one, b, &n, a, &n, &zero, c, &cols);
}

/* Operations a nanosecond of dgemm on one thread. */
static double dgemm_peak(void)
{
    enum { SIZE = 1200 };
    double *a = numbers(SIZE * SIZE), *b = numbers(SIZE * SIZE), *c = numbers(SIZE * SIZE);
    double best = INFINITY;
    for (int turn = 0; turn < TURNS; turn++) {
        double start = seconds();
        product(c, a, b, SIZE, SIZE, SIZE);
        best = fmin(best, seconds() - start);
    }
    free(a);
    free(b);
    free(c);
    return 2e-9 * SIZE * SIZE * SIZE / best;
}

/* ---- what one writes first ---- */

static double reference_us(const struct ov_rf_problem *p, size_t steps)
{
    size_t N = p->N, K = p->K;
    double *J = numbers(K * N), *x = numbers(BLOCK * N), *phi = numbers(BLOCK * K);
    double *w_star = numbers(N), *w = calloc(K, sizeof *w), best = INFINITY,
           root_N = sqrt((double)N);
    gsl_rng *r = gsl_rng_alloc(gsl_rng_mt19937);
    for (int turn = 0; w && turn < TURNS; turn++) {
        double start = seconds();
        for (size_t done = 0; done < steps; done += BLOCK) {
            for (size_t i = 0; i < BLOCK * N; i++)
                x[i] = gsl_ran_gaussian_ziggurat(r, 1.0);
            product(phi, x, J, BLOCK, (int)K, (int)N);
            for (size_t i = 0; i < BLOCK * K; i++)
                phi[i] = erf(phi[i] / root_N * M_SQRT1_2);
            for (size_t s = 0; s < BLOCK; s++) {
                double y = erf(ov_dot(w_star, x + s * N, N) / root_N * M_SQRT1_2);
                double push = p->eta / (double)K * (y - ov_dot(w, phi + s * K, K));
                for (size_t k = 0; k < K; k++)
                    w[k] += push * phi[s * K + k];
            }
        }
        best = fmin(best, seconds() - start);
    }
    gsl_rng_free(r);
    free(J);
    free(x);
    free(phi);
    free(w_star);
    free(w);
    return 1e6 * best / (double)((steps + BLOCK - 1) / BLOCK * BLOCK);
}

/* ---- ours ---- */

/* Microseconds a step, without what a run of no steps takes. */
static double run_us(const struct ov_rf_problem *p, size_t steps)
{
    double row[OV_RF_WIDTH], best[2] = {INFINITY, INFINITY};
    for (int turn = 0; turn < 2 * TURNS; turn++) {
        double t = turn & 1 ? (double)steps / (double)p->K : 0.0, start = seconds();
        if (ov_rf_sgd_run(row, p, 1, &t, 1, NULL, NULL) != OV_OK)
            fprintf(stderr, "bench_rf_sim: the run failed\n");
        best[turn & 1] = fmin(best[turn & 1], seconds() - start);
    }
    return 1e6 * (best[1] - best[0]) / (double)steps;
}

static void bench(size_t N, size_t K, double peak)
{
    double one = 1.0;
    struct ov_rf_problem p = {.N = N, .K = K, .M = 1, .eta = 1.0, .v_star = &one};
    p.g = p.g_star = ov_activation_find("erf");
    size_t steps = BLOCK * (1 + (size_t)(3e8 / (double)(N * K)) / BLOCK);
    double us = run_us(&p, steps), reference = reference_us(&p, steps);
    double gflops = 2e-3 * (double)N * (double)K / us;
    printf("%6zu %6zu %10.2f %10.2f %6.1f %12.1f %11.0f%%\n", N, K, us, reference, reference / us,
           gflops, 100.0 * gflops / peak);
    fflush(stdout);
}

int main(void)
{
    static const size_t sizes[][2] = {{100, 100}, {200, 200},  {200, 800},
                                      {400, 400}, {400, 1600}, {1000, 1000}};
    double peak = dgemm_peak();
    printf("dgemm on one thread: %.1f operations a ns\n", peak);
    printf("             us a step                       operations a ns of the whole step\n");
    printf("     N      K       ours  dgemm+GSL  ratio       2NK/us  part of dgemm\n");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        bench(sizes[i][0], sizes[i][1], peak);
    return 0;
}
