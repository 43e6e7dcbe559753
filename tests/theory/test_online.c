/* SPDX-License-Identifier: MIT
 *
 * Right-hand sides against averages taken by quadrature and by simulation.
 */
#include <math.h>
#include <string.h>

#include "overlap/model/eps_g.h"
#include "overlap/theory/online.h"
#include "test.h"
#include "theory/networks.h"

/* ---- the right-hand side against averages over drawn fields ---- */

struct sums {
    double sum[64], square[64];
};

/* One step of SGD at fields x = L z: d(Q,R,v)/dalpha has mean rhs. */
static void one_step(double *d, const struct ov_problem *p, const struct ov_overlaps *o,
                     const double *x, double zeta)
{
    size_t K = p->K, M = p->M;
    const double *nu = x, *lambda = x + M;
    double Delta = -p->sigma * zeta, e[4] = {0.0};
    for (size_t k = 0; k < K; k++)
        Delta += o->v[k] * p->g->g(lambda[k]);
    for (size_t m = 0; m < M; m++)
        Delta -= o->v_star[m] * p->g_star->g(nu[m]);
    for (size_t k = 0; k < K; k++)
        e[k] = -p->eta_w * o->v[k] * p->g->dg(lambda[k]) * Delta;
    for (size_t k = 0; k < K; k++)
        for (size_t l = 0; l <= k; l++)
            *d++ = e[k] * lambda[l] + e[l] * lambda[k] + e[k] * e[l] -
                   2.0 * p->decay_w * o->Q[ov_sym_at(k, l)];
    for (size_t k = 0; k < K; k++)
        for (size_t m = 0; m < M; m++)
            *d++ = e[k] * nu[m] - p->decay_w * o->R[k * M + m];
    for (size_t k = 0; k < K; k++)
        *d++ =
            p->eta_v == 0.0 ? 0.0 : -p->eta_v * p->g->g(lambda[k]) * Delta - p->decay_v * o->v[k];
}

/* The largest |z| of rhs against `draws` steps of SGD. */
static double largest_z(const double *rhs, const struct ov_problem *p, const struct ov_overlaps *o,
                        size_t draws, gsl_rng *r)
{
    size_t P = p->K + p->M, n = ov_overlaps_moving(p->K, p->M);
    double C[36], L[64], x[8], z[8], d[64], worst = 0.0;
    struct sums s = {{0.0}, {0.0}};
    ov_overlaps_covariance(C, o);
    ck_ok(ov_sym_cholesky(L, C, P, 1e-10));
    for (size_t t = 0; t < draws; t++) {
        for (size_t a = 0; a < P; a++) {
            z[a] = gsl_ran_gaussian_ziggurat(r, 1.0);
            x[a] = 0.0;
            for (size_t b = 0; b <= a; b++)
                x[a] += L[a * P + b] * z[b];
        }
        one_step(d, p, o, x, gsl_ran_gaussian_ziggurat(r, 1.0));
        for (size_t i = 0; i < n; i++) {
            s.sum[i] += d[i];
            s.square[i] += d[i] * d[i];
        }
    }
    for (size_t i = 0; i < n; i++) {
        double mean = s.sum[i] / (double)draws;
        double se = sqrt((s.square[i] / (double)draws - mean * mean) / (double)draws);
        if (se > 0.0)
            worst = fmax(worst, fabs(rhs[i] - mean) / se);
        else
            ck_agree(mean, rhs[i], 0.0, 0.0);
    }
    return worst;
}

