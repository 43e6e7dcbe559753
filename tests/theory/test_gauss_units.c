/* SPDX-License-Identifier: MIT
 *
 * He3, He4, sin and leaky ReLU, as students and as teachers of each other and of all other units:
 * the contracted averages against product quadrature and Monte Carlo, the single integrals against
 * the contractions.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_integration.h>

#include "overlap/model/eps_g.h"
#include "theory/pairs.h"

static const char *const new_units[] = {"he3", "he4", "sin", "leaky_relu"};

static bool kink(const struct ov_activation *g)
{
    return g->act == OV_ACT_RELU || g->act == OV_ACT_LEAKY_RELU;
}

static bool heavy(const struct ov_activation *g)
{
    return strcmp(g->name, "he3") == 0 || strcmp(g->name, "he4") == 0;
}

/* All pairs with a new unit: the pair'th, student first in the first half. */
enum { UNITS = 14, NEW = 4, PAIRS = 2 * NEW * UNITS };

static struct network pair_of(size_t pair, size_t K, size_t M, double scale, enum fields kind,
                              gsl_rng *r)
{
    const struct ov_activation *one = ov_activation_find(new_units[pair / 2 / UNITS]);
    const struct ov_activation *other = &ov_activations[pair / 2 % UNITS];
    struct network n = {.K = K, .M = M, .sigma = 0.3};
    n.g = pair % 2 ? one : other;
    n.g_star = pair % 2 ? other : one;
    random_network(n.C, n.s, K, M, kind, r);
    for (size_t i = 0; i < ov_sym_size(K + M); i++)
        n.C[i] *= scale;
    return n;
}

/* ---- product quadrature ---- */

/* Adds weight times the integrands of all G, then all Nz, at fields x. */
static void add_integrands(double *sum, const struct network *n, const double *x, double weight)
{
    double error = 0.0;
    size_t at = 0;
    for (size_t a = 0; a < n->P; a++)
        error += n->s[a] * n->act[a]->g(x[a]);
    for (size_t k = 0; k < n->K; k++)
        for (size_t b = 0; b < n->P; b++)
            sum[at++] += weight * n->g->dg(x[n->M + k]) * x[b] * error;
    for (size_t k = 0; k < n->K; k++)
        for (size_t l = 0; l <= k; l++)
            sum[at++] += weight * n->g->dg(x[n->M + k]) * n->g->dg(x[n->M + l]) *
                         (error * error + n->sigma * n->sigma);
}

/* All averages of a network by Gauss-Hermite's rule of `order` nodes a direction. */
static void by_product(double *sum, const struct network *n, size_t order)
{
    double L[64];
    size_t nodes = 1;
    gsl_integration_fixed_workspace *rule =
        gsl_integration_fixed_alloc(gsl_integration_fixed_hermite, order, 0.0, 0.5, 0.0, 0.0);
    const double *node = gsl_integration_fixed_nodes(rule);
    const double *weights = gsl_integration_fixed_weights(rule);
    ck_ok(ov_sym_cholesky(L, n->C, n->P, 1e-10));
    for (size_t a = 0; a < n->P; a++)
        nodes *= order;
    memset(sum, 0, 64 * sizeof *sum);
    for (size_t i = 0; i < nodes; i++) {
        double x[8] = {0.0}, weight = 1.0;
        for (size_t b = 0, digits = i; b < n->P; b++, digits /= order) {
            weight *= weights[digits % order] / sqrt(2.0 * M_PI);
            for (size_t a = b; a < n->P; a++)
                x[a] += L[a * n->P + b] * node[digits % order];
        }
        add_integrands(sum, n, x, weight);
    }
    gsl_integration_fixed_free(rule);
}

/* The largest deviation, relative where numbers are above 1; what is wrong is `off` larger. */
static double deviation(struct network *n, const double *sum, double off)
{
    double worst = 0.0;
    size_t at = 0;
    contract(n);
    for (size_t i = 0; i < n->K * n->P; i++, at++)
        worst = fmax(worst, fabs(off * n->G[i] - sum[at]) / (1.0 + fabs(sum[at])));
    for (size_t i = 0; i < ov_sym_size(n->K); i++, at++)
        worst = fmax(worst, fabs(off * n->Nz[i] - sum[at]) / (1.0 + fabs(sum[at])));
    return worst;
}

static double difference(const double *x, const double *y, size_t n)
{
    double worst = 0.0;
    for (size_t i = 0; i < n; i++)
        worst = fmax(worst, fabs(x[i] - y[i]) / (1.0 + fabs(x[i])));
    return worst;
}

