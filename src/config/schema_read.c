/* SPDX-License-Identifier: MIT
 *
 * A mapping read against a table of keys.
 */
#include "overlap/config/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfyaml.h>

#include "overlap/base/alloc.h"

#include "schema_value_internal.h"
#include "overlap/config/yaml.h"

static void map_read(struct ov_reading *r, struct ov_value *value, struct fy_node *where,
                     const struct ov_given *given, size_t n, const struct ov_key *keys,
                     const char *what);

static size_t table_size(const struct ov_key *keys)
{
    size_t n = 0;
    while (keys[n].name)
        n++;
    return n;
}

static size_t top_length(const struct ov_given *g)
{
    return g->path ? strcspn(g->name, ".") : strlen(g->name);
}

/* ---- unknown keys ---- */

/* "a curve", "an experiment". */
static const char *with_article(char phrase[64], const char *what)
{
    snprintf(phrase, 64, "%s %s", strchr("aeiou", what[0]) ? "an" : "a", what);
    return phrase;
}

/* Reports an unknown key; returns the one that was probably meant, or NULL. */
static const char *unknown(struct ov_reading *r, const struct ov_given *g, const char *name,
                           const struct ov_key *keys, const char *what)
{
    size_t n = table_size(keys);
    const char **names = ov_xcalloc(n + 1, sizeof *names);
    struct ov_text all = {0};
    for (size_t i = 0; i < n; i++) {
        names[i] = keys[i].name;
        ov_text_addf(&all, "%s%s", i ? ", " : "", keys[i].name);
    }
    struct fy_node *place = g->key ? g->key : g->value;
    const char *near = ov_suggest(name, names);
    if (near)
        OV_MISTAKE(r, place, "unknown key '%.64s' of %s; did you mean '%s'?", name, what, near);
    else
        OV_MISTAKE(r, place, "unknown key '%.64s' of %s; it has %s", name, what,
                   all.s ? all.s : "none");
    free(names);
    ov_text_free(&all);
    return near;
}

/* Reports all unknown keys.
 *   out  meant  (table) true for a key that one of them probably means: it is not missing then */
static void find_unknown(struct ov_reading *r, bool *meant, const struct ov_given *given, size_t n,
                         const struct ov_key *keys, const char *what)
{
    for (size_t i = 0; i < n; i++) {
        char *name = ov_xprintf("%.*s", (int)top_length(&given[i]), given[i].name);
        if (strchr(name, '.') || !ov_schema_find(keys, name)) {
            const char *near = unknown(r, &given[i], name, keys, what);
            if (near)
                meant[ov_schema_find(keys, near) - keys] = true;
        }
        free(name);
    }
}

/* ---- one key ---- */

/* The pairs of a mapping as given keys, room for `more` behind them. */
static struct ov_given *pairs(struct ov_reading *r, size_t *n, struct fy_node *node, size_t more)
{
    size_t count = node ? (size_t)fy_node_mapping_item_count(node) : 0;
    struct ov_given *given = ov_xcalloc(count + more + 1, sizeof *given);
    *n = 0;
    void *i = NULL;
    struct fy_node_pair *pair;
    while (node && (pair = fy_node_mapping_iterate(node, &i))) {
        struct fy_node *key = fy_node_pair_key(pair);
        const char *name = key && fy_node_is_scalar(key) ? fy_node_get_scalar0(key) : NULL;
        if (name && !*name) /* which has no place of its own */
            OV_MISTAKE(r, node, "a key is empty: there is a ':' with nothing before it");
        else if (name)
            given[(*n)++] = (struct ov_given){name, key, fy_node_pair_value(pair), false};
        else
            OV_MISTAKE(r, key ? key : fy_node_pair_value(pair), "a key must be a word");
    }
    return given;
}

/* A map, from its node (or NULL) and the given paths that lead into it. */
static void inner_map_read(struct ov_reading *r, struct ov_value *v, struct fy_node *node,
                           const struct ov_given *given, size_t n)
{
    size_t count, top = strlen(v->key->name);
    struct ov_given *inner = pairs(r, &count, node, n);
    for (size_t i = 0; inner && i < n; i++) {
        inner[count] = given[i];
        inner[count++].name += top + 1;
    }
    if (inner)
        map_read(r, v, node, inner, count, v->key->map, v->key->name);
    free(inner);
}

/* A list of maps; what is in it is read with the list. */
static void maps_read(struct ov_reading *r, struct ov_value *v, struct fy_node *node)
{
    v->type = OV_MAPS;
    v->item = ov_xcalloc((size_t)fy_node_sequence_item_count(node), sizeof *v->item);
    void *i = NULL;
    struct fy_node *element;
    while ((element = fy_node_sequence_iterate(node, &i))) {
        struct ov_value *map = &v->item[v->n_item++];
        size_t n;
        *map = (struct ov_value){
            .type = OV_MAP, .key = v->key, .keys = v->key->each, .node = element, .read = true};
        if (!fy_node_is_mapping(element)) {
            ov_mistyped(r, v->key, element);
            continue;
        }
        struct ov_given *given = pairs(r, &n, element, 0);
        map_read(r, map, element, given, n, v->key->each, v->key->name);
        free(given);
    }
}

static bool is_list_of_maps(struct fy_node *node)
{
    return fy_node_is_sequence(node) && fy_node_is_mapping(fy_node_sequence_get_by_index(node, 0));
}

