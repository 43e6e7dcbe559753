/* SPDX-License-Identifier: MIT
 *
 * How far runs of finite N stray from the equations of motion. With y the moving numbers,
 *
 *     y_N(alpha) = y(alpha) + xi/sqrt N + mu/N + …,   xi Gaussian of mean 0 and covariance Sigma,
 *     dSigma/dalpha = J Sigma + Sigma J' + B
 *     dmu/dalpha    = J mu + 1/2 sum_ij Sigma_ij d^2 f/dy_i dy_j + c - 1/2 J f
 *
 * f is the right-hand side of paper.md eq:ode and J its Jacobian. One step of paper.md eq:sgd
 * changes y by F/N, with e_k = eta_w v_k g'(lambda_k) (y - phi):
 *     F_R = e_k nu_m,  F_Q = e_k lambda_l + e_l lambda_k + e_k e_l |x|^2/N,
 *     F_v = eta_v g(lambda_k) (y - phi),
 * all less the decay. B is the covariance of F, with |x|^2/N its mean 1. c is what |x|^2 and the
 * square of the decay add to the mean: c_Q = < e_k e_l (x' C^-1 x - P) > + decay_w^2 Q_kl
 * - decay_w < e_k lambda_l + e_l lambda_k >. - 1/2 J f: a step takes the time 1/N.
 *
 * Everything here is free of N: standard deviations times sqrt N, means times N.
 * All of this is for batches of one input.
 *
 * Of inputs in blocks (p->blocks) y are the overlaps of each block, Q and R, and v, of which n =
 * ov_overlaps_moving_blocks(L,K,M); F has the block's part of each field and noise_l e_k e_j, and c_Q of
 * block l what p->spiked adds to the path at N = 1, unless it does (paper.md eq:blocks, eq:spiked). Rows are
 * those of the fields' overlaps. Matrices of n^2 numbers are multiplied: good for some 10 blocks. Signed
 * blocks have none of this.
 * The start has no spread: each run is compared with the theory of its own initial overlaps.
 * Second derivatives are differences that stay inside of the cone of covariances, however near its
 * edge y is: ReLU averages go like distance^(3/2) there.
 * The expansion holds while deviations stay in the linear range of the equations; at the exit from
 * a plateau they do not, unless N is large against their growth.
 */
#ifndef OVERLAP_THEORY_FLUCTUATIONS_H
#define OVERLAP_THEORY_FLUCTUATIONS_H

#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/base/tick.h"
#include "overlap/model/problem.h"

/* What B and c are averaged with: Gauss-Hermite nodes, exact where all units are polynomials (up to
 * 7 fields K + M of degree 2, 5 of degrees 3 and 4; linear alone: 12), and up to 4 fields of other
 * smooth units; else Sobol's, up to 40 fields. Those are not good for polynomials of degree 2 and
 * above, which are refused then: beside units with a kink, and beside others in more than 4 fields. */
struct ov_fluctuations_options {
    double rtol;     /* of Sigma and mu: bound on the error of a step before extrapolation, relative
                        to the standard deviations; 1e-8 … 0.1 */
    unsigned refine; /* <= 3; each adds nodes of quadrature: repeat a claim with one more */
};

/* rtol 1e-2, refine 0. Standard deviations are then good to some 3e-3 up to 4 fields K + M with
 * variances about 1 (tanh with variances of 2: 1e-2), and to some 1e-2 with Sobol's nodes. */
struct ov_fluctuations_options ov_fluctuations_defaults(void);

struct ov_fluctuations_report {
    size_t n_noise; /* quadratures of B and c: most of the time */
    size_t n_node;  /* nodes of one */
    size_t n_rhs;   /* right-hand sides of eq:ode, besides those of Jacobians */
    size_t n_step;  /* accepted steps */
};

/* B and c at one state.
 *   out  B  packed (n,n), n = ov_overlaps_moving(K,M), in blocks as above; zero for a frozen v
 *   out  c  (n)
 *   in   o  Q, R, v, T, v_star: jointly positive semi-definite
 * Returns OV_OK; OV_EDOM (not positive semi-definite, not finite; no nodes, see above; options out
 * of range); OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_fluctuations_noise(double *B, double *c, const struct ov_problem *p,
                                                  const struct ov_overlaps *o,
                                                  const struct ov_fluctuations_options *opt);

/* A row is [alpha, sd_eps_g, bias_eps_g, sd of each moving number, bias of each]:
 * standard deviations times sqrt N, means of (run - theory) times N. */
static inline size_t ov_fluctuations_width(size_t K, size_t M)
{
    return 3 + 2 * ov_overlaps_moving(K, M);
}

/* Fluctuations of runs that start at `start`, at each listed alpha.
 *   out  rows   (n_alpha, ov_fluctuations_width(K,M)) row-major
 *   out  Sigma  (n_alpha) packed (n,n) each, n as in ov_fluctuations_noise; may be NULL
 *   in   alpha  (n_alpha) increasing, >= 0
 *   in   opt    NULL: the defaults
 *   out  report may be NULL
 *   in   tick   told the quadratures done; may be NULL
 * p->N is not used. Returns OV_OK; OV_EDIVERGED; OV_ENUMERIC (no step is small enough, the overlaps
 * leave their domain, a leaky ReLU student starts without weights and with v_k /= 0: its mean slope
 * jumps as it starts, and there is nothing to expand in); OV_EDOM (arguments, as ov_solve and ov_fluctuations_noise); OV_ENOMEM.
 * On error the rows (and Sigma) before the failure are written, the rest are NaN. */
OV_NODISCARD enum ov_status ov_fluctuations_solve(
    double *rows, double *Sigma, const struct ov_problem *p, const struct ov_overlaps *start,
    const double *alpha, size_t n_alpha, const struct ov_fluctuations_options *opt,
    struct ov_fluctuations_report *report, const struct ov_tick *tick, struct ov_error *err);

/* Half-width of the band within which the mean of n_runs runs of dimension N lies around theory:
 * z sd/sqrt(n N) + 2 |bias|/N, sd and bias from a row. The second term stands for the known shift
 * with its own error and what is of higher order in 1/N. N, n_runs >= 1. */
double ov_fluctuations_band(double sd, double bias, size_t N, size_t n_runs, double z);

#endif
