/* SPDX-License-Identifier: MIT
 *
 * A curve's parameters read into a problem.
 */
#include "two_layer_internal.h"
#include "teacher_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "times_internal.h"
#include "values_internal.h"

/* Numbers in the rows of one run: 0.8 GB. */
static const double largest_result = 1e8;

static enum ov_status no_memory(struct ov_error *err)
{
    return ov_fail(err, OV_ENOMEM, "out of memory while reading a curve");
}

/* ---- the problem ---- */

static enum ov_status ones(double **x, size_t n, struct ov_error *err)
{
    *x = malloc(n * sizeof **x);
    for (size_t i = 0; *x && i < n; i++)
        (*x)[i] = 1;
    return *x ? OV_OK : no_memory(err);
}

static enum ov_status rectangle(double **x, size_t rows, size_t cols, const struct ov_value *v,
                                const char *why, struct ov_error *err)
{
    enum ov_status status = ov_values_shape(v, rows, cols, why, err);
    if (status != OV_OK)
        return status;
    *x = malloc(rows * cols * sizeof **x);
    if (!*x)
        return no_memory(err);
    memcpy(*x, v->array, rows * cols * sizeof **x);
    return OV_OK;
}

static enum ov_status read_activations(struct ov_problem *p, struct ov_value *params,
                                       struct ov_error *err)
{
    struct ov_value *teacher = ov_value_get(params, "teacher_activation");
    enum ov_status status = ov_values_activation(&p->g, ov_value_get(params, "activation"), err);
    p->g_star = p->g;
    return status == OV_OK && teacher ? ov_values_activation(&p->g_star, teacher, err) : status;
}

static void read_numbers(struct ov_problem *p, struct ov_value *params)
{
    struct ov_value *N = ov_value_get(params, "N"), *sgd = ov_value_get(params, "sgd");
    struct ov_value *own_N = sgd ? ov_value_get(sgd, "N") : NULL;
    p->N = own_N ? (size_t)own_N->number : N ? (size_t)N->number : 0;
    p->K = (size_t)ov_value_number(params, "K");
    p->M = (size_t)ov_value_number(params, "M");
    p->eta_w = ov_value_number(params, "eta_w");
    p->eta_v = ov_value_number(params, "eta_v");
    p->sigma = ov_value_number(params, "sigma");
    p->decay_w = ov_value_number(params, "weight_decay");
    if (p->eta_v == 0) {
        ov_value_unused(params, "weight_decay_v", "has a frozen second layer (eta_v is 0)");
        return;
    }
    struct ov_value *decay_v = ov_value_get(params, "weight_decay_v");
    p->decay_v = decay_v ? decay_v->number : p->decay_w;
}

static enum ov_status read_teacher(struct ov_problem *p, struct ov_value *params,
                                   struct ov_error *err)
{
    enum ov_status status =
        ov_values_vector(&p->v_star, p->M, ov_value_get(params, "v_star"), "teacher has M", err);
    if (status != OV_OK)
        return status;
    return ov_teacher_read(&p->teacher, &p->T, p->M, ov_value_get(params, "teacher"), err);
}

static enum ov_status read_given_overlaps(struct ov_problem *p, struct ov_value *init,
                                          struct ov_error *err)
{
    struct ov_value *Q = ov_value_get(init, "Q"), *R = ov_value_get(init, "R");
    if (!Q || !R)
        return ov_value_fail(init, err, "init of kind overlaps needs '%s'", Q ? "R" : "Q");
    enum ov_status status = ov_values_packed(&p->Q, p->K, Q, "K x K", err);
    return status == OV_OK ? rectangle(&p->R, p->K, p->M, R, "K x M", err) : status;
}

/* What each kind of start reads, and what stands in for what is not given. */
static const struct start_kind {
    const char *name, *says;
    enum ov_start start;
    bool has_std, has_overlaps, has_v;
    double std;
} start_kinds[] = {
    {"random", "starts at random", OV_START_RANDOM, true, false, true, 1},
    {"overlaps", "starts from given overlaps", OV_START_OVERLAPS, false, true, true, 0},
    {"informed", "starts informed", OV_START_INFORMED, true, false, true, 0.03},
    {"denoising", "starts denoising", OV_START_DENOISING, true, false, false, 0},
};

