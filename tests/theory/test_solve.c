/* SPDX-License-Identifier: MIT
 *
 * The solver on equations with known solutions.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "overlap/theory/solve.h"
#include "test.h"
#include "theory/odes.h"

/* Rates 1e-2, 1 and 1e4: y_0 = e^(-t/100), y_1 = e^-t + y_0, y_2 = e^(-10000 t) + y_1. */
static int stiff(double *dy, const double *y, void *ctx)
{
    count(ctx);
    dy[0] = -0.01 * y[0];
    dy[1] = -(y[1] - y[0]) + dy[0];
    dy[2] = -1e4 * (y[2] - y[1]) + dy[1];
    return 0;
}

static int stiff_jacobian(double *J, const double *y, void *ctx)
{
    (void)y, (void)ctx;
    const double exact[9] = {-0.01, 0, 0, 0.99, -1.0, 0, 0.99, 1e4 - 1.0, -1e4};
    memcpy(J, exact, sizeof exact);
    return 0;
}

/* A saddle point at (1,1): y_0 relaxes fast; z = y_1 - 1 grows slowly, from far below any tolerance
 * on y_1, and saturates: z' = 0.02 z (1 - z). */
static int saddle(double *dy, const double *y, void *ctx)
{
    count(ctx);
    dy[0] = 1.0 - y[0];
    dy[1] = 0.02 * (y[1] - 1.0) * (2.0 - y[1]);
    return 0;
}

static int still(double *dy, const double *y, void *ctx)
{
    (void)y;
    count(ctx);
    dy[0] = dy[1] = 0.0;
    return 0;
}

START_TEST(circle_is_followed)
{
    double time[4] = {0.0, 1e-3, 1.0, 50.0}, y0[2] = {0.0, 1.0};
    for (size_t m = 0; m < METHODS; m++) {
        size_t calls = 0;
        struct ov_ode ode = {.n = 2, .rhs = circle, .ctx = &calls};
        struct ov_solve_options opt = options(methods[m]);
        struct ov_solve_report report;
        double path[8];
        ck_ok(ov_solve(path, &ode, y0, time, 4, &opt, &report, NULL, NULL));
        ck_agree(0.0, path[0], 0.0, 0.0);
        ck_agree(1.0, path[1], 0.0, 0.0);
        for (size_t i = 0; i < 4; i++) {
            /* the radius errs by some rtol a radian */
            ck_agree(sin(time[i]), path[2 * i], 0.0, 1e-8 * (1.0 + time[i]));
            ck_agree(cos(time[i]), path[2 * i + 1], 0.0, 1e-8 * (1.0 + time[i]));
        }
        ck_assert_uint_eq(report.n_rhs, calls);
        ck_assert_uint_gt(report.n_step, 0);
        ck_assert((report.n_jacobian > 0) == (methods[m] == OV_MSBDF));
    }
}
END_TEST

/* The tolerance is what moves the error. */
START_TEST(error_follows_the_tolerance)
{
    double time[1] = {20.0}, y0[2] = {0.0, 1.0}, path[2];
    struct ov_ode ode = {.n = 2, .rhs = circle};
    for (size_t m = 0; m < METHODS; m++) {
        double before = INFINITY;
        for (double rtol = 1e-4; rtol > 1e-11; rtol *= 0.01) {
            struct ov_solve_options opt = {.method = methods[m], .rtol = rtol, .atol = rtol};
            ck_ok(ov_solve(path, &ode, y0, time, 1, &opt, NULL, NULL, NULL));
            double error = fmax(fabs(path[0] - sin(20.0)), fabs(path[1] - cos(20.0)));
            ck_assert_msg(error < 100.0 * rtol && error < 0.3 * before, "rtol %g: error %g", rtol,
                          error);
            before = error;
        }
    }
}
END_TEST

static void stiff_solution(double y[3], double t)
{
    y[0] = exp(-0.01 * t);
    y[1] = y[0] + exp(-t);
    y[2] = y[1] + exp(-1e4 * t);
}

