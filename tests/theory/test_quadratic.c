/* SPDX-License-Identifier: MIT
 *
 * Long-time limits of quadratic networks: the equations by quadrature, all roots, thresholds,
 * limits against each other, and one optimum found on data.
 */
#include <math.h>

#include <gsl/gsl_randist.h>

#include "overlap/theory/quadratic.h"
#include "test.h"
#include "theory/free_density.h"
#include "theory/quadratic_optimum.h"
#include "theory/quadratic_points.h"

/* ---- (1)-(3) by quadrature, in units of x ---- */

struct cut {
    double t;
};

static double excess2(double s, double re, double rho, const void *ctx)
{
    const struct cut *x = ctx;
    (void)re, (void)rho;
    return x->t * x->t - s * s;
}

static double divergence(double s, double re, double rho, const void *ctx)
{
    const struct cut *x = ctx;
    (void)rho;
    return re * (s - x->t);
}

static double one(double s, double re, double rho, const void *ctx)
{
    (void)s, (void)re, (void)rho, (void)ctx;
    return 1.0;
}

/* Residuals of the equations at a root, relative to the largest terms. */
static double residual(const struct ov_quadratic *p, const struct ov_quadratic_point *x)
{
    struct ov_free_convolution f;
    struct cut at = {x->q / sqrt(x->xi)};
    ck_ok(ov_free_convolution_init(&f, p->kappa_star, x->xi, NULL));
    double N = free_integral(&f, x->cut, INFINITY, one, NULL);
    double div = free_integral(&f, x->cut, INFINITY, divergence, &at);
    double mse = 1.0 + 1.0 / p->kappa_star +
                 x->xi * free_integral(&f, x->cut, INFINITY, excess2, &at) + 4.0 * x->xi * div;
    double c = 1.0 - div / x->alpha, size = 1.0 + 1.0 / p->kappa_star + 0.5 * p->Delta;
    double off = fabs(mse + 0.5 * p->Delta - 2.0 * x->alpha * x->xi) / size;
    off += fabs(mse - x->mse) / size + fabs(c - x->lambda / x->q) + fabs(N - x->rank);
    off += fabs(x->alpha * x->xi * x->c * x->c - x->loss_train) / x->loss_train;
    if (x->width_limited)
        off += fabs(N - p->kappa);
    else
        ck_assert_double_eq(x->cut, x->t);
    return off;
}

START_TEST(roots_by_quadrature)
{
    gsl_rng *r = ov_test_rng(411);
    double worst = 0.0;
    size_t roots = 0, limited = 0;
    for (int turn = 0; turn < 150; turn++) {
        struct ov_quadratic p = anyone(r);
        struct ov_quadratic_point x[OV_QUADRATIC_MOST];
        double alpha = log_flat(r, 0.02, 3.0);
        size_t n;
        ck_ok(ov_quadratic_roots(x, &n, &p, alpha, NULL));
        for (size_t i = 0; i < n; i++) {
            ck_agree(alpha, x[i].alpha, 0.0, 0.0);
            if (x[i].xi > 1e-8)
                worst = fmax(worst, residual(&p, x + i));
            roots += x[i].xi > 1e-8;
            limited += x[i].width_limited;
            struct ov_quadratic_point again;
            ck_ok(ov_quadratic_map(&again, &p, x[i].xi, x[i].q, NULL));
            ck_agree(x[i].alpha, again.alpha, 1e-9, 0.0);
            ck_agree(x[i].lambda, again.lambda, 1e-8, 1e-11 * x[i].q);
            ck_agree(x[i].mse, again.mse, 1e-9, 0.0);
            ck_agree(x[i].err_in, x[i].loss_train + 0.25 * p.Delta * (1.0 - 2.0 * x[i].c), 1e-9,
                     1e-12);
            ck_assert(i == 0 || x[i].loss_reg >= x[i - 1].loss_reg);
        }
    }
    printf("    %zu roots (%zu limited by the width), largest residual %.2g\n", roots, limited,
           worst);
    ck_assert_double_lt(worst, 1e-9);
    ck_assert_uint_gt(limited, 5);
    gsl_rng_free(r);
}
END_TEST

/* ---- known values ---- */

static struct ov_quadratic_thresholds thresholds(double kappa, double kappa_star, double Delta)
{
    struct ov_quadratic_thresholds th;
    struct ov_quadratic p = {.kappa = kappa, .kappa_star = kappa_star, .Delta = Delta};
    ck_ok(ov_quadratic_thresholds(&th, &p, NULL));
    return th;
}

