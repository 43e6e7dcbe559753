/* SPDX-License-Identifier: MIT
 *
 * The paper's numbers against given verdicts: right, wrong, uncovered, unreadable.
 */
#include <math.h>
#include <sys/stat.h>

#include "run/fake.h"
#include "overlap/paper/paper.h"
#include "pandoc_there.h"

/* fake.plateau: one number; fake.curves: K3, K4 at 10 and 100; a claim of each bad verdict. */
static struct ov_measure plateau[] = {{.curve = "K4",
                                       .at = NAN,
                                       .value = 0.036437,
                                       .se = 0.0,
                                       .n = 10,
                                       .expect = 0.0365,
                                       .margin = 0.001,
                                       .verdict = OV_PASS}};
static struct ov_measure curves[] = {{.curve = "K3", .at = 9.8, .value = -0.51, .expect = NAN},
                                     {.curve = "K3", .at = 100.0, .value = 3.25, .expect = NAN},
                                     {.curve = "K4", .at = 9.8, .value = 1.2345e-3, .expect = NAN},
                                     {.curve = "K4", .at = 100.0, .value = 4.0, .expect = NAN}};
static char ids[][12] = {"plateau", "curves", "wrong", "unclear", "stale", "missing", "skipped"};

struct paper {
    struct fake f;
    struct ov_claim claim[7];
    struct ov_claims claims;
    struct ov_paper_report report;
};

static void open_paper(struct paper *p)
{
    static const enum ov_verdict verdict[] = {
        OV_PASS, OV_PASS, OV_FAIL, OV_INCONCLUSIVE, OV_CLAIM_STALE, OV_CLAIM_MISSING, OV_SKIPPED};
    *p = (struct paper){.claims = {p->claim, 7}};
    fake_open(&p->f, NULL);
    for (size_t i = 0; i < 7; i++)
        p->claim[i] = (struct ov_claim){.id = ids[i],
                                        .experiment = &p->f.e,
                                        .measure = i == 1 ? curves : plateau,
                                        .n_measure = i == 1 ? 4 : 1,
                                        .verdict = verdict[i],
                                        .why = "because of that"};
}

static enum ov_status check_paper(struct paper *p, const char *text, size_t n, struct ov_error *err)
{
    char path[128];
    const struct ov_experiment *experiments[] = {&p->f.e};
    snprintf(path, sizeof path, "%s/paper.md", p->f.out);
    ck_ok(ov_file_write(path, text, n, NULL));
    return ov_paper_check(&p->report, path, &p->claims, experiments, 1, err);
}

static void check_text(struct paper *p, const char *text)
{
    struct ov_error err = {0};
    ck_assert_msg(check_paper(p, text, strlen(text), &err) == OV_OK, "%s", err.text);
    ck_assert_uint_eq(p->report.n_point,
                      p->report.n_checked + p->report.n_wrong + p->report.n_skipped);
}

/* Texts with these counts and, first of the errors that begin so, "LINE:COLUMN: error: …". */
static struct part {
    const char *text, *what;
    size_t n_checked, n_wrong, line;
} part[40];
static size_t n_part;

static void expect(const char *text, size_t n_checked, size_t n_wrong, const char *what)
{
    ck_assert_uint_lt(n_part, sizeof part / sizeof *part);
    part[n_part++] = (struct part){text, what, n_checked, n_wrong, 0};
}

static void check_part(const struct ov_paper_report *report, size_t k, size_t end)
{
    size_t n_checked = 0, n_wrong = 0;
    bool said = part[k].n_wrong == 0;
    struct ov_text errors = {0};
    for (size_t i = 0; i < report->n_point; i++) {
        const struct ov_paper_point *x = report->point + i;
        char line[512];
        if (x->line < part[k].line || x->line >= end)
            continue;
        n_checked += x->verdict == OV_PASS;
        n_wrong += x->verdict != OV_PASS && x->verdict != OV_SKIPPED;
        snprintf(line, sizeof line, "%zu:%zu: error: %s", x->line - part[k].line + 1, x->column,
                 x->text);
        said = said || strncmp(line, part[k].what, strlen(part[k].what)) == 0;
        ov_text_addf(&errors, "%s\n", line);
    }
    ck_assert_msg(n_checked == part[k].n_checked && n_wrong == part[k].n_wrong && said,
                  "%zu checked, %zu wrong, not '%s' in:\n%s\n%s", n_checked, n_wrong, part[k].what,
                  part[k].text, errors.s);
    ov_text_free(&errors);
}

