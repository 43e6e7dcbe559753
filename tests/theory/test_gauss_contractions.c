/* SPDX-License-Identifier: MIT
 *
 * Every activation as student with every activation as teacher: the contracted averages, which are
 * the right-hand side.
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "theory/pairs.h"

/* ---- contractions ---- */

/* x = A z with z of `rank` components; variances 1. */
static void random_rank(double *C, size_t P, size_t rank, gsl_rng *r)
{
    double A[8][8];
    for (size_t a = 0; a < P; a++)
        gsl_ran_dir_nd(r, rank, A[a]);
    for (size_t a = 0; a < P; a++)
        for (size_t b = 0; b <= a; b++) {
            C[ov_sym_at(a, b)] = 0.0;
            for (size_t j = 0; j < rank; j++)
                C[ov_sym_at(a, b)] += A[a][j] * A[b][j];
        }
}

static double sum_of_I3(const struct network *n, size_t k, size_t b)
{
    double sum = 0.0;
    for (size_t c = 0; c < n->P; c++)
        sum += n->s[c] * ov_gauss_I3(n->C, n->act, n->M + k, b, c);
    return sum;
}

static double sum_of_I4(const struct network *n, size_t k, size_t l)
{
    double sum = n->sigma * n->sigma * ov_gauss_J2(n->C, n->act, n->M + k, n->M + l);
    for (size_t a = 0; a < n->P; a++)
        for (size_t b = 0; b < n->P; b++)
            sum += n->s[a] * n->s[b] * ov_gauss_I4(n->C, n->act, n->M + k, n->M + l, a, b);
    return sum;
}

/* Where the contraction has a way of its own. */
START_TEST(contraction_is_the_sum_over_integrals)
{
    gsl_rng *r = ov_test_rng(311);
    double worst[2] = {0.0};
    for (size_t turn = 0; turn < 125; turn++) {
        struct network n = {.g = &ov_activations[turn % 5],
                            .g_star = &ov_activations[turn / 5 % 5]};
        bool smooth = turn >= 100;
        if (smooth) { /* generic students; teachers in turn, but for ReLU */
            n.g = &ov_activations[5 + turn % 5];
            n.g_star = &ov_activations[turn % 10 == 2 ? 5 : turn % 10];
        }
        n.K = smooth ? 2 : 1 + gsl_rng_uniform_int(r, 4);
        n.M = smooth ? 1 : 1 + gsl_rng_uniform_int(r, 3);
        n.sigma = gsl_rng_uniform(r);
        random_network(n.C, n.s, n.K, n.M, (enum fields)(turn % FIELDS_KINDS), r);
        contract(&n);
        double most = 0.0;
        for (size_t k = 0; k < n.K; k++) {
            for (size_t b = 0; b < n.P; b++)
                most = fmax(most, fabs(sum_of_I3(&n, k, b) - n.G[k * n.P + b]));
            for (size_t l = 0; l <= k; l++) {
                double sum = sum_of_I4(&n, k, l);
                most = fmax(most, fabs(sum - n.Nz[ov_sym_at(k, l)]) / (1.0 + fabs(sum)));
            }
        }
        worst[smooth] = fmax(worst[smooth], most);
        ck_assert_msg(most < (smooth ? 1e-6 : 1e-10), "%s student, %s teacher: off by %g",
                      n.g->name, n.g_star->name, most);
    }
    printf("    largest deviation %.2g; by quadrature %.2g\n", worst[0], worst[1]);
    gsl_rng_free(r);
}
END_TEST

/* G and Nz of a pair and of its generic copies; the largest relative difference. */
static double difference_of_copies(const struct network *like, gsl_rng *r)
{
    double worst = 0.0;
    for (int turn = 0; turn < 3; turn++) {
        struct network n = *like, m;
        struct ov_activation copy = generic_copy(n.g), copy_star = generic_copy(n.g_star);
        for (size_t a = 0; a < n.K + n.M; a++)
            n.s[a] = gsl_ran_flat(r, -1.5, 1.5);
        random_rank(n.C, n.K + n.M, n.P, r);
        for (size_t i = 0; i < ov_sym_size(n.K + n.M); i++)
            n.C[i] *= like->C[0];
        m = n;
        m.g = &copy;
        m.g_star = &copy_star;
        contract(&n);
        contract(&m);
        for (size_t i = 0; i < n.K * n.P; i++)
            worst = fmax(worst, fabs(n.G[i] - m.G[i]) / (1.0 + fabs(n.G[i])));
        for (size_t i = 0; i < ov_sym_size(n.K); i++)
            worst = fmax(worst, fabs(n.Nz[i] - m.Nz[i]) / (1.0 + fabs(n.Nz[i])));
    }
    return worst;
}

