/* SPDX-License-Identifier: MIT
 *
 * Formulas of claims through muParser's C interface, with the column of what is wrong in them.
 */
#include "overlap/claims/expr.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_psi.h>
#include <muParserDLL.h>

#include "overlap/config/schema.h"

enum { LONGEST = 4096, MOST_NAMES = 64, NAME_ROOM = 64 };

/* The part of muParser's vocabulary that formulas have (its own rnd, sum, ?: … are not). */
const struct ov_expr_word ov_expr_words[] = {{"pi", "3.14159…", false},
                                             {"e", "2.71828…", false},
                                             {"sqrt", "square root", true},
                                             {"exp", "exponential", true},
                                             {"ln", "natural logarithm", true},
                                             {"log10", "logarithm to base 10", true},
                                             {"sin", "sine, of radians", true},
                                             {"cos", "cosine", true},
                                             {"tan", "tangent", true},
                                             {"asin", "arcsine, in radians", true},
                                             {"acos", "arccosine", true},
                                             {"atan", "arctangent", true},
                                             {"sinh", "hyperbolic sine", true},
                                             {"cosh", "hyperbolic cosine", true},
                                             {"tanh", "hyperbolic tangent", true},
                                             {"abs", "absolute value", true},
                                             {"min", "the smallest of its arguments", true},
                                             {"max", "the largest of its arguments", true},
                                             {"erf", "error function", true},
                                             {"digamma", "derivative of ln Gamma", true},
                                             {0}};

/* One formula on its way: the variables found in it and what is wrong. */
struct formula {
    const char *text;
    char name[MOST_NAMES][NAME_ROOM];
    double value[MOST_NAMES];
    size_t n_name;
    size_t column;
    struct ov_error *err;
};

#define WRONG(f, at, ...) ((f)->column = (at), ov_fail((f)->err, OV_EUSER, __VA_ARGS__))

static bool is_word(const char *name, bool function)
{
    for (const struct ov_expr_word *w = ov_expr_words; w->name; w++)
        if (w->function == function && strcmp(w->name, name) == 0)
            return true;
    return false;
}

/* The names of functions, for did-you-mean. */
static void list_functions(const char *names[MOST_NAMES])
{
    for (const struct ov_expr_word *w = ov_expr_words; w->name; w++)
        if (w->function)
            *names++ = w->name;
    *names = NULL;
}

static enum ov_status unknown(struct formula *f, size_t at, const char *kind, const char *name,
                              const char *const *names)
{
    return WRONG(f, at, "unknown %s '%s'%s", kind, name, ov_hint(name, names).text);
}

size_t ov_expr_number(const char *s)
{
    size_t whole = strspn(s, "0123456789"), n = whole;
    if (s[n] == '.')
        n += 1 + strspn(s + n + 1, "0123456789");
    if (n == 0 || (whole == 0 && n == 1))
        return 0;
    if (s[n] == 'e' || s[n] == 'E') {
        size_t sign = s[n + 1] == '+' || s[n + 1] == '-';
        size_t digits = strspn(s + n + 1 + sign, "0123456789");
        n += digits ? 1 + sign + digits : 0;
    }
    return n;
}

size_t ov_expr_name(const char *s)
{
    size_t n = 0;
    if (isalpha((unsigned char)s[0]) || s[0] == '_')
        while (isalnum((unsigned char)s[n]) || s[n] == '_')
            n++;
    return n;
}

static enum ov_status add_name(struct formula *f, size_t at, size_t n, ov_expr_lookup *lookup,
                               const void *ctx, const char *const *names)
{
    char name[NAME_ROOM];
    if (n >= sizeof name)
        return WRONG(f, at, "unknown name: it is %zu characters long", n);
    memcpy(name, f->text + at, n);
    name[n] = '\0';
    if (f->text[at + n] == '(') {
        const char *functions[MOST_NAMES];
        list_functions(functions);
        return is_word(name, true) ? OV_OK : unknown(f, at, "function", name, functions);
    }
    if (is_word(name, false))
        return OV_OK;
    if (is_word(name, true))
        return WRONG(f, at, "'%s' is a function: a parenthesis must follow at once", name);
    for (size_t i = 0; i < f->n_name; i++)
        if (strcmp(f->name[i], name) == 0)
            return OV_OK;
    double x;
    if (!lookup || !lookup(&x, ctx, name))
        return unknown(f, at, "name", name, names);
    if (!isfinite(x))
        return WRONG(f, at, "'%s' has no finite value here", name);
    if (f->n_name == MOST_NAMES)
        return WRONG(f, at, "more than %d different names", MOST_NAMES);
    memcpy(f->name[f->n_name], name, n + 1);
    f->value[f->n_name++] = x;
    return OV_OK;
}

