/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/model/start.h"
#include "overlap/systems/systems.h"
#include "overlap/sim/law.h"
#include "overlap/sim/weights.h"
#include "overlap/theory/gauss.h"
#include "overlap/theory/online.h"
#include "two_layer_internal.h"
#include "teacher_internal.h"

static const char *const weights_modules[] = {"sim/weights", NULL};
static const char *const law_modules[] = {"sim/law", NULL};

/* One run after the other. */
static enum ov_status run_weights(double *rows, const struct ov_problem *p, const uint64_t *key,
                                  size_t n_run, const double *alpha, size_t n_alpha,
                                  const struct ov_tick *tick, struct ov_error *err)
{
    size_t size = n_alpha * ov_row_width(p->K, p->M);
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < n_run && status == OV_OK; i++)
        status = ov_weights_run(rows + i * size, p, key[i], alpha, n_alpha, tick, err);
    return status;
}

const struct ov_engine ov_engines[] = {
    {"weights", weights_modules, 1, true, run_weights},
    {"law", law_modules, 8, false, ov_law_run},
    {.name = NULL},
};

/* ---- shape ---- */

static size_t runs(const void *state, enum ov_side side, uint64_t *first)
{
    const struct ov_two_layer *s = state;
    *first = side == OV_THEORY && s->start_is_fixed ? 0 : 1;
    return side == OV_THEORY ? s->theory_runs : s->sgd_runs;
}

static size_t n_row(const void *state, enum ov_side side)
{
    (void)side;
    return ((const struct ov_two_layer *)state)->n_alpha;
}

static size_t path_width(const struct ov_two_layer *s)
{
    return ov_row_width(s->problem.K, s->problem.M);
}

/* Columns that are measured at each time, in front of those of a whole run. */
static size_t measured_width(const struct ov_two_layer *s, enum ov_side side)
{
    return side == OV_THEORY ? path_width(s) : ov_weights_width(&s->problem, &s->data.inputs);
}

static size_t n_col(const void *state, enum ov_side side)
{
    const struct ov_two_layer *s = state;
    return measured_width(s, side) + (side == OV_THEORY ? ov_extras_columns(s) : s->sgd_time_to.n);
}

static void column(char name[32], const void *state, enum ov_side side, size_t i)
{
    const struct ov_two_layer *s = state;
    size_t width = measured_width(s, side);
    if (side == OV_SGD && i < width)
        ov_weights_column(name, &s->problem, &s->data.inputs, i);
    else if (i < width)
        ov_row_column(name, i, s->problem.K, s->problem.M);
    else if (side == OV_SGD)
        ov_levels_column(name, &s->sgd_time_to, i - width);
    else
        ov_extras_column(name, s, i - width);
}

static bool may_be_nan(const void *state, enum ov_side side, size_t i)
{
    return i >= measured_width(state, side);
}

#define PATH_DOC                                                                                   \
    "alpha: time, steps/N; eps_g: generalisation error <(phi - phi*)^2>/2, without label noise; "  \
    "Q_k_l: w_k.w_l/N; R_k_m: w_k.w*_m/N; v_k: second layer; all without a unit"

#define WHITE_DOC "; theory is that of fresh Gaussian inputs with covariance 1"

static const char *columns_doc(const void *state, enum ov_side side)
{
    const struct ov_two_layer *s = state;
    if (side == OV_SGD && (!s->data.plain || s->sgd_time_to.n > 0))
        return s->data.columns_doc.s;
    if (side == OV_SGD || ov_extras_columns(state) == 0)
        return s->data.plain ? PATH_DOC : PATH_DOC WHITE_DOC;
    return PATH_DOC WHITE_DOC
        "; sd_…, bias_…: standard deviation and mean of a run minus theory, to leading "
        "order in 1/N; fixed_…: the fixed point near the last row, the rate at which "
        "small deviations from it grow, its residual; alpha_escape, eps_plateau: when "
        "the first plateau is left and its height; eta_max: the largest stable "
        "learning rate at the "
        "perfect student; alpha_to_x: when eps_g falls to x; "
        "nan: there is none";
}

static const char *const *modules(const void *state, enum ov_side side)
{
    const struct ov_two_layer *s = state;
    return side == OV_SGD && s->engine ? s->engine->modules : s->theory_modules;
}

/* ---- what a run is a function of ---- */

