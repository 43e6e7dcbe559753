/* SPDX-License-Identifier: MIT
 *
 * Quadratic students with quadratic teachers, either kind: g = x^2 - beta. With D = diag(s),
 * e = sum_c s_c (C_cc - beta_c), X = C D C and Y = C D X, Isserlis' theorem sums all four-index
 * averages at once (paper.md eq:quadratic):
 *     G  = 2 (e C + 2 X)
 *     Nz = 4 [ C (e^2 + 2 tr(C D C D) + sigma^2) + 4 e X + 8 Y ]
 * restricted to the students' rows: O(P^3).
 */
#include <math.h>

#include "gauss_internal.h"

/* X from A = C, Y from A = X. */
void ov_gauss_sandwich(double *out, const double *C, const double *s, const double *A, size_t P)
{
    for (size_t i = 0; i < P; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = 0.0;
            for (size_t c = 0; c < P; c++)
                sum += C[ov_sym_at(i, c)] * s[c] * A[ov_sym_at(c, j)];
            out[ov_sym_at(i, j)] = sum;
        }
}

void ov_gauss_contract_quadratic(double *G, double *Nz, struct ov_gauss *w, const double *C,
                                 const double *s, double sigma)
{
    double *X = w->C1, *Y = w->C2, e = 0.0, trace = 0.0;
    ov_gauss_sandwich(X, C, s, C, w->P);
    for (size_t c = 0; c < w->P; c++) {
        e += s[c] * (C[ov_sym_at(c, c)] - (w->act[c]->act == OV_ACT_HE2 ? 1.0 : 0.0));
        trace += s[c] * X[ov_sym_at(c, c)];
    }
    for (size_t k = 0; k < w->K; k++)
        for (size_t b = 0; b < w->P; b++) {
            size_t kb = ov_sym_at(w->M + k, b);
            G[k * w->P + b] = 2.0 * (e * C[kb] + 2.0 * X[kb]);
        }
    if (!Nz)
        return;
    ov_gauss_sandwich(Y, C, s, X, w->P);
    for (size_t k = 0; k < w->K; k++)
        for (size_t l = 0; l <= k; l++) {
            size_t kl = ov_sym_at(w->M + k, w->M + l);
            double plain = e * e + 2.0 * trace + sigma * sigma;
            Nz[ov_sym_at(k, l)] = 4.0 * (C[kl] * plain + 4.0 * e * X[kl] + 8.0 * Y[kl]);
        }
}
