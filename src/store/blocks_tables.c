/* SPDX-License-Identifier: MIT
 *
 * Tables of curves that are gone.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "overlap/store/blocks.h"
#include "overlap/store/table.h"

/* True if the experiment asks for the table NAME ("K4.sgd.csv"). */
static bool is_asked_for(const struct ov_experiment *e, const char *name)
{
    for (size_t i = 0; i < 2 * e->n_curve; i++) {
        const struct ov_curve *c = &e->curve[i / 2];
        enum ov_side side = i % 2 ? OV_SGD : OV_THEORY;
        size_t n = strlen(c->id);
        if (c->side[side].n_run > 0 && strncmp(name, c->id, n) == 0 &&
            strcmp(name + n, side == OV_SGD ? ".sgd.csv" : ".theory.csv") == 0)
            return true;
    }
    return false;
}

static bool ends_in(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n > m && strcmp(name + n - m, end) == 0;
}

/* Removes a table of the experiment's own, with its sidecar; its runs become a block. */
static void remove_table(const char *out, char *path, const struct ov_experiment *e)
{
    struct ov_text t = {0};
    size_t n;
    bool whole = ov_table_load(&t, &n, path, NULL) == OV_OK;
    char *of = t.s ? ov_comment_find(t.s, "experiment") : NULL;
    if (of && strcmp(of, e->name) == 0) {
        if (whole)
            ov_table_keep(out, path, &t);
        unlink(path);
        strcpy(path + strlen(path) - strlen("csv"), "json");
        unlink(path);
    }
    free(of);
    ov_text_free(&t);
}

void ov_tables_sweep(const char *out, const struct ov_experiment *e)
{
    DIR *d = opendir(out);
    for (const struct dirent *entry; d && (entry = readdir(d));) {
        const char *name = entry->d_name;
        if ((!ends_in(name, ".theory.csv") && !ends_in(name, ".sgd.csv")) || is_asked_for(e, name))
            continue;
        struct ov_text path = {0};
        ov_text_addf(&path, "%s/%s%c", out, name, '\0'); /* room for "json" */
        if (!path.failed)
            remove_table(out, path.s, e);
        ov_text_free(&path);
    }
    if (d)
        closedir(d);
}