static void node_read(struct ov_reading *r, struct ov_value *v, struct fy_node *node)
{
    size_t len;
    v->node = r->in_default ? NULL : node;
    v->type = OV_ANY;
    if (fy_node_get_tag(node, &len))
        OV_MISTAKE(r, node, "tags (!) are not read here");
    else if (v->key->types & OV_ANY)
        return;
    else if (fy_node_is_mapping(node) && v->key->types & OV_MAP)
        inner_map_read(r, v, node, NULL, 0);
    else if (v->key->types & OV_MAPS && is_list_of_maps(node))
        maps_read(r, v, node);
    else
        ov_value_read(r, v, node);
}

static void default_read(struct ov_reading *r, struct ov_value *v)
{
    struct fy_document *doc;
    const char *text = v->key->fallback;
    if (!strchr("[{", text[0]) && ov_value_scalar(v, text, true))
        return;
    if (ov_yaml_parse(&doc, text, strlen(text), v->key->name, r->err) != OV_OK) {
        r->failed = true;
        return;
    }
    bool outer = r->in_default;
    r->in_default = true;
    node_read(r, v, fy_document_root(doc));
    r->in_default = outer;
    fy_document_destroy(doc);
}

/* ---- the whole mapping ---- */

/* The keys given for one entry of the table: the last of its name, and paths into it (n_path of
 * them gathered in `path`). */
static const struct ov_given *find_given(struct ov_given *path, size_t *n_path,
                                         const struct ov_given *given, size_t n,
                                         const struct ov_key *key)
{
    const struct ov_given *found = NULL;
    *n_path = 0;
    for (size_t i = 0; i < n; i++) {
        size_t top = top_length(&given[i]);
        if (strlen(key->name) != top || strncmp(key->name, given[i].name, top) != 0)
            continue;
        if (given[i].name[top] == '\0')
            found = &given[i];
        else
            path[(*n_path)++] = given[i];
    }
    return found;
}

/* Reads one entry of the table; false if it has no value. */
static bool entry_read(struct ov_reading *r, struct ov_value *v, const struct ov_given *found,
                       const struct ov_given *path, size_t n_path)
{
    const struct ov_key *key = v->key;
    if (n_path && key->types & OV_MAP) {
        bool map = found && found->value && fy_node_is_mapping(found->value);
        v->node = map ? found->value : NULL;
        inner_map_read(r, v, v->node, path, n_path);
    } else if (n_path) {
        OV_MISTAKE(r, path->value, "%s is no map: it has no '%s'", key->name,
                   path->name + strlen(key->name) + 1);
        return false;
    } else if (found && ov_node_is_nothing(found->value)) {
        if (key->types & OV_ANY && key->fallback != OV_REQUIRED)
            return false;
        OV_MISTAKE(r, found->key ? found->key : found->value, "%s has no value", key->name);
        return false;
    } else if (found) {
        node_read(r, v, found->value);
    } else if (*key->fallback) {
        default_read(r, v);
    } else {
        return false;
    }
    return true;
}

static void map_read(struct ov_reading *r, struct ov_value *value, struct fy_node *where,
                     const struct ov_given *given, size_t n, const struct ov_key *keys,
                     const char *what)
{
    value->type = OV_MAP;
    value->keys = keys;
    value->item = ov_xcalloc(table_size(keys) + 1, sizeof *value->item);
    struct ov_given *path = ov_xcalloc(n + 1, sizeof *path);
    bool *meant = ov_xcalloc(table_size(keys) + 1, sizeof *meant);
    find_unknown(r, meant, given, n, keys, what);
    for (const struct ov_key *key = keys; key->name; key++) {
        size_t n_path;
        const struct ov_given *found = find_given(path, &n_path, given, n, key);
        struct ov_value *v = &value->item[value->n_item];
        *v = (struct ov_value){.key = key};
        bool absent = !found && n_path == 0 && key->fallback == OV_REQUIRED;
        if (absent && !meant[key - keys])
            OV_MISTAKE(r, where, "%s needs '%s' (%s)", what, key->name, key->doc);
        else if (!absent && entry_read(r, v, found, path, n_path))
            value->n_item++;
    }
    free(path);
    free(meant);
}

static enum ov_status finish(const struct ov_reading *r)
{
    return r->failed ? OV_EUSER : OV_OK;
}

enum ov_status ov_schema_read_given(struct ov_value *value, struct fy_node *where,
                                    const struct ov_given *given, size_t n,
                                    const struct ov_key *keys, const char *what,
                                    struct ov_error *err)
{
    struct ov_reading r = {.err = err};
    char phrase[64];
    *value = (struct ov_value){.node = where};
    map_read(&r, value, where, given, n, keys, with_article(phrase, what));
    return finish(&r);
}

enum ov_status ov_schema_read(struct ov_value *value, struct fy_node *node,
                              const struct ov_key *keys, const char *what, struct ov_error *err)
{
    struct ov_reading r = {.err = err};
    size_t n = 0;
    char phrase[64];
    with_article(phrase, what);
    *value = (struct ov_value){.type = OV_MAP, .keys = keys, .node = node};
    if (node && !fy_node_is_mapping(node))
        return ov_node_fail(node, err, "%s must be a map of keys and values", phrase);
    struct ov_given *given = pairs(&r, &n, node, 0);
    if (given)
        map_read(&r, value, node, given, n, keys, phrase);
    free(given);
    return finish(&r);
}
