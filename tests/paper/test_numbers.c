/* SPDX-License-Identifier: MIT
 *
 * What src/tools/numbers.lua takes for a number without a claim, and where.
 */
#include <string.h>
#include <unistd.h>

#include "paper_list_internal.h"
#include "pandoc_there.h"
#include "test.h"

/* A text, and its numbers in their order. */
struct example {
    const char *text, *numbers;
};

static void open_list(struct ov_paper_list *p, struct ov_text *file, const char *text, size_t n)
{
    char path[] = "/tmp/overlap-numbers-XXXXXX";
    struct ov_error err = {0};
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    ck_ok(ov_file_write(path, text, n, NULL));
    enum ov_status status = ov_paper_open(p, file, path, &err);
    unlink(path);
    ck_assert_msg(status == OV_OK, "%s", err.text);
    ck_assert(!p->missing);
}

/* The numbers between two bytes as "5 0.3 "; each stands where the list says. */
static void found_between(struct ov_text *found, const struct ov_paper_list *p, size_t from,
                          size_t end)
{
    for (size_t at = from; at < end; at++) /* the list has math and notes out of their order */
        for (size_t i = 0; i < p->n_item; i++) {
            const struct ov_paper_item *x = p->item + i;
            if (x->at != at || (x->kind != OV_PAPER_NUMBER && x->kind != OV_PAPER_MATH))
                continue;
            ck_assert_msg(strncmp(p->s + at, x->field[0], strlen(x->field[0])) == 0,
                          "%s is not at '%.9s'", x->field[0], p->s + at);
            ov_text_addf(found, "%s ", x->field[0]);
        }
}

/* All texts in one run of pandoc, each below a heading of its own. */
static void expect_all(const char *heading, const struct example *example, size_t n)
{
    struct ov_text text = {0}, file = {0};
    struct ov_paper_list p;
    size_t *start = calloc(n + 1, sizeof *start);
    ov_text_add(&text, "", 0);
    for (size_t i = 0; i < n; i++) {
        ov_text_addf(&text, "%s", heading);
        start[i] = text.len;
        ov_text_addf(&text, "%s\n\n", example[i].text);
        start[i + 1] = text.len;
    }
    open_list(&p, &file, text.s, text.len);
    for (size_t i = 0; i < n; i++) {
        struct ov_text found = {0};
        ov_text_add(&found, "", 0);
        found_between(&found, &p, start[i], start[i + 1]);
        ck_assert_msg(strcmp(found.s, example[i].numbers) == 0, "'%s' instead of '%s' in:\n%s",
                      found.s, example[i].numbers, example[i].text);
        ov_text_free(&found);
    }
    ov_paper_list_free(&p);
    ov_paper_list_free(&p);
    ov_text_free(&text);
    ov_text_free(&file);
    free(start);
}

#define IN_RESULTS(example) expect_all("# Results\n\n", example, sizeof example / sizeof *example)

START_TEST(sections)
{
    static const struct example e[] = {
        {"We use 5.\n\n# Results\n\nIt is 6.\n\n## More\n\nAnd 7.\n\n# Discussion\n\nSo 8.",
         "6 7 "},
        {"## What we saw {.results}\n\n6\n\n### deeper\n\n7\n\n## Else\n\n8", "6 7 "},
        {"Our results\n===========\n\n6\n\nElse\n----\n\n7\n\nMore\n====\n\n8", "6 7 "},
        {"# A\n\n## Results\n\n6\n\n# B\n\n7", "6 "},
        {"# Results\n\n6\n\n# Results again\n\n7", "6 7 "},
        {"# Results 4 and 5\n\nnothing", ""}, /* headings are no prose */
        {"# Results\n\n#5 is no heading", "5 "},
        {"# Results\r\n\r\nIt is 6.\r\n\r\n# Next\r\n\r\n7\r\n", "6 "},
        {"> # Results\n>\n> 6", "6 "},
    };
    expect_all("# M\n\n", e, sizeof e / sizeof *e);
}
END_TEST

