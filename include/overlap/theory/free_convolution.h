/* SPDX-License-Identifier: MIT
 *
 * The spectrum of S = Z* + sqrt(xi) G, d -> infinity: Z* = W* W*' of width kappa_star d, entries
 * of W* N(0, 1/(kappa_star d)) (Marchenko-Pastur, mean 1, an atom of 1 - kappa_star at 0 if
 * positive); G symmetric of variance 1/d off the diagonal, 2/d on it (semicircle on [-2,2]). Its
 * density rho is the free convolution of the two laws.
 *
 * Scaled by unit = sqrt(xi), s = x/unit and y = unit g with the Stieltjes transform g(z) = int
 * rho(x)/(z - x) dx, so that
 *     s = 1/y + kappa_star/(e - y) + y,      e = kappa_star unit                             (1)
 * a cubic in y, whose coefficients are of order 1 on the noise bulk however small xi is. s is a
 * rational function of y, so integrals of rho, rho h and of powers of s times them are elementary
 * (by parts along the spectrum's edge of the upper half-plane), h = Re g(x + i0). They are
 * stationary in y: an error of y enters squared.
 *
 * Own derivation of (1) and of the integrals from the R-transforms xi g and kappa_star/(kappa_star
 * - g); tests hold them against quadrature of the density and against eigenvalues of matrices.
 */
#ifndef OVERLAP_THEORY_FREE_CONVOLUTION_H
#define OVERLAP_THEORY_FREE_CONVOLUTION_H

#include <complex.h>
#include <stddef.h>

#include "overlap/base/status.h"

struct ov_free_convolution {
    double kappa_star, xi;
    double unit; /* sqrt(xi) */
    double e;    /* kappa_star unit */
    /* Two bulks where kappa_star < 1 and e < (1 - kappa_star^(1/3))^(3/2): the lower one, of mass
     * 1 - kappa_star, is what the noise makes of the atom. */
    size_t n_bulks;
    double edge[4]; /* increasing, in units of s; the first 2 n_bulks are set */
    double y[4];    /* y there */
};

/* Exact edges: zeros of ds/dy, each on a bracket on which one monotone function has them.
 * kappa_star in [1e-6, 1e6]; xi in [1e-100, 1e100], or 0 with kappa_star < 1: then everything
 * scaled is the limit xi -> 0 on the noise bulk, a semicircle of mass and variance 1 - kappa_star,
 * and edge[2] = edge[3] = INFINITY. OV_EDOM otherwise. About 0.3 us. */
OV_NODISCARD enum ov_status ov_free_convolution_init(struct ov_free_convolution *f,
                                                     double kappa_star, double xi,
                                                     struct ov_error *err);

/* y = unit g(unit s + i0), any s but NAN: Im y <= 0, Im y = 0 outside the bulks. 0 at infinity. */
double complex ov_free_convolution_y(const struct ov_free_convolution *f, double s);

/* The same in units of x, for xi > 0: g(x + i0), rho(x) = -Im g/pi, h(x) = Re g (the Hilbert
 * transform, principal value). */
double complex ov_free_convolution_stieltjes(const struct ov_free_convolution *f, double x);
double ov_free_convolution_density(const struct ov_free_convolution *f, double x);
double ov_free_convolution_hilbert(const struct ov_free_convolution *f, double x);

/* Integrals of rho times … over what lies below s, scaled: rho ds is the same mass as rho dx. What
 * lies above is the whole minus this; the whole is 1, 1/unit, (1 + 1/kappa_star + xi)/xi, 0, 1/2,
 * 0. In units of x: s1 unit, s2 xi, h/unit, hs, y3/xi. */
struct ov_free_convolution_below {
    double mass;
    double s1, s2; /* of s, s^2 */
    double h, hs;  /* of Re y, s Re y */
    double y3;     /* of Im y^3 instead of rho times something */
};

/* Absolute errors are some 1e-15 of the parts of the whole below and above s (tests: relative 1e-9
 * everywhere against quadrature). y is ov_free_convolution_y(f, s), which the caller mostly has.
 * About 0.2 us. */
struct ov_free_convolution_below ov_free_convolution_below(const struct ov_free_convolution *f,
                                                           double s, double complex y);
/* Of these the mass alone. */
double ov_free_convolution_mass_below(const struct ov_free_convolution *f, double s,
                                      double complex y);

/* The lowest s that has at most the mass `above` above it, 0 < above < 1: in a gap the gap's lower
 * end. To rounding where rho(s) > 0. OV_EDOM, OV_ENUMERIC. About 1 us. */
OV_NODISCARD enum ov_status ov_free_convolution_quantile(double *s,
                                                         const struct ov_free_convolution *f,
                                                         double above, struct ov_error *err);

/* int rho^3 ds = xi int rho^3 dx, which is not elementary, to 1e-11: Gauss' rule in the angle of
 * each bulk, points doubled until two agree (some 30 us); panels narrowing towards where bulks
 * touch (0.5 ms) where 512 are too few. OV_ENOMEM. */
OV_NODISCARD enum ov_status
ov_free_convolution_rho3(double *rho3, const struct ov_free_convolution *f, struct ov_error *err);

#endif
