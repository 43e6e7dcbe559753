/* SPDX-License-Identifier: MIT
 *
 * Engine `law` against equations of motion that are written here (paper.md eq:labels_erf): one
 * sigmoidal unit that learns signs, of which a share p is flipped. With the averages of eq:erf_student and a teacher that is a
 * sigmoidal unit of infinitely long weights (T = 1, D = 1 + Q - R^2, c = 1 - 2p):
 *     <g' sign(nu) nu>     = (2/pi) sqrt(D)/(1 + Q)        <g' g nu>     = (2/pi) R/((1 + Q) r)
 *     <g' sign(nu) lambda> = (2/pi) R/((1 + Q) sqrt(D))    <g' g lambda> = (2/pi) Q/((1 + Q) r)
 *     <g'^2> = (2/pi)/r,  r = sqrt(1 + 2Q)
 *     <g'^2 sign(nu) g> = (4/pi^2)/r arcsin(R/sqrt((1 + 2Q - 2R^2)(1 + 3Q)))
 *     <g'^2 g^2>        = (4/pi^2)/r arcsin(Q/(1 + 3Q))
 */
#include <math.h>

#include "law_case.h"

static const double pi = 3.14159265358979323846;

static void slopes(double d[2], const double y[2], double eta, double c)
{
    double Q = y[0], R = y[1], D = 1.0 + Q - R * R, r = sqrt(1.0 + 2.0 * Q);
    double with_nu = 2.0 / pi * (c * sqrt(D) - R / r) / (1.0 + Q);
    double with_lambda = 2.0 / pi * (c * R / sqrt(D) - Q / r) / (1.0 + Q);
    double cross = asin(R / sqrt((1.0 + 2.0 * Q - 2.0 * R * R) * (1.0 + 3.0 * Q)));
    double noise =
        2.0 / pi / r + 4.0 / (pi * pi * r) * (asin(Q / (1.0 + 3.0 * Q)) - 2.0 * c * cross);
    d[0] = 2.0 * eta * with_lambda + eta * eta * noise;
    d[1] = eta * with_nu;
}

/* Runge & Kutta, steps of 1/1000. */
static void path(double y[2], double eta, double c, double alpha)
{
    const double h = 1e-3, part[4] = {0.0, 0.5, 0.5, 1.0}, weight[4] = {1, 2, 2, 1};
    for (int step = 0; step < (int)round(alpha / h); step++) {
        double k[4][2], sum[2] = {0.0, 0.0};
        for (int s = 0; s < 4; s++) {
            double at[2];
            for (int i = 0; i < 2; i++)
                at[i] = y[i] + (s > 0 ? part[s] * h * k[s - 1][i] : 0.0);
            slopes(k[s], at, eta, c);
            for (int i = 0; i < 2; i++)
                sum[i] += weight[s] * k[s][i];
        }
        for (int i = 0; i < 2; i++)
            y[i] += h / 6.0 * sum[i];
    }
}

enum { RUNS = 64, N = 4000 };

/* Mean of column i over the runs' one row, and its standard error. */
static void mean_of(double *mean, double *se, const double *rows, size_t width, size_t i)
{
    double sum = 0.0, square = 0.0;
    for (size_t r = 0; r < RUNS; r++) {
        sum += rows[r * width + i];
        square += rows[r * width + i] * rows[r * width + i];
    }
    *mean = sum / RUNS;
    *se = sqrt((square / RUNS - *mean * *mean) / (RUNS - 1));
}

static struct ov_problem one_unit(double eta, double flip)
{
    struct ov_problem p = problem(N, 1, 1, "erf", "tanh");
    p.sigma = p.eta_v = 0.0;
    p.eta_w = eta;
    p.start = OV_START_OVERLAPS;
    p.Q = zeros(1);
    p.R = zeros(1);
    p.Q[0] = 0.2;
    p.R[0] = 0.1;
    p.labels = (struct ov_labels){true, flip, 10};
    ck_ok(ov_problem_check(&p, NULL, NULL));
    return p;
}

/* Of the row's columns eps_g, Q, R and eps_c, how many are off the path's by more than 4.5 standard
 * errors and 5/N. */
static size_t off(double eta, double flip, double alpha, double c)
{
    struct ov_problem p = one_unit(eta, flip);
    uint64_t *key = keys(1, RUNS);
    size_t width = ov_measured_width(&p), wrong = 0;
    double *rows = zeros(RUNS * width), y[2] = {0.2, 0.1};
    ck_ok(ov_law_run(rows, &p, key, RUNS, &alpha, 1, NULL, NULL));
    path(y, eta, c, alpha);
    double phi2 = 2.0 / pi * asin(y[0] / (1.0 + y[0]));
    const double expected[4] = {0.5 * phi2 - 2.0 / pi * asin(y[1] / sqrt(1.0 + y[0])) + 0.5, y[0],
                                y[1], acos(y[1] / sqrt(y[0])) / pi};
    const size_t column[4] = {1, 2, 3, 6};
    for (size_t i = 0; i < 4; i++) {
        double mean, se;
        mean_of(&mean, &se, rows, width, column[i]);
        wrong += fabs(mean - expected[i]) < 4.5 * se + 5.0 / N ? 0 : 1;
    }
    free(rows);
    free(key);
    ov_problem_free(&p);
    return wrong;
}

START_TEST(a_sigmoidal_unit_follows_its_equations)
{
    const struct {
        double eta, flip, alpha;
    } cases[] = {{0.3, 0.0, 4.0}, {1.0, 0.0, 12.0}, {0.5, 0.15, 10.0}, {1.5, 0.4, 30.0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double c = 1.0 - 2.0 * cases[i].flip;
        size_t wrong = off(cases[i].eta, cases[i].flip, cases[i].alpha, c);
        ck_assert_msg(wrong == 0, "case %zu: %zu of 4", i, wrong);
    }
    ck_assert_uint_eq(4, off(0.5, 0.15, 10.0, 1.0 - 0.15)); /* it can tell */
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, a_sigmoidal_unit_follows_its_equations);
}

OV_TEST_MAIN("sim/law_signs");
