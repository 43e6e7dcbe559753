/* SPDX-License-Identifier: MIT
 *
 * Averages of pairs and quadruples of units against quadrature.
 */
#include <math.h>

#include "overlap/model/eps_g.h"
#include "overlap/num/sym.h"
#include "overlap/theory/gauss.h"
#include "overlap/theory/gauss_quad.h"
#include "test.h"
#include "theory/random_fields.h"

/* ---- closed forms against quadrature ----
 * Quadrature runs with n and with more nodes. Its error falls geometrically, so the difference of
 * the two bounds that of the finer one; it has to be small for the comparison to say anything. */

enum integral { I2, I3, I4, J2, INTEGRALS };

static const char *const names[INTEGRALS] = {"I2", "I3", "I4", "J2"};

static const double rounding = 1e-12, coarsest = 1e-5;

static double closed_form(enum integral which, const double *C,
                          const struct ov_activation *const *act, const size_t i[4])
{
    switch (which) {
    case I2:
        return ov_I2(act[i[0]], act[i[1]], C[ov_sym_at(i[0], i[0])], C[ov_sym_at(i[0], i[1])],
                     C[ov_sym_at(i[1], i[1])]);
    case I3:
        return ov_gauss_I3(C, act, i[0], i[1], i[2]);
    case I4:
        return ov_gauss_I4(C, act, i[0], i[1], i[2], i[3]);
    default:
        return ov_gauss_J2(C, act, i[0], i[1]);
    }
}

static double quadrature(enum integral which, const double *C,
                         const struct ov_activation *const *act, const size_t i[4], size_t n)
{
    double mean = NAN;
    switch (which) {
    case I2:
        ck_ok(ov_gauss_quad_I2(&mean, C, act, i[0], i[1], n));
        break;
    case I3:
        ck_ok(ov_gauss_quad_I3(&mean, C, act, i[0], i[1], i[2], n));
        break;
    case I4:
        ck_ok(ov_gauss_quad_I4(&mean, C, act, i[0], i[1], i[2], i[3], n));
        break;
    default:
        ck_ok(ov_gauss_quad_J2(&mean, C, act, i[0], i[1], n));
        break;
    }
    return mean;
}

static size_t distinct(enum integral which, const size_t i[4])
{
    size_t used = which == I3 ? 3 : which == I4 ? 4 : 2, count = 0;
    for (size_t a = 0; a < used; a++) {
        size_t b = 0;
        while (b < a && i[b] != i[a])
            b++;
        count += b == a ? 1 : 0;
    }
    return count;
}

/* Quadrature with more and more nodes until two in a row agree; *mean is the last one's. Returns
 * the bound on its error, at least `coarsest` where the last refinement was not enough either. */
static double refined(double *mean, enum integral which, const double *C,
                      const struct ov_activation *const *act, const size_t i[4])
{
    static const size_t nodes[5][3] = {
        {0}, {64, 96, 128}, {64, 96, 128}, {32, 44, 60}, {18, 26, 40}};
    const size_t *n = nodes[distinct(which, i)];
    double bound = INFINITY;
    *mean = quadrature(which, C, act, i, n[0]);
    for (size_t k = 1; k < 3 && !(bound < coarsest); k++) {
        double before = *mean;
        *mean = quadrature(which, C, act, i, n[k]);
        bound = fabs(*mean - before);
    }
    return bound;
}

/* Random fields, activations and indices; every eighth time all indices differ. */
static size_t draw(double *C, const struct ov_activation *act[4], size_t i[4], size_t turn,
                   gsl_rng *r)
{
    size_t P = 2 + gsl_rng_uniform_int(r, 3);
    if (turn % 8 == 0)
        P = 4;
    random_covariance(C, P, (enum fields)(turn % FIELDS_KINDS), r);
    for (size_t a = 0; a < 4; a++) {
        act[a] = &ov_activations[gsl_rng_uniform_int(r, 2)];
        i[a] = turn % 8 == 0 ? a : gsl_rng_uniform_int(r, P);
    }
    return P;
}

