/* SPDX-License-Identifier: MIT
 *
 * The equations along one path: drift, its slope and curvature, by averages and differences that
 * stay inside of the cone of covariances: beyond its edge averages have a kink, or are not defined.
 */
#include "fluctuations_local_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lapacke.h>

#include "online_blocks_internal.h"
#include "online_internal.h"
#include "overlap/model/eps_g.h"

static const double gradient_step = 1e-5, curvature_step = 1e-3;
/* At the edge of the cone of covariances averages go like distance^(3/2). A step is at most a
 * quarter of the distance, so that its second difference errs by 0.4 % there, and at least this part
 * of the longest. */
static const double beyond = 4.0, least_part = 1e-5;

static const double no_spread = 1e-14; /* a variance relative to the largest */

enum ov_status ov_local_create(struct ov_local *w, const struct ov_problem *p,
                               const struct ov_overlaps *start)
{
    size_t n = ov_overlaps_moving_blocks(start->L, p->K, p->M);
    *w = (struct ov_local){.p = p, .n = n};
    w->block = calloc(n + 6, n * sizeof *w->block);
    if (!w->block || ov_overlaps_create_blocks(&w->o, start->L, p->K, p->M) != OV_OK ||
        ov_overlaps_create(&w->of_fields, p->K, p->M) != OV_OK ||
        ov_online_create(&w->online, p, start) != OV_OK) {
        ov_local_free(w);
        return OV_ENOMEM;
    }
    memcpy(w->o.block, start->block,
           ov_overlaps_size_blocks(start->L, p->K, p->M) * sizeof *w->o.block);
    w->modes = w->block;
    w->spread = w->modes + n * n;
    w->vector = w->spread + n;
    w->f = w->vector + n;
    w->moved = w->f + n;
    w->up = w->moved + n;
    w->down = w->up + n;
    return OV_OK;
}

void ov_local_free(struct ov_local *w)
{
    if (!w)
        return;
    ov_online_free(w->online);
    ov_overlaps_free(&w->o);
    ov_overlaps_free(&w->of_fields);
    free(w->block);
    *w = (struct ov_local){0};
}

/* The overlaps of the fields at y. */
static struct ov_overlaps *fields(struct ov_local *w, const double *y)
{
    memcpy(w->o.block, y, w->n * sizeof *y);
    if (!w->p->blocks)
        return &w->o;
    ov_overlaps_total(&w->of_fields, &w->o, w->p->blocks);
    return &w->of_fields;
}

void ov_local_of_fields(double *t, const struct ov_local *w, const double *y)
{
    size_t K = w->p->K, n_Q = ov_sym_size(K), n_R = K * w->p->M, L = w->o.L;
    if (!w->p->blocks) {
        memcpy(t, y, w->n * sizeof *y);
        return;
    }
    ov_blocks_total(t, w->p->blocks, y, n_Q);
    ov_blocks_total(t + n_Q, w->p->blocks, y + L * n_Q, n_R);
    memcpy(t + n_Q + n_R, y + L * (n_Q + n_R), K * sizeof *y);
}

/* t is linear in y: of the columns of Sigma it makes those of < t y' >, and of their rows < t t' >. */
void ov_local_spread_of_fields(double *sd, const struct ov_local *w, const double *Sigma,
                               double *scratch)
{
    size_t n = w->n, m = ov_overlaps_moving(w->p->K, w->p->M);
    double *with_t = scratch, *row = with_t + n * m, *t = row + n;
    for (size_t j = 0; j < n; j++)
        ov_local_of_fields(with_t + j * m, w, Sigma + j * n);
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < n; j++)
            row[j] = with_t[j * m + i];
        ov_local_of_fields(t, w, row);
        sd[i] = sqrt(fmax(t[i], 0.0));
    }
}

int ov_local_rhs(double *dy, const double *y, void *ctx)
{
    struct ov_local *w = ctx;
    w->n_rhs++;
    ov_online_rhs(dy, w->online, y);
    return 0;
}

int ov_local_diverged(const double *y, void *ctx)
{
    struct ov_local *w = ctx;
    return ov_overlaps_diverged(fields(w, y)->block, w->p->K, w->p->M);
}

int ov_local_nearest(double *y, void *ctx)
{
    struct ov_local *w = ctx;
    if (w->p->blocks)
        return ov_online_blocks_nearest(y, w->online);
    return ov_cone_project(y, y + ov_sym_size(w->p->K), w->online->cone) > 0.0;
}

bool ov_local_is_analytic(const struct ov_local *w)
{
    return ov_gauss_is_analytic(w->p->g, w->p->g_star);
}

