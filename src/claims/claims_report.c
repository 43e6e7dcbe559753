/* SPDX-License-Identifier: MIT
 *
 * Claims and their measures as JSON: the part of verdicts.json that the claims themselves say.
 */
#include "overlap/claims/claims.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "claim_json_internal.h"
#include "overlap/base/utf8.h"
#include "overlap/base/text.h"

/* ---- verdicts.json ---- */

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
    bool ok =
        o && ov_json_put(o, "verdict", json_string(ov_verdict_name(claim->verdict))) &&
        ov_json_put(o, "says", says ? ov_json_text(says) : json_null()) &&
        ov_json_put(o, "source", source ? ov_json_text(source) : json_null()) &&
        ov_json_put(o, "kind", json_string(claim->kind->name)) &&
        ov_json_put(o, "p_pass", ov_json_number(claim->p_pass)) &&
        ov_json_put(o, "p_fail", ov_json_number(claim->p_fail)) &&
        ov_json_put(o, "p_holm", ov_json_number(claim->p_holm)) &&
        ov_json_put(o, "experiment", ov_json_text(claim->experiment->name)) &&
        ov_json_put(o, "title", title ? ov_json_text(title) : json_null()) &&
        ov_json_put(o, "why", ov_json_text(claim->why)) &&
        ov_json_put(o, "evidence", json_string(ov_evidence_name(claim->evidence))) &&
        ov_json_put(o, "quoted", claim->quoted ? ov_json_text(claim->quoted) : json_null()) &&
        ov_json_put(o, "revised", claim->revised ? ov_json_text(claim->revised) : json_null()) &&
        ov_json_put(o, "note", *claim->note ? ov_json_text(claim->note) : json_null()) &&
        ov_json_put(o, "asks", ov_json_asks(claim)) &&
        ov_json_put(o, "tables", ov_json_tables(claim)) &&
        ov_json_put(o, "worst", json_integer((json_int_t)claim->worst)) &&
        ov_json_put(o, "measures", ov_json_measures(claim));
    return ov_json_if(ok, o);
}

/* How many claims there are of each class of evidence. */
static json_t *evidence_json(const struct ov_claims *claims)
{
    json_t *o = json_object();
    bool ok = o;
    for (int e = 0; e < OV_N_EVIDENCE && ok; e++) {
        json_int_t n = 0;
        for (size_t i = 0; i < claims->n; i++)
            n += (int)claims->claim[i].evidence == e;
        ok = ov_json_put(o, ov_evidence_name((enum ov_evidence)e), json_integer(n));
    }
    return ov_json_if(ok, o);
}

static char *claims_text(const struct ov_claims *claims, json_t *more)
{
    json_t *root = json_object(), *all = json_object();
    bool ok = root && all && ov_json_put(root, "format", json_integer(1)) &&
              (claims->n == 0 || ov_json_put(root, "evidence", evidence_json(claims)));
    for (size_t i = 0; ok && i < claims->n; i++) {
        struct ov_claim *claim = claims->claim + i;
        struct ov_text name = {0};
        ov_utf8_add_all(&name, claim->experiment->name);
        ov_text_addf(&name, ".%s", claim->id);
        ok = !name.failed && ov_json_put(all, name.s, claim_json(claim));
        ov_text_free(&name);
    }
    ok = ok && (!more || json_object_update(root, more) == 0) &&
         json_object_set(root, "claims", all) == 0;
    char *text = ok ? json_dumps(root, JSON_INDENT(2)) : NULL; /* claims in their order */
    json_decref(all);
    json_decref(root);
    return text;
}

enum ov_status ov_claims_write_json(const struct ov_claims *claims, void *more, const char *path,
                                    struct ov_error *err)
{
    struct ov_text text = {0};
    char *dumped = claims_text(claims, more);
    if (dumped)
        ov_text_addf(&text, "%s\n", dumped);
    enum ov_status status = !dumped || text.failed
                                ? ov_fail(err, OV_ENOMEM, "%s: out of memory", path)
                                : ov_file_update(path, text.s, text.len, err);
    free(dumped);
    ov_text_free(&text);
    return status;
}
