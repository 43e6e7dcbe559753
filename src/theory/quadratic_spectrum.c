/* SPDX-License-Identifier: MIT
 *
 * The spectrum of Z: what of S lies above the cut, moved down by q.
 */
#include <math.h>

#include "quadratic_internal.h"

struct law {
    struct ov_free_convolution f; /* if xi > 0 */
    const struct ov_quadratic_point *point;
    double kappa_star;
};

static double share_above(const struct ov_free_convolution *f, double s)
{
    return 1.0 - ov_free_convolution_mass_below(f, s, ov_free_convolution_y(f, s));
}

static void bulks(struct ov_quadratic_spectrum *sp, const struct law *x)
{
    const struct ov_free_convolution *f = &x->f;
    const struct ov_quadratic_point *p = x->point;
    *sp = (struct ov_quadratic_spectrum){.atom = 1.0 - p->rank};
    for (size_t i = 0; i < f->n_bulks; i++) {
        double lo = fmax(f->edge[2 * i], p->cut), hi = f->edge[2 * i + 1];
        if (!(hi > lo))
            continue;
        sp->edge[2 * sp->n_bulks] = f->unit * (lo - p->t);
        sp->edge[2 * sp->n_bulks + 1] = f->unit * (hi - p->t);
        sp->share[sp->n_bulks++] = share_above(f, lo) - (i + 1 < f->n_bulks ? f->kappa_star : 0.0);
    }
}

/* Marchenko-Pastur of mean 1 and second moment 1 + 1/kappa_star. */
static void teacher(struct ov_quadratic_spectrum *sp, double k)
{
    double root = 1.0 / sqrt(k);
    *sp = (struct ov_quadratic_spectrum){.atom = fmax(0.0, 1.0 - k), .n_bulks = 1};
    sp->edge[0] = (1.0 - root) * (1.0 - root);
    sp->edge[1] = (1.0 + root) * (1.0 + root);
    sp->share[0] = fmin(k, 1.0);
}

static double density_at(const struct law *x, const struct ov_quadratic_spectrum *sp, double z)
{
    bool inside = false;
    for (size_t i = 0; i < sp->n_bulks; i++)
        inside = inside || (z > sp->edge[2 * i] && z < sp->edge[2 * i + 1]);
    if (!inside)
        return 0.0;
    if (x->point->xi == 0.0)
        return x->kappa_star * sqrt((z - sp->edge[0]) * (sp->edge[1] - z)) / (2.0 * M_PI * z);
    return ov_free_convolution_density(&x->f, z + x->point->q);
}

enum ov_status ov_quadratic_spectrum(struct ov_quadratic_spectrum *spectrum, double *density,
                                     const double *z, size_t n,
                                     const struct ov_quadratic_point *point, double kappa_star,
                                     struct ov_error *err)
{
    struct law x = {.point = point, .kappa_star = kappa_star};
    struct ov_quadratic_spectrum sp;
    struct ov_quadratic check = {.kappa = INFINITY, .kappa_star = kappa_star};
    enum ov_status status = ov_quadratic_check(&check, err);
    if (status == OV_OK && point->xi > 0.0)
        status = ov_free_convolution_init(&x.f, kappa_star, point->xi, err);
    if (status != OV_OK)
        return status;
    if (point->xi > 0.0)
        bulks(&sp, &x);
    else
        teacher(&sp, kappa_star);
    for (size_t i = 0; i < n; i++)
        density[i] = density_at(&x, &sp, z[i]);
    if (spectrum)
        *spectrum = sp;
    return OV_OK;
}
