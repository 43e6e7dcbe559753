/* SPDX-License-Identifier: MIT
 *
 * The equations of motion of one-pass SGD as N -> infinity (paper.md eq:ode; Saad & Solla 1995,
 * Goldt et al. 2019), alpha = steps/N, s = (v*, -v), G and Nz of theory/gauss.h:
 *
 *     dR_km/dalpha = eta_w v_k G_km - decay_w R_km
 *     dQ_kl/dalpha = eta_w (v_k G_k,M+l + v_l G_l,M+k) - 2 decay_w Q_kl + eta_w^2 v_k v_l Nz_kl
 *     dv_k/dalpha  = eta_v sum_c s_c I2(M+k,c) - decay_v v_k        (eta_v = 0: v is frozen)
 *
 * With a batch of B inputs the term with eta_w^2 is divided by B (paper.md eq:batch). Gradient flow on
 * the population risk (p->gradient_flow) does without it: the limit of small eta_w at fixed
 * eta_w alpha, in any dimension.
 *
 * Of inputs in blocks (p->blocks, model/blocks.h; paper.md eq:blocks) each block has overlaps of its own,
 * C^(l) = [T R'; R Q]^(l), and all averages are those of the fields, at C = sum_l weight_l C^(l):
 *
 *     dR^(l)_km/dalpha = eta_w drift_l v_k sum_c D_kc C^(l)_cm - decay_w R^(l)_km
 *     dQ^(l)_kj/dalpha = eta_w drift_l sum_c (v_k D_kc C^(l)_cj + v_j D_jc C^(l)_ck)
 *                        - 2 decay_w Q^(l)_kj + eta_w^2 noise_l v_k v_j Nz_kj
 *
 * with D of ov_gauss_slopes (eq:D). p->spiked adds to the latter what of one step's exact mean is of
 * relative order rho_l/N (eq:spiked), for a batch of B inputs
 *     eta_w^2 v_k v_j (drift_l^2/N) [ (2/B) d/dt Nz_kj(C + t C^(l)) at t = 0
 *                                     + (1 - 1/B) sum_cd D_kc C^(l)_cd D_jd ].
 * With p->in_steps the right-hand side f is that of a path which goes through the points of the map y -> y +
 * f(y)/N up to 1/N^2: f(y) - (f(y + f(y)/N) - f(y))/2. That is of the same order: eta_w rho_l = N/2 halves
 * in one step what a flow would leave 61 per cent of. Jacobians are those of f.
 * A start then has as many blocks (ov_overlaps_create_blocks), moving numbers are [Q of each | R of each |
 * v], n = ov_overlaps_moving_blocks(L,K,M), and rows have ov_problem_row_width(p) numbers: the fields'
 * overlaps, and with blocks->in_rows each block's. Where below "n" and "[Q | R | v]" stand, it is these.
 * All functions return OV_EDOM for a start in another number of blocks, or p->spiked without directions.
 */
#ifndef OVERLAP_THEORY_ONLINE_H
#define OVERLAP_THEORY_ONLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/base/tick.h"
#include "overlap/model/problem.h"
#include "overlap/theory/solve.h"

/* The problem that one with momentum m is as N -> inf (paper.md eq:momentum), which is what all of the below is
 * given: no momentum, and both rates over 1 - m. Weight decay stays. Corrections are of relative order
 * 1/(N (1 - m)). Arrays are p's. */
static inline struct ov_problem ov_online_limit(const struct ov_problem *p)
{
    struct ov_problem limit = *p;
    if (p->momentum > 0.0) {
        limit.eta_w /= 1.0 - p->momentum;
        limit.eta_v /= 1.0 - p->momentum;
        limit.momentum = 0.0;
    }
    return limit;
}

struct ov_online; /* scratch memory and constants of one problem */

/* T and v_star are taken from `start`, everything else from p (which must outlive the result).
 * Returns OV_OK, OV_EDOM (above) or OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_online_create(struct ov_online **o, const struct ov_problem *p,
                                             const struct ov_overlaps *start);
void ov_online_free(struct ov_online *o); /* NULL-safe */

/* The right-hand side at y as it is: beyond the edge of the cone of covariances it is what the
 * formulas say there, or NaN.
 *   out  dy   (n) the derivatives of y
 *   in   y    (n) the moving numbers [Q | R | v] of model/overlaps.h,
 *             n = ov_overlaps_moving(K,M); a frozen v stays in y with derivative 0 */
void ov_online_rhs(double *dy, struct ov_online *o, const double *y);

