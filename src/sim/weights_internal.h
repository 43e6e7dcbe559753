/* SPDX-License-Identifier: MIT
 *
 * What the files of engine `weights` share: the state of a run, where its inputs come from
 * (weights_inputs.c), the ways to make a step (weights_plain.c, weights_fast.c for one input,
 * weights_batch.c for several), means over sets of inputs (weights_error.c), what is saved
 * (weights_resume.c) and the inner loops of the fast ways (weights_kernels.c).
 */
#ifndef OVERLAP_SIM_WEIGHTS_INTERNAL_H
#define OVERLAP_SIM_WEIGHTS_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "overlap/model/problem.h"
#include "overlap/num/philox.h"
#include "overlap/num/simd.h"
#include "overlap/sim/weights.h"

struct ov_weights_ahead;
struct ov_weights_batch;
struct ov_weights_kernels;
struct ov_weights_manifold;

/* Errors that are means over a set of inputs: of a test set, its standard error, the same of the
 * signs' errors, of the training set. What is not asked for is 0. */
enum {
    OV_WEIGHTS_TEST,
    OV_WEIGHTS_TEST_SE,
    OV_WEIGHTS_TEST_C,
    OV_WEIGHTS_TEST_C_SE,
    OV_WEIGHTS_TRAINING,
    OV_WEIGHTS_ERRORS
};

struct ov_weights_state {
    const struct ov_problem *p;
    const struct ov_inputs *in; /* never NULL */
    size_t batch;
    struct ov_philox input, noise, shuffle;
    double *block;           /* owned; everything down to root_c stands in it */
    double *w;               /* (K,N) */
    double *w_star;          /* (M,N), on a hidden manifold (M,D) */
    double *v;               /* (K) */
    double *x;               /* (N) the plain way's input */
    double *lambda, *g, *dg; /* (K) rounded up to eights: fields, g and g' of them */
    double *v_step;          /* (K) what a step takes off v */
    double *push;            /* (batch,K) the plain way's */
    double *u;               /* owned; (K,N) velocity of w, then (K) of v; NULL without momentum */
    double *root_c;          /* (N) square roots of the spectrum; NULL if it is flat */
    double *root_rate;       /* owned; (N) w stands here divided by it; NULL: all 1 */
    uint64_t *mu;            /* owned; (batch) which inputs the plain way's step takes */
    uint32_t *order;         /* owned; (samples) in which they are gone through; NULL: not needed */
    double *
        set; /* owned; (samples,N+1) their inputs and their noise, NaN: not drawn yet; NULL: none kept */
    uint64_t order_epoch;                       /* whose order this is; 0: none yet */
    uint64_t step;                              /* how many steps have been made */
    const struct ov_weights_kept *kept;         /* NULL: none */
    size_t n_kept;                              /* how many of them are there */
    struct ov_overlaps before, now;             /* of two neighbouring steps, the second one this */
    struct ov_overlaps before_parts, now_parts; /* of the blocks, where rows have them */
    double before_error[OV_WEIGHTS_ERRORS], now_error[OV_WEIGHTS_ERRORS];
    const struct ov_weights_kernels *kernel; /* NULL: the plain way */
    struct ov_weights_ahead *ahead;          /* owned; the fast way's for one input, else NULL */
    struct ov_weights_manifold *manifold;    /* owned; of inputs on a hidden one, else NULL */
    struct ov_weights_batch *together;       /* owned; the fast way's for several, else NULL */
};

/* The first place of a vector of eight at or after p, which has seven numbers to spare. */
static inline double *ov_weights_aligned(double *p)
{
    return p + (64 - (uintptr_t)p % 64) % 64 / sizeof *p;
}

/* The dimension of the teachers' weights. */
static inline size_t ov_weights_teacher_N(const struct ov_weights_state *r)
{
    return r->in->manifold ? r->in->manifold->D : r->p->N;
}

/* The size of the test set, if there is one. */
static inline uint64_t ov_weights_tests(const struct ov_inputs *in)
{
    return in->test ? in->test->n : in->manifold ? in->tests : 0;
}

/* How many numbers n take in whole eights. */
static inline size_t ov_weights_eights(size_t n)
{
    return (n + 7) / 8 * 8;
}

/* ---- inputs ---- */

/* Which input the one number j of a run is (0, 1, …; a step takes the next `batch` of them): j
 * itself, or one of the training set. Asked for in the order of j, or from anywhere once. */
uint64_t ov_weights_sample(struct ov_weights_state *r, uint64_t j);

/* Elements from … from + n - 1 of input mu; `from` is a multiple of 4. */
void ov_weights_input(double *x, const struct ov_weights_state *r, uint64_t mu, size_t from,
                      size_t n);

/* Of inputs on a hidden manifold, F and the last few of them; NULL: memory. */
struct ov_weights_manifold *ov_weights_manifold_create(const struct ov_problem *p,
                                                       const struct ov_hidden_manifold *h,
                                                       uint64_t key);
void ov_weights_manifold_free(struct ov_weights_manifold *m); /* NULL-safe */

