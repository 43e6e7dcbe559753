/* SPDX-License-Identifier: MIT
 *
 * What a claim asks for, read once: its keys against the experiment's curves, sides, columns and
 * times, all of which are known before anything runs.
 */
#include "claim_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/base/alloc.h"
#include "overlap/base/text.h"
#include "overlap/claims/expr.h"
#include "overlap/config/param.h"

/* Times are found where they are within this of the one asked for. */
static const double near_enough = 0.05;

void ov_query_free(struct ov_query *q)
{
    if (!q)
        return;
    free(q->curve);
    free(q->span);
    free(q->expect);
    free(q->weight);
    free(q->shift);
    free(q);
}

enum ov_status ov_claim_unknown(const struct ov_value *v, struct ov_error *err, const char *what,
                                const char *word, const char *const *words)
{
    return ov_value_fail(v, err, "%s%s", what, ov_hint(word, words).text);
}

/* ---- curves ---- */

static enum ov_status no_such_curve(const struct ov_experiment *e, const struct ov_value *v,
                                    const char *name, struct ov_error *err)
{
    const char **names = ov_xcalloc(2 * e->n_curve + 1, sizeof *names);
    char what[320];
    for (size_t i = 0; i < e->n_curve; i++) {
        names[2 * i] = e->curve[i].id;
        names[2 * i + 1] = e->curve[i].group ? e->curve[i].group : e->curve[i].id;
    }
    snprintf(what, sizeof what, "'%.280s' selects no curve", name);
    enum ov_status status = ov_claim_unknown(v, err, what, name, names);
    free(names);
    return status;
}

static enum ov_status add_curves(struct ov_query *q, const struct ov_experiment *e,
                                 const char *name, struct ov_error *err)
{
    const struct ov_value *v = q->given.curves;
    q->curve = ov_xrealloc(q->curve, q->n_curve + e->n_curve + 1, sizeof *q->curve);
    size_t n = ov_experiment_select(q->curve + q->n_curve, e, name);
    if (n == 0)
        return no_such_curve(e, v, name, err);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < q->n_curve; j++)
            if (q->curve[q->n_curve + i] == q->curve[j])
                return ov_value_fail(v, err, "curve %s is selected twice", q->curve[j]->id);
    q->n_curve += n;
    return OV_OK;
}

static enum ov_status select_curves(struct ov_query *q, const struct ov_experiment *e,
                                    struct ov_error *err)
{
    const struct ov_value *v = q->given.curves;
    enum ov_status status = OV_OK;
    if (v->type == OV_STRING)
        return add_curves(q, e, v->string, err);
    if (v->cols == 0)
        return ov_value_fail(v, err, "curves selects nothing");
    for (size_t i = 0; i < v->cols && status == OV_OK; i++)
        status = add_curves(q, e, v->strings[i], err);
    return status;
}

/* ---- side and column ---- */

static bool all_have(const struct ov_query *q, enum ov_side side)
{
    size_t n = 0;
    while (n < q->n_curve && q->curve[n]->side[side].n_run > 0)
        n++;
    return n == q->n_curve;
}

static enum ov_status choose_side(struct ov_query *q, enum ov_claim_side_rule rule,
                                  struct ov_error *err)
{
    const struct ov_value *v = q->given.side, *place = v ? v : q->given.curves;
    bool pair = q->what->against_theory;
    q->side = rule == OV_SIDE_THEORY ? OV_THEORY : OV_SGD;
    if (rule == OV_SIDE_SGD_IF_PRESENT && !all_have(q, OV_SGD))
        q->side = OV_THEORY;
    if (v)
        q->side = strcmp(v->string, "theory") == 0 ? OV_THEORY : OV_SGD;
    if (v && pair && q->side == OV_THEORY)
        return ov_value_fail(v, err, "%s compares sgd with theory: side can't be theory",
                             q->what->name);
    if (pair)
        q->side = OV_SGD;
    for (size_t i = 0; i < q->n_curve; i++) {
        const struct ov_curve *c = q->curve[i];
        if (c->side[q->side].n_run == 0)
            return ov_value_fail(place, err, "curve %s has no %s", c->id, ov_side_name(q->side));
        if (c->side[q->side].n_each > 1)
            return ov_value_fail(place, err, "curve %s is a table of parts, several rows a time",
                                 c->id);
        if (pair && c->side[OV_THEORY].n_run == 0)
            return ov_value_fail(place, err, "curve %s has no theory to compare with", c->id);
    }
    return OV_OK;
}

