/* SPDX-License-Identifier: MIT
 *
 * Claims as JSON and as a table on a terminal.
 */
#include <math.h>

#include <jansson.h>

#include "fake_claims.h"

static const char reported[] =
    "- {id: one, says: ein Maß, revised: \"was two\", kind: margin, curves: K4, at: 1, expect: 2, margin: {abs: 0.1}}\n"
    "- {id: many, says: so, source: elsewhere, kind: mean, curves: wide, at: [1, 10], expect: 0,"
    " margin: {abs: 0.1}}\n"
    "- {id: pair, says: so, kind: order, curves: [K2, K3], side: theory, at: 1,"
    " direction: increasing}\n"
    "- {id: gone, says: so, kind: round, curves: K2, side: sgd, at: 10, expect: 3}\n";

static struct ov_claims report_claims(struct fake *f)
{
    fake_open(f, reported);
    write_all(f, 0.0, 0.5, 4);
    char path[128];
    snprintf(path, sizeof path, "%s/K2.sgd.csv", f->out);
    ck_assert_int_eq(unlink(path), 0);
    struct ov_claims claims = read_claims(f);
    for (size_t i = 0; i < claims.n; i++)
        evaluate(&claims, f, i);
    return claims;
}

START_TEST(verdicts_as_json)
{
    struct fake f;
    struct ov_claims claims = report_claims(&f);
    char path[128];
    struct ov_text first = {0}, second = {0};
    snprintf(path, sizeof path, "%s/verdicts.json", f.out);
    ck_ok(ov_claims_write_json(&claims, NULL, path, NULL));
    ck_ok(ov_file_read(&first, path, 0, NULL));
    ck_ok(ov_claims_write_json(&claims, NULL, path, NULL));
    ck_ok(ov_file_read(&second, path, 0, NULL));
    ck_assert_str_eq(first.s, second.s);
    ck_assert_int_eq(first.s[first.len - 1], '\n');
    ck_assert_ptr_null(strstr(first.s, f.out)); /* no path */
    json_t *root = json_loads(first.s, 0, NULL), *all = json_object_get(root, "claims");
    ck_assert_uint_eq(json_object_size(all), 4);
    const char *verdict[] = {"PASS", "FAIL", "PASS", "MISSING"};
    const char *name[] = {"fake.one", "fake.many", "fake.pair", "fake.gone"};
    const char *source[] = {"Nobody 1900", "elsewhere", "Nobody 1900", "Nobody 1900"};
    const char *evidence[] = {"theory-formula", "simulation-formula", "theory-theory",
                              "simulation-formula"};
    const size_t measures[] = {1, 4, 1, 1};
    for (size_t i = 0; i < 4; i++) {
        json_t *c = json_object_get(all, name[i]), *list = json_object_get(c, "measures");
        ck_assert_str_eq(json_string_value(json_object_get(c, "verdict")), verdict[i]);
        ck_assert_str_eq(json_string_value(json_object_get(c, "source")), source[i]);
        ck_assert_str_eq(json_string_value(json_object_get(c, "evidence")), evidence[i]);
        ck_assert_ptr_null(json_object_get(json_object_get(c, "asks"), "revised"));
        ck_assert_uint_eq(json_array_size(list), measures[i]);
    }
    ck_assert_str_eq(
        json_string_value(json_object_get(json_object_get(all, "fake.one"), "revised")), "was two");
    ck_assert(json_is_null(json_object_get(json_object_get(all, "fake.many"), "revised")));
    json_t *counts = json_object_get(root, "evidence");
    ck_assert_int_eq(json_integer_value(json_object_get(counts, "simulation-formula")), 2);
    ck_assert_int_eq(json_integer_value(json_object_get(counts, "regression")), 0);
    json_t *m = json_array_get(json_object_get(json_object_get(all, "fake.gone"), "measures"), 0);
    ck_assert(json_is_null(json_object_get(m, "value")));
    ck_assert(json_real_value(json_object_get(m, "at")) == 10.0);
    m = json_array_get(json_object_get(json_object_get(all, "fake.pair"), "measures"), 0);
    ck_assert(json_is_null(json_object_get(m, "expect")));
    ck_assert(json_real_value(json_object_get(m, "value")) == 0.5);
    json_decref(root);
    ov_text_free(&first);
    ov_text_free(&second);
    ov_claims_free(&claims);
    fake_close(&f);
}
END_TEST

