/* SPDX-License-Identifier: MIT
 *
 * One curve of system mean-field: what experiment.yaml says of it, resolved.
 */
#ifndef OVERLAP_SYSTEMS_MEAN_FIELD_INTERNAL_H
#define OVERLAP_SYSTEMS_MEAN_FIELD_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/experiment/experiment.h"
#include "overlap/model/problem.h"
#include "overlap/theory/mean_field.h"

enum ov_mf_start { OV_MF_NETWORK, OV_MF_PARTICLES, OV_MF_GAUSSIAN };
enum ov_mf_theory { OV_MF_SGD, OV_MF_FLOW };

struct ov_mf_curve {
    /* The network: K = p, M = k, N = d (0: infinite), v = 1/p, v* = 1/k, eta_w = gamma. */
    struct ov_problem problem;
    unsigned start; /* enum ov_mf_start */
    double *m, *q;  /* (p,k), (p) of given particles; q of a Gaussian measure too */
    double std;     /* of random weights or overlaps */
    unsigned kind;  /* enum ov_mf_theory */
    bool theory_asked;
    size_t theory_seeds, theory_runs, sgd_runs;
    double rtol, atol;
    double *t; /* (n_t) increasing */
    size_t n_t;
};

extern const struct ov_key ov_mf_keys[];

/* Reads and checks a curve's parameters. s, zero before, is safe to release whatever comes back:
 * OV_OK, OV_EUSER at the place of the value at fault, OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_mf_read(struct ov_mf_curve *s, struct ov_value *params,
                                       struct ov_error *err);
void ov_mf_release(void *state); /* what a struct ov_mf_curve owns */

/* The particles that theory reads. */
struct ov_mean_field_problem ov_mf_particles(const struct ov_mf_curve *s);

/* Numbers in a row: t, eps_g, mean m (k), S packed (k,k), mean and standard deviation of q. */
size_t ov_mf_width(const struct ov_mf_curve *s);

#endif
