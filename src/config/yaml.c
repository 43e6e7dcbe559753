/* SPDX-License-Identifier: MIT
 *
 * YAML through libfyaml: one document, its mistakes at their place.
 */
#include "overlap/config/yaml.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfyaml.h>

#include "overlap/base/text.h"
#include "overlap/config/place.h"

static const size_t largest_file = (size_t)4 << 20;
/* What aliases may blow a document up to, and how deep they may nest it. */
enum { MOST_NODES = 1000000, DEEPEST = 100, MOST_KEYS = 2000 };

static enum ov_status fail_at(const char *name, const char *bytes, size_t at, const char *what,
                              struct ov_error *err)
{
    size_t line = 1, column = 1;
    for (size_t i = 0; i < at; i++) {
        column = bytes[i] == '\n' ? 1 : column + 1;
        line += bytes[i] == '\n';
    }
    struct ov_text t = {0};
    ov_text_addf(&t, "%s:%zu:%zu: error: %s", name, line, column, what);
    enum ov_status status =
        t.failed ? ov_fail(err, OV_ENOMEM, "%s: out of memory", name) : ov_report_add(err, t.s);
    ov_text_free(&t);
    return status;
}

/* Length of the UTF-8 character at s (n > 0 bytes are left), 0 if it is malformed or a control. */
static size_t character(const unsigned char *s, size_t n)
{
    if (s[0] < 0x80)
        return (s[0] >= 0x20 && s[0] != 0x7f) || s[0] == '\n' || s[0] == '\r' || s[0] == '\t';
    size_t length = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || length > n)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
    bool beyond = (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf4 && s[1] > 0x8f);
    return overlong || beyond ? 0 : length;
}

/* Whether a non-breaking space at i stands where YAML would need a plain one: in front of all else
 * in its line, or right behind "key:" or "-", which it makes a part of a word. */
static bool breaks_nothing(const char *bytes, size_t i)
{
    size_t start = i, end = i;
    while (start > 0 && bytes[start - 1] != '\n')
        start--;
    while (start < end && bytes[start] == ' ')
        start++;
    if (start == end)
        return true;
    if (bytes[start] == '-' && (start + 1 == end || bytes[start + 1] == ' '))
        start++;
    while (start < end && bytes[start] == ' ')
        start++;
    if (start == end)
        return true;
    for (end--;
         start < end && (isalnum((unsigned char)bytes[start]) || strchr("_.-", bytes[start]));)
        start++;
    return start == end && bytes[end] == ':';
}

static enum ov_status check_text(const char *bytes, size_t n, const char *name,
                                 struct ov_error *err)
{
    for (size_t i = 0; i < n;) {
        size_t length = character((const unsigned char *)bytes + i, n - i);
        if (length == 0)
            return fail_at(name, bytes, i, "not a text: a byte that is no printable UTF-8", err);
        if (length == 2 && memcmp(bytes + i, "\xc2\xa0", 2) == 0 && breaks_nothing(bytes, i))
            return fail_at(name, bytes, i,
                           "a non-breaking space (U+00A0), which is part of a word here: write a "
                           "plain one",
                           err);
        i += length;
    }
    return n > 0 ? OV_OK : fail_at(name, bytes, 0, "there is nothing in it", err);
}

static void collect(struct fy_diag *diag, void *user, const char *bytes, size_t n)
{
    (void)diag;
    ov_text_add(user, bytes, n);
}

/* ---- a first look at the tree, before aliases are resolved ---- */

struct survey {
    size_t n_node; /* aliases followed */
    bool has_alias, is_endless;
    struct ov_error *err;
};

struct written_key {
    const char *text;
    struct fy_node *node;
    size_t i;
};

static int by_text(const void *a, const void *b)
{
    const struct written_key *x = a, *y = b;
    int order = strcmp(x->text, y->text);
    return order ? order : (x->i > y->i) - (x->i < y->i);
}

/* libfyaml has a search of its own, which gives no name and takes time quadratic in the number of
 * keys: hence the limit as well. */
static enum ov_status check_keys(struct fy_node *map, struct ov_error *err)
{
    size_t size = (size_t)fy_node_mapping_item_count(map);
    if (size > MOST_KEYS)
        return ov_node_fail(map, err, "a map of %zu keys, at most %d are possible", size,
                            MOST_KEYS);
    struct written_key *key = calloc(size + 1, sizeof *key);
    if (!key)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    size_t n = 0;
    void *i = NULL;
    struct fy_node_pair *pair;
    while ((pair = fy_node_mapping_iterate(map, &i))) {
        struct fy_node *node = fy_node_pair_key(pair);
        const char *text = node && fy_node_is_scalar(node) ? fy_node_get_scalar0(node) : NULL;
        if (text && !fy_node_is_alias(node)) {
            key[n] = (struct written_key){text, node, n};
            n++;
        }
    }
    qsort(key, n, sizeof *key, by_text);
    enum ov_status status = OV_OK;
    for (size_t k = 1; k < n; k++)
        if (strcmp(key[k].text, key[k - 1].text) == 0)
            status = ov_node_fail(key[k].node, err, "duplicate key '%.64s'", key[k].text);
    free(key);
    return status;
}

