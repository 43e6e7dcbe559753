/* SPDX-License-Identifier: MIT
 *
 * One curve of system quadratic: what experiment.yaml says of it, resolved.
 */
#ifndef OVERLAP_SYSTEMS_QUADRATIC_INTERNAL_H
#define OVERLAP_SYSTEMS_QUADRATIC_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/experiment/experiment.h"
#include "overlap/sim/quadratic.h"
#include "overlap/theory/quadratic_dmft.h"

enum ov_qs_theory { OV_QS_LONG_TIME, OV_QS_POPULATION, OV_QS_DMFT };
enum ov_qs_method { OV_QS_LBFGS, OV_QS_FLOW };

struct ov_qs_curve {
    double kappa, kappa_star, lambda, Delta, gamma;
    size_t d;         /* 0: not known */
    unsigned sensing; /* enum ov_sensing */
    double *alpha;    /* (n_alpha), as given or of the range; NULL: infinitely many samples */
    size_t n_alpha;
    double *t; /* (n_t) increasing; NULL: the end */
    size_t n_t;
    double *z; /* (n_z) increasing eigenvalues: rows are those of a spectrum; NULL: they are not */
    size_t n_z;
    bool theory_asked;
    unsigned kind;   /* enum ov_qs_theory */
    unsigned method; /* enum ov_qs_method */
    size_t theory_runs, sgd_runs;
    size_t dmft_d, dmft_samples, dmft_replicas; /* of theory dmft */
    double dmft_tolerance;
};

/* Rows are eigenvalues or times at one alpha (or on infinitely many samples), else alphas. */
static inline bool ov_qs_in_time(const struct ov_qs_curve *s)
{
    return s->t && s->n_alpha < 2;
}

static inline size_t ov_qs_rows(const struct ov_qs_curve *s)
{
    if (s->z)
        return s->n_z;
    return ov_qs_in_time(s) ? s->n_t : s->n_alpha;
}

extern const struct ov_key ov_qs_keys[];

/* Reads and checks a curve's parameters. s, zero before, is safe to release whatever comes back:
 * OV_OK, OV_EUSER at the place of the value at fault, OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_qs_read(struct ov_qs_curve *s, struct ov_value *params,
                                       struct ov_error *err);
void ov_qs_release(void *state); /* what a struct ov_qs_curve owns */

/* Bytes that a run of sgd, or a piece of one, allocates: the most over alpha. */
double ov_qs_memory(const struct ov_qs_curve *s);

/* ---- spectra (quadratic_spectrum.c) ---- */

/* Reads key `spectrum`, if it is there, into z. */
OV_NODISCARD enum ov_status ov_qs_read_spectrum(struct ov_qs_curve *s, struct ov_value *params,
                                                struct ov_error *err);
/* A side's columns, and what theory's result is a function of besides its rows. */
void ov_qs_spectrum_columns(struct ov_side_plan *plan, enum ov_side side);
/* The rows of one run. */
OV_NODISCARD enum ov_status ov_qs_spectrum_of_theory(double *rows, const struct ov_qs_curve *s,
                                                     struct ov_error *err);
OV_NODISCARD enum ov_status ov_qs_spectrum_of_network(double *rows, const struct ov_qs_curve *s,
                                                      uint64_t key, const struct ov_tick *tick,
                                                      struct ov_error *err);
#define OV_QS_SPECTRUM_DOC                                                                             \
    "z: an eigenvalue; cdf: share of the eigenvalues of Z up to z, those at 0 included (simulation: "  \
    "up to 1e-3); density: share of those above 0 in the bin that reaches half-way to the rows "       \
    "above and below, over its width; atom: share at 0; top, low: the largest and the smallest above " \
    "0 (theory: top is the mean at this d to the order d^(-2/3), low the edge); edge: upper edge at "  \
    "infinite d; gap_from, gap_to: between what noise makes and the teacher's part, nan: none"

/* The network that is trained on alpha d^2 samples (to the nearest; alpha not read without). */
struct ov_quadratic_network ov_qs_network(const struct ov_qs_curve *s, double alpha);
/* What theory dmft computes, at the first alpha. */
struct ov_dmft ov_qs_dmft(const struct ov_qs_curve *s);

#endif
