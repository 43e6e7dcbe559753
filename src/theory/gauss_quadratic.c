/* SPDX-License-Identifier: MIT
 *
 * Quadratic students with quadratic teachers, either kind: g = x^2 - beta. With D = diag(s),
 * e = sum_c s_c (C_cc - beta_c), X = C D C and Y = C D X, Isserlis' theorem sums all four-index
 * averages at once (paper.md eq:quadratic):
 *     G  = 2 (e C + 2 X)
 *     Nz = 4 [ C (e^2 + 2 tr(C D C D) + sigma^2) + 4 e X + 8 Y ]
 * restricted to the students' rows: two products of matrices, O(P^3).
 */
#include <math.h>

#include <cblas.h>

#include "gauss_internal.h"

/* X = C D A for whole matrices, scratch F = D A. */
static void multiply(double *X, double *F, const double *C, const double *s, const double *A,
                     size_t P)
{
    for (size_t c = 0; c < P; c++)
        for (size_t j = 0; j < P; j++)
            F[c * P + j] = s[c] * A[c * P + j];
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)P, (int)P, (int)P, 1.0, C, (int)P,
                F, (int)P, 0.0, X, (int)P);
}

static void unpack(double *C, const double *packed, size_t P)
{
    for (size_t i = 0; i < P; i++)
        for (size_t j = 0; j <= i; j++)
            C[i * P + j] = C[j * P + i] = packed[ov_sym_at(i, j)];
}

void ov_gauss_contract_quadratic(double *G, double *Nz, struct ov_gauss *w, const double *packed,
                                 const double *s, double sigma)
{
    size_t P = w->P, M = w->M;
    double *C = w->square, *X = C + P * P, *Y = X + P * P, *F = Y + P * P, e = 0.0, trace = 0.0;
    unpack(C, packed, P);
    multiply(X, F, C, s, C, P);
    for (size_t c = 0; c < P; c++) {
        e += s[c] * (C[c * P + c] - (w->act[c]->act == OV_ACT_HE2 ? 1.0 : 0.0));
        trace += s[c] * X[c * P + c];
    }
    for (size_t i = 0; G && i < w->K * P; i++)
        G[i] = 2.0 * (e * C[M * P + i] + 2.0 * X[M * P + i]);
    if (!Nz)
        return;
    multiply(Y, F, C, s, X, P);
    double plain = e * e + 2.0 * trace + sigma * sigma;
    for (size_t k = 0; k < w->K; k++)
        for (size_t l = 0; l <= k; l++) {
            size_t kl = (M + k) * P + M + l;
            Nz[ov_sym_at(k, l)] = 4.0 * (C[kl] * plain + 4.0 * e * X[kl] + 8.0 * Y[kl]);
        }
}

/* D = 4 C diag(s) + 2 e on the students' rows. */
void ov_gauss_slopes_quadratic(double *D, struct ov_gauss *w, const double *C, const double *s)
{
    double e = 0.0;
    for (size_t c = 0; c < w->P; c++)
        e += s[c] * (C[ov_sym_at(c, c)] - (w->act[c]->act == OV_ACT_HE2 ? 1.0 : 0.0));
    for (size_t k = 0; k < w->K; k++) {
        double *row = D + k * w->P;
        for (size_t c = 0; c < w->P; c++)
            row[c] = 4.0 * C[ov_sym_at(w->M + k, c)] * s[c];
        row[w->M + k] += 2.0 * e;
    }
}
