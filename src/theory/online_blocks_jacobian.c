/* SPDX-License-Identifier: MIT
 *
 * The Jacobian for inputs in blocks (paper.md eq:blocks). At given averages each block is linear in
 * itself, and they depend on the n_t totals t = sum_l weight_l y^(l), v only:
 *     dF^(l)/dy^(l') = delta_ll' A_l + F_l weight_l',   A_l = drift_l A + drift_l^2 A_E - decay,
 * with one A for all and F_l (m,n_t) = dF^(l)/dt through the averages a; dv is a function of t. So
 *     (1 - factor J) x = b
 * takes (1 - factor A_l)^-1 of each block and a system of n_t equations for the solution's totals
 * (Woodbury's formula): with Z_l = (1 - factor A_l)^-1 F_l,
 *     t - factor [ sum_l weight_l Z_l ; dv/dt ] t = [ sum_l weight_l (1 - factor A_l)^-1 b_l ; b_v ],
 *     x_l = (1 - factor A_l)^-1 b_l + factor Z_l t.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lapacke.h>

#include "online_blocks_internal.h"

/* Steps in t where averages are analytic: central, of order 4. */
static const double step = 0x1p-10;

struct ov_online_blocks_jacobian {
    double *block;       /* owned; the views below */
    double *da;          /* (n_t,n_a) derivatives of the averages by t */
    double *t, *moved;   /* (n_t) */
    double *near[4];     /* (n_a) averages at moved t */
    double *A, *A_E;     /* (m,m) */
    double *F;           /* (L,m,n_t) */
    double *inverse;     /* (L,m,m) of 1 - factor A_l */
    double *Z;           /* (L,m,n_t) */
    double *capacity;    /* (n_t,n_t) factorised */
    double *part, *unit; /* (m) */
    double *work;        /* (m) */
    double *differences; /* scratch, but for central differences: da by columns first */
    double factor;
    int *pivot; /* owned; (m), (n_t) */
};

void ov_online_blocks_jacobian_free(struct ov_online_blocks_jacobian *j)
{
    if (!j)
        return;
    free(j->block);
    free(j->pivot);
    free(j);
}

static bool is_analytic(const struct ov_problem *p)
{
    return ov_gauss_is_analytic(p->g, p->g_star);
}

static bool create(struct ov_online *o)
{
    struct ov_online_blocks *x = o->blocks;
    size_t m = x->m, n_t = x->n_t, n_a = x->n_a;
    struct ov_online_blocks_jacobian *j = calloc(1, sizeof *j);
    if (!j)
        return false;
    size_t differences = ov_online_averages_have_slopes(o->p) ? n_t * n_a
                         : is_analytic(o->p)                  ? 0
                                             : n_t * n_a + ov_online_differences_scratch(o->p, n_a);
    size_t size = n_t * n_a + 2 * n_t + 4 * n_a + 2 * m * m + 2 * x->L * m * n_t + x->L * m * m +
                  n_t * n_t + 3 * m + differences;
    j->block = calloc(size, sizeof *j->block);
    j->pivot = calloc(m + n_t, sizeof *j->pivot);
    if (!j->block || !j->pivot) {
        ov_online_blocks_jacobian_free(j);
        return false;
    }
    j->da = j->block;
    j->t = j->da + n_t * n_a;
    j->moved = j->t + n_t;
    j->near[0] = j->moved + n_t;
    for (size_t i = 1; i < 4; i++)
        j->near[i] = j->near[i - 1] + n_a;
    j->A = j->near[3] + n_a;
    j->A_E = j->A + m * m;
    j->F = j->A_E + m * m;
    j->Z = j->F + x->L * m * n_t;
    j->inverse = j->Z + x->L * m * n_t;
    j->capacity = j->inverse + x->L * m * m;
    j->part = j->capacity + n_t * n_t;
    j->unit = j->part + m;
    j->work = j->unit + m;
    j->differences = j->work + m;
    x->jacobian = j;
    return true;
}

/* ---- the averages by t ---- */

size_t ov_online_blocks_jacobian_averages(const struct ov_problem *p)
{
    size_t n = ov_online_of_fields(p);
    return ov_online_averages_have_slopes(p) ? 1 : is_analytic(p) ? 4 * n : 2 * n + 1;
}

