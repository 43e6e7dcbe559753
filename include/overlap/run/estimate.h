/* SPDX-License-Identifier: MIT
 *
 * How much CPU time a plan will take, as far as earlier runs tell.
 */
#ifndef OVERLAP_RUN_ESTIMATE_H
#define OVERLAP_RUN_ESTIMATE_H

#include "overlap/base/text.h"
#include "overlap/run/jobs.h"

/* Seconds of CPU time that the runs to do of a batch will take, from what those
 * took that are stored already, else the runs of the curve's last table: in `out`, else in build/results/NAME. Where the work is known (simulation), the
 * time of a step of the same simulator, whatever else has changed; where it is not (theory), the
 * time of a run of the same parameters, whatever has changed of the code or the random numbers. NaN where nothing tells. */
double ov_batch_seconds(const struct ov_batch *b);

/* That for people: "12 s"; "40M steps" where the work alone is known; "unknown"; nothing where there
 * is nothing to do. */
void ov_batch_estimate(struct ov_text *t, const struct ov_batch *b);

/* All of a plan in one line: "about 12 min of CPU time, 40M steps, and theory of 3 curves, of unknown
 * time"; `workers`: processes at once, among which it is divided. */
void ov_plan_estimate(struct ov_text *t, const struct ov_plan *plan, size_t workers);

#endif
