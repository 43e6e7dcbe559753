/* SPDX-License-Identifier: MIT
 *
 * accept, the experiment's side: where a claim's expect stands in experiment.yaml, and its new
 * digits.
 */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <libfyaml.h>

#include "accept_edit_internal.h"
#include "overlap/claims/digits.h"
#include "overlap/config/yaml.h"

static const size_t largest_file = (size_t)4 << 20;

/* The number in `expect` as it is written in the file. */
struct written {
    const struct ov_value *value;
    const char *text;
    size_t n;
    struct ov_literal literal;
};

static enum ov_status find_written(struct written *w, struct ov_claim *claim, const char *name,
                                   struct ov_error *err)
{
    const char *kind = claim->kind->name;
    if (strcmp(kind, "round") != 0 && strcmp(kind, "margin") != 0)
        return ov_fail(err, OV_EUSER,
                       "%s is FAIL and of kind %s: its expectation is no printed number; find out "
                       "why it fails, or change the claim (%s)",
                       name, kind, claim->why);
    const struct ov_value *number_from = ov_value_find(&claim->keys, "number_from");
    bool from = number_from && strcmp(number_from->string, "this program") != 0;
    if (from || ov_value_find(&claim->keys, "numbers_of"))
        return ov_fail(err, OV_EUSER,
                       "%s is FAIL and its expect is from elsewhere ('%s'): what is measured here "
                       "can't stand in its place; find out why it fails, or change the claim (%s)",
                       name, from ? "number_from" : "numbers_of", claim->why);
    *w = (struct written){.value = ov_value_get(&claim->keys, "expect")};
    if (w->value && w->value->node)
        w->text = fy_node_get_scalar(w->value->node, &w->n);
    if (!w->text || !ov_literal_read(&w->literal, w->text, w->n))
        return ov_fail(err, OV_EUSER,
                       "%s is FAIL and its expect is no plain number, but a formula or theory: "
                       "find out why it fails, or change the claim (%s)",
                       name, claim->why);
    return OV_OK;
}

/* ---- the new expectation ---- */

static double new_margin(struct ov_claim *claim, const struct ov_measure *m,
                         const struct ov_literal *literal)
{
    if (strcmp(claim->kind->name, "round") == 0)
        return literal->half_unit;
    if (strcmp(ov_value_string(&claim->keys, "statistic"), "deviation") == 0)
        return m->margin; /* a part of theory, not of the expectation */
    return ov_claim_margin(claim, literal->value);
}

/* The claim with this expectation, if it passes all over. */
static enum ov_status expect_anew(struct ov_claim *claim, const char *text, const char *name,
                                  struct ov_error *err)
{
    struct ov_literal literal;
    bool fits = ov_literal_read(&literal, text, strlen(text));
    bool round = strcmp(claim->kind->name, "round") == 0;
    for (size_t i = 0; i < claim->n_measure && fits; i++) {
        const struct ov_measure *m = claim->measure + i;
        fits = round ? ov_literal_agrees(&literal, m->value)
                     : fabs(m->value - literal.value) <= new_margin(claim, m, &literal);
    }
    if (!fits)
        return ov_fail(err, OV_EUSER,
                       "%s has %zu numbers and %s does not fit all of them: no one expect would "
                       "make it true",
                       name, claim->n_measure, text);
    for (size_t i = 0; i < claim->n_measure; i++) {
        struct ov_measure *m = claim->measure + i;
        m->margin = new_margin(claim, m, &literal);
        m->expect = literal.value;
        m->verdict = OV_PASS;
    }
    claim->verdict = OV_PASS;
    claim->why[0] = '\0';
    return OV_OK;
}

/* ---- its place in the file ---- */

/* True and the offset of the digits if they stand behind "expect:" in this text. */
static bool find_place(size_t *at, const struct written *w, const struct ov_text *file)
{
    static const char key[] = "expect:";
    struct fy_token *token = fy_node_get_scalar_token(w->value->node);
    const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
    if (!mark || mark->input_pos >= file->len)
        return false;
    size_t i = mark->input_pos;
    i += file->s[i] == '"' || file->s[i] == '\''; /* quotes stay */
    if (i + w->n > file->len || memcmp(file->s + i, w->text, w->n) != 0)
        return false;
    *at = i;
    while (i > 0 && (file->s[i - 1] == ' ' || file->s[i - 1] == '"' || file->s[i - 1] == '\''))
        i--;
    return i >= sizeof key - 1 && memcmp(file->s + i - (sizeof key - 1), key, sizeof key - 1) == 0;
}

