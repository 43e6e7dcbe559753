/* SPDX-License-Identifier: MIT
 *
 * Files that hold runs under way.
 */
#include "overlap/store/checkpoint.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "overlap/base/clock.h"
#include "overlap/store/provenance.h"
#include "overlap/store/table.h"

#define FIRST_LINE "overlap checkpoint 2\n"
#define SUFFIX ".part"
/* Saving takes this share of the time at most. */
#define LARGEST_SHARE 0.05

static void note(const struct ov_part *part, const char *line)
{
    if (part->options.note)
        part->options.note(part->options.ctx, line);
}

static bool is_to_end(const struct ov_part *part)
{
    return part->options.stop && *part->options.stop;
}

/* ---- what the work sees ---- */

static void tell(void *ctx, uint64_t done, uint64_t total)
{
    struct ov_part *part = ctx;
    if (!part->started && part->checkpoint.found) {
        char line[128];
        if (done >= part->found_done)
            snprintf(line, sizeof line, "resumes at %llu of %llu", (unsigned long long)done,
                     (unsigned long long)total);
        else
            snprintf(line, sizeof line, "its checkpoint is of something else: from the start");
        note(part, line);
    }
    part->started = true;
    part->done = done;
    part->total = total;
    ov_tick_tell(part->outer, done, total);
    if (part->waited) /* work that offers its state does so before it tells again */
        part->options.leave(part->options.ctx, false);
    part->waited = is_to_end(part);
}

static bool due(void *ctx)
{
    const struct ov_part *part = ctx;
    return is_to_end(part) || ov_clock() - part->saved >= part->interval;
}

static void save(void *ctx, const void *bytes, size_t n)
{
    struct ov_part *part = ctx;
    struct ov_text file = {0};
    struct ov_error err = {0};
    double started = ov_clock();
    part->checkpoint.found = NULL; /* work that has a state to save has taken over what it found */
    part->checkpoint.n_found = 0;
    ov_text_free(&part->file);
    ov_text_add(&file, part->head.s, part->head.len);
    ov_text_addf(&file, "done: %llu of %llu\nbytes: %zu\n", (unsigned long long)part->done,
                 (unsigned long long)part->total, n);
    ov_text_add(&file, bytes, n);
    ov_text_add(&file, "\n", 1);
    ov_table_seal(&file);
    enum ov_status status = file.failed ? ov_fail(&err, OV_ENOMEM, "%s: out of memory", part->path)
                                        : ov_file_put(part->path, file.s, file.len, &err);
    ov_text_free(&file);
    if (is_to_end(part))
        part->options.leave(part->options.ctx, status == OV_OK);
    part->saved = ov_clock();
    double at_least = (part->saved - started) / LARGEST_SHARE, asked = part->options.seconds;
    part->interval = asked > 0.0 && at_least > asked ? at_least : asked;
    if (status == OV_OK || part->warned)
        return;
    part->warned = true;
    ov_error_context(&err, "warning: no checkpoint, the run goes on without");
    note(part, err.text);
}

/* ---- opening and closing ---- */

/* The bytes of the state in a file of these runs, whole up to its seal at `end`, or NULL. */
static const char *state_of(struct ov_part *part, size_t *n, size_t end)
{
    unsigned long long done, total;
    size_t head = part->head.len, bytes;
    int used = 0;
    const char *s = part->file.s;
    if (part->file.len < head || memcmp(s, part->head.s, head) != 0 ||
        sscanf(s + head, "done: %llu of %llu\nbytes: %zu%n", &done, &total, &bytes, &used) != 3)
        return NULL;
    size_t from = head + (size_t)used + 1;
    if (end != from + bytes + 1)
        return NULL;
    part->found_done = done;
    part->found_total = total;
    *n = bytes;
    return s + from;
}

