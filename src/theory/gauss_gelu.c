/* SPDX-License-Identifier: MIT
 *
 * GELU that a Gaussian has smoothed (gauss_table_internal.h), in closed form (paper.md eq:gelu). With the density f of
 * N(0, 1 + v) and its distribution function F,
 *     D_0 = m F(m) + v f(m),   D_1 = F(m) + m f(m)/(1 + v),
 * and as GELU'' = phi - phi'', D_n = f^(n-2)(m) - f^(n)(m) from there on, by the recurrence of
 * Hermite's polynomials.
 */
#include <math.h>

#include "gauss_smooth_internal.h"
#include "overlap/num/fmath_inline.h"
#include "overlap/num/simd.h"

static const double one_over_sqrt_two_pi = 0.39894228040143267794;

bool ov_is_gelu(const struct ov_activation *g)
{
    return g->g == ov_activation_find("gelu")->g;
}

OV_CLONES void ov_gelu_smoothed(double (*restrict D)[OV_LANES], const double m[OV_LANES], double v,
                                size_t n)
{
    double r = 1.0 / (1.0 + v), root = sqrt(r);
    double by[OV_LANES], f[3][OV_LANES]; /* -m r; f^(k-2), f^(k-1), f^(k) */
    for (size_t i = 0; i < OV_LANES; i++) {
        double t = m[i] * root, below = 0.5 + 0.5 * ov_erf_inline(M_SQRT1_2 * t);
        double density = one_over_sqrt_two_pi * root * ov_exp_inline(-0.5 * t * t);
        by[i] = -r * m[i];
        D[0][i] = m[i] * below + v * density;
        D[1][i] = below - by[i] * density;
        f[0][i] = density;
        f[1][i] = by[i] * density;
        f[2][i] = by[i] * f[1][i] - r * density;
        D[2][i] = f[0][i] - f[2][i];
    }
    for (size_t k = 3; k < n; k++) {
        double factor = r * ((double)k - 1.0);
        for (size_t i = 0; i < OV_LANES; i++) {
            double next = by[i] * f[2][i] - factor * f[1][i];
            D[k][i] = f[1][i] - next;
            f[1][i] = f[2][i];
            f[2][i] = next;
        }
    }
}
