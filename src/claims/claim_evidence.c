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

enum { MOST_NUMERALS = 64, SMALL = 10, MOST_DIGITS = 2, MOST_PARTS = 2 };
static const char own_program[] = "this program";

const char *ov_evidence_name(enum ov_evidence e)
{
    static const char *const names[] = {
        [OV_SIM_THEORY] = "simulation-theory",  [OV_SIM_FORMULA] = "simulation-formula",
        [OV_SIM_SIM] = "simulation-simulation", [OV_THEORY_FORMULA] = "theory-formula",
        [OV_THEORY_THEORY] = "theory-theory",   [OV_QUOTED] = "quoted",
        [OV_REGRESSION] = "regression",         [OV_IDENTITY] = "identity"};
    return (size_t)e < sizeof names / sizeof *names ? names[e] : "unknown";
}

bool ov_evidence_counts(enum ov_evidence e)
{
    return e != OV_QUOTED && e != OV_REGRESSION && e != OV_IDENTITY;
}

/* ---- typed numbers ---- */

/* The numerals of an expected number, each once. */
struct numerals {
    double x[MOST_NUMERALS];      /* without sign */
    size_t digits[MOST_NUMERALS]; /* significant ones */
    size_t n, n_part;             /* n_part: as they stand there, the same ones too */
    bool named;                   /* a formula that names something */
    double value;                 /* of all; NaN: of several curves, or none */
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

/* One rounding apart is the same numeral. */
static bool is_among(double x, const struct numerals *known)
{
    for (size_t i = 0; i < known->n; i++)
        if (ov_agree(known->x[i], x, 1e-14, 0.0))
            return true;
    return false;
}

static void add_numeral(struct numerals *out, double x, size_t digits)
{
    out->n_part++;
    if (out->n == MOST_NUMERALS || is_among(fabs(x), out))
        return;
    out->digits[out->n] = digits;
    out->x[out->n++] = fabs(x);
}

static void scan_formula(struct numerals *out, const char *s)
{
    for (size_t i = 0; s[i];) {
        size_t n = ov_expr_number(s + i), m = ov_expr_name(s + i);
        if (n > 0)
            add_numeral(out, strtod(s + i, NULL), significant_digits(s + i, n));
        out->named = out->named || (n == 0 && m > 0);
        i += n + m ? n + m : 1;
    }
}

/* The numerals of what the claim expects. */
static struct numerals numerals_of(const struct ov_claim *claim)
{
    const struct ov_value *expect = claim->query->given.expect;
    struct numerals out = {.value = NAN};
    if (!expect)
        return out;
    if (expect->type == OV_STRING) {
        scan_formula(&out, expect->string);
    } else {
        add_numeral(&out, expect->number, 0);
        out.value = expect->number;
    }
    if (!out.named && claim->query->expect)
        out.value = claim->query->expect[0];
    return out;
}

static bool is_whole(double x)
{
    return x == floor(x);
}

/* A whole number up to 10 or, in a formula, one half: part of its structure. */
static bool is_small(double x, bool named)
{
    return (is_whole(x) && x <= SMALL) || (named && x == 0.5);
}

/* Whether a number without a name is a law: a whole one, a fraction of two, or a slope's half. */
static bool is_plain_law(const struct numerals *e, bool slope)
{
    bool half = is_whole(2.0 * e->value) && !is_whole(e->value), small = true;
    for (size_t i = 0; i < e->n; i++)
        small = small && is_small(e->x[i], false);
    if (half)
        return slope && fabs(e->value) <= SMALL && (small || e->n_part == 1);
    return small && e->n_part <= MOST_PARTS;
}

/* Whether a numeral is one that no formula would have, whatever is beside it. */
static bool is_long(const struct numerals *e, size_t i)
{
    return !is_small(e->x[i], e->named) && e->digits[i] > (is_whole(e->x[i]) ? MOST_DIGITS : 1);
}

/* The numerals among `e` that make it a typed number, without those of `known` (NULL: none). */
static struct numerals typed_ones(const struct numerals *e, const struct numerals *known,
                                  bool slope)
{
    struct numerals out = {.n = 0};
    size_t digits = 0;
    bool plain = e->n > 0 && !e->named, all_small = true, too_long = false;
    if (plain && is_plain_law(e, slope))
        return out;
    for (size_t i = 0; i < e->n; i++)
        all_small = all_small && is_small(e->x[i], e->named);
    for (size_t i = 0; i < e->n; i++) {
        if ((is_small(e->x[i], e->named) && !(plain && all_small)) ||
            (known && is_among(e->x[i], known)))
            continue;
        add_numeral(&out, e->x[i], e->digits[i]);
        digits += e->digits[i];
        too_long = too_long || is_long(e, i);
    }
    if (e->named && !too_long && digits <= MOST_DIGITS && e->n < MOST_NUMERALS)
        out.n = 0;
    return out;
}

/* ---- numbers that another claim holds theory to ---- */

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
    struct numerals more = numerals_of(other);
    for (size_t i = 0; i < more.n; i++)
        add_numeral(known, more.x[i], more.digits[i]);
    return OV_OK;
}

static bool is_slope(const struct ov_claim *claim)
{
    return claim->kind->judge == ov_scaling_judge;
}

static enum ov_status check_numbers_of(const struct ov_claim *claim, const struct ov_claims *all,
                                       const struct numerals *expect, struct ov_error *err)
{
    const struct ov_value *v = claim->query->given.numbers_of;
    struct numerals known = {.n = 0};
    enum ov_status status = OV_OK;
    if (v->type == OV_STRING)
        status = add_known(&known, claim, all, v->string, err);
    for (size_t i = 0; v->type == OV_STRINGS && i < v->cols && status == OV_OK; i++)
        status = add_known(&known, claim, all, v->strings[i], err);
    struct numerals rest = typed_ones(expect, &known, is_slope(claim));
    if (status == OV_OK && rest.n > 0)
        status = ov_value_fail(v, err, "numbers_of: none of these claims expects %.10g", rest.x[0]);
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
    struct numerals expect = numerals_of(claim);
    bool typed = typed_ones(&expect, NULL, is_slope(claim)).n > 0;
    bool own = from && strcmp(from->string, own_program) == 0;
    enum ov_status status = check_origin(q, typed, err);
    if (status == OV_OK && of)
        status = check_numbers_of(claim, all, &expect, err);
    claim->evidence = by_reading(claim);
    if (own || (typed && !from && !of))
        claim->evidence = OV_REGRESSION;
    else if (reads_closed(claim))
        claim->evidence = typed ? OV_REGRESSION : OV_IDENTITY;
    else if (of)
        claim->evidence = q->side == OV_THEORY ? OV_THEORY_THEORY : OV_SIM_THEORY;
    else if (from)
        claim->evidence = OV_QUOTED;
    claim->quoted = claim->evidence == OV_QUOTED ? from->string : NULL;
    return status;
}
