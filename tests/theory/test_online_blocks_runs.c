/* SPDX-License-Identifier: MIT
 *
 * Runs with inputs in blocks at the edges of what there is: students without weights, one direction a
 * block, signed blocks, what is learnt or diverges; levels and plateaus; and what is refused.
 */
#include <string.h>

#include "overlap/theory/fixed_point.h"
#include "theory/blocks.h"

/* ---- weights of N directions, one a block ---- */

enum { N = 40 };

struct directions {
    double rho[N], C[N][10]; /* packed (4,4), teacher first, of K = M = 2 */
};

/* Variances j^-1.25 of mean 1, random weights. */
static struct directions drawn(double std, gsl_rng *r)
{
    struct directions d;
    double mean = 0.0;
    for (size_t j = 0; j < N; j++)
        mean += (d.rho[j] = pow((double)(j + 1), -1.25)) / N;
    for (size_t j = 0; j < N; j++) {
        double w[4];
        d.rho[j] /= mean;
        for (size_t a = 0; a < 4; a++)
            w[a] = gsl_ran_gaussian(r, a < 2 ? 1.0 : std);
        for (size_t a = 0; a < 4; a++)
            for (size_t b = 0; b <= a; b++)
                d.C[j][ov_sym_at(a, b)] = w[a] * w[b] / N;
    }
    return d;
}

/* Block l of what C (packed, teacher first) holds. */
static void add_to_block(struct blocks_case *c, size_t l, double part, const double C[10])
{
    for (size_t m = 0; m < 2; m++)
        for (size_t n = 0; n <= m; n++)
            c->start.T[3 * l + ov_sym_at(m, n)] += part * C[ov_sym_at(m, n)];
    for (size_t k = 0; k < 2; k++) {
        for (size_t m = 0; m < 2; m++)
            c->start.R[4 * l + 2 * k + m] += part * C[ov_sym_at(2 + k, m)];
        for (size_t j = 0; j <= k; j++)
            c->start.Q[3 * l + ov_sym_at(k, j)] += part * C[ov_sym_at(2 + k, 2 + j)];
    }
}

static struct blocks_case one_direction_a_block(const struct directions *d, enum ov_act g)
{
    struct blocks_case c = blocks_case(N, 2, 2, g, g);
    for (size_t j = 0; j < N; j++) {
        ov_blocks_set(c.p.blocks, j, d->rho[j], 1.0 / N, 1.0);
        add_to_block(&c, j, 1.0, d->C[j]);
    }
    return c;
}

/* Lagrange's polynomial of node l at u. */
static double lagrange(const double *node, size_t n, size_t l, double u)
{
    double value = 1.0;
    for (size_t i = 0; i < n; i++)
        if (i != l)
            value *= (u - node[i]) / (node[l] - node[i]);
    return value;
}

/* Chebyshev's nodes in ln rho: C^(l) = sum_j ell_l(ln rho_j) C_j, f_l = sum_j ell_l(ln rho_j)/N. */
static struct blocks_case signed_blocks(const struct directions *d, size_t n, enum ov_act g)
{
    struct blocks_case c = blocks_case(n, 2, 2, g, g);
    double node[N], low = log(d->rho[N - 1]), high = log(d->rho[0]);
    c.p.blocks->is_signed = true;
    for (size_t l = 0; l < n; l++)
        node[l] =
            0.5 * (low + high) + 0.5 * (high - low) * cos(M_PI * ((double)l + 0.5) / (double)n);
    for (size_t l = 0; l < n; l++) {
        double share = 0.0;
        for (size_t j = 0; j < N; j++) {
            double ell = lagrange(node, n, l, log(d->rho[j]));
            share += ell / N;
            add_to_block(&c, l, ell, d->C[j]);
        }
        ov_blocks_set(c.p.blocks, l, exp(node[l]), share, 1.0);
    }
    return c;
}

