/* SPDX-License-Identifier: MIT
 *
 * Times of measurement as experiment.yaml gives them, for every system.
 */
#ifndef OVERLAP_SYSTEMS_TIMES_INTERNAL_H
#define OVERLAP_SYSTEMS_TIMES_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/config/schema.h"

/* The times that a value (a number, a list, or a map of max, min, points, spacing) means.
 *   out  time   (n) allocated, increasing
 *   in   unit   steps in a unit of time; 0: not known
 *   in   steps  true: generated times are put on whole steps, k/unit with k >= 1 (unit > 0 then),
 *               and what falls together is one
 * Returns OV_OK, OV_EUSER at the place, or OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_times_read(double **time, size_t *n, struct ov_value *value,
                                          size_t unit, bool steps, struct ov_error *err);

#endif
