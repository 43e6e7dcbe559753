/* SPDX-License-Identifier: MIT
 *
 * From samples to measures, and from measures to the verdict of a claim. Intervals are at 90 %, so
 * that a claim is wrongly passed at most 5 % of the time (two one-sided tests: Schuirmann 1987).
 */
#ifndef OVERLAP_LAB_CLAIM_JUDGE_H
#define OVERLAP_LAB_CLAIM_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "claim_data.h"

#define OV_CLAIM_LEVEL 0.90         /* of the intervals */
#define OV_CLAIM_MOST_SEEDS 1000000 /* asking for more helps nobody */

/* A measure and, where it does not pass, why. */
struct ov_finding {
    struct ov_measure measure;
    char why[512];
};

/* Fills in what all kinds have alike, a deterministic value to begin with. True if there are
 * numbers to judge; else the verdict is there already. */
bool ov_finding_begin(struct ov_finding *f, const struct ov_sample *s);
/* Sets why to "CURVE @ ALPHA: what". */
void ov_finding_explain(struct ov_finding *f, const char *what);
/* The same for INCONCLUSIVE: what is unclear, and how many seeds would decide. */
void ov_finding_undecided(struct ov_finding *f, const char *unclear);

/* FAIL > MISSING > STALE > INCONCLUSIVE > PASS. */
int ov_verdict_severity(enum ov_verdict v);

/* Takes over the findings (n >= 1) into the claim; the worst one decides. */
enum ov_status ov_claim_settle(struct ov_claim *claim, const struct ov_finding *found, size_t n,
                               struct ov_error *err);

/* The kinds: see their entries in ov_claim_kinds. */
enum ov_status ov_margin_check(struct ov_claim *claim, struct ov_error *err);
enum ov_status ov_round_check(struct ov_claim *claim, struct ov_error *err);
enum ov_status ov_mean_check(struct ov_claim *claim, struct ov_error *err);
enum ov_status ov_order_check(struct ov_claim *claim, struct ov_error *err);
enum ov_status ov_margin_evaluate(struct ov_claim *claim, const char *out, struct ov_error *err);
enum ov_status ov_round_evaluate(struct ov_claim *claim, const char *out, struct ov_error *err);
enum ov_status ov_mean_evaluate(struct ov_claim *claim, const char *out, struct ov_error *err);
enum ov_status ov_order_evaluate(struct ov_claim *claim, const char *out, struct ov_error *err);

#endif
