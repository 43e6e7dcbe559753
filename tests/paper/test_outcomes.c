/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <string.h>

#include "claims/fake_claims.h"
#include "overlap/paper/outcomes.h"

/* Everything that TAP and XML keep for themselves, bytes that are no UTF-8 and no characters. */
static const char hostile[] =
    "a <b> & \"c\" 'd' ]]> # TODO # SKIP \\ \x01\x7f \xff\xc3 \xed\xa0\x80 \xef\xbf\xbf\n"
    "not ok 7 - \xce\xb1";

struct bench {
    struct fake f;
    struct ov_claims claims;
    struct ov_paper_report paper;
    struct ov_outcomes all;
    struct ov_text tap, junit;
};

static const char yaml[] =
    "- {id: good, says: so, kind: margin, curves: K4, at: 1, expect: 2, margin: {abs: 0.1}}\n"
    "- {id: bad, says: 'a # b <c> & \"d\"', kind: margin, curves: K4, at: 1, expect: 9,"
    " margin: {abs: 0.1}}\n"
    "- {id: open, says: so, kind: mean, curves: K4, at: 1, expect: 2, margin: {abs: 0.01}}\n"
    "- {id: gone, says: so, kind: mean, curves: K2, at: 1, expect: 2, margin: {abs: 0.01}}\n"
    "- {id: over, says: so, kind: mean, curves: K4, at: 1, expect: 2, margin: {abs: 0.01}}\n";

static void open_bench(struct bench *b)
{
    static char span[] = "[2]{claim=\"fake.good\"}";
    static struct ov_paper_point point[] = {
        {3, 7, OV_PASS, span}, {4, 1, OV_SKIPPED, span}, {5, 9, OV_FAIL, (char *)hostile}};
    *b = (struct bench){.paper = {.point = point, .n_point = 3}};
    fake_open(&b->f, yaml);
    write_all(&b->f, 0.0, 0.5, 4);
    char path[128];
    snprintf(path, sizeof path, "%s/K2.sgd.csv", b->f.out);
    ck_assert_int_eq(unlink(path), 0);
    b->claims = read_claims(&b->f);
    for (size_t i = 0; i < 4; i++)
        evaluate(&b->claims, &b->f, i);
    b->claims.claim[4].verdict = OV_SKIPPED;
    snprintf(b->claims.claim[4].why, sizeof b->claims.claim[4].why, "runs at tier full");
    ck_ok(ov_outcomes_collect(&b->all, &b->claims, "paper.md", &b->paper, NULL));
    ov_outcomes_tap(&b->tap, &b->all);
    ov_outcomes_junit(&b->junit, &b->all);
    ck_assert(!b->tap.failed && !b->junit.failed);
}

static void close_bench(struct bench *b)
{
    ov_text_free(&b->tap);
    ov_text_free(&b->junit);
    ov_outcomes_free(&b->all);
    ov_claims_free(&b->claims);
    fake_close(&b->f);
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        n++;
    return n;
}

START_TEST(every_point_counts_once)
{
    struct bench b;
    open_bench(&b);
    ck_assert_uint_eq(b.all.n, 8);
    ck_assert_uint_eq(b.all.n_passed, 2);
    ck_assert_uint_eq(b.all.n_skipped, 2);
    ck_assert_uint_eq(b.all.n_failed, 4); /* FAIL, INCONCLUSIVE, MISSING and the paper's */
    ck_assert_str_eq(b.all.point[0].name, "fake.good");
    ck_assert_str_eq(b.all.point[7].name, "paper.md:5:9");
    close_bench(&b);
}
END_TEST

START_TEST(points_as_tap)
{
    struct bench b;
    open_bench(&b);
    ck_assert(strncmp(b.tap.s, "TAP version 13\n1..8\nok 1 - fake.good: so\n", 39) == 0);
    ck_assert_uint_eq(count(b.tap.s, "\nok "), 4);
    ck_assert_uint_eq(count(b.tap.s, "\nnot ok "), 4);
    ck_assert_uint_eq(count(b.tap.s, " # SKIP runs at tier full\n"), 1);
    ck_assert_uint_eq(count(b.tap.s, " # SKIP its claim is skipped at this tier\n"), 1);
    ck_assert_uint_eq(count(b.tap.s, " # SKIP "), 3); /* that in the quoted message is none */
    ck_contains(b.tap.s, "not ok 2 - fake.bad: a \\# b <c> & \"d\"\n  ---\n  verdict: FAIL\n");
    ck_contains(b.tap.s, "not ok 3 - fake.open: so\n  ---\n  verdict: INCONCLUSIVE\n");
    ck_contains(b.tap.s, "not ok 4 - fake.gone: so\n  ---\n  verdict: MISSING\n");
    ck_contains(b.tap.s, "ok 5 - fake.over: so # SKIP runs at tier full\n");
    ck_contains(b.tap.s, "ok 6 - paper.md:3:7: [2]{claim=\"fake.good\"}\n");
    ck_contains(b.tap.s, "not ok 8 - paper.md:5:9\n");
    ck_contains(b.tap.s, "message: \"a <b> & \\\"c\\\"");
    ck_contains(b.tap.s, "\\x0anot ok 7 - \xce\xb1\"\n");
    close_bench(&b);
}
END_TEST

