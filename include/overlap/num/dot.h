/* SPDX-License-Identifier: MIT
 *
 * The scalar product in a fixed order of summation: eight partial sums, element i into sum i mod 8,
 * then ((0+4)+(2+6)) + ((1+5)+(3+7)). SIMD of any width up to eight and scalar code give the same
 * bits, and without any licence to reorder the compiler still vectorises it.
 */
#ifndef OVERLAP_NUM_DOT_H
#define OVERLAP_NUM_DOT_H

#include <stddef.h>

/* sum_i a_i b_i, i < n. */
static inline double ov_dot(const double *a, const double *b, size_t n)
{
    double sum[8] = {0.0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t j = 0; j < 8; j++)
            sum[j] += a[i + j] * b[i + j];
    for (size_t j = 0; i + j < n; j++)
        sum[j] += a[i + j] * b[i + j];
    return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

#endif
