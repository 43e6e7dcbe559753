/* SPDX-License-Identifier: MIT
 *
 * One curve of system random-features: what experiment.yaml says of it, resolved.
 */
#ifndef OVERLAP_SYSTEMS_RANDOM_FEATURES_INTERNAL_H
#define OVERLAP_SYSTEMS_RANDOM_FEATURES_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/experiment/experiment.h"
#include "overlap/model/random_features.h"
#include "overlap/theory/random_features.h"

enum ov_rf_kind { OV_RF_LIMIT, OV_RF_INSTANCE, OV_RF_DEGREES, OV_RF_FIXED_WIDTH };
extern const char *const ov_rf_kinds[]; /* the words of theory.kind, NULL at the end */

struct ov_rf_curve {
    struct ov_rf_problem problem; /* N or K 0 where not known */
    double width;      /* K as it is written, which may be beyond a size_t; 0: not known */
    double beta;       /* K/N, given or from both; 0: not known */
    unsigned features; /* index of the word */
    bool theory_asked;
    size_t theory_seeds; /* as given */
    double *t;           /* (n_t) increasing */
    size_t n_t;
    size_t theory_runs, sgd_runs; /* 0: not asked for */
    enum ov_rf_kind kind;
    enum ov_rf_time time; /* instance */
    size_t degrees;       /* degrees: how many */
    double *width_to;     /* (n_width_to) degrees: fractions of tau2 that the floor falls to */
    size_t n_width_to;
    struct ov_rf_powers powers;
};

extern const struct ov_key ov_rf_keys[];

/* Reads and checks a curve's parameters. s, zero before, is safe to release whatever comes back:
 * OV_OK, OV_EUSER at the place of the value at fault, OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_rf_read(struct ov_rf_curve *s, struct ov_value *params,
                                       struct ov_error *err);
void ov_rf_release(void *state); /* what a struct ov_rf_curve owns */

/* The columns of theory: those of simulation, then one number each for the whole run. */
enum { OV_RF_FLOOR = 3, OV_RF_STATIONARY, OV_RF_GROWTH, OV_RF_ETA_MAX, OV_RF_FIRST_WIDTH };

/* The problem as the curve's theory reads it: without N and K where they do not matter. */
struct ov_rf_problem ov_rf_theory_problem(const struct ov_rf_curve *s);

/* One run of theory.
 *   out  rows  (n_t, OV_RF_FIRST_WIDTH + n_width_to) */
OV_NODISCARD enum ov_status ov_rf_theory_run(double *rows, const struct ov_rf_curve *s,
                                             uint64_t key, struct ov_error *err);

/* What does not need times or an instance: can this theory say anything of this problem? OV_EUSER
 * with the reason if not. */
OV_NODISCARD enum ov_status ov_rf_theory_check(const struct ov_rf_curve *s, struct ov_error *err);

#endif