/* Activation pairs x (K,M) x {first layer, both}. */
START_TEST(right_hand_side_is_the_mean_of_sgd)
{
    size_t K = _i & 1 ? 3 : 2, M = 2;
    enum ov_act g = _i & 2 ? OV_ACT_ERF : OV_ACT_LINEAR,
                g_star = _i & 4 ? OV_ACT_ERF : OV_ACT_LINEAR;
    gsl_rng *r = ov_test_rng(100 + (unsigned long)_i);
    struct ov_problem p = problem(K, M, g, g_star);
    p.eta_w = 0.7, p.sigma = 0.4, p.decay_w = 0.05, p.decay_v = 0.03;
    p.eta_v = _i & 8 ? 0.5 : 0.0;
    struct ov_overlaps o = random_overlaps(K, M, r);
    struct ov_online *online;
    double dy[64];
    ck_ok(ov_online_create(&online, &p, &o));
    ov_online_rhs(dy, online, o.block);
    double z = largest_z(dy, &p, &o, 200000, r);
    ck_assert_msg(z < 4.5, "%s/%s K=%zu: |z| = %g", p.g->name, p.g_star->name, K, z);
    /* and it goes red: eta off by 3 % */
    p.eta_w *= 1.03;
    ov_online_rhs(dy, online, o.block);
    p.eta_w /= 1.03;
    z = largest_z(dy, &p, &o, 200000, r);
    ck_assert_msg(z > 4.5, "%s/%s K=%zu: |z| = %g with a wrong eta", p.g->name, p.g_star->name, K,
                  z);
    ov_online_free(online);
    ov_overlaps_free(&o);
    gsl_rng_free(r);
}
END_TEST

/* ---- closed forms of the linear network ---- */

/* K = M = 1, first layer: dR = a (R* - R), dQ = -b Q + c R + d. */
START_TEST(linear_unit_in_closed_form)
{
    double v = 0.8, v_star = 1.3, T = 1.4, Q0 = 0.6, R0 = -0.3, alpha[3] = {0.0, 1.0, 40.0};
    struct ov_problem p = problem(1, 1, OV_ACT_LINEAR, OV_ACT_LINEAR);
    p.eta_w = 0.5, p.sigma = 0.7;
    double eta = p.eta_w, a = eta * v * v, R_star = v_star * T / v;
    double b = 2 * eta * v * v - eta * eta * v * v * v * v;
    double c = 2 * eta * v * v_star - 2 * eta * eta * v * v * v * v_star;
    double d = eta * eta * v * v * (v_star * v_star * T + p.sigma * p.sigma);
    struct ov_overlaps o = blank(1, 1);
    o.T[0] = T, o.v_star[0] = v_star, o.v[0] = v, o.Q[0] = Q0, o.R[0] = R0;
    double *rows = solved(&p, &o, alpha, 3, NULL);
    for (size_t i = 0; i < 3; i++) {
        double decay = exp(-a * alpha[i]), R = R_star + (R0 - R_star) * decay;
        double Q_star = (c * R_star + d) / b, slow = c * (R0 - R_star) / (b - a);
        double Q = Q_star + slow * decay + (Q0 - Q_star - slow) * exp(-b * alpha[i]);
        double eps_g = 0.5 * (v_star * v_star * T - 2 * v * v_star * R + v * v * Q);
        const double *row = rows + i * ov_row_width(1, 1);
        ck_agree(alpha[i], row[0], 0.0, 0.0);
        ck_agree(eps_g, row[1], 1e-8, 0.0);
        ck_agree(Q, row[2], 1e-8, 0.0);
        ck_agree(R, row[3], 1e-8, 0.0);
        ck_agree(v, row[4], 0.0, 0.0);
    }
    free(rows);
    ov_overlaps_free(&o);
}
END_TEST

/* eps* = eta sigma^2 K/(4 - 2 eta K), exactly, for K >= M. */
START_TEST(linear_stationary_error)
{
    for (size_t M = 1; M <= 2; M++) {
        for (size_t K = M; K <= M + 2; K++) {
            for (double eta = 0.1; eta > 0.005; eta *= 0.1) {
                struct ov_problem p = problem(K, M, OV_ACT_LINEAR, OV_ACT_LINEAR);
                p.eta_w = eta, p.sigma = 0.1;
                struct ov_overlaps o = alike(K, M, 0.2);
                double exact = eta * 0.01 * (double)K / (4.0 - 2.0 * eta * (double)K);
                ck_agree(exact, eps_g_at(&p, &o, 1e4), 1e-6, 0.0);
            }
        }
    }
}
END_TEST

