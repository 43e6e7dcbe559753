/* SPDX-License-Identifier: MIT
 *
 * What the files of theory/online.h share.
 */
#ifndef OVERLAP_THEORY_ONLINE_INTERNAL_H
#define OVERLAP_THEORY_ONLINE_INTERNAL_H

#include "online_cone_internal.h"
#include "overlap/theory/gauss.h"
#include "overlap/theory/online.h"

struct ov_online {
    const struct ov_problem *p;
    double scale;         /* of eta_w and eta_v now: s(alpha) of a schedule, else 1 */
    struct ov_overlaps o; /* T, v_star for good; Q, R, v of the point evaluated */
    struct ov_gauss *gauss;
    struct ov_cone *cone;
    double power;        /* <tau^2>/2: what an error is measured in */
    bool *rests;         /* (K) owned: students held at zero, see ov_online_hold */
    bool as_it_is;       /* y is not to be put into the cone of covariances */
    double outside;      /* how far o was from a covariance when it was last prepared; 0 for one */
    double *block;       /* owned; the views below */
    double *C;           /* packed (P,P) */
    double *s;           /* (P) */
    double *G;           /* (K,P) */
    double *Nz;          /* packed (K,K) */
    double *I2;          /* (P) of one student */
    double *derivatives; /* owned; of the first Jacobian on: of G and Nz, and scratch */
};

/* What is integrated: [Q | R | v], or [Q | R] where v is frozen. */
size_t ov_online_integrated(const struct ov_problem *p);

/* C and s = (v*, -v) at the integrated numbers y. Unless the averages are analytic in C (erf,
 * linear, x^2, He2), C is that of the nearest covariance. */
void ov_online_prepare(struct ov_online *o, const double *y);

/* The right-hand side for the integrated numbers, ctx a struct ov_online. Returns 0, or nonzero
 * where y is too far from a covariance (theory/online.h). */
int ov_online_derivatives(double *dy, const double *y, void *ctx);

/* ov_online_rhs at the covariance nearest to y: what a search may step out to. */
void ov_online_rhs_nearest(double *dy, struct ov_online *o, const double *y);

/* The Jacobian (n,n) by differences at y that stay inside of the cone of covariances, or at the edge
 * of it where y is beyond; 2n + 1 right-hand sides. For averages that are smooth up to the edge it
 * errs by some 1e-10 of |y| |J|. NaN where y or a right-hand side is not finite. Returns nonzero if
 * out of memory. scratch: ov_online_differences_scratch(p) numbers. */
int ov_online_differences(double *J, struct ov_online *o, const double *y, double *scratch);
size_t ov_online_differences_scratch(const struct ov_problem *p);

/* Students that start without weights and have g'(0) = 0 never get any, as SGD or in the equations.
 * They are held there: that state may be unstable, and a solver leaves it by rounding. */
void ov_online_hold(struct ov_online *o, const struct ov_overlaps *start);

/* All of it for ov_solve, from `start`; eps_g of the covariance nearest to the integrated numbers,
 * which is left in o->o. */
void ov_online_ode(struct ov_ode *ode, struct ov_online *o, const struct ov_overlaps *start);
double ov_online_eps_g(struct ov_online *o, const double *y);
/* A bound on it from below, where it takes two integrals for each pair of units (generic ones) and
 * this one for each unit: what of the error e is linear in a field x_b, < e x_b >^2/(2 < x_b^2 >),
 * by Stein's lemma. 0 for all other units. */
double ov_online_least_eps_g(struct ov_online *o, const double *y);

/* ov_solve_events on the equations of motion of one start, with its schedule: pieces between the
 * schedule's breaks, each with the time as one number more where rates fall in it. `events` may be
 * NULL, or such as stop at the first crossing of one event; their values see the integrated numbers.
 *   out  path  (n_alpha, ov_online_integrated(p)) */
OV_NODISCARD enum ov_status
ov_online_integrate(double *path, struct ov_online *o, const struct ov_overlaps *start,
                    const double *alpha, size_t n_alpha, const struct ov_solve_options *opt,
                    const struct ov_events *events, struct ov_solve_report *report,
                    const struct ov_tick *tick, struct ov_error *err);

#endif
