/* SPDX-License-Identifier: MIT
 *
 * Invariants: a build that checks them aborts with the place, the others do not even look.
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#undef OV_CHECKED
#define OV_CHECKED 1
#include "overlap/base/check.h"
#include "test.h"

static int looked;

static int look(int answer)
{
    looked++;
    return answer;
}

START_TEST(a_broken_invariant_aborts_with_its_place)
{
    int fds[2];
    char said[256] = "";
    ck_assert_int_eq(pipe(fds), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(fds[1], STDERR_FILENO);
        OV_CHECK(look(0) == 1);
        _exit(0);
    }
    int code;
    ck_assert_int_eq(waitpid(child, &code, 0), child);
    ck_assert(WIFSIGNALED(code) && WTERMSIG(code) == SIGABRT);
    ck_assert_int_gt(read(fds[0], said, sizeof said - 1), 0);
    ck_assert_ptr_nonnull(strstr(said, "test_check.c:"));
    ck_assert_ptr_nonnull(strstr(said, ": look(0) == 1 does not hold\n"));
}
END_TEST

START_TEST(one_that_holds_costs_a_look)
{
    looked = 0;
    OV_CHECK(look(1));
    ck_assert_int_eq(looked, 1);
}
END_TEST

#undef OVERLAP_BASE_CHECK_H
#undef OV_CHECK
#undef OV_CHECKED
#include "overlap/base/check.h"

START_TEST(unchecked_builds_do_not_look)
{
    looked = 0;
    OV_CHECK(look(0));
    ck_assert_int_eq(looked, 0);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, a_broken_invariant_aborts_with_its_place);
    OV_TEST(s, one_that_holds_costs_a_look);
    OV_TEST(s, unchecked_builds_do_not_look);
}

OV_TEST_MAIN("base/check");
