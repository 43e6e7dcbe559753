/* SPDX-License-Identifier: MIT
 *
 * The equations along one path: drift, its slope and curvature, by averages and differences.
 */
#include "fluctuations_local_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lapacke.h>

#include "overlap/model/eps_g.h"

static const double gradient_step = 1e-5, curvature_step = 1e-3;
static const double no_spread = 1e-14; /* a variance relative to the largest */

enum ov_status ov_local_create(struct ov_local *w, const struct ov_problem *p,
                               const struct ov_overlaps *start)
{
    size_t n = ov_overlaps_moving(p->K, p->M);
    *w = (struct ov_local){.p = p, .n = n};
    w->block = calloc(n + 6, n * sizeof *w->block);
    if (!w->block || ov_overlaps_create(&w->o, p->K, p->M) != OV_OK ||
        ov_online_create(&w->online, p, start) != OV_OK) {
        ov_local_free(w);
        return OV_ENOMEM;
    }
    memcpy(w->o.block, start->block, ov_overlaps_size(p->K, p->M) * sizeof *w->o.block);
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
    free(w->block);
    *w = (struct ov_local){0};
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
    const struct ov_local *w = ctx;
    return ov_overlaps_diverged(y, w->p->K, w->p->M);
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

static const double *moved_by(struct ov_local *w, const double *y, const double *direction,
                              double step)
{
    for (size_t i = 0; i < w->n; i++)
        w->moved[i] = y[i] + step * direction[i];
    return w->moved;
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

/* drive -= 1/2 J f, f at y. */
static void subtract_euler_term(double *drive, struct ov_local *w, const double *y)
{
    double speed = 0.0;
    for (size_t j = 0; j < w->n; j++)
        speed = fmax(speed, fabs(w->f[j]));
    if (speed == 0.0)
        return;
    double h = gradient_step / speed;
    ov_local_rhs(w->up, moved_by(w, y, w->f, h), w);
    ov_local_rhs(w->down, moved_by(w, y, w->f, -h), w);
    for (size_t j = 0; j < w->n; j++)
        drive[j] -= 0.5 * (w->up[j] - w->down[j]) / (2.0 * h);
}

bool ov_local_drive(double *drive, struct ov_local *w, const double *y, const double *Sigma,
                    const double *c)
{
    double h = curvature_step;
    if (!principal_directions(w, Sigma))
        return false;
    ov_local_rhs(w->f, y, w);
    memcpy(drive, c, w->n * sizeof *c);
    for (size_t i = 0; i < w->n; i++) {
        if (!take_direction(w, i))
            continue;
        ov_local_rhs(w->up, moved_by(w, y, w->vector, h), w);
        ov_local_rhs(w->down, moved_by(w, y, w->vector, -h), w);
        for (size_t j = 0; j < w->n; j++)
            drive[j] +=
                0.5 * w->spread[i] * ((w->up[j] - w->f[j]) + (w->down[j] - w->f[j])) / (h * h);
    }
    subtract_euler_term(drive, w, y);
    return true;
}

/* 2 eps_g without the clip at 0: differentiable also where y just stops being a covariance. */
static double squared_error(struct ov_local *w, const double *y)
{
    const struct ov_activation *g = w->p->g, *g_star = w->p->g_star;
    const struct ov_overlaps *o = &w->o;
    size_t K = o->K, M = o->M;
    double sum = 0.0;
    memcpy(w->o.block, y, w->n * sizeof *y);
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

/* Gradient of eps_g into w->f. */
static void gradient(struct ov_local *w, const double *y)
{
    memset(w->vector, 0, w->n * sizeof *w->vector);
    for (size_t i = 0; i < w->n; i++) {
        w->vector[i] = 1.0;
        double high = squared_error(w, moved_by(w, y, w->vector, gradient_step));
        double low = squared_error(w, moved_by(w, y, w->vector, -gradient_step));
        w->vector[i] = 0.0;
        w->f[i] = 0.5 * (high - low) / (2.0 * gradient_step);
    }
}

void ov_local_eps_g(double *sd, double *bias, struct ov_local *w, const double *y,
                    const double *Sigma, const double *mu)
{
    size_t n = w->n;
    double h = curvature_step, here = squared_error(w, y), variance = 0.0, shift = 0.0;
    *sd = *bias = NAN;
    if (!principal_directions(w, Sigma))
        return;
    gradient(w, y);
    for (size_t i = 0; i < n; i++) {
        shift += w->f[i] * mu[i];
        for (size_t j = 0; j < n; j++)
            variance += w->f[i] * Sigma[i * n + j] * w->f[j];
    }
    for (size_t i = 0; i < n; i++) {
        if (!take_direction(w, i))
            continue;
        double high = squared_error(w, moved_by(w, y, w->vector, h));
        double low = squared_error(w, moved_by(w, y, w->vector, -h));
        shift += 0.25 * w->spread[i] * ((high - here) + (low - here)) / (h * h);
    }
    *sd = sqrt(fmax(variance, 0.0));
    *bias = shift;
}
