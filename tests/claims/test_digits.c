/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include <gsl/gsl_rng.h>

#include "digits.h"
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

static void add_tests(Suite *s)
{
    OV_TEST(s, printed_digits);
    OV_TEST(s, no_literals);
    OV_TEST(s, half_a_unit);
    OV_TEST(s, round_trip);
}

OV_TEST_MAIN("claims/digits");
