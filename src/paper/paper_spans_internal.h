/* SPDX-License-Identifier: MIT
 *
 * Checked numbers: spans [0.0364]{claim="…"} against the claims and the experiments.
 */
#ifndef OVERLAP_PAPER_PAPER_SPANS_INTERNAL_H
#define OVERLAP_PAPER_PAPER_SPANS_INTERNAL_H

#include <stddef.h>

#include "overlap/claims/claims.h"
#include "overlap/paper/paper.h"
#include "paper_list_internal.h"

/* What the numbers are checked against. */
struct ov_paper_facts {
    const struct ov_claims *claims;
    const struct ov_experiment *const *experiments; /* (n_experiment) */
    size_t n_experiment;
};

/* Checks every span with a claim or a param: notes those that agree or are skipped, and complains
 * about the rest; p->failed where memory ran out. */
void ov_paper_check_spans(struct ov_paper_list *p, const struct ov_paper_facts *facts);

/* A number of a claim as the paper prints it. */
struct ov_paper_number {
    size_t from, end, span_end; /* the literal; the end of its span's attributes, '}' included */
    double datum;               /* what it should be: finite */
    double se;                  /* its standard error; 0 where it is not random */
};

/* The numbers of one claim, in the order of the text. Spans that verify complains about for their
 * attributes are not among them.
 *   out  number  (n) owned by the caller
 *   in   name    "EXPERIMENT.ID" of the claim */
OV_NODISCARD enum ov_status ov_paper_claim_numbers(struct ov_paper_number **number, size_t *n,
                                                   struct ov_paper_list *p,
                                                   const struct ov_claim *claim, const char *name);

#endif