/* Without kinks. The bound is the rule's own error, with 1e-11 for pairs in closed form and what
 * ov_gauss_method states for the others: 1e-6, and 1e-4 for He3 and He4. */
START_TEST(contractions_agree_with_product_quadrature)
{
    gsl_rng *r = ov_test_rng(341);
    double worst[2] = {0.0}, seen = 0.0;
    size_t count = 0;
    for (size_t pair = 0; pair < PAIRS; pair++) {
        struct network n =
            pair_of(pair, 2, 1, 1.0, (enum fields)((pair + pair / UNITS) % FIELDS_KINDS), r);
        if (kink(n.g) || kink(n.g_star))
            continue;
        double coarse[64], fine[64];
        bool closed = n.g->family != OV_FAMILY_NONE && n.g->family == n.g_star->family;
        contract(&n);
        by_product(coarse, &n, 24);
        by_product(fine, &n, 36);
        double bound =
            10.0 * difference(fine, coarse, 9) + (closed                          ? 1e-11
                                                  : heavy(n.g) || heavy(n.g_star) ? 1e-4
                                                                                  : 1e-6);
        double off = deviation(&n, fine, 1.0);
        ck_assert_msg(off < bound, "%s student, %s teacher: off by %g, %g allowed", n.g->name,
                      n.g_star->name, off, bound);
        worst[closed] = fmax(worst[closed], off);
        seen += deviation(&n, fine, 1.001) > bound ? 1.0 : 0.0;
        count++;
    }
    printf("    %zu pairs: largest deviation in closed form %.2g, by quadrature %.2g\n", count,
           worst[1], worst[0]);
    ck_assert_double_ge(seen, 0.8 * (double)count); /* one in a thousand too much is seen */
    gsl_rng_free(r);
}
END_TEST

/* Larger networks of one family, which the rule of 8 nodes integrates exactly where they are
 * polynomials; sines need more. */
START_TEST(closed_forms_of_larger_networks)
{
    static const char *const pairs[][2] = {
        {"he3", "he3"}, {"he4", "he4"},       {"he3", "he4"}, {"he4", "he2"},
        {"he2", "he3"}, {"quadratic", "he4"}, {"sin", "sin"}, {"he3", "linear"},
    };
    gsl_rng *r = ov_test_rng(342);
    double worst = 0.0;
    for (size_t i = 0; i < 2 * sizeof pairs / sizeof *pairs; i++) {
        struct network n = {.K = 2, .M = 2, .sigma = 0.4};
        double sum[64];
        n.g = ov_activation_find(pairs[i / 2][0]);
        n.g_star = ov_activation_find(pairs[i / 2][1]);
        random_network(n.C, n.s, 2, 2, i % 2 ? FIELDS_LOW_RANK : FIELDS_GENERIC, r);
        contract(&n);
        by_product(sum, &n, n.g->family == OV_FAMILY_SINE ? 28 : 8);
        worst = fmax(worst, deviation(&n, sum, 1.0));
    }
    printf("    largest deviation %.2g\n", worst);
    ck_assert_double_lt(worst, 1e-11);
    gsl_rng_free(r);
}
END_TEST

/* By hand at variance c: < He3'^2 > = 9 (3c^2 - 2c + 1), < He4'^2 > = 16 (15c^3 - 18c^2 + 9c),
 * < cos^2 > = (1 + exp(-2c))/2, and the leaky ReLU's (1 + a^2)/2. */
START_TEST(mean_square_slopes)
{
    for (double c = 1e-3; c < 40.0; c *= 1.9) {
        const double expected[NEW] = {9.0 * (3.0 * c * c - 2.0 * c + 1.0),
                                      16.0 * (15.0 * c * c * c - 18.0 * c * c + 9.0 * c),
                                      0.5 * (1.0 + exp(-2.0 * c)), 0.5 * (1.0 + 0.01 * 0.01)};
        for (size_t i = 0; i < NEW; i++) {
            struct network n = {.K = 1, .M = 1, .sigma = 1.0};
            const struct ov_activation *g = ov_activation_find(new_units[i]);
            n.g = n.g_star = g;
            n.C[0] = 1.0;
            n.C[2] = c;
            contract(&n);
            ck_agree(expected[i], n.Nz[0], 1e-12, 1e-12);
            ck_agree(expected[i], ov_gauss_J2(&c, &g, 0, 0), i == 2 ? 1e-9 : 1e-12, 1e-12);
        }
    }
}
END_TEST

/* The quadrature that is taken with other partners, where closed forms tell its error: fields of
 * lengths up to five, relative where numbers are above 1; Nz relative to the largest of it, as what
 * cancels (He4 students at variance 16, one of them without weights: terms of 10^15) is rounded by
 * 1e-18 of its terms, 3e-3. */
