/* SPDX-License-Identifier: MIT
 *
 * What the kinds of claims share: a claim as it was read, its numbers seed by seed, and the way
 * from them to a verdict. Intervals are at 90 %, so that a claim is wrongly passed at most 5 % of
 * the time (two one-sided tests: Schuirmann 1987).
 */
#ifndef OVERLAP_CLAIMS_CLAIM_INTERNAL_H
#define OVERLAP_CLAIMS_CLAIM_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/claims/claims.h"
#include "overlap/claims/digits.h"
#include "overlap/num/stats.h"
#include "overlap/store/results.h"

#define OV_CLAIM_LEVEL 0.90         /* of the intervals */
#define OV_CLAIM_ERROR 0.05         /* of a verdict: one side of the interval */
#define OV_CLAIM_MOST_SEEDS 1000000 /* asking for more helps nobody */

/* ---- statistics ---- */

/* One seed's path in a window of times. */
struct ov_series {
    const double *time, *y; /* (last + 1) */
    size_t first, last;     /* the window, inclusive */
};

/* A word of `statistic`. */
struct ov_statistic {
    const char *name;
    bool against_theory;
    bool absolute, relative, standardised; /* the deviation itself; divided by theory; by theory's
                                              sd of a run */
    bool in_biases;                        /* by the shift of the mean that theory predicts */
    bool logarithm;                        /* ln(sgd/theory) */
    bool of_run, when;                     /* of divergence: no times; the time of it */
    enum ov_reduction reduce;              /* of the seeds' numbers */
    /* Of a window: a path's number, all of y finite (against theory: |deviation|); NaN where there
     * is none. NULL: of single times.
     *   out  where  the index it was found at; SIZE_MAX where there is no single one */
    double (*of_window)(size_t *where, const struct ov_series *s);
    size_t least; /* a window needs so many times, none of them 0; 0: one, any */
};
extern const struct ov_statistic ov_statistics[]; /* name NULL at the end */
extern const char *const ov_claim_statistics[];   /* their names, NULL at the end */

/* ---- a claim as it was read ---- */

/* The keys as they stand in the file (the rows of claim_kinds.c fill this in), which is where
 * mistakes are reported; NULL where a kind has no such key, or it is optional and not given. */
struct ov_claim_given {
    const struct ov_value *id, *curves, *quantity, *side, *statistic, *at, *from, *to;
    const struct ov_value *expect, *margin, *rel, *abs, *rtol, *ulps;
    const struct ov_value *against, *fit, *direction, *bias, *width;
    const struct ov_value *number_from, *numbers_of, *revised;
};

struct ov_span {
    size_t first, last; /* indices of times; equal for single times */
};

/* What a claim asks for. Arrays are owned; other pointers lead into the experiment. */
struct ov_query {
    struct ov_claim_given given;
    const struct ov_curve **curve; /* (n_curve) in the claimed order */
    size_t n_curve, n_at;          /* n_at: 1 for a window */
    size_t n_measure;              /* numbers that the verdict is made of */
    enum ov_side side;
    const struct ov_statistic *what;
    const char *quantity;
    char sd[64], bias[64];     /* "sd_eps_g", "bias_eps_g": theory's columns of what it predicts */
    struct ov_span *span;      /* (n_curve, n_at) where in a curve's times */
    double *expect;            /* (n_curve) NaN: none */
    double rel, abs;           /* margin */
    double rtol;               /* exact */
    struct ov_literal literal; /* round: expect as printed */
    bool decreasing;           /* order */
    bool log_value, log_against; /* scaling: of the logarithm of one or the other */
    double *weight;              /* (n_curve) scaling: the slope is sum_c weight_c y_c */
    bool predicted;              /* band: its width is what theory predicts */
    double *shift;               /* (n_curve) band: |c|/N, or |c|/p, |c|/d without one */
};

/* Reads a claim's keys into claim->query, or reports (OV_EUSER, at its place) what the experiment
 * can't answer. */
