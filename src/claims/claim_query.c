/* SPDX-License-Identifier: MIT */
#include "claim_data_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/claims/expr.h"

const char *const ov_claim_statistics[] = {
    "value",    "deviation",   "relative", "min", "max",      "argmin",        "argmax",
    "mean",     "plateau",     "sd",       "rms", "ratio_sd", "max_deviation", "argmax_deviation",
    "diverged", "diverged_at", NULL};

static const struct ov_statistic statistics[] = {
    {.name = "value"},
    {.name = "deviation", .against_theory = true},
    {.name = "relative", .against_theory = true, .relative = true},
    {.name = "min", .windowed = true},
    {.name = "max", .windowed = true},
    {.name = "argmin", .windowed = true},
    {.name = "argmax", .windowed = true},
    {.name = "mean", .windowed = true},
    {.name = "plateau", .windowed = true},
    {.name = "sd", .against_theory = true, .reduce = OV_REDUCE_SD},
    {.name = "rms", .against_theory = true, .reduce = OV_REDUCE_RMS},
    {.name = "ratio_sd", .against_theory = true, .standardised = true, .reduce = OV_REDUCE_SD},
    {.name = "max_deviation", .windowed = true, .against_theory = true},
    {.name = "argmax_deviation", .windowed = true, .against_theory = true},
    {.name = "diverged", .of_run = true},
    {.name = "diverged_at", .of_run = true, .when = true},
};

/* The schema lets no other word through. */
static const struct ov_statistic *find_statistic(const char *name)
{
    size_t i = 0;
    while (strcmp(statistics[i].name, name) != 0)
        i++;
    return statistics + i;
}

void ov_query_free(struct ov_query *q)
{
    if (!q)
        return;
    free(q->curve);
    *q = (struct ov_query){0};
}

/* ---- curves ---- */

static enum ov_status no_such_curve(const struct ov_query *q, const struct ov_value *v,
                                    const char *name, struct ov_error *err)
{
    const struct ov_experiment *e = q->experiment;
    const char **names = calloc(2 * e->n_curve + 1, sizeof *names);
    if (!names)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    for (size_t i = 0; i < e->n_curve; i++) {
        names[2 * i] = e->curve[i].id;
        names[2 * i + 1] = e->curve[i].group ? e->curve[i].group : e->curve[i].id;
    }
    const char *near = ov_suggest(name, names);
    ov_value_fail(v, err, "'%s' selects no curve%s%s%s", name, near ? "; did you mean '" : "",
                  near ? near : "", near ? "'?" : "");
    free(names);
    return OV_EUSER;
}

static enum ov_status add_curves(struct ov_query *q, const struct ov_value *v, const char *name,
                                 struct ov_error *err)
{
    size_t n_all = q->experiment->n_curve;
    const struct ov_curve **room = realloc(q->curve, (q->n_curve + n_all + 1) * sizeof(*q->curve));
    if (!room)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    q->curve = room;
    size_t n = ov_experiment_select(q->curve + q->n_curve, q->experiment, name);
    if (n == 0)
        return no_such_curve(q, v, name, err);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < q->n_curve; j++)
            if (q->curve[q->n_curve + i] == q->curve[j])
                return ov_value_fail(v, err, "curve %s is selected twice", q->curve[j]->id);
    q->n_curve += n;
    return OV_OK;
}

static enum ov_status select_curves(struct ov_query *q, struct ov_claim *claim,
                                    struct ov_error *err)
{
    const struct ov_value *v = ov_value_get(&claim->keys, "curves");
    if (v->type == OV_STRING)
        return add_curves(q, v, v->string, err);
    if (v->cols == 0)
        return ov_value_fail(v, err, "curves selects nothing");
    for (size_t i = 0; i < v->cols; i++) {
        enum ov_status status = add_curves(q, v, v->strings[i], err);
        if (status != OV_OK)
            return status;
    }
    return OV_OK;
}

/* ---- side and column ---- */

static bool has_side(const struct ov_query *q, const struct ov_curve *c, enum ov_side side)
{
    (void)q;
    return c->side[side].n_run > 0;
}

static bool all_have(const struct ov_query *q, enum ov_side side)
{
    size_t n = 0;
    while (n < q->n_curve && has_side(q, q->curve[n], side))
        n++;
    return n == q->n_curve;
}