START_TEST(closed_forms_agree_with_quadrature)
{
    enum integral which = (enum integral)_i;
    gsl_rng *r = ov_test_rng(11 + (unsigned long)_i);
    double worst = 0.0;
    for (size_t turn = 0; turn < 240; turn++) {
        double C[10], mean;
        const struct ov_activation *act[4];
        size_t i[4];
        draw(C, act, i, turn, r);
        double bound = refined(&mean, which, C, act, i);
        double exact = closed_form(which, C, act, i);
        ck_assert_msg(bound < coarsest, "%s turn %zu: the quadrature is too coarse, %g",
                      names[which], turn, bound);
        ck_agree(mean, exact, 0.0, bound + rounding);
        worst = fmax(worst, fabs(mean - exact));
    }
    printf("    %s: largest deviation from quadrature %.2g\n", names[which], worst);
    gsl_rng_free(r);
}
END_TEST

/* The comparison must notice a covariance that is off by one percent, and exchanged indices. */
START_TEST(comparison_with_quadrature_bites)
{
    gsl_rng *r = ov_test_rng(21);
    size_t caught[INTEGRALS] = {0}, tried = 40;
    for (size_t turn = 0; turn < tried; turn++) {
        double C[10], wrong[10], mean;
        const struct ov_activation *act[4] = {
            &ov_activations[OV_ACT_ERF], &ov_activations[OV_ACT_ERF], &ov_activations[OV_ACT_ERF],
            &ov_activations[OV_ACT_ERF]};
        size_t i[4] = {0, 1, 1, 0};
        random_covariance(C, 2, FIELDS_GENERIC, r);
        for (size_t a = 0; a < 3; a++)
            wrong[a] = 1.01 * C[a];
        for (int which = 0; which < INTEGRALS; which++) {
            double bound = refined(&mean, (enum integral)which, wrong, act, i);
            double exact = closed_form((enum integral)which, C, act, i);
            caught[which] += ov_agree(mean, exact, 0.0, bound + rounding) ? 0 : 1;
        }
    }
    for (int which = 0; which < INTEGRALS; which++)
        ck_assert_uint_eq(caught[which], tried);
    gsl_rng_free(r);
}
END_TEST

/* ---- limits ---- */

START_TEST(textbook_values)
{
    const struct ov_activation *erfs[3] = {&ov_activations[OV_ACT_ERF], &ov_activations[OV_ACT_ERF],
                                           &ov_activations[OV_ACT_ERF]};
    const struct ov_activation *lines[3] = {&ov_activations[OV_ACT_LINEAR],
                                            &ov_activations[OV_ACT_LINEAR],
                                            &ov_activations[OV_ACT_LINEAR]};
    double C[6] = {1.3, 0.4, 0.9, -0.2, 0.3, 1.1}; /* 00 10 11 20 21 22 */
    double det = (1 + 1.3) * (1 + 0.9) - 0.4 * 0.4;
    ck_agree(2.0 / M_PI / sqrt(det), ov_gauss_J2(C, erfs, 0, 1), 1e-14, 0.0);
    ck_agree(2.0 / M_PI / sqrt(1 + 2 * 1.3), ov_gauss_J2(C, erfs, 0, 0), 1e-14, 0.0);
    ck_agree(1.0, ov_gauss_J2(C, lines, 0, 1), 0.0, 0.0);
    /* Saad & Solla 1995: I3(k;b,c) = (2/pi) (C_bc (1 + C_kk) - C_kb C_kc) / (1 + C_kk) / sqrt(L3),
     * L3 = (1 + C_kk)(1 + C_cc) - C_kc^2 */
    double L3 = (1 + 1.3) * (1 + 1.1) - 0.2 * 0.2;
    ck_agree(2.0 / M_PI / sqrt(L3) * (0.3 * (1 + 1.3) - 0.4 * -0.2) / (1 + 1.3),
             ov_gauss_I3(C, erfs, 0, 1, 2), 1e-14, 0.0);
    ck_agree(0.3, ov_gauss_I3(C, lines, 0, 1, 2), 0.0, 0.0);
    ck_agree(0.3, ov_gauss_I4(C, lines, 0, 0, 1, 2), 0.0, 0.0);
}
END_TEST

