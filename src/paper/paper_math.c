/* SPDX-License-Identifier: MIT
 *
 * Numbers that math in Results sections states without a claim.
 */
#include "paper_scan_internal.h"

#include <ctype.h>
#include <string.h>

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return isalpha((unsigned char)c) != 0;
}

/* Past spaces and what spaces, aligns or signs in math at s[i]. */
static size_t skip_filling(const char *s, size_t i, size_t end)
{
    for (;;) {
        if (i + 1 < end && s[i] == '\\' && strchr(",;:!> ", s[i + 1]))
            i += 2;
        else if (i + 3 <= end && memcmp(s + i, "\xe2\x88\x92", 3) == 0)
            i += 3;
        else if (i + 3 <= end && (!memcmp(s + i, "\\pm", 3) || !memcmp(s + i, "\\mp", 3)))
            i += 3;
        else if (i < end && (isspace((unsigned char)s[i]) || strchr("{&~+-", s[i])))
            i++;
        else
            return i;
    }
}

/* The end of the relation at i, or i. */
static size_t relation(const char *s, size_t i, size_t end)
{
    static const char *const relations[] = {"=",
                                            "<",
                                            ">",
                                            "\\le",
                                            "\\leq",
                                            "\\ge",
                                            "\\geq",
                                            "\\ll",
                                            "\\gg",
                                            "\\approx",
                                            "\\simeq",
                                            "\\sim",
                                            "\\cong",
                                            "\\equiv",
                                            "\\lesssim",
                                            "\\gtrsim",
                                            "\\to",
                                            "\\rightarrow",
                                            "\\lt",
                                            "\\gt",
                                            "\\propto",
                                            "\xe2\x89\x88", /* ≈ */
                                            "\xe2\x89\xa4",
                                            "\xe2\x89\xa5",
                                            /* ≤ ≥ */ "\xe2\x86\x92" /* → */};
    for (size_t k = 0; k < sizeof relations / sizeof *relations; k++) {
        size_t n = strlen(relations[k]);
        bool word = relations[k][0] == '\\';
        if (i + n <= end && memcmp(s + i, relations[k], n) == 0 &&
            !(word && i + n < end && letter(s[i + n])))
            return i + n;
    }
    return i;
}

/* 0 and 1 are structure rather than data, unless more of a number follows: 1/2, 1 \times 10^{-3}.
 */
static bool is_trivial(const char *s, size_t i, size_t literal_end, size_t end)
{
    if (literal_end - i != 1 || s[i] > '1' || s[i] < '0')
        return false;
    size_t k = skip_filling(s, literal_end, end);
    if (k < end && s[k] == '/')
        k = skip_filling(s, k + 1, end);
    else if (k + 6 <= end && memcmp(s + k, "\\times", 6) == 0)
        k = skip_filling(s, k + 6, end);
    else if (k + 5 <= end && memcmp(s + k, "\\cdot", 5) == 0)
        k = skip_filling(s, k + 5, end);
    else
        return true;
    return !(k < end && digit(s[k]));
}

/* The end of the literal at i (".5" is one), or i. */
static size_t literal_end(const struct ov_paper_scan *p, size_t i, size_t end)
{
    size_t start = i + (i + 1 < end && p->s[i] == '.' && digit(p->s[i + 1]));
    if (start >= end || !digit(p->s[start]))
        return i;
    size_t stop = ov_paper_number_end(p, start);
    return stop < end ? stop : end;
}

/* Only a number, as $0.0364$ or $10^{-3}$: prose in disguise. */
static bool is_bare_number(const char *s, size_t i, size_t end)
{
    for (; i < end; i++) {
        if (i + 6 <= end && (memcmp(s + i, "\\times", 6) == 0))
            i += 5;
        else if (i + 5 <= end && memcmp(s + i, "\\cdot", 5) == 0)
            i += 4;
        else if (i + 3 <= end && memcmp(s + i, "\\pm", 3) == 0)
            i += 2;
        else if (!digit(s[i]) && !isspace((unsigned char)s[i]) && !strchr("+-.,^{}\\%/", s[i]))
            return false;
    }
    return true;
}

void ov_paper_math(struct ov_paper_scan *p, size_t from, size_t end)
{
    const char *s = p->s;
    size_t i = skip_filling(s, from, end), stop = literal_end(p, i, end);
    if (stop > i && is_bare_number(s, i, end) && !is_trivial(s, i, stop, end))
        ov_paper_complain(p, i, "number %.*s in math in a Results section has no claim",
                          (int)(stop - i), s + i);
    for (i = from; i < end; i++) {
        size_t after = relation(s, i, end);
        if (after == i)
            continue;
        size_t number = skip_filling(s, after, end);
        stop = literal_end(p, number, end);
        if (stop > number && !is_trivial(s, number, stop, end))
            ov_paper_complain(p, number, "number %.*s in math in a Results section has no claim",
                              (int)(stop - number), s + number);
        i = after - 1;
    }
}
