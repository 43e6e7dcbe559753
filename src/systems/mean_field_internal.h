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

enum { OV_MF_MOST_K = 100 }; /* units of the teacher */

enum ov_mf_start { OV_MF_NETWORK, OV_MF_PARTICLES, OV_MF_GAUSSIAN };
enum ov_mf_theory { OV_MF_SGD, OV_MF_FLOW };

struct ov_mf_curve {
    /* The network: K = p, M = k, N = d (0: infinite), v = 1/p, v* = 1/k, eta_w = gamma. */
    struct ov_problem problem;
    unsigned start;                /* enum ov_mf_start */
    double *m, *q;                 /* (p,k), (p) of given particles; q of a Gaussian measure too */
    double std;                    /* of random weights or overlaps */
    unsigned kind;                 /* enum ov_mf_theory */
    bool theory_asked, infinite_d; /* infinite_d: theory without terms of order 1/(d - k) */
    size_t theory_seeds, theory_runs, sgd_runs;
    double rtol, atol;
    double *t; /* (n_t) increasing */
    size_t n_t;
    bool parts;       /* the table is of the units: p rows a time */
    double *row_time; /* (n_t,p) of those */
    double *m_level, *q_level;
    size_t n_m_level, n_q_level;
};

/* All units as particles. */
struct ov_mf_units {
    double t, eps_g;
    const double *m; /* (p,k) */
    const double *q; /* (p) |w_j|^2/d - |m_j|^2 */
    double pairs;    /* the sum over j < l of (Q_jl - m_j.m_l)^2 */
    double f_out;    /* < Var(f | nu) > */
};

extern const struct ov_key ov_mf_keys[];

/* Reads and checks a curve's parameters. s, zero before, is safe to release whatever comes back:
 * OV_OK, OV_EUSER at the place of the value at fault, OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_mf_read(struct ov_mf_curve *s, struct ov_value *params,
                                       struct ov_error *err);
void ov_mf_release(void *state); /* what a struct ov_mf_curve owns */

/* The particles that theory reads. */
struct ov_mean_field_problem ov_mf_particles(const struct ov_mf_curve *s);

/* ---- rows ---- */

/* Numbers in a row: t, eps_g, mean m (k), S packed (k,k), mean and standard deviation of q, the
 * cosine outside, shares at levels; of a table of units t, j, m (k), q. And how many rows a time. */
size_t ov_mf_width(const struct ov_mf_curve *s);
size_t ov_mf_each(const struct ov_mf_curve *s);

/* Columns and their meaning, rows and times. */
extern const char ov_mf_columns[]; /* all that its tables may have, for people */
void ov_mf_plan_rows(struct ov_side_plan *plan, const struct ov_mf_curve *s);

/* The rows of one time, (ov_mf_each, ov_mf_width). */
void ov_mf_fill_rows(double *row, const struct ov_mf_curve *s, const struct ov_mf_units *units);

#endif
