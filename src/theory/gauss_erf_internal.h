/* SPDX-License-Identifier: MIT
 *
 * Erf and linear students with erf or linear teachers: the contraction of theory/gauss.h and its
 * derivatives. Private to src/theory.
 */
#ifndef OVERLAP_THEORY_GAUSS_ERF_INTERNAL_H
#define OVERLAP_THEORY_GAUSS_ERF_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/model/activation.h"
#include "overlap/num/sym.h"

enum { PAD = 4 }; /* numbers in a vector; a power of two */

struct ov_gauss_erf {
    size_t K, M, P;
    size_t S;       /* stride of a row, P rounded up to PAD */
    size_t D;       /* entries of a symmetric (P,P) matrix */
    bool g, g_star; /* is it erf (else linear)? */
    double *block;  /* owned; the views below */
    double *C, *C1; /* (P,S): the covariance, and with one factor tilted */
    double *B;      /* (P,S): derivative of a number by a covariance */
    double *r;      /* (K,D), and padding: r of the pairs (k,l), or asin r */
    double *plain;  /* (D), and padding: r of one pair */
    double *h;      /* twice (D): 1/sqrt(1 - r^2) and r/sqrt(1 - r^2) */
    double *W;      /* (D): what I2 is multiplied with */
    double *q, *u, *t, *slope, *pull, *mean; /* (S) each */
    double *diagonal;                        /* (S) of C1 */
    double *erf;                             /* (S) 1 for erf fields, else 0 */
};

OV_NODISCARD enum ov_status ov_gauss_erf_create(struct ov_gauss_erf **e, size_t K, size_t M,
                                                enum ov_act g, enum ov_act g_star);
void ov_gauss_erf_free(struct ov_gauss_erf *e); /* NULL-safe */

/* As ov_gauss_contract. */
void ov_gauss_erf_contract(double *G, double *Nz, struct ov_gauss_erf *e, const double *C,
                           const double *s, double sigma);

/* As ov_gauss_derivatives. */
void ov_gauss_erf_derivatives(double *dG, double *dNz, struct ov_gauss_erf *e, const double *C,
                              const double *s, double sigma);

/* ---- the steps of both ---- */

/* Where r, W and h have the pair of fields (a,b), b <= a: the diagonal last. */
static inline size_t ov_gauss_erf_at(const struct ov_gauss_erf *e, size_t a, size_t b)
{
    return a == b ? e->D - e->P + a : a * (a - 1) / 2 + b;
}

bool ov_gauss_erf_field(const struct ov_gauss_erf *e, size_t a); /* is field a erf? */
double ov_gauss_erf_slope(bool erf, double variance);            /* < g' > */

/* I2 is this times asin r, or times r. */
double ov_gauss_erf_factor(bool erf_a, bool erf_b);

/* C and W from the arguments of a contraction. */
void ov_gauss_erf_load(struct ov_gauss_erf *e, const double *C, const double *s);
/* C1 with the factor of student k; returns its weight. */
double ov_gauss_erf_tilt(struct ov_gauss_erf *e, size_t k);
/* q and r (D, and PAD) of C1 with the factor of erf student l. */
void ov_gauss_erf_correlations(struct ov_gauss_erf *e, double *r, size_t l);
/* The same of C itself, for linear students, who do not tilt. */
void ov_gauss_erf_plain(struct ov_gauss_erf *e, double *r);
/* The values that W multiplies, for all l <= k, in r. */
void ov_gauss_erf_pairs(struct ov_gauss_erf *e, size_t k);
/* s' I2 s of the pair (k,l). */
double ov_gauss_erf_form(const struct ov_gauss_erf *e, size_t l);

#endif
