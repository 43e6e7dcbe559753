/* SPDX-License-Identifier: MIT
 *
 * The numbers of paper.md against the data: pandoc lists them, each is checked, and what no
 * claim covers is wrong.
 */
#include "overlap/paper/paper.h"

#include <stdlib.h>
#include <string.h>

#include "overlap/base/text.h"
#include "paper_list_internal.h"
#include "paper_spans_internal.h"

void ov_paper_report_free(struct ov_paper_report *report)
{
    if (!report)
        return;
    for (size_t i = 0; i < report->n_point; i++)
        free(report->point[i].text);
    free(report->point);
    ov_text_free(&report->errors);
    *report = (struct ov_paper_report){0};
}

static int by_offset(const void *a, const void *b)
{
    const struct ov_paper_issue *x = a, *y = b;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

/* Moves the texts of all issues into the report, with their places; columns count characters. */
static void place_issues(struct ov_paper_report *report, struct ov_paper_list *p)
{
    size_t line = 1, column = 1, at = 0;
    report->point = calloc(p->n_issue + 1, sizeof *report->point);
    if (!report->point) {
        p->failed = true;
        return;
    }
    if (p->n_issue > 1)
        qsort(p->issue, p->n_issue, sizeof *p->issue, by_offset);
    for (size_t i = 0; i < p->n_issue; i++) {
        for (; at < p->issue[i].offset; at++) {
            bool continues = ((unsigned char)p->s[at] & 0xc0) == 0x80;
            column = p->s[at] == '\n' ? 1 : column + !continues;
            line += p->s[at] == '\n';
        }
        report->point[i] =
            (struct ov_paper_point){line, column, p->issue[i].verdict, p->issue[i].text};
        p->issue[i].text = NULL;
    }
    report->n_point = p->n_issue;
}

static void count_points(struct ov_paper_report *report, const char *path)
{
    for (size_t i = 0; i < report->n_point; i++) {
        const struct ov_paper_point *x = &report->point[i];
        report->n_checked += x->verdict == OV_PASS;
        report->n_skipped += x->verdict == OV_SKIPPED;
        if (x->verdict == OV_PASS || x->verdict == OV_SKIPPED)
            continue;
        report->n_wrong++;
        report->n_open += x->verdict != OV_FAIL;
        ov_text_addf(&report->errors, "%s:%zu:%zu: error: %s\n", path, x->line, x->column, x->text);
    }
}

/* What the list itself holds against the text. */
static void check_items(struct ov_paper_list *p)
{
    for (size_t i = 0; i < p->n_item; i++) {
        const struct ov_paper_item *x = &p->item[i];
        const char *what = x->n_field > 0 ? x->field[0] : "";
        if (x->kind == OV_PAPER_NUMBER)
            ov_paper_complain(p, x->at,
                              "number %s in a Results section has no claim; write "
                              "[%s]{claim=\"EXPERIMENT.ID\"}",
                              what, what);
        else if (x->kind == OV_PAPER_MATH)
            ov_paper_complain(p, x->at, "number %s in math in a Results section has no claim",
                              what);
        else if (x->kind == OV_PAPER_OPEN)
            ov_paper_complain(p, x->at, "this %s has no end", what);
        else if (x->kind == OV_PAPER_STRAY)
            ov_paper_complain(p, x->at,
                              "this {%s=…} is text: write [NUMBER]{%s=\"…\"}, with double quotes",
                              what, what);
    }
}

/* The one point of a paper that nobody could read: skipped, not right. */
static void skip_paper(struct ov_paper_report *report, struct ov_paper_list *p)
{
    static const char why[] = "not checked: pandoc is missing ('make deps-paper' installs it)";
    report->unread = true;
    report->n_skipped = report->n_point = 1;
    report->point = calloc(1, sizeof *report->point);
    if (report->point)
        *report->point = (struct ov_paper_point){1, 1, OV_SKIPPED, strdup(why)};
    p->failed = !report->point || !report->point->text;
}

static void check_list(struct ov_paper_report *report, struct ov_paper_list *p,
                       const struct ov_paper_facts *facts, const char *path)
{
    if (p->missing) {
        skip_paper(report, p);
        return;
    }
    ov_paper_check_spans(p, facts);
    check_items(p);
    place_issues(report, p);
    count_points(report, path);
}

enum ov_status ov_paper_check(struct ov_paper_report *report, const char *path,
                              const struct ov_claims *claims,
                              const struct ov_experiment *const *experiments, size_t n,
                              struct ov_error *err)
{
    struct ov_text text = {0};
    struct ov_paper_list list = {0};
    const struct ov_paper_facts facts = {claims, experiments, n};
    *report = (struct ov_paper_report){0};
    enum ov_status status = ov_paper_open(&list, &text, path, err);
    if (status == OV_OK) {
        check_list(report, &list, &facts, path);
        if (list.failed || report->errors.failed)
            status = ov_fail(err, OV_ENOMEM, "%s: out of memory", path);
    }
    ov_paper_list_free(&list);
    ov_text_free(&text);
    if (status != OV_OK)
        ov_paper_report_free(report);
    return status;
}
