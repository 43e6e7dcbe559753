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
    /* s''/2 at the top edge, where s' = 0 */
    double y = f->y[2 * f->n_bulks - 1], u = f->e - y;
    if (sp->n_bulks > 0)
        sp->top_scale = f->unit * cbrt(1.0 / (y * y * y) + f->kappa_star / (u * u * u));
}

/* Marchenko-Pastur of mean 1 and second moment 1 + 1/kappa_star. */
static void teacher(struct ov_quadratic_spectrum *sp, double k)
{
    double root = 1.0 / sqrt(k);
    *sp = (struct ov_quadratic_spectrum){.atom = fmax(0.0, 1.0 - k), .n_bulks = 1};
    sp->edge[0] = (1.0 - root) * (1.0 - root);
    sp->edge[1] = (1.0 + root) * (1.0 + root);
    sp->share[0] = fmin(k, 1.0);
    sp->top_scale = pow(0.5 * k * sqrt(sp->edge[1] - sp->edge[0]) / sp->edge[1], -2.0 / 3.0);
}

/* Its share in (edge[0], z), edge[0] < z < edge[1]. */
static double teacher_below(const struct ov_quadratic_spectrum *sp, double k, double z)
{
    double a = sp->edge[0], b = sp->edge[1], width = b - a;
    double at = asin((2.0 * z - a - b) / width) + M_PI_2;
    double inverse = a > 0.0 ? asin(((a + b) * z - 2.0 * a * b) / (z * width)) + M_PI_2 : 0.0;
    double sum = sqrt((z - a) * (b - z)) + 0.5 * (a + b) * at - sqrt(a * b) * inverse;
    return 0.5 * k * sum / M_PI;
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

static double below(const struct law *x, const struct ov_quadratic_spectrum *sp, double z)
{
    size_t n = sp->n_bulks;
    if (z < 0.0)
        return 0.0;
    if (n == 0 || z >= sp->edge[2 * n - 1])
        return 1.0;
    if (!(z > sp->edge[0]))
        return sp->atom;
    if (x->point->xi == 0.0)
        return sp->atom + teacher_below(sp, x->kappa_star, z);
    double s = z / x->f.unit + x->point->t;
    return ov_free_convolution_mass_below(&x->f, s, ov_free_convolution_y(&x->f, s));
}

static enum ov_status law_of(struct law *x, struct ov_quadratic_spectrum *sp,
                             const struct ov_quadratic_point *point, double kappa_star,
                             struct ov_error *err)
{
    struct ov_quadratic check = {.kappa = INFINITY, .kappa_star = kappa_star};
    enum ov_status status = ov_quadratic_check(&check, err);
    *x = (struct law){.point = point, .kappa_star = kappa_star};
    if (status == OV_OK && point->xi > 0.0)
        status = ov_free_convolution_init(&x->f, kappa_star, point->xi, err);
    if (status == OV_OK && point->xi > 0.0)
        bulks(sp, x);
    else if (status == OV_OK)
        teacher(sp, kappa_star);
    return status;
}

enum ov_status ov_quadratic_cdf(double *cdf, const double *z, size_t n,
                                const struct ov_quadratic_point *point, double kappa_star,
                                struct ov_error *err)
{
    struct law x;
    struct ov_quadratic_spectrum sp;
    enum ov_status status = law_of(&x, &sp, point, kappa_star, err);
    for (size_t i = 0; status == OV_OK && i < n; i++)
        cdf[i] = below(&x, &sp, z[i]);
    return status;
}

enum ov_status ov_quadratic_spectrum(struct ov_quadratic_spectrum *spectrum, double *density,
                                     const double *z, size_t n,
                                     const struct ov_quadratic_point *point, double kappa_star,
                                     struct ov_error *err)
{
    struct law x;
    struct ov_quadratic_spectrum sp;
    enum ov_status status = law_of(&x, &sp, point, kappa_star, err);
    if (status != OV_OK)
        return status;
    for (size_t i = 0; i < n; i++)
        density[i] = density_at(&x, &sp, z[i]);
    if (spectrum)
        *spectrum = sp;
    return OV_OK;
}
