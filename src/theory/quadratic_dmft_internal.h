/* SPDX-License-Identifier: MIT
 *
 * What the files of the dynamical mean-field theory of quadratic networks share: a replica, samples
 * of the matrix process that share kernels.
 *
 * Symmetric matrices are vectors of D = d(d+1)/2 numbers, the lower triangle by rows, elements off
 * the diagonal times sqrt 2, so that tr(A B) = a.b.
 */
#ifndef OVERLAP_THEORY_QUADRATIC_DMFT_INTERNAL_H
#define OVERLAP_THEORY_QUADRATIC_DMFT_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "overlap/theory/quadratic_dmft.h"

enum { OV_DMFT_STAGES = 4 };

struct ov_dmft_sample {
    double *W, *next;             /* (d,m) now, and at the stage that is tried; owned */
    double *rate[OV_DMFT_STAGES]; /* (d,m) dW/dt at the stages, the first at W; owned */
    double *y;                    /* (D) Z - Z* at the last evaluation; owned */
    double *B;                    /* (room,D) directions; owned */
    double *A;                    /* (room,D) 2 B + G/sqrt(alpha); owned */
};

struct ov_dmft_replica {
    const struct ov_dmft *p;
    size_t d, m, D, n_sample;
    uint64_t key;                  /* sample i has key + i */
    double noise;                  /* sqrt(Delta) */
    double keep;                   /* the least part of a direction that is kept */
    struct ov_dmft_sample *sample; /* (n_sample) owned */
    double *z_star;                /* (d) the teacher, diagonal; owned */
    double *M;                     /* (d,d) work; owned */
    double *z;                     /* (D) work; owned */
    size_t room, J;                /* directions: allocated, set */
    double *U;                     /* (room,room) 1 + U, lower triangular; owned */
    double *beta;                  /* (room) what the label noise is of each direction; owned */
    double *F, *L;                 /* (room) rows of F and of Gam F at the last evaluation; owned */
    double *more;                  /* (room) work; owned */
    double K;                      /* 2 C + Delta there */
    double t, h;                   /* now, and the step to try */
    uint64_t n_evaluated;
};

/* Start and teacher. OV_ENOMEM, OV_ENUMERIC; released by ov_dmft_replica_free whatever comes. */
OV_NODISCARD enum ov_status ov_dmft_replica_create(struct ov_dmft_replica *r,
                                                   const struct ov_dmft *p, size_t d,
                                                   size_t n_sample, uint64_t key,
                                                   struct ov_error *err);
void ov_dmft_replica_free(struct ov_dmft_replica *r);

/* Room for one more direction. OV_ENOMEM, OV_ENUMERIC. */
OV_NODISCARD enum ov_status ov_dmft_replica_grow(struct ov_dmft_replica *r, struct ov_error *err);

/* rate[stage] of all samples at W (stage 0) or next, with F, L and K there. OV_ENUMERIC,
 * OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_dmft_evaluate(struct ov_dmft_replica *r, size_t stage,
                                             struct ov_error *err);

/* To time t >= r->t. OV_ENUMERIC, OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_dmft_flow_to(struct ov_dmft_replica *r, double t,
                                            const struct ov_tick *tick, struct ov_error *err);

#endif
