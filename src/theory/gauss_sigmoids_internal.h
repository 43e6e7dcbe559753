/* SPDX-License-Identifier: MIT
 *
 * Sigmoids as sums of erf units. Private to src/theory.
 */
#ifndef OVERLAP_THEORY_GAUSS_SIGMOIDS_INTERNAL_H
#define OVERLAP_THEORY_GAUSS_SIGMOIDS_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/model/activation.h"

struct ov_gauss;
struct ov_gauss_sigmoids;

enum { OV_SIGMOIDS = 6 };

/* c erf(x/(sqrt 2 tau)). */
struct ov_sigmoid {
    double c, tau;
};
extern const struct ov_sigmoid ov_sigmoid_tanh[OV_SIGMOIDS];

/* The largest error that they are good for, of averages at variances of one. */
#define OV_SIGMOIDS_TOL 1e-8

/* Whether this pair can be taken so: a tanh student; a teacher that is tanh, erf or linear. */
bool ov_gauss_sigmoids_serve(const struct ov_activation *g, const struct ov_activation *g_star);

OV_NODISCARD enum ov_status ov_gauss_sigmoids_create(struct ov_gauss_sigmoids **x,
                                                     const struct ov_gauss *w);
void ov_gauss_sigmoids_free(struct ov_gauss_sigmoids *x); /* NULL-safe */

#endif
