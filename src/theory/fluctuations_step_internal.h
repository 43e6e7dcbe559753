/* SPDX-License-Identifier: MIT
 *
 * The linear equations of theory/fluctuations.h over one step, with J constant and what drives
 * them linear in time: exact however large |J| h is.
 */
#ifndef OVERLAP_THEORY_FLUCTUATIONS_STEP_INTERNAL_H
#define OVERLAP_THEORY_FLUCTUATIONS_STEP_INTERNAL_H

#include <stddef.h>

#include "overlap/base/status.h"

struct ov_propagator {
    size_t n;
    double *block; /* owned; the views below, all (n,n) row-major */
    double *E;     /* exp(h J) */
    double *ahead; /* int_0^h exp(s J) ds */
    double *delay; /* int_0^h s exp(s J) ds / h */
    double *noise; /* int_0^h exp(s J) B(h - s) exp(s J)' ds */
    double *scratch;
};

OV_NODISCARD enum ov_status ov_propagator_create(struct ov_propagator *w, size_t n);
void ov_propagator_free(struct ov_propagator *w); /* NULL-safe */

/* Fills E, ahead, delay, noise for B(t) = B0 + (B1 - B0) t/h. */
void ov_propagator_make(struct ov_propagator *w, const double *J, const double *B0,
                        const double *B1, double h);

/* Sigma1 = E Sigma0 E' + noise. (n,n) row-major, not the same memory. */
void ov_propagator_covariance(double *Sigma1, const struct ov_propagator *w, const double *Sigma0);

/* mu1 = E mu0 + int_0^h exp(s J) d(h - s) ds for d(t) = d0 + (d1 - d0) t/h. (n) each. */
void ov_propagator_mean(double *mu1, const struct ov_propagator *w, const double *mu0,
                        const double *d0, const double *d1);

#endif
