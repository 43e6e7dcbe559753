/* SPDX-License-Identifier: MIT
 *
 * The fields given the outer ones, at blocks of nodes (gauss_smooth_internal.h).
 * GELU, SiLU and softplus are x/2 and an even function, the logistic sigmoid 1/2 and an odd one:
 * what such units are at the node opposite follows from what they are at a node, and only half of
 * the nodes are taken.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gauss_internal.h"
#include "gauss_smooth_internal.h"
#include "overlap/num/simd.h"

/* ---- mirrors ---- */

static bool same(double x, double y, double size)
{
    return fabs(x - y) <= 1e-14 * (1.0 + fabs(size));
}

/* Whether g = an even function + slope x, or an odd one + constant. */
bool ov_smooth_mirror_of(struct ov_smooth_mirror *m, const struct ov_activation *g)
{
    double slope = 0.5 * (g->g(1.0) - g->g(-1.0)), constant = 0.5 * (g->g(1.0) + g->g(-1.0));
    bool even = true, odd = true;
    for (int i = 0; i < 64; i++) {
        double x = 0.17 * i, plus = g->g(x), minus = g->g(-x);
        even = even && same(plus - minus, 2.0 * slope * x, plus) &&
               same(g->dg(x) + g->dg(-x), 2.0 * slope, g->dg(x));
        odd =
            odd && same(plus + minus, 2.0 * constant, plus) && same(g->dg(x), g->dg(-x), g->dg(x));
    }
    *m = even ? (struct ov_smooth_mirror){1.0, 0.0, slope}
              : (struct ov_smooth_mirror){-1.0, constant, 0.0};
    return even || odd;
}

/* ---- the outer nodes ---- */

static bool make_room(struct ov_gauss_smooth *e, size_t n)
{
    if (n <= e->room)
        return true;
    free(e->z);
    e->z = malloc(4 * n * sizeof *e->z);
    e->room = e->z ? n : 0;
    e->u = e->z + e->room;
    e->weight = e->u + e->room;
    e->opposite = e->weight + e->room;
    return e->z != NULL;
}

static void add_node(struct ov_gauss_smooth *e, size_t at, double z, double u, double weight,
                     double opposite)
{
    e->z[at] = z;
    e->u[at] = u;
    e->weight[at] = weight;
    e->opposite[at] = opposite;
}

/* What the fields of a product are at most along z and u: of the slopes' i and j, and of any two
 * others. */
static void extents(double *on_z, double *on_u, const struct ov_gauss_smooth *e, size_t i, size_t j)
{
    const struct ov_smooth_given *x = &e->given[i], *y = &e->given[j];
    double most_z = 0.0, most_u = 0.0;
    for (size_t c = 0; c < e->P; c++) {
        most_z = fmax(most_z, fabs(e->given[c].on_z));
        most_u = fmax(most_u, fabs(e->given[c].on_u));
    }
    *on_z = 0.5 * sqrt(x->on_z * x->on_z + y->on_z * y->on_z + 2.0 * most_z * most_z);
    *on_u = 0.5 * sqrt(x->on_u * x->on_u + y->on_u * y->on_u + 2.0 * most_u * most_u);
}

/* Nodes inside of the circle beyond which tol of the probability lies; half of them where the
 * other half is opposite. */
static bool fill_nodes(struct ov_gauss_smooth *e, size_t i, size_t j)
{
    double on_z, on_u;
    extents(&on_z, &on_u, e, i, j);
    const struct ov_smooth_rule *Z = ov_smooth_rule_for(e->rules, on_z);
    const struct ov_smooth_rule *U = ov_smooth_rule_for(e->rules, on_u);
    size_t n = 0;
    if (!Z || !U || !make_room(e, Z->n * U->n + OV_LANES))
        return false;
    for (size_t a = 0; a < Z->n; a++)
        for (size_t b = 0; b < U->n; b++) {
            size_t at = a * U->n + b, last = Z->n * U->n - 1;
            double z = Z->z[a], u = U->z[b], weight = Z->weight[a] * U->weight[b];
            bool beyond = !e->grows && z * z + u * u > e->tail * e->tail;
            if (beyond || (e->mirrored && 2 * at < last))
                continue;
            add_node(e, n++, z, u, weight, e->mirrored && 2 * at != last ? weight : 0.0);
        }
    e->most_z = Z->z[Z->n - 1];
    e->most_u = U->z[U->n - 1];
    e->blocks = (n + OV_LANES - 1) / OV_LANES;
    for (; n < e->blocks * OV_LANES; n++)
        add_node(e, n, 0.0, 0.0, 0.0, 0.0);
    return true;
}

