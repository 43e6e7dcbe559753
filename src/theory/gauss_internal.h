/* SPDX-License-Identifier: MIT
 *
 * What the files of theory/gauss.h share.
 */
#ifndef OVERLAP_THEORY_GAUSS_INTERNAL_H
#define OVERLAP_THEORY_GAUSS_INTERNAL_H

#include <stdbool.h>

#include "overlap/num/sym.h"
#include "overlap/theory/gauss.h"

struct ov_gauss {
    size_t K, M, P;
    enum ov_act g, g_star; /* which closed forms apply */
    const struct ov_activation *student, *teacher;
    struct ov_gauss_erf *erf;       /* owned; NULL unless both are erf or linear (gauss_erf.h) */
    struct ov_gauss_relu *relu;     /* owned; NULL unless both are ReLU (gauss_relu.h) */
    struct ov_gauss_smooth *smooth; /* owned; NULL unless the student is generic (gauss_smooth.h) */
    struct ov_gauss_sigmoids *sigmoids;     /* owned; NULL unless gauss_sigmoids_serve */
    struct ov_gauss_half_lines *half_lines; /* owned; NULL unless one has kinks, one is generic */
    bool sums;                              /* use them */
    const struct ov_activation **act;       /* (P) owned: of each field */
    double *dG;     /* (K,P,D+P) owned; of gauss_kinks_derivatives.c, made when asked for */
    double *block;  /* owned; the views below */
    double *C1;     /* packed (P,P), one factor tilted */
    double *C2;     /* packed (P,P), two factors tilted */
    double *row;    /* (P) of a tilt */
    double *q;      /* (P) scales, or s_c <g_c'> */
    double *work;   /* (8 P) of gauss_polynomial.c */
    double *square; /* (4,P,P) of gauss_quadratic.c */
};

/* Multiplies the Gaussian by sqrt(2/pi) exp(-x_i^2/2): tilted (P,P) packed from C, may be C.
 * row is scratch (P). Row i is written as C_ib/(1 + C_ii), which does not cancel when C_ii is
 * large. Returns the weight w of step 1. */
double ov_gauss_tilt(double *tilted, const double *C, size_t P, size_t i, double *row);

/* < g'(x) >, x ~ N(0,c); erf and linear. */
double ov_gauss_mean_dg(enum ov_act act, double c);

/* ---- averages of products ---- */

enum ov_gauss_kind { OV_GAUSS_VALUE, OV_GAUSS_SLOPE, OV_GAUSS_FIELD }; /* g, g', x */

struct ov_gauss_factor {
    enum ov_gauss_kind kind;
    size_t field;                  /* in C */
    const struct ov_activation *g; /* NULL for OV_GAUSS_FIELD */
};

/* < product of n <= 4 factors >, C packed (P,P), P <= 4. Not the slope of an erf unit, which tilts
 * the fields. NaN in, NaN out.
 *   product  in closed form (truncated moments); no factor generic
 *   generic  by quadrature; NaN without memory too */
double ov_gauss_product(const double *C, size_t P, const struct ov_gauss_factor *factor, size_t n);
double ov_gauss_generic(const double *C, size_t P, const struct ov_gauss_factor *factor, size_t n);

/* The same by whichever way there is; leaky ReLU are taken apart into their linear and their ReLU
 * part, families of closed forms recognised. */
double ov_gauss_average(const double *C, size_t P, const struct ov_gauss_factor *factor, size_t n);

/* All factors polynomials; exact but for rounding. */
double ov_gauss_polynomial(const double *C, size_t P, const struct ov_gauss_factor *factor,
                           size_t n);

/* < g'(x) > and < g(x) >, x ~ N(0,c); any activation. */
double ov_gauss_mean_slope(const struct ov_activation *g, double c);
double ov_gauss_mean_value(const struct ov_activation *g, double c);

/* ---- contractions, as ov_gauss_contract ---- */

typedef void ov_gauss_contraction(double *G, double *Nz, struct ov_gauss *w, const double *C,
                                  const double *s, double sigma);
ov_gauss_contraction ov_gauss_contract_linear;    /* any teacher */
ov_gauss_contraction ov_gauss_contract_tilted;    /* erf student, any teacher */
ov_gauss_contraction ov_gauss_contract_sums;      /* any pair: the sums over single integrals */
ov_gauss_contraction ov_gauss_contract_quadratic; /* x^2 or He2, both */
ov_gauss_contraction ov_gauss_contract_relu;      /* ReLU, both */
ov_gauss_contraction ov_gauss_contract_sigmoids;  /* w->sigmoids */
ov_gauss_contraction ov_gauss_contract_smooth;    /* w->smooth */
ov_gauss_contraction ov_gauss_contract_kinks; /* ReLU or leaky student; these or linear teacher */
ov_gauss_contraction ov_gauss_contract_polynomials; /* of family OV_FAMILY_POLYNOMIAL, both */
ov_gauss_contraction ov_gauss_contract_sines;       /* sin(x), both */

/* ---- D of ov_gauss_slopes ---- */

typedef void ov_gauss_slopes_of(double *D, struct ov_gauss *w, const double *C, const double *s);
ov_gauss_slopes_of ov_gauss_slopes_linear; /* as the contractions of these names */
ov_gauss_slopes_of ov_gauss_slopes_tilted;
ov_gauss_slopes_of ov_gauss_slopes_sums; /* students with a kink, squares, w->half_lines */
ov_gauss_slopes_of ov_gauss_slopes_quadratic;
ov_gauss_slopes_of ov_gauss_slopes_relu;
ov_gauss_slopes_of ov_gauss_slopes_sigmoids;
ov_gauss_slopes_of ov_gauss_slopes_smooth;
ov_gauss_slopes_of ov_gauss_slopes_kinks;
ov_gauss_slopes_of ov_gauss_slopes_polynomials;
ov_gauss_slopes_of ov_gauss_slopes_sines;

/* One row: an erf student in field k of P, any others. */
void ov_gauss_slopes_of_erf(double *D, const struct ov_activation *const *act, size_t P,
                            const double *C, const double *s, size_t k);

/* ---- derivatives, as ov_gauss_derivatives ---- */

typedef void ov_gauss_derivation(double *dG, double *dNz, struct ov_gauss *w, const double *C,
                                 const double *s, double sigma);
ov_gauss_derivation ov_gauss_quadratic_derivatives; /* x^2 or He2, both */
ov_gauss_derivation ov_gauss_relu_derivatives;      /* ReLU, both */
ov_gauss_derivation ov_gauss_kinks_derivatives; /* ReLU or leaky student; these or linear teacher */

/* Of D of ov_gauss_slopes alone. */
ov_gauss_slopes_of ov_gauss_erf_slopes_derivatives;   /* erf and linear, both */
ov_gauss_slopes_of ov_gauss_kinks_slopes_derivatives; /* as ov_gauss_kinks_derivatives, ReLU too */
ov_gauss_slopes_of ov_gauss_quadratic_slopes_derivatives;
ov_gauss_slopes_of ov_gauss_smooth_slopes_derivatives;

/* Parts of contract_sums: all of G; Nz_kl. */
void ov_gauss_sum_G(double *G, const struct ov_gauss *w, const double *C, const double *s);
double ov_gauss_sum_Nz(const struct ov_gauss *w, const double *C, const double *s, double sigma,
                       size_t k, size_t l);

#endif
