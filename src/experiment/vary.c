/* SPDX-License-Identifier: MIT
 *
 * `vary` of an entry of the list of curves: a key or a path into a map, and a list of values for
 * each.
 */
#include <stdlib.h>
#include <string.h>

#include <libfyaml.h>

#include "experiment_internal.h"
#include "overlap/base/alloc.h"

/* ---- what was probably meant ---- */

enum { MOST_PATHS = 300 };

/* All that can be varied: paths, and the last name of each. */
struct paths {
    char *path[MOST_PATHS + 1];
    const char *last[MOST_PATHS + 1];
    size_t n;
};

static void add_paths(struct paths *p, const struct ov_key *keys, const char *prefix)
{
    for (const struct ov_key *key = keys; key && key->name && p->n < MOST_PATHS; key++) {
        char *path = ov_xprintf("%s%s%s", prefix, *prefix ? "." : "", key->name);
        if (key->types & OV_VARIES) {
            p->last[p->n] = key->name;
            p->path[p->n++] = ov_xstrdup(path);
        }
        if (key->map != ov_tier_keys)
            add_paths(p, key->map, path);
        free(path);
    }
}

/* The path with this last name, else the nearest path, else the one whose last name is nearest. */
static const char *nearest(const struct paths *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->last[i], name) == 0)
            return p->path[i];
    const char *near = ov_suggest(name, (const char *const *)p->path);
    const char *last = near ? NULL : ov_suggest(name, p->last);
    for (size_t i = 0; last && i < p->n; i++)
        if (p->last[i] == last)
            return p->path[i];
    return near;
}

static enum ov_status no_such_key(struct ov_loading *l, const struct ov_axis *axis)
{
    struct paths p = {.n = 0};
    add_paths(&p, l->e->system->keys, "");
    const char *near = nearest(&p, axis->name);
    OV_LOAD_FAIL(l, axis->key, "unknown key '%.64s' in vary: system %s has none of that name%s%s%s",
                 axis->name, l->e->system->name, near ? "; did you mean '" : "", near ? near : "",
                 near ? "'?" : "");
    for (size_t i = 0; i < p.n; i++)
        free(p.path[i]);
    return OV_EUSER;
}

/* ---- reading ---- */

/* Has a map the key, or the path into maps? */
static bool has_path(struct fy_node *map, const char *path)
{
    size_t top = strcspn(path, ".");
    struct fy_node *value = map && fy_node_is_mapping(map)
                                ? fy_node_mapping_lookup_value_by_simple_key(map, path, top)
                                : NULL;
    return value && (path[top] == '\0' || has_path(value, path + top + 1));
}

static enum ov_status axis_check(struct ov_loading *l, const struct ov_entry *entry,
                                 const struct ov_axis *axis)
{
    const struct ov_key *key = ov_schema_find(l->e->system->keys, axis->name);
    if (!key)
        return no_such_key(l, axis);
    if (!(key->types & OV_VARIES))
        return OV_LOAD_FAIL(l, axis->key, "'%s' can't be varied: it is no number and no word",
                            axis->name);
    if (!axis->list || !fy_node_is_sequence(axis->list) || axis->n == 0)
        return OV_LOAD_FAIL(l, axis->list ? axis->list : axis->key,
                            "vary needs a list of values for '%s'", axis->name);
    for (size_t i = 0; i < axis->n; i++) {
        struct fy_node *value = fy_node_sequence_get_by_index(axis->list, (int)i);
        if (!ov_word_of(value) || !*ov_word_of(value))
            return OV_LOAD_FAIL(l, value ? value : axis->list,
                                "'%s' can only be varied over numbers and "
                                "words",
                                axis->name);
    }
    if (has_path(entry->node, axis->name))
        return OV_LOAD_FAIL(l, axis->key, "'%s' is both given and varied", axis->name);
    const struct ov_setting *s = ov_settings_find(l, axis->name, entry->group, entry->group);
    if (s)
        return ov_loading_fail(l, s->text, "'%s' is varied by curve %s", axis->name, entry->group);
    return OV_OK;
}

enum ov_status ov_axes_read(struct ov_entry *entry, struct ov_loading *l)
{
    if (!entry->vary)
        return OV_OK;
    if (!fy_node_is_mapping(entry->vary) || fy_node_mapping_item_count(entry->vary) == 0)
        return OV_LOAD_FAIL(l, entry->vary, "vary must be a map of lists, such as {K: [4, 5, 6]}");
    void *i = NULL;
    struct fy_node_pair *pair;
    enum ov_status status = OV_OK;
    while ((pair = fy_node_mapping_iterate(entry->vary, &i))) {
        struct fy_node *key = fy_node_pair_key(pair), *list = fy_node_pair_value(pair);
        if (!ov_word_of(key) || !*ov_word_of(key))
            return OV_LOAD_FAIL(l,
                                ov_word_of(key) ? entry->vary
                                : key           ? key
                                                : entry->vary,
                                "a key must be a word");
        if (entry->n_axis == OV_MOST_AXES)
            return OV_LOAD_FAIL(l, key, "more than %d keys in vary", OV_MOST_AXES);
        struct ov_axis *axis = &entry->axis[entry->n_axis++];
        *axis = (struct ov_axis){ov_word_of(key), key, list, 0};
        if (list && fy_node_is_sequence(list))
            axis->n = (size_t)fy_node_sequence_item_count(list);
        if (axis_check(l, entry, axis) != OV_OK)
            status = OV_EUSER;
    }
    return status;
}