static double largest_difference(const struct network *n, const struct network *m)
{
    double size = 1.0, off = difference(n->G, m->G, 8);
    for (size_t i = 0; i < 3; i++)
        size = fmax(size, fabs(n->Nz[i]));
    for (size_t i = 0; i < 3; i++)
        off = fmax(off, fabs(n->Nz[i] - m->Nz[i]) / size);
    return off;
}

START_TEST(quadrature_keeps_its_error_at_growing_variance)
{
    static const double variance[] = {0.1, 1.0, 4.0, 16.0};
    gsl_rng *r = ov_test_rng(346);
    for (size_t i = 0; i < 3 * 4 * 4; i++) {
        const struct ov_activation *g = ov_activation_find(new_units[i % 3]);
        struct ov_activation copy = generic_copy(g);
        struct network n = {.K = 2, .M = 2, .g = g, .g_star = g, .sigma = 0.2}, m;
        random_network(n.C, n.s, 2, 2, (enum fields)(i / 12), r);
        for (size_t j = 0; j < 10; j++)
            n.C[j] *= variance[i / 3 % 4];
        m = n;
        m.g = m.g_star = &copy;
        contract(&n);
        contract(&m);
        double off = largest_difference(&n, &m);
        printf("    %s at variance %g: %.2g\n", g->name, variance[i / 3 % 4], off);
        ck_assert_double_lt(off, 1e-6);
    }
    gsl_rng_free(r);
}
END_TEST

/* ---- Monte Carlo, for kinks ---- */

enum { DRAWS = 40000 };

static double against_draws(struct network *n, double off, gsl_rng *r)
{
    double L[64], sum[64] = {0.0}, square[64] = {0.0}, largest = 0.0;
    size_t numbers = n->K * (n->K + n->M) + ov_sym_size(n->K);
    contract(n);
    ck_ok(ov_sym_cholesky(L, n->C, n->P, 1e-10));
    for (int d = 0; d < DRAWS; d++) {
        double z[8], x[8] = {0.0}, one[64] = {0.0};
        for (size_t a = 0; a < n->P; a++) {
            z[a] = gsl_ran_gaussian_ziggurat(r, 1.0);
            for (size_t b = 0; b <= a; b++)
                x[a] += L[a * n->P + b] * z[b];
        }
        add_integrands(one, n, x, 1.0);
        for (size_t i = 0; i < numbers; i++) {
            sum[i] += one[i] / DRAWS;
            square[i] += one[i] * one[i] / DRAWS;
        }
    }
    for (size_t i = 0; i < numbers; i++) {
        size_t g = n->K * n->P;
        double exact = off * (i < g ? n->G[i] : n->Nz[i - g]);
        double se = sqrt(fmax(square[i] - sum[i] * sum[i], 0.0) / DRAWS) + 1e-9;
        largest = fmax(largest, fabs(exact - sum[i]) / se);
    }
    return largest;
}

/* Pairs with a kink. He3 and He4 at small lengths, where the draws' own errors are known. */
START_TEST(pairs_with_kinks_agree_with_monte_carlo)
{
    gsl_rng *r = ov_test_rng(343);
    double worst = 0.0;
    size_t count = 0, seen = 0;
    for (size_t pair = 0; pair < PAIRS; pair++) {
        const struct ov_activation *one = ov_activation_find(new_units[pair / 2 / UNITS]);
        const struct ov_activation *other = &ov_activations[pair / 2 % UNITS];
        if (!kink(one) && !kink(other))
            continue;
        bool slow = one->act == OV_ACT_GENERIC || other->act == OV_ACT_GENERIC;
        double scale = heavy(one) || heavy(other) ? 0.1 : 1.0;
        struct network n = pair_of(pair, slow ? 2 : 3, slow ? 1 : 2, scale,
                                   (enum fields)((pair + pair / UNITS) % FIELDS_KINDS), r);
        double most = against_draws(&n, 1.0, r);
        ck_assert_msg(most < 6.0, "%s student, %s teacher: %g standard errors off", n.g->name,
                      n.g_star->name, most);
        worst = fmax(worst, most);
        seen += against_draws(&n, 1.1, r) > 6.0 ? 1 : 0;
        count++;
    }
    printf("    %zu pairs: %.2f standard errors; 10 %% seen in %zu\n", count, worst, seen);
    ck_assert_uint_ge(seen, count * 3 / 4);
    gsl_rng_free(r);
}
END_TEST

/* ---- single integrals ---- */

