/* SPDX-License-Identifier: MIT
 *
 * What one-pass SGD on the last layer of a random-feature student does (model/random_features.h),
 * in four theories of the same problem:
 *   limit        N, K -> infinity at fixed beta = K/N: a closed form for every beta
 *   instance     the features and the teacher that were drawn, finite N and K
 *   degrees      any K at given N, one polynomial degree of the teacher after the other
 *   fixed width  K fixed, N -> infinity: nothing is learnt
 * All give eps_g at listed t = steps/K (with p->flow at u = eta t). Above eta_max the error grows
 * exponentially: curves are still given, as long as they are finite.
 *
 * Features of nonzero mean (relu) have one direction that relaxes within 1/(eta <g>^2) steps, not
 * within t = O(1). It is eliminated (paper.md eq:rf_mean): curves hold for eta t >> 1/(K <g>^2),
 * and at t = 0 exactly they give the error before the first step. The curve of an instance has what
 * is left of that direction's start, (1 - q)^(2 steps), and holds at all times where eta is small.
 *
 * Accuracy at finite N and K. All but the fixed width count features as Gaussian, of which |phi|^2
 * has no variance in the limit. At finite N and K it has one, and runs end above these curves: of a
 * student of nothing but noise by kappa V/(1 - kappa) of eps_g, kappa = eta/eta_max, with
 * V = Var |phi|^2/<|phi|^2>^2, and eta_max is lower by 1 + V (paper.md eq:rf_closure). On the sphere
 * V is 5/K + 2/N for relu, 2/K + 2/N for linear and 0.8/K + 0.6/N for erf. The 2/N of homogeneous
 * units is the variance of |x|^2/N, and no width removes it (experiments/rf_closure: relu, half of
 * eta_max, N = 200: 6 % at K = N/2). In steps an instance has all of it for linear units, and a
 * part for others. */
#ifndef OVERLAP_THEORY_RANDOM_FEATURES_H
#define OVERLAP_THEORY_RANDOM_FEATURES_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/model/random_features.h"

/* Errors of all functions below: OV_EUSER (p as ov_rf_problem_check finds it; what this theory
 * needs and p lacks), OV_EDOM (times that are not finite or < 0; sizes out of range), OV_EDIVERGED,
 * OV_ENUMERIC, OV_ENOMEM. OV_EDIVERGED from a curve: eps_g is beyond the range of numbers at some
 * t (rows before it are written, the rest are NaN), or features of mean <g> diverge within a few
 * steps, eta <g>^2 >= 2 (no row is written). */

/* Long times. With flow, eta -> 0: kappa = 0, stationary = floor, eta_max as for SGD, and rates are
 * in units of 1/u. */
struct ov_rf_facts {
    double floor;      /* eps_g of the best last layer, R/2 (paper.md eq:rf_floor) */
    double eta_max;    /* above it eps_g diverges (paper.md eq:rf_stationary) */
    double kappa;      /* share of the error that SGD's own noise makes; 1 at eta_max */
    double stationary; /* eps_g as t -> infinity; INFINITY for kappa >= 1 */
    double growth;     /* exponent of the slowest mode that anything moves, in 1/t: < 0 relaxes, > 0
                          grows. INFINITY:     the mean direction diverges within a few steps */
};

/* ---- the proportional limit ---- */

/* eps_g by numerical inversion of the closed Laplace transform (paper.md eq:rf_laplace) on a
 * Talbot contour: absolute error below 1e-12 of tau2 + sigma^2 + init_std^2 (times what the growth
 * makes of it above eta_max); a few us a point.
 *   out  eps_g  (n)
 *   in   t      (n) any order, >= 0 */
OV_NODISCARD enum ov_status ov_rf_limit_curve(double *eps_g, const struct ov_rf_problem *p,
                                              const double *t, size_t n, struct ov_error *err);

/* The same by the sum over modes (paper.md eq:rf_modes): the Marchenko-Pastur law on `nodes`
 * points (400 for 1e-12 where mu_star2/mu1_2 >= 0.04) and one symmetric eigenproblem of that size.
 * The check of ov_rf_limit_curve, and slower. 2 <= nodes <= 4000. */
OV_NODISCARD enum ov_status ov_rf_limit_modes(double *eps_g, const struct ov_rf_problem *p,
                                              size_t nodes, const double *t, size_t n,
                                              struct ov_error *err);

OV_NODISCARD enum ov_status ov_rf_limit_facts(struct ov_rf_facts *f, const struct ov_rf_problem *p,
                                              struct ov_error *err);

/* beta -> infinity at fixed alpha = steps/N (paper.md eq:rf_wide): p->beta is not read.
 *   in   alpha  (n) >= 0; with flow eta alpha */
