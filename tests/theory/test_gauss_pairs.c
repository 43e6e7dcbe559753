/* SPDX-License-Identifier: MIT
 *
 * Every activation as student with every activation as teacher: the single integrals.
 */
#include <math.h>
#include <string.h>

#include "overlap/theory/gauss_quad.h"
#include "theory/pairs.h"

/* ---- closed forms against quadrature ----
 * An activation with a closed form is handed over a second time as a generic one, of which nothing
 * is known but g and g'. ReLU, which quadrature takes by its kinks, stays what it is. */

enum integral { I3, I4, J2, INTEGRALS };

static const char *const names[INTEGRALS] = {"I3", "I4", "J2"};

static double integral(enum integral which, const double *C, const struct ov_activation *const *act,
                       const size_t i[4])
{
    switch (which) {
    case I3:
        return ov_gauss_I3(C, act, i[0], i[1], i[2]);
    case I4:
        return ov_gauss_I4(C, act, i[0], i[1], i[2], i[3]);
    default:
        return ov_gauss_J2(C, act, i[0], i[1]);
    }
}

/* Pulls the correlations of fields 0 and 1 to 1 - 10^-k. */
static void pull_together(double *C, size_t P, int k, gsl_rng *r)
{
    double A[4][4] = {{0.0}}, d = pow(10.0, -k);
    for (size_t a = 0; a < P; a++)
        for (size_t j = 0; j < P; j++)
            A[a][j] = gsl_ran_gaussian(r, 0.5);
    for (size_t j = 0; j < P; j++)
        A[1][j] = A[0][j] + sqrt(2.0 * d) * A[1][j];
    for (size_t a = 0; a < P; a++)
        for (size_t b = 0; b <= a; b++) {
            double sum = 0.0;
            for (size_t j = 0; j < P; j++)
                sum += A[a][j] * A[b][j];
            C[ov_sym_at(a, b)] = sum;
        }
}

/* Fields of two activations, students from `split` on. Returns |closed - quadrature|, relative to
 * the size where that is above 1. */
static double deviation(enum integral which, const double *C, const double *D, const size_t i[4],
                        size_t split, const struct ov_activation *g,
                        const struct ov_activation *g_star)
{
    struct ov_activation copy = generic_copy(g), copy_star = generic_copy(g_star);
    const struct ov_activation *act[4], *copies[4];
    for (size_t a = 0; a < 4; a++) {
        act[a] = a < split ? g_star : g;
        copies[a] = a < split ? &copy_star : &copy;
    }
    double closed = integral(which, C, act, i), other = integral(which, D, copies, i);
    return fabs(closed - other) / (1.0 + fabs(closed));
}

/* Random indices: slopes of students only. */
static void draw_indices(size_t i[4], size_t split, size_t turn, gsl_rng *r)
{
    for (size_t a = 0; a < 4; a++)
        i[a] = gsl_rng_uniform_int(r, 4);
    i[0] = split + gsl_rng_uniform_int(r, 4 - split);
    if (turn % 3 == 0) { /* all different */
        size_t distinct[4] = {2, 3, 0, 1};
        memcpy(i, distinct, sizeof distinct);
    }
}

/* Three kinks cannot all be at the ends of rules: three ReLU students and a smooth teacher. */
static double allowed(const struct ov_activation *g, const struct ov_activation *g_star,
                      size_t split)
{
    if (g->act == OV_ACT_RELU && split == 1)
        return 1e-3;
    return g->act == OV_ACT_RELU || g_star->act == OV_ACT_RELU ? 1e-6 : 1e-7;
}

START_TEST(closed_forms_agree_with_quadrature)
{
    enum integral which = (enum integral)_i;
    gsl_rng *r = ov_test_rng(301 + (unsigned long)_i);
    double worst = 0.0, worst_relu = 0.0;
    for (size_t turn = 0; turn < 350; turn++) {
        const struct ov_activation *g = &ov_activations[turn % 5];
        const struct ov_activation *g_star = &ov_activations[turn / 5 % 5];
        size_t i[4], split = 1 + turn % 2;
        double C[10];
        random_covariance(C, 4, (enum fields)(turn / 25 % FIELDS_KINDS), r);
        if (turn % 4 == 3)
            pull_together(C, 4, 2 + (int)(turn / 4 % 11), r);
        draw_indices(i, split, turn, r);
        if (which != I3 && i[1] < split)
            i[1] = i[0];
        double off = deviation(which, C, C, i, split, g, g_star);
        double *most = allowed(g, g_star, split) < 1e-6 ? &worst : &worst_relu;
        *most = fmax(*most, off);
        ck_assert_msg(off < allowed(g, g_star, split),
                      "%s turn %zu: %s student, %s teacher: off by %g", names[which], turn, g->name,
                      g_star->name, off);
    }
    printf("    %s: largest deviation %.2g, with ReLU %.2g\n", names[which], worst, worst_relu);
    gsl_rng_free(r);
}
END_TEST

