/* SPDX-License-Identifier: MIT
 *
 * A curve computed here and now, for programs that use the library: from the text of an experiment to
 * numbers in memory, the same that `overlap run` writes into the curve's table.
 */
#ifndef OVERLAP_RUN_COMPUTE_H
#define OVERLAP_RUN_COMPUTE_H

#include <stddef.h>
#include <stdint.h>

#include "overlap/base/status.h"
#include "overlap/experiment/experiment.h"

/* What one side of a curve gives: run after run, each of n_row rows of n_col columns; the first column is
 * the time. */
struct ov_rows {
    size_t n_run, n_row, n_col;
    uint64_t first;     /* seed of the first run; 0: nothing depends on the seed */
    char (*column)[32]; /* owned; (n_col) "alpha", "eps_g", "Q_0_0", … */
    double *rows;       /* owned; (n_run, n_row, n_col) row-major */
    double *
        diverged_at; /* owned; (n_run) when a run diverged, whose rows from there on are NaN; NaN: it did not */
};

/* One side of one curve.
 *   out  rows     owned by the caller (ov_rows_free); empty on error
 *   in   systems  those that there are: ov_systems (systems/systems.h)
 *   in   text     of experiment.yaml; JSON is YAML. Claims are not read.
 *   in   curve    its id; NULL: the first one
 *   in   side     OV_THEORY or OV_SGD
 *   in   stream   of random numbers, from 1 on
 * In this thread, and without a limit of time: for many long runs write an experiment. Arrays that a run
 * gives besides its rows are computed and dropped.
 * Returns OV_OK; OV_EUSER (what ov_experiment_load says, "text:LINE:COLUMN: …"; no such curve; a side that it has
 * not; stream 0); OV_EDIVERGED where the curve has on_divergence: fail or comes in pieces, OV_ENUMERIC, with the seed; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_compute(struct ov_rows *rows, const struct ov_system *const *systems,
                                       const char *text, const char *curve, enum ov_side side,
                                       uint64_t stream, struct ov_error *err);
void ov_rows_free(struct ov_rows *rows); /* NULL-safe */

#endif
