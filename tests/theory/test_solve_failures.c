/* SPDX-License-Identifier: MIT
 *
 * theory/solve.h where it has to give up: each failure is named, none is silent.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/theory/solve.h"
#include "test.h"
#include "theory/odes.h"

static int grow(double *dy, const double *y, void *ctx)
{
    count(ctx);
    dy[0] = y[0];
    return 0;
}

/* y' = y^2: y = 1/(1 - t) from 1 */
static int blow_up(double *dy, const double *y, void *ctx)
{
    count(ctx);
    dy[0] = y[0] * y[0];
    return 0;
}

static int refuse_below_half(double *dy, const double *y, void *ctx)
{
    count(ctx);
    dy[0] = -y[0];
    return y[0] < 0.5;
}

static int not_a_number(double *dy, const double *y, void *ctx)
{
    (void)y;
    count(ctx);
    dy[0] = NAN;
    return 0;
}

static int infinite_below_half(double *dy, const double *y, void *ctx)
{
    count(ctx);
    dy[0] = y[0] < 0.5 ? INFINITY : -y[0];
    return 0;
}

static int above_million(const double *y, void *ctx)
{
    (void)ctx;
    return y[0] > 1e6;
}

struct failing {
    const char *what;
    int (*rhs)(double *dy, const double *y, void *ctx);
    int (*diverged)(const double *y, void *ctx);
    double last;
    enum ov_status status;
    const char *says;
    double from, to; /* where it stops: rows before are right, rows after are NaN */
};

static const char diverges[] = "diverges at alpha = ", stuck[] = "no step from alpha = ";

static const struct failing failing[] = {
    {"refuses", refuse, NULL, 10, OV_ENUMERIC, stuck, 0, 0},
    {"NaN", not_a_number, NULL, 10, OV_ENUMERIC, stuck, 0, 0},
    {"edge", refuse_below_half, NULL, 10, OV_ENUMERIC, stuck, 0.6931, 0.6932},
    {"wall", infinite_below_half, NULL, 10, OV_ENUMERIC, stuck, 0.6931, 0.6932},
    {"y'=y", grow, above_million, 100, OV_EDIVERGED, diverges, 13.8155, 14.3},
    {"y'=y, no bound", grow, NULL, 1e4, OV_EDIVERGED, diverges, 700, 710},
    {"pole", blow_up, above_million, 3, OV_EDIVERGED, diverges, 0.99999, 1},
    {"pole, no bound", blow_up, NULL, 3, OV_EDIVERGED, diverges, 0.99999, 1},
};
enum { FAILING = sizeof failing / sizeof *failing };

/* The start is 1: e^-t, e^t or 1/(1 - t). */
static double solution_of(const struct failing *f, double t)
{
    return f->rhs == grow ? exp(t) : f->rhs == blow_up ? 1.0 / (1.0 - t) : exp(-t);
}

START_TEST(failures_are_named)
{
    const struct failing *f = &failing[_i / METHODS];
    enum ov_method method = methods[_i % METHODS];
    double y0[1] = {1.0}, time[401], path[401];
    for (size_t i = 0; i <= 400; i++)
        time[i] = f->last * (double)i / 400.0;
    struct ov_ode ode = {.n = 1, .rhs = f->rhs, .diverged = f->diverged};
    struct ov_solve_options opt = options(method);
    struct ov_error err = {0};
    enum ov_status status = ov_solve(path, &ode, y0, time, 401, &opt, NULL, NULL, &err);
    ck_assert_msg(status == f->status && err.status == f->status, "%s: %s (%s)", f->what,
                  ov_status_name(status), err.text);
    ck_assert_msg(strncmp(err.text, f->says, strlen(f->says)) == 0, "%s: '%s'", f->what, err.text);
    double alpha = strtod(err.text + strlen(f->says), NULL);
    ck_assert_msg(alpha >= f->from && alpha <= f->to, "%s: '%s'", f->what, err.text);
    for (size_t i = 0; i <= 400; i++) {
        if (time[i] <= 0.95 * f->from) /* near a pole all errors grow */
            ck_agree(solution_of(f, time[i]), path[i], 1e-5, 0.0);
        else if (time[i] > f->to)
            ck_assert_msg(isnan(path[i]), "%s: row at %g is %g", f->what, time[i], path[i]);
    }
}
END_TEST

