/* SPDX-License-Identifier: MIT
 *
 * The nearest covariance to overlaps that are one up to a solver's tolerance.
 */
#ifndef OVERLAP_THEORY_ONLINE_CONE_INTERNAL_H
#define OVERLAP_THEORY_ONLINE_CONE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"

struct ov_cone; /* scratch memory and T's factor */

/* T: packed (M,M), a covariance. Returns OV_OK or OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_cone_create(struct ov_cone **c, size_t K, size_t M, const double *T);
void ov_cone_free(struct ov_cone *c); /* NULL-safe */

/* Puts Q, packed (K,K), where Q - R T^-1 R' is the nearest positive semi-definite matrix, unless
 * it is one up to rounding already: then nothing changes. R (K,M) only changes where T is singular,
 * to what such teachers allow.
 * Returns how far outside Q was: minus the least eigenvalue of Q - R T^-1 R', 0 inside; NaN, and
 * nothing changed, where a number is not finite. */
double ov_cone_project(double *Q, double *R, struct ov_cone *c);

#endif
