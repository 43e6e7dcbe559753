/* SPDX-License-Identifier: MIT
 *
 * Spectra of the long-time limit of quadratic networks by quadrature, and the Bayes-optimal error.
 */
#include <math.h>

#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>

#include "overlap/num/sym.h"
#include "overlap/theory/quadratic.h"
#include "test.h"
#include "theory/quadratic_points.h"

/* ---- the spectrum ---- */

struct density {
    const struct ov_quadratic_point *x;
    double kappa_star, lo, hi;
    int power;
};

static double density(double angle, void *ctx)
{
    const struct density *d = ctx;
    double half = 0.5 * (d->hi - d->lo), z = d->lo + half * (1.0 - cos(angle)), rho;
    ck_ok(ov_quadratic_spectrum(NULL, &rho, &z, 1, d->x, d->kappa_star, NULL));
    return rho * pow(z, d->power) * half * sin(angle);
}

static double moment(const struct density *d)
{
    double sum, error;
    gsl_integration_workspace *w = gsl_integration_workspace_alloc(500);
    gsl_function F = {density, (void *)(uintptr_t)d};
    gsl_integration_qag(&F, 0.0, M_PI, 1e-12, 1e-10, 500, GSL_INTEG_GAUSS31, w, &sum, &error);
    gsl_integration_workspace_free(w);
    return sum;
}

START_TEST(spectra)
{
    gsl_rng *r = ov_test_rng(415);
    for (int turn = 0; turn < 40; turn++) {
        struct ov_quadratic p = anyone(r);
        struct ov_quadratic_point x[OV_QUADRATIC_MOST];
        struct ov_quadratic_spectrum sp;
        size_t n;
        if (turn % 8 == 0)
            p = (struct ov_quadratic){.kappa = INFINITY, .kappa_star = 0.3 + 0.01 * turn};
        ck_ok(ov_quadratic_roots(x, &n, &p, turn % 8 ? log_flat(r, 0.05, 1.0) : 0.7, NULL));
        ck_ok(ov_quadratic_spectrum(&sp, NULL, NULL, 0, x, p.kappa_star, NULL));
        double all = sp.atom, trace = 0.0;
        for (size_t i = 0; i < sp.n_bulks; i++) {
            struct density d = {x, p.kappa_star, sp.edge[2 * i], sp.edge[2 * i + 1], 0};
            ck_agree(sp.share[i], moment(&d), 0.0, 1e-9);
            all += sp.share[i];
            d.power = 1;
            trace += moment(&d);
        }
        ck_agree(1.0, all, 0.0, 1e-12);
        ck_agree(x->trace, trace, 1e-8, 1e-9);
        ck_assert(x->xi == 0.0 || fabs(1.0 - sp.atom - x->rank) < 1e-12);
    }
    gsl_rng_free(r);
}
END_TEST

/* The cdf against quadrature of the density, at a random place of each bulk and outside of all. */
static void check_cdf(gsl_rng *r, const struct ov_quadratic_point *x, double kappa_star)
{
    struct ov_quadratic_spectrum sp;
    ck_ok(ov_quadratic_spectrum(&sp, NULL, NULL, 0, x, kappa_star, NULL));
    double below = sp.atom, top = sp.n_bulks > 0 ? sp.edge[2 * sp.n_bulks - 1] : 0.0;
    double outside[] = {-1.0, top + 1e-9 + 0.1 * top}, F[2];
    ck_ok(ov_quadratic_cdf(F, outside, 2, x, kappa_star, NULL));
    ck_assert_double_eq(F[0], 0.0);
    ck_assert_double_eq(F[1], 1.0);
    for (size_t i = 0; i < sp.n_bulks; i++) {
        double a = sp.edge[2 * i], b = sp.edge[2 * i + 1],
               z[2] = {a, a + (b - a) * gsl_rng_uniform(r)};
        /* angles up to z of the bulk's whole range */
        struct density d = {x, kappa_star, a, b, 0};
        double sum, error;
        gsl_integration_workspace *w = gsl_integration_workspace_alloc(500);
        gsl_function f = {density, &d};
        gsl_integration_qag(&f, 0.0, acos(1.0 - 2.0 * (z[1] - a) / (b - a)), 1e-12, 1e-10, 500,
                            GSL_INTEG_GAUSS31, w, &sum, &error);
        gsl_integration_workspace_free(w);
        ck_ok(ov_quadratic_cdf(F, z, 2, x, kappa_star, NULL));
        ck_agree(below, F[0], 0.0, 1e-9);
        ck_agree(below + sum, F[1], 0.0, 1e-9);
        below += sp.share[i];
    }
}

START_TEST(shares_are_integrals_of_the_density)
{
    gsl_rng *r = ov_test_rng(417);
    for (int turn = 0; turn < 60; turn++) {
        struct ov_quadratic p = anyone(r);
        struct ov_quadratic_point x[OV_QUADRATIC_MOST];
        size_t n;
        if (turn % 6 == 0) /* the teacher itself */
            p = (struct ov_quadratic){.kappa = INFINITY, .kappa_star = 0.2 + 0.03 * turn};
        ck_ok(ov_quadratic_roots(x, &n, &p, turn % 6 ? log_flat(r, 0.05, 1.0) : 0.7, NULL));
        ck_assert(turn % 6 || x->xi == 0.0);
        check_cdf(r, x, p.kappa_star);
    }
    gsl_rng_free(r);
}
END_TEST

