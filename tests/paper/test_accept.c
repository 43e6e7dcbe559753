/* SPDX-License-Identifier: MIT
 *
 * overlap accept: what it rewrites, what it leaves as it is, and what it refuses.
 */
#include "claims/fake_claims.h"
#include "overlap/paper/accept.h"
#include "overlap/paper/paper.h"
#include "pandoc_there.h"

/* An experiment file and a paper on disk. Theory of K4 at 1 is 2, of K3 1.5; Q_0_0 twice that. */
struct bench {
    struct fake f;
    char yaml[128], paper[128];
    struct ov_claims claims;
    struct ov_accepted accepted;
};

/* n seeds of SGD, and n_theory starts of theory: more than one differ. */
static void open_seeds(struct bench *b, const char *claims, const char *paper, size_t n,
                       size_t n_theory)
{
    struct ov_text file = {0};
    *b = (struct bench){0};
    fake_open(&b->f, NULL);
    for (size_t c = 0; c < FAKE_CURVES; c++)
        fake_set(&b->f, c, n_theory, n_theory);
    write_all(&b->f, 0.0, 0.5, n);
    snprintf(b->yaml, sizeof b->yaml, "%s/experiment.yaml", b->f.out);
    snprintf(b->paper, sizeof b->paper, "%s/paper.md", b->f.out);
    ov_text_addf(&file, "claims:\n%s", claims);
    ck_ok(ov_file_write(b->yaml, file.s, file.len, NULL));
    ck_ok(ov_file_write(b->paper, paper, strlen(paper), NULL));
    struct ov_error err = {0};
    ck_assert_msg(ov_yaml_read(&b->f.doc, b->yaml, &err) == OV_OK, "%s", err.text);
    b->f.e.path = b->yaml;
    b->f.e.claims = fy_node_mapping_lookup_by_string(fy_document_root(b->f.doc), "claims", FY_NT);
    ov_text_free(&file);
    b->claims = read_claims(&b->f);
    for (size_t i = 0; i < b->claims.n; i++)
        evaluate(&b->claims, &b->f, i);
}

static void open_bench(struct bench *b, const char *claims, const char *paper)
{
    open_seeds(b, claims, paper, 4, 1);
}

static void close_bench(struct bench *b)
{
    ov_accepted_free(&b->accepted);
    ov_claims_free(&b->claims);
    fake_close(&b->f);
}

static enum ov_status accept_for(struct bench *b, const char *reason, struct ov_error *err)
{
    ov_accepted_free(&b->accepted);
    return ov_accept(&b->accepted, b->claims.claim, b->paper, reason, err);
}

/* Accepts the first claim, and expects these texts of both files, and the claim to hold then. */
static void accepted(const char *claims, const char *paper, const char *new_claims,
                     const char *new_paper)
{
    struct bench b;
    struct ov_error err = {0};
    struct ov_text yaml = {0}, text = {0};
    open_bench(&b, claims, paper);
    enum ov_status status = accept_for(&b, "because", &err);
    ck_assert_msg(status == OV_OK, "%s", err.text);
    ck_ok(ov_accept_write(&b.accepted, NULL));
    ck_ok(ov_file_read(&yaml, b.yaml, 0, NULL));
    ck_ok(ov_file_read(&text, b.paper, 0, NULL));
    ck_assert_str_eq(yaml.s + strlen("claims:\n"), new_claims);
    ck_assert_str_eq(text.s, new_paper);
    close_bench(&b);
    /* the new files hold, and there is nothing left to accept */
    open_bench(&b, yaml.s + strlen("claims:\n"), text.s);
    const struct ov_experiment *experiments[] = {&b.f.e};
    struct ov_paper_report report;
    ck_assert_int_eq(b.claims.claim[0].verdict, OV_PASS);
    ck_ok(ov_paper_check(&report, b.paper, &b.claims, experiments, 1, NULL));
    ck_assert_msg(report.n_wrong == 0, "%s", report.errors.s);
    ov_paper_report_free(&report);
    ck_ok(accept_for(&b, "because", NULL));
    ck_assert_uint_eq(b.accepted.experiment.n_number + b.accepted.paper.n_number, 0);
    close_bench(&b);
    ov_text_free(&yaml);
    ov_text_free(&text);
}

