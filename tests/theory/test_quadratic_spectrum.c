/* SPDX-License-Identifier: MIT
 *
 * Spectra of the long-time limit of quadratic networks by quadrature, and the Bayes-optimal error.
 */
#include <math.h>

#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>

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
    OV_TEST(s, bayes);
}

OV_TEST_MAIN("theory/quadratic_spectrum");
