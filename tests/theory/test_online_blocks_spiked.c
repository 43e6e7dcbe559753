/* SPDX-License-Identifier: MIT
 *
 * The noise of order rho/N (paper.md eq:spiked): the exact mean of one step, by steps of SGD on weights
 * of few dimensions, and where linear units come to rest.
 */
#include <string.h>

#include "overlap/theory/fixed_point.h"
#include "theory/blocks.h"

/* ---- the mean of one step ---- */

enum { N = 24, L = 3, K = 2, M = 2, S = 3, NUMBERS = L * (S + K * M) };
static const size_t directions[L] = {1, 7, 16};
static const double rho[L] = {14.0, 0.9, 0.23125}; /* rhobar = 1 */

struct weights {
    double w[K][N], w_star[M][N];
};

static size_t block_of(size_t i)
{
    return i < directions[0] ? 0 : i < directions[0] + directions[1] ? 1 : 2;
}

/* Overlaps of block after block, in the order of what is integrated. */
static void measure(double *Q, double *R, const struct weights *x)
{
    memset(Q, 0, L * S * sizeof *Q);
    memset(R, 0, (size_t)L * K * M * sizeof *R);
    for (size_t i = 0; i < N; i++) {
        size_t l = block_of(i);
        for (size_t k = 0; k < K; k++) {
            for (size_t j = 0; j <= k; j++)
                Q[l * S + ov_sym_at(k, j)] += x->w[k][i] * x->w[j][i] / N;
            for (size_t m = 0; m < M; m++)
                R[l * K * M + k * M + m] += x->w[k][i] * x->w_star[m][i] / N;
        }
    }
}

static struct weights draw(struct blocks_case *c, gsl_rng *r)
{
    struct weights x;
    for (size_t i = 0; i < N; i++) {
        for (size_t k = 0; k < K; k++)
            x.w[k][i] = gsl_ran_gaussian(r, 0.7);
        for (size_t m = 0; m < M; m++)
            x.w_star[m][i] = gsl_ran_gaussian(r, 1.0);
        for (size_t m = 0; m < M; m++)
            for (size_t n = 0; n <= m; n++)
                c->start.T[block_of(i) * 3 + ov_sym_at(m, n)] +=
                    x.w_star[m][i] * x.w_star[n][i] / N;
    }
    measure(c->start.Q, c->start.R, &x);
    return x;
}

/* One step of a batch, at its rates for each block, from the weights x. */
static void step(struct weights *x, const struct blocks_case *c, const double *rate, gsl_rng *r)
{
    const struct ov_problem *p = &c->p;
    double gradient[K][N] = {{0.0}};
    for (size_t b = 0; b < ov_problem_batch(p); b++) {
        double input[N], lambda[K] = {0.0}, nu[M] = {0.0};
        double Delta = -p->sigma * gsl_ran_gaussian_ziggurat(r, 1.0);
        for (size_t i = 0; i < N; i++) {
            input[i] = sqrt(rho[block_of(i)]) * gsl_ran_gaussian_ziggurat(r, 1.0);
            for (size_t k = 0; k < K; k++)
                lambda[k] += x->w[k][i] * input[i] / sqrt(N);
            for (size_t m = 0; m < M; m++)
                nu[m] += x->w_star[m][i] * input[i] / sqrt(N);
        }
        for (size_t k = 0; k < K; k++)
            Delta += c->start.v[k] * p->g->g(lambda[k]);
        for (size_t m = 0; m < M; m++)
            Delta -= c->start.v_star[m] * p->g_star->g(nu[m]);
        for (size_t k = 0; k < K; k++)
            for (size_t i = 0; i < N; i++)
                gradient[k][i] += c->start.v[k] * p->g->dg(lambda[k]) * Delta * input[i];
    }
    for (size_t k = 0; k < K; k++)
        for (size_t i = 0; i < N; i++)
            x->w[k][i] -= p->decay_w / N * x->w[k][i] + p->eta_w / sqrt(N) /
                                                            (double)ov_problem_batch(p) *
                                                            rate[block_of(i)] * gradient[k][i];
}

/* The largest |z| of N (mean change) against the right-hand side. */
static double largest_z(const double *mean, const double *se, const struct blocks_case *c)
{
    struct ov_online *o;
    double dy[NUMBERS + K], worst = 0.0;
    ck_ok(ov_online_create(&o, &c->p, &c->start));
    ov_online_rhs(dy, o, c->start.block);
    for (size_t i = 0; i < NUMBERS; i++)
        worst = fmax(worst, fabs(dy[i] - mean[i]) / se[i]);
    ov_online_free(o);
    return worst;
}

