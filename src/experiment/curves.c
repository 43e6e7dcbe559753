/* SPDX-License-Identifier: MIT
 *
 * The list of curves: each entry is one curve, or by its `vary` the product of several lists.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfyaml.h>

#include "experiment_internal.h"
#include "overlap/base/alloc.h"
#include "overlap/base/check.h"

enum { MOST_CURVES = 10000, LONGEST_ID = 100, MOST_FAILURES = 20 };
static const double most_rows = 1e7;

/* ---- reading an entry ---- */

static enum ov_status check_id(struct ov_loading *l, struct fy_node *node, const char *id)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
    if (!*id || strlen(id) > LONGEST_ID)
        return OV_LOAD_FAIL(l, node, "the id of a curve is a text of 1 to %d characters",
                            LONGEST_ID);
    if (id[strspn(id, allowed)] || id[0] == '.' || id[0] == '-')
        return OV_LOAD_FAIL(
            l, node,
            "the id '%s' can't be a file name here: letters, digits, '_', '.', '-', "
            "not starting with '.' or '-'",
            id);
    return OV_OK;
}

static enum ov_status split_entry(struct ov_entry *entry, struct ov_loading *l)
{
    void *i = NULL;
    struct fy_node_pair *pair;
    while ((pair = fy_node_mapping_iterate(entry->node, &i))) {
        struct fy_node *key = fy_node_pair_key(pair), *value = fy_node_pair_value(pair);
        const char *name = ov_word_of(key);
        if (!name)
            OV_LOAD_FAIL(l, key ? key : entry->node, "a key must be a word");
        else if (!*name) /* which has no place of its own */
            OV_LOAD_FAIL(l, entry->node, "a key is empty: there is a ':' with nothing before it");
        else if (strcmp(name, "id") == 0)
            entry->id = value;
        else if (strcmp(name, "vary") == 0)
            entry->vary = value ? value : key;
        else
            entry->own[entry->n_own++] = (struct ov_given){name, key, value, false};
    }
    entry->group = ov_word_of(entry->id);
    if (!entry->group)
        return OV_LOAD_FAIL(l, entry->id ? entry->id : entry->node,
                            "a curve needs an 'id', a word");
    return check_id(l, entry->id, entry->group);
}

/* ---- making curves ---- */

static void add_id(struct ov_text *id, const struct ov_axis *axis, struct fy_node *value)
{
    double x;
    struct ov_text shown = {0};
    if (ov_schema_number(&x, ov_word_of(value)))
        ov_text_add_number(&shown, x);
    else
        ov_text_addf(&shown, "%s", ov_word_of(value));
    ov_text_addf(id, "-%s", axis->name);
    for (size_t i = 0; i < shown.len; i++) /* 1e+20 is 1e20 in a file name */
        if (shown.s[i] != '+')
            ov_text_add(id, shown.s + i, 1);
    id->failed |= shown.failed;
    ov_text_free(&shown);
}

/* The number for a tier: its own, else that of the next smaller tier given, else of the next
 * larger. */
static struct ov_value *tier_number(struct ov_value *map, enum ov_tier tier)
{
    struct ov_value *smaller = NULL, *larger = NULL;
    for (int t = OV_QUICK; t <= OV_FULL; t++) {
        struct ov_value *given = ov_value_get(map, ov_tier_names[t]);
        if (given && t <= (int)tier)
            smaller = given;
        else if (given && !larger)
            larger = given;
    }
    return smaller ? smaller : larger;
}

/* A key whose map is ov_tier_keys becomes the plain number for the tier. */
static enum ov_status pick_tiers(struct ov_loading *l, struct ov_value *map)
{
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < map->n_item; i++) {
        struct ov_value *v = &map->item[i];
        if (v->type != OV_MAP)
            continue;
        if (v->keys != ov_tier_keys) {
            if (pick_tiers(l, v) != OV_OK)
                status = OV_EUSER;
            continue;
        }
        const struct ov_value *picked = tier_number(v, l->options->tier);
        if (!picked)
            status = OV_LOAD_FAIL(l, v->node, "%s has no number for any tier", v->key->name);
        v->type = OV_INT;
        v->number = picked ? picked->number : 0;
    }
    return status;
}

/* Of a side in pieces, each has the same number of rows and begins at a time of its own. */
static bool has_whole_pieces(const struct ov_side_plan *s)
{
    size_t n = ov_side_piece_rows(s);
    return s->n_row % ov_side_pieces(s) == 0 && n % (s->n_each > 1 ? s->n_each : 1) == 0 &&
           (ov_side_pieces(s) == 1 || s->group == 1) &&
           (s->n_array == 0 || (s->group == 1 && ov_side_pieces(s) == 1));
}