/* The first claim can't be accepted, for `what`; both files stay. */
static void refused(const char *claims, const char *reason, const char *what)
{
    struct bench b;
    struct ov_error err = {0};
    open_bench(&b, claims, "");
    ck_assert_int_eq(accept_for(&b, reason, &err), OV_EUSER);
    ck_contains(err.text, what);
    ck_assert_ptr_null(b.accepted.experiment.text.s);
    close_bench(&b);
}

#define ROUND(expect) "  - {id: c, says: so, kind: round, curves: K4, at: 1, expect: " expect "}\n"
#define MARGIN(expect)                                                                             \
    "  - id: c\n    says: so\n    kind: margin\n    curves: K4\n    at: 1\n"                       \
    "    expect: " expect "\n    margin: {rel: 0.1}\n"

START_TEST(the_paper)
{
    accepted(ROUND("2.0"), "It is [2.1]{claim=\"fake.c\"} and [2]{claim=\"fake.c\"}.\n",
             ROUND("2.0"),
             "It is [2.0]{claim=\"fake.c\"}<!-- 2.1 was printed: because --> and "
             "[2]{claim=\"fake.c\"}.\n");
    accepted(ROUND("2.0"), "x\n[210]{claim=\"fake.c\" scale=\"100\"} per cent of\nit", ROUND("2.0"),
             "x\n[200]{claim=\"fake.c\" scale=\"100\"}<!-- 210 was printed: because --> per cent "
             "of\nit");
    accepted(ROUND("2.0"), "`[2.1]{claim=\"fake.c\"}` is code", ROUND("2.0"),
             "`[2.1]{claim=\"fake.c\"}` is code");
}
END_TEST

START_TEST(the_experiment)
{
    accepted(ROUND("1.9"), "", "  # 1.9 was expected: because\n" ROUND("2.0"), "");
    accepted(MARGIN("1.50"), "",
             "  - id: c\n    says: so\n    kind: margin\n    curves: K4\n    at: 1\n"
             "    # 1.50 was expected: because\n    expect: 2.00\n    margin: {rel: 0.1}\n",
             "");
    accepted(ROUND("\"1.9e0\""), "", "  # 1.9e0 was expected: because\n" ROUND("\"2.0e0\""), "");
    /* what passes stays as it is: its expectation is not the data */
    accepted(MARGIN("1.95"), "", MARGIN("1.95"), "");
}
END_TEST

START_TEST(both)
{
    accepted(ROUND("1.9"), "[1.9]{claim=\"fake.c\"} [1.9]{claim=\"fake.c\" of=\"expect\"}\n",
             "  # 1.9 was expected: because\n" ROUND("2.0"),
             "[2.0]{claim=\"fake.c\"}<!-- 1.9 was printed: because --> "
             "[2.0]{claim=\"fake.c\" of=\"expect\"}<!-- 1.9 was printed: because -->\n");
    accepted(MARGIN("1.5"), "[0.15]{claim=\"fake.c\" of=\"margin\"}",
             "  - id: c\n    says: so\n    kind: margin\n    curves: K4\n    at: 1\n"
             "    # 1.5 was expected: because\n    expect: 2.0\n    margin: {rel: 0.1}\n",
             "[0.20]{claim=\"fake.c\" of=\"margin\"}<!-- 0.15 was printed: because -->");
}
END_TEST

START_TEST(nothing_is_written_yet)
{
    struct bench b;
    open_bench(&b, MARGIN("1.5"), "a\nb [1.5]{claim=\"fake.c\"}\nc [1]{claim=\"fake.c\"}\nd\n");
    ck_ok(accept_for(&b, "because", NULL));
    struct ov_text on_disk = {0};
    ck_assert_uint_eq(b.accepted.paper.n_number, 2);
    ck_ok(ov_file_read(&on_disk, b.paper, 0, NULL));
    ck_contains(on_disk.s, "b [1.5]");
    ov_text_free(&on_disk);
    close_bench(&b);
}
END_TEST

START_TEST(reasons)
{
    refused(ROUND("1.9"), NULL, "no reason given");
    refused(ROUND("1.9"), "", "no reason given");
    refused(ROUND("1.9"), "   ", "no reason given");
    refused(ROUND("1.9"), "two\nlines", "one line");
    refused(ROUND("1.9"), "ends --> here", "without '--'");
    refused(ROUND("1.9"), "\xff", "one line of text");
}
END_TEST

