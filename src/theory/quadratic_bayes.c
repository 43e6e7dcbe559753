/* SPDX-License-Identifier: MIT
 *
 * The Bayes-optimal error: denoising Z* from S, mse/xi = 1 - (4 pi^2/3) int rho^3 in scaled units,
 * which falls with xi, set against 2 alpha - Delta/(2 xi), which rises.
 */
#include <math.h>

#include "quadratic_internal.h"

struct bayes {
    const struct ov_quadratic *p;
    double alpha;
};

static double excess(double ln_xi, void *ctx)
{
    const struct bayes *x = ctx;
    struct ov_free_convolution f;
    double rho3, xi = exp(ln_xi);
    if (ov_free_convolution_init(&f, x->p->kappa_star, xi, NULL) != OV_OK ||
        ov_free_convolution_rho3(&rho3, &f, NULL) != OV_OK)
        return NAN;
    return 2.0 * x->alpha - (x->p->Delta > 0.0 ? 0.5 * x->p->Delta / xi : 0.0) -
           (1.0 - 4.0 / 3.0 * M_PI * M_PI * rho3);
}

enum ov_status ov_quadratic_bayes(double *mse, double *xi, const struct ov_quadratic *p,
                                  double alpha, struct ov_error *err)
{
    struct ov_quadratic any = {.kappa = INFINITY, .kappa_star = p->kappa_star, .Delta = p->Delta};
    struct bayes x = {&any, alpha};
    double k = fmin(p->kappa_star, 1.0), hi = 0.0, step = 1.0;
    enum ov_status status = ov_quadratic_check(&any, err);
    if (status == OV_OK)
        status = ov_quadratic_check_alpha(alpha, err);
    if (status != OV_OK)
        return status;
    if (p->Delta == 0.0 && alpha >= k - 0.5 * k * k) {
        *mse = *xi = 0.0;
        return OV_OK;
    }
    double f_hi = excess(hi, &x), sign = f_hi > 0.0 ? -1.0 : 1.0, f_lo = f_hi;
    while (f_lo * f_hi > 0.0 && fabs(hi) < 120.0) {
        f_lo = f_hi;
        hi += sign * step;
        f_hi = excess(hi, &x);
    }
    double at =
        f_lo * f_hi <= 0.0 ? ov_quadratic_zero(excess, &x, hi - sign * step, hi, f_lo, f_hi) : NAN;
    if (isnan(at))
        return ov_fail(err, OV_ENUMERIC,
                       "no Bayes-optimal error found at alpha = %g, Delta = %g, kappa_star = %g",
                       alpha, p->Delta, p->kappa_star);
    *xi = exp(at);
    *mse = 2.0 * alpha * *xi - 0.5 * p->Delta;
    return OV_OK;
}