/* ---- the fields given the outer ones ---- */

static double clip(double x, double bound)
{
    return fmin(fmax(x, -bound), bound);
}

static double root(double x)
{
    return x > 0.0 ? sqrt(x) : 0.0;
}

/* Where rounding decides on_z or on_u (a length or a remainder that vanishes) any value does: the
 * covariances that it belongs to vanish, and all others are kept by what is subtracted. */
static void condition(struct ov_gauss_smooth *e, const double *C, size_t i, size_t j)
{
    double sd = root(C[ov_sym_at(i, i)]), bound = root(C[ov_sym_at(j, j)]);
    double along = sd > 0.0 ? clip(C[ov_sym_at(i, j)] / sd, bound) : 0.0;
    double across = i == j ? 0.0 : root(bound * bound - along * along);
    for (size_t c = 0; c < e->P; c++) {
        double left = fmax(C[ov_sym_at(c, c)], 0.0), z = 0.0, u = 0.0;
        if (sd > 0.0)
            z = clip(C[ov_sym_at(c, i)] / sd, sqrt(left));
        left = fmax(left - z * z, 0.0);
        if (across > 0.0)
            u = clip((C[ov_sym_at(c, j)] - z * along) / across, sqrt(left));
        e->given[c] = (struct ov_smooth_given){z, u, fmax(left - u * u, 0.0)};
    }
    e->given[i] = (struct ov_smooth_given){sd, 0.0, 0.0};
    if (i != j)
        e->given[j] = (struct ov_smooth_given){along, across, 0.0};
}

/* s_c s_d S_cd^n/n!. */
static void fill_factor(struct ov_gauss_smooth *e, const double *C, const double *s, size_t c,
                        size_t d)
{
    size_t at = ov_sym_at(c, d);
    const struct ov_smooth_given *x = &e->given[c], *y = &e->given[d];
    double S = x->v;
    if (c != d)
        S = C[at] - x->on_z * y->on_z - x->on_u * y->on_u;
    S = x->v > 0.0 && y->v > 0.0 ? clip(S, sqrt(x->v) * sqrt(y->v)) : 0.0;
    double part[OV_TERMS_MAX];
    size_t n = e->pair_terms[at] = ov_smoothing_terms(part, S, e->size + c * OV_TERMS_SIZES,
                                                      e->size + d * OV_TERMS_SIZES, 0.1 * e->tol);
    double *factor = e->factor + at * OV_TERMS_MAX, power = s[c] * s[d] * S;
    e->first[at] = power;
    factor[0] = factor[1] = 0.0;
    for (size_t i = 2; i < n; i++)
        factor[i] = (power *= S / (double)i) * part[i];
    e->terms[c] = e->terms[c] > n ? e->terms[c] : n;
    e->terms[d] = e->terms[d] > n ? e->terms[d] : n;
}

