/* SPDX-License-Identifier: MIT */
#include "claim_judge.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "overlap/num/stats.h"

int ov_verdict_severity(enum ov_verdict v)
{
    switch (v) {
    case OV_FAIL:
        return 4;
    case OV_CLAIM_MISSING:
        return 3;
    case OV_CLAIM_STALE:
        return 2;
    case OV_INCONCLUSIVE:
        return 1;
    case OV_PASS:
    case OV_SKIPPED:
        break;
    }
    return 0;
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

enum ov_status ov_claim_settle(struct ov_claim *claim, const struct ov_finding *found, size_t n,
                               struct ov_error *err)
{
    claim->measure = calloc(n, sizeof *claim->measure);
    if (!claim->measure)
        return ov_fail(err, OV_ENOMEM, "claim %s: out of memory", claim->id);
    claim->n_measure = n;
    claim->worst = 0;
    for (size_t i = 0; i < n; i++) {
        const struct ov_measure *m = &found[i].measure, *worst = &found[claim->worst].measure;
        int more = ov_verdict_severity(m->verdict) - ov_verdict_severity(worst->verdict);
        if (more > 0 || (more == 0 && strain(m) > strain(worst)))
            claim->worst = i;
        claim->measure[i] = *m;
    }
    claim->verdict = claim->measure[claim->worst].verdict;
    snprintf(claim->why, sizeof claim->why, "%s", found[claim->worst].why);
    return OV_OK;
}

/* "K4 @ 100", or "K4" where there is no time. */
static const char *place(char text[320], const struct ov_measure *m)
{
    if (isnan(m->at))
        snprintf(text, 320, "%s", m->curve);
    else
        snprintf(text, 320, "%s @ %.6g", m->curve, m->at);
    return text;
}

void ov_finding_explain(struct ov_finding *f, const char *what)
{
    char where[320];
    snprintf(f->why, sizeof f->why, "%s: %.180s", place(where, &f->measure), what);
}

void ov_finding_undecided(struct ov_finding *f, const char *unclear)
{
    char what[256];
    const struct ov_measure *m = &f->measure;
    if (m->n < 2)
        snprintf(what, sizeof what, "%s: one seed gives no error", unclear);
    else if (m->needed > 0)
        snprintf(what, sizeof what, "%s: %zu seeds are too few, about %zu would decide", unclear,
                 m->n, m->needed);
    else
        snprintf(what, sizeof what, "%s: %zu seeds are too few", unclear, m->n);
    ov_finding_explain(f, what);
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
                             .verdict = s->verdict};
    snprintf(m->curve, sizeof m->curve, "%s", s->curve->id);
    if (s->verdict != OV_PASS) {
        ov_finding_explain(f, s->why);
        return false;
    }
    struct ov_mean mean = ov_mean_of(s->x, s->n);
    m->value = m->low = m->high = mean.mean;
    m->se = s->single ? 0.0 : mean.se;
    m->n = s->single ? 0 : s->n;
    return true;
}
