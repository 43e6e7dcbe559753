/* SPDX-License-Identifier: MIT */
#include "overlap/paper/outcomes.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "overlap/base/utf8.h"

void ov_outcomes_free(struct ov_outcomes *all)
{
    if (!all)
        return;
    for (size_t i = 0; i < all->n; i++) {
        free(all->point[i].group);
        free(all->point[i].name);
        free(all->point[i].says);
        free(all->point[i].why);
    }
    free(all->point);
    *all = (struct ov_outcomes){0};
}

/* ---- collecting ---- */

/* Copies the texts; false where memory ran out. `name` is taken over. */
static bool add(struct ov_outcomes *all, const char *group, struct ov_text *name, const char *says,
                const char *why, enum ov_verdict verdict)
{
    struct ov_outcome *p = &all->point[all->n++];
    *p = (struct ov_outcome){strdup(group), name->failed ? NULL : name->s, strdup(says ? says : ""),
                             strdup(why), verdict};
    if (name->failed)
        ov_text_free(name);
    all->n_passed += verdict == OV_PASS;
    all->n_skipped += verdict == OV_SKIPPED;
    all->n_failed += verdict != OV_PASS && verdict != OV_SKIPPED;
    return p->group && p->name && p->says && p->why;
}

static bool add_claim(struct ov_outcomes *all, struct ov_claim *claim)
{
    struct ov_text name = {0};
    const struct ov_value *says = ov_value_find(&claim->keys, "says");
    ov_text_addf(&name, "%s.%s", claim->experiment->name, claim->id);
    return add(all, claim->experiment->name, &name, says ? says->string : "", claim->why,
               claim->verdict);
}

static bool add_point(struct ov_outcomes *all, const char *paper, const struct ov_paper_point *p,
                      bool unread)
{
    struct ov_text name = {0};
    bool wrong = unread || (p->verdict != OV_PASS && p->verdict != OV_SKIPPED);
    ov_text_addf(&name, "%s:%zu:%zu", paper, p->line, p->column);
    const char *why = p->verdict == OV_SKIPPED ? "its claim is skipped at this tier" : "";
    return add(all, paper, &name, wrong ? "" : p->text, wrong ? p->text : why, p->verdict);
}

enum ov_status ov_outcomes_collect(struct ov_outcomes *all, const struct ov_claims *claims,
                                   const char *paper, const struct ov_paper_report *report,
                                   struct ov_error *err)
{
    size_t n_point = paper ? report->n_point : 0;
    *all = (struct ov_outcomes){0};
    all->point = calloc(claims->n + n_point + 1, sizeof *all->point);
    bool good = all->point;
    for (size_t i = 0; i < claims->n && good; i++)
        good = add_claim(all, &claims->claim[i]);
    for (size_t i = 0; i < n_point && good; i++)
        good = add_point(all, paper, &report->point[i], report->unread);
    if (good)
        return OV_OK;
    ov_outcomes_free(all);
    return ov_fail(err, OV_ENOMEM, "out of memory");
}

enum ov_status ov_outcomes_broken(struct ov_outcomes *all, const char *why)
{
    struct ov_text name = {0};
    *all = (struct ov_outcomes){0};
    all->point = calloc(1, sizeof *all->point);
    ov_text_addf(&name, "verify");
    if (all->point && add(all, "overlap", &name, "", why, OV_FAIL))
        return OV_OK;
    ov_outcomes_free(all);
    return OV_ENOMEM;
}

/* ---- TAP ---- */

/* One line of a description: '#' would begin a directive. */
static void add_description(struct ov_text *t, const char *s)
{
    uint32_t code;
    for (size_t n; *s; s += n) {
        n = ov_utf8_next(&code, s);
        if (code < 0x20 || code == 0x7f)
            ov_text_addf(t, " ");
        else if (code == '#' || code == '\\')
            ov_text_addf(t, "\\%c", (char)code);
        else
            ov_utf8_add(t, s, n, code);
    }
}

/* A YAML text in double quotes. */
static void add_quoted(struct ov_text *t, const char *s)
{
    uint32_t code;
    ov_text_addf(t, "\"");
    for (size_t n; *s; s += n) {
        n = ov_utf8_next(&code, s);
        if (code < 0x20 || (code >= 0x7f && code < 0xa0))
            ov_text_addf(t, "\\x%02x", (unsigned)code);
        else if (code == '"' || code == '\\')
            ov_text_addf(t, "\\%c", (char)code);
        else
            ov_utf8_add(t, s, n, code);
    }
    ov_text_addf(t, "\"");
}

static void add_tap(struct ov_text *out, const struct ov_outcome *p, size_t number)
{
    bool good = p->verdict == OV_PASS || p->verdict == OV_SKIPPED;
    ov_text_addf(out, "%sok %zu - ", good ? "" : "not ", number);
    add_description(out, p->name);
    if (*p->says) {
        ov_text_addf(out, ": ");
        add_description(out, p->says);
    }
    if (p->verdict == OV_SKIPPED) {
        ov_text_addf(out, " # SKIP ");
        add_description(out, p->why);
    }
    ov_text_addf(out, "\n");
    if (good)
        return;
    ov_text_addf(out, "  ---\n  verdict: %s\n  message: ", ov_verdict_name(p->verdict));
    add_quoted(out, p->why);
    ov_text_addf(out, "\n  ...\n");
}

void ov_outcomes_tap(struct ov_text *out, const struct ov_outcomes *all)
{
    ov_text_addf(out, "TAP version 13\n1..%zu%s\n", all->n,
                 all->n ? "" : " # SKIP nothing to check");
    for (size_t i = 0; i < all->n; i++)
        add_tap(out, &all->point[i], i + 1);
}
