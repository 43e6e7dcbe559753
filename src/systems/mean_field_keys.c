/* SPDX-License-Identifier: MIT
 *
 * The parameters of system mean-field: a row each, from which they are read, said and named.
 */
#include <math.h>

#include "mean_field_internal.h"
#include "values_internal.h"

static const char *const starts[] = {[OV_MF_NETWORK] = "network",
                                     [OV_MF_PARTICLES] = "particles",
                                     [OV_MF_GAUSSIAN] = "gaussian",
                                     NULL};
static const char *const kinds[] = {[OV_MF_SGD] = "sgd", [OV_MF_FLOW] = "flow", NULL};

#define KEPT(how, member) OV_KEPT(&(how), struct ov_mf_curve, member)
#define ARRAY(how, member, n, called) OV_KEPT_ARRAY(&(how), struct ov_mf_curve, member, n, called)

static const struct ov_mf_curve *curve_of(const void *base)
{
    return base;
}

static void say_start(struct ov_text *out, const struct ov_key *key, const void *base)
{
    ov_text_addf(out, "%s: %s\n", key->name, starts[curve_of(base)->start]);
}

static bool number_std(double *x, const struct ov_key *key, const void *base)
{
    (void)key;
    *x = curve_of(base)->std;
    return curve_of(base)->start != OV_MF_PARTICLES;
}

static void say_std(struct ov_text *out, const struct ov_key *key, const void *base)
{
    double std;
    if (number_std(&std, key, base))
        ov_say_numbers(out, key->name, &std, 1);
}

/* True, or the word or map that says which. */
static enum ov_status take_theory(void *base, const struct ov_key *key, const struct ov_value *v,
                                  struct ov_error *err)
{
    struct ov_mf_curve *s = base;
    s->theory_asked = v->type != OV_BOOL || v->number != 0.0;
    return v->type == OV_WORD ? ov_as_word.take(base, key, v, err) : OV_OK;
}

static void say_theory(struct ov_text *out, const struct ov_key *key, const void *base)
{
    ov_text_addf(out, "%s: %s\n", key->name, kinds[curve_of(base)->kind]);
}

static const struct ov_field as_start = {.say = say_start};
static const struct ov_field as_std = {ov_take_real, say_std, number_std};
static const struct ov_field as_theory = {take_theory, say_theory, NULL};