/* Averages in closed form with their derivatives, and without; a batch; a preconditioner; decay. */
START_TEST(mean_of_one_step)
{
    static const enum ov_act student[] = {OV_ACT_ERF, OV_ACT_RELU, OV_ACT_LINEAR, OV_ACT_ERF,
                                          OV_ACT_ERF, OV_ACT_ERF,  OV_ACT_ERF};
    static const enum ov_act teacher[] = {OV_ACT_ERF, OV_ACT_RELU, OV_ACT_LINEAR, OV_ACT_RELU,
                                          OV_ACT_ERF, OV_ACT_ERF,  OV_ACT_ERF};
    enum { STEPS = 150000 };
    gsl_rng *r = ov_test_rng(500 + (unsigned long)_i);
    struct blocks_case c = blocks_case(L, K, M, student[_i], teacher[_i]);
    double rate[L] = {1.0, 1.0, 1.0}, sum[NUMBERS] = {0.0}, square[NUMBERS] = {0.0}, se[NUMBERS];
    c.p.eta_w = 0.8, c.p.sigma = 0.3, c.p.batch = _i == 4 ? 3 : 1;
    c.p.decay_w = _i == 6 ? 2.0 : 0.0;
    c.start.v[1] = 0.6, c.start.v_star[0] = 1.2;
    c.p.blocks->N = N;
    if (_i == 5)
        rate[0] = 0.4, rate[2] = 2.0;
    for (size_t l = 0; l < L; l++)
        ov_blocks_set(c.p.blocks, l, rho[l], (double)directions[l] / N, rate[l]);
    struct weights start = draw(&c, r);
    for (int t = 0; t < STEPS; t++) {
        struct weights x = start;
        double now[NUMBERS];
        step(&x, &c, rate, r);
        measure(now, now + L * S, &x);
        for (size_t i = 0; i < NUMBERS; i++) {
            double d = N * (now[i] - c.start.block[i]);
            sum[i] += d;
            square[i] += d * d;
        }
    }
    for (size_t i = 0; i < NUMBERS; i++) {
        sum[i] /= STEPS;
        se[i] = sqrt((square[i] / STEPS - sum[i] * sum[i]) / STEPS);
    }
    double without = largest_z(sum, se, &c);
    c.p.spiked = true;
    double with = largest_z(sum, se, &c);
    printf("    %s/%s: |z| %.2f, without the term %.1f\n", c.p.g->name, c.p.g_star->name, with,
           without);
    ck_assert(with < 4.3);
    ck_assert(without > 8.0);
    release(&c);
    gsl_rng_free(r);
}
END_TEST

/* ---- linear units at rest ---- */

/* One of N directions a block, variances i^-2: chi = (1/N) sum_i eta rho_i/(2 - 2 eta rho_i/N), eps_g =
 * sigma^2 chi/(2 (1 - chi)), unstable where chi > 1 or eta rho_1/N > 1. */
static double chi_of(const struct ov_blocks *b, double eta)
{
    double chi = 0.0, n = (double)b->N;
    for (size_t l = 0; l < b->L; l++)
        chi += eta * b->variance[l] / (2.0 - 2.0 * eta * b->variance[l] / n) / n;
    return chi;
}

START_TEST(floor_of_linear_units)
{
    static const double eta[] = {0.2, 0.8, 1.2};
    struct blocks_case c = blocks_case(60, 1, 1, OV_ACT_LINEAR, OV_ACT_LINEAR);
    struct ov_fixed_point found;
    double mean = 0.0;
    for (size_t i = 1; i <= 60; i++)
        mean += pow((double)i, -2.0) / 60.0;
    for (size_t l = 0; l < 60; l++)
        set_block(&c, l, pow((double)(l + 1), -2.0) / mean, 1.0 / 60.0, (double[]){1.0 / 60.0},
                  (double[]){1.0 / 60.0}, (double[]){1.0 / 60.0});
    c.p.blocks->N = 60;
    c.p.spiked = true, c.p.sigma = 0.2, c.p.eta_w = eta[_i];
    double chi = chi_of(c.p.blocks, eta[_i]), floor = 0.02 * chi / (1.0 - chi);
    enum ov_status status = ov_fixed_point(&found, &c.start, &c.p, NULL);
    if (chi < 1.0) {
        ck_ok(status);
        ck_agree(floor, found.eps_g, 1e-9, 0.0);
        ck_assert_int_eq(found.kind, OV_FIXED_STABLE);
        c.p.spiked = false;
        ck_ok(ov_fixed_point(&found, &c.start, &c.p, NULL));
        ck_agree(0.02 * eta[_i] / (2.0 - eta[_i]), found.eps_g, 1e-9, 0.0); /* the limit's */
    } else {
        double last = 1000.0, row[8];
        struct ov_solve_options opt = ov_solve_defaults();
        ck_assert_int_eq(ov_online_solve(row, &c.p, &c.start, &last, 1, &opt, NULL, NULL, NULL),
                         OV_EDIVERGED);
    }
    release(&c);
}
END_TEST

/* eta_max: chi = 1. */
START_TEST(eta_max_of_linear_units)
{
    struct blocks_case c = blocks_case(20, 1, 1, OV_ACT_LINEAR, OV_ACT_LINEAR);
    double eta_max;
    for (size_t l = 0; l < 20; l++)
        set_block(&c, l, 20.0 * pow(0.7, (double)l) * 0.3, 0.05, (double[]){0.05}, (double[]){0.05},
                  (double[]){0.05});
    c.p.blocks->N = 20, c.p.spiked = true;
    ck_ok(ov_eta_max(&eta_max, &c.p, &c.start, NULL));
    ck_agree(1.0, chi_of(c.p.blocks, eta_max), 1e-7, 0.0);
    ck_assert(eta_max < 0.9 * 2.0 / ov_blocks_mean(c.p.blocks)); /* what the mean allows */
    release(&c);
}
END_TEST

