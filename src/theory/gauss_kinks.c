/* SPDX-License-Identifier: MIT
 *
 * ReLU and leaky ReLU students; teachers of these kinds or linear. All are A |x| + B x, with slope
 * A sgn(x) + B: A = B = 1/2 for ReLU, (1 - a)/2 and (1 + a)/2 with leak a, 0 and 1 for the line.
 * An average with an odd number of odd factors is 0. With p_c = s_c A_c, q_c = s_c B_c
 * (paper.md eq:leaky)
 *     G_kb  = A sum_c p_c < sgn_k x_b |x_c| > + B sum_c q_c C_bc
 *     Nz_kl = A^2 [X_kl + S_kl(q)] + 2 A B [H_k(p,q) + H_l(p,q)] + B^2 [W(p) + Z(q)]
 *     X_kl = sum p_a p_b < sgn_k sgn_l |x_a| |x_b| >     S_kl = sum q_a q_b < sgn_k sgn_l x_a x_b >
 *     H_k  = sum p_c q_a < sgn_k |x_c| x_a >             W    = sum p_a p_b < |x_a| |x_b| >
 *     Z    = sum q_a q_b C_ab.
 * 1. S, H, W and Z are sums of arcsines.
 * 2. X is what is left of gauss_relu's average with the weights p:
 *    16 Nz_kl = X_kl + S_kl(p) + 2 [H_k(p,p) + H_l(p,p)] + W(p) + Z(p).
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "gauss_kinks_internal.h"

static const double two_over_pi = 2.0 / M_PI;

struct ov_kink_shape ov_kink_shape_of(const struct ov_activation *g)
{
    double below = g->act == OV_ACT_RELU ? 0.0 : g->act == OV_ACT_LINEAR ? 1.0 : OV_LEAK;
    return (struct ov_kink_shape){0.5 * (1.0 - below), 0.5 * (1.0 + below)};
}

struct ov_kink_angle ov_kink_angle_of(const double *C, size_t a, size_t b)
{
    long double ab = C[ov_sym_at(a, b)];
    long double open = (long double)C[ov_sym_at(a, a)] * C[ov_sym_at(b, b)] - ab * ab;
    double area = a == b || open <= 0.0L ? 0.0 : (double)sqrtl(open);
    return (struct ov_kink_angle){atan2((double)ab, area), area};
}

/* y = C x. */
static void times(double *y, const struct ov_gauss *w, const double *C, const double *x)
{
    for (size_t a = 0; a < w->P; a++) {
        y[a] = 0.0;
        for (size_t b = 0; b < w->P; b++)
            y[a] += C[ov_sym_at(a, b)] * x[b];
    }
}

static double along(const struct ov_gauss *w, const double *x, const double *y)
{
    double sum = 0.0;
    for (size_t a = 0; a < w->P; a++)
        sum += x[a] * y[a];
    return sum;
}

/* H_k from y = C q. */
static double one_sign(const struct ov_gauss *w, const double *C, const double *p, const double *y,
                       size_t k)
{
    double sum = 0.0;
    for (size_t c = 0; c < w->P; c++) {
        struct ov_kink_angle to = ov_kink_angle_of(C, k, c);
        sum += p[c] * (y[c] * to.asin + y[k] * to.area / C[ov_sym_at(k, k)]);
    }
    return two_over_pi * sum;
}

/* S_kl from y = C q and Z = q'y; a plane that k and l do not span leaves the sign of one. */
static double two_signs(const double *C, const double *y, double Z, size_t k, size_t l)
{
    struct ov_kink_angle kl = ov_kink_angle_of(C, k, l);
    double sum = Z * kl.asin, c = C[ov_sym_at(k, l)];
    if (kl.area > 0.0) {
        double yk = y[k], yl = y[l];
        sum += (2.0 * yk * yl - c * (yk * yk / C[ov_sym_at(k, k)] + yl * yl / C[ov_sym_at(l, l)])) /
               kl.area;
    }
    return two_over_pi * sum;
}

/* W. */
static double no_sign(const struct ov_gauss *w, const double *C, const double *p)
{
    double sum = 0.0;
    for (size_t a = 0; a < w->P; a++)
        for (size_t b = 0; b <= a; b++) {
            struct ov_kink_angle ab = ov_kink_angle_of(C, a, b);
            double mean = ab.area + C[ov_sym_at(a, b)] * ab.asin;
            sum += (a == b ? 1.0 : 2.0) * p[a] * p[b] * mean;
        }
    return two_over_pi * sum;
}

