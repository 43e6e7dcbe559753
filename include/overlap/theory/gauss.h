/* SPDX-License-Identifier: MIT
 *
 * Gaussian averages of the dynamics for every student with every teacher of model/activation.h:
 * in closed form where both have one, by quadrature of a stated error otherwise
 * (ov_gauss_method). The dynamics only need them contracted with the signed weights
 * s = (v*, -v) (teacher first), which is also where the closed forms are cheapest:
 *
 *     G_kb  = sum_c s_c I3(k;b,c),             I3(k;b,c)   = < g'(lambda_k) x_b g_c(x_c) >
 *     Nz_kl = sum_ab s_a s_b I4(k,l;a,b) + sigma^2 J2(k,l),
 *                                              I4(k,l;a,b) = < g'(lambda_k) g'(lambda_l) g_a g_b >,
 *                                              J2(k,l)     = < g'(lambda_k) g'(lambda_l) >
 * with x = (nu, lambda) ~ N(0, C) (paper.md eq:I3, eq:I4, eq:J2).
 */
#ifndef OVERLAP_THEORY_GAUSS_H
#define OVERLAP_THEORY_GAUSS_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/model/activation.h"

/* Single integrals, for tests, tables and readers.
 *   in   C   packed (P,P) covariance of P >= 1 fields, num/sym.h
 *   in   act (P) the activation of each field
 *   in   k, l, b, c, a: indices < P; repeated indices are meant and exact
 * NaN in, NaN out; by quadrature also NaN without memory. g' of a ReLU without weights is 0. */
double ov_gauss_I3(const double *C, const struct ov_activation *const *act, size_t k, size_t b,
                   size_t c);
double ov_gauss_I4(const double *C, const struct ov_activation *const *act, size_t k, size_t l,
                   size_t a, size_t b);
double ov_gauss_J2(const double *C, const struct ov_activation *const *act, size_t k, size_t l);

/* Scratch memory for the contracted averages of one (K,M): no allocation per call. */
struct ov_gauss;
OV_NODISCARD enum ov_status ov_gauss_create(struct ov_gauss **w, size_t K, size_t M,
                                            const struct ov_activation *g,
                                            const struct ov_activation *g_star);
void ov_gauss_free(struct ov_gauss *w); /* NULL-safe */

/* The error allowed in contracted averages that have no closed form and are smooth, of numbers of
 * order one: 1e-12 to 1e-3. At first it is 1e-9, and of tanh students with tanh, erf or linear
 * teachers, which are sums of erf units then and where 1e-8 or more is allowed, some 1e-8 (3e-7 at
 * variances of 3, 3e-6 of units of no length). No other pair takes note. It is not kept at large variances, where series end and
 * grids are bounded: GELU errs by 1e-7 at a variance of 14, 1e-5 at 72, and its G by 2e-4 at a
 * standard deviation of 29 (ten per cent at 60); tanh with a tol below 1e-8 by 3e-7 at a variance of
 * 6, 1e-5 at 14 and grossly from 100 on, where its default, the sum of erf units, is good. */
void ov_gauss_set_tol(struct ov_gauss *w, double tol);
/* Whether a student g with a teacher g_star does. */
bool ov_gauss_takes_tol(const struct ov_activation *g, const struct ov_activation *g_star);

/* Whether the averages of this pair make sense, and are smooth, where C is no covariance: arcsines of
 * tilted fields (erf, linear, tanh as a sum of erf units), and matrices (x^2 and He2 among
 * themselves). All others take roots of variances. */
bool ov_gauss_is_analytic(const struct ov_activation *g, const struct ov_activation *g_star);

/* How the averages of a student g and a teacher g_star are taken, in one short line for people;
 * ov_gauss_method_to: where ov_gauss_set_tol has set `tol`. */
const char *ov_gauss_method(const struct ov_activation *g, const struct ov_activation *g_star);
const char *ov_gauss_method_to(const struct ov_activation *g, const struct ov_activation *g_star,
                               double tol);

