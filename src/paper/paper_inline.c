/* SPDX-License-Identifier: MIT
 *
 * Inline constructs, in two passes over a paragraph: what is opaque (code, math, tags, citations,
 * …) from left to right, then brackets.
 */
#include "paper_scan_internal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NONE ((size_t)-1)

enum {
    LONGEST_RUN = 32,
    LONGEST = 4096 /* of attributes, link targets and citations: keeps the scanner linear */
};

/* A paragraph; `no_…` remember that what was looked for does not come any more. */
struct paragraph {
    struct ov_paper_scan *p;
    size_t end;
    bool no_math, no_display, no_run[LONGEST_RUN];
};

static bool starts(const struct paragraph *g, size_t i, const char *text)
{
    size_t n = strlen(text);
    return i + n <= g->end && strncasecmp(g->p->s + i, text, n) == 0;
}

static size_t find(const struct ov_paper_scan *p, size_t from, size_t end, const char *text)
{
    size_t n = strlen(text);
    const char *at = from < end ? memmem(p->s + from, end - from, text, n) : NULL;
    return at ? (size_t)(at - p->s) : NONE;
}

static bool space(char c)
{
    return isspace((unsigned char)c) != 0;
}

static bool alnum(char c)
{
    return isalnum((unsigned char)c) != 0;
}

/* The end of "{…}" at i, quotes respected; NONE if it does not end in the paragraph. */
static size_t braces_end(const struct ov_paper_scan *p, size_t i, size_t end)
{
    char quote = '\0';
    for (size_t k = i + 1; k < end && k < i + LONGEST; k++) {
        char c = p->s[k];
        if (quote)
            quote = c == quote ? '\0' : quote;
        else if (c == '}')
            return k + 1;
        else if (c == '{')
            return NONE;
        else if (c == '"' || c == '\'')
            quote = c;
    }
    return NONE;
}

static size_t skip_attributes(struct ov_paper_scan *p, size_t i, size_t end)
{
    size_t close = i < end && p->s[i] == '{' ? braces_end(p, i, end) : NONE;
    if (close == NONE)
        return i;
    ov_paper_mark(p, i, close, OV_MARK_HIDDEN);
    return close;
}

/* ---- opaque constructs: each returns its end, or i if it is none ---- */

static size_t code(struct paragraph *g, size_t i)
{
    const char *s = g->p->s;
    size_t length = 0;
    while (i + length < g->end && s[i + length] == '`')
        length++;
    size_t k = i + length;
    if (length >= LONGEST_RUN || g->no_run[length])
        return k;
    while (k < g->end) {
        size_t n = 0;
        while (k + n < g->end && s[k + n] == '`')
            n++;
        k += n ? n : 1;
        if (n != length)
            continue;
        ov_paper_mark(g->p, i, k, OV_MARK_HIDDEN);
        return skip_attributes(g->p, k, g->end);
    }
    g->no_run[length] = true;
    return i + length;
}

static size_t set_math(struct paragraph *g, size_t from, size_t end, size_t dollars)
{
    ov_paper_mark(g->p, from - dollars, from, OV_MARK_HIDDEN);
    ov_paper_mark(g->p, from, end, OV_MARK_MATH);
    ov_paper_mark(g->p, end, end + dollars, OV_MARK_HIDDEN);
    return end + dollars;
}

static size_t math(struct paragraph *g, size_t i)
{
    const char *s = g->p->s;
    if (i + 1 < g->end && s[i + 1] == '$') {
        size_t close = g->no_display ? NONE : find(g->p, i + 2, g->end, "$$");
        g->no_display = close == NONE;
        return close == NONE ? i + 2 : set_math(g, i + 2, close, 2);
    }
    if (g->no_math || i + 1 >= g->end || space(s[i + 1]))
        return i;
    for (size_t k = i + 1; k < g->end; k++) {
        if (s[k] == '\\') {
            k++;
        } else if (s[k] == '$') { /* the next dollar closes, or this one does not open */
            bool closes = !space(s[k - 1]) && !(k + 1 < g->end && isdigit((unsigned char)s[k + 1]));
            return closes ? set_math(g, i + 1, k, 1) : i;
        }
    }
    g->no_math = true;
    return i;
}

