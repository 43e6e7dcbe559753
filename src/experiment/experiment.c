/* SPDX-License-Identifier: MIT
 *
 * experiment.yaml's own keys, and the loading of the whole.
 */
#include "overlap/experiment/experiment.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <libfyaml.h>

#include "experiment_internal.h"
#include "overlap/base/alloc.h"
#include "overlap/config/place.h"
#include "overlap/config/yaml.h"

const char *const ov_tier_names[] = {"quick", "ci", "full", NULL};

const struct ov_key ov_experiment_keys[] = {
    {"title", OV_STRING, 0, 0, NULL, NULL, OV_REQUIRED, .doc = "what the experiment shows"},
    {"source", OV_STRING, 0, 0, NULL, NULL, OV_OPTIONAL, .doc = "whose result it reproduces"},
    {"system", OV_STRING, 0, 0, NULL, NULL, OV_REQUIRED,
     .doc = "which system's keys the curves have"},
    {"tier", OV_WORD, 0, 0, ov_tier_names, NULL, "ci", .doc = "the smallest tier that runs it"},
    {"on_divergence", OV_WORD, 0, 0, ov_on_divergence, NULL, "keep",
     .doc =
         "of runs that diverge; keep: a result, with its rows up to then; fail: a job that failed"},
    {"defaults", OV_ANY, 0, 0, NULL, NULL, OV_OPTIONAL,
     .doc = "parameters of every curve that does not have its own"},
    {"curves", OV_ANY, 0, 0, NULL, NULL, OV_REQUIRED,
     .doc = "a list; each curve has an id, parameters, and maybe vary: {K: [4, 5, 6], sigma: [0, "
            "0.1]}, "
            "which makes curves ID-K4-sigma0 … of all combinations; in place of a list a range "
            "{from, to, points, spacing: linear or log}; with zip: true the lists go on together"},
    {"claims", OV_ANY, 0, 0, NULL, NULL, OV_OPTIONAL, .doc = "a list of claims"},
    {.name = NULL},
};

/* ---- freeing ---- */

static void documents_free(struct ov_documents *d)
{
    for (size_t i = 0; d && i < d->n; i++)
        fy_document_destroy(d->doc[i]);
    if (d)
        free(d->doc);
    free(d);
}

void ov_experiment_free(struct ov_experiment *e)
{
    if (!e)
        return;
    for (size_t i = 0; i < e->n_curve; i++) {
        ov_curve_release(&e->curve[i], e->system);
        ov_value_free(&e->curve[i].params);
        free(e->curve[i].id);
        free(e->curve[i].group);
    }
    free(e->curve);
    free(e->dir);
    free(e->name);
    free(e->path);
    free(e->title);
    free(e->source);
    documents_free(e->documents);
    free(e);
}

/* ---- loading ---- */

static char *copy_of(const char *s)
{
    return s ? ov_xstrdup(s) : NULL;
}

/* dir, name and path; says what is wrong with them. */
static enum ov_status find_file(struct ov_loading *l, const char *dir)
{
    struct stat s;
    struct ov_experiment *e = l->e;
    if (l->options->text) {
        e->path = ov_xstrdup(dir);
        e->dir = ov_xstrdup(dir);
        e->name = ov_xstrdup(dir);
        return OV_OK;
    }
    if (stat(dir, &s) != 0)
        return ov_fail(l->err, OV_EUSER, "%s: %s", dir, strerror(errno));
    if (!S_ISDIR(s.st_mode))
        return ov_fail(l->err, OV_EUSER,
                       "%s: not a directory (an experiment is a directory with an "
                       "experiment.yaml)",
                       dir);
    size_t n = strlen(dir);
    e->path = ov_xprintf("%s%sexperiment.yaml", dir, n && dir[n - 1] == '/' ? "" : "/");
    e->dir = ov_xstrdup(dir);
    char *real = realpath(dir, NULL);
    if (!real)
        return ov_fail(l->err, OV_EUSER, "%s: %s", dir, strerror(errno));
    e->name = ov_xstrdup(strrchr(real, '/') + 1);
    free(real);
    if (stat(e->path, &s) != 0)
        return ov_fail(l->err, OV_EUSER, "%s: %s", e->path, strerror(errno));
    if (!S_ISREG(s.st_mode))
        return ov_fail(l->err, OV_EUSER, "%s: not a file", e->path);
    return *e->name ? OV_OK : ov_fail(l->err, OV_EUSER, "%s: an experiment needs a name", dir);
}

static void find_system(struct ov_loading *l, struct ov_value *top)
{
    const struct ov_value *v = ov_value_get(top, "system");
    if (!v || !v->string)
        return;
    const char *names[16] = {NULL};
    for (size_t i = 0; l->options->systems[i] && i < 15; i++) {
        names[i] = l->options->systems[i]->name;
        if (strcmp(names[i], v->string) == 0)
            l->e->system = l->options->systems[i];
    }
    if (l->e->system)
        return;
    struct ov_text all = {0};
    for (size_t i = 0; names[i]; i++)
        ov_text_addf(&all, "%s%s", i ? ", " : "", names[i]);
    const char *near = ov_suggest(v->string, names);
    l->failed = true;
    ov_value_fail(v, l->err, "unknown system '%.64s'; %s%s%s", v->string,
                  near ? "did you mean '" : "there are ",
                  near         ? near
                  : all.failed ? "others"
                               : all.s,
                  near ? "'?" : "");
    ov_text_free(&all);
}

