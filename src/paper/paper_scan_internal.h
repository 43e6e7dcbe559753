/* SPDX-License-Identifier: MIT
 *
 * What of paper.md is prose. The scanner knows pandoc's Markdown as far as a checker of numbers
 * needs it, and where it is in doubt it takes text for prose: a number too many is reported rather
 * than one too few.
 */
#ifndef OVERLAP_PAPER_PAPER_SCAN_INTERNAL_H
#define OVERLAP_PAPER_PAPER_SCAN_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/claims/claims.h"

/* Marks of a byte; none: prose outside of a Results section. */
enum ov_mark {
    OV_MARK_HIDDEN = 1,  /* code, link target, citation, attribute, heading, comment, tag, … */
    OV_MARK_MATH = 2,    /* inside of $…$ or $$…$$; the dollars themselves are hidden */
    OV_MARK_LITERAL = 4, /* prose that means itself: after a backslash */
    OV_MARK_COVERED = 8, /* the number of a span with a claim or a param */
    OV_MARK_RESULTS = 16 /* in a Results section; beside any of the others */
};

/* [text]{attributes}: offsets of the '[' and, half-open, of what is inside. */
struct ov_paper_span {
    size_t open, text, text_end, attributes, attributes_end;
};

/* What was found at a place: FAIL and what is wrong; PASS or SKIPPED and the checked number. */
struct ov_paper_issue {
    size_t offset;
    enum ov_verdict verdict;
    char *text;
};

struct ov_paper_scan {
    const char *s; /* (n) not owned; s[n] is '\0' */
    size_t n;
    unsigned char *mark;          /* (n) enum ov_mark, or-ed */
    struct ov_paper_span *span;   /* (n_span) */
    struct ov_paper_issue *issue; /* (n_issue) what was found, in any order */
    size_t n_span, n_issue;
    bool failed; /* out of memory at some time */
};

/* Marks s[0..n), where s[n] is '\0' and no other byte is. What keeps its end open (fence, comment)
 * is an issue. OV_OK or OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_paper_scan(struct ov_paper_scan *p, const char *s, size_t n);
void ov_paper_scan_free(struct ov_paper_scan *p); /* NULL-safe */

/* Adds an issue at s[offset]: what is wrong. */
void ov_paper_complain(struct ov_paper_scan *p, size_t offset, const char *fmt, ...)
    OV_PRINTF(3, 4);
/* Adds an issue at s[offset]: the claim is not PASS. */
void ov_paper_refuse(struct ov_paper_scan *p, size_t offset, const struct ov_claim *claim);
/* Adds s[offset..end), a number that was checked, or skipped. */
void ov_paper_note(struct ov_paper_scan *p, size_t offset, size_t end, enum ov_verdict verdict);
/* Sets marks of s[from..end). */
void ov_paper_mark(struct ov_paper_scan *p, size_t from, size_t end, enum ov_mark mark);

/* Inline constructs of the paragraph s[from..end). Returns where to go on: end, or further where a
 * comment goes beyond it. (paper_inline.c) */
size_t ov_paper_inline(struct ov_paper_scan *p, size_t from, size_t end);

/* Every number in prose, and every relation to a literal in math, of the Results sections that is
 * not covered becomes an issue. (paper_numbers.c) */
void ov_paper_numbers(struct ov_paper_scan *p);
/* The end of the number at digit i: digits, points or commas between them, an exponent. */
size_t ov_paper_number_end(const struct ov_paper_scan *p, size_t i);

/* The same for the math s[from..end). (paper_math.c) */
void ov_paper_math(struct ov_paper_scan *p, size_t from, size_t end);

#endif
