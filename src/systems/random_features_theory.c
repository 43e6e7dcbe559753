/* SPDX-License-Identifier: MIT
 *
 * The theories of random features, behind one face.
 */
#include <math.h>
#include <stdlib.h>

#include "overlap/sim/random_features.h"
#include "random_features_internal.h"

struct ov_rf_problem ov_rf_theory_problem(const struct ov_rf_curve *s)
{
    struct ov_rf_problem p = s->problem;
    double beta = s->problem.K && s->problem.N ? ov_rf_beta(&s->problem) : s->problem.beta;
    if (s->kind == OV_RF_INSTANCE)
        return p;
    p.beta = s->kind == OV_RF_LIMIT ? beta : 1.0; /* not read by the others */
    if (s->kind != OV_RF_DEGREES)
        p.N = 0;
    if (s->kind != OV_RF_FIXED_WIDTH)
        p.K = 0;
    return p;
}

/* ---- the theories: eps_g (n_t) may be NULL ---- */

static enum ov_status limit(double *eps_g, struct ov_rf_facts *f, const struct ov_rf_curve *s,
                            const struct ov_rf_problem *p, struct ov_error *err)
{
    enum ov_status status = ov_rf_limit_facts(f, p, err);
    return status == OV_OK && eps_g ? ov_rf_limit_curve(eps_g, p, s->t, s->n_t, err) : status;
}

static enum ov_status degrees(double *eps_g, double *widths, struct ov_rf_facts *f,
                              const struct ov_rf_curve *s, const struct ov_rf_problem *p,
                              struct ov_error *err)
{
    struct ov_rf_degrees *d = NULL;
    double ln_K = log(s->width);
    enum ov_status status = ov_rf_degrees_create(&d, p, s->degrees, err);
    if (status == OV_OK)
        status = ov_rf_degrees_facts(f, d, ln_K, err);
    if (status == OV_OK && eps_g)
        status = ov_rf_degrees_curve(eps_g, d, ln_K, s->t, s->n_t, err);
    for (size_t i = 0; widths && i < s->n_width_to && status == OV_OK; i++) {
        double ln_width;
        status = ov_rf_degrees_width(&ln_width, d, s->width_to[i], err);
        widths[i] = ln_width / M_LN10;
        if (status != OV_OK)
            ov_error_context(err, "width_to %g", s->width_to[i]);
    }
    ov_rf_degrees_free(d);
    return status;
}

static enum ov_status instance(double *eps_g, struct ov_rf_facts *f, const struct ov_rf_curve *s,
                               const struct ov_rf_problem *p, uint64_t key, struct ov_error *err)
{
    struct ov_rf_instance x = {0};
    enum ov_status status = ov_rf_instance_create(&x, p, key, err);
    if (status == OV_OK)
        status = ov_rf_instance_curve(eps_g, f, p, &x, s->time, s->t, s->n_t, err);
    ov_rf_instance_free(&x);
    return status;
}

static enum ov_status solve(double *eps_g, double *widths, struct ov_rf_facts *f,
                            const struct ov_rf_curve *s, uint64_t key, struct ov_error *err)
{
    struct ov_rf_problem p = ov_rf_theory_problem(s);
    switch (s->kind) {
    case OV_RF_LIMIT:
        return limit(eps_g, f, s, &p, err);
    case OV_RF_INSTANCE:
        return instance(eps_g, f, s, &p, key, err);
    case OV_RF_DEGREES:
        return degrees(eps_g, widths, f, s, &p, err);
    case OV_RF_FIXED_WIDTH:
        break;
    }
    return ov_rf_fixed_width_curve(eps_g, f, &p, s->t, eps_g ? s->n_t : 0, err);
}

enum ov_status ov_rf_theory_check(const struct ov_rf_curve *s, struct ov_error *err)
{
    struct ov_rf_facts f;
    enum ov_status status = solve(NULL, NULL, &f, s, 0, err);
    return status == OV_EDIVERGED ? OV_OK : status; /* a finding of the run, not of the reading */
}

/* ---- rows ---- */

static double finite_or_none(double x)
{
    return isfinite(x) ? x : NAN;
}

static void fill_row(double *row, const struct ov_rf_curve *s, double t, double eps_g,
                     const struct ov_rf_facts *f, const double *widths)
{
    double beta = s->problem.N && s->width > 0 ? s->width / (double)s->problem.N : s->problem.beta;
    bool has_alpha = !s->problem.flow && beta > 0;
    row[OV_RF_T] = t;
    row[OV_RF_ALPHA] = has_alpha ? beta * t : NAN;
    row[OV_RF_EPS_G] = eps_g;
    row[OV_RF_FLOOR] = f->floor;
    row[OV_RF_STATIONARY] = finite_or_none(f->stationary);
    row[OV_RF_GROWTH] = finite_or_none(f->growth);
    row[OV_RF_ETA_MAX] = f->eta_max;
    for (size_t i = 0; i < s->n_width_to; i++)
        row[OV_RF_FIRST_WIDTH + i] = widths[i];
}

enum ov_status ov_rf_theory_run(double *rows, const struct ov_rf_curve *s, uint64_t key,
                                struct ov_error *err)
{
    struct ov_rf_facts f = {0};
    size_t width = OV_RF_FIRST_WIDTH + s->n_width_to;
    double *eps_g = calloc(s->n_t + s->n_width_to, sizeof *eps_g);
    if (!eps_g)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    double *widths = eps_g + s->n_t;
    for (size_t j = 0; j < s->n_t; j++)
        eps_g[j] = NAN;
    enum ov_status status = solve(eps_g, widths, &f, s, key, err);
    bool has_rows = status == OV_OK || status == OV_EDIVERGED;
    for (size_t j = 0; j < s->n_t && has_rows && isfinite(eps_g[j]); j++)
        fill_row(rows + j * width, s, s->t[j], eps_g[j], &f, widths);
    if (status == OV_EDIVERGED && f.growth > 0.0)
        ov_error_context(err, "eta_max is %.6g, the error grows as exp(%.6g t)", f.eta_max,
                         f.growth);
    free(eps_g);
    return status;
}