/* The linear student is unstable beyond eta = 2/K. */
START_TEST(linear_student_diverges)
{
    for (size_t K = 1; K <= 3; K++) {
        for (int beyond = 0; beyond < 2; beyond++) {
            struct ov_problem p = problem(K, 1, OV_ACT_LINEAR, OV_ACT_LINEAR);
            p.eta_w = (beyond ? 2.1 : 1.9) / (double)K, p.sigma = 0.1;
            struct ov_overlaps o = alike(K, 1, 0.0);
            double alpha[3] = {1.0, 20.0, 1e6}, rows[3 * 14];
            struct ov_solve_options opt = ov_solve_defaults();
            struct ov_error err = {0};
            enum ov_status status = ov_online_solve(rows, &p, &o, alpha, 3, &opt, NULL, NULL, &err);
            size_t w = ov_row_width(K, 1);
            ck_assert_int_eq(status, beyond ? OV_EDIVERGED : OV_OK);
            ck_assert(isfinite(rows[1]) && isfinite(rows[w + 1]));
            for (size_t e = 0; e < w; e++)
                ck_assert((isnan(rows[2 * w + e]) != 0) == (beyond != 0));
            ck_assert(!beyond || strncmp(err.text, "diverges at alpha = ", 20) == 0);
            ov_overlaps_free(&o);
        }
    }
}
END_TEST

/* A frozen second layer neither moves nor decays, and is the limit of a slow one. */
START_TEST(frozen_second_layer)
{
    struct ov_problem p = problem(2, 2, OV_ACT_ERF, OV_ACT_ERF);
    struct ov_overlaps o = alike(2, 2, 0.3);
    double alpha[1] = {50.0}, dy[9];
    o.v[0] = 0.7;
    p.decay_v = 0.5;
    double *frozen = solved(&p, &o, alpha, 1, NULL);
    ck_agree(0.7, frozen[2 + 7], 0.0, 0.0);
    ck_agree(1.0, frozen[2 + 8], 0.0, 0.0);
    struct ov_online *online;
    ck_ok(ov_online_create(&online, &p, &o));
    ov_online_rhs(dy, online, o.block);
    ck_agree(0.0, dy[7], 0.0, 0.0);
    ck_agree(0.0, dy[8], 0.0, 0.0);
    ov_online_free(online);
    p.eta_v = 1e-9, p.decay_v = 0.0;
    double *slow = solved(&p, &o, alpha, 1, NULL);
    for (size_t e = 1; e < 2 + 9; e++)
        ck_agree(slow[e], frozen[e], 1e-6, 1e-9);
    free(frozen);
    free(slow);
    ov_overlaps_free(&o);
    ov_online_free(NULL);
}
END_TEST

START_TEST(time_zero_is_the_start)
{
    gsl_rng *r = ov_test_rng(400);
    struct ov_problem p = problem(3, 2, OV_ACT_ERF, OV_ACT_LINEAR);
    struct ov_overlaps o = random_overlaps(3, 2, r);
    double alpha[1] = {0.0}, *rows = solved(&p, &o, alpha, 1, NULL);
    ck_agree(0.0, rows[0], 0.0, 0.0);
    ck_agree(ov_eps_g(&o, &ov_activations[OV_ACT_ERF], &ov_activations[OV_ACT_LINEAR]), rows[1],
             0.0, 0.0);
    for (size_t e = 0; e < ov_overlaps_moving(3, 2); e++)
        ck_agree(o.block[e], rows[2 + e], 0.0, 0.0);
    free(rows);
    ov_overlaps_free(&o);
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    TCase *c = tcase_create("right_hand_side_is_the_mean_of_sgd");
    tcase_set_timeout(c, 300);
    tcase_add_loop_test(c, right_hand_side_is_the_mean_of_sgd, 0, 16);
    suite_add_tcase(s, c);
    OV_TEST(s, linear_unit_in_closed_form);
    OV_TEST(s, linear_stationary_error);
    OV_TEST(s, linear_student_diverges);
    OV_TEST(s, frozen_second_layer);
    OV_TEST(s, time_zero_is_the_start);
}

OV_TEST_MAIN("theory/online");
