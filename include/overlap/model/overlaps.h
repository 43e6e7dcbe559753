/* SPDX-License-Identifier: MIT
 *
 * The order parameters of student (K units) and teacher (M units), paper.md eq:overlaps:
 *     Q_kl = w_k.w_l/N,  R_km = w_k.w*_m/N,  T_mn = w*_m.w*_n/N,  v_k,  v*_m.
 * One allocation with named views. What moves comes first, in the order of the tables' columns:
 *     block = [ Q | R | v | T | v_star ].
 * Of inputs in blocks (model/blocks.h) Q, R and T are there once for each of L blocks, one block after
 * the other: Q (L, packed (K,K)), and so on; functions below that take a covariance want L = 1.
 */
#ifndef OVERLAP_MODEL_OVERLAPS_H
#define OVERLAP_MODEL_OVERLAPS_H

#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/model/blocks.h"
#include "overlap/num/sym.h"

struct ov_overlaps {
    size_t L, K, M; /* L = 1 unless made by ov_overlaps_create_blocks */
    double *block;  /* owned; (ov_overlaps_size(K,M)), or (ov_overlaps_size_blocks(L,K,M)) */
    double *Q;      /* packed (K,K), num/sym.h */
    double *R;      /* (K,M) row-major */
    double *v;      /* (K) */
    double *T;      /* packed (M,M) */
    double *v_star; /* (M) */
};

/* How many numbers move: K(K+1)/2 + K M + K. They are block[0 … n_moving). */
static inline size_t ov_overlaps_moving(size_t K, size_t M)
{
    return ov_sym_size(K) + K * M + K;
}

/* Size of the whole block. */
static inline size_t ov_overlaps_size(size_t K, size_t M)
{
    return ov_overlaps_moving(K, M) + ov_sym_size(M) + M;
}

/* The same numbers for L blocks. */
static inline size_t ov_overlaps_moving_blocks(size_t L, size_t K, size_t M)
{
    return L * (ov_sym_size(K) + K * M) + K;
}

static inline size_t ov_overlaps_size_blocks(size_t L, size_t K, size_t M)
{
    return ov_overlaps_moving_blocks(L, K, M) + L * ov_sym_size(M) + M;
}

/* All zero. Returns OV_OK or OV_ENOMEM (then *o is safe to free). K, M >= 1. */
OV_NODISCARD enum ov_status ov_overlaps_create(struct ov_overlaps *o, size_t K, size_t M);
OV_NODISCARD enum ov_status ov_overlaps_create_blocks(struct ov_overlaps *o, size_t L, size_t K,
                                                      size_t M);
void ov_overlaps_free(struct ov_overlaps *o); /* NULL-safe, twice-safe */

/* The joint covariance of the fields (nu_0 … nu_M-1, lambda_0 … lambda_K-1), teacher first:
 *     C = [T R'; R Q].
 *   out  C   packed (M+K,M+K) */
void ov_overlaps_covariance(double *C, const struct ov_overlaps *o);

/* The overlaps of the fields, weighted sums over the blocks of `parts`.
 *   out  o      created with K and M, L = 1; all of it is written */
void ov_overlaps_total(struct ov_overlaps *o, const struct ov_overlaps *parts,
                       const struct ov_blocks *b);

/* Those of block l, with v and v_star. o and parts as above. */
void ov_overlaps_of_block(struct ov_overlaps *o, const struct ov_overlaps *parts, size_t l);

/* Overlaps of given weights.
 *   out  o       Q, R, T (created with K and M); v and v_star are not touched
 *   in   w       (K,N) row-major;  w_star (M,N) row-major
 * Sums run in a fixed order: the same bits everywhere. */
void ov_overlaps_measure(struct ov_overlaps *o, const double *w, const double *w_star, size_t N);

/* The same in blocks.
 *   out  o          Q, R, T of each block (created with L of b, K and M)
 *   in   w, w_star  (K,N), (M,N) in the coordinates of the directions of b, which has some
 * Returns OV_OK, OV_ENOMEM, or OV_EDOM for blocks without whole directions (model/blocks.h). */
OV_NODISCARD enum ov_status ov_overlaps_measure_blocks(struct ov_overlaps *o, const double *w,
                                                       const double *w_star,
                                                       const struct ov_blocks *b,
                                                       struct ov_error *err);

/* Q and R of each block as rows have them: L times [Q | R] (model/problem.h). */
void ov_overlaps_blocks_row(double *row, const struct ov_overlaps *o);

/* Block l alone: views into o, which owns them. */
struct ov_overlaps ov_overlaps_block(const struct ov_overlaps *o, size_t l);

/* Checks that everything is finite and C is positive semi-definite, to a relative 1e-9.
 * Returns OV_OK, or OV_EDOM with what is wrong ("Q_1_1 is not finite", "the joint matrix of
 * T, R, Q is not positive semi-definite: smallest eigenvalue -0.25"). */
OV_NODISCARD enum ov_status ov_overlaps_check(const struct ov_overlaps *o, struct ov_error *err);

/* The same of overlaps in blocks: of the fields', and unless blocks are signed of each block's ("block 2: …"),
 * to as much as counts in the fields: blocks may be smaller than a solver's tolerance.
 * b NULL: as ov_overlaps_check. OV_EDOM also for another number of blocks; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_overlaps_check_blocks(const struct ov_overlaps *o,
                                                     const struct ov_blocks *b,
                                                     struct ov_error *err);

/* Puts overlaps that are not quite those of any weights where C is positive semi-definite to
 * rounding: T and the students' part outside of the teachers' span, Q - R T^+ R', lose what is
 * negative in them, R what is outside of the range of T. Regular teachers and R are not touched;
 * what is a covariance stays as it is, up to rounding where it is singular. The same bits on every
 * machine.
 *   in/out  o      Q, R, T
 *   out     moved  the largest change of an entry by one of those
 * Returns OV_OK, OV_EDOM for a non-finite entry, or OV_ENOMEM (o is then undefined). */
OV_NODISCARD enum ov_status ov_overlaps_project(struct ov_overlaps *o, double *moved);

/* Column name of moving number i: "Q_1_0", "R_0_2", "v_3". i < ov_overlaps_moving. */
void ov_overlaps_column(char name[32], size_t i, size_t K, size_t M);

/* The bound of both sides for "diverges": an entry is not finite or some Q_kk or v_k^2 is above
 * 1e12. y: the moving numbers. Returns nonzero if so. */
int ov_overlaps_diverged(const double *y, size_t K, size_t M);

#endif
