/* SPDX-License-Identifier: MIT
 *
 * Printed numbers: what is one, half a unit of its last digit, and rewriting that keeps the
 * digits.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_rng.h>

#include "overlap/claims/digits.h"
#include "test.h"

static bool agrees(const char *text, double x)
{
    struct ov_literal literal;
    ck_assert_msg(ov_literal_read(&literal, text, strlen(text)), "%s", text);
    return ov_literal_agrees(&literal, x);
}

START_TEST(printed_digits)
{
    ck_assert(agrees("0.0364", 0.036437));
    ck_assert(!agrees("0.0365", 0.036437));
    ck_assert(!agrees("0.03643", 0.036437)); /* rounds to 0.03644 */
    ck_assert(agrees("0.040", 0.0396));
    ck_assert(!agrees("0.0400", 0.0396));
    ck_assert(agrees("-0.50", -0.499));
    ck_assert(agrees("\xe2\x88\x92"
                     "0.50",
                     -0.499));
    ck_assert(!agrees("0.50", -0.499));
    ck_assert(agrees("1.2e-3", 0.001234));
    ck_assert(!agrees("1.2e-3", 0.00126));
    ck_assert(agrees("12e-4", 0.001234));
    ck_assert(agrees("1.0E-3", 0.00099999));
    ck_assert(agrees("1e3", 1400.0));
    ck_assert(agrees("784", 784.0));
    ck_assert(agrees("784", 784.4)); /* to the digits printed */
    ck_assert(!agrees("784", 785.0));
    ck_assert(agrees(".5", 0.5));
    ck_assert(agrees("+3", 3.0));
    ck_assert(agrees("0", 0.4));
    ck_assert(!agrees("0.0", NAN));
    ck_assert(!agrees("1", INFINITY));
}
END_TEST

START_TEST(no_literals)
{
    static const char *const bad[] = {"",     "-",     ".",    "5.",
                                      "1,5",  "1.2.3", "1e",   "e3",
                                      "0x10", "inf",   "nan",  "5 %",
                                      "--5",  "1e999", "1e5.", "\xe2\x88\x92-5",
                                      "1+1",  " 5",    "5\n",  "1234567890123456789012345678901"};
    struct ov_literal literal;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!ov_literal_read(&literal, bad[i], strlen(bad[i])), "'%s'", bad[i]);
    ck_assert(!ov_literal_read(&literal, "5\0", 2));
}
END_TEST

START_TEST(half_a_unit)
{
    struct ov_literal literal;
    ck_assert(ov_literal_read(&literal, "0.0364", 6));
    ck_agree(0.00005, literal.half_unit, 1e-14, 0);
    ck_assert(ov_literal_read(&literal, "1.2e-3", 6));
    ck_agree(0.00005, literal.half_unit, 1e-14, 0);
    ck_assert(ov_literal_read(&literal, "784", 3));
    ck_agree(0.5, literal.half_unit, 1e-14, 0);
}
END_TEST

/* Whatever is printed agrees with where it is from, and not with what is a unit away. */
START_TEST(round_trip)
{
    gsl_rng *r = ov_test_rng(20261123);
    for (int i = 0; i < 2000; i++) {
        char text[64];
        double x = (gsl_rng_uniform(r) - 0.5) * pow(10.0, (double)gsl_rng_uniform_int(r, 9) - 4.0);
        int digits = (int)gsl_rng_uniform_int(r, 7);
        snprintf(text, sizeof text, i % 2 ? "%.*f" : "%.*e", digits, x);
        struct ov_literal literal;
        ck_assert(ov_literal_read(&literal, text, strlen(text)));
        ck_assert_msg(ov_literal_agrees(&literal, x), "%s for %.17g", text, x);
        double unit = 2.0 * literal.half_unit;
        ck_assert_msg(!ov_literal_agrees(&literal, x + 1.01 * unit), "%s for %.17g", text, x);
        ck_assert_msg(!ov_literal_agrees(&literal, x - 1.01 * unit), "%s for %.17g", text, x);
    }
    gsl_rng_free(r);
}
END_TEST

static void rewritten(const char *old, double x, const char *expected)
{
    char text[64];
    bool good = ov_literal_rewrite(text, old, strlen(old), x);
    ck_assert_msg(good && strcmp(text, expected) == 0, "%s as %.17g: %s", old, x,
                  good ? text : "refused");
}

