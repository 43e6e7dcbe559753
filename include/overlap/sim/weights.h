/* SPDX-License-Identifier: MIT
 *
 * Engine `weights`: SGD in weight space with a fresh Gaussian input at every step, the ground
 * truth that everything else is held against (paper.md eq:sgd). The only approximation is double
 * precision. Results are a function of (problem, key, alpha) and the same bits on every machine.
 */
#ifndef OVERLAP_SIM_WEIGHTS_H
#define OVERLAP_SIM_WEIGHTS_H

#include <stddef.h>
#include <stdint.h>

#include "overlap/base/status.h"
#include "overlap/base/tick.h"
#include "overlap/model/problem.h"

/* One run of SGD, measured at the listed times.
 *   out  rows   (n_alpha, ov_row_width(K,M)) row-major; alpha as listed, eps_g exactly from the
 *               overlaps of the weights. Times between two steps (alpha N not whole) get the linear
 *               interpolation of the overlaps of the steps around them.
 *   in   key    the run's random key
 *   in   alpha  (n_alpha) increasing, >= 0
 *   in   tick   told the steps done; may be NULL
 * Returns OV_OK; OV_EDIVERGED with "diverges at alpha = …"; OV_ENOMEM. */
enum ov_status ov_weights_run(double *rows, const struct ov_problem *p, uint64_t key,
                              const double *alpha, size_t n_alpha, const struct ov_tick *tick,
                              struct ov_error *err);

/* The same, bit by bit, as eq:sgd reads: one step after the other, one loop for each field and one
 * for each update. The oracle of ov_weights_run, which computes the inputs and the teacher's fields
 * ahead and moves the weights in the same pass as it takes their next fields. */
enum ov_status ov_weights_run_plain(double *rows, const struct ov_problem *p, uint64_t key,
                                    const double *alpha, size_t n_alpha, const struct ov_tick *tick,
                                    struct ov_error *err);

#endif
