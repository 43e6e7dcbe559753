/* SPDX-License-Identifier: MIT */
#include "claim_data_internal.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim_series_internal.h"
#include "claim_tables_internal.h"
#include "overlap/base/agree.h"

/* Times are found where they are within this of the one asked for. */
static const double near_enough = 0.05;

void ov_samples_free(struct ov_sample *sample, size_t n)
{
    for (size_t i = 0; sample && i < n; i++)
        free(sample[i].x);
    free(sample);
}

/* ---- times and windows, which the experiment says before anything runs ---- */

enum ov_status ov_time_find(size_t *j, const struct ov_query *q, size_t c, size_t i,
                            struct ov_error *err)
{
    const struct ov_side_plan *side = &q->curve[c]->side[q->side];
    *j = 0;
    if (q->at->type == OV_WORD) {
        *j = strcmp(q->at->string, "last") == 0 ? side->n_row - 1 : 0;
        return OV_OK;
    }
    double at = q->at->type == OV_LIST ? q->at->array[i] : q->at->number;
    size_t second = 0;
    for (size_t k = 1; k < side->n_row; k++) {
        double far = fabs(side->time[k] - at);
        if (far < fabs(side->time[*j] - at)) {
            second = *j;
            *j = k;
        } else if (second == *j || far < fabs(side->time[second] - at)) {
            second = k;
        }
    }
    if (fabs(side->time[*j] - at) <= near_enough * fabs(at))
        return OV_OK;
    return ov_value_fail(
        q->at, err, "curve %s is not measured at %s = %g; the nearest times are %g and %g",
        q->curve[c]->id, side->column[0].name, at, side->time[*j], side->time[second]);
}

