/* SPDX-License-Identifier: MIT
 *
 * Marchenko-Pastur plus semicircle against adaptive quadrature, known laws and
 * eigenvalues of matrices.
 */
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_randist.h>
#include <lapacke.h>

#include "free_convolution_internal.h"
#include "overlap/theory/free_convolution.h"
#include "test.h"
#include "theory/free_density.h"

static struct ov_free_convolution made(double kappa_star, double xi)
{
    struct ov_free_convolution f;
    ck_ok(ov_free_convolution_init(&f, kappa_star, xi, NULL));
    return f;
}

static struct ov_free_convolution anyone(gsl_rng *r)
{
    double k = exp(gsl_ran_flat(r, log(0.05), log(2.0)));
    return made(k, exp(gsl_ran_flat(r, log(1e-8), log(1e2))));
}

static struct ov_free_convolution_below below_at(const struct ov_free_convolution *f, double s)
{
    return ov_free_convolution_below(f, s, ov_free_convolution_y(f, s));
}

/* 1, s, s^2, Re y, s Re y, Im y^3/rho */
static double times_power(double s, double re, double rho, const void *ctx)
{
    (void)re, (void)rho;
    return pow(s, *(const int *)ctx);
}

static double times_re(double s, double re, double rho, const void *ctx)
{
    (void)rho;
    return re * (*(const int *)ctx ? s : 1.0);
}

static double times_y3(double s, double re, double rho, const void *ctx)
{
    (void)s, (void)ctx;
    return M_PI * (M_PI * M_PI * rho * rho - 3.0 * re * re);
}

static double absolutely(double s, double re, double rho, const void *ctx)
{
    (void)rho;
    return fabs(pow(s, *(const int *)ctx)) * fmax(1.0, fabs(re));
}

/* Relative to the integral of absolute values below s. Outside the edges all roots are real. */
START_TEST(integrals_against_quadrature)
{
    gsl_rng *r = ov_test_rng(401);
    double worst = 0.0;
    for (int turn = 0; turn < 150; turn++) {
        struct ov_free_convolution f = anyone(r);
        size_t bulk = gsl_rng_uniform_int(r, f.n_bulks);
        double lo = f.edge[2 * bulk], hi = f.edge[2 * bulk + 1], re, ref[6], size[3];
        double s = gsl_ran_flat(r, lo + 0.001 * (hi - lo), hi);
        struct ov_free_convolution_below B = below_at(&f, s);
        double got[6] = {B.mass, B.s1, B.s2, B.h, B.hs, B.y3};
        for (int j = 0; j < 3; j++) {
            ref[j] = free_integral(&f, -INFINITY, s, times_power, &j);
            size[j] = free_integral(&f, -INFINITY, s, absolutely, &j);
            if (j < 2)
                ref[3 + j] = free_integral(&f, -INFINITY, s, times_re, &j);
        }
        ref[5] = free_integral(&f, -INFINITY, s, times_y3, NULL);
        for (int j = 0; j < 6; j++)
            worst = fmax(worst, fabs(got[j] - ref[j]) / size[j < 3 ? j : j % 2]);
        double margin = 1e-6 * (hi - lo);
        if (f.xi < 1e-2) /* Cardano's formula is not good enough near an edge */
            continue;
        double at_lo = free_density(&re, f.kappa_star, f.e, lo + margin);
        double at_hi = free_density(&re, f.kappa_star, f.e, hi - margin);
        ck_assert(at_lo > 0.0 && at_hi > 0.0);
        if (f.n_bulks == 1 || f.edge[2] - f.edge[1] > 2.0 * margin) {
            ck_assert(free_density(&re, f.kappa_star, f.e, lo - margin) <= 1e-2 * at_lo);
            ck_assert(free_density(&re, f.kappa_star, f.e, hi + margin) <= 1e-2 * at_hi);
        }
    }
    printf("    largest error %.2g\n", worst);
    ck_assert_double_lt(worst, 1e-9);
    gsl_rng_free(r);
}
END_TEST

/* The whole, from just below the upper edge; an integral over the noise bulk alone is elementary.
 * */
