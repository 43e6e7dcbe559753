/* SPDX-License-Identifier: MIT
 *
 * Allocation that does not fail: what it gives, and what happens where there is nothing to give.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "overlap/base/alloc.h"
#include "test.h"

static jmp_buf back;
static size_t asked;

static void note(size_t bytes)
{
    asked = bytes;
    longjmp(back, 1);
}

/* More than an address space holds, and than a size_t counts. */
static volatile size_t huge = SIZE_MAX / 4, overflowing = SIZE_MAX / 2;

#define CALLS_HANDLER(expression, bytes)                                                           \
    do {                                                                                           \
        asked = 0;                                                                                 \
        if (setjmp(back) == 0) {                                                                   \
            free(expression);                                                                      \
            ck_abort_msg("%s gave memory", #expression);                                           \
        }                                                                                          \
        ck_assert_uint_eq(asked, (bytes));                                                         \
    } while (0)

START_TEST(the_handler_is_told)
{
    ck_assert_ptr_null(ov_on_no_memory(note));
    CALLS_HANDLER(ov_xcalloc(huge, 2), SIZE_MAX / 4 * 2);
    CALLS_HANDLER(ov_xcalloc(overflowing, 3), SIZE_MAX);
    CALLS_HANDLER(ov_xrealloc(NULL, 2, huge), SIZE_MAX / 4 * 2);
    CALLS_HANDLER(ov_xrealloc(NULL, 8, overflowing), SIZE_MAX);
    ck_assert(ov_on_no_memory(NULL) == note);
}
END_TEST

static void returns(size_t bytes)
{
    (void)bytes;
}

static void no_memory(ov_no_memory *handler)
{
    int code;
    pid_t child = fork();
    if (child == 0) {
        close(STDERR_FILENO);
        ov_on_no_memory(handler);
        free(ov_xcalloc(overflowing, 3));
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &code, 0), child);
    ck_assert(WIFSIGNALED(code) && WTERMSIG(code) == SIGABRT);
}

START_TEST(without_a_handler_that_stops_it_aborts)
{
    no_memory(NULL);
    no_memory(returns);
}
END_TEST

START_TEST(what_it_gives)
{
    ck_assert_ptr_null(ov_on_no_memory(note));
    ck_assert_int_eq(setjmp(back), 0);
    int *x = ov_xcalloc(3, sizeof *x);
    ck_assert(x[0] == 0 && x[1] == 0 && x[2] == 0);
    x[2] = 7;
    x = ov_xrealloc(x, 1000, sizeof *x);
    ck_assert_int_eq(x[2], 7);
    free(x);
    void *nothing = ov_xcalloc(0, 8), *none = ov_xrealloc(NULL, 0, 8);
    ck_assert(nothing && none && nothing != none);
    free(nothing);
    free(none);
    char *s = ov_xstrdup("erf");
    ck_assert_str_eq(s, "erf");
    free(s);
    ov_on_no_memory(NULL);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, the_handler_is_told);
    OV_TEST(s, without_a_handler_that_stops_it_aborts);
    OV_TEST(s, what_it_gives);
}

OV_TEST_MAIN("base/alloc");
