/* SPDX-License-Identifier: MIT
 *
 * A curve's parameters read into a problem of random features.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "random_features_internal.h"
#include "teacher_internal.h"
#include "times_internal.h"
#include "values_internal.h"

/* Numbers in J and F of an instance, 8 GB, and in the rows of one run, 0.8 GB. */
static const double largest_instance = 1e9, largest_result = 1e8;

static enum ov_status no_memory(struct ov_error *err)
{
    return ov_fail(err, OV_ENOMEM, "out of memory while reading a curve");
}

/* ---- sizes ---- */

static bool whole(double x)
{
    return fabs(x - round(x)) <= 1e-9 * fmax(1.0, x);
}

/* K from beta and N, or beta from K and N, or one alone. */
static enum ov_status read_width(struct ov_rf_curve *s, struct ov_value *params,
                                 struct ov_error *err)
{
    struct ov_rf_problem *p = &s->problem;
    struct ov_value *beta = ov_value_get(params, "beta"), *K = ov_value_get(params, "K");
    if (beta && K)
        return ov_value_fail(beta, err, "beta = K/N stands beside K: give one of them");
    if (!beta && !K)
        return ov_value_fail(params, err, "a random-feature student needs 'beta' or 'K'");
    if (beta && !(beta->number > 0))
        return ov_value_fail(beta, err, "beta = K/N must be above 0");
    if (K && K->number != floor(K->number))
        return ov_value_fail(K, err, "K must be a whole number, not %.15g", K->number);
    if (K && !(K->number > 0))
        return ov_value_fail(K, err, "K must be at least 1");
    s->width = K ? K->number : beta->number * (double)p->N;
    if (beta && p->N > 0 && (!whole(s->width) || s->width < 0.5))
        return ov_value_fail(beta, err,
                             "beta N = %.15g is no whole number of features: K = %.0f "
                             "would be beta = %.15g",
                             s->width, fmax(1, round(s->width)),
                             fmax(1, round(s->width)) / (double)p->N);
    s->width = round(s->width);
    p->K = s->width <= 1e15 ? (size_t)s->width : 0;
    p->beta = !p->K || !p->N ? beta ? beta->number : p->N ? s->width / (double)p->N : 0 : 0;
    return OV_OK;
}

static void read_numbers(struct ov_rf_problem *p, struct ov_value *params)
{
    struct ov_value *N = ov_value_get(params, "N"), *sgd = ov_value_get(params, "sgd");
    struct ov_value *own_N = sgd ? ov_value_get(sgd, "N") : NULL;
    const struct ov_value *eta = ov_value_get(params, "eta");
    p->N = own_N ? (size_t)own_N->number : N ? (size_t)N->number : 0;
    p->M = (size_t)ov_value_number(params, "M");
    p->flow = eta->type == OV_WORD;
    p->eta = p->flow ? 0 : eta->number;
    p->sigma = ov_value_number(params, "sigma");
    p->init_std = ov_value_number(params, "init_std");
    p->sphere = strcmp(ov_value_string(params, "features"), "sphere") == 0;
}

/* ---- teacher and activations ---- */

static enum ov_status read_v_star(struct ov_rf_problem *p, struct ov_value *params,
                                  struct ov_error *err)
{
    const struct ov_value *v_star = ov_value_get(params, "v_star");
    if (v_star)
        return ov_values_vector(&p->v_star, p->M, v_star, "teacher has M", err);
    p->v_star = malloc(p->M * sizeof *p->v_star);
    for (size_t m = 0; p->v_star && m < p->M; m++)
        p->v_star[m] = 1.0 / sqrt((double)p->M);
    return p->v_star ? OV_OK : no_memory(err);
}