static void describe_start(struct ov_text *out, const struct ov_problem *p)
{
    static const char *const names[] = {[OV_START_RANDOM] = "random",
                                        [OV_START_OVERLAPS] = "overlaps",
                                        [OV_START_INFORMED] = "informed",
                                        [OV_START_DENOISING] = "denoising"};
    ov_text_addf(out, "init: %s\n", names[p->start]);
    if (p->start == OV_START_OVERLAPS) {
        ov_describe_numbers(out, "Q", p->Q, ov_sym_size(p->K));
        ov_describe_numbers(out, "R", p->R, p->K * p->M);
    } else {
        ov_describe_number(out, "std", p->std);
    }
    if (p->v)
        ov_describe_numbers(out, "v", p->v, p->K);
    else if (p->start == OV_START_RANDOM)
        ov_describe_number(out, "v_std", p->v_std);
    else
        ov_text_addf(out, "v: of the start\n");
}

/* Without N where the limit does not depend on it. */
static void describe_problem(struct ov_text *out, const struct ov_problem *p, bool with_N)
{
    ov_text_addf(out, "system: two-layer\n");
    if (with_N)
        ov_text_addf(out, "N: %zu\n", p->N);
    ov_text_addf(out, "K: %zu\nM: %zu\n", p->K, p->M);
    ov_text_addf(out, "activation: %s\nteacher_activation: %s\n", p->g->name, p->g_star->name);
    ov_teacher_describe(out, p->teacher, p->T, p->M, p->v_star);
    ov_describe_number(out, "eta_w", p->eta_w);
    ov_describe_number(out, "eta_v", p->eta_v);
    ov_describe_number(out, "sigma", p->sigma);
    ov_describe_number(out, "weight_decay", p->decay_w);
    ov_describe_number(out, "weight_decay_v", p->decay_v);
    describe_start(out, p);
}

static void problem(struct ov_text *out, const void *state)
{
    describe_problem(out, &((const struct ov_two_layer *)state)->problem, true);
}

static void describe(struct ov_text *out, const void *state, enum ov_side side)
{
    const struct ov_two_layer *s = state;
    describe_problem(out, &s->problem,
                     side == OV_SGD || !s->start_is_fixed || s->extras.fluctuations);
    ov_describe_numbers(out, "alpha", s->alpha, s->n_alpha);
    if (s->problem.batch > 1)
        ov_text_addf(out, "batch: %zu\n", s->problem.batch);
    if (side == OV_SGD) {
        ov_data_describe(out, &s->data);
        ov_text_addf(out, "engine: %s\n", s->engine ? s->engine->name : "none");
        ov_levels_describe(out, &s->sgd_time_to);
        return;
    }
    ov_text_addf(out, "method: %s\n", s->solve.method == OV_RK8PD ? "rk8pd" : "msbdf");
    ov_describe_number(out, "rtol", s->solve.rtol);
    ov_describe_number(out, "atol", s->solve.atol);
    ov_text_addf(out, "averages: %s\n", ov_gauss_method(s->problem.g, s->problem.g_star));
    ov_extras_describe(out, s);
}

/* ---- running ---- */

/* The path, written with the stride of rows that have extras behind it. */
static enum ov_status run_path(double *rows, const struct ov_two_layer *s,
                               const struct ov_overlaps *start, const struct ov_tick *tick,
                               struct ov_error *err)
{
    size_t width = path_width(s), stride = n_col(s, OV_THEORY);
    double *path = calloc(s->n_alpha * width, sizeof *path);
    if (!path)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    enum ov_status status =
        ov_online_solve(path, &s->problem, start, s->alpha, s->n_alpha, &s->solve, NULL, tick, err);
    for (size_t j = 0; j < s->n_alpha; j++)
        memcpy(rows + j * stride, path + j * width, width * sizeof *path);
    free(path);
    return status;
}

static enum ov_status run_engine(double *rows, const struct ov_two_layer *s, const uint64_t *key,
                                 size_t n, const struct ov_tick *tick, struct ov_error *err)
{
    if (!s->data.plain)
        return ov_data_run(rows, s, key, n, tick, err);
    return s->engine->run(rows, &s->problem, key, n, s->alpha, s->n_alpha, tick, err);
}

/* A group of runs, spread to the stride of rows that have times to levels behind them. */
static enum ov_status run_sgd(double *rows, const struct ov_two_layer *s, const uint64_t *key,
                              size_t n, const struct ov_tick *tick, struct ov_error *err)
{
    size_t width = measured_width(s, OV_SGD), stride = n_col(s, OV_SGD), n_row = n * s->n_alpha;
    if (stride == width)
        return run_engine(rows, s, key, n, tick, err);
    double *path = calloc(n_row * width, sizeof *path);
    if (!path)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    enum ov_status status = run_engine(path, s, key, n, tick, err);
    for (size_t j = 0; j < n_row; j++) {
        const double *run = path + j / s->n_alpha * s->n_alpha * width;
        memcpy(rows + j * stride, path + j * width, width * sizeof *path);
        for (size_t i = 0; i < s->sgd_time_to.n; i++)
            rows[j * stride + width + i] =
                ov_levels_crossing(run, s->n_alpha, width, s->sgd_time_to.eps_g[i]);
    }
    free(path);
    return status;
}

