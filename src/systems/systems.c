/* SPDX-License-Identifier: MIT
 *
 * The table of systems.
 */
#include "overlap/systems/systems.h"

const struct ov_system *const ov_systems[] = {&ov_system_two_layer, &ov_system_random_features,
                                              &ov_system_mean_field, &ov_system_quadratic, NULL};
