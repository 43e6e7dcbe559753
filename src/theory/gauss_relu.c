/* SPDX-License-Identifier: MIT
 *
 * ReLU students with ReLU teachers.
 * 1. < theta(x_k) theta(x_l) relu(x_a) relu(x_b) > only depends on the set {k,l,a,b} and on which
 *    two of it are multiplied: it is the second moment of x_a x_b on the orthant where all fields
 *    of the set are positive. So each set of one to four fields is met once, and gives its moments
 *    to all Nz_kl that ask for them.
 * 2. All second moments on an orthant, in standardised fields of correlation R, P_n its
 *    probability (paper.md eq:tallis):
 *        M = P_n R + R (E - diag(sum_r E_qr R_qr)) R,
 *        E_qr = p_qr/(2 pi sqrt(1 - R_qr^2)), E_qq = 0,
 *    p_qr the orthant probability of the other fields given x_q = x_r = 0: 1, 1/2, P_2. The six
 *    arcsines of P_2 share one determinant, so that in sets that span less than four dimensions
 *    their rounding errors cancel as the terms do.
 * 3. Sets with nearly equal or dead fields go to theory/orthant.h one by one.
 */
#include <math.h>
#include <stdbool.h>

#include "gauss_internal.h"
#include "overlap/theory/orthant.h"

static const double one_over_two_pi = 0.5 / M_PI;

/* The least 1 - r^2 that step 2 takes. */
static const double regular = 1e-5;

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
static void visit(double *Nz, struct set *x, const struct ov_gauss *w, const double *C,
                  const double *s)
{
    if (useful(x, w->M)) {
        if (load(x, C))
            regular_moments(x);
        else
            careful_moments(x, C);
        scatter(Nz, x, w->M, s);
    }
    if (x->n == 4)
        return;
    size_t n = x->n++;
    for (size_t c = n > 0 ? x->field[n - 1] + 1 : 0; c < w->P; c++) {
        x->field[n] = c;
        visit(Nz, x, w, C, s);
    }
    x->n = n;
}

/* sum_c s_c I3(k;b,c) for all b: with the angle phi of lambda_k and x_c, cos phi = r,
 * I3 = C_bk sqrt(det)/(2 pi C_kk) + C_bc (1/4 + asin(r)/2 pi), det = C_kk C_cc - C_kc^2. */
static void contract_student(double *G, const struct ov_gauss *w, const double *C, const double *s,
                             size_t i)
{
    long double kk = C[ov_sym_at(i, i)];
    for (size_t b = 0; b < w->P; b++)
        G[b] = isnan((double)kk) ? NAN : 0.0;
    for (size_t c = 0; kk > 0.0L && c < w->P; c++) {
        long double kc = C[ov_sym_at(i, c)], open = kk * C[ov_sym_at(c, c)] - kc * kc;
        double det = c == i || open <= 0.0L ? 0.0 : (double)sqrtl(open);
        double on_k = s[c] * one_over_two_pi * det / (double)kk;
        double on_c = s[c] * (0.25 + one_over_two_pi * atan2((double)kc, det));
        for (size_t b = 0; b < w->P; b++)
            G[b] += on_k * C[ov_sym_at(i, b)] + on_c * C[ov_sym_at(b, c)];
    }
}

void ov_gauss_contract_relu(double *G, double *Nz, struct ov_gauss *w, const double *C,
                            const double *s, double sigma)
{
    for (size_t k = 0; k < w->K; k++)
        contract_student(G + k * w->P, w, C, s, w->M + k);
    if (!Nz)
        return;
    for (size_t k = 0; k < w->K; k++)
        for (size_t l = 0; l <= k; l++)
            Nz[ov_sym_at(k, l)] = sigma * sigma * ov_gauss_J2(C, w->act, w->M + k, w->M + l);
    struct set x = {.n = 0};
    visit(Nz, &x, w, C, s);
}
