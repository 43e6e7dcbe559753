/* SPDX-License-Identifier: MIT
 *
 * Tanh as a sum of erf units: the fit made again, and the averages against those of tanh itself by
 * tables of smoothed derivatives.
 */
#include <math.h>

#include <gsl/gsl_multifit_nlinear.h>
#include <gsl/gsl_randist.h>

#include "gauss_sigmoids_internal.h"
#include "overlap/num/sym.h"
#include "overlap/theory/gauss.h"
#include "test.h"
#include "theory/random_fields.h"

enum { J = OV_SIGMOIDS, POINTS = 600 };

/* ---- the fit ---- */

static double point(size_t i)
{
    return 12.0 * ((double)i + 0.5) / POINTS;
}

/* g - tanh and a quarter of g' - tanh' at the points; p: c_j, then ln tau_j. */
static int residuals(const gsl_vector *p, void *ctx, gsl_vector *f)
{
    (void)ctx;
    for (size_t i = 0; i < POINTS; i++) {
        double x = point(i), g = 0.0, dg = 0.0, slope = 1.0 / cosh(x);
        for (size_t j = 0; j < J; j++) {
            double c = gsl_vector_get(p, j), tau = exp(gsl_vector_get(p, J + j));
            g += c * erf(x / (tau * M_SQRT2));
            dg += c * sqrt(2.0 / M_PI) / tau * exp(-0.5 * x * x / (tau * tau));
        }
        gsl_vector_set(f, i, g - tanh(x));
        gsl_vector_set(f, POINTS + i, 0.25 * (dg - slope * slope));
    }
    return GSL_SUCCESS;
}

static int derivatives(const gsl_vector *p, void *ctx, gsl_matrix *D)
{
    (void)ctx;
    for (size_t i = 0; i < POINTS; i++)
        for (size_t j = 0; j < J; j++) {
            double c = gsl_vector_get(p, j), tau = exp(gsl_vector_get(p, J + j));
            double x = point(i) / tau, e = sqrt(2.0 / M_PI) * exp(-0.5 * x * x);
            gsl_matrix_set(D, i, j, erf(x / M_SQRT2));
            gsl_matrix_set(D, i, J + j, -c * e * x);
            gsl_matrix_set(D, POINTS + i, j, 0.25 * e / tau);
            gsl_matrix_set(D, POINTS + i, J + j, 0.25 * c * e / tau * (x * x - 1.0));
        }
    return GSL_SUCCESS;
}

/* Starts from the constants with every one off by about a per cent: the least squares are theirs. */
START_TEST(constants_are_the_fit)
{
    gsl_multifit_nlinear_parameters with = gsl_multifit_nlinear_default_parameters();
    with.solver = gsl_multifit_nlinear_solver_svd;
    with.scale = gsl_multifit_nlinear_scale_levenberg;
    gsl_multifit_nlinear_fdf fdf = {.f = residuals, .df = derivatives, .n = 2 * POINTS, .p = 2 * J};
    gsl_multifit_nlinear_workspace *w =
        gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &with, fdf.n, fdf.p);
    gsl_vector *p = gsl_vector_alloc(2 * J);
    for (size_t j = 0; j < J; j++) {
        double off = j % 2 ? 1.01 : 0.99;
        gsl_vector_set(p, j, off * ov_sigmoid_tanh[j].c);
        gsl_vector_set(p, J + j, log(off * ov_sigmoid_tanh[j].tau));
    }
    int why;
    gsl_multifit_nlinear_init(p, &fdf, w);
    gsl_multifit_nlinear_driver(20000, 1e-15, 1e-15, 1e-16, NULL, NULL, &why, w);
    for (size_t j = 0; j < J; j++) {
        const gsl_vector *x = gsl_multifit_nlinear_position(w);
        ck_agree(gsl_vector_get(x, j), ov_sigmoid_tanh[j].c, 1e-5, 0.0);
        ck_agree(exp(gsl_vector_get(x, J + j)), ov_sigmoid_tanh[j].tau, 1e-5, 0.0);
    }
    gsl_multifit_nlinear_free(w);
    gsl_vector_free(p);
}
END_TEST

START_TEST(error_is_as_stated)
{
    double worst = 0.0, worst_slope = 0.0;
    for (double x = 0.0; x < 20.0; x += 0.003) {
        double g = 0.0, dg = 0.0, slope = 1.0 / cosh(x);
        for (size_t j = 0; j < J; j++) {
            double c = ov_sigmoid_tanh[j].c, tau = ov_sigmoid_tanh[j].tau;
            g += c * erf(x / (tau * M_SQRT2));
            dg += c * sqrt(2.0 / M_PI) / tau * exp(-0.5 * x * x / (tau * tau));
        }
        worst = fmax(worst, fabs(g - tanh(x)));
        worst_slope = fmax(worst_slope, fabs(dg - slope * slope));
    }
    printf("    tanh to %.2g, its slope to %.2g\n", worst, worst_slope);
    ck_assert(worst < 3e-7);
    ck_assert(worst_slope < 2e-6);
}
END_TEST

/* ---- averages ---- */

struct averages {
    double G[32], Nz[16];
};

