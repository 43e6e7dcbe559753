/* SPDX-License-Identifier: MIT
 *
 * The kinds that judge each curve and time by itself: exact, margin, round, mean.
 */
#include "claim_judge_internal.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfyaml.h>

#include "overlap/claims/digits.h"
#include "overlap/num/stats.h"

typedef enum ov_status judge_sample(struct ov_finding *f, struct ov_claim *claim,
                                    const struct ov_sample *s, struct ov_error *err);

static enum ov_status judge_each(struct ov_claim *claim, const char *out,
                                 enum ov_claim_side_rule rule, judge_sample *judge,
                                 struct ov_error *err)
{
    struct ov_query q;
    struct ov_sample *sample = NULL;
    enum ov_status status = ov_query_create(&q, claim, rule, err);
    if (status != OV_OK)
        return status;
    size_t n = q.n_curve * q.n_at;
    struct ov_finding *found = calloc(n, sizeof *found);
    status = found ? ov_samples_read(&sample, &q, out, err)
                   : ov_fail(err, OV_ENOMEM, "claim %s: out of memory", claim->id);
    for (size_t i = 0; i < n && status == OV_OK; i++) {
        ov_finding_begin(found + i, sample + i);
        status = judge(found + i, claim, sample + i, err);
    }
    if (status == OV_OK)
        status = ov_claim_settle(claim, found, n, err);
    ov_samples_free(sample, n);
    free(found);
    ov_query_free(&q);
    return status;
}

/* sgd - theory, and its largest size, are in theory's units; the spreads are not about zero. */
static double usual_expectation(const char *statistic)
{
    bool about_zero = strcmp(statistic, "deviation") == 0 || strcmp(statistic, "relative") == 0;
    return about_zero ? 0.0 : NAN;
}

/* expect and margin of margin and mean; a relative margin of a deviation that is expected to be
 * zero is one of theory. */
static enum ov_status expect(struct ov_measure *m, struct ov_claim *claim,
                             const struct ov_sample *s, struct ov_error *err)
{
    const char *statistic = ov_value_string(&claim->keys, "statistic");
    bool deviation = strcmp(statistic, "deviation") == 0;
    enum ov_status status =
        ov_claim_expect(&m->expect, claim, s->curve, usual_expectation(statistic), err);
    if (status == OV_OK)
        m->margin = ov_claim_margin(claim, deviation && m->expect == 0.0 ? s->theory : m->expect);
    return status;
}

static enum ov_status check_expectation(struct ov_claim *claim, enum ov_claim_side_rule rule,
                                        struct ov_error *err)
{
    struct ov_query q;
    enum ov_status status = ov_query_create(&q, claim, rule, err);
    if (status != OV_OK)
        return status;
    struct ov_value *margin = ov_value_get(&claim->keys, "margin");
    bool deviation = strcmp(q.statistic, "deviation") == 0;
    if (!ov_value_get(margin, "rel") && !ov_value_get(margin, "abs"))
        status = ov_value_fail(margin, err, "margin needs rel, abs or both");
    for (size_t i = 0; i < q.n_curve && status == OV_OK; i++) {
        double x;
        status = ov_claim_expect(&x, claim, q.curve[i], usual_expectation(q.statistic), err);
        if (status == OV_OK && x == 0.0 && !deviation && ov_value_get(margin, "rel") &&
            ov_claim_margin(claim, 0.0) == 0.0)
            status =
                ov_value_fail(margin, err, "curve %s: a margin relative to 0 is nothing: give abs",
                              q.curve[i]->id);
    }
    ov_query_free(&q);
    return status;
}

/* ---- exact ---- */

