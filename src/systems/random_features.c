/* SPDX-License-Identifier: MIT */
#include "random_features_internal.h"
#include "overlap/systems/systems.h"
#include "teacher_internal.h"

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

static void add_theory_columns(struct ov_side_plan *plan, const struct ov_rf_curve *s)
{
    add_path_columns(plan, true);
    ov_side_column(plan, OV_ROLE_WHOLE, false, "floor");
    ov_side_column(plan, OV_ROLE_WHOLE, true, "stationary");
    ov_side_column(plan, OV_ROLE_WHOLE, true, "growth");
    ov_side_column(plan, OV_ROLE_WHOLE, false, "eta_max");
    for (size_t i = 0; i < s->n_width_to; i++)
        ov_side_column(plan, OV_ROLE_WHOLE, false, "log10_K_to_%g", s->width_to[i]);
}

/* ---- what a run is a function of ---- */

static void describe_teacher(struct ov_text *out, const struct ov_rf_problem *p)
{
    ov_text_addf(out, "M: %zu\n", p->M);
    ov_text_addf(out, "activation: %s\nteacher_activation: %s\n", p->g->name, p->g_star->name);
    ov_teacher_describe(out, p->teacher, p->T, p->M, p->v_star);
}

/* Without N and K, or beta, where they do not matter (0). */
static void describe_problem(struct ov_text *out, const struct ov_rf_problem *p, double width,
                             double beta, bool drawn)
{
    ov_text_addf(out, "system: random-features\n");
    if (p->N)
        ov_text_addf(out, "N: %zu\n", p->N);
    if (width > 0.0)
        ov_describe_number(out, "K", width);
    if (beta > 0.0)
        ov_describe_number(out, "beta", beta);
    describe_teacher(out, p);
    if (p->flow)
        ov_text_addf(out, "eta: flow\n");
    else
        ov_describe_number(out, "eta", p->eta);
    ov_describe_number(out, "sigma", p->sigma);
    ov_describe_number(out, "init_std", p->init_std);
    if (drawn)
        ov_text_addf(out, "features: %s\n", p->sphere ? "sphere" : "gaussian");
}

/* alpha is a column too, so N matters wherever it is known. */
static void describe(struct ov_text *out, const struct ov_rf_curve *s, enum ov_side side)
{
    struct ov_rf_problem p = side == OV_SGD ? s->problem : ov_rf_theory_problem(s);
    if (side == OV_SGD || s->kind == OV_RF_INSTANCE) {
        describe_problem(out, &p, s->width, 0.0, true);
    } else {
        bool limit = s->kind == OV_RF_LIMIT;
        if (s->kind == OV_RF_FIXED_WIDTH)
            p.N = s->problem.N;
        describe_problem(out, &p, limit ? 0.0 : s->width, limit ? p.beta : 0.0, false);
    }
    ov_describe_numbers(out, "t", s->t, s->n_t);
    if (side == OV_SGD)
        return;
    ov_text_addf(out, "theory: %s\n", ov_rf_kinds[s->kind]);
    if (s->kind == OV_RF_INSTANCE)
        ov_text_addf(out, "time: %s\n", s->time == OV_RF_STEPS ? "steps" : "continuous");
    if (s->kind == OV_RF_DEGREES) {
        ov_text_addf(out, "degrees: %zu\n", s->degrees);
        ov_describe_numbers(out, "width_to", s->width_to, s->n_width_to);
    }
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
    plan->module[0] = "theory/random_features";
    plan->module[1] = "model/random_features";
    add_theory_columns(plan, s);
    ov_text_addf(&plan->columns_doc, "%s%snan: there is none", THEORY_DOC,
                 s->n_width_to ? "log10_K_to_x: log10 of the width at which floor is x times its "
                                 "value without features; "
                               : "");
}

static void plan_sgd(struct ov_side_plan *plan, const struct ov_rf_curve *s)
{
    plan->n_run = s->sgd_runs;
    plan->first = 1;
    plan->module[0] = "sim/random_features";
    plan->work = (uint64_t)ceil(s->t[s->n_t - 1] * (double)s->problem.K);
    add_path_columns(plan, false);
    ov_text_addf(&plan->columns_doc, PATH_DOC);
}

static const char *const variables[] = {"N",     "K",        "beta",     "M",    "eta",
                                        "sigma", "v_star",   "init_std", "tau2", "tau_star2",
                                        "g2",    "mu_star2", "mu1_2",    NULL};

static void define_variables(struct ov_curve *c, const struct ov_rf_curve *s)
{
    const struct ov_rf_problem *p = &s->problem;
    double beta = p->N && s->width > 0.0 ? s->width / (double)p->N : p->beta;
    if (p->N > 0)
        ov_curve_define(c, "N", (double)p->N);
    if (s->width > 0.0)
        ov_curve_define(c, "K", s->width);
    if (beta > 0.0)
        ov_curve_define(c, "beta", beta);
    if (!p->flow)
        ov_curve_define(c, "eta", p->eta);
    ov_curve_define(c, "M", (double)p->M);
    ov_curve_define(c, "sigma", p->sigma);
    ov_curve_define(c, "init_std", p->init_std);
    ov_curve_define(c, "tau2", s->powers.tau2);
    ov_curve_define(c, "tau_star2", s->powers.tau_star2);
    ov_curve_define(c, "g2", s->powers.g2);
    ov_curve_define(c, "mu_star2", s->powers.mu_star2);
    ov_curve_define(c, "mu1_2", s->powers.mu1_2);
    ov_teacher_define(c, p->v_star, p->M);
}

static enum ov_status plan(struct ov_curve *c, struct ov_error *err)
{
    struct ov_rf_curve *s = calloc(1, sizeof *s);
    if (!s)
        return ov_fail(err, OV_ENOMEM, "out of memory while reading a curve");
    c->state = s;
    enum ov_status status = ov_rf_read(s, &c->params, err);
    if (status != OV_OK)
        return status;
    if (s->theory_runs)
        plan_theory(&c->side[OV_THEORY], s);
    if (s->sgd_runs)
        plan_sgd(&c->side[OV_SGD], s);
    for (enum ov_side side = OV_THEORY; side <= OV_SGD; side++) {
        struct ov_side_plan *plan = &c->side[side];
        if (plan->n_run == 0)
            continue;
        plan->n_row = s->n_t;
        plan->group = 1;
        plan->memory = memory(s, side);
        describe(&plan->parameters, s, side);
    }
    describe_problem(&c->problem, &s->problem, s->width, 0.0, true);
    define_variables(c, s);
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
    .keys = ov_rf_keys,
    .variables = variables,
    .plan = plan,
    .run = run,
    .release = ov_rf_release,
};
