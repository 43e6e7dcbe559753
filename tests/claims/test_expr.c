/* SPDX-License-Identifier: MIT
 *
 * Formulas: values, limits, and the column of a mistake.
 */
#include <math.h>
#include <string.h>

#include "overlap/claims/expr.h"
#include "test.h"

static const char *const names[] = {"sigma", "eta", "L", "M", "hole", NULL};

static bool lookup(double *x, const void *ctx, const char *name)
{
    static const double values[] = {0.1, 0.2, 2, 4, NAN};
    (void)ctx;
    for (size_t i = 0; names[i]; i++) {
        if (strcmp(names[i], name) == 0) {
            *x = values[i];
            return true;
        }
    }
    return false;
}

static void gives(const char *text, double expected)
{
    double x = NAN;
    struct ov_error err = {0};
    enum ov_status status = ov_expr_evaluate(&x, text, lookup, NULL, names, NULL, &err);
    ck_assert_msg(status == OV_OK, "%s: %s", text, err.text);
    ck_assert_msg(ov_agree(expected, x, 1e-15, 0), "%s = %.17g, not %.17g", text, x, expected);
}

static void fails(const char *text, size_t at, const char *says)
{
    double x = 7;
    size_t column = 999;
    struct ov_error err = {0};
    enum ov_status status = ov_expr_evaluate(&x, text, lookup, NULL, names, &column, &err);
    ck_assert_msg(status == OV_EUSER, "'%s' passed: %g", text, x);
    ck_assert_msg(strcmp(err.text, says) == 0, "'%s': %s", text, err.text);
    ck_assert_msg(column == at, "'%s': column %zu, not %zu", text, column, at);
    ck_agree(7, x, 0, 0);
    ck_assert_int_eq(ov_expr_evaluate(&x, text, lookup, NULL, names, NULL, NULL), OV_EUSER);
}

START_TEST(formulas_have_values)
{
    const double pi = acos(-1);
    gives("sigma^2*eta/(2*pi)*(L + M/sqrt(3))", 0.01 * 0.2 / (2 * pi) * (2 + 4 / sqrt(3)));
    gives("sigma^2 *\n  eta\r\n", 0.01 * 0.2); /* a block of YAML keeps its line ends */
    gives("2^3^2", 512);
    gives("-2^2", -4);
    gives("2^-1", 0.5);
    gives("2 - 3 - 4", -5);
    gives("12/3/2", 2);
    gives("1 + 2*3", 7);
    gives(".5 + 5. + 1e1 + 1E-1", 15.6);
    gives("e", exp(1));
    gives("2*pi", 2 * pi);
    gives("ln(e)", 1);
    gives("log10(1000)", 3);
    gives("erf(0.3)", erf(0.3));
    /* Euler's constant, from tables, and the recurrence */
    gives("-digamma(1)", 0.57721566490153286);
    gives("digamma(1/2) + 2*ln(2)", -0.57721566490153286);
    gives("digamma(4) - digamma(1)", 1 + 1.0 / 2 + 1.0 / 3);
    gives("exp(1) + sin(1) + cos(1) + tan(1)", exp(1) + sin(1) + cos(1) + tan(1));
    gives("asin(.5) + acos(.5) + atan(2)", asin(.5) + acos(.5) + atan(2));
    gives("sinh(1) + cosh(1) + tanh(1)", sinh(1) + cosh(1) + tanh(1));
    gives("abs(-3)", 3);
    gives("min(3, 1, 2) + max(1, 2)", 3);
    gives(" L\t", 2);
    gives("L*L + L", 6);
    gives("1/(1 + 1)", 0.5);
}
END_TEST

START_TEST(mistakes_have_a_column)
{
    fails("", 0, "an empty formula");
    fails("  ", 0, "an empty formula");
    fails(" \n", 0, "an empty formula");
    fails("2*sigmo", 2, "unknown name 'sigmo'; did you mean 'sigma'?");
    fails("momentum", 0, "unknown name 'momentum'");
    fails("1 + sqr(2)", 4, "unknown function 'sqr'; did you mean 'sqrt'?");
    fails("rnd(2)", 0, "unknown function 'rnd'; did you mean 'ln'?");
    fails("sum(1, 2)", 0, "unknown function 'sum'; did you mean 'sin'?");
    fails("sqrt 2", 0, "'sqrt' is a function: a parenthesis must follow at once");
    fails("1 + abs (2)", 4, "'abs' is a function: a parenthesis must follow at once");
    fails("L = 3", 2, "'=' has no meaning in a formula");
    fails("L > 3 ? 1 : 2", 2, "'>' has no meaning in a formula");
    fails("\"a\"", 0, "'\"' has no meaning in a formula");
    fails("2 \xc2\xb7 3", 2, "a character that has no meaning in a formula");
    fails("1 +", 3, "the formula ends too early");
    fails("(1", 2, "a parenthesis is not closed");
    fails("(1))", 3, "a parenthesis where none can be");
    fails("1 2", 2, "an operator is missing");
    fails("1..2", 2, "an operator is missing");
    fails("*2", 0, "an operator where a value should be");
    fails("min()", 5, "too few arguments");
    fails("abs(1, 2)", 8, "too many arguments");
    fails("1, 2", 0, "2 formulas separated by commas, one was expected");
    fails("1/0", 0, "the formula has no finite value (infinity)");
    fails("sqrt(-1)", 0, "the formula has no finite value (nan)");
    fails("ln(0)", 0, "the formula has no finite value (infinity)");
    fails("2*1e400", 2, "1e400 is too large a number");
    fails("1 + hole", 4, "'hole' has no finite value here");
}
END_TEST

START_TEST(lengths_are_limited)
{
    char text[6000], err_name[200];
    memset(text, '(', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    fails(text, 0, "a formula of more than 4096 characters");
    text[4000] = '\0';
    double x;
    ck_assert_int_eq(ov_expr_evaluate(&x, text, lookup, NULL, names, NULL, NULL), OV_EUSER);
    memset(err_name, 'a', sizeof err_name - 1);
    err_name[sizeof err_name - 1] = '\0';
    fails(err_name, 0, "unknown name: it is 199 characters long");
}
END_TEST

START_TEST(no_names_at_all)
{
    double x;
    struct ov_error err = {0};
    ck_ok(ov_expr_evaluate(&x, "1+1", NULL, NULL, NULL, NULL, &err));
    ck_agree(2, x, 0, 0);
    ck_assert_int_eq(ov_expr_evaluate(&x, "L", NULL, NULL, NULL, NULL, &err), OV_EUSER);
    ck_assert_str_eq(err.text, "unknown name 'L'");
}
END_TEST

/* Random formulas of known value: + and * of small whole numbers, with and without parentheses. */
START_TEST(random_sums_agree)
{
    gsl_rng *r = ov_test_rng(11);
    for (int i = 0; i < 200; i++) {
        char text[200];
        unsigned long a = gsl_rng_uniform_int(r, 99), b = gsl_rng_uniform_int(r, 99),
                      c = gsl_rng_uniform_int(r, 99) + 1;
        snprintf(text, sizeof text, "%lu+%lu*%lu-(%lu-%lu)/%lu", a, b, c, b, a, c);
        gives(text, (double)a + (double)b * (double)c - ((double)b - (double)a) / (double)c);
    }
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, formulas_have_values);
    OV_TEST(s, mistakes_have_a_column);
    OV_TEST(s, lengths_are_limited);
    OV_TEST(s, no_names_at_all);
    OV_TEST(s, random_sums_agree);
}

OV_TEST_MAIN("claims/expr");