static enum ov_status read_teacher(struct ov_rf_problem *p, struct ov_value *params,
                                   struct ov_error *err)
{
    struct ov_value *teacher = ov_value_get(params, "teacher");
    struct ov_value *own = ov_value_get(params, "teacher_activation");
    enum ov_status status = ov_values_activation(&p->g, ov_value_get(params, "activation"), err);
    p->g_star = p->g;
    if (status == OV_OK && own)
        status = ov_values_activation(&p->g_star, own, err);
    if (status == OV_OK)
        status = read_v_star(p, params, err);
    if (status != OV_OK)
        return status;
    return ov_teacher_read(&p->teacher, &p->T, p->M, teacher, err);
}

/* Puts a complaint of the model to the value that it is about, or as near as there is one. */
static enum ov_status check_problem(const struct ov_rf_problem *p, struct ov_value *params,
                                    struct ov_error *err)
{
    struct ov_error own = {0};
    const char *key = NULL;
    struct ov_rf_problem checked = *p;
    if (!(checked.N && checked.K) && !(checked.beta > 0))
        checked.beta = 1; /* K alone: what needs beta or N says so itself */
    enum ov_status status = ov_rf_problem_check(&checked, &key, &own);
    if (status != OV_EUSER)
        return status == OV_OK ? OV_OK : ov_fail(err, status, "%s", own.text);
    bool of_sgd = key && strcmp(key, "N") == 0 && ov_value_find(params, "sgd.N");
    char path[64] = "";
    strncat(path, of_sgd ? "sgd.N" : key ? key : "", sizeof path - 1);
    const struct ov_value *v = path[0] ? ov_value_find(params, path) : NULL;
    for (char *dot; v && !v->node && (dot = strrchr(path, '.'));) {
        *dot = '\0';
        v = ov_value_find(params, path);
    }
    return ov_value_fail(v && v->node ? v : params, err, "%s", own.text);
}

/* ---- the two sides ---- */

static enum ov_status read_sgd(struct ov_rf_curve *s, struct ov_value *params, struct ov_error *err)
{
    struct ov_value *sgd = ov_value_get(params, "sgd");
    if (!sgd)
        return OV_OK;
    s->sgd_runs = (size_t)ov_value_number(sgd, "seeds");
    if (s->problem.flow)
        return ov_value_fail(sgd, err,
                             "eta: flow is the limit of small learning rates: there are no steps "
                             "to simulate; give sgd a number for eta");
    if (s->problem.N == 0)
        return ov_value_fail(sgd, err, "sgd needs 'N', the input dimension");
    return OV_OK;
}

static enum ov_status read_width_to(struct ov_rf_curve *s, struct ov_value *theory,
                                    struct ov_error *err)
{
    const struct ov_value *levels = ov_value_get(theory, "width_to");
    return levels ? ov_values_levels(&s->width_to, &s->n_width_to, levels, err) : OV_OK;
}

/* What each kind reads of its map. */
static enum ov_status read_details(struct ov_rf_curve *s, struct ov_value *theory,
                                   struct ov_error *err)
{
    bool instance = s->kind == OV_RF_INSTANCE, degrees = s->kind == OV_RF_DEGREES;
    if (instance && !s->sgd_runs)
        s->theory_runs = (size_t)ov_value_number(theory, "seeds");
    else
        ov_value_unused(theory, "seeds",
                        instance ? "takes the seeds of sgd" : "has a theory without instances");
    if (!instance)
        ov_value_unused(theory, "time", "has a theory without instances");
    else if (strcmp(ov_value_string(theory, "time"), "continuous") == 0)
        s->time = OV_RF_CONTINUOUS;
    if (degrees) {
        s->degrees = (size_t)ov_value_number(theory, "degrees");
        return read_width_to(s, theory, err);
    }
    ov_value_unused(theory, "degrees", "has a theory without degrees");
    ov_value_unused(theory, "width_to", "has a theory without degrees");
    return OV_OK;
}

