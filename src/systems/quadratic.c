/* SPDX-License-Identifier: MIT
 *
 * System quadratic: what a curve has to compute, and computing it.
 */
#include "quadratic_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/systems/systems.h"
#include "overlap/theory/quadratic.h"
#include "overlap/theory/quadratic_dmft.h"
#include "overlap/theory/quadratic_population.h"
#include "values_internal.h"

/* ---- columns ---- */

#define DOC                                                                                        \
    "alpha: samples/d^2; t: time of the flow dW/dt = -d grad(loss); mse: |Z - Z*|^2/d; "           \
    "loss_train: sum over the n samples of (tr(X Z) - y)^2/(4 n), without the regularisation; "    \
    "err_in: the same with labels without noise; rank: eigenvalues of Z above 0 (simulation: "     \
    "above 1e-3), over d"
#define THEORY_DOC                                                                                               \
    DOC "; xi, q: Z is S - q cut at 0, S = Z* + sqrt(xi) GOE; n_roots: solutions of the "                        \
        "equations at this alpha, of which this one has the least regularised loss; mse_bayes: "                 \
        "the least mse of any estimator; alpha_inter: above, the samples can't be interpolated "                 \
        "as lambda -> 0; alpha_pr_plus: above, lambda -> 0 recovers the teacher exactly; "                       \
        "alpha_pr: observed of the flow at lambda = 0 from weights of order one; kappa_sat: from this width on " \
        "alpha_pr_plus is that of an infinite one; nan: there is none"
#define POPULATION_DOC                                                                             \
    "t: time of the flow dW/dt = 2 (Z* - lambda - Z) W; mse: |Z - Z*|^2/d; trace: tr Z/d; "        \
    "distance: |Z - Z(infinity)|^2/d"

#define DMFT_DOC                                                                                    \
    "trace: tr Z/d; X_se: standard error of X, from replicas; X_shift: what extrapolation to d -> " \
    "infinity added to X"

enum { N_OBSERVED = 4, N_WHOLE = 4 };

static void add_first(struct ov_side_plan *plan, const struct ov_qs_curve *s)
{
    if (ov_qs_in_time(s))
        ov_side_column(plan, OV_ROLE_TIME, false, "t");
    if (s->alpha)
        ov_side_column(plan, OV_ROLE_TIME, false, "alpha");
}

static void add_population_columns(struct ov_side_plan *plan)
{
    static const char *const names[] = {"mse", "trace", "distance"};
    ov_side_column(plan, OV_ROLE_TIME, false, "t");
    for (size_t i = 0; i < 3; i++)
        ov_side_column(plan, OV_ROLE_VALUE, false, "%s", names[i]);
    ov_text_addf(&plan->columns_doc, POPULATION_DOC);
}

static void add_dmft_columns(struct ov_side_plan *plan, const struct ov_qs_curve *s)
{
    static const char *const names[] = {
        "mse",       "loss_train",       "err_in",        "rank",
        "trace",     "mse_se",           "loss_train_se", "err_in_se",
        "mse_shift", "loss_train_shift", "err_in_shift"};
    add_first(plan, s);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ov_side_column(plan, OV_ROLE_VALUE, false, "%s", names[i]);
    ov_text_addf(&plan->columns_doc, "%s; %s", DOC, DMFT_DOC);
}

static void add_columns(struct ov_side_plan *plan, const struct ov_qs_curve *s, enum ov_side side)
{
    if (s->z) {
        ov_qs_spectrum_columns(plan, side);
        return;
    }
    if (side == OV_THEORY && s->kind == OV_QS_DMFT) {
        add_dmft_columns(plan, s);
        return;
    }
    if (!s->alpha) {
        add_population_columns(plan);
        return;
    }
    static const char *const observed[] = {"mse", "loss_train", "err_in", "rank"};
    static const char *const more[] = {"xi", "q", "n_roots", "mse_bayes"};
    static const char *const whole[] = {"alpha_inter", "alpha_pr_plus", "alpha_pr", "kappa_sat"};
    add_first(plan, s);
    for (size_t i = 0; i < N_OBSERVED; i++)
        ov_side_column(plan, OV_ROLE_VALUE, false, "%s", observed[i]);
    for (size_t i = 0; i < 4 && side == OV_THEORY; i++)
        ov_side_column(plan, OV_ROLE_VALUE, false, "%s", more[i]);
    for (size_t i = 0; i < N_WHOLE && side == OV_THEORY; i++)
        ov_side_column(plan, OV_ROLE_WHOLE, true, "%s", whole[i]);
    ov_text_addf(&plan->columns_doc, "%s", side == OV_THEORY ? THEORY_DOC : DOC);
}

/* ---- what there is to compute ---- */

static void say(struct ov_text *out, const struct ov_qs_curve *s, unsigned of)
{
    ov_text_addf(out, "system: quadratic\n");
    ov_params_say(out, ov_qs_keys, of, s);
}

