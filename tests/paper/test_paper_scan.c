/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "paper_scan_internal.h"
#include "test.h"

/* The numbers that are not covered, in order, as "5 0.3 ". */
static void uncovered(char *found, size_t size, const char *text)
{
    struct ov_paper_scan p;
    size_t used = 0;
    ck_ok(ov_paper_scan(&p, text, strlen(text)));
    for (size_t i = 0; i < p.n_span; i++)
        ov_paper_mark(&p, p.span[i].text, p.span[i].text_end, OV_MARK_COVERED);
    ov_paper_numbers(&p);
    for (size_t i = 0; i < p.n_issue; i++) {
        char number[32];
        ck_assert_int_eq(sscanf(p.issue[i].text, "number %31s", number), 1);
        ck_assert(strncmp(text + p.issue[i].offset, number, strlen(number)) == 0);
        used += (size_t)snprintf(found + used, size - used, "%s ", number);
        ck_assert_uint_lt(used, size);
    }
    found[used] = '\0';
    ov_paper_scan_free(&p);
    ov_paper_scan_free(&p);
}

static void expect(const char *text, const char *numbers)
{
    char found[512];
    uncovered(found, sizeof found, text);
    ck_assert_msg(strcmp(found, numbers) == 0, "'%s' instead of '%s' in:\n%s", found, numbers,
                  text);
}

/* The text inside of a Results section. */
static void in_results(const char *text, const char *numbers)
{
    char whole[2048];
    snprintf(whole, sizeof whole, "# Results\n\n%s\n", text);
    expect(whole, numbers);
}

START_TEST(sections)
{
    expect("We use 5.\n\n# Results\n\nIt is 6.\n\n## More\n\nAnd 7.\n\n# Discussion\n\nSo 8.\n",
           "6 7 ");
    expect("## What we saw {.results}\n\n6\n\n### deeper\n\n7\n\n## Else\n\n8\n", "6 7 ");
    expect("Our results\n===========\n\n6\n\nElse\n----\n\n7\n\nMore\n====\n\n8\n", "6 7 ");
    expect("# A\n\n## Results\n\n6\n\n# B\n\n7\n", "6 ");
    expect("# Results\n\n6\n\n# Results again\n\n7\n", "6 7 ");
    expect("# Results 4 and 5\n\nnothing\n", ""); /* headings are no prose */
    expect("# Results\n\na line\n# no heading without a blank line\n\n5\n", "5 ");
    expect("# Results\n\n#5 is no heading\n", "5 ");
    expect("# Results\n\n6\n\n    # 7 in code is taken for prose\n", "6 7 ");
    expect("\xef\xbb\xbf# Results\r\n\r\nIt is 6.\r\n\r\n# Next\r\n\r\n7\r\n", "6 ");
}
END_TEST

START_TEST(not_prose)
{
    in_results("`5` and ``a ` 6`` and `7`{.c width=8}", "");
    in_results("```\n5\n```\n\n~~~~ {.c n=3}\n6\n~~~\n7\n~~~~\n8", "8 ");
    in_results("text\n```\n5\n```\nmore 6", "6 ");
    in_results("text\n~~~\n5\n~~~\nmore 6", "5 6 ");
    in_results("```not a fence``` 5", "5 ");
    in_results("`5 without an end", "5 ");
    in_results("[text](http://x.y/5 \"title 6\") and ![a 7](fig8.svg){width=90%}", "7 ");
    in_results("[six 6][ref5] and [7][]\n\n[ref5]: http://x.y/8 '9'", "6 7 ");
    in_results("[@goldt2019, p. 3] and @saad1995 [p. 4] and [see @a; -@b 5, 6] but [7]", "7 ");
    in_results("a note[^1] and^[of 5]\n\n[^1]: with 6", "5 6 ");
    in_results("^[a note](5) and ^[6]{.c}", "5 6 ");
    in_results("[a [b]: 5\n\n[c]: 6", "5 ");
    in_results("<!-- 5\n\n# Else\n\n6 --> 7", "7 ");
    in_results("<span title=\"5\" data-x=6>7</span> <br/> <https://x.y/8>", "7 ");
    in_results("a <0.05 and 3<b and c>4", "0.05 3 4 ");
    in_results("https://x.y/z/5?q=6 doi:10.1103/7 arXiv:1906.08632", "");
    in_results("::: {.box width=5}\n6\n:::", "6 ");
    in_results("| a | 5 |\n|---|---|\n| K4 | 6 |\n\nTable: caption 7 {#tbl:t8}", "5 6 7 ");
    in_results("[0.5]{claim=\"a.b\"} and [0.6]{param='a.b.c'\n of=n} and 0.7", "0.7 ");
    in_results("\\[5\\](6) \\$7\\$ \\`8\\`", "5 6 7 8 ");
    expect("---\ntitle: Results\nreferences:\n- id: a\n  volume: 5\n...\n\n# Results\n\n6\n\n"
           "---\n\n7\n\n---\nid: 8\n---\n",
           "6 7 ");
}
END_TEST

