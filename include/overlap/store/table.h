/* SPDX-License-Identifier: MIT
 *
 * The tables on disk: CSV of numbers in %.17g, one header row, '#' comment lines above it with
 * provenance, and a last line
 *     # sha256: HEX
 * that hashes every byte before it, so that a truncated or edited table can't pass for a result.
 */
#ifndef OVERLAP_STORE_TABLE_H
#define OVERLAP_STORE_TABLE_H

#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/base/text.h"

struct ov_table {
    size_t n_col, n_row;
    char **column;  /* (n_col) owned */
    double **cell;  /* (n_col) columns of n_row each; NULL where it was not asked for; owned */
    char *comments; /* the lines above the header with their "# ", each ending in '\n'; owned */
};

void ov_table_free(struct ov_table *t); /* NULL-safe, twice-safe */

/* Index of a column, or -1. */
int ov_table_find(const struct ov_table *t, const char *name);

/* The value of the line "# key: value" among the comments that a text begins with, allocated; NULL
 * if there is none. */
char *ov_comment_find(const char *text, const char *key);
char *ov_table_comment(const struct ov_table *t, const char *key);

/* Appends one row of cells in %.17g and its newline; what is not finite is nan, inf or -inf. */
void ov_table_print_row(struct ov_text *out, const double *cell, size_t n);
/* Ends any text of complete lines with its hash line. */
void ov_table_seal(struct ov_text *text);

/* Checks the seal of a text that was read from `path`.
 *   out  end  where the hash line starts
 * Returns OV_OK; OV_EUSER as ov_table_read for a missing or wrong hash. */
OV_NODISCARD enum ov_status ov_table_check(size_t *end, const struct ov_text *text,
                                           const char *path, struct ov_error *err);

/* Reads a table's text and checks its seal, no more.
 *   out  text  replaced by the whole file, its seal right or wrong; empty where it can't be read
 *   out  n     bytes before the hash line
 * Returns OV_OK; OV_EUSER as ov_table_read for a missing file and a missing or wrong hash;
 * OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_table_load(struct ov_text *text, size_t *n, const char *path,
                                          struct ov_error *err);

/* Reads and checks a table.
 *   in   wanted  the names of the columns whose cells are read, NULL at the end; NULL: all
 * Returns OV_OK; OV_EUSER with "PATH:LINE:COLUMN: error: …" for a missing file, a missing or wrong
 * hash ("truncated" where the last line is no hash, "edited" where it differs), a ragged row, a
 * cell read that is no number, duplicate columns; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_table_read(struct ov_table *t, const char *path,
                                          const char *const *wanted, struct ov_error *err);

#endif
