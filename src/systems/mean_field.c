/* SPDX-License-Identifier: MIT
 *
 * System mean-field: wide students as particles, and the SGD of their p units.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mean_field_internal.h"
#include "overlap/model/outside.h"
#include "overlap/model/start.h"
#include "overlap/num/normal.h"
#include "overlap/num/sym.h"
#include "overlap/sim/weights.h"
#include "overlap/systems/systems.h"
#include "values_internal.h"

/* ---- what there is to compute ---- */

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
    plan->group = 1;
    plan->module[0] = theory ? "theory/mean_field" : "sim/weights";
    plan->module[1] = "model/start";
    plan->memory = 8.0 * (theory ? p * (k + 1.0) * (rows + 30.0) + d * (p + k)
                                 : 4.0 * (double)ov_row_width(o->K, o->M) + 2.0 * d * (p + k));
    if (!theory)
        plan->work = (uint64_t)ceil(s->t[s->n_t - 1] * p / o->eta_w * d);
    ov_mf_plan_rows(plan, s);
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
    size_t n = ov_mean_field_size(&o), size = ov_mf_each(s) * ov_mf_width(s);
    double *path = malloc(((s->n_t + 1) * n + o.p) * sizeof *path);
    struct ov_mean_field *f = NULL;
    enum ov_status status =
        path ? ov_mean_field_create(&f, &o, err) : ov_fail(err, OV_ENOMEM, "out of memory");
    if (status == OV_OK) {
        double *y0 = path + s->n_t * n, *q = y0 + n;
        memset(y0, 0, n * sizeof *y0);
        status = start(y0, s, key, err);
        if (status == OV_OK)
            status = ov_mean_field_solve(path, &o, y0, s->t, s->n_t, &opt, NULL, tick, err);
        bool has_rows = status == OV_OK || status == OV_EDIVERGED;
        for (size_t i = 0; has_rows && i < s->n_t && !isnan(path[i * n]); i++) {
            const double *y = path + i * n;
            struct ov_mf_units u = {.t = s->t[i], .m = y, .q = q};
            u.eps_g = s->parts ? 0.0 : ov_mean_field_risk(f, y);
            ov_mean_field_outside(q, &u.pairs, &u.f_out, f, y);
            ov_mf_fill_rows(rows + i * size, s, &u);
        }
    }
    ov_mean_field_free(f);
    free(path);
    return status;
}

/* ---- sgd ---- */

struct network_rows {
    const struct ov_mf_curve *s;
    double *q; /* (p) scratch */
};

static void fill_from_overlaps(double *row, const struct ov_overlaps *o, double alpha, double eps_g,
                               const void *ctx)
{
    const struct network_rows *x = ctx;
    struct ov_outside outside = ov_outside(x->q, o, x->s->problem.g);
    struct ov_mf_units u = {.t = alpha * x->s->problem.eta_w / (double)o->K,
                            .eps_g = eps_g,
                            .m = o->R,
                            .q = x->q,
                            .pairs = outside.pairs,
                            .f_out = outside.f};
    ov_mf_fill_rows(row, x->s, &u);
}

/* A run of engine weights. */
static enum ov_status run_sgd(double *rows, const struct ov_mf_curve *s, uint64_t key,
                              const struct ov_tick *tick, struct ov_error *err)
{
    const struct ov_problem *o = &s->problem;
    size_t p = o->K, each = ov_mf_each(s), width = ov_mf_width(s);
    double *alpha = malloc((s->n_t + p) * sizeof *alpha);
    if (!alpha)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    for (size_t i = 0; i < s->n_t; i++)
        alpha[i] = s->t[i] * (double)p / o->eta_w;
    struct network_rows ctx = {s, alpha + s->n_t};
    struct ov_weights_rows what = {each * width, fill_from_overlaps, &ctx};
    enum ov_status status = ov_weights_run_rows(rows, o, key, alpha, s->n_t, &what, tick, err);
    for (size_t i = 0; i < s->n_t * each; i++) /* as listed, to the last digit */
        if (!isnan(rows[i * width]))
            rows[i * width] = s->t[i / each];
    if (status == OV_EDIVERGED)
        err->diverged_at *= o->eta_w / (double)p;
    free(alpha);
    return status;
}

static enum ov_status run(double *rows, const struct ov_curve *c, enum ov_side side,
                          const uint64_t *key, size_t n, const struct ov_tick *tick,
                          struct ov_error *err)
{
    const struct ov_mf_curve *s = c->state;
    size_t size = s->n_t * ov_mf_each(s) * ov_mf_width(s);
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < n && status == OV_OK; i++)
        status = side == OV_SGD ? run_sgd(rows + i * size, s, key[i], tick, err)
                                : run_theory(rows + i * size, s, key[i], tick, err);
    return status;
}

const struct ov_system ov_system_mean_field = {
    .name = "mean-field",
    .doc = "a wide two-layer student as particles in the teacher's subspace",
    .columns = ov_mf_columns,
    .keys = ov_mf_keys,
    .state_size = sizeof(struct ov_mf_curve),
    .plan = plan,
    .run = run,
    .release = ov_mf_release,
};
