/* SPDX-License-Identifier: MIT
 *
 * The kind that fits a line through several curves: scaling. With y_c the statistic of curve c, or
 * its logarithm, and x_c its variable, or its logarithm, the slope is sum_c a_c y_c with
 * a_c = (x_c - mean x)/sum (x - mean x)^2. The curves are independent, and each y_c has its error
 * over seeds from the jackknife, so the slope's is (sum_c a_c^2 se_c^2)^(1/2), with the degrees of
 * freedom of Welch (1947) and Satterthwaite (1946). Resampling seeds gives the same for many and
 * intervals that are too narrow for few.
 */
#include "claim_judge_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How far, in standard errors, a mean has to be from zero before its logarithm is taken. */
static const double clear_of_zero = 3.0;

struct line {
    const struct ov_query *q;
    double *x, *a; /* (q->n_curve) owned */
    bool power;
};

static void line_free(struct line *l)
{
    free(l->x);
    free(l->a);
}

static enum ov_status line_create(struct line *l, const struct ov_query *q, struct ov_claim *claim,
                                  struct ov_error *err)
{
    const struct ov_value *against = ov_value_get(&claim->keys, "against");
    *l = (struct line){.q = q, .power = strcmp(ov_value_string(&claim->keys, "fit"), "power") == 0};
    l->x = calloc(q->n_curve, sizeof *l->x);
    l->a = calloc(q->n_curve, sizeof *l->a);
    if (!l->x || !l->a)
        return ov_fail(err, OV_ENOMEM, "claim %s: out of memory", claim->id);
    double mean = 0.0, square = 0.0;
    for (size_t c = 0; c < q->n_curve; c++) {
        if (!ov_curve_variable(&l->x[c], q->curve[c], against->string)) {
            const char *near = ov_suggest(against->string, q->curve[c]->variable);
            return ov_value_fail(against, err, "curve %s has no parameter '%s'%s%s%s",
                                 q->curve[c]->id, against->string, near ? "; did you mean '" : "",
                                 near ? near : "", near ? "'?" : "");
        }
        if (l->power && !(l->x[c] > 0.0))
            return ov_value_fail(against, err, "curve %s: a power law needs %s > 0, it is %g",
                                 q->curve[c]->id, against->string, l->x[c]);
        l->x[c] = l->power ? log(l->x[c]) : l->x[c];
        mean += l->x[c] / (double)q->n_curve;
    }
    for (size_t c = 0; c < q->n_curve; c++)
        square += (l->x[c] - mean) * (l->x[c] - mean);
    if (!(square > 0.0))
        return ov_value_fail(against, err, "%s is the same for all curves: there is no slope",
                             against->string);
    for (size_t c = 0; c < q->n_curve; c++)
        l->a[c] = (l->x[c] - mean) / square;
    return OV_OK;
}

/* ---- judging ---- */

/* What one seed says of y_c, without an error. */
static double plain(const struct ov_sample *s, bool power)
{
    double y = ov_reduce(s->x, s->n, s->reduce);
    return power ? log(fabs(y)) : y;
}

/* The sum of a_c y_c and its error. False where a y_c has no value. */
static bool fit(struct ov_test *t, const struct line *l, const struct ov_sample *const *s)
{
    double value = 0.0, variance = 0.0, below = 0.0;
    t->n = SIZE_MAX;
    for (size_t c = 0; c < l->q->n_curve; c++) {
        struct ov_mean y = ov_sample_estimate(s[c], l->power);
        double a = l->a[c], v = a * a * y.se * y.se;
        value += a * (isnan(y.mean) ? plain(s[c], l->power) : y.mean);
        variance += v;
        if (s[c]->n > 1)
            below += v * v / (double)(s[c]->n - 1);
        t->n = s[c]->n < t->n ? s[c]->n : t->n;
    }
    t->value = value;
    t->se = sqrt(variance);
    t->freedom = below > 0.0 ? variance * variance / below : HUGE_VAL;
    return isfinite(value) && isfinite(t->se);
}

