/* SPDX-License-Identifier: MIT
 *
 * How long a step of engine `law` takes, beside what one writes first: one run at a time, GSL's
 * ziggurat and gamma numbers on its Mersenne twister, libm's erf, all rotations of the K x (K + 1)
 * matrix. erf networks in N = 10^6 dimensions (no other N costs more or less); times are CPU time
 * of the thread, the fastest of a few turns.
 *
 * What limits a step of a run: its normals, at the time of one in an array that fits the
 * first-level cache; the polynomials of K + M erf and K exp, about half of all for small K; and
 * some 8 K^2 + 2 (K + M)^2 additions and multiplications, which for large K are most of it and
 * stand in a chain through each row's new direction. "bound" is the part of the step's time that
 * these at the measured peak and the normals explain.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "overlap/num/normal.h"
#include "overlap/num/sym.h"
#include "overlap/sim/law.h"
#include "bench/bench.h"
#include "bench/roofline.h"

enum { TURNS = 4, N = 1000000, MOST = 72, RUNS = 8 };

static void fail(const char *what)
{
    fprintf(stderr, "bench_law: %s\n", what);
    exit(1);
}

static double normal_ns(void)
{
    enum { IN_CACHE = 512, REPEATS = 8000 };
    static double z[IN_CACHE];
    double best = INFINITY;
    for (int turn = 0; turn < TURNS; turn++) {
        double start = seconds();
        for (uint64_t i = 0; i < REPEATS; i++)
            ov_normal_fill(z, IN_CACHE, &(struct ov_philox){1, 2}, i * (IN_CACHE / 4));
        best = fmin(best, seconds() - start);
    }
    return 1e9 * best / ((double)IN_CACHE * REPEATS);
}

/* ---- the plain reference ---- */

struct plain {
    size_t K, M;
    double L[MOST][MOST + 1], v[MOST];
};

/* Rotates column j into column a so that row a loses its entry there. */
static void rotate(struct plain *s, size_t a, size_t j)
{
    double x = s->L[a][a], y = s->L[a][j], length = sqrt(x * x + y * y);
    for (size_t b = a; y != 0.0 && b < s->K + s->M; b++) {
        double old = s->L[b][a];
        s->L[b][a] = (x * old + y * s->L[b][j]) / length;
        s->L[b][j] = (x * s->L[b][j] - y * old) / length;
    }
}

static void plain_step(struct plain *s, const struct ov_problem *p, gsl_rng *r)
{
    size_t K = s->K, M = s->M, P = K + M;
    double z[MOST + 1], x[MOST], Delta = -p->sigma * gsl_ran_gaussian_ziggurat(r, 1.0);
    for (size_t a = 0; a < P; a++) {
        z[a] = gsl_ran_gaussian_ziggurat(r, 1.0);
        x[a] = 0.0;
        for (size_t b = 0; b <= a; b++)
            x[a] += s->L[a][b] * z[b];
    }
    z[P] = sqrt(gsl_ran_chisq(r, (double)(N - P)));
    for (size_t m = 0; m < M; m++)
        Delta -= p->v_star[m] * erf(x[m] / M_SQRT2);
    for (size_t k = 0; k < K; k++)
        Delta += s->v[k] * erf(x[M + k] / M_SQRT2);
    for (size_t k = 0; k < K; k++) {
        double slope = sqrt(2.0 / M_PI) * exp(-x[M + k] * x[M + k] / 2.0);
        double e = -p->eta_w / N * s->v[k] * slope * Delta;
        for (size_t a = 0; a <= P; a++)
            s->L[M + k][a] += e * z[a];
    }
    for (size_t a = M; a < P; a++)
        for (size_t j = P; j > a; j--)
            rotate(s, a, j);
}

/* Q_00 after `steps`, to be used for something. */
static double plain_run(const struct ov_problem *p, size_t steps)
{
    static struct plain s;
    gsl_rng *r = gsl_rng_alloc(gsl_rng_mt19937);
    if (!r)
        fail("out of memory");
    memset(&s, 0, sizeof s);
    s.K = p->K, s.M = p->M;
    for (size_t a = 0; a < p->K + p->M; a++)
        s.L[a][a] = a < p->M ? 1.0 : p->std;
    for (size_t k = 0; k < p->K; k++) {
        s.L[p->M + k][k % p->M] = 1.0;
        s.v[k] = p->v[k];
    }
    for (size_t i = 0; i < steps; i++)
        plain_step(&s, p, r);
    gsl_rng_free(r);
    double Q = 0.0;
    for (size_t a = 0; a < p->K + p->M; a++)
        Q += s.L[p->M][a] * s.L[p->M][a];
    return Q;
}

static double law_run(const struct ov_problem *p, size_t steps, size_t runs)
{
    static const uint64_t key[RUNS] = {1, 2, 3, 4, 5, 6, 7, 8};
    double alpha = (double)steps / N;
    double *rows = calloc(RUNS, ov_row_width(p->K, p->M) * sizeof *rows);
    if (!rows || ov_law_run(rows, p, key, runs, &alpha, 1, NULL, NULL) != OV_OK)
        fail("the run failed");
    double Q = rows[2];
    free(rows);
    return Q;
}