/* da/dt_i = (8 (a_+1 - a_-1) - (a_+2 - a_-2))/(12 h): exact for v, in which a is of degree 4. */
static void central(struct ov_online *o)
{
    static const double at[4] = {1.0, -1.0, 2.0, -2.0};
    struct ov_online_blocks *x = o->blocks;
    struct ov_online_blocks_jacobian *j = x->jacobian;
    for (size_t i = 0; i < x->n_t; i++) {
        double h = step * fmax(1.0, fabs(j->t[i])), *da = j->da + i * x->n_a;
        for (size_t n = 0; n < 4; n++) {
            memcpy(j->moved, j->t, x->n_t * sizeof *j->t);
            j->moved[i] += at[n] * h;
            ov_online_blocks_averages(j->near[n], j->moved, o);
        }
        for (size_t n = 0; n < x->n_a; n++)
            da[n] = (8.0 * (j->near[0][n] - j->near[1][n]) - (j->near[2][n] - j->near[3][n])) /
                    (12.0 * h);
    }
}

/* The same in closed form, or by differences that stay in the cone of covariances. */
static int by_columns(struct ov_online *o)
{
    struct ov_online_blocks *x = o->blocks;
    struct ov_online_blocks_jacobian *j = x->jacobian;
    double *columns = j->differences, *scratch = columns + x->n_t * x->n_a;
    int status = ov_online_averages_have_slopes(o->p)
                     ? ov_online_slopes_of_averages(columns, o)
                     : ov_online_differences_of(columns, ov_online_blocks_averages, x->n_a, o, j->t,
                                                scratch);
    for (size_t n = 0; n < x->n_a; n++)
        for (size_t i = 0; i < x->n_t; i++)
            j->da[i * x->n_a + n] = columns[n * x->n_t + i];
    return status;
}

/* ---- its parts ---- */

static size_t size_of_R(const struct ov_online_blocks *x)
{
    return x->K * x->M;
}

/* Where number i of block l stands among those integrated, and v. */
static size_t at(const struct ov_online_blocks *x, size_t l, size_t i)
{
    return i < x->S ? l * x->S + i : x->L * x->S + l * size_of_R(x) + i - x->S;
}

static size_t at_v(const struct ov_online_blocks *x)
{
    return x->L * x->m;
}

/* Column i of A, and of A_E: what a unit of number i moves at drift 1; of both signs of the drift, as
 * what is even in it is A_E. */
static void set_A(struct ov_online_blocks *x)
{
    struct ov_online_blocks_jacobian *j = x->jacobian;
    size_t m = x->m;
    for (size_t i = 0; i < m; i++) {
        memset(j->unit, 0, m * sizeof *j->unit);
        j->unit[i] = 1.0;
        double *forth = j->part, *back = j->work;
        const double *Q = j->unit, *R = j->unit + x->S;
        ov_online_blocks_move(forth, forth + x->S, x, x->a, Q, R, NULL, 1.0, 0.0);
        ov_online_blocks_move(back, back + x->S, x, x->a, Q, R, NULL, -1.0, 0.0);
        for (size_t r = 0; r < m; r++) {
            j->A[r * m + i] = 0.5 * (forth[r] - back[r]);
            j->A_E[r * m + i] = 0.5 * (forth[r] + back[r]);
        }
    }
}

static void set_F(struct ov_online_blocks *x, const double *y)
{
    struct ov_online_blocks_jacobian *j = x->jacobian;
    for (size_t l = 0; l < x->L; l++) {
        double *F = j->F + l * x->m * x->n_t;
        const double *Q = y + at(x, l, 0), *R = y + at(x, l, x->S);
        const double *T = x->T + l * ov_sym_size(x->M);
        for (size_t i = 0; i < x->n_t; i++) {
            ov_online_blocks_move(j->part, j->part + x->S, x, j->da + i * x->n_a, Q, R, T,
                                  x->b->drift[l], x->b->noise[l]);
            for (size_t r = 0; r < x->m; r++)
                F[r * x->n_t + i] = j->part[r];
        }
    }
}

static int jacobian(const double *y, void *ctx)
{
    struct ov_online *o = ctx;
    struct ov_online_blocks *x = o->blocks;
    if (!x->jacobian && !create(o))
        return -1;
    ov_online_blocks_fields(o, y);
    memcpy(x->jacobian->t, o->o.block, x->n_t * sizeof *y);
    ov_online_blocks_averages(x->a, x->jacobian->t, o);
    bool closed = ov_online_averages_have_slopes(o->p);
    if (!closed && is_analytic(o->p))
        central(o);
    else if (by_columns(o) != 0)
        return -1;
    set_A(x);
    set_F(x, y);
    return 0;
}

