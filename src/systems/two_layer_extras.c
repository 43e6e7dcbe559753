/* SPDX-License-Identifier: MIT
 *
 * What theory can say besides the path: `theory: {fluctuations: true, …}`. Each is a group of
 * columns behind those of the path; what is one number for the whole run stands in all of its rows,
 * and is nan where there is none.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/model/eps_g.h"
#include "overlap/theory/fixed_point.h"
#include "overlap/theory/fluctuations.h"
#include "overlap/theory/online.h"
#include "two_layer_internal.h"

/* sd_eps_g, bias_eps_g, sd of each moving number, bias of each: a row of ov_fluctuations_solve without
 * its time. */
static size_t fluctuation_columns(const struct ov_two_layer *s)
{
    return s->extras.fluctuations ? ov_fluctuations_width(s->problem.K, s->problem.M) - 1 : 0;
}

/* Is column i of these a mean, which goes like 1/N, or a standard deviation? */
static bool is_bias(size_t i, size_t n_moving)
{
    return i == 1 || i >= 2 + n_moving;
}

bool ov_extras_any(const struct ov_two_layer *s)
{
    const struct ov_extras *x = &s->extras;
    return x->fluctuations || x->fixed_point || x->escape || x->eta_max || x->share || x->match ||
           x->time_to.n > 0;
}

static void add_whole(struct ov_side_plan *plan, const char *name)
{
    ov_side_column(plan, OV_ROLE_WHOLE, true, "%s", name);
}

void ov_extras_plan(struct ov_side_plan *plan, const struct ov_two_layer *s)
{
    size_t K = s->problem.K, M = s->problem.M, n_moving = ov_overlaps_moving(K, M);
    size_t n_fluctuation = fluctuation_columns(s);
    for (size_t i = 0; i < n_fluctuation; i++) {
        char moving[32];
        if (i >= 2)
            ov_overlaps_column(moving, (i - 2) % n_moving, K, M);
        ov_side_column(plan, OV_ROLE_VALUE, true, "%s%.26s", is_bias(i, n_moving) ? "bias_" : "sd_",
                       i < 2 ? "eps_g" : moving);
    }
    if (s->extras.share)
        ov_share_plan(plan, false);
    if (s->extras.match)
        ov_match_plan(plan);
    if (s->extras.fixed_point) {
        add_whole(plan, "fixed_eps_g");
        add_whole(plan, "fixed_growth");
        add_whole(plan, "fixed_residual");
    }
    if (s->extras.escape) {
        add_whole(plan, "alpha_escape");
        add_whole(plan, "eps_plateau");
    }
    if (s->extras.eta_max)
        add_whole(plan, "eta_max");
    ov_levels_plan(plan, &s->extras.time_to);
    if (s->extras.share)
        ov_share_plan(plan, true);
}

/* Rows of one run while its extras are filled in from column `at` on. */
struct filling {
    double *rows;
    size_t width, at;
    const struct ov_two_layer *s;
    const struct ov_overlaps *start;
    const struct ov_tick *tick;
    struct ov_error *err;
};

/* The next column has this one number in all rows. */
static void fill_column(struct filling *f, double x)
{
    for (size_t j = 0; j < f->s->n_alpha; j++)
        f->rows[j * f->width + f->at] = x;
    f->at++;
}

static enum ov_status fill_fluctuations(struct filling *f)
{
    const struct ov_problem *p = &f->s->problem;
    size_t n = f->s->n_alpha, width = ov_fluctuations_width(p->K, p->M);
    double N = (double)p->N;
    double *found = calloc(n * width, sizeof *found);
    if (!found)
        return ov_fail(f->err, OV_ENOMEM, "out of memory");
    enum ov_status status = ov_fluctuations_solve(found, NULL, p, f->start, f->s->alpha, n, NULL,
                                                  NULL, f->tick, f->err);
    for (size_t j = 0; j < n && status == OV_OK; j++) {
        const double *from = found + j * width;
        double *to = f->rows + j * f->width + f->at;
        for (size_t i = 0; i + 1 < width; i++)
            to[i] = from[1 + i] / (is_bias(i, ov_overlaps_moving(p->K, p->M)) ? N : sqrt(N));
    }
    f->at += fluctuation_columns(f->s);
    free(found);
    return status;
}

/* From the state at the last time. That there is none near it is a finding, not a failure. */
static enum ov_status fill_fixed_point(struct filling *f)
{
    const struct ov_problem *p = &f->s->problem;
    struct ov_fixed_point found;
    struct ov_overlaps o = {0};
    enum ov_status status = ov_overlaps_create(&o, p->K, p->M);
    if (status != OV_OK)
        return ov_fail(f->err, status, "out of memory");
    memcpy(o.block, f->start->block, ov_overlaps_size(p->K, p->M) * sizeof *o.block);
    memcpy(o.block, f->rows + (f->s->n_alpha - 1) * f->width + ov_two_layer_times(f->s) + 1,
           ov_overlaps_moving(p->K, p->M) * sizeof *o.block);
    status = ov_fixed_point(&found, &o, p, NULL);
    ov_overlaps_free(&o);
    if (status == OV_ENOMEM)
        return ov_fail(f->err, status, "out of memory");
    bool there = status == OV_OK;
    fill_column(f, there ? found.eps_g : NAN);
    fill_column(f, there ? found.growth : NAN);
    fill_column(f, there ? found.residual : NAN);
    return OV_OK;
}