static enum ov_status choose_side(struct ov_query *q, struct ov_claim *claim,
                                  enum ov_claim_side_rule rule, struct ov_error *err)
{
    const struct ov_value *v = rule == OV_SIDE_PATHS ? NULL : ov_value_get(&claim->keys, "side");
    q->side = rule == OV_SIDE_THEORY ? OV_THEORY : OV_SGD;
    if (rule == OV_SIDE_SGD_IF_PRESENT && !all_have(q, OV_SGD))
        q->side = OV_THEORY;
    if (q->what->against_theory)
        q->side = OV_SGD;
    if (v) {
        q->side = strcmp(v->string, "theory") == 0 ? OV_THEORY : OV_SGD;
        if (q->what->against_theory && q->side == OV_THEORY)
            return ov_value_fail(v, err, "%s compares sgd with theory: side can't be theory",
                                 q->statistic);
    }
    const struct ov_value *place = v ? v : ov_value_get(&claim->keys, "curves");
    for (size_t i = 0; i < q->n_curve; i++) {
        if (!has_side(q, q->curve[i], q->side))
            return ov_value_fail(place, err, "curve %s has no %s", q->curve[i]->id,
                                 ov_side_name(q->side));
        if (q->what->against_theory && !has_side(q, q->curve[i], OV_THEORY))
            return ov_value_fail(place, err, "curve %s has no theory to compare with",
                                 q->curve[i]->id);
    }
    return OV_OK;
}

/* The quantity is any column but the times, which are the first ones. */
static enum ov_status check_column(const struct ov_query *q, const struct ov_curve *c,
                                   enum ov_side side, const char *column,
                                   const struct ov_value *place, struct ov_error *err)
{
    (void)q;
    const struct ov_side_plan *s = &c->side[side];
    const char **names = calloc(s->n_col + 1, sizeof *names);
    enum ov_status status = OV_OK;
    bool found = false;
    for (size_t i = 0, n = 0; i < s->n_col && names && !found; i++) {
        if (s->column[i].role == OV_ROLE_TIME)
            continue;
        names[n++] = s->column[i].name;
        found = strcmp(s->column[i].name, column) == 0;
    }
    if (!names) {
        status = ov_fail(err, OV_ENOMEM, "out of memory");
    } else if (!found) {
        const char *near = ov_suggest(column, names);
        status = ov_value_fail(place, err, "curve %s, %s has no column '%s'%s%s%s", c->id,
                               ov_side_name(side), column, near ? "; did you mean '" : "",
                               near ? near : "", near ? "'?" : "");
    }
    free(names);
    return status;
}

static enum ov_status check_columns(struct ov_query *q, struct ov_claim *claim,
                                    struct ov_error *err)
{
    const struct ov_value *v = ov_value_get(&claim->keys, "quantity");
    enum ov_status status = OV_OK;
    const struct ov_value *place = v->node ? v : q->place;
    q->quantity = v->string;
    snprintf(q->predicted, sizeof q->predicted, "sd_%.56s", q->quantity);
    for (size_t i = 0; i < q->n_curve && status == OV_OK; i++) {
        const struct ov_curve *c = q->curve[i];
        status = check_column(q, c, q->side, q->quantity, place, err);
        if (status == OV_OK && q->what->against_theory)
            status = check_column(q, c, OV_THEORY, q->quantity, place, err);
        if (status == OV_OK && q->what->standardised)
            status = check_column(q, c, OV_THEORY, q->predicted, place, err);
    }
    return status;
}

/* ---- times ---- */

/* Theory's column sd_Q, which nothing but `theory: {fluctuations: true}` gives. */
enum ov_status ov_query_predicted(struct ov_query *q, const struct ov_value *place,
                                  struct ov_error *err)
{
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < q->n_curve && status == OV_OK; i++)
        status = check_column(q, q->curve[i], OV_THEORY, q->predicted, place, err);
    return status;
}

static enum ov_status check_window(struct ov_query *q, const struct ov_value *from,
                                   const struct ov_value *to, struct ov_error *err)
{
    if (q->at)
        return ov_value_fail(q->at, err, "%s is of a window: give from and to instead of at",
                             q->statistic);
    q->from = from ? from->number : -HUGE_VAL;
    q->to = to ? to->number : HUGE_VAL;
    q->window = from ? from : to ? to : q->place;
    q->n_at = 1;
    if (q->from > q->to)
        return ov_value_fail(from, err, "the window is empty: from %g is after to %g", q->from,
                             q->to);
    enum ov_status status = OV_OK;
    size_t first, last;
    for (size_t c = 0; c < q->n_curve && status == OV_OK; c++)
        status = ov_window_find(&first, &last, q, c, err);
    return status;
}