START_TEST(not_prose)
{
    static const struct example e[] = {
        {"`5` and ``a ` 6`` and `7`{.c width=8}", ""},
        {"```\n5\n```\n\n~~~~ {.c n=3}\n6\n~~~\n7\n~~~~\n8", "8 "},
        {"text\n```\n5\n```\nmore 6", "6 "},
        {"```not a fence``` 5", "5 "},
        {"`5 without an end", "5 "},
        {"[text](http://x.y/5 \"title 6\") and ![a 7](fig8.svg){width=90%}", "7 "},
        {"[six 6][ref5] and [7][]\n\n[ref5]: http://x.y/8 '9'", "6 7 "},
        {"[@goldt2019, p. 3] and @saad1995 [p. 4] and [see @a; -@b 5, 6] but [7]", "7 "},
        {"a note[^1] and 5\n\n[^1]: with 6", "5 6 "},
        {"<span title=\"5\" data-x=6>7</span> <br/> <https://x.y/8>", "7 "},
        {"a <0.05 and 3<b and c>4", "0.05 3 4 "},
        {"https://x.y/z/5?q=6 doi:10.1103/7 arXiv:1906.08632", ""},
        {"::: {.box width=5}\n6\n:::", "6 "},
        {"| a | 5 |\n|---|---|\n| K4 | $b = 6$ |\n\n: caption 7", "5 6 7 "},
        {"[0.5]{claim=\"a.b\"} and [0.6]{param=\"a.b.c\"\n of=n} and 0.7 [0.8]{.x}", "0.7 0.8 "},
        {"\\[5\\](6) \\$7\\$ \\`8\\`", "5 6 7 8 "},
        {"<!-- 5\n\n# Else\n\n6 -->\n\n7 <!-- 8 --> 9", "7 9 "},
        {"```{=html}\n<p title=5>6<!-- 7 --> &frac12;</p>\n```\n\n```{=latex}\n8\n```", "6 12 "},
        {"<table>\n<tr><td class=\"c5\">6</td></tr>\n</table>", "6 "},
        {"[a [b]: 5", "5 "},
        {"\tit is 5 in code", ""},
        {"a\tb 5 and\tß 6\n> $M\n> = 7$", "5 6 7 "},
    };
    IN_RESULTS(e);
}
END_TEST

START_TEST(numbers_in_prose)
{
    static const struct example e[] = {
        {"The error is 0.0364, or 1.2e-3, or -5; 1,000 and .5 and 10^-3^.",
         "0.0364 1.2e-3 5 1,000 5 10 "},
        {"five curves, twenty seeds", ""},
        {"K4, I3, R_0_1, v~0~, x^2^, α2, CIFAR-10, GPT-2, Fig2", ""},
        {"_5_ and *6* and __7__ and (8)", "5 6 7 8 "},
        {"the 1st, 2nd, 3rd and 4th in 2D", ""},
        {"10x, 5ms, 784-dimensional, error-0.5", "10 5 784 0.5 "},
        {"5×6, ≈7, –8, ½ and 1¾", "5 6 7 8 ½ 1¾ "},
        {"Fig. 2, Figure 2a, Sect. 3.1, eq. (4), Table 1, Fig.\xc2\xa0"
         "5, Section\n7",
         ""},
        {"Figs. 2 and 3, eqs. (4)–(6), Tables 1-2", ""},
        {"Fig. 2, 30 curves; Fig. 2 and 30 others; in the table. 5 runs", "30 30 5 "},
        {"(Goldt et al. 2019), (2019), (Saad 1995a, 1995b), (see B 2020; C 2021)", ""},
        {"(N = 2000), 2019, (with 2000 seeds), (5), (Goldt et al. 1700)", "2000 2019 2000 5 1700 "},
        {"1. first 5\n2. second\n10. tenth\n\nIt ends at\n6. Then", "5 6 "},
        {"- a\n\n  1) b\n  2) c\n\n(3) d\n\n* 7 e", "7 "},
        {"0.5 at first\n5. Then", "0.5 5 "},
    };
    IN_RESULTS(e);
}
END_TEST

START_TEST(numbers_in_math)
{
    static const struct example e[] = {
        {"$M = 4$ and $\\eta<0.3$, $$a \\approx -0.5$$ $x \\to 7$ $n\\ge 10$", "4 0.3 0.5 7 10 "},
        {"$x_2 + 3 y^4$ and $\\sum_{k=1}^{5} k$ and $\\sqrt{2}/\\pi$", ""},
        {"$\\epsilon = 0$, $K=1$, $\\alpha \\to \\infty$, $t \\to 0$", ""},
        {"$a = 1/2$, $a = 1/K$, $a = 1 \\times 10^{-3}$, $a = 0.5$, $b = 1.0$", "1 1 0.5 1.0 "},
        {"$0.0364$ and $10^{-3}$ and $-5\\%$ but $2\\pi$, $1$, $3 + x$", "0.0364 10 5 "},
        {"$a \\leq \\, .5$ and $a &= {2}$ and $a \\left 3$ and $a \\sim\n4$", ".5 2 4 "},
        {"it costs $5 and $6 each", "5 6 "},
        {"$ 5$ and $6 $ and \\$7$", "5 6 7 "},
        {"a≈b: $a≈3$, $a=−4$", "3 4 "},
        {"$3.2\\,\\text{hours}$, $7\\ \\mathrm{runs}$, $\\times 4.4$, $x\\text{ of 5 or }y$",
         "3.2 7 4.4 5 "},
        {"$2\\mathrm{i}\\pi$ and $a_{\\text{max}} = \\text{all}$ and $4\\,x$", ""},
        {"[$$ x = 4\n  < 5 $$]{.equation #eq:a}", "4 5 "},
    };
    IN_RESULTS(e);
    expect_all("# Method\n\n", (struct example[]){{"$M = 4$ and 5", ""}}, 1);
}
END_TEST

