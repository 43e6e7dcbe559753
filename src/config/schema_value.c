/* SPDX-License-Identifier: MIT
 *
 * One value of YAML against one row: types, ranges, words.
 */
#include "schema_value_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libfyaml.h>

#include "overlap/base/alloc.h"

/* ---- what is in a node ---- */

bool ov_schema_number(double *x, const char *text)
{
    const char *c = text + (*text == '+' || *text == '-');
    size_t digits = strspn(c, "0123456789");
    c += digits;
    if (*c == '.') {
        size_t more = strspn(c + 1, "0123456789");
        digits += more;
        c += 1 + more;
    }
    if (digits == 0)
        return false;
    if (*c == 'e' || *c == 'E') {
        c += 1 + (c[1] == '+' || c[1] == '-');
        if (strspn(c, "0123456789") == 0)
            return false;
        c += strspn(c, "0123456789");
    }
    *x = strtod(text, NULL);
    return *c == '\0' && isfinite(*x);
}

/* The text of a scalar; NULL for a collection and for a text with zero bytes in it. */
static const char *text_of(struct fy_node *node)
{
    if (!node || !fy_node_is_scalar(node))
        return NULL;
    const char *s = fy_node_get_scalar0(node);
    return s && strlen(s) == fy_node_get_scalar_length(node) ? s : NULL;
}

static bool is_plain(struct fy_node *node)
{
    return fy_node_get_style(node) == FYNS_PLAIN;
}

/* `key:` without a value, or an explicit null. */
bool ov_node_is_nothing(struct fy_node *node)
{
    if (!node)
        return true;
    if (!fy_node_is_scalar(node) || !is_plain(node))
        return false;
    const char *s = fy_node_get_scalar0(node);
    return !s || !*s || strcmp(s, "~") == 0 || strcmp(s, "null") == 0;
}

/* A node for people: its text as written, shortened, or what kind of collection it is. */
static const char *shown(char buffer[64], struct fy_node *node)
{
    if (node && fy_node_is_sequence(node))
        return "a list";
    if (node && fy_node_is_mapping(node))
        return "a map";
    const char *s = text_of(node);
    if (!s)
        return "this";
    const char *quoted = is_plain(node) ? "" : " in quotes";
    size_t n = strlen(s), kept = n;
    if (n > 32)
        for (kept = 30; kept > 0 && ((unsigned char)s[kept] & 0xc0) == 0x80;)
            kept--;
    snprintf(buffer, 64, "'%.*s%s'%s", (int)kept, s, kept < n ? "\xe2\x80\xa6" : "", quoted);
    return buffer;
}

/* ---- messages ---- */

static void add_or(struct ov_text *t, const char *what)
{
    ov_text_addf(t, "%s%s", t->len ? " or " : "", what);
}

static void add_names(struct ov_text *t, const char *const *names)
{
    for (size_t i = 0; names[i]; i++)
        ov_text_addf(t, "%s%s", i ? ", " : "", names[i]);
}

/* "a whole number or a list of numbers". */
void ov_schema_expected(struct ov_text *t, const struct ov_key *key)
{
    unsigned types = key->types;
    if (types & OV_INT && !(types & OV_REAL))
        add_or(t, "a whole number");
    if (types & OV_REAL)
        add_or(t, "a number");
    if (types & OV_BOOL)
        add_or(t, "true or false");
    if (types & OV_WORD) {
        add_or(t, "one of ");
        add_names(t, key->words);
    }
    if (types & OV_STRING)
        add_or(t, "a text");
    if (types & OV_LIST)
        add_or(t, "a list of numbers");
    if (types & OV_MATRIX)
        add_or(t, "a matrix (rows of numbers, of equal length)");
    if (types & OV_STRINGS)
        add_or(t, "a list of texts");
    if (types & OV_MATRICES)
        add_or(t, "a list of matrices");
    if (types & OV_MAPS)
        add_or(t, "a list of maps");
    if (types & OV_MAP)
        add_or(t, "a map");
}

/* " with max, min, points, spacing", where the map is what was probably meant. */
static void add_map_keys(struct ov_text *t, const struct ov_key *key)
{
    if (!(key->types & OV_MAP) || key->types & (OV_WORD | OV_STRING | OV_BOOL | OV_INT))
        return;
    for (const struct ov_key *k = key->map; k && k->name; k++)
        ov_text_addf(t, "%s%s", k == key->map ? " with " : ", ", k->name);
}