/* What ov_gauss_method states: fields of variance C[0], of rank P. */
START_TEST(quadrature_keeps_its_stated_error)
{
    static const struct {
        enum ov_act g, g_star;
        size_t K, M, rank;
        double variance, bound;
    } cases[] = {
        {OV_ACT_ERF, OV_ACT_ERF, 2, 2, 4, 0.3, 1e-9}, {OV_ACT_ERF, OV_ACT_ERF, 2, 2, 4, 1, 1e-6},
        {OV_ACT_ERF, OV_ACT_ERF, 2, 2, 4, 4, 1e-5},   {OV_ACT_ERF, OV_ACT_ERF, 2, 2, 2, 1, 1e-6},
        {OV_ACT_ERF, OV_ACT_ERF, 2, 2, 4, 16, 1e-3},  {OV_ACT_RELU, OV_ACT_ERF, 2, 2, 4, 1, 1e-6},
        {OV_ACT_RELU, OV_ACT_ERF, 2, 2, 4, 4, 1e-5},  {OV_ACT_RELU, OV_ACT_ERF, 3, 1, 4, 1, 1e-6},
        {OV_ACT_RELU, OV_ACT_ERF, 3, 1, 2, 1, 1e-3},  {OV_ACT_ERF, OV_ACT_RELU, 2, 2, 4, 1, 1e-6},
        {OV_ACT_ERF, OV_ACT_RELU, 2, 2, 2, 1, 1e-6},  {OV_ACT_ERF, OV_ACT_RELU, 2, 2, 2, 4, 1e-5},
        {OV_ACT_ERF, OV_ACT_ERF, 2, 2, 2, 4, 1e-5},   {OV_ACT_ERF, OV_ACT_ERF, 2, 2, 3, 4, 1e-5},
        {OV_ACT_RELU, OV_ACT_ERF, 2, 2, 3, 4, 1e-5},  {OV_ACT_RELU, OV_ACT_ERF, 2, 2, 3, 1, 1e-6},
    };
    gsl_rng *r = ov_test_rng(312);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct network n = {.K = cases[i].K, .M = cases[i].M, .P = cases[i].rank, .sigma = 0.1};
        n.g = &ov_activations[cases[i].g];
        n.g_star = &ov_activations[cases[i].g_star];
        n.C[0] = cases[i].variance;
        double worst = difference_of_copies(&n, r);
        printf("    %s/%s K=%zu rank %zu variance %g: %.2g\n", n.g->name, n.g_star->name, n.K,
               cases[i].rank, cases[i].variance, worst);
        ck_assert_double_lt(worst, cases[i].bound);
    }
    gsl_rng_free(r);
}
END_TEST

/* ---- Monte Carlo ---- */

enum { DRAWS = 20000, NUMBERS = 64 };

/* Sums over draws of all G and Nz and of their squares. */
struct tally {
    size_t n;
    double sum[NUMBERS], square[NUMBERS];
};

static void add(struct tally *t, double x)
{
    t->sum[t->n] += x / DRAWS;
    t->square[t->n++] += x * x / DRAWS;
}

