/* SPDX-License-Identifier: MIT
 *
 * The noise of one step, by quadrature over the fields: B and c of theory/fluctuations.h.
 */
#ifndef OVERLAP_THEORY_FLUCTUATIONS_NOISE_INTERNAL_H
#define OVERLAP_THEORY_FLUCTUATIONS_NOISE_INTERNAL_H

#include <stdbool.h>

#include "overlap/theory/fluctuations.h"

struct ov_noise; /* nodes and scratch memory of one problem */

/* Whether there are nodes for p: not for more than 40 fields, and where Sobol's are the only ones
 * not for quadratic units, whose products are too large for them. */
bool ov_noise_possible(const struct ov_problem *p);

/* p must outlive the result. OV_OK, OV_EDOM (not possible, refine > 3), OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_noise_create(struct ov_noise **w, const struct ov_problem *p,
                                            unsigned refine);
void ov_noise_free(struct ov_noise *w); /* NULL-safe */
size_t ov_noise_nodes(const struct ov_noise *w);

/*   out  B (n,n) row-major, c (n), n = ov_overlaps_moving(K,M)
 * Returns OV_OK, or OV_EDOM where o is not positive semi-definite. */
OV_NODISCARD enum ov_status ov_noise_at(double *B, double *c, struct ov_noise *w,
                                        const struct ov_overlaps *o);

#endif
