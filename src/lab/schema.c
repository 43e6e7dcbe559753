/* SPDX-License-Identifier: MIT */
#include "overlap/lab/schema.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfyaml.h>

#include "overlap/lab/yaml.h"

void ov_value_free(struct ov_value *v)
{
    if (!v)
        return;
    for (size_t i = 0; i < v->n_item; i++)
        ov_value_free(&v->item[i]);
    for (size_t i = 0; v->strings && i < v->cols; i++)
        free(v->strings[i]);
    free(v->item);
    free(v->strings);
    free(v->array);
    free(v->string);
    *v = (struct ov_value){0};
}

static bool is_named(const struct ov_key *key, const char *name, size_t n)
{
    return strncmp(key->name, name, n) == 0 && key->name[n] == '\0';
}

static const struct ov_key *entry(const struct ov_key *keys, const char *name, size_t n)
{
    for (; keys && keys->name; keys++)
        if (is_named(keys, name, n))
            return keys;
    return NULL;
}

const struct ov_key *ov_schema_find(const struct ov_key *keys, const char *path)
{
    size_t n = strcspn(path, ".");
    const struct ov_key *key = entry(keys, path, n);
    return key && path[n] == '.' ? ov_schema_find(key->map, path + n + 1) : key;
}

static struct ov_value *item(struct ov_value *map, const char *name, size_t n)
{
    for (size_t i = 0; i < map->n_item; i++)
        if (is_named(map->item[i].key, name, n))
            return &map->item[i];
    return NULL;
}

struct ov_value *ov_value_find(struct ov_value *map, const char *path)
{
    size_t n = strcspn(path, ".");
    struct ov_value *v = item(map, path, n);
    return v && path[n] == '.' ? ov_value_find(v, path + n + 1) : v;
}

struct ov_value *ov_value_get(struct ov_value *map, const char *name)
{
    assert(map->type == OV_MAP && entry(map->keys, name, strlen(name)));
    struct ov_value *v = item(map, name, strlen(name));
    if (v)
        v->read = true;
    return v;
}

double ov_value_number(struct ov_value *map, const char *name)
{
    struct ov_value *v = ov_value_get(map, name);
    assert(v && (v->type == OV_INT || v->type == OV_REAL || v->type == OV_BOOL));
    return v->number;
}

const char *ov_value_string(struct ov_value *map, const char *name)
{
    struct ov_value *v = ov_value_get(map, name);
    assert(v && v->string);
    return v->string;
}

void ov_value_unused(struct ov_value *map, const char *name, const char *why)
{
    assert(entry(map->keys, name, strlen(name)));
    struct ov_value *v = item(map, name, strlen(name));
    if (v)
        v->why = why;
}

const struct ov_value *ov_value_unread(const struct ov_value *v)
{
    for (size_t i = 0; i < v->n_item; i++) {
        const struct ov_value *inner = &v->item[i];
        if (inner->node && !inner->read)
            return inner;
        inner = ov_value_unread(inner);
        if (inner)
            return inner;
    }
    return NULL;
}

/* ---- failing at a place ---- */

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

/* `within`: bytes into the text that the node is. */
static OV_PRINTF(5, 0) enum ov_status vfail(struct fy_node *node, const char *name, size_t within,
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

enum ov_status ov_value_fail(const struct ov_value *v, struct ov_error *err, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    enum ov_status status = vfail(v->node, v->key ? v->key->name : NULL, 0, err, fmt, ap);
    va_end(ap);
    return status;
}

enum ov_status ov_value_fail_within(const struct ov_value *v, size_t offset, struct ov_error *err,
                                    const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    enum ov_status status = vfail(v->node, v->key ? v->key->name : NULL, offset, err, fmt, ap);
    va_end(ap);
    return status;
}

enum ov_status ov_node_fail(struct fy_node *node, struct ov_error *err, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    enum ov_status status = vfail(node, NULL, 0, err, fmt, ap);
    va_end(ap);
    return status;
}
