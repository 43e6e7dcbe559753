/* SPDX-License-Identifier: MIT
 *
 * Sigma and mu along a path: the linear step against closed forms, the whole against an integration
 * of all equations at once, late times, failures.
 */
#include <math.h>
#include <string.h>

#include "fluctuations_step_internal.h"
#include "overlap/theory/fluctuations.h"
#include "overlap/theory/jacobian.h"
#include "test.h"
#include "theory/networks.h"

/* ---- the linear step ---- */

/* One number: Sigma' = 2 a Sigma + b0 + (b1 - b0) t/h, mu' = a mu + d0 + (d1 - d0) t/h. */
START_TEST(step_of_one_number)
{
    static const double rate[5] = {-0.3, -40.0, 0.2, 1e-9, -2000.0};
    struct ov_propagator w;
    ck_ok(ov_propagator_create(&w, 1));
    for (size_t i = 0; i < 5; i++) {
        double a = rate[i], h = 1.7, b0 = 0.4, b1 = 1.3, S0 = 2.0, S1, m0 = -0.5, d0 = 0.3,
               d1 = 0.9;
        double grow2 = expm1(2.0 * a * h), grow = expm1(a * h), m1;
        ov_propagator_make(&w, &a, &b0, &b1, h);
        ov_propagator_covariance(&S1, &w, &S0);
        ov_propagator_mean(&m1, &w, &m0, &d0, &d1);
        double slope = (b1 - b0) / h, drift = (d1 - d0) / h;
        double expected = S0 + h * (b0 + b1) / 2.0, expected_m = m0 + h * (d0 + d1) / 2.0;
        if (i != 3) {
            expected = S0 * (1.0 + grow2) + b0 * grow2 / (2.0 * a) +
                       slope * (grow2 / (2.0 * a) - h) / (2.0 * a);
            expected_m = m0 * (1.0 + grow) + d0 * grow / a + drift * (grow / a - h) / a;
        }
        ck_agree(expected, S1, 1e-7 * (i == 3) + 1e-12, 0.0);
        ck_agree(expected_m, m1, 1e-7 * (i == 3) + 1e-12, 0.0);
    }
    ov_propagator_free(&w);
    ov_propagator_free(NULL);
}
END_TEST

static void random_matrix(double *A, size_t n, gsl_rng *r)
{
    for (size_t i = 0; i < n * n; i++)
        A[i] = gsl_ran_gaussian(r, 1.0);
}

/* A A' */
static void random_psd(double *S, size_t n, gsl_rng *r)
{
    double A[36];
    random_matrix(A, n, r);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            S[i * n + j] = 0.0;
            for (size_t k = 0; k < n; k++)
                S[i * n + j] += A[i * n + k] * A[j * n + k];
        }
}

/* Two halves make a whole, exactly, for what drives linearly in time. */
START_TEST(steps_compose)
{
    enum { n = 4 };
    gsl_rng *r = ov_test_rng(700);
    struct ov_propagator w;
    ck_ok(ov_propagator_create(&w, n));
    for (size_t turn = 0; turn < 20; turn++) {
        double J[n * n], B0[n * n], B1[n * n], Bm[n * n], S0[n * n], S1[n * n], Sm[n * n],
            S2[n * n];
        double m0[n], m1[n], mm[n], m2[n], d0[n], d1[n], dm[n], h = gsl_ran_flat(r, 0.1, 4.0);
        random_matrix(J, n, r);
        for (size_t i = 0; i < n; i++) {
            J[i * n + i] -= 2.0;
            m0[i] = gsl_ran_gaussian(r, 1.0), d0[i] = gsl_ran_gaussian(r, 1.0);
            d1[i] = gsl_ran_gaussian(r, 1.0), dm[i] = 0.5 * (d0[i] + d1[i]);
        }
        random_psd(B0, n, r), random_psd(B1, n, r), random_psd(S0, n, r);
        for (size_t i = 0; i < n * n; i++)
            Bm[i] = 0.5 * (B0[i] + B1[i]);
        ov_propagator_make(&w, J, B0, B1, h);
        ov_propagator_covariance(S1, &w, S0);
        ov_propagator_mean(m1, &w, m0, d0, d1);
        ov_propagator_make(&w, J, B0, Bm, 0.5 * h);
        ov_propagator_covariance(Sm, &w, S0);
        ov_propagator_mean(mm, &w, m0, d0, dm);
        ov_propagator_make(&w, J, Bm, B1, 0.5 * h);
        ov_propagator_covariance(S2, &w, Sm);
        ov_propagator_mean(m2, &w, mm, dm, d1);
        for (size_t i = 0; i < n * n; i++)
            ck_agree(S2[i], S1[i], 1e-10, 1e-10);
        for (size_t i = 0; i < n; i++)
            ck_agree(m2[i], m1[i], 1e-10, 1e-10);
    }
    ov_propagator_free(&w);
    gsl_rng_free(r);
}
END_TEST