START_TEST(claims_that_are_no_matter_of_accepting)
{
    refused("  - {id: c, says: so, kind: mean, curves: K4, at: 1, expect: 9, margin: {abs: 0.1}}\n",
            "because", "of kind mean");
    refused("  - {id: c, says: so, kind: margin, curves: K4, at: 1, expect: 2*K, margin: {abs: "
            "0.1}}\n",
            "because", "formula");
    refused("  - {id: c, says: so, kind: margin, curves: K4, at: 1, expect: 1.9, number_from: a "
            "paper, margin: {abs: 0.01}}\n",
            "because", "is from elsewhere ('number_from')");
    refused("  - {id: c, says: so, kind: mean, curves: K4, at: 1, expect: 2, margin: {abs: 0.1}}\n",
            "because", "INCONCLUSIVE: run more seeds");
    refused("  - {id: c, says: so, kind: round, curves: [K3, K4], at: 1, expect: 2.5}\n", "because",
            "does not fit all of them");
}
END_TEST

START_TEST(no_valid_data)
{
    struct bench b;
    struct ov_error err = {0};
    open_bench(&b, ROUND("1.9"), "");
    fake_spoil(&b.f, 2, OV_THEORY, 300, '\0');
    evaluate(&b.claims, &b.f, 0);
    ck_assert_int_eq(accept_for(&b, "because", &err), OV_EUSER);
    ck_contains(err.text, "no valid data to accept: it is STALE");
    char *path = ov_table_path(b.f.out, b.f.curve + 2, OV_THEORY);
    ck_assert_int_eq(unlink(path), 0);
    free(path);
    evaluate(&b.claims, &b.f, 0);
    ck_assert_int_eq(accept_for(&b, "because", &err), OV_EUSER);
    ck_contains(err.text, "no valid data to accept: it is MISSING");
    close_bench(&b);
}
END_TEST

/* A number that other claims share, or that stands where a comment would tear something apart. */
START_TEST(numbers_that_are_not_alone)
{
    refused("  - {id: c, says: so, kind: round, curves: K4, at: 1, expect: &x 1.9}\n"
            "  - {id: d, says: so, kind: round, curves: K4, at: 1, expect: *x}\n",
            "because", "by hand");
    refused("  - &base {id: d, says: so, kind: round, curves: K4, at: 1, expect: 1.9}\n"
            "  - {<<: *base, id: e, says: so too}\n",
            "because", "by hand");
    refused("  - {id: c, kind: round, curves: K4, at: 1, says: so it\n"
            "     is, expect: 1.9}\n",
            "because", "by hand");
    refused("  - {id: c, says: \"so it\n"
            "     is\", kind: round, curves: K4, at: 1, expect: 1.9}\n",
            "because", "by hand");
}
END_TEST

/* Half of a change is none. */
START_TEST(without_pandoc)
{
    struct bench b;
    struct ov_error err = {0};
    open_bench(&b, ROUND("1.9"), "[1.9]{claim=\"fake.c\"}");
    ck_assert_int_eq(setenv("PATH", b.f.out, 1), 0); /* this test has a process of its own */
    ck_assert_int_eq(accept_for(&b, "because", &err), OV_EUSER);
    ck_contains(err.text, "can't be found without pandoc; 'make deps-paper'");
    ck_assert_ptr_null(b.accepted.experiment.text.s);
    close_bench(&b);
}
END_TEST

#define MEAN "  - {id: c, says: so, kind: mean, curves: K4, at: 1, expect: 2, margin: {abs: 9}}\n"

/* What runs give has its error: 2.00 with 0.29 of four seeds. */
START_TEST(random_numbers)
{
    accepted(MEAN, "[2]{claim=\"fake.c\"} of [4]{claim=\"fake.c\" of=\"n\"}", MEAN,
             "[2.00(29)]{claim=\"fake.c\"}<!-- 2 was printed: because --> of "
             "[4]{claim=\"fake.c\" of=\"n\"}");
    accepted(MEAN, "[9.0(3)]{claim=\"fake.c\"}", MEAN,
             "[2.00(29)]{claim=\"fake.c\"}<!-- 9.0(3) was printed: because -->");
    accepted(MEAN, "[1.5e2]{claim=\"fake.c\" scale=\"100\"}", MEAN,
             "[2.00(29)e2]{claim=\"fake.c\" scale=\"100\"}<!-- 1.5e2 was printed: because -->");
    accepted(MEAN, "[1.5(3)]{claim=\"fake.c\"}", MEAN, "[1.5(3)]{claim=\"fake.c\"}");
    accepted(ROUND("2.0"), "[2.0(3)]{claim=\"fake.c\"}", ROUND("2.0"),
             "[2.0]{claim=\"fake.c\"}<!-- 2.0(3) was printed: because -->");
}
END_TEST

