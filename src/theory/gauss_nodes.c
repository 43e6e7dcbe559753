/* SPDX-License-Identifier: MIT
 *
 * Nodes and weights of Gaussian averages on a line, a half line and a plane.
 */
#include "gauss_nodes_internal.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_integration.h>

#include "overlap/num/simd.h"
#include "overlap/base/check.h"

/* 3e-14 of the probability lies beyond the tail. Narrow fields take the widest step, at which the
 * Gaussian itself is still resolved. */
static const double tail = 7.6, step = 0.33, widest = 0.5;
static const double one_over_sqrt_two_pi = 0.39894228040143267794;

enum { HALF_NODES = 32, ANGLES = 32 }; /* those that GSL has tabulated */

/* Weights of a line are those of a probability, whole or half. */
static bool is_probability(const struct ov_line *line)
{
    double sum = 0.0;
    for (size_t i = 0; i < line->n; i++) {
        if (!(line->weight[i] >= 0.0))
            return false;
        sum += line->weight[i];
    }
    return fabs(sum - 1.0) < 1e-9 || fabs(sum - 0.5) < 1e-9;
}

void ov_line_init(struct ov_line *line, double sd)
{
    if (sd == 0.0) {
        *line = (struct ov_line){.n = 1, .weight = {1.0}};
        return;
    }
    double h = step < widest * sd ? step / sd : widest;
    double side = ceil(tail / h);
    size_t half = side < OV_LINE_MAX / 2 ? (size_t)side : OV_LINE_MAX / 2;
    h = side < OV_LINE_MAX / 2 ? h : tail / (OV_LINE_MAX / 2);
    line->n = 2 * half + 1;
    for (size_t i = 0; i < line->n; i++) {
        double z = ((double)i - (double)half) * h;
        line->z[i] = z;
        line->weight[i] = h * one_over_sqrt_two_pi * exp(-0.5 * z * z);
    }
    OV_CHECK(is_probability(line));
}

void ov_line_init_half(struct ov_line *line, double sd)
{
    size_t n = sd <= 1.25 ? HALF_NODES : sd <= 2.5 ? 2 * HALF_NODES : 4 * HALF_NODES;
    gsl_integration_glfixed_table *rule = gsl_integration_glfixed_table_alloc(n);
    line->n = n;
    for (size_t i = 0; i < n; i++) {
        double z = NAN, w = NAN; /* without memory: NaN throughout */
        if (rule)
            gsl_integration_glfixed_point(0.0, tail, i, &z, &w, rule);
        line->z[i] = z;
        line->weight[i] = w * one_over_sqrt_two_pi * exp(-0.5 * z * z);
    }
    OV_CHECK(!rule || is_probability(line));
    if (rule)
        gsl_integration_glfixed_table_free(rule);
}

/* ---- the plane ---- */

static bool allocate(struct ov_plane *plane, size_t n)
{
    plane->n = 0;
    plane->z = malloc(3 * n * sizeof *plane->z);
    plane->u = plane->z ? plane->z + n : NULL;
    plane->weight = plane->z ? plane->z + 2 * n : NULL;
    return plane->z != NULL;
}

static void add(struct ov_plane *plane, double z, double u, double weight)
{
    plane->z[plane->n] = z;
    plane->u[plane->n] = u;
    plane->weight[plane->n] = weight;
    plane->n++;
}

/* Both fields positive: z = r cos t > 0 and y ~ sin(t + t0) > 0, tan t0 = slope/rest. */
static bool fill_sector(struct ov_plane *plane, double sd)
{
    struct ov_line radius;
    ov_line_init_half(&radius, sd);
    gsl_integration_glfixed_table *rule = gsl_integration_glfixed_table_alloc(ANGLES);
    bool good = rule && allocate(plane, radius.n * ANGLES);
    double first = -atan2(plane->slope, plane->rest);
    for (size_t i = 0; good && i < ANGLES; i++) {
        double t, w;
        gsl_integration_glfixed_point(first, 0.5 * M_PI, i, &t, &w, rule);
        for (size_t j = 0; j < radius.n; j++) {
            double r = radius.z[j];
            add(plane, r * cos(t), r * sin(t), w * radius.weight[j] * r * one_over_sqrt_two_pi);
        }
    }
    if (rule)
        gsl_integration_glfixed_table_free(rule);
    return good;
}

/* y on the whole line. Nodes outside the circle of radius `tail` are left out. */
static bool fill_product(struct ov_plane *plane, const struct ov_line *z, const struct ov_line *u)
{
    if (!allocate(plane, z->n * u->n))
        return false;
    for (size_t i = 0; i < z->n; i++)
        for (size_t j = 0; j < u->n; j++)
            if (!(z->z[i] * z->z[i] + u->z[j] * u->z[j] > 1.02 * tail * tail))
                add(plane, z->z[i], u->z[j], z->weight[i] * u->weight[j]);
    return true;
}

