/* SPDX-License-Identifier: MIT
 *
 * Derivatives of what gauss_smooth.c contracts. For any F of Gaussian fields
 * (Price's theorem)
 *     d< F >/dC_ab = < d_a d_b F >,  half of it on the diagonal,
 * so that all derivatives are averages like those of the contraction, over the same nodes with the
 * same tables, and exist where C is singular. With e = sum_c s_c g_c and A = g'_k g'_l the products
 * that Nz asks for are
 *     A'' e^2, A' e g'_c, A (g'_c g'_d + delta_cd e g''_c).
 */
#include <math.h>
#include <string.h>

#include "gauss_internal.h"
#include "gauss_smooth_internal.h"
#include "overlap/num/simd.h"

enum { BLOCK = OV_TERMS_STEP };

/* ---- G ---- */

/* D_0 … D_(n-1) of field c, at the nodes and opposite. */
static void derivatives_at(struct ov_smooth_both *x, const struct ov_gauss_smooth *e, size_t c,
                           size_t n)
{
    for (size_t i = 0; i < n; i++)
        ov_smooth_derivative(&x[i], e, c, i);
}

/* The row of G_kb from here on: on_k = sum_c s_c < g''_k g_c >, slope_c = < g'_k g'_c > and their
 * derivatives by C, which are nothing but products of one derivative of g_k with one of g_c. */
static void add_slopes(double *d_on_k, double *d_slope, double *value, struct ov_gauss_smooth *e,
                       size_t block, const double *s, size_t i)
{
    struct ov_smooth_both k[5], D[4];
    size_t ii = ov_sym_at(i, i), D_size = ov_sym_size(e->P);
    derivatives_at(k, e, i, 5);
    for (size_t c = 0; c < e->P; c++) {
        size_t ic = ov_sym_at(i, c), cc = ov_sym_at(c, c);
        double *of_slope = d_slope + c * D_size;
        derivatives_at(D, e, c, 4);
        e->slope[c] += ov_smooth_mean(e, block, &k[1], &D[1]);
        value[c] += ov_smooth_mean(e, block, &k[2], &D[0]);
        double mean_22 = ov_smooth_mean(e, block, &k[2], &D[2]);
        d_on_k[ic] += s[c] * ov_smooth_mean(e, block, &k[3], &D[1]);
        d_on_k[ii] += 0.5 * s[c] * ov_smooth_mean(e, block, &k[4], &D[0]);
        d_on_k[cc] += 0.5 * s[c] * mean_22;
        of_slope[ic] += mean_22;
        of_slope[ii] += 0.5 * ov_smooth_mean(e, block, &k[3], &D[1]);
        of_slope[cc] += 0.5 * ov_smooth_mean(e, block, &k[1], &D[3]);
    }
}

/* G_kb = C_kb on_k + sum_c C_bc s_c slope_c. value: (P) < g''_k g_c >. */
static void row_of_dG(double *dG, const struct ov_gauss_smooth *e, const double *C, const double *s,
                      size_t i, const double *value, const double *d_on_k, const double *d_slope)
{
    size_t P = e->P, D_size = ov_sym_size(P), width = D_size + P;
    for (size_t b = 0; b < P; b++) {
        double *row = dG + b * width, *by_s = row + D_size, C_ib = C[ov_sym_at(i, b)];
        for (size_t a = 0; a < D_size; a++)
            row[a] = C_ib * d_on_k[a];
        for (size_t c = 0; c < P; c++) {
            double weight = C[ov_sym_at(b, c)] * s[c];
            const double *of_slope = d_slope + c * D_size;
            row[ov_sym_at(i, c)] += weight * of_slope[ov_sym_at(i, c)];
            if (c != i) {
                row[ov_sym_at(i, i)] += weight * of_slope[ov_sym_at(i, i)];
                row[ov_sym_at(c, c)] += weight * of_slope[ov_sym_at(c, c)];
            }
            row[ov_sym_at(b, c)] += s[c] * e->slope[c];
            row[ov_sym_at(i, b)] += s[c] * value[c];
            by_s[c] = C_ib * value[c] + C[ov_sym_at(b, c)] * e->slope[c];
        }
    }
}

