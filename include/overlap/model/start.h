/* SPDX-License-Identifier: MIT
 *
 * Where a run starts: initial weights, and their overlaps. Theory and simulation of a seed start
 * from the same ones.
 */
#ifndef OVERLAP_MODEL_START_H
#define OVERLAP_MODEL_START_H

#include <stdint.h>

#include "overlap/base/status.h"
#include "overlap/model/problem.h"

/* What the numbers of a run are for: the `stream` of its Philox key. */
enum ov_stream {
    OV_STREAM_TEACHER = 1,
    OV_STREAM_STUDENT,
    OV_STREAM_SECOND_LAYER,
    OV_STREAM_FRAME,
    OV_STREAM_INPUT,
    OV_STREAM_NOISE,
    OV_STREAM_ORDER,
    OV_STREAM_ZEROS,
    OV_STREAM_FLIP,
    OV_STREAM_TEST,
};

/* Initial weights of the run with this key.
 *   out  w (K,N), w_star (M,N) row-major, v (K); needs N >= ov_problem_least_N
 * Fixed starts are embedded through their joint Cholesky factor in a random orthonormal frame of
 * K + M directions, so that the overlaps measured agree with the given ones to 1e-12.
 * Returns OV_OK, OV_ENOMEM, or OV_EDOM. */
OV_NODISCARD enum ov_status ov_start_weights(double *w, double *w_star, double *v,
                                             const struct ov_problem *p, uint64_t key,
                                             struct ov_error *err);

/* Initial overlaps of the run with this key: exact for a fixed start (the key is not used and N may
 * be 0, unless weights are given), else measured on the very weights that ov_start_weights gives.
 *   out  o   created with K and M; all of it is written
 * Returns OV_OK, OV_ENOMEM, or OV_EDOM. */
OV_NODISCARD enum ov_status ov_start_overlaps(struct ov_overlaps *o, const struct ov_problem *p,
                                              uint64_t key, struct ov_error *err);

/* The same in the blocks of p->blocks: of a fixed start the given ones, or block l's share of each
 * overlap; else measured, block by block, on the weights that ov_start_weights gives.
 *   out  o   created by ov_overlaps_create_blocks with L of p->blocks, K and M; all of it is written
 * Returns OV_OK, OV_ENOMEM, or OV_EDOM (a start that needs directions with blocks->N = 0). */
OV_NODISCARD enum ov_status ov_start_blocks(struct ov_overlaps *o, const struct ov_problem *p,
                                            uint64_t key, struct ov_error *err);

#endif
