/* SPDX-License-Identifier: MIT
 *
 * Dynamical mean-field theory of quadratic networks: against its own definition with tangents and
 * an inverse, gradient flow of networks, the limits of many samples and of long times.
 */
#include "overlap/theory/quadratic_dmft.h"

#include <math.h>

#include <gsl/gsl_cblas.h>

#include "overlap/sim/quadratic.h"
#include "overlap/theory/quadratic.h"
#include "overlap/theory/quadratic_population.h"
#include "quadratic_dmft_internal.h"
#include "test.h"
#include "theory/dmft_plain.h"

/* ---- kernels ---- */

/* Euler steps of a replica: rows of F and of Gam F at PT times. */
static void euler(struct ov_dmft_replica *r, double F[PT][PT], double L[PT][PT], double h)
{
    for (int t = 0; t < PT; t++) {
        ck_ok(ov_dmft_evaluate(r, 0, NULL));
        ck_assert_uint_eq(r->J, (size_t)t + 1);
        memcpy(F[t], r->F, r->J * sizeof *r->F);
        memcpy(L[t], r->L, r->J * sizeof *r->L);
        for (size_t i = 0; i < r->n_sample; i++)
            cblas_daxpy((int)(r->d * r->m), h, r->sample[i].rate[0], 1, r->sample[i].W, 1);
    }
}

/* Gam F = L, so that Gam_ts = (L_ts - sum_(u > s) Gam_tu F_us)/F_ss */
static double gam(double F[PT][PT], double L[PT][PT], int t, int s)
{
    double x[PT];
    for (int u = t; u >= s; u--) {
        x[u] = L[t][u];
        for (int w = u + 1; w <= t; w++)
            x[u] -= x[w] * F[w][u];
        x[u] /= F[u][u];
    }
    return x[s];
}

/* Both at the same d and the same steps: they differ by fluctuations alone, 1/sqrt(D n). */
START_TEST(kernels_are_those_with_tangents_and_an_inverse)
{
    gsl_rng *rng = ov_test_rng(431);
    const struct ov_dmft q = {.kappa = 0.5,
                              .kappa_star = 0.5,
                              .lambda = 0.1,
                              .Delta = 0.7,
                              .gamma = 1.0,
                              .alpha = 0.3,
                              .tolerance = 1e-6};
    struct plain p = {.alpha = 0.3, .lambda = 0.1, .Delta = 0.7, .h = 0.04, .n = 4000};
    struct ov_dmft_replica r;
    double F[PT][PT] = {{0}}, L[PT][PT] = {{0}}, worst = 0.0;
    ck_ok(ov_dmft_replica_create(&r, &q, PD, 4000, 7, NULL));
    euler(&r, F, L, p.h);
    memcpy(p.z_star, r.z_star, sizeof p.z_star);
    p.s = calloc(p.n, sizeof *p.s);
    ck_assert_ptr_nonnull(p.s);
    plain_run(&p, q.gamma, rng);
    ck_assert_double_gt(fabs(p.Gam[PT - 1][0]), 0.05); /* there is a memory to be seen */
    for (int t = 0; t < PT; t++)
        for (int s = 0; s <= t; s++) {
            double C = -0.5 * q.Delta, C_R = 0.0;
            for (int j = 0; j <= s; j++) {
                C += 0.5 * F[t][j] * F[s][j];
                C_R += L[t][j] * L[s][j];
            }
            ck_agree(p.C[t][s], C, 0.02, 0.0);
            ck_agree(p.C_R[t][s], C_R, 0.025, 0.0);
            ck_agree(p.Gam[t][s], gam(F, L, t, s), 0.0, 0.01);
            worst = fmax(worst, fabs(gam(F, L, t, s) - p.Gam[t][s]));
        }
    printf("    memory: %.3f after %d steps, largest difference %.2g\n", p.Gam[PT - 1][0], PT - 1,
           worst);
    free(p.s);
    ov_dmft_replica_free(&r);
    gsl_rng_free(rng);
}
END_TEST

/* Directions are orthonormal in the mean over samples, however little of each is new. */
START_TEST(directions_are_orthonormal)
{
    const struct ov_dmft p = {0.5, 0.5, 0.05, 0.5, 0.01, 0.3, 12, 8, 2, 2e-3};
    struct ov_dmft_replica r;
    ck_ok(ov_dmft_replica_create(&r, &p, 12, 8, 11, NULL));
    ck_ok(ov_dmft_flow_to(&r, 1.0, NULL, NULL));
    ck_assert_uint_gt(r.J, 15);
    for (size_t j = 0; j < r.J; j++)
        for (size_t k = 0; k <= j; k++) {
            double sum = r.beta[j] * r.beta[k];
            for (size_t i = 0; i < 8; i++)
                sum += 2.0 / (12.0 * 8.0) *
                       cblas_ddot((int)r.D, r.sample[i].B + j * r.D, 1, r.sample[i].B + k * r.D, 1);
            ck_agree(j == k, sum, 0.0, 1e-10);
        }
    ov_dmft_replica_free(&r);
}
END_TEST

