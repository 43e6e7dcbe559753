/* SPDX-License-Identifier: MIT
 *
 * From the lines that pandoc prints to items with their places in bytes.
 */
#include "paper_list_internal.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/base/text.h"
#include "overlap/base/utf8.h"
#include "pandoc_internal.h"

void ov_paper_list_free(struct ov_paper_list *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n_issue; i++)
        free(p->issue[i].text);
    for (size_t i = 0; i < p->n_item; i++)
        free(p->item[i].field);
    free(p->issue);
    free(p->item);
    free(p->lines);
    *p = (struct ov_paper_list){0};
}

/* ---- issues ---- */

/* Takes `text` over; NULL where memory ran out. */
static void add_issue(struct ov_paper_list *p, size_t offset, enum ov_verdict verdict, char *text)
{
    struct ov_paper_issue *grown = realloc(p->issue, (p->n_issue + 1) * sizeof *grown);
    if (grown)
        p->issue = grown;
    if (!grown || !text) {
        free(text);
        p->failed = true;
        return;
    }
    p->issue[p->n_issue++] = (struct ov_paper_issue){offset, verdict, text};
}

void ov_paper_complain(struct ov_paper_list *p, size_t offset, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    add_issue(p, offset, OV_FAIL, strdup(text));
}

void ov_paper_refuse(struct ov_paper_list *p, size_t offset, const struct ov_claim *claim)
{
    struct ov_text text = {0};
    ov_text_addf(&text, "claim %s.%s is %s: %s", claim->experiment->name, claim->id,
                 ov_verdict_name(claim->verdict), claim->why);
    add_issue(p, offset, claim->verdict, text.failed ? NULL : text.s);
    if (text.failed)
        ov_text_free(&text);
}

void ov_paper_note(struct ov_paper_list *p, size_t offset, size_t end, enum ov_verdict verdict)
{
    add_issue(p, offset, verdict, strndup(p->s + offset, end - offset));
}

/* ---- places ---- */

/* Where the lines of the text start. */
struct lines {
    size_t *start, n;
};

static bool find_lines(struct lines *lines, const char *s, size_t n)
{
    lines->n = 1;
    for (size_t i = 0; i < n; i++)
        lines->n += s[i] == '\n';
    lines->start = calloc(lines->n, sizeof *lines->start);
    for (size_t i = 0, k = 1; lines->start && k < lines->n; i++)
        if (s[i] == '\n')
            lines->start[k++] = i + 1;
    if (lines->start && n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
        lines->start[0] = 3; /* a mark of the byte order is no column */
    return lines->start;
}

/* The byte at a line and column that pandoc counts, both from 1: a tab ends at the next multiple of
 * four. What is behind the end of a line is its end. */
static size_t byte_at(const struct ov_paper_list *p, const struct lines *lines, size_t line,
                      size_t column)
{
    if (line == 0 || line > lines->n)
        return p->n;
    size_t i = lines->start[line - 1];
    for (size_t at = 1; at < column && i < p->n && p->s[i] != '\n';) {
        uint32_t code;
        at += p->s[i] == '\t' ? 4 - (at - 1) % 4 : 1;
        i += ov_utf8_next(&code, p->s + i);
    }
    return i;
}

/* ---- items ---- */

static bool read_kind(enum ov_paper_kind *kind, const char *word)
{
    static const char *const names[] = {"span", "number", "math", "open", "stray"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], word) == 0) {
            *kind = (enum ov_paper_kind)i;
            return true;
        }
    return false;
}

static bool read_count(size_t *x, const char *word)
{
    char *end;
    *x = word ? strtoul(word, &end, 10) : 0;
    return word && end != word && *end == '\0';
}

/* The brackets of a span between s[at] and s[end]. False if it is written in no such way. */
static bool find_brackets(const struct ov_paper_list *p, struct ov_paper_item *item)
{
    size_t i = item->end;
    item->text = item->text_end = item->at + 1;
    if (item->end <= item->at || p->s[item->at] != '[')
        return false;
    while (i > item->at + 2 && memcmp(p->s + i - 2, "]{", 2) != 0)
        i--;
    item->text_end = i - 2 < item->text ? item->text : i - 2;
    return i > item->at + 2;
}

