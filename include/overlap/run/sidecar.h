/* SPDX-License-Identifier: MIT
 *
 * The JSON file beside a table: what is needed to rerun it and to know what changed since, and all
 * that must not be in the table itself (commit, versions, CPU, clock, command).
 */
#ifndef OVERLAP_RUN_SIDECAR_H
#define OVERLAP_RUN_SIDECAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "overlap/base/status.h"
#include "overlap/base/text.h"
#include "overlap/run/jobs.h"

/* Writes OUT/CURVE.SIDE.json. */
OV_NODISCARD enum ov_status ov_sidecar_write(const struct ov_batch *b, const char *command,
                                             double seconds, struct ov_error *err);

/* The inputs recorded in a batch's sidecar, as ov_inputs prints them, and its seeds.
 *   out  inputs  replaced; empty where there is no readable sidecar
 *   out  n_seed  0 then */
void ov_sidecar_inputs(struct ov_text *inputs, size_t *n_seed, const struct ov_batch *b);

/* What a sidecar says of the time that its runs took.
 *   out  inputs  replaced; of those runs
 *   out  cost    CPU time; work: steps of one such run, 0 where not known
 * Returns false where it says nothing. */
bool ov_sidecar_cost(struct ov_text *inputs, struct ov_cost *cost, uint64_t *work, const char *out,
                     const struct ov_curve *c, enum ov_side side);

/* Until a table stands, and with it a sidecar, OUT/jobs has a file of what its runs took that are
 * stored already: a line "SECONDS JOBS" for each block of them. */
void ov_cost_note(const struct ov_batch *b, double seconds, size_t n_job);
/* All of it together; n_run is 0 where there is none, n_piece 1: jobs count. */
struct ov_cost ov_cost_noted(const struct ov_batch *b);
void ov_cost_forget(const struct ov_batch *b);

/* "abcdef012345" of the build, "+" at its end where the tree had changes; "unknown". */
const char *ov_build_commit(void);

#endif
