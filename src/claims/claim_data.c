/* SPDX-License-Identifier: MIT */
#include "claim_data.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/base/agree.h"

/* Times are found where they are within this of the one asked for. */
static const double near_enough = 0.05;

void ov_samples_free(struct ov_sample *sample, size_t n)
{
    for (size_t i = 0; sample && i < n; i++)
        free(sample[i].x);
    free(sample);
}

/* ---- times and windows of one result ---- */

static enum ov_status find_time(size_t *j, const struct ov_query *q, const struct ov_result *r,
                                const struct ov_curve *c, size_t i, struct ov_error *err)
{
    if (q->at->type == OV_WORD) {
        *j = strcmp(q->at->string, "last") == 0 ? r->n_time - 1 : 0;
        return OV_OK;
    }
    double at = q->at->type == OV_LIST ? q->at->array[i] : q->at->number;
    size_t nearest = 0, second = 0;
    double best = HUGE_VAL, next = HUGE_VAL;
    for (size_t k = 0; k < r->n_time; k++) {
        double distance = fabs(ov_result_at(r, 0, k, 1) - at);
        if (distance < best) {
            second = nearest;
            next = best;
            nearest = k;
            best = distance;
        } else if (distance < next) {
            second = k;
            next = distance;
        }
    }
    *j = nearest;
    if (best <= near_enough * fabs(at))
        return OV_OK;
    return ov_value_fail(q->at, err,
                         "curve %s is not measured at alpha = %g; the nearest times are %g and %g",
                         c->id, at, ov_result_at(r, 0, nearest, 1), ov_result_at(r, 0, second, 1));
}

static enum ov_status find_window(size_t *first, size_t *last, const struct ov_query *q,
                                  const struct ov_result *r, const struct ov_curve *c,
                                  struct ov_error *err)
{
    size_t n = 0, need = strcmp(q->statistic, "plateau") == 0 ? 3 : 1;
    for (size_t j = 0; j < r->n_time; j++) {
        double alpha = ov_result_at(r, 0, j, 1), slack = 1e-9 * fabs(alpha);
        bool usable = need == 1 || alpha > 0.0; /* a plateau is looked for in ln alpha */
        if (!usable || alpha < q->from - slack || alpha > q->to + slack)
            continue;
        *first = n ? *first : j;
        *last = j;
        n++;
    }
    if (n >= need)
        return OV_OK;
    return ov_value_fail(q->window, err,
                         "curve %s: %s needs at least %zu times in its window, of those from "
                         "alpha = %g to %g; there are %zu",
                         c->id, q->statistic, need, ov_result_at(r, 0, 0, 1),
                         ov_result_at(r, 0, r->n_time - 1, 1), n);
}

/* ---- statistics of one seed ---- */

struct series {
    const struct ov_result *r;
    size_t seed, column;
};

static double q_at(const struct series *s, size_t j)
{
    return ov_result_at(s->r, s->seed, j, s->column);
}

static double extreme(size_t *where, const struct series *s, size_t first, size_t last, double sign)
{
    *where = first;
    for (size_t j = first; j <= last; j++)
        if (sign * q_at(s, j) > sign * q_at(s, *where))
            *where = j;
    return q_at(s, *where);
}

static double average(const struct series *s, size_t first, size_t last)
{
    double sum = 0.0;
    for (size_t j = first; j <= last; j++)
        sum += q_at(s, j);
    return sum / (double)(last - first + 1);
}

/* The value where |d ln q/d ln alpha|, by central differences, is smallest. NaN where q <= 0. */
static double plateau(size_t *where, const struct series *s, size_t first, size_t last)
{
    double flattest = HUGE_VAL;
    *where = first + 1;
    for (size_t j = first + 1; j < last; j++) {
        double ratio =
            ov_result_at(s->r, s->seed, j + 1, 1) / ov_result_at(s->r, s->seed, j - 1, 1);
        double slope = fabs(log(q_at(s, j + 1) / q_at(s, j - 1)) / log(ratio));
        if (!(q_at(s, j - 1) > 0.0) || !(q_at(s, j) > 0.0) || !(q_at(s, j + 1) > 0.0))
            return NAN;
        if (slope < flattest) {
            flattest = slope;
            *where = j;
        }
    }
    return q_at(s, *where);
}

static double window_statistic(size_t *where, const char *name, const struct series *s,
                               size_t first, size_t last)
{
    *where = SIZE_MAX;
    for (size_t j = first; j <= last; j++)
        if (!isfinite(q_at(s, j)))
            return NAN;
    if (strcmp(name, "min") == 0)
        return extreme(where, s, first, last, -1.0);
    if (strcmp(name, "max") == 0)
        return extreme(where, s, first, last, 1.0);
    if (strcmp(name, "mean") == 0)
        return average(s, first, last);
    return plateau(where, s, first, last);
}

/* ---- samples ---- */

static void refuse(struct ov_sample *s, enum ov_verdict verdict, const char *fmt, ...)
    OV_PRINTF(3, 4);
static void refuse(struct ov_sample *s, enum ov_verdict verdict, const char *fmt, ...)
{
    va_list ap;
    s->verdict = verdict;
    va_start(ap, fmt);
    vsnprintf(s->why, sizeof s->why, fmt, ap);
    va_end(ap);
}

/* A curve's tables as a sample needs them; `theory` only where the query is against it. */
struct tables {
    struct ov_result own, theory;
};

