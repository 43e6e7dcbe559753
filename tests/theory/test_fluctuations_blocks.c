/* SPDX-License-Identifier: MIT
 *
 * Fluctuations of runs on inputs in blocks: the noise of one step against sampled steps, equal blocks
 * against none, and whole runs of SGD on weights.
 */
#include <string.h>

#include "overlap/theory/fluctuations.h"
#include "theory/blocks.h"

/* ---- sampled steps ---- */

enum { K = 2, M = 1, P = 3, L = 3, S = 3, N_C = L * (S + K * M), NUMBERS = N_C + K };

static struct blocks_case some(int i, gsl_rng *r)
{
    static const enum ov_act student[] = {OV_ACT_ERF, OV_ACT_LINEAR, OV_ACT_ERF, OV_ACT_RELU};
    struct blocks_case c = random_blocks(L, K, M, student[i], student[i], r);
    c.p.eta_w = 0.9, c.p.sigma = 0.4, c.p.eta_v = i == 2 ? 0.0 : 0.5;
    if (i == 2) {
        ov_blocks_set(c.p.blocks, 0, c.p.blocks->variance[0], c.p.blocks->share[0], 1.8);
        ov_blocks_set_invisible(c.p.blocks, 1);
    }
    return c;
}

/* F of all numbers at drawn parts of the fields. */
static void change(double *F, const struct blocks_case *c, double A[L][P * P], gsl_rng *r)
{
    const struct ov_problem *p = &c->p;
    double part[L][P], x[P] = {0.0}, e[K], u = p->sigma * gsl_ran_gaussian_ziggurat(r, 1.0);
    for (size_t l = 0; l < L; l++) {
        double z[P];
        for (size_t a = 0; a < P; a++) {
            z[a] = gsl_ran_gaussian_ziggurat(r, 1.0);
            part[l][a] = 0.0;
            for (size_t b = 0; b <= a; b++)
                part[l][a] += sqrt(p->blocks->weight[l]) * A[l][a * P + b] * z[b];
            x[a] += part[l][a];
        }
    }
    u += c->start.v_star[0] * p->g_star->g(x[0]);
    for (size_t k = 0; k < K; k++)
        u -= c->start.v[k] * p->g->g(x[M + k]);
    for (size_t k = 0; k < K; k++) {
        e[k] = p->eta_w * c->start.v[k] * p->g->dg(x[M + k]) * u;
        F[N_C + k] = p->eta_v * p->g->g(x[M + k]) * u;
    }
    for (size_t l = 0; l < L; l++) {
        double rate = p->blocks->drift[l] / p->blocks->weight[l];
        for (size_t k = 0; k < K; k++) {
            for (size_t j = 0; j <= k; j++)
                F[l * S + ov_sym_at(k, j)] =
                    rate * (e[k] * part[l][M + j] + e[j] * part[l][M + k]) +
                    p->blocks->noise[l] * e[k] * e[j];
            F[L * S + l * K + k] = rate * e[k] * part[l][0];
        }
    }
}

