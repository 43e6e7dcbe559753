/* SPDX-License-Identifier: MIT
 *
 * Arrays and activations as fields of parameters, and what all systems' rows share.
 */
#include "values_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/base/agree.h"
#include "overlap/model/activation.h"
#include "overlap/model/problem.h"
#include "overlap/num/sym.h"

const char *const ov_teacher_words[] = {
    [OV_TEACHER_ORTHONORMAL] = "orthonormal", [OV_TEACHER_RANDOM] = "random", NULL};
const char *const ov_spacings[] = {"log", "linear", NULL};
const char *const ov_layer_words[] = {"mixed", "mean", "root", NULL};

static enum ov_status no_memory(struct ov_error *err)
{
    return ov_fail(err, OV_ENOMEM, "out of memory while reading a curve");
}

static void *at(void *base, size_t byte)
{
    return (char *)base + byte;
}

static const double *kept(const struct ov_key *key, const void *base)
{
    return *(double *const *)((const char *)base + key->at);
}

static size_t size_at(const void *base, size_t byte)
{
    return *(const size_t *)((const char *)base + byte);
}

/* ---- vectors ---- */

/* Unit i of n by the word. */
static double layer_of(const char *word, size_t i, size_t n)
{
    if (strcmp(word, "mixed") == 0)
        return i % 2 ? -1.0 : 1.0;
    return strcmp(word, "mean") == 0 ? 1.0 / (double)n : 1.0 / sqrt((double)n);
}

enum ov_status ov_take_vector(void *base, const struct ov_key *key, const struct ov_value *v,
                              struct ov_error *err)
{
    size_t n = size_at(base, key->rows);
    if (v->type == OV_LIST && v->cols != n)
        return ov_value_fail(v, err, "%s has %zu entries, the %s = %zu units", key->name, v->cols,
                             key->shape, n);
    double *x = malloc(n * sizeof *x);
    if (!x)
        return no_memory(err);
    for (size_t i = 0; i < n; i++)
        x[i] = v->type == OV_LIST   ? v->array[i]
               : v->type == OV_WORD ? layer_of(v->string, i, n)
                                    : v->number;
    *(double **)at(base, key->at) = x;
    return OV_OK;
}

static void say_vector(struct ov_text *out, const struct ov_key *key, const void *base)
{
    if (kept(key, base))
        ov_say_numbers(out, key->name, kept(key, base), size_at(base, key->rows));
}

/* The number that all entries are; of times, which increase, where there is one. */
static bool number_of_all(double *x, const struct ov_key *key, const void *base)
{
    const double *v = kept(key, base);
    for (size_t i = 1; i < size_at(base, key->rows); i++)
        if (v[i] != v[0])
            return false;
    *x = v[0];
    return true;
}

/* ---- matrices ---- */

static enum ov_status check_shape(const struct ov_value *v, size_t rows, size_t cols,
                                  struct ov_error *err)
{
    if (v->rows == rows && v->cols == cols)
        return OV_OK;
    return ov_value_fail(v, err, "%s is %zu x %zu, it has to be %zu x %zu (%s)", v->key->name,
                         v->rows, v->cols, rows, cols, v->key->shape);
}

static enum ov_status pack(double *x, size_t n, const struct ov_value *v, struct ov_error *err)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double low = v->array[i * n + j], high = v->array[j * n + i];
            if (!ov_agree(low, high, 1e-12, 0))
                return ov_value_fail(v, err,
                                     "%s is not symmetric: %.15g in row %zu, column %zu, "
                                     "but %.15g in row %zu, column %zu",
                                     v->key->name, low, i, j, high, j, i);
            x[ov_sym_at(i, j)] = low;
        }
    }
    return OV_OK;
}

static enum ov_status take_packed(void *base, const struct ov_key *key, const struct ov_value *v,
                                  struct ov_error *err)
{
    size_t n = size_at(base, key->rows);
    enum ov_status status = check_shape(v, n, n, err);
    if (status != OV_OK)
        return status;
    double *x = malloc(ov_sym_size(n) * sizeof *x);
    *(double **)at(base, key->at) = x;
    return x ? pack(x, n, v, err) : no_memory(err);
}

static void say_packed(struct ov_text *out, const struct ov_key *key, const void *base)
{
    if (kept(key, base))
        ov_say_numbers(out, key->name, kept(key, base), ov_sym_size(size_at(base, key->rows)));
}

