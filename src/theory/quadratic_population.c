/* SPDX-License-Identifier: MIT
 *
 * The population flow for d -> infinity. With u = 4 A t and the share sigma = zeta phi/(1 + zeta
 * phi) of a mode that is learnt, kept as a logistic function of ln zeta + ln phi, nothing
 * overflows:
 *     D < P phi/(1 + zeta phi)^2 > = < P sigma (1 - sigma) >^2/(kappa zeta/gamma + < sigma (1 -
 *     sigma) >)
 * Modes are learnt within 1/t about A = 0 and about the cut that the width makes: panels narrow
 * geometrically towards both, in the angle of the law's bulk, which takes the roots at its edges
 * away.
 */
#include "overlap/theory/quadratic_population.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include <gsl/gsl_integration.h>

#include "free_convolution_internal.h"
#include "overlap/theory/free_convolution.h"

enum { POINTS = 20, BREAKS = 600, NODES = POINTS * (BREAKS + 1) + 1 };

struct nodes {
    const struct ov_population *p;
    double t, lo, hi, cut; /* cut: of x = A + lambda, where Z(infinity) begins */
    size_t n_break, n;
    double edge[BREAKS];
    double x[NODES], weight[NODES], ln_phi[NODES], P[NODES];
    gsl_integration_glfixed_table *rule;
};

static double law_density(const struct nodes *w, double x)
{
    double root = sqrt(fmax(0.0, (x - w->lo) * (w->hi - x)));
    if (w->p->law == OV_POPULATION_GOE)
        return root / (2.0 * M_PI);
    return w->p->kappa_star * root / (2.0 * M_PI * x);
}

/* ---- the cut ---- */

static double semicircle_below(double *slope, double x, const void *ctx)
{
    double root = sqrt(fmax(0.0, 4.0 - x * x));
    *slope = root / (2.0 * M_PI);
    return 0.5 + x * root / (4.0 * M_PI) + asin(0.5 * x) / M_PI - *(const double *)ctx;
}

/* The quantile above which kappa d eigenvalues of Z* lie. Marchenko-Pastur: that of a noise of
 * 1e-40. */
static enum ov_status quantile(double *x, const struct ov_population *p, struct ov_error *err)
{
    double below = 1.0 - p->kappa;
    if (p->law == OV_POPULATION_GOE) {
        *x = ov_monotone_root(semicircle_below, &below, -2.0, 2.0);
        return OV_OK;
    }
    struct ov_free_convolution f;
    if (p->kappa >= p->kappa_star) {
        *x = 0.0;
        return OV_OK;
    }
    enum ov_status status = ov_free_convolution_init(&f, p->kappa_star, 1e-40, err);
    if (status == OV_OK)
        status = ov_free_convolution_quantile(x, &f, p->kappa, err);
    *x *= f.unit;
    return status;
}

/* ---- nodes ---- */

static double angle_of(const struct nodes *w, double x)
{
    double s = (2.0 * x - w->lo - w->hi) / (w->hi - w->lo);
    return acos(fmin(1.0, fmax(-1.0, s)));
}

static void add_break(struct nodes *w, double angle)
{
    if (angle > 0.0 && angle < M_PI && w->n_break + 1 < BREAKS)
        w->edge[w->n_break++] = angle;
}

