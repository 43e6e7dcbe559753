/* SPDX-License-Identifier: MIT
 *
 * Times at which eps_g reaches given levels: the columns alpha_to_X of both sides. Theory finds
 * them as events of its integration; a simulation knows only the times at which it measured.
 */
#include <math.h>

#include "two_layer_internal.h"

void ov_levels_plan(struct ov_side_plan *plan, const struct ov_levels *levels)
{
    for (size_t i = 0; i < levels->n; i++)
        ov_side_column(plan, OV_ROLE_WHOLE, true, "alpha_to_%g", levels->eps_g[i]);
}

double ov_levels_crossing(const double *row, size_t n, size_t width, double eps_g)
{
    for (size_t j = 0; j < n; j++) {
        const double *now = row + j * width;
        if (!(now[1] <= eps_g))
            continue;
        if (j == 0 || now[1] <= 0.0)
            return now[0];
        const double *before = now - width;
        double part = log(before[1] / eps_g) / log(before[1] / now[1]);
        return before[0] + part * (now[0] - before[0]);
    }
    return NAN;
}
