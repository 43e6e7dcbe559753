/* SPDX-License-Identifier: MIT
 *
 * Eigenvectors of packed symmetric matrices by Jacobi's rotations, which is plain arithmetic in a
 * fixed order: the same bits on every machine, unlike LAPACK's. For small matrices.
 */
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/num/sym.h"

enum { SWEEPS = 64 };

/* Rotates the plane (p,q) so that A_pq becomes zero; A (n,n) full, rows of V the eigenvectors. */
static void rotate(double *A, double *V, size_t n, size_t p, size_t q)
{
    double apq = A[p * n + q], theta = 0.5 * (A[q * n + q] - A[p * n + p]) / apq;
    double t = copysign(1.0, theta) / (fabs(theta) + sqrt(theta * theta + 1.0));
    double c = 1.0 / sqrt(t * t + 1.0), s = t * c;
    for (size_t i = 0; i < n; i++) {
        double x = A[i * n + p], y = A[i * n + q];
        A[i * n + p] = c * x - s * y;
        A[i * n + q] = s * x + c * y;
    }
    for (size_t i = 0; i < n; i++) {
        double x = A[p * n + i], y = A[q * n + i];
        A[p * n + i] = c * x - s * y;
        A[q * n + i] = s * x + c * y;
        x = V[p * n + i], y = V[q * n + i];
        V[p * n + i] = c * x - s * y;
        V[q * n + i] = s * x + c * y;
    }
    A[p * n + q] = A[q * n + p] = 0.0;
}

/* One sweep; false where all was diagonal to rounding. */
static bool sweep(double *A, double *V, size_t n)
{
    bool turned = false;
    for (size_t q = 1; q < n; q++)
        for (size_t p = 0; p < q; p++) {
            double small = DBL_EPSILON * sqrt(fabs(A[p * n + p])) * sqrt(fabs(A[q * n + q]));
            if (!(fabs(A[p * n + q]) > small))
                continue;
            rotate(A, V, n, p, q);
            turned = true;
        }
    return turned;
}

enum ov_status ov_sym_eigen(double *value, double *vector, const double *A, size_t n)
{
    for (size_t i = 0; i < ov_sym_size(n); i++)
        if (!isfinite(A[i]))
            return OV_EDOM;
    double *full = calloc(n, n * sizeof *full);
    if (!full)
        return OV_ENOMEM;
    memset(vector, 0, n * n * sizeof *vector);
    for (size_t i = 0; i < n; i++) {
        vector[i * n + i] = 1.0;
        for (size_t j = 0; j < n; j++)
            full[i * n + j] = A[ov_sym_at(i, j)];
    }
    for (int i = 0; i < SWEEPS && sweep(full, vector, n); i++)
        ;
    for (size_t i = 0; i < n; i++)
        value[i] = full[i * n + i];
    free(full);
    return OV_OK;
}

enum ov_status ov_sym_pseudo_inverse(double *inverse, double *range, size_t *rank, const double *A,
                                     size_t n, double tol)
{
    double *value = calloc(n, (n + 1) * sizeof *value), *vector = value ? value + n : NULL;
    double largest = 0.0;
    enum ov_status status = value ? ov_sym_eigen(value, vector, A, n) : OV_ENOMEM;
    memset(inverse, 0, n * n * sizeof *inverse);
    memset(range, 0, n * n * sizeof *range);
    *rank = 0;
    for (size_t i = 0; status == OV_OK && i < n; i++)
        largest = fmax(largest, value[i]);
    for (size_t i = 0; status == OV_OK && i < n; i++) {
        const double *u = vector + i * n;
        if (!(value[i] > tol * largest))
            continue;
        (*rank)++;
        for (size_t j = 0; j < n; j++)
            for (size_t k = 0; k < n; k++) {
                inverse[j * n + k] += u[j] * u[k] / value[i];
                range[j * n + k] += u[j] * u[k];
            }
    }
    free(value);
    return status;
}
