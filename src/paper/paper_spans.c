/* SPDX-License-Identifier: MIT
 *
 * One span of the paper: its attributes, the measure it cites, its digits against the data.
 */
#include "paper_spans_internal.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/claims/digits.h"
#include "overlap/base/agree.h"
#include "overlap/config/schema.h"

enum { CLAIM, PARAM, CURVE, AT, OF, SCALE, N_ATTRIBUTE };
static const char *const attribute_names[] = {"claim", "param", "curve", "at", "of", "scale", NULL};
static const char *const of_names[] = {"value", "expect", "se", "margin", "n", "at", NULL};

/* A span being checked. */
struct check {
    struct ov_paper_list *p;
    const struct ov_paper_facts *facts;
    const struct ov_paper_item *span;
    const char *value[N_ATTRIBUTE]; /* of the span; NULL: not given */
    struct ov_measured number;
    double scale;
};

/* ---- attributes ---- */

static size_t index_of(const char *key)
{
    size_t i = 0;
    while (attribute_names[i] && strcmp(attribute_names[i], key) != 0)
        i++;
    return i;
}

/* Reads the attributes. False if this span is none of ours, or a misspelt one. */
static bool read_attributes(struct check *c)
{
    const char *unknown = NULL;
    bool slip = false, twice = false;
    for (size_t k = 0; k + 1 < c->span->n_field; k += 2) {
        const char *key = c->span->field[k];
        size_t i = index_of(key);
        if (i == N_ATTRIBUTE) {
            unknown = key;
            slip = slip || ov_suggest(key, attribute_names);
        } else if (!c->value[i]) {
            c->value[i] = c->span->field[k + 1];
        } else {
            if (!twice)
                ov_paper_complain(c->p, c->span->at, "attribute '%s' is given twice", key);
            twice = true;
        }
    }
    bool ours = c->value[CLAIM] || c->value[PARAM];
    slip = slip || c->value[CURVE] || c->value[AT] || c->value[OF];
    if (unknown && (ours || slip))
        ov_paper_complain(c->p, c->span->at, "unknown attribute '%s'%s", unknown,
                          ov_hint(unknown, attribute_names).text);
    else if (slip && !ours)
        ov_paper_complain(c->p, c->span->at, "this number has neither a claim nor a param");
    return ours && !unknown && !twice;
}

static bool read_number(struct check *c)
{
    const char *s = c->p->s;
    size_t from = c->span->text, end = c->span->text_end;
    while (from < end && isspace((unsigned char)s[from]))
        from++;
    while (end > from && isspace((unsigned char)s[end - 1]))
        end--;
    c->scale = 1.0;
    if (!ov_measured_read(&c->number, s + from, end - from)) {
        ov_paper_complain(c->p, c->span->at,
                          "'%.*s' is no number: a checked number stands alone in its brackets",
                          (int)(end - from < 80 ? end - from : 80), s + from);
        return false;
    }
    if (c->value[SCALE] && (!ov_schema_number(&c->scale, c->value[SCALE]) || !(c->scale > 0.0))) {
        ov_paper_complain(c->p, c->span->at, "scale '%s' is no number above 0", c->value[SCALE]);
        return false;
    }
    return true;
}

/* Compares the printed number with a datum that is not random. True if it agrees. */
static bool agrees(struct check *c, double datum, const char *name)
{
    char right[64];
    if (c->number.error > 0.0) {
        ov_paper_complain(c->p, c->span->at,
                          "%.*s is printed, but %s is not random: it has no error",
                          (int)(c->span->text_end - c->span->text), c->p->s + c->span->text, name);
        return false;
    }
    if (ov_literal_agrees(&c->number.value, datum * c->scale))
        return true;
    ov_literal_print(right, &c->number.value, datum * c->scale);
    ov_paper_complain(c->p, c->span->at, "%.*s is printed, but %s is %s (%.10g)",
                      (int)(c->span->text_end - c->span->text), c->p->s + c->span->text, name,
                      right, datum * c->scale);
    return false;
}

/* The same with one that is: it is printed with its error. */
static bool agrees_measured(struct check *c, const struct ov_measure *m, const char *name)
{
    char right[64];
    double x = m->value * c->scale, se = m->se * c->scale;
    const char *s = c->p->s + c->span->text;
    int n = (int)(c->span->text_end - c->span->text);
    if (ov_measured_agrees(&c->number, x, se))
        return true;
    if (!ov_measured_rewrite(right, s, (size_t)n, x, se))
        snprintf(right, sizeof right, "%.6g ± %.2g", x, se);
    ov_paper_complain(c->p, c->span->at,
                      c->number.error > 0.0
                          ? "%.*s is printed, but %s is %s"
                          : "%.*s is printed, but %s is random: with its error it is %s",
                      n, s, name, right);
    return false;
}

/* ---- params ---- */