static enum ov_status read_start(struct ov_problem *p, struct ov_value *params,
                                 struct ov_error *err)
{
    struct ov_value *init = ov_value_get(params, "init");
    const struct start_kind *kind = start_kinds;
    for (const char *name = ov_value_string(init, "kind"); strcmp(kind->name, name) != 0;)
        kind++;
    p->start = kind->start;
    struct ov_value *std = kind->has_std ? ov_value_get(init, "std") : NULL;
    struct ov_value *v = kind->has_v ? ov_value_get(init, "v") : NULL;
    static const char *const names[] = {"std", "v", "Q", "R"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ov_value_unused(init, names[i], kind->says);
    p->std = std ? std->number : kind->std;
    bool drawn = p->start == OV_START_RANDOM && p->eta_v > 0 && !v;
    p->v_std = drawn ? p->std : 0;
    enum ov_status status = OV_OK;
    if (v)
        status = ov_values_vector(&p->v, p->K, v, "student has K", err);
    else if (kind->has_overlaps || (p->start == OV_START_RANDOM && !drawn))
        status = ones(&p->v, p->K, err);
    if (status == OV_OK && kind->has_overlaps)
        status = read_given_overlaps(p, init, err);
    return status;
}

/* Puts a complaint of the model to the value that it is about, or as near as there is one. */
static enum ov_status place(struct ov_value *params, const char *key, const char *says,
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

static enum ov_status check_problem(const struct ov_problem *p, struct ov_value *params,
                                    struct ov_error *err)
{
    struct ov_error own = {0};
    const char *key = NULL;
    enum ov_status status = ov_problem_check(p, &key, &own);
    if (status == OV_EUSER)
        return place(params, key, own.text, err);
    return status == OV_OK ? OV_OK : ov_fail(err, status, "%s", own.text);
}

/* ---- the two sides ---- */

static enum ov_status read_sgd(struct ov_two_layer *s, struct ov_value *params,
                               struct ov_error *err)
{
    struct ov_value *sgd = ov_value_get(params, "sgd");
    if (!sgd)
        return OV_OK;
    s->sgd_runs = (size_t)ov_value_number(sgd, "seeds");
    s->engine = ov_engines;
    for (const char *name = ov_value_string(sgd, "engine"); strcmp(s->engine->name, name) != 0;)
        s->engine++;
    if (s->problem.N == 0)
        return ov_value_fail(sgd, err, "sgd needs 'N', the input dimension");
    enum ov_status status = ov_levels_read(&s->sgd_time_to, sgd, err);
    if (s->sgd_time_to.n > 0)
        ov_text_addf(&s->data.columns_doc, "; alpha_to_x: when eps_g first falls to x, between the "
                                           "times measured linear in ln eps_g; nan: never");
    return status == OV_OK && s->data.columns_doc.failed ? no_memory(err) : status;
}

static void read_theory(struct ov_two_layer *s, struct ov_value *params)
{
    struct ov_value *theory = ov_value_get(params, "theory");
    static const char *const names[] = {"method", "rtol", "atol"};
    if (theory->type == OV_BOOL && theory->number == 0) {
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            ov_value_unused(params, names[i], "has no theory");
        return;
    }
    s->solve = ov_solve_defaults();
    bool rk8pd = strcmp(ov_value_string(params, "method"), "rk8pd") == 0;
    s->solve.method = rk8pd ? OV_RK8PD : OV_MSBDF;
    s->solve.rtol = ov_value_number(params, "rtol");
    s->solve.atol = ov_value_number(params, "atol");
    s->theory_runs = 1;
    if (!s->start_is_fixed && s->sgd_runs) {
        s->theory_runs = s->sgd_runs;
        if (theory->type == OV_MAP)
            ov_value_unused(theory, "seeds", "takes the seeds of sgd");
    } else if (!s->start_is_fixed && theory->type == OV_MAP) {
        s->theory_runs = (size_t)ov_value_number(theory, "seeds");
    } else if (theory->type == OV_MAP) {
        ov_value_unused(theory, "seeds", "starts the same way whatever the seed");
    }
}

static bool is_true(struct ov_value *map, const char *name)
{
    return ov_value_number(map, name) != 0;
}

/* What theory is asked for besides the path. */
static enum ov_status read_extras(struct ov_two_layer *s, struct ov_value *params,
                                  struct ov_error *err)
{
    struct ov_value *theory = ov_value_get(params, "theory");
    if (theory->type != OV_MAP)
        return OV_OK;
    struct ov_extras *x = &s->extras;
    x->fluctuations = is_true(theory, "fluctuations");
    x->fixed_point = is_true(theory, "fixed_point");
    x->escape = is_true(theory, "escape");
    x->eta_max = is_true(theory, "eta_max");
    if (x->fluctuations && s->problem.batch > 1)
        return ov_value_fail(theory, err, "fluctuations are known for a batch of 1 only");
    if (x->fluctuations && s->problem.N == 0)
        return ov_value_fail(theory, err, "fluctuations need 'N', the input dimension");
    return ov_levels_read(&x->time_to, theory, err);
}

static enum ov_status check_size(const struct ov_two_layer *s, struct ov_value *params,
                                 struct ov_error *err)
{
    const struct ov_problem *p = &s->problem;
    double numbers = (double)s->n_alpha * (double)ov_row_width(p->K, p->M);
    double weights = (double)p->N * (double)(p->K + p->M);
    bool drawn = (s->engine && s->engine->draws_weights) || !s->start_is_fixed;
    if (numbers > largest_result)
        return place(params, "alpha", "one run would give more than 10^8 numbers", err);
    if (drawn && weights > OV_LARGEST_WEIGHTS)
        return place(params, "N", "the weights would be more than 10^9 numbers", err);
    return OV_OK;
}

enum ov_status ov_two_layer_read(struct ov_two_layer *s, struct ov_value *params,
                                 struct ov_error *err)
{
    struct ov_problem *p = &s->problem;
    read_numbers(p, params);
    enum ov_status status = ov_data_read(s, params, err);
    if (status == OV_OK)
        status = read_activations(p, params, err);
    if (status == OV_OK)
        status = read_teacher(p, params, err);
    if (status == OV_OK)
        status = read_start(p, params, err);
    if (status == OV_OK)
        status = check_problem(p, params, err);
    if (status == OV_OK)
        status = read_sgd(s, params, err);
    if (status != OV_OK)
        return status;
    s->start_is_fixed = ov_problem_start_is_fixed(p);
    read_theory(s, params);
    status = read_extras(s, params, err);
    if (status != OV_OK)
        return status;
    status = ov_times_read(&s->alpha, &s->n_alpha, ov_value_get(params, "alpha"), p->N,
                           s->sgd_runs > 0, err);
    return status == OV_OK ? check_size(s, params, err) : status;
}

void ov_two_layer_release(void *state)
{
    struct ov_two_layer *s = state;
    if (!s)
        return;
    ov_problem_free(&s->problem);
    ov_data_free(&s->data);
    free(s->alpha);
    ov_levels_free(&s->extras.time_to);
    ov_levels_free(&s->sgd_time_to);
    free(s);
}
