/* SPDX-License-Identifier: MIT
 *
 * The derivatives of the mean derivatives D by C and s, of every pair that has them.
 */
#include <math.h>
#include <string.h>

#include "theory/pairs.h"

enum { WIDTH = 36 + 8 };

static double dD[64 * WIDTH], dNz[36 * WIDTH], dG[64 * WIDTH], dNz_alone[36 * WIDTH];

static void derive(struct network *n)
{
    struct ov_gauss *w = averages_of(n);
    ov_gauss_slopes_derivatives(dD, dNz, w, n->C, n->s, n->sigma);
    ov_gauss_free(w);
}

/* Pairs in turn; false where they have no derivatives. */
static bool pair_at(struct network *n, size_t turn)
{
    n->g = &ov_activations[turn % ov_activation_count];
    n->g_star = &ov_activations[turn / ov_activation_count % ov_activation_count];
    return ov_gauss_has_derivatives(n->g, n->g_star);
}

/* By quadrature: their errors over the steps of the differences. */
static bool is_smooth(const struct network *n)
{
    return n->g->act == OV_ACT_GENERIC || n->g_star->act == OV_ACT_GENERIC;
}

/* Of which Nz is good to 1e-4 (ov_gauss_method). */
static bool has_quartic(const struct network *n)
{
    return strcmp(n->g->name, "he4") == 0 || strcmp(n->g_star->name, "he4") == 0;
}

/* ---- against differences ---- */

/* Number i of C and s, packed C first. */
static double *number(struct network *n, size_t i)
{
    size_t D = ov_sym_size(n->K + n->M);
    return i < D ? &n->C[i] : &n->s[i - D];
}

/* The largest deviations of the column of number i: of what is derived, and of 1.01 times that. */
static void column_off(double worst[2], const struct network *n, struct ov_gauss *w, size_t i)
{
    static const double by[4] = {-2.0, -1.0, 1.0, 2.0},
                        weight[4] = {1.0 / 12.0, -2.0 / 3.0, 2.0 / 3.0, -1.0 / 12.0};
    static const double h = 1e-3;
    double sum[64 + 36] = {0.0}, derived[64 + 36];
    size_t P = n->K + n->M, width = ov_sym_size(P) + P, G = n->K * P, all = G + ov_sym_size(n->K);
    for (int turn = 0; turn < 4; turn++) {
        struct network near = *n;
        *number(&near, i) += by[turn] * h;
        ov_gauss_slopes(near.G, near.Nz, w, near.C, near.s, near.sigma);
        for (size_t a = 0; a < all; a++)
            sum[a] += weight[turn] / h * (a < G ? near.G[a] : near.Nz[a - G]);
    }
    for (size_t a = 0; a < all; a++) {
        derived[a] = a < G ? dD[a * width + i] : dNz[(a - G) * width + i];
        double size = 1.0 + fabs(sum[a]);
        worst[0] = fmax(worst[0], fabs(sum[a] - derived[a]) / size);
        worst[1] = fmax(worst[1], fabs(sum[a] - 1.01 * derived[a]) / size);
    }
}

static void off_the_differences(double worst[2], struct network *n)
{
    worst[0] = worst[1] = 0.0;
    derive(n);
    struct ov_gauss *w = averages_of(n);
    for (size_t i = 0; i < ov_sym_size(n->P) + n->P; i++)
        column_off(worst, n, w, i);
    ov_gauss_free(w);
}

/* Well inside of the cone, so that steps stay there and fourth derivatives are of order one. */
static void draw(struct network *n, gsl_rng *r)
{
    size_t P = n->K + n->M;
    random_network(n->C, n->s, n->K, n->M, FIELDS_GENERIC, r);
    for (size_t a = 0; a < P; a++)
        n->C[ov_sym_at(a, a)] += 0.5;
}

START_TEST(derivatives_agree_with_differences)
{
    gsl_rng *r = ov_test_rng(921);
    double most = 0.0, most_smooth = 0.0;
    size_t pairs = 0;
    for (size_t turn = 0; turn < ov_activation_count * ov_activation_count; turn++) {
        struct network n = {.K = 2, .M = 1, .sigma = 0.3};
        if (!pair_at(&n, turn))
            continue;
        bool smooth = is_smooth(&n);
        draw(&n, r);
        double worst[2], bound = has_quartic(&n) ? 3e-4 : 1e-5;
        off_the_differences(worst, &n);
        *(smooth ? &most_smooth : &most) = fmax(smooth ? most_smooth : most, worst[0]);
        ck_assert_msg(worst[0] < (smooth ? bound : 1e-8), "%s student, %s teacher: off by %g",
                      n.g->name, n.g_star->name, worst[0]);
        ck_assert_double_gt(worst[1], has_quartic(&n) ? 1e-3 : 1e-4);
        pairs++;
    }
    printf("    %zu pairs: largest deviation %.2g, of smooth ones %.2g\n", pairs, most,
           most_smooth);
    ck_assert_uint_gt(pairs, 50);
    gsl_rng_free(r);
}
END_TEST

