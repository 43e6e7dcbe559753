/* SPDX-License-Identifier: MIT
 *
 * System two-layer: what a curve has to compute, and computing it.
 */
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
#include "values_internal.h"

/* One run after the other. */
static enum ov_status run_weights(double *rows, const struct ov_problem *p, const uint64_t *key,
                                  size_t n_run, const double *alpha, size_t n_alpha,
                                  const struct ov_tick *tick, struct ov_error *err)
{
    size_t size = n_alpha * ov_measured_width(p);
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < n_run && status == OV_OK; i++)
        status = ov_weights_run(rows + i * size, p, key[i], alpha, n_alpha, tick, err);
    return status;
}

const struct ov_engine ov_engines[] = {
    {"weights", "sim/weights", 1, true, run_weights},
    {"law", "sim/law", 8, false, ov_law_run},
    {.name = NULL},
};

/* ---- shape ---- */

/* Columns that are measured at each time, in front of those of a whole run. */
static size_t measured_width(const struct ov_two_layer *s, enum ov_side side)
{
    return ov_path_width(s, side);
}

#define PATH_DOC                                                                                   \
    "alpha: time, steps/N; eps_g: generalisation error <(phi - phi*)^2>/2, without label noise; "  \
    "Q_k_l: w_k.w_l/N; R_k_m: w_k.w*_m/N; v_k: second layer; all without a unit"

#define WHITE_DOC "; theory is that of fresh Gaussian inputs with covariance 1"
#define COVARIANCE_DOC                                                                             \
    "; theory is that of fresh Gaussian inputs with the covariance C of the curve's, of mean "     \
    "variance 1: Q_k_l: w_k.C w_l/N, R_k_m: w_k.C w*_m/N; Q_k_l_bB, R_k_m_bB: w_k.w_l/N and "      \
    "w_k.w*_m/N of block B of its directions"
#define MANIFOLD_DOC                                                                               \
    "; theory is that of inputs on the curve's hidden manifold: Q, R: covariances of the fields"
#define IMAGES_DOC                                                                                 \
    "; theory is that of fresh Gaussian inputs with the covariance of the images; Q_k_l_bB, "      \
    "R_k_m_bB: the part of Q_k_l and R_k_m in block B of its directions"
#define EXTRAS_DOC                                                                                 \
    "; sd_…, bias_…: standard deviation and mean of a run minus theory, to leading "           \
    "order in 1/N; fixed_…: the fixed point near the last row, the rate at which "               \
    "small deviations from it grow, its residual; alpha_escape, eps_plateau: when "                \
    "the first plateau is left and its height; eta_max: the largest stable "                       \
    "learning rate at the "                                                                        \
    "perfect student; alpha_to_x: when eps_g falls to x; "                                         \
    "nan: there is none"

static const char *columns_doc(const struct ov_two_layer *s, enum ov_side side)
{
    if (side == OV_SGD && (!s->data.plain || s->sgd_time_to.n > 0))
        return s->data.columns_doc.s;
    if (side == OV_THEORY && ov_theory_has_blocks(s) && s->covariance.kind == OV_COVARIANCE_OWN)
        return ov_extras_any(s) ? PATH_DOC IMAGES_DOC EXTRAS_DOC : PATH_DOC IMAGES_DOC;
    if (side == OV_THEORY && s->covariance.kind == OV_COVARIANCE_MANIFOLD)
        return ov_extras_any(s) ? PATH_DOC MANIFOLD_DOC EXTRAS_DOC : PATH_DOC MANIFOLD_DOC;
    if (side == OV_THEORY && ov_theory_has_blocks(s))
        return ov_extras_any(s) ? PATH_DOC COVARIANCE_DOC EXTRAS_DOC : PATH_DOC COVARIANCE_DOC;
    if (side == OV_SGD || !ov_extras_any(s))
        return s->data.plain ? PATH_DOC : PATH_DOC WHITE_DOC;
    return PATH_DOC WHITE_DOC EXTRAS_DOC;
}

/* The canonical text of what belongs to any of `of`. */
static void say(struct ov_text *out, const struct ov_two_layer *s, unsigned of)
{
    ov_text_addf(out, "system: two-layer\n");
    ov_params_say(out, ov_two_layer_keys, of, s);
}

