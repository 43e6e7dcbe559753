/* SPDX-License-Identifier: MIT
 *
 * `sgd.weights`: times at which a run's weights are stored, w-TIME.npy (K,N) and v-TIME.npy (K), and
 * once the teacher's, teacher.npy (M,N).
 */
#include <math.h>
#include <stdlib.h>

#include "overlap/base/agree.h"
#include "two_layer_internal.h"
#include "values_internal.h"

static enum ov_status take_times(void *base, const struct ov_key *key, const struct ov_value *v,
                                 struct ov_error *err)
{
    struct ov_two_layer *s = base;
    s->kept.n = v->type == OV_LIST ? v->cols : 1;
    for (size_t i = 1; v->type == OV_LIST && i < v->cols; i++)
        if (!(v->array[i] > v->array[i - 1]))
            return ov_value_fail(v, err, "weights must increase: %.15g stands after %.15g",
                                 v->array[i], v->array[i - 1]);
    return ov_take_vector(base, key, v, err);
}

static void say_times(struct ov_text *out, const struct ov_key *key, const void *base)
{
    const struct ov_two_layer *s = base;
    if (s->kept.n > 0)
        ov_say_numbers(out, key->name, s->kept.time, s->kept.n);
}

const struct ov_field ov_as_kept = {take_times, say_times, NULL};

/* The row that is measured at a time, or n_alpha. */
static size_t row_at(const struct ov_two_layer *s, double time)
{
    const double *times = s->scaling.by_t ? s->scaling.t : s->alpha;
    size_t j = 0;
    while (j < s->n_alpha && !ov_agree(times[j], time, 1e-9, 0.0))
        j++;
    return j;
}

static enum ov_status take_rows(struct ov_two_layer *s, const struct ov_value *v,
                                struct ov_error *err)
{
    const char *name = s->scaling.by_t ? "t" : "alpha";
    for (size_t i = 0; i < s->kept.n; i++) {
        size_t j = s->kept.row[i] = row_at(s, s->kept.time[i]);
        if (j == s->n_alpha)
            return ov_value_fail(v, err,
                                 "%.12g is no time of measurement: weights are stored at some of "
                                 "those of %s",
                                 s->kept.time[i], name);
        double steps = s->alpha[j] * (double)s->problem.N;
        if (!ov_agree(round(steps), steps, 1e-9, 1e-9))
            return ov_value_fail(v, err,
                                 "%s = %.12g is no whole step, %.12g of them have been made: "
                                 "weights are those after a step",
                                 name, s->kept.time[i], steps);
    }
    return OV_OK;
}

enum ov_status ov_kept_read(struct ov_two_layer *s, struct ov_value *params, struct ov_error *err)
{
    const struct ov_value *v = ov_value_find(params, "sgd.weights");
    if (s->kept.n == 0)
        return OV_OK;
    if (!ov_engines[s->engine].draws_weights)
        return ov_value_fail(v, err, "engine %s has no weights to store: take engine weights",
                             ov_engines[s->engine].name);
    if ((double)s->kept.n * (double)s->problem.N * (double)(s->problem.K + s->problem.M) >
        OV_LARGEST_WEIGHTS)
        return ov_value_fail(v, err, "the weights stored would be more than 10^9 numbers a run");
    s->kept.row = calloc(s->kept.n, sizeof *s->kept.row);
    if (!s->kept.row)
        return ov_fail(err, OV_ENOMEM, "out of memory while reading a curve");
    return take_rows(s, v, err);
}

void ov_kept_plan(struct ov_side_plan *plan, const struct ov_two_layer *s)
{
    const struct ov_problem *p = &s->problem;
    if (s->kept.n == 0)
        return;
    ov_side_array(plan, p->M, p->N, "teacher");
    for (size_t i = 0; i < s->kept.n; i++) {
        ov_side_array(plan, p->K, p->N, "w-%.12g", s->kept.time[i]);
        ov_side_array(plan, p->K, 0, "v-%.12g", s->kept.time[i]);
    }
}

/* Numbers of what is kept. */
double ov_kept_numbers(const struct ov_two_layer *s)
{
    return s->kept.n > 0 ? (double)ov_weights_kept_size(&s->problem, s->kept.n) : 0.0;
}
