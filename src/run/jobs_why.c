/* SPDX-License-Identifier: MIT
 *
 * Why a batch has to run: its inputs against those recorded beside its table.
 */
#include <stdlib.h>
#include <string.h>

#include "overlap/run/jobs.h"
#include "overlap/run/sidecar.h"
#include "overlap/store/arrays.h"
#include "overlap/store/table.h"

enum { MOST_SOURCES = 3 }; /* named; the others are counted */

static const char *line_end(const char *line)
{
    const char *end = strchr(line, '\n');
    return end ? end : line + strlen(line);
}

/* The value of "key: " in lines, or NULL; *n its length. */
static const char *value_of(const char *lines, const char *key, size_t key_length, size_t *n)
{
    for (const char *line = lines; *line; line = *line_end(line) ? line_end(line) + 1 : "") {
        const char *end = line_end(line);
        if ((size_t)(end - line) >= key_length + 2 && strncmp(line, key, key_length) == 0 &&
            line[key_length] == ':') {
            *n = (size_t)(end - line) - key_length - 2;
            return line + key_length + 2;
        }
    }
    return NULL;
}

/* *n_source: of the sources that changed so far. */
static void add_change(struct ov_text *why, const char *old, const char *line, size_t *n_source)
{
    const char *end = line_end(line), *colon = memchr(line, ':', (size_t)(end - line));
    if (!colon)
        return;
    size_t key_length = (size_t)(colon - line), n_old = 0;
    const char *was = value_of(old, line, key_length, &n_old);
    const char *now = colon + 2;
    size_t n_now = (size_t)(end - now);
    if (was && n_old == n_now && strncmp(was, now, n_now) == 0)
        return;
    bool is_source = memchr(line, '/', key_length) != NULL;
    if (is_source && ++*n_source > MOST_SOURCES)
        return;
    ov_text_addf(why, "%s%.*s", why->len ? "; " : "", (int)key_length, line);
    if (is_source || !was || n_old > 40 || n_now > 40)
        ov_text_addf(why, was ? " changed" : " is new");
    else
        ov_text_addf(why, ": %.*s -> %.*s", (int)n_old, was, (int)n_now, now);
}

void ov_batch_why(struct ov_text *why, const struct ov_batch *b)
{
    if (b->table_valid)
        return;
    struct ov_text old = {0};
    struct ov_error err = {0};
    size_t n_seed = 0;
    struct ov_table t;
    char *path = ov_table_path(b->out, b->curve, b->side);
    size_t before = why->len;
    ov_sidecar_inputs(&old, &n_seed, b);
    if (!ov_file_exists(path)) {
        ov_text_addf(why, "no result yet");
    } else if (ov_table_read(&t, path, (const char *const[]){NULL}, &err) != OV_OK) {
        ov_text_addf(why, "%s", err.text);
    } else {
        ov_table_free(&t);
        struct ov_text changes = {0};
        size_t n_source = 0;
        if (old.len > 0)
            for (const char *l = b->inputs; *l; l = *line_end(l) ? line_end(l) + 1 : "")
                add_change(&changes, old.s, l, &n_source);
        if (n_source > MOST_SOURCES)
            ov_text_addf(&changes, "; %zu more sources changed", n_source - MOST_SOURCES);
        if (old.len > 0 && n_seed != b->n_seed)
            ov_text_addf(&changes, "%sseeds: %zu -> %zu", changes.len ? "; " : "", n_seed,
                         b->n_seed);
        if (changes.len > 0)
            ov_text_add(why, changes.s, changes.len);
        ov_text_free(&changes);
    }
    const struct ov_runs_of of = ov_batch_runs(b);
    char *wrong = why->len == before ? ov_arrays_wrong_of(&of, b->job[0].seed, b->n_seed) : NULL;
    if (wrong)
        ov_text_addf(why, "%s", wrong);
    free(wrong);
    if (why->len == before)
        ov_text_addf(why, "its inputs or its columns changed");
    for (size_t i = 0; i < b->n_job; i++)
        if (b->job[i].shared) {
            ov_text_addf(why, "; its runs are those of a curve above");
            break;
        }
    free(path);
    ov_text_free(&old);
}
