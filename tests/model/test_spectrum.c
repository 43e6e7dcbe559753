/* SPDX-License-Identifier: MIT
 *
 * Spectra and few blocks for them: moments, quantiles, what the rules integrate exactly.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>

#include "overlap/model/spectrum.h"
#include "test.h"

enum { N = 800, MOST = 40 };

static double moment(const double *rho, const double *f, size_t n, double power)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (f ? f[i] : 1.0 / (double)n) * pow(rho[i], power);
    return sum;
}

START_TEST(densities_have_their_moments)
{
    double rho[OV_SPECTRUM_NODES], f[OV_SPECTRUM_NODES];
    size_t n = OV_SPECTRUM_NODES;
    static const double ratio[] = {0.01, 0.3, 0.5, 0.9}, width[] = {0.0, 0.1, 1.0, 1.5};
    for (size_t k = 0; k < 4; k++) {
        double c = ratio[k], s = width[k];
        ck_ok(ov_spectrum_marchenko_pastur_density(rho, f, n, c));
        ck_agree(1.0, moment(rho, f, n, 0), 1e-12, 0);
        ck_agree(1.0, moment(rho, f, n, 1), 1e-12, 0);
        ck_agree(1.0 + c, moment(rho, f, n, 2), 1e-12, 0);
        ck_agree(1.0 + 3.0 * c + c * c, moment(rho, f, n, 3), 1e-12, 0);
        ck_agree(1.0 / (1.0 - c), moment(rho, f, n, -1), 1e-12, 0);
        ck_ok(ov_spectrum_lognormal_density(rho, f, n, s));
        for (int m = -1; m <= 3; m++) /* <rho^m> = exp(s^2 m(m-1)/2) */
            ck_agree(exp(0.5 * s * s * m * (m - 1)), moment(rho, f, n, m), 2e-5, 0);
        ck_agree(1.0, moment(rho, f, n, 1), 1e-13, 0);
    }
}
END_TEST

static double density(double rho, void *params)
{
    double c = *(double *)params, r = sqrt(c);
    double b = (1.0 + r) * (1.0 + r), a = (1.0 - r) * (1.0 - r);
    return sqrt((b - rho) * (rho - a)) / (2.0 * M_PI * c * rho);
}

/* Quantile i has (i + 1/2)/N of the density above it, by GSL's quadrature of the density as it is
 * always written. */
START_TEST(quantiles_are_those_of_the_density)
{
    double rho[N];
    static double ratio[] = {0.05, 0.5, 0.9};
    gsl_integration_workspace *w = gsl_integration_workspace_alloc(1000);
    for (size_t k = 0; k < 3; k++) {
        gsl_function F = {density, &ratio[k]};
        double b = pow(1.0 + sqrt(ratio[k]), 2.0), error;
        ov_spectrum_marchenko_pastur(rho, N, ratio[k]);
        double scale = 0.0; /* the mean of quantiles is not 1 until they are scaled */
        for (size_t i = 0; i < N; i += 97) {
            double share, unscaled;
            if (i == 0) { /* find the scale from the first, check it with all others */
                double low = 0.5, high = 2.0;
                for (int pass = 0; pass < 60; pass++) {
                    scale = 0.5 * (low + high);
                    unscaled = rho[0] * scale;
                    share = 0.0;
                    if (unscaled < b)
                        gsl_integration_qags(&F, unscaled, b, 0, 1e-12, 1000, w, &share, &error);
                    *(share > 0.5 / N ? &low : &high) = scale;
                }
                ck_agree(1.0, scale, 0, 1e-3);
                continue;
            }
            gsl_integration_qags(&F, rho[i] * scale, b, 0, 1e-11, 1000, w, &share, &error);
            ck_agree(((double)i + 0.5) / N, share, 1e-7, 0);
        }
        ck_agree(1.0, moment(rho, NULL, N, 1), 1e-13, 0);
    }
    gsl_integration_workspace_free(w);
    ov_spectrum_lognormal(rho, N, 0.7);
    double median = rho[N / 2 - 1] * rho[N / 2];
    for (size_t i = 0; i < N; i++) { /* symmetric in ln rho; erfc is the share above */
        ck_agree(median, rho[i] * rho[N - 1 - i], 1e-10, 0);
        double z = log(rho[i] / sqrt(median)) / 0.7;
        ck_agree(((double)i + 0.5) / N, 0.5 * erfc(z / sqrt(2.0)), 1e-9, 0);
    }
    ck_agree(1.0, moment(rho, NULL, N, 1), 1e-13, 0);
}
END_TEST

