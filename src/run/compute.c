/* SPDX-License-Identifier: MIT
 *
 * A curve in memory.
 */
#include "overlap/run/compute.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/run/jobs.h"
#include "overlap/store/provenance.h"
#include "rows_internal.h"

void ov_rows_free(struct ov_rows *r)
{
    if (!r)
        return;
    free(r->column);
    free(r->rows);
    free(r->diverged_at);
    *r = (struct ov_rows){0};
}

static enum ov_status find_curve(const struct ov_curve **found, const struct ov_experiment *e,
                                 const char *name, enum ov_side side, struct ov_error *err)
{
    *found = NULL;
    for (size_t i = 0; i < e->n_curve && !*found; i++)
        if (!name || strcmp(e->curve[i].id, name) == 0)
            *found = &e->curve[i];
    if (!*found)
        return ov_fail(err, OV_EUSER, "text: error: no curve has the id '%s'", name);
    if ((*found)->side[side].n_run == 0)
        return ov_fail(err, OV_EUSER, "text: error: curve '%s' has no '%s'", (*found)->id,
                       ov_side_name(side));
    return OV_OK;
}

static enum ov_status allocate(struct ov_rows *r, double **arrays, const struct ov_side_plan *s)
{
    size_t run = s->n_row * s->n_col, n_array = ov_side_arrays_size(s);
    *r = (struct ov_rows){
        .n_run = s->n_run, .n_row = s->n_row, .n_col = s->n_col, .first = s->first};
    r->column = calloc(s->n_col, sizeof *r->column);
    if (s->n_run <= SIZE_MAX / sizeof(double) / run)
        r->rows = malloc(s->n_run * run * sizeof *r->rows);
    *arrays = n_array > 0 ? malloc(n_array * sizeof **arrays) : NULL;
    r->diverged_at = malloc(s->n_run * sizeof *r->diverged_at);
    if (!r->column || !r->rows || !r->diverged_at || (n_array > 0 && !*arrays))
        return OV_ENOMEM;
    for (size_t i = 0; i < s->n_col; i++)
        memcpy(r->column[i], s->column[i].name, sizeof r->column[i]);
    for (size_t i = 0; i < s->n_run * run; i++)
        r->rows[i] = NAN;
    for (size_t i = 0; i < s->n_run; i++)
        r->diverged_at[i] = NAN;
    return OV_OK;
}

/* Runs from … from + n - 1. */
static enum ov_status compute(double *rows, double *arrays, const struct ov_system *system,
                              const struct ov_curve *c, enum ov_side side, size_t from, size_t n,
                              struct ov_error *err)
{
    const struct ov_side_plan *s = &c->side[side];
    size_t pieces = ov_side_pieces(s);
    uint64_t key[OV_GROUP_MAX];
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < n && status == OV_OK; i++)
        status = ov_random_key(&key[i], c, s->first + from + i);
    if (status != OV_OK)
        return ov_fail(err, status, "out of memory");
    if (pieces == 1 && arrays)
        status = system->run_arrays(rows, arrays, c, side, key[0], NULL, err);
    else if (pieces == 1)
        status = system->run(rows, c, side, key, n, NULL, err);
    for (size_t p = 0; pieces > 1 && p < pieces && status == OV_OK; p++)
        status = system->run_piece(rows + p * ov_side_piece_rows(s) * s->n_col, c, side, p, key[0],
                                   NULL, err);
    return status;
}

/* As `overlap run` does: of runs made together of which one diverges each is made alone, and one that diverges alone
 * has its rows up to then. */
static enum ov_status compute_group(struct ov_rows *r, double *arrays,
                                    const struct ov_system *system, const struct ov_curve *c,
                                    enum ov_side side, size_t from, size_t n, struct ov_error *err)
{
    struct ov_error own = {0};
    const struct ov_side_plan *s = &c->side[side];
    size_t size = r->n_row * r->n_col;
    double *rows = r->rows + from * size;
    enum ov_status status = compute(rows, arrays, system, c, side, from, n, &own);
    if (status == OV_EDIVERGED && n > 1) {
        for (size_t i = 0; i < n * size; i++)
            rows[i] = NAN;
        status = OV_OK;
        for (size_t i = 0; i < n && status == OV_OK; i++)
            status = compute_group(r, arrays, system, c, side, from + i, 1, err);
        return status;
    }
    if (status == OV_EDIVERGED && !c->fails_if_diverged && ov_side_pieces(s) == 1) {
        r->diverged_at[from] = own.diverged_at;
        ov_rows_cut_off(rows, s);
        return OV_OK;
    }
    return status == OV_OK ? status
                           : ov_fail(err, status, "%sseed %llu: %s", n > 1 ? "from " : "",
                                     (unsigned long long)(s->first + from), own.text);
}

enum ov_status ov_compute(struct ov_rows *rows, const struct ov_system *const *systems,
                          const char *text, const char *curve, enum ov_side side, uint64_t stream,
                          struct ov_error *err)
{
    const struct ov_load_options options = {
        .systems = systems, .text = text, .tier = OV_CI, .stream = stream};
    struct ov_experiment *e = NULL;
    const struct ov_curve *c = NULL;
    double *arrays = NULL;
    *rows = (struct ov_rows){0};
    if (err)
        *err = (struct ov_error){0};
    if (stream == 0)
        return ov_fail(err, OV_EUSER, "streams of random numbers are counted from 1");
    enum ov_status status = ov_experiment_load(&e, "text", &options, err);
    if (status == OV_OK)
        status = find_curve(&c, e, curve, side, err);
    if (status == OV_OK && allocate(rows, &arrays, &c->side[side]) != OV_OK)
        status = ov_fail(err, OV_ENOMEM, "out of memory");
    size_t group = 1;
    if (status == OV_OK && c->side[side].group > 1 && ov_side_pieces(&c->side[side]) == 1 &&
        !arrays)
        group = c->side[side].group < OV_GROUP_MAX ? c->side[side].group : OV_GROUP_MAX;
    for (size_t i = 0; status == OV_OK && i < rows->n_run; i += group) {
        size_t left = rows->n_run - i, n = left < group ? left : group;
        status = compute_group(rows, arrays, e->system, c, side, i, n, err);
    }
    free(arrays);
    ov_experiment_free(e);
    if (status != OV_OK)
        ov_rows_free(rows);
    return status;
}