/* One percent in the covariance. Some averages vanish, wrong covariance or not. */
START_TEST(comparison_with_quadrature_bites)
{
    gsl_rng *r = ov_test_rng(304);
    size_t caught = 0;
    for (size_t pair = 0; pair < 25; pair++) {
        const struct ov_activation *g = &ov_activations[pair % 5];
        const struct ov_activation *g_star = &ov_activations[pair / 5];
        static const size_t i[4] = {2, 2, 0, 1};
        double C[10], wrong[10];
        random_covariance(C, 4, FIELDS_GENERIC, r);
        for (size_t a = 0; a < 10; a++)
            wrong[a] = 1.01 * C[a];
        caught += deviation(I4, C, wrong, i, 2, g, g_star) > allowed(g, g_star, 2) ? 1 : 0;
    }
    ck_assert_uint_ge(caught, 23);
    gsl_rng_free(r);
}
END_TEST

/* Generic activations as they are, against Gauss-Hermite quadrature with 48 and 64 nodes a
 * direction on at most three fields, whose difference bounds its error. */
static double by_gauss_hermite(enum integral which, const double *C,
                               const struct ov_activation *const *act, const size_t i[4], size_t n)
{
    double mean = NAN;
    if (which == I3)
        ck_ok(ov_gauss_quad_I3(&mean, C, act, i[0], i[1], i[2], n));
    else if (which == I4)
        ck_ok(ov_gauss_quad_I4(&mean, C, act, i[0], i[1], i[2], i[3], n));
    else
        ck_ok(ov_gauss_quad_J2(&mean, C, act, i[0], i[1], n));
    return mean;
}

START_TEST(generic_activations_agree_with_gauss_hermite)
{
    gsl_rng *r = ov_test_rng(305);
    double worst = 0.0, coarsest = 0.0;
    size_t sure = 0;
    for (size_t turn = 0; turn < 60; turn++) {
        const struct ov_activation *g = &ov_activations[OV_ACT_GENERIC + turn % 5];
        const struct ov_activation *g_star = &ov_activations[OV_ACT_GENERIC + turn / 5 % 5];
        const struct ov_activation *act[3] = {turn % 2 ? &ov_activations[OV_ACT_ERF] : g_star, g,
                                              g};
        enum integral which = (enum integral)(turn % INTEGRALS);
        double C[6];
        size_t i[4];
        random_covariance(C, 3, (enum fields)(turn % FIELDS_KINDS), r);
        for (size_t a = 0; a < 4; a++)
            i[a] = a == 0 || (a == 1 && which != I3) ? 1 + gsl_rng_uniform_int(r, 2)
                                                     : gsl_rng_uniform_int(r, 3);
        double fine = by_gauss_hermite(which, C, act, i, 64);
        double bound = fabs(fine - by_gauss_hermite(which, C, act, i, 48));
        double off = fabs(fine - integral(which, C, act, i));
        if (bound > 1e-7)
            continue;
        sure++;
        ck_assert_double_lt(off, 1e-6);
        worst = fmax(worst, off);
        coarsest = fmax(coarsest, bound);
    }
    printf("    %zu averages: largest deviation %.2g, where Gauss-Hermite is sure of %.2g\n", sure,
           worst, coarsest);
    ck_assert_uint_ge(sure, 30);
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    TCase *c = tcase_create("closed_forms_agree_with_quadrature");
    tcase_set_timeout(c, 300);
    tcase_add_loop_test(c, closed_forms_agree_with_quadrature, 0, INTEGRALS);
    suite_add_tcase(s, c);
    OV_TEST(s, comparison_with_quadrature_bites);
    OV_TEST(s, generic_activations_agree_with_gauss_hermite);
}

OV_TEST_MAIN("theory/gauss_pairs");
