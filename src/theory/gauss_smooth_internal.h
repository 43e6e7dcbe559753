/* SPDX-License-Identifier: MIT
 *
 * Contraction for smooth students without closed forms and teachers without kinks, and its
 * derivatives. Private to src/theory.
 *     gauss_smooth.c             the averages
 *     gauss_smooth_derivatives.c their derivatives, I2
 *     gauss_smooth_fields.c      the fields given the outer ones, at the nodes
 *     gauss_smooth_nodes.c       the nodes
 *     gauss_gelu.c, gauss_table.c smoothed derivatives of a unit
 */
#ifndef OVERLAP_THEORY_GAUSS_SMOOTH_INTERNAL_H
#define OVERLAP_THEORY_GAUSS_SMOOTH_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "gauss_table_internal.h"
#include "overlap/base/status.h"

struct ov_gauss;

/* Of the averages, unless ov_gauss_set_tol says otherwise. */
#define OV_GAUSS_TOL 1e-9

enum {
    OV_SMOOTH_WIDTH = OV_TERMS_MAX + OV_TERMS_BEYOND,
    OV_LANES = 8, /* nodes that are taken at once */
};

/* ---- rules on a line ---- */

/* Nodes of N(0,1), symmetric about 0. */
struct ov_smooth_rule {
    size_t n;
    double *z, *weight; /* (n) */
};

struct ov_smooth_rules;
OV_NODISCARD enum ov_status ov_smooth_rules_create(struct ov_smooth_rules **r,
                                                   const struct ov_activation *g,
                                                   const struct ov_activation *g_star);
void ov_smooth_rules_free(struct ov_smooth_rules *r); /* NULL-safe */

/* For errors of tol, of numbers of order one; beyond `tail` nothing matters. */
void ov_smooth_rules_set_tol(struct ov_smooth_rules *r, double tol, double tail);

/* For products of two slopes and two values of fields that are s times the node, or less so that
 * the sum of the four squares is 4 s^2. It is the same for s within 10 %. NULL without memory. */
const struct ov_smooth_rule *ov_smooth_rule_for(struct ov_smooth_rules *r, double s);

/* ---- fields ---- */

/* A field given the two outer ones (z,u): mean = on_z z + on_u u, variance v. */
struct ov_smooth_given {
    double on_z, on_u, v;
};

/* g(-x) from g(x): sign g(x) + 2 constant - 2 slope x. Both units of a pair have the same sign, or
 * they have no mirror. */
struct ov_smooth_mirror {
    double sign, constant, slope;
};

/* Student or teacher. */
struct ov_smooth_unit {
    struct ov_smoothing *table;
    bool gelu; /* closed form in place of the table */
    struct ov_smooth_mirror mirror;
};

/* One field at OV_LANES nodes and, if they have a mirror, at those opposite: there D_n is
 * sign (-1)^n D_n, but for n = 0 and 1. */
struct ov_smooth_field {
    double D[OV_SMOOTH_WIDTH][OV_LANES];
    double opposite[2][OV_LANES];
};

/* A number at the nodes of a block and at those opposite. */
struct ov_smooth_both {
    double x[2][OV_LANES];
};

struct ov_gauss_smooth {
    size_t M, P;
    double tol, tail;              /* of the averages; of the nodes */
    struct ov_smooth_rules *rules; /* owned */
    struct ov_smooth_unit unit[2]; /* teacher, student; one table (owned) where they are the same */
    bool grows;                    /* a unit is a polynomial */
    bool mirrored;                 /* half of the nodes give all */
    struct ov_smooth_given *given; /* (P) owned */
    struct ov_smoothed *along;     /* (P) owned: D_n along the means of each field */
    size_t *terms;                 /* (P) owned: the most of its pairs */
    size_t *pair_terms;            /* packed (P,P), at the end of terms */
    double most_z, most_u;         /* of the outer nodes */
    size_t blocks;                 /* outer nodes, in blocks of OV_LANES */
    double *z, *u, *weight;        /* owned block that begins at z */
    double *opposite;              /* weight of the node opposite; 0: it is not one of its own */
    size_t room;                   /* of each */
    struct ov_smooth_field *field; /* (P) owned, at one block of nodes */
    double *block;                 /* owned; the views below */
    double *first;                 /* packed (P,P): s_c s_d C_cd */
    double *factor;                /* packed (P,P) of OV_TERMS_MAX: s_c s_d C_cd^n/n!, n >= 2 */
    double *size;                 /* (P, OV_TERMS_SIZES): bounds of the terms, ov_smoothing_sizes */
    double *slope;                /* (P) < g'_k g'_c > */
    double *scratch;              /* (P + (P+1) P(P+1)/2) of the derivatives */
    struct ov_smooth_both *error; /* (3, P) owned, of the derivatives */
};

OV_NODISCARD enum ov_status ov_gauss_smooth_create(struct ov_gauss_smooth **s,
                                                   const struct ov_gauss *w);
void ov_gauss_smooth_free(struct ov_gauss_smooth *s); /* NULL-safe */

void ov_gauss_smooth_set_tol(struct ov_gauss *w, double tol);

static inline const struct ov_smooth_unit *ov_smooth_unit_of(const struct ov_gauss_smooth *e,
                                                             size_t field)
{
    return &e->unit[field >= e->M];
}

/* Whether there is one; then m is it. */
bool ov_smooth_mirror_of(struct ov_smooth_mirror *m, const struct ov_activation *g);

/* The outer fields i and j (i = j: one), nodes, tables and factors. */
OV_NODISCARD bool ov_smooth_prepare(struct ov_gauss_smooth *e, const double *C, const double *s,
                                    size_t i, size_t j);
/* Field c at a block of nodes: D_0 … D_(n-1), n a multiple of OV_TERMS_STEP. */
void ov_smooth_at(struct ov_gauss_smooth *e, size_t block, size_t c, size_t n);

/* D_n of field c. */
void ov_smooth_derivative(struct ov_smooth_both *x, const struct ov_gauss_smooth *e, size_t c,
                          size_t n);
/* sum += factor D_n of field c, n = 0 or 1. */
void ov_smooth_add(struct ov_smooth_both *sum, const struct ov_gauss_smooth *e, size_t c, size_t n,
                   double factor);
/* sum += x y. */
void ov_smooth_add_product(struct ov_smooth_both *sum, const struct ov_smooth_both *x,
                           const struct ov_smooth_both *y);
/* The part of < x y > that is the block's. */
double ov_smooth_mean(const struct ov_gauss_smooth *e, size_t block, const struct ov_smooth_both *x,
                      const struct ov_smooth_both *y);

/* As ov_gauss_derivatives (theory/gauss.h); NaN without memory. */
void ov_gauss_smooth_derivatives(double *dG, double *dNz, struct ov_gauss *w, const double *C,
                                 const double *s, double sigma);

/* I2 (P) of field a with every field, and its derivatives by C_ac, C_aa and C_cc as if these were
 * three different entries; slope may be NULL. */
void ov_gauss_smooth_I2(double *I2, double (*slope)[3], struct ov_gauss *w, const double *C,
                        const double *s, size_t a);

/* ---- GELU ---- */

bool ov_is_gelu(const struct ov_activation *g);

/* D_0 … D_(n-1), n >= 4, at means m and variance v (gauss_table_internal.h), in closed form. */
void ov_gelu_smoothed(double (*D)[OV_LANES], const double m[OV_LANES], double v, size_t n);

#endif
