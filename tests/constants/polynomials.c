/* SPDX-License-Identifier: MIT
 *
 * The polynomials of num/fmath_inline.h, made again with 34 digits: each interpolates a function at
 * Chebyshev's nodes of an interval; its coefficients are rounded to double.
 *     polynomials          prints a line "NAME COEFFICIENT…" for each, the highest power first, and
 *                          a line "numbers …" of the other constants that are written in binary
 * Intervals are a little wider than what the reductions leave, for their rounding.
 */
#include <quadmath.h>
#include <stdio.h>

enum { MOST = 32 };

typedef __float128 real;

/* ---- the functions, by their series where these say it best ---- */

/* (e^r - 1 - r)/r^2. */
static real of_exp(real r)
{
    real sum = 0, term = 0.5Q;
    for (int n = 3; n < 60; n++) {
        sum += term;
        term *= r / n;
    }
    return sum;
}

/* (2 artanh(s)/s - 2)/s^2 by z = s^2. */
static real of_log(real z)
{
    real sum = 0;
    for (int n = 60; n >= 0; n--)
        sum = sum * z + 2 / (real)(2 * n + 3);
    return sum;
}

/* (erf(x)/x - 2/sqrt pi)/x^2 by z = x^2. */
static real of_erf(real z)
{
    real sum = 0, term = -1;
    for (int n = 1; n < 80; n++) {
        sum += term / (2 * n + 1);
        term *= -z / (n + 1);
    }
    return 2 / sqrtq(M_PIq) * sum;
}

/* exp(x^2) erfc(x) by t = (x - 3)/(x + 3). */
static real of_erfc(real t)
{
    real x = 3 * (1 + t) / (1 - t);
    return expq(x * x) * erfcq(x);
}

/* (asin(x)/x - 1)/x^2 by z = x^2. */
static real of_asin(real z)
{
    real sum = 0, term = 0.5Q;
    for (int n = 1; n < 200; n++) {
        sum += term / (2 * n + 1);
        term *= z * (2 * n + 1) / (2 * n + 2);
    }
    return sum;
}

/* (sin(2 pi r)/r - 2 pi)/r^2, (cos(2 pi r) - 1)/r^2 by z = r^2. */
static real of_sin(real z)
{
    real turn = 2 * M_PIq, sum = 0, term = -turn * turn * turn / 6;
    for (int n = 2; n < 40; n++) {
        sum += term;
        term *= -turn * turn * z / (2 * n * (2 * n + 1));
    }
    return sum;
}

static real of_cos(real z)
{
    real turn = 2 * M_PIq, sum = 0, term = -turn * turn / 2;
    for (int n = 2; n < 40; n++) {
        sum += term;
        term *= -turn * turn * z / (2 * n * (2 * n - 1));
    }
    return sum;
}

/* ---- interpolation ---- */

/* c (degree + 1): powers of x, the lowest first; Newton's divided differences, multiplied out. */
static void interpolate(real *c, int degree, real (*f)(real), real from, real to)
{
    real x[MOST], d[MOST];
    int n = degree + 1;
    for (int i = 0; i < n; i++) {
        x[i] = (from + to) / 2 + (to - from) / 2 * cosq(M_PIq * (2 * i + 1) / (2 * n));
        d[i] = f(x[i]);
        c[i] = 0;
    }
    for (int k = 1; k < n; k++)
        for (int i = n - 1; i >= k; i--)
            d[i] = (d[i] - d[i - 1]) / (x[i] - x[i - k]);
    for (int k = n - 1; k >= 0; k--) {
        for (int i = n - 1; i > 0; i--)
            c[i] = c[i - 1] - x[k] * c[i];
        c[0] = d[k] - x[k] * c[0];
    }
}

/* What the first double leaves of x. */
static real rest(real x)
{
    return x - (double)x;
}

static void numbers(void)
{
    const real ln2_hi = 0x1.62e42fefp-1; /* 33 bits of ln 2 */
    const real number[] = {2 / sqrtq(M_PIq) - 1, 2 / M_PIq,       1 / (2 * M_PIq), M_PIq / 2,
                           rest(M_PIq / 2),      2 * M_PIq,       rest(2 * M_PIq), 1 / logq(2),
                           logq(2) - ln2_hi,     sqrtq(2),        sqrtq(0.5Q),     sqrtq(2 / M_PIq),
                           1 / sqrtq(2 * M_PIq), sqrtq(2 * M_PIq)};
    printf("numbers");
    for (size_t i = 0; i < sizeof number / sizeof *number; i++)
        printf(" %a", (double)number[i]);
    printf("\n");
}

int main(void)
{
    const real half_ln2 = logq(2) / 2, s = (sqrtq(2) - 1) / (sqrtq(2) + 1);
    const struct {
        const char *name;
        real (*f)(real);
        int degree;
        real from, to;
    } polynomials[] = {
        {"exp", of_exp, 9, -1.001Q * half_ln2, 1.001Q * half_ln2},
        {"log", of_log, 6, 0, 1.001Q * s * s},
        {"erf", of_erf, 10, 0, 1},
        {"erfc", of_erfc, 12, -0.5Q, 1 / (real)3},
        {"asin", of_asin, 12, 0, 0.25Q},
        {"sin", of_sin, 5, 0, 1.0001Q / 64},
        {"cos", of_cos, 6, 0, 1.0001Q / 64},
    };
    for (size_t i = 0; i < sizeof polynomials / sizeof *polynomials; i++) {
        real c[MOST];
        interpolate(c, polynomials[i].degree, polynomials[i].f, polynomials[i].from,
                    polynomials[i].to);
        printf("%s", polynomials[i].name);
        for (int k = polynomials[i].degree; k >= 0; k--)
            printf(" %a", (double)c[k]);
        printf("\n");
    }
    numbers();
    return 0;
}
