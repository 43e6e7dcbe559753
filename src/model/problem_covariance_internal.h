/* SPDX-License-Identifier: MIT
 *
 * What a fixed start implies, shared by problem.c (which checks it) and start.c (which embeds it).
 */
#ifndef OVERLAP_MODEL_PROBLEM_COVARIANCE_INTERNAL_H
#define OVERLAP_MODEL_PROBLEM_COVARIANCE_INTERNAL_H

#include "overlap/model/problem.h"

/* Which teacher student k starts on, or M for none. INFORMED and DENOISING only. */
size_t ov_problem_teacher_of(const struct ov_problem *p, size_t k);

/* The overlaps of a fixed start: T_mn, R_km, Q_kl, and the standard deviation of the part that
 * student k has of its own, orthogonal to all others. */
double ov_problem_T(const struct ov_problem *p, size_t m, size_t n);
double ov_problem_R(const struct ov_problem *p, size_t k, size_t m);
double ov_problem_Q(const struct ov_problem *p, size_t k, size_t l);
double ov_problem_own_std(const struct ov_problem *p, size_t k);

/* Joint covariance of a fixed start, teacher first.
 *   out  C   packed (M+K,M+K)
 *   in   p   ov_problem_start_is_fixed(p) */
void ov_problem_covariance(double *C, const struct ov_problem *p);

#endif
