/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "grid_internal.h"
#include "overlap/base/agree.h"
#include "overlap/claims/lock.h"

static const double far_without_error = 1e-6; /* relative */
static const size_t largest_lock = (size_t)64 << 20;

void ov_drift_free(struct ov_drift *d)
{
    if (!d)
        return;
    ov_text_free(&d->table);
    ov_text_free(&d->summary);
    *d = (struct ov_drift){0};
}

bool ov_drift_matters(const struct ov_drift *d)
{
    return d->n_verdict + d->n_drifted + d->n_redefined + d->n_gone > 0;
}

/* ---- reading ---- */

static enum ov_status check_lock(const json_t *root, const char *path, struct ov_error *err)
{
    json_t *claims = json_object_get(root, "claims"), *claim, *m;
    const char *name;
    size_t i;
    if (!json_is_object(claims) || !json_object_get(root, "format"))
        return ov_fail(err, OV_EUSER, "%s: error: not a lock of claims", path);
    if (json_integer_value(json_object_get(root, "format")) != 1)
        return ov_fail(err, OV_EUSER, "%s: error: a lock of another format than 1", path);
    json_object_foreach(claims, name, claim)
    {
        json_t *measures = json_object_get(claim, "measures");
        bool good = json_is_string(json_object_get(claim, "verdict")) &&
                    json_is_object(json_object_get(claim, "asks")) && json_is_array(measures);
        json_array_foreach(measures, i, m) good =
            good && json_is_string(json_object_get(m, "curve"));
        if (!good)
            return ov_fail(err, OV_EUSER,
                           "%s: error: not a lock: claim '%.128s' lacks asks, verdict or measures",
                           path, name);
    }
    return OV_OK;
}

static enum ov_status read_lock(json_t **root, const char *path, struct ov_error *err)
{
    struct ov_text text = {0};
    json_error_t wrong;
    *root = NULL;
    enum ov_status status = ov_file_read(&text, path, largest_lock, err);
    if (status != OV_OK)
        return status;
    *root = json_loadb(text.s, text.len, JSON_REJECT_DUPLICATES, &wrong);
    ov_text_free(&text);
    if (!*root)
        return ov_fail(err, OV_EUSER, "%s:%d:%d: error: truncated, or no JSON: %s", path,
                       wrong.line, wrong.column, wrong.text);
    return check_lock(*root, path, err);
}

/* ---- comparing ---- */

struct comparison {
    struct ov_drift *drift;
    struct ov_grid grid;
    const char *claim;                /* the one at hand */
    bool verdict, drifted, redefined; /* what was found on it */
};

static struct ov_text *row(struct comparison *c, const char *what)
{
    struct ov_text *cell = ov_grid_row(&c->grid, 6);
    ov_text_addf(&cell[0], "%s", what);
    ov_text_addf(&cell[1], "%s", c->claim);
    return cell;
}

static double real_of(const json_t *o, const char *key)
{
    const json_t *x = json_object_get(o, key);
    return json_is_number(x) ? json_number_value(x) : NAN;
}

static const char *word_of(const json_t *o, const char *key)
{
    const char *word = json_string_value(json_object_get(o, key));
    return word ? word : "-";
}

static bool same_number(double a, double b)
{
    return (isnan(a) && isnan(b)) || ov_agree(a, b, 1e-9, 0.0);
}

static void add_number(struct ov_text *t, const json_t *m)
{
    double value = real_of(m, "value"), se = real_of(m, "se");
    if (isnan(value))
        ov_text_addf(t, "-");
    else if (se > 0.0)
        ov_text_addf(t, "%.6g ± %.2g", value, se);
    else
        ov_text_addf(t, "%.8g", value);
}

static void add_place(struct ov_text *t, const json_t *m)
{
    double at = real_of(m, "at");
    ov_text_addf(t, "%s", word_of(m, "curve"));
    if (!isnan(at))
        ov_text_addf(t, " @ %.6g", at);
}