static bool all_finite(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

bool ov_smooth_prepare(struct ov_gauss_smooth *e, const double *C, const double *s, size_t i,
                       size_t j)
{
    if (!all_finite(C, ov_sym_size(e->P)))
        return false;
    condition(e, C, i, j);
    memset(e->terms, 0, e->P * sizeof *e->terms);
    for (size_t c = 0; c < e->P; c++)
        ov_smoothing_sizes(e->size + c * OV_TERMS_SIZES, ov_smooth_unit_of(e, c)->table,
                           e->given[c].v);
    for (size_t c = 0; c < e->P; c++)
        for (size_t d = 0; d <= c; d++)
            fill_factor(e, C, s, c, d);
    if (!fill_nodes(e, i, j))
        return false;
    for (size_t c = 0; c < e->P; c++) {
        const struct ov_smooth_given *given = &e->given[c];
        const struct ov_smooth_unit *unit = ov_smooth_unit_of(e, c);
        double reach = e->most_z * fabs(given->on_z) + e->most_u * fabs(given->on_u);
        if (!e->grows)
            reach = fmin(reach, e->tail * hypot(given->on_z, given->on_u));
        if (!unit->gelu &&
            ov_smoothed_fill(&e->along[c], unit->table, given->v, reach, e->terms[c]) != OV_OK)
            return false;
    }
    return true;
}

/* ---- at the nodes ---- */

static void from_table(struct ov_smooth_field *x, const struct ov_smoothed *along,
                       const double m[OV_LANES], size_t n)
{
    double D[OV_SMOOTH_WIDTH];
    for (size_t i = 0; i < OV_LANES; i++) {
        ov_smoothed_at(D, along, m[i], n);
        for (size_t k = 0; k < n; k++)
            x->D[k][i] = D[k];
    }
}

void ov_smooth_at(struct ov_gauss_smooth *e, size_t block, size_t c, size_t n)
{
    const struct ov_smooth_given *given = &e->given[c];
    const struct ov_smooth_unit *unit = ov_smooth_unit_of(e, c);
    const struct ov_smooth_mirror *mirror = &unit->mirror;
    struct ov_smooth_field *x = &e->field[c];
    const double *z = e->z + block * OV_LANES, *u = e->u + block * OV_LANES;
    double m[OV_LANES];
    for (size_t i = 0; i < OV_LANES; i++)
        m[i] = given->on_z * z[i] + given->on_u * u[i];
    if (unit->gelu)
        ov_gelu_smoothed(x->D, m, given->v, n);
    else
        from_table(x, &e->along[c], m, n);
    for (size_t i = 0; e->mirrored && i < OV_LANES; i++) {
        x->opposite[0][i] =
            mirror->sign * x->D[0][i] + 2.0 * (mirror->constant - mirror->slope * m[i]);
        x->opposite[1][i] = 2.0 * mirror->slope - mirror->sign * x->D[1][i];
    }
}

/* ---- at the nodes and opposite ---- */

void ov_smooth_derivative(struct ov_smooth_both *x, const struct ov_gauss_smooth *e, size_t c,
                          size_t n)
{
    const struct ov_smooth_field *field = &e->field[c];
    double sign = ov_smooth_unit_of(e, c)->mirror.sign * (n % 2 ? -1.0 : 1.0);
    memcpy(x->x[0], field->D[n], sizeof x->x[0]);
    for (size_t i = 0; i < OV_LANES; i++)
        x->x[1][i] = n < 2 ? field->opposite[n][i] : sign * field->D[n][i];
}

OV_CLONES void ov_smooth_add(struct ov_smooth_both *restrict sum, const struct ov_gauss_smooth *e,
                             size_t c, size_t n, double factor)
{
    const struct ov_smooth_field *restrict field = &e->field[c];
    for (size_t i = 0; i < OV_LANES; i++)
        sum->x[0][i] += factor * field->D[n][i];
    for (size_t i = 0; i < OV_LANES; i++)
        sum->x[1][i] += factor * field->opposite[n][i];
}

OV_CLONES void ov_smooth_add_product(struct ov_smooth_both *restrict sum,
                                     const struct ov_smooth_both *x, const struct ov_smooth_both *y)
{
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < OV_LANES; i++)
            sum->x[side][i] += x->x[side][i] * y->x[side][i];
}

OV_CLONES double ov_smooth_mean(const struct ov_gauss_smooth *e, size_t block,
                                const struct ov_smooth_both *x, const struct ov_smooth_both *y)
{
    const double *weight = e->weight + block * OV_LANES, *opposite = e->opposite + block * OV_LANES;
    double sum[OV_LANES];
    for (size_t i = 0; i < OV_LANES; i++)
        sum[i] = weight[i] * (x->x[0][i] * y->x[0][i]) + opposite[i] * (x->x[1][i] * y->x[1][i]);
    return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}
