/* SPDX-License-Identifier: MIT
 *
 * `scaling`: the problem as Arnaboldi et al. and Veiga et al. write it, in one map (paper.md
 * eq:scaling):
 *     student (1/p) sum_j g(lambda_j), teacher (1/k) sum_r g(nu_r), learning rate gamma, dimension d
 * is N = d, K = p, M = k, v = 1/p, v* = 1/k, eta_w = gamma; its time is t = alpha gamma/p, in which
 * the drift has no parameter and the noise of SGD the prefactor gamma/p. With powers of d in place of
 * numbers, gamma = gamma_0 (d/d_0)^-delta and p = p_0 (d/d_0)^kappa.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "times_internal.h"
#include "two_layer_internal.h"
#include "values_internal.h"

#define KEPT(how, member) OV_KEPT(&(how), struct ov_two_layer, scaling.member)

/* Beyond, times and their steps fill the digits of a double. */
static const double most_steps = 1e15;

/* ---- rows ---- */

static const struct ov_scaling *scaling_of(const void *base)
{
    return &((const struct ov_two_layer *)base)->scaling;
}

static void say_gamma(struct ov_text *out, const struct ov_key *key, const void *base)
{
    if (scaling_of(base)->given)
        ov_say_numbers(out, key->name, &scaling_of(base)->gamma, 1);
}

static bool number_if_given(double *x, const struct ov_key *key, const void *base)
{
    *x = *(const double *)((const char *)base + key->at);
    return scaling_of(base)->given && isfinite(*x);
}

static const struct ov_field as_gamma = {ov_take_real, say_gamma, number_if_given};
static const struct ov_field as_exponent = {ov_take_real, NULL, number_if_given};

enum { RESOLVED = OV_OF_THEORY | OV_OF_SIM | OV_IN_FORMULAS };

const struct ov_key ov_scaling_keys[] = {
    {"gamma", OV_REAL, 0, 1e6, NULL, NULL, OV_OPTIONAL, "learning rate; or delta",
     KEPT(as_gamma, gamma), .of = RESOLVED},
    {"p", OV_INT, 1, OV_MOST_UNITS, NULL, NULL, OV_OPTIONAL, "units of the student; or kappa",
     KEPT(ov_as_known, p), .of = RESOLVED},
    {"d", OV_INT, 1, 1e9, NULL, NULL, OV_OPTIONAL,
     "input dimension; needed where N is, and for exponents", KEPT(ov_as_known, d), .of = RESOLVED},
    {"delta", OV_REAL, -100, 100, NULL, NULL, OV_OPTIONAL, "gamma = gamma_0 (d/d_0)^-delta",
     KEPT(as_exponent, delta), .of = OV_IN_FORMULAS},
    {"kappa", OV_REAL, -100, 100, NULL, NULL, OV_OPTIONAL,
     "p = p_0 (d/d_0)^kappa, to the nearest whole number", KEPT(as_exponent, kappa),
     .of = OV_IN_FORMULAS},
    {"gamma_0", OV_REAL, 0, 1e6, NULL, NULL, "1", "gamma at d = d_0", KEPT(as_exponent, gamma0),
     .of = OV_IN_FORMULAS},
    {"p_0", OV_REAL, 0, 1e6, NULL, NULL, "1", "p at d = d_0", KEPT(as_exponent, p0),
     .of = OV_IN_FORMULAS},
    {"d_0", OV_REAL, 1e-300, 1e300, NULL, NULL, "1", "the dimension that d is measured in",
     KEPT(as_exponent, d0), .of = OV_IN_FORMULAS},
    {.name = NULL},
};

/* ---- K, N, eta_w ---- */

static enum ov_status needed(struct ov_value *params, const char *name, struct ov_error *err)
{
    if (ov_value_find(params, name))
        return OV_OK;
    const struct ov_key *key = ov_schema_find(ov_two_layer_keys, name);
    return ov_value_fail(params, err, "a curve needs '%s' (%s)", name, key->doc);
}

static enum ov_status plain(struct ov_value *params, struct ov_error *err)
{
    const struct ov_value *t = ov_value_find(params, "t");
    if (t)
        return ov_value_fail(t, err, "t is a time of scaling, which is not given: give alpha");
    enum ov_status status = needed(params, "K", err);
    return status == OV_OK ? needed(params, "eta_w", err) : status;
}

