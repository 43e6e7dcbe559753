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
        status = ov_quadratic_convex(&convex, p, alpha, NULL, &(double complex){0.0}, err);
    if (status == OV_OK)
        status = ov_quadratic_all(all, &found, p, g, &convex, err);
    for (size_t i = 0; status == OV_OK && i < found; i++)
        point[i] = all[i];
    if (status == OV_OK)
        *n = found;
    free(g);
    return status;
}

/* ---- curves: the convex root is continued, in ln xi and ln q as polynomials in ln alpha ---- */

enum { BEHIND = 5 }; /* points that the polynomial goes through, at most */

struct trail {
    size_t n;
    double x[BEHIND], ln_xi[BEHIND], ln_q[BEHIND]; /* x: ln alpha; the newest first */
};

/* One that cannot be continued from leaves none. */
static void leave(struct trail *t, const struct ov_quadratic_point *p)
{
    if (!(p->xi > 0.0 && p->q > 0.0)) {
        t->n = 0;
        return;
    }
    t->n = t->n < BEHIND ? t->n + 1 : BEHIND;
    for (size_t i = t->n; i-- > 1;) {
        t->x[i] = t->x[i - 1];
        t->ln_xi[i] = t->ln_xi[i - 1];
        t->ln_q[i] = t->ln_q[i - 1];
    }
    t->x[0] = log(p->alpha);
    t->ln_xi[0] = log(p->xi);
    t->ln_q[0] = log(p->q);
}

/* Through as many of the newest points as lie one after the other in steps of one size, to a factor
 * of two, up to alpha: Lagrange's weights. Elsewhere the newest itself. */
static struct ov_quadratic_point ahead(const struct trail *t, double alpha)
{
    double x = log(alpha), ln_xi = 0.0, ln_q = 0.0, step = t->n > 0 ? x - t->x[0] : 0.0;
    size_t n = t->n > 0 ? 1 : 0;
    for (; n > 0 && n < t->n; n++) {
        double ratio = (t->x[n - 1] - t->x[n]) / step;
        if (!(ratio > 0.5 && ratio < 2.0))
            break;
    }
    for (size_t i = 0; i < n; i++) {
        double weight = 1.0;
        for (size_t j = 0; j < n; j++)
            weight *= j == i ? 1.0 : (x - t->x[j]) / (t->x[i] - t->x[j]);
        ln_xi += weight * t->ln_xi[i];
        ln_q += weight * t->ln_q[i];
    }
    return (struct ov_quadratic_point){.xi = n > 0 ? exp(ln_xi) : 0.0, .q = exp(ln_q)};
}

enum ov_status ov_quadratic_curve(struct ov_quadratic_point *point, const struct ov_quadratic *p,
                                  const double *alpha, size_t n, struct ov_error *err)
{
    struct ov_quadratic_point all[OV_QUADRATIC_MOST], now;
    struct ov_quadratic_grid *g = NULL;
    struct trail trail = {.n = 0};
    double complex y = 0.0;
    enum ov_status status = ov_quadratic_check(p, err);
    for (size_t i = 0; i < n && status == OV_OK; i++)
        status = ov_quadratic_check_alpha(alpha[i], err);
    if (status == OV_OK)
        status = grid_for(&g, p, err);
    for (size_t i = 0; i < n && status == OV_OK; i++) {
        size_t found;
        struct ov_quadratic_point guess = ahead(&trail, alpha[i]);
        status = ov_quadratic_convex(&now, p, alpha[i], trail.n > 0 ? &guess : NULL, &y, err);
        if (status == OV_OK)
            status = ov_quadratic_all(all, &found, p, g, &now, err);
        if (status != OV_OK)
            break;
        leave(&trail, &now);
        point[i] = all[0];
    }
    free(g);
    return status;
}
