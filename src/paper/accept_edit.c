/* SPDX-License-Identifier: MIT */
#include "accept_edit_internal.h"

#include <string.h>

static size_t line_start(const char *s, size_t i)
{
    while (i > 0 && s[i - 1] != '\n')
        i--;
    return i;
}

static size_t line_end(const char *s, size_t n, size_t i)
{
    while (i < n && s[i] != '\n')
        i++;
    return i;
}

static size_t count_lines(const char *s, size_t n)
{
    size_t lines = 1;
    for (size_t i = 0; i < n; i++)
        lines += s[i] == '\n';
    return lines;
}

/* The bytes as lines with a mark in front. */
static void add_marked(struct ov_text *out, char mark, const char *s, size_t n)
{
    for (size_t i = 0; i <= n;) {
        size_t end = line_end(s, n, i);
        ov_text_addf(out, "%c", mark);
        ov_text_add(out, s + i, end - i);
        ov_text_addf(out, "\n");
        i = end + 1;
    }
}

/* One hunk: the lines that the edits from *i on share. Moves *i behind them. */
static void add_hunk(struct ov_rewrite *r, const char *old, size_t n, const struct ov_edit *edit,
                     size_t n_edit, size_t *i, long *shift)
{
    struct ov_text new = {0};
    size_t from = line_start(old, edit[*i].from), end = line_end(old, n, edit[*i].end), at = from;
    for (; *i < n_edit && edit[*i].from <= end; ++*i) {
        end = line_end(old, n, edit[*i].end);
        ov_text_add(&new, old + at, edit[*i].from - at);
        ov_text_add(&new, edit[*i].text.s, edit[*i].text.len);
        new.failed = new.failed || edit[*i].text.failed;
        at = edit[*i].end;
    }
    ov_text_add(&new, old + at, end - at);
    size_t line = count_lines(old, from), n_old = count_lines(old + from, end - from);
    size_t n_new = new.failed ? 0 : count_lines(new.s, new.len);
    ov_text_addf(&r->diff, "@@ -%zu,%zu +%ld,%zu @@\n", line, n_old, (long)line + *shift, n_new);
    add_marked(&r->diff, '-', old + from, end - from);
    if (!new.failed)
        add_marked(&r->diff, '+', new.s, new.len);
    *shift += (long)n_new - (long)n_old;
    r->diff.failed = r->diff.failed || new.failed;
    ov_text_free(&new);
}

enum ov_status ov_edits_apply(struct ov_rewrite *r, const char *old, size_t n,
                              const struct ov_edit *edit, size_t n_edit)
{
    size_t at = 0;
    long shift = 0;
    for (size_t i = 0; i < n_edit; i++) {
        ov_text_add(&r->text, old + at, edit[i].from - at);
        ov_text_add(&r->text, edit[i].text.s, edit[i].text.len);
        at = edit[i].end;
    }
    ov_text_add(&r->text, old + at, n - at);
    ov_text_addf(&r->diff, "--- %s\n+++ %s\n", r->path, r->path);
    for (size_t i = 0; i < n_edit;)
        add_hunk(r, old, n, edit, n_edit, &i, &shift);
    return r->text.failed || r->diff.failed ? OV_ENOMEM : OV_OK;
}
