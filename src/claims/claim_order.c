/* SPDX-License-Identifier: MIT
 *
 * The kind that compares neighbours: order.
 */
#include "claim_internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* n - 1 degrees of freedom of the difference, rounded down: Welch 1947, Satterthwaite 1946. */
static size_t effective_seeds(double va, size_t na, double vb, size_t nb)
{
    double denominator =
        (na > 1 ? va * va / (double)(na - 1) : 0.0) + (nb > 1 ? vb * vb / (double)(nb - 1) : 0.0);
    double freedom = (va + vb) * (va + vb) / denominator;
    return freedom >= 1.0 && freedom < 1e9 ? (size_t)freedom + 1 : 2;
}

/* The interval of upper - lower, which the claim says is above the margin. Theories of two curves
 * may have random numbers in common: their own errors are added up, which is the most that they are
 * of a difference. */
static void judge_difference(struct ov_finding *f, const struct ov_sample *upper,
                             const struct ov_sample *lower)
{
    struct ov_measure *m = &f->measure;
    struct ov_estimate a = ov_sample_estimate(upper, false), b = ov_sample_estimate(lower, false);
    double va = a.seed_se * a.seed_se, vb = b.seed_se * b.seed_se;
    struct ov_test t = {.value = a.value - b.value};
    ov_test_errors(&t, sqrt(va + vb), (double)effective_seeds(va, upper->n, vb, lower->n) - 1.0,
                   a.theory_se + b.theory_se, fmin(a.theory_freedom, b.theory_freedom));
    m->value = t.value;
    m->se = t.se;
    m->theory_se = t.theory_se;
    m->verdict = OV_INCONCLUSIVE;
    if (isnan(m->se))
        return;
    m->low = m->value - ov_test_halfwidth(&t, OV_CLAIM_ERROR);
    m->high = m->value + ov_test_halfwidth(&t, OV_CLAIM_ERROR);
    if (upper->single && lower->single && m->theory_se == 0.0) {
        m->verdict = m->value > m->margin ? OV_PASS : OV_FAIL;
        return;
    }
    m->p_pass = m->value == m->margin ? 1.0 : ov_test_tail(m->value - m->margin, &t);
    m->p_fail = ov_test_tail(m->margin - m->value, &t);
    m->spread = sqrt(va * (double)upper->n + vb * (double)lower->n);
    m->slack = fabs(m->value - m->margin);
    m->far = HUGE_VAL;
    m->floor = t.theory_se;
    m->floor_freedom = t.theory_freedom;
    ov_measure_decide(m);
}

/* Pair number i: neighbours in the list of curves, at one time. */
void ov_order_judge(struct ov_finding *f, struct ov_claim *claim, const struct ov_sample *s,
                    size_t i, const char *out)
{
    const struct ov_query *q = claim->query;
    const struct ov_sample *first = s + i, *second = first + q->n_at;
    bool down = q->decreasing;
    const struct ov_sample *upper = down ? first : second, *lower = down ? second : first;
    struct ov_finding other;
    bool both = ov_finding_begin(&other, second);
    both = ov_finding_begin(f, first) && both;
    struct ov_measure *m = &f->measure;
    (void)out;
    if (ov_verdict_severity(other.measure.verdict) > ov_verdict_severity(m->verdict)) {
        m->verdict = other.measure.verdict;
        memcpy(f->why, other.why, sizeof f->why);
    }
    snprintf(m->curve, sizeof m->curve, "%.128s%c%.128s", first->curve->id, down ? '>' : '<',
             second->curve->id);
    m->value = m->se = m->low = m->high = NAN;
    if (!both) {
        m->n = 0;
        return;
    }
    if (m->at != other.measure.at)
        m->at = NAN;
    m->margin = ov_query_margin(q, ov_sample_estimate(lower, false).value);
    m->n = first->single || (!second->single && second->n < first->n) ? other.measure.n : m->n;
    judge_difference(f, upper, lower);
    if (m->verdict == OV_FAIL)
        ov_finding_explain(f, "the difference %.6g in [%.6g, %.6g] is not above %.3g", m->value,
                           m->low, m->high, m->margin);
    else if (m->verdict == OV_INCONCLUSIVE)
        ov_finding_undecided(f, "the order is undecided");
}

enum ov_status ov_order_parse(struct ov_query *q, struct ov_error *err)
{
    q->decreasing = strcmp(q->given.direction->string, "decreasing") == 0;
    q->n_measure -= q->n_at; /* pairs */
    if (q->n_curve < 2)
        return ov_value_fail(q->given.curves, err, "an order needs at least two curves");
    return OV_OK;
}
