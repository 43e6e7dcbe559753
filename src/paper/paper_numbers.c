/* SPDX-License-Identifier: MIT
 *
 * Numbers that Results sections state without a claim.
 */
#include "paper_scan_internal.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return isalpha((unsigned char)c) != 0;
}

/* The character that ends before s[i]; 0 at the start. *length: its bytes. */
static uint32_t before(const char *s, size_t i, size_t *length)
{
    size_t k = i;
    uint32_t c = 0;
    unsigned shift = 0;
    while (k > 0 && i - k < 4) {
        unsigned char byte = (unsigned char)s[--k];
        if ((byte & 0xc0) != 0x80) {
            unsigned lead = (unsigned)(i - k); /* bytes of the character */
            *length = lead;
            return c | (uint32_t)(lead == 1 ? byte : byte & (0x7f >> lead)) << shift;
        }
        c |= (uint32_t)(byte & 0x3f) << shift;
        shift += 6;
    }
    *length = i - k;
    return 0;
}

/* Letters as far as names of quantities have them: Latin, Greek, Cyrillic, mathematical ones. */
static bool is_letter(uint32_t c)
{
    if (c < 0x80)
        return letter((char)c);
    return (c >= 0xc0 && c < 0x2b0 && c != 0xd7 && c != 0xf7) || (c >= 0x370 && c < 0x530) ||
           (c >= 0x1d400 && c < 0x1d7cc);
}

/* ---- what may stand in prose ---- */

size_t ov_paper_number_end(const struct ov_paper_scan *p, size_t i)
{
    const char *s = p->s;
    size_t k = i;
    while (k < p->n && (digit(s[k]) || ((s[k] == '.' || s[k] == ',') && k > i && k + 1 < p->n &&
                                        digit(s[k - 1]) && digit(s[k + 1]))))
        k++;
    if (k + 1 < p->n && (s[k] == 'e' || s[k] == 'E')) {
        size_t e = k + 1 + (s[k + 1] == '+' || s[k + 1] == '-');
        while (e < p->n && digit(s[e]))
            e++;
        k = digit(s[e - 1]) ? e : k;
    }
    return k;
}

/* Past "^-5^": an exponent belongs to the number before it. */
static size_t skip_power(const struct ov_paper_scan *p, size_t k)
{
    size_t e = k;
    if (e >= p->n || p->s[e] != '^')
        return k;
    for (e++; e < p->n && (digit(p->s[e]) || strchr("+-.", p->s[e])); e++)
        ;
    return e < p->n && p->s[e] == '^' ? e + 1 : k;
}

static bool whole(const struct ov_paper_scan *p, size_t i, size_t end)
{
    while (i < end && digit(p->s[i]))
        i++;
    return i == end;
}

/* K4, I3, v~0~, α2: part of a name; CIFAR-10 too, as far as it is a whole number. */
static bool is_name(const struct ov_paper_scan *p, size_t i, size_t end)
{
    size_t length = 0, more = 0;
    uint32_t c = before(p->s, i, &length), inner = before(p->s, i - length, &more);
    bool index = c == '_' && inner >= '0' && inner <= '9'; /* the 1 of R_0_1 */
    bool joins = c == '~' || c == '^' || c == '_' || (c == '-' && whole(p, i, end));
    return is_letter(c) || index || (joins && is_letter(inner));
}

/* 1st, 2nd, 3D: words that start with a digit. */
static bool is_ordinal(const struct ov_paper_scan *p, size_t i, size_t end)
{
    static const char *const ending[] = {"st", "nd", "rd", "th", "d"};
    size_t n = 0;
    while (end + n < p->n && letter(p->s[end + n]))
        n++;
    if (!whole(p, i, end))
        return false;
    for (size_t k = 0; k < sizeof ending / sizeof *ending; k++)
        if (n == strlen(ending[k]) && strncasecmp(p->s + end, ending[k], n) == 0)
            return true;
    return false;
}

/* Back over spaces (also "\ " and U+00A0). */
static size_t back_over_space(const char *s, size_t i)
{
    for (;;) {
        if (i > 0 && isspace((unsigned char)s[i - 1]))
            i -= i > 1 && s[i - 2] == '\\' ? 2 : 1;
        else if (i > 1 && memcmp(s + i - 2, "\xc2\xa0", 2) == 0)
            i -= 2;
        else
            return i;
    }
}

/* The word that ends before s[i], lower case; empty if there is none or it is long. Its start. */
static size_t word_before(char word[16], const char *s, size_t i)
{
    size_t k = i, n = 0;
    while (k > 0 && letter(s[k - 1]))
        k--;
    for (; k + n < i && n < 15; n++)
        word[n] = (char)tolower((unsigned char)s[k + n]);
    word[i - k > 15 ? 0 : n] = '\0';
    return k;
}

