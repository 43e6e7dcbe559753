/* SPDX-License-Identifier: MIT
 *
 * --set: values that replace those of the file.
 */
#include <stdlib.h>
#include <string.h>

#include <libfyaml.h>

#include "experiment_internal.h"
#include "overlap/base/alloc.h"
#include "overlap/config/yaml.h"

static void setting_read(struct ov_loading *l, struct ov_setting *s, const char *text)
{
    s->text = text;
    const char *equals = strchr(text, '=');
    if (!equals || equals == text) {
        ov_loading_fail(l, text, "it takes key=value, such as eta_w=0.1");
        return;
    }
    s->path = ov_xprintf("%.*s", (int)(equals - text), text);
    char *where = ov_xprintf("--set %s", s->path);
    struct fy_document *doc = NULL;
    enum ov_status status = ov_yaml_parse(&doc, equals + 1, strlen(equals + 1), where, l->err);
    free(where);
    if (status == OV_OK) {
        ov_documents_add(l->e, doc);
        s->value = fy_document_root(doc);
    }
    l->failed |= status != OV_OK;
}

void ov_settings_read(struct ov_loading *l)
{
    size_t n = l->options->n_set;
    l->set = ov_xcalloc(n, sizeof *l->set);
    for (size_t i = 0; i < n; i++) {
        setting_read(l, &l->set[l->n_set++], l->options->set[i]);
        ov_shared_add(l, l->set[i].value, l->set[i].path, i + 1);
    }
}

/* What comes after "NAME.", or NULL. */
static const char *after(const char *path, const char *name)
{
    size_t n = strlen(name);
    return strncmp(path, name, n) == 0 && path[n] == '.' && path[n + 1] ? path + n + 1 : NULL;
}

static const struct ov_key *top_key(const struct ov_key *keys, const char *path)
{
    size_t n = strcspn(path, ".");
    for (; keys->name; keys++)
        if (strncmp(keys->name, path, n) == 0 && keys->name[n] == '\0')
            return keys;
    return NULL;
}

/* What a setting sets on this curve ("init.std"), or NULL where it is meant for others. */
static const char *aim(const struct ov_setting *s, const struct ov_key *keys, const char *id,
                       const char *group)
{
    if (ov_schema_find(keys, s->path))
        return s->path;
    const char *rest = after(s->path, id);
    rest = rest ? rest : after(s->path, group);
    if (rest)
        return rest;
    return top_key(keys, s->path) ? s->path : NULL;
}

/* True if there is a map for a path to lead into: as given so far, or by default. */
static bool has_map(const struct ov_given *given, size_t n, const struct ov_key *key)
{
    for (size_t i = n; i-- > 0;) {
        if (given[i].path || strcmp(given[i].name, key->name) != 0)
            continue;
        struct fy_node *node = given[i].value;
        const char *s = node && fy_node_is_scalar(node) ? fy_node_get_scalar0(node) : NULL;
        return node && (fy_node_is_mapping(node) || (s && strcmp(s, "true") == 0));
    }
    return key->fallback && key->fallback[0] == '{';
}

void ov_settings_apply(struct ov_given *given, size_t *n, struct ov_loading *l, const char *id,
                       const char *group)
{
    const struct ov_key *keys = l->e->system->keys;
    for (size_t i = 0; i < l->n_set; i++) {
        struct ov_setting *s = &l->set[i];
        const char *path = s->value ? aim(s, keys, id, group) : NULL;
        if (!path)
            continue;
        s->matched = true;
        s->aimed = path;
        const struct ov_key *top = top_key(keys, path);
        bool inner = strchr(path, '.');
        if (inner && top && top->types & OV_MAP && !has_map(given, *n, top))
            continue;
        s->applied = true;
        given[(*n)++] = (struct ov_given){path, NULL, s->value, inner};
    }
}

const struct ov_setting *ov_settings_find(const struct ov_loading *l, const char *key,
                                          const char *id, const char *group)
{
    for (size_t i = 0; i < l->n_set; i++) {
        const char *path = l->set[i].path ? aim(&l->set[i], l->e->system->keys, id, group) : NULL;
        if (path && (strcmp(path, key) == 0 || after(path, key) || after(key, path)))
            return &l->set[i];
    }
    return NULL;
}

static void complain(struct ov_loading *l, const struct ov_setting *s)
{
    const struct ov_key *keys = l->e->system->keys;
    size_t n = 0, n_curve = l->e->n_curve, top = strcspn(s->path, ".");
    while (keys[n].name)
        n++;
    const char **names = ov_xcalloc(n + 2 * n_curve + 1, sizeof *names);
    char *word = ov_xprintf("%.*s", (int)top, s->path);
    for (size_t i = 0; i < n; i++)
        names[i] = keys[i].name;
    for (size_t i = 0; i < n_curve; i++) {
        names[n + 2 * i] = l->e->curve[i].id;
        names[n + 2 * i + 1] = l->e->curve[i].group;
    }
    ov_loading_fail(l, s->text, "no key or curve is called '%.64s'%s", word,
                    ov_hint(word, names).text);
    free(names);
    free(word);
}

void ov_settings_check(struct ov_loading *l)
{
    for (size_t i = 0; i < l->n_set; i++) {
        const struct ov_setting *s = &l->set[i];
        if (!s->value || s->applied)
            continue;
        if (s->matched)
            ov_loading_fail(l, s->text, "no curve that is meant has such a map to set '%s' in",
                            s->path);
        else
            complain(l, s);
    }
}
