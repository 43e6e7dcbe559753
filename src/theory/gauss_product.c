/* SPDX-License-Identifier: MIT
 *
 * Averages of products of g, g' and x as truncated moments (theory/orthant.h):
 *     relu   g = x theta(x), g' = theta(x)
 *     x^2    two powers of x, g' = 2x; He2 the same less 1
 *     erf    g = 2 < theta(x + n) >_n - 1, n ~ N(0,1) of its own for each factor, so that g is the
 *            half-space of one more field, with the covariances of x and variance one larger
 *            (paper.md eq:heaviside)
 * Slopes of erf units do not come here: they have tilted the fields before.
 */
#include "gauss_internal.h"
#include "overlap/theory/orthant.h"

struct product {
    size_t P;
    double C[21]; /* packed (P,P) */
    size_t n_half, half[OV_ORTHANT_HALF];
    size_t n_power, power[OV_ORTHANT_POWERS];
};

static void add_half(struct product *p, size_t i)
{
    p->half[p->n_half++] = i;
}

static void add_power(struct product *p, size_t i)
{
    p->power[p->n_power++] = i;
}

/* A field x_i + n; returns its index. */
static size_t add_noisy(struct product *p, size_t i)
{
    size_t at = p->P++;
    for (size_t j = 0; j < at; j++)
        p->C[ov_sym_at(at, j)] = p->C[ov_sym_at(i, j)];
    p->C[ov_sym_at(at, at)] = p->C[ov_sym_at(i, i)] + 1.0;
    return at;
}

static double expand(struct product p, const struct ov_gauss_factor *factor, size_t n);

/* factor[0] = g. */
static double expand_value(struct product p, const struct ov_gauss_factor *factor, size_t n)
{
    struct product rest = p;
    size_t i = factor->field;
    switch (factor->g->act) {
    case OV_ACT_ERF:
        add_half(&p, add_noisy(&p, i));
        return 2.0 * expand(p, factor + 1, n - 1) - expand(rest, factor + 1, n - 1);
    case OV_ACT_RELU:
        add_half(&p, i);
        add_power(&p, i);
        return expand(p, factor + 1, n - 1);
    case OV_ACT_HE2:
        add_power(&p, i);
        add_power(&p, i);
        return expand(p, factor + 1, n - 1) - expand(rest, factor + 1, n - 1);
    case OV_ACT_QUADRATIC:
        add_power(&p, i);
        add_power(&p, i);
        return expand(p, factor + 1, n - 1);
    default: /* linear */
        add_power(&p, i);
        return expand(p, factor + 1, n - 1);
    }
}

/* factor[0] = g', of a ReLU or a square. */
static double expand_slope(struct product p, const struct ov_gauss_factor *factor, size_t n)
{
    if (factor->g->act == OV_ACT_RELU) {
        add_half(&p, factor->field);
        return expand(p, factor + 1, n - 1);
    }
    add_power(&p, factor->field);
    return 2.0 * expand(p, factor + 1, n - 1);
}

static double expand(struct product p, const struct ov_gauss_factor *factor, size_t n)
{
    if (n == 0)
        return ov_orthant_moment(p.C, p.P, p.half, p.n_half, p.power, p.n_power);
    if (factor->kind == OV_GAUSS_VALUE)
        return expand_value(p, factor, n);
    if (factor->kind == OV_GAUSS_SLOPE)
        return expand_slope(p, factor, n);
    add_power(&p, factor->field);
    return expand(p, factor + 1, n - 1);
}

double ov_gauss_product(const double *C, size_t P, const struct ov_gauss_factor *factor, size_t n)
{
    struct product p = {.P = P};
    for (size_t i = 0; i < ov_sym_size(P); i++)
        p.C[i] = C[i];
    return expand(p, factor, n);
}