/* "a, b, c", or the first of many and how many more there are. */
static void list_names(struct ov_text *t, const char *const *names)
{
    enum { SHOWN = 16 };
    size_t n = 0;
    for (; names[n]; n++)
        if (n < SHOWN)
            ov_text_addf(t, "%s%s", n ? ", " : "", names[n]);
    if (n > SHOWN)
        ov_text_addf(t, " and %zu more", n - SHOWN);
    if (t->failed)
        ov_out_of_memory(t->room);
}

enum ov_status ov_column_check(const struct ov_curve *c, enum ov_side side, const char *column,
                               const struct ov_value *place, struct ov_error *err)
{
    const struct ov_side_plan *s = &c->side[side];
    const char **names = ov_xcalloc(s->n_col + 1, sizeof *names);
    struct ov_text all = {0};
    bool found = false;
    for (size_t i = 0, n = 0; i < s->n_col && !found; i++) {
        if (s->column[i].role == OV_ROLE_TIME)
            continue;
        names[n++] = s->column[i].name;
        found = strcmp(s->column[i].name, column) == 0;
    }
    enum ov_status status = OV_OK;
    if (!found) {
        struct ov_hint near = ov_hint(column, names);
        list_names(&all, names);
        status = ov_value_fail(place, err, "curve %s, %s has no column '%.64s'%s%s %s", c->id,
                               ov_side_name(side), column, near.text,
                               near.text[0] ? " It has" : "; it has", all.s ? all.s : "none");
    }
    ov_text_free(&all);
    free(names);
    return status;
}

/* A default that the first curve doesn't have becomes its system's own first quantity. */
static void settle_quantity(struct ov_claim *claim)
{
    const struct ov_query *q = claim->query;
    struct ov_value *v = ov_value_get(&claim->keys, "quantity");
    const char *own = ov_side_main_quantity(&q->curve[0]->side[q->side]);
    if (v->node || !own || strcmp(own, v->string) == 0)
        return;
    free(v->string);
    v->string = ov_xstrdup(own);
}

static enum ov_status check_columns(struct ov_query *q, struct ov_error *err)
{
    const struct ov_value *v = q->given.quantity, *place = v->node ? v : q->given.id;
    const char *unit = q->what->standardised ? q->sd : q->what->in_biases ? q->bias : NULL;
    enum ov_status status = OV_OK;
    q->quantity = v->string;
    snprintf(q->sd, sizeof q->sd, "sd_%.56s", q->quantity);
    snprintf(q->bias, sizeof q->bias, "bias_%.56s", q->quantity);
    for (size_t i = 0; i < q->n_curve && status == OV_OK; i++) {
        status = ov_column_check(q->curve[i], q->side, q->quantity, place, err);
        if (status == OV_OK && q->what->against_theory)
            status = ov_column_check(q->curve[i], OV_THEORY, q->quantity, place, err);
        if (status == OV_OK && unit)
            status = ov_column_check(q->curve[i], OV_THEORY, unit, place, err);
    }
    return status;
}

/* ---- times ---- */

double ov_query_at(const struct ov_query *q, size_t i)
{
    const struct ov_value *at = q->given.at;
    if (!at || at->type == OV_WORD)
        return NAN;
    return at->type == OV_LIST ? at->array[i] : at->number;
}