/* What every system has to fill in: times that increase (n_each rows each), columns that are named once and come in
 * the order of their roles, modules, the text of keys. */
static bool is_whole(const struct ov_side_plan *s)
{
    bool whole = s->n_row > 0 && s->n_col > 1 && s->group > 0 && s->module[0] &&
                 s->parameters.len > 0 && s->columns_doc.len > 0 &&
                 s->column[0].role == OV_ROLE_TIME && !s->column[0].may_be_nan &&
                 has_whole_pieces(s);
    for (size_t j = 1; whole && j < s->n_row; j++)
        whole = s->n_each > 1 && j % s->n_each != 0 ? s->time[j] == s->time[j - 1]
                                                    : s->time[j] > s->time[j - 1];
    for (size_t i = 1; whole && i < s->n_col; i++) {
        whole = s->column[i].role >= s->column[i - 1].role;
        for (size_t k = 0; whole && k < i; k++)
            whole = strcmp(s->column[i].name, s->column[k].name) != 0;
    }
    return whole;
}

/* What has no seed has no random numbers. */
static void take_stream(struct ov_curve *curve, uint64_t stream)
{
    curve->stream = stream > 1 ? stream : 1;
    for (size_t i = 0; i < 2 && stream > 1; i++)
        if (curve->side[i].n_run > 0 && curve->side[i].first > 0)
            ov_text_addf(&curve->side[i].parameters, "stream: %" PRIu64 "\n", stream);
}

static enum ov_status read_curve(struct ov_loading *l, struct ov_curve *curve,
                                 const struct ov_entry *entry, const struct ov_given *varied,
                                 size_t n_varied)
{
    size_t n = l->n_default;
    struct ov_given *given = ov_xcalloc(n + entry->n_own + n_varied + l->n_set + 1, sizeof *given);
    if (n)
        memcpy(given, l->given, n * sizeof *given);
    for (size_t i = 0; i < entry->n_own; i++)
        given[n++] = entry->own[i];
    for (size_t i = 0; i < n_varied; i++)
        given[n++] = varied[i];
    ov_settings_apply(given, &n, l, curve->id, curve->group);
    const struct ov_system *system = l->e->system;
    enum ov_status status =
        ov_schema_read_given(&curve->params, entry->node, given, n, system->keys, "curve", l->err);
    if (status == OV_OK)
        status = pick_tiers(l, &curve->params);
    curve->params.dir = l->e->dir;
    curve->fails_if_diverged = l->e->fails_if_diverged;
    const struct ov_value *on_divergence =
        status == OV_OK ? ov_value_get(&curve->params, "on_divergence") : NULL;
    if (on_divergence)
        curve->fails_if_diverged = strcmp(on_divergence->string, ov_on_divergence[1]) == 0;
    if (status == OV_OK && system->state_size > 0)
        curve->state = ov_xcalloc(1, system->state_size);
    if (status == OV_OK)
        status = system->plan(curve, l->err);
    if (status == OV_OK)
        take_stream(curve, l->options->stream);
    const struct ov_side_plan *side = curve->side;
    if (status == OV_ENOMEM || curve->problem.failed || side[0].failed || side[1].failed ||
        side[0].parameters.failed || side[1].parameters.failed)
        ov_out_of_memory(0);
    for (size_t i = 0; i < 2 && status == OV_OK; i++)
        OV_CHECK(side[i].n_run == 0 || is_whole(&side[i]));
    free(given);
    l->failed |= status != OV_OK;
    return status;
}

/* Where the odometer `at` stands: its values as given keys, and the id that they make. */
static enum ov_status make_curve(struct ov_loading *l, const struct ov_entry *entry,
                                 const size_t *at)
{
    struct ov_given varied[OV_MOST_AXES];
    struct ov_text id = {0};
    ov_text_addf(&id, "%s", entry->group);
    for (size_t i = 0; i < entry->n_axis; i++) {
        const struct ov_axis *axis = &entry->axis[i];
        struct fy_node *value = axis->value[at[i]];
        varied[i] =
            (struct ov_given){axis->name, axis->key, value, strchr(axis->name, '.') != NULL};
        add_id(&id, axis, value);
    }
    if (id.failed)
        ov_out_of_memory(id.room);
    l->e->curve = ov_xrealloc(l->e->curve, l->e->n_curve + 1, sizeof *l->e->curve);
    struct ov_curve *curve = &l->e->curve[l->e->n_curve++];
    *curve = (struct ov_curve){.id = id.s, .group = ov_xstrdup(entry->group)};
    enum ov_status status = check_id(l, entry->vary ? entry->vary : entry->id, curve->id);
    return status == OV_OK ? read_curve(l, curve, entry, varied, entry->n_axis) : status;
}