/* One line, taken apart in place. False if it is none of ours. */
static bool read_item(struct ov_paper_list *p, const struct lines *lines, char *line)
{
    struct ov_paper_item *item = &p->item[p->n_item];
    size_t l, c, n = 1;
    for (const char *s = line; *s; s++)
        n += *s == '\t';
    char *word = strsep(&line, "\t");
    *item = (struct ov_paper_item){.field = calloc(n, sizeof *item->field)};
    p->n_item++;
    p->failed = p->failed || !item->field;
    if (!item->field || !read_kind(&item->kind, word) || !read_count(&l, strsep(&line, "\t")) ||
        !read_count(&c, strsep(&line, "\t")))
        return false;
    item->at = byte_at(p, lines, l, c);
    if (item->kind == OV_PAPER_SPAN) {
        if (!read_count(&l, strsep(&line, "\t")) || !read_count(&c, strsep(&line, "\t")))
            return false;
        item->end = byte_at(p, lines, l, c);
        if (!find_brackets(p, item))
            item->text_end = item->text = item->at;
    }
    while (line)
        item->field[item->n_field++] = strsep(&line, "\t");
    return item->n_field > 0 && (item->kind != OV_PAPER_SPAN || item->n_field % 2 == 0);
}

static enum ov_status read_items(struct ov_paper_list *p, const char *name, struct ov_error *err)
{
    struct lines lines = {0};
    size_t n = 1;
    for (const char *s = p->lines; *s; s++)
        n += *s == '\n';
    p->item = calloc(n, sizeof *p->item);
    bool good = p->item && find_lines(&lines, p->s, p->n), complete = false;
    p->failed = !good;
    for (char *rest = p->lines, *line; good && (line = strsep(&rest, "\n"));) {
        complete = strcmp(line, "end") == 0;
        good = complete || *line == '\0' || read_item(p, &lines, line);
        if (complete)
            break;
    }
    free(lines.start);
    if (p->failed)
        return ov_fail(err, OV_ENOMEM, "%s: out of memory", name);
    return good && complete
               ? OV_OK
               : ov_fail(err, OV_EUSER, "%s: error: pandoc's list is incomplete", name);
}

/* ---- reading ---- */

static enum ov_status check_utf8(const char *s, const char *name, struct ov_error *err)
{
    size_t line = 1, column = 1;
    for (uint32_t code; *s; column++) {
        size_t n = ov_utf8_next(&code, s);
        if (code == 0xfffd && memcmp(s, "\xef\xbf\xbd", n) != 0)
            return ov_fail(err, OV_EUSER, "%s:%zu:%zu: error: no UTF-8; save the text as UTF-8",
                           name, line, column);
        if (code == '\n') {
            line++;
            column = 0;
        }
        s += n;
    }
    return OV_OK;
}

static enum ov_status read_list(struct ov_paper_list *p, const char *s, size_t n, const char *name,
                                struct ov_error *err)
{
    struct ov_text out = {0};
    *p = (struct ov_paper_list){.s = s, .n = n};
    enum ov_status status = check_utf8(s, name, err);
    if (status == OV_OK)
        status = ov_pandoc_run(&out, &p->missing, s, n, ov_paper_filter, name, err);
    if (status == OV_OK && !p->missing) {
        ov_text_add(&out, "", 0);
        p->lines = out.failed ? NULL : out.s;
        status = p->lines ? read_items(p, name, err)
                          : ov_fail(err, OV_ENOMEM, "%s: out of memory", name);
    }
    if (status != OV_OK)
        ov_paper_list_free(p);
    return status;
}

enum ov_status ov_paper_open(struct ov_paper_list *p, struct ov_text *text, const char *path,
                             struct ov_error *err)
{
    *p = (struct ov_paper_list){0};
    enum ov_status status = ov_file_read(text, path, (size_t)16 << 20, err);
    if (status == OV_OK && strlen(text->s) != text->len)
        status = ov_fail(err, OV_EUSER, "%s: not a text: it holds a zero byte", path);
    return status == OV_OK ? read_list(p, text->s, text->len, path, err) : status;
}
