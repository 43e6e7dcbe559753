/* SPDX-License-Identifier: MIT
 *
 * Gaussian inputs whose directions have different variances (paper.md eq:blocks). In the eigenbasis
 * of their covariance x_i ~ N(0, rho_i). A block is a set of directions; to each belong overlaps
 * C^(l)_ab = sum_i e_li w_ai w_bi/N of all P = M + K vectors, with e_li = 1 for the directions of
 * block l. The fields have the covariance
 *
 *     C = sum_l weight_l C^(l),
 *
 * block l drifts at the rate drift_l and has SGD's noise noise_l. Of a block of directions of
 * variance rho, a share f of all, at p times the learning rate (a preconditioner; else p = 1):
 * weight = rho, drift = p rho, noise = f p^2 rho. An invisible block belongs to teachers of which
 * inputs show a part only: weight 1, drift and noise 0.
 *
 * Blocks may be signed: e_li the value at direction i of a polynomial in ln rho. Then only C is a
 * covariance, and shares may be negative.
 */
#ifndef OVERLAP_MODEL_BLOCKS_H
#define OVERLAP_MODEL_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"

struct ov_blocks {
    size_t L, N;                    /* N = 0: in the limit, without directions */
    double *block;                  /* owned; the five views below */
    double *share;                  /* (L) f_l: sum 1 without invisible blocks, whose share is 0 */
    double *variance;               /* (L) rho_l; 0 for invisible ones */
    double *weight, *drift, *noise; /* (L) as above */
    bool is_signed;
    bool in_rows;        /* rows have each block's Q and R, too (model/problem.h) */
    bool start_is_given; /* in blocks: T, R, Q below; else block l of a fixed start has share f_l of
                            each overlap, and that of a random one is measured */
    double *T;           /* owned; (L, packed (M,M)); start_is_given only, else NULL */
    double *R;           /* owned; (L, K, M) */
    double *Q;           /* owned; (L, packed (K,K)) */
    double *direction;   /* owned; (N) rho_i of direction i; NULL if N = 0 */
    double *member; /* owned; (L,N) e_li; NULL: block l is the share_l N directions behind those
                            of the blocks before it */
    double *basis;  /* owned; (N,N), row i: direction i in the coordinates in which weights are
                            drawn; NULL: the same coordinates */
};

/* L blocks, all zero, without directions. OV_OK or OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_blocks_create(struct ov_blocks **b, size_t L);
void ov_blocks_free(struct ov_blocks *b); /* NULL-safe */

/* Makes block l one of variance rho, a share f, at `rate` times the learning rate. */
void ov_blocks_set(struct ov_blocks *b, size_t l, double rho, double f, double rate);
/* Makes block l an invisible one. */
void ov_blocks_set_invisible(struct ov_blocks *b, size_t l);

/* How many directions block l has, share_l N to the nearest whole number. */
size_t ov_blocks_directions(const struct ov_blocks *b, size_t l);

/* Whether each direction belongs to one block. OV_OK, or OV_EDOM for blocks that share directions,
 * or whose sizes are no whole numbers that add up to N >= 1. */
OV_NODISCARD enum ov_status ov_blocks_check_apart(const struct ov_blocks *b, struct ov_error *err);

/* Which one.
 *   out  block  (N)
 * Returns as ov_blocks_check_apart. */
OV_NODISCARD enum ov_status ov_blocks_of_directions(size_t *block, const struct ov_blocks *b,
                                                    struct ov_error *err);

/* Rows of weights from the coordinates in which they are drawn to those of the directions, and
 * back; plain copies without a basis.
 *   out  to    (rows,N) row-major, apart from `from`
 *   in   from  (rows,N) */
void ov_blocks_to_directions(double *to, const struct ov_blocks *b, const double *from,
                             size_t rows);
void ov_blocks_from_directions(double *to, const struct ov_blocks *b, const double *from,
                               size_t rows);

/* sum_l share_l rho_l, and sum_l share_l rho_l^2. */
double ov_blocks_mean(const struct ov_blocks *b);
double ov_blocks_mean_square(const struct ov_blocks *b);

/* total (n) = sum_l weight_l part_l, part (L,n). */
void ov_blocks_total(double *total, const struct ov_blocks *b, const double *part, size_t n);

#endif
