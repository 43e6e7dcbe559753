/* SPDX-License-Identifier: MIT
 *
 * overlap keys: the reference of experiment.yaml, from the tables that read it: all of it, a section
 * (the file itself, a system, the claims or one kind of them), or the keys that a word picks.
 */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/base/alloc.h"
#include "overlap/base/text.h"
#include "overlap/claims/claims.h"
#include "overlap/claims/expr.h"
#include "overlap/config/param.h"
#include "overlap/config/schema.h"
#include "overlap/systems/systems.h"

struct section {
    const char *name, *doc;
    const struct ov_key *keys;
    bool is_kind;        /* of claims */
    const char *columns; /* of a system's tables; or NULL */
};
enum { MOST = 32 };
static const char all_kinds[] = "claims";

static size_t find_sections(struct section s[MOST])
{
    size_t n = 0;
    s[n++] =
        (struct section){"experiment", "experiment.yaml itself", ov_experiment_keys, false, NULL};
    for (const struct ov_system *const *i = ov_systems; *i && n < MOST; i++)
        s[n++] = (struct section){(*i)->name, (*i)->doc, (*i)->keys, false, (*i)->columns};
    for (const struct ov_claim_kind *k = ov_claim_kinds; k->name && n < MOST; k++)
        s[n++] = (struct section){k->name, k->doc, k->keys, true, NULL};
    return n;
}

/* Puts first the sections that a word names; how many those are. */
static size_t pick_sections(struct section *s, size_t n, const char *word)
{
    size_t picked = 0;
    for (size_t i = 0; i < n; i++)
        if (strcmp(s[i].name, word) == 0 || (s[i].is_kind && strcmp(word, all_kinds) == 0)) {
            struct section found = s[i];
            memmove(s + picked + 1, s + picked, (i - picked) * sizeof *s);
            s[picked++] = found;
        }
    return picked;
}

/* ---- all of it, or sections ---- */

static void add_names(struct ov_text *t, const struct ov_key *keys)
{
    for (const struct ov_key *k = keys; k->name; k++)
        ov_text_addf(t, " %s", k->name);
}

/* A line a section with the names of its keys; one for all kinds of claims. */
static void add_overview(struct ov_text *t, const struct section *s, size_t n)
{
    bool kinds = false;
    for (size_t i = 0; i < n; i++) {
        if (!s[i].is_kind || n == 1) {
            ov_text_addf(t, "%s:", s[i].name);
            add_names(t, s[i].keys);
            ov_text_addf(t, "\n");
        } else {
            ov_text_addf(t, kinds ? ", %s" : "claims, of kind %s", s[i].name);
            kinds = true;
        }
    }
    ov_text_addf(t, kinds ? "\n" : "");
}

/* "a: …; b: …" a line each. */
static void add_columns(struct ov_text *t, const char *columns)
{
    ov_text_addf(t, "\ncolumns of its tables, after seed; which of them a table has depends on the "
                    "curve\n");
    for (const char *at = columns, *end; *at; at = *end ? end + 2 : end) {
        end = strstr(at, "; ");
        end = end ? end : at + strlen(at);
        ov_text_addf(t, "    %.*s\n", (int)(end - at), at);
    }
}

static void add_section(struct ov_text *t, const struct section *s)
{
    if (s->is_kind)
        ov_text_addf(t, "\nkind: %s - %s\n", s->name, s->doc);
    else if (s->keys == ov_experiment_keys)
        ov_text_addf(t, "experiment.yaml\n\n");
    else
        ov_text_addf(t, "\nparameters of a curve, system %s: %s\n\n", s->name, s->doc);
    ov_schema_document(t, s->keys, s->is_kind ? 2 : 0);
    if (s->columns)
        add_columns(t, s->columns);
}

static void add_sections(struct ov_text *t, const struct section *s, size_t n, bool named)
{
    add_overview(t, s, n);
    if (!named)
        ov_text_addf(t, "('overlap keys SYSTEM', 'overlap keys KEY' and both print less.)\n\n");
    for (size_t i = 0; i < n; i++) {
        if (s[i].is_kind && (i == 0 || !s[i - 1].is_kind))
            ov_text_addf(t, "\n# claims: kinds and their keys\n");
        add_section(t, &s[i]);
    }
}

/* ---- keys that a word picks ---- */

/* Sections in which the word picks the same are named together. */
static size_t add_matches(struct ov_text *t, const struct section *s, size_t n, const char *word,
                          enum ov_match how)
{
    struct ov_text found[MOST] = {0};
    size_t all = 0;
    for (size_t i = 0; i < n; i++)
        all += ov_schema_document_matches(&found[i], s[i].keys, word, how);
    for (size_t i = 0; i < n; i++) {
        if (found[i].len == 0)
            continue;
        ov_text_addf(t, "%s# %s%s", t->len ? "\n" : "", s[i].is_kind ? "claims of kind " : "",
                     s[i].name);
        for (size_t j = i + 1; j < n; j++)
            if (found[j].len > 0 && strcmp(found[j].s, found[i].s) == 0) {
                ov_text_addf(t, ", %s%s", s[j].is_kind && !s[i].is_kind ? "claims of kind " : "",
                             s[j].name);
                found[j].len = 0;
            }
        ov_text_addf(t, "\n%s", found[i].s);
    }
    for (size_t i = 0; i < n; i++)
        ov_text_free(&found[i]);
    return all;
}

