/* SPDX-License-Identifier: MIT
 *
 * What a claim sets against what, from what it reads and what it expects. The rules stand at
 * ov_claim_evidence.
 */
#include "claim_internal.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/base/agree.h"
#include "overlap/base/alloc.h"
#include "overlap/claims/expr.h"

enum { MOST_NUMERALS = 64, WHOLE_DIGITS = 2, BROKEN_DIGITS = 1, LAW_WHOLE = 10 };
static const char own_program[] = "this program";

const char *ov_evidence_name(enum ov_evidence e)
{
    static const char *const names[] = {[OV_SIM_THEORY] = "simulation-theory",
                                        [OV_SIM_FORMULA] = "simulation-formula",
                                        [OV_SIM_SIM] = "simulation-simulation",
                                        [OV_THEORY_FORMULA] = "theory-formula",
                                        [OV_THEORY_THEORY] = "theory-theory",
                                        [OV_REGRESSION] = "regression",
                                        [OV_IDENTITY] = "identity"};
    return (size_t)e < sizeof names / sizeof *names ? names[e] : "unknown";
}

bool ov_evidence_counts(enum ov_evidence e)
{
    return e != OV_REGRESSION && e != OV_IDENTITY;
}

/* ---- typed numbers ---- */

/* The numerals of an expected number: all of them, or those that make it a typed one. */
struct numerals {
    double x[MOST_NUMERALS]; /* without sign */
    size_t n;
    bool named; /* a formula that names something */
};

/* Digits of text[0..n) without leading and trailing zeros. */
static size_t significant_digits(const char *text, size_t n)
{
    size_t digits = 0, zeros = 0;
    for (size_t i = 0; i < n && text[i] != 'e' && text[i] != 'E'; i++) {
        if (text[i] == '.')
            continue;
        zeros = text[i] == '0' ? zeros + 1 : 0;
        digits += digits > 0 || text[i] != '0';
    }
    return digits == 0 ? 0 : digits - zeros;
}

static void add_numeral(struct numerals *out, double x)
{
    if (out->n < MOST_NUMERALS)
        out->x[out->n++] = fabs(x);
}

/* Whether text[0..n) may stand in a law. */
static bool is_lawful(const char *text, size_t n, bool named)
{
    double x = strtod(text, NULL);
    if (named)
        return significant_digits(text, n) <= (x == floor(x) ? WHOLE_DIGITS : BROKEN_DIGITS);
    return x == floor(x) && x <= LAW_WHOLE;
}

static void scan_formula(struct numerals *out, const char *s, bool all)
{
    for (size_t i = 0; s[i]; i += ov_expr_name(s + i) ? ov_expr_name(s + i) : 1)
        out->named = out->named || ov_expr_name(s + i) > 0;
    for (size_t i = 0; s[i];) {
        size_t n = ov_expr_number(s + i), m = ov_expr_name(s + i);
        if (n > 0 && (all || !is_lawful(s + i, n, out->named)))
            add_numeral(out, strtod(s + i, NULL));
        i += n + m ? n + m : 1;
    }
}

/* The numerals of `expect`; without `all`, those that no law would have. */
static struct numerals numerals_of(const struct ov_value *expect, bool all)
{
    struct numerals out = {.n = 0};
    char *end = NULL;
    double x = NAN;
    if (!expect)
        return out;
    if (expect->type == OV_STRING)
        x = strtod(expect->string, &end);
    else
        x = expect->number;
    if (end && *end) {
        scan_formula(&out, expect->string, all);
        return out;
    }
    bool law = 2.0 * x == floor(2.0 * x) && fabs(x) <= LAW_WHOLE;
    if (all || !law)
        add_numeral(&out, x);
    return out;
}

/* ---- numbers that another claim holds theory to ---- */

/* One rounding apart is the same numeral. */
static bool is_among(double x, const struct numerals *known)
{
    for (size_t i = 0; i < known->n; i++)
        if (ov_agree(known->x[i], x, 1e-14, 0.0))
            return true;
    return false;
}

static const struct ov_claim *sibling(const struct ov_claim *claim, const struct ov_claims *all,
                                      const char *id)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->claim[i].experiment == claim->experiment && strcmp(all->claim[i].id, id) == 0)
            return all->claim + i;
    return NULL;
}

static enum ov_status no_such_sibling(const struct ov_claim *claim, const struct ov_claims *all,
                                      const char *id, struct ov_error *err)
{
    const char **names = ov_xcalloc(all->n + 1, sizeof *names);
    size_t n = 0;
    for (size_t i = 0; i < all->n; i++)
        if (all->claim[i].experiment == claim->experiment)
            names[n++] = all->claim[i].id;
    enum ov_status status =
        ov_value_fail(claim->query->given.numbers_of, err, "numbers_of: no claim '%.80s' here%s",
                      id, ov_hint(id, names).text);
    free(names);
    return status;
}

