/* SPDX-License-Identifier: MIT
 *
 * What a claim expects, and how nearly: numbers, formulas in a curve's parameters, margins.
 */
#include "claim_internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "overlap/base/alloc.h"
#include "overlap/claims/expr.h"

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

/* A margin of more than so many times what is expected. */
static const double far_beyond = 10.0;

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

void ov_query_note(char note[OV_CLAIM_NOTE], const struct ov_query *q)
{
    bool level = q->expect && !q->what->against_theory && !q->what->of_run;
    *note = '\0';
    if (q->given.abs && q->what->relative && q->abs >= 1.0)
        snprintf(note, OV_CLAIM_NOTE, "a margin of all of theory lets 0 pass: abs of %s is %g",
                 q->what->name, q->abs);
    for (size_t c = 0; level && q->given.abs && c < q->n_curve && !*note; c++)
        if (q->expect[c] != 0.0 && q->abs > far_beyond * fabs(q->expect[c]))
            snprintf(note, OV_CLAIM_NOTE,
                     "a margin of %g about %g lets whatever comes pass: abs is more than %g times "
                     "what is expected",
                     q->abs, q->expect[c], far_beyond);
}

enum ov_status ov_query_room(const struct ov_query *q, struct ov_error *err)
{
    if (q->rel > 0.0 || q->abs > 0.0)
        return OV_OK;
    return ov_value_fail(q->given.abs ? q->given.abs : q->given.rel, err,
                         "a margin of 0 can never pass: what it has to hold has an error");
}

/* ---- theory's own error ---- */

bool ov_query_theory_errs(const struct ov_query *q, const struct ov_curve *c)
{
    const struct ov_side_plan *theory = &c->side[OV_THEORY];
    bool reads = q->side == OV_THEORY || q->what->against_theory;
    bool errs = false;
    for (size_t i = 0; reads && !q->what->of_run && i < theory->n_col; i++)
        errs = errs || strcmp(theory->column[i].name, q->se) == 0;
    return errs;
}

enum ov_status ov_query_digits(const struct ov_query *q, const char *kind, struct ov_error *err)
{
    for (size_t c = 0; c < q->n_curve; c++)
        if (ov_query_theory_errs(q, q->curve[c]))
            return ov_value_fail(q->given.id, err,
                                 "curve %s: theory has a standard error of %s (column %s), which "
                                 "kind %s takes no account of; kind margin or mean does",
                                 q->curve[c]->id, q->quantity, q->se, kind);
    return OV_OK;
}