/* Its Jacobian with respect to what is integrated: [Q | R | v], or [Q | R] where v is frozen.
 *   out  J   (n,n) row-major, J_ij = d dy_i / d y_j, n = ov_overlaps_moving(K,M), less K for a
 *            frozen v
 *   in   y   (n); a frozen v is the one of the start or of the last ov_online_rhs
 * Exact, at the cost of a few right-hand sides, where ov_gauss_has_derivatives
 * (ov_online_jacobian_is_closed); else by differences that stay inside of the cone of covariances,
 * so that y may be at its edge (a perfect student, one without weights, collinear ones): 2n + 1
 * right-hand sides, errors of some 1e-9 where the averages are smooth up to the edge. Beyond the
 * edge it is that at the edge. In blocks the parts that a block has in itself are exact, those through the
 * fields by differences in their overlaps: as above, or of order 4, with errors of some 1e-11, where
 * ov_gauss_is_analytic. A solver takes the parts in place of n^2 numbers: 784 blocks are as good as 10.
 * Returns 0, or nonzero if out of memory. */
int ov_online_jacobian(double *J, struct ov_online *o, const double *y);
bool ov_online_jacobian_is_closed(const struct ov_problem *p);

/* At the edge of the cone of covariances (a student that has learnt, one without weights, one that
 * decays) a solver's numbers are a covariance up to its tolerance only. Averages that are not
 * analytic in C (ov_gauss_is_analytic) are taken at the nearest
 * one: Q - R T^-1 R' without its negative eigenvalues, which must not be below -1e-3 of the largest
 * length. So is eps_g, and what is written, for every activation: no Q_kk is negative. Where averages
 * are analytic the path is put back there after a step that left it by a tenth of its tolerance:
 * negative squares of distances would else grow wherever noise drives units apart. In blocks what is
 * projected are the fields' overlaps, and where those leave the cone of an analytic pair, each block's,
 * unless blocks are signed.
 *
 * Without noise and decay (sigma = decay_w = 0, decay_v = 0 or v frozen) a student whose eps_g is
 * below 1e-15 of <tau^2>/2, tau the teacher's output, has learnt: all later rows are this state. */

/* Theory of one run: from `start` to each listed alpha.
 *   out  rows   (n_alpha, ov_problem_row_width(p)) row-major, as in sim/weights.h
 *   in   alpha  (n_alpha) increasing, >= 0
 *   out  report may be NULL
 * Errors as ov_solve; OV_EDIVERGED by ov_overlaps_diverged; on error the rows before the failure
 * are written, the rest are NaN throughout. A frozen v is not part of what is integrated.
 * Students that start without weights and have g'(0) = 0 stay there, as in SGD, whether or not that
 * is stable.
 * A start that is exactly symmetric under exchange of students leaves its plateau by rounding
 * errors alone, after some 35 growth times or never: give it the asymmetry that is meant. */
OV_NODISCARD enum ov_status ov_online_solve(double *rows, const struct ov_problem *p,
                                            const struct ov_overlaps *start, const double *alpha,
                                            size_t n_alpha, const struct ov_solve_options *opt,
                                            struct ov_solve_report *report,
                                            const struct ov_tick *tick, struct ov_error *err);

/* When eps_g first falls to a given level; 0 if the start is there already.
 *   out  alpha    NaN if not before alpha_max, or on error
 *   out  report   may be NULL
 * Errors as ov_solve; OV_EDOM for a level or an alpha_max that is not finite or negative. */
OV_NODISCARD enum ov_status ov_online_time_to(double *alpha, const struct ov_problem *p,
                                              const struct ov_overlaps *start, double eps_g,
                                              double alpha_max, const struct ov_solve_options *opt,
                                              struct ov_solve_report *report,
                                              const struct ov_tick *tick, struct ov_error *err);

/* When the first plateau is left: when eps_g falls to half of its height. The height is eps_g
 * where |d ln eps_g/d ln alpha| has a minimum, below half of its maximum before, on a grid of 40
 * points a decade over seven decades or from 1e-3 on to alpha_max; of several with less than a
 * factor two between them, at the deepest minimum. The height's place is known to the grid's
 * spacing only, which matters little, as eps_g hardly moves there.
 *   out  alpha, plateau  NaN if there is no plateau, or it is not left before alpha_max
 *   out  report          of the run that finds the plateau; may be NULL
 * Errors as ov_online_time_to. */
OV_NODISCARD enum ov_status ov_online_escape(double *alpha, double *plateau,
                                             const struct ov_problem *p,
                                             const struct ov_overlaps *start, double alpha_max,
                                             const struct ov_solve_options *opt,
                                             struct ov_solve_report *report,
                                             const struct ov_tick *tick, struct ov_error *err);

#endif
