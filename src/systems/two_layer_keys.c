/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "two_layer_internal.h"
#include "teacher_internal.h"

static const char *const starts[] = {"random", "overlaps", "informed", "denoising", NULL};
static const char *const spacings[] = {"log", "linear", NULL};
static const char *const methods[] = {"msbdf", "rk8pd", NULL};
static const char *const engines[] = {"weights", "law", NULL}; /* ov_engines, by tests */

static const struct ov_key init_keys[] = {
    {"kind", OV_WORD, 0, 0, starts, NULL, "random",
     "random: w_ki ~ N(0, std^2); overlaps: Q, R, v as given; informed: student unit k is teacher "
     "unit k; denoising: student unit k covers teacher unit k mod M"},
    {"std", OV_REAL, 0, 1e6, NULL, NULL, OV_OPTIONAL,
     "standard deviation of random weights (default 1), of the norm of units that an informed "
     "student has left over (0.03), of each unit's own part where denoising (0)"},
    {"v", OV_REAL | OV_LIST, -1e6, 1e6, NULL, NULL, OV_OPTIONAL,
     "second layer of the student, one number for all units or K of them (default: 1; random "
     "with eta_v > 0: drawn with std; informed: the teacher's, 1 for units left over)"},
    {"Q", OV_MATRIX, -INFINITY, INFINITY, NULL, NULL, OV_OPTIONAL,
     "overlaps Q_kl = w_k.w_l/N of the student's units, K x K (kind overlaps)"},
    {"R", OV_MATRIX, -INFINITY, INFINITY, NULL, NULL, OV_OPTIONAL,
     "overlaps R_km = w_k.w*_m/N of student and teacher, K x M (kind overlaps)"},
    {.name = NULL},
};

static const struct ov_key alpha_keys[] = {
    {"max", OV_REAL, 0, 1e12, NULL, NULL, OV_REQUIRED, "last time"},
    {"min", OV_REAL, 0, 1e12, NULL, NULL, OV_OPTIONAL,
     "first time after 0, for log spacing (default: one step, 1/N; without N max/10^5)"},
    {"points", OV_INT, 2, 100000, NULL, NULL, "60", "how many times, 0 included"},
    {"spacing", OV_WORD, 0, 0, spacings, NULL, "log", "how they are spread"},
    {.name = NULL},
};

static const struct ov_key covariance_keys[] = {
    {"power", OV_REAL, 0, 100, NULL, NULL, OV_REQUIRED, "variances in proportion to i^-power"},
    {.name = NULL},
};

static const char *const input_kinds[] = {"gaussian", "idx", NULL};

static const struct ov_key inputs_keys[] = {
    {"kind", OV_WORD, 0, 0, input_kinds, NULL, "gaussian",
     "gaussian: x_i ~ N(0, c_i); idx: images of a file"},
    {"covariance", OV_LIST | OV_MAP, 0, 1e100, NULL, covariance_keys, OV_OPTIONAL,
     "variances c_i, scaled to a mean of 1 (default: all 1): a list, of which each number holds "
     "for "
     "an equal share of the N inputs, or {power: a}; Q and R are then covariances of the fields"},
    {"images", OV_STRING, 0, 0, NULL, NULL, OV_OPTIONAL,
     "an IDX file of unsigned bytes, as it is or compressed by gzip; a relative path is one from "
     "the "
     "experiment's directory; the images are inputs, the labels are the teacher's"},
    {"test", OV_STRING, 0, 0, NULL, NULL, OV_OPTIONAL,
     "a second such file, on which eps_g is measured (default: images held out)"},
    {"held_out", OV_INT, 1, 1e9, NULL, NULL, OV_OPTIONAL,
     "without test: how many of the last images to measure eps_g on (default: a sixth)"},
    {"standardise", OV_BOOL, 0, 0, NULL, NULL, "true",
     "take each pixel's mean off, and scale all so that the mean of |x|^2/N is 1, both over the "
     "images that are not held out; false: bytes/255"},
    {.name = NULL},
};

static const struct ov_key theory_keys[] = {
    {"seeds", OV_INT | OV_MAP, 1, 1e6, NULL, ov_tier_keys, "1",
     "how many random starts theory runs from, without sgd (with it: those of sgd)"},
    {"fluctuations", OV_BOOL, 0, 0, NULL, NULL, "false",
     "columns sd_eps_g, bias_eps_g, sd_Q_0_0 …: spread and shift of runs of dimension N"},
    {"fixed_point", OV_BOOL, 0, 0, NULL, NULL, "false",
     "columns fixed_eps_g, fixed_growth: the fixed point near the last row, its stability"},
    {"escape", OV_BOOL, 0, 0, NULL, NULL, "false",
     "columns alpha_escape, eps_plateau: when eps_g falls to half of its first plateau"},
    {"eta_max", OV_BOOL, 0, 0, NULL, NULL, "false",
     "column eta_max: the eta_w above which the perfect student (no noise, no decay) is unstable"},
    {"time_to", OV_REAL | OV_LIST, 1e-300, 1e300, NULL, NULL, OV_OPTIONAL,
     "columns alpha_to_X: when eps_g falls to X, one level or a list"},
    {.name = NULL},
};

