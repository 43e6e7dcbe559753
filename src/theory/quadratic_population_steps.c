/* SPDX-License-Identifier: MIT
 *
 * The population flow of one instance by exact steps, in the basis in which A is diagonal.
 */
#include <math.h>
#include <stdlib.h>

#include <cblas.h>
#include <lapacke.h>

#include "overlap/theory/quadratic_population.h"

struct flow {
    size_t d, m;
    double *V, *a; /* A = V' diag(a) V: row i of V is a mode */
    double *W;     /* (d,m), mode by mode */
    double *X;     /* (d,m), rows scaled by sqrt(phi) */
    double *M;     /* (m,m) */
};

/* W <- e^(2ah) W L'^-1, L L' = 1 + W' phi W */
static int step(struct flow *f, double h)
{
    int d = (int)f->d, m = (int)f->m;
    for (size_t i = 0; i < f->d; i++) {
        double u = 4.0 * f->a[i] * h, phi = 4.0 * h * (u == 0.0 ? 1.0 : expm1(u) / u);
        for (size_t j = 0; j < f->m; j++)
            f->X[i * f->m + j] = sqrt(phi) * f->W[i * f->m + j];
    }
    for (size_t j = 0; j < f->m; j++)
        for (size_t k = 0; k < f->m; k++)
            f->M[j * f->m + k] = j == k ? 1.0 : 0.0;
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, m, d, 1.0, f->X, m, 1.0, f->M, m);
    if (LAPACKE_dpotrf(LAPACK_ROW_MAJOR, 'L', m, f->M, m) != 0)
        return 1;
    cblas_dtrsm(CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, d, m, 1.0, f->M, m,
                f->W, m);
    for (size_t i = 0; i < f->d; i++)
        cblas_dscal(m, exp(2.0 * f->a[i] * h), f->W + i * f->m, 1);
    return 0;
}

static enum ov_status run(struct flow *f, double *W, double t, struct ov_error *err)
{
    int d = (int)f->d, m = (int)f->m;
    double most = 0.0;
    /* row-major A is its own transpose: columns of the column-major result are rows of V */
    if (LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'L', d, f->V, d, f->a) != 0)
        return ov_fail(err, OV_ENUMERIC, "the eigenvalues of A were not found");
    for (size_t i = 0; i < f->d; i++)
        most = fmax(most, fabs(f->a[i]));
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, d, m, d, 1.0, f->V, d, W, m, 0.0, f->W,
                m);
    double n_step = ceil(fmax(1.0, 0.5 * t * most));
    if (!(n_step <= 1e7))
        return ov_fail(err, OV_EDOM, "t = %g takes more than 10 million steps", t);
    for (double i = 0.0; i < n_step && t > 0.0; i += 1.0)
        if (step(f, t / n_step) != 0)
            return ov_fail(err, OV_ENUMERIC, "W is not finite");
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, d, m, d, 1.0, f->V, d, f->W, m, 0.0, W, m);
    return OV_OK;
}

enum ov_status ov_population_steps(double *W, const double *A, size_t d, size_t m, double t,
                                   struct ov_error *err)
{
    struct flow f = {.d = d, .m = m};
    if (d == 0 || m == 0 || d > 20000 || m > 20000 || !(t >= 0.0 && t < INFINITY))
        return ov_fail(err, OV_EDOM, "d = %zu, m = %zu must be in [1, 20000], t = %g >= 0", d, m,
                       t);
    openblas_set_num_threads(1);
    f.V = malloc(d * d * sizeof *f.V);
    f.a = malloc(d * sizeof *f.a);
    f.W = malloc(d * m * sizeof *f.W);
    f.X = malloc(d * m * sizeof *f.X);
    f.M = malloc(m * m * sizeof *f.M);
    enum ov_status status = OV_ENOMEM;
    if (f.V && f.a && f.W && f.X && f.M) {
        for (size_t i = 0; i < d * d; i++)
            f.V[i] = A[i];
        status = run(&f, W, t, err);
    } else {
        ov_fail(err, status, "out of memory for d = %zu, m = %zu", d, m);
    }
    free(f.V);
    free(f.a);
    free(f.W);
    free(f.X);
    free(f.M);
    return status;
}