/* ---- what there is to compute ---- */

static void plan_side(struct ov_side_plan *plan, const struct ov_two_layer *s, enum ov_side side)
{
    plan->n_row = s->n_alpha;
    plan->memory = ov_two_layer_memory(s, side);
    ov_text_addf(&plan->columns_doc, "%s", columns_doc(s, side));
    if (s->moved > 0.0)
        ov_text_addf(&plan->columns_doc,
                     "; the given overlaps were a covariance only up to rounding: "
                     "changes of up to %.2g made them one",
                     s->moved);
    if (side == OV_SGD)
        ov_labels_plan(plan, s);
    ov_scaling_plan(plan, s);
    for (size_t i = 1; i < measured_width(s, side); i++) {
        char name[32];
        ov_path_column(name, s, side, i);
        ov_side_column(plan, OV_ROLE_VALUE, s->problem.stop > 0.0, "%s", name);
    }
}

static void plan_theory(struct ov_side_plan *plan, const struct ov_two_layer *s)
{
    plan->n_run = s->theory_runs;
    plan->first = s->start_is_fixed ? 0 : 1;
    bool images = ov_theory_has_blocks(s) && s->covariance.kind >= OV_COVARIANCE_IMAGES;
    plan->group = images ? 8 : 1; /* their spectrum is found once for all of a group */
    size_t n = 0;
    plan->module[n++] = "theory/online";
    plan->module[n++] = "model/start";
    if (s->extras.fluctuations)
        plan->module[n++] = "theory/fluctuations";
    if (s->extras.fixed_point || s->extras.eta_max)
        plan->module[n++] = "theory/fixed_point";
    if (ov_theory_has_blocks(s)) {
        plan->module[n++] = "model/spectrum";
        if (s->covariance.kind == OV_COVARIANCE_MANIFOLD)
            plan->module[n - 1] = "model/hidden_manifold";
        if (images)
            plan->module[n++] = "sim/dataset";
    }
    plan_side(plan, s, OV_THEORY);
    ov_extras_plan(plan, s);
    ov_stop_plan(plan, s);
    bool has_N = !s->start_is_fixed || s->extras.fluctuations || /* else it is that of the limit */
                 ov_theory_needs_N(s);
    say(&plan->parameters, s, OV_OF_PROBLEM | OV_OF_THEORY | (has_N ? OV_OF_DRAWN : 0));
    double tol = s->problem.averages_tol;
    const struct ov_activation *g = s->problem.g, *g_star = s->problem.g_star;
    ov_text_addf(&plan->parameters, "averages: %s\n",
                 tol > 0.0 ? ov_gauss_method_to(g, g_star, tol) : ov_gauss_method(g, g_star));
}

static void plan_sgd(struct ov_side_plan *plan, const struct ov_two_layer *s)
{
    plan->n_run = s->sgd_runs;
    plan->first = 1;
    plan->work = (uint64_t)ceil(s->alpha[s->n_alpha - 1] * (double)s->problem.N);
    /* images are read once for several runs, but a killed group of long ones would lose too much */
    bool share_images = s->data.train_path && plan->work <= 1000000;
    plan->group = share_images ? 4 : ov_engines[s->engine].group;
    plan->module[0] = ov_engines[s->engine].module;
    if (ov_sgd_has_covariance(s))
        plan->module[1] = "model/spectrum";
    plan_side(plan, s, OV_SGD);
    if (s->sgd_share)
        ov_share_plan(plan, false);
    if (s->sgd_match)
        ov_match_plan(plan);
    ov_levels_plan(plan, &s->sgd_time_to);
    if (s->sgd_share)
        ov_share_plan(plan, true);
    ov_stop_plan(plan, s);
    ov_kept_plan(plan, s);
    say(&plan->parameters, s, OV_OF_PROBLEM | OV_OF_DRAWN | OV_OF_SIM);
}