static void one_draw(struct tally *t, const struct network *n, const double *L, gsl_rng *r)
{
    double z[8], x[8], error = 0.0;
    for (size_t a = 0; a < n->P; a++) {
        z[a] = gsl_ran_gaussian_ziggurat(r, 1.0);
        x[a] = 0.0;
        for (size_t b = 0; b <= a; b++)
            x[a] += L[a * n->P + b] * z[b];
        error += n->s[a] * n->act[a]->g(x[a]);
    }
    double noisy = error * error + n->sigma * n->sigma;
    t->n = 0;
    for (size_t k = 0; k < n->K; k++) {
        double slope = n->g->dg(x[n->M + k]);
        for (size_t b = 0; b < n->P; b++)
            add(t, slope * x[b] * error);
        for (size_t l = 0; l <= k; l++)
            add(t, slope * n->g->dg(x[n->M + l]) * noisy);
    }
}

/* G and Nz of all pairs, in the order of one_draw: chi^2 and single deviations. `off` multiplies
 * what the library gives. Returns the mean square deviation in standard errors. */
static double against_draws(struct network *n, double off, double *largest, gsl_rng *r)
{
    static struct tally t;
    double L[64], total = 0.0;
    size_t at = 0;
    memset(&t, 0, sizeof t);
    contract(n);
    ck_ok(ov_sym_cholesky(L, n->C, n->P, 1e-10));
    for (int d = 0; d < DRAWS; d++)
        one_draw(&t, n, L, r);
    double exact[NUMBERS];
    for (size_t k = 0; k < n->K; k++) {
        for (size_t b = 0; b < n->P; b++)
            exact[at++] = n->G[k * n->P + b];
        for (size_t l = 0; l <= k; l++)
            exact[at++] = n->Nz[ov_sym_at(k, l)];
    }
    for (size_t i = 0; i < at; i++) {
        double se = sqrt(fmax(t.square[i] - t.sum[i] * t.sum[i], 0.0) / DRAWS) + 1e-9;
        double z = (off * exact[i] - t.sum[i]) / se;
        total += z * z / (double)at;
        *largest = fmax(*largest, fabs(z));
    }
    return total;
}

static struct network pair_of(size_t pair, gsl_rng *r)
{
    struct network n = {.g = &ov_activations[pair % 10], .g_star = &ov_activations[pair / 10 % 10]};
    bool slow = n.g->act == OV_ACT_GENERIC || n.g_star->act == OV_ACT_GENERIC;
    n.K = slow ? 2 : 3;
    n.M = slow ? 1 : 2;
    n.sigma = 0.3;
    random_network(n.C, n.s, n.K, n.M, (enum fields)(pair / 10 % FIELDS_KINDS), r);
    return n;
}

START_TEST(right_hand_sides_agree_with_monte_carlo)
{
    gsl_rng *r = ov_test_rng(321);
    double mean = 0.0, largest = 0.0;
    for (size_t pair = 0; pair < 100; pair++) {
        struct network n = pair_of(pair, r);
        double most = 0.0, square = against_draws(&n, 1.0, &most, r);
        ck_assert_msg(most < 6.0, "%s student, %s teacher: %g standard errors off", n.g->name,
                      n.g_star->name, most);
        mean += square / 100.0;
        largest = fmax(largest, most);
    }
    printf("    mean square deviation %.3f standard errors, largest %.2f\n", mean, largest);
    ck_assert(mean > 0.6 && mean < 1.5);
    gsl_rng_free(r);
}
END_TEST

/* Ten percent off is seen, in every pair of closed forms. */
START_TEST(monte_carlo_bites)
{
    gsl_rng *r = ov_test_rng(322);
    size_t seen = 0;
    for (size_t pair = 0; pair < 25; pair++) {
        struct network n = pair_of(pair / 5 * 10 + pair % 5, r);
        double most = 0.0;
        seen += against_draws(&n, 1.1, &most, r) > 2.0 ? 1 : 0;
    }
    ck_assert_uint_ge(seen, 22);
    gsl_rng_free(r);
}
END_TEST

/* ---- ReLU near its teacher ---- */

/* A student that has all but learned: correlation 1 - d with its teacher, nothing in the signal
 * but their difference. Nz is then of order d, out of numbers of order one. */