static void contract_G(double *G, const struct ov_gauss *w, const double *C, const double *p,
                       const double *Cq, struct ov_kink_shape g)
{
    for (size_t k = w->M; k < w->P; k++) {
        double *row = G + (k - w->M) * w->P;
        for (size_t b = 0; b < w->P; b++)
            row[b] = g.B * Cq[b];
        for (size_t c = 0; c < w->P; c++) {
            struct ov_kink_angle to = ov_kink_angle_of(C, k, c);
            double on_k = g.A * two_over_pi * p[c] * to.area / C[ov_sym_at(k, k)];
            double on_c = g.A * two_over_pi * p[c] * to.asin;
            for (size_t b = 0; b < w->P; b++)
                row[b] += on_k * C[ov_sym_at(k, b)] + on_c * C[ov_sym_at(b, c)];
        }
    }
}

struct ov_kink_signal ov_kink_signal_of(struct ov_gauss *w, const double *C, const double *s)
{
    struct ov_kink_signal x = {w->row, w->q, w->C1, w->C2};
    for (size_t c = 0; c < w->P; c++) {
        struct ov_kink_shape g = ov_kink_shape_of(w->act[c]);
        x.p[c] = s[c] * g.A;
        x.q[c] = s[c] * g.B;
    }
    times(x.Cp, w, C, x.p);
    times(x.Cq, w, C, x.q);
    return x;
}

/* Nz holds gauss_relu's average with weights p. */
static void contract_Nz(double *Nz, const struct ov_gauss *w, const double *C,
                        const struct ov_kink_signal *x, double sigma)
{
    struct ov_kink_shape g = ov_kink_shape_of(w->student);
    double Zp = along(w, x->p, x->Cp), Zq = along(w, x->q, x->Cq), W = no_sign(w, C, x->p);
    for (size_t k = w->M; k < w->P; k++)
        for (size_t l = w->M; l <= k; l++) {
            double Hpp = one_sign(w, C, x->p, x->Cp, k) + one_sign(w, C, x->p, x->Cp, l);
            double Hpq = one_sign(w, C, x->p, x->Cq, k) + one_sign(w, C, x->p, x->Cq, l);
            double Sp = two_signs(C, x->Cp, Zp, k, l), Sq = two_signs(C, x->Cq, Zq, k, l);
            double *noise = &Nz[ov_sym_at(k - w->M, l - w->M)];
            double X = 16.0 * *noise - Sp - 2.0 * Hpp - W - Zp;
            double J2 = g.A * g.A * two_over_pi * ov_kink_angle_of(C, k, l).asin + g.B * g.B;
            *noise = g.A * g.A * (X + Sq) + 2.0 * g.A * g.B * Hpq + g.B * g.B * (W + Zq) +
                     sigma * sigma * J2;
        }
}

void ov_gauss_contract_kinks(double *G, double *Nz, struct ov_gauss *w, const double *C,
                             const double *s, double sigma)
{
    for (size_t k = w->M; k < w->P; k++)
        if (C[ov_sym_at(k, k)] <= 0.0) { /* without weights: no sign */
            ov_gauss_contract_sums(G, Nz, w, C, s, sigma);
            return;
        }
    struct ov_kink_signal x = ov_kink_signal_of(w, C, s);
    if (Nz) {
        ov_gauss_contract_relu(NULL, Nz, w, C, x.p, 0.0);
        contract_Nz(Nz, w, C, &x, sigma);
    }
    if (G)
        contract_G(G, w, C, x.p, x.Cq, ov_kink_shape_of(w->student));
}

/* < sgn_k sgn_c > = (2/pi) asin r; g''_k = 2 A delta: H_k is G's part along k. A student without
 * weights counts as a line of slope A sgn(0) + B = B - A. */
void ov_gauss_slopes_kinks(double *D, struct ov_gauss *w, const double *C, const double *s)
{
    struct ov_kink_shape g = ov_kink_shape_of(w->student);
    for (size_t k = w->M; k < w->P; k++) {
        double *row = D + (k - w->M) * w->P, on_k = 0.0, kk = C[ov_sym_at(k, k)];
        bool dead = kk <= 0.0;
        for (size_t c = 0; c < w->P; c++) {
            struct ov_kink_shape h = ov_kink_shape_of(w->act[c]);
            struct ov_kink_angle to = ov_kink_angle_of(C, k, c);
            double sign = dead ? 0.0 : g.A * two_over_pi * s[c] * h.A;
            row[c] = (dead ? g.B - g.A : g.B) * s[c] * h.B + sign * to.asin;
            on_k += dead ? 0.0 : sign * to.area / kk;
        }
        row[k] += on_k;
    }
}
