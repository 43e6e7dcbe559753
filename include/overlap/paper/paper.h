/* SPDX-License-Identifier: MIT
 *
 * The paper's prose against the data. In paper.md a checked number is written out:
 *     [0.0364]{claim="erf_learning_curves.plateau"}
 *     [0.0289(25)]{claim="one_step.Q"}     of what is random, with its standard error
 *     [784]{param="erf_learning_curves.K4.N"}
 * A claim with several measures or numbers takes, besides,
 *     curve="K4"   the measure's curve ("K2>K3" for an order)
 *     at="100"     its time; the nearest one, up to 5 % off
 *     of="value"   or "expect", "se", "margin", "n"
 * and scale="100" multiplies the datum before it is compared, for per cent.
 */
#ifndef OVERLAP_PAPER_PAPER_H
#define OVERLAP_PAPER_PAPER_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/base/text.h"
#include "overlap/claims/claims.h"

/* A place of the paper: a checked or skipped number, or a mistake. */
struct ov_paper_point {
    size_t line, column;
    enum ov_verdict verdict; /* FAIL for what is wrong, else that of the number's claim */
    char *text; /* PASS, SKIPPED: the span as it is written; else what is wrong; owned */
};

struct ov_paper_report {
    size_t n_checked; /* numbers that agree with the data */
    size_t n_wrong;   /* numbers that don't, unknown ids, uncovered numbers: each has a line */
    size_t n_open;    /* of these, numbers whose claim is INCONCLUSIVE, STALE or MISSING */
    size_t n_skipped; /* numbers whose claim was skipped by the tier; 1 for an unread paper */
    bool unread;      /* pandoc is missing: no number was checked, and n_skipped is 1 */
    struct ov_paper_point *point; /* (n_point) all of these in the order of the text; owned */
    size_t n_point;               /* n_checked + n_wrong + n_skipped */
    struct ov_text errors;        /* "paper.md:LINE:COLUMN: error: …" lines; owned */
};

/* Checks PATH.
 *   in   experiments (n): all loaded ones, for parameters
 *
 * A printed number agrees if the datum, rounded to the digits printed, gives the same text (0.0364
 * against 0.036437; 1.2e-3 likewise; a minus sign may be U+2212). A measured value with an error over
 * seeds is printed with it, as 0.0289(25), so that it holds for other random numbers, too
 * (ov_measured_agrees); what is not random, without. What has too few seeds for an error can't be
 * printed. A claim that is not PASS makes
 * its numbers wrong; a skipped one, skipped.
 *
 * The text is read by pandoc, in the dialect in which `make paper` prints it (commonmark_x), so
 * what is checked is what is printed. Without pandoc nothing is: see `unread`.
 *
 * In a section whose heading (of any level, up to the next of the same or a higher level) has the
 * class .results, or "Results" in its text, every number in prose must be inside such a span: in
 * lists, tables, captions, notes, raw HTML and units too. Not prose: code, math (but see below),
 * link targets, citations, addresses, attributes, headings, comments, metadata, HTML tags. No
 * numbers: words for them, names (K4, CIFAR-10), ordinals, what follows "Fig.", "eq.", "Table", …,
 * and years of citations; a vulgar fraction (½) is one. In math a relation (=, <, \approx, \to, …)
 * to a literal other than a plain 0 or 1 is a number, and so is math that is nothing but one, with
 * a unit or a \times or without. Code, a comment or HTML without an end is an error, because it
 * would hide what follows; so is a {claim=…} that pandoc takes for text.
 *
 * Columns count characters. Returns OV_OK also where numbers are wrong (see the report) or the
 * paper is unread; OV_EUSER if PATH can't be read, is no UTF-8 text, or pandoc fails; OV_EIO if
 * pandoc can't be started; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_paper_check(struct ov_paper_report *report, const char *path,
                                           const struct ov_claims *claims,
                                           const struct ov_experiment *const *experiments, size_t n,
                                           struct ov_error *err);
void ov_paper_report_free(struct ov_paper_report *report); /* NULL-safe */

#endif