/* All contracted averages that the equations of motion need.
 *   out  G   (K,P) row-major, P = M + K, columns teacher first: G_kb; NULL to skip it
 *   out  Nz  packed (K,K); NULL to skip it (gradient flow)
 *   in   C   packed (P,P), teacher first
 *   in   s   (P) signed weights (v*, -v) */
void ov_gauss_contract(double *G, double *Nz, struct ov_gauss *w, const double *C, const double *s,
                       double sigma);

/* The mean derivatives in the place of G, which serve inputs of any covariance (paper.md eq:D): with
 * e = sum_a s_a g_a(x_a)
 *     D_kc = < d/dx_c [ g'(lambda_k) e ] > = s_c < g'_k g'_c > + delta_ck < g''(lambda_k) e >,
 * c = k meaning the column of student k, and sum_c D_kc C_cb = G_kb. Where C = sum_l rho_l C^(l)
 * belongs to blocks of inputs, rho_l sum_c D_kc C^(l)_cb is the part of G_kb that is block l's.
 * D exists, and is smooth but for kinks, where C is singular: equal, dependent or vanishing fields,
 * as at perfect learning. It never goes by the inverse of C. Closed where G is, and to the errors of ov_gauss_method
 * otherwise; where one of student and teacher has kinks and the other is generic, below 1e-8. A
 * student of no length with a kink has g' = 0, or OV_LEAK; of any other field c with a kink and of no
 * length D_kc is some finite number, as all that it is multiplied with is zero.
 *   out  D   (K,P) row-major, columns teacher first; sigma does not enter
 *   out  Nz, in C, s, sigma  as ov_gauss_contract */
void ov_gauss_slopes(double *D, double *Nz, struct ov_gauss *w, const double *C, const double *s,
                     double sigma);

/* I2(a,c) = < g_a g_c > of field a with every field c.
 *   out  I2 (P) */
void ov_gauss_I2(double *I2, struct ov_gauss *w, const double *C, const double *s, size_t a);

/* Whether G and Nz have derivatives in closed form: student and teacher both erf or linear, a ReLU or
 * leaky ReLU student of such a teacher or a linear one, both x^2 or He2, or smooth (a student without closed forms and a teacher without kinks,
 * not both polynomials or sines). */
bool ov_gauss_has_derivatives(const struct ov_activation *g, const struct ov_activation *g_star);

/* The derivatives of G and Nz, if `w` has them.
 *   out  dG   (K,P,D+P), D = P(P+1)/2: of G_kb by the packed C (an entry off the diagonal stands
 *             for both) and by s
 *   out  dNz  (K(K+1)/2,D+P) of packed Nz
 * dG may be NULL.
 * Finite for every C that is a covariance, and where rounding or a trial step has left the cone of
 * covariances. Where two ReLU fields coincide the derivative by their covariance can be infinite
 * (averages move like the angle between them, the root of 1 - r^2) or depend on how C gets there;
 * 1/sqrt(1 - r^2) is then capped at 1e5: the secant to a change of r by 1e-10, which no integration
 * here resolves, in place of the tangent, so that steps do not shrink with a distance that
 * means nothing. At r = +-1 itself such terms are 0, as they are beyond it; so are derivatives by
 * the length of a ReLU unit of length zero, which keeps it. */
void ov_gauss_derivatives(double *dG, double *dNz, struct ov_gauss *w, const double *C,
                          const double *s, double sigma);

/* The derivatives of D_kc of ov_gauss_slopes in the place of those of G_kb, all else as there: those
 * of a pair that has none at r = +-1 are 0 too. dNz may be NULL. */
void ov_gauss_slopes_derivatives(double *dD, double *dNz, struct ov_gauss *w, const double *C,
                                 const double *s, double sigma);

/* The derivatives of I2 (model/eps_g.h) by ab, aa and bb: d[0], d[1], d[2]. Neither activation
 * generic. Finite where I2 is, as above. */
void ov_gauss_I2_derivatives(double d[3], const struct ov_activation *a,
                             const struct ov_activation *b, double aa, double ab, double bb);

#endif
