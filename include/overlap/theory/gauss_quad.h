/* SPDX-License-Identifier: MIT
 *
 * The same averages by quadrature, knowing nothing but g and g': the oracle of theory/gauss.h.
 * Gauss-Hermite on the independent directions of the covariance (Cholesky, singular directions
 * dropped), so repeated and dependent fields cost no more than they should.
 */
#ifndef OVERLAP_THEORY_GAUSS_QUAD_H
#define OVERLAP_THEORY_GAUSS_QUAD_H

#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/model/activation.h"

/* < f(x) >, x ~ N(0,C), by tensor Gauss-Hermite quadrature with n nodes a direction.
 *   out  mean
 *   in   f, ctx  the integrand of P fields
 *   in   C       packed (P,P), PSD, P <= 6
 *   in   n       2 … 128 nodes a direction; cost n^rank
 * Returns OV_OK, OV_EDOM (not PSD, P or n out of range), OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_gauss_quad(double *mean, double (*f)(const double *x, void *ctx),
                                          void *ctx, const double *C, size_t P, size_t n);

/* I2, I3, I4, J2 of theory/gauss.h and model/eps_g.h by that quadrature on the distinct fields
 * involved. Arguments as there; n nodes a direction.
 * The accuracy is the caller's to check by doubling n: smooth activations of unit variance reach
 * 1e-10 with n = 40 … 64 (the further from unit variance, the slower). */
OV_NODISCARD enum ov_status ov_gauss_quad_I2(double *I2, const double *C,
                                             const struct ov_activation *const *act, size_t a,
                                             size_t b, size_t n);
OV_NODISCARD enum ov_status ov_gauss_quad_I3(double *I3, const double *C,
                                             const struct ov_activation *const *act, size_t k,
                                             size_t b, size_t c, size_t n);
OV_NODISCARD enum ov_status ov_gauss_quad_I4(double *I4, const double *C,
                                             const struct ov_activation *const *act, size_t k,
                                             size_t l, size_t a, size_t b, size_t n);
OV_NODISCARD enum ov_status ov_gauss_quad_J2(double *J2, const double *C,
                                             const struct ov_activation *const *act, size_t k,
                                             size_t l, size_t n);

#endif