static enum ov_status plan(struct ov_curve *c, struct ov_error *err)
{
    struct ov_two_layer *s = c->state;
    enum ov_status status = ov_two_layer_read(s, &c->params, err);
    if (status != OV_OK)
        return status;
    if (s->theory_runs)
        plan_theory(&c->side[OV_THEORY], s);
    if (s->sgd_runs)
        plan_sgd(&c->side[OV_SGD], s);
    say(&c->problem, s, OV_OF_PROBLEM | OV_OF_DRAWN);
    ov_two_layer_define(c, s);
    return OV_OK;
}

/* ---- running ---- */

/* The path, written with the stride of rows that have extras behind it, up to its end at a level:
 * n_row rows, and how it would go on from there does not matter; and the overlaps at its end. */
static enum ov_status run_path(double *rows, size_t *n_row, struct ov_overlaps *end, size_t stride,
                               const struct ov_two_layer *s, const struct ov_overlaps *start,
                               const struct ov_tick *tick, struct ov_error *err)
{
    struct ov_error own = {0};
    size_t width = ov_path_width(s, OV_THEORY), full = ov_problem_row_width(&s->problem);
    double *path = calloc(s->n_alpha * full, sizeof *path);
    if (!path)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    enum ov_status status = ov_online_solve(path, &s->problem, start, s->alpha, s->n_alpha,
                                            &s->solve, NULL, tick, &own);
    *n_row = ov_stop_rows(path, s->n_alpha, full, &s->problem);
    if (*n_row > 0)
        ov_path_end(end, path + (*n_row - 1) * full, start, s);
    for (size_t j = 0; j < *n_row; j++)
        ov_scaling_put(rows + j * stride, ov_path_row(path + j * full, s), width, s, j);
    free(path);
    if (status == OV_OK || *n_row < s->n_alpha)
        return OV_OK;
    if (err)
        *err = own;
    return status;
}

static enum ov_status run_engine(double *rows, const struct ov_weights_kept *kept,
                                 const struct ov_two_layer *s, const uint64_t *key, size_t n,
                                 const struct ov_tick *tick, struct ov_error *err)
{
    if (ov_sgd_has_covariance(s))
        return ov_covariance_run(rows, kept, s, key, n, tick, err);
    if (!s->data.plain || kept)
        return ov_data_run(rows, kept, s, key, n, tick, err);
    return ov_engines[s->engine].run(rows, &s->problem, key, n, s->alpha, s->n_alpha, tick, err);
}

/* A group of runs, spread to the stride of rows that have times to levels behind them. */
static enum ov_status run_sgd(double *rows, const struct ov_weights_kept *kept, size_t stride,
                              const struct ov_two_layer *s, const uint64_t *key, size_t n,
                              const struct ov_tick *tick, struct ov_error *err)
{
    size_t width = measured_width(s, OV_SGD), n_row = n * s->n_alpha;
    if (stride == width)
        return run_engine(rows, kept, s, key, n, tick, err);
    double *path = calloc(n_row * width, sizeof *path);
    if (!path)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    for (size_t i = 0; i < n_row * width; i++)
        path[i] = NAN;
    enum ov_status status = run_engine(path, kept, s, key, n, tick, err);
    size_t behind = ov_two_layer_times(s) - 1 + width, match = behind + (s->sgd_share ? 1 : 0);
    size_t levels = match + (s->sgd_match ? OV_MATCH_COLUMNS : 0);
    for (size_t j = 0; j < n_row; j++) {
        const double *run = path + j / s->n_alpha * s->n_alpha * width;
        ov_scaling_put(rows + j * stride, path + j * width, width, s, j % s->n_alpha);
        for (size_t i = 0; i < s->sgd_time_to.n; i++)
            rows[j * stride + levels + i] =
                ov_levels_crossing(run, s->n_alpha, width, s->sgd_time_to.eps_g[i]);
    }
    free(path);
    enum ov_status filled = OV_OK;
    for (size_t i = 0; i < n && filled == OV_OK; i++) {
        double *run = rows + i * s->n_alpha * stride;
        if (s->sgd_match)
            filled = ov_match_fill(run, stride, s, match);
        if (s->sgd_share && filled == OV_OK)
            filled = ov_share_fill(run, stride, s, behind, levels + s->sgd_time_to.n);
    }
    return filled == OV_OK ? status : ov_fail(err, filled, "out of memory");
}