/* Into e->slope and e->scratch: value (P), d_on_k (D), d_slope (P,D). */
static void slopes_of_i(struct ov_gauss_smooth *e, const double *s, size_t i)
{
    size_t P = e->P, D_size = ov_sym_size(P);
    double *value = e->scratch, *d_on_k = value + P, *d_slope = d_on_k + D_size;
    memset(value, 0, (P + (P + 1) * D_size) * sizeof *value);
    memset(e->slope, 0, P * sizeof *e->slope);
    for (size_t block = 0; block < e->blocks; block++) {
        for (size_t c = 0; c < P; c++)
            ov_smooth_at(e, block, c, 2 * BLOCK);
        add_slopes(d_on_k, d_slope, value, e, block, s, i);
    }
}

static void derivatives_of_G(double *dG, struct ov_gauss_smooth *e, const double *C,
                             const double *s, size_t i)
{
    double *value = e->scratch, *d_on_k = value + e->P, *d_slope = d_on_k + ov_sym_size(e->P);
    slopes_of_i(e, s, i);
    row_of_dG(dG, e, C, s, i, value, d_on_k, d_slope);
}

/* D_kc = s_c slope_c + delta_ck on_k. */
static void row_of_dD(double *dD, const struct ov_gauss_smooth *e, const double *s, size_t i)
{
    size_t P = e->P, D_size = ov_sym_size(P), width = D_size + P;
    const double *value = e->scratch, *d_on_k = value + P, *d_slope = d_on_k + D_size;
    for (size_t c = 0; c < P; c++) {
        double *row = dD + c * width;
        for (size_t a = 0; a < D_size; a++)
            row[a] = s[c] * d_slope[c * D_size + a] + (c == i ? d_on_k[a] : 0.0);
        for (size_t a = 0; a < P; a++)
            row[D_size + a] = (c == i ? value[a] : 0.0) + (a == c ? e->slope[c] : 0.0);
    }
}

void ov_gauss_smooth_slopes_derivatives(double *dD, struct ov_gauss *w, const double *C,
                                        const double *s)
{
    struct ov_gauss_smooth *e = w->smooth;
    size_t size = w->P * (ov_sym_size(w->P) + w->P);
    bool good = true;
    for (size_t k = 0; good && k < w->K; k++) {
        good = ov_smooth_prepare(e, C, s, w->M + k, w->M + k);
        if (good)
            slopes_of_i(e, s, w->M + k);
        if (good)
            row_of_dD(dD + k * size, e, s, w->M + k);
    }
    for (size_t i = 0; !good && i < w->K * size; i++)
        dD[i] = NAN;
}

/* ---- Nz ---- */

/* What a node and the one opposite share, but for the sign (-1)^m: of < e g_c^(m) > the terms
 * n >= 2 without s_c, m = 0, 1, 2. */
static OV_CLONES void higher_terms(double (*restrict total)[OV_LANES],
                                   const struct ov_gauss_smooth *e, size_t c)
{
    memset(total, 0, 3 * sizeof *total);
    for (size_t b = 0; b < e->terms[c]; b += BLOCK) {
        double sum[BLOCK][OV_LANES] = {{0.0}};
        for (size_t d = 0; d < e->P; d++) {
            size_t at = ov_sym_at(c, d);
            const double *factor = e->factor + at * OV_TERMS_MAX + b;
            double(*other)[OV_LANES] = e->field[d].D + b;
            if (b >= e->pair_terms[at])
                continue;
            for (size_t n = 0; n < BLOCK; n++)
                for (size_t i = 0; i < OV_LANES; i++)
                    sum[n][i] += factor[n] * other[n][i];
        }
        for (size_t m = 0; m < 3; m++)
            for (size_t n = 0; n < BLOCK; n++)
                for (size_t i = 0; i < OV_LANES; i++)
                    total[m][i] += sum[n][i] * e->field[c].D[b + n + m][i];
    }
}

