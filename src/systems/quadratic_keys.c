/* SPDX-License-Identifier: MIT
 *
 * The parameters of system quadratic: a row each, from which they are read, said and named.
 */
#include <math.h>

#include "quadratic_internal.h"
#include "values_internal.h"

static const char *const kinds[] = {[OV_QS_LONG_TIME] = "long-time",
                                    [OV_QS_POPULATION] = "population",
                                    [OV_QS_DMFT] = "dmft",
                                    NULL};
static const char *const methods[] = {[OV_QS_LBFGS] = "lbfgs", [OV_QS_FLOW] = "flow", NULL};
static const char *const sensings[] = {
    [OV_SENSING_GOE] = "goe", [OV_SENSING_WISHART] = "wishart", NULL};

#define KEPT(how, member) OV_KEPT(&(how), struct ov_qs_curve, member)
#define ARRAY(how, member, n) OV_KEPT_ARRAY(&(how), struct ov_qs_curve, member, n, "")

static const struct ov_qs_curve *curve_of(const void *base)
{
    return base;
}

static bool number_alpha(double *x, const struct ov_key *key, const void *base)
{
    (void)key;
    *x = curve_of(base)->n_alpha == 1 ? curve_of(base)->alpha[0] : INFINITY;
    return curve_of(base)->n_alpha == 1;
}

static void say_alpha(struct ov_text *out, const struct ov_key *key, const void *base)
{
    const struct ov_qs_curve *s = base;
    if (s->alpha)
        ov_say_numbers(out, key->name, s->alpha, s->n_alpha);
}

/* Where a start is made at all. */
static void say_gamma(struct ov_text *out, const struct ov_key *key, const void *base)
{
    const struct ov_qs_curve *s = base;
    if (s->sgd_runs || s->kind == OV_QS_POPULATION || s->kind == OV_QS_DMFT)
        ov_say_numbers(out, key->name, &s->gamma, 1);
}

static bool number_gamma(double *x, const struct ov_key *key, const void *base)
{
    (void)key;
    *x = curve_of(base)->gamma;
    return true;
}

static enum ov_status take_theory(void *base, const struct ov_key *key, const struct ov_value *v,
                                  struct ov_error *err)
{
    struct ov_qs_curve *s = base;
    s->theory_asked = v->type != OV_BOOL || v->number != 0.0;
    return v->type == OV_WORD ? ov_as_word.take(base, key, v, err) : OV_OK;
}

static void say_theory(struct ov_text *out, const struct ov_key *key, const void *base)
{
    const struct ov_qs_curve *s = base;
    ov_text_addf(out, "%s: %s\n", key->name, kinds[s->kind]);
    if (s->kind == OV_QS_DMFT)
        ov_text_addf(out, "samples: %zu of d %zu, %zu replicas, tolerance %.17g\n", s->dmft_samples,
                     s->dmft_d, s->dmft_replicas, s->dmft_tolerance);
}

static void say_spectrum(struct ov_text *out, const struct ov_key *key, const void *base)
{
    const struct ov_qs_curve *s = base;
    if (s->z)
        ov_say_numbers(out, key->name, s->z, s->n_z);
}

static const struct ov_field as_spectrum = {.say = say_spectrum};
static const struct ov_field as_alpha = {.say = say_alpha, .number = number_alpha};
static const struct ov_field as_gamma = {ov_take_real, say_gamma, number_gamma};
static const struct ov_field as_theory = {take_theory, say_theory, NULL};

static const struct ov_key alpha_keys[] = {
    {"min", OV_REAL, 1e-4, 1e6, NULL, NULL, OV_REQUIRED, .doc = "the smallest"},
    {"max", OV_REAL, 1e-4, 1e6, NULL, NULL, OV_REQUIRED, .doc = "the largest"},
    {"points", OV_INT, 2, 100000, NULL, NULL, "60", .doc = "how many"},
    {"spacing", OV_WORD, 0, 0, ov_spacings, NULL, "linear", .doc = "how they are spread"},
    {.name = NULL},
};

static const struct ov_key spectrum_keys[] = {
    {"from", OV_REAL, 0, 1e6, NULL, NULL, "0", .doc = "the smallest"},
    {"to", OV_REAL, 0, 1e6, NULL, NULL, OV_REQUIRED, .doc = "the largest"},
    {"points", OV_INT, 2, 100000, NULL, NULL, "60", .doc = "how many, evenly spread"},
    {.name = NULL},
};

static const struct ov_key t_keys[] = OV_TIMES_KEYS("max/10^5");

/* Without a map quadratic_read.c has the same numbers. */
static const struct ov_key theory_keys[] = {
    {"kind", OV_WORD, 0, 0, kinds, NULL, "long-time", "what theory: as the word alone",
     KEPT(ov_as_word, kind)},
    {"d", OV_INT, 2, 2000, NULL, NULL, "40",
     "of dmft: the larger of the two dimensions, d/2 and d, from which it extrapolates in 1/d; d, "
     "kappa d and kappa_star d are even",
     KEPT(ov_as_size, dmft_d)},
    {"samples", OV_INT, 1, 1e5, NULL, NULL, "64",
     "of dmft: samples of the process that share kernels", KEPT(ov_as_size, dmft_samples)},
    {"replicas", OV_INT, 2, 1e4, NULL, NULL, "8",
     "of dmft: independent repetitions, from which come standard errors",
     KEPT(ov_as_size, dmft_replicas)},
    {"tolerance", OV_REAL, 1e-6, 0.05, NULL, NULL, "0.003",
     "of dmft: of a step, relative to the weights", KEPT(ov_as_real, dmft_tolerance)},
    {.name = NULL},
};

