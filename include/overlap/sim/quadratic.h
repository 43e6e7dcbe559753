/* SPDX-License-Identifier: MIT
 *
 * Quadratic networks of extensive width as they are, at finite d (paper.md eq:quad_model): teacher
 * Z* = W* W*' with entries of W* (d,m_star) N(0, 1/m_star), student Z = W W', n samples
 *     y_k = tr(X_k Z*) + sqrt(Delta) zeta_k,   zeta ~ N(0,1),
 *     X from the GOE (variance 1/d off the diagonal, 2/d on it), or X = (x x' - 1)/sqrt d with
 *     x ~ N(0, 1_d),
 * and W (d,m) learns, from entries N(0, gamma/m), on
 *     loss_reg = sum_k (tr(X_k Z) - y_k)^2/(4 n) + (lambda/d) |W|^2:
 * by gradient flow, dW/dt = -d grad loss_reg, or by L-BFGS to the end. n = 0 is infinitely many
 * samples, dW/dt = 2 (Z* - lambda - Z) W. The only approximations are double precision, the
 * tolerance of the integrator (1e-6 a step, relative to |W|) and of the minimiser (|grad| at most
 * 1e-4 lambda |W|, where loss and error differ from the minimum's by some 1e-5). Results are a
 * function of (network, key, t) and the same bits on every machine; no theory is used.
 *
 * Gradients are sums over the samples, or where these are many and evaluations too, products with
 * their Gram matrix, which follows from the sizes and t alone; what is measured are always the
 * residuals of the samples. Both are loops of this program's own, in a fixed order, and not BLAS,
 * whose order depends on the CPU: beside OpenBLAS the samples take 0.7 to 1.4 of the speed of two
 * dgemv, the matrix 0.5 to 0.8 of that of dsymv, and to make it 0.8 of that of dsyrk
 * (tests/bench/bench_quadratic_sim.c), all of them close to what memory gives.
 *
 * Teacher and start are drawn from the key alone; each n has samples of its own, so that runs with
 * one key and different n share teacher and start, not data.
 */
#ifndef OVERLAP_SIM_QUADRATIC_H
#define OVERLAP_SIM_QUADRATIC_H

#include <stddef.h>
#include <stdint.h>

#include "overlap/base/status.h"
#include "overlap/base/tick.h"

enum ov_sensing { OV_SENSING_GOE, OV_SENSING_WISHART };

struct ov_quadratic_network {
    size_t d, m, m_star; /* >= 1 */
    size_t n;            /* samples, at most 1e8; 0: infinitely many */
    enum ov_sensing sensing;
    double lambda, Delta; /* >= 0 */
    double gamma;         /* > 0 */
};

/* What is measured, in this order. */
enum {
    OV_QN_MSE,      /* |Z - Z*|^2/d */
    OV_QN_LOSS,     /* training loss, without the regularisation; of n = 0 mse/2 + Delta/4 */
    OV_QN_ERR_IN,   /* the same with labels without noise */
    OV_QN_RANK,     /* eigenvalues of Z above 1e-3, over d */
    OV_QN_TRACE,    /* tr Z/d = |W|^2/d */
    OV_QN_DISTANCE, /* |Z - Z(infinity)|^2/d for n = 0, Z(infinity) the m largest of the positive
                       eigenvalues of Z* - lambda with their eigenvectors; else NaN */
    OV_QN_WIDTH
};

/* Bytes that ov_quadratic_minimise and ov_quadratic_flow up to time t allocate, exactly: with D =
 * d(d+1)/2 some 8 n D, the samples, or where it is the cheaper way 4 D^2, their Gram matrix, from
 * which gradients are had as well. */
double ov_quadratic_memory(const struct ov_quadratic_network *p);
double ov_quadratic_flow_memory(const struct ov_quadratic_network *p, double t);

/* The minimum that L-BFGS finds from the start. One of all of loss_reg where m >= d; with fewer
 * columns a local one is possible. n > 0 and lambda > 0 (at 0 the end depends on the way).
 *   out  row   (OV_QN_WIDTH)
 *   in   tick  told the gradients evaluated; may be NULL
 * OV_OK; OV_EDOM, sizes or numbers out of range; OV_ENUMERIC, not there after 30000 gradients;
 * OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_quadratic_minimise(double *row, const struct ov_quadratic_network *p,
                                                  uint64_t key, const struct ov_tick *tick,
                                                  struct ov_error *err);

/* The same end, and the eigenvalues of Z there.
 *   out  value  (d) increasing */
OV_NODISCARD enum ov_status ov_quadratic_eigenvalues(double *value,
                                                     const struct ov_quadratic_network *p,
                                                     uint64_t key, const struct ov_tick *tick,
                                                     struct ov_error *err);
/* Eigenvalues up to this count as 0: what the regularisation has not yet taken away. */
#define OV_QN_LOWEST 1e-3

/* Gradient flow, measured at the listed times.
 *   out  rows  (n_t, OV_QN_WIDTH)
 *   in   t     (n_t) increasing, >= 0
 * As ov_quadratic_minimise, but for lambda = 0, which is fine here. OV_ENUMERIC: steps became too
 * small. */
OV_NODISCARD enum ov_status ov_quadratic_flow(double *rows, const struct ov_quadratic_network *p,
                                              uint64_t key, const double *t, size_t n_t,
                                              const struct ov_tick *tick, struct ov_error *err);

#endif