/* Checks all texts expected so far as one paper, each below a heading that is no Results. */
static void check_parts(void)
{
    struct paper p;
    struct ov_text whole = {0};
    size_t line = 1;
    for (size_t k = 0; k < n_part; k++) {
        ov_text_addf(&whole, "# M\n\n%s\n\n", part[k].text);
        part[k].line = line + 2;
        line += 4;
        for (const char *s = part[k].text; *s; s++)
            line += *s == '\n';
    }
    open_paper(&p);
    check_text(&p, whole.s);
    for (size_t k = 0; k < n_part; k++)
        check_part(&p.report, k, k + 1 < n_part ? part[k + 1].line : line + 1);
    ov_paper_report_free(&p.report);
    ov_text_free(&whole);
    fake_close(&p.f);
    n_part = 0;
}

#define RESULTS(text) "# Results\n\n" text "\n"

/* ---- checked numbers ---- */

START_TEST(right_and_wrong_digits)
{
    expect("It is [0.0364]{claim=\"fake.plateau\"}.\n", 1, 0, "");
    expect("It is [0.03644]{claim=fake.plateau}.\n", 1, 0, "");
    expect("It is [3.64e-2]{.number claim=\"fake.plateau\" #n1}.\n", 1, 0, "");
    expect("It is\nß [0.0365]{claim=\"fake.plateau\"}.\n", 0, 1,
           "2:3: error: 0.0365 is printed, but value of fake.plateau is 0.0364 (0.036437)");
    expect("It is [3.64]{claim=\"fake.plateau\" scale=\"100\"} %.\n", 1, 0, "");
    expect("It is [3.65]{claim=\"fake.plateau\" scale=\"100\"} %.\n", 0, 1, "1:7: error: 3.65 is");
    expect("# A heading with [0.0365]{claim=\"fake.plateau\"}\n", 0, 1, "1:18: error: 0.0365");
    expect("`[0.0365]{claim=\"fake.plateau\"}` is how to write it.\n", 0, 0, "");
    check_parts();
}
END_TEST

START_TEST(other_numbers_of_a_measure)
{
    expect("[0]{claim=fake.plateau of=se} [10]{claim=fake.plateau of=n} "
           "[0.001]{claim=fake.plateau of=margin} [0.0365]{claim=fake.plateau of=expect}",
           4, 0, "");
    expect("[11]{claim=fake.plateau of=n}", 0, 1, "1:1: error: 11 is printed, but n of");
    expect("[10]{claim=fake.plateau of=seeds}", 0, 1, "1:1: error: of 'seeds' is none of");
    expect("[10]{claim=fake.curves curve=K3 at=100 of=expect}", 0, 1,
           "1:1: error: claim fake.curves has no expect");
    check_parts();
}
END_TEST

START_TEST(one_of_several_measures)
{
    expect("[\xe2\x88\x92"
           "0.51]{claim=fake.curves curve=K3 at=10} and [1.23e-3]{claim=fake.curves "
           "curve=\"K4\" at=\"9.8\"}",
           2, 0, "");
    expect("[4]{claim=fake.curves}", 0, 1, "1:1: error: claim fake.curves has 4 such numbers");
    expect("[4]{claim=fake.curves at=100}", 0, 1, "1:1: error: claim fake.curves has 2 such");
    expect("[4]{claim=fake.curves curve=K5 at=100}", 0, 1, "1:1: error: claim fake.curves has no");
    expect("[4]{claim=fake.curves curve=K4 at=50}", 0, 1, "1:1: error: claim fake.curves has no");
    expect("[4]{claim=fake.curves curve=K4 at=late}", 0, 1, "1:1: error: at 'late' is no number");
    expect("[3.25]{claim=fake.curves curve=K4 at=100}", 0, 1, "1:1: error: 3.25 is printed");
    check_parts();
}
END_TEST

