/* SPDX-License-Identifier: MIT
 *
 * Results as readers of them see them: a curve's two tables, each with the state of its key.
 */
#ifndef OVERLAP_STORE_RESULTS_H
#define OVERLAP_STORE_RESULTS_H

#include <stddef.h>
#include <stdint.h>

#include "overlap/base/status.h"
#include "overlap/experiment/experiment.h"
#include "overlap/store/table.h"

enum ov_state {
    OV_VALID,    /* there, whole, and under the present key */
    OV_MISSING,  /* not there */
    OV_STALE,    /* there and whole, but of other parameters, seeds or sources */
    OV_BROKEN,   /* truncated or edited */
    OV_NOT_ASKED /* the experiment does not ask for this side */
};
const char *ov_state_name(enum ov_state s); /* "valid", "missing", … */

/* One side of one curve. Rows are grouped by seed (column 0 of the table is "seed"), each group the
 * same times in the same order. */
struct ov_result {
    enum ov_state state;
    struct ov_table table; /* filled where VALID or STALE */
    char why[512];         /* where not VALID: one line */
    size_t n_seed, n_time; /* groups and rows a group */
    double *diverged_at;   /* (n_seed) when a group's run diverged: its later rows are nan; NaN: it
                              did not; owned */
};

/* Reads OUT/CURVE.SIDE.csv. Never fails for what is on disk: that is the state.
 *   in   quantity  the columns, at most OV_QUANTITIES_MAX, whose cells are read besides seed and
 *                  time, NULL at the end (names that the table lacks are passed over); NULL: all */
enum { OV_QUANTITIES_MAX = 4 };
void ov_result_read(struct ov_result *r, const char *out, const struct ov_experiment *e,
                    const struct ov_curve *c, enum ov_side side, const char *const *quantity);
void ov_result_free(struct ov_result *r); /* NULL-safe, twice-safe */

/* Cell of seed group i, time j, column k, which was read. */
static inline double ov_result_at(const struct ov_result *r, size_t i, size_t j, size_t k)
{
    return r->table.cell[k][i * r->n_time + j];
}

/* True if group i diverged: cells of it may be nan. */
static inline bool ov_result_diverged(const struct ov_result *r, size_t i)
{
    return r->diverged_at[i] == r->diverged_at[i];
}

/* The theory group that belongs to simulation group i: the one of the same seed, or the only one
 * (seed 0); -1 if there is none. */
int ov_result_partner(const struct ov_result *theory, const struct ov_result *sgd, size_t i);

/* Keeps in OUT/CURVE.SIDE.failed, for readers of what is then missing, why the result with this key
 * could not be computed; text NULL: it could, and the file goes. A file that can't be written is no
 * error: what failed has been said. */
void ov_failure_write(const char *out, const struct ov_curve *c, enum ov_side side, const char *key,
                      const char *text);

/* The default output directory of an experiment: "build/results/NAME", allocated. */
char *ov_results_dir(const struct ov_experiment *e);

#endif
