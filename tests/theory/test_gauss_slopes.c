/* SPDX-License-Identifier: MIT
 *
 * The mean derivatives D (ov_gauss_slopes), of every student with every teacher.
 */
#include <math.h>
#include <string.h>

#include "theory/pairs.h"
#include "theory/plane.h"

/* ---- what D is for ---- */

/* |sum_c D_kc C_cb - G_kb|, the largest, to the size of the terms. */
static double off_the_contraction(struct network *n)
{
    struct network D = *n;
    double worst = 0.0;
    contract(n);
    slopes(&D);
    for (size_t k = 0; k < n->K; k++)
        for (size_t b = 0; b < n->P; b++) {
            double sum = 0.0, size = 1.0;
            for (size_t c = 0; c < n->P; c++) {
                double term = D.G[k * n->P + c] * n->C[ov_sym_at(c, b)];
                sum += term;
                size += fabs(term);
            }
            worst = fmax(worst, fabs(sum - n->G[k * n->P + b]) / size);
        }
    for (size_t i = 0; i < ov_sym_size(n->K); i++)
        ck_assert_msg(D.Nz[i] == n->Nz[i], "%s student, %s teacher: Nz", n->g->name,
                      n->g_star->name);
    return worst;
}

/* Two ways to the same numbers: G by quadrature in sectors, D on half-lines. All other pairs take
 * D and G from the same averages, exact or not. */
static bool by_quadrature(const struct network *n)
{
    bool kink = n->g->act == OV_ACT_RELU || n->g->act == OV_ACT_LEAKY_RELU;
    bool kink_star = n->g_star->act == OV_ACT_RELU || n->g_star->act == OV_ACT_LEAKY_RELU;
    return (kink && n->g_star->act == OV_ACT_GENERIC) || (kink_star && n->g->act == OV_ACT_GENERIC);
}

START_TEST(slopes_times_covariance_are_the_contraction)
{
    gsl_rng *r = ov_test_rng(901);
    double most = 0.0;
    for (size_t turn = 0; turn < 4 * ov_activation_count * ov_activation_count; turn++) {
        struct network n = {.g = &ov_activations[turn % ov_activation_count],
                            .g_star =
                                &ov_activations[turn / ov_activation_count % ov_activation_count]};
        bool slow = n.g->act == OV_ACT_GENERIC || n.g_star->act == OV_ACT_GENERIC;
        n.K = slow ? 2 : 1 + gsl_rng_uniform_int(r, 4);
        n.M = slow ? 1 : 1 + gsl_rng_uniform_int(r, 3);
        n.sigma = gsl_rng_uniform(r);
        enum fields kind = (enum fields)(turn / ov_activation_count / ov_activation_count);
        random_network(n.C, n.s, n.K, n.M, kind, r);
        double off = off_the_contraction(&n);
        ck_assert_msg(off < (by_quadrature(&n) ? 1e-8 : 1e-13),
                      "%s student, %s teacher, fields %d: off by %g", n.g->name, n.g_star->name,
                      (int)kind, off);
        most = fmax(most, off);
    }
    printf("    largest deviation %.2g\n", most);
    gsl_rng_free(r);
}
END_TEST

/* ---- what D is: three fields in a plane, where C says nothing about it ---- */

/* No two of the three directions, and none of them with z_2, are close to parallel: where they are,
 * rules must be finer. */
static void random_plane(struct plane *p, gsl_rng *r)
{
    struct network *n = p->n;
    for (size_t a = 0; a < n->K + n->M; a++) {
        double turned = (double)a / 3.0 + gsl_ran_flat(r, -0.36, -0.24);
        double angle = M_PI * (turned + (gsl_rng_uniform(r) < 0.5 ? 1.0 : 0.0));
        double length = gsl_ran_flat(r, 0.4, 1.3);
        p->A[a][0] = length * cos(angle);
        p->A[a][1] = length * sin(angle);
        n->s[a] = gsl_ran_flat(r, 0.5, 1.5) * (a < n->M ? 1.0 : -1.0);
    }
    plane_fields(p);
}

/* The largest deviations from the definition: of D, and of 1.001 D. */
static void off_the_definition(double worst[2], struct plane *p)
{
    double D[64];
    plane_slopes(D, p, 0.005);
    slopes(p->n);
    worst[0] = worst[1] = 0.0;
    for (size_t i = 0; i < p->n->K * p->n->P; i++)
        for (int wrong = 0; wrong < 2; wrong++) {
            double off = fabs((1.0 + 0.001 * wrong) * p->n->G[i] - D[i]) / (1.0 + fabs(D[i]));
            worst[wrong] = fmax(worst[wrong], off);
        }
}