START_TEST(slips_are_named)
{
    expect("[0.0364]{claim=fake.platau}", 0, 1,
           "1:1: error: unknown claim 'fake.platau'; did you mean 'fake.plateau'?");
    expect("[0.0364]{claim=fake.plateau curv=K4}", 0, 1,
           "1:1: error: unknown attribute 'curv'; did you mean 'curve'?");
    expect("[0.0364]{clam=fake.plateau}", 0, 1,
           "1:1: error: unknown attribute 'clam'; did you mean 'claim'?");
    expect("[0.0364]{at=10}", 0, 1, "1:1: error: this number has neither a claim nor a param");
    expect("[0.0364]{claim=fake.plateau claim=fake.curves}", 0, 1, "1:1: error: attribute 'claim'");
    expect("[about 0.0364]{claim=fake.plateau}", 0, 1, "1:1: error: 'about 0.0364' is no number");
    expect("[$0.0364$]{claim=fake.plateau}", 0, 1, "1:1: error: '$0.0364$' is no number");
    expect("[]{claim=fake.plateau}", 0, 1, "1:1: error: '' is no number");
    expect("[3.6]{claim=fake.plateau scale=0}", 0, 1, "1:1: error: scale '0'");
    expect("[text]{lang=fr} [small]{.smallcaps #x}\n", 0, 0, "");
    check_parts();
}
END_TEST

START_TEST(bad_verdicts_are_wrong)
{
    static const char *const name[] = {"wrong", "unclear", "stale", "missing"};
    static const char *const verdict[] = {"FAIL", "INCONCLUSIVE", "STALE", "MISSING"};
    char text[4][128], what[4][128];
    for (size_t i = 0; i < 4; i++) {
        snprintf(text[i], sizeof text[i], "[0.0364]{claim=fake.%s}", name[i]);
        snprintf(what[i], sizeof what[i], "1:1: error: claim fake.%s is %s: because of that",
                 name[i], verdict[i]);
        expect(text[i], 0, 1, what[i]);
    }
    check_parts();
}
END_TEST

