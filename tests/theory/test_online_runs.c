/* SPDX-License-Identifier: MIT
 *
 * Long runs of theory/online.h: known values, plateaus, late times, the two methods.
 */
#include <math.h>
#include <string.h>

#include "overlap/model/eps_g.h"
#include "overlap/theory/jacobian.h"
#include "overlap/theory/online.h"
#include "test.h"
#include "theory/networks.h"

/* ---- check values of the erf network (independent runs with another solver) ---- */

struct stationary {
    size_t M, L;
    double eta, ratio; /* eps* / (eta sigma^2) */
};

START_TEST(erf_stationary_error)
{
    static const struct stationary known[] = {
        {1, 0, 0.01, .092114}, {1, 1, 0.01, .252365}, {2, 0, 0.01, .184565}, {2, 1, 0.01, .345409}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t M = known[i].M, K = M + known[i].L;
        struct ov_problem p = problem(K, M, OV_ACT_ERF, OV_ACT_ERF);
        p.eta_w = known[i].eta, p.sigma = 0.1;
        struct ov_overlaps o = informed(K, M, 1e-2);
        double ratio = eps_g_at(&p, &o, 1e5) / (p.eta_w * 0.01);
        ck_agree(known[i].ratio, ratio, 0.0, 5.1e-7);
    }
    /* first order in eta: (L + M/sqrt 3)/(2 pi), corrections 1.0252 and 1.0552 at eta = 0.1 */
    static const double correction[2] = {1.0252, 1.0552};
    for (size_t L = 0; L < 2; L++) {
        struct ov_problem p = problem(1 + L, 1, OV_ACT_ERF, OV_ACT_ERF);
        p.sigma = 0.1;
        struct ov_overlaps o = informed(1 + L, 1, 1e-2);
        double formula = 0.001 * ((double)L + 1.0 / sqrt(3.0)) / (2.0 * M_PI);
        ck_agree(correction[L], eps_g_at(&p, &o, 1e4) / formula, 0.0, 5.1e-5);
    }
}
END_TEST

START_TEST(symmetric_plateau)
{
    static const double at_01[3] = {.011656, .020444, .028678},
                        at_1[3] = {.012086, .021890, .031735};
    for (size_t M = 2; M <= 4; M++) {
        double width = (double)M, dy[32];
        double height = width / M_PI * (M_PI / 6.0 - width * asin(1.0 / (2.0 * width)));
        struct ov_problem p = problem(M, M, OV_ACT_ERF, OV_ACT_ERF);
        struct ov_overlaps o = plateau(M);
        ck_agree(height, ov_eps_g(&o, &ov_activations[OV_ACT_ERF], &ov_activations[OV_ACT_ERF]),
                 1e-12, 0.0);
        /* a fixed point of gradient flow: what moves it is of order eta^2 */
        struct ov_online *online;
        p.eta_w = 1e-8;
        ck_ok(ov_online_create(&online, &p, &o));
        ov_online_rhs(dy, online, o.block);
        for (size_t i = 0; i < ov_overlaps_moving(M, M); i++)
            ck_agree(0.0, dy[i], 0.0, 1e-15);
        ov_online_free(online);
        p.eta_w = 0.01;
        ck_agree(at_01[M - 2], eps_g_at(&p, &o, 2e4), 0.0, 5.1e-7);
        o = plateau(M);
        p.eta_w = 0.1;
        ck_agree(at_1[M - 2], eps_g_at(&p, &o, 2e3), 0.0, 5.1e-7);
    }
}
END_TEST

/* When eps_g falls through `level`, by linear interpolation of its logarithm. */
static double fall_through(const double *rows, size_t n, size_t width, double level)
{
    for (size_t i = 1; i < n; i++) {
        const double *a = rows + (i - 1) * width, *b = rows + i * width;
        if (b[1] < level && a[1] >= level)
            return a[0] + (b[0] - a[0]) * log(a[1] / level) / log(a[1] / b[1]);
    }
    return NAN;
}

static int rhs_at(double *dy, const double *y, void *ctx)
{
    ov_online_rhs(dy, ctx, y);
    return 0;
}

/* Fastest growth at the plateau of M = K = 2, whose exact place at this eta is found by letting
 * the symmetric state relax. */
static double growth_at_plateau(const struct ov_problem *p)
{
    struct ov_overlaps o = plateau(2);
    double J[81], scratch[27], alpha[1] = {2e4}, *rows = solved(p, &o, alpha, 1, NULL);
    struct ov_online *online;
    ck_ok(ov_online_create(&online, p, &o));
    ck_assert_int_eq(ov_jacobian(J, rhs_at, online, rows + 2, 9, 1e-4, scratch), 0);
    ov_online_free(online);
    ov_overlaps_free(&o);
    free(rows);
    return ov_jacobian_growth(J, 9, scratch);
}

