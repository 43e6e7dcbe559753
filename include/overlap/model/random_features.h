/* SPDX-License-Identifier: MIT
 *
 * The random-feature student: a frozen random first layer, a last layer trained by one-pass SGD on
 * the labels of a two-layer teacher (paper.md eq:rf_model, eq:rf_sgd).
 *
 *     phi_k = g(J_k.x/sqrt N),  k < K,   x ~ N(0, I_N),   J_k frozen
 *     tau   = sum_m v*_m g*(w*_m.x/sqrt N),   y = tau + sigma zeta
 *     w_k  <- w_k + (eta/K) (y - w.phi) phi_k,   w_k(0) = c_k/sqrt K,  c_k ~ N(0, init_std^2)
 *
 * Times: t = steps/K and alpha = steps/N = beta t with beta = K/N. With `flow`, the limit of small
 * learning rates, t stands for u = eta t. As everywhere eps_g = <(w.phi - tau)^2>/2, without noise.
 * Any other scaling of the last layer and its rate is a map onto eta.
 */
#ifndef OVERLAP_MODEL_RANDOM_FEATURES_H
#define OVERLAP_MODEL_RANDOM_FEATURES_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "overlap/base/status.h"
#include "overlap/model/activation.h"
#include "overlap/model/problem.h"

/* Arrays are owned by the problem; ov_rf_problem_free releases them. */
struct ov_rf_problem {
    size_t N, K, M; /* N or K may be 0 where only the limit N, K -> infinity is asked for */
    double beta;    /* K/N; read where N or K is 0, else it must be 0 (not given) or K/N */
    const struct ov_activation *g, *g_star;
    enum ov_teacher teacher; /* RANDOM counts as T = I where no instance is drawn */
    double *T;               /* packed (M,M); OV_TEACHER_GIVEN only, else NULL */
    double *v_star;          /* (M) */
    double eta;              /* > 0; not read with flow */
    bool flow;               /* gradient flow */
    double sigma;            /* standard deviation of the label noise */
    double init_std;         /* of c_k; 0: w(0) = 0 */
    bool sphere;             /* rows of J rescaled to |J_k|^2 = N */
};

/* Frees T and v_star. NULL-safe, twice-safe. */
void ov_rf_problem_free(struct ov_rf_problem *p);

/* K/N where both are given, else p->beta. */
double ov_rf_beta(const struct ov_rf_problem *p);

/* Where time t stands: the last whole step not after it, and how much of the next one has passed
 * (0 where t K is whole but for rounding). Between two steps eps_g is interpolated linearly. */
static inline double ov_rf_steps_at(double *part, double t, size_t K)
{
    double steps = t * (double)K, nearest = round(steps);
    bool whole = fabs(steps - nearest) < 1e-9 * fmax(1.0, steps);
    double done = whole ? nearest : floor(steps);
    *part = whole ? 0.0 : steps - done;
    return done;
}

/* Checks ranges and consistency.
 *   out  key   the experiment.yaml key at fault, a string constant; only written on error; may be
 *              NULL
 * Errors (OV_EUSER): M < 1; beta not finite or <= 0 and no N and K to give it; K > 0 and N > 0
 * beside a beta that is not their ratio; 0 < N < M + 1; no activation; eta not finite or <= 0
 * (without flow); sigma, init_std not finite or < 0; v_star missing or not finite; T missing, not
 * PSD, or with a zero diagonal. Large eta is no error here: what it does is theory's to say. */
OV_NODISCARD enum ov_status ov_rf_problem_check(const struct ov_rf_problem *p, const char **key,
                                                struct ov_error *err);

/* ---- powers of the activations (paper.md eq:rf_hermite) ---- */

/* What limits need to know of g, g* and the teacher. For the student's fields of variance 1,
 * g = mu0 + mu1 z + higher degrees; the teacher's fields have covariance T. */
struct ov_rf_powers {
    double mu0;       /* <g>; exactly 0 for odd g and where it is below 1e-12 */
    double mu1_2;     /* <g z>^2 */
    double mu_star2;  /* power of degrees >= 2 of g */
    double g2;        /* <g^2> = mu0^2 + mu1_2 + mu_star2 */
    double tau2;      /* <tau^2> */
    double tau0;      /* <tau> */
    double tau1_2;    /* power of tau's linear part */
    double tau_star2; /* tau2 - tau0^2 - tau1_2, not below 0 */
};

/* Closed forms where model/eps_g.h has them (linear, erf, relu, quadratic, he2), quadrature to
 * 1e-11 for generic activations. p as ov_rf_problem_check wants it. */
struct ov_rf_powers ov_rf_powers_of(const struct ov_rf_problem *p);

/* Hermite powers c_n^2 of g(z), z ~ N(0,1): g = sum_n c_n h_n, h_n orthonormal.
 *   out  c2   (n), degrees 0 … n-1
 * Closed forms for linear, erf, relu, quadratic, he2; the trapezoidal rule for generic g, absolute
 * error about 1e-15 <g^2>, n <= 500. Returns OV_OK, or OV_EDOM (generic g and n > 500). */
OV_NODISCARD enum ov_status ov_rf_hermite(double *c2, size_t n, const struct ov_activation *g);

/* ---- an instance: features and teacher drawn, and the risk they imply ---- */

struct ov_rf_instance {
    size_t N, K, M;
    double *J;      /* (K,N) row-major */
    double *w_star; /* (M,N) row-major */
    double *w0;     /* (K) initial last layer, w0_k = c_k(0)/sqrt K */
    double *F;      /* (K,K) row-major, symmetric: <phi_k phi_l> */
    double *b;      /* (K): <phi_k tau> */
    double tau2;    /* <tau^2> */
};

/* Draws J, the teacher and w0 from a key (streams of model/start.h: STUDENT, TEACHER or FRAME,
 * SECOND_LAYER), and takes F, b, tau2 from their overlaps in closed form (paper.md eq:rf_risk).
 * The same bits on every machine. T comes out exactly as given, or is measured where the teacher
 * is random. Memory 8 (K (K + N) + M N) bytes; time some K^2 (N/4 + 10) ns.
 *   out  x   all zero on error
 * Returns OV_OK; OV_EUSER (as ov_rf_problem_check, or N or K is 0); OV_ENOMEM; OV_EDOM. */
OV_NODISCARD enum ov_status ov_rf_instance_create(struct ov_rf_instance *x,
                                                  const struct ov_rf_problem *p, uint64_t key,
                                                  struct ov_error *err);
void ov_rf_instance_free(struct ov_rf_instance *x); /* NULL-safe, twice-safe */

/* eps_g of the last layer w (K): (w'Fw - 2 w'b + tau2)/2, exact and without a test set (paper.md
 * eq:rf_risk). Rounding below 0 is clipped; NaN if an entry is NaN. The same bits everywhere. */
double ov_rf_eps_g(const struct ov_rf_instance *x, const double *w);

#endif
