/* SPDX-License-Identifier: MIT
 *
 * The kind that fits a line through several curves: scaling. With y_c the statistic of curve c, or
 * its logarithm, and x_c its variable, or its logarithm, the slope is sum_c a_c y_c with
 * a_c = (x_c - mean x)/sum (x - mean x)^2. The curves are independent, and each y_c has its error
 * over seeds from the jackknife, so the slope's is (sum_c a_c^2 se_c^2)^(1/2), with the degrees of
 * freedom of Welch (1947) and Satterthwaite (1946). Resampling seeds gives the same for many and
 * intervals that are too narrow for few.
 */
#include "claim_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdint.h>
#include <string.h>

#include "overlap/base/alloc.h"

/* How far, in standard errors, a mean has to be from zero before its logarithm is taken. */
static const double clear_of_zero = 3.0;

/* ---- reading ---- */

static enum ov_status no_parameter(const struct ov_value *against, const struct ov_curve *c,
                                   struct ov_error *err)
{
    struct ov_text what = {0};
    ov_text_addf(&what, "curve %s has no parameter '%.128s'", c->id, against->string);
    for (size_t i = 0; i < c->n_variable; i++)
        ov_text_addf(&what, "%s%s", i ? ", " : "; it has ", c->variable[i]);
    if (what.failed)
        ov_out_of_memory(what.room);
    enum ov_status status = ov_claim_unknown(against, err, what.s, against->string, c->variable);
    ov_text_free(&what);
    return status;
}

/* The curves' parameter, or its logarithm, into x. */
static enum ov_status read_abscissae(double *x, const struct ov_query *q, struct ov_error *err)
{
    const struct ov_value *against = q->given.against;
    for (size_t c = 0; c < q->n_curve; c++) {
        if (!ov_curve_variable(&x[c], q->curve[c], against->string))
            return no_parameter(against, q->curve[c], err);
        if (q->log_against && !(x[c] > 0.0))
            return ov_value_fail(against, err, "curve %s: fit %s needs %s > 0, it is %g",
                                 q->curve[c]->id, q->given.fit->string, against->string, x[c]);
        x[c] = q->log_against ? log(x[c]) : x[c];
    }
    return OV_OK;
}

/* a_c in place of x_c. */
static enum ov_status make_weights(struct ov_query *q, struct ov_error *err)
{
    double mean = 0.0, square = 0.0, *x = q->weight;
    for (size_t c = 0; c < q->n_curve; c++)
        mean += x[c] / (double)q->n_curve;
    for (size_t c = 0; c < q->n_curve; c++)
        square += (x[c] - mean) * (x[c] - mean);
    if (!(square > 0.0))
        return ov_value_fail(q->given.against, err,
                             "%s is the same for all curves: there is no slope",
                             q->given.against->string);
    for (size_t c = 0; c < q->n_curve; c++)
        x[c] = (x[c] - mean) / square;
    return OV_OK;
}

/* expect, the same for all curves. */
static enum ov_status common_expect(struct ov_query *q, struct ov_error *err)
{
    enum ov_status status = ov_query_expect(q, NAN, err);
    for (size_t c = 1; c < q->n_curve && status == OV_OK; c++)
        if (q->expect[c] != q->expect[0])
            status = ov_value_fail(q->given.expect, err,
                                   "a slope is one number, but this is %g for curve %s and %g for "
                                   "curve %s",
                                   q->expect[0], q->curve[0]->id, q->expect[c], q->curve[c]->id);
    return status;
}

enum ov_status ov_scaling_parse(struct ov_query *q, struct ov_error *err)
{
    const char *fit = q->given.fit->string;
    q->log_value = strcmp(fit, "power") == 0 || strcmp(fit, "exponential") == 0;
    q->log_against = strcmp(fit, "power") == 0 || strcmp(fit, "log") == 0;
    q->weight = ov_xcalloc(q->n_curve, sizeof *q->weight);
    q->n_measure = q->n_at;
    if (q->n_curve < 2)
        return ov_value_fail(q->given.curves, err, "a slope needs at least two curves");
    enum ov_status status = read_abscissae(q->weight, q, err);
    if (status == OV_OK)
        status = make_weights(q, err);
    if (status == OV_OK)
        status = common_expect(q, err);
    if (status == OV_OK)
        status = ov_query_bounds(q, err);
    return status == OV_OK ? ov_query_room(q, err) : status;
}

/* ---- judging: s is of the first curve, that of curve c is s[c * q->n_at] ---- */

/* What one seed says of y_c, without an error. */
static double plain(const struct ov_sample *s, bool log_value)
{
    double y = ov_reduce(s->x, s->n, s->reduce);
    return log_value ? log(fabs(y)) : y;
}

/* The sum of a_c y_c and its error. The theories of the curves may have random numbers in common, so
 * their own errors are added up as if the worst came together: sum_c |a_c| se_c. False where a y_c has no value. */
