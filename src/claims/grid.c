/* SPDX-License-Identifier: MIT */
#include "grid.h"

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

static void print_row(struct ov_text *out, const struct ov_text *row, const size_t *width,
                      size_t n_column)
{
    while (n_column > 0 && row[n_column - 1].len == 0)
        n_column--;
    for (size_t k = 0; k < n_column; k++) {
        size_t gap = k + 1 < n_column ? width[k] - ov_grid_width(row[k].s) + 2 : 0;
        ov_text_add(out, row[k].s ? row[k].s : "", row[k].len);
        ov_text_addf(out, "%*s", (int)gap, "");
        out->failed = out->failed || row[k].failed;
    }
    ov_text_addf(out, "\n");
}

void ov_grid_print(struct ov_text *out, struct ov_grid *g)
{
    size_t width[OV_GRID_COLUMNS] = {0}, n_cell = g->n_row * OV_GRID_COLUMNS;
    for (size_t i = 0; i < n_cell; i++) {
        clean(&g->cell[i]);
        size_t w = ov_grid_width(g->cell[i].s);
        if (w > width[i % OV_GRID_COLUMNS])
            width[i % OV_GRID_COLUMNS] = w;
    }
    for (size_t i = 0; i < g->n_row; i++)
        print_row(out, g->cell + i * OV_GRID_COLUMNS, width, g->n_column);
    out->failed = out->failed || g->spare[0].failed;
    for (size_t i = 0; i < n_cell; i++)
        ov_text_free(&g->cell[i]);
    for (size_t k = 0; k < OV_GRID_COLUMNS; k++)
        ov_text_free(&g->spare[k]);
    free(g->cell);
    *g = (struct ov_grid){0};
}