/* A unit without weights has lambda = 0: g' = sqrt(2/pi) exactly, g = 0. */
START_TEST(unit_of_zero_norm)
{
    const struct ov_activation *act[2] = {&ov_activations[OV_ACT_ERF], &ov_activations[OV_ACT_ERF]};
    double C[3] = {1.0, 0.0, 0.0}, slope = sqrt(2.0 / M_PI);
    ck_agree(slope * slope, ov_gauss_J2(C, act, 1, 1), 1e-15, 0.0);
    ck_agree(slope / sqrt(M_PI), ov_gauss_I3(C, act, 1, 0, 0), 1e-15, 0.0);
    ck_agree(0.0, ov_gauss_I3(C, act, 0, 1, 1), 0.0, 0.0);
    ck_agree(0.0, ov_gauss_I4(C, act, 0, 1, 1, 0), 0.0, 0.0);
    ck_agree(slope * slope *
                 ov_I2(&ov_activations[OV_ACT_ERF], &ov_activations[OV_ACT_ERF], 1, 1, 1),
             ov_gauss_I4(C, act, 1, 1, 0, 0), 1e-15, 0.0);
}
END_TEST

/* Very large fields: < g'(x)^2 sign sign > = < g'(x)^2 >, no cancellation in the tilt. */
START_TEST(fields_of_large_variance)
{
    const struct ov_activation *act[1] = {&ov_activations[OV_ACT_ERF]};
    for (double c = 1e2; c < 1e13; c *= 1e2) {
        /* the tilted variance tends to 1/2: < g'^2 g^2 > -> J2 (2/pi) asin(1/3) */
        double limit = ov_gauss_J2(&c, act, 0, 0) * 2.0 / M_PI * asin(1.0 / 3.0);
        ck_agree(limit, ov_gauss_I4(&c, act, 0, 0, 0, 0), 1.0 / c + 1e-14, 0.0);
    }
}
END_TEST

/* ---- contraction ---- */

static void random_network(double *C, double *s, size_t K, size_t M, enum fields kind, gsl_rng *r)
{
    random_covariance(C, K + M, kind, r);
    for (size_t a = 0; a < K + M; a++)
        s[a] = (a < M ? 1.0 : -1.0) * gsl_ran_flat(r, -1.5, 1.5);
}

