/* SPDX-License-Identifier: MIT
 *
 * Students and teachers sin(x). Products of sines and cosines are sums of cosines of sums of
 * fields, and < cos y > = exp(-< y^2 >/2) (paper.md eq:sine):
 *     I3(k;b,c) = C_bc < cos k cos c > - C_bk < sin k sin c >
 *     < cos y cos z > and < sin y sin z > = (exp(-< (y-z)^2 >/2) +- exp(-< (y+z)^2 >/2))/2
 *     I4: cos k cos l = (cos(k - l) + cos(k + l))/2, sin a sin b = (cos(a - b) - cos(a + b))/2.
 */
#include <math.h>

#include "gauss_internal.h"

/* y and z of variances yy and zz: the sum (sign = 1) or the difference (-1) of the two terms. */
static double pair(double yy, double yz, double zz, double sign)
{
    double bound = 0.5 * (yy + zz), size = fabs(yz) > bound ? bound : fabs(yz); /* NaN stays */
    double most = exp(size - bound);
    double near = sign < 0.0 ? -expm1(-2.0 * size) : 1.0 + exp(-2.0 * size);
    return 0.5 * most * (sign < 0.0 && yz < 0.0 ? -near : near);
}

static double at(const double *C, size_t a, size_t b)
{
    return C[ov_sym_at(a, b)];
}

/* G_kb of the student in field k, all b. */
static void contract_student(double *G, const struct ov_gauss *w, const double *C, const double *s,
                             size_t k)
{
    for (size_t b = 0; b < w->P; b++)
        G[b] = 0.0;
    for (size_t c = 0; c < w->P; c++) {
        double cosines = s[c] * pair(at(C, k, k), at(C, k, c), at(C, c, c), 1.0);
        double sines = s[c] * pair(at(C, k, k), at(C, k, c), at(C, c, c), -1.0);
        for (size_t b = 0; b < w->P; b++)
            G[b] += at(C, b, c) * cosines - at(C, b, k) * sines;
    }
}

/* sum_ab s_a s_b < cos(y) sin a sin b >, y = k + sign l. */
static double quadratic_form(const struct ov_gauss *w, const double *C, const double *s, size_t k,
                             size_t l, double sign)
{
    double yy = at(C, k, k) + at(C, l, l) + 2.0 * sign * at(C, k, l), sum = 0.0;
    for (size_t a = 0; a < w->P; a++)
        for (size_t b = 0; b <= a; b++) {
            double ya = at(C, k, a) + sign * at(C, l, a), yb = at(C, k, b) + sign * at(C, l, b);
            double zz = at(C, a, a) + at(C, b, b), two = 2.0 * at(C, a, b);
            double product = pair(yy, ya - yb, zz - two, 1.0) - pair(yy, ya + yb, zz + two, 1.0);
            sum += (a == b ? 0.5 : 1.0) * s[a] * s[b] * product;
        }
    return sum;
}

void ov_gauss_contract_sines(double *G, double *Nz, struct ov_gauss *w, const double *C,
                             const double *s, double sigma)
{
    for (size_t k = 0; G && k < w->K; k++)
        contract_student(G + k * w->P, w, C, s, w->M + k);
    for (size_t k = w->M; Nz && k < w->P; k++)
        for (size_t l = w->M; l <= k; l++) {
            double slopes = pair(at(C, k, k), at(C, k, l), at(C, l, l), 1.0);
            double signal =
                quadratic_form(w, C, s, k, l, -1.0) + quadratic_form(w, C, s, k, l, 1.0);
            Nz[ov_sym_at(k - w->M, l - w->M)] = 0.5 * signal + sigma * sigma * slopes;
        }
}

/* J = < cos k cos c >, H_k = -sum_c s_c < sin k sin c >. */
void ov_gauss_slopes_sines(double *D, struct ov_gauss *w, const double *C, const double *s)
{
    for (size_t k = w->M; k < w->P; k++) {
        double *row = D + (k - w->M) * w->P, sines = 0.0;
        for (size_t c = 0; c < w->P; c++) {
            row[c] = s[c] * pair(at(C, k, k), at(C, k, c), at(C, c, c), 1.0);
            sines += s[c] * pair(at(C, k, k), at(C, k, c), at(C, c, c), -1.0);
        }
        row[k] -= sines;
    }
}
