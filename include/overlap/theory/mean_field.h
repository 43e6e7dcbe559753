/* SPDX-License-Identifier: MIT
 *
 * Wide students as particles (paper.md eq:mf). Student (1/p) sum_j g(lambda_j), teacher
 * (1/k) sum_r g(nu_r), T = 1, one learning rate gamma, the dimensionless time t = alpha gamma/p
 * (Veiga et al. 2022; Arnaboldi et al. 2023). From a start that is symmetric under rotations
 * outside of the teacher's subspace, unit j is its overlaps with the teacher and the length that
 * is left,
 *     m_j in R^k,   q_j = |w_j|^2/d - |m_j|^2 >= 0,
 * and, the overlaps of two units j != l being those within the subspace up to a random part of
 * variance (1 + r) q_j q_l/(d - k), r = 0 at the start,
 *     Q_jl = m_j . (1 + A) m_l + delta_jl q_j.
 * A (k,k) is what the noise of SGD adds at gamma/p > 0: each step moves all units along one
 * direction outside of the subspace, unit j by an amount linear in m_j (quadratic units only). And
 * each step changes the random part of Q_jl by (4 gamma/(p d)) Delta lambda_j lambda_l, at random,
 * which makes r (eq:mf_noise). Gradient flow acts against it through the third moment of the
 * spectrum of the units' own covariance: that of a product of many random matrices near one, whose
 * moments are 1 + r and 1 + 3r + 3r^2/2 where the mean is 1.
 *
 *     quadratic  g = x^2; S = (1/p) sum_j m_j m_j', E = 1 + A, qbar = mean q, b = qbar/(d - k):
 *         e = 1 - tr(S E) - qbar,  X = 1/k - E S E - b A,
 *         Y = (1/k + b)^2 - (1/k + b)(N + N') + N' E N,  N = S E + b,
 *         2 risk = e^2 + 2 h2,  h2 = 1/k - 2 tr(S)/k + tr(S E S E) + 2 b tr(S A) + (1 + r) b qbar,
 *         x = -(qbar + tr(S A))/(d - k),  x' = x - r b,
 *         y = (h2 - 1/k + 2 tr(S)/k - tr(S E S))/(d - k),
 *         dm_j/dt = (2e + 4/k) m_j - 4 S E m_j
 *         dq_j/dt = q_j [4e + 8x' + 4 (gamma/p) (2 risk + sigma^2 + 4 e x + 8 y)]
 *         dA/dt   = -8 A/k - 8 b A + 4 (gamma/p) [(2 risk + sigma^2) E + 4 e X + 8 Y]
 *         dr/dt   = 16 (gamma/p) (2 risk + sigma^2) - 16 b r (1 + r/2)
 *     erf  gradient flow (gamma = 0), A = 0; with D_j = |m_j|^2 + q_j, a_j = 1/(1 + D_j),
 *         kappa(X) = (2/pi) X^(-1/2),  X_jl = (1 + D_j)(1 + D_l) - Q_jl^2,  X_jr = 2 (1 + D_j) - m_jr^2,
 *         V_j = (1/k) sum_r kappa_jr e_r - (1/p) sum_l kappa_jl m_l,  B_j as m_j . V_j
 *         but with <kappa Q> for <kappa> m_j.m_l (d = infinity: B_j = m_j.V_j, dq_j = -2 a_j B_j q_j),
 *         dm_j/dt = V_j - a_j B_j m_j,  dq_j/dt = 2 [a_j B_j (1 + |m_j|^2) - m_j.V_j],
 *         kappa and kappa Q_jl averaged over the random part of Q_jl to order 1/(d - k).
 *
 * Terms of order 1/p (a unit with itself) are dropped: that is the limit p -> infinity at a given
 * empirical measure. What is left out is of order 1/p and (1 + r)^2/(d - k)^2, and, of the noise,
 * 16 (gamma/p) e r b in dq_j/q_j. r grows until
 * learning holds it, at about (2 gamma sigma^2 (d - k)/(p qbar))^(1/2).
 */
#ifndef OVERLAP_THEORY_MEAN_FIELD_H
#define OVERLAP_THEORY_MEAN_FIELD_H

#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/base/tick.h"
#include "overlap/model/activation.h"
#include "overlap/theory/solve.h"

struct ov_mean_field_problem {
    enum ov_act g; /* OV_ACT_QUADRATIC or OV_ACT_ERF, of student and teacher */
    size_t p, k;   /* particles; units of the teacher, orthonormal; both >= 1 */
    double d;      /* input dimension, > k; INFINITY for the limit */
    double gamma;  /* learning rate >= 0; 0 is gradient flow. erf: 0 */
    double sigma;  /* standard deviation of the label noise, >= 0 */
};

struct ov_mean_field; /* scratch memory of one problem */

/* OV_EDOM with what is out of range; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_mean_field_create(struct ov_mean_field **f,
                                                 const struct ov_mean_field_problem *problem,
                                                 struct ov_error *err);
void ov_mean_field_free(struct ov_mean_field *f); /* NULL-safe */

/* Numbers in a state y = [ m (p,k) row-major | q (p) | A packed (k,k) | r ]. */
size_t ov_mean_field_size(const struct ov_mean_field_problem *problem);

/* The right-hand side: dy (size) at y (size). p k^2 operations, erf p^2 k. */
void ov_mean_field_rhs(double *dy, struct ov_mean_field *f, const double *y);

/* The risk <(f - f*)^2>/2 of clean labels at y. Erf: p^2 arcsines. */
double ov_mean_field_risk(struct ov_mean_field *f, const double *y);

/* What the network has outside of the teacher's subspace at y, as model/outside.h measures it of
 * given overlaps.
 *   out  q      (p) lengths |w_j|^2/d - |m_j|^2, with A's part
 *   out  pairs  sum_{j<l} < (Q_jl - m_j.m_l)^2 >
 *   out  f      < Var(f | nu) > without what is of order 1/p: not only a unit's own variance, but also
 *               what it makes of the overlaps with others. Erf: p^2 k operations */
void ov_mean_field_outside(double *q, double *pairs, double *f, struct ov_mean_field *problem,
                           const double *y);

/* The path: y (n_time, size) row-major at the listed times from y0 (size), q_j >= 0, A = 0 and r =
 * 0 at a start without history. Only opt->method OV_RK8PD: a Jacobian of this size is of no use.
 * Errors as ov_solve; OV_EDOM for a q_j < 0 or another method. */
OV_NODISCARD enum ov_status ov_mean_field_solve(double *path, const struct ov_mean_field_problem *f,
                                                const double *y0, const double *time, size_t n_time,
                                                const struct ov_solve_options *opt,
                                                struct ov_solve_report *report,
                                                const struct ov_tick *tick, struct ov_error *err);

#endif
