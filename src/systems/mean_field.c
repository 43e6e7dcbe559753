/* SPDX-License-Identifier: MIT
 *
 * System mean-field: wide students as particles, and the SGD of their p units.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mean_field_internal.h"
#include "overlap/model/start.h"
#include "overlap/num/normal.h"
#include "overlap/num/sym.h"
#include "overlap/sim/weights.h"
#include "overlap/systems/systems.h"
#include "values_internal.h"

/* ---- what there is to compute ---- */

#define DOC                                                                                        \
    "t: time, alpha gamma/p, alpha = steps/d; eps_g: the risk <(f - f*)^2>/2, without label "      \
    "noise; m_r: mean over the units of m_jr = w_j.w*_r/d; S_r_s: mean of m_jr m_js; q, q_sd: "    \
    "mean and standard deviation over the units of |w_j|^2/d - |m_j|^2"

static void add_columns(struct ov_side_plan *plan, size_t k)
{
    ov_side_column(plan, OV_ROLE_TIME, false, "t");
    ov_side_column(plan, OV_ROLE_VALUE, false, "eps_g");
    for (size_t r = 0; r < k; r++)
        ov_side_column(plan, OV_ROLE_VALUE, false, "m_%zu", r);
    for (size_t r = 0; r < k; r++)
        for (size_t s = 0; s <= r; s++)
            ov_side_column(plan, OV_ROLE_VALUE, false, "S_%zu_%zu", r, s);
    ov_side_column(plan, OV_ROLE_VALUE, false, "q");
    ov_side_column(plan, OV_ROLE_VALUE, false, "q_sd");
}

static void say(struct ov_text *out, const struct ov_mf_curve *s, unsigned of)
{
    ov_text_addf(out, "system: mean-field\n");
    ov_params_say(out, ov_mf_keys, of, s);
}

static void plan_side(struct ov_side_plan *plan, const struct ov_mf_curve *s, enum ov_side side)
{
    bool theory = side == OV_THEORY;
    const struct ov_problem *o = &s->problem;
    double p = (double)o->K, k = (double)o->M, d = (double)o->N, rows = (double)s->n_t;
    plan->n_run = theory ? s->theory_runs : s->sgd_runs;
    plan->first = theory && s->start == OV_MF_PARTICLES ? 0 : 1;
    plan->n_row = s->n_t;
    plan->time = s->t;
    plan->group = 1;
    plan->module[0] = theory ? "theory/mean_field" : "sim/weights";
    plan->module[1] = "model/start";
    plan->memory = 8.0 * (theory ? p * (k + 1.0) * (rows + 30.0) + d * (p + k)
                                 : rows * (double)ov_row_width(o->K, o->M) + 2.0 * d * (p + k));
    if (!theory)
        plan->work = (uint64_t)ceil(s->t[s->n_t - 1] * p / o->eta_w * d);
    add_columns(plan, o->M);
    ov_text_addf(&plan->columns_doc, DOC);
    say(&plan->parameters, s, OV_OF_PROBLEM | (theory ? OV_OF_THEORY : OV_OF_SIM));
}

static enum ov_status plan(struct ov_curve *c, struct ov_error *err)
{
    struct ov_mf_curve *s = c->state;
    enum ov_status status = ov_mf_read(s, &c->params, err);
    if (status != OV_OK)
        return status;
    if (s->theory_runs)
        plan_side(&c->side[OV_THEORY], s, OV_THEORY);
    if (s->sgd_runs)
        plan_side(&c->side[OV_SGD], s, OV_SGD);
    say(&c->problem, s, OV_OF_PROBLEM);
    ov_define_variables(c, ov_mf_keys, s);
    return OV_OK;
}

/* ---- rows ---- */

/* From eps_g on the moments of p units: m (p,k), q (p). */
static void fill_row(double *row, const struct ov_mf_curve *s, double t, double eps_g,
                     const double *m, const double *q)
{
    size_t p = s->problem.K, k = s->problem.M;
    double *mean = row + 2, *S = mean + k, *of_q = S + ov_sym_size(k), square = 0.0;
    memset(row, 0, ov_mf_width(s) * sizeof *row);
    row[0] = t;
    row[1] = eps_g;
    for (size_t j = 0; j < p; j++) {
        for (size_t r = 0; r < k; r++) {
            mean[r] += m[j * k + r] / (double)p;
            for (size_t n = 0; n <= r; n++)
                S[ov_sym_at(r, n)] += m[j * k + r] * m[j * k + n] / (double)p;
        }
        of_q[0] += q[j] / (double)p;
    }
    for (size_t j = 0; j < p; j++)
        square += (q[j] - of_q[0]) * (q[j] - of_q[0]) / (double)p;
    of_q[1] = sqrt(square);
}

/* ---- theory ---- */