START_TEST(powers_and_scales)
{
    double rho[N], zero[] = {0.0, 0.0}, tiny[] = {0.0, 1e-320}, shares[] = {0.25, 0.75};
    double pair[] = {5.0, 1.0};
    ck_ok(ov_spectrum_power(rho, N, 1.5));
    ck_agree(1.0, moment(rho, NULL, N, 1), 1e-13, 0);
    for (size_t i = 0; i < N; i += 13)
        ck_agree(rho[0] * pow((double)i + 1.0, -1.5), rho[i], 1e-11, 0);
    ck_ok(ov_spectrum_power(rho, N, 0));
    ck_assert(rho[0] == 1.0 && rho[N - 1] == 1.0);
    ck_assert_int_eq(ov_spectrum_scale(zero, NULL, 2), OV_EDOM);
    ck_assert_int_eq(ov_spectrum_scale(tiny, NULL, 2), OV_EDOM);
    ck_ok(ov_spectrum_scale(pair, shares, 2));
    ck_agree(2.5, pair[0], 1e-15, 0);
    ck_agree(0.5, pair[1], 1e-15, 0);
    ov_spectrum_floor(pair, 2, 1.0);
    ck_assert(pair[0] > 2.0 && pair[1] == 1.0);
    /* the largest over the smallest of the four spectra for which blocks were counted */
    ck_assert_uint_eq(ov_spectrum_blocks(2e4, 1), 20);
    ck_assert_uint_eq(ov_spectrum_blocks(320, 1), 14);
    ck_assert_uint_eq(ov_spectrum_blocks(34, 1), 11);
    ck_assert_uint_eq(ov_spectrum_blocks(1, 1), 5);
    ck_assert_uint_eq(ov_spectrum_signed_blocks(2e4, 1), 30);
}
END_TEST

/* sum_i f_i rho_i^(1/2) T_d(x), x = ln rho from -1 to 1. */
static double tested(const double *rho, const double *f, size_t n, double low, double high, int d)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        double x = (2.0 * log(rho[i]) - low - high) / (high - low);
        sum += (f ? f[i] : 1.0 / (double)n) * sqrt(rho[i]) * cos(d * acos(fmax(-1, fmin(1, x))));
    }
    return sum;
}

/* Exact to degree 2 L - 1, and no further. */
START_TEST(the_gauss_rule_is_exact)
{
    double rho[N], node[MOST], share[MOST];
    gsl_rng *r = ov_test_rng(7301);
    for (size_t round = 0; round < 6; round++) {
        size_t L = 1 + gsl_rng_uniform_int(r, 24), asked = L;
        if (round < 3)
            ck_ok(ov_spectrum_power(rho, N, 0.5 + gsl_rng_uniform(r)));
        else
            ov_spectrum_lognormal(rho, N, 0.3 + gsl_rng_uniform(r));
        double high = log(rho[0]), low = log(rho[N - 1]);
        ck_ok(ov_spectrum_gauss(node, share, &L, rho, NULL, N));
        ck_assert_uint_eq(L, asked);
        for (int d = 0; d < 2 * (int)L; d++)
            ck_agree(tested(rho, NULL, N, low, high, d), tested(node, share, L, low, high, d), 0,
                     1e-12);
        int d = 2 * (int)L;
        ck_assert(fabs(tested(rho, NULL, N, low, high, d) - tested(node, share, L, low, high, d)) >
                  1e-5);
        for (size_t l = 0; l < L; l++)
            ck_assert(share[l] > 0.0 && node[l] < rho[0] && node[l] > rho[N - 1] &&
                      (l == 0 || node[l] < node[l - 1]));
    }
    gsl_rng_free(r);
}
END_TEST