/* ---- the whole path ---- */

enum { n = 3, PAIRS = 6 }; /* K = M = 1: Q, R, v */

struct joint {
    struct ov_problem *p;
    struct ov_online *online;
    struct ov_overlaps o;
};

static int rhs_of_y(double *dy, const double *y, void *ctx)
{
    struct joint *a = ctx;
    ov_online_rhs(dy, a->online, y);
    return 0;
}

/* [y | Sigma packed | mu], Sigma' = J Sigma + Sigma J' + B written out; mu with all second
 * derivatives by differences along pairs of axes. */
static int rhs_of_all(double *dz, const double *z, void *ctx)
{
    struct joint *a = ctx;
    const double *S = z + n, *mu = z + n + PAIRS, h = 1e-3;
    double J[n * n], B[PAIRS], c[n], scratch[3 * n], f[n], corner[4][n], x[n];
    ov_online_rhs(f, a->online, z);
    ov_jacobian(J, rhs_of_y, a, z, n, 0.1, scratch);
    memcpy(a->o.block, z, n * sizeof *z);
    if (ov_fluctuations_noise(B, c, a->p, &a->o, NULL) != OV_OK)
        return 1;
    memcpy(dz, f, sizeof f);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            dz[n + ov_sym_at(i, j)] = B[ov_sym_at(i, j)];
            for (size_t k = 0; k < n; k++)
                dz[n + ov_sym_at(i, j)] +=
                    J[i * n + k] * S[ov_sym_at(k, j)] + J[j * n + k] * S[ov_sym_at(k, i)];
        }
        dz[n + PAIRS + i] = c[i];
        for (size_t k = 0; k < n; k++)
            dz[n + PAIRS + i] += J[i * n + k] * (mu[k] - 0.5 * f[k]);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            for (size_t e = 0; e < 4; e++) {
                memcpy(x, z, sizeof x);
                x[i] += e & 1 ? h : -h;
                x[j] += e & 2 ? h : -h;
                ov_online_rhs(corner[e], a->online, x);
            }
            for (size_t k = 0; k < n; k++)
                dz[n + PAIRS + k] += 0.5 * S[ov_sym_at(i, j)] *
                                     (corner[3][k] - corner[1][k] - corner[2][k] + corner[0][k]) /
                                     (4.0 * h * h);
        }
    return 0;
}

