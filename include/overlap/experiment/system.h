/* SPDX-License-Identifier: MIT
 *
 * What a system is: one const struct. A system reads a curve's parameters into its problem
 * and runs either side of it; everything else (jobs, tables, claims, figures) does not know
 * physics.
 */
#ifndef OVERLAP_EXPERIMENT_SYSTEM_H
#define OVERLAP_EXPERIMENT_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "overlap/base/status.h"
#include "overlap/base/text.h"
#include "overlap/base/tick.h"
#include "overlap/config/schema.h"

enum ov_side { OV_THEORY, OV_SGD };

/* "theory" or "sgd": the word in file names and tables. */
const char *ov_side_name(enum ov_side side);

struct ov_system {
    const char *name; /* the word in experiment.yaml */
    const char *doc;
    const struct ov_key *keys; /* a curve's parameters; theory and sgd among them */

    /* Reads and checks a curve's parameters.
     *   out  state   the curve's problem, opaque; freed by `release`
     *   in   params  the curve's map, read against `keys`
     * Returns OV_OK, or OV_EUSER reported at the place of the value at fault. */
    enum ov_status (*prepare)(void **state, struct ov_value *params, struct ov_error *err);
    void (*release)(void *state); /* NULL-safe */

    /* How many runs a side has (0: this side is not asked for) and their seeds' numbers, which are
     * first, first + 1, …: (0 and 1 run) where a side does not depend on the seed, else from 1. */
    size_t (*runs)(const void *state, enum ov_side side, uint64_t *first);

    /* A run's result: n_row rows of n_col columns, the first column of which is time. */
    size_t (*n_row)(const void *state, enum ov_side side);
    size_t (*n_col)(const void *state, enum ov_side side);
    /* "alpha", "eps_g", "Q_0_0", … and, for the comments above a table, what they mean. */
    void (*column)(char name[32], const void *state, enum ov_side side, size_t i);
    /* How many columns from the first on are times (that one in other units), and so no quantities
     * to compare or claim; 0 counts as 1. */
    size_t n_time;
    /* True for columns that are nan where the number does not exist; NULL: none. Elsewhere a
     * number that is not finite fails the job. */
    bool (*may_be_nan)(const void *state, enum ov_side side, size_t i);
    const char *(*columns_doc)(const void *state, enum ov_side side);

    /* Everything besides the seed that determines a run's numbers, one "key: value" line each in a
     * fixed order: the text that result keys are made of. `problem` leaves out what does not change
     * the random numbers (the times of measurement, the engine): random keys are made of that, so
     * that theory and simulation of a seed start from the same weights. */
    void (*describe)(struct ov_text *out, const void *state, enum ov_side side);
    void (*problem)(struct ov_text *out, const void *state);

    /* The modules whose code computes this side ("theory/online"), NULL at the end; what they
     * include is added by provenance. */
    const char *const *(*modules)(const void *state, enum ov_side side);

    /* Runs that are made together, at most `group` of them (1 where that brings nothing). What a
     * run gives must not depend on the runs made with it. out  rows   (n, n_row, n_col) in   key
     * (n) the runs' random keys: functions of `problem` and the seeds' numbers in   tick   told the
     * work done, summed over the runs */
    size_t (*group)(const void *state, enum ov_side side);
    enum ov_status (*run)(double *rows, const void *state, enum ov_side side, const uint64_t *key,
                          size_t n, const struct ov_tick *tick, struct ov_error *err);
    /* Work of one run in the units that run's tick counts (steps), for progress; 0 if not known. */
    uint64_t (*work)(const void *state, enum ov_side side);
    /* Bytes that one process of this side allocates besides its rows, as good as can be told
     * before, checkpoints included; for `plan`, and against runs that don't fit. NULL: not known.
     */
    double (*memory)(const void *state, enum ov_side side);

    /* A parameter or derived quantity by the name it has in formulas ("K", "eta_w", "L" = K - M).
     * False if there is none. `variables` lists all names (NULL at the end) for suggestions. */
    bool (*variable)(double *x, const void *state, const char *name);
    const char *const *variables;
};

/* For keys that may depend on the tier, such as seeds: {quick: 2, ci: 10, full: 100}. A key whose
 * `map` is this table reaches `prepare` as the plain number that the tier picked. */
extern const struct ov_key ov_tier_keys[];

#endif