/* What scaling says already. */
static enum ov_status given_twice(struct ov_value *params, struct ov_error *err)
{
    static const struct {
        const char *path, *is;
    } rows[] = {{"eta_w", "gamma"}, {"K", "p"},        {"N", "d"},
                {"sgd.N", "d"},     {"v_star", "1/M"}, {"init.v", "1/p"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct ov_value *v = ov_value_find(params, rows[i].path);
        if (v && v->node)
            return ov_value_fail(v, err, "%s is %s of scaling: give one of the two", rows[i].path,
                                 rows[i].is);
    }
    return OV_OK;
}

/* Twelve digits: what pow gives beyond them differs between machines, and keys are made of it. */
static double power_law(double x0, double ratio, double exponent)
{
    char digits[40];
    snprintf(digits, sizeof digits, "%.12g", x0 * pow(ratio, exponent));
    return strtod(digits, NULL);
}

/* A number: `direct`, or reference times (d/d_0)^(sign exponent). */
struct by_power {
    const char *direct, *exponent, *reference;
    double sign;
};

static enum ov_status resolve(double *x, struct ov_value *scaling, const struct by_power *how,
                              struct ov_error *err)
{
    const struct ov_value *direct = ov_value_find(scaling, how->direct);
    const struct ov_value *exponent = ov_value_find(scaling, how->exponent);
    if (direct && exponent)
        return ov_value_fail(exponent, err, "scaling has both '%s' and '%s': give one of the two",
                             how->direct, how->exponent);
    if (!direct && !exponent)
        return ov_value_fail(scaling, err, "scaling needs either '%s' or '%s'", how->direct,
                             how->exponent);
    if (direct) {
        ov_value_unused(scaling, how->reference, "has no exponent to go with it");
        *x = direct->number;
        return OV_OK;
    }
    if (!ov_value_find(scaling, "d"))
        return ov_value_fail(exponent, err, "a power of d needs 'd'");
    *x = power_law(ov_value_number(scaling, how->reference),
                   ov_value_number(scaling, "d") / ov_value_number(scaling, "d_0"),
                   how->sign * exponent->number);
    return OV_OK;
}

static enum ov_status take_width(struct ov_two_layer *s, double p, struct ov_value *scaling,
                                 struct ov_error *err)
{
    const struct ov_value *place = ov_value_find(scaling, "kappa");
    p = round(p);
    if (!(p >= 1.0 && p <= OV_MOST_UNITS))
        return ov_value_fail(place ? place : scaling, err, "p = %g units: it must be from 1 to %d",
                             p, OV_MOST_UNITS);
    s->problem.K = s->scaling.p = (size_t)p;
    return OV_OK;
}

static enum ov_status take_rate(struct ov_two_layer *s, double gamma, struct ov_value *scaling,
                                struct ov_error *err)
{
    const struct ov_value *place = ov_value_find(scaling, "gamma");
    if (!(gamma > 0.0 && isfinite(gamma)))
        return ov_value_fail(place ? place : scaling, err,
                             "gamma = %g: t = alpha gamma/p needs gamma > 0; gradient flow is "
                             "theory: {noise: false}",
                             gamma);
    s->problem.eta_w = s->scaling.gamma = gamma;
    return OV_OK;
}

enum ov_status ov_scaling_begin(struct ov_two_layer *s, struct ov_value *params,
                                struct ov_error *err)
{
    static const struct by_power rate = {"gamma", "delta", "gamma_0", -1.0};
    static const struct by_power width = {"p", "kappa", "p_0", 1.0};
    struct ov_value *scaling = ov_value_get(params, "scaling");
    double gamma = 0.0, p = 0.0;
    if (!scaling)
        return plain(params, err);
    s->scaling.given = true;
    s->scaling.delta = s->scaling.kappa = NAN; /* until taken */
    s->scaling.gamma0 = s->scaling.p0 = s->scaling.d0 = NAN;
    enum ov_status status = given_twice(params, err);
    if (status == OV_OK)
        status = resolve(&gamma, scaling, &rate, err);
    if (status == OV_OK)
        status = resolve(&p, scaling, &width, err);
    if (status == OV_OK)
        status = take_rate(s, gamma, scaling, err);
    if (status == OV_OK)
        status = take_width(s, p, scaling, err);
    if (!ov_value_find(scaling, "delta") && !ov_value_find(scaling, "kappa"))
        ov_value_unused(scaling, "d_0", "has no exponent to go with it");
    ov_value_unused(params, "v_star", "has a scaling");
    if (ov_value_find(scaling, "d"))
        s->problem.N = (size_t)ov_value_number(scaling, "d");
    return status;
}

/* ---- the second layers ---- */

static double *constant(size_t n, double x)
{
    double *array = malloc(n * sizeof *array);
    for (size_t i = 0; array && i < n; i++)
        array[i] = x;
    return array;
}

/* A denoising start has v of its own: 1/p as well where every teacher unit has equally many. */
enum ov_status ov_scaling_complete(struct ov_two_layer *s, struct ov_value *params,
                                   struct ov_error *err)
{
    struct ov_problem *p = &s->problem;
    if (!s->scaling.given)
        return OV_OK;
    if (p->start == OV_START_DENOISING && p->K % p->M != 0)
        return ov_place_complaint(params, "scaling.p",
                                  "a denoising start needs a p that M divides: else v is not 1/p",
                                  err);
    p->v_star = constant(p->M, 1.0 / (double)p->M);
    if (p->start != OV_START_DENOISING)
        p->v = constant(p->K, 1.0 / (double)p->K);
    bool good = p->v_star && (p->v || p->start == OV_START_DENOISING);
    return good ? OV_OK : ov_fail(err, OV_ENOMEM, "out of memory while reading a curve");
}

const char *ov_scaling_place(const struct ov_two_layer *s, const char *key)
{
    static const char *const names[][2] = {
        {"N", "scaling.d"}, {"K", "scaling.p"}, {"eta_w", "scaling.gamma"}};
    for (size_t i = 0; s->scaling.given && key && i < sizeof names / sizeof *names; i++)
        if (strcmp(key, names[i][0]) == 0)
            return names[i][1];
    return key;
}

/* ---- times ---- */

/* Steps in a unit of t. */
static size_t steps_in_t(const struct ov_two_layer *s)
{
    double steps = (double)s->problem.N * (double)s->scaling.p / s->scaling.gamma;
    return steps < most_steps ? (size_t)round(steps) : (size_t)most_steps;
}

static enum ov_status read_t(struct ov_two_layer *s, struct ov_value *t, struct ov_error *err)
{
    double unit = (double)s->scaling.p / s->scaling.gamma;
    s->scaling.by_t = true;
    enum ov_status status = ov_times_read(&s->scaling.t, &s->n_alpha, t, steps_in_t(s), false, err);
    if (status != OV_OK)
        return status;
    double steps = s->scaling.t[s->n_alpha - 1] * unit * (double)s->problem.N;
    if (s->sgd_runs > 0 && !(steps < most_steps))
        return ov_value_fail(t, err, "t ends after %.6g steps; fewer than 10^15 are possible",
                             steps);
    s->alpha = malloc(s->n_alpha * sizeof *s->alpha);
    for (size_t i = 0; s->alpha && i < s->n_alpha; i++)
        s->alpha[i] = s->scaling.t[i] * unit;
    return s->alpha ? OV_OK : ov_fail(err, OV_ENOMEM, "out of memory");
}

enum ov_status ov_scaling_times(struct ov_two_layer *s, struct ov_value *params,
                                struct ov_error *err)
{
    struct ov_value *alpha = ov_value_get(params, "alpha"), *t = ov_value_get(params, "t");
    if (alpha && t)
        return ov_value_fail(t, err, "t = alpha gamma/p: give t or alpha");
    if (t)
        return read_t(s, t, err);
    if (!alpha)
        return needed(params, "alpha", err);
    enum ov_status status =
        ov_times_read(&s->alpha, &s->n_alpha, alpha, s->problem.N, s->sgd_runs > 0, err);
    if (status != OV_OK || !s->scaling.given)
        return status;
    s->scaling.t = malloc(s->n_alpha * sizeof *s->scaling.t);
    for (size_t i = 0; s->scaling.t && i < s->n_alpha; i++)
        s->scaling.t[i] = s->alpha[i] * s->scaling.gamma / (double)s->scaling.p;
    return s->scaling.t ? OV_OK : ov_fail(err, OV_ENOMEM, "out of memory");
}

void ov_scaling_plan(struct ov_side_plan *plan, const struct ov_two_layer *s)
{
    const struct ov_scaling *x = &s->scaling;
    plan->time = x->by_t ? x->t : s->alpha;
    ov_side_column(plan, OV_ROLE_TIME, false, x->by_t ? "t" : "alpha");
    if (!x->given)
        return;
    ov_side_column(plan, OV_ROLE_TIME, false, x->by_t ? "alpha" : "t");
    ov_text_addf(&plan->columns_doc,
                 "; t: alpha gamma/p, in which the noise of SGD has the prefactor gamma/p = %.6g",
                 x->gamma / (double)x->p);
}

void ov_scaling_put(double *to, const double *from, size_t width, const struct ov_two_layer *s,
                    size_t j)
{
    size_t n = ov_two_layer_times(s);
    size_t at = s->scaling.by_t ? 1 : 0;
    if (n == 2)
        to[1 - at] = isnan(from[0]) ? NAN : s->scaling.t[j];
    to[at] = from[0];
    memcpy(to + n, from + 1, (width - 1) * sizeof *to);
}
