/* SPDX-License-Identifier: MIT
 *
 * From samples to measures, and from measures to the verdict of a claim. Intervals are at 90 %, so
 * that a claim is wrongly passed at most 5 % of the time (two one-sided tests: Schuirmann 1987).
 */
#ifndef OVERLAP_CLAIMS_CLAIM_JUDGE_INTERNAL_H
#define OVERLAP_CLAIMS_CLAIM_JUDGE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "claim_data_internal.h"

#define OV_CLAIM_LEVEL 0.90         /* of the intervals */
#define OV_CLAIM_ERROR 0.05         /* of a verdict: one side of the interval */
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

/* An estimate against the range allowed for what it estimates. */
struct ov_test {
    double value, se, freedom; /* Student's degrees of freedom; HUGE_VAL: normal */
    double low, high;          /* the range; either may be infinite */
    size_t n;                  /* seeds */
};
/* The two p-values; se = 0 gives 0 and 1.
 *   out  pass  that the truth lies outside of the range, and looks this well inside
 *   out  fail  that it lies inside, and looks this far outside on either side */
void ov_test_p(double *pass, double *fail, const struct ov_test *t);
/* P(T > distance/se), for se = 0 whether it is not: 0 or 1. */
double ov_test_tail(double distance, const struct ov_test *t);
/* What seeds_needed is worked out from: the spread of one seed and its distance to the nearer
 * bound. */
void ov_measure_reach(struct ov_measure *m, const struct ov_test *t);
/* Seeds that would decide at this level (one-sided); 0 if not known. */
size_t ov_measure_needed(const struct ov_measure *m, double level);
/* Sets the verdict of a measure from its p-values, and needed. */
void ov_measure_decide(struct ov_measure *m);

/* FAIL > MISSING > STALE > INCONCLUSIVE > PASS. */
int ov_verdict_severity(enum ov_verdict v);

/* Takes over the findings (n >= 1) into the claim; the worst one decides. Of n measures with
 * p-values a FAIL has to survive Bonferroni's n p; a PASS needs all of them anyway. */
OV_NODISCARD enum ov_status ov_claim_settle(struct ov_claim *claim, struct ov_finding *found,
                                            size_t n, struct ov_error *err);

/* The kinds: see their entries in ov_claim_kinds. */
OV_NODISCARD enum ov_status ov_exact_check(struct ov_claim *claim, struct ov_error *err);
OV_NODISCARD enum ov_status ov_exact_evaluate(struct ov_claim *claim, const char *out,
                                              struct ov_error *err);
OV_NODISCARD enum ov_status ov_band_check(struct ov_claim *claim, struct ov_error *err);
OV_NODISCARD enum ov_status ov_band_evaluate(struct ov_claim *claim, const char *out,
                                             struct ov_error *err);
OV_NODISCARD enum ov_status ov_scaling_check(struct ov_claim *claim, struct ov_error *err);
OV_NODISCARD enum ov_status ov_scaling_evaluate(struct ov_claim *claim, const char *out,
                                                struct ov_error *err);
OV_NODISCARD enum ov_status ov_margin_check(struct ov_claim *claim, struct ov_error *err);
OV_NODISCARD enum ov_status ov_round_check(struct ov_claim *claim, struct ov_error *err);
OV_NODISCARD enum ov_status ov_mean_check(struct ov_claim *claim, struct ov_error *err);
OV_NODISCARD enum ov_status ov_order_check(struct ov_claim *claim, struct ov_error *err);
OV_NODISCARD enum ov_status ov_margin_evaluate(struct ov_claim *claim, const char *out,
                                               struct ov_error *err);
OV_NODISCARD enum ov_status ov_round_evaluate(struct ov_claim *claim, const char *out,
                                              struct ov_error *err);
OV_NODISCARD enum ov_status ov_mean_evaluate(struct ov_claim *claim, const char *out,
                                             struct ov_error *err);
OV_NODISCARD enum ov_status ov_order_evaluate(struct ov_claim *claim, const char *out,
                                              struct ov_error *err);

#endif