/* A draw in few signed blocks is that in as many as there are directions. */
START_TEST(signed_blocks_are_exact)
{
    static const double alpha[] = {0.3, 3.0, 30.0, 300.0};
    gsl_rng *r = ov_test_rng(600 + (unsigned long)_i);
    struct directions d = drawn(0.5, r);
    struct blocks_case exact = one_direction_a_block(&d, OV_ACT_ERF),
                       few = signed_blocks(&d, 18, OV_ACT_ERF),
                       fewer = signed_blocks(&d, 6, OV_ACT_ERF);
    exact.p.eta_w = few.p.eta_w = fewer.p.eta_w = 0.3;
    exact.p.sigma = few.p.sigma = fewer.p.sigma = 0.1;
    double *x = blocks_solved(&exact, alpha, 4, NULL), *y = blocks_solved(&few, alpha, 4, NULL),
           *z = blocks_solved(&fewer, alpha, 4, NULL);
    size_t width = ov_row_width(2, 2), negative = 0;
    double worst = 0.0;
    for (size_t i = 0; i < 4; i++) {
        ck_agree(x[i * width + 1], y[i * width + 1], 2e-5, 0.0);
        worst = fmax(worst, fabs(z[i * width + 1] / x[i * width + 1] - 1.0));
    }
    ck_assert_msg(worst > 1e-4, "%g", worst);
    for (size_t l = 0; l < 18; l++)
        negative += few.start.T[3 * l] < 0.0;
    ck_assert_uint_gt(negative, 0); /* they are no covariances */
    free(x), free(y), free(z);
    release(&exact);
    release(&few);
    release(&fewer);
    gsl_rng_free(r);
}
END_TEST

/* Every block has rank one at the start, and a perfect student in the end: the edge of the cone. Both
 * methods, ReLU and erf, gradient flow and noise; what is learnt is the end. */
START_TEST(blocks_of_one_direction)
{
    static const double alpha[] = {1.0, 30.0, 1000.0};
    enum ov_act g = _i & 1 ? OV_ACT_RELU : OV_ACT_ERF;
    gsl_rng *r = ov_test_rng(610);
    struct directions d = drawn(0.5, r);
    struct blocks_case c = one_direction_a_block(&d, g);
    struct ov_solve_options opt = ov_solve_defaults(),
                            plain = {.method = OV_RK8PD, .rtol = 1e-10, .atol = 1e-14};
    c.p.eta_w = 0.3, c.p.gradient_flow = (_i & 2) != 0;
    double *x = blocks_solved(&c, alpha, 3, &opt), *y = blocks_solved(&c, alpha, 3, &plain);
    size_t width = ov_row_width(2, 2);
    for (size_t i = 0; i < 3; i++)
        ck_agree(y[i * width + 1], x[i * width + 1], 1e-5, 1e-12);
    ck_assert(x[2 * width + 1] < 0.01 * x[1]);
    free(x), free(y);
    release(&c);
    gsl_rng_free(r);
}
END_TEST

/* ---- at rest, diverging ---- */

/* g'(0) = 0: a student without weights never gets any, in no block; the other one learns. */
START_TEST(without_weights)
{
    static const double alpha[] = {1.0, 20.0};
    struct blocks_case c = case_A();
    c.p.g = c.p.g_star = ov_activation_find("he2");
    c.p.eta_w = 0.02, c.p.blocks->in_rows = true;
    for (size_t l = 0; l < 2; l++) {
        double *Q = c.start.Q + 3 * l, *R = c.start.R + 4 * l;
        Q[1] = Q[2] = R[2] = R[3] = 0.0;
    }
    double *rows = blocks_solved(&c, alpha, 2, NULL);
    const double *last = rows + ov_problem_row_width(&c.p) + ov_row_width(2, 2);
    for (size_t l = 0; l < 2; l++, last += 7) {
        ck_assert(last[1] == 0.0 && last[2] == 0.0 && last[5] == 0.0 && last[6] == 0.0);
        ck_assert(fabs(last[0] / c.start.Q[3 * l] - 1.0) > 0.1);
    }
    free(rows);
    release(&c);
}
END_TEST

