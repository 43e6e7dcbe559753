/* SPDX-License-Identifier: MIT
 *
 * CSV with a seal: rows of numbers, sealing, reading, checking.
 */
#include "overlap/store/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/store/provenance.h"

static const char hash_mark[] = "# sha256: ";
#define HASH_LINE_SIZE (sizeof hash_mark - 1 + OV_KEY_SIZE) /* with its newline, without '\0' */

void ov_table_free(struct ov_table *t)
{
    if (!t)
        return;
    for (size_t i = 0; t->column && i < t->n_col; i++)
        free(t->column[i]);
    for (size_t i = 0; t->cell && i < t->n_col; i++)
        free(t->cell[i]);
    free(t->column);
    free(t->cell);
    free(t->comments);
    *t = (struct ov_table){0};
}

int ov_table_find(const struct ov_table *t, const char *name)
{
    for (size_t i = 0; i < t->n_col; i++)
        if (strcmp(t->column[i], name) == 0)
            return (int)i;
    return -1;
}

char *ov_comment_find(const char *text, const char *key)
{
    size_t n = strlen(key);
    for (const char *line = text; line && *line == '#';) {
        const char *end = strchr(line, '\n');
        size_t length = end ? (size_t)(end - line) : strlen(line);
        if (length > n + 3 && strncmp(line + 2, key, n) == 0 && line[n + 2] == ':')
            return strndup(line + n + 4, length > n + 4 ? length - n - 4 : 0);
        line = end ? end + 1 : NULL;
    }
    return NULL;
}

char *ov_table_comment(const struct ov_table *t, const char *key)
{
    return ov_comment_find(t->comments ? t->comments : "", key);
}

void ov_table_seal(struct ov_text *text)
{
    char hex[OV_KEY_SIZE];
    if (text->failed)
        return;
    ov_sha256(hex, text->s ? text->s : "", text->len);
    ov_text_addf(text, "%s%s\n", hash_mark, hex);
}

void ov_table_print_row(struct ov_text *out, const double *cell, size_t n)
{
    char digits[40];
    for (size_t j = 0; j < n; j++) {
        int length = isnan(cell[j]) ? snprintf(digits, sizeof digits, "nan") /* never -nan */
                                    : snprintf(digits, sizeof digits, "%.17g", cell[j]);
        digits[length++] = j + 1 < n ? ',' : '\n';
        ov_text_add(out, digits, (size_t)length);
    }
}

/* ---- reading ---- */

struct reader {
    const char *path, *at, *end; /* end: where the hash line starts */
    const char *line_start;
    size_t line;
    struct ov_error *err;
};

static enum ov_status complain(const struct reader *r, const char *at, const char *what)
{
    return ov_fail(r->err, OV_EUSER, "%s:%zu:%zu: error: %s", r->path, r->line,
                   (size_t)(at - r->line_start) + 1, what);
}

enum ov_status ov_table_check(size_t *end, const struct ov_text *text, const char *path,
                              struct ov_error *err)
{
    size_t n = text->len;
    const char *last = text->s + (n >= HASH_LINE_SIZE ? n - HASH_LINE_SIZE : 0);
    if (n < HASH_LINE_SIZE || strncmp(last, hash_mark, sizeof hash_mark - 1) != 0 ||
        text->s[n - 1] != '\n')
        return ov_fail(err, OV_EUSER, "%s: error: truncated: its last line is not '# sha256: …'",
                       path);
    char hex[OV_KEY_SIZE];
    ov_sha256(hex, text->s, n - HASH_LINE_SIZE);
    if (strncmp(last + sizeof hash_mark - 1, hex, OV_KEY_SIZE - 1) != 0)
        return ov_fail(err, OV_EUSER, "%s: error: edited: its hash does not fit its contents",
                       path);
    *end = n - HASH_LINE_SIZE;
    return OV_OK;
}

enum ov_status ov_table_load(struct ov_text *text, size_t *n, const char *path,
                             struct ov_error *err)
{
    enum ov_status status = ov_file_read(text, path, 0, err);
    return status == OV_OK ? ov_table_check(n, text, path, err) : status;
}

static void next_line(struct reader *r)
{
    const char *newline = memchr(r->at, '\n', (size_t)(r->end - r->at));
    r->at = newline ? newline + 1 : r->end;
    r->line_start = r->at;
    r->line++;
}