/* Nanoseconds a step and run: of `runs` together, or of the plain reference where runs = 0. */
static double step_ns(const struct ov_problem *p, size_t steps, size_t runs, double *Q)
{
    double best = INFINITY;
    for (int turn = 0; turn < TURNS; turn++) {
        double start = seconds();
        *Q = runs > 0 ? law_run(p, steps, runs) : plain_run(p, steps);
        best = fmin(best, seconds() - start);
    }
    return 1e9 * best / ((double)steps * (double)(runs > 0 ? runs : 1));
}

static void bench(size_t K, size_t M, size_t steps, double one_normal, double per_ns)
{
    double v[MOST], v_star[MOST], Q, Q_alone, Q_plain;
    struct ov_problem p = {.N = N, .K = K, .M = M, .eta_w = 0.2, .sigma = 0.1, .std = 0.5};
    p.g = p.g_star = &ov_activations[OV_ACT_ERF];
    p.start = OV_START_DENOISING;
    p.v = v;
    p.v_star = v_star;
    for (size_t m = 0; m < M; m++)
        v_star[m] = 1.0;
    for (size_t k = 0; k < K; k++)
        v[k] = (double)M / (double)K;
    double eight = step_ns(&p, steps, RUNS, &Q), one = step_ns(&p, steps, 1, &Q_alone);
    double plain = step_ns(&p, steps, 0, &Q_plain);
    double normals = (double)(4 * ov_normal_blocks(K + M + 4));
    if (Q != Q_alone || fabs(Q - Q_plain) > 0.1)
        fail("the two do not agree");
    double sums = (double)(8 * K * K + 2 * (K + M) * (K + M)) / per_ns;
    printf("%2zu,%zu   %8.1f %12.3g %8.1f %9.1f %8.1f %8.0f%% %6.0f%% %6.0f%%\n", K, M, eight,
           1e9 / eight, one, plain, plain / eight, 100.0 * normals * one_normal / eight,
           100.0 * sums / eight, 100.0 * (normals * one_normal + sums) / eight);
    fflush(stdout);
}

/* n numbers x, for ov_blocks_free. */
static double *all(double x, size_t n)
{
    double *y = calloc(n, sizeof *y);
    if (!y)
        fail("out of memory");
    for (size_t i = 0; i < n; i++)
        y[i] = x;
    return y;
}

/* L blocks of N/L directions each, or of one, but for the first. All weights are parallel at the
 * start, so that one direction is enough. */
static void bench_blocks(size_t L, bool of_one, size_t steps)
{
    double v[] = {1.0, 1.0}, Q;
    struct ov_problem p = {.N = N, .K = 2, .M = 2, .eta_w = 0.2, .sigma = 0.1};
    p.g = p.g_star = &ov_activations[OV_ACT_ERF];
    p.v = p.v_star = v;
    if (ov_blocks_create(&p.blocks, L) != OV_OK)
        fail("out of memory");
    struct ov_blocks *b = p.blocks;
    b->N = N;
    for (size_t l = 0; l < L; l++) {
        size_t n = of_one ? 1 : N / L;
        ov_blocks_set(b, l, l % 2 ? 1.5 : 0.5, (double)(l == 0 ? N - (L - 1) * n : n) / N, 1.0);
    }
    b->start_is_given = true;
    b->T = all(0.5 / (double)L, 3 * L);
    b->Q = all(0.5 / (double)L, 3 * L);
    b->R = all(0.5 / (double)L, 4 * L);
    double ns = step_ns(&p, steps, RUNS, &Q);
    printf("%6zu %12s %10.1f %15.1f\n", L, of_one ? "one" : "many", ns, ns / (double)L);
    fflush(stdout);
    ov_blocks_free(b);
}

int main(void)
{
    gsl_set_error_handler_off();
    double one_normal = normal_ns(), per_ns = peak(TURNS);
    printf(
        "engine law, N = %d, erf, label noise; a normal takes %.2f ns; peak %.1f multiplications "
        "and additions a ns\n",
        N, one_normal, per_ns);
    printf(" K,M   ns/step of  run-steps   ns/step  ns/step    plain/   share of\n");
    printf("       8 runs     a second     alone    plain      8 runs   normals   sums   bound\n");
    bench(2, 2, 400000, one_normal, per_ns);
    bench(8, 4, 100000, one_normal, per_ns);
    bench(32, 4, 10000, one_normal, per_ns);
    bench(64, 4, 3000, one_normal, per_ns);
    printf("in blocks, K = M = 2, 8 runs\n"
           "blocks   directions    ns/step  ns/step, block\n"
           "            of each    and run         and run\n");
    bench_blocks(1, false, 200000);
    bench_blocks(3, false, 100000);
    bench_blocks(10, false, 30000);
    bench_blocks(50, false, 10000);
    bench_blocks(50, true, 10000);
    return 0;
}
