/* SPDX-License-Identifier: MIT
 *
 * How long a step of engine `weights` takes, beside its own plain loop (the oracle of the tests)
 * and beside what one writes first: GSL's ziggurat on its Mersenne twister, simple loops, libm's
 * erf. erf networks, first layer. Times are CPU time of the thread, the fastest of a few turns.
 *
 * What limits a step is printed beside it: the normals at the time of one in an array that fits the
 * first-level cache; then the larger of arithmetic (4 K N + 2 M N operations at the measured peak
 * of multiplications and additions, which are separate: fma would change the bits) and traffic (w
 * read and written, w_star read for four inputs at once, at the bandwidth measured on an array as
 * large as w). "bound" is the part of the step's time that these explain.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "overlap/num/normal.h"
#include "overlap/num/simd.h"
#include "overlap/sim/weights.h"
#include "bench/bench.h"
#include "bench/roofline.h"

enum { TURNS = 4 };

static void *allocated(size_t n)
{
    void *p = calloc(n, sizeof(double));
    if (!p) {
        fprintf(stderr, "bench_weights: out of memory\n");
        exit(1);
    }
    return p;
}

/* ---- Gaussian numbers ---- */

enum { IN_CACHE = 1024, REPEATS = 4000 };

static double normal_ns(void)
{
    double *z = allocated(IN_CACHE), best = INFINITY;
    for (int turn = 0; turn < TURNS; turn++) {
        double start = seconds();
        for (uint64_t i = 0; i < REPEATS; i++)
            ov_normal_fill(z, IN_CACHE, &(struct ov_philox){1, 2}, i * (IN_CACHE / 4));
        best = fmin(best, seconds() - start);
    }
    free(z);
    return 1e9 * best / ((double)IN_CACHE * REPEATS);
}

static double ziggurat_ns(void)
{
    double *z = allocated(IN_CACHE), best = INFINITY;
    gsl_rng *r = gsl_rng_alloc(gsl_rng_mt19937);
    for (int turn = 0; turn < TURNS; turn++) {
        double start = seconds();
        for (size_t i = 0; i < REPEATS; i++)
            for (size_t j = 0; j < IN_CACHE; j++)
                z[j] = gsl_ran_gaussian_ziggurat(r, 1.0);
        best = fmin(best, seconds() - start);
    }
    gsl_rng_free(r);
    free(z);
    return 1e9 * best / ((double)IN_CACHE * REPEATS);
}

/* ---- the machine ---- */

#ifdef OV_SIMD_LEVELS
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
static void
scale(double *w, size_t n)
{
    for (size_t i = 0; i < n; i++)
        w[i] *= 1.0 - 1e-9;
}

/* Bytes a nanosecond, read and written, of an array of n numbers. */
static double bandwidth(size_t n)
{
    size_t repeats = 1 + 20000000 / n;
    double *block = allocated(n + 8), *w = block, best = INFINITY;
    w += (64 - (uintptr_t)w % 64) % 64 / sizeof *w;
    for (size_t i = 0; i < n; i++)
        w[i] = 1.0;
    for (int turn = 0; turn < TURNS; turn++) {
        double start = seconds();
        for (size_t i = 0; i < repeats; i++)
            scale(w, n);
        best = fmin(best, seconds() - start);
    }
    free(block);
    return 1e-9 * 16.0 * (double)n * (double)repeats / best;
}

/* ---- the plain reference with GSL's numbers ---- */

struct reference {
    size_t N, K, M;
    double eta, *w, *w_star, *x, *lambda;
    gsl_rng *r;
};