static enum ov_status read_comments(struct ov_table *t, struct reader *r)
{
    const char *start = r->at;
    while (r->at < r->end && *r->at == '#')
        next_line(r);
    t->comments = strndup(start, (size_t)(r->at - start));
    return t->comments ? OV_OK : ov_fail(r->err, OV_ENOMEM, "%s: out of memory", r->path);
}

static const char *field_end(const struct reader *r, const char *at)
{
    while (at < r->end && *at != ',' && *at != '\n')
        at++;
    return at;
}

static size_t count_fields(const struct reader *r)
{
    size_t n = 1;
    for (const char *p = r->at; p < r->end && *p != '\n'; p++)
        n += *p == ',';
    return n;
}

static enum ov_status read_header(struct ov_table *t, struct reader *r)
{
    if (r->at >= r->end)
        return complain(r, r->at, "no header row");
    size_t n_col = count_fields(r);
    t->column = calloc(n_col, sizeof *t->column);
    if (!t->column)
        return ov_fail(r->err, OV_ENOMEM, "%s: out of memory", r->path);
    for (const char *p = r->at; t->n_col < n_col;) {
        const char *end = field_end(r, p);
        char *name = strndup(p, (size_t)(end - p));
        if (!name)
            return ov_fail(r->err, OV_ENOMEM, "%s: out of memory", r->path);
        bool twice = ov_table_find(t, name) >= 0;
        t->column[t->n_col++] = name;
        if (twice || !*name)
            return complain(r, p, twice ? "a second column of this name" : "a column without name");
        p = end + 1;
    }
    next_line(r);
    return OV_OK;
}

/* The end of the cell at p, which is put into *x if that is wanted; NULL if it is no number. */
static const char *read_cell(double *x, const char *p, const char *row_end)
{
    const char *comma = memchr(p, ',', (size_t)(row_end - p)), *end = comma ? comma : row_end;
    char *parsed = NULL;
    if (x)
        *x = strtod(p, &parsed);
    return !x || (parsed == end && parsed > p) ? end : NULL;
}

static enum ov_status read_row(struct ov_table *t, struct reader *r)
{
    const char *newline = memchr(r->at, '\n', (size_t)(r->end - r->at)), *p = r->at;
    const char *row_end = newline ? newline : r->end;
    for (size_t j = 0; j < t->n_col; j++) {
        const char *end = read_cell(t->cell[j] ? &t->cell[j][t->n_row] : NULL, p, row_end);
        if (!end)
            return complain(r, p, "not a number");
        bool last = end == row_end;
        if (last != (j + 1 == t->n_col))
            return complain(r, end, last ? "too few cells in this row" : "too many cells");
        p = end + 1;
    }
    t->n_row++;
    next_line(r);
    return OV_OK;
}

static bool is_wanted(const char *name, const char *const *wanted)
{
    for (; wanted && *wanted; wanted++)
        if (strcmp(name, *wanted) == 0)
            return true;
    return !wanted;
}

/* Room for the cells that are wanted of the rows to come. */
static enum ov_status make_room(struct ov_table *t, const struct reader *r,
                                const char *const *wanted)
{
    size_t n = 1; /* the last row may lack its newline */
    for (const char *p = r->at; (p = memchr(p, '\n', (size_t)(r->end - p))); p++)
        n++;
    t->cell = calloc(t->n_col, sizeof *t->cell);
    for (size_t j = 0; t->cell && j < t->n_col; j++)
        if (is_wanted(t->column[j], wanted) && !(t->cell[j] = malloc(n * sizeof *t->cell[j])))
            return ov_fail(r->err, OV_ENOMEM, "%s: out of memory", r->path);
    return t->cell ? OV_OK : ov_fail(r->err, OV_ENOMEM, "%s: out of memory", r->path);
}

enum ov_status ov_table_read(struct ov_table *t, const char *path, const char *const *wanted,
                             struct ov_error *err)
{
    struct ov_text text = {0};
    *t = (struct ov_table){0};
    size_t n = 0;
    enum ov_status status = ov_table_load(&text, &n, path, err);
    struct reader r = {path, text.s, text.s + n, text.s, 1, err};
    if (status == OV_OK)
        status = read_comments(t, &r);
    if (status == OV_OK)
        status = read_header(t, &r);
    if (status == OV_OK)
        status = make_room(t, &r, wanted);
    while (status == OV_OK && r.at < r.end)
        status = read_row(t, &r);
    ov_text_free(&text);
    if (status != OV_OK)
        ov_table_free(t);
    return status;
}
