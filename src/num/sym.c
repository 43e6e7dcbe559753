/* SPDX-License-Identifier: MIT
 *
 * Packed symmetric matrices: eigenvalues, and factors of semi-definite ones.
 */
#include "overlap/num/sym.h"

#include <float.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int all_finite(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return 0;
    return 1;
}

static double largest_diagonal(const double *A, size_t n)
{
    double largest = 0.0;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(A[ov_sym_at(i, i)]));
    return largest;
}

/* What of a_ij the first `rank` columns of B leave over: (A - B B')_ij. */
static double left_over(const double *B, const double *A, size_t n, size_t rank, size_t i, size_t j)
{
    double sum = A[ov_sym_at(i, j)];
    for (size_t k = 0; k < rank; k++)
        sum -= B[i * n + k] * B[j * n + k];
    return sum;
}

/* The unused row with the largest left-over relative to its own size, so that a small unit beside
 * large ones counts; n if all are zero to rounding. */
static size_t next_pivot(const double *B, const double *A, size_t n, size_t rank, const char *used)
{
    double largest = 8.0 * (double)n * DBL_EPSILON;
    size_t best = n;
    for (size_t i = 0; i < n; i++) {
        double size = A[ov_sym_at(i, i)];
        if (used[i] || size <= 0.0)
            continue;
        double relative = left_over(B, A, n, rank, i, i) / size;
        if (relative > largest) {
            largest = relative;
            best = i;
        }
    }
    return best;
}

/* Makes B lower triangular by rotating its columns, which leaves B B' as it is. */
static void triangularise(double *B, size_t n, size_t rank)
{
    for (size_t i = 0; i < rank; i++) {
        for (size_t j = i + 1; j < rank; j++) {
            double a = B[i * n + i], b = B[i * n + j], r = sqrt(a * a + b * b);
            if (b == 0.0 || r == 0.0)
                continue;
            for (size_t row = i; row < n; row++) {
                double *x = B + row * n + i, *y = B + row * n + j, old = *x;
                *x = (a * old + b * *y) / r;
                *y = (a * *y - b * old) / r;
            }
            B[i * n + j] = 0.0;
        }
        if (B[i * n + i] < 0.0)
            for (size_t row = i; row < n; row++)
                B[row * n + i] = -B[row * n + i];
    }
}

/* 1. A = B B' by Cholesky's algorithm, the largest pivot first: stable for singular A as well.
 * 2. What no pivot reached must be zero, or A is not PSD.
 * 3. Rotate the columns of B into the lower triangle. */
enum ov_status ov_sym_cholesky(double *L, const double *A, size_t n, double tol)
{
    if (!all_finite(A, ov_sym_size(n)))
        return OV_EDOM;
    char *used = calloc(n, 1);
    if (!used)
        return OV_ENOMEM;
    double allowed = tol * largest_diagonal(A, n);
    enum ov_status status = OV_OK;
    size_t rank = 0;
    memset(L, 0, n * n * sizeof *L);
    for (size_t p; (p = next_pivot(L, A, n, rank, used)) < n; rank++) {
        double root = sqrt(left_over(L, A, n, rank, p, p));
        used[p] = 1;
        for (size_t i = 0; i < n; i++)
            if (!used[i])
                L[i * n + rank] = left_over(L, A, n, rank, i, p) / root;
        L[p * n + rank] = root;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            if (!used[i] && !used[j] && fabs(left_over(L, A, n, rank, i, j)) > allowed)
                status = OV_EDOM;
    triangularise(L, n, rank);
    free(used);
    return status;
}

enum ov_status ov_sym_min_eigenvalue(double *min, const double *A, size_t n)
{
    if (!all_finite(A, ov_sym_size(n)))
        return OV_EDOM;
    double *full = calloc(n * n, sizeof *full);
    double *eigenvalue = calloc(n, sizeof *eigenvalue);
    enum ov_status status = OV_ENOMEM;
    if (full && eigenvalue) {
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                full[i * n + j] = A[ov_sym_at(i, j)];
        lapack_int order = (lapack_int)n;
        lapack_int info = LAPACKE_dsyev(LAPACK_COL_MAJOR, 'N', 'L', order, full, order, eigenvalue);
        status = info == 0 ? OV_OK : OV_ENUMERIC;
        if (info == 0)
            *min = eigenvalue[0];
    }
    free(full);
    free(eigenvalue);
    return status;
}