/* Other words for true and false, as other YAML has them. */
static const char *truth_of(const char *s)
{
    static const char *const yes[] = {"yes", "on", "y", "true", "1"};
    static const char *const no[] = {"no", "off", "n", "false", "0"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (strcasecmp(s, yes[i]) == 0)
            return "; write true";
        if (strcasecmp(s, no[i]) == 0)
            return "; write false";
    }
    return "";
}

void ov_mistyped(struct ov_reading *r, const struct ov_key *key, struct fy_node *node)
{
    struct ov_text t = {0};
    char buffer[64];
    ov_schema_expected(&t, key);
    add_map_keys(&t, key);
    const char *s = text_of(node);
    bool word = s && key->types & OV_WORD;
    const char *truth = key->types & OV_BOOL && s ? truth_of(s) : "";
    OV_MISTAKE(r, node, "%s must be %s, not %s%s", key->name, t.s, shown(buffer, node),
               *truth ? truth
               : word ? ov_hint(s, key->words).text
                      : "");
    ov_text_free(&t);
}

static bool in_range(const struct ov_key *key, double x)
{
    bool unlimited = key->min == 0 && key->max == 0;
    return unlimited || (x >= key->min && x <= key->max);
}

static void out_of_range(struct ov_reading *r, const struct ov_key *key, struct fy_node *node)
{
    struct ov_text t = {0};
    char buffer[64];
    if (isfinite(key->min) && isfinite(key->max)) {
        ov_text_addf(&t, "from ");
        ov_text_add_number(&t, key->min);
        ov_text_addf(&t, " to ");
        ov_text_add_number(&t, key->max);
    } else {
        ov_text_addf(&t, isfinite(key->min) ? "at least " : "at most ");
        ov_text_add_number(&t, isfinite(key->min) ? key->min : key->max);
    }
    OV_MISTAKE(r, node, "%s must be %s, not %s", key->name, t.s ? t.s : "", shown(buffer, node));
    ov_text_free(&t);
}

/* ---- values ---- */

/* Checks a number that was read: in range, and whole where it has to be. */
static void number_check(struct ov_reading *r, double x, const struct ov_key *key,
                         struct fy_node *node)
{
    bool whole = x == floor(x) && fabs(x) <= 9007199254740992.0;
    if (key->types & OV_INT && !(key->types & OV_REAL) && !whole)
        ov_mistyped(r, key, node);
    else if (!in_range(key, x))
        out_of_range(r, key, node);
}

static bool is_word(const struct ov_key *key, const char *s)
{
    for (const char *const *w = key->words; key->types & OV_WORD && *w; w++)
        if (strcmp(*w, s) == 0)
            return true;
    return false;
}

bool ov_value_scalar(struct ov_value *v, const char *s, bool plain)
{
    unsigned types = v->key->types;
    if (plain && types & OV_BOOL && (!strcmp(s, "true") || !strcmp(s, "false"))) {
        v->type = OV_BOOL;
        v->number = s[0] == 't';
    } else if (plain && types & (OV_INT | OV_REAL) && ov_schema_number(&v->number, s)) {
        v->type = types & OV_REAL ? OV_REAL : OV_INT;
    } else if (is_word(v->key, s)) {
        v->type = OV_WORD;
        v->string = ov_xstrdup(s);
    } else if (*s && types & OV_STRING) {
        v->type = OV_STRING;
        v->string = ov_xstrdup(s);
    } else {
        return false;
    }
    return true;
}

static void scalar_read(struct ov_reading *r, struct ov_value *v, struct fy_node *node)
{
    const char *s = text_of(node);
    if (!s || !ov_value_scalar(v, s, is_plain(node)))
        ov_mistyped(r, v->key, node);
    else if (v->type == OV_INT || v->type == OV_REAL)
        number_check(r, v->number, v->key, node);
}

static void numbers_read(struct ov_reading *r, double *x, const struct ov_key *key,
                         struct fy_node *node)
{
    void *i = NULL;
    struct fy_node *element;
    for (; (element = fy_node_sequence_iterate(node, &i)); x++) {
        const char *s = text_of(element);
        if (!s || !is_plain(element) || !ov_schema_number(x, s))
            ov_mistyped(r, key, element);
        else if (!in_range(key, *x))
            out_of_range(r, key, element);
    }
}

