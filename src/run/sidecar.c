/* SPDX-License-Identifier: MIT
 *
 * The JSON beside a table: when, where and how it was made.
 */
#include "overlap/run/sidecar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <gsl/gsl_version.h>
#include <jansson.h>

#include "overlap/base/alloc.h"
#include "build.h" /* made by the Makefile: OV_BUILD_COMMIT */

const char *ov_build_commit(void)
{
    return OV_BUILD_COMMIT;
}

static void cpu_name(char name[128])
{
    char line[512];
    snprintf(name, 128, "unknown");
    FILE *f = fopen("/proc/cpuinfo", "r");
    while (f && fgets(line, sizeof line, f)) {
        char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || !colon)
            continue;
        snprintf(name, 128, "%.127s", colon + 2);
        name[strcspn(name, "\n")] = '\0';
        break;
    }
    if (f)
        fclose(f);
}

/* "key: value" lines as an object, so that a later run can say what changed. */
static json_t *inputs_object(const char *inputs)
{
    json_t *object = json_object();
    for (const char *line = inputs; object && *line;) {
        const char *end = strchr(line, '\n'), *colon = strchr(line, ':');
        if (!end || !colon || colon > end)
            break;
        char *key = strndup(line, (size_t)(colon - line));
        if (key)
            json_object_set_new(object, key, json_stringn(colon + 2, (size_t)(end - colon) - 2));
        free(key);
        line = end + 1;
    }
    return object;
}

static json_t *sidecar(const struct ov_batch *b, double seconds)
{
    char cpu[128], written[64];
    time_t now = time(NULL);
    struct tm utc;
    cpu_name(cpu);
    gmtime_r(&now, &utc);
    strftime(written, sizeof written, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:f, s:o}", //
                     "experiment", b->experiment->name, "curve", b->curve->id, "side",
                     ov_side_name(b->side), "key", b->key, "first_seed", (json_int_t)b->job[0].seed,
                     "seeds", (json_int_t)b->n_seed, "version", OV_VERSION, "commit",
                     ov_build_commit(), "compiler", __VERSION__, "gsl", gsl_version, "cpu", cpu,
                     "written", written, "seconds", seconds, "inputs", inputs_object(b->inputs));
}

/* CPU time of the runs that were computed here; of none, what an earlier record of the same inputs
 * says. */
static void add_cost(json_t *root, const struct ov_batch *b, const char *path)
{
    const struct ov_cost *cost = &b->cost;
    if (cost->n_run > 0) {
        json_object_set_new(root, "cost",
                            json_pack("{s:f, s:I, s:I, s:I}", "cpu_seconds", cost->seconds, "runs",
                                      (json_int_t)cost->n_run, "pieces",
                                      (json_int_t)ov_side_pieces(ov_batch_side(b)), "work",
                                      (json_int_t)ov_batch_side(b)->work));
        return;
    }
    json_t *old = json_load_file(path, 0, NULL), *kept = json_object_get(old, "cost");
    if (kept && json_equal(json_object_get(old, "inputs"), json_object_get(root, "inputs")))
        json_object_set(root, "cost", kept);
    json_decref(old);
}

enum ov_status ov_sidecar_write(const struct ov_batch *b, const char *command, double seconds,
                                struct ov_error *err)
{
    char *path = ov_sidecar_path(b->out, b->curve, b->side);
    json_t *root = sidecar(b, seconds);
    char *text = NULL;
    if (root && command)
        json_object_set_new(root, "command", json_string(command));
    if (root)
        add_cost(root, b, path);
    if (root)
        text = json_dumps(root, JSON_INDENT(2));
    enum ov_status status = OV_ENOMEM;
    if (text)
        status = ov_file_write(path, text, strlen(text), err);
    else
        ov_fail(err, status, "out of memory");
    free(text);
    json_decref(root);
    free(path);
    return status;
}

static void add_inputs(struct ov_text *inputs, const json_t *root)
{
    json_t *object = json_object_get(root, "inputs"), *value;
    const char *key;
    json_object_foreach(object, key, value) ov_text_addf(
        inputs, "%s: %s\n", key, json_is_string(value) ? json_string_value(value) : "");
}

void ov_sidecar_inputs(struct ov_text *inputs, size_t *n_seed, const struct ov_batch *b)
{
    char *path = ov_sidecar_path(b->out, b->curve, b->side);
    json_t *root = json_load_file(path, 0, NULL);
    inputs->len = 0;
    add_inputs(inputs, root);
    *n_seed = (size_t)json_integer_value(json_object_get(root, "seeds"));
    if (inputs->len == 0)
        *n_seed = 0;
    json_decref(root);
    free(path);
}

bool ov_sidecar_cost(struct ov_text *inputs, struct ov_cost *cost, uint64_t *work, const char *out,
                     const struct ov_curve *c, enum ov_side side)
{
    char *path = ov_sidecar_path(out, c, side);
    json_t *root = json_load_file(path, 0, NULL), *told = json_object_get(root, "cost");
    json_int_t n = json_integer_value(json_object_get(told, "runs"));
    json_int_t steps = json_integer_value(json_object_get(told, "work"));
    json_int_t pieces =
        json_integer_value(json_object_get(told, "pieces")); /* once there were none */
    *cost = (struct ov_cost){json_number_value(json_object_get(told, "cpu_seconds")),
                             n > 0 ? (size_t)n : 0, pieces > 1 ? (size_t)pieces : 1};
    *work = steps > 0 ? (uint64_t)steps : 0;
    inputs->len = 0;
    add_inputs(inputs, root);
    json_decref(root);
    free(path);
    return cost->n_run > 0 && cost->seconds >= 0.0 && inputs->len > 0;
}

/* ---- what stored runs took that have no table yet ---- */

static char *notes_path(const struct ov_batch *b)
{
    return ov_xprintf("%s/jobs/%.*s.cost", b->out, OV_BLOCK_KEY, b->inputs_key);
}

/* Several processes may add lines. What can't be written is not known later, no more. */
void ov_cost_note(const struct ov_batch *b, double seconds, size_t n_job)
{
    char *path = notes_path(b);
    FILE *f = n_job > 0 ? fopen(path, "a") : NULL;
    if (f) {
        fprintf(f, "%.6g %zu\n", seconds, n_job);
        fclose(f);
    }
    free(path);
}

struct ov_cost ov_cost_noted(const struct ov_batch *b)
{
    struct ov_cost all = {0.0, 0, 1};
    char *path = notes_path(b);
    FILE *f = fopen(path, "r");
    double seconds;
    size_t n;
    while (f && fscanf(f, "%lf %zu", &seconds, &n) == 2) {
        all.seconds += seconds;
        all.n_run += n;
    }
    if (f)
        fclose(f);
    free(path);
    return all;
}

void ov_cost_forget(const struct ov_batch *b)
{
    char *path = notes_path(b);
    unlink(path);
    free(path);
}
