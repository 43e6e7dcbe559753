/* SPDX-License-Identifier: MIT
 *
 * Numbers as papers print them: what a literal says, how far its digits reach, and another with
 * as many.
 */
#include "overlap/claims/digits.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char minus_sign[] = "\xe2\x88\x92"; /* U+2212 */

/* Copies the literal with a plain minus; false if it has anything but sign, digits, point, e. */
static bool normalise(char out[64], const char *text, size_t n)
{
    size_t m = 0;
    if (n >= 3 && memcmp(text, minus_sign, 3) == 0) {
        out[m++] = '-';
        text += 3;
        n -= 3;
    }
    if (n == 0 || n + m >= 64 || (m && (*text == '-' || *text == '+')))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!isdigit((unsigned char)text[i]) && !strchr("+-.eE", text[i]))
            return false;
        out[m++] = text[i];
    }
    out[m] = '\0';
    return true;
}

bool ov_literal_read(struct ov_literal *literal, const char *text, size_t n)
{
    char plain[64], *end;
    *literal = (struct ov_literal){0};
    if (memchr(text, '\0', n) || !normalise(plain, text, n))
        return false;
    int digits = 0;
    bool point = false, leading = true;
    const char *p = plain + (*plain == '-' || *plain == '+');
    for (; isdigit((unsigned char)*p) || (*p == '.' && !point); p++) {
        if (*p == '.') {
            point = true;
            continue;
        }
        digits++;
        literal->decimals += point;
        leading = leading && *p == '0';
        literal->significant += !leading;
    }
    literal->exponent = *p == 'e' || *p == 'E';
    literal->value = strtod(plain, &end);
    if (digits == 0 || digits > 30 || *end || end == plain || p[-1] == '.' ||
        !isfinite(literal->value))
        return false;
    if (literal->significant == 0)
        literal->significant = 1;
    long power = literal->exponent ? strtol(p + 1, NULL, 10) : 0;
    literal->half_unit = 0.5 * pow(10.0, (double)(power - literal->decimals));
    return true;
}

void ov_literal_print(char text[64], const struct ov_literal *literal, double x)
{
    if (literal->exponent)
        snprintf(text, 64, "%.*e", literal->significant - 1, x);
    else
        snprintf(text, 64, fabs(x) < 1e25 ? "%.*f" : "%.*e", literal->decimals, x);
}

bool ov_literal_agrees(const struct ov_literal *literal, double x)
{
    char text[64];
    if (!isfinite(x))
        return false;
    /* Both texts are decimal: they are the same number exactly if they read as the same double. */
    ov_literal_print(text, literal, x);
    return strtod(text, NULL) == literal->value;
}

/* "1.20e-05" as "1.20e-5", or with the other letter. */
static void shorten_exponent(char text[64], char letter)
{
    char *e = strchr(text, 'e');
    long power = strtol(e + 1, NULL, 10);
    snprintf(e, (size_t)(text + 64 - e), "%c%ld", letter, power);
}

/* Decimals that give x as many significant digits. */
static int decimals_for(const struct ov_literal *literal, double x)
{
    char text[64];
    if (literal->decimals == 0 || x == 0.0)
        return literal->decimals;
    snprintf(text, sizeof text, "%.*e", literal->significant - 1, x); /* rounds up 9.996 first */
    long decimals = literal->significant - 1 - strtol(strchr(text, 'e') + 1, NULL, 10);
    return decimals < 0 ? 0 : decimals > 30 ? 30 : (int)decimals;
}

bool ov_literal_rewrite(char text[64], const char *old, size_t n, double x)
{
    struct ov_literal literal, back;
    char plain[64];
    if (!ov_literal_read(&literal, old, n) || !isfinite(x) || fabs(x) >= 1e25)
        return false;
    if (literal.exponent) {
        snprintf(plain, sizeof plain, "%.*e", literal.significant - 1, x);
        shorten_exponent(plain, memchr(old, 'E', n) ? 'E' : 'e');
    } else {
        snprintf(plain, sizeof plain, "%.*f", decimals_for(&literal, x), x);
    }
    bool negative = plain[0] == '-' && strtod(plain, NULL) != 0.0;
    const char *digits = plain + (plain[0] == '-');
    const char *sign = *old == '+' ? "+" : "";
    if (negative)
        sign = n > 3 && memcmp(old, minus_sign, 3) == 0 ? minus_sign : "-";
    if (strlen(sign) + strlen(digits) >= 64)
        return false;
    snprintf(text, 64, "%s%.60s", sign, digits);
    return ov_literal_read(&back, text, strlen(text)) && ov_literal_agrees(&back, x);
}