START_TEST(not_utf8)
{
    char path[] = "/tmp/overlap-numbers-XXXXXX";
    struct ov_paper_list p;
    struct ov_text file = {0};
    struct ov_error err = {0};
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    ck_ok(ov_file_write(path, "a\nb \xce", 5, NULL));
    ck_assert_int_eq(ov_paper_open(&p, &file, path, &err), OV_EUSER);
    ck_assert_ptr_nonnull(strstr(err.text, ":2:3: error: no UTF-8; save"));
    unlink(path);
    ov_text_free(&file);
}
END_TEST

/* The first item of this kind: its place; fails if there is none. */
static size_t first_of(const char *text, enum ov_paper_kind kind, const char *field)
{
    struct ov_paper_list p;
    struct ov_text file = {0};
    size_t at = (size_t)-1;
    open_list(&p, &file, text, strlen(text));
    for (size_t i = 0; i < p.n_item; i++)
        if (p.item[i].kind == kind && strcmp(p.item[i].field[0], field) == 0 && p.item[i].at < at)
            at = p.item[i].at;
    ck_assert_msg(at < (size_t)-1, "no %s in:\n%s", field, text);
    ov_paper_list_free(&p);
    ov_text_free(&file);
    return at;
}

/* What hides the rest of a text. */
START_TEST(open_ends)
{
    ck_assert_uint_eq(first_of("# Results\n\n```\n5\n", OV_PAPER_OPEN, "code block"), 11);
    ck_assert_uint_eq(first_of("# a\n\n~~~\n5\n~~", OV_PAPER_OPEN, "code block"), 5);
    ck_assert_uint_eq(first_of("# Method\n\n<!-- 5\n", OV_PAPER_OPEN, "comment"), 10);
    ck_assert_uint_eq(first_of("a\n\n<pre>\n# Results\n", OV_PAPER_OPEN, "HTML element"), 3);
    ck_assert_uint_eq(first_of("a\n\n```{=html}\nx", OV_PAPER_OPEN, "code block"), 3);
    ck_assert_uint_eq(first_of("a [0.5]{claim='a.b'}\n", OV_PAPER_STRAY, "claim"), 7);
}
END_TEST

START_TEST(spans)
{
    static const char text[] = "\xef\xbb\xbf"
                               "a [x [0.5]{claim=a} y]{.b} ß [c]{d=\"}\"} [e] [h]{i=1\n"
                               "at=2}\n\n```\n[5]{claim=x}\n```\n";
    static const char *const inside[] = {"0.5", "c", "h"};
    static const char *const fields[] = {"claim a ", "d } ", "i 1 at 2 "};
    struct ov_paper_list p;
    struct ov_text file = {0};
    open_list(&p, &file, text, sizeof text - 1);
    ck_assert_uint_eq(p.n_item, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct ov_paper_item *x = p.item + i;
        struct ov_text all = {0};
        for (size_t k = 0; k < x->n_field; k++)
            ov_text_addf(&all, "%s ", x->field[k]);
        ck_assert_str_eq(all.s, fields[i]);
        ck_assert_uint_eq(x->text_end - x->text, strlen(inside[i]));
        ck_assert(strncmp(text + x->text, inside[i], strlen(inside[i])) == 0);
        ck_assert_int_eq(text[x->at], '[');
        ck_assert_int_eq(text[x->end - 1], '}');
        ov_text_free(&all);
    }
    ov_paper_list_free(&p);
    ov_text_free(&file);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, not_utf8);
    if (!pandoc_there("numbers of a paper"))
        return;
    OV_TEST(s, sections);
    OV_TEST(s, not_prose);
    OV_TEST(s, numbers_in_prose);
    OV_TEST(s, numbers_in_math);
    OV_TEST(s, open_ends);
    OV_TEST(s, spans);
}

OV_TEST_MAIN("paper/numbers");