static enum ov_status judge_exact(struct ov_finding *f, struct ov_claim *claim,
                                  const struct ov_sample *s, struct ov_error *err)
{
    struct ov_measure *m = &f->measure;
    char what[160];
    const char *statistic = ov_value_string(&claim->keys, "statistic");
    enum ov_status status =
        ov_claim_expect(&m->expect, claim, s->curve, usual_expectation(statistic), err);
    const struct ov_value *ulps = ov_value_get(&claim->keys, "ulps");
    double rtol = ov_value_number(&claim->keys, "rtol");
    if (ulps)
        rtol = ulps->number * DBL_EPSILON;
    m->margin = rtol * fabs(m->expect);
    if (status != OV_OK || m->verdict != OV_PASS)
        return status;
    double worst = m->value;
    for (size_t i = 0; s->reduce == OV_REDUCE_MEAN && i < s->n;
         i++) /* every seed, not their mean */
        if (fabs(s->x[i] - m->expect) > fabs(worst - m->expect))
            worst = s->x[i];
    if (fabs(worst - m->expect) <= m->margin)
        return OV_OK;
    m->verdict = OV_FAIL;
    snprintf(what, sizeof what, "%.17g is not %.17g (off by %.3g)", worst, m->expect,
             worst - m->expect);
    ov_finding_explain(f, what);
    return OV_OK;
}

enum ov_status ov_exact_check(struct ov_claim *claim, struct ov_error *err)
{
    struct ov_query q;
    const struct ov_value *ulps = ov_value_get(&claim->keys, "ulps");
    double x;
    enum ov_status status = ov_query_create(&q, claim, OV_SIDE_THEORY, err);
    if (ulps && status == OV_OK && ov_value_get(&claim->keys, "rtol")->node)
        status = ov_value_fail(ulps, err, "give rtol or ulps, not both");
    for (size_t i = 0; i < q.n_curve && status == OV_OK; i++)
        status = ov_claim_expect(&x, claim, q.curve[i], usual_expectation(q.statistic), err);
    ov_query_free(&q);
    return status;
}

enum ov_status ov_exact_evaluate(struct ov_claim *claim, const char *out, struct ov_error *err)
{
    return judge_each(claim, out, OV_SIDE_THEORY, judge_exact, err);
}

/* ---- margin ---- */

static enum ov_status judge_margin(struct ov_finding *f, struct ov_claim *claim,
                                   const struct ov_sample *s, struct ov_error *err)
{
    struct ov_measure *m = &f->measure;
    char what[160];
    enum ov_status status = expect(m, claim, s, err);
    if (status != OV_OK || m->verdict != OV_PASS || fabs(m->value - m->expect) <= m->margin)
        return status;
    m->verdict = OV_FAIL;
    snprintf(what, sizeof what, "%.8g is not within %.8g ± %.3g", m->value, m->expect, m->margin);
    ov_finding_explain(f, what);
    return OV_OK;
}

enum ov_status ov_margin_check(struct ov_claim *claim, struct ov_error *err)
{
    return check_expectation(claim, OV_SIDE_THEORY, err);
}

enum ov_status ov_margin_evaluate(struct ov_claim *claim, const char *out, struct ov_error *err)
{
    return judge_each(claim, out, OV_SIDE_THEORY, judge_margin, err);
}

/* ---- round ---- */

/* The printed number as it is written in the file: 0.0340 keeps its last digit. */
static bool printed(struct ov_literal *literal, struct ov_claim *claim)
{
    const struct ov_value *v = ov_value_get(&claim->keys, "expect");
    size_t n = v->type == OV_STRING ? strlen(v->string) : 0;
    const char *text = v->type == OV_STRING ? v->string : fy_node_get_scalar(v->node, &n);
    return text && ov_literal_read(literal, text, n);
}

