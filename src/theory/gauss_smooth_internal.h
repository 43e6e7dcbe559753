/* SPDX-License-Identifier: MIT
 *
 * Contraction for smooth students without closed forms and teachers without kinks. Private to
 * src/theory.
 */
#ifndef OVERLAP_THEORY_GAUSS_SMOOTH_INTERNAL_H
#define OVERLAP_THEORY_GAUSS_SMOOTH_INTERNAL_H

#include <stddef.h>

#include "overlap/base/status.h"

struct ov_gauss_smooth; /* scratch memory for P fields */

OV_NODISCARD enum ov_status ov_gauss_smooth_create(struct ov_gauss_smooth **s, size_t P);
void ov_gauss_smooth_free(struct ov_gauss_smooth *s); /* NULL-safe */

#endif