/* error[m P + c] = s_c < e g_c^(m) >, m = 0, 1, 2. */
static void at_nodes(struct ov_smooth_both *error, const struct ov_gauss_smooth *e, const double *s)
{
    size_t P = e->P;
    struct ov_smooth_both mean = {{{0.0}}}, D[4];
    double total[3][OV_LANES];
    for (size_t c = 0; c < P; c++)
        ov_smooth_add(&mean, e, c, 0, s[c]);
    for (size_t c = 0; c < P; c++) {
        struct ov_smooth_both sum = {{{0.0}}}, own = {{{0.0}}};
        higher_terms(total, e, c);
        for (size_t d = 0; d < P; d++)
            ov_smooth_add(&sum, e, d, 1, e->first[ov_sym_at(c, d)]);
        for (size_t side = 0; side < 2; side++)
            for (size_t i = 0; i < OV_LANES; i++)
                own.x[side][i] = s[c] * mean.x[side][i];
        derivatives_at(D, e, c, 4);
        for (size_t m = 0; m < 3; m++) {
            struct ov_smooth_both *x = &error[m * P + c];
            for (size_t i = 0; i < OV_LANES; i++) {
                x->x[0][i] = total[m][i];
                x->x[1][i] = m == 1 ? -total[m][i] : total[m][i];
            }
            ov_smooth_add_product(x, &own, &D[m]);
            ov_smooth_add_product(x, &sum, &D[m + 1]);
        }
    }
}

/* dNz_cd += A 2 s_c s_d < g'_c g'_d >, one half on the diagonal. A: with its weights. */
static OV_CLONES void add_pairs(double *dNz, const struct ov_gauss_smooth *e, size_t block,
                                const struct ov_smooth_both *A, const double *s)
{
    for (size_t c = 0; c < e->P; c++) {
        struct ov_smooth_both slope, product = {{{0.0}}};
        ov_smooth_derivative(&slope, e, c, 1);
        ov_smooth_add_product(&product, A, &slope);
        for (size_t d = 0; d <= c; d++) {
            size_t at = ov_sym_at(c, d), terms = e->pair_terms[at];
            const double *factor = e->factor + at * OV_TERMS_MAX, first = e->first[at];
            double(*x)[OV_LANES] = e->field[c].D + 1, (*y)[OV_LANES] = e->field[d].D + 1;
            struct ov_smooth_both sum = {{{0.0}}}, same;
            double total[OV_LANES];
            for (size_t i = 0; i < OV_LANES; i++)
                total[i] = first * x[1][i] * y[1][i];
            for (size_t n = 2; n < terms; n++)
                for (size_t i = 0; i < OV_LANES; i++)
                    total[i] += factor[n] * (x[n][i] * y[n][i]);
            memcpy(same.x[0], total, sizeof total);
            memcpy(same.x[1], total, sizeof total);
            ov_smooth_add(&sum, e, d, 1, s[c] * s[d]);
            dNz[at] += (c == d ? 1.0 : 2.0) * (ov_smooth_mean(e, block, &product, &sum) +
                                               ov_smooth_mean(e, block, A, &same));
        }
    }
}

/* A and its derivatives by the two outer fields; of one, by lambda_k alone. */
struct slopes {
    struct ov_smooth_both A, A_i, A_j, A_ii, A_ij, A_jj;
};

static struct ov_smooth_both product(const struct ov_smooth_both *x, const struct ov_smooth_both *y,
                                     double factor)
{
    struct ov_smooth_both xy;
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < OV_LANES; i++)
            xy.x[side][i] = factor * (x->x[side][i] * y->x[side][i]);
    return xy;
}

static void outer_slopes(struct slopes *x, const struct ov_gauss_smooth *e, size_t i, size_t j)
{
    struct ov_smooth_both k[4], l[4];
    bool one = i == j;
    derivatives_at(k, e, i, 4);
    derivatives_at(l, e, j, 4);
    x->A = product(&k[1], &l[1], 1.0);
    x->A_i = product(&k[2], &l[1], one ? 2.0 : 1.0);
    x->A_j = product(&k[1], &l[2], one ? 0.0 : 1.0);
    x->A_ii = product(&k[3], &l[1], one ? 2.0 : 1.0);
    x->A_ij = product(&k[2], &l[2], one ? 0.0 : 1.0);
    x->A_jj = product(&k[1], &l[3], one ? 0.0 : 1.0);
    if (one) {
        struct ov_smooth_both curvature = product(&k[2], &k[2], 2.0);
        for (size_t side = 0; side < 2; side++)
            for (size_t a = 0; a < OV_LANES; a++)
                x->A_ii.x[side][a] += curvature.x[side][a];
    }
}

