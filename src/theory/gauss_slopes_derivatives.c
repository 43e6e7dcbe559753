/* SPDX-License-Identifier: MIT
 *
 * The derivatives of the mean derivatives D (paper.md eq:D) by C and by s, in closed form. D is
 * linear in s; D_kc only depends on C_kk, C_kc and C_cc, and D_kk on all C_kc and the diagonal.
 */
#include <math.h>
#include <string.h>

#include "gauss_erf_internal.h"
#include "gauss_internal.h"
#include "gauss_kinks_internal.h"
#include "gauss_relu_internal.h"

struct view {
    const struct ov_gauss *w;
    const double *C, *s;
    size_t P, D, width;
};

static struct view view_of(const struct ov_gauss *w, const double *C, const double *s)
{
    size_t D = ov_sym_size(w->P);
    return (struct view){w, C, s, w->P, D, D + w->P};
}

/* ---- erf and linear ---- */

/* t = weight s_c < g'_c >; its derivatives by the variance v, by s_c, and by C_kk through the
 * weight. */
struct term {
    double t, by_v, by_s, by_q;
};

static struct term term_of(const struct view *x, size_t c, double v, double weight, double q)
{
    bool erf = x->w->act[c]->act == OV_ACT_ERF;
    double by_s = weight * ov_gauss_erf_slope(erf, v), t = x->s[c] * by_s;
    return (struct term){t, erf ? -0.5 * t / (1.0 + v) : 0.0, by_s, -0.5 * t / q};
}

/* D_kc = t_c at v = C_cc - C_kc^2/q, q = 1 + C_kk; D_kk = (t_k - sum_(c != k) C_kc t_c)/q at
 * v = C_kk/q. dD: the rows of k. */
static void derive_erf(double *dD, const struct view *x, size_t k)
{
    double q = 1.0 + x->C[ov_sym_at(k, k)], weight = ov_gauss_erf_slope(true, q - 1.0);
    struct term t = term_of(x, k, (q - 1.0) / q, weight, q);
    double *own = dD + k * x->width, sum = t.t;
    own[ov_sym_at(k, k)] = (t.by_v / (q * q) + t.by_q) / q;
    own[x->D + k] = t.by_s / q;
    for (size_t c = 0; c < x->P; c++) {
        double kc = x->C[ov_sym_at(k, c)], pull = kc / q, *row = dD + c * x->width;
        if (c == k)
            continue;
        t = term_of(x, c, x->C[ov_sym_at(c, c)] - kc * pull, weight, q);
        row[ov_sym_at(c, c)] = t.by_v;
        row[ov_sym_at(k, c)] = -2.0 * pull * t.by_v;
        row[ov_sym_at(k, k)] = pull * pull * t.by_v + t.by_q;
        row[x->D + c] = t.by_s;
        own[ov_sym_at(c, c)] -= pull * row[ov_sym_at(c, c)];
        own[ov_sym_at(k, c)] -= pull * row[ov_sym_at(k, c)] + t.t / q;
        own[ov_sym_at(k, k)] -= pull * row[ov_sym_at(k, k)];
        own[x->D + c] -= pull * t.by_s;
        sum -= kc * t.t;
    }
    own[ov_sym_at(k, k)] -= sum / (q * q);
}

static void derive_linear(double *dD, const struct view *x)
{
    for (size_t c = 0; c < x->P; c++) {
        struct term t = term_of(x, c, x->C[ov_sym_at(c, c)], 1.0, 1.0);
        dD[c * x->width + ov_sym_at(c, c)] = t.by_v;
        dD[c * x->width + x->D + c] = t.by_s;
    }
}

void ov_gauss_erf_slopes_derivatives(double *dD, struct ov_gauss *w, const double *C,
                                     const double *s)
{
    struct view x = view_of(w, C, s);
    memset(dD, 0, w->K * x.P * x.width * sizeof *dD);
    for (size_t k = 0; k < w->K; k++) {
        double *rows = dD + k * x.P * x.width;
        if (w->g == OV_ACT_ERF)
            derive_erf(rows, &x, w->M + k);
        else
            derive_linear(rows, &x);
    }
}

