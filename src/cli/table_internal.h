/* SPDX-License-Identifier: MIT
 *
 * What the files of `overlap table` share.
 */
#ifndef OVERLAP_CLI_TABLE_INTERNAL_H
#define OVERLAP_CLI_TABLE_INTERNAL_H

#include <stdio.h>

#include "cli.h"
#include "overlap/store/results.h"

enum { MOST_COLUMNS = 1024, NAME_ROOM = 128, TEXT_ROOM = 256 };
enum format { CSV, JSON, ALIGNED };

/* A cell: a number, or where text is not empty a text. */
struct cell {
    double x;
    char text[TEXT_ROOM];
};

/* What is asked for, and what was found. */
struct question {
    const struct ov_options *o;
    char name[MOST_COLUMNS][NAME_ROOM];
    bool has_error[MOST_COLUMNS]; /* of a mean: the column of errors is there */
    size_t n;                     /* columns */
    enum format format;
    struct cell
        *cell; /* (n_row, 2, n) owned: what each row has, and the errors of means, else nan */
    size_t n_row, room, n_missing;
};

/* One row of one table. */
struct place {
    const struct ov_experiment *e;
    const struct ov_curve *c;
    enum ov_side side;
    const struct ov_result *r;
    size_t seed, time;
};

/* A number of the row: a column of its table, or a parameter or variable of its curve. False: neither. */
bool ov_table_number(double *x, const struct place *p, const char *name);
/* A text of the row: whose it is, or what its table says of itself ("activation"). */
bool ov_table_text(char text[TEXT_ROOM], const struct place *p, const char *name);

/* Whether --where holds for the row: comparisons joined by `and`, those by `or`. OV_EUSER. */
OV_NODISCARD enum ov_status ov_table_where(bool *yes, const struct place *p, const char *where,
                                           struct ov_error *err);

/* All that was found, as q->format says. */
void ov_table_print(FILE *to, const struct question *q);

#endif
