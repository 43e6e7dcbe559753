/* SPDX-License-Identifier: MIT
 *
 * ReLU and leaky ReLU taken apart into A |x| + B x: what the contraction (gauss_kinks.c) and its
 * derivatives share.
 */
#ifndef OVERLAP_THEORY_GAUSS_KINKS_INTERNAL_H
#define OVERLAP_THEORY_GAUSS_KINKS_INTERNAL_H

#include "gauss_internal.h"

struct ov_kink_shape {
    double A, B;
};

struct ov_kink_shape ov_kink_shape_of(const struct ov_activation *g);

/* The angle of two fields and the area they span. */
struct ov_kink_angle {
    double asin, area; /* of the correlation; sqrt(C_aa C_bb - C_ab^2) */
};

struct ov_kink_angle ov_kink_angle_of(const double *C, size_t a, size_t b);

/* Views into w's scratch, (P) each: p_c = s_c A_c, q_c = s_c B_c, C p and C q. */
struct ov_kink_signal {
    double *p, *q, *Cp, *Cq;
};

struct ov_kink_signal ov_kink_signal_of(struct ov_gauss *w, const double *C, const double *s);

#endif