enum ov_status ov_window_find(size_t *first, size_t *last, const struct ov_query *q, size_t c,
                              struct ov_error *err)
{
    const struct ov_side_plan *side = &q->curve[c]->side[q->side];
    size_t n = 0, need = strcmp(q->statistic, "plateau") == 0 ? 3 : 1;
    for (size_t j = 0; j < side->n_row; j++) {
        double time = side->time[j], slack = 1e-9 * fabs(time);
        bool usable = need == 1 || time > 0.0; /* a plateau is looked for in the log of time */
        if (!usable || time < q->from - slack || time > q->to + slack)
            continue;
        *first = n ? *first : j;
        *last = j;
        n++;
    }
    if (n >= need)
        return OV_OK;
    return ov_value_fail(q->window, err,
                         "curve %s: %s needs at least %zu times in its window, of those from "
                         "%s = %g to %g; there are %zu",
                         q->curve[c]->id, q->statistic, need, side->column[0].name, side->time[0],
                         side->time[side->n_row - 1], n);
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

bool ov_tables_partner(size_t *partner, const struct ov_tables *t, size_t i, size_t j,
                       char why[512])
{
    int found = ov_result_partner(&t->theory, &t->own, i);
    double at = ov_result_at(&t->own, i, j, 1);
    *partner = found < 0 ? 0 : (size_t)found;
    if (found >= 0 && j < t->theory.n_time &&
        ov_agree(ov_result_at(&t->theory, *partner, j, 1), at, 1e-9, 0.0))
        return true;
    snprintf(why, 512, "theory has no number for seed %.0f at %s = %g",
             ov_result_at(&t->own, i, 0, 0), t->own.table.column[1], at);
    return false;
}

/* y of seed i at times first … last: the quantity, or |its deviation from theory|. */
static bool fill_path(double *y, struct ov_sample *s, const struct ov_query *q,
                      const struct ov_tables *t, size_t i, const size_t window[2])
{
    size_t own = (size_t)ov_table_find(&t->own.table, q->quantity), partner;
    for (size_t j = window[0]; j <= window[1]; j++) {
        y[j] = ov_result_at(&t->own, i, j, own);
        if (!q->what->against_theory)
            continue;
        if (!ov_tables_partner(&partner, t, i, j, s->why)) {
            s->verdict = OV_FAIL;
            return false;
        }
        y[j] = fabs(y[j] - ov_tables_theory(t, partner, j, q->quantity));
    }
    return true;
}

static enum ov_status fill_window(struct ov_sample *s, const struct ov_query *q,
                                  const struct ov_tables *t, const size_t window[2])
{
    size_t n = t->own.n_time, where, common = SIZE_MAX;
    double *alpha = calloc(2 * n + 1, sizeof *alpha), *y = alpha + n;
    if (!alpha)
        return OV_ENOMEM;
    for (size_t j = 0; j < n; j++)
        alpha[j] = ov_result_at(&t->own, 0, j, 1);
    struct ov_series series = {alpha, y, window[0], window[1]};
    for (size_t i = 0; i < s->n && fill_path(y, s, q, t, i, window); i++) {
        s->x[i] = ov_series_statistic(&where, q->statistic, &series);
        common = i == 0 || where == common ? where : SIZE_MAX;
    }
    s->at = common == SIZE_MAX ? NAN : alpha[common];
    free(alpha);
    return OV_OK;
}

/* A statistic of single times, at time j. */
static void fill_time(struct ov_sample *s, const struct ov_query *q, const struct ov_tables *t,
                      size_t j)
{
    size_t column = (size_t)ov_table_find(&t->own.table, q->quantity), partner;
    double sum = 0.0;
    s->at = ov_result_at(&t->own, 0, j, 1);
    for (size_t i = 0; i < s->n; i++) {
        s->x[i] = ov_result_at(&t->own, i, j, column);
        if (!q->what->against_theory)
            continue;
        if (!ov_tables_partner(&partner, t, i, j, s->why)) {
            s->verdict = OV_FAIL;
            return;
        }
        double theory = ov_tables_theory(t, partner, j, q->quantity);
        s->x[i] = q->what->relative ? s->x[i] / theory - 1.0 : s->x[i] - theory;
        if (q->what->standardised)
            s->x[i] /= ov_tables_theory(t, partner, j, q->predicted);
        sum += theory;
    }
    if (q->what->against_theory)
        s->theory = sum / (double)s->n;
}

/* Whether and when runs diverged: 1 or 0 of each, or the times of those that did. */
static void fill_divergence(struct ov_sample *s, const struct ov_query *q,
                            const struct ov_tables *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->own.n_seed; i++) {
        bool diverged = ov_result_diverged(&t->own, i);
        if (!q->what->when)
            s->x[n++] = diverged ? 1.0 : 0.0;
        else if (diverged)
            s->x[n++] = t->own.diverged_at[i];
    }
    s->n = n;
    if (n == 0)
        refuse(s, OV_FAIL, "none of %zu runs diverged", t->own.n_seed);
}

/* Why seed k has no number. */
static void refuse_seed(struct ov_sample *s, const struct ov_query *q, const struct ov_tables *t,
                        size_t k)
{
    int partner = q->what->against_theory ? ov_result_partner(&t->theory, &t->own, k) : -1;
    bool theory = partner >= 0 && ov_result_diverged(&t->theory, (size_t)partner);
    bool own = ov_result_diverged(&t->own, k);
    refuse(s, OV_FAIL, "%s of %s is not a finite number in seed %.0f", q->statistic, q->quantity,
           ov_result_at(&t->own, k, 0, 0));
    size_t used = strlen(s->why);
    if (own || theory)
        snprintf(s->why + used, sizeof s->why - used, ": %s diverges at %s = %.6g",
                 own ? ov_side_name(q->side) : "theory", t->own.table.column[1],
                 own ? t->own.diverged_at[k] : t->theory.diverged_at[partner]);
}

