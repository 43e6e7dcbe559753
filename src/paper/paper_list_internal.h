/* SPDX-License-Identifier: MIT
 *
 * What of a Markdown text matters to a checker of numbers, as pandoc reads it, and what was found
 * out about it.
 */
#ifndef OVERLAP_PAPER_PAPER_LIST_INTERNAL_H
#define OVERLAP_PAPER_PAPER_LIST_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/base/text.h"
#include "overlap/claims/claims.h"

enum ov_paper_kind {
    OV_PAPER_SPAN,   /* [text]{key=value …}, with at least one key */
    OV_PAPER_NUMBER, /* in prose of a Results section, without a claim */
    OV_PAPER_MATH,   /* the same in math */
    OV_PAPER_OPEN,   /* something that hides the rest of the text; field[0] says what */
    OV_PAPER_STRAY   /* "{claim=" that is text; field[0] is the key */
};

/* A line of src/tools/paper_list.lua. All offsets are bytes, half-open. */
struct ov_paper_item {
    enum ov_paper_kind kind;
    size_t at;             /* where it starts */
    size_t text, text_end; /* SPAN: what is between the brackets */
    size_t end;            /* SPAN: behind the '}' */
    char **field;          /* (n_field) SPAN: keys and values by turns; NUMBER, MATH: the digits */
    size_t n_field;
};

/* What was found at a place: FAIL and what is wrong; PASS or SKIPPED and the checked number. */
struct ov_paper_issue {
    size_t offset;
    enum ov_verdict verdict;
    char *text;
};

struct ov_paper_list {
    const char *s; /* (n) not owned; s[n] is '\0' */
    size_t n;
    struct ov_paper_item *item; /* (n_item) */
    size_t n_item;
    struct ov_paper_issue *issue; /* (n_issue) in any order */
    size_t n_issue;
    char *lines;  /* what the items' texts point into; owned */
    bool failed;  /* out of memory at some time */
    bool missing; /* pandoc is not there: no items */
};

/* Reads a paper of at most 16 MiB.
 *   out  text  the file; owned by the caller, who keeps it as long as the list
 * OV_OK, also where pandoc is missing; OV_EUSER if PATH can't be read, is no UTF-8 or holds a zero
 * byte, or if pandoc fails; OV_EIO; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_paper_open(struct ov_paper_list *p, struct ov_text *text,
                                          const char *path, struct ov_error *err);
void ov_paper_list_free(struct ov_paper_list *p); /* NULL-safe */

/* Adds an issue at s[offset]: what is wrong. */
void ov_paper_complain(struct ov_paper_list *p, size_t offset, const char *fmt, ...)
    OV_PRINTF(3, 4);
/* Adds an issue at s[offset]: the claim is not PASS. */
void ov_paper_refuse(struct ov_paper_list *p, size_t offset, const struct ov_claim *claim);
/* Adds s[offset..end), a number that was checked, or skipped. */
void ov_paper_note(struct ov_paper_list *p, size_t offset, size_t end, enum ov_verdict verdict);

#endif
