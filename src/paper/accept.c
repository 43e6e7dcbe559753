/* SPDX-License-Identifier: MIT
 *
 * accept: what is to be rewritten in paper.md and in experiment.yaml, all checked before
 * anything is written.
 */
#include "overlap/paper/accept.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accept_edit_internal.h"
#include "overlap/claims/digits.h"
#include "overlap/base/utf8.h"
#include "paper_list_internal.h"
#include "paper_spans_internal.h"

static void rewrite_free(struct ov_rewrite *r)
{
    free(r->path);
    ov_text_free(&r->text);
}

void ov_accepted_free(struct ov_accepted *accepted)
{
    if (!accepted)
        return;
    rewrite_free(&accepted->experiment);
    rewrite_free(&accepted->paper);
    *accepted = (struct ov_accepted){0};
}

/* ---- what can be accepted ---- */

/* The reason goes into a comment of one line of YAML and into one of HTML. */
static enum ov_status check_reason(const char *reason, struct ov_error *err)
{
    uint32_t code;
    bool blank = true, text = true;
    for (const char *s = reason ? reason : ""; *s;) {
        s += ov_utf8_next(&code, s);
        blank = blank && code == ' ';
        text = text && code >= 0x20 && code != 0x7f && code != 0xfffd;
    }
    if (blank)
        return ov_fail(err, OV_EUSER,
                       "no reason given: say why the new number is right, with --reason "
                       "(make accept CLAIM=… REASON=…)");
    if (!text || strstr(reason, "--") || strlen(reason) > 1000)
        return ov_fail(err, OV_EUSER,
                       "the reason has to be one line of text, of at most 1000 bytes and without "
                       "'--'");
    return OV_OK;
}

static enum ov_status check_data(const struct ov_claim *claim, const char *name,
                                 struct ov_error *err)
{
    if (claim->verdict == OV_INCONCLUSIVE)
        return ov_fail(err, OV_EUSER, "%s is INCONCLUSIVE: run more seeds instead (%s)", name,
                       claim->why);
    bool judged = claim->verdict == OV_PASS || claim->verdict == OV_FAIL;
    for (size_t i = 0; i < claim->n_measure; i++)
        judged = judged && isfinite(claim->measure[i].value);
    if (!judged || claim->n_measure == 0)
        return ov_fail(err, OV_EUSER, "%s has no valid data to accept: it is %s: %s", name,
                       ov_verdict_name(claim->verdict), claim->why);
    return OV_OK;
}

/* ---- the paper ---- */

/* The number as it should be printed where `old` stands; false if it is fine, or can't be. */
static bool rewritten(char text[64], const char *old, size_t n,
                      const struct ov_paper_number *number)
{
    struct ov_measured printed;
    char plain[64];
    bool read = ov_measured_read(&printed, old, n);
    if (number->se > 0.0)
        return !(read && ov_measured_agrees(&printed, number->datum, number->se)) &&
               ov_measured_rewrite(text, old, n, number->datum, number->se);
    if (!read || n >= sizeof plain)
        return false;
    if (printed.error == 0.0)
        return !ov_literal_agrees(&printed.value, number->datum) &&
               ov_literal_rewrite(text, old, n, number->datum);
    const char *open = memchr(old, '(', n), *behind = (const char *)memchr(old, ')', n) + 1;
    snprintf(plain, sizeof plain, "%.*s%.*s", (int)(open - old), old, (int)(old + n - behind),
             behind);
    return ov_literal_rewrite(text, plain, strlen(plain), number->datum);
}

/* The edits of one number: its digits, and the comment behind its span. How many there are. */
static size_t edit_number(struct ov_edit edit[2], const char *s,
                          const struct ov_paper_number *number, const char *reason)
{
    char text[64];
    size_t n = number->end - number->from;
    if (!rewritten(text, s + number->from, n, number))
        return 0;
    edit[0] = (struct ov_edit){.from = number->from, .end = number->end};
    edit[1] = (struct ov_edit){.from = number->span_end, .end = number->span_end};
    ov_text_addf(&edit[0].text, "%s", text);
    ov_text_addf(&edit[1].text, "<!-- %.*s was printed: %s -->", (int)n, s + number->from, reason);
    return 2;
}

static enum ov_status edit_paper(struct ov_rewrite *r, struct ov_paper_list *list,
                                 const struct ov_claim *claim, const char *name, const char *reason)
{
    struct ov_paper_number *number = NULL;
    size_t n = 0, n_edit = 0;
    enum ov_status status = ov_paper_claim_numbers(&number, &n, list, claim, name);
    struct ov_edit *edit = calloc(2 * n + 1, sizeof *edit);
    if (status == OV_OK && !edit)
        status = OV_ENOMEM;
    for (size_t i = 0; i < n && status == OV_OK; i++)
        n_edit += edit_number(edit + n_edit, list->s, &number[i], reason);
    r->n_number = n_edit / 2;
    if (status == OV_OK && n_edit > 0)
        status = ov_edits_apply(r, list->s, list->n, edit, n_edit);
    for (size_t i = 0; i < n_edit; i++)
        ov_text_free(&edit[i].text);
    free(edit);
    free(number);
    return status;
}

static enum ov_status accept_paper(struct ov_rewrite *r, const char *path,
                                   const struct ov_claim *claim, const char *name,
                                   const char *reason, struct ov_error *err)
{
    struct ov_text text = {0};
    struct ov_paper_list list = {0};
    enum ov_status status = ov_paper_open(&list, &text, path, err);
    if (status == OV_OK && list.missing)
        status = ov_fail(err, OV_EUSER,
                         "%s: error: its numbers can't be found without pandoc; 'make deps-paper' "
                         "installs it",
                         path);
    if (status == OV_OK) {
        r->path = strdup(path);
        status = r->path ? edit_paper(r, &list, claim, name, reason) : OV_ENOMEM;
        if (status != OV_OK)
            ov_fail(err, status, "%s: out of memory", path);
    }
    ov_paper_list_free(&list);
    ov_text_free(&text);
    return status;
}

enum ov_status ov_accept(struct ov_accepted *accepted, struct ov_claim *claim, const char *paper,
                         const char *reason, struct ov_error *err)
{
    struct ov_text name = {0};
    *accepted = (struct ov_accepted){0};
    ov_text_addf(&name, "%s.%s", claim->experiment->name, claim->id);
    enum ov_status status = name.failed ? ov_fail(err, OV_ENOMEM, "out of memory") : OV_OK;
    if (status == OV_OK)
        status = check_reason(reason, err);
    if (status == OV_OK)
        status = check_data(claim, name.s, err);
    if (status == OV_OK && claim->verdict == OV_FAIL)
        status = ov_accept_expect(&accepted->experiment, claim, name.s, reason, err);
    if (status == OV_OK && paper)
        status = accept_paper(&accepted->paper, paper, claim, name.s, reason, err);
    ov_text_free(&name);
    if (status != OV_OK)
        ov_accepted_free(accepted);
    return status;
}

enum ov_status ov_accept_write(const struct ov_accepted *accepted, struct ov_error *err)
{
    const struct ov_rewrite *r[] = {&accepted->experiment, &accepted->paper};
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < 2 && status == OV_OK; i++)
        if (r[i]->n_number > 0)
            status = ov_file_write(r[i]->path, r[i]->text.s, r[i]->text.len, err);
    return status;
}
