/* SPDX-License-Identifier: MIT
 *
 * Printed numbers: the rules by which "0.0364" stands for 0.036437, and "0.0289(25)" for a mean over
 * runs.
 */
#ifndef OVERLAP_CLAIMS_DIGITS_H
#define OVERLAP_CLAIMS_DIGITS_H

#include <stdbool.h>
#include <stddef.h>

/* A decimal literal: sign (+, -, U+2212), digits with at most one point, exponent (e or E). */
struct ov_literal {
    double value;
    double half_unit; /* half a unit of its last printed digit */
    int decimals;     /* digits after the point */
    int significant;  /* digits of the mantissa without leading zeros, at least 1 */
    bool exponent;
};

/* Reads text[0..n). False if it is no such literal as a whole, or one of more than 30 digits. */
bool ov_literal_read(struct ov_literal *literal, const char *text, size_t n);

/* True if x, rounded to the digits that the literal prints, is the literal: to its decimals or,
 * where it has an exponent, to its significant digits. Non-finite x never is. */
bool ov_literal_agrees(const struct ov_literal *literal, double x);

/* x written as `old`, a literal, is: as many significant digits (a whole number stays one), its
 * kind of exponent and of sign. False if old is no literal, x is not finite, or there is no such
 * text. */
bool ov_literal_rewrite(char text[64], const char *old, size_t n, double x);

/* A number that may have its standard error behind it, in units of its last digit: 0.0289(25),
 * 1.23(4)e-3, 2720(30). */
struct ov_measured {
    struct ov_literal value;
    double error;     /* 0: none is printed */
    int error_digits; /* of it, without leading zeros */
};

/* Reads text[0..n). False if it is no such number as a whole, or one with an error of 0. */
bool ov_measured_read(struct ov_measured *m, const char *text, size_t n);

/* True if it holds for a value x with standard error se, of these random numbers or others: the
 * printed value is within four standard errors of the difference, sqrt(error^2 + se^2), and half a
 * unit of the last digit; the error is printed to one or two digits and within a factor of two
 * (to half a unit of its own). False without a printed error, and where x or se is not finite. */
bool ov_measured_agrees(const struct ov_measured *m, double x, double se);

/* x with its error, as it is to be printed where `old`, a number with an error or without, stands:
 * the error to two digits below 30 and one above, of its last digits; the value to the same place;
 * sign and exponent of the kind of old's. False if old is no such number, x or se is not finite,
 * se is not above 0, or there is no such text. */
bool ov_measured_rewrite(char text[64], const char *old, size_t n, double x, double se);

/* x as the literal would have to print it. */
void ov_literal_print(char text[64], const struct ov_literal *literal, double x);

#endif
