/* SPDX-License-Identifier: MIT
 *
 * Numbers with their standard error, as 0.0289(25): reading, holding and writing them.
 */
#include "overlap/claims/digits.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char minus_sign[] = "\xe2\x88\x92"; /* U+2212 */
enum { MOST_ERROR_DIGITS = 2, ROOM = 64 };
static const double most_errors = 4.0, error_factor = 2.0;

/* Splits "0.0289(25)e-3" into "0.0289e-3" and "25"; false where the parentheses are no such. */
static bool split(char plain[ROOM], char error[ROOM], const char *text, size_t n)
{
    const char *open = memchr(text, '(', n), *close = memchr(text, ')', n);
    *error = '\0';
    if (n >= ROOM)
        return false;
    if (!open && !close) {
        snprintf(plain, ROOM, "%.*s", (int)n, text);
        return true;
    }
    if (!open || !close || close < open + 2)
        return false;
    for (const char *p = open + 1; p < close; p++)
        if (!isdigit((unsigned char)*p))
            return false;
    const char *rest = close + 1;
    size_t n_rest = (size_t)(text + n - rest);
    if (n_rest > 0 && *rest != 'e' && *rest != 'E')
        return false;
    snprintf(error, ROOM, "%.*s", (int)(close - open - 1), open + 1);
    snprintf(plain, ROOM, "%.*s%.*s", (int)(open - text), text, (int)n_rest, rest);
    return true;
}

bool ov_measured_read(struct ov_measured *m, const char *text, size_t n)
{
    char plain[ROOM], error[ROOM];
    *m = (struct ov_measured){.error = 0.0};
    if (memchr(text, '\0', n) || !split(plain, error, text, n) ||
        !ov_literal_read(&m->value, plain, strlen(plain)))
        return false;
    if (!*error)
        return true;
    m->error = strtod(error, NULL) * 2.0 * m->value.half_unit;
    const char *digits = error + strspn(error, "0");
    size_t shown = strlen(digits);
    while (m->value.decimals == 0 && shown > 1 && digits[shown - 1] == '0') /* of 2720(30): one */
        shown--;
    m->error_digits = (int)shown;
    return m->error > 0.0;
}

bool ov_measured_agrees(const struct ov_measured *m, double x, double se)
{
    double half = m->value.half_unit;
    if (!(m->error > 0.0) || m->error_digits > MOST_ERROR_DIGITS || !isfinite(x) || !isfinite(se))
        return false;
    bool value = fabs(m->value.value - x) <= most_errors * hypot(m->error, se) + half;
    bool error = m->error + half >= se / error_factor && m->error - half <= se * error_factor;
    return value && error;
}

/* The error's digits as a whole number, 10 to 29 or 3 to 9, and the power of ten of its last one. */
static int error_places(int *power, double se)
{
    char text[ROOM];
    snprintf(text, sizeof text, "%.1e", se); /* "2.5e-03" */
    int two = (text[0] - '0') * 10 + (text[2] - '0');
    *power = atoi(strchr(text, 'e') + 1) - 1;
    if (two < 30)
        return two;
    snprintf(text, sizeof text, "%.0e", se); /* 9.7 rounds to 10 */
    *power = atoi(strchr(text, 'e') + 1);
    int one = text[0] - '0';
    if (one > 1)
        return one;
    --*power;
    return 10;
}

/* Without sign: digits that end at 10^power, and the error behind them. */
static void print_fixed(char text[ROOM], double x, int error, int power)
{
    int decimals = power < 0 ? -power : 0;
    double unit = power > 0 ? pow(10.0, power) : 1.0;
    if (power > 0)
        x = round(x / unit) * unit;
    snprintf(text, ROOM, "%.*f(%.0f)", decimals, x, error * unit);
}

static void print_exponent(char text[ROOM], double x, int error, int power, char letter)
{
    double whole = round(x / pow(10.0, power)); /* of units of the error's last digit */
    int more = whole >= 1.0 ? (int)floor(log10(whole) + 1e-12) : 0;
    snprintf(text, ROOM, "%.*f(%d)%c%d", more, whole * pow(10.0, -more), error, letter,
             power + more);
}

bool ov_measured_rewrite(char text[64], const char *old, size_t n, double x, double se)
{
    struct ov_measured was, back;
    char digits[ROOM];
    int power;
    if (!ov_measured_read(&was, old, n) || !isfinite(x) || !isfinite(se) || !(se > 0.0) ||
        fabs(x) >= 1e15 * se || fabs(x) >= 1e15 || se < 1e-25 || se > 1e15)
        return false;
    int error = error_places(&power, se);
    if (was.value.exponent)
        print_exponent(digits, fabs(x), error, power, memchr(old, 'E', n) ? 'E' : 'e');
    else
        print_fixed(digits, fabs(x), error, power);
    bool zero = strtod(digits, NULL) == 0.0;
    const char *sign = *old == '+' ? "+" : "";
    if (x < 0.0 && !zero)
        sign = n > 3 && memcmp(old, minus_sign, 3) == 0 ? minus_sign : "-";
    if (strlen(sign) + strlen(digits) >= 64)
        return false;
    snprintf(text, 64, "%s%.60s", sign, digits);
    return ov_measured_read(&back, text, strlen(text)) && ov_measured_agrees(&back, x, se);
}
