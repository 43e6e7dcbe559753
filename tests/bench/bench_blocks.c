/* SPDX-License-Identifier: MIT
 *
 * What inputs in blocks cost: a right-hand side, which is to take L K P (P+1) multiplications more than
 * that of one block, and a run to alpha = 800 at the defaults.
 *     bench_blocks
 * K = M = 2, erf, eta_w = sigma = 0.2, a power law of 784 variances j^-1.5 in L blocks, each of as many
 * in a row as makes the steps in ln rho equal: stiff by the ratio of the largest to the least. "LU"
 * is one factorisation of the Jacobian as a matrix, of which a run makes some hundred; the solver takes its
 * structure instead. nan: too large to try. Times are CPU time.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>
#include <gsl/gsl_errno.h>
#include <lapacke.h>

#include "bench/bench.h"
#include "overlap/model/activation.h"
#include "overlap/theory/online.h"

enum { DIRECTIONS = 784, K = 2, M = 2, P = 4 };

/* The first direction of block l of L. */
static size_t first(size_t l, size_t L)
{
    if (L == DIRECTIONS)
        return l;
    return (size_t)(pow(DIRECTIONS + 1.0, (double)l / (double)L) + 1e-9) - 1;
}

/* How many of the blocks are not empty, and those. */
static size_t make(struct ov_problem *p, struct ov_overlaps *start, size_t L)
{
    size_t n = 0;
    double sum = 0.0;
    for (size_t l = 0; l < L; l++)
        n += first(l + 1, L) > first(l, L);
    must(ov_blocks_create(&p->blocks, n), NULL);
    must(ov_overlaps_create_blocks(start, n, K, M), NULL);
    for (size_t j = 1; j <= DIRECTIONS; j++)
        sum += pow((double)j, -1.5);
    for (size_t l = 0, at = 0; l < L; l++) {
        size_t from = first(l, L), to = first(l + 1, L);
        double rho = 0.0, f = (double)(to - from) / DIRECTIONS;
        if (to == from)
            continue;
        for (size_t j = from; j < to; j++)
            rho += pow((double)(j + 1), -1.5) / sum * DIRECTIONS / (double)(to - from);
        ov_blocks_set(p->blocks, at, rho, f, 1.0);
        memcpy(start->T + 3 * at, (double[]){f, 0.0, f}, 3 * sizeof(double));
        memcpy(start->R + 4 * at, (double[]){.1 * f, .05 * f, .02 * f, .08 * f},
               4 * sizeof(double));
        memcpy(start->Q + 3 * at, (double[]){.25 * f, .02 * f, .2 * f}, 3 * sizeof(double));
        at++;
    }
    for (size_t k = 0; k < K; k++)
        start->v[k] = start->v_star[k] = 1.0;
    return n;
}

static double time_rhs(const struct ov_problem *p, const struct ov_overlaps *o)
{
    struct ov_online *online;
    double *dy = calloc(ov_overlaps_moving_blocks(o->L, K, M), sizeof *dy), least = INFINITY;
    must(dy ? ov_online_create(&online, p, o) : OV_ENOMEM, NULL);
    for (int turn = 0; turn < 5; turn++) {
        size_t calls = 0;
        double start = seconds();
        for (; calls % 16 != 0 || seconds() - start < 0.02; calls++)
            ov_online_rhs(dy, online, o->block);
        least = fmin(least, (seconds() - start) / (double)calls);
    }
    ov_online_free(online);
    free(dy);
    return least;
}

/* One factorisation of 1 - J as a matrix. */
static double time_matrix(const struct ov_problem *p, const struct ov_overlaps *o)
{
    struct ov_online *online;
    size_t n = ov_overlaps_moving_blocks(o->L, K, M) - K;
    double *J = calloc(n, n * sizeof *J);
    lapack_int *pivot = calloc(n, sizeof *pivot);
    if (n > 2000)
        return NAN;
    must(J && pivot ? ov_online_create(&online, p, o) : OV_ENOMEM, NULL);
    if (ov_online_jacobian(J, online, o->block) != 0)
        exit(1);
    for (size_t i = 0; i < n * n; i++)
        J[i] = (i % (n + 1) == 0 ? 1.0 : 0.0) - J[i];
    double start = seconds();
    LAPACKE_dgetrf(LAPACK_COL_MAJOR, (lapack_int)n, (lapack_int)n, J, (lapack_int)n, pivot);
    double taken = seconds() - start;
    ov_online_free(online);
    free(J);
    free(pivot);
    return taken;
}

int main(void)
{
    static const size_t blocks[] = {1, 8, 28, 784};
    gsl_set_error_handler_off();
    openblas_set_num_threads(1);
    printf("  L  rho_1/rho_L  rhs us  ns/block  run s  rhs  Jacobians  steps  eps_g(800)  LU s\n");
    double one = 0.0;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        struct ov_problem p = {.K = K,
                               .M = M,
                               .g = ov_activation_find("erf"),
                               .g_star = ov_activation_find("erf"),
                               .eta_w = 0.2,
                               .sigma = 0.2};
        struct ov_overlaps o;
        struct ov_solve_options opt = ov_solve_defaults();
        struct ov_solve_report report;
        struct ov_error err = {0};
        double row[32], alpha = 800.0;
        size_t L = make(&p, &o, blocks[i]);
        double rhs = time_rhs(&p, &o), start = seconds();
        must(ov_online_solve(row, &p, &o, &alpha, 1, &opt, &report, NULL, &err), &err);
        double run = seconds() - start;
        one = i == 0 ? rhs : one;
        printf("%4zu %11.3g %7.2f %9.1f %6.3f %5zu %6zu %9zu  %.8f  %.2g\n", L,
               p.blocks->variance[0] / p.blocks->variance[L - 1], 1e6 * rhs,
               1e9 * (rhs - one) / (double)(L > 1 ? L - 1 : 1), run, report.n_rhs,
               report.n_jacobian, report.n_step, row[1], time_matrix(&p, &o));
        ov_overlaps_free(&o);
        ov_problem_free(&p);
    }
    return 0;
}