static enum ov_status fill_escape(struct filling *f)
{
    double alpha, plateau;
    enum ov_status status =
        ov_online_escape(&alpha, &plateau, &f->s->problem, f->start, f->s->alpha[f->s->n_alpha - 1],
                         &f->s->solve, NULL, f->tick, f->err);
    fill_column(f, alpha);
    fill_column(f, plateau);
    return status;
}

/* Unit k becomes teacher unit teacher(k), or has no weights where that is M. */
static void put_on_teachers(struct ov_overlaps *o, size_t (*teacher)(size_t k, size_t M))
{
    size_t M = o->M;
    memset(o->block, 0, (ov_sym_size(o->K) + o->K * M) * sizeof *o->block);
    for (size_t k = 0; k < o->K; k++) {
        size_t on = teacher(k, M);
        for (size_t m = 0; on < M && m < M; m++)
            o->R[k * M + m] = o->T[ov_sym_at(on, m)];
        for (size_t l = 0; on < M && l <= k; l++)
            if (teacher(l, M) < M)
                o->Q[ov_sym_at(k, l)] = o->T[ov_sym_at(on, teacher(l, M))];
    }
}

static size_t one_each(size_t k, size_t M)
{
    return k < M ? k : M;
}

static size_t shared(size_t k, size_t M)
{
    return k % M;
}

/* The perfect student with the start's second layer: one unit for each teacher unit, else those that
 * share one (v = v_star/K of K alike). Where v is trained and fits neither, v = v_star. */
static void make_perfect(struct ov_overlaps *o, const struct ov_problem *p)
{
    static const double perfect = 1e-13;
    put_on_teachers(o, one_each);
    if (ov_eps_g(o, p->g, p->g_star) <= perfect)
        return;
    put_on_teachers(o, shared);
    if (p->eta_v == 0.0 || ov_eps_g(o, p->g, p->g_star) <= perfect)
        return;
    put_on_teachers(o, one_each);
    for (size_t k = 0; k < o->K; k++)
        o->v[k] = k < o->M ? o->v_star[k] : 1.0;
}

/* NaN where no student is perfect, or none at rest. */
static enum ov_status fill_eta_max(struct filling *f)
{
    struct ov_problem p = f->s->problem;
    struct ov_overlaps o = {0};
    double eta_max = NAN;
    p.sigma = p.decay_w = p.decay_v = 0.0;
    enum ov_status status = ov_overlaps_create(&o, p.K, p.M);
    if (status != OV_OK)
        return ov_fail(f->err, status, "out of memory");
    memcpy(o.block, f->start->block, ov_overlaps_size(p.K, p.M) * sizeof *o.block);
    make_perfect(&o, &p);
    if (p.K >= p.M && ov_eta_max(&eta_max, &p, &o, NULL) != OV_OK)
        eta_max = NAN;
    ov_overlaps_free(&o);
    fill_column(f, isfinite(eta_max) ? eta_max : NAN);
    return OV_OK;
}

static enum ov_status fill_time_to(struct filling *f, double eps_g)
{
    double alpha;
    enum ov_status status =
        ov_online_time_to(&alpha, &f->s->problem, f->start, eps_g, f->s->alpha[f->s->n_alpha - 1],
                          &f->s->solve, NULL, f->tick, f->err);
    fill_column(f, alpha);
    return status;
}

enum ov_status ov_extras_run(double *rows, size_t width, const struct ov_two_layer *s,
                             const struct ov_overlaps *start, const struct ov_tick *tick,
                             struct ov_error *err)
{
    struct filling f = {
        .rows = rows, .width = width, .s = s, .start = start, .tick = tick, .err = err};
    f.at = ov_row_width(s->problem.K, s->problem.M) + ov_two_layer_times(s) - 1;
    enum ov_status status = OV_OK;
    if (s->extras.fluctuations)
        status = fill_fluctuations(&f);
    size_t share = f.at, match = share + (s->extras.share ? 1 : 0);
    f.at = match + (s->extras.match ? OV_MATCH_COLUMNS : 0);
    if (status == OV_OK && s->extras.match)
        status = ov_match_fill(rows, width, s, match);
    if (status == OV_OK && s->extras.fixed_point)
        status = fill_fixed_point(&f);
    if (status == OV_OK && s->extras.escape)
        status = fill_escape(&f);
    if (status == OV_OK && s->extras.eta_max)
        status = fill_eta_max(&f);
    for (size_t i = 0; i < s->extras.time_to.n && status == OV_OK; i++)
        status = fill_time_to(&f, s->extras.time_to.eps_g[i]);
    if (status == OV_OK && s->extras.share)
        status = ov_share_fill(rows, width, s, share, f.at);
    return status;
}