static void add_nodes(double *dNz, const struct ov_gauss_smooth *e, size_t block,
                      const struct slopes *x, const struct ov_smooth_both *error, double sigma,
                      size_t i, size_t j)
{
    size_t P = e->P;
    struct ov_smooth_both square;
    for (size_t side = 0; side < 2; side++)
        for (size_t a = 0; a < OV_LANES; a++) {
            square.x[side][a] = sigma * sigma;
            for (size_t c = 0; c < P; c++)
                square.x[side][a] += error[c].x[side][a];
        }
    dNz[ov_sym_at(i, i)] += 0.5 * ov_smooth_mean(e, block, &x->A_ii, &square);
    dNz[ov_sym_at(j, j)] += 0.5 * ov_smooth_mean(e, block, &x->A_jj, &square);
    dNz[ov_sym_at(i, j)] += ov_smooth_mean(e, block, &x->A_ij, &square);
    for (size_t c = 0; c < P; c++) {
        /* on the diagonal d_c A meets d_c e^2 twice: half of it is what stands here */
        dNz[ov_sym_at(i, c)] += 2.0 * ov_smooth_mean(e, block, &x->A_i, &error[P + c]);
        dNz[ov_sym_at(j, c)] += 2.0 * ov_smooth_mean(e, block, &x->A_j, &error[P + c]);
        dNz[ov_sym_at(c, c)] += ov_smooth_mean(e, block, &x->A, &error[2 * P + c]);
    }
}

static void derivatives_of_Nz(double *dNz, struct ov_gauss_smooth *e, const double *s, double sigma,
                              size_t i, size_t j)
{
    size_t P = e->P, D_size = ov_sym_size(P);
    double *by_s = dNz + D_size;
    struct slopes x;
    memset(dNz, 0, (D_size + P) * sizeof *dNz);
    for (size_t block = 0; block < e->blocks; block++) {
        for (size_t c = 0; c < P; c++)
            ov_smooth_at(e, block, c, e->terms[c] + BLOCK);
        outer_slopes(&x, e, i, j);
        at_nodes(e->error, e, s);
        add_nodes(dNz, e, block, &x, e->error, sigma, i, j);
        add_pairs(dNz, e, block, &x.A, s);
        for (size_t c = 0; c < P; c++)
            by_s[c] +=
                s[c] != 0.0 ? 2.0 / s[c] * ov_smooth_mean(e, block, &x.A, &e->error[c]) : 0.0;
    }
}

void ov_gauss_smooth_derivatives(double *dG, double *dNz, struct ov_gauss *w, const double *C,
                                 const double *s, double sigma)
{
    struct ov_gauss_smooth *e = w->smooth;
    size_t P = w->P, width = ov_sym_size(P) + P;
    bool good = true;
    for (size_t k = 0; k < w->K; k++)
        for (size_t l = 0; good && l <= k; l++) {
            size_t i = w->M + k, j = w->M + l;
            good = ov_smooth_prepare(e, C, s, i, j);
            if (good && dG && k == l)
                derivatives_of_G(dG + k * P * width, e, C, s, i);
            if (good)
                derivatives_of_Nz(dNz + ov_sym_at(k, l) * width, e, s, sigma, i, j);
        }
    for (size_t i = 0; !good && dG && i < w->K * P * width; i++)
        dG[i] = NAN;
    for (size_t i = 0; !good && i < ov_sym_size(w->K) * width; i++)
        dNz[i] = NAN;
}

void ov_gauss_smooth_I2(double *I2, double (*slope)[3], struct ov_gauss *w, const double *C,
                        const double *s, size_t a)
{
    struct ov_gauss_smooth *e = w->smooth;
    bool good = ov_smooth_prepare(e, C, s, a, a);
    struct ov_smooth_both x[3], y[3];
    for (size_t c = 0; c < w->P; c++) {
        I2[c] = good ? 0.0 : NAN;
        for (size_t i = 0; slope && i < 3; i++)
            slope[c][i] = I2[c];
    }
    for (size_t block = 0; good && block < e->blocks; block++) {
        ov_smooth_at(e, block, a, BLOCK);
        derivatives_at(x, e, a, 3);
        for (size_t c = 0; c < w->P; c++) {
            ov_smooth_at(e, block, c, BLOCK);
            derivatives_at(y, e, c, 3);
            I2[c] += ov_smooth_mean(e, block, &x[0], &y[0]);
            if (!slope)
                continue;
            slope[c][0] += ov_smooth_mean(e, block, &x[1], &y[1]);
            slope[c][1] += 0.5 * ov_smooth_mean(e, block, &x[2], &y[0]);
            slope[c][2] += 0.5 * ov_smooth_mean(e, block, &x[0], &y[2]);
        }
    }
}
