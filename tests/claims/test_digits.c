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

static void add_tests(Suite *s)
{
    OV_TEST(s, printed_digits);
    OV_TEST(s, no_literals);
    OV_TEST(s, half_a_unit);
    OV_TEST(s, round_trip);
    OV_TEST(s, rewriting_keeps_the_digits);
    OV_TEST(s, rewritten_numbers_agree);
}

OV_TEST_MAIN("claims/digits");
