/* SPDX-License-Identifier: MIT
 *
 * Elementary functions that give the same bits on every IEEE machine: libm picks its exp, log and
 * erf by the CPU at run time, and their last bits differ. These use only + - * / and sqrt, in a
 * fixed order, never contracted to fma (the build passes -ffp-contract=off). For the simulators
 * and what they share; theory may use libm and GSL. num/fmath_inline.h has the same functions as
 * branch-free inline bodies, for loops that a compiler turns into SIMD: still the same bits.
 */
#ifndef OVERLAP_NUM_FMATH_H
#define OVERLAP_NUM_FMATH_H

/* Stated accuracy: maximal error in units in the last place of the exact result, over the range
 * given; tests/num/test_fmath.c measures it against long double.
 * NaN gives NaN; the usual limits at infinities. */
double ov_exp(double x);   /* <= 1.5 ulp; 0 below -745.2, +inf above 709.8; subnormals to 1e-323 */
double ov_log(double x);   /* <= 1 ulp, x > 0 normal or subnormal; -inf at 0, NaN below */
double ov_log1p(double x); /* <= 3 ulp for 0 <= x <= 1; NaN elsewhere; ln(1 + x) */
double ov_tanh(double x);  /* <= 3 ulp, odd exactly */
double ov_erf(double x);   /* <= 2 ulp, odd exactly; the integral 2/sqrt(pi) int_0^x exp(-t^2) dt */
double ov_asin(double x);  /* <= 3 ulp on [-1, 1], odd exactly; NaN outside */

/* cos(2 pi u) and sin(2 pi u) for 0 <= u < 1, absolute error <= 2.3e-16. */
void ov_sincos_2pi(double *s, double *c, double u);

#endif