START_TEST(all_at_once)
{
    static const double alpha[5] = {0.5, 2.0, 5.0, 10.0, 30.0};
    for (size_t turn = 0; turn < 2; turn++) {
        struct ov_problem p = problem(1, 1, OV_ACT_ERF, OV_ACT_ERF);
        p.eta_w = 0.5, p.sigma = 0.3, p.eta_v = turn == 1 ? 0.3 : 0.0;
        p.decay_w = turn == 1 ? 0.05 : 0.0;
        struct ov_overlaps o = alike(1, 1, 0.2);
        struct joint a = {.p = &p, .o = alike(1, 1, 0.2)};
        ck_ok(ov_online_create(&a.online, &p, &o));
        double z[n + PAIRS + n] = {0.0}, path[5 * (n + PAIRS + n)], rows[2][5 * 9],
                             Sigma[5 * PAIRS];
        memcpy(z, o.block, n * sizeof *z);
        struct ov_ode ode = {.n = n + PAIRS + n, .rhs = rhs_of_all, .ctx = &a};
        struct ov_solve_options opt = {.method = OV_RK8PD, .rtol = 1e-7, .atol = 1e-10};
        ck_ok(ov_solve(path, &ode, z, alpha, 5, &opt, NULL, NULL, NULL));
        struct ov_fluctuations_options fine = {1e-5, 0};
        struct ov_fluctuations_report report;
        ck_ok(ov_fluctuations_solve(rows[0], Sigma, &p, &o, alpha, 5, &fine, &report, NULL, NULL));
        ck_ok(ov_fluctuations_solve(rows[1], NULL, &p, &o, alpha, 5, NULL, &report, NULL, NULL));
        printf("    defaults: %zu quadratures of %zu nodes, %zu right-hand sides, %zu steps\n",
               report.n_noise, report.n_node, report.n_rhs, report.n_step);
        size_t moving = p.eta_v > 0.0 ? 3 : 2;
        for (size_t i = 0; i < 5; i++) {
            const double *S = path + i * ode.n + n, *mu = S + PAIRS;
            ck_agree(alpha[i], rows[0][9 * i], 0.0, 0.0);
            for (size_t j = 0; j < PAIRS; j++)
                ck_agree(S[j], Sigma[i * PAIRS + j], 2e-5, 1e-6);
            for (size_t j = 0; j < moving; j++) {
                double sd = sqrt(S[ov_sym_at(j, j)]);
                ck_agree(sd, rows[0][9 * i + 3 + j], 1e-5, 0.0);
                ck_agree(mu[j], rows[0][9 * i + 6 + j], 1e-4, 1e-4);
                ck_agree(sd, rows[1][9 * i + 3 + j], 5e-3, 0.0);
                ck_agree(mu[j], rows[1][9 * i + 6 + j], 5e-3, 5e-3);
            }
        }
        ov_online_free(a.online);
        ov_overlaps_free(&a.o);
        ov_overlaps_free(&o);
    }
}
END_TEST

/* At late times J Sigma + Sigma J' + B = 0, wherever the steps led; rows do not depend on what else
 * is listed beyond what the steps err. */
START_TEST(stationary)
{
    static const double alpha[4] = {0.0, 3.0, 500.0, 1e6};
    struct ov_problem p = problem(2, 2, OV_ACT_ERF, OV_ACT_ERF);
    p.eta_w = 0.3, p.sigma = 0.1;
    struct ov_overlaps o = alike(2, 2, 0.3);
    double rows[4 * 21], alone[21], Sigma[4 * 45], B[45], c[9], J[81], scratch[27];
    struct ov_fluctuations_report report;
    ck_ok(ov_fluctuations_solve(rows, Sigma, &p, &o, alpha, 4, NULL, &report, NULL, NULL));
    printf("    to alpha = 1e6: %zu quadratures, %zu right-hand sides\n", report.n_noise,
           report.n_rhs);
    for (size_t j = 1; j < 21; j++)
        ck_agree(0.0, rows[j], 0.0, 0.0);
    ck_ok(ov_fluctuations_solve(alone, NULL, &p, &o, alpha + 1, 1, NULL, NULL, NULL, NULL));
    for (size_t j = 1; j < 21; j++)
        ck_agree(alone[j], rows[21 + j], 3e-3, 3e-3 * fabs(rows[21 + 3]));
    struct ov_online *online;
    struct joint a;
    double *end = solved(&p, &o, alpha + 3, 1, NULL);
    ck_ok(ov_online_create(&online, &p, &o));
    a.online = online;
    memcpy(o.block, end + 2, 9 * sizeof *end);
    ck_ok(ov_fluctuations_noise(B, c, &p, &o, NULL));
    ov_jacobian(J, rhs_of_y, &a, o.block, 9, 0.1, scratch);
    for (size_t i = 0; i < 9; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = B[ov_sym_at(i, j)];
            for (size_t k = 0; k < 9; k++)
                sum += J[i * 9 + k] * Sigma[3 * 45 + ov_sym_at(k, j)] +
                       J[j * 9 + k] * Sigma[3 * 45 + ov_sym_at(k, i)];
            ck_agree(0.0, sum, 0.0, 1e-5 * sqrt(B[ov_sym_at(i, i)] * B[ov_sym_at(j, j)]) + 1e-15);
        }
    free(end);
    ov_online_free(online);
    ov_overlaps_free(&o);
}
END_TEST