static enum ov_status run_theory(double *rows, size_t stride, const struct ov_two_layer *s,
                                 uint64_t key, const struct ov_tick *tick, struct ov_error *err)
{
    struct ov_two_layer own = *s;
    own.problem = ov_online_limit(&s->problem);
    struct ov_problem *p = &own.problem;
    struct ov_overlaps start = {0}, end = {0};
    enum ov_status status = OV_OK;
    bool manifold = s->covariance.kind == OV_COVARIANCE_MANIFOLD;
    if (manifold)
        status = ov_manifold_start(&p->blocks, &start, s, key, err);
    else if (ov_theory_has_blocks(s))
        status = ov_blocks_of_theory(&p->blocks, s, err);
    if (p->blocks)
        p->blocks->in_rows = ov_path_needs_blocks(s);
    size_t L = p->blocks ? p->blocks->L : 1;
    if (status == OV_OK && !manifold)
        status = ov_overlaps_create_blocks(&start, L, p->K, p->M);
    if (status == OV_OK)
        status = ov_overlaps_create_blocks(&end, L, p->K, p->M);
    if (status == OV_ENOMEM)
        ov_fail(err, status, "out of memory");
    if (status == OV_OK && !manifold)
        status = ov_start_of_theory(&start, &own, key, err);
    size_t n_row = s->n_alpha;
    if (status == OV_OK)
        status = run_path(rows, &n_row, &end, stride, &own, &start, tick, err);
    own.n_alpha = n_row;
    if (status == OV_OK)
        status = ov_extras_run(rows, stride, &own, &start, &end, tick, err);
    ov_overlaps_free(&start);
    ov_overlaps_free(&end);
    ov_blocks_free(p->blocks);
    return status;
}

/* kept: of a single run of sgd, or NULL. */
static enum ov_status run_side(double *rows, const struct ov_weights_kept *kept,
                               const struct ov_curve *c, enum ov_side side, const uint64_t *key,
                               size_t n, const struct ov_tick *tick, struct ov_error *err)
{
    const struct ov_two_layer *s = c->state;
    size_t n_col = c->side[side].n_col;
    enum ov_status status = OV_OK;
    if (side == OV_SGD)
        status = run_sgd(rows, kept, n_col, s, key, n, tick, err);
    for (size_t i = 0; i < n && status == OV_OK && side == OV_THEORY; i++)
        status = run_theory(rows + i * s->n_alpha * n_col, n_col, s, key[i], tick, err);
    size_t measured = ov_two_layer_times(s) - 1 + measured_width(s, side);
    for (size_t i = 0; i < n && status == OV_OK; i++)
        status = ov_stop_fill(rows + i * s->n_alpha * n_col, &c->side[side], s, measured, err);
    if (status == OV_EDIVERGED && err && s->scaling.by_t)
        err->diverged_at *= s->scaling.gamma / (double)s->scaling.p;
    return status;
}

static enum ov_status run(double *rows, const struct ov_curve *c, enum ov_side side,
                          const uint64_t *key, size_t n, const struct ov_tick *tick,
                          struct ov_error *err)
{
    return run_side(rows, NULL, c, side, key, n, tick, err);
}

static enum ov_status run_arrays(double *rows, double *arrays, const struct ov_curve *c,
                                 enum ov_side side, uint64_t key, const struct ov_tick *tick,
                                 struct ov_error *err)
{
    const struct ov_two_layer *s = c->state;
    const struct ov_weights_kept kept = {s->kept.row, s->kept.n, arrays};
    return run_side(rows, &kept, c, side, &key, 1, tick, err);
}

const struct ov_system ov_system_two_layer = {
    .name = "two-layer",
    .doc = "a two-layer student trained by one-pass SGD on a two-layer teacher",
    .columns = PATH_DOC EXTRAS_DOC
    "; eps_t: training error, of sgd on a finite training set; eps_c: with "
    "labels of kind sign P(sign phi != sign phi*); stopped_at: with `stop` the time of a "
    "run's last row",
    .keys = ov_two_layer_keys,
    .variables = ov_two_layer_variables,
    .state_size = sizeof(struct ov_two_layer),
    .plan = plan,
    .run = run,
    .run_arrays = run_arrays,
    .release = ov_two_layer_release,
};
