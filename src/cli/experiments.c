/* SPDX-License-Identifier: MIT
 *
 * Loading what the command line names: experiments, their claims, the plan of their runs.
 */
#include "cli.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/claims/claims.h"
#include "overlap/store/results.h"
#include "overlap/systems/systems.h"

void ov_error_append(struct ov_error *err, const struct ov_error *more)
{
    size_t used = err->status == OV_OK ? 0 : strlen(err->text);
    snprintf(err->text + used, sizeof err->text - used, "%s%s", used ? "\n" : "", more->text);
    err->status = more->status;
}

static enum ov_status load(struct ov_experiments *all, const char *dir, const struct ov_options *o,
                           struct ov_error *err)
{
    struct ov_load_options options = {
        .systems = ov_systems, .tier = o->tier, .set = o->set, .n_set = o->n_set};
    struct ov_error own = {0};
    struct ov_experiment **grown = realloc(all->e, (all->n + 1) * sizeof(struct ov_experiment *));
    if (!grown)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    all->e = grown;
    enum ov_status status = ov_experiment_load(&grown[all->n], dir, &options, &own);
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

/* Of an experiment: build/results/NAME/.origin, and what it says: the real path of the directory,
 * from here where it is below, so that a copy of the whole tree stays good. Both allocated. */
static enum ov_status find_origin(char **path, char **dir, const struct ov_experiment *e,
                                  struct ov_error *err)
{
    struct ov_text file = {0};
    char *results = ov_results_dir(e), *real = realpath(e->dir, NULL), *here = realpath(".", NULL);
    size_t n = here ? strlen(here) : 0;
    ov_text_addf(&file, "%s/.origin", results ? results : "");
    bool good = results && real && here && !file.failed;
    bool below = good && strncmp(real, here, n) == 0 && real[n] == '/';
    *path = file.s;
    *dir = below ? strdup(real + n + 1) : real;
    if (below)
        free(real);
    free(here);
    free(results);
    return good && *dir ? OV_OK : ov_fail(err, OV_ENOMEM, "%s: out of memory", e->dir);
}

enum ov_status ov_origin_write(const struct ov_experiment *e, struct ov_error *err)
{
    char *path, *dir;
    enum ov_status status = find_origin(&path, &dir, e, err);
    if (status == OV_OK)
        status = ov_file_update(path, dir, strlen(dir), err);
    free(path);
    free(dir);
    return status;
}

/* Results go by the name of the directory: those of another one that is still there are not
 * touched. */
static enum ov_status check_origin(const struct ov_experiment *e, struct ov_error *err)
{
    char *path, *dir;
    struct ov_text of = {0}, other = {0};
    enum ov_status status = find_origin(&path, &dir, e, err);
    if (status == OV_OK && ov_file_exists(path) && ov_file_read(&of, path, 0, NULL) == OV_OK &&
        strcmp(of.s, dir) != 0) {
        ov_text_addf(&other, "%s/experiment.yaml", of.s);
        if (!other.failed && ov_file_exists(other.s))
            status = ov_fail(err, OV_EUSER,
                             "build/results/%s holds the results of %s, which has the same name as "
                             "%s: name another directory with --out",
                             e->name, of.s, e->dir);
    }
    ov_text_free(&of);
    ov_text_free(&other);
    free(path);
    free(dir);
    return status;
}

enum ov_status ov_experiments_load(struct ov_experiments *all, const struct ov_options *o,
                                   struct ov_error *err)
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
        enum ov_status status = load(all, dir[i], o, err);
        if (status != OV_OK && worst == OV_OK)
            worst = status;
    }
    if (o->n_dir == 0)
        globfree(&found);
    if (worst == OV_OK)
        worst = arrange(all, err);
    for (size_t i = 0; i < all->n && worst == OV_OK && !o->out; i++)
        worst = check_origin(all->e[i], err);
    return worst;
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

char *ov_out_of(const struct ov_options *o, const struct ov_experiment *e)
{
    return o->out ? strdup(o->out) : ov_results_dir(e);
}

enum ov_status ov_plan_load(struct ov_plan *plan, const struct ov_experiments *all,
                            const struct ov_options *o, struct ov_error *err)
{
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < all->n && status == OV_OK; i++) {
        if (ov_is_above(o, all->e[i]))
            continue;
        char *out = ov_out_of(o, all->e[i]);
        status = out ? ov_plan_add(plan, all->e[i], out, o->curve, err)
                     : ov_fail(err, OV_ENOMEM, "out of memory");
        free(out);
    }
    return status;
}