/* ---- paths ---- */

static const struct ov_dmft noisy = {.kappa = 0.5,
                                     .kappa_star = 0.25,
                                     .lambda = 0.05,
                                     .Delta = 0.5,
                                     .gamma = 1.0,
                                     .alpha = 0.3,
                                     .d = 32,
                                     .samples = 16,
                                     .replicas = 8,
                                     .tolerance = 3e-3};

/* x is ref within 4.5 standard errors and what else is said */
#define ck_within(ref, x, se, more) ck_agree((ref), (x), 0.0, 4.5 * (se) + (more))

START_TEST(starts_where_it_is_known)
{
    struct ov_dmft p = noisy;
    struct ov_dmft_point x;
    const double t = 0.0, mse = 1.0 + 4.0 + 1.0 + 2.0 - 2.0;
    ck_ok(ov_dmft_flow(&x, &p, &t, 1, NULL, NULL));
    ck_within(mse, x.mse, x.mse_se, 0.0);
    ck_within(mse / 2.0 + 0.5 / 4.0, x.loss_train, x.loss_train_se, 0.0);
    ck_within(mse / 2.0, x.err_in, x.err_in_se, 0.0);
    ck_within(1.0, x.trace, x.trace_se, 0.0);
    ck_agree(0.5, x.rank, 0.0, 1e-12);
    ck_assert_double_lt(x.mse_se, 0.1);
    p.gamma = 1e-6; /* all that is random is the start: of it nothing is left */
    ck_ok(ov_dmft_flow(&x, &p, &t, 1, NULL, NULL));
    ck_agree(5.0, x.mse, 0.0, 1e-4);
}
END_TEST

/* Runs of networks of one size at t[0] = 0, … : mean and its variance of mse, loss_train and err_in,
 * with the error of the start, whose mean is known, as a control variate. */
enum { TIMES = 4, SEEN = 3, RUNS = 1500 };

static void networks(double mean[TIMES][SEEN], double var[TIMES][SEEN], size_t d, size_t runs,
                     const double *t)
{
    static double rows[RUNS][TIMES * OV_QN_WIDTH];
    size_t n = (size_t)round(0.3 * (double)(d * d));
    struct ov_quadratic_network q = {d, d / 2, d / 4, n, OV_SENSING_GOE, 0.05, 0.5, 1.0};
    double start = 6.0 * ((double)d + 1.0) / (double)d, at = 0.0, spread = 0.0;
    for (size_t k = 0; k < runs; k++) {
        ck_ok(ov_quadratic_flow(rows[k], &q, 1000 + k, t, TIMES, NULL, NULL));
        at += rows[k][OV_QN_MSE] / (double)runs;
    }
    for (size_t k = 0; k < runs; k++)
        spread += pow(rows[k][OV_QN_MSE] - at, 2.0) / (double)runs;
    for (size_t i = 0; i < TIMES * SEEN; i++) {
        size_t c = i / SEEN * OV_QN_WIDTH + i % SEEN;
        double m = 0.0, with = 0.0, square = 0.0;
        for (size_t k = 0; k < runs; k++)
            m += rows[k][c] / (double)runs;
        for (size_t k = 0; k < runs; k++) {
            with += (rows[k][c] - m) * (rows[k][OV_QN_MSE] - at) / (double)runs;
            square += pow(rows[k][c] - m, 2.0) / (double)runs;
        }
        mean[i / SEEN][i % SEEN] = m - with / spread * (at - start);
        var[i / SEEN][i % SEEN] = (square - with * with / spread) / (double)runs;
    }
}