START_TEST(rewriting_keeps_the_digits)
{
    rewritten("0.0364", 0.037123, "0.0371");
    rewritten("0.0364", 0.0098765, "0.00988"); /* three digits stay three */
    rewritten("9.98", 10.04, "10.0");
    rewritten("9.98", 9.9951, "10.0"); /* rounds into another decade */
    rewritten("0.040", 0.0512, "0.051");
    rewritten("40", 123.0, "123"); /* whole numbers stay whole */
    rewritten("40", 7.4, "7");
    rewritten("1.2e-3", 0.00456, "4.6e-3");
    rewritten("1.2E+3", 123456.0, "1.2E5");
    rewritten("12e-4", 0.00299, "3.0e-3");
    rewritten("-0.50", 0.251, "0.25");
    rewritten("0.50", -0.251, "-0.25");
    rewritten("\xe2\x88\x92"
              "0.50",
              -0.251,
              "\xe2\x88\x92"
              "0.25");
    rewritten("+0.50", 0.251, "+0.25");
    rewritten("+0.50", -0.251, "-0.25");
    rewritten("0.50", 0.0, "0.00");
    rewritten("-3", -0.2, "0");
    rewritten("0.00", 0.0123, "0.01");
    char text[64];
    ck_assert(!ov_literal_rewrite(text, "0.5", 3, NAN));
    ck_assert(!ov_literal_rewrite(text, "0.5", 3, INFINITY));
    ck_assert(!ov_literal_rewrite(text, "5 %", 3, 0.5));
    ck_assert(!ov_literal_rewrite(text, "5", 1, 1e30));
}
END_TEST

/* Whatever is rewritten agrees with what it was rewritten to. */
START_TEST(rewritten_numbers_agree)
{
    static const char *const old[] = {"0.0364", "12.5", "7", "1.20e-3", "-0.5", "+3.00"};
    gsl_rng *r = ov_test_rng(20261125);
    for (int i = 0; i < 2000; i++) {
        double x = (gsl_rng_uniform(r) - 0.5) * pow(10.0, 16.0 * gsl_rng_uniform(r) - 8.0);
        const char *o = old[gsl_rng_uniform_int(r, 6)];
        char text[64];
        ck_assert_msg(ov_literal_rewrite(text, o, strlen(o), x), "%s as %.17g", o, x);
        ck_assert_msg(agrees(text, x), "%s as %.17g: %s", o, x, text);
    }
    gsl_rng_free(r);
}
END_TEST

/* ---- numbers with their error ---- */

START_TEST(measured_numbers_are_read)
{
    static const struct {
        const char *text;
        double value, error;
        int digits;
    } row[] = {{"0.0289(25)", 0.0289, 0.0025, 2},
               {"-1.01(6)", -1.01, 0.06, 1},
               {"1.23(4)e-3", 1.23e-3, 4e-5, 1},
               {"163.4(19)", 163.4, 1.9, 2},
               {"2720(30)", 2720, 30, 1},
               {"2721(12)", 2721, 12, 2},
               {"0.5", 0.5, 0, 0},
               {"\xe2\x88\x92"
                "0.77(1)",
                -0.77, 0.01, 1},
               {"0.12345(678)", 0.12345, 0.00678, 3}};
    static const char *const bad[] = {"0.5()",   "0.5(0)",    "0.5(2",   "0.5)",    "(2)0.5",
                                      "0.5(2)3", "0.5(2)(3)", "0.5(-2)", "0.5 (2)", "0.5(2.5)",
                                      "(25)",    "",          "0.5(2)e", "x(2)",    "0.5(2)%"};
    struct ov_measured m;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        ck_assert_msg(ov_measured_read(&m, row[i].text, strlen(row[i].text)), "%s", row[i].text);
        ck_agree(row[i].value, m.value.value, 1e-15, 0);
        ck_agree(row[i].error, m.error, 1e-14, 0);
        ck_assert_msg(m.error_digits == row[i].digits, "%s: %d", row[i].text, m.error_digits);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!ov_measured_read(&m, bad[i], strlen(bad[i])), "%s", bad[i]);
}
END_TEST

static bool holds(const char *text, double x, double se)
{
    struct ov_measured m;
    return ov_measured_read(&m, text, strlen(text)) && ov_measured_agrees(&m, x, se);
}

