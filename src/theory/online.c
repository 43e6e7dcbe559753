/* SPDX-License-Identifier: MIT
 *
 * The equations of motion solved: rows of a run, and what online_events.c needs for its own.
 */
#include "overlap/theory/online.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gauss_internal.h"
#include "online_blocks_internal.h"
#include "online_internal.h"
#include "overlap/model/eps_g.h"

/* ---- one run ---- */

/* eps_g relative to that of a student without weights (or a teacher without): what rounding makes
 * of some M K averages that cancel. */
static const double learnt = 1e-15;

static int jacobian(double *J, const double *y, void *ctx)
{
    return ov_online_jacobian(J, ctx, y);
}

static int diverged(const double *y, void *ctx)
{
    struct ov_online *o = ctx;
    ov_online_set(o, y);
    for (size_t i = 0; o->blocks && i < ov_online_integrated(o->p); i++)
        if (!isfinite(y[i]))
            return 1;
    return ov_overlaps_diverged(o->o.block, o->p->K, o->p->M);
}

/* What is beyond the edge of the cone is no network's, and where averages are analytic it may grow
 * until they have a pole: a negative square of the difference of two units that noise drives apart. */
static int nearest(double *y, void *ctx)
{
    struct ov_online *o = ctx;
    if (o->blocks)
        return ov_online_blocks_nearest(y, o);
    return ov_cone_project(y, y + ov_sym_size(o->p->K), o->cone) > 0.0;
}

/* Without noise and decay a perfect student rests, in gradient flow whatever sigma is; below the
 * floor eps_g is rounding. */
static int ended(const double *y, void *ctx)
{
    struct ov_online *o = ctx;
    bool noisy = o->p->sigma != 0.0 && !o->p->gradient_flow;
    if (noisy || o->p->decay_w != 0.0 || (o->p->decay_v != 0.0 && o->p->eta_v != 0.0))
        return 0;
    if (ov_online_least_eps_g(o, y) > 2.0 * learnt * o->power)
        return 0;
    return ov_online_eps_g(o, y) <= learnt * o->power;
}

void ov_online_ode(struct ov_ode *ode, struct ov_online *o, const struct ov_overlaps *start)
{
    ov_online_hold(o, start);
    size_t n = ov_online_integrated(o->p);
    bool analytic = ov_gauss_is_analytic(o->p->g, o->p->g_star);
    size_t rhs = o->blocks                            ? ov_online_blocks_jacobian_averages(o->p)
                 : ov_online_jacobian_is_closed(o->p) ? 0
                                                      : 2 * n + 1;
    *ode = (struct ov_ode){.n = n,
                           .rhs = ov_online_derivatives,
                           .jacobian = jacobian,
                           .linear = o->blocks ? &ov_online_blocks_linear : NULL,
                           .jacobian_rhs = rhs,
                           .diverged = diverged,
                           .nearest = analytic ? nearest : NULL,
                           .ended = ended,
                           .ctx = o};
}

double ov_online_least_eps_g(struct ov_online *o, const double *y)
{
    const struct ov_activation *g[2] = {o->p->g_star, o->p->g};
    size_t M = o->p->M, P = M + o->p->K;
    double most = 0.0, *slope = o->I2;
    if (g[0]->act != OV_ACT_GENERIC && g[1]->act != OV_ACT_GENERIC)
        return 0.0;
    ov_online_prepare(o, y);
    for (size_t c = 0; c < P; c++)
        slope[c] = o->s[c] * ov_gauss_mean_slope(g[c >= M], o->C[ov_sym_at(c, c)]);
    for (size_t b = 0; b < P; b++) {
        double sum = 0.0, variance = o->C[ov_sym_at(b, b)];
        for (size_t c = 0; c < P; c++)
            sum += slope[c] * o->C[ov_sym_at(b, c)];
        if (variance > 0.0)
            most = fmax(most, 0.5 * sum * sum / variance);
    }
    return most;
}

double ov_online_eps_g(struct ov_online *o, const double *y)
{
    ov_online_set(o, y);
    ov_cone_project(o->o.Q, o->o.R, o->cone);
    return ov_eps_g(&o->o, o->p->g, o->p->g_star);
}

static void write_blocks(double *row, const struct ov_online_blocks *x, const double *y)
{
    size_t S = x->S, KM = x->K * x->M;
    for (size_t l = 0; l < x->L; l++, row += S + KM) {
        memcpy(row, y + l * S, S * sizeof *row);
        memcpy(row + S, y + x->L * S + l * KM, KM * sizeof *row);
    }
}

/* Row i from the integrated numbers y. */
static void write_row(double *row, struct ov_online *o, double alpha, const double *y)
{
    row[0] = alpha;
    row[1] = ov_online_eps_g(o, y);
    size_t n = ov_overlaps_moving(o->p->K, o->p->M);
    memcpy(row + 2, o->o.block, n * sizeof *row);
    if (o->blocks && o->blocks->b->in_rows)
        write_blocks(row + 2 + n, o->blocks, y);
}

enum ov_status ov_online_solve(double *rows, const struct ov_problem *p,
                               const struct ov_overlaps *start, const double *alpha, size_t n_alpha,
                               const struct ov_solve_options *opt, struct ov_solve_report *report,
                               const struct ov_tick *tick, struct ov_error *err)
{
    size_t n = ov_online_integrated(p), width = ov_problem_row_width(p);
    for (size_t i = 0; i < n_alpha * width; i++)
        rows[i] = NAN;
    if (report)
        *report = (struct ov_solve_report){.first_stand_in = NAN, .ended = NAN};
    enum ov_status status = ov_online_check(p, start, err);
    if (status != OV_OK)
        return status;
    struct ov_online *o = NULL;
    double *path = calloc(n_alpha * n + 1, sizeof *path);
    if (!path || ov_online_create(&o, p, start) != OV_OK) {
        free(path);
        return ov_fail(err, OV_ENOMEM, "out of memory");
    }
    status = ov_online_integrate(path, o, start, alpha, n_alpha, opt, NULL, report, tick, err);
    for (size_t i = 0; i < n_alpha && !isnan(path[i * n]); i++)
        write_row(rows + i * width, o, alpha[i], path + i * n);
    ov_online_free(o);
    free(path);
    return status;
}
