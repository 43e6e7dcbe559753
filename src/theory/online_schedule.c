/* SPDX-License-Identifier: MIT
 *
 * The equations of motion with learning rates that change (paper.md eq:schedule). Solvers know
 * right-hand sides without time: where rates fall smoothly alpha is integrated, too, dalpha/dalpha =
 * 1; at a jump or a kink the path begins anew.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "online_internal.h"

/* The equations on one piece. Its last number is (alpha - from)/length. */
struct piece {
    struct ov_ode inner;
    struct ov_online *o;
    double from, length;
    double factor;    /* of the factorisation kept */
    double *J, *f[2]; /* owned by the caller: (n,n), and right-hand sides at two rates */
    double *by_time;  /* (n) df/ds ds/dalpha length */
};

static double alpha_of(const struct piece *x, const double *y)
{
    return x->from + x->length * y[x->inner.n];
}

/* The scale at alpha, and what it is a step later. */
static double set_scale(struct piece *x, double alpha)
{
    const struct ov_problem *p = x->o->p;
    double scale = ov_schedule_scale(&p->schedule, alpha);
    x->o->scale = scale;
    if (p->in_steps)
        x->o->ratio = ov_schedule_scale(&p->schedule, alpha + 1.0 / (double)p->blocks->N) / scale;
    return scale;
}

static int rhs(double *dy, const double *y, void *ctx)
{
    struct piece *x = ctx;
    set_scale(x, alpha_of(x, y));
    dy[x->inner.n] = 1.0 / x->length;
    return x->inner.rhs(dy, y, x->inner.ctx);
}

/* df/ds at rates s: f is a polynomial of degree 2 in s, so that (f(s + h) - f(s - h))/(2h) is exact,
 * whatever h. */
static int slope(double *df, struct piece *x, const double *y, double scale)
{
    double h = fmax(scale, 1e-6);
    x->o->scale = scale + h;
    int far = x->inner.rhs(x->f[0], y, x->inner.ctx);
    x->o->scale = scale - h;
    far |= x->inner.rhs(x->f[1], y, x->inner.ctx);
    x->o->scale = scale;
    for (size_t i = 0; i < x->inner.n; i++)
        df[i] = (x->f[0][i] - x->f[1][i]) / (2.0 * h);
    return far;
}

/* df/dalpha length, and the scale at y. */
static int set_by_time(struct piece *x, const double *y)
{
    const struct ov_schedule *schedule = &x->o->p->schedule;
    double alpha = alpha_of(x, y), scale = set_scale(x, alpha);
    double ds = ov_schedule_slope(schedule, alpha) * x->length;
    int bad = slope(x->by_time, x, y, scale);
    for (size_t i = 0; i < x->inner.n; i++)
        x->by_time[i] *= ds;
    return bad;
}

/* [ df/dy  df/ds ds/dalpha length ; 0  0 ] */
static int jacobian(double *J, const double *y, void *ctx)
{
    struct piece *x = ctx;
    size_t n = x->inner.n;
    int bad = set_by_time(x, y);
    bad |= x->inner.jacobian(x->J, y, x->inner.ctx);
    for (size_t i = 0; i < n; i++) {
        memcpy(J + i * (n + 1), x->J + i * n, n * sizeof *J);
        J[i * (n + 1) + n] = x->by_time[i];
    }
    memset(J + n * (n + 1), 0, (n + 1) * sizeof *J);
    return bad;
}

/* ---- the same where df/dy has a structure ---- */

static int jacobian_kept(const double *y, void *ctx)
{
    struct piece *x = ctx;
    int bad = set_by_time(x, y);
    return x->inner.linear->jacobian(y, x->inner.ctx) | bad;
}

/* Of a row of df/dy and one of the last column at most. */
static double bound(void *ctx)
{
    const struct piece *x = ctx;
    double most = 0.0, inner = x->inner.linear->bound(x->inner.ctx);
    for (size_t i = 0; i < x->inner.n; i++)
        most = fmax(most, fabs(x->by_time[i]));
    return inner + most;
}