/* Logarithms of means: all of one sign, and clear of zero, or there is no exponent yet. */
static bool has_logarithms(struct ov_finding *f, const struct line *l,
                           const struct ov_sample *const *s)
{
    struct ov_measure *m = &f->measure;
    char what[160] = "";
    double sign = 0.0;
    for (size_t c = 0; l->power && c < l->q->n_curve; c++) {
        if (s[c]->reduce != OV_REDUCE_MEAN)
            continue;
        struct ov_mean y = ov_sample_estimate(s[c], false);
        double far = fabs(y.mean) / y.se;
        if (y.mean == 0.0 || (far >= clear_of_zero && sign * y.mean < 0.0)) {
            m->verdict = OV_FAIL;
            snprintf(what, sizeof what, "%.100s: the means change their sign: no power law",
                     s[c]->curve->id);
            ov_finding_explain(f, what);
            return false;
        }
        if (far >= clear_of_zero || y.se == 0.0) {
            sign = copysign(1.0, y.mean);
            continue;
        }
        double more = (double)s[c]->n * pow(clear_of_zero / far, 2.0);
        m->verdict = OV_INCONCLUSIVE;
        if (isnan(far)) {
            snprintf(what, sizeof what, "the slope is undecided");
            continue;
        }
        if (more < OV_CLAIM_MOST_SEEDS && (size_t)more + 1 > m->needed)
            m->needed = (size_t)more + 1;
        snprintf(what, sizeof what, "%.80s is only %.2g standard errors away from zero",
                 s[c]->curve->id, far);
    }
    if (m->verdict == OV_INCONCLUSIVE)
        ov_finding_undecided(f, what);
    return m->verdict == OV_PASS;
}

static void judge_slope(struct ov_finding *f, const struct line *l,
                        const struct ov_sample *const *s)
{
    struct ov_measure *m = &f->measure;
    struct ov_test t = {0};
    char what[200];
    bool single = true, known = fit(&t, l, s);
    for (size_t c = 0; c < l->q->n_curve; c++)
        single = single && s[c]->single;
    m->n = single ? 0 : t.n;
    m->value = t.value;
    m->se = t.se;
    if (!has_logarithms(f, l, s))
        return;
    t.low = m->expect - m->margin;
    t.high = m->expect + m->margin;
    m->verdict = OV_INCONCLUSIVE;
    if (single) {
        m->low = m->high = m->value;
        m->verdict = m->value >= t.low && m->value <= t.high ? OV_PASS : OV_FAIL;
    } else if (known) {
        double half = t.se > 0.0 ? ov_student_quantile(OV_CLAIM_ERROR, t.freedom) * t.se : 0.0;
        m->low = t.value - half;
        m->high = t.value + half;
        ov_test_p(&m->p_pass, &m->p_fail, &t);
        ov_measure_reach(m, &t);
        ov_measure_decide(m);
    }
    snprintf(what, sizeof what, "the slope %.6g in [%.6g, %.6g] is not within %.6g ± %.3g",
             m->value, m->low, m->high, m->expect, m->margin);
    if (m->verdict == OV_FAIL)
        ov_finding_explain(f, what);
    else if (m->verdict == OV_INCONCLUSIVE)
        ov_finding_undecided(f, "the slope is undecided");
}

