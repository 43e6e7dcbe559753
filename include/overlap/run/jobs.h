/* SPDX-License-Identifier: MIT
 *
 * Jobs: one run (curve, side, seed) each. A job's rows are stored as OUT/jobs/KEY.csv; a curve's
 * table OUT/CURVE.SIDE.csv is put together from them when all are there. What has a valid result
 * under its key is never computed again, so a kill at any moment costs at most the runs under way,
 * and the bytes depend on nothing but keys.
 */
#ifndef OVERLAP_RUN_JOBS_H
#define OVERLAP_RUN_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "overlap/base/status.h"
#include "overlap/base/text.h"
#include "overlap/base/tick.h"
#include "overlap/store/checkpoint.h"
#include "overlap/experiment/experiment.h"
#include "overlap/store/provenance.h"

struct ov_job {
    uint64_t seed;
    char key[OV_KEY_SIZE]; /* of the result; empty where a valid table stands for all */
    bool valid;            /* its result is there and whole */
    bool left_out;         /* the caller doesn't want it run now */
};

/* All runs of one side of one curve. */
struct ov_batch {
    const struct ov_experiment *experiment;
    const struct ov_curve *curve;
    enum ov_side side;
    char *out;             /* the experiment's output directory */
    char *inputs;          /* what the results are a function of, besides the seed */
    char key[OV_KEY_SIZE]; /* of the curve's table */
    bool table_valid;      /* the table is there, whole and under its key */
    struct ov_job *job;    /* (n_job) seeds ascending; all owned */
    size_t n_job;
    size_t n_diverged;     /* of the table put together: runs that diverged, and when the first */
    double first_diverged; /* one did */
};

static inline const struct ov_side_plan *ov_batch_side(const struct ov_batch *b)
{
    return &b->curve->side[b->side];
}

struct ov_plan {
    struct ov_batch *batch; /* (n_batch) in the order of the curves, theory before sgd */
    size_t n_batch;
    bool some_seeds;      /* set before anything is added: as if curves had only the runs with */
    uint64_t first, last; /* these seeds; a table then has those */
};

/* Appends all runs of an experiment with the state of their results below `out`.
 *   in   curve_id  only this curve or group; NULL: all
 * The experiment must outlive the plan.
 * Returns OV_OK; OV_EUSER if no curve has that id; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_plan_add(struct ov_plan *plan, const struct ov_experiment *e,
                                        const char *out, const char *curve_id,
                                        struct ov_error *err);
void ov_plan_free(struct ov_plan *plan); /* NULL-safe, twice-safe */

/* True if a job has no valid result and isn't left out. */
static inline bool ov_job_todo(const struct ov_job *job)
{
    return !job->valid && !job->left_out;
}
size_t ov_plan_todo(const struct ov_plan *plan); /* how many of those */
size_t ov_batch_todo(const struct ov_batch *b);
/* How many jobs of a batch have a valid result. */
size_t ov_batch_valid(const struct ov_batch *b);

/* Why a batch has something to do, in one line: "no result yet", "eta_w: 0.2 -> 0.1",
 * "src/sim/weights.c changed", "truncated: …"; nothing if it has not. */
void ov_batch_why(struct ov_text *why, const struct ov_batch *b);

/* Path of a job's stored rows, allocated. */
char *ov_job_path(const struct ov_batch *b, const struct ov_job *job);

enum { OV_GROUP_MAX = 64 }; /* jobs that one process may be given together */

/* Computes jobs of one batch together and stores the rows of each. If that fails, they are computed
 * one by one, so that what can be had is stored.
 *   in   job    (n) pointers, 1 <= n <= OV_GROUP_MAX
 *   in   parts  how runs under way are kept (store/checkpoint.h), or NULL: not at all
 * Returns OV_OK, or the first failure: what the system's `run` says, with the seed if n > 1;
 * OV_ENUMERIC where a number came out non-finite; OV_EIO. */
OV_NODISCARD enum ov_status ov_jobs_run(const struct ov_batch *b, struct ov_job *const *job,
                                        size_t n, const struct ov_part_options *parts,
                                        const struct ov_tick *tick, struct ov_error *err);

/* True if the stored rows of a job are there and whole. */
bool ov_job_stored(const struct ov_batch *b, const struct ov_job *job);

/* Puts the table of a batch together from its jobs, and writes it with its sidecar.
 *   in   command  for the sidecar, or NULL; seconds: since this command started
 * Returns OV_OK; OV_EUSER if a job's result is not there or broken; OV_EIO; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_batch_assemble(struct ov_batch *b, const char *command,
                                              double seconds, struct ov_error *err);

#endif