START_TEST(wholes)
{
    gsl_rng *r = ov_test_rng(402);
    for (int turn = 0; turn < 300; turn++) {
        struct ov_free_convolution f = anyone(r);
        double k = f.kappa_star, hi = f.edge[2 * f.n_bulks - 1];
        for (int inside = 0; inside <= 1; inside++) {
            struct ov_free_convolution_below B = below_at(&f, inside ? hi * (1.0 - 1e-13) : hi);
            double second = (1.0 + 1.0 / k + f.xi) / f.xi;
            ck_agree(1.0, B.mass, 0.0, 1e-14);
            ck_agree(1.0, B.s1 * f.unit, 0.0, 1e-12);
            ck_agree(1.0, B.s2 / second, 0.0, 1e-11);
            ck_agree(0.0, B.h, 0.0, 1e-13);
            ck_agree(0.5, B.hs, 0.0, 1e-11);
            ck_agree(0.0, B.y3, 0.0, 1e-12);
        }
        if (f.n_bulks == 2) {
            struct ov_free_convolution_below B = below_at(&f, 0.5 * (f.edge[1] + f.edge[2]));
            ck_agree(1.0 - k, B.mass, 0.0, 1e-14);
            ck_agree(-k * f.e, B.s1, 1e-9, 1e-13);
        }
    }
    gsl_rng_free(r);
}
END_TEST

/* Numbers of the notes on quadratic networks. */
START_TEST(known_values)
{
    struct ov_free_convolution f = made(0.3, 0.1);
    double t = 0.2 / f.unit;
    struct ov_free_convolution_below B = below_at(&f, t);
    double N = 1.0 - B.mass;
    ck_agree(0.4751124671, N, 0.0, 6e-11);
    ck_agree(1.0666845399, 1.0 - f.unit * B.s1, 0.0, 1e-10);
    ck_agree(4.3857975, 1.0 + 1.0 / 0.3 + 0.1 - 0.1 * B.s2 - 0.04 * N, 0.0, 6e-8);
    ck_agree(0.2811207988, 0.5 - B.hs + t * B.h, 0.0, 6e-11);
    static const double critical[][2] = {
        {0.1, 15.3854}, {0.3, 0.40136}, {0.5, 0.035118}, {0.7, 0.0028727}};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_uint_eq(made(critical[i][0], critical[i][1] * 0.999).n_bulks, 2);
        ck_assert_uint_eq(made(critical[i][0], critical[i][1] * 1.001).n_bulks, 1);
    }
}
END_TEST

/* xi -> 0: the noise bulk is a semicircle; the closed forms of its moments. */
START_TEST(small_xi)
{
    for (double k = 0.1; k < 0.95; k += 0.2)
        for (double w = -0.9; w < 1.0; w += 0.3) {
            struct ov_free_convolution zero = made(k, 0.0), small = made(k, 1e-24);
            double v = 1.0 - k, s = 2.0 * w * sqrt(v), root = sqrt(1.0 - w * w);
            struct ov_free_convolution_below B = below_at(&zero, s), C = below_at(&small, s);
            double mass = v * (0.5 + (asin(w) + w * root) / M_PI);
            double s1 = -v * sqrt(v) * 4.0 / (3.0 * M_PI) * root * root * root;
            double s2 = v * v * (0.5 + (asin(w) + w * root * (2.0 * w * w - 1.0)) / M_PI);
            ck_agree(mass, B.mass, 0.0, 1e-14);
            ck_agree(s1, B.s1, 0.0, 1e-14);
            ck_agree(s2, B.s2, 0.0, 1e-14);
            ck_agree(0.5 * s1, B.h, 0.0, 1e-14);
            ck_agree(0.5 * s2, B.hs, 0.0, 1e-14);
            ck_agree(B.mass, C.mass, 0.0, 3e-12);
            ck_agree(B.s1, C.s1, 0.0, 3e-12);
            ck_agree(B.s2, C.s2, 0.0, 3e-12);
            ck_agree(B.hs, C.hs, 0.0, 3e-12);
            ck_agree(B.y3, C.y3, 0.0, 1e-11);
        }
}
END_TEST

/* A bare Marchenko-Pastur law at xi = 1e-30, and h of the cubic itself. */
START_TEST(small_xi_signal)
{
    struct ov_free_convolution f = made(0.3, 1e-30);
    double root = 1.0 / sqrt(0.3), lo = pow(1.0 - root, 2), hi = pow(1.0 + root, 2);
    for (double w = 0.05; w < 1.0; w += 0.1) {
        double x = lo + w * (hi - lo);
        double rho = 0.3 * sqrt((x - lo) * (hi - x)) / (2.0 * M_PI * x);
        ck_agree(rho, ov_free_convolution_density(&f, x), 1e-12, 0.0);
        ck_agree(0.5 * (0.3 * x + 0.7) / x, ov_free_convolution_hilbert(&f, x), 1e-12, 0.0);
    }
}
END_TEST

