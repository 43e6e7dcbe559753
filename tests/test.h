/* SPDX-License-Identifier: MIT
 *
 * What every test runner shares: one Check suite a file, `main` from OV_TEST_MAIN, comparison by
 * ov_agree, and random points whose seed is printed and can be set (OV_TEST_SEED=…).
 */
#ifndef OVERLAP_TESTS_TEST_H
#define OVERLAP_TESTS_TEST_H

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_rng.h>

#include "overlap/base/agree.h"
#include "overlap/base/status.h"

/* Fails with both numbers where x is not ref to atol + rtol |ref|. */
#define ck_agree(ref, x, rtol, atol)                                                               \
    do {                                                                                           \
        double ck_ref_ = (ref), ck_x_ = (x);                                                       \
        ck_assert_msg(ov_agree(ck_ref_, ck_x_, (rtol), (atol)),                                    \
                      "%s = %.17g, expected %s = %.17g (off by %.3g)", #x, ck_x_, #ref, ck_ref_,   \
                      ck_x_ - ck_ref_);                                                            \
    } while (0)

#define ck_ok(call)                                                                                \
    do {                                                                                           \
        enum ov_status ck_status_ = (call);                                                        \
        ck_assert_msg(ck_status_ == OV_OK, "%s gave '%s'", #call, ov_status_name(ck_status_));     \
    } while (0)

/* A seeded generator; prints its seed, which OV_TEST_SEED replaces. Freed by the caller. */
static inline gsl_rng *ov_test_rng(unsigned long seed)
{
    const char *env = getenv("OV_TEST_SEED");
    if (env)
        seed = strtoul(env, NULL, 0);
    printf("    random points from OV_TEST_SEED=%lu\n", seed);
    gsl_rng *r = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(r, seed);
    return r;
}

/* Registers one test function in a case of its own, with a time limit that only stops hangs. */
static inline void ov_test_add(Suite *suite, const char *name, const TTest *test)
{
    TCase *c = tcase_create(name);
    tcase_set_timeout(c, 300);
    tcase_add_test(c, test);
    suite_add_tcase(suite, c);
}
#define OV_TEST(suite, test) ov_test_add((suite), #test, (test))

/* The runner: `static void add_tests(Suite *s)` registers, OV_TEST_MAIN("num/philox") runs. */
#define OV_TEST_MAIN(title)                                                                        \
    int main(void)                                                                                 \
    {                                                                                              \
        gsl_set_error_handler_off();                                                               \
        Suite *suite_ = suite_create(title);                                                       \
        add_tests(suite_);                                                                         \
        SRunner *runner_ = srunner_create(suite_);                                                 \
        srunner_run_all(runner_, CK_ENV);                                                          \
        int failed_ = srunner_ntests_failed(runner_);                                              \
        srunner_free(runner_);                                                                     \
        return failed_ ? 1 : 0;                                                                    \
    }                                                                                              \
    /* a declaration to end on, so that the macro takes its semicolon */                           \
    extern int ov_test_end_

#endif
