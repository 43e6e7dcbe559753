/* SPDX-License-Identifier: MIT
 *
 * K random features on the sphere, K of any size: the deterministic equivalent of their spectrum
 * (paper.md eq:rf_equivalent), what they leave in the end and on the way there.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "random_features_degrees_internal.h"

enum ov_status ov_rf_at_K_create(struct ov_rf_at_K *x, const struct ov_rf_degrees *d, double ln_K,
                                 struct ov_error *err)
{
    static const double most = 690.0; /* exp of it leaves room for squares of s */
    memset(x, 0, sizeof *x);
    if (!(isfinite(ln_K) && ln_K >= 0.0))
        return ov_fail(err, OV_EUSER, "ln K = %g must be a number >= 0", ln_K);
    x->a = calloc(3 * (d->n + 1), sizeof *x->a);
    if (!x->a)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    x->d = d;
    x->K_xi = x->a + d->n + 1;
    x->tau2 = x->K_xi + d->n + 1;
    for (size_t i = 0; i <= d->n; i++) {
        struct ov_rf_degree degree = d->degree[i];
        if (!(degree.a > 0.0 || degree.tau2 > 0.0))
            continue;
        x->a[x->n] = degree.a;
        x->tau2[x->n] = degree.tau2;
        if (degree.a > 0.0)
            x->K_xi[x->n] = exp(fmin(most, ln_K + log(degree.a) - degree.ln_B));
        x->n++;
    }
    x->mean = d->c.q > 0.0 || d->c.P.mu0 != 0.0;
    return OV_OK;
}

void ov_rf_at_K_free(struct ov_rf_at_K *x)
{
    free(x->a);
    memset(x, 0, sizeof *x);
}

static double learnt(const struct ov_rf_at_K *x, double s)
{
    double sum = 0.0;
    for (size_t i = 0; i < x->n; i++)
        if (x->a[i] > 0.0)
            sum += x->a[i] / (x->K_xi[i] + s);
    return sum;
}

static double too_much(double s, void *ctx)
{
    return learnt(ctx, s) - 1.0;
}

double ov_rf_at_K_root(const struct ov_rf_at_K *x)
{
    double most = 0.0;
    for (size_t i = 0; i < x->n; i++)
        most += x->a[i];
    double s = ov_rf_bisect(too_much, (void *)x, 0.0, most * (1.0 + 1e-12));
    return s > 1e-300 ? s : 0.0;
}

double ov_rf_at_K_unlearnt(const struct ov_rf_at_K *x, double s)
{
    double sum = 0.0;
    for (size_t i = 0; i < x->n; i++)
        sum += x->tau2[i] * (x->K_xi[i] > 0.0 ? s / (x->K_xi[i] + s) : 1.0);
    return sum;
}

/* ---- the slowest mode ---- */

/* 1 - dz/ds: the spectrum ends where it is 1. */
static double past_edge(double s, void *ctx)
{
    const struct ov_rf_at_K *x = ctx;
    double sum = 0.0;
    for (size_t i = 0; i < x->n; i++) {
        double below = x->K_xi[i] + s;
        if (x->K_xi[i] > 0.0)
            sum += x->a[i] / below * (x->K_xi[i] / below);
    }
    return sum - 1.0;
}

/* fast h - 1, a sum of positive terms: g2 - z sum_n a_n/(K xi_n + s) with z = s (1 - learnt). */
static double excess(double s, void *ctx)
{
    const struct ov_rf_at_K *x = ctx;
    const struct ov_rf_common *c = &x->d->c;
    double part = s * learnt(x, s), sum = 0.0;
    for (size_t i = x->mean; i < x->n; i++)
        if (x->a[i] > 0.0)
            sum += x->a[i] * ((x->K_xi[i] + part) / (x->K_xi[i] + s));
    return c->fast * 0.5 * c->noise * sum - 1.0;
}

double ov_rf_at_K_growth(const struct ov_rf_at_K *x, double root)
{
    double least = INFINITY;
    for (size_t i = 0; i < x->n; i++)
        if (x->K_xi[i] > 0.0 && x->K_xi[i] < least)
            least = x->K_xi[i];
    double edge = isfinite(least) ? ov_rf_bisect(past_edge, (void *)x, -least, root) : root;
    double s = edge, high = root + x->d->c.P.g2;
    if (x->d->c.noise > 0.0 && excess(edge, (void *)x) > 0.0) {
        while (excess(high, (void *)x) > 0.0 && high < 1e300)
            high *= 2.0;
        s = ov_rf_bisect(excess, (void *)x, edge, high);
    }
    return 2.0 * x->d->c.speed * s * (1.0 - learnt(x, s));
}

enum ov_status ov_rf_degrees_facts(struct ov_rf_facts *f, const struct ov_rf_degrees *d,
                                   double ln_K, struct ov_error *err)
{
    struct ov_rf_at_K x;
    enum ov_status status = ov_rf_at_K_create(&x, d, ln_K, err);
    if (status != OV_OK)
        return status;
    double root = ov_rf_at_K_root(&x), g2 = d->c.P.g2;
    ov_rf_facts_fill(f, &d->c, ov_rf_at_K_unlearnt(&x, root), 0.5 * d->c.noise * g2, 2.0 / g2);
    f->growth = d->c.q < 2.0 ? ov_rf_at_K_growth(&x, root) : INFINITY;
    ov_rf_at_K_free(&x);
    return OV_OK;
}

/* ---- how wide ---- */

struct width {
    const struct ov_rf_degrees *d;
    double R;
    enum ov_status status;
};

static double above_target(double ln_K, void *ctx)
{
    struct width *w = ctx;
    struct ov_rf_at_K x;
    enum ov_status status = ov_rf_at_K_create(&x, w->d, ln_K, NULL);
    if (status != OV_OK) {
        w->status = status;
        return 0.0;
    }
    double above = ov_rf_at_K_unlearnt(&x, ov_rf_at_K_root(&x)) - w->R;
    ov_rf_at_K_free(&x);
    return above;
}

enum ov_status ov_rf_degrees_width(double *ln_K, const struct ov_rf_degrees *d, double fraction,
                                   struct ov_error *err)
{
    if (!(fraction > 0.0 && fraction < 1.0))
        return ov_fail(err, OV_EUSER, "the fraction left over, %g, must be between 0 and 1",
                       fraction);
    struct width w = {d, fraction * d->c.P.tau2, OV_OK};
    /* far beyond the harmonics of all degrees at hand */
    double most = d->degree[d->n - 1].ln_B + 100.0;
    if (!(above_target(most, &w) < 0.0) && w.status == OV_OK)
        return ov_fail(err, OV_ENUMERIC,
                       "a fraction of %g is left only by degrees beyond the first %zu", fraction,
                       d->n);
    if (!(above_target(0.0, &w) > 0.0) && w.status == OV_OK)
        return ov_fail(err, OV_EUSER, "one feature is enough to leave a fraction of %g", fraction);
    *ln_K = ov_rf_bisect(above_target, &w, 0.0, most);
    return w.status == OV_OK ? OV_OK : ov_fail(err, w.status, "out of memory");
}
