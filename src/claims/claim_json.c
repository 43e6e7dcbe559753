/* SPDX-License-Identifier: MIT */
#include "claim_json_internal.h"

#include <math.h>

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

static json_t *measure_json(const struct ov_measure *m, bool whole)
{
    json_t *o = json_object();
    bool good = o && ov_json_put(o, "curve", ov_json_text(m->curve)) &&
                ov_json_put(o, "at", ov_json_number(m->at)) &&
                ov_json_put(o, "value", ov_json_number(m->value)) &&
                ov_json_put(o, "se", ov_json_number(m->se)) &&
                ov_json_put(o, "n", json_integer((json_int_t)m->n)) &&
                ov_json_put(o, "expect", ov_json_number(m->expect)) &&
                ov_json_put(o, "margin", ov_json_number(m->margin)) &&
                ov_json_put(o, "verdict", json_string(ov_verdict_name(m->verdict)));
    if (good && whole)
        good = ov_json_put(o, "low", ov_json_number(m->low)) &&
               ov_json_put(o, "high", ov_json_number(m->high)) &&
               ov_json_put(o, "p_pass", ov_json_number(m->p_pass)) &&
               ov_json_put(o, "p_fail", ov_json_number(m->p_fail)) &&
               ov_json_put(o, "needed", json_integer((json_int_t)m->needed));
    return ov_json_if(good, o);
}

json_t *ov_json_measures(const struct ov_claim *claim, bool whole)
{
    json_t *list = json_array();
    bool good = list;
    for (size_t i = 0; good && i < claim->n_measure; i++) {
        json_t *m = measure_json(claim->measure + i, whole);
        good = m && json_array_append_new(list, m) == 0;
    }
    return ov_json_if(good, list);
}
