/* SPDX-License-Identifier: MIT
 *
 * One step of length h from a known state:
 * 1. y at its quarters; B and c at its middle and end.
 * 2. Sigma and mu in one step and in two, each with J from its own middle and what drives it
 *    linear in between (fluctuations_step.h): symmetric in time, so the error of a step that
 *    resolves the motion has even powers of h only.
 * 3. Their difference estimates the error, and a third of it is added on (Richardson).
 * A listed alpha inside the step is reached by a step of its own, with B and c interpolated.
 */
#include "overlap/theory/fluctuations.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fluctuations_local_internal.h"
#include "fluctuations_noise_internal.h"
#include "fluctuations_step_internal.h"
#include "online_internal.h"
#include "overlap/theory/jacobian.h"
#include "overlap/theory/solve.h"

enum { QUARTERS = 4, STATES = 6 };

static const double stiff = 50.0;     /* |J| h beyond which msbdf goes along y */
static const double first_step = 0.1; /* |J| h */
static const double least_sd = 1e-3;  /* of the largest: smaller ones count as this */
static const double rounding = 1e-14; /* of numbers of order one; smaller ones count as this */
static const double shrink = 0.2, grow = 4.0, safety = 0.9;
static const double shortest_step = 1e-9; /* times 1 + alpha */
static const double rtol_min = 1e-8, rtol_max = 0.1;

struct state {
    double alpha;
    double *y, *c, *mu, *drive; /* (n) */
    double *B, *Sigma;          /* (n,n) */
};

struct run {
    size_t n;
    double rtol;
    struct ov_local local;
    struct ov_noise *noise;
    struct ov_propagator propagator;
    double *block;     /* owned; the views below and those of the states */
    double *J;         /* (n,n) */
    double *quarter;   /* (QUARTERS,n) y */
    double *of_fields; /* (n + 2,n) scratch */
    struct state now, middle, end, one, listed_middle, listed;
    double bound; /* |J| where it was last taken */
    struct ov_fluctuations_report work;
    const struct ov_tick *tick;
};

struct ov_fluctuations_options ov_fluctuations_defaults(void)
{
    return (struct ov_fluctuations_options){.rtol = 1e-2};
}

/* ---- one step ---- */

static enum ov_status take_noise(struct run *r, struct state *s)
{
    memcpy(r->local.o.block, s->y, r->n * sizeof *s->y);
    r->work.n_noise++;
    ov_tick_tell(r->tick, r->work.n_noise, 0);
    return ov_noise_at(s->B, s->c, r->noise, &r->local.o);
}

/* B and c of s from those at the start, middle and end of a step. */
static void interpolate_noise(struct state *s, const struct run *r)
{
    const struct state *a = &r->now, *b = &r->middle, *c = &r->end;
    double u = (s->alpha - a->alpha) / (c->alpha - a->alpha);
    double of_a = (1.0 - u) * (1.0 - 2.0 * u), of_b = 4.0 * u * (1.0 - u),
           of_c = u * (2.0 * u - 1.0);
    for (size_t i = 0; i < r->n * r->n; i++)
        s->B[i] = of_a * a->B[i] + of_b * b->B[i] + of_c * c->B[i];
    for (size_t i = 0; i < r->n; i++)
        s->c[i] = of_a * a->c[i] + of_b * b->c[i] + of_c * c->c[i];
}

static bool take_jacobian(struct run *r, const double *y)
{
    bool done = ov_local_jacobian(r->J, &r->local, y);
    r->bound = done ? ov_jacobian_bound(r->J, r->n) : NAN;
    return isfinite(r->bound);
}

/* Puts middle and end on the step of length h from r->now, and finds y at its quarters. */
static enum ov_status follow(struct run *r, struct state *middle, struct state *end, double h)
{
    double time[QUARTERS] = {0.25 * h, 0.5 * h, 0.75 * h, h};
    struct ov_ode ode = {.n = r->n,
                         .rhs = ov_local_rhs,
                         .diverged = ov_local_diverged,
                         .nearest = ov_local_is_analytic(&r->local) ? ov_local_nearest : NULL,
                         .ctx = &r->local};
    struct ov_solve_options opt = {
        .method = h * r->bound > stiff ? OV_MSBDF : OV_RK8PD, .rtol = 1e-9, .atol = 1e-13};
    enum ov_status status =
        ov_solve(r->quarter, &ode, r->now.y, time, QUARTERS, &opt, NULL, NULL, NULL);
    middle->alpha = r->now.alpha + 0.5 * h;
    end->alpha = r->now.alpha + h;
    memcpy(middle->y, r->quarter + r->n, r->n * sizeof *middle->y);
    memcpy(end->y, r->quarter + 3 * r->n, r->n * sizeof *end->y);
    return status;
}