START_TEST(contraction_is_the_sum_over_integrals)
{
    gsl_rng *r = ov_test_rng(31);
    for (size_t turn = 0; turn < 320; turn++) {
        size_t K = 1 + gsl_rng_uniform_int(r, 4), M = 1 + gsl_rng_uniform_int(r, 4), P = K + M;
        enum ov_act g = (enum ov_act)(turn % 2), g_star = (enum ov_act)(turn / 2 % 2);
        const struct ov_activation *act[8];
        double C[36], s[8], G[32], Nz[10], sigma = gsl_ran_flat(r, 0.0, 1.0);
        random_network(C, s, K, M, (enum fields)(turn / 4 % FIELDS_KINDS), r);
        for (size_t a = 0; a < P; a++)
            act[a] = &ov_activations[a < M ? g_star : g];
        struct ov_gauss *w;
        ck_ok(ov_gauss_create(&w, K, M, &ov_activations[g], &ov_activations[g_star]));
        ov_gauss_contract(G, Nz, w, C, s, sigma);
        for (size_t k = 0; k < K; k++) {
            for (size_t b = 0; b < P; b++) {
                double sum = 0.0;
                for (size_t c = 0; c < P; c++)
                    sum += s[c] * ov_gauss_I3(C, act, M + k, b, c);
                ck_agree(sum, G[k * P + b], 0.0, 1e-13);
            }
            for (size_t l = 0; l < K; l++) {
                double sum = sigma * sigma * ov_gauss_J2(C, act, M + k, M + l);
                for (size_t a = 0; a < P; a++)
                    for (size_t b = 0; b < P; b++)
                        sum += s[a] * s[b] * ov_gauss_I4(C, act, M + k, M + l, a, b);
                ck_agree(sum, Nz[ov_sym_at(k, l)], 0.0, 1e-13);
            }
        }
        ov_gauss_free(w);
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(contraction_without_noise_term)
{
    gsl_rng *r = ov_test_rng(32);
    double C[15], s[5], G[15], same[15], Nz[6];
    random_network(C, s, 3, 2, FIELDS_GENERIC, r);
    for (int g = 0; g < 2; g++) {
        struct ov_gauss *w;
        ck_ok(ov_gauss_create(&w, 3, 2, &ov_activations[g], &ov_activations[OV_ACT_ERF]));
        ov_gauss_contract(G, Nz, w, C, s, 0.3);
        ov_gauss_contract(same, NULL, w, C, s, 0.3);
        for (size_t i = 0; i < 15; i++)
            ck_agree(G[i], same[i], 0.0, 0.0);
        ov_gauss_free(w);
    }
    gsl_rng_free(r);
}
END_TEST

/* Nz is the second moment of the gradient's factors: positive semi-definite. */
START_TEST(noise_matrix_is_positive)
{
    gsl_rng *r = ov_test_rng(33);
    for (size_t turn = 0; turn < 100; turn++) {
        double C[28], s[7], G[28], Nz[10], least;
        random_network(C, s, 4, 3, (enum fields)(turn % FIELDS_KINDS), r);
        struct ov_gauss *w;
        ck_ok(ov_gauss_create(&w, 4, 3, &ov_activations[OV_ACT_ERF],
                              &ov_activations[(turn / 4 % 2)]));
        ov_gauss_contract(G, Nz, w, C, s, 0.1);
        ck_ok(ov_sym_min_eigenvalue(&least, Nz, 4));
        ck_assert_double_ge(least, -1e-13);
        ov_gauss_free(w);
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(nan_comes_out)
{
    const struct ov_activation *act[2] = {&ov_activations[OV_ACT_ERF], &ov_activations[OV_ACT_ERF]};
    double C[3] = {1.0, NAN, 1.0}, s[2] = {1.0, -1.0}, G[2], Nz[1];
    ck_assert(isnan(ov_gauss_I3(C, act, 1, 0, 0)));
    ck_assert(isnan(ov_gauss_I4(C, act, 1, 1, 0, 0)));
    ck_assert(isnan(ov_gauss_J2(C, act, 0, 1)));
    for (int g = 0; g < 2; g++) {
        struct ov_gauss *w;
        ck_ok(ov_gauss_create(&w, 1, 1, &ov_activations[g], &ov_activations[OV_ACT_ERF]));
        ov_gauss_contract(G, Nz, w, C, s, 0.0);
        ck_assert(isnan(G[0]) && isnan(G[1]) && isnan(Nz[0]));
        ov_gauss_free(w);
    }
    ov_gauss_free(NULL);
}
END_TEST

static void add_tests(Suite *s)
{
    TCase *c = tcase_create("closed_forms_agree_with_quadrature");
    tcase_set_timeout(c, 300);
    tcase_add_loop_test(c, closed_forms_agree_with_quadrature, 0, INTEGRALS);
    suite_add_tcase(s, c);
    OV_TEST(s, comparison_with_quadrature_bites);
    OV_TEST(s, textbook_values);
    OV_TEST(s, unit_of_zero_norm);
    OV_TEST(s, fields_of_large_variance);
    OV_TEST(s, contraction_is_the_sum_over_integrals);
    OV_TEST(s, contraction_without_noise_term);
    OV_TEST(s, noise_matrix_is_positive);
    OV_TEST(s, nan_comes_out);
}

OV_TEST_MAIN("theory/gauss");