static double product(const double *a, const double *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static void reference_step(struct reference *s)
{
    double root_N = sqrt((double)s->N), Delta = 0.0;
    for (size_t i = 0; i < s->N; i++)
        s->x[i] = gsl_ran_gaussian_ziggurat(s->r, 1.0);
    for (size_t k = 0; k < s->K; k++) {
        s->lambda[k] = product(s->w + k * s->N, s->x, s->N) / root_N;
        Delta += erf(s->lambda[k] * M_SQRT1_2);
    }
    for (size_t m = 0; m < s->M; m++)
        Delta -= erf(product(s->w_star + m * s->N, s->x, s->N) / root_N * M_SQRT1_2);
    for (size_t k = 0; k < s->K; k++) {
        double slope = sqrt(M_2_PI) * exp(-0.5 * s->lambda[k] * s->lambda[k]);
        double push = -s->eta / root_N * slope * Delta;
        for (size_t i = 0; i < s->N; i++)
            s->w[k * s->N + i] += push * s->x[i];
    }
}

/* Microseconds a step. */
static double reference_us(const struct ov_problem *p, size_t steps)
{
    struct reference s = {.N = p->N, .K = p->K, .M = p->M, .eta = p->eta_w};
    double best = INFINITY;
    s.r = gsl_rng_alloc(gsl_rng_mt19937);
    s.w = allocated(s.K * s.N);
    s.w_star = allocated(s.M * s.N);
    s.x = allocated(s.N);
    s.lambda = allocated(s.K);
    for (size_t i = 0; i < s.K * s.N; i++)
        s.w[i] = gsl_ran_gaussian_ziggurat(s.r, 1.0);
    for (size_t i = 0; i < s.M * s.N; i++)
        s.w_star[i] = gsl_ran_gaussian_ziggurat(s.r, 1.0);
    for (int turn = 0; turn < TURNS; turn++) {
        double start = seconds();
        for (size_t i = 0; i < steps; i++)
            reference_step(&s);
        best = fmin(best, seconds() - start);
    }
    gsl_rng_free(s.r);
    free(s.w);
    free(s.w_star);
    free(s.x);
    free(s.lambda);
    return 1e6 * best / (double)steps;
}

/* ---- ours ---- */

typedef enum ov_status run_function(double *rows, const struct ov_problem *p,
                                    const struct ov_inputs *in, uint64_t key, const double *alpha,
                                    size_t n_alpha, const struct ov_tick *tick,
                                    struct ov_error *err);

/* Microseconds a step, without what a run of one step takes. */
static double run_us(run_function *run, const struct ov_problem *p, size_t steps)
{
    double *row = allocated(ov_row_width(p->K, p->M)), best[2] = {INFINITY, INFINITY};
    for (int turn = 0; turn < 2 * TURNS; turn++) {
        size_t some = turn & 1 ? steps + 1 : 1;
        double alpha = (double)some / (double)p->N, start = seconds();
        if (run(row, p, NULL, 1, &alpha, 1, NULL, NULL) != OV_OK)
            fprintf(stderr, "bench_weights: the run failed\n");
        best[turn & 1] = fmin(best[turn & 1], seconds() - start);
    }
    free(row);
    return 1e6 * (best[1] - best[0]) / (double)steps;
}

static void bench(size_t N, size_t K, size_t M, double per_normal, double per_ns)
{
    struct ov_problem p = {.N = N, .K = K, .M = M, .eta_w = 0.1, .teacher = OV_TEACHER_RANDOM};
    p.g = p.g_star = ov_activation_find("erf");
    p.std = 1.0;
    p.v = allocated(K);
    p.v_star = allocated(M);
    for (size_t k = 0; k < K; k++)
        p.v[k] = 1.0;
    for (size_t m = 0; m < M; m++)
        p.v_star[m] = 1.0;
    double n = (double)N, k = (double)K, m = (double)M;
    size_t steps = 10 + (size_t)(8e7 / (n * (k + m + 4.0)));
    double ours = run_us(ov_weights_run_inputs, &p, steps),
           oracle = run_us(ov_weights_run_plain, &p, steps);
    double gsl = reference_us(&p, 1 + steps / 2);
    double normals = 1e-3 * n * per_normal, sums = 1e-3 * n * (4.0 * k + 2.0 * m) / per_ns;
    double traffic = 1e-3 * 8.0 * n * (2.0 * k + m / 4.0) / bandwidth(N * K);
    printf("%7zu %3zu %2zu %9.2f %9.2f %6.1f %9.2f %6.1f %9.2f %9.2f %9.2f %6.0f%%\n", N, K, M,
           ours, oracle, oracle / ours, gsl, gsl / ours, normals, sums, traffic,
           100.0 * (normals + fmax(sums, traffic)) / ours);
    fflush(stdout);
    ov_problem_free(&p);
}

int main(void)
{
    static const char *const levels[OV_SIMD_COUNT] = {"baseline", "AVX2", "AVX-512"};
    static const size_t sizes[][3] = {
        {784, 4, 4}, {1000, 8, 4}, {10000, 8, 4}, {1000, 64, 8}, {1000000, 8, 4}};
    gsl_set_error_handler_off();
    double ours = normal_ns(), gsl = ziggurat_ns(), per_ns = peak(TURNS);
    printf(
        "vectors: %s; peak %.1f multiplications and additions a ns; bandwidth %.0f bytes a ns in "
        "64 KiB, %.0f in 64 MiB\n",
        levels[ov_simd_best()], per_ns, bandwidth(1 << 13), bandwidth(1 << 23));
    printf("a normal: %.2f ns, GSL's ziggurat %.2f ns (%.1f times)\n\n", ours, gsl, gsl / ours);
    printf("                 us a step                                 of which at least\n");
    printf(
        "      N   K  M      ours    oracle  ratio       GSL  ratio   normals      sums   traffic  "
        "bound\n");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        bench(sizes[i][0], sizes[i][1], sizes[i][2], ours, per_ns);
    return 0;
}
