/* SPDX-License-Identifier: MIT
 *
 * Jacobians by difference quotients, and the largest eigenvalue by Krylov.
 */
#include "overlap/theory/jacobian.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include <lapacke.h>

#include "overlap/num/dot.h"
#include "overlap/num/simd.h"

enum { KRYLOV = 40 };

int ov_jacobian(double *J, int (*rhs)(double *dy, const double *y, void *ctx), void *ctx,
                const double *y, size_t n, double least_scale, double *scratch)
{
    double *x = memcpy(scratch, y, n * sizeof *y), *up = scratch + n, *down = scratch + 2 * n;
    int status = 0;
    for (size_t j = 0; j < n; j++) {
        double scale = fmax(fabs(y[j]), least_scale);
        double step = cbrt(DBL_EPSILON) * (scale > 0.0 ? scale : 1.0);
        double high = y[j] + step, low = y[j] - step;
        x[j] = high;
        if ((status = rhs(up, x, ctx)) != 0)
            return status;
        x[j] = low;
        if ((status = rhs(down, x, ctx)) != 0)
            return status;
        x[j] = y[j];
        for (size_t i = 0; i < n; i++)
            J[i * n + j] = (up[i] - down[i]) / (high - low);
    }
    return 0;
}

double ov_jacobian_growth(double *J, size_t n, double *scratch)
{
    lapack_int order = (lapack_int)n;
    double *re = scratch, *im = scratch + n, growth = -INFINITY;
    for (size_t i = 0; i < n * n; i++)
        if (!isfinite(J[i]))
            return NAN;
    /* read by columns it is the transpose, with the same eigenvalues */
    if (LAPACKE_dgeev(LAPACK_COL_MAJOR, 'N', 'N', order, J, order, re, im, NULL, 1, NULL, 1) != 0)
        return NAN;
    for (size_t i = 0; i < n; i++)
        growth = fmax(growth, re[i]);
    return growth;
}

/* ---- the growth from a Krylov space ---- */

size_t ov_jacobian_krylov_scratch(size_t n)
{
    size_t m = KRYLOV < n ? KRYLOV : n;
    return (m + 1) * n + m * m + 2 * m;
}

OV_CLONES static double dot(const double *a, const double *b, size_t n)
{
    return ov_dot(a, b, n);
}

OV_CLONES static void subtract(double *restrict a, double weight, const double *restrict b,
                               size_t n)
{
    for (size_t i = 0; i < n; i++)
        a[i] -= weight * b[i];
}

void ov_jacobian_times(double *y, const double *J, const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = dot(J + i * n, x, n);
}

/* Fixed, with a part along every direction: the fractional parts of multiples of the golden
 * ratio. */
static void first_vector(double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = fmod(0.6180339887498949 * (double)(i + 1), 1.0) - 0.5;
    double norm = sqrt(dot(x, x, n));
    for (size_t i = 0; i < n; i++)
        x[i] /= norm;
}

/* Arnoldi's method, orthogonalised twice: V (m+1,n) orthonormal rows, H (m,m) by columns. Returns
 * the dimension reached, less than m where the space is invariant. */
static size_t arnoldi(double *H, double *V, void (*times)(double *Jx, const double *x, void *ctx),
                      void *ctx, size_t n, size_t m, double small)
{
    memset(H, 0, m * m * sizeof *H);
    first_vector(V, n);
    for (size_t j = 0; j < m; j++) {
        double *next = V + (j + 1) * n;
        times(next, V + j * n, ctx);
        for (size_t i = 0; i < 2 * (j + 1); i++) {
            const double *old = V + i % (j + 1) * n;
            double along = dot(next, old, n);
            subtract(next, along, old, n);
            H[j * m + i % (j + 1)] += along;
        }
        double norm = sqrt(dot(next, next, n));
        if (!(norm > small))
            return j + 1;
        for (size_t i = 0; i < n; i++)
            next[i] /= norm;
        if (j + 1 < m)
            H[j * m + j + 1] = norm;
    }
    return m;
}

double ov_jacobian_growth_times(void (*times)(double *Jx, const double *x, void *ctx), void *ctx,
                                double bound, size_t n, double *scratch)
{
    size_t m = KRYLOV < n ? KRYLOV : n;
    double *V = scratch, *H = V + (m + 1) * n, *re = H + m * m, *im = re + m, growth = -INFINITY;
    if (!isfinite(bound))
        return NAN;
    lapack_int order = (lapack_int)arnoldi(H, V, times, ctx, n, m, 1e-14 * bound);
    if (LAPACKE_dhseqr_work(LAPACK_COL_MAJOR, 'E', 'N', order, 1, order, H, (lapack_int)m, re, im,
                            NULL, 1, V, (lapack_int)n) != 0)
        return NAN;
    for (lapack_int i = 0; i < order; i++)
        growth = fmax(growth, re[i]);
    return growth;
}

struct matrix {
    const double *J;
    size_t n;
};

static void times_matrix(double *Jx, const double *x, void *ctx)
{
    const struct matrix *a = ctx;
    ov_jacobian_times(Jx, a->J, x, a->n);
}

double ov_jacobian_growth_krylov(const double *J, size_t n, double *scratch)
{
    struct matrix a = {J, n};
    return ov_jacobian_growth_times(times_matrix, &a, ov_jacobian_bound(J, n), n, scratch);
}

double ov_jacobian_bound(const double *J, size_t n)
{
    double bound = 0.0;
    for (size_t i = 0; i < n; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < n; j++)
            sum += fabs(J[i * n + j]);
        if (isnan(sum))
            return NAN;
        bound = fmax(bound, sum);
    }
    return bound;
}
