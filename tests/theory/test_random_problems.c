/* SPDX-License-Identifier: MIT
 *
 * A hundred random problems that theory gets through where SGD does; `make harness` has as many as
 * one likes, and longer ones.
 */
#include "test.h"
#include "theory/random_problems.h"

START_TEST(theory_ends_where_sgd_does)
{
    const char *given = getenv("OV_TEST_SEED");
    unsigned long seed = given ? strtoul(given, NULL, 10) : 12;
    size_t ended = 0;
    printf("    random problems from OV_TEST_SEED=%lu\n", seed);
    for (size_t i = 0; i < 100; i++) {
        struct random_problem x = {.key = 0};
        random_problem(&x, seed, i, 30.0);
        struct random_outcome o = random_problem_run(&x);
        if (o.wrong)
            random_problem_print(stdout, &x);
        ck_assert_msg(!o.wrong, "problem %zu: %s: %s", i, o.wrong, o.err.text);
        ended += isfinite(o.report.ended) ? 1 : 0;
    }
    printf("    %zu of them learn to the end\n", ended);
}
END_TEST

/* One that the harness has found: He2 with a linear teacher, a unit that decays to nothing; its
 * averages take the root of a Q that the solver had below 0. */
START_TEST(what_the_harness_found)
{
    struct random_problem x = {.key = 0};
    random_problem(&x, 1, 715, 1e4);
    ck_assert_str_eq(x.p.g->name, "he2");
    ck_assert_str_eq(x.p.g_star->name, "linear");
    struct random_outcome o = random_problem_run(&x);
    ck_assert_msg(o.status == OV_OK && !o.wrong, "%s", o.err.text);
    ck_assert_uint_lt(o.report.n_rhs, 50000);
}
END_TEST

/* Another: He4 students without weights, which rounding errors led away from where they rest, and to
 * a pole. */
START_TEST(students_that_never_start)
{
    struct random_problem x = {.key = 0};
    random_problem(&x, 1, 457, 1e4);
    ck_assert_str_eq(x.p.g->name, "he4");
    ck_assert(x.p.std == 0.0 && x.p.start == OV_START_RANDOM);
    struct random_outcome o = random_problem_run(&x);
    ck_assert_msg(o.status == OV_OK && !o.wrong, "%s", o.err.text);
}
END_TEST

static void add_tests(Suite *s)
{
    TCase *c = tcase_create("theory_ends_where_sgd_does");
    tcase_set_timeout(c, 300);
    tcase_add_test(c, theory_ends_where_sgd_does);
    suite_add_tcase(s, c);
    OV_TEST(s, what_the_harness_found);
    OV_TEST(s, students_that_never_start);
}

OV_TEST_MAIN("theory/online, random problems");
