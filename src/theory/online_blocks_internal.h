/* SPDX-License-Identifier: MIT
 *
 * The equations of motion for inputs in blocks (paper.md eq:blocks): what online_blocks*.c share.
 *
 * All that blocks have in common are a few averages of the fields,
 *     a = [ B (K,P) | Nv packed (K,K) | E (K(K+1)/2, P(P+1)/2) | dv (K) ],
 *     B_kc = eta_w v_k D_kc,   Nv_kj = eta_w^2/batch v_k v_j Nz_kj,
 * E in the spiked problem only (eq:spiked), dv unless v is frozen. Given a, each block is linear in
 * itself,
 *     dC^(l) = drift_l (B C^(l) + transposed) + noise_l Nv + drift_l^2 E : C^(l) - decay,
 * the drift of Q times 1 - shrink, and a depends on the totals t = [Q | R | v] of the fields alone.
 */
#ifndef OVERLAP_THEORY_ONLINE_BLOCKS_INTERNAL_H
#define OVERLAP_THEORY_ONLINE_BLOCKS_INTERNAL_H

#include "online_internal.h"

struct ov_online_blocks {
    const struct ov_blocks *b;
    size_t L, K, M, P, S; /* S = K(K+1)/2 */
    size_t D;             /* P(P+1)/2 */
    size_t m;             /* numbers of a block that move: [Q | R] */
    size_t n_t;           /* m, and K for v unless it is frozen */
    size_t n_a, at_Nv, at_E, at_dv;
    bool is_spiked;
    double shrink; /* decay_w/N of the spiked problem, else 0: what a step takes off the weights */
    struct ov_cone **cone; /* owned; (L) of each block's T; NULL where blocks are signed */
    double *block;         /* owned; the views below */
    double *T;             /* (L, packed (M,M)) */
    double *C, *X;         /* (P,P), (K,P) of one block */
    double *a;             /* (n_a) at the point evaluated */
    double *next, *change; /* (L m + K): the point a step later, and what moves it; in_steps only */
    double *slopes; /* (K,P,D+P), (S,D+P): derivatives of G and Nz, and scratch; spiked only */
    struct ov_online_blocks_jacobian *jacobian; /* owned; NULL before it is used */
};

/* For o->p->blocks and a start in as many blocks. OV_OK or OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_online_blocks_create(struct ov_online *o,
                                                    const struct ov_overlaps *start);
void ov_online_blocks_free(struct ov_online *o);

/* Q, R and v of the fields, in o->o, from the integrated numbers y. */
void ov_online_blocks_fields(struct ov_online *o, const double *y);

/* As ov_online_derivatives. */
int ov_online_blocks_derivatives(double *dy, const double *y, struct ov_online *o);

/* Where the fields' covariance is none, each block's nearest one. Nonzero if that moved y. */
int ov_online_blocks_nearest(double *y, struct ov_online *o);

/* ---- parts of the right-hand side, for the Jacobian ---- */

/* The averages at totals t (n_t). */
void ov_online_blocks_averages(double *a, const double *t, struct ov_online *o);

/* Whether these have closed derivatives, and the derivatives (n_a,n_t) by t at the point that they were
 * taken at last. Nonzero without memory. */
bool ov_online_averages_have_slopes(const struct ov_problem *p);
int ov_online_slopes_of_averages(double *rows, struct ov_online *o);

/* dQ (S) and dR (K,M) of block l at Q and R, of averages a; without its decay.
 *   in   T     packed (M,M), NULL: 0
 *   in   noise of the block */
void ov_online_blocks_move(double *dQ, double *dR, struct ov_online_blocks *x, const double *a,
                           const double *Q, const double *R, const double *T, double drift,
                           double noise);

/* ---- the Jacobian, which is block diagonal and of rank n_t besides ---- */

extern const struct ov_ode_linear ov_online_blocks_linear; /* ctx a struct ov_online */

/* All of it, (n,n) row-major. Nonzero if out of memory. */
int ov_online_blocks_jacobian(double *J, struct ov_online *o, const double *y);
/* How many times the averages are taken for one. */
size_t ov_online_blocks_jacobian_averages(const struct ov_problem *p);
void ov_online_blocks_jacobian_free(struct ov_online_blocks_jacobian *j); /* NULL-safe */

#endif
