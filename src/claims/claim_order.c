/* SPDX-License-Identifier: MIT
 *
 * The kind that compares neighbours: order.
 */
#include "claim_judge_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/num/stats.h"

/* n - 1 degrees of freedom of the difference, rounded down: Welch 1947, Satterthwaite 1946. */
static size_t effective_seeds(double va, size_t na, double vb, size_t nb)
{
    double denominator =
        (na > 1 ? va * va / (double)(na - 1) : 0.0) + (nb > 1 ? vb * vb / (double)(nb - 1) : 0.0);
    double freedom = (va + vb) * (va + vb) / denominator;
    return freedom >= 1.0 && freedom < 1e9 ? (size_t)freedom + 1 : 2;
}

/* The interval of upper - lower, which the claim says is above the margin. */
static void judge_difference(struct ov_finding *f, const struct ov_sample *upper,
                             const struct ov_sample *lower)
{
    struct ov_measure *m = &f->measure;
    struct ov_mean a = ov_sample_estimate(upper, false), b = ov_sample_estimate(lower, false);
    double va = a.se * a.se, vb = b.se * b.se;
    size_t seeds = effective_seeds(va, upper->n, vb, lower->n);
    m->value = a.mean - b.mean;
    m->se = sqrt(va + vb);
    m->verdict = OV_INCONCLUSIVE;
    if (isnan(m->se))
        return;
    const struct ov_test t = {.value = m->value,
                              .se = m->se,
                              .freedom = (double)seeds - 1.0,
                              .low = m->margin,
                              .high = HUGE_VAL,
                              .n = m->n};
    double half = m->se > 0.0 ? ov_student_halfwidth(seeds, OV_CLAIM_LEVEL) * m->se : 0.0;
    m->low = m->value - half;
    m->high = m->value + half;
    if (upper->single && lower->single) {
        m->verdict = m->value > m->margin ? OV_PASS : OV_FAIL;
        return;
    }
    m->p_pass = m->value == m->margin ? 1.0 : ov_test_tail(m->value - m->margin, &t);
    m->p_fail = ov_test_tail(m->margin - m->value, &t);
    m->spread = sqrt(va * (double)upper->n + vb * (double)lower->n);
    m->slack = fabs(m->value - m->margin);
    m->far = HUGE_VAL;
    ov_measure_decide(m);
}

static bool decreasing(struct ov_claim *claim)
{
    return strcmp(ov_value_string(&claim->keys, "direction"), "decreasing") == 0;
}

static void judge_pair(struct ov_finding *f, struct ov_claim *claim, const struct ov_sample *first,
                       const struct ov_sample *second)
{
    bool down = decreasing(claim);
    const struct ov_sample *upper = down ? first : second, *lower = down ? second : first;
    struct ov_finding other;
    bool both = ov_finding_begin(&other, second);
    both = ov_finding_begin(f, first) && both;
    struct ov_measure *m = &f->measure;
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
    m->margin = ov_claim_margin(claim, ov_sample_estimate(lower, false).mean);
    m->n = first->single || (!second->single && second->n < first->n) ? other.measure.n : m->n;
    judge_difference(f, upper, lower);
    char what[200];
    snprintf(what, sizeof what, "the difference %.6g in [%.6g, %.6g] is not above %.3g", m->value,
             m->low, m->high, m->margin);
    if (m->verdict == OV_FAIL)
        ov_finding_explain(f, what);
    else if (m->verdict == OV_INCONCLUSIVE)
        ov_finding_undecided(f, "the order is undecided");
}

enum ov_status ov_order_check(struct ov_claim *claim, struct ov_error *err)
{
    struct ov_query q;
    enum ov_status status = ov_query_create(&q, claim, OV_SIDE_SGD_IF_PRESENT, err);
    if (status == OV_OK && q.n_curve < 2)
        status = ov_value_fail(ov_value_get(&claim->keys, "curves"), err,
                               "an order needs at least two curves");
    ov_query_free(&q);
    return status;
}

enum ov_status ov_order_evaluate(struct ov_claim *claim, const char *out, struct ov_error *err)
{
    struct ov_query q;
    struct ov_sample *sample = NULL;
    enum ov_status status = ov_query_create(&q, claim, OV_SIDE_SGD_IF_PRESENT, err);
    if (status != OV_OK)
        return status;
    size_t n_pair = (q.n_curve - 1) * q.n_at;
    struct ov_finding *found = calloc(n_pair, sizeof *found);
    status = found ? ov_samples_read(&sample, &q, out, err)
                   : ov_fail(err, OV_ENOMEM, "claim %s: out of memory", claim->id);
    for (size_t i = 0; i < n_pair && status == OV_OK; i++)
        judge_pair(found + i, claim, sample + i, sample + i + q.n_at);
    if (status == OV_OK)
        status = ov_claim_settle(claim, found, n_pair, err);
    ov_samples_free(sample, q.n_curve * q.n_at);
    free(found);
    ov_query_free(&q);
    return status;
}
