/* SPDX-License-Identifier: MIT
 *
 * Messages: chains, cut ends, NULL.
 */
#include <string.h>

#include "test.h"

#define ELLIPSIS "\xe2\x80\xa6"

START_TEST(every_status_has_its_own_name)
{
    for (int a = OV_OK; a <= OV_EDOM; a++)
        for (int b = OV_OK; b < a; b++)
            ck_assert_str_ne(ov_status_name((enum ov_status)a), ov_status_name((enum ov_status)b));
    ck_assert_str_eq(ov_status_name(OV_OK), "ok");
    ck_assert_str_eq(ov_status_name((enum ov_status)999), "unknown status");
}
END_TEST

START_TEST(fail_sets_status_and_text)
{
    struct ov_error e = {0};
    ck_assert_int_eq(ov_fail(&e, OV_EIO, "%s: %d", "path", 7), OV_EIO);
    ck_assert_int_eq(e.status, OV_EIO);
    ck_assert_str_eq(e.text, "path: 7");
    ck_assert_int_eq(ov_fail(NULL, OV_EUSER, "nobody listens"), OV_EUSER);
}
END_TEST

START_TEST(context_goes_in_front)
{
    struct ov_error e = {0};
    ov_fail(&e, OV_EDIVERGED, "diverges");
    ov_error_context(&e, "seed %d", 3);
    ov_error_context(&e, "curve %s", "K4");
    ck_assert_str_eq(e.text, "curve K4: seed 3: diverges");
    ck_assert_int_eq(e.status, OV_EDIVERGED);
}
END_TEST

START_TEST(context_without_an_error_does_nothing)
{
    struct ov_error e = {0};
    ov_error_context(&e, "seed 3");
    ck_assert_str_eq(e.text, "");
    ov_error_context(NULL, "seed 3");
}
END_TEST

static void assert_cut(const struct ov_error *e)
{
    size_t n = strlen(e->text);
    ck_assert_uint_lt(n, sizeof e->text);
    ck_assert_uint_ge(n, sizeof e->text - 5);
    ck_assert_str_eq(e->text + n - 3, ELLIPSIS);
}

START_TEST(overlong_text_ends_in_an_ellipsis)
{
    static char words[3 * sizeof((struct ov_error *)0)->text];
    memset(words, 'a', sizeof words - 1);
    struct ov_error e = {0};
    ov_fail(&e, OV_EUSER, "%s", words);
    assert_cut(&e);
    ov_error_context(&e, "context");
    assert_cut(&e);
    ck_assert(strncmp(e.text, "context: aaa", 12) == 0);
    ov_error_context(&e, "%s", words);
    assert_cut(&e);
    words[sizeof e.text - 1] = '\0'; /* just fits */
    ov_fail(&e, OV_EUSER, "%s", words);
    ck_assert_str_eq(e.text, words);
    ov_fail(&e, OV_EUSER, "inner");
    ov_error_context(&e, "%s", words); /* no room for what follows */
    assert_cut(&e);
}
END_TEST

START_TEST(a_cut_leaves_no_half_character)
{
    static char words[2 * sizeof((struct ov_error *)0)->text];
    for (size_t shift = 0; shift < 3; shift++) {
        memset(words, 'a', shift);
        for (size_t i = shift; i + 3 < sizeof words; i += 3)
            memcpy(words + i, "\xe2\x82\xac", 4); /* the euro sign */
        struct ov_error e = {0};
        ov_fail(&e, OV_EUSER, "%s", words);
        assert_cut(&e);
        ck_assert_uint_eq((strlen(e.text) - shift) % 3, 0);
    }
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, every_status_has_its_own_name);
    OV_TEST(s, fail_sets_status_and_text);
    OV_TEST(s, context_goes_in_front);
    OV_TEST(s, context_without_an_error_does_nothing);
    OV_TEST(s, overlong_text_ends_in_an_ellipsis);
    OV_TEST(s, a_cut_leaves_no_half_character);
}

OV_TEST_MAIN("base/status");
