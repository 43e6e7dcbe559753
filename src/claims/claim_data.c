/* SPDX-License-Identifier: MIT
 *
 * The numbers that claims judge, out of the tables of their curves: samples, and paths of a band.
 */
#include "claim_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/base/agree.h"
#include "overlap/base/alloc.h"
#include "overlap/base/text.h"

/* ---- tables ---- */

/* Of one curve; `theory` only where the claim is against it. Columns that are not there are -1. */
struct tables {
    const struct ov_query *q;
    struct ov_result own, theory;
    int column, partner_column, sd, bias, se;
    double up; /* theory is taken to be so many of its standard errors higher than it is */
    enum ov_verdict verdict; /* PASS: can be used */
    char why[512];
};

/* Notes that the claim read this side of this curve; once is enough. */
static void note(struct ov_claim *claim, const struct ov_curve *c, enum ov_side side,
                 const struct ov_result *r)
{
    struct ov_text name = {0};
    ov_text_addf(&name, "%s.%s", c->id, ov_side_name(side));
    if (name.failed)
        ov_out_of_memory(name.room);
    for (size_t i = 0; i < claim->n_table; i++)
        if (strcmp(claim->table[i].name, name.s) == 0) {
            ov_text_free(&name);
            return;
        }
    claim->table = ov_xrealloc(claim->table, claim->n_table + 1, sizeof *claim->table);
    bool whole = r->state == OV_VALID || r->state == OV_STALE;
    char *key = whole ? ov_table_comment(&r->table, "key") : NULL;
    claim->table[claim->n_table++] = (struct ov_claim_table){name.s, key};
}

/* One side, unless the other can't be used already. */
static void read_side(struct tables *t, struct ov_result *r, struct ov_claim *claim, size_t c,
                      enum ov_side side, const char *out)
{
    const struct ov_query *q = t->q;
    const struct ov_curve *curve = q->curve[c];
    const char *quantity[] = {q->quantity, q->sd, q->bias, q->se, NULL};
    ov_result_read(r, out, claim->experiment, curve, side, quantity);
    note(claim, curve, side, r);
    if (r->state == OV_VALID || t->verdict != OV_PASS)
        return;
    t->verdict = r->state == OV_MISSING ? OV_CLAIM_MISSING : OV_CLAIM_STALE;
    snprintf(t->why, sizeof t->why, "%s: %.480s", ov_side_name(side), r->why);
}

static void tables_read(struct tables *t, struct ov_claim *claim, size_t c, const char *out)
{
    const struct ov_query *q = claim->query;
    *t = (struct tables){.q = q, .verdict = OV_PASS};
    read_side(t, &t->own, claim, c, q->side, out);
    if (q->what->against_theory)
        read_side(t, &t->theory, claim, c, OV_THEORY, out);
    if (t->verdict != OV_PASS)
        return;
    t->column = ov_table_find(&t->own.table, q->quantity);
    const struct ov_result *theory = q->what->against_theory ? &t->theory : &t->own;
    t->se = -1;
    if (ov_query_theory_errs(q, q->curve[c]))
        t->se = ov_table_find(&theory->table, q->se);
    if (!q->what->against_theory)
        return;
    t->partner_column = ov_table_find(&t->theory.table, q->quantity);
    t->sd = ov_table_find(&t->theory.table, q->sd);
    t->bias = ov_table_find(&t->theory.table, q->bias);
}

static void tables_free(struct tables *t)
{
    ov_result_free(&t->own);
    ov_result_free(&t->theory);
}

static double error_at(const struct tables *t, const struct ov_result *theory, size_t i, size_t j)
{
    return t->up != 0.0 ? t->up * ov_result_at(theory, i, j, (size_t)t->se) : 0.0;
}

static double theory_at(const struct tables *t, size_t partner, size_t j, int column)
{
    return ov_result_at(&t->theory, partner, j, (size_t)column);
}

/* Seed group i at time j: its number and, where the claim is against it, theory's, with its
 * group. False, with why, if theory has none at this time. */
