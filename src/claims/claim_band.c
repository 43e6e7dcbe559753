/* SPDX-License-Identifier: MIT
 *
 * The kind that judges a whole curve: band. At each time of the window the mean over seeds of
 * sgd - theory is tested against the range that is allowed there; the p-values are corrected for
 * the number of times that are looked at, as correlated as they are (num/simultaneous.h).
 */
#include "claim_judge_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/num/simultaneous.h"

enum { DRAWS = 10000 };

/* Part of theory that is rounding: runs start where theory does, but not to the last digit. */
static const double rounding = 1e-10;

/* What a band is judged by, besides the paths. */
struct band {
    const struct ov_paths *p;
    struct ov_simultaneous all;
    bool predicted; /* width: theory */
    double bias;    /* |c|/N */
    double one;     /* two-sided p of one time at which that of all is 1 - level */
};

/* One time of it. */
struct instant {
    struct ov_test test;
    double sd, expect, margin, pass, fail;
};

static bool predicted_width(struct ov_claim *claim)
{
    return strcmp(ov_value_string(&claim->keys, "width"), "theory") == 0;
}

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

static void look_at(struct instant *now, struct ov_claim *claim, const struct band *b, double *room,
                    size_t k)
{
    const struct ov_paths *p = b->p;
    for (size_t i = 0; i < p->n; i++)
        room[i] = p->x[i * p->n_time + k];
    struct ov_mean m = ov_mean_of(room, p->n);
    const char *statistic = ov_value_string(&claim->keys, "statistic");
    bool deviation = strcmp(statistic, "deviation") == 0;
    double scale = deviation ? p->theory[k] : 0.0;
    now->expect = b->predicted ? p->bias[k] : 0.0;
    now->margin =
        ov_claim_margin(claim, scale) + b->bias + rounding * (deviation ? fabs(p->theory[k]) : 1.0);
    now->sd = b->predicted ? p->sd[k] : m.sd;
    now->test = (struct ov_test){.value = m.mean,
                                 .se = now->sd / sqrt((double)p->n),
                                 .freedom = b->predicted ? HUGE_VAL : (double)p->n - 1.0,
                                 .low = now->expect - now->margin,
                                 .high = now->expect + now->margin,
                                 .n = p->n};
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

static enum ov_status judge_times(struct ov_finding *f, struct ov_claim *claim, struct band *b,
                                  struct ov_error *err)
{
    struct ov_measure *m = &f->measure;
    struct instant worst = {.pass = -1.0, .fail = 1.0}, now;
    size_t most = 0, least = SIZE_MAX;
    double *room = calloc(b->p->n, sizeof *room);
    if (!room)
        return ov_fail(err, OV_ENOMEM, "claim %s: out of memory", claim->id);
    m->share = b->one / (1.0 - OV_CLAIM_LEVEL);
    for (size_t k = 0; k < b->p->n_time; k++) {
        look_at(&now, claim, b, room, k);
        seek_needed(m, &most, &least, &now);
        if (k > 0 && !tells_more(&now, &worst))
            continue;
        worst = now;
        m->at = b->p->alpha[k];
    }
    free(room);
    const struct ov_test *t = &worst.test;
    double half = t->se > 0.0 ? ov_student_quantile(0.5 * b->one, t->freedom) * t->se : 0.0;
    m->value = t->value;
    m->se = t->se;
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
    return OV_OK;
}

static void explain(struct ov_finding *f, size_t n_time)
{
    const struct ov_measure *m = &f->measure;
    char what[220];
    snprintf(what, sizeof what,
             "%.6g in [%.6g, %.6g], simultaneous over %zu times, is not within %.6g ± %.3g",
             m->value, m->low, m->high, n_time, m->expect, m->margin);
    if (m->verdict == OV_FAIL)
        ov_finding_explain(f, what);
    else if (m->verdict == OV_INCONCLUSIVE)
        ov_finding_undecided(f, "the band is undecided");
}

static enum ov_status judge_paths(struct ov_finding *f, struct ov_claim *claim,
                                  const struct ov_paths *p, struct ov_error *err)
{
    struct band b = {.p = p, .predicted = predicted_width(claim)};
    struct ov_value *bias = ov_value_get(&claim->keys, "bias");
    double N = 1.0;
    f->measure.n = p->n;
    if (p->n < 2 && !b.predicted) {
        f->measure.verdict = OV_INCONCLUSIVE;
        ov_finding_undecided(f, "the band is undecided");
        return OV_OK;
    }
    enum ov_status status = ov_claim_number(&b.bias, claim, bias, p->curve, err);
    if (status != OV_OK)
        return status;
    if (ov_curve_variable(&N, p->curve, "N"))
        b.bias /= N;
    b.bias = fabs(b.bias);
    status = ov_simultaneous_create(&b.all, p->x, p->n, p->n_time, key_of(claim, p), DRAWS);
    if (status != OV_OK)
        return ov_fail(err, status, "claim %s: curve %s can't be tested", claim->id, p->curve->id);
    b.one = ov_simultaneous_one(&b.all, 1.0 - OV_CLAIM_LEVEL);
    status = judge_times(f, claim, &b, err);
    if (status == OV_OK)
        explain(f, p->n_time);
    ov_simultaneous_free(&b.all);
    return status;
}

static enum ov_status judge_curve(struct ov_finding *f, struct ov_claim *claim,
                                  const struct ov_query *q, size_t c, const char *out,
                                  struct ov_error *err)
{
    struct ov_paths p;
    enum ov_status status = ov_paths_read(&p, q, c, predicted_width(claim), out, err);
    if (status == OV_OK) {
        struct ov_sample head = {.curve = p.curve, .at = NAN, .verdict = p.verdict};
        memcpy(head.why, p.why, sizeof head.why);
        ov_finding_begin(f, &head);
        if (p.verdict == OV_PASS)
            status = judge_paths(f, claim, &p, err);
    }
    ov_paths_free(&p);
    return status;
}

/* ---- the kind ---- */

static enum ov_status check_bias(struct ov_claim *claim, const struct ov_query *q,
                                 struct ov_error *err)
{
    const struct ov_value *bias = ov_value_get(&claim->keys, "bias");
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < q->n_curve && status == OV_OK; i++) {
        double N, c;
        status = ov_claim_number(&c, claim, bias, q->curve[i], err);
        if (status == OV_OK && c != 0.0 && !ov_curve_variable(&N, q->curve[i], "N"))
            status =
                ov_value_fail(bias, err, "curve %s has no N: a bias is |c|/N", q->curve[i]->id);
    }
    return status;
}

