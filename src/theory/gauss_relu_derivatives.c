/* SPDX-License-Identifier: MIT
 *
 * The derivatives of the ReLU contraction: d< F >/dC_ij = < d_i d_j F >, half of it on the diagonal
 * (Price's theorem, paper.md eq:price). With theta' = delta, and in standardised fields, the second
 * moment M_ab of a set has, beside the numbers that make it up (gauss_relu.c),
 *     by C_ab  P,    by C_aj  B_jb,    by C_aa  B_ab/2 (P for a = b, and by C_aj 2 B_ja),
 *     by C_ij  < x_a x_b theta theta delta(x_i) delta(x_j) >, an I2 of what is left given
 *              x_i = x_j = 0 (for a = b half a variance),
 * and by C_ii of a field that is not multiplied, by homogeneity, -1/2 sum_j R_ij times those by
 * C_ij. No quadrature beside that of P_4.
 *     Where i and j coincide, delta delta is 1/(2 pi sqrt(1 - r^2)) -> infinity: theta theta moves
 * like the angle between them. It is capped at what the angle gains per change of r when r moves
 * by 1e-10, less than which an integration does not resolve: a secant in place of the tangent.
 */
#include <math.h>
#include <string.h>

#include "gauss_relu_internal.h"

static const double one_over_two_pi = 0.5 / M_PI;

static const double cap = 1e5; /* of 1/sqrt(1 - r^2) */

struct derivatives {
    double *dNz;
    struct ov_gauss *w;
    const double *s;
};

static double capped(const struct ov_relu_pair *p)
{
    return p->inverse < cap ? p->inverse : cap;
}

/* < x_a x_b theta theta delta(x_i) delta(x_j) > of a set {a,b,i,j} or {a,i,j}, a = b. */
static double remaining(const struct ov_gauss_relu *w, const struct ov_relu_set *x, size_t a,
                        size_t b, size_t i, size_t j)
{
    const struct ov_relu_pair *ij = x->pair[i][j];
    double density = one_over_two_pi * capped(ij), inverse = ij->inverse;
    size_t A = x->field[a], B = x->field[b], I = x->field[i], J = x->field[j];
    double aj = ov_gauss_relu_part(w, I, A, J) * inverse,
           bj = ov_gauss_relu_part(w, I, B, J) * inverse;
    double given = ov_gauss_relu_part(w, I, A, B) - aj * bj;
    if (a == b)
        return density * 0.5 * given;
    return density * (one_over_two_pi * x->root_det * inverse + given * x->p[i][j]);
}

/* d[i][j], i >= j: of M_ab by C_ij, standardised. */
static void derive_moment(double d[4][4], const struct ov_gauss_relu *w,
                          const struct ov_relu_set *x, size_t a, size_t b)
{
    memset(d, 0, 16 * sizeof d[0][0]);
    for (size_t i = 0; i < x->n; i++)
        for (size_t j = 0; j < i; j++) {
            bool i_in = i == a || i == b, j_in = j == a || j == b;
            size_t in = i_in ? i : j, out = i_in ? j : i;
            if (i_in && j_in)
                d[i][j] = x->P;
            else if (i_in || j_in)
                d[i][j] = (a == b ? 2.0 : 1.0) * x->B[out][in == a ? b : a];
            else
                d[i][j] = remaining(w, x, a, b, i, j);
        }
    for (size_t i = 0; i < x->n; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < x->n; j++)
            sum += j == i ? 0.0 : x->R[i][j] * d[i > j ? i : j][i > j ? j : i];
        d[i][i] = -0.5 * sum;
        if (i == a || i == b)
            d[i][i] = a == b ? x->P : 0.5 * x->B[i][i == a ? b : a];
    }
}

/* row += weight times the derivatives of M_ab, a >= b. */
static void add_moment(double *row, const struct derivatives *to, const struct ov_relu_set *x,
                       size_t a, size_t b)
{
    const double *sd = to->w->relu->sd, *s = to->s;
    size_t A = x->field[a], B = x->field[b], D = ov_sym_size(to->w->P);
    double d[4][4], twice = a == b ? 1.0 : 2.0, weight = twice * s[A] * sd[A] * s[B] * sd[B];
    derive_moment(d, to->w->relu, x, a, b);
    for (size_t i = 0; i < x->n; i++)
        for (size_t j = 0; j <= i; j++)
            row[ov_sym_at(x->field[i], x->field[j])] +=
                weight * d[i][j] / (sd[x->field[i]] * sd[x->field[j]]);
    row[D + A] += 2.0 * s[B] * x->M[a][b];
    row[D + B] += a == b ? 0.0 : 2.0 * s[A] * x->M[a][b];
}

