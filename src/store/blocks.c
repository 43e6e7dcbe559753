/* SPDX-License-Identifier: MIT
 *
 * Blocks of runs: written with a seal and found by the front of their inputs' key in the name,
 *     OUT/jobs/KEY[32]-SEAL[16].csv
 * so that no two blocks with different contents are in each other's way, whoever writes them.
 */
#include "overlap/store/blocks.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "overlap/base/alloc.h"
#include "overlap/store/provenance.h"
#include "overlap/store/table.h"

enum { SEAL_IN_NAME = 16 };

/* OUT/jobs/KEY-SEAL.csv, allocated. */
static char *block_path(const char *out, const char *inputs_key, const char *seal)
{
    return ov_xprintf("%s/jobs/%.*s-%.*s.csv", out, OV_BLOCK_KEY, inputs_key, SEAL_IN_NAME, seal);
}

/* ---- lines ---- */

void ov_lines_header(struct ov_text *out, const struct ov_side_plan *side)
{
    ov_text_add(out, "seed", 4);
    for (size_t i = 0; i < side->n_col; i++)
        ov_text_addf(out, ",%s", side->column[i].name);
    ov_text_add(out, "\n", 1);
}

void ov_lines_run(struct ov_text *out, const struct ov_side_plan *side, uint64_t seed,
                  const double *rows)
{
    char front[24];
    int n = snprintf(front, sizeof front, "%" PRIu64 ",", seed);
    for (size_t i = 0; i < ov_side_piece_rows(side); i++) {
        ov_text_add(out, front, (size_t)n);
        ov_table_print_row(out, rows + i * side->n_col, side->n_col);
    }
}

void ov_divergence_add(struct ov_text *list, uint64_t seed, double at)
{
    ov_text_addf(list, "%s%" PRIu64 " %.17g", list->len ? ", " : "", seed, at);
}

/* ---- reading ---- */

void ov_stored_free(struct ov_stored *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n_file; i++) {
        free(s->file[i].path);
        ov_text_free(&s->file[i].text);
    }
    free(s->file);
    free(s->run);
    *s = (struct ov_stored){0};
}

static void add_run(struct ov_stored *s, const struct ov_run_lines *run)
{
    if (s->n_run == s->room) {
        s->room = s->room ? 2 * s->room : 16;
        s->run = ov_xrealloc(s->run, s->room, sizeof *s->run);
    }
    s->run[s->n_run++] = *run;
}

/* Which piece of a run begins with a time; n_piece if none does. */
static size_t piece_from(const struct ov_side_plan *side, double time)
{
    size_t piece = 0, n_row = ov_side_piece_rows(side);
    while (piece < ov_side_pieces(side) && side->time[piece * n_row] != time)
        piece++;
    return piece;
}

/* The lines from `at` on that begin with the same seed, of a run in pieces no more than one has.
 * False where they are not what the side has. */
static bool next_run(struct ov_run_lines *run, const char *at, const char *end,
                     const struct ov_side_plan *side)
{
    char *comma;
    size_t rows = 0, n_row = ov_side_piece_rows(side);
    bool pieces = ov_side_pieces(side) > 1;
    run->s = at;
    run->seed = strtoull(at, &comma, 10);
    if (comma == at || *comma != ',')
        return false;
    size_t front = (size_t)(comma + 1 - run->s);
    run->piece = pieces ? piece_from(side, strtod(comma + 1, NULL)) : 0;
    while (at < end && (size_t)(end - at) > front && memcmp(at, run->s, front) == 0 &&
           (!pieces || rows < n_row)) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        at = newline ? newline + 1 : end;
        rows++;
    }
    run->n = (size_t)(at - run->s);
    return rows == n_row && run->piece < ov_side_pieces(side);
}

/* Adds the runs of a file's lines, all or none. */
static void add_runs(struct ov_stored *s, size_t file, const char *at, const char *end,
                     const struct ov_side_plan *side)
{
    size_t before = s->n_run;
    while (at < end) {
        struct ov_run_lines run = {.file = file, .diverged_at = NAN};
        if (!next_run(&run, at, end, side)) {
            s->n_run = before;
            return;
        }
        add_run(s, &run);
        at = run.s + run.n;
    }
}

/* Notes which of the runs from `run` on diverged, as the comments of their file say. */
static void note_divergences(struct ov_run_lines *run, size_t n, const char *text)
{
    char *list = ov_comment_find(text, "diverged_at"), *end = list;
    for (char *at = list; at && *at; at = end + strspn(end, ", ")) {
        uint64_t seed = strtoull(at, &end, 10);
        double time = strtod(end, &end);
        if (end == at)
            break;
        for (size_t i = 0; i < n; i++)
            if (run[i].seed == seed)
                run[i].diverged_at = time;
    }
    free(list);
}

