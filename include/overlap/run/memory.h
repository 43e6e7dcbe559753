/* SPDX-License-Identifier: MIT
 *
 * How much memory a plan takes, and whether this machine has it: known before anything runs.
 */
#ifndef OVERLAP_RUN_MEMORY_H
#define OVERLAP_RUN_MEMORY_H

#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/base/text.h"
#include "overlap/run/jobs.h"

/* Bytes of memory of this machine; INFINITY if it does not say. */
double ov_machine_memory(void);

/* Bytes that one process of a batch takes, its rows and its checkpoint included; 0 where the system
 * does not say. */
double ov_batch_memory(const struct ov_batch *b);

/* The most that `workers` processes can take at once: the sum of the largest of those to do. */
double ov_plan_memory(const struct ov_plan *plan, size_t workers);

/* The largest number of processes, at most `workers`, at least 1, for which that is at most
 * `limit` bytes. */
size_t ov_plan_workers_within(const struct ov_plan *plan, size_t workers, double limit);

/* Returns OV_OK, or OV_EUSER naming the first batch with runs to do of which one process alone
 * takes more than `limit` bytes. */
OV_NODISCARD enum ov_status ov_plan_check_memory(const struct ov_plan *plan, double limit,
                                                 struct ov_error *err);

/* "3.2 MB", "16 GB". */
void ov_text_add_bytes(struct ov_text *t, double bytes);

/* CPUs that this process may use (sched_getaffinity; SLURM_CPUS_PER_TASK, if less), at least 1. */
size_t ov_machine_cpus(void);

#endif