/* Looks up every name; refuses what muParser would read but formulas do not have. */
static enum ov_status scan(struct formula *f, ov_expr_lookup *lookup, const void *ctx,
                           const char *const *names)
{
    const char *s = f->text;
    for (size_t i = 0; s[i];) {
        size_t n = ov_expr_number(s + i), m = ov_expr_name(s + i);
        if (n > 0 && !isfinite(strtod(s + i, NULL)))
            return WRONG(f, i, "%.*s is too large a number", (int)n, s + i);
        if (m > 0) {
            enum ov_status status = add_name(f, i, m, lookup, ctx, names);
            if (status != OV_OK)
                return status;
        } else if (n == 0 && !strchr("+-*/^(), \t\r\n", s[i])) {
            if (isprint((unsigned char)s[i]))
                return WRONG(f, i, "'%c' has no meaning in a formula", s[i]);
            return WRONG(f, i, "a character that has no meaning in a formula");
        }
        i += n + m ? n + m : 1;
    }
    return OV_OK;
}

/* muParser's message texts pass through a buffer that is shared and stale; its codes are sound. */
static const char *complaint(int code)
{
    switch (code) {
    case 0: /* ecUNEXPECTED_OPERATOR */
        return "an operator where a value should be";
    case 2: /* ecUNEXPECTED_EOF */
        return "the formula ends too early";
    case 3: /* ecUNEXPECTED_ARG_SEP */
        return "a comma where none can be";
    case 5:  /* ecUNEXPECTED_VAL */
    case 6:  /* ecUNEXPECTED_VAR */
    case 12: /* ecUNEXPECTED_FUN */
        return "an operator is missing";
    case 7: /* ecUNEXPECTED_PARENS */
        return "a parenthesis where none can be";
    case 11: /* ecMISSING_PARENS */
        return "a parenthesis is not closed";
    case 14: /* ecTOO_MANY_PARAMS */
        return "too many arguments";
    case 15: /* ecTOO_FEW_PARAMS */
        return "too few arguments";
    default:
        return "this can't be read as a formula";
    }
}

static enum ov_status refused(struct formula *f, muParserHandle_t parser)
{
    int at = mupGetErrorPos(parser);
    size_t end = strlen(f->text);
    size_t column = at < 0 ? 0 : (size_t)at > end ? end : (size_t)at;
    return WRONG(f, column, "%s", complaint(mupGetErrorCode(parser)));
}

static double digamma(double x)
{
    gsl_sf_result y;
    return gsl_sf_psi_e(x, &y) == GSL_SUCCESS ? y.val : NAN; /* it has poles */
}

static enum ov_status compute(double *x, struct formula *f, muParserHandle_t parser)
{
    mupDefineConst(parser, "pi", acos(-1.0));
    mupDefineConst(parser, "e", exp(1.0));
    mupDefineFun1(parser, "erf", erf, 1);
    mupDefineFun1(parser, "digamma", digamma, 1);
    for (size_t i = 0; i < f->n_name; i++)
        mupDefineVar(parser, f->name[i], &f->value[i]);
    if (mupError(parser))
        return refused(f, parser);
    mupSetExpr(parser, f->text);
    int n = 0;
    const double *result = mupEvalMulti(parser, &n);
    if (mupError(parser) || !result || n < 1)
        return refused(f, parser);
    if (n > 1)
        return WRONG(f, 0, "%d formulas separated by commas, one was expected", n);
    if (!isfinite(result[0]))
        return WRONG(f, 0, "the formula has no finite value (%s)",
                     isnan(result[0]) ? "nan" : "infinity");
    *x = result[0];
    return OV_OK;
}

enum ov_status ov_expr_evaluate(double *x, const char *text, ov_expr_lookup *lookup,
                                const void *ctx, const char *const *names, size_t *column,
                                struct ov_error *err)
{
    struct formula f = {.text = text, .err = err};
    enum ov_status status;
    if (strlen(text) > LONGEST)
        status = WRONG(&f, 0, "a formula of more than %d characters", LONGEST);
    else if (text[strspn(text, " \t\r\n")] == '\0')
        status = WRONG(&f, 0, "an empty formula");
    else
        status = scan(&f, lookup, ctx, names);
    if (status == OV_OK) {
        muParserHandle_t parser = mupCreate(muBASETYPE_FLOAT);
        status = parser ? compute(x, &f, parser) : ov_fail(err, OV_ENOMEM, "out of memory");
        if (parser)
            mupRelease(parser);
    }
    if (column && status != OV_OK)
        *column = f.column;
    return status;
}
