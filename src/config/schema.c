/* SPDX-License-Identifier: MIT
 *
 * Values of a map by name, and which of them nobody read.
 */
#include "overlap/config/schema.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <libfyaml.h>

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
    if (!v)
        return;
    v->why = why;
    v->read = false;
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

enum ov_status ov_value_fail(const struct ov_value *v, struct ov_error *err, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    enum ov_status status = ov_node_vfail(v->node, v->key ? v->key->name : NULL, 0, err, fmt, ap);
    va_end(ap);
    return status;
}

enum ov_status ov_value_fail_within(const struct ov_value *v, size_t offset, struct ov_error *err,
                                    const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    enum ov_status status =
        ov_node_vfail(v->node, v->key ? v->key->name : NULL, offset, err, fmt, ap);
    va_end(ap);
    return status;
}
