/* SPDX-License-Identifier: MIT
 *
 * Texts with some of their bytes replaced.
 */
#ifndef OVERLAP_PAPER_ACCEPT_EDIT_INTERNAL_H
#define OVERLAP_PAPER_ACCEPT_EDIT_INTERNAL_H

#include <stddef.h>

#include "overlap/paper/accept.h"

/* old[from..end) becomes text. */
struct ov_edit {
    size_t from, end;
    struct ov_text text; /* owned by who made it */
};

/* Fills in text and diff of a rewriting.
 *   in   old   (n) bytes
 *   in   edit  (n_edit) by ascending places, none overlapping
 * OV_OK or OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_edits_apply(struct ov_rewrite *r, const char *old, size_t n,
                                           const struct ov_edit *edit, size_t n_edit);

/* The rewriting of `expect` in experiment.yaml of a failing claim, and the claim as it is then.
 *   in   name  "EXPERIMENT.ID" */
OV_NODISCARD enum ov_status ov_accept_expect(struct ov_rewrite *r, struct ov_claim *claim,
                                             const char *name, const char *reason,
                                             struct ov_error *err);

#endif
