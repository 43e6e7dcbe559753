/* SPDX-License-Identifier: MIT
 *
 * Loading what the command line names: experiments, their claims, the plan of their runs.
 */
#include "cli.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "overlap/base/alloc.h"
#include "overlap/base/sha256.h"
#include "overlap/base/text.h"
#include "overlap/claims/claims.h"
#include "overlap/config/schema.h"
#include "overlap/store/results.h"
#include "overlap/systems/systems.h"

void ov_error_append(struct ov_error *err, const struct ov_error *more)
{
    size_t used = err->status == OV_OK ? 0 : strlen(err->text);
    snprintf(err->text + used, sizeof err->text - used, "%s%s", used ? "\n" : "", more->text);
    err->status = more->status;
}

/* - and _ are one here: mean-field is in mean_field_noise. */
static bool has_part(const char *name, const char *part)
{
    for (; *name; name++) {
        size_t i = 0;
        while (part[i] && (name[i] == part[i] || (name[i] == '_' && part[i] == '-') ||
                           (name[i] == '-' && part[i] == '_')))
            i++;
        if (!part[i])
            return true;
    }
    return false;
}

/* "; there are 'quad_width', 'quad_oja'": names that the word is a part of. */
static void add_names_with(struct ov_hint *hint, const char *front, const char *word,
                           const char *const *names)
{
    size_t used = 0, n = 0;
    for (; *names; names++) {
        size_t need = strlen(front) + strlen(*names) + sizeof ", '', …";
        if (!has_part(*names, word) || need > sizeof hint->text - sizeof "; there are " - used)
            continue;
        used += (size_t)snprintf(hint->text + used, sizeof hint->text - used, "%s'%s%s'",
                                 n++ ? ", " : "; there are ", front, *names);
    }
}

/* The name alone counts: whoever writes "demo" means experiments/demo. */
struct ov_hint ov_experiment_hint(const char *front, const char *word)
{
    struct ov_hint hint = {""};
    glob_t found = {0};
    const char *slash = strrchr(word, '/');
    if (glob("experiments/*/experiment.yaml", 0, NULL, &found) != 0)
        return hint;
    const char **names = ov_xcalloc(found.gl_pathc + 1, sizeof *names);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        *strrchr(found.gl_pathv[i], '/') = '\0';
        names[i] = strrchr(found.gl_pathv[i], '/') + 1;
    }
    word = slash && slash[1] ? slash + 1 : word;
    const char *near = ov_suggest(word, names);
    if (!near && strlen(word) > 1)
        add_names_with(&hint, front, word, names);
    else if (near)
        snprintf(hint.text, sizeof hint.text, "; did you mean '%.40s%.200s'?", front, near);
    free(names);
    globfree(&found);
    return hint;
}

static bool has_experiment(const char *dir)
{
    char *path = ov_xprintf("%s/experiment.yaml", dir);
    bool has = ov_file_exists(path);
    free(path);
    return has;
}

static void add_hint(struct ov_error *err, struct ov_hint hint)
{
    size_t used = strlen(err->text);
    snprintf(err->text + used, sizeof err->text - used, "%s", hint.text);
}

/* A bare NAME that is no directory is experiments/NAME, where that is an experiment. Allocated. */
static char *find_directory(const char *name)
{
    struct stat s;
    char *below = ov_xprintf("experiments/%s", name);
    bool bare = *name && !strchr(name, '/') && !(stat(name, &s) == 0 && S_ISDIR(s.st_mode));
    if (bare && has_experiment(below))
        return below;
    free(below);
    return ov_xstrdup(name);
}

static enum ov_status load(struct ov_experiments *all, const char *dir, const struct ov_options *o,
                           struct ov_error *err)
{
    struct ov_load_options options = {.systems = ov_systems,
                                      .tier = o->tier,
                                      .set = o->set,
                                      .n_set = o->n_set,
                                      .stream = o->stream};
    struct ov_error own = {0};
    struct ov_experiment **grown = realloc(all->e, (all->n + 1) * sizeof(struct ov_experiment *));
    if (!grown)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    all->e = grown;
    enum ov_status status = ov_experiment_load(&grown[all->n], dir, &options, &own);
    if (status != OV_OK && !has_experiment(dir)) {
        struct ov_hint hint = ov_experiment_hint("experiments/", dir);
        if (!*hint.text && strncmp(dir, "experiments/", 12) == 0)
            snprintf(hint.text, sizeof hint.text, "; 'overlap list --tier full' names them all");
        add_hint(&own, hint);
    }
    if (status == OV_OK) {
        /* a mistake among the claims is a mistake of the file: said before anything runs */
        struct ov_claims claims = {0};
        all->n++;
        status = ov_claims_read(&claims, grown[all->n - 1], &own);
        ov_claims_free(&claims);
    }
    if (status != OV_OK)
        ov_error_append(err, &own);
    return status;
}

/* `load` has kept it where only its claims have mistakes. */
static void leave_out(struct ov_experiments *all, size_t *n, const char *dir,
                      const struct ov_error *err)
{
    if (all->n > 0 && strcmp(all->e[all->n - 1]->dir, dir) == 0)
        ov_experiment_free(all->e[--all->n]);
    fprintf(stderr, "%s\n%s: left out, as it has mistakes\n", err->text, dir);
    ++*n;
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(struct ov_experiment *const *)a)->name,
                  (*(struct ov_experiment *const *)b)->name);
}

