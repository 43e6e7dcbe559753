/* SPDX-License-Identifier: MIT
 *
 * The kinds that judge each curve and time by itself: exact, margin, round, mean.
 */
#include "claim_internal.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include <libfyaml.h>

#include "overlap/base/alloc.h"

/* What is expected of a sample, and how nearly. True if there are numbers to judge. */
static bool begin(struct ov_finding *f, const struct ov_claim *claim, const struct ov_sample *s,
                  size_t i)
{
    const struct ov_query *q = claim->query;
    bool good = ov_finding_begin(f, s + i);
    f->measure.expect = q->expect[i / q->n_at];
    f->measure.margin = claim->kind->margin(q, s + i, f->measure.expect);
    return good;
}

/* A deviation is expected to be zero where nothing else is said; spreads, say, are not. */
static enum ov_status read_expect(struct ov_query *q, struct ov_error *err)
{
    return ov_query_expect(q, q->what->absolute || q->what->relative ? 0.0 : NAN, err);
}

static void say_outside(struct ov_finding *f)
{
    const struct ov_measure *m = &f->measure;
    ov_finding_explain(f, "%.6g in [%.6g, %.6g] is not within %.6g ± %.3g", m->value, m->low,
                       m->high, m->expect, m->margin);
}

/* ---- exact ---- */

double ov_exact_margin(const struct ov_query *q, const struct ov_sample *s, double expect)
{
    (void)s;
    return q->rtol * fabs(expect);
}

enum ov_status ov_exact_parse(struct ov_query *q, struct ov_error *err)
{
    const struct ov_value *ulps = q->given.ulps, *rtol = q->given.rtol;
    q->rtol = ulps ? ulps->number * DBL_EPSILON : rtol->number;
    if (ulps && rtol->node)
        return ov_value_fail(ulps, err, "give rtol or ulps, not both");
    enum ov_status status = ov_query_digits(q, "exact", err);
    return status == OV_OK ? read_expect(q, err) : status;
}

void ov_exact_judge(struct ov_finding *f, struct ov_claim *claim, const struct ov_sample *s,
                    size_t i, const char *out)
{
    struct ov_measure *m = &f->measure;
    (void)out;
    if (!begin(f, claim, s, i))
        return;
    double worst = m->value;
    for (size_t k = 0; s[i].reduce == OV_REDUCE_MEAN && k < s[i].n; k++) /* not their mean */
        if (fabs(s[i].x[k] - m->expect) > fabs(worst - m->expect))
            worst = s[i].x[k];
    if (fabs(worst - m->expect) <= m->margin)
        return;
    m->verdict = OV_FAIL;
    ov_finding_explain(f, "%.17g is not %.17g (off by %.3g)", worst, m->expect, worst - m->expect);
}

/* ---- margin ---- */

/* Relative to what is expected; of a deviation that is expected to be zero, to theory. */
double ov_given_margin(const struct ov_query *q, const struct ov_sample *s, double expect)
{
    return ov_query_margin(q, q->what->absolute && expect == 0.0 ? s->theory : expect);
}

enum ov_status ov_margin_parse(struct ov_query *q, struct ov_error *err)
{
    enum ov_status status = ov_query_bounds(q, err);
    if (status == OV_OK)
        status = read_expect(q, err);
    for (size_t c = 0; c < q->n_curve && status == OV_OK; c++)
        if (q->expect[c] == 0.0 && !q->what->absolute && q->given.rel && q->abs == 0.0)
            status = ov_value_fail(q->given.margin, err,
                                   "curve %s: a margin relative to 0 is nothing: give abs",
                                   q->curve[c]->id);
    return status;
}

enum ov_status ov_mean_parse(struct ov_query *q, struct ov_error *err)
{
    enum ov_status status = ov_margin_parse(q, err);
    return status == OV_OK ? ov_query_room(q, err) : status;
}

/* With no other error than theory's. */
static void test_margin(struct ov_finding *f, const struct ov_sample *s)
{
    struct ov_measure *m = &f->measure;
    struct ov_test t = {
        .value = m->value, .low = m->expect - m->margin, .high = m->expect + m->margin};
    ov_test_errors(&t, 0.0, HUGE_VAL, m->theory_se, s->theory_freedom);
    m->low = m->value - ov_test_halfwidth(&t, OV_CLAIM_ERROR);
    m->high = m->value + ov_test_halfwidth(&t, OV_CLAIM_ERROR);
    ov_measure_test(m, &t);
    if (m->verdict == OV_FAIL)
        say_outside(f);
    else if (m->verdict == OV_INCONCLUSIVE)
        ov_finding_undecided(f, "undecided");
}

void ov_margin_judge(struct ov_finding *f, struct ov_claim *claim, const struct ov_sample *s,
                     size_t i, const char *out)
{
    struct ov_measure *m = &f->measure;
    (void)out;
    if (!begin(f, claim, s, i))
        return;
    if (m->theory_se > 0.0) {
        test_margin(f, s + i);
        return;
    }
    if (fabs(m->value - m->expect) <= m->margin)
        return;
    m->verdict = OV_FAIL;
    ov_finding_explain(f, "%.8g is not within %.8g ± %.3g", m->value, m->expect, m->margin);
}

/* ---- round ---- */

