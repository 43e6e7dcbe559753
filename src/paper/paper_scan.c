/* SPDX-License-Identifier: MIT
 *
 * Blocks: metadata, fences, headings and their sections, paragraphs.
 */
#include "paper_scan_internal.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "overlap/base/text.h"

void ov_paper_scan_free(struct ov_paper_scan *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n_issue; i++)
        free(p->issue[i].text);
    free(p->issue);
    free(p->span);
    free(p->mark);
    *p = (struct ov_paper_scan){0};
}

/* Takes `text` over; NULL where memory ran out. */
static void add_issue(struct ov_paper_scan *p, size_t offset, enum ov_verdict verdict, char *text)
{
    struct ov_paper_issue *room = realloc(p->issue, (p->n_issue + 1) * sizeof *room);
    if (room)
        p->issue = room;
    if (!room || !text) {
        free(text);
        p->failed = true;
        return;
    }
    p->issue[p->n_issue++] = (struct ov_paper_issue){offset, verdict, text};
}

void ov_paper_complain(struct ov_paper_scan *p, size_t offset, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    add_issue(p, offset, OV_FAIL, strdup(text));
}

void ov_paper_refuse(struct ov_paper_scan *p, size_t offset, const struct ov_claim *claim)
{
    struct ov_text text = {0};
    ov_text_addf(&text, "claim %s.%s is %s: %s", claim->experiment->name, claim->id,
                 ov_verdict_name(claim->verdict), claim->why);
    add_issue(p, offset, claim->verdict, text.failed ? NULL : text.s);
    if (text.failed)
        ov_text_free(&text);
}

void ov_paper_note(struct ov_paper_scan *p, size_t offset, size_t end, enum ov_verdict verdict)
{
    add_issue(p, offset, verdict, strndup(p->s + offset, end - offset));
}

void ov_paper_mark(struct ov_paper_scan *p, size_t from, size_t end, enum ov_mark mark)
{
    for (size_t i = from; i < end && i < p->n; i++)
        p->mark[i] = (unsigned char)(p->mark[i] | mark);
}

/* ---- lines ---- */

static size_t line_end(const struct ov_paper_scan *p, size_t i)
{
    const char *newline = i < p->n ? memchr(p->s + i, '\n', p->n - i) : NULL;
    return newline ? (size_t)(newline - p->s) : p->n;
}

static size_t next_line(const struct ov_paper_scan *p, size_t i)
{
    size_t end = line_end(p, i);
    return end < p->n ? end + 1 : p->n;
}

static bool blank(const struct ov_paper_scan *p, size_t i)
{
    while (i < p->n && (p->s[i] == ' ' || p->s[i] == '\t' || p->s[i] == '\r'))
        i++;
    return i >= p->n || p->s[i] == '\n';
}

/* Past the indentation and the marks of block quotes. */
static size_t content(const struct ov_paper_scan *p, size_t i)
{
    while (i < p->n && (p->s[i] == ' ' || p->s[i] == '\t' || p->s[i] == '>'))
        i++;
    return i;
}

/* How many times s[i] stands there in a row. */
static size_t run(const struct ov_paper_scan *p, size_t i)
{
    size_t k = i;
    while (k < p->n && p->s[k] == p->s[i])
        k++;
    return k - i;
}

/* ---- metadata and fences ---- */

static bool is_line(const struct ov_paper_scan *p, size_t i, const char *text)
{
    size_t n = strlen(text);
    return i + n <= p->n && memcmp(p->s + i, text, n) == 0 && blank(p, i + n);
}

/* "key:" at the start of a line. */
static bool is_key(const struct ov_paper_scan *p, size_t i)
{
    size_t k = i;
    while (k < p->n && (isalnum((unsigned char)p->s[k]) || p->s[k] == '-' || p->s[k] == '_'))
        k++;
    return k > i && k < p->n && p->s[k] == ':';
}

/* A YAML block: "---" with a key or a comment right below it, up to "---" or "...". Returns its
 * end, or i. */
static size_t metadata(const struct ov_paper_scan *p, size_t i)
{
    size_t k = next_line(p, i);
    if (!is_line(p, i, "---") || k >= p->n || (p->s[k] != '#' && !is_key(p, k)))
        return i;
    for (; k < p->n; k = next_line(p, k))
        if (is_line(p, k, "---") || is_line(p, k, "..."))
            return next_line(p, k);
    return i;
}

/* The length of the fence that opens on this line, 0 if none does. */
static size_t fence(const struct ov_paper_scan *p, size_t i)
{
    size_t k = content(p, i);
    if (k >= p->n || (p->s[k] != '`' && p->s[k] != '~'))
        return 0;
    size_t length = run(p, k);
    bool inline_code =
        p->s[k] == '`' && memchr(p->s + k + length, '`', line_end(p, k) - k - length);
    return length >= 3 && !inline_code ? length : 0;
}

