/* SPDX-License-Identifier: MIT
 *
 * What a log says of jobs under way: nothing of each, a line every half minute, and what failed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/base/clock.h"
#include "overlap/base/text.h"
#include "overlap/run/progress.h"
#include "test.h"

/* The clock is set back instead of waited for. */
START_TEST(the_log_has_a_line_every_half_minute)
{
    char *log = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&log, &size);
    struct ov_progress p;
    ov_progress_start(&p, f, false, 10, 1000);
    for (size_t i = 0; i < 4; i++)
        ov_progress_job(&p, "fake one sgd", 1, 0.5, 100, NULL);
    p.last_shown -= 20;
    ov_progress_show(&p, 2, 50, NULL);
    fflush(f);
    ck_assert_uint_eq(size, 0);
    p.last_shown -= 11;
    ov_progress_show(&p, 2, 50, NULL);
    ov_progress_show(&p, 2, 50, NULL);
    ck_assert_ptr_nonnull(strstr(log, "4 of 10 jobs, 2 running, 45 %, "));
    ck_assert_ptr_nonnull(strstr(log, " left\n"));
    ck_assert_ptr_eq(strchr(log, '\n'), log + size - 1);
    p.work_total *= 1000; /* too early for a forecast */
    p.last_shown -= 31;
    ov_progress_show(&p, 2, 50, NULL);
    ck_assert_ptr_null(strstr(strchr(log, '\n'), " left"));
    fclose(f);
    free(log);
}
END_TEST

/* A job that does not know its work has a text of its own, and the forecast is of the others. */
START_TEST(a_job_of_unknown_work_is_shown)
{
    static const char job[] = "fake one theory: 42 s, 12.3k of at most 1M right-hand sides";
    char *log = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&log, &size);
    struct ov_progress p;
    ov_progress_start(&p, f, false, 10, 0);
    p.last_shown -= 31;
    ov_progress_show(&p, 1, 0, job);
    ck_assert_str_eq(log, "0 of 10 jobs, 1 running; fake one theory: 42 s, 12.3k of at most 1M "
                          "right-hand sides\n");
    p.work_total = 1000;
    p.work_began -=
        5000; /* nobody has done a step since: what theory took is no part of the rate */
    ov_progress_show(&p, 2, 0, job);
    ck_assert_double_gt(p.work_began, ov_clock() - 60.0);
    p.work_began -= 10;
    p.last_shown -= 31;
    ov_progress_show(&p, 2, 500, job);
    ck_assert_ptr_nonnull(
        strstr(log, " steps/s, 10 s left for the rest; fake one theory: 42 s, 12.3k"));
    fclose(f);
    free(log);
}
END_TEST

/* Where the terminal's width is not known, a line that is redrawn has less than 80 characters. */
START_TEST(a_live_line_stays_one)
{
    char *log = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&log, &size);
    struct ov_progress p;
    ov_progress_start(&p, f, true, 10, 0);
    ov_progress_show(&p, 1, 0,
                     "\xc3\xa9"
                     "tude one theory: 12.3k of at most 1M right-hand sides, and much more");
    ck_assert_ptr_nonnull(strstr(log, "; \xc3\xa9tude one"));
    ck_assert_uint_eq(size, strlen("\r") + 79 + 1 + strlen("\033[K"));
    fclose(f);
    free(log);
}
END_TEST

START_TEST(a_failure_is_told_at_once)
{
    char *log = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&log, &size);
    struct ov_progress p;
    ov_progress_start(&p, f, false, 10, 0);
    ov_progress_job(&p, "fake one sgd seed 5", 1, 0.5, 0, "broken");
    fclose(f);
    ck_assert_str_eq(log, "FAILED fake one sgd seed 5, 0.5 s (1 of 10): broken\n");
    free(log);
}
END_TEST

START_TEST(durations_for_people)
{
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {{0.04, "0.0 s"},
                 {3.21, "3.2 s"},
                 {42.0, "42 s"},
                 {250.0, "4 min 10 s"},
                 {7500.0, "2 h 05 min"}};
    for (size_t i = 0; i < 5; i++) {
        struct ov_text t = {0};
        ov_text_add_duration(&t, cases[i].seconds);
        ck_assert_str_eq(t.s, cases[i].text);
        ov_text_free(&t);
    }
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, the_log_has_a_line_every_half_minute);
    OV_TEST(s, a_job_of_unknown_work_is_shown);
    OV_TEST(s, a_live_line_stays_one);
    OV_TEST(s, a_failure_is_told_at_once);
    OV_TEST(s, durations_for_people);
}

OV_TEST_MAIN("run/progress");