/* The one complaint of a paper about the claim, with so many seeds. */
static void wrong_of(size_t n, size_t n_theory, const char *claims, const char *paper,
                     const char *what)
{
    struct bench b;
    struct ov_paper_report report;
    open_seeds(&b, claims, paper, n, n_theory);
    ck_assert_int_eq(b.claims.claim[0].verdict, OV_PASS);
    const struct ov_experiment *experiments[] = {&b.f.e};
    ck_ok(ov_paper_check(&report, b.paper, &b.claims, experiments, 1, NULL));
    ck_assert_uint_eq(report.n_wrong, 1);
    ck_contains(report.errors.s, what);
    ov_paper_report_free(&report);
    close_bench(&b);
}

static void wrong(const char *claims, const char *paper, const char *what)
{
    wrong_of(4, 1, claims, paper, what);
}

#define OF_SEEDS(rest) "  - {id: c, says: so, " rest "}\n"

/* Whatever the kind: a bare number is wrong where the data have an error, or could have one. */
START_TEST(bare_random_numbers)
{
    static const char *const claims[] = {
        OF_SEEDS("kind: margin, side: sgd, curves: K4, at: 1, expect: 2, margin: {abs: 9}"),
        OF_SEEDS("kind: round, side: sgd, curves: K4, at: 1, expect: 2"),
        OF_SEEDS("kind: mean, curves: K4, at: 1, statistic: relative, margin: {abs: 9}"),
        OF_SEEDS("kind: mean, curves: K4, statistic: max, expect: 3, margin: {abs: 99}"),
        OF_SEEDS("kind: band, curves: K4, margin: {abs: 99}"),
        OF_SEEDS("kind: scaling, curves: wide, against: K, fit: linear, at: 1, expect: 0, margin: "
                 "{abs: 99}"),
        OF_SEEDS("kind: order, curves: [K2, K4], at: 0, direction: increasing"),
    };
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
        wrong_of(16, 1, claims[i], "[2]{claim=\"fake.c\"}", "is random: with its error it is");
    wrong_of(4, 16, MARGIN("2"), "[2]{claim=\"fake.c\"}", "is random: with its error it is");
    wrong_of(1, 1, claims[0], "[2.5]{claim=\"fake.c\"}", "value of fake.c is of too few seeds (1)");
}
END_TEST

START_TEST(random_numbers_that_are_wrong)
{
    wrong(MEAN, "[2]{claim=\"fake.c\"}",
          "value of fake.c is random: with its error it is 2.00(29)");
    wrong(MEAN, "[9.0(3)]{claim=\"fake.c\"}", "9.0(3) is printed, but value of fake.c is 2.00(29)");
    wrong(MEAN, "[2.0(7)]{claim=\"fake.c\"}", "but value of fake.c is 2.00(29)");
    wrong(MEAN, "[4(1)]{claim=\"fake.c\" of=\"n\"}", "but n of fake.c is not random");
    wrong(ROUND("2.0"), "[2.0(3)]{claim=\"fake.c\"}", "value of fake.c is not random: it has no");
    wrong(MEAN, "[4(1)]{param=\"fake.K4.K\"}", "but fake.K4.K is not random: it has no error");
    wrong(MEAN, "[2.0(]{claim=\"fake.c\"}", "is no number");
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, without_pandoc);
    if (!pandoc_there("accept"))
        return;
    OV_TEST(s, the_paper);
    OV_TEST(s, the_experiment);
    OV_TEST(s, both);
    OV_TEST(s, nothing_is_written_yet);
    OV_TEST(s, reasons);
    OV_TEST(s, claims_that_are_no_matter_of_accepting);
    OV_TEST(s, no_valid_data);
    OV_TEST(s, numbers_that_are_not_alone);
    OV_TEST(s, random_numbers);
    OV_TEST(s, random_numbers_that_are_wrong);
    OV_TEST(s, bare_random_numbers);
}
OV_TEST_MAIN("claims/accept");