/* The mean of linear units' overlaps, one direction a block, step by step: w loses decay/N of itself, at rates
 * eta s(mu/N). d_l = q_l - 2 r_l + t_l, of which all have f at the end of a step's noise. */
enum { DIRECTIONS = 40 };
static void exact_errors(double exact[3], const struct ov_problem *p, const double alpha[3],
                         double r0, double q0)
{
    const double *variance = p->blocks->variance, n = DIRECTIONS, f = 1.0 / n, g = p->decay_w / n;
    double q[DIRECTIONS], r[DIRECTIONS];
    for (size_t l = 0; l < DIRECTIONS; l++)
        q[l] = q0, r[l] = r0;
    for (size_t t = 1, i = 0; t <= DIRECTIONS * 5; t++) {
        double all = 0.0, eta = p->eta_w * ov_schedule_scale(&p->schedule, (double)(t - 1) / n);
        for (size_t l = 0; l < DIRECTIONS; l++)
            all += variance[l] * (q[l] - 2.0 * r[l] + f);
        for (size_t l = 0; l < DIRECTIONS; l++) {
            double x = eta * variance[l] / n, d = q[l] - 2.0 * r[l] + f;
            q[l] = (1.0 - g) * (1.0 - g) * q[l] - 2.0 * (1.0 - g) * x * (q[l] - r[l]) +
                   2.0 * x * x * d + x * eta / n * (all + p->sigma * p->sigma);
            r[l] = (1.0 - g) * r[l] - x * (r[l] - f);
        }
        if ((double)t != alpha[i] * n)
            continue;
        exact[i] = 0.0;
        for (size_t l = 0; l < DIRECTIONS; l++)
            exact[i] += 0.5 * variance[l] * (q[l] - 2.0 * r[l] + f);
        i++;
    }
}

/* With the noise and the time of steps theory has it to order (rho_1/N)^2, without either it has not; the same
 * with weight decay, and at rates that fall. */
START_TEST(linear_units_step_by_step)
{
    static const double alpha[] = {0.25, 1.0, 5.0};
    double exact[3], mean = 0.0, worst[3] = {0.0};
    struct blocks_case c = blocks_case(DIRECTIONS, 1, 1, OV_ACT_LINEAR, OV_ACT_LINEAR);
    const double n = DIRECTIONS, f = 1.0 / n;
    for (size_t l = 0; l < DIRECTIONS; l++)
        mean += f * pow((double)(l + 1), -1.5);
    for (size_t l = 0; l < DIRECTIONS; l++)
        set_block(&c, l, pow((double)(l + 1), -1.5) / mean, f, (double[]){f}, (double[]){0.1 * f},
                  (double[]){0.2 * f});
    c.p.eta_w = 0.4, c.p.sigma = 0.2, c.p.blocks->N = DIRECTIONS;
    c.p.decay_w = _i == 1 ? 1.0 : 0.0;
    if (_i == 2)
        c.p.schedule = (struct ov_schedule){.kind = OV_DECAY_POWER, .exponent = 1.0, .time = 0.5};
    exact_errors(exact, &c.p, alpha, 0.1 * f, 0.2 * f);
    for (int kind = 0; kind < 3; kind++) { /* the limit; the noise; both */
        struct ov_solve_options opt = ov_solve_defaults();
        c.p.spiked = kind > 0, c.p.in_steps = kind > 1;
        for (int method = 0; method < 2; method++) {
            opt.method = method ? OV_RK8PD : OV_MSBDF, opt.stiff = true;
            double *rows = blocks_solved(&c, alpha, 3, &opt);
            for (size_t i = 0; i < 3; i++)
                worst[kind] =
                    fmax(worst[kind], fabs(rows[i * ov_row_width(1, 1) + 1] / exact[i] - 1.0));
            free(rows);
        }
    }
    printf("    off by %.4f, %.4f, %.4f\n", worst[0], worst[1], worst[2]);
    double x = c.p.eta_w * c.p.blocks->variance[0] /
               n; /* 0.17: of first order it is 0.17 x, of second 0.11 x^2 */
    ck_assert(worst[2] < 0.2 * x * x && worst[1] > 0.1 * x && worst[0] > 0.1 * x);
    release(&c);
}
END_TEST

static void add_tests(Suite *s)
{
    TCase *c = tcase_create("steps");
    tcase_set_timeout(c, 300);
    tcase_add_loop_test(c, mean_of_one_step, 0, 7);
    tcase_add_loop_test(c, floor_of_linear_units, 0, 3);
    tcase_add_loop_test(c, linear_units_step_by_step, 0, 3);
    suite_add_tcase(s, c);
    OV_TEST(s, eta_max_of_linear_units);
}

OV_TEST_MAIN("theory/online_blocks_spiked");
