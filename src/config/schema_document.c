/* SPDX-License-Identifier: MIT
 *
 * The reference of a table of keys, for people.
 */
#include "overlap/config/schema.h"

#include <math.h>

#include "schema_value_internal.h"

static void add_range(struct ov_text *out, const struct ov_key *key)
{
    bool low = isfinite(key->min), high = isfinite(key->max);
    if ((key->min == 0 && key->max == 0) || (!low && !high))
        return;
    ov_text_addf(out, low && high ? ", from " : low ? ", at least " : ", at most ");
    ov_text_add_number(out, low ? key->min : key->max);
    if (low && high) {
        ov_text_addf(out, " to ");
        ov_text_add_number(out, key->max);
    }
}

void ov_schema_document(struct ov_text *out, const struct ov_key *keys, int indent)
{
    for (const struct ov_key *key = keys; key->name; key++) {
        struct ov_text type = {0};
        ov_schema_expected(&type, key);
        ov_text_addf(out, "%*s%s: %s", indent, "", key->name, type.s ? type.s : "see below");
        add_range(out, key);
        if (key->fallback == OV_REQUIRED)
            ov_text_addf(out, "; required");
        else if (*key->fallback)
            ov_text_addf(out, "; default %s", key->fallback);
        else
            ov_text_addf(out, "; optional");
        ov_text_addf(out, "\n%*s%s\n", indent + 4, "", key->doc);
        if (key->types & OV_MAP)
            ov_schema_document(out, key->map, indent + 4);
        out->failed |= type.failed;
        ov_text_free(&type);
    }
}