/* With the number of blocks of the rule the sums that equations need are there: 1, the mean, the mean
 * square, and what decays at the rate of each direction. */
START_TEST(few_blocks_keep_what_counts)
{
    double rho[N], f[OV_SPECTRUM_NODES], dense[OV_SPECTRUM_NODES], node[MOST], share[MOST];
    for (size_t round = 0; round < 4; round++) {
        if (round == 0)
            ck_ok(ov_spectrum_power(rho, N, 1.5));
        else if (round == 1)
            ov_spectrum_marchenko_pastur(rho, N, 0.5);
        else if (round == 2)
            ov_spectrum_lognormal(rho, N, 1.0);
        else
            ck_ok(ov_spectrum_marchenko_pastur_density(dense, f, OV_SPECTRUM_NODES, 0.5));
        const double *from = round < 3 ? rho : dense, *weight = round < 3 ? NULL : f;
        size_t n = round < 3 ? N : OV_SPECTRUM_NODES, L = ov_spectrum_blocks(from[0], from[n - 1]);
        ck_ok(ov_spectrum_gauss(node, share, &L, from, weight, n));
        for (int m = 0; m <= 2; m++)
            ck_agree(moment(from, weight, n, m), moment(node, share, L, m), 1e-6, 0);
        for (double t = 0.01; t < 400; t *= 3) {
            double all = 0.0, few = 0.0;
            for (size_t i = 0; i < n; i++)
                all += (weight ? weight[i] : 1.0 / N) * from[i] * exp(-0.2 * from[i] * t);
            for (size_t l = 0; l < L; l++)
                few += share[l] * node[l] * exp(-0.2 * node[l] * t);
            ck_agree(all, few, 1e-5, 1e-8);
        }
    }
}
END_TEST

START_TEST(a_measure_of_few_points_ends_the_recursion)
{
    static const double rho[] = {4.0, 1.2, 1.2, 0.4}, f[] = {0.1, 0.1, 0.2, 0.6};
    double node[4], share[4];
    size_t L = 4;
    ck_ok(ov_spectrum_gauss(node, share, &L, rho, f, 4));
    ck_assert_uint_eq(L, 3);
    ck_agree(4.0, node[0], 1e-12, 0);
    ck_agree(1.2, node[1], 1e-12, 0);
    ck_agree(0.3, share[1], 1e-12, 0);
    ck_agree(0.6, share[2], 1e-12, 0);
    L = 0;
    ck_assert_int_eq(ov_spectrum_gauss(node, share, &L, rho, f, 4), OV_EDOM);
    L = 2;
    ck_assert_int_eq(ov_spectrum_gauss(node, share, &L, (double[]){1.0, 0.0}, f, 2), OV_EDOM);
}
END_TEST

/* Polynomials in ln rho of degree below L go through unchanged, whatever stands in the directions;
 * rho itself to spectral accuracy. */
