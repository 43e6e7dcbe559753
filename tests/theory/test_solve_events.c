/* SPDX-License-Identifier: MIT
 *
 * Events found inside of steps.
 */
#include <math.h>
#include <string.h>

#include "overlap/theory/solve.h"
#include "test.h"
#include "theory/odes.h"

static double first_coordinate(const double *y, void *ctx)
{
    return y[0] - (ctx ? *(const double *)ctx : 0.0);
}

static double not_a_number(const double *y, void *ctx)
{
    (void)ctx;
    return y[1] < 0.0 ? NAN : 1.0;
}

/* One event on y = (sin t, cos t) up to `last`. */
static enum ov_status crossings(double *when, size_t *count, size_t most, double level,
                                int direction, double last, enum ov_method method,
                                double (*value)(const double *, void *))
{
    double y0[2] = {0.0, 1.0}, path[2];
    struct ov_ode ode = {.n = 2, .rhs = circle};
    struct ov_event event = {value, direction, &level};
    struct ov_events events = {.event = &event, .n = 1, .most = most, .time = when, .count = count};
    struct ov_solve_options opt = options(method);
    return ov_solve_events(path, &ode, y0, &last, 1, &opt, &events, NULL, NULL, NULL);
}

START_TEST(every_crossing_of_a_sine)
{
    for (size_t m = 0; m < METHODS; m++) {
        for (int direction = -1; direction <= 1; direction++) {
            double when[20], level = 0.3;
            size_t count, expected = direction == 0 ? 8 : 4;
            ck_ok(
                crossings(when, &count, 20, level, direction, 25.0, methods[m], first_coordinate));
            ck_assert_uint_eq(count, expected);
            for (size_t i = 0; i < expected; i++) {
                size_t turn = direction == 0 ? i / 2 : i;
                bool up = direction == 0 ? i % 2 == 0 : direction > 0;
                double exact = 2.0 * M_PI * (double)turn + (up ? asin(level) : M_PI - asin(level));
                ck_agree(exact, when[i], 0.0, 1e-8 * (1.0 + exact));
            }
            ck_assert(isnan(when[expected]));
        }
    }
}
END_TEST

/* Only the first ones are kept, all are counted. */
START_TEST(many_and_few)
{
    double when[2];
    size_t count;
    ck_ok(crossings(when, &count, 2, 0.0, 0, 1000.0, OV_MSBDF, first_coordinate));
    ck_assert_uint_eq(count, 319); /* one at 0, and floor(1000/pi) */
    ck_agree(0.0, when[0], 0.0, 0.0);
    ck_agree(M_PI, when[1], 0.0, 1e-7);
}
END_TEST

START_TEST(never_and_at_the_end_of_the_world)
{
    double when[1];
    size_t count;
    for (size_t m = 0; m < METHODS; m++) {
        ck_ok(crossings(when, &count, 1, 1.5, 0, 30.0, methods[m], first_coordinate));
        ck_assert_uint_eq(count, 0);
        ck_assert(isnan(when[0]));
        /* just missed, and just met */
        ck_ok(crossings(when, &count, 1, 0.5, 1, M_PI / 6.0 - 1e-6, methods[m], first_coordinate));
        ck_assert_uint_eq(count, 0);
        ck_ok(crossings(when, &count, 1, 0.5, 1, M_PI / 6.0 + 1e-6, methods[m], first_coordinate));
        ck_assert_uint_eq(count, 1);
    }
}
END_TEST

/* A dip of depth d below the top of the sine, sqrt(8 d) wide, is found; above the top there is
 * none. */
START_TEST(close_to_tangent)
{
    for (size_t m = 0; m < METHODS; m++) {
        for (double depth = 1e-2; depth > 2e-4; depth *= 0.1) {
            double when[4], half = acos(1.0 - depth);
            size_t count;
            ck_ok(crossings(when, &count, 4, 1.0 - depth, 0, 3.0, methods[m], first_coordinate));
            if (methods[m] == OV_RK8PD && count == 0)
                continue; /* rk8pd's steps are long: all of it may lie within a quarter of one */
            ck_assert_uint_eq(count, 2);
            ck_agree(M_PI_2 - half, when[0], 0.0, 1e-7 / half);
            ck_agree(M_PI_2 + half, when[1], 0.0, 1e-7 / half);
            ck_ok(crossings(when, &count, 4, 1.0 + depth, 0, 3.0, methods[m], first_coordinate));
            ck_assert_uint_eq(count, 0);
        }
    }
}
END_TEST