/* The measured time nearest to number i of the claim's, within 5 %, of curve number c. */
static enum ov_status find_time(struct ov_query *q, size_t c, size_t i, struct ov_error *err)
{
    const struct ov_side_plan *side = &q->curve[c]->side[q->side];
    const struct ov_value *v = q->given.at;
    struct ov_span *span = &q->span[c * q->n_at + i];
    double at = ov_query_at(q, i);
    size_t first = 0, second = 0;
    if (v->type == OV_WORD && strcmp(v->string, "last") == 0)
        first = side->n_row - 1;
    for (size_t k = 1; k < side->n_row && v->type != OV_WORD; k++) {
        double far = fabs(side->time[k] - at);
        if (far < fabs(side->time[first] - at)) {
            second = first;
            first = k;
        } else if (second == first || far < fabs(side->time[second] - at)) {
            second = k;
        }
    }
    *span = (struct ov_span){first, first};
    if (v->type == OV_WORD || fabs(side->time[first] - at) <= near_enough * fabs(at))
        return OV_OK;
    return ov_value_fail(
        v, err, "curve %s is not measured at %s = %g; the nearest times are %g and %g",
        q->curve[c]->id, side->column[0].name, at, side->time[first], side->time[second]);
}

/* Too few times, n, in the window that the claim gives. */
static enum ov_status too_few(const struct ov_query *q, const struct ov_curve *c, size_t n,
                              const struct ov_value *place, struct ov_error *err)
{
    const struct ov_side_plan *side = &c->side[q->side];
    const struct ov_value *from = q->given.from, *to = q->given.to;
    size_t need = q->what->least ? q->what->least : 1;
    char first[40] = "", last[40] = "";
    if (from)
        snprintf(first, sizeof first, " from %g", from->number);
    if (to)
        snprintf(last, sizeof last, " to %g", to->number);
    return ov_value_fail(place, err,
                         "curve %s: %s needs at least %zu time%s in its window, %s%s%s; there %s "
                         "%zu: the curve is measured from %s = %g to %g",
                         c->id, q->what->name, need, need == 1 ? "" : "s", side->column[0].name,
                         first, from || to ? last : " > 0", n == 1 ? "is" : "are", n,
                         side->column[0].name, side->time[0], side->time[side->n_row - 1]);
}

/* First and last time of the window, of curve number c. */
static enum ov_status find_window(struct ov_query *q, size_t c, double from, double to,
                                  const struct ov_value *place, struct ov_error *err)
{
    const struct ov_side_plan *side = &q->curve[c]->side[q->side];
    size_t n = 0, need = q->what->least ? q->what->least : 1;
    for (size_t j = 0; j < side->n_row; j++) {
        double time = side->time[j], slack = 1e-9 * fabs(time);
        bool usable = need == 1 || time > 0.0; /* a plateau is looked for in the log of time */
        if (!usable || time < from - slack || time > to + slack)
            continue;
        q->span[c].first = n++ ? q->span[c].first : j;
        q->span[c].last = j;
    }
    return n >= need ? OV_OK : too_few(q, q->curve[c], n, place, err);
}

static enum ov_status read_window(struct ov_query *q, struct ov_error *err)
{
    const struct ov_value *from = q->given.from, *to = q->given.to;
    const struct ov_value *place = from ? from : to ? to : q->given.id;
    double first = from ? from->number : -HUGE_VAL, last = to ? to->number : HUGE_VAL;
    enum ov_status status = OV_OK;
    if (q->given.at)
        return ov_value_fail(q->given.at, err, "%s is of a window: give from and to instead of at",
                             q->what->name);
    if (first > last)
        return ov_value_fail(from, err, "the window is empty: from %g is after to %g", first, last);
    for (size_t c = 0; c < q->n_curve && status == OV_OK; c++)
        status = find_window(q, c, first, last, place, err);
    return status;
}

static enum ov_status read_times(struct ov_query *q, bool window, struct ov_error *err)
{
    const struct ov_value *at = q->given.at;
    const struct ov_value *range = q->given.from ? q->given.from : q->given.to;
    enum ov_status status = OV_OK;
    q->n_at = at && at->type == OV_LIST && !window ? at->cols : 1;
    q->span = ov_xcalloc(q->n_curve * q->n_at, sizeof *q->span);
    if (window)
        return read_window(q, err);
    if (q->what->of_run)
        return range || at ? ov_value_fail(range ? range : at, err,
                                           "%s is of a whole run: it has no time", q->what->name)
                           : OV_OK;
    if (range)
        return ov_value_fail(range, err, "%s is of single times: give at instead of from and to",
                             q->what->name);
    if (!at)
        return ov_value_fail(q->given.id, err, "at is missing: %s is of which time?",
                             q->what->name);
    if (q->n_at == 0)
        return ov_value_fail(at, err, "at selects nothing");
    for (size_t k = 0; k < q->n_curve * q->n_at && status == OV_OK; k++)
        status = find_time(q, k / q->n_at, k % q->n_at, err);
    return status;
}

