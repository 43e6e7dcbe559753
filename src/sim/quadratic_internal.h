/* SPDX-License-Identifier: MIT
 *
 * What the files of the simulator of quadratic networks share: an instance with its loss and
 * gradient (quadratic_loss.c), and two ways down (quadratic_lbfgs.c, quadratic_flow.c).
 *
 * Symmetric matrices A are vectors a of D = d(d+1)/2 numbers, the lower triangle by rows, elements
 * off the diagonal times sqrt 2, so that tr(A B) = a.b. A sample's a is a row of Phi.
 */
#ifndef OVERLAP_SIM_QUADRATIC_INTERNAL_H
#define OVERLAP_SIM_QUADRATIC_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "overlap/num/philox.h"
#include "overlap/sim/quadratic.h"

struct ov_qn {
    const struct ov_quadratic_network *p;
    size_t D;
    double *block;           /* owned; everything below stands in it */
    double *W;               /* (d,m) the student */
    double *z_star;          /* (D) the teacher */
    double *noise;           /* (n) what of the labels is noise */
    double *z, *grad;        /* (D) Z, and the loss's gradient by Z, of the last evaluation */
    double *M;               /* (d,d) */
    struct ov_philox random; /* what the samples are drawn from */

    /* The samples as they are; NULL where they are known by their Gram matrix. */
    double *Phi;   /* (n,D) */
    double *y, *r; /* (n) labels, residuals of the last evaluation */

    bool gram;      /* then, with the zeros that vectors and H have beyond D: */
    double *H;      /* Phi' Phi in tiles (quadratic_kernels_internal.h) */
    double *push;   /* Phi' noise */
    double *off;    /* z - z_star */
    double *sample; /* one row of Phi */
    double *panels; /* OV_QN_CHUNK of them */
    uint64_t n_evaluated;
};

/* Whether the Gram matrix is the cheaper way: to a minimum, or to time t of the flow. */
bool ov_qn_gram_to_minimise(const struct ov_quadratic_network *p);
bool ov_qn_gram_to_flow(const struct ov_quadratic_network *p, double t);

/* Draws an instance, the same in both forms but for rounding; gram: n > 0. OV_OK, OV_EDOM, OV_ENOMEM; released by ov_qn_free whatever comes back. */
OV_NODISCARD enum ov_status ov_qn_create(struct ov_qn *q, const struct ov_quadratic_network *p,
                                         bool gram, uint64_t key, struct ov_error *err);
void ov_qn_free(struct ov_qn *q);

/* d loss_reg at W (without d Delta/4 for n = 0), and its gradient G (d,m). */
double ov_qn_value(struct ov_qn *q, double *G, const double *W);

/* What there is to measure at q->W. */
OV_NODISCARD enum ov_status ov_qn_measure(double *row, struct ov_qn *q, struct ov_error *err);

/* ---- a minimum ---- */

enum { OV_QN_HISTORY = 12, OV_QN_LBFGS_VECTORS = 4 + 2 * OV_QN_HISTORY };

/* What L-BFGS knows of the Hessian: the last OV_QN_HISTORY differences of W and of its gradient.
 * Pair number k stands at k % OV_QN_HISTORY. */
struct ov_qn_pairs {
    size_t size, kept;                                 /* numbers each; pairs so far */
    double *step[OV_QN_HISTORY], *turn[OV_QN_HISTORY]; /* (size) borrowed */
    double curvature[OV_QN_HISTORY];                   /* step.turn */
};
/* Takes a pair in if the loss curves upwards along it; else leaves all as it is. */
void ov_qn_pairs_add(struct ov_qn_pairs *p, const double *step, const double *turn);
/* way = -(inverse Hessian) g. */
void ov_qn_pairs_direct(double *way, const struct ov_qn_pairs *p, const double *g);

/* q->W goes to a minimum. OV_ENUMERIC, OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_qn_lbfgs(struct ov_qn *q, const struct ov_tick *tick,
                                        struct ov_error *err);

/* An instance that has gone to a minimum; released by ov_qn_free whatever comes back. q zero
 * before. */
OV_NODISCARD enum ov_status ov_qn_at_minimum(struct ov_qn *q, const struct ov_quadratic_network *p,
                                             uint64_t key, const struct ov_tick *tick,
                                             struct ov_error *err);

/* ---- gradient flow: Dormand & Prince's pair of orders 5 and 4 ---- */

enum { OV_QN_STAGES = 7 };
struct ov_qn_flow {
    struct ov_qn *q;
    double *block;                     /* owned */
    double *rate[OV_QN_STAGES], *next; /* (d m) each; rate[0] is that at q->W */
    double t, h;                       /* now, and the step to try */
};
OV_NODISCARD enum ov_status ov_qn_flow_create(struct ov_qn_flow *f, struct ov_qn *q,
                                              struct ov_error *err);
/* q->W goes to time t >= f->t. OV_ENUMERIC. */
OV_NODISCARD enum ov_status ov_qn_flow_to(struct ov_qn_flow *f, double t,
                                          const struct ov_tick *tick, struct ov_error *err);
void ov_qn_flow_free(struct ov_qn_flow *f);

#endif