START_TEST(noise_of_one_step)
{
    enum { DRAWS = 200000 };
    gsl_rng *r = ov_test_rng(700 + (unsigned long)_i);
    struct blocks_case c = some(_i, r);
    static double A[L][P * P], F[NUMBERS], B[NUMBERS][NUMBERS], square[NUMBERS][NUMBERS];
    double mean[NUMBERS] = {0.0}, found[NUMBERS * (NUMBERS + 1) / 2], shift[NUMBERS];
    memset(B, 0, sizeof B);
    memset(square, 0, sizeof square);
    for (size_t l = 0; l < L; l++) {
        struct ov_overlaps one;
        double C[P * (P + 1) / 2];
        ck_ok(ov_overlaps_create(&one, K, M));
        ov_overlaps_of_block(&one, &c.start, l);
        ov_overlaps_covariance(C, &one);
        ck_ok(ov_sym_cholesky(A[l], C, P, 1e-10));
        ov_overlaps_free(&one);
    }
    struct ov_online *o; /* the mean is the right-hand side's */
    ck_ok(ov_online_create(&o, &c.p, &c.start));
    ov_online_rhs(mean, o, c.start.block);
    ov_online_free(o);
    for (int t = 0; t < DRAWS; t++) {
        change(F, &c, A, r);
        for (size_t i = 0; i < NUMBERS; i++)
            for (size_t j = 0; j <= i; j++) {
                double product = (F[i] - mean[i]) * (F[j] - mean[j]);
                B[i][j] += product / DRAWS;
                square[i][j] += product * product / DRAWS;
            }
    }
    size_t moving = c.p.eta_v == 0.0 ? N_C : NUMBERS;
    for (int wrong = 0; wrong < 2; wrong++) {
        double worst = 0.0;
        c.p.blocks->drift[0] *= wrong ? 1.05 : 1.0;
        ck_ok(ov_fluctuations_noise(found, shift, &c.p, &c.start, NULL));
        for (size_t i = 0; i < moving; i++)
            for (size_t j = 0; j <= i; j++) {
                double error = sqrt((square[i][j] - B[i][j] * B[i][j]) / DRAWS);
                if (error > 0.0)
                    worst = fmax(worst, fabs(found[ov_sym_at(i, j)] - B[i][j]) / error);
                else
                    ck_agree(0.0, found[ov_sym_at(i, j)], 0.0, 1e-12);
            }
        printf("    %s: |z| %.2f%s\n", c.p.g->name, worst, wrong ? ", wrongly" : "");
        ck_assert(wrong ? worst > 5.0 : worst < 4.3);
    }
    release(&c);
    gsl_rng_free(r);
}
END_TEST

/* ---- equal blocks ---- */

START_TEST(equal_blocks_are_one)
{
    static const double share[] = {0.2, 0.5, 0.3}, alpha[] = {0.5, 5.0};
    static const enum ov_act student[] = {OV_ACT_ERF, OV_ACT_RELU};
    gsl_rng *r = ov_test_rng(710 + (unsigned long)_i);
    struct ov_overlaps o = random_overlaps(K, M, r);
    struct blocks_case c = blocks_case(3, K, M, student[_i], OV_ACT_LINEAR);
    size_t width = ov_fluctuations_width(K, M);
    double x[2 * 32], y[2 * 32];
    c.p.eta_w = 0.5, c.p.sigma = 0.3, c.p.eta_v = 0.2, c.p.decay_w = 0.05;
    for (size_t l = 0; l < 3; l++) {
        double T[1] = {share[l] * o.T[0]}, R[2], Q[3];
        for (size_t i = 0; i < 3; i++)
            Q[i] = share[l] * o.Q[i];
        for (size_t i = 0; i < 2; i++)
            R[i] = share[l] * o.R[i];
        set_block(&c, l, 1.0, share[l], T, R, Q);
    }
    memcpy(c.start.v, o.v, K * sizeof *o.v);
    memcpy(c.start.v_star, o.v_star, M * sizeof *o.v_star);
    struct ov_problem p = c.p;
    struct ov_fluctuations_options opt = {.rtol = 1e-3};
    p.blocks = NULL;
    ck_ok(ov_fluctuations_solve(x, NULL, &p, &o, alpha, 2, &opt, NULL, NULL, NULL));
    ck_ok(ov_fluctuations_solve(y, NULL, &c.p, &c.start, alpha, 2, &opt, NULL, NULL, NULL));
    /* second derivatives of ReLU averages are differences along other directions then */
    for (size_t i = 0; i < 2 * width; i++)
        ck_agree(x[i], y[i], 1e-3, _i == 0 ? 1e-4 : 5e-3);
    ov_overlaps_free(&o);
    release(&c);
    gsl_rng_free(r);
}
END_TEST

/* ---- the mean, exactly ---- */

