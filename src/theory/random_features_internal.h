/* SPDX-License-Identifier: MIT
 *
 * What the theories of the random-feature student share. Private to src/theory.
 *
 * In all of them the error follows from the spectrum lam_i of the features and the power that
 * they catch. With the mean direction eliminated (paper.md eq:rf_mean),
 *     E + sigma^2 = fast (E_rest + sigma^2),
 *     p E_rest(p) = (G(z) + fast h(z) sigma^2)/(1 - fast h(z)),   z = p/(2 speed),
 * G the error that gradient flow would leave and h the noise of SGD (paper.md eq:rf_laplace).
 */
#ifndef OVERLAP_THEORY_RANDOM_FEATURES_INTERNAL_H
#define OVERLAP_THEORY_RANDOM_FEATURES_INTERNAL_H

#include <complex.h>
#include <stdbool.h>
#include <stddef.h>

#include "overlap/theory/random_features.h"

/* ---- what all theories are given ---- */

struct ov_rf_common {
    struct ov_rf_powers P;
    double speed;  /* eta, or 1 for flow: modes relax as exp(-2 speed lam t) */
    double noise;  /* eta, or 0 for flow */
    double q;      /* eta mu0^2 of the mean direction, 0 if there is none */
    double fast;   /* 2/(2 - q) */
    double sigma2; /* variance of the label noise */
    double c2;     /* init_std^2 */
    double start;  /* E before the first step */
};

/* Checks p, whose beta is not read unless `needs_beta`, and fills c. fast is NaN for q >= 2. */
OV_NODISCARD enum ov_status ov_rf_common_init(struct ov_rf_common *c, const struct ov_rf_problem *p,
                                              bool needs_beta, struct ov_error *err);

/* Where the mean direction's power is not the limit's. */
void ov_rf_common_set_q(struct ov_rf_common *c, double q);

/* OV_OK, or OV_EDIVERGED with words if q >= 2. */
OV_NODISCARD enum ov_status ov_rf_check_mean(const struct ov_rf_common *c, struct ov_error *err);

/* Everything in f but growth, from floor (as R = 2 eps_g) and kappa. */
void ov_rf_facts_fill(struct ov_rf_facts *f, const struct ov_rf_common *c, double R, double kappa,
                      double eta_max);

/* OV_OK, or OV_EDOM for a time that is not finite or negative. */
OV_NODISCARD enum ov_status ov_rf_check_times(const double *t, size_t n, struct ov_error *err);

/* eps_g from E_rest at a time > 0. */
static inline double ov_rf_eps_of_rest(const struct ov_rf_common *c, double E_rest)
{
    return 0.5 * (c->fast * E_rest + (c->fast - 1.0) * c->sigma2);
}

/* Fills eps_g from `curve(E_rest, ctx, t)` at each time, time 0 exactly apart. Stops with
 * OV_EDIVERGED at the first value that is not finite (later rows NaN), or with curve's error. */
OV_NODISCARD enum ov_status ov_rf_fill(double *eps_g, const struct ov_rf_common *c,
                                       enum ov_status (*curve)(double *E_rest, void *ctx, double t),
                                       void *ctx, const double *t, size_t n, struct ov_error *err);

/* ---- inversion of the Laplace transform ---- */

struct ov_rf_laplace {
    const struct ov_rf_common *c;
    /* G and h at z, any complex number off the spectrum. */
    enum ov_status (*at)(double complex *G, double complex *h, double complex z, void *ctx);
    void *ctx;
    double growth; /* exponent of the slowest mode */
};

/* E_rest at t > 0. */
OV_NODISCARD enum ov_status ov_rf_invert(double *E_rest, const struct ov_rf_laplace *f, double t);

/* ---- modes coupled by the error that they share ---- */

/* dy_i/dt = -decay_i y_i + strength c_i (E_rest + sigma^2),  E_rest = R + sum_i c_i y_i.
 * In steps: the same for y_i(n+1) - y_i(n). */
struct ov_rf_coupled {
    size_t n;
    double *decay, *c, *start; /* (n) each, one owned block that begins at decay */
    double strength, R, sigma2;
    double *rate;        /* (n) eigenvalues, ascending; owned */
    double *from_start;  /* (n) weights of exp(rate t); owned with rate */
    double *from_source; /* (n) weights of (exp(rate t) - 1)/rate; owned with rate */
};

OV_NODISCARD enum ov_status ov_rf_coupled_create(struct ov_rf_coupled *m, size_t n);
void ov_rf_coupled_free(struct ov_rf_coupled *m);
/* One symmetric eigenproblem. OV_OK, OV_ENUMERIC, OV_ENOMEM. Sets OpenBLAS to one thread. */
OV_NODISCARD enum ov_status ov_rf_coupled_solve(struct ov_rf_coupled *m);
/* E_rest at time t, or after t steps. */
double ov_rf_coupled_at(const struct ov_rf_coupled *m, double t, bool steps);

/* The root of decreasing f on (low, high) to rounding, by bisection. f(low) > 0 > f(high) is the
 * caller's to know; the ends are not evaluated. */
double ov_rf_bisect(double (*f)(double x, void *ctx), void *ctx, double low, double high);

/* Phi, the part of a linear power that is not learnt, at X = mu_star2 + z >= 0 (paper.md
 * eq:rf_floor). */
double ov_rf_unlearnt(double beta, double mu1_2, double X);

#endif
