/* SPDX-License-Identifier: MIT */
#include "overlap/claims/lock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "outcomes_text.h"

/* Puts a value that may be NULL (out of memory) and takes it over; false on failure. */
static bool put(json_t *object, const char *key, json_t *value)
{
    return value && json_object_set_new(object, key, value) == 0;
}

static json_t *number(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

/* ---- what a claim asks, as experiment.yaml puts it ---- */

static json_t *value_json(const struct ov_value *v);

static json_t *row_json(const double *x, size_t n)
{
    json_t *list = json_array();
    bool good = list;
    for (size_t i = 0; good && i < n; i++)
        good = json_array_append_new(list, number(x[i])) == 0;
    if (good)
        return list;
    json_decref(list);
    return NULL;
}

static json_t *list_json(const struct ov_value *v)
{
    json_t *list = json_array();
    size_t n = v->type == OV_STRINGS ? v->cols : v->rows;
    bool good = list;
    for (size_t i = 0; good && i < n; i++)
        good = json_array_append_new(list, v->type == OV_STRINGS
                                               ? json_string(v->strings[i])
                                               : row_json(v->array + i * v->cols, v->cols)) == 0;
    if (good)
        return list;
    json_decref(list);
    return NULL;
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
            good = put(o, v->item[i].key->name, value_json(v->item + i));
    if (good)
        return o;
    json_decref(o);
    return NULL;
}

static json_t *value_json(const struct ov_value *v)
{
    switch (v->type) {
    case OV_INT:
    case OV_REAL:
        return number(v->number);
    case OV_BOOL:
        return json_boolean(v->number != 0.0);
    case OV_WORD:
    case OV_STRING:
        return json_string(v->string);
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

/* ---- what it measured ---- */

static json_t *measure_json(const struct ov_measure *m)
{
    json_t *o = json_object();
    bool good = o && put(o, "curve", json_string(m->curve)) && put(o, "at", number(m->at)) &&
                put(o, "value", number(m->value)) && put(o, "se", number(m->se)) &&
                put(o, "n", json_integer((json_int_t)m->n)) &&
                put(o, "expect", number(m->expect)) && put(o, "margin", number(m->margin)) &&
                put(o, "verdict", json_string(ov_verdict_name(m->verdict)));
    if (good)
        return o;
    json_decref(o);
    return NULL;
}

static json_t *measures_json(const struct ov_claim *claim)
{
    json_t *list = json_array();
    bool good = list;
    for (size_t i = 0; good && i < claim->n_measure; i++) {
        json_t *m = measure_json(claim->measure + i);
        good = m && json_array_append_new(list, m) == 0;
    }
    if (good)
        return list;
    json_decref(list);
    return NULL;
}

void *ov_lock_tables(const struct ov_claim *claim)
{
    json_t *o = json_object();
    bool good = o;
    for (size_t i = 0; good && i < claim->n_table; i++) {
        const char *key = claim->table[i].key;
        good = put(o, claim->table[i].name, key ? json_string(key) : json_null());
    }
    if (good)
        return o;
    json_decref(o);
    return NULL;
}

static json_t *claim_json(const struct ov_claim *claim)
{
    json_t *o = json_object();
    bool good = o && put(o, "asks", map_json(&claim->keys)) &&
                put(o, "verdict", json_string(ov_verdict_name(claim->verdict))) &&
                put(o, "measures", measures_json(claim)) && put(o, "tables", ov_lock_tables(claim));
    if (good)
        return o;
    json_decref(o);
    return NULL;
}

static char *lock_text(const struct ov_claims *claims)
{
    json_t *root = json_object(), *all = json_object();
    bool good = root && all && put(root, "format", json_integer(1));
    for (size_t i = 0; good && i < claims->n; i++) {
        struct ov_text name = {0};
        const struct ov_claim *claim = claims->claim + i;
        ov_utf8_add_all(&name, claim->experiment->name);
        ov_text_addf(&name, ".%s", claim->id);
        good = !name.failed && put(all, name.s, claim_json(claim));
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
