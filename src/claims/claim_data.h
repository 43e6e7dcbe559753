/* SPDX-License-Identifier: MIT
 *
 * What every kind of claim shares: which numbers it asks for, and these numbers seed by seed.
 */
#ifndef OVERLAP_LAB_CLAIM_DATA_H
#define OVERLAP_LAB_CLAIM_DATA_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/claims/claims.h"
#include "overlap/lab/results.h"

/* Which side a kind reads where the claim does not say. */
enum ov_claim_side_rule { OV_SIDE_SGD, OV_SIDE_THEORY, OV_SIDE_SGD_IF_PRESENT };

/* What a claim asks for. Pointers into the claim and its experiment, but for `curve`. */
struct ov_query {
    const struct ov_experiment *experiment;
    const struct ov_curve **curve; /* (n_curve) owned, in the claimed order */
    size_t n_curve, n_at;          /* n_at: 1 for a window */
    enum ov_side side;
    bool windowed, against_theory; /* min … plateau; deviation and relative */
    const char *quantity, *statistic;
    const struct ov_value *at; /* NULL for a window */
    double from, to;
    const struct ov_value *window, *place; /* where to report: from, to; the claim's id */
};

/* Builds the query and reports (OV_EUSER, at its place) what the experiment can't answer. */
enum ov_status ov_query_create(struct ov_query *q, struct ov_claim *claim,
                               enum ov_claim_side_rule rule, struct ov_error *err);
void ov_query_free(struct ov_query *q); /* NULL-safe */

/* The words of `statistic`, NULL at the end. */
extern const char *const ov_claim_statistics[];

/* One statistic of one curve at one time (or in the window), seed by seed. */
struct ov_sample {
    const struct ov_curve *curve;
    double at; /* the time measured, the same for all seeds; else NaN */
    double *x; /* (n) owned */
    size_t n;
    bool single;             /* one run of theory: no seeds to average over */
    double theory;           /* against_theory: theory's mean there; else NaN */
    enum ov_verdict verdict; /* PASS: to be judged; FAIL: no such number; MISSING, STALE */
    char why[512];           /* where not PASS */
};

/* Reads all samples: curves outside, times inside.
 *   out  sample  (q->n_curve * q->n_at) owned by the caller; NULL on error
 * Returns OV_OK; OV_EUSER for a time that is not among the curve's, at its place; OV_ENOMEM. */
enum ov_status ov_samples_read(struct ov_sample **sample, const struct ov_query *q, const char *out,
                               struct ov_error *err);
void ov_samples_free(struct ov_sample *sample, size_t n); /* NULL-safe */

/* expect: a number or a formula in the curve's parameters; `otherwise` where it is not given, an
 * error (OV_EUSER) if that is NaN. */
enum ov_status ov_claim_expect(double *expect, struct ov_claim *claim, const struct ov_curve *c,
                               double otherwise, struct ov_error *err);
/* margin: abs + rel |scale|; 0 where there is none. */
double ov_claim_margin(struct ov_claim *claim, double scale);

#endif