/* Networks extrapolated from d = 16 and 32: of order 1/16^2 times some ten, 4 %, may be left. */
START_TEST(gradient_flow_of_networks)
{
    const double t[TIMES] = {0.0, 0.24, 0.6, 1.2};
    double small[TIMES][SEEN], large[TIMES][SEEN], vs[TIMES][SEEN], vl[TIMES][SEEN];
    struct ov_dmft_point x[TIMES];
    struct ov_dmft p = noisy;
    p.samples = 64;
    p.replicas = 16;
    networks(small, vs, 16, RUNS, t);
    networks(large, vl, 32, 400, t);
    ck_ok(ov_dmft_flow(x, &p, t, TIMES, NULL, NULL));
    for (size_t i = 1; i < TIMES; i++) {
        const double value[] = {x[i].mse, x[i].loss_train, x[i].err_in};
        const double error[] = {x[i].mse_se, x[i].loss_train_se, x[i].err_in_se};
        for (size_t c = 0; c < SEEN; c++) {
            double runs = 2.0 * large[i][c] - small[i][c];
            double both = sqrt(error[c] * error[c] + 4.0 * vl[i][c] + vs[i][c]);
            printf("    t = %.2f: theory %.4f, networks %.4f, %.1f standard errors of %.4f\n", t[i],
                   value[c], runs, (value[c] - runs) / both, both);
            ck_within(runs, value[c], both, 0.04 * runs);
        }
    }
}
END_TEST

/* The values of one run of gradient descent and of another solver at d = 80 with four teachers,
 * which fluctuate by some per cent. */
START_TEST(known_values)
{
    struct ov_dmft p = noisy;
    const double t[] = {0.24, 1.2};
    struct ov_dmft_point x[2];
    p.kappa_star = 0.3;
    p.d = 40;
    ck_ok(ov_dmft_flow(x, &p, t, 2, NULL, NULL));
    ck_agree(2.085, x[0].mse, 0.06, 0.0);
    ck_agree(0.2145, x[0].loss_train, 0.06, 0.0);
    ck_agree(0.2277, x[0].err_in, 0.06, 0.0);
    ck_agree(1.178, x[1].mse, 0.08, 0.0);
    ck_agree(0.0317, x[1].loss_train, 0.08, 0.0);
    ck_agree(0.1034, x[1].err_in, 0.06, 0.0);
}
END_TEST

/* ---- limits ---- */

START_TEST(many_samples_are_the_population)
{
    struct ov_dmft p = noisy;
    const struct ov_population q = {OV_POPULATION_TEACHER, 0.5, 0.25, 0.05, 0.1};
    const double t[] = {0.1, 0.3, 1.0, 3.0};
    struct ov_dmft_point x[4];
    struct ov_population_point y[4];
    p.alpha = 1e6;
    p.gamma = 0.1;
    ck_ok(ov_dmft_flow(x, &p, t, 4, NULL, NULL));
    ck_ok(ov_population_limit(y, &q, t, 4, NULL));
    for (size_t i = 0; i < 4; i++) {
        ck_within(y[i].mse, x[i].mse, x[i].mse_se, 0.01 * y[i].mse + 0.002);
        ck_within(y[i].trace, x[i].trace, x[i].trace_se, 0.003);
        ck_agree(0.5 * x[i].mse + 0.125, x[i].loss_train, 0.0, 0.003);
        ck_agree(0.5 * x[i].mse, x[i].err_in, 0.0, 0.003);
    }
}
END_TEST

/* The end of training at lambda > 0, (1)-(5) of theory/quadratic.h; what is left of 1/d is within
 * 5 %. */
START_TEST(long_times_are_stationary)
{
    struct ov_dmft p = noisy;
    const struct ov_quadratic q = {0.5, 0.25, 0.4, 0.5};
    const double t[] = {10.0, 15.0}, alpha = 0.7;
    struct ov_dmft_point x[2];
    struct ov_quadratic_point y;
    p.lambda = 0.4;
    p.alpha = alpha;
    ck_ok(ov_dmft_flow(x, &p, t, 2, NULL, NULL));
    ck_ok(ov_quadratic_curve(&y, &q, &alpha, 1, NULL));
    double c = 0.5 * (1.0 - 4.0 * (x[1].err_in - x[1].loss_train) / p.Delta);
    printf("    mse %.4f(%.4f), %.4f; loss %.5f(%.5f), %.5f; c %.4f, %.4f\n", x[1].mse, x[1].mse_se,
           y.mse, x[1].loss_train, x[1].loss_train_se, y.loss_train, c, y.c);
    ck_agree(x[0].mse, x[1].mse, 0.01, 0.0); /* it has come to rest */
    ck_within(y.mse, x[1].mse, x[1].mse_se, 0.05 * y.mse);
    ck_within(y.loss_train, x[1].loss_train, x[1].loss_train_se, 0.05 * y.loss_train);
    ck_within(y.err_in, x[1].err_in, x[1].err_in_se, 0.05 * y.err_in);
    ck_within(y.trace, x[1].trace, x[1].trace_se, 0.02);
    ck_agree(y.c, c, 0.05, 0.0);
    ck_agree(y.xi, x[1].loss_train / (alpha * c * c), 0.1, 0.0);
}
END_TEST

/* All weights decay: of the error the teacher is left, steps do not become small with them, and
 * the samples' residuals are their labels. */
