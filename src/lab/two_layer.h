/* SPDX-License-Identifier: MIT
 *
 * One curve of system two-layer: what experiment.yaml says of it, resolved.
 */
#ifndef OVERLAP_LAB_TWO_LAYER_H
#define OVERLAP_LAB_TWO_LAYER_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/lab/systems.h"
#include "overlap/model/problem.h"
#include "overlap/theory/solve.h"

/* A simulator of sim/, all with one contract (sim/weights.h). */
struct ov_engine {
    const char *name; /* the word of sgd.engine */
    const char *const *rooms;
    enum ov_status (*run)(double *rows, const struct ov_problem *p, uint64_t key,
                          const double *alpha, size_t n_alpha, const struct ov_tick *tick,
                          struct ov_error *err);
};
extern const struct ov_engine ov_engines[]; /* name NULL at the end */

struct ov_two_layer {
    struct ov_problem problem;
    double *alpha; /* (n_alpha) increasing */
    size_t n_alpha;
    bool start_is_fixed;
    size_t theory_runs, sgd_runs; /* 0: not asked for */
    struct ov_solve_options solve;
    const struct ov_engine *engine; /* NULL without sgd */
};

extern const struct ov_key ov_two_layer_keys[];

/* The members of struct ov_system that read a curve. */
enum ov_status ov_two_layer_prepare(void **state, struct ov_value *params, struct ov_error *err);
void ov_two_layer_release(void *state); /* NULL-safe */

/* The times that an `alpha` value (a list or a map) means.
 *   out  alpha  (n) allocated
 *   in   N      0: not known
 *   in   steps  true: generated times are put on whole steps, k/N with k >= 1 (N > 0 then), and
 * what falls together is one Returns OV_OK, OV_EUSER at the place, or OV_ENOMEM. */
enum ov_status ov_two_layer_times(double **alpha, size_t *n, struct ov_value *value, size_t N,
                                  bool steps, struct ov_error *err);

#endif