static size_t attribute_end(const struct paragraph *g, size_t i)
{
    const char *s = g->p->s;
    size_t k = i;
    while (k < g->end && (alnum(s[k]) || strchr("_:.-@", s[k])))
        k++;
    if (k == i || k >= g->end || s[k] != '=')
        return k == i ? NONE : k;
    k++;
    if (k < g->end && (s[k] == '"' || s[k] == '\'')) {
        const char *close = memchr(s + k + 1, s[k], g->end - k - 1);
        return close ? (size_t)(close - s) + 1 : NONE;
    }
    while (k < g->end && !space(s[k]) && !strchr("\"'=<>`", s[k]))
        k++;
    return k;
}

/* "<b class=x>", "</b>", "<br/>" and "<https://…>". */
static size_t tag(const struct paragraph *g, size_t i)
{
    const char *s = g->p->s;
    size_t k = i + 1;
    k += k < g->end && s[k] == '/';
    if (k >= g->end || !isalpha((unsigned char)s[k]))
        return i;
    while (k < g->end && (alnum(s[k]) || s[k] == '-'))
        k++;
    if (k < g->end && (s[k] == ':' || s[k] == '@' || s[k] == '.')) { /* an address */
        while (k < g->end && !space(s[k]) && s[k] != '<' && s[k] != '>')
            k++;
        return k < g->end && s[k] == '>' ? k + 1 : i;
    }
    while (k < g->end && s[k] != '>' && s[k] != '/') {
        if (!space(s[k]))
            return i;
        while (k < g->end && space(s[k]))
            k++;
        if (k < g->end && s[k] != '>' && s[k] != '/' && (k = attribute_end(g, k)) == NONE)
            return i;
    }
    k += k < g->end && s[k] == '/';
    return k < g->end && s[k] == '>' ? k + 1 : i;
}

static size_t angle(struct paragraph *g, size_t i)
{
    size_t end = i;
    if (starts(g, i, "<!--")) {
        size_t close = find(g->p, i + 4, g->p->n, "-->");
        end = close == NONE ? g->p->n : close + 3;
        if (close == NONE)
            ov_paper_complain(g->p, i, "this comment has no end");
    } else {
        end = tag(g, i);
    }
    ov_paper_mark(g->p, i, end, OV_MARK_HIDDEN);
    return end;
}

static bool key_character(const struct paragraph *g, size_t k)
{
    const char *s = g->p->s;
    if (alnum(s[k]) || s[k] == '_')
        return true;
    bool inside = k + 1 < g->end && (alnum(s[k + 1]) || s[k + 1] == '_');
    return inside && strchr(":.#$%&-+?<>~/", s[k]);
}

/* "@key" and, after it, "[p. 3]". */
static size_t citation(struct paragraph *g, size_t i)
{
    const char *s = g->p->s;
    size_t k = i + 1;
    if ((i > 0 && alnum(s[i - 1])) || k >= g->end || !(alnum(s[k]) || s[k] == '_'))
        return i;
    while (k < g->end && key_character(g, k))
        k++;
    size_t bracket = k + (k < g->end && s[k] == ' ');
    if (bracket < g->end && s[bracket] == '[') {
        size_t close = find(g->p, bracket, g->end, "]");
        bool other = close != NONE && close + 1 < g->end && strchr("({[", s[close + 1]);
        k = close == NONE || other ? k : close + 1;
    }
    ov_paper_mark(g->p, i, k, OV_MARK_HIDDEN);
    return k;
}

/* Bare addresses, which pandoc shows as they are: no number is stated in them. */
static size_t address(struct paragraph *g, size_t i)
{
    static const char *const prefix[] = {"http://", "https://", "doi:", "arxiv:"};
    const char *s = g->p->s;
    if (i > 0 && alnum(s[i - 1]))
        return i;
    for (size_t j = 0; j < sizeof prefix / sizeof *prefix; j++) {
        if (!starts(g, i, prefix[j]))
            continue;
        size_t k = i + strlen(prefix[j]);
        while (k < g->end && !space(s[k]) && !strchr(")]}>", s[k]))
            k++;
        ov_paper_mark(g->p, i, k, OV_MARK_HIDDEN);
        return k;
    }
    return i;
}

