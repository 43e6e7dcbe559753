/* SPDX-License-Identifier: MIT
 *
 * theory/solve.h where one method finds no step, where the path ends, and where a tolerance is
 * below what the right-hand side knows.
 */
#include <math.h>
#include <string.h>

#include "overlap/theory/solve.h"
#include "test.h"
#include "theory/odes.h"

/* ---- the other stepper ---- */

/* The circle, whose Jacobian is refused where y_0 < part. */
static int part_of_a_jacobian(double *J, const double *y, void *ctx)
{
    const double exact[4] = {0, 1, -1, 0}, *part = ctx;
    memcpy(J, exact, sizeof exact);
    return y[0] < *part;
}

static int plain_circle(double *dy, const double *y, void *ctx)
{
    (void)ctx;
    return circle(dy, y, NULL);
}

START_TEST(the_other_method_stands_in)
{
    static const double parts[3] = {2.0, 0.0, -2.0}; /* all, half and none of it */
    double y0[2] = {0.0, 1.0}, time[3] = {0.5, 5.0, 50.0}, path[6];
    for (size_t i = 0; i < 3; i++) {
        double part = parts[i];
        struct ov_ode ode = {
            .n = 2, .rhs = plain_circle, .jacobian = part_of_a_jacobian, .ctx = &part};
        struct ov_solve_options opt = options(OV_MSBDF);
        opt.stiff = true;
        struct ov_solve_report report;
        struct ov_error err = {0};
        ck_assert_msg(ov_solve(path, &ode, y0, time, 3, &opt, &report, NULL, &err) == OV_OK, "%s",
                      err.text);
        for (size_t j = 0; j < 3; j++)
            ck_agree(sin(time[j]), path[2 * j], 0.0, 1e-8 * (1.0 + time[j]));
        ck_assert((report.n_stand_in > 0) == (i < 2));
        if (i == 0)
            ck_agree(0.0, report.first_stand_in, 0.0, 0.0);
        else if (i == 1)
            ck_assert(report.first_stand_in > 3.0 && report.first_stand_in < 6.3);
        else
            ck_assert(isnan(report.first_stand_in));
    }
}
END_TEST

/* The promise of listed times, with both steppers on the way. */
START_TEST(listed_times_do_not_move_the_path)
{
    enum { MANY = 301 };
    double few[2] = {3.5, 30.0}, y0[2] = {0.0, 1.0}, a[4], b[2 * MANY], many[MANY], part = 0.0;
    for (size_t i = 0; i < MANY; i++)
        many[i] = 0.1 * (double)i;
    many[35] = few[0], many[300] = few[1];
    struct ov_ode ode = {.n = 2, .rhs = plain_circle, .jacobian = part_of_a_jacobian, .ctx = &part};
    struct ov_solve_options opt = options(OV_MSBDF);
    opt.stiff = true;
    struct ov_solve_report report;
    ck_ok(ov_solve(a, &ode, y0, few, 2, &opt, &report, NULL, NULL));
    ck_assert_uint_gt(report.n_stand_in, 1);
    ck_ok(ov_solve(b, &ode, y0, many, MANY, &opt, NULL, NULL, NULL));
    ck_assert(memcmp(a, b + 2 * 35, 2 * sizeof *a) == 0);
    ck_assert(memcmp(a + 2, b + 2 * 300, 2 * sizeof *a) == 0);
    for (size_t i = 0; i < MANY; i++)
        ck_agree(sin(many[i]), b[2 * i], 0.0, 1e-8 * (1.0 + many[i]));
}
END_TEST

/* ---- where the path ends ---- */

static int decay(double *dy, const double *y, void *ctx)
{
    (void)ctx;
    dy[0] = -y[0];
    return 0;
}

static int below_ctx(const double *y, void *ctx)
{
    return y[0] <= *(const double *)ctx;
}

START_TEST(a_path_may_end)
{
    double y0[1] = {1.0}, time[4] = {0.0, 1.0, 5.0, 1e9}, path[4], level = 0.1;
    struct ov_ode ode = {.n = 1, .rhs = decay, .ended = below_ctx, .ctx = &level};
    for (size_t m = 0; m < METHODS; m++) {
        struct ov_solve_options opt = options(methods[m]);
        struct ov_solve_report report;
        ck_ok(ov_solve(path, &ode, y0, time, 4, &opt, &report, NULL, NULL));
        ck_agree(exp(-1.0), path[1], 1e-7, 0.0);
        ck_assert(path[2] <= 0.1 && path[3] == path[2]);
        ck_agree(exp(-report.ended), path[3], 1e-7, 0.0);
        double above = 2.0;
        ode.ctx = &above; /* at the start already */
        ck_ok(ov_solve(path, &ode, y0, time, 4, &opt, &report, NULL, NULL));
        ck_assert(path[0] == 1.0 && path[3] == 1.0 && report.n_rhs == 0 && report.ended == 0.0);
        ode.ctx = &level;
    }
}
END_TEST

/* Not defined from level on, where y hardly moves: whether that is a failure depends on how long
 * there is to go. */
