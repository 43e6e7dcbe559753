/* SPDX-License-Identifier: MIT
 *
 * ReLU students with ReLU teachers: what the contraction and its derivatives share. Fields are
 * standardised: R correlations, sd standard deviations; a field of length zero has R = 0.
 */
#ifndef OVERLAP_THEORY_GAUSS_RELU_INTERNAL_H
#define OVERLAP_THEORY_GAUSS_RELU_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "gauss_internal.h"

enum { OV_RELU_RULES = 4, OV_RELU_MOST_NODES = 24, OV_RELU_MOST_SLOTS = 52 };

/* Two fields. */
struct ov_relu_pair {
    double R, open, s;    /* r; 1 - |r|, exact; sqrt(1 - r^2) */
    double sign, off;     /* +-1, and 1 - |r| with that sign */
    double inverse;       /* 1/s, 0 for s = 0 */
    double angle;         /* asin r */
    double along, across; /* 1/|x + y|, 1/|x - y| of unit vectors with r >= 0; across 0 for r = 1 */
    double T;             /* tan of half their angle */
};

/* Nodes on [-1,1] and weights; the last rule is graded, on [0,1]. */
struct ov_relu_rule {
    size_t n;
    double at[OV_RELU_MOST_NODES], weight[OV_RELU_MOST_NODES];
};

struct ov_gauss_relu {
    size_t P;
    double *sd;                /* (P), owned */
    struct ov_relu_pair *pair; /* (P,P), owned */
    struct ov_relu_rule rule[OV_RELU_RULES];
};

OV_NODISCARD enum ov_status ov_gauss_relu_create(struct ov_gauss_relu **x, size_t P);
void ov_gauss_relu_free(struct ov_gauss_relu *x); /* NULL-safe */

/* The pairs of a packed covariance. */
void ov_gauss_relu_load(struct ov_gauss_relu *x, const double *C);

/* R_br - R_qb R_qr of three fields. */
double ov_gauss_relu_part(const struct ov_gauss_relu *x, size_t q, size_t b, size_t r);

/* One to four distinct fields, all of them of some length. */
struct ov_relu_set {
    size_t n, field[4]; /* increasing */
    const struct ov_relu_pair *pair[4][4];
    double R[4][4];  /* zeros beyond n */
    double root_det; /* of a set of four: square root of the determinant of R */
    double P;        /* the probability that all are positive */
    double p[4][4];  /* [q][r]: that the others are, given x_q = x_r = 0 */
    double B[4][4];  /* [q][b]: < x_b delta(x_q) prod of the other theta > */
    double M[4][4];  /* < x_a x_b prod theta > */
};

/* P, p and root_det of a set of four, whose pairs are filled in. */
void ov_gauss_relu_four(struct ov_relu_set *x, const struct ov_gauss_relu *w);

/* Everything of the set x->field; false, and nothing, if one of the fields has no length. */
bool ov_gauss_relu_set(struct ov_relu_set *x, const struct ov_gauss_relu *w);

/* B with all 1/sqrt(1 - r^2) capped, for derivatives. */
void ov_gauss_relu_boundary(struct ov_relu_set *x, double cap);

/* Calls `each` for all sets of one to four fields of which at least one, and all but two, are
 * students. */
typedef void ov_gauss_relu_each(void *ctx, struct ov_relu_set *x);
void ov_gauss_relu_visit(struct ov_gauss *w, ov_gauss_relu_each *each, void *ctx);

#endif
