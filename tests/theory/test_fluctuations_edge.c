/* SPDX-License-Identifier: MIT
 *
 * Fluctuations at the edge of the cone of covariances: every activation from students without
 * weights, that know the teacher, that are alike or lie in the teachers' span; what drives the mean of
 * a ReLU unit that has nearly learnt, against the elementary equations of one unit.
 */
#include <math.h>
#include <string.h>

#include "fluctuations_local_internal.h"
#include "overlap/theory/fluctuations.h"
#include "test.h"
#include "theory/networks.h"

/* ---- every activation, every start ---- */

enum start { NO_WEIGHTS, NO_V, NOTHING, INFORMED, PERFECT, ALIKE, IN_SPAN, STARTS };

static const char *const start_name[STARTS] = {"no weights", "no v",  "nothing", "informed",
                                               "perfect",    "alike", "in span"};

/* Students that are combinations of the teachers. */
static struct ov_overlaps in_span(size_t K, size_t M)
{
    struct ov_overlaps o = blank(K, M);
    for (size_t k = 0; k < K; k++)
        for (size_t m = 0; m < M; m++)
            o.R[k * M + m] = k == m ? 0.5 : 0.3;
    for (size_t k = 0; k < K; k++)
        for (size_t l = 0; l <= k; l++)
            for (size_t m = 0; m < M; m++)
                o.Q[ov_sym_at(k, l)] += o.R[k * M + m] * o.R[l * M + m];
    return o;
}

static struct ov_overlaps start_of(enum start kind, size_t K, size_t M)
{
    struct ov_overlaps o = kind == IN_SPAN                       ? in_span(K, M)
                           : kind == INFORMED || kind == PERFECT ? informed(K, M, 0.0)
                           : kind == NO_V                        ? alike(K, M, 0.2)
                           : kind == ALIKE                       ? alike(K, M, 0.0)
                                                                 : blank(K, M);
    for (size_t i = 0; kind == ALIKE && i < ov_sym_size(K); i++)
        o.Q[i] = 0.5;
    for (size_t k = 0; (kind == NO_V || kind == NOTHING) && k < K; k++)
        o.v[k] = 0.0;
    return o;
}

/* The steep units have a rate that they bear. */
static struct ov_problem problem_of(const struct ov_activation *g, enum start kind, size_t K,
                                    size_t M, bool both)
{
    struct ov_problem p = problem(K, M, OV_ACT_ERF, OV_ACT_ERF);
    p.g = p.g_star = g;
    p.eta_w = strcmp(g->name, "he4") == 0 ? 1e-4 : strcmp(g->name, "he3") == 0 ? 2e-3 : 0.05;
    p.eta_v = both ? p.eta_w : 0.0;
    p.sigma = kind == PERFECT ? 0.0 : 0.1;
    return p;
}

static bool has_kink(const struct ov_activation *g)
{
    return g->act == OV_ACT_RELU || g->act == OV_ACT_LEAKY_RELU;
}

enum { WIDEST = 64 };

/* Finite numbers, and those of a start that is just inside of the cone. Not so where a unit has a
 * kink: without weights a ReLU stays there, a leaky one has no fluctuations. */
