/* SPDX-License-Identifier: MIT
 *
 * Contraction for tanh students, as sums of erf units (paper.md eq:sigmoids):
 *     tanh(x) = sum_j c_j erf(x/(sqrt 2 tau_j)) + error,  |error| < 3e-7, of the slope < 2e-6,
 * a least-squares fit of J = 6 terms that tests/constants/erf_sum.c makes again. A unit
 * becomes J virtual erf units with fields x/tau_j and signed weights s c_j, and their averages are
 * closed (gauss_erf). Of the contracted averages this leaves some 1e-8 at variances of one, at any
 * K and M. Fields that are equal, opposite or zero stay exact: the error is that of another
 * activation, the same for student and teacher where both are tanh.
 */
#include "gauss_sigmoids_internal.h"

#include <stdlib.h>

#include "gauss_erf_internal.h"
#include "gauss_internal.h"

const struct ov_sigmoid ov_sigmoid_tanh[OV_SIGMOIDS] = {
    {0.015876287650391, 0.407893884113717}, {0.158301344987786, 0.548537041015867},
    {0.364489303214568, 0.734260521979370}, {0.328671749269454, 0.988756620435981},
    {0.121480417725689, 1.337023831430528}, {0.011180821302454, 1.823779596075419}};

static const struct ov_sigmoid one = {1.0, 1.0};

struct ov_gauss_sigmoids {
    size_t K, M, J, J_star; /* virtual units of one */
    const struct ov_sigmoid *unit, *unit_star;
    struct ov_gauss_erf *erf;         /* owned */
    const struct ov_activation **act; /* owned, of the virtual units */
    double *block;                    /* owned; the views below, of the virtual units */
    double *C, *s, *G, *Nz;
};

bool ov_gauss_sigmoids_serve(const struct ov_activation *g, const struct ov_activation *g_star)
{
    const struct ov_activation *tanh_unit = ov_activation_find("tanh");
    return g->g == tanh_unit->g && (g_star->g == tanh_unit->g || g_star->act <= OV_ACT_ERF);
}

enum ov_status ov_gauss_sigmoids_create(struct ov_gauss_sigmoids **out, const struct ov_gauss *w)
{
    struct ov_gauss_sigmoids *x = *out = calloc(1, sizeof *x);
    if (!x)
        return OV_ENOMEM;
    bool sum = w->teacher->act == OV_ACT_GENERIC;
    *x = (struct ov_gauss_sigmoids){.K = w->K,
                                    .M = w->M,
                                    .J = OV_SIGMOIDS,
                                    .J_star = sum ? OV_SIGMOIDS : 1,
                                    .unit = ov_sigmoid_tanh,
                                    .unit_star = sum ? ov_sigmoid_tanh : &one};
    size_t K = x->K * x->J, M = x->M * x->J_star, P = K + M;
    x->block = calloc(ov_sym_size(P) + P + K * P + ov_sym_size(K), sizeof *x->block);
    x->act = calloc(P, sizeof *x->act);
    enum ov_act teacher = w->g_star == OV_ACT_LINEAR ? OV_ACT_LINEAR : OV_ACT_ERF;
    if (!x->block || !x->act || ov_gauss_erf_create(&x->erf, K, M, OV_ACT_ERF, teacher) != OV_OK) {
        ov_gauss_sigmoids_free(x);
        *out = NULL;
        return OV_ENOMEM;
    }
    for (size_t i = 0; i < P; i++)
        x->act[i] = &ov_activations[i < M ? teacher : OV_ACT_ERF];
    x->C = x->block;
    x->s = x->C + ov_sym_size(P);
    x->G = x->s + P;
    x->Nz = x->G + K * P;
    return OV_OK;
}

void ov_gauss_sigmoids_free(struct ov_gauss_sigmoids *x)
{
    if (!x)
        return;
    ov_gauss_erf_free(x->erf);
    free(x->act);
    free(x->block);
    free(x);
}