static bool reads_only_theory(const struct ov_claim *claim)
{
    return claim->query->side == OV_THEORY && !claim->query->what->against_theory &&
           claim->kind->rule != OV_SIDE_PATHS;
}

/* Adds the numerals that the claim `id` expects of theory. */
static enum ov_status add_known(struct numerals *known, const struct ov_claim *claim,
                                const struct ov_claims *all, const char *id, struct ov_error *err)
{
    const struct ov_claim *other = sibling(claim, all, id);
    if (!other)
        return no_such_sibling(claim, all, id, err);
    if (other == claim || !reads_only_theory(other))
        return ov_value_fail(claim->query->given.numbers_of, err,
                             "numbers_of: claim '%.80s' holds theory to nothing%s", id,
                             other == claim ? ": it is this one" : ": it reads runs");
    struct numerals more = numerals_of(other->query->given.expect, true);
    for (size_t i = 0; i < more.n; i++)
        add_numeral(known, more.x[i]);
    return OV_OK;
}

static enum ov_status check_numbers_of(const struct ov_claim *claim, const struct ov_claims *all,
                                       const struct numerals *typed, struct ov_error *err)
{
    const struct ov_value *v = claim->query->given.numbers_of;
    struct numerals known = {.n = 0};
    enum ov_status status = OV_OK;
    if (v->type == OV_STRING)
        status = add_known(&known, claim, all, v->string, err);
    for (size_t i = 0; v->type == OV_STRINGS && i < v->cols && status == OV_OK; i++)
        status = add_known(&known, claim, all, v->strings[i], err);
    for (size_t i = 0; i < typed->n && status == OV_OK; i++)
        if (!is_among(typed->x[i], &known))
            status = ov_value_fail(v, err, "numbers_of: none of these claims expects %.10g",
                                   typed->x[i]);
    return status;
}

/* ---- the class ---- */

/* True where a curve's column is a closed formula of theory, and no run is read beside it. */
static bool reads_closed(const struct ov_claim *claim)
{
    const struct ov_query *q = claim->query;
    for (size_t c = 0; c < q->n_curve && reads_only_theory(claim); c++) {
        const struct ov_side_plan *s = &q->curve[c]->side[OV_THEORY];
        for (size_t i = 0; i < s->n_col; i++)
            if (s->column[i].closed && strcmp(s->column[i].name, q->quantity) == 0)
                return true;
    }
    return false;
}

/* By what is read alone. */
static enum ov_evidence by_reading(const struct ov_claim *claim)
{
    const struct ov_query *q = claim->query;
    bool order = claim->kind->judge == ov_order_judge;
    if (q->what->against_theory || claim->kind->rule == OV_SIDE_PATHS)
        return OV_SIM_THEORY;
    if (q->side == OV_SGD)
        return order ? OV_SIM_SIM : OV_SIM_FORMULA;
    return order ? OV_THEORY_THEORY : OV_THEORY_FORMULA;
}

/* The keys that say where a number is from: given where there is none, or both. */
static enum ov_status check_origin(const struct ov_query *q, bool typed, struct ov_error *err)
{
    const struct ov_value *from = q->given.number_from, *of = q->given.numbers_of;
    const struct ov_value *v = of ? of : from;
    if (from && of)
        return ov_value_fail(of, err, "numbers_of and number_from: give one of them");
    if (from && from->string[strspn(from->string, " \t")] == '\0')
        return ov_value_fail(from, err, "number_from says nothing");
    if (v && !typed && !(from && strcmp(from->string, own_program) == 0))
        return ov_value_fail(v, err, "expect has no typed number: %s is not needed",
                             of ? "numbers_of" : "number_from");
    return OV_OK;
}

enum ov_status ov_claim_evidence(struct ov_claim *claim, const struct ov_claims *all,
                                 struct ov_error *err)
{
    const struct ov_query *q = claim->query;
    const struct ov_value *from = q->given.number_from, *of = q->given.numbers_of;
    struct numerals typed = numerals_of(q->given.expect, false);
    bool own = from && strcmp(from->string, own_program) == 0;
    enum ov_status status = check_origin(q, typed.n > 0, err);
    if (status == OV_OK && of)
        status = check_numbers_of(claim, all, &typed, err);
    claim->evidence = by_reading(claim);
    if (own || (typed.n > 0 && !from && !of))
        claim->evidence = OV_REGRESSION;
    else if (reads_closed(claim))
        claim->evidence = typed.n > 0 ? OV_REGRESSION : OV_IDENTITY;
    else if (of)
        claim->evidence = q->side == OV_THEORY ? OV_THEORY_THEORY : OV_SIM_THEORY;
    return status;
}