OV_NODISCARD enum ov_status ov_query_read(struct ov_claim *claim, struct ov_error *err);
void ov_query_free(struct ov_query *q); /* frees q too; NULL-safe */
/* What a kind reads besides. */
OV_NODISCARD enum ov_status ov_exact_parse(struct ov_query *q, struct ov_error *err);
OV_NODISCARD enum ov_status ov_margin_parse(struct ov_query *q, struct ov_error *err);
OV_NODISCARD enum ov_status ov_mean_parse(struct ov_query *q, struct ov_error *err);
OV_NODISCARD enum ov_status ov_round_parse(struct ov_query *q, struct ov_error *err);
OV_NODISCARD enum ov_status ov_scaling_parse(struct ov_query *q, struct ov_error *err);
OV_NODISCARD enum ov_status ov_order_parse(struct ov_query *q, struct ov_error *err);
OV_NODISCARD enum ov_status ov_band_parse(struct ov_query *q, struct ov_error *err);

/* OV_EUSER, at `place`, where this side of the curve has no such column besides its times. */
OV_NODISCARD enum ov_status ov_column_check(const struct ov_curve *c, enum ov_side side,
                                            const char *column, const struct ov_value *place,
                                            struct ov_error *err);
/* A key that is a number or a formula in the curve's parameters. */
OV_NODISCARD enum ov_status ov_claim_number(double *x, const struct ov_value *v,
                                            const struct ov_curve *c, struct ov_error *err);
/* Reads expect for every curve; `otherwise` where it is not given, an error if that is NaN. */
OV_NODISCARD enum ov_status ov_query_expect(struct ov_query *q, double otherwise,
                                            struct ov_error *err);
/* OV_EUSER where a margin says nothing. */
OV_NODISCARD enum ov_status ov_query_bounds(struct ov_query *q, struct ov_error *err);
/* OV_EUSER, at the margin, where it is 0: no interval of a random number lies within. */
OV_NODISCARD enum ov_status ov_query_room(const struct ov_query *q, struct ov_error *err);
/* Fails at v with what the words would have been: "WHAT; did you mean 'NEAR'?", with the
 * nearest to WORD. */
OV_NODISCARD enum ov_status ov_claim_unknown(const struct ov_value *v, struct ov_error *err,
                                             const char *what, const char *word,
                                             const char *const *words);
/* A margin of abs + rel |scale|. */
double ov_query_margin(const struct ov_query *q, double scale);
/* The time that the claim asks for; NaN where it is a word, or of a window. */
double ov_query_at(const struct ov_query *q, size_t i);

/* ---- numbers ---- */

/* One statistic of one curve at one time (or in the window), seed by seed. */
struct ov_sample {
    const struct ov_curve *curve;
    double at; /* the time measured, the same for all seeds; else NaN */
    double *x; /* (n) owned */
    size_t n;
    bool single; /* one run of theory: no seeds to average over */
    bool share;  /* ones and zeros: the share of runs that diverged */
    enum ov_reduction reduce;
    double theory;           /* against_theory: theory's mean there; else NaN */
    enum ov_verdict verdict; /* PASS: to be judged; FAIL: no such number; MISSING, STALE */
    char why[512];           /* where not PASS */
};

/* (n_curve, n_at) samples of a claim, whose tables are noted; the caller's to free. */
struct ov_sample *ov_samples_read(struct ov_claim *claim, const char *out);
void ov_samples_free(struct ov_sample *sample, size_t n); /* NULL-safe */

/* The sample's number, or its logarithm, with the error over seeds (ov_jackknife); one run of
 * theory has none: se = 0. */
struct ov_mean ov_sample_estimate(const struct ov_sample *s, bool log);

/* Paths of one curve: each seed's deviation from its theory at every time of the window. */
struct ov_paths {
    const struct ov_curve *curve;
    size_t n, n_time;
    double *time, *theory;   /* (n_time) times; the mean over seeds of theory there; owned */
    double *sd, *bias;       /* (n_time) predicted for a run, where asked for; within `time` */
    double *x;               /* (n, n_time) within `time` */
    enum ov_verdict verdict; /* as of a sample */
    char why[512];
};

/* Reads curve number c; free p->time. Where the claim's band is as wide as predicted, also sd and
 * bias, the mean over seeds of theory's columns sd_Q and (where there is one, else 0) bias_Q. */
void ov_paths_read(struct ov_paths *p, struct ov_claim *claim, size_t c, const char *out);

/* ---- what is set against what ---- */

