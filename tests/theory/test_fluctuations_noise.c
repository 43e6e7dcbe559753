/* SPDX-License-Identifier: MIT
 *
 * The noise of one step, B and c, against sampled steps and exact values.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_randist.h>

#include "overlap/theory/fluctuations.h"
#include "test.h"
#include "theory/networks.h"

enum { P_MOST = 8, NUMBERS = 40 };

/* ---- sampled steps ---- */

/* F at fields x and label noise zeta, as the update of the weights says. */
static void change(double *F, const struct ov_problem *p, const struct ov_overlaps *o,
                   const double *x, double zeta)
{
    size_t K = p->K, M = p->M;
    double y = p->sigma * zeta, phi = 0.0, e[P_MOST];
    const double *lambda = x + M;
    for (size_t m = 0; m < M; m++)
        y += o->v_star[m] * p->g_star->g(x[m]);
    for (size_t k = 0; k < K; k++)
        phi += o->v[k] * p->g->g(lambda[k]);
    for (size_t k = 0; k < K; k++)
        e[k] = p->eta_w * o->v[k] * p->g->dg(lambda[k]) * (y - phi);
    for (size_t k = 0; k < K; k++)
        for (size_t l = 0; l <= k; l++)
            *F++ = e[k] * lambda[l] + e[l] * lambda[k] + e[k] * e[l];
    for (size_t k = 0; k < K; k++)
        for (size_t m = 0; m < M; m++)
            *F++ = e[k] * x[m];
    for (size_t k = 0; k < K; k++)
        *F++ = p->eta_v * p->g->g(lambda[k]) * (y - phi);
}

struct sampled {
    double F[NUMBERS];                                   /* means */
    double B[NUMBERS][NUMBERS], error[NUMBERS][NUMBERS]; /* covariance and its standard error */
};

/* Covariance of F over `count` steps drawn from the fields' law, about reference means. */
static void sample(struct sampled *a, const struct ov_problem *p, const struct ov_overlaps *o,
                   size_t count, gsl_rng *r)
{
    size_t P = p->K + p->M, n = ov_overlaps_moving(p->K, p->M);
    static double x[P_MOST], z[P_MOST], F[NUMBERS], about[NUMBERS], square[NUMBERS][NUMBERS];
    double C[P_MOST * (P_MOST + 1) / 2], L[P_MOST * P_MOST], many = (double)count;
    ov_overlaps_covariance(C, o);
    ck_ok(ov_sym_cholesky(L, C, P, 1e-10));
    memset(a, 0, sizeof *a);
    memset(about, 0, sizeof about);
    memset(square, 0, sizeof square);
    for (size_t turn = 0; turn < count + 2000; turn++) {
        for (size_t i = 0; i < P; i++) {
            z[i] = gsl_ran_gaussian_ziggurat(r, 1.0);
            x[i] = 0.0;
            for (size_t j = 0; j <= i; j++)
                x[i] += L[i * P + j] * z[j];
        }
        change(F, p, o, x, gsl_ran_gaussian_ziggurat(r, 1.0));
        for (size_t i = 0; i < n; i++) {
            if (turn < 2000) {
                about[i] += F[i] / 2000.0;
                continue;
            }
            a->F[i] += (F[i] - about[i]) / many;
            for (size_t j = 0; j <= i; j++) {
                double product = (F[i] - about[i]) * (F[j] - about[j]);
                a->B[i][j] += product / many;
                square[i][j] += product * product / many;
            }
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            a->error[i][j] = sqrt(fmax(square[i][j] - a->B[i][j] * a->B[i][j], 0.0) / many);
            a->B[i][j] -= a->F[i] * a->F[j];
        }
    }
}

/* The largest deviation of B from what was sampled, in standard errors; `allowed` of sqrt(B_ii
 * B_jj) is granted to the quadrature. */
static double deviation(const struct sampled *a, const double *B, size_t n, double allowed)
{
    double worst = 0.0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double off = fabs(B[ov_sym_at(i, j)] - a->B[i][j]);
            off -= allowed * sqrt(B[ov_sym_at(i, i)] * B[ov_sym_at(j, j)]);
            if (off > 0.0)
                worst = fmax(worst, off / a->error[i][j]);
        }
    }
    return worst;
}

static bool grows(const struct ov_activation *act)
{
    return act->family == OV_FAMILY_POLYNOMIAL && act->act != OV_ACT_LINEAR;
}

/* A polynomial of degree above 2. */
static bool steep(const struct ov_problem *p)
{
    return (grows(p->g) && p->g->act == OV_ACT_GENERIC) ||
           (grows(p->g_star) && p->g_star->act == OV_ACT_GENERIC);
}

