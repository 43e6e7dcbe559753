/* SPDX-License-Identifier: MIT
 *
 * The pieces of JSON that reports of claims are made of: any text, any number, trees without
 * memory.
 */
#include "claim_json_internal.h"

#include <math.h>
#include <string.h>

#include "overlap/base/utf8.h"

bool ov_json_put(json_t *object, const char *key, json_t *value)
{
    return value && json_object_set_new(object, key, value) == 0;
}

json_t *ov_json_if(bool good, json_t *value)
{
    if (good)
        return value;
    json_decref(value);
    return NULL;
}

json_t *ov_json_number(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

json_t *ov_json_text(const char *text)
{
    struct ov_text t = {0};
    ov_utf8_add_all(&t, text);
    json_t *string = t.failed ? NULL : json_string(t.s);
    ov_text_free(&t);
    return string;
}

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

/* Words about a claim, not the claim. */
static bool is_word(const char *name)
{
    static const char *const words[] = {"id", "says", "source", "revised", NULL};
    size_t i = 0;
    while (words[i] && strcmp(words[i], name) != 0)
        i++;
    return words[i] != NULL;
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

static json_t *items_json(const struct ov_value *v)
{
    json_t *list = json_array();
    bool good = list;
    for (size_t i = 0; good && i < v->n_item; i++)
        good = json_array_append_new(list, value_json(v->item + i)) == 0;
    return ov_json_if(good, list);
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
    case OV_MAPS:
    case OV_MATRICES:
        return items_json(v);
    case OV_ANY:
        break;
    }
    return json_null();
}

/* ---- what it read ---- */

json_t *ov_json_tables(const struct ov_claim *claim)
{
    json_t *o = json_object();
    bool good = o;
    for (size_t i = 0; good && i < claim->n_table; i++) {
        const char *key = claim->table[i].key;
        good = ov_json_put(o, claim->table[i].name, key ? json_string(key) : json_null());
    }
    return ov_json_if(good, o);
}

json_t *ov_json_asks(const struct ov_claim *claim)
{
    return map_json(&claim->keys);
}

/* ---- what it measured ---- */

static json_t *measure_json(const struct ov_measure *m)
{
    json_t *o = json_object();
    bool good = o && ov_json_put(o, "curve", ov_json_text(m->curve)) &&
                ov_json_put(o, "at", ov_json_number(m->at)) &&
                ov_json_put(o, "value", ov_json_number(m->value)) &&
                ov_json_put(o, "se", ov_json_number(m->se)) &&
                ov_json_put(o, "theory_se", ov_json_number(m->theory_se)) &&
                ov_json_put(o, "n", json_integer((json_int_t)m->n)) &&
                ov_json_put(o, "expect", ov_json_number(m->expect)) &&
                ov_json_put(o, "margin", ov_json_number(m->margin)) &&
                ov_json_put(o, "verdict", json_string(ov_verdict_name(m->verdict))) &&
                ov_json_put(o, "low", ov_json_number(m->low)) &&
                ov_json_put(o, "high", ov_json_number(m->high)) &&
                ov_json_put(o, "p_pass", ov_json_number(m->p_pass)) &&
                ov_json_put(o, "p_fail", ov_json_number(m->p_fail)) &&
                ov_json_put(o, "needed", json_integer((json_int_t)m->needed));
    return ov_json_if(good, o);
}

json_t *ov_json_measures(const struct ov_claim *claim)
{
    json_t *list = json_array();
    bool good = list;
    for (size_t i = 0; good && i < claim->n_measure; i++) {
        json_t *m = measure_json(claim->measure + i);
        good = m && json_array_append_new(list, m) == 0;
    }
    return ov_json_if(good, list);
}
