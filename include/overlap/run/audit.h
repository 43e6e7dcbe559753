/* SPDX-License-Identifier: MIT
 *
 * Audits: stored runs, chosen by chance, are made again and compared byte by byte. A hash finds
 * what was damaged; only a rerun finds what was edited with its hash, or what another machine,
 * compiler or grouping of runs computes otherwise.
 */
#ifndef OVERLAP_RUN_AUDIT_H
#define OVERLAP_RUN_AUDIT_H

#include <stddef.h>
#include <stdint.h>

#include "overlap/base/status.h"
#include "overlap/run/jobs.h"
#include "overlap/run/runner.h"

enum ov_audit_state { OV_AUDIT_SAME, OV_AUDIT_DIFFERS, OV_AUDIT_FAILED };

struct ov_audit_item {
    const struct ov_batch *batch; /* of the plan */
    const struct ov_job *job;
    enum ov_audit_state state;
    char
        why[512]; /* DIFFERS: file, row of the run, what is stored there and what the rerun gives */
};

struct ov_audit {
    struct ov_audit_item *item; /* (n) in the order of the plan; owned */
    size_t n, n_stored;         /* n_stored: jobs that the choice was made among */
    size_t n_same, n_differs, n_failed;
};

/* Chooses min(n, stored) of the plan's stored runs, in a block or in a table. The choice is a
 * function of the seed (a hash) and of which runs are stored. OV_OK; OV_EUSER where nothing is
 * stored; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_audit_choose(struct ov_audit *audit, const struct ov_plan *plan,
                                            size_t n, uint64_t seed, struct ov_error *err);

/* Runs each of them alone, below the directory `scratch`, and compares its rows, text by text.
 *   in   scratch  an empty directory; the caller removes it with what is in it
 * Returns OV_OK also where runs differ or fail (see the items; err then tells the failures, a line
 * each); OV_EIO; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_audit_run(struct ov_audit *audit, const char *scratch,
                                         const struct ov_run_options *options,
                                         struct ov_error *err);
void ov_audit_free(struct ov_audit *audit); /* NULL-safe */

#endif
