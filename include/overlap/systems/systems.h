/* SPDX-License-Identifier: MIT
 *
 * The table of systems. cli hands it to the pipeline, which knows none of them.
 */
#ifndef OVERLAP_SYSTEMS_SYSTEMS_H
#define OVERLAP_SYSTEMS_SYSTEMS_H

#include "overlap/experiment/system.h"

extern const struct ov_system ov_system_two_layer;
extern const struct ov_system ov_system_random_features;
extern const struct ov_system ov_system_mean_field;
extern const struct ov_system ov_system_quadratic;

/* All systems, NULL at the end. */
extern const struct ov_system *const ov_systems[];

#endif