/* y_0 = sin t is 0 at 0, whichever way is asked for; the way back down is a crossing downwards. */
START_TEST(at_time_zero)
{
    double when[3];
    size_t count;
    for (int direction = -1; direction <= 1; direction++) {
        ck_ok(crossings(when, &count, 3, 0.0, direction, 4.0, OV_MSBDF, first_coordinate));
        ck_assert_uint_eq(count, direction > 0 ? 1 : 2);
        ck_agree(0.0, when[0], 0.0, 0.0);
        if (direction <= 0)
            ck_agree(M_PI, when[1], 0.0, 1e-7);
    }
    /* also where there is nothing to integrate */
    double path[2], y0[2] = {0.0, 1.0}, time[1] = {0.0}, level = 0.0;
    struct ov_ode ode = {.n = 2, .rhs = circle};
    struct ov_event event = {first_coordinate, 0, &level};
    struct ov_events events = {.event = &event, .n = 1, .most = 1, .time = when, .count = &count};
    struct ov_solve_options opt = ov_solve_defaults();
    ck_ok(ov_solve_events(path, &ode, y0, time, 1, &opt, &events, NULL, NULL, NULL));
    ck_assert_uint_eq(count, 1);
}
END_TEST

/* The same bits whatever times are listed, and the path is the one without events. */
START_TEST(independent_of_the_listed_times)
{
    double many[301], one[1] = {30.0}, y0[2] = {0.0, 1.0}, level = 0.7, a[10], b[10];
    static double path[602], plain[602], end[2];
    for (size_t i = 0; i <= 300; i++)
        many[i] = i == 300 ? 30.0 : 0.1 * (double)i;
    size_t count;
    struct ov_ode ode = {.n = 2, .rhs = circle};
    struct ov_event event = {first_coordinate, 0, &level};
    struct ov_events events = {.event = &event, .n = 1, .most = 10, .time = a, .count = &count};
    struct ov_solve_options opt = ov_solve_defaults();
    ck_ok(ov_solve_events(path, &ode, y0, many, 301, &opt, &events, NULL, NULL, NULL));
    ck_ok(ov_solve(plain, &ode, y0, many, 301, &opt, NULL, NULL, NULL));
    ck_assert(memcmp(path, plain, sizeof path) == 0);
    events.time = b;
    ck_ok(ov_solve_events(end, &ode, y0, one, 1, &opt, &events, NULL, NULL, NULL));
    ck_assert_uint_eq(count, 10);
    ck_assert(memcmp(a, b, sizeof a) == 0);
}
END_TEST

/* Two events, and an end once both are found. */
START_TEST(stops_when_all_are_found)
{
    double levels[2] = {0.5, -0.5}, when[2], path[4], y0[2] = {0.0, 1.0}, time[2] = {1.0, 1e4};
    size_t count[2];
    struct ov_ode ode = {.n = 2, .rhs = circle};
    struct ov_event event[2] = {{first_coordinate, 1, levels}, {first_coordinate, -1, levels + 1}};
    struct ov_events events = {
        .event = event, .n = 2, .most = 1, .time = when, .count = count, .stop = true};
    struct ov_solve_options opt = ov_solve_defaults();
    struct ov_solve_report report;
    ck_ok(ov_solve_events(path, &ode, y0, time, 2, &opt, &events, &report, NULL, NULL));
    ck_agree(M_PI / 6.0, when[0], 1e-7, 0.0);
    ck_agree(7.0 * M_PI / 6.0, when[1], 1e-7, 0.0);
    ck_agree(sin(1.0), path[0], 1e-7, 0.0);
    ck_assert(isnan(path[2]));
    ck_assert_uint_lt(report.n_rhs, 2000);
}
END_TEST

START_TEST(a_value_that_is_not_a_number)
{
    double when[1];
    size_t count;
    for (size_t m = 0; m < METHODS; m++)
        ck_assert_int_eq(crossings(when, &count, 1, 0.0, 0, 10.0, methods[m], not_a_number),
                         OV_ENUMERIC);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, every_crossing_of_a_sine);
    OV_TEST(s, many_and_few);
    OV_TEST(s, never_and_at_the_end_of_the_world);
    OV_TEST(s, close_to_tangent);
    OV_TEST(s, at_time_zero);
    OV_TEST(s, independent_of_the_listed_times);
    OV_TEST(s, stops_when_all_are_found);
    OV_TEST(s, a_value_that_is_not_a_number);
}

OV_TEST_MAIN("theory/solve, events");
