/* SPDX-License-Identifier: MIT
 *
 * The noise of ReLU units as it is written down at first, for bench_theory to compare with: each set
 * of fields on its own, four with the path of paper.md eq:orthant (ov_orthant4_regular), nearly
 * equal ones by conditioning in long double (ov_orthant_moment).
 */
#ifndef OVERLAP_TESTS_BENCH_PLAIN_RELU_H
#define OVERLAP_TESTS_BENCH_PLAIN_RELU_H

#include <math.h>
#include <stdbool.h>

#include "overlap/num/sym.h"
#include "overlap/theory/orthant.h"

static const double one_over_two_pi = 0.5 / M_PI;
static const double regular = 1e-5; /* 1 - r^2 */

struct set {
    size_t n, field[4]; /* increasing */
    double sd[4], R[4][4];
    double M[4][4]; /* out: < x_a x_b > on the orthant */
};

/* ---- one set ---- */

/* Whether step 2 will do; not with a dead field, nor with NaN. */
static bool load(struct set *x, const double *C)
{
    bool good = true;
    for (size_t i = 0; i < x->n; i++) {
        x->sd[i] = sqrt(C[ov_sym_at(x->field[i], x->field[i])]);
        x->R[i][i] = 1.0;
        good = good && x->sd[i] > 0.0;
        for (size_t j = 0; j < i; j++) {
            double r = C[ov_sym_at(x->field[i], x->field[j])] / (x->sd[i] * x->sd[j]);
            x->R[i][j] = x->R[j][i] = r;
            good = good && (1.0 - r) * (1.0 + r) > regular;
        }
    }
    return good;
}

static double determinant4(const struct set *x)
{
    long double L[4][4], det = 1.0L;
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j <= i; j++) {
            long double left = x->R[i][j];
            for (size_t k = 0; k < j; k++)
                left -= L[i][k] * L[j][k] * L[k][k];
            if (i == j)
                det *= left;
            L[i][j] = i == j ? left : L[j][j] != 0.0L ? left / L[j][j] : 0.0L;
        }
    return det > 0.0L ? (double)det : 0.0;
}

/* P_2 of fields i and j given x_q = x_r = 0, in a set of determinant det. */
static double two_given_two(const struct set *x, size_t i, size_t j, size_t q, size_t r, double det)
{
    const double(*R)[4] = x->R;
    double open = (1.0 - R[q][r]) * (1.0 + R[q][r]);
    double cov = open * R[i][j] - R[i][q] * R[j][q] - R[i][r] * R[j][r] +
                 R[q][r] * (R[i][q] * R[j][r] + R[i][r] * R[j][q]);
    return 0.25 + one_over_two_pi * atan2(cov, sqrt(det * open));
}

static void boundary(double E[4][4], const struct set *x)
{
    double det = x->n == 4 ? determinant4(x) : 0.0;
    for (size_t q = 0; q < x->n; q++)
        for (size_t r = 0; r < q; r++) {
            double p = x->n == 2 ? 1.0 : 0.5;
            if (x->n == 4) { /* the other two of 0, 1, 2, 3 */
                size_t i = 0;
                while (i == q || i == r)
                    i++;
                p = two_given_two(x, i, 6 - i - q - r, q, r, det);
            }
            E[q][r] = E[r][q] = p * one_over_two_pi / sqrt((1.0 - x->R[q][r]) * (1.0 + x->R[q][r]));
        }
}

static double probability(const struct set *x)
{
    const double(*R)[4] = x->R;
    if (x->n == 4)
        return ov_orthant4_regular(
            (const double[6]){R[1][0], R[2][0], R[2][1], R[3][0], R[3][1], R[3][2]});
    if (x->n == 3)
        return 0.125 + 0.5 * one_over_two_pi * (asin(R[1][0]) + asin(R[2][0]) + asin(R[2][1]));
    return x->n == 2 ? 0.25 + one_over_two_pi * asin(R[1][0]) : 0.5;
}

/* Step 2. */
static void regular_moments(struct set *x)
{
    double E[4][4] = {{0.0}}, ER[4][4], P = probability(x);
    size_t n = x->n;
    boundary(E, x);
    for (size_t q = 0; q < n; q++) {
        double diagonal = 0.0;
        for (size_t r = 0; r < n; r++)
            diagonal += r == q ? 0.0 : E[q][r] * x->R[q][r];
        E[q][q] = -diagonal;
    }
    for (size_t q = 0; q < n; q++)
        for (size_t b = 0; b < n; b++) {
            ER[q][b] = 0.0;
            for (size_t r = 0; r < n; r++)
                ER[q][b] += E[q][r] * x->R[r][b];
        }
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b <= a; b++) {
            double sum = P * x->R[a][b];
            for (size_t q = 0; q < n; q++)
                sum += x->R[a][q] * ER[q][b];
            x->M[a][b] = x->M[b][a] = x->sd[a] * x->sd[b] * sum;
        }
}

/* Step 3. */
static void careful_moments(struct set *x, const double *C)
{
    static const size_t all[4] = {0, 1, 2, 3};
    double part[10];
    for (size_t a = 0; a < x->n; a++)
        for (size_t b = 0; b <= a; b++)
            part[ov_sym_at(a, b)] = C[ov_sym_at(x->field[a], x->field[b])];
    for (size_t a = 0; a < x->n; a++)
        for (size_t b = 0; b <= a; b++)
            x->M[a][b] = x->M[b][a] =
                ov_orthant_moment(part, x->n, all, x->n, (const size_t[2]){a, b}, 2);
}

/* ---- contraction ---- */

/* Adds the moments of a set to the Nz of all students k, l in it: the two factors a and b, with
 * k and l, must make up the whole set. */
static void scatter(double *Nz, const struct set *x, size_t M, const double *s)
{
    for (size_t k = 0; k < x->n; k++)
        for (size_t l = 0; l <= k; l++) {
            if (x->field[k] < M || x->field[l] < M)
                continue;
            double sum = 0.0;
            for (size_t a = 0; a < x->n; a++)
                for (size_t b = 0; b < x->n; b++) {
                    unsigned whole = (1u << x->n) - 1u;
                    if ((1u << k | 1u << l | 1u << a | 1u << b) == whole)
                        sum += s[x->field[a]] * s[x->field[b]] * x->M[a][b];
                }
            Nz[ov_sym_at(x->field[k] - M, x->field[l] - M)] += sum;
        }
}

/* Students among the fields from x->field[0] on: what a set of n fields must at least have. */
static bool useful(const struct set *x, size_t M)
{
    size_t students = 0;
    for (size_t i = 0; i < x->n; i++)
        students += x->field[i] >= M ? 1 : 0;
    return students > 0 && students + 2 >= x->n;
}

/* All sets that begin with those in x. */
static void visit(double *Nz, struct set *x, size_t M, size_t P, const double *C, const double *s)
{
    if (useful(x, M)) {
        if (load(x, C))
            regular_moments(x);
        else
            careful_moments(x, C);
        scatter(Nz, x, M, s);
    }
    if (x->n == 4)
        return;
    size_t n = x->n++;
    for (size_t c = n > 0 ? x->field[n - 1] + 1 : 0; c < P; c++) {
        x->field[n] = c;
        visit(Nz, x, M, P, C, s);
    }
    x->n = n;
}

/* Nz without label noise, packed (K,K). */
static void plain_relu(double *Nz, size_t K, size_t M, const double *C, const double *s)
{
    struct set x = {.n = 0};
    for (size_t i = 0; i < ov_sym_size(K); i++)
        Nz[i] = 0.0;
    visit(Nz, &x, M, M + K, C, s);
}

#endif
