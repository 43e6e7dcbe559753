/* SPDX-License-Identifier: MIT
 *
 * Quadrature for averages that have no closed form: an outer rule over one or two fields, and the
 * average over the others given those. Private to src/theory.
 *
 * The trapezoidal rule in standardised fields, which for a function analytic in a strip of half
 * width d about the real axis errs by about exp(-2 pi d/(h sd)) (paper.md eq:trapezoid): the step
 * shrinks in proportion to 1/sd, so that activations that vary on a scale of one (tanh: d = pi/2)
 * keep their 1e-7 at every variance. Fields with a kink at zero have only their positive side,
 * with Gauss-Legendre nodes that begin there; two of them a sector of the plane, in polar
 * coordinates. All nodes move smoothly with the covariance, and nothing is adaptive, so that
 * right-hand sides are smooth.
 */
#ifndef OVERLAP_THEORY_GAUSS_NODES_INTERNAL_H
#define OVERLAP_THEORY_GAUSS_NODES_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

enum {
    OV_LINE_MAX = 257,    /* nodes on a line: step 0.45/sd until sd = 8.8 */
    OV_MEHLER_TERMS = 48, /* terms of the bilinear expansion */
};

/* Nodes z of N(0,1) on the line, for functions of sd z. */
struct ov_line {
    size_t n;
    double z[OV_LINE_MAX], weight[OV_LINE_MAX];
};
void ov_line_init(struct ov_line *line, double sd);
/* The same on z > 0 alone, where the function may begin with a kink. */
void ov_line_init_half(struct ov_line *line, double sd);

/* Two fields x = sd_x z, y = slope z + rest u. */
struct ov_plane {
    double sd_x, slope, rest;
    size_t n;
    double *z, *u, *weight; /* (n) each, one owned block that begins at z */
};

/* 1. The axes, for the covariance [xx xy; xy yy]; no nodes yet. */
void ov_plane_init(struct ov_plane *plane, double xx, double xy, double yy);

/* 2. Field c given (z,u): mean = on_z z + on_u u, standard deviation rest. */
struct ov_given {
    double on_z, on_u, rest;
};
/* From C_cc and the covariances of c with x and y. */
struct ov_given ov_plane_given(const struct ov_plane *plane, double cc, double cx, double cy);

/* 3. The nodes, fine enough for the n other fields `given` too; half_x, half_y: only where that
 * field is positive. Free with free(plane->z), before this too. Returns false without memory. */
bool ov_plane_fill(struct ov_plane *plane, bool half_x, bool half_y, const struct ov_given *given,
                   size_t n);

/* h_n = < f(m + s z) He_n(z) >/sqrt(n!), n < OV_MEHLER_TERMS: for z, z' of correlation r,
 *     < f(m + s z) f'(m' + s' z') > = sum_n h_n h'_n r^n                  (paper.md eq:mehler) */
struct ov_mehler {
    struct ov_line line;
    double He[OV_LINE_MAX][OV_MEHLER_TERMS]; /* weight times He_n/sqrt(n!) at the nodes */
};
void ov_mehler_init(struct ov_mehler *m, double sd);
/* value (m->line.n) of f at the nodes. */
void ov_mehler_coefficients(double h[OV_MEHLER_TERMS], const struct ov_mehler *m,
                            const double *value);
/* The same of f = max(0, m + s z), in closed form. */
void ov_mehler_of_relu(double h[OV_MEHLER_TERMS], double mean, double s);
double ov_mehler_pair(const double *h, const double *h_other, double r);

#endif
