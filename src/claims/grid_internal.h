/* SPDX-License-Identifier: MIT
 *
 * Tables for people: columns as wide as their widest cell, texts of UTF-8.
 */
#ifndef OVERLAP_CLAIMS_GRID_INTERNAL_H
#define OVERLAP_CLAIMS_GRID_INTERNAL_H

#include <stddef.h>

#include "overlap/base/text.h"

enum { OV_GRID_COLUMNS = 8 };

struct ov_grid {
    struct ov_text *cell; /* (n_row, OV_GRID_COLUMNS); owned */
    size_t n_row, n_column;
    struct ov_text spare[OV_GRID_COLUMNS]; /* what is written where memory ran out */
};

/* A new row of n_column <= OV_GRID_COLUMNS empty cells, to be filled with ov_text_addf; never
 * NULL. */
struct ov_text *ov_grid_row(struct ov_grid *g, size_t n_column);

/* Characters of a text: its bytes without those that continue a character. */
size_t ov_grid_width(const char *s);

/* What to put in front of a cell that a terminal shows in colour; NULL or "": nothing. */
typedef const char *ov_grid_paint(const char *cell);

/* Appends the table, columns two spaces apart, nothing behind the last cell of a row that is not
 * empty; control bytes become '?'. Frees the grid. out->failed where memory ran out.
 *   in   paint  asked for every cell of column number `painted`; NULL: no colour */
void ov_grid_print(struct ov_text *out, struct ov_grid *g, size_t painted, ov_grid_paint *paint);

/* Cuts a cell to so many characters, the last of them "…". */
void ov_grid_cut(struct ov_text *cell, size_t width);

#endif