START_TEST(known_thresholds)
{
    static const double wide[][4] = {{.1, .157572, .300310, .2975},
                                     {.2, .255562, .435872, .34},
                                     {.3, .327155, .539845, .3775},
                                     {.5, .422175, .703697, .4375},
                                     {.7, .474623, .835587, .4775}};
    for (size_t i = 0; i < 5; i++) {
        struct ov_quadratic_thresholds th = thresholds(INFINITY, wide[i][0], 0.0);
        ck_agree(wide[i][1], th.pr_plus, 0.0, 5e-7);
        ck_agree(wide[i][2], th.kappa_sat, 0.0, 5e-7);
        ck_agree(wide[i][3], th.inter, 0.0, 1e-14);
    }
    static const double narrow[][4] = {{.15, .1, .141244, .164230}, {.35, .3, .298869, .306130},
                                       {.4, .3, .317614, .337966},  {.55, .5, .405462, .408474},
                                       {.6, .5, .417660, .425834},  {.3, .3, .255, .255}};
    for (size_t i = 0; i < 6; i++) {
        struct ov_quadratic_thresholds th = thresholds(narrow[i][0], narrow[i][1], 0.0);
        ck_agree(narrow[i][2], th.pr_plus, 0.0, 5e-7);
        ck_agree(narrow[i][3], th.inter, 0.0, 5e-7);
        ck_agree(fmin(th.inter, narrow[i][0] * (1.0 - 0.5 * narrow[i][0])), th.pr, 1e-15, 0.0);
    }
    static const double noisy[][6] = {{.4, .3, 1, .28754441, 19.212440, 10.548859},
                                      {.7, .5, .5, .32363087, 5.201240, 3.116563},
                                      {1, .3, .5, .30697670, 7.699091, 4.476883}};
    for (size_t i = 0; i < 3; i++) {
        struct ov_quadratic_thresholds th = thresholds(noisy[i][0], noisy[i][1], noisy[i][2]);
        ck_agree(noisy[i][3], th.inter, 0.0, 6e-9);
        ck_agree(noisy[i][4], th.inter_xi, 0.0, 6e-7);
        ck_agree(noisy[i][5], th.inter_mse, 0.0, 6e-7);
    }
    ck_assert(isinf(thresholds(0.2, 0.3, 0.0).pr_plus));
    ck_agree(0.5, thresholds(1.0, 1.5, 0.0).pr_plus, 0.0, 0.0);
}
END_TEST

/* The setting that was compared with simulations first. */
START_TEST(known_points)
{
    static const double known[][3] = {{0.14, 1.831, 5e-4}, {0.32, 0.02244, 5e-6}};
    const struct ov_quadratic p = {0.5, 0.2, 0.1, 0.0};
    for (size_t i = 0; i < 2; i++) {
        struct ov_quadratic_point x[OV_QUADRATIC_MOST];
        size_t n;
        ck_ok(ov_quadratic_roots(x, &n, &p, known[i][0], NULL));
        ck_assert_uint_eq(n, 1);
        ck_agree(known[i][1], x->mse, 0.0, known[i][2]);
    }
}
END_TEST