/* That of [Q | R] where v is frozen: then the rest is zero, and so is what it would multiply. */
bool ov_local_jacobian(double *J, struct ov_local *w, const double *y)
{
    size_t n = w->n, m = n - (w->p->eta_v == 0.0 ? w->p->K : 0);
    if (ov_online_jacobian(w->modes, w->online, y) != 0)
        return false;
    memset(J, 0, n * n * sizeof *J);
    for (size_t i = 0; i < m; i++)
        memcpy(J + i * n, w->modes + i * m, m * sizeof *J);
    return true;
}

bool ov_local_slope_jumps(struct ov_local *w, const double *y)
{
    size_t K = w->p->K;
    const struct ov_overlaps *o = fields(w, y);
    bool jumps = false;
    for (size_t k = 0; w->p->g->act == OV_ACT_LEAKY_RELU && k < K; k++)
        jumps = jumps || (o->Q[ov_sym_at(k, k)] == 0.0 && o->v[k] != 0.0);
    return jumps;
}

static const double *moved_by(struct ov_local *w, const double *y, const double *direction,
                              double step)
{
    for (size_t i = 0; i < w->n; i++)
        w->moved[i] = y[i] + step * direction[i];
    return w->moved;
}

/* ---- steps that stay in the domain ---- */

/* Whether the averages are what the formulas say at y + step direction: a covariance, unless all are
 * analytic in C. */
static bool is_inside(struct ov_local *w, const double *y, const double *direction, double step)
{
    const struct ov_problem *p = w->p;
    bool closed = p->g->act != OV_ACT_GENERIC && p->g_star->act != OV_ACT_GENERIC;
    if (closed && ov_gauss_is_analytic(p->g, p->g_star))
        return true;
    struct ov_overlaps *o = fields(w, moved_by(w, y, direction, step));
    return ov_cone_project(o->Q, o->R, w->online->cone) == 0.0;
}

/* Where to take differences along a direction: at -h, 0, h if the cone reaches well beyond both,
 * else at 0, h, 2h, with h < 0 for the other side; h = 0 if it has nothing along the direction. */
struct stencil {
    double h;
    bool central;
};

static struct stencil stencil_along(struct ov_local *w, const double *y, const double *direction,
                                    double longest)
{
    for (double h = longest; h > longest * least_part; h *= 0.25)
        if (is_inside(w, y, direction, beyond * h) && is_inside(w, y, direction, -beyond * h))
            return (struct stencil){h, true};
    for (double h = longest; h > longest * least_part; h *= 0.25) {
        if (is_inside(w, y, direction, 2.0 * h))
            return (struct stencil){h, false};
        if (is_inside(w, y, direction, -2.0 * h))
            return (struct stencil){-h, false};
    }
    return (struct stencil){0.0, false};
}

/* First and second derivatives of what has the values here, a and b on a stencil: a at h, b at -h or
 * 2h. */
static double slope_of(const struct stencil *t, double here, double a, double b)
{
    return t->central ? (a - b) / (2.0 * t->h) : (4.0 * (a - here) - (b - here)) / (2.0 * t->h);
}

static double curvature_of(const struct stencil *t, double here, double a, double b)
{
    double sum = t->central ? (a - here) + (b - here) : (b - here) - 2.0 * (a - here);
    return sum / (t->h * t->h);
}

static double other_end(const struct stencil *t)
{
    return t->central ? -t->h : 2.0 * t->h;
}

static bool principal_directions(struct ov_local *w, const double *Sigma)
{
    lapack_int n = (lapack_int)w->n;
    for (size_t i = 0; i < w->n * w->n; i++)
        if (!isfinite(Sigma[i]))
            return false;
    memcpy(w->modes, Sigma, w->n * w->n * sizeof *Sigma);
    return LAPACKE_dsyev(LAPACK_ROW_MAJOR, 'V', 'L', n, w->modes, n, w->spread) == 0;
}

/* Direction i into w->vector; false if there is no spread along it. */
static bool take_direction(struct ov_local *w, size_t i)
{
    double largest = fmax(fabs(w->spread[0]), fabs(w->spread[w->n - 1]));
    if (!(fabs(w->spread[i]) > no_spread * largest))
        return false;
    for (size_t j = 0; j < w->n; j++)
        w->vector[j] = w->modes[j * w->n + i];
    return true;
}

/* f on the stencil into up and down. */
static void take_rhs(struct ov_local *w, const double *y, const double *direction,
                     const struct stencil *t)
{
    ov_local_rhs(w->up, moved_by(w, y, direction, t->h), w);
    ov_local_rhs(w->down, moved_by(w, y, direction, other_end(t)), w);
}

