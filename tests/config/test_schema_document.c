/* SPDX-License-Identifier: MIT
 *
 * The reference of a table of keys: all of it, and the keys that a word picks.
 */
#include <math.h>
#include <string.h>

#include "overlap/config/schema.h"
#include "test.h"

static const struct ov_key init_keys[] = {
    {"std", OV_REAL, 0, 10, NULL, NULL, OV_OPTIONAL, .doc = "spread"},
    {.name = NULL},
};
static const char *const words[] = {"slow", "quick", NULL};
static const struct ov_key keys[] = {
    {"K", OV_INT, 1, 100, NULL, NULL, OV_REQUIRED, .doc = "units"},
    {"eta_w", OV_REAL, 0, INFINITY, NULL, NULL, "0.5", .doc = "rate"},
    {"pace", OV_WORD, 0, 0, words, NULL, "slow", .doc = "how it goes"},
    {"init", OV_MAP, 0, 0, NULL, init_keys, OV_OPTIONAL, .doc = "the start"},
    {.name = NULL},
};

START_TEST(tables_document_themselves)
{
    struct ov_text t = {0};
    ov_schema_document(&t, keys, 2);
    ck_assert_ptr_nonnull(
        strstr(t.s, "  K: a whole number, from 1 to 100; required\n      units\n"));
    ck_assert_ptr_nonnull(strstr(t.s, "  eta_w: a number, at least 0; default 0.5\n"));
    ck_assert_ptr_nonnull(strstr(t.s, "      std: a number, from 0 to 10; optional\n"));
    for (const struct ov_key *k = keys; k->name; k++)
        ck_assert_ptr_nonnull(strstr(t.s, k->doc));
    ov_text_free(&t);
}
END_TEST

static size_t picked(const char *word, enum ov_match how, const char *first)
{
    struct ov_text t = {0};
    size_t n = ov_schema_document_matches(&t, keys, word, how);
    if (first)
        ck_assert_msg(t.s && strncmp(t.s, first, strlen(first)) == 0, "%s: %s", word, t.s);
    else
        ck_assert_uint_eq(t.len, 0);
    ov_text_free(&t);
    return n;
}

START_TEST(a_word_picks_keys)
{
    ck_assert_uint_eq(picked("eta_w", OV_MATCH_PATH, "eta_w: a number, at least 0;"), 1);
    ck_assert_uint_eq(picked("init.std", OV_MATCH_PATH, "init.std: a number, from 0 to 10;"), 1);
    ck_assert_uint_eq(picked("std", OV_MATCH_PATH, NULL), 0);
    ck_assert_uint_eq(picked("STD", OV_MATCH_NAME, "init.std: "), 1);
    ck_assert_uint_eq(picked("eta_*", OV_MATCH_NAME, "eta_w: "), 1);
    ck_assert_uint_eq(picked("ta_w", OV_MATCH_NAME, NULL), 0);
    ck_assert_uint_eq(picked("ta_w", OV_MATCH_PART, "eta_w: "), 1);
    ck_assert_uint_eq(picked("UNITS", OV_MATCH_MEANS, "K: "), 1);
    ck_assert_uint_eq(picked("quick", OV_MATCH_MEANS, "pace: "), 1); /* by one of its words */
    ck_assert_uint_eq(
        picked("init", OV_MATCH_PATH, "init: a map; optional\n    the start\n    std: "),
        1); /* with what is in it */
    ck_assert_uint_eq(picked("no such", OV_MATCH_MEANS, NULL), 0);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, tables_document_themselves);
    OV_TEST(s, a_word_picks_keys);
}

OV_TEST_MAIN("config/schema_document");
