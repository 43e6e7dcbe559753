/* SPDX-License-Identifier: MIT
 *
 * Spectra of the inputs' covariance, and few blocks in place of many directions (paper.md
 * eq:blocks). Variances are positive unless they are given, and scaled to a mean of 1:
 *
 *     power            rho_i in proportion to i^-a, i = 1 … N
 *     lognormal        ln rho ~ N(-s^2/2, s^2)
 *     marchenko_pastur the covariance of white inputs, estimated from N/c of them, 0 < c < 1
 *
 * the last two by their quantiles at (i + 1/2)/N, the largest first; without N by nodes of their
 * densities. Quantiles and powers are rounded to 12 digits, which are the same on every machine.
 *
 * Overlaps of blocks are linear in themselves as long as the totals are known, and smooth functions
 * of ln rho: polynomials in u = ln rho stand for all directions.
 *   averages over starts: the Gauss rule in u of the measure f rho^(1/2)
 *   the start of one run: signed blocks, the Lagrange polynomials of Chebyshev nodes in u
 */
#ifndef OVERLAP_MODEL_SPECTRUM_H
#define OVERLAP_MODEL_SPECTRUM_H

#include <stddef.h>

#include "overlap/base/status.h"

/* Variances (N) of N directions, decreasing, of mean 1. power_ OV_EDOM where their mean is too small
 * to be scaled to 1 (powers beyond doubles). */
OV_NODISCARD enum ov_status ov_spectrum_power(double *rho, size_t N, double a);
void ov_spectrum_lognormal(double *rho, size_t N, double s);
void ov_spectrum_marchenko_pastur(double *rho, size_t N, double c);

/* The largest over the smallest of the lognormal ones. */
double ov_spectrum_lognormal_ratio(size_t N, double s);

/* Nodes of the densities: sum_i f_i g(rho_i) is the mean of g, to 1e-12 for n = OV_SPECTRUM_NODES and
 * c <= 0.9. Lognormal ones reach to OV_SPECTRUM_TAIL standard deviations.
 *   out  rho, f  (n), rho decreasing
 * Returns OV_OK or OV_ENOMEM. */
#define OV_SPECTRUM_NODES ((size_t)512) /* which GSL has to full precision */
#define OV_SPECTRUM_TAIL 9.0
OV_NODISCARD enum ov_status ov_spectrum_lognormal_density(double *rho, double *f, size_t n,
                                                          double s);
OV_NODISCARD enum ov_status ov_spectrum_marchenko_pastur_density(double *rho, double *f, size_t n,
                                                                 double c);

/* Scales rho (n) so that the mean with shares f (NULL: all alike) is 1.
 * Returns OV_OK, or OV_EDOM where the mean is 0, not finite, or too small. */
OV_NODISCARD enum ov_status ov_spectrum_scale(double *rho, const double *f, size_t n);

/* rho (n) no smaller than `floor`: on a logarithmic scale what is next to nothing is as far away as it
 * is small. The floor of images, whose smallest variances are noise, and that of others. */
#define OV_SPECTRUM_FLOOR_IMAGES 1e-5
#define OV_SPECTRUM_FLOOR 1e-12
void ov_spectrum_floor(double *rho, size_t n, double floor);

/* How many blocks describe a spectrum to an error of some 1e-6 of eps_g on average over starts,
 * 5 + 1.5 ln(largest/smallest), and to 1e-4 for the start of one run, 5 + 2.5 of it, rounded up
 * (measured: paper.md eq:blocks). */
size_t ov_spectrum_blocks(double largest, double smallest);
size_t ov_spectrum_signed_blocks(double largest, double smallest);

/* The Gauss rule of L nodes in ln rho of the measure sum_i f_i rho_i^(1/2) delta(ln rho_i): exact for
 * rho^(1/2) times polynomials of degree 2 L - 1 in ln rho. By Lanczos' recursion with every vector
 * made orthogonal to all before it, twice.
 *   out     node, share  (L), node decreasing; sum_l share_l g(node_l) stands for sum_i f_i g(rho_i)
 *   in/out  L     fewer in the end where the measure has no more points than that, to rounding
 *   in      rho (n) > 0; f (n) > 0, or NULL: 1/n each
 * Returns OV_OK, OV_EDOM for L = 0 or a variance that is not positive, OV_ENUMERIC, or OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_spectrum_gauss(double *node, double *share, size_t *L,
                                              const double *rho, const double *f, size_t n);

/* L Chebyshev nodes in ln rho between the largest and the smallest variance, and the Lagrange
 * polynomials through them.
 *   out  node    (L), decreasing
 *   out  share   (L) sum_i member_li/N; sum 1
 *   out  member  (L,N) the value of polynomial l at ln rho_i; sum over l 1
 *   in   rho     (N) > 0, not all the same
 * Returns OV_OK, or OV_EDOM for L < 2, a variance that is not positive or a spectrum of one. */
OV_NODISCARD enum ov_status ov_spectrum_chebyshev(double *node, double *share, double *member,
                                                  size_t L, const double *rho, size_t N);

/* Variances of given inputs: eigenvalues of their covariance.
 *   out     rho    (N) decreasing, of mean 1, rounded to multiples of 2^-36, 0 where they are below;
 *                  may be the same bits on every machine, but for what rounding meets once in some
 *                  10^4 spectra
 *   in/out  basis  (N,N) symmetric, both triangles; out: row i the eigenvector of rho_i, of length 1
 * Returns OV_OK, OV_EDOM for a non-finite entry or a trace that is not positive, OV_ENUMERIC, or
 * OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_spectrum_eigen(double *rho, double *basis, size_t N);

#endif
