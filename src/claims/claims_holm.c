/* SPDX-License-Identifier: MIT
 *
 * Holm's correction over all claims.
 */
#include "overlap/claims/claims.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "claim_internal.h"
#include "overlap/base/alloc.h"

/* A claim and its p-value for one verdict; 1 where it has another. */
struct entry {
    struct ov_claim *claim;
    double p;
    size_t i; /* so that equal ones keep their order */
};

static int rising(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->p != y->p)
        return x->p < y->p ? -1 : 1;
    return (x->i > y->i) - (x->i < y->i);
}

/* NaN where the verdict rests on something that is not random, such as data that are no numbers. */
static double p_of(const struct ov_claim *claim, enum ov_verdict verdict)
{
    for (size_t i = 0; verdict == OV_FAIL && i < claim->n_measure; i++)
        if (claim->measure[i].verdict == OV_FAIL && isnan(claim->measure[i].p_fail))
            return NAN;
    return verdict == OV_PASS ? claim->p_pass : claim->p_fail;
}

static void explain(struct ov_claim *claim, enum ov_verdict verdict)
{
    const struct ov_measure *m = claim->measure + claim->worst;
    char more[64] = "more are needed";
    if (m->needed > 0)
        snprintf(more, sizeof more, "about %zu would do", m->needed);
    snprintf(
        claim->why, sizeof claim->why,
        "%.300s: %s by itself (p = %.2g), but not among all claims (%.2g after Holm): %zu seeds "
        "are too few, %s",
        m->curve, ov_verdict_name(verdict), p_of(claim, verdict), claim->p_holm, m->n, more);
}

/* Without its failure, what a claim has no valid data for comes to the front. */
static void blame_missing(struct ov_claim *claim)
{
    for (size_t i = 0; i < claim->n_measure; i++) {
        const struct ov_measure *m = claim->measure + i;
        if (ov_verdict_severity(m->verdict) <= ov_verdict_severity(claim->verdict))
            continue;
        claim->worst = i;
        claim->verdict = m->verdict;
        snprintf(claim->why, sizeof claim->why, "%.300s: no valid result", m->curve);
    }
}

/* What does not survive: its measures beyond `allowed` are open again. */
static void reopen(struct ov_claim *claim, enum ov_verdict verdict, double allowed)
{
    double worst = -1.0, each = verdict == OV_FAIL ? allowed / (double)claim->n_measure : allowed;
    for (size_t i = 0; i < claim->n_measure; i++) {
        struct ov_measure *m = claim->measure + i;
        double p = verdict == OV_PASS ? m->p_pass : m->p_fail;
        if (m->verdict != verdict || !(p > each * (1.0 - 1e-9)))
            continue;
        m->verdict = OV_INCONCLUSIVE;
        m->needed = ov_measure_needed(m, each);
        double rank = verdict == OV_PASS ? p : 1.0 - p;
        if (rank > worst)
            claim->worst = i;
        worst = fmax(worst, rank);
    }
    claim->verdict = OV_INCONCLUSIVE;
    explain(claim, verdict);
    blame_missing(claim);
}

/* The family is all that could have got this verdict by chance, whether it did or not: the few that
 * did are what chance has picked already. */
static void correct(struct entry *entry, size_t m, enum ov_verdict verdict, double level)
{
    double largest = 0.0,
           allowed = 0.0; /* what the first that does not survive had to stay below */
    qsort(entry, m, sizeof *entry, rising);
    for (size_t k = 0; k < m; k++) {
        double left = (double)(m - k);
        if (entry[k].claim->verdict != verdict)
            continue;
        largest = fmax(largest, fmin(1.0, left * entry[k].p));
        entry[k].claim->p_holm = largest;
        if (largest <= level)
            continue;
        allowed = allowed > 0.0 ? allowed : level / left;
        reopen(entry[k].claim, verdict, allowed);
    }
}

void ov_claims_holm(struct ov_claims *claims, double level)
{
    static const enum ov_verdict verdicts[] = {OV_PASS, OV_FAIL};
    struct entry *family[2];
    size_t n[2] = {0, 0};
    for (size_t f = 0; f < 2; f++) { /* gathered before any verdict changes */
        family[f] = ov_xcalloc(claims->n, sizeof *family[f]);
        for (size_t i = 0; i < claims->n; i++) {
            struct ov_claim *c = claims->claim + i;
            double p = p_of(c, verdicts[f]);
            if (!isnan(p))
                family[f][n[f]++] = (struct entry){c, c->verdict == verdicts[f] ? p : 1.0, i};
        }
    }
    for (size_t f = 0; f < 2; f++) {
        correct(family[f], n[f], verdicts[f], level);
        free(family[f]);
    }
}
