/* SPDX-License-Identifier: MIT
 *
 * `spectrum` of quadratic networks: reading, theory, and networks.
 */
#include "quadratic_cases.h"

#define SPECTRUM                                                                                   \
    MODEL "    alpha: 0.4\n    spectrum: [0.1, 0.5, 2]\n    theory: true\n    sgd: {seeds: 1}\n"
static const double bins[] = {0.0, 0.3, 1.25, 2.75}; /* half-way between the rows, mirrored */

START_TEST(a_spectrum_is_refused_where_it_has_no_sense)
{
    refuses_edited(SPECTRUM, "[0.1, 0.5, 2]", "[0.1]",
                   "10:15: error: a spectrum needs at least two eigenvalues");
    refuses_edited(SPECTRUM, "[0.1, 0.5, 2]", "[0.5, 0.5]",
                   "10:15: error: spectrum must increase: 0.5 stands after 0.5");
    refuses_edited(SPECTRUM, "[0.1, 0.5, 2]", "[-0.5, 0.5]", "10:16: error: spectrum");
    refuses_edited(SPECTRUM, "[0.1, 0.5, 2]", "{from: 3, to: 2}",
                   "10:29: error: to must be above from, 3");
    refuses_edited(SPECTRUM, "[0.1, 0.5, 2]", "{from: 1, to: 1.0000000000001, points: 9999}",
                   "10:15: error: the range is too narrow for 9999 points");
    refuses_edited(SPECTRUM, "alpha: 0.4", "alpha: [0.4, 0.5]",
                   "10:15: error: a spectrum is that of one alpha");
    refuses_more(FLOW, "    spectrum: [0, 1]\n",
                 "12:15: error: a spectrum is that of the end of training");
}
END_TEST

START_TEST(a_spectrum_of_theory_has_shares_and_edges)
{
    struct ov_experiment *e = load(SPECTRUM);
    double *rows = run_side(e, OV_THEORY, 0), z[] = {0.1, 0.5, 2.0}, F[3], bin[4];
    struct ov_quadratic p = {0.5, 0.2, 0.1, 0.0};
    struct ov_quadratic_point x;
    struct ov_quadratic_spectrum sp;
    struct ov_error err = {0};
    check_columns(e, OV_THEORY, "z,cdf,density,atom,top,low,edge,gap_from,gap_to");
    ck_ok(ov_quadratic_curve(&x, &p, (const double[]){0.4}, 1, &err));
    ck_ok(ov_quadratic_cdf(F, z, 3, &x, 0.2, &err));
    ck_ok(ov_quadratic_cdf(bin, bins, 4, &x, 0.2, &err));
    ck_ok(ov_quadratic_spectrum(&sp, NULL, NULL, 0, &x, 0.2, &err));
    ck_assert_uint_eq(sp.n_bulks, 2);
    for (size_t i = 0; i < 3; i++) {
        double density = (bin[i + 1] - bin[i]) / (bins[i + 1] - bins[i]);
        double top = sp.edge[3] - 1.2065335745820 * pow(10.0, -2.0 / 3.0) * sp.top_scale;
        const double expected[] = {z[i],       F[i],       density,    sp.atom,   top,
                                   sp.edge[0], sp.edge[3], sp.edge[1], sp.edge[2]};
        for (size_t c = 0; c < 9; c++)
            ck_agree(expected[c], rows[9 * i + c], 1e-12, 1e-14);
    }
    free(rows);
    ov_experiment_free(e);
}
END_TEST

START_TEST(a_spectrum_of_networks_counts_eigenvalues)
{
    struct ov_experiment *e = load(SPECTRUM);
    double *rows = run_side(e, OV_SGD, 21), value[10];
    struct ov_quadratic_network p = {10, 5, 2, 40, OV_SENSING_GOE, 0.1, 0.0, 0.01};
    struct ov_error err = {0};
    check_columns(e, OV_SGD, "z,cdf,density,atom,top,low");
    ck_ok(ov_quadratic_eigenvalues(value, &p, 21, NULL, &err));
    for (size_t i = 0; i < 3; i++) {
        double *row = rows + 6 * i, below = 0.0, inside = 0.0, none = 0.0, low = INFINITY;
        for (size_t j = 0; j < 10; j++) {
            bool there = value[j] > 1e-3;
            below += 0.1 * (value[j] <= row[0]);
            inside += 0.1 * (there && value[j] > bins[i] && value[j] <= bins[i + 1]);
            none += 0.1 * !there;
            low = there ? fmin(low, value[j]) : low;
        }
        ck_agree(below, row[1], 1e-12, 0.0);
        ck_agree(inside / (bins[i + 1] - bins[i]), row[2], 1e-12, 0.0);
        ck_agree(none, row[3], 1e-12, 0.0);
        ck_agree(value[9], row[4], 0.0, 0.0);
        ck_agree(low, row[5], 0.0, 0.0);
    }
    free(rows);
    ov_experiment_free(e);
}
END_TEST

START_TEST(a_range_of_eigenvalues)
{
    char *text = edited(SPECTRUM, "[0.1, 0.5, 2]", "{to: 4, points: 5}");
    struct ov_experiment *e = load(text);
    ck_assert_uint_eq(e->curve[0].side[OV_SGD].n_row, 5);
    for (size_t i = 0; i < 5; i++)
        ck_assert_double_eq(e->curve[0].side[OV_SGD].time[i], (double)i);
    check_said(text, OV_SGD, "spectrum: 0 1 2 3 4\n", true);
    check_said(text, OV_THEORY, "spectrum: 0 1 2 3 4\n", true);
    check_said(text, OV_THEORY, "d: 10\n", true);
    free(text);
    ov_experiment_free(e);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, a_spectrum_is_refused_where_it_has_no_sense);
    OV_TEST(s, a_spectrum_of_theory_has_shares_and_edges);
    OV_TEST(s, a_spectrum_of_networks_counts_eigenvalues);
    OV_TEST(s, a_range_of_eigenvalues);
}

OV_TEST_MAIN("systems/quadratic, spectrum");