START_TEST(measured_numbers_hold_within_their_error)
{
    ck_assert(holds("0.0289(25)", 0.0289, 0.0025));
    ck_assert(holds("0.0289(25)", 0.0263, 0.0024)); /* other random numbers */
    ck_assert(holds("0.0289(25)", 0.0289 + 4.0 * 0.0025 * sqrt(2.0), 0.0025));
    ck_assert(!holds("0.0289(25)", 0.0289 + 4.2 * 0.0025 * sqrt(2.0), 0.0025));
    ck_assert(!holds("0.0289(25)", 0.0289 - 4.2 * 0.0025 * sqrt(2.0), 0.0025));
    ck_assert(!holds("0.0289(25)", 0.0289, 0.0053)); /* an error that is not the data's */
    ck_assert(!holds("0.0289(25)", 0.0289, 0.0012));
    ck_assert(!holds("0.0289(250)", 0.0289, 0.025)); /* more digits than an error has */
    ck_assert(!holds("0.0289", 0.0289, 0.0025));
    ck_assert(!holds("0.0289(25)", NAN, 0.0025));
    ck_assert(!holds("0.0289(25)", 0.0289, NAN));
    ck_assert(!holds("-0.0289(25)", 0.0289, 0.0025));
}
END_TEST

START_TEST(measured_numbers_are_written)
{
    static const struct {
        const char *old;
        double x, se;
        const char *text;
    } row[] = {{"0.03", 0.028912, 0.00251, "0.0289(25)"},
               {"1", -1.0123, 0.0612, "-1.01(6)"},
               {"\xe2\x88\x92"
                "0.5",
                -0.7717, 0.01344,
                "\xe2\x88\x92"
                "0.772(13)"},
               {"1e-3", 1.2345e-3, 4.1e-5, "1.23(4)e-3"},
               {"1E-3", 9.996e-4, 1.2e-6, "9.996(12)E-4"},
               {"163", 163.41, 1.94, "163.4(19)"},
               {"2700", 2721.0, 31.0, "2720(30)"},
               {"2700", 2721.0, 12.0, "2721(12)"},
               {"0.5", 0.5, 0.0997, "0.50(10)"},
               {"0.5", 0.5, 0.0296, "0.50(3)"},
               {"0.5", 0.001, 0.0296, "0.00(3)"},
               {"0.0289(25)", 0.0263, 0.0024, "0.0263(24)"},
               {"1e-3", 9.9996e-4, 4e-7, "1.0000(4)e-3"},
               {"+3", 3.25, 0.31, "+3.2(3)"},
               {"1e5", 2721.0, 12.0, "2.721(12)e3"}};
    char text[64];
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        bool written =
            ov_measured_rewrite(text, row[i].old, strlen(row[i].old), row[i].x, row[i].se);
        ck_assert_msg(written && strcmp(text, row[i].text) == 0, "%s, not %s", text, row[i].text);
    }
    ck_assert(!ov_measured_rewrite(text, "0.5", 3, 0.5, 0.0));
    ck_assert(!ov_measured_rewrite(text, "0.5", 3, NAN, 0.1));
    ck_assert(!ov_measured_rewrite(text, "x", 1, 0.5, 0.1));
}
END_TEST

/* Whatever is measured, what is written holds for it, and has an error of one or two digits. */
START_TEST(what_is_written_holds)
{
    gsl_rng *r = ov_test_rng(20270101);
    static const char *const old[] = {"0.5", "-1.2e-3", "0.1(2)"};
    for (size_t i = 0; i < 20000; i++) {
        double x = (gsl_rng_uniform(r) - 0.5) * pow(10.0, 12.0 * gsl_rng_uniform(r) - 8.0);
        double se = fabs(x) * pow(10.0, 5.0 * gsl_rng_uniform(r) - 4.0);
        char text[64];
        struct ov_measured m;
        ck_assert(ov_measured_rewrite(text, old[i % 3], strlen(old[i % 3]), x, se));
        ck_assert(ov_measured_read(&m, text, strlen(text)));
        ck_assert_msg(ov_measured_agrees(&m, x, se), "%.17g %.17g: %s", x, se, text);
        ck_assert_msg(fabs(m.value.value - x) <= 0.51 * se && fabs(m.error - se) <= 0.18 * se,
                      "%.17g %.17g: %s", x, se, text);
    }
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, printed_digits);
    OV_TEST(s, no_literals);
    OV_TEST(s, half_a_unit);
    OV_TEST(s, round_trip);
    OV_TEST(s, rewriting_keeps_the_digits);
    OV_TEST(s, rewritten_numbers_agree);
    OV_TEST(s, measured_numbers_are_read);
    OV_TEST(s, measured_numbers_hold_within_their_error);
    OV_TEST(s, measured_numbers_are_written);
    OV_TEST(s, what_is_written_holds);
}

OV_TEST_MAIN("claims/digits");
