/* SPDX-License-Identifier: MIT
 *
 * Few blocks in place of many directions: Gauss rules and Chebyshev nodes in ln rho; and the
 * eigenvalues of a covariance.
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <lapacke.h>

#include "overlap/model/spectrum.h"
#include "overlap/num/dot.h"

static const double pi = 3.14159265358979323846;

static bool all_positive(const double *rho, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!(rho[i] > 0.0) || !isfinite(rho[i]))
            return false;
    return true;
}

/* ---- the Gauss rule: Golub & Welsch ---- */

/* Lanczos' recursion on diag(u), in q (L + 1, n) of which row 0 is the start.
 *   out  diagonal, beside  (L)
 * Returns how many steps there are before nothing is left. */
static size_t lanczos(double *diagonal, double *beside, double *q, const double *u, size_t n,
                      size_t L)
{
    for (size_t l = 0; l < L; l++) {
        double *row = q + l * n, *next = row + n;
        for (size_t i = 0; i < n; i++)
            next[i] = u[i] * row[i];
        diagonal[l] = ov_dot(row, next, n);
        double before = sqrt(ov_dot(next, next, n));
        for (int pass = 0; pass < 2; pass++)
            for (size_t k = 0; k <= l; k++) {
                double part = ov_dot(q + k * n, next, n);
                for (size_t i = 0; i < n; i++)
                    next[i] -= part * q[k * n + i];
            }
        beside[l] = sqrt(ov_dot(next, next, n));
        if (!(beside[l] > 1e-13 * before))
            return l + 1;
        for (size_t i = 0; i < n; i++)
            next[i] /= beside[l];
    }
    return L;
}

/* Nodes and shares from the tridiagonal matrix; vectors (L,L) is work. */
static enum ov_status nodes_of(double *node, double *share, double *diagonal, double *beside,
                               double *vectors, double total, size_t L)
{
    lapack_int order = (lapack_int)L;
    if (LAPACKE_dstev(LAPACK_ROW_MAJOR, 'V', order, diagonal, beside, vectors, order) != 0)
        return OV_ENUMERIC;
    for (size_t l = 0; l < L; l++) {
        double first = vectors[L - 1 - l]; /* of its eigenvector; they come increasing */
        node[l] = exp(diagonal[L - 1 - l]);
        share[l] = total * first * first / sqrt(node[l]);
    }
    return OV_OK;
}

enum ov_status ov_spectrum_gauss(double *node, double *share, size_t *L, const double *rho,
                                 const double *f, size_t n)
{
    if (*L < 1 || n < 1 || !all_positive(rho, n))
        return OV_EDOM;
    *L = *L < n ? *L : n;
    double *work = calloc((*L + 2) * n + 2 * *L + *L * *L, sizeof *work);
    if (!work)
        return OV_ENOMEM;
    double *u = work, *q = u + n, *diagonal = q + (*L + 1) * n, *beside = diagonal + *L;
    double *vectors = beside + *L, total = 0.0;
    for (size_t i = 0; i < n; i++) {
        double weight = (f ? f[i] : 1.0 / (double)n) * sqrt(rho[i]);
        u[i] = log(rho[i]);
        q[i] = sqrt(weight);
        total += weight;
    }
    for (size_t i = 0; i < n; i++)
        q[i] /= sqrt(total);
    *L = lanczos(diagonal, beside, q, u, n, *L);
    enum ov_status status = nodes_of(node, share, diagonal, beside, vectors, total, *L);
    free(work);
    return status;
}

/* ---- Chebyshev nodes ---- */

/* Column i of member: Lagrange's polynomials at u, in their barycentric form. */
static void lagrange_at(double *member, size_t stride, const double *node_u, size_t L, double u)
{
    double sum = 0.0;
    for (size_t l = 0; l < L; l++) {
        double angle = pi * (2.0 * (double)l + 1.0) / (2.0 * (double)L);
        double distance = u - node_u[l];
        if (distance == 0.0) {
            for (size_t k = 0; k < L; k++)
                member[k * stride] = k == l ? 1.0 : 0.0;
            return;
        }
        member[l * stride] = (l % 2 ? -1.0 : 1.0) * sin(angle) / distance;
        sum += member[l * stride];
    }
    for (size_t l = 0; l < L; l++)
        member[l * stride] /= sum;
}

enum ov_status ov_spectrum_chebyshev(double *node, double *share, double *member, size_t L,
                                     const double *rho, size_t N)
{
    if (L < 2 || N < 1 || !all_positive(rho, N))
        return OV_EDOM;
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < N; i++) {
        low = fmin(low, log(rho[i]));
        high = fmax(high, log(rho[i]));
    }
    if (!(high > low))
        return OV_EDOM;
    for (size_t l = 0; l < L; l++)
        node[l] = 0.5 * (high + low) +
                  0.5 * (high - low) * cos(pi * (2.0 * (double)l + 1.0) / (2.0 * (double)L));
    for (size_t i = 0; i < N; i++)
        lagrange_at(member + i, N, node, L, log(rho[i]));
    for (size_t l = 0; l < L; l++) {
        double sum = 0.0;
        for (size_t i = 0; i < N; i++)
            sum += member[l * N + i];
        share[l] = sum / (double)N;
        node[l] = exp(node[l]);
    }
    return OV_OK;
}

/* ---- a covariance ---- */

enum ov_status ov_spectrum_eigen(double *rho, double *basis, size_t N)
{
    double trace = 0.0;
    for (size_t i = 0; i < N * N; i++)
        if (!isfinite(basis[i]))
            return OV_EDOM;
    for (size_t i = 0; i < N; i++)
        trace += basis[i * N + i];
    if (!(trace > 0.0))
        return OV_EDOM;
    double *increasing = calloc(N, sizeof *increasing), *row = calloc(N, sizeof *row);
    lapack_int order = (lapack_int)N, info = 1;
    if (increasing && row) /* column-major: row i of the array is eigenvector i */
        info = LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'L', order, basis, order, increasing);
    for (size_t i = 0; i < N && info == 0; i++)
        rho[i] = ldexp(rint(ldexp(increasing[N - 1 - i] * (double)N / trace, 36)), -36);
    for (size_t i = 0; i < N && info == 0; i++)
        rho[i] = fmax(rho[i], 0.0);
    for (size_t i = 0; i < N / 2 && info == 0; i++) { /* the largest first */
        memcpy(row, basis + i * N, N * sizeof *row);
        memcpy(basis + i * N, basis + (N - 1 - i) * N, N * sizeof *row);
        memcpy(basis + (N - 1 - i) * N, row, N * sizeof *row);
    }
    enum ov_status status = !increasing || !row ? OV_ENOMEM : info == 0 ? OV_OK : OV_ENUMERIC;
    free(increasing);
    free(row);
    return status;
}
