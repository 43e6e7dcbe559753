/* SPDX-License-Identifier: MIT */
#include "values_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/base/agree.h"
#include "overlap/num/sym.h"

static enum ov_status no_memory(struct ov_error *err)
{
    return ov_fail(err, OV_ENOMEM, "out of memory while reading a curve");
}

enum ov_status ov_values_vector(double **x, size_t n, const struct ov_value *v, const char *whose,
                                struct ov_error *err)
{
    if (v->type == OV_LIST && v->cols != n)
        return ov_value_fail(v, err, "%s has %zu entries, the %s = %zu units", v->key->name,
                             v->cols, whose, n);
    *x = malloc(n * sizeof **x);
    if (!*x)
        return no_memory(err);
    for (size_t i = 0; i < n; i++)
        (*x)[i] = v->type == OV_LIST ? v->array[i] : v->number;
    return OV_OK;
}

enum ov_status ov_values_shape(const struct ov_value *v, size_t rows, size_t cols, const char *why,
                               struct ov_error *err)
{
    if (v->rows == rows && v->cols == cols)
        return OV_OK;
    return ov_value_fail(v, err, "%s is %zu x %zu, it has to be %zu x %zu (%s)", v->key->name,
                         v->rows, v->cols, rows, cols, why);
}

enum ov_status ov_values_packed(double **x, size_t n, const struct ov_value *v, const char *why,
                                struct ov_error *err)
{
    enum ov_status status = ov_values_shape(v, n, n, why, err);
    if (status != OV_OK)
        return status;
    *x = malloc(ov_sym_size(n) * sizeof **x);
    if (!*x)
        return no_memory(err);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double low = v->array[i * n + j], high = v->array[j * n + i];
            if (!ov_agree(low, high, 1e-12, 0))
                return ov_value_fail(v, err,
                                     "%s is not symmetric: %.15g in row %zu, column %zu, "
                                     "but %.15g in row %zu, column %zu",
                                     v->key->name, low, i, j, high, j, i);
            (*x)[ov_sym_at(i, j)] = low;
        }
    }
    return OV_OK;
}

static bool same_name(double a, double b)
{
    char name[2][32];
    snprintf(name[0], sizeof name[0], "%g", a);
    snprintf(name[1], sizeof name[1], "%g", b);
    return strcmp(name[0], name[1]) == 0;
}

enum ov_status ov_values_levels(double **x, size_t *n, const struct ov_value *v,
                                struct ov_error *err)
{
    bool list = v->type == OV_LIST;
    size_t count = list ? v->cols : 1;
    for (size_t i = 0; list && i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (same_name(v->array[i], v->array[j]))
                return ov_value_fail(v, err, "%s has two levels that are %g to six digits",
                                     v->key->name, v->array[i]);
    double *levels = calloc(count, sizeof *levels);
    if (!levels)
        return no_memory(err);
    for (size_t i = 0; i < count; i++)
        levels[i] = list ? v->array[i] : v->number;
    *x = levels;
    *n = count;
    return OV_OK;
}

enum ov_status ov_values_activation(const struct ov_activation **g, const struct ov_value *v,
                                    struct ov_error *err)
{
    *g = ov_activation_find(v->string);
    if (*g)
        return OV_OK;
    const char **names = calloc(ov_activation_count + 1, sizeof *names);
    struct ov_text all = {0};
    for (size_t i = 0; names && i < ov_activation_count; i++) {
        names[i] = ov_activations[i].name;
        ov_text_addf(&all, "%s%s", i ? ", " : "", names[i]);
    }
    const char *near = names ? ov_suggest(v->string, names) : NULL;
    enum ov_status status;
    if (!names || all.failed)
        status = no_memory(err);
    else
        status = ov_value_fail(v, err, "%s must be one of %s, not '%.32s'%s%s%s", v->key->name,
                               all.s, v->string, near ? "; did you mean '" : "", near ? near : "",
                               near ? "'?" : "");
    free(names);
    ov_text_free(&all);
    return status;
}