/* The claims of a document with `expect` of one of them left out, as text to compare. */
static char *rest_of(struct fy_document *doc, const char *id, struct ov_text *expect)
{
    struct fy_node *root = fy_document_root(doc), *claim;
    struct fy_node *claims = fy_node_mapping_lookup_by_string(root, "claims", FY_NT);
    void *i = NULL;
    while (claims && (claim = fy_node_sequence_iterate(claims, &i))) {
        size_t n = 0;
        struct fy_node *own = fy_node_mapping_lookup_by_string(claim, "id", FY_NT);
        const char *text = own ? fy_node_get_scalar(own, &n) : NULL;
        if (!text || n != strlen(id) || memcmp(text, id, n) != 0)
            continue;
        struct fy_node *value = fy_node_mapping_lookup_by_string(claim, "expect", FY_NT);
        text = value ? fy_node_get_scalar(value, &n) : NULL;
        if (text)
            ov_text_add(expect, text, n);
        if (value)
            fy_node_free(
                fy_node_mapping_remove_by_key(claim, fy_node_create_scalar(doc, "expect", FY_NT)));
    }
    return fy_emit_document_to_string(doc, FYECF_MODE_JSON_ONELINE | FYECF_WIDTH_INF);
}

/* True if the new text says what the old one does, except for this one expectation. */
static bool only_expect_changes(const char *old, size_t n_old, const struct ov_text *new,
                                const char *id, const char *literal)
{
    struct fy_document *a = NULL, *b = NULL;
    struct ov_text was = {0}, is = {0};
    bool same = ov_yaml_parse(&a, old, n_old, "before", NULL) == OV_OK &&
                ov_yaml_parse(&b, new->s, new->len, "after", NULL) == OV_OK;
    char *x = same ? rest_of(a, id, &was) : NULL, *y = same ? rest_of(b, id, &is) : NULL;
    same = x && y && strcmp(x, y) == 0 && is.s && strcmp(is.s, literal) == 0;
    free(x);
    free(y);
    ov_text_free(&was);
    ov_text_free(&is);
    fy_document_destroy(a);
    fy_document_destroy(b);
    return same;
}

/* ---- putting it together ---- */

/* The comment above the line of the number, indented as that is; then the number. */
static enum ov_status make_edits(struct ov_rewrite *r, const struct ov_text *file, size_t at,
                                 const struct written *w, const char *literal, const char *reason)
{
    size_t start = at, indent = 0;
    while (start > 0 && file->s[start - 1] != '\n')
        start--;
    while (file->s[start + indent] == ' ')
        indent++;
    struct ov_edit edit[2] = {{.from = start, .end = start}, {.from = at, .end = at + w->n}};
    ov_text_addf(&edit[0].text, "%*s# %.*s was expected: %s\n", (int)indent, "", (int)w->n, w->text,
                 reason);
    ov_text_addf(&edit[1].text, "%s", literal);
    r->n_number = 1;
    enum ov_status status = ov_edits_apply(r, file->s, file->len, edit, 2);
    ov_text_free(&edit[0].text);
    ov_text_free(&edit[1].text);
    return status;
}

static enum ov_status rewrite(struct ov_rewrite *r, struct ov_claim *claim, const struct written *w,
                              const char *literal, const char *reason, struct ov_error *err)
{
    struct ov_text file = {0};
    size_t at;
    const char *path = claim->experiment->path;
    enum ov_status status = ov_file_read(&file, path, largest_file, err);
    if (status != OV_OK)
        return status;
    r->path = strdup(path);
    bool found = r->path && find_place(&at, w, &file);
    if (found && make_edits(r, &file, at, w, literal, reason) != OV_OK)
        status = ov_fail(err, OV_ENOMEM, "%s: out of memory", path);
    else if (!r->path)
        status = ov_fail(err, OV_ENOMEM, "%s: out of memory", path);
    else if (!found || !only_expect_changes(file.s, file.len, &r->text, claim->id, literal))
        status = ov_value_fail(w->value, err,
                               "this number can't be rewritten without changing anything else: "
                               "write %s by hand",
                               literal);
    ov_text_free(&file);
    return status;
}

enum ov_status ov_accept_expect(struct ov_rewrite *r, struct ov_claim *claim, const char *name,
                                const char *reason, struct ov_error *err)
{
    struct written w;
    char literal[64];
    enum ov_status status = find_written(&w, claim, name, err);
    if (status != OV_OK)
        return status;
    double value = claim->measure[claim->worst].value;
    if (!ov_literal_rewrite(literal, w.text, w.n, value))
        return ov_fail(err, OV_EUSER, "%s: %.10g can't be written in the digits of %.*s", name,
                       value, (int)w.n, w.text);
    status = expect_anew(claim, literal, name, err);
    return status == OV_OK ? rewrite(r, claim, &w, literal, reason, err) : status;
}