static void check(const struct ov_activation *g, enum start kind, size_t K, size_t M, bool both)
{
    static const double alpha[2] = {0.0, 2.0};
    struct ov_problem p = problem_of(g, kind, K, M, both);
    struct ov_overlaps o = start_of(kind, K, M);
    struct ov_error err = {0};
    size_t width = ov_fluctuations_width(K, M);
    double rows[2 * WIDEST], near[2 * WIDEST];
    bool starts = kind == NO_WEIGHTS || (K > M && (kind == INFORMED || kind == PERFECT));
    ck_assert_uint_le(width, WIDEST);
    enum ov_status status =
        ov_fluctuations_solve(rows, NULL, &p, &o, alpha, 2, NULL, NULL, NULL, &err);
    if (starts && g->act == OV_ACT_LEAKY_RELU) {
        ck_assert_int_eq(status, OV_ENUMERIC);
        ck_assert_ptr_nonnull(strstr(err.text, "mean slope jumps"));
    } else {
        ck_assert_msg(status == OV_OK, "%s, %s: %s", g->name, start_name[kind], err.text);
        for (size_t i = 0; i < 2 * width; i++)
            ck_assert_msg(isfinite(rows[i]), "%s, %s: number %zu is not finite", g->name,
                          start_name[kind], i);
    }
    bool at_kink = has_kink(g) && (starts || kind == NOTHING);
    if (status == OV_OK && !at_kink && K == 1) {
        for (size_t k = 0; k < K; k++)
            o.Q[ov_sym_at(k, k)] += 1e-11;
        ck_ok(ov_fluctuations_solve(near, NULL, &p, &o, alpha, 2, NULL, NULL, NULL, &err));
        for (size_t i = width + 1; i < 2 * width; i++)
            ck_assert_msg(fabs(rows[i] - near[i]) < 0.02 * fabs(near[i]) + 1e-4,
                          "%s, %s, both %d, number %zu: %g, inside %g", g->name, start_name[kind],
                          both, i - width, rows[i], near[i]);
    }
    ov_overlaps_free(&o);
}

START_TEST(every_activation_from_every_start)
{
    for (size_t a = 0; a < ov_activation_count; a++)
        for (enum start kind = NO_WEIGHTS; kind < STARTS; kind++)
            for (int both = 0; both < 2; both++) {
                check(&ov_activations[a], kind, 1, 1, both);
                if (!both && (kind == INFORMED || kind == ALIKE))
                    check(&ov_activations[a], kind, 2, 1, false);
            }
}
END_TEST

/* Where the equations of motion have a pole, so it is told. */
START_TEST(a_pole_is_a_divergence)
{
    struct ov_problem p = problem_of(ov_activation_find("he3"), INFORMED, 1, 1, false);
    struct ov_overlaps o = start_of(INFORMED, 1, 1);
    struct ov_error err = {0};
    double alpha = 5.0, row[WIDEST];
    p.eta_w = 0.05;
    ck_assert_int_eq(ov_fluctuations_solve(row, NULL, &p, &o, &alpha, 1, NULL, NULL, NULL, &err),
                     OV_EDIVERGED);
    ck_assert_msg(strncmp(err.text, "diverges at alpha = ", 20) == 0, "%s", err.text);
    ov_overlaps_free(&o);
}
END_TEST

/* Label noise drives units apart that share a teacher (paper.md eq:apart): squares of distances that
 * rounding makes negative leave the covariances near alpha = 10^4 if nothing holds them, and the
 * path found no step there. */
START_TEST(units_that_share_part)
{
    static const double alpha[2] = {5e3, 1.5e4};
    struct ov_problem p = problem(4, 1, OV_ACT_ERF, OV_ACT_ERF);
    struct ov_overlaps o = alike(4, 1, 0.0);
    struct ov_error err = {0};
    double rows[2 * WIDEST];
    size_t width = ov_fluctuations_width(4, 1);
    p.eta_w = 0.2, p.sigma = 1.0;
    for (size_t i = 0; i < ov_sym_size(4); i++)
        o.Q[i] = 1.0;
    for (size_t k = 0; k < 4; k++)
        o.R[k] = 1.0, o.v[k] = 0.25;
    enum ov_status status =
        ov_fluctuations_solve(rows, NULL, &p, &o, alpha, 2, NULL, NULL, NULL, &err);
    ck_assert_msg(status == OV_OK, "%s", err.text);
    for (size_t i = 0; i < 2 * width; i++)
        ck_assert(isfinite(rows[i]));
    ov_overlaps_free(&o);
}
END_TEST

/* ---- one ReLU unit ---- */

/* dQ/dalpha, dR/dalpha of one ReLU student with v = 1 and one teacher, T = v* = 1 (paper.md eq:ode),
 * with the averages written out, r = R/sqrt Q:
 *   < theta nu relu(nu) > = 1/4 + asin(r)/2pi + r s/2pi,    s = sqrt(1 - r^2),
 *   < relu relu > = sqrt Q [s + r (pi/2 + asin r)]/2pi, and half a variance. */
