/* SPDX-License-Identifier: MIT
 *
 * What of a run's rows is a number, and what is left of one that diverges.
 */
#ifndef OVERLAP_RUN_ROWS_INTERNAL_H
#define OVERLAP_RUN_ROWS_INTERNAL_H

#include <math.h>
#include <stdbool.h>

#include "overlap/experiment/system.h"

static inline bool ov_rows_may_be_nan(const struct ov_column *column, bool diverged)
{
    return column->may_be_nan || (diverged && column->role == OV_ROLE_WHOLE);
}

/* The first cell of a job that is neither finite nor missing by right; as many as there are if there
 * is none. */
static inline size_t ov_rows_first_bad(const double *rows, const struct ov_side_plan *side,
                                       bool diverged)
{
    size_t i = 0, n = ov_side_piece_rows(side) * side->n_col;
    while (i < n &&
           (isfinite(rows[i]) ||
            (isnan(rows[i]) && ov_rows_may_be_nan(&side->column[i % side->n_col], diverged))))
        i++;
    return i;
}

/* From the first row that a diverged run has not reached on, there is nothing but the time. */
static inline void ov_rows_cut_off(double *rows, const struct ov_side_plan *side)
{
    size_t n_col = side->n_col;
    for (size_t j = ov_rows_first_bad(rows, side, true) / n_col; j < side->n_row; j++) {
        rows[j * n_col] = side->time[j];
        for (size_t i = 1; i < n_col; i++)
            rows[j * n_col + i] = NAN;
    }
}

#endif
