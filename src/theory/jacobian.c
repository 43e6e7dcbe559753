/* SPDX-License-Identifier: MIT */
#include "overlap/theory/jacobian.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include <lapacke.h>

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

double ov_jacobian_bound(const double *J, size_t n)
{
    double bound = 0.0;
    for (size_t i = 0; i < n; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < n; j++)
            sum += fabs(J[i * n + j]);
        bound = fmax(bound, sum);
    }
    return bound;
}
