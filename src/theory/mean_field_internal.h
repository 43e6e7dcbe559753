/* SPDX-License-Identifier: MIT
 *
 * What the files of theory/mean_field.h share.
 */
#ifndef OVERLAP_THEORY_MEAN_FIELD_INTERNAL_H
#define OVERLAP_THEORY_MEAN_FIELD_INTERNAL_H

#include "overlap/theory/mean_field.h"

enum { WORK = 9 }; /* matrices (k,k) of quadratic units */

struct ov_mean_field {
    struct ov_mean_field_problem o;
    double *small; /* owned scratch: two matrices (k,k), and … */
    double *block; /* … behind it WORK matrices, or what erf needs */
};

size_t ov_mean_field_erf_scratch(const struct ov_mean_field_problem *o);
void ov_mean_field_erf_rhs(double *dy, struct ov_mean_field *f, const double *y);
double ov_mean_field_erf_risk(struct ov_mean_field *f, const double *y);
double ov_mean_field_erf_outside(struct ov_mean_field *f, const double *y);

#endif
