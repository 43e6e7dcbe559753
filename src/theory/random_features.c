/* SPDX-License-Identifier: MIT
 *
 * The proportional limit in closed form (paper.md eq:rf_laplace). With X = mu_star2 + z and the
 * learnt part psi of a linear direction, a root of psi^2 - (1 + beta + X/mu1^2) psi + beta = 0,
 * all is written as sums of positive terms (for real z > 0): nothing cancels.
 */
#include "overlap/theory/random_features.h"

#include <math.h>

#include "random_features_internal.h"

struct limit {
    struct ov_rf_common c;
    double beta, low, high; /* mu1^2 (1 -+ sqrt beta)^2, the band of mu1^2 J J'/N */
};

static enum ov_status limit_init(struct limit *x, const struct ov_rf_problem *p,
                                 struct ov_error *err)
{
    enum ov_status status = ov_rf_common_init(&x->c, p, true, err);
    if (status != OV_OK)
        return status;
    double root = sqrt(x->beta = ov_rf_beta(p));
    x->low = x->c.P.mu1_2 * (1.0 - root) * (1.0 - root);
    x->high = x->c.P.mu1_2 * (1.0 + root) * (1.0 + root);
    return OV_OK;
}

double ov_rf_unlearnt(double beta, double mu1_2, double X)
{
    double B = mu1_2 * (beta - 1.0) + X, root = sqrt(B * B + 4.0 * X * mu1_2);
    return B > 0.0 ? 2.0 * X / (B + root) : (root - B) / (2.0 * mu1_2);
}

/* psi, ell = < lam/(lam + z) > and < lam^2/(lam + z) >. The product of roots, not the root of the
 * product: its cut is the spectrum. */
static void averages(double complex *psi, double complex *ell, double complex *noise,
                     const struct limit *x, double complex z)
{
    const struct ov_rf_powers *P = &x->c.P;
    double beta = x->beta;
    double complex X = P->mu_star2 + z;
    double complex per_beta =
        2.0 * P->mu1_2 / (P->mu1_2 * (1.0 + beta) + X + csqrt(X + x->high) * csqrt(X + x->low));
    *psi = beta * per_beta;
    *ell = per_beta;
    if (P->mu_star2 > 0.0)
        *ell += P->mu_star2 * (1.0 - per_beta) / X;
    *noise = P->mu1_2 * per_beta * (1.0 + beta - *psi) + P->mu_star2 * (per_beta + *ell);
}

/* What no last layer learns: the rest of the teacher, and its mean if the features have none. */
static double never_learnt(const struct ov_rf_powers *P)
{
    return P->tau_star2 + (P->mu0 == 0.0 ? P->tau0 * P->tau0 : 0.0);
}

static enum ov_status at(double complex *G, double complex *h, double complex z, void *ctx)
{
    const struct limit *x = ctx;
    double complex psi, ell, noise;
    averages(&psi, &ell, &noise, x, z);
    *G = never_learnt(&x->c.P) + x->c.P.tau1_2 * (1.0 - psi) + x->c.c2 * z * ell;
    *h = 0.5 * x->c.noise * noise;
    return OV_OK;
}

/* fast h - 1 at real z above the spectrum. */
static double excess(double z, void *ctx)
{
    const struct limit *x = ctx;
    double complex G, h;
    at(&G, &h, z, ctx);
    return x->c.fast * creal(h) - 1.0;
}

/* The slowest exponent: a mode of its own where fast h = 1, else the edge of the band. The atom
 * of features without linear part has an edge of its own if it carries power and anything moves
 * it: then h has a pole there, and a root above it. */
static double growth_of(struct limit *x)
{
    const struct ov_rf_powers *P = &x->c.P;
    bool atom = x->beta > 1.0 && P->mu_star2 > 0.0 && (x->c.noise > 0.0 || x->c.c2 > 0.0);
    double edge = -(P->mu_star2 + (atom ? 0.0 : x->low)), lam = P->mu1_2 + P->mu_star2;
    if (x->c.noise == 0.0)
        return 2.0 * x->c.speed * edge;
    double just_above = edge + 1e-14 * (P->mu_star2 + x->high);
    if (!atom && !(excess(just_above, x) > 0.0))
        return 2.0 * x->c.speed * edge;
    /* h <= eta <lam^2>/(2 (z - edge)) */
    double most = x->c.fast * x->c.noise * (lam * lam + x->beta * P->mu1_2 * P->mu1_2);
    return 2.0 * x->c.speed * ov_rf_bisect(excess, x, edge, edge + most);
}

enum ov_status ov_rf_limit_facts(struct ov_rf_facts *f, const struct ov_rf_problem *p,
                                 struct ov_error *err)
{
    struct limit x;
    enum ov_status status = limit_init(&x, p, err);
    if (status != OV_OK)
        return status;
    const struct ov_rf_powers *P = &x.c.P;
    double R = never_learnt(P) + P->tau1_2 * ov_rf_unlearnt(x.beta, P->mu1_2, P->mu_star2);
    ov_rf_facts_fill(f, &x.c, R, 0.5 * x.c.noise * P->g2, 2.0 / P->g2);
    f->growth = x.c.q < 2.0 ? growth_of(&x) : INFINITY;
    return OV_OK;
}

static enum ov_status inverted(double *E_rest, void *ctx, double t)
{
    return ov_rf_invert(E_rest, ctx, t);
}

enum ov_status ov_rf_limit_curve(double *eps_g, const struct ov_rf_problem *p, const double *t,
                                 size_t n, struct ov_error *err)
{
    struct limit x;
    enum ov_status status = ov_rf_check_times(t, n, err);
    if (status == OV_OK)
        status = limit_init(&x, p, err);
    if (status == OV_OK)
        status = ov_rf_check_mean(&x.c, err);
    if (status != OV_OK)
        return status;
    struct ov_rf_laplace f = {.c = &x.c, .at = at, .ctx = &x, .growth = growth_of(&x)};
    return ov_rf_fill(eps_g, &x.c, inverted, &f, t, n, err);
}

/* ---- beta -> infinity ---- */

struct wide {
    double source, rate; /* dE_rest/dalpha = source - rate E_rest */
    double start;
};

/* (1 - exp(-rate alpha))/rate, with its limit at rate = 0. */
static double relaxed(double rate, double alpha)
{
    return rate == 0.0 ? alpha : -expm1(-rate * alpha) / rate;
}

static enum ov_status wide_at(double *E_rest, void *ctx, double alpha)
{
    const struct wide *w = ctx;
    *E_rest = w->start + (w->source - w->rate * w->start) * relaxed(w->rate, alpha);
    return OV_OK;
}

enum ov_status ov_rf_wide_curve(double *eps_g, const struct ov_rf_problem *p, const double *alpha,
                                size_t n, struct ov_error *err)
{
    struct ov_rf_common c;
    enum ov_status status = ov_rf_check_times(alpha, n, err);
    if (status == OV_OK)
        status = ov_rf_common_init(&c, p, false, err);
    if (status == OV_OK)
        status = ov_rf_check_mean(&c, err);
    if (status != OV_OK)
        return status;
    double speed = 2.0 * c.speed * c.P.mu1_2, k = 0.5 * c.fast * c.noise * c.P.mu1_2;
    double unlearnt = never_learnt(&c.P) + c.c2 * c.P.mu_star2;
    struct wide w = {.source = speed * (unlearnt + k * c.sigma2),
                     .rate = speed * (1.0 - k),
                     .start = unlearnt + c.P.tau1_2 + c.c2 * c.P.mu1_2};
    return ov_rf_fill(eps_g, &c, wide_at, &w, alpha, n, err);
}