/* Each factor e less of asymmetry costs 1/growth = 151.04 of alpha (M = 2, eta = 0.1). */
START_TEST(plateau_length)
{
    enum { TIMES = 3000 };
    static double alpha[TIMES];
    for (size_t i = 0; i < TIMES; i++)
        alpha[i] = (double)i;
    struct ov_problem p = problem(2, 2, OV_ACT_ERF, OV_ACT_ERF);
    double e_fold = 1.0 / growth_at_plateau(&p), exits[7];
    ck_agree(151.04, e_fold, 0.0, 5.1e-3);
    for (int digit = 2; digit <= 8; digit++) {
        struct ov_overlaps o = plateau(2);
        for (size_t i = 0; i < 4; i++)
            o.R[i] += 0.5 * (i == 0 || i == 3 ? 1.0 : -1.0) * pow(10.0, -digit);
        for (size_t k = 0; k < 2; k++) /* a covariance: all in the teachers' span, as before */
            for (size_t l = 0; l <= k; l++)
                o.Q[ov_sym_at(k, l)] = o.R[2 * k] * o.R[2 * l] + o.R[2 * k + 1] * o.R[2 * l + 1];
        double *rows = solved(&p, &o, alpha, TIMES, NULL);
        exits[digit - 2] = fall_through(rows, TIMES, ov_row_width(2, 2), 0.012086 / 2);
        if (digit > 3)
            ck_agree(e_fold, (exits[digit - 2] - exits[digit - 3]) / M_LN10, 1e-4, 0.0);
        free(rows);
        ov_overlaps_free(&o);
    }
    ck_agree(1329.5, exits[2], 0.0, 0.1);
    ck_agree(2025.1, exits[4], 0.0, 0.1);
    ck_agree(2720.7, exits[6], 0.0, 0.1);
}
END_TEST

START_TEST(unrealisable_rule)
{
    static const double known[3][2] = {{0.5, .030606}, {0.1, .030251}, {0.01, .030180}};
    for (size_t i = 0; i < 3; i++) {
        struct ov_problem p = problem(1, 2, OV_ACT_ERF, OV_ACT_ERF);
        struct ov_overlaps o = alike(1, 2, 0.0);
        p.eta_w = known[i][0];
        ck_agree(known[i][1], eps_g_at(&p, &o, 1e4 / p.eta_w), 0.0, 5.1e-7);
    }
}
END_TEST

/* ---- the solver on these equations ---- */

/* Random start of a simulation in N dimensions; O(1) teacher. */
static struct ov_overlaps random_start(size_t K, size_t M, size_t N, gsl_rng *r)
{
    struct ov_overlaps o = blank(K, M);
    double *w = calloc((K + M) * N, sizeof *w);
    ck_assert_ptr_nonnull(w);
    for (size_t i = 0; i < (K + M) * N; i++)
        w[i] = gsl_ran_gaussian_ziggurat(r, 1.0);
    ov_overlaps_measure(&o, w, w + K * N, N);
    free(w);
    return o;
}

/* The largest relative deviation of eps_g and absolute one of y between the two methods. */
static void compare_methods(double *eps_g, double *y, const struct ov_problem *p,
                            const struct ov_overlaps *start, double last)
{
    enum { TIMES = 60 };
    double alpha[TIMES];
    size_t w = ov_row_width(p->K, p->M);
    for (size_t i = 0; i < TIMES; i++)
        alpha[i] = last * pow(10.0, -4.0 * (double)(TIMES - 1 - i) / (TIMES - 1));
    struct ov_solve_options reference = {.method = OV_RK8PD, .rtol = 1e-12, .atol = 1e-16};
    double *a = solved(p, start, alpha, TIMES, NULL),
           *b = solved(p, start, alpha, TIMES, &reference);
    *eps_g = *y = 0.0;
    for (size_t i = 0; i < TIMES; i++) {
        *eps_g = fmax(*eps_g, fabs(a[i * w + 1] / b[i * w + 1] - 1.0));
        for (size_t e = 2; e < w; e++)
            *y = fmax(*y, fabs(a[i * w + e] - b[i * w + e]));
    }
    free(a);
    free(b);
}

/* The promise of theory/solve.h: rtol 1e-8 gives eps_g to about 1e-6, plateaus included. */
START_TEST(methods_agree)
{
    gsl_rng *r = ov_test_rng(200);
    double eps_g, y;
    for (double asymmetry = 1e-2; asymmetry > 5e-7; asymmetry *= 0.1) {
        struct ov_problem p = problem(2, 2, OV_ACT_ERF, OV_ACT_ERF);
        struct ov_overlaps o = alike(2, 2, asymmetry);
        p.sigma = 0.1;
        compare_methods(&eps_g, &y, &p, &o, 3000.0);
        printf("    K=M=2, asymmetry %.0e: eps_g to %.1e, y to %.1e\n", asymmetry, eps_g, y);
        ck_assert_double_lt(eps_g, 2e-6);
        ov_overlaps_free(&o);
    }
    struct ov_problem wide = problem(8, 4, OV_ACT_ERF, OV_ACT_ERF);
    struct ov_overlaps many = random_start(8, 4, 784, r);
    compare_methods(&eps_g, &y, &wide, &many, 100.0);
    printf("    K=8, M=4: eps_g to %.1e, y to %.1e\n", eps_g, y);
    ck_assert_double_lt(eps_g, 2e-6);
    ov_overlaps_free(&many);
    for (size_t turn = 0; turn < 4; turn++) {
        struct ov_problem p = problem(3, 2, (enum ov_act)(turn % 2), (enum ov_act)(turn / 2 % 2));
        struct ov_overlaps o = random_start(3, 2, 500, r);
        p.sigma = 0.1, p.decay_w = 0.01, p.eta_v = 0.05;
        compare_methods(&eps_g, &y, &p, &o, 300.0);
        printf("    %s/%s, both layers: eps_g to %.1e, y to %.1e\n", p.g->name, p.g_star->name,
               eps_g, y);
        ck_assert_double_lt(eps_g, 2e-6);
        ov_overlaps_free(&o);
    }
    gsl_rng_free(r);
}
END_TEST

