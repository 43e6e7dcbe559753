/* SPDX-License-Identifier: MIT
 *
 * Overlaps outside of the teacher's subspace, summed over pairs of units. Erf: E[g(lambda_j) | nu] is
 * again an erf, of R_j.nu/sqrt(1 + C_jj), and two of them have the covariance that is taken off.
 */
#include "overlap/model/outside.h"

#include <math.h>

#include "overlap/num/fmath.h"
#include "overlap/num/sym.h"

#define TWO_OVER_PI 0x1.45f306dc9c883p-1

static double clip(double r)
{
    r = r > 1.0 ? 1.0 : r;
    return r < -1.0 ? -1.0 : r;
}

/* h_jl; C = Q - inside. */
static double unexplained(const struct ov_activation *g, double Q, double inside, double norm)
{
    double C = Q - inside;
    switch (g->act) {
    case OV_ACT_LINEAR:
        return C;
    case OV_ACT_QUADRATIC:
        return 4.0 * inside * C + 2.0 * C * C;
    case OV_ACT_ERF:
        return TWO_OVER_PI * (ov_asin(clip(Q / norm)) - ov_asin(clip(inside / norm)));
    default:
        return NAN;
    }
}

struct ov_outside ov_outside(double *q, const struct ov_overlaps *o, const struct ov_activation *g)
{
    size_t K = o->K, M = o->M;
    struct ov_outside x = {0};
    for (size_t j = 0; j < K; j++) {
        double E_j = 1.0 + o->Q[ov_sym_at(j, j)];
        for (size_t l = 0; l <= j; l++) {
            double Q = o->Q[ov_sym_at(j, l)], inside = 0.0;
            for (size_t m = 0; m < M; m++)
                inside += o->R[j * M + m] * o->R[l * M + m];
            double norm = sqrt(E_j * (1.0 + o->Q[ov_sym_at(l, l)])), C = Q - inside;
            double both = j == l ? 1.0 : 2.0;
            x.f += both * o->v[j] * o->v[l] * unexplained(g, Q, inside, norm);
            if (l < j)
                x.pairs += C * C;
            else
                q[j] = C;
        }
    }
    return x;
}