static const struct ov_key sgd_keys[] = {
    {"method", OV_WORD, 0, 0, methods, NULL, "lbfgs",
     "lbfgs: the minimum of the regularised loss that L-BFGS finds from the start (lambda > 0); "
     "flow: gradient flow up to the times t",
     KEPT(ov_as_word, method), .of = OV_OF_SIM},
    {"d", OV_INT | OV_MAP, 1, 1e5, NULL, ov_tier_keys, OV_OPTIONAL,
     "input dimension, in place of the curve's d", KEPT(ov_as_size, d)},
    {"seeds", OV_INT | OV_MAP, 1, 1e6, NULL, ov_tier_keys, OV_REQUIRED,
     "how many independent runs; by tier: {quick: 2, ci: 10, full: 100}",
     KEPT(ov_as_size, sgd_runs)},
    {.name = NULL},
};

const struct ov_key ov_qs_keys[] = {
    {"kappa", OV_REAL, 1e-3, 1e3, NULL, NULL, OV_REQUIRED,
     "width of the student over d; in the long-time limit all from 1 on are alike",
     KEPT(ov_as_real, kappa), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"kappa_star", OV_REAL, 1e-3, 1e3, NULL, NULL, OV_REQUIRED,
     "width of the teacher over d; its weights are N(0, 1/(kappa_star d))",
     KEPT(ov_as_real, kappa_star), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"lambda", OV_REAL, 0, 1e6, NULL, NULL, OV_REQUIRED,
     "weight of the regularisation (lambda/d) |W|^2; of theory long-time 0 is the limit "
     "lambda -> 0",
     KEPT(ov_as_real, lambda), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"Delta", OV_REAL, 0, 1e6, NULL, NULL, "0", "variance of the label noise",
     KEPT(ov_as_real, Delta), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"gamma", OV_REAL, 1e-12, 1e6, NULL, NULL, "0.01",
     "the student starts from weights N(0, gamma/(kappa d))", KEPT(as_gamma, gamma),
     .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"d", OV_INT | OV_MAP, 1, 1e5, NULL, ov_tier_keys, OV_OPTIONAL,
     "input dimension (default: infinite); by tier: {ci: 60, full: 100}", KEPT(ov_as_known, d),
     .of = OV_OF_DRAWN | OV_IN_FORMULAS},
    {"sensing", OV_WORD, 0, 0, sensings, NULL, "goe",
     "samples; goe: symmetric Gaussian matrices of variance 1/d off the diagonal, 2/d on it; "
     "wishart: (x x' - 1)/sqrt d",
     KEPT(ov_as_word, sensing), .of = OV_OF_DRAWN},
    {"alpha", OV_REAL | OV_LIST | OV_MAP, 1e-4, 1e6, NULL, alpha_keys, OV_OPTIONAL,
     "samples over d^2: one, a list, or a range; each is trained on samples of its own (default: "
     "infinitely many samples)",
     ARRAY(as_alpha, alpha, n_alpha), .of = OV_OF_THEORY | OV_OF_SIM | OV_IN_FORMULAS},
    {"t", OV_REAL | OV_LIST | OV_MAP, 0, 1e9, NULL, t_keys, OV_OPTIONAL,
     "times of measurement of the flow dW/dt = -d grad(loss): one, a list, or a range; with a list of "
     "alpha one time, at which each flow stops",
     ARRAY(ov_as_times, t, n_t), .of = OV_OF_THEORY | OV_OF_SIM},
    {"spectrum", OV_LIST | OV_MAP, 0, 1e6, NULL, spectrum_keys, OV_OPTIONAL,
     "instead of errors against alpha, the spectrum of the student Z = W W' at one alpha: a row at "
     "each of these eigenvalues z, a list or a range; every row stands for the bin up to half-way "
     "to its neighbours",
     ARRAY(as_spectrum, z, n_z), .of = OV_OF_THEORY | OV_OF_SIM},
    {"theory", OV_BOOL | OV_WORD | OV_MAP, 0, 0, kinds, theory_keys, "false",
     "long-time: the end of training at lambda > 0, or as lambda -> 0; population: the flow on "
     "infinitely many samples; dmft: the flow on alpha d^2 samples, by Monte Carlo; true: "
     "long-time; a map for more",
     KEPT(as_theory, kind), .of = OV_OF_THEORY},
    {"sgd", OV_MAP, 0, 0, NULL, sgd_keys, OV_OPTIONAL,
     .doc = "train networks of finite d by their full gradient"},
    OV_ON_DIVERGENCE_ROW,
    {.name = NULL},
};
