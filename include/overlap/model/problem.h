/* SPDX-License-Identifier: MIT
 *
 * A two-layer teacher-student problem: what theory and simulation are both given.
 *
 *     phi = sum_k v_k g(lambda_k),  lambda_k = w_k.x/sqrt N,  x ~ N(0, I_N)
 *     y = sum_m v*_m g*(nu_m) + sigma zeta,  nu_m = w*_m.x/sqrt N
 *     w_k <- w_k - (eta_w/sqrt N) v_k g'(lambda_k) (phi - y) x - (decay_w/N) w_k
 *     v_k <- v_k - (eta_v/N) g(lambda_k) (phi - y)             - (decay_v/N) v_k
 * both from the values before the step (paper.md eq:sgd); alpha = steps/N. With a batch of B inputs
 * the changes are the means over B inputs of those above, all from the values before the step
 * (paper.md eq:batch); alpha still counts steps.
 * With momentum m these steps, without decay, are gathered: u <- m u + step, u(0) = 0, and the layer
 * moves by u - decay/N (paper.md eq:momentum); with theory as N -> inf at (eta_w, eta_v)/(1 - m).
 * eta_v = 0 freezes the second layer altogether, its decay included. With a schedule both learning
 * rates are those of the start times s(alpha) (model/schedule.h).
 */
#ifndef OVERLAP_MODEL_PROBLEM_H
#define OVERLAP_MODEL_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "overlap/base/status.h"
#include "overlap/model/activation.h"
#include "overlap/model/blocks.h"
#include "overlap/model/labels.h"
#include "overlap/model/overlaps.h"
#include "overlap/model/schedule.h"

enum ov_teacher {
    OV_TEACHER_ORTHONORMAL, /* T = I exactly */
    OV_TEACHER_RANDOM,      /* w* i.i.d. N(0,1): T = I + O(1/sqrt N), measured, seed by seed */
    OV_TEACHER_GIVEN,       /* T given, embedded exactly */
    OV_TEACHER_WEIGHTS,     /* w* given */
};

enum ov_start {
    OV_START_RANDOM,   /* w_ki ~ N(0, std^2); v_k as given, or ~ N(0, v_std^2) */
    OV_START_OVERLAPS, /* Q, R, v given, embedded exactly */
    OV_START_INFORMED, /* student k < min(K,M) is teacher k; the others are orthogonal to all and to
                          each other, Q_kk = std^2 */
    OV_START_DENOISING, /* student k covers teacher m = k mod M with v_k = v*_m / (number of
                           students on m), plus an orthogonal part of variance std^2 of its own */
    OV_START_WEIGHTS,   /* w and v given */
    OV_START_PARTICLES, /* R given, and what is left of each squared length, own: student k has the
                           rest of its length in a direction drawn at random outside of the
                           teacher's subspace (orthonormal teacher; v given) */
};

/* Arrays are owned by the problem; ov_problem_free releases them. */
struct ov_problem {
    size_t N, K, M; /* N may be 0 (the limit) where no weights are drawn */
    const struct ov_activation *g, *g_star;
    double eta_w, eta_v, sigma, decay_w, decay_v;
    struct ov_schedule schedule; /* of eta_w and eta_v; kind OV_DECAY_NONE: they stay as they are */
    enum ov_teacher teacher;
    double *T;      /* packed (M,M); OV_TEACHER_GIVEN only, else NULL */
    double sparse;  /* of a random teacher: the share of weights that are 0, in [0, 1); the others
                       have variance 1/(1 - sparse) */
    double *w_star; /* (M,N); OV_TEACHER_WEIGHTS only */
    double *v_star; /* (M) */
    enum ov_start start;
    double std;   /* see enum ov_start; >= 0 */
    double *Q;    /* packed (K,K); OV_START_OVERLAPS only */
    double *R;    /* (K,M);        OV_START_OVERLAPS and OV_START_PARTICLES */
    double *w;    /* (K,N); OV_START_WEIGHTS only */
    double *own;  /* (K) Q_kk - |R_k|^2 >= 0; OV_START_PARTICLES only */
    double *v;    /* (K) initial second layer, or NULL: drawn with v_std (RANDOM only) or implied by
                     the kind of start (INFORMED: v*_k, extra units 1; DENOISING: above) */
    double v_std; /* RANDOM with v NULL: standard deviation of v_k; >= 0 */
    double momentum;          /* m of eq:momentum, in [0, 1); of engine weights: theory has rates of
                        eta/(1 - m) in place of it (theory/online.h, ov_online_limit) */
    size_t batch;             /* inputs whose mean gradient makes a step; 0 means 1 */
    struct ov_blocks *blocks; /* owned; inputs of more than one variance, or NULL: x ~ N(0, I_N) */
    bool spiked;   /* of theory in blocks only: with the part of a step's noise that is of
                      relative order rho_l/N (paper.md eq:spiked) */
    bool in_steps; /* of theory in blocks only: time goes in steps of 1/N, which moves the path by
                      the same order: less by half of what the right-hand side changes in a step */
    struct ov_labels labels; /* of simulations only: signs in place of the above y */
    double stop; /* a run ends with the first listed time that has eps_g at most this; 0: never */
    bool gradient_flow;  /* of theory only: without the term in eta_w^2, the noise of SGD */
    double averages_tol; /* of theory's averages without closed form (theory/gauss.h,
                            ov_gauss_set_tol); 0: as they are */
};

