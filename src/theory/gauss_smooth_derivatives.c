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

/* The row of G_kb from here on: on_k = sum_c s_c < g''_k g_c >, slope_c = < g'_k g'_c > and their
 * derivatives by C, which are nothing but products of one derivative of g_k with one of g_c. */
static void add_slopes(double *d_on_k, double *d_slope, const struct ov_gauss_smooth *e,
                       double weight, const double *s, size_t i)
{
    const double *k = e->D + i * OV_SMOOTH_WIDTH;
    size_t ii = ov_sym_at(i, i), D_size = ov_sym_size(e->P);
    for (size_t c = 0; c < e->P; c++) {
        const double *D = e->D + c * OV_SMOOTH_WIDTH;
        size_t ic = ov_sym_at(i, c), cc = ov_sym_at(c, c);
        double *of_slope = d_slope + c * D_size;
        d_on_k[ic] += weight * s[c] * k[3] * D[1];
        d_on_k[ii] += 0.5 * weight * s[c] * k[4] * D[0];
        d_on_k[cc] += 0.5 * weight * s[c] * k[2] * D[2];
        of_slope[ic] += weight * k[2] * D[2];
        of_slope[ii] += 0.5 * weight * k[3] * D[1];
        of_slope[cc] += 0.5 * weight * k[1] * D[3];
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

static void derivatives_of_G(double *dG, struct ov_gauss *w, const double *C, const double *s,
                             size_t i)
{
    struct ov_gauss_smooth *e = w->smooth;
    size_t P = e->P, D_size = ov_sym_size(P);
    double *value = e->scratch, *d_on_k = value + P, *d_slope = d_on_k + D_size;
    memset(value, 0, (P + (P + 1) * D_size) * sizeof *value);
    memset(e->slope, 0, P * sizeof *e->slope);
    const double *k = e->D + i * OV_SMOOTH_WIDTH;
    for (size_t node = 0; node < e->n; node++) {
        double weight = e->weight[node];
        for (size_t c = 0; c < P; c++)
            ov_smooth_field(e, node, c, 2 * BLOCK);
        for (size_t c = 0; c < P; c++) {
            const double *D = e->D + c * OV_SMOOTH_WIDTH;
            e->slope[c] += weight * k[1] * D[1];
            value[c] += weight * k[2] * D[0];
        }
        add_slopes(d_on_k, d_slope, e, weight, s, i);
    }
    row_of_dG(dG, e, C, s, i, value, d_on_k, d_slope);
}

/* ---- Nz ---- */

/* error[m P + c] = s_c < e g_c^(m) >, m = 0, 1, 2. */
static OV_CLONES void at_node(double *error, const struct ov_gauss_smooth *e, const double *s)
{
    size_t P = e->P;
    double mean = 0.0;
    for (size_t c = 0; c < P; c++)
        mean += s[c] * e->D[c * OV_SMOOTH_WIDTH];
    for (size_t c = 0; c < P; c++) {
        const double *D = e->D + c * OV_SMOOTH_WIDTH;
        double total[3][BLOCK] = {{0.0}};
        for (size_t b = 0; b < e->terms[c]; b += BLOCK) {
            double sum[BLOCK] = {0.0};
            for (size_t d = 0; d < P; d++) {
                size_t at = ov_sym_at(c, d);
                const double *factor = e->factor + at * OV_TERMS_MAX + b;
                const double *other = e->D + d * OV_SMOOTH_WIDTH + b;
                if (b < e->pair_terms[at])
                    for (size_t i = 0; i < BLOCK; i++)
                        sum[i] += factor[i] * other[i];
            }
            for (size_t m = 0; m < 3; m++)
                for (size_t i = 0; i < BLOCK; i++)
                    total[m][i] += sum[i] * D[b + i + m];
        }
        for (size_t m = 0; m < 3; m++)
            error[m * P + c] =
                s[c] * D[m] * mean + ((total[m][0] + total[m][2]) + (total[m][1] + total[m][3]));
    }
}

/* dNz_cd += weight 2 s_c s_d < g'_c g'_d >, one half on the diagonal. */
static OV_CLONES void add_pairs(double *dNz, const struct ov_gauss_smooth *e, double weight,
                                const double *s)
{
    for (size_t c = 0; c < e->P; c++)
        for (size_t d = 0; d <= c; d++) {
            size_t at = ov_sym_at(c, d), n = e->pair_terms[at];
            const double *factor = e->factor + at * OV_TERMS_MAX;
            const double *x = e->D + c * OV_SMOOTH_WIDTH + 1;
            const double *y = e->D + d * OV_SMOOTH_WIDTH + 1;
            double total[BLOCK] = {s[c] * s[d] * x[0] * y[0]};
            for (size_t b = 0; b < n; b += BLOCK)
                for (size_t i = 0; i < BLOCK; i++)
                    total[i] += factor[b + i] * x[b + i] * y[b + i];
            double sum = (total[0] + total[2]) + (total[1] + total[3]);
            dNz[at] += (c == d ? 1.0 : 2.0) * weight * sum;
        }
}

/* A and its derivatives by the two outer fields; of one, by lambda_k alone. */
struct slopes {
    double A, A_i, A_j, A_ii, A_ij, A_jj;
};

static struct slopes outer_slopes(const double *k, const double *l, bool one)
{
    if (one)
        return (struct slopes){
            .A = k[1] * k[1], .A_i = 2.0 * k[1] * k[2], .A_ii = 2.0 * (k[2] * k[2] + k[1] * k[3])};
    return (struct slopes){k[1] * l[1], k[2] * l[1], k[1] * l[2],
                           k[3] * l[1], k[2] * l[2], k[1] * l[3]};
}

static void add_node(double *dNz, const struct ov_gauss_smooth *e, double weight,
                     const struct slopes *x, const double *error, double sigma, size_t i, size_t j)
{
    size_t P = e->P;
    double square = sigma * sigma;
    for (size_t c = 0; c < P; c++)
        square += error[c];
    dNz[ov_sym_at(i, i)] += 0.5 * weight * x->A_ii * square;
    dNz[ov_sym_at(j, j)] += 0.5 * weight * x->A_jj * square;
    dNz[ov_sym_at(i, j)] += weight * x->A_ij * square;
    for (size_t c = 0; c < P; c++) {
        /* on the diagonal d_c A meets d_c e^2 twice: half of it is what stands here */
        dNz[ov_sym_at(i, c)] += 2.0 * weight * x->A_i * error[P + c];
        dNz[ov_sym_at(j, c)] += 2.0 * weight * x->A_j * error[P + c];
        dNz[ov_sym_at(c, c)] += weight * x->A * error[2 * P + c];
    }
}

static void derivatives_of_Nz(double *dNz, struct ov_gauss *w, const double *s, double sigma,
                              size_t i, size_t j)
{
    struct ov_gauss_smooth *e = w->smooth;
    size_t P = e->P, D_size = ov_sym_size(P);
    double *error = e->scratch, *by_s = dNz + D_size;
    const double *k = e->D + i * OV_SMOOTH_WIDTH, *l = e->D + j * OV_SMOOTH_WIDTH;
    memset(dNz, 0, (D_size + P) * sizeof *dNz);
    for (size_t node = 0; node < e->n; node++) {
        double weight = e->weight[node];
        ov_smooth_field(e, node, i, 2 * BLOCK);
        if (i != j)
            ov_smooth_field(e, node, j, 2 * BLOCK);
        double most_k = fmax(fmax(fabs(k[1]), fabs(k[2])), fabs(k[3]));
        if (weight * most_k * fmax(fmax(fabs(l[1]), fabs(l[2])), fabs(l[3])) < 1e-9 * e->tol)
            continue;
        for (size_t c = 0; c < P; c++)
            if (c != i && c != j)
                ov_smooth_field(e, node, c, e->terms[c] + BLOCK);
        struct slopes x = outer_slopes(k, l, i == j);
        at_node(error, e, s);
        add_node(dNz, e, weight, &x, error, sigma, i, j);
        add_pairs(dNz, e, weight * x.A, s);
        for (size_t c = 0; c < P; c++)
            by_s[c] += s[c] != 0.0 ? 2.0 * weight * x.A * error[c] / s[c] : 0.0;
    }
}

void ov_gauss_smooth_derivatives(double *dG, double *dNz, struct ov_gauss *w, const double *C,
                                 const double *s, double sigma)
{
    size_t P = w->P, width = ov_sym_size(P) + P;
    bool good = true;
    for (size_t k = 0; k < w->K; k++)
        for (size_t l = 0; good && l <= k; l++) {
            size_t i = w->M + k, j = w->M + l;
            good = ov_smooth_prepare(w, C, s, i, j);
            if (good && k == l)
                derivatives_of_G(dG + k * P * width, w, C, s, i);
            if (good)
                derivatives_of_Nz(dNz + ov_sym_at(k, l) * width, w, s, sigma, i, j);
        }
    for (size_t i = 0; !good && i < w->K * P * width; i++)
        dG[i] = NAN;
    for (size_t i = 0; !good && i < ov_sym_size(w->K) * width; i++)
        dNz[i] = NAN;
}

void ov_gauss_smooth_I2(double *I2, double (*slope)[3], struct ov_gauss *w, const double *C,
                        const double *s, size_t a)
{
    struct ov_gauss_smooth *e = w->smooth;
    bool good = ov_smooth_prepare(w, C, s, a, a);
    for (size_t c = 0; c < w->P; c++) {
        I2[c] = good ? 0.0 : NAN;
        for (size_t i = 0; slope && i < 3; i++)
            slope[c][i] = I2[c];
    }
    const double *D_a = e->D + a * OV_SMOOTH_WIDTH;
    for (size_t node = 0; good && node < e->n; node++) {
        ov_smooth_field(e, node, a, BLOCK);
        for (size_t c = 0; c < w->P; c++) {
            const double *D = e->D + c * OV_SMOOTH_WIDTH;
            ov_smooth_field(e, node, c, BLOCK);
            I2[c] += e->weight[node] * D_a[0] * D[0];
            if (!slope)
                continue;
            slope[c][0] += e->weight[node] * D_a[1] * D[1];
            slope[c][1] += 0.5 * e->weight[node] * D_a[2] * D[0];
            slope[c][2] += 0.5 * e->weight[node] * D_a[0] * D[2];
        }
    }
}