static enum ov_status survey(struct survey *s, struct fy_node *node, int depth)
{
    s->is_endless = ++s->n_node > MOST_NODES || depth > DEEPEST;
    if (s->is_endless)
        return OV_EUSER;
    enum ov_status status = OV_OK;
    void *i = NULL;
    if (fy_node_is_alias(node)) {
        struct fy_node *target = fy_node_resolve_alias(node);
        s->has_alias = true;
        return target ? survey(s, target, depth + 1) : OV_OK;
    }
    if (fy_node_is_sequence(node)) {
        struct fy_node *item;
        while (status == OV_OK && (item = fy_node_sequence_iterate(node, &i)))
            status = survey(s, item, depth + 1);
    } else if (fy_node_is_mapping(node)) {
        struct fy_node_pair *pair;
        status = check_keys(node, s->err);
        while (status == OV_OK && (pair = fy_node_mapping_iterate(node, &i))) {
            struct fy_node *key = fy_node_pair_key(pair), *value = fy_node_pair_value(pair);
            if (key)
                status = survey(s, key, depth + 1);
            if (value && status == OV_OK)
                status = survey(s, value, depth + 1);
        }
    }
    return status;
}

/* The first report of libfyaml: its line and the first line of source with its mark. */
static void first_report(char *text)
{
    char *end = text;
    for (int line = 0; line < 3 && (end = strchr(end, '\n')); line++)
        end++;
    if (end)
        *end = '\0';
    size_t n = strlen(text);
    while (n > 0 && text[n - 1] == '\n')
        text[--n] = '\0';
    ov_report_clean(text);
}

static enum ov_status load(struct fy_document **doc, struct fy_parser *parser, const char *bytes,
                           const char *name, struct ov_error *err)
{
    *doc = fy_parse_load_document(parser);
    struct fy_document *second = *doc ? fy_parse_load_document(parser) : NULL;
    bool alone = !second;
    fy_document_destroy(second);
    if (!alone)
        return fail_at(name, bytes, 0, "more than one YAML document ('---') in it", err);
    return *doc && fy_document_root(*doc) ? OV_OK : OV_EUSER;
}

/* Parses from a stream, because only that gives the input a name of our own; fmemopen only reads.
 */
static enum ov_status parse(struct fy_document **doc, enum fy_parse_cfg_flags flags,
                            struct fy_diag *diag, const char *bytes, size_t n, const char *name,
                            struct ov_error *err)
{
    struct fy_parse_cfg config = {.flags = FYPCF_JSON_NONE | flags, .diag = diag};
    struct fy_parser *parser = diag ? fy_parser_create(&config) : NULL;
    FILE *stream = fmemopen((void *)(uintptr_t)bytes, n, "r");
    enum ov_status status;
    fy_document_destroy(*doc);
    *doc = NULL;
    if (!parser || !stream || fy_parser_set_input_fp(parser, name, stream) != 0)
        status = ov_fail(err, OV_ENOMEM, "%s: out of memory", name);
    else
        status = load(doc, parser, bytes, name, err);
    if (parser)
        fy_parser_destroy(parser);
    if (stream)
        fclose(stream);
    return status;
}

/* First as written; then, where that is sound and has aliases, once more to resolve them. (libfyaml
 * merges correctly only where it looks for duplicate keys itself.) */
static enum ov_status parse_twice(struct fy_document **doc, struct fy_diag *diag, const char *bytes,
                                  size_t n, const char *name, struct ov_error *err)
{
    enum ov_status status = parse(doc, FYPCF_ALLOW_DUPLICATE_KEYS, diag, bytes, n, name, err);
    if (status != OV_OK)
        return status;
    struct survey s = {.err = err};
    status = survey(&s, fy_document_root(*doc), 0);
    if (s.is_endless)
        return fail_at(name, bytes, 0, "its aliases (*name) go on without end, or nearly so", err);
    if (status == OV_OK && s.has_alias) {
        status = parse(doc, FYPCF_DEFAULT_PARSE, diag, bytes, n, name, err);
        if (status == OV_OK && fy_document_resolve(*doc) != 0)
            status = OV_EUSER;
    }
    return status;
}

/* Turns what libfyaml said, if nobody else spoke, into a report. */
static void add_said(struct ov_error *own, struct ov_text *said, const char *bytes,
                     const char *name)
{
    if (own->status != OV_OK)
        return;
    if (said->s)
        first_report(said->s);
    if (said->s && strncmp(said->s, name, strlen(name)) == 0)
        ov_report_add(own, said->s);
    else
        fail_at(name, bytes, 0, "there is nothing in it", own);
}

enum ov_status ov_yaml_parse(struct fy_document **doc, const char *bytes, size_t n,
                             const char *name, struct ov_error *err)
{
    *doc = NULL;
    enum ov_status status = check_text(bytes, n, name, err);
    if (status != OV_OK)
        return status;
    struct ov_text said = {0};
    struct ov_error own = {0};
    struct fy_diag_cfg config;
    fy_diag_cfg_default(&config);
    config.fp = NULL;
    config.output_fn = collect;
    config.user = &said;
    config.colorize = false;
    struct fy_diag *diag = fy_diag_create(&config);
    status = parse_twice(doc, diag, bytes, n, name, &own);
    if (status == OV_EUSER)
        add_said(&own, &said, bytes, name);
    if (status == OV_EUSER)
        ov_report_add(err, own.text);
    else if (status != OV_OK)
        ov_fail(err, status, "%s", own.text);
    if (status != OV_OK) {
        fy_document_destroy(*doc);
        *doc = NULL;
    }
    if (diag)
        fy_diag_destroy(diag);
    ov_text_free(&said);
    return status;
}

enum ov_status ov_yaml_read(struct fy_document **doc, const char *path, struct ov_error *err)
{
    struct ov_text t = {0};
    *doc = NULL;
    enum ov_status status = ov_file_read(&t, path, largest_file, err);
    if (status == OV_OK)
        status = ov_yaml_parse(doc, t.s, t.len, path, err);
    ov_text_free(&t);
    return status;
}