START_TEST(divergence_before_the_start)
{
    double y0[1] = {2e6}, time[1] = {1.0}, path[1] = {0.0};
    struct ov_ode ode = {.n = 1, .rhs = grow, .diverged = above_million};
    struct ov_solve_options opt = ov_solve_defaults();
    struct ov_error err = {0};
    ck_assert_int_eq(ov_solve(path, &ode, y0, time, 1, &opt, NULL, NULL, &err), OV_EDIVERGED);
    ck_assert_str_eq(err.text, "diverges at alpha = 0");
    y0[0] = NAN;
    ode.diverged = NULL;
    ck_assert_int_eq(ov_solve(path, &ode, y0, time, 1, &opt, NULL, NULL, &err), OV_EDIVERGED);
    ck_assert(isnan(path[0]));
}
END_TEST

START_TEST(max_rhs_is_a_limit)
{
    double y0[2] = {0.0, 1.0}, time[2] = {0.5, 1e6}, path[4];
    for (size_t m = 0; m < METHODS; m++) {
        for (size_t most = 1; most < 3000; most = 2 * most + 1) {
            size_t calls = 0;
            struct ov_ode ode = {.n = 2, .rhs = circle, .ctx = &calls};
            struct ov_solve_options opt = options(methods[m]);
            struct ov_solve_report report;
            struct ov_error err = {0};
            opt.max_rhs = most;
            ck_assert_int_eq(ov_solve(path, &ode, y0, time, 2, &opt, &report, NULL, &err),
                             OV_ENUMERIC);
            ck_assert_msg(strstr(err.text, "right-hand sides, at alpha = ") != NULL, "%s",
                          err.text);
            ck_assert_uint_eq(calls, most);
            ck_assert_uint_eq(report.n_rhs, most);
            ck_assert(isnan(path[2]));
            if (most > 1000)
                ck_agree(sin(0.5), path[0], 1e-7, 0.0);
        }
    }
}
END_TEST

START_TEST(bad_arguments_are_refused)
{
    const double lists[5][3] = {
        {0.0, 1.0, 1.0}, {0.0, 2.0, 1.0}, {-1.0, 1.0, 2.0}, {0.0, 1.0, INFINITY}, {0.0, NAN, 2.0}};
    const double tolerances[5][2] = {{0, 0}, {-1e-8, 1e-8}, {1e-8, -1}, {NAN, 1}, {INFINITY, 1}};
    double y0[2] = {0.0, 1.0}, good[3] = {0.0, 1.0, 2.0}, path[6];
    struct ov_ode ode = {.n = 2, .rhs = circle};
    for (size_t i = 0; i < 5; i++) {
        struct ov_solve_options opt = ov_solve_defaults();
        struct ov_error err = {0};
        ck_assert_int_eq(ov_solve(path, &ode, y0, lists[i], 3, &opt, NULL, NULL, &err), OV_EDOM);
        ck_assert(err.text[0] != '\0' && isnan(path[0]));
        opt.rtol = tolerances[i][0], opt.atol = tolerances[i][1];
        ck_assert_int_eq(ov_solve(path, &ode, y0, good, 3, &opt, NULL, NULL, &err), OV_EDOM);
    }
    struct ov_solve_options opt = ov_solve_defaults();
    struct ov_error err = {0};
    opt.rtol = 1e-16;
    ck_assert_int_eq(ov_solve(path, &ode, y0, good, 3, &opt, NULL, NULL, &err), OV_EDOM);
    ck_assert_str_eq(
        err.text, "the tolerance can't be met: rtol 1e-16 is below rounding, 1e-14 is the least");
    ode.n = 0;
    ck_assert_int_eq(ov_solve(path, &ode, y0, good, 3, &opt, NULL, NULL, NULL), OV_EDOM);
}
END_TEST

static void add_tests(Suite *s)
{
    TCase *c = tcase_create("failures_are_named");
    tcase_set_timeout(c, 300);
    tcase_add_loop_test(c, failures_are_named, 0, FAILING * METHODS);
    suite_add_tcase(s, c);
    OV_TEST(s, divergence_before_the_start);
    OV_TEST(s, max_rhs_is_a_limit);
    OV_TEST(s, bad_arguments_are_refused);
}

OV_TEST_MAIN("theory/solve, failures");