static double misfit_of_sums(const struct network *n)
{
    double worst = 0.0;
    for (size_t k = 0; k < n->K; k++) {
        for (size_t b = 0; b < n->P; b++) {
            double sum = 0.0;
            for (size_t c = 0; c < n->P; c++)
                sum += n->s[c] * ov_gauss_I3(n->C, n->act, n->M + k, b, c);
            worst = fmax(worst, fabs(sum - n->G[k * n->P + b]) / (1.0 + fabs(sum)));
        }
        for (size_t l = 0; l <= k; l++) {
            double sum = n->sigma * n->sigma * ov_gauss_J2(n->C, n->act, n->M + k, n->M + l);
            for (size_t a = 0; a < n->P; a++)
                for (size_t b = 0; b < n->P; b++)
                    sum += n->s[a] * n->s[b] * ov_gauss_I4(n->C, n->act, n->M + k, n->M + l, a, b);
            worst = fmax(worst, fabs(sum - n->Nz[ov_sym_at(k, l)]) / (1.0 + fabs(sum)));
        }
    }
    return worst;
}

/* In closed form on both sides, by different formulas; sines by quadrature on one. With kinks the
 * four-field orthant is in both, times 16 A^2 = 4 in one: its error between fields that nearly lie
 * in a plane, 1e-10 in test_gauss_contractions.c, shows four times. */
START_TEST(contractions_are_sums_over_integrals)
{
    static const char *const pairs[][2] = {
        {"leaky_relu", "leaky_relu"}, {"leaky_relu", "relu"}, {"relu", "leaky_relu"},
        {"leaky_relu", "linear"},     {"relu", "linear"},     {"linear", "leaky_relu"},
        {"erf", "leaky_relu"},        {"he3", "he4"},         {"he4", "he3"},
        {"quadratic", "he4"},         {"linear", "he3"},      {"sin", "sin"},
    };
    gsl_rng *r = ov_test_rng(344);
    for (size_t i = 0; i < 4 * sizeof pairs / sizeof *pairs; i++) {
        struct network n = {.K = 2, .M = 2, .sigma = 0.4};
        n.g = ov_activation_find(pairs[i / 4][0]);
        n.g_star = ov_activation_find(pairs[i / 4][1]);
        bool sine = n.g->family == OV_FAMILY_SINE;
        n.M = sine ? 1 : 2;
        random_network(n.C, n.s, 2, n.M, (enum fields)(i % FIELDS_KINDS), r);
        contract(&n);
        double off = misfit_of_sums(&n);
        ck_assert_msg(off < (sine        ? 1e-8
                             : kink(n.g) ? 4e-10
                                         : 1e-11),
                      "%s student, %s teacher: off by %g", n.g->name, n.g_star->name, off);
    }
    gsl_rng_free(r);
}
END_TEST

/* ---- edges ---- */

START_TEST(edges_of_every_pair)
{
    gsl_rng *r = ov_test_rng(345);
    for (size_t pair = 0; pair < PAIRS; pair++) {
        struct network n = pair_of(pair, 1, 1, 1.0, FIELDS_GENERIC, r), dead = n;
        n.C[1] = NAN;
        contract(&n);
        ck_assert_msg(isnan(n.G[0]) && isnan(n.G[1]) && isnan(n.Nz[0]), "%s student, %s teacher",
                      n.g->name, n.g_star->name);
        dead.C[1] = dead.C[2] = 0.0;
        contract(&dead);
        double slope = dead.g->dg(0.0), value = dead.s[1] * dead.g->g(0.0);
        const struct ov_activation *g_star = dead.g_star;
        double mean = ov_I2(g_star, &ov_activations[OV_ACT_HE2], dead.C[0], 0.0, 2.0);
        double square = ov_I2(g_star, g_star, dead.C[0], dead.C[0], dead.C[0]);
        double signal =
            dead.s[0] * dead.s[0] * square + 2.0 * dead.s[0] * value * mean + value * value;
        ck_agree(0.0, dead.G[1], 0.0, 1e-12);
        ck_agree(slope * slope * (signal + 0.09), dead.Nz[0], 1e-6, 1e-9);
        ck_assert_ptr_nonnull(ov_gauss_method(n.g, n.g_star));
    }
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, contractions_agree_with_product_quadrature);
    OV_TEST(s, closed_forms_of_larger_networks);
    OV_TEST(s, mean_square_slopes);
    OV_TEST(s, quadrature_keeps_its_error_at_growing_variance);
    OV_TEST(s, pairs_with_kinks_agree_with_monte_carlo);
    OV_TEST(s, contractions_are_sums_over_integrals);
    OV_TEST(s, edges_of_every_pair);
}

OV_TEST_MAIN("theory/gauss_units");