/* ---- against those of G ---- */

/* dG_kb = sum_c dD_kc C_cb + D_kc dC_cb, in singular places too; the largest deviation. */
static double off_the_product_rule(struct network *n)
{
    struct network D = *n;
    struct ov_gauss *w = averages_of(n);
    size_t P = n->P, size = ov_sym_size(P), width = size + P;
    double worst = 0.0;
    ov_gauss_derivatives(dG, dNz_alone, w, n->C, n->s, n->sigma);
    ov_gauss_free(w);
    derive(n);
    slopes(&D);
    for (size_t a = 0; a < ov_sym_size(n->K) * width; a++)
        worst = fmax(worst, fabs(dNz[a] - dNz_alone[a]));
    for (size_t k = 0; k < n->K; k++)
        for (size_t b = 0; b < P; b++) {
            double row[WIDTH] = {0.0};
            for (size_t c = 0; c < P; c++) {
                for (size_t i = 0; i < width; i++)
                    row[i] += dD[(k * P + c) * width + i] * n->C[ov_sym_at(c, b)];
                row[ov_sym_at(c, b)] += D.G[k * P + c];
            }
            for (size_t i = 0; i < width; i++) {
                double expected = dG[(k * P + b) * width + i];
                worst = fmax(worst, fabs(row[i] - expected) / (1.0 + fabs(expected)));
            }
        }
    return worst;
}

START_TEST(product_rule_gives_the_derivatives_of_G)
{
    gsl_rng *r = ov_test_rng(922);
    double most = 0.0;
    for (size_t turn = 0; turn < 4 * ov_activation_count * ov_activation_count; turn++) {
        struct network n = {.K = 2, .M = 1, .sigma = 0.3};
        enum fields kind = (enum fields)(turn / ov_activation_count / ov_activation_count);
        if (!pair_at(&n, turn) || (is_smooth(&n) && kind != FIELDS_TWIN))
            continue;
        random_network(n.C, n.s, n.K, n.M, kind, r);
        double off = off_the_product_rule(&n);
        ck_assert_msg(off < (is_smooth(&n) ? 1e-9 : 1e-12),
                      "%s student, %s teacher, fields %d: off by %g", n.g->name, n.g_star->name,
                      (int)kind, off);
        most = fmax(most, off);
    }
    printf("    largest deviation %.2g\n", most);
    gsl_rng_free(r);
}
END_TEST

/* A ReLU student next to its teacher: what grows as 1/sqrt(1 - r^2) is capped, and cancels in a block
 * whose parts are close too. */
START_TEST(derivatives_next_to_a_kink_are_capped)
{
    double last = 0.0;
    for (int k = 1; k <= 16; k++) {
        double d = k == 16 ? 0.0 : pow(10.0, -k);
        struct network n = {.K = 1, .M = 1, .s = {1.0, -1.0}, .C = {1.0, 1.0, 1.0 + d}};
        n.g = n.g_star = &ov_activations[OV_ACT_RELU];
        derive(&n);
        for (size_t i = 0; i < 10; i++)
            ck_assert(fabs(dD[i]) < 2e4);
        ck_assert(k > 8 || fabs(dD[1]) > last);
        last = fabs(dD[1]);
        /* by C_kc, with C^(l) = (1, 1): J_kc's and H_k's infinities */
        ck_assert_double_lt(fabs(dD[1] + dD[5 + 1]), 0.1);
    }
}
END_TEST

START_TEST(no_length_and_no_number)
{
    for (size_t turn = 0; turn < ov_activation_count * ov_activation_count; turn++) {
        struct network n = {.K = 2, .M = 1, .sigma = 0.1, .C = {1.0}, .s = {1.0, -1.0, -1.0}};
        if (!pair_at(&n, turn))
            continue;
        derive(&n);
        for (size_t i = 0; i < 6 * 9; i++)
            ck_assert_msg(isfinite(dD[i]), "%s student, %s teacher", n.g->name, n.g_star->name);
        n.C[3] = NAN;
        derive(&n);
        bool found = n.g->act == OV_ACT_LINEAR || n.g->act == OV_ACT_QUADRATIC ||
                     n.g->act == OV_ACT_HE2 || n.g->act == OV_ACT_RELU ||
                     n.g->act == OV_ACT_LEAKY_RELU; /* those need no C_kc, or have no length */
        for (size_t i = 0; i < 6 * 9; i++)
            found = found || isnan(dD[i]);
        ck_assert_msg(found, "%s student, %s teacher", n.g->name, n.g_star->name);
    }
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, derivatives_agree_with_differences);
    OV_TEST(s, product_rule_gives_the_derivatives_of_G);
    OV_TEST(s, derivatives_next_to_a_kink_are_capped);
    OV_TEST(s, no_length_and_no_number);
}

OV_TEST_MAIN("theory/gauss_slopes_derivatives");