/* Entry (r,i) of A_l. */
static double of_A(const struct ov_online *o, size_t l, size_t r, size_t i)
{
    const struct ov_online_blocks *x = o->blocks;
    const struct ov_online_blocks_jacobian *j = x->jacobian;
    double drift = x->b->drift[l], decay = o->p->decay_w * (r < x->S ? 2.0 - x->shrink : 1.0);
    return drift * j->A[r * x->m + i] + drift * drift * j->A_E[r * x->m + i] -
           (r == i ? decay : 0.0);
}

/* Entry (r,i) of dv/dt. */
static double of_v(const struct ov_online_blocks *x, size_t r, size_t i)
{
    return x->jacobian->da[i * x->n_a + x->at_dv + r];
}

/* ---- what a solver does with it ---- */

static double bound(void *ctx)
{
    const struct ov_online *o = ctx;
    const struct ov_online_blocks *x = o->blocks;
    double weights = 0.0, most = 0.0;
    for (size_t l = 0; l < x->L; l++)
        weights += fabs(x->b->weight[l]);
    for (size_t l = 0; l < x->L; l++) {
        const double *F = x->jacobian->F + l * x->m * x->n_t;
        double weight = x->b->weight[l];
        for (size_t r = 0; r < x->m; r++, F += x->n_t) {
            double sum = 0.0;
            for (size_t i = 0; i < x->m; i++)
                sum +=
                    fabs(of_A(o, l, r, i) + F[i] * weight) + fabs(F[i]) * (weights - fabs(weight));
            for (size_t i = x->m; i < x->n_t; i++)
                sum += fabs(F[i]);
            most = isnan(sum) ? NAN : fmax(most, sum);
            if (isnan(most))
                return NAN;
        }
    }
    for (size_t r = 0; r + x->m < x->n_t; r++) {
        double sum = 0.0;
        for (size_t i = 0; i < x->n_t; i++)
            sum += fabs(of_v(x, r, i)) * (i < x->m ? weights : 1.0);
        if (isnan(sum))
            return NAN;
        most = fmax(most, sum);
    }
    return most;
}

/* t = sum_l weight_l x_l, x_v. */
static void total(double *t, const struct ov_online_blocks *x, const double *y)
{
    ov_blocks_total(t, x->b, y, x->S);
    ov_blocks_total(t + x->S, x->b, y + at(x, 0, x->S), size_of_R(x));
    memcpy(t + x->m, y + at_v(x), (x->n_t - x->m) * sizeof *y);
}

static void times(double *Jx, const double *y, void *ctx)
{
    const struct ov_online *o = ctx;
    const struct ov_online_blocks *x = o->blocks;
    const struct ov_online_blocks_jacobian *j = x->jacobian;
    total(j->t, x, y);
    for (size_t l = 0; l < x->L; l++)
        for (size_t r = 0; r < x->m; r++) {
            const double *F = j->F + (l * x->m + r) * x->n_t;
            double sum = 0.0;
            for (size_t i = 0; i < x->m; i++)
                sum += of_A(o, l, r, i) * y[at(x, l, i)];
            for (size_t i = 0; i < x->n_t; i++)
                sum += F[i] * j->t[i];
            Jx[at(x, l, r)] = sum;
        }
    for (size_t r = 0; r + x->m < x->n_t; r++) {
        double sum = 0.0;
        for (size_t i = 0; i < x->n_t; i++)
            sum += of_v(x, r, i) * j->t[i];
        Jx[at_v(x) + r] = sum;
    }
}

/* The inverse of 1 - factor A_l. LAPACK reads it by columns, as the transpose. */
static int invert(double *P, const struct ov_online *o, size_t l, double factor)
{
    const struct ov_online_blocks *x = o->blocks;
    lapack_int m = (lapack_int)x->m;
    int *pivot = x->jacobian->pivot;
    for (size_t r = 0; r < x->m; r++)
        for (size_t i = 0; i < x->m; i++)
            P[r * x->m + i] = (r == i ? 1.0 : 0.0) - factor * of_A(o, l, r, i);
    if (LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, m, m, P, m, pivot) != 0)
        return -1;
    return LAPACKE_dgetri_work(LAPACK_COL_MAJOR, m, P, m, pivot, x->jacobian->work, m);
}

