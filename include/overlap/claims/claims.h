/* SPDX-License-Identifier: MIT
 *
 * Claims: sentences with a number in them, tied to data and checked with a verdict. Kinds are
 * entries of one table (name, keys, evaluation).
 */
#ifndef OVERLAP_CLAIMS_CLAIMS_H
#define OVERLAP_CLAIMS_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/experiment/experiment.h"

enum ov_verdict { OV_PASS, OV_FAIL, OV_INCONCLUSIVE, OV_CLAIM_STALE, OV_CLAIM_MISSING, OV_SKIPPED };
const char *ov_verdict_name(enum ov_verdict v); /* "PASS", "FAIL", … */

/* What a claim sets against what, worked out from what it reads and from the form of the number that
 * it expects (the rules stand at ov_claim_evidence). The form is what can be checked: a number of the
 * program that somebody takes apart into small whole numbers still looks like a formula, so formulas
 * are to be read by reviewers. */
enum ov_evidence {
    OV_SIM_THEORY,  /* runs against the equations, seed by seed, or against numbers of theory that
                          another claim holds theory to */
    OV_SIM_FORMULA, /* runs against a formula */
    OV_SIM_SIM,     /* runs against runs */
    OV_THEORY_FORMULA, /* the equations, integrated or solved, against a formula */
    OV_THEORY_THEORY,  /* theory against theory, of other parameters */
    OV_QUOTED, /* against a number that `number_from` says to be from elsewhere: it is as good as
                  these words, which are shown with it and which nothing checks */
    OV_REGRESSION, /* against a number that came from this program: it guards the program against
                          changes, and is no evidence */
    OV_IDENTITY,   /* a closed formula of theory against a formula, or against itself: it says
                          nothing about either */
    OV_N_EVIDENCE
};
const char *ov_evidence_name(enum ov_evidence e); /* "simulation-theory", …, "identity" */
/* False of a regression and an identity, and of a quoted number, which is counted apart. */
bool ov_evidence_counts(enum ov_evidence e);

/* One number that a claim measured: a claim over several curves or times has several. */
struct ov_measure {
    char curve[272]; /* the curve's id; for `order` the pair, "K2>K3" or "K2<K3" as it is claimed */
    double at;    /* the time measured at; NaN where seeds differ in it or nothing was measured */
    double value; /* measured; NaN where there is no valid data */
    double se;    /* its standard error: over seeds and, where theory is an average over random
                      numbers (columns QUANTITY_se), theory's own; 0 for one run of a theory that has
                      none, NaN for one seed */
    double theory_se; /* theory's own part of se, 0 where it has none */
    size_t n;         /* seeds (of a pair: the fewer); 0 for one run of theory, or no data */
    double expect;    /* NaN where the kind has none (order) */
    double margin;    /* absolute half-width allowed around expect; order: the least difference */
    double low, high; /* the 90 % interval of the value (equal to it where deterministic) */
    double p_pass;    /* that it looks this well inside while the truth is outside the margin; NaN
                         where nothing is random */
    double p_fail;    /* that it looks this far outside while the truth is inside */
    size_t needed;    /* INCONCLUSIVE: seeds that would decide; 0: not known */
    /* What `needed` is made of: one seed's standard deviation, the distance to the nearer bound
     * and, from outside, to the farther one (else HUGE_VAL), on the scale of the test, and the part
     * of the level that is left for one time of a band; theory's own error on that scale, which no
     * seeds make smaller, with its degrees of freedom. */
    double spread, slack, far, share, floor, floor_freedom;
    enum ov_verdict verdict;
};

/* True where `se` is an error over seeds or of theory, and not the rounding of runs that theory starts alike. */
bool ov_measure_is_random(const struct ov_measure *m);

/* A table that a claim read. */
struct ov_claim_table {
    char *name; /* "K4.sgd": its curve and side; owned */
    char *key;  /* the one that stands in it; NULL where there is no whole table; owned */
};

enum { OV_CLAIM_NOTE = 160 };

struct ov_claim {
    const char *id; /* unique in its experiment; "EXPERIMENT.ID" names it in paper.md */
    const struct ov_experiment *experiment;
    struct ov_value keys; /* as they stand in the file */
    const struct ov_claim_kind *kind;
    struct ov_query *query; /* what the keys ask for, resolved; private */
    enum ov_evidence evidence;
    const char *quoted; /* where its number is quoted from; NULL: it is not */
    char note
        [OV_CLAIM_NOTE]; /* what a reader should know: its margin lets whatever comes pass; "" */
    const char *revised; /* why the claim was changed after a look at the data; NULL: it was not */
    struct ov_measure *measure; /* (n_measure), after evaluation */
    size_t n_measure, worst;    /* index of the measure that decides the verdict */
    enum ov_verdict verdict;
    double p_pass, p_fail; /* all measures: the largest p_pass, n times the smallest p_fail; NaN
                              where nothing is random */
    double p_holm;         /* the one that its verdict rests on, corrected over all claims */
    char why[512];         /* one line where not PASS */
    struct ov_claim_table *table; /* (n_table) after evaluation, each once */
    size_t n_table;
};

/* Which side a kind reads where the claim does not say; OV_SIDE_PATHS: sgd against theory at every
 * time of a window, without the keys `side` and `at`. */