/* m and q of the weights that the run with this key starts from. */
static enum ov_status measure_start(double *y, const struct ov_problem *o, uint64_t key,
                                    struct ov_error *err)
{
    size_t d = o->N, p = o->K, k = o->M;
    double *w = malloc((p + k) * d * sizeof *w), *v = malloc(p * sizeof *v);
    double *w_star = w ? w + p * d : NULL;
    enum ov_status status = w && v ? ov_start_weights(w, w_star, v, o, key, err)
                                   : ov_fail(err, OV_ENOMEM, "out of memory");
    for (size_t j = 0; status == OV_OK && j < p; j++) {
        double *q = y + p * k + j;
        for (size_t i = 0; i < d; i++)
            *q += w[j * d + i] * w[j * d + i] / (double)d;
        for (size_t r = 0; r < k; r++) {
            double *m = y + j * k + r;
            for (size_t i = 0; i < d; i++)
                *m += w[j * d + i] * w_star[r * d + i] / (double)d;
            *q -= *m * *m;
        }
        *q = fmax(*q, 0.0);
    }
    free(w);
    free(v);
    return status;
}

/* The particles at t = 0; y is zero. */
static enum ov_status start(double *y, const struct ov_mf_curve *s, uint64_t key,
                            struct ov_error *err)
{
    size_t p = s->problem.K, k = s->problem.M;
    if (s->start == OV_MF_NETWORK)
        return measure_start(y, &s->problem, key, err);
    memcpy(y + p * k, s->q, p * sizeof *y);
    if (s->start == OV_MF_PARTICLES) {
        memcpy(y, s->m, p * k * sizeof *y);
        return OV_OK;
    }
    ov_normal_fill(y, p * k, &(struct ov_philox){key, OV_STREAM_STUDENT}, 0);
    for (size_t i = 0; i < p * k; i++)
        y[i] *= s->std;
    return OV_OK;
}

static enum ov_status run_theory(double *rows, const struct ov_mf_curve *s, uint64_t key,
                                 const struct ov_tick *tick, struct ov_error *err)
{
    struct ov_mean_field_problem o = ov_mf_particles(s);
    struct ov_solve_options opt = {.method = OV_RK8PD, .rtol = s->rtol, .atol = s->atol};
    size_t n = ov_mean_field_size(&o), width = ov_mf_width(s);
    double *path = malloc((s->n_t + 1) * n * sizeof *path);
    struct ov_mean_field *f = NULL;
    enum ov_status status =
        path ? ov_mean_field_create(&f, &o, err) : ov_fail(err, OV_ENOMEM, "out of memory");
    if (status == OV_OK) {
        double *y0 = path + s->n_t * n;
        memset(y0, 0, n * sizeof *y0);
        status = start(y0, s, key, err);
        if (status == OV_OK)
            status = ov_mean_field_solve(path, &o, y0, s->t, s->n_t, &opt, NULL, tick, err);
        bool has_rows = status == OV_OK || status == OV_EDIVERGED;
        for (size_t i = 0; has_rows && i < s->n_t && !isnan(path[i * n]); i++)
            fill_row(rows + i * width, s, s->t[i], ov_mean_field_risk(f, path + i * n),
                     path + i * n, path + i * n + o.p * o.k);
    }
    ov_mean_field_free(f);
    free(path);
    return status;
}

/* ---- sgd ---- */

/* A run of engine weights, its overlaps turned into moments. */
static enum ov_status run_sgd(double *rows, const struct ov_mf_curve *s, uint64_t key,
                              const struct ov_tick *tick, struct ov_error *err)
{
    const struct ov_problem *o = &s->problem;
    size_t p = o->K, k = o->M, wide = ov_row_width(p, k), width = ov_mf_width(s);
    double *alpha = malloc((s->n_t + p) * sizeof *alpha),
           *path = malloc(s->n_t * wide * sizeof *path);
    enum ov_status status = OV_ENOMEM;
    for (size_t i = 0; alpha && i < s->n_t; i++)
        alpha[i] = s->t[i] * (double)p / o->eta_w;
    if (alpha && path)
        status = ov_weights_run(path, o, key, alpha, s->n_t, tick, err);
    else
        ov_fail(err, OV_ENOMEM, "out of memory");
    bool has_rows = status == OV_OK || status == OV_EDIVERGED;
    for (size_t i = 0; has_rows && i < s->n_t && !isnan(path[i * wide]); i++) {
        const double *Q = path + i * wide + 2, *R = Q + ov_sym_size(p);
        double *q = alpha + s->n_t;
        for (size_t j = 0; j < p; j++) {
            q[j] = Q[ov_sym_at(j, j)];
            for (size_t r = 0; r < k; r++)
                q[j] -= R[j * k + r] * R[j * k + r];
        }
        fill_row(rows + i * width, s, s->t[i], path[i * wide + 1], R, q);
    }
    if (status == OV_EDIVERGED)
        err->diverged_at *= o->eta_w / (double)p;
    free(alpha);
    free(path);
    return status;
}

static enum ov_status run(double *rows, const struct ov_curve *c, enum ov_side side,
                          const uint64_t *key, size_t n, const struct ov_tick *tick,
                          struct ov_error *err)
{
    const struct ov_mf_curve *s = c->state;
    size_t size = s->n_t * ov_mf_width(s);
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < n && status == OV_OK; i++)
        status = side == OV_SGD ? run_sgd(rows + i * size, s, key[i], tick, err)
                                : run_theory(rows + i * size, s, key[i], tick, err);
    return status;
}

const struct ov_system ov_system_mean_field = {
    .name = "mean-field",
    .doc = "a wide two-layer student as particles in the teacher's subspace",
    .keys = ov_mf_keys,
    .state_size = sizeof(struct ov_mf_curve),
    .plan = plan,
    .run = run,
    .release = ov_mf_release,
};
