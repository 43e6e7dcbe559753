/* SPDX-License-Identifier: MIT
 *
 * Up to LAW_LANES runs side by side: every quantity is an array of lanes, one a run, and no lane
 * ever looks at another. Lanes without a run hold a network of zeros.
 */
#ifndef OVERLAP_SIM_LAW_GROUP_INTERNAL_H
#define OVERLAP_SIM_LAW_GROUP_INTERNAL_H

#include <stdbool.h>

#include "overlap/model/overlaps.h"
#include "overlap/model/problem.h"

enum { LAW_LANES = 8 };

/* Streams of the run's key, beyond enum ov_stream. */
enum { LAW_STREAM_STEP = 16, LAW_STREAM_RETRY = 32 };

/* Block l's fresh proposals of chi^2 are in streams LAW_STREAM_RETRY + l LAW_BLOCK_STREAMS, … */
enum { LAW_BLOCK_STREAMS = 0x10000, LAW_MOST_BLOCKS = 0xffff };

/* A step's normals, in this order: of each block its z (columns) and, if its factor is a triangle,
 * three for chi^2; then the label noise. */
enum { LAW_CHI_NORMALS = 3 };

/* Squared lengths: r^2 ~ chi^2 of `dof`. From four degrees of freedom on by Marsaglia & Tsang
 * (ACM Trans. Math. Softw. 26, 363, 2000): r^2 = 2 d (1 + c x)^3, x ~ N(0,1). */
struct law_chi {
    size_t dof;
    double d, c;    /* dof/2 - 1/3, 1/sqrt(9 d) */
    double squeeze; /* accepted at once where E >= squeeze x^4; 1e300: practically never */
    uint32_t retry; /* stream of the first fresh proposal */
};

/* Coordinates A of all weights in one block of directions, C^(l) = A A', and in a frame of as many
 * of them as that takes. With P directions or more A is a lower triangle, the teachers' directions
 * first: packed LT and LQ, and LR between them. With fewer no input has a part outside of the
 * frame: nothing is rotated, and the students' rows are whole, (K,columns) at LR. Without
 * p->blocks there is one of N directions. */
struct law_factor {
    bool is_triangle;
    size_t columns;       /* P, or the block's directions if they are fewer */
    size_t students;      /* numbers in the students' rows */
    double root_weight;   /* the fields' part is root_weight A z; paper.md eq:blocks */
    double push;          /* rows of A move by push e_k (z, r); 0: they only decay */
    struct law_chi chi;   /* of a triangle: r^2, with what is outside of the frame */
    double *LT, *LR, *LQ; /* packed (M,M); (K,M); packed (K,K) or NULL */
    double *z;            /* its numbers of this step, in the group's z */
};

struct law_group {
    const struct ov_problem *p;
    size_t K, M, P, n_run; /* P = K + M; n_run <= LAW_LANES of the lanes are runs */
    uint64_t key[LAW_LANES];
    size_t L;                   /* blocks; 1 without p->blocks */
    struct law_factor *factor;  /* owned; (L) */
    uint64_t step;              /* steps made */
    size_t slots, zeta;         /* normals of a step, in whole blocks; which is the label noise */
    size_t ahead;               /* steps that `normal` has room for */
    uint64_t drawn_from, drawn; /* and has: steps drawn_from … drawn_from + drawn - 1 */
    double *normal;             /* owned; (LAW_LANES, ahead, slots) */
    double *block;              /* owned; everything below stands in it, (…, LAW_LANES): first all
                                   factors, v and v_star, which are the state */
    size_t state;               /* numbers of a lane's state */
    double *v, *v_star;         /* (K), (M) */
    double *z;                  /* (slots) this step's normals */
    double *x, *part;           /* (P) fields: nu, then lambda; a block's part of them */
    double *g, *dg;             /* (P), (K) */
    double *e, *own_e;          /* (K); in units of a block */
    double *length;             /* (K + 1) */
    double *versin_z, *sin_z;   /* (K) 1 - cos and sin of the input's rotations */
    double *versin_f, *sin_f;   /* (K) and of those that take f back */
    struct ov_overlaps now[LAW_LANES];   /* measured; T and v_star as they always are */
    struct ov_overlaps parts[LAW_LANES]; /* (L blocks) of p->blocks only */
};

/* ---- factors (law_factor.c) ---- */

/* Of this many directions, weight and drift 1; without a place yet. */
struct law_factor ov_law_factor_of(size_t directions, size_t P);

/* Those of the problem, *L of them, owned by the caller. OV_OK, OV_ENOMEM, or OV_EDOM for N < P
 * without blocks, blocks that share directions, or of sizes that are no whole numbers. */
OV_NODISCARD enum ov_status ov_law_factors_create(struct law_factor **f, size_t *L,
                                                  const struct ov_problem *p, struct ov_error *err);

/* Normals of a step. */
size_t ov_law_factor_normals(const struct law_factor *f);

/* Numbers of a lane's state: all factors, v and v_star. */
size_t ov_law_state_size(const struct ov_problem *p);

/* Gives it its place from `at` on; returns what is behind it. */
double *ov_law_factor_place(struct law_factor *f, double *at, size_t K, size_t M);

/* A lane from its overlaps in this block (L = 1); C packed (P,P) and A (P,P) are room.
 * OV_OK, OV_ENOMEM, or OV_EDOM for what is no covariance, or of more directions than there are. */
OV_NODISCARD enum ov_status ov_law_factor_set(struct law_factor *f, size_t lane,
                                              const struct ov_overlaps *o, double *C, double *A,
                                              struct ov_error *err);

/* Q and R of a lane. */
void ov_law_factor_measure(struct ov_overlaps *o, const struct law_factor *f, size_t lane);

/* ---- groups ---- */

/* Runs with these keys at their start. p must outlive the group. n_run <= LAW_LANES, N >= P.
 * Returns OV_OK, OV_ENOMEM or OV_EDOM; *s is safe to free in any case. */
OV_NODISCARD enum ov_status ov_law_group_create(struct law_group *s, const struct ov_problem *p,
                                                const uint64_t *key, size_t n_run,
                                                struct ov_error *err);
void ov_law_group_free(struct law_group *s);

/* The moving numbers of lane l's state into s->now[l], and its blocks' into s->parts[l]. */
void ov_law_group_measure(struct law_group *s, size_t l);

/* Lane l becomes one without a run: a network of zeros. */
void ov_law_group_empty(struct law_group *s, size_t l);

/* Turns y, the teacher's outputs of all lanes, into the signs that are this step's labels. */
void ov_law_group_signs(const struct law_group *s, double y[LAW_LANES]);

/* Makes up to n steps, until one has an error |Delta| so large that the caller should look whether
 * the state still is within bounds. Returns how many were made; *alarm tells of the latter. */
uint64_t ov_law_group_advance(struct law_group *s, uint64_t n, bool *alarm);

/* dof = 0 is r = 0; any number up to 2^53 is exact. */
struct law_chi ov_law_chi_of(size_t dof);

/* r^2 of a step of the run with this key, where the squeeze does not decide: from the step's own
 * three normals, then from fresh ones until a proposal is accepted. */
double ov_law_chi_carefully(const struct law_chi *chi, uint64_t key, uint64_t step,
                            const double normal[LAW_CHI_NORMALS]);

#endif
