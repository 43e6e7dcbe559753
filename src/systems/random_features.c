/* SPDX-License-Identifier: MIT
 *
 * System random-features: what a curve has to compute, and computing it.
 */
#include "random_features_internal.h"
#include "overlap/systems/systems.h"
#include "values_internal.h"

#include <math.h>
#include <stdlib.h>

#include "overlap/num/sym.h"
#include "overlap/sim/random_features.h"

/* ---- columns ---- */

#define PATH_DOC                                                                                   \
    "t: time, steps/K (with eta: flow eta times that); alpha: steps/N; eps_g: generalisation "     \
    "error <(f - tau)^2>/2, without label noise"
#define THEORY_DOC                                                                                 \
    PATH_DOC "; floor: eps_g of the best last layer; stationary: eps_g as t -> infinity; growth: " \
             "exponent of the slowest mode, in 1/t; eta_max: the learning rate above which eps_g " \
             "diverges; "

static void add_path_columns(struct ov_side_plan *plan, bool may_lack_alpha)
{
    ov_side_column(plan, OV_ROLE_TIME, false, "t");
    ov_side_column(plan, OV_ROLE_TIME, may_lack_alpha, "alpha");
    ov_side_column(plan, OV_ROLE_VALUE, false, "eps_g");
}

/* One number for the whole run; in the limit some are formulas in the activations' moments. */
static void add_whole(struct ov_side_plan *plan, bool may_be_nan, const char *name, bool closed)
{
    ov_side_column(plan, OV_ROLE_WHOLE, may_be_nan, "%s", name);
    if (closed)
        ov_side_column_closed(plan);
}

static void add_theory_columns(struct ov_side_plan *plan, const struct ov_rf_curve *s)
{
    bool limit = s->kind == OV_RF_LIMIT;
    add_path_columns(plan, true);
    add_whole(plan, false, "floor", limit);
    add_whole(plan, true, "stationary", limit);
    add_whole(plan, true, "growth", false);
    add_whole(plan, false, "eta_max", limit);
    for (size_t i = 0; i < s->n_width_to; i++)
        ov_side_column(plan, OV_ROLE_WHOLE, false, "log10_K_to_%g", s->width_to[i]);
}

/* ---- what a run is a function of ---- */

static void say(struct ov_text *out, const struct ov_rf_curve *s, unsigned of)
{
    ov_text_addf(out, "system: random-features\n");
    ov_params_say(out, ov_rf_keys, of, s);
}

/* Without N and K, or beta, where they do not matter. alpha is a column too, so N matters wherever
 * a width is known. */
static void say_theory(struct ov_text *out, const struct ov_rf_curve *s)
{
    bool instance = s->kind == OV_RF_INSTANCE, limit = s->kind == OV_RF_LIMIT;
    struct ov_rf_curve said = *s;
    said.problem = ov_rf_theory_problem(s);
    if (s->kind == OV_RF_FIXED_WIDTH)
        said.problem.N = s->problem.N;
    said.width = limit ? 0.0 : s->width;
    said.beta = limit ? said.problem.beta : 0.0;
    say(out, &said, OV_OF_PROBLEM | OV_OF_THEORY | (instance ? OV_OF_DRAWN : 0));
}

/* ---- what there is to compute ---- */

/* An instance; of the simulator the weights again in panels and a block of steps, of theory the
 * two eigenproblems. */
static double memory(const struct ov_rf_curve *s, enum ov_side side)
{
    double N = (double)s->problem.N, M = (double)s->problem.M, K = s->width;
    if (side == OV_THEORY && s->kind != OV_RF_INSTANCE)
        return 0.0;
    double instance = K * (K + N) + M * N;
    double more = side == OV_SGD ? (K + M + 32.0) * (N + 96.0) + 110.0 * N : 4.0 * K * K;
    return 8.0 * (instance + more);
}

static void plan_theory(struct ov_side_plan *plan, const struct ov_rf_curve *s)
{
    plan->n_run = s->theory_runs;
    plan->first = s->kind == OV_RF_INSTANCE ? 1 : 0;
    plan->memory = memory(s, OV_THEORY);
    plan->module[0] = "theory/random_features";
    plan->module[1] = "model/random_features";
    add_theory_columns(plan, s);
    say_theory(&plan->parameters, s);
    ov_text_addf(&plan->columns_doc, "%s%snan: there is none", THEORY_DOC,
                 s->n_width_to ? "log10_K_to_x: log10 of the width at which floor is x times its "
                                 "value without features; "
                               : "");
}

static void plan_sgd(struct ov_side_plan *plan, const struct ov_rf_curve *s)
{
    plan->n_run = s->sgd_runs;
    plan->first = 1;
    plan->memory = memory(s, OV_SGD);
    plan->module[0] = "sim/random_features";
    plan->work = (uint64_t)ceil(s->t[s->n_t - 1] * (double)s->problem.K);
    add_path_columns(plan, false);
    say(&plan->parameters, s, OV_OF_PROBLEM | OV_OF_DRAWN | OV_OF_SIM);
    ov_text_addf(&plan->columns_doc, PATH_DOC);
}

static const struct ov_variable variables[] = {{"tau2", "power of the teacher, <tau^2>"},
                                               {"tau_star2", "of it beyond the linear part"},
                                               {"g2", "power of a feature, <g^2>"},
                                               {"mu_star2", "of it beyond mean and linear part"},
                                               {"mu1_2", "of it in the linear part, mu_1^2"},
                                               {0}};

/* Second moments of the activations: formulas of claims are written in them. */
static void define_powers(struct ov_curve *c, const struct ov_rf_powers *powers)
{
    ov_curve_define(c, "tau2", powers->tau2);
    ov_curve_define(c, "tau_star2", powers->tau_star2);
    ov_curve_define(c, "g2", powers->g2);
    ov_curve_define(c, "mu_star2", powers->mu_star2);
    ov_curve_define(c, "mu1_2", powers->mu1_2);
}

static enum ov_status plan(struct ov_curve *c, struct ov_error *err)
{
    struct ov_rf_curve *s = c->state;
    enum ov_status status = ov_rf_read(s, &c->params, err);
    if (status != OV_OK)
        return status;
    if (s->theory_runs)
        plan_theory(&c->side[OV_THEORY], s);
    if (s->sgd_runs)
        plan_sgd(&c->side[OV_SGD], s);
    ov_plan_rows(c, s->t, s->n_t);
    say(&c->problem, s, OV_OF_PROBLEM | OV_OF_DRAWN);
    ov_define_variables(c, ov_rf_keys, s);
    define_powers(c, &s->powers);
    return OV_OK;
}

static enum ov_status run(double *rows, const struct ov_curve *c, enum ov_side side,
                          const uint64_t *key, size_t n, const struct ov_tick *tick,
                          struct ov_error *err)
{
    const struct ov_rf_curve *s = c->state;
    size_t size = s->n_t * c->side[side].n_col;
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < n && status == OV_OK; i++)
        status = side == OV_SGD
                     ? ov_rf_sgd_run(rows + i * size, &s->problem, key[i], s->t, s->n_t, tick, err)
                     : ov_rf_theory_run(rows + i * size, s, key[i], err);
    return status;
}

const struct ov_system ov_system_random_features = {
    .name = "random-features",
    .doc = "a student with a frozen random first layer, whose last layer learns by one-pass SGD "
           "from a two-layer teacher",
    .columns = THEORY_DOC "nan: there is none",
    .keys = ov_rf_keys,
    .variables = variables,
    .state_size = sizeof(struct ov_rf_curve),
    .plan = plan,
    .run = run,
    .release = ov_rf_release,
};
