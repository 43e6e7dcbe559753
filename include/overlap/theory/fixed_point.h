/* SPDX-License-Identifier: MIT
 *
 * Where the equations of motion (paper.md eq:ode) come to rest, without following them there:
 * Newton's method on f(y) = 0. A fixed point need not exist, nor be the only one: what is found is
 * one near the given start, with its stability. A run ends there only if it is stable and the run
 * falls into its basin.
 * Of inputs in blocks o has as many blocks, and all of their overlaps are unknowns: matrices of some
 * (L (K(K+1)/2 + K M))^2 numbers, good for some 50 blocks.
 */
#ifndef OVERLAP_THEORY_FIXED_POINT_H
#define OVERLAP_THEORY_FIXED_POINT_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/model/problem.h"

/* By the growth of small deviations, the largest real part of the spectrum of J; "zero" is up to
 * 1e-7 of the largest row sum of |J|. */
enum ov_fixed_kind {
    OV_FIXED_NOT_FOUND,
    OV_FIXED_STABLE,   /* below zero */
    OV_FIXED_MARGINAL, /* zero: a flat manifold of fixed points, or a bifurcation */
    OV_FIXED_UNSTABLE, /* above zero */
};

struct ov_fixed_point {
    enum ov_fixed_kind kind;
    double eps_g;           /* NaN if not found, as growth and growth_over_eta */
    double growth;          /* in units of 1/alpha; minus the relaxation rate where stable */
    double growth_over_eta; /* growth/eta_w */
    double residual;        /* max_i |f_i| where Newton's method ended */
    double last_step;       /* max_i of the last step in y_i */
    size_t n_null;          /* dimension of the null space of J: singular values below 1e-9 of the
                               largest */
    size_t n_iteration;
    size_t n_rhs; /* right-hand sides, besides those of Jacobians */
};

/* "stable", "marginal", "unstable", "not found". */
const char *ov_fixed_kind_name(enum ov_fixed_kind kind);

/* A fixed point near o. Steps are -J^+ f, J^+ the pseudo-inverse without the null space (on a flat
 * manifold the shortest step), at most 0.3 in any component. Found: the step is below 1e-13
 * (relative to the largest component of y above 1), or below 1e-9 and no longer decreasing
 * (rounding), and |f_i| is below 1e-12 of |J| |y|. A frozen v (eta_v = 0) is not an unknown.
 *   out     found  all of it written
 *   in/out  o      in: where to start, with T and v_star; out: the fixed point, or unchanged
 * Returns OV_OK; OV_ENUMERIC (not found: no convergence in 200 steps; what Newton's method found is
 * no covariance); OV_EDIVERGED (left every bound); OV_EDOM (the start is not finite or no
 * covariance); OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_fixed_point(struct ov_fixed_point *found, struct ov_overlaps *o,
                                           const struct ov_problem *p, struct ov_error *err);

/* Follows the fixed point that Newton's method finds from o while a parameter takes the listed
 * values, by steps in the parameter that are halved as often as needed (down to 2^-12 of the
 * distance listed) so that no component of y moves by more than 0.2 of the larger of 1 and itself
 * from its prediction: a jump to another branch is not taken for the same fixed point.
 *   out     found  (n_value)
 *   out     rows   (n_value, ov_row_width(K,M)): [value, eps_g, moving numbers of the fields]; NaN from where
 *                  the fixed point is lost
 *   out     n_found  how many of them were reached
 *   out     lost     the last value in between at which it was found; may be NULL
 *   in/out  o      the start; out: the last fixed point found
 *   in      set    sets the parameter of a copy of p, numbers only
 *   in      value  (n_value) in the order to go through
 *   in      extrapolate  predict linearly from the last two points rather than from the last one
 * Returns OV_OK also if the fixed point is lost on the way (n_found < n_value); as ov_fixed_point
 * if there is none at the first value. */
OV_NODISCARD enum ov_status
ov_fixed_point_continue(struct ov_fixed_point *found, double *rows, size_t *n_found, double *lost,
                        struct ov_overlaps *o, const struct ov_problem *p,
                        void (*set)(struct ov_problem *p, double value), const double *value,
                        size_t n_value, bool extrapolate, struct ov_error *err);

/* The learning rate eta_w above which a perfect solution is unstable. At a state that is at rest at
 * all learning rates, J = eta (J_1 + eta J_2) exactly: the least eta > 0 at which the largest real
 * part of J_1 + eta J_2 becomes positive. eta_v keeps its ratio to eta_w. Good to 1e-8 or better
 * where J is exact (theory/online.h), to some 1e-3 where it is taken by differences.
 *   out  eta_max  INFINITY if it is stable up to 1e6
 *   in   p        its eta_w > 0 only matters through eta_v/eta_w
 *   in   o        the state, usually R = Q = T, v = v*
 * In blocks it times rhobar is a number of the fields' averages alone (without p->spiked).
 * Returns OV_OK; OV_EDOM if o is not at rest at all learning rates (label noise, decay, a teacher
 * that is not learnt perfectly) or unstable as eta -> 0; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_eta_max(double *eta_max, const struct ov_problem *p,
                                       const struct ov_overlaps *o, struct ov_error *err);

#endif