/* The first virtual unit of field a, and how many there are. */
static size_t first(const struct ov_gauss_sigmoids *x, size_t a, size_t *n,
                    const struct ov_sigmoid **unit)
{
    bool teacher = a < x->M;
    *n = teacher ? x->J_star : x->J;
    *unit = teacher ? x->unit_star : x->unit;
    return teacher ? a * x->J_star : x->M * x->J_star + (a - x->M) * x->J;
}

static void load(struct ov_gauss_sigmoids *x, const double *C, const double *s)
{
    for (size_t a = 0; a < x->M + x->K; a++) {
        const struct ov_sigmoid *of_a, *of_b;
        size_t n_a, n_b, at_a = first(x, a, &n_a, &of_a);
        for (size_t i = 0; i < n_a; i++)
            x->s[at_a + i] = s[a] * of_a[i].c;
        for (size_t b = 0; b <= a; b++) {
            size_t at_b = first(x, b, &n_b, &of_b);
            double cov = C[ov_sym_at(a, b)];
            for (size_t i = 0; i < n_a; i++)
                for (size_t j = 0; j < n_b && at_b + j <= at_a + i; j++)
                    x->C[ov_sym_at(at_a + i, at_b + j)] = cov / (of_a[i].tau * of_b[j].tau);
        }
    }
}

/* sum_ij of the virtual pairs of k and l. */
static double noise_of(const struct ov_gauss_sigmoids *x, size_t k, size_t l)
{
    double sum = 0.0;
    for (size_t i = 0; i < x->J; i++)
        for (size_t j = 0; j < x->J; j++)
            sum += x->unit[i].c * x->unit[j].c / (x->unit[i].tau * x->unit[j].tau) *
                   x->Nz[ov_sym_at(k * x->J + i, l * x->J + j)];
    return sum;
}

void ov_gauss_contract_sigmoids(double *G, double *Nz, struct ov_gauss *w, const double *C,
                                const double *s, double sigma)
{
    struct ov_gauss_sigmoids *x = w->sigmoids;
    size_t P = x->M + x->K, wide = x->M * x->J_star + x->K * x->J;
    load(x, C, s);
    ov_gauss_erf_contract(G ? x->G : NULL, Nz ? x->Nz : NULL, x->erf, x->C, x->s, sigma);
    for (size_t k = 0; G && k < x->K; k++)
        for (size_t b = 0; b < P; b++) {
            const struct ov_sigmoid *of_b;
            size_t n, at = first(x, b, &n, &of_b);
            double sum = 0.0;
            for (size_t j = 0; j < x->J; j++)
                sum += x->unit[j].c / x->unit[j].tau * x->G[(k * x->J + j) * wide + at];
            G[k * P + b] = of_b[0].tau * sum;
        }
    for (size_t k = 0; Nz && k < x->K; k++)
        for (size_t l = 0; l <= k; l++)
            Nz[ov_sym_at(k, l)] = noise_of(x, k, l);
}

/* Virtual fields are x/tau: D_kc = sum_ij c_i/(tau_i tau_j) of the virtual D (signed weights have
 * the c_j). */
void ov_gauss_slopes_sigmoids(double *D, struct ov_gauss *w, const double *C, const double *s)
{
    struct ov_gauss_sigmoids *x = w->sigmoids;
    size_t P = x->M + x->K, wide = x->M * x->J_star + x->K * x->J;
    load(x, C, s);
    for (size_t i = 0; i < x->K * x->J; i++)
        ov_gauss_slopes_of_erf(x->G + i * wide, x->act, wide, x->C, x->s, x->M * x->J_star + i);
    for (size_t k = 0; k < x->K; k++)
        for (size_t c = 0; c < P; c++) {
            const struct ov_sigmoid *of_c;
            size_t n, at = first(x, c, &n, &of_c);
            double sum = 0.0;
            for (size_t i = 0; i < x->J; i++)
                for (size_t j = 0; j < n; j++)
                    sum += x->unit[i].c / (x->unit[i].tau * of_c[j].tau) *
                           x->G[(k * x->J + i) * wide + at + j];
            D[k * P + c] = sum;
        }
}