static void no_such_curve(struct check *c, const struct ov_experiment *e, const char *id)
{
    const char **names = calloc(e->n_curve + 1, sizeof *names);
    for (size_t i = 0; names && i < e->n_curve; i++)
        names[i] = e->curve[i].id;
    ov_paper_complain(c->p, c->span->at, "experiment %s has no curve '%s'%s", e->name, id,
                      ov_hint(id, names).text);
    free(names);
}

/* Splits "CURVE.NAME", either of which may have points in it ("sgd.eta_w.start"): CURVE is as long
 * as it can be. How many curves that are, 0 with `id` up to the last point where there are none. */
static size_t split_param(const struct ov_curve **curve, char id[256], const char **param,
                          const struct ov_experiment *e, const char *what)
{
    size_t n = 0;
    for (size_t end = strlen(what); n == 0 && end > 0; end--) {
        if (what[end] != '.')
            continue;
        snprintf(id, 256, "%.*s", (int)end, what);
        n = ov_experiment_select(curve, e, id);
        if (n > 0)
            *param = what + end + 1;
    }
    const char *last = strrchr(what, '.');
    if (n == 0)
        snprintf(id, 256, "%.*s", (int)(last ? last - what : 0), what);
    return n;
}

/* "CURVE.NAME" of an experiment; a group is fine where its curves agree. True if the number is
 * right. */
static bool check_curve_param(struct check *c, const struct ov_experiment *e, const char *what)
{
    const char *param = what;
    char id[256];
    const struct ov_curve **curve = calloc(e->n_curve + 1, sizeof(*curve));
    if (!curve) {
        c->p->failed = true;
        return false;
    }
    size_t n = split_param(curve, id, &param, e, what);
    bool right = n > 0;
    if (n == 0)
        no_such_curve(c, e, id);
    for (size_t i = 0; i < n && right; i++) {
        double x;
        right = ov_curve_variable(&x, curve[i], param);
        if (right)
            right = agrees(c, x, c->value[PARAM]);
        else
            ov_paper_complain(c->p, c->span->at, "curve %s has no parameter '%s'%s", curve[i]->id,
                              param, ov_hint(param, curve[i]->variable).text);
    }
    free(curve);
    return right;
}

static bool check_param(struct check *c)
{
    const char *name = c->value[PARAM];
    char first[256];
    if (c->value[CLAIM] || c->value[CURVE] || c->value[AT] || c->value[OF]) {
        ov_paper_complain(c->p, c->span->at, "a param has no claim, curve, at or of");
        return false;
    }
    if (!strchr(name, '.')) {
        ov_paper_complain(c->p, c->span->at, "param '%s' is no EXPERIMENT.CURVE.PARAMETER", name);
        return false;
    }
    const char **names = calloc(c->facts->n_experiment + 1, sizeof *names);
    for (size_t i = 0; i < c->facts->n_experiment; i++) {
        const struct ov_experiment *e = c->facts->experiments[i];
        size_t n = strlen(e->name);
        if (strncmp(name, e->name, n) == 0 && name[n] == '.') {
            free(names);
            return check_curve_param(c, e, name + n + 1);
        }
        if (names)
            names[i] = e->name;
    }
    snprintf(first, sizeof first, "%.*s", (int)strcspn(name, "."), name);
    ov_paper_complain(c->p, c->span->at, "param '%s': no experiment '%s'%s", name, first,
                      ov_hint(first, names).text);
    free(names);
    return false;
}

/* ---- claims ---- */

static void no_such_claim(struct check *c)
{
    const struct ov_claims *claims = c->facts->claims;
    char(*name)[256] = calloc(claims->n + 1, sizeof *name);
    const char **names = calloc(claims->n + 1, sizeof *names);
    for (size_t i = 0; name && names && i < claims->n; i++) {
        snprintf(name[i], sizeof name[i], "%s.%s", claims->claim[i].experiment->name,
                 claims->claim[i].id);
        names[i] = name[i];
    }
    ov_paper_complain(c->p, c->span->at, "unknown claim '%s'%s", c->value[CLAIM],
                      ov_hint(c->value[CLAIM], names).text);
    free(name);
    free(names);
}

/* The measure of the claim that the span means; NULL and a complaint if it is not exactly one. */
static const struct ov_measure *find_measure(struct check *c, const struct ov_claim *claim)
{
    double at = NAN;
    const struct ov_measure *found = NULL;
    size_t n = 0;
    if (c->value[AT] && !ov_schema_number(&at, c->value[AT])) {
        ov_paper_complain(c->p, c->span->at, "at '%s' is no number", c->value[AT]);
        return NULL;
    }
    for (size_t i = 0; i < claim->n_measure; i++) {
        const struct ov_measure *m = claim->measure + i;
        bool other_curve = c->value[CURVE] && strcmp(m->curve, c->value[CURVE]) != 0;
        if (other_curve || (c->value[AT] && !ov_agree(at, m->at, 0.05, 0.0)))
            continue;
        bool nearer = found && c->value[AT] && strcmp(found->curve, m->curve) == 0;
        if (!nearer)
            n++;
        if (!nearer || fabs(m->at - at) < fabs(found->at - at))
            found = m;
    }
    if (n == 1)
        return found;
    ov_paper_complain(c->p, c->span->at,
                      n ? "claim %s has %zu such numbers: say which with curve and at"
                        : "claim %s has no number at this curve and time (of %zu)",
                      c->value[CLAIM], n ? n : claim->n_measure);
    return NULL;
}