static const struct ov_key sgd_keys[] = {
    {"engine", OV_WORD, 0, 0, engines, NULL, "weights",
     "simulator; weights: SGD on the K x N weights, for all inputs; law: the same in "
     "law on the overlaps alone, at a cost that does not depend on N, for fresh Gaussian inputs"},
    {"seeds", OV_INT | OV_MAP, 1, 1e6, NULL, ov_tier_keys, OV_REQUIRED,
     "how many independent runs; by tier: {quick: 2, ci: 10, full: 100}"},
    {"N", OV_INT, 1, 1e9, NULL, NULL, OV_OPTIONAL, "input dimension, in place of the curve's N"},
    {"time_to", OV_REAL | OV_LIST, 1e-300, 1e300, NULL, NULL, OV_OPTIONAL,
     "columns alpha_to_X: when eps_g first falls to X, interpolated between the times measured"},
    {.name = NULL},
};

const struct ov_key ov_two_layer_keys[] = {
    {"N", OV_INT, 1, 1e9, NULL, NULL, OV_OPTIONAL,
     "input dimension; needed where weights are drawn (random init or teacher, sgd); of images: "
     "their pixels"},
    {"K", OV_INT, 1, 1000, NULL, NULL, OV_REQUIRED, "hidden units of the student"},
    {"M", OV_INT, 1, 1000, NULL, NULL, OV_REQUIRED, "hidden units of the teacher"},
    {"activation", OV_STRING, 0, 0, NULL, NULL, "erf",
     "activation of the student: linear, erf (erf(x/sqrt 2)), relu, quadratic (x^2), he2 (x^2 - "
     "1), "
     "tanh, or another of include/overlap/model/activation.h"},
    {"teacher_activation", OV_STRING, 0, 0, NULL, NULL, OV_OPTIONAL,
     "activation of the teacher (default: the student's)"},
    {"teacher", OV_WORD | OV_MAP, 0, 0, ov_teacher_words, ov_teacher_keys, "orthonormal",
     "first layer of the teacher; random: w*_mi ~ N(0,1)"},
    {"v_star", OV_REAL | OV_LIST, -1e6, 1e6, NULL, NULL, "1",
     "second layer of the teacher, one number for all units or M of them"},
    {"eta_w", OV_REAL, 0, 1e6, NULL, NULL, OV_REQUIRED, "learning rate of the first layer"},
    {"eta_v", OV_REAL, 0, 1e6, NULL, NULL, "0", "learning rate of the second layer; 0: frozen"},
    {"sigma", OV_REAL, 0, 1e6, NULL, NULL, "0", "standard deviation of the label noise"},
    {"weight_decay", OV_REAL, 0, 1e6, NULL, NULL, "0",
     "weight decay of both layers: w loses (weight_decay/N) w a step"},
    {"weight_decay_v", OV_REAL, 0, 1e6, NULL, NULL, OV_OPTIONAL,
     "the second layer's own weight decay (default: weight_decay); needs eta_v > 0"},
    {"init", OV_MAP, 0, 0, NULL, init_keys, "{}", "where the student starts"},
    {"inputs", OV_MAP, 0, 0, NULL, inputs_keys, "{}",
     "the inputs of sgd; theory is always that of fresh Gaussian ones with covariance 1"},
    {"samples", OV_INT, 1, 1e9, NULL, NULL, OV_OPTIONAL,
     "size of a training set that sgd goes through again and again, in a new random order each "
     "time "
     "after the first; adds column eps_t (default: fresh inputs; of images: all not held out)"},
    {"batch", OV_INT, 1, 1e6, NULL, NULL, "1",
     "inputs whose mean gradient makes a step; alpha counts steps"},
    {"alpha", OV_LIST | OV_MAP, 0, 1e12, NULL, alpha_keys, OV_REQUIRED,
     "times of measurement, alpha = steps/N: a list, or a range"},
    {"method", OV_WORD, 0, 0, methods, NULL, "msbdf",
     "solver of theory; msbdf: implicit multistep; rk8pd: Runge-Kutta"},
    {"rtol", OV_REAL, 1e-14, 0.1, NULL, NULL, "1e-8", "relative tolerance of theory"},
    {"atol", OV_REAL, 0, 0.1, NULL, NULL, "1e-12", "absolute tolerance of theory"},
    {"theory", OV_BOOL | OV_MAP, 0, 0, NULL, theory_keys, "false",
     "solve the equations of motion; a map asks for more than the path"},
    {"sgd", OV_MAP, 0, 0, NULL, sgd_keys, OV_OPTIONAL, "simulate"},
    {.name = NULL},
};