static bool take_drive(struct run *r, struct state *s)
{
    return ov_local_drive(s->drive, &r->local, s->y, s->Sigma, s->c);
}

/* Sigma, mu and what drives it at b from a, with J at y. */
static bool propagate(struct run *r, struct state *b, const struct state *a, const double *y)
{
    if (!take_jacobian(r, y))
        return false;
    ov_propagator_make(&r->propagator, r->J, a->B, b->B, b->alpha - a->alpha);
    ov_propagator_covariance(b->Sigma, &r->propagator, a->Sigma);
    if (!take_drive(r, b))
        return false;
    ov_propagator_mean(b->mu, &r->propagator, a->mu, a->drive, b->drive);
    return true;
}

/* The difference of two states, relative to standard deviations and means. */
static double difference(const struct state *a, const struct state *b, size_t n)
{
    double largest = rounding * rounding, scale = rounding, error = 0.0;
    for (size_t i = 0; i < n; i++) {
        largest = fmax(largest, a->Sigma[i * n + i]);
        scale = fmax(scale, fabs(a->mu[i]));
    }
    scale += largest;
    for (size_t i = 0; i < n; i++) {
        double off = fabs(a->mu[i] - b->mu[i]);
        error = off > 0.0 || isnan(off) ? fmax(error, off / scale) : error;
        for (size_t j = 0; j <= i; j++) {
            double ii = fmax(a->Sigma[i * n + i], least_sd * least_sd * largest);
            double jj = fmax(a->Sigma[j * n + j], least_sd * least_sd * largest);
            off = fabs(a->Sigma[i * n + j] - b->Sigma[i * n + j]);
            error = off > 0.0 ? fmax(error, off / sqrt(ii * jj)) : error;
        }
    }
    return error;
}

static void extrapolate(struct state *two, const struct state *one, size_t n)
{
    for (size_t i = 0; i < n * n; i++)
        two->Sigma[i] += (two->Sigma[i] - one->Sigma[i]) / 3.0;
    for (size_t i = 0; i < n; i++)
        two->mu[i] += (two->mu[i] - one->mu[i]) / 3.0;
}

