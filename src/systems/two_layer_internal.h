/* SPDX-License-Identifier: MIT
 *
 * One curve of system two-layer: what experiment.yaml says of it, resolved.
 */
#ifndef OVERLAP_SYSTEMS_TWO_LAYER_INTERNAL_H
#define OVERLAP_SYSTEMS_TWO_LAYER_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/experiment/experiment.h"
#include "overlap/base/sha256.h"
#include "overlap/model/problem.h"
#include "overlap/sim/weights.h"
#include "overlap/theory/solve.h"

/* Numbers in the weights of one run: 8 GB. */
#define OV_LARGEST_WEIGHTS 1e9
#define OV_MOST_UNITS 1000 /* of student or teacher */
#define OV_MOST_LAW_BLOCKS 65535

/* A simulator of sim/, all with one contract (sim/law.h). */
struct ov_engine {
    const char *name; /* the word of sgd.engine */
    const char *module;
    size_t group;       /* runs that are best made together */
    bool draws_weights; /* K x N numbers in memory */
    enum ov_status (*run)(double *rows, const struct ov_problem *p, const uint64_t *key,
                          size_t n_run, const double *alpha, size_t n_alpha,
                          const struct ov_tick *tick, struct ov_error *err);
};
extern const struct ov_engine ov_engines[]; /* name NULL at the end */

/* `time_to`: levels of eps_g, each a column with the time at which it is reached. */
struct ov_levels {
    double *eps_g; /* (n) */
    size_t n;
};

/* `sgd.weights`: the times at which weights are stored. */
struct ov_kept {
    double *time; /* (n) as given, in the unit of the times of measurement; owned */
    size_t *row;  /* (n) which of these they are; owned */
    size_t n;
};

/* What theory gives besides the path, each a group of columns behind those of the path. */
struct ov_extras {
    bool fluctuations, fixed_point, escape, eta_max, share, match;
    struct ov_levels time_to;
};

/* What `inputs` and `samples` say. */
struct ov_data {
    bool plain;                   /* fresh Gaussian inputs with covariance 1 */
    struct ov_inputs inputs;      /* with images: the two below, of which only the sizes are
                                     there until a run reads the files */
    struct ov_images train, test; /* train: what is not held out */
    char *train_path, *test_path; /* owned; test_path NULL: held out */
    char train_sha[OV_KEY_SIZE], test_sha[OV_KEY_SIZE]; /* of the files' bytes */
    bool standardise;
    size_t
        whitened; /* how many principal components of the images, of variance 1, are inputs; 0: pixels */
    struct ov_hidden_manifold manifold;
    struct ov_text columns_doc; /* what the columns of sgd mean */
};

/* Whose variances the inputs have. */
enum ov_covariance_kind {
    OV_COVARIANCE_WHITE,
    OV_COVARIANCE_LIST,   /* n given ones for N/n directions each */
    OV_COVARIANCE_SHARES, /* for shares of the directions */
    OV_COVARIANCE_POWER,  /* model/spectrum.h */
    OV_COVARIANCE_LOGNORMAL,
    OV_COVARIANCE_MARCHENKO_PASTUR,
    OV_COVARIANCE_MANIFOLD, /* inputs on a hidden manifold, of D = n numbers */
    OV_COVARIANCE_IMAGES,   /* Gaussian inputs with the covariance of images */
    OV_COVARIANCE_OWN,      /* sgd trains on images, of which theory takes the covariance */
};

#define OV_BLOCKS_AUTO ((size_t)0)
#define OV_BLOCKS_ALL SIZE_MAX

/* `inputs.covariance` and all that goes by blocks of it. */
struct ov_covariance {
    enum ov_covariance_kind kind;
    double parameter;      /* of power, lognormal, marchenko_pastur */
    size_t n;              /* entries of a list; how many images */
    double *share, *given; /* owned; (n) of a list; the variances as they are given */
    double *rate;          /* owned; (n) factors of the learning rate, or NULL */
    bool whiten;
    size_t asked;                    /* `blocks` */
    double *T, *R, *Q;               /* owned; given block by block (model/blocks.h), or NULL */
    char *path;                      /* owned; of images */
    char sha[OV_KEY_SIZE];           /* of their bytes */
    unsigned theory_inputs;          /* enum ov_theory_inputs */
    bool spiked, in_columns, in_sgd; /* theory.spiked, theory.blocks, sgd.blocks */
    bool is_drawn; /* a start from given overlaps that blocks are too small to hold: weights
                                have them as a whole, and what each block has is measured, seed by seed */
};

/* Are the variances given one by one? */
static inline bool ov_covariance_is_listed(const struct ov_covariance *c)
{
    return c->kind == OV_COVARIANCE_LIST || c->kind == OV_COVARIANCE_SHARES;
}