START_TEST(learnt_is_the_end)
{
    static const double alpha[] = {10.0, 1e5, 2e5};
    struct blocks_case c = case_A();
    struct ov_solve_options opt = ov_solve_defaults();
    struct ov_solve_report report;
    double rows[3 * 16];
    c.p.sigma = 0.0;
    ck_ok(ov_online_solve(rows, &c.p, &c.start, alpha, 3, &opt, &report, NULL, NULL));
    ck_assert(report.ended > 100.0 && report.ended < 1e5);
    ck_assert(rows[ov_row_width(2, 2) + 1] < 1e-14);
    for (size_t i = 1; i < ov_row_width(2, 2); i++)
        ck_assert(rows[ov_row_width(2, 2) + i] == rows[2 * ov_row_width(2, 2) + i]);
    release(&c);
}
END_TEST

START_TEST(divergence_is_said)
{
    double alpha = 100.0, row[16];
    struct ov_solve_options opt = ov_solve_defaults();
    struct blocks_case c = case_A();
    struct ov_error err = {0};
    c.p.g = c.p.g_star = ov_activation_find("linear");
    c.p.eta_w = 2.0;
    ck_assert_int_eq(ov_online_solve(row, &c.p, &c.start, &alpha, 1, &opt, NULL, NULL, &err),
                     OV_EDIVERGED);
    ck_assert(isnan(row[1]));
    release(&c);
}
END_TEST

/* ---- levels, plateaus ---- */

/* As many equal blocks are none: when a level is reached, the plateau left. */
START_TEST(times_of_equal_blocks)
{
    struct ov_solve_options opt = ov_solve_defaults();
    struct ov_overlaps o = plateau(2);
    struct blocks_case c = blocks_case(3, 2, 2, OV_ACT_ERF, OV_ACT_ERF);
    double a[3], b[3], f = 1.0 / 3.0;
    o.R[0] += 1e-3, o.R[3] += 1e-3;
    for (size_t i = 0; i < 4; i++)
        o.R[i] *= 0.3;
    for (size_t l = 0; l < 3; l++)
        set_block(&c, l, 1.0, f, (double[]){f, 0, f},
                  (double[]){f * o.R[0], f * o.R[1], f * o.R[2], f * o.R[3]},
                  (double[]){f * o.Q[0], f * o.Q[1], f * o.Q[2]});
    struct ov_problem p = c.p;
    p.blocks = NULL;
    ck_ok(ov_online_time_to(&a[0], &p, &o, 1e-3, 5e3, &opt, NULL, NULL, NULL));
    ck_ok(ov_online_time_to(&b[0], &c.p, &c.start, 1e-3, 5e3, &opt, NULL, NULL, NULL));
    ck_ok(ov_online_escape(&a[1], &a[2], &p, &o, 5e3, &opt, NULL, NULL, NULL));
    c.p.blocks->in_rows = true; /* does not matter here */
    ck_ok(ov_online_escape(&b[1], &b[2], &c.p, &c.start, 5e3, &opt, NULL, NULL, NULL));
    for (size_t i = 0; i < 3; i++)
        ck_agree(a[i], b[i], 1e-6, 0.0);
    ck_assert(a[0] > 100.0 && a[1] > 100.0);
    ov_overlaps_free(&o);
    release(&c);
}
END_TEST

/* What a smaller asymmetry of the start costs on the plateau: ln(its ratio)/lambda, with lambda =
 * eta 0.0657498 <rho^2> (K = M = 2). Starts are in the teacher's span: what is not delays the exit. */
