/* SPDX-License-Identifier: MIT
 *
 * Learning rates that change: their values, slopes and breaks.
 */
#include <math.h>

#include "overlap/model/problem.h"
#include "test.h"

#include <gsl/gsl_randist.h>

static double some_times[] = {3.0, 7.5, 100.0};
static const struct ov_schedule steps = {
    .kind = OV_DECAY_STEPS, .factor = 0.25, .at = some_times, .n_at = 3};

/* libm's pow. */
START_TEST(powers)
{
    gsl_rng *r = ov_test_rng(7);
    for (int i = 0; i < 2000; i++) {
        struct ov_schedule s = {.kind = OV_DECAY_POWER,
                                .exponent = gsl_ran_flat(r, 0.0, 3.0),
                                .time = pow(10.0, gsl_ran_flat(r, -3.0, 6.0)),
                                .from = i % 3 ? pow(10.0, gsl_ran_flat(r, -2.0, 5.0)) : 0.0};
        double alpha = pow(10.0, gsl_ran_flat(r, -3.0, 9.0));
        double expected = alpha < s.from ? 1.0 : pow(1.0 + (alpha - s.from) / s.time, -s.exponent);
        ck_agree(expected, ov_schedule_scale(&s, alpha), 1e-13, 0.0);
        double h = 1e-5 * (s.time + alpha), low = alpha - h, high = alpha + h;
        if (low > s.from)
            ck_agree((ov_schedule_scale(&s, high) - ov_schedule_scale(&s, low)) / (2.0 * h),
                     ov_schedule_slope(&s, alpha), 1e-6, 1e-14);
        if (high < s.from)
            ck_assert_double_eq(ov_schedule_slope(&s, alpha), 0.0);
        ck_assert_double_eq(ov_schedule_break(&s, alpha), alpha < s.from ? s.from : INFINITY);
        ck_assert_double_eq(ov_schedule_scale(&s, 0.0), 1.0);
    }
    gsl_rng_free(r);
}
END_TEST

/* At the time of a step the new rate holds; breaks are passed one by one. */
START_TEST(jumps)
{
    ck_assert_double_eq(ov_schedule_scale(&steps, 0.0), 1.0);
    ck_assert_double_eq(ov_schedule_scale(&steps, nextafter(3.0, 0.0)), 1.0);
    ck_assert_double_eq(ov_schedule_scale(&steps, 3.0), 0.25);
    ck_assert_double_eq(ov_schedule_scale(&steps, 99.0), 0.0625);
    ck_assert_double_eq(ov_schedule_scale(&steps, 1e9), 0.015625);
    ck_assert_double_eq(ov_schedule_break(&steps, 0.0), 3.0);
    ck_assert_double_eq(ov_schedule_break(&steps, 3.0), 7.5);
    ck_assert(isinf(ov_schedule_break(&steps, 100.0)));
}
END_TEST

/* A step of SGD is made with the rate at the time before it. */
START_TEST(of_steps_of_sgd)
{
    struct ov_problem p = {.N = 10, .schedule = steps};
    ck_assert_double_eq(ov_problem_scale(&p, 29), 1.0);
    ck_assert_double_eq(ov_problem_scale(&p, 30), 0.25);
    p.schedule.kind = OV_DECAY_NONE;
    ck_assert_double_eq(ov_problem_scale(&p, 30), 1.0);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, powers);
    OV_TEST(s, jumps);
    OV_TEST(s, of_steps_of_sgd);
}

OV_TEST_MAIN("model/schedule");