static void times(double *Jx, const double *y, void *ctx)
{
    const struct piece *x = ctx;
    size_t n = x->inner.n;
    x->inner.linear->times(Jx, y, x->inner.ctx);
    for (size_t i = 0; i < n; i++)
        Jx[i] += x->by_time[i] * y[n];
    Jx[n] = 0.0;
}

static int factorise(double factor, void *ctx)
{
    struct piece *x = ctx;
    x->factor = factor;
    return x->inner.linear->factorise(factor, x->inner.ctx);
}

static int solve(double *y, void *ctx)
{
    const struct piece *x = ctx;
    size_t n = x->inner.n;
    for (size_t i = 0; i < n; i++)
        y[i] += x->factor * x->by_time[i] * y[n];
    return x->inner.linear->solve(y, x->inner.ctx);
}

static const struct ov_ode_linear piece_linear = {.jacobian = jacobian_kept,
                                                  .bound = bound,
                                                  .times = times,
                                                  .factorise = factorise,
                                                  .solve = solve};

static int diverged(const double *y, void *ctx)
{
    struct piece *x = ctx;
    return x->inner.diverged(y, x->inner.ctx);
}

static int ended(const double *y, void *ctx)
{
    struct piece *x = ctx;
    return x->inner.ended(y, x->inner.ctx);
}

static int nearest(double *y, void *ctx)
{
    struct piece *x = ctx;
    return x->inner.nearest(y, x->inner.ctx);
}

/* What the pieces so far took together. */
static void add_report(struct ov_solve_report *sum, const struct ov_solve_report *r, double from)
{
    if (!sum)
        return;
    if (sum->n_stand_in == 0 && r->n_stand_in > 0)
        sum->first_stand_in = from + r->first_stand_in;
    sum->n_rhs += r->n_rhs;
    sum->n_jacobian += r->n_jacobian;
    sum->n_step += r->n_step;
    sum->n_stand_in += r->n_stand_in;
    sum->ended = from + r->ended;
}

/* A call under way. */
struct course {
    struct piece piece;
    struct ov_ode ode; /* of the piece: with the time, where the rates fall in it */
    const double *alpha;
    size_t n_alpha, next; /* the first time that is still to come */
    const struct ov_solve_options *opt;
    const struct ov_events *events;
    struct ov_solve_report *report;
    const struct ov_tick *tick;
    double *path, *y, *rows, *time; /* y: where the piece begins; rows: (n_alpha + 1, ode.n) */
};

/* Hands on what the piece found: rows of listed times, the crossing, and where the next begins. */
static void take(struct course *c, double from, size_t n_time, size_t listed)
{
    size_t n = c->piece.inner.n, wide = c->ode.n;
    for (size_t i = 0; i < listed; i++)
        memcpy(c->path + (c->next + i) * n, c->rows + i * wide, n * sizeof *c->path);
    if (n_time > 0)
        memcpy(c->y, c->rows + (n_time - 1) * wide, n * sizeof *c->y);
    c->next += listed;
    if (c->events && isfinite(c->events->time[0]))
        c->events->time[0] += from;
}

/* From `from` to `to`, which is a break or the last time. */
static enum ov_status run_piece(struct course *c, double from, double to, struct ov_error *err)
{
    struct ov_online *o = c->piece.o;
    const struct ov_schedule *s = &o->p->schedule;
    size_t listed = 0, n_time;
    while (c->next + listed < c->n_alpha && c->alpha[c->next + listed] <= to) {
        c->time[listed] = c->alpha[c->next + listed] - from;
        listed++;
    }
    n_time = listed;
    if (listed == 0 || c->time[listed - 1] < to - from)
        c->time[n_time++] = to - from;
    bool falls = s->kind == OV_DECAY_POWER && from >= s->from;
    c->ode.n = c->piece.inner.n + (falls ? 1 : 0);
    c->y[c->piece.inner.n] = 0.0;
    c->piece.from = c->ode.from = c->piece.inner.from = from;
    c->piece.length = to > from ? to - from : 1.0;
    o->scale = ov_schedule_scale(s, from);
    o->ratio = 1.0;
    const struct ov_ode *ode = falls ? &c->ode : &c->piece.inner;
    struct ov_solve_report own;
    enum ov_status status =
        c->events ? ov_solve_events(c->rows, ode, c->y, c->time, n_time, c->opt, c->events, &own,
                                    c->tick, err)
                  : ov_solve(c->rows, ode, c->y, c->time, n_time, c->opt, &own, c->tick, err);
    add_report(c->report, &own, from);
    take(c, from, n_time, listed);
    return status;
}