/* As scatter in gauss_relu.c. */
static void scatter(void *ctx, struct ov_relu_set *x)
{
    struct derivatives *to = ctx;
    size_t M = to->w->M, width = ov_sym_size(to->w->P) + to->w->P;
    unsigned whole = (1u << x->n) - 1u;
    ov_gauss_relu_boundary(x, cap);
    for (size_t k = 0; k < x->n; k++)
        for (size_t l = 0; l <= k; l++) {
            if (x->field[k] < M || x->field[l] < M)
                continue;
            double *row = to->dNz + width * ov_sym_at(x->field[k] - M, x->field[l] - M);
            for (size_t a = 0; a < x->n; a++)
                for (size_t b = 0; b <= a; b++)
                    if ((1u << k | 1u << l | 1u << a | 1u << b) == whole)
                        add_moment(row, to, x, a, b);
        }
}

/* Of the label noise, sigma^2 P_2. */
static void derive_J2(double *row, const struct ov_gauss_relu *x, double sigma, size_t k, size_t l)
{
    const struct ov_relu_pair *kl = &x->pair[k * x->P + l];
    if (k == l || x->sd[k] == 0.0 || x->sd[l] == 0.0)
        return;
    double slope = sigma * sigma * one_over_two_pi * capped(kl);
    row[ov_sym_at(k, l)] += slope / (x->sd[k] * x->sd[l]);
    row[ov_sym_at(k, k)] -= 0.5 * slope * kl->R / (x->sd[k] * x->sd[k]);
    row[ov_sym_at(l, l)] -= 0.5 * slope * kl->R / (x->sd[l] * x->sd[l]);
}

/* ---- G ---- */

/* The part of G_kb = sum_c s_c I3(k;b,c) with c != k (gauss_relu.c). */
static void derive_I3(double *row, const struct ov_gauss *w, const double *C, double s, size_t k,
                      size_t b, size_t c)
{
    const struct ov_gauss_relu *x = w->relu;
    const struct ov_relu_pair *kc = &x->pair[k * x->P + c];
    double sd_k = x->sd[k], sd_c = x->sd[c], kb = C[ov_sym_at(k, b)], bc = C[ov_sym_at(b, c)];
    double on_k = one_over_two_pi * sd_c * kc->s / sd_k, p = 0.25 + one_over_two_pi * kc->angle;
    row[ov_sym_at(k, b)] += s * on_k;
    row[ov_sym_at(b, c)] += s * p;
    row[ov_sym_size(w->P) + c] += on_k * kb + p * bc;
    if (sd_c == 0.0)
        return;
    double slope = s * one_over_two_pi * capped(kc) * x->sd[b];
    double of_k = ov_gauss_relu_part(x, k, b, c) / sd_k,
           of_c = ov_gauss_relu_part(x, c, b, k) / sd_c;
    row[ov_sym_at(k, c)] += slope * of_k;
    row[ov_sym_at(c, c)] += 0.5 * slope * of_c;
    row[ov_sym_at(k, k)] -=
        0.5 * (s * on_k * kb + slope * of_k * C[ov_sym_at(k, c)]) / (sd_k * sd_k);
}

static void derive_G(double *row, const struct ov_gauss *w, const double *C, const double *s,
                     size_t k, size_t b)
{
    if (w->relu->sd[k] == 0.0)
        return;
    for (size_t c = 0; c < w->P; c++)
        if (c != k)
            derive_I3(row, w, C, s[c], k, b, c);
    row[ov_sym_at(k, b)] += 0.5 * s[k];
    row[ov_sym_size(w->P) + k] += 0.5 * C[ov_sym_at(k, b)];
}

void ov_gauss_relu_derivatives(double *dG, double *dNz, struct ov_gauss *w, const double *C,
                               const double *s, double sigma)
{
    size_t width = ov_sym_size(w->P) + w->P, rows = ov_sym_size(w->K);
    ov_gauss_relu_load(w->relu, C);
    if (dG)
        memset(dG, 0, w->K * w->P * width * sizeof *dG);
    memset(dNz, 0, rows * width * sizeof *dNz);
    for (size_t k = 0; dG && k < w->K; k++)
        for (size_t b = 0; b < w->P; b++)
            derive_G(dG + (k * w->P + b) * width, w, C, s, w->M + k, b);
    for (size_t k = 0; k < w->K; k++)
        for (size_t l = 0; l < k; l++)
            derive_J2(dNz + ov_sym_at(k, l) * width, w->relu, sigma, w->M + k, w->M + l);
    ov_gauss_relu_visit(w, scatter, &(struct derivatives){dNz, w, s});
}
