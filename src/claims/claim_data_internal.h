/* SPDX-License-Identifier: MIT
 *
 * What every kind of claim shares: which numbers it asks for, and these numbers seed by seed.
 */
#ifndef OVERLAP_CLAIMS_CLAIM_DATA_INTERNAL_H
#define OVERLAP_CLAIMS_CLAIM_DATA_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/claims/claims.h"
#include "overlap/store/results.h"
#include "overlap/num/stats.h"

/* Which side a kind reads where the claim does not say; OV_SIDE_PATHS: sgd against theory at every
 * time of a window, without the keys `side` and `at`. */
enum ov_claim_side_rule { OV_SIDE_SGD, OV_SIDE_THEORY, OV_SIDE_SGD_IF_PRESENT, OV_SIDE_PATHS };

/* A word of `statistic`. */
struct ov_statistic {
    const char *name;
    bool windowed, against_theory;
    bool relative, standardised; /* divided by theory; by theory's sd of a run */
    bool of_run, when;           /* of divergence: no times; the time of it */
    enum ov_reduction reduce;    /* of the seeds' numbers */
};

/* What a claim asks for. Pointers into the claim and its experiment, but for `curve`. */
struct ov_query {
    const struct ov_experiment *experiment;
    struct ov_claim *claim;        /* whose query it is: its tables are noted there */
    const struct ov_curve **curve; /* (n_curve) owned, in the claimed order */
    size_t n_curve, n_at;          /* n_at: 1 for a window */
    enum ov_side side;
    const struct ov_statistic *what;
    const char *quantity, *statistic; /* the words */
    char predicted[64];               /* "sd_eps_g", theory's column that standardised needs */
    const struct ov_value *at;        /* NULL for a window */
    double from, to;
    const struct ov_value *window, *place; /* where to report: from, to; the claim's id */
};

/* Builds the query and reports (OV_EUSER, at its place) what the experiment can't answer. */
OV_NODISCARD enum ov_status ov_query_create(struct ov_query *q, struct ov_claim *claim,
                                            enum ov_claim_side_rule rule, struct ov_error *err);
void ov_query_free(struct ov_query *q); /* NULL-safe */
/* OV_EUSER, at `place`, where a curve's theory does not predict the spread of the quantity. */
OV_NODISCARD enum ov_status ov_query_predicted(struct ov_query *q, const struct ov_value *place,
                                               struct ov_error *err);

/* The measured time nearest to number i of the claim's, within 5 %, and the first and last of its
 * window, for curve number c; OV_EUSER, at its place, where there is none, or too few. */
OV_NODISCARD enum ov_status ov_time_find(size_t *j, const struct ov_query *q, size_t c, size_t i,
                                         struct ov_error *err);
OV_NODISCARD enum ov_status ov_window_find(size_t *first, size_t *last, const struct ov_query *q,
                                           size_t c, struct ov_error *err);

/* The words of `statistic`, NULL at the end. */
extern const char *const ov_claim_statistics[];

/* One statistic of one curve at one time (or in the window), seed by seed. */
struct ov_sample {
    const struct ov_curve *curve;
    double at; /* the time measured, the same for all seeds; else NaN */
    double *x; /* (n) owned */
    size_t n;
    bool single; /* one run of theory: no seeds to average over */
    enum ov_reduction reduce;
    double theory;           /* against_theory: theory's mean there; else NaN */
    enum ov_verdict verdict; /* PASS: to be judged; FAIL: no such number; MISSING, STALE */
    char why[512];           /* where not PASS */
};

/* Notes that the claim read this side of this curve; once is enough. OV_OK or OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_claim_note_table(struct ov_claim *claim, const struct ov_curve *c,
                                                enum ov_side side, const struct ov_result *r,
                                                struct ov_error *err);

/* Reads all samples: curves outside, times inside.
 *   out  sample  (q->n_curve * q->n_at) owned by the caller; NULL on error
 * Returns OV_OK or OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_samples_read(struct ov_sample **sample, const struct ov_query *q,
                                            const char *out, struct ov_error *err);
void ov_samples_free(struct ov_sample *sample, size_t n); /* NULL-safe */

/* The sample's number, or its logarithm, with the error over seeds (ov_jackknife); one run of
 * theory has none: se = 0. */
struct ov_mean ov_sample_estimate(const struct ov_sample *s, bool log);

/* Paths of one curve: each seed's deviation from its theory at every time of the window. */
struct ov_paths {
    const struct ov_curve *curve;
    size_t n, n_time;
    double *alpha, *theory;  /* (n_time) times; the mean over seeds of theory there; owned */
    double *sd, *bias;       /* (n_time) predicted for a run, where asked for; owned */
    double *x;               /* (n, n_time) owned */
    enum ov_verdict verdict; /* as of a sample */
    char why[512];
};

/* Reads curve number c of the query.
 *   in   predicted  also sd and bias, the mean over seeds of theory's columns sd_Q and (where there
 *                   is one, else 0) bias_Q
 * Returns as ov_samples_read; free p in any case. */
OV_NODISCARD enum ov_status ov_paths_read(struct ov_paths *p, const struct ov_query *q, size_t c,
                                          bool predicted, const char *out, struct ov_error *err);
void ov_paths_free(struct ov_paths *p); /* NULL-safe */

/* A key that is a number or a formula in the curve's parameters. */
OV_NODISCARD enum ov_status ov_claim_number(double *x, struct ov_claim *claim,
                                            const struct ov_value *v, const struct ov_curve *c,
                                            struct ov_error *err);
/* expect: a number or a formula in the curve's parameters; `otherwise` where it is not given, an
 * error (OV_EUSER) if that is NaN. */
OV_NODISCARD enum ov_status ov_claim_expect(double *expect, struct ov_claim *claim,
                                            const struct ov_curve *c, double otherwise,
                                            struct ov_error *err);
#endif
