/* SPDX-License-Identifier: MIT
 *
 * Inputs on a hidden manifold (Goldt, Mezard, Krzakala & Zdeborova, PRX 10, 041044, 2020), labels by
 * what is hidden (paper.md eq:hidden_manifold):
 *
 *     x = f(F c/sqrt D) - <f>,  c ~ N(0, I_D),  F (N,D) with elements N(0,1), one F for a run
 *     y = sum_m v*_m g*(nu_m) + sigma zeta,  nu_m = w*_m.c/sqrt D,  T_mn = w*_m.w*_n/D
 *
 * while the student sees x: lambda_k = w_k.x/sqrt N. As N, D -> infinity fields are jointly Gaussian,
 * with the covariances of inputs
 *
 *     Sigma = (<f^2> - <f>^2 - b^2) I + b^2 F F'/D,  cov(x_i, nu_m) = b (F w*_m)_i/D = Phi_im/sqrt N,
 *
 * b = <u f(u)>, averages over u ~ N(0,1). So they are those of Gaussian inputs of covariance Sigma
 * with teacher weights Sigma^-1 Phi_m, and of an invisible block (model/blocks.h) with what no linear
 * function of x sees of nu, T - sum_l rho_l T^(l).
 */
#ifndef OVERLAP_MODEL_HIDDEN_MANIFOLD_H
#define OVERLAP_MODEL_HIDDEN_MANIFOLD_H

#include <stddef.h>
#include <stdint.h>

#include "overlap/base/status.h"
#include "overlap/model/activation.h"
#include "overlap/model/blocks.h"
#include "overlap/model/problem.h"

struct ov_hidden_manifold {
    size_t D;                      /* >= M */
    const struct ov_activation *f; /* NULL: the sign */
};

/* Averages over u ~ N(0,1), to 1e-13 for f analytic on both half-lines. */
struct ov_fold {
    double mean, slope, variance; /* <f>, b = <u f>, <f^2> - <f>^2 */
};

/* Returns OV_OK or OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_fold_of(struct ov_fold *fold, const struct ov_activation *f);

/* f(u) - <f>. */
static inline double ov_fold_at(const struct ov_fold *fold, const struct ov_activation *f, double u)
{
    return (f ? f->g(u) : u > 0.0 ? 1.0 : u < 0.0 ? -1.0 : 0.0) - fold->mean;
}

/* F of the run with this key.
 *   out  F   (N,D) row-major */
void ov_hidden_manifold_features(double *F, size_t N, size_t D, uint64_t key);

/* Initial weights of the run with this key: those of ov_start_weights, students' of dimension N,
 * teachers' of dimension D.
 *   out  w (K,N), w_star (M,D), v (K)
 *   in   p   random students; random, orthonormal or given teachers
 * Returns OV_OK, OV_ENOMEM, or OV_EDOM for another start, D < M, or p->blocks. */
OV_NODISCARD enum ov_status ov_hidden_manifold_start(double *w, double *w_star, double *v,
                                                     const struct ov_problem *p,
                                                     const struct ov_hidden_manifold *h,
                                                     uint64_t key, struct ov_error *err);

/* The covariance of the fields: Q, R and T of given weights.
 *   out  o   created with K and M; v and v_star are not touched
 *   in   F (N,D), w (K,N), w_star (M,D)
 * Returns OV_OK or OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_hidden_manifold_overlaps(struct ov_overlaps *o,
                                                        const struct ov_fold *fold, const double *F,
                                                        const double *w, const double *w_star,
                                                        size_t N, size_t D);

/* What theory is given of the run with this key: the blocks and, in them, the overlaps of its start.
 * One block for each of min(N,D) eigenvectors, one for the N - D other directions if D < N, the last
 * invisible. Eigenvalues by LAPACK: the same to rounding on every machine. Takes of the order of
 * N D min(N,D) operations.
 *   out  b   owned by the caller (ov_blocks_free); start_is_given
 * Returns as ov_hidden_manifold_start, or OV_ENUMERIC. */
OV_NODISCARD enum ov_status ov_hidden_manifold_blocks(struct ov_blocks **b,
                                                      const struct ov_problem *p,
                                                      const struct ov_hidden_manifold *h,
                                                      uint64_t key, struct ov_error *err);

#endif