OV_NODISCARD enum ov_status ov_rf_wide_curve(double *eps_g, const struct ov_rf_problem *p,
                                             const double *alpha, size_t n, struct ov_error *err);

/* ---- an instance ---- */

enum ov_rf_time {
    OV_RF_STEPS,      /* one step after the other (paper.md eq:rf_steps): for finite K. eps_g is
                         interpolated between steps (ov_rf_steps_at) */
    OV_RF_CONTINUOUS, /* continuous time (paper.md eq:rf_continuous): the limit K -> infinity on
                         this instance; always used for flow */
};

/* eps_g averaged over the inputs and the labels' noise, for the J, teacher and w0 of x (the same p
 * that x was created from). Time K^3: two symmetric eigenproblems.
 *   out  eps_g  (n), may be NULL with n = 0
 *   out  f      may be NULL
 * Sets OpenBLAS to one thread for the process, as theory/solve.h does. */
OV_NODISCARD enum ov_status ov_rf_instance_curve(double *eps_g, struct ov_rf_facts *f,
                                                 const struct ov_rf_problem *p,
                                                 const struct ov_rf_instance *x,
                                                 enum ov_rf_time time, const double *t, size_t n,
                                                 struct ov_error *err);

/* ---- all degrees, any K: rows of J and of the teacher on the sphere ---- */

/* The spectrum of the features on the sphere of radius sqrt N, degree by degree. Opaque. */
struct ov_rf_degrees;

/* Degrees 0 … degrees-1; what lies beyond counts as never learnt (its power is in `floor`s).
 * Needs p->N >= 3 and T_mm = 1; reads N, g, g*, T, v_star, and eta, flow, sigma, init_std for
 * curves. K and beta are not read. 2 <= degrees <= 4000 (500 for generic g or g*); erf is complete
 * to rounding with 60. Time: some 100 us per 100 degrees of erf, 15 ms of relu. */
OV_NODISCARD enum ov_status ov_rf_degrees_create(struct ov_rf_degrees **d,
                                                 const struct ov_rf_problem *p, size_t degrees,
                                                 struct ov_error *err);
void ov_rf_degrees_free(struct ov_rf_degrees *d); /* NULL-safe */

/* One degree (paper.md eq:rf_degree): share[n] of the kernel k(1) = g2, dimension of its space,
 * power in the teacher. */
struct ov_rf_degree {
    double a;    /* sum_n a_n = g2 */
    double ln_B; /* ln of the number of harmonics; B_1 = N */
    double tau2; /* sum_n tau_n^2 = tau2 */
};
struct ov_rf_degree ov_rf_degrees_get(const struct ov_rf_degrees *d, size_t n);

/* Long times for K features, K given by its logarithm (any size: exp may overflow). Paper.md
 * eq:rf_equivalent. ln_K >= 0. */
OV_NODISCARD enum ov_status ov_rf_degrees_facts(struct ov_rf_facts *f,
                                                const struct ov_rf_degrees *d, double ln_K,
                                                struct ov_error *err);

/* eps_g at t = steps/K (paper.md eq:rf_equivalent_laplace), by the contour of ov_rf_limit_curve. */
OV_NODISCARD enum ov_status ov_rf_degrees_curve(double *eps_g, const struct ov_rf_degrees *d,
                                                double ln_K, const double *t, size_t n,
                                                struct ov_error *err);

/* ln K at which floor = fraction * tau2/2. 0 < fraction < 1. OV_EUSER if one feature is enough;
 * OV_ENUMERIC if the degrees at hand do not reach so far. */
OV_NODISCARD enum ov_status ov_rf_degrees_width(double *ln_K, const struct ov_rf_degrees *d,
                                                double fraction, struct ov_error *err);

/* The floor on step l of the staircase, K = b N^l/l! with N -> infinity (paper.md
 * eq:rf_staircase): degrees below l are learnt, above are not. Needs T_mm = 1; N, K, beta are not
 * read. 1 <= l <= 400, b > 0.
 *   out  floor  eps_g */
OV_NODISCARD enum ov_status ov_rf_staircase(double *floor, const struct ov_rf_problem *p, size_t l,
                                            double b, struct ov_error *err);

/* ---- K fixed, N -> infinity ---- */

/* eps_g and long times (paper.md eq:rf_fixed_width), exact for every K and eta. Reads K; N and
 * beta are not read. Needs <g> = 0 (OV_EUSER otherwise), and no flow.
 *   out  eps_g  (n), may be NULL with n = 0
 *   out  f      may be NULL */
OV_NODISCARD enum ov_status ov_rf_fixed_width_curve(double *eps_g, struct ov_rf_facts *f,
                                                    const struct ov_rf_problem *p, const double *t,
                                                    size_t n, struct ov_error *err);

#endif