enum ov_claim_side_rule { OV_SIDE_SGD, OV_SIDE_THEORY, OV_SIDE_SGD_IF_PRESENT, OV_SIDE_PATHS };

struct ov_query; /* a claim's keys, resolved; private, as what follows */
struct ov_sample;
struct ov_finding;

/* Judges measure number i of a claim from its samples (of a band, which reads its own, NULL). */
typedef void ov_judge(struct ov_finding *f, struct ov_claim *claim, const struct ov_sample *s,
                      size_t i, const char *out);

/* A kind of claim: a new one is a row of ov_claim_kinds and its functions. */
struct ov_claim_kind {
    const char *name;
    const char *doc;
    const struct ov_key *keys;
    enum ov_claim_side_rule rule;
    /* What it reads besides curves, side, column and times; OV_OK, or OV_EUSER at the place. */
    enum ov_status (*parse)(struct ov_query *q, struct ov_error *err);
    ov_judge *judge;
    /* How far from expect a sample may be, of kinds that judge each by itself; else NULL. */
    double (*margin)(const struct ov_query *q, const struct ov_sample *s, double expect);
};
extern const struct ov_claim_kind ov_claim_kinds[]; /* name NULL at the end */
struct ov_claims {
    struct ov_claim *claim; /* (n) */
    size_t n;
};

/* Reads and checks an experiment's claims (none is fine) and appends them, as MISSING until they
 * are evaluated. They point into the experiment, which must outlive them. Errors (OV_EUSER, at
 * their place): unknown kind or key, missing or duplicate id, a curve, column or side that the
 * experiment does not have, an empty selection, a key that the statistic does not use, a time or
 * a window at which a curve is not measured, a formula that does not parse, a margin below 0 or of
 * nothing. */
OV_NODISCARD enum ov_status ov_claims_read(struct ov_claims *claims, const struct ov_experiment *e,
                                           struct ov_error *err);
void ov_claims_free(struct ov_claims *claims); /* NULL-safe */

/* Evaluates one claim on the results below `out`; again gives the same. What is on disk decides the
 * verdict: STALE for what is of other inputs, truncated or edited; FAIL for non-finite data. The
 * worst measure decides: FAIL > MISSING > STALE > INCONCLUSIVE > PASS.
 * Nothing can go wrong but memory, as everywhere in claims (base/alloc.h). */
void ov_claim_evaluate(struct ov_claim *claim, const char *out);

/* True where any number that it reads is of runs that have seeds: other random numbers may change
 * its verdict. */
bool ov_claim_is_random(const struct ov_claim *claim);

/* Holm's correction (1979) over everything that is claimed together, once all are evaluated; level
 * 0.05 is usual. The family of PASS is every claim with p-values, whatever it is so far, and p is
 * its p_pass; that of FAIL likewise, with p_fail. With p rising, p_holm of number k of m is the
 * largest (m - l + 1) p_l for l <= k, set where the claim has that verdict. Above `level` the
 * verdict becomes INCONCLUSIVE, with the seeds that the stricter level needs (MISSING or STALE
 * where other measures of a FAIL are). Then, however many claims there are, any is PASS wrongly,
 * and any is FAIL wrongly, at most `level` of the time each. What is deterministic belongs to
 * neither family. paper.md eq:holm. */
void ov_claims_holm(struct ov_claims *claims, double level);

/* The claim named "EXPERIMENT.ID", or NULL. */
struct ov_claim *ov_claims_find(const struct ov_claims *claims, const char *name);

/* verdicts.json, which TAP, JUnit, the lock and drift are views of (src/tools/views.sh): {"format":
 * 1, members of `more`, "claims": {"EXPERIMENT.ID": {"verdict", "says", "source", "kind", p_pass,
 * p_fail, p_holm, "experiment", "title", "why", "evidence", "quoted": from where or null,
 * "revised": why or null, "note": what to know or null, "asks": its keys with defaults, "tables": {"CURVE.SIDE": KEY}, "worst": index, "measures": [{curve, at, value, se,
 * theory_se, n, expect, margin, verdict, low, high, p_pass, p_fail, needed}]}}, "evidence": {class: claims, …}}:
 * claims in their order, numbers as JSON numbers in full precision, null where not finite. No clock,
 * host or path in it. What is no UTF-8 becomes U+FFFD. Nothing is written where the file holds it
 * already.
 *   in   more  an object of jansson (json_t *) with more members, or NULL; the caller's
 * Returns OV_OK; OV_EIO; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_claims_write_json(const struct ov_claims *claims, void *more,
                                                 const char *path, struct ov_error *err);

/* The table on stdout, aligned, a row for each claim's worst measure: claim, expected ± margin,
 * measured ± se, n, verdict, evidence, "revised" where it is, where ("K4 @ 100 (worst of 6)", cut
 * where it is too wide).
 *   in   colour  verdicts with the escapes of a terminal */
void ov_claims_print(struct ov_text *out, const struct ov_claims *claims, bool colour);

/* The escape that a terminal shows a verdict with; "" for one that needs none. */
const char *ov_verdict_colour(enum ov_verdict v);

/* A claim's margin: abs + rel |scale|; 0 where there is none. */
double ov_claim_margin(const struct ov_claim *claim, double scale);

#endif
