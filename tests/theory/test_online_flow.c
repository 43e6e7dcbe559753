/* SPDX-License-Identifier: MIT
 *
 * Gradient flow on the population risk: the overlaps' equations without noise against the flow of the
 * weights themselves, dw_k/dalpha = -eta_w N grad_k eps_g, with the gradient by differences of eps_g in
 * four dimensions; and the Jacobian of it against differences.
 */
#include <math.h>

#include "overlap/model/eps_g.h"
#include "overlap/theory/fixed_point.h"
#include "overlap/theory/jacobian.h"
#include "test.h"
#include "theory/networks.h"

enum { DIM = 4, UNITS = 2, WEIGHTS = UNITS * DIM };

struct flow {
    const struct ov_problem *p;
    double w_star[UNITS][DIM];
    struct ov_overlaps o; /* T, v, v_star for good */
};

static double dot(const double *a, const double *b)
{
    double sum = 0.0;
    for (size_t i = 0; i < DIM; i++)
        sum += a[i] * b[i];
    return sum / DIM;
}

static void measure(struct flow *f, const double *w)
{
    for (size_t k = 0; k < UNITS; k++)
        for (size_t l = 0; l < UNITS; l++) {
            f->o.R[k * UNITS + l] = dot(w + k * DIM, f->w_star[l]);
            f->o.Q[ov_sym_at(k, l)] = dot(w + k * DIM, w + l * DIM);
        }
}

static double risk(struct flow *f, const double *w)
{
    measure(f, w);
    return ov_eps_g(&f->o, f->p->g, f->p->g_star);
}

/* Differences of fourth order. */
static void slope(double *dw, struct flow *f, const double *w)
{
    static const double h = 1e-3, weight[2] = {2.0 / 3.0, -1.0 / 12.0};
    double x[WEIGHTS];
    for (size_t i = 0; i < WEIGHTS; i++) {
        double sum = 0.0;
        memcpy(x, w, sizeof x);
        for (int n = 1; n <= 2; n++)
            for (int sign = -1; sign <= 1; sign += 2) {
                x[i] = w[i] + sign * n * h;
                sum += sign * weight[n - 1] * risk(f, x);
            }
        dw[i] = -f->p->eta_w * DIM * sum / h;
    }
}

/* Runge and Kutta's fourth order. */
static void step(double *w, struct flow *f, double h)
{
    static const double at[4] = {0.0, 0.5, 0.5, 1.0}, weight[4] = {1.0, 2.0, 2.0, 1.0};
    double x[WEIGHTS], dw[WEIGHTS] = {0}, to[WEIGHTS];
    memcpy(to, w, sizeof to);
    for (int i = 0; i < 4; i++) {
        for (size_t j = 0; j < WEIGHTS; j++)
            x[j] = w[j] + at[i] * h * dw[j];
        slope(dw, f, x);
        for (size_t j = 0; j < WEIGHTS; j++)
            to[j] += weight[i] * h / 6.0 * dw[j];
    }
    memcpy(w, to, sizeof to);
}

static struct flow make_flow(const struct ov_problem *p, double *w, gsl_rng *r)
{
    struct flow f = {.p = p, .o = blank(UNITS, UNITS)};
    for (size_t i = 0; i < WEIGHTS; i++)
        w[i] = gsl_ran_gaussian(r, 1.0);
    for (size_t i = 0; i < WEIGHTS; i++)
        f.w_star[i / DIM][i % DIM] = gsl_ran_gaussian(r, 1.0);
    for (size_t m = 0; m < UNITS; m++) {
        f.o.v[m] = gsl_ran_flat(r, 0.5, 1.0);
        f.o.v_star[m] = gsl_ran_flat(r, 0.5, 1.0);
        for (size_t n = 0; n <= m; n++)
            f.o.T[ov_sym_at(m, n)] = dot(f.w_star[m], f.w_star[n]);
    }
    measure(&f, w);
    return f;
}

/* What SGD does at this rate is far away, and label noise does not matter. */
static void weights_flow(enum ov_act g, unsigned long seed)
{
    gsl_rng *r = ov_test_rng(seed);
    struct ov_problem p = problem(UNITS, UNITS, g, g);
    p.eta_w = 0.8, p.sigma = 0.3, p.gradient_flow = true;
    double w[WEIGHTS], alpha = 3.0;
    struct flow f = make_flow(&p, w, r);
    double *row = solved(&p, &f.o, &alpha, 1, NULL);
    p.gradient_flow = false;
    double *noisy = solved(&p, &f.o, &alpha, 1, NULL);
    for (int i = 0; i < 600; i++)
        step(w, &f, alpha / 600);
    ck_agree(risk(&f, w), row[1], 1e-6, 1e-9);
    for (size_t i = 0; i < ov_sym_size(UNITS) + UNITS * UNITS; i++)
        ck_agree(f.o.block[i], row[2 + i], 1e-6, 1e-7);
    ck_assert_double_gt(fabs(noisy[1] / row[1] - 1.0), 0.1);
    free(noisy);
    free(row);
    ov_overlaps_free(&f.o);
    gsl_rng_free(r);
}