/* ---- what is expected, and how nearly ---- */

static bool look_up(double *x, const void *ctx, const char *name)
{
    return ov_curve_variable(x, ctx, name);
}

enum ov_status ov_claim_number(double *x, const struct ov_value *v, const struct ov_curve *c,
                               struct ov_error *err)
{
    struct ov_error wrong = {0};
    size_t column = 0;
    if (v->type != OV_STRING) {
        *x = v->number;
        return OV_OK;
    }
    enum ov_status status =
        ov_expr_evaluate(x, v->string, look_up, c, c->variable, &column, &wrong);
    if (status != OV_OK)
        ov_value_fail_within(v, column, err, "curve %s: formula, column %zu: %s", c->id, column + 1,
                             wrong.text);
    return status;
}

double ov_query_margin(const struct ov_query *q, double scale)
{
    return q->rel > 0.0 ? q->abs + q->rel * fabs(scale) : q->abs; /* then NaN must not matter */
}

double ov_claim_margin(const struct ov_claim *claim, double scale)
{
    return ov_query_margin(claim->query, scale);
}

enum ov_status ov_query_expect(struct ov_query *q, double otherwise, struct ov_error *err)
{
    const struct ov_value *v = q->given.expect;
    enum ov_status status = OV_OK;
    q->expect = ov_xcalloc(q->n_curve, sizeof *q->expect);
    if (!v && isnan(otherwise))
        return ov_value_fail(q->given.id, err, "expect is missing");
    for (size_t c = 0; c < q->n_curve && status == OV_OK; c++) {
        q->expect[c] = otherwise;
        if (v)
            status = ov_claim_number(&q->expect[c], v, q->curve[c], err);
    }
    return status;
}

enum ov_status ov_query_bounds(struct ov_query *q, struct ov_error *err)
{
    if (q->given.rel && q->rel >= 1.0)
        return ov_value_fail(q->given.rel, err,
                             "a margin of all that is expected lets 0 pass: rel must be below 1");
    if (q->given.rel || q->given.abs)
        return OV_OK;
    return ov_value_fail(q->given.margin, err, "margin needs rel, abs or both");
}

enum ov_status ov_query_room(const struct ov_query *q, struct ov_error *err)
{
    if (q->rel > 0.0 || q->abs > 0.0)
        return OV_OK;
    return ov_value_fail(q->given.abs ? q->given.abs : q->given.rel, err,
                         "a margin of 0 can never pass: what it has to hold has an error");
}

enum ov_status ov_query_read(struct ov_claim *claim, struct ov_error *err)
{
    const struct ov_claim_kind *kind = claim->kind;
    struct ov_query *q = claim->query = ov_xcalloc(1, sizeof *q);
    enum ov_status status = ov_params_take(&q->given, &claim->keys, err);
    q->what = ov_statistics; /* the schema lets no other word through */
    while (strcmp(q->what->name, q->given.statistic->string) != 0)
        q->what++;
    bool window = kind->rule == OV_SIDE_PATHS || q->what->of_window;
    if (status == OV_OK)
        status = select_curves(q, claim->experiment, err);
    if (status == OV_OK)
        status = choose_side(q, kind->rule, err);
    if (status == OV_OK) {
        settle_quantity(claim);
        status = check_columns(q, err);
    }
    if (status == OV_OK)
        status = read_times(q, window, err);
    q->rel = q->given.rel ? q->given.rel->number : 0.0;
    q->abs = q->given.abs ? q->given.abs->number : 0.0;
    q->n_measure = q->n_curve * q->n_at;
    return status == OV_OK ? kind->parse(q, err) : status;
}
