/* SPDX-License-Identifier: MIT
 *
 * Activation functions: a const table with name, formula, g and g'.
 * erf means erf(x/sqrt 2) throughout (Saad & Solla 1995), g'(x) = sqrt(2/pi) exp(-x^2/2).
 *
 * To add one, write its entry at the end of the table in src/model/activation.c with act =
 * OV_ACT_GENERIC, or define it in your own program and pass its address: averages over it are
 * taken by quadrature, from g and dg alone. What that asks of g is at OV_ACT_GENERIC.
 */
#ifndef OVERLAP_MODEL_ACTIVATION_H
#define OVERLAP_MODEL_ACTIVATION_H

#include <stddef.h>

/* Which closed forms apply. One word a law, so that tables of pairs can be indexed by it.
 * OV_ACT_GENERIC: none. g is then smooth, varies on a scale of one (analytic within a distance of
 * about pi/2 of the real axis, as tanh is; rescale g or the weights otherwise), grows no faster
 * than a polynomial, and is made of + - * /, sqrt and num/fmath.h, so that simulations give the
 * same bits on every machine. */
enum ov_act {
    OV_ACT_LINEAR,
    OV_ACT_ERF,
    OV_ACT_RELU,
    OV_ACT_QUADRATIC,
    OV_ACT_HE2,
    OV_ACT_GENERIC,
    OV_ACT_COUNT
};

struct ov_activation {
    enum ov_act act;
    const char *name;    /* the word in experiment.yaml */
    const char *formula; /* for people: "erf(x/sqrt 2)" */
    double (*g)(double x);
    double (*dg)(double x);
};

/* All of them: those with closed forms first, indexed by enum ov_act, then the generic ones. */
extern const struct ov_activation ov_activations[];
extern const size_t ov_activation_count;

/* By name; NULL if there is none. */
const struct ov_activation *ov_activation_find(const char *name);

#endif
