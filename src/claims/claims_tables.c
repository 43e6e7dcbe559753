/* SPDX-License-Identifier: MIT */
#include "claim_data_internal.h"

#include <stdlib.h>
#include <string.h>

#include "overlap/base/text.h"

enum ov_status ov_claim_note_table(struct ov_claim *claim, const struct ov_curve *c,
                                   enum ov_side side, const struct ov_result *r,
                                   struct ov_error *err)
{
    struct ov_text name = {0};
    ov_text_addf(&name, "%s.%s", c->id, ov_side_name(side));
    for (size_t i = 0; !name.failed && i < claim->n_table; i++)
        if (strcmp(claim->table[i].name, name.s) == 0) {
            ov_text_free(&name);
            return OV_OK;
        }
    struct ov_claim_table *room = realloc(claim->table, (claim->n_table + 1) * sizeof *room);
    if (room)
        claim->table = room;
    if (!room || name.failed) {
        ov_text_free(&name);
        return ov_fail(err, OV_ENOMEM, "claim %s: out of memory", claim->id);
    }
    bool whole = r->state == OV_VALID || r->state == OV_STALE;
    char *key = whole ? ov_table_comment(&r->table, "key") : NULL;
    claim->table[claim->n_table++] = (struct ov_claim_table){name.s, key};
    return OV_OK;
}
