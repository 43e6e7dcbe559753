/* SPDX-License-Identifier: MIT
 *
 * Complaints with their place, as compilers give them: FILE:LINE:COLUMN: error, and the excerpt.
 */
#include "overlap/config/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfyaml.h>

#include "overlap/base/text.h"

static const char more_mark[] = "\n(there are more mistakes)";

void ov_report_clean(char *text)
{
    for (char *c = text; *c; c++)
        if (((unsigned char)*c < 0x20 && *c != '\n' && *c != '\t') || *c == 0x7f)
            *c = '?';
}

/* True if `report`'s first line is a line of text already. */
static bool reported(const char *text, const char *report)
{
    size_t n = strcspn(report, "\n");
    for (const char *line = text; *line;) {
        size_t m = strcspn(line, "\n");
        if (m == n && memcmp(line, report, n) == 0)
            return true;
        line += m + (line[m] == '\n');
    }
    return false;
}

bool ov_report_is_full(const struct ov_error *err)
{
    return err->status != OV_OK && strstr(err->text, more_mark);
}

enum ov_status ov_report_add(struct ov_error *err, const char *report)
{
    if (!err)
        return OV_EUSER;
    if (err->status == OV_OK)
        err->text[0] = '\0';
    err->status = OV_EUSER;
    size_t used = strlen(err->text), room = sizeof err->text - sizeof more_mark;
    if (reported(err->text, report) || ov_report_is_full(err))
        return OV_EUSER;
    size_t line = strcspn(report, "\n"), all = strlen(report);
    size_t n = used + all + 1 <= room ? all : line; /* the excerpt is what can be missed */
    if (used == 0)
        snprintf(err->text, room, "%.*s", (int)n, report);
    else if (used + n + 1 <= room)
        snprintf(err->text + used, sizeof err->text - used, "\n%.*s", (int)n, report);
    else
        memcpy(err->text + used, more_mark, sizeof more_mark);
    return OV_EUSER;
}

static void collect(struct fy_diag *diag, void *user, const char *bytes, size_t n)
{
    (void)diag;
    ov_text_add(user, bytes, n);
}

/* libfyaml counts the column of a text in quotes from behind the quote, but marks it from the quote
 * on: the number is made to agree with the mark. */
static void count_the_quote(struct ov_text *said, struct fy_node *node)
{
    enum fy_node_style style = fy_node_get_style(node);
    char *end = said->len ? strstr(said->s, ": error: ") : NULL;
    if (!end || (style != FYNS_SINGLE_QUOTED && style != FYNS_DOUBLE_QUOTED))
        return;
    char *start = end;
    while (start > said->s && start[-1] >= '0' && start[-1] <= '9')
        start--;
    unsigned long column = strtoul(start, NULL, 10);
    struct ov_text fixed = {0};
    ov_text_add(&fixed, said->s, (size_t)(start - said->s));
    ov_text_addf(&fixed, "%lu%s", column > 1 ? column - 1 : column, end);
    ov_text_free(said);
    *said = fixed;
}

static void report(struct ov_text *said, struct fy_diag *diag, struct fy_node *node,
                   const char *message)
{
    said->len = 0;
    fy_diag_reset_error(diag);
    fy_diag_node_report(diag, node, FYET_ERROR, "%s", message);
    if (fy_node_is_scalar(node))
        count_the_quote(said, node);
}

/* Reports at the first thing inside of a node that libfyaml has a place for: it has none for some
 * collections, empty keys and the like. */
static void report_inside(struct ov_text *said, struct fy_diag *diag, struct fy_node *node,
                          const char *message)
{
    void *i = NULL;
    report(said, diag, node, message);
    if (said->len == 0 && fy_node_is_sequence(node)) {
        struct fy_node *inner;
        while (said->len == 0 && (inner = fy_node_sequence_iterate(node, &i)))
            report_inside(said, diag, inner, message);
    } else if (said->len == 0 && fy_node_is_mapping(node)) {
        struct fy_node_pair *pair;
        while (said->len == 0 && (pair = fy_node_mapping_iterate(node, &i))) {
            if (fy_node_pair_key(pair))
                report_inside(said, diag, fy_node_pair_key(pair), message);
            if (said->len == 0 && fy_node_pair_value(pair))
                report_inside(said, diag, fy_node_pair_value(pair), message);
        }
    }
}

