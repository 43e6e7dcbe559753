/* SPDX-License-Identifier: MIT
 *
 * msbdf's beginning, which rk8pd does, and how backward differentiation takes over from it.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_randist.h>

#include "overlap/theory/solve.h"
#include "solve_bdf_internal.h"
#include "test.h"
#include "theory/odes.h"

enum { MANY = 400 };

/* y_0 = e^-t moves y_1 = 1/(1 + t/50), which goes on for long: y_2 follows at rate 3. */
static int learning(double *dy, const double *y, void *ctx)
{
    count(ctx);
    dy[0] = -y[0];
    dy[1] = -0.02 * y[1] * y[1];
    dy[2] = -3.0 * (y[2] - y[1] - y[0]) + dy[0] + dy[1];
    return 0;
}

static void learnt(double y[3], double t)
{
    y[0] = exp(-t);
    y[1] = 1.0 / (1.0 + t / 50.0);
    y[2] = y[0] + y[1];
}

static struct ov_solve_report run_by(enum ov_method method, double *path, const double *time,
                                     size_t n, bool stiff)
{
    const double y0[3] = {1.0, 1.0, 2.0};
    struct ov_ode ode = {.n = 3, .rhs = learning};
    struct ov_solve_options opt = options(method);
    struct ov_solve_report report;
    opt.stiff = stiff;
    ck_ok(ov_solve(path, &ode, y0, time, n, &opt, &report, NULL, NULL));
    return report;
}

static struct ov_solve_report run(double *path, const double *time, size_t n, bool stiff)
{
    return run_by(OV_MSBDF, path, time, n, stiff);
}

/* No Jacobian while stability does not hold the steps; rk8pd alone would go on with steps that it
 * does. */
START_TEST(rk8pd_goes_first)
{
    const double early[1] = {0.3}, late[1] = {1000.0};
    double path[3], exact[3];
    struct ov_solve_report soon = run(path, early, 1, false), known = run(path, early, 1, true);
    ck_assert_uint_eq(soon.n_jacobian, 0);
    ck_assert_uint_gt(known.n_jacobian, 0);
    struct ov_solve_report all = run(path, late, 1, false);
    learnt(exact, late[0]);
    for (size_t e = 1; e < 3; e++)
        ck_agree(exact[e], path[e], 1e-7, 0.0);
    ck_assert_uint_gt(all.n_jacobian, 0);
    ck_assert_uint_eq(all.n_stand_in, 0);
    ck_assert_uint_lt(4 * all.n_rhs, run_by(OV_RK8PD, path, late, 1, false).n_rhs);
}
END_TEST

/* Between the long steps the path is as good as at their ends, from the first step on, and many
 * listed times cost little. */
START_TEST(long_steps_are_interpolated)
{
    static double time[MANY], path[3 * MANY];
    double last = 30.0, end[3], exact[3];
    for (size_t i = 0; i < MANY; i++)
        time[i] = last * pow(1e-6, 1.0 - (double)(i + 1) / MANY);
    time[MANY - 1] = last;
    size_t plain = run(end, &last, 1, false).n_rhs, all = run(path, time, MANY, false).n_rhs;
    ck_assert(memcmp(end, path + 3 * (MANY - 1), sizeof end) == 0);
    ck_assert_uint_lt(all, 2 * plain);
    for (size_t i = 0; i < MANY; i++) {
        learnt(exact, time[i]);
        for (size_t e = 0; e < 3; e++)
            ck_agree(exact[e], path[3 * i + e], 0.0, 3e-8);
    }
}
END_TEST

/* Three points of a polynomial of degree 5 have its Taylor coefficients. */
START_TEST(a_history_of_three_points)
{
    gsl_rng *r = ov_test_rng(5);
    struct ov_bdf *b = ov_bdf_create(2, true);
    ck_assert_ptr_nonnull(b);
    for (size_t turn = 0; turn < 50; turn++) {
        double h = gsl_ran_flat(r, 0.01, 2.0), c[2][6], y[3][2], dy[3][2];
        for (size_t j = 0; j < 12; j++)
            c[j / 6][j % 6] = gsl_ran_gaussian(r, 1.0) / pow(h, (double)(j % 6));
        for (size_t p = 0; p < 3; p++)
            for (size_t e = 0; e < 2; e++) {
                double x = -h * (double)p;
                y[p][e] = dy[p][e] = 0.0;
                for (size_t j = 6; j-- > 0;) {
                    y[p][e] = y[p][e] * x + c[e][j];
                    dy[p][e] = j > 0 ? dy[p][e] * x + (double)j * c[e][j] : dy[p][e];
                }
            }
        double *ys[3] = {y[0], y[1], y[2]}, *dys[3] = {dy[0], dy[1], dy[2]};
        ov_bdf_begin_warm(b, ys, dys, h);
        for (size_t j = 0; j <= ORDERS; j++)
            for (size_t e = 0; e < 2; e++)
                ck_agree(c[e][j] * pow(h, (double)j), b->z[j][e], 0.0, 1e-11);
    }
    ov_bdf_free(b);
    gsl_rng_free(r);
}
END_TEST

/* The start of a path is no worse for rk8pd: whatever the tolerance, both ways agree. */
START_TEST(both_ways_agree)
{
    double time[3] = {1.0, 20.0, 300.0}, exact[3];
    for (double rtol = 1e-5; rtol > 1e-12; rtol *= 0.1)
        for (int stiff = 0; stiff < 2; stiff++) {
            const double y0[3] = {1.0, 1.0, 2.0};
            double path[9];
            struct ov_ode ode = {.n = 3, .rhs = learning};
            struct ov_solve_options opt = {.rtol = rtol, .atol = 1e-4 * rtol, .stiff = stiff != 0};
            ck_ok(ov_solve(path, &ode, y0, time, 3, &opt, NULL, NULL, NULL));
            for (size_t i = 0; i < 3; i++) {
                learnt(exact, time[i]);
                for (size_t e = 0; e < 3; e++)
                    ck_agree(exact[e], path[3 * i + e], 0.0, 20.0 * rtol);
            }
        }
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, rk8pd_goes_first);
    OV_TEST(s, long_steps_are_interpolated);
    OV_TEST(s, a_history_of_three_points);
    OV_TEST(s, both_ways_agree);
}

OV_TEST_MAIN("theory/solve, the opening");