START_TEST(signed_blocks_interpolate)
{
    static double member[MOST * N];
    double rho[N], node[MOST], share[MOST], x[N];
    gsl_rng *r = ov_test_rng(7302);
    for (size_t i = 0; i < N; i++)
        x[i] = gsl_ran_gaussian(r, 1.0);
    ck_ok(ov_spectrum_power(rho, N, 1.2));
    rho[5] = rho[6]; /* twice the same */
    for (size_t L = 2; L <= 32; L += 6) {
        double sum = 0.0, worst = 0.0, exact = 0.0, found = 0.0;
        ck_ok(ov_spectrum_chebyshev(node, share, member, L, rho, N));
        for (size_t l = 0; l < L; l++)
            sum += share[l];
        ck_agree(1.0, sum, 1e-12, 0);
        for (size_t i = 0; i < N; i++) {
            double one = 0.0, high = 0.0, own = 0.0;
            for (size_t l = 0; l < L; l++) {
                one += member[l * N + i];
                high += member[l * N + i] * pow(log(node[l]) / 8.0, (double)L - 1.0);
                own += member[l * N + i] * node[l];
            }
            ck_agree(1.0, one, 1e-12, 0);
            ck_agree(pow(log(rho[i]) / 8.0, (double)L - 1.0), high, 1e-10, 1e-12);
            worst = fmax(worst, fabs(own - rho[i]));
            exact += rho[i] * x[i] * x[i];
            found += own * x[i] * x[i];
        }
        ck_assert(L < 20 || worst < 1e-9 * rho[0]);
        ck_assert(L > 8 || worst > 1e-9 * rho[0]);
        ck_agree(exact, found, L < 20 ? 1.0 : 1e-9, 0);
    }
    rho[0] = -1.0;
    ck_assert_int_eq(ov_spectrum_chebyshev(node, share, member, 4, rho, N), OV_EDOM);
    rho[0] = rho[1] = 1.0;
    ck_assert_int_eq(ov_spectrum_chebyshev(node, share, member, 4, rho, 2), OV_EDOM);
    gsl_rng_free(r);
}
END_TEST

START_TEST(a_node_that_is_a_direction)
{
    double node[3], share[3], member[9];
    double third =
        0.5 * sqrt(3.0); /* the nodes of L = 3 are 0 and +- cos(pi/6) of the half width */
    double rho[] = {exp(1.0), 1.0, exp(-1.0)};
    ck_ok(ov_spectrum_chebyshev(node, share, member, 3, rho, 3));
    ck_agree(exp(third), node[0], 1e-14, 0);
    ck_agree(1.0, member[1 * 3 + 1], 1e-14, 0);
    ck_agree(0.0, member[0 * 3 + 1], 0, 1e-14);
}
END_TEST

START_TEST(eigenvalues_of_a_covariance)
{
    enum { n = 30 };
    double rho[n], basis[n * n], A[n * n] = {0}, x[n];
    gsl_rng *r = ov_test_rng(7303);
    for (size_t mu = 0; mu < 3 * n; mu++) {
        for (size_t i = 0; i < n; i++)
            x[i] = i == 3 ? 0.0 : gsl_ran_gaussian(r, 1.0 / (1.0 + (double)i));
        for (size_t i = 0; i < n * n; i++)
            A[i] += x[i / n] * x[i % n];
    }
    memcpy(basis, A, sizeof A);
    ck_ok(ov_spectrum_eigen(rho, basis, n));
    double trace = 0.0;
    for (size_t i = 0; i < n; i++)
        trace += A[i * n + i] / n;
    ck_agree(1.0, moment(rho, NULL, n, 1), 1e-9, 0);
    for (size_t i = 0; i < n; i++) {
        ck_assert(i == 0 || rho[i] <= rho[i - 1]);
        for (size_t j = 0; j < n; j++) { /* A v = rho v */
            double left = 0.0;
            for (size_t k = 0; k < n; k++)
                left += A[j * n + k] * basis[i * n + k] / trace;
            ck_agree(rho[i] * basis[i * n + j], left, 0, 1e-10);
        }
    }
    ck_assert(rho[n - 1] == 0.0); /* the input that is always 0 */
    basis[0] = NAN;
    ck_assert_int_eq(ov_spectrum_eigen(rho, basis, n), OV_EDOM);
    memset(basis, 0, sizeof basis);
    ck_assert_int_eq(ov_spectrum_eigen(rho, basis, n), OV_EDOM);
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, densities_have_their_moments);
    OV_TEST(s, quantiles_are_those_of_the_density);
    OV_TEST(s, powers_and_scales);
    OV_TEST(s, the_gauss_rule_is_exact);
    OV_TEST(s, few_blocks_keep_what_counts);
    OV_TEST(s, a_measure_of_few_points_ends_the_recursion);
    OV_TEST(s, signed_blocks_interpolate);
    OV_TEST(s, a_node_that_is_a_direction);
    OV_TEST(s, eigenvalues_of_a_covariance);
}

OV_TEST_MAIN("model/spectrum");