/* Input mu, whole, or that of the test set; then c (D) of this one, and of those of the three inputs
 * before it that are in the same four. */
void ov_weights_manifold_input(double *x, const struct ov_weights_state *r, uint64_t mu, bool test);
const double *ov_weights_hidden(const struct ov_weights_state *r, uint64_t mu);

/* Q, R and T: the covariances of the fields. Returns OV_OK or OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_weights_manifold_measure(struct ov_overlaps *o,
                                                        const struct ov_weights_state *r);

/* zeta of input mu's label. */
double ov_weights_noise(const struct ov_weights_state *r, uint64_t mu);

/* The label of input mu where labels are signs, from the teacher's output. */
double ov_weights_sign(const struct ov_weights_state *r, double phi_star, uint64_t mu);
/* Of p->blocks, if there are any: sets root_c unless a spectrum is given, and takes w and w_star into
 * the coordinates of the directions. Images stay in theirs.
 * Returns OV_OK, OV_ENOMEM, or OV_EDOM for blocks that do not say what each direction's variance is. */
OV_NODISCARD enum ov_status ov_weights_blocks_start(struct ov_weights_state *r,
                                                    struct ov_error *err);

/* ---- steps ---- */

/* A way to make one step: moves w and v, adds 1 to r->step, returns Delta = phi - y, of a batch the
 * largest in size, or NaN if one is NaN. */
typedef double ov_weights_step(struct ov_weights_state *r);
ov_weights_step ov_weights_step_plain, ov_weights_step_fast, ov_weights_step_batch;

/* Of two Delta, the larger in size, or NaN. */
static inline double ov_weights_worse(double a, double b)
{
    bool larger = !((b < 0 ? -b : b) <= (a < 0 ? -a : a));
    return larger && a == a ? b : a;
}

/* v_k loses `step`, or gathers it, after its decay. paper.md eq:sgd, eq:momentum */
static inline void ov_weights_move_v(struct ov_weights_state *r, size_t k, double keep, double step)
{
    if (!r->u) {
        r->v[k] = keep * r->v[k] - step;
        return;
    }
    double *u = r->u + r->p->K * r->p->N + k;
    *u = r->p->momentum * *u - step;
    r->v[k] = keep * r->v[k] + *u;
}

/* The state of the fast ways; released by ov_weights_…_free, which are NULL-safe. NULL: memory. */
struct ov_weights_ahead *ov_weights_ahead_create(const struct ov_problem *p, enum ov_simd level);
void ov_weights_ahead_free(struct ov_weights_ahead *a);
struct ov_weights_batch *ov_weights_batch_create(const struct ov_problem *p, enum ov_simd level);
void ov_weights_batch_free(struct ov_weights_batch *b);

/* g, and g' too unless dg is NULL, of n fields; the arrays have room for whole eights. */
void ov_weights_units(const struct ov_weights_kernels *kernel, const struct ov_activation *act,
                      double *g, double *dg, const double *field, size_t n);

/* ---- measuring ---- */

/* Q, R, T and v: of the weights, or for coloured inputs of root_c w, the covariances of fields.
 * Returns OV_OK or OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_weights_measure(struct ov_overlaps *o,
                                               const struct ov_weights_state *r);

/* Q, R and T of each block; nothing where rows do not have them (o->block is NULL).
 * Returns OV_OK, OV_ENOMEM or OV_EDOM. */
OV_NODISCARD enum ov_status ov_weights_measure_blocks(struct ov_overlaps *o,
                                                      const struct ov_weights_state *r,
                                                      struct ov_error *err);

/* The errors that this run has. Returns OV_OK or OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_weights_errors(double error[OV_WEIGHTS_ERRORS],
                                              const struct ov_weights_state *r);

/* ---- what is kept ---- */

/* Hands out the teacher's weights; and the student's, if they are to be kept with row number `row`,
 * which has just been measured. */
void ov_weights_keep_teacher(const struct ov_weights_state *r);
void ov_weights_keep(struct ov_weights_state *r, size_t row);

/* ---- what is saved ---- */

/* The state after a step, and the rows measured so far: (n_row, width). */
void ov_weights_save(const struct ov_weights_state *r, uint64_t key, const double *rows,
                     size_t n_row, size_t width, const struct ov_tick *tick);

/* Goes on from what the tick found, if that is of this run (else nothing happens).
 *   out  rows   (up to n_alpha, width)
 * Returns how many rows are there. */
size_t ov_weights_resume(struct ov_weights_state *r, uint64_t key, double *rows, size_t n_alpha,
                         size_t width, const struct ov_tick *tick);

/* ov_weights_run_inputs the fast way at a given level, which the CPU must have; the inputs may be
 * NULL. */
OV_NODISCARD enum ov_status ov_weights_run_at(enum ov_simd level, double *rows,
                                              const struct ov_problem *p,
                                              const struct ov_inputs *in, uint64_t key,
                                              const double *alpha, size_t n_alpha,
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

/* The sum of eight partial sums, in the order of num/dot.h. */
static inline double ov_weights_total(const double sum[8])
{
    return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

#endif
