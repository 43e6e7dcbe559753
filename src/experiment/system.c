/* SPDX-License-Identifier: MIT
 *
 * What all systems share: the names of the two sides, what they fill in of a curve, and keys that
 * depend on the tier.
 */
#include "overlap/experiment/system.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/config/param.h"
#include "overlap/experiment/experiment.h"

const char *ov_side_name(enum ov_side side)
{
    return side == OV_THEORY ? "theory" : "sgd";
}

void ov_side_column(struct ov_side_plan *s, enum ov_role role, bool may_be_nan, const char *fmt,
                    ...)
{
    struct ov_column *grown = realloc(s->column, (s->n_col + 1) * sizeof *grown);
    if (!grown) {
        s->failed = true;
        return;
    }
    s->column = grown;
    struct ov_column *added = &grown[s->n_col++];
    *added = (struct ov_column){.role = role, .may_be_nan = may_be_nan};
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(added->name, sizeof added->name, fmt, ap);
    va_end(ap);
}

void ov_side_array(struct ov_side_plan *s, size_t rows, size_t cols, const char *fmt, ...)
{
    struct ov_array *grown = realloc(s->array, (s->n_array + 1) * sizeof *grown);
    if (!grown) {
        s->failed = true;
        return;
    }
    s->array = grown;
    struct ov_array *added = &grown[s->n_array++];
    *added = (struct ov_array){.rows = rows, .cols = cols};
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(added->name, sizeof added->name, fmt, ap);
    va_end(ap);
}

size_t ov_side_arrays_size(const struct ov_side_plan *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n_array; i++)
        n += ov_array_size(&s->array[i]);
    return n;
}

void ov_side_column_closed(struct ov_side_plan *s)
{
    if (s->n_col > 0)
        s->column[s->n_col - 1].closed = true;
}

const char *ov_side_main_quantity(const struct ov_side_plan *s)
{
    const char *first = NULL;
    for (size_t i = 0; i < s->n_col; i++) {
        if (strcmp(s->column[i].name, "eps_g") == 0)
            return s->column[i].name;
        if (!first && s->column[i].role == OV_ROLE_VALUE)
            first = s->column[i].name;
    }
    return first;
}

void ov_curve_define(struct ov_curve *c, const char *name, double x)
{
    const char **names = realloc(c->variable, (c->n_variable + 2) * sizeof *names);
    c->variable = names ? names : c->variable;
    double *values = realloc(c->variable_is, (c->n_variable + 1) * sizeof *values);
    c->variable_is = values ? values : c->variable_is;
    c->problem.failed |= !names || !values;
    if (!names || !values)
        return;
    values[c->n_variable] = x;
    names[c->n_variable++] = name;
    names[c->n_variable] = NULL;
}

/* "gamma" of the path "scaling.gamma", where that is a variable. */
static const char *without_maps(const struct ov_curve *c, const char *name)
{
    const struct ov_key *key =
        strchr(name, '.') && c->params.keys ? ov_schema_find(c->params.keys, name) : NULL;
    return key && key->of & OV_IN_FORMULAS ? key->name : name;
}

bool ov_curve_variable(double *x, const struct ov_curve *c, const char *name)
{
    name = without_maps(c, name);
    for (size_t i = 0; i < c->n_variable; i++) {
        if (strcmp(c->variable[i], name) != 0)
            continue;
        *x = c->variable_is[i];
        return true;
    }
    return false;
}

const char *ov_curve_time(const struct ov_curve *c)
{
    return c->side[c->side[OV_SGD].n_run ? OV_SGD : OV_THEORY].column[0].name;
}

void ov_curve_release(struct ov_curve *c, const struct ov_system *system)
{
    if (system && system->release && c->state)
        system->release(c->state);
    if (system && system->state_size > 0)
        free(c->state);
    for (size_t i = 0; i < 2; i++) {
        free(c->side[i].column);
        free(c->side[i].array);
        ov_text_free(&c->side[i].columns_doc);
        ov_text_free(&c->side[i].parameters);
    }
    ov_text_free(&c->problem);
    free(c->variable);
    free(c->variable_is);
    c->state = NULL;
    c->variable = NULL;
    c->variable_is = NULL;
    c->n_variable = 0;
    c->side[0] = c->side[1] = (struct ov_side_plan){0};
}

const char *const ov_on_divergence[] = {"keep", "fail", NULL};

const struct ov_key ov_tier_keys[] = {
    {"quick", OV_INT, 1, 1e6, NULL, NULL, OV_OPTIONAL, .doc = "at tier quick"},
    {"ci", OV_INT, 1, 1e6, NULL, NULL, OV_OPTIONAL, .doc = "at tier ci; if not given, as at quick"},
    {"full", OV_INT, 1, 1e6, NULL, NULL, OV_OPTIONAL,
     .doc = "at tier full; if not given, as at ci"},
    {.name = NULL},
};
