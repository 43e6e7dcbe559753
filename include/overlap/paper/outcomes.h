/* SPDX-License-Identifier: MIT
 *
 * What a verification found, point by point, for programs that read test results: TAP (the Test
 * Anything Protocol, version 13) and JUnit's XML. A point is a claim or a place of the paper.
 */
#ifndef OVERLAP_PAPER_OUTCOMES_H
#define OVERLAP_PAPER_OUTCOMES_H

#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/base/text.h"
#include "overlap/claims/claims.h"
#include "overlap/paper/paper.h"

struct ov_outcome {
    char *group;             /* the experiment, or the paper's path */
    char *name;              /* unique: "EXPERIMENT.ID", "paper.md:12:5" */
    char *says;              /* the claim's sentence, or the checked span; may be empty */
    char *why;               /* one line where it did not pass; else empty */
    enum ov_verdict verdict; /* PASS passes, SKIPPED skips, every other one fails */
};

struct ov_outcomes {
    struct ov_outcome *point; /* (n) claims in their order, then the paper's places; owned */
    size_t n, n_passed, n_failed, n_skipped;
};

/* Collects the points of evaluated claims and of a paper.
 *   in   paper  its path; NULL where none was checked, `report` is not read then
 * Returns OV_OK; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_outcomes_collect(struct ov_outcomes *all,
                                                const struct ov_claims *claims, const char *paper,
                                                const struct ov_paper_report *report,
                                                struct ov_error *err);
/* The one failing point of a verification that could not be made: files of an earlier one must not
 * stand for it. OV_OK; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_outcomes_broken(struct ov_outcomes *all, const char *why);
void ov_outcomes_free(struct ov_outcomes *all); /* NULL-safe */

/* The whole file as text. Claims' texts may hold anything: '#' and '\' are escaped in TAP, what XML
 * keeps for itself in JUnit; what is no UTF-8, or no character of XML, becomes U+FFFD. No clock and
 * no host in either. out->failed where memory ran out. */
void ov_outcomes_tap(struct ov_text *out, const struct ov_outcomes *all);
void ov_outcomes_junit(struct ov_text *out, const struct ov_outcomes *all);

#endif