START_TEST(uncovered_numbers_are_wrong)
{
    expect("In 5 words\n\n" RESULTS("Of \xce\xb1 it is 0.0364."), 0, 1,
           "5:12: error: number 0.0364 in a Results section has no claim; write "
           "[0.0364]{claim=\"EXPERIMENT.ID\"}");
    expect(RESULTS("With $M = 4$."), 0, 1, "3:11: error: number 4 in math in a Results section");
    expect(RESULTS("[0.0364]{claim=fake.plateau}, [0.0365]{.x} and\n[4]{param=fake.K4.K}."), 2, 1,
           "3:32: error: number 0.0365 in");
    expect(RESULTS("[0.0364]{claim=fake.gone}"), 0, 1, "3:1: error: unknown claim 'fake.gone'");
    expect(RESULTS("`5`, $x_5$, [a](b5), K4 and Fig. 2"), 0, 0, "");
    expect("[0.0364]{.x claim='fake.plateau'}", 0, 1, "1:9: error: this {claim=…} is text");
    expect(RESULTS("A {claim=fake.plateau} too much"), 0, 1, "3:2: error: '' is no number");
    expect(RESULTS("```{=html}\n<p>A table by hand: 0.99.</p>\n```"), 0, 1,
           "4:21: error: number 0.99");
    expect(RESULTS("Inline `<b>0.98</b>`{=html}."), 0, 1, "3:12: error: number 0.98 in a");
    expect(RESULTS("It takes $3.2\\,\\text{hours}$ and"), 0, 1, "3:11: error: number 3.2 in math");
    expect(RESULTS("$7\\ \\mathrm{runs}$, and"), 0, 1, "3:2: error: number 7 in math");
    expect(RESULTS("½ of before"), 0, 1, "3:1: error: number ½ in a Results section");
    expect(RESULTS("a factor $\\times 4.4$"), 0, 1, "3:18: error: number 4.4 in math");
    expect(RESULTS("| a |\n|---|\n| 5 |\n\n![with 6](a.svg)"), 0, 2, "5:3: error: number 5 in a");
    expect(RESULTS("```\n5"), 0, 1, "3:1: error: this code block has no end");
    check_parts();
    /* in the order of the text, whatever was found first */
    struct paper p;
    open_paper(&p);
    check_text(&p, RESULTS("5 and [0.1]{claim=fake.plateau} and 6"));
    ck_assert_uint_eq(p.report.n_wrong, 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert_uint_eq(p.report.point[i].column, ((size_t[]){1, 7, 37})[i]);
    ov_paper_report_free(&p.report);
    fake_close(&p.f);
}
END_TEST

START_TEST(skipped_claims_are_counted)
{
    struct paper p;
    open_paper(&p);
    check_text(&p, RESULTS("[0.9]{claim=fake.skipped} and [0.0364]{claim=fake.plateau}"));
    ck_assert_uint_eq(p.report.n_skipped, 1);
    ck_assert_uint_eq(p.report.n_checked, 1);
    ck_assert_uint_eq(p.report.n_wrong, 0);
    ov_paper_report_free(&p.report);
    fake_close(&p.f);
}
END_TEST

START_TEST(params)
{
    expect("[0.2]{param=\"fake.K4.eta_w\"} [4]{param=fake.K4.K} [0.2]{param=fake.wide.eta_w}", 3, 0,
           "");
    expect("[0.3]{param=\"fake.K4.eta_w\"}", 0, 1,
           "1:1: error: 0.3 is printed, but fake.K4.eta_w is 0.2");
    expect("[5]{param=\"fake.wide.K\"}", 0, 1, "1:1: error: 5 is printed, but fake.wide.K is 6");
    expect("[5]{param=\"fake.K7.K\"}", 0, 1, "1:1: error: experiment fake has no curve 'K7'");
    expect("[5]{param=\"fake.wied.K\"}", 0, 1, "1:1: error: experiment fake has no curve 'wied'");
    expect("[5]{param=\"fake.K4.eta\"}", 0, 1, "1:1: error: curve K4 has no parameter 'eta'");
    expect("[5]{param=\"fake\"}", 0, 1,
           "1:1: error: param 'fake' is no EXPERIMENT.CURVE.PARAMETER");
    expect("[5]{param=\"fake.K\"}", 0, 1, "1:1: error: experiment fake has no curve ''");
    expect("[5]{param=\"fkae.K4.K\"}", 0, 1,
           "1:1: error: param 'fkae.K4.K': no experiment 'fkae'; did you mean 'fake'?");
    expect("[5]{param=\"fake.K4.K\" at=3}", 0, 1, "1:1: error: a param has no claim");
    check_parts();
}
END_TEST

/* ---- files ---- */

START_TEST(unreadable_papers)
{
    struct paper p;
    struct ov_error err = {0};
    char path[128];
    open_paper(&p);
    snprintf(path, sizeof path, "%s/paper.md", p.f.out);
    ck_assert_int_eq(ov_paper_check(&p.report, path, &p.claims, NULL, 0, &err), OV_EUSER);
    ck_contains(err.text, "paper.md: No such file");
    ck_ok(ov_file_write(path, "# Results\n\0 5", 13, NULL));
    ck_assert_int_eq(ov_paper_check(&p.report, path, &p.claims, NULL, 0, &err), OV_EUSER);
    ck_contains(err.text, "zero byte");
    fake_close(&p.f);
}
END_TEST

/* Nothing is right, and nothing wrong, of what nobody read. */
START_TEST(without_pandoc)
{
    struct paper p;
    open_paper(&p);
    ck_assert_int_eq(setenv("PATH", p.f.out, 1), 0); /* this test has a process of its own */
    check_text(&p, RESULTS("5 and [0.1]{claim=fake.plateau}"));
    ck_assert(p.report.unread);
    ck_assert_uint_eq(p.report.n_checked + p.report.n_wrong, 0);
    ck_assert_uint_eq(p.report.n_skipped, 1);
    ck_assert_int_eq(p.report.point->verdict, OV_SKIPPED);
    ck_contains(p.report.point->text, "not checked: pandoc is missing");
    ov_paper_report_free(&p.report);
    fake_close(&p.f);
}
END_TEST

/* A program of that name that fails, or prints what is no list. */
START_TEST(with_another_pandoc)
{
    static const char *const script[] = {"#!/bin/sh\necho 'old: no sourcepos' >&2\nexit 1\n",
                                         "#!/bin/sh\nprintf 'span\\t1\\t1\\nend\\n'\n",
                                         "#!/bin/sh\necho number\n", "#!/bin/sh\n"};
    static const char *const says[] = {"pandoc could not read it: old: no sourcepos",
                                       "list is incomplete", "list is incomplete",
                                       "list is incomplete"};
    struct paper p;
    char program[160];
    open_paper(&p);
    snprintf(program, sizeof program, "%s/pandoc", p.f.out);
    ck_assert_int_eq(setenv("PATH", p.f.out, 1), 0);
    for (size_t i = 0; i < 4; i++) {
        struct ov_error err = {0};
        ck_ok(ov_file_write(program, script[i], strlen(script[i]), NULL));
        ck_assert_int_eq(chmod(program, 0755), 0);
        ck_assert_int_eq(check_paper(&p, "5", 1, &err), OV_EUSER);
        ck_contains(err.text, says[i]);
        ck_assert_ptr_null(strchr(err.text, '\n'));
    }
    fake_close(&p.f);
}
END_TEST

/* Any bytes are read, or refused in a line, without a crash. */
START_TEST(any_bytes)
{
    static const char *const piece[] = {"[",      "]",
                                        "(",      ")",
                                        "{",      "}",
                                        "$",      "$$",
                                        "`",      "```",
                                        "<!--",   "-->",
                                        "\n",     "\n\n",
                                        "# R",    "Results",
                                        "5",      "0.3 ",
                                        "\\",     "@a",
                                        "^",      "½",
                                        "=",      "<a b=\"",
                                        "~~",     "---",
                                        "key:",   "1. ",
                                        "- ",     "{claim",
                                        "\"",     ".",
                                        "Fig. 2", "(2019)",
                                        "{#",     " ",
                                        "::: ",   "\xe2\x88\x92",
                                        "\t",     "\r\n",
                                        "| a |",  "[5]{claim=fake.plateau}",
                                        "\\text{"};
    gsl_rng *r = ov_test_rng(20261124);
    struct paper p;
    open_paper(&p);
    for (int i = 0; i < 6; i++) {
        struct ov_text t = {0};
        ov_text_addf(&t, "# Results\n\n");
        for (unsigned long n = gsl_rng_uniform_int(r, 600); n > 0; n--)
            ov_text_addf(&t, "%s", piece[gsl_rng_uniform_int(r, sizeof piece / sizeof *piece)]);
        check_text(&p, t.s);
        ov_paper_report_free(&p.report);
        struct ov_error err = {0};
        t.s[gsl_rng_uniform_int(r, t.len)] = (char)0xce;
        if (check_paper(&p, t.s, t.len, &err) != OV_OK)
            ck_contains(err.text, "error: ");
        ov_paper_report_free(&p.report);
        ov_text_free(&t);
    }
    gsl_rng_free(r);
    fake_close(&p.f);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, unreadable_papers);
    OV_TEST(s, without_pandoc);
    OV_TEST(s, with_another_pandoc);
    if (!pandoc_there("checks of a paper"))
        return;
    OV_TEST(s, right_and_wrong_digits);
    OV_TEST(s, other_numbers_of_a_measure);
    OV_TEST(s, one_of_several_measures);
    OV_TEST(s, slips_are_named);
    OV_TEST(s, bad_verdicts_are_wrong);
    OV_TEST(s, uncovered_numbers_are_wrong);
    OV_TEST(s, skipped_claims_are_counted);
    OV_TEST(s, params);
    OV_TEST(s, any_bytes);
}

OV_TEST_MAIN("paper/paper");
