/* SPDX-License-Identifier: MIT
 *
 * The kind that judges a whole curve: band. At each time of the window the mean over seeds of
 * sgd - theory is tested against the range that is allowed there; the p-values are corrected for
 * the number of times that are looked at, as correlated as they are (num/simultaneous.h).
 */
#include "claim_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/base/alloc.h"
#include "overlap/num/simultaneous.h"

enum { DRAWS = 10000 };

/* So many seeds tell how times are correlated, beside a theory that errs. */
static const size_t known_well = 10;

/* Part of theory that is rounding: runs start where theory does, but not to the last digit. */
static const double rounding = 1e-10;

/* What a band is judged by, besides the paths. */
struct band {
    const struct ov_query *q;
    const struct ov_paths *p;
    struct ov_simultaneous all;
    double shift; /* |c|/N */
    double one;   /* two-sided p of one time at which that of all is 1 - level */
};

/* One time of it. */
struct instant {
    struct ov_test test;
    double sd, expect, margin, pass, fail;
};

/* FNV-1a of what names the data: the same data, the same draws. */
static uint64_t key_of(const struct ov_claim *claim, const struct ov_paths *p)
{
    uint64_t h = 14695981039346656037u;
    const char *texts[] = {claim->experiment->name, claim->id, p->curve->id};
    for (size_t i = 0; i < 3; i++)
        for (const char *c = texts[i]; *c; c++)
            h = (h ^ (unsigned char)*c) * 1099511628211u;
    h = (h ^ p->n) * 1099511628211u;
    return (h ^ p->n_time) * 1099511628211u;
}

static void look_at(struct instant *now, const struct band *b, double *x, size_t k)
{
    const struct ov_paths *p = b->p;
    bool predicted = b->q->predicted, absolute = b->q->what->absolute;
    double theory = p->theory[k];
    for (size_t i = 0; i < p->n; i++)
        x[i] = p->x[i * p->n_time + k];
    struct ov_mean m = ov_mean_of(x, p->n);
    now->expect = predicted ? p->bias[k] : 0.0;
    now->margin = ov_query_margin(b->q, absolute ? theory : 0.0) + b->shift +
                  rounding * (absolute ? fabs(theory) : 1.0);
    now->sd = predicted ? p->sd[k] : m.sd;
    now->test = (struct ov_test){.value = m.mean,
                                 .low = now->expect - now->margin,
                                 .high = now->expect + now->margin,
                                 .n = p->n};
    ov_test_errors(&now->test, now->sd / sqrt((double)p->n),
                   predicted ? HUGE_VAL : (double)p->n - 1.0, p->theory_se[k], p->theory_freedom);
    double pass, fail;
    ov_test_p(&pass, &fail, &now->test);
    now->pass = pass < 0.5 ? 0.5 * ov_simultaneous_all(&b->all, 2.0 * pass) : pass;
    now->fail = ov_simultaneous_all(&b->all, fail);
}

/* The time that tells most: where it fails most clearly, else where it passes least clearly. */
static bool tells_more(const struct instant *a, const struct instant *b)
{
    bool fails = a->fail <= OV_CLAIM_ERROR, failed = b->fail <= OV_CLAIM_ERROR;
    if (fails != failed)
        return fails;
    if (fails && a->fail != b->fail)
        return a->fail < b->fail;
    return a->pass > b->pass;
}

/* Seeds that would decide every time that is undecided (or one that seems to fail). */
static void seek_needed(struct ov_measure *m, size_t *most, size_t *least,
                        const struct instant *now)
{
    struct ov_measure at = *m;
    ov_measure_reach(&at, &now->test);
    if (now->pass <= OV_CLAIM_ERROR)
        return;
    size_t needed = ov_measure_needed(&at, OV_CLAIM_ERROR);
    bool outside = now->test.value > now->test.high || now->test.value < now->test.low;
    if (outside && needed > 0 && needed < *least)
        *least = needed;
    if (!outside)
        *most = needed > *most ? needed : *most;
}

static void judge_times(struct ov_finding *f, const struct band *b)
{
    struct ov_measure *m = &f->measure;
    struct instant worst = {.pass = -1.0, .fail = 1.0}, now;
    size_t most = 0, least = SIZE_MAX;
    double *x = ov_xcalloc(b->p->n, sizeof *x);
    m->share = b->one / (1.0 - OV_CLAIM_LEVEL);
    for (size_t k = 0; k < b->p->n_time; k++) {
        look_at(&now, b, x, k);
        seek_needed(m, &most, &least, &now);
        if (k > 0 && !tells_more(&now, &worst))
            continue;
        worst = now;
        m->at = b->p->time[k];
    }
    free(x);
    const struct ov_test *t = &worst.test;
    double half = ov_test_halfwidth(t, 0.5 * b->one);
    m->value = t->value;
    m->se = t->se;
    m->theory_se = t->theory_se;
    m->low = t->value - half;
    m->high = t->value + half;
    m->expect = worst.expect;
    m->margin = worst.margin;
    m->p_pass = worst.pass;
    m->p_fail = worst.fail;
    ov_measure_reach(m, t);
    ov_measure_decide(m);
    if (m->verdict == OV_INCONCLUSIVE)
        m->needed = least < SIZE_MAX ? least : most;
}

