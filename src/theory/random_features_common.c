/* SPDX-License-Identifier: MIT
 *
 * What the theories of the random-feature student share, and the inversion of their Laplace
 * transforms.
 */
#include <math.h>

#include "random_features_internal.h"

void ov_rf_common_set_q(struct ov_rf_common *c, double q)
{
    c->q = q;
    c->fast = q < 2.0 ? 2.0 / (2.0 - q) : NAN;
}

enum ov_status ov_rf_check_mean(const struct ov_rf_common *c, struct ov_error *err)
{
    if (c->q < 2.0)
        return OV_OK;
    if (err)
        err->diverged_at = 0.0;
    return ov_fail(err, OV_EDIVERGED,
                   "eta = %g is so large that the mean of the features diverges within a few "
                   "steps: eta <g>^2 = %.4g must be below 2",
                   c->noise, c->q);
}

enum ov_status ov_rf_common_init(struct ov_rf_common *c, const struct ov_rf_problem *p,
                                 bool needs_beta, struct ov_error *err)
{
    struct ov_rf_problem checked = *p;
    if (!needs_beta) {
        checked.N = checked.K = 0;
        checked.beta = 1.0;
    }
    enum ov_status status = ov_rf_problem_check(&checked, NULL, err);
    if (status != OV_OK)
        return status;
    *c = (struct ov_rf_common){.P = ov_rf_powers_of(p),
                               .speed = p->flow ? 1.0 : p->eta,
                               .noise = p->flow ? 0.0 : p->eta,
                               .sigma2 = p->sigma * p->sigma,
                               .c2 = p->init_std * p->init_std};
    c->start = c->P.tau2 + c->c2 * c->P.g2;
    if (!(isfinite(c->start) && isfinite(c->sigma2)))
        return ov_fail(err, OV_EUSER, "v_star, sigma or init_std is too large: squares overflow");
    ov_rf_common_set_q(c, c->noise * c->P.mu0 * c->P.mu0);
    return OV_OK;
}

void ov_rf_facts_fill(struct ov_rf_facts *f, const struct ov_rf_common *c, double R, double kappa,
                      double eta_max)
{
    f->floor = 0.5 * R;
    f->kappa = kappa;
    f->eta_max = eta_max;
    f->stationary = kappa < 1.0 ? 0.5 * (R + kappa * c->sigma2) / (1.0 - kappa) : INFINITY;
}

enum ov_status ov_rf_check_times(const double *t, size_t n, struct ov_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (!(isfinite(t[i]) && t[i] >= 0.0))
            return ov_fail(err, OV_EDOM, "time %g must be a number >= 0", t[i]);
    return OV_OK;
}

enum ov_status ov_rf_fill(double *eps_g, const struct ov_rf_common *c,
                          enum ov_status (*curve)(double *E_rest, void *ctx, double t), void *ctx,
                          const double *t, size_t n, struct ov_error *err)
{
    enum ov_status status = OV_OK;
    size_t i = 0;
    for (; i < n && status == OV_OK; i++) {
        double E_rest = NAN;
        eps_g[i] = 0.5 * c->start;
        if (t[i] == 0.0)
            continue;
        status = curve(&E_rest, ctx, t[i]);
        eps_g[i] = ov_rf_eps_of_rest(c, E_rest);
        if (status != OV_OK)
            ov_fail(err, status, "no solution at t = %g: %s", t[i], ov_status_name(status));
        else if (!isfinite(eps_g[i]))
            status = ov_fail_diverged(err, "t", t[i]);
        else if (eps_g[i] < 0.0)
            eps_g[i] = 0.0; /* rounding, where all is learnt */
    }
    if (status != OV_OK)
        for (i = i - 1; i < n; i++)
            eps_g[i] = NAN;
    return status;
}

/* Talbot's contour with the parameters of Trefethen, Weideman & Schmelzer (BIT 46, 2006), N nodes
 * of which symmetry leaves half: the error falls as 3.9^-N, and rounding is multiplied by 60.
 *     s(theta) t = N (0.5017 theta cot(0.6407 theta) - 0.6122 + 0.2645 i theta)
 * It encloses the negative real axis; growing modes are brought there by a shift. */
enum ov_status ov_rf_invert(double *E_rest, const struct ov_rf_laplace *f, double t)
{
    enum { N = 26 };
    const struct ov_rf_common *c = f->c;
    double shift = f->growth > 0.0 ? f->growth : 0.0, sum = 0.0;
    for (int k = 0; k < N / 2; k++) {
        double theta = (2 * k + 1) * M_PI / N, angle = 0.6407 * theta, cot = 1.0 / tan(angle);
        double complex st = N * (0.5017 * theta * cot - 0.6122 + 0.2645 * theta * I);
        double complex slope =
            0.5017 * (cot - angle * (1.0 + cot * cot)) + 0.2645 * I; /* d(st)/dtheta / N */
        double complex p = st / t + shift, G, h;
        enum ov_status status = f->at(&G, &h, p / (2.0 * c->speed), f->ctx);
        if (status != OV_OK)
            return status;
        h *= c->fast;
        double complex F = (G + h * c->sigma2) / ((1.0 - h) * p);
        sum += cimag(cexp(st) * F * slope); /* Re(. / i) */
    }
    *E_rest = exp(shift * t) * 2.0 * sum / t;
    return OV_OK;
}

double ov_rf_bisect(double (*f)(double x, void *ctx), void *ctx, double low, double high)
{
    for (int i = 0; i < 2000; i++) {
        double middle = low + 0.5 * (high - low);
        if (!(middle > low && middle < high))
            break;
        if (f(middle, ctx) > 0.0)
            low = middle;
        else
            high = middle;
    }
    return low + 0.5 * (high - low);
}