static void look(struct ov_part *part)
{
    if (!ov_file_exists(part->path))
        return;
    struct ov_error err = {0};
    struct ov_text line = {0};
    size_t n = 0, end;
    enum ov_status status = ov_file_read(&part->file, part->path, (size_t)1 << 40, &err);
    const char *why = status != OV_OK ? err.text : "truncated or edited";
    if (status == OV_OK && ov_table_check(&end, &part->file, part->path, NULL) == OV_OK)
        part->checkpoint.found = state_of(part, &n, end);
    part->checkpoint.n_found = n;
    if (part->checkpoint.found)
        return;
    ov_text_free(&part->file);
    ov_text_addf(&line, "warning: checkpoint %s is no good (%s): from the start", part->path, why);
    note(part, line.failed ? why : line.s);
    ov_text_free(&line);
}

enum ov_status ov_part_open(struct ov_part *part, const char *out, const char *inputs_key,
                            const uint64_t *seed, size_t n, size_t piece,
                            const struct ov_part_options *options, const struct ov_tick *outer)
{
    char name[OV_KEY_SIZE];
    struct ov_text path = {0};
    *part = (struct ov_part){.options = *options, .outer = outer};
    ov_text_addf(&part->head, FIRST_LINE "inputs: %s\n", inputs_key);
    for (size_t i = 0; i < n; i++)
        ov_text_addf(&part->head,
                     piece > 0 ? "seed: %" PRIu64 " piece %zu\n" : "seed: %" PRIu64 "\n", seed[i],
                     piece);
    ov_sha256(name, part->head.s ? part->head.s : "", part->head.len);
    ov_text_addf(&path, "%s/jobs/%s%s", out, name, SUFFIX);
    part->path = path.s;
    if (part->head.failed || path.failed) {
        ov_part_close(part, false);
        return OV_ENOMEM;
    }
    part->interval = options->seconds;
    part->saved = ov_clock();
    part->checkpoint = (struct ov_checkpoint){.due = due, .save = save, .ctx = part};
    part->tick = (struct ov_tick){.tell = tell, .ctx = part, .checkpoint = &part->checkpoint};
    look(part);
    return OV_OK;
}

void ov_part_close(struct ov_part *part, bool stored)
{
    if (stored && part->path)
        unlink(part->path);
    free(part->path);
    ov_text_free(&part->head);
    ov_text_free(&part->file);
    *part = (struct ov_part){0};
}

/* ---- what is left behind ---- */

typedef enum ov_run_state state_of_run(void *ctx, const char *inputs_key, uint64_t seed,
                                       size_t piece);

/* Will no one ask for this file? `old`: it has not been written for long. */
static bool is_waste(const char *path, bool old, state_of_run *state, void *ctx)
{
    char line[256], key[OV_KEY_SIZE];
    uint64_t seed;
    bool any_wanted = false, any_stored = false;
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    if (fgets(line, sizeof line, f) && strcmp(line, FIRST_LINE) == 0 &&
        fgets(line, sizeof line, f) && sscanf(line, "inputs: %64[0-9a-f]", key) == 1)
        for (size_t piece = 0; fgets(line, sizeof line, f) &&
                               sscanf(line, "seed: %" SCNu64 " piece %zu", &seed, &piece) >= 1;) {
            enum ov_run_state is = state(ctx, key, seed, piece);
            any_wanted = any_wanted || is == OV_RUN_WANTED;
            any_stored = any_stored || is == OV_RUN_STORED;
        }
    fclose(f);
    return any_stored || (old && !any_wanted);
}

void ov_parts_sweep(const char *out, double seconds, state_of_run *state, void *ctx)
{
    struct ov_text jobs = {0}, path = {0};
    struct stat s;
    ov_text_addf(&jobs, "%s/jobs", out);
    DIR *d = jobs.failed ? NULL : opendir(jobs.s);
    for (const struct dirent *entry; d && (entry = readdir(d));) {
        size_t n = strlen(entry->d_name);
        if (n < sizeof SUFFIX || strcmp(entry->d_name + n - (sizeof SUFFIX - 1), SUFFIX) != 0)
            continue;
        path.len = 0;
        ov_text_addf(&path, "%s/%s", jobs.s, entry->d_name);
        if (!path.failed && stat(path.s, &s) == 0 &&
            is_waste(path.s, difftime(time(NULL), s.st_mtime) > seconds, state, ctx))
            unlink(path.s);
    }
    if (d)
        closedir(d);
    ov_text_free(&jobs);
    ov_text_free(&path);
}