static bool numbers_at(double *own, double *theory, size_t *partner, const struct tables *t,
                       size_t i, size_t j, char why[512])
{
    *own = ov_result_at(&t->own, i, j, (size_t)t->column);
    *theory = NAN;
    if (!t->q->what->against_theory) {
        *own += error_at(t, &t->own, i, j);
        return true;
    }
    int found = ov_result_partner(&t->theory, &t->own, i);
    double at = ov_result_at(&t->own, i, j, 1);
    *partner = found < 0 ? 0 : (size_t)found;
    if (found < 0 || j >= t->theory.n_time ||
        !ov_agree(ov_result_at(&t->theory, *partner, j, 1), at, 1e-9, 0.0)) {
        snprintf(why, 512, "theory has no number for seed %.0f at %s = %g",
                 ov_result_at(&t->own, i, 0, 0), t->own.table.column[1], at);
        return false;
    }
    *theory = theory_at(t, *partner, j, t->partner_column) + error_at(t, &t->theory, *partner, j);
    return true;
}

/* ---- samples ---- */

/* y of seed i in the window: the quantity, |its deviation from theory| or, with its sign, the
 * relative one. */
static bool fill_path(double *y, struct ov_sample *s, const struct tables *t, size_t i,
                      const struct ov_span *w)
{
    double theory;
    size_t partner;
    for (size_t j = w->first; j <= w->last; j++) {
        if (!numbers_at(&y[j], &theory, &partner, t, i, j, s->why)) {
            s->verdict = OV_FAIL;
            return false;
        }
        if (t->q->what->relative)
            y[j] = y[j] / theory - 1.0;
        else if (t->q->what->against_theory)
            y[j] = fabs(y[j] - theory);
    }
    return true;
}

static double of_window(size_t *where, const struct ov_statistic *what, const struct ov_series *s)
{
    *where = SIZE_MAX;
    for (size_t j = s->first; j <= s->last; j++)
        if (!isfinite(s->y[j]))
            return NAN;
    return what->of_window(where, s);
}

static void fill_window(struct ov_sample *s, const struct tables *t, const struct ov_span *w)
{
    size_t n = t->own.n_time, where, common = SIZE_MAX;
    double *time = ov_xcalloc(2 * n, sizeof *time), *y = time + n;
    for (size_t j = 0; j < n; j++)
        time[j] = ov_result_at(&t->own, 0, j, 1);
    struct ov_series series = {time, y, w->first, w->last};
    for (size_t i = 0; i < s->n && fill_path(y, s, t, i, w); i++) {
        s->x[i] = of_window(&where, t->q->what, &series);
        common = i == 0 || where == common ? where : SIZE_MAX;
    }
    s->at = common == SIZE_MAX ? NAN : time[common];
    free(time);
}

/* What a run is beside theory, in the units of the statistic. */
static double beside_theory(const struct tables *t, double own, double theory, size_t partner,
                            size_t j)
{
    const struct ov_statistic *what = t->q->what;
    if (what->logarithm)
        return log(own / theory);
    if (what->relative)
        return own / theory - 1.0;
    if (what->standardised)
        return (own - theory) / theory_at(t, partner, j, t->sd);
    if (what->in_biases)
        return (own - theory) / theory_at(t, partner, j, t->bias);
    return own - theory;
}

/* A statistic of single times, at time j. */
static void fill_time(struct ov_sample *s, const struct tables *t, size_t j)
{
    const struct ov_statistic *what = t->q->what;
    double sum = 0.0, theory;
    size_t partner;
    s->at = ov_result_at(&t->own, 0, j, 1);
    for (size_t i = 0; i < s->n; i++) {
        if (!numbers_at(&s->x[i], &theory, &partner, t, i, j, s->why)) {
            s->verdict = OV_FAIL;
            return;
        }
        if (!what->against_theory)
            continue;
        s->x[i] = beside_theory(t, s->x[i], theory, partner, j);
        sum += theory;
    }
    if (what->against_theory)
        s->theory = sum / (double)s->n;
}