/* All curves at time i: the worst of their states, and the slope if all can be used. */
static void judge_time(struct ov_finding *f, const struct line *l, const struct ov_sample *sample,
                       const struct ov_sample **s, double expect, double margin, size_t i)
{
    const struct ov_query *q = l->q;
    size_t bad = 0;
    bool same = true;
    for (size_t c = 0; c < q->n_curve; c++) {
        s[c] = sample + c * q->n_at + i;
        same = same && s[c]->at == s[0]->at;
        if (ov_verdict_severity(s[c]->verdict) > ov_verdict_severity(s[bad]->verdict))
            bad = c;
    }
    bool good = ov_finding_begin(f, s[bad]);
    struct ov_measure *m = &f->measure;
    snprintf(m->curve, sizeof m->curve, "%.128s..%.128s", s[0]->curve->id,
             s[q->n_curve - 1]->curve->id);
    m->at = same ? m->at : NAN;
    m->value = m->se = m->low = m->high = NAN;
    m->expect = expect;
    m->margin = margin;
    if (good)
        judge_slope(f, l, s);
}

/* ---- the kind ---- */

/* expect, the same for all curves. */
static enum ov_status common_expect(double *expect, struct ov_claim *claim, const struct line *l,
                                    struct ov_error *err)
{
    enum ov_status status = ov_claim_expect(expect, claim, l->q->curve[0], NAN, err);
    for (size_t c = 1; c < l->q->n_curve && status == OV_OK; c++) {
        double x;
        status = ov_claim_expect(&x, claim, l->q->curve[c], NAN, err);
        if (status == OV_OK && x != *expect)
            status = ov_value_fail(ov_value_get(&claim->keys, "expect"), err,
                                   "a slope is one number, but this is %g for curve %s and %g for "
                                   "curve %s",
                                   *expect, l->q->curve[0]->id, x, l->q->curve[c]->id);
    }
    return status;
}

enum ov_status ov_scaling_check(struct ov_claim *claim, struct ov_error *err)
{
    struct ov_query q;
    struct line l = {0};
    double expect;
    struct ov_value *margin = ov_value_get(&claim->keys, "margin");
    enum ov_status status = ov_query_create(&q, claim, OV_SIDE_SGD, err);
    if (status != OV_OK)
        return status;
    if (q.n_curve < 2)
        status = ov_value_fail(ov_value_get(&claim->keys, "curves"), err,
                               "a slope needs at least two curves");
    if (status == OV_OK)
        status = line_create(&l, &q, claim, err);
    if (status == OV_OK)
        status = common_expect(&expect, claim, &l, err);
    if (status == OV_OK && !ov_value_get(margin, "rel") && !ov_value_get(margin, "abs"))
        status = ov_value_fail(margin, err, "margin needs rel, abs or both");
    line_free(&l);
    ov_query_free(&q);
    return status;
}

static enum ov_status judge_times(struct ov_finding *found, struct ov_claim *claim,
                                  const struct line *l, const char *out, struct ov_error *err)
{
    const struct ov_query *q = l->q;
    struct ov_sample *sample = NULL;
    const struct ov_sample **s = calloc(q->n_curve, sizeof *s);
    double expect = NAN;
    enum ov_status status = s && found ? common_expect(&expect, claim, l, err)
                                       : ov_fail(err, OV_ENOMEM, "claim %s: no memory", claim->id);
    if (status == OV_OK)
        status = ov_samples_read(&sample, q, out, err);
    for (size_t i = 0; i < q->n_at && status == OV_OK; i++)
        judge_time(found + i, l, sample, s, expect, ov_claim_margin(claim, expect), i);
    ov_samples_free(sample, q->n_curve * q->n_at);
    free(s);
    return status == OV_OK ? ov_claim_settle(claim, found, q->n_at, err) : status;
}

enum ov_status ov_scaling_evaluate(struct ov_claim *claim, const char *out, struct ov_error *err)
{
    struct ov_query q;
    struct line l = {0};
    enum ov_status status = ov_query_create(&q, claim, OV_SIDE_SGD, err);
    if (status != OV_OK)
        return status;
    status = line_create(&l, &q, claim, err);
    if (status == OV_OK) {
        struct ov_finding *found = calloc(q.n_at, sizeof *found);
        status = judge_times(found, claim, &l, out, err);
        free(found);
    }
    line_free(&l);
    ov_query_free(&q);
    return status;
}