static void narrow_towards(struct nodes *w, double x)
{
    double centre = angle_of(w, x);
    add_break(w, centre);
    for (double r = fmin(0.2, 0.5 / (1.0 + w->t * (w->hi - w->lo))); r < M_PI; r *= 1.6) {
        add_break(w, centre - r);
        add_break(w, centre + r);
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void add_node(struct nodes *w, double x, double weight)
{
    double a = x - w->p->lambda, u = 4.0 * a * w->t;
    double grown = u > 30.0 ? u - log(u) : log(u == 0.0 ? 1.0 : expm1(u) / u);
    w->x[w->n] = x;
    w->weight[w->n] = weight;
    w->ln_phi[w->n] = log(4.0 * w->t) + grown;
    w->P[w->n++] = (u == 0.0 ? 1.0 : -u / expm1(-u)) / (4.0 * w->t);
}

static void panel(struct nodes *w, double from, double to)
{
    double half = 0.5 * (w->hi - w->lo);
    for (size_t i = 0; to > from && i < POINTS; i++) {
        double angle, weight;
        gsl_integration_glfixed_point(from, to, i, &angle, &weight, w->rule);
        double x = w->lo + half * (1.0 + cos(angle));
        if (x > 0.0 || w->p->law == OV_POPULATION_GOE)
            add_node(w, x, weight * half * sin(angle) * law_density(w, x));
    }
}

static void place(struct nodes *w, double learning)
{
    w->n = w->n_break = 0;
    narrow_towards(w, w->p->lambda);
    narrow_towards(w, w->cut);
    if (isfinite(learning))
        narrow_towards(w, learning);
    qsort(w->edge, w->n_break, sizeof *w->edge, by_size);
    double from = 0.0;
    for (size_t i = 0; i < w->n_break; from = w->edge[i++])
        panel(w, from, w->edge[i]);
    panel(w, from, M_PI);
    if (w->p->law == OV_POPULATION_TEACHER && w->p->kappa_star < 1.0)
        add_node(w, 0.0, 1.0 - w->p->kappa_star);
}

/* ---- zeta ---- */

/* zeta/gamma + <sigma>/kappa - 1 at ln zeta. */
static double excess(double *slope, double ln_zeta, const void *ctx)
{
    const struct nodes *w = ctx;
    double ratio = exp(ln_zeta) / w->p->gamma, sum = 0.0, open = 0.0;
    for (size_t i = 0; i < w->n; i++) {
        double sigma = 1.0 / (1.0 + exp(-(ln_zeta + w->ln_phi[i])));
        sum += w->weight[i] * sigma;
        open += w->weight[i] * sigma * (1.0 - sigma);
    }
    *slope = ratio + open / w->p->kappa;
    return ratio + sum / w->p->kappa - 1.0;
}

static double ln_zeta_of(const struct nodes *w)
{
    double most = -INFINITY, hi = log(w->p->gamma);
    for (size_t i = 0; i < w->n; i++)
        most = fmax(most, w->ln_phi[i]);
    return ov_monotone_root(excess, w, fmin(hi, log(w->p->kappa) - most) - log(4.0), hi);
}

/* The x at which zeta phi = 1: among nodes, which is near enough to narrow panels towards. */
static double learning_at(const struct nodes *w, double ln_zeta)
{
    double least = INFINITY, at = NAN;
    for (size_t i = 0; i < w->n; i++)
        if (fabs(ln_zeta + w->ln_phi[i]) < least) {
            least = fabs(ln_zeta + w->ln_phi[i]);
            at = w->x[i];
        }
    return at;
}

static struct ov_population_point averages(const struct nodes *w, double ln_zeta)
{
    const struct ov_population *p = w->p;
    double trace = 0.0, G = 0.0, open = 0.0, mse = 0.0, distance = 0.0;
    for (size_t i = 0; i < w->n; i++) {
        double l = ln_zeta + w->ln_phi[i], weight = w->weight[i], P = w->P[i];
        double sigma = 1.0 / (1.0 + exp(-l)), rest = 1.0 / (1.0 + exp(l)), Z = P * sigma;
        double end = w->x[i] > fmax(w->cut, p->lambda) ? w->x[i] - p->lambda : 0.0;
        /* P - A = P exp(-4 A t): no difference of near numbers where a mode is all but learnt */
        double a = w->x[i] - p->lambda, beyond = P * exp(-fmax(0.0, 4.0 * a * w->t));
        double off = end > 0.0 ? beyond - P * rest : Z;
        trace += weight * Z;
        open += weight * sigma * rest;
        G += weight * P * sigma * rest;
        mse += weight * (Z - w->x[i]) * (Z - w->x[i]);
        distance += weight * off * off;
    }
    double spread = G * G / (p->kappa * exp(ln_zeta) / p->gamma + open);
    return (struct ov_population_point){mse + spread, distance + spread, trace};
}

/* At t = 0 Z is a Wishart matrix, independent of Z*. */
static struct ov_population_point start(struct nodes *w)
{
    const struct ov_population *p = w->p;
    double mean = 0.0, second = 0.0, end1 = 0.0, end2 = 0.0, g = p->gamma;
    w->t = 1.0;
    place(w, NAN);
    for (size_t i = 0; i < w->n; i++) {
        double x = w->x[i], end = x > fmax(w->cut, p->lambda) ? x - p->lambda : 0.0;
        mean += w->weight[i] * x;
        second += w->weight[i] * x * x;
        end1 += w->weight[i] * end;
        end2 += w->weight[i] * end * end;
    }
    double Z2 = g * g * (1.0 + 1.0 / p->kappa);
    return (struct ov_population_point){second + Z2 - 2.0 * g * mean, end2 + Z2 - 2.0 * g * end1,
                                        g};
}

static enum ov_status check(const struct ov_population *p, const double *t, size_t n,
                            struct ov_error *err)
{
    bool teacher = p->law == OV_POPULATION_TEACHER;
    if (!(p->kappa >= 1e-3 && p->kappa <= 1e3))
        return ov_fail(err, OV_EDOM, "kappa = %g must be in [1e-3, 1e3]", p->kappa);
    if (teacher && !(p->kappa_star >= 1e-3 && p->kappa_star <= 1e3))
        return ov_fail(err, OV_EDOM, "kappa_star = %g must be in [1e-3, 1e3]", p->kappa_star);
    if (!(p->lambda >= 0.0 && p->lambda <= 1e3) || !(p->gamma >= 1e-12 && p->gamma <= 1e6))
        return ov_fail(err, OV_EDOM, "lambda = %g must be in [0, 1e3], gamma = %g in [1e-12, 1e6]",
                       p->lambda, p->gamma);
    for (size_t i = 0; i < n; i++)
        if (!(t[i] >= 0.0 && t[i] <= 1e6))
            return ov_fail(err, OV_EDOM, "time %g must be in [0, 1e6]", t[i]);
    return OV_OK;
}

static enum ov_status nodes_init(struct nodes *w, const struct ov_population *p,
                                 struct ov_error *err)
{
    double root = p->law == OV_POPULATION_TEACHER ? 1.0 / sqrt(p->kappa_star) : 0.0;
    w->p = p;
    w->lo = p->law == OV_POPULATION_TEACHER ? (1.0 - root) * (1.0 - root) : -2.0;
    w->hi = p->law == OV_POPULATION_TEACHER ? (1.0 + root) * (1.0 + root) : 2.0;
    w->cut = -INFINITY;
    enum ov_status status = p->kappa < 1.0 ? quantile(&w->cut, p, err) : OV_OK;
    w->rule = status == OV_OK ? gsl_integration_glfixed_table_alloc(POINTS) : NULL;
    if (status == OV_OK && !w->rule)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    return status;
}

enum ov_status ov_population_limit(struct ov_population_point *point, const struct ov_population *p,
                                   const double *t, size_t n, struct ov_error *err)
{
    enum ov_status status = check(p, t, n, err);
    if (status != OV_OK)
        return status;
    struct nodes *w = malloc(sizeof *w);
    if (!w)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    status = nodes_init(w, p, err);
    for (size_t i = 0; i < n && status == OV_OK; i++) {
        if (t[i] == 0.0) {
            point[i] = start(w);
            continue;
        }
        w->t = t[i];
        place(w, NAN);
        place(w, learning_at(w, ln_zeta_of(w)));
        point[i] = averages(w, ln_zeta_of(w));
        if (!isfinite(point[i].mse))
            status = ov_fail(err, OV_ENUMERIC, "the flow at t = %g is not finite", t[i]);
    }
    if (w->rule)
        gsl_integration_glfixed_table_free(w->rule);
    free(w);
    return status;
}
