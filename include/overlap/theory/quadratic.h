/* SPDX-License-Identifier: MIT
 *
 * Quadratic networks of extensive width (Martin, Biroli & Bach, arXiv:2601.10483): teacher Z* = W*
 * W*', student Z = W W' in d dimensions, widths kappa_star d and kappa d, alpha d^2 samples
 *     label = tr(X Z*) + sqrt(Delta) N(0,1),   X from the GOE (variance 1/d off the diagonal),
 * trained to the end on
 *     loss_reg = sum over samples (tr(X Z) - label)^2/(4 alpha d^2) + (lambda/d) |W|^2,
 * d -> infinity. Teacher's entries N(0, 1/(kappa_star d)): mean of eigenvalues 1, of their squares
 * Q0 = 1 + 1/kappa_star. alpha is samples/d^2 here, not time.
 *
 * With S = Z* + sqrt(xi) GOE of density rho (theory/free_convolution.h), h its Hilbert transform,
 * the limit is Z = sum over eigenpairs of S of (s - q) for s > b, b = max(q, omega), omega the
 * quantile above which kappa d eigenvalues lie (none if kappa >= 1). With
 *     N = int_b rho,   I = int_b rho h (x - q) dx,
 *     mse   = |Z - Z*|^2/d = Q0 + int_b rho (q^2 - x^2) dx + 4 xi I                          (1)
 *     alpha = (mse + Delta/2)/(2 xi)                                                         (2)
 *     lambda/q = c,   c = 1 - I/alpha                                                        (3)
 *     loss_train = alpha xi c^2                                                              (4)
 *     err_in     = c^2 mse/2 + (1 - c)^2 Delta/4                                             (5)
 *     rank/d = N
 * (own derivation by the cavity method, where the paper's differs: err_in at q = 0 has c^2, not
 * c/alpha). (xi, q) -> (alpha, lambda, …) is explicit. Going back:
 *   - without a limit on the width (omega <= q) the problem is convex, and there is one root;
 *   - where the width binds (omega > q, N = kappa), b depends on xi alone, (2) is quadratic in q
 *     and (3) an equation in xi alone: all its roots are found by a search of one dimension.
 *
 * Errors of all functions: OV_EDOM for what is out of the ranges given; OV_ENUMERIC where a search
 * ends without a root (said with the point). What a function gives is written on OV_OK only.
 */
#ifndef OVERLAP_THEORY_QUADRATIC_H
#define OVERLAP_THEORY_QUADRATIC_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"

struct ov_quadratic {
    double kappa;      /* [1e-3, INFINITY]; all kappa >= 1 are alike */
    double kappa_star; /* [1e-3, 1e3] */
    double lambda;     /* 0 or [1e-12, 1e6]; 0 is the limit lambda -> 0+ */
    double Delta;      /* variance of the label noise: 0 or [1e-12, 1e6] */
};
/* The flow at lambda = 0 is not the limit: its end depends on its start. */
/* alpha: [1e-4, 1e6] */

struct ov_quadratic_point {
    double alpha, lambda;
    double xi, q;
    double t;   /* q/sqrt(xi): finite where both vanish (exact recovery as lambda -> 0+) */
    double cut; /* b/sqrt(xi) */
    double c;   /* lambda/q; 0 where lambda -> 0+ interpolates the samples */
    double mse, loss_train, err_in;
    double trace;       /* tr Z/d = |W|^2/d */
    double loss_reg;    /* loss_train + lambda trace */
    double rank;        /* eigenvalues of Z above 0, over d */
    bool width_limited; /* omega > q: rank = kappa */
    size_t n_roots; /* of (1)-(3) at this alpha and lambda: see ov_quadratic_roots; 0 from _map */
};

/* The map: (xi, q) -> point; p->lambda is not read. xi in [1e-60, 1e60], q >= 0. c, and with it
 * lambda, may come out negative: then no lambda has this point. 1 us (3 us with kappa < 1). */
OV_NODISCARD enum ov_status ov_quadratic_map(struct ov_quadratic_point *point,
                                             const struct ov_quadratic *p, double xi, double q,
                                             struct ov_error *err);

enum { OV_QUADRATIC_MOST = 16 };

/* All roots, by increasing loss_reg (then mse); each has n_roots. The first is the global optimum
 * where it is not width_limited: the convex problem's own. For kappa >= its rank (kappa_min) no
 * observable depends on kappa. Roots of width-limited type rest on the assumption of a steady
 * state of a non-convex problem. Two of them that are closer than 1e-7 in ln xi may be missed or
 * counted as one; so may a pair that has just appeared. For kappa < kappa_star (and < 1) too.
 * Of 9000 random requests with kappa >= 1 over nearly all of the ranges none failed; of 3000 with
 * kappa in [0.02, 1] six did (OV_ENUMERIC): lambda < 1e-9, or kappa within 1 % below kappa_star
 * at alpha >> 1. For kappa >= 1 50 us, up to 250 us; below 1 ms.
 *   out  point  (OV_QUADRATIC_MOST), the first *n are set */
