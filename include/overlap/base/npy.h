/* SPDX-License-Identifier: MIT
 *
 * Matrices in files of numpy.save (.npy).
 */
#ifndef OVERLAP_BASE_NPY_H
#define OVERLAP_BASE_NPY_H

#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/base/text.h"

/* A matrix of little-endian doubles or floats ('<f8', '<f4'), row after row (C order), all finite.
 *   out  x           (rows, cols), allocated; the caller frees it
 *   in   most        numbers it may have
 * OV_OK; OV_EUSER with "PATH: …": unreadable, another format, type, order or number of dimensions,
 * longer or shorter than it says, more than `most` numbers, a number that is not finite; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_npy_read(double **x, size_t *rows, size_t *cols, const char *path,
                                        size_t most, struct ov_error *err);

/* Appends the bytes of such a file, version 1.0 of '<f8', the same on every machine.
 *   in   x  (rows, cols); cols = 0: a vector of `rows` numbers */
void ov_npy_print(struct ov_text *out, const double *x, size_t rows, size_t cols);

#endif
