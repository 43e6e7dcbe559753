/* SPDX-License-Identifier: MIT
 *
 * < d/dx_c [ g'(lambda_k) e ] > by its definition: fields x_a = m_a + A_a1 z_1 + A_a2 z_2 of two
 * Gaussians, any number of them, so that the covariance is singular from three fields on; the
 * average of g'(lambda_k) e by Gauss-Legendre rules between all kinks, and its derivative by m_c by
 * central differences. No derivative of g' is taken.
 */
#ifndef OVERLAP_TESTS_THEORY_PLANE_H
#define OVERLAP_TESTS_THEORY_PLANE_H

#include <math.h>
#include <string.h>

#include <gsl/gsl_integration.h>

#include "theory/pairs.h"

enum { PLANE_NODES = 24, PLANE_BREAKS = 40 };

struct plane {
    struct network *n; /* K, M, P, g, g_star, act, s */
    double A[8][2], m[8];
    double x[PLANE_NODES], weight[PLANE_NODES]; /* on [0,1] */
};

static inline bool plane_kink(const struct plane *p, size_t a)
{
    return p->n->act[a]->act == OV_ACT_RELU || p->n->act[a]->act == OV_ACT_LEAKY_RELU;
}

/* Fields of p->A: acts and C of its network. */
static inline void plane_fields(struct plane *p)
{
    struct network *n = p->n;
    n->P = n->K + n->M;
    for (size_t a = 0; a < n->P; a++) {
        n->act[a] = a < n->M ? n->g_star : n->g;
        p->m[a] = 0.0;
        for (size_t b = 0; b <= a; b++)
            n->C[ov_sym_at(a, b)] = p->A[a][0] * p->A[b][0] + p->A[a][1] * p->A[b][1];
    }
    gsl_integration_glfixed_table *t = gsl_integration_glfixed_table_alloc(PLANE_NODES);
    for (size_t i = 0; i < PLANE_NODES; i++)
        gsl_integration_glfixed_point(0.0, 1.0, i, &p->x[i], &p->weight[i], t);
    gsl_integration_glfixed_table_free(t);
}

/* Panels of at most 4.5 between -9 and 9, and at further breaks. Sorts. */
static inline size_t plane_breaks(double *at, size_t n)
{
    for (int i = -2; i <= 2; i++)
        at[n++] = 4.5 * i;
    for (size_t i = 1; i < n; i++)
        for (size_t j = i; j > 0 && at[j] < at[j - 1]; j--) {
            double x = at[j];
            at[j] = at[j - 1];
            at[j - 1] = x;
        }
    return n;
}

/* g'(lambda_k) e of all students. */
static inline void plane_add(double *F, const struct plane *p, double weight, double z, double u)
{
    const struct network *n = p->n;
    double x[8], e = 0.0;
    for (size_t a = 0; a < n->P; a++) {
        x[a] = p->m[a] + p->A[a][0] * z + p->A[a][1] * u;
        e += n->s[a] * n->act[a]->g(x[a]);
    }
    weight *= exp(-0.5 * (z * z + u * u)) / (2.0 * M_PI) * e;
    for (size_t k = 0; k < n->K; k++)
        F[k] += weight * n->g->dg(x[n->M + k]);
}

static inline void plane_line(double *F, const struct plane *p, double weight, double u)
{
    double at[PLANE_BREAKS];
    size_t n = 0;
    for (size_t a = 0; a < p->n->P; a++) {
        double z = -(p->m[a] + p->A[a][1] * u) / p->A[a][0];
        if (plane_kink(p, a) && fabs(z) < 9.0)
            at[n++] = z;
    }
    n = plane_breaks(at, n);
    for (size_t b = 1; b < n; b++)
        for (size_t i = 0; i < PLANE_NODES && at[b] > at[b - 1]; i++) {
            double width = at[b] - at[b - 1];
            plane_add(F, p, weight * width * p->weight[i], at[b - 1] + width * p->x[i], u);
        }
}

/* < g'(lambda_k) e > (K) where the means are p->m. */
static inline void plane_mean(double *F, const struct plane *p)
{
    double at[PLANE_BREAKS];
    size_t n = 0;
    memset(F, 0, p->n->K * sizeof *F);
    for (size_t a = 0; a < p->n->P; a++)
        for (size_t b = 0; b < a; b++) { /* where two kinks meet */
            const double *x = p->A[a], *y = p->A[b];
            double area = x[0] * y[1] - x[1] * y[0], u = (y[0] * p->m[a] - x[0] * p->m[b]) / area;
            if (plane_kink(p, a) && plane_kink(p, b) && area != 0.0 && fabs(u) < 9.0)
                at[n++] = u;
        }
    n = plane_breaks(at, n);
    for (size_t b = 1; b < n; b++)
        for (size_t i = 0; i < PLANE_NODES && at[b] > at[b - 1]; i++) {
            double width = at[b] - at[b - 1];
            plane_line(F, p, width * p->weight[i], at[b - 1] + width * p->x[i]);
        }
}

/* D (K,P) to the fourth order of h. */
static inline void plane_slopes(double *D, struct plane *p, double h)
{
    static const double by[4] = {-2.0, -1.0, 1.0, 2.0},
                        weight[4] = {1.0 / 12.0, -2.0 / 3.0, 2.0 / 3.0, -1.0 / 12.0};
    size_t P = p->n->P, K = p->n->K;
    memset(D, 0, K * P * sizeof *D);
    for (size_t c = 0; c < P; c++) {
        for (int i = 0; i < 4; i++) {
            double F[8];
            p->m[c] = by[i] * h;
            plane_mean(F, p);
            for (size_t k = 0; k < K; k++)
                D[k * P + c] += weight[i] * F[k] / h;
        }
        p->m[c] = 0.0;
    }
}

#endif