static size_t fence_end(struct ov_paper_scan *p, size_t i, size_t length)
{
    char mark = p->s[content(p, i)];
    for (size_t k = next_line(p, i); k < p->n; k = next_line(p, k)) {
        size_t c = content(p, k);
        if (c < p->n && p->s[c] == mark && run(p, c) >= length && blank(p, c + run(p, c)))
            return next_line(p, k);
    }
    ov_paper_complain(p, content(p, i), "this code block has no end");
    return p->n;
}

/* ---- headings ---- */

/* The level of an ATX heading ("## Results"), 0 if the line is none. */
static int atx_level(const struct ov_paper_scan *p, size_t i)
{
    if (i >= p->n || p->s[i] != '#')
        return 0;
    size_t n = run(p, i);
    bool separated = i + n >= p->n || isspace((unsigned char)p->s[i + n]);
    return n <= 6 && separated ? (int)n : 0;
}

/* The level of a heading underlined by = or -, 0 if the line is none. */
static int setext_level(const struct ov_paper_scan *p, size_t i)
{
    size_t below = next_line(p, i);
    if (below >= p->n || (p->s[below] != '=' && p->s[below] != '-'))
        return 0;
    bool alone = blank(p, below + run(p, below)) && blank(p, next_line(p, below));
    return !alone ? 0 : p->s[below] == '=' ? 1 : 2;
}

static bool says_results(const struct ov_paper_scan *p, size_t from, size_t end)
{
    static const char word[] = "results"; /* in the text, or as the class .results */
    for (size_t i = from; i + sizeof word - 1 <= end; i++)
        if (strncasecmp(p->s + i, word, sizeof word - 1) == 0)
            return true;
    return false;
}

/* Where the present Results section began and the level of its heading; 0: in none. */
struct section {
    size_t from;
    int level;
};

static void enter(struct ov_paper_scan *p, struct section *section, size_t at, int level,
                  bool results)
{
    if (section->level && level <= section->level) {
        ov_paper_mark(p, section->from, at, OV_MARK_RESULTS);
        section->level = 0;
    }
    if (!section->level && results)
        *section = (struct section){at, level};
}

/* Handles the line(s) of a heading; returns their end, or i if there is none. */
static size_t heading(struct ov_paper_scan *p, struct section *section, size_t i)
{
    int level = atx_level(p, i);
    size_t end = next_line(p, i), text_end = line_end(p, i);
    if (level == 0 && (level = setext_level(p, i)) > 0)
        end = next_line(p, end);
    if (level == 0)
        return i;
    enter(p, section, i, level, says_results(p, i, text_end));
    ov_paper_inline(p, i, text_end);
    ov_paper_mark(p, i, end, OV_MARK_HIDDEN);
    return end;
}

/* ---- paragraphs ---- */

/* "[label]: target" or a div's ":::": nothing of it is shown. */
static bool is_hidden_line(const struct ov_paper_scan *p, size_t i)
{
    size_t end = line_end(p, i), k = content(p, i);
    if (k + 3 <= end && memcmp(p->s + k, ":::", 3) == 0)
        return true;
    if (k + 1 >= end || p->s[k] != '[' || p->s[k + 1] == '^')
        return false;
    const char *close = memchr(p->s + k, ']', end - k);
    bool label = close && !memchr(p->s + k + 1, '[', (size_t)(close - p->s) - k - 1);
    return label && close + 1 < p->s + end && close[1] == ':';
}

/* A fence of backticks ends a paragraph; one of tildes has to stand after a blank line. */
static bool interrupts(const struct ov_paper_scan *p, size_t i)
{
    return p->s[i] == ':' || (fence(p, i) && p->s[content(p, i)] == '`');
}

static size_t paragraph_end(const struct ov_paper_scan *p, size_t i)
{
    size_t k = next_line(p, i);
    while (k < p->n && !blank(p, k) && !interrupts(p, k))
        k = next_line(p, k);
    return k;
}

/* One block at line i. Returns where the next one starts. */
static size_t block(struct ov_paper_scan *p, struct section *section, size_t i)
{
    if (blank(p, i))
        return next_line(p, i);
    size_t end = metadata(p, i), length = fence(p, i);
    if (end == i && length)
        end = fence_end(p, i, length);
    if (end == i && is_hidden_line(p, i))
        end = next_line(p, i);
    if (end > i) {
        ov_paper_mark(p, i, end, OV_MARK_HIDDEN);
        return end;
    }
    end = heading(p, section, i);
    return end > i ? end : ov_paper_inline(p, i, paragraph_end(p, i));
}

enum ov_status ov_paper_scan(struct ov_paper_scan *p, const char *s, size_t n)
{
    *p = (struct ov_paper_scan){.s = s, .n = n};
    p->mark = calloc(n + 1, sizeof *p->mark);
    if (!p->mark)
        return OV_ENOMEM;
    struct section section = {0};
    size_t bom = n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    for (size_t i = bom; i < n;)
        i = block(p, &section, i);
    enter(p, &section, n, 0, false);
    if (p->failed) {
        ov_paper_scan_free(p);
        return OV_ENOMEM;
    }
    return OV_OK;
}