double ov_round_margin(const struct ov_query *q, const struct ov_sample *s, double expect)
{
    (void)s;
    (void)expect;
    return q->literal.half_unit;
}

/* The printed number as it is written in the file: 0.0340 keeps its last digit. */
enum ov_status ov_round_parse(struct ov_query *q, struct ov_error *err)
{
    const struct ov_value *v = q->given.expect;
    size_t n = v->type == OV_STRING ? strlen(v->string) : 0;
    const char *text = v->type == OV_STRING ? v->string : fy_node_get_scalar(v->node, &n);
    if (!text || !ov_literal_read(&q->literal, text, n))
        return ov_value_fail(v, err, "expect has to be a printed number, as 0.0364 or 1.2e-3");
    q->expect = ov_xcalloc(q->n_curve, sizeof *q->expect);
    for (size_t c = 0; c < q->n_curve; c++)
        q->expect[c] = q->literal.value;
    return ov_query_digits(q, "round", err);
}

void ov_round_judge(struct ov_finding *f, struct ov_claim *claim, const struct ov_sample *s,
                    size_t i, const char *out)
{
    struct ov_measure *m = &f->measure;
    const struct ov_literal *literal = &claim->query->literal;
    char digits[64], wanted[64];
    (void)out;
    if (!begin(f, claim, s, i) || ov_literal_agrees(literal, m->value))
        return;
    m->verdict = OV_FAIL;
    ov_literal_print(digits, literal, m->value);
    ov_literal_print(wanted, literal, literal->value);
    ov_finding_explain(f, "%.10g rounds to %s, not to %s", m->value, digits, wanted);
}

/* ---- mean ---- */

/* Spreads are tested by their logarithm, which is nearer to Gaussian. */
static void set_test(struct ov_test *t, const struct ov_measure *m, const struct ov_sample *s)
{
    bool spread = s->reduce != OV_REDUCE_MEAN;
    struct ov_estimate e = ov_sample_estimate(s, spread);
    double low = m->expect - m->margin, high = m->expect + m->margin;
    *t = (struct ov_test){.value = e.value, .low = low, .high = high, .n = s->n};
    ov_test_errors(t, e.seed_se, s->single ? HUGE_VAL : (double)s->n - 1.0, e.theory_se,
                   e.theory_freedom);
    if (spread) {
        t->low = low > 0.0 ? log(low) : -HUGE_VAL;
        t->high = high > 0.0 ? log(high) : -HUGE_VAL;
    }
}

/* P(X >= k) and P(X <= k) of a binomial X of n trials; a p that no share can have excludes both. */
static double at_least(double k, double n, double p)
{
    return p <= 0.0 ? 0.0 : p >= 1.0 || k == 0.0 ? 1.0 : gsl_cdf_beta_P(p, k, n - k + 1.0);
}

static double at_most(double k, double n, double p)
{
    return p >= 1.0 ? 0.0 : p <= 0.0 || k == n ? 1.0 : gsl_cdf_beta_Q(p, k + 1.0, n - k);
}

/* A share is tested exactly, and has the interval of Clopper and Pearson (1934). */
static void test_share(struct ov_measure *m, const struct ov_test *t)
{
    double n = (double)t->n, k = round(n * m->value), error = OV_CLAIM_ERROR;
    m->low = k == 0.0 ? 0.0 : gsl_cdf_beta_Pinv(error, k, n - k + 1.0);
    m->high = k == n ? 1.0 : gsl_cdf_beta_Qinv(error, k + 1.0, n - k);
    m->p_pass = fmax(at_least(k, n, t->low), at_most(k, n, t->high));
    m->p_fail = 1.0;
    if (m->value > t->high)
        m->p_fail = fmin(1.0, 2.0 * (t->high < 0.0 ? 0.0 : 1.0 - at_most(k - 1.0, n, t->high)));
    else if (m->value < t->low)
        m->p_fail = fmin(1.0, 2.0 * (t->low > 1.0 ? 0.0 : 1.0 - at_least(k + 1.0, n, t->low)));
    ov_measure_reach(m, t);
    ov_measure_decide(m);
}

void ov_mean_judge(struct ov_finding *f, struct ov_claim *claim, const struct ov_sample *s,
                   size_t i, const char *out)
{
    struct ov_measure *m = &f->measure;
    struct ov_test t;
    bool spread = s[i].reduce != OV_REDUCE_MEAN;
    (void)out;
    if (!begin(f, claim, s, i))
        return;
    set_test(&t, m, s + i);
    m->n = s[i].n;
    m->low = m->high = m->se = NAN;
    m->verdict = OV_INCONCLUSIVE;
    if (s[i].share && s[i].n > 0) {
        m->se = t.se;
        test_share(m, &t);
    } else if (isfinite(t.se)) {
        double half = ov_test_halfwidth(&t, OV_CLAIM_ERROR);
        m->se = spread ? m->value * t.se : t.se;
        m->theory_se = spread ? m->value * t.theory_se : t.theory_se;
        m->low = spread ? exp(t.value - half) : t.value - half;
        m->high = spread ? exp(t.value + half) : t.value + half;
        ov_measure_test(m, &t);
    }
    if (m->verdict == OV_FAIL)
        say_outside(f);
    else if (m->verdict == OV_INCONCLUSIVE)
        ov_finding_undecided(f, "undecided");
}
