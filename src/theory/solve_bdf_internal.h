/* SPDX-License-Identifier: MIT
 *
 * Backward differentiation formulas for theory/solve.h: what solve_bdf.c gives solve_steps.c.
 */
#ifndef OVERLAP_THEORY_SOLVE_BDF_INTERNAL_H
#define OVERLAP_THEORY_SOLVE_BDF_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

struct ov_solver;

enum { ORDERS = 5 };

struct ov_bdf {
    size_t n, order;
    size_t steps;    /* since order and length are what they are */
    size_t age;      /* of the Jacobian, in steps */
    bool has_J;      /* the Jacobian may be used */
    bool has_before; /* a_before is of a step of this order and length */
    double h;        /* the length of the next step */
    double h_of_J;   /* what h was at the Jacobian */
    double factor;   /* of P = 1 - factor J; 0: none */
    double slowness; /* what a Newton step leaves of the one before */
    double *block;   /* owned; the views below, (n) each */
    double *z[ORDERS + 1], *predicted[ORDERS + 1];
    double *a, *a_before, *weight, *y, *rest;
    double *P;  /* (n,n) */
    int *pivot; /* owned; (n) */
};

/* Without a matrix P where ov_ode.linear has it. NULL: out of memory. */
struct ov_bdf *ov_bdf_create(size_t n, bool has_matrix);
void ov_bdf_free(struct ov_bdf *b); /* NULL-safe */

/* From a point and its slope on with order 1 and a step h; from the last three points, newest
 * first and h apart, with order 5. */
void ov_bdf_begin(struct ov_bdf *b, const double *y, const double *dy, double h);
void ov_bdf_begin_warm(struct ov_bdf *b, double *const *y, double *const *dy, double h);

/* The point it has come to is y (n), some tolerance away. */
void ov_bdf_move(struct ov_bdf *b, const double *y);

/* One accepted step, not beyond `stop`: s->t, s->y, and the slope there in s->trial_dy. Nonzero
 * where there is none, as GSL has it: GSL_EBADFUNC where it is of no use to try on. */
int ov_bdf_step(struct ov_bdf *b, struct ov_solver *s, double stop);

#endif
