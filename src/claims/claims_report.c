/* SPDX-License-Identifier: MIT */
#include "overlap/claims/claims.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "outcomes_text.h"
#include "overlap/base/text.h"
#include "overlap/claims/lock.h"

/* ---- verdicts.json ---- */

static json_t *number(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

/* Puts a value that may be NULL (out of memory) and takes it over; false on failure. */
static bool put(json_t *object, const char *key, json_t *value)
{
    return value && json_object_set_new(object, key, value) == 0;
}

static json_t *measure_json(const struct ov_measure *m)
{
    json_t *o = json_object();
    bool ok = o && put(o, "curve", ov_utf8_json(m->curve)) && put(o, "at", number(m->at)) &&
              put(o, "value", number(m->value)) && put(o, "se", number(m->se)) &&
              put(o, "n", json_integer((json_int_t)m->n)) && put(o, "expect", number(m->expect)) &&
              put(o, "margin", number(m->margin)) && put(o, "low", number(m->low)) &&
              put(o, "high", number(m->high)) && put(o, "p_pass", number(m->p_pass)) &&
              put(o, "p_fail", number(m->p_fail)) &&
              put(o, "needed", json_integer((json_int_t)m->needed)) &&
              put(o, "verdict", json_string(ov_verdict_name(m->verdict)));
    if (ok)
        return o;
    json_decref(o);
    return NULL;
}

static json_t *measures_json(const struct ov_claim *claim)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < claim->n_measure; i++) {
        json_t *m = measure_json(claim->measure + i);
        if (!m || json_array_append_new(list, m) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static const char *text_of(struct ov_claim *claim, const char *key)
{
    const struct ov_value *v = ov_value_get(&claim->keys, key);
    return v ? v->string : NULL;
}

static json_t *claim_json(struct ov_claim *claim)
{
    const char *source = text_of(claim, "source"), *says = text_of(claim, "says");
    const char *title = claim->experiment->title;
    if (!source)
        source = claim->experiment->source;
    json_t *o = json_object();
    bool ok = o && put(o, "verdict", json_string(ov_verdict_name(claim->verdict))) &&
              put(o, "says", says ? ov_utf8_json(says) : json_null()) &&
              put(o, "source", source ? ov_utf8_json(source) : json_null()) &&
              put(o, "kind", json_string(claim->kind->name)) &&
              put(o, "p_pass", number(claim->p_pass)) && put(o, "p_fail", number(claim->p_fail)) &&
              put(o, "p_holm", number(claim->p_holm)) &&
              put(o, "experiment", ov_utf8_json(claim->experiment->name)) &&
              put(o, "title", title ? ov_utf8_json(title) : json_null()) &&
              put(o, "why", ov_utf8_json(claim->why)) && put(o, "tables", ov_lock_tables(claim)) &&
              put(o, "worst", json_integer((json_int_t)claim->worst)) &&
              put(o, "measures", measures_json(claim));
    if (ok)
        return o;
    json_decref(o);
    return NULL;
}

static char *claims_text(const struct ov_claims *claims)
{
    json_t *root = json_object(), *all = json_object();
    bool ok = root && all;
    for (size_t i = 0; ok && i < claims->n; i++) {
        struct ov_claim *claim = claims->claim + i;
        struct ov_text name = {0};
        ov_utf8_add_all(&name, claim->experiment->name);
        ov_text_addf(&name, ".%s", claim->id);
        ok = !name.failed && put(all, name.s, claim_json(claim));
        ov_text_free(&name);
    }
    ok = ok && json_object_set(root, "claims", all) == 0;
    char *text = ok ? json_dumps(root, JSON_INDENT(2) | JSON_SORT_KEYS) : NULL;
    json_decref(all);
    json_decref(root);
    return text;
}

enum ov_status ov_claims_write_json(const struct ov_claims *claims, const char *path,
                                    struct ov_error *err)
{
    struct ov_text text = {0};
    char *dumped = claims_text(claims);
    if (dumped)
        ov_text_addf(&text, "%s\n", dumped);
    enum ov_status status = !dumped || text.failed
                                ? ov_fail(err, OV_ENOMEM, "%s: out of memory", path)
                                : ov_file_update(path, text.s, text.len, err);
    free(dumped);
    ov_text_free(&text);
    return status;
}