static void read_defaults(struct ov_loading *l, struct fy_node *node)
{
    if (!node)
        return;
    if (!fy_node_is_mapping(node)) {
        l->failed = true;
        ov_node_fail(node, l->err, "defaults must be a map of keys and values");
        return;
    }
    l->given = ov_xcalloc((size_t)fy_node_mapping_item_count(node) + 1, sizeof *l->given);
    void *i = NULL;
    struct fy_node_pair *pair;
    while ((pair = fy_node_mapping_iterate(node, &i))) {
        struct fy_node *key = fy_node_pair_key(pair), *value = fy_node_pair_value(pair);
        const char *name = key && fy_node_is_scalar(key) ? fy_node_get_scalar0(key) : NULL;
        if (name && !*name) { /* which has no place of its own */
            l->failed = true;
            ov_node_fail(node, l->err, "a key is empty: there is a ':' with nothing before it");
            continue;
        }
        if (!name || strcmp(name, "id") == 0 || strcmp(name, "vary") == 0) {
            l->failed = true;
            ov_node_fail(key ? key : node, l->err, "'%s' can't stand among the defaults",
                         name ? name : "this");
            continue;
        }
        l->given[l->n_default++] = (struct ov_given){name, key, value, false};
        ov_shared_add(l, value, name, 0);
    }
}

static struct fy_node *node_of(struct ov_value *top, const char *name)
{
    struct ov_value *v = ov_value_get(top, name);
    return v ? v->node : NULL;
}

static void take_texts(struct ov_loading *l, struct ov_value *top)
{
    struct ov_value *title = ov_value_get(top, "title"), *source = ov_value_get(top, "source");
    const struct ov_value *tier = ov_value_get(top, "tier");
    struct ov_experiment *e = l->e;
    e->title = copy_of(title ? title->string : NULL);
    e->source = copy_of(source ? source->string : NULL);
    for (int t = OV_QUICK; tier && tier->string && ov_tier_names[t]; t++)
        if (strcmp(tier->string, ov_tier_names[t]) == 0)
            e->tier = (enum ov_tier)t;
    const struct ov_value *on_divergence = ov_value_get(top, "on_divergence");
    e->fails_if_diverged = on_divergence && on_divergence->string &&
                           strcmp(on_divergence->string, ov_on_divergence[1]) == 0;
    e->claims = node_of(top, "claims");
}

static void read_document(struct ov_loading *l, struct fy_node *root)
{
    struct ov_value top = {0};
    enum ov_status status = ov_schema_read(&top, root, ov_experiment_keys, "experiment", l->err);
    l->failed |= status != OV_OK;
    if (fy_node_is_mapping(root)) {
        take_texts(l, &top);
        find_system(l, &top);
        read_defaults(l, node_of(&top, "defaults"));
    }
    if (l->e->system)
        ov_settings_read(l);
    if (l->e->system && ov_value_get(&top, "curves"))
        ov_curves_read(l, node_of(&top, "curves"));
    ov_value_free(&top);
}

static enum ov_status load(struct ov_loading *l, const char *dir)
{
    l->e->documents = ov_xcalloc(1, sizeof(struct ov_documents));
    enum ov_status status = find_file(l, dir);
    struct fy_document *doc = NULL;
    const char *text = l->options->text;
    if (status == OV_OK)
        status = text ? ov_yaml_parse(&doc, text, strlen(text), dir, l->err)
                      : ov_yaml_read(&doc, l->e->path, l->err);
    if (status == OV_OK) {
        ov_documents_add(l->e, doc);
        read_document(l, fy_document_root(doc));
    }
    return status == OV_OK && l->failed ? OV_EUSER : status;
}

static void loading_free(struct ov_loading *l)
{
    ov_shared_free(l);
    for (size_t i = 0; i < l->n_set; i++)
        free(l->set[i].path);
    free(l->set);
    free(l->given);
}

enum ov_status ov_experiment_load(struct ov_experiment **e, const char *dir,
                                  const struct ov_load_options *options, struct ov_error *err)
{
    struct ov_error own = {0};
    struct ov_loading l = {.e = ov_xcalloc(1, sizeof **e), .options = options};
    l.err = err ? err : &own;
    l.err->status = OV_OK;
    l.err->text[0] = '\0';
    *e = NULL;
    enum ov_status status = load(&l, dir);
    loading_free(&l);
    if (status == OV_OK)
        *e = l.e;
    else
        ov_experiment_free(l.e);
    return status;
}

/* ---- asking ---- */

size_t ov_experiment_select(const struct ov_curve **found, const struct ov_experiment *e,
                            const char *name)
{
    size_t n = 0;
    for (size_t i = 0; i < e->n_curve; i++)
        if (strcmp(e->curve[i].id, name) == 0 || strcmp(e->curve[i].group, name) == 0)
            found[n++] = &e->curve[i];
    return n;
}

void ov_experiment_document(struct ov_text *out, const struct ov_system *system)
{
    if (!system) {
        ov_text_addf(out, "experiment.yaml\n\n");
        ov_schema_document(out, ov_experiment_keys, 0);
        return;
    }
    ov_text_addf(out, "\nparameters of a curve, system %s: %s\n\n", system->name, system->doc);
    ov_schema_document(out, system->keys, 0);
}
