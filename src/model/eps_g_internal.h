/* SPDX-License-Identifier: MIT
 *
 * What the files of model/eps_g.h share.
 */
#ifndef OVERLAP_MODEL_EPS_G_INTERNAL_H
#define OVERLAP_MODEL_EPS_G_INTERNAL_H

#include "overlap/model/eps_g.h"

/* ov_I2 for x generic and y of any kind; finite arguments, aa, bb >= 0. */
double ov_I2_generic(const struct ov_activation *x, const struct ov_activation *y, double aa,
                     double ab, double bb);

#endif