/* To 3 % of the variances. */
static void shrink(struct ov_overlaps *o)
{
    size_t in_Q = ov_sym_size(o->K), in_R = o->K * o->M, in_T = ov_sym_size(o->M);
    for (size_t i = 0; i < in_Q; i++)
        o->Q[i] *= 0.03;
    for (size_t i = 0; i < in_R; i++)
        o->R[i] *= 0.03;
    for (size_t i = 0; i < in_T; i++)
        o->T[i] *= 0.03;
}

/* A polynomial unit, not linear, beside one with a kink, beside units that are no polynomials and
 * more than 4 in all, or one of degree above 2 among more than 5. */
static bool refused_pair(const struct ov_problem *p)
{
    if (!grows(p->g) && !grows(p->g_star))
        return false;
    const struct ov_activation *other = grows(p->g) ? p->g_star : p->g;
    bool polynomial = other->family == OV_FAMILY_POLYNOMIAL;
    if (polynomial)
        return steep(p) && p->K + p->M > 5;
    bool kink = other->act == OV_ACT_RELU || other->act == OV_ACT_LEAKY_RELU;
    return kink || p->K + p->M > 4;
}

struct pair {
    size_t K, M, count;
    double allowed;
};

/* Pairs of activations at random overlaps. The covariances have heavy tails and there are some 10^4
 * of them: 6 standard errors. */
START_TEST(sampled_steps)
{
    static const struct pair sizes[] = {{1, 1, 40000, 0.01},
                                        {2, 2, 40000, 0.02},
                                        {2, 1, 40000, 0.02},
                                        {3, 2, 20000, 0.02},
                                        {4, 3, 20000, 0.04}};
    gsl_rng *r = ov_test_rng(600);
    static struct sampled a;
    double B[NUMBERS * (NUMBERS + 1) / 2], c[NUMBERS], worst = 0.0;
    size_t seen = 0; /* cases that miss the label noise */
    for (size_t i = 0; i < ov_activation_count * 5; i++) {
        const struct pair *size = &sizes[i % 5];
        size_t n = ov_overlaps_moving(size->K, size->M);
        struct ov_problem p = problem(size->K, size->M, OV_ACT_ERF, OV_ACT_ERF);
        p.g = &ov_activations[i / 5];
        p.g_star = &ov_activations[(i / 5 + i) % ov_activation_count];
        p.eta_w = 0.3, p.eta_v = 0.2, p.sigma = 0.5;
        struct ov_overlaps o = random_overlaps(size->K, size->M, r);
        if (steep(&p)) /* at variances of one, samples do not find the moments of order 28 */
            shrink(&o);
        enum ov_status status = ov_fluctuations_noise(B, c, &p, &o, NULL);
        if (refused_pair(&p)) {
            ck_assert_int_eq(status, OV_EDOM);
            ov_overlaps_free(&o);
            continue;
        }
        ck_ok(status);
        sample(&a, &p, &o, size->count, r);
        double z = deviation(&a, B, n, size->allowed);
        worst = fmax(worst, z);
        ck_assert_msg(z < 6.0, "%s/%s, K = %zu, M = %zu: %.2f standard errors", p.g->name,
                      p.g_star->name, p.K, p.M, z);
        /* label noise left out */
        p.sigma = 0.0;
        ck_ok(ov_fluctuations_noise(B, c, &p, &o, NULL));
        seen += deviation(&a, B, n, size->allowed) > 6.0 ? 1 : 0;
        ov_overlaps_free(&o);
    }
    ck_assert_uint_ge(seen, ov_activation_count * 2);
    printf("    the worst of all: %.2f standard errors\n", worst);
    gsl_rng_free(r);
}
END_TEST

/* ---- exact values ---- */

/* u = y - phi is Gaussian with the fields x: < u^2 x_a x_b > etc. by Wick's theorem. */
START_TEST(linear_is_exact)
{
    gsl_rng *r = ov_test_rng(601);
    for (size_t turn = 0; turn < 10; turn++) {
        struct ov_problem p = problem(1, 1, OV_ACT_LINEAR, OV_ACT_LINEAR);
        p.eta_w = 0.3, p.eta_v = 0.2, p.sigma = 0.5, p.decay_w = 0.1;
        struct ov_overlaps o = random_overlaps(1, 1, r);
        double Q = o.Q[0], R = o.R[0], T = o.T[0], v = o.v[0], w = o.v_star[0], E = 0.3 * v;
        double un = w * T - v * R, ul = w * R - v * Q, D2 = w * un - v * ul, uu = D2 + 0.25;
        double B[6], c[3];
        ck_ok(ov_fluctuations_noise(B, c, &p, &o, NULL));
        /* F_Q = 2 E u lambda + E^2 u^2, F_R = E u nu, F_v = eta_v u lambda */
        double B_QQ = 4.0 * E * E * (uu * Q + ul * ul) + 8.0 * E * E * E * uu * ul +
                      2.0 * E * E * E * E * uu * uu;
        ck_agree(B_QQ, B[0], 1e-10, 1e-13);
        ck_agree(2.0 * E * E * (uu * R + un * ul) + 2.0 * E * E * E * uu * un, B[1], 1e-10, 1e-13);
        ck_agree(E * E * (uu * T + un * un), B[2], 1e-10, 1e-13);
        ck_agree(0.2 * (2.0 * E * (uu * Q + ul * ul) + 2.0 * E * E * uu * ul), B[3], 1e-10, 1e-13);
        ck_agree(0.2 * E * (uu * R + un * ul), B[4], 1e-10, 1e-13);
        ck_agree(0.04 * (uu * Q + ul * ul), B[5], 1e-10, 1e-13);
        ck_agree(E * E * 2.0 * D2 + 0.01 * Q - 0.1 * 2.0 * E * ul, c[0], 1e-10, 1e-13);
        ck_agree(0.0, c[1], 0.0, 0.0);
        ck_agree(0.0, c[2], 0.0, 0.0);
        p.eta_v = 0.0;
        ck_ok(ov_fluctuations_noise(B, c, &p, &o, NULL));
        for (size_t i = 3; i < 6; i++)
            ck_agree(0.0, B[i], 0.0, 0.0);
        ov_overlaps_free(&o);
    }
    gsl_rng_free(r);
}
END_TEST