/* visible: of a hidden manifold, as if labels were made by what the inputs show of it. */
enum ov_theory_inputs { OV_THEORY_COVARIANCE, OV_THEORY_ISOTROPIC, OV_THEORY_VISIBLE };

/* `scaling`, as Arnaboldi et al. and Veiga et al. write the problem (paper.md eq:scaling): p units in
 * d dimensions, outputs (1/p) sum_j g and (1/k) sum_r g, learning rate gamma. */
struct ov_scaling {
    bool given;
    double gamma;
    size_t p, d;          /* d may be 0: without N */
    double delta, gamma0; /* as given: gamma = gamma0 (d/d0)^-delta */
    double kappa, p0;     /* p = p0 (d/d0)^kappa */
    double d0;
    double *t; /* owned; (n_alpha) of the problem: t = alpha gamma/p */
    bool by_t; /* the times were given in t */
};

struct ov_two_layer {
    struct ov_problem problem;
    char w_star_sha[OV_KEY_SIZE], w_sha[OV_KEY_SIZE]; /* of given weights */
    struct ov_scaling scaling;
    struct ov_data data;
    struct ov_covariance covariance;
    double teacher_power; /* b of teacher.power, or 0 */
    double *alpha;        /* (n_alpha) increasing */
    size_t n_alpha;
    bool start_is_fixed;
    double moved; /* given overlaps were rounded: by how much they had to change */
    bool theory_asked;
    size_t theory_seeds;          /* as given */
    size_t theory_runs, sgd_runs; /* 0: not asked for */
    struct ov_solve_options solve;
    unsigned engine; /* index into ov_engines */
    struct ov_levels sgd_time_to;
    bool sgd_share, sgd_match;
    struct ov_kept kept;
    struct ov_extras extras;
};

extern const struct ov_key ov_two_layer_keys[];

/* What formulas may name besides the parameters; those of a teacher that is not given, and of units
 * that it has not, are not defined. */
extern const struct ov_variable ov_two_layer_variables[];
void ov_two_layer_define(struct ov_curve *c, const struct ov_two_layer *s);

/* Reads and checks a curve's parameters. s, zero before, is safe to release whatever comes back:
 * OV_OK, OV_EUSER at the place of the value at fault, OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_two_layer_read(struct ov_two_layer *s, struct ov_value *params,
                                              struct ov_error *err);
void ov_two_layer_release(void *state); /* what a struct ov_two_layer owns */

/* Bytes that a process of this side allocates besides its rows. */
double ov_two_layer_memory(const struct ov_two_layer *s, enum ov_side side);

/* What a path in experiment.yaml means: a relative one is from the experiment's directory. The caller
 * frees it; NULL without memory. */
char *ov_path_beside(const char *path, const char *dir);

/* ---- weights in files ---- */

extern const struct ov_key ov_two_layer_teacher_keys[];
extern const struct ov_field ov_as_teacher, ov_as_file;

/* `teacher: {T | sparse | weights}` and `init.weights`: reads the files and fills in the problem, N
 * too where it is not given. OV_EUSER: not one of the three, a file that can't be read or has another
 * shape; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_weights_read(struct ov_two_layer *s, struct ov_value *params,
                                            struct ov_error *err);

/* ---- weights that are stored ---- */

extern const struct ov_field ov_as_kept;

/* Finds the rows that weights are stored with, when the times are known. OV_EUSER: engine law, a time
 * that is not measured at or between two steps, too many numbers; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_kept_read(struct ov_two_layer *s, struct ov_value *params,
                                         struct ov_error *err);
void ov_kept_plan(struct ov_side_plan *plan, const struct ov_two_layer *s);
double ov_kept_numbers(const struct ov_two_layer *s); /* of a run */

/* ---- labels that are signs ---- */

extern const struct ov_key ov_labels_keys[];

/* OV_EUSER: a theory of them is asked for. */
OV_NODISCARD enum ov_status ov_labels_read(struct ov_two_layer *s, struct ov_value *params,
                                           struct ov_error *err);
/* What they make of the columns, for people. */
void ov_labels_plan(struct ov_side_plan *plan, const struct ov_two_layer *s);

/* ---- runs that end at a level ---- */

extern const struct ov_key ov_stop_keys[];

void ov_stop_read(struct ov_value *params);
/* The last column of a side, stopped_at; nothing without `stop`. */
void ov_stop_plan(struct ov_side_plan *plan, const struct ov_two_layer *s);
/* How many of n measured rows, alpha and eps_g in front, a run has. */
size_t ov_stop_rows(const double *row, size_t n, size_t width, const struct ov_problem *p);
/* Completes the rows (n_alpha, n_col) of one run with `stop`: behind the last one, and stopped_at.
 *   in   measured  columns, times among them, that each row of the run has to have
 * OV_OK; OV_ENUMERIC, one of these is not finite. */