START_TEST(numbers_in_prose)
{
    in_results("The error is 0.0364, or 1.2e-3, or -5; 1,000 and .5 and 10^-3^.",
               "0.0364 1.2e-3 5 1,000 5 10 ");
    in_results("five curves, twenty seeds", "");
    in_results("K4, I3, R_0_1, v~0~, x^2^, \xce\xb1"
               "2, CIFAR-10, GPT-2, Fig2",
               "");
    in_results("_5_ and *6* and __7__ and (8)", "5 6 7 8 ");
    in_results("the 1st, 2nd, 3rd and 4th in 2D", "");
    in_results("10x, 5ms, 784-dimensional, error-0.5", "10 5 784 0.5 ");
    in_results("5\xc3\x97"
               "6, \xe2\x89\x88"
               "7, \xe2\x80\x93"
               "8",
               "5 6 7 8 ");
    in_results("Fig. 2, Figure 2a, Sect. 3.1, eq. (4), Table 1, Fig.\xc2\xa0"
               "5, Fig.\\ 6, Section\n7",
               "");
    in_results("Figs. 2 and 3, eqs. (4)\xe2\x80\x93(6), Tables 1-2", "");
    in_results("Fig. 2, 30 curves; Fig. 2 and 30 others; in the table. 5 runs", "30 30 5 ");
    in_results("(Goldt et al. 2019), (2019), (Saad 1995a, 1995b), (see B 2020; C 2021)", "");
    in_results("(N = 2000), 2019, (with 2000 seeds), (5), (Goldt et al. 1700)",
               "2000 2019 2000 5 1700 ");
    in_results("1. first 5\n2. second\n10. tenth\n\nIt ends at\n6. Then", "5 6 ");
    in_results("- a\n\n  1) b\n  2) c\n\n(3) d\n\n* 7 e", "7 ");
    in_results("0.5 at first\n5. Then", "0.5 5 ");
}
END_TEST

START_TEST(numbers_in_math)
{
    in_results("$M = 4$ and $\\eta<0.3$, $$a \\approx -0.5$$ $x \\to 7$ $n\\ge 10$",
               "4 0.3 0.5 7 10 ");
    in_results("$x_2 + 3 y^4$ and $\\sum_{k=1}^{5} k$ and $\\sqrt{2}/\\pi$", "");
    in_results("$\\epsilon = 0$, $K=1$, $\\alpha \\to \\infty$, $t \\to 0$", "");
    in_results("$a = 1/2$, $a = 1/K$, $a = 1 \\times 10^{-3}$, $a = 0.5$, $b = 1.0$",
               "1 1 0.5 1.0 ");
    in_results("$0.0364$ and $10^{-3}$ and $-5\\%$ but $2\\pi$, $1$, $3 + x$", "0.0364 10 5 ");
    in_results("$a \\leq \\, .5$ and $a &= {2}$ and $a \\left 3$ and $a \\sim\n4$", ".5 2 4 ");
    in_results("it costs $5 and $6 each", "5 6 ");
    in_results("$ 5$ and $6 $ and \\$7$", "5 6 7 ");
    in_results("a\xe2\x89\x88"
               "b: $a\xe2\x89\x88"
               "3$, $a=\xe2\x88\x92"
               "4$",
               "3 4 ");
    expect("# Method\n\n$M = 4$ and 5\n", "");
}
END_TEST

START_TEST(open_ends_are_reported)
{
    static const char *const text[] = {"# Results\n\n```\n5\n", "# Method\n\n<!-- 5\n"};
    for (size_t i = 0; i < 2; i++) {
        struct ov_paper_scan p;
        ck_ok(ov_paper_scan(&p, text[i], strlen(text[i])));
        ck_assert_uint_eq(p.n_issue, 1);
        ck_assert_ptr_nonnull(strstr(p.issue[0].text, "has no end"));
        ov_paper_scan_free(&p);
    }
}
END_TEST

START_TEST(spans_are_found)
{
    static const char text[] = "a [x [0.5]{claim=a} y]{.b} [c]{d=\"}\"} [e] {f=g} [h]{i\n\n}";
    static const char *const inside[] = {"0.5", "x [0.5]{claim=a} y", "c"};
    static const char *const attributes[] = {"claim=a", ".b", "d=\"}\""};
    struct ov_paper_scan p;
    ck_ok(ov_paper_scan(&p, text, strlen(text)));
    ck_assert_uint_eq(p.n_span, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct ov_paper_span *s = p.span + i;
        ck_assert_uint_eq(s->text_end - s->text, strlen(inside[i]));
        ck_assert(strncmp(text + s->text, inside[i], strlen(inside[i])) == 0);
        ck_assert_uint_eq(s->attributes_end - s->attributes, strlen(attributes[i]));
        ck_assert(strncmp(text + s->attributes, attributes[i], strlen(attributes[i])) == 0);
    }
    ov_paper_scan_free(&p);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, sections);
    OV_TEST(s, not_prose);
    OV_TEST(s, numbers_in_prose);
    OV_TEST(s, numbers_in_math);
    OV_TEST(s, open_ends_are_reported);
    OV_TEST(s, spans_are_found);
}

OV_TEST_MAIN("claims/paper_scan");