/* A change of the claim itself: its words as they were and as they are. */
static void redefine(struct comparison *c, const char *what, const char *was, const char *is)
{
    struct ov_text *cell = row(c, "redefined");
    ov_text_addf(&cell[2], "%s", what);
    ov_text_addf(&cell[3], "%s", was);
    ov_text_addf(&cell[4], "%s", is);
    c->redefined = true;
}

static void add_json(struct ov_text *t, const json_t *value)
{
    char *text = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_SORT_KEYS | JSON_COMPACT |
                                               JSON_REAL_PRECISION(15))
                       : NULL;
    ov_text_addf(t, "%s", text ? text : "-");
    free(text);
}

/* One key of the claim as it was and as it is. */
static void compare_key(struct comparison *c, const char *key, const json_t *was, const json_t *is)
{
    if (was && is && json_equal(was, is))
        return;
    struct ov_text a = {0}, b = {0};
    add_json(&a, was);
    add_json(&b, is);
    redefine(c, key, a.s ? a.s : "", b.s ? b.s : "");
    ov_text_free(&a);
    ov_text_free(&b);
}

static void compare_definition(struct comparison *c, const json_t *was, const json_t *is)
{
    json_t *old = json_object_get(was, "asks"), *new = json_object_get(is, "asks"), *value;
    const char *key;
    json_object_foreach(old, key, value) compare_key(c, key, value, json_object_get(new, key));
    json_object_foreach(new, key, value) if (!json_object_get(old, key))
        compare_key(c, key, NULL, value);
}

static void compare_value(struct comparison *c, const json_t *was, const json_t *is)
{
    double a = real_of(was, "value"), b = real_of(is, "value");
    double se_a = real_of(was, "se"), se_b = real_of(is, "se");
    double sigma = hypot(isnan(se_a) ? 0.0 : se_a, isnan(se_b) ? 0.0 : se_b);
    double scale = fmax(fabs(a), fabs(b));
    double far = sigma > 0.0 ? fabs(b - a) / sigma : scale > 0.0 ? fabs(b - a) / scale : 0.0;
    bool lost = isnan(a) != isnan(b);
    if (!lost && !(far > (sigma > 0.0 ? OV_DRIFT_SIGMAS : far_without_error)))
        return;
    struct ov_text *cell = row(c, "drifted");
    add_place(&cell[2], is);
    add_number(&cell[3], was);
    add_number(&cell[4], is);
    if (!lost)
        ov_text_addf(&cell[5], sigma > 0.0 ? "%.1f sigma" : "%.2g relative", far);
    c->drifted = true;
}

/* The measure of `list` at the same curve and time, the first one that is not `taken`. */
static json_t *partner(const json_t *list, const json_t *m, bool *taken)
{
    size_t i;
    json_t *other;
    json_array_foreach(list, i, other)
    {
        if (taken[i] || strcmp(word_of(other, "curve"), word_of(m, "curve")) != 0 ||
            !same_number(real_of(other, "at"), real_of(m, "at")))
            continue;
        taken[i] = true;
        return other;
    }
    return NULL;
}

static void compare_measures(struct comparison *c, const json_t *was, const json_t *is)
{
    const json_t *old = json_object_get(was, "measures"), *new = json_object_get(is, "measures");
    bool *taken = calloc(json_array_size(old) + 1, sizeof *taken);
    size_t i, n_matched = 0;
    json_t *m;
    if (!taken) {
        c->grid.spare[0].failed = true;
        return;
    }
    json_array_foreach(new, i, m)
    {
        json_t *other = partner(old, m, taken);
        if (!other)
            continue;
        n_matched++;
        compare_value(c, other, m);
    }
    size_t n_old = json_array_size(old), n_new = json_array_size(new);
    if (n_matched < n_old || n_matched < n_new) {
        struct ov_text a = {0}, b = {0};
        ov_text_addf(&a, "%zu, of them %zu elsewhere", n_old, n_old - n_matched);
        ov_text_addf(&b, "%zu, of them %zu elsewhere", n_new, n_new - n_matched);
        redefine(c, "measures", a.s ? a.s : "", b.s ? b.s : "");
        ov_text_free(&a);
        ov_text_free(&b);
    }
    free(taken);
}

