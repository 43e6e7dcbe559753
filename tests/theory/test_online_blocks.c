/* SPDX-License-Identifier: MIT
 *
 * Runs with inputs in blocks (paper.md eq:blocks): against trajectories of another code, in the limit of
 * falling learning rates, and what a run does besides.
 */
#include "overlap/model/eps_g.h"
#include "overlap/theory/gauss.h"
#include "theory/blocks.h"

/* ---- trajectories of reference ---- */

static void matches(const struct reference *ref, const struct blocks_case *c,
                    const struct ov_solve_options *opt, double rtol, double atol)
{
    size_t width = ov_problem_row_width(&c->p);
    double *rows = blocks_solved(c, ref->alpha, REFERENCE_TIMES, opt);
    for (size_t i = 0; i < REFERENCE_TIMES; i++)
        ck_agree(ref->eps_g[i], rows[i * width + 1], rtol, atol);
    free(rows);
}

START_TEST(trajectories_of_reference)
{
    struct blocks_case c = reference_case(_i);
    struct ov_solve_options exact = {.method = OV_RK8PD, .rtol = 1e-12, .atol = 1e-14},
                            opt = ov_solve_defaults();
    matches(&references[_i], &c, &exact, 0.0, 1e-12); /* all digits there are */
    matches(&references[_i], &c, &opt, 1e-6, 0.0);
    opt.rtol = 1e-10;
    matches(&references[_i], &c, &opt, 1e-8, 0.0);
    release(&c);
}
END_TEST

/* D and Nz at the start: eta v_k D_kc and eta^2 v_k v_j Nz_kj move what is 0 in a block of its own. */
START_TEST(averages_of_reference)
{
    static const double D[3][8] = {
        {.3944054600, .4078968911, -.4569194038, -.5045313213, .3890879903, .4051247704,
         -.5045313213, -.4204302069},
        {.2984933420, -.0942646788, -.1904896170, .2864097035, -.1360640121, -.1464233673},
        {.3435789302, .2877871750, -.2203179214, -.1249779468, .3303206981, .2813996922,
         -.2082965780, -.1483949738}};
    static const double Nz[3][3] = {{.4150822041, .3976923737, .3999156781},
                                    {.2202465290, .1335838235, .2072343705},
                                    {.2629402819, .2405026855, .2485710871}};
    struct blocks_case c = reference_case(_i);
    struct ov_gauss *w;
    struct ov_overlaps fields;
    double C[10], s[4], found[8], noise[3];
    ck_ok(ov_overlaps_create(&fields, c.p.K, c.p.M));
    ov_overlaps_total(&fields, &c.start, c.p.blocks);
    ov_overlaps_covariance(C, &fields);
    for (size_t m = 0; m < c.p.M; m++)
        s[m] = fields.v_star[m];
    for (size_t k = 0; k < c.p.K; k++)
        s[c.p.M + k] = -fields.v[k];
    ck_ok(ov_gauss_create(&w, c.p.K, c.p.M, c.p.g, c.p.g_star));
    ov_gauss_slopes(found, noise, w, C, s, c.p.sigma);
    for (size_t i = 0; i < c.p.K * (c.p.K + c.p.M); i++)
        ck_agree(D[_i][i], found[i], 0.0, 6e-11);
    for (size_t i = 0; i < 3; i++)
        ck_agree(Nz[_i][i], noise[i], 0.0, 6e-11);
    ov_gauss_free(w);
    ov_overlaps_free(&fields);
    release(&c);
}
END_TEST

/* A at alpha = 5 and B at 100: R and Q of each block, as rows with in_rows have them; and their sums. */
START_TEST(overlaps_of_blocks)
{
    static const struct {
        double alpha, block[2][7]; /* Q, R */
    } known[2] = {{5.0,
                   {{.1567100145, .0790918674, .1196534342, .1795051556, .0937930834, .1121434464,
                     .1175922749},
                    {.2095046187, .0751583489, .2299431219, .1871851958, .1948427496, .1631669983,
                     .2849247207}}},
                  {100.0,
                   {{.2985364069, .3299399410, .3990302588, .3793679020, .4436310845},
                    {.2607182259, .2703992506, .4671478637, .3241646061, .4701944040}}}};
    struct blocks_case c = reference_case(_i);
    struct ov_solve_options opt = {.method = OV_RK8PD, .rtol = 1e-12, .atol = 1e-14};
    size_t n = _i == 0 ? 7 : 5, in_fields = ov_row_width(c.p.K, c.p.M);
    c.p.blocks->in_rows = true;
    ck_assert_uint_eq(ov_problem_row_width(&c.p), in_fields + 2 * n);
    double *row = blocks_solved(&c, &known[_i].alpha, 1, &opt);
    for (size_t i = 0; i < n; i++) {
        double sum = 0.0;
        for (size_t l = 0; l < 2; l++) {
            ck_agree(known[_i].block[l][i], row[in_fields + l * n + i], 0.0, 6e-11);
            sum += c.p.blocks->variance[l] * row[in_fields + l * n + i];
        }
        ck_agree(sum, row[2 + i], 1e-14, 0.0);
    }
    free(row);
    release(&c);
}
END_TEST