static void list_read(struct ov_reading *r, struct ov_value *v, struct fy_node *node)
{
    v->type = OV_LIST;
    v->cols = (size_t)fy_node_sequence_item_count(node);
    v->rows = 1;
    v->array = ov_xcalloc(v->cols, sizeof *v->array);
    numbers_read(r, v->array, v->key, node);
}

static void matrix_read(struct ov_reading *r, struct ov_value *v, struct fy_node *node)
{
    v->type = OV_MATRIX;
    size_t rows = (size_t)fy_node_sequence_item_count(node);
    size_t cols = (size_t)fy_node_sequence_item_count(fy_node_sequence_get_by_index(node, 0));
    v->array = ov_xcalloc(rows * cols, sizeof *v->array);
    void *i = NULL;
    struct fy_node *row;
    for (size_t k = 0; (row = fy_node_sequence_iterate(node, &i)); k++) {
        size_t n = fy_node_is_sequence(row) ? (size_t)fy_node_sequence_item_count(row) : 0;
        if (!fy_node_is_sequence(row))
            ov_mistyped(r, v->key, row);
        else if (n == 0)
            OV_MISTAKE(r, row, "%s has an empty row", v->key->name);
        else if (n != cols)
            OV_MISTAKE(r, row, "row %zu of %s has length %zu, row 0 has length %zu", k,
                       v->key->name, n, cols);
        else
            numbers_read(r, v->array + k * cols, v->key, row);
    }
    v->rows = rows;
    v->cols = cols;
}

static void strings_read(struct ov_reading *r, struct ov_value *v, struct fy_node *node)
{
    v->type = OV_STRINGS;
    size_t n = (size_t)fy_node_sequence_item_count(node);
    v->strings = ov_xcalloc(n, sizeof *v->strings);
    void *i = NULL;
    struct fy_node *element;
    while ((element = fy_node_sequence_iterate(node, &i))) {
        const char *s = text_of(element);
        if (s && *s)
            v->strings[v->cols++] = ov_xstrdup(s);
        else
            ov_mistyped(r, v->key, element);
    }
}

static void matrices_read(struct ov_reading *r, struct ov_value *v, struct fy_node *node)
{
    v->type = OV_MATRICES;
    v->item = ov_xcalloc((size_t)fy_node_sequence_item_count(node), sizeof *v->item);
    void *i = NULL;
    struct fy_node *element;
    while ((element = fy_node_sequence_iterate(node, &i))) {
        struct ov_value *matrix = &v->item[v->n_item++];
        *matrix = (struct ov_value){.key = v->key, .node = element, .read = true};
        if (fy_node_is_sequence(element) &&
            fy_node_is_sequence(fy_node_sequence_get_by_index(element, 0)))
            matrix_read(r, matrix, element);
        else
            ov_mistyped(r, v->key, element);
    }
}

static void sequence_read(struct ov_reading *r, struct ov_value *v, struct fy_node *node)
{
    unsigned types = v->key->types;
    struct fy_node *first = fy_node_sequence_get_by_index(node, 0);
    if (!(types & (OV_LIST | OV_MATRIX | OV_STRINGS | OV_MATRICES | OV_MAPS)))
        ov_mistyped(r, v->key, node);
    else if (!first)
        OV_MISTAKE(r, node, "%s is an empty list", v->key->name);
    else if (types & OV_MATRICES)
        matrices_read(r, v, node);
    else if (types & OV_MATRIX && (fy_node_is_sequence(first) || types == OV_MATRIX))
        fy_node_is_sequence(first) ? matrix_read(r, v, node) : ov_mistyped(r, v->key, node);
    else if (types & OV_LIST)
        list_read(r, v, node);
    else if (types & OV_STRINGS)
        strings_read(r, v, node);
    else
        ov_mistyped(r, v->key, node);
}

void ov_value_read(struct ov_reading *r, struct ov_value *v, struct fy_node *node)
{
    if (fy_node_is_sequence(node))
        sequence_read(r, v, node);
    else if (fy_node_is_scalar(node))
        scalar_read(r, v, node);
    else
        ov_mistyped(r, v->key, node);
}
