/* SPDX-License-Identifier: MIT
 *
 * Tables with numbers of a test's choice, written as the program writes its own: rows by
 * ov_table_print_row, sealed by ov_table_seal.
 */
#ifndef OVERLAP_TESTS_STORE_MAKE_TABLE_H
#define OVERLAP_TESTS_STORE_MAKE_TABLE_H

#include <stdlib.h>
#include <string.h>

#include "overlap/store/table.h"

/* Zero cells, no comments, columns without names. */
static inline void table_make(struct ov_table *t, size_t n_row, size_t n_col)
{
    *t = (struct ov_table){.n_row = n_row, .n_col = n_col};
    t->column = calloc(n_col + 1, sizeof *t->column);
    t->cell = calloc(n_col + 1, sizeof *t->cell);
    for (size_t j = 0; j < n_col; j++)
        t->cell[j] = calloc(n_row + 1, sizeof *t->cell[j]);
    t->comments = strdup("");
}

static inline void table_name(struct ov_table *t, size_t column, const char *name)
{
    free(t->column[column]);
    t->column[column] = strdup(name);
}

/* Takes over the comments, which are allocated. */
static inline void table_comment(struct ov_table *t, char *comments)
{
    free(t->comments);
    t->comments = comments;
}

static inline void table_print(struct ov_text *out, const struct ov_table *t)
{
    ov_text_addf(out, "%s", t->comments);
    for (size_t j = 0; j < t->n_col; j++)
        ov_text_addf(out, "%s%s", j ? "," : "", t->column[j]);
    ov_text_addf(out, "\n");
    double *row = calloc(t->n_col + 1, sizeof *row);
    for (size_t i = 0; i < t->n_row; i++) {
        for (size_t j = 0; j < t->n_col; j++)
            row[j] = t->cell[j][i];
        ov_table_print_row(out, row, t->n_col);
    }
    free(row);
    ov_table_seal(out);
}

static inline enum ov_status table_write(const struct ov_table *t, const char *path,
                                         struct ov_error *err)
{
    struct ov_text text = {0};
    table_print(&text, t);
    enum ov_status status = ov_file_put(path, text.s, text.len, err);
    ov_text_free(&text);
    return status;
}

#endif
