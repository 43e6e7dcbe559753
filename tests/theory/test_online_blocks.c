/* SPDX-License-Identifier: MIT
 *
 * Inputs in blocks (paper.md eq:blocks) against trajectories of another code.
 */
#include "theory/blocks.h"

START_TEST(reference_trajectories)
{
    for (int method = 0; method < 2; method++) {
        struct blocks_case c = reference_case(_i);
        struct ov_solve_options opt = ov_solve_defaults();
        opt.method = method ? OV_RK8PD : OV_MSBDF;
        opt.rtol = method ? 1e-12 : 1e-10;
        const struct reference *ref = &references[_i];
        size_t width = ov_problem_row_width(&c.p);
        double *rows = blocks_solved(&c, ref->alpha, REFERENCE_TIMES, &opt);
        for (size_t i = 0; i < REFERENCE_TIMES; i++)
            ck_agree(ref->eps_g[i], rows[i * width + 1], method ? 0.0 : 1e-8, method ? 1e-12 : 0.0);
        free(rows);
        release(&c);
    }
}
END_TEST

static void add_tests(Suite *s)
{
    TCase *c = tcase_create("reference");
    tcase_set_timeout(c, 300);
    tcase_add_loop_test(c, reference_trajectories, 0, REFERENCES);
    suite_add_tcase(s, c);
}

OV_TEST_MAIN("theory/online_blocks");