static enum ov_status run_theory(double *rows, const struct ov_two_layer *s, uint64_t key,
                                 const struct ov_tick *tick, struct ov_error *err)
{
    struct ov_overlaps start = {0};
    enum ov_status status = ov_overlaps_create(&start, s->problem.K, s->problem.M);
    if (status != OV_OK)
        ov_fail(err, status, "out of memory");
    if (status == OV_OK)
        status = ov_start_overlaps(&start, &s->problem, key, err);
    if (status == OV_OK)
        status = run_path(rows, s, &start, tick, err);
    if (status == OV_OK)
        status = ov_extras_run(rows, n_col(s, OV_THEORY), s, &start, tick, err);
    ov_overlaps_free(&start);
    return status;
}

static size_t group(const void *state, enum ov_side side)
{
    const struct ov_two_layer *s = state;
    return side == OV_SGD && s->engine ? s->engine->group : 1;
}

static enum ov_status run(double *rows, const void *state, enum ov_side side, const uint64_t *key,
                          size_t n, const struct ov_tick *tick, struct ov_error *err)
{
    const struct ov_two_layer *s = state;
    if (side == OV_SGD && !s->engine)
        return ov_fail(err, OV_EDOM, "this curve has no sgd");
    if (side == OV_SGD)
        return run_sgd(rows, s, key, n, tick, err);
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < n && status == OV_OK; i++)
        status = run_theory(rows + i * s->n_alpha * n_col(s, side), s, key[i], tick, err);
    return status;
}

static uint64_t work(const void *state, enum ov_side side)
{
    const struct ov_two_layer *s = state;
    if (side == OV_THEORY)
        return 0;
    return (uint64_t)ceil(s->alpha[s->n_alpha - 1] * (double)s->problem.N);
}

/* ---- formulas ---- */

static const char *const variables[] = {
    "N",      "K",   "M",     "L",       "eta", "eta_w", "eta_v", "sigma", "weight_decay",
    "v_star", "std", "batch", "samples", NULL};

static bool common_v_star(double *x, const struct ov_problem *p)
{
    for (size_t m = 1; m < p->M; m++)
        if (p->v_star[m] != p->v_star[0])
            return false;
    *x = p->v_star[0];
    return true;
}

static bool variable(double *x, const void *state, const char *name)
{
    const struct ov_problem *p = &((const struct ov_two_layer *)state)->problem;
    uint64_t samples = ((const struct ov_two_layer *)state)->data.inputs.samples;
    const struct {
        const char *name;
        double value;
    } known[] = {
        {"K", (double)p->K},
        {"M", (double)p->M},
        {"eta", p->eta_w},
        {"L", (double)p->K - (double)p->M},
        {"eta_w", p->eta_w},
        {"eta_v", p->eta_v},
        {"sigma", p->sigma},
        {"weight_decay", p->decay_w},
        {"batch", (double)ov_problem_batch(p)},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].name, name) == 0) {
            *x = known[i].value;
            return true;
        }
    }
    if (strcmp(name, "samples") == 0 && samples > 0) {
        *x = (double)samples;
        return true;
    }
    if (strcmp(name, "N") == 0 && p->N > 0) {
        *x = (double)p->N;
        return true;
    }
    if (strcmp(name, "std") == 0 && p->start != OV_START_OVERLAPS) {
        *x = p->std;
        return true;
    }
    return strcmp(name, "v_star") == 0 && common_v_star(x, p);
}

const struct ov_system ov_system_two_layer = {
    .name = "two-layer",
    .doc = "a two-layer student trained by one-pass SGD on a two-layer teacher",
    .keys = ov_two_layer_keys,
    .prepare = ov_two_layer_prepare,
    .release = ov_two_layer_release,
    .runs = runs,
    .n_row = n_row,
    .n_col = n_col,
    .column = column,
    .may_be_nan = may_be_nan,
    .columns_doc = columns_doc,
    .describe = describe,
    .problem = problem,
    .modules = modules,
    .group = group,
    .run = run,
    .work = work,
    .memory = ov_two_layer_memory,
    .variable = variable,
    .variables = variables,
};