START_TEST(noise_of_a_relu_student_vanishes_with_its_distance)
{
    double last = NAN;
    for (int k = 2; k <= 12; k++) {
        double d = pow(10.0, -k), norm = 1.0 + d;
        struct network n = {.K = 2, .M = 2};
        n.g = n.g_star = &ov_activations[OV_ACT_RELU];
        /* teachers e0, e1; students e_m + sqrt(2d) times directions of their own */
        double C[10] = {1.0, 0.3, 1.0, 1.0, 0.3, norm, 0.3, 1.0, 0.3 + 0.5 * d, norm};
        memcpy(n.C, C, sizeof C);
        n.s[0] = n.s[1] = 1.0;
        n.s[2] = n.s[3] = -1.0;
        contract(&n);
        double ratio = n.Nz[1] / d;
        printf("    d = 1e-%d: Nz_10/d = %.6f\n", k, ratio);
        if (k > 4 && k <= 9)
            ck_agree(last, ratio, 0.02, 0.0);
        ck_assert(fabs(n.Nz[1]) < 2.0 * d + 1e-9);
        last = ratio;
    }
}
END_TEST

/* ---- the rest ---- */

START_TEST(nan_comes_out_of_every_pair)
{
    for (size_t pair = 0; pair < 100; pair++) {
        struct network n = {.K = 1, .M = 1};
        n.g = &ov_activations[pair % 10];
        n.g_star = &ov_activations[pair / 10];
        double C[3] = {1.0, NAN, 1.0};
        memcpy(n.C, C, sizeof C);
        n.s[0] = 1.0;
        n.s[1] = -1.0;
        contract(&n);
        ck_assert_msg(isnan(n.G[0]) && isnan(n.G[1]) && isnan(n.Nz[0]),
                      "%s student, %s teacher: %g %g %g", n.g->name, n.g_star->name, n.G[0], n.G[1],
                      n.Nz[0]);
    }
}
END_TEST

/* Students without weights: nothing is undefined. */
START_TEST(zero_norm_is_finite_in_every_pair)
{
    for (size_t pair = 0; pair < 100; pair++) {
        struct network n = {.K = 2, .M = 1, .sigma = 0.1};
        n.g = &ov_activations[pair % 10];
        n.g_star = &ov_activations[pair / 10];
        n.C[0] = 1.0;
        n.s[0] = 1.0;
        n.s[1] = n.s[2] = -1.0;
        contract(&n);
        for (size_t i = 0; i < 6; i++)
            ck_assert(isfinite(n.G[i]));
        for (size_t i = 0; i < 3; i++)
            ck_assert(isfinite(n.Nz[i]));
        ck_assert_ptr_nonnull(ov_gauss_method(n.g, n.g_star));
    }
}
END_TEST

/* x^2 and x^2 - 1 differ by what cancels where sum v = sum v*. */
START_TEST(quadratic_and_he2_are_the_same_for_balanced_weights)
{
    gsl_rng *r = ov_test_rng(331);
    for (int turn = 0; turn < 50; turn++) {
        struct network n = {.K = 2, .M = 2, .sigma = 0.2}, m;
        n.g = n.g_star = &ov_activations[OV_ACT_QUADRATIC];
        random_network(n.C, n.s, 2, 2, FIELDS_GENERIC, r);
        n.s[3] = -(n.s[0] + n.s[1] + n.s[2]);
        m = n;
        m.g = m.g_star = &ov_activations[OV_ACT_HE2];
        contract(&n);
        contract(&m);
        for (size_t i = 0; i < 8; i++)
            ck_agree(n.G[i], m.G[i], 1e-12, 1e-12);
        for (size_t i = 0; i < 3; i++)
            ck_agree(n.Nz[i], m.Nz[i], 1e-12, 1e-12);
    }
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, quadrature_keeps_its_stated_error);
    OV_TEST(s, contraction_is_the_sum_over_integrals);
    OV_TEST(s, right_hand_sides_agree_with_monte_carlo);
    OV_TEST(s, monte_carlo_bites);
    OV_TEST(s, noise_of_a_relu_student_vanishes_with_its_distance);
    OV_TEST(s, nan_comes_out_of_every_pair);
    OV_TEST(s, zero_norm_is_finite_in_every_pair);
    OV_TEST(s, quadratic_and_he2_are_the_same_for_balanced_weights);
}

OV_TEST_MAIN("theory/gauss_contractions");