static size_t opaque(struct paragraph *g, size_t i)
{
    char c = g->p->s[i];
    switch (c) {
    case '\\':
        ov_paper_mark(g->p, i, i + 2 < g->end ? i + 2 : g->end, OV_MARK_LITERAL);
        return i + 2 < g->end ? i + 2 : g->end;
    case '`':
        return code(g, i);
    case '$':
        return math(g, i);
    case '<':
        return angle(g, i);
    case '@':
        return citation(g, i);
    case '{': /* attributes of a caption or a table */
        if (i + 2 < g->end && (g->p->s[i + 1] == '#' || g->p->s[i + 1] == '.') &&
            isalpha((unsigned char)g->p->s[i + 2]))
            return skip_attributes(g->p, i, g->end);
        return i;
    default:
        return strchr("hdaHDA", c) && c ? address(g, i) : i;
    }
}

/* ---- brackets ---- */

/* The end of a link's "(target "title")" at i. */
static size_t target_end(const struct ov_paper_scan *p, size_t i, size_t end)
{
    int depth = 0;
    char quote = '\0';
    for (size_t k = i; k < end && k < i + LONGEST; k++) {
        char c = p->s[k];
        if (c == '\\')
            k++;
        else if (quote)
            quote = c == quote ? '\0' : quote;
        else if (c == '"')
            quote = c;
        else if (c == '(')
            depth++;
        else if (c == ')' && --depth == 0)
            return k + 1;
    }
    return NONE;
}

static bool cites(const struct ov_paper_scan *p, size_t from, size_t end)
{
    for (size_t k = from; k + 1 < end && k < from + LONGEST; k++)
        if (p->s[k] == '@' && !(p->mark[k] & OV_MARK_LITERAL) && !alnum(p->s[k - 1]) &&
            (alnum(p->s[k + 1]) || p->s[k + 1] == '_'))
            return true;
    return false;
}

static void add_span(struct ov_paper_scan *p, size_t open, size_t close, size_t end)
{
    struct ov_paper_span *room = realloc(p->span, (p->n_span + 1) * sizeof *room);
    if (!room) {
        p->failed = true;
        return;
    }
    p->span = room;
    p->span[p->n_span++] = (struct ov_paper_span){open, open + 1, close, close + 2, end - 1};
}

/* What the brackets at open and close are, by what follows them. */
static void bracket(struct ov_paper_scan *p, size_t open, size_t close, size_t end)
{
    size_t after = close + 1, stop = NONE;
    char next = after < end ? p->s[after] : '\0';
    if (open > 0 && p->s[open - 1] == '^' && !(p->mark[open - 1] & OV_MARK_LITERAL))
        return; /* ^[a note]: what follows is prose */
    if (next == '(' && (stop = target_end(p, after, end)) != NONE) {
        ov_paper_mark(p, after, stop, OV_MARK_HIDDEN);
        skip_attributes(p, stop, end);
    } else if (next == '{' && (stop = braces_end(p, after, end)) != NONE) {
        ov_paper_mark(p, after, stop, OV_MARK_HIDDEN);
        add_span(p, open, close, stop);
    } else if (p->s[open + 1] == '^' || cites(p, open + 1, close)) {
        ov_paper_mark(p, open, close + 1, OV_MARK_HIDDEN);
    } else if (next == '[' && (stop = find(p, after, end, "]")) != NONE &&
               !cites(p, after + 1, stop)) {
        bool spans = stop + 1 < end && (p->s[stop + 1] == '{' || p->s[stop + 1] == '(');
        if (!spans)
            ov_paper_mark(p, after, stop + 1, OV_MARK_HIDDEN);
    }
}

static void brackets(struct ov_paper_scan *p, size_t from, size_t end)
{
    size_t n_open = 0, *open = calloc(end - from + 1, sizeof *open);
    if (!open) {
        p->failed = true;
        return;
    }
    for (size_t i = from; i < end; i++) {
        if (p->mark[i] & (OV_MARK_HIDDEN | OV_MARK_MATH | OV_MARK_LITERAL))
            continue;
        if (p->s[i] == '[')
            open[n_open++] = i;
        else if (p->s[i] == ']' && n_open > 0)
            bracket(p, open[--n_open], i, end);
    }
    free(open);
}

size_t ov_paper_inline(struct ov_paper_scan *p, size_t from, size_t end)
{
    struct paragraph g = {.p = p, .end = end};
    size_t i = from;
    while (i < end) {
        size_t next = opaque(&g, i);
        i = next > i ? next : i + 1;
    }
    brackets(p, from, end);
    return i;
}