static bool all_finite(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

/* From r->now to middle and end, where y, B and c are known. Returns the estimate of the error,
 * NaN where something is not finite. */
static double one_step_and_two(struct run *r, struct state *middle, struct state *end)
{
    struct state *one = &r->one;
    size_t n = r->n;
    one->alpha = end->alpha;
    memcpy(one->y, end->y, n * sizeof *one->y);
    memcpy(one->c, end->c, n * sizeof *one->c);
    memcpy(one->B, end->B, n * n * sizeof *one->B);
    if (!propagate(r, one, &r->now, middle->y) || !propagate(r, middle, &r->now, r->quarter) ||
        !propagate(r, end, middle, r->quarter + 2 * n))
        return NAN;
    double error = difference(end, one, n);
    extrapolate(end, one, n);
    return take_drive(r, end) && all_finite(end->mu, n) ? error : NAN;
}

/* ---- the path ---- */

static enum ov_status no_step(struct run *r, enum ov_status why, double last, struct ov_error *err)
{
    double alpha = r->now.alpha;
    if (why == OV_ENUMERIC && follow(r, &r->middle, &r->end, last - alpha) == OV_EDIVERGED)
        why = OV_EDIVERGED; /* so close to a pole that no step is accurate */
    if (why == OV_EDIVERGED)
        return ov_fail_diverged(err, "alpha", alpha);
    if (why == OV_EDOM)
        return ov_fail(err, OV_ENUMERIC,
                       "the overlaps stop being positive semi-definite at alpha = %.6g", alpha);
    if (why == OV_ENOMEM)
        return ov_fail(err, why, "out of memory");
    return ov_fail(err, OV_ENUMERIC, "no step from alpha = %.6g is small enough for fluctuations",
                   alpha);
}

/* An accepted step from r->now to r->end of length *h or less; *h becomes the next to try. */
static enum ov_status step(struct run *r, double *h, double last, struct ov_error *err)
{
    for (;;) {
        double length = fmin(*h, last - r->now.alpha), error = NAN;
        enum ov_status status = follow(r, &r->middle, &r->end, length);
        if (status == OV_OK)
            status = take_noise(r, &r->middle);
        if (status == OV_OK)
            status = take_noise(r, &r->end);
        if (status == OV_ENOMEM)
            return no_step(r, status, last, err);
        if (status == OV_OK)
            error = one_step_and_two(r, &r->middle, &r->end);
        double factor = isnan(error) ? shrink : safety * cbrt(r->rtol / fmax(error, 1e-300));
        *h = length * fmin(fmax(factor, shrink), grow);
        if (error <= r->rtol) {
            r->work.n_step++;
            return OV_OK;
        }
        if (*h < shortest_step * (1.0 + r->now.alpha))
            return no_step(r, status == OV_OK ? OV_ENUMERIC : status, last, err);
    }
}

/* The state at a listed alpha inside the accepted step, into r->listed. */
static enum ov_status reach(struct run *r, double alpha)
{
    enum ov_status status = follow(r, &r->listed_middle, &r->listed, alpha - r->now.alpha);
    if (status != OV_OK)
        return status;
    interpolate_noise(&r->listed_middle, r);
    interpolate_noise(&r->listed, r);
    return isnan(one_step_and_two(r, &r->listed_middle, &r->listed)) ? OV_ENUMERIC : OV_OK;
}

struct output {
    double *rows, *Sigma; /* Sigma may be NULL */
    const double *alpha;
    size_t n_alpha, next;
};

/* Writes the row of the next listed alpha from s. */
static void put_row(struct output *out, struct run *r, const struct state *s)
{
    size_t n = r->n, next = out->next++, m = ov_overlaps_moving(r->local.p->K, r->local.p->M);
    double *row = out->rows + next * (3 + 2 * m);
    double *packed = out->Sigma ? out->Sigma + next * ov_sym_size(n) : NULL;
    row[0] = out->alpha[next];
    ov_local_eps_g(&row[1], &row[2], &r->local, s->y, s->Sigma, s->mu);
    ov_local_spread_of_fields(row + 3, &r->local, s->Sigma, r->of_fields);
    ov_local_of_fields(row + 3 + m, &r->local, s->mu);
    for (size_t i = 0; packed && i < n; i++)
        for (size_t j = 0; j <= i; j++)
            packed[ov_sym_at(i, j)] = s->Sigma[i * n + j];
}

static void advance(struct run *r)
{
    struct state old = r->now;
    r->now = r->end;
    r->end = old;
}

static enum ov_status begin(struct run *r, double last, struct ov_error *err)
{
    enum ov_status status = take_noise(r, &r->now);
    if (status != OV_OK)
        return ov_fail(err, status, "the initial overlaps are not positive semi-definite");
    if (ov_local_slope_jumps(&r->local, r->now.y))
        return ov_fail(err, OV_ENUMERIC,
                       "a %s student that starts without weights has no fluctuations to leading "
                       "order: its mean slope jumps as it starts",
                       r->local.p->g->name);
    return take_drive(r, &r->now) && take_jacobian(r, r->now.y)
               ? OV_OK
               : no_step(r, OV_ENUMERIC, last, err);
}

static enum ov_status go(struct run *r, struct output *out, struct ov_error *err)
{
    double last = out->alpha[out->n_alpha - 1];
    enum ov_status status = begin(r, last, err);
    if (status != OV_OK)
        return status;
    double h = r->bound > 0.0 ? first_step / r->bound : last;
    while (out->next < out->n_alpha && out->alpha[out->next] == 0.0)
        put_row(out, r, &r->now);
    while (out->next < out->n_alpha) {
        if ((status = step(r, &h, last, err)) != OV_OK)
            return status;
        while (out->next < out->n_alpha && out->alpha[out->next] < r->end.alpha) {
            if ((status = reach(r, out->alpha[out->next])) != OV_OK)
                return no_step(r, status, last, err);
            put_row(out, r, &r->listed);
        }
        /* the last alpha, which adding up steps meets to rounding */
        bool there = r->end.alpha >= last * (1.0 - 1e-14);
        if (out->next < out->n_alpha && (there || out->alpha[out->next] == r->end.alpha))
            put_row(out, r, &r->end);
        advance(r);
    }
    return OV_OK;
}

/* ---- setting up ---- */

static void run_free(struct run *r)
{
    ov_local_free(&r->local);
    ov_noise_free(r->noise);
    ov_propagator_free(&r->propagator);
    free(r->block);
}

static enum ov_status run_init(struct run *r, const struct ov_problem *p,
                               const struct ov_overlaps *start, unsigned refine)
{
    size_t n = r->n = ov_overlaps_moving_blocks(start->L, p->K, p->M);
    enum ov_status status = ov_noise_create(&r->noise, p, refine);
    if (status != OV_OK)
        return status;
    r->block = calloc(STATES * (2 * n + 4) + 2 * n + 2 + QUARTERS, n * sizeof *r->block);
    if (!r->block || ov_local_create(&r->local, p, start) != OV_OK ||
        ov_propagator_create(&r->propagator, n) != OV_OK)
        return OV_ENOMEM;
    struct state *states[STATES] = {&r->now, &r->middle,        &r->end,
                                    &r->one, &r->listed_middle, &r->listed};
    double *next = r->block;
    for (size_t i = 0; i < STATES; i++, next += (2 * n + 4) * n) {
        *states[i] = (struct state){.B = next, .Sigma = next + n * n, .y = next + 2 * n * n};
        states[i]->c = states[i]->y + n;
        states[i]->mu = states[i]->c + n;
        states[i]->drive = states[i]->mu + n;
    }
    r->J = next;
    r->quarter = r->J + n * n;
    r->of_fields = r->quarter + QUARTERS * n;
    memcpy(r->now.y, start->block, n * sizeof *r->now.y);
    r->work.n_node = ov_noise_nodes(r->noise);
    return OV_OK;
}

static enum ov_status check_arguments(const struct ov_problem *p, const double *alpha,
                                      size_t n_alpha, const struct ov_fluctuations_options *opt,
                                      struct ov_error *err)
{
    if (!(opt->rtol >= rtol_min && opt->rtol <= rtol_max) || opt->refine > 3)
        return ov_fail(err, OV_EDOM, "rtol or refine out of range: %g, %u", opt->rtol, opt->refine);
    if (p->blocks && p->blocks->is_signed)
        return ov_fail(err, OV_EDOM, "signed blocks have no fluctuations");
    if (p->batch > 1)
        return ov_fail(err, OV_EDOM, "fluctuations are known for a batch of 1 only");
    if (!ov_noise_possible(p))
        return ov_fail(err, OV_EDOM, "no quadrature for the fluctuations of %zu + %zu units %s, %s",
                       p->K, p->M, p->g->name, p->g_star->name);
    for (size_t i = 0; i < n_alpha; i++)
        if (!(alpha[i] >= 0.0 && isfinite(alpha[i]) && (i == 0 || alpha[i] > alpha[i - 1])))
            return ov_fail(err, OV_EDOM, "alpha must be finite, >= 0 and increase: %g", alpha[i]);
    return OV_OK;
}

enum ov_status ov_fluctuations_solve(double *rows, double *Sigma, const struct ov_problem *p,
                                     const struct ov_overlaps *start, const double *alpha,
                                     size_t n_alpha, const struct ov_fluctuations_options *opt,
                                     struct ov_fluctuations_report *report,
                                     const struct ov_tick *tick, struct ov_error *err)
{
    struct ov_fluctuations_options defaults = ov_fluctuations_defaults();
    struct output out = {rows, Sigma, alpha, n_alpha, 0};
    opt = opt ? opt : &defaults;
    for (size_t i = 0; i < n_alpha * ov_fluctuations_width(p->K, p->M); i++)
        rows[i] = NAN;
    for (size_t i = 0;
         Sigma && i < n_alpha * ov_sym_size(ov_overlaps_moving_blocks(start->L, p->K, p->M)); i++)
        Sigma[i] = NAN;
    enum ov_status status = ov_online_check(p, start, err);
    if (status == OV_OK)
        status = check_arguments(p, alpha, n_alpha, opt, err);
    if (status != OV_OK || n_alpha == 0)
        return status;
    struct run r = {.rtol = opt->rtol, .tick = tick};
    status = run_init(&r, p, start, opt->refine);
    status = status == OV_OK ? go(&r, &out, err) : no_step(&r, status, 0.0, err);
    r.work.n_rhs = r.local.n_rhs;
    if (report)
        *report = r.work;
    run_free(&r);
    return status;
}
