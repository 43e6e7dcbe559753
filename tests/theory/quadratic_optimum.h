/* SPDX-License-Identifier: MIT
 *
 * A regularised optimum of a quadratic network on one data set: for kappa >= 1 the problem is
 * convex in Z, solved here by accelerated proximal gradient steps (Beck & Teboulle) on Z itself,
 * eigenvalues thresholded at each.
 */
#ifndef OVERLAP_TESTS_THEORY_QUADRATIC_OPTIMUM_H
#define OVERLAP_TESTS_THEORY_QUADRATIC_OPTIMUM_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_randist.h>
#include <lapacke.h>

#include "overlap/theory/quadratic.h"
#include "test.h"

enum { OPT_D = 40, OPT_DD = OPT_D * OPT_D, OPT_STEPS = 400 };

/* Z <- what is left of Y's eigenvalues above `least`; their number. */
static inline int thresholded(double *Z, const double *Y, double least)
{
    double V[OPT_DD], a[OPT_D];
    int rank = 0;
    memcpy(V, Y, sizeof V);
    ck_assert_int_eq(LAPACKE_dsyevd(LAPACK_ROW_MAJOR, 'V', 'L', OPT_D, V, OPT_D, a), 0);
    memset(Z, 0, OPT_DD * sizeof *Z);
    for (int k = 0; k < OPT_D; k++)
        if (a[k] > least) {
            cblas_dger(CblasRowMajor, OPT_D, OPT_D, a[k] - least, V + k, OPT_D, V + k, OPT_D, Z,
                       OPT_D);
            rank++;
        }
    return rank;
}

/* mse, loss_train, rank/d at the optimum. */
static inline void quadratic_optimum(double out[3], const struct ov_quadratic *p, double alpha,
                                     gsl_rng *r)
{
    int n = (int)(alpha * OPT_DD), m = (int)(p->kappa_star * OPT_D), rank = 0;
    double *X = malloc((size_t)n * OPT_DD * sizeof *X), *y = malloc((size_t)n * sizeof *y),
           w[2 * OPT_DD];
    double *e = malloc((size_t)n * sizeof *e), Zs[OPT_DD], Z[OPT_DD] = {0.0}, Y[OPT_DD] = {0.0};
    for (int i = 0; i < OPT_D * m; i++)
        w[i] = gsl_ran_gaussian(r, 1.0 / sqrt(m));
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, OPT_D, OPT_D, m, 1.0, w, m, w, m, 0.0, Zs,
                OPT_D);
    for (int k = 0; k < n; k++)
        for (int i = 0; i < OPT_D; i++)
            for (int j = 0; j <= i; j++)
                X[k * OPT_DD + i * OPT_D + j] = X[k * OPT_DD + j * OPT_D + i] =
                    gsl_ran_gaussian(r, sqrt((i == j ? 2.0 : 1.0) / OPT_D));
    for (int k = 0; k < n; k++)
        y[k] = cblas_ddot(OPT_DD, X + k * OPT_DD, 1, Zs, 1) + gsl_ran_gaussian(r, sqrt(p->Delta));
    /* steps of d loss: the gradient of the data's part is Lipschitz with (1 + 1/sqrt(2 alpha))^2 */
    double L = 1.1 * pow(1.0 + 1.0 / sqrt(2.0 * alpha), 2.0), theta = 1.0;
    for (int step = 0; step < OPT_STEPS; step++) {
        double next = 0.5 * (1.0 + sqrt(1.0 + 4.0 * theta * theta)), before[OPT_DD];
        memcpy(e, y, (size_t)n * sizeof *e);
        cblas_dgemv(CblasRowMajor, CblasNoTrans, n, OPT_DD, 1.0, X, OPT_DD, Y, 1, -1.0, e, 1);
        cblas_dgemv(CblasRowMajor, CblasTrans, n, OPT_DD, -(double)OPT_D / (2.0 * n * L), X, OPT_DD,
                    e, 1, 1.0, Y, 1);
        memcpy(before, Z, sizeof Z);
        rank = thresholded(Z, Y, p->lambda / L);
        for (int i = 0; i < OPT_DD; i++)
            Y[i] = Z[i] + (theta - 1.0) / next * (Z[i] - before[i]);
        theta = next;
    }
    memcpy(e, y, (size_t)n * sizeof *e);
    cblas_dgemv(CblasRowMajor, CblasNoTrans, n, OPT_DD, 1.0, X, OPT_DD, Z, 1, -1.0, e, 1);
    out[1] = cblas_ddot(n, e, 1, e, 1) / (4.0 * n);
    cblas_daxpy(OPT_DD, -1.0, Zs, 1, Z, 1);
    out[0] = cblas_ddot(OPT_DD, Z, 1, Z, 1) / OPT_D;
    out[2] = (double)rank / OPT_D;
    free(X);
    free(y);
    free(e);
}

#endif