START_TEST(slopes_are_mean_derivatives)
{
    gsl_rng *r = ov_test_rng(902);
    double most = 0.0;
    for (size_t turn = 0; turn < ov_activation_count * ov_activation_count; turn++) {
        struct network n = {.K = 2,
                            .M = 1,
                            .g = &ov_activations[turn % ov_activation_count],
                            .g_star = &ov_activations[turn / ov_activation_count]};
        struct plane p = {.n = &n};
        random_plane(&p, r);
        double worst[2];
        off_the_definition(worst, &p);
        ck_assert_msg(worst[0] < 1e-7, "%s student, %s teacher: off by %g", n.g->name,
                      n.g_star->name, worst[0]);
        ck_assert_double_gt(worst[1], 1e-5);
        most = fmax(most, worst[0]);
    }
    printf("    largest deviation %.2g\n", most);
    gsl_rng_free(r);
}
END_TEST

/* ---- known numbers (from another program, with other formulas) ---- */

static void check_numbers(struct network *n, const double *D, const double *Nz)
{
    slopes(n);
    for (size_t i = 0; i < n->K * n->P; i++)
        ck_agree(D[i], n->G[i], 0.0, 1e-10);
    for (size_t i = 0; i < ov_sym_size(n->K); i++)
        ck_agree(Nz[i], n->Nz[i], 0.0, 1e-10);
}

/* C = sum_l rho_l C^(l) of two blocks of inputs, packed. */
static void add_block(double *C, double rho, const double *block, size_t P)
{
    for (size_t i = 0; i < ov_sym_size(P); i++)
        C[i] += rho * block[i];
}

START_TEST(known_numbers_of_erf_units)
{
    struct network n = {.K = 2, .M = 2, .sigma = 0.1, .s = {1.0, 1.0, -1.0, -1.0}};
    n.g = n.g_star = &ov_activations[OV_ACT_ERF];
    add_block(n.C, 2.5, (double[]){.3, .05, .2, .05, .02, .06, -.01, .04, .01, .08}, 4);
    add_block(n.C, .5, (double[]){.7, -.1, .9, .03, -.02, .2, .01, .06, .03, .15}, 4);
    check_numbers(&n,
                  (double[]){.3944054600, .4078968911, -.4569194038, -.5045313213, .3890879903,
                             .4051247704, -.5045313213, -.4204302069},
                  (double[]){.4150822041, .3976923737, .3999156781});
    struct network m = {.K = 2, .M = 2, .sigma = 0.1, .s = {1.0, .8, -.5, -.3}};
    m.g = m.g_star = &ov_activations[OV_ACT_ERF];
    add_block(m.C, 4.0, (double[]){.2, 0, .1, .05, .02, .06, .03, .04, .01, .08}, 4);
    add_block(m.C, 1.2, (double[]){.3, .1, .4, .03, -.02, .1, .01, .06, .03, .15}, 4);
    add_block(m.C, 0.4, (double[]){.5, -.1, .6, .02, .05, .3, -.03, .1, -.05, .2}, 4);
    check_numbers(&m,
                  (double[]){.3435789302, .2877871750, -.2203179214, -.1249779468, .3303206981,
                             .2813996922, -.2082965780, -.1483949738},
                  (double[]){.2629402819, .2405026855, .2485710871});
}
END_TEST

/* ReLU units in two blocks. */
START_TEST(known_numbers_of_relu_units)
{
    struct network n = {.K = 2, .M = 1, .sigma = 0.1, .s = {1.0, -.5, -.7}};
    n.g = n.g_star = &ov_activations[OV_ACT_RELU];
    add_block(n.C, 1.6, (double[]){.5, .1, .2, .05, .02, .1}, 3);
    add_block(n.C, 0.4, (double[]){.5, .05, .1, .1, .03, .3}, 3);
    check_numbers(&n,
                  (double[]){.2984933420, -.0942646788, -.1904896170, .2864097035, -.1360640121,
                             -.1464233673},
                  (double[]){.2202465290, .1335838235, .2072343705});
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, slopes_times_covariance_are_the_contraction);
    OV_TEST(s, slopes_are_mean_derivatives);
    OV_TEST(s, known_numbers_of_erf_units);
    OV_TEST(s, known_numbers_of_relu_units);
}

OV_TEST_MAIN("theory/gauss_slopes");
