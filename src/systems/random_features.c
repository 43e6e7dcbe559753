/* SPDX-License-Identifier: MIT */
#include "random_features_internal.h"
#include "overlap/systems/systems.h"
#include "teacher_internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "overlap/num/sym.h"
#include "overlap/sim/random_features.h"

/* ---- shape ---- */

static size_t runs(const void *state, enum ov_side side, uint64_t *first)
{
    const struct ov_rf_curve *s = state;
    *first = side == OV_THEORY && s->kind != OV_RF_INSTANCE ? 0 : 1;
    return side == OV_THEORY ? s->theory_runs : s->sgd_runs;
}

static size_t n_row(const void *state, enum ov_side side)
{
    (void)side;
    return ((const struct ov_rf_curve *)state)->n_t;
}

static size_t n_col(const void *state, enum ov_side side)
{
    const struct ov_rf_curve *s = state;
    return side == OV_SGD ? OV_RF_WIDTH : OV_RF_FIRST_WIDTH + s->n_width_to;
}

static void column(char name[32], const void *state, enum ov_side side, size_t i)
{
    static const char *const names[] = {"t",          "alpha",  "eps_g",  "floor",
                                        "stationary", "growth", "eta_max"};
    (void)side;
    const struct ov_rf_curve *s = state;
    if (i < OV_RF_FIRST_WIDTH)
        strcpy(name, names[i]);
    else
        snprintf(name, 32, "log10_K_to_%g", s->width_to[i - OV_RF_FIRST_WIDTH]);
}

static bool may_be_nan(const void *state, enum ov_side side, size_t i)
{
    (void)state;
    return side == OV_THEORY && (i == OV_RF_ALPHA || i == OV_RF_STATIONARY || i == OV_RF_GROWTH);
}

#define PATH_DOC                                                                                   \
    "t: time, steps/K (with eta: flow eta times that); alpha: steps/N; eps_g: generalisation "     \
    "error <(f - tau)^2>/2, without label noise"

static const char *columns_doc(const void *state, enum ov_side side)
{
    const struct ov_rf_curve *s = state;
    if (side == OV_SGD)
        return PATH_DOC;
    return s->n_width_to
               ? PATH_DOC "; floor: eps_g of the best last layer; stationary: eps_g as t -> "
                          "infinity; growth: exponent of the slowest mode, in 1/t; eta_max: the "
                          "learning rate above which eps_g diverges; log10_K_to_x: log10 of the "
                          "width at which floor is x times its value without features; nan: there "
                          "is none"
               : PATH_DOC "; floor: eps_g of the best last layer; stationary: eps_g as t -> "
                          "infinity; growth: exponent of the slowest mode, in 1/t; eta_max: the "
                          "learning rate above which eps_g diverges; nan: there is none";
}

static const char *const *modules(const void *state, enum ov_side side)
{
    static const char *const theory[] = {"theory/random_features", "model/random_features", NULL};
    static const char *const sgd[] = {"sim/random_features", NULL};
    (void)state;
    return side == OV_THEORY ? theory : sgd;
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

static void problem(struct ov_text *out, const void *state)
{
    const struct ov_rf_curve *s = state;
    describe_problem(out, &s->problem, s->width, 0.0, true);
}

/* alpha is a column too, so N matters wherever it is known. */
static void describe(struct ov_text *out, const void *state, enum ov_side side)
{
    const struct ov_rf_curve *s = state;
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

/* ---- running ---- */

static size_t group(const void *state, enum ov_side side)
{
    (void)state;
    (void)side;
    return 1;
}

static enum ov_status run(double *rows, const void *state, enum ov_side side, const uint64_t *key,
                          size_t n, const struct ov_tick *tick, struct ov_error *err)
{
    const struct ov_rf_curve *s = state;
    size_t size = s->n_t * n_col(s, side);
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < n && status == OV_OK; i++)
        status = side == OV_SGD
                     ? ov_rf_sgd_run(rows + i * size, &s->problem, key[i], s->t, s->n_t, tick, err)
                     : ov_rf_theory_run(rows + i * size, s, key[i], err);
    return status;
}

static uint64_t work(const void *state, enum ov_side side)
{
    const struct ov_rf_curve *s = state;
    if (side == OV_THEORY)
        return 0;
    return (uint64_t)ceil(s->t[s->n_t - 1] * (double)s->problem.K);
}

/* An instance; of the simulator the weights again in panels and a block of steps, of theory the
 * two eigenproblems. */
static double memory(const void *state, enum ov_side side)
{
    const struct ov_rf_curve *s = state;
    double N = (double)s->problem.N, M = (double)s->problem.M, K = s->width;
    if (side == OV_THEORY && s->kind != OV_RF_INSTANCE)
        return 0.0;
    double instance = K * (K + N) + M * N;
    double more = side == OV_SGD ? (K + M + 32.0) * (N + 96.0) + 110.0 * N : 4.0 * K * K;
    return 8.0 * (instance + more);
}

/* ---- formulas ---- */

static const char *const variables[] = {"N",     "K",        "beta",     "M",    "eta",
                                        "sigma", "v_star",   "init_std", "tau2", "tau_star2",
                                        "g2",    "mu_star2", "mu1_2",    NULL};

static bool common_v_star(double *x, const struct ov_rf_problem *p)
{
    for (size_t m = 1; m < p->M; m++)
        if (p->v_star[m] != p->v_star[0])
            return false;
    *x = p->v_star[0];
    return true;
}

static bool variable(double *x, const void *state, const char *name)
{
    const struct ov_rf_curve *s = state;
    const struct ov_rf_problem *p = &s->problem;
    double beta = p->N && s->width > 0.0 ? s->width / (double)p->N : p->beta;
    const struct {
        const char *name;
        double value;
        bool known;
    } all[] = {
        {"N", (double)p->N, p->N > 0},
        {"K", s->width, s->width > 0.0},
        {"beta", beta, beta > 0.0},
        {"M", (double)p->M, true},
        {"eta", p->eta, !p->flow},
        {"sigma", p->sigma, true},
        {"init_std", p->init_std, true},
        {"tau2", s->powers.tau2, true},
        {"tau_star2", s->powers.tau_star2, true},
        {"g2", s->powers.g2, true},
        {"mu_star2", s->powers.mu_star2, true},
        {"mu1_2", s->powers.mu1_2, true},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (strcmp(all[i].name, name) == 0) {
            *x = all[i].value;
            return all[i].known;
        }
    }
    return strcmp(name, "v_star") == 0 && common_v_star(x, p);
}

const struct ov_system ov_system_random_features = {
    .name = "random-features",
    .doc = "a student with a frozen random first layer, whose last layer learns by one-pass SGD "
           "from a two-layer teacher",
    .keys = ov_rf_keys,
    .prepare = ov_rf_prepare,
    .release = ov_rf_release,
    .runs = runs,
    .n_row = n_row,
    .n_col = n_col,
    .column = column,
    .n_time = 2,
    .may_be_nan = may_be_nan,
    .columns_doc = columns_doc,
    .describe = describe,
    .problem = problem,
    .modules = modules,
    .group = group,
    .run = run,
    .work = work,
    .memory = memory,
    .variable = variable,
    .variables = variables,
};
