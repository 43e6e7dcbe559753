/* SPDX-License-Identifier: MIT
 *
 * What was written in vain: keys of defaults or --set that no curve reads.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libfyaml.h>

#include "experiment_internal.h"
#include "overlap/base/alloc.h"

static void add(struct ov_loading *l, struct fy_node *node, const char *name, size_t parent,
                size_t later)
{
    size_t own = l->n_shared++;
    l->shared = ov_xrealloc(l->shared, l->n_shared, sizeof *l->shared);
    l->shared[own] = (struct ov_shared){
        .node = node,
        .name = ov_xstrdup(name),
        .parent = parent == SIZE_MAX ? own : parent,
        .later = later,
    };
    void *i = NULL;
    struct fy_node_pair *pair;
    while (fy_node_is_mapping(node) && (pair = fy_node_mapping_iterate(node, &i))) {
        struct fy_node *key = fy_node_pair_key(pair), *value = fy_node_pair_value(pair);
        const char *word = key && fy_node_is_scalar(key) ? fy_node_get_scalar0(key) : NULL;
        char *path = ov_xprintf("%s.%s", name, word ? word : "?");
        if (value)
            add(l, value, path, own, later);
        free(path);
    }
}

void ov_shared_add(struct ov_loading *l, struct fy_node *node, const char *name, size_t later)
{
    if (node)
        add(l, node, name, SIZE_MAX, later);
}

void ov_shared_free(struct ov_loading *l)
{
    for (size_t i = 0; i < l->n_shared; i++)
        free(l->shared[i].name);
    free(l->shared);
    l->shared = NULL;
    l->n_shared = 0;
}

static struct ov_shared *find(const struct ov_loading *l, const struct fy_node *node)
{
    for (size_t i = 0; i < l->n_shared; i++)
        if (l->shared[i].node == node)
            return &l->shared[i];
    return NULL;
}

static void in_vain(struct ov_loading *l, struct fy_node *node, const char *name, const char *id,
                    const char *why)
{
    l->failed = true;
    if (why)
        ov_node_fail(node, l->err, "'%s' is read by nothing here: curve %s %s", name, id, why);
    else
        ov_node_fail(node, l->err, "'%s' is read by nothing here: curve %s has no use for it", name,
                     id);
}

/* Notes what of a map was read; complains about a curve's own values that were not. */
static void note(struct ov_loading *l, size_t curve, const struct ov_value *map, const char *prefix)
{
    for (size_t i = 0; i < map->n_item; i++) {
        const struct ov_value *v = &map->item[i];
        char *path = ov_xprintf("%s%s%s", prefix, *prefix ? "." : "", v->key->name);
        struct ov_shared *shared = v->node ? find(l, v->node) : NULL;
        if (shared && v->read) {
            shared->read = true;
        } else if (shared && !shared->why) {
            shared->why = v->why;
            shared->curve = curve;
        }
        if (v->node && !v->read && !shared)
            in_vain(l, v->node, path, l->e->curve[curve].id, v->why);
        else if (v->read || !v->node)
            note(l, curve, v, path);
        free(path);
    }
}

void ov_shared_note(struct ov_loading *l, size_t curve)
{
    note(l, curve, &l->e->curve[curve].params, "");
}

static bool is_path_into(const char *path, const char *map)
{
    size_t n = strlen(map);
    return strncmp(path, map, n) == 0 && (path[n] == '.' || path[n] == '\0');
}

/* What a --set replaces, in whole or in part, is not written in vain. */
static bool is_replaced(const struct ov_loading *l, const struct ov_shared *s)
{
    for (size_t i = s->later; i < l->n_set; i++) {
        const char *aimed = l->set[i].aimed;
        if (aimed && (is_path_into(s->name, aimed) || is_path_into(aimed, s->name)))
            return true;
    }
    return false;
}

/* A curve that has it in its `vary`, or NULL. */
static const struct ov_curve *varied_by(const struct ov_loading *l, const char *name)
{
    for (size_t i = 0; i < l->e->n_curve; i++) {
        const struct ov_curve *c = &l->e->curve[i];
        struct fy_node *vary = fy_node_mapping_lookup_by_string(c->params.node, "vary", FY_NT);
        if (vary && fy_node_is_mapping(vary) &&
            fy_node_mapping_lookup_value_by_simple_key(vary, name, strlen(name)))
            return c;
    }
    return NULL;
}

void ov_shared_check(struct ov_loading *l)
{
    for (size_t i = 0; i < l->n_shared; i++) {
        const struct ov_shared *s = &l->shared[i];
        if (s->read || is_replaced(l, s) || (s->parent != i && !l->shared[s->parent].read))
            continue;
        if (s->why)
            in_vain(l, s->node, s->name, l->e->curve[s->curve].id, s->why);
        else {
            const struct ov_curve *varies = varied_by(l, s->name);
            l->failed = true;
            ov_node_fail(s->node, l->err, "'%s' is read by nothing: every curve has its own%s%s%s",
                         s->name, varies ? "; curve " : "", varies ? varies->group : "",
                         varies ? " varies it: remove it here" : "");
        }
    }
}
