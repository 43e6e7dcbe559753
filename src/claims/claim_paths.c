/* SPDX-License-Identifier: MIT */
#include "claim_tables_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ov_paths_free(struct ov_paths *p)
{
    if (!p)
        return;
    free(p->alpha);
    free(p->theory);
    free(p->sd);
    free(p->bias);
    free(p->x);
    *p = (struct ov_paths){0};
}

static enum ov_status make_room(struct ov_paths *p, size_t n, size_t n_time)
{
    p->n = n;
    p->n_time = n_time;
    p->alpha = calloc(n_time, sizeof *p->alpha);
    p->theory = calloc(n_time, sizeof *p->theory);
    p->sd = calloc(n_time, sizeof *p->sd);
    p->bias = calloc(n_time, sizeof *p->bias);
    p->x = calloc(n * n_time, sizeof *p->x);
    return p->alpha && p->theory && p->sd && p->bias && p->x ? OV_OK : OV_ENOMEM;
}

static bool refuse(struct ov_paths *p, const struct ov_query *q, const struct ov_tables *t,
                   size_t i, size_t k)
{
    p->verdict = OV_FAIL;
    snprintf(p->why, sizeof p->why, "%s of %s is not a finite number in seed %.0f at %s = %g",
             q->statistic, q->quantity, ov_result_at(&t->own, i, 0, 0), t->own.table.column[1],
             p->alpha[k]);
    return false;
}

/* Time k of the window, which is time j of the tables. False where a number is missing. */
static bool fill_time(struct ov_paths *p, const struct ov_query *q, const struct ov_tables *t,
                      size_t k, size_t j, bool predicted)
{
    size_t column = (size_t)ov_table_find(&t->own.table, q->quantity), partner;
    char bias[64];
    snprintf(bias, sizeof bias, "bias_%.56s", q->quantity);
    bool biased = predicted && ov_table_find(&t->theory.table, bias) >= 0;
    p->alpha[k] = ov_result_at(&t->own, 0, j, 1);
    for (size_t i = 0; i < p->n; i++) {
        if (!ov_tables_partner(&partner, t, i, j, p->why)) {
            p->verdict = OV_FAIL;
            return false;
        }
        double theory = ov_tables_theory(t, partner, j, q->quantity);
        double scale = q->what->relative ? 1.0 / theory : 1.0, part = 1.0 / (double)p->n;
        double *x = p->x + i * p->n_time + k;
        *x = scale * (ov_result_at(&t->own, i, j, column) - theory);
        p->theory[k] += part * theory;
        if (predicted)
            p->sd[k] += part * fabs(scale) * ov_tables_theory(t, partner, j, q->predicted);
        if (biased)
            p->bias[k] += part * scale * ov_tables_theory(t, partner, j, bias);
        if (!isfinite(*x) || !isfinite(p->sd[k]) || !isfinite(p->bias[k]))
            return refuse(p, q, t, i, k);
    }
    return true;
}

enum ov_status ov_paths_read(struct ov_paths *p, const struct ov_query *q, size_t c, bool predicted,
                             const char *out, struct ov_error *err)
{
    struct ov_tables t;
    size_t first, last;
    *p = (struct ov_paths){.curve = q->curve[c], .verdict = OV_PASS};
    enum ov_status status = ov_tables_read(&t, q, c, out, err);
    if (status == OV_OK && ov_tables_usable(&t.own, q->side, &p->verdict, p->why) &&
        ov_tables_usable(&t.theory, OV_THEORY, &p->verdict, p->why)) {
        status = ov_window_find(&first, &last, q, c, err);
        if (status == OV_OK && make_room(p, t.own.n_seed, last - first + 1) != OV_OK)
            status = ov_fail(err, OV_ENOMEM, "curve %s: out of memory", p->curve->id);
        for (size_t k = 0; status == OV_OK && k < p->n_time; k++)
            if (!fill_time(p, q, &t, k, first + k, predicted))
                break;
    }
    ov_tables_free(&t);
    return status;
}