/* The report's line, then one line of source and the mark below it. */
static void keep_three_lines(struct ov_text *t)
{
    size_t lines = 0, i = 0;
    for (; i < t->len && lines < 3; i++)
        lines += t->s[i] == '\n';
    while (i > 0 && t->s[i - 1] == '\n')
        i--;
    t->s[i] = '\0';
    t->len = i;
    ov_report_clean(t->s);
}

static void report_somewhere(struct ov_text *said, struct fy_node *node, const char *message)
{
    struct fy_diag_cfg config;
    fy_diag_cfg_default(&config);
    config.fp = NULL;
    config.output_fn = collect;
    config.user = said;
    config.colorize = false;
    struct fy_diag *diag = node ? fy_diag_create(&config) : NULL;
    for (struct fy_node *n = node; diag && n && said->len == 0; n = fy_node_get_parent(n))
        report_inside(said, diag, n, message);
    if (diag && said->len == 0 && fy_document_root(fy_node_document(node)))
        report_inside(said, diag, fy_document_root(fy_node_document(node)), message);
    if (said->len == 0)
        ov_text_addf(said, "error: %s", message);
    if (diag)
        fy_diag_destroy(diag);
    if (!said->failed)
        keep_three_lines(said);
}

/* Bytes of a text as it is written, from its quote on, that stand before byte `offset` of what it
 * means; 0 if it does not get there on this line. */
static size_t written(const char *raw, size_t offset)
{
    char quote = *raw == '"' || *raw == '\'' ? *raw : '\0';
    size_t i = quote != '\0';
    for (size_t k = 0; k < offset; k++) {
        if (raw[i] == '\0' || raw[i] == '\n')
            return 0;
        size_t n = 1;
        if (quote == '\'' && raw[i] == '\'')
            n = 2;
        else if (quote == '"' && raw[i] == '\\')
            n = raw[i + 1] == 'x' ? 4 : raw[i + 1] == 'u' ? 6 : raw[i + 1] == 'U' ? 10 : 2;
        i = strnlen(raw + i, n) == n ? i + n : strlen(raw);
    }
    return i;
}

/* Moves the place of a report (line, source, mark) from the start of a text into it. */
static void move_into(struct ov_text *said, size_t offset)
{
    char *end = strstr(said->s, ": error: "), *start = end, *source = strchr(said->s, '\n');
    char *mark = source ? strchr(source + 1, '\n') : NULL, *caret = mark ? strchr(mark, '^') : NULL;
    if (!end || !caret || end > source)
        return;
    while (start > said->s && start[-1] >= '0' && start[-1] <= '9')
        start--;
    size_t at = (size_t)(caret - mark - 1), by = 0;
    if (at < (size_t)(mark - source - 1))
        by = written(source + 1 + at, offset);
    struct ov_text moved = {0};
    ov_text_add(&moved, said->s, (size_t)(start - said->s));
    ov_text_addf(&moved, "%lu", strtoul(start, NULL, 10) + by);
    ov_text_add(&moved, end, (size_t)(mark - end));
    ov_text_addf(&moved, "\n%*s^", (int)(at + by), "");
    ov_text_free(said);
    *said = moved;
}

enum ov_status ov_node_vfail(struct fy_node *node, const char *name, size_t within,
                             struct ov_error *err, const char *fmt, va_list ap)
{
    if (!err || ov_report_is_full(err))
        return OV_EUSER;
    char message[1024];
    int used = node || !name ? 0 : snprintf(message, sizeof message, "%s: ", name);
    vsnprintf(message + used, sizeof message - (size_t)used, fmt, ap);
    for (char *c = message; *c; c++)
        *c = *c == '\n' || *c == '\t' ? ' ' : *c;
    struct ov_text said = {0};
    report_somewhere(&said, node, message);
    if (within > 0 && node && !said.failed)
        move_into(&said, within);
    ov_report_add(err, said.failed ? message : said.s);
    ov_text_free(&said);
    return OV_EUSER;
}

enum ov_status ov_node_fail(struct fy_node *node, struct ov_error *err, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    enum ov_status status = ov_node_vfail(node, NULL, 0, err, fmt, ap);
    va_end(ap);
    return status;
}
