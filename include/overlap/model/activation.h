/* SPDX-License-Identifier: MIT
 *
 * Activation functions: a const table with name, formula, g and g'.
 * erf means erf(x/sqrt 2) throughout (Saad & Solla 1995), g'(x) = sqrt(2/pi) exp(-x^2/2).
 *
 * To add one, write its entry at the end of the table in src/model/activation.c with act =
 * OV_ACT_GENERIC and family = OV_FAMILY_NONE, or define it in your own program and pass its
 * address: averages over it are taken by quadrature, from g and dg alone. What that asks of g is
 * at OV_ACT_GENERIC.
 */
#ifndef OVERLAP_MODEL_ACTIVATION_H
#define OVERLAP_MODEL_ACTIVATION_H

#include <stdbool.h>
#include <stddef.h>

/* Which closed forms apply. One word a law, so that tables of pairs can be indexed by it.
 * OV_ACT_GENERIC: none. g is then smooth, varies on a scale of one (analytic within a distance of
 * about pi/2 of the real axis, as tanh is; rescale g or the weights otherwise), grows no faster
 * than a polynomial, and is made of + - * /, sqrt and num/fmath.h, so that simulations give the
 * same bits on every machine.
 * OV_ACT_LEAKY_RELU: a linear and a ReLU unit, of which every average is the sum. */
enum ov_act {
    OV_ACT_LINEAR,
    OV_ACT_ERF,
    OV_ACT_RELU,
    OV_ACT_QUADRATIC,
    OV_ACT_HE2,
    OV_ACT_GENERIC,
    OV_ACT_LEAKY_RELU,
    OV_ACT_COUNT
};

/* Which of them have closed forms among themselves that they do not have with all others:
 * polynomials of degree <= OV_POLYNOMIAL_DEGREE, sin(x). With other partners they are taken by
 * act. */
enum ov_family { OV_FAMILY_NONE, OV_FAMILY_POLYNOMIAL, OV_FAMILY_SINE };
enum { OV_POLYNOMIAL_DEGREE = 4 };

/* g' of a leaky ReLU below zero; the default of the common libraries. */
#define OV_LEAK 0.01

struct ov_activation {
    enum ov_act act;
    const char *name;    /* the word in experiment.yaml */
    const char *formula; /* for people: "erf(x/sqrt 2)" */
    double (*g)(double x);
    double (*dg)(double x);
    enum ov_family family;
    bool keeps_sign; /* g(x) has the sign of x; a definition may leave it out */
};

/* All of them: those before OV_ACT_GENERIC indexed by enum ov_act, then the others. He2, He3 and
 * He4 are the Hermite polynomials with leading coefficient 1, of < He_n^2 > = n! at variance 1. */
extern const struct ov_activation ov_activations[];
extern const size_t ov_activation_count;

/* By name; NULL if there is none. */
const struct ov_activation *ov_activation_find(const char *name);

#endif