/* drive -= 1/2 J f, f at y. */
static void subtract_euler_term(double *drive, struct ov_local *w, const double *y)
{
    double speed = 0.0;
    for (size_t j = 0; j < w->n; j++)
        speed = fmax(speed, fabs(w->f[j]));
    if (speed == 0.0)
        return;
    struct stencil t = stencil_along(w, y, w->f, gradient_step / speed);
    if (t.h == 0.0)
        return;
    take_rhs(w, y, w->f, &t);
    for (size_t j = 0; j < w->n; j++)
        drive[j] -= 0.5 * slope_of(&t, w->f[j], w->up[j], w->down[j]);
}

bool ov_local_drive(double *drive, struct ov_local *w, const double *y, const double *Sigma,
                    const double *c)
{
    if (!principal_directions(w, Sigma))
        return false;
    ov_local_rhs(w->f, y, w);
    memcpy(drive, c, w->n * sizeof *c);
    for (size_t i = 0; i < w->n; i++) {
        if (!take_direction(w, i))
            continue;
        struct stencil t = stencil_along(w, y, w->vector, curvature_step);
        if (t.h == 0.0)
            continue;
        take_rhs(w, y, w->vector, &t);
        for (size_t j = 0; j < w->n; j++)
            drive[j] += 0.5 * w->spread[i] * curvature_of(&t, w->f[j], w->up[j], w->down[j]);
    }
    if (!w->p->in_steps)
        subtract_euler_term(drive, w, y);
    return true;
}

/* 2 eps_g without the clip at 0: differentiable also where y just stops being a covariance. */
static double squared_error(struct ov_local *w, const double *y)
{
    const struct ov_activation *g = w->p->g, *g_star = w->p->g_star;
    const struct ov_overlaps *o = fields(w, y);
    size_t K = o->K, M = o->M;
    double sum = 0.0;
    for (size_t k = 0; k < K; k++) {
        double Q_kk = o->Q[ov_sym_at(k, k)];
        for (size_t l = 0; l < K; l++)
            sum +=
                o->v[k] * o->v[l] * ov_I2(g, g, Q_kk, o->Q[ov_sym_at(k, l)], o->Q[ov_sym_at(l, l)]);
        for (size_t m = 0; m < M; m++)
            sum -= 2.0 * o->v[k] * o->v_star[m] *
                   ov_I2(g, g_star, Q_kk, o->R[k * M + m], o->T[ov_sym_at(m, m)]);
    }
    for (size_t m = 0; m < M; m++)
        for (size_t l = 0; l < M; l++)
            sum += o->v_star[m] * o->v_star[l] *
                   ov_I2(g_star, g_star, o->T[ov_sym_at(m, m)], o->T[ov_sym_at(m, l)],
                         o->T[ov_sym_at(l, l)]);
    return sum;
}

/* Slope of eps_g along a direction; 0 for the direction 0. */
static double eps_g_slope(struct ov_local *w, const double *y, const double *direction)
{
    double size = 0.0, here = squared_error(w, y);
    for (size_t i = 0; i < w->n; i++)
        size = fmax(size, fabs(direction[i]));
    if (size == 0.0)
        return 0.0;
    struct stencil t = stencil_along(w, y, direction, gradient_step / size);
    if (t.h == 0.0)
        return 0.0;
    double a = squared_error(w, moved_by(w, y, direction, t.h));
    double b = squared_error(w, moved_by(w, y, direction, other_end(&t)));
    return 0.5 * slope_of(&t, here, a, b);
}

static double eps_g_curvature(struct ov_local *w, const double *y, const double *direction)
{
    struct stencil t = stencil_along(w, y, direction, curvature_step);
    if (t.h == 0.0)
        return 0.0;
    double a = squared_error(w, moved_by(w, y, direction, t.h));
    double b = squared_error(w, moved_by(w, y, direction, other_end(&t)));
    return 0.5 * curvature_of(&t, squared_error(w, y), a, b);
}

void ov_local_eps_g(double *sd, double *bias, struct ov_local *w, const double *y,
                    const double *Sigma, const double *mu)
{
    double variance = 0.0, shift = eps_g_slope(w, y, mu);
    *sd = *bias = NAN;
    if (!principal_directions(w, Sigma))
        return;
    for (size_t i = 0; i < w->n; i++) {
        if (!take_direction(w, i))
            continue;
        double slope = eps_g_slope(w, y, w->vector);
        variance += w->spread[i] * slope * slope;
        shift += 0.5 * w->spread[i] * eps_g_curvature(w, y, w->vector);
    }
    *sd = sqrt(fmax(variance, 0.0));
    *bias = shift;
}
