/* SPDX-License-Identifier: MIT
 *
 * Equations that are meant to hold in a part of space only, and what is outside by rounding.
 */
#include <math.h>
#include <string.h>

#include "overlap/theory/solve.h"
#include "test.h"
#include "theory/odes.h"

/* y_0' = y_0 - y_0^2, meant for y_0 >= 0: from below 0 it runs into a pole. y_1 relaxes. */
static int logistic(double *dy, const double *y, void *ctx)
{
    count(ctx);
    dy[0] = y[0] - y[0] * y[0];
    dy[1] = -100.0 * (y[1] - 1.0);
    return 0;
}

/* How often it was of use, in ctx; NULL: not counted. */
static int positive(double *y, void *ctx)
{
    if (y[0] >= 0.0)
        return 0;
    count(ctx);
    y[0] = 0.0;
    return 1;
}

static const double time[3] = {10.0, 40.0, 100.0};

static enum ov_status run(double path[6], double start, enum ov_method method, bool confined)
{
    const double y0[2] = {start, 0.5};
    struct ov_ode ode = {.n = 2, .rhs = logistic, .nearest = confined ? positive : NULL};
    struct ov_solve_options opt = options(method);
    return ov_solve(path, &ode, y0, time, 3, &opt, NULL, NULL, NULL);
}

/* What is outside by rounding grows to a pole if nothing holds it, and to no more than tolerance if
 * something does. */
START_TEST(rounding_does_not_leave)
{
    for (size_t m = 0; m < METHODS; m++) {
        double path[6];
        ck_assert_int_eq(run(path, -1e-15, methods[m], false), OV_EDIVERGED);
        ck_ok(run(path, -1e-15, methods[m], true));
        for (size_t i = 0; i < 3; i++) {
            ck_agree(0.0, path[2 * i], 0.0, 1e-12);
            ck_agree(1.0, path[2 * i + 1], 1e-8, 0.0);
        }
    }
}
END_TEST

/* Inside nothing changes, to the last bit: y_0 grows from 1e-6 to 1. */
START_TEST(inside_nothing_changes)
{
    for (size_t m = 0; m < METHODS; m++) {
        double path[6], plain[6];
        ck_ok(run(path, 1e-6, methods[m], true));
        ck_ok(run(plain, 1e-6, methods[m], false));
        ck_assert_mem_eq(path, plain, sizeof path);
        ck_agree(1.0 / (1.0 + (1e6 - 1.0) * exp(-10.0)), path[0], 1e-6, 0.0);
        ck_agree(1.0, path[4], 1e-8, 0.0);
    }
}
END_TEST

/* It is asked after each step, and not where nothing is outside by a tenth of a step's tolerance. */
START_TEST(it_is_asked)
{
    size_t n = 0;
    const double y0[2] = {-1e-15, 0.5};
    double path[6];
    struct ov_ode ode = {.n = 2, .rhs = logistic, .nearest = positive, .ctx = &n};
    struct ov_solve_options opt = options(OV_MSBDF);
    struct ov_solve_report report;
    ck_ok(ov_solve(path, &ode, y0, time, 3, &opt, &report, NULL, NULL));
    ck_assert_uint_gt(n, report.n_rhs); /* one count a right-hand side */
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, rounding_does_not_leave);
    OV_TEST(s, inside_nothing_changes);
    OV_TEST(s, it_is_asked);
}

OV_TEST_MAIN("theory/solve, the nearest point");