enum ov_status ov_band_check(struct ov_claim *claim, struct ov_error *err)
{
    struct ov_query q;
    struct ov_value *margin = ov_value_get(&claim->keys, "margin");
    const struct ov_value *rel = ov_value_get(margin, "rel"), *abs = ov_value_get(margin, "abs");
    const char *statistic = ov_value_string(&claim->keys, "statistic");
    enum ov_status status = ov_query_create(&q, claim, OV_SIDE_PATHS, err);
    if (status != OV_OK)
        return status;
    if (!rel && !abs)
        status = ov_value_fail(margin, err, "margin needs rel, abs or both");
    else if (rel && strcmp(statistic, "relative") == 0)
        status = ov_value_fail(rel, err, "relative is a part of theory already: give abs");
    if (status == OV_OK)
        status = check_bias(claim, &q, err);
    if (status == OV_OK && predicted_width(claim))
        status = ov_query_predicted(&q, ov_value_get(&claim->keys, "width"), err);
    ov_query_free(&q);
    return status;
}

enum ov_status ov_band_evaluate(struct ov_claim *claim, const char *out, struct ov_error *err)
{
    struct ov_query q;
    enum ov_status status = ov_query_create(&q, claim, OV_SIDE_PATHS, err);
    if (status != OV_OK)
        return status;
    struct ov_finding *found = calloc(q.n_curve, sizeof *found);
    if (!found)
        status = ov_fail(err, OV_ENOMEM, "claim %s: out of memory", claim->id);
    for (size_t c = 0; c < q.n_curve && status == OV_OK; c++)
        status = judge_curve(found + c, claim, &q, c, out, err);
    if (status == OV_OK)
        status = ov_claim_settle(claim, found, q.n_curve, err);
    free(found);
    ov_query_free(&q);
    return status;
}