/* Whether and when runs diverged: 1 or 0 of each, or the times of those that did. */
static void fill_divergence(struct ov_sample *s, const struct tables *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->own.n_seed; i++) {
        bool diverged = ov_result_diverged(&t->own, i);
        if (!t->q->what->when)
            s->x[n++] = diverged ? 1.0 : 0.0;
        else if (diverged)
            s->x[n++] = t->own.diverged_at[i];
    }
    s->n = n;
    if (n > 0)
        return;
    s->verdict = OV_FAIL;
    snprintf(s->why, sizeof s->why, "none of %zu runs diverged", t->own.n_seed);
}

/* Why seed k has no number. */
static void refuse_seed(struct ov_sample *s, const struct tables *t, size_t k)
{
    int partner = t->q->what->against_theory ? ov_result_partner(&t->theory, &t->own, k) : -1;
    bool theory = partner >= 0 && ov_result_diverged(&t->theory, (size_t)partner);
    bool own = ov_result_diverged(&t->own, k);
    s->verdict = OV_FAIL;
    snprintf(s->why, sizeof s->why, "%s of %s is not a finite number in seed %.0f",
             t->q->what->name, t->q->quantity, ov_result_at(&t->own, k, 0, 0));
    size_t used = strlen(s->why);
    if (own || theory)
        snprintf(s->why + used, sizeof s->why - used, ": %s diverges at %s = %.6g",
                 own ? ov_side_name(t->q->side) : "theory", t->own.table.column[1],
                 own ? t->own.diverged_at[k] : t->theory.diverged_at[partner]);
    else if (strcmp(t->q->quantity, "stopped_at") == 0)
        snprintf(s->why + used, sizeof s->why - used,
                 ": this run has not fallen to the level of `stop`");
    else if (ov_table_find(&t->own.table, "stopped_at") >= 0)
        snprintf(s->why + used, sizeof s->why - used,
                 ": a run that `stop` ends has nan from then on, see column stopped_at");
}

static void fill_numbers(struct ov_sample *s, const struct tables *t, const struct ov_span *span)
{
    s->n = t->own.n_seed;
    s->x = ov_xcalloc(s->n, sizeof *s->x);
    if (t->q->what->of_run)
        fill_divergence(s, t);
    else if (t->q->what->of_window)
        fill_window(s, t, span);
    else
        fill_time(s, t, span->first);
}

/* The numbers that there were with theory so many standard errors higher. */
static double *fill_shifted(const struct ov_sample *s, struct tables *t, const struct ov_span *span,
                            double up)
{
    struct ov_sample other = *s;
    t->up = up;
    fill_numbers(&other, t, span);
    t->up = 0.0;
    return other.x;
}

static void fill(struct ov_sample *s, struct tables *t, const struct ov_span *span)
{
    if (t->se >= 0) {
        double freedom = s->curve->side[OV_THEORY].error_freedom;
        s->theory_freedom = freedom > 0.0 ? freedom : HUGE_VAL;
        s->higher = fill_shifted(s, t, span, 1.0);
        s->lower = fill_shifted(s, t, span, -1.0);
    }
    fill_numbers(s, t, span);
    s->single = t->q->side == OV_THEORY && s->n == 1;
    s->share = t->q->what->of_run && !t->q->what->when;
    for (size_t k = 0; k < s->n && s->verdict == OV_PASS; k++)
        if (!isfinite(s->x[k]) || (s->higher && !(isfinite(s->higher[k]) && isfinite(s->lower[k]))))
            refuse_seed(s, t, k);
}

