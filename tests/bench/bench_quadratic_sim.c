/* SPDX-License-Identifier: MIT
 *
 * How long one evaluation of loss and gradient of a quadratic network takes, beside the same by
 * OpenBLAS's dgemv, once with the samples and once with their transpose; and how fast the samples
 * are read by it, as a part of what a plain sum of squares over as many numbers reaches. The time
 * of an evaluation is that of a training run without its start, over the gradients that it says it
 * took. Then the same with twice as many samples, for which their Gram matrix stands, beside dsymv
 * with such a matrix, and beside two dgemv with the samples; and how long it takes to draw the
 * samples and sum the matrix up, beside dsyrk with samples that are there. CPU time of the thread,
 * the fastest of a few turns.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "overlap/num/dot.h"
#include "overlap/num/normal.h"
#include "overlap/sim/quadratic.h"
#include "bench/bench.h"

enum { TURNS = 4 };

static double *numbers(size_t n)
{
    double *x = calloc(n, sizeof *x);
    if (!x) {
        fprintf(stderr, "bench_quadratic_sim: out of memory\n");
        exit(1);
    }
    ov_normal_fill(x, n, &(struct ov_philox){1, 2}, 0);
    return x;
}

static void count(void *ctx, uint64_t done, uint64_t total)
{
    (void)total;
    *(uint64_t *)ctx = done;
}

/* Seconds of an evaluation: training without what comes before and after it. */
static double ours(const struct ov_quadratic_network *p)
{
    double best = INFINITY;
    for (int turn = 0; turn < TURNS; turn++) {
        struct ov_error err = {0};
        uint64_t evaluated = 0;
        struct ov_tick tick = {.tell = count, .ctx = &evaluated};
        double row[OV_QN_WIDTH], zero = 0.0, start = seconds();
        must(ov_quadratic_flow(row, p, 1, &zero, 1, NULL, &err), &err);
        double rest = seconds() - start;
        start = seconds();
        must(ov_quadratic_minimise(row, p, 1, &tick, &err), &err);
        best = fmin(best, (seconds() - start - rest) / (double)evaluated);
    }
    return best;
}

void dgemv_(const char *trans, const int *m, const int *n, const double *alpha, const double *a,
            const int *lda, const double *x, const int *incx, const double *beta, double *y,
            const int *incy);

/* Two products with a matrix of n rows of D numbers, and the sum over its squares. */
static void plain(double *products, double *sum, size_t n, size_t D)
{
    double *a = numbers(n * D), *z = numbers(D), *r = numbers(n), one = 1.0, zero = 0.0;
    int rows = (int)D, cols = (int)n, step = 1;
    *products = *sum = INFINITY;
    for (int turn = 0; turn < 8 * TURNS; turn++) {
        double start = seconds();
        dgemv_("T", &rows, &cols, &one, a, &rows, z, &step, &zero, r, &step);
        dgemv_("N", &rows, &cols, &one, a, &rows, r, &step, &zero, z, &step);
        *products = fmin(*products, seconds() - start);
        z[0] = 1.0 + z[0] * 1e-300;
        start = seconds();
        double square = ov_dot(a, a, n * D);
        *sum = fmin(*sum, seconds() - start + 0.0 * square);
    }
    free(a);
    free(z);
    free(r);
}

/* ---- with the Gram matrix ---- */

void dsymv_(const char *uplo, const int *n, const double *alpha, const double *a, const int *lda,
            const double *x, const int *incx, const double *beta, double *y, const int *incy);
void dsyrk_(const char *uplo, const char *trans, const int *n, const int *k, const double *alpha,
            const double *a, const int *lda, const double *beta, double *c, const int *ldc);

/* Seconds of an evaluation, from the second half of a flow; *begin: until the first. */
static double ours_by_gram(double *begin, const struct ov_quadratic_network *p)
{
    const double t[] = {1e-9, 5.0, 15.0};
    double best = INFINITY;
    *begin = INFINITY;
    for (int turn = 0; turn < TURNS; turn++) {
        double took[3];
        uint64_t evaluated[3] = {0};
        for (int i = 0; i < 3; i++) {
            struct ov_error err = {0};
            struct ov_tick tick = {.tell = count, .ctx = &evaluated[i]};
            double row[OV_QN_WIDTH], start = seconds();
            must(ov_quadratic_flow(row, p, 1, t + i, 1, &tick, &err), &err);
            took[i] = seconds() - start;
        }
        *begin = fmin(*begin, took[0]);
        best = fmin(best, (took[2] - took[1]) / (double)(evaluated[2] - evaluated[1]));
    }
    return best;
}

static void plain_gram(double *product, double *sum, double *make, size_t n, size_t D)
{
    double *a = numbers(n * D), *H = numbers(D * D), *z = numbers(D), *r = numbers(D);
    double one = 1.0, zero = 0.0;
    int rows = (int)D, cols = (int)n, step = 1;
    *product = *sum = *make = INFINITY;
    for (int turn = 0; turn < 8 * TURNS; turn++) {
        double start = seconds();
        if (turn < TURNS)
            dsyrk_("L", "N", &rows, &cols, &one, a, &rows, &zero, H, &rows);
        if (turn < TURNS)
            *make = fmin(*make, seconds() - start);
        start = seconds();
        dsymv_("L", &rows, &one, H, &rows, z, &step, &zero, r, &step);
        *product = fmin(*product, seconds() - start);
        start = seconds();
        double square = ov_dot(H, H, D * (D + 1) / 2);
        *sum = fmin(*sum, seconds() - start + 0.0 * square);
    }
    free(a);
    free(H);
    free(z);
    free(r);
}

static void by_gram(size_t d)
{
    size_t D = d * (d + 1) / 2;
    struct ov_quadratic_network p = {d, d, d / 4, d * d, OV_SENSING_GOE, 0.05, 0.5, 0.01};
    double product, sum, make, begin, products, unused, own = ours_by_gram(&begin, &p);
    double bytes = 4.0 * (double)(D * (D + 1));
    plain(&products, &unused, p.n, D);
    plain_gram(&product, &sum, &make, p.n, D);
    printf("%5zu %8.1f MB %8.0f %11.0f %6.2f %6.1f %10.2f %12.0f %9.0f %9.0f\n", d, bytes / 1e6,
           1e6 * own, 1e6 * product, product / own, bytes / own / 1e9, sum / own, 1e6 * products,
           1e3 * begin, 1e3 * make);
}

int main(void)
{
    static const size_t sizes[] = {24, 40, 80};
    printf("quadratic networks, alpha = 0.5, lambda = 0.05: loss and gradient\n"
           "    d  samples    ours us  2 dgemv us  ratio   GB/s  of a sum's\n");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t d = sizes[i], D = d * (d + 1) / 2;
        struct ov_quadratic_network p = {d, d, d / 4, d * d / 2, OV_SENSING_GOE, 0.05, 0.5, 0.01};
        double products, sum, own = ours(&p), bytes = 8.0 * (double)(p.n * D);
        plain(&products, &sum, p.n, D);
        printf("%5zu %8.1f MB %8.0f %11.0f %6.2f %6.1f %10.2f\n", d, bytes / 1e6, 1e6 * own,
               1e6 * products, products / own, bytes / own / 1e9, sum / own);
    }
    printf(
        "alpha = 1, by the Gram matrix\n"
        "    d   matrix     ours us    dsymv us  ratio   GB/s  of a sum's  2 dgemv us  begin ms  "
        "dsyrk ms\n");
    for (size_t d = 24; d <= 60; d += 18)
        by_gram(d);
    return 0;
}
