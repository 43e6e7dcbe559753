/* SPDX-License-Identifier: MIT
 *
 * All long-time limits at one alpha, and curves of the one of lowest loss.
 */
#include <math.h>
#include <stdlib.h>

#include "quadratic_internal.h"

static int by_loss(const void *a, const void *b)
{
    const struct ov_quadratic_point *x = a, *y = b;
    if (x->loss_reg != y->loss_reg)
        return x->loss_reg < y->loss_reg ? -1 : 1;
    return (x->mse > y->mse) - (x->mse < y->mse);
}

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-7 * fmax(fabs(a), fabs(b));
}

/* A root that lies on the boundary of two kinds, or on an end of two branches, was found by both.
 * */
static size_t without_doubles(struct ov_quadratic_point *point, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        bool new = true;
        for (size_t j = 0; j < kept; j++)
            new = new && !(near(point[i].xi, point[j].xi) && near(point[i].t, point[j].t));
        if (new)
            point[kept++] = point[i];
    }
    return kept;
}

enum ov_status ov_quadratic_all(struct ov_quadratic_point *point, size_t *n,
                                const struct ov_quadratic *p, const struct ov_quadratic_grid *g,
                                const struct ov_quadratic_point *convex, struct ov_error *err)
{
    double alpha = convex->alpha;
    point[0] = *convex;
    *n = 1;
    if (p->kappa < 1.0) {
        /* N in a gap is kappa_star, to rounding */
        *n = point->rank <= p->kappa * (1.0 + 1e-12) ? 1 : 0;
        enum ov_status status = ov_quadratic_limited(point, n, g, alpha, err);
        if (status == OV_OK && *n == 0)
            status = ov_fail(
                err, OV_ENUMERIC,
                "no root found at alpha = %g, lambda = %g, Delta = %g, kappa = %g, kappa_star = %g",
                alpha, p->lambda, p->Delta, p->kappa, p->kappa_star);
        if (status != OV_OK)
            return status;
        *n = without_doubles(point, *n);
        qsort(point, *n, sizeof *point, by_loss);
    }
    for (size_t i = 0; i < *n; i++)
        point[i].n_roots = *n;
    return OV_OK;
}

static enum ov_status grid_for(struct ov_quadratic_grid **g, const struct ov_quadratic *p,
                               struct ov_error *err)
{
    *g = NULL;
    if (!(p->kappa < 1.0))
        return OV_OK;
    *g = malloc(sizeof **g);
    if (!*g)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    return ov_quadratic_grid_init(*g, p, err);
}

enum ov_status ov_quadratic_roots(struct ov_quadratic_point *point, size_t *n,
                                  const struct ov_quadratic *p, double alpha, struct ov_error *err)
{
    struct ov_quadratic_point all[OV_QUADRATIC_MOST], convex;
    struct ov_quadratic_grid *g = NULL;
    size_t found = 0;
    enum ov_status status = ov_quadratic_check(p, err);
    if (status == OV_OK)
        status = ov_quadratic_check_alpha(alpha, err);
    if (status == OV_OK)
        status = grid_for(&g, p, err);
    if (status == OV_OK)
        status = ov_quadratic_convex(&convex, p, alpha, NULL, err);
    if (status == OV_OK)
        status = ov_quadratic_all(all, &found, p, g, &convex, err);
    for (size_t i = 0; status == OV_OK && i < found; i++)
        point[i] = all[i];
    if (status == OV_OK)
        *n = found;
    free(g);
    return status;
}

/* ---- curves: the convex root is continued, in ln xi and ln q linearly in ln alpha ---- */

static struct ov_quadratic_point ahead(const struct ov_quadratic_point *a,
                                       const struct ov_quadratic_point *b, double alpha)
{
    struct ov_quadratic_point x = *b;
    if (!(a->xi > 0.0 && b->xi > 0.0 && a->q > 0.0 && b->q > 0.0) || a->alpha == b->alpha)
        return x;
    double w = log(alpha / b->alpha) / log(b->alpha / a->alpha);
    if (fabs(w) > 4.0)
        return x;
    x.xi *= exp(w * log(b->xi / a->xi));
    x.q *= exp(w * log(b->q / a->q));
    return x;
}

enum ov_status ov_quadratic_curve(struct ov_quadratic_point *point, const struct ov_quadratic *p,
                                  const double *alpha, size_t n, struct ov_error *err)
{
    struct ov_quadratic_point all[OV_QUADRATIC_MOST], last = {.xi = 0.0}, now = {.xi = 0.0};
    struct ov_quadratic_grid *g = NULL;
    enum ov_status status = ov_quadratic_check(p, err);
    for (size_t i = 0; i < n && status == OV_OK; i++)
        status = ov_quadratic_check_alpha(alpha[i], err);
    if (status == OV_OK)
        status = grid_for(&g, p, err);
    for (size_t i = 0; i < n && status == OV_OK; i++) {
        size_t found;
        struct ov_quadratic_point guess = i > 1 ? ahead(&last, &now, alpha[i]) : now;
        last = now;
        status = ov_quadratic_convex(&now, p, alpha[i], i > 0 ? &guess : NULL, err);
        if (status == OV_OK)
            status = ov_quadratic_all(all, &found, p, g, &now, err);
        if (status == OV_OK)
            point[i] = all[0];
    }
    free(g);
    return status;
}
