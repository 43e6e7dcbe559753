/* SPDX-License-Identifier: MIT
 *
 * Replacements of stretches of a text, in order.
 */
#include "accept_edit_internal.h"

enum ov_status ov_edits_apply(struct ov_rewrite *r, const char *old, size_t n,
                              const struct ov_edit *edit, size_t n_edit)
{
    size_t at = 0;
    for (size_t i = 0; i < n_edit; i++) {
        ov_text_add(&r->text, old + at, edit[i].from - at);
        ov_text_add(&r->text, edit[i].text.s, edit[i].text.len);
        at = edit[i].end;
    }
    ov_text_add(&r->text, old + at, n - at);
    return r->text.failed ? OV_ENOMEM : OV_OK;
}
