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
    double ratio;         /* of the scale a step of 1/N later to this one; 1 but in_steps */
    struct ov_overlaps o; /* T, v_star for good; Q, R, v of the point evaluated */
    struct ov_gauss *gauss;
    struct ov_cone *cone;
    double power;                    /* <tau^2>/2: what an error is measured in */
    bool *rests;                     /* (K) owned: students held at zero, see ov_online_hold */
    struct ov_online_blocks *blocks; /* owned; NULL without p->blocks, and then all below is of the
                                        one block there is; else of the fields, sums over blocks */
    bool as_it_is;                   /* y is not to be put into the cone of covariances */
    double outside;      /* how far o was from a covariance when it was last prepared; 0 for one */
    double *block;       /* owned; the views below */
    double *C;           /* packed (P,P) */
    double *s;           /* (P) */
    double *G;           /* (K,P); in blocks D in its place */
    double *Nz;          /* packed (K,K) */
    double *I2;          /* (P) of one student */
    double *derivatives; /* owned; of the first Jacobian on: of G and Nz, and scratch */
};

/* What is integrated: [Q | R | v], or [Q | R] where v is frozen; Q and R of each block. */
size_t ov_online_integrated(const struct ov_problem *p);

/* The same numbers of the fields, the first of `o` in struct ov_online. */
size_t ov_online_of_fields(const struct ov_problem *p);

/* What ov_online_create asks for: a start in as many blocks as the inputs; directions where their
 * number enters. OV_OK, or OV_EDOM with what is wrong. */
OV_NODISCARD enum ov_status ov_online_check(const struct ov_problem *p,
                                            const struct ov_overlaps *start, struct ov_error *err);

/* Q, R, v of o->o at the integrated numbers y. */
void ov_online_set(struct ov_online *o, const double *y);

/* C and s = (v*, -v) at the integrated numbers y. Unless the averages are analytic in C (erf,
 * linear, x^2, He2), C is that of the nearest covariance. ov_online_prepare_fields: at o->o as it is. */
void ov_online_prepare(struct ov_online *o, const double *y);
void ov_online_prepare_fields(struct ov_online *o);

/* The right-hand side for the integrated numbers, ctx a struct ov_online. Returns 0, or nonzero
 * where y is too far from a covariance (theory/online.h). */
int ov_online_derivatives(double *dy, const double *y, void *ctx);

/* dv (K) at the point prepared; nonzero where it was too far from a covariance. */
void ov_online_move_v(double *dv, struct ov_online *o);
int ov_online_is_outside(const struct ov_online *o);

/* ov_online_rhs at the covariance nearest to y: what a search may step out to. */
void ov_online_rhs_nearest(double *dy, struct ov_online *o, const double *y);

/* The Jacobian (n,n) by differences at y that stay inside of the cone of covariances, or at the edge
 * of it where y is beyond; 2n + 1 right-hand sides. For averages that are smooth up to the edge it
 * errs by some 1e-10 of |y| |J|. NaN where y or a right-hand side is not finite. Returns nonzero if
 * out of memory. scratch: ov_online_differences_scratch(p) numbers. */
int ov_online_differences(double *J, struct ov_online *o, const double *y, double *scratch);

/* The same of n_f numbers f that depend on the overlaps y of the fields: J (n_f,n),
 * n = ov_online_of_fields(p). */
int ov_online_differences_of(double *J,
                             void (*f)(double *value, const double *y, struct ov_online *o),
                             size_t n_f, struct ov_online *o, const double *y, double *scratch);
size_t ov_online_differences_scratch(const struct ov_problem *p, size_t n_f);

/* dNz (K(K+1)/2, D + P) by the packed C, D = P(P+1)/2, as ov_gauss_derivatives has it; what is by s
 * stays as it is. scratch: D + 3K(K+1)/2 numbers. */
void ov_online_slopes_of_Nz(double *dNz, struct ov_online *o, double *scratch);

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
