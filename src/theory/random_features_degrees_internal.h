/* SPDX-License-Identifier: MIT
 *
 * The spectrum of random features on the sphere, degree by degree. Private to src/theory.
 *
 * All is written in s = K kappa, which lies between 0 and g2 at z = 0 however large K is:
 *     z = s (1 - learnt(s)),   learnt(s) = sum_n a_n/(K xi_n + s)       (paper.md eq:rf_equivalent)
 */
#ifndef OVERLAP_THEORY_RANDOM_FEATURES_DEGREES_INTERNAL_H
#define OVERLAP_THEORY_RANDOM_FEATURES_DEGREES_INTERNAL_H

#include "random_features_internal.h"

struct ov_rf_degrees {
    size_t n; /* degrees, and one more entry for all beyond: B infinite */
    struct ov_rf_degree *degree;
    struct ov_rf_common c;
};

/* At given K: the degrees that carry power, with K xi_n = K a_n/B_n, capped where it would
 * overflow. */
struct ov_rf_at_K {
    const struct ov_rf_degrees *d;
    size_t n;
    double *a, *K_xi, *tau2; /* (n) each, one owned block that begins at a */
    bool mean;               /* entry 0 is degree 0 and relaxes fast */
};

OV_NODISCARD enum ov_status ov_rf_at_K_create(struct ov_rf_at_K *x, const struct ov_rf_degrees *d,
                                              double ln_K, struct ov_error *err);
void ov_rf_at_K_free(struct ov_rf_at_K *x);

/* s at z = 0: 0 where K features learn all. */
double ov_rf_at_K_root(const struct ov_rf_at_K *x);

/* sum_n tau_n^2 s/(K xi_n + s). */
double ov_rf_at_K_unlearnt(const struct ov_rf_at_K *x, double s);

/* Exponent of the slowest mode. root: s at z = 0. */
double ov_rf_at_K_growth(const struct ov_rf_at_K *x, double root);

#endif
