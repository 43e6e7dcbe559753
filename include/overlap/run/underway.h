/* SPDX-License-Identifier: MIT
 *
 * What a run is at, for people in another terminal: OUT/jobs/PID.running has a line for each job
 * that takes long, and is there only while they do. Its first line says whose PID that is: of which machine and namespace.
 */
#ifndef OVERLAP_RUN_UNDERWAY_H
#define OVERLAP_RUN_UNDERWAY_H

#include <stddef.h>
#include <stdint.h>

#include "overlap/base/text.h"
#include "overlap/run/jobs.h"

/* "NAME: 1 min 05 s, 12.3k of at most 1M right-hand sides" where the work of the side is not known
 * and `total` is a limit; else "NAME: 12 s, 45 %".
 *   in   done, total  as the job's tick tells them (base/tick.h); total 0: nothing told yet
 *   in   seconds      since it was begun */
void ov_underway_add(struct ov_text *t, const struct ov_batch *b, const char *name, uint64_t done,
                     uint64_t total, double seconds);

/* Tells others that this process is at these lines; NULL, or none: at nothing. Where it can't be
 * written nothing is told: the run matters more. */
void ov_underway_write(const char *out, const char *lines);

/* What all processes are at below `out`: appends their lines; to `gone` (may be NULL) those of processes of
 * this machine that are not there any more. What has not been told anew for half a minute is of a
 * process that was killed, wherever, and left out. */
void ov_underway_read(struct ov_text *lines, struct ov_text *gone, const char *out);

/* Removes what killed processes left. */
void ov_underway_sweep(const char *out);

#endif