/* A million in alpha costs little, from anywhere: also on a fixed point, with the error going to
 * zero, with flat directions. */
START_TEST(a_million_is_routine)
{
    double alpha[3] = {0.0, 1.0, 1e6};
    for (size_t i = 0; i < 8; i++) {
        size_t K = i == 6 ? 4 : 2, M = 2;
        struct ov_problem p = problem(K, M, i == 7 ? OV_ACT_LINEAR : OV_ACT_ERF, OV_ACT_ERF);
        struct ov_overlaps starts[8] = {informed(2, 2, 0), alike(2, 2, 1e-4), alike(2, 2, 0),
                                        plateau(2),        alike(2, 2, 1e-2), alike(2, 2, 1e-2),
                                        informed(4, 2, 0), alike(2, 2, 1e-1)};
        p.sigma = i == 4 || i == 6 ? 0.1 : 0.0;
        p.eta_v = i >= 5 ? 0.1 : 0.0;
        struct ov_solve_options opt = ov_solve_defaults();
        struct ov_solve_report report;
        struct ov_error err = {0};
        double rows[3 * 40], eps_g;
        enum ov_status status =
            ov_online_solve(rows, &p, &starts[i], alpha, 3, &opt, &report, NULL, &err);
        ck_assert_msg(status == OV_OK, "case %zu: %s", i, err.text);
        eps_g = rows[2 * ov_row_width(K, M) + 1];
        printf("    case %zu: %zu right-hand sides, eps_g %.3g\n", i, report.n_rhs, eps_g);
        ck_assert_uint_lt(report.n_rhs, 50000);
        ck_assert(eps_g >= 0.0 && eps_g < 0.5);
        for (size_t j = 0; j < 8; j++)
            ov_overlaps_free(&starts[j]);
    }
}
END_TEST

/* Perfect learning stays perfect. */
START_TEST(perfect_student_stays)
{
    struct ov_problem p = problem(3, 3, OV_ACT_ERF, OV_ACT_ERF);
    struct ov_overlaps o = informed(3, 3, 0.0);
    ck_agree(0.0, eps_g_at(&p, &o, 1e6), 0.0, 1e-15);
}
END_TEST

/* [T R'; R Q] stays positive semi-definite: on the way, from singular starts, at late times. */
START_TEST(covariance_stays_positive)
{
    enum { TIMES = 50 };
    gsl_rng *r = ov_test_rng(300);
    double alpha[TIMES], C[28], least;
    for (size_t i = 0; i < TIMES; i++)
        alpha[i] = i == 0 ? 0.0 : pow(10.0, -3.0 + 7.0 * (double)i / (TIMES - 1));
    for (size_t turn = 0; turn < 6; turn++) {
        struct ov_problem p = problem(3, 2, OV_ACT_ERF, OV_ACT_ERF);
        struct ov_overlaps o = turn % 3 == 0   ? informed(3, 2, 0.0)
                               : turn % 3 == 1 ? blank(3, 2)
                                               : random_overlaps(3, 2, r);
        p.sigma = 0.1, p.eta_v = turn < 3 ? 0.0 : 0.1;
        double *rows = solved(&p, &o, alpha, TIMES, NULL);
        for (size_t i = 0; i < TIMES; i++) {
            memcpy(o.block, rows + i * ov_row_width(3, 2) + 2,
                   ov_overlaps_moving(3, 2) * sizeof *o.block);
            ov_overlaps_covariance(C, &o);
            ck_ok(ov_sym_min_eigenvalue(&least, C, 5));
            ck_assert_msg(least > -1e-8, "turn %zu alpha %g: %g", turn, alpha[i], least);
            ck_agree(ov_eps_g(&o, &ov_activations[OV_ACT_ERF], &ov_activations[OV_ACT_ERF]),
                     rows[i * ov_row_width(3, 2) + 1], 0.0, 0.0);
        }
        free(rows);
        ov_overlaps_free(&o);
    }
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, erf_stationary_error);
    OV_TEST(s, symmetric_plateau);
    OV_TEST(s, plateau_length);
    OV_TEST(s, unrealisable_rule);
    OV_TEST(s, methods_agree);
    OV_TEST(s, a_million_is_routine);
    OV_TEST(s, perfect_student_stays);
    OV_TEST(s, covariance_stays_positive);
}

OV_TEST_MAIN("theory/online, long runs");