static enum ov_status fill(struct ov_sample *s, const struct ov_query *q, const struct ov_tables *t,
                           size_t c, size_t i, struct ov_error *err)
{
    size_t window[2] = {0, 0};
    enum ov_status status = OV_OK;
    if (q->what->windowed)
        status = ov_window_find(&window[0], &window[1], q, c, err);
    else if (!q->what->of_run)
        status = ov_time_find(&window[0], q, c, i, err);
    if (status != OV_OK)
        return status;
    s->n = t->own.n_seed;
    s->single = q->side == OV_THEORY && s->n == 1;
    s->x = calloc(s->n, sizeof *s->x);
    if (s->x && q->what->of_run)
        fill_divergence(s, q, t);
    else if (s->x && q->what->windowed)
        status = fill_window(s, q, t, window);
    else if (s->x)
        fill_time(s, q, t, window[0]);
    if (!s->x || status != OV_OK)
        return ov_fail(err, OV_ENOMEM, "curve %s: out of memory", s->curve->id);
    for (size_t k = 0; k < s->n && s->verdict == OV_PASS; k++)
        if (!isfinite(s->x[k]))
            refuse_seed(s, q, t, k);
    return OV_OK;
}

bool ov_tables_usable(const struct ov_result *r, enum ov_side side, enum ov_verdict *verdict,
                      char why[512])
{
    if (r->state == OV_VALID)
        return true;
    *verdict = r->state == OV_MISSING ? OV_CLAIM_MISSING : OV_CLAIM_STALE;
    snprintf(why, 512, "%s: %.480s", ov_side_name(side), r->why);
    return false;
}

enum ov_status ov_tables_read(struct ov_tables *t, const struct ov_query *q, size_t c,
                              const char *out, struct ov_error *err)
{
    *t = (struct ov_tables){.own.state = OV_NOT_ASKED};
    enum ov_status status = ov_result_read(&t->own, out, q->experiment, q->curve[c], q->side);
    if (status == OV_OK && q->what->against_theory)
        status = ov_result_read(&t->theory, out, q->experiment, q->curve[c], OV_THEORY);
    if (status != OV_OK)
        return ov_fail(err, status, "curve %s: out of memory", q->curve[c]->id);
    status = ov_claim_note_table(q->claim, q->curve[c], q->side, &t->own, err);
    if (status == OV_OK && q->what->against_theory)
        status = ov_claim_note_table(q->claim, q->curve[c], OV_THEORY, &t->theory, err);
    return status;
}

void ov_tables_free(struct ov_tables *t)
{
    ov_result_free(&t->own);
    ov_result_free(&t->theory);
}

double ov_tables_theory(const struct ov_tables *t, size_t partner, size_t j, const char *column)
{
    return ov_result_at(&t->theory, partner, j, (size_t)ov_table_find(&t->theory.table, column));
}

static enum ov_status read_curve(struct ov_sample *sample, const struct ov_query *q, size_t c,
                                 const char *out, struct ov_error *err)
{
    struct ov_tables t;
    enum ov_status status = ov_tables_read(&t, q, c, out, err);
    for (size_t i = 0; i < q->n_at && status == OV_OK; i++) {
        struct ov_sample *s = sample + i;
        s->curve = q->curve[c];
        s->reduce = q->what->reduce;
        s->theory = s->at = NAN;
        if (q->at && q->at->type != OV_WORD)
            s->at = q->at->type == OV_LIST ? q->at->array[i] : q->at->number;
        s->verdict = OV_PASS;
        if (ov_tables_usable(&t.own, q->side, &s->verdict, s->why) &&
            (!q->what->against_theory ||
             ov_tables_usable(&t.theory, OV_THEORY, &s->verdict, s->why)))
            status = fill(s, q, &t, c, i, err);
    }
    ov_tables_free(&t);
    return status;
}

struct ov_mean ov_sample_estimate(const struct ov_sample *s, bool log_scale)
{
    if (!s->single)
        return ov_jackknife(s->x, s->n, s->reduce, log_scale);
    double x = ov_reduce(s->x, s->n, s->reduce);
    return (struct ov_mean){s->n, log_scale ? log(fabs(x)) : x, 0.0, 0.0};
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