/* Without label noise fluctuations die out with the error. */
START_TEST(perfect_learning)
{
    static const double alpha[2] = {50.0, 400.0};
    struct ov_problem p = problem(1, 1, OV_ACT_ERF, OV_ACT_ERF);
    p.eta_w = 0.5;
    struct ov_overlaps o = alike(1, 1, 0.2);
    double rows[2 * 9], *theory = solved(&p, &o, alpha, 2, NULL);
    ck_ok(ov_fluctuations_solve(rows, NULL, &p, &o, alpha, 2, NULL, NULL, NULL, NULL));
    printf("    sd sqrt(N) %.2e at eps_g %.2e, %.2e at %.2e\n", rows[1], theory[1], rows[10],
           theory[6]);
    ck_assert_double_lt(rows[1], 30.0 * theory[1]);
    ck_assert_double_lt(rows[10], 1e-9);
    free(theory);
    ov_overlaps_free(&o);
}
END_TEST

START_TEST(failures)
{
    static const double alpha[3] = {0.1, 5.0, 1000.0}, backwards[2] = {1.0, 0.5};
    struct ov_problem p = problem(1, 1, OV_ACT_LINEAR, OV_ACT_LINEAR);
    struct ov_overlaps o = alike(1, 1, 0.2);
    struct ov_error err = {0};
    double rows[3 * 9], Sigma[3 * PAIRS];
    p.eta_w = 3.0; /* diverges */
    ck_assert_int_eq(ov_fluctuations_solve(rows, Sigma, &p, &o, alpha, 3, NULL, NULL, NULL, &err),
                     OV_EDIVERGED);
    printf("    %s\n", err.text);
    ck_assert(isfinite(rows[1]) && isfinite(rows[10]) && isnan(rows[18]) && isnan(rows[19]));
    ck_assert(isfinite(Sigma[PAIRS]) && isnan(Sigma[2 * PAIRS]));
    p.eta_w = 0.3;
    ck_assert_int_eq(
        ov_fluctuations_solve(rows, NULL, &p, &o, backwards, 2, NULL, NULL, NULL, &err), OV_EDOM);
    struct ov_fluctuations_options opt = {0.0, 0};
    ck_assert_int_eq(ov_fluctuations_solve(rows, NULL, &p, &o, alpha, 2, &opt, NULL, NULL, &err),
                     OV_EDOM);
    ck_ok(ov_fluctuations_solve(rows, NULL, &p, &o, alpha, 0, NULL, NULL, NULL, &err));
    o.R[0] = 2.0;
    ck_assert_int_eq(ov_fluctuations_solve(rows, NULL, &p, &o, alpha, 2, NULL, NULL, NULL, &err),
                     OV_EDOM);
    printf("    %s\n", err.text);
    ck_assert(isnan(rows[0]));
    ov_overlaps_free(&o);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, step_of_one_number);
    OV_TEST(s, steps_compose);
    OV_TEST(s, all_at_once);
    OV_TEST(s, stationary);
    OV_TEST(s, perfect_learning);
    OV_TEST(s, failures);
}

OV_TEST_MAIN("theory/fluctuations, along a path");