/* True if a sealed text says that it is of these inputs. */
static bool is_of(const char *text, const char *inputs_key)
{
    char *found = ov_comment_find(text, "inputs_key");
    bool same = found && strcmp(found, inputs_key) == 0;
    free(found);
    return same;
}

const char *ov_lines_first(const char *text, const struct ov_side_plan *side)
{
    struct ov_text header = {0};
    while (*text == '#')
        text += strcspn(text, "\n") + 1;
    ov_lines_header(&header, side);
    bool same = !header.failed && strncmp(text, header.s, header.len) == 0;
    text += header.len;
    ov_text_free(&header);
    return same ? text : NULL;
}

/* Reads one file; `path` is taken over. Spoiled ones are remembered without runs; one that can't be
 * read (too many files open, permission) may be good and is left alone. */
static void add_file(struct ov_stored *s, const struct ov_runs_of *of, char *path, bool is_table)
{
    const struct ov_side_plan *side = &of->curve->side[of->side];
    s->file = ov_xrealloc(s->file, s->n_file + 1, sizeof *s->file);
    struct ov_stored_file *f = &s->file[s->n_file];
    *f = (struct ov_stored_file){.path = path, .is_table = is_table};
    size_t n = 0, before = s->n_run;
    enum ov_status status = ov_table_load(&f->text, &n, path, NULL);
    if (status == OV_ENOMEM)
        ov_out_of_memory(0);
    if (!f->text.s) {
        free(path);
        return;
    }
    s->n_file++;
    const char *at = status == OV_OK && is_of(f->text.s, of->inputs_key)
                         ? ov_lines_first(f->text.s, side)
                         : NULL;
    if (at)
        add_runs(s, s->n_file - 1, at, f->text.s + n, side);
    note_divergences(s->run + before, s->n_run - before, f->text.s);
}

static bool is_block(const char *name, const char *inputs_key)
{
    return strlen(name) == OV_BLOCK_KEY + 1 + SEAL_IN_NAME + 4 &&
           strncmp(name, inputs_key, OV_BLOCK_KEY) == 0 && name[OV_BLOCK_KEY] == '-' &&
           strcmp(name + OV_BLOCK_KEY + 1 + SEAL_IN_NAME, ".csv") == 0;
}

static DIR *open_jobs(const char *out)
{
    struct ov_text jobs = {0};
    ov_text_addf(&jobs, "%s/jobs", out);
    DIR *d = jobs.failed ? NULL : opendir(jobs.s);
    ov_text_free(&jobs);
    return d;
}

static void add_blocks(struct ov_stored *s, const struct ov_runs_of *of)
{
    DIR *d = open_jobs(of->out);
    for (const struct dirent *entry; d && (entry = readdir(d));)
        if (is_block(entry->d_name, of->inputs_key))
            add_file(s, of, block_path(of->out, of->inputs_key, entry->d_name + OV_BLOCK_KEY + 1),
                     false);
    if (d)
        closedir(d);
}

bool ov_blocks_any(const struct ov_runs_of *of)
{
    bool any = false;
    DIR *d = open_jobs(of->out);
    for (const struct dirent *entry; d && !any && (entry = readdir(d));)
        any = is_block(entry->d_name, of->inputs_key);
    if (d)
        closedir(d);
    return any;
}

static int by_seed(const void *a, const void *b)
{
    const struct ov_run_lines *x = a, *y = b;
    if (x->seed != y->seed)
        return x->seed > y->seed ? 1 : -1;
    return (x->piece > y->piece) - (x->piece < y->piece);
}

void ov_stored_read(struct ov_stored *s, const struct ov_runs_of *of)
{
    *s = (struct ov_stored){0};
    add_blocks(s, of);
    add_file(s, of, ov_table_path(of->out, of->curve, of->side), true);
    size_t n = 0;
    if (s->n_run > 0)
        qsort(s->run, s->n_run, sizeof *s->run, by_seed);
    for (size_t i = 0; i < s->n_run; i++)
        if ((n == 0 || by_seed(&s->run[i], &s->run[n - 1]) != 0) &&
            (isnan(s->run[i].diverged_at) || !of->curve->fails_if_diverged))
            s->run[n++] = s->run[i];
    s->n_run = n;
}