/* One claim in both. Where one side has no measures (skipped), only the verdict can be compared. */
static void compare_claim(struct comparison *c, const json_t *was, const json_t *is)
{
    c->verdict = c->drifted = c->redefined = false;
    if (strcmp(word_of(was, "verdict"), word_of(is, "verdict")) != 0) {
        struct ov_text *cell = row(c, "verdict");
        ov_text_addf(&cell[3], "%s", word_of(was, "verdict"));
        ov_text_addf(&cell[4], "%s", word_of(is, "verdict"));
        c->verdict = true;
    }
    compare_definition(c, was, is);
    if (json_array_size(json_object_get(was, "measures")) > 0 &&
        json_array_size(json_object_get(is, "measures")) > 0)
        compare_measures(c, was, is);
    struct ov_drift *d = c->drift;
    d->n_verdict += c->verdict;
    d->n_drifted += c->drifted;
    d->n_redefined += c->redefined;
    d->n_same += !c->verdict && !c->drifted && !c->redefined;
}

static void compare_one(struct comparison *c, const json_t *old, const json_t *new)
{
    const json_t *was = json_object_get(old, c->claim), *is = json_object_get(new, c->claim);
    if (was && is) {
        compare_claim(c, was, is);
        return;
    }
    struct ov_text *cell = row(c, was ? "gone" : "new");
    ov_text_addf(&cell[was ? 3 : 4], "%s", word_of(was ? was : is, "verdict"));
    c->drift->n_gone += !!was;
    c->drift->n_new += !was;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Every name of either, in order. */
static void compare_all(struct comparison *c, json_t *old, json_t *new)
{
    const char *name;
    json_t *claim;
    size_t n = 0;
    const char **names = calloc(json_object_size(old) + json_object_size(new) + 1, sizeof *names);
    if (!names) {
        c->grid.spare[0].failed = true;
        return;
    }
    json_object_foreach(old, name, claim) names[n++] = name;
    json_object_foreach(new, name, claim) if (!json_object_get(old, name)) names[n++] = name;
    qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++) {
        c->claim = names[i];
        compare_one(c, old, new);
    }
    free(names);
}

static void finish(struct comparison *c)
{
    struct ov_drift *d = c->drift;
    bool only_title = c->grid.n_row == 1;
    ov_grid_print(&d->table, &c->grid, 0, NULL);
    if (only_title && !d->table.failed)
        ov_text_free(&d->table);
    ov_text_addf(&d->summary,
                 "%zu claims as before, %zu verdicts changed, %zu drifted, %zu redefined, %zu new, "
                 "%zu gone",
                 d->n_same, d->n_verdict, d->n_drifted, d->n_redefined, d->n_new, d->n_gone);
}

enum ov_status ov_drift_compare(struct ov_drift *drift, const char *old_path, const char *new_path,
                                struct ov_error *err)
{
    static const char *const title[] = {"change", "claim", "where", "old", "new", "by"};
    json_t *old = NULL, *new = NULL;
    struct comparison c = {.drift = drift};
    *drift = (struct ov_drift){0};
    enum ov_status status = read_lock(&old, old_path, err);
    if (status == OV_OK)
        status = read_lock(&new, new_path, err);
    if (status == OV_OK) {
        struct ov_text *cell = ov_grid_row(&c.grid, 6);
        for (size_t k = 0; k < 6; k++)
            ov_text_addf(&cell[k], "%s", title[k]);
        compare_all(&c, json_object_get(old, "claims"), json_object_get(new, "claims"));
        finish(&c);
        if (drift->table.failed || drift->summary.failed) {
            ov_drift_free(drift);
            status = ov_fail(err, OV_ENOMEM, "out of memory");
        }
    }
    json_decref(old);
    json_decref(new);
    return status;
}