struct ov_sample *ov_samples_read(struct ov_claim *claim, const char *out)
{
    const struct ov_query *q = claim->query;
    struct ov_sample *sample = ov_xcalloc(q->n_curve * q->n_at, sizeof *sample);
    for (size_t c = 0; c < q->n_curve; c++) {
        struct tables t;
        tables_read(&t, claim, c, out);
        for (size_t i = c * q->n_at; i < (c + 1) * q->n_at; i++) {
            sample[i] = (struct ov_sample){.curve = q->curve[c],
                                           .reduce = q->what->reduce,
                                           .theory = NAN,
                                           .at = ov_query_at(q, i % q->n_at),
                                           .verdict = t.verdict};
            memcpy(sample[i].why, t.why, sizeof t.why);
            if (t.verdict == OV_PASS)
                fill(sample + i, &t, q->span + i);
        }
        tables_free(&t);
    }
    return sample;
}

void ov_samples_free(struct ov_sample *sample, size_t n)
{
    for (size_t i = 0; sample && i < n; i++) {
        free(sample[i].x);
        free(sample[i].higher);
        free(sample[i].lower);
    }
    free(sample);
}

/* ---- paths ---- */

static double deviation(const struct ov_query *q, double own, double theory)
{
    return (own - theory) * (q->what->relative ? 1.0 / theory : 1.0);
}

/* Time k of the window, which is time j of the tables. False where a number is missing. */
static bool fill_instant(struct ov_paths *p, const struct tables *t, size_t k, size_t j)
{
    const struct ov_query *q = t->q;
    double up = 0.0, down = 0.0;
    p->time[k] = ov_result_at(&t->own, 0, j, 1);
    p->verdict = OV_FAIL;
    for (size_t i = 0; i < p->n; i++) {
        double *x = p->x + i * p->n_time + k, theory;
        size_t partner;
        if (!numbers_at(x, &theory, &partner, t, i, j, p->why))
            return false;
        double scale = q->what->relative ? 1.0 / theory : 1.0, part = 1.0 / (double)p->n, own = *x;
        double se = t->se >= 0 ? theory_at(t, partner, j, t->se) : 0.0;
        *x = deviation(q, own, theory);
        up += part * (deviation(q, own, theory + se) - *x);
        down += part * (deviation(q, own, theory - se) - *x);
        p->theory[k] += part * theory;
        if (q->predicted)
            p->sd[k] += part * fabs(scale) * theory_at(t, partner, j, t->sd);
        if (q->predicted && t->bias >= 0)
            p->bias[k] += part * scale * theory_at(t, partner, j, t->bias);
        if (isfinite(*x) && isfinite(p->sd[k]) && isfinite(p->bias[k]) && isfinite(up + down))
            continue;
        snprintf(p->why, sizeof p->why, "%s of %s is not a finite number in seed %.0f at %s = %g",
                 q->what->name, q->quantity, ov_result_at(&t->own, i, 0, 0), t->own.table.column[1],
                 p->time[k]);
        return false;
    }
    p->theory_se[k] = fmax(fabs(up), fabs(down));
    p->verdict = OV_PASS;
    return true;
}

void ov_paths_read(struct ov_paths *p, struct ov_claim *claim, size_t c, const char *out)
{
    const struct ov_span *w = claim->query->span + c;
    struct tables t;
    tables_read(&t, claim, c, out);
    *p = (struct ov_paths){.curve = claim->query->curve[c], .verdict = t.verdict};
    memcpy(p->why, t.why, sizeof p->why);
    if (p->verdict == OV_PASS) {
        p->n = t.own.n_seed;
        p->n_time = w->last - w->first + 1;
        double freedom = p->curve->side[OV_THEORY].error_freedom;
        p->theory_freedom = freedom > 0.0 ? freedom : HUGE_VAL;
        p->time = ov_xcalloc((5 + p->n) * p->n_time, sizeof *p->time);
        p->theory = p->time + p->n_time;
        p->sd = p->theory + p->n_time;
        p->bias = p->sd + p->n_time;
        p->theory_se = p->bias + p->n_time;
        p->x = p->theory_se + p->n_time;
        for (size_t k = 0; k < p->n_time && fill_instant(p, &t, k, w->first + k); k++)
            continue;
    }
    tables_free(&t);
}
