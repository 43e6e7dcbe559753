/* SPDX-License-Identifier: MIT
 *
 * < f(x) >, x = L z, z ~ N(0, I): one Gauss-Hermite rule for each column of the Cholesky factor L
 * that is not zero. The tensor grid is walked depth first, so that adding a column to x costs P
 * operations a node of that depth.
 */
#include "overlap/theory/gauss_quad.h"

#include <math.h>
#include <stdbool.h>

#include <gsl/gsl_integration.h>

#include "overlap/num/sym.h"

enum { P_MAX = 6, N_MIN = 2, N_MAX = 128 };

static const double psd_tolerance = 1e-10;

struct grid {
    double (*f)(const double *x, void *ctx);
    void *ctx;
    size_t P, rank, n;
    double column[P_MAX][P_MAX]; /* the columns of L that are not zero */
    const double *node, *weight; /* (n) of N(0,1), weights summing to 1/scale */
    double scale;
};

/* Sum over the directions from `depth` on, at x so far. */
static double sum_from(const struct grid *g, size_t depth, const double *x)
{
    if (depth == g->rank)
        return g->f(x, g->ctx);
    double sum = 0.0, moved[P_MAX];
    for (size_t i = 0; i < g->n; i++) {
        for (size_t a = 0; a < g->P; a++)
            moved[a] = x[a] + g->node[i] * g->column[depth][a];
        sum += g->scale * g->weight[i] * sum_from(g, depth + 1, moved);
    }
    return sum;
}

/* Keeps the columns of L (P,P) that are not zero: a degenerate covariance costs its rank only. */
static void keep_columns(struct grid *g, const double *L)
{
    for (size_t j = 0; j < g->P; j++) {
        bool zero = true;
        for (size_t a = 0; a < g->P; a++) {
            g->column[g->rank][a] = L[a * g->P + j];
            zero = zero && L[a * g->P + j] == 0.0;
        }
        g->rank += zero ? 0 : 1;
    }
}

enum ov_status ov_gauss_quad(double *mean, double (*f)(const double *x, void *ctx), void *ctx,
                             const double *C, size_t P, size_t n)
{
    double L[P_MAX * P_MAX];
    if (P < 1 || P > P_MAX || n < N_MIN || n > N_MAX)
        return OV_EDOM;
    if (ov_sym_cholesky(L, C, P, psd_tolerance) != OV_OK)
        return OV_EDOM;
    /* the weight exp(-x^2/2) */
    gsl_integration_fixed_workspace *rule =
        gsl_integration_fixed_alloc(gsl_integration_fixed_hermite, n, 0.0, 0.5, 0.0, 0.0);
    if (!rule)
        return OV_ENOMEM;
    struct grid g = {.f = f, .ctx = ctx, .P = P, .n = n, .scale = 1.0 / sqrt(2.0 * M_PI)};
    g.node = gsl_integration_fixed_nodes(rule);
    g.weight = gsl_integration_fixed_weights(rule);
    keep_columns(&g, L);
    *mean = sum_from(&g, 0, (const double[P_MAX]){0.0});
    gsl_integration_fixed_free(rule);
    return OV_OK;
}

/* ---- products of g, g' and x ---- */

enum kind { VALUE, DERIVATIVE, FIELD };

enum { FACTORS_MAX = 4 };

struct product {
    size_t n_factor, n_field;
    size_t field[FACTORS_MAX]; /* the distinct fields, as indices of C */
    struct {
        enum kind kind;
        size_t at; /* in field[] */
        const struct ov_activation *act;
    } factor[FACTORS_MAX];
};

static void multiply(struct product *p, enum kind kind, const struct ov_activation *const *act,
                     size_t i)
{
    size_t at = 0;
    while (at < p->n_field && p->field[at] != i)
        at++;
    if (at == p->n_field)
        p->field[p->n_field++] = i;
    p->factor[p->n_factor].kind = kind;
    p->factor[p->n_factor].at = at;
    p->factor[p->n_factor].act = act[i];
    p->n_factor++;
}

static double product_at(const double *x, void *ctx)
{
    const struct product *p = ctx;
    double value = 1.0;
    for (size_t i = 0; i < p->n_factor; i++) {
        double xi = x[p->factor[i].at];
        switch (p->factor[i].kind) {
        case VALUE:
            value *= p->factor[i].act->g(xi);
            break;
        case DERIVATIVE:
            value *= p->factor[i].act->dg(xi);
            break;
        case FIELD:
            value *= xi;
            break;
        }
    }
    return value;
}

static enum ov_status mean_of_product(double *mean, struct product *p, const double *C, size_t n)
{
    double part[FACTORS_MAX * (FACTORS_MAX + 1) / 2];
    for (size_t i = 0; i < p->n_field; i++)
        for (size_t j = 0; j <= i; j++)
            part[ov_sym_at(i, j)] = C[ov_sym_at(p->field[i], p->field[j])];
    return ov_gauss_quad(mean, product_at, p, part, p->n_field, n);
}

enum ov_status ov_gauss_quad_I2(double *I2, const double *C, const struct ov_activation *const *act,
                                size_t a, size_t b, size_t n)
{
    struct product p = {0};
    multiply(&p, VALUE, act, a);
    multiply(&p, VALUE, act, b);
    return mean_of_product(I2, &p, C, n);
}

enum ov_status ov_gauss_quad_I3(double *I3, const double *C, const struct ov_activation *const *act,
                                size_t k, size_t b, size_t c, size_t n)
{
    struct product p = {0};
    multiply(&p, DERIVATIVE, act, k);
    multiply(&p, FIELD, act, b);
    multiply(&p, VALUE, act, c);
    return mean_of_product(I3, &p, C, n);
}

enum ov_status ov_gauss_quad_I4(double *I4, const double *C, const struct ov_activation *const *act,
                                size_t k, size_t l, size_t a, size_t b, size_t n)
{
    struct product p = {0};
    multiply(&p, DERIVATIVE, act, k);
    multiply(&p, DERIVATIVE, act, l);
    multiply(&p, VALUE, act, a);
    multiply(&p, VALUE, act, b);
    return mean_of_product(I4, &p, C, n);
}

enum ov_status ov_gauss_quad_J2(double *J2, const double *C, const struct ov_activation *const *act,
                                size_t k, size_t l, size_t n)
{
    struct product p = {0};
    multiply(&p, DERIVATIVE, act, k);
    multiply(&p, DERIVATIVE, act, l);
    return mean_of_product(J2, &p, C, n);
}