/* Works out claim->evidence, once all claims of its experiment are read, by these rules in order:
 *   1. What it reads: simulation where any of its numbers is of runs of SGD; a statistic that is
 *      against theory, and a band, read both.
 *   2. Where a closed column of theory (struct ov_column) is all it reads and no seed is in it: an
 *      identity; with a typed number, a regression.
 *   3. `number_from: this program` makes a regression.
 *   4. An order compares what it reads with itself.
 *   5. An expected number is *typed* where it has not the form of a law. A number by itself is a law
 *      where it is a whole number up to 10, or a fraction of two; a half number (1.5, 3/2) only as a
 *      slope or exponent, of kind scaling: elsewhere, it may be the grid's. A formula, which names a
 *      parameter, a constant or a function, is one where all of its numerals together have at most
 *      two significant digits, of which one behind a point is one (2*K/pi, 0.2*K, 1/(24*pi); not
 *      0.0077/N, 0.0005 + 0.00002 + 0.000007 + 0*pi, 52*7*0.1*K): whole numbers up to 10, one half
 *      and repetitions are not counted.
 *   6. A typed number makes a regression, but where `number_from` says where else it is from: it is
 *      quoted then; or where the claims that `numbers_of` names, which hold theory to it, expect so
 *      many of its numerals that the others are a law: it is a number of theory then.
 * Errors (OV_EUSER, at their place): numbers_of names no claim of the experiment, or one that does
 * not read theory; a typed numeral that none of these expects; either key without a typed number,
 * or both. */
OV_NODISCARD enum ov_status ov_claim_evidence(struct ov_claim *claim, const struct ov_claims *all,
                                              struct ov_error *err);

/* ---- judging ---- */

/* A measure and, where it does not pass, why. */
struct ov_finding {
    struct ov_measure measure;
    char why[512];
};

/* The functions of the kinds. */
ov_judge ov_exact_judge, ov_margin_judge, ov_round_judge, ov_mean_judge, ov_order_judge,
    ov_scaling_judge, ov_band_judge;
/* How far from expect the kinds that judge each sample by itself allow it to be. */
double ov_exact_margin(const struct ov_query *q, const struct ov_sample *s, double expect);
double ov_round_margin(const struct ov_query *q, const struct ov_sample *s, double expect);
double ov_given_margin(const struct ov_query *q, const struct ov_sample *s, double expect);

/* Fills in what all kinds have alike, a deterministic value to begin with. True if there are
 * numbers to judge; else the verdict is there already. */
bool ov_finding_begin(struct ov_finding *f, const struct ov_sample *s);
/* Sets why to "CURVE @ TIME: …". */
void ov_finding_explain(struct ov_finding *f, const char *fmt, ...) OV_PRINTF(2, 3);
/* The same for INCONCLUSIVE: what is unclear, and how many seeds would decide. */
void ov_finding_undecided(struct ov_finding *f, const char *unclear);

/* An estimate against the range allowed for what it estimates. */
struct ov_test {
    double value, se, freedom; /* Student's degrees of freedom; HUGE_VAL: normal */
    double low, high;          /* the range; either may be infinite */
    size_t n;                  /* seeds */
};
/* The two p-values.
 *   out  pass  that the truth lies outside of the range, and looks this well inside
 *   out  fail  that it lies inside, and looks this far outside on either side
 * se = 0 gives 0 and 1. */
void ov_test_p(double *pass, double *fail, const struct ov_test *t);
/* P(T > distance/se), for se = 0 whether it is not: 0 or 1. */
double ov_test_tail(double distance, const struct ov_test *t);
/* What needed is worked out from: the spread of one seed and its distance to the nearer bound. */
void ov_measure_reach(struct ov_measure *m, const struct ov_test *t);
/* Seeds that would decide at this level (one-sided); 0 if not known. */
size_t ov_measure_needed(const struct ov_measure *m, double level);
/* Sets the verdict of a measure from its p-values, and needed. */
void ov_measure_decide(struct ov_measure *m);
/* The three at once, of one test. */
void ov_measure_test(struct ov_measure *m, const struct ov_test *t);

/* FAIL > MISSING > STALE > INCONCLUSIVE > PASS. */
int ov_verdict_severity(enum ov_verdict v);

/* Takes over the claim's findings; the worst one decides. Of n measures with p-values a FAIL has
 * to survive Bonferroni's n p; a PASS needs all of them anyway. */
void ov_claim_settle(struct ov_claim *claim, struct ov_finding *found);

#endif
