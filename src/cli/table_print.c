/* SPDX-License-Identifier: MIT
 *
 * overlap table --format: CSV, a JSON object a line, or aligned columns.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "table_internal.h"

static void print_text(FILE *to, const char *s, enum format format)
{
    bool plain = format == ALIGNED || (format == CSV && !strpbrk(s, ",\"\n"));
    if (!plain)
        putc('"', to);
    for (; *s; s++) {
        if (!plain && *s == '"')
            putc(format == CSV ? '"' : '\\', to);
        else if (format == JSON && *s == '\\')
            putc('\\', to);
        putc(*s, to);
    }
    if (!plain)
        putc('"', to);
}

static void print_cell(FILE *to, const struct cell *c, enum format format, int width)
{
    char number[40] = "nan";
    if (*c->text) {
        print_text(to, c->text, format);
        if (format == ALIGNED)
            fprintf(to, "%*s", width > (int)strlen(c->text) ? width - (int)strlen(c->text) : 0, "");
        return;
    }
    if (isfinite(c->x))
        snprintf(number, sizeof number, format == ALIGNED ? "%.6g" : "%.17g", c->x);
    else if (format == JSON)
        strcpy(number, "null");
    else if (!isnan(c->x))
        strcpy(number, c->x < 0 ? "-inf" : "inf");
    fprintf(to, "%*s", format == ALIGNED ? -width : 0, number);
}

static int width_of(const struct question *q, size_t i)
{
    if (q->format != ALIGNED)
        return 0;
    int width = (int)strlen(q->name[i]) + 3; /* of its error, too */
    width = width < 12 ? 12 : width;
    for (size_t r = 0; r < q->n_row; r++) {
        int n = (int)strlen(q->cell[2 * q->n * r + i].text);
        width = n > width ? n : width;
    }
    return width;
}

static void print_row(FILE *to, const struct question *q, const struct cell *row)
{
    for (size_t i = 0; i < q->n; i++)
        for (int error = 0; error <= (q->has_error[i] ? 1 : 0); error++) {
            const char *between = q->format == CSV ? "," : q->format == JSON ? ", " : "  ";
            fprintf(to, "%s", i + (size_t)error > 0 ? between : q->format == JSON ? "{" : "");
            if (q->format == JSON)
                fprintf(to, "\"%s%s\": ", q->name[i], error ? "_se" : "");
            if (row)
                print_cell(to, row + i + (error ? q->n : 0), q->format, width_of(q, i));
            else
                fprintf(to, "%s%s%*s", q->name[i], error ? "_se" : "",
                        q->format == ALIGNED ? width_of(q, i) - (int)strlen(q->name[i]) - 3 * error
                                             : 0,
                        "");
        }
    fprintf(to, q->format == JSON ? "}\n" : "\n");
}

void ov_table_print(FILE *to, const struct question *q)
{
    if (q->format != JSON)
        print_row(to, q, NULL);
    for (size_t r = 0; r < q->n_row; r++)
        print_row(to, q, q->cell + 2 * q->n * r);
}
