/* SPDX-License-Identifier: MIT
 *
 * `vary` of an entry of the list of curves: a key or a path into a map, and for each a list of values
 * or a range; `zip: true` if they go on together.
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

/* The values of a list. */
static enum ov_status axis_list(struct ov_axis *axis, struct ov_loading *l)
{
    bool list = axis->list && fy_node_is_sequence(axis->list);
    axis->n = list ? (size_t)fy_node_sequence_item_count(axis->list) : 0;
    if (axis->n == 0)
        return OV_LOAD_FAIL(l, axis->list ? axis->list : axis->key,
                            "vary needs a list of values for '%s', or a range {from, to, points}",
                            axis->name);
    axis->value = ov_xcalloc(axis->n, sizeof(struct fy_node *));
    for (size_t i = 0; i < axis->n; i++) {
        struct fy_node *value = fy_node_sequence_get_by_index(axis->list, (int)i);
        if (!ov_word_of(value) || !*ov_word_of(value))
            return OV_LOAD_FAIL(l, value ? value : axis->list,
                                "'%s' can only be varied over numbers and "
                                "words",
                                axis->name);
        axis->value[i] = value;
    }
    return OV_OK;
}

static enum ov_status axis_check(struct ov_loading *l, const struct ov_entry *entry,
                                 struct ov_axis *axis)
{
    const struct ov_key *key = ov_schema_find(l->e->system->keys, axis->name);
    if (!key)
        return no_such_key(l, axis);
    if (!(key->types & OV_VARIES))
        return OV_LOAD_FAIL(l, axis->key, "'%s' can't be varied: it is no number and no word",
                            axis->name);
    bool range = axis->list && fy_node_is_mapping(axis->list);
    enum ov_status status = range ? ov_axis_range(axis, key, l) : axis_list(axis, l);
    if (status != OV_OK)
        return status;
    if (has_path(entry->node, axis->name))
        return OV_LOAD_FAIL(l, axis->key, "'%s' is both given and varied", axis->name);
    const struct ov_setting *s = ov_settings_find(l, axis->name, entry->group, entry->group);
    if (s)
        return ov_loading_fail(l, s->text, "'%s' is varied by curve %s", axis->name, entry->group);
    return OV_OK;
}

/* `zip: true` */
static enum ov_status take_zip(struct ov_entry *entry, struct fy_node *value, struct ov_loading *l)
{
    const char *word = ov_word_of(value);
    entry->zip = word && strcmp(word, "true") == 0;
    if (entry->zip || (word && strcmp(word, "false") == 0))
        return OV_OK;
    return OV_LOAD_FAIL(l, value ? value : entry->vary, "zip must be true or false");
}

/* What goes on together is of one length. */
static enum ov_status check_zip(const struct ov_entry *entry, struct ov_loading *l)
{
    for (size_t i = 1; entry->zip && i < entry->n_axis; i++)
        if (entry->axis[i].n != entry->axis[0].n)
            return OV_LOAD_FAIL(l, entry->axis[i].list,
                                "zip needs lists of one length: '%s' has %zu values, '%s' %zu",
                                entry->axis[i].name, entry->axis[i].n, entry->axis[0].name,
                                entry->axis[0].n);
    return OV_OK;
}

static enum ov_status read_axis(struct ov_entry *entry, struct fy_node *key, struct fy_node *list,
                                struct ov_loading *l)
{
    const char *name = ov_word_of(key);
    if (!name || !*name)
        return OV_LOAD_FAIL(l, name || !key ? entry->vary : key, "a key must be a word");
    if (strcmp(name, "zip") == 0)
        return take_zip(entry, list, l);
    if (entry->n_axis == OV_MOST_AXES)
        return OV_LOAD_FAIL(l, key, "more than %d keys in vary", OV_MOST_AXES);
    struct ov_axis *axis = &entry->axis[entry->n_axis++];
    *axis = (struct ov_axis){.name = name, .key = key, .list = list};
    return axis_check(l, entry, axis);
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
    while ((pair = fy_node_mapping_iterate(entry->vary, &i)))
        if (read_axis(entry, fy_node_pair_key(pair), fy_node_pair_value(pair), l) != OV_OK)
            status = OV_EUSER;
    if (status == OV_OK && entry->n_axis == 0)
        return OV_LOAD_FAIL(l, entry->vary, "vary has nothing to vary");
    return status == OV_OK ? check_zip(entry, l) : status;
}
