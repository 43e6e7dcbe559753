/* SPDX-License-Identifier: MIT
 *
 * The flow of a quadratic network on infinitely many samples (alpha = infinity; theory/quadratic.h
 * has the model),
 *     dW/dt = 2 (A - W W') W,   A = Z* - lambda,   W(0) of independent N(0, gamma/m), m = kappa d,
 * whose solution is, with P = A/(1 - e^(-4At)) and phi = (e^(4At) - 1)/A,
 *     Z(t) = P^(1/2) (1 - (1 + phi^(1/2) W0 W0' phi^(1/2))^-1) P^(1/2).
 * Oja's flow, dW/ds = (T - W W') W with T from the GOE, is the same with A = T, t = s/2.
 *
 * Limit: d -> infinity. The resolvent has a deterministic equivalent, (1 + zeta phi)^-1 with
 *     1 = zeta/gamma + (1/kappa) < zeta phi/(1 + zeta phi) >,
 * < > over the law of A, and with D the derivative of zeta by an additional term P in the resolvent
 *     |Z - f(A)|^2/d = < (P zeta phi/(1 + zeta phi) - f)^2 > + D < P phi/(1 + zeta phi)^2 >
 * for any function f of A: f = Z* gives the error, f = the end of the flow the distance to it.
 * (Own derivation.)
 *
 * Steps: one instance of finite d. The closed form is singular at large t, where Z loses rank to
 * rounding; exact steps h <= 2/max|A| are composed: W <- e^(2Ah) W L'^-1, L L' = 1 + W' phi(h) W.
 */
#ifndef OVERLAP_THEORY_QUADRATIC_POPULATION_H
#define OVERLAP_THEORY_QUADRATIC_POPULATION_H

#include <stddef.h>

#include "overlap/base/status.h"

enum ov_population_law {
    OV_POPULATION_TEACHER, /* Z* of width kappa_star d: Marchenko-Pastur, mean 1 */
    OV_POPULATION_GOE,     /* Z* = T, the semicircle on [-2, 2]; kappa_star is not read */
};

struct ov_population {
    enum ov_population_law law;
    double kappa;      /* [1e-3, 1e3]: the start's spectrum depends on it also above 1 */
    double kappa_star; /* [1e-3, 1e3] */
    double lambda;     /* [0, 1e3] */
    double gamma;      /* of the start, [1e-12, 1e6] */
};

struct ov_population_point {
    double mse;      /* |Z - Z*|^2/d; the loss on fresh noiseless labels is mse/2 */
    double distance; /* |Z - Z(infinity)|^2/d, Z(infinity) the kappa d largest of max(A, 0) */
    double trace;    /* tr Z/d */
};

/* At listed times, any order, t in [0, 1e6]. Gauss-Legendre panels that narrow towards where modes
 * are being learnt: relative errors below 1e-9, also of the distance. Some ms a
 * time. OV_EDOM, OV_ENUMERIC, OV_ENOMEM.
 *   out  point  (n) */
OV_NODISCARD enum ov_status ov_population_limit(struct ov_population_point *point,
                                                const struct ov_population *p, const double *t,
                                                size_t n, struct ov_error *err);

/* One instance, W on its own way: W (d,m) row-major at time 0 becomes W at time t >= 0, with A
 * (d,d) symmetric, row-major. Steps h = 2/max|A|, each to rounding; LAPACK, OpenBLAS on one thread
 * for the process. OV_EDOM, OV_ENUMERIC, OV_ENOMEM; on error W is spoiled. */
OV_NODISCARD enum ov_status ov_population_steps(double *W, const double *A, size_t d, size_t m,
                                                double t, struct ov_error *err);

#endif
