/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "random_features_internal.h"
#include "teacher_internal.h"

static const char *const rates[] = {"flow", NULL};
static const char *const rows[] = {"gaussian", "sphere", NULL};
static const char *const spacings[] = {"log", "linear", NULL};
static const char *const times[] = {"steps", "continuous", NULL};
const char *const ov_rf_kinds[] = {"limit", "instance", "degrees", "fixed-width", NULL};

static const struct ov_key t_keys[] = {
    {"max", OV_REAL, 0, 1e12, NULL, NULL, OV_REQUIRED, "last time"},
    {"min", OV_REAL, 0, 1e12, NULL, NULL, OV_OPTIONAL,
     "first time after 0, for log spacing (default: one step, 1/K; without K max/10^5)"},
    {"points", OV_INT, 2, 100000, NULL, NULL, "60", "how many times, 0 included"},
    {"spacing", OV_WORD, 0, 0, spacings, NULL, "log", "how they are spread"},
    {.name = NULL},
};

static const struct ov_key theory_keys[] = {
    {"kind", OV_WORD, 0, 0, ov_rf_kinds, NULL, "limit",
     "limit: N, K -> infinity at fixed beta; instance: the features and the teacher that a seed "
     "draws; degrees: any K at given N, one degree of the teacher after the other; fixed-width: "
     "N -> infinity at fixed K"},
    {"seeds", OV_INT | OV_MAP, 1, 1e6, NULL, ov_tier_keys, "1",
     "how many instances, without sgd (with it: those of sgd)"},
    {"time", OV_WORD, 0, 0, times, NULL, "steps",
     "of an instance; steps: one after the other, finite K; continuous: K -> infinity at fixed t"},
    {"degrees", OV_INT, 2, 4000, NULL, NULL, "100",
     "how many degrees are resolved; what is beyond counts as never learnt"},
    {"width_to", OV_REAL | OV_LIST, 1e-15, 1, NULL, NULL, OV_OPTIONAL,
     "of degrees: columns log10_K_to_X, the width at which the floor is X times the error of a "
     "student that learns nothing; one level or a list"},
    {.name = NULL},
};

static const struct ov_key sgd_keys[] = {
    {"seeds", OV_INT | OV_MAP, 1, 1e6, NULL, ov_tier_keys, OV_REQUIRED,
     "how many independent runs; by tier: {quick: 2, ci: 10, full: 100}"},
    {"N", OV_INT, 1, 1e9, NULL, NULL, OV_OPTIONAL, "input dimension, in place of the curve's N"},
    {.name = NULL},
};

const struct ov_key ov_rf_keys[] = {
    {"N", OV_INT, 1, 1e9, NULL, NULL, OV_OPTIONAL,
     "input dimension; needed for sgd and for theory of an instance or of degrees"},
    {"beta", OV_REAL, 0, 1e12, NULL, NULL, OV_OPTIONAL,
     "features per input dimension, K/N > 0; this or K"},
    {"K", OV_REAL, 0, 1e300, NULL, NULL, OV_OPTIONAL,
     "features of the student, a whole number; this or beta"},
    {"M", OV_INT, 1, 1000, NULL, NULL, "1", "hidden units of the teacher"},
    {"activation", OV_STRING, 0, 0, NULL, NULL, "erf",
     "activation of the features: linear, erf (erf(x/sqrt 2)), relu, quadratic (x^2), he2 (x^2 - "
     "1), tanh, or another of include/overlap/model/activation.h"},
    {"teacher_activation", OV_STRING, 0, 0, NULL, NULL, OV_OPTIONAL,
     "activation of the teacher (default: the features')"},
    {"teacher", OV_WORD | OV_MAP, 0, 0, ov_teacher_words, ov_teacher_keys, "orthonormal",
     "first layer of the teacher; random: w*_mi ~ N(0,1)"},
    {"v_star", OV_REAL | OV_LIST, -1e6, 1e6, NULL, NULL, OV_OPTIONAL,
     "second layer of the teacher, one number for all units or M of them (default: 1/sqrt M)"},
    {"eta", OV_REAL | OV_WORD, 0, 1e6, rates, NULL, OV_REQUIRED,
     "learning rate: a step adds (eta/K) (y - f) phi_k to the last layer; flow: the limit of small "
     "rates, in which t stands for eta t"},
    {"sigma", OV_REAL, 0, 1e6, NULL, NULL, "0", "standard deviation of the label noise"},
    {"init_std", OV_REAL, 0, 1e6, NULL, NULL, "0",
     "the last layer starts from N(0, init_std^2/K); 0: from zero"},
    {"features", OV_WORD, 0, 0, rows, NULL, "gaussian",
     "frozen first layer, J_ki ~ N(0,1); sphere: its rows rescaled to |J_k|^2 = N"},
    {"t", OV_LIST | OV_MAP, 0, 1e12, NULL, t_keys, OV_REQUIRED,
     "times of measurement, t = steps/K: a list, or a range"},
    {"theory", OV_BOOL | OV_WORD | OV_MAP, 0, 0, ov_rf_kinds, theory_keys, "false",
     "what theory; true: limit; a word for its kind, a map for more"},
    {"sgd", OV_MAP, 0, 0, NULL, sgd_keys, OV_OPTIONAL, "simulate"},
    {.name = NULL},
};
