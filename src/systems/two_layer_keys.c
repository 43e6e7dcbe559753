/* SPDX-License-Identifier: MIT
 *
 * The parameters of system two-layer: a row each, from which they are read, said and named.
 */
#include <math.h>

#include "two_layer_internal.h"
#include "values_internal.h"

static const char *const starts[] = {
    [OV_START_RANDOM] = "random",     [OV_START_OVERLAPS] = "overlaps",
    [OV_START_INFORMED] = "informed", [OV_START_DENOISING] = "denoising",
    [OV_START_WEIGHTS] = "weights",   NULL};
static const char *const methods[] = {[OV_MSBDF] = "msbdf", [OV_RK8PD] = "rk8pd", NULL};
static const char *const engines[] = {"weights", "law", NULL}; /* ov_engines, by tests */

#define KEPT(how, member) OV_KEPT(&(how), struct ov_two_layer, member)
#define ARRAY(how, member, n, called) OV_KEPT_ARRAY(&(how), struct ov_two_layer, member, n, called)

/* ---- what is said in its own way ---- */

static const struct ov_problem *problem_of(const void *base)
{
    return &((const struct ov_two_layer *)base)->problem;
}

static void say_start(struct ov_text *out, const struct ov_key *key, const void *base)
{
    ov_text_addf(out, "%s: %s\n", key->name, starts[problem_of(base)->start]);
}

/* Given overlaps have no standard deviation. */
static bool number_std(double *x, const struct ov_key *key, const void *base)
{
    (void)key;
    *x = problem_of(base)->std;
    return problem_of(base)->start != OV_START_OVERLAPS &&
           problem_of(base)->start != OV_START_WEIGHTS;
}

static void say_std(struct ov_text *out, const struct ov_key *key, const void *base)
{
    double std;
    if (number_std(&std, key, base))
        ov_say_numbers(out, key->name, &std, 1);
}

static void say_v(struct ov_text *out, const struct ov_key *key, const void *base)
{
    const struct ov_problem *p = problem_of(base);
    if (p->v)
        ov_say_numbers(out, key->name, p->v, p->K);
    else if (p->start == OV_START_RANDOM)
        ov_say_numbers(out, "v_std", &p->v_std, 1);
    else
        ov_text_addf(out, "v: of the start\n");
}

static void say_batch(struct ov_text *out, const struct ov_key *key, const void *base)
{
    if (problem_of(base)->batch > 1)
        ov_text_addf(out, "%s: %zu\n", key->name, problem_of(base)->batch);
}

static bool number_momentum(double *x, const struct ov_key *key, const void *base)
{
    (void)key;
    *x = problem_of(base)->momentum;
    return true;
}

static void say_momentum(struct ov_text *out, const struct ov_key *key, const void *base)
{
    if (problem_of(base)->momentum > 0.0)
        ov_say_numbers(out, key->name, &problem_of(base)->momentum, 1);
}

static void say_inputs(struct ov_text *out, const struct ov_key *key, const void *base)
{
    (void)key;
    const struct ov_two_layer *s = base;
    if (ov_sgd_has_covariance(s)) {
        ov_text_addf(out, "inputs: gaussian\n");
        ov_covariance_describe(out, &s->covariance);
    }
    ov_manifold_describe(out, s, OV_SGD);
    ov_data_describe(out, &s->data);
}

/* The covariance that theory has, and how many blocks stand for it. */
static void say_theory_inputs(struct ov_text *out, const struct ov_key *key, const void *base)
{
    const struct ov_two_layer *s = base;
    (void)key;
    ov_manifold_describe(out, s, OV_THEORY);
    if (!ov_theory_has_blocks(s) || s->covariance.kind == OV_COVARIANCE_MANIFOLD)
        return;
    ov_covariance_describe(out, &s->covariance);
    if (s->covariance.kind == OV_COVARIANCE_OWN)
        ov_text_addf(out, "covariance: images %s first %llu of %zu\n", s->data.train_sha,
                     (unsigned long long)s->data.inputs.samples, s->data.train.n);
    ov_text_addf(out, "blocks: %zu %s\n", ov_covariance_blocks(s),
                 ov_start_is_measured(s) ? "of drawn weights" : "on average");
}

static enum ov_status take_noise(void *base, const struct ov_key *key, const struct ov_value *v,
                                 struct ov_error *err)
{
    (void)key;
    (void)err;
    ((struct ov_two_layer *)base)->problem.gradient_flow = v->number == 0.0;
    return OV_OK;
}

static void say_noise(struct ov_text *out, const struct ov_key *key, const void *base)
{
    if (problem_of(base)->gradient_flow)
        ov_text_addf(out, "%s: false\n", key->name);
}

