/* SPDX-License-Identifier: MIT
 *
 * Contraction for smooth students without closed forms and teachers without kinks, and its
 * derivatives. Private to src/theory.
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

enum { OV_SMOOTH_WIDTH = OV_TERMS_MAX + OV_TERMS_BEYOND };

/* A field given the two outer ones (z,u): mean = on_z z + on_u u, variance v. */
struct ov_smooth_given {
    double on_z, on_u, v;
};

struct ov_gauss_smooth {
    size_t P;
    double tol;                    /* of the averages */
    double step[2];                /* of one and two outer fields, at variance one */
    struct ov_smoothing *table[2]; /* owned; teacher, student: one where they are the same */
    struct ov_smoothing **of;      /* (P) owned: of each field */
    bool grows;                    /* a unit is a polynomial */
    bool even;                     /* what is averaged does not change when all fields do */
    struct ov_smooth_given *given; /* (P) owned */
    struct ov_smoothed *along;     /* (P) owned: D_n along the means of each field */
    size_t *terms;                 /* (P) owned: the most of its pairs */
    size_t *pair_terms;            /* packed (P,P), at the end of terms */
    size_t n;                      /* outer nodes */
    double *z, *u, *weight;        /* (n) owned block that begins at z */
    size_t room;                   /* of it */
    double *block;                 /* owned; the views below */
    double *factor;                /* packed (P,P) of OV_TERMS_MAX: s_c s_d C_cd^n/n!, n >= 1 */
    double *D;                     /* (P, OV_SMOOTH_WIDTH) at one node */
    double *slope;                 /* (P) < g'_k g'_c > */
    double *scratch;               /* (P + (P+1) P(P+1)/2) of the derivatives, at least 3P */
};

OV_NODISCARD enum ov_status ov_gauss_smooth_create(struct ov_gauss_smooth **s,
                                                   const struct ov_gauss *w);
void ov_gauss_smooth_free(struct ov_gauss_smooth *s); /* NULL-safe */

void ov_gauss_smooth_set_tol(struct ov_gauss *w, double tol);

/* ---- parts, for the derivatives ---- */

/* The outer fields i and j (i = j: one), nodes, tables and factors. */
OV_NODISCARD bool ov_smooth_prepare(struct ov_gauss *w, const double *C, const double *s, size_t i,
                                    size_t j);
/* D of field c at a node, the first n. */
void ov_smooth_field(struct ov_gauss_smooth *e, size_t node, size_t c, size_t n);

/* As ov_gauss_derivatives (theory/gauss.h); NaN without memory. */
void ov_gauss_smooth_derivatives(double *dG, double *dNz, struct ov_gauss *w, const double *C,
                                 const double *s, double sigma);

/* I2 (P) of field a with every field, and its derivatives by C_ac, C_aa and C_cc as if these were
 * three different entries; slope may be NULL. */
void ov_gauss_smooth_I2(double *I2, double (*slope)[3], struct ov_gauss *w, const double *C,
                        const double *s, size_t a);

#endif