/* On either side of the thresholds, lambda -> 0+. */
START_TEST(thresholds_part_what_they_part)
{
    gsl_rng *r = ov_test_rng(412);
    for (int turn = 0; turn < 60; turn++) {
        struct ov_quadratic p = {.kappa = INFINITY, .kappa_star = gsl_ran_flat(r, 0.05, 0.95)};
        if (turn % 2)
            p.kappa = gsl_ran_flat(r, fmin(0.99, p.kappa_star + 0.05), 1.0);
        if (turn % 3 == 0)
            p.Delta = log_flat(r, 0.01, 2.0);
        struct ov_quadratic_thresholds th = thresholds(p.kappa, p.kappa_star, p.Delta);
        double at = p.Delta > 0.0 ? th.inter : th.pr_plus;
        struct ov_quadratic_point x[OV_QUADRATIC_MOST], y[OV_QUADRATIC_MOST];
        size_t n;
        ck_ok(ov_quadratic_roots(x, &n, &p, 0.98 * at, NULL));
        ck_assert_double_lt(x->loss_train, 1e-25);
        ck_assert_double_gt(x->mse, 1e-5);
        ck_ok(ov_quadratic_roots(y, &n, &p, 1.02 * at, NULL));
        if (p.Delta > 0.0)
            ck_assert_double_gt(y->loss_train, 1e-6 * p.Delta);
        else
            ck_assert_double_eq(y->mse, 0.0);
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(small_lambda_is_the_limit)
{
    gsl_rng *r = ov_test_rng(413);
    for (int turn = 0; turn < 60; turn++) {
        struct ov_quadratic p = {.kappa = turn % 3 ? INFINITY : gsl_ran_flat(r, 0.4, 1.0)};
        p.kappa_star = log_flat(r, 0.05, 0.35);
        p.Delta = turn % 2 ? 0.0 : log_flat(r, 0.01, 2.0);
        struct ov_quadratic_thresholds th = thresholds(p.kappa, p.kappa_star, p.Delta);
        double at = p.Delta > 0.0 ? th.inter : th.pr_plus, alpha = at * gsl_ran_flat(r, 0.5, 1.5);
        if (fabs(alpha / at - 1.0) < 0.05)
            continue;
        struct ov_quadratic_point x[OV_QUADRATIC_MOST], y[OV_QUADRATIC_MOST];
        size_t n_x, n_y;
        ck_ok(ov_quadratic_roots(x, &n_x, &p, alpha, NULL));
        p.lambda = 1e-9;
        ck_ok(ov_quadratic_roots(y, &n_y, &p, alpha, NULL));
        ck_assert_uint_eq(n_x, n_y);
        ck_agree(x->mse, y->mse, 1e-5, 1e-12);
        ck_agree(x->t, y->t, 1e-5, 1e-7);
        ck_agree(x->rank, y->rank, 1e-5, 0.0);
        ck_agree(x->c, y->c, 1e-5, 1e-7);
        ck_agree(x->loss_train, y->loss_train, 1e-5, 1e-10);
    }
    gsl_rng_free(r);
}
END_TEST

/* ---- how many ---- */

/* By the map alone: at each xi of a fine grid, the signs of lambda(q) - lambda along the q's at
 * which alpha is met. */
static int changes_of_sign(const struct ov_quadratic *p, double alpha)
{
    enum { XI = 500, T = 300 };
    int count = 0;
    double last[8] = {0.0};
    size_t n_last = 0;
    for (int i = 0; i < XI; i++) {
        double xi = exp(-14.0 + 18.0 * i / XI), now[8], f_before = NAN, l_before = NAN;
        size_t n = 0;
        for (int j = 0; j <= T; j++) {
            struct ov_quadratic_point x;
            ck_ok(ov_quadratic_map(&x, p, xi, sqrt(xi) * 1.5 * pow((j + 0.01) / T, 3.0), NULL));
            double f = x.alpha - alpha, w = f_before / (f_before - f);
            if (f * f_before < 0.0 && n < 8)
                now[n++] = (1.0 - w) * l_before + w * x.lambda - p->lambda;
            f_before = f;
            l_before = x.lambda;
        }
        for (size_t j = 0; n == n_last && j < n; j++)
            count += now[j] * last[j] < 0.0;
        for (size_t j = 0; j < n; j++)
            last[j] = now[j];
        n_last = n;
    }
    return count;
}

START_TEST(number_of_roots)
{
    struct ov_quadratic p = {.kappa = 0.3, .kappa_star = 0.3, .lambda = 1e-4};
    struct ov_quadratic_point x[OV_QUADRATIC_MOST];
    static const double alphas[] = {0.27, 0.3};
    for (size_t i = 0; i < 2; i++) {
        size_t found;
        ck_ok(ov_quadratic_roots(x, &found, &p, alphas[i], NULL));
        printf("    alpha = %g: %zu roots\n", alphas[i], found);
        ck_assert_int_eq(changes_of_sign(&p, alphas[i]), (int)found);
    }
    /* the branch of larger xi ends near 0.287 */
    size_t n;
    ck_ok(ov_quadratic_roots(x, &n, &p, 0.284, NULL));
    ck_assert_uint_eq(n, 3);
    ck_ok(ov_quadratic_roots(x, &n, &p, 0.289, NULL));
    ck_assert_uint_eq(n, 1);
}
END_TEST

/* Width-limited roots where one hardly looks: where the two branches meet; at t so small that its
 * branch is a piece of 1e-9 of ln xi. */
START_TEST(hidden_roots)
{
    static const struct ov_quadratic points[] = {{0.25945240372034067, 0.678556, 0.0915038, 0.0},
                                                 {0.0900269, 0.0901394, 0.00013513, 0.0},
                                                 {0.237, 1.766, 1.99357e-10, 28.6}};
    static const double alphas[] = {1.13737, 1.28214, 3.83};
    for (size_t i = 0; i < 3; i++) {
        struct ov_quadratic_point x[OV_QUADRATIC_MOST], again;
        size_t n;
        ck_ok(ov_quadratic_roots(x, &n, points + i, alphas[i], NULL));
        ck_assert(x->width_limited);
        ck_ok(ov_quadratic_map(&again, points + i, x->xi, x->q, NULL));
        ck_agree(alphas[i], again.alpha, 1e-9, 0.0);
        ck_agree(points[i].lambda, again.lambda, 1e-7, 0.0);
    }
}
END_TEST

/* ---- curves ---- */

START_TEST(curves_are_their_points)
{
    enum { N = 25 };
    gsl_rng *r = ov_test_rng(414);
    for (int turn = 0; turn < 20; turn++) {
        struct ov_quadratic p = anyone(r);
        struct ov_quadratic_point x[N], alone[OV_QUADRATIC_MOST];
        double alpha[N];
        for (int i = 0; i < N; i++)
            alpha[i] = turn % 2 ? 0.05 + 0.05 * i : log_flat(r, 0.03, 3.0);
        if (turn % 5 == 0)
            p.lambda = 0.0;
        ck_ok(ov_quadratic_curve(x, &p, alpha, N, NULL));
        for (int i = 0; i < N; i += 6) {
            size_t n;
            ck_ok(ov_quadratic_roots(alone, &n, &p, alpha[i], NULL));
            ck_agree(alone->mse, x[i].mse, 1e-9, 0.0);
            ck_agree(alone->loss_train, x[i].loss_train, 1e-8, 1e-20);
            ck_assert_uint_eq(n, x[i].n_roots);
        }
        /* from kappa_min on the width changes nothing */
        p.kappa = fmin(1.0, 0.001 + x[N / 2].rank);
        if (!x[N / 2].width_limited && p.lambda > 0.0) {
            size_t n;
            ck_ok(ov_quadratic_roots(alone, &n, &p, alpha[N / 2], NULL));
            ck_agree(x[N / 2].mse, alone->mse, 1e-10, 0.0);
        }
    }
    gsl_rng_free(r);
}
END_TEST

/* ---- one optimum on data ---- */

/* Means over 6 sets at d = 40, against theory within 3 standard errors plus 5 per cent for finite
 * d (10 for the loss: it is below the limit by some per cent, 1/d). */
START_TEST(optimum_on_data)
{
    enum { SETS = 6 };
    static const struct ov_quadratic points[] = {{INFINITY, 0.5, 0.1, 0.5},
                                                 {INFINITY, 1.5, 0.2, 0.0}};
    gsl_rng *r = ov_test_rng(417);
    for (size_t n = 0; n < 2; n++) {
        double mean[3] = {0.0}, square[3] = {0.0}, alpha = 0.3;
        struct ov_quadratic_point x[OV_QUADRATIC_MOST];
        size_t n_roots;
        ck_ok(ov_quadratic_roots(x, &n_roots, points + n, alpha, NULL));
        for (int set = 0; set < SETS; set++) {
            double got[3];
            quadratic_optimum(got, points + n, alpha, r);
            for (int j = 0; j < 3; j++) {
                mean[j] += got[j] / SETS;
                square[j] += got[j] * got[j] / SETS;
            }
        }
        double theory[3] = {x->mse, x->loss_train, x->rank}, share[3] = {0.05, 0.10, 0.05};
        for (int j = 0; j < 3; j++) {
            double se = sqrt(fmax(0.0, square[j] - mean[j] * mean[j]) / (SETS - 1));
            printf("    %s %.4g +- %.2g, theory %.4g\n",
                   j == 0   ? "mse"
                   : j == 1 ? "loss"
                            : "rank",
                   mean[j], se, theory[j]);
            ck_assert_double_lt(fabs(mean[j] - theory[j]), 3.0 * se + share[j] * theory[j]);
        }
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(out_of_range)
{
    struct ov_quadratic_point x[OV_QUADRATIC_MOST];
    struct ov_error err;
    size_t n;
    const struct ov_quadratic good = {INFINITY, 0.3, 0.1, 0.0};
    struct ov_quadratic bad[6] = {good, good, good, good, good, good};
    bad[0].kappa = 0.0;
    bad[1].kappa_star = -1.0;
    bad[2].lambda = -0.1;
    bad[3].Delta = -1.0;
    bad[4].kappa = NAN;
    bad[5].lambda = NAN;
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(ov_quadratic_roots(x, &n, bad + i, 0.3, &err), OV_EDOM);
    ck_assert_int_eq(ov_quadratic_roots(x, &n, &good, 0.0, &err), OV_EDOM);
    ck_assert_int_eq(ov_quadratic_roots(x, &n, &good, NAN, &err), OV_EDOM);
    ck_assert_int_eq(ov_quadratic_map(x, &good, 0.0, 1.0, &err), OV_EDOM);
    ck_assert_int_eq(ov_quadratic_map(x, &good, 1.0, -1.0, &err), OV_EDOM);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, roots_by_quadrature);
    OV_TEST(s, known_thresholds);
    OV_TEST(s, known_points);
    OV_TEST(s, thresholds_part_what_they_part);
    OV_TEST(s, small_lambda_is_the_limit);
    OV_TEST(s, number_of_roots);
    OV_TEST(s, hidden_roots);
    OV_TEST(s, curves_are_their_points);
    OV_TEST(s, optimum_on_data);
    OV_TEST(s, out_of_range);
}

OV_TEST_MAIN("theory/quadratic");