/* That they were given in t: the numbers are alpha's. */
static void say_t(struct ov_text *out, const struct ov_key *key, const void *base)
{
    const struct ov_two_layer *s = base;
    if (s->scaling.by_t)
        ov_say_numbers(out, key->name, s->scaling.t, s->n_alpha);
}

static const struct ov_field as_noise = {take_noise, say_noise, NULL};
static const struct ov_field as_t = {.say = say_t};
static void say_averages_tol(struct ov_text *out, const struct ov_key *key, const void *base)
{
    (void)key;
    if (problem_of(base)->averages_tol > 0.0)
        ov_say_numbers(out, "averages_tol", &problem_of(base)->averages_tol, 1);
}

static const struct ov_field as_averages_tol = {ov_take_real, say_averages_tol, NULL};
static const struct ov_field as_start = {.say = say_start};
static const struct ov_field as_inputs = {.say = say_inputs};
static enum ov_status take_theory_inputs(void *base, const struct ov_key *key,
                                         const struct ov_value *v, struct ov_error *err)
{
    return ov_as_word.take(base, key, v, err);
}

static const struct ov_field as_theory_inputs = {take_theory_inputs, say_theory_inputs, NULL};
static const struct ov_field as_N = {ov_take_size, ov_say_size, ov_number_known};
static const struct ov_field as_std = {ov_take_real, say_std, number_std};
static const struct ov_field as_v = {ov_take_vector, say_v, NULL};
static const struct ov_field as_momentum = {ov_take_real, say_momentum, number_momentum};
static const struct ov_field as_batch = {ov_take_size, say_batch, ov_number_size};

/* ---- rows ---- */

static const struct ov_key init_keys[] = {
    {"kind", OV_WORD, 0, 0, starts, NULL, "random",
     "random: w_ki ~ N(0, std^2); overlaps: Q, R, v as given; informed: student unit k is teacher "
     "unit k; denoising: student unit k covers teacher unit k mod M; weights: those of a file",
     KEPT(ov_as_word, problem.start)},
    {"Q", OV_MATRIX, -INFINITY, INFINITY, NULL, NULL, OV_OPTIONAL,
     "overlaps Q_kl = w_k.w_l/N of the student's units, K x K (kind overlaps; the teacher's are "
     "teacher: {T: [[...]]})",
     ARRAY(ov_as_packed, problem.Q, problem.K, "K x K"), .of = OV_OF_PROBLEM},
    {"R", OV_MATRIX, -INFINITY, INFINITY, NULL, NULL, OV_OPTIONAL,
     "overlaps R_km = w_k.w*_m/N of student and teacher, K x M (kind overlaps)",
     ARRAY(ov_as_matrix, problem.R, problem.K, "K x M"),
     .cols = offsetof(struct ov_two_layer, problem.M), .of = OV_OF_PROBLEM},
    {"blocks", OV_MAPS, 0, 0, NULL, NULL, OV_OPTIONAL,
     "Q and R of each block of inputs.covariance, in place of Q and R: sums over its directions divided "
     "by N (kind overlaps)",
     .field = &ov_as_blocks_QR, .of = OV_OF_PROBLEM, .each = ov_block_start_keys},
    {"std", OV_REAL, 0, 1e6, NULL, NULL, OV_OPTIONAL,
     "standard deviation of random weights (default 1), of the norm of units that an informed "
     "student has left over (0.03), of each unit's own part where denoising (0)",
     KEPT(as_std, problem.std), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"weights", OV_STRING, 0, 0, NULL, NULL, OV_OPTIONAL,
     "kind weights: a .npy file of w, K x N doubles; a relative path is one from the experiment's "
     "directory",
     OV_KEPT(&ov_as_file, struct ov_two_layer, w_sha), .of = OV_OF_PROBLEM},
    {"v", OV_REAL | OV_LIST | OV_WORD, -1e6, 1e6, ov_layer_words, NULL, OV_OPTIONAL,
     "second layer of the student, one number for all units or K of them, or a word as of v_star "
     "(default: 1; random with eta_v > 0: drawn with std; informed: the teacher's, 1 for units left "
     "over)",
     ARRAY(as_v, problem.v, problem.K, "student has K"), .of = OV_OF_PROBLEM},
    {.name = NULL},
};

static const struct ov_key alpha_keys[] = OV_TIMES_KEYS("one step, 1/N; without N max/10^5");

static const struct ov_key t_keys[] = OV_TIMES_KEYS("one step, gamma/(p d); without d max/10^5");