static bool is_among(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

/* 1: "Fig. ", "Section ", "eq. " before s[i]; 2: their plural; 0: neither. Only abbreviations have
 * a full stop: after others it ends a sentence. */
static int reference_word(const char *s, size_t i)
{
    static const char *const words[] = {"figure",  "section",  "equation", "table", "chapter",
                                        "theorem", "appendix", "footnote", "lemma", NULL};
    static const char *const abbreviations[] = {"fig", "sect", "sec", "eq", "tab",
                                                "ref", "chap", "app", NULL};
    char word[16];
    size_t k = back_over_space(s, i);
    k -= k > 0 && s[k - 1] == '('; /* eq. (4) */
    k = back_over_space(s, k);
    bool stop = k > 0 && s[k - 1] == '.';
    if (k == i && !stop)
        return 0;
    word_before(word, s, k - stop);
    int number = 1;
    size_t n = strlen(word);
    if (n > 1 && word[n - 1] == 's') {
        word[n - 1] = '\0';
        number = 2;
    }
    return is_among(word, abbreviations) || (!stop && is_among(word, words)) ? number : 0;
}

/* "Figs. 2 and 3", "eqs. 4–6": the second number of a plural reference. */
static bool continues_reference(const struct ov_paper_scan *p, size_t i)
{
    const char *s = p->s;
    char word[16];
    size_t k = back_over_space(s, i);
    k -= k > 0 && s[k - 1] == '(';
    size_t start = word_before(word, s, k);
    if (strcmp(word, "and") == 0 || strcmp(word, "to") == 0)
        k = start;
    else if (k > 2 && memcmp(s + k - 3, "\xe2\x80\x93", 3) == 0) /* en dash */
        k -= 3;
    else if (k > 0 && s[k - 1] == '-')
        k--;
    else
        return false;
    k = back_over_space(s, k);
    k -= k > 0 && s[k - 1] == ')';
    k -= k > 1 && letter(s[k - 1]) && digit(s[k - 2]); /* Figs. 2a and 3 */
    size_t end = k;
    while (k > 0 && digit(s[k - 1]))
        k--;
    return k < end && k > 0 && reference_word(s, k) == 2;
}

/* "(Goldt et al. 2019)": a year in parentheses, but not "(N = 2000)". */
static bool is_year(const struct ov_paper_scan *p, size_t i, size_t end)
{
    const char *s = p->s;
    if (end - i != 4 || !whole(p, i, end))
        return false;
    int year = atoi(s + i), depth = 0;
    size_t k = back_over_space(s, i);
    bool author = k > 0 && (letter(s[k - 1]) || strchr("(,;.", s[k - 1]));
    size_t after = end + (end < p->n && letter(s[end])); /* 2019a */
    bool closed = after < p->n && strchr("),;", s[after]);
    if (year < 1900 || year > 2100 || !author || !closed)
        return false;
    for (size_t n = 0; k > 0 && n < 300 && depth >= 0; n++) {
        k--;
        depth += s[k] == ')' ? 1 : s[k] == '(' ? -1 : 0;
    }
    return depth < 0;
}

/* "- ", "1. ", "2) " or "(3) " at s[i]: an item of a list. */
static bool is_item(const char *s, size_t i)
{
    if (strchr("-*+", s[i]) && s[i] && isspace((unsigned char)s[i + 1]))
        return true;
    i += s[i] == '(';
    size_t digits = strspn(s + i, "0123456789");
    return digits > 0 && (s[i + digits] == '.' || s[i + digits] == ')') &&
           isspace((unsigned char)s[i + digits + 1]);
}

static size_t line_start(const char *s, size_t i)
{
    while (i > 0 && s[i - 1] != '\n')
        i--;
    return i;
}

/* The number of an item, in a paragraph that starts with one: elsewhere "5. " may end a sentence.
 */
static bool is_list_mark(const struct ov_paper_scan *p, size_t i)
{
    static const char indent[] = " \t>";
    const char *s = p->s;
    size_t item = i - (i > 0 && s[i - 1] == '('), line = item;
    while (line > 0 && strchr(indent, s[line - 1]))
        line--;
    if ((line > 0 && s[line - 1] != '\n') || !is_item(s, item))
        return false;
    for (int n = 0; n < 500 && line > 0; n++) {
        size_t above = line_start(s, line - 1);
        bool blank = above + strspn(s + above, " \t\r>") >= line - 1;
        if (blank || p->mark[above] & OV_MARK_HIDDEN)
            break;
        line = above;
    }
    return is_item(s, line + strspn(s + line, indent));
}

static bool is_fine(const struct ov_paper_scan *p, size_t i, size_t end)
{
    return is_name(p, i, end) || is_ordinal(p, i, end) || (i > 0 && reference_word(p->s, i)) ||
           continues_reference(p, i) || is_year(p, i, end) || is_list_mark(p, i);
}

void ov_paper_numbers(struct ov_paper_scan *p)
{
    const unsigned skipped = OV_MARK_HIDDEN | OV_MARK_COVERED;
    for (size_t i = 0; i < p->n;) {
        size_t end = i + 1;
        if (!(p->mark[i] & OV_MARK_RESULTS) || (p->mark[i] & skipped)) {
            i = end;
            continue;
        }
        if (p->mark[i] & OV_MARK_MATH) {
            while (end < p->n && (p->mark[end] & OV_MARK_MATH) && !(p->mark[end] & skipped))
                end++;
            ov_paper_math(p, i, end);
        } else if (digit(p->s[i])) {
            end = ov_paper_number_end(p, i);
            if (!is_fine(p, i, end))
                ov_paper_complain(p, i,
                                  "number %.*s in a Results section has no claim; write "
                                  "[%.*s]{claim=\"EXPERIMENT.ID\"}",
                                  (int)(end - i), p->s + i, (int)(end - i), p->s + i);
            end = skip_power(p, end);
        }
        i = end;
    }
}