static const struct ov_key init_keys[] = {
    {"kind", OV_WORD, 0, 0, starts, NULL, "network",
     "network: p units with weights w_ji ~ N(0, std^2) in d dimensions, drawn as system two-layer "
     "draws them, one start a seed, shared with sgd; particles: m and q as given; gaussian: a "
     "measure, m_jr ~ N(0, std^2) and q_j = q. sgd from particles draws the directions of the "
     "units' own parts at random outside of the teacher's subspace",
     KEPT(ov_as_word, start)},
    {"m", OV_MATRIX, -INFINITY, INFINITY, NULL, NULL, OV_OPTIONAL,
     "overlaps m_jr = w_j.w*_r/d of the units with the teacher's, p x k (kind particles)",
     ARRAY(ov_as_matrix, m, problem.K, "p x k"), .cols = offsetof(struct ov_mf_curve, problem.M),
     .of = OV_OF_PROBLEM},
    {"q", OV_REAL | OV_LIST, 0, 1e6, NULL, NULL, OV_OPTIONAL,
     "squared lengths outside of the teacher's subspace, |w_j|^2/d - |m_j|^2, one number for all "
     "units or p of them (kinds particles and gaussian; default 0)",
     ARRAY(ov_as_vector, q, problem.K, "student has p"), .of = OV_OF_PROBLEM},
    {"std", OV_REAL, 0, 1e6, NULL, NULL, "1", "standard deviation (kinds network and gaussian)",
     KEPT(as_std, std), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {.name = NULL},
};

static const struct ov_key t_keys[] = OV_TIMES_KEYS("max/10^5");

static const struct ov_key distribution_keys[] = {
    {"m", OV_REAL | OV_LIST, -1e6, 1e6, NULL, NULL, OV_OPTIONAL,
     "columns F_m_r_X: the share of the units with m_jr <= X",
     ARRAY(ov_as_levels, m_level, n_m_level, ""), .of = OV_OF_THEORY | OV_OF_SIM},
    {"q", OV_REAL | OV_LIST, 0, 1e6, NULL, NULL, OV_OPTIONAL,
     "columns F_q_X: the share of the units with q_j <= X",
     ARRAY(ov_as_levels, q_level, n_q_level, ""), .of = OV_OF_THEORY | OV_OF_SIM},
    {.name = NULL},
};

static const struct ov_key theory_keys[] = {
    {"kind", OV_WORD, 0, 0, kinds, NULL, "sgd",
     "sgd: with the noise of SGD at this gamma/p (quadratic units); flow: without, gamma/p -> 0",
     KEPT(ov_as_word, kind)},
    {"infinite_d", OV_BOOL, 0, 0, NULL, NULL, "false",
     "without the terms of order 1/(d - k), that units overlap outside of the teacher's subspace",
     KEPT(ov_as_flag, infinite_d), .of = OV_OF_THEORY},
    {"seeds", OV_INT | OV_MAP, 1, 1e6, NULL, ov_tier_keys, "1",
     "how many starts, without sgd (with it: those of sgd)", KEPT(ov_as_size, theory_seeds)},
    {.name = NULL},
};

static const struct ov_key sgd_keys[] = {
    {"seeds", OV_INT | OV_MAP, 1, 1e6, NULL, ov_tier_keys, OV_REQUIRED,
     "how many independent runs; by tier: {quick: 2, ci: 10, full: 100}",
     KEPT(ov_as_size, sgd_runs)},
    {.name = NULL},
};

const struct ov_key ov_mf_keys[] = {
    {"p", OV_INT, 1, 1e6, NULL, NULL, OV_REQUIRED, "hidden units of the student, f = (1/p) sum g",
     KEPT(ov_as_size, problem.K), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"k", OV_INT, 1, OV_MF_MOST_K, NULL, NULL, "1",
     "hidden units of the teacher, f* = (1/k) sum g, orthonormal", KEPT(ov_as_size, problem.M),
     .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"d", OV_INT, 2, 1e9, NULL, NULL, OV_OPTIONAL, "input dimension (default: infinite)",
     KEPT(ov_as_known, problem.N), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"gamma", OV_REAL, 0, 1e6, NULL, NULL, "0",
     "learning rate of the first layer; 0: gradient flow. t = alpha gamma/p",
     KEPT(ov_as_real, problem.eta_w), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"sigma", OV_REAL, 0, 1e6, NULL, NULL, "0", "standard deviation of the label noise",
     KEPT(ov_as_real, problem.sigma), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"activation", OV_STRING, 0, 0, NULL, NULL, "quadratic",
     "activation of student and teacher: quadratic (x^2) or erf (erf(x/sqrt 2))",
     KEPT(ov_as_activation, problem.g), .of = OV_OF_PROBLEM},
    {"init", OV_MAP, 0, 0, NULL, init_keys, "{}", "where the student starts", KEPT(as_start, start),
     .of = OV_OF_PROBLEM},
    {"t", OV_REAL | OV_LIST | OV_MAP, 0, 1e9, NULL, t_keys, OV_OPTIONAL,
     "times of measurement, t = alpha gamma/p, alpha = steps/d: one, a list, or a range; needed without "
     "particles",
     ARRAY(ov_as_times, t, n_t, ""), .of = OV_OF_THEORY | OV_OF_SIM},
    {"particles", OV_LIST | OV_MAP, 0, 1e9, NULL, t_keys, OV_OPTIONAL,
     "in place of t: the curve's table is of the units themselves at these times, a row for each, "
     "columns t, j, m_r, q; not compared and not claimed, for histograms",
     KEPT(ov_as_flag, parts), .of = OV_OF_THEORY | OV_OF_SIM},
    {"distribution", OV_MAP, 0, 0, NULL, distribution_keys, OV_OPTIONAL,
     .doc = "columns of the distribution of the units at given levels"},
    {"rtol", OV_REAL, 1e-14, 0.1, NULL, NULL, "1e-7", "relative tolerance of theory",
     KEPT(ov_as_real, rtol), .of = OV_OF_THEORY},
    {"atol", OV_REAL, 0, 0.1, NULL, NULL, "1e-10", "absolute tolerance of theory",
     KEPT(ov_as_real, atol), .of = OV_OF_THEORY},
    {"theory", OV_BOOL | OV_WORD | OV_MAP, 0, 0, kinds, theory_keys, "false",
     "the equations of the particles, without terms of order 1/p (at t = 0 too); true: sgd; a word "
     "for the kind, a map for more",
     KEPT(as_theory, kind), .of = OV_OF_THEORY},
    {"sgd", OV_MAP, 0, 0, NULL, sgd_keys, OV_OPTIONAL,
     .doc = "simulate the p units in d dimensions"},
    OV_ON_DIVERGENCE_ROW,
    {.name = NULL},
};
