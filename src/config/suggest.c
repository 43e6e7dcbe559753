/* SPDX-License-Identifier: MIT
 *
 * The word that was probably meant.
 */
#include "overlap/config/schema.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Costs are counted in halves, so that a wrong case is half an edit. */
enum { EDIT = 2, CASE = 1, LONGEST = 63 };

static size_t change(char a, char b)
{
    if (a == b)
        return 0;
    return tolower((unsigned char)a) == tolower((unsigned char)b) ? CASE : EDIT;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edit distance with swaps of neighbours (optimal string alignment), three rows at a time. */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
    size_t row[3][LONGEST + 1];
    for (size_t j = 0; j <= m; j++)
        row[0][j] = j * EDIT;
    for (size_t i = 1; i <= n; i++) {
        size_t *now = row[i % 3], *above = row[(i + 2) % 3], *higher = row[(i + 1) % 3];
        now[0] = i * EDIT;
        for (size_t j = 1; j <= m; j++) {
            now[j] = smaller(above[j], now[j - 1]) + EDIT;
            now[j] = smaller(now[j], above[j - 1] + change(a[i - 1], b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = smaller(now[j], higher[j - 2] + EDIT);
        }
    }
    return row[n % 3][m];
}

/* What others call it: the first of these that there is. */
static const char *by_another_name(const char *word, const char *const *names)
{
    static const struct {
        const char *word, *name;
    } known[] = {{"learning_rate", "eta_w"},
                 {"learning_rate", "eta"},
                 {"learning_rate", "gamma"},
                 {"lr", "eta_w"},
                 {"lr", "eta"},
                 {"lr", "gamma"},
                 {"batch_size", "batch"},
                 {"hidden_units", "K"},
                 {"input_dim", "N"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        for (size_t j = 0; strcasecmp(word, known[i].word) == 0 && names[j]; j++)
            if (strcmp(names[j], known[i].name) == 0)
                return names[j];
    return NULL;
}

const char *ov_suggest(const char *word, const char *const *names)
{
    size_t n = strlen(word);
    const char *other = by_another_name(word, names);
    if (other)
        return other;
    if (n == 0 || n > LONGEST)
        return NULL;
    size_t limit = smaller(EDIT + EDIT * n / 3, EDIT * n - 1);
    const char *nearest = NULL;
    for (; *names; names++) {
        size_t m = strlen(*names);
        if (m > LONGEST)
            continue;
        size_t d = distance(word, n, *names, m);
        if (d > limit || (nearest && d == limit))
            continue;
        nearest = *names;
        limit = d;
    }
    return nearest;
}

struct ov_hint ov_hint(const char *word, const char *const *names)
{
    struct ov_hint hint = {""};
    const char *near = names ? ov_suggest(word, names) : NULL;
    if (near && strcmp(near, word) != 0)
        snprintf(hint.text, sizeof hint.text, "; did you mean '%.256s'?", near);
    return hint;
}