/* The sizes that each kind needs, and whether it can say anything of this problem. */
static enum ov_status check_theory(struct ov_rf_curve *s, struct ov_value *theory,
                                   struct ov_error *err)
{
    const struct ov_rf_problem *p = &s->problem;
    const char *kind = ov_rf_kinds[s->kind];
    if (s->kind == OV_RF_LIMIT && !(ov_rf_beta(p) > 0))
        return ov_value_fail(theory, err, "theory %s needs 'beta', or 'N' beside K", kind);
    if ((s->kind == OV_RF_INSTANCE || s->kind == OV_RF_DEGREES) && !p->N)
        return ov_value_fail(theory, err, "theory %s needs 'N', the input dimension", kind);
    if (s->kind == OV_RF_FIXED_WIDTH && !p->K)
        return ov_value_fail(theory, err, "theory %s needs 'K', or 'N' beside beta", kind);
    if (s->kind == OV_RF_INSTANCE)
        return OV_OK;
    struct ov_error own = {0};
    enum ov_status status = ov_rf_theory_check(s, &own);
    if (status == OV_EUSER)
        return ov_value_fail(theory, err, "theory %s: %s", kind, own.text);
    return status == OV_OK ? OV_OK : ov_fail(err, status, "%s", own.text);
}

static enum ov_status read_theory(struct ov_rf_curve *s, struct ov_value *params,
                                  struct ov_error *err)
{
    struct ov_value *theory = ov_value_get(params, "theory");
    if (theory->type == OV_BOOL && theory->number == 0)
        return OV_OK;
    const char *word = theory->type == OV_WORD  ? theory->string
                       : theory->type == OV_MAP ? ov_value_string(theory, "kind")
                                                : ov_rf_kinds[OV_RF_LIMIT];
    while (strcmp(ov_rf_kinds[s->kind], word) != 0)
        s->kind++;
    s->degrees = 100;
    s->theory_runs = s->kind == OV_RF_INSTANCE && s->sgd_runs ? s->sgd_runs : 1;
    s->time = s->problem.flow ? OV_RF_CONTINUOUS : OV_RF_STEPS;
    enum ov_status status = OV_OK;
    if (theory->type == OV_MAP)
        status = read_details(s, theory, err);
    return status == OV_OK ? check_theory(s, theory, err) : status;
}

static enum ov_status check_size(const struct ov_rf_curve *s, struct ov_value *params,
                                 struct ov_error *err)
{
    const struct ov_value *width = ov_value_get(params, "K");
    double N = (double)s->problem.N;
    bool drawn = s->sgd_runs || (s->theory_runs && s->kind == OV_RF_INSTANCE);
    if (drawn && (s->width + (double)s->problem.M) * N + s->width * s->width > largest_instance)
        return ov_value_fail(width ? width : ov_value_get(params, "beta"), err,
                             "the features' weights and covariances would be more than 10^9 "
                             "numbers: K = %.6g, N = %.6g",
                             s->width, N);
    if ((double)s->n_t * (double)(OV_RF_FIRST_WIDTH + s->n_width_to) > largest_result)
        return ov_value_fail(ov_value_get(params, "t"), err,
                             "one run would give more than 10^8 numbers");
    return OV_OK;
}

enum ov_status ov_rf_read(struct ov_rf_curve *s, struct ov_value *params, struct ov_error *err)
{
    struct ov_rf_problem *p = &s->problem;
    read_numbers(p, params);
    enum ov_status status = read_width(s, params, err);
    if (status == OV_OK)
        status = read_teacher(p, params, err);
    if (status == OV_OK)
        status = check_problem(p, params, err);
    if (status == OV_OK)
        status = read_sgd(s, params, err);
    if (status == OV_OK)
        status = read_theory(s, params, err);
    if (status != OV_OK)
        return status;
    s->powers = ov_rf_powers_of(p);
    bool steps = s->sgd_runs || (s->theory_runs && s->kind == OV_RF_INSTANCE && !p->flow);
    status = ov_times_read(&s->t, &s->n_t, ov_value_get(params, "t"), p->K, steps, err);
    return status == OV_OK ? check_size(s, params, err) : status;
}

void ov_rf_release(void *state)
{
    struct ov_rf_curve *s = state;
    if (!s)
        return;
    ov_rf_problem_free(&s->problem);
    free(s->t);
    free(s->width_to);
    free(s);
}
