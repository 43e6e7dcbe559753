/* SPDX-License-Identifier: MIT */
#include "overlap/claims/lock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "claim_json_internal.h"
#include "overlap/base/utf8.h"

/* ---- what a claim asks, as experiment.yaml puts it ---- */

static json_t *value_json(const struct ov_value *v);

static json_t *row_json(const double *x, size_t n)
{
    json_t *list = json_array();
    bool good = list;
    for (size_t i = 0; good && i < n; i++)
        good = json_array_append_new(list, ov_json_number(x[i])) == 0;
    return ov_json_if(good, list);
}

static json_t *list_json(const struct ov_value *v)
{
    json_t *list = json_array();
    size_t n = v->type == OV_STRINGS ? v->cols : v->rows;
    bool good = list;
    for (size_t i = 0; good && i < n; i++)
        good = json_array_append_new(list, v->type == OV_STRINGS
                                               ? ov_json_text(v->strings[i])
                                               : row_json(v->array + i * v->cols, v->cols)) == 0;
    return ov_json_if(good, list);
}

/* id, says and source are words about a claim, not the claim. */
static bool is_word(const char *name)
{
    return strcmp(name, "id") == 0 || strcmp(name, "says") == 0 || strcmp(name, "source") == 0;
}

static json_t *map_json(const struct ov_value *v)
{
    json_t *o = json_object();
    bool good = o;
    for (size_t i = 0; good && i < v->n_item; i++)
        if (!is_word(v->item[i].key->name))
            good = ov_json_put(o, v->item[i].key->name, value_json(v->item + i));
    return ov_json_if(good, o);
}

static json_t *value_json(const struct ov_value *v)
{
    switch (v->type) {
    case OV_INT:
    case OV_REAL:
        return ov_json_number(v->number);
    case OV_BOOL:
        return json_boolean(v->number != 0.0);
    case OV_WORD:
    case OV_STRING:
        return ov_json_text(v->string);
    case OV_LIST:
        return row_json(v->array, v->cols);
    case OV_MATRIX:
    case OV_STRINGS:
        return list_json(v);
    case OV_MAP:
        return map_json(v);
    case OV_ANY:
        break;
    }
    return json_null();
}

/* ---- what it read and measured ---- */

void *ov_lock_tables(const struct ov_claim *claim)
{
    json_t *o = json_object();
    bool good = o;
    for (size_t i = 0; good && i < claim->n_table; i++) {
        const char *key = claim->table[i].key;
        good = ov_json_put(o, claim->table[i].name, key ? json_string(key) : json_null());
    }
    return ov_json_if(good, o);
}

static json_t *claim_json(const struct ov_claim *claim)
{
    json_t *o = json_object();
    bool good = o && ov_json_put(o, "asks", map_json(&claim->keys)) &&
                ov_json_put(o, "verdict", json_string(ov_verdict_name(claim->verdict))) &&
                ov_json_put(o, "measures", ov_json_measures(claim, false)) &&
                ov_json_put(o, "tables", ov_lock_tables(claim));
    return ov_json_if(good, o);
}

static char *lock_text(const struct ov_claims *claims)
{
    json_t *root = json_object(), *all = json_object();
    bool good = root && all && ov_json_put(root, "format", json_integer(1));
    for (size_t i = 0; good && i < claims->n; i++) {
        struct ov_text name = {0};
        const struct ov_claim *claim = claims->claim + i;
        ov_utf8_add_all(&name, claim->experiment->name);
        ov_text_addf(&name, ".%s", claim->id);
        good = !name.failed && ov_json_put(all, name.s, claim_json(claim));
        ov_text_free(&name);
    }
    good = good && json_object_set(root, "claims", all) == 0;
    char *text = good ? json_dumps(root, JSON_INDENT(1) | JSON_SORT_KEYS) : NULL;
    json_decref(all);
    json_decref(root);
    return text;
}

enum ov_status ov_lock_write(const struct ov_claims *claims, const char *path, struct ov_error *err)
{
    struct ov_text text = {0};
    char *dumped = lock_text(claims);
    if (dumped)
        ov_text_addf(&text, "%s\n", dumped);
    enum ov_status status = !dumped || text.failed
                                ? ov_fail(err, OV_ENOMEM, "%s: out of memory", path)
                                : ov_file_update(path, text.s, text.len, err);
    free(dumped);
    ov_text_free(&text);
    return status;
}