static bool fit(struct ov_test *t, const struct ov_query *q, const struct ov_sample *s)
{
    double value = 0.0, variance = 0.0, below = 0.0, theory_se = 0.0, theory_freedom = HUGE_VAL;
    t->n = SIZE_MAX;
    for (size_t c = 0; c < q->n_curve; c++) {
        struct ov_estimate y = ov_sample_estimate(&s[c * q->n_at], q->log_value);
        double a = q->weight[c], v = a * a * y.seed_se * y.seed_se;
        value += a * (isnan(y.value) ? plain(&s[c * q->n_at], q->log_value) : y.value);
        variance += v;
        theory_se += fabs(a) * y.theory_se;
        theory_freedom = fmin(theory_freedom, y.theory_freedom);
        if (s[c * q->n_at].n > 1)
            below += v * v / (double)(s[c * q->n_at].n - 1);
        t->n = s[c * q->n_at].n < t->n ? s[c * q->n_at].n : t->n;
    }
    t->value = value;
    ov_test_errors(t, sqrt(variance), below > 0.0 ? variance * variance / below : HUGE_VAL,
                   theory_se, theory_freedom);
    return isfinite(value) && isfinite(t->se);
}

/* Logarithms of means: all of one sign, and clear of zero, or there is no exponent yet. */
static bool has_logarithms(struct ov_finding *f, const struct ov_query *q,
                           const struct ov_sample *s)
{
    struct ov_measure *m = &f->measure;
    char what[160] = "";
    double sign = 0.0;
    for (size_t c = 0; q->log_value && c < q->n_curve; c++) {
        if (s[c * q->n_at].reduce != OV_REDUCE_MEAN)
            continue;
        struct ov_estimate y = ov_sample_estimate(&s[c * q->n_at], false);
        double se = ov_estimate_se(&y), far = fabs(y.value) / se;
        if (y.value == 0.0 || (far >= clear_of_zero && sign * y.value < 0.0)) {
            m->verdict = OV_FAIL;
            ov_finding_explain(f, "%.100s: the means change their sign: no power law",
                               s[c * q->n_at].curve->id);
            return false;
        }
        if (far >= clear_of_zero || se == 0.0) {
            sign = copysign(1.0, y.value);
            continue;
        }
        double more = (double)s[c * q->n_at].n * pow(clear_of_zero / far, 2.0);
        m->verdict = OV_INCONCLUSIVE;
        if (isnan(far)) {
            snprintf(what, sizeof what, "the slope is undecided");
            continue;
        }
        if (more < OV_CLAIM_MOST_SEEDS && (size_t)more + 1 > m->needed)
            m->needed = (size_t)more + 1;
        snprintf(what, sizeof what, "%.80s is only %.2g standard errors away from zero",
                 s[c * q->n_at].curve->id, far);
    }
    if (m->verdict == OV_INCONCLUSIVE)
        ov_finding_undecided(f, what);
    return m->verdict == OV_PASS;
}

static void judge_slope(struct ov_finding *f, const struct ov_query *q, const struct ov_sample *s)
{
    struct ov_measure *m = &f->measure;
    struct ov_test t = {0};
    bool single = true, known = fit(&t, q, s);
    for (size_t c = 0; c < q->n_curve; c++)
        single = single && s[c * q->n_at].single;
    m->n = single ? 0 : t.n;
    m->value = t.value;
    m->se = t.se;
    m->theory_se = t.theory_se;
    if (!has_logarithms(f, q, s))
        return;
    t.low = m->expect - m->margin;
    t.high = m->expect + m->margin;
    m->verdict = OV_INCONCLUSIVE;
    if (single && !(t.theory_se > 0.0)) {
        m->low = m->high = m->value;
        m->verdict = m->value >= t.low && m->value <= t.high ? OV_PASS : OV_FAIL;
    } else if (known) {
        double half = ov_test_halfwidth(&t, OV_CLAIM_ERROR);
        m->low = t.value - half;
        m->high = t.value + half;
        ov_measure_test(m, &t);
    }
    if (m->verdict == OV_FAIL)
        ov_finding_explain(f, "the slope %.6g in [%.6g, %.6g] is not within %.6g ± %.3g", m->value,
                           m->low, m->high, m->expect, m->margin);
    else if (m->verdict == OV_INCONCLUSIVE)
        ov_finding_undecided(f, "the slope is undecided");
}

/* All curves at time i: the worst of their states, and the slope if all can be used. */
void ov_scaling_judge(struct ov_finding *f, struct ov_claim *claim, const struct ov_sample *s,
                      size_t i, const char *out)
{
    const struct ov_query *q = claim->query;
    size_t bad = 0, last = (q->n_curve - 1) * q->n_at;
    bool same = true;
    (void)out;
    s += i;
    for (size_t k = 0; k <= last; k += q->n_at) {
        same = same && s[k].at == s->at;
        if (ov_verdict_severity(s[k].verdict) > ov_verdict_severity(s[bad].verdict))
            bad = k;
    }
    bool good = ov_finding_begin(f, s + bad);
    struct ov_measure *m = &f->measure;
    snprintf(m->curve, sizeof m->curve, "%.128s..%.128s", s->curve->id, s[last].curve->id);
    m->at = same ? m->at : NAN;
    m->value = m->se = m->low = m->high = NAN;
    m->expect = q->expect[0];
    m->margin = ov_query_margin(q, m->expect);
    if (good)
        judge_slope(f, q, s);
}
