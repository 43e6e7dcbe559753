/* SPDX-License-Identifier: MIT
 *
 * What the files of engine `weights` share: the state of a run, the two ways to make a step
 * (weights_plain.c, weights_fast.c) and the inner loops of the fast one (weights_kernels.c).
 */
#ifndef OVERLAP_SIM_WEIGHTS_ROOM_H
#define OVERLAP_SIM_WEIGHTS_ROOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "overlap/model/problem.h"
#include "overlap/num/philox.h"
#include "overlap/num/simd.h"
#include "overlap/sim/weights.h"

struct ov_weights_ahead;

struct ov_weights_state {
    const struct ov_problem *p;
    struct ov_philox input, noise;
    double *block;                  /* owned; everything below stands in it */
    double *w;                      /* (K,N) */
    double *w_star;                 /* (M,N) */
    double *v;                      /* (K) */
    double *x;                      /* (N) the plain way's input */
    double *lambda, *g, *dg;        /* (K) rounded up to eights: fields, g and g' of them */
    uint64_t step;                  /* how many steps have been made */
    struct ov_overlaps before, now; /* of two neighbouring steps, the second one this */
    struct ov_weights_ahead *ahead; /* owned; the fast way's, else NULL */
};

/* The first place of a vector of eight at or after p, which has seven numbers to spare. */
static inline double *ov_weights_aligned(double *p)
{
    return p + (64 - (uintptr_t)p % 64) % 64 / sizeof *p;
}

/* How many numbers n take in whole eights. */
static inline size_t ov_weights_eights(size_t n)
{
    return (n + 7) / 8 * 8;
}

/* A way to make one step: moves w and v, adds 1 to r->step, returns Delta = phi - y. */
typedef double ov_weights_step(struct ov_weights_state *r);
ov_weights_step ov_weights_step_plain, ov_weights_step_fast;

/* The state of the fast way; released by ov_weights_ahead_free, which is NULL-safe. NULL: memory.
 */
struct ov_weights_ahead *ov_weights_ahead_create(const struct ov_problem *p, enum ov_simd level);
void ov_weights_ahead_free(struct ov_weights_ahead *a);

/* ov_weights_run the fast way at a given level, which the CPU must have. */
enum ov_status ov_weights_run_at(enum ov_simd level, double *rows, const struct ov_problem *p,
                                 uint64_t key, const double *alpha, size_t n_alpha,
                                 const struct ov_tick *tick, struct ov_error *err);

/* ---- the inner loops ----
 * Sums are eight partial sums in the order of num/dot.h: element i goes into sum i mod 8. Pieces
 * of rows may be handed in one after the other as long as all but the last are whole eights. */

enum { OV_WEIGHTS_BATCH = 4 }; /* inputs whose teacher fields are computed together */

struct ov_weights_kernels {
    /* sums (M, OV_WEIGHTS_BATCH, 8) += the products of rows m of w_star with n elements of each x.
     *   in  stride  from one row to the next */
    void (*teach)(double *sums, const double *w_star, size_t M, size_t stride,
                  const double *const x[OV_WEIGHTS_BATCH], size_t n);
    /* w_k = keep w_k + push_k x (keep = 1: w_k + push_k x), and with the new w_k
     * sums (K,8) += w_k next. */
    void (*move)(double *sums, double *w, size_t K, size_t stride, double keep, const double *push,
                 const double *x, const double *next, size_t n);
    /* g, and g' unless dg is NULL, of erf(x/sqrt 2); n in whole eights */
    void (*erf_units)(double *g, double *dg, const double *x, size_t n);
};

extern const struct ov_weights_kernels ov_weights_kernels[OV_SIMD_COUNT];

#endif