static void plan_theory(struct ov_side_plan *plan, const struct ov_qs_curve *s)
{
    static const char *const module[] = {[OV_QS_LONG_TIME] = "theory/quadratic",
                                         [OV_QS_POPULATION] = "theory/quadratic_population",
                                         [OV_QS_DMFT] = "theory/quadratic_dmft"};
    plan->n_run = s->theory_runs;
    plan->first = 0;
    plan->module[0] = module[s->kind];
    plan->memory = 200.0 * (double)ov_qs_rows(s);
    add_columns(plan, s, OV_THEORY);
    if (s->kind == OV_QS_DMFT) {
        struct ov_dmft p = ov_qs_dmft(s);
        plan->memory += ov_dmft_memory(&p);
        plan->error_freedom = (double)s->dmft_replicas - 1.0;
    }
    say(&plan->parameters, s, OV_OF_PROBLEM | OV_OF_THEORY);
    if (s->z && s->d > 0) /* of which the largest eigenvalue depends on d */
        ov_text_addf(&plan->parameters, "d: %zu\n", s->d);
}

static void plan_sgd(struct ov_side_plan *plan, const struct ov_qs_curve *s)
{
    plan->n_run = s->sgd_runs;
    plan->first = 1;
    plan->module[0] = "sim/quadratic";
    plan->n_piece = s->z || ov_qs_in_time(s) ? 1 : s->n_alpha;
    plan->memory = ov_qs_memory(s);
    add_columns(plan, s, OV_SGD);
    say(&plan->parameters, s, OV_OF_PROBLEM | OV_OF_DRAWN | OV_OF_SIM);
}

static enum ov_status plan(struct ov_curve *c, struct ov_error *err)
{
    struct ov_qs_curve *s = c->state;
    enum ov_status status = ov_qs_read(s, &c->params, err);
    if (status != OV_OK)
        return status;
    if (s->theory_runs)
        plan_theory(&c->side[OV_THEORY], s);
    if (s->sgd_runs)
        plan_sgd(&c->side[OV_SGD], s);
    ov_plan_rows(c, s->z ? s->z : ov_qs_in_time(s) ? s->t : s->alpha, ov_qs_rows(s));
    say(&c->problem, s, OV_OF_PROBLEM | OV_OF_DRAWN);
    ov_define_variables(c, ov_qs_keys, s);
    return OV_OK;
}

/* ---- theory ---- */

static double finite_or_none(double x)
{
    return isfinite(x) ? x : NAN;
}

static enum ov_status run_long_time(double *rows, size_t width, const struct ov_qs_curve *s,
                                    struct ov_error *err)
{
    struct ov_quadratic p = {s->kappa, s->kappa_star, s->lambda, s->Delta};
    struct ov_quadratic_thresholds th;
    struct ov_quadratic_point *point = calloc(s->n_alpha, sizeof *point);
    enum ov_status status =
        point ? ov_quadratic_thresholds(&th, &p, err) : ov_fail(err, OV_ENOMEM, "out of memory");
    if (status == OV_OK)
        status = ov_quadratic_curve(point, &p, s->alpha, s->n_alpha, err);
    for (size_t i = 0; i < s->n_alpha && status == OV_OK; i++) {
        const struct ov_quadratic_point *x = point + i;
        double *row = rows + i * width, bayes, bayes_xi;
        status = ov_quadratic_bayes(&bayes, &bayes_xi, &p, s->alpha[i], err);
        if (ov_qs_in_time(s))
            *row++ = s->t[0];
        const double numbers[] = {s->alpha[i],
                                  x->mse,
                                  x->loss_train,
                                  x->err_in,
                                  x->rank,
                                  x->xi,
                                  x->q,
                                  (double)x->n_roots,
                                  bayes,
                                  th.inter,
                                  finite_or_none(th.pr_plus),
                                  finite_or_none(th.pr),
                                  finite_or_none(th.kappa_sat)};
        memcpy(row, numbers, sizeof numbers);
    }
    free(point);
    return status;
}

static enum ov_status run_population(double *rows, const struct ov_qs_curve *s,
                                     struct ov_error *err)
{
    struct ov_population p = {.law = OV_POPULATION_TEACHER,
                              .kappa = s->kappa,
                              .kappa_star = s->kappa_star,
                              .lambda = s->lambda,
                              .gamma = s->gamma};
    struct ov_population_point *point = calloc(s->n_t, sizeof *point);
    enum ov_status status = point ? ov_population_limit(point, &p, s->t, s->n_t, err)
                                  : ov_fail(err, OV_ENOMEM, "out of memory");
    for (size_t i = 0; i < s->n_t && status == OV_OK; i++) {
        const double numbers[] = {s->t[i], point[i].mse, point[i].trace, point[i].distance};
        memcpy(rows + i * 4, numbers, sizeof numbers);
    }
    free(point);
    return status;
}