START_TEST(plateau_lasts_as_long_as_the_square_says)
{
    static const double share[] = {1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0}, b = 0.4082482904638631;
    double rho[3], mean = 0.0, left[2];
    for (size_t l = 0; l < 3; l++)
        mean += share[l] * (rho[l] = exp((double)_i * 0.5 * sqrt(3.0) * ((double)l - 1.0)));
    struct blocks_case c = blocks_case(3, 2, 2, OV_ACT_ERF, OV_ACT_ERF);
    struct ov_solve_options opt = ov_solve_defaults();
    opt.rtol = 1e-10;
    c.p.eta_w = 1.0, c.p.gradient_flow = true;
    for (int i = 0; i < 2; i++) {
        for (size_t l = 0; l < 3; l++) {
            /* w_1 = u w*_1 + w w*_2, its asymmetry in proportion to rho_l as what grows has it */
            double part = (i ? 1e-4 : 1e-3) * rho[l] / mean, u = b + part, w = b - part;
            double f = share[l], both = f * (u * u + w * w);
            set_block(&c, l, rho[l] / mean, f, (double[]){f, 0, f},
                      (double[]){f * u, f * w, f * w, f * u},
                      (double[]){both, 2 * f * u * w, both});
        }
        ck_ok(ov_online_time_to(&left[i], &c.p, &c.start, 0.005, 5e3, &opt, NULL, NULL, NULL));
    }
    double lambda = 0.0657498 * ov_blocks_mean_square(c.p.blocks);
    printf("    <rho^2> %.4g: %.5f\n", ov_blocks_mean_square(c.p.blocks),
           (left[1] - left[0]) * lambda / log(10.0));
    ck_agree(1.0, (left[1] - left[0]) * lambda / log(10.0), 1e-4, 0.0);
    release(&c);
}
END_TEST

/* ---- refused ---- */

START_TEST(what_is_refused)
{
    double alpha = 1.0, found, row[64];
    struct ov_solve_options opt = ov_solve_defaults();
    struct ov_overlaps o = plateau(2);
    struct blocks_case c = case_A();
    struct ov_error err = {0};
    struct ov_fixed_point point;
    ck_assert_int_eq(ov_online_solve(row, &c.p, &o, &alpha, 1, &opt, NULL, NULL, &err), OV_EDOM);
    ck_assert_str_eq(err.text, "a start in 1 blocks for inputs in 2");
    ck_assert(isnan(row[1]));
    ck_assert_int_eq(ov_online_time_to(&found, &c.p, &o, 0.1, 1.0, &opt, NULL, NULL, NULL),
                     OV_EDOM);
    ck_assert_int_eq(ov_online_escape(&found, row, &c.p, &o, 1.0, &opt, NULL, NULL, NULL), OV_EDOM);
    ck_assert_int_eq(ov_fixed_point(&point, &o, &c.p, NULL), OV_EDOM);
    ck_assert_int_eq(ov_eta_max(&found, &c.p, &o, NULL), OV_EDOM);
    c.p.spiked = true; /* without directions */
    ck_assert_int_eq(ov_online_solve(row, &c.p, &c.start, &alpha, 1, &opt, NULL, NULL, NULL),
                     OV_EDOM);
    ov_overlaps_free(&o);
    release(&c);
}
END_TEST

static void add_tests(Suite *s)
{
    TCase *c = tcase_create("edges");
    tcase_set_timeout(c, 300);
    tcase_add_loop_test(c, signed_blocks_are_exact, 0, 3);
    tcase_add_loop_test(c, blocks_of_one_direction, 0, 4);
    tcase_add_loop_test(c, plateau_lasts_as_long_as_the_square_says, 0, 3);
    suite_add_tcase(s, c);
    OV_TEST(s, without_weights);
    OV_TEST(s, learnt_is_the_end);
    OV_TEST(s, divergence_is_said);
    OV_TEST(s, times_of_equal_blocks);
    OV_TEST(s, what_is_refused);
}

OV_TEST_MAIN("theory/online_blocks_runs");
