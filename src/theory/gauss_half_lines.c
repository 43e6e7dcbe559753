/* SPDX-License-Identifier: MIT
 *
 * What g(y) is given x is D_n(m, v), smooth in x wherever it is taken (gauss_table): so x, which may
 * have a kink at 0, is the one that is integrated over, on the two half-lines:
 *     < f(x) g^(n)(y) > = < f(x) D_n(x xy/xx, yy - xy^2/xx) >                (paper.md eq:mehler)
 * by Gauss-Legendre rules on panels as wide as the poles of tanh are away. No derivative of f or g
 * is needed beyond the table's; y may be x, -x or 0, and x may be 0.
 */
#include "gauss_half_lines_internal.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include <gsl/gsl_integration.h>

#include "gauss_table_internal.h"

enum { NODES = 16 };

static const double tail = 9.0;

struct ov_gauss_half_lines {
    struct ov_smoothing *table;      /* owned */
    struct ov_smoothed along;        /* its block owned */
    double at[NODES], weight[NODES]; /* Gauss-Legendre on [0,1] */
};

enum ov_status ov_gauss_half_lines_create(struct ov_gauss_half_lines **out,
                                          const struct ov_activation *g)
{
    struct ov_gauss_half_lines *h = *out = calloc(1, sizeof *h);
    gsl_integration_glfixed_table *t = gsl_integration_glfixed_table_alloc(NODES);
    bool good = h && t && ov_smoothing_create(&h->table, g) == OV_OK;
    for (size_t i = 0; good && i < NODES; i++)
        gsl_integration_glfixed_point(0.0, 1.0, i, &h->at[i], &h->weight[i], t);
    if (t)
        gsl_integration_glfixed_table_free(t);
    if (good)
        return OV_OK;
    ov_gauss_half_lines_free(h);
    *out = NULL;
    return OV_ENOMEM;
}

void ov_gauss_half_lines_free(struct ov_gauss_half_lines *h)
{
    if (!h)
        return;
    ov_smoothing_free(h->table);
    ov_smoothed_free(&h->along);
    free(h);
}

static void add_node(double mean[2], const struct ov_gauss_half_lines *h,
                     const struct ov_activation *f, double weight, double x, double m)
{
    double D[OV_TERMS_STEP];
    ov_smoothed_at(D, &h->along, m, OV_TERMS_STEP);
    mean[0] += weight * f->dg(x) * D[1];
    mean[1] += weight * f->g(x) * D[2];
}

void ov_gauss_half_lines_mean(double mean[2], struct ov_gauss_half_lines *h,
                              const struct ov_activation *f, double xx, double xy, double yy)
{
    double sd = sqrt(fmax(xx, 0.0)), m = sd > 0.0 ? xy / sd : 0.0, v = fmax(yy - m * m, 0.0);
    mean[0] = mean[1] = NAN;
    if (!isfinite(xx + xy + yy) ||
        ov_smoothed_fill(&h->along, h->table, v, tail * fabs(m), OV_TERMS_STEP) != OV_OK)
        return;
    mean[0] = mean[1] = 0.0;
    if (sd == 0.0) {
        add_node(mean, h, f, 1.0, 0.0, 0.0);
        return;
    }
    size_t panels = (size_t)ceil(tail * fmax(1.0, 0.7 * fmax(sd, fabs(m))));
    double width = tail / (double)panels;
    for (size_t p = 0; p < panels; p++)
        for (size_t i = 0; i < NODES; i++) {
            double z = width * ((double)p + h->at[i]);
            double weight = width * h->weight[i] * exp(-0.5 * z * z) / sqrt(2.0 * M_PI);
            add_node(mean, h, f, weight, sd * z, m * z);
            add_node(mean, h, f, weight, -sd * z, -m * z);
        }
}
