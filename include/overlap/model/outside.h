/* SPDX-License-Identifier: MIT
 *
 * What a network of given overlaps has outside of the teacher's subspace (paper.md eq:outside).
 * T = 1; unit j's weights are sum_m R_jm w*_m and a part of its own, and two of these parts
 * overlap by
 *     C_jl = Q_jl - R_j . R_l.
 */
#ifndef OVERLAP_MODEL_OUTSIDE_H
#define OVERLAP_MODEL_OUTSIDE_H

#include "overlap/model/activation.h"
#include "overlap/model/overlaps.h"

struct ov_outside {
    double pairs; /* sum over j < l of C_jl^2 */
    double f;     /* < Var(phi | nu) >: what the fields of the teacher leave open of the output */
};

/* Of a teacher of orthonormal units (T is not read) and a student of linear, quadratic or erf
 * units,
 *     < Var(phi | nu) > = sum_jl v_j v_l h_jl,  linear  h = C_jl
 *         quadratic  h = 4 R_j.R_l C_jl + 2 C_jl^2
 *         erf        h = (2/pi) [asin(Q_jl/N_jl) - asin(R_j.R_l/N_jl)],  N_jl^2 = (1 + Q_jj)(1 + Q_ll);
 * NaN for others. K^2 (M + 2 arcsines) operations.
 *   out  q  (K) C_jj */
struct ov_outside ov_outside(double *q, const struct ov_overlaps *o, const struct ov_activation *g);

#endif