/* Only y has a kink: then y is the outer field; z and u are turned accordingly afterwards. */
static void turn(struct ov_plane *plane, double sd_y)
{
    double c = plane->slope / sd_y, s = plane->rest / sd_y;
    for (size_t i = 0; i < plane->n; i++) {
        double along = plane->z[i], across = plane->u[i];
        plane->z[i] = c * along + s * across;
        plane->u[i] = s * along - c * across;
    }
}

void ov_plane_init(struct ov_plane *plane, double xx, double xy, double yy)
{
    double sd = sqrt(xx), slope = sd > 0.0 ? xy / sd : 0.0, det = yy - slope * slope;
    *plane = (struct ov_plane){.sd_x = sd, .slope = slope, .rest = det > 0.0 ? sqrt(det) : 0.0};
}

bool ov_plane_fill(struct ov_plane *plane, bool half_x, bool half_y, const struct ov_given *given,
                   size_t n)
{
    double sd_x = plane->sd_x, sd_y = hypot(plane->slope, plane->rest);
    double most_z = fmax(sd_x, fabs(plane->slope)), most_u = plane->rest;
    for (size_t c = 0; c < n; c++) {
        most_z = fmax(most_z, fabs(given[c].on_z));
        most_u = fmax(most_u, fabs(given[c].on_u));
    }
    double most = fmax(sd_y, hypot(most_z, most_u));
    if (half_x && half_y)
        return fill_sector(plane, most);
    struct ov_line z, u;
    bool turned = half_y && sd_y > 0.0;
    if (half_x || half_y)
        ov_line_init_half(&z, most);
    else
        ov_line_init(&z, most_z);
    ov_line_init(&u, turned && plane->rest > 0.0 ? most : most_u);
    if (!fill_product(plane, &z, &u))
        return false;
    if (turned)
        turn(plane, sd_y);
    return true;
}

struct ov_given ov_plane_given(const struct ov_plane *plane, double cc, double cx, double cy)
{
    struct ov_given c = {.on_z = plane->sd_x > 0.0 ? cx / plane->sd_x : 0.0};
    double left = fmax(cc - c.on_z * c.on_z, 0.0), bound = sqrt(left);
    if (plane->rest > 1e-8 * hypot(plane->slope, plane->rest))
        c.on_u = fmin(fmax((cy - c.on_z * plane->slope) / plane->rest, -bound), bound);
    left -= c.on_u * c.on_u;
    c.rest = left > 0.0 ? sqrt(left) : 0.0;
    return c;
}

/* ---- the bilinear expansion ---- */

void ov_mehler_init(struct ov_mehler *m, double sd)
{
    ov_line_init(&m->line, sd);
    for (size_t i = 0; i < m->line.n; i++) {
        double z = m->line.z[i], *row = m->He[i];
        row[0] = m->line.weight[i];
        row[1] = z * row[0];
        for (int n = 2; n < OV_MEHLER_TERMS; n++)
            row[n] = (z * row[n - 1] - sqrt(n - 1.0) * row[n - 2]) / sqrt(n);
    }
}

OV_CLONES void ov_mehler_coefficients(double h[OV_MEHLER_TERMS], const struct ov_mehler *m,
                                      const double *value)
{
    double sum[OV_MEHLER_TERMS] = {0.0};
    for (size_t i = 0; i < m->line.n; i++)
        for (int n = 0; n < OV_MEHLER_TERMS; n++)
            sum[n] += value[i] * m->He[i][n];
    for (int n = 0; n < OV_MEHLER_TERMS; n++)
        h[n] = sum[n];
}

void ov_mehler_of_relu(double h[OV_MEHLER_TERMS], double mean, double s)
{
    double t = s > 0.0 ? mean / s : 0.0, density = one_over_sqrt_two_pi * exp(-0.5 * t * t);
    double below = s > 0.0 ? 0.5 * erfc(-M_SQRT1_2 * t) : mean > 0.0 ? 1.0 : 0.0;
    h[0] = mean * below + s * density;
    h[1] = s * below;
    /* s density He_{n-2}(-t)/sqrt(n!), with p and q two successive He_j(-t)/sqrt(j!) */
    double q = 0.0, p = s * density;
    for (int n = 2; n < OV_MEHLER_TERMS; n++) {
        h[n] = p / sqrt(n * (n - 1.0));
        double next = (-t * p - sqrt(n - 2.0) * q) / sqrt(n - 1.0);
        q = p;
        p = next;
    }
}

double ov_mehler_pair(const double *h, const double *h_other, double r)
{
    double sum = 0.0;
    for (int n = OV_MEHLER_TERMS - 1; n >= 0; n--)
        sum = sum * r + h[n] * h_other[n];
    return sum;
}
