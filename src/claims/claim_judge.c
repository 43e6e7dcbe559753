/* SPDX-License-Identifier: MIT
 *
 * From p-values to verdicts: of a measure, and of a claim.
 */
#include "claim_internal.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "overlap/base/alloc.h"

int ov_verdict_severity(enum ov_verdict v)
{
    static const int severity[] = {
        [OV_FAIL] = 4, [OV_CLAIM_MISSING] = 3, [OV_CLAIM_STALE] = 2, [OV_INCONCLUSIVE] = 1};
    return (size_t)v < sizeof severity / sizeof *severity ? severity[v] : 0;
}

bool ov_measure_is_random(const struct ov_measure *m)
{
    return m->se > 1e-6 * fabs(m->value);
}

/* How much of its margin a measure has used up; among equal verdicts the largest is the worst. */
static double strain(const struct ov_measure *m)
{
    if (isnan(m->expect)) /* order: low has to be above margin */
        return isnan(m->low) ? -HUGE_VAL : m->margin - m->low;
    double far = fmax(fabs(m->low - m->expect), fabs(m->high - m->expect));
    if (isnan(far))
        return -HUGE_VAL;
    return m->margin > 0.0 ? far / m->margin : far > 0.0 ? HUGE_VAL : 0.0;
}

/* ---- p-values ---- */

void ov_test_p(double *pass, double *fail, const struct ov_test *t)
{
    *pass = fmax(ov_test_tail(t->high - t->value, t), ov_test_tail(t->value - t->low, t));
    double above = t->value - t->high, below = t->low - t->value;
    *fail = 1.0;
    if (above > 0.0 || below > 0.0) /* the far side counts too where the range is narrow */
        *fail =
            fmin(1.0, ov_test_tail(fmax(above, below), t) +
                          ov_test_tail(above > below ? t->value - t->low : t->high - t->value, t));
    if (!(t->se > 0.0) && (above > 0.0 || below > 0.0))
        *fail = 0.0;
}

void ov_measure_reach(struct ov_measure *m, const struct ov_test *t)
{
    m->spread = t->seed_se * sqrt((double)t->n);
    m->floor = t->theory_se;
    m->floor_freedom = t->theory_freedom;
    m->slack = fabs(fmin(t->high - t->value, t->value - t->low));
    bool outside = t->value > t->high || t->value < t->low;
    m->far = outside ? fmax(t->high - t->value, t->value - t->low) : HUGE_VAL;
}

void ov_measure_decide(struct ov_measure *m)
{
    m->needed = 0;
    if (m->p_pass <= OV_CLAIM_ERROR)
        m->verdict = OV_PASS;
    else if (m->p_fail <= OV_CLAIM_ERROR)
        m->verdict = OV_FAIL;
    else {
        m->verdict = OV_INCONCLUSIVE;
        m->needed = ov_measure_needed(m, OV_CLAIM_ERROR);
    }
}

void ov_measure_test(struct ov_measure *m, const struct ov_test *t)
{
    ov_test_p(&m->p_pass, &m->p_fail, t);
    ov_measure_reach(m, t);
    ov_measure_decide(m);
}

/* FAIL of one of n measures: not by chance alone. */
static void correct_failures(struct ov_finding *found, size_t n)
{
    size_t tested = 0;
    for (size_t i = 0; i < n; i++)
        tested += isnan(found[i].measure.p_fail) ? 0 : 1;
    for (size_t i = 0; i < n; i++) {
        struct ov_measure *m = &found[i].measure;
        if (m->verdict != OV_FAIL || !(m->p_fail * (double)tested > OV_CLAIM_ERROR))
            continue;
        m->verdict = OV_INCONCLUSIVE;
        m->needed = ov_measure_needed(m, OV_CLAIM_ERROR / (double)tested);
        ov_finding_undecided(found + i, "outside, but it is one of several numbers");
    }
}

/* The claim's p-values: PASS claims every measure, FAIL any. */
static void combine(struct ov_claim *claim)
{
    size_t n = 0;
    claim->p_pass = claim->p_fail = claim->p_holm = NAN;
    for (size_t i = 0; i < claim->n_measure; i++) {
        const struct ov_measure *m = claim->measure + i;
        if (isnan(m->p_pass))
            continue;
        claim->p_pass = n ? fmax(claim->p_pass, m->p_pass) : m->p_pass;
        claim->p_fail = n ? fmin(claim->p_fail, m->p_fail) : m->p_fail;
        n++;
    }
    claim->p_fail = fmin(1.0, claim->p_fail * (double)n);
    if (n == 0)
        claim->p_fail = NAN;
}

void ov_claim_settle(struct ov_claim *claim, struct ov_finding *found)
{
    size_t n = claim->n_measure = claim->query->n_measure;
    correct_failures(found, n);
    claim->measure = ov_xcalloc(n, sizeof *claim->measure);
    for (size_t i = 0; i < n; i++) {
        const struct ov_measure *m = &found[i].measure, *worst = &found[claim->worst].measure;
        int more = ov_verdict_severity(m->verdict) - ov_verdict_severity(worst->verdict);
        if (more > 0 || (more == 0 && strain(m) > strain(worst)))
            claim->worst = i;
        claim->measure[i] = *m;
    }
    combine(claim);
    claim->verdict = claim->measure[claim->worst].verdict;
    memcpy(claim->why, found[claim->worst].why, sizeof claim->why);
}

void ov_finding_explain(struct ov_finding *f, const char *fmt, ...)
{
    const struct ov_measure *m = &f->measure;
    char what[181];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    if (isnan(m->at))
        snprintf(f->why, sizeof f->why, "%s: %s", m->curve, what);
    else
        snprintf(f->why, sizeof f->why, "%s @ %.6g: %s", m->curve, m->at, what);
}

void ov_finding_undecided(struct ov_finding *f, const char *unclear)
{
    const struct ov_measure *m = &f->measure;
    bool theory = m->theory_se > 0.0 && m->needed == 0 && isfinite(m->se);
    if (theory)
        ov_finding_explain(f, "%s: theory's own standard error, %.2g, is too large%s", unclear,
                           m->theory_se, m->n ? " for any number of seeds" : "");
    else if (m->n < 2)
        ov_finding_explain(f, "%s: one seed gives no error", unclear);
    else if (isnan(m->se))
        ov_finding_explain(f, "%s: %zu seeds give no error", unclear, m->n);
    else if (m->needed > 0)
        ov_finding_explain(f, "%s: %zu seeds are too few, about %zu would decide", unclear, m->n,
                           m->needed);
    else
        ov_finding_explain(f, "%s: %zu seeds are too few", unclear, m->n);
}

bool ov_finding_begin(struct ov_finding *f, const struct ov_sample *s)
{
    struct ov_measure *m = &f->measure;
    *m = (struct ov_measure){.at = s->at,
                             .value = NAN,
                             .se = NAN,
                             .expect = NAN,
                             .margin = NAN,
                             .low = NAN,
                             .high = NAN,
                             .p_pass = NAN,
                             .p_fail = NAN,
                             .share = 1.0,
                             .verdict = s->verdict};
    snprintf(m->curve, sizeof m->curve, "%s", s->curve->id);
    if (s->verdict != OV_PASS) {
        ov_finding_explain(f, "%s", s->why);
        return false;
    }
    m->value = m->low = m->high = ov_reduce(s->x, s->n, s->reduce);
    struct ov_estimate e = ov_sample_estimate(s, false);
    m->se = ov_estimate_se(&e);
    m->theory_se = e.theory_se;
    m->n = s->single ? 0 : s->n;
    return true;
}