static inline size_t ov_problem_batch(const struct ov_problem *p)
{
    return p->batch > 0 ? p->batch : 1;
}

/* What both learning rates are multiplied by in step mu, from 0. */
static inline double ov_problem_scale(const struct ov_problem *p, uint64_t mu)
{
    return p->schedule.kind == OV_DECAY_NONE
               ? 1.0
               : ov_schedule_scale(&p->schedule, (double)mu / (double)p->N);
}

/* Copies of arrays are the caller's to make; this frees T, w_star, v_star, Q, R, w, own, v,
 * schedule.at, blocks. NULL-safe. */
void ov_problem_free(struct ov_problem *p);

/* Checks ranges and consistency.
 *   out  key   the experiment.yaml key at fault, with dots ("N", "init.Q", "teacher.T"),
 *              a string constant; only written on error; may be NULL
 * Errors (OV_EUSER): K, M < 1; 0 < N < ov_problem_least_N, or N = 0 where weights are needed (a
 * random start or a random teacher); non-finite or negative eta_w, eta_v, sigma, decay, std; a
 * schedule out of its ranges; T not PSD or with a zero diagonal; T, R, Q not jointly PSD; a given Q
 * or R with a teacher that is random or whose weights are given. */
OV_NODISCARD enum ov_status ov_problem_check(const struct ov_problem *p, const char **key,
                                             struct ov_error *err);

/* Relative to the largest T_mm or Q_kk: the smallest eigenvalue that counts as not negative, that of
 * given overlaps that were rounded to six digits, and the most that those are moved. */
#define OV_PROBLEM_EXACT 1e-9
#define OV_PROBLEM_ROUNDED 1e-5
#define OV_PROBLEM_MOVED 1e-4

/* Given overlaps that are a covariance up to rounding, smallest eigenvalue of the joint matrix from
 * -OV_PROBLEM_ROUNDED to -OV_PROBLEM_EXACT, become one (ov_overlaps_project): Q, R and a given T
 * change. All else is left as it is, also where an entry would move by more than OV_PROBLEM_MOVED.
 *   out  moved  the largest change of an entry; 0 where nothing changed
 *   in   p      T, Q, R finite, of sizes that fit K and M
 * Returns OV_OK, also for what is no covariance (see ov_problem_check), or OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_problem_project(double *moved, struct ov_problem *p);

/* The least input dimension: K + M where overlaps are embedded exactly, M where the students' weights
 * are drawn or given (1 if the teacher's are, too), M + 1 where their directions outside of the teacher's
 * subspace are. */
size_t ov_problem_least_N(const struct ov_problem *p);

/* True if the initial overlaps (T included) do not depend on the seed. */
bool ov_problem_start_is_fixed(const struct ov_problem *p);

/* ---- rows: what theory and simulation both hand out ----
 * A row is [alpha, eps_g, moving numbers (model/overlaps.h)]. */
static inline size_t ov_row_width(size_t K, size_t M)
{
    return 2 + ov_overlaps_moving(K, M);
}

/* Does a run end with this eps_g? */
static inline bool ov_problem_stops(const struct ov_problem *p, double eps_g)
{
    return eps_g <= p->stop && p->stop > 0.0;
}

/* Column name of entry i of a row: "alpha", "eps_g", "Q_0_0", … */
void ov_row_column(char name[32], size_t i, size_t K, size_t M);

/* A problem's rows: of inputs in blocks Q and R are those of the fields, and with blocks->in_rows what
 * Q and R each block has follows, block by block: "Q_0_0_b0", …, "R_0_0_b0", …, "Q_0_0_b1", … */
static inline size_t ov_problem_row_width(const struct ov_problem *p)
{
    size_t L = p->blocks && p->blocks->in_rows ? p->blocks->L : 0;
    return ov_row_width(p->K, p->M) + L * (ov_sym_size(p->K) + p->K * p->M);
}

void ov_problem_row_column(char name[32], size_t i, const struct ov_problem *p);

/* The same of a simulation on Gaussian inputs: behind these the columns of labels that are signs. */
static inline size_t ov_measured_width(const struct ov_problem *p)
{
    return ov_problem_row_width(p) + (p->labels.sign ? OV_SIGN_COLUMNS : 0);
}

#endif
