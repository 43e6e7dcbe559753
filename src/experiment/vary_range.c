/* SPDX-License-Identifier: MIT
 *
 * A range in `vary`, {from: 1e-3, to: 1, points: 20, spacing: log}: its ends as they are written, between
 * them numbers of six digits, whole where the key takes whole ones.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfyaml.h>

#include "experiment_internal.h"
#include "overlap/base/alloc.h"
#include "overlap/config/yaml.h"

enum { MOST_POINTS = 10000 };

static const char *const spacings[] = {"linear", "log", NULL};
static const struct ov_key range_keys[] = {
    {"from", OV_REAL, -1e300, 1e300, NULL, NULL, OV_REQUIRED, .doc = "the first value"},
    {"to", OV_REAL, -1e300, 1e300, NULL, NULL, OV_REQUIRED, .doc = "the last value"},
    {"points", OV_INT, 2, MOST_POINTS, NULL, NULL, OV_REQUIRED, .doc = "how many"},
    {"spacing", OV_WORD, 0, 0, spacings, NULL, "linear", .doc = "how they are spread"},
    {.name = NULL},
};

/* Value i of n, written; whole: to the nearest whole number. */
static void add_value(struct ov_text *t, double from, double to, double part, bool by_factors,
                      bool whole)
{
    double x = by_factors ? from * pow(to / from, part) : from + part * (to - from);
    char digits[40];
    snprintf(digits, sizeof digits, whole ? "%.0f" : "%.6g", x);
    ov_text_addf(t, "%s%s", t->len > 1 ? ", " : "", digits);
}

/* A list of what stands between the ends, in a document that the experiment keeps. */
static enum ov_status between(struct fy_node **list, struct ov_loading *l, struct ov_value *range,
                              const struct ov_axis *axis, bool whole)
{
    double from = ov_value_number(range, "from"), to = ov_value_number(range, "to");
    size_t n = (size_t)ov_value_number(range, "points");
    bool by_factors = strcmp(ov_value_string(range, "spacing"), "log") == 0;
    if (by_factors && !(from * to > 0.0))
        return OV_LOAD_FAIL(l, axis->list, "a range with spacing log needs ends of one sign");
    struct ov_text t = {0};
    ov_text_addf(&t, "[");
    for (size_t i = 1; i + 1 < n; i++)
        add_value(&t, from, to, (double)i / (double)(n - 1), by_factors, whole);
    ov_text_addf(&t, "]");
    if (t.failed)
        ov_out_of_memory(t.room);
    struct fy_document *doc = NULL;
    char *where = ov_xprintf("a range of %s", axis->name);
    enum ov_status status = ov_yaml_parse(&doc, t.s, t.len, where, l->err);
    if (status == OV_OK) {
        ov_documents_add(l->e, doc);
        *list = fy_document_root(doc);
    }
    l->failed |= status != OV_OK;
    free(where);
    ov_text_free(&t);
    return status;
}

static bool alike(struct fy_node *a, struct fy_node *b)
{
    double x, y;
    return ov_schema_number(&x, ov_word_of(a)) && ov_schema_number(&y, ov_word_of(b)) && x == y;
}

enum ov_status ov_axis_range(struct ov_axis *axis, const struct ov_key *key, struct ov_loading *l)
{
    struct ov_value range = {0};
    if (!(key->types & (OV_INT | OV_REAL)))
        return OV_LOAD_FAIL(l, axis->list, "'%s' takes no numbers: vary needs a list for it",
                            axis->name);
    enum ov_status status = ov_schema_read(&range, axis->list, range_keys, "range", l->err);
    struct fy_node *inner = NULL;
    bool whole = !(key->types & OV_REAL);
    l->failed |= status != OV_OK;
    if (status == OV_OK)
        status = between(&inner, l, &range, axis, whole);
    if (status == OV_OK) {
        axis->n = (size_t)ov_value_number(&range, "points");
        axis->value = ov_xcalloc(axis->n, sizeof(struct fy_node *));
        axis->value[0] = ov_value_get(&range, "from")->node;
        for (size_t i = 1; i + 1 < axis->n; i++)
            axis->value[i] = fy_node_sequence_get_by_index(inner, (int)i - 1);
        axis->value[axis->n - 1] = ov_value_get(&range, "to")->node;
        for (size_t i = 1; i < axis->n && status == OV_OK; i++)
            if (alike(axis->value[i], axis->value[i - 1]))
                status =
                    OV_LOAD_FAIL(l, ov_value_get(&range, "points")->node,
                                 "the range of '%s' has fewer than %zu different %s", axis->name,
                                 axis->n, whole ? "whole numbers" : "numbers of six digits");
    }
    ov_value_free(&range);
    return status;
}
