/* SPDX-License-Identifier: MIT
 *
 * When two numbers count as equal.
 */
#include "overlap/base/agree.h"

#include <math.h>

static double ratio(double ref, double x, double rtol, double atol)
{
    if (isnan(ref) || isnan(x))
        return INFINITY;
    if (ref == x)
        return 0.0;
    if (isinf(ref) || isinf(x))
        return INFINITY;
    double allowed = atol + rtol * fabs(ref);
    double missed = fabs(x - ref);
    if (missed <= allowed)
        return allowed > 0.0 ? fmin(missed / allowed, 1.0) : 0.0;
    return allowed > 0.0 ? fmax(missed / allowed, nextafter(1.0, 2.0)) : INFINITY;
}

bool ov_agree(double ref, double x, double rtol, double atol)
{
    return ratio(ref, x, rtol, atol) <= 1.0;
}

double ov_disagreement(const double *ref, const double *x, size_t n, double rtol, double atol)
{
    double worst = 0.0;
    for (size_t i = 0; i < n; i++)
        worst = fmax(worst, ratio(ref[i], x[i], rtol, atol));
    return worst;
}
