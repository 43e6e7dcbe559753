/* SPDX-License-Identifier: MIT
 *
 * Dynamics of quadratic networks of extensive width on alpha d^2 samples, d -> infinity
 * (theory/quadratic.h has the model; theory/quadratic_population.h is alpha = infinity): dynamical
 * mean-field theory, paper.md eq:quad_dmft. One student Z = W W' moves in
 *     dW/dt = -[2 int_0^t Gam(t,s) (Z(s) - Z*) ds + Xi(t)/sqrt(alpha) + 2 lambda] W,
 * Xi a Gaussian process of GOE matrices of covariance C_R(t,s), with the kernels
 *     C(t,s) = tr (Z(t) - Z*)(Z(s) - Z*)/d,       R(t,s) = -(1/d^2) Tr dZ(t)/dH(s),
 *     Gam = (1 + (2/alpha) R)^-1,                 C_R = Gam (2 C + Delta) Gam',
 * averages over the process, H a field added to the bracket; mse = C(t,t), loss_train = C_R(t,t)/4,
 * err_in = C_R(t,t)/4 + Delta/4 - (Delta/2) int Gam(t,s) ds. (Own derivation by the cavity method.)
 *
 * Method. Z is a matrix process, so the kernels are not closed in numbers: they are averages over
 * samples of it at finite d. Neither R nor an inverse is computed. With 2 C + Delta = F F' (F lower
 * triangular) and Xi = sum_j (Gam F)_j G_j, integration by parts over the independent GOE matrices
 * G_j gives
 *     Gam F = F (1 + U),   U_kj = <tr B_k G_j>/(d sqrt alpha) for k > j, else 0,
 * where Z(t) - Z* = sum_k F_tk B_k are the same matrices in the order in which they appear, made
 * orthogonal to those before in the mean over samples. So a sample's bracket is a linear
 * combination of the matrices 2 B_k + G_k/sqrt(alpha), and G_k is drawn only when the path turns
 * into a new direction: some 60 to 90 in all, however many steps there are. With J of them a step
 * costs d^2 m + 2 J d^2 a sample, in place of the T^2 d^2 m + T^3 d^2/6 of T steps with tangents.
 * The formulas hold for any method that evaluates the bracket: Bogacki & Shampine's pair of orders
 * 3 and 2.
 *
 * Errors, and what is stated of them (measured at kappa = 1/2, kappa_star 0.2 to 0.3, alpha 0.3 to
 * 1, Delta 0 to 1, d = 40, 64 samples, 8 replicas, tolerance 0.003):
 *   - samples: replicas are independent of each other; x_se is the standard error from them, 1 to
 *     5 % of mse, 1 to 4 % of loss_train; as one over the root of samples times replicas;
 *   - 1/d: everything is done at d/2 (with 4 times the samples) and at d, and extrapolated
 *     linearly in 1/d; x_shift is what that added to the value at d, 1 to 5 %. What is left is of
 *     order 1/d^2: less than x_se against twice the d; at the end of training 0 to 1 % of mse and
 *     loss against (2) and (4) of theory/quadratic.h, but 4 % of mse at alpha = 0.3 beside a
 *     threshold, where d = 80 still has 2.5 %;
 *   - steps and directions: |error| <= tolerance |W| a step; a direction is kept if it is more than
 *     5 tolerance of the root of the geometric mean of 2 mse + Delta and C_R. Steps ten times finer
 *     and directions from 1/100 to 1/10^4 move mse by 0.4 % and loss_train by 1 %, half of it because
 *     other directions have other G_k; a tolerance of 0.005 costs 2 % of loss_train. Both have a
 *     floor of some 30 tolerance^2, below which a path that recovers the teacher is not resolved;
 *   - samples share kernels that fluctuate: C_R is too large by a part of J/(alpha d^2 samples) for
 *     J directions. It is taken off by a root of 1 - J/(alpha d^2 samples), in place of 1, on the
 *     diagonal of 1 + U. That offsets the square of the noise where Gam F is near F, and only in part
 *     elsewhere: few samples leave a bias. d = 24, alpha 0.5, Delta 1, t = 16: a training loss of
 *     0.0883(5), 0.0827(3), 0.0806(2), 0.0802(2) with 1, 4, 16, 64 samples; alpha 0.2, Delta 0,
 *     t = 4: 10 % more with 4 than with 64. 16 samples and more are good to x_se here.
 * Starts of gamma >> 1 take many directions and samples.
 * The teacher's eigenvalues are the quantiles of their law, with mean and mean square as they
 * are at d = infinity: no fluctuation comes from there.
 */
#ifndef OVERLAP_THEORY_QUADRATIC_DMFT_H
#define OVERLAP_THEORY_QUADRATIC_DMFT_H

#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/base/tick.h"

struct ov_dmft {
    double kappa, kappa_star; /* [1e-3, 1e3] */
    double lambda;            /* [0, 1e3] */
    double Delta;             /* variance of the label noise, [0, 1e6] */
    double gamma;             /* of the start, [1e-12, 1e6] */
    double alpha;             /* samples/d^2, [1e-3, 1e6] */
    /* of the computation */
    size_t d;         /* the larger of the two sizes, even; kappa d/2 and, if kappa_star < 1,
                         kappa_star d/2 are whole numbers >= 1 */
    size_t samples;   /* that share kernels, at d, >= 1 */
    size_t replicas;  /* >= 2 */
    double tolerance; /* [1e-6, 0.05] */
};

struct ov_dmft_point {
    double mse, loss_train, err_in;
    double rank;  /* eigenvalues of Z above 1e-3, over d */
    double trace; /* tr Z/d */
    double mse_se, loss_train_se, err_in_se, rank_se, trace_se;
    double mse_shift, loss_train_shift, err_in_shift, rank_shift, trace_shift;
};

/* Whether all is in range. OV_OK, OV_EDOM. */
OV_NODISCARD enum ov_status ov_dmft_check(const struct ov_dmft *p, struct ov_error *err);

/* Bytes that ov_dmft_flow allocates at most. */
double ov_dmft_memory(const struct ov_dmft *p);

/* The path at listed times. A function of its arguments: random numbers have keys of their own.
 * With the sizes above 3 s to t = 2, 15 s to t = 16.
 *   out  point  (n)
 *   in   t      (n) increasing, in [0, 1e6]
 *   in   tick   told evaluations of the bracket; may be NULL
 * OpenBLAS on one thread for the process. OV_OK; OV_EDOM; OV_ENUMERIC: steps become too small, more
 * than OV_DMFT_DIRECTIONS directions (a larger tolerance takes fewer); OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_dmft_flow(struct ov_dmft_point *point, const struct ov_dmft *p,
                                         const double *t, size_t n, const struct ov_tick *tick,
                                         struct ov_error *err);

enum { OV_DMFT_DIRECTIONS = 256 };

#endif
