/* SPDX-License-Identifier: MIT
 *
 * What the files of theory/online.h share.
 */
#ifndef OVERLAP_THEORY_ONLINE_INTERNAL_H
#define OVERLAP_THEORY_ONLINE_INTERNAL_H

#include "overlap/theory/gauss.h"
#include "overlap/theory/online.h"

struct ov_online {
    const struct ov_problem *p;
    struct ov_overlaps o; /* T, v_star for good; Q, R, v of the point evaluated */
    struct ov_gauss *gauss;
    double *block;       /* owned; the views below */
    double *C;           /* packed (P,P) */
    double *s;           /* (P) */
    double *G;           /* (K,P) */
    double *Nz;          /* packed (K,K) */
    double *derivatives; /* owned; of the first Jacobian on: of G and Nz, and scratch (3n) */
};

/* What is integrated: [Q | R | v], or [Q | R] where v is frozen. */
size_t ov_online_integrated(const struct ov_problem *p);

/* C and s = (v*, -v) at the integrated numbers y. */
void ov_online_prepare(struct ov_online *o, const double *y);

/* The right-hand side for the integrated numbers, ctx a struct ov_online; returns 0. */
int ov_online_derivatives(double *dy, const double *y, void *ctx);

/* All of it for ov_solve; eps_g at the integrated numbers. */
void ov_online_ode(struct ov_ode *ode, struct ov_online *o);
double ov_online_eps_g(struct ov_online *o, const double *y);

#endif
