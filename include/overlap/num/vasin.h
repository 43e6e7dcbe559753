/* SPDX-License-Identifier: MIT
 *
 * asin of an array, for the inner loop of the theory of erf networks.
 */
#ifndef OVERLAP_NUM_VASIN_H
#define OVERLAP_NUM_VASIN_H

#include <stddef.h>

/* y_i = asin of x_i clipped to [-1, 1], which rounding may leave. To 4 ulp, odd exactly, the same
 * bits on every machine; tests/num/test_vasin.c measures it. NaN gives NaN.
 *   out  y  (n), may be x */
void ov_asin_array(double *y, const double *x, size_t n);

#endif
