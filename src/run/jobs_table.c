/* SPDX-License-Identifier: MIT
 *
 * A curve's table, put together from its stored runs.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/run/jobs.h"
#include "overlap/run/sidecar.h"
#include "overlap/store/results.h"
#include "overlap/store/table.h"

/* The comments that make a table readable by itself. No clock, host or path. */
static void describe_table(struct ov_text *out, const struct ov_batch *b,
                           const struct ov_text *diverged)
{
    const struct ov_experiment *e = b->experiment;
    ov_text_addf(out, "# overlap %s\n# experiment: %s\n# curve: %s\n# side: %s\n# key: %s\n",
                 OV_VERSION, e->name, b->curve->id, ov_side_name(b->side), b->key);
    ov_text_addf(out, "# inputs_key: %s\n# seeds: %llu-%llu\n", b->inputs_key,
                 (unsigned long long)b->job[0].seed, (unsigned long long)b->job[b->n_job - 1].seed);
    struct ov_text parameters = {0};
    ov_text_addf(&parameters, "%s", ov_batch_side(b)->parameters.s);
    char *rest = parameters.s;
    for (char *line; rest && (line = strsep(&rest, "\n")) && *line;)
        ov_text_addf(out, "# %s\n", line);
    ov_text_addf(out, "# columns: seed - number of the run, 0 where nothing depends on it; %s\n",
                 ov_batch_side(b)->columns_doc.s);
    if (diverged->len > 0)
        ov_text_addf(out, "# diverged_at: %s\n", diverged->s);
    out->failed = out->failed || parameters.failed || diverged->failed;
    ov_text_free(&parameters);
}

/* Counts the runs that diverged and lists them. */
static void list_diverged(struct ov_text *list, struct ov_batch *b, const struct ov_stored *stored)
{
    b->n_diverged = 0;
    for (size_t i = 0; i < b->n_job; i++) {
        const struct ov_run_lines *run = ov_stored_find(stored, b->job[i].seed, b->job[i].piece);
        if (!run || isnan(run->diverged_at))
            continue;
        double at = run->diverged_at;
        b->first_diverged = b->n_diverged == 0 ? at : fmin(at, b->first_diverged);
        b->n_diverged++;
        ov_divergence_add(list, run->seed, at);
    }
}

static enum ov_status not_stored(const struct ov_batch *b, size_t job, struct ov_error *err)
{
    struct ov_text name = {0};
    ov_batch_say_jobs(&name, b, job, job + 1);
    enum ov_status status =
        ov_fail(err, OV_EUSER, "%s: error: no stored run of %s, %s%s%s", b->out, b->curve->id,
                ov_side_name(b->side), name.len > 0 ? "," : "", name.len > 0 ? name.s : "");
    ov_text_free(&name);
    return status;
}

static enum ov_status print_table(struct ov_text *out, struct ov_batch *b,
                                  const struct ov_stored *stored, struct ov_error *err)
{
    struct ov_text diverged = {0};
    list_diverged(&diverged, b, stored);
    describe_table(out, b, &diverged);
    ov_text_free(&diverged);
    ov_lines_header(out, ov_batch_side(b));
    for (size_t i = 0; i < b->n_job; i++) {
        const struct ov_run_lines *run = ov_stored_find(stored, b->job[i].seed, b->job[i].piece);
        if (!run)
            return not_stored(b, i, err);
        ov_text_add(out, run->s, run->n);
    }
    ov_table_seal(out);
    return out->failed ? ov_fail(err, OV_ENOMEM, "out of memory") : OV_OK;
}

static enum ov_status write_table(const struct ov_batch *b, const struct ov_text *text,
                                  struct ov_error *err)
{
    const struct ov_runs_of of = ov_batch_runs(b);
    char *path = ov_table_path(b->out, b->curve, b->side);
    ov_table_retire(&of, b->job[0].seed, b->n_seed);
    enum ov_status status = ov_file_put(path, text->s, text->len, err);
    free(path);
    return status;
}

enum ov_status ov_batch_assemble(struct ov_batch *b, const char *command, double seconds,
                                 struct ov_error *err)
{
    const struct ov_runs_of of = ov_batch_runs(b);
    struct ov_text text = {0};
    struct ov_stored stored;
    ov_stored_read(&stored, &of);
    enum ov_status status = print_table(&text, b, &stored, err);
    if (status == OV_OK)
        status = ov_sidecar_write(b, command, seconds, err);
    if (status == OV_OK)
        status = write_table(b, &text, err);
    if (status == OV_OK) {
        ov_failure_write(b->out, b->curve, b->side, b->key, NULL);
        ov_cost_forget(b);
    }
    b->table_valid = status == OV_OK;
    ov_stored_free(&stored);
    ov_text_free(&text);
    return status;
}
