/* SPDX-License-Identifier: MIT
 *
 * Newton's method for theory/fixed_point.h: memory, Jacobian and one linear system.
 */
#ifndef OVERLAP_THEORY_FIXED_POINT_NEWTON_INTERNAL_H
#define OVERLAP_THEORY_FIXED_POINT_NEWTON_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/theory/fixed_point.h"
#include "overlap/theory/online.h"

struct ov_newton {
    const struct ov_problem *p;
    size_t n;      /* unknowns: the moving numbers without a frozen v */
    size_t moving; /* the moving numbers, of all blocks */
    size_t n_rhs, n_null;
    double pull; /* 0: Newton's steps; else implicit Euler's of length 1/pull */
    struct ov_online *online;
    struct ov_overlaps o;      /* T, v_star for good; the fixed point found */
    struct ov_overlaps fields; /* of inputs in blocks: ov_newton_fields */
    double *block;             /* owned; the views below */
    double *y;                 /* (moving) where it is, of which the first n are unknowns */
    double *dy;                /* (moving) */
    double *from;              /* (moving) where a search began */
    double *metric;            /* (n) */
    double *f, *step;          /* (n) */
    double *J, *A;             /* (n,n) row-major; A is destroyed in solving */
    double *singular;          /* (n) */
    double *scratch;           /* (3n) */
};

/* Whether o can be a start. OV_OK or OV_EDOM, with what is wrong; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_newton_check(const struct ov_problem *p, const struct ov_overlaps *o,
                                            struct ov_error *err);

/* Starts at o. p and its numbers may change between calls, but not its sizes. */
OV_NODISCARD enum ov_status ov_newton_create(struct ov_newton *w, const struct ov_problem *p,
                                             const struct ov_overlaps *o);
void ov_newton_free(struct ov_newton *w); /* NULL-safe */

/* The overlaps of the fields at y; o becomes y. */
const struct ov_overlaps *ov_newton_fields(struct ov_newton *w);

/* J at y, entries not finite where f is not defined; false if out of memory. */
bool ov_newton_jacobian(struct ov_newton *w);

/* J, f and step = -(J - pull)^+ f at y, n_null; of all solutions the one with the smallest change of C, both
 * triangles, and of v: it respects that C is positive semi-definite as far as a length can. OV_OK,
 * OV_ENUMERIC (not finite, LAPACK). */
OV_NODISCARD enum ov_status ov_newton_solve(struct ov_newton *w);

/* ov_fixed_point from w->y, without the check of the start; w->o and w->y are the result. */
OV_NODISCARD enum ov_status ov_newton_find(struct ov_fixed_point *found, struct ov_newton *w,
                                           struct ov_error *err);

#endif