/* Where a number is quoted from stands beside it, and it is counted apart. */
START_TEST(quoted_numbers)
{
    struct fake f;
    struct ov_text t = {0}, json = {0};
    char path[128];
    fake_open(&f, "- {id: far, says: so, kind: margin, curves: K4, at: 1, expect: 0.0361, margin: "
                  "{abs: 9}, number_from: \"a table of Somebody, in the second column\"}\n");
    write_all(&f, 0.0, 0.5, 4);
    struct ov_claims claims = read_claims(&f);
    evaluate(&claims, &f, 0);
    ck_assert_str_eq(claims.claim[0].quoted, "a table of Somebody, in the second column");
    ov_claims_print(&t, &claims, false);
    ck_contains(t.s, "PASS     quoted: a table of Somebody, in the sec…  K4 @ 1");
    snprintf(path, sizeof path, "%s/verdicts.json", f.out);
    ck_ok(ov_claims_write_json(&claims, NULL, path, NULL));
    ck_ok(ov_file_read(&json, path, 0, NULL));
    ck_contains(json.s, "\"evidence\": \"quoted\"");
    ck_contains(json.s, "\"quoted\": \"a table of Somebody, in the second column\"");
    ck_contains(json.s, "\"quoted\": 1");
    ck_contains(json.s, "\"theory-formula\": 0");
    ov_text_free(&t);
    ov_text_free(&json);
    ov_claims_free(&claims);
    fake_close(&f);
}
END_TEST

static size_t characters(const char *s, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += ((unsigned char)s[i] & 0xc0) != 0x80;
    return count;
}

START_TEST(the_table_is_aligned)
{
    struct fake f;
    struct ov_claims claims = report_claims(&f);
    struct ov_text t = {0};
    ov_claims_print(&t, &claims, false);
    ck_contains(t.s, "fake.one   2 ± 0.1   2 ");
    ck_contains(t.s, "FAIL     simulation-formula       wide-K6 @ 1 (worst of 4)\n");
    ck_contains(t.s, "PASS     theory-formula, revised  ");
    ck_contains(t.s, "fake.pair  > 0 ");
    ck_contains(t.s, "K2<K3 @ 1\n");
    ck_contains(t.s, "MISSING  simulation-formula       K2 @ 10\n");
    size_t where = 0, lines = 0;
    for (const char *line = t.s; *line; line = strchr(line, '\n') + 1, lines++) {
        const char *verdict = strstr(line, lines ? " K2" : "where");
        const char *end = strchr(line, '\n');
        if (lines == 0)
            where = characters(line, (size_t)(verdict - line));
        else if (verdict && verdict < end)
            ck_assert_uint_eq(characters(line, (size_t)(verdict - line)) + 1, where);
        ck_assert_int_ne(end[-1], ' ');
    }
    ck_assert_uint_eq(lines, 5);
    ov_text_free(&t);
    ov_claims_free(&claims);
    fake_close(&f);
}
END_TEST

/* Colours change nothing but what a terminal shows, and only verdicts. */
START_TEST(the_table_in_colour)
{
    struct fake f;
    struct ov_claims claims = report_claims(&f);
    struct ov_text plain = {0}, colour = {0};
    memset(claims.claim[0].measure[0].curve, 'x', 100);
    ov_claims_print(&plain, &claims, false);
    ov_claims_print(&colour, &claims, true);
    ck_assert_ptr_null(strchr(plain.s, '\033'));
    ck_contains(colour.s, "\033[32mPASS\033[0m     ");
    ck_contains(colour.s, "\033[1;31mFAIL\033[0m     simulation-formula       wide-K6");
    ck_contains(plain.s, "xxx… @ 1\n"); /* too wide a name is cut, the time stays */
    ck_assert_ptr_null(strstr(plain.s, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"));
    char *to = colour.s;
    for (const char *from = colour.s; *from;)
        if (*from == '\033')
            from = strchr(from, 'm') + 1;
        else
            *to++ = *from++;
    *to = '\0';
    ck_assert_str_eq(colour.s, plain.s);
    ov_text_free(&plain);
    ov_text_free(&colour);
    ov_claims_free(&claims);
    fake_close(&f);
}
END_TEST

START_TEST(names_of_verdicts)
{
    ck_assert_str_eq(ov_verdict_name(OV_PASS), "PASS");
    ck_assert_str_eq(ov_verdict_name(OV_FAIL), "FAIL");
    ck_assert_str_eq(ov_verdict_name(OV_INCONCLUSIVE), "INCONCLUSIVE");
    ck_assert_str_eq(ov_verdict_name(OV_CLAIM_STALE), "STALE");
    ck_assert_str_eq(ov_verdict_name(OV_CLAIM_MISSING), "MISSING");
    ck_assert_str_eq(ov_verdict_name(OV_SKIPPED), "SKIPPED");
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, verdicts_as_json);
    OV_TEST(s, quoted_numbers);
    OV_TEST(s, the_table_is_aligned);
    OV_TEST(s, the_table_in_colour);
    OV_TEST(s, names_of_verdicts);
}

OV_TEST_MAIN("claims/claims, reports");
