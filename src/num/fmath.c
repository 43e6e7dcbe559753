/* SPDX-License-Identifier: MIT
 *
 * Elementary functions with the same bits on every CPU, outside of loops.
 */
#include "overlap/num/fmath.h"

#include <float.h>

#include "overlap/num/fmath_inline.h"

double ov_exp(double x)
{
    return ov_exp_inline(x);
}

double ov_log(double x)
{
    if (isnan(x) || x == INFINITY)
        return x;
    if (x <= 0.0)
        return x == 0.0 ? -INFINITY : NAN;
    if (x < DBL_MIN) { /* a subnormal is scaled by 2^54; 54 ln 2 in two parts comes off again */
        double scaled = ov_log_normal_inline(x * 0x1p54);
        return (scaled - 54.0 * OV_LN2_HI) - 54.0 * OV_LN2_LO;
    }
    return ov_log_normal_inline(x);
}

/* u = 1 + x rounds; ln u x/(u - 1) takes the rounding back, for ln u/(u - 1) varies slowly. */
double ov_log1p(double x)
{
    if (!(x >= 0.0 && x <= 1.0))
        return NAN;
    double u = 1.0 + x;
    return u == 1.0 ? x : ov_log_normal_inline(u) * (x / (u - 1.0));
}

double ov_tanh(double x)
{
    return ov_tanh_inline(x);
}

double ov_erf(double x)
{
    return ov_erf_inline(x);
}

double ov_asin(double x)
{
    return fabs(x) > 1.0 ? NAN : ov_asin_inline(x);
}

void ov_sincos_2pi(double *s, double *c, double u)
{
    ov_sincos_2pi_inline(s, c, u);
}
