/* SPDX-License-Identifier: MIT
 *
 * Where the width binds the integrals depend on xi alone: a table of them, for all alpha.
 */
#include <math.h>

#include "quadratic_internal.h"

enum ov_status ov_quadratic_width_at(struct ov_quadratic_width *w, const struct ov_quadratic *p,
                                     double ln_xi, struct ov_error *err)
{
    struct ov_free_convolution f;
    double omega = 0.0;
    enum ov_status status = ov_free_convolution_init(&f, p->kappa_star, exp(ln_xi), err);
    if (status == OV_OK)
        status = ov_quadratic_omega(&omega, &f, p->kappa, err);
    if (status != OV_OK)
        return status;
    struct ov_free_convolution_below B =
        ov_free_convolution_below(&f, omega, ov_free_convolution_y(&f, omega));
    *w = (struct ov_quadratic_width){omega, B.s1, B.s2, B.hs, B.h, 0.5 * p->Delta / f.xi, f.unit};
    return OV_OK;
}

/* What is below lambda^2/20 has q < lambda or, for kappa < kappa_star, an error of its own; what
 * is above has no signal left that could make c positive. */
enum ov_status ov_quadratic_grid_init(struct ov_quadratic_grid *g, const struct ov_quadratic *p,
                                      struct ov_error *err)
{
    double low = p->lambda > 0.0 ? fmin(1e-13, 0.05 * p->lambda * p->lambda) : 1e-13;
    double high = 1e10 * (1.0 + 1.0 / p->kappa_star) * (1.0 + p->lambda * p->lambda) +
                  1e2 * p->Delta * (1.0 + p->Delta);
    g->p = p;
    g->lo = log(low);
    g->n = (size_t)fmin(OV_QUADRATIC_GRID, 2.0 + (log(high) - g->lo) / 0.1);
    g->step = (log(high) - g->lo) / (double)(g->n - 1);
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < g->n && status == OV_OK; i++)
        status = ov_quadratic_width_at(g->at + i, p, g->lo + g->step * (double)i, err);
    return status;
}