/* More nodes change little, and less each time; a perfect student has label noise only. */
START_TEST(nodes_suffice)
{
    gsl_rng *r = ov_test_rng(602);
    for (size_t turn = 0; turn < 4; turn++) {
        size_t K = 1 + turn % 3, M = 1 + turn / 2, n = ov_overlaps_moving(K, M);
        struct ov_problem p = problem(K, M, OV_ACT_ERF, OV_ACT_ERF);
        struct ov_overlaps o = random_overlaps(K, M, r);
        double B[3][NUMBERS * (NUMBERS + 1) / 2], c[NUMBERS], off[2] = {0.0};
        p.eta_v = 0.2, p.sigma = 0.3;
        for (unsigned refine = 0; refine < 3; refine++)
            ck_ok(ov_fluctuations_noise(B[refine], c, &p, &o,
                                        &(struct ov_fluctuations_options){1e-2, refine}));
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j <= i; j++)
                for (size_t e = 0; e < 2; e++)
                    off[e] = fmax(off[e], fabs(B[e][ov_sym_at(i, j)] - B[2][ov_sym_at(i, j)]) /
                                              sqrt(B[2][ov_sym_at(i, i)] * B[2][ov_sym_at(j, j)]));
        printf("    K=%zu M=%zu: %.1e, refined %.1e\n", K, M, off[0], off[1]);
        ck_assert_double_lt(off[0], 0.01);
        ov_overlaps_free(&o);
    }
    struct ov_problem p = problem(2, 2, OV_ACT_ERF, OV_ACT_ERF);
    struct ov_overlaps o = informed(2, 2, 0.0);
    double B[45], c[9];
    ck_ok(ov_fluctuations_noise(B, c, &p, &o, NULL));
    for (size_t i = 0; i < 45; i++)
        ck_agree(0.0, B[i], 0.0, 1e-25);
    /* B_RR = eta^2 sigma^2 < g'^2 nu^2 >, < exp(-x^2) x^2 > = 3^(-3/2) */
    p.sigma = 0.1;
    ck_ok(ov_fluctuations_noise(B, c, &p, &o, NULL));
    ck_agree(1e-4 * 2.0 / M_PI / pow(3.0, 1.5), B[ov_sym_at(3, 3)], 3e-3, 0.0);
    ov_overlaps_free(&o);
    gsl_rng_free(r);
}
END_TEST

START_TEST(refused)
{
    struct ov_problem p = problem(1, 1, OV_ACT_ERF, OV_ACT_ERF);
    struct ov_overlaps o = informed(1, 1, 0.0);
    struct ov_fluctuations_options opt = {1e-2, 4};
    double B[6], c[3];
    ck_assert_int_eq(ov_fluctuations_noise(B, c, &p, &o, &opt), OV_EDOM);
    o.R[0] = 1.5;
    ck_assert_int_eq(ov_fluctuations_noise(B, c, &p, &o, NULL), OV_EDOM);
    o.R[0] = NAN;
    ck_assert_int_eq(ov_fluctuations_noise(B, c, &p, &o, NULL), OV_EDOM);
    ov_overlaps_free(&o);
    p = problem(40, 1, OV_ACT_ERF, OV_ACT_ERF);
    o = blank(40, 1);
    ck_assert_int_eq(ov_fluctuations_noise(B, c, &p, &o, NULL), OV_EDOM);
    ov_overlaps_free(&o);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, sampled_steps);
    OV_TEST(s, linear_is_exact);
    OV_TEST(s, nodes_suffice);
    OV_TEST(s, refused);
}

OV_TEST_MAIN("theory/fluctuations, the noise of a step");