/* The odometer's next place; false at its end. All wheels at once where the axes are zipped. */
static bool go_on(size_t *at, const struct ov_entry *entry)
{
    size_t i = entry->n_axis;
    for (size_t k = 0; entry->zip && k < entry->n_axis; k++)
        at[k]++;
    if (entry->zip)
        return at[0] < entry->axis[0].n;
    for (; i > 0 && ++at[i - 1] == entry->axis[i - 1].n; i--)
        at[i - 1] = 0;
    return i > 0;
}

static void make_curves(struct ov_loading *l, const struct ov_entry *entry, size_t *failures)
{
    size_t at[OV_MOST_AXES] = {0}, i;
    double total = (double)l->e->n_curve, product = 1;
    for (i = 0; i < (entry->zip ? 1 : entry->n_axis); i++)
        product *= (double)entry->axis[i].n;
    if (total + product > MOST_CURVES) {
        OV_LOAD_FAIL(l, entry->vary ? entry->vary : entry->node,
                     "%.0f curves with this one, at most %d are possible", total + product,
                     MOST_CURVES);
        return;
    }
    do
        *failures += make_curve(l, entry, at) != OV_OK;
    while (go_on(at, entry) && *failures <= MOST_FAILURES);
}

static void read_entry(struct ov_loading *l, struct fy_node *node, size_t *failures)
{
    if (!node || !fy_node_is_mapping(node)) {
        OV_LOAD_FAIL(l, node, "a curve must be a map of keys and values");
        return;
    }
    struct ov_entry entry = {.node = node};
    entry.own = ov_xcalloc((size_t)fy_node_mapping_item_count(node) + 1, sizeof *entry.own);
    if (split_entry(&entry, l) == OV_OK && ov_axes_read(&entry, l) == OV_OK)
        make_curves(l, &entry, failures);
    for (size_t i = 0; i < entry.n_axis; i++)
        free(entry.axis[i].value);
    free(entry.own);
}

/* ---- the whole list ---- */

struct named {
    const char *id;
    size_t curve;
};

static int by_id(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int order = strcmp(x->id, y->id);
    return order ? order : (x->curve > y->curve) - (x->curve < y->curve);
}

/* Ids are unique, and no group is called as a curve or as another group. */
static void check_unique(struct ov_loading *l)
{
    const struct ov_experiment *e = l->e;
    struct named *names = ov_xcalloc(2 * e->n_curve, sizeof *names);
    size_t n = 0;
    for (size_t i = 0; i < e->n_curve; i++) {
        const struct ov_curve *c = &e->curve[i];
        names[n++] = (struct named){c->id, i};
        bool opens = i == 0 || e->curve[i - 1].params.node != c->params.node;
        if (opens && strcmp(c->group, c->id) != 0)
            names[n++] = (struct named){c->group, i};
    }
    qsort(names, n, sizeof *names, by_id);
    for (size_t i = 1; i < n; i++) {
        if (strcmp(names[i].id, names[i - 1].id) != 0)
            continue;
        struct fy_node *entry = e->curve[names[i].curve].params.node;
        OV_LOAD_FAIL(l, fy_node_mapping_lookup_by_string(entry, "id", FY_NT),
                     "two curves are called '%s'", names[i].id);
    }
    free(names);
}

static void check_sides(struct ov_loading *l, struct fy_node *list)
{
    double rows = 0;
    for (size_t i = 0; i < l->e->n_curve; i++) {
        const struct ov_curve *c = &l->e->curve[i];
        for (size_t k = 0; k < 2; k++)
            rows += (double)c->side[k].n_run * (double)c->side[k].n_row;
        if (c->side[OV_THEORY].n_run + c->side[OV_SGD].n_run == 0)
            OV_LOAD_FAIL(l, c->params.node, "curve %s has neither theory nor sgd", c->id);
    }
    if (rows > most_rows)
        OV_LOAD_FAIL(l, list, "the results would have %.0f rows, at most %.0f are possible", rows,
                     most_rows);
}

void ov_curves_read(struct ov_loading *l, struct fy_node *list)
{
    if (!list || !fy_node_is_sequence(list) || fy_node_sequence_item_count(list) == 0) {
        OV_LOAD_FAIL(l, list, "curves must be a list of at least one curve");
        return;
    }
    void *i = NULL;
    struct fy_node *node;
    size_t failures = 0;
    while ((node = fy_node_sequence_iterate(list, &i)) && failures <= MOST_FAILURES)
        read_entry(l, node, &failures);
    check_unique(l);
    if (!l->failed)
        ov_settings_check(l);
    if (l->failed)
        return;
    check_sides(l, list);
    for (size_t k = 0; k < l->e->n_curve; k++)
        ov_shared_note(l, k);
    ov_shared_check(l);
}
