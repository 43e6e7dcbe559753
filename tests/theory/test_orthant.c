/* SPDX-License-Identifier: MIT
 *
 * Orthant probabilities and moments against closed forms and sampling.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_integration.h>

#include "overlap/theory/orthant.h"
#include "test.h"
#include "theory/random_fields.h"

static void correlations(double *C, size_t n, double r)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            C[ov_sym_at(i, j)] = i == j ? 1.0 : r;
}

/* n fields of equal correlations 1/2: 1/(n + 1). Independent ones: 2^-n. */
START_TEST(known_values)
{
    for (size_t n = 0; n <= 4; n++) {
        double C[10] = {0.0};
        correlations(C, n, 0.5);
        ck_agree(1.0 / (double)(n + 1), ov_orthant(C, n), 1e-15, 0.0);
        correlations(C, n, 0.0);
        ck_agree(pow(0.5, (double)n), ov_orthant(C, n), 1e-15, 0.0);
        correlations(C, n, 1.0);
        ck_agree(n > 0 ? 0.5 : 1.0, ov_orthant(C, n), 1e-15, 0.0);
    }
}
END_TEST

/* ---- one common factor: x_i = sd_i (a_i z + sqrt(1 - a_i^2) e_i), an integral over z alone ----
 */

struct factor {
    size_t n;
    double a[4];
};

static double given_factor(double z, void *ctx)
{
    const struct factor *f = ctx;
    double p = exp(-0.5 * z * z) / sqrt(2.0 * M_PI);
    for (size_t i = 0; i < f->n; i++)
        p *= 0.5 * erfc(-M_SQRT1_2 * f->a[i] * z / sqrt((1.0 - f->a[i]) * (1.0 + f->a[i])));
    return p;
}

/* Decade by decade: the factors of near-equal fields are steps at 0. */
static double by_factor(struct factor *f)
{
    double sum = 0.0, part, error;
    gsl_function F = {given_factor, f};
    gsl_integration_workspace *w = gsl_integration_workspace_alloc(500);
    for (int side = -1; side <= 1; side += 2)
        for (double to = 9.0, from; to > 1e-16; to = from) {
            from = to > 1e-9 ? 0.1 * to : 0.0;
            ck_assert_int_eq(gsl_integration_qag(&F, fmin(side * from, side * to),
                                                 fmax(side * from, side * to), 1e-15, 1e-12, 500, 4,
                                                 w, &part, &error),
                             0);
            sum += part;
        }
    gsl_integration_workspace_free(w);
    return sum;
}

/* Two or more of the a_i near +-1 by 10^-k make correlations that near to +-1. */
START_TEST(probability_with_a_common_factor)
{
    gsl_rng *r = ov_test_rng(201);
    for (int k = 0; k <= 12; k++) {
        double worst = 0.0;
        for (int turn = 0; turn < 60; turn++) {
            struct factor f = {.n = 2 + (size_t)turn % 3};
            double C[10];
            size_t near = gsl_rng_uniform_int(r, 5);
            for (size_t i = 0; i < f.n; i++) {
                f.a[i] = k > 0 && i < near ? 1.0 - pow(10.0, -k) * (0.5 + gsl_rng_uniform(r))
                                           : gsl_ran_flat(r, -0.95, 0.95);
                f.a[i] *= gsl_rng_uniform(r) < 0.3 ? -1.0 : 1.0;
            }
            for (size_t i = 0; i < f.n; i++)
                for (size_t j = 0; j <= i; j++)
                    C[ov_sym_at(i, j)] = i == j ? 1.0 : f.a[i] * f.a[j];
            worst = fmax(worst, fabs(by_factor(&f) - ov_orthant(C, f.n)));
        }
        printf("    1 - |r| about 1e-%d: largest error %.2g\n", k, worst);
        ck_assert_double_lt(worst, k <= 3 ? 1e-12 : 4e-9);
    }
    gsl_rng_free(r);
}
END_TEST

/* The 2^n orthants make up the space, and the moments on them the whole moment. */
static double flipped(const double *C, size_t n, unsigned signs, const size_t *power,
                      size_t n_power)
{
    static const size_t all[4] = {0, 1, 2, 3};
    double D[10], sign = 1.0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            D[ov_sym_at(i, j)] = ((signs >> i ^ signs >> j) & 1u ? -1.0 : 1.0) * C[ov_sym_at(i, j)];
    for (size_t i = 0; i < n_power; i++)
        sign *= signs >> power[i] & 1u ? -1.0 : 1.0;
    return sign * ov_orthant_moment(D, n, all, n, power, n_power);
}

START_TEST(orthants_make_up_the_space)
{
    gsl_rng *r = ov_test_rng(202);
    double worst = 0.0;
    for (int turn = 0; turn < 300; turn++) {
        size_t n = 1 + gsl_rng_uniform_int(r, 4), power[4], n_power = gsl_rng_uniform_int(r, 5);
        double C[10], sum = 0.0;
        random_covariance(C, n, turn % 3 ? FIELDS_GENERIC : FIELDS_LOW_RANK, r);
        for (size_t i = 0; i < n_power; i++)
            power[i] = gsl_rng_uniform_int(r, n);
        for (unsigned signs = 0; signs < 1u << n; signs++)
            sum += flipped(C, n, signs, power, n_power);
        double whole = ov_orthant_moment(C, n, NULL, 0, power, n_power);
        worst = fmax(worst, fabs(sum - whole));
        ck_agree(whole, sum, 0.0, 1e-9);
    }
    printf("    largest deviation %.2g\n", worst);
    gsl_rng_free(r);
}
END_TEST