static struct averages contract(const struct ov_activation *g_star, double tol, size_t K, size_t M,
                                const double *C, const double *s)
{
    struct averages a;
    struct ov_gauss *w;
    ck_ok(ov_gauss_create(&w, K, M, ov_activation_find("tanh"), g_star));
    if (tol > 0.0)
        ov_gauss_set_tol(w, tol);
    ov_gauss_contract(a.G, a.Nz, w, C, s, 0.3);
    ov_gauss_free(w);
    return a;
}

/* Against the tables at 1e-11, for teachers that are tanh, erf and linear, variances up to 3. */
START_TEST(averages_are_those_of_tanh)
{
    static const char *const teacher[3] = {"tanh", "erf", "linear"};
    gsl_rng *r = ov_test_rng(151 + (unsigned long)_i);
    double worst = 0.0;
    for (size_t turn = 0; turn < 12; turn++) {
        double C[21], s[6];
        random_covariance(C, 5, FIELDS_GENERIC, r);
        for (size_t i = 0; i < 15; i++)
            C[i] *= turn % 2 ? 1.0 : 0.5;
        for (size_t a = 0; a < 5; a++)
            s[a] = gsl_ran_flat(r, -1.0, 1.0);
        const struct ov_activation *g_star = ov_activation_find(teacher[_i]);
        struct averages x = contract(g_star, 0.0, 3, 2, C, s),
                        y = contract(g_star, 1e-11, 3, 2, C, s);
        for (size_t i = 0; i < 15; i++)
            worst = fmax(worst, fabs(x.G[i] - y.G[i]));
        for (size_t i = 0; i < 6; i++)
            worst = fmax(worst, fabs(x.Nz[i] - y.Nz[i]));
    }
    printf("    teacher %s: off by %.2g\n", teacher[_i], worst);
    ck_assert(worst < 1e-6);
    gsl_rng_free(r);
}
END_TEST

/* One tanh unit on one written out as 6 + 6 erf units: what is taken unless a tolerance says
 * otherwise. Equal to rounding, which the tables are not. */
START_TEST(it_is_these_erf_units)
{
    const struct ov_activation *g = ov_activation_find("tanh"), *e = ov_activation_find("erf");
    double C[3] = {1.0, 0.4, 0.7}, s[2] = {0.8, -1.1}, wide[ov_sym_size(2 * J)], t[2 * J];
    double G[J * 2 * J], Nz[ov_sym_size(J)], of_k = 0.0, noise = 0.0;
    for (size_t a = 0; a < 2 * J; a++) {
        t[a] = s[a / J] * ov_sigmoid_tanh[a % J].c;
        for (size_t b = 0; b <= a; b++)
            wide[ov_sym_at(a, b)] = C[ov_sym_at(a / J, b / J)] /
                                    (ov_sigmoid_tanh[a % J].tau * ov_sigmoid_tanh[b % J].tau);
    }
    struct ov_gauss *w;
    ck_ok(ov_gauss_create(&w, J, J, e, e));
    ov_gauss_contract(G, Nz, w, wide, t, 0.3);
    ov_gauss_free(w);
    for (size_t i = 0; i < J; i++) {
        double slope = ov_sigmoid_tanh[i].c / ov_sigmoid_tanh[i].tau;
        of_k += slope * ov_sigmoid_tanh[0].tau * G[i * 2 * J];
        for (size_t j = 0; j < J; j++)
            noise += slope * ov_sigmoid_tanh[j].c / ov_sigmoid_tanh[j].tau * Nz[ov_sym_at(i, j)];
    }
    struct averages x = contract(g, 0.0, 1, 1, C, s), y = contract(g, 1e-9, 1, 1, C, s);
    ck_agree(of_k, x.G[0], 1e-14, 0.0);
    ck_agree(noise, x.Nz[0], 1e-14, 0.0);
    ck_assert(fabs(noise - y.Nz[0]) > 1e-13 * noise); /* the tables are another way */
}
END_TEST

/* A perfect student has no error, whatever the fit: G = 0, and Nz is that of the label noise. */
START_TEST(perfect_is_exact)
{
    double C[10], s[4] = {1.0, 1.0, -1.0, -1.0};
    for (size_t a = 0; a < 4; a++)
        for (size_t b = 0; b <= a; b++)
            C[ov_sym_at(a, b)] = a % 2 == b % 2 ? 1.0 : 0.3;
    struct averages x = contract(ov_activation_find("tanh"), 0.0, 2, 2, C, s);
    for (size_t i = 0; i < 8; i++)
        ck_agree(0.0, x.G[i], 0.0, 1e-15);
    const struct ov_activation *const act[1] = {ov_activation_find("tanh")};
    ck_agree(0.09 * ov_gauss_J2((double[]){1.0}, act, 0, 0), x.Nz[0], 1e-7, 0.0);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, constants_are_the_fit);
    OV_TEST(s, error_is_as_stated);
    TCase *c = tcase_create("averages");
    tcase_set_timeout(c, 300);
    tcase_add_loop_test(c, averages_are_those_of_tanh, 0, 3);
    suite_add_tcase(s, c);
    OV_TEST(s, it_is_these_erf_units);
    OV_TEST(s, perfect_is_exact);
}

OV_TEST_MAIN("theory/gauss, sigmoids");
