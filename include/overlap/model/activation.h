/* SPDX-License-Identifier: MIT
 *
 * Activation functions: a const table with name, g and g'.
 * erf means erf(x/sqrt 2) throughout (Saad & Solla 1995), g'(x) = sqrt(2/pi) exp(-x^2/2).
 */
#ifndef OVERLAP_MODEL_ACTIVATION_H
#define OVERLAP_MODEL_ACTIVATION_H

/* Which closed forms apply. One word a law, so that tables of pairs can be indexed by it. */
enum ov_act { OV_ACT_LINEAR, OV_ACT_ERF, OV_ACT_COUNT };

struct ov_activation {
    enum ov_act act;
    const char *name;    /* the word in experiment.yaml */
    const char *formula; /* for people: "erf(x/sqrt 2)" */
    double (*g)(double x);
    double (*dg)(double x);
};

/* All of them, indexed by enum ov_act. */
extern const struct ov_activation ov_activations[OV_ACT_COUNT];

/* By name; NULL if there is none. */
const struct ov_activation *ov_activation_find(const char *name);

#endif