/* ---- moments by Monte Carlo ---- */

START_TEST(moments_are_averages)
{
    enum { DRAWS = 40000 };
    static double x[DRAWS][4];
    gsl_rng *r = ov_test_rng(203);
    double sum_of_squares = 0.0, count = 0.0;
    for (int turn = 0; turn < 12; turn++) {
        double C[10], L[16];
        random_covariance(C, 4, (enum fields)(turn % FIELDS_KINDS), r);
        ck_ok(ov_sym_cholesky(L, C, 4, 1e-10));
        for (int d = 0; d < DRAWS; d++) {
            double z[4];
            for (size_t i = 0; i < 4; i++) {
                z[i] = gsl_ran_ugaussian(r);
                x[d][i] = 0.0;
                for (size_t j = 0; j <= i; j++)
                    x[d][i] += L[4 * i + j] * z[j];
            }
        }
        for (int each = 0; each < 40; each++) {
            size_t half[4], power[4], n_half = gsl_rng_uniform_int(r, 5),
                                      n_power = gsl_rng_uniform_int(r, 5);
            for (size_t i = 0; i < 4; i++) {
                half[i] = gsl_rng_uniform_int(r, 4);
                power[i] = gsl_rng_uniform_int(r, 4);
            }
            double mean = 0.0, square = 0.0;
            for (int d = 0; d < DRAWS; d++) {
                double value = 1.0;
                for (size_t i = 0; i < n_half; i++)
                    value *= x[d][half[i]] > 0.0 ? 1.0 : 0.0;
                for (size_t i = 0; i < n_power; i++)
                    value *= x[d][power[i]];
                mean += value / DRAWS;
                square += value * value / DRAWS;
            }
            double exact = ov_orthant_moment(C, 4, half, n_half, power, n_power);
            double se = sqrt(fmax(square - mean * mean, 0.0) / DRAWS);
            ck_agree(exact, mean, 1e-11, 5.0 * se + 1e-12); /* rounding of the sum */
            if (se > 0.0) {
                sum_of_squares += (mean - exact) * (mean - exact) / (se * se);
                count += 1.0;
            }
        }
    }
    printf("    %g moments, mean square deviation %.3f standard errors\n", count,
           sum_of_squares / count);
    ck_assert_double_lt(sum_of_squares / count, 1.5);
    gsl_rng_free(r);
}
END_TEST

START_TEST(special_fields)
{
    static const size_t all[4] = {0, 1, 2, 3};
    double C[6] = {1.0, 2.0, 4.0, 0.3, 0.6, 1.0}; /* field 1 is twice field 0 */
    double part[3] = {1.0, 0.3, 1.0};
    ck_agree(ov_orthant(part, 2), ov_orthant(C, 3), 1e-15, 0.0);
    double same = ov_orthant_moment(C, 3, all, 3, (const size_t[2]){1, 2}, 2);
    double twice = ov_orthant_moment(C, 3, (const size_t[2]){0, 2}, 2, (const size_t[2]){0, 2}, 2);
    ck_agree(2.0 * twice, same, 1e-14, 0.0);
    double opposite[3] = {1.0, -1.0, 1.0}, dead[3] = {1.0, 0.0, 0.0}, bad[3] = {1.0, NAN, 1.0};
    ck_agree(0.0, ov_orthant(opposite, 2), 0.0, 0.0);
    ck_agree(0.0, ov_orthant(dead, 2), 0.0, 0.0);
    ck_assert(isnan(ov_orthant(bad, 2)));
    ck_agree(3.0, ov_orthant_moment(C, 3, NULL, 0, (const size_t[4]){0, 0, 0, 0}, 4), 0.0, 0.0);
    ck_agree(sqrt(0.5 / M_PI), ov_orthant_moment(C, 1, all, 1, all, 1), 1e-15, 0.0);
}
END_TEST

/* The comparison of probability_with_a_common_factor notices 1e-6 in one correlation. */
START_TEST(comparison_bites)
{
    struct factor f = {4, {0.3, 0.6, -0.5, 0.8}};
    double C[10];
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j <= i; j++)
            C[ov_sym_at(i, j)] = i == j ? 1.0 : f.a[i] * f.a[j];
    ck_agree(by_factor(&f), ov_orthant(C, 4), 0.0, 1e-13);
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < i; j++) {
            C[ov_sym_at(i, j)] += 1e-6;
            ck_assert(!ov_agree(by_factor(&f), ov_orthant(C, 4), 0.0, 2e-9));
            C[ov_sym_at(i, j)] -= 1e-6;
        }
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, known_values);
    OV_TEST(s, probability_with_a_common_factor);
    OV_TEST(s, orthants_make_up_the_space);
    OV_TEST(s, moments_are_averages);
    OV_TEST(s, special_fields);
    OV_TEST(s, comparison_bites);
}

OV_TEST_MAIN("theory/orthant");
