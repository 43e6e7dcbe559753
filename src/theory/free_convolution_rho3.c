/* SPDX-License-Identifier: MIT
 *
 * int rho^3 over bulks: Gauss' rule in the angle, or, where bulks all but touch or have just met,
 * Gauss-Legendre panels that narrow towards the place.
 */
#include <math.h>

#include <gsl/gsl_integration.h>

#include "overlap/theory/free_convolution.h"

enum { POINTS = 20 };

struct bulk {
    const struct ov_free_convolution *f;
    double mid, half;
    gsl_integration_glfixed_table *rule;
};

static double at_angle(const struct bulk *b, double angle)
{
    double s = b->mid - b->half * cos(angle);
    double rho = -cimag(ov_free_convolution_y(b->f, s)) / M_PI;
    return rho * rho * rho * b->half * sin(angle);
}

/* Gauss-Chebyshev of the second kind: rho^3 is (sin angle)^3 times a smooth function. */
static double by_angle(const struct bulk *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 1; i < n; i++)
        sum += at_angle(b, M_PI * (double)i / (double)n);
    return sum * M_PI / (double)n;
}

static double panel(const struct bulk *b, double from, double to)
{
    double sum = 0.0;
    from = fmin(M_PI, fmax(0.0, from));
    to = fmin(M_PI, fmax(0.0, to));
    for (size_t i = 0; to > from && i < POINTS; i++) {
        double angle, weight;
        gsl_integration_glfixed_point(from, to, i, &angle, &weight, b->rule);
        sum += weight * at_angle(b, angle);
    }
    return sum;
}

/* Bulks meet where ds/dy and its derivative vanish, y = e^(1/3). */
static double by_panels(const struct bulk *b)
{
    double y = cbrt(b->f->e), s = 1.0 / y + b->f->kappa_star / (b->f->e - y) + y;
    double centre = acos(fmin(1.0, fmax(-1.0, (b->mid - s) / b->half))), sum = 0.0, r = 1e-9;
    sum += panel(b, centre - r, centre) + panel(b, centre, centre + r);
    for (; r < M_PI; r *= 1.5)
        sum += panel(b, centre - 1.5 * r, centre - r) + panel(b, centre + r, centre + 1.5 * r);
    return sum;
}

static enum ov_status bulk_rho3(double *rho3, struct bulk *b, struct ov_error *err)
{
    double last = NAN;
    for (size_t n = 16; n <= 512; n *= 2) {
        *rho3 = by_angle(b, n);
        if (fabs(*rho3 - last) <= 1e-13 * *rho3)
            return OV_OK;
        last = *rho3;
    }
    b->rule = gsl_integration_glfixed_table_alloc(POINTS);
    if (!b->rule)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    *rho3 = by_panels(b);
    gsl_integration_glfixed_table_free(b->rule);
    return OV_OK;
}

enum ov_status ov_free_convolution_rho3(double *rho3, const struct ov_free_convolution *f,
                                        struct ov_error *err)
{
    enum ov_status status = OV_OK;
    double sum = 0.0, part = 0.0;
    for (size_t i = 0; i < f->n_bulks && status == OV_OK; i++) {
        double lo = f->edge[2 * i], hi = f->edge[2 * i + 1];
        struct bulk b = {.f = f, .mid = 0.5 * (lo + hi), .half = 0.5 * (hi - lo)};
        if (isinf(lo))
            continue;
        status = bulk_rho3(&part, &b, err);
        sum += part;
    }
    if (status == OV_OK)
        *rho3 = sum;
    return status;
}
