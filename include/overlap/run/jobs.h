/* SPDX-License-Identifier: MIT
 *
 * Jobs: one run (curve, side, seed) each, or one piece of a run that comes in pieces
 * (experiment/system.h). They are stored by the block (store/blocks.h); a curve's
 * table OUT/CURVE.SIDE.csv is put together from them when all are there, and the blocks go. What is
 * stored for the same inputs is never computed again, so a kill at any moment costs at most a few
 * seconds and the runs under way, and the bytes of a table depend on nothing but its key.
 */
#ifndef OVERLAP_RUN_JOBS_H
#define OVERLAP_RUN_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "overlap/base/status.h"
#include "overlap/base/text.h"
#include "overlap/base/tick.h"
#include "overlap/store/blocks.h"
#include "overlap/store/checkpoint.h"
#include "overlap/experiment/experiment.h"
#include "overlap/store/provenance.h"

struct ov_job {
    uint64_t seed;
    size_t piece;  /* of the run; 0 where it is whole */
    bool valid;    /* its result is stored */
    bool left_out; /* the caller doesn't want it run now */
    bool failed;   /* it was tried, in vain */
    bool shared;   /* a batch before this one, of a curve with the same runs, computes it */
    bool pending;  /* computed, but not stored yet */
};

/* CPU time that jobs took, where it was measured. */
struct ov_cost {
    double seconds;        /* of all n_run together */
    size_t n_run, n_piece; /* n_piece: of a run, by a sidecar */
};

/* All runs of one side of one curve. */
struct ov_batch {
    const struct ov_experiment *experiment;
    const struct ov_curve *curve;
    enum ov_side side;
    char *out;    /* the experiment's output directory */
    char *inputs; /* what the results are a function of, besides the seed */
    char inputs_key[OV_KEY_SIZE];
    char key[OV_KEY_SIZE]; /* of the curve's table */
    bool table_valid;      /* the table is there, whole and under its key */
    struct ov_job *job;    /* (n_job) seeds ascending, of each its pieces in turn; all owned */
    size_t n_job, n_seed;
    struct ov_cost cost;   /* of those of its runs that were computed here */
    size_t n_diverged;     /* of the table put together: runs that diverged, and when the first */
    double first_diverged; /* one did */
};

static inline const struct ov_side_plan *ov_batch_side(const struct ov_batch *b)
{
    return &b->curve->side[b->side];
}

static inline struct ov_runs_of ov_batch_runs(const struct ov_batch *b)
{
    return (struct ov_runs_of){b->out, b->curve, b->side, b->inputs_key};
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
 * Returns OV_OK, or OV_EUSER if no curve has that id. */
OV_NODISCARD enum ov_status ov_plan_add(struct ov_plan *plan, const struct ov_experiment *e,
                                        const char *out, const char *curve_id,
                                        struct ov_error *err);
/* The same of several curves or groups, each curve once; of none: of all. */
OV_NODISCARD enum ov_status ov_plan_add_curves(struct ov_plan *plan, const struct ov_experiment *e,
                                               const char *out, const char *const *id, size_t n_id,
                                               struct ov_error *err);
void ov_plan_free(struct ov_plan *plan); /* NULL-safe, twice-safe */

/* Appends which jobs from … to - 1 of a batch are, as " seed 3", " seeds 1-4", and " seed 3, alpha =
 * 0.5" of pieces of one run; nothing where nothing depends on the seed. */
void ov_batch_say_jobs(struct ov_text *out, const struct ov_batch *b, size_t from, size_t to);

/* Looks again what of a batch is stored: sets table_valid and every job's `valid`. */
void ov_batch_look(struct ov_batch *b);

/* True if a job has no valid result, isn't left out, has not failed and isn't computed by another
 * batch. */
static inline bool ov_job_todo(const struct ov_job *job)
{
    return !job->valid && !job->left_out && !job->failed && !job->shared;
}
/* The job of `other` that is the same run as job number i of b: of the same inputs and seed, stored
 * in the same place, and a result under the same conditions; NULL if there is none. */
struct ov_job *ov_job_twin(const struct ov_batch *b, size_t i, const struct ov_batch *other);
size_t ov_plan_todo(const struct ov_plan *plan); /* how many of those */
size_t ov_batch_todo(const struct ov_batch *b);
/* How many jobs of a batch have a valid result. */
size_t ov_batch_valid(const struct ov_batch *b);

/* Why a batch has something to do, in one line: "no result yet", "no table yet: 30 of 64 runs are stored",
 * "eta_w: 0.2 -> 0.1",
 * "src/sim/weights.c changed", "truncated: …"; nothing if it has not. */
void ov_batch_why(struct ov_text *why, const struct ov_batch *b);

enum { OV_GROUP_MAX = 64 }; /* jobs that a system may be given together */

/* How many runs of the side are computed together: its `group`, from 1 to OV_GROUP_MAX. */
size_t ov_batch_group(const struct ov_batch *b);
/* How many jobs make a block: a multiple of the group, more where runs are short. A function of the
 * side's plan alone. */
size_t ov_batch_block(const struct ov_batch *b);

/* What ov_jobs_run tells its caller; each may be NULL. */
struct ov_jobs_hooks {
    /* n of the jobs from … to - 1 are computed next, together. */
    void (*begins)(void *ctx, size_t from, size_t to, size_t n);
    /* The job has no result, and why. */
    void (*failed)(void *ctx, size_t job, enum ov_status status, const char *why);
    void *ctx;
};

/* Computes the jobs from … to - 1 of a batch that are to do, group after group (those to do of
 * seeds 1 … group, group + 1 … 2 group, and so on, so that the same runs come together again after
 * a kill), and stores them in a block, or in several where they take longer than moments. A group
 * that fails is computed one by one, so that what can be had is stored. Stored jobs become valid.
 *   in   parts  how runs under way are kept (store/checkpoint.h), or NULL: not at all
 *   in   tick   told the work done in the present group
 * Returns OV_OK, or the first failure, with its seed: what the system's `run` says; OV_ENUMERIC
 * where a number came out non-finite; OV_EIO; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_jobs_run(const struct ov_batch *b, size_t from, size_t to,
                                        const struct ov_part_options *parts,
                                        const struct ov_jobs_hooks *hooks,
                                        const struct ov_tick *tick, struct ov_error *err);

/* Puts the table of a batch together from its stored runs, and writes it with its sidecar.
 * Blocks stay: the runner removes them once every table that wants their runs stands.
 *   in   command  for the sidecar, or NULL; seconds: since this command started
 * Returns OV_OK; OV_EUSER if a run is not stored; OV_EIO; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_batch_assemble(struct ov_batch *b, const char *command,
                                              double seconds, struct ov_error *err);

#endif