/* In the order of their names, whatever the order they were asked for in. A name stands for one
 * experiment: its results and its claims go by it. */
static enum ov_status arrange(struct ov_experiments *all, struct ov_error *err)
{
    if (all->n > 1)
        qsort(all->e, all->n, sizeof(struct ov_experiment *), by_name);
    for (size_t i = 1; i < all->n; i++)
        if (strcmp(all->e[i - 1]->name, all->e[i]->name) == 0)
            return ov_fail(err, OV_EUSER, "two experiments are called '%s': %s and %s",
                           all->e[i]->name, all->e[i - 1]->dir, all->e[i]->dir);
    return OV_OK;
}

/* Where `left_out` is given, an experiment with mistakes is reported and counted there. */
static enum ov_status load_all(struct ov_experiments *all, size_t *left_out,
                               const struct ov_options *o, struct ov_error *err)
{
    enum ov_status worst = OV_OK;
    *all = (struct ov_experiments){0};
    glob_t found = {0};
    const char *const *dir = o->dir;
    size_t n = o->n_dir;
    if (n == 0) {
        if (glob("experiments/*/experiment.yaml", 0, NULL, &found) != 0)
            return ov_fail(err, OV_EUSER,
                           "no experiments/NAME/experiment.yaml below this directory; name a DIR");
        for (size_t i = 0; i < found.gl_pathc; i++)
            *strrchr(found.gl_pathv[i], '/') = '\0';
        dir = (const char *const *)found.gl_pathv;
        n = found.gl_pathc;
    }
    for (size_t i = 0; i < n; i++) {
        struct ov_error own = {0};
        char *found_dir = find_directory(dir[i]);
        enum ov_status status = load(all, found_dir, o, left_out ? &own : err);
        if (status == OV_EUSER && left_out)
            leave_out(all, left_out, found_dir, &own);
        else if (status != OV_OK && worst == OV_OK)
            worst = status;
        free(found_dir);
    }
    if (o->n_dir == 0)
        globfree(&found);
    return worst == OV_OK ? arrange(all, err) : worst;
}

enum ov_status ov_experiments_load(struct ov_experiments *all, const struct ov_options *o,
                                   struct ov_error *err)
{
    return load_all(all, NULL, o, err);
}

enum ov_status ov_experiments_load_good(struct ov_experiments *all, size_t *n_left_out,
                                        const struct ov_options *o, struct ov_error *err)
{
    *n_left_out = 0;
    return load_all(all, o->n_dir == 0 ? n_left_out : NULL, o, err);
}

void ov_experiments_free(struct ov_experiments *all)
{
    for (size_t i = 0; i < all->n; i++)
        ov_experiment_free(all->e[i]);
    free(all->e);
    *all = (struct ov_experiments){0};
}

bool ov_is_above(const struct ov_options *o, const struct ov_experiment *e)
{
    return o->n_dir == 0 && e->tier > o->tier;
}

/* "eta_w=0.1+sgd.seeds=2", as long as that can stand in a file's name as it is; else a hash of it. */
static void add_settings(struct ov_text *t, const struct ov_options *o)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.=,-";
    enum { LONGEST = 100, HASH_DIGITS = 12 };
    struct ov_text all = {0};
    bool as_it_is = true;
    for (size_t i = 0; i < o->n_set; i++) {
        as_it_is = as_it_is && !o->set[i][strspn(o->set[i], plain)];
        ov_text_addf(&all, "%s%s", i ? "+" : "", o->set[i]);
    }
    if (all.failed)
        ov_out_of_memory(all.room);
    char hash[OV_KEY_SIZE];
    ov_sha256(hash, all.s, all.len);
    if (as_it_is && all.len <= LONGEST)
        ov_text_addf(t, "+%s", all.s);
    else
        ov_text_addf(t, "+%.*s", HASH_DIGITS, hash);
    ov_text_free(&all);
}

char *ov_out_of(const struct ov_options *o, const struct ov_experiment *e)
{
    if (o->out)
        return ov_xstrdup(o->out);
    char *results = o->stream > 1
                        ? ov_xprintf("build/stream-%llu/%s", (unsigned long long)o->stream, e->name)
                        : ov_results_dir(e);
    struct ov_text changed = {0};
    if (o->n_set == 0)
        return results;
    ov_text_addf(&changed, "%s", results);
    add_settings(&changed, o);
    free(results);
    if (changed.failed)
        ov_out_of_memory(changed.room);
    return changed.s;
}

enum ov_status ov_plan_load(struct ov_plan *plan, const struct ov_experiments *all,
                            const struct ov_options *o, struct ov_error *err)
{
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < all->n && status == OV_OK; i++) {
        if (ov_is_above(o, all->e[i]))
            continue;
        char *out = ov_out_of(o, all->e[i]);
        status = ov_plan_add_curves(plan, all->e[i], out, o->curve, o->n_curve, err);
        free(out);
    }
    return status;
}