START_TEST(stiff_problem_with_and_without_jacobian)
{
    double time[5] = {1e-5, 1e-3, 0.1, 10.0, 1000.0}, y0[3] = {1.0, 2.0, 3.0};
    int (*jacobians[2])(double *, const double *, void *) = {NULL, stiff_jacobian};
    for (size_t j = 0; j < 2; j++) {
        struct ov_ode ode = {.n = 3, .rhs = stiff, .jacobian = jacobians[j]};
        struct ov_solve_options opt = options(OV_MSBDF);
        struct ov_solve_report report;
        double path[15], exact[3];
        ck_ok(ov_solve(path, &ode, y0, time, 5, &opt, &report, NULL, NULL));
        for (size_t i = 0; i < 5; i++) {
            stiff_solution(exact, time[i]);
            for (size_t e = 0; e < 3; e++)
                ck_agree(exact[e], path[3 * i + e], 1e-7, 1e-11);
        }
        ck_assert_uint_lt(report.n_rhs, 10000); /* an explicit method needs 3 million */
    }
}
END_TEST

/* More listed times give the same bits at the ones both lists have. */
START_TEST(listed_times_do_not_move_the_path)
{
    double few[2] = {3.0, 30.0}, y0[2] = {0.0, 1.0}, a[4], b[2 * 301];
    double many[301];
    for (size_t i = 0; i <= 300; i++)
        many[i] = 0.1 * (double)i;
    many[30] = 3.0, many[300] = 30.0;
    struct ov_ode ode = {.n = 2, .rhs = circle};
    struct ov_solve_options opt = options(OV_MSBDF);
    ck_ok(ov_solve(a, &ode, y0, few, 2, &opt, NULL, NULL, NULL));
    ck_ok(ov_solve(b, &ode, y0, many, 301, &opt, NULL, NULL, NULL));
    ck_assert(memcmp(a, b + 2 * 30, 2 * sizeof *a) == 0);
    ck_assert(memcmp(a + 2, b + 2 * 300, 2 * sizeof *a) == 0);
    for (size_t i = 0; i <= 300; i++)
        ck_agree(sin(many[i]), b[2 * i], 0.0, 1e-8 * (1.0 + many[i]));
}
END_TEST

/* The logistic way out, however small the start: time of escape and shape afterwards. */
START_TEST(saddle_point_is_left_in_time)
{
    for (double start = 1e-2; start > 5e-9; start *= 0.1) {
        double y0[2] = {0.0, 1.0 + start}, escape = log((1.0 - start) / start) / 0.02;
        double time[3] = {escape - 50.0, escape, escape + 50.0}, path[6];
        struct ov_ode ode = {.n = 2, .rhs = saddle};
        struct ov_solve_options opt = options(OV_MSBDF);
        for (int stiff = 0; stiff < 2; stiff++) {
            opt.stiff = stiff != 0;
            ck_ok(ov_solve(path, &ode, y0, time, 3, &opt, NULL, NULL, NULL));
            /* y_1 near 1 is rounded at each step, some hundred of which come before it has grown */
            for (size_t i = 0; i < 3; i++)
                ck_agree(1.0 / (1.0 + exp(-0.02 * (time[i] - escape))), path[2 * i + 1] - 1.0, 0.0,
                         3e-7 + 100.0 * DBL_EPSILON / start);
        }
    }
}
END_TEST