static const struct ov_key averages_keys[] = {
    {"tol", OV_REAL, 1e-12, 1e-3, NULL, NULL, OV_OPTIONAL,
     "error allowed in Gaussian averages of smooth units that are taken by quadrature (default: "
     "1e-9), of numbers of order one; much above rtol it costs more steps than it saves; tanh: sums "
     "of erf units from 1e-8 on",
     KEPT(as_averages_tol, problem.averages_tol), .of = OV_OF_THEORY},
    {.name = NULL},
};

static const char *const theory_inputs[] = {"covariance", "isotropic", "visible", NULL};

#define SHARE_DOC                                                                                  \
    "of M = 1: columns share, how much of the teacher's unit the student's units span, "           \
    "alpha_half, when it is half of it, and half_ratio, this over the time of gradient flow"

#define MATCH_DOC                                                                                  \
    "columns R_match, the least |R_km| of the pairs of student and teacher units (each time the "  \
    "largest |R_km| of two that have none yet), R_rest, the largest of all others, Q_spare, the "  \
    "largest Q_kk of student units without a partner, and spare, <(sum v_k g)^2>/2 over them"

static const struct ov_key theory_keys[] = {
    {"seeds", OV_INT | OV_MAP, 1, 1e6, NULL, ov_tier_keys, "1",
     "how many random starts theory runs from, without sgd (with it: those of sgd)",
     KEPT(ov_as_size, theory_seeds)},
    {"noise", OV_BOOL, 0, 0, NULL, NULL, "true",
     "false: gradient flow on the population risk, without the term in eta_w^2 that is the noise "
     "of SGD",
     KEPT(as_noise, problem.gradient_flow), .of = OV_OF_THEORY},
    {"fluctuations", OV_BOOL, 0, 0, NULL, NULL, "false",
     "columns sd_eps_g, bias_eps_g, sd_Q_0_0 …, bias_Q_0_0 …: spread and shift of runs of dimension N",
     KEPT(ov_as_flag, extras.fluctuations), .of = OV_OF_THEORY},
    {"fixed_point", OV_BOOL, 0, 0, NULL, NULL, "false",
     "columns fixed_eps_g, fixed_growth: the fixed point near the last row, its stability",
     KEPT(ov_as_flag, extras.fixed_point), .of = OV_OF_THEORY},
    {"escape", OV_BOOL, 0, 0, NULL, NULL, "false",
     "columns alpha_escape, eps_plateau: when eps_g falls to half of its first plateau",
     KEPT(ov_as_flag, extras.escape), .of = OV_OF_THEORY},
    {"eta_max", OV_BOOL, 0, 0, NULL, NULL, "false",
     "column eta_max: the eta_w above which the perfect student (no noise, no decay) with the "
     "start's second layer is unstable; nan where a frozen v fits none",
     KEPT(ov_as_flag, extras.eta_max), .of = OV_OF_THEORY},
    {"share", OV_BOOL, 0, 0, NULL, NULL, "false", SHARE_DOC, KEPT(ov_as_flag, extras.share),
     .of = OV_OF_THEORY},
    {"match", OV_BOOL, 0, 0, NULL, NULL, "false", MATCH_DOC, KEPT(ov_as_flag, extras.match),
     .of = OV_OF_THEORY},
    {"time_to", OV_REAL | OV_LIST, 1e-300, 1e300, NULL, NULL, OV_OPTIONAL,
     "columns alpha_to_X: when eps_g falls to X, one level or a list",
     ARRAY(ov_as_levels, extras.time_to.eps_g, extras.time_to.n, ""), .of = OV_OF_THEORY},
    {"inputs", OV_WORD, 0, 0, theory_inputs, NULL, "covariance",
     "covariance: theory of Gaussian inputs with the covariance of the curve's own, of images too; "
     "isotropic: of covariance 1, whatever the inputs are; visible: of a hidden manifold, as if the labels "
     "were made by what the inputs show of it",
     KEPT(as_theory_inputs, covariance.theory_inputs), .of = OV_OF_THEORY},
    {"spiked", OV_BOOL, 0, 0, NULL, NULL, "false",
     "with that part of a step's noise which is of relative order c_i/N, and time in steps of 1/N: it "
     "counts where a direction has a good share of all variance",
     KEPT(ov_as_flag, covariance.spiked), .of = OV_OF_THEORY},
    {"blocks", OV_BOOL, 0, 0, NULL, NULL, "false",
     "columns Q_k_l_bB, R_k_m_bB: the overlaps of each block B, of which those of the fields are the sum, "
     "each times its variance",
     KEPT(ov_as_flag, covariance.in_columns), .of = OV_OF_THEORY},
    {"averages", OV_MAP, 0, 0, NULL, averages_keys, "{}",
     .doc = "how Gaussian averages without closed form are taken"},
    {.name = NULL},
};