const struct ov_run_lines *ov_stored_find(const struct ov_stored *s, uint64_t seed, size_t piece)
{
    const struct ov_run_lines key = {.seed = seed, .piece = piece};
    return s->n_run ? bsearch(&key, s->run, s->n_run, sizeof key, by_seed) : NULL;
}

/* ---- writing and removing ---- */

static bool has_others(const struct ov_stored *s, size_t file, uint64_t first, size_t n)
{
    for (size_t i = 0; i < s->n_run; i++)
        if (s->run[i].file == file && (s->run[i].seed < first || s->run[i].seed - first >= n))
            return true;
    return false;
}

void ov_stored_remove(const struct ov_stored *s, uint64_t first, size_t n)
{
    for (size_t i = 0; i < s->n_file; i++)
        if (!s->file[i].is_table && !has_others(s, i, first, n))
            unlink(s->file[i].path);
}

enum ov_status ov_block_write(const struct ov_runs_of *of, const struct ov_text *lines,
                              const struct ov_text *diverged, struct ov_error *err)
{
    struct ov_text text = {0};
    ov_text_addf(&text, "# overlap %s, runs\n# inputs_key: %s\n", OV_VERSION, of->inputs_key);
    if (diverged->len > 0)
        ov_text_addf(&text, "# diverged_at: %s\n", diverged->s);
    ov_lines_header(&text, &of->curve->side[of->side]);
    ov_text_add(&text, lines->s ? lines->s : "", lines->len);
    ov_table_seal(&text);
    char *path = text.failed || lines->failed || diverged->failed
                     ? NULL
                     : block_path(of->out, of->inputs_key, text.s + text.len - OV_KEY_SIZE);
    enum ov_status status =
        path ? ov_file_put(path, text.s, text.len, err) : ov_fail(err, OV_ENOMEM, "out of memory");
    free(path);
    ov_text_free(&text);
    return status;
}

/* True if the table `t` of these inputs holds only the given runs. */
static bool is_covered(struct ov_text *t, size_t n_text, const struct ov_runs_of *of,
                       uint64_t first, size_t n)
{
    const struct ov_side_plan *side = &of->curve->side[of->side];
    struct ov_stored s = {0};
    const char *at = is_of(t->s, of->inputs_key) ? ov_lines_first(t->s, side) : NULL;
    if (at)
        add_runs(&s, 0, at, t->s + n_text, side);
    bool covered = at && !has_others(&s, 0, first, n);
    ov_stored_free(&s);
    return covered;
}

void ov_table_keep(const char *out, const char *path, const struct ov_text *text)
{
    char *inputs = ov_comment_find(text->s, "inputs_key"), *kept = NULL;
    struct ov_text jobs = {0};
    ov_text_addf(&jobs, "%s/jobs", out);
    if (inputs && strlen(inputs) == OV_KEY_SIZE - 1)
        kept = block_path(out, inputs, text->s + text->len - OV_KEY_SIZE);
    if (kept && !jobs.failed && ov_dir_make(jobs.s, NULL) == OV_OK && link(path, kept) == 0)
        utimensat(AT_FDCWD, kept, NULL, 0); /* its age as a block begins now */
    ov_text_free(&jobs);
    free(inputs);
    free(kept);
}

void ov_table_retire(const struct ov_runs_of *of, uint64_t first, size_t n)
{
    struct ov_text t = {0};
    size_t n_text;
    char *path = ov_table_path(of->out, of->curve, of->side);
    if (ov_table_load(&t, &n_text, path, NULL) == OV_OK && !is_covered(&t, n_text, of, first, n))
        ov_table_keep(of->out, path, &t);
    ov_text_free(&t);
    free(path);
}

void ov_blocks_sweep(const char *out, double seconds, bool (*wanted)(void *ctx, const char *front),
                     void *ctx)
{
    struct stat s;
    DIR *d = open_jobs(out);
    for (const struct dirent *entry; d && (entry = readdir(d));) {
        size_t n = strlen(entry->d_name);
        bool block = n > 4 + OV_BLOCK_KEY && strcmp(entry->d_name + n - 4, ".csv") == 0;
        bool cost = n == 5 + OV_BLOCK_KEY && strcmp(entry->d_name + n - 5, ".cost") == 0;
        if ((block || cost) && fstatat(dirfd(d), entry->d_name, &s, AT_SYMLINK_NOFOLLOW) == 0 &&
            difftime(time(NULL), s.st_mtime) > seconds && !wanted(ctx, entry->d_name))
            unlinkat(dirfd(d), entry->d_name, 0);
    }
    if (d)
        closedir(d);
}