/* Reads XML as far as a writer of it can go wrong: elements nest, attributes are quoted, references
 * are whole, and only characters of XML are there. Returns NULL, or where it breaks. */
static const char *ill_formed(const char *s)
{
    char open[8][32];
    size_t depth = 0;
    if (strncmp(s, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", 39) != 0)
        return s;
    for (s += 39; *s; s++) {
        if (isspace((unsigned char)*s))
            continue;
        if (*s++ != '<') /* there is no text between elements */
            return s - 1;
        bool closing = *s == '/';
        s += closing;
        char name[32];
        size_t n = strcspn(s, " />");
        snprintf(name, sizeof name, "%.*s", (int)(n < 31 ? n : 31), s);
        s += n;
        while (*s == ' ') {
            s += 1 + strcspn(s + 1, "= <>/\"");
            if (strncmp(s, "=\"", 2) != 0)
                return s;
            for (s += 2; *s && *s != '"'; s++) {
                if (*s == '<' || (unsigned char)*s < 0x20)
                    return s;
                if (*s == '&' && (s[1] != '#' || s[2 + strspn(s + 2, "0123456789")] != ';'))
                    return s;
            }
            s++;
        }
        bool empty = *s == '/';
        s += empty;
        if (*s != '>')
            return s;
        if (closing && (depth == 0 || strcmp(open[--depth], name) != 0))
            return s;
        if (!closing && !empty)
            snprintf(open[depth++], sizeof open[0], "%s", name);
    }
    return depth == 0 ? NULL : s;
}

START_TEST(points_as_junit)
{
    struct bench b;
    open_bench(&b);
    const char *wrong = ill_formed(b.junit.s);
    ck_assert_msg(!wrong, "at '%.60s' of\n%s", wrong, b.junit.s);
    ck_contains(
        b.junit.s,
        "<testsuites name=\"overlap\" tests=\"8\" failures=\"4\" errors=\"0\" skipped=\"2\">");
    ck_contains(b.junit.s, "<testsuite name=\"fake\" tests=\"5\" failures=\"3\" errors=\"0\" "
                           "skipped=\"1\">");
    ck_contains(b.junit.s, "<testsuite name=\"paper.md\" tests=\"3\" failures=\"1\" errors=\"0\" "
                           "skipped=\"1\">");
    ck_assert_uint_eq(count(b.junit.s, "<testcase "), 8);
    ck_assert_uint_eq(count(b.junit.s, "<failure type="), 4);
    ck_assert_uint_eq(count(b.junit.s, "<skipped "), 2);
    ck_contains(b.junit.s, "<failure type=\"INCONCLUSIVE\" message=\"K4 @ 1: ");
    ck_contains(b.junit.s, "message=\"a &#60;b&#62; &#38; &#34;c&#34; &#39;d&#39; ]]&#62;");
    ck_contains(b.junit.s, " \xef\xbf\xbd&#127; "); /* no character of XML; one that is */
    ck_contains(b.junit.s, "&#10;not ok 7 - \xce\xb1\"");
    close_bench(&b);
}
END_TEST

/* The reader above does notice. */
START_TEST(ill_formed_is_noticed)
{
#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    ck_assert_ptr_null(ill_formed(HEAD "<a x=\"&#38;\"><b/></a>\n"));
    static const char *const bad[] = {"<a x=\"1\"></a>",         HEAD "<a><b></a></b>",
                                      HEAD "<a x=\"<\"/>",       HEAD "<a x=\"&\"/>",
                                      HEAD "<a x=\"\x01\"/>",    HEAD "<a>",
                                      HEAD "<a x=1/>",           HEAD "<a x=\"1\"y/>",
                                      HEAD "<a x=\"&amp\"></a>", HEAD "text"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(ill_formed(bad[i]), "%s", bad[i]);
}
END_TEST

START_TEST(nothing_and_broken)
{
    struct ov_outcomes all;
    struct ov_claims none = {0};
    struct ov_text tap = {0}, junit = {0};
    ck_ok(ov_outcomes_collect(&all, &none, NULL, NULL, NULL));
    ov_outcomes_tap(&tap, &all);
    ov_outcomes_junit(&junit, &all);
    ck_assert_str_eq(tap.s, "TAP version 13\n1..0 # SKIP nothing to check\n");
    ck_assert_ptr_null(ill_formed(junit.s));
    ov_outcomes_free(&all);
    ov_text_free(&tap);
    ov_text_free(&junit);
    ck_ok(ov_outcomes_broken(&all, "x.yaml:1:1: error: <no>\nanother"));
    ov_outcomes_tap(&tap, &all);
    ov_outcomes_junit(&junit, &all);
    ck_contains(tap.s, "1..1\nnot ok 1 - verify\n");
    ck_contains(tap.s, "message: \"x.yaml:1:1: error: <no>\\x0aanother\"\n");
    ck_assert_ptr_null(ill_formed(junit.s));
    ck_contains(junit.s, "failures=\"1\"");
    ov_outcomes_free(&all);
    ov_text_free(&tap);
    ov_text_free(&junit);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, every_point_counts_once);
    OV_TEST(s, points_as_tap);
    OV_TEST(s, points_as_junit);
    OV_TEST(s, ill_formed_is_noticed);
    OV_TEST(s, nothing_and_broken);
}
OV_TEST_MAIN("claims/outcomes");