/* Names and paths of keys ("init", "init.std"); owned. */
struct names {
    char **name;
    size_t n;
};

static void add_paths(struct names *all, const char *front, const struct ov_key *keys)
{
    for (const struct ov_key *k = keys; k && k->name; k++) {
        char *path = ov_xprintf("%s%s%s", front, *front ? "." : "", k->name);
        all->name = ov_xrealloc(all->name, all->n + 2, sizeof *all->name);
        all->name[all->n++] = path;
        all->name[all->n] = NULL;
        if (k->types & OV_MAP)
            add_paths(all, path, k->map);
    }
}

/* No key: the nearest name of a section or of a key; of a path, the nearest path. */
static enum ov_status no_such_key(const struct section *s, size_t n, const char *word,
                                  struct ov_error *err)
{
    struct names all = {0};
    const struct ov_key sections[] = {{.name = all_kinds}, {0}};
    add_paths(&all, "", sections);
    for (size_t i = 0; i < n; i++) {
        const struct ov_key section[] = {{.name = s[i].name}, {0}};
        add_paths(&all, "", section);
        add_paths(&all, "", s[i].keys);
    }
    enum ov_status status = ov_fail(err, OV_EUSER, "no key matches '%s'%s", word,
                                    ov_hint(word, (const char *const *)all.name).text);
    for (size_t i = 0; i < all.n; i++)
        free(all.name[i]);
    free(all.name);
    return status;
}

static enum ov_status add_word(struct ov_text *t, const struct section *s, size_t n,
                               const char *word, struct ov_error *err)
{
    for (enum ov_match how = OV_MATCH_PATH; *word && how < OV_N_MATCHES; how++)
        if (add_matches(t, s, n, word, how) > 0)
            return OV_OK;
    return no_such_key(s, n, word, err);
}

/* ---- what formulas may name ---- */

static void add_name(struct ov_text *t, const char *name, const char *doc)
{
    size_t n = strcspn(doc ? doc : "", "\n");
    ov_text_addf(t, "    %-14s %.*s\n", name, (int)n, doc ? doc : "");
}

static void add_parameters(struct ov_text *t, const struct ov_key *keys)
{
    for (const struct ov_key *k = keys; k && k->name; k++) {
        if (k->of & OV_IN_FORMULAS)
            add_name(t, k->name, k->doc);
        add_parameters(t, k->map);
    }
}

static void add_words(struct ov_text *t, bool functions)
{
    for (const struct ov_expr_word *w = ov_expr_words; w->name; w++)
        if (w->function == functions)
            add_name(t, w->name, w->doc);
}

static void add_formulas(struct ov_text *t)
{
    ov_text_addf(t,
                 "formulas: + - * / ^, parentheses, numbers, and these names. A name that a curve "
                 "has no number for can't be used there.\n\nconstants\n");
    add_words(t, false);
    ov_text_addf(t, "\nfunctions, their arguments in parentheses that follow at once\n");
    add_words(t, true);
    for (const struct ov_system *const *i = ov_systems; *i; i++) {
        ov_text_addf(t, "\nvariables of system %s: its parameters%s\n", (*i)->name,
                     (*i)->variables ? ", and what follows from them" : "");
        add_parameters(t, (*i)->keys);
        for (const struct ov_variable *v = (*i)->variables; v && v->name; v++)
            add_name(t, v->name, v->doc);
    }
}

int ov_command_keys(const struct ov_options *o)
{
    struct ov_error err = {0};
    struct ov_text t = {0};
    struct section s[MOST];
    enum ov_status status = OV_OK;
    size_t all = find_sections(s), picked = o->n_dir > 0 ? pick_sections(s, all, o->dir[0]) : 0;
    bool named = picked > 0;
    if (o->json_schema)
        return ov_print_json_schema() ? EXIT_GOOD : EXIT_JOB;
    size_t n = named ? picked : all;
    if (o->formulas)
        add_formulas(&t);
    else if (o->n_dir == named)
        add_sections(&t, s, n, named);
    if (o->n_dir == 1 && picked == 1 &&
        !o->formulas) /* a kind of claims may be called as a key elsewhere */
        add_matches(&t, s + n, all - n, o->dir[0], OV_MATCH_PATH);
    for (size_t i = named; i < o->n_dir && status == OV_OK; i++)
        status = add_word(&t, s, n, o->dir[i], &err);
    if (status == OV_OK && !t.failed)
        printf("%s", t.s);
    ov_text_free(&t);
    return status == OV_OK ? EXIT_GOOD : ov_report(&err);
}