START_TEST(weights_flow_so)
{
    weights_flow(OV_ACT_ERF, 661);
    weights_flow(OV_ACT_RELU, 662);
}
END_TEST

static int rhs(double *dy, const double *y, void *ctx)
{
    ov_online_rhs(dy, ctx, y);
    return 0;
}

static void jacobian_is_right(enum ov_act g, double eta_v, gsl_rng *r)
{
    enum { MOST = 9 };
    double J[MOST * MOST], F[MOST * MOST], scratch[3 * MOST];
    struct ov_problem p = problem(2, 2, g, g);
    p.eta_w = 0.7, p.sigma = 0.4, p.gradient_flow = true;
    p.eta_v = eta_v;
    struct ov_overlaps o = random_overlaps(2, 2, r);
    struct ov_online *online;
    size_t n = ov_overlaps_moving(2, 2), m = eta_v != 0.0 ? n : n - 2;
    ck_ok(ov_online_create(&online, &p, &o));
    ck_assert_int_eq(ov_jacobian(F, rhs, online, o.block, n, 0.1, scratch), 0);
    ck_assert_int_eq(ov_online_jacobian(J, online, o.block), 0);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++)
            ck_agree(F[i * n + j], J[i * m + j], 1e-5, 1e-6);
    ov_online_free(online);
    ov_overlaps_free(&o);
}

START_TEST(jacobian_is_that_of_the_flow)
{
    gsl_rng *r = ov_test_rng(671);
    for (int i = 0; i < 6; i++)
        jacobian_is_right((enum ov_act[]){OV_ACT_ERF, OV_ACT_RELU, OV_ACT_QUADRATIC}[i / 2],
                          i % 2 ? 0.5 : 0.0, r);
    gsl_rng_free(r);
}
END_TEST

/* With label noise the flow still ends in the perfect student, which is a fixed point of it. */
START_TEST(flow_is_perfect_in_the_end)
{
    struct ov_problem p = problem(2, 2, OV_ACT_ERF, OV_ACT_ERF);
    p.sigma = 0.5, p.gradient_flow = true;
    struct ov_overlaps start = alike(2, 2, 0.1);
    struct ov_fixed_point found;
    ck_assert_double_lt(eps_g_at(&p, &start, 1e5), 1e-13);
    start = informed(2, 2, 0.0);
    ck_ok(ov_fixed_point(&found, &start, &p, NULL));
    ck_assert_double_lt(found.eps_g, 1e-13);
    ck_assert_double_lt(found.growth, 0.0);
    p.gradient_flow = false;
    ck_ok(ov_fixed_point(&found, &start, &p, NULL));
    ck_assert_double_gt(found.eps_g, 1e-4);
    ov_overlaps_free(&start);
}
END_TEST

/* msbdf's matrices of 2555 equations are not made: the path is rk8pd's. */
START_TEST(many_equations_are_left_to_rk8pd)
{
    struct ov_problem p = problem(70, 1, OV_ACT_QUADRATIC, OV_ACT_QUADRATIC);
    struct ov_overlaps start = blank(70, 1);
    struct ov_solve_options msbdf = ov_solve_defaults(), rk8pd = msbdf;
    struct ov_solve_report report;
    size_t width = ov_row_width(70, 1);
    double *row = calloc(2 * width, sizeof *row), alpha = 1.0;
    for (size_t k = 0; k < 70; k++) {
        start.v[k] = 1.0 / 70.0;
        start.Q[ov_sym_at(k, k)] = 1.0;
        start.R[k] = k % 2 ? 0.1 : -0.2;
    }
    rk8pd.method = OV_RK8PD;
    ck_ok(ov_online_solve(row, &p, &start, &alpha, 1, &msbdf, &report, NULL, NULL));
    ck_assert_uint_eq(report.n_jacobian, 0);
    ck_ok(ov_online_solve(row + width, &p, &start, &alpha, 1, &rk8pd, NULL, NULL, NULL));
    for (size_t i = 0; i < width; i++)
        ck_assert_double_eq(row[i], row[width + i]);
    ck_assert_double_gt(fabs(row[2] - 1.0), 1e-3);
    free(row);
    ov_overlaps_free(&start);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, weights_flow_so);
    OV_TEST(s, jacobian_is_that_of_the_flow);
    OV_TEST(s, flow_is_perfect_in_the_end);
    OV_TEST(s, many_equations_are_left_to_rk8pd);
}

OV_TEST_MAIN("theory/online, gradient flow");