static enum ov_status run_dmft(double *rows, size_t width, const struct ov_qs_curve *s,
                               const struct ov_tick *tick, struct ov_error *err)
{
    struct ov_dmft p = ov_qs_dmft(s);
    struct ov_dmft_point *point = calloc(s->n_t, sizeof *point);
    enum ov_status status = point ? ov_dmft_flow(point, &p, s->t, s->n_t, tick, err)
                                  : ov_fail(err, OV_ENOMEM, "out of memory");
    for (size_t i = 0; i < s->n_t && status == OV_OK; i++) {
        const struct ov_dmft_point *x = point + i;
        const double numbers[] = {s->t[i],          s->alpha[0],  x->mse,       x->loss_train,
                                  x->err_in,        x->rank,      x->trace,     x->mse_se,
                                  x->loss_train_se, x->err_in_se, x->mse_shift, x->loss_train_shift,
                                  x->err_in_shift};
        memcpy(rows + i * width, numbers, sizeof numbers);
    }
    free(point);
    return status;
}

/* ---- simulation ---- */

/* A row of the table from what was measured. */
static void fill(double *row, const struct ov_qs_curve *s, double t, double alpha, const double *x)
{
    if (ov_qs_in_time(s))
        *row++ = t;
    if (s->alpha) {
        *row++ = alpha;
        memcpy(row, x, N_OBSERVED * sizeof *row); /* OV_QN_MSE … OV_QN_RANK */
        return;
    }
    row[0] = x[OV_QN_MSE];
    row[1] = x[OV_QN_TRACE];
    row[2] = x[OV_QN_DISTANCE];
}

static enum ov_status run_in_time(double *rows, size_t width, const struct ov_qs_curve *s,
                                  uint64_t key, const struct ov_tick *tick, struct ov_error *err)
{
    double alpha = s->alpha ? s->alpha[0] : 0.0, *x = malloc(s->n_t * OV_QN_WIDTH * sizeof *x);
    struct ov_quadratic_network p = ov_qs_network(s, alpha);
    if (!x)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    enum ov_status status = ov_quadratic_flow(x, &p, key, s->t, s->n_t, tick, err);
    for (size_t i = 0; i < s->n_t && status == OV_OK; i++)
        fill(rows + i * width, s, s->t[i], alpha, x + i * OV_QN_WIDTH);
    free(x);
    return status;
}

/* One point of a curve in alpha: a row. */
static enum ov_status run_piece(double *row, const struct ov_curve *c, enum ov_side side,
                                size_t piece, uint64_t key, const struct ov_tick *tick,
                                struct ov_error *err)
{
    const struct ov_qs_curve *s = c->state;
    double x[OV_QN_WIDTH];
    struct ov_quadratic_network p = ov_qs_network(s, s->alpha[piece]);
    (void)side; /* theory has none */
    enum ov_status status = s->method == OV_QS_FLOW
                                ? ov_quadratic_flow(x, &p, key, s->t, 1, tick, err)
                                : ov_quadratic_minimise(x, &p, key, tick, err);
    if (status == OV_OK)
        fill(row, s, 0.0, s->alpha[piece], x);
    return status;
}

static enum ov_status run(double *rows, const struct ov_curve *c, enum ov_side side,
                          const uint64_t *key, size_t n, const struct ov_tick *tick,
                          struct ov_error *err)
{
    const struct ov_qs_curve *s = c->state;
    size_t width = c->side[side].n_col, size = ov_qs_rows(s) * width;
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < n && status == OV_OK; i++) {
        double *out = rows + i * size;
        if (s->z)
            status = side == OV_SGD ? ov_qs_spectrum_of_network(out, s, key[i], tick, err)
                                    : ov_qs_spectrum_of_theory(out, s, err);
        else if (side == OV_SGD)
            status = ov_qs_in_time(s) ? run_in_time(out, width, s, key[i], tick, err)
                                      : run_piece(out, c, side, 0, key[i], tick, err);
        else
            status = s->kind == OV_QS_POPULATION ? run_population(out, s, err)
                     : s->kind == OV_QS_DMFT     ? run_dmft(out, width, s, tick, err)
                                                 : run_long_time(out, width, s, err);
    }
    return status;
}

const struct ov_system ov_system_quadratic = {
    .name = "quadratic",
    .doc = "a quadratic student whose width, like its teacher's, is a share of the input "
           "dimension, trained on alpha d^2 samples",
    .columns = THEORY_DOC "; of infinitely many samples: " POPULATION_DOC "; of dmft: " DMFT_DOC
                          "; of a spectrum: " OV_QS_SPECTRUM_DOC,
    .keys = ov_qs_keys,
    .state_size = sizeof(struct ov_qs_curve),
    .plan = plan,
    .run = run,
    .run_piece = run_piece,
    .release = ov_qs_release,
};
