/* SPDX-License-Identifier: MIT
 *
 * Derivatives of the equations of motion and of eps_g at one state, along the principal directions
 * of a covariance.
 */
#ifndef OVERLAP_THEORY_FLUCTUATIONS_LOCAL_INTERNAL_H
#define OVERLAP_THEORY_FLUCTUATIONS_LOCAL_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/theory/online.h"

struct ov_local {
    const struct ov_problem *p;
    size_t n, n_rhs; /* n_rhs counts */
    struct ov_online *online;
    struct ov_overlaps o;                   /* T, v_star for good */
    struct ov_overlaps of_fields;           /* of inputs in blocks */
    double *block;                          /* owned; the views below */
    double *modes, *spread;                 /* (n,n) columns, (n): eigenvectors and eigenvalues */
    double *vector, *f, *moved, *up, *down; /* (n) */
};

OV_NODISCARD enum ov_status ov_local_create(struct ov_local *w, const struct ov_problem *p,
                                            const struct ov_overlaps *start);
void ov_local_free(struct ov_local *w); /* NULL-safe */

/* The right-hand side for ov_solve, ctx a struct ov_local. */
int ov_local_rhs(double *dy, const double *y, void *ctx);
int ov_local_diverged(const double *y, void *ctx);

/* For ov_solve's `nearest`: y put back into the cone of covariances. Only where all averages are
 * analytic (ov_local_is_analytic): elsewhere they are those of the nearest covariance. */
int ov_local_nearest(double *y, void *ctx);
bool ov_local_is_analytic(const struct ov_local *w);

/* Whether a student starts where its g' has a jump: a leaky ReLU without weights, which the first
 * input moves. A ReLU without weights stays there. */
bool ov_local_slope_jumps(struct ov_local *w, const double *y);

/* What of the fields' moving numbers t is by y, or a deviation of them by one of y. */
void ov_local_of_fields(double *t, const struct ov_local *w, const double *y);

/* The standard deviations of t where y has the covariance Sigma. scratch: (n + 2) n numbers. */
void ov_local_spread_of_fields(double *sd, const struct ov_local *w, const double *Sigma,
                               double *scratch);

/* J (n,n) row-major; false if out of memory. */
bool ov_local_jacobian(double *J, struct ov_local *w, const double *y);

/* What drives mu: drive = 1/2 sum_ij Sigma_ij d^2 f/dy_i dy_j + c - 1/2 J f.
 * False if Sigma is not finite. */
bool ov_local_drive(double *drive, struct ov_local *w, const double *y, const double *Sigma,
                    const double *c);

/* sd = sqrt(grad' Sigma grad), bias = grad.mu + 1/2 tr(Sigma Hessian) of eps_g; NaN if Sigma is
 * not finite. */
void ov_local_eps_g(double *sd, double *bias, struct ov_local *w, const double *y,
                    const double *Sigma, const double *mu);

#endif