/* Two rows more for a theory that errs, whose error is one number for all times: at a distance of c
 * from the mean on either side of it they add 2 c c' to the sums of squares (n - 1) S,
 * c = (n (n - 1)/2)^(1/2) theory_se, which makes them those of n (S/n + theory_se theory_se'), the
 * covariance of the means. Of few seeds S is not known well enough to be taken for that of two more:
 * then all rows are the mean, and times count as uncorrelated, which is the safe side. */
static size_t add_theory(double *x, const struct ov_paths *p)
{
    size_t n = p->n, J = p->n_time;
    double c = sqrt(0.5 * (double)n * ((double)n - 1.0));
    bool errs = false;
    for (size_t k = 0; k < J; k++)
        errs = errs || p->theory_se[k] > 0.0;
    for (size_t k = 0; k < J && errs; k++) {
        double mean = 0.0;
        for (size_t i = 0; i < n; i++)
            mean += x[i * J + k] / (double)n;
        for (size_t i = 0; i < n && n < known_well; i++)
            x[i * J + k] = mean;
        x[n * J + k] = mean + (n < known_well ? 0.0 : c * p->theory_se[k]);
        x[(n + 1) * J + k] = 2.0 * mean - x[n * J + k];
    }
    return errs ? n + 2 : n;
}

/* The mean deviations of all times, as correlated as they are. */
static void look_together(struct band *b, uint64_t key)
{
    const struct ov_paths *p = b->p;
    double *x = ov_xcalloc((p->n + 2) * p->n_time, sizeof *x);
    memcpy(x, p->x, p->n * p->n_time * sizeof *x);
    size_t rows = add_theory(x, p);
    enum ov_status status = ov_simultaneous_create(&b->all, x, rows, p->n_time, key, DRAWS);
    free(x);
    if (status != OV_OK) /* numbers are finite: nothing but memory can fail */
        ov_out_of_memory(0);
}

static void judge_paths(struct ov_finding *f, const struct ov_claim *claim, struct band *b)
{
    const struct ov_paths *p = b->p;
    struct ov_measure *m = &f->measure;
    m->n = p->n;
    m->verdict = OV_INCONCLUSIVE;
    if (p->n >= 2 || b->q->predicted) {
        look_together(b, key_of(claim, p));
        b->one = ov_simultaneous_one(&b->all, 1.0 - OV_CLAIM_LEVEL);
        judge_times(f, b);
        ov_simultaneous_free(&b->all);
    }
    if (m->verdict == OV_FAIL)
        ov_finding_explain(
            f, "%.6g in [%.6g, %.6g], simultaneous over %zu times, is not within %.6g ± %.3g",
            m->value, m->low, m->high, p->n_time, m->expect, m->margin);
    else if (m->verdict == OV_INCONCLUSIVE)
        ov_finding_undecided(f, "the band is undecided");
}

/* Curve number i. */
void ov_band_judge(struct ov_finding *f, struct ov_claim *claim, const struct ov_sample *s,
                   size_t i, const char *out)
{
    struct ov_paths p;
    (void)s;
    ov_paths_read(&p, claim, i, out);
    struct ov_sample head = {.curve = p.curve, .at = NAN, .verdict = p.verdict};
    memcpy(head.why, p.why, sizeof head.why);
    ov_finding_begin(f, &head);
    struct band b = {.q = claim->query, .p = &p, .shift = claim->query->shift[i]};
    if (p.verdict == OV_PASS)
        judge_paths(f, claim, &b);
    free(p.time);
}

/* ---- reading ---- */

static enum ov_status read_shift(double *shift, const struct ov_value *bias,
                                 const struct ov_curve *c, struct ov_error *err)
{
    double size = 1.0;
    enum ov_status status = ov_claim_number(shift, bias, c, err);
    bool has_size = ov_curve_variable(&size, c, "N") || ov_curve_variable(&size, c, "p") ||
                    ov_curve_variable(&size, c, "d");
    if (status == OV_OK && *shift != 0.0 && !has_size)
        status = ov_value_fail(
            bias, err, "curve %s has no N, p or d: a bias is |c| over the first of these", c->id);
    *shift = fabs(*shift / size);
    return status;
}

enum ov_status ov_band_parse(struct ov_query *q, struct ov_error *err)
{
    enum ov_status status = ov_query_bounds(q, err);
    q->predicted = strcmp(q->given.width->string, "theory") == 0;
    q->shift = ov_xcalloc(q->n_curve, sizeof *q->shift);
    if (status == OV_OK && q->given.rel && q->what->relative)
        status = ov_value_fail(q->given.rel, err, "relative is a part of theory already: give abs");
    for (size_t c = 0; c < q->n_curve && status == OV_OK; c++) {
        status = read_shift(&q->shift[c], q->given.bias, q->curve[c], err);
        if (status == OV_OK && q->predicted) /* which theory: {fluctuations: true} gives */
            status = ov_column_check(q->curve[c], OV_THEORY, q->sd, q->given.width, err);
    }
    return status;
}