static const struct ov_key sgd_keys[] = {
    {"engine", OV_WORD, 0, 0, engines, NULL, "weights",
     "simulator; weights: SGD on the K x N weights, for all inputs; law: the same in "
     "law on the overlaps alone, at a cost of a step that does not depend on N, for fresh Gaussian inputs",
     KEPT(ov_as_word, engine), .of = OV_OF_SIM},
    OV_SGD_ROWS(struct ov_two_layer, sgd_runs),
    {"time_to", OV_REAL | OV_LIST, 1e-300, 1e300, NULL, NULL, OV_OPTIONAL,
     "columns alpha_to_X: when eps_g first falls to X, interpolated between the times measured",
     ARRAY(ov_as_levels, sgd_time_to.eps_g, sgd_time_to.n, ""), .of = OV_OF_SIM},
    {"share", OV_BOOL, 0, 0, NULL, NULL, "false", SHARE_DOC, KEPT(ov_as_flag, sgd_share),
     .of = OV_OF_SIM},
    {"weights", OV_REAL | OV_LIST, 0, 1e12, NULL, NULL, OV_OPTIONAL,
     "times of measurement at which the weights of engine weights are stored, one or a list: "
     "OUT/CURVE.sgd/SEED/w-TIME.npy (K x N, which init.weights reads), v-TIME.npy (K), and "
     "teacher.npy (M x N); none after the end of a run with stop; python: numpy.load(FILE)",
     ARRAY(ov_as_kept, kept.time, kept.n, ""), .of = OV_OF_SIM},
    {"match", OV_BOOL, 0, 0, NULL, NULL, "false", MATCH_DOC, KEPT(ov_as_flag, sgd_match),
     .of = OV_OF_SIM},
    {"blocks", OV_BOOL, 0, 0, NULL, NULL, "false",
     "columns Q_k_l_bB, R_k_m_bB, as of theory, where the covariance lists its blocks",
     KEPT(ov_as_flag, covariance.in_sgd), .of = OV_OF_SIM},
    {.name = NULL},
};

