/* SPDX-License-Identifier: MIT
 *
 * The parameters of system random-features: a row each, from which they are read, said and named.
 */
#include <math.h>
#include <string.h>

#include "random_features_internal.h"
#include "values_internal.h"

static const char *const rates[] = {"flow", NULL};
static const char *const rows[] = {"gaussian", "sphere", NULL};
static const char *const times[] = {
    [OV_RF_STEPS] = "steps", [OV_RF_CONTINUOUS] = "continuous", NULL};
const char *const ov_rf_kinds[] = {"limit", "instance", "degrees", "fixed-width", NULL};

#define KEPT(how, member) OV_KEPT(&(how), struct ov_rf_curve, member)
#define ARRAY(how, member, n) OV_KEPT_ARRAY(&(how), struct ov_rf_curve, member, n, "")

/* ---- what is kept or said in its own way ---- */

static enum ov_status take_eta(void *base, const struct ov_key *key, const struct ov_value *v,
                               struct ov_error *err)
{
    struct ov_rf_problem *p = &((struct ov_rf_curve *)base)->problem;
    p->flow = v->type == OV_WORD;
    return p->flow ? OV_OK : ov_take_real(base, key, v, err);
}

static bool number_eta(double *x, const struct ov_key *key, const void *base)
{
    const struct ov_rf_problem *p = &((const struct ov_rf_curve *)base)->problem;
    (void)key;
    *x = p->eta;
    return !p->flow;
}

static void say_eta(struct ov_text *out, const struct ov_key *key, const void *base)
{
    double eta;
    if (number_eta(&eta, key, base))
        ov_say_numbers(out, key->name, &eta, 1);
    else
        ov_text_addf(out, "%s: flow\n", key->name);
}

/* A width, or a ratio: 0 where it is not known. A width may also be a map, a function of N, which
 * is for later. */
static enum ov_status take_width(void *base, const struct ov_key *key, const struct ov_value *v,
                                 struct ov_error *err)
{
    return v->type == OV_MAP ? OV_OK : ov_take_real(base, key, v, err);
}

static bool number_above_0(double *x, const struct ov_key *key, const void *base)
{
    return ov_as_real.number(x, key, base) && *x > 0.0;
}

static void say_above_0(struct ov_text *out, const struct ov_key *key, const void *base)
{
    double x;
    if (number_above_0(&x, key, base))
        ov_say_numbers(out, key->name, &x, 1);
}

/* True, or the word or map that says which. */
static enum ov_status take_theory(void *base, const struct ov_key *key, const struct ov_value *v,
                                  struct ov_error *err)
{
    struct ov_rf_curve *s = base;
    s->theory_asked = v->type != OV_BOOL || v->number != 0.0;
    return v->type == OV_WORD ? ov_as_word.take(base, key, v, err) : OV_OK;
}

static void say_theory(struct ov_text *out, const struct ov_key *key, const void *base)
{
    const struct ov_rf_curve *s = base;
    ov_text_addf(out, "%s: %s\n", key->name, ov_rf_kinds[s->kind]);
    if (s->kind == OV_RF_INSTANCE)
        ov_text_addf(out, "time: %s\n", times[s->time]);
    if (s->kind == OV_RF_DEGREES)
        ov_text_addf(out, "degrees: %zu\n", s->degrees);
}

static const struct ov_field as_eta = {take_eta, say_eta, number_eta};
static const struct ov_field as_width = {take_width, say_above_0, number_above_0};
static const struct ov_field as_theory = {take_theory, say_theory, NULL};

/* ---- rows ---- */

static const struct ov_key teacher_keys[] = OV_TEACHER_KEYS(struct ov_rf_curve);
static const struct ov_key width_keys[] = {
    {"exp", OV_REAL, 0, 1e3, NULL, NULL, OV_OPTIONAL,
     .doc = "c of a width that is exponential in the input dimension, e^(c N)"},
    {"power", OV_REAL, 0, 300, NULL, NULL, OV_OPTIONAL,
     .doc = "l of a width that is a power of the input dimension, N^l"},
    {.name = NULL},
};

static const struct ov_key t_keys[] = OV_TIMES_KEYS("one step, 1/K; without K max/10^5");

