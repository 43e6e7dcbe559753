/* SPDX-License-Identifier: MIT
 *
 * Engine `law`: SGD exact in law on the overlaps, at a cost that does not depend on N.
 *
 * C = [T R'; R Q] = L L' (teacher first): the rows of L are the coordinates of the weights in a
 * frame of P = K + M directions. A fresh input has coordinates z ~ N(0, I_P) in it; whatever else
 * it has is one direction more, of length r, r^2 ~ chi^2 with N - P degrees of freedom. A step of
 * SGD (paper.md eq:sgd) adds e_k z to row k of the student and e_k r in that new direction;
 * rotating the directions beyond the teacher's makes the student's block lower triangular again.
 * Inputs must be Gaussian. The only approximations are double precision and that of the normal
 * numbers (num/normal.h). Engine `weights` is the same process in law, not number by number.
 *
 * Random numbers: Philox of the run's key. Stream 16 has, for each step, P + 4 normals in whole
 * blocks (P + 3 without label noise); streams 32, 33, … have one block a step each, for the first,
 * second, … time that a step's chi^2 was rejected. So no draw ever shifts another.
 */
#ifndef OVERLAP_SIM_LAW_H
#define OVERLAP_SIM_LAW_H

#include <stddef.h>
#include <stdint.h>

#include "overlap/base/status.h"
#include "overlap/base/tick.h"
#include "overlap/model/problem.h"

/* Runs of SGD, measured at the listed times; with p->stop each up to the first that has eps_g at
 * most this. A run's numbers are a function of (problem, key,
 * alpha), the same bits on every machine and whatever runs stand beside it.
 *   out  rows   (n_run, n_alpha, ov_measured_width(p)) row-major; alpha as listed, eps_g exactly
 *               from the overlaps, or as in model/labels.h. Times between two steps (alpha N not whole) get the linear
 *               interpolation of the overlaps of the steps around them, as in sim/weights.h.
 *               Rows not reached are NaN.
 *   in   key    (n_run) the runs' random keys
 *   in   alpha  (n_alpha) increasing, >= 0; alpha N < 1e15
 *   in   tick   told the steps done, summed over the runs; may be NULL. A state that its checkpoint
 *               found is gone on from if it is of this very call, to the same bits.
 * Runs are made eight at a time: multiples of eight are fastest, one run alone takes about
 * as long as six of them.
 * Returns OV_OK; OV_EDIVERGED with "run 3: diverges at alpha = …" (index into key; of the first
 * eight runs with a diverging one, the earliest in alpha, then the lowest index; those eight stop
 * there, later ones are not begun); OV_EDOM for bad times or N < K + M; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_law_run(double *rows, const struct ov_problem *p,
                                       const uint64_t *key, size_t n_run, const double *alpha,
                                       size_t n_alpha, const struct ov_tick *tick,
                                       struct ov_error *err);

#endif
