/* SPDX-License-Identifier: MIT
 *
 * The one definition of "equal" for floating-point numbers, shared by unit tests and claims.
 */
#ifndef OVERLAP_BASE_AGREE_H
#define OVERLAP_BASE_AGREE_H

#include <stdbool.h>
#include <stddef.h>

/* True if |x - ref| <= atol + rtol |ref|.
 * NaN never agrees with anything. Equal infinities agree; otherwise an infinity agrees with
 * nothing. atol, rtol >= 0; both zero asks for equality (0 and -0 are equal). */
bool ov_agree(double ref, double x, double rtol, double atol);

/* The largest violation ratio |x_i - ref_i| / (atol + rtol |ref_i|) over i < n: <= 1 if and
 * only if all agree; +infinity if some pair can't agree. 0 for n = 0. */
double ov_disagreement(const double *ref, const double *x, size_t n, double rtol, double atol);

#endif