OV_NODISCARD enum ov_status ov_quadratic_roots(struct ov_quadratic_point *point, size_t *n,
                                               const struct ov_quadratic *p, double alpha,
                                               struct ov_error *err);

/* A curve at fixed lambda: the first of the roots at each alpha, with their number. By
 * continuation from one alpha to the next, with a search from scratch where that fails: the same
 * values to 1e-10, in any order of alpha (fastest when it is monotone). kappa >= 1: some 2 us a
 * point; kappa < 1: some 200 us, most of it for the number of roots.
 *   out  point  (n)
 *   in   alpha  (n) */
OV_NODISCARD enum ov_status ov_quadratic_curve(struct ov_quadratic_point *point,
                                               const struct ov_quadratic *p, const double *alpha,
                                               size_t n, struct ov_error *err);

/* ---- thresholds in alpha ---- */

struct ov_quadratic_thresholds {
    /* Above inter the samples can no more be interpolated as lambda -> 0+ (with Delta = 0 and
     * kappa >= min(kappa_star, 1): only by the teacher). */
    double inter;
    /* Above pr_plus lambda -> 0+ recovers the teacher exactly, Delta = 0. INFINITY where kappa <
     * min(kappa_star, 1) or Delta > 0. */
    double pr_plus;
    /* The same for the flow at lambda = 0 from weights of order one: min(inter at Delta = 0, kappa -
     * kappa^2/2). An observation on gradient descent (25 sweeps), not derived. From small weights
     * it recovers the teacher earlier (experiments/quad_recovery). */
    double pr;
    /* From this width on pr_plus is that of kappa = infinity; Delta is not read. */
    double kappa_sat;
    /* Where inter has xi > 0 (Delta > 0 or kappa < min(kappa_star, 1)), the point there, q = 0;
     * else 0, 0. */
    double inter_xi, inter_mse;
};

/* p->lambda is not read. Without noise 5 us, with noise up to 1 ms. */
OV_NODISCARD enum ov_status ov_quadratic_thresholds(struct ov_quadratic_thresholds *th,
                                                    const struct ov_quadratic *p,
                                                    struct ov_error *err);

/* ---- the spectrum of Z ---- */

struct ov_quadratic_spectrum {
    double atom;     /* share of eigenvalues 0 */
    size_t n_bulks;  /* 0 … 2 */
    double edge[4];  /* of the bulks, increasing, >= 0 */
    double share[2]; /* of the eigenvalues in each; with the atom 1 */
    /* The density ends as sqrt(edge - z)/(pi top_scale^(3/2)) at the top; 0 without a bulk. Of d
     * eigenvalues the largest is then at edge + top_scale d^(-2/3) TW on average, TW the mean of
     * the law of Tracy & Widom for symmetric matrices (own derivation of the scale; eq:quad_top). */
    double top_scale;
};
#define OV_TRACY_WIDOM_MEAN (-1.2065335745820)

/* The density of the eigenvalues of Z above 0, of whole 1 - atom, at the point of a solution (or
 * of a map). At xi = 0 it is the teacher's Marchenko-Pastur law.
 *   out  spectrum  may be NULL
 *   out  density   (n), may be NULL with n = 0
 *   in   z         (n) any, 0 where z is not inside a bulk */
OV_NODISCARD enum ov_status ov_quadratic_spectrum(struct ov_quadratic_spectrum *spectrum,
                                                  double *density, const double *z, size_t n,
                                                  const struct ov_quadratic_point *point,
                                                  double kappa_star, struct ov_error *err);

/* The share of the eigenvalues of Z at or below z, the atom at 0 included: 0 for z < 0.
 *   out  cdf  (n)
 *   in   z    (n) any */
OV_NODISCARD enum ov_status ov_quadratic_cdf(double *cdf, const double *z, size_t n,
                                             const struct ov_quadratic_point *point,
                                             double kappa_star, struct ov_error *err);

/* ---- the best any estimator can do ---- */

/* The Bayes-optimal error: xi solves 2 alpha xi - Delta/2 = mse = xi - (4 pi^2/3) xi^2 int rho^3.
 * mse = xi = 0 for Delta = 0 and alpha >= k - k^2/2, k = min(kappa_star, 1). Reads kappa_star and
 * Delta. Some 200 us; more where two bulks all but touch. */
OV_NODISCARD enum ov_status ov_quadratic_bayes(double *mse, double *xi,
                                               const struct ov_quadratic *p, double alpha,
                                               struct ov_error *err);

#endif