START_TEST(strong_decay_leaves_nothing)
{
    struct ov_dmft p = noisy;
    struct ov_dmft_point x;
    const double t = 3.0;
    p.lambda = 100.0;
    p.d = 16;
    ck_ok(ov_dmft_flow(&x, &p, &t, 1, NULL, NULL));
    ck_agree(5.0, x.mse, 1e-12, 0.0);
    ck_agree(0.0, x.trace, 0.0, 1e-10);
    ck_agree(0.0, x.rank, 0.0, 1e-12);
    ck_within(2.5 + 0.125, x.loss_train, x.loss_train_se, 0.03);
}
END_TEST

/* A start so large that the path turns into ever new directions. */
START_TEST(too_many_directions)
{
    struct ov_dmft p = noisy;
    struct ov_dmft_point x;
    struct ov_error err = {0};
    const double t = 20.0;
    p.gamma = 1e4;
    p.d = 24;
    p.kappa_star = 0.5;
    p.tolerance = 1e-5;
    ck_assert_int_eq(ov_dmft_flow(&x, &p, &t, 1, NULL, &err), OV_ENUMERIC);
    ck_assert_msg(strstr(err.text, "there are more than 256 directions"), "%s", err.text);
}
END_TEST

/* ---- errors ---- */

/* Standard errors are those of independent repetitions, and fall with samples. */
START_TEST(errors_are_what_they_say)
{
    struct ov_dmft p = noisy;
    struct ov_dmft_point few, many, fine;
    const double t = 0.3;
    p.d = 16;
    p.samples = 4;
    p.replicas = 30;
    ck_ok(ov_dmft_flow(&few, &p, &t, 1, NULL, NULL));
    p.samples = 32;
    ck_ok(ov_dmft_flow(&many, &p, &t, 1, NULL, NULL));
    double ratio = few.mse_se / many.mse_se;
    printf("    standard error with 8 times the samples: %.1f times smaller\n", ratio);
    ck_assert_double_gt(ratio, 1.8);
    ck_assert_double_lt(ratio, 4.5);
    ck_within(many.mse, few.mse, hypot(few.mse_se, many.mse_se), 0.01 * many.mse);
    p.tolerance = 3e-4;
    ck_ok(ov_dmft_flow(&fine, &p, &t, 1, NULL, NULL));
    ck_agree(fine.mse, many.mse, 0.003, 0.0); /* the same random numbers: steps and directions */
    ck_agree(fine.loss_train, many.loss_train, 0.02, 0.0);
}
END_TEST

static void refused(const struct ov_dmft *p, double t, const char *text)
{
    struct ov_dmft_point x;
    struct ov_error err = {0};
    ck_assert_int_eq(ov_dmft_flow(&x, p, &t, 1, NULL, &err), OV_EDOM);
    ck_assert_str_eq(err.text, text);
}

START_TEST(out_of_range)
{
    struct ov_dmft p = noisy;
    p.d = 20;
    p.kappa_star = 0.2;
    refused(&p, -1.0, "t[0] = -1: times must increase from 0 to 1e6");
    p.kappa = 0.25;
    refused(&p, 1.0, "kappa d/2 = 2.5 is no whole number of units");
    p.kappa = 0.5;
    p.kappa_star = 0.25;
    refused(&p, 1.0, "kappa_star d/2 = 2.5 is no whole number of units");
    p.kappa_star = 0.2;
    p.d = 21;
    refused(&p, 1.0, "d = 21 must be an even number in [2, 2000]");
    p.d = 20;
    p.replicas = 1;
    refused(&p, 1.0, "samples = 16 must be in [1, 1e5], replicas = 1 in [2, 1e4]");
    p.replicas = 2;
    p.tolerance = 0.1;
    refused(&p, 1.0, "alpha = 0.3 must be in [1e-3, 1e6], tolerance = 0.1 in [1e-6, 0.05]");
    p.tolerance = 1e-3;
    p.gamma = 0.0;
    refused(&p, 1.0, "lambda = 0.05, Delta = 0.5, gamma = 0: out of range");
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, kernels_are_those_with_tangents_and_an_inverse);
    OV_TEST(s, directions_are_orthonormal);
    OV_TEST(s, starts_where_it_is_known);
    OV_TEST(s, gradient_flow_of_networks);
    OV_TEST(s, known_values);
    OV_TEST(s, many_samples_are_the_population);
    OV_TEST(s, long_times_are_stationary);
    OV_TEST(s, strong_decay_leaves_nothing);
    OV_TEST(s, too_many_directions);
    OV_TEST(s, errors_are_what_they_say);
    OV_TEST(s, out_of_range);
}

OV_TEST_MAIN("theory/quadratic_dmft");