START_TEST(roots_of_the_cubic)
{
    gsl_rng *r = ov_test_rng(403);
    for (int turn = 0; turn < 2000; turn++) {
        double k = exp(gsl_ran_flat(r, log(1e-3), log(1e3)));
        struct ov_free_convolution f = made(k, exp(gsl_ran_flat(r, log(1e-40), log(1e10))));
        size_t i = gsl_rng_uniform_int(r, 2 * f.n_bulks);
        double scale = f.edge[2 * f.n_bulks - 1] - f.edge[0];
        double s = f.edge[i] + gsl_ran_gaussian(r, 1.0) * (turn % 2 ? scale : 1.0);
        double complex y = ov_free_convolution_y(&f, s);
        double complex sum[4] = {1.0 / y, k / (f.e - y), y, -s};
        double size = 0.0;
        for (int j = 0; j < 4; j++)
            size += cabs(sum[j]);
        ck_assert(cimag(y) <= 0.0);
        double slope = creal(1.0 - 1.0 / (y * y) + k / ((f.e - y) * (f.e - y)));
        ck_assert(cimag(y) < 0.0 || slope <= 1e-6 * (1.0 + 1.0 / creal(y * y)));
        ck_assert_double_lt(cabs(sum[0] + sum[1] + sum[2] + sum[3]) / size, 1e-12);
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(quantiles)
{
    gsl_rng *r = ov_test_rng(404);
    double s;
    for (int turn = 0; turn < 500; turn++) {
        struct ov_free_convolution f = anyone(r);
        double above = gsl_ran_flat(r, 0.001, 0.999);
        ck_ok(ov_free_convolution_quantile(&s, &f, above, NULL));
        ck_agree(1.0 - above, ov_free_convolution_mass_below(&f, s, ov_free_convolution_y(&f, s)),
                 0.0, 1e-13);
    }
    struct ov_free_convolution f = made(0.3, 0.01);
    ck_ok(ov_free_convolution_quantile(&s, &f, 0.3, NULL));
    ck_assert_double_eq(f.edge[1], s);
    gsl_rng_free(r);
}
END_TEST

static double times_rho2(double s, double re, double rho, const void *ctx)
{
    (void)s, (void)ctx, (void)re;
    return rho * rho;
}

static double times_re2(double s, double re, double rho, const void *ctx)
{
    (void)s, (void)ctx, (void)rho;
    return re * re;
}

/* int rho^3 = (3/pi^2) int rho h^2, and 3 v^2/(4 pi^2) of a semicircle of mass and variance v. */
START_TEST(cube_of_the_density)
{
    gsl_rng *r = ov_test_rng(405);
    double rho3;
    for (int turn = 0; turn < 60; turn++) {
        struct ov_free_convolution f = anyone(r);
        ck_ok(ov_free_convolution_rho3(&rho3, &f, NULL));
        if (f.xi < 1e-4) /* Cardano's formula is not that good */
            continue;
        ck_agree(free_integral(&f, -INFINITY, INFINITY, times_rho2, NULL), rho3, 1e-9, 0.0);
        ck_agree(3.0 / (M_PI * M_PI) * free_integral(&f, -INFINITY, INFINITY, times_re2, NULL),
                 rho3, 1e-9, 0.0);
    }
    /* just before and after two bulks meet */
    for (int j = -1; j <= 1; j++) {
        struct ov_free_convolution f =
            made(0.3, pow(1.0 - cbrt(0.3), 3.0) / 0.09 * (1.0 + 1e-3 * j));
        ck_ok(ov_free_convolution_rho3(&rho3, &f, NULL));
        ck_agree(free_integral(&f, -INFINITY, INFINITY, times_rho2, NULL), rho3, 1e-9, 0.0);
    }
    struct ov_free_convolution f = made(0.3, 0.0);
    ck_ok(ov_free_convolution_rho3(&rho3, &f, NULL));
    ck_agree(3.0 * 0.49 / (4.0 * M_PI * M_PI), rho3, 1e-12, 0.0);
    gsl_rng_free(r);
}
END_TEST

/* ---- matrices ---- */

enum { D = 400 };

static void draw(double *eigenvalue, double kappa_star, double xi, gsl_rng *r)
{
    size_t m = (size_t)(kappa_star * D);
    double *S = calloc(D * D, sizeof *S), *w = malloc(D * m * sizeof *w);
    for (size_t i = 0; i < D * m; i++)
        w[i] = gsl_ran_gaussian(r, 1.0 / sqrt((double)m));
    for (size_t i = 0; i < D; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = gsl_ran_gaussian(r, sqrt(xi * (i == j ? 2.0 : 1.0) / D));
            for (size_t n = 0; n < m; n++)
                sum += w[i * m + n] * w[j * m + n];
            S[i * D + j] = sum;
        }
    ck_assert_int_eq(LAPACKE_dsyevd(LAPACK_ROW_MAJOR, 'N', 'L', D, S, D, eigenvalue), 0);
    free(S);
    free(w);
}

/* The share of eigenvalues below x differs from the law's by a few eigenvalues at most (rigidity:
 * s.d. below one; the margin is six of 400); a mean of x^2 has a s.d. of 2 sqrt(Q0)/d and the
 * margin five of it. */
START_TEST(eigenvalues_of_matrices)
{
    static const double points[][2] = {{0.3, 0.1}, {0.5, 1.0}, {1.5, 0.01}};
    gsl_rng *r = ov_test_rng(406);
    for (size_t n = 0; n < 3; n++) {
        double eigenvalue[D], worst = 0.0, second = 0.0;
        struct ov_free_convolution f = made(points[n][0], points[n][1]);
        draw(eigenvalue, points[n][0], points[n][1], r);
        for (size_t i = 0; i < D; i++) {
            double s = eigenvalue[i] / f.unit;
            double mass = ov_free_convolution_mass_below(&f, s, ov_free_convolution_y(&f, s));
            worst = fmax(worst, fabs(mass - ((double)i + 0.5) / D));
            second += eigenvalue[i] * eigenvalue[i] / D;
        }
        double Q0 = 1.0 + 1.0 / f.kappa_star;
        printf("    d = %d: shares differ by %.1f eigenvalues, second moments by %.2g\n", D,
               worst * D, second - Q0 - f.xi);
        ck_assert_double_lt(worst * D, 6.0);
        ck_assert_double_lt(fabs(second - Q0 - f.xi), 10.0 * sqrt(Q0 * (1.0 + Q0)) / D * 5.0);
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(out_of_range)
{
    struct ov_free_convolution f;
    struct ov_error err;
    double s;
    ck_assert_int_eq(ov_free_convolution_init(&f, 0.0, 1.0, &err), OV_EDOM);
    ck_assert_int_eq(ov_free_convolution_init(&f, NAN, 1.0, &err), OV_EDOM);
    ck_assert_int_eq(ov_free_convolution_init(&f, 0.3, -1.0, &err), OV_EDOM);
    ck_assert_int_eq(ov_free_convolution_init(&f, 1.0, 0.0, &err), OV_EDOM);
    f = made(0.3, 0.1);
    ck_assert_int_eq(ov_free_convolution_quantile(&s, &f, 1.0, &err), OV_EDOM);
    f = made(0.3, 0.0);
    ck_assert_int_eq(ov_free_convolution_quantile(&s, &f, 0.2, &err), OV_ENUMERIC);
    ck_assert(ov_free_convolution_y(&f, INFINITY) == 0.0);
}
END_TEST

/* From a place near by in the same bulk it is y, or says that it is not; outside the bulks it never
 * says that s is inside. */
START_TEST(followed_from_near_by)
{
    gsl_rng *r = ov_test_rng(420);
    int worked = 0, of = 0;
    for (int turn = 0; turn < 2000; turn++) {
        struct ov_free_convolution f = anyone(r), bare = {.kappa_star = f.kappa_star,
                                                          .xi = f.xi,
                                                          .unit = f.unit,
                                                          .e = f.e};
        size_t bulk = f.n_bulks == 2 && turn % 2;
        double lo = f.edge[2 * bulk], hi = f.edge[2 * bulk + 1], width = hi - lo;
        double from = lo + width * gsl_ran_flat(r, 0.05, 0.95);
        double to = turn % 4 < 3 ? from + 0.03 * width * gsl_ran_flat(r, -1.0, 1.0)
                                 : (turn % 8 == 3 ? lo : hi) + width * gsl_ran_flat(r, 1e-6, 0.5) *
                                                                   (turn % 8 == 3 ? -1.0 : 1.0);
        double complex exact = ov_free_convolution_y(&f, to), y = ov_free_convolution_y(&f, from);
        bool inside = ov_free_convolution_follow(&y, &bare, to);
        ck_assert(!inside || cimag(exact) < 0.0);
        of += turn % 4 < 3;
        worked += inside && turn % 4 < 3;
        if (!inside)
            continue;
        ck_assert_double_lt(cabs(y - exact), 1e-11 * cabs(exact));
        struct ov_free_convolution_below a = ov_free_convolution_below(&f, to, exact);
        struct ov_free_convolution_below b = ov_free_convolution_below_in(&bare, to, exact);
        ck_assert(a.mass == b.mass && a.s2 == b.s2 && a.h == b.h && a.hs == b.hs && a.y3 == b.y3);
    }
    ck_assert_int_gt(10 * worked, 9 * of);
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, integrals_against_quadrature);
    OV_TEST(s, wholes);
    OV_TEST(s, known_values);
    OV_TEST(s, small_xi);
    OV_TEST(s, small_xi_signal);
    OV_TEST(s, roots_of_the_cubic);
    OV_TEST(s, quantiles);
    OV_TEST(s, cube_of_the_density);
    OV_TEST(s, eigenvalues_of_matrices);
    OV_TEST(s, out_of_range);
    OV_TEST(s, followed_from_near_by);
}

OV_TEST_MAIN("theory/free_convolution");
