/* SPDX-License-Identifier: MIT
 *
 * The noise of one step, by quadrature over the fields: B and c of theory/fluctuations.h.
 */
#ifndef OVERLAP_THEORY_FLUCTUATIONS_NOISE_INTERNAL_H
#define OVERLAP_THEORY_FLUCTUATIONS_NOISE_INTERNAL_H

#include <stdbool.h>

#include "overlap/theory/fluctuations.h"

enum { OV_NOISE_MOST_FIELDS = 40 };

/* Nodes and scratch memory of one problem. */
struct ov_noise {
    const struct ov_problem *p;
    size_t P, n, n_Q, n_node;       /* n numbers that move, the first n_Q are Q, of all blocks */
    double *z;                      /* (n_node,P) */
    double *weight;                 /* (n_node), sum 1 */
    double *block;                  /* owned; the views below */
    double *C, *L;                  /* packed (P,P); (P,P) */
    double *x, *g;                  /* (P) fields and activations */
    double *E;                      /* (K) eta_w v_k g'(lambda_k) */
    double *a, *b;                  /* (n) F = u a + u^2 b, b zero beyond Q */
    double *t, *q;                  /* (n) */
    double *mean;                   /* (n) of F */
    double *linear;                 /* (n_Q) < u a > over Q, with decay */
    struct ov_noise_blocks *blocks; /* owned; NULL for inputs of one variance */
};

/* Whether there are nodes for p: not for more than 40 fields, and where Sobol's are the only ones
 * not for quadratic units, whose products are too large for them. */
bool ov_noise_possible(const struct ov_problem *p);

/* p must outlive the result. OV_OK, OV_EDOM (not possible, refine > 3), OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_noise_create(struct ov_noise **w, const struct ov_problem *p,
                                            unsigned refine);
void ov_noise_free(struct ov_noise *w); /* NULL-safe */
size_t ov_noise_nodes(const struct ov_noise *w);

/*   out  B (n,n) row-major, c (n); n = ov_overlaps_moving_blocks(L,K,M)
 * Returns OV_OK, or OV_EDOM where o is not positive semi-definite. */
OV_NODISCARD enum ov_status ov_noise_at(double *B, double *c, struct ov_noise *w,
                                        const struct ov_overlaps *o);

/* Nodes and weights of w. OV_OK, OV_EDOM or OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_noise_make_nodes(struct ov_noise *w, unsigned refine);

/* ---- inputs in blocks (fluctuations_blocks.c) ---- */

OV_NODISCARD enum ov_status ov_noise_blocks_create(struct ov_noise *w);
void ov_noise_blocks_free(struct ov_noise *w); /* NULL-safe */

/* The overlaps of the fields of o, and what blocks have of given fields; NULL where o has none. */
const struct ov_overlaps *ov_noise_blocks_fields(struct ov_noise *w, const struct ov_overlaps *o);

/* a and b of F = u a + u^2 b at the fields of a node: means over what they leave open. */
void ov_noise_blocks_coefficients(struct ov_noise *w);
/* Adds weight_u2 E_k E_j to < e_k e_j >. */
void ov_noise_blocks_add(struct ov_noise *w, double weight_u2);
/* Adds what the fields leave open to B's lower triangle, and the input's length to c. */
void ov_noise_blocks_finish(double *B, double *c, struct ov_noise *w, const struct ov_overlaps *o);

#endif
