/* SPDX-License-Identifier: MIT
 *
 * Cells of text in columns of equal width, counted in characters and not in bytes.
 */
#include "grid_internal.h"

#include <stdlib.h>

struct ov_text *ov_grid_row(struct ov_grid *g, size_t n_column)
{
    struct ov_text *room = realloc(g->cell, (g->n_row + 1) * OV_GRID_COLUMNS * sizeof *room);
    if (!room) {
        g->spare[0].failed = true;
        return g->spare;
    }
    g->cell = room;
    struct ov_text *row = room + g->n_row++ * OV_GRID_COLUMNS;
    for (size_t k = 0; k < OV_GRID_COLUMNS; k++)
        row[k] = (struct ov_text){0};
    g->n_column = n_column > g->n_column ? n_column : g->n_column;
    return row;
}

size_t ov_grid_width(const char *s)
{
    size_t n = 0;
    for (; s && *s; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

static void clean(struct ov_text *t)
{
    for (size_t i = 0; i < t->len; i++)
        if ((unsigned char)t->s[i] < 0x20 || t->s[i] == 0x7f)
            t->s[i] = '?';
}

void ov_grid_cut(struct ov_text *cell, size_t width)
{
    static const char dots[] = "\xe2\x80\xa6";
    if (cell->failed || ov_grid_width(cell->s) <= width)
        return;
    size_t i = 0;
    for (size_t n = 0; n < width; i++) /* to the start of the character that has to go */
        n += ((unsigned char)cell->s[i] & 0xc0) != 0x80;
    cell->len = i - 1;
    ov_text_add(cell, dots, sizeof dots - 1);
}

static void add_cell(struct ov_text *out, const struct ov_text *cell, const char *colour)
{
    bool plain = !colour || !*colour;
    if (!plain)
        ov_text_addf(out, "%s", colour);
    ov_text_add(out, cell->s ? cell->s : "", cell->len);
    if (!plain)
        ov_text_addf(out, "\033[0m");
    out->failed = out->failed || cell->failed;
}

void ov_grid_print(struct ov_text *out, struct ov_grid *g, size_t painted, ov_grid_paint *paint)
{
    size_t width[OV_GRID_COLUMNS] = {0}, n_cell = g->n_row * OV_GRID_COLUMNS;
    for (size_t i = 0; i < n_cell; i++) {
        clean(&g->cell[i]);
        size_t w = ov_grid_width(g->cell[i].s);
        if (w > width[i % OV_GRID_COLUMNS])
            width[i % OV_GRID_COLUMNS] = w;
    }
    for (size_t i = 0; i < g->n_row; i++) {
        const struct ov_text *row = g->cell + i * OV_GRID_COLUMNS;
        size_t n = g->n_column;
        while (n > 0 && row[n - 1].len == 0)
            n--;
        for (size_t k = 0; k < n; k++) {
            size_t gap = k + 1 < n ? width[k] - ov_grid_width(row[k].s) + 2 : 0;
            add_cell(out, &row[k], paint && k == painted && row[k].s ? paint(row[k].s) : NULL);
            ov_text_addf(out, "%*s", (int)gap, "");
        }
        ov_text_addf(out, "\n");
    }
    out->failed = out->failed || g->spare[0].failed;
    for (size_t i = 0; i < n_cell; i++)
        ov_text_free(&g->cell[i]);
    for (size_t k = 0; k < OV_GRID_COLUMNS; k++)
        ov_text_free(&g->spare[k]);
    free(g->cell);
    *g = (struct ov_grid){0};
}
