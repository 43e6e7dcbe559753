/* SPDX-License-Identifier: MIT
 *
 * What the searches for long-time limits of quadratic networks share.
 */
#ifndef OVERLAP_THEORY_QUADRATIC_INTERNAL_H
#define OVERLAP_THEORY_QUADRATIC_INTERNAL_H

#include <complex.h>
#include <stdbool.h>

#include "overlap/theory/free_convolution.h"
#include "overlap/theory/quadratic.h"

/* Everything at (xi, t) and a cut, scaled by xi (theory/free_convolution.h). */
struct ov_quadratic_state {
    double xi, t, cut, N;
    double h;     /* int below the cut of rho Re y = d I/dt at fixed xi */
    double div;   /* I = (1 - c) alpha (complex.h has I) */
    double noise; /* Delta/(2 xi) */
    double A;     /* 2 alpha */
    double Ac;    /* 2 alpha c: no difference of A and 2 I */
    double s1;    /* int below of rho s */
    /* at fixed q, the cut at q */
    double dA_lnxi, dA_lnq, dI_lnxi, dI_lnq;
};

/* At f->xi = 0 for Delta = 0 only. */
struct ov_quadratic_state ov_quadratic_at(const struct ov_free_convolution *f, double t, double cut,
                                          double Delta);

/* The same with the cut at t, in a bulk, from a y near by to that at t: without the edges. False: *y
 * is 0 (not known), or it did not work; *y is spoilt. */
bool ov_quadratic_near(struct ov_quadratic_state *x, double complex *y, double kappa_star,
                       double xi, double t, double Delta);

/* The scaled quantile above which kappa d eigenvalues lie; -INFINITY for kappa >= 1. */
OV_NODISCARD enum ov_status ov_quadratic_omega(double *omega, const struct ov_free_convolution *f,
                                               double kappa, struct ov_error *err);

/* Fills the observables; lambda is sqrt(xi) t c unless given (>= 0). */
void ov_quadratic_fill(struct ov_quadratic_point *point, const struct ov_quadratic_state *x,
                       double Delta, double alpha, double lambda, bool width_limited);

OV_NODISCARD enum ov_status ov_quadratic_check(const struct ov_quadratic *p, struct ov_error *err);
OV_NODISCARD enum ov_status ov_quadratic_check_alpha(double alpha, struct ov_error *err);

/* The root without a limit on the width. guess: a point near by, or NULL; *y: its transform at the
 * cut or 0, on return the root's or 0. */
OV_NODISCARD enum ov_status ov_quadratic_convex(struct ov_quadratic_point *point,
                                                const struct ov_quadratic *p, double alpha,
                                                const struct ov_quadratic_point *guess,
                                                double complex *y, struct ov_error *err);

/* alpha above which lambda -> 0+ recovers the teacher (Delta = 0), and t = q/sqrt(xi) there;
 * infinite if kappa < min(kappa_star, 1). */
OV_NODISCARD enum ov_status ov_quadratic_recovery(double *alpha, double *t, double kappa,
                                                  double kappa_star, struct ov_error *err);

/* (1) where the width binds, on a grid of ln xi: alpha = (A0 + 4 h t + kappa t^2)/2 + noise. */
enum { OV_QUADRATIC_GRID = 1200 };
struct ov_quadratic_width {
    double omega, s1, s2, hs, h;
    double noise, unit; /* Delta/(2 xi), sqrt(xi) */
};
struct ov_quadratic_grid {
    const struct ov_quadratic *p;
    size_t n;
    double lo, step; /* ln xi */
    struct ov_quadratic_width at[OV_QUADRATIC_GRID];
};
OV_NODISCARD enum ov_status ov_quadratic_width_at(struct ov_quadratic_width *w,
                                                  const struct ov_quadratic *p, double ln_xi,
                                                  struct ov_error *err);
OV_NODISCARD enum ov_status ov_quadratic_grid_init(struct ov_quadratic_grid *g,
                                                   const struct ov_quadratic *p,
                                                   struct ov_error *err);

/* Appends the roots at which the width binds to the *n that are there. */
OV_NODISCARD enum ov_status ov_quadratic_limited(struct ov_quadratic_point *point, size_t *n,
                                                 const struct ov_quadratic_grid *g, double alpha,
                                                 struct ov_error *err);

/* All of them, ordered, of which `convex` is the root without a limit. g: NULL for kappa >= 1. */
OV_NODISCARD enum ov_status ov_quadratic_all(struct ov_quadratic_point *point, size_t *n,
                                             const struct ov_quadratic *p,
                                             const struct ov_quadratic_grid *g,
                                             const struct ov_quadratic_point *convex,
                                             struct ov_error *err);

/* A zero of f between lo and hi, where it is f_lo and f_hi of different sign: false position with
 * Illinois' halving, and halving where that is slow. f may fail by a NAN, which is given back. */
double ov_quadratic_zero(double (*f)(double x, void *ctx), void *ctx, double lo, double hi,
                         double f_lo, double f_hi);

#endif