static enum ov_status run_pieces(struct course *c, struct ov_error *err)
{
    const struct ov_schedule *s = &c->piece.o->p->schedule;
    enum ov_status status = OV_OK;
    double from = 0.0, last = c->alpha[c->n_alpha - 1];
    do {
        double to = fmin(ov_schedule_break(s, from), last);
        status = run_piece(c, from, to, err);
        from = to;
    } while (status == OV_OK && from < last && !(c->events && c->events->count[0] > 0));
    return status;
}

static enum ov_status begin(struct course *c, struct ov_online *o, const struct ov_overlaps *start)
{
    ov_online_ode(&c->piece.inner, o, start);
    size_t n = c->piece.inner.n;
    c->piece.o = o;
    c->ode = c->piece.inner;
    c->ode.rhs = rhs;
    c->ode.jacobian = jacobian;
    c->ode.linear = c->piece.inner.linear ? &piece_linear : NULL;
    c->ode.jacobian_rhs += 2;
    c->ode.diverged = diverged;
    c->ode.ended = ended;
    c->ode.nearest = c->piece.inner.nearest ? nearest : NULL;
    c->ode.ctx = &c->piece;
    size_t rows = (c->n_alpha + 1) * (n + 1), n_J = c->piece.inner.linear ? 0 : n * n;
    c->y = calloc(n + 1 + rows + c->n_alpha + 1 + n_J + 3 * n, sizeof *c->y);
    if (!c->y)
        return OV_ENOMEM;
    c->rows = c->y + n + 1;
    c->time = c->rows + rows;
    c->piece.J = c->time + c->n_alpha + 1;
    c->piece.f[0] = c->piece.J + n_J;
    c->piece.f[1] = c->piece.f[0] + n;
    c->piece.by_time = c->piece.f[1] + n;
    memcpy(c->y, start->block, n * sizeof *c->y);
    return OV_OK;
}

enum ov_status ov_online_integrate(double *path, struct ov_online *o,
                                   const struct ov_overlaps *start, const double *alpha,
                                   size_t n_alpha, const struct ov_solve_options *opt,
                                   const struct ov_events *events, struct ov_solve_report *report,
                                   const struct ov_tick *tick, struct ov_error *err)
{
    struct ov_ode ode;
    ov_online_ode(&ode, o, start);
    if (o->p->schedule.kind == OV_DECAY_NONE || n_alpha == 0)
        return events ? ov_solve_events(path, &ode, start->block, alpha, n_alpha, opt, events,
                                        report, tick, err)
                      : ov_solve(path, &ode, start->block, alpha, n_alpha, opt, report, tick, err);
    struct course c = {.alpha = alpha,
                       .n_alpha = n_alpha,
                       .opt = opt,
                       .events = events,
                       .report = report,
                       .tick = tick,
                       .path = path};
    if (report)
        *report = (struct ov_solve_report){.first_stand_in = NAN, .ended = NAN};
    for (size_t i = 0; i < n_alpha * ode.n; i++)
        path[i] = NAN;
    enum ov_status status = begin(&c, o, start);
    status = status == OV_OK ? run_pieces(&c, err) : ov_fail(err, status, "out of memory");
    o->scale = o->ratio = 1.0;
    free(c.y);
    return status;
}