static const struct ov_key theory_keys[] = {
    {"kind", OV_WORD, 0, 0, ov_rf_kinds, NULL, "limit",
     "limit: N, K -> infinity at fixed beta; instance: the features and the teacher that a seed "
     "draws; degrees: any K at given N, one degree of the teacher after the other; fixed-width: "
     "N -> infinity at fixed K",
     KEPT(ov_as_word, kind)},
    {"seeds", OV_INT | OV_MAP, 1, 1e6, NULL, ov_tier_keys, "1",
     "how many instances, without sgd (with it: those of sgd)", KEPT(ov_as_size, theory_seeds)},
    {"time", OV_WORD, 0, 0, times, NULL, "steps",
     "of an instance; steps: one after the other, finite K; continuous: K -> infinity at fixed t",
     KEPT(ov_as_word, time)},
    {"degrees", OV_INT, 2, 4000, NULL, NULL, "100",
     "how many degrees are resolved; what is beyond counts as never learnt",
     KEPT(ov_as_size, degrees)},
    {"width_to", OV_REAL | OV_LIST, 1e-15, 1, NULL, NULL, OV_OPTIONAL,
     "of degrees: columns log10_K_to_X, the width at which the floor is X times the error of a "
     "student that learns nothing; one level or a list",
     ARRAY(ov_as_levels, width_to, n_width_to), .of = OV_OF_THEORY},
    {.name = NULL},
};

static const struct ov_key sgd_keys[] = {
    OV_SGD_ROWS(struct ov_rf_curve, sgd_runs),
    {.name = NULL},
};

const struct ov_key ov_rf_keys[] = {
    {"N", OV_INT, 1, 1e9, NULL, NULL, OV_OPTIONAL,
     "input dimension; needed for sgd and for theory of an instance or of degrees",
     KEPT(ov_as_known, problem.N), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"beta", OV_REAL, 0, 1e12, NULL, NULL, OV_OPTIONAL,
     "features per input dimension, K/N > 0; this or K", KEPT(as_width, beta),
     .of = OV_OF_THEORY | OV_IN_FORMULAS},
    {"K", OV_REAL | OV_MAP, 0, 1e300, NULL, width_keys, OV_OPTIONAL,
     "features of the student, a whole number, or a map that makes it a function of N, to the "
     "nearest whole number; this or beta",
     KEPT(as_width, width), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"M", OV_INT, 1, 1000, NULL, NULL, "1", "hidden units of the teacher",
     KEPT(ov_as_size, problem.M), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    OV_ACTIVATION_ROWS(struct ov_rf_curve, "features", "features'"),
    OV_TEACHER_ROW(struct ov_rf_curve, teacher_keys),
    OV_V_STAR_ROW(struct ov_rf_curve, OV_OPTIONAL, " (default: 1/sqrt M)"),
    {"eta", OV_REAL | OV_WORD, 0, 1e6, rates, NULL, OV_REQUIRED,
     "learning rate: a step adds (eta/K) (y - f) phi_k to the last layer; flow: the limit of small "
     "rates, in which t stands for eta t",
     KEPT(as_eta, problem.eta), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"sigma", OV_REAL, 0, 1e6, NULL, NULL, "0", "standard deviation of the label noise",
     KEPT(ov_as_real, problem.sigma), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"init_std", OV_REAL, 0, 1e6, NULL, NULL, "0",
     "the last layer starts from N(0, init_std^2/K); 0: from zero",
     KEPT(ov_as_real, problem.init_std), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"features", OV_WORD, 0, 0, rows, NULL, "gaussian",
     "frozen first layer, J_ki ~ N(0,1); sphere: its rows rescaled to |J_k|^2 = N",
     KEPT(ov_as_word, features), .of = OV_OF_DRAWN},
    {"t", OV_REAL | OV_LIST | OV_MAP, 0, 1e12, NULL, t_keys, OV_REQUIRED,
     "times of measurement, t = steps/K: one, a list, or a range", ARRAY(ov_as_times, t, n_t),
     .of = OV_OF_THEORY | OV_OF_SIM},
    {"theory", OV_BOOL | OV_WORD | OV_MAP, 0, 0, ov_rf_kinds, theory_keys, "false",
     "what theory; true: limit; a word for its kind, a map for more", KEPT(as_theory, kind),
     .of = OV_OF_THEORY},
    {"sgd", OV_MAP, 0, 0, NULL, sgd_keys, OV_OPTIONAL, .doc = "simulate"},
    OV_ON_DIVERGENCE_ROW,
    {.name = NULL},
};