static void fill_window(struct ov_sample *s, const struct ov_query *q, const struct tables *t,
                        size_t first, size_t last)
{
    size_t where, common = SIZE_MAX;
    int column = ov_table_find(&t->own.table, q->quantity);
    for (size_t i = 0; i < s->n; i++) {
        struct series series = {&t->own, i, (size_t)column};
        s->x[i] = window_statistic(&where, q->statistic, &series, first, last);
        common = i == 0 || where == common ? where : SIZE_MAX;
    }
    s->at = common == SIZE_MAX ? NAN : ov_result_at(&t->own, 0, common, 1);
}

/* value, deviation or relative at time j. */
static void fill_time(struct ov_sample *s, const struct ov_query *q, const struct tables *t,
                      size_t j)
{
    int column = ov_table_find(&t->own.table, q->quantity);
    int partner_column = q->against_theory ? ov_table_find(&t->theory.table, q->quantity) : -1;
    double sum = 0.0;
    s->at = ov_result_at(&t->own, 0, j, 1);
    for (size_t i = 0; i < s->n; i++) {
        s->x[i] = ov_result_at(&t->own, i, j, (size_t)column);
        if (!q->against_theory)
            continue;
        int partner = ov_result_partner(&t->theory, &t->own, i);
        if (partner < 0 || j >= t->theory.n_time ||
            !ov_agree(ov_result_at(&t->theory, (size_t)partner, j, 1), s->at, 1e-9, 0.0)) {
            refuse(s, OV_FAIL, "theory has no number for seed %.0f at alpha = %g",
                   ov_result_at(&t->own, i, 0, 0), s->at);
            return;
        }
        double theory = ov_result_at(&t->theory, (size_t)partner, j, (size_t)partner_column);
        bool relative = strcmp(q->statistic, "relative") == 0;
        s->x[i] = relative ? s->x[i] / theory - 1.0 : s->x[i] - theory;
        sum += theory;
    }
    if (q->against_theory)
        s->theory = sum / (double)s->n;
}

static enum ov_status fill(struct ov_sample *s, const struct ov_query *q, const struct tables *t,
                           size_t i, struct ov_error *err)
{
    size_t first = 0, last = 0;
    enum ov_status status = q->windowed ? find_window(&first, &last, q, &t->own, s->curve, err)
                                        : find_time(&first, q, &t->own, s->curve, i, err);
    if (status != OV_OK)
        return status;
    s->n = t->own.n_seed;
    s->single = q->side == OV_THEORY && s->n == 1;
    s->x = calloc(s->n, sizeof *s->x);
    if (!s->x)
        return ov_fail(err, OV_ENOMEM, "curve %s: out of memory", s->curve->id);
    if (q->windowed)
        fill_window(s, q, t, first, last);
    else
        fill_time(s, q, t, first);
    for (size_t k = 0; k < s->n && s->verdict == OV_PASS; k++)
        if (!isfinite(s->x[k]))
            refuse(s, OV_FAIL, "%s of %s is not a finite number in seed %.0f", q->statistic,
                   q->quantity, ov_result_at(&t->own, k, 0, 0));
    return OV_OK;
}

/* A side that can't be used decides the verdict. */
static bool usable(struct ov_sample *s, const struct ov_result *r, enum ov_side side)
{
    if (r->state == OV_VALID)
        return true;
    refuse(s, r->state == OV_MISSING ? OV_CLAIM_MISSING : OV_CLAIM_STALE, "%s: %s",
           ov_side_name(side), r->why);
    return false;
}

static enum ov_status read_curve(struct ov_sample *sample, const struct ov_query *q, size_t c,
                                 const char *out, struct ov_error *err)
{
    struct tables t = {.own.state = OV_NOT_ASKED};
    enum ov_status status = ov_result_read(&t.own, out, q->experiment, q->curve[c], q->side);
    if (status == OV_OK && q->against_theory)
        status = ov_result_read(&t.theory, out, q->experiment, q->curve[c], OV_THEORY);
    if (status != OV_OK)
        ov_fail(err, status, "curve %s: out of memory", q->curve[c]->id);
    for (size_t i = 0; i < q->n_at && status == OV_OK; i++) {
        struct ov_sample *s = sample + i;
        s->curve = q->curve[c];
        s->theory = s->at = NAN;
        if (q->at && q->at->type != OV_WORD)
            s->at = q->at->type == OV_LIST ? q->at->array[i] : q->at->number;
        s->verdict = OV_PASS;
        if (usable(s, &t.own, q->side) && (!q->against_theory || usable(s, &t.theory, OV_THEORY)))
            status = fill(s, q, &t, i, err);
    }
    ov_result_free(&t.own);
    ov_result_free(&t.theory);
    return status;
}

enum ov_status ov_samples_read(struct ov_sample **sample, const struct ov_query *q, const char *out,
                               struct ov_error *err)
{
    size_t n = q->n_curve * q->n_at;
    *sample = calloc(n, sizeof **sample);
    if (!*sample)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    enum ov_status status = OV_OK;
    for (size_t c = 0; c < q->n_curve && status == OV_OK; c++)
        status = read_curve(*sample + c * q->n_at, q, c, out, err);
    if (status != OV_OK) {
        ov_samples_free(*sample, n);
        *sample = NULL;
    }
    return status;
}