static double datum(const struct ov_measure *m, const char *of)
{
    const double x[] = {m->value, m->expect, m->se, m->margin, (double)m->n, m->at};
    size_t i = 0;
    while (of_names[i] && strcmp(of_names[i], of) != 0)
        i++;
    return of_names[i] ? x[i] : NAN;
}

static bool is_measured(const struct ov_measure *m, const char *of)
{
    return strcmp(of, "value") == 0 && isfinite(m->value) && ov_measure_is_random(m);
}

/* One seed of what is random, or too few for a spread: nobody knows how far it would move. */
static bool lacks_error(const struct ov_measure *m, const char *of)
{
    return strcmp(of, "value") == 0 && isfinite(m->value) && m->n > 0 && isnan(m->se);
}

static bool check_claim(struct check *c, const struct ov_claim *claim)
{
    const char *of = c->value[OF] ? c->value[OF] : "value";
    char name[512];
    bool known = false;
    for (size_t i = 0; of_names[i]; i++)
        known = known || strcmp(of, of_names[i]) == 0;
    if (!known) {
        ov_paper_complain(c->p, c->span->at,
                          "of '%s' is none of value, expect, se, margin, n, at%s", of,
                          ov_hint(of, of_names).text);
        return false;
    }
    if (claim->verdict != OV_PASS) {
        ov_paper_refuse(c->p, c->span->at, claim);
        return false;
    }
    const struct ov_measure *m = find_measure(c, claim);
    if (!m)
        return false;
    snprintf(name, sizeof name, "%s of %s", of, c->value[CLAIM]);
    if (is_measured(m, of))
        return agrees_measured(c, m, name);
    if (lacks_error(m, of))
        ov_paper_complain(c->p, c->span->at, "%s is of too few seeds (%zu) for an error to print",
                          name, m->n);
    else if (isfinite(datum(m, of)))
        return agrees(c, datum(m, of), name);
    else
        ov_paper_complain(c->p, c->span->at, "claim %s has no %s", c->value[CLAIM], of);
    return false;
}

static void note(struct check *c, enum ov_verdict verdict)
{
    ov_paper_note(c->p, c->span->at, c->span->end, verdict);
}

static void check_span(struct check *c)
{
    if (!read_attributes(c) || !read_number(c))
        return;
    if (c->value[PARAM]) {
        if (check_param(c))
            note(c, OV_PASS);
        return;
    }
    const struct ov_claim *claim = ov_claims_find(c->facts->claims, c->value[CLAIM]);
    if (!claim)
        no_such_claim(c);
    else if (claim->verdict == OV_SKIPPED)
        note(c, OV_SKIPPED);
    else if (check_claim(c, claim))
        note(c, OV_PASS);
}

void ov_paper_check_spans(struct ov_paper_list *p, const struct ov_paper_facts *facts)
{
    for (size_t i = 0; i < p->n_item && !p->failed; i++) {
        struct check c = {.p = p, .facts = facts, .span = p->item + i, .scale = 1.0};
        if (c.span->kind == OV_PAPER_SPAN)
            check_span(&c);
    }
}

/* True and the number if the span is one of this claim's. */
static bool claim_number(struct ov_paper_number *number, struct check *c,
                         const struct ov_claim *claim, const char *name)
{
    const char *s = c->p->s;
    bool own = read_attributes(c) && c->value[CLAIM] && strcmp(c->value[CLAIM], name) == 0;
    if (!own || c->value[PARAM] || !read_number(c))
        return false;
    const struct ov_measure *m = find_measure(c, claim);
    const char *of = c->value[OF] ? c->value[OF] : "value";
    double x = m ? datum(m, of) * c->scale : NAN;
    double se = m && is_measured(m, of) ? m->se * c->scale : 0.0;
    *number = (struct ov_paper_number){c->span->text, c->span->text_end, c->span->end, x, se};
    while (isspace((unsigned char)s[number->from]))
        number->from++;
    while (isspace((unsigned char)s[number->end - 1]))
        number->end--;
    return isfinite(x);
}

OV_NODISCARD enum ov_status ov_paper_claim_numbers(struct ov_paper_number **number, size_t *n,
                                                   struct ov_paper_list *p,
                                                   const struct ov_claim *claim, const char *name)
{
    *n = 0;
    *number = calloc(p->n_item + 1, sizeof **number);
    for (size_t i = 0; *number && i < p->n_item; i++) {
        struct check c = {.p = p, .span = p->item + i, .scale = 1.0};
        *n += c.span->kind == OV_PAPER_SPAN && claim_number(*number + *n, &c, claim, name);
    }
    if (*number && !p->failed)
        return OV_OK;
    free(*number);
    *number = NULL;
    return OV_ENOMEM;
}
