/* SPDX-License-Identifier: MIT
 *
 * Which sources a result depends on, and the keys made of them.
 */
#include "overlap/store/provenance.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/base/alloc.h"

/* ---- the files behind a module ---- */

static size_t count_sources(const struct ov_source *sources)
{
    size_t n = 0;
    while (sources[n].path)
        n++;
    return n;
}

static bool has_header(const struct ov_source *sources, const char *name, size_t length)
{
    char path[256];
    snprintf(path, sizeof path, "include/overlap/%.*s.h", (int)length, name);
    for (; sources->path; sources++)
        if (strcmp(sources->path, path) == 0)
            return true;
    return false;
}

/* include/overlap/FLOOR/x.h stands for src/FLOOR/x.[ch] and for src/FLOOR/x_*.[ch], its further
 * files, where these have no public header of their own (theory/gauss_quad is another module than
 * theory/gauss). */
static bool belongs_to(const struct ov_source *sources, const char *path, const char *module)
{
    size_t n = strlen(module);
    if (strncmp(path, "src/", 4) != 0 || strncmp(path + 4, module, n) != 0)
        return false;
    const char *name = path + 4;
    return name[n] == '.' || (name[n] == '_' && !has_header(sources, name, strlen(name) - 2));
}

static void mark_module(bool *wanted, const struct ov_source *sources, size_t n,
                        const char *module);

static void mark(bool *wanted, const struct ov_source *sources, size_t n, size_t i)
{
    static const char prefix[] = "include/overlap/";
    if (wanted[i])
        return;
    wanted[i] = true;
    for (const char *const *include = sources[i].includes; *include; include++)
        for (size_t j = 0; j < n; j++)
            if (strcmp(sources[j].path, *include) == 0)
                mark(wanted, sources, n, j);
    if (strncmp(sources[i].path, prefix, sizeof prefix - 1) == 0) {
        const char *name = sources[i].path + sizeof prefix - 1;
        char module[128];
        snprintf(module, sizeof module, "%.*s", (int)(strlen(name) - 2), name);
        mark_module(wanted, sources, n, module);
    }
}

static void mark_module(bool *wanted, const struct ov_source *sources, size_t n, const char *module)
{
    for (size_t j = 0; j < n; j++)
        if (belongs_to(sources, sources[j].path, module))
            mark(wanted, sources, n, j);
}

void ov_sources_closure(struct ov_text *out, const struct ov_source *sources,
                        const char *const *modules)
{
    size_t n = count_sources(sources);
    bool *wanted = calloc(n ? n : 1, sizeof *wanted);
    if (!wanted) {
        out->failed = true;
        return;
    }
    for (; *modules; modules++)
        mark_module(wanted, sources, n, *modules);
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        if (!wanted[i])
            continue;
        ov_text_addf(out, "%s: %s\n", sources[i].path, sources[i].sha256);
        found++;
    }
    assert(found > 0);
    free(wanted);
}

/* ---- keys ---- */

void ov_inputs(struct ov_text *out, const struct ov_curve *c, enum ov_side side)
{
    const struct ov_side_plan *s = &c->side[side];
    ov_text_add(out, s->parameters.s ? s->parameters.s : "", s->parameters.len);
    ov_sources_closure(out, ov_sources, s->module);
}

static void hash_text(char key[OV_KEY_SIZE], struct ov_text *text)
{
    ov_sha256(key, text->s ? text->s : "", text->len);
    if (text->failed) /* a key that no result can have */
        memset(key, '0', OV_KEY_SIZE - 1);
    ov_text_free(text);
}

void ov_inputs_key(char key[OV_KEY_SIZE], const char *inputs)
{
    struct ov_text text = {0};
    ov_text_addf(&text, "inputs\n%s", inputs);
    hash_text(key, &text);
}

void ov_curve_key(char key[OV_KEY_SIZE], const char *inputs, uint64_t first, size_t n)
{
    struct ov_text text = {0};
    ov_text_addf(&text, "curve\n%sseeds: %" PRIu64 " + %zu\n", inputs, first, n);
    hash_text(key, &text);
}

enum ov_status ov_random_key(uint64_t *key, const struct ov_curve *c, uint64_t seed)
{
    struct ov_text text = {0};
    ov_text_add(&text, c->problem.s ? c->problem.s : "", c->problem.len);
    ov_text_addf(&text, "seed: %" PRIu64 "\n", seed);
    if (c->stream > 1 && seed > 0)
        ov_text_addf(&text, "stream: %" PRIu64 "\n", c->stream);
    char hex[OV_KEY_SIZE];
    ov_sha256(hex, text.s ? text.s : "", text.len);
    enum ov_status status = text.failed ? OV_ENOMEM : OV_OK;
    ov_text_free(&text);
    hex[16] = '\0';
    *key = strtoull(hex, NULL, 16);
    return status;
}

/* ---- paths ---- */

char *ov_table_path(const char *out, const struct ov_curve *c, enum ov_side side)
{
    return ov_xprintf("%s/%s.%s.csv", out, c->id, ov_side_name(side));
}

char *ov_sidecar_path(const char *out, const struct ov_curve *c, enum ov_side side)
{
    return ov_xprintf("%s/%s.%s.json", out, c->id, ov_side_name(side));
}