/* On a fixed point, stable or not, a million is a few steps. */
START_TEST(fixed_points_are_cheap)
{
    double time[2] = {1.0, 1e6}, path[4];
    const double starts[3][2] = {{1.0, 1.0}, {1.0, 2.0}, {0.0, 0.0}};
    int (*sides[3])(double *, const double *, void *) = {saddle, saddle, still};
    for (size_t i = 0; i < 3; i++) {
        struct ov_ode ode = {.n = 2, .rhs = sides[i]};
        struct ov_solve_options opt = options(OV_MSBDF);
        struct ov_solve_report report;
        ck_ok(ov_solve(path, &ode, starts[i], time, 2, &opt, &report, NULL, NULL));
        for (size_t e = 0; e < 4; e++)
            ck_agree(starts[i][e % 2], path[e], 1e-15, 0.0);
        ck_assert_uint_lt(report.n_rhs, 500);
    }
}
END_TEST

START_TEST(zero_start_and_zero_tolerances)
{
    /* y_0 = 1 - e^-t from 0: atol alone sets the scale */
    double y0[2] = {0.0, 1.0}, time[2] = {1e-8, 2.0}, path[4];
    struct ov_ode ode = {.n = 2, .rhs = saddle};
    for (size_t m = 0; m < METHODS; m++) {
        struct ov_solve_options opt = {.method = methods[m], .rtol = 0.0, .atol = 1e-9};
        ck_ok(ov_solve(path, &ode, y0, time, 2, &opt, NULL, NULL, NULL));
        ck_agree(-expm1(-time[0]), path[0], 0.0, 1e-9);
        ck_agree(-expm1(-time[1]), path[2], 0.0, 1e-8);
        opt = (struct ov_solve_options){.method = methods[m], .rtol = 1e-8, .atol = 0.0};
        y0[0] = 0.5;
        ck_ok(ov_solve(path, &ode, y0, time, 2, &opt, NULL, NULL, NULL));
        ck_agree(1.0 - 0.5 * exp(-time[1]), path[2], 1e-8, 0.0);
        y0[0] = 0.0;
    }
}
END_TEST

START_TEST(time_zero_only)
{
    size_t calls = 0;
    double y0[1] = {3.0}, time[1] = {0.0}, path[1];
    struct ov_ode ode = {.n = 1, .rhs = refuse, .ctx = &calls};
    struct ov_solve_options opt = ov_solve_defaults();
    ck_ok(ov_solve(path, &ode, y0, time, 1, &opt, NULL, NULL, NULL));
    ck_agree(3.0, path[0], 0.0, 0.0);
    ck_ok(ov_solve(path, &ode, y0, time, 0, &opt, NULL, NULL, NULL));
    ck_assert_uint_eq(calls, 0);
}
END_TEST

static void told(void *ctx, uint64_t done, uint64_t total)
{
    uint64_t *seen = ctx;
    ck_assert(done > seen[0] && total > done);
    seen[0] = done;
    seen[1]++;
}

START_TEST(progress_is_told_and_changes_nothing)
{
    double y0[2] = {0.0, 1.0}, time[1] = {50.0}, a[2], b[2];
    uint64_t seen[2] = {0, 0};
    struct ov_tick tick = {.tell = told, .ctx = seen};
    struct ov_ode ode = {.n = 2, .rhs = circle};
    struct ov_solve_options opt = ov_solve_defaults();
    struct ov_solve_report report;
    ck_ok(ov_solve(a, &ode, y0, time, 1, &opt, &report, &tick, NULL));
    ck_ok(ov_solve(b, &ode, y0, time, 1, &opt, NULL, NULL, NULL));
    ck_assert(memcmp(a, b, sizeof a) == 0);
    ck_assert_uint_eq(seen[1], report.n_rhs / 100);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, circle_is_followed);
    OV_TEST(s, error_follows_the_tolerance);
    OV_TEST(s, stiff_problem_with_and_without_jacobian);
    OV_TEST(s, listed_times_do_not_move_the_path);
    OV_TEST(s, saddle_point_is_left_in_time);
    OV_TEST(s, fixed_points_are_cheap);
    OV_TEST(s, zero_start_and_zero_tolerances);
    OV_TEST(s, time_zero_only);
    OV_TEST(s, progress_is_told_and_changes_nothing);
}

OV_TEST_MAIN("theory/solve");
