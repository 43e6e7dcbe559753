/* SPDX-License-Identifier: MIT
 *
 * An experiment directory: experiment.yaml read, resolved and checked as a whole. Nothing is
 * computed and nothing written here.
 */
#ifndef OVERLAP_EXPERIMENT_EXPERIMENT_H
#define OVERLAP_EXPERIMENT_EXPERIMENT_H

#include <stddef.h>
#include <stdint.h>

#include "overlap/base/status.h"
#include "overlap/experiment/system.h"

struct fy_document;
struct fy_node;

enum ov_tier { OV_QUICK, OV_CI, OV_FULL };
extern const char *const ov_tier_names[]; /* "quick", "ci", "full", NULL */

struct ov_curve {
    char *id;                    /* "K4"; "overparam-K4" from a vary */
    char *group;                 /* the id as written: "overparam" */
    struct ov_value params;      /* resolved: defaults, the curve's own keys, vary, --set */
    void *state;                 /* the system's own */
    struct ov_side_plan side[2]; /* what theory and simulation compute, by enum ov_side */
    bool fails_if_diverged;      /* on_divergence: fail */
    /* What the random numbers of a run are a function of besides its seed's number: `parameters`
     * without what does not change them (times of measurement, the engine), the same for both
     * sides, so that theory and simulation of a seed start from the same weights. */
    struct ov_text problem;
    uint64_t stream;       /* of random numbers: 1, or another for other ones, all else equal */
    const char **variable; /* (n_variable) what formulas may name, NULL at the end */
    double *variable_is;   /* (n_variable) their values */
    size_t n_variable;
};

/* Gives a curve a variable that formulas may name: "K", "L" = K - M. `name` is a constant. */
void ov_curve_define(struct ov_curve *c, const char *name, double x);
/* The value of a formula's variable, by its name or by the path that vary takes ("scaling.gamma",
 * "eta_w.start", which formulas may not name); false if the curve has none of that name. */
bool ov_curve_variable(double *x, const struct ov_curve *c, const char *name);
/* The name of the time that a curve's tables are ordered by: "alpha". */
const char *ov_curve_time(const struct ov_curve *c);
/* Has it both sides, row by row, to be compared? */
static inline bool ov_curve_is_pair(const struct ov_curve *c)
{
    const struct ov_side_plan *theory = &c->side[OV_THEORY], *sgd = &c->side[OV_SGD];
    return theory->n_run > 0 && sgd->n_run > 0 && sgd->n_each <= 1;
}
/* Releases what planning a curve filled in. */
void ov_curve_release(struct ov_curve *c, const struct ov_system *system);

struct ov_experiment {
    char *dir, *name, *path; /* as given; last component of the real path; DIR/experiment.yaml */
    char *title, *source;    /* source: NULL where the file has none */
    enum ov_tier tier;
    bool fails_if_diverged; /* on_divergence: fail, of curves that do not say */
    const struct ov_system *system;
    struct ov_curve *curve; /* (n_curve) in the order of the file */
    size_t n_curve;
    struct fy_node *claims; /* the raw list, or NULL: claims/claims.h reads it */
    void *documents;        /* what nodes and places live in; private */
};

struct ov_load_options {
    const char
        *text; /* of an experiment.yaml that is no file, `dir` its name in messages; or NULL */
    const struct ov_system *const *systems; /* those that there are, NULL at the end */
    enum ov_tier tier;                      /* `seeds: {quick: 2, ci: 10}` picks by it */
    const char *const *set; /* (n_set) "key=value" of --set: key is a parameter of every curve
                               ("eta_w", "init.std", "sgd.seeds") or, with a curve's id in front,
                               of that one ("K4.eta_w"); value is YAML */
    size_t n_set;
    uint64_t stream; /* of random numbers; 0 is 1. Another one is among the parameters of every side
                        whose runs have seeds, and of nothing else: keys of stream 1 do not know it */
};

/* Loads DIR/experiment.yaml.
 *   out  e   owned by the caller (ov_experiment_free); NULL on error
 * Errors (OV_EUSER, every mistake of the file at its place): no such directory or file; not YAML;
 * unknown, duplicate, missing, mistyped or out-of-range keys; an unknown system; no curves;
 * duplicate curve ids, or ids that are not file names ([A-Za-z0-9_.-], not starting with . or -); a
 * curve with neither theory nor sgd; keys that nothing reads, among the defaults (no curve reads
 * it) or on a curve; whatever the system's `plan` refuses. */
OV_NODISCARD enum ov_status ov_experiment_load(struct ov_experiment **e, const char *dir,
                                               const struct ov_load_options *options,
                                               struct ov_error *err);
void ov_experiment_free(struct ov_experiment *e); /* NULL-safe */

/* The curves that a name means: the curve with this id, or all of a group.
 *   out  found  (n_curve) room for all; how many are written is returned */
size_t ov_experiment_select(const struct ov_curve **found, const struct ov_experiment *e,
                            const char *name);

/* The keys of experiment.yaml itself. */
extern const struct ov_key ov_experiment_keys[];

/* The commented reference: of a system's keys, or (NULL) of those that are no system's. */
void ov_experiment_document(struct ov_text *out, const struct ov_system *system);

#endif