/* ---- x^2 and He2: D_kc = 4 C_kc s_c + 2 e delta_kc ---- */

void ov_gauss_quadratic_slopes_derivatives(double *dD, struct ov_gauss *w, const double *C,
                                           const double *s)
{
    struct view x = view_of(w, C, s);
    memset(dD, 0, w->K * x.P * x.width * sizeof *dD);
    for (size_t k = w->M; k < w->P; k++) {
        double *rows = dD + (k - w->M) * x.P * x.width, *own = rows + k * x.width;
        for (size_t c = 0; c < w->P; c++) {
            double constant = w->act[c]->act == OV_ACT_HE2 ? 1.0 : 0.0;
            rows[c * x.width + ov_sym_at(k, c)] += 4.0 * s[c];
            rows[c * x.width + x.D + c] += 4.0 * C[ov_sym_at(k, c)];
            own[ov_sym_at(c, c)] += 2.0 * s[c];
            own[x.D + c] += 2.0 * (C[ov_sym_at(c, c)] - constant);
        }
    }
}

/* ---- kinks ---- */

static const double two_over_pi = 2.0 / M_PI;

static const double cap = 1e5; /* of 1/sqrt(1 - r^2) */

/* With f = (2/pi) A A_c
 *     D_kc = s_c (B B_c + f asin r),   D_kk = s_k (A^2 + B^2) + sum_(c != k) s_c f area/C_kk,
 * area = sd_k sd_c sqrt(1 - r^2); both by C_kc, C_kk and C_cc. */
static void derive_kink(double *dD, const struct view *x, size_t k, size_t c)
{
    const struct ov_gauss_relu *relu = x->w->relu;
    const struct ov_relu_pair *kc = &relu->pair[k * x->P + c];
    struct ov_kink_shape g = ov_kink_shape_of(x->w->student), h = ov_kink_shape_of(x->w->act[c]);
    double f = two_over_pi * g.A * h.A, F = x->s[c] * f,
           inverse = kc->inverse < cap ? kc->inverse : cap;
    double sd_k = relu->sd[k], sd_c = relu->sd[c], kk = sd_k * sd_k, ratio = sd_c / sd_k;
    double *row = dD + c * x->width, *own = dD + k * x->width;
    row[ov_sym_at(k, c)] = F * inverse / (sd_k * sd_c);
    row[ov_sym_at(k, k)] = -0.5 * F * inverse * kc->R / kk;
    row[ov_sym_at(c, c)] = -0.5 * F * inverse * kc->R / (sd_c * sd_c);
    row[x->D + c] = g.B * h.B + f * kc->angle;
    own[ov_sym_at(k, c)] -= F * inverse * kc->R / kk;
    own[ov_sym_at(c, c)] += 0.5 * F * inverse / (sd_k * sd_c);
    own[ov_sym_at(k, k)] += F * ratio * (0.5 * inverse - kc->s) / kk;
    own[x->D + c] += f * ratio * kc->s;
}

void ov_gauss_kinks_slopes_derivatives(double *dD, struct ov_gauss *w, const double *C,
                                       const double *s)
{
    struct view x = view_of(w, C, s);
    struct ov_kink_shape g = ov_kink_shape_of(w->student);
    ov_gauss_relu_load(w->relu, C);
    memset(dD, 0, w->K * x.P * x.width * sizeof *dD);
    for (size_t k = w->M; k < w->P; k++) {
        double *rows = dD + (k - w->M) * x.P * x.width;
        bool alive = w->relu->sd[k] != 0.0;
        for (size_t c = 0; c < w->P; c++)
            if (alive && c != k && w->relu->sd[c] != 0.0)
                derive_kink(rows, &x, k, c);
            else /* no sign */
                rows[c * x.width + x.D + c] =
                    (alive ? g.B : g.B - g.A) * ov_kink_shape_of(w->act[c]).B;
        if (alive)
            rows[k * x.width + x.D + k] += g.A * g.A;
    }
}