static enum ov_status judge_round(struct ov_finding *f, struct ov_claim *claim,
                                  const struct ov_sample *s, struct ov_error *err)
{
    struct ov_measure *m = &f->measure;
    struct ov_literal literal;
    char what[200], digits[64], wanted[64];
    (void)s;
    if (!printed(&literal, claim))
        return ov_fail(err, OV_EUSER, "claim %s: expect is no printed number", claim->id);
    m->expect = literal.value;
    m->margin = literal.half_unit;
    if (m->verdict != OV_PASS || ov_literal_agrees(&literal, m->value))
        return OV_OK;
    m->verdict = OV_FAIL;
    ov_literal_print(digits, &literal, m->value);
    ov_literal_print(wanted, &literal, literal.value);
    snprintf(what, sizeof what, "%.10g rounds to %s, not to %s", m->value, digits, wanted);
    ov_finding_explain(f, what);
    return OV_OK;
}

enum ov_status ov_round_check(struct ov_claim *claim, struct ov_error *err)
{
    struct ov_query q;
    struct ov_literal literal;
    enum ov_status status = ov_query_create(&q, claim, OV_SIDE_THEORY, err);
    ov_query_free(&q);
    if (status == OV_OK && !printed(&literal, claim))
        status = ov_value_fail(ov_value_get(&claim->keys, "expect"), err,
                               "expect has to be a printed number, as 0.0364 or 1.2e-3");
    return status;
}

enum ov_status ov_round_evaluate(struct ov_claim *claim, const char *out, struct ov_error *err)
{
    return judge_each(claim, out, OV_SIDE_THEORY, judge_round, err);
}

/* ---- mean ---- */

/* Spreads are tested by their logarithm, which is nearer to Gaussian. */
static void set_test(struct ov_test *t, const struct ov_measure *m, const struct ov_sample *s)
{
    bool spread = s->reduce != OV_REDUCE_MEAN;
    struct ov_mean estimate = ov_jackknife(s->x, s->n, s->reduce, spread);
    double low = m->expect - m->margin, high = m->expect + m->margin;
    *t = (struct ov_test){estimate.mean, estimate.se, (double)s->n - 1.0, low, high, s->n};
    if (spread) {
        t->low = low > 0.0 ? log(low) : -HUGE_VAL;
        t->high = high > 0.0 ? log(high) : -HUGE_VAL;
    }
}

static enum ov_status judge_mean(struct ov_finding *f, struct ov_claim *claim,
                                 const struct ov_sample *s, struct ov_error *err)
{
    struct ov_measure *m = &f->measure;
    struct ov_test t;
    char what[200];
    enum ov_status status = expect(m, claim, s, err);
    if (status != OV_OK || m->verdict != OV_PASS)
        return status;
    bool spread = s->reduce != OV_REDUCE_MEAN;
    set_test(&t, m, s);
    m->n = s->n;
    m->low = m->high = m->se = NAN;
    m->verdict = OV_INCONCLUSIVE;
    if (isfinite(t.se)) {
        double half = ov_student_halfwidth(s->n, OV_CLAIM_LEVEL) * t.se;
        m->se = spread ? m->value * t.se : t.se;
        m->low = spread ? exp(t.value - half) : t.value - half;
        m->high = spread ? exp(t.value + half) : t.value + half;
        ov_test_p(&m->p_pass, &m->p_fail, &t);
        ov_measure_reach(m, &t);
        ov_measure_decide(m);
    }
    snprintf(what, sizeof what, "%.6g in [%.6g, %.6g] is not within %.6g ± %.3g", m->value, m->low,
             m->high, m->expect, m->margin);
    if (m->verdict == OV_FAIL)
        ov_finding_explain(f, what);
    else if (m->verdict == OV_INCONCLUSIVE)
        ov_finding_undecided(f, "undecided");
    return OV_OK;
}

enum ov_status ov_mean_check(struct ov_claim *claim, struct ov_error *err)
{
    return check_expectation(claim, OV_SIDE_SGD, err);
}

enum ov_status ov_mean_evaluate(struct ov_claim *claim, const char *out, struct ov_error *err)
{
    return judge_each(claim, out, OV_SIDE_SGD, judge_mean, err);
}
