/* SPDX-License-Identifier: MIT
 *
 * A curve's table as its readers see it: valid, missing, stale or broken.
 */
#include "overlap/store/results.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "overlap/base/alloc.h"
#include "overlap/base/text.h"
#include "overlap/store/arrays.h"
#include "overlap/store/provenance.h"

const char *ov_state_name(enum ov_state s)
{
    static const char *const names[] = {"valid", "missing", "stale", "broken", "not asked for"};
    return (size_t)s < sizeof names / sizeof *names ? names[s] : "unknown";
}

static void set_state(struct ov_result *r, enum ov_state state, const char *fmt, ...)
    OV_PRINTF(3, 4);
static void set_state(struct ov_result *r, enum ov_state state, const char *fmt, ...)
{
    va_list ap;
    r->state = state;
    va_start(ap, fmt);
    vsnprintf(r->why, sizeof r->why, fmt, ap);
    va_end(ap);
    r->why[strcspn(r->why, "\n")] = '\0';
}

void ov_result_free(struct ov_result *r)
{
    if (!r)
        return;
    ov_table_free(&r->table);
    free(r->diverged_at);
    r->diverged_at = NULL;
    r->n_seed = r->n_time = 0;
}

static bool break_off(struct ov_result *r, const char *what)
{
    ov_result_free(r);
    set_state(r, OV_BROKEN, "%s", what);
    return false;
}

/* Groups of rows by seed, in ascending order, each with the times of the first one. */
static bool check_groups(struct ov_result *r)
{
    size_t n_time = 1, n_row = r->table.n_row;
    const double *seed = r->table.cell[0], *time = r->table.cell[1];
    while (n_time < n_row && seed[n_time] == seed[0])
        n_time++;
    if (n_row % n_time != 0)
        return break_off(r, "the runs of different seeds differ in their number of rows");
    for (size_t i = 0; i < n_row; i++) {
        bool first = i % n_time == 0;
        if (!isfinite(seed[i]) || !isfinite(time[i]))
            return break_off(r, "a seed or a time that is not finite");
        if (seed[i] != seed[i / n_time * n_time] || (first && i > 0 && seed[i] <= seed[i - 1]))
            return break_off(r, "its rows are not grouped by ascending seeds");
        if (time[i] != time[i % n_time])
            return break_off(r, "the runs of different seeds are at different times");
    }
    r->n_time = n_time;
    r->n_seed = n_row / n_time;
    return true;
}

/* "3 12.5, 7 40": seed 3 diverged at 12.5, seed 7 at 40. */
static bool read_divergences(struct ov_result *r)
{
    char *text = ov_table_comment(&r->table, "diverged_at"), *end = text;
    r->diverged_at = ov_xcalloc(r->n_seed, sizeof *r->diverged_at);
    for (size_t i = 0; i < r->n_seed; i++)
        r->diverged_at[i] = NAN;
    bool right = true;
    for (char *at = text; right && at && *at; at = end + strspn(end, ", ")) {
        double seed = strtod(at, &end), time = strtod(end, &end);
        size_t i = 0;
        while (i < r->n_seed && ov_result_at(r, i, 0, 0) != seed)
            i++;
        right = end != at && i < r->n_seed && isfinite(time);
        if (right)
            r->diverged_at[i] = time;
    }
    free(text);
    return right || break_off(r, "its comment diverged_at is no list of seeds and times");
}

static bool check_structure(struct ov_result *r, const struct ov_side_plan *s)
{
    const char *time = s->column[0].name;
    const struct ov_table *t = &r->table;
    if (t->n_col < 3 || strcmp(t->column[0], "seed") != 0 || strcmp(t->column[1], time) != 0)
        return break_off(r, "its columns do not start with the seed and the time");
    if (t->n_row == 0)
        return break_off(r, "it has no rows");
    return check_groups(r) && read_divergences(r);
}

/* Under the present key the table must be what the system says it writes. */
static bool check_shape(struct ov_result *r, const struct ov_side_plan *s)
{
    if (r->table.n_col != s->n_col + 1 || r->n_time != s->n_row)
        return break_off(r, "it has other columns or times than the experiment asks for");
    for (size_t i = 0; i < s->n_col; i++)
        if (strcmp(s->column[i].name, r->table.column[i + 1]) != 0)
            return break_off(r, "it has other columns than the experiment asks for");
    if (r->n_seed != s->n_run || ov_result_at(r, 0, 0, 0) != (double)s->first ||
        ov_result_at(r, s->n_run - 1, 0, 0) != (double)(s->first + s->n_run - 1))
        return break_off(r, "it has other seeds than the experiment asks for");
    return true;
}

/* ---- why a result could not be computed ---- */

static char *failure_path(const char *out, const struct ov_curve *c, enum ov_side side)
{
    return ov_xprintf("%s/%s.%s.failed", out, c->id, ov_side_name(side));
}

void ov_failure_write(const char *out, const struct ov_curve *c, enum ov_side side, const char *key,
                      const char *text)
{
    struct ov_text file = {0};
    char *path = failure_path(out, c, side);
    ov_text_addf(&file, "# key: %s\n%s\n", key, text ? text : "");
    if (!text)
        unlink(path);
    enum ov_status ignored = OV_OK;
    if (text && !file.failed)
        ignored = ov_file_put(path, file.s, file.len, NULL);
    (void)ignored;
    ov_text_free(&file);
    free(path);
}