static void one_unit(long double f[2], const long double y[2], const struct ov_problem *p)
{
    const long double tau = 2.0L * acosl(-1.0L);
    long double Q = y[0], R = y[1], eta = p->eta_w, sigma = p->sigma;
    long double r = R / sqrtl(Q), s = sqrtl((Q - R * R) / Q), angle = atan2l(r, s);
    long double square = 0.25L + (angle + r * s) / tau,
                both = sqrtl(Q) * (s + r * (tau / 4 + angle)) / tau;
    long double noise = square - 2.0L * both + Q / 2.0L + sigma * sigma / 2.0L;
    f[0] = 2.0L * eta * (both - Q / 2.0L) + eta * eta * noise;
    f[1] = eta * (square - R / 2.0L);
}

/* 1/2 sum Sigma f'' - 1/2 J f, with steps of a thousandth of the distance S from the edge, in long
 * double. Sigma = u u' + w w'. */
static void elementary_drive(double drive[2], const double y[2], const double u[2],
                             const double w[2], const struct ov_problem *p)
{
    long double S = (long double)y[0] - (long double)y[1] * y[1], here[2], up[2], down[2], x[2];
    const double *const direction[2] = {u, w};
    one_unit(here, (long double[2]){y[0], y[1]}, p);
    long double sum[2] = {0.0L, 0.0L};
    for (size_t i = 0; i < 3; i++) {
        long double d[2], size;
        for (size_t j = 0; j < 2; j++)
            d[j] = i < 2 ? direction[i][j] : here[j];
        size = fmaxl(fabsl(d[0]), fabsl(d[1]));
        long double h = 1e-3L * S / size;
        for (size_t j = 0; j < 2; j++)
            x[j] = y[j] + h * d[j];
        one_unit(up, x, p);
        for (size_t j = 0; j < 2; j++)
            x[j] = y[j] - h * d[j];
        one_unit(down, x, p);
        for (size_t j = 0; j < 2; j++)
            sum[j] += i < 2 ? 0.5L * (up[j] - 2.0L * here[j] + down[j]) / (h * h)
                            : -0.25L * (up[j] - down[j]) / h;
    }
    drive[0] = (double)sum[0], drive[1] = (double)sum[1];
}

/* Deviations as SGD has them near the teacher: of the length along it sqrt S, across it S. */
START_TEST(drive_of_a_relu_unit)
{
    struct ov_problem p = problem(1, 1, OV_ACT_RELU, OV_ACT_RELU);
    struct ov_overlaps o = blank(1, 1);
    struct ov_local local;
    p.eta_w = 0.4, p.sigma = 0.1;
    ck_ok(ov_local_create(&local, &p, &o));
    double worst = 0.0;
    for (double S = 0.3; S > 1e-7; S /= 3.0) {
        double R = 0.99, y[3] = {R * R + S, R, 1.0}, none[3] = {0.0}, drive[3], expected[2];
        double u[2] = {2.0 * R * 0.3 * sqrt(S), 0.3 * sqrt(S)}, w[2] = {S, 0.0};
        double Sigma[9] = {0.0};
        for (size_t i = 0; i < 2; i++)
            for (size_t j = 0; j < 2; j++)
                Sigma[3 * i + j] = u[i] * u[j] + w[i] * w[j];
        ck_assert(ov_local_drive(drive, &local, y, Sigma, none));
        elementary_drive(expected, y, u, w, &p);
        for (size_t i = 0; i < 2; i++)
            worst = fmax(worst, fabs(drive[i] / expected[i] - 1.0));
        printf("    S = %.1e: drive of Q %.6g, elementary %.6g; of R %.6g, %.6g\n", S, drive[0],
               expected[0], drive[1], expected[1]);
    }
    printf("    worst %.2g, relative\n", worst);
    ck_assert_double_lt(worst, 1e-3);
    ov_local_free(&local);
    ov_overlaps_free(&o);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, every_activation_from_every_start);
    OV_TEST(s, a_pole_is_a_divergence);
    OV_TEST(s, units_that_share_part);
    OV_TEST(s, drive_of_a_relu_unit);
}

OV_TEST_MAIN("theory/fluctuations, edge");