/* Close to the top edge the density is sqrt(edge - z)/(pi scale^(3/2)). */
START_TEST(the_density_ends_as_a_square_root)
{
    gsl_rng *r = ov_test_rng(418);
    for (int turn = 0; turn < 40; turn++) {
        struct ov_quadratic p = anyone(r);
        struct ov_quadratic_point x[OV_QUADRATIC_MOST];
        struct ov_quadratic_spectrum sp;
        size_t n;
        if (turn % 8 == 0)
            p = (struct ov_quadratic){.kappa = INFINITY, .kappa_star = 0.3 + 0.01 * turn};
        ck_ok(ov_quadratic_roots(x, &n, &p, turn % 8 ? log_flat(r, 0.05, 1.0) : 0.7, NULL));
        ck_ok(ov_quadratic_spectrum(&sp, NULL, NULL, 0, x, p.kappa_star, NULL));
        if (sp.n_bulks == 0)
            continue;
        double top = sp.edge[2 * sp.n_bulks - 1], rho[2];
        double off = 1e-6 * (top - sp.edge[2 * sp.n_bulks - 2]), z[] = {top - off, top - 4.0 * off};
        ck_ok(ov_quadratic_spectrum(NULL, rho, z, 2, x, p.kappa_star, NULL));
        ck_agree(1.0, rho[0] * M_PI * pow(sp.top_scale, 1.5) / sqrt(off), 1e-4, 0.0);
        ck_agree(2.0, rho[1] / rho[0], 1e-4, 0.0);
    }
    gsl_rng_free(r);
}
END_TEST

/* The largest eigenvalue of d: of a symmetric Gaussian matrix 2 + d^(-2/3) TW on average, scale 1.
 */
START_TEST(the_largest_of_d_eigenvalues)
{
    enum { D = 40, RUNS = 400 };
    gsl_rng *r = ov_test_rng(419);
    double sum = 0.0, square = 0.0, A[D * (D + 1) / 2], value[D], vector[D * D];
    for (int run = 0; run < RUNS; run++) {
        double top = -INFINITY;
        for (size_t i = 0, at = 0; i < D; i++)
            for (size_t j = 0; j <= i; j++, at++)
                A[at] = gsl_ran_gaussian(r, sqrt((i == j ? 2.0 : 1.0) / D));
        ck_ok(ov_sym_eigen(value, vector, A, D));
        for (size_t i = 0; i < D; i++)
            top = fmax(top, value[i]);
        double scaled = (top - 2.0) * pow(D, 2.0 / 3.0);
        sum += scaled / RUNS;
        square += scaled * scaled / RUNS;
    }
    /* 4.5 standard errors, and a next order d^(-2/3) below 1/10 */
    ck_agree(OV_TRACY_WIDOM_MEAN, sum, 0.0, 4.5 * sqrt((square - sum * sum) / RUNS) + 0.1);
    gsl_rng_free(r);
}
END_TEST

/* ---- the Bayes-optimal error ---- */

START_TEST(bayes)
{
    struct ov_quadratic p = {.kappa = INFINITY, .kappa_star = 0.5};
    double mse, xi;
    ck_ok(ov_quadratic_bayes(&mse, &xi, &p, 0.2, NULL));
    ck_agree(0.784392, mse, 0.0, 5e-7);
    ck_ok(ov_quadratic_bayes(&mse, &xi, &p, 0.376, NULL));
    ck_assert_double_eq(mse, 0.0);
    ck_ok(ov_quadratic_bayes(&mse, &xi, &p, 0.374, NULL));
    ck_assert_double_gt(mse, 0.0);
    p = (struct ov_quadratic){.kappa = INFINITY, .kappa_star = 0.3, .Delta = 0.5};
    ck_ok(ov_quadratic_bayes(&mse, &xi, &p, 0.3, NULL));
    ck_agree(0.607904, mse, 0.0, 5e-7);
    gsl_rng *r = ov_test_rng(416);
    for (int turn = 0; turn < 25; turn++) {
        struct ov_quadratic_point x[OV_QUADRATIC_MOST];
        double alpha = log_flat(r, 0.05, 2.0);
        size_t n;
        p = anyone(r);
        ck_ok(ov_quadratic_roots(x, &n, &p, alpha, NULL));
        ck_ok(ov_quadratic_bayes(&mse, &xi, &p, alpha, NULL));
        for (size_t i = 0; i < n; i++)
            ck_assert_double_le(mse, x[i].mse * (1.0 + 1e-10));
    }
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, spectra);
    OV_TEST(s, shares_are_integrals_of_the_density);
    OV_TEST(s, the_density_ends_as_a_square_root);
    OV_TEST(s, the_largest_of_d_eigenvalues);
    OV_TEST(s, bayes);
}

OV_TEST_MAIN("theory/quadratic_spectrum");