OV_NODISCARD enum ov_status ov_stop_fill(double *rows, const struct ov_side_plan *plan,
                                         const struct ov_two_layer *s, size_t measured,
                                         struct ov_error *err);
/* ---- schedules ---- */

extern const struct ov_key ov_schedule_keys[];

/* Is all there that a schedule needs, and nothing asked for that it does not have? OV_EUSER. */
OV_NODISCARD enum ov_status ov_schedule_read(struct ov_two_layer *s, struct ov_value *params,
                                             struct ov_error *err);

/* ---- scaling ---- */

extern const struct ov_key ov_scaling_keys[];

/* K, N and eta_w from `scaling`, before any other parameter is taken; without it, complains where K
 * or eta_w is missing, and about what only `scaling` makes sense of.
 * OV_OK; OV_EUSER at the value at fault: given in both forms, without a rate or a width, p out of
 * range. */
OV_NODISCARD enum ov_status ov_scaling_begin(struct ov_two_layer *s, struct ov_value *params,
                                             struct ov_error *err);
/* v_star and v, when all else is there; OV_EUSER, OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_scaling_complete(struct ov_two_layer *s, struct ov_value *params,
                                                struct ov_error *err);
/* Reads `alpha`, or `t`. As ov_times_read. */
OV_NODISCARD enum ov_status ov_scaling_times(struct ov_two_layer *s, struct ov_value *params,
                                             struct ov_error *err);
/* What a complaint of the model about `key` is about. */
const char *ov_scaling_place(const struct ov_two_layer *s, const char *key);

/* Columns of time: alpha, and with scaling t, the one that was given in front. */
static inline size_t ov_two_layer_times(const struct ov_two_layer *s)
{
    return s->scaling.given ? 2 : 1;
}
void ov_scaling_plan(struct ov_side_plan *plan, const struct ov_two_layer *s);
/* A measured row (width) of time number j, `from`, with all its times in front. */
void ov_scaling_put(double *to, const double *from, size_t width, const struct ov_two_layer *s,
                    size_t j);

/* Reads `inputs`, `samples` and `batch`; N of a curve with images is set. */
OV_NODISCARD enum ov_status ov_data_read(struct ov_two_layer *s, struct ov_value *params,
                                         struct ov_error *err);
void ov_data_free(struct ov_data *d);

/* Lines of the canonical text; none for plain inputs. `samples` has its own row. */
void ov_data_describe(struct ov_text *out, const struct ov_data *d);

/* Runs engine weights on any inputs, one run after the other; `kept` (of a single run) may be NULL. */
OV_NODISCARD enum ov_status ov_data_run(double *rows, const struct ov_weights_kept *kept,
                                        const struct ov_two_layer *s, const uint64_t *key,
                                        size_t n_run, const struct ov_tick *tick,
                                        struct ov_error *err);

/* The columns of levels. */
void ov_levels_plan(struct ov_side_plan *plan, const struct ov_levels *levels);

/* The columns of `share`: of each time, or of the whole run; filled into the rows (n_alpha, width) of
 * one run, from column `value` and `whole` on. OV_OK or OV_ENOMEM. */
void ov_share_plan(struct ov_side_plan *plan, bool whole);
OV_NODISCARD enum ov_status ov_share_fill(double *rows, size_t width, const struct ov_two_layer *s,
                                          size_t value, size_t whole);

/* The columns of `match`, of each time; filled into the rows (n_alpha, width) of one run from column
 * `at` on: nan where a row has none or has diverged. OV_OK or OV_ENOMEM. */
enum { OV_MATCH_COLUMNS = 4 };
void ov_match_plan(struct ov_side_plan *plan);
OV_NODISCARD enum ov_status ov_match_fill(double *rows, size_t width, const struct ov_two_layer *s,
                                          size_t at);

/* When a measured curve first falls to a level: linear in ln eps_g between the two measurements
 * that have it between them; the first time if it starts there; NaN if it is never reached.
 *   in   row  (n, width) with alpha and eps_g in columns 0 and 1 */
double ov_levels_crossing(const double *row, size_t n, size_t width, double eps_g);

/* Is there any; their columns; and filling them in: rows
 * (n_alpha, width) whose path is there already. A number that does not exist (a plateau that is
 * not left) is NaN. */
bool ov_extras_any(const struct ov_two_layer *s);
void ov_extras_plan(struct ov_side_plan *plan, const struct ov_two_layer *s);
OV_NODISCARD enum ov_status ov_extras_run(double *rows, size_t width, const struct ov_two_layer *s,
                                          const struct ov_overlaps *start,
                                          const struct ov_overlaps *end, const struct ov_tick *tick,
                                          struct ov_error *err);

#include "two_layer_covariance_internal.h"

#endif