static enum ov_status take_matrix(void *base, const struct ov_key *key, const struct ov_value *v,
                                  struct ov_error *err)
{
    size_t rows = size_at(base, key->rows), cols = size_at(base, key->cols);
    enum ov_status status = check_shape(v, rows, cols, err);
    if (status != OV_OK)
        return status;
    double *x = malloc(rows * cols * sizeof *x);
    *(double **)at(base, key->at) = x;
    if (!x)
        return no_memory(err);
    memcpy(x, v->array, rows * cols * sizeof *x);
    return OV_OK;
}

static void say_matrix(struct ov_text *out, const struct ov_key *key, const void *base)
{
    if (kept(key, base))
        ov_say_numbers(out, key->name, kept(key, base),
                       size_at(base, key->rows) * size_at(base, key->cols));
}

/* ---- levels ---- */

static bool same_name(double a, double b)
{
    char name[2][32];
    snprintf(name[0], sizeof name[0], "%g", a);
    snprintf(name[1], sizeof name[1], "%g", b);
    return strcmp(name[0], name[1]) == 0;
}

static enum ov_status take_levels(void *base, const struct ov_key *key, const struct ov_value *v,
                                  struct ov_error *err)
{
    size_t n = v->type == OV_LIST ? v->cols : 1;
    for (size_t i = 1; i < n; i++)
        for (size_t j = 0; j < i; j++)
            if (same_name(v->array[i], v->array[j]))
                return ov_value_fail(v, err, "%s has two levels that are %g to six digits",
                                     key->name, v->array[i]);
    *(size_t *)at(base, key->rows) = n;
    return ov_take_vector(base, key, v, err);
}

/* ---- activations ---- */

static enum ov_status no_such_activation(const struct ov_value *v, struct ov_error *err)
{
    const char **names = calloc(ov_activation_count + 1, sizeof *names);
    struct ov_text all = {0};
    for (size_t i = 0; names && i < ov_activation_count; i++) {
        names[i] = ov_activations[i].name;
        ov_text_addf(&all, "%s%s", i ? ", " : "", names[i]);
    }
    enum ov_status status;
    if (!names || all.failed)
        status = no_memory(err);
    else
        status = ov_value_fail(v, err, "%s must be one of %s, not '%.32s'%s", v->key->name, all.s,
                               v->string, ov_hint(v->string, names).text);
    free(names);
    ov_text_free(&all);
    return status;
}

static enum ov_status take_activation(void *base, const struct ov_key *key,
                                      const struct ov_value *v, struct ov_error *err)
{
    const struct ov_activation *g = ov_activation_find(v->string);
    *(const struct ov_activation **)at(base, key->at) = g;
    return g ? OV_OK : no_such_activation(v, err);
}

static void say_activation(struct ov_text *out, const struct ov_key *key, const void *base)
{
    const struct ov_activation *g =
        *(const struct ov_activation *const *)((const char *)base + key->at);
    ov_text_addf(out, "%s: %s\n", key->name, g->name);
}

const struct ov_field ov_as_vector = {ov_take_vector, say_vector, number_of_all};
const struct ov_field ov_as_packed = {take_packed, say_packed, NULL};
const struct ov_field ov_as_matrix = {take_matrix, say_matrix, NULL};
const struct ov_field ov_as_levels = {take_levels, say_vector, NULL};
const struct ov_field ov_as_times = {NULL, say_vector, number_of_all};
const struct ov_field ov_as_activation = {take_activation, say_activation, NULL};

/* ---- places, and formulas ---- */

enum ov_status ov_place_complaint(struct ov_value *params, const char *key, const char *says,
                                  struct ov_error *err)
{
    char path[64] = "";
    bool sgd_has_N = key && strcmp(key, "N") == 0 && ov_value_find(params, "sgd.N");
    strncat(path, sgd_has_N ? "sgd.N" : key ? key : "", sizeof path - 1);
    for (;;) {
        struct ov_value *v = path[0] ? ov_value_find(params, path) : params;
        if (v && (v->node || v == params))
            return ov_value_fail(v, err, "%s", says);
        char *dot = strrchr(path, '.');
        *(dot ? dot : path) = '\0';
    }
}

void ov_plan_rows(struct ov_curve *c, const double *time, size_t n_row)
{
    for (struct ov_side_plan *plan = c->side; plan < c->side + 2; plan++)
        if (plan->n_run > 0) {
            plan->n_row = n_row;
            plan->time = time;
            plan->group = 1;
        }
}

static void define(void *ctx, const char *name, double x)
{
    ov_curve_define(ctx, name, x);
}

void ov_define_variables(struct ov_curve *c, const struct ov_key *keys, const void *base)
{
    ov_params_define(keys, base, define, c);
}