/* Of linear units the mean of D_l = |w - w*|^2/N in block l closes at any N: one step is
 *     D_l <- (1 - 2 x_l + 2 x_l^2) D_l + (eta^2/N) f_l rho_l (sum rho D + sigma^2),  x_l = eta rho_l/N.
 * N times what that differs by from the limit is the shift. */
START_TEST(shift_of_linear_units)
{
    enum { N = 100000 };
    static const double rho[2] = {3.0, 0.5}, f[2] = {0.2, 0.8};
    double alpha = 2.0, eta = 0.7, sigma = 0.3, D[2] = {0.9 * f[0], 1.3 * f[1]}, row[16], eps_g;
    struct blocks_case c = blocks_case(2, 1, 1, OV_ACT_LINEAR, OV_ACT_LINEAR);
    for (size_t l = 0; l < 2; l++) /* D = Q - 2 R + T */
        set_block(&c, l, rho[l], f[l], (double[]){f[l]}, (double[]){0.1 * f[l]},
                  (double[]){D[l] - 0.8 * f[l]});
    c.p.eta_w = eta, c.p.sigma = sigma;
    for (size_t t = 0; t < (size_t)(alpha * N); t++) {
        double all = rho[0] * D[0] + rho[1] * D[1] + sigma * sigma;
        for (size_t l = 0; l < 2; l++) {
            double x = eta * rho[l] / N;
            D[l] += (-2.0 * x + 2.0 * x * x) * D[l] + eta * eta / N * f[l] * rho[l] * all;
        }
    }
    eps_g = 0.5 * (rho[0] * D[0] + rho[1] * D[1]);
    for (int kind = 0; kind < 3; kind++) { /* what the path has, the shift has not */
        struct ov_solve_options opt = {.method = OV_RK8PD, .rtol = 1e-12, .atol = 1e-14};
        struct ov_fluctuations_options fine = {.rtol = 1e-4};
        c.p.spiked = kind > 0, c.p.in_steps = kind > 1, c.p.blocks->N = N;
        double *path = blocks_solved(&c, &alpha, 1, &opt);
        ck_ok(ov_fluctuations_solve(row, NULL, &c.p, &c.start, &alpha, 1, &fine, NULL, NULL, NULL));
        printf("    shift of eps_g %.5f, exactly %.5f\n", row[2], N * (eps_g - path[1]));
        ck_agree(N * (eps_g - path[1]), row[2], 1e-3, 1e-5);
        free(path);
    }
    release(&c);
}
END_TEST

/* ---- runs ---- */

/* Mean, standard deviation of all overlaps over runs of N dimensions, two blocks of N/4 and 3N/4, from
 * weights that have the given overlaps up to the spread that is measured run by run. */
enum { DIMENSIONS = 160, RUNS = 1500, STEPS = 2 * DIMENSIONS };

static void block_overlaps(double *y, const double w[DIMENSIONS], const double w_star[DIMENSIONS])
{
    memset(y, 0, 4 * sizeof *y);
    for (size_t i = 0; i < DIMENSIONS; i++) {
        size_t l = i < DIMENSIONS / 4 ? 0 : 1;
        y[l] += w[i] * w[i] / DIMENSIONS;
        y[2 + l] += w[i] * w_star[i] / DIMENSIONS;
    }
}