static enum ov_status check_at(struct ov_query *q, struct ov_error *err)
{
    enum ov_status status = OV_OK;
    size_t j;
    if (!q->at)
        return ov_value_fail(q->place, err, "at is missing: %s is of which time?", q->statistic);
    q->n_at = q->at->type == OV_LIST ? q->at->cols : 1;
    if (q->n_at == 0)
        return ov_value_fail(q->at, err, "at selects nothing");
    for (size_t c = 0; c < q->n_curve; c++)
        for (size_t i = 0; i < q->n_at && status == OV_OK; i++)
            status = ov_time_find(&j, q, c, i, err);
    return status;
}

static enum ov_status check_times(struct ov_query *q, struct ov_claim *claim,
                                  enum ov_claim_side_rule rule, struct ov_error *err)
{
    const struct ov_value *from = ov_value_get(&claim->keys, "from");
    const struct ov_value *to = ov_value_get(&claim->keys, "to");
    q->at = rule == OV_SIDE_PATHS ? NULL : ov_value_get(&claim->keys, "at");
    if (q->what->windowed || rule == OV_SIDE_PATHS)
        return check_window(q, from, to, err);
    const struct ov_value *given = from ? from : to ? to : q->at;
    q->n_at = 1;
    if (q->what->of_run)
        return given
                   ? ov_value_fail(given, err, "%s is of a whole run: it has no time", q->statistic)
                   : OV_OK;
    if (from || to)
        return ov_value_fail(given, err, "%s is of single times: give at instead of from and to",
                             q->statistic);
    return check_at(q, err);
}

enum ov_status ov_query_create(struct ov_query *q, struct ov_claim *claim,
                               enum ov_claim_side_rule rule, struct ov_error *err)
{
    *q = (struct ov_query){.experiment = claim->experiment, .claim = claim};
    q->statistic = ov_value_string(&claim->keys, "statistic");
    q->place = ov_value_get(&claim->keys, "id");
    q->what = find_statistic(q->statistic);
    enum ov_status status = select_curves(q, claim, err);
    if (status == OV_OK)
        status = choose_side(q, claim, rule, err);
    if (status == OV_OK)
        status = check_columns(q, claim, err);
    if (status == OV_OK)
        status = check_times(q, claim, rule, err);
    if (status != OV_OK)
        ov_query_free(q);
    return status;
}

/* ---- what is expected, and how nearly ---- */

static bool look_up(double *x, const void *ctx, const char *name)
{
    return ov_curve_variable(x, ctx, name);
}

enum ov_status ov_claim_number(double *x, struct ov_claim *claim, const struct ov_value *v,
                               const struct ov_curve *c, struct ov_error *err)
{
    if (v->type != OV_STRING) {
        *x = v->number;
        return OV_OK;
    }
    (void)claim;
    struct ov_error wrong = {0};
    size_t column = 0;
    enum ov_status status =
        ov_expr_evaluate(x, v->string, look_up, c, c->variable, &column, &wrong);
    if (status != OV_OK)
        ov_value_fail_within(v, column, err, "curve %s: formula, column %zu: %s", c->id, column + 1,
                             wrong.text);
    return status;
}

enum ov_status ov_claim_expect(double *expect, struct ov_claim *claim, const struct ov_curve *c,
                               double otherwise, struct ov_error *err)
{
    const struct ov_value *v = ov_value_get(&claim->keys, "expect");
    *expect = otherwise;
    if (!v && isnan(otherwise))
        return ov_value_fail(ov_value_get(&claim->keys, "id"), err, "expect is missing");
    return v ? ov_claim_number(expect, claim, v, c, err) : OV_OK;
}

double ov_claim_margin(struct ov_claim *claim, double scale)
{
    struct ov_value *margin = ov_value_get(&claim->keys, "margin");
    if (!margin)
        return 0.0;
    const struct ov_value *rel = ov_value_get(margin, "rel"), *abs = ov_value_get(margin, "abs");
    double sum = abs ? abs->number : 0.0;
    if (rel && rel->number > 0.0) /* a scale of NaN must not matter where rel is 0 */
        sum += rel->number * fabs(scale);
    return sum;
}