const struct ov_key ov_two_layer_keys[] = {
    {"N", OV_INT, 1, 1e9, NULL, NULL, OV_OPTIONAL,
     "input dimension; needed where weights are drawn (random init or teacher, sgd); of images: "
     "their pixels",
     KEPT(as_N, problem.N), .of = OV_OF_DRAWN | OV_IN_FORMULAS},
    {"K", OV_INT, 1, OV_MOST_UNITS, NULL, NULL, OV_OPTIONAL,
     "hidden units of the student; needed without scaling", KEPT(ov_as_size, problem.K),
     .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"M", OV_INT, 1, OV_MOST_UNITS, NULL, NULL, OV_REQUIRED, "hidden units of the teacher",
     KEPT(ov_as_size, problem.M), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    OV_ACTIVATION_ROWS(struct ov_two_layer, "student", "student's"),
    {"teacher", OV_WORD | OV_MAP, 0, 0, ov_teacher_words, ov_two_layer_teacher_keys, "orthonormal",
     "first layer of the teacher; random: w*_mi ~ N(0,1); a map: its overlaps, weights or zeros",
     KEPT(ov_as_teacher, problem.teacher), .of = OV_OF_PROBLEM},
    OV_V_STAR_ROW(struct ov_two_layer, "1", "; 1/M with scaling"),
    {"eta_w", OV_REAL | OV_MAP, 0, 1e6, NULL, ov_schedule_keys, OV_OPTIONAL,
     "learning rate of the first layer; needed without scaling; a map: a schedule, which eta_v "
     "follows in proportion; in formulas its start",
     KEPT(ov_as_real, problem.eta_w), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"scaling", OV_MAP, 0, 0, NULL, ov_scaling_keys, OV_OPTIONAL,
     .doc = "in place of N, K, eta_w, v and v_star: p units in d dimensions, student "
            "(1/p) sum_j g, teacher (1/M) sum_r g, learning rate gamma; adds the time t = "
            "alpha gamma/p"},
    {"eta_v", OV_REAL, 0, 1e6, NULL, NULL, "0", "learning rate of the second layer; 0: frozen",
     KEPT(ov_as_real, problem.eta_v), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"momentum", OV_REAL, 0, 1, NULL, NULL, "0",
     "m of heavy-ball steps u <- m u + step, w <- w + u, of both layers; below 1. Weight decay is not "
     "gathered. Engine weights; theory is that of large N, of learning rates over 1 - momentum",
     KEPT(as_momentum, problem.momentum), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"sigma", OV_REAL, 0, 1e6, NULL, NULL, "0", "standard deviation of the label noise",
     KEPT(ov_as_real, problem.sigma), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"weight_decay", OV_REAL, 0, 1e6, NULL, NULL, "0",
     "weight decay of both layers: w loses (weight_decay/N) w a step",
     KEPT(ov_as_real, problem.decay_w), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"weight_decay_v", OV_REAL, 0, 1e6, NULL, NULL, OV_OPTIONAL,
     "the second layer's own weight decay (default: weight_decay); needs eta_v > 0",
     KEPT(ov_as_real, problem.decay_v), .of = OV_OF_PROBLEM},
    {"labels", OV_MAP, 0, 0, NULL, ov_labels_keys, "{}", .doc = "what the student learns"},
    {"stop", OV_MAP, 0, 0, NULL, ov_stop_keys, OV_OPTIONAL,
     .doc =
         "where a run ends before the last time: its later rows are nan; adds column stopped_at, "
         "the time of that row, nan if it comes to none, to both sides"},
    {"init", OV_MAP, 0, 0, NULL, init_keys, "{}", "where the student starts",
     KEPT(as_start, problem.start), .of = OV_OF_PROBLEM},
    {"inputs", OV_MAP, 0, 0, NULL, ov_inputs_keys, "{}",
     "the inputs; theory is that of fresh Gaussian ones of the same covariance",
     KEPT(as_inputs, data), .of = OV_OF_SIM},
    {"blocks", OV_INT | OV_WORD, 1, 1e5, ov_blocks_words, NULL, "auto",
     .doc =
         "how many blocks stand for the covariance in theory; auto: all that are given, and of a "
         "spectrum by name or of images 5 + 1.5 ln(largest/smallest), or + 2.5 of it for drawn weights; all: a block a direction"},
    {"samples", OV_INT, 1, 1e9, NULL, NULL, OV_OPTIONAL,
     "size of a training set that sgd goes through again and again, in a new random order each "
     "time "
     "after the first; adds column eps_t (default: fresh inputs; of images: all not held out)",
     KEPT(ov_as_known, data.inputs.samples), .of = OV_OF_SIM | OV_IN_FORMULAS},
    {"batch", OV_INT, 1, 1e6, NULL, NULL, "1",
     "inputs whose mean gradient makes a step; alpha counts steps", KEPT(as_batch, problem.batch),
     .of = OV_OF_THEORY | OV_OF_SIM | OV_IN_FORMULAS},
    {"alpha", OV_REAL | OV_LIST | OV_MAP, 0, 1e12, NULL, alpha_keys, OV_OPTIONAL,
     "times of measurement, alpha = steps/N: one, a list, or a range",
     ARRAY(ov_as_times, alpha, n_alpha, ""), .of = OV_OF_THEORY | OV_OF_SIM | OV_IN_FORMULAS},
    {"t", OV_REAL | OV_LIST | OV_MAP, 0, 1e12, NULL, t_keys, OV_OPTIONAL,
     "with scaling, in place of alpha: times t = alpha gamma/p: one, a list or a range; t is then the "
     "first column",
     ARRAY(as_t, scaling.t, n_alpha, ""), .of = OV_OF_THEORY | OV_OF_SIM},
    {"method", OV_WORD, 0, 0, methods, NULL, "msbdf",
     "solver of theory; msbdf: Runge-Kutta first, implicit multistep where it gets stiff; rk8pd: "
     "Runge-Kutta alone",
     KEPT(ov_as_word, solve.method), .of = OV_OF_THEORY},
    {"rtol", OV_REAL, 1e-14, 0.1, NULL, NULL, "1e-8", "relative tolerance of theory",
     KEPT(ov_as_real, solve.rtol), .of = OV_OF_THEORY},
    {"atol", OV_REAL, 0, 0.1, NULL, NULL, "1e-12", "absolute tolerance of theory",
     KEPT(ov_as_real, solve.atol), .of = OV_OF_THEORY},
    {"theory", OV_BOOL | OV_MAP, 0, 0, NULL, theory_keys, "false",
     "solve the equations of motion; a map asks for more than the path",
     KEPT(ov_as_flag, theory_asked)},
    {"sgd", OV_MAP, 0, 0, NULL, sgd_keys, OV_OPTIONAL, .doc = "simulate"},
    OV_ON_DIVERGENCE_ROW,
    {.name = NULL},
};
