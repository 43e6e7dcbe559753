/* SPDX-License-Identifier: MIT
 *
 * Averages of products of g, g' and x by quadrature, at least one factor generic.
 * 1. The factors are gathered by field; a field with a ReLU factor or its slope has a kink.
 * 2. Two fields, those with kinks first, are the outer integral (gauss_nodes.h).
 * 3. The average over one other field is a sum over its nodes; over two of them, the bilinear
 *    (Mehler) expansion of their remaining correlation. A third kink among those can only be the
 *    value of a ReLU unit, whose coefficients have a closed form.
 */
#include <math.h>
#include <stdlib.h>

#include "gauss_nodes_internal.h"
#include "gauss_internal.h"

enum { FIELDS_MAX = 4 };

/* The factors that depend on one field. */
struct unit {
    size_t field; /* in C */
    size_t n;
    const struct ov_gauss_factor *factor[FIELDS_MAX];
    bool kink, slope_kink;
};

static double value_of(const struct unit *u, double x)
{
    double product = 1.0;
    for (size_t i = 0; i < u->n; i++) {
        const struct ov_gauss_factor *f = u->factor[i];
        product *= f->kind == OV_GAUSS_VALUE   ? f->g->g(x)
                   : f->kind == OV_GAUSS_SLOPE ? f->g->dg(x)
                                               : x;
    }
    return product;
}

static int outer_first(const void *a, const void *b)
{
    const struct unit *x = a, *y = b;
    int order_x = 2 * x->slope_kink + x->kink, order_y = 2 * y->slope_kink + y->kink;
    if (order_x != order_y)
        return order_y - order_x;
    return (x->field > y->field) - (x->field < y->field);
}

/* Step 1; returns how many fields there are. */
static size_t gather_units(struct unit unit[FIELDS_MAX], const struct ov_gauss_factor *factor,
                           size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        size_t at = 0;
        while (at < count && unit[at].field != factor[i].field)
            at++;
        if (at == count)
            unit[count++] = (struct unit){.field = factor[i].field};
        unit[at].factor[unit[at].n++] = &factor[i];
        bool kink = factor[i].kind != OV_GAUSS_FIELD && factor[i].g->act == OV_ACT_RELU;
        unit[at].kink = unit[at].kink || kink;
        unit[at].slope_kink = unit[at].slope_kink || (kink && factor[i].kind == OV_GAUSS_SLOPE);
    }
    qsort(unit, count, sizeof *unit, outer_first);
    return count;
}

/* The fields inside, given the outer two. */
struct inside {
    size_t n; /* 0, 1 or 2 */
    const struct unit *unit;
    struct ov_given given[2];
    double r; /* remaining correlation of two */
    struct ov_mehler *rule[2];
};

static void coefficients(double *h, const struct inside *in, size_t c, double mean)
{
    const struct unit *unit = &in->unit[c];
    const struct ov_mehler *rule = in->rule[c];
    double s = in->given[c].rest, value[OV_LINE_MAX];
    if (unit->kink) {
        ov_mehler_of_relu(h, mean, s);
        return;
    }
    for (size_t i = 0; i < rule->line.n; i++)
        value[i] = value_of(unit, mean + s * rule->line.z[i]);
    ov_mehler_coefficients(h, rule, value);
}

static double mean_inside(const struct inside *in, double z, double u)
{
    double h[2][OV_MEHLER_TERMS];
    for (size_t c = 0; c < in->n; c++)
        coefficients(h[c], in, c, in->given[c].on_z * z + in->given[c].on_u * u);
    if (in->n == 2)
        return ov_mehler_pair(h[0], h[1], in->r);
    return in->n == 1 ? h[0][0] : 1.0;
}

static double clip(double r)
{
    return r > 1.0 ? 1.0 : r < -1.0 ? -1.0 : r;
}

/* Returns false without memory. */
static bool prepare_inside(struct inside *in, const struct ov_plane *plane, const double *C,
                           const struct unit *unit, size_t n)
{
    *in = (struct inside){.n = n > 2 ? n - 2 : 0, .unit = unit + 2};
    for (size_t c = 0; c < in->n; c++) {
        size_t f = unit[2 + c].field;
        in->given[c] = ov_plane_given(plane, C[ov_sym_at(f, f)], C[ov_sym_at(f, unit[0].field)],
                                      C[ov_sym_at(f, unit[1].field)]);
        in->rule[c] = malloc(sizeof *in->rule[c]);
        if (!in->rule[c])
            return false;
        ov_mehler_init(in->rule[c], in->given[c].rest);
    }
    if (in->n == 2 && in->given[0].rest > 0.0 && in->given[1].rest > 0.0) {
        const struct ov_given *a = &in->given[0], *b = &in->given[1];
        double left =
            C[ov_sym_at(unit[2].field, unit[3].field)] - a->on_z * b->on_z - a->on_u * b->on_u;
        in->r = clip(left / (a->rest * b->rest));
    }
    return true;
}

static double integrate(const struct ov_plane *plane, const struct inside *in,
                        const struct unit *unit, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < plane->n; i++) {
        double z = plane->z[i], u = plane->u[i];
        double value = plane->weight[i] * value_of(&unit[0], plane->sd_x * z);
        if (n > 1)
            value *= value_of(&unit[1], plane->slope * z + plane->rest * u);
        sum += value == 0.0 ? 0.0 : value * mean_inside(in, z, u);
    }
    return sum;
}

double ov_gauss_generic(const double *C, size_t P, const struct ov_gauss_factor *factor, size_t n)
{
    struct unit unit[FIELDS_MAX] = {0};
    for (size_t i = 0; i < ov_sym_size(P); i++)
        if (!isfinite(C[i]))
            return NAN;
    size_t count = gather_units(unit, factor, n), x = unit[0].field, y = unit[1].field;
    struct ov_plane plane;
    struct inside in = {0};
    double xy = count > 1 ? C[ov_sym_at(x, y)] : 0.0, yy = count > 1 ? C[ov_sym_at(y, y)] : 0.0;
    ov_plane_init(&plane, C[ov_sym_at(x, x)], xy, yy);
    bool good = prepare_inside(&in, &plane, C, unit, count) &&
                ov_plane_fill(&plane, unit[0].kink, count > 1 && unit[1].kink, in.given, in.n);
    double sum = good ? integrate(&plane, &in, unit, count) : NAN;
    free(in.rule[0]);
    free(in.rule[1]);
    free(plane.z);
    return sum;
}

double ov_gauss_mean_slope(const struct ov_activation *g, double c)
{
    if (isnan(c))
        return NAN;
    switch (g->act) {
    case OV_ACT_LINEAR:
    case OV_ACT_ERF:
        return ov_gauss_mean_dg(g->act, c);
    case OV_ACT_RELU:
        return c > 0.0 ? 0.5 : 0.0;
    case OV_ACT_QUADRATIC:
    case OV_ACT_HE2:
        return 0.0;
    case OV_ACT_LEAKY_RELU:
        return OV_LEAK + (c > 0.0 ? 0.5 * (1.0 - OV_LEAK) : 0.0);
    default: {
        const struct ov_gauss_factor slope = {OV_GAUSS_SLOPE, 0, g};
        return ov_gauss_average(&c, 1, &slope, 1);
    }
    }
}