static int factorise(double factor, void *ctx)
{
    struct ov_online *o = ctx;
    struct ov_online_blocks *x = o->blocks;
    struct ov_online_blocks_jacobian *j = x->jacobian;
    size_t m = x->m, n_t = x->n_t;
    double *W = memset(j->capacity, 0, n_t * n_t * sizeof *j->capacity);
    j->factor = factor;
    for (size_t l = 0; l < x->L; l++) {
        double *P = j->inverse + l * m * m, *Z = j->Z + l * m * n_t;
        const double *F = j->F + l * m * n_t;
        if (invert(P, o, l, factor) != 0)
            return -1;
        memset(Z, 0, m * n_t * sizeof *Z);
        for (size_t r = 0; r < m; r++) {
            for (size_t i = 0; i < m; i++)
                for (size_t c = 0; c < n_t; c++)
                    Z[r * n_t + c] += P[r * m + i] * F[i * n_t + c];
            for (size_t c = 0; c < n_t; c++)
                W[r * n_t + c] -= factor * x->b->weight[l] * Z[r * n_t + c];
        }
    }
    for (size_t r = m; r < n_t; r++)
        for (size_t c = 0; c < n_t; c++)
            W[r * n_t + c] = -factor * of_v(x, r - m, c);
    for (size_t r = 0; r < n_t; r++)
        W[r * (n_t + 1)] += 1.0;
    lapack_int n = (lapack_int)n_t;
    return LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, n, n, W, n, j->pivot + m);
}

static int solve(double *y, void *ctx)
{
    struct ov_online *o = ctx;
    struct ov_online_blocks *x = o->blocks;
    struct ov_online_blocks_jacobian *j = x->jacobian;
    size_t m = x->m, n_t = x->n_t;
    lapack_int n = (lapack_int)n_t;
    for (size_t l = 0; l < x->L; l++) {
        const double *P = j->inverse + l * m * m;
        for (size_t i = 0; i < m; i++)
            j->part[i] = y[at(x, l, i)];
        for (size_t r = 0; r < m; r++) {
            double sum = 0.0;
            for (size_t i = 0; i < m; i++)
                sum += P[r * m + i] * j->part[i];
            y[at(x, l, r)] = sum;
        }
    }
    total(j->t, x, y);
    if (LAPACKE_dgetrs_work(LAPACK_COL_MAJOR, 'T', n, 1, j->capacity, n, j->pivot + m, j->t, n) !=
        0)
        return -1;
    for (size_t l = 0; l < x->L; l++)
        for (size_t r = 0; r < m; r++) {
            const double *Z = j->Z + (l * m + r) * n_t;
            double sum = 0.0;
            for (size_t i = 0; i < n_t; i++)
                sum += Z[i] * j->t[i];
            y[at(x, l, r)] += j->factor * sum;
        }
    memcpy(y + at_v(x), j->t + m, (n_t - m) * sizeof *y);
    return 0;
}

const struct ov_ode_linear ov_online_blocks_linear = {
    .jacobian = jacobian, .bound = bound, .times = times, .factorise = factorise, .solve = solve};

/* ---- as a matrix ---- */

int ov_online_blocks_jacobian(double *J, struct ov_online *o, const double *y)
{
    size_t n = ov_online_integrated(o->p);
    if (jacobian(y, o) != 0)
        return -1;
    const struct ov_online_blocks *x = o->blocks;
    for (size_t l = 0; l < x->L; l++)
        for (size_t r = 0; r < x->m; r++) {
            const double *F = x->jacobian->F + (l * x->m + r) * x->n_t;
            double *row = J + at(x, l, r) * n;
            for (size_t k = 0; k < x->L; k++)
                for (size_t i = 0; i < x->m; i++)
                    row[at(x, k, i)] = F[i] * x->b->weight[k] + (k == l ? of_A(o, l, r, i) : 0.0);
            memcpy(row + at_v(x), F + x->m, (x->n_t - x->m) * sizeof *F);
        }
    for (size_t r = 0; r + x->m < x->n_t; r++) {
        double *row = J + (at_v(x) + r) * n;
        for (size_t k = 0; k < x->L; k++)
            for (size_t i = 0; i < x->m; i++)
                row[at(x, k, i)] = of_v(x, r, i) * x->b->weight[k];
        for (size_t i = x->m; i < x->n_t; i++)
            row[at_v(x) + i - x->m] = of_v(x, r, i);
    }
    return 0;
}