/* Says so where the last attempt at the result with this key failed. */
static void add_failure(struct ov_result *r, const char *out, const struct ov_curve *c,
                        enum ov_side side, const char *key)
{
    struct ov_text file = {0};
    char *path = failure_path(out, c, side), *of = NULL;
    if (ov_file_exists(path) && ov_file_read(&file, path, 0, NULL) == OV_OK)
        of = ov_comment_find(file.s, "key");
    if (of && strcmp(of, key) == 0) {
        const char *text = file.s + strcspn(file.s, "\n") + 1;
        size_t used = strlen(r->why);
        snprintf(r->why + used, sizeof r->why - used, ": failed: %.*s", (int)strcspn(text, "\n"),
                 text);
    }
    free(of);
    free(path);
    ov_text_free(&file);
}

/* ---- reading ---- */

/* The key that the side's table has to have. */
static void present_key(char key[OV_KEY_SIZE], const struct ov_curve *c, enum ov_side side)
{
    struct ov_text inputs = {0};
    ov_inputs(&inputs, c, side);
    if (inputs.failed)
        ov_out_of_memory(inputs.room);
    ov_curve_key(key, inputs.s ? inputs.s : "", c->side[side].first, c->side[side].n_run);
    ov_text_free(&inputs);
}

/* VALID or STALE, by the key among the comments. */
static void judge_key(struct ov_result *r, const struct ov_experiment *e, const struct ov_curve *c,
                      enum ov_side side, const char *key)
{
    uint64_t first = c->side[side].first;
    size_t n = c->side[side].n_run;
    char seeds[64];
    snprintf(seeds, sizeof seeds, "%" PRIu64 "-%" PRIu64, first, first + n - 1);
    char *old_key = ov_table_comment(&r->table, "key");
    char *old_seeds = ov_table_comment(&r->table, "seeds");
    if (!old_key)
        break_off(r, "its comments hold no key");
    else if (strcmp(key, old_key) == 0)
        check_shape(r, &c->side[side]);
    else if (old_seeds && strcmp(seeds, old_seeds) != 0)
        set_state(r, OV_STALE, "stale: of seeds %s, asked for are %s", old_seeds, seeds);
    else
        set_state(r, OV_STALE, "stale: of other parameters or sources (see `overlap plan %s`)",
                  e->dir);
    free(old_key);
    free(old_seeds);
}

/* A valid table whose runs' arrays are not all there is broken. */
static void judge_arrays(struct ov_result *r, const char *out, const struct ov_curve *c,
                         enum ov_side side)
{
    char *key = ov_table_comment(&r->table, "inputs_key");
    const struct ov_runs_of of = {out, c, side, key ? key : ""};
    char *wrong = ov_arrays_wrong_of(&of, c->side[side].first, c->side[side].n_run);
    if (wrong)
        break_off(r, wrong);
    free(wrong);
    free(key);
}

/* Puts the path in front of what is broken, where the table's reader has not done so. */
static void name_file(struct ov_result *r, const char *path)
{
    char what[sizeof r->why];
    memcpy(what, r->why, sizeof what);
    bool named = strncmp(what, path, strlen(path)) == 0;
    set_state(r, OV_BROKEN, "broken: %s%s%s", named ? "" : path, named ? "" : ": ", what);
}

void ov_result_read(struct ov_result *r, const char *out, const struct ov_experiment *e,
                    const struct ov_curve *c, enum ov_side side, const char *const *quantity)
{
    *r = (struct ov_result){.state = OV_VALID};
    if (c->side[side].n_run == 0) {
        set_state(r, OV_NOT_ASKED, "the experiment does not ask for %s", ov_side_name(side));
        return;
    }
    char key[OV_KEY_SIZE], *path = ov_table_path(out, c, side);
    const char *wanted[OV_QUANTITIES_MAX + 3] = {"seed", c->side[side].column[0].name};
    bool all = !quantity;
    for (size_t n = 2; quantity && *quantity && n < OV_QUANTITIES_MAX + 2; quantity++)
        wanted[n++] = *quantity;
    struct ov_error err = {0};
    present_key(key, c, side);
    if (!ov_file_exists(path)) {
        set_state(r, OV_MISSING, "no result (run `overlap run %s`)", e->dir);
    } else {
        enum ov_status status = ov_table_read(&r->table, path, all ? NULL : wanted, &err);
        if (status == OV_ENOMEM)
            ov_out_of_memory(0);
        if (status != OV_OK)
            break_off(r, err.text);
        else if (check_structure(r, &c->side[side]))
            judge_key(r, e, c, side, key);
        if (r->state == OV_VALID)
            judge_arrays(r, out, c, side);
    }
    if (r->state == OV_BROKEN)
        name_file(r, path);
    if (r->state == OV_MISSING || r->state == OV_STALE)
        add_failure(r, out, c, side, key);
    free(path);
}

int ov_result_partner(const struct ov_result *theory, const struct ov_result *sgd, size_t i)
{
    double seed = ov_result_at(sgd, i, 0, 0);
    for (size_t g = 0; g < theory->n_seed; g++)
        if (ov_result_at(theory, g, 0, 0) == seed)
            return (int)g;
    bool for_all = theory->n_seed == 1 && ov_result_at(theory, 0, 0, 0) == 0.0;
    return for_all ? 0 : -1;
}

char *ov_results_dir(const struct ov_experiment *e)
{
    return ov_xprintf("build/results/%s", e->name);
}
