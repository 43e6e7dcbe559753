/* SPDX-License-Identifier: MIT
 *
 * 1. Taylor series over a time h/2^k short against 1/|J|.
 * 2. k doublings: with S_h = int_0^h exp(sJ) X exp(sJ)' ds and S'_h the same with s in front,
 *    S_2h = S_h + E S_h E',  S'_2h = S'_h + E (S'_h + h S_h) E',  E_2h = E_h^2;
 *    nothing ever grows that exp(hJ) does not make grow.
 */
#include "fluctuations_step_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/theory/jacobian.h"

enum { TERMS = 9, MATRICES = 11 };

static const double short_time = 0.1; /* times |J|: the first term left out is below 1e-15 */

enum ov_status ov_propagator_create(struct ov_propagator *w, size_t n)
{
    *w = (struct ov_propagator){.n = n};
    w->block = calloc(MATRICES * n, n * sizeof *w->block);
    if (!w->block)
        return OV_ENOMEM;
    w->E = w->block;
    w->ahead = w->E + n * n;
    w->delay = w->ahead + n * n;
    w->noise = w->delay + n * n;
    w->scratch = w->noise + n * n;
    return OV_OK;
}

void ov_propagator_free(struct ov_propagator *w)
{
    if (!w)
        return;
    free(w->block);
    *w = (struct ov_propagator){0};
}

/* Z += X Y */
static void add_product(double *Z, const double *X, const double *Y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            for (size_t j = 0; j < n; j++)
                Z[i * n + j] += X[i * n + k] * Y[k * n + j];
}

static void set_product(double *Z, const double *X, const double *Y, size_t n)
{
    memset(Z, 0, n * n * sizeof *Z);
    add_product(Z, X, Y, n);
}

/* Z += E X E' for symmetric X; EX is scratch. Only sums of products, so Z stays symmetric. */
static void add_sandwich(double *Z, double *EX, const double *E, const double *X, size_t n)
{
    set_product(EX, E, X, n);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = 0.0;
            for (size_t k = 0; k < n; k++)
                sum += EX[i * n + k] * E[j * n + k];
            Z[i * n + j] += sum;
            Z[j * n + i] = Z[i * n + j];
        }
    }
}

static void add_scaled(double *Z, double factor, const double *X, size_t n)
{
    for (size_t i = 0; i < n * n; i++)
        Z[i] += factor * X[i];
}

/* X <- J X + X J' for symmetric X. */
static void lyapunov(double *X, double *JX, const double *J, size_t n)
{
    set_product(JX, J, X, n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            X[i * n + j] = JX[i * n + j] + JX[j * n + i];
}

/* sum_m h^(m+1)/(m+1)! X_m and sum_m h^(m+2)/((m+2) m!) X_m, X_0 = X, X_m+1 = J X_m + X_m J'.
 * X is destroyed; delayed may be NULL. */
static void series(double *plain, double *delayed, double *X, double *scratch, const double *J,
                   double h, size_t n)
{
    double over_factorial = h; /* h^(m+1)/m! */
    memset(plain, 0, n * n * sizeof *plain);
    if (delayed)
        memset(delayed, 0, n * n * sizeof *delayed);
    for (size_t m = 0; m < TERMS; m++) {
        double order = (double)m;
        add_scaled(plain, over_factorial / (order + 1.0), X, n);
        if (delayed)
            add_scaled(delayed, over_factorial * h / (order + 2.0), X, n);
        lyapunov(X, scratch, J, n);
        over_factorial *= h / (order + 1.0);
    }
}

/* E, ahead and h delay over a short time. */
static void series_of_E(struct ov_propagator *w, double *X, double *next, const double *J, double h)
{
    size_t n = w->n;
    double over_factorial = 1.0; /* h^m/m! */
    memset(w->E, 0, 3 * n * n * sizeof *w->E);
    memset(X, 0, n * n * sizeof *X);
    for (size_t i = 0; i < n; i++)
        X[i * n + i] = 1.0;
    for (size_t m = 0; m < TERMS; m++) {
        double order = (double)m;
        add_scaled(w->E, over_factorial, X, n);
        add_scaled(w->ahead, over_factorial * h / (order + 1.0), X, n);
        add_scaled(w->delay, over_factorial * h * h / (order + 2.0), X, n);
        set_product(next, J, X, n);
        memcpy(X, next, n * n * sizeof *X);
        over_factorial *= h / (order + 1.0);
    }
}

void ov_propagator_make(struct ov_propagator *w, const double *J, const double *B0,
                        const double *B1, double h)
{
    size_t n = w->n, size = n * n;
    double *late = w->noise, *X = w->scratch, *tmp = X + size, *change = tmp + size,
           *delayed = change + size, *sum = delayed + size, *square = sum + size;
    double total = ov_jacobian_bound(J, n) * h;
    int k = total > short_time && isfinite(total) ? (int)ceil(log2(total / short_time)) : 0;
    double t = ldexp(h, -k);
    memcpy(X, B1, size * sizeof *X);
    series(late, NULL, X, tmp, J, t, n);
    for (size_t i = 0; i < size; i++)
        X[i] = (B0[i] - B1[i]) / h;
    series(change, delayed, X, tmp, J, t, n);
    series_of_E(w, X, tmp, J, t);
    for (; k > 0; k--, t *= 2.0) {
        memcpy(sum, delayed, size * sizeof *sum);
        add_scaled(sum, t, change, n);
        add_sandwich(delayed, tmp, w->E, sum, n);
        memcpy(sum, change, size * sizeof *sum);
        add_sandwich(change, tmp, w->E, sum, n);
        memcpy(sum, late, size * sizeof *sum);
        add_sandwich(late, tmp, w->E, sum, n);
        memcpy(sum, w->delay, size * sizeof *sum);
        add_scaled(sum, t, w->ahead, n);
        add_product(w->delay, w->E, sum, n);
        memcpy(sum, w->ahead, size * sizeof *sum);
        add_product(w->ahead, w->E, sum, n);
        set_product(square, w->E, w->E, n);
        memcpy(w->E, square, size * sizeof *square);
    }
    add_scaled(w->noise, 1.0, delayed, n);
    for (size_t i = 0; i < size; i++)
        w->delay[i] /= h;
}

void ov_propagator_covariance(double *Sigma1, const struct ov_propagator *w, const double *Sigma0)
{
    memcpy(Sigma1, w->noise, w->n * w->n * sizeof *Sigma1);
    add_sandwich(Sigma1, w->scratch, w->E, Sigma0, w->n);
}

void ov_propagator_mean(double *mu1, const struct ov_propagator *w, const double *mu0,
                        const double *d0, const double *d1)
{
    size_t n = w->n;
    for (size_t i = 0; i < n; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < n; j++)
            sum += w->E[i * n + j] * mu0[j] + w->ahead[i * n + j] * d1[j] +
                   w->delay[i * n + j] * (d0[j] - d1[j]);
        mu1[i] = sum;
    }
}
