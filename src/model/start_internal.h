/* SPDX-License-Identifier: MIT
 *
 * What the starts of start.c and, in blocks, of start_blocks.c share.
 */
#ifndef OVERLAP_MODEL_START_INTERNAL_H
#define OVERLAP_MODEL_START_INTERNAL_H

#include "overlap/model/start.h"

/* v (K) of the run with this key. */
void ov_start_second_layer(double *v, const struct ov_problem *p, uint64_t key);

/* Q, R and T of a fixed start, without blocks. */
void ov_start_fixed_overlaps(struct ov_overlaps *o, const struct ov_problem *p);

/* From overlaps that are known without any weights. */
bool ov_start_is_embedded(const struct ov_problem *p);

/* Makes rows first … rows-1 of f (rows,N) orthogonal to all rows before them, of squared length N.
 * Rows before `first` are so already. */
void ov_start_orthonormalise(double *f, size_t first, size_t rows, size_t N);

/* From overlaps of p->blocks that are known without any weights. */
bool ov_start_is_embedded_in_blocks(const struct ov_problem *p);

/* Weights of such a start: in each block the joint Cholesky factor of its overlaps in a random frame
 * of its own directions. OV_EDOM where a block has too few of them, or shares some. */
OV_NODISCARD enum ov_status ov_start_embed_blocks(double *w, double *w_star,
                                                  const struct ov_problem *p, uint64_t key,
                                                  struct ov_error *err);

#endif