static int decay_to_edge(double *dy, const double *y, void *ctx)
{
    dy[0] = -y[0];
    return y[0] < *(const double *)ctx;
}

START_TEST(no_step_is_needed_at_rest)
{
    double y0[1] = {1.0}, path[1], level = 1e-14, soon[1] = {1e3}, late[1] = {1e6};
    struct ov_ode ode = {.n = 1, .rhs = decay_to_edge, .ctx = &level};
    for (size_t m = 0; m < METHODS; m++) {
        struct ov_solve_options opt = options(methods[m]);
        struct ov_solve_report report;
        struct ov_error err = {0};
        enum ov_status status = ov_solve(path, &ode, y0, soon, 1, &opt, &report, NULL, &err);
        ck_assert_msg(status == OV_OK, "%s", err.text);
        ck_assert(path[0] >= level && path[0] < 1e-12 && report.ended < 40.0);
        level = 1e-9; /* could still move by 1e-3 */
        ck_assert_int_eq(ov_solve(path, &ode, y0, late, 1, &opt, NULL, NULL, &err), OV_ENUMERIC);
        ck_assert(strstr(err.text, "not defined") != NULL);
        level = 1e-14;
    }
}
END_TEST

/* Beside what decays to the edge, a deviation that nobody sees yet and that has time to grow. */
static int decay_and_grow(double *dy, const double *y, void *ctx)
{
    dy[1] = 0.1 * y[1];
    return decay_to_edge(dy, y, ctx);
}

static int rates(double *J, const double *y, void *ctx)
{
    const double exact[4] = {-1.0, 0.0, 0.0, 0.1};
    (void)y, (void)ctx;
    memcpy(J, exact, sizeof exact);
    return 0;
}

START_TEST(what_grows_is_not_at_rest)
{
    double y0[2] = {1.0, 1e-14}, path[2], level = 1e-14, soon[1] = {50.0}, late[1] = {1e3};
    struct ov_ode ode = {.n = 2, .rhs = decay_and_grow, .jacobian = rates, .ctx = &level};
    for (size_t m = 0; m < METHODS; m++) {
        struct ov_solve_options opt = options(methods[m]);
        ck_ok(ov_solve(path, &ode, y0, soon, 1, &opt, NULL, NULL, NULL));
        ck_assert_int_eq(ov_solve(path, &ode, y0, late, 1, &opt, NULL, NULL, NULL), OV_ENUMERIC);
    }
}
END_TEST

/* So many unknowns that a Jacobian by differences is out of the question: the failure is told at once. */
START_TEST(a_large_system_has_no_stand_in)
{
    enum { N = 100000 };
    double *y0 = calloc(N, sizeof *y0), *path = calloc(N, sizeof *path), level = 0.5,
           time[1] = {5.0};
    struct ov_ode ode = {.n = N, .rhs = decay_to_edge, .ctx = &level};
    struct ov_solve_options opt = options(OV_RK8PD);
    struct ov_solve_report report;
    y0[0] = 1.0;
    ck_assert_int_eq(ov_solve(path, &ode, y0, time, 1, &opt, &report, NULL, NULL), OV_ENUMERIC);
    ck_assert_uint_eq(report.n_jacobian, 0);
    free(y0);
    free(path);
}
END_TEST

/* ---- tolerances ---- */

/* A right-hand side that knows seven digits: its error is a function of y without a slope. */
static int seven_digits(double *dy, const double *y, void *ctx)
{
    (void)ctx;
    dy[0] = -y[0] * (1.0 + 1e-7 * sin(1e15 * y[0]));
    return 0;
}

START_TEST(short_steps_are_laid_to_the_tolerance)
{
    double y0[1] = {1.0}, time[1] = {3.0}, path[1];
    struct ov_ode ode = {.n = 1, .rhs = seven_digits};
    for (size_t m = 0; m < METHODS; m++) {
        struct ov_solve_options opt = {.method = methods[m], .rtol = 1e-14, .atol = 0.0};
        struct ov_error err = {0};
        opt.max_rhs = 100000;
        enum ov_status status = ov_solve(path, &ode, y0, time, 1, &opt, NULL, NULL, &err);
        ck_assert_int_eq(status, OV_ENUMERIC);
        ck_assert_msg(strstr(err.text, "rtol") != NULL, "%s", err.text);
        opt.rtol = 1e-6;
        ck_ok(ov_solve(path, &ode, y0, time, 1, &opt, NULL, NULL, &err));
        ck_agree(exp(-3.0), path[0], 1e-5, 0.0);
    }
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, the_other_method_stands_in);
    OV_TEST(s, listed_times_do_not_move_the_path);
    OV_TEST(s, a_path_may_end);
    OV_TEST(s, no_step_is_needed_at_rest);
    OV_TEST(s, what_grows_is_not_at_rest);
    OV_TEST(s, a_large_system_has_no_stand_in);
    OV_TEST(s, short_steps_are_laid_to_the_tolerance);
}

OV_TEST_MAIN("theory/solve, the other stepper");
