/* SPDX-License-Identifier: MIT
 *
 * The second moments of images as inputs, and inputs without them.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "overlap/sim/dataset.h"

enum { SLAB = 1000 };

/* sum over images of byte_i byte_j into the upper triangle of S, and of byte_i: whole numbers below
 * 2^53, which are exact in any order. */
static void sum_products(double *S, double *sum, double *slab, const struct ov_images *images)
{
    size_t N = images->N;
    int order = (int)N;
    for (size_t mu = 0; mu < images->n; mu += SLAB) {
        size_t n = images->n - mu < SLAB ? images->n - mu : SLAB;
        for (size_t i = 0; i < n * N; i++) {
            slab[i] = images->bytes[mu * N + i];
            sum[i % N] += slab[i];
        }
        cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, order, (int)n, 1.0, slab, order, 1.0, S,
                    order);
    }
}

enum ov_status ov_images_second_moments(double *S, const struct ov_images *images)
{
    size_t N = images->N;
    double n = (double)images->n, scale = images->scale * images->scale;
    double *sum = calloc(N, sizeof *sum), *slab = calloc(N, SLAB * sizeof *slab);
    enum ov_status status = sum && slab ? OV_OK : OV_ENOMEM;
    if (status == OV_OK) {
        memset(S, 0, N * N * sizeof *S);
        sum_products(S, sum, slab, images);
    }
    for (size_t i = 0; i < N && status == OV_OK; i++)
        for (size_t j = i; j < N; j++) {
            double mi = images->mean[i], mj = images->mean[j];
            double x = S[i * N + j] / n - mi * (sum[j] / n) - mj * (sum[i] / n) + mi * mj;
            S[i * N + j] = S[j * N + i] = scale * x;
        }
    free(sum);
    free(slab);
    return status;
}

/* ---- whitened ---- */

/* Rows that take images to components of variance 1. */
static void whitening_rows(double *row, const double *basis, const double *variance, size_t n_out,
                           size_t N)
{
    for (size_t i = 0; i < n_out; i++) {
        const double *b = basis + i * N;
        size_t most = 0;
        for (size_t j = 1; j < N; j++)
            most = fabs(b[j]) > fabs(b[most]) ? j : most;
        double scale = copysign(1.0 / sqrt(variance[i]), b[most]);
        for (size_t j = 0; j < N; j++)
            row[i * N + j] = scale * b[j];
    }
}

enum ov_status ov_images_whiten(float *number, const struct ov_images *images, const double *basis,
                                const double *variance, size_t n_out)
{
    size_t N = images->N;
    double *row = calloc(n_out, N * sizeof *row), *slab = calloc(SLAB, N * sizeof *slab);
    double *out = calloc(SLAB, n_out * sizeof *out);
    enum ov_status status = row && slab && out ? OV_OK : OV_ENOMEM;
    if (status == OV_OK)
        whitening_rows(row, basis, variance, n_out, N);
    for (size_t mu = 0; mu < images->n && status == OV_OK; mu += SLAB) {
        size_t n = images->n - mu < SLAB ? images->n - mu : SLAB;
        for (size_t i = 0; i < n; i++)
            ov_images_fill(slab + i * N, images, mu + i, 0, N);
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)n, (int)n_out, (int)N, 1.0, slab,
                    (int)N, row, (int)N, 0.0, out, (int)n_out);
        for (size_t i = 0; i < n * n_out; i++)
            number[mu * n_out + i] = (float)out[i];
    }
    free(row);
    free(slab);
    free(out);
    return status;
}
