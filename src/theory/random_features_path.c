/* SPDX-License-Identifier: MIT
 *
 * The way there for K features of any number: the same Laplace transform, with s(z) found by
 * Newton's method at every node of the contour (paper.md eq:rf_equivalent_laplace).
 */
#include <math.h>

#include "random_features_degrees_internal.h"

/* z(s) and its slope. */
static double complex z_of(double complex *slope, const struct ov_rf_at_K *x, double complex s)
{
    double complex sum = 0.0, rise = 1.0;
    for (size_t i = 0; i < x->n; i++) {
        if (!(x->a[i] > 0.0))
            continue;
        double complex part = x->a[i] / (x->K_xi[i] + s);
        sum += part;
        rise -= part * (x->K_xi[i] / (x->K_xi[i] + s));
    }
    *slope = rise;
    return s * (1.0 - sum);
}

/* Newton's method; a step longer than half of s is shortened, and lies about the branch. */
static bool refine(double complex *s, const struct ov_rf_at_K *x, double complex z)
{
    for (int i = 0; i < 100; i++) {
        double complex slope, step = -(z_of(&slope, x, *s) - z) / slope;
        double most = 0.5 * cabs(*s), length = cabs(step);
        if (!isfinite(length))
            return false;
        *s += length > most ? step * (most / length) : step;
        if (length <= 4e-16 * cabs(*s))
            return true;
        if (length <= 1e-12 * cabs(*s) && i > 20)
            return true;
    }
    return false;
}

/* s(z): for real z from above, where z(s) is convex; then round the circle |z| in the upper half
 * plane, which s never leaves. */
static bool solve(double complex *s, const struct ov_rf_at_K *x, double complex z)
{
    enum { ARCS = 8 };
    double radius = cabs(z), angle = carg(z);
    *s = radius + x->d->c.P.g2;
    if (!refine(s, x, radius))
        return false;
    for (int i = 1; i <= ARCS && angle != 0.0; i++)
        if (!refine(s, x, radius * cexp(I * angle * i / ARCS)))
            return false;
    return cimag(*s) * cimag(z) >= 0.0 && (cimag(z) != 0.0 || creal(*s) > 0.0);
}

struct path {
    struct ov_rf_at_K x;
    double root;
    struct ov_rf_laplace f;
};

static enum ov_status at(double complex *G, double complex *h, double complex z, void *ctx)
{
    const struct path *path = ctx;
    const struct ov_rf_at_K *x = &path->x;
    const struct ov_rf_common *c = &x->d->c;
    double complex s, ell = 0.0, noise = 0.0, slope;
    if (!solve(&s, x, z))
        return OV_ENUMERIC;
    double complex part = s - z_of(&slope, x, s);
    *G = 0.0;
    for (size_t i = x->mean; i < x->n; i++) {
        double complex below = x->K_xi[i] + s;
        *G += x->tau2[i] * s / below;
        ell += x->a[i] / below;
        noise += x->a[i] * ((x->K_xi[i] + part) / below);
    }
    if (x->mean) /* it has relaxed */
        *G += x->tau2[0] * path->root / (x->K_xi[0] + path->root);
    *G += c->c2 * z * ell;
    *h = 0.5 * c->noise * noise;
    return OV_OK;
}

static enum ov_status inverted(double *E_rest, void *ctx, double t)
{
    const struct path *path = ctx;
    return ov_rf_invert(E_rest, &path->f, t);
}

enum ov_status ov_rf_degrees_curve(double *eps_g, const struct ov_rf_degrees *d, double ln_K,
                                   const double *t, size_t n, struct ov_error *err)
{
    struct path path;
    enum ov_status status = ov_rf_check_times(t, n, err);
    if (status == OV_OK)
        status = ov_rf_check_mean(&d->c, err);
    if (status == OV_OK)
        status = ov_rf_at_K_create(&path.x, d, ln_K, err);
    if (status != OV_OK)
        return status;
    path.root = ov_rf_at_K_root(&path.x);
    path.f = (struct ov_rf_laplace){.c = &d->c, .at = at, .ctx = &path};
    path.f.growth = ov_rf_at_K_growth(&path.x, path.root);
    status = ov_rf_fill(eps_g, &d->c, inverted, &path, t, n, err);
    ov_rf_at_K_free(&path.x);
    return status;
}
