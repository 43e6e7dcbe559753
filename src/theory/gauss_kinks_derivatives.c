/* SPDX-License-Identifier: MIT
 *
 * The derivatives of the averages of ReLU and leaky ReLU students (gauss_kinks.c) from those of
 * gauss_relu with the weights p, Gr and Nr (gauss_relu_derivatives.c). With relu = (|x| + x)/2 and
 * theta = (1 + sgn)/2,
 *     g_kb  = sum_c p_c < sgn_k x_b |x_c| > = 4 Gr_kb - (C p)_b,    H_k(p,q) = sum_a q_a g_ka,
 * so that, S, W, Z as there and u = 2 A B q - 2 A^2 p,
 *     G_kb  = A g_kb + B (C q)_b
 *     Nz_kl = 16 A^2 Nr_kl + A^2 [S_kl(q) - S_kl(p)] + sum_a u_a (g_ka + g_la)
 *             + (B^2 - A^2) W(p) + B^2 Z(q) - A^2 Z(p) + sigma^2 J2_kl.
 * By C_ab, W moves by < sgn_a sgn_b >, S_kl by the variance of q.x given x_k = x_l = 0 over the
 * area of k and l: capped where they coincide, as there. A student without weights counts as a line
 * of slope A sgn(0) + B = B - A: its own slope is infinite.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gauss_kinks_internal.h"

static const double two_over_pi = 2.0 / M_PI;

static const double cap = 1e5; /* of 1/sqrt(1 - r^2) */

struct kinks {
    const struct ov_gauss *w;
    const double *C;
    struct ov_kink_shape g; /* of the students */
    struct ov_kink_signal x;
    size_t D, width;
};

static double C_of(const struct kinks *w, size_t a, size_t b)
{
    return w->C[ov_sym_at(a, b)];
}

static bool is_dead(const struct kinks *w, size_t a)
{
    return !(C_of(w, a, a) > 0.0);
}

/* 1/area, capped. */
static double inverse_area(const struct kinks *w, size_t a, size_t b, double area)
{
    double size = sqrt(C_of(w, a, a) * C_of(w, b, b));
    return size < cap * area ? 1.0 / area : cap / size;
}

/* row += weight d(x'C y) by C, for x'C y = sum x_a C_ab y_b. */
static void add_form(double *row, const struct kinks *w, double weight, const double *x,
                     const double *y)
{
    for (size_t i = 0; i < w->w->P; i++) {
        for (size_t j = 0; j < i; j++)
            row[ov_sym_at(i, j)] += weight * (x[i] * y[j] + x[j] * y[i]);
        row[ov_sym_at(i, i)] += weight * x[i] * y[i];
    }
}

/* row += weight d(C x)_k by C. */
static void add_image(double *row, const struct kinks *w, double weight, const double *x, size_t k)
{
    for (size_t c = 0; c < w->w->P; c++)
        row[ov_sym_at(k, c)] += weight * x[c];
}

/* A or B of field c, by which p or q moves with s_c. */
static double share(const struct kinks *w, size_t c, bool of_q)
{
    struct ov_kink_shape g = ov_kink_shape_of(w->w->act[c]);
    return of_q ? g.B : g.A;
}

/* row += weight dS_kl, of the weights p or q. */
static void add_S(double *row, const struct kinks *w, double weight, size_t k, size_t l, bool of_q)
{
    const double *x = of_q ? w->x.q : w->x.p, *y = of_q ? w->x.Cq : w->x.Cp;
    struct ov_kink_angle kl = ov_kink_angle_of(w->C, k, l);
    double Z = 0.0, c = C_of(w, k, l), kk = C_of(w, k, k), ll = C_of(w, l, l),
           f = weight * two_over_pi;
    for (size_t a = 0; a < w->w->P; a++) {
        Z += x[a] * y[a];
        row[w->D + a] += f * 2.0 * kl.asin * y[a] * share(w, a, of_q);
    }
    add_form(row, w, f * kl.asin, x, x);
    if (k == l)
        return;
    double inverse = inverse_area(w, k, l, kl.area), yk = y[k], yl = y[l];
    double by_k = f * inverse * 2.0 * (yl - c * yk / kk),
           by_l = f * inverse * 2.0 * (yk - c * yl / ll);
    double along_k = yk * yk / kk, across = (yl - c * yk / kk) * inverse * sqrt(kk);
    double given = fmax(Z - along_k - across * across, 0.0) * inverse;
    add_image(row, w, by_k, x, k);
    add_image(row, w, by_l, x, l);
    row[ov_sym_at(k, l)] += f * given;
    row[ov_sym_at(k, k)] -= f * (0.5 * c / kk * given + yk / kk * (yl - c * yk / kk) * inverse);
    row[ov_sym_at(l, l)] -= f * (0.5 * c / ll * given + yl / ll * (yk - c * yl / ll) * inverse);
    for (size_t a = 0; a < w->w->P; a++)
        row[w->D + a] += (by_k * C_of(w, k, a) + by_l * C_of(w, l, a)) * share(w, a, of_q);
}

/* row += weight dW. */
static void add_W(double *row, const struct kinks *w, double weight)
{
    const double *p = w->x.p;
    for (size_t a = 0; a < w->w->P; a++)
        for (size_t b = 0; b <= a; b++) {
            struct ov_kink_angle ab = ov_kink_angle_of(w->C, a, b);
            double twice = weight * two_over_pi * (a == b ? 1.0 : 2.0), c = C_of(w, a, b);
            double mean = ab.area + c * ab.asin;
            row[ov_sym_at(a, b)] += twice * p[a] * p[b] * ab.asin;
            row[w->D + a] += twice * p[b] * mean * share(w, a, false);
            row[w->D + b] += twice * p[a] * mean * share(w, b, false);
            if (ab.area > 0.0) {
                row[ov_sym_at(a, a)] += 0.5 * twice * p[a] * p[b] * ab.area / C_of(w, a, a);
                row[ov_sym_at(b, b)] += 0.5 * twice * p[a] * p[b] * ab.area / C_of(w, b, b);
            }
        }
}