START_TEST(runs_of_sgd)
{
    gsl_rng *r = ov_test_rng(720);
    struct blocks_case c = blocks_case(2, 1, 1, OV_ACT_ERF, OV_ACT_ERF);
    static double w0[DIMENSIONS], w_star[DIMENSIONS], w[DIMENSIONS], x[DIMENSIONS];
    double y[4], sum[4] = {0.0}, square[4] = {0.0}, rho[2] = {2.8, 0.4};
    double alpha = (double)STEPS / DIMENSIONS, row[16], Sigma[15], theory[16], n = RUNS;
    c.p.eta_w = 0.8, c.p.sigma = 0.3;
    for (size_t i = 0; i < DIMENSIONS; i++) {
        w0[i] = gsl_ran_gaussian(r, 0.5);
        w_star[i] = gsl_ran_gaussian(r, 1.0);
        c.start.T[i < DIMENSIONS / 4 ? 0 : 1] += w_star[i] * w_star[i] / DIMENSIONS;
    }
    block_overlaps(c.start.block, w0, w_star);
    ov_blocks_set(c.p.blocks, 0, rho[0], 0.25, 1.0);
    ov_blocks_set(c.p.blocks, 1, rho[1], 0.75, 1.0);
    c.p.blocks->in_rows = true;
    for (int run = 0; run < RUNS; run++) {
        memcpy(w, w0, sizeof w);
        for (int t = 0; t < STEPS; t++) {
            double lambda = 0.0, nu = 0.0;
            for (size_t i = 0; i < DIMENSIONS; i++) {
                x[i] = sqrt(rho[i < DIMENSIONS / 4 ? 0 : 1]) * gsl_ran_gaussian_ziggurat(r, 1.0);
                lambda += w[i] * x[i] / sqrt(DIMENSIONS);
                nu += w_star[i] * x[i] / sqrt(DIMENSIONS);
            }
            double u =
                c.p.g->g(nu) - c.p.g->g(lambda) + c.p.sigma * gsl_ran_gaussian_ziggurat(r, 1.0);
            double e = c.p.eta_w * c.p.g->dg(lambda) * u / sqrt(DIMENSIONS);
            for (size_t i = 0; i < DIMENSIONS; i++)
                w[i] += e * x[i];
        }
        block_overlaps(y, w, w_star);
        for (size_t i = 0; i < 4; i++) {
            sum[i] += y[i] / n;
            square[i] += y[i] * y[i] / n;
        }
    }
    double *path = blocks_solved(&c, &alpha, 1, NULL);
    ck_ok(ov_fluctuations_solve(row, Sigma, &c.p, &c.start, &alpha, 1, NULL, NULL, NULL, NULL));
    /* behind the fields' overlaps: Q, R of block 0, of block 1 */
    theory[0] = path[5], theory[2] = path[6], theory[1] = path[7], theory[3] = path[8];
    for (size_t i = 0; i < 4; i++) {
        double sd = sqrt((square[i] - sum[i] * sum[i]) * n / (n - 1.0));
        double expected = sqrt(Sigma[ov_sym_at(i, i)] / DIMENSIONS);
        printf("    number %zu: sd %.5f, theory %.5f; mean %.5f(%.5f), theory %.5f\n", i, sd,
               expected, sum[i], sd / sqrt(n), theory[i]);
        ck_agree(1.0, sd / expected, 0.0, 0.07); /* 1500 runs: 0.018; and O(1/N) */
    }
    free(path);
    release(&c);
    gsl_rng_free(r);
}
END_TEST

START_TEST(signed_blocks_are_refused)
{
    struct blocks_case c = case_A();
    struct ov_error err = {0};
    double alpha = 1.0, row[64];
    c.p.blocks->is_signed = true;
    ck_assert_int_eq(
        ov_fluctuations_solve(row, NULL, &c.p, &c.start, &alpha, 1, NULL, NULL, NULL, &err),
        OV_EDOM);
    ck_assert_str_eq(err.text, "signed blocks have no fluctuations");
    ck_assert(isnan(row[1]));
    release(&c);
}
END_TEST

static void add_tests(Suite *s)
{
    TCase *c = tcase_create("noise");
    tcase_set_timeout(c, 300);
    tcase_add_loop_test(c, noise_of_one_step, 0, 4);
    tcase_add_loop_test(c, equal_blocks_are_one, 0, 2);
    suite_add_tcase(s, c);
    OV_TEST(s, shift_of_linear_units);
    OV_TEST(s, runs_of_sgd);
    OV_TEST(s, signed_blocks_are_refused);
}

OV_TEST_MAIN("theory/fluctuations_blocks");
