/* SPDX-License-Identifier: MIT
 *
 * Printed numbers: the rule by which "0.0364" stands for 0.036437.
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

/* x as the literal would have to print it. */
void ov_literal_print(char text[64], const struct ov_literal *literal, double x);

#endif