/* row += weight dZ, of the weights p or q. */
static void add_Z(double *row, const struct kinks *w, double weight, bool of_q)
{
    const double *x = of_q ? w->x.q : w->x.p, *y = of_q ? w->x.Cq : w->x.Cp;
    add_form(row, w, weight, x, x);
    for (size_t a = 0; a < w->w->P; a++)
        row[w->D + a] += weight * 2.0 * y[a] * share(w, a, of_q);
}

/* g_ka. */
static double signed_mean(const struct kinks *w, size_t k, size_t a)
{
    double sum = 0.0;
    for (size_t c = 0; c < w->w->P; c++) {
        struct ov_kink_angle kc = ov_kink_angle_of(w->C, k, c);
        sum += w->x.p[c] * (C_of(w, a, c) * kc.asin + C_of(w, a, k) / C_of(w, k, k) * kc.area);
    }
    return two_over_pi * sum;
}

/* row += d sum_a u_a g_ka; dGr are the rows of Gr_k. */
static void add_u(double *row, const struct kinks *w, const double *dGr, size_t k)
{
    double A = w->g.A, B = w->g.B;
    for (size_t a = 0; a < w->w->P; a++) {
        double u = 2.0 * A * (B * w->x.q[a] - A * w->x.p[a]);
        const double *of_a = dGr + a * w->width;
        for (size_t i = 0; i < w->D; i++)
            row[i] += 4.0 * u * of_a[i];
        add_image(row, w, -u, w->x.p, a);
        for (size_t c = 0; c < w->w->P; c++)
            row[w->D + c] += u * (4.0 * of_a[w->D + c] - C_of(w, a, c)) * share(w, c, false);
        row[w->D + a] +=
            2.0 * A * (B * share(w, a, true) - A * share(w, a, false)) * signed_mean(w, k, a);
    }
}

/* row += weight d asin(r_kl) 2/pi, of the label noise. */
static void add_J2(double *row, const struct kinks *w, double weight, size_t k, size_t l)
{
    double inverse = inverse_area(w, k, l, ov_kink_angle_of(w->C, k, l).area);
    double slope = k == l ? 0.0 : weight * two_over_pi * inverse;
    row[ov_sym_at(k, l)] += slope;
    row[ov_sym_at(k, k)] -= 0.5 * slope * C_of(w, k, l) / C_of(w, k, k);
    row[ov_sym_at(l, l)] -= 0.5 * slope * C_of(w, k, l) / C_of(w, l, l);
}

/* The row of Nz_kl, which holds that of Nr_kl by C and p. */
static void derive_Nz(double *row, const struct kinks *w, const double *dGr, double sigma, size_t k,
                      size_t l)
{
    size_t M = w->w->M, P = w->w->P;
    double A2 = w->g.A * w->g.A, B2 = w->g.B * w->g.B;
    for (size_t i = 0; i < w->width; i++)
        row[i] *= 16.0 * A2 * (i < w->D ? 1.0 : share(w, i - w->D, false));
    if (is_dead(w, k) || is_dead(w, l))
        return;
    add_S(row, w, A2, k, l, true);
    add_S(row, w, -A2, k, l, false);
    add_u(row, w, dGr + (k - M) * P * w->width, k);
    add_u(row, w, dGr + (l - M) * P * w->width, l);
    add_W(row, w, B2 - A2);
    add_Z(row, w, B2, true);
    add_Z(row, w, -A2, false);
    add_J2(row, w, sigma * sigma * A2, k, l);
}

/* The row of G_kb, which holds that of Gr_kb by C and p. */
static void derive_G(double *row, const struct kinks *w, size_t k, size_t b)
{
    bool dead = is_dead(w, k);
    double A = dead ? 0.0 : w->g.A, B = dead ? w->g.B - w->g.A : w->g.B;
    for (size_t i = 0; i < w->width; i++)
        row[i] *= 4.0 * A * (i < w->D ? 1.0 : share(w, i - w->D, false));
    add_image(row, w, -A, w->x.p, b);
    add_image(row, w, B, w->x.q, b);
    for (size_t c = 0; c < w->w->P; c++)
        row[w->D + c] += C_of(w, b, c) * (B * share(w, c, true) - A * share(w, c, false));
}

void ov_gauss_kinks_derivatives(double *dG, double *dNz, struct ov_gauss *w, const double *C,
                                const double *s, double sigma)
{
    size_t D = ov_sym_size(w->P), width = D + w->P;
    bool all = dG != NULL;
    if (!all && !w->dG)
        w->dG = calloc(w->K * w->P * width, sizeof *w->dG);
    if (!all && !w->dG) {
        memset(dNz, 0xff, ov_sym_size(w->K) * width * sizeof *dNz); /* NaN */
        return;
    }
    dG = all ? dG : w->dG;
    struct kinks x = {w, C, ov_kink_shape_of(w->student), ov_kink_signal_of(w, C, s), D, width};
    ov_gauss_relu_derivatives(dG, dNz, w, C, x.x.p, 0.0);
    for (size_t k = w->M; k < w->P; k++)
        for (size_t l = w->M; l <= k; l++)
            derive_Nz(dNz + width * ov_sym_at(k - w->M, l - w->M), &x, dG, sigma, k, l);
    for (size_t k = w->M; all && k < w->P; k++)
        for (size_t b = 0; b < w->P; b++)
            derive_G(dG + ((k - w->M) * w->P + b) * width, &x, k, b);
}
