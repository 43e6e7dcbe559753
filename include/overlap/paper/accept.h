/* SPDX-License-Identifier: MIT
 *
 * Accepting what the data say: the printed numbers of one claim are rewritten, each with the reason
 * beside it, as a change that somebody reviews.
 */
#ifndef OVERLAP_PAPER_ACCEPT_H
#define OVERLAP_PAPER_ACCEPT_H

#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/base/text.h"
#include "overlap/claims/claims.h"

/* One file as it will be. */
struct ov_rewrite {
    char *path;
    struct ov_text text; /* the whole new contents */
    size_t n_number;     /* rewritten; 0: nothing to do in this file */
};

struct ov_accepted {
    struct ov_rewrite experiment, paper;
};

/* Works out what has to be rewritten; writes nothing. An evaluated claim that passes only has
 * numbers in the paper that may differ. One that fails must be of kind `round` or `margin` with a
 * plain number in `expect`: this becomes the measured value, with as many digits as before, and the
 * line above it tells the old one and the reason; the claim is then as it would be after that. In
 * the paper every number of the claim that differs is rewritten, with an HTML comment behind its
 * span; of a random one, value and error, to digits that the error supports.
 *   in   paper   its path, or NULL
 *   in   reason  one line of text without "--"
 * Returns OV_OK; OV_EUSER, with what to do instead: no usable reason, a claim that is MISSING,
 * STALE, SKIPPED or INCONCLUSIVE, not finite, of another kind, with a formula in `expect`, with
 * measures that no one number fits, or whose number stands where it can't be rewritten without
 * changing anything else; a paper that can't be read; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_accept(struct ov_accepted *accepted, struct ov_claim *claim,
                                      const char *paper, const char *reason, struct ov_error *err);

/* Writes what changes, each file whole or not at all. OV_OK; OV_EIO; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_accept_write(const struct ov_accepted *accepted,
                                            struct ov_error *err);
void ov_accepted_free(struct ov_accepted *accepted); /* NULL-safe */

#endif
