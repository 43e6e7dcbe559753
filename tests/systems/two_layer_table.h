/* SPDX-License-Identifier: MIT
 *
 * A table that a curve of system two-layer gives, and its cells.
 */
#ifndef OVERLAP_TESTS_SYSTEMS_TWO_LAYER_TABLE_H
#define OVERLAP_TESTS_SYSTEMS_TWO_LAYER_TABLE_H

#include <stdlib.h>
#include <string.h>

#include "overlap/systems/systems.h"
#include "two_layer_cases.h"

struct table {
    struct ov_experiment *e;
    const struct ov_side_plan *plan;
    double *rows;
};

/* Of the first curve of text and what is added to it. */
static inline struct table run_table(const char *text, const char *more, enum ov_side side,
                                     uint64_t key)
{
    struct table t = {.e = load_more(text, more)};
    t.plan = &t.e->curve[0].side[side];
    t.rows = calloc(t.plan->n_row * t.plan->n_col, sizeof *t.rows);
    ck_ok(ov_system_two_layer.run(t.rows, &t.e->curve[0], side, &key, 1, NULL, NULL));
    return t;
}

static inline size_t column(const struct table *t, const char *name)
{
    size_t i = 0;
    while (strcmp(t->plan->column[i].name, name) != 0)
        ck_assert_uint_lt(++i, t->plan->n_col);
    return i;
}

static inline double cell(const struct table *t, size_t row, const char *name)
{
    return t->rows[row * t->plan->n_col + column(t, name)];
}

static inline void free_table(struct table *t)
{
    free(t->rows);
    ov_experiment_free(t->e);
}

#endif
