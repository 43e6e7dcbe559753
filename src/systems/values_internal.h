/* SPDX-License-Identifier: MIT
 *
 * Values that several systems read the same way: vectors and matrices of the right shape,
 * activations by name. Mistakes are reported at the value's place (OV_EUSER); OV_ENOMEM besides.
 */
#ifndef OVERLAP_SYSTEMS_VALUES_INTERNAL_H
#define OVERLAP_SYSTEMS_VALUES_INTERNAL_H

#include <stddef.h>

#include "overlap/config/schema.h"
#include "overlap/model/activation.h"

/* n numbers from a value that is one number for all, or a list of n.
 *   out  x      (n) allocated
 *   in   whose  for the message: "teacher has M" */
enum ov_status ov_values_vector(double **x, size_t n, const struct ov_value *v, const char *whose,
                                struct ov_error *err);

/* Is it rows x cols? `why` for the message: "K x M". */
enum ov_status ov_values_shape(const struct ov_value *v, size_t rows, size_t cols, const char *why,
                               struct ov_error *err);

/* The packed lower triangle (num/sym.h) of a symmetric n x n matrix.
 *   out  x  allocated */
enum ov_status ov_values_packed(double **x, size_t n, const struct ov_value *v, const char *why,
                                struct ov_error *err);

/* The levels that a value lists (or the one it is), each of which names a column by six digits: no
 * two may have the same.
 *   out  x, n  allocated, and how many; left alone on error */
enum ov_status ov_values_levels(double **x, size_t *n, const struct ov_value *v,
                                struct ov_error *err);

/* The activation of this name. */
enum ov_status ov_values_activation(const struct ov_activation **g, const struct ov_value *v,
                                    struct ov_error *err);

#endif