START_TEST(names_of_columns)
{
    struct blocks_case c = case_A();
    char name[32];
    c.p.blocks->in_rows = true;
    ov_problem_row_column(name, 1, &c.p);
    ck_assert_str_eq(name, "eps_g");
    ov_problem_row_column(name, 5, &c.p);
    ck_assert_str_eq(name, "R_0_0");
    ov_problem_row_column(name, ov_row_width(2, 2) + 1, &c.p);
    ck_assert_str_eq(name, "Q_1_0_b0");
    ov_problem_row_column(name, ov_row_width(2, 2) + 13, &c.p);
    ck_assert_str_eq(name, "R_1_1_b1");
    release(&c);
}
END_TEST

/* ---- learning rates that fall ---- */

/* eta = c/alpha, linear: eps_g alpha -> (sigma^2/2) sum_l f_l (c rho_l)^2/(2 c rho_l - 1). */
START_TEST(annealed_noise)
{
    static const double rho[] = {2.5, 0.5}, f[] = {0.25, 0.75}, rates[] = {2.0, 4.0};
    double c_of_eta = rates[_i], last = 1e6, A = 0.0;
    struct blocks_case c = blocks_case(2, 1, 1, OV_ACT_LINEAR, OV_ACT_LINEAR);
    for (size_t l = 0; l < 2; l++) {
        set_block(&c, l, rho[l], f[l], (double[]){f[l]}, (double[]){0.0}, (double[]){0.0});
        A += 0.5 * f[l] * pow(c_of_eta * rho[l], 2) / (2.0 * c_of_eta * rho[l] - 1.0);
    }
    c.p.eta_w = 0.5, c.p.sigma = 1.0;
    c.p.schedule =
        (struct ov_schedule){.kind = OV_DECAY_POWER, .exponent = 1.0, .time = c_of_eta / c.p.eta_w};
    double *row = blocks_solved(&c, &last, 1, NULL);
    ck_agree(A, row[1] * last, 3e-4,
             0.0); /* corrections are of relative order c/alpha, logarithms apart */
    free(row);
    release(&c);
}
END_TEST

/* Both kinds of schedule, with and without the Jacobian. */
START_TEST(schedules_by_both_methods)
{
    static double at[] = {1.5, 4.0};
    static const double alpha[] = {0.7, 3.0, 40.0};
    static const struct ov_schedule kinds[] = {
        {.kind = OV_DECAY_POWER, .exponent = 0.5, .time = 2.0, .from = 1.0},
        {.kind = OV_DECAY_STEPS, .factor = 0.5, .at = at, .n_at = 2}};
    struct blocks_case c = case_C();
    struct ov_solve_options exact = {.method = OV_RK8PD, .rtol = 1e-12, .atol = 1e-14},
                            opt = ov_solve_defaults();
    double *constant = blocks_solved(&c, alpha, 3, &exact);
    c.p.schedule = kinds[_i];
    opt.stiff = true;
    double *x = blocks_solved(&c, alpha, 3, &exact), *y = blocks_solved(&c, alpha, 3, &opt);
    for (size_t i = 0; i < 3 * ov_row_width(2, 2); i++)
        ck_agree(x[i], y[i], 3e-7, 1e-8);
    ck_assert(fabs(x[2 * ov_row_width(2, 2) + 1] / constant[2 * ov_row_width(2, 2) + 1] - 1.0) >
              0.1);
    free(constant);
    free(x);
    free(y);
    c.p.schedule.at = NULL; /* not the problem's to free */
    release(&c);
}
END_TEST

static void add_tests(Suite *s)
{
    TCase *c = tcase_create("reference");
    tcase_set_timeout(c, 300);
    tcase_add_loop_test(c, trajectories_of_reference, 0, REFERENCES);
    tcase_add_loop_test(c, averages_of_reference, 0, 3);
    tcase_add_loop_test(c, overlaps_of_blocks, 0, 2);
    tcase_add_loop_test(c, annealed_noise, 0, 2);
    tcase_add_loop_test(c, schedules_by_both_methods, 0, 2);
    suite_add_tcase(s, c);
    OV_TEST(s, names_of_columns);
}

OV_TEST_MAIN("theory/online_blocks");
